"""Facts that tell the derivations from their mutants: see ``docs/mutation.md``."""

# The arguments are declared by calls, as they are in the package.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sympy

from symcnn import (
    Conv1d,
    ConvTranspose1d,
    Flatten,
    Linear,
    Opaque,
    ReLU,
    Sequential,
    Softmax,
    Tanh,
    dims,
)
from symcnn.equations.notation import Equation, Sum, Tensor, computed, weight
from symcnn.layers.arguments import choice
from symcnn.layers.base import Layer
from symcnn.network.receptive_field import receptive_fields
from symcnn.symbols import indices
from tests.handwritten import Window
from tests.test_counts import agree

j, k, n = indices("j k n")
y = computed("y")
N, C = dims("N C")

# -- operations --------------------------------------------------------------------------------------------

# The right side of y[n, k], or of y[n] where it is a sum, over x[n, k] and weights v[k] and w[k].
BODIES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "x + v*w": lambda x, v, w: x + v * w,
    "v*w + x": lambda x, v, w: v * w + x,
    "v*w - x": lambda x, v, w: v * w - x,
    "v*w + v*x": lambda x, v, w: v * w + v * x,
    "v/w + x": lambda x, v, w: v / w + x,
    "(v + w)*x": lambda x, v, w: (v + w) * x,
    "2*3 + x": lambda x, v, w: x + 2 * 3 * v,
    "v*w*x": lambda x, v, w: v * w * x,
}


@dataclass(frozen=True, repr=False)
class Body(Layer):
    body: str = choice(*BODIES)
    summed: bool = False

    def equations(self, x: Tensor) -> Equation:
        v, w = (weight(name, (x.known_shape[1],)) for name in "vw")
        right = BODIES[self.body](x[n, k], v[k], w[k])
        return Equation(y[n], Sum[k](right)) if self.summed else Equation(y[n, k], right)


@pytest.mark.parametrize(
    ("body", "sequential", "fused"),
    [
        ("x + v*w", 2, 1),
        ("v*w + x", 2, 1),
        ("v*w - x", 2, 1),
        ("v*w + v*x", 3, 2),
        ("v/w + x", 2, 2),
        ("(v + w)*x", 2, 2),
    ],
)
def test_an_addition_is_fused_with_a_product_beside_it(body: str, sequential: int, fused: int) -> None:
    ops = Body(body).cost((2, 3)).ops
    assert (ops.sequential, ops.fused) == (6 * sequential, 6 * fused)


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("body", BODIES)
def test_operations_are_those_of_the_loop_nest(body: str, summed: bool) -> None:
    agree(Body(body, summed), (2, 3))


@pytest.mark.parametrize("kind", ["max", "mean", "sum"])
@pytest.mark.parametrize("fill", ["skip", "zero"])
def test_windows_in_the_border_alone_are_counted(kind: str, fill: str) -> None:
    agree(Window(kind, 2, 1, 2, fill=fill), (2, 3))


def test_functions_have_kinds_of_their_own() -> None:
    assert Tanh().cost((2, 3)).ops.hyperbolic_tangents == 6


# -- matrix products ---------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class NoMatrixProduct(Layer):
    kind: str = choice("guarded", "three factors", "one index each", "one index more", "product")

    def equations(self, x: Tensor) -> Equation:
        v, w = (weight(name, (x.known_shape[1],)) for name in "vw")
        right = {
            "guarded": Sum[k](w[k] * x[n, k], where=(k >= 1,)),
            "three factors": Sum[k](v[k] * w[k] * x[n, k]),
            "one index each": Sum[j, k](w[j] * x[n, k]),
            "one index more": Sum[j, k](weight("u", (2, x.known_shape[1]))[j, k] * x[n, k]),
            "product": Sum[k](w[k] * x[n, k]),
        }[self.kind]
        return Equation(y[n], right)


@pytest.mark.parametrize("kind", ["guarded", "three factors", "one index each", "one index more"])
def test_sums_that_are_no_matrix_products(kind: str) -> None:
    cost = NoMatrixProduct(kind).cost((2, 3))
    assert cost.macs != 0
    assert cost.gemm == ()
    assert len(NoMatrixProduct("product").cost((2, 3)).gemm) == 1


def test_the_sizes_of_a_matrix_product_are_expressions() -> None:
    (made,) = Linear(C, 3).cost((N, C)).gemm
    assert (made.M, made.K, made.N, made.batch, made.repeat) == (3, C, N, 1, 1)
    assert all(isinstance(size, int | sympy.Expr) for size in (made.M, made.K, made.N))


# -- memory and columns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "peak"),
    [
        (Flatten(), 24),
        (ReLU(), 24 + 24),
        (Opaque("deform"), 24 + 24),
        (Linear(4, 5, bias=False), 24 + 30),
        (Softmax(-1), 24 + 24 + 6),
    ],
    ids=repr,
)
def test_what_is_alive_at_once(layer: Layer, peak: int) -> None:
    assert layer.cost((2, 3, 4)).memory.peak == peak


@pytest.mark.parametrize(
    ("dtype", "width"),
    [
        ("float64", 8), ("float32", 4), ("float16", 2), ("bfloat16", 2), ("float8", 1), ("int64", 8),
        ("int32", 4), ("int16", 2), ("int8", 1), ("uint8", 1), ("bool", 1),
    ],
)  # fmt: skip
def test_bytes(dtype: str, width: int) -> None:
    assert ReLU().cost((2, 3)).memory.bytes(dtype, "inputs") == 6 * width


def test_what_is_not_known_has_no_function_and_its_memory_has_one() -> None:
    cost = Opaque("deform").cost((N, C))
    with pytest.raises(ValueError, match=r"^macs of Opaque.* is only a lower bound"):
        cost.function("macs")
    assert list(cost.function("memory.inputs")(N=[2, 3], C=[4, 5])) == [8, 15]
    assert list(ReLU().cost((N, C)).function("ops.comparisons")(N=[2, 3], C=[4, 5])) == [8, 15]


@dataclass(frozen=True, repr=False)
class Twice(Layer):
    """One name for an input and a weight."""

    def equations(self, x: Tensor) -> Equation:
        return Equation(y[n, k], x[n, k] * weight(x.name, (x.known_shape[1],))[k])


def test_one_name_is_one_tensor() -> None:
    with pytest.raises(ValueError, match=r"names a weight and another tensor$"):
        Twice().cost((2, 3))


# -- domains -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cost",
    [
        lambda N, P: ReLU().cost((N, P)),
        lambda N, P: Linear(P, 3).cost((N, P)),
        lambda N, P: Linear(3, P, bias=False).cost((N, 3)),
        lambda N, P: Linear(3, P).cost((N, 3)),
    ],
)
def test_no_tensor_is_empty(cost: Callable[[Any, Any], Any]) -> None:
    P = dims("P", min=0)
    assert [str(condition) for condition in cost(N, P).domain] == ["P >= 1"]


# -- receptive fields --------------------------------------------------------------------------------------


def test_what_is_scattered_sees_no_range_of_fixed_size() -> None:
    net = Sequential(ConvTranspose1d(1, 1, kernel_size=3), Conv1d(1, 1, kernel_size=2))
    assert receptive_fields(net.cost((1, 1, 9))) == [None, None]
    chain = Sequential(Conv1d(1, 1, kernel_size=3), Conv1d(1, 1, kernel_size=2, dilation=4))
    assert receptive_fields(chain.cost((1, 1, 9))) == [(3,), (7,)]
