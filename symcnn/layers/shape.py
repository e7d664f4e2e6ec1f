"""Layers that move entries and compute nothing."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.equations.notation import Equation, Tensor, computed
from symcnn.layers.arguments import axis_of, counted, number, whole
from symcnn.layers.base import Layer
from symcnn.symbols.size import Size, add, multiply


@dataclass(frozen=True, repr=False)
class Flatten(Layer):
    """Several axes written as one, in row-major order.

    y[n, (c H + h) W + w] = x[n, c, h, w]

    Symbols: the axes from ``start_dim`` to ``end_dim`` become one; both count from the end where negative.

    Shapes: (N, C, H, W) to (N, C H W), and so for any number of axes.
    Raises ``ValueError`` where there is no such axis or the start comes after the end.
    Source: PyTorch, ``torch.nn.Flatten``.

    >>> from symcnn import Flatten, dims
    >>> N, C, H, W = dims("N C H W")
    >>> Flatten().cost((N, C, H, W)).output_shape
    (N, C*H*W)
    """

    start_dim: int = whole(1)
    end_dim: int = whole(-1)

    def equations(self, x: Tensor) -> Equation:
        start = axis_of(self, "start_dim", self.start_dim, x.rank)
        end = axis_of(self, "end_dim", self.end_dim, x.rank)
        if start > end:
            raise ValueError(
                f"{self}: start_dim={self.start_dim} comes after end_dim={self.end_dim} "
                f"in an input with {counted(x.rank)}"
            )
        n = x.leading(0)
        flat: Size = 0
        for index, length in zip(n[start : end + 1], x.known_shape[start : end + 1], strict=True):
            flat = add(multiply(flat, length), index)
        return Equation(computed("y")[(*n[:start], flat, *n[end + 1 :])], x[n])


class _Same(Layer):
    def equations(self, x: Tensor) -> Equation:
        n = x.leading(0)
        return Equation(computed("y")[n], x[n])


@dataclass(frozen=True, repr=False)
class Dropout(_Same):
    """Dropout at inference: the input itself.

    y[...] = x[...]

    Symbols: ``p`` is the share of entries dropped in training, 0 <= p <= 1.

    Shapes: any, kept.
    Raises ``ValueError`` for p outside that range.
    Source: PyTorch, ``torch.nn.Dropout``.

    >>> from symcnn import Dropout, dims
    >>> N, C = dims("N C")
    >>> Dropout().cost((N, C)).ops.total
    0
    """

    p: float = number(0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.p <= 1:
            raise ValueError(f"{self.name}: p={self.p} must be at least 0 and at most 1")


@dataclass(frozen=True, repr=False)
class Identity(_Same):
    """The input itself.

    y[...] = x[...]

    Shapes: any, kept.
    Source: PyTorch, ``torch.nn.Identity``.

    >>> from symcnn import Identity, dims
    >>> N, C = dims("N C")
    >>> Identity().cost((N, C)).output_shape
    (N, C)
    """
