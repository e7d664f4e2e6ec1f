"""More facts where arithmetic on those at hand has failed: instances of "for all", maxima, parts of sums.

Each function adds what the kernel accepts to what was found so far; whether it helps is not known before
arithmetic has tried again. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.ranges import body_at, with_index
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import formula_with, term_with
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ONE,
    RING,
    Call,
    Compare,
    Max,
    Node,
    Number,
    Plus,
    Rejected,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, term_of
from symcnn.search.facts import closed_terms, comparisons
from symcnn.search.matching import ROUNDS, calls, instantiate, matched

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_PARTS = 8
MAX_PAIRS = 6
NAMES = 4


def enrich(search: Search, found: Found) -> bool:
    """Add what may help; whether anything was added."""
    before = len(found.sequent.facts)
    adders: tuple[Callable[[Search, Found], None], ...] = (maxima, instances, single_terms, sums)
    for adder in adders:
        try:
            with search.quickly():
                adder(search, found)
        except (Rejected, Unreadable):
            # Too large to be looked at; what was added before stays.
            continue
        if Arithmetic(found.sequent, Atoms(), found.rewrites, 0, 0, search.check_time).step() is not None:
            break
    return len(found.sequent.facts) > before


def spoken_of(sequent: Sequent) -> list[Node]:
    """The goal and the comparisons among the facts."""
    return [sequent.goal, *(fact for _, fact in comparisons(sequent))]


# -- maxima ------------------------------------------------------------------------------------------------


def maxima(search: Search, found: Found) -> None:
    """A maximum is at least its first and last entry and those spoken of, and it is one of its entries."""
    for term in closed_terms(spoken_of(found.sequent), (Max,)):
        places = [term.low, Plus((term.high, Number(-1)))]
        for call in closed_terms(spoken_of(found.sequent), (Call,)):
            for pattern in calls(term.body):
                values = matched(pattern, call, {term.index: INT}, found.sequent.scope)
                places += [values[term.index]] if values else []
        for place in list(dict.fromkeys(places))[:NAMES]:
            search.law(found, "m", "max_bound", term, place)
        label = search.law(found, "m", "max_attained", term)
        if label is not None:
            opened = search.opened(found.sequent, label)
            if opened is not None:
                found.sequent = opened.sequent
                found.steps += opened.steps


# -- instances ---------------------------------------------------------------------------------------------


def instances(search: Search, found: Found) -> None:
    """What a fact says for all values, for those that the goal and the comparisons speak of."""
    instantiate(search, found, spoken_of(found.sequent), ROUNDS)


# -- sums --------------------------------------------------------------------------------------------------


def sums(search: Search, found: Found) -> None:
    """A sum is the sum of its parts, each with its factor in front; sums over one range are compared."""
    goal = found.sequent.goal
    seen = closed_terms(spoken_of(found.sequent), (Sum,))[:MAX_PAIRS]
    ordered = goal == FALSE or (isinstance(goal, Compare) and goal.relation != "=")
    for term in seen:
        search.check_time()
        if search.law(found, "e", "sum_empty", term, rewrite=True) is not None:
            continue
        expand(search, found, term)
        if not ordered or sort_of(term, found.sequent.scope) == RING:
            continue
        if search.law(found, "p", "sum_positive", term) is None:
            search.law(found, "p", "sum_nonnegative", term)
    mine = closed_terms([goal], (Sum,))[:MAX_PAIRS]
    for k, one in enumerate(mine):
        for other in mine[k + 1 :]:
            there = same_range(one, other)
            if there is None:
                continue
            if not ordered:
                label = search.law(found, "e", "sum_ext", one, there)
                if label is not None:
                    expand(search, found, replace(one, body=there))
            elif RING not in (sort_of(one, found.sequent.scope), sort_of(other, found.sequent.scope)):
                for low, high in ((one.body, there), (there, one.body)):
                    between = replace(one, body=Plus((high, Times((Number(-1), low)))))
                    strict = search.law(found, "p", "sum_positive", between)
                    if strict is not None or search.law(found, "p", "sum_nonnegative", between) is not None:
                        expand(search, found, between)
                        break


def single_terms(search: Search, found: Found) -> None:
    """A sum of terms that are not negative is at least each term that is spoken of."""
    goal = found.sequent.goal
    if isinstance(goal, Compare) and goal.relation == "=":
        return
    nodes = spoken_of(found.sequent)
    for total in closed_terms(nodes, (Sum,))[:MAX_PAIRS]:
        if total.guard is not None or sort_of(total, found.sequent.scope) == RING:
            continue
        for call in closed_terms(nodes, (Call,)):
            values = [
                matched(entry, call, {total.index: INT}, found.sequent.scope) for entry in calls(total.body)
            ]
            place = next((value[total.index] for value in values if value), None)
            if place is not None:
                at_least(search, found, total, place)


def at_least(search: Search, found: Found, total: Sum, place: Term) -> None:
    """Add that a sum is at least its term at a place: those before and behind are not negative."""
    bound = Compare("<=", body_at(total, place), total)
    if bound in found.sequent.facts.values():
        return
    total = with_index(total, search.name(found.sequent, total.index))
    inner = replace(found, sequent=found.sequent.showing(bound), steps=[])
    laws = (
        ("sum_nonnegative", replace(total, high=place)),
        ("sum_nonnegative", replace(total, low=Plus((place, ONE)))),
        ("sum_split", total, place),
        ("sum_first", replace(total, low=place)),
    )
    labels = [search.law(inner, "s", name, *arguments) for name, *arguments in laws]
    if None not in labels:
        before, behind, split, first = labels
        label = search.label(found.sequent, "b")
        steps = " ".join([*inner.steps, f"cone {before} + {behind} + {split} + {first}"])
        if search.accepted(found.sequent.showing(bound), steps):
            found.sequent = found.sequent.knowing(label, bound)
            found.steps.append(f"have {label} : {write(bound)} {{ {steps} }}")


def same_range(one: Sum, other: Sum) -> Term | None:
    """The body of the other sum in the index of the first, where both have the same bounds and guard."""
    if (one.low, one.high) != (other.low, other.high) or (one.guard is None) != (other.guard is None):
        return None
    if one.index != other.index and one.index in free(other.body):
        return None
    index = {other.index: Variable(one.index)}
    if other.guard is not None and formula_with(other.guard, index) != one.guard:
        return None
    return term_with(other.body, index)


def expand(search: Search, found: Found, total: Sum) -> None:
    """Equations for a sum by the monomials of its body: their sums, with what does not depend on the index
    in front."""
    index = search.name(found.sequent, total.index)
    if index != total.index:
        new = {total.index: Variable(index)}
        guard = None if total.guard is None else formula_with(total.guard, new)
        total = replace(total, index=index, guard=guard, body=term_with(total.body, new))
    atoms = Atoms()
    value = Canonical({**found.sequent.scope, index: INT}, atoms).term(total.body)
    if not 1 <= len(value) <= MAX_PARTS:
        return
    pieces: list[tuple[Term, Term]] = []
    for monomial, coefficient in value.items():
        outer = tuple((a, e) for a, e in monomial if index not in free(atoms.shown[a]))
        inner = tuple((a, e) for a, e in monomial if index in free(atoms.shown[a]))
        pieces.append((term_of({outer: coefficient}, atoms), term_of({inner: 1}, atoms)))
    bodies = [inner if factor == ONE else Times((factor, inner)) for factor, inner in pieces]
    for k in range(len(bodies) - 1):
        rest = bodies[k + 1 :]
        other = rest[0] if len(rest) == 1 else Plus(tuple(rest))
        search.law(found, "s", "sum_add", replace(total, body=bodies[k]), replace(total, body=other))
    for factor, inner in pieces:
        piece = replace(total, body=inner)
        if factor != ONE:
            search.law(found, "s", "sum_scale", piece, factor)
        if inner == ONE:
            search.describe(found, piece)
