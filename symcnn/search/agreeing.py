"""Search for sums that agree term by term, where a fact says what an entry is under a condition.

Each term is looked at in both cases of such a condition: where it holds, the entry is rewritten, and where it
does not hold, the index is a certain number, or the goal follows otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.ranges import with_index
from symcnn.kernel.substitution import formula_with
from symcnn.kernel.terms import Compare, ForAll, Formula, Implies, Rejected, Sum, Variable, free
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic
from symcnn.search.enriching import same_range
from symcnn.search.facts import Found, closed_terms, named
from symcnn.search.rules import Rewriting

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

MAX_PAIRS = 4
MAX_CASES = 2


def agreeing(search: Search, found: Found, goal: Compare) -> bool:
    """Rewrite sums on the left by sums on the right whose terms are the same; whether any was."""
    left, right = closed_terms([goal.left], (Sum,)), closed_terms([goal.right], (Sum,))
    pairs = [(one, other) for one in left for other in right if one not in right and other not in left]
    done: set[Sum] = set()
    for one, other in pairs[:MAX_PAIRS]:
        search.check_time()
        if one not in done and _agree(search, found, one, other):
            done.add(one)
    return bool(done)


def _agree(search: Search, found: Found, one: Sum, other: Sum) -> bool:
    try:
        one = with_index(one, search.name(found.sequent, one.index))
        there = same_range(one, other)
        if there is None or there == one.body:
            return False
        law = LAWS["sum_ext"][0](one, there)
    except Rejected:
        return False
    proof = by_cases(search, found.sequent.showing(law.premises[0]), MAX_CASES)
    if proof is None:
        return False
    label = search.label(found.sequent, "e")
    found.steps.append(f"law {label} : sum_ext {write(one)}, {write(there)} {{ {proof} }}")
    found.sequent = found.sequent.knowing(label, law.conclusion)
    search.rewrite(found, label)
    return True


def by_cases(search: Search, sequent: Sequent, cases: int) -> str | None:
    """A comparison by rewriting, in the cases of the conditions under which entries can be rewritten."""
    match sequent.goal:
        case ForAll():
            step, inner = search.taken(sequent)
        case Implies():
            label = search.label(sequent)
            step, inner = f"suppose {label}", logic.suppose(sequent, label)
        case _:
            return _in_both(search, sequent, cases)
    rest = by_cases(search, inner, cases)
    return None if rest is None else f"{step} {rest}"


def _in_both(search: Search, sequent: Sequent, cases: int) -> str | None:
    found = Found(sequent, [], search.rewrites(sequent))
    search.rewrite_variables(found)
    rewriting = Rewriting(search, found)
    rewriting.formula(_with_values(found, sequent.goal))
    for level in (0, 1):
        step = Arithmetic(found.sequent, Atoms(), found.rewrites, level, level, search.check_time).step()
        if step is not None and search.accepted(found.sequent, step):
            return " ".join([*found.steps, step])
    if cases <= 0:
        return None
    for condition in dict.fromkeys(rewriting.open):
        if not free(condition) <= sequent.scope.keys():
            continue
        label = search.label(sequent)
        blocks: list[str] = []
        for case in logic.decide(sequent, condition, label):
            block = _in_both(search, case, cases - 1)
            if block is None:
                break
            blocks.append(f"{{ {block} }}")
        else:
            return " ".join([f"decide {write(condition)} as {label}", *blocks])
    return None


def _with_values(found: Found, goal: Formula) -> Formula:
    """The goal with the values of variables that are known."""
    for name in reversed(found.rewrites):
        match named(found.sequent, name):
            case Compare("=", Variable(x), right) if x in free(goal):
                goal = formula_with(goal, {x: right})
            case _:
                pass
    return goal
