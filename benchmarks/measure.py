"""Ratios of running times: both sides alternate in one run, and the median pair decides."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """Median times of two sides, in seconds, and the median of their ratios."""

    ours: float
    theirs: float
    ratio: float


def seconds(action: Callable[[], object]) -> float:
    """The time that one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def alternate(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 7) -> Ratio:
    """Both sides in this process, one after the other, ``rounds`` times."""
    return _ratio([(seconds(ours), seconds(theirs)) for _ in range(rounds)])


def alternate_cold(ours: str, theirs: str, rounds: int = 5) -> Ratio:
    """Both sides as scripts in fresh interpreters; each prints the seconds that it measured."""
    return _ratio([(reported(ours), reported(theirs)) for _ in range(rounds)])


def reported(script: str) -> float:
    """The seconds that a script prints when a fresh interpreter runs it."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def process_seconds(*arguments: str, rounds: int = 9) -> float:
    """The median time of a whole process."""

    def run() -> None:
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)

    return statistics.median(seconds(run) for _ in range(rounds))


def _ratio(pairs: list[tuple[float, float]]) -> Ratio:
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return Ratio(statistics.median(ours), statistics.median(theirs), ratio)
