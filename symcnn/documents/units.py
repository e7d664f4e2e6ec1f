"""Units of numbers: bytes, bits and operations, with prefixes of 1000 (kB) and of 1024 (KiB)."""

from __future__ import annotations

from fractions import Fraction

from symcnn.documents.trees import Unit

_DECIMAL = {"": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5}
_BASES = {
    "B": ("byte", Fraction(1)), "byte": ("byte", Fraction(1)), "bytes": ("byte", Fraction(1)),
    "bit": ("byte", Fraction(1, 8)), "bits": ("byte", Fraction(1, 8)),
    "MAC": ("MAC", Fraction(1)), "MACs": ("MAC", Fraction(1)),
    "FLOP": ("operation", Fraction(1)), "FLOPs": ("operation", Fraction(1)),
    "operation": ("operation", Fraction(1)), "operations": ("operation", Fraction(1)),
    "element": ("element", Fraction(1)), "elements": ("element", Fraction(1)),
}  # fmt: skip
_MIXED = {"KB": "write kB (1000 bytes) or KiB (1024 bytes)", "Kb": "write kbit", "Mb": "write Mbit"}


def unit(name: str) -> Unit | None:
    """The unit of a name.

    >>> unit("GiB").factor, unit("kB").factor, unit("parsec")
    (Fraction(1073741824, 1), Fraction(1000, 1), None)
    """
    prefixes = [(p, Fraction(1000) ** n) for p, n in _DECIMAL.items()]
    prefixes += [(p, Fraction(1024) ** n) for p, n in _BINARY.items()]
    for prefix, factor in prefixes:
        base = _BASES.get(name[len(prefix) :]) if name.startswith(prefix) else None
        if base is not None and (len(prefix) < 2 or base[0] == "byte"):
            return Unit(name, base[0], factor * base[1])
    return None


def mixed_up(name: str) -> str:
    """What to write for a unit that people use in two meanings."""
    return _MIXED.get(name, "")
