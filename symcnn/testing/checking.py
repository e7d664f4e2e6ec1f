"""``check_random``: an identity in random cases, and the simplest one found in which it fails."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symcnn.kernel.statements import Statement
from symcnn.layers.base import Layer
from symcnn.proving.sameness import Same
from symcnn.proving.translation import statement
from symcnn.symbols import checks
from symcnn.testing.cases import Case, Experiment, Failure, Skipped, TooLong, Undefined
from symcnn.testing.identity import ArrayIdentity, ArrayIdentityExperiment
from symcnn.testing.sameness import SameExperiment
from symcnn.testing.statements import StatementExperiment

# Sizes reach from their least value to about this much above it, the small ones first.
WIDEST = 6
# Draws that come to nothing, before the search for cases is given up: at first, and for each case found.
MISSES = 1000
MISSES_A_CASE = 20
# After so many cases that were there already, sizes reach further.
AGAIN = 5
# A case that takes too long counts as so many.
MISSES_IF_LONG = 25
# Simpler cases that are looked at once one has failed.
SHRINKS = 300


@dataclass(frozen=True)
class Trials:
    """How often an identity was tested, and held each time. That it always holds is not said.

    ``held`` is the number of different cases, ``seed`` what repeats them, ``wanted`` how many were asked for,
    ``tolerance`` how far apart the sides were allowed to be (0: not at all), ``untested`` the parts of the
    identity that no case decided, and a case in which it has no value, if there is one.
    """

    identity: str
    held: int
    seed: int
    wanted: int
    tolerance: float = 0
    untested: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("trials prove nothing and have no truth value; look at trials.held")

    def __str__(self) -> str:
        cases = "case" if self.held == 1 else "cases"
        lines = [f"held in {self.held} random {cases} (seed {self.seed})"]
        if self.tolerance:
            lines[0] += f", to within {self.tolerance:g}"
        if self.held < self.wanted:
            lines[0] += f"; {self.wanted} were wanted, and no more different ones were found"
        return "\n".join([*lines, *(f"  not tested: {part}" for part in self.untested)])


class Falsified(AssertionError):
    """A case in which an identity fails.

    ``case`` holds its numbers and arrays by name, ``left`` and ``right`` both sides there, ``seed`` what
    repeats the search, ``script`` a program that computes both sides again and fails in the same way.
    """

    def __init__(
        self, identity: str, seed: int, case: Mapping[str, Any], failure: Failure, script: str
    ) -> None:
        self.identity = identity
        self.seed = seed
        self.case = dict(case)
        self.left = failure.left
        self.right = failure.right
        self.script = script
        self._failure = failure
        super().__init__("\n".join(self._lines(failure)))

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes the error again, in another process too."""
        return type(self), (self.identity, self.seed, self.case, self._failure, self.script)

    def _lines(self, failure: Failure) -> list[str]:
        lines = [f"{self.identity} fails in a random case (seed {self.seed})"]
        lines += [f"  {name} = {_indented(value)}" for name, value in self.case.items()]
        if not self.case:
            lines.append("  there is nothing to choose")
        if failure.left is not None or failure.right is not None:
            lines += [f"  left   {_indented(failure.left)}", f"  right  {_indented(failure.right)}"]
        lines += [f"  {failure.claim}", "this script reproduces it:", ""]
        return [*lines, *(f"    {line}".rstrip() for line in self.script.splitlines())]


def check_random(identity: Any, given: Any = (), *, trials: int = 200, seed: int | None = None) -> Trials:
    """Test an identity in random cases; raises ``Falsified`` with the simplest case found where it fails.

    ``identity`` is a relation (eq, le, ...), also one with quantities of costs: sizes are drawn, and both
    sides computed exactly. Or it is ``same(a, b)``: arrays of whole numbers are drawn too. Or it is a
    statement of the kernel, the tensors of which are drawn, or an ``ArrayIdentity`` of arrays. ``given`` are
    relations or a cost, as for ``prove``; only cases that satisfy them are tested. ``trials`` is the number
    of different cases, ``seed`` makes them the same again; None takes a new one, which the result names.

    A test proves nothing: the result says how often the identity held, and has no truth value. Raises
    ``ValueError`` where no case satisfies the assumptions, and ``TypeError`` where no case could decide.

    >>> from symcnn import check_random, dims, eq, ge
    >>> L, K, S = dims("L K S")
    >>> print(check_random(eq((L - K)//S + 1, (L - K + S)//S), ge(L, K), seed=7))
    held in 200 random cases (seed 7)
    >>> try:
    ...     check_random(eq((L - K)//S + 1, (L + S - 1)//S), ge(L, K), seed=7)
    ... except AssertionError as error:
    ...     error.case, error.left, error.right
    ({'S': 1, 'L': 2, 'K': 2}, 1, 2)
    """
    checks.whole("trials", trials, 1)
    if seed is None:
        seed = random.SystemRandom().randrange(10**6)
    checks.whole("seed", seed, 0)
    return _run(_experiment(identity, given), trials, seed)


