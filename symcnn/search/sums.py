"""Search for proofs of equations between sums over entries.

Both sides are brought to one normal form, and what is left of their difference is matched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.logic import Sequent
from symcnn.kernel.terms import (
    ONE,
    ZERO,
    Call,
    Compare,
    If,
    Node,
    Plus,
    Rejected,
    Sum,
    Term,
    Times,
    as_term,
    free,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.search.conversions import MINUS, Chain, Converted, Share, followed, proved, ring, times
from symcnn.search.equating import matched
from symcnn.search.facts import closed_terms, comparisons
from symcnn.search.floors import nodes_of, with_values
from symcnn.search.normal_sums import normal
from symcnn.search.renumbering import vanished

if TYPE_CHECKING:
    from symcnn.search.tactics import Search


def equal_sums(search: Search, sequent: Sequent, only_counts: bool = False) -> str | None:
    """Steps that prove an equation between sums over entries or, later, between sums that only count."""
    goal = sequent.goal
    if search.in_sums or not isinstance(goal, Compare) or goal.relation != "=":
        return None
    if only_counts == _sums_of_entries(goal):
        return None
    if only_counts and not any(isinstance(node, Sum) for node in nodes_of(goal)):
        return None
    chain = Chain(search, sequent, Atoms(), sizes=sizes_in(goal))
    search.in_sums = True
    try:
        sides = without_sums_in_bounds(chain, goal)
        left, right = (followed(side, normal(chain, side.term)) for side in sides)
        rest = matched(chain, chain.simple(Plus((left.term, Times((MINUS, right.term))))))
        if rest is None:
            return None
        shares = (*left.shares, *times(MINUS, right.shares), *rest)
        steps = " ".join([*chain.steps, ring(Converted(ZERO, shares))])
    except Rejected:
        return None
    finally:
        search.in_sums = False
    return steps if search.accepted(sequent, steps) else None


def by_empty_sums(search: Search, sequent: Sequent) -> str | None:
    """Steps that prove an inequality: otherwise the guard of a sum would never hold, and the sum be 0."""
    goal = sequent.goal
    if not isinstance(goal, Compare) or goal.relation == "=":
        return None
    spoken = closed_terms([fact for _, fact in comparisons(sequent)], (Sum,))
    guarded = [total for total in spoken if total.guard is not None]
    if not guarded:
        return None
    label = search.label(sequent, "d")
    denied = logic.deny(sequent, label)
    chain = Chain(search, denied, Atoms())
    for total in guarded:
        before = len(chain.steps)
        try:
            found = vanished(chain, total)
        except Rejected:
            # Its index may be a name here.
            del chain.steps[before:]
            continue
        if found is not None:
            name = chain.label("e")
            equation = Compare("=", total, found.term)
            chain.steps.append(f"have {name} : {write(equation)} {{ {ring(found)} }}")
            denied = denied.knowing(name, equation)
    step = proved(search, denied) if chain.steps else None
    return None if step is None else " ".join([f"deny {label}", *chain.steps, step])


def _sums_of_entries(node: Node) -> bool:
    """Whether an entry stands in a sum and reads its index."""
    waiting = [(node, frozenset[str]())]
    while waiting:
        here, bound = waiting.pop()
        if isinstance(here, Call) and bound & free(here):
            return True
        inner = bound | {here.index} if isinstance(here, Sum) else bound
        waiting.extend((part, inner) for part in parts(here))
    return False


def sums_in_bounds(node: Node) -> list[Sum]:
    """The sums in bounds of other sums, the inner ones first."""
    bounds = [b for total in nodes_of(node) if isinstance(total, Sum) for b in (total.low, total.high)]
    return closed_terms(bounds, (Sum,))


def without_sums_in_bounds(chain: Chain, goal: Compare) -> list[Converted]:
    """Both sides with values in place of the sums in bounds."""
    values: dict[Node, Term] = {}
    labels: list[str] = []
    for total in sums_in_bounds(goal):
        if free(total) <= set(chain.sequent.scope):
            found = normal(chain, total)
            label = chain.label("e")
            equation = Compare("=", total, found.term)
            chain.steps.append(f"have {label} : {write(equation)} {{ {ring(found)} }}")
            values[total] = found.term
            labels.append(label)
    out: list[Converted] = []
    for side in (goal.left, goal.right):
        new = as_term(with_values(side, values))
        shares: tuple[Share, ...] = ()
        if new != side:
            label = chain.label("e")
            equal = write(Compare("=", side, new))
            chain.steps.append(f"have {label} : {equal} {{ {ring(Converted(new, (), tuple(labels)))} }}")
            shares = ((label, ONE),)
        out.append(Converted(new, shares))
    return out


def sizes_in(node: Node) -> frozenset[str]:
    """The names in the bounds of sums that are no cases themselves."""
    out: set[str] = set()
    for total in nodes_of(node):
        if isinstance(total, Sum):
            for bound in (total.low, total.high):
                if not any(isinstance(inner, If) for inner in nodes_of(bound)):
                    out |= free(bound)
    return frozenset(out)
