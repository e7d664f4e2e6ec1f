"""Proofs by induction along recursive definitions, each with a changed statement that is not proved."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import PROVED
from symcnn.kernel.statements import Statement, read_statements
from symcnn.search import deciding

POWERS = """
  given     power, total : int -> int
  recursive power(0) = 1
            power(n + 1) = 2*power[n]
  recursive total(0) = 0
            total(n + 1) = total[n] + power[n]
"""
STACK = """
  given     N : int >= 0
  given     k, s, jump, field, down : int -> int
  recursive jump(0) = 1
            jump(n + 1) = jump[n]*s[n]
  recursive field(0) = 1
            field(n + 1) = field[n] + (k[n] - 1)*jump[n]
  recursive down(0) = 1
            down(i + 1) = k[N - 1 - i] + s[N - 1 - i]*(down[i] - 1)
"""
LINE = """
  given     n, K : int >= 1
  given     size : int -> int
  recursive size(0) = 0
            size(t + 1) = size[t] + K
"""
SCAN = """
  given     g : int -> ring
  given     x, y, p : int, int -> ring
  recursive p(0, m) = 1
            p(t + 1, m) = g[m]*p[t, m]
  recursive y(0, m) = 0
            y(t + 1, m) = g[m]*y[t, m] + x[t, m]
"""
SHIFTED = """
  given     n, r : int >= 0
  given     K : int >= 1
  given     q : int
  given     x : int -> ring
  given     w, y : int, int -> ring
  assume    {}
  recursive y(0, i) = x[i]
            y(t + 1, i) = sum(u in 0..K) w[t, u]*y[t, i + u]
"""
STRIDES = """
  given     n, r : int >= 0
  given     q : int
  given     s, jump : int -> int
  given     x : int -> ring
  given     y : int, int -> ring
  assume    for all l : int : s[l] >= 1
  recursive jump(0) = 1
            jump(l + 1) = jump[l]*s[l]
  recursive y(0, i) = x[i]
            y(l + 1, i) = y[l, s[l]*i] + y[l, s[l]*i + 1]
  assume    {}
"""
MATRIX = """
  given     M : int >= 1
  given     t, m, n : int >= 0
  given     f : real -> real
  given     G, x, y : int, int -> real
  given     y_0 : int -> real
  assume    {}
  assume    for all a, b : int : a != b implies G[a, b] = 0
  recursive y(0, i) = y_0[i]
            y(s + 1, i) = f[sum(j in 0..M) G[i, j]*y[s, j] + x[s, i]]
"""
HALVED = """
  given     H : int
  given     d : int >= 1
  given     power, size : int -> int
  recursive power(0) = 1
            power(n + 1) = power[n]*d
  recursive size(0) = H
            size(n + 1) = size[n]//d
"""

DIAGONAL = """
  given     M : int >= 1
  given     f : ring -> ring
  given     g, y_0, z_0 : int -> ring
  given     y, z : int, int -> ring
  recursive y(0, m) = y_0[m]
            y(t + 1, m) = f[sum(n in 0..M) (if n = m then g[n] else 0)*y[t, n]]
  recursive z(0, m) = z_0[m]
            z(t + 1, m) = f[sum(n in 0..M) (if n = m then g[n] else 0)*z[t, n]]
"""

NUMBER = """
  given     n, k : int >= 1
"""
LAYERS = """
  given     n, k : int >= 1
  given     C : int -> int
  assume    for all l : int : C[l] >= 1
