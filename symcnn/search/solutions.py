"""Search for what is to exist where an equation deep inside the goal says what it is.

A number is solved for. A tensor in a sum, as the kernel in ``sum(a in 0..K) kernel[a]*x[i + a]``, is read off
from the other side: its entry at ``a`` is the sum of all that stands beside ``x[i + a]`` there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Lambda, Sequent
from symcnn.kernel.polynomial import scale
from symcnn.kernel.terms import (
    INT,
    ZERO,
    And,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Power,
    Rejected,
    Sum,
    Term,
    Variable,
    free,
    number,
)
from symcnn.search.combining import term_of
from symcnn.search.conversions import Chain, product
from symcnn.search.flattening import added, flatten
from symcnn.search.normal_sums import inner_polynomial
from symcnn.search.renumbering import Opened, entries_of, guard_from, opened, solved

if TYPE_CHECKING:
    from symcnn.search.tactics import Search


def equations_in(search: Search, sequent: Sequent) -> Iterator[Sequent]:
    """The equations that the goal says hold, each in its place: with the names and premises before it."""
    goal = sequent.goal
    match goal:
        case ForAll():
            yield from equations_in(search, logic.take(sequent, search.name(sequent, goal.name)))
        case Exists(name, _, _):
            place = search.name(sequent, name)
            opened_, body = logic.obtain(sequent, goal, place)
            yield from equations_in(search, opened_.showing(body))
        case Implies():
            yield from equations_in(search, logic.suppose(sequent, search.label(sequent)))
        case And(formulas):
            for part in formulas:
                yield from equations_in(search, sequent.showing(part))
        case Compare("=", _, _):
            yield sequent
        case _:
            pass


def number_to_give(search: Search, sequent: Sequent, goal: Exists) -> Iterator[Term]:
    """What equations inside the goal say that a whole number is."""
    name = search.name(sequent, goal.name)
    inner, body = logic.obtain(sequent, goal, name)
    atoms = Atoms()
    for place in equations_in(search, inner.showing(body)):
        equation = place.goal
        if not isinstance(equation, Compare) or name not in free(equation):
            continue
        canonical = Canonical(place.scope, atoms)
        try:
            found = solved(canonical, canonical.difference(equation.left, equation.right), name)
        except Rejected:
            continue
        if found is not None:
            value = term_of(scale(found[1], -found[0]), atoms)
            if free(value) <= set(sequent.scope):
                yield value


def function_to_give(search: Search, sequent: Sequent, goal: Exists) -> Lambda | None:
    """The tensor that an equation inside the goal asks for, read off from the other side."""
    if not isinstance(goal.sort, Function) or set(goal.sort.arguments) != {INT}:
        return None
    name = search.name(sequent, goal.name)
    inner, body = logic.obtain(sequent, goal, name)
    for place in equations_in(search, inner.showing(body)):
        equation = place.goal
        if not isinstance(equation, Compare):
            continue
        for side, other in ((equation.left, equation.right), (equation.right, equation.left)):
            if name in free(side) and name not in free(other):
                try:
                    found = _read_off(Chain(search, place, Atoms()), name, side, other)
                except Rejected:
                    continue
                if found is not None and free(found.body) - set(found.parameters) <= set(sequent.scope):
                    return found
    return None


def _read_off(chain: Chain, name: str, side: Term, other: Term) -> Lambda | None:
    """The tensor in a sum over all of its entries, from what the sum equals."""
    terms = flatten(chain, side).terms
    if len(terms) != 1:
        return None
    form = opened(terms[0])
    entries = entries_of(form.body)
    own = [entry for entry in entries if entry.name == name]
    beside = [entry for entry in entries if entry.name != name]
    if len(own) != 1 or len(beside) != 1 or form.conditions:
        return None
    indices = tuple(a.name for a in own[0].arguments if isinstance(a, Variable))
    if sorted(indices) != sorted(r.index for r in form.ranges) or len(indices) != len(own[0].arguments):
        return None
    parts: list[Term] = []
    for nest in flatten(chain, other).terms:
        part = _beside(chain, opened(nest), form, beside[0])
        if part is None:
            return None
        parts.append(part)
    return Lambda(indices, added(parts))


def _beside(chain: Chain, nest: Opened, form: Opened, entry: Call) -> Term | None:
    """What stands beside an entry in a nest, over all places at which that entry is the one of the form."""
    names = {r.index for r in form.ranges}
    if names & {r.index for r in nest.ranges}:
        return None
    inner = inner_polynomial(chain, nest)
    if len(inner) != 1:
        return None
    ((monomial, coefficient),) = inner.items()
    canonical = Canonical({**nest.scope(chain), **form.scope(chain)}, chain.atoms)
    conditions: list[Formula] = list(nest.conditions)
    factors: list[Term] = [number(coefficient)]
    met = 0
    for atom, exponent in monomial:
        shown = chain.atoms.shown[atom]
        if isinstance(shown, Call) and shown.name == entry.name and exponent == 1:
            met += 1
            for here, there in zip(shown.arguments, entry.arguments, strict=True):
                value = term_of(canonical.difference(here, there), chain.atoms)
                conditions.append(Compare("=", value, ZERO))
        else:
            factors.append(shown if exponent == 1 else Power(shown, exponent))
    if met != 1:
        return None
    term = product(*factors)
    guard = guard_from(conditions)
    for r in reversed(nest.ranges):
        term, guard = Sum(r.index, r.low, r.high, guard, term), None
    return term
