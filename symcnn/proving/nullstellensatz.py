"""Equations between products that cannot hold together: multiples of them that add up to 1.

Two lists of unknowns are given, and each equation says that a sum of products of an unknown of the first list
and one of the second is a number. A multiplier then needs as many unknowns of one list as of the other, so
that the multipliers of small degree are few and come out of linear equations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mat, nmod_mat

# The unknowns of both lists in a product, by their places.
Monomial: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
UNIT: Monomial = ((), ())

PRIME = 2**31 - 1
MAX_DEGREE = 3
# What is more is no matter of seconds.
MAX_COLUMNS = 3000


@dataclass(frozen=True)
class Equation:
    """``sum of products = value``; a product is a place in the first list and one in the second."""

    products: tuple[tuple[int, int], ...]
    value: Fraction

    def terms(self) -> list[tuple[Monomial, Fraction]]:
        """The left side minus the right one."""
        out: list[tuple[Monomial, Fraction]] = [(((i,), (j,)), Fraction(1)) for i, j in self.products]
        return [*out, (UNIT, -self.value)] if self.value else out


def multipliers(
    equations: Sequence[Equation], counts: tuple[int, int], check_time: Callable[[], None]
) -> list[tuple[int, Monomial, Fraction]] | None:
    """Places of equations, each with a multiplier, so that all of them add up to 1; None if none are found.

    >>> system = [Equation(((0, 0),), Fraction(0)), Equation(((0, 0),), Fraction(2))]
    >>> [(k, str(c)) for k, _, c in multipliers(system, (1, 1), lambda: None)]
    [(0, '1/2'), (1, '-1/2')]
    """
    for degree in range(MAX_DEGREE + 1):
        monomials = [
            (first, second)
            for part in range(degree + 1)
            for first in combinations_with_replacement(range(counts[0]), part)
            for second in combinations_with_replacement(range(counts[1]), part)
        ]
        if len(monomials) * len(equations) > MAX_COLUMNS:
            return None
        check_time()
        products = [(k, monomial) for monomial in monomials for k in range(len(equations))]
        columns = [_multiplied(equations[k], monomial) for k, monomial in products]
        chosen = _support(columns)
        if chosen is None:
            continue
        check_time()
        solution = _solved([columns[k] for k in chosen])
        if solution is not None:
            return [(*products[k], value) for k, value in zip(chosen, solution, strict=True) if value]
    return None


def _multiplied(equation: Equation, by: Monomial) -> dict[Monomial, Fraction]:
    return {
        (tuple(sorted(first + by[0])), tuple(sorted(second + by[1]))): value
        for (first, second), value in equation.terms()
    }


def _support(columns: Sequence[dict[Monomial, Fraction]]) -> list[int] | None:
    """Columns that add up to 1 with some factors, modulo a prime."""
    rows = _rows(columns)
    matrix: Any = nmod_mat(len(rows), len(columns) + 1, PRIME)
    for k, column in enumerate(columns):
        for monomial, value in column.items():
            matrix[rows[monomial], k] = value.numerator * pow(value.denominator, -1, PRIME) % PRIME
    matrix[rows[UNIT], len(columns)] = 1
    reduced, rank = matrix.rref()
    found: list[int] = []
    place = 0
    for row in range(rank):
        while not int(reduced[row, place]):
            place += 1
        if place == len(columns):
            return None
        if int(reduced[row, len(columns)]):
            found.append(place)
    return found


def _solved(columns: Sequence[dict[Monomial, Fraction]]) -> list[Fraction] | None:
    """The factors with which linearly independent columns add up to 1."""
    rows = _rows(columns)
    matrix: Any = fmpq_mat(len(rows), len(columns) + 1)
    for k, column in enumerate(columns):
        for monomial, value in column.items():
            matrix[rows[monomial], k] = fmpq(value.numerator, value.denominator)
    matrix[rows[UNIT], len(columns)] = 1
    reduced, rank = matrix.rref()
    if rank != len(columns):
        return None
    out = [reduced[k, len(columns)] for k in range(rank)]
    return [Fraction(int(value.p), int(value.q)) for value in out]


def _rows(columns: Sequence[dict[Monomial, Fraction]]) -> dict[Monomial, int]:
    rows = {UNIT: 0}
    for column in columns:
        for monomial in column:
            rows.setdefault(monomial, len(rows))
    return rows
