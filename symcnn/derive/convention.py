"""Conventions for counting: always named, never implied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Convention:
    """How ``cost.ops.total`` counts.

    ``fused`` counts a multiply-add once; ``skip_padding`` leaves out operations on entries of borders.
    """

    name: str
    meaning: str
    fused: bool
    skip_padding: bool


CONVENTIONS = {
    c.name: c
    for c in (
        Convention("sequential", "every scalar operation once, padding included", False, False),
        Convention("fused", "a multiply-add once, padding included", True, False),
        Convention("sequential-unpadded", "every scalar operation once, padding left out", False, True),
        Convention("fused-unpadded", "a multiply-add once, padding left out", True, True),
    )
}


def convention(name: str | Convention) -> Convention:
    """The convention of this name; raises ``ValueError`` with a suggestion for unknown ones.

    >>> convention("fused").meaning
    'a multiply-add once, padding included'
    """
    if isinstance(name, Convention):
        return name
    if name in CONVENTIONS:
        return CONVENTIONS[name]
    raise ValueError(f"convention={name!r} is unknown{suggestion(name, CONVENTIONS)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown name."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(names)}"
