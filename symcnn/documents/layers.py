"""Layers and networks of a document: ``layer conv = Conv2d(C, D, kernel_size=K) on (N, C, H, W)``.

What a layer costs becomes abbreviations, as the sums that follow from its equation: ``macs_conv``,
``params_conv``, ``memory_conv``, each kind of operation such as ``additions_conv``, and the lengths of its
output ``shape_conv_1``, ``shape_conv_2`` and so on. A network ``net`` has the totals of its rows under these
names, and those of its third row, which is called conv2, as ``macs_net_3`` and ``macs_net_conv2``. The domain
of the cost is assumed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symcnn.derive.cost import Cost
from symcnn.derive.nests import FUNCTIONS, KINDS
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import INT, Compare, Formula, Number, Term, Variable
from symcnn.kernel.writing import write
from symcnn.network.cost import NetworkCost
from symcnn.network.reading import LayerReader
from symcnn.proving.relations import eq, quantity
from symcnn.proving.translation import statement, term
from symcnn.symbols.size import Dim, total
from symcnn.symbols.suggest import suggestion

MAX_ROWS = 600

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

_ALL_KINDS = tuple(dict.fromkeys([*KINDS.values(), *FUNCTIONS.values()]))


@dataclass(frozen=True, slots=True)
class Count:
    """What one abbreviation of a layer stands for: a quantity of a cost, or the length of an output."""

    layer: str
    cost: Cost
    quantity: str
    length: int = 0

    def term(self) -> Term:
        """The sums that follow from the equation; 0 for operations that do not occur.

        Raises ``ValueError`` where statements have no words for them.
        """
        if self.quantity == "shape":
            return term(self.cost.output_shape[self.length - 1])
        kind = self.quantity.removeprefix("ops.")
        if kind in _ALL_KINDS and kind not in self.cost.source.kinds:
            return Number(0)
        try:
            return term(quantity(self.cost, self.quantity))
        except TypeError as error:
            raise ValueError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Declared:
    """What a line ``layer`` declares: its name, its cost, what is assumed, and its counts by their names."""

    name: str
    cost: Cost
    domain: tuple[Formula, ...]
    counts: dict[str, Count]


def declared_layer(text: str, known: Statement, stated: Collection[Formula]) -> Declared:
    """What a line ``layer`` stands for; raises ``ValueError`` with the reason for no layer.

    ``known`` holds what is declared so far: all letters of the layer must be, with the limits that it needs.
    What is ``stated`` there already is not assumed again.
    """
    found = _LAYER.fullmatch(text)
    if found is None:
        raise ValueError("write layer conv = Conv2d(C, D, kernel_size=K) on (N, C, H, W)")
    name, written, shapes = found.groups()
    cost = cost_of(written, shapes, known)
    domain = [a for a in _domain(cost, known) if a not in stated]
    return Declared(name, cost, tuple(domain), dict(_counts(name, cost)))


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
    """All that the cost of a layer of this name can declare; raises ``ValueError`` as above."""
    yield from (f"assume {write(a)}" for a in _domain(cost, known))
    yield from (count_line(each, count) for each, count in _counts(name, cost))


def count_line(name: str, count: Count) -> str:
    """The declaration of a count."""
    return f"let {name} = {write(count.term())}"


def _counts(name: str, cost: Cost) -> Iterator[tuple[str, Count]]:
    """The counts of a layer, or of a network and each of its rows, by number and by name."""
    yield from _of_cost(name, name, cost, _ALL_KINDS)
    if not isinstance(cost, NetworkCost):
        return
    rows = cost.layers
    if len(rows) > MAX_ROWS:
        raise ValueError(f"the network has {len(rows)} rows; at most {MAX_ROWS} are declared")
    called = Counter(_identifier(row.name) for row in rows)
    for k, row in enumerate(rows, start=1):
        yield from _of_cost(f"{name}_{k}", name, row.cost, cost.source.kinds)
        own = _identifier(row.name)
        if own and called[own] == 1:
            yield from _of_cost(f"{name}_{own}", name, row.cost, cost.source.kinds)


def _of_cost(suffix: str, layer: str, cost: Cost, kinds: Collection[str]) -> Iterator[tuple[str, Count]]:
    """The counts of one layer; where the cost of an operation is not known, no operations are counted."""
    operations = {} if cost.unknown else {f"ops.{kind}": kind for kind in kinds}
    # Of a network they would be sums over rows that hand their outputs on, which nobody means by them.
    left_out = ("memory.inputs", "memory.outputs") if isinstance(cost, NetworkCost) else ()
    for full, short in {**COUNTS, **operations}.items():
        if full in left_out:
            continue
        if not cost.unknown or full.startswith(("params", "memory.")):
            yield f"{short}_{suffix}", Count(layer, cost, full)
    for k in range(1, len(cost.output_sizes) + 1):
        yield f"shape_{suffix}_{k}", Count(layer, cost, "shape", k)


def _identifier(row: str) -> str:
    """The name of a row as a part of a name; nothing for names that begin with a number, as rows have."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", row).strip("_")
    return name if name[:1].isalpha() and len(name) <= 40 else ""


def _domain(cost: Cost, known: Statement) -> Iterator[Formula]:
    """What must hold for the cost and is not said yet; limits of letters must have been declared."""
    letters = total(Dim.of_atom(symbol) for symbol in cost.symbols)
    needed = statement(eq(letters, 0), given=cost)
    for name in needed.scope:
        if name not in known.scope:
            raise ValueError(f"{name} is not declared; write given {name} : int >= 1")
    for assumption in needed.assumptions:
        match assumption:
            case Compare("<=", Number(value), Variable(name)):
                least = _least(known, name)
                if least is None or least < value:
                    raise ValueError(f"declare {name} with its limit, given {name} : int >= {value}")
            case _:
                yield assumption


def _least(known: Statement, name: str) -> Fraction | None:
    """The largest limit from below that is declared for a letter."""
    found = [
        Fraction(assumption.left.value)
        for assumption in known.assumptions
        if isinstance(assumption, Compare)
        and assumption.relation == "<="
        and isinstance(assumption.left, Number)
        and assumption.right == Variable(name)
    ]
    return max(found, default=None)


def _nonnegative(assumptions: Sequence[Formula]) -> Iterator[str]:
    """The letters that are declared to be at least 0."""
    for assumption in assumptions:
        match assumption:
            case Compare("<=", Number(0), Variable(name)):
                yield name
            case _:
                pass
