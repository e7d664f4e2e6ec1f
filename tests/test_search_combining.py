"""Steps of arithmetic that are found for each kind of goal; the kernel accepts each of them."""

from __future__ import annotations

import pytest

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.reading import Reader
from symcnn.kernel.steps import Proof
from symcnn.kernel.terms import FALSE, INT, REAL, RING, And, Compare, Formula, Function, Sort
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, term_of
from symcnn.search.facts import comparisons, named

SORTS: dict[str, Sort] = {
    **dict.fromkeys(("n", "m", "k", "d", "q"), INT),
    **dict.fromkeys(("x", "y", "z", "u", "v"), REAL),
    **dict.fromkeys(("a", "b", "c"), RING),
    "t": Function((INT,), RING),
}


def formula(text: str) -> Formula:
    if text == "false":
        return FALSE
    reader = Reader(text, dict(SORTS), {}, 0, len(text))
    found = reader.formula()
    reader.end()
    return found


def sequent(facts: str, goal: str) -> Sequent:
    names = [part.split(":", 1) for part in facts.split(";") if part.strip()]
    return Sequent(SORTS, {name.strip(): formula(text.strip()) for name, text in names}, formula(goal))


def is_accepted(asked: Sequent, step: str) -> bool:
    text = f"{{ {step} }}"
    proof = Proof(text, 0, len(text), {})
    proof.block(asked)
    proof.end()
    return True


def check_found(facts: str, goal: str, begins: str, level: int = 2, rewrites: tuple[str, ...] = ()) -> str:
    asked = sequent(facts, goal)
    step = Arithmetic(asked, Atoms(), rewrites, level).step()
    assert step is not None
    assert step.startswith(begins)
    assert is_accepted(asked, step)
    return step


RING_GOALS = [
    ("", "(a + b)^2 = a^2 + 2*a*b + b^2"),
    ("", "t[1 + 1]*a = a*t[2]"),
    ("h: a = b", "a*c = b*c"),
    ("h: a = b; k: b = c", "a = c"),
    ("h: a = b", "b = a"),
    ("h: a = b", "a^2 = b^2"),
    ("h: a + b = 1", "a^2 + 2*a*b + b^2 = 1"),
    ("h: x = 2*y; k: y = 3*z", "x = 6*z"),
    ("h: 3*x = 2*y", "x = 2/3*y"),
    ("h: n = d*q + m; k: m = 0", "n*k = d*q*k"),
    ("h: a = b and b = c", "a = c"),
    ("h: x*y = 1", "x*y*z = z"),
]


@pytest.mark.parametrize(("facts", "goal"), RING_GOALS)
def test_equations(facts: str, goal: str) -> None:
    check_found(facts, goal, "ring")


CONE_GOALS = [
    ("h: 0 <= x", "0 <= 2*x"),
    ("h: x <= y; k: y <= z", "x <= z"),
    ("h: x <= y; k: z = y", "x <= z"),
    ("h: 0 <= x; k: 0 <= y", "0 <= x*y"),
    ("h: 1 <= n; k: 1 <= m", "n <= n*m"),
    ("h: 2 <= n; k: 2 <= m", "n + m <= n*m"),
    ("", "2*x*y <= x^2 + y^2"),
    ("", "x*y + y*z + z*x <= x^2 + y^2 + z^2"),
    ("", "0 <= 3"),
    ("h: n < m", "n + 1 <= m"),
    ("h: 0 < n", "1 <= n"),
    # Strict goals of reals need something that is > 0.
    ("h: 0 < x; k: 0 < y", "0 < x*y"),
    ("h: 0 < x; k: 0 <= y", "0 < x + y"),
    ("h: x < y; k: 0 < z", "x*z < y*z"),
    ("", "0 < x^2 + 1"),
    ("h: x < y; k: y <= z", "x < z"),
]


@pytest.mark.parametrize(("facts", "goal"), CONE_GOALS)
def test_inequalities(facts: str, goal: str) -> None:
    check_found(facts, goal, "cone")


