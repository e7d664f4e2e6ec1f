"""Steps that lead the search to a proof: conditions without common factors, and squares that have to be 0.

A condition such as h w c_1 c_2 = B with h w s^2 = B says c_1 c_2 = s^2; what is left of the objective when a
symbol is eliminated by it shows where it is best, as a square. Hints are searched for like anything else: a
wrong one costs a proof and proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import sympy

from symcnn.analysis.candidates import Point, Root, eliminated, has_root
from symcnn.analysis.problem import Problem, gap, put
from symcnn.proving.relations import Relation


@dataclass(frozen=True)
class Hints:
    """What to show first: of all feasible points, and of those that are as good as the best."""

    everywhere: tuple[Relation, ...]
    at_best: tuple[Relation, ...]


def hints(problem: Problem, point: Point, value: Any, roots: Sequence[Root]) -> Hints:
    """Hints for a problem, a candidate and its value."""
    instead = _parameters(problem, roots)
    tight = [(r, _reduced(put(gap(r), instead), problem.over)) for r in problem.conditions if r.sign == "="]
    everywhere = [_equation(part) for r, part in tight if sympy.expand(part - gap(r)) != 0]
    found = _product(problem, value)
    if found is not None:
        return Hints((*everywhere, *found[0]), found[1])
    difference = put(problem.objective - value, instead)
    return Hints(
        tuple(everywhere), tuple(_squares(difference, [part for _, part in tight], problem.over, point))
    )


def _parameters(problem: Problem, roots: Sequence[Root]) -> Point:
    """Parameters that a root says: ``B = 3 s^2``."""
    out: Point = {}
    for root in roots:
        for symbol in problem.parameters:
            rest = sympy.cancel(root.radicand / symbol)
            if symbol not in out and not rest.has(symbol, *out):
                out[symbol] = root.symbol**root.degree / rest
                break
    return out


def _reduced(difference: Any, over: Sequence[Any]) -> Any:
    """What has to be 0, without denominators and without factors that are positive anyway."""
    number, factors = sympy.factor_list(sympy.numer(sympy.together(difference)))
    kept = [base**exponent for base, exponent in factors if not base.is_positive]
    del number
    out = sympy.expand(sympy.Mul(*kept))
    return out if out.has(*over) else sympy.expand(difference)


def _equation(difference: Any) -> Relation:
    """``a - b = 0`` as ``a = b``."""
    terms = sympy.Add.make_args(difference)
    right = [-t for t in terms if t.could_extract_minus_sign()]
    return Relation(
        "=", sympy.Add(*(t for t in terms if not t.could_extract_minus_sign())), sympy.Add(*right)
    )


def _product(problem: Problem, value: Any) -> tuple[tuple[Relation, ...], tuple[Relation, ...]] | None:
    """That the difference is a product with a square in it, by a condition that says what a parameter is."""
    for condition in problem.conditions:
        for symbol in problem.parameters:
            if condition.sign != "=" or not gap(condition).has(symbol):
                continue
            for values in eliminated([gap(condition)], [symbol]):
                difference = sympy.cancel(put(problem.objective - value, values))
                if has_root(difference) or difference.has(symbol):
                    continue
                product = sympy.factor(difference)
                for base, exponent in sympy.factor_list(sympy.numer(product))[1]:
                    if base.has(*problem.over) and exponent % 2 == 0:
                        equation = Relation("=", problem.objective - value, product)
                        sign = Relation("<=" if product.could_extract_minus_sign() else ">=", product, 0)
                        return (equation, sign), (Relation("<=", base**exponent, 0), Relation("=", base, 0))
    return None


def _squares(difference: Any, tight: Sequence[Any], over: Sequence[Any], point: Point) -> list[Relation]:
    """That a square is not positive, where the difference is one times something positive."""
    if len(tight) != len(over) - 1:
        return []
    for chosen in permutations(over, len(tight)):
        for values in eliminated(tight, chosen):
            (left,) = (s for s in over if s not in values)
            if any(has_root(v) for v in values.values()):
                continue
            _, factors = sympy.factor_list(sympy.numer(sympy.together(put(difference, values))))
            for base, exponent in factors:
                if base.has(left) and exponent % 2 == 0:
                    return [Relation("<=", base**exponent, 0), Relation("=", left, point[left])]
    return []
