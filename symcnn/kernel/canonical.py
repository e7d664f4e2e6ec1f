"""Canonical forms: two terms that have the same one are equal, whatever their variables stand for.

A term is a polynomial in *atoms*: variables, entries, floors, cases, sums, maxima, and the inverses of what
is divided by, so that ``a/b`` is ``a`` times the inverse of ``b``. What stands inside an atom is in
canonical form itself, and what a sum or a quantifier binds has no name there: ``sum(i in 0..n) x[i + 1]`` and
``sum(k in 0..n) x[1 + k]`` are one atom. Formulas have canonical forms too.

Equations may be cited as *rewrites*: where the canonical form of the left side is one atom, this atom is
replaced by the right side wherever it stands, inside other atoms as well. An atom that holds a bound name
is never equal to one without, so nothing is captured.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from symcnn.kernel.polynomial import (
    ONE,
    Coefficient,
    Polynomial,
    add_scaled,
    constant,
    multiply,
    scale,
    variable,
)
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    INT,
    RING,
    TRUE,
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
    Sort,
    Sum,
    Term,
    Times,
    Variable,
    number,
)
from symcnn.kernel.writing import short, write

MAX_BITS = 14_000
MAX_WORK = 600_000
USUAL = 1 << 64

Bound: TypeAlias = tuple[tuple[str, Sort], ...]


class Atoms:
    """A number for each atom, the same for the same atom, and the work that is spent on all of them.

    ``of_ring`` holds the atoms that are elements of a ring. All others are numbers, whatever they are
    added to.
    """

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.shown: list[Term] = []
        self.of_ring: set[int] = set()
        self.work = 0

    def number(self, key: Hashable, term: Term, of_ring: bool) -> int:
        """The number of the atom with this canonical content; ``term`` is what messages show for it."""
        found = self.numbers.setdefault(key, len(self.numbers))
        if found == len(self.shown):
            self.shown.append(term)
            if of_ring:
                self.of_ring.add(found)
        return found

    def any_of_ring(self, polynomial: Polynomial) -> bool:
        """Whether an atom of this polynomial is an element of a ring."""
        return any(atom in self.of_ring for monomial in polynomial for atom, _ in monomial)

    def spend(self, work: int) -> None:
        """Count work; too much is refused."""
        self.work += work
        if self.work > MAX_WORK:
            raise Rejected("the terms are too large to compare")

    def show(self, polynomial: Polynomial) -> str:
        """A polynomial as a message shows it."""
        out: list[str] = []
        for monomial, coefficient in list(polynomial.items())[:8]:
            factors = [self._power(atom, exponent) for atom, exponent in monomial]
            out.append("*".join([str(coefficient), *factors]))
        return " + ".join(out) + (" + ..." if len(polynomial) > 8 else "") if out else "0"

    def _power(self, atom: int, exponent: int) -> str:
        shown = write(self.shown[atom])
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        return shown if exponent == 1 else f"({shown})^{exponent}"


class Canonical:
    """Canonical forms in one scope of declared names, with equations cited as rewrites."""

    def __init__(
        self, scope: Mapping[str, Sort], atoms: Atoms | None = None, rewrites: Sequence[Formula] = ()
    ) -> None:
        self.scope = scope
        self.atoms = Atoms() if atoms is None else atoms
        self.replaced: dict[int, Polynomial] = {}
        for equation in rewrites:
            self._rewrite(equation)

    def term(self, term: Term) -> Polynomial:
        """The canonical form of a term."""
        return self._term(term, ())

    def formula(self, formula: Formula) -> Hashable:
        """The canonical form of a formula: two that have the same one hold together or not at all."""
        return self._formula(formula, ())

    def difference(self, left: Term, right: Term) -> Polynomial:
        """The canonical form of ``left - right``."""
        return self._difference(left, right, ())

    def times(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """The product of two canonical forms, if it is not too large."""
        bits = _bits(a), _bits(b)
        # Long numbers and long products take longer.
        length = max(map(len, a), default=0) + max(map(len, b), default=0)
        self.atoms.spend(len(a) * len(b) * (1 + length // 8 + bits[0] * bits[1] // 10_000))
        if sum(bits) > MAX_BITS:
            raise Rejected(f"a number has more than {MAX_BITS} bits")
        return multiply(a, b)

    def _rewrite(self, equation: Formula) -> None:
        """Replace the atom on the left by the right side from now on.

        The right side must fit wherever the left side may stand: a real is not put where a whole number was.
        An equation between elements of a ring says nothing about numbers, so it replaces no number: ``n = 0``
        may hold in a ring for an ``n`` that is not 0.
        """
        if not isinstance(equation, Compare) or equation.relation != "=":
            raise Rejected(f"{short(equation)} is cited as a rewrite and is no equation")
        here, there = sort_of(equation.left, self.scope), sort_of(equation.right, self.scope)
        if there not in (here, INT):
            raise Rejected(f"{short(equation)}: the right side is no {here} and cannot replace the left")
        match list(self.term(equation.left).items()):
            case [(((atom, 1),), 1)] if here != RING or atom in self.atoms.of_ring:
                self.replaced[atom] = self.term(equation.right)
            case _:
                raise Rejected(f"{short(equation)}: the left side is no atom that is still to be replaced")

    def _atom(self, key: Hashable, term: Term, of_ring: bool = False) -> Polynomial:
        atom = self.atoms.number((key, of_ring), term, of_ring)
        return dict(self.replaced[atom]) if atom in self.replaced else variable(atom)

    def _named(self, name: str, bound: Bound) -> tuple[Hashable, Sort]:
        """A free name, or how many binders stand between a bound one and its own; and its sort."""
        for distance, (other, sort) in enumerate(reversed(bound)):
            if other == name:
                return ("bound", distance), sort
        return ("free", name), self.scope[name]

    def _term(self, term: Term, bound: Bound) -> Polynomial:
        self.atoms.spend(1)
        match term:
            case Number(value):
                return constant(value)
            case Variable(name):
                key, sort = self._named(name, bound)
                return self._atom(key, term, sort == RING)
            case Plus(terms):
                out: Polynomial = {}
                for part in terms:
                    self._add(out, self._term(part, bound))
                return out
            case Times(terms):
                out = constant(1)
                for part in terms:
                    out = self.times(out, self._term(part, bound))
                return out
            case Power(base, exponent):
                out, factor = constant(1), self._term(base, bound)
                for _ in range(exponent):
                    out = self.times(out, factor)
                return out
            case Quotient(top, bottom):
                return self.times(self._term(top, bound), self._inverse(bottom, bound))
            case Floor(top, bottom):
                return self._floor(term, self._term(top, bound), self._term(bottom, bound))
            case Call(name, arguments):
                inside = tuple(_frozen(self._term(a, bound)) for a in arguments)
                key, sort = self._named(name, bound)
                of_ring = isinstance(sort, Function) and sort.value == RING
                return self._atom(("entry", key, inside), term, of_ring)
            case If(condition, then, otherwise):
                first, second = self._term(then, bound), self._term(otherwise, bound)
                of_ring = self.atoms.any_of_ring(first) or self.atoms.any_of_ring(second)
                key = ("if", self._formula(condition, bound), _frozen(first), _frozen(second))
                return self._atom(key, term, of_ring)
            case Sum(index, low, high, guard, body) | Max(index, low, high, guard, body):
                kind = "sum" if isinstance(term, Sum) else "max"
                ends = (_frozen(self._term(low, bound)), _frozen(self._term(high, bound)))
                inner: Bound = (*bound, (index, INT))
                condition = self._formula(TRUE if guard is None else guard, inner)
                each = self._term(body, inner)
                key = (kind, *ends, condition, _frozen(each))
                return self._atom(key, term, self.atoms.any_of_ring(each))

    def _add(self, out: Polynomial, terms: Polynomial) -> None:
        self.atoms.spend(len(terms))
        add_scaled(out, terms)

    def _inverse(self, bottom: Term, bound: Bound) -> Polynomial:
        """1 over a number that is not 0; of anything else the atom of its inverse."""
        below = self._term(bottom, bound)
        match list(below.items()):
            case [((), value)]:
                return constant(_whole(1 / Fraction(value)))
            case _:
                return self._atom(("inverse", _frozen(below)), Quotient(number(1), bottom))

    def _floor(self, term: Term, top: Polynomial, bottom: Polynomial) -> Polynomial:
        """A whole number divided by one of at least 1 is computed; anything else is an atom."""
        if set(top) <= {ONE} and set(bottom) == {ONE}:
            value, divisor = top.get(ONE, 0), bottom[ONE]
            if value.denominator == divisor.denominator == 1 and divisor >= 1:
                return constant(value.numerator // divisor.numerator)
        return self._atom(("floor", _frozen(top), _frozen(bottom)), term)

    def _difference(self, left: Term, right: Term, bound: Bound) -> Polynomial:
        out: Polynomial = {}
        self._add(out, self._term(left, bound))
        self._add(out, scale(self._term(right, bound), -1))
        return out

    def _formula(self, formula: Formula, bound: Bound) -> Hashable:
        self.atoms.spend(1)
        match formula:
            case Compare("=", left, right):
                # Equal elements of a ring need not be equal numbers, so the two kinds are kept apart.
                scope = {**self.scope, **dict(bound)}
                kind = "=ring" if RING in (sort_of(left, scope), sort_of(right, scope)) else "="
                between = self._difference(left, right, bound)
                return kind, frozenset((_frozen(between), _frozen(scale(between, -1))))
            case Compare(relation, left, right):
                return relation, _frozen(self._difference(right, left, bound))
            case And(formulas):
                return "and", tuple(self._formula(f, bound) for f in formulas)
            case Or(formulas):
                return "or", tuple(self._formula(f, bound) for f in formulas)
            case Not(inner):
                return "not", self._formula(inner, bound)
            case Implies(left, right):
                return "implies", self._formula(left, bound), self._formula(right, bound)
            case Iff(left, right):
                return "iff", self._formula(left, bound), self._formula(right, bound)
            case ForAll(name, sort, body):
                return "for all", sort, self._formula(body, (*bound, (name, sort)))
            case Exists(name, sort, body):
                return "exists", sort, self._formula(body, (*bound, (name, sort)))


def _frozen(polynomial: Polynomial) -> Hashable:
    return frozenset(polynomial.items())


def _whole(value: Fraction) -> Coefficient:
    return value.numerator if value.denominator == 1 else value


def _bits(polynomial: Polynomial) -> int:
    """The length of the longest number in a polynomial; of usual ones it is not measured."""
    out = 64
    for value in polynomial.values():
        if type(value) is not int or not -USUAL < value < USUAL:
            out = max(out, value.numerator.bit_length(), value.denominator.bit_length())
    return out
