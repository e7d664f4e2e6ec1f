"""Maxima and minima of sizes in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from symcnn.symbols.bounds import at_most
from symcnn.symbols.size import Atom, Dim, IndexAtom, Size, Sym, atoms, multiply, size_key, substitute


class Extremum(Atom):
    """The largest or smallest of several sizes, none of which is known to be beside the point."""

    __slots__ = ("arguments", "kind")

    def __init__(self, kind: str, arguments: tuple[Size, ...]) -> None:
        self.kind = kind
        self.arguments = arguments
        super().__init__((4, kind, tuple(size_key(a) for a in arguments)))

    def parts(self) -> Iterable[Size]:
        """The sizes compared."""
        return self.arguments

    def rebuilt(self, replace: Callable[[Size], Size]) -> Size:
        """The extremum of the new sizes."""
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
    if kind == "min":
        distinct = [multiply(-1, value) for value in distinct]
    kept = _largest(distinct)
    if kind == "min":
        kept = [multiply(-1, value) for value in kept]
    kept.sort(key=size_key)
    return kept[0] if len(kept) == 1 else Dim.of_atom(Extremum(kind, tuple(kept)))


def _largest(values: Sequence[Size]) -> list[Size]:
    """The values that none of the others is known to reach everywhere.

    A few sample points tell quickly which comparisons are worth an attempt.
    """
    points = _sample_points(values)
    sampled = {value: [_sampled(value, point) for point in points] for value in values}
    kept: list[Size] = []
    for value in sorted(values, key=lambda v: sampled[v][-1], reverse=True):
        if not any(_reaches(sampled, other, value) for other in kept):
            kept = [other for other in kept if not _reaches(sampled, value, other)]
            kept.append(value)
    return kept


def _reaches(sampled: Mapping[Size, Sequence[int]], a: Size, b: Size) -> bool:
    pairs = zip(sampled[a], sampled[b], strict=True)
    return all(x >= y for x, y in pairs) and at_most(b, a)


def _sample_points(values: Iterable[Size]) -> list[dict[Atom, Size]]:
    """Small, skewed and large values for all symbols and loop indices."""
    found = sorted({a for v in values for a in atoms(v) if isinstance(a, Sym | IndexAtom)})
    start = {a: (a.minimum or 0) if isinstance(a, Sym) else 0 for a in found}
    return [
        {a: start[a] + step * (1 + (k * stretch) % 7) for k, a in enumerate(found)}
        for step, stretch in ((0, 0), (1, 1), (1, 3), (97, 5), (1009, 2))
    ]


def _sampled(value: Size, point: Mapping[Atom, Size]) -> int:
    """The value at a point; one that stays symbolic, or is no integer there, counts as 0."""
    try:
        found = substitute(value, point)
    except ArithmeticError:
        return 0
    return found if isinstance(found, int) else 0


def _sole_extremum(value: Size, kind: str) -> Extremum | None:
    if isinstance(value, Dim) and len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
            atom = monomial[0][0]
            if isinstance(atom, Extremum) and atom.kind == kind:
                return atom
    return None
