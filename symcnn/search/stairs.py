"""Search for proofs about sums of floors: over few numbers (t + i)//d has one value, and then the next.

The range is split where the floor changes; on both parts it does not depend on the index. Nothing here is
trusted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.polynomial import Polynomial
from symcnn.kernel.substitution import map_parts
from symcnn.kernel.terms import (
    INT,
    ONE,
    Compare,
    Floor,
    Node,
    Number,
    Plus,
    Sum,
    Term,
    Times,
    Variable,
    as_term,
    free,
    parts,
)
from symcnn.search.combining import term_of
from symcnn.search.facts import closed_terms, named

if TYPE_CHECKING:
    from symcnn.search.tactics import Found, Search

MINUS_ONE = Number(-1)


def split_where_floors_change(search: Search, found: Found) -> str | None:
    """Steps that prove the goal after sums of floors were split where these change, or None."""
    if search.active:
        return None
    found = replace(found, steps=list(found.steps), rewrites=list(found.rewrites))
    before = len(found.steps)
    for total in closed_terms([found.sequent.goal], (Sum,)):
        if total.guard is None and isinstance(found.sequent.goal, Compare):
            for stair in stairs(total.body, total.index):
                split(search, found, total, stair)
    if len(found.steps) == before:
        return None
    step = search.arithmetic(found)
    return None if step is None else " ".join([*found.steps, step])


def stairs(node: Node, index: str) -> list[Floor]:
    """The floors in which the index of a sum stands above the line."""
    here = [node] if isinstance(node, Floor) and index in free(node.top) - free(node.bottom) else []
    return [*here, *(stair for part in parts(node) for stair in stairs(part, index))][:1]


def split(search: Search, found: Found, total: Sum, stair: Floor) -> None:
    """The sum over the numbers at which a floor is what it is at the first, and over those behind them."""
    index = total.index
    if index in found.sequent.scope:
        return
    atoms = Atoms()
    canonical = Canonical({**found.sequent.scope, index: INT}, atoms)
    ((place, _),) = canonical.term(Variable(index)).items()
    rest: Polynomial = dict(canonical.term(stair.top))
    if rest.pop(place, 0) != 1 or any(index in free(atoms.shown[a]) for m in rest for a, _ in m):
        return
    start = term_of(rest, atoms)
    first = Floor(Plus((start, total.low)), stair.bottom)
    search.describe(found, first)
    change = Plus((Times((stair.bottom, first)), stair.bottom, Times((MINUS_ONE, start))))
    label = search.law(found, "s", "sum_split", total, change, rewrite=True)
    halves = named(found.sequent, label) if label is not None else None
    if not isinstance(halves, Compare) or not isinstance(halves.right, Plus):
        return
    for half, value in zip(halves.right.terms, (first, Plus((first, ONE))), strict=True):
        if not isinstance(half, Sum):
            return
        body = put(half.body, stair, value)
        if search.law(found, "e", "sum_ext", half, body, rewrite=True) is None:
            return
        search.describe(found, replace(half, body=body))


def put(term: Term, old: Term, new: Term) -> Term:
    """The term with another one in place of a part of it."""

    def changed(node: Node) -> Node:
        return new if node == old else map_parts(node, changed)

    return as_term(changed(term))
