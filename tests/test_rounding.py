"""Each rule for floors is true under its side condition, false without it, and applied only under it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symcnn.symbols import Size, as_size, ceil_div, exact_quotient, floor_div, text
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Sym, atoms
from tests.expressions import (
    LEAST,
    Point,
    Tree,
    at,
    number,
    points,
    polynomials,
    positive,
    size,
    symbol,
    trees,
)

H, W, K, S, P, Z = (symbol(name) for name in "HWKSPZ")


def floors(value: Size) -> list[Floor]:
    """The floors in a size, nested ones included."""
    return [a for a in atoms(value) if isinstance(a, Floor)]


@dataclass
class Rule:
    """A law, an example in which the code applies it, and a twin that breaks its side condition.

    The law is a pair of sides over integers, ``holds`` its side condition, ``near`` the values to try. The
    twin is a size next to what the rule would wrongly make of it, with a point at which these differ.
    """

    left: Callable[..., int]
    right: Callable[..., int]
    holds: Callable[..., bool]
    example: Size
    shown: str
    point: Mapping[str, int]
    twin: Size
    wrong: Callable[..., int]
    near: Mapping[str, range] = field(default_factory=dict[str, range])


ANY, POSITIVE = range(-7, 8), range(1, 6)

RULES = {
    "numbers": Rule(
        lambda a, d: (a - a % d) // d,
        lambda a, d: a // d,
        lambda a, d: d >= 1,
        floor_div(-7, 2) + H,
        "H - 4",
        # Without d >= 1: the truncated quotient of C is not the floor.
        {"H": 1},
        floor_div(-7, 2) + H,
        lambda H: int(-7 / 2) + H,
        {"a": ANY, "d": POSITIVE},
    ),
    "nested": Rule(
        lambda n, m, b, d: (n // m + b) // d,
        lambda n, m, b, d: (n + m * b) // (m * d),
        lambda n, m, b, d: m >= 1 and d >= 1,
        floor_div(floor_div(H, 2) + 5, 3),
        "floor((H + 4)/6) + 1",
        # b is no integer: floor((floor(H/2) + 1/2)/1) is not floor((H + 1)/2).
        {"H": 1},
        floor_div(2 * floor_div(H, 2) + 1, 2),
        lambda H: (H + 1) // 2,
        {"n": ANY, "m": POSITIVE, "b": ANY, "d": POSITIVE},
    ),
    "extract": Rule(
        lambda a, q, d: (a + q * d) // d,
        lambda a, q, d: q + a // d,
        lambda a, q, d: d >= 1,
        floor_div(7 * H + W, 3),
        "2*H + floor((H + W)/3)",
        # q is no integer: W/2 is not taken out of floor((H + W/2*2)/4) as W/4.
        {"H": 1, "W": 3},
        floor_div(H + W, 4),
        lambda H, W: H // 4 + W // 4,
        {"a": ANY, "q": ANY, "d": POSITIVE},
    ),
    "cancel": Rule(
        lambda g, a, c, d: (g * a + c) // (g * d),
        lambda g, a, c, d: (a + c // g) // d,
        lambda g, a, c, d: g >= 1 and d >= 1,
        floor_div(2 * H + 3, 4),
        "ceiling(H/2)",
        # The factor does not divide the other terms: floor((2H + W)/4) is not floor((H + floor(W/2))/2) ...
        {"H": 1, "W": 1, "S": 2},
        # ... in general, and a symbol in the divisor alone does not cancel: floor((S*H + 1)/(S*W)).
        floor_div(S * H + 1, 2 * S),
        lambda H, W, S: H // 2 + 1 // (2 * S) + 1,
        {"g": POSITIVE, "a": ANY, "c": ANY, "d": POSITIVE},
    ),
    "reflect": Rule(
        lambda a, d: a // d,
        lambda a, d: -((d - 1 - a) // d),
        lambda a, d: d >= 1,
        floor_div(-1 * H, 32),
        "-ceiling(H/32)",
        # a is no integer: floor((H/2)/2) is not -floor((1 - H/2)/2).
        {"H": 3},
        floor_div(H, 4),
        lambda H: -((2 - H) // 4),
        {"a": ANY, "d": POSITIVE},
    ),
    "small": Rule(
        lambda a, d: a // d,
        lambda a, d: 0 if a >= 0 else -1,
        lambda a, d: 0 <= a < d or -d <= a < 0,
        floor_div(S - 1, S),
        "0",
        # The bounds are not known: floor(H/S) is 0 for H < S alone.
        {"H": 3, "S": 2},
        floor_div(H, S),
        lambda H, S: 0,
        {"a": ANY, "d": POSITIVE},
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_true_for_all_small_integers_under_its_side_condition(name: str) -> None:
    rule = RULES[name]
    tried = [dict(zip(rule.near, values, strict=True)) for values in product(*rule.near.values())]
    held = [values for values in tried if rule.holds(**values)]
    assert len(held) > 10
    assert all(rule.left(**values) == rule.right(**values) for values in held)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_applied(name: str) -> None:
    assert text(RULES[name].example) == RULES[name].shown


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_not_applied_without_its_side_condition(name: str) -> None:
    rule = RULES[name]
    assert at(rule.twin, rule.point) != rule.wrong(**rule.point)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("extract", {"a": 1, "q": 1, "d": 0}),
        ("cancel", {"g": 0, "a": 1, "c": 1, "d": 1}),
        ("nested", {"n": 1, "m": 0, "b": 0, "d": 2}),
    ],
)
def test_divisors_of_0_have_no_value(name: str, values: dict[str, int]) -> None:
    with pytest.raises(ZeroDivisionError):
        RULES[name].left(**values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("nested", {"n": 1, "m": 2, "b": 0, "d": -2}),
        ("nested", {"n": -3, "m": -4, "b": 0, "d": -2}),
        ("reflect", {"a": 0, "d": -3}),
        ("small", {"a": 3, "d": 3}),
        ("small", {"a": -3, "d": 2}),
    ],
)
def test_laws_are_false_at_these_points_outside_their_side_conditions(
    name: str, values: dict[str, int]
) -> None:
    rule = RULES[name]
    assert not rule.holds(**values)
    assert rule.left(**values) != rule.right(**values)


@given(trees(leaves=6), positive(), points())
def test_floors_and_ceilings_are_those_of_integers(tree: Tree, divisor: Tree, point: Point) -> None:
    a, d = number(tree, point), number(divisor, point)
    assert at(floor_div(size(tree), size(divisor)), point) == a // d
    assert at(ceil_div(size(tree), size(divisor)), point) == -(-a // d)


@given(trees(leaves=4), st.integers(1, 40), points())
def test_a_negative_number_divides_as_python_divides(tree: Tree, divisor: int, point: Point) -> None:
    assert at(floor_div(size(tree), -divisor), point) == number(tree, point) // -divisor


@given(polynomials(), st.integers(1, 9), st.integers(1, 9))
def test_a_floor_of_a_floor_is_one_floor(tree: Tree, m: int, d: int) -> None:
    a = size(tree)
    assert floor_div(floor_div(a, m), d) == floor_div(a, m * d)


@given(polynomials(), st.integers(1, 9), st.integers(1, 9), st.integers(-9, 9))
def test_a_floor_of_a_number_and_a_subtracted_floor_is_one_floor(tree: Tree, m: int, d: int, b: int) -> None:
    a = size(tree)
    assert floor_div(b - floor_div(a, m), d) == floor_div(m * b + m - 1 - a, m * d)


@given(polynomials("HKPZ"), st.one_of(st.integers(1, 9), st.sampled_from([W, S, W + 1, W * S])))
def test_the_ceiling_is_minus_the_floor_of_minus(tree: Tree, d: Size) -> None:
    a = size(tree)
    assert ceil_div(a, d) == -1 * floor_div(-1 * a, d)


@given(polynomials(), st.integers(1, 9))
def test_the_two_halves_of_a_size_are_the_whole(tree: Tree, d: int) -> None:
    a = size(tree)
    assert floor_div(a, 2) + ceil_div(a, 2) == a
    assert floor_div(a + d, d) == floor_div(a, d) + 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-(-H // 32), "ceiling(H/32)"),
        ((H + 32 - 1) // 32 * 2, "2*ceiling(H/32)"),
        ((H + 1) // 2 - 1, "ceiling(H/2) - 1"),
        ((H - 1) // 2 + 1, "ceiling(H/2)"),
        ((2 * H + 1) // 2, "H"),
        ((4 * H + 6) // 8, "ceiling(H/2)"),
        ((6 * H + 7) // 9, "H - floor(H/3)"),
        ((H * S + W * S) // S, "H + W"),
        ((H * S + K * S + 5) // (S * 2), None),
        ((H + 2 * S) // S, "floor(H/S) + 2"),
        ((S * K - 1) // S, "K - 1"),
        (H * 0 // 3, "0"),
        ((S * H + S - 1) // S, "H"),
        ((H * W) // (H * S), "floor(W/S)"),
        ((H + W - 1) // W, None),
        ((2 * H + 2) // (2 * W), "floor((H + 1)/W)"),
        ((2 * H + 3) // (4 * W), "floor((H + 1)/(2*W))"),
        (1 // (2 * H), "0"),
        ((H * (H - 1)) // (2 * H), "ceiling(H/2) - 1"),
        (-1 // H, "-1"),
        (-2 // H, "-floor(1/H) - 1"),
    ],
)
def test_normal_forms(value: Any, shown: str | None) -> None:
    if shown is not None:
        assert text(value) == shown
    assert all(not floors(part) for f in floors(value) for part in f.parts())


def stem(length: Size) -> Size:
    """The five layers of stride 2 of a ResNet: 7 taps and 3 of padding, pooling, and three times 3 and 1."""
    for kernel, padding in ((7, 3), (3, 1), (3, 1), (3, 1), (3, 1)):
        length = (length + 2 * padding - kernel) // 2 + 1
    return length


def test_five_layers_of_stride_2_divide_by_32_and_round_up() -> None:
    made = stem(H)
    assert made == -(-H // 32)
    assert text(made) == "ceiling(H/32)"
    assert len(floors(made)) == 1
    assert [at(made, {"H": n}) for n in range(1, 300)] == [stem(n) for n in range(1, 300)]


def test_two_windows_of_symbolic_strides_have_the_nested_form() -> None:
    T = symbol("T")
    first = (H - K) // S + 1
    second = (first - K) // T + 1
    assert second == (H - K + S * (1 - K)) // (S * T) + 1
    assert len(floors(second)) == 1
    for h, k, s, t in product(range(1, 14), range(1, 4), range(1, 4), range(1, 4)):
        expected = ((h - k) // s + 1 - k) // t + 1
        assert at(second, {"H": h, "K": k, "S": s, "T": t}) == expected


@given(st.integers(-9, 9), st.integers(1, 9), st.integers(-9, 9), st.integers(1, 9), st.integers(1, 30))
def test_rational_arguments_of_sympy_floors_are_brought_over_one_denominator(
    a: int, b: int, c: int, d: int, h: int
) -> None:
    x = sympy.Symbol("H", integer=True, positive=True)
    inside = sympy.Rational(a, b) * x + sympy.Rational(c, d)
    assert at(as_size(sympy.floor(inside)), {"H": h}) == sympy.floor(inside.subs(x, h))
    assert at(as_size(sympy.ceiling(inside)), {"H": h}) == sympy.ceiling(inside.subs(x, h))


def test_symbols_may_stand_below_the_line_of_a_sympy_floor() -> None:
    h, w, s = sympy.symbols("H W S", integer=True, positive=True)
    assert as_size(sympy.floor((h + w) / s)) == (H + W) // S
    assert as_size(sympy.floor(h / s + sympy.Rational(1, 2))) == (2 * H + S) // (2 * S)
    assert as_size(sympy.floor(h / (w + 1))) == H // (W + 1)
    assert as_size(sympy.ceiling(h / s)) == ceil_div(H, S)


@pytest.mark.parametrize("a", [0, 5, H, H + 1])
def test_a_divisor_of_0_is_an_error(a: Any) -> None:
    with pytest.raises(ZeroDivisionError, match=r"floor of \(.*\)/0"):
        floor_div(a, 0)


@pytest.mark.parametrize("divisor", [P, Z, H - 1, H - W, S * P, -1 * H, Z * Z, P + Z])
@pytest.mark.parametrize("a", [0, 5, H])
def test_a_divisor_that_may_be_less_than_1_is_an_error(a: Any, divisor: Any) -> None:
    with pytest.raises(ValueError, match=r"floor of \(.*\)/\(.*\) needs a divisor that is at least 1"):
        floor_div(a, divisor)


def test_a_divisor_that_a_value_makes_too_small_is_an_error() -> None:
    value = H // S
    with pytest.raises(ZeroDivisionError, match="/0"):
        at(value, {"S": 0})


def test_quotients_that_may_be_no_integers_stay_inside_a_floor() -> None:
    half = exact_quotient(H, S)
    value = floor_div(half + 1, 2)
    for h, s in product(range(1, 20), range(1, 5)):
        if h % s == 0:
            assert at(value, {"H": h, "S": s}) == (h // s + 1) // 2


def test_the_symbols_of_these_tests_have_the_ranges_that_the_rules_need() -> None:
    assert (LEAST["S"], LEAST["P"], LEAST["Z"]) == (1, 0, None)
    assert Sym("P", 0) in list(atoms(P))
