"""Calculations: what they look like, what their certificates say, and what is said of wrong ones."""

from fractions import Fraction
from typing import Any

import pytest
import sympy

from symcnn import Calculation, Conv1d, calc, dims, ge, le, prove, quantity, reals
from symcnn.kernel.certificates import replay
from symcnn.kernel.statements import read_statements
from symcnn.search.layout import HEADER

M, N, K = dims("M N K")
x, y = reals("x y")
NUMBER: Any = 3


def accepted(verdict: Any) -> list[str]:
    """What the kernel says of the statement and the certificate as text."""
    statements = read_statements(verdict.statement.written)
    return [found.status for found in replay(statements, HEADER + verdict.certificate)]


def test_a_calculation_is_shown_as_aligned_text() -> None:
    found = calc(2 * M * N, "<=", M**2 + N**2, because="(M - N)^2 >= 0").step("<", M**2 + N**2 + 1)
    assert str(found) == (
        "2*M*N <= M**2 + N**2       (M - N)^2 >= 0\n"  # the reason stands behind the longest term
        "      <  M**2 + N**2 + 1"
    )
    assert str(calc(M)) == "M"
    assert repr(found.claim) == "2*M*N < M**2 + N**2 + 1"
    assert [repr(r) for r in found.relations] == ["2*M*N <= M**2 + N**2", "M**2 + N**2 < M**2 + N**2 + 1"]


def test_a_calculation_in_latex() -> None:
    C_in, K_1 = dims("C_in K_1")
    found = calc(C_in).at_most(C_in * K_1, "K_1 >= 1, 100% sure").equals(K_1 * C_in)
    assert found.latex() == (
        "\\begin{align*}\n"
        "C_{in}\n"
        "  &\\le C_{in} K_{1} && \\text{K\\_1 \\textgreater{}= 1, 100\\% sure} \\\\\n"
        "  &= C_{in} K_{1}\n"
        "\\end{align*}"
    )
    cost = Conv1d(M, N, K, bias=False).cost((M, 5))
    assert r"\sum_{o=0}^{N - 1}" in calc(quantity(cost, "macs")).equals(cost.macs).latex()


def test_steps_make_new_calculations() -> None:
    first = calc(M)
    second = first.at_most(2 * M)
    assert (first.steps, len(second.steps), first == calc(M)) == ((), 1, True)
    assert hash(second) == hash(calc(M, "<=", 2 * M))
    assert isinstance(second, Calculation)
    every = [first.equals(M), first.less_than(M), first.at_most(M), first.more_than(M), first.at_least(M)]
    assert [c.steps[0].relation for c in every] == ["=", "<", "<=", ">", ">="]


@pytest.mark.parametrize(
    ("signs", "whole"),
    [
        ("=", "="),
        ("= =", "="),
        ("= <=", "<="),
        ("<= = <", "<"),
        ("< <=", "<"),
        (">= =", ">="),
        ("> >= =", ">"),
    ],
)
def test_the_relation_that_follows(signs: str, whole: str) -> None:
    found = calc(M)
    for sign in signs.split():
        found = found.step(sign, M)
    assert found.claim.sign == whole


PROVED = {
    "equations": (calc((M + N) ** 2).equals(M**2 + 2 * M * N + N**2).equals((M - N) ** 2 + 4 * M * N), ()),
    "upwards": (calc(2 * M * N).at_most(M**2 + N**2).less_than(M**2 + N**2 + 1), ()),
    "downwards": (calc((x + y) ** 2).equals(x**2 + 2 * x * y + y**2).more_than(x**2).at_least(x**2 - 1), ()),
    "several strict steps": (
        calc(N).less_than(N + 2).equals(2 + N).less_than(N + 3).less_than(2 * N + 3),
        (),
    ),
    "through a fraction": (calc(2 * N).less_than(2 * N + Fraction(1, 2)).less_than(2 * N + 1), ()),
    "floors": (calc(sympy.floor(N / 2)).at_most(sympy.ceiling(N / 2)).at_most(N), ()),
    "numbers": (calc(2).less_than(3).at_most(4), ()),
    "an assumption": (calc(M * N).at_most(K * N).at_most(K**2), [le(M, K), le(N, K)]),
    "a condition with or": (
        calc(N).at_most(2 * N).at_most(6 * N),
        [sympy.Or(sympy.Ge(M, 3, evaluate=False), sympy.Ge(N, 3, evaluate=False))],
    ),
    "a quotient": (calc((N + M) / K).equals(N / K + M / K).at_most(N + M), ()),
    "one step": (calc(M).at_most(M * N), ()),
}


@pytest.mark.parametrize("case", PROVED)
def test_the_kernel_accepts_the_whole(case: str) -> None:
    calculation, given = PROVED[case]
    verdict = calculation.prove(given, name="whole")
    assert verdict.status == "PROVED", verdict
    assert [v.status for v in verdict.verdicts] == ["PROVED"] * len(calculation.steps)
    assert accepted(verdict) == ["PROVED"]
    assert verdict.certificate.count("have step") == len(calculation.steps)
    assert verdict.first_wrong is None
    for part in verdict.verdicts:
        assert accepted(part) == ["PROVED"]
        assert part.statement.assumptions == verdict.statement.assumptions


