"""Search for sums over a part of a range: the bounds that a guard says, and ends that it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import scale
from symcnn.kernel.ranges import guard_of, with_index
from symcnn.kernel.substitution import fresh
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
from symcnn.search.choosing import ceiling, quotient
from symcnn.search.combining import term_of
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


def bounds_of_index(total: Sum, sequent: Sequent) -> tuple[list[Term], list[Term]]:
    """The lower and the upper ends of a range in which the guard of a sum may hold, by the guard's form.

    Both begin with those of the sum; both are empty where the guard says something else.
    """
    scope = {**sequent.scope, total.index: INT}
    atoms = Atoms()
    canonical = Canonical(scope, atoms)
    index = next(iter(canonical.term(Variable(total.index))))[0][0]
    lows: list[Term] = [total.low]
    highs: list[Term] = [total.high]
    guard = guard_of(total)
    for part in guard.parts if isinstance(guard, And) else (guard,):
        if not isinstance(part, Compare):
            return [], []
        if total.index not in free(part):
            # It holds everywhere, or the sum is not equal to one without it.
            continue
        value = canonical.difference(part.right, part.left)
        if part.relation == "<":
            value = {**value, UNIT: value.get(UNIT, 0) - 1}
        factor = {tuple((a, e) for a, e in m if a != index): c for m, c in value.items() if (index, 1) in m}
        rest = {m: c for m, c in value.items() if all(a != index for a, _ in m)}
        if not factor or len(factor) + len(rest) < len(value):
            return [], []
        up = all(c > 0 for c in factor.values())
        size = term_of({m: abs(c) for m, c in factor.items()}, atoms)
        if part.relation == "=" or up:
            # size*i + rest >= 0: i is at least the ceiling of -rest/size.
            least = ceiling(term_of(rest, atoms), size)
            lows.append(least)
            if part.relation == "=":
                highs.append(Plus((least, ONE)))
        else:
            highs.append(Plus((quotient(term_of(rest, atoms), size), ONE)))
    return lows, highs


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
        _describe_parts(search, found, label)
    return label


def place_of_equality(left: Term, right: Term, index: str, sequent: Sequent) -> Term | None:
    """Where two sizes are equal whose difference has the index by itself alone: 3 - n of i + n and 3."""
    scope = {**sequent.scope, index: INT}
    atoms = Atoms()
    canonical = Canonical(scope, atoms)
    rest = canonical.difference(left, right)
    factor = rest.pop(next(iter(canonical.term(Variable(index)))), 0)
    if abs(factor) != 1 or any(index in free(atoms.shown[atom]) for m in rest for atom, _ in m):
        return None
    return term_of(scale(rest, -factor), atoms)


def apart_at_a_hole(search: Search, found: Found, total: Sum) -> str | None:
    """The range is cut where a guard leaves out one place: ``i != k`` in 0..n leaves 0..k and k + 1..n."""
    for part in parts_of_guard(guard_of(total)):
        match part:
            case Not(Compare("=", left, right)) if total.index in free(part):
                place = place_of_equality(left, right, total.index, found.sequent)
                label = None if place is None else cut(search, found, total, place)
                if label is not None:
                    return label
            case _:
                pass
    return None


def apart_where_ends_meet(search: Search, found: Found, total: Sum) -> str | None:
    """The range is cut where another end bounds an inner sum: of j < i + w and j < n at i = n - w."""
    for place in meeting_places(total, found.sequent):
        label = cut(search, found, total, place)
        if label is not None:
            return label
    return None


def meeting_places(total: Sum, sequent: Sequent) -> list[Term]:
    """The values of the index at which two ends of the range of an inner sum are the same."""
    if total.guard is not None:
        return []
    index = fresh(total.index, {*sequent.scope, *free(total)})
    at = sequent.declaring(index, INT)
    places: list[Term | None] = []
    for inner in closed_terms([with_index(total, index).body], (Sum,)):
        if inner.guard is not None and is_of_bounds(inner.guard):
            for ends in bounds_of_index(inner, at):
                places += [place_of_equality(x, y, index, at) for x, y in combinations(ends, 2)]
    return [place for place in dict.fromkeys(places) if place is not None]


def cut(search: Search, found: Found, total: Sum, place: Term) -> str | None:
    """The range is cut in two at a place that is in it and is no end of it."""
    canonical = Canonical(found.sequent.scope, Atoms())
    if not all(canonical.difference(place, end) for end in (total.low, total.high)):
        return None
    label = search.law(found, "e", "sum_split", total, place, rewrite=True)
    if label is not None:
        _describe_parts(search, found, label)
    return label


def short_outside(search: Search, found: Found, total: Sum) -> str | None:
    """Two sums are exchanged where the inner one is short and its guard depends on the outer index.

    Term by term of the short one, the guard bounds the index of the long one.
    """
    inner = total.body
    if not isinstance(inner, Sum) or total.index not in free(guard_of(inner)):
        return None
    if search.is_short(total) or not search.is_short(inner):
        return None
    label = search.law(found, "e", "sum_exchange", total, rewrite=True)
    if label is not None:
        _describe_parts(search, found, label)
    return label


def _describe_parts(search: Search, found: Found, label: str) -> None:
    """Describe the sums and cases on the right side of an equation."""
    equation = found.sequent.facts[label]
    if isinstance(equation, Compare):
        for term in closed_terms([equation.right], (Sum, If)):
            search.describe(found, term)
