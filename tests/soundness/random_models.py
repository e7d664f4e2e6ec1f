"""Formulas of the kernel in a random model: plain values, and a value for whatever nobody knows.

What the kernel proves holds for all values of the names, in each commutative ring, and whatever a quotient by
0, a floor by less than 1 and a maximum of nothing may be. A model has some choice of all of these: small
numbers, functions that are tables, the whole numbers modulo some number for the ring.

A quotient is the dividend times the inverse of the divisor, and only the inverse of 0 is not known.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction

from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    INT,
    REAL,
    RING,
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
    Node,
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

MODULI = (2, 3, 4, 6, 10**6)
LONGEST = 40
FUNCTIONS = 12


class Unknown(Exception):
    """A quantifier over more than a short range: plain evaluation cannot tell."""


class Model:
    """Values for all names of a scope, and for what has none."""

    def __init__(self, scope: Mapping[str, Sort], dice: random.Random) -> None:
        self.scope = scope
        self.modulus = dice.choice(MODULI)
        self.salt = dice.random()  # of the next table
        self.floors = dice.random()
        self.no_inverse = Fraction(dice.randint(-3, 3), dice.choice((1, 2)))
        self.nothing = Fraction(dice.randint(-3, 3))
        self.values = {
            name: self.number(sort, dice) for name, sort in scope.items() if not isinstance(sort, Function)
        }
        self.functions = {
            name: self.table(sort.value) for name, sort in scope.items() if isinstance(sort, Function)
        }

    def number(self, sort: str, dice: random.Random) -> Fraction:
        low, high = (0, 4) if dice.random() < 0.5 else (-4, 4)
        value = Fraction(dice.randint(low, high))
        return value / dice.choice((1, 2, 3)) if sort == REAL else value

    def table(self, sort: str) -> Callable[..., Fraction]:
        """A function with random entries, always the same at the same place."""
        salt = random.Random(self.salt).random() + len(sort)
        self.salt = random.Random(self.salt).random()

        def value(*arguments: Fraction) -> Fraction:
            return self.number(sort, random.Random(f"{salt} {arguments}"))

        return value

    def holds(self, formula: Formula, at: Mapping[str, Fraction] | None = None) -> bool:
        """Whether a formula holds here."""
        at = self.values if at is None else at
        match formula:
            case Compare(relation, left, right):
                a, b = self.value(left, at), self.value(right, at)
                functions = {name: Function((INT,), REAL) for name in self.functions}
                scope = {**dict.fromkeys(at, INT), **functions, **self.scope}
                if relation == "=" and RING in (sort_of(left, scope), sort_of(right, scope)):
                    return (a - b) % self.modulus == 0
                return a == b if relation == "=" else a <= b if relation == "<=" else a < b
            case And(parts):
                return all(self.holds(part, at) for part in parts)
            case Or(parts):
                return any(self.holds(part, at) for part in parts)
            case Not(inner):
                return not self.holds(inner, at)
            case Implies(left, right):
                return not self.holds(left, at) or self.holds(right, at)
            case Iff(left, right):
                return self.holds(left, at) == self.holds(right, at)
            case ForAll(name, Function(_, kind), body):
                return self.for_all_functions(name, kind, body, at)
            case ForAll() | Exists():
                ends = ends_of(formula)
                if ends is None:
                    raise Unknown(formula)
                found = [
                    self.holds(formula.body, {**at, formula.name: point}) for point in self.points(*ends, at)
                ]
                return all(found) if isinstance(formula, ForAll) else any(found)

    def for_all_functions(self, name: str, sort: str, body: Formula, at: Mapping[str, Fraction]) -> bool:
        """Whether it holds for some tables: nearly all that does not hold for all functions fails for one."""
        outside = dict(self.functions)
        found: list[bool] = []
        for _ in range(FUNCTIONS):
            self.functions[name] = self.table(sort)
            found.append(self.holds(body, at))
        self.functions = outside
        return all(found)

    def points(self, low: Term, high: Term, at: Mapping[str, Fraction]) -> list[Fraction]:
        """The whole numbers of a range."""
        first, last = self.value(low, at), self.value(high, at)
        if last - first > LONGEST:
            raise Unknown
        return [Fraction(k) for k in range(int(first), int(last))]

    def value(self, term: Term, at: Mapping[str, Fraction]) -> Fraction:
        """What a term is here."""
        match term:
            case Number(value):
                return Fraction(value)
            case Variable(name):
                return at[name]
            case Plus(terms):
                return sum((self.value(part, at) for part in terms), Fraction(0))
            case Times(terms):
                out = Fraction(1)
                for part in terms:
                    out *= self.value(part, at)
                return out
            case Power(base, exponent):
                return self.value(base, at) ** exponent
            case Quotient(top, bottom):
                divisor = self.value(bottom, at)
                return self.value(top, at) * (1 / divisor if divisor else self.no_inverse)
            case Floor(top, bottom):
                dividend, divisor = self.value(top, at), self.value(bottom, at)
                if divisor >= 1:
                    return Fraction(dividend // divisor)
                return self.number(INT, random.Random(f"{self.floors} {dividend} {divisor}"))
            case Call(name, arguments):
                return self.functions[name](*(self.value(a, at) for a in arguments))
            case If(condition, then, otherwise):
                return self.value(then if self.holds(condition, at) else otherwise, at)
            case Sum(index, low, high, guard, body) | Max(index, low, high, guard, body):
                found = [
                    self.value(body, {**at, index: point})
                    for point in self.points(low, high, at)
                    if guard is None or self.holds(guard, {**at, index: point})
                ]
                if isinstance(term, Sum):
                    return sum(found, Fraction(0))
                return max(found, default=self.nothing)


def ends_of(node: ForAll | Exists) -> tuple[Term, Term] | None:
    """The ends of the range that a quantifier speaks of, ``a <= i and i < b``: a premise of what it says of
    all ``i``, also behind quantifiers of the same kind, or a part of what it says of some."""
    name, between = node.name, {node.name}
    body: Node = node.body
    while isinstance(body, ForAll) and isinstance(node, ForAll) and body.name not in between:
        between.add(body.name)
        body = body.body
    if isinstance(node, ForAll):
        if not isinstance(body, Implies):
            return None
        body = body.left
    lows: list[Term] = []
    highs: list[Term] = []
    waiting: list[Node] = [body]
    while waiting:
        match waiting.pop(0):
            case And(parts):
                waiting.extend(parts)
            case Compare("<=", low, Variable(i)) if i == name and not between & free_in_any((low,)):
                lows.append(low)
            case Compare("<", Variable(i), high) if i == name and not between & free_in_any((high,)):
                highs.append(high)
            case _:
                pass
    return (lows[0], highs[0]) if lows and highs else None
