"""Arrays whose axes are loop indices, and sizes evaluated on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from math import lcm
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Dim, Group, IndexAtom, Size

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Grid:
    """Numbers over loop indices: the array has one axis for each of them."""

    values: Array
    axes: tuple[IndexAtom, ...] = ()

    def over(self, axes: Iterable[IndexAtom]) -> Array:
        """The array with these axes in this order, of length 1 where it does not vary."""
        axes = tuple(axes)
        moved = self.values.transpose([self.axes.index(a) for a in axes if a in self.axes])
        return moved[(..., *(slice(None) if a in self.axes else None for a in axes))]


Scope: TypeAlias = Mapping[IndexAtom, Grid]


def axes_of(*grids: Grid) -> tuple[IndexAtom, ...]:
    """All axes of some grids, in order of first appearance."""
    return tuple(dict.fromkeys(a for grid in grids for a in grid.axes))


def combined(operation: Callable[..., Array], *grids: Grid) -> Grid:
    """An operation entry by entry."""
    axes = axes_of(*grids)
    operands = [grid.over(axes) for grid in grids]
    return Grid(as_array(operation(*operands), *operands), axes)


def as_array(result: Any, *operands: Array) -> Array:
    """The result of a NumPy operation as an array; for objects without an axis that is a bare object."""
    if isinstance(result, np.ndarray):
        return result
    return np.asarray(result, object if any(a.dtype == object for a in operands) else None)


def size_grid(size: Size, scope: Scope) -> Grid:
    """The values of a size over the indices in it."""
    if isinstance(size, int):
        return Grid(np.asarray(size))
    below = lcm(*(c.denominator for c in size.terms.values()))
    terms: list[Grid] = []
    for monomial, coefficient in size.terms.items():
        factors = [Grid(np.asarray(int(coefficient * below)))]
        for atom, exponent in monomial:
            if exponent < 0:
                raise ValueError(f"{size} divides by {atom}, which is no number; write a floor")
            factors += [_atom_grid(atom, scope)] * exponent
        terms.append(reduce(lambda a, b: combined(np.multiply, a, b), factors))
    total = reduce(lambda a, b: combined(np.add, a, b), terms)
    if below == 1:
        return total
    if np.any(total.values % below):
        raise ArithmeticError(f"{size} is not an integer everywhere")
    return Grid(np.asarray(total.values // below), total.axes)


def _atom_grid(atom: Atom, scope: Scope) -> Grid:
    if isinstance(atom, IndexAtom):
        return scope[atom]
    if isinstance(atom, Group):
        return size_grid(atom.dim, scope)
    if isinstance(atom, Floor):
        return combined(np.floor_divide, size_grid(atom.numerator, scope), size_grid(atom.denominator, scope))
    if isinstance(atom, Extremum):
        larger = np.maximum if atom.kind == "max" else np.minimum
        return reduce(lambda a, b: combined(larger, a, b), (size_grid(a, scope) for a in atom.arguments))
    raise TypeError(f"{Dim.of_atom(atom)} cannot be evaluated on arrays")


def guard_grid(guard: Condition, scope: Scope) -> Grid:
    """Where a guard holds."""
    left, right = size_grid(guard.left, scope), size_grid(guard.right, scope)
    if guard.relation == "divides":
        return combined(lambda d, n: np.mod(n, d) == 0, left, right)
    return combined(np.greater_equal if guard.relation == "ge" else np.equal, left, right)
