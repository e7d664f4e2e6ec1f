"""Search for proofs that need whole numbers to lie 1 apart: sharper bounds, floors that are known, cases.

What is added to the facts is shown first, by arithmetic on the facts at hand. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import floor, gcd, lcm
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import Coefficient, Monomial, Polynomial, add, scale
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ZERO,
    Compare,
    Floor,
    Formula,
    Plus,
    Sum,
    Term,
    Times,
    Variable,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, Known, term_of
from symcnn.search.facts import closed_terms, comparisons
from symcnn.search.guards import bounds_of_index, meeting_places
from symcnn.search.products import without

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_FLOORS = 6
MAX_CASES = 3
# Where cases of one whole number are looked for, and at how many places between two of them.
REACH = 20
STEPS = 8


# -- sharper facts -----------------------------------------------------------------------------------------


def sharpened(search: Search, found: Found) -> str | None:
    """Steps that prove the goal after bounds were rounded and floors compared, or None."""
    goal = found.sequent.goal
    if search.active or (isinstance(goal, Compare) and not search.is_of_numbers(goal, found.sequent)):
        return None
    before = len(found.sequent.facts)
    for adder in (rounded_bounds, pinned_floors, floors_of_multiples, signs_of_floors):
        adder(search, found)
    if len(found.sequent.facts) == before:
        return None
    step = search.arithmetic(found) or search.without_fractions(found)
    return None if step is None else " ".join([*found.steps, step])


def rounded_bounds(search: Search, found: Found) -> None:
    """Of a bound whose factors have a common divisor the constant is rounded: 2*a <= 2*b + 1 is a <= b."""
    arithmetic = Arithmetic(found.sequent, Atoms(), found.rewrites, check_time=search.check_time)
    known = [*arithmetic.bounds, *arithmetic.equations]
    # Of an equation both directions may be rounded.
    opposite = [Known(k.name, scale(k.value, -1), k.sign) for k in arithmetic.equations]
    for fact in (*known, *opposite):
        search.check_time()
        for value in (fact.value, *replaced(fact.value, arithmetic.equations)):
            sharper = rounded(value)
            if sharper is not None and whole(arithmetic.atoms, value, found.sequent):
                show(search, found, Compare("<=", ZERO, arithmetic.term(sharper)), level=0)


def replaced(value: Polynomial, equations: Sequence[Known]) -> Iterator[Polynomial]:
    """The polynomial without an atom that is a multiple by an equation: 2*h - 1 for n - 1 where n = 2*h."""
    for known in equations:
        whole_part = [c for m, c in known.value.items() if abs(c) != 1 and m != UNIT]
        for monomial, coefficient in known.value.items():
            if abs(coefficient) == 1 and len(whole_part) == len(known.value) - 1 and monomial in value:
                yield add(value, scale(known.value, -value[monomial] * coefficient))


def pinned_floors(search: Search, found: Found) -> None:
    """A floor between bounds that are equal is that number, and is replaced by it."""
    arithmetic = Arithmetic(found.sequent, Atoms(), found.rewrites, check_time=search.check_time)
    bounds = [
        primitive(value)
        for known in arithmetic.bounds
        for value in (known.value, *replaced(known.value, arithmetic.equations))
    ]
    below = {frozenset(value.items()) for value in bounds}
    for value in bounds:
        if frozenset(scale(value, -1).items()) not in below:
            continue
        for monomial, coefficient in value.items():
            term = arithmetic.term({monomial: 1})
            if isinstance(term, Floor) and abs(coefficient) == 1:
                rest = scale({m: c for m, c in value.items() if m != monomial}, -coefficient)
                equation = Compare("=", term, arithmetic.term(rest))
                if show(search, found, equation, level=0):
                    search.rewrite(found, [*found.sequent.facts][-1])
                break


def rounded(value: Polynomial) -> Polynomial | None:
    """What follows from ``value >= 0`` where all of it is whole; None if it says no more.

    >>> rounded({((0, 1),): 2, (): 3})
    {((0, 1),): 1, (): 1}
    """
    out = primitive(value)
    constant = Fraction(out.get(UNIT, 0))
    if constant.denominator == 1:
        return None
    out[UNIT] = floor(constant)
    return {m: c for m, c in out.items() if c}


def primitive(value: Polynomial) -> Polynomial:
    """The polynomial with whole factors that have no common divisor; the constant may be a fraction."""
    factors = [Fraction(c) for m, c in value.items() if m != UNIT]
    if not factors:
        return dict(value)
    below = lcm(*(c.denominator for c in factors))
    divisor = Fraction(gcd(*(int(c * below) for c in factors)), below)
    out: Polynomial = {}
    for monomial, coefficient in value.items():
        share = coefficient / divisor
        out[monomial] = share.numerator if share.denominator == 1 else share
    return out


def whole(atoms: Atoms, value: Polynomial, sequent: Sequent) -> bool:
    """Whether all atoms of a polynomial are whole numbers."""
    used = {atom for monomial in value for atom, _ in monomial}
    return all(sort_of(atoms.shown[atom], sequent.scope) == INT for atom in used)


def floors_of_multiples(search: Search, found: Found) -> None:
    """Where a = d*m by an equation, a//d = m."""
    arithmetic = Arithmetic(found.sequent, Atoms(), found.rewrites, check_time=search.check_time)
    canonical = arithmetic.canonical
    for term in floors(found):
        top, bottom = canonical.term(term.top), canonical.term(term.bottom)
        values = [equation.value for equation in arithmetic.equations]
        for value in ({}, *values, *(scale(value, -1) for value in values)):
            search.check_time()
            share = divided(add(top, value), bottom)
            if share is not None:
                show(search, found, Compare("=", term, arithmetic.term(share)))


