"""Bad input: calls with a bad argument, and the exact error that each raises, as tables in text files.

    [Conv2d.kernel_size]
    Conv2d(4, 8, 0)
      ValueError: Conv2d: kernel_size=0 must be at least 1

A section names a function, a class or a method (``Cost.at``) and its parameter, or a command and its option
(``symcnn cost --dtype``). Below it stand rows, separated by blank lines: an expression, then, indented by two
spaces, the type of the error and its whole message. Lines that begin with ``#`` are comments.
:mod:`tests.bad_input.samples` says what expressions may use.

To add rows, write the expressions alone and run ``python -m tests.bad_input``, which writes the errors below
them. Review each: it must name the value and say what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from tests.bad_input.samples import namespace

TABLES = sorted(Path(__file__).parent.glob("*.txt"))

_ITEM = re.compile(r"^(?:\[(?P<section>.+)\]|(?P<call>[^\s#\[].*))\n(?P<error>(?:\n*  .*\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """A call with a bad argument, and the error that its table expects."""

    section: str
    call: str
    error: str


def rows(table: str) -> Iterator[Row]:
    """The rows of a table."""
    section = ""
    for item in _ITEM.finditer(table):
        section = item["section"] or section
        if item["call"]:
            yield Row(section, item["call"], item["error"])


def filled(table: str) -> str:
    """The table with the error that each call raises now."""
    return _ITEM.sub(
        lambda item: f"{item['call']}\n{raised(item['call'])}" if item["call"] else item[0], table
    )


def raised(call: str) -> str:
    """The error that a call raises, as a table shows it; empty where it raises none."""
    known = namespace()
    try:
        eval(call, known)
    except Exception as error:
        return indent(f"{type(error).__name__}: {error}\n", "  ")
    return ""
