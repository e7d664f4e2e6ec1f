"""From a statement to a certificate that the kernel accepts, or to what was tried.

The search may be wrong in any way: what it returns counts only after the kernel has replayed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN, replay
from symcnn.kernel.goals import defined_goal, proof_goal, refutation_goal, satisfiable_goal
from symcnn.kernel.logic import Sequent, negation, witness
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import TRUE, And, Exists, ForAll, Formula, Function, Rejected, Unreadable
from symcnn.search.cases import OutOfTime
from symcnn.search.clock import now
from symcnn.search.growth import grown
from symcnn.search.layout import HEADER, laid_out, written
from symcnn.search.outline import NotFound, outlined
from symcnn.search.refuting import Counterexample, find_case, find_counterexample, small_points
from symcnn.search.steps import as_value
from symcnn.search.steps import written as shown
from symcnn.search.tactics import MAX_DEPTH, Search, bound_apart

# The share of the time for a proof in which only the facts at hand are looked at.
PLAIN = 0.7
# The share of the time that is left for one part of an outlined proof.
OPEN = 0.5
# The seconds in which small counterexamples are found, and those in which most of these are.
SOON = 0.4
AT_ONCE = 0.05
# Facts in the proof of a case are numbered from here on, apart from those of the case itself.
APART = 1000

T = TypeVar("T")


@dataclass(frozen=True)
class Decision:
    """What a search came to: the status, the certificate of it, and what was tried on the way.

    ``certificate`` begins with ``prove NAME`` or ``refute NAME``; it is empty where nothing was found. ``by``
    is what ``closing_steps`` says of it.
    """

    status: str
    certificate: str
    by: str
    tried: tuple[str, ...]
    counterexample: Counterexample | None = None


def decide(statement: Statement, seconds: float = 20, seed: int = 0) -> Decision:
    """Search for counterexamples and proofs by turns, small ones first.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem square "" \\n given a, b : real\\n claim 2*a*b <= a^2 + b^2'
    >>> print(decide(read_statements(text)[0]).certificate)
    prove square
      proof {
        take a, b
        cone (a - b)^2
      }
    <BLANKLINE>
    """
    start = now()
    tried: list[str] = []

    def left() -> float:
        return seconds - (now() - start)

    if statement.outline:
        before = now()
        certificate, failure = _attempt(lambda: _outlined(statement, left(), seed))
        status = PROVED if statement.outline.startswith("proof") else REFUTED
        if certificate is not None and accepted(statement, certificate, status):
            return Decision(status, certificate, closing_steps(certificate), tuple(tried))
        tried.append(f"the outline ({now() - before:.1f} s{failure})")
    # Most claims are settled soon, one way or the other; what is not gets the rest of the time.
    soon = 0.1 if seconds <= 10 * SOON else SOON / seconds
    at_once = min(soon, AT_ONCE / max(seconds, AT_ONCE))
    at_first = ((at_once, "first counterexamples"), (4 * at_once, "first proofs"))
    phases = (
        *at_first,
        (soon, "small counterexamples"),
        (soon, "short refutations"),
        (0.25, "short proofs"),
        (0.35, "refutations"),
        (0.25, "counterexamples"),
        (0.6, "proofs"),
        (1.0, "large counterexamples"),
    )
    for share, what in phases:
        if left() <= 0:
            break
        before = now()
        if what.endswith("proofs"):
            certificate, failure = _attempt(lambda s=share: _proof(statement, s * left(), seed))
            if certificate is not None and accepted(statement, certificate, PROVED):
                return Decision(PROVED, certificate, closing_steps(certificate), tuple(tried))
        elif what.endswith("refutations"):
            if not _is_of_all(statement, tensors=what.startswith("short")):
                continue
            certificate, failure = _attempt(lambda s=share: _refutation(statement, s * left(), seed))
            if certificate is not None and accepted(statement, certificate, REFUTED):
                return Decision(REFUTED, certificate, closing_steps(certificate), tuple(tried))
        else:
            found, failure = _attempt(lambda s=share: _counterexample(statement, s * left(), seed))
            if found is not None:
                certificate = laid_out(found.certificate)
                if accepted(statement, certificate, REFUTED):
                    return Decision(REFUTED, certificate, closing_steps(certificate), tuple(tried), found)
        if (share, what) not in at_first:
            tried.append(f"{what} ({now() - before:.1f} s{failure})")
    return Decision(UNKNOWN, "", "", tuple(tried))


def accepted(statement: Statement, certificate: str, status: str) -> bool:
    """Whether the kernel gives a certificate this status."""
    try:
        verdicts = replay([statement], HEADER + certificate)
    except (Rejected, Unreadable, RecursionError, MemoryError):
        return False
    return [verdict.status for verdict in verdicts] == [status]


def _attempt(search: Callable[[], T | None]) -> tuple[T | None, str]:
    """What a search finds; a search that fails in any way has found nothing, and how it failed is said."""
    try:
        return search(), ""
    except NotFound as error:
        return None, f", {error}"
    except (OutOfTime, Rejected, Unreadable):
        return None, ""
    except Exception as error:
        return None, f", failed with {type(error).__name__}"


def _counterexample(statement: Statement, seconds: float, seed: int) -> Counterexample | None:
    search = Search(now() + seconds, count=APART)
    search.used.update(statement.abbreviations)

    def prove(sequent: Sequent) -> str | None:
        # For what exists there are many points to try; only large ones are left to the search for proofs.
        if isinstance(sequent.goal, Exists):
            return grown(search, sequent)
        return _steps(search, sequent)

    return find_counterexample(statement, seconds=seconds, seed=seed, prove=prove)


def _is_of_all(statement: Statement, tensors: bool) -> bool:
    """Whether a refutation has to show something for all tensors, or for all numbers as well."""
    goal = negation(statement.claim)
    while isinstance(goal, Exists):
        goal = goal.body
    parts = goal.parts if isinstance(goal, And) else (goal,)
    return any(isinstance(p, ForAll) and (not tensors or isinstance(p.sort, Function)) for p in parts)


def _refutation(statement: Statement, seconds: float, seed: int) -> str | None:
    """The certificate of a refutation by an argument, where numbers alone do not show it."""
    end = now() + seconds
    used = set(statement.abbreviations)
    sequent = _sequent(statement, refutation_goal(statement))
    tensors = any(isinstance(sort, Function) for sort in statement.scope.values())
    if tensors or not statement.scope:
        # Which tensors an argument needs is no matter of their size.
        steps = _searched(sequent, used, seconds)
        return None if steps is None else written("refute", statement.name, [("proof", steps)])
    for point in small_points(statement, seconds / 8, seed):
        at, given = sequent, list[str]()
        while isinstance(at.goal, Exists) and at.goal.name in point:
            value = point[at.goal.name]
            given.append(f"witness {at.goal.name} = {shown(value)}")
            at = witness(at, at.goal.name, as_value(value))
        steps = _searched(at, used, (end - now()) * 3 / 4)
        if steps is not None:
            return written("refute", statement.name, [("proof", " ".join([*given, steps]))])
    return None


def _proof(statement: Statement, seconds: float, seed: int) -> str | None:
    """The certificate of a proof: that there is a case, that everything has a value, and that it holds."""
    goal = _sequent(statement, proof_goal(statement))
    found = _searched(goal, set(statement.abbreviations), seconds)
    return None if found is None else _complete(statement, found, seconds, seed)


def _complete(statement: Statement, proof: str, seconds: float, seed: int) -> str:
    """A certificate with this proof, and the parts before it; raises ``NotFound`` where one is not found."""
    parts: list[tuple[str, str]] = []
    if satisfiable_goal(statement) != TRUE:
        # That functions have the properties that are assumed of them needs a proof.
        end, names = now() + seconds / 2, set(statement.abbreviations)
        simple = Search(end, used=names, count=APART, depth=MAX_DEPTH)
        case = find_case(statement, seconds=seconds / 2, seed=seed, prove=lambda s: _steps(simple, s))
        if case is None:
            raise NotFound("a proof was found, but no case that the assumptions allow")
        parts.append(("satisfiable", case))
    defined = defined_goal(statement)
    if defined != TRUE:
        search = Search(now() + seconds / 2, used=set(statement.abbreviations))
        steps = _steps(search, _sequent(statement, defined))
        if steps is None:
            raise NotFound("a proof was found, but not that everything has a value")
        parts.append(("defined", steps))
    return written("prove", statement.name, [*parts, ("proof", proof)])


def _outlined(statement: Statement, seconds: float, seed: int) -> str:
    """The certificate that an outline leads to; raises ``NotFound`` where a part of it is open."""
    end = now() + seconds

    def prove(sequent: Sequent, used: set[str]) -> str | None:
        goal = bound_apart(sequent.goal, used)
        return _searched(sequent.showing(goal), used, OPEN * (end - now()))

    if not statement.outline.startswith("proof"):
        steps = outlined(statement, refutation_goal(statement), prove)
        return written("refute", statement.name, [("proof", steps)])
    return _complete(statement, outlined(statement, proof_goal(statement), prove), seconds, seed)


def _searched(sequent: Sequent, used: set[str], seconds: float) -> str | None:
    """Steps of a proof, first from the facts at hand: most need no more, and to look for more takes long."""
    end = now() + seconds
    for share, depth in ((PLAIN, MAX_DEPTH), (1.0, 0)):
        begun = now()
        steps = _steps(Search(begun + share * (end - begun), used=set(used), depth=depth), sequent)
        if steps is not None:
            return steps
    return None


def _sequent(statement: Statement, goal: Formula) -> Sequent:
    return Sequent({}, {}, bound_apart(goal, statement.abbreviations))


def _steps(search: Search, sequent: Sequent) -> str | None:
    try:
        return search.prove(sequent)
    except (OutOfTime, Rejected, Unreadable, RecursionError):
        return None


# Steps that leave nothing to be shown, and the laws that say most about what they are used for.
_CLOSING = re.compile(r"\b(cone|ring|compute|exactly|induct)\b|\blaw\s[^:{}]*:\s*((?:sum|max)_\w+|floor)\b")
# A refutation with one of these shows something for all values, and is more than a case.
_FOR_ALL = re.compile(r"\b(?:take|obtain|induct)\s")


def closing_steps(certificate: str) -> str:
    """What settles a certificate: of a proof the steps that end its branches, and laws, each of them once; of
    a refutation "counterexample" where a case settles it, and "proof" where something holds for all values.

    >>> closing_steps("prove t proof { take n suppose n1 law f : floor n, 2 { compute } cone f.1 + n1 }")
    'floor, compute, cone'
    >>> closing_steps("refute t proof { witness n = 1 compute }")
    'counterexample'
    """
    text = re.sub(r"#[^\n]*", "", certificate)
    # That there is a case, and that all has a value, comes first and is not what is claimed.
    proof = re.split(r"\bproof\s*\{", text, maxsplit=1)[-1]
    if text.lstrip().startswith("refute"):
        return "proof" if _FOR_ALL.search(proof) else "counterexample"
    closing = [step or law for step, law in _CLOSING.findall(proof)]
    return ", ".join(dict.fromkeys(closing)) or "logic"
