"""Pictures of a pass on a machine: the memory that is held at each moment, and the roofline of the layers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symcnn.analysis.capacity import Capacity
from symcnn.analysis.machines import Machine
from symcnn.analysis.pictures.drawings import Point, Roof, Timeline
from symcnn.analysis.pictures.layers import NoValue, inputs
from symcnn.analysis.pictures.plots import Plot, network_alone
from symcnn.analysis.roofline import LayerTime, Roofline, roofline
from symcnn.network.cost import NetworkCost
from symcnn.symbols.checks import instance
from symcnn.symbols.size import Size, symbols_of

_PASSES = {"inference": "an inference pass", "training": "a training step"}


def plot_memory(held: Capacity, batch: int | None = None) -> Plot:
    """The memory over the course of a pass: what is held while each layer runs, in bytes.

    Symbols: ``held`` comes from ``capacity``, with ``mode="inference"`` or ``"training"``, and ``batch`` is a
    number for its batch size; other letters need numbers too: ``held.at(H=224)``. What is held throughout
    (weights, their gradients, the state of the optimizer) lies below the activations.

    Raises ``ValueError`` for other modes and for letters without a number.

    >>> from symcnn import capacity
    >>> from symcnn.models import lenet5
    >>> found = plot_memory(capacity(lenet5(), (1, 1, 32, 32), dtype="float32"), batch=64)
    >>> found.title, max(found.drawing.values[1])
    ('lenet5: at most 1,505,280 bytes for a batch of 64, inference', 1505280)
    """
    instance("held", held, Capacity, "a capacity, such as capacity(net, (N, 3, 224, 224), dtype='float32')")
    if held.mode not in _PASSES:
        raise ValueError(f"mode={held.mode!r} is no course of a pass; take {' or '.join(_PASSES)}")
    here = held if batch is None else held.at(**{held.batch_symbol.name: batch})
    moments = [(m.name, _whole(m.size, held.label) * held.entry_bytes) for m in here.moments]
    names = tuple(name for name, _ in moments)
    parts = {
        "weights": here.weight_size,
        "gradients of weights": here.gradient_size,
        "optimizer state": here.optimizer_size,
    }
    constant = tuple(
        (name, _whole(size, held.label) * held.entry_bytes) for name, size in parts.items() if size != 0
    )
    training = held.mode == "training"
    values = ("activations and their gradients" if training else "activations", tuple(n for _, n in moments))
    most = sum(size for _, size in constant) + max(values[1])
    size = f" for a batch of {batch:,}" if batch is not None else ""
    note = [f"{_PASSES[held.mode]}, {held.dtype}", *(["weights are not counted"] if not constant else [])]
    if held.recomputed:
        note.append("with layers that run twice")
    drawing = Timeline(
        f"memory, {held.dtype}",
        names,
        constant,
        values,
        names.index("loss") if training else None,
    )
    return Plot(f"{held.label}: at most {most:,} bytes{size}, {held.mode}", "; ".join(note), drawing)


def plot_roofline(cost: NetworkCost, on: str | Machine, *, dtype: str | None = None) -> Plot:
    """The layers of a network under the roofline of a machine, and the time of each.

    attainable = min(speed, intensity bandwidth), seconds = max(operations/speed, bytes/bandwidth)

    Symbols: as in ``roofline``, which makes the numbers; every letter needs one: ``cost.at(N=1)``. Left of
    the ridge point a layer is bound by memory, right of it by compute. Layers that do no operations are left
    out; the slowest are named.

    Raises ``ValueError`` for letters without a number, without a dtype, for unknown machines and dtypes, and
    where the cost of an operation is not known; ``TypeError`` for the cost of one layer.
    Source: Williams, Waterman and Patterson, "Roofline", Communications of the ACM 52 (2009).

    >>> from symcnn.models import lenet5
    >>> found = plot_roofline(lenet5().cost((64, 1, 32, 32)), "A100", dtype="float32")
    >>> found.note
    'input (64, 1, 32, 32); float32; ridge point 9.564 operations/byte; convention sequential: ...'
    """
    network_alone(cost, "plot_roofline")
    found = roofline(cost, on, dtype=dtype)
    kinds = {row.name: row.layer.name for row in cost.layers}
    points = tuple(_points(found, kinds))
    if not points:
        raise ValueError(f"no layer of {cost.label} does any operations")
    speed, bandwidth = found.layers[0].speed, found.layers[0].bandwidth
    axes = ("intensity (operations per byte)", "attainable operations per second", "time of a layer")
    drawing = Roof(axes, float(speed), float(bandwidth), points)
    computing = sum((_seconds(layer) for layer in found.layers if layer.bound == "compute"), Fraction(0))
    note = [
        inputs(cost),
        found.dtype,
        f"ridge point {float(found.ridge_point):.4g} operations/byte",
        f"convention {cost.convention.name}: {cost.convention.meaning}",
        f"bound by compute for {float(100 * computing / found.latency):.3g} % of the time",
    ]
    title = f"{cost.label} on {found.machine.name}: {_shown(found.latency)} a pass in the roofline model"
    return Plot(title, "; ".join(note), drawing)


def _points(found: Roofline, kinds: dict[str, str]) -> Iterator[Point]:
    for layer in found.layers:
        operations = _whole(layer.operation_count, found.label)
        moved = _whole(layer.byte_count, found.label)
        if operations and moved:
            yield Point(
                layer.name,
                kinds[layer.name],
                float(Fraction(operations, moved)),
                float(layer.attainable),
                float(_seconds(layer)),
            )


def _seconds(layer: LayerTime) -> Fraction:
    return Fraction(layer.seconds)


def _shown(seconds: Fraction) -> str:
    """A time in the unit of which there is at least one."""
    for factor, unit in ((1, "s"), (1000, "ms"), (10**6, "µs")):
        if seconds * factor >= 1:
            return f"{float(seconds * factor):.4g} {unit}"
    return f"{float(seconds * 10**9):.4g} ns"


def _whole(size: Size, label: str) -> int:
    if not isinstance(size, int):
        raise NoValue(label, tuple(s.name for s in symbols_of(size)))
    return size
