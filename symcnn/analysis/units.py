"""Amounts of memory with a unit: prefixes of 1000 (GB) and of 1024 (GiB)."""

from __future__ import annotations

import re
from fractions import Fraction

from symcnn.symbols.suggest import suggestion

BYTE_UNITS = {
    "B": 1, "bytes": 1,
    "kB": 1000, "MB": 1000**2, "GB": 1000**3, "TB": 1000**4,
    "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4,
}  # fmt: skip

_AMOUNT = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*", re.ASCII)


def byte_count(amount: str) -> int:
    """An amount such as ``12GiB`` as whole bytes, a part of a byte left off.

    Raises ``ValueError`` for text that is no number with a unit, for an unknown unit and for a negative one.

    >>> byte_count("12GiB"), byte_count("1.5 kB")
    (12884901888, 1500)
    """
    found = _AMOUNT.fullmatch(amount)
    if found is None or not found[2]:
        raise ValueError(f"memory={amount!r} must be a number and a unit, such as '12GiB' or '500 MB'")
    number, unit = Fraction(found[1]), found[2]
    if unit not in BYTE_UNITS:
        raise ValueError(f"memory={amount!r}: the unit {unit!r} is unknown{suggestion(unit, BYTE_UNITS)}")
    if number < 0:
        raise ValueError(f"memory={amount!r} must not be negative")
    return int(number * BYTE_UNITS[unit])


def shown_bytes(count: int) -> str:
    """A number of bytes in the largest unit of 1024 that it fills, to four digits.

    >>> shown_bytes(12884901888), shown_bytes(1500), shown_bytes(7)
    ('12 GiB', '1.465 KiB', '7 bytes')
    """
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if count >= BYTE_UNITS[unit]:
            return f"{count / BYTE_UNITS[unit]:.4g} {unit}"
    return f"{count} bytes"
