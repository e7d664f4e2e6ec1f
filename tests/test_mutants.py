"""Facts that tell the project from its mutants, the kernel's apart: see ``docs/mutation.md``."""

from __future__ import annotations

import pytest

from symcnn.symbols import Size, exact_quotient, floor_div
from symcnn.symbols.size import Dim, add, lowest_terms, multiply, subtract
from tests.expressions import symbol

H, W, K, S, P = (symbol(name) for name in "HWKSP")

# -- sizes -------------------------------------------------------------------------------------------------


def test_a_size_is_compared_as_numbers_are() -> None:
    assert (H + 1 > H).verdict() is True
    assert (H > H).verdict() is False
    assert (H < H + 1).verdict() is True
    assert (H < H).verdict() is False
    assert (H >= H).verdict() is True
    assert (H <= H - 1).verdict() is False


@pytest.mark.parametrize(
    ("top", "bottom", "expected"),
    [
        (4 * H, 6 * W, (2 * H, 3 * W)),
        (4 * H, 6, (2 * H, 3)),
        (H * W, W * K, (H, K)),
        (H * H * W, H * K, (H * W, K)),
        (2 * H + 2, 4 * W + 6, (H + 1, 2 * W + 3)),
        (exact_quotient(H, 2), exact_quotient(W, 3), (3 * H, 2 * W)),
    ],
)
def test_lowest_terms_share_no_number_and_no_symbol(
    top: Size, bottom: Size, expected: tuple[Size, Size]
) -> None:
    assert lowest_terms(top, bottom) == expected


@pytest.mark.parametrize(
    "zero",
    [
        H - floor_div(H, 2) - floor_div(add(H, 1), 2),
        subtract(exact_quotient(multiply(H, W + 1), 2), exact_quotient(H * W + H, 2)),
    ],
)
def test_what_is_0_for_all_values_is_the_number_0(zero: Size) -> None:
    assert not isinstance(zero, Dim)
    assert zero == 0