"""

# What is true, and what is not, on the same premises.
STATEMENTS = {
    "closed form": (
        POWERS + "  claim for all n : int >= 0 : total[n] = power[n] - 1",
        POWERS + "  claim for all n : int >= 0 : total[n] = power[n]",
    ),
    "two steps": (
        POWERS + "  claim for all n : int >= 0 : total[n + 2] = 4*total[n] + 3",
        POWERS + "  claim for all n : int >= 0 : total[n + 2] = 4*total[n] + 2",
    ),
    "bound": (
        POWERS + "  claim for all n : int >= 0 : power[n] >= n + 1",
        POWERS + "  claim for all n : int >= 0 : power[n] >= 2*n + 1",
    ),
    "sum": (
        STACK + "  claim for all n : int >= 0 : field[n] = 1 + sum(l in 0..n) (k[l] - 1)*jump[l]",
        STACK + "  claim for all n : int >= 0 : field[n] = 1 + sum(l in 0..n + 1) (k[l] - 1)*jump[l]",
    ),
    "opposite order": (STACK + "  claim down[N] = field[N]", STACK + "  claim down[N] = jump[N]"),
    "lemma": (LINE + "  claim size[n] >= 10 iff n*K >= 10", LINE + "  claim size[n] >= 10 iff n*K >= 9"),
    "growth": (LINE + "  claim size[n]/n is bounded in n", LINE + "  claim size[n] is bounded in n"),
    "newest term": (
        SCAN + "  claim for all t : int >= 0, m : int : y[t, m] = sum(s in 0..t) p[t - 1 - s, m]*x[s, m]",
        SCAN + "  claim for all t : int >= 0, m : int : y[t, m] = sum(s in 0..t) p[t - s, m]*x[s, m]",
    ),
    "other arguments": (
        SHIFTED.format("q < r or r + 1 + n*(K - 1) <= q") + "  claim y[n, r] does not depend on x[q]",
        SHIFTED.format("q < r or r + n*(K - 1) <= q") + "  claim y[n, r] does not depend on x[q]",
    ),
    "products of strides": (
        STRIDES.format("q < jump[n]*r") + "  claim y[n, r] does not depend on x[q]",
        STRIDES.format("q <= jump[n]*r") + "  claim y[n, r] does not depend on x[q]",
    ),
    "cases under a sum": (
        MATRIX.format("n != m") + "  claim y[t, m] does not depend on y_0[n]",
        MATRIX.format("n >= m") + "  claim y[t, m] does not depend on y_0[n]",
    ),
    "rounded again and again": (
        HALVED + "  claim for all n : int >= 0 : power[n] >= 1 and size[n] = H//power[n]",
        HALVED + "  claim for all n : int >= 0 : power[n] >= 1 and size[n] = (H + 1)//power[n]",
    ),
    "sum of numbers": (
        NUMBER + "  claim 6*(sum(i in 1..n + 1) i^2) = n*(n + 1)*(2*n + 1)",
        NUMBER + "  claim 6*(sum(i in 1..n + 1) i^2) = n*(n - 1)*(2*n + 1)",
    ),
    "sum of sums": (
        NUMBER + "  claim sum(i in 0..n, j in 0..i) k = k*n*(n - 1)/2",
        NUMBER + "  claim sum(i in 0..n, j in 0..i) k = k*n*(n + 1)/2",
    ),
    "terms that are counts": (
        LAYERS
        + "  claim sum(l in 0..n, i in 0..k*C[l], j in 0..C[l + 1]) 1 = k*(sum(l in 0..n) C[l]*C[l + 1])",
        LAYERS + "  claim sum(l in 0..n, i in 0..k*C[l], j in 0..C[l + 1]) 1 = k*(sum(l in 0..n) C[l]*C[l])",
    ),
    "bounds that meet": (
        NUMBER + "  claim 9*n*k^2 < (2*n + 1)^2*k^2 implies n >= 2",
        NUMBER + "  claim 9*n*k^2 < (2*n + 1)^2*k^2 implies n >= 3",
    ),
    "one step of a diagonal": (
        DIAGONAL
        + "  claim for all t, m : int >= 0 : m < M and y[t, m] = z[t, m] implies y[t + 1, m] = z[t + 1, m]",
        DIAGONAL
        + "  claim for all t, m : int >= 0 : m < M and y[t, m] = z[t, m] implies y[t + 1, m] = z[t, m]",
    ),
}


def statement(text: str) -> Statement:
    """The one statement of a text."""
    (found,) = read_statements(f'theorem t ""{text}')
    return found


@pytest.mark.parametrize("name", STATEMENTS)
def test_found(name: str) -> None:
    """The true statement is proved."""
    asked = statement(STATEMENTS[name][0])
    certificate = deciding._proof(asked, 30, 0)
    assert certificate is not None
    assert deciding.accepted(asked, certificate, PROVED)


@pytest.mark.parametrize("name", STATEMENTS)
def test_not_found(name: str) -> None:
    """The false statement is not."""
    assert deciding.decide(statement(STATEMENTS[name][1]), 0.5).status != PROVED
