"""Bounds: rounded ones, quotients, products of many facts, and best points are found by the search alone."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import PROVED
from symcnn.kernel.statements import read_statements
from symcnn.search.deciding import decide

SECONDS = 30
WINDOWS = "let count(n, e, s) = sum(r in 0..n | s*r + e <= n) 1"

# What is given, what is claimed, and a claim like it that is false.
STATEMENTS = {
    "a bound is rounded": (
        ["n, r, u : int"],
        "2*r + 3 <= 2*n + 2 and u < 3 implies 2*r + u < 2*n + 1",
        "2*r + 3 <= 2*n + 2 and u < 3 implies 2*r + u < 2*n",
    ),
    "no window of even length keeps the length": (
        ["L, k, P : int >= 1", WINDOWS],
        "count(L + 2*P, 2*k, 1) != L",
        "count(L + 2*P, 2*k, 1) != L + 1",
    ),
    "there may be no place": (
        ["n, e, s : int >= 1", WINDOWS],
        "1 <= count(n, e, s) iff e <= n",
        "1 <= count(n, e, s) iff e < n",
    ),
    "a floor of an even number": (
        ["n : int", "assume n = 2*(n//2)"],
        "((n - 1)//2 + 1)^2 = n^2/4",
        "((n + 1)//2 + 1)^2 = n^2/4",
    ),
    "floors in any order": (
        ["n : int", "m, d : int >= 1"],
        "(n//m)//d = (n//d)//m",
        "(n//m)//d = (n//d)//(m + d)",
    ),
    "parts that are as equal as can be": (
        ["x : int", "d : int >= 1"],
        "sum(k in 0..d) (x + k)//d = x",
        "sum(k in 0..d) (x + k)//d = x + 1",
    ),
    "the larger of two bounds": (
        ["a, b : int", "c : int", "assume a <= c and b <= c"],
        "exists n : int : a <= n and b <= n and n <= c",
        "exists n : int : a <= n and b <= n and n < c",
    ),
    "one quotient and remainder": (
        ["a : int", "d : int >= 1"],
        "exists q : int : d*q <= a < d*q + d and for all p : int : d*p <= a < d*p + d implies p = q",
        "exists q : int : d*q < a < d*q + d",
    ),
    "a multiple is not rounded": (
        ["a : int", "d : int >= 1"],
        "-((-a)//d) = a//d iff exists m : int : a = d*m",
        "-((-a)//d) = a//d iff exists m : int : a = d*m + 1",
    ),
    "no entry in two windows": (
        ["K, S : int >= 1", "r, t, u, v : int", "assume K <= S", "assume 0 <= u < K and 0 <= v < K"],
        "S*r + u = S*t + v implies (r = t and u = v)",
        "S*r + u = S*t + v + 1 implies (r = t and u = v)",
    ),
    "a common factor is positive": (
        ["a, b, c : int >= 1", "assume 3*b^2 <= c"],
        "12*(a*b^3)^2 <= c*(2*a*b^2)^2",
        "12*(a*b^3)^2 < c*(2*a*b^2)^2",
    ),
    "quotients are compared": (
        ["a, b, c, d : real > 0"],
        "a*c*(b + d) < b*d*(a + c) iff 1/b + 1/d < 1/a + 1/c",
        "a*c*(b + d) < b*d*(a + c) iff 1/b + 1/c < 1/a + 1/d",
    ),
    "a square of a whole number is at least the number": (["n : int"], "n <= n^2", "n <= n^2 - 1"),
    "no whole number lies between two roots": (
        ["n : int"],
        "(n - 4)*(n - 3)*(n^2 + 1) >= 0",
        "(n - 5)*(n - 3)*(n^2 + 1) >= 0",
    ),
    "no product of whole numbers lies between 0 and 1": (
        ["m, n : int"],
        "m*n <= m^2*n^2",
        "m*n <= m^2*n^2 - 1",
    ),
    "no whole number lies between a number and the next": (
        ["n : int", "a : int >= 1"],
        "0 <= (n - a)*(n - a - 1)",
        "0 <= (n - a)*(n - a - 2)",
    ),
    "means of three numbers": (
        ["a, b, c, s : real > 0", "assume a*b*c = s^3"],
        "3*s^2 <= a*b + a*c + b*c",
        "4*s^2 <= a*b + a*c + b*c",
    ),
    "the best rectangle": (
        ["p, q, s : real > 0", "assume p*q = s^2"],
        "-(1/p + 1/q) is largest exactly where p = q for p, q",
        "-(1/p + 2/q) is largest exactly where p = q for p, q",
    ),
    "the best box": (
        ["a, b, c, v, s : real > 0", "assume a*b*c = v", "assume s^3 = v"],
        "a*b*c/(a*b + a*c + b*c) is largest exactly where a = b and b = c for a, b, c",
        "a*b*c/(a*b + a*c + b*c) is largest exactly where a = b and b = 2*c for a, b, c",
    ),
    "the best corner": (
        ["a, b, x : real > 0", "assume a <= x", "assume b <= x"],
        "a*b/(a + b) is largest exactly where a = x and b = x for a, b",
        "a*b/(a + b) is largest exactly where a = x for a, b",
    ),
}


def status(given: list[str], claim: str) -> str:
    """What the search says of a claim."""
    lines = [line if line.startswith(("let", "assume")) else f"given {line}" for line in given]
    text = "\n  ".join(['theorem t ""', *lines, f"claim {claim}"])
    return decide(read_statements(text)[0], SECONDS).status


@pytest.mark.parametrize("name", STATEMENTS)
def test_it_is_proved(name: str) -> None:
    given, claim, _ = STATEMENTS[name]
    assert status(given, claim) == PROVED


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_like_it_is_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A false claim takes all the time that there is.
    monkeypatch.setattr("tests.test_search_bounds.SECONDS", 1)
    given, _, wrong = STATEMENTS[name]
    assert status(given, wrong) != PROVED
