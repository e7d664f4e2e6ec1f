"""Extents of loop indices and shapes of tensors, from the equations and the input shapes.

Three facts determine the extent of an index: it walks along a whole axis (``x[n, i]``), it is given, or
it places a window: for an entry at ``S*r + D*u - P`` of an axis of length L with a border of P on both
sides, the positions r for which every u stays inside are 0 <= r <= (L + P - 1 - D*(K - 1) + P)/S.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from symcnn.equations.notation import Entry, Equation, Node, Pieces, Reduction, Scatter, Tensor, is_bare
from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.cardinality import atom_of, coefficients, greatest, indices_in, least
from symcnn.symbols.conditions import Condition, Reason, at_least, equal
from symcnn.symbols.extremum import minimum
from symcnn.symbols.rounding import floor_div
from symcnn.symbols.size import Dim, IndexAtom, Size, add, expanded, is_integral, multiply, product, subtract


@dataclass(frozen=True)
class Window:
    """The inequality ``slope*index + last <= end`` that bounds the positions of a window."""

    index: IndexAtom
    slope: Size
    last: Size
    end: Size


@dataclass(frozen=True)
class Statement:
    """An equation with the extents of its indices and the shape of the tensor that it defines."""

    equation: Equation
    extents: Mapping[IndexAtom, Size]
    shape: tuple[Size, ...]
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """Statements in order, the shape of every tensor, and the conditions under which all this holds."""

    statements: tuple[Statement, ...]
    shapes: Mapping[str, tuple[Size, ...]]
    conditions: tuple[Condition, ...]


def resolve(equations: Sequence[Equation], inputs: Sequence[Tensor]) -> Resolved:
    """Find all extents and shapes of a layer's equations.

    Raises ``ValueError`` where an extent cannot be determined or a tensor is used before it is defined.
    """
    shapes: dict[str, tuple[Size, ...]] = {t.name: t.known_shape for t in inputs}
    conditions: list[Condition] = []
    statements: list[Statement] = []
    for equation in equations:
        _check_scopes(equation)
        extents, found, windows = _extents(equation, shapes)
        shape = tuple(_axis_length(position, extents, equation) for position in equation.left.position)
        conditions.extend(found)
        conditions.extend(_lengths_of(equation, extents, {w.index for w in windows}))
        shapes[equation.left.tensor.name] = shape
        statements.append(Statement(equation, extents, shape, tuple(windows)))
    return Resolved(tuple(statements), shapes, tuple(conditions))


def _check_scopes(equation: Equation) -> None:
    """Raise ``ValueError`` where an index is bound twice, or read where no loop runs over it."""
    left = {i for p in equation.left.position for i in indices_in(p)}
    for entry in equation.entries():
        if entry.tensor.name == equation.left.tensor.name and entry.position == equation.left.position:
            raise ValueError(f"{equation} defines {entry.tensor.name} by itself, at the same position")
    _check_node(equation, equation.right, frozenset(left))


def _check_node(equation: Equation, node: Node, bound: frozenset[IndexAtom]) -> None:
    if isinstance(node, Entry):
        for index in (i for p in node.position for i in indices_in(p) if i not in bound):
            raise ValueError(f"no loop runs over index {index.name} of {node} in {equation}")
        return
    own: set[IndexAtom] = set()
    if isinstance(node, Reduction | Scatter):
        own = {atom_of(i) for i in node.indices}
    elif isinstance(node, Pieces):
        own = {i for position, _ in node.pieces for i in indices_in(position)}
    for index in own & bound:
        raise ValueError(f"index {index.name} is bound twice in {equation}; use another name inside")
    for child in node.children():
        _check_node(equation, child, bound | own)


def _lengths_of(
    equation: Equation, extents: Mapping[IndexAtom, Size], placed: set[IndexAtom]
) -> Iterator[Condition]:
    """That no stored tensor and no output is empty, and that no loop runs backwards."""
    stored = (e.tensor for e in equation.entries() if e.tensor.role in {"weight", "buffer"})
    for tensor in dict.fromkeys(stored):
        yield from _lengths(tensor)
    left = {i for p in equation.left.position for i in indices_in(p)}
    for index, length in extents.items():
        least_length = 1 if index in left else 0
        if index not in placed and _may_be_below(length, least_length):
            yield at_least(length, least_length, Reason("index {} has the extent {}", index.name, length))


def _lengths(tensor: Tensor) -> Iterator[Condition]:
    for axis, length in enumerate(tensor.known_shape):
        if _may_be_below(length, 1):
            yield at_least(length, 1, Reason("axis {} of {} has the length {}", axis, tensor.name, length))


def _may_be_below(length: Size, least_length: int) -> bool:
    # A quotient such as C/G is at least 1 wherever it is whole, which is a condition of its own.
    bound = lower_bound(length)
    return (bound is None or bound < least_length) and is_integral(expanded(length))


@dataclass(frozen=True)
class _Axis:
    """One axis of one tensor entry: the position read there and the length of the axis."""

    entry: Entry
    number: int
    position: Size
    length: Size

    @property
    def border(self) -> tuple[Size, Size]:
        frame = self.entry.tensor.frame
        return frame[self.number] if frame else (0, 0)

    @property
    def beyond(self) -> Size:
        """How many entries that never take part follow the axis and its border."""
        beyond = self.entry.tensor.beyond
        return beyond[self.number] if beyond else 0

    @property
    def reach(self) -> Size:
        """The first position after the axis, its border and what lies beyond it."""
        return add(add(self.length, self.border[1]), self.beyond)

    def __str__(self) -> str:
        return f"axis {self.number} of {self.entry.tensor.name}"


def _extents(
    equation: Equation, shapes: Mapping[str, tuple[Size, ...]]
) -> tuple[dict[IndexAtom, Size], list[Condition], list[Window]]:
    axes = _axes(equation, shapes)
    extents = {atom_of(i): n for i, n in equation.extents.items()}
    source: dict[IndexAtom, object] = {
        atom_of(i): equation.arguments.get(i, f"the extent of {i.name}") for i in equation.extents
    }
    names = {atom_of(i): name for i, name in equation.arguments.items()}
    conditions: list[Condition] = []
    for axis in sorted(axes, key=lambda a: a.entry.tensor.role not in {"weight", "buffer"}):
        if not is_bare(axis.position) or axis.border != (0, 0):
            continue
        (index,) = indices_in(axis.position)
        if axis.beyond != 0 and index in extents:
            continue
        if index not in extents:
            extents[index], source[index] = axis.length, names.get(index, axis)
        else:
            if axis.length != extents[index]:
                conditions.append(
                    equal(axis.length, extents[index], _mismatch(axis, source[index], extents[index]))
                )
    for node in equation.right.walk():
        if isinstance(node, Scatter):
            _solve_scatter(node, extents, conditions)
        elif isinstance(node, Pieces):
            _solve_pieces(node, extents)
    windows: list[Window] = []
    solved = _solve_windows(equation, axes, extents, conditions, names, windows)
    for axis in axes:
        conditions.extend(_inside(axis, extents, names, axis.position in solved))
    missing = [i for p in equation.left.position for i in indices_in(p) if i not in extents]
    if missing:
        raise ValueError(
            f"nothing determines the extent of index {missing[0].name} in {equation}; "
            f"read a whole axis with it, or give extents={{{missing[0].name}: ...}}"
        )
    return extents, conditions, windows


def _axes(equation: Equation, shapes: Mapping[str, tuple[Size, ...]]) -> list[_Axis]:
    out: list[_Axis] = []
    for entry in equation.entries():
        tensor = entry.tensor
        if tensor.name == equation.left.tensor.name:
            continue  # a recurrence reads its own tensor, whose shape this equation defines
        shape = tensor.shape if tensor.shape is not None else shapes.get(tensor.name)
        if shape is None:
            raise ValueError(f"{tensor.name} is read in {equation} before an equation defines it")
        if len(shape) != len(entry.position):
            raise ValueError(
                f"{tensor.name} has {len(shape)} axes and is read with {len(entry.position)} indices"
            )
        out.extend(_Axis(entry, k, p, n) for k, (p, n) in enumerate(zip(entry.position, shape, strict=True)))
    return out


def _solve_scatter(node: Scatter, extents: dict[IndexAtom, Size], conditions: list[Condition]) -> None:
    trim = dict(node.trim)
    for index, position in node.at:
        last = greatest(position, extents)
        if last is None:
            raise ValueError(f"the extents in {position} do not determine the range of {index.name}")
        extents[atom_of(index)] = length = subtract(add(last, 1), trim.get(index, 0))
        conditions.append(
            at_least(length, 1, Reason("the output has no entry along {} (length {})", index.name, length))
        )


def _solve_pieces(node: Pieces, extents: dict[IndexAtom, Size]) -> None:
    length: Size = 0
    for position, _ in node.pieces:
        last = greatest(position, extents)
        if last is None or least(position, extents) != length:
            raise ValueError(f"the piece at {node.index.name} = {position} must begin at {length}")
        length = add(last, 1)
    extents[atom_of(node.index)] = length


def _solve_windows(
    equation: Equation,
    axes: Sequence[_Axis],
    extents: dict[IndexAtom, Size],
    conditions: list[Condition],
    names: Mapping[IndexAtom, str],
    windows: list[Window],
) -> set[Size]:
    """The number of window positions of each index that is still open: the least that any bound allows.

    Returns the positions that are thereby known to stay inside their axes at the far end.
    """
    solved: set[Size] = set()
    counts: dict[IndexAtom, list[Size]] = {}
    bounds = [
        (axis.position, axis.reach, _window_name(axis, extents, names))
        for axis in axes
        if not is_bare(axis.position)
    ]
    bounds += [
        (c.right, add(c.left, 1), Reason("the bound {}", c)) for c in equation.where if c.relation == "ge"
    ]
    for position, reach, name in bounds:
        open_ones = [i for i in indices_in(position) if i not in extents]
        split = coefficients(position)
        if len(open_ones) != 1 or split is None:
            continue
        index = open_ones[0]
        slope = split[0][index]
        if (lower_bound(slope) or 0) < 1:
            raise ValueError(f"{position} must grow with {index.name}, its factor {slope} must be at least 1")
        last = greatest(subtract(position, multiply(slope, Dim.of_atom(index))), extents)
        if last is None:
            raise ValueError(f"the extents in {position} do not determine the range of {index.name}")
        windows.append(Window(index, slope, last, subtract(reach, 1)))
        room = subtract(subtract(reach, 1), last)
        conditions.append(at_least(room, 0, name))
        counts.setdefault(index, []).append(add(floor_div(room, slope), 1))
        solved.add(position)
    for index, found in counts.items():
        extents[index] = minimum(*found)
    return solved


def _window_name(axis: _Axis, extents: Mapping[IndexAtom, Size], names: Mapping[IndexAtom, str]) -> Reason:
    return Reason(
        "the window ({}) does not fit into {} (length {})", _Named(axis, extents, names), axis, axis.length
    )


def _mismatch(axis: _Axis, source: object, length: Size) -> Reason:
    return Reason("{}={} does not match {}, which has length {}", source, length, axis, axis.length)


@dataclass(frozen=True)
class _Named:
    """The arguments behind a position, such as ``kernel_size=3``."""

    axis: _Axis
    extents: Mapping[IndexAtom, Size]
    names: Mapping[IndexAtom, str]

    def __str__(self) -> str:
        inside = indices_in(self.axis.position)
        used = [f"{self.names[i]}={self.extents[i]}" for i in inside if i in self.names and i in self.extents]
        return ", ".join(dict.fromkeys(used)) or str(self.axis.position)


def _inside(
    axis: _Axis, extents: Mapping[IndexAtom, Size], names: Mapping[IndexAtom, str], solved: bool
) -> list[Condition]:
    """Conditions that reading this axis never leaves it and its border."""
    if is_bare(axis.position) and axis.border == (0, 0) and axis.beyond == 0:
        return []
    # A window as wide as its stride looks like a flat position, but may leave the end of the axis unread,
    # and so may one that says that entries follow beyond the axis.
    flat = None if solved or axis.beyond != 0 else flat_length(axis.position, extents)
    if flat is not None:
        reason = Reason(
            "{} does not match {}, which has length {}", _Named(axis, extents, names), axis, axis.length
        )
        return [equal(axis.length, flat, reason)]
    first, last = least(axis.position, extents), greatest(axis.position, extents)
    if first is None or last is None:
        return []
    reason = _window_name(axis, extents, names)
    out = [at_least(first, multiply(-1, axis.border[0]), reason)]
    if not solved:
        out.append(at_least(subtract(axis.reach, 1), last, reason))
    return out


def flat_length(position: Size, extents: Mapping[IndexAtom, Size]) -> Size | None:
    """The number of values of a row-major flat position such as ``g*I + i``, or None for anything else."""
    split = coefficients(position)
    if split is None or split[1] != 0 or not split[0]:
        return None
    rest = dict(split[0])
    length: Size = 1
    while rest:
        steps = [i for i, factor in rest.items() if factor == length and i in extents]
        if not steps:
            return None
        step = min(steps, key=lambda i: extents[i] != 1)  # an index that never moves may stand anywhere
        length = multiply(length, extents[step])
        del rest[step]
    return length


def _axis_length(position: Size, extents: Mapping[IndexAtom, Size], equation: Equation) -> Size:
    if isinstance(position, int):
        return add(position, 1)
    if is_bare(position):
        return extents[indices_in(position)[0]]
    flat = flat_length(position, extents)
    if flat is None:
        raise ValueError(
            f"the left side of {equation} must list its axes as indices, or as flat ones like g*C + c"
        )
    return flat


def entries(shape: Sequence[Size]) -> Size:
    """The number of entries of a tensor of this shape."""
    return product(shape)
