"""All mutants of a target, one after the other, each with its verdict."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tests.mutation import fresh
from tests.mutation.mutators import Module, Mutant, Mutator
from tests.mutation.swapped import Collected
from tests.mutation.targets import Target

# To collect the tests once more, and to run those that are asked for.
SECONDS_AGAIN = 20.0
SURVIVED = ("survived", "unreached")


@dataclass(frozen=True)
class Judged:
    """A mutant with what noticed it: a stage, "time" or "crash"; or "survived", "unreached" (by any test)."""

    mutant: Mutant
    verdict: str
    test: str = ""

    @property
    def survived(self) -> bool:
        return self.verdict in SURVIVED


def mutants_of(module: Module, sample: int | None, seed: int) -> list[Mutant]:
    """The mutants of a module, at most ``sample`` of them, the same ones for the same seed."""
    found = Mutator(module).found
    if sample is None or sample >= len(found):
        return found
    return random.Random(f"{seed} {module.name}").sample(found, sample)


def run(target: Target, mutants: Sequence[Mutant], quick: bool = False) -> Iterator[Judged]:
    """Judge mutants, in a fresh process where one with the collected tests does not do.

    ``quick`` takes the word of the latter that a mutant survives, although its lines were reached before, and
    leaves out tests that take long.
    """
    seconds: dict[Module, dict[str, float]] = {}
    collected = Collected(target, mutants, quick) if target.tests and mutants else None
    if collected is not None:
        print(f"{collected.tests} tests, {collected.seconds} s of CPU", file=sys.stderr, flush=True)
    for number, mutant in enumerate(mutants):
        test = ""
        if collected is None:
            if mutant.module not in seconds:
                seconds[mutant.module] = fresh.measured(target, mutant.module)
            verdict = fresh.judged(mutant, fresh.stages_of(target, mutant.module), seconds[mutant.module])
        else:
            verdict, test = collected.judged(number)
        if verdict == "again":
            tests: list[str] = json.loads(test)
            stages = {"tests": partial(fresh.chosen_pass, tests)}
            verdict, test = fresh.judged(mutant, stages, {"tests": SECONDS_AGAIN}), ""
        if verdict != "none":
            yield Judged(mutant, verdict, test)
    if collected is not None:
        collected.close()
