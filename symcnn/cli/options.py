"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
INPUT_HELP = (
    "Shape of the input, such as N,3,H,W or 1x3x224x224: numbers, letters, and + - * // ** of them. "
    "Once for each input."
)


def input_option(command: F) -> F:
    """``--input``."""
    return click.option("--input", "shapes", multiple=True, metavar="SHAPE", help=INPUT_HELP)(command)


def at_option(command: F) -> F:
    """``--at``."""
    return click.option(
        "--at",
        "values",
        multiple=True,
        metavar="H=224,W=224",
        help="Numbers (or expressions) for letters. May be repeated, and may leave letters open.",
    )(command)


def model_option(command: F) -> F:
    """``--option``."""
    return click.option(
        "--option",
        "options",
        multiple=True,
        metavar="KEY=VALUE",
        help="An option of the model, such as num_classes=10 or width=w; `symcnn models MODEL` lists them.",
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
