"""The identities of the theorem library on arrays, both sides computed by SciPy, PyTorch or NumPy.

``IDENTITIES`` has a row for each theorem about tensors, by the name of its file and its own. A theorem that
is false has a row as well, which must fail. ``FURTHER`` are identities that are no theorems of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symcnn import (
    ArrayIdentity,
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    Linear,
    MaxPool1d,
    MaxPool2d,
    Tensor,
    dims,
    evaluate,
    ge,
    le,
    lt,
)
from tests.oracles import require_oracle

torch = require_oracle("torch")
signal = require_oracle("scipy.signal")
convolve, correlate = signal.convolve, signal.correlate
F = torch.nn.functional
torch.set_num_threads(1)

Array = np.ndarray[Any, Any]


# -- judges ------------------------------------------------------------------------------------------------


def double(a: Array) -> Any:
    """An array for PyTorch; whole numbers stay exact."""
    return torch.from_numpy(np.ascontiguousarray(a, dtype=np.float64))


def conv(
    x: Array,
    w: Array,
    stride: Any = 1,
    dilation: Any = 1,
    padding: Any = 0,
    groups: int = 1,
    bias: Any = None,
) -> Array:
    """PyTorch: x[C_i, ...] and w[C_o, C_i/groups, ...]."""
    call = {3: F.conv1d, 4: F.conv2d}[w.ndim]
    bias = None if bias is None else double(bias)
    return call(double(x)[None], double(w), bias, stride, padding, dilation, groups)[0].numpy()


def single(x: Array, w: Array, stride: Any = 1, dilation: Any = 1, padding: Any = 0) -> Array:
    """PyTorch: one channel."""
    return conv(x[None], w[None, None], stride, dilation, padding)[0]


def spread(w: Array, *steps: int) -> Array:
    """Zeros between the entries, so that they are ``steps`` apart."""
    out = np.zeros([s * (n - 1) + 1 for n, s in zip(w.shape, steps, strict=True)], dtype=w.dtype)
    out[tuple(slice(None, None, s) for s in steps)] = w
    return out


def corr(x: Array, w: Array, stride: Any = 1, dilation: Any = 1) -> Array:
    """SciPy: one channel."""
    strides = stride if isinstance(stride, tuple) else (stride,) * x.ndim
    dilations = dilation if isinstance(dilation, tuple) else (dilation,) * x.ndim
    y = correlate(x, spread(w, *dilations), "valid", "direct")
    return y[tuple(slice(None, None, s) for s in strides)]


def full(a: Array, b: Array) -> Array:
    """SciPy: the full convolution."""
    return convolve(a, b, "full", "direct")


def transposed(y: Array, w: Array, stride: Any = 1, dilation: Any = 1) -> Array:
    """PyTorch: the transposed convolution of one channel."""
    call = {1: F.conv_transpose1d, 2: F.conv_transpose2d}[y.ndim]
    return call(double(y)[None, None], double(w)[None, None], stride=stride, dilation=dilation)[0, 0].numpy()


def max_pool(x: Array, size: Any, stride: Any) -> Array:
    """PyTorch."""
    call = {1: F.max_pool1d, 2: F.max_pool2d}[x.ndim]
    return call(double(x)[None, None], size, stride)[0, 0].numpy()


def sum_pool(x: Array, size: int, stride: int) -> Array:
    """PyTorch: the average times the number of entries, which is a whole number."""
    call = {1: F.avg_pool1d, 2: F.avg_pool2d}[x.ndim]
    return np.round(call(double(x)[None, None], size, stride)[0, 0].numpy() * size**x.ndim)


def windows(x: Array, size: int, stride: int) -> Array:
    """NumPy: the windows of a row."""
    return np.lib.stride_tricks.sliding_window_view(x, size)[::stride]


def lowered(x: Array, size: tuple[int, int], stride: Any = 1, dilation: Any = 1) -> Array:
    """PyTorch: im2col of x[C, H, W]."""
    return F.unfold(double(x)[None], size, dilation=dilation, stride=stride)[0].numpy()


def gradients(loss: Callable[..., Any], *of: Array) -> list[Array]:
    """PyTorch: the gradients of a loss."""
    tensors = [double(a).requires_grad_() for a in of]
    return [g.numpy() for g in torch.autograd.grad(loss(*tensors), tensors)]


# -- rows --------------------------------------------------------------------------------------------------

IDENTITIES: dict[str, ArrayIdentity] = {}
FURTHER: dict[str, ArrayIdentity] = {}

(L, H, W, K, K_1, K_2, K_3, M, N, C, O, G, S, S_1, S_2, D, D_1, D_2, D_3, R, T) = dims(
    "L H W K K_1 K_2 K_3 M N C O G S S_1 S_2 D D_1 D_2 D_3 R T"
)
I, J = dims("I J", min=0)


def row(
    name: str,
    shapes: Mapping[str, Sequence[Any]],
    left: Callable[..., Any],
    right: Callable[..., Any],
    given: Sequence[Any] = (),
    sizes: Sequence[Any] = (),
    **more: Any,
) -> None:
    """One row: a theorem of the library as FILE.NAME, or a sentence."""
    table = FURTHER if " " in name else IDENTITIES
    if name in table:
        raise ValueError(f"{name} has two rows")
    tensors = [Tensor(tensor, tuple(shape)) for tensor, shape in shapes.items()]
    table[name] = ArrayIdentity(
        name=name, tensors=tensors, left=left, right=right, given=given, sizes=sizes, **more
    )


# Two convolutions of a row are one.
ROW = {"x": (L,), "g": (K_1,), "f": (K_2,)}
FITS = [ge(L, D_1 * (K_1 - 1) + S_1 * D_2 * (K_2 - 1) + 1)]
STRIDES, DILATIONS = (S_1, S_2), (D_1, D_2)

row(
    "composition.two_in_a_row",
    ROW,
    lambda x, g, f, S_1, S_2, D_1, D_2: single(single(x, g, S_1, D_1), f, S_2, D_2),
    lambda x, g, f, S_1, S_2, D_1, D_2: corr(x, full(spread(g, D_1), spread(f, S_1 * D_2)), S_1 * S_2),
    FITS,
    STRIDES + DILATIONS,
)


def added(f: Array, g: Array, step: int, size: int) -> Array:
    """The taps of f, ``step`` apart, each with the whole of g below it, as far as ``size`` entries reach."""
    out = np.zeros(max(size, step * (len(f) - 1) + len(g)), dtype=np.int64)
    for p, weight in enumerate(f):
        out[step * p : step * p + len(g)] += weight * g
    return out[:size]


row(
    "composition.size_of_two",
    ROW,
    lambda x, g, f, S_1, S_2: corr(corr(x, g, S_1), f, S_2),
    lambda x, g, f, S_1, S_2: single(x, added(f, g, S_1, len(g) + S_1 * (len(f) - 1)), S_1 * S_2),
    [ge(L, K_1 + S_1 * (K_2 - 1))],
    STRIDES,
)
row(
    "composition.full_convolution",
    ROW,
    lambda x, g, f: corr(corr(x, g), f),
    lambda x, g, f: single(x, full(f, g)),
    [ge(L, K_1 + K_2 - 1)],
)
row(
    "composition.size_of_two_fails",
    ROW,
    lambda x, g, f, S_1, S_2: corr(corr(x, g, S_1), f, S_2)[:1],
    lambda x, g, f, S_1, S_2: single(x, added(f, g, S_1, len(g) + len(f) - 1), S_1 * S_2)[:1],
    [ge(L, K_1 + S_1 * (K_2 - 1))],
    STRIDES,
)
row(
    "composition.stride_of_the_second_fails",
    ROW,
    lambda x, g, f, S_1, S_2: corr(corr(x, g, S_1), f, S_2)[:1],
    lambda x, g, f, S_1, S_2: single(x, added(f, g, S_2, len(g) + S_2 * (len(f) - 1)), S_1 * S_2)[:1],
    [ge(L, K_1 + S_1 * (K_2 - 1)), ge(L, K_1 + S_2 * (K_2 - 1))],
    STRIDES,
)
row(
    "composition.unflipped_fails",
    ROW,
    lambda x, g, f: corr(corr(x, g), f),
    lambda x, g, f: single(x, correlate(g, f, "full", "direct")),
    [ge(L, K_1 + K_2 - 1)],
)

PLANE = {"x": (H, W), "g": (K_1, T), "f": (K_2, R)}
row(
    "composition.two_in_a_row_2d",
    PLANE,
    lambda x, g, f, S_1, S_2, D_1, D_2: single(single(x, g, (S_1, S_2), (D_1, 1)), f, (S_2, 1), (D_2, D_1)),
    lambda x, g, f, S_1, S_2, D_1, D_2: corr(
        x, full(spread(g, D_1, 1), spread(f, S_1 * D_2, S_2 * D_1)), (S_1 * S_2, S_2)
    ),
    [ge(H, D_1 * (K_1 - 1) + S_1 * D_2 * (K_2 - 1) + 1), ge(W, T + S_2 * D_1 * (R - 1))],
    STRIDES + DILATIONS,
)


def composed(f: Array, g: Array) -> Array:
    """The kernel of two layers, channels in the middle added."""
    return np.array(
        [
            [sum(full(f[o, m], g[m, i]) for m in range(len(g))) for i in range(g.shape[1])]
            for o in range(len(f))
        ]
    )


row(
    "composition.two_layers",
    {"x": (C, H, W), "g": (M, C, K_1, T), "f": (O, M, K_2, R)},
    lambda x, g, f: conv(conv(x, g), f),
    lambda x, g, f: conv(x, composed(f, g)),
    [ge(H, K_1 + K_2 - 1), ge(W, T + R - 1)],
)
row(
    "composition.biases",
    {"x": (C, L), "g": (M, C, K_1), "f": (O, M, K_2), "b": (M,), "c": (O,)},
    lambda x, g, f, b, c, S: conv(conv(x, g, bias=b), f, S, bias=c),
    lambda x, g, f, b, c, S: conv(conv(x, g), f, S, bias=c + f.sum(2) @ b),
    [ge(L, K_1 + K_2 - 1)],
    [S],
)
row(
    "composition.zero_padding_fails",
    {"x": (L,), "g": (3,), "f": (3,)},
    lambda x, g, f: single(single(x, g, padding=1), f, padding=1),
    lambda x, g, f: single(x, full(f, g), padding=2),
)
row(
    "composition.associative",
    {"f": (K_3,), "g": (K_2,), "h": (K_1,)},
    lambda f, g, h, S_1, S_2: full(spread(f, S_1 * S_2), full(spread(g, S_1), h)),
    lambda f, g, h, S_1, S_2: full(spread(full(spread(f, S_2), g), S_1), h),
    sizes=STRIDES,
)
row(
    "composition.commutative",
    ROW,
    lambda x, g, f, D_1, D_2: single(single(x, g, 1, D_1), f, 1, D_2),
    lambda x, g, f, D_1, D_2: corr(corr(x, f, 1, D_2), g, 1, D_1),
    [ge(L, D_1 * (K_1 - 1) + D_2 * (K_2 - 1) + 1)],
    DILATIONS,
)
row(
    "composition.commutative_2d",
    PLANE,
    lambda x, g, f, D_1, D_2: single(single(x, g, 1, D_1), f, 1, D_2),
    lambda x, g, f, D_1, D_2: corr(corr(x, f, 1, D_2), g, 1, D_1),
    [ge(H, D_1 * (K_1 - 1) + D_2 * (K_2 - 1) + 1), ge(W, D_1 * (T - 1) + D_2 * (R - 1) + 1)],
    DILATIONS,
)
row(
    "composition.strides_commute_fails",
    ROW,
    lambda x, g, f, S_1, S_2: single(single(x, g, S_1), f, S_2)[:1],
    lambda x, g, f, S_1, S_2: corr(corr(x, f, S_2), g, S_1)[:1],
    [ge(L, K_1 + S_1 * (K_2 - 1)), ge(L, K_2 + S_2 * (K_1 - 1))],
    STRIDES,
)
row(
    "composition.channels_commute_fails",
    {"f": (C, C), "g": (C, C), "x": (C, 1)},
    lambda f, g, x: conv(conv(x, g[..., None]), f[..., None]),
    lambda f, g, x: conv(conv(x, f[..., None]), g[..., None]),
)

# Kinds of convolutions.
LAYER = {"x": (C, L), "w": (O, C, K)}
ANY = [ge(L, D * (K - 1) + 1)]
row(
    "kinds.linear_in_the_input",
    {**LAYER, "y": (C, L)},
    lambda x, y, w, I, J, S, D: conv(I * x + J * y, w, S, D),
    lambda x, y, w, I, J, S, D: I * conv(x, w, S, D) + J * conv(y, w, S, D),
    ANY,
    [I, J, S, D],
)
row(
    "kinds.linear_in_the_weights",
    {**LAYER, "f": (O, C, K)},
    lambda x, w, f, I, J, S, D: conv(x, I * w + J * f, S, D),
    lambda x, w, f, I, J, S, D: I * conv(x, w, S, D) + J * conv(x, f, S, D),
    ANY,
    [I, J, S, D],
)
row(
    "kinds.bias_linear_fails",
    {**LAYER, "b": (O,)},
    lambda x, w, b, I: conv(I * x, w, bias=b),
    lambda x, w, b, I: I * conv(x, w, bias=b),
    [ge(L, K)],
    [I],
)
row(
    "kinds.equivariant",
    LAYER,
    lambda x, w, I, D: conv(x[:, I:], w, 1, D),
    lambda x, w, I, D: conv(x, w, 1, D)[:, I:],
    [ge(L, D * (K - 1) + 1 + I)],
    [I, D],
)
row(
    "kinds.equivariant_by_strides",
    LAYER,
    lambda x, w, I, S, D: conv(x[:, S * I :], w, S, D),
    lambda x, w, I, S, D: conv(x, w, S, D)[:, I:],
    [ge(L, D * (K - 1) + 1 + S * I)],
    [I, S, D],
)
row(
    "kinds.equivariant_at_the_border_fails",
    {"x": (L,), "w": (3,)},
    lambda x, w: single(np.concatenate([[0], x[:-1]]), w, padding=1)[1:],
    lambda x, w: single(x, w, padding=1)[:-1],
)
MADE = [ge(L, S * (M - 1) + D * (K - 1) + 1), lt(L, S * M + D * (K - 1) + 1)]
row(
    "kinds.gradient_of_the_weights",
    {**LAYER, "g": (O, M)},
    lambda x, w, g, S, D: gradients(
        lambda v: (double(g) * F.conv1d(double(x), v, stride=S, dilation=D)).sum(), w
    )[0],
    lambda x, w, g, S, D: np.stack(
        [np.einsum("om,im->oi", g, x[:, D * k :: S][:, : g.shape[1]]) for k in range(w.shape[2])], 2
    ),
    MADE,
    [S, D],
)
row(
    "kinds.gradient_is_a_convolution",
    {"x": (L,), "w": (K,), "g": (M,)},
    lambda x, w, g, S, D: gradients(
        lambda v: (double(g) * F.conv1d(double(x)[None], v[None, None], stride=S, dilation=D)).sum(), w
    )[0],
    lambda x, w, g, S, D: corr(x, g, D, S)[: len(w)],
    MADE,
    [S, D],
)
row(
    "kinds.gradient_stride_fails",
    {"x": (L,), "w": (K,), "g": (M,)},
    lambda x, w, g, S: gradients(
        lambda v: (double(g) * F.conv1d(double(x)[None], v[None, None], stride=S)).sum(), w
    )[0],
    lambda x, w, g, S: corr(x, g)[: len(w)],
    [ge(L, S * (M - 1) + K), lt(L, S * M + K)],
    [S],
)
row(
    "kinds.gradient_of_the_bias",
    {**LAYER, "b": (O,), "g": (O, M)},
    lambda x, w, b, g, S, D: gradients(
        lambda c: (double(g) * F.conv1d(double(x), double(w), c, S, 0, D)).sum(), b
    )[0],
    lambda g: g.sum(1),
    MADE,
    [S, D],
)


def changed(a: Array, place: int, by: int) -> Array:
    """The array with one entry larger."""
    out = a.copy()
    out[place] += by
    return out


row(
    "kinds.one_weight",
    {"x": (L,), "w": (K,)},
    lambda x, w, I, J, S, D: single(x, changed(w, I, J), S, D),
    lambda x, w, I, J, S, D: corr(x, w, S, D) + J * x[D * I :: S][: (len(x) - D * (len(w) - 1) - 1) // S + 1],
    [*ANY, lt(I, K)],
    [I, J, S, D],
)
row(
    "kinds.one_input",
    {"x": (L,), "w": (K,)},
    lambda x, w, I, J, S, D: single(changed(x, I, J), w, S, D),
    lambda x, w, I, J, S, D: (
        corr(x, w, S, D)
        + J
        * np.array(
            [
                sum(w[k] for k in range(len(w)) if S * r + D * k == I)
                for r in range((len(x) - D * (len(w) - 1) - 1) // S + 1)
            ]
        )
    ),
    [*ANY, lt(I, L)],
    [I, J, S, D],
)
row(
    "kinds.adjoint",
    {"x": (S * (M - 1) + K,), "w": (K,), "y": (M,)},
    lambda x, w, y, S: y @ corr(x, w, S),
    lambda x, w, y, S: transposed(y, w, S) @ x,
    sizes=[S, M, K],
)
row(
    "kinds.adjoint_of_layers",
    {
        "x": (C, S_1 * (M - 1) + D_1 * (K - 1) + 1, S_2 * (N - 1) + D_2 * (T - 1) + 1),
        "w": (O, C, K, T),
        "y": (O, M, N),
    },
    lambda x, w, y, S_1, S_2, D_1, D_2: (y * conv(x, w, (S_1, S_2), (D_1, D_2))).sum(),
    lambda x, w, y, S_1, S_2, D_1, D_2: (
        x * F.conv_transpose2d(double(y)[None], double(w), stride=(S_1, S_2), dilation=(D_1, D_2))[0].numpy()
    ).sum(),
    sizes=[M, N, K, T, *STRIDES, *DILATIONS],
)
row(
    "kinds.transposed_is_a_convolution",
    {"y": (M,), "w": (K,)},
    lambda y, w, S: transposed(y, w, stride=S),
    lambda y, w, S: corr(np.pad(spread(y, S), len(w) - 1), w[::-1]),
    sizes=[S],
)
row(
    "kinds.unflipped_adjoint_fails",
    {"x": (M + K - 1,), "w": (K,), "y": (M,)},
    lambda x, w, y: y @ corr(x, w),
    lambda x, w, y: corr(np.pad(y, len(w) - 1), w) @ x,
    sizes=[M, K],
)
row(
    "kinds.transposed_is_no_inverse_fails",
    {"x": (M + K - 1,), "w": (K,)},
    lambda x, w: transposed(corr(x, w), w),
    lambda x: x,
    sizes=[M, K],
)
row(
    "kinds.depthwise_separable",
    {"x": (C, L), "f": (C, 1, K), "p": (O, C)},
    lambda x, f, p, S, D: conv(conv(x, f, S, D, groups=len(x)), p[..., None]),
    lambda x, f, p, S, D: conv(x, p[..., None] * f[None, :, 0], S, D),
    ANY,
    [S, D],
)


def blocks(w: Array, groups: int) -> Array:
    """The weights of groups, with zeros between groups."""
    out, inside = w.shape[:2]
    whole = np.zeros((out, groups * inside, w.shape[2]), dtype=w.dtype)
    for o in range(out):
        h = o // (out // groups)
        whole[o, h * inside : (h + 1) * inside] = w[o]
    return whole


row(
    "kinds.groups_are_blocks",
    {"x": (G * C, L), "w": (G * O, C, K)},
    lambda x, w, G, S, D: conv(x, w, S, D, groups=G),
    lambda x, w, G, S, D: conv(x, blocks(w, G), S, D),
    ANY,
    [S, D, G, C, O],
)
row(
    "kinds.separable_kernel",
    {"x": (H, W), "a": (K_1,), "b": (K_2,)},
    lambda x, a, b, S_1, S_2, D_1, D_2: single(x, np.outer(a, b), (S_1, S_2), (D_1, D_2)),
    lambda x, a, b, S_1, S_2, D_1, D_2: corr(
        corr(x, b[None], (1, S_2), (1, D_2)), a[:, None], (S_1, 1), (D_1, 1)
    ),
    [ge(H, D_1 * (K_1 - 1) + 1), ge(W, D_2 * (K_2 - 1) + 1)],
    STRIDES + DILATIONS,
)
row(
    "kinds.dilated",
    {"x": (L,), "w": (K,)},
    lambda x, w, S, D: single(x, w, stride=S, dilation=D),
    lambda x, w, S, D: corr(x, spread(w, D), S),
    ANY,
    [S, D],
)


def batch_norm(y: Array, gamma: Array, beta: Array, mean: Array, sigma: Array) -> Array:
    """PyTorch: with stored statistics."""
    moments = double(mean), double(sigma) ** 2
    return F.batch_norm(double(y)[None], *moments, double(gamma), double(beta), eps=0)[0].numpy()


NORM = dict.fromkeys(("gamma", "beta", "mean", "sigma", "bias"), (O,))
row(
    "kinds.norm_behind",
    {**LAYER, **NORM},
    lambda x, w, gamma, beta, mean, sigma, bias, S: batch_norm(
        conv(x, w, S, bias=bias), gamma, beta, mean, sigma
    ),
    lambda x, w, gamma, beta, mean, sigma, bias, S: conv(
        x, w * (gamma / sigma)[:, None, None], S, bias=gamma / sigma * (bias - mean) + beta
    ),
    [ge(L, K)],
    [S],
    entries=(1, 4),
    tolerance=1e-9,
)
row(
    "kinds.norm_before",
    {**LAYER, "a": (C,), "b": (C,), "c": (O,)},
    lambda x, w, a, b, c, S: conv(a[:, None] * x + b[:, None], w, S, bias=c),
    lambda x, w, a, b, c, S: conv(x, w * a[None, :, None], S, bias=c + w.sum(2) @ b),
    [ge(L, K)],
    [S],
)
row(
    "kinds.norm_before_a_border_fails",
    {"x": (1, L), "w": (1, 1, 3), "a": (1,), "b": (1,)},
    lambda x, w, a, b: conv(a * x + b, w, padding=1),
    lambda x, w, a, b: conv(x, w * a, padding=1, bias=w.sum(2) @ b),
)


def winograd(x: Array, w: Array, sign: int = 1) -> Array:
    """Twice the outputs of F(2, 3): no quotient is left."""
    p_1 = 2 * (x[0] - x[2]) * w[0]
    p_2 = (x[1] + x[2]) * (w[0] + w[1] + w[2])
    p_3 = sign * (x[2] - x[1]) * (w[0] - w[1] + w[2])
    p_4 = 2 * (x[1] - x[3]) * w[2]
    return np.array([p_1 + p_2 + p_3, p_2 - p_3 - p_4])


row(
    "kinds.winograd",
    {"x": (4,), "w": (3,)},
    lambda x, w: 2 * single(x, w),
    winograd,
)
row(
    "kinds.winograd_sign_fails",
    {"x": (4,), "w": (3,)},
    lambda x, w: 2 * single(x, w),
    lambda x, w: winograd(x, w, -1),
)
TO_U = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]])
TO_V = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
BACK = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])
row(
    "kinds.winograd_2d",
    {"x": (4, 4), "w": (3, 3)},
    lambda x, w: 4 * single(x, w),
    lambda x, w: BACK @ ((TO_U @ w @ TO_U.T) * (TO_V @ x @ TO_V.T)) @ BACK.T,
)

# Lowering.
IMAGE = {"x": (C, H, W), "w": (O, C, K_1, K_2)}
TAPS = [ge(H, D_1 * (K_1 - 1) + 1), ge(W, D_2 * (K_2 - 1) + 1)]
LOWERED = STRIDES + DILATIONS


def taps(x: Array, w: Array, stride: tuple[int, int], dilation: tuple[int, int]) -> dict[Any, Array]:
    """The part of the input that each tap meets."""
    (s, t), (d, e) = stride, dilation
    rows = (x.shape[1] - d * (w.shape[2] - 1) - 1) // s + 1
    columns = (x.shape[2] - e * (w.shape[3] - 1) - 1) // t + 1
    return {
        (u, v): x[:, d * u : d * u + s * rows : s, e * v : e * v + t * columns : t][:, :rows, :columns]
        for u in range(w.shape[2])
        for v in range(w.shape[3])
    }


row(
    "lowering.products_added",
    IMAGE,
    lambda x, w, S_1, S_2, D_1, D_2: conv(x, w, (S_1, S_2), (D_1, D_2)),
    lambda x, w, S_1, S_2, D_1, D_2: sum(
        np.einsum("oi,irc->orc", w[:, :, u, v], part)
        for (u, v), part in taps(x, w, (S_1, S_2), (D_1, D_2)).items()
    ),
    TAPS,
    LOWERED,
)
row(
    "lowering.one_product_for_each_row",
    IMAGE,
    lambda x, w, S_1, S_2, D_1, D_2: conv(x, w, (S_1, S_2), (D_1, D_2)),
    lambda x, w, S_1, S_2, D_1, D_2: sum(
        np.einsum(
            "ok,krc->orc",
            w[:, :, u].reshape(len(w), -1),
            np.stack(
                [
                    taps(x, w, (S_1, S_2), (D_1, D_2))[u, v][i]
                    for i in range(len(x))
                    for v in range(w.shape[3])
                ]
            ),
        )
        for u in range(w.shape[2])
    ),
    TAPS,
    LOWERED,
)
row(
    "lowering.im2col",
    IMAGE,
    lambda x, w, S_1, S_2, D_1, D_2: conv(x, w, (S_1, S_2), (D_1, D_2)).reshape(len(w), -1),
    lambda x, w, S_1, S_2, D_1, D_2: w.reshape(len(w), -1) @ lowered(x, w.shape[2:], (S_1, S_2), (D_1, D_2)),
    TAPS,
    LOWERED,
)
row(
    "lowering.stored_weights",
    {"x": (C, H, W), "stored": (O, C * K_1 * K_2)},
    lambda x, stored, K_1, K_2: conv(x, stored.reshape(len(stored), len(x), K_1, K_2)).reshape(
        len(stored), -1
    ),
    lambda x, stored, K_1, K_2: stored @ lowered(x, (K_1, K_2)),
    [ge(H, K_1), ge(W, K_2)],
    [K_1, K_2],
)
row(
    "lowering.batch_columns",
    {"x": (N, C, H, W), "w": (O, C, K_1, K_2)},
    lambda x, w, S: np.concatenate([conv(image, w, S).reshape(len(w), -1) for image in x], 1),
    lambda x, w, S: w.reshape(len(w), -1) @ np.concatenate([lowered(i, w.shape[2:], S) for i in x], 1),
    [ge(H, K_1), ge(W, K_2)],
    [S],
)
row(
    "lowering.gradient_is_a_product",
    {**IMAGE, "g": (O, H - K_1 + 1, W - K_2 + 1)},
    lambda x, w, g: gradients(lambda v: (double(g) * F.conv2d(double(x), v)).sum(), w)[0],
    lambda x, w, g: (g.reshape(len(g), -1) @ lowered(x, w.shape[2:]).T).reshape(w.shape),
    [ge(H, K_1), ge(W, K_2)],
)
row(
    "lowering.mixed_flattening_fails",
    IMAGE,
    lambda x, w: conv(x, w).reshape(len(w), -1),
    lambda x, w: w.transpose(0, 1, 3, 2).reshape(len(w), -1) @ lowered(x, w.shape[2:]),
    [ge(H, K_1), ge(W, K_2)],
)
row(
    "lowering.row_length_fails",
    {"x": (H, W), "w": (K_1, K_2)},
    lambda x, w: single(x, w).ravel(),
    lambda x, w: np.pad(
        np.array(
            [
                (
                    w * np.pad(x, 9)[9 + n // x.shape[1] :, 9 + n % x.shape[1] :][: w.shape[0], : w.shape[1]]
                ).sum()
                for n in range((x.shape[0] - w.shape[0] + 1) * (x.shape[1] - w.shape[1] + 1))
            ]
        ),
        0,
    ),
    [ge(H, K_1), ge(W, K_2), le(K_1, 9), le(K_2, 9)],
)
row(
    "lowering.stride_of_positions_fails",
    {"x": (S * M, S * N)},
    lambda x, S: x[::S, ::S].ravel(),
    lambda x, S, M, N: x.ravel()[: S * M * N : S],
    sizes=[S, M, N],
)
row(
    "lowering.one_by_one",
    {"x": (C, H, W), "w": (O, C, 1, 1)},
    lambda x, w, S_1, S_2: conv(x, w, (S_1, S_2)),
    lambda x, w, S_1, S_2: np.einsum("oi,irc->orc", w[..., 0, 0], x[:, ::S_1, ::S_2]),
    sizes=STRIDES,
)
row(
    "lowering.one_by_one_as_stored",
    {"x": (C, H, W), "w": (O, C, 1, 1)},
    lambda x, w: conv(x, w).reshape(len(w), -1),
    lambda x, w: w[..., 0, 0] @ x.reshape(len(x), -1),
)
row(
    "lowering.window_is_the_input",
    {"x": (C, H, W), "matrix": (O, C * H * W)},
    lambda x, matrix: F.linear(double(x).flatten(), double(matrix)).numpy(),
    lambda x, matrix: conv(x, matrix.reshape(len(matrix), *x.shape))[:, 0, 0],
)

# Pooling.
POOLED = [ge(L, K_1 + S_1 * (K_2 - 1))]
COVERED = [*POOLED, le(S_1, K_1)]
row(
    "composition.max_pools",
    {"x": (L,)},
    lambda x, K_1, K_2, S_1, S_2: max_pool(max_pool(x, K_1, S_1), K_2, S_2),
    lambda x, K_1, K_2, S_1, S_2: windows(x, K_1 + S_1 * (K_2 - 1), S_1 * S_2).max(1),
    COVERED,
    [K_1, K_2, S_1, S_2],
)
row(
    "composition.max_pools_2d",
    {"x": (L, L)},
    lambda x, K_1, K_2, S_1, S_2: max_pool(max_pool(x, K_1, S_1), K_2, S_2),
    lambda x, K_1, K_2, S_1, S_2: max_pool(x, K_1 + S_1 * (K_2 - 1), S_1 * S_2),
    COVERED,
    [K_1, K_2, S_1, S_2],
)
row(
    "composition.max_pool_twice",
    {"x": (L, L)},
    lambda x, K, S: max_pool(max_pool(x, K, S), K, S),
    lambda x, K, S: max_pool(x, (S + 1) * K - S, S * S),
    [ge(L, (S + 1) * K - S), le(S, K)],
    [K, S],
)
row(
    "composition.max_pool_2_twice",
    {"x": (4 * M, 4 * N)},
    lambda x: max_pool(max_pool(x, 2, 2), 2, 2),
    lambda x: max_pool(x, 4, 4),
    sizes=[M, N],
)
row(
    "composition.max_pools_with_gaps",
    {"x": (L,)},
    lambda x, K_1, K_2, S_1, S_2: max_pool(max_pool(x, K_1, S_1), K_2, S_2),
    lambda x, K_1, K_2, S_1, S_2: windows(x, K_1 + S_1 * (K_2 - 1), S_1 * S_2).max(1),
    POOLED,
    [K_1, K_2, S_1, S_2],
)
AVERAGED = {"x": (C, H, W)}
row(
    "pooling.average_pooling_is_depthwise",
    AVERAGED,
    lambda x, K, S: np.stack([sum_pool(a, K, S) for a in x]),
    lambda x, K, S: conv(x, np.ones((len(x), 1, K, K)), S, groups=len(x)),
    [ge(H, K), ge(W, K)],
    [K, S],
)
row(
    "pooling.average_pooling_is_a_convolution",
    AVERAGED,
    lambda x, K, S: np.stack([sum_pool(a, K, S) for a in x]),
    lambda x, K, S: conv(x, np.eye(len(x))[..., None, None] * np.ones((K, K)), S),
    [ge(H, K), ge(W, K)],
    [K, S],
)
row(
    "pooling.global_average_is_a_product",
    AVERAGED,
    lambda x: F.adaptive_avg_pool2d(double(x), 1)[:, 0, 0],
    lambda x: x.reshape(len(x), -1) @ np.full(x[0].size, 1 / x[0].size),
    tolerance=1e-12,
)
row(
    "pooling.average_at_most_max",
    {"x": (K,)},
    lambda x: max(double(x).mean().item(), max_pool(x, len(x), 1)[0]),
    lambda x: max_pool(x, len(x), 1)[0],
    tolerance=1e-12,
)
row(
    "pooling.average_of_tiles",
    {"x": (K_1 * K_2 * M,)},
    lambda x, K_1, K_2: sum_pool(sum_pool(x, K_1, K_1), K_2, K_2),
    lambda x, K_1, K_2: x.reshape(-1, K_1 * K_2).sum(1),
    sizes=[K_1, K_2, M],
)
row(
    "pooling.average_after_average",
    {"x": (L,)},
    lambda x, K_1, K_2: sum_pool(sum_pool(x, K_1, 1), K_2, 1),
    lambda x, K_1, K_2: corr(x, full(np.ones(K_1, int), np.ones(K_2, int))),
    [ge(L, K_1 + K_2 - 1)],
    [K_1, K_2],
)
row(
    "pooling.average_after_average_fails",
    {"x": (L,)},
    lambda x, K_1, K_2: (K_1 + K_2 - 1) * sum_pool(sum_pool(x, K_1, 1), K_2, 1),
    lambda x, K_1, K_2: K_1 * K_2 * sum_pool(x, K_1 + K_2 - 1, 1),
    [ge(L, K_1 + K_2 - 1)],
    [K_1, K_2],
)
row(
    "pooling.max_after_max",
    {"x": (L,)},
    lambda x, K_1, K_2: max_pool(max_pool(x, K_1, 1), K_2, 1),
    lambda x, K_1, K_2: windows(x, K_1 + K_2 - 1, 1).max(1),
    [ge(L, K_1 + K_2 - 1)],
    [K_1, K_2],
)
row(
    "pooling.max_rows_or_columns",
    {"x": (H, W)},
    lambda x: max_pool(max_pool(x, (1, x.shape[1]), 1), (x.shape[0], 1), 1),
    lambda x: max_pool(max_pool(x, (x.shape[0], 1), 1), (1, x.shape[1]), 1),
)
row(
    "pooling.max_of_increasing",
    {"x": (L,)},
    lambda x, K, S: max_pool(np.maximum(x, 0) ** 3, K, S),
    lambda x, K, S: np.maximum(max_pool(x, K, S), 0) ** 3,
    [ge(L, K)],
    [K, S],
)
row(
    "pooling.max_of_shifted",
    {"x": (L,)},
    lambda x, K, I: max_pool(x - I, K, 1),
    lambda x, K, I: max_pool(x, K, 1) - I,
    [ge(L, K)],
    [K, I],
)
row(
    "pooling.max_of_sum",
    {"x": (L,), "y": (L,)},
    lambda x, y, K: max_pool(x + y, K, 1) <= max_pool(x, K, 1) + max_pool(y, K, 1),
    lambda x, y, K: np.ones(len(x) - K + 1),
    [ge(L, K)],
    [K],
)
row(
    "pooling.max_of_sum_fails",
    {"x": (L,), "y": (L,)},
    lambda x, y, K: max_pool(x + y, K, 1),
    lambda x, y, K: max_pool(x, K, 1) + max_pool(y, K, 1),
    [ge(L, K)],
    [K],
)
row(
    "pooling.max_of_function_fails",
    {"x": (K,)},
    lambda x: max_pool(-x, len(x), 1),
    lambda x: -max_pool(x, len(x), 1),
)
row(
    "pooling.average_of_increasing_fails",
    {"x": (K,)},
    lambda x: F.relu(double(x)).sum(),
    lambda x: F.relu(double(x).sum()),
)

# Receptive fields and recurrences.


def stack(x: Array, w: Array, k: Array, s: Array) -> Array:
    """Layer l has the first k[l] of the weights w[l], and the stride s[l]."""
    for weights, size, stride in zip(w, k, s, strict=True):
        x = single(x, weights[:size], int(stride))
    return x


def field(k: Array, s: Array) -> int:
    """1 + the sum of (k_l - 1) times the product of the earlier strides."""
    return 1 + sum(int((size - 1) * np.prod(s[:n])) for n, size in enumerate(k))


def changed_outside(x: Array, w: Array, k: Array, s: Array) -> tuple[Array, Array]:
    """An output in the middle of a row, before and after all entries outside of its field are changed."""
    size, jump = field(k, s), int(np.prod(s))
    row_ = np.resize(x, size + 2 * jump)
    other = row_ + 7
    other[jump : jump + size] = row_[jump : jump + size]
    return stack(row_, w, k, s)[1:2], stack(other, w, k, s)[1:2]


row(
    "receptive_field.nothing_outside_is_seen",
    {"x": (L,), "w": (N, 3), "k": (N,), "s": (N,)},
    lambda x, w, k, s: changed_outside(x, w, k, s)[0],
    lambda x, w, k, s: changed_outside(x, w, k, s)[1],
    [le(N, 4)],
    entries=(1, 3),
)
row(
    "recurrence.unseen",
    {"x": (L,), "w": (N, K)},
    lambda x, w, K: changed_outside(x, w, np.full(len(w), K), np.ones(len(w), int))[0],
    lambda x, w, K: changed_outside(x, w, np.full(len(w), K), np.ones(len(w), int))[1],
    [le(N, 5)],
)


def diagonal(g: Array, y: Array, x: Array, f: Callable[[Any], Any]) -> Array:
    """PyTorch: a recurrent network with a diagonal state matrix."""
    state, matrix = double(y), torch.diag(double(g))
    for inputs in double(x):
        state = f(matrix @ state + inputs)
    return state.numpy()


row(
    "recurrence.diagonal_start",
    {"g": (M,), "y": (M,), "x": (T, M)},
    lambda g, y, x, I: diagonal(g, y, x, F.relu)[I],
    lambda g, y, x, I: diagonal(g, np.where(np.arange(len(y)) == I, y, y + 5), x, F.relu)[I],
    [lt(I, M)],
    [I],
)
row(
    "recurrence.diagonal_closed",
    {"g": (M,), "y": (M,), "x": (T, M)},
    lambda g, y, x: diagonal(g, y, x, lambda z: z),
    lambda g, y, x: g ** len(x) * y + sum(g ** (len(x) - 1 - s) * x[s] for s in range(len(x))),
    # The powers are whole numbers below 2^53.
    [le(T, 9)],
)

# Layers.
row(
    "layers.dense_is_a_convolution",
    {"x": (H, W), "matrix": (O, H * W)},
    lambda x, matrix: F.linear(double(x).flatten(), double(matrix)),
    lambda x, matrix: conv(x[None], matrix.reshape(-1, 1, *x.shape))[:, 0, 0],
)
row(
    "layers.dense_after_dense",
    {"x": (N,), "w": (M, N), "v": (O, M)},
    lambda x, w, v: F.linear(F.linear(double(x), double(w)), double(v)),
    lambda x, w, v: (v @ w) @ x,
)
row(
    "layers.diagonal_state",
    {"g": (M,), "y": (M,), "x": (T, M)},
    lambda g, y, x, I: diagonal(g, y, x, torch.abs)[I],
    lambda g, y, x, I: diagonal(g, np.where(np.arange(len(y)) == I, y, y + 5), x, torch.abs)[I],
    [lt(I, M)],
    [I],
)


def attend(a: Array, x: Array, v: Array) -> Array:
    """PyTorch: A X^T W_v, for columns of X."""
    return (double(a) @ double(x).T @ double(v)).numpy()


def besides(x: Array, row_: Any = None, column: Any = None) -> Array:
    """The array with other entries everywhere but in one row or in one column."""
    out = x + 3
    if row_ is not None:
        out[row_] = x[row_]
    if column is not None:
        out[:, column] = x[:, column]
    return out


ATTENTION = {"X": (K, M), "V": (K, K)}
row(
    "layers.identity_attention",
    ATTENTION,
    lambda X, V: attend(np.eye(X.shape[1]), X, V),
    lambda X, V: np.stack([V.T @ X[:, m] for m in range(X.shape[1])]),
)
row(
    "layers.identity_attention_mixes_nothing",
    ATTENTION,
    lambda X, V, I: attend(np.eye(X.shape[1]), X, V)[I],
    lambda X, V, I: attend(np.eye(X.shape[1]), besides(X, column=I), V)[I],
    [lt(I, M)],
    [I],
)
row(
    "layers.identity_values",
    {"X": (K, M), "A": (M, M)},
    lambda X, A: attend(A, X, np.eye(len(X))),
    lambda X, A: np.stack([A @ feature for feature in X], 1),
)
row(
    "layers.identity_values_mix_no_features",
    {"X": (K, M), "A": (M, M)},
    lambda X, A, I: attend(A, X, np.eye(len(X)))[:, I],
    lambda X, A, I: attend(A, besides(X, row_=I), np.eye(len(X)))[:, I],
    [lt(I, K)],
    [I],
)
row(
    "layers.computed_attention_fails",
    {"X": (K, M)},
    lambda X, I: attend(X.T @ X, X, np.eye(len(X)))[:, I],
    lambda X, I: attend(besides(X, row_=I).T @ besides(X, row_=I), besides(X, row_=I), np.eye(len(X)))[:, I],
    [lt(I, K)],
    [I],
)
row(
    "layers.softmax_is_a_distribution",
    {"x": (N,)},
    lambda x: F.softmax(double(x), 0).sum(),
    lambda x: 1,
    tolerance=1e-12,
)
row(
    "layers.softmax_of_shifted",
    {"x": (N,)},
    lambda x, J: F.softmax(double(x + J), 0),
    lambda x, J: np.exp(x) / np.exp(x).sum(),
    sizes=[J],
    tolerance=1e-9,
)
row(
    "layers.softmax_keeps_order",
    {"x": (N,)},
    lambda x: np.subtract.outer(*[F.softmax(double(x), 0).numpy()] * 2) < -1e-12,
    lambda x: np.subtract.outer(x, x) < 0,
)
row(
    "layers.softmax_of_scaled_fails",
    {"x": (N,)},
    lambda x, J: F.softmax(double(J * x), 0),
    lambda x, J: F.softmax(double(x), 0),
    sizes=[J],
    tolerance=1e-9,
)
row(
    "layers.relu_and_max_pooling",
    {"x": (L,)},
    lambda x, K, S: max_pool(F.relu(double(x)).numpy(), K, S),
    lambda x, K, S: np.maximum(windows(x, K, S).max(1), 0),
    [ge(L, K)],
    [K, S],
)

row(
    "product.tiled_product",
    {"a": (M, K * N), "b": (K * N, R)},
    lambda a, b: (double(a) @ double(b)).numpy(),
    lambda a, b, K: sum(a[:, n : n + K] @ b[n : n + K] for n in range(0, a.shape[1], K)),
    sizes=[K, N],
)

# -- beyond the library ------------------------------------------------------------------------------------

row(
    "valid convolution is correlation with the flipped kernel",
    {"x": (L,), "w": (K,)},
    lambda x, w: convolve(x, w, "valid", "direct"),
    lambda x, w: single(x, w[::-1]),
    [ge(L, K)],
)
row(
    "full correlation is a convolution layer with a border of K - 1",
    {"x": (L,), "w": (K,)},
    lambda x, w: correlate(x, w, "full", "direct"),
    lambda x, w: single(x, w, padding=len(w) - 1),
)
row(
    "same correlation is a convolution layer with a border of (K - 1)/2, for odd K",
    {"x": (L,), "w": (2 * I + 1,)},
    lambda x, w: correlate(x, w, "same", "direct"),
    lambda x, w, I: single(x, w, padding=I),
    [ge(L, 2 * I + 1)],
    [I],
)
row(
    # SciPy's centre is the entry behind the middle, PyTorch's the one before it.
    "'same' of SciPy is 'same' of PyTorch for even kernels too (false)",
    {"x": (L,), "w": (2 * K,)},
    lambda x, w: correlate(x, w, "same", "direct"),
    lambda x, w: single(np.pad(x, ((len(w) - 1) // 2, len(w) // 2)), w),
    [ge(L, 2 * K)],
    [K],
)
row(
    "full convolution commutes",
    {"a": (H, W), "b": (K_1, K_2)},
    full,
    lambda a, b: full(b, a),
)
row(
    "full convolution is a product of polynomials",
    {"a": (M,), "b": (N,)},
    full,
    lambda a, b: np.array(
        [
            sum(a[i] * b[n - i] for i in range(len(a)) if 0 <= n - i < len(b))
            for n in range(len(a) + len(b) - 1)
        ]
    ),
)
row(
    "the transposed convolution of stride 1 is the full convolution",
    {"y": (H, W), "w": (K_1, K_2)},
    transposed,
    lambda y, w: convolve(y, w, "full", "direct"),
)
row(
    "the gradient by the input is the transposed convolution",
    {"x": (S * (M - 1) + K,), "w": (K,), "g": (M,)},
    lambda x, w, g, S: gradients(
        lambda z: (double(g) * F.conv1d(z[None], double(w)[None, None], stride=S)).sum(), x
    )[0],
    lambda x, w, g, S: transposed(g, w, S),
    sizes=[S, M, K],
)
row(
    "sum pooling is a cumulative sum minus itself, shifted",
    {"x": (L,)},
    lambda x, K: sum_pool(x, K, 1),
    lambda x, K: np.cumsum(np.pad(x, (1, 0)))[K:] - np.cumsum(np.pad(x, (1, 0)))[:-K],
    [ge(L, K)],
    [K],
)
row(
    "min pooling is max pooling of what has the other sign",
    {"x": (L,)},
    lambda x, K, S: -max_pool(-x, K, S),
    lambda x, K, S: windows(x, K, S).min(1),
    [ge(L, K)],
    [K, S],
)
row(
    "average pooling in Fractions is the convolution with 1/K",
    {"x": (1, 1, H, W)},
    lambda x, K: evaluate(AvgPool2d(K, 1), x),
    lambda x, K: evaluate(
        Conv2d(1, 1, kernel_size=K, bias=False), x, w=np.full((1, 1, K, K), Fraction(1, K * K))
    ),
    [ge(H, K), ge(W, K)],
    [K],
    dtype="object",
)
row(
    "a strided convolution of symcnn is that of PyTorch",
    {"x": (C, L), "w": (O, C, K)},
    lambda x, w, S, D, I: evaluate(
        Conv1d(len(w[0]), len(w), kernel_size=w.shape[2], stride=S, dilation=D, padding=I, bias=False), x, w=w
    ),
    lambda x, w, S, D, I: conv(x, w, stride=S, dilation=D, padding=I),
    [ge(L + 2 * I, D * (K - 1) + 1)],
    [S, D, I],
)
row(
    "a transposed convolution of symcnn is that of PyTorch",
    {"y": (L,), "w": (K,)},
    lambda y, w, S: evaluate(
        ConvTranspose1d(1, 1, kernel_size=len(w), stride=S, bias=False), y[None], w=w[None, None]
    )[0],
    lambda y, w, S: transposed(y, w, stride=S),
    sizes=[S],
)
row(
    "kernel composition in symcnn, judged by SciPy",
    ROW,
    lambda x, g, f: evaluate(
        Conv1d(1, 1, kernel_size=len(f), bias=False),
        evaluate(Conv1d(1, 1, kernel_size=len(g), bias=False), x[None], w=g[None, None]),
        w=f[None, None],
    )[0],
    lambda x, g, f: correlate(x, full(f, g), "valid", "direct"),
    [ge(L, K_1 + K_2 - 1)],
)
row(
    "max pooling of symcnn, twice, is that of PyTorch, once",
    {"x": (1, L)},
    lambda x, K_1, K_2, S_1, S_2: evaluate(MaxPool1d(K_2, S_2), evaluate(MaxPool1d(K_1, S_1), x)),
    lambda x, K_1, K_2, S_1, S_2: max_pool(x[0], K_1 + S_1 * (K_2 - 1), S_1 * S_2)[None],
    COVERED,
    [K_1, K_2, S_1, S_2],
)
row(
    "a dense layer of symcnn is that of PyTorch",
    {"x": (M, N), "w": (O, N), "b": (O,)},
    lambda x, w, b: evaluate(Linear(w.shape[1], len(w)), x, w=w, b=b),
    lambda x, w, b: F.linear(double(x), double(w), double(b)),
)
row(
    "max pooling over a border is max pooling of what is filled with the least number",
    {"x": (1, H, W)},
    lambda x, K, I: evaluate(MaxPool2d(K, 1, padding=I), x),
    lambda x, K, I: max_pool(np.pad(x[0], I, constant_values=-99), K, 1)[None],
    [ge(H + 2 * I, K), ge(W + 2 * I, K), ge(K, 2 * I)],
    [K, I],
)
