"""Networks: layers one after another, with residual and parallel branches, and an input shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from hypothesis import strategies as st

from symcnn import layers as kinds
from symcnn.layers.base import Layer
from symcnn.network.graph import Module, Sequential
from symcnn.testing.strategies.drawing import BATCHES, CHANNELS, LENGTHS, arguments, drawn_from, made
from symcnn.testing.strategies.fitting import Shape
from symcnn.testing.strategies.sizes import agreed_dims, shapes
from symcnn.testing.strategies.table import ROWS


class NetworkConfig(NamedTuple):
    """A network and an input shape that it takes: ``network.cost(input_shape)`` is defined."""

    network: Sequential
    input_shape: Shape


class Residual(Module):
    """The sum of a branch and the input itself."""

    def __init__(self, branch: Sequential) -> None:
        self.branch = branch
        self.add = kinds.Add()

    def forward(self, x: Any) -> Any:
        """The branch and the input, added."""
        return self.add(self.branch(x), x)

    def __repr__(self) -> str:
        return f"Residual({self.branch!r})"


class Parallel(Module):
    """The outputs of several branches, one behind the other along the channels."""

    def __init__(self, *branches: Sequential, dim: int = 1) -> None:
        self.branches = branches
        self.concat = kinds.Concat(dim)

    def forward(self, x: Any) -> Any:
        """The branches, joined."""
        return self.concat(*(branch(x) for branch in self.branches))

    def __repr__(self) -> str:
        return f"Parallel({', '.join(map(repr, self.branches))}, dim={self.concat.dim})"


@dataclass(frozen=True)
class _Place:
    """Where a layer is to stand: the shape of its input, and the number of its spatial axes."""

    shape: Shape
    dims: int

    @property
    def channels(self) -> int:
        return self.shape[-self.dims - 1]

    @property
    def shortest(self) -> int:
        return min(self.shape[-self.dims :], default=1)

    def kind(self, family: str) -> type[Layer]:
        """The class of a family for as many axes as there are, or the one without a number."""
        return getattr(kinds, family, None) or getattr(kinds, f"{family}{self.dims}d")


@dataclass(frozen=True)
class _Step:
    """A layer that may stand in a network: what its input fixes, and whether the shape stays as it is."""

    family: str
    given: Callable[[_Place], Mapping[str, Any]] = lambda place: {}
    keeps: bool = False


def _window(place: _Place) -> Mapping[str, Any]:
    return {"kernel_size": st.integers(1, min(3, place.shortest)), "padding": 0, "dilation": 1}


def _convolved(place: _Place) -> Mapping[str, Any]:
    return {**_window(place), "in_channels": place.channels}


def _same(place: _Place) -> Mapping[str, Any]:
    return {"in_channels": place.channels, "out_channels": place.channels, "padding": "same"}


def _means(place: _Place) -> Mapping[str, Any]:
    return {"kernel_size": st.integers(1, min(3, place.shortest)), "padding": 0}


# In the order of simplicity; the second part needs spatial axes.
STEPS = (_Step("ReLU", keeps=True), _Step("Tanh", keeps=True))
SPATIAL_STEPS = (
    _Step("Conv", _convolved),
    _Step("Conv", _same, keeps=True),
    _Step("BatchNorm", lambda place: {"num_features": place.channels}, keeps=True),
    _Step("MaxPool", _window),
    _Step("AvgPool", _means),
    _Step("ConvTranspose", lambda place: {"in_channels": place.channels, "padding": 0}),
)
_WIDENED = _Step("Conv", lambda place: {"in_channels": place.channels, "padding": "same"})
_FEATURES = _Step("Linear", lambda place: {"in_features": place.shape[-1]})


def networks(
    dims: int | st.SearchStrategy[int] | None = None,
    *,
    max_steps: int = 4,
    branches: bool = True,
    batch: Any = BATCHES,
    channels: Any = CHANNELS,
    lengths: Any = LENGTHS,
) -> st.SearchStrategy[NetworkConfig]:
    """Networks with an input shape each: ``network, shape = drawn`` and ``network.cost(shape)``.

    A network is a ``Sequential`` of at most ``max_steps`` steps over ``dims`` spatial axes (1 to 3 unless
    given): convolutions, poolings, normalisations, activations and, with ``branches``, parts that are added
    to their own input or joined with others along the channels; some end with ``Flatten`` and ``Linear``.
    ``batch``, ``channels`` and ``lengths`` are those of :func:`shapes`.

    Networks shrink to one ``ReLU`` on the smallest shape.
    Raises ``ValueError`` for other ``dims`` and for less than one step.

    >>> from hypothesis import find
    >>> network, shape = find(networks(2), lambda drawn: "Residual" in repr(drawn.network))
    >>> network, shape
    (Sequential(Residual(Sequential(ReLU()))), (1, 1, 1))
    """
    if type(max_steps) is not int or max_steps < 1:
        raise ValueError(f"networks: max_steps={max_steps!r} must be an integer of at least 1")
    dims = agreed_dims("networks", dims, batch, channels, lengths)
    if not isinstance(dims, st.SearchStrategy) and dims not in (None, 1, 2, 3):
        raise ValueError(f"networks: dims={dims!r} must be 1, 2, 3 or a strategy")
    if type(branches) is not bool:
        raise TypeError(f"networks: branches={branches!r} must be True or False")
    sizes = st.integers(1, 3) if dims is None else drawn_from(dims)
    inputs = sizes.flatmap(
        lambda axes: st.tuples(st.just(axes), shapes(axes, batch=batch, channels=channels, lengths=lengths))
    )
    return _network(inputs, max_steps, branches)


@st.composite
def _network(
    draw: st.DrawFn, inputs: st.SearchStrategy[tuple[int, Shape]], max_steps: int, branches: bool
) -> NetworkConfig:
    axes, shape = draw(inputs)
    steps, place = _steps(draw, _Place(shape, axes), draw(st.integers(1, max_steps)), branches)
    if draw(st.booleans()):
        head, _ = _head(draw, place)
        steps += head
    return NetworkConfig(Sequential(*steps), shape)


def _steps(draw: st.DrawFn, place: _Place, count: int, branches: bool) -> tuple[list[Any], _Place]:
    steps: list[Any] = []
    for _ in range(count):
        single = _fitting(place, (*STEPS, *SPATIAL_STEPS))
        chosen: Any = draw(st.sampled_from([*single, *([_residual, _parallel] if branches else [])]))
        step = _layer(draw, place, chosen) if isinstance(chosen, _Step) else chosen(draw, place)
        steps.append(step)
        place = _after(place, step)
    return steps, place


def _fitting(place: _Place, steps: tuple[_Step, ...]) -> list[_Step]:
    """The steps that can stand here, with another in the place of those that cannot.

    What is drawn by its number is then the same with a batch and without, so that the batch can shrink.
    """
    sample = len(place.shape) == place.dims + 1
    # BatchNorm1d takes the first of two axes for the batch.
    return [STEPS[0] if s.family == "BatchNorm" and place.dims == 1 and sample else s for s in steps]


def _layer(draw: st.DrawFn, place: _Place, step: _Step) -> Layer:
    kind = place.kind(step.family)
    rules = ROWS[kind].arguments
    return made(kind, rules, draw(arguments(kind, rules, step.given(place))))


def _residual(draw: st.DrawFn, place: _Place) -> Residual:
    kept = _fitting(place, tuple(s for s in (*STEPS, *SPATIAL_STEPS) if s.keeps))
    chosen = draw(st.lists(st.sampled_from(kept), min_size=1, max_size=2))
    return Residual(Sequential(*(_layer(draw, place, step) for step in chosen)))


def _parallel(draw: st.DrawFn, place: _Place) -> Parallel:
    chosen = draw(st.lists(st.sampled_from((*STEPS, _WIDENED)), min_size=2, max_size=3))
    return Parallel(*(Sequential(_layer(draw, place, step)) for step in chosen), dim=-place.dims - 1)


def _head(draw: st.DrawFn, place: _Place) -> tuple[list[Layer], _Place]:
    flat = kinds.Flatten(len(place.shape) - place.dims - 1)
    place = _Place((*place.shape[: -place.dims - 1], prod(place.shape[-place.dims - 1 :])), 0)
    return [flat, _layer(draw, place, _FEATURES)], place


def _after(place: _Place, step: Any) -> _Place:
    return _Place(tuple(step.cost(place.shape).output_shape), place.dims)
