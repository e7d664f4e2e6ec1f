"""Scalar functions of every entry, and the softmax."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.equations.notation import (
    Constant,
    Equation,
    Max,
    Node,
    Sum,
    Tensor,
    computed,
    exp,
    larger,
    smaller,
    tanh,
)
from symcnn.layers.arguments import axis_of, whole
from symcnn.layers.base import Layer
from symcnn.symbols.size import Index


class _Elementwise(Layer):
    def scalar(self, x: Node) -> Node:
        """The function of one entry."""
        raise TypeError(f"{self.name} must define scalar(self, x)")

    def equations(self, x: Tensor) -> Equation:
        n = x.leading(0)
        return Equation(computed("y")[n], self.scalar(x[n]))


@dataclass(frozen=True, repr=False)
class ReLU(_Elementwise):
    """The positive part of every entry: one comparison each.

    y[...] = max(x[...], 0)

    Shapes: any, kept.
    Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines".

    >>> from symcnn import ReLU, dims
    >>> N, C, H, W = dims("N C H W")
    >>> ReLU().cost((N, C, H, W)).ops.comparisons
    N*C*H*W
    """

    def scalar(self, x: Node) -> Node:
        return larger(x, 0)


@dataclass(frozen=True, repr=False)
class ReLU6(_Elementwise):
    """Every entry clipped to the range from 0 to 6: two comparisons each.

    y[...] = min(max(x[...], 0), 6)

    Shapes: any, kept.
    Source: Krizhevsky, "Convolutional deep belief networks on CIFAR-10"; PyTorch, ``torch.nn.ReLU6``.

    >>> from symcnn import ReLU6, dims
    >>> N, C = dims("N C")
    >>> ReLU6().cost((N, C)).ops.comparisons
    2*N*C
    """

    def scalar(self, x: Node) -> Node:
        return smaller(larger(x, 0), 6)


@dataclass(frozen=True, repr=False)
class Sigmoid(_Elementwise):
    """The logistic function of every entry: a negation, an exponential, an addition and a division each.

    y[...] = 1/(1 + exp(-x[...]))

    Shapes: any, kept.
    Source: PyTorch, ``torch.nn.Sigmoid``.

    >>> from symcnn import Sigmoid, dims
    >>> N, C = dims("N C")
    >>> Sigmoid().cost((N, C)).ops.by_kind
    {'divisions': N*C, 'additions': 2*N*C, 'exponentials': N*C}
    """

    def scalar(self, x: Node) -> Node:
        return Constant(1) / (Constant(1) + exp(-x))


@dataclass(frozen=True, repr=False)
class Tanh(_Elementwise):
    """The hyperbolic tangent of every entry.

    y[...] = tanh(x[...])

    Shapes: any, kept.
    Source: PyTorch, ``torch.nn.Tanh``.

    >>> from symcnn import Tanh, dims
    >>> N, C = dims("N C")
    >>> Tanh().cost((N, C)).ops.hyperbolic_tangents
    N*C
    """

    def scalar(self, x: Node) -> Node:
        return tanh(x)


@dataclass(frozen=True, repr=False)
class Softmax(Layer):
    """Exponentials along one axis, divided by their sum.

    m[...] = max over k of x[..., k], e[..., k] = exp(x[..., k] - m[...]), z[...] = sum over k of e[..., k],
    y[..., k] = e[..., k]/z[...]

    Symbols: k runs along axis ``dim``, which counts from the end where negative. The maximum is subtracted
    so that no exponential overflows; it does not change the result.

    Shapes: any with that axis, kept.
    Raises ``ValueError`` where the input has no axis ``dim``.
    Source: PyTorch, ``torch.nn.Softmax``.

    >>> from symcnn import Softmax, dims
    >>> N, K = dims("N K")
    >>> Softmax(dim=-1).cost((N, K)).ops
    comparisons   N*(K - 1)
    exponentials  N*K
    additions     N*(2*K - 1)
    divisions     N*K
    sequential    N*(5*K - 2)
    fused         N*(5*K - 2)
    """

    dim: int = whole()

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        axis = axis_of(self, "dim", self.dim, x.rank)
        n, k = x.leading(0), Index("k")
        entry, outer = (*n[:axis], k, *n[axis + 1 :]), (*n[:axis], *n[axis + 1 :])
        m, e, z, y = (computed(name) for name in "mezy")
        return softmax_rows(x, entry, outer, k, (m, e, z, y))


def softmax_rows(
    x: Tensor,
    entry: tuple[Index, ...],
    outer: tuple[Index, ...],
    along: Index,
    named: tuple[Tensor, Tensor, Tensor, Tensor],
) -> tuple[Equation, ...]:
    """The equations of a softmax along one index: maximum, exponentials, sum and quotient."""
    m, e, z, y = named
    top = m[outer]
    return (
        Equation(top, Max[along](x[entry])),
        Equation(e[entry], exp(x[entry] - top)),
        Equation(z[outer], Sum[along](e[entry])),
        Equation(y[entry], e[entry] / z[outer]),
    )
