"""Random numbers and tensors that conditions allow.

Numbers are drawn one after the other. One that an equation ties to others is computed from them, one that
linear inequalities bound is drawn between the bounds, and what else is assumed is tried a few times.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor, inf

from symcnn.kernel.evaluation import Exact
from symcnn.kernel.logic import Lambda
from symcnn.kernel.terms import (
    INT,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Number,
    Plus,
    Rejected,
    Sort,
    Variable,
    free,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.search.candidates import functions_of
from symcnn.search.cases import Clock, Problem, alternatives, whole
from symcnn.search.points import Search, degree

# Values that are tried for one number before the whole case is drawn anew.
TRIES = 12
# Now and then a number is drawn from as many.
FAR = 40
PLACES = 8


@dataclass(eq=False)
class Table:
    """A tensor whose entries are drawn when they are first read; it remembers which were read.

    ``like`` and ``place`` make it another tensor with one entry changed.
    """

    seed: int
    low: int
    high: int
    entries: dict[tuple[int, ...], Exact] = field(default_factory=dict[tuple[int, ...], Exact])
    like: Table | None = None
    place: tuple[int, ...] = ()
    diagonal: bool = False

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self.read: dict[tuple[int, ...], Exact] = {}

    def __call__(self, *place: Exact) -> Exact:
        """The entry at a place."""
        key = tuple(p.numerator for p in place)
        if key not in self.entries:
            if self.like is not None and key != self.place:
                self.entries[key] = self.like(*place)
            elif self.diagonal and len(set(key)) > 1:
                self.entries[key] = 0
            else:
                self.entries[key] = self._dice.randint(self.low, self.high)
        self.read[key] = self.entries[key]
        return self.entries[key]

    def with_entry(self, place: tuple[int, ...], value: int) -> Table:
        """The tensor with another entry, and everything else that was read as it is."""
        return replace(self, entries={**self.entries, place: value})

    def again(self) -> Table:
        """The same tensor, of which nothing was read yet."""
        return replace(self, entries=dict(self.entries))


class Draw:
    """Random points of a problem: the numbers that its conditions allow."""

    def __init__(self, problem: Problem, claims: Sequence[Formula] = ()) -> None:
        self.problem = problem
        self.search = Search(problem, Clock(inf))
        self.numbers = [n for n in self.search.order if not isinstance(problem.names[n], Function)]
        self.missed: Counter[str] = Counter()
        self.named = {name: named_values(name, problem) for name in self.numbers}
        self.edges = {name: self._comparisons(place, claims) for place, name in enumerate(self.numbers)}

    def _comparisons(self, place: int, claims: Sequence[Formula]) -> list[Compare]:
        """Comparisons in a claim that speak of a number, and of others before it alone."""
        name, known = self.numbers[place], set(self.numbers[: place + 1])
        found = [c for claim in claims for c in comparisons(claim) if name in free(c) <= known]
        return [c for c in found if degree(name, Plus((c.left, c.right))) == 1]

    def point(self, dice: random.Random, width: int) -> dict[str, Exact] | None:
        """Numbers that satisfy all conditions on numbers alone; None if the draw came to nothing."""
        if not self.fits(-1):
            return None
        for place, name in enumerate(self.numbers):
            tried = False
            for value in self.values(place, name, dice, width):
                tried = True
                if self.search.give(place, name, value):
                    break
            else:
                if not (tried and not self.fits(place)):
                    self.missed[" and ".join(write(c) for c in self.search.due[place])] += 1
                return None
        return self.found()

    def found(self) -> dict[str, Exact]:
        """The numbers, in the order in which they were declared."""
        here = self.search.here
        return {n: v for n in self.problem.names if not isinstance(v := here.get(n), Lambda | None)}

    def completed(self, values: Mapping[str, Exact]) -> dict[str, Exact] | None:
        """The point with these numbers, those that are computed found again; None where it is not allowed."""
        if not self.fits(-1):
            return None
        for place, name in enumerate(self.numbers):
            value = self.search.tied(name) if name in self.search.ties else values[name]
            if value is None:
                value = values[name]
            if not self.search.give(place, name, value):
                return None
        return self.found()

    def smaller(self, values: Mapping[str, Exact]) -> Iterator[dict[str, Exact]]:
        """Points with one smaller number, which is not negative, the smallest first."""
        for name in self.free():
            value = int(values[name])
            for less in dict.fromkeys((0, 1, 2, value // 2, value - 1)):
                found = self.completed({**values, name: less}) if 0 <= less < value else None
                if found is not None and sum(map(abs, found.values())) < sum(map(abs, values.values())):
                    yield found

    def free(self) -> list[str]:
        """The numbers that are not computed from others."""
        return [name for name in self.numbers if name not in self.search.ties]

    def fits(self, place: int) -> bool:
        """Whether the conditions that are due hold; the first that does not is counted."""
        for condition in self.search.due[place]:
            if not self.search.may_hold(condition):
                self.missed[write(condition)] += 1
                return False
        return True

    def values(self, place: int, name: str, dice: random.Random, width: int) -> Iterator[Exact]:
        """Values to be tried for a number."""
        if name in self.search.ties:
            tied = self.search.tied(name)
            if tied is not None:
                yield tied
                return
        low, high = self.bounds(place, name)
        if low is not None and high is not None and low > high:
            return
        for _ in range(TRIES):
            if self.named[name] and dice.random() < 0.5:
                yield dice.choice(self.named[name])
            if self.edges[name] and dice.random() < 0.3:
                edge = self.edge(name, dice.choice(self.edges[name]))
                if edge is not None and self.problem.names[name] == INT:
                    yield floor(edge) + dice.choice((-1, 0, 0, 1))
                elif edge is not None:
                    yield edge
            yield _number(self.problem.names[name], low, high, dice, width)

    def bounds(self, place: int, name: str) -> tuple[Exact | None, Exact | None]:
        """The numbers between which linear inequalities keep a number, given those before it."""
        low: Exact | None = None
        high: Exact | None = None
        is_int = self.problem.names[name] == INT
        for condition in self.search.due[place]:
            if not isinstance(condition, Compare) or condition.relation == "=":
                continue
            if degree(name, Plus((condition.left, condition.right))) != 1:
                continue
            edge = self.edge(name, condition)
            if edge is None:
                continue
            first, second = self.at_0_and_1(name, condition) or (0, 0)
            strict = condition.relation == "<" and is_int
            if second > first:
                if is_int:
                    edge = floor(edge) + 1 if strict else ceil(edge)
                low = edge if low is None else max(low, edge)
            else:
                if is_int:
                    edge = ceil(edge) - 1 if strict else floor(edge)
                high = edge if high is None else min(high, edge)
        return low, high

    def edge(self, name: str, comparison: Compare) -> Exact | None:
        """The number for which both sides of a comparison are the same, given those before it."""
        found = self.at_0_and_1(name, comparison)
        if found is None or found[0] == found[1]:
            return None
        return whole(Fraction(-found[0]) / (found[1] - found[0]))

    def at_0_and_1(self, name: str, condition: Compare) -> tuple[Exact, Exact] | None:
        """The right side minus the left side where a number is 0, and where it is 1."""
        out: list[Exact] = []
        for trial in (0, 1):
            self.search.refresh()
            self.search.at.values[name] = trial
            try:
                out.append(self.search.at.value(condition.right) - self.search.at.value(condition.left))
            except Rejected:
                return None
            finally:
                self.search.at.values.pop(name, None)
        return out[0], out[1]


def _number(sort: Sort, low: Exact | None, high: Exact | None, dice: random.Random, width: int) -> Exact:
    """A number of a sort: the edges often, else one that is not far from the least."""
    if sort == INT:
        start = low if low is not None else high if high is not None else 0
        above = dice.choice((0, 0, 1, dice.randint(0, width), dice.randint(0, width)))
        above = min(above, max(width, 0)) if width < 1 else above
        if width > 2 and dice.random() < 0.05:
            above = dice.randint(0, FAR + width)
        if low is None:
            value = start - above if high is not None or dice.random() < 0.5 else start + above
        else:
            value = start + above
        if low is not None and high is not None and (value > high or dice.random() < 0.15):
            value = dice.choice((high, max(low, high - 1), _between(low, high, dice)))
        return value
    steps: Exact = dice.choice((0, 1, 2, Fraction(1, 2), Fraction(1, 3), dice.randint(0, width + 1)))
    if low is not None and high is not None:
        return whole(low + Fraction(high - low) * Fraction(dice.randint(0, 4), 4))
    if low is not None:
        return whole(low + Fraction(steps))
    if high is not None:
        return whole(high - Fraction(steps))
    return whole(Fraction(steps) * dice.choice((1, -1)))


def comparisons(formula: Formula) -> Iterator[Compare]:
    """The comparisons in a formula, but for those under quantifiers."""
    if isinstance(formula, Compare):
        yield formula
    elif not isinstance(formula, ForAll | Exists):
        for part in parts(formula):
            if isinstance(part, Formula):
                yield from comparisons(part)


def named_values(name: str, problem: Problem) -> list[Exact]:
    """The numbers that a condition such as ``n = 512 or n = 2048`` names."""
    found: dict[Exact, None] = {}
    for condition in problem.conditions:
        for part in alternatives(condition):
            match part:
                case Compare("=", Variable(other), Number(value)) if other == name:
                    found[value] = None
                case _:
                    pass
    return list(found)


def _between(low: Exact, high: Exact, dice: random.Random) -> int:
    return dice.randint(ceil(low), floor(high))


def entries(sort: Function, dice: random.Random, width: int) -> Table | Lambda:
    """A tensor of whole numbers, or a simple function of numbers that need not be whole."""
    if set(sort.arguments) <= {INT}:
        low, high = dice.choice(((-3, 3), (-3, 3), (0, 1), (1, 4), (1, 2)))
        diagonal = len(sort.arguments) > 1 and dice.random() < 0.1
        return Table(dice.randrange(1 << 30), low, high, diagonal=diagonal)
    of_size = dice.choice((1, 2, 2, 3))
    found: Sequence[Lambda] = functions_of(sort, of_size, 0, frozenset())
    return dice.choice(found[:PLACES]) if found else functions_of(sort, 1, 0, frozenset())[0]
