"""Whole numbers that exist under linear bounds, chosen one after the other.

Names are eliminated as Fourier and Motzkin do it: one that an equation gives is put in, and of the bounds of
any other those remain that leave room for a whole number. In the opposite order each name is chosen as the
least of its upper bounds, or the largest of its lower ones, case by case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, product
from math import floor, gcd, lcm
from typing import TYPE_CHECKING, TypeAlias

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import Polynomial, add, constant, multiply, scale
from symcnn.kernel.ranges import guard_of, with_index
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    INT,
    ONE,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Number,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.facts import Found, conjunction, parts_of
from symcnn.search.products import atoms_of

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

MAX_NAMES = 30
MAX_BOUNDS = 24
MAX_CORNERS = 64

# The factor of a name, at least 1, and the rest of a bound.
Bound: TypeAlias = tuple[Polynomial, Polynomial]


@dataclass(frozen=True)
class Chosen:
    """A name: the ``value`` that an equation gives it, or ``bounds``, polynomials that are not negative."""

    name: str
    value: Term | None
    bounds: tuple[Polynomial, ...] = ()


@dataclass
class Elimination:
    """Names of whole numbers that shall exist, and what is asked of them as polynomials in atoms."""

    search: Search
    sequent: Sequent
    names: list[str]
    body: Formula
    atoms: Atoms = field(default_factory=Atoms)
    equations: list[Polynomial] = field(default_factory=list[Polynomial])
    bounds: list[Polynomial] = field(default_factory=list[Polynomial])
    others: list[Formula] = field(default_factory=list[Formula])
    chosen: list[Chosen] = field(default_factory=list[Chosen])
    positive: dict[Term, str] = field(default_factory=dict[Term, str])

    @classmethod
    def of(cls, search: Search, sequent: Sequent) -> Elimination | None:
        """The problem that a goal "exists" poses, if it is one of whole numbers under linear bounds."""
        at, goal, names = sequent, sequent.goal, list[str]()
        while isinstance(goal, Exists) and goal.sort == INT and len(names) < MAX_NAMES:
            name = search.name(at, goal.name)
            at, goal = logic.obtain(at, goal, name)
            names.append(name)
        found = cls(search, sequent, names, goal)
        return found if names and found.read(at) else None

    def read(self, at: Sequent) -> bool:
        """Take the parts of the body as equations and bounds; whether all of them are linear in the names."""
        canonical = Canonical(at.scope, self.atoms)
        self.places = {name: _atom(canonical, name) for name in self.names}
        for _, part in parts_of("", self.body):
            if isinstance(part, ForAll):
                # What is asked for besides is shown of what the bounds lead to.
                self.others.append(part)
                continue
            if not isinstance(part, Compare) or any(
                sort_of(side, at.scope) != INT for side in (part.left, part.right)
            ):
                return False
            value = canonical.difference(part.right, part.left)
            if part.relation == "=":
                self.equations.append(value)
            else:
                self.bounds.append(add(value, constant(-1)) if part.relation == "<" else value)
        hidden = set(self.places.values())
        for value in (*self.equations, *self.bounds):
            for monomial in value:
                inside = [atom for atom, _ in monomial if set(self.names) & free(self.atoms.shown[atom])]
                if (
                    len(inside) > 1
                    or any((atom, 1) not in monomial for atom in inside)
                    or set(inside) - hidden
                ):
                    return False
        return True

    # -- elimination -----------------------------------------------------------------------------------------

    def eliminated(self) -> bool:
        """Eliminate all names; whether nothing that is left is false."""
        left = list(self.names)
        while left:
            self.search.check_time()
            if not self.tidy():
                return False
            if self.solved(left):
                continue
            if self.equations and self.cornered(left):
                continue
            for value in self.equations:
                self.bounds += [value, scale(value, -1)]
            self.equations = []
            if not self.tidy():
                return False
            name = min(left, key=lambda name: (self.weight(name), -self.names.index(name)))
            if not self.projected(name):
                return False
            left.remove(name)
        return self.tidy()

    def tidy(self) -> bool:
        """Bounds without common factors, of parallel ones the narrowest; whether none of them is false."""
        narrowest: dict[frozenset[tuple[object, object]], Polynomial] = {}
        for value in map(narrowed, self.bounds):
            key = frozenset((m, c) for m, c in value.items() if m != UNIT)
            if not key:
                if value.get(UNIT, 0) < 0:
                    return False
                continue
            if key not in narrowest or value.get(UNIT, 0) < narrowest[key].get(UNIT, 0):
                narrowest[key] = value
        self.bounds = list(narrowest.values())
        return len(self.bounds) <= MAX_BOUNDS * len(self.names)

    def solved(self, left: list[str]) -> bool:
        """Put in what an equation gives for a name with the factor 1 or -1, if there is one."""
        for name in reversed(left):
            place = self.places[name]
            for value in self.equations:
                factor, rest = apart(value, place)
                if factor not in ({UNIT: 1}, {UNIT: -1}):
                    continue
                solution = scale(rest, -factor[UNIT])
                self.equations = [put(e, place, solution) for e in self.equations if e is not value]
                self.equations = [e for e in self.equations if e]
                self.bounds = [put(bound, place, solution) for bound in self.bounds]
                self.chosen.append(Chosen(name, term_of(solution, self.atoms)))
                left.remove(name)
                return True
        return False

    def cornered(self, left: list[str]) -> bool:
        """Give each name the value of one of its own bounds such that all equations hold, if that is so."""
        corners = list(islice(product(*(self.ends(name) for name in left)), MAX_CORNERS))
        for corner in corners:
            self.search.check_time()
            values = list(zip(left, corner, strict=True))
            equations, bounds = self.equations, self.bounds
            for name, value in values:
                place = self.places[name]
                equations = [put(e, place, value) for e in equations]
                bounds = [put(bound, place, value) for bound in bounds]
            if not any(equations):
                self.equations, self.bounds = [], bounds
                self.chosen += [Chosen(name, term_of(value, self.atoms)) for name, value in values]
                left.clear()
                return True
        return False

    def ends(self, name: str) -> list[Polynomial]:
        """The bounds for a name that speak of no other one."""
        out: list[Polynomial] = []
        for bound in self.bounds:
            factor, rest = apart(bound, self.places[name])
            if factor in ({UNIT: 1}, {UNIT: -1}) and not atoms_of(rest) & set(self.places.values()):
                out.append(scale(rest, -factor[UNIT]))
        return out

    def weight(self, name: str) -> tuple[int, Fraction]:
        """How little is known of what is left when a name is eliminated: factors that are not 1."""
        factors = [apart(bound, self.places[name])[0] for bound in self.bounds]
        symbols = sum(set(factor) - {UNIT} != set() for factor in factors)
        return symbols, max((Fraction(abs(f.get(UNIT, 0))) for f in factors), default=Fraction(0))

    def projected(self, name: str) -> bool:
        """Eliminate a name from the bounds: each lower one has to be below each upper one."""
        found = self.sides(self.bounds, self.places[name])
        if found is None:
            return False
        lower, upper, rest = found
        mine = tuple(bound for bound in self.bounds if apart(bound, self.places[name])[0])
        self.chosen.append(Chosen(name, None, mine))
        self.bounds = rest + [between(low, high) for low in lower for high in upper]
        return True

    def sides(
        self, bounds: Sequence[Polynomial], place: int
    ) -> tuple[list[Bound], list[Bound], list[Polynomial]] | None:
        """The bounds a*x + r >= 0 and r - a*x >= 0 as (a, r) with a >= 1, and those without x."""
        lower: list[Bound] = []
        upper: list[Bound] = []
        rest: list[Polynomial] = []
        for bound in bounds:
            factor, other = apart(bound, place)
            if not factor:
                rest.append(bound)
            elif self.is_positive(factor):
                lower.append((factor, other))
            elif self.is_positive(scale(factor, -1)):
                upper.append((scale(factor, -1), other))
            else:
                return None
        return lower, upper, rest

    def is_positive(self, value: Polynomial) -> bool:
        """Whether a factor is shown to be at least 1; the proofs of those that are are kept."""
        if set(value) <= {UNIT}:
            return value.get(UNIT, 0) > 0
        if any(c < 0 for c in value.values()) and not any(c > 0 for c in value.values()):
            return False
        term = term_of(value, self.atoms)
        if free(term) & set(self.names):
            return False
        if term not in self.positive:
            proof = self.search.prove(self.sequent.showing(Compare("<=", ONE, term)), 0)
            if proof is None:
                return False
            self.positive[term] = proof
        return True

    # -- choice ----------------------------------------------------------------------------------------------

    def proof(self) -> str | None:
        """The choice of all names in steps, and the proof that they are what was asked for."""
        at, steps = self.sequent, list[str]()
        for term, proof in self.positive.items():
            label = self.search.label(at, "s")
            known = Compare("<=", ONE, term)
            if not isinstance(term, Variable):
                steps.append(f"have {label} : {write(known)} {{ {proof} }}")
                at = at.knowing(label, known)
        before, values = at, dict[str, Term]()
        for choice in reversed(self.chosen):
            if choice.value is not None:
                values[choice.name] = choice.value
                continue
            values[choice.name] = Variable(choice.name)
            exists = Exists(choice.name, INT, conjunction([self.comparison(b) for b in choice.bounds]))
            proof = self.one(near(at, before, 2).showing(exists), exists, choice)
            if proof is None:
                return None
            label = self.search.label(at, "c")
            at, known = logic.obtain(at, exists, choice.name)
            new = self.search.label(at, "c")
            at = at.knowing(new, known)
            steps.append(
                f"have {label} : {write(exists)} {{ {proof} }} obtain {choice.name}, {new} from {label}"
            )
        last = self.given(at.showing(self.sequent.goal), [values[name] for name in self.names])
        return None if last is None else " ".join([*steps, last])

    def given(self, at: Sequent, values: Sequence[Term]) -> str | None:
        """The witnesses for all names, and what is left."""
        steps: list[str] = []
        for value in values:
            if not isinstance(at.goal, Exists):
                return None
            steps.append(f"witness {at.goal.name} = {write(value)}")
            at = logic.witness(at, at.goal.name, value)
        last = self.search.prove(at, 1 if self.others else 0)
        return None if last is None else " ".join([*steps, last])

    def comparison(self, value: Polynomial) -> Formula:
        """A polynomial is not negative, without a minus."""
        sides = [
            term_of({m: abs(c) for m, c in value.items() if c * sign > 0}, self.atoms) for sign in (-1, 1)
        ]
        return Compare("<=", sides[0], sides[1])

    def one(self, at: Sequent, exists: Exists, choice: Chosen) -> str | None:
        """The proof that there is a value for one name: a bound, by cases of which one is the narrowest."""
        found = self.sides(choice.bounds, self.places[choice.name])
        if found is None:
            return None
        lower = [ceiling(term_of(r, self.atoms), term_of(a, self.atoms)) for a, r in found[0]]
        upper = [quotient(term_of(r, self.atoms), term_of(a, self.atoms)) for a, r in found[1]]
        # What a quotient is stands once before the cases, and not in each of them.
        known = Found(at)
        if upper and (not lower or len(upper) <= len(lower)):
            self.described(known, found[1])
            last = self.narrowest(known.sequent, exists, upper, "<=")
        else:
            self.described(known, found[0])
            last = self.narrowest(known.sequent, exists, lower or [Number(0)], ">=")
        return None if last is None else " ".join([*known.steps, last])

    def described(self, found: Found, bounds: Sequence[Bound]) -> None:
        """Add what the quotients in bounds are."""
        for factor, rest in bounds:
            top, bottom = term_of(rest, self.atoms), term_of(factor, self.atoms)
            if bottom != ONE:
                self.search.law(found, "f", "floor", top, bottom)

    def narrowest(self, at: Sequent, exists: Exists, values: Sequence[Term], relation: str) -> str | None:
        """The first of some values where it is the narrowest, else one of the others."""
        self.search.check_time()
        first = values[0]
        if len(values) == 1:
            last = self.search.prove(logic.witness(at, exists.name, first), 0)
            return None if last is None else f"witness {exists.name} = {write(first)} {last}"
        second = values[1]
        below = Compare("<=", first, second) if relation == "<=" else Compare("<=", second, first)
        label = self.search.label(at, "d")
        one, other = logic.decide(at, below, label)
        blocks = [
            self.narrowest(one, exists, [first, *values[2:]], relation),
            self.narrowest(other, exists, values[1:], relation),
        ]
        if None in blocks:
            return None
        return f"decide {write(below)} as {label} {{ {blocks[0]} }} {{ {blocks[1]} }}"


def chosen(search: Search, sequent: Sequent) -> str | None:
    """Steps that choose the whole numbers that a goal "exists" asks for, or None."""
    try:
        found = Elimination.of(search, sequent)
        if found is None or not found.eliminated():
            return None
        return found.proof()
    except Rejected:
        return None


def without_names(search: Search, found: Found, total: Sum) -> Sum | None:
    """The sum with bounds in its guard in place of what exists there, equal to it by a rewrite, or None."""
    parts = [part for _, part in parts_of("", guard_of(total))]
    if not any(isinstance(part, Exists) for part in parts):
        return None
    index = search.name(found.sequent, total.index)
    total = with_index(total, index)
    at = found.sequent.declaring(index, INT)
    bounds: list[Formula] = []
    for _, part in parts_of("", guard_of(total)):
        rest = projection(search, at.showing(part)) if isinstance(part, Exists) else [part]
        if rest is None:
            return None
        bounds += rest
    guard = conjunction(bounds)
    if search.law(found, "e", "sum_guard", total, guard, rewrite=True) is None:
        return None
    return replace(total, guard=guard)


def projection(search: Search, sequent: Sequent) -> list[Formula] | None:
    """Bounds under which there is what a goal "exists" asks for, without those that hold anyway."""
    problem = Elimination.of(search, sequent)
    if problem is None or problem.others or not problem.eliminated():
        return None
    bounds = [problem.comparison(bound) for bound in problem.bounds]
    return [bound for bound in bounds if search.prove(sequent.showing(bound), 0) is None]


def near(at: Sequent, before: Sequent, count: int) -> Sequent:
    """The facts that were there before, and the last ones of those that came after."""
    later = [name for name in at.facts if name not in before.facts][-count:]
    return replace(at, facts={**before.facts, **{name: at.facts[name] for name in later}})


def _atom(canonical: Canonical, name: str) -> int:
    return next(iter(canonical.term(Variable(name))))[0][0]


def apart(value: Polynomial, place: int) -> tuple[Polynomial, Polynomial]:
    """The factor of an atom, and the rest."""
    factor = {tuple((a, e) for a, e in m if a != place): c for m, c in value.items() if (place, 1) in m}
    return factor, {m: c for m, c in value.items() if (place, 1) not in m}


def put(value: Polynomial, place: int, solution: Polynomial) -> Polynomial:
    """A polynomial with another one in place of an atom."""
    factor, rest = apart(value, place)
    return add(multiply(factor, solution), rest) if factor else rest


def between(low: Bound, high: Bound) -> Polynomial:
    """What is not negative where a whole number x with a*x + r >= 0 and q - b*x >= 0 is sure to exist."""
    (a, r), (b, q) = low, high
    if a == b:
        return add(r, q, scale(a, -1), constant(1))
    spare = multiply(add(a, constant(-1)), add(b, constant(-1)))
    return add(multiply(b, r), multiply(a, q), scale(spare, -1))


def narrowed(value: Polynomial) -> Polynomial:
    """A bound in whole numbers without the common factor of all but its constant."""
    below = lcm(*(Fraction(c).denominator for c in value.values()))
    factors = [int(c * below) for m, c in value.items() if m != UNIT]
    common = gcd(*factors)
    if not common:
        return value
    out: Polynomial = {m: int(c * below) // common for m, c in value.items() if m != UNIT}
    last = floor(Fraction(value.get(UNIT, 0)) * below / common)
    return {**out, UNIT: last} if last else out


def quotient(top: Term, bottom: Term) -> Term:
    """A whole number divided by another one and rounded down."""
    return top if bottom == ONE else Floor(top, bottom)


def ceiling(top: Term, bottom: Term) -> Term:
    """The least x with bottom*x + top >= 0."""
    return Times((Number(-1), quotient(top, bottom)))
