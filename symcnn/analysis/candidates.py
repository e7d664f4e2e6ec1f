"""Points at which a problem may have its optimum, and curves along which it may have none.

They come from symmetry, from conditions that hold with equality, and from derivatives that vanish, by SymPy.
Nothing here is trusted: what is found is tried out with numbers, the best first, and then proved or dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice, permutations, product
from time import monotonic
from typing import Any

import sympy

from symcnn.analysis.problem import Problem, gap, put, put_in, sides
from symcnn.proving.relations import Relation
from symcnn.search.worker import apart
from symcnn.symbols.dims import DimSymbol

Point = dict[Any, Any]

# Values of the parameters at which candidates are compared: far apart, and without common factors.
SAMPLES = (89, 233, 1009, 57, 487, 131, 709, 23)
MAX_ROOT = 6
MAX_CANDIDATES = 8
PRECISION = 30
SLACK = sympy.Float("1e-15", PRECISION)
# Places on a curve at which a direction is tried out.
FAR = (10**3, 10**6, 10**9)


# -- points --------------------------------------------------------------------------------------------------


def points(problem: Problem, seconds: float) -> list[Point]:
    """Candidates for the point at which the objective is largest, the best first.

    What takes SymPy too long is left out.
    """
    found: list[tuple[Any, Point]] = []
    sample = sample_of(problem)
    end = monotonic() + seconds
    for part in _parts(problem):
        if monotonic() > end:
            break
        some = apart(_of_part, (problem, part), max(1.0, seconds / 8))
        for point in some if isinstance(some, list) else ():
            value = _value_at(problem, point, sample)
            if value is not None and not any(_close(point, other, sample) for _, other in found):
                found.append((value, point))
    found.sort(key=lambda pair: -pair[0])
    return [point for _, point in found[:MAX_CANDIDATES]]


def sample_of(problem: Problem) -> dict[Any, Any]:
    """Numbers for the parameters for which what is given holds."""
    names = problem.parameters
    for shift in range(len(SAMPLES)):
        values = {s: sympy.Integer(SAMPLES[(k + shift) % len(SAMPLES)]) for k, s in enumerate(names)}
        if all(_holds(r, values) for r in problem.given):
            return values
    return {s: sympy.Integer(SAMPLES[k % len(SAMPLES)]) for k, s in enumerate(names)}


@dataclass(frozen=True)
class _Part:
    """Symbols that are put in place of others, and the conditions that hold with equality."""

    values: Point
    tight: tuple[Relation, ...]


def _parts(problem: Problem) -> Iterator[_Part]:
    """First symbols that may be exchanged are the same, and as many conditions as possible are tight."""
    classes = _classes(problem)
    same = {s: group[0] for group in classes for s in group}
    for values in [same, {s: s for s in problem.over}] if len(classes) < len(problem.over) else [same]:
        smaller = problem.with_values(values)
        conditions = list(dict.fromkeys(smaller.conditions))
        tight = [r for r in conditions if r.sign == "="]
        loose = [r for r in conditions if r.sign != "="]
        loose += [Relation(">=", s, 0) for s in problem.over if values[s] == s and not s.is_positive]
        for count in range(len(loose), -1, -1):
            for active in combinations(loose, count):
                yield _Part(values, (*tight, *active))


def _of_part(problem: Problem, part: _Part) -> list[Point]:
    names = [s for s in problem.over if part.values[s] == s]
    found = islice(_stationary(put(problem.objective, part.values), names, part.tight), MAX_CANDIDATES)
    return [{s: put(part.values[s], point) for s in problem.over} for point in found]


def _classes(problem: Problem) -> list[list[Any]]:
    """Symbols that may be exchanged without a change of the problem."""
    out: list[list[Any]] = []
    for symbol in problem.over:
        for group in out:
            swap = {symbol: group[0], group[0]: symbol}
            before = {_standard(r) for r in problem.conditions}
            after = {_standard(put_in(r, swap)) for r in problem.conditions}
            if before == after and sympy.cancel(put(problem.objective, swap) - problem.objective) == 0:
                group.append(symbol)
                break
        else:
            out.append([symbol])
    return out


def _standard(relation: Relation) -> tuple[str, Any]:
    left, right = reversed(sides(relation)) if relation.sign == ">=" else sides(relation)
    return relation.sign.replace(">", "<"), sympy.expand(left - right)


def _stationary(objective: Any, names: Sequence[Any], tight: Sequence[Relation]) -> Iterator[Point]:
    """Points at which these conditions hold with equality and the objective has no slope along them."""
    if len(tight) > len(names):
        return
    seen = False
    for chosen in permutations(names, len(tight)):
        for solved in eliminated([gap(r) for r in tight], list(chosen)):
            free = [s for s in names if s not in solved]
            along = put(objective, solved)
            if not free:
                seen = True
                yield solved
                continue
            slopes = [sympy.numer(sympy.together(sympy.diff(along, s))) for s in free]
            for rest in _roots_of([s for s in slopes if s != 0], free):
                # Where only some are determined there is more than one such point, and 1 is as good as any.
                full = {**{s: sympy.Integer(1) for s in free}, **rest}
                full = {s: put(v, full) for s, v in full.items()}
                seen = True
                yield {**{s: put(v, full) for s, v in solved.items()}, **full}
        if seen:
            return


def eliminated(equations: Sequence[Any], names: Sequence[Any]) -> Iterator[Point]:
    """Equations solved one after the other, each for one name."""
    if not equations:
        yield {}
        return
    for value in _solutions(equations[0], names[0]):
        here = {names[0]: value}
        for rest in eliminated([put(e, here) for e in equations[1:]], names[1:]):
            yield {names[0]: put(value, rest), **rest}


def _solutions(equation: Any, name: Any) -> list[Any]:
    if name not in equation.free_symbols:
        return []
    try:
        return list(sympy.solve(equation, name))
    except (NotImplementedError, TypeError, ValueError):
        return []


def _roots_of(equations: Sequence[Any], names: Sequence[Any]) -> list[Point]:
    if not equations:
        return [{}]
    try:
        return [dict(p) for p in sympy.solve(equations, list(names), dict=True)]
    except (NotImplementedError, TypeError, ValueError):
        return []


def _value_at(problem: Problem, point: Point, sample: Mapping[Any, Any]) -> Any:
    """The objective at a point, for a sample of the parameters; None where the point is not feasible."""
    try:
        values = {s: sympy.N(put(v, sample), PRECISION) for s, v in point.items()}
        for symbol, value in values.items():
            if not (value.is_Float or value.is_Integer) or value < 0 or (value == 0 and symbol.is_positive):
                return None
        numbers = {**sample, **values}
        if not all(_holds(r, numbers) for r in problem.conditions):
            return None
        out = sympy.N(put(problem.objective, numbers), PRECISION)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return out if out.is_real and out.is_finite else None


def _close(point: Point, other: Point, sample: Mapping[Any, Any]) -> bool:
    """Whether two points are the same for a sample of the parameters."""
    return all(abs(sympy.N(put(point[s] - other[s], sample), PRECISION)) < SLACK for s in point)


def _holds(relation: Relation, values: Mapping[Any, Any]) -> bool:
    left, right = (sympy.N(put(side, values), PRECISION) for side in sides(relation))
    slack = SLACK * (1 + abs(left) + abs(right))
    match relation.sign:
        case "=":
            return bool(abs(left - right) <= slack)
        case "!=":
            return bool(abs(left - right) > slack)
        case "<=" | "<":
            return bool(left <= right + slack)
        case _:
            return bool(left >= right - slack)


# -- curves --------------------------------------------------------------------------------------------------


def curves(problem: Problem, t: Any) -> Iterator[Point]:
    """Curves in ``t >= 1`` of feasible points along which the objective grows beyond all bounds, it seems."""
    yield from (curve for curve, values in _curves(problem, t) if _grows(values))


def limits(problem: Problem, t: Any) -> list[tuple[Any, Point]]:
    """Curves along which the objective comes close to a value and does not reach it, the largest first."""
    sample = sample_of(problem)
    found: list[tuple[Any, Any, Point]] = []
    for curve, values in _curves(problem, t):
        if not values[0] < values[1] < values[2]:
            continue
        value = sympy.limit(sympy.cancel(put(problem.objective, curve)), t, sympy.oo)
        if value.is_finite is False or value.has(t, sympy.Limit):
            continue
        found.append((sympy.N(put(value, sample)), value, curve))
    found.sort(key=lambda pair: -pair[0])
    return [(value, curve) for _, value, curve in found[:MAX_CANDIDATES]]


def _curves(problem: Problem, t: Any) -> Iterator[tuple[Point, list[Fraction]]]:
    """Feasible curves, the simplest first, with the objective at some places on them."""
    sample = sample_of(problem)
    tight = [gap(r) for r in problem.conditions if r.sign == "="]
    free = len(problem.over) - len(tight)
    if free < 0 or len(problem.over) > 5:
        return
    for chosen in combinations(problem.over, free):
        rest = [s for s in problem.over if s not in chosen]
        # Solved once for symbols, then for each choice of exponents.
        for solved in eliminated(tight, rest):
            if any(has_root(v) for v in solved.values()):
                continue
            steps = sorted(product((1, 0, -1), repeat=free), key=lambda e: (-sum(e), sum(map(abs, e))))
            for exponents in steps:
                curve: Point = {s: t**e for s, e in zip(chosen, exponents, strict=True)}
                curve = {**curve, **{s: sympy.cancel(put(v, curve)) for s, v in solved.items()}}
                if any(exponents) and all(
                    _value_at(problem, _along(curve, t, far), sample) is not None for far in FAR
                ):
                    yield (
                        {s: curve[s] for s in problem.over},
                        [_value_at(problem, _along(curve, t, far), sample) for far in FAR],
                    )


def _along(curve: Point, t: Any, far: int) -> Point:
    return {s: put(v, {t: sympy.Integer(far)}) for s, v in curve.items()}


def _grows(values: Sequence[Any]) -> bool:
    first, second, third = values
    return bool(0 < second < third and second > 5 * abs(first) and third > 5 * second)


# -- roots ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Root:
    """``symbol`` is the positive number with ``symbol^degree = radicand``."""

    symbol: Any
    degree: int
    radicand: Any

    @property
    def value(self) -> Any:
        """The root as an expression."""
        return sympy.root(self.radicand, self.degree)

    @property
    def relation(self) -> Relation:
        """What defines it, without a quotient."""
        top, bottom = sympy.fraction(sympy.together(self.radicand))
        return Relation("=", bottom * self.symbol**self.degree, top)


def without_roots(point: Point, taken: set[str]) -> tuple[Point, list[Root]] | None:
    """The point with a symbol for each root in it; None where a root is of no rational expression."""
    roots: list[Root] = []
    out: Point = {}
    for symbol, value in point.items():
        found = _in_roots(value, roots, taken)
        if found is None:
            return None
        out[symbol] = found
    return out, roots


def _in_roots(value: Any, roots: list[Root], taken: set[str]) -> Any:
    value = sympy.powsimp(sympy.powdenest(sympy.sympify(value), force=True), force=True)
    if not has_root(value):
        return sympy.cancel(value)
    for root in roots:
        ratio = _rational_root(sympy.cancel(_power(value, root.degree) / root.radicand), root.degree)
        if ratio is not None:
            return ratio * root.symbol
    for degree in range(2, MAX_ROOT + 1):
        radicand = sympy.cancel(_power(value, degree))
        if not has_root(radicand):
            root = Root(_new_symbol(taken), degree, sympy.factor(radicand))
            roots.append(root)
            return root.symbol
    inner = [p for p in value.atoms(sympy.Pow) if not p.exp.is_Integer]
    changed: dict[Any, Any] = {}
    for part in inner:
        if part == value or has_root(part.base) or not part.exp.is_Rational:
            return None
        base = _in_roots(sympy.root(part.base, part.exp.q), roots, taken)
        if base is None:
            return None
        changed[part] = base**part.exp.p
    out = sympy.cancel(value.xreplace(changed))
    return None if has_root(out) else out


def _power(value: Any, degree: int) -> Any:
    return sympy.expand(sympy.powdenest(sympy.expand(value**degree), force=True))


def _rational_root(value: Any, degree: int) -> Any:
    if has_root(value):
        return None
    found = sympy.powdenest(sympy.root(sympy.factor(value), degree), force=True)
    return None if has_root(found) else found


def has_root(value: Any) -> bool:
    """Whether an expression is no quotient of polynomials."""
    return any(not p.exp.is_Integer for p in sympy.sympify(value).atoms(sympy.Pow))


def _new_symbol(taken: set[str]) -> Any:
    wanted = ("s", "r", "q", *(f"s_{k}" for k in range(1, 100)))
    name = next(name for name in wanted if name not in taken)
    taken.add(name)
    return DimSymbol(name, positive=True)
