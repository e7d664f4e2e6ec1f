"""Receptive fields: which inputs one output of a network's feature map sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from symcnn.derive.cost import Cost, expression
from symcnn.derive.quantities import LayerQuantities
from symcnn.derive.spans import Span, Spans, input_spans, join, points
from symcnn.layers.base import Layer, Shape, shapes_of
from symcnn.network.cost import NetworkQuantities
from symcnn.network.graph import Graph, Module, Sequential
from symcnn.symbols.checks import brief
from symcnn.symbols.checks import text as text_of
from symcnn.symbols.printing import latex, text, words_in_latex
from symcnn.symbols.size import Atom, Dim, Size, Sym, add, as_size, multiply, substitute, subtract, symbols_of
from symcnn.symbols.suggest import suggestion

_SPATIAL = 2  # axes before this one are the batch and the channels
_AXIS_NAMES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
_POSITIONS = ("i", "j", "k")


@dataclass(frozen=True)
class Seen:
    """What an output of the target sees in the input of one layer, per spatial axis."""

    name: str
    layer: Layer
    spans: Spans

    def range(self, *position: Any) -> tuple[tuple[Any, Any], ...]:
        """First and last position seen along each axis by the output at ``position``."""
        return _ranges(self.spans, position)


class ReceptiveField:
    """What one output of a feature map sees of the network's input, per spatial axis.

    Output i sees the input positions from ``stride*i + offset`` to ``stride*i + offset + size - 1``,
    counted from 0, padding included.
    """

    def __init__(self, target: str, spans: Spans, layers: tuple[Seen, ...]) -> None:
        self.target = target
        self.spans = spans
        self.layers = layers

    @property
    def size(self) -> tuple[Any, ...]:
        """Number of positions seen along each axis."""
        return tuple(expression(add(subtract(s.high, s.low), 1)) for s in self.spans)

    @property
    def stride(self) -> tuple[Any, ...]:
        """How far the field moves along each axis from one output to the next."""
        return tuple(expression(s.stride) for s in self.spans)

    @property
    def offset(self) -> tuple[Any, ...]:
        """First position that output 0 sees along each axis; negative inside the padding."""
        return tuple(expression(s.low) for s in self.spans)

    def range(self, *position: Any) -> tuple[tuple[Any, Any], ...]:
        """First and last input position seen along each axis by the output at ``position``."""
        return _ranges(self.spans, position)

    def __repr__(self) -> str:
        rows = [(s.name, s.layer.name, _range_text(s.spans)) for s in self.layers]
        widths = [max((len(r[c]) for r in rows), default=0) for c in range(2)]
        size = " x ".join(text(add(subtract(s.high, s.low), 1)) for s in self.spans)
        head = f"{self.target} sees {size} inputs: {_range_text(self.spans)}"
        return "\n".join([head, *(f"  {n:<{widths[0]}}  {kind:<{widths[1]}}  {r}" for n, kind, r in rows)])

    def _repr_latex_(self) -> str:
        names = [words_in_latex(s.name) for s in self.layers]
        size = r" \times ".join(latex(add(subtract(s.high, s.low), 1)) for s in self.spans)
        lines = [rf"\text{{{n}}} &: {_range_latex(s.spans)}" for n, s in zip(names, self.layers, strict=True)]
        head = rf"\text{{{words_in_latex(self.target)} sees}} &\quad {size}:\; {_range_latex(self.spans)}"
        return "$$\\begin{aligned}\n" + " \\\\\n".join([head, *lines]) + "\n\\end{aligned}$$"


def receptive_field(
    network: Any, at: str | None = None, input_shape: Iterable[Any] | None = None
) -> ReceptiveField:
    """The receptive field of a feature map of a network.

    r = 1 + sum over layers of (k_l - 1) times the product of the strides before l, for a chain; over
    branches the union. ``at`` names the layer whose output is meant; by default it is the last feature
    map that is reached through windows alone, before any global or adaptive pooling. ``layers`` holds,
    from that layer back to the first, what it sees in the input of each.

    Raises ``ValueError`` for unknown names, for outputs without spatial extent, and for branches whose
    strides differ.

    Source: Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks"
    (Distill, 2019); document 004, section 6.

    >>> from symcnn import Conv2d, MaxPool2d, Sequential, receptive_field
    >>> net = Sequential(Conv2d(1, 8, kernel_size=3, padding=1), MaxPool2d(2), Conv2d(8, 8, kernel_size=3))
    >>> field = receptive_field(net)
    >>> field.size, field.stride, field.offset
    ((8, 8), (2, 2), (-1, -1))
    >>> field.range(5)
    ((9, 16), (9, 16))
    """
    module = Sequential(network) if isinstance(network, Layer) else network
    if not isinstance(module, Module):
        raise TypeError(f"receptive_field needs a layer or a network, not {brief(network)}")
    graph = module.graph()
    shape = _assumed_shape(graph) if input_shape is None else shapes_of(module.label, [input_shape])[0]
    source = NetworkQuantities(graph, (shape,))
    target = _last_feature_map(source) if at is None else _named(graph, at)
    return _traced_back(source, target)


def receptive_fields(cost: Cost) -> list[tuple[Size, ...] | None]:
    """The sizes of the receptive fields of all layers in the first input, one for each spatial axis.

    None stands for a layer whose outputs see no range of fixed size.

    >>> from symcnn import Conv2d, Flatten, MaxPool2d, Sequential
    >>> net = Sequential(Conv2d(1, 8, kernel_size=3, padding=1), MaxPool2d(2), Flatten())
    >>> receptive_fields(net.cost((1, 1, 32, 32)))
    [(3, 3), (4, 4), None]
    """
    source: Any = cost.source
    if not isinstance(source, NetworkQuantities):
        shapes = tuple(x.known_shape for x in source.inputs)
        source = NetworkQuantities(Sequential(source.owner).graph(len(shapes)), shapes)
    values: dict[Atom, Size] = {**cost.values}
    # What each value sees of the first input: spans, or None where these are not aligned. A value that is not
    # here sees nothing of it.
    seen: dict[int, Spans | None] = {0: points(len(source.shapes[0]))}
    found: list[tuple[Size, ...] | None] = []
    for k, (node, layer) in enumerate(zip(source.graph.nodes, source.layers, strict=True)):
        spans = _traced_on(layer, [seen.get(v, ()) for v in node.inputs], source.shapes[0])
        if spans != ():
            seen[source.graph.value_of(k)] = spans
        if not spans or len(spans) <= _SPATIAL or any(s.axis is None for s in spans[_SPATIAL:]):
            found.append(None)
        else:
            sizes = (add(subtract(s.high, s.low), 1) for s in spans[_SPATIAL:])
            found.append(tuple(substitute(n, values) for n in sizes))
    return found


def _traced_on(layer: LayerQuantities, inputs: Sequence[Spans | None], shape: Shape) -> Spans | None:
    """What the output of a layer sees, from what its inputs see; nothing is an empty tuple."""
    seen: dict[str, Spans] = {}
    try:
        for before, read in zip(inputs, input_spans(layer, points(len(layer.output_shape))), strict=True):
            if before == () or read is None:
                continue
            if before is None:
                return None
            join(seen, "", tuple(_composed(span, read) for span in before), shape)
    except ValueError:
        return None
    return seen.get("", ())


def _composed(span: Span, read: Spans) -> Span:
    """What is seen through a span by who reads these positions."""
    inner = Span(None, 0, 0, 0) if span.axis is None else read[span.axis]
    low, high = (
        add(multiply(span.stride, end), more)
        for end, more in ((inner.low, span.low), (inner.high, span.high))
    )
    return Span(inner.axis, multiply(span.stride, inner.stride), low, high)


def _traced_back(source: NetworkQuantities, target: int) -> ReceptiveField:
    graph = source.graph
    rank = len(source.shapes[graph.value_of(target)])
    seen: dict[str, Spans] = {str(graph.value_of(target)): points(rank)}
    layers: list[Seen] = []
    for k in range(target, -1, -1):
        output = seen.get(str(graph.value_of(k)))
        if output is None:
            continue
        node = graph.nodes[k]
        for value, found in zip(node.inputs, input_spans(source.layers[k], output), strict=True):
            if found is None:
                continue
            try:
                join(seen, str(value), found, source.shapes[value])
            except ValueError as error:
                raise ValueError(f"{node.name}: {error}") from None
            layers.append(Seen(node.name, node.layer, found[_SPATIAL:]))
    name = graph.nodes[target].name
    spans = seen.get("0")
    if spans is None or len(spans) <= _SPATIAL or any(s.axis is None for s in spans[_SPATIAL:]):
        raise ValueError(f"{name} has no receptive field of fixed size: it reads whole axes of the input")
    return ReceptiveField(name, spans[_SPATIAL:], tuple(layers))


def _last_feature_map(source: NetworkQuantities) -> int:
    """The last node that windows alone connect to the network's input."""
    graph = source.graph
    spatial = {value: len(source.shapes[value]) > _SPATIAL for value in range(graph.input_count)}
    last: int | None = None
    for k, (node, layer) in enumerate(zip(graph.nodes, source.layers, strict=True)):
        own = points(len(layer.output_shape))
        found = input_spans(layer, own) if any(spatial[v] for v in node.inputs) else [None] * len(node.inputs)
        here = len(own) > _SPATIAL and any(
            spatial[v] and spans is not None and _keeps_axes(spans)
            for v, spans in zip(node.inputs, found, strict=True)
        )
        spatial[graph.value_of(k)] = here
        last = k if here else last
    if last is None:
        raise ValueError(
            f"{graph.label} has no feature map with spatial extent; it needs an input such as (N, C, H, W)"
        )
    return last


