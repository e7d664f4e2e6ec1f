"""Facts that tell the project from its mutants, the kernel's apart: see ``docs/mutation.md``.

The sizes of a row are calls where the change lies in how they are made: what is made while the tests are
collected is made by the unchanged code in a quick run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

from symcnn import dims
from symcnn.symbols import (
    Size,
    at_least,
    at_most,
    ceil_div,
    divides,
    equal,
    exact_quotient,
    floor_div,
    indices,
    lower_bound,
    maximum,
    minimum,
    order,
    substitute,
    symbols_of,
    text,
    total,
)
from symcnn.symbols.border import from_sympy, to_sympy
from symcnn.symbols.cardinality import atom_of, cardinality
from symcnn.symbols.conditions import Condition, strongest
from symcnn.symbols.size import Atom, Dim, add, factored, lowest_terms, multiply, power, size_key, subtract
from symcnn.symbols.vectorize import VectorFunction
from tests.expressions import at, symbol, value_at

H, W, K, S, P, Z = (symbol(name) for name in "HWKSPZ")
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
        lambda: H - floor_div(H, 2) - floor_div(add(H, 1), 2),
        lambda: subtract(exact_quotient(multiply(H, W + 1), 2), exact_quotient(H * W + H, 2)),
        lambda: floor_div(K - H, S) + floor_div(H - K - 1, S) + 1,
    ],
)
def test_what_is_0_for_all_values_is_the_number_0(zero: Callable[[], Size]) -> None:
    assert not isinstance(zero(), Dim)
    assert zero() == 0


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (lambda: (H * W + H) * K, "H*K*(W + 1)"),
        (lambda: (2 * H + 2 * W) * K, "2*K*(H + W)"),
        (lambda: (H * W + H) * (2 * W + 2), "2*H*(W + 1)**2"),
        (lambda: factored(H * W + H), "H*(W + 1)"),
    ],
)
def test_what_all_terms_share_stands_before_the_bracket(made: Callable[[], Size], shown: str) -> None:
    assert text(made()) == shown


def test_a_sum_may_come_to_one_term_once_its_factor_is_taken_out() -> None:
    sum_ = K * (ceil_div(H, 2) - 1) + K
    assert text(sum_ * (W + 1)) == "K*ceiling(H/2)*(W + 1)"
    assert at(sum_ * (W + 1), {"H": 3, "K": 5, "W": 6}) == 5 * 2 * 7


def test_a_number_in_a_divisor_has_its_power() -> None:
    assert at(exact_quotient(H, W * W), {"H": 18, "W": 3}) == 2
    assert at(exact_quotient(H, W * W * W), {"H": 54, "W": 3}) == 2


# -- floors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        (-1, K, -1),
        (-K, K + P, -1),
        (K - 1, K + P, 0),
        (0, K, 0),
        (ceil_div(H, 4) - ceil_div(H, 2) - 1, H + 1, -1),
        (H * W, H * K, floor_div(W, K)),
        (H * W, 2 * H * K, floor_div(W, 2 * K)),
    ],
)
def test_floors_that_are_decided(numerator: Size, denominator: Size, value: Size) -> None:
    assert floor_div(numerator, denominator) == value


@pytest.mark.parametrize(
    ("numerator", "denominator", "point", "value"),
    [
        (1, K, {"K": 1}, 1),
        (P, K, {"P": 4, "K": 2}, 2),
        (K, K + P, {"K": 3, "P": 0}, 1),
        (K + 1, K + P, {"K": 3, "P": 1}, 1),
        (-H, K, {"H": 5, "K": 3}, -2),
        (-P, K, {"P": 0, "K": 3}, 0),
        (-K - 1, K + P, {"K": 3, "P": 0}, -2),
        (ceil_div(H, 4), ceil_div(H, 2), {"H": 2}, 1),
        (ceil_div(H, 4), ceil_div(H, 2), {"H": 3}, 0),
        (H // 4, ceil_div(H, 2) + 1, {"H": 8}, 0),
        (-1 * (H // 2), H + 1, {"H": 1}, 0),
        (-1 * floor_div(exact_quotient(H, 2), 3), 5, {"H": 14}, -1),
    ],
)
def test_floors_at_the_edge_of_what_the_bounds_decide(
    numerator: Size, denominator: Size, point: dict[str, int], value: int
) -> None:
    assert at(floor_div(numerator, denominator), point) == value


@pytest.mark.parametrize(("a", "d"), [(3 * H, 5), (3 * H + W, 5), (3 * H + W, 2 * H)])
def test_a_ceiling_is_the_floor_of_minus_with_the_other_sign(a: Size, d: Size) -> None:
    assert ceil_div(a, d) == -1 * floor_div(-1 * a, d)
    assert floor_div(a, d) == -1 * ceil_div(-1 * a, d)


def test_a_whole_is_a_floor_and_the_ceiling_of_the_rest() -> None:
    assert floor_div(3 * H, 5) == H - ceil_div(2 * H, 5)


# -- maxima and minima -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nested", "flat"),
    [
        (lambda: maximum(maximum(H, W), K), lambda: maximum(H, W, K)),
        (lambda: minimum(K, minimum(H, W)), lambda: minimum(H, W, K)),
        (lambda: maximum(maximum(H, W), maximum(K, W)), lambda: maximum(H, W, K)),
        (lambda: maximum(H, H - 1, W), lambda: maximum(H, W)),
        (lambda: minimum(H, H - 1, W), lambda: minimum(H - 1, W)),
        # What is so of sizes of at least 1, or of at least 0, need not be so of other numbers.
        (lambda: maximum(H * H * W, H * H), lambda: H * H * W),
        (lambda: maximum(P * P + P, P * P), lambda: P * P + P),
        (lambda: minimum(P, H * P), lambda: P),
        (lambda: maximum(I + 1, I, H), lambda: maximum(I + 1, H)),
        (lambda: minimum(I * J + J, J), lambda: J),
    ],
)
def test_one_maximum_holds_all_that_may_be_it(nested: Callable[[], Size], flat: Callable[[], Size]) -> None:
    assert nested() == flat()


@pytest.mark.parametrize(
    ("size", "value"),
    [
        (lambda: maximum(2 * maximum(H, W), K), 10),
        (lambda: maximum(maximum(H, W) * S, K), 15),
        (lambda: maximum(maximum(H, W) + 1, K), 6),
        (lambda: maximum(minimum(H, W), K), 4),
        (lambda: minimum(2 * minimum(H, W), 3 * K), 6),
        (lambda: maximum(power(maximum(H, W), 2), K), 25),
        (lambda: maximum(maximum(H, W) * maximum(K, S), H), 20),
        (lambda: maximum(minimum(H, W) * maximum(K, S), H), 12),
    ],
)
def test_a_maximum_inside_of_a_maximum_keeps_its_factor(size: Callable[[], Size], value: int) -> None:
    assert at(size(), {"H": 3, "W": 5, "K": 4, "S": 3}) == value


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
    point = {"H": 3, "W": 4}
    assert [at(count, point) for count in counts] == [6, 3, 3, 1]
    values = {to_sympy(symbol(name)): value for name, value in point.items()}
    assert [to_sympy(count).subs(values).doit() for count in counts] == [6, 3, 3, 1]


def test_a_shadow_counts_once_whatever_its_guards_come_to() -> None:
    count = cardinality([(atom_of(I), H), (atom_of(J), 2)], [2 * J - 1, 3 * I - 2], [atom_of(I)])
    (h,) = (to_sympy(symbol(name)) for name in "H")
    assert to_sympy(count).subs({h: 4}).doit() == at(count, {"H": 4}) == 3


def test_of_a_range_that_may_be_empty_the_shadow_is_a_point_or_none() -> None:
    assert cardinality([(atom_of(I), P)], [], []) == minimum(1, P)
    assert cardinality([(atom_of(I), H - K)], [], []) == minimum(1, H - K)
    assert cardinality([(atom_of(I), H)], [], []) == 1


def test_a_count_may_depend_on_an_index_of_an_outer_loop() -> None:
    count = cardinality([(atom_of(I), 4)], [I + J - 3])
    assert isinstance(count, Dim)
    assert [substitute(count, {atom_of(J): j}) for j in range(5)] == [1, 2, 3, 4, 4]


def test_counts_over_different_boxes_have_an_order() -> None:
    first, second = (cardinality([(atom_of(I), n)], [I - K]) for n in (H, W))
    assert first != second
    assert at(first - second, {"H": 7, "W": 5, "K": 2}) == 5 - 3
    assert first + second == second + first
    assert first + second - first == second
    assert first * second == second * first
    assert size_key(first * second) == size_key(second * first)


# A box, its guards and the indices whose points are counted once, twice each.
DIFFERENT: dict[str, tuple[Any, Any]] = {
    "box": (([(I, H)], [I - K], None), ([(I, W)], [I - K], None)),
    "guard": (([(I, H)], [I - K], None), ([(I, H)], [I - W], None)),
    "sign of the guard": (([(I, H)], [I - K], None), ([(I, H)], [K - I], None)),
    "one guard more": (([(I, H)], [I - K], None), ([(I, H)], [I - K, W - 1 - I], None)),
    "which index has which range": (
        ([(I, H), (J, W)], [I - 2 * J], None),
        ([(J, H), (I, W)], [I - 2 * J], None),
    ),
    "shadow": (([(I, H), (J, W)], [I + J - K], None), ([(I, H), (J, W)], [I + J - K], [I])),
    "axis of the shadow": (([(I, H), (J, W)], [I + J - K], [I]), ([(I, H), (J, W)], [I + J - K], [J])),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_counts_are_not_equal_and_have_an_order(name: str) -> None:
    def made(box: Any, guards: Any, outer: Any) -> Size:
        return cardinality(
            [(atom_of(i), n) for i, n in box], guards, None if outer is None else [atom_of(i) for i in outer]
        )

    first, second = (made(*count) for count in DIFFERENT[name])
    point = {"H": 7, "W": 4, "K": 2}
    assert first != second
    assert at(first, point) != at(second, point)
    assert at(first - second, point) == value_at(first, point) - value_at(second, point)
    assert [first, second] == [made(*count) for count in DIFFERENT[name]]
    assert first * second == second * first
    assert sorted([first, second], key=size_key) == sorted([second, first], key=size_key)


# -- bounds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "bound"),
    [
        # A floor that is subtracted is at most another one that is added.
        (W * (H // 2) - W * (H // 4), 0),
        (W * ((H + 1) // 2) - W * (H // 2), 0),
        (W * (H // 4) - W * (H // 2), None),
        (W * (H // 2) - W * ((H + 1) // 2), None),
        (W * (H // 2) - W * (S // 2), None),
        (W * (H // 2) - W * (H // 2), 0),
        # Factors and symbols that may be 0.
        (2 * P * (H // 2) - P * H + P, 0),
        (H * W - H + P, 0),
        (H * W - H - 3, -3),
        # A floor of what can be -1 is -1, whatever it is divided by.
        ((P - 1) // S, None),
        ((P - 1) // 3, -1),
        # Of two floors that are added, neither may stand for the other one.
        (W * (H // 4) + W * (H // 2) - 2 * W * (H // 3), None),
        (2 * W * (H // 2) - W * (H // 3) - W * (H // 4), 0),
        # A factor that may be negative turns a bound over.
        (Z * (H // 2) - Z * (H // 4), None),
        (minimum(K - 3, W) * (H // 2) + H + S * S - S, None),
        (minimum(K - 3, W) * (H // 2) - minimum(K - 3, W) * (H // 4), None),
        (exact_quotient(W, ceil_div(H, 2)) - exact_quotient(W, ceil_div(H, 4)), None),
        (minimum(K - 2, W) * (H // 2) - minimum(K - 2, W) * (H // 4), None),
        (2 * minimum(K - 2, W) * (H // 2) + H + S * S - S, None),
        (minimum(H - 2, W) * K + 1, None),
        (2 * Z * (H // 2) - Z * H + Z, None),
        # A square grows faster than what it is subtracted from.
        (3 * H - H * H, None),
        # The square of a floor is not bounded by its quotient.
        (H - (H // 2) * (H // 2), None),
        # Of floors with other slopes the one with the smaller slope may be larger.
        (W * (H // 2) - W * ((H + 2) // 3), None),
        (W * (H // S) - W * (K // S), None),
        (W * (H // 2) - W * (H // 3), 0),
        # The least values of all kinds of atoms.
        (I, 0),
        (I - 1, -1),
        (cardinality([(atom_of(I), H)], [I - K]), 0),
        (P // 2, 0),
        (H // S, 0),
        (H // S - 1, -1),
        (exact_quotient(W, H + 1), 0),
        (maximum(H, P), 1),
        (minimum(H, P), 0),
        # So does a divisor; one that is at least 1 does not.
        (exact_quotient(K, minimum(H - 5, W)) + H * W - H, None),
        (exact_quotient(K, S) + H * W - H + P, 0),
    ],
)
def test_bounds(size: Size, bound: int | None) -> None:
    assert lower_bound(size) == bound


def test_hundreds_of_floors_are_bounded() -> None:
    # 1/6 + 1/8 + ... + 1/404 is between 2 and 3.
    pairs = total((H // 2) * (H // d) for d in range(3, 203))
    assert at_most(pairs, 3 * H * H)
    assert not at_most(pairs, 2 * H * H)


def test_a_size_is_at_most_itself() -> None:
    assert at_most(H, H)
    assert at_most(H - 1, H)
    assert not at_most(H, H - 1)
    assert not at_most(H, W)


# -- conditions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, -1])
def test_the_strongest_condition_is_kept(order: int) -> None:
    weak, strong, other = at_least(H, W - 1), at_least(H, W), at_least(W, H)
    assert set(strongest([weak, strong, other][::order])) == {strong, other}


@pytest.mark.parametrize(
    ("conditions", "kept"),
    [
        ([at_least(H, W), at_least(H, W + 1)], [1]),
        ([at_least(H, W + 1), at_least(H, W)], [0]),
        ([at_least(H, 3), at_least(H, 7), at_least(H, 5)], [1]),
        # What is left of the sign says nothing about the right.
        ([at_least(H, W), at_least(H, K)], [0, 1]),
        ([at_least(H, W), at_least(W, H)], [0, 1]),
        # Of equalities and divisors none is stronger than another one.
        ([equal(H, 3), equal(H, 5)], [0, 1]),
        ([divides(2, H), divides(2, H + 1), divides(3, H)], [0, 1, 2]),
        ([equal(H, W), at_least(H, W), divides(H, W)], [0, 1, 2]),
        ([equal(H, W), equal(H, W)], [0]),
    ],
)
def test_a_condition_is_left_out_only_for_a_stronger_one(
    conditions: list[Condition], kept: list[int]
) -> None:
    assert strongest(conditions) == tuple(conditions[k] for k in kept)


@pytest.mark.parametrize(
    ("condition", "point", "holds"),
    [
        (lambda: at_least(3, H // 2), {"H": 7}, True),
        (lambda: at_least(3, H // 2), {"H": 8}, False),
        (lambda: at_least(0, -1 * (H // 2)), {"H": 1}, True),
        (lambda: at_least(W, H // S), {"H": 7, "S": 2, "W": 3}, True),
        (lambda: at_least(W, H // S), {"H": 8, "S": 2, "W": 3}, False),
        (lambda: at_least(H // S, W), {"H": 7, "S": 2, "W": 4}, False),
        (lambda: at_least(H // 2 + W, 3), {"H": 1, "W": 2}, False),
        (lambda: at_least(H // 2 + W, 3), {"H": 2, "W": 2}, True),
        (lambda: at_least((H // 2) * (H // 2), 5), {"H": 5}, False),
        (lambda: at_least((H // 2) * maximum(W, K), 5), {"H": 5, "W": 2, "K": 1}, False),
    ],
)
def test_conditions_on_floors_hold_where_their_numbers_say(
    condition: Callable[[], Condition], point: dict[str, int], holds: bool
) -> None:
    values: dict[Atom, Size] = {symbols_of(symbol(name))[0]: value for name, value in point.items()}
    assert condition().substituted(values).verdict() is holds


def test_a_condition_on_a_floor_is_one_on_its_numerator() -> None:
    assert at_least(H // 2, 3) == at_least(H, 6)
    assert at_least(H // 2 + 1, 3) == at_least(H, 4)
    assert at_least((H + 1) // S, 2) == at_least(H + 1, 2 * S)
    assert at_least(2 * (H // 2), 3).sides() == (2 * (H // 2), 3)
    assert at_least(W * (H // S), 3).sides() == (W * (H // S), 3)


def test_a_divisor_keeps_its_power_on_the_way_from_sympy() -> None:
    h, w = (to_sympy(size) for size in (H, W))
    assert from_sympy(w / h**2) == exact_quotient(W, H * H)
    assert from_sympy(w / (6 * h) ** 3) == exact_quotient(W, 216 * H * H * H)


def test_a_floor_around_a_minimum_stays_a_floor_in_sympy() -> None:
    found = to_sympy(minimum(H, W + 1) // 6)
    assert isinstance(found, sympy.floor)
    assert found.subs({to_sympy(H): 11, to_sympy(W): 20}) == 1


def test_sides_hold_nothing_but_what_is_added() -> None:
    half, third = exact_quotient(H, 2), exact_quotient(W, 3)
    assert at_least(half, third).sides() == (half, third)


def test_a_condition_with_values_is_the_condition_of_the_values() -> None:
    condition = at_least(H, W)
    assert condition.substituted(dict.fromkeys(symbols_of(W), 3)) == at_least(H, 3)
    assert condition.substituted(dict.fromkeys(symbols_of(H, W), 3)).verdict() is True


@pytest.mark.parametrize(
    "condition",
    [at_least(1, H), divides(H, 1), divides(H, -1), divides(H, 6), equal(H, 1), at_least(W, H)],
    ids=str,
)
def test_what_holds_at_1_alone_is_open(condition: Condition) -> None:
    values: list[dict[Atom, Size]] = [
        dict.fromkeys(symbols_of(H, W), 1),
        {symbols_of(H)[0]: 7, symbols_of(W)[0]: 1},
    ]
    assert condition.verdict() is None
    assert [condition.substituted(each).verdict() for each in values] == [True, False]


def test_an_index_is_a_whole_number_from_0_on_in_sympy() -> None:
    found = to_sympy(Dim.of_atom(I.atom))
    assert found.is_integer
    assert found.is_nonnegative


# -- columns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3])
def test_a_product_of_floors_that_does_not_fit_is_an_error(d: int) -> None:
    square = VectorFunction(floor_div(H, d) * floor_div(H, d))
    assert list(square(H=[2 * d + 1, 3000000000 * d])) == [4, 9 * 10**18]
    with pytest.raises(OverflowError):
        square(H=[3037000500 * d])


@pytest.mark.parametrize(
    "size", [H * H * W + H * H * K + H * W + 2 * K + 5, H * H * W + H * K + 1, H * H * H * W + H * K]
)
def test_columns_have_the_values_of_the_polynomial(size: Any) -> None:
    columns = {"H": [1, 2, 3], "W": [5, 7, 11], "K": [4, 1, 2]}
    expected = [at(size, dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
    assert list(VectorFunction(size)(**columns)) == expected


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        (lambda: at_least(H, W), "H=2, W=6"),
        (lambda: equal(H, W), "H=2, W=6"),
        (lambda: divides(W, H), "H=2, W=6"),
    ],
)
def test_a_column_outside_of_the_domain_is_an_error(condition: Callable[[], Any], place: str) -> None:
    function = VectorFunction(H * W, [condition()], "a layer")
    assert list(function(H=[4, 5], W=[4, 5])) == [16, 25]
    with pytest.raises(ValueError, match=rf"^a layer at {place}: "):
        function(H=[4, 2, 1], W=[4, 6, 7])


@pytest.mark.parametrize("size", [Z, Z - 1, -1 * Z])
def test_the_least_number_of_64_bits_is_out_of_range(size: Size) -> None:
    assert list(VectorFunction(size)(Z=[1 - 2**63 + 1, 5])) == [at(size, {"Z": z}) for z in (2 - 2**63, 5)]
    with pytest.raises(OverflowError, match="does not fit into 64 bits"):
        VectorFunction(size)(Z=[-(2**63), 5])


def test_of_no_points_none_is_out_of_range() -> None:
    sum_ = total([2**62 * H, 2**62 * W, 2**62 * K])
    assert VectorFunction(sum_)(H=np.empty(0, dtype=int), W=1, K=1).shape == (0,)
    with pytest.raises(OverflowError):
        VectorFunction(sum_)(H=[1], W=1, K=1)


def test_a_multiple_is_inside_of_the_domain_of_a_divisor() -> None:
    assert list(VectorFunction(H, [divides(W, H)])(H=[6, 8], W=[3, 8])) == [6, 8]


# -- the author's order of symbols -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "again", "names", "changed"),
    [
        ("", "A B", "AB", False),
        ("A B", "C", "ABC", False),
        ("A B C", "C", "ABC", False),
        ("A B C", "B C", "ABC", False),
        ("A B", "B C", "ABC", False),
        ("A B C", "B", "ACB", True),
        ("A B C", "A", "BCA", True),
        ("A B", "B A", "BA", True),
        ("B A", "A D", "BAD", False),
        ("C B A", "D C", "BADC", True),
    ],
)
def test_what_is_declared_comes_last(
    declared: str, again: str, names: str, changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "_declared", {})
    assert order.declare(declared.split()) is False
    assert order.declare(name for name in again.split()) is changed
    assert "".join(sorted("ABCD", key=order.rank)[: len(names)]) == names
    assert [order.rank(name) for name in names] == [(place, name) for place, name in enumerate(names)]


def test_undeclared_names_come_behind_all_others_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "_declared", {})
    order.declare(["Z", "Y", "X"])
    assert sorted("ABXYZ", key=order.rank) == ["Z", "Y", "X", "A", "B"]


def test_an_arrangement_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "_declared", {})
    order.declare(["B", "A"])
    with order.arranged(["C", "B"]):
        assert sorted("ABC", key=order.rank) == ["A", "C", "B"]
    assert sorted("ABC", key=order.rank) == ["B", "A", "C"]
    with pytest.raises(KeyError), order.arranged(["C", "B"]):
        raise KeyError
    assert [order.rank(name) for name in "BAC"] == [(0, "B"), (1, "A"), (order.UNDECLARED, "C")]


def test_sums_that_are_there_change_places_with_their_symbols() -> None:
    a, b = dims("A B")
    product = (a + 1) * (b + 1)
    assert str(product) == "(A + 1)*(B + 1)"
    dims("B A")
    assert str(product) == "(B + 1)*(A + 1)"


@pytest.mark.parametrize(
    ("least", "error"), [(2, ValueError), (-1, ValueError), (True, TypeError), ("0", TypeError)]
)
def test_dimensions_are_at_least_0_or_1(least: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^min=.* must be 0 or 1$"):
        dims("H", min=least)


def test_the_class_of_a_symbol_stays() -> None:
    with pytest.raises(TypeError, match=r"^the class of H cannot be changed$"):
        dims("H").__class__ = sympy.Symbol
