"""Why counters differ: how the number that a counter reports follows from the definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symcnn.analysis.counters import COUNTERS, PARTS, Counter, Use, uses
from symcnn.derive.cost import Cost, checked_cost, expression
from symcnn.layers.base import Layer
from symcnn.symbols.checks import one_of
from symcnn.symbols.printing import text
from symcnn.symbols.size import Size, multiply, subtract, total


@dataclass(frozen=True)
class Item:
    """A part of a difference, and the reason for it."""

    amount: Any
    why: str


@dataclass(frozen=True)
class LayerDifference:
    """A layer: its MACs, what the counter makes of it (None where not known), and the items between."""

    name: str
    layer: Layer
    macs: Any
    counted: Any
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Difference:
    """What a counter reports for a cost, against its MACs, layer by layer.

    ``counted`` is the number that the counter reports; None where a layer is not described, and those are
    named in ``undescribed``. ``macs`` and the amounts of all items add up to ``counted`` exactly.
    """

    label: str
    counter: Counter
    macs: Any
    counted: Any
    rows: tuple[LayerDifference, ...]

    @property
    def undescribed(self) -> tuple[str, ...]:
        """The layers of which it is not known what the counter makes."""
        return tuple(row.name for row in self.rows if row.counted is None)

    def by_reason(self) -> dict[str, Any]:
        """The amount for each reason, over all layers."""
        found: dict[str, Any] = {}
        for row in self.rows:
            for item in row.items:
                found[item.why] = found.get(item.why, 0) + item.amount
        return found

    def __repr__(self) -> str:
        head = f"{self.label}: {self.counter.name} {self.counter.version} counts {self.counter.unit}"
        lines = [("MACs by definition", str(self.macs))]
        for why, amount in self.by_reason().items():
            layers = sum(any(i.why == why for i in row.items) for row in self.rows)
            said = f"{why} ({layers} layer{'s' * (layers != 1)})"
            lines.append((said, f"{amount:+d}" if isinstance(amount, int) else f"+ {amount}"))
        lines.append(("it reports", "not known" if self.counted is None else str(self.counted)))
        width = max(len(said) for said, _ in lines)
        right = max(len(n) for _, n in lines) if isinstance(self.macs, int) else 0
        shown = [f"  {said:<{width}}  {number:>{right}}" for said, number in lines]
        if self.undescribed:
            shown.append(f"  what it makes of {', '.join(self.undescribed)} is not known here")
        return "\n".join([head, *shown])


def explain_difference(cost: Cost, convention: str = "fvcore") -> Difference:
    """What a published counter reports for a layer or network, and why that is not the number of MACs.

    counted = MACs + sum over layers and reasons of the amounts; all of them exact, with symbols or numbers.

    Symbols: ``convention`` is the name of a counter in ``COUNTERS``. What each one counts was read off its
    source and measured, in the versions that are named; nothing is run here. A layer that is not described
    (attention, recurrent and opaque layers, layers of your own) makes the total None, never a guess.

    Unit: what the counter counts, MACs or two FLOPs for each.
    Raises ``ValueError`` for unknown counters, for a cost that leaves padding out, and for batches where the
    counter takes one sample alone.
    Source: the code of the counters, and what they reported.

    >>> from symcnn import Conv2d, explain_difference
    >>> explain_difference(Conv2d(3, 8, 3, padding=1).cost((1, 3, 8, 8)), "torchinfo")
    Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding=1): torchinfo 1.8.0 counts MACs
      MACs by definition                       13824
      the addition of a bias counts (1 layer)   +512
      it reports                               14336
    """
    checked_cost(cost)
    one_of("convention", convention, COUNTERS)
    if cost.convention.skip_padding:
        raise ValueError(
            f"{cost.label}: counters count padding like other inputs, but convention="
            f"{cost.convention.name!r} leaves it out; take cost(..., convention='sequential')"
        )
    counter = COUNTERS[convention]
    found = uses(cost)
    if counter.sample and (batch := found[0].batch) != 1:
        raise ValueError(
            f"{counter.name} counts one sample, and the batch is {text(batch)}; give a batch of 1"
        )
    compared = [(use, *_compared(counter, use)) for use in found]
    rows = tuple(
        LayerDifference(
            use.name,
            use.layer,
            expression(use.size("macs")),
            None if counted is None else expression(counted),
            tuple(Item(expression(amount), why) for amount, why in items),
        )
        for use, counted, items in compared
    )
    known = [counted for _, counted, _ in compared if counted is not None]
    whole = expression(total(known)) if len(known) == len(rows) else None
    return Difference(cost.label, counter, expression(cost.size("macs")), whole, rows)


def _compared(counter: Counter, use: Use) -> tuple[Size | None, list[tuple[Size, str]]]:
    """What the counter makes of a layer, and what that has more than the MACs; None where it is not known."""
    rule = counter.rule(use.layer)
    whole = None if rule is None or use.cost.unknown else PARTS[rule.whole](use)
    if rule is None or whole is None:
        return None, []
    items = [(subtract(multiply(rule.times, whole), use.size("macs")), rule.why)]
    for term in rule.more:
        part = PARTS[term.part](use)
        if part is None:
            return None, []
        items.append((multiply(term.times, part), term.why))
    items = [(amount, why) for amount, why in items if amount != 0]
    return total([use.size("macs"), *(amount for amount, _ in items)]), items
