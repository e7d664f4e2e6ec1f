"""Polynomials as dictionaries from monomials to exact coefficients.

A *variable* is any hashable value with a total order. A *monomial* is a tuple of
``(variable, exponent)`` pairs, sorted by variable, without zero exponents; ``()`` is 1.
A *polynomial* maps monomials to non-zero ``int`` or ``Fraction`` coefficients; ``{}`` is 0.
Exponents may be negative (Laurent polynomials): then the law of every function below holds
wherever those variables are not zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

Variable: TypeAlias = Any
Monomial: TypeAlias = tuple[tuple[Variable, int], ...]
Coefficient: TypeAlias = int | Fraction
Polynomial: TypeAlias = dict[Monomial, Coefficient]

ONE: Monomial = ()


def constant(value: Coefficient) -> Polynomial:
    """The polynomial with this value everywhere."""
    return {ONE: value} if value else {}


def variable(name: Variable, exponent: int = 1) -> Polynomial:
    """The polynomial ``name ** exponent``."""
    return {((name, exponent),): 1} if exponent else {ONE: 1}


def multiply_monomials(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials: exponents of one variable add, zero exponents vanish."""
    if not a:
        return b
    if not b:
        return a
    out: list[tuple[Variable, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        (x, m), (y, n) = a[i], b[j]
        if x == y:
            if m + n:
                out.append((x, m + n))
            i += 1
            j += 1
        elif x < y:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    out.extend(a[i:])
    out.extend(b[j:])
    return tuple(out)


def power_of_monomial(a: Monomial, exponent: int) -> Monomial:
    """``a ** exponent``, for any integer exponent."""
    return tuple((x, e * exponent) for x, e in a) if exponent else ONE


def add_scaled(target: Polynomial, terms: Polynomial, factor: Coefficient = 1) -> None:
    """Add ``factor * terms`` to ``target`` in place (the one function that writes)."""
    for monomial, coefficient in terms.items():
        value = target.get(monomial, 0) + coefficient * factor
        if value:
            target[monomial] = value
        else:
            target.pop(monomial, None)


def add(*polynomials: Polynomial) -> Polynomial:
    """The sum; time is linear in the number of all terms."""
    return total(polynomials)


def total(polynomials: Iterable[Polynomial]) -> Polynomial:
    """The sum of many polynomials, in one pass."""
    out: Polynomial = {}
    for terms in polynomials:
        add_scaled(out, terms)
    return out


def scale(terms: Polynomial, factor: Coefficient) -> Polynomial:
    """``factor * terms``."""
    return {monomial: coefficient * factor for monomial, coefficient in terms.items()} if factor else {}


def multiply(a: Polynomial, b: Polynomial) -> Polynomial:
    """The product, fully expanded."""
    out: Polynomial = {}
    for m, x in a.items():
        for n, y in b.items():
            monomial = multiply_monomials(m, n)
            value = out.get(monomial, 0) + x * y
            if value:
                out[monomial] = value
            else:
                out.pop(monomial, None)
    return out


def power(terms: Polynomial, exponent: int) -> Polynomial:
    """``terms ** exponent`` for ``exponent >= 0``, fully expanded."""
    if exponent < 0:
        raise ValueError(f"a polynomial has no power with the negative exponent {exponent}")
    out = constant(1)
    for _ in range(exponent):
        out = multiply(out, terms)
    return out
