"""Lower bounds of sizes, from the least values of their symbols.

The bound is sound and incomplete: ``None`` means "not found", never "unbounded". It serves to
drop conditions and extrema that are already decided; no proof rests on it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import ONE, Coefficient, Monomial, Polynomial
from symcnn.symbols.size import Atom, Group, IndexAtom, Size, Sym, expanded, multiply, subtract

if TYPE_CHECKING:
    from symcnn.symbols.rounding import Floor

_MAX_TERMS = 400


def lower_bound(value: Size) -> int | None:
    """The greatest integer m with ``value >= m`` that this method finds, or None."""
    if isinstance(value, int):
        return value
    if value.memo is None:
        value.memo = {}
    if "lower" not in value.memo:
        bound = _lower(value.expanded())
        value.memo["lower"] = None if bound is None else -((-bound.numerator) // bound.denominator)
    return value.memo["lower"]


def at_most(a: Size, b: Size) -> bool:
    """Whether ``a <= b`` is found to hold for all values."""
    bound = lower_bound(subtract(b, a))
    return bound is not None and bound >= 0


def _lower(terms: Polynomial) -> Coefficient | None:
    if all(c > 0 for m, c in terms.items() if m):
        return _lower_of_sum(terms)
    found = [_lower_from_least_values(t) for t in (terms, _without_floors(terms), _with_fewer_floors(terms))]
    return max((bound for bound in found if bound is not None), default=None)


def _with_fewer_floors(terms: Polynomial) -> Polynomial:
    """A polynomial that is nowhere greater, with subtracted floors replaced by greater ones that are added.

    ``floor(n/b) <= floor(m/a)`` wherever ``n a <= m b``, as for ceil(H/4) <= ceil(H/2).
    """
    from symcnn.symbols.rounding import Floor

    added = sorted({a for m, c in terms.items() if c > 0 for a, _ in m if isinstance(a, Floor)})
    out: Polynomial = {}
    for m, c in terms.items():
        changed = m
        if c < 0 and all((_least(a) or 0) >= 0 and _least(a) is not None and e > 0 for a, e in m):
            changed = ONE
            for atom, exponent in m:
                greater = next((f for f in added if isinstance(atom, Floor) and _below(atom, f)), atom)
                changed = poly.multiply_monomials(changed, ((greater, exponent),))
        poly.add_scaled(out, {changed: c})
    return out


def _below(low: Floor, high: Floor) -> bool:
    if low == high or not (isinstance(low.denominator, int) and isinstance(high.denominator, int)):
        return False
    cross = subtract(multiply(high.numerator, low.denominator), multiply(low.numerator, high.denominator))
    if isinstance(cross, int):
        return cross >= 0
    bound = _lower_from_least_values(cross.expanded())
    return bound is not None and bound >= 0


def _lower_from_least_values(terms: Polynomial) -> Coefficient | None:
    """The constant term once every variable starts at 0, where no other term is negative then."""
    for atom in sorted({a for m in terms for a, _ in m}):
        least = _least(atom)
        if least is None or (least < 1 and any(a == atom and e < 0 for m in terms for a, e in m)):
            return None
        if len(terms) > _MAX_TERMS:
            if least < 0:
                return None  # without its shift, it would count as at least 0
        elif least:
            terms = _shifted(terms, atom, least)
    if any(c < 0 for m, c in terms.items() if m):
        return None
    return terms.get(ONE, 0)


def _lower_of_sum(terms: Polynomial) -> Coefficient | None:
    """The bound where nothing is subtracted: every factor at its least value."""
    out: Coefficient = 0
    for m, c in terms.items():
        smallest = c
        for atom, exponent in m:
            least = _least(atom)
            if least is None or least < 0:
                return None
            smallest = smallest * least**exponent if exponent > 0 else 0
        out += smallest
    return out


def _least(atom: Atom) -> int | None:
    """The least value of an atom, where known (0 for anything that counts)."""
    from symcnn.symbols.cardinality import Card
    from symcnn.symbols.extremum import Extremum
    from symcnn.symbols.rounding import Floor

    if isinstance(atom, Sym):
        return atom.minimum
    if isinstance(atom, IndexAtom | Card):
        return 0
    if isinstance(atom, Floor):
        below = lower_bound(atom.numerator)
        if below is None or below < 0:
            return None
        return below // atom.denominator if isinstance(atom.denominator, int) else 0
    if isinstance(atom, Extremum):
        bounds = [lower_bound(a) for a in atom.arguments]
        known = [b for b in bounds if b is not None]
        if atom.kind == "max":
            return max(known, default=None)
        return min(known) if len(known) == len(bounds) else None
    return lower_bound(atom.dim) if isinstance(atom, Group) else None


def _shifted(terms: Polynomial, atom: Atom, least: int) -> Polynomial:
    """``terms`` with ``atom = least + atom``, so that every variable starts at 0.

    Negative powers of the atom stay (their value lies between 0 and 1 for ``least >= 1``), so only
    terms in which the atom has a positive power are rewritten.
    """
    out: Polynomial = {}
    for m, c in terms.items():
        exponent = dict(m).get(atom, 0)
        if exponent <= 0:
            poly.add_scaled(out, {m: c})
            continue
        rest = tuple(p for p in m if p[0] != atom)
        moved = poly.power({((atom, 1),): 1, ONE: least}, exponent)
        poly.add_scaled(out, poly.multiply({rest: c}, moved))
    return out


def _without_floors(terms: Polynomial) -> Polynomial:
    """A polynomial that is nowhere greater, with floors replaced by the bounds of their quotients.

    ``n/d - (d - 1)/d <= floor(n/d) <= n/d``, used for whole-number divisors and linear occurrences
    beside factors that cannot be negative.
    """
    from symcnn.symbols.rounding import Floor

    def find(current: Polynomial) -> tuple[Monomial, Floor] | None:
        for m in current:
            for atom, exponent in m:
                if (
                    isinstance(atom, Floor)
                    and exponent == 1
                    and isinstance(atom.denominator, int)
                    and all(_least(b) is not None and (_least(b) or 0) >= 0 for b, _ in m if b != atom)
                ):
                    return m, atom
        return None

    current = dict(terms)
    for _ in range(_MAX_TERMS):
        found = find(current)
        if found is None or len(current) > _MAX_TERMS:
            return current
        m, floor = found
        c = current.pop(m)
        rest = tuple(p for p in m if p[0] != floor)
        d = floor.denominator
        if not isinstance(d, int):
            return terms
        quotient = poly.scale(expanded(floor.numerator), Fraction(1, d))
        if c > 0:
            poly.add_scaled(quotient, {ONE: Fraction(1 - d, d)})
        poly.add_scaled(current, poly.multiply({rest: c}, quotient))
    return current
