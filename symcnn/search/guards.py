"""Search for sums over all points of a range but one: its end is left out, or taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.ranges import guard_of
from symcnn.kernel.terms import (
    INT,
    ONE,
    And,
    Compare,
    Formula,
    If,
    Max,
    Node,
    Not,
    Number,
    Or,
    Plus,
    Rejected,
    Sum,
    Term,
    Variable,
    free,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.search.facts import closed_terms, relevant, subterms

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_CASES = 3
MAX_POINTS = 5000


def parts_of_guard(guard: Formula) -> Iterator[Formula]:
    """What an "and" and an "or" are made of."""
    if isinstance(guard, And | Or):
        for part in guard.parts:
            yield from parts_of_guard(part)
    else:
        yield guard


def is_of_bounds(guard: Formula) -> bool:
    """Whether a guard is made of comparisons that hold together."""
    return all(isinstance(part, Compare) for part in (guard.parts if isinstance(guard, And) else (guard,)))


def without_an_end(search: Search, found: Found, total: Sum) -> Sum | None:
    """The sum without its guard, over its range or the range without an end of it; equal by a rewrite."""
    i = Variable(total.index)
    for low, high in _candidates(total, found.sequent):
        plain = Sum(total.index, low, high, None, total.body)
        law = LAWS["sum_reindex"][0](total, plain, i, i)
        blocks: list[str] = []
        for premise in law.premises:
            with search.quickly():
                proof = search.prove(relevant(found.sequent.showing(premise)), MAX_CASES)
            if proof is None:
                break
            blocks.append(f"{{ {proof} }}")
        else:
            label = search.label(found.sequent, "e")
            found.sequent = found.sequent.knowing(label, law.conclusion)
            arguments = ", ".join(write(term) for term in (total, plain, i, i))
            found.steps.append(" ".join([f"law {label} : sum_reindex {arguments}", *blocks]))
            search.rewrite(found, label)
            return plain
    return None


def _candidates(total: Sum, sequent: Sequent) -> Iterator[tuple[Term, Term]]:
    """The range of a sum, and the range without an end of it that the guard leaves out."""
    last = Plus((total.high, Number(-1)))
    for part in parts_of_guard(guard_of(total)):
        if isinstance(part, Not) and _is_at(part.inner, total.index, total.low, sequent):
            yield Plus((total.low, ONE)), total.high
        if isinstance(part, Not) and _is_at(part.inner, total.index, last, sequent):
            yield total.low, last
    yield total.low, total.high


def _is_at(formula: Formula, index: str, place: Term, sequent: Sequent) -> bool:
    """Whether a formula says that the index is at a place."""
    if not isinstance(formula, Compare) or formula.relation != "=" or index not in free(formula):
        return False
    scope = {**sequent.scope, index: INT}
    if not free(formula) | free(place) <= scope.keys():
        return False
    try:
        canonical = Canonical(scope, Atoms())
        return canonical.formula(formula) == canonical.formula(Compare("=", Variable(index), place))
    except Rejected:
        return False


def counted(search: Search, found: Found, total: Sum) -> str | None:
    """A sum of numbers over not too many points, some of which a guard leaves out, is computed."""
    guarded = any(isinstance(inner, Sum) and inner.guard is not None for inner in subterms(total))
    if free(total) or not guarded or _points(total) > MAX_POINTS:
        return None
    equation = Compare("=", total, Number(Evaluator({}).value(total)))
    label = search.label(found.sequent, "e")
    found.sequent = found.sequent.knowing(label, equation)
    found.steps.append(f"have {label} : {write(equation)} {{ compute }}")
    search.rewrite(found, label)
    return label


def _points(node: Node) -> int:
    """How many points the sums and maxima in a node have, at least one; many where a bound is no number."""
    inside = sum(_points(part) for part in parts(node)) if parts(node) else 1
    if not isinstance(node, Sum | Max):
        return max(1, inside)
    if not isinstance(node.low, Number) or not isinstance(node.high, Number):
        return MAX_POINTS + 1
    return max(1, int(node.high.value - node.low.value)) * inside


def first_apart(search: Search, found: Found, total: Sum) -> str | None:
    """The first term of a sum is taken out where a guard inside leaves it out or is about it alone."""
    if total.guard is not None:
        return None
    guards = [guard_of(inner) for inner in subterms(total.body) if isinstance(inner, Sum)]
    conditions = [part for guard in guards for part in parts_of_guard(guard)]
    equal = [part.inner if isinstance(part, Not) else part for part in conditions]
    if not any(_is_at(part, total.index, total.low, found.sequent) for part in equal):
        return None
    label = search.law(found, "e", "sum_first", total, rewrite=True)
    if label is not None:
        equation = found.sequent.facts[label]
        if isinstance(equation, Compare):
            for term in closed_terms([equation.right], (Sum, If)):
                search.describe(found, term)
    return label
