"""Values of symbols that satisfy conditions: the ones nearest to given values, by halving ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from math import inf
from typing import Any, TypeAlias

from symcnn.kernel.polynomial import Monomial
from symcnn.proving.relations import Relation
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Group, Size, Sym, as_size, substitute, subtract

Bound: TypeAlias = int | Fraction | float
Range: TypeAlias = tuple[Bound, Bound]
Box: TypeAlias = dict[Sym, tuple[int, int]]

_SIGNS = {"==": "=", "=": "=", "!=": "!=", ">=": ">=", ">": ">", "<=": "<=", "<": "<"}
_WORDS = {"ge": ">=", "eq": "=", "divides": "divides"}


@dataclass(frozen=True)
class Demand:
    """``size >= 0``, ``size = 0``, ``size != 0`` or ``divisor divides size``."""

    sign: str
    size: Size
    divisor: Size
    written: str

    def may_hold(self, box: Box) -> bool:
        """False only where no values in the box satisfy this."""
        low, high = _range(self.size, box)
        if self.sign == ">=":
            return high >= 0
        if self.sign == "=":
            return low <= 0 <= high
        if self.sign == "!=":
            return not low == high == 0
        below, above = _range(self.divisor, box)
        points = low == high and below == above
        return not points or (below != 0 and low % below == 0)

    def holds(self, values: Mapping[Atom, Size]) -> bool:
        """Whether it holds at these values of all symbols; False as well where it has no value there."""
        try:
            size, divisor = substitute(self.size, values), substitute(self.divisor, values)
        except ArithmeticError:
            return False
        if not (isinstance(size, int) and isinstance(divisor, int)):
            return False
        if self.sign == "divides":
            return divisor != 0 and size % divisor == 0
        return {">=": size >= 0, "=": size == 0, "!=": size != 0}[self.sign]


def demand(caller: str, given: Any) -> Demand:
    """A condition, a relation of symcnn or one of SymPy in the form used here."""
    if isinstance(given, Condition):
        sign, left, right = _WORDS[given.relation], given.left, given.right
        if sign == "divides":
            return Demand(sign, right, left, str(given))
    elif isinstance(given, Relation):
        sign, left, right = given.sign, given.left, given.right
    else:
        sign, left, right = _SIGNS[given.rel_op], given.lhs, given.rhs
    below, above = (as_size(side, f"{caller}: side of {given}") for side in (left, right))
    if sign in {"<=", "<"}:
        below, above = above, below
    apart = subtract(below, above)
    strict = sign in {"<", ">"}
    return Demand(">=" if sign[0] in "<>" else sign, subtract(apart, 1) if strict else apart, 1, str(given))


class Search:
    """Looks for values of symbols in a box; ``steps`` bounds how many parts of it are looked at."""

    def __init__(self, demands: Sequence[Demand], steps: int) -> None:
        self.demands = demands
        self.steps = steps

    def nearest(self, box: Box, wished: Mapping[Sym, int]) -> dict[Sym, int] | None:
        """Values that satisfy all demands, one symbol after another as near to its wish as that allows.

        None where there are none, or where ``steps`` is used up.
        """
        return next(self._from(box, list(box), wished), None) if self._possible(box) else None

    def without_lowest(self, box: Box) -> Box:
        """The box without the numbers at its lower ends that are found to satisfy no demand."""
        smaller = {symbol: (self._least(box, symbol), high) for symbol, (_, high) in box.items()}
        return box if smaller == box else self.without_lowest(smaller)

    def _least(self, box: Box, symbol: Sym) -> int:
        low, high = box[symbol]
        while low < high:
            middle = (low + high) // 2
            if self._possible({**box, symbol: (low, middle)}):
                high = middle
            else:
                low = middle + 1
        return low if self.steps > 0 else box[symbol][0]

    def _from(self, box: Box, left: list[Sym], wished: Mapping[Sym, int]) -> Iterator[dict[Sym, int]]:
        if not left:
            point: dict[Atom, Size] = {symbol: low for symbol, (low, _) in box.items()}
            if all(d.holds(point) for d in self.demands):
                yield {symbol: low for symbol, (low, _) in box.items()}
            return
        symbol, *rest = left
        for value in self._values(box, symbol, wished[symbol]):
            yield from self._from({**box, symbol: (value, value)}, rest, wished)

    def _values(self, box: Box, symbol: Sym, wish: int) -> Iterator[int]:
        """The values of a symbol that may satisfy the demands, the nearest to the wish first."""

        def ranked(low: int, high: int) -> tuple[int, int, int]:
            return max(low - wish, wish - high, 0), low, high

        heap = [ranked(*box[symbol])]
        while heap:
            _, low, high = heappop(heap)
            if not self._possible({**box, symbol: (low, high)}):
                continue
            if low == high:
                yield low
                continue
            middle = (low + high) // 2
            heappush(heap, ranked(low, middle))
            heappush(heap, ranked(middle + 1, high))

    def _possible(self, box: Box) -> bool:
        if self.steps <= 0:
            return False
        self.steps -= 1
        return all(d.may_hold(box) for d in self.demands)


def _range(size: Size, box: Box) -> Range:
    """Bounds of a size in a box; infinite where they are not found."""
    if isinstance(size, int):
        return size, size
    low: Bound = 0
    high: Bound = 0
    for monomial, coefficient in size.terms.items():
        below, above = _product(monomial, box)
        ends = (_times(coefficient, below), _times(coefficient, above))
        low, high = low + min(ends), high + max(ends)
    return low, high


def _product(monomial: Monomial, box: Box) -> Range:
    low: Bound = 1
    high: Bound = 1
    for atom, exponent in monomial:
        below, above = _of_atom(atom, box)
        if exponent < 0:
            below, above = (_over(above), _over(below)) if below > 0 else (-inf, inf)
        for _ in range(abs(exponent)):
            ends = [_times(a, b) for a in (low, high) for b in (below, above)]
            low, high = min(ends), max(ends)
    return low, high


def _of_atom(atom: Any, box: Box) -> Range:
    if isinstance(atom, Sym):
        return box[atom]
    if isinstance(atom, Group):
        return _range(atom.dim, box)
    if isinstance(atom, Floor):
        (low, high), (below, above) = _range(atom.numerator, box), _range(atom.denominator, box)
        if below < 1:
            return -inf, inf
        return min(_floor(low, below), _floor(low, above)), max(_floor(high, below), _floor(high, above))
    if isinstance(atom, Extremum):
        ranges = [_range(size, box) for size in atom.arguments]
        chosen = max if atom.kind == "max" else min
        return chosen(low for low, _ in ranges), chosen(high for _, high in ranges)
    return -inf, inf


def _times(a: Bound, b: Bound) -> Bound:
    return 0 if a == 0 or b == 0 else a * b


def _over(value: Bound) -> Bound:
    return 0 if value == inf else Fraction(1) / Fraction(value)


def _floor(a: Bound, b: Bound) -> Bound:
    return a if abs(a) == inf else 0 if b == inf and a >= 0 else -1 if b == inf else a // b
