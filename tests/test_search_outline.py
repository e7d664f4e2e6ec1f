"""Proofs outlined behind a claim: what is left out is found, and what is wrong is said with its place."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.statements import read_statements
from symcnn.search.deciding import Decision, decide

HEAD = 'theorem t ""\n  given a, b, c : real\n  given n, k : int >= 1\n'


def decided(text: str, seconds: float = 20) -> Decision:
    (statement,) = read_statements(text)
    return decide(statement, seconds)


FOUND = {
    "a lemma without a proof": """  claim a^2 + b^2 + c^2 >= 0
  proof
    have left : a^2 + b^2 >= 0
    have right : c^2 >= 0
""",
    "a chain": """  claim a*b + b*c + c*a <= a^2 + b^2 + c^2
  proof
    chain a*b + b*c + c*a
          <= 1/2*(a^2 + b^2) + 1/2*(b^2 + c^2) + 1/2*(c^2 + a^2)   # the square of each difference
          = a^2 + b^2 + c^2
""",
    "an abbreviation, laws without their premises, and a block that ends early": """  given m : int
  claim m//n//k = m//(n*k)
  proof
    let q = m//(n*k)
    law inner : floor m, n
    law outer : floor m//n, k
    law both : floor m, n*k
    have up : m//n//k <= q {
      deny d
      have x : q*k + k <= m//n
      have y : n*k*q + n*k <= m
    }
    have down : q <= m//n//k
""",
    "an induction": """  given x : int -> int
  recursive x(0) = 1
            x(i + 1) = 2*x[i]
  claim x[n] >= 1
  proof
    have each : for all i : int >= 0 : x[i] >= 1 {
      induct
    }
    use now : each(n)
""",
    "premises behind use": """  assume for all i : int : 1 <= i implies a*i <= b
  claim a*n <= b
  proof
    use now : h3(n)
""",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_left_out_is_found(name: str) -> None:
    assert decided(HEAD + FOUND[name]).status == PROVED


def test_the_steps_of_an_outline_are_those_of_the_certificate() -> None:
    found = decided(HEAD + FOUND["a lemma without a proof"])
    assert "have left : a^2 + b^2 >= 0 { " in found.certificate.replace("\n", " ")


WRONG = {
    "have x : a <= b": "line 6, column 5: not found: a <= b",
    "chain a^2 <= a^2 + 1\n      = a^2": "line 6, column 5: not found: a^2 + 1 = a^2",
    "chain a < b and b < c or a = c": "line 6, column 5: chain: this is no chain of comparisons",
    "have x : a <= d": "line 6, column 19: d is not declared",
    "wibble": "line 6, column 5: 'wibble' is no step",
    "have x : 0 <= a^2 { cone (b)^2 }": "line 6, column 25: cone",
}


@pytest.mark.parametrize(("steps", "words"), WRONG.items())
def test_what_is_wrong_is_said_with_its_place(steps: str, words: str) -> None:
    found = decided(f"{HEAD}  claim a^2 + b^2 = c^2 + n\n  proof\n    {steps}\n")
    assert words in found.tried[0]


def test_a_wrong_outline_proves_nothing_and_hides_nothing() -> None:
    true = decided(f"{HEAD}  claim a*b <= a^2 + b^2\n  proof\n    have x : a <= b\n")
    false = decided(f"{HEAD}  claim a*b <= a^2\n  proof\n    have x : a*b <= a^2\n")
    assert (true.status, false.status) == (PROVED, REFUTED)


def test_an_outline_is_no_assumption() -> None:
    hard = "  claim n^3 + k^3 != 29*(n + k)^3 + 1\n  proof\n    have x : n^3 + k^3 != 29*(n + k)^3 + 1\n"
    assert decided(HEAD + hard, seconds=1).status in (UNKNOWN, PROVED)
    assert decided(f"{HEAD}  claim n = k\n  proof\n    exactly h1\n").status == REFUTED


def test_an_outline_says_what_else_is_missing() -> None:
    text = "  given x : int -> int\n  assume x[0] = 1 and (for all i : int >= 0 : x[i + 1] = 2*x[i])\n"
    found = decided(f"{HEAD}{text}  claim n + k >= 1\n  proof\n    have x : n + k >= 1\n", seconds=4)
    assert "no case that the assumptions allow" in found.tried[0]


def test_a_refutation_can_be_outlined() -> None:
    steps = "witness a = 0 witness b = 0 witness c = 0 witness n = 1000004"
    found = decided(f"{HEAD}  claim n <= 1000003*k\n  refutation\n    {steps}\n")
    assert found.status == REFUTED
    assert "witness n = 1000004" in found.certificate
