"""Cases of a whole number that was obtained: it is at a bound of its own, or beyond it.

Arithmetic with products knows whole numbers only as real ones; what holds at m = 0 and from m = 1 on need not
hold between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.logic import Sequent
from symcnn.kernel.terms import INT, Compare, Number, Variable
from symcnn.kernel.writing import write
from symcnn.search.combining import LEVELS
from symcnn.search.facts import comparisons

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_NAMES = 3


def branched(search: Search, found: Found, before: Sequent) -> str | None:
    """``decide m <= a`` for an obtained name that is at least the number a, and both cases."""
    sequent = found.sequent
    obtained = [name for name, sort in sequent.scope.items() if sort == INT and name not in before.scope]
    for name in reversed(obtained[-MAX_NAMES:]):
        for _, fact in comparisons(sequent):
            match fact:
                case Compare("<=", Number() as low, Variable(other)) if other == name:
                    at_bound = Compare("<=", Variable(name), low)
                    label = search.label(sequent, "b")
                    goals = logic.decide(sequent, at_bound, label)
                    blocks = blocks_of(search, goals)
                    if blocks is not None:
                        return " ".join([*found.steps, f"decide {write(at_bound)} as {label}", *blocks])
                case _:
                    pass
    return None


def blocks_of(search: Search, goals: Sequence[Sequent]) -> list[str] | None:
    """What arithmetic says to each of several goals."""
    blocks: list[str] = []
    for goal in goals:
        described = search.described(goal)
        step = search.arithmetic(described, LEVELS)
        if step is None:
            return None
        blocks.append(" ".join(["{", *described.steps, step, "}"]))
    return blocks
