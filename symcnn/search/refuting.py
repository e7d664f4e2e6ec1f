"""The search for counterexamples of statements: small cases first, and the kernel has the last word.

A case is found by going through small numbers and simple functions (``points``), or by z3 where the numbers
have to be larger (``models``); ``witnesses`` writes what the kernel has to be shown about it. What is
returned was replayed by the kernel, so nothing in this search has to be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from symcnn.kernel.certificates import REFUTED, replay
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.goals import refutation_goal, satisfiable_goal
from symcnn.kernel.logic import Lambda, Sequent, negation
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import (
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Rejected,
    Sort,
    Unreadable,
)
from symcnn.search.cases import Clock, OutOfTime, Point, Problem, Quick, Value, quantified, recursion
from symcnn.search.layout import HEADER
from symcnn.search.models import larger_points
from symcnn.search.points import Search
from symcnn.search.steps import Prover, written
from symcnn.search.witnesses import Witnesses

# The box that is searched before z3 is asked for larger numbers.
SMALL = 4
FEW = 10
MAX_SUM = 40
MANY = 1 << 60


@dataclass(frozen=True)
class Counterexample:
    """A case that the assumptions allow and in which a claim does not hold.

    ``values`` are the numbers and ``functions`` the tensors of the statement, ``inner`` the numbers for what
    the claim itself speaks of all of, ``left`` and ``right`` both sides where the claim is one comparison.
    ``certificate`` is what the kernel accepted.
    """

    values: Mapping[str, Exact]
    functions: Mapping[str, str]
    inner: Mapping[str, Exact]
    left: Exact | None
    right: Exact | None
    certificate: str


def find_counterexample(
    statement: Statement,
    *,
    seconds: float = 10,
    seed: int = 0,
    lemmas: str = "",
    prove: Prover | None = None,
) -> Counterexample | None:
    """The smallest counterexample that is found in time, by its largest value, then by the sum of all.

    ``lemmas`` is a text of lemmas that the certificate may stand behind, ``prove`` is asked for what is left
    to be shown for all values. None says that nothing was found, not that the statement holds.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem half "Half of n." \\n given n : int >= 1\\n claim 2*(n//2) = n'
    >>> find_counterexample(read_statements(text)[0]).values
    {'n': 1}
    """
    try:
        goal = refutation_goal(statement)
        return _Cases(statement, goal, Clock.of(seconds), seed, lemmas, prove).counterexample()
    except (OutOfTime, Rejected, Unreadable, RecursionError):
        return None


def find_case(
    statement: Statement, *, seconds: float = 5, seed: int = 0, prove: Prover | None = None
) -> str | None:
    """The steps which show that the assumptions of a statement allow a case; None if none is found in time.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem odd "" \\n given n : int >= 2\\n assume n = 2*(n//2) + 1\\n claim n >= 3'
    >>> find_case(read_statements(text)[0])
    'witness n = 3 compute'
    """
    try:
        goal = satisfiable_goal(statement)
        return _Cases(statement, goal, Clock.of(seconds), seed, "", prove).steps()
    except (OutOfTime, Rejected, Unreadable, RecursionError):
        return None


def small_points(statement: Statement, seconds: float, seed: int = 0, count: int = 2) -> list[Point]:
    """The first points at which nothing that is clear at a glance speaks against a counterexample."""
    out: list[Point] = []
    try:
        points = _Cases(statement, refutation_goal(statement), Clock.of(seconds), seed, "", None).points()
        out.extend(islice(points, count))
    except (OutOfTime, Rejected, Unreadable, RecursionError):
        pass
    return out


class _Cases:
    """A search for a case of a statement in which something holds."""

    def __init__(
        self,
        statement: Statement,
        goal: Formula,
        clock: Clock,
        seed: int,
        lemmas: str,
        prove: Prover | None,
    ) -> None:
        self.statement = statement
        self.clock = clock
        self.seed = seed
        self.lemmas = lemmas
        self.prove = prove
        self.goal = goal
        self.avoid = frozenset((*statement.abbreviations, *statement.scope))
        self.problem = self.read_problem()

    def read_problem(self, direction: int | None = None) -> Problem:
        """What has to be found; a function that is defined is computed, not found.

        With a direction, an "iff" that must not hold is asked to fail in this one.
        """
        names: dict[str, Sort] = {}
        goal = self.goal
        while isinstance(goal, Exists):
            names[goal.name] = goal.sort
            goal = goal.body
        while isinstance(goal, ForAll) and goal.name in self.statement.defined:
            goal = goal.body
        if self.statement.defined and isinstance(goal, Implies):
            goal = goal.right
        problem = Problem(names, [], recursion(self.statement.definitions))
        problem.add(goal if direction is None else _one_way(goal, direction))
        return problem

    def counterexample(self) -> Counterexample | None:
        """The first point of which the kernel accepts that the claim fails there."""
        for point in self.points():
            self.clock.look()
            found = self.at(point)
            if found is not None:
                return found
        return None

    def steps(self) -> str | None:
        """The steps that prove the goal, at the first point of which they do."""
        for point in self.points():
            self.clock.look()
            found = self.attempt(self.writer(point), Sequent({}, {}, self.goal))
            if found is not None:
                return found
        return None

    def writer(self, point: Point) -> Witnesses:
        """What writes the proof for a point."""
        reserved = frozenset(self.statement.abbreviations)
        return Witnesses(point, self.avoid, reserved, self.clock, self.prove, self.seed)

    def points(self) -> Iterator[Point]:
        """Small points, larger ones from z3, then all further ones."""
        if _one_way(self.goal, 0) != self.goal:
            yield from self.one_way_points()
        search = Search(self.problem, self.clock, self.seed, self.avoid)
        yield from self.for_a_while(search, lambda s: s.points(0, SMALL), 0.4)
        yield from self.for_a_while(search, lambda s: s.drawn(), 0.5)
        yield from self.larger()
        if search.ties:
            search.count_ties = False
            yield from self.for_a_while(search, lambda s: s.points(0, SMALL - 1), 0.2)
        search.count_ties = True
        yield from self.for_a_while(search, lambda s: s.by_sum(MAX_SUM), 0.4)
        yield from search.points(SMALL + 1)

    def one_way_points(self) -> Iterator[Point]:
        """Points where an "iff" fails in one direction: what it says exists is found with them."""
        searches = [Search(self.read_problem(way), self.clock, self.seed, self.avoid) for way in (0, 1)]
        for search in searches:
            # With many names a box is too large.
            if len(search.order) <= FEW:
                yield from self.for_a_while(search, lambda s: s.points(0, SMALL), 0.1)
        # What is computed may be larger than what is chosen.
        for most in (2 * SMALL, MANY):
            for search in searches:
                search.count_ties, search.most_tied = False, most
                yield from self.for_a_while(search, lambda s: s.by_sum(2 * SMALL), 0.2)

    def larger(self) -> Iterator[Point]:
        """What z3 suggests in a share of the time."""
        try:
            yield from larger_points(self.problem, self.clock.part(0.4 * self.clock.left()))
        except OutOfTime:
            self.clock.look()

    def for_a_while(
        self, search: Search, points: Callable[[Search], Iterator[Point]], share: float
    ) -> Iterator[Point]:
        """The points that are found in a share of the time that is left."""
        main = self.clock
        search.clock = main.part(share * main.left())
        try:
            yield from points(search)
        except OutOfTime:
            main.look()
        finally:
            search.clock = main

    def at(self, point: Point) -> Counterexample | None:
        """The counterexample at a point, if the kernel accepts it."""
        writer = self.writer(point)
        sequent = Sequent({}, {}, self.goal)
        proof = self.attempt(writer, sequent)
        if proof is None:
            return None
        certificate = f"refute {self.statement.name}\n  proof {{ {proof} }}\n"
        text = f"{HEADER}{self.lemmas}\n{certificate}" if self.lemmas else HEADER + certificate
        try:
            verdicts = replay([self.statement], text)
        except Unreadable:
            return None
        if [v.status for v in verdicts if v.name == self.statement.name] != [REFUTED]:
            return None
        return self.described(point, writer, certificate)

    def attempt(self, writer: Witnesses, sequent: Sequent) -> str | None:
        try:
            return writer.prove(sequent)
        except (Rejected, Unreadable):
            return None

    def described(self, point: Point, writer: Witnesses, certificate: str) -> Counterexample:
        declared = [name for name in self.statement.scope if name in point]
        others = {**point, **writer.inner}
        left, right = sides(self.statement, point)
        return Counterexample(
            {name: n for name in declared if (n := _number(point[name])) is not None},
            {n: written(v) for n, v in point.items() if isinstance(v, Lambda)},
            {
                name: n
                for name, value in others.items()
                if name not in self.statement.scope and (n := _number(value)) is not None
            },
            left,
            right,
            certificate,
        )


def sides(statement: Statement, point: Point) -> tuple[Exact | None, Exact | None]:
    """Both sides of a claim that is one comparison, at a point; None where there is no such value."""
    claim: Formula = statement.claim
    while isinstance(claim, ForAll | Implies):
        claim = claim.body if isinstance(claim, ForAll) else claim.right
    if not isinstance(claim, Compare):
        return None, None
    at = Quick()
    for name, value in point.items():
        at.set(name, value)
    try:
        for name, make in recursion(statement.definitions).items():
            at.functions[name] = make(at)
        return at.value(claim.left), at.value(claim.right)
    except Rejected:
        return None, None


def _number(value: Value) -> Exact | None:
    return None if isinstance(value, Lambda) else value


def _one_way(goal: Formula, direction: int) -> Formula:
    """The goal where an "iff" with quantifiers that must not hold fails in one direction."""
    match goal:
        case Exists(name, sort, body):
            return Exists(name, sort, _one_way(body, direction))
        case And(parts):
            return And(tuple(_one_way(part, direction) for part in parts))
        case Not(Iff(left, right)) if quantified(goal):
            holds, fails = (left, right) if direction == 0 else (right, left)
            return And((holds, negation(fails)))
        case _:
            return goal
