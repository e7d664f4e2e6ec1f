"""Every layer against PyTorch: shapes, parameters, MACs, values and gradients of random configurations.

All numbers are integers in float64, chosen so that nothing is rounded: both sides then agree exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import lcm
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import symcnn
from symcnn import evaluate, gradient
from symcnn.evaluation.binding import tensors_read
from symcnn.testing import strategies
from tests.oracles import require_oracle
from tests.soundness.effort import examples
from tests.torch_twin import Twin, as_torch, weights_of

torch = require_oracle("torch")
FlopCounterMode = require_oracle("torch.utils.flop_counter").FlopCounterMode


@dataclass(frozen=True)
class Row:
    """How one layer is compared.

    ``given`` are arguments that are not drawn. Entries lie between -``bound`` and ``bound``; those of the
    inputs, and the gradient of the output, are multiples of ``unit``, which each number of entries divides
    that a mean is taken of. ``macs`` says that PyTorch counts the operations. Values may differ by ``ulps``
    units in the last place of the largest one, gradients by as many of the largest one or of the output's
    gradient; 0 is exactly equal.
    """

    kind: Any
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    unit: int = 1
    bound: int = 7
    macs: bool = False
    ulps: tuple[int, int] = (0, 0)


def over_axes(family: str, divided: int = 1, **options: Any) -> dict[str, Row]:
    """The rows of a family of layers over one, two and three axes."""
    kinds = {n: getattr(symcnn, f"{family}{n}d") for n in (1, 2, 3)}
    return {kind.__name__: Row(kind, unit=divided**n, **options) for n, kind in kinds.items()}


ROWS = {
    **over_axes("Conv", macs=True),
    **over_axes("ConvTranspose", macs=True),
    **over_axes("MaxPool"),
    **over_axes("AvgPool", divided=lcm(*range(1, 5))),
    **over_axes("AdaptiveMaxPool"),
    **over_axes("AdaptiveAvgPool", divided=lcm(*range(1, 6))),
    **over_axes("BatchNorm"),
    "Linear": Row(symcnn.Linear, macs=True),
    "ReLU": Row(symcnn.ReLU),
    "ReLU6": Row(symcnn.ReLU6),
    "Sigmoid": Row(symcnn.Sigmoid, ulps=(2, 4)),
    "Tanh": Row(symcnn.Tanh, ulps=(2, 4)),
    "Softmax": Row(symcnn.Softmax, ulps=(4, 4)),
    "Flatten": Row(symcnn.Flatten),
    "Dropout": Row(symcnn.Dropout),
    "Identity": Row(symcnn.Identity),
    "Add": Row(symcnn.Add),
    "Mul": Row(symcnn.Mul),
    "Concat": Row(symcnn.Concat),
    "MatMul": Row(symcnn.MatMul, macs=True),
    "RNN of positive parts": Row(symcnn.RNN, {"nonlinearity": "relu"}, bound=2, macs=True),
    "RNN of tangents": Row(symcnn.RNN, {"nonlinearity": "tanh"}, bound=2, macs=True, ulps=(4, 64)),
    "SelfAttention": Row(symcnn.SelfAttention, bound=2, macs=True, ulps=(4, 64)),
}


def test_every_layer_with_values_has_a_row() -> None:
    assert {row.kind.__name__ for row in ROWS.values()} == {*symcnn.layers.__all__} - {"Layer", "Opaque"}


def test_what_is_not_compared_exactly() -> None:
    inexact = {name for name, row in ROWS.items() if row.ulps != (0, 0)}
    assert inexact == {"Sigmoid", "Tanh", "Softmax", "RNN of tangents", "SelfAttention"}


@dataclass(frozen=True)
class Drawn:
    """A layer and arrays for it, in both programs; ``tensors`` are the same numbers as ``arrays``."""

    layer: Any
    arrays: dict[str, Any]
    module: Any
    tensors: dict[str, Any]

    @property
    def inputs(self) -> list[Any]:
        """The inputs in PyTorch."""
        return [t for name, t in self.tensors.items() if name.startswith("x")]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Their shapes."""
        return [tuple(x.shape) for x in self.inputs]


def drawn(data: st.DataObject, row: Row) -> Drawn:
    """A random layer of a row with random arrays."""
    layer = data.draw(strategies.layers(row.kind, **row.given))
    arrays = data.draw(strategies.arrays_for(layer, min_value=-row.bound, max_value=row.bound))
    arrays = {n: row.unit * a if n.startswith("x") else a for n, a in arrays.items()}
    if "var" in arrays:  # so that the root is a power of two
        arrays["var"] = 4.0 ** arrays["var"] - layer.eps
    module: Any = as_torch(layer)
    if hasattr(module, "double"):
        module.double()
    weights = weights_of(layer, module)
    with torch.no_grad():
        for name, tensor in weights.items():
            tensor.copy_(torch.from_numpy(arrays[name]))
    inputs = {n: torch.from_numpy(a).requires_grad_() for n, a in arrays.items() if n.startswith("x")}
    assert {*inputs, *weights} == {*arrays}
    return Drawn(layer, arrays, module, inputs | weights)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("name", ROWS)
