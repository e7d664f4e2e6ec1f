"""What is read off the equations: extents, conditions, derivations, and costs at numbers."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import combinations
from math import prod
from typing import Any

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from symcnn import (
    CONVENTIONS,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    Cost,
    Equation,
    Flatten,
    Layer,
    Linear,
    MatMul,
    MaxPool1d,
    MaxPool2d,
    Module,
    Opaque,
    ReLU,
    SelfAttention,
    Sequential,
    Sum,
    computed,
    dims,
    indices,
    layers,
    weight,
)
from symcnn.symbols import at_least, latex, text
from tests.test_printing import balanced, evaluated

N, C, H, W, K, S, D = dims("N C H W K S D")
A, B = dims("A B", min=0)


# extents


def window_positions(length: int, k: int, s: int, d: int, before: int, after: int) -> int:
    """The number of positions at which every tap of a window lies inside the axis and its border."""
    inside = range(-before, length + after)
    count = 0
    while all(s * count + d * u - before in inside for u in range(k)):
        count += 1
    return count


SIZES = {"L": (1, 12), "K": (1, 5), "S": (1, 6), "D": (1, 3), "A": (0, 4), "B": (0, 4)}
NUMBERS = st.fixed_dictionaries({name: st.integers(*r) for name, r in SIZES.items()})


@given(NUMBERS, st.sets(st.sampled_from(sorted(SIZES))))
def test_a_convolution_has_one_output_for_each_position_of_its_window(
    numbers: dict[str, int], symbolic: set[str]
) -> None:
    v: dict[str, Any] = numbers | {n: dims(n, min=min(SIZES[n][0], 1)) for n in symbolic}
    expected = window_positions(*(numbers[n] for n in "LKSDAB"))

    def cost() -> Any:
        layer = Conv1d(1, 1, kernel_size=v["K"], stride=v["S"], dilation=v["D"], padding=((v["A"], v["B"]),))
        made = layer.cost((1, 1, v["L"]))
        return made.at({s.name: numbers[s.name] for s in made.symbols})

    if expected:
        found = cost()
        assert found.output_shape == (1, 1, expected)
        assert found.macs == expected * numbers["K"]
        assert found.domain == ()
    else:
        with pytest.raises(ValueError, match=r"the window \(kernel_size=.*\) does not fit into axis 2 of x"):
            cost()


@given(NUMBERS, st.sets(st.sampled_from("LKSA")))
def test_a_pooling_window_slides_as_a_convolution_does(numbers: dict[str, int], symbolic: set[str]) -> None:
    assume(2 * numbers["A"] <= numbers["K"])
    v: dict[str, Any] = numbers | {n: dims(n, min=min(SIZES[n][0], 1)) for n in symbolic}
    expected = window_positions(numbers["L"], numbers["K"], numbers["S"], 1, numbers["A"], numbers["A"])
    assume(expected)
    cost = MaxPool1d(v["K"], stride=v["S"], padding=v["A"]).cost((1, 1, v["L"]))
    assert cost.at({s.name: numbers[s.name] for s in cost.symbols}).output_shape == (1, 1, expected)


@given(NUMBERS)
def test_a_transposed_convolution_inverts_the_extent(numbers: dict[str, int]) -> None:
    k, s, d, p = (numbers[n] for n in "KSDA")
    reached = {s * r + d * u - p for r in range(numbers["L"]) for u in range(k)}
    length = max(reached) + 1 - p
    if length < 1:
        with pytest.raises(ValueError, match="the output has no entry"):
            ConvTranspose1d(1, 1, kernel_size=k, stride=s, dilation=d, padding=p).cost((1, 1, numbers["L"]))
    else:
        cost = ConvTranspose1d(1, 1, kernel_size=k, stride=s, dilation=d, padding=p).cost(
            (1, 1, numbers["L"])
        )
        assert cost.output_shape == (1, 1, length)


@pytest.mark.parametrize(
    ("layer", "shape", "out"),
    [
        (Conv2d(3, 8, kernel_size=3), (1, 3, 9, 10), (1, 8, 7, 8)),
        (Conv2d(3, 8, kernel_size=3, padding=1), (N, 3, H, W), (N, 8, H, W)),
        (Conv2d(3, 8, kernel_size=3, padding="same", dilation=2), (N, 3, H, W), (N, 8, H, W)),
        (Conv2d(3, 8, kernel_size=K, padding="same"), (N, 3, H, W), (N, 8, H, W)),
        (Conv2d(3, 8, kernel_size=1, stride=(S, 1)), (N, 3, S * H, W), (N, 8, H, W)),
        (Conv2d(3, 8, kernel_size=2, stride=5), (1, 3, 2, 6), (1, 8, 1, 1)),
        (Conv2d(3, 8, kernel_size=S, stride=S), (N, 3, S * H, S * W), (N, 8, H, W)),
        (Conv2d(3, 8, kernel_size=(1, 3), padding=((0, 0), (1, 1))), (3, H, W), (8, H, W)),
    ],
    ids=str,
)
def test_output_shapes(layer: Any, shape: tuple[Any, ...], out: tuple[Any, ...]) -> None:
    assert layer.cost(shape).output_shape == out


# errors

ERRORS: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: Conv2d(3, 8, kernel_size=3).cost((1, 4, 8, 8)),
        "Conv2d(in_channels=3, out_channels=8, kernel_size=3): "
        "in_channels=3 does not match axis 1 of x, which has length 4",
    ),
    (
        lambda: Conv2d(C, 8, kernel_size=3).cost((1, C + 1, 8, 8)),
        "Conv2d(in_channels=C, out_channels=8, kernel_size=3): "
        "in_channels=C does not match axis 1 of x, which has length C + 1",
    ),
    (
        lambda: Conv2d(3, 8, kernel_size=9).cost((1, 3, 8, 8)),
        "Conv2d(in_channels=3, out_channels=8, kernel_size=9): "
        "the window (kernel_size=9) does not fit into axis 2 of x (length 8)",
    ),
    (lambda: Linear(3, 8).cost((1, 4)), "in_features=3 does not match axis 1 of x, which has length 4"),
    (
        lambda: BatchNorm2d(3).cost((1, 4, 8, 8)),
        "num_features=3 does not match axis 1 of x, which has length 4",
    ),
    (lambda: Conv2d(4, 6, kernel_size=1, groups=4).cost((1, 4, 8, 8)), "groups=4 must divide out_channels=6"),
    (lambda: MaxPool2d(2, padding=2).cost((1, 4, 8, 8)), "padding=2 must be at most half of kernel_size=2"),
    (lambda: MatMul().cost((2, 3), (4, 5)), "axis 0 of x_2"),
    (
        lambda: Conv2d(3, K - 1, kernel_size=1).cost((1, 3, 8, 8)).at(K=1),
        "out_channels=K - 1 must be at least 1",
    ),
    (lambda: ReLU().cost((1, K - 1)).at(K=1), "axis 1 of x has length K - 1; it must be at least 1"),
    (lambda: Linear(3, 8).cost((3, 0)), "has the length 0; every axis must be at least 1"),
    (lambda: Conv2d(3, 8, kernel_size=3).cost((8, 8)), "the input has 2 axes"),
]


@pytest.mark.parametrize(("call", "words"), ERRORS, ids=[words[:40] for _, words in ERRORS])
def test_what_does_not_fit_is_an_error_that_names_the_layer_and_the_argument(
    call: Callable[[], Any], words: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


def test_channels_that_may_match_are_a_condition() -> None:
    cost = Conv2d(C, 8, kernel_size=1).cost((1, K, 8, 8))
    assert [str(c) for c in cost.domain] == ["K = C"]
    assert cost.at(C=3, K=3).params == 32
    with pytest.raises(ValueError, match="in_channels=C does not match axis 1 of x, which has length K"):
        cost.at(C=3, K=4)


def test_one_name_with_two_ranges_is_an_error() -> None:
    with pytest.raises(
        ValueError, match=r"symbol H occurs with different assumptions \(at least 1, at least 0\)"
    ):
        Conv2d(3, 8, kernel_size=H, bias=False).cost((1, 3, dims("H", min=0), 8))


# every layer

G, T, E, M, L, O = dims("G T E M L O")
P = dims("P", min=0)
POOL = [(N, C, L), (N, C, H, W), (N, C, T, H, W)]
ALL: dict[str, tuple[Any, tuple[tuple[Any, ...], ...]]] = {
    "Add": (Add(), ((N, C, H), (N, C, 1))),
    "Mul": (layers.Mul(), ((N, C, H), (C, 1), (N, C, H))),
    "Concat": (Concat(), ((N, C, H), (N, M, H), (N, 2, H))),
    "MatMul": (MatMul(), ((N, M, K), (N, K, C))),
    "Linear": (Linear(C, M), ((N, T, C),)),
    "RNN": (layers.RNN(C, M), ((T, N, C), (N, M))),
    "SelfAttention": (SelfAttention(E, key_dim=M, value_dim=C, bias=True), ((N, T, E),)),
    "Softmax": (layers.Softmax(1), ((N, C, H),)),
    "Flatten": (Flatten(), ((N, C, H, W),)),
    "Identity": (layers.Identity(), ((N, C),)),
    "Dropout": (layers.Dropout(), ((N, C),)),
    "Opaque": (Opaque("deform", (N, M)), ((N, C), (N, C))),
    **{name: (getattr(layers, name)(), ((N, C, H),)) for name in ("ReLU", "ReLU6", "Sigmoid", "Tanh")},
    **{f"BatchNorm{d}d": (getattr(layers, f"BatchNorm{d}d")(C), (POOL[d - 1],)) for d in (1, 2, 3)},
    **{
        f"Conv{d}d": (
            getattr(layers, f"Conv{d}d")(C, M, kernel_size=K, stride=S, padding=P, dilation=2, groups=G),
            (POOL[d - 1],),
        )
        for d in (1, 2, 3)
    },
    **{
        f"ConvTranspose{d}d": (
            getattr(layers, f"ConvTranspose{d}d")(C, M, kernel_size=K, stride=S, padding=P, output_padding=0),
            (POOL[d - 1],),
        )
        for d in (1, 2, 3)
    },
    **{
        f"MaxPool{d}d": (getattr(layers, f"MaxPool{d}d")(K, stride=S, padding=1), (POOL[d - 1],))
        for d in (1, 2, 3)
    },
    **{
        f"AvgPool{d}d": (getattr(layers, f"AvgPool{d}d")(K, stride=S, ceil_mode=True), (POOL[d - 1],))
        for d in (1, 2, 3)
    },
    **{
        f"Adaptive{kind}Pool{d}d": (
            getattr(layers, f"Adaptive{kind}Pool{d}d")((O,) + (1,) * (d - 1)),
            (POOL[d - 1],),
        )
        for kind in ("Avg", "Max")
        for d in (1, 2, 3)
    },
}
AT = {"N": 2, "C": 4, "H": 9, "W": 8, "K": 3, "S": 2, "G": 2, "T": 7, "E": 5, "M": 6, "L": 11, "O": 3, "P": 1}
QUANTITIES = [
    "macs",
    "params",
    "ops.sequential",
    "ops.fused",
    "memory.total",
    "memory.peak",
    "memory.outputs",
]
ROWS = pytest.mark.parametrize(("layer", "shapes"), ALL.values(), ids=ALL)


def numbers_of(cost: Any) -> dict[str, int]:
    return {s.name: AT[s.name] for s in cost.symbols}


def test_every_layer_has_a_row() -> None:
    assert sorted(ALL) == sorted({*layers.__all__} - {"Layer"})


def evaluated_step(shown: str, values: Mapping[str, int]) -> Fraction:
    """The value of a step's text: products, and sums of 1 over boxes written out."""

    def points(box: re.Match[str]) -> str:
        extents = [bound.split(" < ")[1] for bound in re.split(r", (?=\w+ < )", box[1])]
        return "(" + "*".join(f"({n})" for n in extents) + ")"

    return evaluated(re.sub(r"sum\((.*?)\)\(1\)", points, shown), values)


