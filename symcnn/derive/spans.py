"""Which positions of its inputs a range of outputs reads, axis by axis.

Along an axis, output i of the target sees the positions from ``stride*i + low`` to ``stride*i + high``.
One layer composes such a span with its affine access ``S*r + D*u - P``:
the range [a i + l, a i + h] becomes [S a i + S l - P, S a i + S h + D(K - 1) - P].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symcnn.derive.extents import Statement
from symcnn.derive.quantities import LayerQuantities
from symcnn.equations.notation import Entry, Scatter, Unknown, is_bare
from symcnn.symbols.cardinality import coefficients, greatest, indices_in, least
from symcnn.symbols.extremum import maximum, minimum
from symcnn.symbols.size import Dim, IndexAtom, Size, add, multiply, subtract


@dataclass(frozen=True)
class Span:
    """Positions from ``stride*i + low`` to ``stride*i + high``, i the target's position on ``axis``.

    Without an axis the span is the same for every output: the positions from low to high.
    """

    axis: int | None
    stride: Size
    low: Size
    high: Size

    def joined(self, other: Span) -> Span:
        """The smallest span that covers both; raises ``ValueError`` where the strides differ."""
        if (self.axis, self.stride) != (other.axis, other.stride):
            raise ValueError(f"branches with strides {self.stride} and {other.stride} are not aligned")
        return Span(self.axis, self.stride, minimum(self.low, other.low), maximum(self.high, other.high))


Spans = tuple[Span, ...]


def whole(shape: Sequence[Size]) -> Spans:
    """All positions of a tensor."""
    return tuple(Span(None, 0, 0, subtract(n, 1)) for n in shape)


def points(rank: int) -> Spans:
    """Every axis read at the target's own position."""
    return tuple(Span(axis, 1, 0, 0) for axis in range(rank))


def input_spans(layer: LayerQuantities, output: Spans) -> list[Spans | None]:
    """For each input of a layer, the positions that these positions of its output read (None: nothing)."""
    seen: dict[str, Spans] = {layer.statements[-1].equation.left.tensor.name: output}
    for statement in reversed(layer.statements):
        name = statement.equation.left.tensor.name
        if name not in seen:
            continue
        for node in statement.equation.right.walk():
            for tensor in node.tensors if isinstance(node, Unknown) else ():
                shape = layer.resolved.shapes[tensor.name]
                join(seen, tensor.name, whole(shape), shape)
        seen[name] = _through_steps(statement, seen[name])
        for entry in statement.equation.entries():
            if entry.tensor.role in {"weight", "buffer"} or entry.tensor.name == name:
                continue
            shape = layer.resolved.shapes[entry.tensor.name]
            join(seen, entry.tensor.name, _entry_spans(statement, entry, seen[name], shape), shape)
    return [seen.get(x.name) for x in layer.inputs]


def _through_steps(statement: Statement, output: Spans) -> Spans:
    """The output and the entries of it that are computed before: along the axes of a recurrence, all."""
    left = statement.equation.left
    own = [e.position for e in statement.equation.entries() if e.tensor.name == left.tensor.name]
    return tuple(
        span if all(position[axis] == left.position[axis] for position in own) else everything
        for axis, (span, everything) in enumerate(zip(output, whole(statement.shape), strict=True))
    )


def join(seen: dict[str, Spans], name: str, found: Spans, shape: Sequence[Size]) -> None:
    """Add spans of one tensor to those found before."""
    before = seen.get(name)
    if before is not None:
        found = tuple(_joined(a, b, n) for a, b, n in zip(before, found, shape, strict=True))
    seen[name] = found


def _joined(a: Span, b: Span, length: Size) -> Span:
    everything = Span(None, 0, 0, subtract(length, 1))
    return everything if everything in (a, b) else a.joined(b)


def _entry_spans(statement: Statement, entry: Entry, output: Spans, shape: Sequence[Size]) -> Spans:
    moving: dict[IndexAtom, Span] = {}
    for position, span in zip(statement.equation.left.position, output, strict=True):
        if is_bare(position):
            moving[indices_in(position)[0]] = span
    placed = {
        i
        for node in statement.equation.right.walk()
        if isinstance(node, Scatter)
        for _, p in node.at
        for i in indices_in(p)
    }
    return tuple(
        _position_span(p, moving, placed, statement.extents, n)
        for p, n in zip(entry.position, shape, strict=True)
    )


def _position_span(
    position: Size,
    moving: Mapping[IndexAtom, Span],
    placed: set[IndexAtom],
    extents: Mapping[IndexAtom, Size],
    length: Size,
) -> Span:
    everything = Span(None, 0, 0, subtract(length, 1))
    split = coefficients(position)
    if split is None or placed & set(split[0]):
        return everything
    ours = [i for i in split[0] if i in moving]
    if len(ours) != 1:
        return everything
    slope, span = split[0][ours[0]], moving[ours[0]]
    others = subtract(position, multiply(slope, Dim.of_atom(ours[0])))
    first, last = least(others, extents), greatest(others, extents)
    if first is None or last is None:
        return everything
    return Span(
        span.axis,
        multiply(slope, span.stride),
        add(multiply(slope, span.low), first),
        add(multiply(slope, span.high), last),
    )
