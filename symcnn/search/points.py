"""Small points first: numbers and functions that conditions allow, in order of their size.

A *problem* is a list of names with their sorts and of formulas that all have to hold. Its points are found by
going through boxes that grow, so that the first one has the smallest largest value, and among those the
smallest sum. The size of a whole number is its absolute value, that of p/q the larger one of both, that of
a function its place in a list of simple ones. A formula is looked at as soon as all its names have values,
and a name that an equation ties to others is computed from them. Nothing here is trusted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symcnn.kernel.evaluation import Exact
from symcnn.kernel.logic import Lambda
from symcnn.kernel.terms import (
    INT,
    And,
    Call,
    Compare,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Implies,
    Max,
    Node,
    Not,
    Or,
    Plus,
    Quotient,
    Rejected,
    Term,
    Times,
    Variable,
    free,
    number,
    parts,
)
from symcnn.search.candidates import size, values_of
from symcnn.search.cases import Clock, Point, Problem, Quick, Value, quantified, truth, whole

MAX_LEVEL = 200
# How often numbers are drawn, and up to which size.
DRAWS = 60
DRAWN = 4
# How much larger than 1 the sizes of tensors may become behind drawn numbers.
SMALL_TENSORS = 4


def degree(name: str, term: Term) -> int:
    """1 where a term is linear in a name, 0 where it does not speak of it, more where it is neither."""
    if name not in free(term):
        return 0
    match term:
        case Variable():
            return 1
        case Plus(terms):
            return max(degree(name, t) for t in terms)
        case Times(terms):
            return sum(degree(name, t) for t in terms)
        case Quotient(top, bottom) if name not in free(bottom):
            return degree(name, top)
        case _:
            return 2


def is_inequation(formula: Formula, tensors: Collection[str]) -> bool:
    """Whether a formula says that two polynomials in entries of tensors differ."""
    if not isinstance(formula, Not) or not isinstance(formula.inner, Compare) or quantified(formula):
        return False
    waiting: list[Node] = [formula.inner.left, formula.inner.right]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Max) or (isinstance(here, Formula | Floor) and free(here) & set(tensors)):
            return False
        waiting += parts(here)
    return formula.inner.relation == "="


def random_entries(seed: str) -> Callable[..., Exact]:
    """A tensor whose entries have nothing to do with each other."""

    def entry(*place: Exact) -> Exact:
        return random.Random(f"{seed} {place}").randrange(1, 1000)

    return entry


@dataclass(frozen=True)
class Tie:
    """An equation from which a name is computed."""

    equation: Compare
    reads: frozenset[str]


class Search:
    """Goes through the points of a problem, the small ones first."""

    def __init__(
        self, problem: Problem, clock: Clock, seed: int = 0, avoid: frozenset[str] = frozenset()
    ) -> None:
        self.problem = problem
        self.clock = clock
        self.seed = seed
        self.avoid = avoid
        self.at = Quick()
        self.here: Point = {}
        self.ties = self.find_ties()
        self.order = self.ordered()
        self.bounds = {name: self.bounds_of(name) for name in self.order}
        self.fixed = self.find_fixed()
        place = {name: k for k, name in enumerate(self.order)}
        last = len(self.order) - 1
        # The conditions to be looked at when the name at a place has a value; those without names at -1.
        self.due: list[list[Formula]] = [[] for _ in range(len(self.order) + 1)]
        self.asks = {id(c): quantified(c) for c in problem.conditions}
        self.alone = self.find_alone()
        self.held: dict[tuple[int, Value], bool] = {}
        for condition in problem.conditions:
            known = [place[name] for name in free(condition) if name in place]
            spoken = free(condition) & problem.defined.keys()
            late = spoken or (self.asks[id(condition)] and id(condition) not in self.alone)
            self.due[last if late else max(known, default=-1)].append(condition)
        for conditions in self.due:
            # What is quantified takes longest.
            conditions.sort(key=lambda c: self.asks[id(c)])
        self.known: dict[tuple[str, int], Sequence[Value]] = {}
        self.sums: dict[tuple[int, int, bool], tuple[int, int]] = {}
        self.copies = self.find_copies()
        # Numbers for which the sides of an equation between tensors are the same whatever the tensors are.
        self.different = self.find_different()
        names = [name for name in self.order if isinstance(problem.names[name], Function)]
        self.first_tensor = names[0] if names and self.different is not None else ""
        self.equal: dict[tuple[Value | None, ...], bool] = {}
        self.count_ties = True
        # Computed values that do not count are no larger than this.
        self.most_tied = 1 << 60

    def find_ties(self) -> dict[str, Tie]:
        """For each equation that gives a name from others, one such name; never in a circle."""
        out: dict[str, Tie] = {}
        for condition in self.problem.conditions:
            if not isinstance(condition, Compare) or condition.relation != "=":
                continue
            left, right = condition.left, condition.right
            alone = [t.name for t in (left, right) if isinstance(t, Variable)]
            others = [n for n in reversed(self.problem.names) if n in free(condition) and n not in alone]
            for name in (*alone, *others):
                if (
                    name not in self.problem.names
                    or name in out
                    or isinstance(self.problem.names[name], Function)
                ):
                    continue
                if degree(name, Plus((left, right))) != 1 or free(condition) & self.problem.defined.keys():
                    continue
                reads = (free(condition) - {name}) & self.problem.names.keys()
                if not self.reaches(reads, name, out):
                    out[name] = Tie(condition, reads)
                    break
        return out

    def reaches(self, reads: frozenset[str], name: str, ties: Mapping[str, Tie]) -> bool:
        """Whether a name is computed from some names, over all ties."""
        waiting, seen = list(reads), set[str]()
        while waiting:
            here = waiting.pop()
            if here == name:
                return True
            if here in ties and here not in seen:
                seen.add(here)
                waiting += ties[here].reads
        return False

    def ordered(self) -> list[str]:
        """The names in their order, functions last, and each computed one as soon as it can be."""
        out: list[str] = []
        names = sorted(self.problem.names, key=lambda n: isinstance(self.problem.names[n], Function))
        while len(out) < len(names):
            ready = [n for n in names if n not in out and n in self.ties and self.ties[n].reads <= set(out)]
            out.append(ready[0] if ready else next(n for n in names if n not in out and n not in self.ties))
        return out

    def find_copies(self) -> dict[str, tuple[str, tuple[Term, ...]]]:
        """Each tensor that has to agree with another one except in one entry, with that one and the entry."""
        out: dict[str, tuple[str, tuple[Term, ...]]] = {}
        for condition in self.problem.conditions:
            names: list[str] = []
            body = condition
            while isinstance(body, ForAll):
                names.append(body.name)
                body = body.body
            match body:
                case Implies(apart, Compare("=", Call(other, here), Call(name, there))) if here == there:
                    pass
                case _:
                    continue
            entries = [
                part.inner.right
                for part in (apart.parts if isinstance(apart, Or) else (apart,))
                if isinstance(part, Not) and isinstance(part.inner, Compare) and part.inner.relation == "="
            ]
            known = {other, name} <= self.problem.names.keys()
            if known and len(entries) == len(here) == len(names):
                out[other] = name, tuple(entries)
        return out

    def copied(self, name: str) -> Iterator[tuple[Value, int]]:
        """Tensors that differ from another one in one entry."""
        like, entry = self.copies[name]
        original = self.here.get(like)
        if not isinstance(original, Lambda):
            return
        self.refresh()
        places = [
            Compare("=", Variable(place), number(self.at.value(term)))
            for place, term in zip(original.parameters, entry, strict=True)
        ]
        here: Formula = places[0] if len(places) == 1 else And(tuple(places))
        for of_size, value in ((1, 1), (2, 2), (2, 0), (3, -1), (3, 3)):
            yield Lambda(original.parameters, If(here, number(value), original.body)), of_size

    def bounds_of(self, name: str) -> tuple[Exact | None, Exact | None]:
        """The numbers between which conditions keep a name."""
        low: Exact | None = None
        high: Exact | None = None
        for condition in self.problem.conditions:
            if not isinstance(condition, Compare) or condition.relation == "=":
                continue
            for mine, other, above in (
                (condition.right, condition.left, True),
                (condition.left, condition.right, False),
            ):
                if mine != Variable(name) or free(other):
                    continue
                number = self.number(other)
                if number is not None and above:
                    low = number if low is None else max(low, number)
                elif number is not None:
                    high = number if high is None else min(high, number)
        return low, high

    def number(self, term: Term) -> Exact | None:
        """The value of a term without names, if it has one."""
        try:
            return self.at.value(term)
        except Rejected:
            return None

    def find_fixed(self) -> set[str]:
        """The names that have one value because equations say so."""
        out: set[str] = set()
        for name in self.order:
            if name in self.ties and self.ties[name].reads <= out:
                out.add(name)
        return out

    # -- going through the points ----------------------------------------------------------------------------

    def points(self, first: int = 0, last: int = MAX_LEVEL) -> Iterator[Point]:
        """The points whose largest size is in a range, the small ones first."""
        if not self.fits(-1):
            return
        counted = [n for n in self.order if self.counts(n)]
        if not counted:
            if first == 0:
                yield from self.at_sizes(0, 0, 0, reached=True)
            return
        for level in range(first, last + 1):
            self.clock.look()
            least = sum(self.least(n, level) for n in self.order)
            for total in range(max(level, least), level * len(counted) + 1):
                yield from self.at_sizes(0, level, total, reached=level == 0)

    def by_sum(self, last: int) -> Iterator[Point]:
        """The points by the sum of their sizes: with many names, there are fewer small ones than in a box."""
        if self.fits(-1):
            for total in range(last + 1):
                self.clock.look()
                yield from self.at_sizes(0, total, total, reached=True)

    def counts(self, name: str) -> bool:
        """Whether the value of a name counts for the size of a point."""
        return name not in self.fixed and (self.count_ties or name not in self.ties)

    def least(self, name: str, level: int) -> int:
        """The smallest size of a name; too much where it has no value at this level."""
        if not self.counts(name) or name in self.ties:
            return 0
        return next((k for k in range(level + 1) if self.values(name, k)), 1 << 30)

    def rest(self, place: int, level: int) -> tuple[int, int]:
        """The least and the most that the sizes from a place on can add up to."""
        key = place, level, self.count_ties
        if key not in self.sums:
            names = self.order[place:]
            least = sum(self.least(n, level) for n in names)
            self.sums[key] = least, level * sum(self.counts(n) for n in names)
        return self.sums[key]

    def values(self, name: str, of_size: int) -> Sequence[Value]:
        """The values of a size that bounds allow."""
        key = name, of_size
        if key not in self.known:
            found = values_of(self.problem.names[name], of_size, self.seed, self.avoid)
            self.known[key] = [value for value in found if self.allowed(name, value)]
        return self.known[key]

    def allowed(self, name: str, value: Value) -> bool:
        """Whether a value is between the bounds of a name."""
        low, high = self.bounds[name]
        return isinstance(value, Lambda) or (
            (low is None or low <= value) and (high is None or value <= high)
        )

    def at_sizes(self, place: int, level: int, total: int, reached: bool) -> Iterator[Point]:
        """The points with these values so far, whose other sizes are at most ``level`` and add up to
        ``total``."""
        self.clock.look()
        if place == len(self.order):
            if total == 0 and reached:
                yield dict(self.here)
            return
        name = self.order[place]
        if name == self.first_tensor and self.equal_anyway():
            return
        least, most = self.rest(place + 1, level)
        for value, cost in self.choices(name, level, total):
            if not least <= total - cost <= most:
                continue
            if self.give(place, name, value):
                yield from self.at_sizes(place + 1, level, total - cost, reached or cost == level)

    def drawn(self) -> Iterator[Point]:
        """Points with numbers that are drawn, where two sides that shall differ do so for random tensors.

        With many sizes a box takes long to go through, and most sizes above 1 make a difference. What is
        drawn is then made as small as it can be, one number after the other.
        """
        if not self.first_tensor or not self.fits(-1):
            return
        place = self.order.index(self.first_tensor)
        draw = random.Random(self.seed)
        for _ in range(DRAWS):
            self.clock.look()
            if self.put(place, {name: draw.randint(1, DRAWN) for name in self.order[:place]}):
                self.lessen(place)
                levels = range(len(self.order) - place + SMALL_TENSORS)
                for total in levels:
                    yield from self.at_sizes(place, total, total, reached=True)
                return

    def put(self, place: int, sizes: Mapping[str, int]) -> bool:
        """Give all numbers values of these sizes; whether the conditions hold, and the two sides differ."""
        for k, name in enumerate(self.order[:place]):
            if name in self.ties:
                value: Value | None = self.tied(name)
            else:
                value = next(iter(self.values(name, sizes[name])), None)
            if value is None or not self.give(k, name, value):
                return False
        return not self.equal_anyway()

    def lessen(self, place: int) -> None:
        """Make one number after the other as small as it can be."""
        sizes = {name: size(self.here[name]) for name in self.order[:place]}
        for name in self.order[:place]:
            for less in range(sizes[name]):
                self.clock.look()
                if name not in self.ties and self.put(place, {**sizes, name: less}):
                    sizes[name] = less
                    break
        self.put(place, sizes)

    def equal_anyway(self) -> bool:
        """Whether two sides that shall differ are equal for tensors of random entries, with these numbers.

        Then they are equal for all tensors, but for bad luck: they are polynomials in the entries.
        """
        if self.different is None:
            return False
        numbers = tuple(self.here.get(name) for name in self.order[: self.order.index(self.first_tensor)])
        if numbers not in self.equal:
            self.refresh()
            for name, sort in self.problem.names.items():
                if isinstance(sort, Function):
                    self.at.functions[name] = random_entries(f"{self.seed} {name}")
            try:
                self.equal[numbers] = not self.at.holds(self.different)
            except Rejected:
                self.equal[numbers] = False
        return self.equal[numbers]

    def find_different(self) -> Formula | None:
        """The only condition on tensors, if it is that two polynomials in their entries differ."""
        tensors = {name for name, sort in self.problem.names.items() if isinstance(sort, Function)}
        found = [condition for condition in self.problem.conditions if free(condition) & tensors]
        if len(found) != 1 or self.problem.defined or not is_inequation(found[0], tensors):
            return None
        return found[0]

    def choices(self, name: str, level: int, total: int) -> Iterator[tuple[Value, int]]:
        """The values of a name that fit, with what each of them costs."""
        if name in self.ties:
            found = self.tied(name)
            if found is not None:
                cost = size(found) if self.counts(name) else 0
                if cost <= min(level, total) and (name in self.fixed or size(found) <= self.most_tied):
                    yield found, cost
                return
        if name in self.copies:
            yield from ((value, cost) for value, cost in self.copied(name) if cost <= min(level, total))
            return
        for of_size in range(min(level, total) + 1):
            for value in self.values(name, of_size):
                yield value, of_size if self.counts(name) else 0

    def tied(self, name: str) -> Exact | None:
        """The value that an equation gives a name; None where each value satisfies it or none does."""
        tie = self.ties[name]
        at: list[Exact] = []
        for trial in (0, 1):
            self.refresh()
            self.at.values[name] = trial
            try:
                at.append(self.at.value(tie.equation.left) - self.at.value(tie.equation.right))
            except Rejected:
                return None
        slope = at[1] - at[0]
        if slope == 0:
            return None
        value = whole(Fraction(-at[0]) / slope)
        return value if self.problem.names[name] != INT or isinstance(value, int) else Fraction(1, 2)

    def refresh(self) -> None:
        """Back to the values of this point alone, whatever an evaluation has left behind."""
        self.at.steps = self.at.looks = 0
        self.at.values = {n: v for n, v in self.here.items() if not isinstance(v, Lambda)}

    def give(self, place: int, name: str, value: Value) -> bool:
        """Give a name its value, and see whether the conditions that speak of it alone now hold."""
        if isinstance(value, Fraction) and self.problem.names[name] == INT:
            return False
        for later in self.order[place:]:
            self.here.pop(later, None)
        self.here[name] = value
        self.at.set(name, value)
        return self.fits(place)

    def fits(self, place: int) -> bool:
        """Whether the conditions that have to be looked at here may hold."""
        return all(self.may_hold(condition) for condition in self.due[place])

    def may_hold(self, condition: Formula) -> bool:
        """Whether a condition holds here, or is not clear at a glance."""
        value = self.here.get(self.alone.get(id(condition), ""))
        if value is None:
            return self._may_hold(condition)
        key = id(condition), value
        if key not in self.held:
            self.held[key] = self._may_hold(condition)
        return self.held[key]

    def find_alone(self) -> dict[int, str]:
        """The conditions that speak of one function and of nothing else, each with its name."""
        out: dict[int, str] = {}
        for condition in [] if self.problem.defined else self.problem.conditions:
            names = [*free(condition)]
            if len(names) == 1 and isinstance(self.problem.names.get(names[0]), Function):
                out[id(condition)] = names[0]
        return out

    def _may_hold(self, condition: Formula) -> bool:
        self.refresh()
        try:
            for name, make in self.problem.defined.items():
                self.at.functions[name] = make(self.at)
            if not self.asks[id(condition)]:
                return self.at.holds(condition)
            return truth(condition, self.at) is not False
        except Rejected:
            # What has no value at a glance may still be shown, where quantifiers guard it.
            return self.asks[id(condition)]
