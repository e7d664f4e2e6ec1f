"""Expressions as polynomials and quotients of polynomials in one symbol: what the scaling laws are read off.

SymPy does the algebra, so nothing in here is proved; what is found is a claim, for the kernel to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

import sympy

from symcnn.symbols.dims import DimSymbol

_FACTORED = 200  # operations in an expression up to which it is factored


@dataclass(frozen=True)
class Lettered:
    """An expression with a letter for each part of it that does not vary and is no product of symbols."""

    plain: Any
    letters: Mapping[Any, Any]

    def back(self, expression: Any) -> Any:
        """An expression with the parts in place of their letters."""
        return sympy.sympify(expression).xreplace({letter: part for part, letter in self.letters.items()})


def lettered(expression: Any, varying: Sequence[Any]) -> Lettered:
    """Letters, positive reals, for the parts that hold none of the symbols that vary.

    The numbers by which is divided before rounding have letters as well, positive integers: about n//d the
    search knows more than about n//2.

    >>> from sympy import floor
    >>> from symcnn import dims
    >>> N, H, K = dims("N H K")
    >>> lettered(N*(H - K + 1) + N**2, [N]).plain.coeff(N, 1)
    a_1
    >>> lettered(floor((N + 1)/2)*H, [N]).plain
    H*floor((N + 1)/d_2)
    """
    names = {s.name for s in expression.atoms(sympy.Symbol)}
    letters: dict[Any, Any] = {}

    def visit(e: Any) -> Any:
        if e.is_Number or e.is_Symbol:
            return e
        simple = e.is_Mul or (e.is_Pow and e.exp.is_Integer)
        if isinstance(e, sympy.floor | sympy.ceiling) and e.has(*varying):
            top, bottom = sympy.fraction(sympy.together(e.args[0]))
            if not bottom.is_Integer or bottom == 1:
                return e
            name = new_name(f"d_{bottom}", names)
            letters.setdefault(bottom, DimSymbol(name, integer=True, positive=True))
            return e.func(top / letters[bottom])
        if e.has(*varying) or simple:
            return e.func(*(visit(part) for part in e.args))
        if e not in letters:
            letters[e] = DimSymbol(new_name(f"a_{len(letters) + 1}", names), positive=True)
        return letters[e]

    return Lettered(visit(expression), letters)


def new_name(wanted: str, taken: set[str]) -> str:
    """A name like this one that is not taken."""
    while wanted in taken:
        wanted += "_"
    return wanted


@dataclass(frozen=True)
class Ratio:
    """``top / bottom``, polynomials in one symbol by exponent, without a common factor."""

    top: dict[int, Any]
    bottom: dict[int, Any]

    @property
    def leading(self) -> tuple[Any, int]:
        """The c and k of the c x^k that it grows like."""
        high, low = max(self.top), max(self.bottom)
        return tidy(self.top[high] / self.bottom[low]), high - low

    @property
    def powers(self) -> dict[int, Any] | None:
        """The coefficients by exponent, where it is a sum of powers, negative ones among them."""
        if len(self.bottom) > 1:
            return None
        ((low, below),) = self.bottom.items()
        return {k - low: tidy(c / below) for k, c in self.top.items()}


def ratio(plain: Any, x: Any) -> Ratio | None:
    """An expression as a quotient of polynomials in x; None where it is none, as with floor(x/2).

    >>> from symcnn import dims
    >>> C, x = dims("C x")
    >>> ratio((C*x**2 + x)/x, x)
    Ratio(top={1: C, 0: 1}, bottom={0: 1})
    """
    # Roundings inside of what was rounded away have no letters yet.
    inner = lettered(plain, [x]) if plain.has(sympy.floor, sympy.ceiling) else Lettered(plain, {})
    plain = inner.plain
    if not plain.is_rational_function(*plain.free_symbols, x):
        return None
    top, bottom = sympy.fraction(sympy.cancel(sympy.together(plain)))
    if top == 0:
        return Ratio({}, {0: sympy.Integer(1)})
    parts = [sympy.Poly(part, x).terms() for part in (top, bottom)]
    found = [{k: inner.back(tidy(c)) for (k,), c in terms} for terms in parts]
    return Ratio(found[0], found[1])


def tidy(expression: Any) -> Any:
    """An expression in factors where that is quick to find, each with a positive sum of coefficients.

    >>> from symcnn import dims
    >>> C, H, K = dims("C H K")
    >>> tidy(C*K - C*H - C)
    -C*(H - K + 1)
    """
    if sympy.count_ops(expression) > _FACTORED:
        return sympy.factor_terms(expression)
    return sympy.Mul(*(_turned(part) for part in sympy.Mul.make_args(sympy.factor(expression))))


def _turned(part: Any) -> Any:
    base, exponent = part.as_base_exp()
    ones = dict.fromkeys(base.free_symbols, 1)
    if not base.is_Add or not exponent.is_Integer or not base.xreplace(ones).is_negative:
        return part
    return sympy.Integer(-1) ** exponent * sympy.Add(*(-t for t in base.args)) ** exponent


def without_rounding(expression: Any, x: Any) -> Any:
    """An expression with n/d for floor(n/d) and ceil(n/d) where they hold x; it grows alike.

    >>> from symcnn import dims
    >>> from sympy import floor
    >>> H, S = dims("H S")
    >>> without_rounding(floor(H/S) + floor(S/2), H)
    H/S + floor(S/2)
    """
    if not expression.has(x) or not expression.args:
        return expression
    inner = [without_rounding(part, x) for part in expression.args]
    return inner[0] if isinstance(expression, sympy.floor | sympy.ceiling) else expression.func(*inner)


def root(expression: Any, x: Any) -> int:
    """The q for which the expression holds whole powers of x^(1/q) alone; 1 where it holds no roots of x.

    >>> import sympy
    >>> from symcnn import reals
    >>> S = reals("S")
    >>> root(1/sympy.sqrt(S) + S, S)
    2
    """
    powers = [p for p in expression.atoms(sympy.Pow) if p.base == x and isinstance(p.exp, sympy.Rational)]
    return lcm(*(int(p.exp.q) for p in powers))
