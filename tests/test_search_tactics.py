"""Claims that the search has to find a proof of, by subject; the kernel accepts each certificate."""

from __future__ import annotations

import time

import pytest

from symcnn.kernel.certificates import PROVED, replay
from symcnn.kernel.logic import Sequent
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Node, Rejected, Sum, free, parts, same
from symcnn.search import deciding
from symcnn.search.cases import OutOfTime
from symcnn.search.clock import now
from symcnn.search.layout import HEADER
from symcnn.search.tactics import Search, bound_apart

SECONDS = 8


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


def check_found(body: str) -> None:
    asked = statement(body)
    certificate = deciding._proof(asked, SECONDS, 0)
    assert certificate is not None
    assert [v.status for v in replay([asked], HEADER + certificate)] == [PROVED]


LOGIC = [
    "given n : int\nassume n = 3\nclaim n <= 5 or n >= 9",
    "given a, b : int\nclaim a <= b or b <= a",
    "given a, b : real\nclaim a < b or a = b or b < a",
    "given a, b, c : int\nassume a <= b\nassume b <= c\nclaim a <= c and (a = c implies b = c)",
    "given a, b : int\nclaim a = b iff (a <= b and b <= a)",
    "given a, b : int\nassume a <= 0 or b <= 0\nclaim a <= 0 or b <= 0",
    "given a, b : int\nassume a = 1 or a = 2\nclaim 1 <= a and a <= 2",
    "given a : int\nclaim not (a < 0 and a > 0)",
    "given a : int\nclaim not (not (a = a))",
    "given a, b : int\nclaim (a = b and b >= 0) implies a >= 0",
    "given a, b : int\nclaim for all k : int >= 0 : a <= b implies a <= b + k",
    "given x : int -> real\nassume for all i : int : x[i] >= 1\nclaim for all j : int : x[j] >= 0",
    "given x : int -> ring\nassume for all i : int >= 0 : x[i + 1] = x[i]\nclaim x[3] = x[2]",
    "given p : int\nassume exists k : int : p = 2*k\nclaim exists m : int : 3*p = 2*m",
]

POLYNOMIALS = [
    "given a, b : ring\nclaim (a + b)^2 = a^2 + 2*a*b + b^2",
    "given x : int -> ring\nclaim x[1 + 1]*x[0] = x[0]*x[2]",
    "given a, b : real\nclaim 2*a*b <= a^2 + b^2",
    "given a, b, c : real\nclaim a*b + b*c + c*a <= a^2 + b^2 + c^2",
    "given a, b : real > 0\nclaim a*b > 0",
    "given n : int >= 1\nclaim n <= n^2",
    "given n, m : int >= 2\nclaim n + m <= n*m",
    "given a, b : real\nassume a = b\nclaim a^3 = b^3",
    "given a, b : real\nassume a + b = 1\nclaim a^2 + 2*a*b + b^2 = 1",
    "given F, P : int >= 0\nassume 2*P = F - 1\nclaim (F - 1)^2 = 4*P^2",
    "given F, P, L : int >= 0\nassume 2*P = F - 1\nclaim L + 2*P - F + 1 = L",
    "given a, b : real\nassume 0 < a\nassume a < b\nclaim a^2 < b^2",
    "given a, b : int\nassume 2*a < 2*b + 1\nclaim a <= b",
    "given a, b, c : real\nassume a < b\nassume c > 0\nclaim a*c < b*c",
]

FLOORS = [
    "given n : int\nclaim 2*(n//2) <= n",
    "given n, d : int >= 1\nclaim d*(n//d) <= n and n < d*(n//d) + d",
    "given n, d : int >= 1\nclaim 0 <= n//d",
    "given n, d : int >= 1\nclaim n//d <= n",
    "given n, d : int >= 1\nclaim (n*d)//d = n",
    "given n, d, k : int >= 1\nclaim (n + k*d)//d = n//d + k",
    "given n, k, s : int >= 1\nassume k <= n\nclaim (n - k)//s + 1 >= 1",
    "given n, m, d : int >= 1\nassume n <= m\nclaim n//d <= m//d",
    "given n, k : int >= 1\nclaim (n - k)//1 + 1 = n - k + 1",
    "given n : int >= 0\nclaim (n + 1)//2 + n//2 = n",
    "given n : int >= 0\nassume n = 2*(n//2)\nclaim (n + 1)//2 = n//2",
    "given n : int >= 0\nclaim (n//2)//2 = n//4",
    "given n : int >= 1\nassume n = 2*(n//2)\nclaim (n - 1)//2 + 1 = n/2",
    "given n : int >= 1\nassume n = 2*(n//2)\nclaim 2*((n - 1)//2) + 2 = n",
]