def _experiment(identity: Any, given: Any) -> Experiment[Any]:
    if isinstance(identity, Statement):
        if not (isinstance(given, tuple | list) and not given):
            raise TypeError(f"given={given!r}: a statement holds its own assumptions")
        return StatementExperiment(identity, identity.name)
    if isinstance(identity, ArrayIdentity):
        return ArrayIdentityExperiment(identity, given)
    if isinstance(identity, Same):
        return SameExperiment(identity, given)
    if isinstance(identity, Layer | list | tuple) or callable(identity) or identity is None:
        raise TypeError(
            f"identity: a {type(identity).__name__} is nothing to be tested; give one relation (eq, le, ..., "
            "same), a statement of the kernel, or an ArrayIdentity"
        )
    # A relation of symcnn, one of SymPy, or a condition of a cost.
    signs = {getattr(identity, name, "") for name in ("sign", "rel_op", "relation")}
    turned = not signs.isdisjoint((">", ">=", "ge"))
    return StatementExperiment(statement(identity, given), str(identity), turned)


def _run(experiment: Experiment[Case], trials: int, seed: int) -> Trials:
    dice = random.Random(seed)
    seen: set[Any] = set()
    misses, again, widest, further = 0, 0, WIDEST, 0
    reasons: dict[str, None] = {}
    undefined = ""
    wanted = 1 if experiment.only_case() else trials
    while len(seen) < wanted and misses < MISSES + MISSES_A_CASE * len(seen):
        width = min(widest, (WIDEST + 1) * (len(seen) + misses // 10) // trials) + further
        case = experiment.draw(dice, width)
        if case is None or experiment.key(case) in seen:
            misses += 1
            # Few names have few small values.
            again += case is not None
            further += case is not None and again % AGAIN == 0
            continue
        try:
            failure = experiment.failure(case)
        except Skipped as error:
            reasons[str(error)] = None
            if isinstance(error, Undefined):
                such = f"such as {_named(experiment, case)}: {error}"
                undefined = undefined or f"there are cases in which it has no value, {such}"
            misses += 1
            if isinstance(error, TooLong):
                widest, further = max(1, widest - 1), 0
                misses += MISSES_IF_LONG
            continue
        if failure is not None:
            raise _falsified(experiment, case, failure, seed)
        seen.add(experiment.key(case))
    if not seen:
        raise _nothing_tested(experiment, reasons)
    untested = (*experiment.untested, *experiment.unmet(seen), *filter(None, [undefined]))
    return Trials(experiment.name, len(seen), seed, trials, experiment.tolerance, untested)


def _named(experiment: Experiment[Case], case: Case) -> str:
    return ", ".join(f"{name} = {value}" for name, value in experiment.shown(case).items())


def _nothing_tested(experiment: Experiment[Any], reasons: Mapping[str, None]) -> ValueError:
    if reasons:
        return ValueError(f"{experiment.name}: no case could be tested: {next(iter(reasons))}")
    missed = experiment.missed.most_common(1)
    why = f"no case was found in which {missed[0][0]}" if missed else "no case was found"
    return ValueError(f"{experiment.name}: {why}; look at what is assumed")


def _falsified(experiment: Experiment[Case], case: Case, failure: Failure, seed: int) -> Falsified:
    case, failure = _shrunk(experiment, case, failure)
    script = experiment.script(case, failure, f"found by symcnn.check_random with seed {seed}")
    return Falsified(experiment.name, seed, experiment.shown(case), failure, script)


def _shrunk(experiment: Experiment[Case], case: Case, failure: Failure) -> tuple[Case, Failure]:
    """A case of which no simpler one was found that fails as well."""
    looks = done = 0
    while looks < SHRINKS:
        for number, simpler in enumerate(experiment.simpler(case)):
            # What was tried before the last step is tried again at the end alone.
            if number < done:
                continue
            looks += 1
            try:
                found = experiment.failure(simpler)
            except Skipped:
                found = None
            if found is not None:
                case, failure, done = simpler, found, number
                break
            if looks >= SHRINKS:
                break
        else:
            if done == 0:
                break
            done = 0
    return case, failure


def _indented(value: Any) -> str:
    return str(value).replace("\n", "\n         ")
