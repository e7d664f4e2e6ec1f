"""Maxima and minima of sizes in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from symcnn.symbols.bounds import at_most
from symcnn.symbols.size import Atom, Dim, Size, size_key


class Extremum(Atom):
    """The largest or smallest of several sizes, none of which is known to be beside the point."""

    __slots__ = ("arguments", "kind")

    def __init__(self, kind: str, arguments: tuple[Size, ...]) -> None:
        self.kind = kind
        self.arguments = arguments
        super().__init__((4, kind, tuple(size_key(a) for a in arguments)))

    def parts(self) -> Iterable[Size]:
        return self.arguments

    def rebuilt(self, replace: Callable[[Size], Size]) -> Size:
        return _extremum(self.kind, [replace(a) for a in self.arguments])


def maximum(*values: Size) -> Size:
    """The largest of the sizes; arguments that are never the largest are dropped.

    >>> from symcnn.symbols import parse_size
    >>> H, W = parse_size("H"), parse_size("W")
    >>> maximum(H, H + 1, W)
    Max(H + 1, W)
    """
    return _extremum("max", values)


def minimum(*values: Size) -> Size:
    """The smallest of the sizes; arguments that are never the smallest are dropped."""
    return _extremum("min", values)


def _extremum(kind: str, values: Iterable[Size]) -> Size:
    flat: list[Size] = []
    for value in values:
        inner = _sole_extremum(value, kind)
        flat.extend(inner.arguments if inner else [value])
    distinct = sorted(dict.fromkeys(flat), key=size_key)
    if not distinct:
        raise ValueError(f"the {kind}imum of no values is not defined")
    kept: list[Size] = []
    for value in distinct:
        if any(_beats(kind, other, value) for other in kept):
            continue
        kept = [other for other in kept if not _beats(kind, value, other)]
        kept.append(value)
    return kept[0] if len(kept) == 1 else Dim.of_atom(Extremum(kind, tuple(kept)))


def _sole_extremum(value: Size, kind: str) -> Extremum | None:
    if isinstance(value, Dim) and len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
            atom = monomial[0][0]
            if isinstance(atom, Extremum) and atom.kind == kind:
                return atom
    return None


def _beats(kind: str, a: Size, b: Size) -> bool:
    if isinstance(a, int) and isinstance(b, int):
        return a >= b if kind == "max" else a <= b
    return at_most(b, a) if kind == "max" else at_most(a, b)
