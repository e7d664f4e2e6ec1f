"""The time of layers on a machine: bound by its speed or by its bandwidth (the roofline model)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from symcnn.analysis.claims import all_if_and_only_if
from symcnn.analysis.linear import slope_and_rest
from symcnn.analysis.machines import Exact, Machine, machine, positive
from symcnn.derive.cost import BYTES, Cost, checked_cost, expression
from symcnn.derive.quantities import LayerQuantities
from symcnn.kernel.statements import Statement
from symcnn.network.cost import NetworkCost
from symcnn.proving.relations import Relation, le, lt
from symcnn.proving.translation import statement
from symcnn.proving.verdict import Verdict, prove
from symcnn.symbols import checks
from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.checks import one_of
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import maximum
from symcnn.symbols.rounding import ceil_div, floor_div
from symcnn.symbols.size import Dim, Size, Sym, multiply, substitute, subtract


def latency(cost: Cost, speed: Exact) -> Any:
    """The time of one pass where operations alone take time.

    latency = operations/speed

    Symbols: ``operations`` is ``cost.ops.total`` under the convention of the cost: every operation one after
    the other (``"sequential"``), or with multiply-adds in one step (``"fused"``, called pipelined too);
    ``speed`` > 0 is the number of such operations a second. In seconds, a ``Fraction`` at numbers.
    Raises ``ValueError`` for a speed that is not positive and where the cost of an operation is not known,
    ``TypeError`` for a float.
    Source: document 002, latency and throughput.

    >>> from symcnn import Linear, latency
    >>> latency(Linear(400, 120).cost((400,)), 10**9)
    Fraction(3, 31250)
    >>> latency(Linear(400, 120).cost((400,), convention="fused"), 10**9)
    Fraction(1203, 25000000)
    """
    return _quotient(_operations(cost), _speed(speed))


def throughput(cost: Cost, speed: Exact) -> Any:
    """How many passes are done in a second, one after the other, where operations alone take time.

    throughput = speed/operations = 1/latency

    Symbols and errors are those of :func:`latency`; a pass without operations raises ``ValueError``.
    Source: document 002, latency and throughput.

    >>> from symcnn import Linear, throughput
    >>> throughput(Linear(400, 120).cost((400,)), 10**9)
    Fraction(31250, 3)
    """
    operations = _operations(cost)
    if operations == 0:
        raise ValueError(f"{cost.label} does no operations, so its throughput has no limit")
    return 1 / _quotient(operations, _speed(speed))


@dataclass(frozen=True)
class LayerTime:
    """One layer on a machine: its operations, the bytes that it moves, and which of them takes longer.

    seconds = max(operations/speed, bytes/bandwidth)
    """

    name: str
    operation_count: Size
    byte_count: Size
    speed: Fraction
    bandwidth: Fraction
    domain: tuple[Condition, ...] = ()

    @property
    def operations(self) -> Any:
        """Operations under the convention of the cost."""
        return expression(self.operation_count)

    @property
    def bytes(self) -> Any:
        """Bytes of inputs, weights and outputs, each moved once."""
        return expression(self.byte_count)

    @property
    def intensity(self) -> Any:
        """Operations a byte; None where nothing is moved."""
        return None if self.byte_count == 0 else _quotient(self.operation_count, self.byte_count)

    @property
    def attainable(self) -> Any:
        """The operations a second that the roofline allows: the speed, or intensity times bandwidth."""
        intensity = self.intensity
        if intensity is None:
            return self.speed
        if isinstance(intensity, Fraction):
            return min(self.speed, intensity * self.bandwidth)
        return sympy.Min(_rational(self.speed), intensity * _rational(self.bandwidth))

    @property
    def seconds(self) -> Any:
        """The time, computing and moving data being done at once."""
        computing = _quotient(self.operation_count, self.speed)
        moving = _quotient(self.byte_count, self.bandwidth)
        if isinstance(computing, Fraction) and isinstance(moving, Fraction):
            return max(computing, moving)
        return sympy.Max(_exact(computing, moving), _exact(moving, computing))

    @property
    def bound(self) -> str:
        """``"compute"`` or ``"memory"``, or ``"both"`` at the ridge point.

        It is ``"none"`` where nothing is done, and ``"depends"`` where the answer is not the same for all
        values of the symbols, or not known to be.
        """
        margin = self.margin(self.operation_count, self.byte_count)
        if self.operation_count == 0 and self.byte_count == 0:
            return "none"
        if margin == 0:
            return "both"
        least, most = lower_bound(margin), lower_bound(multiply(-1, margin))
        if least is not None and least > 0:
            return "compute"
        return "memory" if most is not None and most > 0 else "depends"

    def margin(self, operations: Size, moved: Size) -> Size:
        """q operations - p bytes at the ridge point p/q: positive where computing takes longer."""
        ridge = self.speed / self.bandwidth
        return subtract(multiply(ridge.denominator, operations), multiply(ridge.numerator, moved))

    def change(self, batch: Sym, seconds: float = 20) -> Change:
        """The batch sizes at which computing takes at least as long as moving the data."""
        operations, fixed_operations = slope_and_rest(
            self.operation_count, batch, f"{self.name}: the operations"
        )
        moved, fixed_bytes = slope_and_rest(self.byte_count, batch, f"{self.name}: the bytes")
        gained = self.margin(operations, moved)
        lost = multiply(-1, self.margin(fixed_operations, fixed_bytes))
        kind, limit, condition = _when(gained, lost)
        return Change(self, batch, kind, limit, condition, seconds)


@dataclass(frozen=True)
class Change:
    """At which batch sizes a layer is bound by compute: ``always``, ``never``, ``from`` or ``up to`` one.

    N (q a - p b) >= p w, so from N = p w/(q a - p b) on, where q a > p b

    Symbols: a operations and b bytes a sample, w bytes of weights, p/q the ridge point of the machine in
    operations a byte. ``batch`` is the first batch size that is bound by compute (rounded up, except where
    the sign of q a - p b depends on symbols), for ``up to`` the last; None for ``always`` and ``never``.
    ``condition``, where there is one, is what the answer needs beside the domain: where it fails, a layer
    that does no operations on its weights alone is bound by memory at every batch size.
    """

    layer: LayerTime
    batch_symbol: Sym
    kind: str
    batch: Any
    condition: Relation | None
    seconds: float

    @cached_property
    def statement(self) -> Statement:
        """What ``verdict`` decides, as the kernel reads it."""
        layer, batch = self.layer, Dim.of_atom(self.batch_symbol)
        ridge = layer.speed / layer.bandwidth
        computing = multiply(ridge.denominator, layer.operation_count)
        moving = multiply(ridge.numerator, layer.byte_count)
        given = (*layer.domain, *(() if self.condition is None else (self.condition,)))
        if self.batch is None:
            claim = le(moving, computing) if self.kind == "always" else lt(computing, moving)
            return statement(claim, given, "bound", "Computing or moving data takes longer.")
        where = le(self.batch, batch) if self.kind == "from" else le(batch, self.batch)
        meaning = "The batches that are bound by compute."
        return all_if_and_only_if("bound", meaning, [le(moving, computing)], [where], given)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the statement is proved, by the kernel; searched for on first use."""
        return prove(self.statement, seconds=self.seconds)

    def __str__(self) -> str:
        text = self.kind if self.batch is None else f"{self.kind} {self.batch_symbol.name} = {self.batch}"
        return text if self.condition is None else f"{text}, where {self.condition}"


