"""Convolutions and poolings: how their arguments are drawn, and how long an axis must be for a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import gcd
from typing import Any

from hypothesis import strategies as st

from symcnn.testing.strategies.drawing import Known, Rule, Strategy, borders, numbers, per_axis

_COUNT = st.sampled_from([*range(1, 7), None])
_CHANNELS = ("in_channels", "out_channels")


def _groups(known: Known) -> Strategy:
    channels = [known.values[name] for name in _CHANNELS if name in known.values]
    if not channels:
        return st.integers(1, 3)
    common = gcd(*channels)
    return st.sampled_from([g for g in range(1, common + 1) if common % g == 0])


def _channels(known: Known) -> Strategy:
    return _multiples(known.values.get("groups", 1))


@lru_cache
def _multiples(groups: int) -> Strategy:
    return st.sampled_from([groups, 2 * groups, 3 * groups])


def _conv_padding(known: Known) -> Strategy:
    return _conv_borders(known.axes, all(s == 1 for s in known.each("stride", 1)))


@lru_cache
def _conv_borders(axes: int, one_step: bool) -> Strategy:
    # A word takes as many choices as a number: what takes fewer would be the smallest example.
    return borders((3,) * axes) | st.sampled_from(["valid", "same" if one_step else "valid"])


def _conv_stride(known: Known) -> Strategy:
    # The choice is made with "same" all the same, so that other padding is not the longer example.
    return _one_steps(known.axes) if known.values.get("padding") == "same" else per_axis(1, 3)(known)


@lru_cache
def _one_steps(axes: int) -> Strategy:
    return numbers((1,) * axes, (3,) * axes).map(lambda drawn: 1)


@lru_cache
def _pool_strides(axes: int) -> Strategy:
    return st.none() | numbers((1,) * axes, (5,) * axes)


@lru_cache
def _output_sizes(axes: int) -> Strategy:
    return _COUNT | st.tuples(*[_COUNT] * axes)


def _transposed_stride(known: Known) -> Strategy:
    needed = tuple(
        1 if d > o else o + 1
        for o, d in zip(known.each("output_padding", 0), known.each("dilation", 1), strict=True)
    )
    return numbers(needed, tuple(max(3, n) for n in needed))


def _output_padding(known: Known) -> Strategy:
    both = zip(known.each("stride", 1), known.each("dilation", 1), strict=True)
    return numbers((0,) * known.axes, tuple(max(s, d) - 1 for s, d in both))


def _pool_kernel(known: Known) -> Strategy:
    low = tuple(max(1, 2 * max(p)) for p in known.borders())
    return numbers(low, tuple(max(4, n) for n in low))


def _pool_padding(known: Known) -> Strategy:
    return borders(tuple(k // 2 for k in known.each("kernel_size", 1)))


CONV: dict[str, Rule] = {
    "groups": _groups,
    "in_channels": _channels,
    "out_channels": _channels,
    "kernel_size": per_axis(1, 3),
    "padding": _conv_padding,
    "stride": _conv_stride,
    "dilation": per_axis(1, 2),
    "bias": st.booleans(),
}
TRANSPOSED: dict[str, Rule] = {
    "groups": _groups,
    "in_channels": _channels,
    "out_channels": _channels,
    "kernel_size": per_axis(1, 3),
    "dilation": per_axis(1, 2),
    "stride": _transposed_stride,
    "padding": lambda known: borders((2,) * known.axes),
    "output_padding": _output_padding,
    "bias": st.booleans(),
}
MAX_POOL: dict[str, Rule] = {
    "kernel_size": _pool_kernel,
    "stride": lambda known: _pool_strides(known.axes),
    "padding": _pool_padding,
    "dilation": per_axis(1, 2),
    "ceil_mode": st.booleans(),
}
AVG_POOL: dict[str, Rule] = {
    "kernel_size": _pool_kernel,
    "stride": lambda known: _pool_strides(known.axes),
    "padding": _pool_padding,
    "ceil_mode": st.booleans(),
    "count_include_pad": st.sampled_from([True, False]),
}
ADAPTIVE: dict[str, Rule] = {
    "output_size": lambda known: _output_sizes(known.axes),
}

Lengths = Callable[[Any], tuple[int, ...]]
"""The least length of each spatial axis of the input of a layer."""


def conv_lengths(layer: Any) -> tuple[int, ...]:
    """So long that one window fits between the borders."""
    zipped = zip(layer.kernel_size, layer.dilation, layer.borders, strict=True)
    return tuple(max(1, d * (k - 1) + 1 - a - b) for k, d, (a, b) in zipped)


def transposed_lengths(layer: Any) -> tuple[int, ...]:
    """So long that the crop leaves an entry of the output."""
    zipped = zip(
        layer.kernel_size, layer.dilation, layer.stride, layer.padding, layer.output_padding, strict=True
    )
    return tuple(max(1, -((d * (k - 1) + o - a - b) // s) + 1) for k, d, s, (a, b), o in zipped)


def pool_lengths(layer: Any) -> tuple[int, ...]:
    """So long that one window fits, and that none lies in the border or between two taps alone.

    With ``ceil_mode`` the first window may overhang already, by less than its stride.
    """
    over = [s - 1 if layer.ceil_mode else 0 for s in layer.strides]
    zipped = zip(layer.kernel_size, layer.dilations, layer.padding, over, strict=True)
    return tuple(max(1, d * (k - 1) + 1 - a - b - o, d) for k, d, (a, b), o in zipped)


def any_lengths(layer: Any) -> tuple[int, ...]:
    """At least 1."""
    return (1,) * layer.axes