def related(search: Search, found: Found, term: Floor) -> None:
    """Replace a floor by one that is known: (a + k*d)//d by a//d + k, (d - 1 - a)//d by -(a//d)."""
    canonical = Canonical(found.sequent.scope, Atoms())
    top, bottom = canonical.term(term.top), canonical.term(term.bottom)
    last = add(bottom, {UNIT: -1})
    for other, label in [*search.described_by.items()]:
        if not isinstance(other, Floor) or other == term or label not in found.sequent.facts:
            continue
        if other.bottom != term.bottom or not free(other) <= found.sequent.scope.keys():
            continue
        beside = canonical.term(other.top)
        for sign, rest in ((1, add(top, scale(beside, -1))), (-1, add(top, beside, scale(last, -1)))):
            share = divided(rest, bottom) if rest else {}
            if share is None:
                continue
            value = Plus((Times((number(sign), other)), term_of(share, canonical.atoms)))
            if show(search, found, Compare("=", term, value)):
                search.rewrite(found, [*found.sequent.facts][-1])
                return


def divided(value: Polynomial, by: Polynomial) -> Polynomial | None:
    """The quotient of a polynomial by a monomial that divides all of it, or None."""
    if len(by) != 1 or not value:
        return None
    ((divisor, factor),) = by.items()
    out: Polynomial = {}
    for monomial, coefficient in value.items():
        rest = without(monomial, divisor)
        share = Fraction(coefficient) / factor
        if rest is None or share.denominator != 1:
            return None
        out[rest] = int(share)
    return out


def rounded_share(value: Polynomial, atom: int, relation: str, atoms: Atoms) -> Term | None:
    """The whole number nearest to the bound of an atom by ``value >= 0``, or ``= 0``: a//d for d*q <= a."""
    factor: Polynomial = {}
    rest: Polynomial = {}
    for monomial, coefficient in value.items():
        left = without(monomial, ((atom, 1),))
        if left is None:
            rest[monomial] = coefficient
        else:
            factor[left] = coefficient
    signs = {c > 0 for c in factor.values()}
    if len(signs) != 1 or any(a == atom for m in factor for a, _ in m):
        return None
    up = True in signs
    size = term_of({m: abs(c) for m, c in factor.items()}, atoms)
    if not up:
        return Floor(term_of(rest, atoms), size)
    if relation == "=":
        return Floor(term_of(scale(rest, -1), atoms), size)
    return Times((number(-1), Floor(term_of(rest, atoms), size)))


