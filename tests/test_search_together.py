"""Claims for which one tactic of the search must not get in the way of another."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import PROVED
from symcnn.kernel.statements import Statement, read_statements
from symcnn.search.deciding import _proof, decide

SECONDS = 30


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


# Each with a change after which it is false.
CLAIMS = {
    "numbers decide the guards of inner sums": (
        "claim exists w : int, int -> real : for all f, g : int, int -> real : not (for all a, b : int :\n"
        "(0 <= a < 3 and 0 <= b < 3) implies w[a, b] = "
        "sum(s in 0..2, t in 0..2 | 0 <= a - s < 2 and 0 <= b - t < 2) g[s, t]*f[a - s, b - t])",
        (" not ", " "),
    ),
    "a strict inequality needs a strict summand": (
        "given a, b : int >= 1\nlet sum_of(x, y) = sum(n in 0..x, j in 0..y) 1\n"
        "claim a*sum_of(a, b)/(sum_of(a, b) + a) is unbounded in a, b",
        ("+ a)", "+ a^2*b)"),
    ),
    "an index that is a name already": (
        "given K : int >= 1\nclaim sum(u in 0..K) sum(v in 0..K | u != 0 or v != 0) 1 = K^2 - 1",
        ("K^2 - 1", "K^2"),
    ),
    "many quotients of numbers": (
        "let half(n) = n//2\n"
        "claim sum(i in 0..half(8)) 1 = 4 and sum(i in 0..half(half(8))) 1 = 2\n"
        "and sum(i in 0..half(half(half(8)))) 1 = 1 and sum(i in 0..half(9)) 1 = 4\n"
        "and sum(i in 0..half(half(9))) 1 = 2 and sum(i in 0..half(half(half(9)))) 1 = 1",
        ("half(9)) 1 = 4", "half(9)) 1 = 5"),
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims(name: str) -> None:
    body, change = CLAIMS[name]
    assert decide(statement(body), SECONDS).status == PROVED
    assert change[0] in body
    assert _proof(statement(body.replace(*change)), 0.3, 0) is None
