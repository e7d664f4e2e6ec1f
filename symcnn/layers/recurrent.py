"""Recurrent layers: the output of one step is read by the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from symcnn.equations.notation import Equation, Node, Sum, Tensor, computed, larger, tanh, weight
from symcnn.layers.arguments import choice, counted, flag, size
from symcnn.layers.base import Layer
from symcnn.symbols.conditions import Condition, Reason, equal
from symcnn.symbols.size import Size, indices


@dataclass(frozen=True, repr=False)
class RNN(Layer):
    """One layer of a recurrent network, in one direction.

    y[t, n, m] = f(sum over i of w_ih[m, i] x[t, n, i] + b_ih[m]
    + sum over j of w_hh[m, j] y[t - 1, n, j] + b_hh[m])

    With ``state="diagonal"`` each feature remembers itself alone:
    y[t, n, m] = f(sum over i of w_ih[m, i] x[t, n, i] + b_ih[m] + g[m] y[t - 1, n, m])

    Symbols: I = ``input_size`` and M = ``hidden_size`` >= 1, T steps; f is tanh, or the positive part with
    ``nonlinearity="relu"``. y[-1] is the second input where one is given, and 0 otherwise; the products with
    it are counted in either case.

    Shapes: (T, N, I) to (T, N, M), with ``batch_first`` (N, T, I) to (N, T, M), or (T, I) to (T, M); the
    second input is (N, M), or (M).
    Raises ``ValueError`` where sizes do not match.
    Source: PyTorch, ``torch.nn.RNN``; diagonal: Li et al., "Independently recurrent neural network (IndRNN)",
    equation 2; documents 000 and 001 (recurrent layers).

    >>> from symcnn import RNN, dims
    >>> T, N, I, M = dims("T N I M")
    >>> RNN(I, M).cost((T, N, I)).gemm
    (Gemm(M=M, N=T*N, K=I), Gemm(M=M, N=N, K=M, repeat=T))
    """

    input_size: Size = size()
    hidden_size: Size = size()
    nonlinearity: str = choice("tanh", "relu")
    bias: bool = flag(True)
    batch_first: bool = flag(False)
    state: str = choice("full", "diagonal")

    input_count: ClassVar[tuple[int, int | None]] = (1, 2)

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        x = inputs[0]
        if x.rank not in (2, 3):
            raise ValueError(
                f"{self}: the input has {counted(x.rank)} {x.known_shape}; it needs 3, or 2 for one sample"
            )
        for start in inputs[1:]:
            batch = x.known_shape[:-1][:: -1 if self.batch_first else 1][1:]
            wanted = (*batch, self.hidden_size)
            if start.rank != len(wanted):
                raise ValueError(
                    f"{self}: the initial state has {counted(start.rank)}; it needs {len(wanted)}"
                )
            for axis, (given, needed) in enumerate(zip(start.known_shape, wanted, strict=True)):
                why = Reason("axis {} of the initial state has length {}; it needs {}", axis, given, needed)
                yield equal(given, needed, why)

    def equations(self, *inputs: Tensor) -> Equation:
        x, *start = inputs
        t, n, i, m, j = indices("t n i m j")
        h = (self.hidden_size,)
        w_ih, b_ih = weight("w_ih", (*h, self.input_size)), weight("b_ih", h)
        w_hh, b_hh, g = weight("w_hh", (*h, *h)), weight("b_hh", h), weight("g", h)
        y = computed("y")

        def place(step: Size) -> tuple[Size, ...]:
            if x.rank == 2:
                return (step,)
            return (n, step) if self.batch_first else (step, n)

        new: Node = Sum[i](w_ih[m, i] * x[(*place(t), i)])
        old: Node = Sum[j](w_hh[m, j] * y[(*place(t - 1), j)])
        if self.state == "diagonal":
            old = g[m] * y[(*place(t - 1), m)]
        if self.bias:
            new = new + b_ih[m]
            old = old if self.state == "diagonal" else old + b_hh[m]
        total = new + old
        return Equation(
            y[(*place(t), m)],
            tanh(total) if self.nonlinearity == "tanh" else larger(total, 0),
            arguments={i: "input_size", m: "hidden_size", j: "hidden_size"},
            initial=start[0] if start else None,
        )
