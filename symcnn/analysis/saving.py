"""What the backward pass of a layer reads, from its equations.

The derivative of a product reads its factors, that of a sum reads nothing, that of tanh can be written in
terms of tanh itself. So the equations say which tensors must be kept from the forward pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symcnn.derive.extents import Statement
from symcnn.derive.quantities import LayerQuantities
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
from symcnn.symbols.size import Size, product, total

# Functions whose derivative follows from their value: exp' = exp, tanh' = 1 - tanh^2, sqrt' = 1/(2 sqrt).
BY_VALUE = {"exp", "tanh", "sqrt"}


@dataclass(frozen=True)
class Saved:
    """What one use of a layer keeps for its backward pass.

    ``inputs`` are positions of inputs, ``output`` says whether the output is read, ``intermediates`` are
    entries of tensors inside the layer, and ``positions`` the entries that say where each maximum was.
    """

    inputs: tuple[int, ...]
    output: bool
    intermediates: Size
    positions: Size

    @property
    def anything(self) -> bool:
        """Whether there is something to keep."""
        return bool(self.inputs) or self.output or self.intermediates != 0 or self.positions != 0


@dataclass(frozen=True)
class _Reads:
    """Of an expression: whether it depends on what is differentiated, and what its derivative reads."""

    active: bool
    tensors: frozenset[str]
    places: bool = False

    def with_(self, other: _Reads) -> _Reads:
        return _Reads(self.active or other.active, self.tensors | other.tensors, self.places or other.places)

    def and_reads(self, tensors: frozenset[str]) -> _Reads:
        return _Reads(self.active, self.tensors | tensors, self.places)


def saved(layer: LayerQuantities, wanted: Sequence[bool]) -> Saved:
    """What the backward pass reads where gradients of the weights and of the ``wanted`` inputs are asked for.

    The rules are those of reverse-mode differentiation, statement by statement: a product reads the factor
    beside each one that is differentiated, a quotient its divisor too; exp, tanh, sqrt and the larger of an
    entry and a number, where they come last, read the result; any other function its argument; the maximum
    over a window reads its operands and where each maximum was, as in PyTorch.
    Raises ``ValueError`` for layers whose operation is not described.

    >>> from symcnn import Conv2d, MaxPool2d, ReLU
    >>> saved(Conv2d(3, 8, kernel_size=3).quantities(((1, 3, 8, 8),)), [False])
    Saved(inputs=(0,), output=False, intermediates=0, positions=0)
    >>> saved(ReLU().quantities(((1, 3, 8, 8),)), [True])
    Saved(inputs=(), output=True, intermediates=0, positions=0)
    >>> saved(MaxPool2d(2).quantities(((1, 3, 8, 8),)), [True])
    Saved(inputs=(0,), output=False, intermediates=0, positions=48)
    """
    if layer.unknown:
        raise ValueError(f"{layer.label}: what the backward of {', '.join(layer.unknown)} keeps is not known")
    names = [x.name for x in layer.inputs]
    active = {name for name, asked in zip(names, wanted, strict=True) if asked}
    active |= {t.name for t in layer.stored if t.role == "weight"}
    made: dict[str, Size] = {}
    read: set[str] = set()
    positions: list[Size] = []
    for statement in layer.statements:
        own = statement.equation.left.tensor.name
        found = _last(statement, active)
        made[own] = product(statement.shape)
        if found.active:
            active.add(own)
            read |= found.tensors
            start = statement.equation.initial
            if start is not None and own in found.tensors:
                read.add(start.name)
            if found.places:
                positions.append(made[own])
    output = layer.statements[-1].equation.left.tensor.name
    return Saved(
        tuple(k for k, name in enumerate(names) if name in read),
        output in read,
        total(n for name, n in made.items() if name in read and name != output),
        total(positions),
    )


def passes_gradient_on(layer: LayerQuantities) -> bool:
    """Whether the gradient of every input is that of the output, or a slice of it: views, sums, Concat."""
    if layer.is_view:
        return True
    if len(layer.statements) != 1:
        return False
    statement = layer.statements[0]
    right = statement.equation.right
    if isinstance(right, Pieces):
        return all(isinstance(body, Entry) for _, body in right.pieces)
    return _is_sum(right) and all(product(x.known_shape) == product(statement.shape) for x in layer.inputs)


def _is_sum(node: Node) -> bool:
    """Whether an expression adds up entries, each read at its own loop indices alone."""
    if isinstance(node, Entry):
        return not node.tensor.frame and node.tensor.role == "input"
    return isinstance(node, Binary) and node.op == "+" and _is_sum(node.left) and _is_sum(node.right)


def _last(statement: Statement, active: set[str]) -> _Reads:
    """What the derivative of a statement reads, its own result where that is enough."""
    right, own = statement.equation.right, statement.equation.left.tensor.name
    # A recurrence depends on its own earlier values.
    active = active | {own} if any(e.tensor.name == own for e in statement.equation.entries()) else active
    inner: Node | None = None
    if isinstance(right, Call) and right.function in BY_VALUE:
        inner = right.argument
    elif isinstance(right, Binary) and right.op in {"max", "min"}:
        inner = right.left if isinstance(right.right, Constant) else None
    if inner is None:
        return _reads(right, active)
    found = _reads(inner, active)
    operands = _names(inner)
    # Whoever keeps all operands of an entry has its value as well.
    pointwise = not any(isinstance(n, Reduction | Scatter | Pieces) for n in right.walk())
    if not found.active or (pointwise and operands <= found.tensors):
        return found
    return found.and_reads(frozenset({own}))


def _reads(node: Node, active: set[str]) -> _Reads:
    if isinstance(node, Entry):
        return _Reads(node.tensor.name in active, frozenset())
    if isinstance(node, Negative):
        return _reads(node.inner, active)
    if isinstance(node, Call):
        found = _reads(node.argument, active)
        return found.and_reads(_names(node.argument)) if found.active else found
    if isinstance(node, Binary):
        return _binary(node, active)
    if isinstance(node, Reduction):
        found = _reads(node.body, active)
        if node.kind != "max" or not found.active:
            return found
        return _Reads(True, found.tensors | _names(node.body), True)
    if isinstance(node, Scatter | Pieces):
        found = _Reads(False, frozenset())
        for child in node.children():
            found = found.with_(_reads(child, active))
        return found
    return _Reads(False, frozenset())


def _binary(node: Binary, active: set[str]) -> _Reads:
    left, right = _reads(node.left, active), _reads(node.right, active)
    found = left.with_(right)
    if node.op in {"+", "-"} or not found.active:
        return found
    read: frozenset[str] = frozenset()
    if node.op == "*":
        read |= _names(node.right) if left.active else frozenset()
        read |= _names(node.left) if right.active else frozenset()
    elif node.op == "/":
        read |= _names(node.right)
        read |= _names(node.left) if right.active else frozenset()
    else:
        read |= _names(node.left) | _names(node.right)
    return found.and_reads(read)


def _names(node: Node) -> frozenset[str]:
    """The tensors that an expression reads."""
    return frozenset(n.tensor.name for n in node.walk() if isinstance(n, Entry))
