"""Sizes calculate as Python's integers do, and have one normal form."""

import operator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import dims
from symcnn.symbols import (
    Condition,
    Dim,
    Index,
    as_size,
    exact_quotient,
    floor_div,
    indices,
    minimum,
    parse_size,
    product,
    substitute,
    symbols_of,
    text,
    total,
)
from symcnn.symbols.size import Group, Sym, as_quotient, atoms, factored, from_terms, power
from tests.expressions import Point, Tree, at, number, points, positive, size, symbol, trees, value_at

H, W, K, S, P = (symbol(name) for name in "HWKSP")
SMALL_NUMBERS = st.integers(-20, 20)


@given(trees(), points())
def test_expressions_have_the_values_that_integers_have(tree: Tree, point: Point) -> None:
    assert at(size(tree), point) == number(tree, point)


@given(trees(), points(), st.sets(st.sampled_from("HWKSPZ")))
def test_numbers_for_some_symbols_first_and_for_the_others_later_are_numbers_for_all(
    tree: Tree, point: Point, first: set[str]
) -> None:
    partly = at(size(tree), {n: v for n, v in point.items() if n in first})
    assert not {s.name for s in symbols_of(partly)} & first
    assert at(partly, {n: v for n, v in point.items() if n not in first}) == number(tree, point)


@given(trees(leaves=5), trees(leaves=4), points())
def test_an_expression_for_a_symbol_has_the_value_of_its_number(
    tree: Tree, inner: Tree, point: Point
) -> None:
    replaced = substitute(size(tree), {Sym("Z", None): size(inner)})
    assert at(replaced, point) == number(tree, {**point, "Z": number(inner, point)})


@given(trees(), trees(), points())
def test_equal_sizes_have_equal_hashes_and_values_and_a_difference_of_0(
    a: Tree, b: Tree, point: Point
) -> None:
    x, y = size(a), size(b)
    assert (x == y) == (x - y == 0)
    if x == y:
        assert hash(x) == hash(y)
        assert number(a, point) == number(b, point)


@given(trees(), trees(), trees())
def test_the_laws_of_a_ring_are_equalities_of_sizes(a: Tree, b: Tree, c: Tree) -> None:
    x, y, z = size(a), size(b), size(c)
    for left, right in (
        (x + y, y + x),
        (x * y, y * x),
        ((x + y) + z, x + (y + z)),
        ((x * y) * z, x * (y * z)),
        (x * (y + z), x * y + x * z),
        (x - x, 0),
    ):
        assert left == right
        assert hash(left) == hash(right)


@given(positive(), positive())
def test_an_exact_quotient_undoes_a_product(tree: Tree, divisor: Tree) -> None:
    a, b = size(tree), size(divisor)
    assert exact_quotient(a * b, b) == a