SUMS = [
    "given n : int >= 0\nclaim sum(i in 0..n) 1 = n",
    "given n, m : int >= 1\nclaim sum(i in 0..n, j in 0..m) 1 = n*m",
    "given n, m, k : int >= 1\nclaim sum(i in 0..n, j in 0..m) (sum(u in 0..k) 1 + 1) = n*m*(k + 1)",
    "given n, c : int >= 0\nclaim sum(i in 0..n) c = c*n",
    "given a, b : int\nassume b <= a\nclaim sum(i in a..b) i^2 = 0",
    "given x : int -> ring\nclaim sum(i in 0..3) x[i] = x[0] + x[1] + x[2]",
    "given C_i, C_o, K, M : int >= 1\nclaim sum(o in 0..C_o, i in 0..C_i, u in 0..K, v in 0..K, p in 0..M) 1"
    " = K^2*C_i*C_o*M",
    "given n : int >= 0\nlet f(a) = sum(i in 0..a) 1\nclaim f(n) + f(2*n) = 3*n",
]

GUARDS = [
    "given n, k, s : int >= 1\nassume k <= n\nclaim sum(r in 0..n | s*r + k <= n) 1 = (n - k)//s + 1",
    "given n, k : int >= 1\nassume k <= n\nclaim sum(r in 0..n | r + k <= n) 1 = n - k + 1",
    "given n, m : int >= 1\nassume m <= n\nclaim sum(r in 0..n | r < m) 1 = m",
    "given n : int >= 1\nclaim sum(r in 0..n | 2*r < n) 1 = (n + 1)//2",
    "given n, F : int >= 1\nassume F = 1 or F = 3\nassume F <= n\n"
    "claim sum(r in 0..n | r + F <= n) 1 = n iff F = 1",
    "given n, s : int >= 1\nlet m = -((-n)//s)\n"
    "claim sum(r in 0..n | s*r < n) 1 = (if (m - 1)*s >= n then m - 1 else m)",
    "given a, b : int\nassume a = sum(t in 0..32 | t + 5 <= 32) 1\n"
    "assume b = sum(t in 0..a | 2*t + 2 <= a) 1\nclaim sum(c in 0..6, r in 0..b) 1 = 6*14",
    "given n, k : int >= 1\nclaim sum(o in 0..k | 1 <= n) 1 = k",
    "given n, m, k : int >= 1\nclaim sum(o in 0..k | 1 <= sum(i in 0..n, j in 0..m) 1) 1 = k",
    "given n, m : int >= 1\nassume m <= n\nclaim sum(r in 0..n | 1 <= n and r < m) 1 = m",
]

QUOTIENTS = [
    "given a, b : real > 0\nclaim a/b*b = a",
    "given a, b : real > 0\nclaim 1/(a/b) = b/a",
    "given a, b : real > 0\nclaim a/b + b/a >= 2",
    "given a, b, c : real > 0\nclaim a/b = (a*c)/(b*c)",
    "given n : int >= 1\ngiven x : int -> real\nassume for all i : int : x[i] > 0\n"
    "claim sum(i in 0..n) x[i]/(sum(j in 0..n) x[j]) = 1",
    "given N : int >= 1\nclaim N^2/(N^2 + 2*N) <= 1",
    "given a, b : real > 0\nassume a <= b\nclaim a/b <= 1",
    "given K, C : int >= 1\nclaim (K^2*C)/K^2 = C",
]

CASES = [
    "given a : real\nclaim abs(a) >= 0",
    "given a : real\nclaim abs(a) >= a and abs(a) >= -a",
    "given a, b : int\nclaim max(a, b) >= a",
    "given a, b : int\nclaim max(a, b) + min(a, b) = a + b",
    "given a : real\nclaim max(a, 0) - max(-a, 0) = a",
    "given a : int\nclaim (if a > 0 then 1 else 0) <= 1",
    "given a, b : real\nclaim abs(a*b) = abs(b*a)",
    "given n : int >= 0\nclaim sum(i in 0..n) (if i >= 0 then 1 else 2) = n",
]

