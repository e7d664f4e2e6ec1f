"""Costs of networks: the costs of their layers, and their totals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symcnn.derive.convention import Convention
from symcnn.derive.cost import Cost, expression, one_name_one_symbol
from symcnn.derive.lowering import Gemm
from symcnn.derive.quantities import LayerQuantities
from symcnn.layers.base import Layer, Shape
from symcnn.layers.shape import Flatten
from symcnn.network.graph import Graph, Module
from symcnn.network.liveness import peak
from symcnn.symbols.conditions import Condition, Reason, strongest
from symcnn.symbols.size import Size, Sym, substitute, total

if TYPE_CHECKING:
    from symcnn.tables import Table


@dataclass(frozen=True)
class Row:
    """One use of a layer in a network: its name, the layer, the shapes it reads, and its cost."""

    name: str
    layer: Layer
    input_sizes: tuple[Shape, ...]
    cost: Cost

    @property
    def input_shapes(self) -> tuple[tuple[Any, ...], ...]:
        """The shapes of all inputs."""
        return tuple(tuple(expression(n) for n in shape) for shape in self.input_sizes)

    @property
    def input_shape(self) -> tuple[Any, ...]:
        """The shape of the (first) input."""
        return self.input_shapes[0]


class NetworkQuantities:
    """The quantities of a graph of layers on inputs of given shapes."""

    def __init__(self, graph: Graph, shapes: tuple[Shape, ...], skip_padding: bool = False) -> None:
        self.graph = graph
        self.label = graph.label
        self.shapes: list[Shape] = list(shapes)
        self.layers: list[LayerQuantities] = []
        for node in graph.nodes:
            try:
                found = node.layer.quantities(tuple(self.shapes[v] for v in node.inputs), skip_padding)
            except (ValueError, TypeError) as error:
                raise type(error)(f"{node.name}: {error}") from None
            self.layers.append(found)
            self.shapes.append(found.output_shape)
        self.symbols: tuple[Sym, ...] = tuple(
            dict.fromkeys(s for layer in dict.fromkeys(self.layers) for s in layer.symbols)
        )
        one_name_one_symbol(self.symbols, self.label)
        self.conditions = self._conditions()
        self._sizes: dict[str, Size] = {}

    @property
    def output_shape(self) -> Shape:
        """The shape of the network's output."""
        return self.shapes[self.graph.output]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of scalar operations that occur."""
        return tuple(dict.fromkeys(kind for layer in self.layers for kind in layer.kinds))

    @cached_property
    def gemms(self) -> tuple[Gemm, ...]:
        """The matrix products of all layers."""
        return tuple(g for layer in self.layers for g in layer.gemms)

    def _conditions(self) -> tuple[Condition, ...]:
        """The conditions of all layers, each once, with the name of the first layer that has it."""
        found: dict[Condition, str] = {}
        for node, layer in zip(self.graph.nodes, self.layers, strict=True):
            for condition in layer.conditions:
                found.setdefault(condition, node.name)
        return strongest(
            Condition(c.relation, c.left, c.right, Reason("{}: {}", name, c.reason))
            for c, name in found.items()
        )

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The operations without a known cost."""
        return tuple(dict.fromkeys(name for layer in self.layers for name in layer.unknown))

    def size(self, name: str) -> Size:
        """A quantity by name: the sum over the rows; parameters of a layer used twice count once."""
        if name not in self._sizes:
            self._sizes[name] = self._computed(name)
        return self._sizes[name]

    def _computed(self, name: str) -> Size:
        if name == "memory.peak":
            return peak(self.graph, self.layers, self.shapes)
        if name == "params":
            once = {id(n.layer): layer for n, layer in zip(self.graph.nodes, self.layers, strict=True)}
            return total(layer.summand(name) for layer in once.values())
        return total(layer.summand(name) for layer in self.layers)


class NetworkCost(Cost):
    """What a network costs: the totals, and a row for each layer in ``layers``."""

    source: NetworkQuantities

    @cached_property
    def layers(self) -> tuple[Row, ...]:
        """One row for each use of a layer, in the order in which they run."""
        source = self.source
        costs = {id(q): Cost(q, self.convention, self.values) for q in source.layers}

        def shape(value: int) -> Shape:
            return tuple(substitute(n, self._atoms) for n in source.shapes[value])

        return tuple(
            Row(node.name, node.layer, tuple(shape(v) for v in node.inputs), costs[id(found)])
            for node, found in zip(source.graph.nodes, source.layers, strict=True)
        )

    def table(self, **options: Any) -> Table:
        """A row for each layer and the totals, to show or export; options as in ``symcnn.tables``."""
        from symcnn.tables import table

        return table(self, **options)

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table().html()


def network_cost(module: Module, shapes: tuple[Shape, ...], chosen: Convention) -> NetworkCost:
    """The cost of a module on inputs of these shapes; a shape without the batch is one sample."""
    graph = module.graph(len(shapes))
    batched = tuple(_with_batch(graph, value, shape) for value, shape in enumerate(shapes))
    return NetworkCost(NetworkQuantities(graph, batched, chosen.skip_padding), chosen)


def _with_batch(graph: Graph, value: int, shape: Shape) -> Shape:
    """The shape with a batch of one, where the first layer of fixed rank shows that the batch is missing.

    Layers that take inputs of any rank pass the question on, up to the first ``Flatten``.
    """
    carried = {value}
    for k, node in enumerate(graph.nodes):
        if carried.isdisjoint(node.inputs) or isinstance(node.layer, Flatten):
            continue
        rank = node.layer.input_rank()
        if rank is not None:
            return (1, *shape) if len(shape) == rank - 1 else shape
        carried.add(graph.value_of(k))
    return shape