def signs_of_floors(search: Search, found: Found) -> None:
    """A floor of a number >= 0 is >= 0."""
    for term in floors(found):
        show(search, found, Compare("<=", ZERO, term))


def floors(found: Found) -> list[Floor]:
    """The floors that are spoken of."""
    nodes = [found.sequent.goal, *(fact for _, fact in comparisons(found.sequent))]
    return [term for term in closed_terms(nodes, (Floor,)) if free(term)][:MAX_FLOORS]


def show(search: Search, found: Found, goal: Compare, level: int = 1) -> bool:
    """Add a comparison to the facts if arithmetic proves it; whether it did."""
    if goal in found.sequent.facts.values():
        return False
    attempt = found.sequent.showing(goal)
    step = None
    if goal.relation == "=":
        step = search.antisymmetric(replace(found, sequent=attempt, steps=[]), goal, level)
    else:
        label = search.label(attempt, "d")
        denied = logic.deny(attempt, label)
        text = Arithmetic(denied, Atoms(), found.rewrites, 0, level, search.check_time).step()
        if text is not None and search.accepted(denied, text):
            step = f"deny {label} {text}"
    if step is None:
        return False
    name = search.label(found.sequent, "w")
    found.sequent = found.sequent.knowing(name, goal)
    found.steps.append(f"have {name} : {write(goal)} {{ {step} }}")
    return True


# -- cases -------------------------------------------------------------------------------------------------


def by_order(search: Search, sequent: Sequent, described: Sequent, splits: int) -> str | None:
    """Cases of a range that may be empty, or of the order of whole numbers, that prove the goal.

    What is known of the sums in the sequent is among the facts of ``described``.
    """
    if splits <= 0 or search.active:
        return None
    for formula in (
        *open_ranges(described),
        *open_guards(described),
        *open_orders(sequent),
        *turning_points(sequent),
    ):
        new = search.label(sequent, "o")
        found = search.in_parts(
            f"decide {write(formula)} as {new}", logic.decide(sequent, formula, new), splits - 1
        )
        if found is not None:
            return found
    return None


def open_ranges(sequent: Sequent) -> list[Formula]:
    """That the range of a sum of equal terms is not empty, where no equation gives the sum."""
    equal = {
        fact.left: fact.right
        for _, fact in comparisons(sequent)
        if fact.relation == "=" and isinstance(fact.left, Sum)
    }
    out: list[Formula] = []
    for total in closed_terms([sequent.goal, *(fact for _, fact in comparisons(sequent))], (Sum,)):
        if total not in equal and total.guard is None and total.index not in free(total.body):
            out.append(Compare("<=", total.low, total.high))
    return undecided(sequent, out)[:1]


def open_guards(sequent: Sequent) -> list[Formula]:
    """The order of ends of a range, or of one inside, by its guard, where no equation gives the sum."""
    equal = {fact.left for _, fact in comparisons(sequent) if fact.relation == "="}
    out: list[Formula] = []
    for total in closed_terms([sequent.goal, *(fact for _, fact in comparisons(sequent))], (Sum,)):
        if total in equal:
            continue
        if total.guard is not None:
            pairs = [pair for ends in bounds_of_index(total, sequent) for pair in combinations(ends, 2)]
        else:
            places = meeting_places(total, sequent)
            pairs = [*combinations(places, 2)]
            pairs += [pair for place in places for pair in ((total.low, place), (place, total.high))]
        out += [Compare("<=", x, y) for x, y in pairs]
    return undecided(sequent, out)[:MAX_CASES]


