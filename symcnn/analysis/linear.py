"""Sizes that are linear in one symbol, such as memory and operations in the batch size."""

from __future__ import annotations

from collections.abc import Iterator

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import Polynomial
from symcnn.symbols.size import Atom, Size, Sym, atoms, expanded, from_terms


def slope_and_rest(size: Size, symbol: Sym, what: str) -> tuple[Size, Size]:
    """The a and b of ``size = a symbol + b``, neither of which holds the symbol.

    Raises ``ValueError`` with ``what`` the size is, where it is not linear by its form.

    >>> from symcnn.symbols import parse_size
    >>> slope_and_rest(parse_size("N*(H + 2) + 3*H"), Sym("N"), "memory")
    (H + 2, 3*H)
    """
    slope: list[Polynomial] = []
    rest: list[Polynomial] = []
    for m, c in expanded(size).items():
        power = sum(e for a, e in m if a == symbol)
        others = tuple((a, e) for a, e in m if a != symbol)
        if power not in (0, 1) or any(symbol == inner for a, _ in others for inner in _inside(a)):
            raise ValueError(f"{what} {size} is not linear in {symbol.name}")
        (slope if power else rest).append({others: c})
    return from_terms(poly.total(slope)), from_terms(poly.total(rest))


def _inside(atom: Atom) -> Iterator[Atom]:
    for part in atom.parts():
        yield from atoms(part)
