"""Layers that a user might write, an equation each, with what the layers of the package leave unused."""

# The arguments are declared by calls, as they are in the package.
# ruff: noqa: RUF009

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symcnn.equations.notation import (
    Equation,
    Max,
    Mean,
    Sum,
    Tensor,
    computed,
    exp,
    larger,
    pieces,
    scatter,
    weight,
)
from symcnn.layers.arguments import choice, size
from symcnn.layers.base import Layer
from symcnn.symbols import Size, at_least, indices

n, i, j, k, m, o, p, r, t, u = indices("n i j k m o p r t u")
y = computed("y")


@dataclass(frozen=True, repr=False)
class Window(Layer):
    """The maximum or mean of windows whose border is zeros or left out, with an overhang at the far end."""

    kind: str = choice("max", "mean", "sum")
    width: Size = size(default=2)
    step: Size = size(default=1)
    border: Size = size(0, default=0)
    overhang: Size = size(0, default=0)
    fill: Any = choice("skip", "zero")

    def equations(self, x: Tensor) -> Equation:
        framed = x.framed([(self.border, self.border)], self.fill, [self.overhang])
        reducer = {"max": Max, "mean": Mean, "sum": Sum}[self.kind]
        return Equation(
            y[n, r], reducer[u](framed[n, self.step * r + u - self.border]), extents={u: self.width}
        )


@dataclass(frozen=True, repr=False)
class Spread(Layer):
    """A transposed convolution: every input entry adds to several outputs, some of which are cut off."""

    channels: Size = size()
    width: Size = size()
    step: Size = size(default=1)
    cut: Size = size(0, default=0)

    def equations(self, x: Tensor) -> Equation:
        w, b = weight("w", (x.known_shape[1], self.channels, self.width)), weight("b", (self.channels,))
        to = {p: self.step * r + u - self.cut}
        return Equation(
            y[n, o, p], b[o] + scatter([i, r, u], w[i, o, u] * x[n, i, r], at=to, trim={p: self.cut})
        )


@dataclass(frozen=True, repr=False)
class Echo(Layer):
    """A recurrence along the last axis: the positive part of input and weighted state."""

    features: Size = size()

    def equations(self, x: Tensor) -> Equation:
        w = weight("w", (self.features, self.features))
        return Equation(
            y[m, t], larger(x[m, t] + Sum[j](w[m, j] * y[j, t - 1]), 0), arguments={m: "features"}
        )


@dataclass(frozen=True, repr=False)
class AdaptiveMean(Layer):
    """Means over as many windows as the output has entries; they cover the input and may overlap."""

    out: Size = size()

    def equations(self, x: Tensor) -> Equation:
        length = x.known_shape[-1]
        where: Any = (p * length < (i + 1) * self.out, i * self.out < (p + 1) * length)
        return Equation(y[n, p], Mean[i](x[n, i], where=where), extents={p: self.out})


@dataclass(frozen=True, repr=False)
class Softened(Layer):
    """A softmax, with named intermediates."""

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        top, e, s = computed("m"), computed("e"), computed("s")
        return (
            Equation(top[n], Max[k](x[n, k])),
            Equation(e[n, k], exp(x[n, k] - top[n])),
            Equation(s[n], Sum[k](e[n, k])),
            Equation(y[n, k], e[n, k] / s[n]),
        )


@dataclass(frozen=True, repr=False)
class Triangle(Layer):
    """Sums over the entries before each entry: the first of them is empty."""

    def equations(self, x: Tensor) -> Equation:
        w = weight("w", (x.known_shape[1],))
        return Equation(
            y[n, r], Sum[k](w[k] * x[n, k], where=[at_least(r, k + 1)]), extents={r: x.known_shape[1]}
        )


@dataclass(frozen=True, repr=False)
class Nested(Layer):
    """A maximum of windows, each a sum of its own with a border; only the inner sum leaves out entries."""

    width: Size = size()

    def equations(self, x: Tensor) -> Equation:
        w = weight("w", (self.width,))
        framed = x.framed([(1, 1)])
        return Equation(y[n], Max[p](-Sum[u](w[u] * framed[n, p + u - 1]) / 2), extents={p: x.known_shape[1]})


@dataclass(frozen=True, repr=False)
class TwoProducts(Layer):
    """Two products in every term, in a sum and in a scatter."""

    width: Size = size()

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        v, w, z = weight("v", (self.width,)), weight("w", (self.width,)), computed("z")
        both = w[u] * x[n, r] + v[u] * x[n, r]
        return (
            Equation(z[n, p], scatter([r, u], both, at={p: r + u - 1})),
            Equation(y[n], Sum[p, u](z[n, p] * w[u] - v[u] * z[n, p])),
        )


@dataclass(frozen=True, repr=False)
class Repeated(Layer):
    """Every entry twice, weighted: the positions read are floors."""

    def equations(self, x: Tensor) -> Equation:
        length = x.known_shape[1]
        w = weight("w", (2 * length - 1,))
        return Equation(y[n, k], Sum[t](x[n, (k + t) // 2] * w[k] - 1), extents={k: 2 * length - 1, t: 2})


@dataclass(frozen=True, repr=False)
class Halves(Layer):
    """The input, and behind it the negated input read backwards."""

    def equations(self, x: Tensor) -> Equation:
        length = x.known_shape[1]
        parts = [(i, x[n, i]), (length + j, -x[n, length - 1 - j])]
        return Equation(y[n, k], pieces(k, parts), extents={i: length, j: length})
