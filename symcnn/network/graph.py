"""Networks as graphs of layers: modules, tracing, and the graph itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

from symcnn.derive.convention import Convention
from symcnn.derive.convention import convention as named_convention
from symcnn.layers.base import Layer, inputs_given, shapes_of
from symcnn.layers.merge import Add, Mul
from symcnn.symbols.checks import brief, text, whole


@dataclass(frozen=True)
class Node:
    """One use of a layer; values are numbered, the network's inputs first, then one per node."""

    name: str
    layer: Layer
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """A network as a list of nodes in the order in which they run."""

    label: str
    input_count: int
    nodes: tuple[Node, ...]
    output: int

    def value_of(self, position: int) -> int:
        """The number of the value that the node at this position makes."""
        return self.input_count + position


class Value:
    """A tensor of a network while it is traced; layers are called on it, + and * merge two."""

    __slots__ = ("number", "trace")

    def __init__(self, trace: _Trace, number: int) -> None:
        self.trace = trace
        self.number = number

    def apply(self, layer: Layer, values: Sequence[Any]) -> Value:
        """The output of ``layer`` on these values."""
        return self.trace.add(layer, values)

    def __repr__(self) -> str:
        return "a traced value"

    def __bool__(self) -> bool:
        raise TypeError(
            "a traced value has no truth value: a network is traced once, for all values of its inputs"
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Value):
            return self is other
        raise TypeError(f"a traced value cannot be compared with {other!r}: it has no numbers")

    __hash__ = object.__hash__

    def __add__(self, other: Value) -> Value:
        return Add()(self, other)

    def __mul__(self, other: Value) -> Value:
        return Mul()(self, other)


