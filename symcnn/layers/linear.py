"""Dense layers."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.equations.notation import Equation, Sum, Tensor, computed, weight
from symcnn.layers.arguments import flag, size
from symcnn.layers.base import Layer
from symcnn.symbols.size import Size, indices


@dataclass(frozen=True, repr=False)
class Linear(Layer):
    """A dense layer on the last axis, with any leading axes.

    y[..., o] = b[o] + sum over i of w[o, i] x[..., i]

    Symbols: I = ``in_features`` and O = ``out_features`` >= 1, with 0 <= i < I and 0 <= o < O; one MAC per
    weight use.

    Shapes: (..., I) to (..., O).
    Raises ``ValueError`` where the last axis does not have I features.
    Source: PyTorch, ``torch.nn.Linear``; documents 000 and 001 (dense layers).

    >>> from symcnn import Linear, dims
    >>> N, I, O = dims("N I O")
    >>> cost = Linear(I, O).cost((N, I))
    >>> cost.params, cost.macs
    (O*(I + 1), N*I*O)
    >>> cost.ops.sequential, cost.ops.fused
    (2*N*I*O, N*O*(I + 1))
    """

    in_features: Size = size()
    out_features: Size = size()
    bias: bool = flag(True)

    def equations(self, x: Tensor) -> Equation:
        i, o = indices("i o")
        n = x.leading(1)
        w, b = weight("w", (self.out_features, self.in_features)), weight("b", (self.out_features,))
        total = Sum[i](w[o, i] * x[(*n, i)])
        return Equation(
            computed("y")[(*n, o)],
            b[o] + total if self.bias else total,
            arguments={i: "in_features", o: "out_features"},
        )
