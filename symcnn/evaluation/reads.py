"""Reading tensors: strided views where positions are affine, gathered entries elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from symcnn.equations.notation import Entry
from symcnn.equations.structure import number
from symcnn.evaluation.arithmetic import Arithmetic
from symcnn.evaluation.grids import Array, Grid, Scope, axes_of, combined, size_grid
from symcnn.symbols.cardinality import coefficients
from symcnn.symbols.size import IndexAtom, Size, add


@dataclass(frozen=True)
class Reader:
    """The arrays of a statement.

    ``lead`` holds positions to add where an array is longer at the front than its tensor.
    """

    arrays: Mapping[str, Array]
    extents: Mapping[IndexAtom, int]
    numbers: Arithmetic
    lead: Mapping[str, tuple[int, ...]]

    def read(self, entry: Entry, scope: Scope) -> Grid:
        """The entries of a tensor at the positions of an expression."""
        lead = self.lead.get(entry.tensor.name, (0,) * len(entry.position))
        positions = [add(p, extra) for p, extra in zip(entry.position, lead, strict=True)]
        spans = [self.span(position, scope) for position in positions]
        found = [span for span in spans if span is not None]
        if len(found) == len(spans):
            return self.strided(entry, found)
        return self.gathered(entry, [size_grid(position, scope) for position in positions])

    def span(self, position: Size, scope: Scope) -> tuple[int, dict[IndexAtom, int]] | None:
        """A position as a start and a step for each index on an axis of its own, where it is that simple."""
        split = coefficients(position)
        if split is None:
            return None
        start, steps = number(split[1]), dict[IndexAtom, int]()
        for index, slope in split[0].items():
            grid = scope[index]
            if not grid.axes:
                start += number(slope) * int(grid.values)
            elif grid.axes == (index,):
                steps[index] = number(slope)
            else:
                return None
        return start, steps

    def strided(self, entry: Entry, spans: Sequence[tuple[int, Mapping[IndexAtom, int]]]) -> Grid:
        """A view of the tensor, or of a copy with its border, with one stride for each index."""
        array = self.arrays[entry.tensor.name]
        axes = tuple(dict.fromkeys(i for _, steps in spans for i in steps))
        shape = tuple(self.extents[i] for i in axes)
        if 0 in shape:
            return Grid(np.zeros(shape, self.numbers.dtype), axes)
        widths: list[tuple[int, int]] = []
        for axis, ((start, steps), length) in enumerate(zip(spans, array.shape, strict=True)):
            moves = [n * (self.extents[i] - 1) for i, n in steps.items()]
            low, high = start + sum(min(0, m) for m in moves), start + sum(max(0, m) for m in moves)
            _check_reach(entry, axis, low, high, length)
            widths.append((max(0, -low), max(0, high - length + 1)))
        if any(w != (0, 0) for w in widths):
            array = _widened(array, widths)
        starts = [start + before for (start, _), (before, _) in zip(spans, widths, strict=True)]
        pairs = [(steps, stride) for (_, steps), stride in zip(spans, array.strides, strict=True)]
        strides = [sum(steps.get(i, 0) * stride for steps, stride in pairs) for i in axes]
        first = array[tuple(slice(start, None) for start in starts)]
        return Grid(np.lib.stride_tricks.as_strided(first, shape, strides, writeable=False), axes)

    def gathered(self, entry: Entry, positions: Sequence[Grid]) -> Grid:
        """The entries at any positions; 0 in a border of zeros."""
        array = self.arrays[entry.tensor.name]
        axes = axes_of(*positions)
        inside: list[Grid] = []
        for axis, (position, length) in enumerate(zip(positions, array.shape, strict=True)):
            if position.values.size:
                _check_reach(entry, axis, int(position.values.min()), int(position.values.max()), length)
            inside.append(Grid(within(position.values, (0, length - 1)), position.axes))
        at = tuple(np.clip(p.over(axes), 0, n - 1) for p, n in zip(positions, array.shape, strict=True))
        found = Grid(array[at], axes)
        border = [grid for grid in inside if not grid.values.all()]
        if not border:
            return found
        zero = self.numbers.number(0)
        return combined(lambda a, *masks: np.where(reduce(np.logical_and, masks), a, zero), found, *border)


def limits(entry: Entry, axis: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and last position that can take part, and the first and last that there are at all."""
    tensor = entry.tensor
    before, after = tensor.frame[axis] if tensor.frame else (0, 0)
    last = number(tensor.known_shape[axis]) - 1
    far = number(tensor.beyond[axis]) if tensor.beyond else 0
    part = (-number(before), last + number(after)) if tensor.fill == "zero" else (0, last)
    return part, (-number(before), last + number(after) + far)


def within(values: Array, between: tuple[int, int]) -> Array:
    """Where values lie between two limits, both included."""
    return (values >= between[0]) & (values <= between[1])


def _check_reach(entry: Entry, axis: int, low: int, high: int, length: int) -> None:
    tensor = entry.tensor
    before, after = tensor.frame[axis] if tensor.frame and tensor.fill == "zero" else (0, 0)
    if low < -number(before) or high > length - 1 + number(after):
        raise ValueError(
            f"{entry} reads axis {axis} of {tensor.name} at {low if low < -number(before) else high}, "
            f"outside of its {length} entries, and no reduction leaves this out"
        )


def _widened(array: Array, widths: Sequence[tuple[int, int]]) -> Array:
    """A copy with zeros around it."""
    pairs = list(zip(array.shape, widths, strict=True))
    out = np.zeros([before + n + after for n, (before, after) in pairs], array.dtype)
    out[tuple(slice(before, before + n) for n, (before, _) in pairs)] = array
    return out
