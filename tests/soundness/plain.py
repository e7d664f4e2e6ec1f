"""Whether a statement fails at a point, by brute force: nothing in here is what the package computes with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Call, Compare, ForAll, Formula, Function, Implies, Sort, Term, free
from tests.brute import Box, Undefined, brute, brute_holds

Tensor = Callable[..., Any]


@dataclass(frozen=True)
class Point:
    """A number for each variable and a Python function for each tensor."""

    numbers: Mapping[str, Fraction]
    tensors: Mapping[str, Tensor]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Point:
        """From values as they are written in Python; ``other_n`` is the n' of a form, its second value."""
        named = {f"{k.removeprefix('other_')}'" if k.startswith("other_") else k: v for k, v in given.items()}
        return cls(
            {name: Fraction(v) for name, v in named.items() if not callable(v)},
            {name: v for name, v in named.items() if callable(v)},
        )

    def holds(self, formula: Formula, box: Box | None = None) -> bool:
        return brute_holds(formula, self.numbers, self.tensors, box)


def function_of(text: str) -> Tensor:
    """``fun(i, j) 2*i + j``, as a certificate gives a tensor, as a Python function."""
    head, _, body = text.removeprefix("fun(").partition(")")
    names = [name.strip() for name in head.split(",")]
    source = f'theorem f ""\n given {", ".join(names)} : real\n claim {body.strip()} = 0'
    (found,) = read_statements(source)
    claim = found.claim
    if not isinstance(claim, Compare):
        raise ValueError(f"{text} is no function")
    return lambda *place: brute(claim.left, dict(zip(names, place, strict=True)))


def with_definitions(statement: Statement, at: Point) -> Point:
    """The point with the functions that a statement defines by their start and their step."""
    tensors = dict(at.tensors)
    out = Point(at.numbers, tensors)
    equations = [_equation(formula) for formula in statement.definitions]
    for name in statement.defined:
        start, step = (found for found in equations if found[0].name == name)
        tensors[name] = _defined(start, step, out)
    return out


def _defined(start: tuple[Call, Term], step: tuple[Call, Term], at: Point) -> Tensor:
    @cache
    def function(*place: Fraction) -> Fraction:
        (left, right), known = (start, place[1:]) if place[0] == 0 else (step, (place[0] - 1, *place[1:]))
        if place[0] < 0:
            raise Undefined(f"{left.name} before its start")
        # The arguments are the variables of the definition, but the first, which is 0 or t + 1.
        names = [name for argument in left.arguments for name in free(argument)]
        return brute(right, {**at.numbers, **dict(zip(names, known, strict=True))}, at.tensors)

    return function


def _equation(formula: Formula) -> tuple[Call, Term]:
    while isinstance(formula, ForAll | Implies):
        formula = formula.body if isinstance(formula, ForAll) else formula.right
    if not (isinstance(formula, Compare) and isinstance(formula.left, Call)):
        raise ValueError(f"{formula} defines nothing")
    return formula.left, formula.right


def is_allowed(statement: Statement, at: Point, box: Box | None = None) -> bool:
    """Whether the declarations and assumptions of a statement hold at a point."""
    return all(_fits(name, sort, at) for name, sort in statement.scope.items()) and all(
        at.holds(assumption, box) for assumption in statement.assumptions
    )


def _fits(name: str, sort: Sort, at: Point) -> bool:
    if isinstance(sort, Function):
        return name in at.tensors
    if name not in at.numbers:
        raise Undefined(f"no value is given for {name}")
    return sort != "int" or at.numbers[name].denominator == 1


def is_false_at(statement: Statement, at: Point) -> bool:
    """Whether a point is a counterexample: it is allowed, and the claim fails there.

    Values for the names of "for all" at the front of the claim are part of the point. Raises ``Undefined``
    where a quantifier is left, or where something has no value.
    """
    at = with_definitions(statement, at)
    if not is_allowed(statement, at):
        return False
    claim = statement.claim
    while isinstance(claim, ForAll | Implies):
        if isinstance(claim, ForAll):
            if not _fits(claim.name, claim.sort, at):
                return False
            claim = claim.body
        elif at.holds(claim.left):
            claim = claim.right
        else:
            return False
    return not at.holds(claim)
