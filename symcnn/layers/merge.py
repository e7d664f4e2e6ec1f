"""Layers of several inputs: entry by entry, one behind the other, and the matrix product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

from symcnn.equations.notation import Equation, Node, Sum, Tensor, computed, pieces
from symcnn.layers.arguments import axis_of, counted, whole
from symcnn.layers.base import Layer
from symcnn.symbols.size import Index, Size, indices


def _broadcast(
    inputs: tuple[Tensor, ...], trailing: int = 0
) -> tuple[tuple[Index, ...], list[tuple[Size, ...]]]:
    """Output indices, and the positions at which each input is read; the last ``trailing`` axes are left out.

    Axes are aligned at the end. A missing one, and one of length 1 where another input has more, is read at
    the same place throughout.
    """
    rank = max(x.rank for x in inputs) - trailing
    n = (Index("n"),) if rank == 1 else tuple(Index(f"n_{k + 1}") for k in range(rank))
    shapes = [x.known_shape[: x.rank - trailing] for x in inputs]
    wide = [any(len(s) >= rank - k and s[k - rank] != 1 for s in shapes) for k in range(rank)]
    read: list[tuple[Size, ...]] = [
        tuple(0 if s[k - rank] == 1 and wide[k] else n[k] for k in range(rank - len(s), rank)) for s in shapes
    ]
    return n, read


class _Merge(Layer):
    input_count: ClassVar[tuple[int, int | None]] = (2, None)

    def merged(self, entries: Iterable[Node]) -> Node:
        """The entries combined."""
        raise TypeError(f"{self.name} must define merged(self, entries)")

    def equations(self, *inputs: Tensor) -> Equation:
        n, read = _broadcast(inputs)
        return Equation(computed("y")[n], self.merged(x[at] for x, at in zip(inputs, read, strict=True)))


@dataclass(frozen=True, repr=False)
class Add(_Merge):
    """The sum of two or more inputs, entry by entry.

    y[...] = x_1[...] + x_2[...] + ...

    Shapes: equal, or such that axes of length 1 and missing leading axes can be repeated (a symbol is never
    taken for 1).
    Raises ``ValueError`` for fewer than two inputs and for lengths that do not match.
    Source: NumPy, "Broadcasting".

    >>> from symcnn import Add, dims
    >>> N, C, H, W = dims("N C H W")
    >>> Add().cost((N, C, H, W), (C, 1, 1)).ops.additions
    N*C*H*W
    """

    def merged(self, entries: Iterable[Node]) -> Node:
        return reduce(lambda a, b: a + b, entries)


@dataclass(frozen=True, repr=False)
class Mul(_Merge):
    """The product of two or more inputs, entry by entry.

    y[...] = x_1[...] x_2[...] ...

    Shapes: equal, or such that axes of length 1 and missing leading axes can be repeated (a symbol is never
    taken for 1).
    Raises ``ValueError`` for fewer than two inputs and for lengths that do not match.
    Source: NumPy, "Broadcasting".

    >>> from symcnn import Mul, dims
    >>> N, C, H, W = dims("N C H W")
    >>> Mul().cost((N, C, H, W), (N, C, 1, 1)).ops.multiplications
    N*C*H*W
    """

    def merged(self, entries: Iterable[Node]) -> Node:
        return reduce(lambda a, b: a * b, entries)


@dataclass(frozen=True, repr=False)
class Concat(Layer):
    """Two or more inputs, one behind the other along an axis.

    y[..., c, ...] = x_1[..., c_1, ...] at c = c_1, x_2[..., c_2, ...] at c = C_1 + c_2, ...

    Symbols: C_k is the length of axis ``dim`` of input k; ``dim`` counts from the end where negative.

    Shapes: equal apart from that axis, whose lengths add up.
    Raises ``ValueError`` for fewer than two inputs, lengths that do not match and an axis that is not there.
    Source: PyTorch, ``torch.cat``.

    >>> from symcnn import Concat, dims
    >>> N, C_1, C_2, H, W = dims("N C_1 C_2 H W")
    >>> Concat().cost((N, C_1, H, W), (N, C_2, H, W)).output_shape
    (N, C_1 + C_2, H, W)
    """

    dim: int = whole(1)

    input_count: ClassVar[tuple[int, int | None]] = (2, None)

    def equations(self, *inputs: Tensor) -> Equation:
        for k, x in enumerate(inputs):
            if x.rank != inputs[0].rank:
                raise ValueError(
                    f"{self}: x_1 has {counted(inputs[0].rank)} and x_{k + 1} has {x.rank}; they must agree"
                )
        axis = axis_of(self, "dim", self.dim, inputs[0].rank)
        n = inputs[0].leading(0)
        c = Index("c")
        before, after = n[:axis], n[axis + 1 :]
        parts: list[tuple[Size, Node]] = []
        start: Size = 0
        for k, x in enumerate(inputs):
            at = Index(f"c_{k + 1}")
            parts.append((start + at, x[(*before, at, *after)]))
            start = start + x.known_shape[axis]
        return Equation(computed("y")[(*before, c, *after)], pieces(c, parts))


@dataclass(frozen=True, repr=False)
class MatMul(Layer):
    """The matrix product of two inputs, for each position of the leading axes.

    y[..., m, p] = sum over k of x_1[..., m, k] x_2[..., k, p]

    Shapes: (..., M, K) and (..., K, P) to (..., M, P); leading axes of length 1 and missing ones
    are repeated.
    Raises ``ValueError`` for inputs with fewer than two axes and for lengths that do not match.
    Source: PyTorch, ``torch.matmul``.

    >>> from symcnn import MatMul, dims
    >>> N, M, K, P = dims("N M K P")
    >>> cost = MatMul().cost((N, M, K), (N, K, P))
    >>> cost.output_shape, cost.macs
    ((N, M, P), N*M*K*P)
    >>> cost.gemm
    (Gemm(M=M, N=P, K=K, batch=N),)
    """

    def equations(self, x_1: Tensor, x_2: Tensor) -> Equation:
        for x in (x_1, x_2):
            if x.rank < 2:
                raise ValueError(f"{self}: {x.name} has {counted(x.rank)}; a matrix needs at least 2")
        m, k, p = indices("m k p")
        n, (left, right) = _broadcast((x_1, x_2), trailing=2)
        return Equation(computed("y")[(*n, m, p)], Sum[k](x_1[(*left, m, k)] * x_2[(*right, k, p)]))
