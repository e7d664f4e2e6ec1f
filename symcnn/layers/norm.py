"""Normalisation with stored statistics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from symcnn.equations.notation import (
    Constant,
    Equation,
    Node,
    Tensor,
    as_node,
    buffer,
    computed,
    sqrt,
    weight,
)
from symcnn.layers.arguments import counted, flag, number, size
from symcnn.layers.base import Layer
from symcnn.layers.spatial import places
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Index, Size


@dataclass(frozen=True, repr=False)
class _BatchNorm(Layer):
    num_features: Size = size()
    eps: float = number(1e-5, least=0)
    momentum: float = number(0.1)
    affine: bool = flag(True)
    track_running_stats: bool = flag(True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.track_running_stats:
            raise ValueError(
                f"{self.name}: track_running_stats=False normalises with the statistics of each batch; "
                "only inference with running statistics is described"
            )

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        i = Index("i")
        n = () if x.rank == self.axes + 1 > 2 else (Index("n"),)  # an input of BatchNorm1d is always a batch
        rest = places(x.rank - len(n) - 1)
        gamma, beta = weight("gamma", (self.num_features,)), weight("beta", (self.num_features,))
        mean, var = buffer("mean", (self.num_features,)), buffer("var", (self.num_features,))
        scale, shift = computed("scale"), computed("shift")
        deviation = sqrt(var[i] + as_node(self.eps))
        product: Node = mean[i] * scale[i]
        names = {i: "num_features"}
        return (
            Equation(scale[i], (gamma[i] if self.affine else Constant(1)) / deviation, arguments=names),
            Equation(shift[i], beta[i] - product if self.affine else -product, arguments=names),
            Equation(computed("y")[(*n, i, *rest)], scale[i] * x[(*n, i, *rest)] + shift[i], arguments=names),
        )


@dataclass(frozen=True, repr=False)
class BatchNorm1d(_BatchNorm):
    """Batch normalisation at inference, of features or of one-dimensional signals.

    y[n, i, r] = scale[i] x[n, i, r] + shift[i]

    Symbols, counting and errors are those of :class:`BatchNorm2d`; axis 1 is always that of the features.

    Shapes: (N, C) or (N, C, L), kept.
    Source: PyTorch, ``torch.nn.BatchNorm1d``.

    >>> from symcnn import BatchNorm1d, dims
    >>> N, C = dims("N C")
    >>> BatchNorm1d(C).cost((N, C)).params
    2*C
    """

    axes: ClassVar[int] = 1

    def input_rank(self) -> int | None:
        return None

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        (x,) = inputs
        if x.rank not in (2, 3):
            raise ValueError(
                f"{self}: the input has {counted(x.rank)} {x.known_shape}; "
                "it needs 2 or 3, the batch among them"
            )
        return ()


@dataclass(frozen=True, repr=False)
class BatchNorm2d(_BatchNorm):
    """Batch normalisation at inference: with the stored mean and variance, not with those of the batch.

    scale[i] = gamma[i]/sqrt(var[i] + eps), shift[i] = beta[i] - mean[i] scale[i],
    y[n, i, r, c] = scale[i] x[n, i, r, c] + shift[i]

    Symbols: C = ``num_features`` >= 1, eps >= 0; gamma and beta are trained (with ``affine=False`` they are 1
    and 0 and not there), mean and var are stored. ``momentum`` matters in training alone.
    Scale and shift are computed once for each feature, then each entry takes one multiplication and one
    addition.

    Shapes: (N, C, H, W) or (C, H, W), kept.
    Raises ``ValueError`` where the features do not match, and for ``track_running_stats=False``.
    Source: Ioffe and Szegedy, "Batch normalization", algorithm 2.

    >>> from symcnn import BatchNorm2d, dims
    >>> N, C, H, W = dims("N C H W")
    >>> cost = BatchNorm2d(C).cost((N, C, H, W))
    >>> cost.ops.multiplications, cost.memory.weights
    (C*(N*H*W + 1), 4*C)
    """

    axes: ClassVar[int] = 2


@dataclass(frozen=True, repr=False)
class BatchNorm3d(_BatchNorm):
    """Batch normalisation at inference, over three axes.

    y[n, i, t, r, c] = scale[i] x[n, i, t, r, c] + shift[i]

    Symbols, counting and errors are those of :class:`BatchNorm2d`, with one axis more.

    Shapes: (N, C, T, H, W) or (C, T, H, W), kept.
    Source: PyTorch, ``torch.nn.BatchNorm3d``.

    >>> from symcnn import BatchNorm3d, dims
    >>> N, C, T, H, W = dims("N C T H W")
    >>> BatchNorm3d(C, affine=False).cost((N, C, T, H, W)).params
    0
    """

    axes: ClassVar[int] = 3
