"""Claims that something exists, or does not: what the search finds, and what it must not prove."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED
from symcnn.kernel.statements import Statement, read_statements
from symcnn.search.deciding import _proof, decide
from symcnn.search.points import is_inequation
from symcnn.search.tactics import Search

SECONDS = 30


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


# True claims, and what makes each of them false.
NUMBERS = [
    (
        "given a : int\nclaim (exists p, q : int : 0 <= p < 3 and 0 <= q < 3 and p + q = a) iff 0 <= a < 5",
        ("a < 5", "a < 6"),
    ),
    (
        "given p, i : int\nclaim (exists u, v, w : int : 0 <= u < 3 and 0 <= v < 2 and 0 <= w < 3 and "
        "p = 2*(i + u - 1) + v + w - 1) iff 2*i - 3 <= p <= 2*i + 4",
        ("p <= 2*i + 4", "p <= 2*i + 5"),
    ),
    (
        "given k, m, s : int >= 1\nassume s <= k\nclaim for all t : int : "
        "(exists a, b : int : 0 <= a < m and 0 <= b < k and t = s*a + b) iff 0 <= t < k + s*(m - 1)",
        ("s <= k\n", "s <= k + 1\n"),
    ),
    (
        "given k, m, s, d : int >= 1\nclaim exists a, b : int : "
        "0 <= a < m and 0 <= b < k and d*b + s*a = d*(k - 1) + s*(m - 1)",
        ("d*b + s*a", "d*b + s*a + 1"),
    ),
    (
        "given n : int\nassume n >= 7\nclaim exists a, b : int : a >= 0 and b >= 0 and n <= 3*a + b < n + 1",
        ("a >= 0 and", "a >= 3 and"),
    ),
    ("given n : int\nclaim exists a : int : n <= 3*a and 3*a < n + 3", ("n + 3", "n + 2")),
    (
        "given k, m, s, N : int >= 1\nassume s <= k\nassume k + s*(m - 1) <= N\nclaim sum(t in 0..N | "
        "exists a, b : int : 0 <= a < m and 0 <= b < k and t = s*a + b) 1 = k + s*(m - 1)",
        ("s <= k\n", "s <= k + 1\n"),
    ),
    (
        "given k, m, s : int >= 1\nassume m >= 2\nassume for all t : int : 0 <= t < k + s*(m - 1) implies "
        "exists a, b : int : 0 <= a < m and 0 <= b < k and t = s*a + b\nclaim s <= k",
        ("claim s <= k", "claim s < k"),
    ),
]

TENSORS = [
    (
        "claim exists w : int -> real : for all f, g : int -> real : "
        "not (for all a : int : 0 <= a < 3 implies w[a] = sum(p in 0..2 | 0 <= a - p < 2) f[p]*g[a - p])",
        ("0 <= a < 3", "0 <= a < 2"),
    ),
    (
        "claim exists w : int, int -> real : for all a, b : int -> real : exists u, v : int : "
        "0 <= u < 2 and 0 <= v < 2 and w[u, v] != a[u]*b[v]",
        ("0 <= v < 2", "0 <= v < 1"),
    ),
    (
        "given x, y : int, int -> real\nclaim exists f : int, int -> real : for all i, j : int : "
        "f[j, i] = x[i, j] + 2*y[j, i]",
        ("f[j, i] = x", "f[j, 0] = x"),
    ),
    (
        "given x : int -> real\nclaim exists f : int -> real : for all i : int : f[i] + x[i] = 2",
        ("f[i] + x[i]", "0*f[i] + x[i]"),
    ),
    ("claim exists f : int -> real : sum(i in 0..3) f[i] != f[0]", ("0..3", "0..1")),
    (
        "claim sum(i in 0..1024) (sum(r in 0..16, c in 0..32 | r + c > 0) 1 + 1) = 524288",
        ("r + c > 0", "r + c > 1"),
    ),
]


@pytest.mark.parametrize(("body", "change"), [*NUMBERS, *TENSORS])
def test_what_exists_is_given(body: str, change: tuple[str, str]) -> None:
    assert decide(statement(body), SECONDS).status == PROVED
    assert change[0] in body
    assert _proof(statement(body.replace(*change)), 0.3, 0) is None


REFUTED_CLAIMS = [
    # What is denied is shown for all tensors.
    (
        "given w : int -> real\nclaim exists f, g : int -> real : for all a : int : 0 <= a < 3 implies "
        "w[a] = sum(p in 0..2 | 0 <= a - p < 2) f[p]*g[a - p]"
    ),
    (
        "given w : int, int -> real\nclaim exists a, b : int -> real : for all u, v : int : "
        "0 <= u < 2 and 0 <= v < 2 implies w[u, v] = a[u]*b[v]"
    ),
    # What is denied is shown for all numbers.
    "given n : int >= 1\nclaim n^3/(3*n^2) is bounded in n",
    # Many names, of which the numbers decide first.
    (
        "given k, l, s, t : int >= 1\ngiven f, g, x : int -> ring\nclaim sum(p in 0..l) f[p]*"
        "(sum(m in 0..k) g[m]*x[s*p + m]) = sum(a in 0..k + t*(l - 1)) "
        "(sum(p in 0..l | 0 <= a - t*p < k) f[p]*g[a - t*p])*x[a]"
    ),
]


@pytest.mark.parametrize("body", REFUTED_CLAIMS)
def test_what_does_not_exist_is_refuted(body: str) -> None:
    assert decide(statement(body), SECONDS).status == REFUTED


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("sum(i in 0..3) x[i]*x[i] = x[0]", True),
        ("max(i in 0..3) x[i] = x[0]", False),
        ("max(x[0], 0) = x[0]", False),
        ("x[0] <= x[1]", False),
    ],
)
def test_random_entries_tell_polynomials_apart_alone(claim: str, expected: bool) -> None:
    found = statement(f"given x : int -> real\nclaim not ({claim})").claim
    assert is_inequation(found, {"x"}) is expected


def test_a_name_of_another_case_is_no_rewrite() -> None:
    # In the first case the fact is an equation, in the second one it has the same name and is none.
    body = "given a, b, k : int >= 1\nassume k = 1 or a*b <= k\nclaim a*b*k >= 1 and 1 <= a*b"
    assert decide(statement(body), SECONDS).status == PROVED
    assert Search(0).rewriting == []