@ROWS
def test_each_step_of_a_derivation_has_the_value_of_the_quantity(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes)
    at = numbers_of(cost)
    kinds = [f"ops.{kind}" for kind in cost.source.kinds]
    for quantity in (*QUANTITIES, *kinds):
        wanted = cost.at(at).size(quantity)
        steps = cost.derivation(quantity).steps
        found = {step.name: step.text for step in steps}
        if "count(" not in str(found):
            assert evaluated_step(found["simplified"], at) == wanted
        totals: list[Fraction] = []
        for before, points, after in zip(steps, steps[1:], steps[2:], strict=False):
            if points.name != "number of output points":
                continue
            assert (before.name, after.name) == ("one output point", "total")
            literal, _, value = before.text.rpartition(" = ")
            if "count(" in before.text:
                continue
            one = evaluated_step(value, at)
            if literal:
                assert evaluated_step(literal, at) == one
            many = evaluated_step(points.text.partition(": ")[2], at)
            assert evaluated_step(after.text, at) == one * many
            totals.append(one * many)
        if totals and all(s.name != "loop nest" for s in steps) and "count(" not in str(found):
            assert sum(totals) == wanted


@ROWS
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_derivations_exist_for_every_quantity(layer: Any, shapes: Any, convention: str) -> None:
    cost = layer.cost(*shapes, convention=convention)
    kinds = [f"ops.{kind}" for kind in cost.source.kinds]
    for quantity in (
        *QUANTITIES,
        "output_shape",
        "intensity",
        "ops.total",
        "memory.inputs",
        "memory.weights",
        *kinds,
    ):
        for made in (cost, cost.at(numbers_of(cost))):
            derivation = made.derivation(quantity)
            assert repr(derivation).startswith(f"{quantity} of {layer}")
            shown = derivation.latex()
            assert shown.startswith("\\begin{aligned}")
            for step in derivation.steps:
                assert step.name
                assert step.text
                balanced(step.latex)


