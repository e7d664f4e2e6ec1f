"""z3 proves what each law of the kernel returns, and finds a case against nearly the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from symcnn.kernel.laws import LAWS, Law
from symcnn.kernel.reading import Reader
from symcnn.kernel.substitution import formula_with
from symcnn.kernel.terms import Compare, Formula, Implies, Rejected, Term, Variable, number
from tests.soundness.judge import Judge
from tests.soundness.laws import NEEDLESS, ROWS, SCOPE, LawRow
from tests.test_kernel_laws import Brute, changed, law


def returned(name: str) -> Law:
    """What the law returns for the arguments of its row."""
    return law(name, *ROWS[name].arguments, scope=SCOPE)


def term(text: str) -> Term:
    return Reader(text, SCOPE).term()


def obligations(row: LawRow, found: Law) -> Iterator[tuple[Judge, Sequence[Formula], Formula]]:
    """What z3 has to prove, each with its premises."""
    if row.how == "outright":
        yield Judge(SCOPE), found.premises, found.conclusion
    elif row.how == "by induction":
        yield from induction(row, found)
    elif row.columns:
        for columns in row.columns:
            for rows in range(-1, row.longest // columns + 1):
                here = {"n": number(columns), "m": number(rows)}
                premises = [formula_with(premise, here) for premise in found.premises]
                yield Judge(SCOPE, row.longest), premises, formula_with(found.conclusion, here)
    else:
        yield Judge(SCOPE, row.longest), found.premises, found.conclusion


def induction(row: LawRow, found: Law) -> Iterator[tuple[Judge, Sequence[Formula], Formula]]:
    """Where the range ends before its start, where it ends there, one further, and the law from that."""
    claim = found.conclusion
    for premise in reversed(found.premises):
        claim = Implies(premise, claim)
    if row.invariant:
        invariant = Reader(row.invariant, SCOPE).formula()
        yield Judge(SCOPE), (invariant,), claim
        claim = invariant
    b, start = Variable("b"), term(row.start)
    before, here = Compare("<", b, start), Compare("<=", start, b)
    yield Judge(SCOPE), (before,), claim
    yield Judge(SCOPE), (), formula_with(claim, {"b": start})
    yield Judge(SCOPE), (here, claim), formula_with(claim, {"b": term("b + 1")})


def test_each_law_has_a_row() -> None:
    assert list(ROWS) == list(LAWS)


@pytest.mark.parametrize("name", LAWS)
def test_z3_proves_the_law(name: str) -> None:
    for judge, premises, conclusion in obligations(ROWS[name], returned(name)):
        assert judge.proves(premises, conclusion, 20), conclusion


# -- nearly the same -----------------------------------------------------------------------------------------


def is_a_case(premises: Sequence[Formula], conclusion: Formula, longest: int = 2) -> bool:
    """z3 finds a case against a formula, and plain evaluation agrees."""
    case = Judge(SCOPE, longest).case(premises, conclusion)
    if case is None:
        return False
    here = Brute(case.values, case.functions)
    assert all(here.holds(premise) for premise in premises), "z3 and evaluation disagree"
    try:
        return not here.holds(conclusion)
    except Rejected:  # it has no value there
        return True


@pytest.mark.parametrize(
    ("name", "k"),
    [(name, k) for name in LAWS for k in range(len(returned(name).premises)) if (name, k) not in NEEDLESS],
)
def test_z3_finds_a_case_where_a_premise_is_left_out(name: str, k: int) -> None:
    found = returned(name)
    assert is_a_case((*found.premises[:k], *found.premises[k + 1 :]), found.conclusion)


@pytest.mark.parametrize("name", [name for name in LAWS if name not in ("trichotomy", "archimedes")])
def test_z3_finds_a_case_against_a_conclusion_that_says_more(name: str) -> None:
    found = returned(name)
    assert is_a_case(found.premises, changed(found.conclusion))
