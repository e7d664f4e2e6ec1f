"""Dense layers and matrix products."""

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
    """

    in_features: Size = size()
    out_features: Size = size()
    bias: bool = flag(True)

    def equations(self, *inputs: Tensor) -> Equation:
        (x,) = inputs
        i, o = indices("i o")
        n = x.leading(1)
        w, b = weight("w", (self.out_features, self.in_features)), weight("b", (self.out_features,))
        total = Sum[i](w[o, i] * x[(*n, i)])
        return Equation(
            computed("y")[(*n, o)],
            b[o] + total if self.bias else total,
            arguments={i: "in_features", o: "out_features"},
        )
