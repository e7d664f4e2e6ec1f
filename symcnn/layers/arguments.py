"""Layer arguments: what each may be, as data on the fields of the layer classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, field
from fractions import Fraction
from math import isfinite
from typing import Any, TypeAlias

from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.checks import brief, one_of
from symcnn.symbols.checks import flag as checked_flag
from symcnn.symbols.printing import text
from symcnn.symbols.size import Dim, Size, as_length, multiply

Sizes: TypeAlias = tuple[Size, ...]
Borders: TypeAlias = tuple[tuple[Size, Size], ...]
# What users may write for these: a layer holds the one value for each axis that its field's check returns.
AnySizes: TypeAlias = Any
AnyBorders: TypeAlias = Any
Check: TypeAlias = Callable[[str, Any, int], Any]


def size(least: int = 1, default: Any = MISSING) -> Any:
    """A single size of at least ``least``."""
    return _argument(lambda name, value, axes: checked_size(name, value, least), default, least)


def optional_size(least: int = 1) -> Any:
    """A single size, or None."""
    return _argument(
        lambda name, value, axes: None if value is None else checked_size(name, value, least), None, least
    )


def per_axis(least: int = 1, default: Any = MISSING) -> Any:
    """One size for all spatial axes, or one per axis."""
    return _argument(lambda name, value, axes: checked_sizes(name, value, axes, least), default, least)


def optional_per_axis(least: int = 1) -> Any:
    """One size for all spatial axes, one per axis, or None."""
    return _argument(
        lambda name, value, axes: None if value is None else checked_sizes(name, value, axes, least),
        None,
        least,
    )


def size_or_none_per_axis(least: int = 1) -> Any:
    """One size or None for all spatial axes, or one of these per axis."""

    def check(name: str, value: Any, axes: int) -> tuple[Size | None, ...]:
        each = value if isinstance(value, tuple | list) else (value,) * axes
        if len(each) != axes:
            raise ValueError(f"{name}={brief(value)} must be one value, or one for each of {counted(axes)}")
        return tuple(None if v is None else checked_size(name, v, least) for v in each)

    return _argument(check, MISSING, least)


def padding(words: tuple[str, ...] = ("same", "valid")) -> Any:
    """A border: one size, one per axis, one (before, after) pair per axis, or one of the ``words``."""

    def check(name: str, value: Any, axes: int) -> Any:
        if isinstance(value, str):
            if value not in words:
                allowed = f"; it may be {' or '.join(map(repr, words))}" if words else " must be a number"
                raise ValueError(f"{name}={value!r}{allowed}")
            return value
        if isinstance(value, tuple | list) and any(isinstance(v, tuple | list) for v in value):
            if len(value) != axes or any(not isinstance(v, tuple | list) or len(v) != 2 for v in value):
                raise ValueError(
                    f"{name}={brief(value)} must have one (before, after) pair for each of {counted(axes)}"
                )
            return tuple((checked_size(name, a, 0), checked_size(name, b, 0)) for a, b in value)
        return tuple((p, p) for p in checked_sizes(name, value, axes, 0))

    return _argument(check, 0, 0)


def flag(default: bool) -> Any:
    """True or False."""

    def check(name: str, value: Any, axes: int) -> bool:
        return checked_flag(name, value)

    return _argument(check, default)


def choice(default: str, *others: str) -> Any:
    """One of several words."""
    words = (default, *others)

    def check(name: str, value: Any, axes: int) -> str:
        return one_of(name, value, words)

    return _argument(check, default)


def whole(default: Any = MISSING) -> Any:
    """A plain ``int``, such as an axis number."""

    def check(name: str, value: Any, axes: int) -> int:
        if type(value) is not int:
            raise TypeError(f"{name}={brief(value)} must be an int")
        return value

    return _argument(check, default)


def number(default: float, least: int | None = None) -> Any:
    """A finite number that does not change costs, such as an epsilon; of at least ``least``."""

    def check(name: str, value: Any, axes: int) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
            raise TypeError(f"{name}={brief(value)} must be a number")
        if not isfinite(value):
            raise ValueError(f"{name}={value} must be finite")
        if least is not None and value < least:
            raise ValueError(f"{name}={value} must be at least {least}")
        return value

    return _argument(check, default)


def axis_of(label: object, name: str, value: int, rank: int) -> int:
    """An axis number counted from the front; raises ``ValueError`` where there is no such axis."""
    if not -rank <= value < rank:
        raise ValueError(
            f"{label}: {name}={value} is none of {counted(rank)}; it may be {-rank} to {rank - 1}"
        )
    return value % rank


def counted(axes: int) -> str:
    """``1 axis``, ``2 axes``."""
    return f"{axes} {'axis' if axes == 1 else 'axes'}"


def checked_size(name: str, value: Any, least: int) -> Size:
    """A size that is not known to be less than ``least``."""
    out = as_length(value, name)
    if isinstance(out, int):
        if out < least:
            raise ValueError(f"{name}={out} must be at least {least}")
    else:
        bound = lower_bound(multiply(-1, out))
        if bound is not None and -bound < least:
            raise ValueError(f"{name}={out} must be at least {least}, but is never more than {-bound}")
    return out


def checked_sizes(name: str, value: Any, axes: int, least: int) -> Sizes:
    """One size per axis."""
    if isinstance(value, tuple | list):
        if len(value) != axes:
            raise ValueError(f"{name}={brief(value)} must be one value, or one for each of {counted(axes)}")
        return tuple(checked_size(name, v, least) for v in value)
    return (checked_size(name, value, least),) * axes


def shown(value: Any) -> str:
    """An argument as in a call: one number where all axes agree."""
    if not isinstance(value, tuple) or not value:
        return text(value) if isinstance(value, Dim) else repr(value)
    pairs = isinstance(value[0], tuple)
    if pairs and all(before == after for before, after in value):
        value, pairs = tuple(before for before, _ in value), False
    if not pairs and all(v == value[0] for v in value):
        return shown(value[0])
    parts = [f"({shown(v[0])}, {shown(v[1])})" if pairs else shown(v) for v in value]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _argument(check: Check, default: Any, least: int | None = None) -> Any:
    return field(default=default, metadata={"check": check, "least": least})
