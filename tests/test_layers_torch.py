"""Every layer against PyTorch: shapes, parameters, MACs and values. Adding a layer means adding one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symcnn
from symcnn import evaluate
from tests.oracles import require_oracle

torch = require_oracle("torch")
F = torch.nn.functional
FlopCounterMode = require_oracle("torch.utils.flop_counter").FlopCounterMode

WEIGHTS = {"weight": "w", "bias": "b"}
NORM = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "var"}
RECURRENT = {"weight_ih_l0": "w_ih", "weight_hh_l0": "w_hh", "bias_ih_l0": "b_ih", "bias_hh_l0": "b_hh"}


@dataclass
class Case:
    """A layer, PyTorch's function for it, the shapes of its inputs, and its weights by symcnn's names."""

    layer: Any
    function: Callable[..., Any]
    shapes: list[tuple[int, ...]]
    weights: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Row:
    """One line of the table: which cases to try, and what of PyTorch's to compare."""

    cases: st.SearchStrategy[Case]
    exact: bool = True
    macs: bool = False


def module_case(layer: Any, module: Any, shapes: list[tuple[int, ...]], names: Mapping[str, str]) -> Case:
    """The case of a torch module, whose tensors get small whole numbers as values."""
    module = module.double().eval()
    held = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    held.pop("num_batches_tracked", None)
    generator = torch.Generator().manual_seed(len(str(layer)))
    with torch.no_grad():
        for name, tensor in held.items():
            low = 0 if name == "running_var" else -3
            tensor.copy_(torch.randint(low, 4, tensor.shape, generator=generator))
    return Case(layer, module, shapes, {names[name]: tensor for name, tensor in held.items()})


def over_axes(draw: Any, axes: int, low: int, high: int) -> tuple[Any, tuple[int, ...]]:
    """An argument as one number or one for each axis, and as the latter."""
    one = st.integers(low, high)
    if draw(st.booleans()):
        value = draw(one)
        return value, (value,) * axes
    each = tuple(draw(one) for _ in range(axes))
    return each, each


def batch_of(draw: Any) -> tuple[int, ...]:
    """The leading axes of an input: a batch, or one sample."""
    return draw(st.sampled_from([(), (1,), (2,)]))


def torch_pads(pairs: Any) -> list[int]:
    """Pairs (before, after) in the order of ``torch.nn.functional.pad``: last axis first."""
    return [n for pair in reversed(pairs) for n in pair]


def border(
    draw: Any, axes: int, high: tuple[int, ...], pairs: bool
) -> tuple[Any, tuple[tuple[int, int], ...]]:
    """Padding as one number, one for each axis, or one pair for each axis; and as the latter."""
    if pairs:
        value = tuple((draw(st.integers(0, h)), draw(st.integers(0, h))) for h in high)
        return value, value
    value, each = over_axes(draw, axes, 0, min(high))
    return value, tuple((p, p) for p in each)


@st.composite
def convolutions(draw: Any, axes: int) -> Case:
    groups = draw(st.integers(1, 3))
    channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, ks = over_axes(draw, axes, 1, 3)
    dilation, ds = over_axes(draw, axes, 1, 2)
    bias = draw(st.booleans())
    kind = draw(st.sampled_from(["number", "pairs", "same", "valid"]))
    stride: Any = 1
    pads: tuple[tuple[int, int], ...] = ((0, 0),) * axes
    padding: Any = kind
    if kind in ("number", "pairs"):
        padding, pads = border(draw, axes, (3,) * axes, kind == "pairs")
    if kind != "same":
        stride, _ = over_axes(draw, axes, 1, 3)
    spare = 4 if axes < 3 else 2
    lengths = tuple(
        max(1, d * (k - 1) + 1 - a - b) + draw(st.integers(0, spare))
        for k, d, (a, b) in zip(ks, ds, pads, strict=True)
    )
    options = {"stride": stride, "dilation": dilation, "groups": groups, "bias": bias}
    layer = getattr(symcnn, f"Conv{axes}d")(*channels, kernel, padding=padding, **options)
    made = getattr(torch.nn, f"Conv{axes}d")(
        *channels, kernel, padding=0 if kind == "pairs" else padding, **options
    )
    case = module_case(layer, made, [(*batch_of(draw), channels[0], *lengths)], WEIGHTS)
    if kind == "pairs":
        case.function = lambda x: made(F.pad(x, torch_pads(pads)))
    return case


