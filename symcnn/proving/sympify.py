"""Terms of the kernel as SymPy expressions, to be read and worked with; nothing is decided by them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from symcnn.kernel.terms import (
    Floor,
    Number,
    Plus,
    Power,
    Quotient,
    Term,
    Times,
    Variable,
)


def expression(term: Term, symbols: Mapping[str, Any]) -> Any:
    """A term as a SymPy expression over these symbols, by name; other names become integer symbols.

    Raises ``TypeError`` for sums, maxima, cases and entries, which have no closed form here.

    >>> from symcnn.kernel.terms import Floor, Number, Variable
    >>> expression(Floor(Variable("n"), Number(2)), {})
    floor(n/2)
    """
    match term:
        case Number(value):
            exact = Fraction(value)
            return sympy.Rational(exact.numerator, exact.denominator)
        case Variable(name):
            return symbols.get(name, sympy.Symbol(name, integer=True))
        case Plus(terms):
            return sympy.Add(*(expression(t, symbols) for t in terms))
        case Times(terms):
            return sympy.Mul(*(expression(t, symbols) for t in terms))
        case Power(base, exponent):
            return expression(base, symbols) ** exponent
        case Quotient(top, bottom):
            return expression(top, symbols) / expression(bottom, symbols)
        case Floor(top, bottom):
            return sympy.floor(expression(top, symbols) / expression(bottom, symbols))
        case _:
            raise TypeError(f"a {type(term).__name__.lower()} has no closed form")
