"""Random equations in index notation, whose tensors have shapes that hold every entry that is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from hypothesis import strategies as st

from symcnn.equations.notation import (
    Constant,
    Entry,
    Equation,
    Fill,
    Max,
    Mean,
    Node,
    Sum,
    Tensor,
    computed,
    larger,
    smaller,
)
from symcnn.symbols.cardinality import coefficients
from symcnn.symbols.conditions import Condition, at_least
from symcnn.symbols.size import Index, Size

_OUTER = tuple(Index(name) for name in ("n", "r", "c"))
_INNER = tuple(Index(name) for name in ("u", "v", "s", "t", "i", "j", "k", "l"))
_REDUCERS = {"sum": Sum, "max": Max, "mean": Mean}
_NUMBERS = (0, 1, -1, 2, -2, 3, Fraction(1, 2), Fraction(-2, 3))
# What is drawn from, the more often the more often it stands here. What takes the fewest choices comes first:
# it is the first example that Hypothesis tries, and the smallest.
_KINDS = ("sum", "sum", "max", "mean")
_LEAVES = ("constant", "entry", "entry", "entry")
_FORMS = (*_LEAVES, *["reduction"] * 6, "negative", *["arithmetic"] * 3, "extremum")


def equations(
    *, max_depth: int = 2, max_rank: int = 3, max_length: int = 3, max_tensors: int = 3
) -> st.SearchStrategy[Equation]:
    """Equations y[n, r, ...] = ... in index notation, with shapes of numbers: ``evaluate`` takes them.

    The right side has sums, maxima and means, with and without guards, at most ``max_depth`` within one
    another; +, -, *, the larger and the smaller of two, negation and constants; and entries of up to
    ``max_tensors`` tensors of up to ``max_rank`` axes, read at affine positions (strides, dilations, offsets,
    borders that read 0 or take no part) and at floors of them. Loops have up to ``max_length`` turns. The
    guards of sums may exclude everything, those of maxima and means never do.

    Arrays come from :func:`arrays_for`. Equations shrink to y[n] = 0.
    Raises ``ValueError`` for bounds that are too small.

    >>> from hypothesis import find
    >>> print(find(equations(), lambda equation: True))
    y[n] = 0
    """
    bounds = _Bounds(max_depth, max_rank, max_length, max_tensors)
    for name, value, least in (
        ("max_depth", max_depth, 0),
        ("max_rank", max_rank, 1),
        ("max_length", max_length, 1),
        ("max_tensors", max_tensors, 1),
    ):
        if type(value) is not int or value < least:
            raise ValueError(f"equations: {name}={value!r} must be an integer of at least {least}")
    return _equation(bounds)


class _Bounds(NamedTuple):
    depth: int
    rank: int
    length: int
    tensors: int


@st.composite
def _equation(draw: st.DrawFn, bounds: _Bounds) -> Equation:
    outer = _OUTER[: draw(st.integers(1, min(bounds.rank, len(_OUTER))))]
    writer = _Writer(draw, bounds, {index: draw(st.integers(1, bounds.length)) for index in outer})
    right = writer.expression(outer, bounds.depth, None)
    return Equation(computed("y")[outer], right, extents=dict[Index, Size](writer.extents))


class _Read(NamedTuple):
    """One axis of an entry: ``position``, from ``least`` to ``greatest``, whether it may fill its axis."""

    position: Size
    least: int
    greatest: int
    whole: bool


@dataclass
class _Writer:
    """Writes one right side; it knows the extents of all indices and the shapes of all tensors so far."""

    draw: st.DrawFn
    bounds: _Bounds
    extents: dict[Index, int]
    tensors: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])

    def expression(self, known: Sequence[Index], depth: int, inside: str | None) -> Node:
        """An expression over these indices; ``inside`` is the kind of the reduction around it."""
        draw = self.draw
        form = draw(st.sampled_from(_FORMS if depth else _LEAVES))
        if form == "entry":
            return self.entry(known, inside)
        if form == "constant":
            return Constant(draw(st.sampled_from(_NUMBERS)))
        if form == "reduction":
            return self.reduction(known, depth - 1)
        left = self.expression(known, depth - 1, inside)
        if form == "negative":
            return -left
        right = self.expression(known, depth - 1, inside)
        if form == "arithmetic":
            return draw(st.sampled_from([left + right, left * right, left - right]))
        return draw(st.sampled_from([larger(left, right), smaller(left, right)]))

    def reduction(self, known: Sequence[Index], depth: int) -> Node:
        """A sum, maximum or mean over one or two new indices."""
        draw = self.draw
        kind = draw(st.sampled_from(_KINDS))
        free = [index for index in _INNER if index not in self.extents]
        new = tuple(free[: draw(st.integers(1, 2))])
        if not new:
            return self.entry(known, None)
        self.extents.update({index: draw(st.integers(1, self.bounds.length)) for index in new})
        where = [self.guard(known, new, kind) for _ in range(draw(st.integers(0, 1)))]
        body = self.expression((*known, *new), depth, kind)
        return _REDUCERS[kind][new](body, where=where)

    def guard(self, known: Sequence[Index], new: Sequence[Index], kind: str) -> Condition:
        """A bound of a new index by an old one; of a maximum or mean it always leaves the first point."""
        draw = self.draw
        index, other = draw(st.sampled_from(new)), draw(st.sampled_from(known))
        factor, above = draw(st.integers(1, 2)), draw(st.integers(0 if kind != "sum" else -2, 2))
        if kind == "sum" and draw(st.booleans()):
            return at_least(index, factor * other + above)
        return at_least(factor * other + above, index)

    def entry(self, known: Sequence[Index], inside: str | None) -> Entry:
        """An entry of a new tensor, or of one that is read already."""
        draw = self.draw
        names = [*self.tensors]
        if len(names) < self.bounds.tensors:
            names.append(f"x_{len(names) + 1}")
        name = draw(st.sampled_from(names))
        shape = self.tensors.get(name)
        rank = draw(st.integers(1, self.bounds.rank)) if shape is None else len(shape)
        fill: Fill = draw(st.sampled_from(["zero", "skip"] if inside == "sum" else ["zero"]))
        reads = [self.read(known) for _ in range(rank)]
        if shape is None:
            shape = self.tensors[name] = tuple(self.length(read) for read in reads)
        reads = [_apart(read, n) for read, n in zip(reads, shape, strict=True)]
        frame = tuple(
            (max(0, -read.least), max(0, read.greatest + 1 - n)) for read, n in zip(reads, shape, strict=True)
        )
        tensor = Tensor(name, shape, "input")
        if any(side for pair in frame for side in pair):
            tensor = replace(tensor, frame=frame, fill=fill, beyond=(0,) * rank)
        return tensor[tuple(read.position for read in reads)]

    def read(self, known: Sequence[Index]) -> _Read:
        """A position: a number, an index, or an affine expression or its floor."""
        draw = self.draw
        used = draw(st.lists(st.sampled_from(known), max_size=2, unique_by=str))
        position: Size = 0
        greatest = 0
        for index in used:
            factor = draw(st.integers(1, 3))
            position = position + factor * index
            greatest += factor * (self.extents[index] - 1)
        offset = draw(st.sampled_from([0, 1, 2, -1, -2]))
        if not used:
            return _Read(abs(offset), abs(offset), abs(offset), False)
        divisor = draw(st.sampled_from([1, 2, 3]))
        low, high = offset // divisor, (greatest + offset) // divisor
        placed: Size = (position + offset) // divisor
        split = coefficients(placed)
        return _Read(placed, low, high, split is not None and split[1] == 0)

    def length(self, read: _Read) -> int:
        """The length of an axis of a new tensor: all that is read, or less or more with a border."""
        full = max(1, read.greatest + 1)
        return full if read.whole else max(1, full - self.draw(st.sampled_from([0, 1, 2, -1])))


def _apart(read: _Read, length: int) -> _Read:
    """The position moved by one where it would have to fill its axis, and does not.

    A position such as ``3*r + u`` stands for a whole axis, whose length has to agree.
    """
    if not read.whole or read.greatest + 1 == length:
        return read
    return _Read(read.position + 1, read.least + 1, read.greatest + 1, False)