@pytest.mark.parametrize(
    "made",
    [
        H * (H + 1) + H * (-1 * H - 1),
        H * (W - K) + H * (K - W),
        total([H * (W + 1), -1 * H * W, -1 * H]),
        (H + 1) // 2 + H // 2 - H,
        H * (W + 1) - H * W - H,
        substitute(H * (W - 1) + S * (1 - W), {Sym("S"): H}),
        (H + 1) * ((W + 1) // 2) + (H + 1) * (W // 2) - (H + 1) * W,
        (K - H) // S + (H - K - 1) // S + 1,
        ((K - H) // S + 1) * K + ((H - K - 1) // S) * K,
    ],
)
def test_what_cancels_is_the_number_0(made: Any) -> None:
    assert type(made) is int
    assert made == 0


@given(trees())
def test_a_constant_is_an_int_and_never_a_dim(tree: Tree) -> None:
    value = size(tree)
    assert type(value) is int or (isinstance(value, Dim) and set(value.expanded()) - {()})


@given(trees())
def test_the_factored_form_is_the_same_size(tree: Tree) -> None:
    value = size(tree)
    assert factored(value) == value


@given(st.lists(trees(leaves=3), max_size=4), points())
def test_totals_and_products_are_those_of_the_values(terms: list[Tree], point: Point) -> None:
    values = [number(t, point) for t in terms]
    assert at(total(map(size, terms)), point) == sum(values)
    expected = 1
    for value in values:
        expected *= value
    assert at(product(map(size, terms)), point) == expected


@given(st.integers(1, 6), st.integers(1, 6), points())
def test_an_exact_quotient_is_a_quotient_over_whole_numbers(a: int, b: int, point: Point) -> None:
    quotient = exact_quotient(a * H * (W + 1), b * S)
    wanted = Fraction(a * point["H"] * (point["W"] + 1), b * point["S"])
    if wanted.denominator == 1:
        assert at(quotient, point) == wanted
        above, below = as_quotient(quotient) if isinstance(quotient, Dim) else (quotient, 1)
        assert Fraction(value_at(above, point), value_at(below, point)) == wanted
    else:
        with pytest.raises(ArithmeticError, match="is not an integer"):
            at(quotient, point)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (S * 3 * (H - K + 1) * (W - K + 1), "3*S*(H - K + 1)*(W - K + 1)"),
        ((H + 1) * (W + 1), "(H + 1)*(W + 1)"),
        ((2 * H + 2) * W, "2*W*(H + 1)"),
        ((H * K + K) * W, "W*K*(H + 1)"),
        ((H + 1) ** 2, "(H + 1)**2"),
        ((H + 1) * (W + 1) + 1, "(H + 1)*(W + 1) + 1"),
        ((H + 1) * (W + 1) - H * W, "(H + 1)*(W + 1) - H*W"),
        (exact_quotient(W * K, S), "W*K/S"),
        (exact_quotient(W, S * K), "W/(S*K)"),
        (exact_quotient(W, H + 1), "W/(H + 1)"),
        (exact_quotient(W + 1, 2), "W/2 + 1/2"),
        (-1 * (H + 1) * S, "S*(-H - 1)"),
    ],
)
def test_products_stay_factored_as_they_were_derived(made: Any, shown: str) -> None:
    dims("P S H W K")
    assert text(made) == shown


def test_a_product_equals_the_same_product_multiplied_out() -> None:
    together, apart = (H + 1) * (W + 1), H * W + H + W + 1
    assert together == apart
    assert hash(together) == hash(apart)
    assert together - apart == 0
    assert {together: 1}[apart] == 1
    assert any(type(a) is Group for a in atoms(together))


@pytest.mark.parametrize(
    "value",
    [1.0, 2.5, True, False, "H", "3", None, 1j, float("nan"), [1], (1,), {1}, object(), b"3", Fraction(2, 1)],
)
def test_only_integers_and_integer_expressions_are_sizes(value: Any) -> None:
    with pytest.raises(TypeError, match=r"width=.* must be an integer or an integer expression over dims"):
        as_size(value, "width")


@pytest.mark.parametrize("value", [1.0, True, "H", None])
@pytest.mark.parametrize(
    "operation",
    [
        lambda a, b: a + b,
        lambda a, b: b + a,
        lambda a, b: a - b,
        lambda a, b: b - a,
        lambda a, b: a * b,
        lambda a, b: b * a,
        lambda a, b: a // b,
        lambda a, b: b // a,
        lambda a, b: a >= b,
        lambda a, b: a < b,
    ],
)
def test_other_types_do_not_mix_with_sizes(operation: Any, value: Any) -> None:
    with pytest.raises(TypeError):
        operation(H, value)


@pytest.mark.parametrize("value", [1, 1.0, True, "H", None, Fraction(1, 2)])
def test_a_size_with_symbols_equals_nothing_else(value: Any) -> None:
    assert value != H
    assert not value == H  # noqa: SIM201


