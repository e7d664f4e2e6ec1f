"""The memory of a network for inference and for training, and the largest batch that fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symcnn.analysis.claims import all_if_and_only_if
from symcnn.analysis.linear import slope_and_rest
from symcnn.analysis.training import training_plan
from symcnn.analysis.units import byte_count, shown_bytes
from symcnn.derive.cost import BYTES, expression
from symcnn.kernel.statements import Statement
from symcnn.layers.base import Layer
from symcnn.network.cost import NetworkCost, NetworkQuantities
from symcnn.network.graph import Graph, Module, Sequential
from symcnn.network.liveness import Work, steps
from symcnn.proving.relations import le
from symcnn.proving.verdict import Verdict, prove
from symcnn.symbols import checks
from symcnn.symbols.checks import instance, one_of
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum, maximum, minimum
from symcnn.symbols.rounding import floor_div
from symcnn.symbols.size import (
    Dim,
    Size,
    Sym,
    add,
    as_length,
    expanded,
    multiply,
    product,
    substitute,
    subtract,
    symbols_of,
    total,
)
from symcnn.symbols.suggest import suggestion

MODES = {
    "largest activation": "the largest activation alone; no layer can run in it",
    "inference": "activations that are alive at once in a forward pass",
    "all activations": "the inputs and the output of every layer",
    "training": "what the backward pass needs, gradients, weights and the optimizer's state",
}

# Numbers that an optimizer keeps for each trained parameter.
OPTIMIZERS = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adagrad": 1, "adam": 2, "adamw": 2}

# PyTorch stores where a maximum was as int64.
_POSITION_BYTES = 8

# Of the sizes in a statement, so that it stays readable for people, and for the kernel.
_MOST_TERMS = 1000


@dataclass(frozen=True)
class Moment:
    """One moment of a pass: the node that runs, and the entries alive then."""

    name: str
    size: Size

    @property
    def elements(self) -> Any:
        """The entries of activations and their gradients that are alive."""
        return expression(self.size)


@dataclass(frozen=True)
class Capacity:
    """The memory that a network takes on inputs of given shapes, in closed form in the batch size.

    bytes = b (weights + gradients + optimizer_state + activations), b bytes an entry; ``activations`` is the
    largest of the ``moments``. Weights are counted where ``weights`` was asked for, and in training.
    """

    label: str
    mode: str
    dtype: str
    batch_symbol: Sym
    moments: tuple[Moment, ...]
    weight_size: Size
    gradient_size: Size
    optimizer_size: Size
    domain: tuple[Condition, ...]
    kept: tuple[Moment, ...] = ()
    """What is kept from the forward pass, each tensor once, by the node that made it."""
    recomputed: tuple[str, ...] = ()
    """The nodes that run twice, because of ``checkpoint``."""

    @property
    def batch(self) -> Any:
        """The symbol of the batch size."""
        return expression(Dim.of_atom(self.batch_symbol))

    @property
    def weights(self) -> Any:
        """Entries of weights and buffers that are counted, each layer once."""
        return expression(self.weight_size)

    @property
    def gradients(self) -> Any:
        """Entries of the gradients of the trained weights."""
        return expression(self.gradient_size)

    @property
    def optimizer_state(self) -> Any:
        """Entries that the optimizer keeps."""
        return expression(self.optimizer_size)

    @property
    def activations(self) -> Any:
        """The most entries of activations, and of their gradients, that are alive at once."""
        return expression(self.peak)

    @property
    def elements(self) -> Any:
        """All entries at the worst moment."""
        return expression(add(self.fixed, self.peak))

    @property
    def bytes(self) -> Any:
        """The memory at the worst moment in bytes."""
        return expression(multiply(self.entry_bytes, add(self.fixed, self.peak)))

    @property
    def entry_bytes(self) -> int:
        """Bytes of one entry."""
        return BYTES[self.dtype]

    @property
    def fixed(self) -> Size:
        """What does not depend on the batch: weights, their gradients, the optimizer's state."""
        return total([self.weight_size, self.gradient_size, self.optimizer_size])

    @cached_property
    def peak(self) -> Size:
        """The largest of the moments, as a size."""
        return maximum(*dict.fromkeys(m.size for m in self.moments))

    @cached_property
    def bottleneck(self) -> tuple[str, ...]:
        """The nodes at which the memory is largest; at symbolic sizes all that can be."""
        if self.mode == "all activations":
            return self.largest_kept
        return _largest(self.moments)

    @cached_property
    def largest_kept(self) -> tuple[str, ...]:
        """The nodes that made the largest of the tensors that are ``kept``."""
        return _largest(self.kept)

    def at(self, **values: Any) -> Capacity:
        """The same with numbers for symbols.

        Raises ``ValueError`` for unknown symbols, values below a symbol's least one, and values outside the
        domain.
        """
        known = {s.name: s for s in symbols_of(self.fixed, *(m.size for m in self.moments))}
        bound: dict[Any, Size] = {}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{self.label} has no symbol {name!r}{suggestion(name, known)}")
            size, least = as_length(value, name), known[name].minimum
            if isinstance(size, int) and least is not None and size < least:
                raise ValueError(f"{self.label}: {name}={size} must be at least {least}")
            bound[known[name]] = size

        here = tuple(c.substituted(bound) for c in self.domain)
        for condition in here:
            if condition.verdict() is False:
                given = ", ".join(f"{s.name}={v}" for s, v in bound.items())
                raise ValueError(f"{self.label} at {given}: {condition.reason}")

        def put(size: Size) -> Size:
            return substitute(size, bound)

        return Capacity(
            self.label,
            self.mode,
            self.dtype,
            self.batch_symbol,
            tuple(Moment(m.name, put(m.size)) for m in self.moments),
            put(self.weight_size),
            put(self.gradient_size),
            put(self.optimizer_size),
            tuple(c for c in here if c.verdict() is None),
            tuple(Moment(m.name, put(m.size)) for m in self.kept),
            self.recomputed,
        )

    def max_batch(self, memory: Any, seconds: float = 20) -> MaxBatch:
        """The largest batch that fits into ``memory``: see :func:`max_batch`."""
        budget = _budget(memory)
        checks.seconds(seconds)
        found: list[Size] = []
        for size in _parts(self.peak, "max"):
            slope, rest = slope_and_rest(size, self.batch_symbol, f"{self.label}: the memory")
            left = subtract(budget, multiply(self.entry_bytes, add(self.fixed, rest)))
            if slope != 0:
                found.append(floor_div(left, multiply(self.entry_bytes, slope)))
        if not found:
            raise ValueError(f"{self.label}: the memory does not depend on the batch {self.batch}")
        batch = minimum(*found)
        if isinstance(batch, int) and batch < 1:
            raise ValueError(self._too_small(budget))
        return MaxBatch(self, budget, batch, seconds)

    def _too_small(self, budget: Size) -> str:
        one = self.at(**{self.batch_symbol.name: 1})
        needed, had = one.bytes, expression(budget)
        return (
            f"{self.label}: not even one sample fits for {self.mode}: at {one.bottleneck[0]} it needs "
            f"{int(needed):,} bytes ({shown_bytes(int(needed))}), memory={int(had):,} bytes "
            f"({shown_bytes(int(had))})"
        )

    def __repr__(self) -> str:
        rows: list[tuple[str, Any]] = [
            ("counted", MODES[self.mode]),
            ("weights", self.weights if self.weight_size != 0 else "not counted"),
        ]
        if self.mode == "training":
            rows += [("gradients of weights", self.gradients), ("optimizer state", self.optimizer_state)]
            rows.append(("largest kept", _listed(self.largest_kept)))
        rows += [
            ("activations at most", self.activations),
            ("largest at", _listed(self.bottleneck)),
            (f"bytes ({self.dtype})", self.bytes),
        ]
        width = max(len(name) for name, _ in rows)
        head = f"{self.label}, {self.mode}, entries for a batch of {self.batch}"
        return "\n".join([head, *(f"  {name:<{width}}  {value}" for name, value in rows)])


