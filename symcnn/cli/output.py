"""Printing: plain text in the width of the terminal, with styles where there is one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import click

USAGE = 2
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ends; never a verdict

_STYLES = {
    "title": "bold",
    "head": "bold",
    "total": "bold",
    "note": "dim",
    "rule": "dim",
    "warning": "bold red",
}


def terminal_width() -> int | None:
    """The width to which text is wrapped, or None where nobody looks at it: in files and pipes.

    ``COLUMNS`` in the environment holds everywhere.
    """
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    return None


def show(lines: Iterable[tuple[str, str]]) -> None:
    """Print lines, each in the style of its role; ``NO_COLOR`` is respected.

    Nothing in the lines is markup: ``x[i, j]`` is printed as it stands.
    """
    if not sys.stdout.isatty():
        # Most output goes to files and pipes, where rich would be imported for nothing.
        click.echo("\n".join(line for line, _ in lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    for line, role in lines:
        # The lines are wrapped already; rich must neither wrap nor cut them again.
        console.print(
            Text(line, _STYLES.get(role, ""), no_wrap=True, overflow="ignore"), soft_wrap=True, crop=False
        )


def printable(text: str) -> str:
    """A text in one line, without control characters that a terminal would obey."""
    line = "".join(c if c.isprintable() else " " if c.isspace() else ascii(c)[1:-1] for c in text)
    return " ".join(line.split())


def write(text: str) -> None:
    """Print text for another program as it is."""
    click.echo(text, nl=False)


def check_folder(output: Path) -> None:
    """Raise a usage error before any work is done for a file whose folder is not there."""
    if not output.absolute().parent.is_dir():
        raise click.UsageError(f"{output}: there is no folder {output.parent}")


def only_one(chosen: dict[str, bool]) -> str | None:
    """The format that was asked for, if any; raises a usage error for more than one."""
    names = [name for name, given in chosen.items() if given]
    if len(names) > 1:
        raise click.UsageError(f"--{names[0]} and --{names[1]} exclude each other")
    return names[0] if names else None
