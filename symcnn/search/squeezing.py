"""Search for proofs in which the bounds of a whole number meet, at once or where the goal is denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.terms import FALSE, INT, Compare, Rejected, Variable, free, number
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic
from symcnn.search.facts import Found, comparisons

if TYPE_CHECKING:
    from symcnn.search.tactics import Search


def squeezed(search: Search, found: Found) -> str | None:
    """Steps that put the value of a variable into what is to be proved, or None."""
    goal = found.sequent.goal
    if goal != FALSE and not isinstance(goal, Compare):
        return None
    if goal == FALSE or (isinstance(goal, Compare) and goal.relation == "="):
        return _with_values(search, found)
    label = search.label(found.sequent, "d")
    denied = Found(logic.deny(found.sequent, label), [], list(found.rewrites))
    steps = _with_values(search, denied)
    return None if steps is None else f"deny {label} {steps}"


def _with_values(search: Search, found: Found) -> str | None:
    attempt = Found(found.sequent, [], list(found.rewrites))
    for name, value in values(found.sequent):
        equation = Compare("=", Variable(name), number(value))
        if equation not in attempt.sequent.facts.values() and _put(search, attempt, equation):
            continue
    if not attempt.steps:
        return None
    for level in (0, 1):
        step = Arithmetic(attempt.sequent, Atoms(), attempt.rewrites, level, level, search.check_time).step()
        if step is not None and search.accepted(attempt.sequent, step):
            return " ".join([*attempt.steps, step])
    return None


def _put(search: Search, found: Found, equation: Compare) -> bool:
    """Add that a variable has this value, as a rewrite."""
    blocks: list[str] = []
    for left, right in ((equation.left, equation.right), (equation.right, equation.left)):
        inner = found.sequent.showing(Compare("<=", left, right))
        step = Arithmetic(inner, Atoms(), found.rewrites, 0, 0, search.check_time).step()
        if step is None or not search.accepted(inner, step):
            return False
        blocks.append(f"{{ {step} }}")
    label = search.label(found.sequent, "e")
    sides = f"{write(equation.left)}, {write(equation.right)}"
    found.steps.append(f"law {label} : antisymmetry {sides} {' '.join(blocks)}")
    found.sequent = found.sequent.knowing(label, equation)
    search.rewrite(found, label)
    return True


def values(sequent: Sequent) -> list[tuple[str, int]]:
    """Whole numbers whose least and greatest value are the same, with that value."""
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    for _, fact in comparisons(sequent):
        names = free(fact)
        if len(names) != 1 or fact.relation == "=":
            continue
        (name,) = names
        if sequent.scope.get(name) != INT:
            continue
        try:
            atoms = Atoms()
            value = Canonical(sequent.scope, atoms).difference(fact.right, fact.left)
        except Rejected:
            continue
        factor = next((c for m, c in value.items() if m != UNIT), 0)
        if len(value.keys() - {UNIT}) != 1 or factor not in (1, -1) or atoms.shown != [Variable(name)]:
            continue
        rest = int(value.get(UNIT, 0)) - (1 if fact.relation == "<" else 0)
        if factor == 1:
            low[name] = max(low.get(name, -rest), -rest)
        else:
            high[name] = min(high.get(name, rest), rest)
    return [(name, value) for name, value in low.items() if high.get(name) == value]
