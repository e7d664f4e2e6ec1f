"""SymPy expressions as kernel terms, taken apart by structure.

Nothing is simplified, and no rule of SymPy is asked. What SymPy did while the expression was written is done:
``n/n`` arrives here as 1. Therefore the statement that is proved is printed from its own terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from symcnn.kernel.reading import MAX_EXPONENT
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    INT,
    And,
    Compare,
    Floor,
    Formula,
    If,
    IllSorted,
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Sum,
    Term,
    Times,
    Variable,
)
from symcnn.kernel.terms import number as number_term
from symcnn.proving.scope import Scope, declared_symbol, plain_symbol

_INSTEAD = {
    "Mod": "SymPy rewrites some remainders wrongly as they are written; write a - b*floor(a/b)",
    "KroneckerDelta": "write Piecewise((1, Eq(i, j)), (0, True))",
    "Product": "there is no product over a range; write its closed form",
    "Limit": "say what holds for all large values",
    "Derivative": "write the derivative out, as an expression",
    "Integral": "write the integral out, as an expression",
    "NaN": "it is no number",
    "Infinity": "it is no number; say what holds for all values, or for all large ones",
    "NegativeInfinity": "it is no number; say what holds for all values, or for all large ones",
    "ComplexInfinity": "it is no number: SymPy has divided by 0",
    "Float": "it is rounded; write an integer or a Rational",
    "Indexed": "entries of tensors stand in equations, not in SymPy expressions",
    "ImaginaryUnit": "statements are about real numbers",
    "Heaviside": "write Piecewise((0, x < 0), (1, True))",
    "sign": "write Piecewise with the three cases",
    "binomial": "write it as a quotient of products",
    "factorial": "there is no product over a range; write its closed form",
}
_UNITS = (number_term(Fraction(1)), number_term(Fraction(-1)))
_KNOWN = "integers, fractions, + - * /, whole powers, floor, ceiling, Max, Min, Abs, Piecewise and Sum"
_RELATIONS: dict[Any, str] = {
    sympy.Eq: "=",
    sympy.Ne: "!=",
    sympy.Le: "<=",
    sympy.Lt: "<",
    sympy.Ge: ">=",
    sympy.Gt: ">",
}


def expression(e: Any, scope: Scope) -> Term:
    """A SymPy expression as a term; raises ``TypeError`` or ``ValueError`` for what has no counterpart."""
    if isinstance(e, sympy.Rational):
        return number_term(Fraction(int(e.p), int(e.q)))
    if isinstance(e, sympy.Symbol):
        return _symbol(e, scope)
    if isinstance(e, sympy.Add):
        return Plus(tuple([expression(a, scope) for a in e.args]))
    if isinstance(e, sympy.Mul | sympy.Pow):
        return _over(_ratio(e, scope))
    if isinstance(e, sympy.floor):
        return _floor(e, scope)
    if isinstance(e, sympy.ceiling):
        return _ceiling(e, scope)
    if isinstance(e, sympy.Max | sympy.Min):
        return extremum([expression(a, scope) for a in e.args], isinstance(e, sympy.Max))
    if isinstance(e, sympy.Abs):
        inner = expression(e.args[0], scope)
        return If(Compare("<=", number_term(Fraction(0)), inner), inner, negative(inner))
    if isinstance(e, sympy.Piecewise):
        return _piecewise(e, scope)
    if isinstance(e, sympy.Sum):
        return _sum(e, scope)
    raise _refused(e)


def condition(e: Any, scope: Scope) -> Formula:
    """A SymPy relation, or a combination by and, or and not, as a formula; refuses what has collapsed."""
    if isinstance(e, Relational) and type(e) in _RELATIONS:
        left, right = e.args
        return compared(_RELATIONS[type(e)], expression(left, scope), expression(right, scope))
    if isinstance(e, sympy.And | sympy.Or):
        kind = And if isinstance(e, sympy.And) else Or
        return kind(tuple([condition(a, scope) for a in sorted(e.args, key=sympy.default_sort_key)]))
    if isinstance(e, sympy.Not):
        return Not(condition(e.args[0], scope))
    if e is sympy.true or e is sympy.false or isinstance(e, bool):
        raise collapsed(e)
    raise TypeError(f"{e} ({type(e).__name__}) is no relation that a statement can hold")


def collapsed(value: Any) -> TypeError:
    """The error for a relation that has become a truth value."""
    return TypeError(
        f"the relation has already collapsed to {value}: SymPy or Python decided it, and what it said is "
        "lost; use symcnn.eq, ne, le, lt, ge or gt, which never collapse"
    )


def compared(sign: str, left: Term, right: Term) -> Formula:
    """``left sign right`` in the kernel's three relations."""
    if sign in {">=", ">"}:
        return Compare(sign.replace(">", "<"), right, left)
    return Not(Compare("=", left, right)) if sign == "!=" else Compare(sign, left, right)


