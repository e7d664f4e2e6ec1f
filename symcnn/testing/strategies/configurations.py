"""Layers, the shapes that they take, and configurations of convolutions and poolings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from hypothesis import strategies as st

from symcnn import layers as layer_kinds
from symcnn.layers.base import Layer
from symcnn.symbols.suggest import suggestion
from symcnn.testing.strategies.drawing import (
    BATCHES,
    arguments,
    check_number,
    check_options,
    drawn_from,
    made,
)
from symcnn.testing.strategies.fitting import Shape, Sides
from symcnn.testing.strategies.table import ROWS, Row, kinds_of


@dataclass(frozen=True)
class Config:
    """A layer as its class and its arguments as they were written, with an input shape that it takes.

    ``config.layer`` is the layer; ``torch.nn.Conv2d(**config.arguments)`` is that of PyTorch.
    """

    kind: type[Layer]
    arguments: Mapping[str, Any]
    input_shape: Shape

    @property
    def layer(self) -> Any:
        """The layer of this configuration."""
        return self.kind(**self.arguments)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.kind.__name__}({given}) on {self.input_shape}"


def layers(kinds: type[Layer] | Iterable[type[Layer]] | None = None, **given: Any) -> st.SearchStrategy[Any]:
    """Layers with arguments that fit together.

    ``kinds`` is a class such as ``Conv2d`` or several; without it, all layers of symcnn that have
    values and take the arguments in ``given``. Each of these is a value or a strategy, for the argument
    of that name.

    The shapes that a layer takes come from :func:`shapes_for`, arrays from :func:`arrays_for`. Layers shrink
    to ``Identity()``, convolutions to one channel, kernel, stride and dilation 1 without padding and bias.
    Raises ``TypeError`` and ``ValueError`` for kinds that are no layers of symcnn and for arguments that a
    layer does not take.

    >>> from hypothesis import find
    >>> from symcnn import Conv2d
    >>> find(layers(), lambda layer: True)
    Identity()
    >>> find(layers(Conv2d, bias=True), lambda layer: layer.stride == (2, 2))
    Conv2d(in_channels=1, out_channels=1, kernel_size=1, stride=2)
    """
    chosen = kinds_of("layers", kinds)
    if kinds is None:
        chosen = _taking(chosen, given)
    check_options("layers", chosen, given)
    return _layers(chosen, given)


def shapes_for(
    layer: Layer, *, batch: Any = BATCHES, extra: Any = None
) -> st.SearchStrategy[tuple[Shape, ...]]:
    """The shapes of the inputs of a layer, one for each input: ``layer.cost(*shapes)`` is defined.

    ``batch`` is the length of the first axis, or None for one sample without that axis; ``extra`` is what
    an axis is longer than it must be, up to 4 unless given (2 over three spatial axes). Both are values or
    strategies.

    Raises ``TypeError`` for what is no layer of symcnn and ``ValueError`` for layers with symbols.

    >>> from hypothesis import find
    >>> from symcnn import Conv2d
    >>> find(shapes_for(Conv2d(3, 8, kernel_size=5, padding=1), batch=2), lambda shapes: True)
    ((2, 3, 3, 3),)
    """
    return fitting_shapes("shapes_for", layer, batch, extra)


def fitting_shapes(caller: str, layer: Layer, batch: Any, extra: Any) -> st.SearchStrategy[tuple[Shape, ...]]:
    """What :func:`shapes_for` returns, with errors in the name of another function."""
    row = ROWS.get(type(layer))
    if row is None:
        raise TypeError(
            f"{caller}: {layer!r} is no layer of symcnn; "
            "hand the input shapes of a layer of your own to arrays_for"
        )
    check_numbers(caller, layer)
    _check_sides(caller, batch, extra)
    if extra is None:
        extra = st.integers(0, 4 if layer.axes < 3 else 2)
    return _fitting(row, layer, Sides(caller, drawn_from(batch), drawn_from(extra)))


def check_numbers(caller: str, layer: Layer, *shapes: Iterable[Any]) -> None:
    """Raise ``ValueError`` where an argument or a length is a symbol."""
    for n in (*layer.arguments, *(n for shape in shapes for n in shape)):
        if not isinstance(n, int):
            raise ValueError(f"{caller}: {layer} and its input have the symbol {n}; give it a number first")


def conv_configs(
    dims: int = 2, transposed: bool = False, *, batch: Any = BATCHES, extra: Any = None, **given: Any
) -> st.SearchStrategy[Config]:
    """Configurations of convolutions: the arguments as one would write them, and an input shape that fits.

    ``dims`` is the number of spatial axes, 1 to 3; ``given`` are arguments of the layer, values or
    strategies; ``batch`` and ``extra`` are those of :func:`shapes_for`. Padding is drawn as a number, one
    for each axis, one pair for each axis, ``"valid"`` and ``"same"`` (with stride 1); windows may be smaller
    than their stride; groups divide the channels.

    Raises ``ValueError`` and ``TypeError`` for other ``dims`` and for arguments that the layer does not take.

    >>> from hypothesis import find
    >>> find(conv_configs(kernel_size=3, batch=1), lambda config: config.arguments["stride"] == 2)
    Conv2d(in_channels=1, out_channels=1, kernel_size=3, stride=2, ...) on (1, 1, 3, 3)
    """
    if type(transposed) is not bool:
        raise TypeError(f"conv_configs: transposed={transposed!r} must be True or False")
    return _configs("conv_configs", "ConvTranspose" if transposed else "Conv", dims, batch, extra, given)


def pool_configs(
    dims: int = 2, kind: str = "max", *, batch: Any = BATCHES, extra: Any = None, **given: Any
) -> st.SearchStrategy[Config]:
    """Configurations of poolings over windows, as :func:`conv_configs` has those of convolutions.

    ``kind`` is ``"max"`` or ``"avg"``. Padding is at most half of the kernel, and the input so long that
    every window holds an entry.

    Raises ``ValueError`` and ``TypeError`` for other ``dims``, kinds and arguments.

    >>> from hypothesis import find
    >>> find(pool_configs(kind="avg", batch=None), lambda config: config.arguments["ceil_mode"])
    AvgPool2d(kernel_size=1, stride=None, padding=0, ceil_mode=True, ...) on (1, 1, 1)
    """
    names = {"max": "MaxPool", "avg": "AvgPool"}
    if kind not in names:
        raise ValueError(f"pool_configs: kind={kind!r} must be 'max' or 'avg'")
    return _configs("pool_configs", names[kind], dims, batch, extra, given)


def _configs(
    caller: str, family: str, dims: int, batch: Any, extra: Any, given: Mapping[str, Any]
) -> st.SearchStrategy[Config]:
    if type(dims) is not int or not 1 <= dims <= 3:
        raise ValueError(f"{caller}: dims={dims!r} must be 1, 2 or 3")
    kind: type[Layer] = getattr(layer_kinds, f"{family}{dims}d")
    _check_sides(caller, batch, extra)
    check_options(caller, [kind], given)
    return _config(kind, batch, extra, given)


def _check_sides(caller: str, batch: Any, extra: Any) -> None:
    check_number(caller, "batch", batch, 1, none=True)
    check_number(caller, "extra", extra, 0, none=True)


def _taking(chosen: list[type[Layer]], given: Mapping[str, Any]) -> list[type[Layer]]:
    """The layers that take all the given arguments."""
    taken = {kind: {f.name for f in fields(kind)} for kind in chosen}
    every = sorted(set[str]().union(*taken.values()))
    for name in given:
        if name not in every:
            raise TypeError(f"layers: no layer takes the argument {name!r}{suggestion(name, every)}")
    found = [kind for kind in chosen if given.keys() <= taken[kind]]
    if not found:
        raise TypeError(f"layers: no layer takes {' and '.join(given)} together")
    return found


# Strategies are made once, here: Hypothesis reads the source of each function that it makes one of.


@st.composite
def _layers(draw: st.DrawFn, chosen: Sequence[type[Layer]], given: Mapping[str, Any]) -> Layer:
    kind = draw(st.sampled_from(chosen))
    rules = ROWS[kind].arguments
    return made(kind, rules, draw(arguments(kind, rules, given)))


@st.composite
def _config(draw: st.DrawFn, kind: type[Layer], batch: Any, extra: Any, given: Mapping[str, Any]) -> Config:
    rules = ROWS[kind].arguments
    values = draw(arguments(kind, rules, given))
    (shape,) = draw(shapes_for(made(kind, rules, values), batch=batch, extra=extra))
    return Config(kind, values, shape)


@st.composite
def _fitting(draw: st.DrawFn, row: Row, layer: Layer, sides: Sides) -> tuple[Shape, ...]:
    return row.shapes(draw, layer, sides)