@dataclass(frozen=True)
class MaxBatch:
    """The largest batch that fits into a memory of so many bytes.

    ``verdict`` is about this statement: for every batch size from 1 on, at every moment of the pass the
    bytes are at most the budget, if and only if the batch size is at most ``batch`` (at most each of the
    sizes whose minimum that is). Of a large network at symbolic sizes, it is about those moments alone that
    the peak is the maximum of.
    """

    capacity: Capacity
    budget: Size
    size: Size
    seconds: float

    @property
    def batch(self) -> Any:
        """The batch size: an ``int``, or an expression where sizes or the budget are symbols."""
        return expression(self.size)

    @property
    def bottleneck(self) -> tuple[str, ...]:
        """The nodes at which the memory is full first."""
        here = self.size if isinstance(self.size, int) else None
        held = self.capacity if here is None else self.capacity.at(**{self.capacity.batch_symbol.name: here})
        return held.bottleneck

    def bytes(self, batch: Any) -> Any:
        """The memory that a batch of this size takes."""
        return self.capacity.at(**{self.capacity.batch_symbol.name: batch}).bytes

    @cached_property
    def statement(self) -> Statement:
        """What ``verdict`` decides, as the kernel reads it."""
        held = self.capacity
        sizes = tuple(dict.fromkeys(m.size for m in held.moments))
        if sum(len(expanded(size)) for size in sizes) > _MOST_TERMS:
            sizes = _parts(held.peak, "max")
        fits = [le(multiply(held.entry_bytes, add(held.fixed, size)), self.budget) for size in sizes]
        return all_if_and_only_if(
            "max_batch",
            "The batches that fit.",
            fits,
            [le(Dim.of_atom(held.batch_symbol), limit) for limit in _parts(self.size, "min")],
            held.domain,
        )

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the statement is proved, by the kernel; searched for on first use."""
        return prove(self.statement, seconds=self.seconds)

    def __index__(self) -> int:
        if not isinstance(self.size, int):
            raise TypeError(f"the largest batch {self.batch} is symbolic; give numbers for its symbols")
        return self.size

    __int__ = __index__

    def __repr__(self) -> str:
        held, status = self.capacity, self.verdict.status
        rows: list[tuple[str, Any]] = [("counted", MODES[held.mode])]
        if held.weight_size == 0:
            rows.append(("left out", "weights (weights=True counts them)"))
        rows.append(("largest at", _listed(self.bottleneck)))
        if isinstance(self.size, int) and isinstance(self.budget, int):
            rows.append(("memory", f"{self.budget:,} bytes ({shown_bytes(self.budget)})"))
            for n in (self.size, self.size + 1):
                rows.append((f"batch of {n}", f"{int(self.bytes(n)):,} bytes"))
        rows.append(("proof", "proved" if status == "PROVED" else f"not proved ({status})"))
        width = max(len(name) for name, _ in rows)
        head = f"{held.label}, {held.mode}, {held.dtype}: a batch of at most {self.batch}"
        return "\n".join([head, *(f"  {name:<{width}}  {value}" for name, value in rows)])


def capacity(
    net: Module | Layer,
    *input_shapes: Iterable[Any],
    mode: str = "inference",
    dtype: str | None = None,
    weights: bool | None = None,
    optimizer: str = "sgd",
    checkpoint: int | None = None,
) -> Capacity:
    """The memory of a network, in closed form in the batch size N.

    bytes = b (weights + gradients + optimizer_state + activations)

    Symbols: b is the number of bytes of ``dtype``. ``activations`` is the maximum over all moments of the
    pass of the entries that are alive: an activation from the layer that makes it to the last layer that
    reads it. Views (Flatten, Identity) take no memory, and no layer works in place.
    ``mode`` says what is held: ``"largest activation"``, ``"inference"`` (alive at once), ``"all
    activations"`` (every layer's input and output) or ``"training"``: what the backward pass reads, the
    gradients of activations on the way, and the weights, their gradients and the state of the ``optimizer``
    throughout. ``checkpoint=k`` keeps only what passes from one segment of k layers to the next, and runs the
    forward pass of a segment again before its backward pass. ``weights`` counts weights and buffers; if it
    is not given, they are counted in training only.
    The batch size is the first length of the input shapes: a symbol, or 1, which becomes N.

    Raises ``ValueError`` without a dtype, for unknown modes, dtypes and optimizers, for a batch that is a
    number, and for operations whose cost is not known.
    Source: Chen et al., "Training deep nets with sublinear memory cost", section 3, for recomputation;
    Kingma and Ba, "Adam", algorithm 1, for its two moments.

    >>> from symcnn import Conv2d, ReLU, Sequential, capacity, dims
    >>> N, H, W = dims("N H W")
    >>> net = Sequential(Conv2d(3, 8, kernel_size=3, padding=1), ReLU(), Conv2d(8, 8, kernel_size=1))
    >>> capacity(net, (N, 3, H, W), dtype="float32").bytes
    64*N*H*W
    >>> capacity(net, (N, 3, H, W), dtype="float32", mode="training", optimizer="adam")
    Sequential, training, entries for a batch of N
      counted               what the backward pass needs, gradients, weights and the optimizer's state
      weights               296
      gradients of weights  296
      optimizer state       592
      largest kept          1
      activations at most   35*N*H*W
      largest at            2 backward, 1 backward
      bytes (float32)       140*N*H*W + 4736
    """
    instance("net", net, (Module, Layer), "a network or a layer")
    one_of("mode", mode, MODES)
    one_of("optimizer", optimizer, OPTIMIZERS)
    if dtype is None:
        raise ValueError("dtype=None: bytes need a dtype, such as dtype='float32'")
    one_of("dtype", dtype, BYTES)
    if checkpoint is not None:
        checks.whole("checkpoint", checkpoint, 1)
    if checkpoint is not None and mode != "training":
        raise ValueError(f"checkpoint={checkpoint}: there is nothing to run again in mode={mode!r}")
    if weights is not None:
        checks.flag("weights", weights)
    module = Sequential({type(net).__name__.lower(): net}) if isinstance(net, Layer) else net
    cost, batch = _batched(module, input_shapes)
    source = cost.source
    if source.unknown:
        known = f"no cost is known for {', '.join(source.unknown)}"
        raise ValueError(f"the memory of {source.label} is only a lower bound: {known}")
    training = mode == "training"
    kept: tuple[Moment, ...] = ()
    recomputed: tuple[str, ...] = ()
    if training:
        plan = training_plan(source, _POSITION_BYTES // BYTES[dtype], checkpoint)
        moments, recomputed = _moments(plan.graph, plan.work, plan.shapes), plan.recomputed
        kept = tuple(Moment(name, size) for name, size in plan.kept)
    elif mode == "inference":
        moments = _moments(source.graph, source.layers, source.shapes)
    else:
        moments = kept = _activations(source)
        if mode == "all activations":
            moments = (Moment("all layers", total(m.size for m in kept)),)
    once = {id(n.layer): layer for n, layer in zip(source.graph.nodes, source.layers, strict=True)}
    held = total(layer.summand("memory.weights") for layer in once.values())
    trained = source.size("params")
    return Capacity(
        source.label,
        mode,
        dtype,
        batch,
        moments,
        held if (training if weights is None else weights) else 0,
        trained if training else 0,
        multiply(OPTIMIZERS[optimizer], trained) if training else 0,
        cost.domain,
        kept,
        recomputed,
    )


def max_batch(
    net: Module | Layer,
    memory: Any,
    *,
    input_shape: Iterable[Any],
    dtype: str | None = None,
    mode: str = "inference",
    weights: bool | None = None,
    optimizer: str = "sgd",
    checkpoint: int | None = None,
    seconds: float = 20,
) -> MaxBatch:
    """The largest batch that fits into a memory, with a proof that it does and the next one does not.

    max N with bytes(N) <= memory, which is floor((memory - b fixed)/(b a)) for bytes(N) = b (fixed + a N)

    Symbols: ``memory`` is text such as ``"12GiB"`` or ``"500 MB"``, a number of bytes, or a symbol; the
    formula for bytes and all other arguments are those of :func:`capacity`; a network of several inputs takes
    a tuple of shapes as ``input_shape``. ``seconds`` bounds the search for
    the proof, which begins when ``verdict`` is first read.

    Raises ``ValueError`` for a negative memory, an unknown unit, where not even one sample fits, where the
    memory is not linear in the batch size, and as :func:`capacity`.
    Source: document 004, section 5, whose network is the example.

    >>> from symcnn import max_batch
    >>> from symcnn.models import document_004
    >>> max_batch(document_004(), "12GiB", dtype="float32", input_shape=(1, 1, 256, 256))
    document_004, inference, float32: a batch of at most 384
      counted       activations that are alive at once in a forward pass
      left out      weights (weights=True counts them)
      largest at    conv2
      memory        12,884,901,888 bytes (12 GiB)
      batch of 384  12,884,901,888 bytes
      batch of 385  12,918,456,320 bytes
      proof         proved
    """
    given = instance("input_shape", input_shape, (tuple, list), "a tuple such as (N, 3, 224, 224)")
    several = bool(given) and all(isinstance(part, tuple | list) for part in given)
    held = capacity(
        net,
        *(given if several else (given,)),
        mode=mode,
        dtype=dtype,
        weights=weights,
        optimizer=optimizer,
        checkpoint=checkpoint,
    )
    return held.max_batch(memory, seconds)


def _batched(module: Module, input_shapes: Sequence[Iterable[Any]]) -> tuple[NetworkCost, Sym]:
    """The cost with a symbol for the batch, and that symbol."""
    cost: NetworkCost = module.cost(*input_shapes)
    source = cost.source
    shapes = source.shapes[: source.graph.input_count]
    (first,) = {shape[0] for shape in shapes[:1]}
    if isinstance(first, int):
        if first != 1:
            raise ValueError(
                f"input_shape={tuple(shapes[0])}: the batch size {first} is what is asked for; "
                "write a symbol for it, such as N, or 1"
            )
        if any(s.name == "N" for s in source.symbols):
            raise ValueError(f"{source.label}: N is no batch size here; write a symbol for that in its place")
        symbol = Sym("N")
        batched = [(Dim.of_atom(symbol), *s[1:]) if s[0] == 1 else s for s in shapes]
        return module.cost(*batched), symbol
    if len(found := symbols_of(first)) != 1 or first != Dim.of_atom(found[0]):
        raise ValueError(f"input_shape={tuple(shapes[0])}: the batch size {first} must be a symbol or 1")
    return cost, found[0]


def _moments(graph: Graph, work: Sequence[Work], shapes: Sequence[tuple[Size, ...]]) -> tuple[Moment, ...]:
    names = [node.name for node, made in zip(graph.nodes, work, strict=True) for _ in made.phases]
    sizes = steps(graph, work, shapes)
    if not sizes:
        return (Moment("input", product(shapes[graph.output])),)
    return tuple(Moment(name, size) for name, size in zip(names, sizes, strict=True))


def _activations(source: NetworkQuantities) -> tuple[Moment, ...]:
    """Every input and every output that is no view."""
    names = ["input"] * source.graph.input_count + [node.name for node in source.graph.nodes]
    views = [False] * source.graph.input_count + [layer.is_view for layer in source.layers]
    return tuple(
        Moment(name, product(shape))
        for name, shape, view in zip(names, source.shapes, views, strict=True)
        if not view
    )


def _largest(moments: Sequence[Moment]) -> tuple[str, ...]:
    """The names of those that are the largest; at symbolic sizes of all that can be."""
    best = set(_none_larger([m.size for m in moments])) if moments else set[Size]()
    return tuple(dict.fromkeys(m.name for m in moments if m.size in best))


def _none_larger(sizes: Sequence[Size]) -> tuple[Size, ...]:
    """Those of the sizes whose maximum is that of all."""
    return _parts(maximum(*dict.fromkeys(sizes)), "max")


def _parts(value: Size, kind: str) -> tuple[Size, ...]:
    """The sizes of which a size is the maximum or the minimum; itself, where it is neither."""
    if isinstance(value, Dim) and len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
            atom = monomial[0][0]
            if isinstance(atom, Extremum) and atom.kind == kind:
                return atom.arguments
    return (value,)


def _budget(memory: Any) -> Size:
    if isinstance(memory, str):
        return byte_count(memory)
    size = as_length(memory, "memory")
    if isinstance(size, int) and size < 0:
        raise ValueError(f"memory={size} must not be negative")
    return size


def _listed(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