def test_the_steps_of_a_derivation_have_their_names_in_order() -> None:
    dims("N C H W K")
    cost = Conv2d(C, 8, kernel_size=K, bias=False).cost((N, C, H, W)).at(N=1, C=3, H=8, W=8, K=3)
    assert [step.name for step in cost.derivation("macs").steps] == [
        "equation",
        "one output point",
        "number of output points",
        "total",
        "simplified",
        "numbers",
        "value",
    ]
    assert [step.text for step in cost.derivation().steps[1:]] == [
        "sum(i < C, u < K, v < K)(1) = C*K**2",
        "(n, o, r, c): N * 8 * (H - K + 1) * (W - K + 1)",
        "C*K**2 * N * 8 * (H - K + 1) * (W - K + 1)",
        "8*N*C*K**2*(H - K + 1)*(W - K + 1)",
        "N = 1, C = 3, H = 8, W = 8, K = 3",
        "7776",
    ]
    assert [step.name for step in cost.derivation("output_shape").steps] == [
        "equation",
        "r: the window fits",
        "c: the window fits",
        "axis 0",
        "axis 1",
        "axis 2",
        "axis 3",
        "output shape",
    ]


def test_the_window_of_a_derivation_fits_at_the_last_position_and_not_behind_it() -> None:
    cost = Conv2d(C, 8, kernel_size=K, stride=S, padding=P, dilation=2).cost((N, C, H, W))
    at = numbers_of(cost)
    out = cost.at(at).output_shape[2]
    (step,) = [s for s in cost.derivation("output_shape").steps if s.name == "r: the window fits"]
    left, right = step.text.split(" <= ")
    for r in range(out + 3):
        fits = evaluated(left, {**at, "r": r}) <= evaluated(right, at)
        assert fits == (r < out)