MAXIMA = [
    "given n : int >= 1\nclaim max(i in 0..n) 3 = 3",
    "given n : int >= 1\nclaim max(i in 0..n) i = n - 1",
    "given n : int >= 1\ngiven x : int -> real\nclaim x[0] <= max(i in 0..n) x[i]",
    "given n : int >= 1\ngiven x : int -> real\nassume for all i : int : x[i] <= 5\n"
    "claim max(i in 0..n) x[i] <= 5",
]

EQUAL_SUMS = [
    "given n : int >= 0\ngiven x, y : int -> ring\nclaim sum(i in 0..n) x[i]*y[i] = sum(k in 0..n) y[k]*x[k]",
    "given n : int >= 0\ngiven x, y : int -> ring\n"
    "claim sum(i in 0..n) (x[i] + y[i]) = sum(i in 0..n) x[i] + sum(i in 0..n) y[i]",
    "given n : int >= 0\ngiven x : int -> ring\ngiven c : ring\n"
    "claim sum(i in 0..n) c*x[i] = c*(sum(i in 0..n) x[i])",
    "given n : int >= 0\ngiven x, y : int -> ring\ngiven c : ring\n"
    "claim sum(i in 0..n) (c*x[i] - 2*y[i]) = c*(sum(i in 0..n) x[i]) - 2*(sum(i in 0..n) y[i])",
    "given n : int >= 0\ngiven x, y : int -> ring\nassume for all i : int : x[i] = y[i]\n"
    "claim sum(i in 0..n) x[i] = sum(i in 0..n) y[i]",
    "given n : int >= 0\ngiven x : int -> real\nassume for all i : int : x[i] >= 0\n"
    "claim sum(i in 0..n) x[i] >= 0",
    "given x, y : int, int -> real\n"
    "assume for all t, i : int : y[t, i] = sum(u in 0..2) x[t, i + u]\n"
    "claim y[0, 3] = sum(u in 0..2) x[0, 3 + u]",
]

WITNESSES = [
    "given n : int\nclaim exists m : int : m > n",
    "given n : int\nclaim exists m : int : n = m - 3",
    "given a, b : int\nassume a <= b\nclaim exists k : int : a <= k and k <= b",
    "claim exists n : int : n*n = 9",
]

GROWTH = [
    "given eps : real > 0\nclaim exists n : int : n >= 1 and n >= eps",
    "given eps : real > 0\nclaim exists n : int : n >= 1 and 1 <= eps*n",
    "given N : int >= 1\nclaim N^3/(3*N^2) is unbounded in N",
    "given N : int >= 1\nclaim N^2/(N^2 + 2*N) is bounded in N",
    "given L : int >= 1\nclaim L + 1 is asymptotic to L as L grow",
    "given a, b : real > 0\nclaim a*b has no largest value in a, b",
    "given C_i, C_o, K, M : int >= 1\nclaim K^2*C_i*C_o*M is proportional to C_i*C_o in C_i, C_o",
    "given C, K, L : int >= 1\nclaim K^2*C is independent of L",
    "claim 784^2 rounds to 6.15e5",
    "given w, x : int -> ring\nclaim sum(u in 0..3) w[u]*x[u] does not depend on x[3]",
]

DEFINED = [
    "given n, d : int\nassume d >= 1\nclaim d*(n//d) <= n",
    "given a, b : real\nassume b < 0\nclaim a/b*b = a",
    "given a, b : real > 0\nclaim a/(a + b) < 1",
    "given a : real\nclaim a^2/(a^2 + 1) < 1",
    "given n : int\nclaim n >= 1 implies 1//n <= 1",
    "given n, m : int >= 1\nclaim (1//(n*m)) <= 1",
]

# Names that the search makes itself, words of certificates, abbreviations, primes.
NAMES = [
    "given h1, h2, e1, d1, f1 : int >= 1\nassume h1 = e1\nclaim h1*h2//h2 = e1",
    "given m, n, x : int\nclaim exists k : int : k > m + n + x",
    "given n : real\nclaim exists m : int : n < m",
    "given m : int -> real\nclaim exists n : int : m[0] <= n",
    "given take, suppose, cone, law, rings, split : int >= 1\nassume take = cone\n"
    "claim take*law//law + rings = rings + cone and split >= 1",
    "given have, take : int\n"
    "claim for all take' : int : for all law : int : take + take' + law = law + take' + take",
    "given a, a' : int\nclaim for all a'' : int : a + a' + a'' = a'' + a' + a",
    "given n : int >= 1\nlet total = sum(h1 in 0..n) 1\nlet h1 = 3\nclaim total = n - 3 + h1",
    "given n : int >= 1\nlet total = sum(i in 0..n | i < n) 1\nlet i = 3\nlet i' = 4\nclaim total*i = 3*n",
    "given i, n : int >= 1\nclaim (for all j : int : j = i implies sum(i in 0..n) j = i*n)",
    f"given {'n' * 64} : int\nclaim for all m : int : {'n' * 64} <= m or m <= {'n' * 64}",
    f"given n : int\nclaim for all {'n' * 64} : int : for all {'n' * 63}' : int : "
    f"(for all {'n' * 64} : int : {'n' * 64} + n = n + {'n' * 64})",
    "given using, as, from : int\nassume using >= 1\nclaim exists x : int : x >= using + as + from",
]

