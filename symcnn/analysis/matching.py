"""Which convention gives a published number, at the precision at which it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symcnn.analysis.counters import COUNTERS, uses
from symcnn.analysis.differences import explain_difference
from symcnn.derive.cost import Cost, checked_cost
from symcnn.derive.quantities import FUSED, SEQUENTIAL
from symcnn.symbols.checks import instance
from symcnn.symbols.size import multiply, total

_PREFIXES = {"": 0, "K": 3, "M": 6, "G": 9, "B": 9, "T": 12, "P": 15}
_WRITTEN = re.compile(
    r"\s*(\d[\d,_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*([kmgbtp]?)\s*"
    r"(?:macs?|flops?|mult-adds?|multiply-adds?|ops?|operations)?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Written:
    """A number as it is written: everything from ``low`` up to, but without, ``high`` rounds to it."""

    written: str
    low: Fraction
    high: Fraction

    @staticmethod
    def of(value: str | int | float) -> Written:
        """The number; raises ``ValueError`` where it is none, or is negative."""
        instance("value", value, (str, int, float), "a number, or a text such as '4.10 GFLOPs'")
        if isinstance(value, bool):
            raise TypeError(f"value={value} must be a number, or a text such as '4.10 GFLOPs'")
        # The digits that a float has before its zeros; an int is exact.
        plain = str(value) if not isinstance(value, float) else f"{Decimal(repr(value)).normalize():E}"
        found = _WRITTEN.fullmatch(plain)
        if found is None or found[2].upper() not in _PREFIXES:
            raise ValueError(f"value={value!r} is no count; write 4.09e9, '4.10 GFLOPs' or 4089184256")
        digits = Decimal(re.sub("[,_]", "", found[1]))
        prefix = _PREFIXES[found[2].upper()]
        exponent = digits.as_tuple().exponent
        scale = Fraction(10) ** prefix
        half = Fraction(10) ** (exponent if isinstance(exponent, int) else 0) * scale / 2
        middle = Fraction(digits) * scale
        return Written(plain.strip() if isinstance(value, str) else f"{value}", middle - half, middle + half)

    def __contains__(self, count: int) -> bool:
        return self.low <= count < self.high


@dataclass(frozen=True)
class Reading:
    """A convention, what it gives (None where that is not known), and whether that is the number written."""

    convention: str
    count: int | None
    fits: bool


@dataclass(frozen=True)
class Match:
    """Which conventions give a number, at the precision at which it is written."""

    label: str
    value: Written
    readings: tuple[Reading, ...]

    @property
    def fits(self) -> tuple[str, ...]:
        """The conventions that give the number; none where it is empty."""
        return tuple(r.convention for r in self.readings if r.fits)

    @property
    def nearest(self) -> Reading:
        """The reading that is closest to the number, by their ratio."""
        middle = max((self.value.low + self.value.high) / 2, Fraction(1))

        def apart(reading: Reading) -> Fraction:
            low, high = sorted((Fraction(reading.count or 1), middle))
            return high / low

        return min((r for r in self.readings if r.count), key=apart, default=self.readings[0])

    def __repr__(self) -> str:
        head = f"{self.label}: {self.value.written} is "
        if self.fits:
            head += "what these give"
        else:
            head += f"what no convention here gives; the nearest is {self.nearest.convention}"
        width = max(len(r.convention) for r in self.readings)
        return "\n".join(
            [
                head,
                *(
                    f"{'*' if r.fits else ' '} {r.convention:<{width}}  {_shown(r.count)}"
                    for r in self.readings
                ),
            ]
        )


def _shown(count: int | None) -> str:
    return "not known" if count is None else str(count)


def match(cost: Cost, value: str | int | float) -> Match:
    """Which convention, or counter, gives a published number for a layer or network.

    A count fits where it lies in [v - u/2, v + u/2), with u one unit in the last place that is written.

    Symbols: ``value`` is a number such as ``4.09e9`` or ``4089184256``, or a text such as ``"4.10 GFLOPs"``;
    zeros at the end of a float say nothing about its precision, those of a text do. Counts are of the
    definition (MACs; two FLOPs for each; every operation; multiply-adds fused; MACs without those on
    padding), of every counter in ``COUNTERS``, and twice that of those which count MACs. That one fits is no
    proof that it was used.

    Unit: counts.
    Raises ``ValueError`` where a symbol has no number, for a number that cannot be read, for operations of
    unknown cost, and for a cost that leaves padding out.
    Source: the conventions of symcnn, and the code of the counters.

    >>> from symcnn import match
    >>> from symcnn.models import resnet50
    >>> cost = resnet50().cost((1, 3, 224, 224))
    >>> match(cost, "4.09 G").fits
    ('MACs', 'ptflops-aten', 'torchinfo')
    >>> match(cost, "3.8e9").fits
    ()
    """
    checked_cost(cost)
    written = Written.of(value)
    if cost.symbols:
        names = ", ".join(s.name for s in cost.symbols)
        raise ValueError(
            f"{cost.label}: {names} must be numbers to compare with {value!r}; give them to cost.at"
        )
    if cost.unknown:
        raise ValueError(
            f"{cost.label}: no cost is known for {', '.join(cost.unknown)}, so nothing can match"
        )
    counts = [(name, _number(count)) for name, count in _counts(cost)]
    return Match(cost.label, written, tuple(Reading(n, c, c is not None and c in written) for n, c in counts))


def _counts(cost: Cost) -> Iterator[tuple[str, Any]]:
    macs = cost.size("macs")
    yield "MACs", macs
    yield "FLOPs, two for each MAC", multiply(2, macs)
    yield "sequential operations", cost.size(SEQUENTIAL)
    yield "fused operations", cost.size(FUSED)
    found = uses(cost)
    yield (
        "MACs, those on padding left out",
        total(u.layer.quantities(u.inputs, True).size("macs") for u in found),
    )
    for name, counter in COUNTERS.items():
        one = not counter.sample or found[0].batch == 1
        counted = explain_difference(cost, name).counted if one else None
        yield name, counted
        if "FLOPs" not in counter.unit:
            yield f"{name}, doubled", None if counted is None else 2 * counted


def _number(count: Any) -> int | None:
    return None if count is None else int(count)