def test_the_certificate_adds_the_steps_up() -> None:
    verdict = calc(2 * M * N, "<=", M**2 + N**2).less_than(M**2 + N**2 + 1).prove()
    assert verdict.certificate == (
        "prove claim\n"
        "  satisfiable { witness M = 1 witness N = 1 compute }\n"
        "  proof {\n"
        "    take M, N\n"
        "    suppose h1, h2\n"
        "    have step1 : 2*M*N <= M^2 + N^2 { cone (M - N)^2 }\n"
        "    have step2 : M^2 + N^2 < 1 + M^2 + N^2 { cone }\n"
        "    cone step1 + step2\n"
        "  }\n"
    )
    assert str(verdict) == (
        "PROVED: 2*M*N < M**2 + N**2 + 1\n"
        "  2*M*N <= M**2 + N**2       PROVED\n"
        "        <  M**2 + N**2 + 1   PROVED"
    )


def test_names_in_a_step_do_not_hide_the_labels() -> None:
    step1, h1 = dims("step1 h1")
    verdict = calc(step1).at_most(step1 * h1).at_most(2 * step1 * h1).prove()
    assert accepted(verdict) == ["PROVED"]


def test_the_domain_of_a_cost_comes_along() -> None:
    cost = Conv1d(M, N, 3, bias=False).cost((M, K))
    verdict = calc(quantity(cost, "macs")).equals(cost.macs).equals(3 * M * N * (K - 2)).prove()
    assert accepted(verdict) == ["PROVED"]
    assert len(verdict.statement.assumptions) == len(verdict.verdicts[1].statement.assumptions) == 4


def test_a_wrong_step_under_a_true_claim_leaves_it_unknown() -> None:
    verdict = calc((M + N) ** 2).equals(M**2 + N**2, "by squaring").at_least(2 * M * N).prove()
    assert verdict.status == "UNKNOWN"
    assert verdict.certificate == ""
    assert [v.status for v in verdict.verdicts] == ["REFUTED", "PROVED"]
    wrong = verdict.first_wrong
    assert wrong is not None
    assert (wrong.number, wrong.because, wrong.verdict.counterexample) == (1, "by squaring", {M: 1, N: 1})
    assert accepted(wrong.verdict) == ["REFUTED"]
    shown = str(verdict).splitlines()
    assert shown[0] == "UNKNOWN: (M + N)**2 >= 2*M*N"
    assert shown[1].startswith("  tried: step 1 is REFUTED, without the steps it is proved, by ")
    assert shown[2] == "  (M + N)**2 =  M**2 + N**2   REFUTED   by squaring"
    assert shown[4:6] == ["  step 1 is wrong: (M + N)**2 = M**2 + N**2", "    counterexample: M = 1, N = 1"]


def test_a_wrong_claim_is_refuted_and_the_first_wrong_step_named() -> None:
    verdict = calc(M).at_most(M * N).equals(M).less_than(M).prove()
    assert verdict.status == "REFUTED"
    assert accepted(verdict) == ["REFUTED"]
    assert verdict.first_wrong is not None
    assert verdict.first_wrong.number == 2
    assert [v.status for v in verdict.verdicts] == ["PROVED", "REFUTED", "REFUTED"]


def test_two_wrong_steps_do_not_make_a_right_one() -> None:
    # Both steps are wrong, and the ends are equal all the same.
    verdict = calc(M).equals(M + 1).equals(M).prove()
    assert verdict.status == "UNKNOWN"
    assert prove(verdict.calculation.claim).status == "PROVED"


def test_reasons_are_not_trusted() -> None:
    verdict = calc(M).equals(2 * M, because="exactly step1").prove()
    assert verdict.status == "REFUTED"


REFUSED = {
    "a float": (lambda: calc(M, "<=", 0.5), TypeError, "0.5 is a float"),
    "a first float": (lambda: calc(0.5), TypeError, "0.5 is a float"),
    "text": (lambda: calc("M"), TypeError, "'M' is text"),
    "no relation": (lambda: calc(M, "==", M), ValueError, "relation='==' joins no terms"),
    "not equal": (lambda: calc(M).step("!=", M), ValueError, "relation='!=' joins no terms"),
    "no term": (lambda: calc(M, "<="), ValueError, "the term after '<=' is missing: calc(M, '<=', term)"),
    "a reason alone": (lambda: calc(M, because="so"), ValueError, "a first term alone has none"),
    "a reason that is none": (lambda: calc(M, "=", M, because=NUMBER), TypeError, "because=3 must be text"),
    "two lines": (lambda: calc(M, "=", M, because="a\nb"), ValueError, "must be one line"),
    "a single term": (lambda: calc(M).prove(), ValueError, "M alone is no calculation; add a step"),
    "a relation": (lambda: calc(le(M, N)), TypeError, "is a relation itself"),
    "a turn": (
        lambda: calc(M).at_most(N).equals(N).more_than(K),
        ValueError,
        "step 3 (> K) turns round: step 1 has <=, so nothing follows for the ends of the chain",
    ),
    "a premise that is none": (lambda: calc(M).equals(M).prove(given=[True]), TypeError, "True"),
    "no time": (
        lambda: calc(M).equals(M).prove(seconds=0),
        ValueError,
        "seconds=0 must be a positive number",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_calculation_is_refused(case: str) -> None:
    attempt, kind, message = REFUSED[case]
    with pytest.raises(kind) as caught:
        attempt()
    assert message in str(caught.value)


def test_assumptions_that_allow_no_case_prove_nothing() -> None:
    verdict = calc(M).equals(2 * M).prove(given=[ge(M, 3), le(M, 2)], seconds=3)
    assert verdict.status == "UNKNOWN"
