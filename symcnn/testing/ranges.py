"""Formulas at a point, with quantifiers over whole numbers that a formula itself bounds.

``for all i : int : 0 <= i < n implies ...`` runs over 0..n; a quantifier without such bounds is not decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil

from symcnn.kernel.logic import negation
from symcnn.kernel.terms import (
    INT,
    ONE,
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Not,
    Or,
    Plus,
    Quotient,
    Rejected,
    Sort,
    Term,
    Variable,
    free,
    parts,
)
from symcnn.search.cases import Quick, alternatives, conjuncts, quantified

# Where a fact about a function is looked at: it may be assumed for all places.
WINDOW = range(-4, 13)
REALS = (*range(-3, 4), Fraction(1, 2), Fraction(-1, 2), Fraction(7, 3), 9)


def span(name: str, body: Formula, forall: bool) -> tuple[list[Term], list[Term]] | None:
    """Terms between which a quantifier over whole numbers runs: from the largest of some, to before others.

    None where the formula does not bound it on both sides.
    """
    premises: list[Formula] = []
    bound = {name}
    if forall:
        while isinstance(body, Implies | ForAll):
            if isinstance(body, ForAll):
                bound.add(body.name)
                body = body.body
            else:
                premises += conjuncts(body.left)
                body = body.right
        premises += [negation(part) for part in alternatives(body) if isinstance(part, Compare)]
    else:
        while isinstance(body, Exists):
            bound.add(body.name)
            body = body.body
        premises = conjuncts(body)
    lows: list[Term] = []
    highs: list[Term] = []
    for premise in premises:
        if isinstance(premise, Compare) and not any(_divides(t) for t in (premise.left, premise.right)):
            if premise.left == Variable(name) and not free(premise.right) & bound:
                highs.append(premise.right if premise.relation == "<" else Plus((premise.right, ONE)))
            if premise.right == Variable(name) and not free(premise.left) & bound:
                lows.append(premise.left if premise.relation != "<" else Plus((premise.left, ONE)))
            if premise.relation == "=" and premise.left == Variable(name):
                lows.append(premise.right)
            if premise.relation == "=" and premise.right == Variable(name):
                highs.append(Plus((premise.left, ONE)))
    return (lows, highs) if lows and highs else None


def _divides(term: Term) -> bool:
    return isinstance(term, Quotient) or any(_divides(t) for t in parts(term) if isinstance(t, Term))


def bounded(formula: Formula) -> bool:
    """Whether every quantifier in a formula runs over whole numbers that it bounds."""
    if isinstance(formula, ForAll | Exists) and (
        formula.sort != INT or span(formula.name, formula.body, isinstance(formula, ForAll)) is None
    ):
        return False
    return all(bounded(part) for part in parts(formula) if isinstance(part, Formula))


def holds(formula: Formula, at: Quick, window: bool = False) -> bool:
    """Whether a formula holds at a point; raises ``Rejected`` where it has no value.

    With ``window``, a quantifier without bounds runs over a few values, as for facts about functions.
    """
    if not quantified(formula):
        return at.holds(formula)
    match formula:
        case And(formulas):
            return all(holds(part, at, window) for part in formulas)
        case Or(formulas):
            return any(holds(part, at, window) for part in formulas)
        case Not(inner):
            return not holds(inner, at, window)
        case Implies(left, right):
            return not holds(left, at, window) or holds(right, at, window)
        case Iff(left, right):
            return holds(left, at, window) == holds(right, at, window)
        case ForAll(name, sort, body):
            return all(_each(name, _values(name, sort, body, at, window, True), body, at, window))
        case Exists(name, sort, body):
            return any(_each(name, _values(name, sort, body, at, window, False), body, at, window))
        case Compare():
            return at.holds(formula)


def _each(
    name: str, values: Iterable[int | Fraction], body: Formula, at: Quick, window: bool
) -> Iterable[bool]:
    before = at.values.get(name)
    try:
        for value in values:
            at.values[name] = value
            yield holds(body, at, window)
    finally:
        if before is None:
            at.values.pop(name, None)
        else:
            at.values[name] = before


def _values(
    name: str, sort: Sort, body: Formula, at: Quick, window: bool, forall: bool
) -> Sequence[int | Fraction]:
    found = span(name, body, forall) if sort == INT else None
    if found is not None and all(
        free(t) <= at.values.keys() | at.functions.keys() for t in (*found[0], *found[1])
    ):
        return range(ceil(max(map(at.value, found[0]))), ceil(min(map(at.value, found[1]))))
    if not window or isinstance(sort, Function):
        raise Rejected(f"nothing bounds {name}")
    return WINDOW if sort == INT else REALS
