"""Exact linear arithmetic: a target as a combination of given vectors, some factors free, some not negative.

Floats find which vectors are needed (non-negative least squares, which keeps them few), fractions find the
factors. Where floats do not settle it, z3 is asked. Nothing here is trusted: the kernel checks each sum.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

# The systems are small: threads would cost more than they save. It is read when numpy is loaded first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

Vector = Mapping[Any, int | Fraction]
Columns = Sequence[Vector]
_SCALE = ("the strict factors add up to 1",)
MAX_CELLS = 600_000
MAX_CELLS_OF_Z3 = 20_000
# The work that z3 may do; it does not depend on the machine, and comes before the clock.
RLIMIT = 2_000_000
MAX_ROUNDS = 300
TOLERANCE = 1e-9
# Numbers beyond this are left to z3: their squares are no floats.
MAX_FLOAT = 1e100


@dataclass(frozen=True)
class Combination:
    """Factors of vectors that add up to the target: any numbers for ``free``, numbers >= 0 for ``cone``."""

    free: tuple[Fraction, ...]
    cone: tuple[Fraction, ...]


def nothing() -> None:
    """No check of the time."""


def combination(
    target: Vector,
    free: Sequence[Vector],
    cone: Sequence[Vector],
    strict: Sequence[int] = (),
    check_time: Callable[[], None] = nothing,
) -> Combination | None:
    """Factors with ``target = sum of free_i * f_i + sum of cone_j * c_j``, or None where none are found.

    ``strict`` are places in ``cone`` whose factors have to add up to 1. ``check_time`` is called again and
    again, and may raise to stop.

    >>> combination({"x": 3, "y": 1}, [{"x": 1}], [{"y": 1, "x": 1}])
    Combination(free=(Fraction(2, 1),), cone=(Fraction(1, 1),))
    >>> combination({"x": -1}, [], [{"x": 1}]) is None
    True
    """
    columns: list[dict[Hashable, int | Fraction]] = [
        {key: value for key, value in column.items() if value} for column in (*free, *cone)
    ]
    wanted: dict[Hashable, int | Fraction] = {key: value for key, value in target.items() if value}
    if strict:
        wanted[_SCALE] = 1
        for k in strict:
            columns[len(free) + k][_SCALE] = 1
    kept = needed(columns, wanted, len(free), check_time)
    if kept is None:
        return None
    left, unbounded = [columns[k] for k in kept], sum(k < len(free) for k in kept)
    rows = {key: n for n, key in enumerate(dict.fromkeys(key for column in left for key in column))}
    if any(key not in rows for key in wanted) or len(rows) * len(left) > MAX_CELLS:
        return None
    found, sure = _by_floats(rows, left, wanted, unbounded, check_time)
    if found is None and not sure and len(rows) * len(left) <= MAX_CELLS_OF_Z3:
        check_time()
        found = _by_z3(rows, left, wanted, unbounded)
    if found is None:
        return None
    factors = [Fraction(0)] * len(columns)
    for k, factor in zip(kept, found, strict=True):
        factors[k] = factor
    return Combination(tuple(factors[: len(free)]), tuple(factors[len(free) :]))


def needed(
    columns: Columns, wanted: Vector, free: int, check_time: Callable[[], None] = nothing
) -> list[int] | None:
    """The columns whose factors need not be 0; None where it is plain that nothing adds up to the target.

    Where all entries of a row have one sign, and their sum is to be 0, each of them has the factor 0.
    ``free`` is the number of columns whose factors may be negative.

    >>> needed([{"x": 1}, {"x": 1, "y": 1}, {"x": -1, "z": 2}], {"x": 1}, 0)
    [0]
    """
    in_row: dict[Hashable, set[int]] = {}
    for k, column in enumerate(columns):
        for key in column:
            in_row.setdefault(key, set()).add(k)
    waiting = dict.fromkeys([*in_row, *wanted])
    gone: set[int] = set()
    while waiting:
        check_time()
        key, _ = waiting.popitem()
        here, target = in_row.get(key, set()), wanted.get(key, 0)
        if any(k < free for k in here) and len(here) > 1:
            continue
        signs = {columns[k][key] > 0 for k in here if k >= free}
        if target:
            if not here or (signs and (target > 0) not in signs):
                return None
        elif len(signs) < 2:
            for k in here:
                gone.add(k)
                for other in columns[k]:
                    if other != key:
                        in_row[other].discard(k)
                        waiting[other] = None
            in_row[key] = set()
    return [k for k in range(len(columns)) if k not in gone]


def _by_floats(
    rows: Mapping[Hashable, int],
    columns: Columns,
    wanted: Vector,
    free: int,
    check_time: Callable[[], None],
) -> tuple[list[Fraction] | None, bool]:
    """The factors, if the ones that least squares use are enough for an exact solution; whether None is
    sure."""
    if any(abs(value) > MAX_FLOAT for column in (*columns, wanted) for value in column.values()):
        return None, False
    matrix = np.zeros((len(rows), len(columns)))
    for k, column in enumerate(columns):
        for key, value in column.items():
            matrix[rows[key], k] = float(value)
    right = np.zeros(len(rows))
    for key, value in wanted.items():
        right[rows[key]] = float(value)
    # A row of large numbers would hide the others.
    lengths = np.maximum(np.abs(matrix).max(axis=1, initial=0), 1e-300)
    matrix, right = matrix / lengths[:, None], right / lengths
    # A free factor is the difference of two that are not negative.
    found, close = nonnegative_least_squares(np.hstack([matrix, -matrix[:, :free]]), right, check_time)
    if found is None or not close:
        return None, found is not None
    used = [k for k in range(len(columns)) if found[k] > 0 or (k < free and found[len(columns) + k] > 0)]
    values = solved(rows, [columns[k] for k in used], wanted, check_time)
    if values is None or any(value < 0 for k, value in zip(used, values, strict=True) if k >= free):
        return None, False
    out = [Fraction(0)] * len(columns)
    for k, value in zip(used, values, strict=True):
        out[k] = value
    return out, True


def nonnegative_least_squares(
    matrix: Any, right: Any, check_time: Callable[[], None] = nothing
) -> tuple[Any | None, bool]:
    """A vector ``x >= 0`` with the least distance of ``matrix @ x`` from ``right``, and whether that is 0.

    Few entries are not 0. The vector is None where the method does not come to an end. It is the active-set
    method of Lawson and Hanson, Solving Least Squares Problems, chapter 23, on the normal equations.
    """
    lengths = np.sqrt((matrix**2).sum(axis=0))
    lengths[lengths == 0] = 1
    scaled, size = matrix / lengths, float(np.abs(right).max(initial=0)) or 1.0
    gram, moments = scaled.T @ scaled, scaled.T @ right
    x, passive = np.zeros(matrix.shape[1]), np.zeros(matrix.shape[1], dtype=bool)
    for _ in range(MAX_ROUNDS):
        check_time()
        if np.abs(right - scaled @ x).max(initial=0) <= TOLERANCE * size:
            return x / lengths, True
        gradient = np.where(passive, -np.inf, moments - gram @ x)
        best = int(gradient.argmax())
        if gradient[best] <= TOLERANCE * size:
            return x / lengths, False
        passive[best] = True
        for _ in range(MAX_ROUNDS):
            places = np.flatnonzero(passive)
            inside = _solution(gram[np.ix_(places, places)], moments[places])
            if inside is None:
                return None, False
            if (inside > TOLERANCE).all():
                x[:] = 0
                x[places] = inside
                break
            old, falling = x[places], inside <= TOLERANCE
            step = float((old[falling] / (old[falling] - inside[falling] + 1e-300)).min())
            x[places] = old + min(max(step, 0.0), 1.0) * (inside - old)
            passive[places[(x[places] <= TOLERANCE) & falling]] = False
            x[~passive] = 0
            if not passive.any():
                return None, False
    return None, False


def _solution(matrix: Any, right: Any) -> Any | None:
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        pass
    try:
        return np.linalg.lstsq(matrix, right, rcond=None)[0]
    except np.linalg.LinAlgError:
        return None


def solved(
    rows: Mapping[Hashable, int],
    columns: Columns,
    wanted: Vector,
    check_time: Callable[[], None] = nothing,
) -> list[Fraction] | None:
    """One exact solution of the linear equations, by Gauss; unknowns that stay open are 0."""
    table: list[dict[int, Fraction]] = [{} for _ in rows]
    for k, column in enumerate(columns):
        for key, value in column.items():
            table[rows[key]][k] = Fraction(value)
    last = len(columns)
    for key, value in wanted.items():
        table[rows[key]][last] = Fraction(value)
    pivots: dict[int, dict[int, Fraction]] = {}
    for equation in table:
        check_time()
        row = equation
        for k, pivot in pivots.items():
            if k in row:
                _subtract(row, pivot, row[k])
        first = min(row, default=last + 1)
        if first == last:
            return None
        if first < last:
            factor = row[first]
            row = {k: value / factor for k, value in row.items()}
            for other in pivots.values():
                if first in other:
                    _subtract(other, row, other[first])
            pivots[first] = row
    return [pivots[k].get(last, Fraction(0)) if k in pivots else Fraction(0) for k in range(last)]


def _subtract(row: dict[int, Fraction], pivot: Mapping[int, Fraction], factor: Fraction) -> None:
    for k, value in pivot.items():
        new = row.get(k, Fraction(0)) - factor * value
        if new:
            row[k] = new
        else:
            row.pop(k, None)


def _by_z3(
    rows: Mapping[Hashable, int], columns: Columns, wanted: Vector, free: int
) -> list[Fraction] | None:
    import z3

    try:
        return _model(z3, rows, columns, wanted, free)
    except z3.Z3Exception:
        return None


def _model(
    z3: Any, rows: Mapping[Hashable, int], columns: Columns, wanted: Vector, free: int
) -> list[Fraction] | None:
    context: Any = z3.Context()
    unknown: list[Any] = [z3.Real(f"x{k}", context) for k in range(len(columns))]
    solver: Any = z3.SolverFor("QF_LRA", ctx=context)
    solver.set("rlimit", RLIMIT)
    solver.set("timeout", 300)
    for key in rows:
        terms = [unknown[k] * _exact(z3, c[key], context) for k, c in enumerate(columns) if key in c]
        solver.add(z3.Sum(terms) == _exact(z3, wanted.get(key, 0), context))
    for k in range(free, len(columns)):
        solver.add(unknown[k] >= 0)
    if solver.check() != z3.sat:
        return None
    model: Any = solver.model()
    values = [model.eval(x, model_completion=True) for x in unknown]
    return [Fraction(value.numerator_as_long(), value.denominator_as_long()) for value in values]


def _exact(z3: Any, value: int | Fraction, context: Any) -> Any:
    return z3.RealVal(str(Fraction(value)), context)
