"""Numbers of points of boxes with guards, such as the taps of padded or adaptive windows.

``Card`` is the finite sum of 1 over the points of a box of loop indices that satisfy its guards.
It is exact at numbers; where no closed form is known it stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from symcnn.kernel import polynomial as poly
from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.extremum import minimum
from symcnn.symbols.size import (
    Atom,
    Dim,
    Index,
    IndexAtom,
    Size,
    Sym,
    add,
    atoms,
    from_terms,
    multiply,
    product,
    size_key,
    substitute,
    subtract,
)

Box = tuple[tuple[IndexAtom, Size], ...]
Extents = Mapping[IndexAtom, Size]


def atom_of(index: Index) -> IndexAtom:
    """The polynomial variable of a loop index."""
    return index.atom


def indices_in(value: Size) -> list[IndexAtom]:
    """The loop indices that occur in a size."""
    if isinstance(value, int):
        return []
    if isinstance(value, Index):
        return [value.atom]
    return list(dict.fromkeys(a for a in atoms(value) if isinstance(a, IndexAtom)))


def coefficients(value: Size) -> tuple[dict[IndexAtom, Size], Size] | None:
    """The coefficient of each loop index and the rest, or None where the size is not affine in them."""
    if isinstance(value, int):
        return {}, value
    if value.memo is None:
        value.memo = {}
    if "coefficients" not in value.memo:
        value.memo["coefficients"] = _coefficients(value)
    return value.memo["coefficients"]


def _coefficients(value: Dim) -> tuple[dict[IndexAtom, Size], Size] | None:
    linear: dict[IndexAtom, poly.Polynomial] = {}
    rest: poly.Polynomial = {}
    for m, c in value.expanded().items():
        inside = [(a, e) for a, e in m if isinstance(a, IndexAtom)]
        hidden = any(
            indices_in(part) for a, _ in m if not isinstance(a, IndexAtom | Sym) for part in a.parts()
        )
        if hidden or len(inside) > 1 or any(e != 1 for _, e in inside):
            return None
        if inside:
            linear.setdefault(inside[0][0], {})[tuple(p for p in m if p != inside[0])] = c
        else:
            rest[m] = c
    return {i: from_terms(terms) for i, terms in linear.items()}, from_terms(rest)


def least(value: Size, extents: Extents) -> Size | None:
    """The least value over a box of indices with the given extents, where the signs are known."""
    split = coefficients(value)
    if split is None:
        return None
    linear, out = split
    for index, coefficient in linear.items():
        if index not in extents:
            return None
        if _non_negative(coefficient):
            continue
        if not _non_negative(multiply(-1, coefficient)):
            return None
        out = add(out, multiply(coefficient, subtract(extents[index], 1)))
    return out


def _non_negative(value: Size) -> bool:
    bound = lower_bound(value)
    return bound is not None and bound >= 0


def greatest(value: Size, extents: Extents) -> Size | None:
    """The greatest value over a box of indices with the given extents, where the signs are known."""
    below = least(multiply(-1, value), extents)
    return None if below is None else multiply(-1, below)


class Card(Atom):
    """The number of points of a box with guards, or of its shadow on the ``outer`` indices.

    A guard is a size that must be >= 0. With ``outer``, points that agree on those count once.
    """

    __slots__ = ("box", "guards", "outer")

    def __init__(self, box: Box, guards: tuple[Size, ...], outer: tuple[IndexAtom, ...] | None) -> None:
        self.box = box
        self.guards = guards
        self.outer = outer
        names = None if outer is None else tuple(i.name for i in outer)
        super().__init__(
            (
                5,
                tuple((i.name, size_key(n)) for i, n in box),
                tuple(size_key(g) for g in guards),
                () if names is None else (names,),
            )
        )

    def parts(self) -> Iterable[Size]:
        """The extents of the box, and the guards."""
        return (*(n for _, n in self.box), *self.guards)

    def rebuilt(self, replace: Callable[[Size], Size]) -> Size:
        """The count over the new box; a number where that is known now."""
        return cardinality(
            [(i, replace(n)) for i, n in self.box], [replace(g) for g in self.guards], self.outer
        )


def apart(card: Card) -> Card:
    """The same count, with loop indices that are named unlike all symbols in it.

    >>> from symcnn.symbols import parse_size
    >>> i, L = IndexAtom("i"), parse_size("i")
    >>> apart(Card(((i, L),), (L - 2 * Dim.of_atom(i) - 1,), None))
    count(i_ < i; i >= 2*i_ + 1)
    """
    taken = {a.name for part in card.parts() for a in atoms(part) if isinstance(a, Sym)}
    fresh: dict[IndexAtom, IndexAtom] = {}
    for index, _ in card.box:
        name = index.name
        while name in taken:
            name += "_"
        taken.add(name)
        fresh[index] = IndexAtom(name)
    if all(old == new for old, new in fresh.items()):
        return card
    values = {old: Dim.of_atom(new) for old, new in fresh.items()}
    return Card(
        tuple((fresh[i], n) for i, n in card.box),
        tuple(substitute(g, {**values}) for g in card.guards),
        None if card.outer is None else tuple(fresh[i] for i in card.outer),
    )


def cardinality(
    box: Sequence[tuple[IndexAtom, Size]],
    guards: Sequence[Size],
    outer: Sequence[IndexAtom] | None = None,
    inhabited: Collection[IndexAtom] = (),
) -> Size:
    """The number of points of ``box`` where every guard is >= 0, as a product over independent parts.

    Extents are at least 0, and at least 1 for the ``inhabited`` indices.

    >>> from symcnn.symbols import indices, parse_size
    >>> i, j = (atom_of(k) for k in indices("i j"))
    >>> L = parse_size("L")
    >>> cardinality([(i, 3), (j, L)], [])
    3*L
    >>> cardinality([(i, 4), (j, 3)], [Dim.of_atom(i) + Dim.of_atom(j) - 3])
    6
    """
    extents = dict(box)
    kept: list[Size] = []
    for guard in dict.fromkeys(guards):
        low = least(guard, extents)
        bound = None if low is None else lower_bound(low)
        if bound is None or bound < 0:
            kept.append(guard)
    factors: list[Size] = []
    for component, its_guards in _components(box, kept):
        here = None if outer is None else tuple(i for i, _ in component if i in outer)
        if not its_guards:
            for i, n in component:
                if here is None or i in here:
                    factors.append(n)
                elif i not in inhabited and (lower_bound(n) or 0) < 1:
                    factors.append(_one_or_none(n))  # of an empty range there is no shadow
        else:
            factors.append(_card(tuple(component), tuple(its_guards), here))
    return product(factors)


def _one_or_none(extent: Size) -> Size:
    return min(1, max(0, extent)) if isinstance(extent, int) else minimum(1, extent)


def _components(
    box: Sequence[tuple[IndexAtom, Size]], guards: Sequence[Size]
) -> list[tuple[list[tuple[IndexAtom, Size]], list[Size]]]:
    """Indices that share guards, together; the box order is kept."""
    group = {i: i for i, _ in box}

    def root(i: IndexAtom) -> IndexAtom:
        while group[i] != i:
            i = group[i]
        return i

    for guard in guards:
        mine = [i for i in indices_in(guard) if i in group]
        for other in mine[1:]:
            group[root(other)] = root(mine[0])
    out: dict[IndexAtom | None, tuple[list[tuple[IndexAtom, Size]], list[Size]]] = {}
    for i, n in box:
        out.setdefault(root(i), ([], []))[0].append((i, n))
    for guard in guards:
        mine = [i for i in indices_in(guard) if i in group]
        out.setdefault(root(mine[0]) if mine else None, ([], []))[1].append(guard)
    return list(out.values())


def _card(box: Box, guards: tuple[Size, ...], outer: tuple[IndexAtom, ...] | None) -> Size:
    bound = {i for i, _ in box}
    numeric = all(isinstance(n, int) for _, n in box) and all(
        isinstance(a, IndexAtom) and a in bound for g in guards for a in atoms(g)
    )
    if numeric:
        split = [coefficients(g) for g in guards]
        if all(s is not None for s in split):
            return _count(box, guards, outer)
    return Dim.of_atom(Card(box, guards, outer))


def _count(box: Box, guards: tuple[Size, ...], outer: tuple[IndexAtom, ...] | None) -> int:
    """The number of points, by enumerating all indices but the last and solving for that one."""
    if not box:
        return 1 if all(isinstance(g, int) and g >= 0 for g in guards) else 0
    order = list(box) if outer is None else sorted(box, key=lambda item: item[0] not in outer)
    (first, n), rest = order[0], tuple(order[1:])
    if not isinstance(n, int):
        raise TypeError(f"extent {n} is not a number")
    inner = outer is not None and first not in outer
    if not rest:
        low, high = _interval(first, n, guards)
        size = max(0, high - low + 1)
        return min(size, 1) if inner else size
    low, high = _interval(first, n, tuple(g for g in guards if indices_in(g) == [first]))
    found = 0
    for value in range(low, high + 1):
        found += _count(rest, tuple(substitute(g, {first: value}) for g in guards), outer)
        if inner and found:
            return 1
    return found


def _interval(index: IndexAtom, n: int, guards: Sequence[Size]) -> tuple[int, int]:
    """The values of one index below its extent that satisfy guards in it alone."""
    low, high = 0, n - 1
    for guard in guards:
        split = coefficients(guard)
        if split is None:
            raise TypeError(f"guard {guard} is not affine in its indices")
        slope, constant = split[0].get(index, 0), split[1]
        if not (isinstance(slope, int) and isinstance(constant, int)):
            raise TypeError(f"guard {guard} is not numeric")
        if slope > 0:
            low = max(low, -(constant // slope))
        elif slope < 0:
            high = min(high, constant // -slope)
        elif constant < 0:
            return 0, -1
    return low, high
