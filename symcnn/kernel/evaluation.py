"""Exact values of terms and formulas at given numbers: how a counterexample is checked.

Whole numbers and fractions only, no floats. Quantifiers, quotients by zero, floors by less than 1 and maxima
of nothing have no value: they raise ``Rejected``. Work is limited; a sum over too many points is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
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
)

MAX_STEPS = 2_000_000
# So that Python can print each number.
MAX_BITS = 14_000

Exact: TypeAlias = int | Fraction
Values: TypeAlias = Mapping[str, Exact]
# Functions are given fractions, whole or not.
Functions: TypeAlias = Mapping[str, Callable[..., Exact]]


class Evaluator:
    """Evaluates under one assignment of numbers to variables and of functions to names."""

    def __init__(self, values: Values, functions: Functions | None = None) -> None:
        self.values = {name: self._exact(value, name) for name, value in values.items()}
        self.functions = dict(functions or {})
        self.steps = 0

    def holds(self, formula: Formula) -> bool:
        """Whether a formula without quantifiers is true; its parts are evaluated until it is decided."""
        self._count()
        match formula:
            case Compare("=", left, right):
                return self.value(left) == self.value(right)
            case Compare("<=", left, right):
                return self.value(left) <= self.value(right)
            case Compare("<", left, right):
                return self.value(left) < self.value(right)
            case Compare(relation, _, _):
                raise Rejected(f"evaluate: {relation!r} is no relation")
            case And(parts):
                return all(self.holds(part) for part in parts)
            case Or(parts):
                return any(self.holds(part) for part in parts)
            case Not(inner):
                return not self.holds(inner)
            case Implies(left, right):
                return not self.holds(left) or self.holds(right)
            case Iff(left, right):
                return self.holds(left) == self.holds(right)
            case ForAll() | Exists():
                raise Rejected("evaluate: a quantifier has no value; give an instance or a proof")

    def value(self, term: Term) -> Exact:
        """The exact value of a term."""
        self._count()
        match term:
            case Number(value):
                return value
            case Variable(name):
                if name not in self.values:
                    raise Rejected(f"evaluate: no value is given for {name}")
                return self.values[name]
            case Plus(terms):
                out: Exact = 0
                for part in terms:
                    out = self._limited(out + self.value(part))
                return out
            case Times(terms):
                out = 1
                for part in terms:
                    out = self._limited(out * self.value(part))
                return out
            case Power(base, exponent):
                return self._power(self.value(base), exponent)
            case Quotient(top, bottom):
                divisor = self.value(bottom)
                if divisor == 0:
                    raise Rejected("evaluate: a quotient divides by 0")
                return self._limited(Fraction(self.value(top)) / divisor)
            case Floor(top, bottom):
                return self._floor(self.value(top), self.value(bottom))
            case Call(name, arguments):
                return self._call(name, [self.value(a) for a in arguments])
            case If(condition, then, otherwise):
                return self.value(then if self.holds(condition) else otherwise)
            case Sum():
                out = 0
                for found in self._points(term):
                    out = self._limited(out + found)
                return out
            case Max():
                largest: Exact | None = None
                for found in self._points(term):
                    largest = found if largest is None else max(largest, found)
                if largest is None:
                    raise Rejected("evaluate: a maximum of nothing has no value")
                return largest

    def _power(self, base: Exact, exponent: int) -> Exact:
        if _bits(base) * exponent > MAX_BITS:
            raise Rejected(f"evaluate: a power has more than {MAX_BITS} bits")
        return self._limited(base**exponent)

    def _floor(self, top: Exact, bottom: Exact) -> Exact:
        if top.denominator != 1 or bottom.denominator != 1 or bottom < 1:
            raise Rejected(f"evaluate: {top} // {bottom} needs whole numbers and a divisor of at least 1")
        return top.numerator // bottom.numerator

    def _call(self, name: str, arguments: list[Exact]) -> Exact:
        if name not in self.functions:
            raise Rejected(f"evaluate: no values are given for {name}")
        return self._exact(self.functions[name](*map(Fraction, arguments)), name)

    def _points(self, term: Sum | Max) -> Iterator[Exact]:
        """The values of the body, one for each point of the range where the guard holds."""
        low, high = self.value(term.low), self.value(term.high)
        if low.denominator != 1 or high.denominator != 1:
            raise Rejected(f"evaluate: the range {low}..{high} needs whole numbers")
        outside = self.values.get(term.index)
        for k in range(low.numerator, high.numerator):
            self._count()
            self.values[term.index] = k
            if term.guard is None or self.holds(term.guard):
                yield self.value(term.body)
        # A refusal inside ends the whole evaluation, so only the ordinary end puts the outer value back.
        if outside is None:
            self.values.pop(term.index, None)
        else:
            self.values[term.index] = outside

    def _exact(self, value: object, name: str) -> Exact:
        """A given value, which must be a whole number or a fraction, no float and no truth value."""
        if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
            raise Rejected(f"evaluate: {name} has the value {value!r}, which is no int and no Fraction")
        return value

    def _limited(self, value: Exact) -> Exact:
        bits = _bits(value)
        if bits > MAX_BITS:
            raise Rejected(f"evaluate: a number has more than {MAX_BITS} bits")
        # Arithmetic on long numbers takes longer.
        self._count(bits * bits // 100_000)
        return value

    def _count(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise Rejected(f"evaluate: more than {MAX_STEPS} steps")


def _bits(value: Exact) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())