CONTRADICTIONS = [
    "h: x < x",
    "h: x <= y; k: y < x",
    "h: 0 < x; k: x <= 0",
    "h: n < m; k: m < n + 1",
    "h: 1 <= n; k: n = 0",
    "h: 2 <= 1",
    "h: x = 0; k: x = 1",
    "h: 0 < x; k: 0 < y; l: x*y <= 0",
    "h: x^2 < 0",
    "h: x*x + 1 <= 0",
    "h: 0 < x; k: x*y = 1; l: y <= 0",
    "h: d*q <= n; k: n < d*q + d; l: d <= 0",
]


@pytest.mark.parametrize("facts", CONTRADICTIONS)
def test_contradictions(facts: str) -> None:
    check_found(facts, "false", "cone")


WRONG = [
    ("", "a = b"),
    ("h: a = b", "a = c"),
    ("h: 0 <= x", "0 < x"),
    ("h: 0 <= x; k: 0 <= y", "0 < x + y"),
    ("", "x <= x^2"),
    ("h: x <= y", "x < y"),
    ("h: 0 <= x", "x <= 0"),
    ("h: x <= 1; k: y <= 1", "x*y <= 1"),
    ("h: 0 <= x; k: x <= 0", "false"),
    ("h: 0 <= x*x", "false"),
    # Elements of a ring have no order, and nothing is divided out.
    ("h: a*b = 0", "a = 0"),
    ("h: n*n = n", "n = 1"),
]


@pytest.mark.parametrize(("facts", "goal"), WRONG)
def test_what_does_not_follow(facts: str, goal: str) -> None:
    assert Arithmetic(sequent(facts, goal)).step() is None


@pytest.mark.parametrize(
    ("facts", "goal", "begins"),
    [
        ("e: (1/x)*x = 1", "y/x*x = y", "ring"),
        ("e: (1/x)*x = 1; h: 0 < 1/x; k: 0 <= y", "0 <= y/x", "cone"),
        ("e: (1/(x + y))*(x + y) = 1", "x/(x + y) + y/(x + y) = 1", "ring"),
    ],
)
def test_quotients(facts: str, goal: str, begins: str) -> None:
    check_found(facts, goal, begins)


def test_rewrites_are_used() -> None:
    step = check_found("e: n = 3", "t[n] = t[2 + 1]", "ring", rewrites=("e",))
    assert step == "ring using e"
    step = check_found("e: n = m + 1; h: 0 <= m", "1 <= n", "cone", rewrites=("e",))
    assert step.endswith("using e")


def test_the_easy_way_first() -> None:
    assert check_found("h: a = b; k: b = c", "a = b", "ring") == "ring h"
    assert check_found("h: 0 <= x; k: 0 <= y", "0 <= x", "cone") == "cone h"
    assert check_found("", "a + b = b + a", "ring") == "ring"


def test_levels() -> None:
    asked = sequent("", "2*x*y <= x^2 + y^2")
    assert Arithmetic(asked, max_level=1).step() is None
    assert Arithmetic(asked, max_level=2).step() == "cone (x - y)^2"


def test_other_goals_are_left_alone() -> None:
    assert Arithmetic(sequent("", "n = 1 or n != 1")).step() is None


def test_facts_and_their_parts() -> None:
    asked = sequent("h: n = 1 and (m = 2 and k <= 3); l: n = 1 or m = 1", "n = 1")
    assert [name for name, _ in comparisons(asked)] == ["h.1", "h.2.1", "h.2.2"]
    assert named(asked, "h.2.1") == formula("m = 2")
    assert isinstance(named(asked, "h.2"), And)
    with pytest.raises(KeyError):
        named(asked, "h.1.1")


@pytest.mark.parametrize("text", ["n", "0", "n*m^2 - 3", "2/3*x*y + x - 1", "t[n + 1]*t[0]^3", "x/y + n//2"])
def test_polynomials_as_terms(text: str) -> None:
    term = formula(f"{text} = 0" if "//" not in text else "n//2 = 0")
    assert isinstance(term, Compare)
    atoms = Atoms()
    canonical = Canonical({**SORTS}, atoms)
    value = canonical.term(term.left)
    again = formula(f"{write(term_of(value, atoms))} = 0")
    assert isinstance(again, Compare)
    assert canonical.term(again.left) == value
