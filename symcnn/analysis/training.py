"""A training step as a graph: the forward pass, then the backward pass in reverse, for liveness to follow.

Each node of the backward pass reads the gradient of a layer's output and what the layer saved, and makes the
gradient of one of its inputs. Gradients of weights are no activations and are not in the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from symcnn.analysis.saving import Saved, passes_gradient_on, saved
from symcnn.layers.base import Shape
from symcnn.layers.shape import Identity
from symcnn.network.cost import NetworkQuantities
from symcnn.network.graph import Graph, Node
from symcnn.network.liveness import Work
from symcnn.symbols.size import Size, add, multiply, product


@dataclass(frozen=True)
class Made:
    """The work of a node that reads all its inputs and makes ``own`` entries at once."""

    own: Size
    reads: int
    shares: bool = False

    @property
    def is_view(self) -> bool:
        """Whether what it makes is its first input, or a part of that."""
        return self.shares

    @cached_property
    def phases(self) -> tuple[tuple[Size, tuple[int, ...]], ...]:
        """One phase, in which everything is alive."""
        return ((self.own, tuple(range(self.reads))),)


@dataclass(frozen=True)
class Plan:
    """A training step as nodes in order, their work, and the shape of every value."""

    graph: Graph
    work: tuple[Work, ...]
    shapes: tuple[Shape, ...]
    kept: tuple[tuple[str, Size], ...]
    recomputed: tuple[str, ...]


def training_plan(source: NetworkQuantities, position_entries: int, every: int | None = None) -> Plan:
    """The training step of a network; with ``every``, the forward is done again in segments of so many nodes.

    ``position_entries`` is the length of one stored position of a maximum, in entries. With ``every=k`` only
    what later segments read is kept in the forward pass; the backward pass of a segment first runs its
    forward pass once more, except for the last segment, which has just run.
    Raises ``ValueError`` for a network in which nothing is trained.
    """
    return _Planner(source, position_entries).plan(every)


class _Planner:
    def __init__(self, source: NetworkQuantities, position_entries: int) -> None:
        self.source = source
        self.graph = source.graph
        self.position_entries = position_entries
        self.nodes: list[Node] = []
        self.work: list[Work] = []
        self.shapes: list[Shape] = list(source.shapes[: self.graph.input_count])
        self.extra: dict[int, int] = {}  # what the node at a position has saved beside its inputs and output
        self.gradients: dict[int, int] = {}  # of a forward value
        self.recomputed: list[str] = []

    def plan(self, every: int | None) -> Plan:
        count, inputs = len(self.graph.nodes), self.graph.input_count
        if not self.trained[self.graph.output]:
            raise ValueError(f"{self.graph.label} has no weights to train; use mode='inference'")
        step = every or count
        starts = range(0, count, step)
        original = list(range(inputs))
        for k in range(count):
            original.append(self.forward(k, original, "", keep=k >= starts[-1]))
        out = original[self.graph.output]
        shape = self.source.shapes[self.graph.output]
        seed = self.add("loss", (out,), Made(product(shape), 1), shape)
        self.gradients[self.graph.output] = seed
        for start in reversed(starts):
            end = min(start + step, count)
            here = list(original)
            held: tuple[int, ...] = ()
            if start != starts[-1]:
                for k in self.needed_again(start, end):
                    here[inputs + k] = self.forward(k, here, " (again)", keep=True)
                    self.recomputed.append(self.graph.nodes[k].name)
                first = self.graph.value_of(start)
                reads = (v for node in self.graph.nodes[start:end] for v in node.inputs)
                held = tuple(original[v] for v in reads if v < first)
            for k in reversed(range(start, end)):
                self.backward(k, here, held)
        made = Graph(self.graph.label, inputs, tuple(self.nodes), out)
        return Plan(made, tuple(self.work), tuple(self.shapes), tuple(self.kept()), tuple(self.recomputed))

    @cached_property
    def trained(self) -> list[bool]:
        """Of each value, whether it depends on weights, and so has a gradient."""
        out = [False] * self.graph.input_count
        for node, layer in zip(self.graph.nodes, self.source.layers, strict=True):
            own = any(t.role == "weight" for t in layer.stored)
            out.append(own or any(out[v] for v in node.inputs))
        return out

    @cached_property
    def keeps(self) -> list[Saved | None]:
        """What each node keeps; None where it has no backward pass."""
        return [
            saved(layer, [self.trained[v] for v in node.inputs])
            if self.trained[self.graph.value_of(k)]
            else None
            for k, (node, layer) in enumerate(zip(self.graph.nodes, self.source.layers, strict=True))
        ]

    def kept(self) -> Iterator[tuple[str, Size]]:
        """What all backward passes read, each tensor once: the node that made it, and its entries."""
        graph = self.graph
        home = list(range(len(self.source.shapes)))
        for k, (node, layer) in enumerate(zip(graph.nodes, self.source.layers, strict=True)):
            if layer.is_view:
                home[graph.value_of(k)] = home[node.inputs[0]]
        read = {home[v] for k, kept in enumerate(self.keeps) if kept for v in self.read_values(k, kept)}
        names = ["input"] * graph.input_count + [node.name for node in graph.nodes]
        for v in sorted(read):
            yield names[v], product(self.source.shapes[v])
        for node, kept in zip(graph.nodes, self.keeps, strict=True):
            if kept is not None and (own := self.own_of(kept)) != 0:
                yield f"{node.name} (inside)", own

    def own_of(self, kept: Saved) -> Size:
        """The entries that a node saves beside its inputs and its output."""
        return add(kept.intermediates, multiply(self.position_entries, kept.positions))

    def add(self, name: str, inputs: tuple[int, ...], work: Work, shape: Shape, like: int = -1) -> int:
        layer = self.graph.nodes[like].layer if like >= 0 else Identity()
        self.nodes.append(Node(name, layer, inputs))
        self.work.append(work)
        self.shapes.append(shape)
        return self.graph.input_count + len(self.nodes) - 1

    def forward(self, k: int, here: list[int], note: str, keep: bool) -> int:
        """Run a node; where it is to ``keep``, also make what it saves beside its inputs and output."""
        node, layer = self.graph.nodes[k], self.source.layers[k]
        read = tuple(here[v] for v in node.inputs)
        value = self.add(node.name + note, read, layer, layer.output_shape, k)
        kept = self.keeps[k]
        if keep and kept is not None:
            own = self.own_of(kept)
            if own != 0:
                # It is made while the inputs and the output are there.
                read = (*read, value)
                self.extra[k] = self.add(node.name + note, read, Made(own, len(read)), (own,), k)
        return value

    def needed_again(self, start: int, end: int) -> range:
        """The nodes of a segment up to the last one that keeps anything, as PyTorch runs them again."""
        keeping = [k for k in range(start, end) if (kept := self.keeps[k]) is not None and kept.anything]
        return range(start, keeping[-1] + 1 if keeping else start)

    def read_values(self, k: int, kept: Saved) -> list[int]:
        """The forward values that the backward pass of a node reads."""
        out = [self.graph.nodes[k].inputs[j] for j in kept.inputs]
        return [*out, self.graph.value_of(k)] if kept.output else out

    def backward(self, k: int, here: list[int], held: tuple[int, ...]) -> None:
        """The gradients of the inputs of a node, each added to what is there already.

        ``held`` is what its segment was run again from: PyTorch keeps that until the segment is done.
        """
        node, layer, kept = self.graph.nodes[k], self.source.layers[k], self.keeps[k]
        gradient = self.gradients.pop(self.graph.value_of(k), None)
        if kept is None or gradient is None:
            return
        read = dict.fromkeys([gradient, *(here[v] for v in self.read_values(k, kept)), *held])
        if k in self.extra:
            read[self.extra[k]] = None
        inputs = tuple(read)
        name = f"{node.name} backward"
        asked = [v for v in node.inputs if self.trained[v]]
        shared = passes_gradient_on(layer)
        if not asked:
            self.add(name, inputs, Made(0, len(inputs)), (0,), k)
        made: list[tuple[int, int]] = []
        for v in asked:
            shape = self.source.shapes[v]
            if shared:
                part = self.add(name, (gradient, *held), Made(0, 1 + len(held), shares=True), shape, k)
            else:
                part = self.add(name, inputs, Made(product(shape), len(inputs)), shape, k)
            made.append((v, part))
        parts = [part for _, part in made]
        for v, part in made:
            self.gradients[v] = self.accumulated(name, v, part, parts, k)

    def accumulated(self, name: str, value: int, part: int, parts: list[int], k: int) -> int:
        """The gradient of a value with one more part; the sum of two is a new tensor.

        All ``parts`` that a backward has made are there until each has been added to its gradient.
        """
        before = self.gradients.get(value)
        if before is None:
            return part
        shape = self.source.shapes[value]
        read = tuple(dict.fromkeys((before, part, *parts)))
        return self.add(name, read, Made(product(shape), len(read)), shape, k)
