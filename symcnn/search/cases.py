"""A case and what holds in it: exact values, formulas with quantifiers at a glance, and a clock.

``Quick`` is the evaluator of the kernel with a shorter way through sums of equal terms. ``truth`` looks at
formulas with quantifiers too, over small ranges, and says None where it cannot tell. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from symcnn.kernel.evaluation import Evaluator, Exact
from symcnn.kernel.logic import Lambda, negation
from symcnn.kernel.terms import (
    INT,
    And,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Not,
    Or,
    Rejected,
    Sort,
    Sum,
    Term,
    Variable,
    free,
    parts,
)
from symcnn.search.clock import now

Value: TypeAlias = int | Fraction | Lambda
Point: TypeAlias = dict[str, Value]

MAX_RANGE = 40
# Quantifiers inside others are looked at in at most this many points in all.
MAX_LOOKS = 1000
# A claim is looked at in a case of at most this many steps of evaluation; the search has many cases to see.
MAX_CASE = 300_000


class OutOfTime(Exception):
    """The search has used its seconds."""


@dataclass
class Clock:
    """A deadline, looked at now and then."""

    end: float

    @staticmethod
    def of(seconds: float) -> Clock:
        """A clock that runs out after some seconds."""
        return Clock(now() + seconds)

    def look(self) -> None:
        """Stop where the time is over."""
        if now() > self.end:
            raise OutOfTime

    def left(self) -> float:
        """The seconds that are left."""
        return max(0.0, self.end - now())

    def part(self, seconds: float) -> Clock:
        """A clock that runs out earlier."""
        return Clock(min(self.end, now() + seconds))


class Quick(Evaluator):
    """The evaluator of the kernel, which does not walk through sums of equal terms."""

    def __init__(self, values: Mapping[str, Exact] | None = None) -> None:
        super().__init__(values or {})
        self.looks = 0
        self._constant: dict[int, tuple[Sum, bool]] = {}

    def value(self, term: Term) -> Exact:
        """The exact value of a term; ``Rejected`` where it takes too long."""
        if isinstance(term, Sum) and self.is_constant(term):
            low, high = self.value(term.low), self.value(term.high)
            return self._limited(max(0, high - low) * self.value(term.body)) if low < high else 0
        if self.steps > MAX_CASE:
            raise Rejected("this case takes too long")
        return super().value(term)

    def is_constant(self, term: Sum) -> bool:
        """Whether all terms of a sum are the same."""
        found = self._constant.get(id(term))
        if found is None:
            found = term, term.guard is None and term.index not in free(term.body)
            self._constant[id(term)] = found
        return found[1]

    def set(self, name: str, value: Value) -> None:
        """Give a name its value."""
        if isinstance(value, Lambda):
            self.functions[name] = as_function(value)
        else:
            self.values[name] = value


@lru_cache(maxsize=200)
def as_function(value: Lambda) -> Callable[..., Exact]:
    """A function that remembers what it found."""
    known: dict[tuple[Exact, ...], Exact] = {}

    def call(*arguments: Exact) -> Exact:
        if arguments not in known:
            inner = {
                name: a.numerator if a.denominator == 1 else a
                for name, a in zip(value.parameters, arguments, strict=True)
            }
            known[arguments] = Evaluator(inner).value(value.body)
        return known[arguments]

    return call


def whole(value: Exact) -> Exact:
    """The same number, as an int where it is whole."""
    return value.numerator if value.denominator == 1 else value


def quantified(node: Formula | Term) -> bool:
    """Whether a quantifier stands somewhere inside."""
    return isinstance(node, ForAll | Exists) or any(quantified(part) for part in parts(node))


def conjuncts(formula: Formula) -> list[Formula]:
    """The parts of an "and", and of those inside it."""
    if isinstance(formula, And):
        return [inner for part in formula.parts for inner in conjuncts(part)]
    return [formula]


def alternatives(formula: Formula) -> list[Formula]:
    """The parts of an "or", and of those inside it."""
    if isinstance(formula, Or):
        return [inner for part in formula.parts for inner in alternatives(part)]
    return [formula]


@dataclass
class Problem:
    """Names with their sorts, and the formulas that have to hold for them."""

    names: dict[str, Sort]
    conditions: list[Formula]
    # The names of functions that are defined, with what makes a function of the values of the others.
    defined: Mapping[str, Callable[[Quick], Callable[..., Exact]]] = field(default_factory=dict)

    @staticmethod
    def of(goal: Formula) -> Problem:
        """What has to be found to prove "exists"; an "exists" inside an "and" belongs to it."""
        names: dict[str, Sort] = {}
        while isinstance(goal, Exists):
            names[goal.name] = goal.sort
            goal = goal.body
        problem = Problem(names, [])
        problem.add(goal)
        return problem

    def add(self, formula: Formula) -> None:
        """Add a condition; what it says exists becomes a name of the problem."""
        for part in conjuncts(formula):
            if isinstance(part, Exists) and part.name not in self.names:
                self.names[part.name] = part.sort
                self.add(part.body)
            else:
                self.conditions.append(part)


def truth(formula: Formula, at: Quick) -> bool | None:
    """Whether a formula holds at a point; None where that is not clear at a glance."""
    match formula:
        case And(formulas):
            return _joined((truth(part, at) for part in formulas), stop=False)
        case Or(formulas):
            return _joined((truth(part, at) for part in formulas), stop=True)
        case Not(inner):
            found = truth(inner, at)
            return None if found is None else not found
        case Implies(left, right):
            first = truth(left, at)
            return (
                True
                if first is False
                else _joined((None if first is None else False, truth(right, at)), True)
            )
        case Iff(left, right):
            first, second = truth(left, at), truth(right, at)
            return None if first is None or second is None else first == second
        case ForAll(name, sort, body):
            return _over(name, sort, body, at, stop=False)
        case Exists(name, sort, body):
            return _over(name, sort, body, at, stop=True)
        case Compare():
            return at.holds(formula)


def _joined(found: Iterator[bool | None] | Sequence[bool | None], stop: bool) -> bool | None:
    out: bool | None = not stop
    for one in found:
        if one is stop:
            return stop
        if one is None:
            out = None
    return out


def _over(name: str, sort: Sort, body: Formula, at: Quick, stop: bool) -> bool | None:
    """A quantifier: over its range if it has one, else at a few points."""
    if isinstance(sort, Function):
        return None
    before = at.values.get(name)
    try:
        span = range_of(name, body, at, forall=not stop) if sort == INT else None
        values = (0, 1, 2, -1, 3) if span is None else span
        out: bool | None = None if span is None else not stop
        for value in values:
            at.looks += 1
            if at.looks > MAX_LOOKS:
                return None
            at.values[name] = value
            found = truth(body, at)
            if found is stop:
                return stop
            if found is None:
                out = None
        return out
    finally:
        if before is None:
            at.values.pop(name, None)
        else:
            at.values[name] = before


def premises_under(body: Formula, forall: bool) -> tuple[list[Formula], set[str]]:
    """What a formula under a quantifier is bound to, and the names that further quantifiers bind."""
    premises: list[Formula] = []
    inner: set[str] = set()
    if not forall:
        while isinstance(body, Exists):
            inner.add(body.name)
            body = body.body
        return conjuncts(body), inner
    while isinstance(body, Implies | ForAll):
        if isinstance(body, ForAll):
            inner.add(body.name)
            body = body.body
        else:
            premises += conjuncts(body.left)
            body = body.right
    return [*premises, *(negation(part) for part in alternatives(body) if isinstance(part, Compare))], inner


def range_of(name: str, body: Formula, at: Quick, forall: bool) -> range | None:
    """The whole numbers outside of which a formula under a quantifier says nothing, if they are few."""
    premises, inner = premises_under(body, forall)
    bound = {name, *inner}
    low: int | None = None
    high: int | None = None
    for premise in premises:
        if not isinstance(premise, Compare):
            continue
        for left, side in ((premise.left, 1), (premise.right, -1)):
            other = premise.right if side == 1 else premise.left
            if left != Variable(name) or free(other) & bound or not free(other) <= at.values.keys():
                continue
            number = at.value(other)
            edge = (
                -(-number.numerator // number.denominator)
                if side == -1
                else number.numerator // number.denominator
            )
            strict = premise.relation == "<" and number.denominator == 1
            if side == 1 or premise.relation == "=":
                edge_ = edge - strict + 1
                high = edge_ if high is None else min(high, edge_)
            if side == -1 or premise.relation == "=":
                edge_ = edge + strict
                low = edge_ if low is None else max(low, edge_)
    if low is None or high is None or high - low > MAX_RANGE:
        return None
    return range(low, max(low, high))


def recursion(definitions: Sequence[Formula]) -> dict[str, Callable[[Quick], Callable[..., Exact]]]:
    """Functions that are defined along their first argument, from the two equations of each."""
    out: dict[str, Callable[[Quick], Callable[..., Exact]]] = {}
    for start, step in zip(definitions[::2], definitions[1::2], strict=True):
        indices, first = _equation(start)
        names, next_ = _equation(step)
        if not names or not isinstance(first.left, Call):
            raise Rejected("no definition along a first argument")
        time_, *others = names
        if first.left.name not in out:
            out[first.left.name] = _defined(first.left.name, indices, first.right, time_, others, next_.right)
    return out


def _equation(formula: Formula) -> tuple[list[str], Compare]:
    names: list[str] = []
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, ForAll):
            names.append(formula.name)
            formula = formula.body
        else:
            formula = formula.right
    if not isinstance(formula, Compare):
        raise Rejected("a definition is an equation")
    return names, formula


def _defined(
    name: str, indices: list[str], start: Term, time_: str, others: list[str], step: Term
) -> Callable[[Quick], Callable[..., Exact]]:
    def make(at: Quick) -> Callable[..., Exact]:
        known: dict[tuple[Exact, ...], Exact] = {}

        def call(t: Exact, *rest: Exact) -> Exact:
            key = (t, *rest)
            if key not in known:
                if t < 0 or t > 500 or t.denominator != 1:
                    raise Rejected(f"{name} is defined from 0 on")
                names = dict(zip(indices if t == 0 else others, map(whole, rest), strict=True))
                if t > 0:
                    names[time_] = t.numerator - 1
                inner = Quick({**at.values, **names})
                inner.functions = at.functions
                known[key] = inner.value(start if t == 0 else step)
            return known[key]

        return call

    return make
