"""Larger points of a problem, from z3: where a counterexample needs numbers that no small box holds.

What z3 cannot be told, such as most sums and tensors, is left out of what it is asked, so each model is only
a suggestion. z3 need not be installed; without it there are no suggestions. The largest value of a model is
made smaller as far as z3 finds a model for it in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symcnn.kernel.terms import (
    INT,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    Implies,
    Max,
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
)
from symcnn.search.cases import Clock, Point, Problem, Quick, Value, truth, whole

MODELS = 8
RLIMIT = 20_000_000
MILLISECONDS = 1500
MAX_UNROLLED = 30


def larger_points(problem: Problem, clock: Clock) -> Iterator[Point]:
    """Points that z3 suggests and that satisfy all conditions, as far as can be seen at a glance."""
    if any(isinstance(sort, Function) for sort in problem.names.values()) or problem.defined:
        return
    try:
        import z3  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        return
    yield from _Models(z3, problem, clock).points()


class _Untold(Exception):
    """What cannot be said to z3."""


class _Models:
    """One problem as z3 sees it. The module has no types, so neither have the terms here."""

    def __init__(self, z3: Any, problem: Problem, clock: Clock) -> None:
        self.z3 = z3
        self.problem = problem
        self.clock = clock
        self.variables: dict[str, Any] = {
            name: z3.Int(name) if sort == INT else z3.Real(name) for name, sort in problem.names.items()
        }
        self.solver = z3.Solver()
        self.solver.set("rlimit", RLIMIT)
        self.solver.set("random_seed", 0)
        self.bound = z3.Int("largest")
        self.told: dict[int, tuple[Term, Any]] = {}
        for variable in self.variables.values():
            self.solver.add(variable <= self.bound, -self.bound <= variable)

    def points(self) -> Iterator[Point]:
        for condition in self.problem.conditions:
            self.tell(condition)
        if not self.variables:
            return
        for _ in range(MODELS):
            self.clock.look()
            point = self.smallest()
            if point is None:
                return
            if self.confirmed(point):
                yield point
            self.solver.add(self.z3.Or([self.variables[n] != self.constant(v) for n, v in point.items()]))

    def tell(self, condition: Formula) -> None:
        """Tell z3 a condition, or leave it out."""
        try:
            self.solver.add(self.formula(condition, self.variables))
        except (_Untold, Rejected):
            return

    def smallest(self) -> Point | None:
        """A model whose largest value is as small as z3 can make it in time."""
        best = self.model(None)
        if best is None:
            return None
        low, high = -1, self.largest(best)
        while high - low > 1:
            middle = (low + high) // 2
            found = self.model(middle)
            if found is None:
                low = middle
            else:
                best, high = found, min(middle, self.largest(found))
        return self.simpler(best, high)

    def simpler(self, best: Point, largest: int) -> Point:
        """The same point with as many of 0, 1 and other small numbers in it as z3 finds, name by name."""
        self.solver.push()
        self.solver.add(self.bound <= largest)
        for name, variable in self.variables.items():
            for value in (0, 1, -1, 2):
                if best[name] == value:
                    break
                self.solver.push()
                self.solver.add(variable == value)
                found = self.model(None)
                self.solver.pop()
                if found is not None:
                    best = found
                    break
            self.solver.add(variable == self.constant(best[name]))
        self.solver.pop()
        return best

    def largest(self, point: Point) -> int:
        return max(
            int(abs(v)) + (v.denominator != 1) for v in point.values() if isinstance(v, int | Fraction)
        )

    def model(self, largest: int | None) -> Point | None:
        """A model without larger values."""
        self.clock.look()
        self.solver.set("timeout", int(min(MILLISECONDS, max(1, 400 * self.clock.left()))))
        asked = [] if largest is None else [self.bound <= largest]
        if self.solver.check(*asked) != self.z3.sat:
            return None
        model = self.solver.model()
        out: Point = {}
        for name, variable in self.variables.items():
            value = model.eval(variable, model_completion=True)
            if self.z3.is_int_value(value):
                out[name] = value.as_long()
            elif self.z3.is_rational_value(value):
                out[name] = whole(Fraction(value.numerator_as_long(), value.denominator_as_long()))
            else:
                return None
        return out

    def confirmed(self, point: Point) -> bool:
        at = Quick()
        for name, value in point.items():
            at.set(name, value)
        for condition in self.problem.conditions:
            at.steps = at.looks = 0
            try:
                if truth(condition, at) is False:
                    return False
            except Rejected:
                return False
        return True

    # -- terms and formulas ----------------------------------------------------------------------------------

    def constant(self, value: Value) -> Any:
        if isinstance(value, int):
            return self.z3.IntVal(value)
        if isinstance(value, Fraction):
            return self.z3.Q(value.numerator, value.denominator)
        raise _Untold

    def formula(self, formula: Formula, names: dict[str, Any]) -> Any:
        z3 = self.z3
        match formula:
            case Compare(relation, left, right):
                a, b = self.term(left, names), self.term(right, names)
                return a == b if relation == "=" else a <= b if relation == "<=" else a < b
            case And(formulas):
                return z3.And([self.formula(f, names) for f in formulas])
            case Or(formulas):
                return z3.Or([self.formula(f, names) for f in formulas])
            case Not(inner):
                return z3.Not(self.formula(inner, names))
            case Implies(left, right):
                return z3.Implies(self.formula(left, names), self.formula(right, names))
            case Iff(left, right):
                return self.formula(left, names) == self.formula(right, names)
            case ForAll() | Exists():
                raise _Untold

    def term(self, term: Term, names: dict[str, Any]) -> Any:
        """A term as z3 has it; one that stands in many places, as an abbreviation does, is built once."""
        if names is not self.variables:
            return self.built(term, names)
        known = self.told.get(id(term))
        if known is None:
            known = self.told[id(term)] = term, self.built(term, names)
        return known[1]

    def built(self, term: Term, names: dict[str, Any]) -> Any:
        z3 = self.z3
        self.clock.look()
        match term:
            case Number(value):
                return self.constant(value)
            case Variable(name):
                return names[name]
            case Plus(terms):
                return z3.Sum([self.term(t, names) for t in terms])
            case Times(terms):
                return z3.Product([self.term(t, names) for t in terms])
            case Power(base, exponent):
                return z3.Product([self.term(base, names)] * exponent) if exponent else z3.IntVal(1)
            case Quotient(top, bottom):
                return z3.ToReal(z3.IntVal(1)) * self.term(top, names) / self.real(self.term(bottom, names))
            case Floor(top, bottom):
                return self.floor(self.term(top, names), self.term(bottom, names))
            case If(condition, then, otherwise):
                return z3.If(
                    self.formula(condition, names), self.term(then, names), self.term(otherwise, names)
                )
            case Sum():
                return self.sum(term, names)
            case Call() | Max():
                raise _Untold

    def real(self, term: Any) -> Any:
        return self.z3.ToReal(term) if self.z3.is_int(term) else term

    def floor(self, top: Any, bottom: Any) -> Any:
        """The quotient of whole numbers with the remainder from 0 to the divisor."""
        quotient, rest = self.z3.FreshInt("q"), self.z3.FreshInt("r")
        self.solver.add(top == bottom * quotient + rest, rest >= 0, rest < bottom, bottom >= 1)
        return quotient

    def sum(self, term: Sum, names: dict[str, Any]) -> Any:
        """A sum of equal terms, or one over a range that is given and small."""
        z3 = self.z3
        if term.guard is None and term.index not in free(term.body):
            count = self.term(term.high, names) - self.term(term.low, names)
            return z3.If(count > 0, count, 0) * self.term(term.body, names)
        low, high = Quick().value(term.low), Quick().value(term.high)
        if high - low > MAX_UNROLLED:
            raise _Untold
        added = [z3.IntVal(0)]
        for k in range(int(low), int(high)):
            inner = {**names, term.index: z3.IntVal(k)}
            body = self.term(term.body, inner)
            added.append(body if term.guard is None else z3.If(self.formula(term.guard, inner), body, 0))
        return z3.Sum(added)
