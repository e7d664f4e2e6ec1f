"""Formulas at a point, with quantifiers over whole numbers that a formula itself bounds.

``for all i : int : 0 <= i < n implies ...`` runs over 0..n; a quantifier without such bounds is not decided.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from symcnn.kernel.evaluation import Exact
from symcnn.kernel.terms import (
    INT,
    ONE,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Plus,
    Quotient,
    Rejected,
    Sort,
    Term,
    Times,
    Variable,
    free,
    number,
    parts,
)
from symcnn.search.cases import Quick, conjuncts, premises_under

WINDOW = range(-4, 13)
REALS = (*range(-3, 4), Fraction(1, 2), Fraction(-1, 2), Fraction(7, 3), 9)


def span(name: str, body: Formula, forall: bool) -> tuple[list[Term], list[Term]] | None:
    """Terms between which a quantifier over whole numbers runs: from the largest of some, to before others.

    None where the formula does not bound it on both sides.
    """
    lows: list[Term] = []
    highs: list[Term] = []
    for premise in _premises(name, body, forall):
        if premise.left == Variable(name):
            highs.append(premise.right if premise.relation == "<" else Plus((premise.right, ONE)))
            lows += [premise.right] if premise.relation == "=" else []
        if premise.right == Variable(name):
            lows.append(premise.left if premise.relation != "<" else Plus((premise.left, ONE)))
            highs += [Plus((premise.left, ONE))] if premise.relation == "=" else []
    return (lows, highs) if lows and highs else None


def _premises(name: str, body: Formula, forall: bool) -> list[Compare]:
    """The comparisons that a quantifier is bound to; linear in its variable, and without inner ones."""
    premises, inner = premises_under(body, forall)
    return [
        p
        for p in premises
        if isinstance(p, Compare)
        and not free(p) & inner
        and not any(_divides(t) for t in (p.left, p.right))
        and _degree(Plus((p.left, p.right)), {name}) == 1
    ]


def _divides(term: Term) -> bool:
    return isinstance(term, Quotient) or any(_divides(t) for t in parts(term) if isinstance(t, Term))


def bounded(formula: Formula) -> bool:
    """Whether every quantifier in a formula runs over whole numbers that it bounds, if factors are not 0."""
    if isinstance(formula, ForAll | Exists):
        forall = isinstance(formula, ForAll)
        if formula.sort != INT or not (
            span(formula.name, formula.body, forall) or _with_factors(formula.name, formula.body, forall)
        ):
            return False
    return all(bounded(part) for part in parts(formula) if isinstance(part, Formula))


def _with_factors(name: str, body: Formula, forall: bool) -> bool:
    """Whether there is an equation, or two inequalities in which the variable has factors of any sign."""
    premises = _premises(name, body, forall)
    factors = [p for p in premises if Variable(name) not in (p.left, p.right)]
    return any(p.relation == "=" for p in premises) or len(factors) >= 2


class Exactly(Quick):
    """Exact values at a point, also of quantifiers over whole numbers that a formula bounds.

    With ``window``, a quantifier without bounds runs over a few values, as for facts about functions. Raises
    ``Rejected`` where a formula has no value.
    """

    window = False

    def holds(self, formula: Formula) -> bool:
        """Whether a formula holds at the point."""
        if not isinstance(formula, ForAll | Exists):
            return super().holds(formula)
        if isinstance(formula, Exists):
            found = solvable(formula, self)
            if found is not None:
                return found
        forall = isinstance(formula, ForAll)
        values = self._values(formula.name, formula.sort, formula.body, forall)
        before = self.values.get(formula.name)
        try:
            for value in values:
                self.values[formula.name] = value
                if self.holds(formula.body) is not forall:
                    return not forall
            return forall
        finally:
            if before is None:
                self.values.pop(formula.name, None)
            else:
                self.values[formula.name] = before

    def _values(self, name: str, sort: Sort, body: Formula, forall: bool) -> Sequence[int | Fraction]:
        found = span(name, body, forall) if sort == INT else None
        known = self.values.keys() | self.functions.keys()
        if found is not None and all(free(t) <= known for t in (*found[0], *found[1])):
            return range(ceil(max(map(self.value, found[0]))), ceil(min(map(self.value, found[1]))))
        if sort == INT and (solved := self.solved(name, body, forall)) is not None:
            return solved
        if not self.window or isinstance(sort, Function):
            raise Rejected(f"nothing bounds {name}")
        return WINDOW if sort == INT else REALS

    def solved(self, name: str, body: Formula, forall: bool) -> range | None:
        """The range of a quantifier, its factors having their values; None where it has no end."""
        low: int | None = None
        high: int | None = None
        before = self.values.get(name)
        for premise in _premises(name, body, forall):
            at: list[Exact] = []
            for trial in (0, 1):
                self.values[name] = trial
                at.append(self.value(premise.right) - self.value(premise.left))
            self.values.pop(name)
            if before is not None:
                self.values[name] = before
            strict = premise.relation == "<"
            start, slope = at[0], at[1] - at[0]
            if slope == 0:
                # The premise is false whatever the variable is.
                if start < 0 or (strict and start == 0) or (premise.relation == "=" and start):
                    return range(0)
                continue
            edge = Fraction(-start) / slope
            if slope > 0 or premise.relation == "=":
                least = floor(edge) + 1 if strict else ceil(edge)
                low = least if low is None else max(low, least)
            if slope < 0 or premise.relation == "=":
                most = ceil(edge) - 1 if strict else floor(edge)
                high = most if high is None else min(high, most)
        return None if low is None or high is None else range(low, max(low, high + 1))


def solvable(formula: Exists, at: Exactly) -> bool | None:
    """Whether a linear equation has a solution in a box; None where the formula says something else.

    The sums that the first variables reach are found, then those that the first two reach, and so on.
    """
    names: dict[str, tuple[list[Term], list[Term]]] = {}
    body: Formula = formula
    while isinstance(body, Exists):
        bounds = span(body.name, body.body, forall=False) if body.sort == INT else None
        if bounds is None or body.name in names:
            return None
        names[body.name] = bounds
        body = body.body
    premises = conjuncts(body)
    inside = [p for p in premises if _is_bound(p, names)]
    others = [p for p in premises if p not in inside]
    if len(others) != 1 or len(names) < 2:
        return None
    (equation,) = others
    if not isinstance(equation, Compare) or equation.relation != "=":
        return None
    difference = Plus((equation.left, Times((number(-1), equation.right))))
    if _degree(difference, names.keys()) != 1:
        return None
    keep = dict(at.values)
    try:
        at.values.update(dict.fromkeys(names, 0))
        start = at.value(difference)
        reached = {start}
        for name, (lows, highs) in names.items():
            at.values[name] = 1
            slope = at.value(difference) - start
            at.values[name] = 0
            steps = range(ceil(max(map(at.value, lows))), ceil(min(map(at.value, highs))))
            reached = {r + slope * k for r in reached for k in steps}
        return 0 in reached
    finally:
        at.values.clear()
        at.values.update(keep)


def _degree(term: Term, names: Collection[str]) -> int:
    """1 where a term is linear in some names together, 0 where it has none, more where it is neither."""
    if not free(term) & set(names):
        return 0
    match term:
        case Variable():
            return 1
        case Plus(terms):
            return max(_degree(t, names) for t in terms)
        case Times(terms):
            return sum(_degree(t, names) for t in terms)
        case _:
            return 2


def _is_bound(premise: Formula, names: Mapping[str, object]) -> bool:
    """Whether a premise says no more than that one variable is above or below something fixed."""
    if not isinstance(premise, Compare) or premise.relation == "=":
        return False
    left, right = premise.left, premise.right
    return any(
        isinstance(a, Variable) and a.name in names and not free(b) & names.keys()
        for a, b in ((left, right), (right, left))
    ) and not any(_divides(t) for t in (left, right))