@dataclass(frozen=True)
class Roofline:
    """The layers of a cost on a machine, one after the other."""

    label: str
    machine: Machine
    dtype: str
    convention: str
    layers: tuple[LayerTime, ...]
    batch_size: Size
    ridge_point: Fraction

    @property
    def latency(self) -> Any:
        """Seconds of one pass: the layers run one after the other."""
        return sum((layer.seconds for layer in self.layers), start=Fraction(0))

    @property
    def throughput(self) -> Any:
        """Samples a second: the batch size over the latency."""
        return _exact(expression(self.batch_size), self.latency) / self.latency

    def changes(self, seconds: float = 20) -> tuple[Change, ...]:
        """For each layer that does anything, the batch sizes at which it is bound by compute.

        Raises ``ValueError`` where the batch is a number.
        """
        checks.seconds(seconds)
        batch = self.batch_size
        atoms = [a for m in batch.terms for a, _ in m] if isinstance(batch, Dim) else []
        if len(atoms) != 1 or not isinstance(atoms[0], Sym) or batch != Dim.of_atom(atoms[0]):
            raise ValueError(f"{self.label}: the batch {batch} must be a symbol, such as N in (N, 3, H, W)")
        return tuple(layer.change(atoms[0], seconds) for layer in self.layers if layer.bound != "none")

    def __repr__(self) -> str:
        rows: list[tuple[str, ...]] = [
            ("layer", "operations", "bytes", "operations/byte", "bound", "seconds")
        ]
        for layer in self.layers:
            intensity = layer.intensity
            cells = (layer.operations, layer.bytes, "-" if intensity is None else intensity)
            rows.append((layer.name, *map(_shown, cells), layer.bound, _shown(layer.seconds)))
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        numeric = isinstance(self.latency, Fraction)
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
        total = [f"latency {_shown(self.latency)} s"] if numeric else []
        total += [f"throughput {_shown(self.throughput)} samples/s"] if numeric and self.latency else []
        head = (
            f"{self.label} on {self.machine.name}, {self.dtype}, operations {self.convention}; "
            f"ridge point {_shown(self.ridge_point)} operations/byte"
        )
        return "\n".join([head, *(line.rstrip() for line in lines), *total])


