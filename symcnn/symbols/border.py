"""The border to SymPy: what a user's expression means, and what a size looks like to SymPy.

SymPy objects are taken apart by structure. Nothing SymPy computes decides anything here.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

import sympy

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import Coefficient, Polynomial
from symcnn.symbols.cardinality import Card, apart
from symcnn.symbols.dims import DimSymbol
from symcnn.symbols.extremum import Extremum, maximum, minimum
from symcnn.symbols.rounding import Floor, ceil_div, floor_div
from symcnn.symbols.size import Atom, Dim, Group, IndexAtom, Size, Sym, atoms, from_terms, product, terms_of

_RANGES: dict[int | None, dict[str, bool]] = {1: {"positive": True}, 0: {"nonnegative": True}, None: {}}
_counts: dict[Any, Polynomial] = {}


def from_sympy(expression: Any) -> Size:
    """The size that a SymPy expression stands for.

    Raises ``TypeError`` for anything that is not an integer expression in +, *, powers, floor,
    ceiling, Max and Min, and ``ValueError`` for symbols without an integer assumption.

    >>> from symcnn import dims
    >>> from sympy import ceiling
    >>> H = dims("H")
    >>> from_sympy(ceiling(H/2) - H + 3*H)
    2*H + ceiling(H/2)
    """
    try:
        return from_terms(_terms(sympy.sympify(expression, strict=True)))
    except ArithmeticError:
        raise TypeError(f"{expression} is not an integer") from None


def to_sympy(value: Size) -> Any:
    """A size as a SymPy expression; groups stay factored."""
    return sympy.Integer(value) if isinstance(value, int) else _expression(value)


def _terms(e: Any) -> Polynomial:
    if isinstance(e, sympy.Integer | sympy.Rational):
        return poly.constant(_number(e))
    if isinstance(e, sympy.Symbol):
        return poly.variable(_symbol(e))
    if e in _counts:
        return _counts[e]
    if isinstance(e, sympy.Add):
        return poly.total(_terms(a) for a in e.args)
    if isinstance(e, sympy.Mul):
        return _product(e)
    if isinstance(e, sympy.Pow):
        return _power(e)
    if isinstance(e, sympy.floor):
        return terms_of(floor_div(*_fraction(e.args[0])))
    if isinstance(e, sympy.ceiling):
        return terms_of(ceil_div(*_fraction(e.args[0])))
    if isinstance(e, sympy.Max):
        return terms_of(maximum(*(from_terms(_terms(a)) for a in e.args)))
    if isinstance(e, sympy.Min):
        return terms_of(minimum(*(from_terms(_terms(a)) for a in e.args)))
    raise TypeError(
        f"{e} ({type(e).__name__}) is not a size: "
        "use integers, dims(...), + - *, powers, floor, ceiling, Max and Min"
    )


def _number(e: Any) -> Coefficient:
    return int(e.p) if e.q == 1 else Fraction(int(e.p), int(e.q))


def _product(e: Any) -> Polynomial:
    factors = [_terms(a) for a in e.args]
    if all(len(f) == 1 for f in factors):
        out = poly.constant(1)
        for f in factors:
            out = poly.multiply(out, f)
        return out
    # Rational content goes beside the groups, so that 1/2*(H + 1) is refused only where it stays fractional.
    numbers = [f for f in factors if set(f) <= {()}]
    rest = [from_terms(f) for f in factors if not set(f) <= {()}]
    content = poly.constant(1)
    for f in numbers:
        content = poly.multiply(content, f)
    return poly.multiply(terms_of(product(rest)), content)


def _power(e: Any) -> Polynomial:
    base, exponent = e.args
    if not isinstance(exponent, sympy.Integer):
        raise TypeError(f"{e} is not a size: the exponent {exponent} must be a whole number")
    n = int(exponent)
    inner = from_terms(_terms(base))
    if n >= 0:
        return terms_of(inner**n)
    from symcnn.symbols.size import exact_quotient

    return (
        terms_of(exact_quotient(1, inner**-n))
        if isinstance(inner, Dim)
        else poly.constant(Fraction(1, inner**-n))
    )


def _fraction(e: Any) -> tuple[Size, Size]:
    """An argument of floor or ceiling as a whole numerator over a whole denominator."""
    terms = poly.total(_ungrouped_terms(_terms(e)))
    number = lcm(*(c.denominator for c in terms.values()))
    powers: dict[Atom, int] = {}
    for m in terms:
        for a, exponent in m:
            powers[a] = max(powers.get(a, 0), -exponent)
    below: Polynomial = {tuple(sorted((a, p) for a, p in powers.items() if p)): number}
    return from_terms(poly.multiply(terms, below)), from_terms(below)


def _ungrouped_terms(terms: Polynomial) -> list[Polynomial]:
    """The terms with groups multiplied out."""
    return [Dim(terms).expanded()] if terms else []


@lru_cache(maxsize=4096)
def _symbol(s: sympy.Symbol) -> Sym:
    if type(s) not in (sympy.Symbol, DimSymbol):
        raise TypeError(f"{s} ({type(s).__name__}) cannot be told from other symbols; make it with dims(...)")
    if not s.name.isidentifier():
        raise ValueError(f"symbol {s.name!r} must have a name that is an identifier, such as C_in")
    if not s.is_integer:
        raise ValueError(
            f"symbol {s} is not known to be an integer; "
            f"make it with dims({s.name!r}) or Symbol({s.name!r}, integer=True, positive=True)"
        )
    least = 1 if s.is_positive else 0 if s.is_nonnegative else None
    usual = DimSymbol(s.name, integer=True, **_RANGES[least]).assumptions0
    extra = tuple(sorted((k, bool(v)) for k, v in s.assumptions0.items() if usual.get(k) != v))
    return Sym(s.name, least, extra)


@lru_cache(maxsize=4096)
def symbol_of(atom: Sym) -> sympy.Symbol:
    """The SymPy symbol of a dimension symbol; it equals the user's own."""
    return DimSymbol(atom.name, integer=True, **_RANGES.get(atom.minimum, {}), **dict(atom.assumptions))


