"""Pooling over windows of fixed size, and over windows that follow from the output size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from symcnn.equations.notation import Entry, Equation, Fill, Max, Mean, Reduction, Tensor, computed
from symcnn.layers.arguments import (
    AnyBorders,
    AnySizes,
    Borders,
    Sizes,
    flag,
    optional_per_axis,
    padding,
    per_axis,
    size_or_none_per_axis,
)
from symcnn.layers.base import Layer
from symcnn.layers.spatial import places, taps, window
from symcnn.symbols.conditions import Condition, Reason, at_least
from symcnn.symbols.size import Index, Size, multiply, subtract


class _Windows(Layer):
    """A maximum or mean over each window; the fields are those of the two families below."""

    kernel_size: Sizes
    stride: Sizes | None
    padding: Borders
    ceil_mode: bool

    @property
    def dilations(self) -> Sizes:
        """The distance between the taps of a window, for each axis."""
        return (1,) * self.axes

    @property
    def strides(self) -> Sizes:
        """The distance between windows: ``stride``, or ``kernel_size`` where that is None."""
        return self.kernel_size if self.stride is None else self.stride

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        # PyTorch's condition; without dilation, no window then lies in the border alone.
        for k, border in zip(self.kernel_size, self.padding, strict=True):
            for p in border:
                yield at_least(
                    k, multiply(2, p), Reason("padding={} must be at most half of kernel_size={}", p, k)
                )

    def pooled(self, x: Tensor, fill: Fill) -> tuple[Entry, Entry, tuple[Index, ...], tuple[Condition, ...]]:
        """The entries written and read, the taps, and the guard on the windows."""
        n, r, u = (*x.leading(self.axes + 1), Index("i")), places(self.axes), taps(self.axes)
        read = window(r, u, self.strides, self.dilations, self.padding)
        beyond = tuple(subtract(s, 1) for s in self.strides) if self.ceil_mode else ()
        framed = x.framed(self.padding, fill, beyond)
        starts = zip(self.strides, r, self.padding, x.known_shape[-self.axes :], strict=True)
        # With ceil_mode the last window may overhang, but starts inside the input or the border before it.
        bounds = [at_least(length, s * at - before + 1) for s, at, (before, _), length in starts]
        return computed("y")[(*n, *r)], framed[(*n, *read)], u, tuple(bounds) if self.ceil_mode else ()

    def equation(self, left: Entry, right: Reduction, where: tuple[Condition, ...]) -> Equation:
        """The equation of this layer, with its arguments named."""
        sizes = dict(zip(right.indices, self.kernel_size, strict=True))
        names = dict.fromkeys(right.indices, "kernel_size")
        return Equation(left, right, extents=sizes, where=where, arguments=names)


@dataclass(frozen=True, repr=False)
class _MaxPool(_Windows):
    kernel_size: AnySizes = per_axis()
    stride: AnySizes = optional_per_axis()
    padding: AnyBorders = padding(words=())
    dilation: AnySizes = per_axis(default=1)
    ceil_mode: bool = flag(False)

    @property
    def dilations(self) -> Sizes:
        return self.dilation

    def equations(self, x: Tensor) -> Equation:
        left, read, u, where = self.pooled(x, "skip")
        return self.equation(left, Max[u](read), where)


@dataclass(frozen=True, repr=False)
class MaxPool1d(_MaxPool):
    """The maximum of each window over one axis.

    y[n, i, r] = max over u of x[n, i, S r + D u - P]

    Symbols, output length and errors are those of :class:`MaxPool2d`, with one axis.

    Shapes: (N, C, L) or (C, L) to (N, C, L_out).
    Source: PyTorch, ``torch.nn.MaxPool1d``.

    >>> from symcnn import MaxPool1d, dims
    >>> N, C, L = dims("N C L")
    >>> MaxPool1d(2).cost((N, C, L)).output_shape
    (N, C, floor(L/2))
    """

    axes: ClassVar[int] = 1


@dataclass(frozen=True, repr=False)
class MaxPool2d(_MaxPool):
    """The maximum of each window over two axes.

    y[n, i, r, c] = max over u, v of x[n, i, S r + D u - P, S c + D v - P]

    Symbols: K = ``kernel_size`` >= 1 with 0 <= u, v < K, S stride >= 1 (K where not given), D dilation >= 1,
    0 <= P <= K/2 padding; entries of the border are never the maximum.
    Output: H_out = floor((H + 2P - D(K - 1) - 1)/S) + 1; with ``ceil_mode`` the quotient is rounded up, but
    no window starts behind the input. A window of n taps takes n - 1 comparisons.

    Shapes: (N, C, H, W) or (C, H, W) to (N, C, H_out, W_out).
    Raises ``ValueError`` where the padding is too large or no window fits.
    Source: PyTorch, ``torch.nn.MaxPool2d``; Dumoulin and Visin, "A guide to convolution arithmetic for deep
    learning", section 3.

    >>> from symcnn import MaxPool2d, dims
    >>> N, C, H, W, K = dims("N C H W K")
    >>> MaxPool2d(K, stride=1).cost((N, C, H, W)).ops.comparisons
    N*C*(K**2 - 1)*(H - K + 1)*(W - K + 1)
    """

    axes: ClassVar[int] = 2


@dataclass(frozen=True, repr=False)
class MaxPool3d(_MaxPool):
    """The maximum of each window over three axes.

    y[n, i, t, r, c] = max over s, u, v of x[n, i, S t + D s - P, S r + D u - P, S c + D v - P]

    Symbols, output length and errors are those of :class:`MaxPool2d`, with three axes.

    Shapes: (N, C, T, H, W) or (C, T, H, W) to (N, C, T_out, H_out, W_out).
    Source: PyTorch, ``torch.nn.MaxPool3d``.

    >>> from symcnn import MaxPool3d, dims
    >>> C, T, H, W = dims("C T H W")
    >>> MaxPool3d((1, 2, 2)).cost((C, T, H, W)).output_shape
    (C, T, floor(H/2), floor(W/2))
    """

    axes: ClassVar[int] = 3


@dataclass(frozen=True, repr=False)
class _AvgPool(_Windows):
    kernel_size: AnySizes = per_axis()
    stride: AnySizes = optional_per_axis()
    padding: AnyBorders = padding(words=())
    ceil_mode: bool = flag(False)
    count_include_pad: bool = flag(True)

    def equations(self, x: Tensor) -> Equation:
        left, read, u, where = self.pooled(x, "zero" if self.count_include_pad else "skip")
        return self.equation(left, Mean[u](read), where)


@dataclass(frozen=True, repr=False)
class AvgPool1d(_AvgPool):
    """The mean of each window over one axis.

    y[n, i, r] = mean over u of x[n, i, S r + u - P]

    Symbols, output length and errors are those of :class:`AvgPool2d`, with one axis.

    Shapes: (N, C, L) or (C, L) to (N, C, L_out).
    Source: PyTorch, ``torch.nn.AvgPool1d``.

    >>> from symcnn import AvgPool1d, dims
    >>> N, C, L, K = dims("N C L K")
    >>> AvgPool1d(K, stride=1).cost((N, C, L)).ops.divisions
    N*C*(L - K + 1)
    """

    axes: ClassVar[int] = 1


@dataclass(frozen=True, repr=False)
class AvgPool2d(_AvgPool):
    """The mean of each window over two axes.

    y[n, i, r, c] = mean over u, v of x[n, i, S r + u - P, S c + v - P]

    Symbols: K = ``kernel_size`` >= 1 with 0 <= u, v < K, S stride >= 1 (K where not given), 0 <= P <= K/2
    padding. Entries of the border are zeros that the mean divides by as well, or, with
    ``count_include_pad=False``, take no part; what overhangs the border in ``ceil_mode`` never takes part.
    Output: H_out = floor((H + 2P - K)/S) + 1; with ``ceil_mode`` the quotient is rounded up, but no window
    starts behind the input. A window of n taps takes n - 1 additions and one division.

    Shapes: (N, C, H, W) or (C, H, W) to (N, C, H_out, W_out).
    Raises ``ValueError`` where the padding is too large or no window fits.
    Source: PyTorch, ``torch.nn.AvgPool2d``.

    >>> from symcnn import AvgPool2d, dims
    >>> N, C, H, W = dims("N C H W")
    >>> AvgPool2d(2, stride=1).cost((N, C, H, W)).ops.by_kind
    {'additions': 3*N*C*(H - 1)*(W - 1), 'divisions': N*C*(H - 1)*(W - 1)}
    """

    axes: ClassVar[int] = 2


@dataclass(frozen=True, repr=False)
class AvgPool3d(_AvgPool):
    """The mean of each window over three axes.

    y[n, i, t, r, c] = mean over s, u, v of x[n, i, S t + s - P, S r + u - P, S c + v - P]

    Symbols, output length and errors are those of :class:`AvgPool2d`, with three axes.

    Shapes: (N, C, T, H, W) or (C, T, H, W) to (N, C, T_out, H_out, W_out).
    Source: PyTorch, ``torch.nn.AvgPool3d``.

    >>> from symcnn import AvgPool3d, dims
    >>> C, T, H, W = dims("C T H W")
    >>> AvgPool3d(2).cost((C, 2*T, 2*H, 2*W)).output_shape
    (C, T, H, W)
    """

    axes: ClassVar[int] = 3


@dataclass(frozen=True, repr=False)
class _AdaptivePool(Layer):
    output_size: AnySizes = size_or_none_per_axis()

    reducer: ClassVar[Any] = Mean

    def equations(self, x: Tensor) -> Equation:
        n, r, u = (*x.leading(self.axes + 1), Index("i")), places(self.axes), taps(self.axes)
        read: list[Index] = []
        reduced: list[Index] = []
        extents: dict[Index, Size] = {}
        where: list[Condition] = []
        left: list[Size] = []
        for at, tap, out, length in zip(r, u, self.output_size, x.known_shape[-self.axes :], strict=True):
            read.append(at if out is None else tap)
            left.append(0 if out == 1 else at)
            if out is not None:
                reduced.append(tap)
            if out is not None and out != 1:
                extents[at] = out
                where.append(at_least((tap + 1) * out, at * length + 1))
                where.append(at_least((at + 1) * length, tap * out + 1))
        entry = x[(*n, *read)]
        right = self.reducer[tuple(reduced)](entry, where=where) if reduced else entry
        return Equation(computed("y")[(*n, *left)], right, extents=extents)


@dataclass(frozen=True, repr=False)
class AdaptiveAvgPool1d(_AdaptivePool):
    """The means of ``output_size`` windows that cover one axis.

    y[n, i, r] = mean over u of x[n, i, u] with r L < (u + 1) O and u O < (r + 1) L

    Symbols, counting and errors are those of :class:`AdaptiveAvgPool2d`, with one axis.

    Shapes: (N, C, L) or (C, L) to (N, C, O).
    Source: PyTorch, ``torch.nn.AdaptiveAvgPool1d``.

    >>> from symcnn import AdaptiveAvgPool1d, dims
    >>> N, C, L = dims("N C L")
    >>> AdaptiveAvgPool1d(1).cost((N, C, L)).ops.by_kind
    {'additions': N*C*(L - 1), 'divisions': N*C}
    """

    axes: ClassVar[int] = 1


@dataclass(frozen=True, repr=False)
class AdaptiveAvgPool2d(_AdaptivePool):
    """The means of ``output_size`` windows that cover each of two axes; of everything for ``output_size=1``.

    y[n, i, r, c] = mean over u, v of x[n, i, u, v] with r H < (u + 1) O, u O < (r + 1) H, and so for c, v, W

    Symbols: O = ``output_size`` >= 1, one for all axes or one for each; None keeps an axis as it is.
    Window r runs from floor(r H/O) to ceil((r + 1) H/O) - 1; windows may overlap. Counts over windows of
    symbolic number or reach stay finite sums, exact under ``at``.

    Shapes: (N, C, H, W) or (C, H, W) to (N, C, O, O).
    Raises ``ValueError`` and ``TypeError`` for an output size that is no size.
    Source: PyTorch, ``torch.nn.AdaptiveAvgPool2d``; global pooling: Lin, Chen and Yan, "Network in network",
    section 3.2.

    >>> from symcnn import AdaptiveAvgPool2d, dims
    >>> N, C, H, W = dims("N C H W")
    >>> cost = AdaptiveAvgPool2d(1).cost((N, C, H, W))
    >>> cost.output_shape, cost.ops.total
    ((N, C, 1, 1), N*C*H*W)
    >>> AdaptiveAvgPool2d((None, 3)).cost((N, C, H, 7)).ops.additions
    6*N*C*H
    """

    axes: ClassVar[int] = 2


@dataclass(frozen=True, repr=False)
class AdaptiveAvgPool3d(_AdaptivePool):
    """The means of ``output_size`` windows that cover each of three axes.

    As :class:`AdaptiveAvgPool2d`, with one axis more.

    Shapes: (N, C, T, H, W) or (C, T, H, W) to (N, C, O, O, O).
    Source: PyTorch, ``torch.nn.AdaptiveAvgPool3d``.

    >>> from symcnn import AdaptiveAvgPool3d, dims
    >>> C, T, H, W = dims("C T H W")
    >>> AdaptiveAvgPool3d((None, 1, 1)).cost((C, T, H, W)).output_shape
    (C, T, 1, 1)
    """

    axes: ClassVar[int] = 3


@dataclass(frozen=True, repr=False)
class AdaptiveMaxPool1d(_AdaptivePool):
    """The maxima of ``output_size`` windows that cover one axis.

    y[n, i, r] = max over u of x[n, i, u] with r L < (u + 1) O and u O < (r + 1) L

    Windows, shapes and errors are those of :class:`AdaptiveAvgPool1d`.
    Source: PyTorch, ``torch.nn.AdaptiveMaxPool1d``.

    >>> from symcnn import AdaptiveMaxPool1d, dims
    >>> N, C, L = dims("N C L")
    >>> AdaptiveMaxPool1d(1).cost((N, C, L)).ops.comparisons
    N*C*(L - 1)
    """

    axes: ClassVar[int] = 1
    reducer: ClassVar[Any] = Max


@dataclass(frozen=True, repr=False)
class AdaptiveMaxPool2d(_AdaptivePool):
    """The maxima of ``output_size`` windows that cover each of two axes.

    y[n, i, r, c] = max over u, v of x[n, i, u, v] with r H < (u + 1) O, u O < (r + 1) H, and so for c, v, W

    Windows, shapes and errors are those of :class:`AdaptiveAvgPool2d`.
    Source: PyTorch, ``torch.nn.AdaptiveMaxPool2d``.

    >>> from symcnn import AdaptiveMaxPool2d, dims
    >>> N, C, H, W = dims("N C H W")
    >>> AdaptiveMaxPool2d(1).cost((N, C, H, W)).ops.comparisons
    N*C*(H*W - 1)
    """

    axes: ClassVar[int] = 2
    reducer: ClassVar[Any] = Max


@dataclass(frozen=True, repr=False)
class AdaptiveMaxPool3d(_AdaptivePool):
    """The maxima of ``output_size`` windows that cover each of three axes.

    Windows, shapes and errors are those of :class:`AdaptiveAvgPool3d`.
    Source: PyTorch, ``torch.nn.AdaptiveMaxPool3d``.

    >>> from symcnn import AdaptiveMaxPool3d, dims
    >>> C, T, H, W = dims("C T H W")
    >>> AdaptiveMaxPool3d((1, None, None)).cost((C, T, H, W)).ops.comparisons
    C*H*W*(T - 1)
    """

    axes: ClassVar[int] = 3
    reducer: ClassVar[Any] = Max
