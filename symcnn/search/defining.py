"""Functions that are to exist and that an equation in the goal gives entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Lambda
from symcnn.kernel.polynomial import Polynomial, scale
from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Implies,
    Rejected,
    Sort,
    Term,
    Variable,
    free,
)
from symcnn.search.combining import term_of


def given_by_equations(goal: Exists, scope: Mapping[str, Sort]) -> Iterator[Lambda]:
    """``fun(i) t`` where an equation in the goal is solved by ``f[i] = t``, and t speaks of nothing else."""
    for equation, bound in equations_in(goal.body, {}):
        try:
            found = solved(equation, goal.name, {**scope, **bound, goal.name: goal.sort})
        except Rejected:
            continue
        if found is not None and free(found.body) <= {*scope, *found.parameters} - {goal.name}:
            yield found


def equations_in(formula: Formula, bound: Mapping[str, Sort]) -> list[tuple[Compare, Mapping[str, Sort]]]:
    """The equations that a formula asks for, under whatever conditions, with the names bound there."""
    match formula:
        case Compare("="):
            return [(formula, bound)]
        case And(parts):
            return [found for part in parts for found in equations_in(part, bound)]
        case ForAll(name, sort, body) | Exists(name, sort, body):
            return equations_in(body, {**bound, name: sort})
        case Implies(_, body):
            return equations_in(body, bound)
        case _:
            return []


def solved(equation: Compare, name: str, scope: Mapping[str, Sort]) -> Lambda | None:
    """The function for which an equation holds in which one entry of it stands, with the factor 1 or -1."""
    atoms = Atoms()
    value = Canonical(scope, atoms).difference(equation.left, equation.right)
    for atom, shown in enumerate(atoms.shown):
        parameters = parameters_of(name, shown)
        factor = value.get(((atom, 1),))
        if parameters and factor in (1, -1):
            rest: Polynomial = {monomial: c for monomial, c in value.items() if monomial != ((atom, 1),)}
            return Lambda(parameters, term_of(scale(rest, -factor), atoms))
    return None


def parameters_of(name: str, term: Term) -> tuple[str, ...]:
    """The names in the places of an entry of a function, if all of them are different names."""
    if not isinstance(term, Call) or term.name != name:
        return ()
    places = [place.name for place in term.arguments if isinstance(place, Variable)]
    return tuple(places) if len(set(places)) == len(term.arguments) else ()