def roofline(cost: Cost, on: str | Machine, *, dtype: str | None = None) -> Roofline:
    """The roofline of each layer of a cost: bound by compute or by memory, and the time that follows.

    seconds = max(operations/speed, bytes/bandwidth), attainable = min(speed, intensity bandwidth)

    Symbols: ``operations`` is ``cost.ops.total`` under the convention of the cost, ``bytes`` those of the
    inputs, weights and outputs of a layer, each moved once; intensity = operations/bytes. ``speed`` and
    ``bandwidth`` are the machine's; under a fused convention the speed is half of what data sheets say,
    since a multiply-add is one operation. The ridge point is speed/bandwidth. Views move nothing.
    Numbers are exact: a ``Fraction`` of seconds.

    Raises ``ValueError`` without a dtype, for unknown dtypes and machines, and where the cost of an
    operation is not known.
    Source: Williams, Waterman and Patterson, "Roofline", Communications of the ACM 52 (2009), section 3.

    >>> from symcnn import dims, roofline
    >>> from symcnn.models import lenet5
    >>> N = dims("N")
    >>> found = roofline(lenet5().cost((1, 1, 32, 32)), "A100", dtype="float32")
    >>> found.layers[2].name, found.layers[2].bound, found.layers[2].seconds
    ('conv2', 'compute', Fraction(1, 40625000))
    >>> [str(change) for change in roofline(lenet5().cost((N, 1, 32, 32)), "A100", dtype="float32").changes()]
    ['always', 'never', 'always', 'never', 'from N = 25', 'from N = 32', 'never']
    """
    if dtype is None:
        raise ValueError("dtype=None: bytes need a dtype, such as dtype='float32'")
    one_of("dtype", dtype, BYTES)
    _operations(cost)
    chosen = machine(on)
    speed, bandwidth = chosen.speed(dtype, cost.convention), Fraction(chosen.bandwidth)
    parts: Sequence[tuple[str, Cost]] = (
        [(row.name, row.cost) for row in cost.layers]
        if isinstance(cost, NetworkCost)
        else [(cost.label, cost)]
    )
    layers = tuple(
        LayerTime(
            name,
            part.size("ops.total"),
            0 if _is_view(part) else multiply(BYTES[dtype], part.size("memory.total")),
            speed,
            bandwidth,
            part.domain,
        )
        for name, part in parts
    )
    batch = parts[0][1].source if parts else None
    size = batch.inputs[0].known_shape[0] if isinstance(batch, LayerQuantities) else 1
    return Roofline(
        cost.label,
        chosen,
        dtype,
        cost.convention.name,
        layers,
        _at(cost, size),
        chosen.ridge_point(dtype, cost.convention),
    )


def _when(gained: Size, lost: Size) -> tuple[str, Any, Relation | None]:
    """When N gained >= lost: the kind of answer, the batch size, and the condition of the answer."""
    if isinstance(gained, int) and isinstance(lost, int):
        if gained > 0:
            first = ceil_div(lost, gained)
            return ("always", None, None) if first <= 1 else ("from", first, None)
        if gained == 0:
            return ("always" if lost <= 0 else "never"), None, None
        last = floor_div(-lost, -gained)
        return ("never", None, None) if last < 1 else ("up to", last, None)
    rises, falls = _at_least(gained), _at_least(multiply(-1, gained))
    needed, spare = _at_least(lost), _at_least(multiply(-1, lost))
    if rises >= 0 and spare >= 0:
        return "always", None, None
    if (falls >= 0 and needed >= 1) or (falls >= 1 and needed >= 0):
        return "never", None, None
    if rises >= 1:
        return "from", expression(maximum(1, ceil_div(lost, gained))), None
    return "from", expression(lost) / expression(gained), le(1, gained)


def _at_least(value: Size) -> float:
    """A number that the value is nowhere below."""
    bound = lower_bound(value)
    return float("-inf") if bound is None else bound


def _operations(cost: Cost) -> Size:
    checked_cost(cost)
    if cost.unknown:
        known = f"no cost is known for {', '.join(cost.unknown)}"
        raise ValueError(f"the time of {cost.label} is not known: {known}")
    return cost.size("ops.total")


def _is_view(cost: Cost) -> bool:
    return isinstance(cost.source, LayerQuantities) and cost.source.is_view


def _at(cost: Cost, size: Size) -> Size:
    """A size of the source with the numbers of the cost."""
    return substitute(size, {**cost.values})


def _speed(speed: Exact) -> Fraction:
    return positive("speed", speed)


def _quotient(top: Size, bottom: Size | Fraction) -> Any:
    """top/bottom: a ``Fraction``, or an expression."""
    if isinstance(top, int) and not isinstance(bottom, Dim):
        return Fraction(top) / bottom
    below = _rational(bottom) if isinstance(bottom, Fraction) else expression(bottom)
    return expression(top) / below


def _rational(value: Fraction) -> Any:
    return sympy.Rational(value.numerator, value.denominator)


def _exact(value: Any, beside: Any) -> Any:
    """A number in the form in which it can be combined with another value."""
    return (
        _rational(Fraction(value))
        if isinstance(value, int | Fraction) and not isinstance(beside, Fraction)
        else value
    )


def _shown(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value) if value.denominator == 1 and value < 10**6 else f"{float(value):.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
