"""Layers on which published counters disagree with the definition, and what the definition gives.

The counts beside each layer are facts of its equation, worked out by hand: (output shape, MACs, operations
by kind where MACs say nothing).
"""

from typing import Any

import pytest

from symcnn import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Linear,
    MaxPool2d,
    dims,
)

# Layer, input shape, output shape, MACs.
MACS: list[tuple[Any, tuple[int, ...], tuple[int, ...], int]] = [
    (Conv2d(3, 8, 3, padding=1), (1, 3, 8, 8), (1, 8, 8, 8), 13824),
    (Conv2d(3, 8, 3, padding=2, dilation=2), (1, 3, 8, 8), (1, 8, 8, 8), 13824),
    (Conv2d(8, 8, 3, padding=1, groups=4), (1, 8, 8, 8), (1, 8, 8, 8), 9216),
    (Conv2d(8, 16, 3, padding=1, groups=8), (1, 8, 8, 8), (1, 16, 8, 8), 9216),
    (Conv2d(3, 8, 2, padding="same"), (1, 3, 8, 8), (1, 8, 8, 8), 6144),
    (ConvTranspose2d(4, 6, 4, stride=2, padding=1), (1, 4, 8, 8), (1, 6, 16, 16), 24576),
    (ConvTranspose2d(4, 4, 3, stride=2, groups=4), (1, 4, 8, 8), (1, 4, 17, 17), 2304),
    (ConvTranspose2d(3, 8, 3), (1, 3, 32, 32), (1, 8, 34, 34), 221184),
    (Linear(10, 4), (2, 5, 10), (2, 5, 4), 400),
]

# Layer, input shape, output shape, operations by kind; none of these has a MAC.
OPERATIONS: list[tuple[Any, tuple[int, ...], tuple[int, ...], dict[str, int]]] = [
    (MaxPool2d(3, 2, 1), (1, 8, 8, 8), (1, 8, 4, 4), {"comparisons": 1024}),
    (AdaptiveAvgPool2d(1), (1, 8, 8, 8), (1, 8, 1, 1), {"additions": 504, "divisions": 8}),
    (
        BatchNorm2d(8),
        (1, 8, 8, 8),
        (1, 8, 8, 8),
        # One multiplication and one addition an entry, and scale and shift of 8 features.
        {"divisions": 8, "square_roots": 8, "additions": 512 + 16, "multiplications": 512 + 8},
    ),
]


@pytest.mark.parametrize(("layer", "given", "output", "macs"), MACS, ids=[str(row[0]) for row in MACS])
def test_macs(layer: Any, given: tuple[int, ...], output: tuple[int, ...], macs: int) -> None:
    cost = layer.cost(given)
    assert (cost.output_shape, cost.macs) == (output, macs)


@pytest.mark.parametrize(
    ("layer", "given", "output", "kinds"), OPERATIONS, ids=[str(r[0]) for r in OPERATIONS]
)
def test_operations(
    layer: Any, given: tuple[int, ...], output: tuple[int, ...], kinds: dict[str, int]
) -> None:
    cost = layer.cost(given)
    assert (cost.output_shape, cost.macs, cost.ops.by_kind) == (output, 0, kinds)


def test_a_bias_is_no_mac() -> None:
    with_bias, without = (Conv2d(3, 8, 3, padding=1, bias=b).cost((1, 3, 8, 8)) for b in (True, False))
    assert with_bias.macs == without.macs == 13824
    assert with_bias.ops.fused - without.ops.fused == with_bias.memory.outputs == 512


def test_padding_zeros_can_be_left_out() -> None:
    # A 2 x 2 kernel with "same" padding on 4 x 4: each axis has 3 windows with 2 taps inside and one with 1.
    layer, shape = Conv2d(1, 4, 2, padding="same", bias=False), (1, 1, 4, 4)
    assert layer.cost(shape).macs == 256
    assert layer.cost(shape, convention="sequential-unpadded").macs == 4 * 7**2


def test_ceil_mode_starts_no_window_behind_the_input() -> None:
    # (6 + 2 - 1 - 1)/4 rounded up gives a third window, which would start at 7 of 0..5.
    layer = MaxPool2d(2, stride=4, padding=1, ceil_mode=True)
    assert layer.cost((1, 1, 6, 6)).output_shape == (1, 1, 2, 2)


def test_counts_do_not_depend_on_how_a_batch_is_written() -> None:
    N = dims("N")
    layer = Conv2d(3, 8, 3)
    assert layer.cost((3, 8, 8)).macs == layer.cost((N, 3, 8, 8)).at(N=1).macs
