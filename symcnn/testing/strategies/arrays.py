"""Arrays of whole numbers for the inputs and weights of a layer, or for the tensors of an equation."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from symcnn.equations.notation import Call, Equation
from symcnn.evaluation.binding import tensors_read
from symcnn.layers.base import Layer, shapes_of
from symcnn.network.graph import Module
from symcnn.testing.strategies.configurations import check_numbers, fitting_shapes
from symcnn.testing.strategies.drawing import BATCHES
from symcnn.testing.strategies.fitting import Shape
from symcnn.testing.strategies.table import ROWS

Array: TypeAlias = npt.NDArray[Any]
DTYPES = ("float64", "int64")
# Every entry of a small array is drawn, and shrinks, on its own; a large one comes from one seed.
SMALL = 1024


def arrays_for(
    subject: Any,
    *shapes: Any,
    dtype: Literal["float64", "int64"] = "float64",
    min_value: int = -4,
    max_value: int = 7,
    batch: Any = BATCHES,
    extra: Any = None,
) -> st.SearchStrategy[dict[str, Array]]:
    """Arrays by name for a layer or an equation: ``evaluate(layer, **arrays)`` is defined.

    A layer's inputs have the ``shapes`` that are given, or else shapes drawn from :func:`shapes_for` with
    ``batch`` and ``extra``; weights and buffers have those that the layer needs. Entries are whole numbers
    from ``min_value`` to ``max_value``, so that sums and products of them are exact in either ``dtype``;
    variances of a normalisation are at least 1. Arrays shrink to zeros, or what is nearest to 0, those of
    more than 1024 entries all at once.

    Raises ``ValueError`` for shapes that the layer does not take, bounds in the wrong order or beyond what
    ``dtype`` holds exactly, layers without values, and with ``dtype="int64"`` for layers that take roots or
    exponentials, which integers do not have; ``TypeError`` for networks.

    >>> from hypothesis import find
    >>> from symcnn import Linear
    >>> find(arrays_for(Linear(2, 1, bias=False), (2,)), lambda arrays: arrays["w"][0, 0] > 1)
    {'x': array([0., 0.]), 'w': array([[2., 0.]])}
    """
    if dtype not in DTYPES:
        raise ValueError(f"arrays_for: dtype={dtype!r} must be 'float64' or 'int64'")
    if not (type(min_value) is int and type(max_value) is int and min_value <= max_value):
        raise ValueError(
            f"arrays_for: min_value={min_value!r} and max_value={max_value!r} must be integers in order"
        )
    most = 2**53 if dtype == "float64" else 2**63 - 1
    if max(-min_value, max_value) > most:
        raise ValueError(
            f"arrays_for: min_value={min_value} and max_value={max_value} must lie between -{most} and "
            f"{most}, which dtype={dtype!r} holds exactly"
        )
    bounds = (min_value, max_value)
    if isinstance(subject, Module):
        raise TypeError(
            f"arrays_for: subject={subject!r} must be a layer, an equation or several; draw arrays for each "
            "layer of a network"
        )
    if not isinstance(subject, Layer):
        if shapes:
            raise ValueError(
                f"arrays_for: shapes={shapes!r} are for layers; the tensors of equations have theirs"
            )
        return _arrays(_equation_shapes(subject, dtype), bounds, dtype, frozenset())
    row = ROWS.get(type(subject))
    positive = row.positive if row else frozenset[str]()
    if row and not row.computed:
        raise ValueError(f"arrays_for: {subject} has no values")
    if shapes:
        checked = shapes_of(subject.name, shapes)
        check_numbers("arrays_for", subject, *checked)
        return _arrays(_layer_shapes(subject, checked, dtype), bounds, dtype, positive)
    drawn = fitting_shapes("arrays_for", subject, batch, extra)
    return drawn.flatmap(lambda s: _arrays(_layer_shapes(subject, s, dtype), bounds, dtype, positive))


def _layer_shapes(layer: Layer, shapes: tuple[Any, ...], dtype: str) -> dict[str, Shape]:
    quantities = layer.quantities(shapes)
    _check_exact(str(layer), [s.equation for s in quantities.statements], dtype)
    tensors = (*quantities.inputs, *quantities.stored)
    return {tensor.name: tensor.known_shape for tensor in tensors}  # type: ignore[misc]


def _equation_shapes(subject: Any, dtype: str) -> dict[str, Shape]:
    equations = tuple(subject) if isinstance(subject, tuple | list) else (subject,)
    if not equations or not all(isinstance(e, Equation) for e in equations):
        raise TypeError(f"arrays_for: subject={subject!r} must be a layer, an equation or several")
    _check_exact(str(equations[-1]), equations, dtype)
    read = tensors_read(equations)
    for name, tensor in read.items():
        if tensor.shape is None or not all(isinstance(n, int) for n in tensor.shape):
            raise ValueError(f"arrays_for: {name} in {equations[-1]} has no shape of numbers")
    return {name: tensor.known_shape for name, tensor in read.items()}  # type: ignore[misc]


def _check_exact(label: str, equations: Sequence[Equation], dtype: str) -> None:
    if dtype == "float64":
        return
    for equation in equations:
        for node in equation.right.walk():
            if isinstance(node, Call):
                raise ValueError(
                    f"arrays_for: {label} computes {node.function}, which dtype={dtype!r} has not"
                )


@st.composite
def _arrays(
    draw: st.DrawFn,
    shapes: dict[str, Shape],
    bounds: tuple[int, int],
    dtype: str,
    positive: frozenset[str],
) -> dict[str, Array]:
    low, high = bounds
    above = (max(low, 1), max(high, 1))
    return {
        name: draw(_array(shape, above if name in positive else bounds, dtype))
        for name, shape in shapes.items()
    }


def _array(shape: Shape, bounds: tuple[int, int], dtype: str) -> st.SearchStrategy[Array]:
    """An array whose entries shrink to the number nearest to 0, then to those above, then to those below."""
    low, high = bounds
    nearest = min(max(low, 0), high)
    size, values = prod(shape), high - low + 1
    width = max(1, (values.bit_length() + 7) // 8)

    def filled(code: bytes) -> Array:
        steps = (
            np.frombuffer(code, dtype=np.uint8).reshape(size, width).astype(object if width > 7 else np.int64)
        )
        # The first byte counts most: Hypothesis makes it 0 before all others.
        places = np.array([1 << (8 * k) for k in reversed(range(width))], dtype=steps.dtype)
        number = steps.dot(places) % values
        return _spread(number, high - nearest, nearest).reshape(shape).astype(dtype)

    def seeded(seed: int) -> Array:
        if seed == 0:
            return np.full(shape, nearest, dtype)
        return np.random.default_rng(seed).integers(low, high, shape, endpoint=True).astype(dtype)

    if size <= SMALL:
        return st.binary(min_size=size * width, max_size=size * width).map(filled)
    return st.integers(0, 2**16).map(seeded)


def _spread(steps: Array, above: int, nearest: int) -> Array:
    """The numbers ``nearest``, the ``above`` next greater ones, and then the next smaller ones."""
    return np.where(steps <= above, nearest + steps, nearest + above - steps)
