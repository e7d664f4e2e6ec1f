"""The points at which a reduction takes place, where guards or borders leave others out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod

import numpy as np

from symcnn.evaluation.grids import Array, Grid, Scope, axes_of
from symcnn.symbols.size import IndexAtom


@dataclass(frozen=True)
class Chosen:
    """The points of a box at which a reduction takes place, one after the other on a new axis.

    ``groups`` numbers the point of the ``outer`` indices, whose ranges are ``shape``, for each of them.
    """

    axis: IndexAtom
    scope: Scope
    outer: tuple[IndexAtom, ...]
    shape: tuple[int, ...]
    groups: Array

    @property
    def starts(self) -> Array:
        """Where each group of points begins; they are in order."""
        return np.flatnonzero(np.r_[True, self.groups[1:] != self.groups[:-1]])

    @property
    def sizes(self) -> Array:
        """The number of points of each outer point."""
        return np.bincount(self.groups, minlength=prod(self.shape))


def choose(scope: Scope, over: Sequence[IndexAtom], masks: Sequence[Grid]) -> Chosen:
    """The points that all masks leave, with the indices that decide along one new axis."""
    decisive = axes_of(*masks)
    outer = tuple(i for i in decisive if i not in over)
    order = outer + tuple(i for i in decisive if i in over)
    mask = reduce(np.logical_and, (m.over(order) for m in masks))
    lengths = {a: n for m in masks for a, n in zip(m.axes, m.values.shape, strict=True)}
    # Masks without any index decide for everything at once.
    points = np.nonzero(np.atleast_1d(np.broadcast_to(mask, [lengths[i] for i in order])))
    along = dict(zip(order, points, strict=False))
    axis = IndexAtom(f"points of {', '.join(i.name for i in order)}")
    shape = tuple(lengths[i] for i in outer)
    groups = (
        np.ravel_multi_index([along[i] for i in outer], shape) if outer else np.zeros(points[0].size, np.intp)
    )
    moved = {
        index: Grid(grid.values[along[grid.axes[0]]], (axis,))
        for index, grid in scope.items()
        if grid.axes and grid.axes[0] in along
    }
    return Chosen(axis, {**scope, **moved}, outer, shape, groups)