@st.composite
def transposed(draw: Any, axes: int) -> Case:
    groups = draw(st.integers(1, 3))
    channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, ks = over_axes(draw, axes, 1, 3)
    dilation, ds = over_axes(draw, axes, 1, 2)
    stride, ss = over_axes(draw, axes, 1, 3)
    extra, extras = over_axes(draw, axes, 0, min(max(s, d) - 1 for s, d in zip(ss, ds, strict=True)))
    padding, pads = border(draw, axes, (2,) * axes, draw(st.booleans()))
    lengths = tuple(
        max(1, -((k * d - d + e - a - b) // s)) + 1 + draw(st.integers(0, 2))
        for k, d, s, e, (a, b) in zip(ks, ds, ss, extras, pads, strict=True)
    )
    options = {"stride": stride, "groups": groups, "bias": draw(st.booleans()), "dilation": dilation}
    layer = getattr(symcnn, f"ConvTranspose{axes}d")(
        *channels, kernel, padding=padding, output_padding=extra, **options
    )
    # PyTorch crops both sides alike: crop nothing there, and the sides by hand.
    whole = isinstance(padding, tuple) and isinstance(padding[0], tuple)
    made = getattr(torch.nn, f"ConvTranspose{axes}d")(
        *channels, kernel, padding=0 if whole else padding, output_padding=extra, **options
    )
    case = module_case(layer, made, [(*batch_of(draw), channels[0], *lengths)], WEIGHTS)
    if whole:
        case.function = lambda x: F.pad(made(x), [-n for n in torch_pads(pads)])
    return case


@st.composite
def poolings(draw: Any, axes: int, kind: str) -> Case:
    kernel, ks = over_axes(draw, axes, 1, 4)
    stride = draw(st.sampled_from([None, over_axes(draw, axes, 1, 4)[0]]))
    dilation, ds = over_axes(draw, axes, 1, 2) if kind == "Max" else (1, (1,) * axes)
    pairs = draw(st.booleans())
    padding, pads = border(draw, axes, tuple(k // 2 for k in ks), pairs)
    ceil_mode = draw(st.booleans()) and not pairs
    # Long enough that every window holds an entry of the input; over three axes PyTorch asks for more.
    lengths = tuple(
        max(1, d * (k - 1) + 1 - a - b, d, k if axes == 3 else 0) + draw(st.integers(0, 5))
        for k, d, (a, b) in zip(ks, ds, pads, strict=True)
    )
    shape = (*batch_of(draw), draw(st.integers(1, 2)), *lengths)
    options: dict[str, Any] = {"stride": stride, "ceil_mode": ceil_mode}
    options |= {"dilation": dilation} if kind == "Max" else {"count_include_pad": draw(st.booleans())}
    layer = getattr(symcnn, f"{kind}Pool{axes}d")(kernel, padding=padding, **options)
    made = getattr(torch.nn, f"{kind}Pool{axes}d")(kernel, padding=0 if pairs else padding, **options)

    def padded(x: Any) -> Any:
        around = torch_pads(pads)
        if kind == "Max":
            return made(F.pad(x, around, value=-torch.inf))
        if options["count_include_pad"]:
            return made(F.pad(x, around))
        return made(F.pad(x, around)) / made(F.pad(torch.ones_like(x), around))

    return Case(layer, padded if pairs else made, [shape])


@st.composite
def adaptive(draw: Any, axes: int, kind: str) -> Case:
    size = st.one_of(st.none(), st.integers(1, 6))
    out = draw(st.one_of(st.integers(1, 6), st.tuples(*[size] * axes)))
    if axes == 1 and isinstance(out, tuple):  # PyTorch takes no None for one axis
        out = out[0] or 1
    shape = (*batch_of(draw), draw(st.integers(1, 2)), *(draw(st.integers(1, 7)) for _ in range(axes)))
    name = f"Adaptive{kind}Pool{axes}d"
    return Case(getattr(symcnn, name)(out), getattr(torch.nn, name)(out), [shape])


@st.composite
def normalisations(draw: Any, axes: int) -> Case:
    features = draw(st.integers(1, 3))
    lengths = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    shape = (draw(st.integers(1, 3)), features, *lengths)
    if axes == 1 and draw(st.booleans()):
        shape = shape[:2]
    options = {"eps": draw(st.sampled_from([1e-5, 0.25])), "affine": draw(st.booleans())}
    name = f"BatchNorm{axes}d"
    return module_case(
        getattr(symcnn, name)(features, **options),
        getattr(torch.nn, name)(features, **options),
        [shape],
        NORM,
    )


shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def elementwise(layer: Any, function: Callable[..., Any]) -> st.SearchStrategy[Case]:
    return shapes.map(lambda shape: Case(layer, function, [shape]))


@st.composite
def linear(draw: Any) -> Case:
    features = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    bias = draw(st.booleans())
    shape = (*draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)), features[0])
    return module_case(
        symcnn.Linear(*features, bias=bias), torch.nn.Linear(*features, bias=bias), [shape], WEIGHTS
    )


@st.composite
def softmax(draw: Any) -> Case:
    shape = draw(shapes)
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return Case(symcnn.Softmax(dim), torch.nn.Softmax(dim), [shape])


@st.composite
def flatten(draw: Any) -> Case:
    shape = draw(shapes)
    rank = len(shape)
    start = draw(st.integers(0, rank - 1))
    end = draw(st.integers(start, rank - 1))
    back = draw(st.tuples(st.booleans(), st.booleans()))
    ends = tuple(n - rank if negative else n for n, negative in zip((start, end), back, strict=True))
    return Case(symcnn.Flatten(*ends), torch.nn.Flatten(*ends), [shape])


@st.composite
def repeated(draw: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that is repeated to ``shape``: some axes of length 1, some leading ones missing."""
    short = tuple(draw(st.sampled_from([1, n])) for n in shape)
    return short[draw(st.integers(0, len(shape) - 1)) :] if shape else ()


@st.composite
def merged(draw: Any, layer: Any, function: Callable[..., Any]) -> Case:
    shape = draw(shapes)
    inputs = [shape, *(draw(repeated(shape)) for _ in range(draw(st.integers(1, 2))))]
    return Case(layer, lambda *xs: reduce(function, xs), draw(st.permutations(inputs)))


@st.composite
def concatenations(draw: Any) -> Case:
    shape = draw(shapes)
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    lengths = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    axis = dim % len(shape)
    inputs = [(*shape[:axis], n, *shape[axis + 1 :]) for n in lengths]
    return Case(symcnn.Concat(dim), lambda *xs: torch.cat(xs, dim), inputs)


@st.composite
def matrix_products(draw: Any) -> Case:
    m, k, p = (draw(st.integers(1, 4)) for _ in range(3))
    lead = draw(st.lists(st.integers(1, 3), max_size=2).map(tuple))
    inputs = [(*lead, m, k), (*draw(repeated(lead)), k, p)]
    return Case(symcnn.MatMul(), torch.matmul, inputs)


@st.composite
def recurrences(draw: Any) -> Case:
    features, hidden = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    options = {
        "nonlinearity": draw(st.sampled_from(["tanh", "relu"])),
        "bias": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
    }
    batch = batch_of(draw)
    steps = draw(st.integers(1, 4))
    shape = (*batch, steps, features) if options["batch_first"] else (steps, *batch, features)
    inputs = [shape, (*batch, hidden)] if draw(st.booleans()) else [shape]
    made = torch.nn.RNN(features, hidden, **options)
    case = module_case(symcnn.RNN(features, hidden, **options), made, inputs, RECURRENT)
    case.function = lambda x, *start: made(x, *(h[None] for h in start))[0]
    return case


@st.composite
def attentions(draw: Any) -> Case:
    embed, keys, values = (draw(st.integers(1, 4)) for _ in range(3))
    bias = draw(st.booleans())
    maps = torch.nn.ModuleDict(
        {n: torch.nn.Linear(embed, w, bias) for n, w in zip("qkv", (keys, keys, values), strict=True)}
    )
    names = {f"{n}.weight": f"w_{n}" for n in "qkv"} | {f"{n}.bias": f"b_{n}" for n in "qkv"}
    layer = symcnn.SelfAttention(embed, keys, values, bias)
    case = module_case(layer, maps, [(*batch_of(draw), draw(st.integers(1, 4)), embed)], names)
    case.weights = {n: t.T if n.startswith("w") else t for n, t in case.weights.items()}

    def attend(x: Any) -> Any:
        q, k, v = (maps[n](x) for n in "qkv")
        return torch.softmax(q @ k.mT / keys**0.5, -1) @ v

    case.function = attend
    return case


ROWS = {
    **{f"Conv{n}d": Row(convolutions(n), macs=True) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": Row(transposed(n), macs=True) for n in (1, 2, 3)},
    **{f"MaxPool{n}d": Row(poolings(n, "Max")) for n in (1, 2, 3)},
    **{f"AvgPool{n}d": Row(poolings(n, "Avg"), exact=False) for n in (1, 2, 3)},
    **{f"AdaptiveMaxPool{n}d": Row(adaptive(n, "Max")) for n in (1, 2, 3)},
    **{f"AdaptiveAvgPool{n}d": Row(adaptive(n, "Avg"), exact=False) for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": Row(normalisations(n), exact=False) for n in (1, 2, 3)},
    "Linear": Row(linear(), macs=True),
    "ReLU": Row(elementwise(symcnn.ReLU(), torch.relu)),
    "ReLU6": Row(elementwise(symcnn.ReLU6(), F.relu6)),
    "Sigmoid": Row(elementwise(symcnn.Sigmoid(), torch.sigmoid), exact=False),
    "Tanh": Row(elementwise(symcnn.Tanh(), torch.tanh), exact=False),
    "Softmax": Row(softmax(), exact=False),
    "Flatten": Row(flatten()),
    "Dropout": Row(elementwise(symcnn.Dropout(0.3), torch.nn.Dropout(0.3).eval())),
    "Identity": Row(elementwise(symcnn.Identity(), torch.nn.Identity())),
    "Add": Row(merged(symcnn.Add(), torch.add)),
    "Mul": Row(merged(symcnn.Mul(), torch.mul)),
    "Concat": Row(concatenations()),
    "MatMul": Row(matrix_products(), macs=True),
    "RNN": Row(recurrences(), exact=False, macs=True),
    "SelfAttention": Row(attentions(), exact=False, macs=True),
}


def test_every_layer_has_a_row() -> None:
    from symcnn import layers

    assert sorted({*layers.__all__} - {"Layer", "Opaque"}) == sorted(ROWS)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("name", ROWS)
@given(data=st.data())
def test_layer_agrees_with_torch(name: str, data: st.DataObject) -> None:
    row = ROWS[name]
    case = data.draw(row.cases)
    generator = np.random.default_rng(data.draw(st.integers(0, 99)))
    inputs = [generator.integers(-4, 8, size=shape).astype(float) for shape in case.shapes]
    tensors = [torch.from_numpy(x) for x in inputs]
    with torch.no_grad():
        with FlopCounterMode(display=False) as counter:
            expected = case.function(*tensors)
        weights = {n: t.detach().numpy() for n, t in case.weights.items()}
    cost = case.layer.cost(*case.shapes)

    assert cost.output_shape == tuple(expected.shape)
    assert cost.params == sum(t.numel() for t in case.weights.values() if t.requires_grad)
    if row.macs:
        assert 2 * cost.macs == counter.get_total_flops()

    names = ["x"] if len(inputs) == 1 else [f"x_{k + 1}" for k in range(len(inputs))]
    actual = evaluate(case.layer, **dict(zip(names, inputs, strict=True)), **weights)
    assert actual.shape == tuple(expected.shape)
    if row.exact:
        np.testing.assert_array_equal(actual, expected.numpy())
    else:
        np.testing.assert_allclose(actual, expected.numpy(), rtol=1e-12, atol=1e-12)
