"""The most activation memory that is alive at once when a graph runs in its order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from symcnn.network.graph import Graph
from symcnn.symbols.extremum import maximum
from symcnn.symbols.size import Size, add, product, subtract, total


class Work(Protocol):
    """What liveness asks of a node: that of a layer, or of a layer's backward."""

    @property
    def is_view(self) -> bool:
        """Whether the node's value shares the memory of its first input."""
        ...

    @cached_property
    def phases(self) -> tuple[tuple[Size, tuple[int, ...]], ...]:
        """While each of its statements runs: entries of its own, and the inputs still to read."""
        ...


def steps(graph: Graph, layers: Sequence[Work], shapes: Sequence[tuple[Size, ...]]) -> list[Size]:
    """The entries alive while each statement of each node runs, and what later nodes still need.

    A layer that only renames positions (flatten, identity) shares the memory of its input.
    """
    home = list(range(len(shapes)))
    for k, (node, layer) in enumerate(zip(graph.nodes, layers, strict=True)):
        if layer.is_view:
            home[graph.value_of(k)] = home[node.inputs[0]]
    last_use = dict.fromkeys(home, -1)
    for k, node in enumerate(graph.nodes):
        for value in node.inputs:
            last_use[home[value]] = k
        last_use[home[graph.value_of(k)]] = max(last_use[home[graph.value_of(k)]], k)
    last_use[home[graph.output]] = len(graph.nodes)
    dying: dict[int, list[int]] = {}
    for value, k in last_use.items():
        dying.setdefault(k, []).append(value)

    entries = [product(shape) for shape in shapes]
    alive: Size = 0
    for value in range(graph.input_count):
        if last_use[value] >= 0:
            alive = add(alive, entries[value])
    out: list[Size] = []
    for k, (node, layer) in enumerate(zip(graph.nodes, layers, strict=True)):
        ending = set(dying.get(k, ()))
        for own, read in layer.phases:
            # An input that nobody reads later is given up after the last statement that reads it.
            done = ending.intersection(home[v] for v in node.inputs) - {home[node.inputs[p]] for p in read}
            here = subtract(add(alive, own), total(entries[v] for v in done))
            out.append(here)
        value = graph.value_of(k)
        if home[value] == value:
            alive = add(alive, entries[value])
        for gone in ending:
            alive = subtract(alive, entries[gone])
    return out


def peak(graph: Graph, layers: Sequence[Work], shapes: Sequence[tuple[Size, ...]]) -> Size:
    """The largest of the steps; without any, the entries that pass through."""
    found = steps(graph, layers, shapes)
    return maximum(*dict.fromkeys(found)) if found else product(shapes[graph.output])