def _keeps_axes(spans: Spans) -> bool:
    return all(s.axis == axis for axis, s in enumerate(spans) if axis >= _SPATIAL)


def _named(graph: Graph, name: str) -> int:
    text_of("at", name, graph.nodes[-1].name if graph.nodes else "conv1")
    found = [k for k, node in enumerate(graph.nodes) if node.name == name or node.name.startswith(f"{name}.")]
    if not found:
        raise ValueError(
            f"at={name!r} names no layer of {graph.label}{suggestion(name, [n.name for n in graph.nodes])}"
        )
    return found[-1]


def _assumed_shape(graph: Graph) -> Shape:
    """An input shape with symbolic batch and spatial axes, and the channels of the first layer."""
    first = next((n.layer for n in graph.nodes if 0 in n.inputs and n.layer.input_rank()), None)
    if first is None or first.input_rank() is None:
        raise ValueError(
            f"{graph.label}: give input_shape=(N, C, H, W); no layer that reads the input fixes its axes"
        )
    channels = getattr(first, "in_channels", getattr(first, "num_features", None))
    used = {s.name for n in graph.nodes for s in symbols_of(*n.layer.arguments)}

    def fresh(name: str) -> Size:
        while name in used:
            name += "_"
        return Dim.of_atom(Sym(name))

    return (
        fresh("N"),
        fresh("C") if channels is None else channels,
        *(fresh(name) for name in _AXIS_NAMES[(first.input_rank() or 0) - _SPATIAL]),
    )


