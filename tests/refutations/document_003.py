"""The refuted claim of document 003, evaluated term by term.

Each function takes the letters of a counterexample and says whether the claim holds there; a kernel is a
function of its row and column. Nothing of symcnn is used.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

Kernel = Callable[[int, int], int | Fraction]


def one_kernel(
    k_1: int, k_2: int, kernel_1: Kernel, kernel_2: Kernel
) -> dict[tuple[int, int], int | Fraction]:
    """The kernel of two layers in a row: each pair of taps adds to the input that it reads."""
    out: dict[tuple[int, int], int | Fraction] = {}
    for p, q, m, n in product(range(k_2), range(k_2), range(k_1), range(k_1)):
        out[p + m, q + n] = out.get((p + m, q + n), 0) + kernel_2(p, q) * kernel_1(m, n)
    return out


def d10(k_1: int, k_2: int, kernel_1: Kernel, kernel_2: Kernel, a: int, b: int) -> bool:
    """The entry (a, b) is the sum of kernel_2(x, y) kernel_1(a + x, b + y), where both have an entry."""
    correlation: int | Fraction = 0
    for x, y in product(range(k_2), range(k_2)):
        if a + x in range(k_1) and b + y in range(k_1):
            correlation += kernel_2(x, y) * kernel_1(a + x, b + y)
    return one_kernel(k_1, k_2, kernel_1, kernel_2)[a, b] == correlation


CLAIMS: dict[str, Callable[..., bool]] = {"D10": d10}
WITNESSES: dict[str, Callable[[], bool]] = {}