@examples(quick=40)
@given(data=st.data())
def test_a_layer_agrees_with_torch(name: str, data: st.DataObject) -> None:
    row = ROWS[name]
    case = drawn(data, row)
    expected = computed_by_torch(case)
    cost = case.layer.cost(*case.shapes)
    trained = {n: t for n, t in case.tensors.items() if t.requires_grad}
    assert cost.output_shape == tuple(expected.shape)
    assert cost.params == sum(t.numel() for n, t in trained.items() if not n.startswith("x"))
    if row.macs:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            case.module(*(x.detach() for x in case.inputs))
        assert 2 * cost.macs == counter.get_total_flops()
    close(evaluate(case.layer, **case.arrays), expected, row.ulps[0])

    wrt = data.draw(st.sampled_from(sorted(trained)))
    dice = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    dy = row.unit * dice.integers(-3, 3, expected.shape, endpoint=True).astype(float)
    (wanted,) = torch.autograd.grad(expected, [trained[wrt]], torch.from_numpy(dy))
    equations = gradient(case.layer, wrt, *case.shapes)
    arrays = {n: a for n, a in {**case.arrays, "dy": dy}.items() if n in tensors_read(equations)}
    close(evaluate(equations, **arrays), wanted, row.ulps[1], float(np.abs(dy).max()))


def computed_by_torch(case: Drawn) -> Any:
    """The output in PyTorch, which over three axes refuses windows that are larger than what they cover."""
    try:
        return case.module(*case.inputs)
    except RuntimeError as error:
        if not (case.layer.name in {"MaxPool3d", "AvgPool3d"} and "smaller than kernel size" in str(error)):
            raise
        reject()


@pytest.mark.parametrize("axes", [1, 2])
def test_torch_takes_windows_as_large_as_the_border_allows(axes: int) -> None:
    pool = symcnn.AvgPool1d(2, padding=1) if axes == 1 else symcnn.AvgPool2d(2, padding=1)
    assert as_torch(pool)(torch.ones(1, *(1,) * axes)).shape == (1, *(1,) * axes)


def test_torch_refuses_such_windows_over_three_axes() -> None:
    pool = symcnn.AvgPool3d(2, padding=1)
    with pytest.raises(RuntimeError, match="smaller than kernel size"):
        as_torch(pool)(torch.ones(1, 1, 1, 1))
    assert pool.cost((1, 1, 1, 1)).output_shape == (1, 1, 1, 1)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@examples(quick=30)
@given(data=st.data())
def test_a_network_agrees_with_torch(data: st.DataObject) -> None:
    network, shape = data.draw(strategies.networks(batch=st.integers(1, 2)))
    dice = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    twin = Twin(network, device="cpu")
    stored: dict[int, dict[str, Any]] = {}
    for node in twin.graph.nodes:
        module: Any = twin.modules[id(node.layer)]
        if hasattr(module, "double"):
            module.double()
        weights = weights_of(node.layer, module)
        with torch.no_grad():
            for name, tensor in weights.items():
                low = 1 if name == "var" else -3
                tensor.copy_(torch.from_numpy(dice.integers(low, 3, tensor.shape, endpoint=True)))
        stored[id(node.layer)] = {name: t.detach().numpy() for name, t in weights.items()}
    x = dice.integers(-4, 4, shape, endpoint=True).astype(float)
    with torch.no_grad():
        expected = [v.numpy() for v in twin.values(torch.from_numpy(x))]

    cost = network.cost(shape)
    assert cost.params == twin.params
    assert [row.cost.output_shape for row in cost.layers] == [v.shape for v in expected[1:]]
    values = [x]
    for node in twin.graph.nodes:
        values.append(evaluate(node.layer, *(values[v] for v in node.inputs), **stored[id(node.layer)]))
    largest = max(float(np.abs(v).max()) for v in expected)
    for actual, wanted in zip(values, expected, strict=True):
        np.testing.assert_allclose(actual, wanted, rtol=0, atol=1e-12 * largest)


def close(actual: Any, expected: Any, ulps: int, least: float = 0.0) -> None:
    """That two arrays are equal, or apart by units in the last place of their largest entry."""
    wanted = expected.detach().numpy()
    assert actual.shape == wanted.shape
    apart = ulps * np.spacing(max(least, float(np.abs(wanted).max())))
    np.testing.assert_allclose(actual, wanted, rtol=0, atol=apart)