def test_an_unknown_quantity_is_an_error_with_a_suggestion() -> None:
    cost = ReLU().cost((N, C))
    with pytest.raises(ValueError, match=r"quantity='macz' is unknown; did you mean 'macs'\?"):
        cost.derivation("macz")
    assert cost.derivation("total").steps == cost.derivation("ops.sequential").steps


@ROWS
def test_symbols_and_numbers_agree_in_everything(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes)
    at = numbers_of(cost)
    whole = cost.at(at)
    assert whole.symbols == ()
    assert whole.domain == ()
    assert all(type(n) is int for n in whole.output_shape)
    parts = [
        whole.macs,
        whole.params,
        whole.ops.sequential,
        whole.ops.fused,
        whole.memory.total,
        whole.memory.peak,
    ]
    assert all(type(n) is int for n in parts)
    if not whole.unknown:
        assert whole.intensity == Fraction(whole.macs, whole.memory.total)
    # One symbol after another, in both orders.
    for names in (list(at), list(at)[::-1]):
        partial = reduce(lambda c, name: c.at({name: at[name]}), names, cost)
        assert partial.output_shape == whole.output_shape
        assert partial.ops.by_kind == whole.ops.by_kind
        assert [partial.macs, partial.params, partial.memory.total] == [parts[0], parts[1], parts[4]]


