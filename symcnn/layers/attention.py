"""Attention of a sequence to itself."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.equations.notation import Constant, Equation, Node, Sum, Tensor, computed, sqrt, weight
from symcnn.layers.activation import softmax_rows
from symcnn.layers.arguments import counted, flag, optional_size, size
from symcnn.layers.base import Layer
from symcnn.symbols.size import Index, Size, indices


@dataclass(frozen=True, repr=False)
class SelfAttention(Layer):
    """Self-attention with one head, without a projection of its output.

    q = x w_q, k = x w_k, v = x w_v (and a bias each with ``bias=True``),
    s[n, t, p] = (sum over d of q[n, t, d] k[n, p, d])/sqrt(D), a = softmax of s along p,
    y[n, t, d] = sum over p of a[n, t, p] v[n, p, d]

    Symbols: E = ``embed_dim`` features of each of T vectors, D = ``key_dim`` (E where not given) features of
    queries and keys, L = ``value_dim`` (E where not given) features of values and of the output. The softmax
    is that of :class:`Softmax`. Queries, keys, scores and weights are named and so computed once.

    Shapes: (N, T, E) to (N, T, L), or (T, E) to (T, L).
    Raises ``ValueError`` where the features do not match.
    Source: Vaswani et al., "Attention is all you need", section 3.2.1; document 001, exercise 14. PyTorch has
    several heads alone (``torch.nn.MultiheadAttention``); its core is ``scaled_dot_product_attention``.

    >>> from symcnn import SelfAttention, dims
    >>> N, T, E, D = dims("N T E D")
    >>> cost = SelfAttention(E, key_dim=D, value_dim=D).cost((N, T, E))
    >>> cost.macs
    N*T*D*(2*T + 3*E)
    >>> cost.gemm[3]
    Gemm(M=T, N=T, K=D, batch=N)
    """

    embed_dim: Size = size()
    key_dim: Size | None = optional_size()
    value_dim: Size | None = optional_size()
    bias: bool = flag(False)

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        if x.rank not in (2, 3):
            raise ValueError(
                f"{self}: the input has {counted(x.rank)} {x.known_shape}; it needs 3, or 2 for one sample"
            )
        keys = self.embed_dim if self.key_dim is None else self.key_dim
        values = self.embed_dim if self.value_dim is None else self.value_dim
        n = x.leading(2)
        t, p, d, i = indices("t p d i")
        q, k, v, s, m, e, z, a, y = (computed(name) for name in "qkvsmezay")

        def projected(out: Tensor, width: Size, argument: str) -> Equation:
            w, b = weight(f"w_{out.name}", (self.embed_dim, width)), weight(f"b_{out.name}", (width,))
            right: Node = Sum[i](x[(*n, t, i)] * w[i, d])
            return Equation(
                out[(*n, t, d)],
                b[d] + right if self.bias else right,
                arguments={i: "embed_dim", d: argument},
            )

        row: tuple[Index, ...] = (*n, t)
        score = Sum[d](q[(*n, t, d)] * k[(*n, p, d)]) / sqrt(Constant(keys))
        return (
            projected(q, keys, "key_dim"),
            projected(k, keys, "key_dim"),
            projected(v, values, "value_dim"),
            Equation(s[(*row, p)], score),
            *softmax_rows(s, (*row, p), row, p, (m, e, z, a)),
            Equation(y[(*n, t, d)], Sum[p](a[(*n, t, p)] * v[(*n, p, d)])),
        )
