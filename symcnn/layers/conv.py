"""Convolutions and transposed convolutions over one, two and three axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from symcnn.equations.notation import Equation, Sum, Tensor, computed, scatter, weight
from symcnn.layers.arguments import AnyBorders, AnySizes, Borders, flag, padding, per_axis, shown, size
from symcnn.layers.base import Layer
from symcnn.layers.spatial import places, taps, targets, window
from symcnn.symbols.conditions import Condition, Reason, at_least, divides
from symcnn.symbols.extremum import maximum
from symcnn.symbols.size import Index, Size, add, exact_quotient, indices, multiply, subtract


@dataclass(frozen=True)
class _Channels:
    """How output channels ``out`` read input channels ``source``: in groups, each over its own share."""

    out: Size
    source: Size
    per_group: tuple[Size, Size]
    extents: dict[Index, Size]
    names: dict[Index, str]

    @staticmethod
    def of(i: Index, o: Index, layer: _Conv | _ConvTranspose) -> _Channels:
        names = {i: "in_channels", o: "out_channels"}
        channels = (layer.in_channels, layer.out_channels)
        if layer.groups == 1:
            return _Channels(o, i, channels, {}, names)
        (g,) = indices("g")
        read, made = (exact_quotient(n, layer.groups) for n in channels)
        names |= {i: "in_channels/groups", g: "groups"}
        return _Channels(g * made + o, g * read + i, (read, made), {g: layer.groups, i: read, o: made}, names)


def _groups_divide(layer: _Conv | _ConvTranspose) -> Iterable[Condition]:
    for name, value in (("in_channels", layer.in_channels), ("out_channels", layer.out_channels)):
        yield divides(layer.groups, value, Reason("groups={} must divide {}={}", layer.groups, name, value))


@dataclass(frozen=True, repr=False)
class _Conv(Layer):
    in_channels: Size = size()
    out_channels: Size = size()
    kernel_size: AnySizes = per_axis()
    stride: AnySizes = per_axis(default=1)
    padding: AnyBorders = padding()
    dilation: AnySizes = per_axis(default=1)
    groups: Size = size(default=1)
    bias: bool = flag(True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError(f"{self.name}: padding='same' needs stride=1, but stride={shown(self.stride)}")

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        return _groups_divide(self)

    @property
    def borders(self) -> Borders:
        """The border on both sides of each spatial axis, as numbers of entries."""
        if self.padding == "valid":
            return ((0, 0),) * self.axes
        if self.padding == "same":
            spare = [
                multiply(d, subtract(k, 1)) for k, d in zip(self.kernel_size, self.dilation, strict=True)
            ]
            return tuple((n // 2, subtract(n, n // 2)) for n in spare)
        return self.padding

    def equations(self, x: Tensor) -> Equation:
        i, o = indices("i o")
        n, r, u = x.leading(self.axes + 1), places(self.axes), taps(self.axes)
        channels = _Channels.of(i, o, self)
        w = weight("w", (self.out_channels, channels.per_group[0], *self.kernel_size))
        b = weight("b", (self.out_channels,))
        read = window(r, u, self.stride, self.dilation, self.borders)
        total = Sum[(i, *u)](w[(channels.out, i, *u)] * x.framed(self.borders)[(*n, channels.source, *read)])
        return Equation(
            computed("y")[(*n, channels.out, *r)],
            b[channels.out] + total if self.bias else total,
            extents=channels.extents,
            arguments=channels.names | dict.fromkeys(u, "kernel_size"),
        )


@dataclass(frozen=True, repr=False)
class Conv1d(_Conv):
    """One-dimensional convolution (cross-correlation, as in PyTorch).

    y[n, o, r] = b[o] + sum over i, u of w[o, i, u] x[n, i, S r + D u - P]

    Symbols, output length and errors are those of :class:`Conv2d`, with one axis: 0 <= u < K.

    Shapes: (N, C_i, L) or (C_i, L) to (N, C_o, L_out).
    Raises ``ValueError`` where groups do not divide the channels, channels do not match or no window fits.
    Source: PyTorch, ``torch.nn.Conv1d``.

    >>> from symcnn import Conv1d, dims
    >>> N, C, L, K = dims("N C L K")
    >>> Conv1d(C, 2*C, kernel_size=K, padding="same", bias=False).cost((N, C, L)).macs
    2*N*L*K*C**2
    """

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
    """Three-dimensional convolution (cross-correlation, as in PyTorch).

    y[n, o, t, r, c] = b[o]
    + sum over i, s, u, v of w[o, i, s, u, v] x[n, i, S t + D s - P, S r + D u - P, S c + D v - P]

    Symbols, output length and errors are those of :class:`Conv2d`, with three axes: 0 <= s, u, v < K.

    Shapes: (N, C_i, T, H, W) or (C_i, T, H, W) to (N, C_o, T_out, H_out, W_out).
    Raises ``ValueError`` where groups do not divide the channels, channels do not match or no window fits.
    Source: PyTorch, ``torch.nn.Conv3d``.

    >>> from symcnn import Conv3d, dims
    >>> N, C, T, H, W = dims("N C T H W")
    >>> Conv3d(C, 4, kernel_size=(1, 3, 3), padding=(0, 1, 1)).cost((N, C, T, H, W)).macs
    36*N*C*T*H*W
    """

    axes: ClassVar[int] = 3


@dataclass(frozen=True, repr=False)
class _ConvTranspose(Layer):
    in_channels: Size = size()
    out_channels: Size = size()
    kernel_size: AnySizes = per_axis()
    stride: AnySizes = per_axis(default=1)
    padding: AnyBorders = padding(words=())
    output_padding: AnySizes = per_axis(least=0, default=0)
    groups: Size = size(default=1)
    bias: bool = flag(True)
    dilation: AnySizes = per_axis(default=1)

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        yield from _groups_divide(self)
        for extra, s, d in zip(self.output_padding, self.stride, self.dilation, strict=True):
            reason = Reason("output_padding={} must be smaller than stride={} or dilation={}", extra, s, d)
            yield at_least(maximum(s, d), add(extra, 1), reason)

    def equations(self, x: Tensor) -> Equation:
        i, o = indices("i o")
        n, r, u, p = x.leading(self.axes + 1), places(self.axes), taps(self.axes), targets(self.axes)
        channels = _Channels.of(i, o, self)
        w = weight("w", (self.in_channels, channels.per_group[1], *self.kernel_size))
        b = weight("b", (self.out_channels,))
        added = scatter(
            (i, *r, *u),
            w[(channels.source, o, *u)] * x[(*n, channels.source, *r)],
            at=dict(zip(p, window(r, u, self.stride, self.dilation, self.padding), strict=True)),
            trim={
                q: after - more
                for q, (_, after), more in zip(p, self.padding, self.output_padding, strict=True)
            },
        )
        return Equation(
            computed("y")[(*n, channels.out, *p)],
            b[channels.out] + added if self.bias else added,
            extents=channels.extents,
            arguments=channels.names | dict.fromkeys(u, "kernel_size"),
        )


@dataclass(frozen=True, repr=False)
class ConvTranspose1d(_ConvTranspose):
    """One-dimensional transposed convolution.

    y[n, o, p] = b[o] + sum over i, r, u with p = S r + D u - P of w[i, o, u] x[n, i, r]

    Symbols, output length, counting and errors are those of :class:`ConvTranspose2d`, with one axis.

    Shapes: (N, C_i, L) or (C_i, L) to (N, C_o, L_out).
    Source: PyTorch, ``torch.nn.ConvTranspose1d``.

    >>> from symcnn import ConvTranspose1d, dims
    >>> N, C, L, S = dims("N C L S")
    >>> ConvTranspose1d(C, 4, kernel_size=S, stride=S).cost((N, C, L)).output_shape
    (N, 4, L*S)
    """

    axes: ClassVar[int] = 1


@dataclass(frozen=True, repr=False)
class ConvTranspose2d(_ConvTranspose):
    """Two-dimensional transposed convolution: the adjoint of a convolution in its input.

    y[n, o, p, q] = b[o] + sum over i, r, c, u, v with p = S r + D u - P and q = S c + D v - P
    of w[i, o, u, v] x[n, i, r, c]

    Symbols: S stride >= 1, D dilation >= 1, P padding >= 0 (entries cropped at each side),
    K = ``kernel_size`` >= 1 with 0 <= u, v < K, O = ``output_padding`` >= 0 (entries more at the far side).
    Output: H_out = (H - 1) S - 2P + D(K - 1) + O + 1. Every input entry meets every weight of its channel
    once, and all of these MACs count, those at cropped outputs included.

    Shapes: (N, C_i, H, W) or (C_i, H, W) to (N, C_o, H_out, W_out); weights are (C_i, C_o/G, K, K).
    Raises ``ValueError`` where groups do not divide the channels, channels do not match, the output would be
    empty, or ``output_padding`` is smaller than neither stride nor dilation.
    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", section 4.

    >>> from symcnn import ConvTranspose2d, dims
    >>> N, C, H, W = dims("N C H W")
    >>> cost = ConvTranspose2d(C, 6, kernel_size=4, stride=2, padding=1).cost((N, C, H, W))
    >>> cost.output_shape
    (N, 6, 2*H, 2*W)
    >>> cost.macs
    96*N*C*H*W
    """

    axes: ClassVar[int] = 2


@dataclass(frozen=True, repr=False)
class ConvTranspose3d(_ConvTranspose):
    """Three-dimensional transposed convolution.

    y[n, o, l, p, q] = b[o] + sum over i, t, r, c, s, u, v with l = S t + D s - P, p = S r + D u - P and
    q = S c + D v - P of w[i, o, s, u, v] x[n, i, t, r, c]

    Symbols, output length, counting and errors are those of :class:`ConvTranspose2d`, with three axes.

    Shapes: (N, C_i, T, H, W) or (C_i, T, H, W) to (N, C_o, T_out, H_out, W_out).
    Source: PyTorch, ``torch.nn.ConvTranspose3d``.

    >>> from symcnn import ConvTranspose3d, dims
    >>> N, C, T, H, W = dims("N C T H W")
    >>> ConvTranspose3d(C, C, kernel_size=2, stride=2, groups=C).cost((N, C, T, H, W)).macs
    8*N*C*T*H*W
    """

    axes: ClassVar[int] = 3