def open_orders(sequent: Sequent) -> list[Formula]:
    """x <= y for whole numbers that are multiplied by the same in an equation or a bound."""
    if sequent.goal != FALSE:
        return []
    atoms = Atoms()
    canonical = Canonical(sequent.scope, atoms)
    partners: dict[Monomial, dict[int, None]] = {}
    for _, fact in comparisons(sequent):
        for monomial in canonical.difference(fact.left, fact.right):
            for atom, exponent in monomial:
                rest = without(monomial, ((atom, 1),))
                if exponent == 1 and rest:
                    partners.setdefault(rest, {})[atom] = None
    out: list[Formula] = []
    for others in partners.values():
        names = [term for atom in others if isinstance(term := atoms.shown[atom], Variable)]
        for x, y in combinations(names, 2):
            if {sequent.scope[x.name], sequent.scope[y.name]} == {INT}:
                out += [Compare("<=", x, y), Compare("<=", y, x)]
    return undecided(sequent, out)[:MAX_CASES]


def turning_points(sequent: Sequent) -> list[Formula]:
    """x <= c for whole numbers x where a goal p >= 0 may change its reason: between c and c + 1, or at 0.

    Of a polynomial in one monomial these are the places where p is negative for real numbers, and not at the
    whole numbers beside them, as n^2 - n is between 0 and 1; of others the signs of variables that have none
    yet, and the order of two variables that are multiplied.
    """
    goal = sequent.goal
    if not isinstance(goal, Compare) or goal.relation not in ("<=", "<"):
        return []
    canonical = Canonical(sequent.scope, Atoms())
    value = canonical.difference(goal.right, goal.left)
    names = {atom: canonical.atoms.shown[atom] for monomial in value for atom, _ in monomial}
    if not names or any(sort_of(name, sequent.scope) != INT for name in names.values()):
        return []
    powers = in_one_monomial(value)
    if powers is not None:
        base, coefficients = powers
        least = 0 if goal.relation == "<=" else 1
        places = [c for c in range(-REACH, REACH) if dips(coefficients, c, least)]
        orders = [(term_of({base: 1}, canonical.atoms), number(c)) for c in places]
    else:
        bounded: set[int] = set()
        for _, fact in comparisons(sequent):
            used = {atom for m in canonical.difference(fact.left, fact.right) for atom, _ in m}
            bounded |= used if len(used) == 1 else set()
        together = [
            (x, y) for x, y in combinations(names, 2) if {((x, 1), (y, 1)), ((y, 1), (x, 1))} & value.keys()
        ]
        orders = [(name, ZERO) for atom, name in names.items() if atom not in bounded]
        orders += [(names[x], names[y]) for x, y in together]
    return undecided(sequent, [Compare("<=", x, y) for x, y in orders])[:MAX_CASES]


def in_one_monomial(value: Polynomial) -> tuple[Monomial, dict[int, Coefficient]] | None:
    """A monomial and the coefficients by its power, where a polynomial is one in this monomial alone.

    >>> in_one_monomial({((0, 2), (1, 4)): 3, ((0, 1), (1, 2)): -1, (): 5})
    (((0, 1), (1, 2)), {2: 3, 1: -1, 0: 5})
    """
    first = next(m for m in value if m != UNIT)
    divisor = gcd(*(e for _, e in first))
    base = tuple((atom, e // divisor) for atom, e in first)
    powers = {m: m[0][1] // base[0][1] if m else 0 for m in value}
    if any(m != tuple((atom, e * powers[m]) for atom, e in base if powers[m]) for m in value):
        return None
    return base, {powers[m]: c for m, c in value.items()}


def dips(coefficients: Mapping[int, Coefficient], place: int, least: int) -> bool:
    """Whether a polynomial of one variable is below ``least`` between a place and the next, and not there."""

    def at(x: Fraction) -> Fraction:
        return sum((c * x**e for e, c in coefficients.items()), Fraction(0))

    inside = min(at(place + Fraction(k, STEPS)) for k in range(1, STEPS))
    return inside < least <= min(at(Fraction(place)), at(Fraction(place + 1)))


def undecided(sequent: Sequent, formulas: list[Formula]) -> list[Formula]:
    """The formulas that are no facts and whose negations are none, each once."""
    known = {*sequent.facts.values(), *(fact for _, fact in comparisons(sequent))}
    return [f for f in dict.fromkeys(formulas) if f not in known and logic.negation(f) not in known]