def negative(term: Term) -> Term:
    """``-term`` as the reader of statements makes it."""
    if isinstance(term, Number):
        return number_term(-term.value)
    return Times((number_term(Fraction(-1)), *(term.terms if isinstance(term, Times) else (term,))))


def times(factors: Sequence[Term]) -> Term:
    """The product; of none, 1."""
    if not factors:
        return number_term(Fraction(1))
    return factors[0] if len(factors) == 1 else Times(tuple(factors))


def plus(terms: Sequence[Term]) -> Term:
    """The sum; of none, 0."""
    if not terms:
        return number_term(Fraction(0))
    return terms[0] if len(terms) == 1 else Plus(tuple(terms))


def extremum(terms: Sequence[Term], largest: bool) -> Term:
    """The largest or smallest term: the first that no later one surpasses."""
    *firsts, out = terms
    for k in reversed(range(len(firsts))):
        here = firsts[k]
        pairs = [(other, here) if largest else (here, other) for other in terms[k + 1 :]]
        parts = tuple(Compare("<=", a, b) for a, b in pairs)
        out = If(parts[0] if len(parts) == 1 else And(parts), here, out)
    return out


def _symbol(symbol: Any, scope: Scope) -> Term:
    if symbol in scope.bound:
        return Variable(scope.bound[symbol])
    return scope.variable(symbol.name, declared_symbol(symbol))


@dataclass(frozen=True)
class _Ratio:
    """``top / (number * product of powers)``; the sign stands in the top."""

    top: Term
    number: int
    powers: dict[Term, int]

    def bottoms(self) -> list[Term]:
        """The factors below."""
        number = [number_term(Fraction(self.number))] if self.number != 1 else []
        return [*number, *(power(base, exponent) for base, exponent in self.powers.items())]


def _ratio(e: Any, scope: Scope) -> _Ratio:
    """A product or power as one quotient; a sum only where one of its terms is a quotient."""
    if isinstance(e, sympy.Rational):
        return _Ratio(number_term(Fraction(int(e.p))), int(e.q), {})
    if isinstance(e, sympy.Mul):
        return _joined([_ratio(factor, scope) for factor in e.args])
    if isinstance(e, sympy.Pow):
        base, exponent = e.args
        if not isinstance(exponent, sympy.Integer):
            raise _refused(e)
        n = int(exponent)
        if n >= 0:
            return _Ratio(power(expression(base, scope), n), 1, {})
        inner = _ratio(base, scope)
        if isinstance(inner.top, Number) and inner.top.value > 0 and not inner.powers:
            return _Ratio(number_term(Fraction(inner.number**-n)), int(inner.top.value) ** -n, {})
        return _Ratio(times([power(b, -n) for b in inner.bottoms()]), 1, {inner.top: -n})
    return _Ratio(expression(e, scope), 1, {})


