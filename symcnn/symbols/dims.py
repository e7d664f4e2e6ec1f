"""Dimension symbols for users: SymPy symbols that remember the order in which they were declared."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.cache import clear_cache

from symcnn.symbols.checks import brief
from symcnn.symbols.order import declare, rank
from symcnn.symbols.size import names_in


class DimSymbol(sympy.Symbol):
    """A SymPy symbol that sorts, and so prints, in the order of declaration.

    It equals the plain ``sympy.Symbol`` of the same name and assumptions, and names that class as its own:
    SymPy's ``subs``, ``solve`` and ``limit`` compare classes before they take two symbols for the same.
    """

    __slots__ = ()

    @property
    def __class__(self) -> Any:
        return sympy.Symbol

    @__class__.setter
    def __class__(self, value: Any) -> None:
        raise TypeError(f"the class of {self.name} cannot be changed")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _symbol, (self.name, self.assumptions0)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) in (DimSymbol, sympy.Symbol):
            return self._hashable_content() == other._hashable_content()  # type: ignore[attr-defined]
        return False

    def __hash__(self) -> int:
        return hash(("Symbol", *self._hashable_content()))

    def sort_key(self, order: Any = None) -> Any:
        """The key by which SymPy orders terms and factors."""
        position, name = rank(self.name)
        return self.class_key(), (1, (f"{position:010d} {name}",)), sympy.S.One.sort_key(), sympy.S.One


def dims(names: str, *, min: int = 1) -> Any:
    """Dimension symbols: integers of at least ``min`` (1, or 0 for padding and the like).

    One name gives a symbol, several (separated by blanks or commas) a tuple. Formulas show them in the
    order in which they were declared last.

    Raises ``ValueError`` for a ``min`` other than 0 and 1, for names that are no identifiers and for a name
    that comes twice, and ``TypeError`` for names that are no ``str``.

    >>> N, H = dims("N H")
    >>> P = dims("P", min=0)
    >>> N*(H + 2*P)
    N*(H + 2*P)
    """
    if type(min) is not int:
        raise TypeError(f"min={brief(min)} must be 0 or 1")
    if min not in (0, 1):
        raise ValueError(f"min={min!r} must be 0 or 1")
    return _declared(names, integer=True, **({"positive": True} if min == 1 else {"nonnegative": True}))


def reals(names: str) -> Any:
    """Positive real symbols, for claims and budgets that are not about integers.

    >>> reals("x").is_positive, reals("x y")[1].is_integer
    (True, None)
    """
    return _declared(names, positive=True)


def _symbol(name: str, assumptions: dict[str, bool]) -> DimSymbol:
    return DimSymbol(name, **assumptions)


def _declared(names: str, **assumptions: bool) -> Any:
    parts = names_in(names)
    if declare(parts):
        clear_cache()  # SymPy keeps sort keys of whole expressions, which hold the earlier order
    made = tuple(DimSymbol(name, **assumptions) for name in parts)
    return made[0] if len(made) == 1 else made
