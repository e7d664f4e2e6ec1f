"""The refuted claims of document 004 at counterexamples, in plain Python: loops and whole numbers.

Each function of ``CLAIMS`` takes the letters of a counterexample and says whether the claim holds there.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise, product

# The layers of exercise 6 from the last convolution back to the image; the maps of each layer of exercise 5.
BACKWARDS = ["conv", "conv", "pool"] * 4 + ["conv", "conv"]
MAPS = [64, 64, 64, 128, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
GIB = 2**30
FLOAT32 = 4

# The range printed for each line of exercise 6: output i sees a*i + low to a*i + high.
PRINTED = {
    "E16.5": (5, 2, -4, 7),
    "E16.6": (6, 4, -8, 15),
    "E16.7": (7, 4, -9, 16),
    "E16.8": (8, 4, -10, 17),
    "E16.9": (9, 8, -20, 35),
    "E16.10": (10, 8, -21, 36),
    "E16.11": (11, 8, -22, 37),
    "E16.12": (12, 16, -44, 75),
    "E16.13": (13, 16, -45, 76),
    "E16.14": (14, 16, -46, 77),
    "E17": (14, 16, -44, 75),
}


def windows(length: int, size: int, stride: int, padding: int) -> list[int]:
    """Where windows begin that lie inside the padded row."""
    padded = length + 2 * padding
    return [start for start in range(0, padded, stride) if start + size <= padded]


def e4(W: int, H: int, K_1: int, K_2: int, C_in: int, C_out: int, S: int, P: int) -> bool:
    """A convolution takes K_1 K_2 W_out H_out C_out multiplications."""
    columns, rows = windows(W, K_1, S, P), windows(H, K_2, S, P)
    multiplications = 0
    for _ in product(range(C_out), columns, rows, range(C_in), range(K_1), range(K_2)):
        multiplications += 1
    return multiplications == K_1 * K_2 * len(columns) * len(rows) * C_out


def e8a() -> bool:
    """3 * 3 * 256 * 256 * 128 = 74908800."""
    total = 0
    for _ in product(range(3), range(3), range(256)):
        total += 256 * 128
    return total == 74908800


def e8b() -> bool:
    """The convolution from 64 to 128 maps of 256 x 256 takes 74908800 multiplications."""
    side = len(windows(256, 3, 1, 1))
    multiplications = 0
    for _ in product(range(128), range(64), range(3), range(3)):
        multiplications += side * side
    return multiplications == 74908800


def activations() -> list[int]:
    """The entries of the input and of what each layer of exercise 5 gives, for one sample."""
    side = 256
    sizes = [side * side]
    for k, maps in enumerate(MAPS, start=1):
        side = len(windows(side, 2, 2, 0) if k % 3 == 0 else windows(side, 3, 1, 1))
        sizes.append(maps * side * side)
    return [*sizes, sizes[-1], 4096, 4096, 2]


def e14b() -> bool:
    """Forward pass: the input and the output of each layer fit into 12 GiB for a batch of 768."""
    sizes = activations()
    return all(768 * FLOAT32 * (a + b) <= 12 * GIB for a, b in pairwise(sizes))


def e14c() -> bool:
    """Training: all activations fit into 12 GiB for a batch of 768."""
    return 768 * FLOAT32 * sum(activations()) <= 12 * GIB


def seen(layers: Sequence[str], i: int) -> set[int]:
    """The positions that output i sees through these layers, one layer after the other."""
    positions = {i}
    for layer in layers:
        if layer == "conv":
            positions = {j + u - 1 for j in positions for u in range(3)}
        else:
            positions = {2 * j + u for j in positions for u in range(2)}
    return positions


def printed_range(name: str) -> Callable[..., bool]:
    """Whether position p is seen by output i exactly if it lies in the printed range."""
    layers, scale, low, high = PRINTED[name]

    def holds(i: int, p: int) -> bool:
        return (p in seen(BACKWARDS[:layers], i)) == (scale * i + low <= p <= scale * i + high)

    return holds


CLAIMS: dict[str, Callable[..., bool]] = {
    "E4": e4,
    "E8a": e8a,
    "E8b": e8b,
    "E14b": e14b,
    "E14c": e14c,
    **{name: printed_range(name) for name in PRINTED},
}
