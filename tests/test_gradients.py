"""Gradients as equations: how they read, where corners lie, and what has none.

That their values are right is compared with PyTorch, for every layer, in ``soundness/test_differential.py``.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symcnn import (
    RNN,
    AdaptiveAvgPool1d,
    Add,
    AvgPool1d,
    Concat,
    Conv1d,
    ConvTranspose1d,
    Equation,
    Flatten,
    Linear,
    MatMul,
    Max,
    MaxPool1d,
    Mean,
    Opaque,
    ReLU,
    Sequential,
    Softmax,
    Sum,
    Tensor,
    computed,
    dims,
    evaluate,
    function,
    gradient,
    indices,
    larger,
    smaller,
    tanh,
)
from symcnn.evaluation.binding import tensors_read

n, i, j, k = indices("n i j k")
y = computed("y")
x = Tensor("x", (2, 5), "input")


@pytest.mark.parametrize(
    ("layer", "shapes", "wrt", "expected"),
    [
        (Linear(3, 4), [(2, 3)], "x", "dx[n, i] = sum(o)(dy[n, o]*w[o, i])"),
        (Linear(3, 4), [(2, 3)], "w", "dw[o, i] = sum(n)(dy[n, o]*x[n, i])"),
        (Linear(3, 4), [(2, 3)], "b", "db[o] = sum(n)(dy[n, o])"),
        (
            Conv1d(2, 4, 3, stride=2, padding=1, groups=2),
            [(1, 2, 8)],
            "x",
            "dx[n, g + i, p] = sum(o, r, u; p = 2*r + u - 1)(dy[n, 2*g + o, r]*w[2*g + o, i, u])",
        ),
        (
            ConvTranspose1d(1, 1, 3, stride=2, padding=1),
            [(1, 1, 4)],
            "x",
            "dx[n, i, r] = sum(o, u)(dy[n, o, 2*r + u - 1]*w[i, o, u])",
        ),
        # A window as wide as its stride reads each entry once: no sum is left.
        (AvgPool1d(2), [(1, 1, 6)], "x", "dx[n, i, 2*r + u] = dy[n, i, r]/2"),
        (AvgPool1d(2), [(1, 1, 7)], "x", "dx[n, i, p] = sum(r, u; p = 2*r + u)(dy[n, i, r]/2)"),
        (AdaptiveAvgPool1d(1), [(1, 1, 7)], "x", "dx[n, i, u] = dy[n, i, 0]/7"),
        (Flatten(), [(2, 3, 4)], "x", "dx[n_1, n_2, n_3] = dy[n_1, 4*n_2 + n_3]"),
        (Add(), [(2, 3), (3,)], "x_2", "dx_2[n_2] = sum(n_1)(dy[n_1, n_2])"),
        (Concat(1), [(2, 3), (2, 4)], "x_2", "dx_2[n_1, c_2] = dy[n_1, c_2 + 3]"),
        (MatMul(), [(3, 4), (4, 5)], "x_1", "dx_1[m, k] = sum(p)(dy[m, p]*x_2[k, p])"),
    ],
)
def test_a_gradient_is_one_equation(layer: Any, shapes: Any, wrt: str, expected: str) -> None:
    (equation,) = gradient(layer, wrt, *shapes)
    assert str(equation) == expected


def test_a_gradient_brings_along_what_it_needs_and_no_more() -> None:
    made = [str(e) for e in gradient(Softmax(1), "x", (2, 3))]
    assert [line.split("[")[0] for line in made[:3]] == ["m", "e", "z"]
    assert made[-1] == "dx[n_1, n_2] = dx_1[n_1, n_2] + dx_2[n_1, n_2]"
    assert not any(line.startswith("y[") for line in made)


def test_the_gradient_of_a_recurrence_runs_backwards() -> None:
    made = [str(e) for e in gradient(RNN(1, 1, bias=False), "x", (4, 1))]
    assert made[1:] == [
        "dy_back[t, j] = dy[-t + 3, j]"
        " + sum(m)(dy_back[t - 1, m]*(1 - y[-t + 4, m]*y[-t + 4, m])*w_hh[m, j])",
        "dy_whole[t, m] = dy_back[-t + 3, m]",
        "dx[t, i] = sum(m)(dy_whole[t, m]*(1 - y[t, m]*y[t, m])*w_ih[m, i])",
    ]


TIES = [[3, 3, 1, 3, 0], [2, 2, 2, 2, 2]]


@pytest.mark.parametrize("method", ["vectorized", "loops"])
@pytest.mark.parametrize(
    ("right", "shape", "expected"),
    [
        # The first of equal maxima has it all, a mean gives each an equal share.
        (Max[k](x[n, k]), (2,), [1, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
        (Mean[k](x[n, k]), (2,), [Fraction(1, 5)] * 10),
        (larger(x[n, i], 2), (2, 5), [1, 1, 0, 1, 0, 0, 0, 0, 0, 0]),
        (larger(2, x[n, i]), (2, 5), [1, 1, 0, 1, 0, 1, 1, 1, 1, 1]),
        (smaller(x[n, i], 2), (2, 5), [0, 0, 1, 0, 1, 0, 0, 0, 0, 0]),
        (smaller(2, x[n, i]), (2, 5), [0, 0, 1, 0, 1, 1, 1, 1, 1, 1]),
        (-x[n, i] * x[n, i], (2, 5), [-6, -6, -2, -6, 0, -4, -4, -4, -4, -4]),
        (
            Mean[k](x[n, k], where=[k <= 1]),
            (2,),
            [Fraction(1, 2)] * 2 + [0] * 3 + [Fraction(1, 2)] * 2 + [0] * 3,
        ),
        (1 / (x[n, i] + 1), (2, 5), [Fraction(-1, (a + 1) ** 2) for row in TIES for a in row]),
        (x[n, i] - 3 * x[n, i], (2, 5), [-2] * 10),
        # Entries that several points read, or none.
        (Sum[k](x[n, i + k], where=[k <= i]), (2, 3), [1, 1, 2, 1, 1, 1, 1, 2, 1, 1]),
        (Sum[k](x[n, k], where=[k <= i]), (2, 5), [5, 4, 3, 2, 1, 5, 4, 3, 2, 1]),
        (x[1, i], (5,), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]),
        (x[n, 3], (2,), [0, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
        (x[n, i // 2], (2, 10), [2] * 10),
        (x[i, i], (2,), [1, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
        (x[n, i] + x[1, i], (2, 5), [1, 1, 1, 1, 1, 3, 3, 3, 3, 3]),
    ],
)
def test_corners_and_entries_read_twice(right: Any, shape: Any, expected: Any, method: Any) -> None:
    names = (n, i) if len(shape) == 2 else (n,) if "n" in str(right).replace("mean", "") else (i,)
    equation = Equation(y[names], right, dict(zip(names, shape, strict=True)))
    made = gradient(equation, "x")
    arrays = {"x": np.array(TIES), "dy": np.ones(shape, int)}
    found = evaluate(made, method=method, **{t: arrays[t] for t in tensors_read(made)})
    assert found.ravel().tolist() == expected


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (Conv1d(2, 2, 2, stride=2, padding=1), [(1, 2, 6)]),
        (ConvTranspose1d(2, 2, 3, stride=2, padding=1, output_padding=1), [(1, 2, 3)]),
        (MaxPool1d(3, stride=2, padding=1, ceil_mode=True), [(1, 2, 6)]),
        (MaxPool1d(2), [(1, 2, 3)]),
        (AvgPool1d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), [(1, 2, 6)]),
        (AdaptiveAvgPool1d(3), [(1, 2, 5)]),
        (Concat(0), [(1,), (2,)]),
        (RNN(2, 2, nonlinearity="relu"), [(3, 2), (2,)]),
    ],
    ids=str,
)
def test_both_ways_to_evaluate_agree(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes).source
    dice = np.random.default_rng(0)
    tensors = {t.name: t.known_shape for t in (*cost.inputs, *cost.stored)}
    arrays = {t: dice.integers(-3, 4, shape) for t, shape in tensors.items()}
    arrays["dy"] = dice.integers(-3, 4, cost.output_shape)
    for wrt, shape in tensors.items():
        made = gradient(layer, wrt, *shapes)
        given = {t: arrays[t] for t in tensors_read(made)}
        fast, slow = (evaluate(made, method=m, **given) for m in ("vectorized", "loops"))
        assert fast.shape == shape
        assert fast.tolist() == slow.tolist()


def test_the_initial_state_has_the_gradient_of_the_first_step() -> None:
    layer = RNN(1, 1, nonlinearity="relu", bias=False)
    made = gradient(layer, "x_2", (3, 1), (1,))
    x_1, two, five, dy = (np.array(a) for a in ([[1], [1], [1]], [[2]], [[5]], [[1], [10], [100]]))
    # y = 5 + 2*h, then twice as much again: 1*2 + 10*2*2 + 100*2*2*2.
    assert evaluate(made, x_1=x_1, x_2=np.array([1]), w_ih=five, w_hh=two, dy=dy).tolist() == [842]


def test_one_gradient_for_all_sizes() -> None:
    N, C, H, K, S, P = dims("N C H K S P")
    symbolic = gradient(Conv1d(C, C, K, stride=S, padding=P), "x", (N, C, H))
    concrete = gradient(Conv1d(2, 2, 3, stride=2, padding=1), "x", (1, 2, 7))
    arrays: dict[str, Any] = {"dy": np.arange(8).reshape(1, 2, 4), "w": np.arange(12).reshape(2, 2, 3)}
    expected = evaluate(concrete, **arrays)
    assert evaluate(symbolic, **arrays, S=2, P=1, H=7).tolist() == expected.tolist()


def test_symbols_and_tensors_keep_their_names() -> None:
    p, q = dims("p q")
    (made,) = gradient(Conv1d(p, q, 3, stride=2), "x", (1, p, 9))
    assert str(made.left) == "dx[n, i, l]"


def test_a_second_gradient() -> None:
    cube = Equation(y[i], Tensor("x", (3,))[i] * Tensor("x", (3,))[i] * Tensor("x", (3,))[i])
    first = gradient(cube, "x")
    second = gradient(first, "x")
    one = np.ones(3, int)
    assert evaluate(second, x=np.array([1, 2, 3]), dy=one, ddx=one).tolist() == [6, 12, 18]


@pytest.mark.parametrize("method", ["vectorized", "loops"])
@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([-2, 0, 3], [0, 0, 1]),
        ([Fraction(-1, 2), Fraction(0), Fraction(1, 9)], [0, 0, 1]),
        ([-0.5, 0.0, 1e-9], [0.0, 0.0, 1.0]),
        # Too large for 64 bits on the way: the sign must not be that of an overflow.
        ([2**40, -(2**40), 0], [1, 0, 0]),
    ],
)
def test_step_is_exact(numbers: Any, expected: Any, method: Any) -> None:
    a = Tensor("a", (3,))
    cubed = Equation(y[i], function("step", a[i] * a[i] * a[i]))
    found = evaluate(cubed, method=method, a=np.array(numbers))
    assert found.tolist() == expected


B = Tensor("b")


@pytest.mark.parametrize(
    ("subject", "wrt", "shapes", "error", "message"),
    [
        (Linear(2, 3), "weight", [(4, 2)], ValueError, "reads no tensor wrt='weight'; known are x, b, w"),
        (Linear(2, 3), "w", [(4, 3)], ValueError, "in_features=2 does not match axis 1 of x"),
        (Opaque("sort"), "x", [(4,)], ValueError, "the gradient of sort is not known"),
        (Sequential(ReLU()), "x", [(4,)], TypeError, "gradient takes a layer, an equation or a tuple"),
        (3, "x", [], TypeError, "gradient takes a layer, an equation or a tuple of equations, not 3"),
        ((), "x", [], TypeError, "gradient takes a layer, an equation or a tuple of equations, not ()"),
        (Equation(y[n, i], x[n, i]), "x", [(2, 5)], TypeError, "input_shapes=((2, 5),) are for layers"),
        (Equation(y[i], B[i]), "b", [], ValueError, "give b a shape, as in Tensor('b', (2, 3))"),
        (Equation(y[n, i], function("erf", x[n, i])), "x", [], ValueError, "the derivative of erf is not"),
        (Equation(y[n, i], function("step", x[n, i])), "x", [], ValueError, "no derivative by wrt='x'"),
        (
            Equation(y[n, i], x[n, i] * Tensor("dy", (5,))[i]),
            "x",
            [],
            ValueError,
            "dy names the gradient of y; rename the other one",
        ),
        (
            Equation(y[n, i], tanh(x[n, i] + y[n, i - 1] * y[n, i - 1])),
            "x",
            [],
            ValueError,
            "no gradient is described where it depends on y[n, i - 1]",
        ),
    ],
)
def test_what_has_no_gradient(subject: Any, wrt: Any, shapes: Any, error: Any, message: str) -> None:
    with pytest.raises(error) as found:
        gradient(subject, wrt, *shapes)
    assert message in str(found.value)
