"""``claim``: a function that returns a statement as a test of it, by a proof or in random cases."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, overload

import sympy

from symcnn.proving.relations import TRUTH_VALUES, Relation
from symcnn.proving.sameness import Same
from symcnn.proving.translation import premises_in
from symcnn.proving.verdict import Verdict, prove
from symcnn.symbols import checks
from symcnn.symbols.conditions import Condition
from symcnn.testing.checking import Falsified, Trials, check_random
from symcnn.testing.identity import ArrayIdentity

PROVED, REFUTED, TESTED, FALSIFIED, UNKNOWN = "PROVED", "REFUTED", "TESTED", "FALSIFIED", "UNKNOWN"
EXPECTED = {
    "holds": (PROVED, TESTED),
    "proved": (PROVED,),
    "refuted": (REFUTED, FALSIFIED),
}
"""What a claim may be expected to be, and the statuses that are this."""
WITH_HYPOTHESIS = (
    "@claim and @given do not go together; take pytest.mark.parametrize, or call prove or check_random in a "
    "test below @given"
)
SECONDS = 20.0
TRIALS = 200


@dataclass(frozen=True)
class Outcome:
    """What is known of a claim.

    ``status`` is PROVED or REFUTED, by a certificate that the kernel accepted; TESTED, where neither was
    found and it held in all of ``trials``; FALSIFIED, where a random case breaks it; or UNKNOWN, where
    nothing could be tested either, as ``reason`` says. ``verdict`` is that of the search, None of what has
    no proof, such as an ``ArrayIdentity``. ``given`` are the relations that the claim stands under, and the
    conditions of costs.
    """

    name: str
    status: str
    verdict: Verdict | None = None
    trials: Trials | None = None
    falsified: Falsified | None = None
    reason: str = ""
    given: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("an outcome has no truth value; compare outcome.status")

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The outcome as lines of text."""
        verdict = self.verdict
        if self.status in (PROVED, REFUTED) and verdict is not None:
            first, *more = verdict.lines()
            yield f"{self.name}: {first}"
            yield from self._given()
            yield from more
        elif self.status == FALSIFIED:
            yield f"{self.name}: {FALSIFIED}: {self.falsified}"
        else:
            said = f"it cannot be tested: {self.reason}" if self.trials is None else self.trials
            yield f"{self.name}: {self.status}: {said}"
            yield from self._given()
            if verdict is not None:
                yield f"  no proof was found; tried: {', '.join(verdict.tried) or 'nothing'}"
        if self.trials is not None and self.status == PROVED:
            yield f"  {self.trials}"

    def _given(self) -> Iterator[str]:
        if self.given:
            yield f"  given: {', '.join(map(str, self.given))}".replace("**", "^")


class NoStatementError(TypeError):
    """A function below ``claim`` returned something else than a statement."""


class ClaimError(AssertionError):
    """A claim is not what it is expected to be; ``outcome`` is what it is."""

    def __init__(self, outcome: Outcome, expected: str) -> None:
        self.outcome = outcome
        self.expected = expected
        super().__init__(f"{outcome.name} is {outcome.status.lower()}, expected: {expected}\n{outcome}")

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes the error again, in another process too."""
        return type(self), (self.outcome, self.expected)


class ContradictionError(AssertionError):
    """A claim is proved, and a random case breaks it: one of the two is wrong, and has to be reported."""

    def __init__(self, name: str, verdict: Verdict, falsified: Falsified) -> None:
        self.name = name
        self.verdict = verdict
        self.falsified = falsified
        super().__init__(
            f"{name} is proved, and yet a random case breaks it. Either symcnn is wrong, or the case is not "
            f"one of the statement; please report both.\n{verdict.proof}\n{falsified}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes the error again, in another process too."""
        return type(self), (self.name, self.verdict, self.falsified)


@dataclass(frozen=True)
class Plan:
    """How a claim is tested: what is expected of it, and what is None where its author does not say it."""

    expected: str = "holds"
    seconds: float | None = None
    trials: int | None = None
    seed: int | None = None
    always_test: bool = False

    def __post_init__(self) -> None:
        checks.one_of("expected", self.expected, EXPECTED)
        if self.seconds is not None:
            checks.seconds(self.seconds)
        for name, least in (("trials", 1), ("seed", 0)):
            if getattr(self, name) is not None:
                checks.whole(name, getattr(self, name), least)
        checks.flag("always_test", self.always_test)

    def otherwise(self, seconds: float | None, trials: int | None, seed: int | None) -> Plan:
        """The same, with these where nothing is said."""
        return replace(
            self,
            seconds=seconds if self.seconds is None else self.seconds,
            trials=trials if self.trials is None else self.trials,
            seed=seed if self.seed is None else self.seed,
        )

    def outcome(self, function: Callable[..., Any], /, *args: Any, **given: Any) -> Outcome:
        """What is known of the claim that a function returns for these arguments, whatever is expected."""
        name = function.__name__
        said, premises = _statement(name, function(*args, **given))
        outcome = self._outcome(name, function, said, premises)
        return replace(outcome, given=tuple(premises_in(premises)))

    def _outcome(self, name: str, function: Callable[..., Any], said: Any, premises: Any) -> Outcome:
        verdict: Verdict | None = None
        if not isinstance(said, ArrayIdentity):
            head, meaning = _head(function)
            verdict = prove(said, premises, name=head, meaning=meaning, seconds=self.seconds or SECONDS)
        proved = verdict is not None and verdict.status == PROVED
        if verdict is not None and (verdict.status == REFUTED or (proved and not self.always_test)):
            return Outcome(name, verdict.status, verdict)
        try:
            trials = check_random(said, premises, trials=self.trials or TRIALS, seed=self.seed)
        except Falsified as found:
            if verdict is not None and proved:
                raise ContradictionError(name, verdict, found) from None
            return Outcome(name, FALSIFIED, verdict, falsified=found)
        except (TypeError, ValueError) as error:
            if verdict is None:
                raise
            return Outcome(name, PROVED if proved else UNKNOWN, verdict, reason=str(error))
        if not proved and trials.untested:
            return Outcome(name, UNKNOWN, verdict, reason=trials.untested[0])
        return Outcome(name, PROVED if proved else TESTED, verdict, trials)

    def wrong(self, outcome: Outcome) -> ClaimError | None:
        """The error that an outcome is where another one is expected."""
        return None if outcome.status in EXPECTED[self.expected] else ClaimError(outcome, self.expected)


