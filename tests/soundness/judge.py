"""Formulas of the kernel as z3 reads them: a judge that shares nothing with the kernel but the terms.

A floor ``a//b`` is a number q with ``b*q <= a < b*q + b`` wherever b >= 1, a quotient ``a/b`` one with
``q*b = a`` wherever b is not 0, and elsewhere nobody knows what they are. Sums are told in one of two ways:

- *unrolled*, as many terms as ``longest`` says; then all ranges are taken to be no longer. Quantifiers over
  ranges are unrolled as well, so that what z3 is asked is without quantifiers, and exact;
- *folded*: a sum is a function of its ends, 0 where these are reversed, and each time one term more. z3 is
  told this for the ends that occur and the two before them, which is what a proof by induction needs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symcnn.kernel.ranges import guard_of
from symcnn.kernel.substitution import substitute
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
    Sort,
    Sum,
    Term,
    Times,
    Variable,
    free_in_any,
)
from symcnn.kernel.writing import write
from tests.oracles import require_oracle
from tests.soundness.random_models import ends_of

z3: Any = require_oracle("z3")
z3util: Any = require_oracle("z3.z3util")

# Numbers of a case that is looked for lie between these.
SMALL = 8


@dataclass(frozen=True)
class Case:
    """Values at which the premises hold and the conclusion does not."""

    values: Mapping[str, Fraction]
    functions: Mapping[str, Callable[..., Fraction]]


@dataclass
class Judge:
    """z3 with what it is told about the terms that it has seen."""

    scope: Mapping[str, Sort]
    longest: int | None = None
    facts: list[Any] = field(default_factory=list[Any])
    path: list[Any] = field(default_factory=list[Any])
    bound: list[Any] = field(default_factory=list[Any])
    folded: set[Any] = field(default_factory=set[Any])
    # Apart from another judge's: what a quotient by 0 is, and all else that nobody knows.
    salt: str = ""

    def __post_init__(self) -> None:
        self.names = {name: _constant(name, sort) for name, sort in self.scope.items()}
        self.floor_of = z3.Function(f"floor{self.salt}", z3.IntSort(), z3.IntSort(), z3.IntSort())
        self.inverse_of = z3.Function(f"inverse{self.salt}", z3.RealSort(), z3.RealSort())

    # -- questions -------------------------------------------------------------------------------------------

    def proves(self, premises: Sequence[Formula], conclusion: Formula, seconds: float = 5) -> bool:
        """Whether no case is left in which the premises hold and the conclusion does not."""
        solver = self.asked(premises, conclusion, seconds)
        return solver.check() == z3.unsat

    def case(self, premises: Sequence[Formula], conclusion: Formula, seconds: float = 5) -> Case | None:
        """A case of small numbers in which the premises hold and not the conclusion, if z3 finds one."""
        solver = self.asked(premises, conclusion, seconds)
        for name, sort in self.scope.items():
            if not isinstance(sort, Function):
                solver.add(self.names[name] <= SMALL, self.names[name] >= -SMALL)
        if solver.check() != z3.sat:
            return None
        model = solver.model()
        values = {
            name: _exact(model.eval(self.names[name], model_completion=True))
            for name, sort in self.scope.items()
            if not isinstance(sort, Function)
        }
        functions = {
            name: self.function(model, name, sort)
            for name, sort in self.scope.items()
            if isinstance(sort, Function)
        }
        return Case(values, functions)

    def asked(self, premises: Sequence[Formula], conclusion: Formula, seconds: float) -> Any:
        """A solver that is told the premises, and that the conclusion does not hold."""
        solver = z3.Solver()
        solver.set("timeout", int(1000 * seconds))
        solver.set("random_seed", 0)
        said = [self.formula(premise, self.names) for premise in premises]
        solver.add(*said, z3.Not(self.formula(conclusion, self.names)))
        solver.add(*self.facts)
        return solver

    def function(self, model: Any, name: str, sort: Function) -> Callable[..., Fraction]:
        """A function of a model, as one of numbers."""

        def value(*arguments: Fraction) -> Fraction:
            given = [_written(a, s) for a, s in zip(arguments, sort.arguments, strict=True)]
            return _exact(model.eval(self.names[name](*given), model_completion=True))

        return value

    # -- terms -----------------------------------------------------------------------------------------------

    def term(self, node: Term, at: Mapping[str, Any]) -> Any:
        match node:
            case Number(value):
                return z3.IntVal(value) if value.denominator == 1 else z3.RealVal(value)
            case Variable(name):
                return at[name]
            case Plus(terms):
                return self.joined(terms, at, lambda a, b: a + b)
            case Times(terms):
                return self.joined(terms, at, lambda a, b: a * b)
            case Power(base, exponent):
                return self.joined((Number(1), *(base for _ in range(exponent))), at, lambda a, b: a * b)
            case Quotient(top, bottom):
                return self.quotient(self.term(top, at), self.term(bottom, at))
            case Floor(top, bottom):
                return self.floor(self.term(top, at), self.term(bottom, at))
            case Call(name, arguments):
                sort = self.scope[name]
                assert isinstance(sort, Function)
                given = [self.term(a, at) for a in arguments]
                return at[name](*(_as(a, s) for a, s in zip(given, sort.arguments, strict=True)))
            case If(condition, then, otherwise):
                holds = self.formula(condition, at)
                with self.where(holds):
                    first = self.term(then, at)
                with self.where(z3.Not(holds)):
                    second = self.term(otherwise, at)
                return z3.If(holds, *_alike(first, second))
            case Sum():
                return self.sum(node, at)
            case Max():
                return self.max(node, at)

    def joined(self, terms: Sequence[Term], at: Mapping[str, Any], join: Callable[[Any, Any], Any]) -> Any:
        out, *more = [self.term(part, at) for part in terms]
        for part in more:
            out = join(*_alike(out, part))
        return out

    def quotient(self, top: Any, bottom: Any) -> Any:
        """``top`` times the inverse of ``bottom``, as the rules of canonical forms have it, 0 included."""
        top, bottom = _as(top, "real"), _as(bottom, "real")
        inverse = self.inverse_of(bottom)
        self.tell(z3.Implies(bottom != 0, inverse * bottom == 1))
        return top * inverse

    def floor(self, top: Any, bottom: Any) -> Any:
        if z3.is_int_value(bottom) and bottom.as_long() >= 1:
            return top / bottom
        out = self.floor_of(top, bottom)
        self.tell(z3.Implies(bottom >= 1, z3.And(bottom * out <= top, top < bottom * out + bottom)))
        return out

    def tell(self, fact: Any) -> None:
        if self.bound and any(seen.eq(value) for seen in z3util.get_vars(fact) for value in self.bound):
            raise NotImplementedError("what a term under a quantifier is cannot be told")
        self.facts.append(fact)

    @contextmanager
    def where(self, condition: Any) -> Generator[None]:
        """What is met inside matters only where this holds."""
        self.path.append(condition)
        yield
        self.path.pop()

    # -- sums and maxima -------------------------------------------------------------------------------------

    def points(self, low: Any, high: Any) -> Iterator[tuple[Any, Any]]:
        """The points of a range that is no longer than the longest, each with whether it is in the range."""
        assert self.longest is not None
        self.tell(z3.Implies(z3.And(*self.path), high - low <= self.longest))
        for k in range(self.longest):
            yield low + k, low + k < high

    def inside(self, node: Sum | Max, at: Mapping[str, Any], point: Any) -> tuple[Any, Any]:
        """The guard and the body at a point."""
        here = {**at, node.index: point}
        guard = self.formula(guard_of(node), here)
        with self.where(guard):
            return guard, self.term(node.body, here)

    def sum(self, node: Sum, at: Mapping[str, Any]) -> Any:
        low, high = self.term(node.low, at), self.term(node.high, at)
        if self.longest is None:
            return self.fold(node, at, low, high, 2)
        out: Any = z3.IntVal(0)
        for point, reached in self.points(low, high):
            with self.where(reached):
                guard, body = self.inside(node, at, point)
            out, term = _alike(out, z3.If(z3.And(reached, guard), *_alike(body, z3.IntVal(0))))
            out = out + term
        return out

    def fold(self, node: Sum, at: Mapping[str, Any], low: Any, high: Any, depth: int) -> Any:
        """A sum as a function of its ends and of all that it speaks of."""
        out = self.of_range(node, at, low, high)
        if depth and (out.get_id(), depth) not in self.folded:
            self.folded.add((out.get_id(), depth))
            before = self.fold(node, at, low, high - 1, depth - 1)
            guard, body = self.inside(node, at, high - 1)
            more = z3.If(guard, *_alike(body, z3.IntVal(0)))
            grown, nothing = _alike(before + _as_like(more, before), z3.IntVal(0))
            self.tell(out == z3.If(high <= low, _as_like(nothing, out), grown))
        return out

    def max(self, node: Max, at: Mapping[str, Any]) -> Any:
        low, high = self.term(node.low, at), self.term(node.high, at)
        out = self.of_range(node, at, low, high)
        if self.longest is None:
            self.tell_of_largest(node, at, low, high, out)
            return out
        found: list[Any] = []
        largest: list[Any] = []
        for point, reached in self.points(low, high):
            with self.where(reached):
                guard, body = self.inside(node, at, point)
            found.append(z3.And(reached, guard))
            largest.append(z3.And(found[-1], body == out))
            self.tell(z3.Implies(found[-1], body <= out))
        self.tell(z3.Implies(z3.Or(*found), z3.Or(*largest)))
        return out

    def tell_of_largest(self, node: Max, at: Mapping[str, Any], low: Any, high: Any, out: Any) -> None:
        """Each term is at most the maximum, and if there is one, one of them is it."""
        i, place = z3.FreshInt("i"), z3.FreshInt("place")
        self.bound.append(i)
        guard, body = self.inside(node, at, i)
        self.bound.pop()
        there, largest = self.inside(node, at, place)
        reached = z3.And(low <= i, i < high, guard)
        at_place = z3.And(low <= place, place < high, there, largest == out)
        self.tell(z3.ForAll([i], z3.Implies(reached, z3.And(body <= out, at_place))))

    def of_range(self, node: Sum | Max, at: Mapping[str, Any], low: Any, high: Any) -> Any:
        """The function that a sum or maximum is, at these ends and values of what it speaks of."""
        # The index has no name there, and no declared name is like this one.
        inner = [substitute(n, {node.index: Variable("@")}) for n in (guard_of(node), node.body)]
        outside = sorted(
            n for n in free_in_any(inner) - {"@"} if not isinstance(self.scope.get(n, INT), Function)
        )
        values = [at[name] for name in outside]
        content = " | ".join(write(n) for n in inner)  # type: ignore[arg-type]
        kind = z3.RealSort() if self.is_real(node, at) else z3.IntSort()
        sorts = [z3.IntSort(), z3.IntSort(), *(value.sort() for value in values), kind]
        return z3.Function(f"{type(node).__name__}{self.salt} {content}", *sorts)(low, high, *values)

    def is_real(self, node: Sum | Max, at: Mapping[str, Any]) -> bool:
        ignored = Judge(self.scope, self.longest)
        return ignored.inside(node, {**ignored.names, **at}, z3.IntVal(0))[1].sort() == z3.RealSort()

    # -- formulas --------------------------------------------------------------------------------------------

    def formula(self, node: Formula, at: Mapping[str, Any]) -> Any:
        match node:
            case Compare(relation, left, right):
                a, b = _alike(self.term(left, at), self.term(right, at))
                return a == b if relation == "=" else a <= b if relation == "<=" else a < b
            case And(parts):
                return z3.And(*self.in_order(parts, at, lambda part: part))
            case Or(parts):
                return z3.Or(*self.in_order(parts, at, z3.Not))
            case Not(inner):
                return z3.Not(self.formula(inner, at))
            case Implies(left, right):
                premise = self.formula(left, at)
                with self.where(premise):
                    return z3.Implies(premise, self.formula(right, at))
            case Iff(left, right):
                return self.formula(left, at) == self.formula(right, at)
            case ForAll() | Exists():
                return self.quantified(node, at)

    def in_order(
        self, parts: Sequence[Formula], at: Mapping[str, Any], reached: Callable[[Any], Any]
    ) -> list[Any]:
        out: list[Any] = []
        for part in parts:
            out.append(self.formula(part, at))
            self.path.append(reached(out[-1]))
        del self.path[len(self.path) - len(parts) :]
        return out

    def quantified(self, node: ForAll | Exists, at: Mapping[str, Any]) -> Any:
        every = isinstance(node, ForAll)
        ends = ends_of(node)
        if self.longest is not None and ends is not None:
            low, high = (self.term(end, at) for end in ends)
            found: list[Any] = []
            for point, reached in self.points(low, high):
                with self.where(reached):
                    found.append((reached, self.formula(node.body, {**at, node.name: point})))
            return (
                z3.And(*(z3.Implies(*one) for one in found))
                if every
                else z3.Or(*(z3.And(*one) for one in found))
            )
        if isinstance(node.sort, Function):
            raise NotImplementedError("a quantifier over functions")
        value = _constant(f"{node.name}!{len(self.bound)}", node.sort)
        self.bound.append(value)
        body = self.formula(node.body, {**at, node.name: value})
        self.bound.pop()
        # z3 does not think of rounding by itself; saying one of all cases twice changes nothing.
        rounded = [z3.ToInt(self.names[n]) + 1 for n, sort in self.scope.items() if sort == "real"]
        cases = [z3.substitute(body, (value, z)) for z in rounded if value.sort() == z.sort()]
        if every:
            return z3.And(z3.ForAll([value], body), *cases)
        return z3.Or(z3.Exists([value], body), *cases)


def _constant(name: str, sort: Sort) -> Any:
    if isinstance(sort, Function):
        return z3.Function(name, *(_sort(s) for s in sort.arguments), _sort(sort.value))
    return z3.Const(name, _sort(sort))


def _sort(sort: str) -> Any:
    """Elements of a ring are told as reals, in which no other polynomial identities hold."""
    return z3.IntSort() if sort == INT else z3.RealSort()


def _as(value: Any, sort: str) -> Any:
    return z3.ToReal(value) if sort != INT and value.sort() == z3.IntSort() else value


def _as_like(value: Any, other: Any) -> Any:
    return z3.ToReal(value) if other.sort() == z3.RealSort() and value.sort() == z3.IntSort() else value


def _alike(a: Any, b: Any) -> tuple[Any, Any]:
    return _as_like(a, b), _as_like(b, a)


def _written(value: Fraction, sort: str) -> Any:
    return z3.IntVal(int(value)) if sort == INT else z3.RealVal(value)


def _exact(value: Any) -> Fraction:
    return Fraction(value.as_long()) if z3.is_int_value(value) else value.as_fraction()
