"""Derived counts agree with counting every scalar operation of the loop nest, one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import Conv1d, Conv2d, Conv3d, Linear
from symcnn.derive.convention import CONVENTIONS
from symcnn.equations.notation import inputs_of
from symcnn.layers.base import Layer
from symcnn.symbols import Size, parse_size
from tests.counting import Counts, counted
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

SMALL = st.integers(1, 3)
BORDER = st.integers(0, 2)
CONVOLUTIONS = {1: Conv1d, 2: Conv2d, 3: Conv3d}


def by_brute_force(layer: Layer, shape: tuple[int, ...], skip_padding: bool = False) -> Counts:
    return counted(layer.equations_on(shape), inputs_of((shape,)), skip_padding)


def agree(layer: Layer, shape: tuple[int, ...], symbolic=None, values=None) -> None:
    """The counts of a layer, or of a symbolic one at these values, are those of running its loop nest."""
    ran = {skip: by_brute_force(layer, shape, skip) for skip in (False, True)}
    for convention in CONVENTIONS.values():
        wanted = ran[convention.skip_padding]
        cost = layer.cost(shape, convention=convention)
        if symbolic is not None:
            cost = symbolic[0].cost(symbolic[1], convention=convention).at(values)
        found = {kind: count for kind, count in cost.ops.by_kind.items() if count != 0}
        assert found == {kind: count for kind, count in wanted.by_kind.items() if count}
        assert cost.macs == wanted.macs
        assert (cost.ops.sequential, cost.ops.fused) == (wanted.sequential, wanted.fused)
        assert cost.ops.total == (wanted.fused if convention.fused else wanted.sequential)


@st.composite
def convolutions(draw, axes: int, symmetric: bool = False) -> tuple[Layer, tuple[int, ...]]:
    """A convolution and the shape of an input on which at least one window fits."""
    small = st.integers(1, 2) if axes == 3 else SMALL
    kernel, stride, dilation = (draw(st.tuples(*[small] * axes)) for _ in range(3))
    pair = BORDER.map(lambda p: (p, p)) if symmetric else st.tuples(BORDER, BORDER)
    borders = draw(st.tuples(*[pair] * axes))
    groups = draw(st.integers(1, 2))
    c_in, c_out = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    lengths = [
        max(1, d * (k - 1) + 1 - a - b) + draw(st.integers(0, 2))
        for k, d, (a, b) in zip(kernel, dilation, borders, strict=True)
    ]
    batch = draw(st.sampled_from([(), (1,), (2,)]))
    layer = CONVOLUTIONS[axes](
        c_in,
        c_out,
        kernel_size=kernel,
        stride=stride,
        padding=borders,
        dilation=dilation,
        groups=groups,
        bias=draw(st.booleans()),
    )
    return layer, (*batch, c_in, *lengths)


@pytest.mark.parametrize("axes", [1, 2, 3])
@given(data=st.data())
def test_convolutions_count_what_their_loop_nest_does(axes: int, data) -> None:
    layer, shape = data.draw(convolutions(axes))
    agree(layer, shape)


@given(shape=st.lists(SMALL, min_size=1, max_size=3), out=SMALL, bias=st.booleans())
def test_dense_layers_count_what_their_loop_nest_does(shape: list[int], out: int, bias) -> None:
    agree(Linear(shape[-1], out, bias=bias), tuple(shape))


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data())
def test_symbolic_counts_of_convolutions_hold_at_every_size(axes: int, data) -> None:
    layer, shape = data.draw(convolutions(axes, symmetric=True).filter(lambda c: len(c[1]) == axes + 2))
    groups = layer.groups
    names = [f"{name}_{axis}" for name in "KSDPL" for axis in range(axes)]
    symbol = {name: parse_size(name, minimum=0 if name[0] == "P" else 1) for name in ["N", "C", "O", *names]}

    def per_axis(name: str) -> tuple[Size, ...]:
        return tuple(symbol[f"{name}_{axis}"] for axis in range(axes))

    symbolic = type(layer)(
        groups * symbol["C"],
        groups * symbol["O"],
        kernel_size=per_axis("K"),
        stride=per_axis("S"),
        padding=per_axis("P"),
        dilation=per_axis("D"),
        groups=groups,
        bias=layer.bias,
    )
    values = {"N": shape[0], "C": shape[1] // groups, "O": layer.out_channels // groups}
    for axis in range(axes):
        values |= {
            f"K_{axis}": layer.kernel_size[axis],
            f"S_{axis}": layer.stride[axis],
            f"D_{axis}": layer.dilation[axis],
            f"P_{axis}": layer.padding[axis][0],
            f"L_{axis}": shape[2 + axis],
        }
    on = (symbol["N"], groups * symbol["C"], *per_axis("L"))
    agree(layer, shape, (symbolic, on), values)


def whole_windows(length: int, width: int, step: int, border: int) -> bool:
    """Whether a window fits, and no window lies in the border alone."""
    return length + 2 * border >= width > border and step <= width


@pytest.mark.parametrize("fill", ["skip", "zero"])
@pytest.mark.parametrize("kind", ["max", "mean", "sum"])
@given(length=st.integers(2, 5), width=SMALL, step=SMALL, border=BORDER)
def test_windows_count_the_taps_that_take_part(kind, fill, length, width, step, border) -> None:
    if whole_windows(length, width, step, border):
        layer = Window(kind, width, step, border, fill=fill)
        agree(layer, (2, length))
        L, K, P = parse_size("L"), parse_size("K"), parse_size("P", minimum=0)
        symbolic = Window(kind, K, step, P, fill=fill), (2, L)
        agree(layer, (2, length), symbolic, {"L": length, "K": width, "P": border})


WRITTEN = [
    (Window("mean", 3, 2, 1, overhang=1, fill="zero"), (2, 6)),
    (Window("max", 3, 2, 1, overhang=1), (2, 6)),
    (Spread(2, 3, step=2, cut=1), (2, 3, 4)),
    (Spread(1, 2), (1, 1, 1)),
    (Echo(3), (3, 4)),
    (AdaptiveMean(3), (2, 7)),
    (AdaptiveMean(4), (2, 3)),
    (Softened(), (2, 4)),
    (Softened(), (1, 1)),
    (Triangle(), (2, 4)),
    (Nested(3), (2, 4)),
    (TwoProducts(3), (2, 4)),
    (Halves(), (2, 3)),
    (Repeated(), (2, 3)),
]


@pytest.mark.parametrize(("layer", "shape"), WRITTEN, ids=str)
def test_written_equations_count_what_their_loop_nest_does(layer: Layer, shape) -> None:
    agree(layer, shape)


N, C, L, K, O = (parse_size(name) for name in "NCLKO")
SYMBOLIC = [
    (
        Spread(O, K, step=2, cut=1),
        (N, C, L),
        Spread(2, 3, step=2, cut=1),
        {"N": 2, "C": 3, "L": 4, "O": 2, "K": 3},
    ),
    (Echo(C), (C, L), Echo(3), {"C": 3, "L": 4}),
    (AdaptiveMean(O), (N, L), AdaptiveMean(3), {"N": 2, "L": 7, "O": 3}),
    (Softened(), (N, L), Softened(), {"N": 2, "L": 4}),
    (Triangle(), (N, L), Triangle(), {"N": 2, "L": 4}),
    (Nested(K), (N, L), Nested(3), {"N": 2, "L": 4, "K": 3}),
    (TwoProducts(K), (N, L), TwoProducts(3), {"N": 2, "L": 4, "K": 3}),
    (Halves(), (N, L), Halves(), {"N": 2, "L": 3}),
]


@pytest.mark.parametrize(("symbolic", "on", "layer", "values"), SYMBOLIC, ids=str)
def test_symbolic_counts_of_written_equations_hold_at_every_size(symbolic, on, layer, values) -> None:
    shape = tuple(values[str(n)] for n in on)
    agree(layer, shape, (symbolic, on), values)


def test_the_counter_knows_a_convolution_that_is_counted_by_hand() -> None:
    # 3 windows of 3 taps over 5 entries, the first tap of the first and the last of the last in the border
    layer, shape = Conv1d(1, 1, kernel_size=3, stride=2, padding=1), (1, 1, 5)
    padded, unpadded = (by_brute_force(layer, shape, skip) for skip in (False, True))
    assert (padded.macs, padded.by_kind["additions"], padded.fused) == (9, 6 + 3, 9 + 3)
    assert (unpadded.macs, unpadded.by_kind["additions"], unpadded.fused) == (7, 4 + 3, 7 + 3)
