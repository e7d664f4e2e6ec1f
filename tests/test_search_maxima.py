"""Maxima, sums by their terms, and facts "for all": what is found, and false twins that are not."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import PROVED
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import INT, REAL, Call, Function, Plus, Variable
from symcnn.search import deciding
from symcnn.search.matching import matches

SECONDS = 12
# What is false is refuted at once, or not proved within this time.
SOON = 1


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


MAXIMA = {
    "shifted": (
        "given n : int >= 1\ngiven b : real\ngiven x : int -> real\n"
        "claim max(i in 0..n) (x[i] + b) = (max(i in 0..n) x[i]) + b",
        "given n : int >= 1\ngiven b : real\ngiven x : int -> real\n"
        "claim max(i in 0..n) (x[i] + b) = (max(i in 0..n) x[i]) - b",
    ),
    "scaled": (
        "given n : int >= 1\ngiven b : real >= 0\ngiven x : int -> real\n"
        "claim max(i in 0..n) b*x[i] = b*(max(i in 0..n) x[i])",
        "given n : int >= 1\ngiven b : real\ngiven x : int -> real\n"
        "claim max(i in 0..n) b*x[i] = b*(max(i in 0..n) x[i])",
    ),
    "two windows": (
        "given n, k : int >= 1\ngiven i : int\ngiven x : int -> real\n"
        "claim max(u in 0..k, v in 0..n) x[i + u + v] = max(t in 0..n + k - 1) x[i + t]",
        "given n, k : int >= 1\ngiven i : int\ngiven x : int -> real\n"
        "claim max(u in 0..k, v in 0..n) x[i + u + v] = max(t in 0..n + k) x[i + t]",
    ),
    "strides": (
        "given n, s : int >= 1\ngiven x : int -> real\n"
        "claim max(u in 0..n, v in 0..s) x[s*u + v] = max(t in 0..s*n) x[t]",
        "given n, s : int >= 1\ngiven x : int -> real\n"
        "claim max(u in 0..n, v in 0..s) x[(s + 1)*u + v] = max(t in 0..s*n) x[t]",
    ),
    "a part of the window": (
        "given n : int >= 2\ngiven x : int -> real\nclaim max(i in 1..n) x[i] <= max(i in 0..n) x[i]",
        "given n : int >= 2\ngiven x : int -> real\nclaim max(i in 1..n) x[i] >= max(i in 0..n) x[i]",
    ),
    "every second entry": (
        "given n : int >= 1\ngiven x : int -> real\nclaim max(i in 0..n) x[2*i] <= max(i in 0..2*n) x[i]",
        "given n : int >= 1\ngiven x : int -> real\nclaim max(i in 0..n) x[3*i] <= max(i in 0..2*n) x[i]",
    ),
    "an upper bound": (
        "given n : int >= 1\ngiven c : real\ngiven x : int -> real\nassume for all i : int : x[i] < c\n"
        "claim max(i in 0..n) x[i] < c",
        "given n : int >= 1\ngiven c : real\ngiven x : int -> real\nassume for all i : int : x[i] <= c\n"
        "claim max(i in 0..n) x[i] < c",
    ),
    "an increasing function": (
        "given n : int >= 1\ngiven x : int -> real\ngiven f : real -> real\n"
        "assume for all a, b : real : a <= b implies f[a] <= f[b]\n"
        "claim max(i in 0..n) f[x[i]] = f[max(i in 0..n) x[i]]",
        "given n : int >= 1\ngiven x : int -> real\ngiven f : real -> real\n"
        "assume for all a, b : real : a <= b implies f[a] >= f[b]\n"
        "claim max(i in 0..n) f[x[i]] = f[max(i in 0..n) x[i]]",
    ),
    "relu": (
        "given n : int >= 1\ngiven x : int -> real\n"
        "claim max(i in 0..n) max(0, x[i]) = max(0, max(i in 0..n) x[i])",
        "given n : int >= 1\ngiven x : int -> real\nclaim max(i in 0..n) max(0, x[i]) = max(i in 0..n) x[i]",
    ),
    "distance": (
        "given n : int >= 1\ngiven x, y : int -> real\n"
        "claim (max(i in 0..n) x[i]) - (max(i in 0..n) y[i]) <= max(i in 0..n) abs(x[i] - y[i])",
        "given n : int >= 1\ngiven x, y : int -> real\n"
        "claim (max(i in 0..n) x[i]) - (max(i in 0..n) y[i]) <= max(i in 0..n) (y[i] - x[i])",
    ),
    "three windows": (
        "given s, i : int >= 1\ngiven x : int -> real\n"
        "claim max(u in 0..s, v in 0..s, w in 0..s) x[i + s^2*u + s*v + w] = max(t in 0..s^3) x[i + t]",
        "given s, i : int >= 1\ngiven x : int -> real\n"
        "claim max(u in 0..s, v in 0..s, w in 0..s) x[i + s^2*u + s*v + w] = max(t in 0..s^2) x[i + t]",
    ),
    "at most the sum": (
        "given n : int >= 1\ngiven x : int -> real\nassume for all i : int : 0 <= x[i]\n"
        "claim max(i in 0..n) x[i] <= sum(i in 0..n) x[i]",
        "given n : int >= 1\ngiven x : int -> real\nassume for all i : int : x[i] <= 0\n"
        "claim max(i in 0..n) x[i] <= sum(i in 0..n) x[i]",
    ),
}

SUMS = {
    "average and maximum": (
        "given n : int >= 1\ngiven x : int -> real\nclaim (sum(i in 0..n) x[i])/n <= max(i in 0..n) x[i]",
        "given n : int >= 1\ngiven x : int -> real\nclaim (sum(i in 0..n) x[i])/n >= max(i in 0..n) x[i]",
    ),
    "average and maximum of an image": (
        "given m, n : int >= 1\ngiven x : int, int -> real\n"
        "claim sum(i in 0..m, j in 0..n) x[i, j] <= m*n*(max(i in 0..m, j in 0..n) x[i, j])",
        "given m, n : int >= 1\ngiven x : int, int -> real\n"
        "claim sum(i in 0..m, j in 0..n) x[i, j] <= m*(max(i in 0..m, j in 0..n) x[i, j])",
    ),
    "positive terms": (
        "given m, n : int >= 1\ngiven x : int, int -> real\nassume for all i, j : int : x[i, j] > 0\n"
        "claim sum(i in 0..m, j in 0..n) x[i, j] > 0",
        "given m, n : int >= 1\ngiven x : int, int -> real\nassume for all i, j : int : x[i, j] > 0\n"
        "claim sum(i in 0..m, j in 0..n) x[i, j] > 1",
    ),
    "terms that are not negative": (
        "given n : int >= 0\ngiven x, y : int -> real\nassume for all i : int : 0 <= x[i]\n"
        "assume for all i : int : x[i] <= y[i]\nclaim 0 <= sum(i in 0..n) y[i]",
        "given n : int >= 0\ngiven x, y : int -> real\nassume for all i : int : 0 <= x[i]\n"
        "assume for all i : int : y[i] <= x[i]\nclaim 0 <= sum(i in 0..n) y[i]",
    ),
    "larger terms": (
        "given n : int >= 1\ngiven x, y : int -> real\nassume for all i : int : x[i] < y[i]\n"
        "claim sum(i in 0..n) x[i] < sum(i in 0..n) y[i]",
        "given n : int >= 0\ngiven x, y : int -> real\nassume for all i : int : x[i] < y[i]\n"
        "claim sum(i in 0..n) x[i] < sum(i in 0..n) y[i]",
    ),
    "a share": (
        "given n : int >= 1\ngiven k : int >= 0\nassume k < n\ngiven w : int -> real\n"
        "assume for all i : int : w[i] > 0\nclaim w[k]/(sum(i in 0..n) w[i]) <= 1",
        "given n : int >= 1\ngiven k : int >= 0\ngiven w : int -> real\n"
        "assume for all i : int : w[i] > 0\nclaim w[k]/(sum(i in 0..n) w[i]) <= 1",
    ),
    "shares": (
        "given n : int >= 1\ngiven w : int -> real\nassume for all i : int : w[i] > 0\n"
        "claim sum(i in 0..n) w[i]/(sum(j in 0..n) w[j]) = 1",
        "given n : int >= 1\ngiven w : int -> real\nassume for all i : int : w[i] > 0\n"
        "claim sum(i in 0..n) w[i]/(sum(j in 0..n) w[j]) = n",
    ),
    "all but one": (
        "given n : int >= 1\nclaim sum(i in 0..n, j in 0..n | i != 0 or j != 0) 1 = n^2 - 1",
        "given n : int >= 1\nclaim sum(i in 0..n, j in 0..n | i != 0 or j != 0) 1 = n^2 - n",
    ),
    "all but the last": (
        "given n : int >= 1\nclaim sum(i in 0..n | i != n - 1) 1 = n - 1",
        "given n : int >= 1\nclaim sum(i in 0..n | i != n) 1 = n - 1",
    ),
}

FOR_ALL = {
    "a function of a sum": (
        "given a, b : real\ngiven f : real -> real\nassume for all a, c : real : f[a + c] = f[a]*f[c]\n"
        "claim f[a + b]*f[b] = f[a]*f[b]^2",
        "given a, b : real\ngiven f : real -> real\nassume for all a, c : real : f[a + c] = f[a]*f[c]\n"
        "claim f[a + b] = f[a]*f[b]^2",
    ),
    "one fact for another": (
        "given i : int\ngiven x, y, z : int -> real\nassume for all i : int : x[i] > 0 implies y[i] > 0\n"
        "assume for all i : int : y[i] > 0 implies z[i] > 0\nassume x[i] > 1\nclaim z[i] > 0",
        "given i : int\ngiven x, y, z : int -> real\nassume for all i : int : x[i] > 0 implies y[i] > 0\n"
        "assume for all i : int : y[i] > 0 implies z[i] > 0\nassume x[i] > -1\nclaim z[i] > 0",
    ),
    "order of values": (
        "given a, b : real\ngiven f : real -> real\n"
        "assume for all a, b : real : a < b implies f[a] < f[b]\nclaim f[a] < f[b] iff a < b",
        "given a, b : real\ngiven f : real -> real\n"
        "assume for all a, b : real : a <= b implies f[a] <= f[b]\nclaim f[a] < f[b] iff a < b",
    ),
    "shifts of a softmax": (
        "given n : int >= 1\ngiven i : int\ngiven b : real\ngiven x : int -> real\ngiven f : real -> real\n"
        "assume for all a : real : f[a] > 0\nassume for all a, c : real : f[a + c] = f[a]*f[c]\n"
        "claim f[x[i] + b]/(sum(j in 0..n) f[x[j] + b]) = f[x[i]]/(sum(j in 0..n) f[x[j]])",
        "given n : int >= 1\ngiven i : int\ngiven b : real\ngiven x : int -> real\ngiven f : real -> real\n"
        "assume for all a : real : f[a] > 0\nassume for all a, c : real : f[a + c] = f[a] + f[c]\n"
        "claim f[x[i] + b]/(sum(j in 0..n) f[x[j] + b]) = f[x[i]]/(sum(j in 0..n) f[x[j]])",
    ),
}

PAIRS = {**MAXIMA, **SUMS, **FOR_ALL}


@pytest.mark.parametrize("name", PAIRS)
def test_is_found(name: str) -> None:
    asked = statement(PAIRS[name][0])
    certificate = deciding._proof(asked, SECONDS, 0)
    assert certificate is not None
    assert deciding.accepted(asked, certificate, PROVED)


@pytest.mark.parametrize("name", PAIRS)
def test_false_twin_is_not_found(name: str) -> None:
    assert deciding.decide(statement(PAIRS[name][1]), SOON).status != PROVED


def test_a_sum_matches_a_sum_of_names() -> None:
    a, b, c, x = (Variable(name) for name in ("a", "b", "c", "x"))
    pattern = Call("f", (Plus((a, b)),))
    target = Call("f", (Plus((x, c)),))
    scope = {"f": Function((REAL,), REAL), "x": REAL, "c": INT}
    found = list(matches(pattern, target, {"a": REAL, "b": REAL}, scope))
    assert {"a": x, "b": c} in found
    assert all(term_with(Plus((a, b)), values) in (Plus((x, c)), Plus((c, x))) for values in found)
    assert not list(matches(pattern, Call("f", (x,)), {"a": REAL, "b": REAL}, scope))
