"""Both ways to evaluate an equation agree with each other, with PyTorch, and with exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Conv1d, Conv2d, Conv3d, Linear, MatMul
from symcnn.equations.notation import (
    Constant,
    Equation,
    Max,
    Mean,
    Sum,
    Tensor,
    computed,
    exp,
    function,
    larger,
    scatter,
    smaller,
    sqrt,
    tanh,
    weight,
)
from symcnn.evaluation.evaluate import METHODS, evaluate
from symcnn.layers.base import Layer
from symcnn.symbols import at_least, divides, equal, indices, parse_size
from tests.handwritten import (
    AdaptiveMean,
    Echo,
    Halves,
    Nested,
    Repeated,
    Softened,
    Spread,
    Triangle,
    TwoProducts,
    Window,
)
from tests.oracles import require_oracle

torch = require_oracle("torch")
F = torch.nn.functional

n, i, j, k, m, o, p, r, t, u = indices("n i j k m o p r t u")
x, w, b, q, y = Tensor("x"), Tensor("w"), Tensor("b"), Tensor("q"), computed("y")

SMALL = st.integers(1, 3)
SEEDS = st.integers(0, 2**32 - 1)
CONVOLUTIONS = {1: Conv1d, 2: Conv2d, 3: Conv3d}


def whole_numbers(seed: int, **shapes: Any) -> dict[str, Any]:
    """Arrays of small integers: sums of their products are exact in floating point too."""
    draw = np.random.default_rng(seed)
    return {name: draw.integers(-9, 10, shape) for name, shape in shapes.items()}


def in_torch(array: Any) -> Any:
    return torch.tensor(np.asarray(array, dtype=np.float64))


def agree(subject: Any, arrays: Any, wanted: Any, tolerance: float = 0.0) -> None:
    """Floats by both methods give the wanted array; integers and Fractions give the same, exactly."""
    wanted = np.asarray(wanted).astype(np.float64)
    floats = {name: a.astype(np.float64) for name, a in arrays.items()}
    for method in METHODS:
        found = evaluate(subject, method=method, **floats)
        assert found.dtype == np.float64
        assert found.shape == wanted.shape
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance)
    if not tolerance:
        fractions = {name: a * Fraction(1) for name, a in arrays.items()}
        runs: Any = [("vectorized", arrays), ("vectorized", fractions), ("loops", arrays)]
        for method, exact in runs:
            found = evaluate(subject, method=method, **exact)
            assert found.shape == wanted.shape
            assert (found.astype(np.float64) == wanted).all()


# Convolutions and dense layers


@st.composite
def convolutions(draw, axes: int) -> tuple[Any, dict[str, Any], Any]:
    """A convolution, its arrays, and what PyTorch makes of them."""
    small = st.integers(1, 2) if axes == 3 else SMALL
    kernel, stride, dilation = (draw(st.tuples(*[small] * axes)) for _ in range(3))
    padding = draw(st.sampled_from(["pairs", "number", "same", "valid"]))
    if padding == "same":
        stride = (1,) * axes
    border = draw(st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * axes))
    if padding == "number":
        border = ((border[0][0],) * 2,) * axes
    if padding in ("same", "valid"):
        border = ((0, 0),) * axes
    groups, bias = draw(st.integers(1, 2)), draw(st.booleans())
    c_in, c_out = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    lengths = [
        max(1, d * (size - 1) + 1 - before - after) + draw(st.integers(0, 2 if axes < 3 else 1))
        for size, d, (before, after) in zip(kernel, dilation, border, strict=True)
    ]
    shapes = {
        "x": (*draw(st.sampled_from([(), (2,)])), c_in, *lengths),
        "w": (c_out, c_in // groups, *kernel),
    }
    arrays = whole_numbers(draw(SEEDS), **shapes, **({"b": (c_out,)} if bias else {}))
    argument = {"pairs": border, "number": border[0][0]}.get(padding, padding)
    layer = CONVOLUTIONS[axes](
        c_in, c_out, kernel, stride=stride, padding=argument, dilation=dilation, groups=groups, bias=bias
    )
    padded = F.pad(in_torch(arrays["x"]), [side for pair in reversed(border) for side in pair])
    convolve = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[axes]
    wanted = convolve(
        padded,
        in_torch(arrays["w"]),
        in_torch(arrays["b"]) if bias else None,
        stride=stride,
        padding="same" if padding == "same" else 0,
        dilation=dilation,
        groups=groups,
    )
    return layer, arrays, wanted


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.filterwarnings("ignore:Using padding='same'")
@given(data=st.data())
def test_convolutions_are_those_of_pytorch(axes: int, data) -> None:
    agree(*data.draw(convolutions(axes)))


@given(lead=st.lists(SMALL, max_size=2), features=SMALL, out=SMALL, bias=st.booleans(), seed=SEEDS)
def test_dense_layers_are_those_of_pytorch(lead, features, out, bias, seed) -> None:
    shapes = {"x": (*lead, features), "w": (out, features)} | ({"b": (out,)} if bias else {})
    arrays = whole_numbers(seed, **shapes)
    wanted = F.linear(*(in_torch(a) for a in arrays.values()))
    agree(Linear(features, out, bias=bias), arrays, wanted)


# Written equations


@given(
    length=st.integers(1, 6), width=SMALL, step=SMALL, border=st.integers(0, 1), overhang=SMALL, seed=SEEDS
)
def test_a_maximum_with_a_skipped_border_is_that_of_pytorch(
    length, width, step, border, overhang, seed
) -> None:
    if width < 2 * border or length + 2 * border < width:
        return
    arrays = whole_numbers(seed, x=(2, length))
    agree(
        Window("max", width, step, border),
        arrays,
        F.max_pool1d(in_torch(arrays["x"])[None], width, step, border)[0],
    )
    framed = np.pad(in_torch(arrays["x"]), [(0, 0), (border, border + overhang)], constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(framed, width, axis=1)[:, ::step]
    if (windows > -np.inf).any(axis=2).all():
        agree(Window("max", width, step, border, overhang), arrays, windows.max(axis=2))


@pytest.mark.parametrize("fill", ["skip", "zero"])
@given(length=st.integers(1, 6), width=SMALL, step=SMALL, border=st.integers(0, 1), seed=SEEDS)
def test_a_mean_over_a_border_is_that_of_pytorch(fill, length, width, step, border, seed) -> None:
    if width >= 2 * border and length + 2 * border >= width:
        arrays = whole_numbers(seed, x=(2, length))
        wanted = F.avg_pool1d(
            in_torch(arrays["x"])[None], width, step, border, count_include_pad=fill == "zero"
        )[0]
        agree(Window("mean", width, step, border, fill=fill), arrays, wanted)


def test_a_mean_divides_by_the_taps_that_take_part() -> None:
    arrays = {"x": np.array([[6, 12, 18]])}
    # windows at -1, 1 and 3: one zero in front of 6, and one zero and one entry beyond behind 18
    agree(Window("mean", 3, 2, 1, overhang=2, fill="zero"), arrays, [[6, 10, 0]])
    agree(Window("mean", 3, 2, 1, overhang=1, fill="skip"), arrays, [[9, 15]])
    agree(Window("sum", 3, 2, 1, overhang=2, fill="skip"), arrays, [[18, 30, 0]])


@given(c_in=SMALL, c_out=SMALL, length=SMALL, width=SMALL, step=SMALL, cut=st.integers(0, 1), seed=SEEDS)
def test_a_scatter_is_a_transposed_convolution_of_pytorch(
    c_in, c_out, length, width, step, cut, seed
) -> None:
    if (length - 1) * step + width - 2 * cut >= 1:
        arrays = whole_numbers(seed, x=(2, c_in, length), w=(c_in, c_out, width), b=(c_out,))
        wanted = F.conv_transpose1d(*(in_torch(a) for a in arrays.values()), stride=step, padding=cut)
        agree(Spread(c_out, width, step, cut), arrays, wanted)


@given(features=SMALL, steps=SMALL, seed=SEEDS)
def test_a_recurrence_is_its_steps_one_after_the_other(features, steps, seed) -> None:
    arrays = whole_numbers(seed, x=(features, steps), w=(features, features))
    state, wanted = np.zeros(features, int), []
    for step in range(steps):
        state = np.maximum(arrays["x"][:, step] + arrays["w"] @ state, 0)
        wanted.append(state)
    agree(Echo(features), arrays, np.stack(wanted, axis=1))


@given(length=st.integers(1, 7), out=st.integers(1, 7), seed=SEEDS)
def test_an_adaptive_mean_is_that_of_pytorch(length, out, seed) -> None:
    arrays = whole_numbers(seed, x=(2, length))
    agree(AdaptiveMean(out), arrays, F.adaptive_avg_pool1d(in_torch(arrays["x"])[None], out)[0], 1e-12)
    exact = evaluate(AdaptiveMean(out), arrays["x"])
    assert (exact == evaluate(AdaptiveMean(out), arrays["x"], method="loops")).all()


@given(shape=st.tuples(SMALL, SMALL), seed=SEEDS)
def test_a_softmax_by_named_intermediates_is_that_of_pytorch(shape, seed) -> None:
    arrays = whole_numbers(seed, x=shape)
    agree(Softened(), arrays, F.softmax(in_torch(arrays["x"]), 1), 1e-12)


@given(rows=SMALL, length=SMALL, seed=SEEDS)
def test_both_methods_agree_on_every_notation(rows, length, seed) -> None:
    a = whole_numbers(seed, x=(rows, length), w=(length,), w_3=(3,), v_3=(3,), w_odd=(2 * length - 1,))
    given_x, w_3 = {"x": a["x"]}, {"x": a["x"], "w": a["w_3"]}
    wanted = [[sum(a["w"][:at] * row[:at]) for at in range(length)] for row in a["x"]]
    agree(Triangle(), given_x | {"w": a["w"]}, wanted)
    padded = np.pad(a["x"], [(0, 0), (1, 1)])
    sums = np.stack([padded[:, at : at + 3] @ a["w_3"] for at in range(length)])
    agree(Nested(3), w_3, (-sums / 2).max(axis=0))
    spread = np.stack([np.convolve(row, a["w_3"] + a["v_3"])[1:] for row in a["x"]])
    agree(TwoProducts(3), w_3 | {"v": a["v_3"]}, spread.sum(axis=1) * (a["w_3"] - a["v_3"]).sum())
    at = [[(s + tap) // 2 for tap in (0, 1)] for s in range(2 * length - 1)]
    wanted = [[sum(row[at[s]]) * a["w_odd"][s] - 2 for s in range(2 * length - 1)] for row in a["x"]]
    agree(Repeated(), given_x | {"w": a["w_odd"]}, wanted)
    agree(Halves(), given_x, np.concatenate([a["x"], -a["x"][:, ::-1]], axis=1))


NESTED_GUARDS = Equation(
    y[n, r],
    Sum[u](Max[i](x[n, i] * w[u], where=[at_least(u + r, i)]), where=[at_least(r, u)]),
    extents={r: 4, u: 4},
)
ROWS = np.array([[-2, -1, 0, 1], [2, -2, -1, 4], [3, 2, -2, -1]])
WEIGHTS = np.array([2, -1, 3, 1])
WRITTEN: dict[str, tuple[Equation, Any]] = {
    "guards inside guards": (
        NESTED_GUARDS,
        [[sum(max(row[: s + q + 1] * WEIGHTS[s]) for s in range(q + 1)) for q in range(4)] for row in ROWS],
    ),
    "a diagonal": (Equation(y[n], Sum[u](q[u, u] * q[n, u])), [6, 2, -6]),
    "backwards": (Equation(y[n, r], x[n, 3 - r], extents={r: 4}), ROWS[:, ::-1]),
    "a size as a number": (Equation(y[n, r], x[n, r] * Constant(r + 1)), ROWS * np.arange(1, 5)),
    "an index that the body does not use": (
        Equation(y[n], Sum[i, u](x[n, i]), extents={u: 7}),
        [-14, 21, 14],
    ),
    "a sum that a guard empties": (Equation(y[n], Sum[i](x[n, i], where=[at_least(2, 3)])), [0, 0, 0]),
    "a guard that always holds": (Equation(y[n], Sum[i](x[n, i], where=[at_least(3, 2)])), [-2, 3, 2]),
    "a guard of divisibility": (Equation(y[n], Sum[i](x[n, i], where=[divides(3, i)])), [-1, 6, 2]),
    "a guard of equality": (Equation(y[n], Sum[i](x[n, i], where=[equal(n + 1, i)])), [-1, -1, -1]),
    "a mean with a guard of its own": (
        Equation(y[n], Mean[i, u](x[n, i], where=[at_least(1, i)]), extents={u: 2}),
        [Fraction(-3, 2), 0, Fraction(5, 2)],
    ),
    "no index at all": (Equation(y[0], Sum[n, i](x[n, i])), [3]),
    "steps through guards": (
        Equation(y[n, r], x[n, r] + y[n, r - 1] * Sum[u](w[u], where=[at_least(r, u)])),
        [[-2, -3, -12, -59], [2, 0, -1, -1], [3, 5, 18, 89]],
    ),
    "the smaller of two": (Equation(y[n, r], smaller(-x[n, r], 1)), np.minimum(-ROWS, 1)),
}
ARRAYS = {"x": ROWS, "w": WEIGHTS, "q": ROWS[:, :3]}


@pytest.mark.parametrize("name", WRITTEN)
def test_equations_on_their_own_are_what_they_say(name: str) -> None:
    equation, wanted = WRITTEN[name]
    used = {entry.tensor.name for entry in equation.entries()} - {"y"}
    arrays = {name: ARRAYS[name] for name in used}
    agree(equation, arrays, wanted)


def test_an_equation_that_reads_nothing_is_exact() -> None:
    twelve = Equation(y[n], Sum[u](Constant(3)), extents={n: 2, u: 4})
    for method in METHODS:
        assert evaluate(twelve, method=method).tolist() == [12, 12]


def test_an_input_that_is_not_read_gives_its_shape_alone() -> None:
    class Sizes(Layer):
        def equations(self, *inputs: Tensor) -> Equation:
            return Equation(y[n], Constant(inputs[0].known_shape[1] * (n + 1)), extents={n: 2})

    assert evaluate(Sizes(), np.ones((1, 5))).tolist() == [5, 10]


def test_a_symbol_is_the_length_of_an_axis_or_a_number_given_by_name() -> None:
    S, C = parse_size("S"), parse_size("C")
    strided = Equation(y[r], Sum[u](weight("w", (C,))[u] * x[S * r + u]))
    arrays: dict[str, Any] = {"x": np.arange(7), "w": np.array([1, 10])}
    assert evaluate(strided, **arrays, S=3).tolist() == [10, 43]
    assert evaluate(strided, arrays["x"], w=arrays["w"], S=5).tolist() == [10, 65]


def test_a_layer_with_symbols_takes_them_from_its_arrays() -> None:
    C, O, K, S = (parse_size(name) for name in "COKS")
    arrays = whole_numbers(0, x=(2, 4, 7), w=(6, 2, 3), b=(6,))
    wanted = evaluate(Conv1d(4, 6, 3, stride=2, groups=2), **arrays)
    assert (evaluate(Conv1d(2 * C, O, K, stride=S, groups=2), **arrays, S=2, C=2) == wanted).all()


def test_inputs_may_come_in_order_or_by_name() -> None:
    a, c = np.array([[1, 2]]), np.array([[3], [4]])
    calls: list[Any] = [((a, c), {}), ((a,), {"x_2": c}), ((c,), {"x_1": a}), ((), {"x_2": c, "x_1": a})]
    assert [evaluate(MatMul(), *order, **named).tolist() for order, named in calls] == [[[11]]] * 4
    assert evaluate(Equation(y[n], x[n] - w[n]), [5], [3]).tolist() == [2]


@pytest.mark.parametrize("method", METHODS)
def test_the_initial_state_is_read_before_the_first_step(method: Any) -> None:
    running = Equation(y[t, n], 2 * y[t - 1, n] + x[t, n], initial=Tensor("h_0"))
    assert evaluate(running, x=[[1], [2]], h_0=[10], method=method).tolist() == [[21], [44]]


# Numbers


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        (("float32", "float32"), "float32"),
        (("float32", "float64"), "float64"),
        (("float16", "float16"), "float16"),
        (("int8", "float32"), "float32"),
        (("int64", "float32"), "float64"),
        (("object", "float32"), "float32"),
        (("int8", "uint8"), "int64"),
        (("object", "int8"), "object"),
    ],
)
def test_types_are_promoted_as_numpy_does(types: tuple[str, str], wanted: str) -> None:
    arrays: dict[str, Any] = {
        "x": np.array([[2, 3]], dtype=types[0]),
        "w": np.array([[1, 1]], dtype=types[1]),
    }
    found = evaluate(Linear(2, 1, bias=False), **arrays)
    assert (found.dtype, found.tolist()) == (np.dtype(wanted), [[5]])


BIG = 2**63 - 1


@pytest.mark.parametrize(
    ("equation", "values", "wanted", "dtype"),
    [
        (Equation(y[0], Sum[i](w[i] * x[i])), {"x": [BIG], "w": [1]}, BIG, np.int64),
        (Equation(y[0], Sum[i](w[i] * x[i])), {"x": [BIG, 0], "w": [1, 1]}, BIG, object),
        (Equation(y[0], Sum[i](w[i] * x[i])), {"x": [BIG], "w": [BIG]}, BIG**2, object),
        (Equation(y[0], -x[0]), {"x": [-BIG]}, BIG, np.int64),
        (Equation(y[0], -x[0]), {"x": [-BIG - 1]}, BIG + 1, object),
        (Equation(y[0], x[0] - 1), {"x": [-BIG]}, -BIG - 1, object),
        (Equation(y[0], x[0]), {"x": np.array([2**64 - 1], dtype=np.uint64)}, 2**64 - 1, object),
        (Equation(y[0], larger(x[0], 2**80)), {"x": [1]}, 2**80, object),
        (Equation(y[0], Sum[i](x[0]), extents={i: 2}), {"x": [2**62]}, 2**63, object),
        (Equation(y[0], Mean[i](x[i])), {"x": [BIG, BIG]}, BIG, object),
        (Equation(y[0], Sum[n, i](w[n] * x[i] * w[n])), {"x": [0, 0], "w": [2**40] * 2}, 0, object),
        (Equation(y[t], 2 * y[t - 1] + x[t]), {"x": [1] * 70}, 2**70 - 1, object),
        (Equation(y[t], 2 * y[t - 1] + x[t]), {"x": [1] * 60}, 2**60 - 1, np.int64),
        (
            Equation(y[p], scatter([r, u], x[r] * w[u], at={p: r + u})),
            {"x": [0, 2**62], "w": [1, 2]},
            2**63,
            object,
        ),
    ],
)
def test_integers_are_exact_and_leave_int64_only_where_they_might_not_fit(
    equation, values, wanted, dtype
) -> None:
    for method in METHODS:
        found = evaluate(equation, method=method, **values)
        assert found[-1] == wanted
        assert found.dtype == (dtype if method == "vectorized" else object)


@given(
    st.lists(st.tuples(st.integers(), st.fractions()), min_size=1, max_size=4), st.integers(), st.fractions()
)
def test_integers_and_fractions_of_any_size_are_exact(pairs, factor, divisor) -> None:
    equation = Equation(y[n], Sum[i](w[i] * x[n, i]) / b[0] * b[1] if divisor else Sum[i](w[i] * x[n, i]))
    arrays: dict[str, Any] = {"x": [[a for a, _ in pairs]], "w": [c for _, c in pairs]}
    wanted = sum((a * c for a, c in pairs), Fraction(0))
    if divisor:
        arrays["b"], wanted = [divisor, factor], wanted / divisor * factor
    arrays = {name: np.array(a, dtype=object) for name, a in arrays.items()}
    for method in METHODS:
        assert evaluate(equation, method=method, **arrays).tolist() == [wanted]


def test_a_quotient_of_integers_is_a_fraction_even_where_it_is_whole() -> None:
    for method in METHODS:
        (found,) = evaluate(Equation(y[n], x[n] / 2), [6], method=method)
        assert (type(found), found) == (Fraction, 3)
        assert type(evaluate(Equation(y[0], Mean[n](x[n])), [6, 6], method=method)[0]) is Fraction


@pytest.mark.parametrize("method", METHODS)
def test_floats_follow_ieee_754(method: Any) -> None:
    nan, inf = np.nan, np.inf
    highest, quotient = Equation(y[n], Max[i](x[n, i])), Equation(y[n], x[n] / w[n])
    assert np.isnan(evaluate(highest, [[1.0, nan], [nan, 1.0]], method=method)).all()
    assert np.isnan(evaluate(Equation(y[n], larger(x[n], 0)), [nan], method=method)).all()
    with np.errstate(all="ignore"):
        found = evaluate(quotient, [1.0, -1.0, 0.0, 1.0], [0.0, 0.0, 0.0, -0.0], method=method)
        assert found.tolist()[:2] + found.tolist()[3:] == [inf, -inf, -inf]
        assert np.isnan(found[2])
        of_all = [exp(x[n]), sqrt(x[n]), function("log", x[n])]
        found = [evaluate(Equation(y[n], f), [1000.0, -1.0, 0.0], method=method) for f in of_all]
    wanted = [[inf, np.exp(-1), 1], [1000**0.5, nan, 0], [np.log(1000), nan, -inf]]
    np.testing.assert_allclose(found, wanted, rtol=1e-15)


@pytest.mark.parametrize("method", METHODS)
def test_functions_are_those_of_pytorch(method: Any) -> None:
    values = np.linspace(-2, 2, 9)
    for name in ("exp", "tanh", "erf"):
        found = evaluate(Equation(y[n], function(name, x[n])), values, method=method)
        np.testing.assert_allclose(found, getattr(torch, name)(in_torch(values)), rtol=1e-14)
    assert evaluate(Equation(y[n], x[n] * sqrt(Constant(4))), [1.5], method=method).tolist() == [3]
    assert evaluate(Equation(y[n], x[n] + 0.1), np.array([1], np.float32), method=method).dtype == np.float32


def test_points_that_take_no_part_are_never_computed() -> None:
    framed = Tensor("x", (parse_size("L"),)).framed([(1, 1)], "skip")
    inverse = Equation(y[r], Sum[u](1 / framed[r + u - 1]), extents={u: 3})
    for method in METHODS:
        assert evaluate(inverse, [2, 4], method=method).tolist() == [Fraction(3, 4)] * 2
        assert evaluate(inverse, [2.0, 4.0], method=method).tolist() == [0.75] * 2


def test_a_place_outside_that_no_index_moves_takes_no_part_anywhere() -> None:
    framed = Tensor("x", (1,)).framed([(0, 1)], "skip")
    nowhere = Equation(y[n], Sum[u](framed[1]), extents={n: 2, u: 3})
    for method in METHODS:
        assert evaluate(nowhere, [5], method=method).tolist() == [0, 0]
        with pytest.raises(ValueError, match="has no terms at some points"):
            evaluate(Equation(y[n], Max[u](framed[1]), extents={n: 2, u: 3}), [5], method=method)


def test_the_arrays_given_are_left_alone() -> None:
    given_x = np.arange(4.0)
    found = evaluate(Equation(y[n], x[n]), given_x)
    found[:] = 7
    assert given_x.tolist() == [0, 1, 2, 3]


# Errors

CONV = Conv1d(3, 4, kernel_size=2)
GOOD = {"x": np.ones((1, 3, 5)), "w": np.ones((4, 3, 2)), "b": np.ones(4)}
L = parse_size("L")
SKIPPED = Tensor("x", (L,)).framed([(1, 1)], "skip", [1])
FRAMED = Tensor("x", (L,)).framed([(1, 1)])
ERRORS: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "an unknown name": (CONV, GOOD | {"bias": 1}, ValueError, r"takes no array or number 'bias'"),
    "a misspelt name": (Softened(), {"x": [[1.0]], "xx": 1}, ValueError, r"'xx'; did you mean 'x'"),
    "a name that is computed": (
        Softened(),
        {"x": [[1.0]], "e": 1},
        ValueError,
        r"'e'; the equations compute it",
    ),
    "no input": (CONV, {}, ValueError, r"give the array of the input, x"),
    "a missing array": (
        CONV,
        {"x": GOOD["x"]},
        ValueError,
        r"Conv1d\(in_channels=3, .*: missing b of shape \(4,\), w of shape \(4, 3, 2\)",
    ),
    "a missing array without a shape": (Equation(y[n], x[n]), {}, ValueError, r"y\[n\] = x\[n\]: missing x"),
    "a missing input": (
        MatMul(),
        {"x_1": [[1]], "x_3": [[1]]},
        ValueError,
        r"are named x_1, x_2; x_2 is missing",
    ),
    "too many inputs": (
        MatMul(),
        {"x_1": [[1]], "x_2": [[1]], "x_3": [[1]]},
        ValueError,
        r"MatMul\(\).*3",
    ),
    "a wrong length": (
        CONV,
        GOOD | {"w": np.ones((4, 2, 2))},
        ValueError,
        r"axis 1 of w has length 2; it must have in_channels=3",
    ),
    "a wrong rank": (
        CONV,
        GOOD | {"b": np.ones((4, 1))},
        ValueError,
        r"b has the shape \(4, 1\); it needs \(4,\)",
    ),
    "an input outside the domain": (
        CONV,
        GOOD | {"x": np.ones((1, 3, 1))},
        ValueError,
        r"the window \(kernel_size=2\)",
    ),
    "an input with other channels": (
        CONV,
        GOOD | {"x": np.ones((1, 2, 5))},
        ValueError,
        r"in_channels=3 does not match",
    ),
    "an empty input": (CONV, GOOD | {"x": np.ones((0, 3, 5))}, ValueError, r"every axis must be at least 1"),
    "lengths that differ": (
        Equation(y[n], x[n] + w[n]),
        {"x": [1], "w": [1, 2]},
        ValueError,
        r"axis 0 of x=1 does not match axis 0 of w, which has length 2",
    ),
    "a symbol of two lengths": (
        Equation(y[n], Tensor("x", (L,))[n] * Tensor("w", (L,))[n]),
        {"x": [1], "w": [1, 2]},
        ValueError,
        r"axis 0 of w has length 2; it must have L=1",
    ),
    "two symbols of one name": (
        Equation(y[n], x[n] * Constant(L) * Constant(parse_size("L", minimum=0))),
        {"x": [1], "L": 1},
        ValueError,
        r"symbol L occurs with different assumptions",
    ),
    "a symbol without a number": (
        Equation(y[n], x[n] * Constant(L)),
        {"x": [1]},
        ValueError,
        r"give L=\.\.\.",
    ),
    "a symbol below its least value": (
        Equation(y[n], x[n] * Constant(L)),
        {"x": [1], "L": 0},
        ValueError,
        r"L=0 must be at least 1",
    ),
    "a symbol that is no number": (
        Equation(y[n], x[n] * Constant(L)),
        {"x": [1], "L": 0.5},
        TypeError,
        r"L=0\.5",
    ),
    "a requirement of the layer": (
        Conv1d(2 * L, 3, 1, groups=2, bias=False),
        {"x": np.ones((1, 2, 1)), "w": np.ones((3, 1, 1)), "L": 1},
        ValueError,
        r"groups=2 must divide out_channels=3",
    ),
    "no arithmetic": (CONV, GOOD | {"x": np.ones((1, 3, 5), bool)}, TypeError, r"x has dtype bool"),
    "complex numbers": (
        CONV,
        GOOD | {"w": np.ones((4, 3, 2), complex)},
        TypeError,
        r"w has dtype complex128",
    ),
    "text": (CONV, GOOD | {"b": ["a"] * 4}, TypeError, r"b has dtype <U1"),
    "objects of another kind": (Equation(y[n], x[n]), {"x": [None]}, TypeError, r"x holds None"),
    "truth values among objects": (
        Equation(y[n], x[n]),
        {"x": np.array([True], object)},
        TypeError,
        r"x holds True",
    ),
    "ragged rows": (
        Equation(y[n], x[n]),
        {"x": [[1], [1, 2]]},
        ValueError,
        r"is no array: its rows are not equally long",
    ),
    "exp of integers": (Softened(), {"x": [[1, 2]]}, TypeError, r"exp of integers and Fractions"),
    "sqrt of Fractions": (Equation(y[n], sqrt(x[n])), {"x": [Fraction(4)]}, TypeError, r"sqrt of integers"),
    "tanh of integers": (Equation(y[n], tanh(x[n])), {"x": [0]}, TypeError, r"tanh of integers"),
    "an unknown function": (
        Equation(y[n], function("tahn", x[n])),
        {"x": [0.0]},
        ValueError,
        r"the function 'tahn' is unknown; did you mean 'tanh'",
    ),
    "a maximum of nothing": (
        Equation(y[n], Max[i](x[n, i], where=[at_least(n, i + 1)])),
        {"x": [[1], [2]]},
        ValueError,
        r"has no terms",
    ),
    "a range without points": (
        Equation(y[n], Max[i](x[n]), extents={i: 0}),
        {"x": [1]},
        ValueError,
        r"has no terms",
    ),
    "a range that runs backwards": (
        Equation(y[n], Sum[i](x[n]), extents={i: -1}),
        {"x": [1]},
        ValueError,
        r"index i has the extent -1",
    ),
    "a mean of nothing": (
        Equation(y[r], Mean[u](SKIPPED[r + u - 1]), extents={u: 1}),
        {"x": [1]},
        ValueError,
        r"has no terms",
    ),
    "an entry left out of no reduction": (
        Equation(y[r], SKIPPED[r - 1], extents={r: 2}),
        {"x": [1, 2]},
        ValueError,
        r"no reduction leaves this out",
    ),
    "an entry outside": (
        Equation(y[r], x[r // 2], extents={r: 4}),
        {"x": [1]},
        ValueError,
        r"no reduction leaves this out",
    ),
    "an entry outside of the border": (
        Equation(y[r], Sum[u](FRAMED[(r + u) // 2 + 1]), extents={r: 4, u: 2}),
        {"x": [1]},
        ValueError,
        r"no reduction leaves this out",
    ),
    "an entry beyond what is beyond": (
        Equation(y[r], Sum[u](SKIPPED[(r + u) // 2 + 1]), extents={r: 6, u: 2}),
        {"x": [1]},
        ValueError,
        r"leaves",
    ),
    "an extent that nothing determines": (
        Equation(y[n], Sum[u](x[n])),
        {"x": [1]},
        ValueError,
        r"nothing determines the extent of index u",
    ),
    "an index without a loop": (
        Equation(y[n], x[n] * w[i]),
        {"x": [1], "w": [1]},
        ValueError,
        r"no loop runs over index i",
    ),
    "steps of two": (Equation(y[n], x[n] + y[n - 2]), {"x": [1]}, ValueError, r"one step earlier"),
    "steps along two axes": (
        Equation(y[n, i], x[n, i] + y[n - 1, i] + y[n, i - 1]),
        {"x": [[1]]},
        ValueError,
        r"along several indices",
    ),
    "an initial state of another shape": (
        Equation(y[t, n], x[t, n] + y[t - 1, n], initial=Tensor("h_0")),
        {"x": [[1]], "h_0": [1, 2]},
        ValueError,
        r"the initial state h_0 has the shape \(2,\), not \(1,\)",
    ),
    "an initial state without steps": (
        Equation(y[n], x[n], initial=Tensor("h_0")),
        {"x": [1], "h_0": [1]},
        ValueError,
        r"is no recurrence, but has the initial state h_0",
    ),
    "not an equation": (
        3,
        {"x": [1]},
        TypeError,
        r"evaluate takes a layer, an equation or a tuple of equations, not 3",
    ),
    "no equation": ((), {"x": [1]}, TypeError, r"not \(\)"),
    "an unknown method": (
        Equation(y[n], x[n]),
        {"x": [1], "method": "loop"},
        ValueError,
        r"method='loop' is unknown; did you mean 'loops'",
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ERRORS)
def test_what_cannot_be_evaluated_is_an_error_that_says_why(name: str, method: Any) -> None:
    subject, named, error, message = ERRORS[name]
    with pytest.raises(error, match=message):
        evaluate(subject, **{"method": method, **named})


def test_too_many_arrays_without_a_name_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"takes 1 arrays without a name \(x\), not 2"):
        evaluate(Equation(y[n], x[n]), [1], [2])
    with pytest.raises(ValueError, match="x is given twice"):
        evaluate(Equation(y[n], x[n]), [1], x=[2])


def test_division_of_integers_by_zero_is_an_error() -> None:
    for method in METHODS:
        with pytest.raises(ZeroDivisionError):
            evaluate(Equation(y[n], 1 / x[n]), [0], method=method)