@pytest.mark.parametrize("exponent", [-1, 1.0, True, H, "2"])
def test_exponents_are_whole_numbers_from_0(exponent: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"exponent=.* of H must be an integer >= 0"):
        power(H, exponent)
    with pytest.raises((TypeError, ValueError), match=r"exponent=.* of 2 must be an integer >= 0"):
        power(2, exponent)


@pytest.mark.parametrize(
    ("condition", "relation", "shown"),
    [
        (H >= W, "ge", "H >= W"),
        (H > W, "ge", "H >= W + 1"),
        (H <= W, "ge", "W >= H"),
        (H < W, "ge", "W >= H + 1"),
        (H >= 3, "ge", "H >= 3"),
        (H < 3, "ge", "H <= 2"),
        (operator.gt(3, H), "ge", "H <= 2"),
        (operator.le(4, H), "ge", "H >= 4"),
        (H - K >= 0, "ge", "H >= K"),
        (H * (W + 1) > P, "ge", "H + H*W >= P + 1"),
    ],
)
def test_comparisons_of_sizes_are_conditions(condition: Any, relation: str, shown: str) -> None:
    dims("P S H W K")
    assert isinstance(condition, Condition)
    assert condition.relation == relation
    assert repr(condition) == shown


@pytest.mark.parametrize("value", [H, H - H + W, H >= W, H < 1, (H + 1) * W])
def test_neither_sizes_nor_conditions_are_true_or_false(value: Any) -> None:
    with pytest.raises(TypeError, match="has no truth value"):
        bool(value)
    with pytest.raises(TypeError, match="has no truth value"):
        operator.not_(value)


def test_a_chain_of_comparisons_is_an_error_and_not_its_last_link() -> None:
    with pytest.raises(TypeError, match="has no truth value"):
        _ = 1 <= H <= 3


def test_symbols_differ_by_name_and_by_range() -> None:
    assert symbol("H") == Dim.of_atom(Sym("H"))
    assert symbol("H") != Dim.of_atom(Sym("H", 0))
    assert symbol("H") != Dim.of_atom(Sym("H", None))
    assert symbol("H") != Dim.of_atom(Sym("H", 1, (("even", True),)))


def test_an_index_is_no_symbol_of_the_same_name() -> None:
    (r,) = indices("r")
    assert isinstance(r, Index)
    assert r != symbol("r")
    assert r - symbol("r") != 0
    assert symbols_of(2 * r + symbol("H")) == [Sym("H")]


@pytest.mark.parametrize("name", ["", "1r", "r c", "r+1", "r-"])
def test_an_index_has_an_identifier_as_its_name(name: str) -> None:
    with pytest.raises(ValueError, match="must be an identifier"):
        Index(name)


def test_substitution_says_what_divides_by_zero() -> None:
    with pytest.raises(ZeroDivisionError, match="W/P divides by P, which is 0 here"):
        at(exact_quotient(W, P), {"P": 0})


def test_a_fraction_that_stays_is_an_error() -> None:
    with pytest.raises(ArithmeticError, match="1/2 is not an integer: a division that must be exact"):
        from_terms({(): Fraction(1, 2)})


def test_symbols_come_in_order_of_appearance_and_from_inside_atoms() -> None:
    value = floor_div(H + W, S) * minimum(K * 3, P)
    assert {s.name for s in symbols_of(value)} == {"H", "W", "S", "K", "P"}
    assert symbols_of(1, 2) == []
    assert [s.name for s in symbols_of(W, H, W)] == ["W", "H"]


def test_a_long_sum_takes_no_recursion() -> None:
    value = total(parse_size(f"H_{k}") for k in range(3000))
    assert len(symbols_of(value)) == 3000


@given(SMALL_NUMBERS, SMALL_NUMBERS)
def test_numbers_stay_numbers(a: int, b: int) -> None:
    assume(b != 0)
    assert floor_div(a, b) == a // b
    assert total([a, b]) == a + b
    assert product([a, b]) == a * b
