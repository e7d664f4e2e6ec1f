"""The shapes of inputs that a layer takes, for each family of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

from symcnn.layers.base import Layer
from symcnn.testing.strategies.drawing import Strategy, check_number
from symcnn.testing.strategies.windows import Lengths

Shape: TypeAlias = tuple[int, ...]
LARGEST_RANK = 4


@dataclass(frozen=True)
class Sides:
    """How long axes are: the batch (None is one sample without that axis), and what an axis has to spare.

    What is drawn is checked: strategies are given by users, ``caller`` is the function that takes them.
    """

    caller: str
    batch: Strategy
    extra: Strategy

    def lead(self, draw: st.DrawFn) -> Shape:
        """The batch, as the first axes of a shape."""
        batch = draw(self.batch)
        check_number(self.caller, "batch", batch, 1, none=True)
        return () if batch is None else (batch,)

    def spare(self, draw: st.DrawFn) -> int:
        """What an axis is longer than it must be."""
        extra = draw(self.extra)
        check_number(self.caller, "extra", extra, 0)
        return extra

    def side(self, draw: st.DrawFn) -> int:
        """The length of an axis that may have any."""
        return 1 + self.spare(draw)

    def sides(self, draw: st.DrawFn, ranks: Iterable[int]) -> Shape:
        """A shape of any lengths with one of these ranks."""
        return tuple(self.side(draw) for _ in range(draw(st.sampled_from(list(ranks)))))


Fitting: TypeAlias = Callable[[st.DrawFn, Any, Sides], tuple[Shape, ...]]
"""Draws the shapes of the inputs of a layer."""


def windows(channels: str, lengths: Lengths) -> Fitting:
    """(N, C, ...) with the channels that the argument says, or any, and at least the lengths needed."""

    def fit(draw: st.DrawFn, layer: Layer, sides: Sides) -> tuple[Shape, ...]:
        features = getattr(layer, channels) if channels else 1 + min(1, sides.spare(draw))
        spare = (least + sides.spare(draw) for least in lengths(layer))
        return ((*sides.lead(draw), features, *spare),)

    return fit


def any_shape(draw: st.DrawFn, layer: Layer, sides: Sides) -> tuple[Shape, ...]:
    """Any axes of any lengths."""
    return (sides.sides(draw, range(1, LARGEST_RANK + 1)),)


def with_axes(ranks: Callable[[Any], Iterable[int]]) -> Fitting:
    """Any lengths, with as many axes as the layer's axis numbers need."""
    return lambda draw, layer, sides: (sides.sides(draw, ranks(layer)),)


def ranks_with(*axes: int) -> list[int]:
    """The ranks that have each of these axes, in the order given; up to four, or else the least.

    >>> ranks_with(1, -1), ranks_with(-1, 0), ranks_with(2, 1), ranks_with(4, -4)
    ([2, 3, 4], [1], [], [8])
    """
    least = max(a + 1 if a >= 0 else -a for a in axes)
    ranks = range(least, max(least, LARGEST_RANK, sum(map(abs, axes))) + 1)
    found = [r for r in ranks if sorted(a % r for a in axes) == [a % r for a in axes]]
    return [r for r in found if r <= max(LARGEST_RANK, found[0])]


def features_last(draw: st.DrawFn, layer: Any, sides: Sides) -> tuple[Shape, ...]:
    """(..., I)."""
    return ((*sides.sides(draw, range(LARGEST_RANK)), layer.in_features),)


def normalised(draw: st.DrawFn, layer: Any, sides: Sides) -> tuple[Shape, ...]:
    """(N, C, ...) or (C, ...); over one axis always with the batch, and with or without that axis."""
    if layer.axes > 1:
        return windows("num_features", lambda layer: (1,) * layer.axes)(draw, layer, sides)
    batch = sides.lead(draw) or (1,)
    return ((*batch, layer.num_features, *sides.sides(draw, (0, 1))),)


def repeated(draw: st.DrawFn, shape: Shape) -> Shape:
    """A shape that is repeated to ``shape``: some axes of length 1, some leading ones missing."""
    short = tuple(draw(st.sampled_from(sorted({1, n}))) for n in shape)
    return short[draw(st.integers(0, max(0, len(shape) - 1))) :]


def merged(draw: st.DrawFn, layer: Layer, sides: Sides) -> tuple[Shape, ...]:
    """Two or three shapes, one of which the others are repeated to."""
    (full,) = any_shape(draw, layer, sides)
    others = [repeated(draw, full) for _ in range(draw(st.integers(1, 2)))]
    return tuple(draw(st.permutations([full, *others])))


def behind_one_another(draw: st.DrawFn, layer: Any, sides: Sides) -> tuple[Shape, ...]:
    """Two or three shapes that agree apart from one axis."""
    shape = sides.sides(draw, ranks_with(layer.dim))
    axis = layer.dim % len(shape)
    others = [sides.side(draw) for _ in range(draw(st.integers(1, 2)))]
    return (shape, *((*shape[:axis], n, *shape[axis + 1 :]) for n in others))


def factors(draw: st.DrawFn, layer: Layer, sides: Sides) -> tuple[Shape, ...]:
    """(..., M, K) and (..., K, P), the leading axes of one repeated to those of the other."""
    m, k, p = (sides.side(draw) for _ in range(3))
    lead = sides.sides(draw, range(3))
    leads = draw(st.permutations([lead, repeated(draw, lead)]))
    return ((*leads[0], m, k), (*leads[1], k, p))


def steps(draw: st.DrawFn, layer: Any, sides: Sides) -> tuple[Shape, ...]:
    """(T, N, I), (N, T, I) or (T, I), with or without an initial state."""
    batch, length = sides.lead(draw), sides.side(draw)
    x = (*batch, length, layer.input_size) if layer.batch_first else (length, *batch, layer.input_size)
    return (x, (*batch, layer.hidden_size)) if draw(st.booleans()) else (x,)


def sequence(draw: st.DrawFn, layer: Any, sides: Sides) -> tuple[Shape, ...]:
    """(N, T, E) or (T, E)."""
    return ((*sides.lead(draw), sides.side(draw), layer.embed_dim),)
