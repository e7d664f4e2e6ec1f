"""Convolutions and transposed convolutions in one, two and three dimensions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from symcnn.equations.notation import Equation, Sum, Tensor, computed, scatter, weight
from symcnn.layers.arguments import Borders, Sizes, flag, padding, per_axis, size
from symcnn.layers.base import Layer
from symcnn.symbols.conditions import Condition, divides
from symcnn.symbols.size import Dim, Index, Size, add, exact_quotient, indices, multiply, subtract

PLACES = {1: "r", 2: "r c", 3: "t r c"}
TAPS = {1: "u", 2: "u v", 3: "s u v"}


@dataclass(frozen=True, repr=False)
class _Conv(Layer):
    in_channels: Size = size()
    out_channels: Size = size()
    kernel_size: Sizes = per_axis()
    stride: Sizes = per_axis(default=1)
    padding: Borders | str = padding()
    dilation: Sizes = per_axis(default=1)
    groups: Size = size(default=1)
    bias: bool = flag(True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError(f"{self.name}: padding='same' needs stride=1, but stride={self.stride}")

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        for name in ("in_channels", "out_channels"):
            value = getattr(self, name)
            reason = f"groups={self.groups} must divide {name}={value}"
            yield divides(self.groups, value, reason)

    @property
    def borders(self) -> Borders:
        """The border on both sides of each spatial axis, as numbers of entries."""
        if self.padding == "valid":
            return ((0, 0),) * self.axes
        if self.padding == "same":
            spare = [multiply(d, subtract(k, 1)) for k, d in zip(self.kernel_size, self.dilation, strict=True)]
            return tuple((n // 2, subtract(n, n // 2)) for n in spare)
        if isinstance(self.padding, str):
            raise TypeError(f"padding={self.padding!r}")
        return self.padding

    def equations(self, *inputs: Tensor) -> Equation:
        (x,) = inputs
        i, o, g = indices("i o g")
        n, r, u = x.leading(self.axes + 1), indices(PLACES[self.axes]), indices(TAPS[self.axes])
        x = x.framed(self.borders)
        window = [s * at + d * tap - p for s, at, d, tap, (p, _) in zip(self.stride, r, self.dilation, u, self.borders, strict=True)]
        channels = exact_quotient(self.in_channels, self.groups)
        w = weight("w", (self.out_channels, channels, *self.kernel_size))
        b = weight("b", (self.out_channels,))
        names = {i: "in_channels", o: "out_channels", g: "groups"} | dict.fromkeys(u, "kernel_size")
        if self.groups == 1:
            out, source, extents = o, i, {}
        else:
            per_group = exact_quotient(self.out_channels, self.groups)
            out, source = g * per_group + o, g * channels + i
            extents: dict[Index, Size] = {g: self.groups, o: per_group}
        total = Sum[(i, *u)](w[(out, i, *u)] * x[(*n, source, *window)])
        return Equation(
            computed("y")[(*n, out, *r)], b[out] + total if self.bias else total, extents=extents, arguments=names
        )


@dataclass(frozen=True, repr=False)
class Conv1d(_Conv):
    """One-dimensional convolution (cross-correlation, as in PyTorch)."""

    axes: ClassVar[int] = 1


@dataclass(frozen=True, repr=False)
class Conv2d(_Conv):
    """Two-dimensional convolution (cross-correlation, as in PyTorch).

    y[n, o, r, c] = b[o] + sum over i, u, v of w[o, i, u, v] x[n, i, S r + D u - P, S c + D v - P]

    Symbols: S stride >= 1, D dilation >= 1, P padding >= 0 (read as zeros), K = ``kernel_size`` >= 1 with
    0 <= u, v < K. Output: H_out = floor((H + 2P - D(K - 1) - 1)/S) + 1, one MAC per weight use. With
    ``groups`` = G, output channel g C_o/G + o reads the input channels g C_i/G + i alone.

    Shapes: (N, C_i, H, W) or (C_i, H, W) to (N, C_o, H_out, W_out).
    Raises ``ValueError`` where groups do not divide the channels, channels do not match or no window fits.
    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", section 2;
    documents 003 (forward pass) and 004, section 1.

    >>> from symcnn import Conv2d, dims
    >>> N, C, H, W, K = dims("N C H W K")
    >>> cost = Conv2d(C, 8, kernel_size=K, bias=False).cost((N, C, H, W))
    >>> cost.output_shape
    (N, 8, H - K + 1, W - K + 1)
    >>> cost.macs
    8*N*C*K**2*(H - K + 1)*(W - K + 1)
    """

    axes: ClassVar[int] = 2


@dataclass(frozen=True, repr=False)
class Conv3d(_Conv):
    """Three-dimensional convolution (cross-correlation, as in PyTorch)."""

    axes: ClassVar[int] = 3
