"""What the commands that search share: for how long, on how many processors, and how far it is."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import click

DAY = 24 * 3600


def _positive(_ctx: click.Context, _param: click.Parameter, value: float) -> float:
    """The seconds of a search."""
    if not (math.isfinite(value) and 0 < value <= DAY):
        raise click.UsageError(f"--seconds {value:g} must be a number above 0, and at most {DAY}")
    return value


replay_option = click.option(
    "--replay", "only_replay", is_flag=True, help="Only replay stored certificates, never search."
)
search_option = click.option(
    "--search", "only_search", is_flag=True, help="Search for all, as if nothing was stored."
)
seconds_option = click.option(
    "--seconds",
    type=float,
    default=20,
    show_default=True,
    callback=_positive,
    metavar="N",
    help="How long to search for each statement.",
)
processes_option = click.option(
    "--processes",
    type=click.IntRange(1, 256),
    metavar="N",
    help="How many searches run at once.  [default: one on each processor]",
)


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def library() -> Path:
    """The proofs that come with symcnn: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "proofs", package.parent / "proofs"):
        if folder.is_dir():
            return folder
    raise ValueError("this installation has no folder proofs; name a .claim file or a folder")


def near(path: Path) -> Path:
    """A path as it is written from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@contextmanager
def progress() -> Generator[Callable[[str, int, int], None]]:
    """A line on standard error that says how far it is, where that is a terminal; else nothing."""
    if not sys.stderr.isatty():
        yield lambda words, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    # Without a thread of its own: the searches are forks of this process, which must not have others.
    line = Progress(
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with line:
        task = line.add_task("")
        last = 0.0

        def report(words: str, done: int, total: int) -> None:
            nonlocal last
            from symcnn.cli.output import printable

            line.update(task, description=printable(words), completed=done, total=total)
            if monotonic() - last > 0.05:
                line.refresh()
                last = monotonic()

        yield report