@ROWS
def test_memory_is_the_product_of_the_shapes(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes)
    whole = cost.at(numbers_of(cost))
    at = {s: AT[s.name] for shape in shapes for n in shape for s in sympy.sympify(n).free_symbols}
    assert whole.memory.inputs == sum(prod(int(sympy.sympify(n).subs(at)) for n in shape) for shape in shapes)
    assert whole.memory.outputs == prod(whole.output_shape)
    assert whole.memory.total == whole.memory.inputs + whole.memory.weights + whole.memory.outputs
    assert whole.memory.weights >= whole.params
    assert whole.memory.bytes("float16") == 2 * whole.memory.total
    assert whole.memory.bytes("float32", "weights") == 4 * whole.memory.weights


@ROWS
def test_lowered_products_multiply_to_the_macs(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes)
    for made in (cost, cost.at(numbers_of(cost))):
        products = [g.M * g.N * g.K * g.batch * g.repeat for g in made.gemm]
        assert sympy.simplify(sum(products) - made.macs) == 0
    assert bool(cost.gemm) == (cost.macs != 0)


@ROWS
def test_operations_add_up(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes)
    whole = cost.at(numbers_of(cost))
    assert whole.ops.sequential == sum(whole.ops.by_kind.values())
    assert whole.ops.fused <= whole.ops.sequential
    assert whole.ops.total == whole.ops.sequential
    for name, convention in CONVENTIONS.items():
        other = layer.cost(*shapes, convention=name).at(numbers_of(cost))
        assert other.convention is convention
        assert other.ops.total == (other.ops.fused if convention.fused else other.ops.sequential)
        if convention.skip_padding:
            assert other.ops.sequential <= whole.ops.sequential
        assert name in repr(other)


@ROWS
def test_nothing_shows_an_address(layer: Any, shapes: Any) -> None:
    cost = layer.cost(*shapes)
    shown = [
        layer,
        cost,
        cost.ops,
        cost.memory,
        cost.gemm,
        cost.domain,
        cost.derivation("macs"),
        cost.symbols,
        cost.convention,
    ]
    for thing in shown:
        assert " at 0x" not in repr(thing)
        assert "object" not in repr(thing)
    for thing in (cost, cost.ops, cost.memory, *cost.gemm, *cost.domain):
        balanced(thing._repr_latex_().replace("*", ""))


