"""Floors and ceilings in normal form.

``floor_div(a, d)`` is floor(a/d) for d >= 1. The rules, each true for all integers under its side
condition, are applied in this order:

=============  =====================================================  ==========================
rule           law                                                    side condition
=============  =====================================================  ==========================
numbers        floor of two numbers is a number                       d >= 1
nested         floor((floor(n/m) + b)/d) = floor((n + m b)/(m d))     b an integer; m, d >= 1
extract        floor((a + q d)/d) = q + floor(a/d)                    q an integer
cancel         floor((g a + c)/(g d)) = floor((a + floor(c/g))/d)     g >= 1; c a number
reflect        floor(a/d) = -floor((d - 1 - a)/d)                     a an integer
small          floor(a/d) = 0 if 0 <= a < d, and -1 if -d <= a < 0    bounds known
=============  =====================================================  ==========================

A ceiling is ``ceil(a/d) = floor((a + d - 1)/d)``. *Reflect* is used where it makes the first coefficient
smaller, so that ``-((-H)//32)`` is the ceiling of H/32. Where neither side reads better everywhere, a law
serves equality alone: ``floor((a + 1)/2) = a - floor(a/2)``, and *reflect* for symbolic divisors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cmp_to_key
from math import gcd

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import ONE, Monomial, Polynomial
from symcnn.symbols.bounds import at_most, lower_bound
from symcnn.symbols.size import (
    Atom,
    Dim,
    Size,
    add,
    expanded,
    from_terms,
    is_integral,
    multiply,
    size_key,
    subtract,
)


class Floor(Atom):
    """floor(numerator / denominator), denominator >= 1, already in normal form."""

    __slots__ = ("_other", "denominator", "numerator")

    def __init__(self, numerator: Size, denominator: Size) -> None:
        self.numerator = numerator
        self.denominator = denominator
        self._other: Polynomial | bool | None = False
        super().__init__((3, size_key(numerator), size_key(denominator)))

    def parts(self) -> Iterable[Size]:
        """Numerator and denominator."""
        return (self.numerator, self.denominator)

    def rebuilt(self, replace: Callable[[Size], Size]) -> Size:
        """The floor of the new quotient."""
        return floor_div(replace(self.numerator), replace(self.denominator))

    def other_form(self) -> Polynomial | None:
        """The form that stands for this floor when sizes are compared, where that is another one."""
        if self._other is False:
            self._other = self._find_other_form()
        return self._other if isinstance(self._other, dict) else None

    def _find_other_form(self) -> Polynomial | None:
        terms = expanded(self.numerator)
        if self.denominator == 2:
            if terms.get(ONE) != 1 or any(c != 1 for c in terms.values()):
                return None
            a = {m: c for m, c in terms.items() if m}
            out = dict(a)
            poly.add_scaled(out, {((Floor(from_terms(a), 2), 1),): -1})
            return out
        symbolic = [m for m in terms if m]
        if isinstance(self.denominator, int) or not symbolic or not is_integral(terms):
            return None
        if terms[max(symbolic, key=_order)] > 0:
            return None
        reflected = Floor(subtract(-1, self.numerator), self.denominator)
        return {ONE: -1, ((reflected, 1),): -1}


def floor_div(a: Size, d: Size) -> Size:
    """floor(a / d) for d >= 1, in normal form.

    Raises ``ZeroDivisionError`` where d is 0 and ``ValueError`` where it can be less than 1.

    >>> from symcnn.symbols import parse_size
    >>> H, S = parse_size("H"), parse_size("S")
    >>> ((H + 1)//2 + 1)//2, (H + S)//S, (2*H + 3)//4
    (ceiling(H/4), floor(H/S) + 1, ceiling(H/2))
    """
    if isinstance(d, int):
        if d == 0:
            raise ZeroDivisionError(f"floor of ({a})/0")
        if d < 0:
            return floor_div(multiply(-1, a), -d)
        if isinstance(a, int):
            return a // d
        if d == 1:
            return a
    elif (lower_bound(d) or 0) < 1:
        raise ValueError(f"floor of ({a})/({d}) needs a divisor that is at least 1")
    merged = _nested(a, d)
    return _normal(a, d) if merged is None else merged


def ceil_div(a: Size, d: Size) -> Size:
    """ceil(a / d) for d >= 1, as floor((a + d - 1)/d).

    >>> from symcnn.symbols import parse_size
    >>> ceil_div(parse_size("H"), 32)
    ceiling(H/32)
    """
    return floor_div(subtract(add(a, d), 1), d)


def _nested(a: Size, d: Size) -> Size | None:
    """Rule *nested*, for the first floor that is a term of its own."""
    terms = expanded(a)
    for m in sorted(terms, key=_order):
        if abs(terms[m]) == 1 and len(m) == 1 and m[0][1] == 1 and isinstance(m[0][0], Floor):
            inner, divisor = m[0][0].numerator, m[0][0].denominator
            rest = {n: c for n, c in terms.items() if n != m}
            if terms[m] < 0:  # -floor(n/m) = floor((m - 1 - n)/m)
                if not is_integral(expanded(inner)):
                    continue
                inner = subtract(subtract(divisor, 1), inner)
            if is_integral(rest):
                return floor_div(add(inner, multiply(divisor, from_terms(rest))), multiply(divisor, d))
    return None


def _lexicographic(m: Monomial, n: Monomial) -> int:
    """The lexicographic order of monomials, which multiplication keeps."""
    for (a, e), (b, f) in zip(m, n, strict=False):
        if a != b:
            return 1 if a < b else -1
        if e != f:
            return 1 if e > f else -1
    return len(m) - len(n)


_order = cmp_to_key(_lexicographic)


def _normal(a: Size, d: Size) -> Size:
    quotient, rest = _divided(expanded(a), expanded(d))
    numerator, denominator = _cancelled(rest, expanded(d))
    if numerator is None:
        return from_terms(quotient)
    n, e = from_terms(numerator), from_terms(denominator)
    if denominator != expanded(d):
        return add(from_terms(quotient), floor_div(n, e))
    if _reflects(numerator, e):
        return subtract(from_terms(quotient), _normal(subtract(subtract(e, 1), n), e))
    return add(from_terms(quotient), _small(n, e))


def _reflects(a: Polynomial, d: Size) -> bool:
    """Whether rule *reflect* makes the first coefficient smaller (for a number d: less than half of it)."""
    if not is_integral(a) or not is_integral(expanded(d)):
        return False
    symbolic = [m for m in a if m]
    if isinstance(d, int):
        decisive = [m for m in symbolic if 2 * a[m] != d]
        return bool(decisive) and 2 * a[max(decisive, key=_order)] > d
    return all(a[m] < 0 for m in symbolic or a)


def _divided(a: Polynomial, d: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Rule *extract*: a = quotient * d + rest, with a quotient that is an integer by its form."""
    if not is_integral(d):
        return {}, a
    lead = max(d, key=_order)
    inverse = poly.power_of_monomial(lead, -1)
    quotient: Polynomial = {}
    rest: Polynomial = {}
    work = dict(a)
    while work:
        m = max(work, key=_order)
        c = work.pop(m)
        n = poly.multiply_monomials(m, inverse)
        whole = c // d[lead] if c.denominator == 1 and d[lead] > 0 and all(e > 0 for _, e in n) else 0
        if lead and whole * d[lead] != c:
            whole = 0  # a symbolic divisor is taken out whole or not at all
        if whole:
            poly.add_scaled(quotient, {n: whole})
            poly.add_scaled(work, poly.multiply({n: whole}, {k: x for k, x in d.items() if k != lead}), -1)
        left = c - whole * d[lead]
        if left:
            poly.add_scaled(rest, {m: left})
    return quotient, rest


def _cancelled(a: Polynomial, d: Polynomial) -> tuple[Polynomial | None, Polynomial]:
    """Rule *cancel*: the common factor of the terms and the divisor; None where nothing is left."""
    if not a:
        return None, d
    if all(c.denominator == 1 for terms in (a, d) for c in terms.values()):
        g = gcd(*(c.numerator for c in d.values()), *(c.numerator for m, c in a.items() if m))
        if g > 1 and (a.get(ONE, 0) % g == 0 or is_integral(a)):
            out: Polynomial = {m: c // g for m, c in a.items() if m}
            poly.add_scaled(out, poly.constant(a.get(ONE, 0) // g))
            d = {m: c // g for m, c in d.items()}
            if not out:
                return None, d
            a = out
    inverse = tuple(sorted((x, -e) for x, e in _shared(a, d).items()))
    if not inverse:
        return a, d
    return (
        {poly.multiply_monomials(m, inverse): c for m, c in a.items()},
        {poly.multiply_monomials(m, inverse): c for m, c in d.items()},
    )


def _shared(a: Polynomial, d: Polynomial) -> dict[Atom, int]:
    """The atoms, with powers, that every term of both polynomials has."""
    monomials = [dict(m) for m in [*a, *d]]
    return {x: min(m[x] for m in monomials) for x in monomials[-1] if all(m.get(x, 0) > 0 for m in monomials)}


def _small(n: Size, d: Size) -> Size:
    """Rule *small*, or the floor as an atom."""
    if isinstance(d, int) and isinstance(n, int):
        return n // d
    if isinstance(d, int) and d == 1:
        return n
    if isinstance(d, Dim):
        below = lower_bound(n)
        if below is not None and below >= 0 and at_most(add(n, 1), d):
            return 0
        above = lower_bound(multiply(-1, n))
        if above is not None and above >= 1 and at_most(multiply(-1, d), n):
            return -1
    return Dim.of_atom(Floor(n, d))
