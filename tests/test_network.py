"""Networks: names of their rows, tracing, totals, peaks of memory, and receptive fields."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symcnn import (
    AdaptiveAvgPool2d,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    Flatten,
    Identity,
    Linear,
    MaxPool1d,
    MaxPool2d,
    Module,
    NetworkCost,
    ReLU,
    Sequential,
    Tanh,
    dims,
    receptive_field,
)

N, C, H, W, K, L = dims("N C H W K L")


def conv(i: Any = 8, o: Any = 8, **options: Any) -> Conv2d:
    return Conv2d(i, o, kernel_size=3, padding=1, bias=False, **options)


def names(network: Module, *shapes: tuple[Any, ...]) -> list[str]:
    return [row.name for row in network.cost(*(shapes or ((1, 8, 16, 16),))).layers]


class Block(Module):
    """A residual block."""

    def __init__(self, channels: Any = 8) -> None:
        self.conv = conv(channels, channels)
        self.relu = ReLU()

    def forward(self, x: Any) -> Any:
        return self.relu(self.conv(x) + x)


class Of(Module):
    """A network written as a function."""

    def __init__(self, run: Callable[..., Any], **parts: Any) -> None:
        self.run = run
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, *values: Any) -> Any:
        return self.run(self, *values)


# names

SHARED = conv()
SHARED_BLOCK = Block()
NAMES: list[tuple[Module, list[str]]] = [
    (Sequential(conv(), ReLU()), ["0", "1"]),
    (Sequential({"conv": conv(), "act": ReLU()}), ["conv", "act"]),
    (Sequential(conv(), Sequential(conv(), ReLU())), ["0", "1.0", "1.1"]),
    (Sequential(Block(), Block()), ["0.conv", "0.add", "0.relu", "1.conv", "1.add", "1.relu"]),
    (Block(), ["conv", "add", "relu"]),
    (Of(lambda self, x: self.parts[1](self.parts[0](x)), parts=[conv(), ReLU()]), ["parts.0", "parts.1"]),
    (Of(lambda self, x: self.parts[1][0](x), parts=(conv(), [ReLU()])), ["parts.1.0"]),
    (Of(lambda self, x: ReLU()(conv()(x))), ["conv2d", "relu"]),
    (Of(lambda self, x: ReLU()(ReLU()(x))), ["relu", "relu:2"]),
    (Of(lambda self, x: self.act(self.act(self.act(x))), act=ReLU()), ["act", "act:2", "act:3"]),
    (Of(lambda self, x: self.b(self.a(x)), a=SHARED, b=SHARED), ["a", "a:2"]),
    (Sequential(SHARED, ReLU(), SHARED), ["0", "1", "0:2"]),
    (
        Sequential(SHARED_BLOCK, SHARED_BLOCK),
        ["0.conv", "0.add", "0.relu", "0.conv:2", "0.add:2", "0.relu:2"],
    ),
    (Of(lambda self, x: x * self.inner(x) + x, inner=Sequential(ReLU())), ["inner.0", "mul", "add"]),
    (Of(lambda self, x: self.block(x), block=Of(lambda self, x: Tanh()(x))), ["block.tanh"]),
]


@pytest.mark.parametrize(("network", "expected"), NAMES, ids=[str(e) for _, e in NAMES])
def test_rows_have_the_names_of_the_attributes(network: Module, expected: list[str]) -> None:
    assert names(network) == expected


def test_a_network_shows_its_name_or_its_class() -> None:
    assert Block().label == "Block"
    named = Block()
    named.name = "residual"  # type: ignore[attr-defined]
    assert named.cost((1, 8, 4, 4)).label == "residual"
    assert Block().cost((1, 8, 4, 4)).label == "Block"


def test_a_module_may_know_its_parent() -> None:
    inner, outer = Block(), Sequential(conv())
    inner.parent = inner  # type: ignore[attr-defined]
    outer.steps["block"] = inner
    assert names(inner) == ["conv", "add", "relu"]
    assert names(outer) == ["0", "block.conv", "block.add", "block.relu"]


def test_sequential_has_a_length_and_positions() -> None:
    net = Sequential(conv(), ReLU(), Flatten())
    assert len(net) == 3
    assert isinstance(net[1], ReLU)
    assert isinstance(net[-1], Flatten)


# parameters, totals and rows


def test_a_layer_that_is_used_twice_has_two_rows_and_one_set_of_parameters() -> None:
    shared = conv(C, C)
    twice = Sequential(shared, ReLU(), shared).cost((N, C, H, W))
    once = conv(C, C).cost((N, C, H, W))
    assert twice.params == once.params == 9 * C**2
    assert twice.macs == 2 * once.macs
    assert [row.cost.params for row in twice.layers] == [9 * C**2, 0, 9 * C**2]


def test_equal_layers_that_are_not_the_same_have_their_own_parameters() -> None:
    assert conv() == conv()
    assert Sequential(conv(), conv()).cost((1, 8, 4, 4)).params == 2 * 576


@pytest.mark.parametrize(
    "network",
    [Sequential(conv(), BatchNorm2d(8), ReLU()), Block(), Sequential(Block(), MaxPool2d(2), Block())],
    ids=["chain", "block", "blocks"],
)
def test_totals_are_the_sums_of_the_rows(network: Module) -> None:
    cost = network.cost((N, 8, H, W))
    assert isinstance(cost, NetworkCost)
    for made in (cost, cost.at(N=2, H=8, W=8)):
        rows = [row.cost for row in made.layers]
        for quantity in (
            "macs",
            "ops.sequential",
            "ops.fused",
            "memory.total",
            "memory.outputs",
            "ops.additions",
        ):
            assert sum(row.size(quantity) for row in rows) == made.size(quantity)
        assert made.output_shape == rows[-1].output_shape
        assert made.layers[0].input_shape == made.layers[0].input_shapes[0]
        assert len(made.gemm) == sum(len(row.gemm) for row in rows)


def test_rows_hold_the_layer_and_the_shapes() -> None:
    net = Block(C)
    rows = net.cost((N, C, H, W)).layers
    assert [row.layer for row in rows] == [net.conv, Add(), net.relu]
    assert rows[1].input_shapes == ((N, C, H, W), (N, C, H, W))
    assert rows[2].cost.ops.comparisons == N * C * H * W
    assert "Row(" in repr(rows[0])
    assert " at 0x" not in repr(rows)


def test_networks_have_several_inputs() -> None:
    net = Of(lambda self, x, y: self.join(x, y), join=Concat())
    cost = net.cost((N, 3, H, W), (N, C, H, W))
    assert cost.output_shape == (N, C + 3, H, W)
    assert names(net, (1, 3, 4, 4), (1, 5, 4, 4)) == ["join"]


def test_a_network_that_passes_its_input_through_costs_nothing() -> None:
    for net in (Sequential(), Of(lambda self, x: x)):
        cost = net.cost((N, C))
        assert (cost.output_shape, cost.macs, cost.ops.total, cost.memory.total) == ((N, C), 0, 0, 0)
        assert cost.memory.peak == N * C
        assert cost.layers == ()


def test_3000_layers_are_no_recursion() -> None:
    net = Sequential(*(ReLU() if k % 2 else Conv2d(C, C, kernel_size=1) for k in range(3000)))
    cost = net.cost((N, C, H, W))
    assert cost.macs == 1500 * N * C**2 * H * W
    assert cost.params == 1500 * (C**2 + C)
    assert len(cost.layers) == 3000
    assert cost.at(N=1, C=2, H=3, W=4).ops.comparisons == 1500 * 24
    assert cost.memory.peak == 2 * N * C * H * W
    assert repr(cost).count("\n") > 3000
    assert receptive_field(net).size == (1, 1)


# tracing errors


def stolen(values: list[Any]) -> Callable[..., Any]:
    def run(self: Any, x: Any) -> Any:
        values.append(x)
        return ReLU()(values[0] if len(values) > 1 else x)

    return run


WRONG: list[tuple[Module, type[Exception], str]] = [
    (Of(lambda self, x: None), TypeError, "Of.forward returned None; it must return a traced value"),
    (Of(lambda self, x: (x, x)), TypeError, r"Of.forward returned \(.*\); it must return a traced value"),
    (Of(lambda self, x: 3), TypeError, "Of.forward returned 3"),
    (Of(lambda self, x: x + 1), TypeError, r"Add\(\) is called on a traced value, 1"),
    (Of(lambda self, x: x * 2.0), TypeError, r"Mul\(\) is called on a traced value, 2\.0"),
    (Of(lambda self, x: ReLU()(x, None)), TypeError, r"ReLU\(\) is called on a traced value, None"),
    (Of(lambda self, x: ReLU()(3)), TypeError, "ReLU is called on traced values inside a network"),
    (Of(lambda self, x: ReLU()()), TypeError, "ReLU is called on traced values inside a network"),
    (Of(lambda self, x: Block()(3)), TypeError, "Block is called on traced values; for its cost use"),
    (Of(lambda self, x: ReLU()(x, x)), ValueError, r"relu: ReLU\(\): 2 inputs given; it takes 1"),
    (Of(lambda self, x: Add()(x)), ValueError, r"add: Add\(\): 1 input given; it takes 2 or more"),
    (Sequential(conv(8, 8), conv(9, 9)), ValueError, "1: Conv2d.*in_channels=9 does not match axis 1 of x"),
    (Sequential({"stem": conv(3, 9)}), ValueError, "stem: Conv2d.*in_channels=3 does not match"),
]


@pytest.mark.parametrize(("network", "error", "words"), WRONG, ids=[w for _, _, w in WRONG])
def test_what_cannot_be_traced_is_an_error_that_names_the_layer(
    network: Module, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        network.cost((1, 8, 16, 16))


def test_values_of_two_networks_do_not_mix() -> None:
    held: list[Any] = []
    Of(stolen(held)).cost((1, 8))
    with pytest.raises(ValueError, match="is called on values of two different networks"):
        Of(lambda self, x: ReLU()(held[0]) + x).cost((1, 8))


@pytest.mark.parametrize("value", [3, None, "relu", ReLU, [ReLU()]])
def test_sequential_takes_layers_and_modules(value: Any) -> None:
    with pytest.raises(TypeError, match=r"Sequential: step 1 is .*; it must be a layer or a module"):
        Sequential(ReLU(), value)


def test_layers_are_not_called_on_shapes() -> None:
    with pytest.raises(
        TypeError, match=r"ReLU is called on traced values inside a network; for its cost use .cost"
    ):
        ReLU()((1, 2))
    with pytest.raises(TypeError, match=r"Block is called on traced values; for its cost use .cost"):
        Block()((1, 2))


@pytest.mark.parametrize(
    ("shapes", "error", "words"),
    [
        ((), TypeError, "give the shape of the input"),
        ((8,), TypeError, r"input shape 8 must be a tuple"),
        (("NCHW",), TypeError, "input shape 'NCHW' must be a tuple"),
        (((1, 8, 0, 4),), ValueError, "has the length 0; every axis must be at least 1"),
        (((1, 8, 4.0, 4),), TypeError, "input length=4.0 must be an integer"),
    ],
)
def test_shapes_are_tuples_of_sizes(shapes: Any, error: type[Exception], words: str) -> None:
    for part in (conv(), Sequential(conv())):
        with pytest.raises(error, match=words):
            part.cost(*shapes)


def test_symbols_of_one_name_in_two_layers_have_one_range() -> None:
    other = dims("K", min=0)
    net = Sequential(Conv2d(3, K, kernel_size=1), Conv2d(K, 3, kernel_size=1, padding=other))
    with pytest.raises(ValueError, match="symbol K occurs with different assumptions"):
        net.cost((1, 3, 8, 8))


# peaks of memory


def test_a_chain_holds_the_input_and_the_output_of_one_layer() -> None:
    net = Sequential(Linear(10, 100, bias=False), Linear(100, 20, bias=False), Linear(20, 1, bias=False))
    assert net.cost((1, 10)).memory.peak == 120


def test_a_skip_keeps_its_value_alive() -> None:
    cost = Block().cost((1, 8, 4, 4))
    assert cost.memory.peak == 3 * 8 * 16


def test_views_hold_no_memory_of_their_own() -> None:
    plain = Sequential(Linear(10, 30, bias=False)).cost((1, 10)).memory.peak
    assert Sequential(Identity(), Flatten(), Linear(10, 30, bias=False)).cost((1, 10)).memory.peak == plain


# receptive fields


def seen(kernels: list[int], strides: list[int], pads: list[int], dilations: list[int], i: int) -> set[int]:
    """The input positions that output i of a chain of windows reads, one by one."""
    positions = {i}
    for k, s, p, d in reversed(list(zip(kernels, strides, pads, dilations, strict=True))):
        positions = {s * r + d * u - p for r in positions for u in range(k)}
    return positions


CHAIN = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)),
    min_size=1,
    max_size=4,
)


@given(CHAIN, st.integers(0, 5))
def test_the_field_of_a_chain_spans_the_positions_that_are_read(
    chain: list[tuple[int, int, int, int]], i: int
) -> None:
    kernels, strides, pads, dilations = (list(column) for column in zip(*chain, strict=True))
    net = Sequential(*(Conv1d(1, 1, kernel_size=k, stride=s, padding=p, dilation=d) for k, s, p, d in chain))
    field = receptive_field(net, input_shape=(1, 1, L))
    read = seen(kernels, strides, pads, dilations, i)
    assert field.range(i) == ((min(read), max(read)),)
    assert field.size == (max(read) - min(read) + 1,)
    start = min(seen(kernels, strides, pads, dilations, 0))
    assert field.offset == (start,)
    assert field.stride == (min(seen(kernels, strides, pads, dilations, 1)) - start,)


def test_a_field_in_symbols_becomes_the_field_in_numbers() -> None:
    S, P = dims("S"), dims("P", min=0)
    net = Sequential(
        Conv1d(1, 1, kernel_size=K, stride=S, padding=P), MaxPool1d(2), Conv1d(1, 1, kernel_size=K)
    )
    field = receptive_field(net)
    size, stride, offset = field.size[0], field.stride[0], field.offset[0]
    assert sympy.expand(size - (K + S + 2 * S * (K - 1))) == 0
    for k, s, p in product((1, 2, 3), (1, 2), (0, 1)):
        read = seen([k, 2, k], [s, 2, 1], [p, 0, 0], [1, 1, 1], 0)
        values = {K: k, S: s, P: p}
        assert size.subs(values) == max(read) - min(read) + 1
        assert offset.subs(values) == min(read)
        assert stride.subs(values) == 2 * s


def test_fields_of_inner_layers_by_name() -> None:
    net = Sequential({"a": conv(1, 8), "pool": MaxPool2d(2), "b": conv(), "head": Sequential(conv(), ReLU())})
    assert receptive_field(net, at="a").size == (3, 3)
    assert receptive_field(net, at="pool").size == (4, 4)
    assert receptive_field(net, at="b").size == (8, 8)
    assert receptive_field(net, at="head").size == (12, 12)
    assert receptive_field(net, at="head.0").size == (12, 12)
    assert receptive_field(net).target == "head.1"
    with pytest.raises(ValueError, match="at='haed' names no layer of Sequential; did you mean"):
        receptive_field(net, at="haed")


def test_branches_of_one_stride_are_joined_and_others_are_an_error() -> None:
    def joined(one: Any, other: Any) -> Module:
        return Of(lambda self, x: self.one(x) + self.other(x), one=one, other=other)

    field = receptive_field(joined(conv(), Identity()), input_shape=(N, 8, H, W))
    assert (field.size, field.offset) == ((3, 3), (-1, -1))
    wide = Conv2d(8, 8, kernel_size=5, padding=2)
    assert receptive_field(joined(wide, conv()), input_shape=(N, 8, H, W)).size == (5, 5)
    shifted = joined(Conv2d(8, 8, kernel_size=2), Conv2d(8, 8, kernel_size=3, padding=((0, 1), (0, 1))))
    assert receptive_field(shifted, input_shape=(N, 8, H, W)).range(0) == ((0, 2), (0, 2))
    fast = Sequential(Conv2d(8, 8, kernel_size=1, stride=2))
    slow = Sequential(Conv2d(8, 8, kernel_size=4))
    with pytest.raises(ValueError, match=r"branches with strides (1 and 2|2 and 1) are not aligned"):
        receptive_field(joined(fast, slow), input_shape=(1, 8, 7, 7))


def test_the_target_is_the_last_map_before_everything_is_read() -> None:
    net = Sequential(conv(3, 8), AvgPool2d(2), conv(), AdaptiveAvgPool2d(1), Flatten(), Linear(8, 10))
    field = receptive_field(net)
    assert field.target == "2"
    assert field.size == (8, 8)
    for name in ("3", "5"):
        with pytest.raises(ValueError, match=f"{name} has no receptive field of fixed size"):
            receptive_field(net, at=name)


def test_axes_may_differ() -> None:
    net = Sequential(Conv2d(1, 1, kernel_size=(3, 1), stride=(2, 1)), MaxPool2d((2, 3), stride=1))
    field = receptive_field(net)
    assert (field.size, field.stride, field.offset) == ((5, 3), (2, 1), (0, 0))
    assert field.range(2, 5) == ((4, 8), (5, 7))
    assert field.range(3) == ((6, 10), (3, 5))
    with pytest.raises(ValueError, match="needs one position, or one for each of 2 axes"):
        field.range(1, 2, 3)


def test_each_layer_on_the_way_has_its_own_range() -> None:
    field = receptive_field(Sequential(conv(1, 8), MaxPool2d(2), conv()))
    assert [s.name for s in field.layers] == ["2", "1", "0"]
    assert [s.range(0)[0] for s in field.layers] == [(-1, 1), (-2, 3), (-3, 4)]
    assert "sees 8 x 8 inputs" in repr(field)
    assert r"\left[" in field._repr_latex_()


NO_SHAPE: list[Any] = [8]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: receptive_field(3), TypeError, "receptive_field needs a layer or a network, not 3"),
        (lambda: receptive_field(Sequential(ReLU())), ValueError, r"give input_shape=\(N, C, H, W\)"),
        (
            lambda: receptive_field(Linear(3, 3), input_shape=(N, 3)),
            ValueError,
            "no feature map with spatial extent",
        ),
        (
            lambda: receptive_field(ConvTranspose1d(1, 1, kernel_size=3), at="0"),
            ValueError,
            "no receptive field",
        ),
        (lambda: receptive_field(conv(), None, *NO_SHAPE), TypeError, "input shape 8 must be a tuple"),
    ],
    ids=["number", "no axes", "dense", "transposed", "shape"],
)
def test_networks_without_a_field_are_errors(
    call: Callable[[], Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        call()


def test_the_input_shape_is_assumed_from_the_first_layer() -> None:
    assert receptive_field(Conv2d(K, 8, kernel_size=3)).size == (3, 3)
    assert receptive_field(MaxPool2d(2)).size == (2, 2)
    assert receptive_field(Conv2d(H, W, kernel_size=N)).size == (N, N)
    assert receptive_field(Sequential(ReLU()), input_shape=(N, C, H, W)).size == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Sequential()",
        "Sequential(ReLU(), Sequential(ReLU()))",
        "Sequential({'conv': Conv2d(in_channels=1, out_channels=1, kernel_size=3), 'act': ReLU()})",
    ],
)
def test_a_sequence_prints_as_the_call_that_makes_it(text: str) -> None:
    assert repr(eval(text, {"Sequential": Sequential, "ReLU": ReLU, "Conv2d": Conv2d})) == text