# costs at numbers


def conv() -> Cost:
    return Conv2d(C, 8, kernel_size=K, stride=S).cost((N, C, H, W))


class TestAt:
    """cost.at puts numbers and expressions in place of symbols."""

    def test_it_may_be_partial(self) -> None:
        cost = conv().at(N=1, K=3, S=1)
        assert cost.output_shape == (1, 8, H - 2, W - 2)
        assert [s.name for s in cost.symbols] == ["C", "H", "W"]
        assert cost.params == 72 * C + 8

    def test_it_takes_names_symbols_and_keywords(self) -> None:
        wanted = conv().at(N=1, C=3, H=8, W=8, K=3, S=2)
        for made in (
            conv().at({N: 1, C: 3, H: 8, W: 8, K: 3, S: 2}),
            conv().at({"N": 1, "C": 3}, H=8, W=8, K=3, S=2),
            conv().at({N: 1}).at({"C": 3}).at(H=8, W=8).at(K=3).at(S=2),
        ):
            assert made.macs == wanted.macs == 3 * 3 * 3 * 8 * 3 * 3
            assert repr(made) == repr(wanted)

    def test_it_renames(self) -> None:
        (Q,) = (dims("Q"),)
        assert conv().at(H=Q, S=1).output_shape == (N, 8, Q - K + 1, W - K + 1)
        assert conv().at(H=W, S=1).output_shape == (N, 8, W - K + 1, W - K + 1)
        assert conv().at(H=W, W=H, S=1).output_shape == (N, 8, W - K + 1, H - K + 1)

    def test_values_in_terms_of_the_same_symbols_compose(self) -> None:
        assert conv().at(H=2 * H, S=1).at(H=3, K=1).output_shape == (N, 8, 6, W)
        assert conv().at(H=W, W=H, S=1, K=1).at(H=5).output_shape == (N, 8, W, 5)
        assert conv().at(H=W + 1, S=1, K=1).at(W=4).output_shape == (N, 8, 5, 4)

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"Hh": 3}, r"has no symbol 'Hh'; did you mean 'H'\?"),
            ({"Q": 3}, "has no symbol 'Q'; known are"),
            ({"H": 0}, "H=0 must be at least 1"),
            ({"H": -3}, "H=-3 must be at least 1"),
            (
                {"H": 2, "K": 3},
                r"at H=2, K=3: the window \(kernel_size=K\) does not fit into axis 2 of x \(length H\)",
            ),
            ({"H": W - 5, "W": 3}, "must be at least 1|does not fit"),
            ({"H": dims("W", min=0)}, "symbol W occurs with different assumptions"),
            ({"H": C / 2, "C": 5}, "at C=5: H=C/2 is no whole number"),
        ],
        ids=str,
    )
    def test_wrong_values_are_errors(self, values: dict[str, Any], words: str) -> None:
        numbers = {n: v for n, v in values.items() if isinstance(v, int)}
        others = {n: v for n, v in values.items() if n not in numbers}
        with pytest.raises(ValueError, match=words):
            conv().at(others).at(numbers)

    @pytest.mark.parametrize("value", ["3", 3.0, None, True, 2.5])
    def test_values_are_integers_or_expressions(self, value: Any) -> None:
        with pytest.raises(TypeError, match=r"H=.* must be an integer or an integer expression"):
            conv().at(H=value)

    def test_a_value_that_may_leave_the_range_brings_a_condition(self) -> None:
        cost = conv().at(H=W - 5, K=1, S=1)
        assert [str(c) for c in cost.domain] == ["W >= 6"]
        with pytest.raises(ValueError, match="H=-2 must be at least 1"):
            cost.at(W=3)
        half = conv().at(H=W / 2, K=1, S=1)
        assert [str(c) for c in half.domain] == ["2 divides W"]

    def test_everything_given_leaves_no_symbol(self) -> None:
        done = conv().at(N=1, C=3, H=8, W=8, K=3, S=2)
        with pytest.raises(ValueError, match="has no symbol 'H'; every symbol already has a value"):
            done.at(H=3)
        assert done.at().macs == done.macs

    def test_the_order_of_the_values_does_not_matter(self) -> None:
        names = {"N": 1, "C": 3, "H": 8, "W": 9, "K": 3, "S": 2}
        wanted = conv().at(names).macs
        for first in combinations(names, 3):
            rest = {n: v for n, v in names.items() if n not in first}
            assert conv().at(rest).at({n: names[n] for n in first}).macs == wanted

    def test_intensity_is_a_fraction(self) -> None:
        cost = Linear(3, 4, bias=False).cost((2, 3))
        assert cost.intensity == Fraction(24, 6 + 12 + 8)
        assert ReLU().cost((2, 3)).intensity == 0
        symbolic = Linear(C, C, bias=False).cost((N, C))
        assert sympy.simplify(symbolic.intensity - N * C**2 / (2 * N * C + C**2)) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.memory.bytes("float33"), "dtype='float33' is unknown; did you mean 'float32'"),
        (lambda c: c.memory.bytes("float32", "weigths"), "part='weigths' is unknown; did you mean 'weights'"),
        (
            lambda c: ReLU().cost((1, 2), convention="sequental"),
            "convention='sequental' is unknown; did you mean",
        ),
    ],
)
def test_unknown_words_are_errors_with_a_suggestion(call: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(conv())


def test_costs_of_unknown_operations_are_lower_bounds() -> None:
    cost = Opaque("deform").cost((N, C))
    assert (cost.status, cost.unknown) == ("lower bound", ("deform",))
    assert "≥ 0" in repr(cost)
    assert "deform" in repr(cost)
    net = Sequential(Linear(C, C), Opaque("deform"), ReLU()).cost((N, C))
    assert (net.status, net.unknown) == ("lower bound", ("deform",))
    assert net.macs == N * C**2
    assert [row.cost.status for row in net.layers] == ["complete", "lower bound", "complete"]
    assert any(step.name == "a lower bound" for step in net.derivation("macs").steps)
    assert conv().status == "complete"


def test_a_cost_is_cheap_to_print_and_does_not_change_when_printed() -> None:
    cost = conv()
    assert repr(cost) == repr(cost)
    assert len(repr(cost).splitlines()) == 8
    assert "output shape" in repr(cost)


# equations of one's own


class Bilinear(Layer):
    """y[n, o] = sum over i, j of x_1[n, i] w[o, i, j] x_2[n, j]."""

    def equations(self, left: Any, right: Any) -> Equation:
        n, o, i, j = indices("n o i j")
        w = weight("w", (7, left.shape[1], right.shape[1]))
        return Equation(computed("y")[n, o], Sum[i, j](left[n, i] * w[o, i, j] * right[n, j]))


def test_a_layer_of_ones_own_has_everything() -> None:
    dims("N C K")
    cost = Bilinear().cost((N, C), (N, K))
    assert cost.output_shape == (N, 7)
    assert cost.params == 7 * C * K
    assert cost.ops.multiplications == 14 * N * C * K
    assert cost.macs == 7 * N * C * K
    assert cost.derivation("params").steps[-1].text == "7*C*K"


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (
            lambda x, n, o, i: Equation(computed("y")[n, o], x[n, i]),
            "no loop runs over index i",
        ),
        (lambda x, n, o, i: Equation(computed("y")[n], computed("z")[n] + x[n, 0]), "z is read in .* before"),
        (lambda x, n, o, i: Equation(computed("y")[n], x[n]), "x has 2 axes and is read with 1 ind"),
        (
            lambda x, n, o, i: Equation(computed("y")[n, o], x[n, i - o]),
            "no loop runs over index i",
        ),
        (lambda x, n, o, i: Equation(computed("y")[n], x[n, 0] + x[n, i]), "no loop runs over index i"),
        (
            lambda x, n, o, i: Equation(computed("y")[n], Sum[i](x[n, i] * Sum[i](x[n, i]))),
            "index i is bound twice",
        ),
        (
            lambda x, n, o, i: Equation(computed("y")[n], x[n, 0] + computed("y")[n]),
            "defines y by itself, at the same position",
        ),
        (
            lambda x, n, o, i: Equation(computed("y")[n, o], x[n, 0]),
            "nothing determines the extent of index o",
        ),
    ],
)
def test_equations_that_determine_nothing_are_errors(write: Callable[..., Any], words: str) -> None:
    class Own(Layer):
        def equations(self, x: Any) -> Equation:
            return write(x, *indices("n o i"))

    with pytest.raises(ValueError, match=words):
        Own().cost((3, 4))


