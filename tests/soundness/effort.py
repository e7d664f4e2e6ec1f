"""How much the random tests of this suite do: a little in ``make test``, what time allows in ``make soak``.

Each random choice comes from one seed. Without a soak it is always the same one, so that a run can be
repeated; a soak takes a new one each time and prints it.
"""

from __future__ import annotations

import functools
import inspect
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
from hypothesis import settings

SECONDS = "SYMCNN_SOAK_SECONDS"
SEED = "SYMCNN_SEED"
ROUND = "SYMCNN_ROUND"


class Effort:
    """The seed, and how many seconds each test of a soak has: ``None`` where it is none."""

    def __init__(self) -> None:
        self.seed = int(os.environ.get(SEED, "2026"))
        self.soaking = SECONDS in os.environ
        self.seconds: float | None = None

    def share(self, tests: int, workers: int) -> None:
        """Give each of the soak's random tests the same part of its time."""
        if self.soaking:
            self.seconds = float(os.environ[SECONDS]) * workers / max(1, tests)


EFFORT = Effort()


def rounds(quick: int) -> Iterator[int]:
    """The numbers of the rounds that a test runs: ``quick`` of them, or as many as a soak has time for."""
    if ROUND in os.environ:
        yield int(os.environ[ROUND])
        return
    end = None if EFFORT.seconds is None else time.monotonic() + EFFORT.seconds
    number = 0
    while number < quick if end is None else number == 0 or time.monotonic() < end:
        yield number
        number += 1


def random_rounds(quick: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test whose argument ``dice`` is a ``random.Random``, run in rounds, each with a seed of its own.

    A failure names the round, and what to set so that this round alone runs again.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def run(**given: Any) -> None:
            for number in rounds(quick):
                dice = random.Random(
                    f"{EFFORT.seed} {number} {test.__name__} {sorted(given.items(), key=str)}"
                )
                try:
                    test(dice=dice, **given)
                except BaseException as error:
                    error.add_note(f"to repeat this round alone: {SEED}={EFFORT.seed} {ROUND}={number}")
                    raise

        shown = [p for name, p in signature.parameters.items() if name != "dice"]
        vars(run).update(__signature__=signature.replace(parameters=shown), in_rounds=True)
        return run

    return decorate


def examples(quick: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A Hypothesis test with ``quick`` examples, or in a soak with as many as there is time for.

    It stands above ``given``.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        test = settings(settings.get_profile(_profile()), max_examples=quick)(test)
        signature = inspect.signature(test)

        def run(*args: Any, **given: Any) -> None:
            for number in rounds(1):
                hypothesis.seed(f"{EFFORT.seed} {number}")(test)(*args, **given)

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        marks = getattr(test, "pytestmark", [])
        vars(run).update(pytestmark=marks, __signature__=signature, in_rounds=True)
        return run

    return decorate


def _profile() -> str:
    return "ci" if os.environ.get("CI") else "default"
