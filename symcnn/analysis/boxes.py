"""The best whole numbers under conditions, by branch and bound over boxes, in exact arithmetic.

A box is a range for each symbol. What an expression can be on a box is enclosed by interval arithmetic
(R. E. Moore, Interval Analysis, 1966); where it grows in a symbol throughout, the end of the range is enough.
A box is left out where no point of it is feasible, or none is better than a known one; others are halved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from math import ceil, floor, inf, isqrt
from typing import Any

import sympy

from symcnn.analysis.problem import Problem, gap, put
from symcnn.proving.relations import Relation

Bound = Any  # Fraction, or an infinite float
Interval = tuple[Bound, Bound]
Box = tuple[tuple[int, int], ...]
Enclosure = Callable[[Sequence[Interval]], Interval]

MAX_BOXES = 200_000
MAX_POINTS = 50
MAX_LIMIT = 2**40


@dataclass
class Split:
    """``symbol <= place`` or not; None is a box that is left out, or a point."""

    symbol: int
    place: int
    low: Split | None = None
    high: Split | None = None

    def leaves(self) -> int:
        """The boxes that are left."""
        return sum(1 if part is None else part.leaves() for part in (self.low, self.high))


@dataclass
class Best:
    """What a search found: the best value, its points, all of them if ``complete``, and the boxes."""

    box: Box
    value: Fraction | None = None
    points: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    complete: bool = True
    splits: Split | None = None


def best_integers(problem: Problem, max_boxes: int = MAX_BOXES) -> Best:
    """All whole numbers at which the objective is largest.

    Raises ``ValueError`` where a symbol has no upper limit, which the message names.
    """
    search = _Search(problem)
    best = search.best = Best(search.limits())
    search.explore(max_boxes)
    # Once the value is known fewer boxes do for a proof that there is no better one.
    if best.complete and best.value is not None:
        best.splits = search.proof()
    return best


class _Search:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        places = {symbol: k for k, symbol in enumerate(problem.over)}
        self.objective = _tight(problem.objective, problem.over, places)
        self.conditions = [(r.sign, _tight(gap(r), problem.over, places), r) for r in problem.conditions]
        self.best = Best(())

    def limits(self) -> Box:
        """A box that holds all feasible points."""
        ranges: list[Interval] = [(Fraction(1 if s.is_positive else 0), inf) for s in self.problem.over]
        for _ in range(3):
            for k in range(len(ranges)):
                ranges[k] = (self._least(ranges, k), ranges[k][1])
                ranges[k] = (ranges[k][0], self._largest(ranges, k))
        open_ = [s.name for s, (_, high) in zip(self.problem.over, ranges, strict=True) if high == inf]
        if open_:
            raise ValueError(
                f"{', '.join(open_)} has no upper limit under subject_to, as far as can be seen; "
                f"add one, such as le({open_[0]}, 1000)"
            )
        return tuple((int(low), int(high)) for low, high in ranges)

    def _least(self, ranges: Sequence[Interval], k: int) -> Fraction:
        """The lower end of a range, without what is impossible."""
        low, high = ranges[k]
        step = 1
        while low + step - 1 < high and self._without(ranges, k, (low, low + step - 1)):
            low, step = low + step, min(2 * step, MAX_LIMIT)
            if low > MAX_LIMIT:
                break
        while step > 1:
            step //= 2
            if low + step - 1 < high and self._without(ranges, k, (low, low + step - 1)):
                low += step
        return low

    def _largest(self, ranges: Sequence[Interval], k: int) -> Bound:
        """The upper end of a range, without what is impossible; infinite where there is none."""
        low, high = int(ranges[k][0]), ranges[k][1]
        last = low
        while not self._without(ranges, k, (Fraction(last + 1), high)):
            last = 2 * last + 1
            if last >= min(high, MAX_LIMIT):
                return high
        while low < last:
            middle = (low + last) // 2
            low, last = (
                (low, middle)
                if self._without(ranges, k, (Fraction(middle + 1), high))
                else (middle + 1, last)
            )
        return Fraction(last)

    def _without(self, ranges: Sequence[Interval], k: int, part: Interval) -> bool:
        return part[0] <= part[1] and self.impossible([*ranges[:k], part, *ranges[k + 1 :]])

    def impossible(self, box: Sequence[Interval]) -> bool:
        """Whether a condition holds nowhere in a box."""
        for sign, enclosure, _ in self.conditions:
            low, high = enclosure(box)
            if (sign in ("<=", "=") and low > 0) or (sign in (">=", "=") and high < 0):
                return True
        return False

    def explore(self, max_boxes: int) -> None:
        """Halve the boxes that may hold the best points, the most promising first."""
        best, count = self.best, 0
        heap: list[tuple[Bound, int, Box]] = []
        waiting = [best.box]
        while True:
            for box in waiting:
                most = self.most(box)
                if most is not None and (best.value is None or most >= best.value):
                    count += 1
                    heappush(heap, (-most, count, box))
            if not heap:
                return
            least, _, box = heappop(heap)
            full = len(best.points) >= MAX_POINTS
            if best.value is not None and (-least < best.value or (full and -least == best.value)):
                return
            if count > max_boxes:
                best.complete = False
                return
            waiting = []
            if all(low == high for low, high in box):
                self._point(tuple(low for low, _ in box))
            else:
                _, _, *waiting = _halves(box)

    def most(self, box: Box) -> Bound | None:
        """What the objective is at most in a box; None where no point is feasible."""
        ranges = [(Fraction(low), Fraction(high)) for low, high in box]
        return None if self.impossible(ranges) else self.objective(ranges)[1]

    def proof(self) -> Split | None:
        """The boxes that show that nothing is better than the best value."""
        top = Split(0, 0)
        waiting: list[tuple[Box, Split, bool]] = [(self.best.box, top, True)]
        while waiting:
            box, parent, below = waiting.pop()
            most = self.most(box)
            if most is None or most <= self.best.value or all(low == high for low, high in box):
                continue
            k, place, low, high = _halves(box)
            here = Split(k, place)
            if below:
                parent.low = here
            else:
                parent.high = here
            waiting += [(low, here, True), (high, here, False)]
        return top.low

    def _point(self, point: tuple[int, ...]) -> None:
        """Take a point up, by exact values: what no interval excludes need not be feasible."""
        values = {s: sympy.Integer(v) for s, v in zip(self.problem.over, point, strict=True)}
        if not all(_holds(r, values) for r in self.problem.conditions):
            return
        value = exact(put(self.problem.objective, values))
        best = self.best
        if best.value is None or value > best.value:
            best.value, best.points = value, [point]
        elif value == best.value and len(best.points) < MAX_POINTS:
            best.points.append(point)


def _halves(box: Box) -> tuple[int, int, Box, Box]:
    """A box in two, where it is longest on a scale of factors: which symbol, up to where, and the halves."""
    k = max(range(len(box)), key=lambda i: Fraction(box[i][1] + 1, box[i][0] + 1))
    low, high = box[k]
    middle = max(low, min(high - 1, isqrt(low * high)))
    return k, middle, (*box[:k], (low, middle), *box[k + 1 :]), (*box[:k], (middle + 1, high), *box[k + 1 :])


def _holds(relation: Relation, values: Mapping[Any, Any]) -> bool:
    difference = exact(put(gap(relation), values))
    return {"=": difference == 0, "<=": difference <= 0, ">=": difference >= 0}[relation.sign]


def exact(value: Any) -> Fraction:
    """A number as a fraction; raises ``ValueError`` for anything else."""
    if not isinstance(value, sympy.Rational):
        raise ValueError(f"{value} is no rational number, so it cannot be compared exactly")
    return Fraction(int(value.p), int(value.q))


# -- intervals -----------------------------------------------------------------------------------------------


def _tight(e: Any, over: Sequence[Any], places: Mapping[Any, int]) -> Enclosure:
    """An enclosure that uses the symbols in which an expression grows or falls throughout."""
    enclosure = _enclosure(e, places)
    growing = [_direction(e, s) for s in over]
    if not any(growing):
        return enclosure

    def tight(box: Sequence[Interval]) -> Interval:
        lowest: list[Interval] = []
        highest: list[Interval] = []
        for (low, high), sign in zip(box, growing, strict=True):
            if sign and high != inf:
                lowest.append((low, low) if sign > 0 else (high, high))
                highest.append((high, high) if sign > 0 else (low, low))
            else:
                lowest.append((low, high))
                highest.append((low, high))
        return enclosure(lowest)[0], enclosure(highest)[1]

    return tight


def _direction(e: Any, symbol: Any) -> int:
    """1 where an expression grows with a symbol for all positive values, -1 where it falls, 0 if not known.

    Its derivative has coefficients of one sign above a square.
    """
    if e.atoms(sympy.floor, sympy.ceiling, sympy.Max, sympy.Min, sympy.Abs) or not e.free_symbols:
        return 0
    top, bottom = sympy.fraction(sympy.cancel(e))
    slope = sympy.expand(sympy.diff(top, symbol) * bottom - top * sympy.diff(bottom, symbol))
    signs = {
        1 if c > 0 else -1 for c in sympy.Poly(slope, *sorted(e.free_symbols, key=str)).coeffs() if c != 0
    }
    # A denominator with coefficients of one sign is nowhere 0.
    parts = {1 if c > 0 else -1 for c in sympy.Poly(bottom, *sorted(e.free_symbols, key=str)).coeffs()}
    return signs.pop() if len(signs) == 1 and len(parts) == 1 else 0


def _enclosure(e: Any, places: Mapping[Any, int]) -> Enclosure:
    """What an expression can be on a box, or more than that."""
    if isinstance(e, sympy.Rational):
        value = exact(e)
        return lambda box: (value, value)
    if isinstance(e, sympy.Symbol):
        place = places[e]
        return lambda box: box[place]
    parts = [_enclosure(a, places) for a in e.args]
    if isinstance(e, sympy.Add):
        return lambda box: _sum([p(box) for p in parts])
    if isinstance(e, sympy.Mul):
        return lambda box: _product([p(box) for p in parts])
    if isinstance(e, sympy.Pow) and isinstance(e.exp, sympy.Integer):
        exponent, base = int(e.exp), parts[0]
        return lambda box: _power(base(box), exponent)
    if isinstance(e, sympy.floor | sympy.ceiling):
        rounded = floor if isinstance(e, sympy.floor) else ceil
        inner = parts[0]
        return lambda box: _each(inner(box), rounded)
    if isinstance(e, sympy.Max | sympy.Min):
        choose = max if isinstance(e, sympy.Max) else min
        return lambda box: (choose(p(box)[0] for p in parts), choose(p(box)[1] for p in parts))
    if isinstance(e, sympy.Abs):
        inner = parts[0]
        return lambda box: _absolute(inner(box))
    raise TypeError(
        f"{e} ({type(e).__name__}) has no exact value on whole numbers here; use + - * /, whole powers, "
        "floor, ceiling, Max, Min and Abs"
    )


def _sum(parts: Sequence[Interval]) -> Interval:
    return sum((p[0] for p in parts), Fraction(0)), sum((p[1] for p in parts), Fraction(0))


def _times(a: Bound, b: Bound) -> Bound:
    return Fraction(0) if a == 0 or b == 0 else a * b


def _product(parts: Sequence[Interval]) -> Interval:
    out = parts[0]
    for part in parts[1:]:
        ends = [_times(a, b) for a in out for b in part]
        out = min(ends), max(ends)
    return out


def _power(base: Interval, exponent: int) -> Interval:
    if exponent < 0:
        low, high = _power(base, -exponent)
        if low <= 0 <= high:
            return (_inverse(high) if low == 0 and high > 0 else -inf, inf)
        return _inverse(high), _inverse(low)
    if exponent % 2 == 0:
        base = _absolute(base)
    return base[0] ** exponent, base[1] ** exponent


def _inverse(value: Bound) -> Bound:
    return Fraction(0) if abs(value) == inf else 1 / value


def _absolute(value: Interval) -> Interval:
    low, high = value
    if low >= 0:
        return low, high
    return (Fraction(0), max(-low, high)) if high >= 0 else (-high, -low)


def _each(value: Interval, rounded: Callable[[Any], int]) -> Interval:
    low, high = value
    return (
        low if abs(low) == inf else Fraction(rounded(low)),
        high if abs(high) == inf else Fraction(rounded(high)),
    )
