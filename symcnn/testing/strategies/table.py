"""How each layer is drawn: one row says how its arguments are, and which shapes it takes.

The rows stand in the order of simplicity, in which a failing example shrinks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from symcnn import layers
from symcnn.layers.base import Layer
from symcnn.testing.strategies import fitting, windows
from symcnn.testing.strategies.drawing import Known, Rule, Strategy


@dataclass(frozen=True)
class Row:
    """How one layer is drawn.

    ``shapes`` draws the shapes of its inputs, ``arguments`` its arguments (those that are left out keep their
    defaults), in this order. ``positive`` names the weights and buffers whose entries are at least 1, and
    ``computed`` says whether the layer has values at all.
    """

    shapes: fitting.Fitting
    arguments: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    positive: frozenset[str] = frozenset()
    computed: bool = True


def _last_axis(known: Known) -> Strategy:
    start = known.values.get("start_dim", 0)
    return st.sampled_from([n for n in _AXES if fitting.ranks_with(start, n)])


def _first_axis(known: Known) -> Strategy:
    end = known.values.get("end_dim", -1)
    return st.sampled_from([n for n in _AXES if fitting.ranks_with(n, end)])


_AXES = sorted(range(-fitting.LARGEST_RANK, fitting.LARGEST_RANK), key=lambda n: (abs(n), n < 0))
_SIZE = st.integers(1, 4)
_AXIS = st.sampled_from(_AXES)
_EVERY = range(1, 4)

_CONV = Row(fitting.windows("in_channels", windows.conv_lengths), windows.CONV)
_TRANSPOSED = Row(fitting.windows("in_channels", windows.transposed_lengths), windows.TRANSPOSED)
_MAX_POOL = Row(fitting.windows("", windows.pool_lengths), windows.MAX_POOL)
_AVG_POOL = Row(fitting.windows("", windows.pool_lengths), windows.AVG_POOL)
_ADAPTIVE = Row(fitting.windows("", windows.any_lengths), windows.ADAPTIVE)
_NORM = Row(
    fitting.normalised,
    {"num_features": _SIZE, "eps": st.sampled_from([1e-5, 0.25]), "affine": st.booleans()},
    positive=frozenset({"var"}),
)

ROWS: dict[type[Layer], Row] = {
    layers.Identity: Row(fitting.any_shape),
    layers.ReLU: Row(fitting.any_shape),
    layers.ReLU6: Row(fitting.any_shape),
    layers.Dropout: Row(fitting.any_shape, {"p": st.sampled_from([0.5, 0.0, 0.25, 1.0])}),
    layers.Tanh: Row(fitting.any_shape),
    layers.Sigmoid: Row(fitting.any_shape),
    layers.Softmax: Row(fitting.with_axes(lambda layer: fitting.ranks_with(layer.dim)), {"dim": _AXIS}),
    layers.Flatten: Row(
        fitting.with_axes(lambda layer: fitting.ranks_with(layer.start_dim, layer.end_dim)),
        {"start_dim": _first_axis, "end_dim": _last_axis},
    ),
    layers.Add: Row(fitting.merged),
    layers.Mul: Row(fitting.merged),
    layers.Concat: Row(fitting.behind_one_another, {"dim": _AXIS}),
    layers.MatMul: Row(fitting.factors),
    layers.Linear: Row(
        fitting.features_last, {"in_features": _SIZE, "out_features": _SIZE, "bias": st.booleans()}
    ),
    layers.Conv1d: _CONV,
    layers.Conv2d: _CONV,
    layers.Conv3d: _CONV,
    layers.MaxPool1d: _MAX_POOL,
    layers.MaxPool2d: _MAX_POOL,
    layers.MaxPool3d: _MAX_POOL,
    layers.AvgPool1d: _AVG_POOL,
    layers.AvgPool2d: _AVG_POOL,
    layers.AvgPool3d: _AVG_POOL,
    layers.AdaptiveMaxPool1d: _ADAPTIVE,
    layers.AdaptiveMaxPool2d: _ADAPTIVE,
    layers.AdaptiveMaxPool3d: _ADAPTIVE,
    layers.AdaptiveAvgPool1d: _ADAPTIVE,
    layers.AdaptiveAvgPool2d: _ADAPTIVE,
    layers.AdaptiveAvgPool3d: _ADAPTIVE,
    layers.ConvTranspose1d: _TRANSPOSED,
    layers.ConvTranspose2d: _TRANSPOSED,
    layers.ConvTranspose3d: _TRANSPOSED,
    layers.BatchNorm1d: _NORM,
    layers.BatchNorm2d: _NORM,
    layers.BatchNorm3d: _NORM,
    layers.RNN: Row(
        fitting.steps,
        {
            "input_size": _SIZE,
            "hidden_size": _SIZE,
            "nonlinearity": st.sampled_from(["tanh", "relu"]),
            "bias": st.booleans(),
            "batch_first": st.booleans(),
            "state": st.sampled_from(["full", "diagonal"]),
        },
    ),
    layers.SelfAttention: Row(
        fitting.sequence,
        {
            "embed_dim": _SIZE,
            "key_dim": st.none() | _SIZE,
            "value_dim": st.none() | _SIZE,
            "bias": st.booleans(),
        },
    ),
    layers.Opaque: Row(
        fitting.any_shape,
        {
            "operation": st.just("operation"),
            "output_shape": st.none() | st.lists(_SIZE, min_size=1, max_size=4).map(tuple),
        },
        computed=False,
    ),
}


def kinds_of(caller: str, chosen: Any) -> list[type[Layer]]:
    """The layers to draw from: one class or several, or all that have values."""
    if chosen is None:
        return [kind for kind, row in ROWS.items() if row.computed]
    found: list[Any] = list(chosen) if isinstance(chosen, list | tuple | set | frozenset) else [chosen]
    if not found:
        raise ValueError(f"{caller}: kinds={chosen!r} holds no layer")
    for kind in found:
        if not isinstance(kind, type) or kind not in ROWS:
            raise TypeError(
                f"{caller}: kinds={chosen!r} must be layers of symcnn such as Conv2d; "
                "draw a layer of your own with st.builds"
            )
    return [kind for kind in ROWS if kind in found]
