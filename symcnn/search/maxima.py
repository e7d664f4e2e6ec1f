"""Search for proofs about maxima: what is to be small is one of its entries, what is to be large is at least
each of its own.

On the side that has to be small a maximum is attained: it is its entry at an index that is given a name. On
the other side it is at least its entry at the index that reads the same place; in a maximum of maxima that is
one index for each of them, and where strides leave a choice, the largest that the ranges allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import Polynomial, add, constant
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import (
    INT,
    ONE,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    If,
    Max,
    Number,
    Plus,
    Rejected,
    Sum,
    Term,
    Unreadable,
    Variable,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, term_of
from symcnn.search.enriching import single_terms
from symcnn.search.facts import closed_terms, comparisons, facts_of, relevant
from symcnn.search.matching import entries
from symcnn.search.termwise import at_most_maxima, replaced, sums_of_sign

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_ATTAINED = 8
MAX_PLACES = 4
MAX_BOUNDS = 3
MAX_CASES = 3

# For entries of a maximum and those spoken of: the indices at which the one is the other.
Seen = dict[tuple[Call, Call], tuple[Term, ...] | None]


def compared_by_maxima(search: Search, found: Found) -> str | None:
    """Steps that prove a comparison with maxima in it, or None."""
    goal = found.sequent.goal
    if search.with_maxima or not isinstance(goal, Compare) or not closed_terms([goal], (Max,)):
        return None
    if not search.is_of_numbers(goal, found.sequent):
        return None
    search.with_maxima = True
    try:
        return _compared(search, found, goal)
    finally:
        search.with_maxima = False


def _compared(search: Search, found: Found, goal: Compare) -> str | None:
    """An inequality, or an equation as two of them."""
    if goal.relation != "=":
        return _ordered(search, found)
    blocks: list[str] = []
    for left, right in ((goal.left, goal.right), (goal.right, goal.left)):
        side = found.sequent.showing(Compare("<=", left, right))
        steps = _ordered(search, replace(found, sequent=side, steps=[], rewrites=[]))
        if steps is None:
            return None
        blocks.append(f"{{ {steps} }}")
    label = search.label(found.sequent, "e")
    law = f"law {label} : antisymmetry {write(goal.left)}, {write(goal.right)}"
    return " ".join([law, *blocks, f"exactly {label}"])


def _ordered(search: Search, found: Found) -> str | None:
    """Steps that prove ``a <= b`` or ``a < b``."""
    goal = _attained(search, found)
    if goal is None:
        return None
    _bounded(search, found, goal)
    if closed_terms([goal], (Sum,)):
        search.with_maxima = False
        at_most_maxima(search, found)
        search.with_maxima = True
    # Large products are not needed once the entries are there.
    with search.quickly():
        step = _last(search, found, goal)
    return None if step is None else " ".join([*found.steps, step])


def _last(search: Search, found: Found, goal: Compare) -> str | None:
    """A step that proves the goal from the bounds of maxima."""
    step = _simple(search, found)
    if step is None and closed_terms([goal], (If,)):
        step = _by_branches(search, found, goal)
    if step is None and sums_of_sign(goal, found.sequent, 1):
        single_terms(search, found)
        step = _simple(search, found)
    return search.prove(found.sequent, 2) if step is None else step


def _by_branches(search: Search, found: Found, goal: Compare) -> str | None:
    """Both branches of each case that has to be small; a case that is the larger of two is at least both."""
    atoms = Atoms()
    value = Canonical(found.sequent.scope, atoms).difference(goal.right, goal.left)
    shown = [atoms.shown[atom] for monomial, c in value.items() if c < 0 for atom, _ in monomial]
    small = closed_terms(shown, (If,))[:MAX_CASES]
    for term in closed_terms([goal, *(fact for _, fact in comparisons(found.sequent))], (If,)):
        if term in small:
            continue
        for branch in (term.then, term.otherwise):
            bound = Compare("<=", branch, term)
            proof = search.split_cases(replace(found.sequent, facts={}, goal=bound), 1)
            if proof is not None:
                label = search.label(found.sequent, "b")
                found.sequent = found.sequent.knowing(label, bound)
                found.steps.append(f"have {label} : {write(bound)} {{ {proof} }}")
    return _decided(search, found, small)


def _decided(search: Search, found: Found, cases: Sequence[If]) -> str | None:
    """Arithmetic for each branch of cases."""
    if not cases:
        return _simple(search, found)
    term, *rest = cases
    label = search.label(found.sequent, "c")
    blocks: list[str] = []
    decided = logic.decide(found.sequent, term.condition, label)
    for sequent, law in zip(decided, ("if_true", "if_false"), strict=True):
        inner = replace(found, sequent=sequent, steps=[], rewrites=list(found.rewrites))
        if search.law(inner, "e", law, term, rewrite=True) is None:
            return None
        step = _decided(search, inner, rest)
        if step is None:
            return None
        blocks.append(f"{{ {' '.join([*inner.steps, step])} }}")
    return " ".join([f"decide {write(term.condition)} as {label}", *blocks])


def _simple(search: Search, found: Found) -> str | None:
    """A step of arithmetic that adds up facts."""
    step = Arithmetic(found.sequent, Atoms(), found.rewrites, 0, 1, search.check_time).step()
    return step if step is not None and search.accepted(found.sequent, step) else None


# -- maxima that have to be small --------------------------------------------------------------------------


def _attained(search: Search, found: Found) -> Compare | None:
    """The goal with an entry in place of each maximum that has to be small; None if one may be empty."""
    goal = found.sequent.goal
    if not isinstance(goal, Compare):
        return None
    for _ in range(MAX_ATTAINED):
        largest = next(_to_be_small(goal, found.sequent), None)
        if largest is None:
            return goal
        label = search.law(found, "m", "max_attained", largest)
        opened = None if label is None else search.opened(found.sequent, label)
        if opened is None:
            return None
        found.sequent = opened.sequent
        found.steps += opened.steps
        label, known = facts_of(found.sequent)[-1]
        if not isinstance(known, Compare) or not search.rewrite(found, label):
            return None
        goal = Compare(
            goal.relation,
            replaced(goal.left, known.left, known.right),
            replaced(goal.right, known.left, known.right),
        )
    return None


def _to_be_small(goal: Compare, sequent: Sequent) -> Iterator[Max]:
    """The maxima in what is subtracted in ``right - left``, the outer ones first."""
    atoms = Atoms()
    value = Canonical(sequent.scope, atoms).difference(goal.right, goal.left)
    for monomial, coefficient in value.items():
        if coefficient < 0:
            for atom, _ in monomial:
                yield from reversed(closed_terms([atoms.shown[atom]], (Max,)))


# -- maxima that have to be large --------------------------------------------------------------------------


def _bounded(search: Search, found: Found, goal: Compare) -> None:
    """Each maximum that is left in the goal is at least the entries that are spoken of."""
    seen: dict[Max, Seen] = {largest: {} for largest in closed_terms([goal], (Max,))}
    # The entries of one maximum may be spoken of by the bound of another one.
    for _ in seen:
        before = len(found.sequent.facts)
        known = [fact for _, fact in comparisons(found.sequent)]
        targets = list(dict.fromkeys([*closed_terms([goal], (Call,)), *closed_terms(known, (Call,))]))
        for largest, places in seen.items():
            _bounded_at(search, found, largest, targets, places)
        if len(found.sequent.facts) == before:
            break
    for largest, places in seen.items():
        if not any(places.values()):
            for place in (largest.low, Plus((largest.high, Number(-1)))):
                _at_least(search, found, (largest,), (place,))


def _bounded_at(search: Search, found: Found, largest: Max, targets: Sequence[Call], seen: Seen) -> None:
    """A maximum is at least each of some entries that is one of its own."""
    for binders, entry in entries(largest, {*found.sequent.scope}):
        for target in targets:
            search.check_time()
            if (entry, target) in seen or len({*filter(None, seen.values())}) >= MAX_PLACES:
                continue
            places = _places(search, found, binders, entry, target)
            new = places is not None and places not in seen.values()
            seen[entry, target] = places
            if places is not None and new:
                _at_least(search, found, binders, places)


def _at_least(search: Search, found: Found, binders: Sequence[Max], places: Sequence[Term]) -> None:
    """A maximum is at least the one in it at a place, and so on down to an entry."""
    values: dict[str, Term] = {}
    for binder, place in zip(binders, places, strict=True):
        largest = term_with(binder, values)
        values[binder.index] = place
        law = LAWS["max_bound"][0](largest, place)
        proof = search.prove(relevant(found.sequent.showing(law.premises[0])), 0)
        if proof is None:
            return
        if law.conclusion in found.sequent.facts.values():
            continue
        label = search.label(found.sequent, "b")
        found.sequent = found.sequent.knowing(label, law.conclusion)
        found.steps.append(f"law {label} : max_bound {write(largest)}, {write(place)} {{ {proof} }}")


# -- the places of an entry --------------------------------------------------------------------------------


def _places(
    search: Search, found: Found, binders: Sequence[Max], entry: Call, target: Call
) -> tuple[Term, ...] | None:
    """Values of the indices of maxima for which an entry is the target; a fact may be added about them."""
    if entry.name != target.name:
        return None
    names = [binder.index for binder in binders]
    values = _solved(entry, target, names, found.sequent)
    if values is None:
        return None
    for name in names:
        if name not in values:
            value = _chosen(search, found, binders, values, name)
            if value is None:
                return None
            values = {other: term_with(term, {name: value}) for other, term in values.items()}
            values[name] = value
    return tuple(values[name] for name in names)


def _solved(entry: Call, target: Call, names: Sequence[str], sequent: Sequent) -> dict[str, Term] | None:
    """Values of some names, in terms of the others, for which an entry is the target."""
    values: dict[str, Term] = {}
    for argument, wanted in zip(entry.arguments, target.arguments, strict=True):
        atoms = Atoms()
        canonical = Canonical({**sequent.scope, **dict.fromkeys(names, INT)}, atoms)
        try:
            between = canonical.difference(term_with(argument, values), wanted)
        except (Rejected, Unreadable, KeyError):
            return None
        if not between:
            continue
        # The innermost index that is added as it is, and not a multiple of it.
        for name in reversed(names):
            cut = _linear(between, name, canonical)
            if cut is not None and cut[0] in ({(): 1}, {(): -1}):
                sign = -cut[0][()]
                value = term_of({m: c * sign for m, c in cut[1].items()}, atoms)
                values = {other: term_with(term, {name: value}) for other, term in values.items()}
                values[name] = value
                break
        else:
            return None
    return values


def _linear(value: Polynomial, name: str, canonical: Canonical) -> tuple[Polynomial, Polynomial] | None:
    """The factor of a name and what is left, if it stands in a polynomial only as itself."""
    ((((atom, _),), _),) = canonical.term(Variable(name)).items()
    factor: Polynomial = {}
    rest: Polynomial = {}
    for monomial, coefficient in value.items():
        exponents = dict(monomial)
        if exponents.get(atom, 0) > 1 or any(
            other != atom and name in free(canonical.atoms.shown[other]) for other in exponents
        ):
            return None
        if atom in exponents:
            factor[tuple(pair for pair in monomial if pair[0] != atom)] = coefficient
        else:
            rest[monomial] = coefficient
    return (factor, rest) if factor else None


def _chosen(
    search: Search, found: Found, binders: Sequence[Max], values: Mapping[str, Term], name: str
) -> Term | None:
    """The largest value of an index that all ranges allow, under a name of its own."""
    others = [binder for binder in binders if binder.index not in {name, *values}]
    wanted: list[Compare] = []
    for binder in binders:
        place = values.get(binder.index, Variable(binder.index))
        low, high = term_with(binder.low, values), term_with(binder.high, values)
        for limit in (Compare("<=", low, place), Compare("<", place, high)):
            possible = _with_room(limit, others, values, found.sequent, {name})
            if possible is not None and name in free(possible):
                wanted.append(possible)
    sequent = found.sequent
    highest = list(_highest(wanted, name, sequent))[:MAX_BOUNDS]
    if not highest:
        return None
    goal = Exists(name, INT, And(tuple(wanted)))
    proof = _least_of(search, relevant(sequent.showing(goal)), name, highest)
    if proof is None:
        return None
    label = search.label(sequent, "w")
    opened = search.opened(sequent.knowing(label, goal), label)
    if opened is None:
        return None
    found.sequent = opened.sequent
    found.steps += [f"have {label} : {write(goal)} {{ {proof} }}", *opened.steps]
    return Variable([*opened.sequent.scope][-1])


def _with_room(
    limit: Compare, others: Sequence[Max], values: Mapping[str, Term], sequent: Sequent, names: set[str]
) -> Compare | None:
    """A limit, with those ends of their ranges for the other indices in it that leave most room."""
    indices = {*names, *(other.index for other in others)}
    for other in reversed(others):
        if other.index not in free(limit):
            continue
        canonical = Canonical({**sequent.scope, **dict.fromkeys(indices, INT)}, Atoms())
        cut = _linear(canonical.difference(limit.right, limit.left), other.index, canonical)
        if cut is None:
            return None
        if all(coefficient < 0 for coefficient in cut[0].values()):
            end = other.low
        elif all(coefficient > 0 for coefficient in cut[0].values()):
            end = Plus((other.high, Number(-1)))
        else:
            return None
        at_end = {other.index: term_with(end, values)}
        limit = Compare(limit.relation, term_with(limit.left, at_end), term_with(limit.right, at_end))
    return limit


def _highest(limits: Sequence[Compare], name: str, sequent: Sequent) -> Iterator[Term]:
    """The largest values of a name that inequalities allow, each of them by itself."""
    for limit in limits:
        atoms = Atoms()
        canonical = Canonical({**sequent.scope, name: INT}, atoms)
        value = canonical.difference(limit.right, limit.left)
        if limit.relation == "<":
            value = add(value, constant(-1))
        cut = _linear(value, name, canonical)
        if cut is not None and all(coefficient < 0 for coefficient in cut[0].values()):
            size = term_of({m: -c for m, c in cut[0].items()}, atoms)
            rest = term_of(cut[1], atoms)
            yield rest if size == ONE else Floor(rest, size)


def _least_of(search: Search, sequent: Sequent, name: str, values: Sequence[Term]) -> str | None:
    """Steps that give the least of several values for what is to exist."""
    if len(values) == 1:
        found = search.prove(logic.witness(sequent, name, values[0]), 0)
        return None if found is None else f"witness {name} = {write(values[0])} {found}"
    first, second, *rest = values
    less = Compare("<=", first, second)
    label = search.label(sequent, "c")
    blocks: list[str] = []
    for goal, least in zip(logic.decide(sequent, less, label), (first, second), strict=True):
        found = _least_of(search, goal, name, [least, *rest])
        if found is None:
            return None
        blocks.append(f"{{ {found} }}")
    return " ".join([f"decide {write(less)} as {label}", *blocks])