def _head(function: Callable[..., Any]) -> tuple[str, str]:
    """A name and a meaning for a statement of the kernel, which has fewer letters than Python."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", function.__name__).lstrip("_0123456789")
    first = (inspect.getdoc(function) or "").partition("\n")[0]
    meaning = "".join(c if c.isprintable() else " " for c in first.replace('"', "'"))
    return name or "claim", meaning


def _statement(name: str, said: Any) -> tuple[Any, Any]:
    """What a function returned, as a claim and what is given."""
    if said is None or type(said).__name__ in TRUTH_VALUES:
        raise NoStatementError(
            f"{name} returned {said!r}; return the statement itself, such as eq(a, b), without comparing or "
            "asserting anything"
        )
    if not isinstance(said, tuple):
        return said, ()
    if len(said) != 2:
        raise NoStatementError(
            f"{name} returned a tuple of {len(said)}; return a statement, or (statement, given), where given "
            "is a cost, or a list of relations and costs"
        )
    if isinstance(said[1], Relation | Condition | Same | sympy.logic.boolalg.Boolean):
        raise NoStatementError(
            f"{name} returned two relations; what is given stands in a list: return {said[0]}, [{said[1]}]. "
            "Two claims are two functions"
        )
    return said[0], said[1]


@overload
def claim(function: Callable[..., Any], /) -> Callable[..., Outcome]: ...


@overload
def claim(
    *,
    expected: str = "holds",
    seconds: float | None = None,
    trials: int | None = None,
    seed: int | None = None,
    always_test: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Outcome]]: ...


def claim(
    function: Callable[..., Any] | None = None,
    /,
    *,
    expected: str = "holds",
    seconds: float | None = None,
    trials: int | None = None,
    seed: int | None = None,
    always_test: bool = False,
) -> Callable[..., Any]:
    """Make a test of a function that returns a statement: by a proof, or else in random cases.

    The function returns a relation (eq, le, same, ...), a statement of the kernel, an ``ArrayIdentity``, or a
    tuple of one of these and what is given: a cost, or a list of relations and costs. Its test searches for a
    proof or a counterexample, for at most ``seconds`` (20); where neither is found, it tests ``trials`` (200)
    random cases, made by ``seed`` (None: a new one, which is shown). pytest collects it, whatever its name
    is, with fixtures and parameters as usual, and shows in its summary what was proved, what only tested, and
    what refuted.

    ``expected`` says what passes: ``"holds"`` what is proved or tested, ``"proved"`` what is proved alone,
    ``"refuted"`` what is wrong. With ``always_test`` what is proved is tested as well. Called in a script it
    returns the outcome, and raises ``ClaimError``, an ``AssertionError``, where it is not as expected.
    What is neither proved nor testable never passes.

    >>> from symcnn import Conv2d, claim, dims, eq, quantity
    >>> C_i, C_o, K, H, W = dims("C_i C_o K H W")
    >>> @claim
    ... def weights():
    ...     conv = Conv2d(C_i, C_o, kernel_size=K, bias=False)
    ...     return eq(quantity(conv.cost((C_i, H, W)), "params"), K**2*C_i*C_o)
    >>> weights().status
    'PROVED'
    >>> @claim(expected="refuted")
    ... def weights_without_inputs():
    ...     conv = Conv2d(C_i, C_o, kernel_size=K, bias=False)
    ...     return eq(quantity(conv.cost((C_i, H, W)), "params"), K**2*C_o)
    >>> weights_without_inputs().verdict.ratio
    C_i
    """

    plan = Plan(expected, seconds, trials, seed, always_test)

    def decorate(found: Callable[..., Any]) -> Callable[..., Outcome]:
        if isinstance(found, staticmethod | classmethod):
            method: Any = found
            return type(method)(decorate(method.__func__))
        if not inspect.isfunction(found):
            raise TypeError(f"claim takes a function that returns a statement, not {found!r}")
        if hasattr(found, "is_hypothesis_test"):
            raise TypeError(f"{found.__name__}: {WITH_HYPOTHESIS}")
        if inspect.iscoroutinefunction(found) or inspect.isgeneratorfunction(found):
            raise TypeError(f"{found.__name__} returns no statement when it is called; use a plain function")

        @wraps(found)
        def tested(*args: Any, **given: Any) -> Outcome:
            outcome = plan.outcome(found, *args, **given)
            if (wrong := plan.wrong(outcome)) is not None:
                raise wrong
            return outcome

        # pytest collects what says that it is a test; the plugin finds out how from the other one.
        vars(tested).update(__test__=True, symcnn_claim=(plan, found))
        return tested

    return decorate if function is None else decorate(function)
