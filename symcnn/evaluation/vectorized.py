"""Equations on whole arrays: reads as strided views, sums of products as ``einsum``.

Every value is a :class:`Grid` over the loop indices that it depends on. A reduction over a whole box works
on views of its operands. Where guards or borders leave points out, its body is computed at the other points
alone, which become one axis in the place of the indices that decide (see :func:`choose`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from symcnn.derive.extents import Statement
from symcnn.equations.notation import (
    Binary,
    Call,
    Constant,
    Entry,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
)
from symcnn.equations.structure import may_stand_out, number, owned, steps_of
from symcnn.evaluation.arithmetic import Arithmetic
from symcnn.evaluation.grids import (
    Array,
    Grid,
    Scope,
    as_array,
    axes_of,
    combined,
    guard_grid,
    size_grid,
)
from symcnn.evaluation.points import choose
from symcnn.evaluation.reads import Reader, limits, within
from symcnn.symbols.cardinality import atom_of, coefficients, indices_in
from symcnn.symbols.size import Dim, IndexAtom, Size

_OPERATIONS: dict[str, Any] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}


def run(statement: Statement, arrays: Mapping[str, Array], numbers: Arithmetic) -> Array:
    """The tensor that a statement defines."""
    equation = statement.equation
    names = {entry.tensor.name for entry in equation.entries()}
    used = {name: numbers.array(a) for name, a in arrays.items() if name in names}
    extents = {i: number(n) for i, n in statement.extents.items()}
    shape = tuple(number(n) for n in statement.shape)
    left = dict.fromkeys(i for p in equation.left.position for i in indices_in(p))
    scope = {i: _walking(i, extents[i]) for i in left}
    steps = steps_of(equation)
    if steps is None:
        loops = _Loops(Reader(used, extents, numbers, {}), extents, numbers)
        value = loops.node(equation.right, scope)
        return np.array(_row_major(value, equation.left.position, extents, shape), numbers.dtype)
    # The tensor stands one position further in ``states``, behind the state before the first step.
    axis, name = steps.axis, equation.left.tensor.name
    states = np.zeros((*shape[:axis], shape[axis] + 1, *shape[axis + 1 :]), numbers.dtype)
    along = np.moveaxis(states, axis, 0)
    if equation.initial is not None:
        along[0] = numbers.array(arrays[equation.initial.name])
    lead = {name: tuple(int(k == axis) for k in range(len(shape)))}
    loops = _Loops(Reader({**used, name: states}, extents, numbers, lead), extents, numbers)
    rest = equation.left.position[:axis] + equation.left.position[axis + 1 :]
    for step in range(shape[axis]):
        value = loops.node(equation.right, {**scope, steps.index: Grid(np.asarray(step))})
        along[step + 1] = _row_major(value, rest, extents, along.shape[1:])
    return np.ascontiguousarray(np.moveaxis(along[1:], 0, axis))


def _walking(index: IndexAtom, extent: int) -> Grid:
    """The values of an index that walks through its whole range on an axis of its own."""
    return Grid(np.arange(extent), (index,))


def _row_major(
    value: Grid, positions: Sequence[Size], extents: Mapping[IndexAtom, int], shape: Sequence[int]
) -> Array:
    """A grid as the array whose axes are these positions: single indices, or row-major flat ones."""
    order: list[IndexAtom] = []
    for position in positions:
        split = coefficients(position)
        if split is None:
            raise ValueError(f"{position} is no row-major flat position")
        steps = {i: number(n) for i, n in split[0].items()}
        # An index that never moves may have any step.
        order += sorted(steps, key=lambda i: (extents[i] != 1, -steps[i]))
    lengths = [extents[i] for i in order]
    if len(set(order)) < len(order) or prod(lengths) != prod(shape):
        raise ValueError(f"the positions {', '.join(map(str, positions))} do not name each entry once")
    return np.broadcast_to(value.over(order), lengths).reshape(shape)


@dataclass(frozen=True)
class _Loops:
    """The loop nests of one statement."""

    reader: Reader
    extents: Mapping[IndexAtom, int]
    numbers: Arithmetic

    def node(self, node: Node, scope: Scope) -> Grid:
        """The value of an expression over the indices in scope."""
        if isinstance(node, Entry):
            return self.reader.read(node, scope)
        if isinstance(node, Constant):
            return self.constant(node, scope)
        if isinstance(node, Binary):
            operation = self.numbers.divide if node.op == "/" else _OPERATIONS[node.op]
            return combined(operation, self.node(node.left, scope), self.node(node.right, scope))
        if isinstance(node, Negative):
            return combined(np.negative, self.node(node.inner, scope))
        if isinstance(node, Call):
            return combined(lambda a: self.numbers.call(node.function, a), self.node(node.argument, scope))
        if isinstance(node, Reduction):
            return self.reduction(node, scope)
        if isinstance(node, Scatter):
            return self.scatter(node, scope)
        if isinstance(node, Pieces):
            return self.pieces(node, scope)
        raise TypeError(f"{type(node).__name__} cannot be evaluated")

    def constant(self, node: Constant, scope: Scope) -> Grid:
        """A number, or a size over its indices."""
        if not isinstance(node.value, Dim):
            return Grid(self.numbers.number(node.value))
        size = size_grid(node.value, scope)
        return Grid(self.numbers.array(size.values), size.axes)

    # Reductions

    def reduction(self, node: Reduction, scope: Scope) -> Grid:
        """A sum, maximum or mean over the points of its box that take part."""
        over = tuple(atom_of(i) for i in node.indices)
        inner: Scope = {**scope, **{i: _walking(i, self.extents[i]) for i in over}}
        masks = [mask for mask in self.masks(node, inner) if not mask.values.all()]
        if masks:
            return self.chosen_reduction(node, inner, over, masks)
        points = prod(self.extents[i] for i in over)
        if not points and node.kind != "sum":
            raise ValueError(f"{node} has no terms; only an empty sum has a value")
        if node.kind == "max":
            return self.maximum(node.body, inner, over)
        total = self.sum(node.body, inner, over)
        return total if node.kind == "sum" else self.over_count(total, Grid(np.asarray(points)))

    def masks(self, node: Reduction, scope: Scope) -> list[Grid]:
        """Where the guards hold, and where no entry stands out."""
        guards = [guard_grid(guard, scope) for guard in node.where]
        inside: list[Grid] = []
        for entry in dict.fromkeys(owned(node.body)):
            for axis, position in enumerate(entry.position if may_stand_out(entry) else ()):
                grid = size_grid(position, scope)
                part, whole = limits(entry, axis)
                outside = combined(_all, Grid(~within(grid.values, whole), grid.axes), *guards)
                if outside.values.any():
                    raise ValueError(f"{entry} leaves axis {axis} of {entry.tensor.name}")
                inside.append(Grid(within(grid.values, part), grid.axes))
        return guards + inside

    def sum(self, body: Node, scope: Scope, over: Sequence[IndexAtom]) -> Grid:
        """The sum over indices with axes of their own, without the products in between."""
        factors = [self.node(factor, scope) for factor in _factors(body)]
        missing = [i for i in over if all(i not in grid.axes for grid in factors)]
        if missing:
            repeated = prod(self.extents[i] for i in missing)
            factors.append(Grid(self.numbers.number(repeated)))
        axes = axes_of(*factors)
        kept = tuple(i for i in axes if i not in over)
        if len(factors) == 1:
            summed = tuple(k for k, i in enumerate(axes) if i in over)
            total = np.add.reduce(factors[0].values, axis=summed) if summed else factors[0].values
        else:
            label = {i: k for k, i in enumerate(axes)}
            operands = [part for grid in factors for part in (grid.values, [label[i] for i in grid.axes])]
            total = np.einsum(*operands, [label[i] for i in kept])
        return Grid(as_array(total, *(grid.values for grid in factors)), kept)

    def maximum(self, body: Node, scope: Scope, over: Sequence[IndexAtom]) -> Grid:
        """The maximum over indices with axes of their own."""
        grid = self.node(body, scope)
        reduced = tuple(k for k, i in enumerate(grid.axes) if i in over)
        kept = tuple(i for i in grid.axes if i not in over)
        return (
            Grid(as_array(np.maximum.reduce(grid.values, axis=reduced), grid.values), kept)
            if reduced
            else grid
        )

    def over_count(self, total: Grid, count: Grid) -> Grid:
        """A mean from its sum."""
        return combined(self.numbers.divide, total, Grid(self.numbers.array(count.values), count.axes))

    def chosen_reduction(
        self, node: Reduction, scope: Scope, over: tuple[IndexAtom, ...], masks: Sequence[Grid]
    ) -> Grid:
        """A reduction over the points that the masks leave."""
        chosen = choose(scope, over, masks)
        free = [i for i in over if all(i not in mask.axes for mask in masks)]
        if node.kind != "sum" and (not chosen.sizes.all() or not all(self.extents[i] for i in free)):
            raise ValueError(f"{node} has no terms at some points; only an empty sum has a value")
        if not chosen.groups.size:  # nothing is read, not even at a place outside that no index moves
            return Grid(self.numbers.number(0))
        inner = self.maximum if node.kind == "max" else self.sum
        points = inner(node.body, chosen.scope, free)
        operation: Any = np.maximum if node.kind == "max" else np.add
        kept = tuple(i for i in points.axes if i != chosen.axis)
        values = points.over((*kept, chosen.axis))
        # A value that is the same at all points counts once for each.
        values = np.broadcast_to(values, (*values.shape[:-1], chosen.groups.size))
        out = np.zeros((*values.shape[:-1], prod(chosen.shape)), self.numbers.dtype)
        out[..., np.unique(chosen.groups)] = operation.reduceat(values, chosen.starts, axis=-1)
        result = Grid(out.reshape((*out.shape[:-1], *chosen.shape)), kept + chosen.outer)
        if node.kind != "mean":
            return result
        counts = np.asarray(chosen.sizes.reshape(chosen.shape) * prod(self.extents[i] for i in free))
        return self.over_count(result, Grid(counts, chosen.outer))

    # Whole right sides

    def scatter(self, node: Scatter, scope: Scope) -> Grid:
        """Every point of the box adds to its position; positions outside the output are dropped."""
        targets = tuple(atom_of(i) for i, _ in node.at)
        box = tuple(atom_of(i) for i in node.indices)
        inner: Scope = {
            **{i: grid for i, grid in scope.items() if i not in targets},
            **{i: _walking(i, self.extents[i]) for i in box},
        }
        positions = [size_grid(position, inner) for _, position in node.at]
        moving = axes_of(*positions)
        if any(i not in box for i in moving):
            raise ValueError(f"{node} may place its points by its own indices alone")
        body = self.sum(node.body, inner, [i for i in box if i not in moving])
        kept = tuple(i for i in body.axes if i not in moving)
        size = [self.extents[i] for i in moving]
        places = [np.broadcast_to(p.over(moving), size).reshape(-1) for p in positions]
        shape = tuple(self.extents[i] for i in targets)
        lands = _all(*(within(p, (0, n - 1)) for p, n in zip(places, shape, strict=True)))
        at = np.ravel_multi_index([p[lands] for p in places], shape)
        values = body.over(moving + kept)
        values = np.broadcast_to(values, (*size, *values.shape[len(moving) :])).reshape(len(lands), -1)
        out = np.zeros((prod(shape), values.shape[1]), self.numbers.dtype)
        np.add.at(out, at, values[lands])
        kept_shape = [self.extents[i] for i in kept]
        return Grid(out.reshape(*shape, *kept_shape), targets + kept)

    def pieces(self, node: Pieces, scope: Scope) -> Grid:
        """One part after the other along an index."""
        along = atom_of(node.index)
        rest = {i: grid for i, grid in scope.items() if i != along}
        axes = tuple(i for i, grid in rest.items() if grid.axes)
        parts: list[Array] = []
        for at, body in node.pieces:
            own = indices_in(at)
            grid = self.node(body, {**rest, **{i: _walking(i, self.extents[i]) for i in own}})
            shape = (*(self.extents[i] for i in axes), prod(self.extents[i] for i in own))
            parts.append(_row_major(grid, (*map(Dim.of_atom, axes), at), self.extents, shape))
        return Grid(np.concatenate(parts, axis=-1), (*axes, along))


def _factors(body: Node) -> list[Node]:
    if isinstance(body, Binary) and body.op == "*":
        return _factors(body.left) + _factors(body.right)
    return [body]


def _all(*masks: Array) -> Array:
    return reduce(np.logical_and, masks)
