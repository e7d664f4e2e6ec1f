"""Counts of points and sums of powers: closed forms of guarded loop nests are found by the search alone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, replay
from symcnn.kernel.statements import read_statements
from symcnn.search.deciding import Decision, decide
from symcnn.search.layout import HEADER
from symcnn.search.power_sums import MAX_POWER, power_sum

SECONDS = 30

# What is given, a claim about a count, and a claim like it that is false.
COUNTS = {
    "pairs of a causal mask": (
        ["n : int >= 1"],
        "sum(i in 0..n, j in 0..n | j <= i) 1 = n*(n + 1)/2",
        "sum(i in 0..n, j in 0..n | j <= i) 1 = n*(n - 1)/2",
    ),
    "pairs of a sliding window": (
        ["n, w : int >= 1", "assume w <= n"],
        "sum(i in 0..n, j in 0..n | i <= j and j < i + w) 1 = n*w - w*(w - 1)/2",
        "sum(i in 0..n, j in 0..n | i <= j and j < i + w) 1 = n*w - w*(w + 1)/2",
    ),
    "a sliding window of any size": (
        ["n, w : int >= 1"],
        "sum(i in 0..n, j in 0..n | i <= j and j < i + w) 1 <= n*w",
        "sum(i in 0..n, j in 0..n | i <= j and j < i + w) 1 = n*w",
    ),
    "pairs off the diagonal": (
        ["n : int >= 1"],
        "sum(i in 0..n, j in 0..n | i != j) 1 = n^2 - n",
        "sum(i in 0..n, j in 0..n | i != j) 1 = n^2 - 1",
    ),
    "one place is left out": (
        ["n, k : int >= 1", "assume k < n"],
        "sum(i in 0..n | i != k) i = n*(n - 1)/2 - k",
        "sum(i in 0..n | i != k) i = n*(n - 1)/2",
    ),
    "products with entries of the row, and not with its padding": (
        ["n : int >= 1"],
        "sum(r in 0..n, u in 0..3 | 0 <= r + u - 1 < n) 1 = 3*n - 2",
        "sum(r in 0..n, u in 0..3 | 0 <= r + u - 1 < n) 1 = 3*n",
    ),
    "the same for any padding that keeps the length": (
        ["n, p : int >= 1", "assume 2*p < n"],
        "sum(r in 0..n, u in 0..2*p + 1 | 0 <= r + u - p < n) 1 = (2*p + 1)*n - p*(p + 1)",
        "sum(r in 0..n, u in 0..2*p + 1 | 0 <= r + u - p < n) 1 = (2*p + 1)*n - p*p",
    ),
    "the smaller of two bounds": (
        ["n, a, b : int >= 0"],
        "sum(i in 0..n | i < a and i < b) 1 <= sum(i in 0..n | i < a) 1",
        "sum(i in 0..n | i < a) 1 <= sum(i in 0..n | i < a and i < b) 1",
    ),
}

# The same for sums of powers.
POWERS = {
    "from any place": (
        ["a, b : int", "assume a <= b"],
        "sum(i in a..b) i = (b^2 - b - a^2 + a)/2",
        "sum(i in a..b) i = (b^2 + b - a^2 - a)/2",
    ),
    "up to a sum of sizes": (
        ["n, m : int >= 1"],
        "sum(i in 0..n + m) i^2 = (n + m)*(n + m - 1)*(2*n + 2*m - 1)/6",
        "sum(i in 0..n + m) i^2 = (n + m)*(n + m + 1)*(2*n + 2*m + 1)/6",
    ),
    "cubes are a square": (
        ["n : int >= 1"],
        "sum(i in 0..n) i^3 = (sum(i in 0..n) i)^2",
        "sum(i in 0..n) i^3 = (sum(i in 0..n) i^2)^2",
    ),
    "a layer that grows by h each time": (
        ["h, L : int >= 1"],
        "sum(l in 0..L) h*(h + l) = h^2*L + h*L*(L - 1)/2",
        "sum(l in 0..L) h*(h + l) = h^2*L + h*L*(L + 1)/2",
    ),
    "within one another": (
        ["n : int >= 1"],
        "sum(i in 0..n) sum(j in 0..i) sum(k in 0..j) 1 = n*(n - 1)*(n - 2)/6",
        "sum(i in 0..n) sum(j in 0..i) sum(k in 0..j) 1 = n*(n + 1)*(n + 2)/6",
    ),
    "over two indices": (
        ["n, m : int >= 1"],
        "sum(i in 0..n, j in 0..m) (i + j) = n*m*(n + m - 2)/2",
        "sum(i in 0..n, j in 0..m) (i + j) = n*m*(n + m)/2",
    ),
    "an order is not known": (
        ["a, b : int"],
        "sum(i in a..b) 2*i = b^2 - b - a^2 + a or b < a",
        "sum(i in a..b) 2*i = b^2 - b - a^2 + a",
    ),
}
ALL = {**COUNTS, **POWERS}


def decided(given: list[str], claim: str) -> Decision:
    lines = [line if line.startswith("assume") else f"given {line}" for line in given]
    statements = read_statements("\n  ".join(['theorem t ""', *lines, f"claim {claim}"]))
    decision = decide(statements[0], SECONDS)
    assert [found.status for found in replay(statements, HEADER + decision.certificate)] == [decision.status]
    return decision


@pytest.mark.parametrize("name", ALL)
def test_it_is_proved(name: str) -> None:
    given, claim, _ = ALL[name]
    assert decided(given, claim).status == PROVED


@pytest.mark.parametrize("name", ALL)
def test_what_is_wrong_by_a_little_is_refuted(name: str) -> None:
    given, _, claim = ALL[name]
    assert decided(given, claim).status == REFUTED


@pytest.mark.parametrize("exponent", range(MAX_POWER + 1))
def test_power_sums(exponent: int) -> None:
    coefficients = power_sum(exponent)
    assert coefficients[0] == 0
    for end in range(6):
        assert sum(c * end**k for k, c in enumerate(coefficients)) == sum(i**exponent for i in range(end))
    assert coefficients[-1] == Fraction(1, exponent + 1)
    assert exponent == 0 or coefficients[-2] == Fraction(-1, 2)
