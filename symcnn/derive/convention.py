"""Conventions for counting: always named, never implied."""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.symbols.checks import one_of


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
    return CONVENTIONS[one_of("convention", name, CONVENTIONS)]
