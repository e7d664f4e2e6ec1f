"""The formulas of a paper, as they stood in its draft. One of them is wrong."""

import numpy as np
import pytest

from symcnn import ArrayIdentity, Conv2d, Sequential, Tensor, claim, dims, eq, ge, quantity, receptive_field

C, D, H, K, S, W = dims("C D H K S W")
P = dims("P", min=0)

standard = Conv2d(C, D, kernel_size=K, bias=False).cost((C, H, W))
separable = Sequential(
    Conv2d(C, C, kernel_size=K, groups=C, bias=False),
    Conv2d(C, D, kernel_size=1, bias=False),
).cost((C, H, W))


@claim
def parameters():
    """Equation 1: a depthwise separable block has K^2 C + C D weights."""
    return eq(quantity(separable, "params"), K**2 * C + C * D)


@claim
def saving():
    """Equation 2: it needs 1/K^2 of the multiplications of a standard convolution."""
    return eq(separable.macs / standard.macs, 1 / K**2), standard


@claim
def rows():
    """Equation 3: with a stride S there are ceil((H + 2P - K + 1)/S) rows."""
    conv = Conv2d(C, D, kernel_size=K, stride=S, padding=P).cost((C, H, W))
    return eq(conv.output_shape[1], (H + 2 * P - K + S) // S), conv


@claim
@pytest.mark.parametrize("layers", [1, 2, 5, 20])
def receptive_fields(layers):
    """Section 4: n layers with kernels of 3 see 2n + 1 pixels."""
    return eq(receptive_field(Sequential(*[Conv2d(1, 1, kernel_size=3)] * layers)).size[0], 2 * layers + 1)


@claim
def composition():
    """Section 5: two kernels, one after the other, are one of size K_1 + K_2 - 1."""
    L, K_1, K_2 = dims("L K_1 K_2")
    return ArrayIdentity(
        name="kernel composition",
        tensors=[Tensor("x", (L,)), Tensor("u", (K_1,)), Tensor("v", (K_2,))],
        given=[ge(L, K_1 + K_2 - 1)],
        left=lambda x, u, v: np.correlate(np.correlate(x, u, "valid"), v, "valid"),
        right=lambda x, u, v: np.correlate(x, np.convolve(u, v), "valid"),
    )
