"""What a prover must not do, as a function of the prover, and provers that do it.

A prover gets a statement and says PROVED, REFUTED or UNKNOWN. ``failures`` has nothing to say of a good one.
The control provers are wrong in one way each, and are right in all others as the search of the package is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from typing import Any

from symcnn.kernel.certificates import PROVED, REFUTED, REJECTED, UNKNOWN, replay
from symcnn.kernel.goals import proof_goal
from symcnn.kernel.statements import Statement
from symcnn.kernel.substitution import map_parts
from symcnn.kernel.terms import (
    INT,
    REAL,
    RING,
    Compare,
    Floor,
    Function,
    Node,
    Quotient,
    Rejected,
    Sort,
    Sum,
    Unreadable,
    as_formula,
    free,
)
from symcnn.search import deciding
from symcnn.search.cases import OutOfTime
from symcnn.search.deciding import Decision, accepted, decide
from symcnn.search.layout import HEADER
from symcnn.search.layout import written as laid_out_proof
from symcnn.search.outline import NotFound
from tests.brute import Box, Undefined
from tests.soundness.members import Member
from tests.soundness.plain import Point, is_allowed, with_definitions

Prover = Callable[[Statement], str]
# The least shares that a good prover reaches: of the false statements refuted, of the true ones proved.
REFUTED_SHARE, PROVED_SHARE = Fraction(95, 100), Fraction(85, 100)


def failures(prover: Prover, members: Iterable[Member]) -> Iterator[str]:
    """What is wrong with a prover, one thing after the other; nothing if all is right."""
    right: dict[bool, list[bool]] = {True: [], False: []}
    for member in members:
        status = prover(member.statement)
        if status == (REFUTED if member.true else PROVED):
            yield f"{member.name} is {'true' if member.true else 'false'} and {status}"
        right[member.true].append(status == (PROVED if member.true else REFUTED))
    for true, share, word in (
        (False, REFUTED_SHARE, "false ones are refuted"),
        (True, PROVED_SHARE, "true ones are proved"),
    ):
        found = right[true]
        if found and sum(found) < share * len(found):
            yield f"only {sum(found)} of {len(found)} {word}"


# -- the prover of the package -----------------------------------------------------------------------------


class Search:
    """``decide``, where each statement is asked for once, and those for which it is hopeless but briefly."""

    def __init__(self, seconds: float, hopeless: Iterable[str] = (), briefly: float = 0.1) -> None:
        self.seconds, self.hopeless, self.briefly = seconds, frozenset(hopeless), briefly
        self.known: dict[str, Decision] = {}

    def __call__(self, statement: Statement) -> str:
        return self.decision(statement).status

    def decision(self, statement: Statement) -> Decision:
        if statement.written not in self.known:
            seconds = self.briefly if statement.name in self.hopeless else self.seconds
            self.known[statement.written] = decide(statement, seconds)
        return self.known[statement.written]


def proved_in_spite(statement: Statement, seconds: float) -> bool:
    """Whether a proof is accepted that is searched for although the statement is not true.

    Nobody looks for counterexamples first, nor for a case that the assumptions allow, nor for values: what
    the search would refute or leave at once, the kernel alone has to keep from being proved.
    """
    try:
        goal = deciding._sequent(statement, proof_goal(statement))
        steps = deciding._searched(goal, set(statement.abbreviations), seconds)
        if steps is None:
            return False
        if accepted(statement, laid_out_proof("prove", statement.name, [("proof", steps)]), PROVED):
            return True
        return accepted(statement, deciding._complete(statement, steps, seconds, 0), PROVED)
    except (NotFound, OutOfTime, Rejected, Unreadable, RecursionError):
        return False


# -- control provers ---------------------------------------------------------------------------------------


def always(status: str) -> Prover:
    return lambda statement: status


def by_points(points: Callable[[Statement], Iterator[Point]], honest: Prover) -> Prover:
    """Proves what holds at some points, without any proof."""

    def prover(statement: Statement) -> str:
        try:
            found = holds_at(statement, points(statement), BOX)
        except Undefined:
            return honest(statement)
        return PROVED if found and all(found) else honest(statement)

    return prover


def holds_at(statement: Statement, points: Iterable[Point], box: Box | None = None) -> list[bool]:
    """Whether a claim holds, at each of the points that the statement allows."""
    found = (with_definitions(statement, at) for at in points)
    return [at.holds(statement.claim, box) for at in found if is_allowed(statement, at, box)]


REALS = [Fraction(k, 2) for k in (-2, 0, 1, 2, 4, 6)]
BOX: Box = {INT: range(-1, 4), REAL: REALS, RING: REALS}


def small_points(statement: Statement) -> Iterator[Point]:
    """All sizes up to 3, with simple tensors."""
    names, sorts = list(statement.scope), list(statement.scope.values())
    yield from (
        Point.of(dict(zip(names, values, strict=True)))
        for values in islice(product(*(_small(sort) for sort in sorts)), 600)
    )


def _small(sort: Sort) -> Sequence[Any]:
    if isinstance(sort, Function):
        return [lambda *place: 1, lambda *place: sum(place)]
    return range(4) if sort == INT else REALS


def random_points(statement: Statement) -> Iterator[Point]:
    """A hundred random points."""
    dice = random.Random(statement.name)
    for _ in range(100):
        yield Point.of({name: _random(sort, dice) for name, sort in statement.scope.items()})


def _random(sort: Sort, dice: random.Random) -> Any:
    if isinstance(sort, Function):
        seed = dice.random()
        return lambda *place: random.Random(f"{seed} {place}").randint(-3, 5)
    return dice.randint(1, 9) if sort == INT else Fraction(dice.randint(-9, 18), dice.choice((1, 2, 3)))


def about_another(change: Callable[[Statement], Statement], honest: Prover, seconds: float = 0.2) -> Prover:
    """Decides another statement than the one that it was asked for."""

    def prover(statement: Statement) -> str:
        changed = change(statement)
        same = (changed.claim, changed.assumptions) == (statement.claim, statement.assumptions)
        return honest(statement) if same else decide(changed, seconds).status

    return prover


def without_assumptions(statement: Statement) -> Statement:
    """The statement without what is assumed of several names at once."""
    return replace(statement, assumptions=tuple(a for a in statement.assumptions if len(free(a)) < 2))


def everywhere(change: Callable[[Node], Node]) -> Callable[[Statement], Statement]:
    """The statement with each node of its claim changed."""

    def walk(node: Node) -> Node:
        return change(map_parts(node, walk))

    def changed(statement: Statement) -> Statement:
        return replace(statement, claim=as_formula(walk(statement.claim)))

    return changed


def without_guard(node: Node) -> Node:
    return replace(node, guard=None) if isinstance(node, Sum) else node


def exactly_divided(node: Node) -> Node:
    return Quotient(node.top, node.bottom) if isinstance(node, Floor) else node


def not_strict(node: Node) -> Node:
    strict = isinstance(node, Compare) and node.relation == "<"
    return Compare("<=", node.left, node.right) if isinstance(node, Compare) and strict else node


@dataclass(frozen=True)
class Twins:
    """Proves false statements by the certificates of the true ones beside them."""

    certificates: dict[str, tuple[Statement, str]]
    honest: Prover

    def of_the_twin(self, statement: Statement) -> str:
        """Checks a certificate against the statement that it was written for."""
        true, certificate = self.certificates.get(statement.name, (statement, ""))
        if certificate and _replayed(true, certificate)[0] == PROVED:
            return PROVED
        return self.honest(statement)

    def without_the_last_step(self, statement: Statement) -> str:
        """Accepts what the kernel rejects in the last step alone."""
        true, certificate = self.certificates.get(statement.name, (statement, ""))
        if certificate:
            renamed = certificate.replace(f"prove {true.name}\n", f"prove {statement.name}\n", 1)
            status, line = _replayed(statement, renamed)
            lines = (HEADER + renamed).rstrip().split("\n")
            last = max(k for k, text in enumerate(lines, 1) if re.search(r"\w", text))
            if status == REJECTED and line >= last:
                return PROVED
        return self.honest(statement)


def _replayed(statement: Statement, certificate: str) -> tuple[str, int]:
    """The status of a certificate, and the line of what the kernel says against it."""
    (found,) = replay([statement], HEADER + certificate)
    place = re.match(r"line (\d+)", found.reason)
    return found.status, int(place[1]) if place else 0


def controls(search: Search, certificates: dict[str, tuple[Statement, str]]) -> dict[str, Prover]:
    """The control provers by name."""
    twins = Twins(certificates, search)
    return {
        "always proved": always(PROVED),
        "always refuted": always(REFUTED),
        "always unknown": always(UNKNOWN),
        "proves what holds at all sizes up to 3": by_points(small_points, search),
        "proves what holds at 100 random points": by_points(random_points, search),
        "ignores assumptions": about_another(without_assumptions, search),
        "ignores guards of sums": about_another(everywhere(without_guard), search),
        "takes floors for quotients": about_another(everywhere(exactly_divided), search),
        "takes < for <=": about_another(everywhere(not_strict), search),
        "checks certificates against other statements": twins.of_the_twin,
        "leaves out the last step of a replay": twins.without_the_last_step,
    }
