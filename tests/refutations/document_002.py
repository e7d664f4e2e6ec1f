"""The refuted claims of document 002, evaluated by counting one by one.

Each function takes the letters of a counterexample and says whether the claim holds there. Nothing of symcnn
is used.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import product


def starts(length: int, window: int, stride: int, padding: int = 0) -> list[int]:
    """Where a window starts that fits into a padded row."""
    padded = [*range(-padding, length + padding)]
    return [x for x in range(0, len(padded), stride) if len(padded[x : x + window]) == window]


def lenet_5() -> tuple[list[list[tuple[int, ...]]], list[list[tuple[int, ...]]]]:
    """The entries of the activations of LeNet-5, the input first, and of its parameters, by their indices."""

    def entries(*shape: int) -> list[tuple[int, ...]]:
        return [*product(*map(range, shape))]

    side, channels, features = 32, 1, 400
    activations = [entries(channels, side, side)]
    parameters: list[list[tuple[int, ...]]] = []
    for filters in (6, 16):
        parameters += [entries(filters, channels, 5, 5), entries(filters)]
        side, channels = len(starts(side, 5, 1)), filters
        activations.append(entries(channels, side, side))
        side = len(starts(side, 2, 2))
        activations.append(entries(channels, side, side))
    for neurons in (120, 84, 10):
        parameters += [entries(neurons, features), entries(neurons)]
        features = neurons
        activations.append(entries(neurons))
    return activations, parameters


def c2() -> bool:
    """z_1 has the shape 5 x 28 x 28."""
    first = lenet_5()[0][1]
    channels, rows, columns = (len(set(axis)) for axis in zip(*first, strict=True))
    return (channels, rows, columns) == (5, 28, 28)


def c3() -> bool:
    """(32 - 5 + 2*0)/4 + 1 = 28."""
    return Fraction(32 - 5 + 2 * 0, 4) + 1 == 28


def c8b() -> bool:
    """All activations with the input are 8094."""
    return sum(len(entries) for entries in lenet_5()[0]) == 8094


def c12a() -> bool:
    """The second dense layer has 80*84 + 84 = 10164 parameters."""
    weights, biases = lenet_5()[1][6:8]
    counted = len(weights) + len(biases)
    return counted == 80 * 84 + 84 and 80 * 84 + 84 == 10164


def c13(n: int, b: int) -> bool:
    """The size in bytes is the number n of parameters divided by the bytes b of a value."""
    size = 0
    for _ in product(range(n), range(b)):
        size += 1
    return size == Fraction(n, b)


def c14b() -> bool:
    """Activations without the input and parameters are 69 thousand to two digits."""
    activations, parameters = lenet_5()
    counted = sum(len(entries) for entries in [*activations[1:], *parameters])
    return 68_500 <= counted < 69_500


def c15(M: int, w: int, s: int, p: int) -> bool:
    """The number of positions is the ceiling of (M - w + 2p)/s + 1."""
    quotient = Fraction(M - w + 2 * p, s) + 1
    ceiling = next(n for n in range(M + 2 * p + 2) if n >= quotient)
    return len(starts(M, w, s, p)) == ceiling


def c21(K: int, c: int, M: int, N: int, w: int, h: int, s_w: int, s_h: int, p_w: int, p_h: int) -> bool:
    """The operations of a convolution with bias are K ((M-w+2p_w)/s_w + 1)((N-h+2p_h)/s_h + 1) 2chw."""
    operations = 0
    for _ in product(range(K), starts(M, w, s_w, p_w), starts(N, h, s_h, p_h)):
        products = 0
        for _ in product(range(c), range(w), range(h)):
            products += 1
        multiplications, additions, of_the_bias = products, products - 1, 1
        operations += multiplications + additions + of_the_bias
    rows = Fraction(M - w + 2 * p_w, s_w) + 1
    columns = Fraction(N - h + 2 * p_h, s_h) + 1
    return operations == K * rows * columns * 2 * c * h * w


def c24(C: int, H: int, W: int, h: int, w: int, s_w: int, s_h: int, p_w: int, p_h: int) -> bool:
    """The comparisons of a square max pool are C ((H-w+2p_w+1)/s_w)((W-w+2p_h+1)/s_h)(hw - 1)."""
    if h != w:
        raise ValueError(f"the window is square, not {h} x {w}")
    comparisons = 0
    for _ in product(range(C), starts(H, w, s_w, p_w), starts(W, h, s_h, p_h)):
        for place, _ in enumerate(product(range(w), range(h))):
            comparisons += place > 0
    rows = Fraction(H - w + 2 * p_w + 1, s_w)
    columns = Fraction(W - w + 2 * p_h + 1, s_h)
    return comparisons == C * rows * columns * (h * w - 1)


CLAIMS: dict[str, Callable[..., bool]] = {
    "C2": c2,
    "C3": c3,
    "C8b": c8b,
    "C12a": c12a,
    "C13": c13,
    "C14b": c14b,
    "C15": c15,
    "C21": c21,
    "C24": c24,
}
WITNESSES: dict[str, Callable[[], bool]] = {}
