"""Layers of a document: ``layer conv = Conv2d(C, D, kernel_size=K) on (N, C, H, W)``.

What the layer costs becomes abbreviations, as the sums that follow from its equation: ``macs_conv``,
``params_conv``, ``memory_conv``, each kind of operation such as ``additions_conv``, and the lengths of its
output ``shape_conv_1``, ``shape_conv_2`` and so on. The domain of the cost is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from symcnn.derive.cost import Cost
from symcnn.derive.quantities import LayerQuantities
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import INT, Compare, Formula, Number, Variable
from symcnn.kernel.writing import write
from symcnn.network.reading import LayerReader
from symcnn.proving.relations import eq, quantity
from symcnn.proving.translation import statement, term
from symcnn.symbols.suggest import suggestion

_LAYER = re.compile(r"\s*layer\s+([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s+on\s+(.+?)\s*", re.DOTALL)
COUNTS = {
    "macs": "macs",
    "params": "params",
    "ops.sequential": "sequential",
    "ops.fused": "fused",
    "memory.inputs": "inputs",
    "memory.weights": "weights",
    "memory.outputs": "outputs",
    "memory.total": "memory",
}
"""The quantities of a layer that have abbreviations, and how these begin; operations have their kinds."""


def layer_lines(text: str, known: Statement) -> tuple[str, Cost, Sequence[str]]:
    """The name of a layer, its cost, and the declarations that it stands for.

    Raises ``ValueError`` for no layer. ``known`` holds what is declared so far: all letters of the layer must
    be, with the limits that it needs.
    """
    found = _LAYER.fullmatch(text)
    if found is None:
        raise ValueError("write layer conv = Conv2d(C, D, kernel_size=K) on (N, C, H, W)")
    name, written, shapes = found.groups()
    cost = cost_of(written, shapes, known)
    if not isinstance(cost.source, LayerQuantities):
        raise ValueError("a layer of a document is a single one; name those of a network one by one")
    return name, cost, [*cost_lines(name, cost, known)]


def cost_of(written: str, shapes: str, known: Statement) -> Cost:
    """The cost of a layer, of a ``Sequential(...)`` or of a model by its name, on inputs of these shapes.

    An empty ``shapes`` is the input for which the costs of a model are published. Raises ``ValueError`` for
    what is none of them, and for letters that are not declared with the limits that they need.
    """
    from symcnn.models import MODELS

    reader = LayerReader(_nonnegative(known.assumptions))
    name = " ".join(written.split())
    model = MODELS.get(name)
    if model is None and name.isidentifier():
        raise ValueError(f"{name!r} is no layer of this document and no model{suggestion(name, MODELS)}")
    if model is None and not shapes:
        raise ValueError(f"the input is missing; write {name} on (N, C, H, W)")
    network: Any = reader.layer(name) if model is None else model.build()
    given = [reader.shape(shape) for shape in re.split(r"\s+and\s+", shapes)] if shapes else []
    cost: Cost = network.cost(*(given or [model.input_shape] if model else given))
    for symbol in cost.symbols:
        if known.scope.get(symbol.name) != INT:
            raise ValueError(f"{symbol.name} is not declared; write given {symbol.name} : int >= 1")
    return cost


def cost_lines(name: str, cost: Cost, known: Statement) -> Iterator[str]:
    """The declarations that the cost of a layer of this name stands for; raises ``ValueError`` as above."""
    yield from (f"assume {write(a)}" for a in _domain(cost, known))
    for full, short in [*COUNTS.items(), *((f"ops.{kind}", kind) for kind in cost.ops.by_kind)]:
        try:
            counted = quantity(cost, full)
        except ValueError:
            continue  # the layer has no such count
        yield f"let {short}_{name} = {write(term(counted))}"
    for k, length in enumerate(cost.output_shape, start=1):
        yield f"let shape_{name}_{k} = {write(term(length))}"


def _domain(cost: Cost, known: Statement) -> Iterator[Formula]:
    """What must hold for the cost and is not said yet; limits of letters must have been declared."""
    needed = statement(eq(quantity(cost, "memory.total"), 0), given=cost)
    for name in needed.scope:
        if name not in known.scope:
            raise ValueError(f"{name} is not declared; write given {name} : int >= 1")
    for assumption in needed.assumptions:
        if assumption in known.assumptions:
            continue
        match assumption:
            case Compare("<=", Number(value), Variable(name)):
                if value > 0 or Compare("<=", Number(1), Variable(name)) not in known.assumptions:
                    raise ValueError(f"declare {name} with its limit, given {name} : int >= {value}")
            case _:
                yield assumption


def _nonnegative(assumptions: Sequence[Formula]) -> Iterator[str]:
    """The letters that are declared to be at least 0."""
    for assumption in assumptions:
        match assumption:
            case Compare("<=", Number(0), Variable(name)):
                yield name
            case _:
                pass
