"""Equations that define the same tensor: names, factors and the order of sums do not matter."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from symcnn import (
    Conv1d,
    Conv2d,
    Equation,
    Layer,
    Linear,
    Max,
    MaxPool1d,
    ReLU,
    Sum,
    Tensor,
    computed,
    dims,
    eq,
    exp,
    indices,
    prove,
    same,
    weight,
)
from symcnn.kernel.certificates import replay
from symcnn.kernel.statements import read_statements
from symcnn.proving.translation import report, statement
from symcnn.search.layout import HEADER
from symcnn.search.reordering import swaps

M, N, K, C, D, L = dims("M N K C D L")
i, j, k, n, o, r, s, t, u, v = indices("i j k n o r s t u v")
a, b = Tensor("a", (M, K)), Tensor("b", (K, N))
x, w = Tensor("x", (N, C, L)), weight("w", (D, C, K))
x2, w2 = Tensor("x", (N, C, L, L)), weight("w", (D, C, K, K))
bias, square = weight("b", (D,)), weight("s", (C, C))


def define(left: Any, right: Any, **more: Any) -> Equation:
    return Equation(left, right, **more)


y = computed("y")
z = computed("z")
PRODUCT = define(y[i, j], Sum[k](a[i, k] * b[k, j]))
CONV = define(y[n, o, r], bias[o] + Sum[i, u](w[o, i, u] * x[n, i, r + u]))

PROVED = {
    "names and factors": same(PRODUCT, define(z[r, s], Sum[t](b[t, s] * a[r, t]))),
    "itself": same(CONV, CONV),
    "two sums": same(CONV, define(z[n, o, r], Sum[u, i](x[n, i, r + u] * w[o, i, u]) + bias[o])),
    "three sums": same(
        define(y[n, o, r, s], Sum[i, u, v](w2[o, i, u, v] * x2[n, i, r + u, s + v])),
        define(y[n, o, r, s], Sum[v, u, i](w2[o, i, u, v] * x2[n, i, r + u, s + v])),
    ),
    "inside an outer sum": same(
        define(y[n, o, r, s], Sum[i, u, v](w2[o, i, u, v] * x2[n, i, r + u, s + v])),
        define(y[n, o, r, s], Sum[i, v, u](w2[o, i, u, v] * x2[n, i, r + u, s + v])),
    ),
    "a layer and an equation": same(Conv1d(C, D, K), CONV, (N, C, L)),
    "two layers": same(Conv1d(C, D, K), Conv1d(C, D, K, padding=0, stride=1), (N, C, L)),
    "padding": same(Conv1d(C, D, K, padding=1), Conv1d(C, D, K, padding=(1,)), (N, C, L)),
    "a maximum": same(
        MaxPool1d(2), define(z[n, o, r], Max[t](x[n, o, 2 * r + t]), extents={t: 2, r: L // 2}), (N, C, L)
    ),
    "a function": same(define(y[i, j], exp(a[i, j]) + 1), define(z[r, s], 1 + exp(a[r, s]))),
    "a sum of products": same(define(y[i, j], 2 * a[i, j] + a[i, j]), define(z[i, j], 3 * a[i, j])),
}


@pytest.mark.parametrize("case", PROVED)
def test_the_same(case: str) -> None:
    verdict = prove(PROVED[case], seconds=10)
    assert verdict.status == "PROVED", verdict
    found = replay(read_statements(verdict.statement.written), HEADER + verdict.certificate)
    assert [f.status for f in found] == ["PROVED"]


REFUTED = {
    "one more": same(PRODUCT, define(z[i, j], Sum[k](a[i, k] * b[k, j]) + 1)),
    "another length": same(Conv1d(C, D, 3), Conv1d(C, D, 3, padding=1), (N, C, L)),
    "no bias": same(Conv1d(1, 1, 2), Conv1d(1, 1, 2, bias=False), (1, 1, 3)),
    "the other axis": same(define(y[i, j], x2[0, 0, i, j]), define(y[i, j], x2[0, 0, j, i])),
    "transposed weights": same(
        define(y[n, o], Sum[i](square[o, i] * x2[n, i, 0, 0])),
        define(y[n, o], Sum[i](square[i, o] * x2[n, i, 0, 0])),
    ),
}


@pytest.mark.parametrize("case", REFUTED)
def test_not_the_same(case: str) -> None:
    verdict = prove(REFUTED[case], seconds=20)
    assert verdict.status == "REFUTED", verdict


def test_the_statement() -> None:
    found = statement(same(PRODUCT, define(z[r, s], Sum[t](b[t, s] * a[r, t]))), name="product")
    assert report(found) == (
        'theorem product ""\n'
        "  given     a, b : int, int -> ring\n"
        "  given     M, N, K : int >= 1\n"
        "  claim     for all i : int : for all j : int : 0 <= i and i < M and 0 <= j and j < N implies "
        "sum(k in 0..K) (a[i, k]*b[k, j]) = sum(t in 0..K) (b[t, j]*a[i, t])"
    )


def test_lengths_are_claimed_where_they_are_not_the_same_term() -> None:
    shown = report(statement(REFUTED["another length"]))
    assert "claim     L - 2 = L and (for all n : int : for all o : int : " in shown


def test_a_proof_and_a_counterexample_in_latex() -> None:
    shown = prove(PROVED["two sums"]).latex()
    assert "the order of two sums is exchanged" in shown
    unbroken = re.sub(r"\\penalty\d+ ?|\\allowbreak ?", "", shown)
    assert r"\text{integers } n,o,r\colon\;" in unbroken.replace(", ", ",")
    assert unbroken != shown
    shown = prove(REFUTED["transposed weights"]).latex()
    assert r"$s = (i, j \mapsto " in shown


@dataclass(frozen=True, repr=False)
class Twice(Layer):
    """Two equations."""

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        return (
            Equation(computed("h")[n, o], x[n, o] + 1),
            Equation(computed("y")[n, o], computed("h")[n, o]),
        )


OTHER: Any = "conv"
SUMS = define(y[i], y[i - 1] + Tensor("q", (N,))[i])
GROUPED = Conv1d(4, 4, 3, groups=2)
REFUSED = {
    "text": (lambda: same(PRODUCT, OTHER), TypeError, "'conv' (str) is neither an equation nor a layer"),
    "no shapes": (lambda: same(Linear(C, D), Linear(C, D)), TypeError, "give the shape of the input"),
    "several equations": (lambda: same(Twice(), Twice(), (N, C)), TypeError, "has several equations (h, y)"),
    "a recurrence": (lambda: same(SUMS, SUMS), TypeError, "is a recurrence; a statement says it with"),
    "groups": (lambda: same(GROUPED, GROUPED, (N, 4, L)), TypeError, "must stand alone, not as "),
    "an unknown shape": (
        lambda: same(define(y[i], Tensor("q")[i]), define(y[i], Tensor("q")[i])),
        ValueError,
        "the shape of q in y[i] = q[i] is not known; make it Tensor('q', shape)",
    ),
    "two shapes": (
        lambda: same(define(y[i, j], a[i, j]), define(y[i, j], Tensor("a", (K, M))[i, j])),
        ValueError,
        "a has the shape (M, K) in one and (K, M) in the other",
    ),
    "other ranks": (
        lambda: same(define(y[i, j], a[i, j]), define(y[i], Sum[j](a[i, j]))),
        ValueError,
        "the outputs have 2 and 1 axes, so they differ",
    ),
    "one reads the other": (
        lambda: same(define(computed("a")[i, j], 2 * b[i, j]), define(y[i, j], Tensor("a", (K, N))[i, j])),
        ValueError,
        "a is defined by one and read by the other",
    ),
    "a size and a tensor": (
        lambda: same(define(y[i, j], Tensor("K", (K, N))[i, j]), define(y[i, j], Tensor("K", (K, N))[i, j])),
        ValueError,
        "K names a size and a tensor",
    ),
    "given": (lambda: statement(eq(C, C), given=[same(CONV, CONV)]), TypeError, "it can be claimed, and not"),
    "a truth value": (lambda: bool(same(CONV, CONV)), TypeError, "has no truth value before it is proved"),
    "a kernel that does not fit": (lambda: same(Conv2d(1, 1, 3), ReLU(), (1, 1, 2, 2)), ValueError, "Conv2d"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_compared(case: str) -> None:
    attempt, kind, message = REFUSED[case]
    with pytest.raises(kind) as caught:
        attempt()
    assert message in str(caught.value)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (2, 0, 1), (2, 1, 0), (1, 3, 0, 2)])
def test_swaps_bring_about_the_order(order: tuple[int, ...]) -> None:
    here = list(range(len(order)))
    for place in swaps(order):
        here[place], here[place + 1] = here[place + 1], here[place]
    assert tuple(here) == order
