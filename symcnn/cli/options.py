"""Options that several commands have, and the order in which letters appear on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_APPEARANCE = "symcnn.appearance"

INPUT_HELP = (
    "Shape of the input, such as N,3,H,W or 1x3x224x224: numbers, letters, and + - * // ** of them. "
    "Once for each input."
)


def remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """A click callback that notes an argument's texts; click calls it in the order of the command line."""
    texts: list[tuple[str, str]] = ctx.meta.setdefault(_APPEARANCE, [])
    for one in value if isinstance(value, tuple) else (value,):
        if one is not None:
            texts.append((param.name or "", one))
    return value


def appearance(ctx: click.Context) -> list[tuple[str, str]]:
    """Name and text of the noted arguments, in the order in which they were written."""
    return ctx.meta.get(_APPEARANCE, [])


def input_option(command: F) -> F:
    """``--input``."""
    return click.option(
        "--input", "shapes", multiple=True, metavar="SHAPE", callback=remember, help=INPUT_HELP
    )(command)


def at_option(command: F) -> F:
    """``--at``."""
    return click.option(
        "--at",
        "values",
        multiple=True,
        metavar="H=224,W=224",
        help="Numbers (or expressions) for letters. May be repeated, and may leave letters open.",
    )(command)


def convention_option(command: F) -> F:
    """``--convention``."""
    return click.option(
        "--convention",
        default="sequential",
        show_default=True,
        metavar="NAME",
        help="How operations are counted: sequential (every scalar operation once), fused (a multiply-add "
        "once), sequential-unpadded and fused-unpadded (the same, operations on padding left out).",
    )(command)


def nonnegative_option(command: F) -> F:
    """``--nonnegative``."""
    return click.option(
        "--nonnegative",
        multiple=True,
        metavar="P,Q",
        help="Letters that may be 0. Other letters are integers >= 1, except those in arguments that may be "
        "0, such as padding.",
    )(command)