SUBJECTS = {
    "logic": LOGIC,
    "polynomials": POLYNOMIALS,
    "floors": FLOORS,
    "sums": SUMS,
    "guards": GUARDS,
    "quotients": QUOTIENTS,
    "cases": CASES,
    "maxima": MAXIMA,
    "equal sums": EQUAL_SUMS,
    "witnesses": WITNESSES,
    "growth": GROWTH,
    "defined": DEFINED,
    "names": NAMES,
}


@pytest.mark.parametrize(
    "body",
    [pytest.param(body, id=f"{name} {k}") for name, all_ in SUBJECTS.items() for k, body in enumerate(all_)],
)
def test_found(body: str) -> None:
    check_found(body)


# -- what the search must not do ---------------------------------------------------------------------------

FALSE_ONES = [
    "given n : int\nclaim 2*(n//2) = n",
    "given a, b : real\nclaim a*b <= a^2",
    "given n : int\nclaim exists k : int : 2*k = n",
    "given n, k, s : int >= 1\nassume k <= n\nclaim sum(r in 0..n | s*r + k <= n) 1 = n//s",
    "given x : int -> real\nclaim exists c : real : for all i : int : x[i] <= c",
    "given n : int >= 0\ngiven x : int -> real\nclaim sum(i in 0..n) x[i] >= 0",
    "given n : int >= 1\ngiven x : int -> real\nclaim max(i in 0..n) x[i] = x[0]",
    "given a, b : ring\nassume a*b = 0\nclaim a = 0 or b = 0",
]


@pytest.mark.parametrize("body", FALSE_ONES)
def test_what_is_false_is_not_proved(body: str) -> None:
    assert deciding._proof(statement(body), 1, 0) is None


def test_the_search_ends_in_time() -> None:
    hard = statement(
        "given a, b, c, d, e, f : real\nassume a*b + c*d <= e*f\nassume b*c*d + a*e*f <= d\n"
        "claim a*b*c*d*e*f <= a^2*b^2*c^2 + d*e*f + a*b*c or a^3*d^3 + e^3 <= f^2*b^3"
    )
    start = time.monotonic()
    deciding._proof(hard, 1, 0)
    assert time.monotonic() - start < 30


def test_the_same_proof_each_time() -> None:
    asked = statement(GUARDS[0])
    assert deciding._proof(asked, SECONDS, 0) == deciding._proof(asked, SECONDS, 0)


def test_what_cannot_be_described_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*given: object) -> None:
        raise Rejected("too large")

    monkeypatch.setattr(Search, "description", refused)
    search = Search(now() + 5)
    asked = statement("given n, d : int >= 1\nclaim n//d <= n//d + 1")
    assert search.prove(Sequent({}, {}, asked.closed())) is not None
    assert search.active == []


def test_a_search_that_was_stopped_leaves_nothing_behind() -> None:
    asked = Sequent({}, {}, statement(GUARDS[0]).closed())
    search = Search(now() - 1)
    with pytest.raises(OutOfTime):
        search.prove(asked)
    search.deadline = now() + SECONDS
    assert search.active == search.open_cases == []
    assert search.depth == 0
    assert search.prove(asked) is not None


def test_bound_names_are_kept_apart() -> None:
    asked = statement(
        "given i', n : int\nclaim for all k : int : sum(i in 0..n | i < i') (i + (sum(k in 0..i) k)) = 0"
    )
    changed = bound_apart(asked.closed(), {"i", "k"})
    bound = set[str]()
    waiting: list[Node] = [changed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sum):
            bound.add(node.index)
        waiting += parts(node)
    assert bound == {"i''", "k'"}
    assert not free(changed)
    assert same(changed, asked.closed())
    assert bound_apart(asked.closed(), set()) == asked.closed()
