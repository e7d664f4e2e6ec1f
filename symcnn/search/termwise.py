"""Search for what is known of a sum because it holds for each of its terms: signs, bounds, other forms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.ranges import with_index
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import fresh, map_parts, term_with
from symcnn.kernel.terms import (
    INT,
    RING,
    ZERO,
    Compare,
    Formula,
    Max,
    Node,
    Number,
    Plus,
    Sum,
    Term,
    Times,
    as_term,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.enriching import expand
from symcnn.search.facts import closed_terms, relevant
from symcnn.search.matching import calls, entries, matched

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search


def replaced(term: Term, old: Term, new: Term) -> Term:
    """A term with another one in place of one in it."""

    def change(node: Node) -> Node:
        return new if node == old else map_parts(node, change)

    return as_term(change(term))


def sign_of_a_sum(search: Search, sequent: Sequent) -> str | None:
    """``0 <= sum`` or ``0 < sum``, by the sign of its terms."""
    match sequent.goal:
        case Compare("<=", Number(0), Sum() as total):
            law = "sum_nonnegative"
        case Compare("<", Number(0), Sum() as total):
            law = "sum_positive"
        case _:
            return None
    # A sum of what is no entry has a closed form.
    if not calls(total.body):
        return None
    blocks: list[str] = []
    for premise in LAWS[law][0](total).premises:
        proof = search.prove(relevant(sequent.showing(premise)), 0)
        if proof is None:
            return None
        blocks.append(f"{{ {proof} }}")
    label = search.label(sequent, "p")
    return " ".join([f"law {label} : {law} {write(total)}", *blocks, f"exactly {label}"])


def positive_sums(search: Search, found: Found, node: Node) -> None:
    """Add that the sums of entries in a term are positive, where that is seen soon."""
    for total in closed_terms([node], (Sum,)):
        if calls(total.body) and sort_of(total, found.sequent.scope) != RING:
            goal = found.sequent.showing(Compare("<", ZERO, total))
            if goal.goal in found.sequent.facts.values():
                continue
            proof = search.soon(relevant(goal))
            if proof is not None:
                label = search.label(found.sequent, "p")
                found.sequent = found.sequent.knowing(label, goal.goal)
                found.steps.append(f"have {label} : {write(goal.goal)} {{ {proof} }}")


def factored(search: Search, found: Found, total: Sum) -> None:
    """Rewrite a sum by the factor that all of its terms have, times the sum of what is left of them."""
    index = fresh(total.index, {*found.sequent.scope, *free(total)})
    inside = with_index(total, index)
    atoms = Atoms()
    value = Canonical({**found.sequent.scope, index: INT}, atoms).term(inside.body)
    if len(value) != 1:
        return
    ((monomial, coefficient),) = value.items()
    inner = tuple((a, e) for a, e in monomial if index in free(atoms.shown[a]))
    outer = tuple((a, e) for a, e in monomial if index not in free(atoms.shown[a]))
    if not inner or not outer:
        return
    rest, factor = replace(inside, body=term_of({inner: 1}, atoms)), term_of({outer: coefficient}, atoms)
    label = search.law(found, "s", "sum_scale", rest, factor)
    if label is None:
        return
    equation = Compare("=", total, Times((factor, rest)))
    new = search.label(found.sequent, "e")
    found.sequent = found.sequent.knowing(new, equation)
    found.steps.append(f"have {new} : {write(equation)} {{ ring {label} (-1) }}")
    search.rewrite(found, new)


def at_most_maxima(search: Search, found: Found) -> None:
    """Add that a sum is at most the sum of the maxima that its terms are at most."""
    goal = found.sequent.goal
    for total in sums_of_sign(goal, found.sequent, -1):
        for largest in closed_terms([goal], (Max,)):
            search.check_time()
            bound = _bound(total, largest, found.sequent)
            if bound is None:
                continue
            between = replace(total, body=Plus((bound, Times((Number(-1), total.body)))))
            if search.law(found, "p", "sum_nonnegative", between) is not None:
                expand(search, found, between)
                break


def sums_of_sign(goal: Formula, sequent: Sequent, sign: int) -> list[Sum]:
    """The sums that are added in ``right - left``, where the sign is 1, or subtracted, where it is -1."""
    if not isinstance(goal, Compare):
        return []
    atoms = Atoms()
    value = Canonical(sequent.scope, atoms).difference(goal.right, goal.left)
    shown = [atoms.shown[atom] for monomial, c in value.items() if c * sign > 0 for atom, _ in monomial]
    return [term for term in dict.fromkeys(shown) if isinstance(term, Sum)]


def _bound(total: Sum, largest: Max, sequent: Sequent) -> Term | None:
    """What each term of a sum is at most if its entries in a maximum are replaced by that."""
    body = total.body
    if isinstance(body, Sum):
        inner = _bound(body, largest, sequent)
        if inner is None or body.index in free(inner) or body.guard is not None:
            return None
        count = Plus((body.high, Times((Number(-1), body.low))))
        return Times((count, inner))
    scope = {**sequent.scope, **{name: INT for name in free(body) if name not in sequent.scope}}
    for binders, entry in entries(largest, {*scope}):
        names = dict.fromkeys((binder.index for binder in binders), INT)
        for call in calls(body):
            values = matched(entry, call, names, scope)
            if values is not None and values.keys() == names.keys():
                bound = replaced(body, term_with(binders[-1].body, values), largest)
                if bound != body:
                    return bound
    return None
