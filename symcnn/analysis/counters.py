"""Published counters: what each of them counts for each kind of layer, as data.

Read off their sources, and measured in the versions that are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symcnn.derive.cost import Cost
from symcnn.derive.quantities import LayerQuantities
from symcnn.layers.base import Layer
from symcnn.network.cost import NetworkCost
from symcnn.symbols.size import Dim, Size, exact_quotient, multiply, product, substitute, subtract


@dataclass(frozen=True)
class Use:
    """One use of a layer: its name, the layer, the shapes it reads, and its cost."""

    name: str
    layer: Layer
    inputs: tuple[tuple[Size, ...], ...]
    cost: Cost

    def size(self, quantity: str) -> Size:
        """A quantity of the cost."""
        return self.cost.size(quantity)

    def argument(self, name: str) -> Any:
        """An argument of the layer; a size with the numbers that are known for its symbols."""
        value = getattr(self.layer, name)
        return substitute(value, {**self.cost.values}) if isinstance(value, int | Dim) else value

    @property
    def batch(self) -> Size:
        """The length of the first axis of the input, which is the batch; 1 where there is none."""
        rank = self.layer.input_rank()
        return 1 if rank is not None and len(self.inputs[0]) < rank else self.inputs[0][0]

    @property
    def output(self) -> tuple[Size, ...]:
        """The shape of the output."""
        return self.cost.output_sizes

    @property
    def weights(self) -> Size:
        """The entries of the weights without the bias."""
        bias = self.output[-self.layer.axes - 1] if self.argument("bias") else 0
        return subtract(self.size("params"), bias)

    @property
    def positions(self) -> Size:
        """The positions of the output of a convolution, over all samples."""
        axes = self.layer.axes
        return product(n for k, n in enumerate(self.output) if k != len(self.output) - axes - 1)


def uses(cost: Cost) -> tuple[Use, ...]:
    """The layers of a cost, in the order in which they run."""
    if isinstance(cost, NetworkCost):
        return tuple(Use(row.name, row.layer, row.input_sizes, row.cost) for row in cost.layers)
    source = cost.source
    if not isinstance(source, LayerQuantities) or not isinstance(source.owner, Layer):
        raise TypeError(f"{cost.label} is the cost of no layer or network; take one from layer.cost(shape)")
    shapes = tuple(tuple(substitute(n, {**cost.values}) for n in x.known_shape) for x in source.inputs)
    return (Use(source.owner.name, source.owner, shapes, cost),)


def _unless_in_words(use: Use) -> Size:
    return 0 if isinstance(use.argument("padding"), str) else use.size("macs")


def _with_bias(use: Use) -> Size:
    return use.size("memory.outputs") if use.argument("bias") else 0


def _affine(use: Use) -> Size:
    return use.size("memory.outputs") if use.argument("affine") else 0


def _softmax(use: Use) -> Size:
    """Exponentials, additions and divisions of a softmax: 3 K - 1 for each row of K."""
    entries = use.size("memory.outputs")
    rows = exact_quotient(entries, use.inputs[0][use.argument("dim")])
    return subtract(multiply(3, entries), rows)


def _left_by_columns(use: Use) -> Size:
    return product((*use.inputs[0], use.output[-1]))


def _torchprofile_transposed(use: Use) -> Size | None:
    """It tells a transposed convolution by its channels, and misses one that keeps their number."""
    source, out = use.argument("in_channels"), use.argument("out_channels")
    outputs = use.size("memory.outputs")
    if source == out:
        return exact_quotient(multiply(outputs, use.weights), source)
    if not isinstance(source, int) or not isinstance(out, int):
        return None
    return exact_quotient(product((outputs, use.weights, use.argument("groups"))), out)


# What a rule can count. A part is None where it is not known for all values of the symbols.
PARTS: dict[str, Callable[[Use], Size | None]] = {
    "MACs": lambda use: use.size("macs"),
    "nothing": lambda use: 0,
    "inputs": lambda use: use.size("memory.inputs"),
    "outputs": lambda use: use.size("memory.outputs"),
    "outputs if biased": _with_bias,
    "outputs if affine": _affine,
    "MACs unless padding is a word": _unless_in_words,
    "weights x output positions": lambda use: multiply(use.weights, use.positions),
    "parameters x samples": lambda use: multiply(use.size("params"), use.output[0]),
    "(3 K - 1) x rows": _softmax,
    "left entries x columns": _left_by_columns,
    "outputs x channels x taps": _torchprofile_transposed,
}


@dataclass(frozen=True)
class Term:
    """``times`` a part, and why the counter counts it."""

    times: int
    part: str
    why: str


@dataclass(frozen=True)
class Rule:
    """What a counter makes of a kind of layer: ``times`` the ``whole`` in place of the MACs, and more."""

    whole: str = "MACs"
    times: int = 1
    why: str = ""
    more: tuple[Term, ...] = ()

    def __str__(self) -> str:
        terms = [
            *([(self.times, self.whole)] if self.whole != "nothing" else []),
            *((t.times, t.part) for t in self.more),
        ]
        return " + ".join(part if times == 1 else f"{times} x {part}" for times, part in terms) or "nothing"


@dataclass(frozen=True)
class Counter:
    """A published counter: what it counts for each kind of layer.

    Kinds are the classes of layers, with or without the number of axes: ``Conv``, ``AdaptiveAvgPool2d``.
    Those without an entry in ``rules`` count their MACs, which are 0 for most. ``unit`` is what its number
    counts, and ``sample`` says that it takes a batch of one alone.
    """

    name: str
    version: str
    unit: str
    rules: Mapping[str, Rule] = field(hash=False)
    sample: bool = False

    def rule(self, layer: Layer) -> Rule | None:
        """The rule for a layer; None where it is not known what the counter does with it."""
        kind = type(layer).__name__
        family = re.sub(r"[123]d$", "", kind)
        if family not in KINDS or not type(layer).__module__.startswith("symcnn.layers."):
            return None
        return self.rules.get(kind) or self.rules.get(family) or Rule()

    def __repr__(self) -> str:
        width = max(map(len, self.rules))
        head = f"{self.name} {self.version}, which counts {self.unit}:"
        lines = [f"  {kind:<{width}}  {rule}" for kind, rule in self.rules.items()]
        return "\n".join([head, *lines, f"  {'others':<{width}}  MACs"])


# The kinds of layers of which it is known what every counter makes.
KINDS = frozenset(
    {
        *("Conv", "ConvTranspose", "Linear", "MatMul", "BatchNorm"),
        *("ReLU", "ReLU6", "Sigmoid", "Tanh", "Softmax"),
        *("MaxPool", "AvgPool", "AdaptiveAvgPool", "AdaptiveMaxPool"),
        *("Add", "Mul", "Concat", "Flatten", "Dropout", "Identity"),
    }
)


def _more(*terms: tuple[int, str, str]) -> Rule:
    return Rule(more=tuple(Term(*term) for term in terms))


_TWICE = Rule(times=2, why="each MAC counts as a multiplication and an addition")
_BIAS = Term(1, "outputs if biased", "the addition of a bias counts")
_BIASED = Rule(more=(_BIAS,))
_WORD = Rule(
    "MACs unless padding is a word",
    why="padding given as a word is another operation to the tracer, which it counts as 0",
)
_AS_CONVOLUTION = "the weights are multiplied by the positions of the output, as if for a convolution"
_FUNCTION = Rule("nothing", why="a function and no module, so it is not seen")
_SCALED = _more(
    (1, "outputs", "a batch normalisation counts 1 for each entry"),
    (1, "outputs if affine", "an affine batch normalisation counts 1 more for each entry"),
)
_READ = (1, "inputs", "an adaptive mean counts 1 for each entry that it reads")
_MEAN = (1, "outputs", "a mean counts 1 for each of its results")
_POOLS = ("MaxPool", "AvgPool", "AdaptiveMaxPool", "AdaptiveAvgPool")
_TWO_WAYS = "counts 2 for each entry that it reads, as a module and as a function"

COUNTERS: dict[str, Counter] = {
    c.name: c
    for c in (
        Counter(
            "FlopCounterMode",
            "of torch 2.13.0",
            "FLOPs, two for each MAC",
            dict.fromkeys(("Conv", "ConvTranspose", "Linear", "MatMul"), _TWICE),
        ),
        Counter(
            "fvcore",
            "0.1.5.post20221221",
            "MACs",
            {
                "Conv": _WORD,
                "MatMul": Rule("left entries x columns", why="repeated axes of the left factor count once"),
                "BatchNorm": _SCALED,
                "AdaptiveAvgPool2d": _more(_READ),
            },
        ),
        Counter(
            "ptflops-aten",
            "0.7.5",
            "MACs",
            dict.fromkeys(("Conv", "ConvTranspose", "Linear"), _BIASED),
            sample=True,
        ),
        Counter(
            "ptflops-pytorch",
            "0.7.5",
            "MACs",
            {
                **dict.fromkeys(("Conv", "ConvTranspose", "Linear"), _BIASED),
                "MatMul": Rule("left entries x columns", why="repeated axes of the left factor count once"),
                "BatchNorm": _SCALED,
                "ReLU": _more((2, "outputs", f"a ReLU {_TWO_WAYS}")),
                "ReLU6": _more((1, "outputs", "a ReLU6 counts 1 for each entry")),
                "Softmax": _more((1, "outputs", "a softmax counts 1 for each entry")),
                **dict.fromkeys(_POOLS, _more((2, "inputs", f"a pool {_TWO_WAYS}"))),
            },
            sample=True,
        ),
        Counter(
            "thop",
            "0.1.1.post2209072238",
            "MACs",
            {
                "ConvTranspose": Rule("weights x output positions", why=_AS_CONVOLUTION),
                "MatMul": _FUNCTION,
                "BatchNorm": _more(
                    (2, "outputs", "a batch normalisation counts 2 for each entry"),
                    (2, "outputs if affine", "an affine batch normalisation counts 2 more for each entry"),
                ),
                "Softmax": _more(
                    (1, "(3 K - 1) x rows", "exponentials, sums and quotients of a softmax count")
                ),
                "AvgPool": _more(_MEAN),
                "AdaptiveAvgPool": _more(_READ, _MEAN),
            },
        ),
        Counter(
            "torchinfo",
            "1.8.0",
            "MACs",
            {
                "Conv": _BIASED,
                "ConvTranspose": Rule("weights x output positions", why=_AS_CONVOLUTION, more=(_BIAS,)),
                "Linear": Rule(
                    "parameters x samples",
                    why="a dense layer counts its parameters: with the bias, without the axes in between",
                ),
                "MatMul": _FUNCTION,
                "BatchNorm": _more(
                    (
                        1,
                        "parameters x samples",
                        "a batch normalisation counts its parameters",
                    )
                ),
            },
        ),
        Counter(
            "torchprofile",
            "0.1.0",
            "MACs",
            {
                "Conv": _WORD,
                "ConvTranspose": Rule("outputs x channels x taps", why=_AS_CONVOLUTION),
                "BatchNorm": _more(
                    (1, "outputs if affine", "an affine batch normalisation counts 1 for each entry")
                ),
                "AvgPool": _more(_MEAN),
                "AdaptiveAvgPool": _more(_MEAN),
                "Mul": _more((1, "outputs", "a product of two inputs counts 1 for each entry")),
            },
        ),
    )
}
