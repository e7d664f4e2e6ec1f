"""Facts that tell the project from its mutants, the kernel's apart: see ``docs/mutation.md``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symcnn.symbols import Size, exact_quotient, floor_div, indices, maximum, minimum, substitute
from symcnn.symbols.cardinality import atom_of, cardinality
from symcnn.symbols.size import Dim, add, lowest_terms, multiply, power, subtract
from tests.expressions import at, symbol

H, W, K, S, P = (symbol(name) for name in "HWKSP")
I, J = indices("i j")

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


# -- floors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        (-1, K, -1),
        (-K, K + P, -1),
        (K - 1, K + P, 0),
        (0, K, 0),
        (H * W, H * K, floor_div(W, K)),
        (H * W, 2 * H * K, floor_div(W, 2 * K)),
    ],
)
def test_floors_that_are_decided(numerator: Size, denominator: Size, value: Size) -> None:
    assert floor_div(numerator, denominator) == value


@pytest.mark.parametrize(
    ("numerator", "denominator", "point", "value"),
    [
        (K, K + P, {"K": 3, "P": 0}, 1),
        (K + 1, K + P, {"K": 3, "P": 1}, 1),
        (-H, K, {"H": 5, "K": 3}, -2),
        (-P, K, {"P": 0, "K": 3}, 0),
        (-K - 1, K + P, {"K": 3, "P": 0}, -2),
    ],
)
def test_floors_at_the_edge_of_what_the_bounds_decide(
    numerator: Size, denominator: Size, point: dict[str, int], value: int
) -> None:
    assert at(floor_div(numerator, denominator), point) == value


# -- maxima and minima -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nested", "flat"),
    [
        (maximum(maximum(H, W), K), maximum(H, W, K)),
        (minimum(K, minimum(H, W)), minimum(H, W, K)),
        (maximum(maximum(H, W), maximum(K, W)), maximum(H, W, K)),
        (maximum(H, H - 1, W), maximum(H, W)),
        (minimum(H, H - 1, W), minimum(H - 1, W)),
    ],
)
def test_one_maximum_holds_all_that_may_be_it(nested: Size, flat: Size) -> None:
    assert nested == flat


@pytest.mark.parametrize(
    ("size", "value"),
    [
        (maximum(2 * maximum(H, W), K), 10),
        (maximum(maximum(H, W) * S, K), 15),
        (maximum(maximum(H, W) + 1, K), 6),
        (maximum(minimum(H, W), K), 4),
        (minimum(2 * minimum(H, W), 3 * K), 10 - 4),
        (maximum(power(maximum(H, W), 2), K), 25),
    ],
)
def test_a_maximum_inside_of_a_maximum_keeps_its_factor(size: Size, value: int) -> None:
    assert at(size, {"H": 3, "W": 5, "K": 4, "S": 3}) == value


@pytest.mark.parametrize("extremum", [maximum, minimum])
def test_nothing_has_no_maximum(extremum: Callable[..., Size]) -> None:
    with pytest.raises(ValueError, match=r"^the (max|min)imum of no values is not defined$"):
        extremum()


def test_a_maximum_may_hold_quotients() -> None:
    size = maximum(exact_quotient(H, 2), W)
    assert (at(size, {"H": 6, "W": 2}), at(size, {"H": 6, "W": 5})) == (3, 5)


# -- counts of points --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "guards", "outer", "number"),
    [
        # The second guard is a number once i has a value.
        ([(I, 4), (J, 3)], [I + J - 3, I - 1], None, 6),
        ([(I, 4), (J, 3)], [I + J - 3, I - 1], [I], 3),
        ([(I, 4), (J, 3)], [I + J - 3, 2 - I], None, 3),
        ([(I, 3), (J, 3)], [I - J, J - I], None, 3),
        ([(I, 3), (J, 3)], [I + J - 9], None, 0),
        ([(I, 3), (J, 3)], [I + J - 1], [J], 3),
        ([(I, 5)], [2 * I - 3], None, 3),
        ([(I, 5)], [3 - 2 * I], None, 2),
        ([(I, 5), (J, 0)], [], [I], 0),
        ([], [], None, 1),
    ],
)
def test_points_are_counted(box: Any, guards: Any, outer: Any, number: int) -> None:
    loops = [(atom_of(i), n) for i, n in box]
    assert cardinality(loops, guards, None if outer is None else [atom_of(i) for i in outer]) == number


def test_points_and_their_shadows_are_not_the_same() -> None:
    box, guards = [(atom_of(I), H), (atom_of(J), W)], [I + J - 3]
    counts = [cardinality(box, guards, outer) for outer in (None, [atom_of(I)], [atom_of(J)], [])]
    assert len(set(counts)) == 4
    assert [at(count, {"H": 3, "W": 4}) for count in counts] == [6, 3, 3, 1]


def test_a_count_may_depend_on_an_index_of_an_outer_loop() -> None:
    count = cardinality([(atom_of(I), 4)], [I + J - 3])
    assert isinstance(count, Dim)
    assert [substitute(count, {atom_of(J): j}) for j in range(5)] == [1, 2, 3, 4, 4]


def test_counts_over_different_boxes_have_an_order() -> None:
    first, second = (cardinality([(atom_of(I), n)], [I - K]) for n in (H, W))
    assert first + second == second + first
    assert first + second - first == second