class Module:
    """A part of a network: layers and modules as attributes, and a ``forward`` that connects them.

    >>> from symcnn import Conv2d, ReLU, Module
    >>> class Residual(Module):
    ...     def __init__(self, channels):
    ...         self.conv = Conv2d(channels, channels, kernel_size=3, padding=1)
    ...         self.relu = ReLU()
    ...     def forward(self, x):
    ...         return self.relu(self.conv(x) + x)
    >>> [row.name for row in Residual(8).cost((1, 8, 16, 16)).layers]
    ['conv', 'add', 'relu']
    """

    # Any arguments here, so that a subclass may name its inputs: forward(self, x).
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The output value for traced inputs, made by calling layers and modules on them."""
        raise TypeError(f"{type(self).__name__} must define forward(self, x)")

    def children(self) -> Iterator[tuple[str, Any]]:
        """Layers and modules held as attributes (also in lists and tuples), with their names."""
        for name, value in vars(self).items():
            yield from _named(name, value)

    def __call__(self, *values: Any) -> Any:
        """Apply the module to traced values of a network."""
        if not values or not all(isinstance(v, Value) for v in values):
            raise TypeError(
                f"{type(self).__name__} is called on traced values; for its cost use .cost(shape)"
            )
        return values[0].trace.enter(self, values)

    def __repr__(self) -> str:
        return self.label

    def graph(self, input_count: int = 1) -> Graph:
        """The network as a graph of layers."""
        return _Trace(self, whole("input_count", input_count, 1)).run()

    def cost(self, *input_shapes: Iterable[Any], convention: str | Convention = "sequential") -> Any:
        """The cost of the network on inputs of these shapes, with a row for each layer."""
        from symcnn.network.cost import network_cost

        return network_cost(self, shapes_of(type(self).__name__, input_shapes), named_convention(convention))

    @property
    def label(self) -> str:
        """The name under which costs show the network."""
        return getattr(self, "name", None) or type(self).__name__


class Sequential(Module):
    """Layers and modules one after another; names are positions, or the keys of a mapping.

    >>> from symcnn import Conv2d, ReLU, Sequential
    >>> net = Sequential(Conv2d(1, 6, kernel_size=5), ReLU())
    >>> net.cost((1, 1, 32, 32)).output_shape
    (1, 6, 28, 28)
    """

    def __init__(self, *steps: Any) -> None:
        if len(steps) == 1 and isinstance(steps[0], Mapping):
            self.steps: dict[str, Any] = dict(steps[0])
        else:
            self.steps = {str(k): step for k, step in enumerate(steps)}
        for name, step in self.steps.items():
            text("Sequential: the name of a step", name, "conv1")
            if not isinstance(step, Layer | Module):
                raise TypeError(f"Sequential: step {name} is {brief(step)}; it must be a layer or a module")

    def children(self) -> Iterator[tuple[str, Any]]:
        """The steps with their names."""
        yield from self.steps.items()

    def forward(self, x: Any) -> Any:
        """The steps, one after another."""
        for step in self.steps.values():
            x = step(x)
        return x

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, position: int | slice) -> Any:
        if isinstance(position, slice):
            return list(self.steps.values())[position]
        if type(position) is not int:
            raise TypeError(f"position={brief(position)} must be an int")
        if not -len(self) <= position < len(self):
            raise IndexError(f"position={position} is none of {len(self)} steps")
        return list(self.steps.values())[position]

    def __repr__(self) -> str:
        numbered = list(self.steps) == [str(k) for k in range(len(self.steps))]
        return f"Sequential({', '.join(map(repr, self.steps.values())) if numbered else repr(self.steps)})"


def _named(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Layer | Module):
        yield name, value
    elif isinstance(value, list | tuple):
        for k, part in enumerate(value):
            yield from _named(f"{name}.{k}", part)


def _check_inputs(module: Module, given: int) -> None:
    taken = signature(module.forward).parameters.values()
    places = [p for p in taken if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)]
    least = sum(p.default is Parameter.empty for p in places)
    most = None if any(p.kind is Parameter.VAR_POSITIONAL for p in taken) else len(places)
    if given < least or (most is not None and given > most):
        raise ValueError(f"{module.label}: {inputs_given(given, least, most)}")


class _Trace:
    """Records the layers that run, in order, with the names of the attributes that hold them."""

    def __init__(self, module: Module, input_count: int) -> None:
        self.module = module
        self.input_count = input_count
        self.nodes: list[Node] = []
        self.names: dict[int, str] = {}
        self.used: dict[str, int] = {}
        self.scope = ""
        self._name(module, "")

    def _name(self, module: Module, path: str) -> None:
        if id(module) in self.names:
            return
        self.names[id(module)] = path
        for name, child in module.children():
            full = f"{path}.{name}" if path else name
            if isinstance(child, Module):
                self._name(child, full)
            else:
                self.names.setdefault(id(child), full)

    def run(self) -> Graph:
        values = [Value(self, k) for k in range(self.input_count)]
        _check_inputs(self.module, self.input_count)
        out = self.module.forward(*values)
        if not isinstance(out, Value):
            found = f"{self.module.label}.forward returned {brief(out)}"
            raise TypeError(f"{found}; it must return a traced value")
        return Graph(self.module.label, self.input_count, tuple(self.nodes), out.number)

    def enter(self, module: Module, values: Sequence[Value]) -> Any:
        outer = self.scope
        self.scope = self.names.get(id(module), outer)
        try:
            return module.forward(*values)
        finally:
            self.scope = outer

    def add(self, layer: Layer, values: Sequence[Any]) -> Value:
        if not all(isinstance(v, Value) for v in values):
            shown = ", ".join(map(brief, values))
            raise TypeError(f"{layer} is called on {shown}; inside a network it takes traced values alone")
        if any(v.trace is not self for v in values):
            raise ValueError(f"{layer} is called on values of two different networks")
        name = self.names.get(id(layer))
        if name is None:
            own = layer.name.lower()
            name = f"{self.scope}.{own}" if self.scope else own
        self.used[name] = count = self.used.get(name, 0) + 1
        self.nodes.append(
            Node(name if count == 1 else f"{name}:{count}", layer, tuple(v.number for v in values))
        )
        return Value(self, self.input_count + len(self.nodes) - 1)