def _over(ratio: _Ratio) -> Term:
    """The quotient as one term; the kernel reads a quotient of two numbers as a number."""
    bottoms = ratio.bottoms()
    if not bottoms:
        return ratio.top
    top, bottom = ratio.top, times(bottoms)
    if isinstance(top, Number) and isinstance(bottom, Number) and bottom.value:
        return number_term(Fraction(top.value) / bottom.value)
    return Quotient(top, bottom)


def _common(e: Any, scope: Scope) -> _Ratio:
    """What stands inside a floor, over one denominator: SymPy writes floor((H - 1)/2) as floor(H/2 - 1/2)."""
    if isinstance(e, sympy.Mul) and any(isinstance(a, sympy.Add) for a in e.args):
        return _joined([_common(factor, scope) for factor in e.args])
    if not isinstance(e, sympy.Add):
        return _ratio(e, scope)
    parts = [_common(a, scope) for a in e.args]
    number = lcm(*(p.number for p in parts))
    powers: dict[Term, int] = {}
    for part in parts:
        for base, exponent in part.powers.items():
            powers[base] = max(powers.get(base, 0), exponent)
    tops: list[Term] = []
    for part in parts:
        factors = [
            power(b, n - part.powers.get(b, 0)) for b, n in powers.items() if n > part.powers.get(b, 0)
        ]
        tops.append(_scaled(part.top, number // part.number, factors))
    return _Ratio(plus(tops), number, powers)


def _joined(parts: Sequence[_Ratio]) -> _Ratio:
    """The product of ratios; a sign stands in front of it."""
    powers: dict[Term, int] = {}
    for part in parts:
        for base, exponent in part.powers.items():
            powers[base] = powers.get(base, 0) + exponent
    sign = prod(int(p.top.value) for p in parts if isinstance(p.top, Number) and p.top in _UNITS)
    top = times([p.top for p in parts if p.top not in _UNITS])
    return _Ratio(top if sign > 0 else negative(top), prod(p.number for p in parts), powers)


def _scaled(top: Term, number: int, factors: Sequence[Term]) -> Term:
    if isinstance(top, Number) and not factors:
        return number_term(top.value * number)
    scale = [number_term(Fraction(number))] if number != 1 else []
    return times([*scale, *(top.terms if isinstance(top, Times) else (top,)), *factors])


def power(base: Term, exponent: int) -> Term:
    """A power; a first one is its base. Raises ``ValueError`` for one that statements do not have."""
    if exponent > MAX_EXPONENT:
        raise ValueError(f"an exponent of {exponent} is above {MAX_EXPONENT}, the largest in a statement")
    return base if exponent == 1 else Power(base, exponent)


def _floor(e: Any, scope: Scope) -> Term:
    top, bottom = _whole_quotient(e, scope)
    return top if bottom is None else Floor(top, bottom)


def _ceiling(e: Any, scope: Scope) -> Term:
    top, bottom = _whole_quotient(e, scope)
    return top if bottom is None else negative(Floor(negative(top), bottom))


def _whole_quotient(e: Any, scope: Scope) -> tuple[Term, Term | None]:
    """The numerator and denominator inside a floor or ceiling, both whole by their sorts."""
    ratio = _common(e.args[0], scope)
    bottoms = ratio.bottoms()
    for part in (ratio.top, *bottoms):
        if not _is_whole(part, scope):
            raise TypeError(
                f"{e} rounds {e.args[0]}, which is not written as a quotient of integers; "
                "statements round those alone, such as floor((H + 2*P)/S) of dims(...)"
            )
    return ratio.top, times(bottoms) if bottoms else None


def _is_whole(term: Term, scope: Scope) -> bool:
    try:
        return sort_of(term, scope.sorts) == INT
    except IllSorted:
        return False


def _piecewise(e: Any, scope: Scope) -> Term:
    *branches, last = e.args
    if last.args[1] is not sympy.true:
        raise TypeError(f"{e} has no value where none of its conditions holds; end it with (value, True)")
    out = expression(last.args[0], scope)
    for branch in reversed(branches):
        value, when = branch.args
        out = If(condition(when, scope), expression(value, scope), out)
    return out


def _sum(e: Any, scope: Scope) -> Term:
    """A sum as loops: SymPy lists the innermost range first, and includes its upper bound."""
    ranges: list[tuple[str, Term, Term]] = []
    inner = scope
    for limits in reversed(e.limits):
        if len(limits) != 3:
            raise TypeError(f"{e} needs a lower and an upper bound for {limits[0]}")
        index, low, high = limits
        plain_symbol(index)
        if scope.names[index.name] in inner.bound.values():
            raise ValueError(f"{e} binds {index} twice; use another name for one of the two")
        first, last = expression(low, inner), expression(high, inner)
        for bound, given in ((first, low), (last, high)):
            if not _is_whole(bound, inner):
                raise TypeError(f"{e} runs to {given}, which is no integer by its form; round it explicitly")
        _check_index(e, index, low, inner)
        name = scope.names[index.name]
        inner = inner.inside(index, name)
        ranges.append((name, first, _next(last)))
    body = expression(e.function, inner)
    for name, first, end in reversed(ranges):
        body = Sum(name, first, end, None, body)
    return body


def _check_index(e: Any, index: Any, low: Any, scope: Scope) -> None:
    """Raise ``ValueError`` where SymPy may have used of an index what does not hold in its range.

    ``Sum(Max(p, 1), (p, 0, 2))`` with a positive p has become ``Sum(p, (p, 0, 2))`` before it arrives here.
    """
    least = int(low) if isinstance(low, sympy.Integer) else -1
    if isinstance(low, sympy.Symbol) and low not in scope.bound:
        limit = declared_symbol(low).limit
        least = limit[1] if limit is not None and limit[0] in {">=", ">"} else -1
    sign = {"positive": True} if least >= 1 else {"nonnegative": True} if least == 0 else {}
    holds = sympy.Symbol("k", integer=True, **sign).assumptions0
    wrong = sorted(k if v else f"not {k}" for k, v in index.assumptions0.items() if holds.get(k) != v)
    if wrong:
        raise ValueError(
            f"{e}: its index {index} is assumed to be {', '.join(wrong)}, which its range from {low} need "
            f"not be, and SymPy may have used it; sum over Symbol({index.name!r}, integer=True)"
        )


def _next(last: Term) -> Term:
    """The first number after a range whose last one is given."""
    if isinstance(last, Number):
        return Number(last.value + 1)
    terms: list[Term] = list(last.terms) if isinstance(last, Plus) else [last]
    number = next((k for k, t in enumerate(terms) if isinstance(t, Number)), None)
    if number is None:
        return Plus((*terms, number_term(Fraction(1))))
    found = terms[number]
    value = (found.value if isinstance(found, Number) else Fraction(0)) + 1
    terms[number : number + 1] = [number_term(value)] if value else []
    return plus(terms)


def _refused(e: Any) -> TypeError:
    kind = type(e).__name__
    if isinstance(e, sympy.Pow):
        half = isinstance(e.args[1], sympy.Rational)
        root = "roots have no exact value; square both sides" if half else "use a whole number"
        return TypeError(f"{e} has the exponent {e.args[1]}, which is no whole number: {root}")
    if isinstance(e, sympy.Float) or kind in _INSTEAD:
        return TypeError(f"{e} ({kind}) cannot stand in a statement: {_INSTEAD.get(kind, _INSTEAD['Float'])}")
    if isinstance(e, AppliedUndef):
        return TypeError(
            f"{e} is a value of an unknown function, which an expression cannot declare; name the value"
        )
    if isinstance(e, sympy.MatrixExpr | sympy.MatrixBase):
        return TypeError(f"{e} is a matrix; statements are about numbers, write its entries")
    return TypeError(f"{e} ({kind}) cannot stand in a statement; use {_KNOWN}")
