"""The refuted claim of document 003, evaluated term by term.

Each function takes the letters of a counterexample and says whether the claim holds there; a kernel is given
as it is written in a certificate, ``fun(i, j) 1``. Nothing of symcnn is used.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import product

Kernel = dict[tuple[int, int], Fraction]


def kernel(text: str, size: int) -> Kernel:
    """The entries of a kernel that is the same number everywhere."""
    found = re.fullmatch(r"fun\(\w+, \w+\) (-?\d+(?:/\d+)?)", text)
    if found is None:
        raise ValueError(f"{text!r} is no number everywhere; read it here as well")
    return dict.fromkeys(product(range(size), range(size)), Fraction(found.group(1)))


def one_kernel(first: Kernel, second: Kernel) -> Kernel:
    """The kernel of two layers in a row: each pair of taps adds to the input that it reads."""
    out: Kernel = {}
    for ((p, q), f), ((m, n), g) in product(second.items(), first.items()):
        out[p + m, q + n] = out.get((p + m, q + n), Fraction(0)) + f * g
    return out


def d10(k_1: int, k_2: int, kernel_1: str, kernel_2: str, a: int, b: int) -> bool:
    """The entry (a, b) is the sum of kernel_2(x, y) kernel_1(a + x, b + y), where both have an entry."""
    first, second = kernel(kernel_1, k_1), kernel(kernel_2, k_2)
    correlation = Fraction(0)
    for (x, y), f in second.items():
        correlation += f * first.get((a + x, b + y), Fraction(0))
    return one_kernel(first, second)[a, b] == correlation


CLAIMS: dict[str, Callable[..., bool]] = {"D10": d10}
WITNESSES: dict[str, Callable[[], bool]] = {}
