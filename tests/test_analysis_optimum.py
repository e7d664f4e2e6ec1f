"""Optima under conditions: points, values, proofs, whole numbers, and what has no optimum."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symcnn import Conv2d, Eq, Optimum, dims, ge, gt, le, lt, maximize, minimize, reals
from symcnn.analysis.boxes import best_integers
from symcnn.analysis.candidates import without_roots
from symcnn.analysis.problem import read_problem

M, N, K, B, C, D, S = dims("M N K B C D S")
MEMORY = M * N + M * K + N * K
INTENSITY = M * N * K / MEMORY


def assert_is(found: Optimum, value: Any, **point: Any) -> None:
    """A proved optimum with this value, at this one point."""
    assert found.proved, found
    assert found.kind == "attained"
    assert sympy.simplify(found.value - value) == 0
    assert found.unique is True
    assert {s.name for s in found.point} == {*point}
    for symbol, place in found.point.items():
        assert sympy.simplify(place - point[symbol.name]) == 0


# -- the examples ------------------------------------------------------------------------------------------


def test_intensity_under_fixed_memory_is_largest_for_a_cube() -> None:
    side = sympy.sqrt(B / 3)
    found = maximize(INTENSITY, over=(M, N, K), subject_to=Eq(MEMORY, B))
    assert_is(found, side / 3, M=side, N=side, K=side)
    claim = str(found.proofs["exactly"].statement.written)
    assert "is largest exactly where M = s and N = s and K = s for M, N, K" in claim
    assert "assume    3*s^2 = B" in claim
    assert found.proofs["exactly"].status == "PROVED"


def test_intensity_under_fixed_compute_is_largest_for_a_cube() -> None:
    side = sympy.cbrt(C)
    found = maximize(INTENSITY, over=(M, N, K), subject_to=Eq(M * N * K, C))
    assert_is(found, side / 3, M=side, N=side, K=side)


@pytest.mark.parametrize("condition", [(le(M, D), le(N, D), le(K, D)), Eq(sympy.Max(M, N, K), D)])
def test_intensity_under_a_fixed_largest_dimension_is_largest_for_a_cube(condition: Any) -> None:
    found = maximize(INTENSITY, over=(M, N, K), subject_to=condition)
    assert_is(found, D / 3, M=D, N=D, K=D)


def test_the_best_tile_is_a_square_that_fills_the_cache() -> None:
    a, b = dims("a b")
    found = minimize(M * N * K / a + M * N * K / b, over=(a, b), subject_to=le(a * b, S))
    assert_is(found, 2 * M * N * K / sympy.sqrt(S), a=sympy.sqrt(S), b=sympy.sqrt(S))


def test_equal_channels_move_the_least_memory_under_fixed_macs() -> None:
    c_1, c_2, h, w = dims("c_1 c_2 h w")
    cost = Conv2d(c_1, c_2, kernel_size=1, bias=False).cost((c_1, h, w))
    found = minimize(cost.memory.total, over=(c_1, c_2), subject_to=Eq(cost.macs, B))
    side = sympy.sqrt(B / (h * w))
    assert_is(found, 2 * h * w * side + B / (h * w), c_1=side, c_2=side)
    assert found.proofs["exactly"].status == "PROVED"


def test_small_kernels_are_best_at_equal_receptive_field() -> None:
    n, k, R = dims("n k R")
    field = Eq(n * (k - 1) + 1, R)
    assert_is(minimize(n * k**2, (n, k), field, given=ge(R, 2)), 4 * (R - 1), n=R - 1, k=2)
    three = minimize(n * k**2, (n, k), (field, ge(k, 3)), given=ge(R, 2))
    assert_is(three, sympy.Rational(9, 2) * (R - 1), n=(R - 1) / 2, k=3)


def test_depthwise_layers_are_the_widest_at_fixed_parameters() -> None:
    g, P = dims("g P")
    params = C**2 * K**2 / g
    assert_is(maximize(C, (C, g), (Eq(params, P), le(g, C))), P / K**2, C=P / K**2, g=P / K**2)
    # Nothing but the number of groups limits the width.
    free = maximize(C, (C, g), Eq(params, P))
    assert (free.kind, free.proved) == ("unbounded", True)


# -- conditions --------------------------------------------------------------------------------------------


def test_several_conditions_hold_at_once() -> None:
    found = maximize(INTENSITY, (M, N, K), (le(MEMORY, B), le(M, D)), given=ge(3 * D**2, B))
    assert_is(found, sympy.sqrt(B / 3) / 3, **dict.fromkeys("MNK", sympy.sqrt(B / 3)))


def test_numbers_are_budgets_too() -> None:
    found = maximize(INTENSITY, (M, N, K), Eq(MEMORY, 100))
    assert_is(found, 10 * sympy.sqrt(3) / 9, **dict.fromkeys("MNK", 10 / sympy.sqrt(3)))


def test_what_is_given_of_the_other_symbols_is_used() -> None:
    found = maximize(M * N + N * K, (M, N), Eq(M + N, B), given=gt(B, K))
    assert_is(found, (B + K) ** 2 / 4, M=(B - K) / 2, N=(B + K) / 2)


def test_symbols_of_the_answer_are_those_that_were_given() -> None:
    x, y, s = reals("x y s")
    found = maximize(x * y, (x, y), Eq(x + y, s))
    assert_is(found, s**2 / 4, x=s / 2, y=s / 2)
    assert {*found.point} == {x, y}


def test_a_symbol_that_may_be_zero_may_be_zero_at_the_optimum() -> None:
    p = dims("p", min=0)
    found = maximize(B - p, p)
    assert_is(found, B, p=0)


def test_a_point_that_is_not_the_only_one_is_said_to_be_one_of_several() -> None:
    x, y, s = reals("x y s")
    found = maximize(x * y, (x, y), Eq(x * y, s))
    assert (found.value, found.unique, found.proved) == (s, False, True)
    assert str(found).endswith("and elsewhere")


# -- no optimum --------------------------------------------------------------------------------------------


def test_intensity_without_a_budget_has_no_limit() -> None:
    found = maximize(INTENSITY, (M, N, K))
    assert (found.kind, found.proved, found.value) == ("unbounded", True, None)
    assert found.direction is not None
    assert {*found.direction} == {M, N, K}
    assert found.verdict is not None
    assert "is unbounded in t" in found.verdict.statement.written


def test_a_value_that_is_approached_is_told_from_one_that_is_attained() -> None:
    found = maximize(INTENSITY, (M, K))
    assert (found.kind, found.proved, found.value) == ("approached", True, N)
    a, b = dims("a b")
    assert minimize(a + b, (a, b)).value == 0
    with pytest.raises(ValueError, match="the maximum is approached and has 0 points; see points"):
        _ = found.point


def test_what_is_not_proved_is_not_called_proved() -> None:
    nothing = Optimum("maximum", "attained", M, (M,), (), ({M: 1},), 1)
    assert not nothing.proved
    assert "UNKNOWN" in str(nothing)
    assert not Optimum("maximum", "not found", M, (M,), ()).proved
    with pytest.raises(TypeError, match="has no truth value"):
        bool(nothing)


def test_a_point_that_is_not_the_best_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y, s = reals("x y s")

    def wrong(*_: Any) -> Any:
        return [{x: s / 3, y: 2 * s / 3}]

    monkeypatch.setattr("symcnn.analysis.optimum.points", wrong)
    found = maximize(x * y, (x, y), Eq(x + y, s))
    assert (found.kind, found.proved, found.points) == ("not found", False, ())


def test_a_point_that_is_not_feasible_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y, s = reals("x y s")

    def wrong(*_: Any) -> Any:
        return [{x: s, y: s}]

    monkeypatch.setattr("symcnn.analysis.optimum.points", wrong)
    assert maximize(x * y, (x, y), Eq(x + y, s)).kind == "not found"


def test_statements_about_a_point_are_about_the_objective_as_it_was_given() -> None:
    found = maximize(INTENSITY, over=(M, N, K), subject_to=Eq(MEMORY, B))
    claim = str(found.proofs["attained"].statement.written)
    assert "s*s + s*s + s*s = B" in claim.replace("(", "").replace(")", "")
    assert "s*s*s/(s*s + s*s + s*s)" in claim
    assert {v.status for v in found.proofs.values()} == {"PROVED"}


# -- integers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("budget", "value", "points"), [(192, Fraction(8, 3), 1), (12, Fraction(2, 3), 1)])
def test_best_integers_are_proved(budget: int, value: Fraction, points: int) -> None:
    found = maximize(INTENSITY, (M, N, K), le(MEMORY, budget), integers=True, seconds=90)
    assert (found.value, len(found.points), found.proved) == (value, points, True)


def test_integers_that_are_checked_and_not_proved_are_said_to_be() -> None:
    found = maximize(INTENSITY, (M, N, K), le(MEMORY, 1000), integers=True, seconds=2)
    assert (found.value, len(found.points)) == (6, 4)
    assert found.proved or "checked for all integers 1 <= M <= 499" in str(found)


@given(
    st.tuples(*[st.integers(0, 3)] * 4),
    st.tuples(*[st.integers(0, 3)] * 3),
    st.integers(3, 40),
    st.booleans(),
)
@settings(max_examples=40)
def test_boxes_find_what_all_points_show(
    top: tuple[int, ...], bottom: tuple[int, ...], budget: int, equal: bool
) -> None:
    objective = (top[0] * M * N + top[1] * K**2 - top[2] * M + top[3]) / (
        1 + bottom[0] * M + bottom[1] * N * K + sympy.floor(K * bottom[2] / 2)
    )
    condition = Eq(MEMORY, budget) if equal else le(MEMORY, budget)
    values: dict[tuple[int, ...], Fraction] = {}
    for m, n, k in product(range(1, budget), repeat=3):
        size = m * n + m * k + n * k
        if size == budget or (size < budget and not equal):
            above = top[0] * m * n + top[1] * k**2 - top[2] * m + top[3]
            below = 1 + bottom[0] * m + bottom[1] * n * k + k * bottom[2] // 2
            values[m, n, k] = Fraction(above, below)
    found = best_integers(read_problem(objective, (M, N, K), condition, ()))
    best = max(values.values(), default=None)
    assert found.value == best
    expected = [point for point, value in values.items() if value == best]
    assert {*found.points} <= {*expected}
    assert len(found.points) == min(len(expected), 50)


@pytest.mark.parametrize("budget", [3, 12, 31, 108])
def test_no_whole_numbers_are_better_than_the_best_real_ones(budget: int) -> None:
    best = best_integers(read_problem(INTENSITY, (M, N, K), le(MEMORY, budget), ()))
    assert best.value is not None
    # The value for real numbers is sqrt(budget/3)/3.
    assert 27 * best.value**2 <= budget
    assert (27 * best.value**2 == budget) == (budget in {3, 12, 108})


def test_a_tile_of_whole_numbers_leaves_room_for_the_factors() -> None:
    a, b = dims("a b")
    found = minimize(1680 / a + 1680 / b, (a, b), le(a * b + a + b, 1024), integers=True)
    assert (found.value, found.point[a], found.point[b]) == (sympy.Rational(3360, 31), 31, 31)


def test_kernels_and_depths_that_are_whole_numbers() -> None:
    n, k = dims("n k")
    found = minimize(n * k**2, (n, k), (Eq(n * (k - 1) + 1, 13), ge(k, 3)), integers=True)
    assert (found.value, found.point[n], found.point[k], found.proved) == (54, 6, 3, True)


# -- what is refused ---------------------------------------------------------------------------------------

real = sympy.Symbol("r", real=True)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((M, (M, N), le(M, B)), {}, ValueError, "over=N occurs neither in the objective M nor in subject_to"),
        ((M, ()), {}, ValueError, r"over=\(\) names no symbol"),
        ((M, (M, M)), {}, ValueError, r"over=\(M, M\) names a symbol twice"),
        ((M, "M"), {}, TypeError, "over='M' is no symbol"),
        ((real, real), {}, ValueError, "over=r may be negative"),
        (("M", M), {}, TypeError, "objective: 'M' is text"),
        ((0.5 * M, M), {}, TypeError, "objective: .* holds the float 0.5"),
        ((M, M, lt(M, B)), {}, ValueError, "subject_to=M < B leaves its bound out"),
        ((M, M, 5), {}, TypeError, "subject_to=5 is no relation"),
        ((M, M, True), {}, TypeError, "subject_to=True is no relation"),
        ((M, M, le(N, B)), {}, ValueError, r"subject_to=N <= B speaks of none of over=\(M\)"),
        ((M, M, le(M, B)), {"given": le(M, 2)}, ValueError, "given=M <= 2 speaks of"),
        ((M * N, (M, N), Eq(M + N, -3)), {}, ValueError, "no feasible point: M \\+ N is positive"),
        ((M * N, (M, N), le(M + N, 0)), {}, ValueError, "no feasible point"),
        ((M, M, (le(M, 3), ge(M, 4))), {}, ValueError, "no feasible point: none satisfies M <= 3 and M >= 4"),
        ((sympy.floor(M / 2), M, le(M, B)), {}, ValueError, r"over=\(M\) is rounded"),
        ((M, M, le(M, B)), {"integers": True}, ValueError, "B has no value, and integers=True compares"),
        ((M * N, (M, N), le(M, 5)), {"integers": True}, ValueError, "N has no upper limit"),
        ((M, M, (le(M, 3), ge(M, 4))), {"integers": True}, ValueError, "no feasible point: no integers"),
        ((M, M, le(M, B)), {"integers": 1}, TypeError, "integers=1 must be True or False"),
        ((M, M, le(M, B)), {"seconds": 0}, ValueError, "seconds"),
    ],
)
def test_bad_input_is_refused_with_the_reason(
    arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        maximize(*arguments, **options)


# -- roots -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "degree"),
    [(sympy.sqrt(B / 3), 2), (sympy.cbrt(C), 3), (sympy.sqrt(B + 1) - 1, 2), (B / 2, None)],
)
def test_a_root_is_what_its_relation_says(value: Any, degree: int | None) -> None:
    found = without_roots({M: value}, {"M", "B", "C"})
    assert found is not None
    point, roots = found
    assert [root.degree for root in roots] == ([] if degree is None else [degree])
    shown = point[M].xreplace({root.symbol: root.value for root in roots})
    assert sympy.simplify(shown - value) == 0