def _expression(value: Dim) -> Any:
    # Remembered with the size itself: an equal size may be grouped in another way, and so reads otherwise.
    if value.memo is None:
        value.memo = {}
    if "sympy" not in value.memo:
        value.memo["sympy"] = _made_expression(value)
    return value.memo["sympy"]


def _made_expression(value: Dim) -> Any:
    terms: list[Any] = []
    for m, c in value.terms.items():
        number = sympy.Rational(c.numerator, c.denominator)
        factors = [_atom(a) if e == 1 else sympy.Pow(_atom(a), e) for a, e in m]
        terms.append(sympy.Mul(number, *factors) if number != 1 or len(factors) != 1 else factors[0])
    return sympy.Add(*terms) if len(terms) > 1 else terms[0]


def _atom(atom: Atom) -> Any:
    if isinstance(atom, Sym):
        return symbol_of(atom)
    if isinstance(atom, IndexAtom):
        return DimSymbol(atom.name, integer=True, nonnegative=True)
    if isinstance(atom, Group):
        return _expression(atom.dim)
    if isinstance(atom, Floor):
        n, d = atom.numerator, atom.denominator
        if isinstance(d, int) and isinstance(n, Dim) and n.expanded().get((), 0) == d - 1:
            return sympy.ceiling(to_sympy(n - (d - 1)) / d)
        # SymPy takes floor(Min(...)/6) for Min(...)/6, so a floor around an extremum stays as it is.
        inside = any(isinstance(a, Extremum) for a in atoms(n))
        return sympy.floor(to_sympy(n) / to_sympy(d), evaluate=not inside)
    if isinstance(atom, Extremum):
        return (sympy.Max if atom.kind == "max" else sympy.Min)(*(to_sympy(a) for a in atom.arguments))
    if isinstance(atom, Card):
        return _count(atom)
    raise TypeError(f"no SymPy form of {type(atom).__name__}")


def _count(card: Card) -> Any:
    """A count as an unevaluated sum of 1 over the points that satisfy the guards."""
    named = apart(card)
    kept = [(_atom(i), 0, to_sympy(n) - 1) for i, n in named.box if named.outer is None or i in named.outer]
    rest = [
        (_atom(i), 0, to_sympy(n) - 1)
        for i, n in named.box
        if named.outer is not None and i not in named.outer
    ]
    guards = [to_sympy(g) for g in named.guards]
    if named.outer is None:
        inside = sympy.And(*(sympy.Ge(g, 0, evaluate=False) for g in guards))
        one = sympy.Piecewise((1, inside), (0, True), evaluate=False)
    else:
        # SymPy takes a Piecewise out of a sum inside another function, and its index with it.
        one = sympy.Mul(*(sympy.Min(1, sympy.Max(0, g + 1)) for g in guards))
    if rest:
        none: Any = sympy.Product(1 - one, *rest)
        one = 1 - none
        if not kept:
            _counts[none] = poly.add(poly.constant(1), {((card, 1),): -1})
            return one
    out = sympy.Sum(one, *kept) if kept else one
    _counts[out] = poly.variable(card)
    return out
