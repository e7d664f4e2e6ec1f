"""What an equation says beside its arithmetic: which entries a reduction owns, steps, sizes as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from symcnn.equations.notation import (
    Binary,
    Call,
    Constant,
    Entry,
    Equation,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
    Tensor,
    is_bare,
)
from symcnn.symbols.cardinality import atom_of, indices_in
from symcnn.symbols.size import Dim, IndexAtom, Size, subtract

# The functions that are rational numbers at rational numbers.
RATIONAL = frozenset({"step"})


def number(size: Size) -> int:
    """A size without symbols and indices."""
    if not isinstance(size, int):
        raise TypeError(f"{size} is no number")
    return size


@dataclass(frozen=True)
class Steps:
    """A recurrence: its index, and the axis of its tensor along which the steps follow one another."""

    index: IndexAtom
    axis: int


def steps_of(equation: Equation) -> Steps | None:
    """How an equation reads the tensor that it defines, or None where it does not.

    Raises ``ValueError`` where it reads anything but the entry one step earlier.
    """
    left = equation.left
    found: set[Steps] = set()
    for entry in equation.entries():
        if entry.tensor.name == left.tensor.name:
            pairs = enumerate(zip(left.position, entry.position, strict=True))
            back = [
                Steps(indices_in(now)[0], axis)
                for axis, (now, read) in pairs
                if is_bare(now) and subtract(now, read) == 1
            ]
            if len(back) != 1:
                raise ValueError(f"{equation} must read {left.tensor.name} one step earlier, not at {entry}")
            found.update(back)
    if len(found) > 1:
        raise ValueError(f"{equation} steps along several indices")
    return next(iter(found), None)


def owned(body: Node) -> Iterator[Entry]:
    """The entries for which the reduction with this body is the innermost one."""
    if isinstance(body, Entry):
        yield body
    elif not isinstance(body, Reduction | Scatter):
        for child in body.children():
            yield from owned(child)


def may_stand_out(entry: Entry) -> bool:
    """Whether the entry's tensor has positions that take no part in a reduction."""
    tensor = entry.tensor
    return tensor.fill == "skip" or any(n != 0 for n in tensor.beyond)


@dataclass(frozen=True)
class Rewriter:
    """Equations with their sizes and tensors replaced."""

    size: Callable[[Size], Size]
    shapes: Mapping[str, tuple[Size, ...]]

    def equation(self, equation: Equation) -> Equation:
        """The equation with every size changed and known shapes written into its tensors."""
        initial = equation.initial
        return Equation(
            self.entry(equation.left),
            self.node(equation.right),
            {i: self.size(n) for i, n in equation.extents.items()},
            tuple(c.mapped(self.size) for c in equation.where),
            equation.arguments,
            None if initial is None else self.tensor(initial),
        )

    def entry(self, entry: Entry) -> Entry:
        """An entry, rewritten."""
        return Entry(self.tensor(entry.tensor), tuple(self.size(p) for p in entry.position))

    def tensor(self, tensor: Tensor) -> Tensor:
        """A tensor, rewritten."""
        shape = self.shapes.get(tensor.name, tensor.shape)
        return replace(
            tensor,
            shape=None if shape is None else tuple(self.size(n) for n in shape),
            frame=tuple((self.size(a), self.size(b)) for a, b in tensor.frame),
            beyond=tuple(self.size(n) for n in tensor.beyond),
        )

    def node(self, node: Node) -> Node:
        """An expression, rewritten."""
        if isinstance(node, Entry):
            return self.entry(node)
        if isinstance(node, Constant):
            return Constant(self.size(node.value)) if isinstance(node.value, Dim) else node
        if isinstance(node, Binary):
            return Binary(node.op, self.node(node.left), self.node(node.right))
        if isinstance(node, Negative):
            return Negative(self.node(node.inner))
        if isinstance(node, Call):
            return Call(node.function, self.node(node.argument))
        if isinstance(node, Reduction):
            where = tuple(c.mapped(self.size) for c in node.where)
            return Reduction(node.kind, node.indices, self.node(node.body), where)
        if isinstance(node, Scatter):
            at, trim = (tuple((i, self.size(n)) for i, n in pairs) for pairs in (node.at, node.trim))
            return Scatter(node.indices, self.node(node.body), at, trim)
        if isinstance(node, Pieces):
            return Pieces(node.index, tuple((self.size(at), self.node(body)) for at, body in node.pieces))
        raise TypeError(f"{type(node).__name__} cannot be evaluated")


def check_indices(equation: Equation, extents: Mapping[IndexAtom, Size]) -> None:
    """Raise ``ValueError`` for an index that no loop runs over or whose extent nothing determines."""
    left = {i for p in equation.left.position for i in indices_in(p)}
    _check_indices(equation, equation.right, left, extents)


def _check_indices(
    equation: Equation, node: Node, bound: set[IndexAtom], extents: Mapping[IndexAtom, Size]
) -> None:
    used: list[Size] = []
    if isinstance(node, Entry):
        used = list(node.position)
    elif isinstance(node, Constant) and isinstance(node.value, Dim):
        used = [node.value]
    elif isinstance(node, Reduction | Scatter):
        bound = bound | {atom_of(i) for i in node.indices}
        used = list(node.indices)
        if isinstance(node, Scatter):
            used += (position for _, position in node.at)
        else:
            used += (side for guard in node.where for side in (guard.left, guard.right))
    for size in used:
        for index in indices_in(size):
            if index not in bound:
                raise ValueError(f"no loop runs over index {index.name} of {node} in {equation}")
            if index not in extents:
                raise ValueError(
                    f"nothing determines the extent of index {index.name} in {equation}; "
                    f"read a whole axis with it, or give extents={{{index.name}: ...}}"
                )
    if isinstance(node, Pieces):
        for at, body in node.pieces:
            _check_indices(equation, body, (bound - {atom_of(node.index)}) | set(indices_in(at)), extents)
        return
    for child in node.children():
        _check_indices(equation, child, bound, extents)