# clashes of names


@pytest.mark.parametrize("names", ["n i r c o u v", "w x y b n o r", "m k p t d i j"])
def test_symbols_named_like_indices_and_tensors_give_the_same_numbers(names: str) -> None:
    a, b, c, d, e, f, g = dims(names)
    values = dict(zip(names.split(), (2, 3, 9, 8, 4, 3, 2), strict=True))
    layer = Conv2d(b, e, kernel_size=f, stride=g, padding=1)
    cost = layer.cost((a, b, c, d))
    plain = Conv2d(3, 4, kernel_size=3, stride=2, padding=1).cost((2, 3, 9, 8))
    made = cost.at(values)
    assert (made.macs, made.params, made.output_shape) == (plain.macs, plain.params, plain.output_shape)
    assert made.ops.by_kind == plain.ops.by_kind
    assert made.memory.total == plain.memory.total
    assert {s.name for s in cost.macs.free_symbols} == set(names.split())
    net = Sequential(layer, AvgPool2d(g), Flatten()).cost((a, b, c, d)).at(values)
    assert net.output_shape == (2, 4 * 2 * 2)


def test_adaptive_windows_over_symbols_named_like_their_indices_are_exact() -> None:
    for least in (0, 1):
        v, u = dims("v u", min=least)
        cost = layers.AdaptiveAvgPool2d((1, O)).cost((1, 1, u, v))
        plain = layers.AdaptiveAvgPool2d((1, 3)).cost((1, 1, 4, 7))
        assert cost.at(u=4, v=7, O=3).ops.additions == plain.ops.additions
        assert {s.name for s in cost.ops.additions.free_symbols} == {"u", "v", "O"}


def test_conditions_of_a_network_name_the_layer() -> None:
    net = Sequential(Conv2d(3, 8, kernel_size=3), MaxPool2d(2), Conv2d(8, 8, kernel_size=5))
    cost = net.cost((1, 3, H, W))
    assert {str(c) for c in cost.domain} == {"H >= 12", "W >= 12"}
    with pytest.raises(ValueError, match=r"at H=11: 2: the window \(kernel_size=5\) does not fit"):
        cost.at(H=11)
    assert cost.at(H=12, W=12).output_shape == (1, 8, 1, 1)


def test_conditions_read_as_text_and_latex() -> None:
    (condition, _) = conv().domain
    assert str(condition) == "H >= K"
    assert condition.latex == r"H \ge K"
    assert condition == at_least(condition.left, condition.right)
    assert text(condition.left)
    assert latex(condition.left)


def test_a_module_without_forward_says_so() -> None:
    with pytest.raises(TypeError, match=r"Module must define forward\(self, x\)"):
        Module().cost((1, 2))
