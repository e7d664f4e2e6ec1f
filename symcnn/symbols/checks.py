"""Arguments of public functions: what each must be, and the error that names a value which it is not."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from symcnn.symbols.suggest import suggestion

T = TypeVar("T")

DAY = 24 * 60 * 60
_LONGEST = 100


def brief(value: object) -> str:
    """A value in one line, for an error message.

    >>> brief([1, 2]), len(brief(list(range(1000))))
    ('[1, 2]', 100)
    """
    line = " ".join(repr(value).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 4]} ..."


def one_of(argument: str, value: object, known: Iterable[str]) -> str:
    """The value of an argument that names one of several things.

    Raises ``TypeError`` for anything but a ``str``, and ``ValueError`` with a suggestion for unknown names.
    """
    names = list(known)
    if not isinstance(value, str):
        raise TypeError(f"{argument}={brief(value)} must be a str such as {names[0]!r}")
    if value not in names:
        raise ValueError(f"{argument}={value!r} is unknown{suggestion(value, names)}")
    return value


def instance(argument: str, value: object, kind: type[T] | tuple[type[T], ...], wanted: str) -> T:
    """The value of an argument of a certain type; raises ``TypeError`` where it ``must be`` that."""
    if not isinstance(value, kind):
        raise TypeError(f"{argument}={brief(value)} must be {wanted}")
    return value


def text(argument: str, value: object, such_as: str) -> str:
    """The value of an argument that is a ``str``."""
    return instance(argument, value, str, f"a str such as {such_as!r}")


def flag(argument: str, value: object) -> bool:
    """The value of an argument that is True or False."""
    if type(value) is not bool:
        raise TypeError(f"{argument}={brief(value)} must be True or False")
    return value


def whole(argument: str, value: Any, least: int) -> int:
    """The value of an argument that is an ``int`` of at least ``least``."""
    if type(value) is not int:
        raise TypeError(f"{argument}={brief(value)} must be an int")
    if value < least:
        raise ValueError(f"{argument}={value} must be at least {least}")
    return value


def seconds(value: Any) -> float:
    """The value of an argument that limits the time of a search."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise TypeError(f"seconds={brief(value)} must be a number")
    if not 0 < value <= DAY:
        raise ValueError(f"seconds={value} must be a positive number, at most {DAY} (a day)")
    return float(value) if isinstance(value, Fraction) else value


def path(argument: str, value: Any, such_as: str) -> Path:
    """The value of an argument that names a file."""
    found = instance(argument, value, (str, Path), f"a path such as {such_as!r}")
    if not str(value):
        raise ValueError(f"{argument}='' names no file; write such as {such_as!r}")
    return Path(found)
