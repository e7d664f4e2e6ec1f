"""Search for proofs that take nested sums in another order: both sides of an equation then have the same.

A nest of sums on the left is exchanged, neighbour by neighbour, until it is one that stands on the right.
Each exchange is a law of the kernel; within an outer sum it is one for each of its terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.ranges import in_range
from symcnn.kernel.substitution import fresh, term_with
from symcnn.kernel.terms import INT, Compare, Node, Rejected, Sum, Term, Variable, parts
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

MAX_RANGES = 5


def reordered(search: Search, sequent: Sequent) -> str | None:
    """Steps that prove an equation between sums that differ in the order of their ranges, or None."""
    goal = sequent.goal
    if not isinstance(goal, Compare) or goal.relation != "=":
        return None
    atoms = Atoms()
    canonical = Canonical(sequent.scope, atoms)
    try:
        wanted = {_frozen(canonical, total) for total in outermost(goal.right) if ranges(total) > 1}
        steps: list[str] = []
        for total in outermost(goal.left):
            if not wanted or ranges(total) < 2 or _frozen(canonical, total) in wanted:
                continue
            found = _exchanges(search, sequent, canonical, total, wanted)
            if found is None:
                continue
            steps += found.steps
            sequent = found.sequent
        if not steps:
            return None
        last = Arithmetic(sequent, Atoms(), (), max_level=1, check_time=search.check_time).step()
    except Rejected:
        return None
    return " ".join([*steps, last]) if last is not None and search.accepted(sequent, last) else None


def outermost(term: Term) -> list[Sum]:
    """The sums in a term that stand in no other sum, each once."""
    out: dict[Sum, None] = {}
    waiting: list[Node] = [term]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Sum):
            out.setdefault(here)
        else:
            waiting.extend(parts(here))
    return list(out)


def ranges(total: Term) -> int:
    """How many sums stand directly in one another."""
    count = 0
    while isinstance(total, Sum):
        count, total = count + 1, total.body
    return count


def _frozen(canonical: Canonical, term: Term) -> frozenset[object]:
    return frozenset(canonical.term(term).items())


@dataclass(frozen=True)
class _Exchanged:
    """The steps so far, what is known after them, and the nest that was arrived at."""

    sequent: Sequent
    steps: tuple[str, ...]
    total: Sum


def _exchanges(
    search: Search,
    sequent: Sequent,
    canonical: Canonical,
    total: Sum,
    wanted: set[frozenset[object]],
) -> _Exchanged | None:
    """Exchanges that make of a nest one that is wanted."""
    count = ranges(total)
    if count > MAX_RANGES:
        return None
    for order in permutations(range(count)):
        search.check_time()
        moves = list(swaps(order))
        try:
            end: Term = total
            for depth in moves:
                end = _law(sequent, end, depth)
        except Rejected:
            continue
        if moves and _frozen(canonical, end) in wanted:
            return _taken(search, sequent, total, moves)
    return None


def swaps(order: Sequence[int]) -> Iterator[int]:
    """Places whose neighbours are exchanged, one after the other, to bring 0, 1, ... into this order.

    >>> list(swaps([2, 0, 1]))
    [1, 0]
    """
    here = list(range(len(order)))
    for place, wanted in enumerate(order):
        for k in range(here.index(wanted), place, -1):
            here[k - 1], here[k] = here[k], here[k - 1]
            yield k - 1


def _law(sequent: Sequent, total: Term, depth: int) -> Sum:
    """The nest after an exchange at this depth; the names of outer indices are made new ones."""
    if not isinstance(total, Sum):
        raise Rejected("there is no sum to exchange")
    if depth == 0:
        return _right(LAWS["sum_exchange"][0](total).conclusion)
    total = _renamed(sequent, total)
    body = _law(sequent.declaring(total.index, INT), total.body, depth - 1)
    return Sum(total.index, total.low, total.high, total.guard, body)


def _right(conclusion: Node) -> Sum:
    if isinstance(conclusion, Compare) and isinstance(conclusion.right, Sum):
        return conclusion.right
    raise Rejected("the exchange leaves no sum")


def _renamed(sequent: Sequent, total: Sum) -> Sum:
    """The sum with an index that nothing else is called."""
    index = fresh(total.index, {*sequent.scope})
    if index == total.index or total.guard is not None:
        return total
    return Sum(index, total.low, total.high, None, term_with(total.body, {total.index: Variable(index)}))


def _taken(search: Search, sequent: Sequent, total: Sum, moves: Sequence[int]) -> _Exchanged | None:
    """The exchanges as steps, each an equation of the nests before and after it."""
    steps: list[str] = []
    here = total
    for depth in moves:
        text, label, known = _step(search, sequent, here, depth)
        steps.append(text)
        sequent = sequent.knowing(label, known)
        here = _right(known)
    return _Exchanged(sequent, tuple(steps), here)


def _step(search: Search, sequent: Sequent, total: Term, depth: int) -> tuple[str, str, Compare]:
    """One exchange: its steps, the label of the equation, and the equation."""
    if not isinstance(total, Sum):
        raise Rejected("there is no sum to exchange")
    label = search.label(sequent, "e")
    if depth == 0:
        known = LAWS["sum_exchange"][0](total).conclusion
        text = f"law {label} : sum_exchange {write(total)}"
    else:
        total = _renamed(sequent, total)
        inside = search.label(sequent, "r")
        inner = sequent.declaring(total.index, INT).knowing(inside, in_range(total))
        steps, name, equation = _step(search, inner, total.body, depth - 1)
        known = LAWS["sum_ext"][0](total, equation.right).conclusion
        proof = f"take {total.index} suppose {inside} {steps} exactly {name}"
        text = f"law {label} : sum_ext {write(total)}, {write(equation.right)} {{ {proof} }}"
    if not isinstance(known, Compare):
        raise Rejected("an exchange is an equation")
    return text, label, known