def _ranges(spans: Spans, position: tuple[Any, ...]) -> tuple[tuple[Any, Any], ...]:
    given = position * len(spans) if len(position) == 1 else position
    if len(given) != len(spans):
        raise ValueError(f"range{position} needs one position, or one for each of {len(spans)} axes")
    out: list[tuple[Any, Any]] = []
    for span, i in zip(spans, given, strict=True):
        start = multiply(span.stride, as_size(i, "position"))
        out.append((expression(add(start, span.low)), expression(add(start, span.high))))
    return tuple(out)


def _sizes_at(span: Span, name: str) -> tuple[Size, Size]:
    start: Size = 0 if span.axis is None else multiply(span.stride, Dim.of_atom(Sym(name, 0)))
    return add(start, span.low), add(start, span.high)


def _range_text(spans: Spans) -> str:
    ends = [_sizes_at(s, name) for s, name in zip(spans, _POSITIONS, strict=False)]
    return " x ".join(f"[{text(low)}, {text(high)}]" for low, high in ends)


def _range_latex(spans: Spans) -> str:
    ends = [_sizes_at(s, name) for s, name in zip(spans, _POSITIONS, strict=False)]
    return r" \times ".join(rf"\left[{latex(low)}, {latex(high)}\right]" for low, high in ends)
