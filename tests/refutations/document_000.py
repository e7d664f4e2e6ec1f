"""The refuted claims of document 000 at counterexamples, in plain Python: loops and exact numbers.

Each function of ``CLAIMS`` takes the letters of a counterexample and says whether the claim holds there. The
second value of a letter, such as ``L_r'``, may be given as well; else the claim is tried against a small
range of them. Each function of ``WITNESSES`` says whether the claim is seen to fail, where no sizes show it.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import product


def counted(*ranges: Iterable[int]) -> int:
    """The turns of a loop nest."""
    return sum(1 for _ in product(*ranges))


def positions(length: int, window: int, stride: int = 1) -> list[int]:
    """Where windows begin that lie inside a row of this length."""
    return [start for start in range(0, length, stride) if start + window <= length]


def product_macs(M: int, N: int, K: int) -> int:
    """The multiply-accumulates of an M x K by K x N product."""
    return counted(range(M), range(N), range(K))


def product_memory(M: int, N: int, K: int) -> int:
    """Both factors and the result, entry by entry."""
    return counted(range(M), range(K)) + counted(range(K), range(N)) + counted(range(M), range(N))


def intensity(M: int, N: int, K: int) -> Fraction:
    """Multiply-accumulates for each element that is moved."""
    return Fraction(product_macs(M, N, K), product_memory(M, N, K))


def memory(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int, points: int) -> int:
    """Inputs, weights and outputs of a convolution with so many output points in each channel."""
    inputs = counted(range(N_i), range(L_r), range(L_c))
    weights = counted(range(N_o), range(N_i), range(F_r), range(F_c))
    return inputs + weights + counted(range(N_o), range(points))


def same_memory(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int) -> int:
    """The memory of a convolution whose output is as large as its input."""
    return memory(N_o, N_i, F_r, F_c, L_r, L_c, points=counted(range(L_r), range(L_c)))


def proportional(f: Callable[[int, int], int], g: Callable[[int, int], int], *pairs: tuple[int, int]) -> bool:
    """Whether f and g change by the same factor between all these pairs of sizes."""
    return all(f(*a) * g(*b) == f(*b) * g(*a) for a in pairs for b in pairs)


def second(
    names: dict[str, int], a: str, b: str, least: tuple[int, int] = (1, 1)
) -> Iterator[tuple[int, int]]:
    """The second values of two letters, or all small ones."""
    if f"{a}'" in names and f"{b}'" in names:
        return iter([(names[f"{a}'"], names[f"{b}'"])])
    return product(range(least[0], least[0] + 3), range(least[1], least[1] + 3))


def a4(M: int, N: int, K: int) -> bool:
    """The arithmetic intensity of the product is M N K + (K N + M K + M N)."""
    return intensity(M, N, K) == M * N * K + (K * N + M * K + M * N)


def a6() -> bool:
    """No cube is best: the one that is twice as large in each direction has a larger intensity."""
    return all(intensity(2 * x, 2 * x, 2 * x) > intensity(x, x, x) for x in range(1, 16))


def rounded(value: int, digits: int) -> Fraction:
    """The number of this many significant digits that is nearest, half up."""
    unit = 10 ** (len(str(value)) - digits)
    return Fraction((2 * value + unit) // (2 * unit) * unit)


def a7a() -> bool:
    """The dense layer with as many outputs as inputs on 1 x 28 x 28 takes 6.15e6 MACs."""
    macs = counted(range(1 * 28 * 28), range(1), range(28), range(28))
    return rounded(macs, 3) == Fraction("6.15e6")


def a7b() -> bool:
    """Its memory is 6.16e6."""
    entries = counted(range(1), range(28), range(28))
    weights = counted(range(entries), range(1), range(28), range(28))
    return rounded(entries + weights + entries, 3) == Fraction("6.16e6")


def a13b() -> bool:
    """Each bound up to 100 is exceeded by the intensity of the product of two N x N matrices, for some N."""

    def square(N: int) -> Fraction:
        return Fraction(N * N * N, N * N + N * N + N * N)

    counts = all(square(N) == intensity(N, N, N) for N in range(1, 20))
    return counts and all(any(square(N) > bound for N in range(1, 400)) for bound in range(101))


def a19b(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int, **others: int) -> bool:
    """'Same' padding, stride 1: the memory is proportional to L_r L_c."""
    return proportional(
        lambda rows, columns: same_memory(N_o, N_i, F_r, F_c, rows, columns),
        lambda rows, columns: counted(range(rows), range(columns)),
        (L_r, L_c),
        *second(others, "L_r", "L_c"),
    )


def a19c(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int, **others: int) -> bool:
    """No padding, stride 1: the MACs are proportional to L_r L_c."""
    return proportional(
        lambda rows, columns: counted(
            range(N_o), positions(rows, F_r), positions(columns, F_c), range(N_i), range(F_r), range(F_c)
        ),
        lambda rows, columns: counted(range(rows), range(columns)),
        (L_r, L_c),
        *second(others, "L_r", "L_c", least=(F_r, F_c)),
    )


def a20b(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int, **others: int) -> bool:
    """'Same' padding, stride 1: the memory is proportional to F_r F_c."""
    return proportional(
        lambda rows, columns: same_memory(N_o, N_i, rows, columns, L_r, L_c),
        lambda rows, columns: counted(range(rows), range(columns)),
        (F_r, F_c),
        *second(others, "F_r", "F_c"),
    )


def a21b(
    N_o: int,
    N_i: int,
    F_r: int,
    F_c: int,
    L_r: int,
    L_c: int,
    S_r: int = 1,
    S_c: int = 1,
    P_t: int = 0,
    P_b: int = 0,
    P_l: int = 0,
    P_r: int = 0,
    **others: int,
) -> bool:
    """The memory is proportional to N_o N_i."""
    points = counted(positions(L_r + P_t + P_b, F_r, S_r), positions(L_c + P_l + P_r, F_c, S_c))
    return proportional(
        lambda out, into: memory(out, into, F_r, F_c, L_r, L_c, points),
        lambda out, into: counted(range(out), range(into)),
        (N_o, N_i),
        *second(others, "N_o", "N_i"),
    )


def a24(L_r: int, L_c: int, F_r: int, F_c: int, **padding: int) -> bool:
    """With F - 1 zeros in total, stride 1: the output is (L_r - F_r + 1) x (L_c - F_c + 1)."""
    P_r, P_c = padding.get("P_r", F_r - 1), padding.get("P_c", F_c - 1)
    assert (P_r, P_c) == (F_r - 1, F_c - 1)
    rows, columns = positions(L_r + P_r, F_r), positions(L_c + P_c, F_c)
    return (len(rows), len(columns)) == (L_r - F_r + 1, L_c - F_c + 1)


def a25(L_r: int, F_r: int, **padding: int) -> bool:
    """The same, L_r even: half the rows of the output are L_r - F_r + 1."""
    P_r = padding.get("P_r", F_r - 1)
    assert L_r % 2 == 0
    assert P_r == F_r - 1
    return Fraction(len(positions(L_r + P_r, F_r)), 2) == L_r - F_r + 1


def a28(
    F_r: int,
    F_c: int,
    S_r: int,
    S_c: int,
    L_r: int,
    L_c: int,
    P_t: int = 0,
    P_b: int = 0,
    P_l: int = 0,
    P_r: int = 0,
    N_o: int = 1,
) -> bool:
    """A convolution accepts 3 x 512 x 1024 and 3 x 512 x 512 only once they are 3 x 1024 x 2048."""
    assert L_r == 512
    assert L_c in (512, 1024)
    rows, columns = positions(L_r + P_t + P_b, F_r, S_r), positions(L_c + P_l + P_r, F_c, S_c)
    accepted = len(rows) >= 1 and len(columns) >= 1
    return not accepted or (L_r, L_c) == (1024, 2048)


CLAIMS: dict[str, Callable[..., bool]] = {
    "A4": a4,
    "A7a": a7a,
    "A7b": a7b,
    "A19b": a19b,
    "A19c": a19c,
    "A20b": a20b,
    "A21b": a21b,
    "A24": a24,
    "A25": a25,
    "A28": a28,
}
WITNESSES: dict[str, Callable[[], bool]] = {"A6": a6, "A13b": a13b}
