"""What layers derive beside their counts: lowered products, memory, printed equations, numbers of inputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from symcnn import (
    RNN,
    AdaptiveAvgPool2d,
    Concat,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    MaxPool1d,
    SelfAttention,
    dims,
    evaluate,
)
from symcnn.equations.notation import Equation, Tensor, computed, exp, inputs_of, pieces
from symcnn.symbols import indices
from tests.counting import counted

N, C, T, E, D, I, M, H, W = dims("N C T E D I M H W")


@dataclass(frozen=True, repr=False)
class Joined(Layer):
    """exp of one input before the squares of another: an equation in pieces that computes something."""

    shift: int = 0

    def equations(self, a: Tensor, b: Tensor) -> Equation:  # type: ignore[override]
        n, c, j, k = indices("n c j k")
        start = a.known_shape[1] + self.shift
        return Equation(
            computed("y")[n, c], pieces(c, [(j, exp(a[n, j])), (start + k, b[n, k] * b[n, k] + b[n, k])])
        )


def test_each_piece_is_counted_over_its_own_range() -> None:
    shapes = (2, 3), (2, 5)
    cost = Joined().cost(*shapes)
    assert cost.ops.by_kind == {"exponentials": 6, "additions": 10, "multiplications": 10}
    assert cost.ops.by_kind == dict(counted(Joined().equations_on(*shapes), inputs_of(shapes)).by_kind)
    assert Joined().cost((N, C), (N, D)).ops.by_kind == {
        "exponentials": N * C,
        "additions": N * D,
        "multiplications": N * D,
    }


def test_pieces_have_the_values_of_their_bodies() -> None:
    a, b = np.array([[0.0, 1.0]]), np.array([[2.0, 3.0, 4.0]])
    for method in ("vectorized", "loops"):
        y = evaluate(Joined(), x_1=a, x_2=b, method=method)
        np.testing.assert_array_equal(y, [[1, np.e, 6, 12, 20]])


@pytest.mark.parametrize("shift", [-1, 1])
def test_pieces_neither_overlap_nor_leave_a_gap(shift: int) -> None:
    with pytest.raises(ValueError, match=r"the piece at c = .* must begin at 3"):
        Joined(shift).cost((2, 3), (2, 5))


def test_a_layer_takes_the_inputs_that_its_equations_name() -> None:
    with pytest.raises(ValueError, match=r"^Joined\(\): 1 input given; it takes 2$"):
        Joined().cost((2, 3))
    with pytest.raises(ValueError, match=r"^Joined\(\): 3 inputs given; it takes 2$"):
        Joined().cost((2, 3), (2, 3), (2, 3))


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_steps_of_a_recurrence_follow_one_another(batch_first: bool) -> None:
    shape = (N, T, I) if batch_first else (T, N, I)
    inner, recurrent = RNN(I, M, batch_first=batch_first).cost(shape).gemm
    assert (inner.M, inner.N, inner.K, inner.repeat) == (M, N * T, I, 1)
    assert (recurrent.M, recurrent.N, recurrent.K, recurrent.repeat) == (M, N, M, T)


def test_a_diagonal_state_is_no_matrix_product() -> None:
    cost = RNN(I, M, state="diagonal").cost((T, I))
    assert [(g.M, g.N, g.K) for g in cost.gemm] == [(M, T, I)]
    assert cost.params == (I * M + 2 * M).factor()


def test_an_initial_state_that_is_given_is_an_input() -> None:
    without, given = (RNN(I, M).cost((T, N, I), *more) for more in ((), ((N, M),)))
    assert given.memory.inputs - without.memory.inputs == N * M
    assert given.ops.by_kind == without.ops.by_kind


def test_attention_is_five_matrix_products() -> None:
    products = [(g.M, g.N, g.K, g.batch) for g in SelfAttention(E, D, C).cost((N, T, E)).gemm]
    assert products == [(D, N * T, E, 1), (D, N * T, E, 1), (C, N * T, E, 1), (T, T, D, N), (T, C, T, N)]


def test_global_average_pooling_of_the_documents() -> None:
    cost = AdaptiveAvgPool2d(1).cost((1024, 16, 32))
    assert cost.output_shape == (1024, 1, 1)
    assert cost.ops.by_kind == {"additions": 1024 * 511, "divisions": 1024}
    assert cost.ops.total == 524288


PRINTED: list[tuple[Any, list[tuple[Any, ...]], str]] = [
    (
        Concat(),
        [(N, C), (N, 2)],
        "y[n_1, c] = x_1[n_1, c_1] at c = c_1; x_2[n_1, c_2] at c = C + c_2",
    ),
    (MaxPool1d(2, 3, ceil_mode=True), [(N, C, H)], "y[n, i, r] = max(u)(x[n, i, 3*r + u]) for H >= 3*r + 1"),
    (
        ConvTranspose2d(C, 2, 3, stride=2, padding=1, bias=False),
        [(N, C, H, W)],
        "y[n, o, p, q] = sum(i, r, c, u, v; p = 2*r + u - 1; q = 2*c + v - 1)(w[i, o, u, v]*x[n, i, r, c])",
    ),
]


@pytest.mark.parametrize(("layer", "shapes", "text"), PRINTED, ids=[row[2] for row in PRINTED])
def test_printed_equation(layer: Any, shapes: list[tuple[Any, ...]], text: str) -> None:
    (statement,) = layer.quantities(tuple(layer_shapes(shapes))).statements
    assert str(statement.equation) == text
    assert statement.equation._repr_latex_().count("{") == statement.equation._repr_latex_().count("}")


def layer_shapes(shapes: list[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    from symcnn.layers.base import shapes_of

    return shapes_of("layer", shapes)


def test_loop_indices_step_aside_for_symbols_of_the_same_name() -> None:
    n, i, o, u = dims("n i o u")
    steps = Conv2d(i, o, kernel_size=u, bias=False).cost((n, i, 9, 9)).derivation("macs").steps
    assert steps[0].text == (
        "y[n0, o0, r, c] = sum(i0 < i, u0 < u, v < u)(w[o0, i0, u0, v]*x[n0, i0, r + u0, c + v])"
    )
    plain = Conv2d(3, 4, kernel_size=2, bias=False).cost((5, 3, 9, 9))
    assert (
        Conv2d(i, o, kernel_size=u, bias=False).cost((n, i, 9, 9)).at(n=5, i=3, o=4, u=2).macs == plain.macs
    )


@pytest.mark.parametrize(
    "text",
    [
        "Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding=1)",
        "Conv2d(in_channels=3, out_channels=8, kernel_size=(1, 3), padding=(0, 1))",
        "Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding=((0, 1), (1, 1)))",
        "Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding=((0, 1), (0, 1)))",
        "Conv1d(in_channels=3, out_channels=8, kernel_size=3, padding=((0, 1),))",
        "AdaptiveAvgPool2d(output_size=(None, 3))",
    ],
)
def test_a_layer_prints_as_the_call_that_makes_it(text: str) -> None:
    layer = eval(text, {kind.__name__: kind for kind in (Conv1d, Conv2d, AdaptiveAvgPool2d)})
    assert repr(layer) == text
    assert layer.cost((3, 8, 8) if layer.axes == 2 else (3, 8)).output_shape
