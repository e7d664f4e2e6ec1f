"""The sum over all points of a loop nest that read an entry: from what each point adds to an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcnn.derive.extents import flat_length
from symcnn.derive.partials import Names, Part, Windows, extents_of
from symcnn.equations.notation import Entry, Equation, Node, Sum, Tensor, is_bare, scatter
from symcnn.symbols.cardinality import Extents, greatest, indices_in
from symcnn.symbols.conditions import equal
from symcnn.symbols.size import Index, IndexAtom, Size, add, subtract

Shape = tuple[Size, ...]

_TARGETS = ("p", "q", "l")


def gathered(part: Part, extents: Extents, shapes: Mapping[str, Shape], names: Names) -> Equation:
    """One part of a gradient: for each entry of a tensor the sum over all points that read it."""
    entry, loops = part.entry, dict(extents)
    left: list[Size] = []
    at: dict[Index, Size] = {}
    kept: set[IndexAtom] = set()
    free = Names(set(names.taken))
    for axis, (position, length) in enumerate(zip(entry.position, shapes[entry.tensor.name], strict=True)):
        own = set(indices_in(position))
        if not stands_out(entry.tensor, axis) and not own & kept and covers(position, length, extents):
            left.append(position)
            kept |= own
        else:
            target = Index(free.fresh(*_TARGETS))
            at[target], loops[target.atom] = position, length
            left.append(target)
    over = [Index(i.name) for i in part.loops if i not in kept]
    trim = {
        t: subtract(add(last, 1), loops[t.atom])
        for t, p in at.items()
        if (last := end(p, over, extents)) is not None
    }
    right: Node = part.factor
    if at and len(trim) == len(at) and not part.where:
        right = scatter(over, right, at, trim)
    elif over or at or part.where:
        right = Sum[tuple(over)](right, where=(*part.where, *(equal(t, p) for t, p in at.items())))
    right = Windows.over(shapes, extents).node(right)
    place = Entry(entry.tensor, tuple(left))
    return Equation(place, right, extents_of(place, right, loops))


def stands_out(tensor: Tensor, axis: int) -> bool:
    """Whether there are positions before or behind an axis."""
    return bool(tensor.frame and tensor.frame[axis] != (0, 0)) or bool(
        tensor.beyond and tensor.beyond[axis] != 0
    )


def covers(position: Size, length: Size, extents: Extents) -> bool:
    """Whether a position takes each value along an axis once."""
    if isinstance(position, int):
        return length == position + 1 == 1
    return is_bare(position) or flat_length(position, extents) == length


def end(position: Size, over: Sequence[Index], extents: Extents) -> Size | None:
    """The last position of a window that moves with nothing but the loops ``over``."""
    inside = indices_in(position)
    return greatest(position, extents) if inside and {*inside} <= {i.atom for i in over} else None
