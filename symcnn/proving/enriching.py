"""More facts where arithmetic on those at hand has failed: instances of "for all", maxima, parts of sums.

Each function adds what the kernel accepts to what was found so far; whether it helps is not known before
arithmetic has tried again. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import Polynomial, add, scale
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import formula_with, term_with
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ONE,
    RING,
    Call,
    Compare,
    ForAll,
    Formula,
    Function,
    Implies,
    Max,
    Node,
    Number,
    Plus,
    Rejected,
    Sort,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    free,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.proving.combining import term_of
from symcnn.proving.facts import closed_terms, comparisons, paths

if TYPE_CHECKING:
    from symcnn.proving.tactics import Found, Search

MAX_INSTANCES = 16
MAX_PARTS = 8
MAX_PAIRS = 6
NAMES = 4


def enrich(search: Search, found: Found) -> bool:
    """Add what may help; whether anything was added."""
    before = len(found.sequent.facts)
    adders: tuple[Callable[[Search, Found], None], ...] = (maxima, instances, sums)
    for adder in adders:
        try:
            adder(search, found)
        except (Rejected, Unreadable):
            # Too large to be looked at; what was added before stays.
            continue
    return len(found.sequent.facts) > before


def spoken_of(sequent: Sequent) -> list[Node]:
    """The goal and the comparisons among the facts."""
    return [sequent.goal, *(fact for _, fact in comparisons(sequent))]


# -- maxima ------------------------------------------------------------------------------------------------


def maxima(search: Search, found: Found) -> None:
    """A maximum is at least its first and last entry and those spoken of, and it is one of its entries."""
    for term in closed_terms(spoken_of(found.sequent), (Max,)):
        places = [term.low, Plus((term.high, Number(-1)))]
        for call in closed_terms(spoken_of(found.sequent), (Call,)):
            for pattern in calls(term.body):
                values = matched(pattern, call, {term.index: INT}, found.sequent.scope)
                places += [] if values is None else [values[term.index]]
        for place in list(dict.fromkeys(places))[:NAMES]:
            search.law(found, "m", "max_bound", term, place)
        label = search.law(found, "m", "max_attained", term)
        if label is not None:
            opened = search.opened(found.sequent, label)
            if opened is not None:
                found.sequent = opened.sequent
                found.steps += opened.steps


# -- instances ---------------------------------------------------------------------------------------------


def instances(search: Search, found: Found) -> None:
    """What a fact says for all values, for those that the goal and the comparisons speak of."""
    count = 0
    for path, fact in paths(found.sequent):
        names: dict[str, Sort] = {}
        body = fact
        while isinstance(body, ForAll | Implies):
            if isinstance(body, ForAll):
                names[body.name] = body.sort
                body = body.body
            else:
                body = body.right
        if body is fact or any(isinstance(sort, Function) for sort in names.values()):
            continue
        for values in values_for(fact, names, found.sequent):
            if count >= MAX_INSTANCES:
                return
            count += instance(search, found, path, fact, values)


def values_for(fact: Formula, names: Mapping[str, Sort], sequent: Sequent) -> Iterator[dict[str, Term]]:
    """Values at which a fact speaks of an entry that is spoken of; without entries, names of that sort."""
    if not names:
        yield {}
        return
    patterns = [call for call in calls(fact) if free(call) & names.keys()]
    out: list[dict[str, Term]] = []
    for target in closed_terms(spoken_of(sequent), (Call,)):
        for pattern in patterns:
            values = matched(pattern, target, names, sequent.scope)
            if values is not None and values.keys() == names.keys() and values not in out:
                out.append(values)
    if not patterns and len(names) == 1:
        ((name, sort),) = names.items()
        same = [Variable(other) for other, other_sort in sequent.scope.items() if other_sort == sort]
        out = [{name: value} for value in reversed(same[-NAMES:])]
    yield from out[:MAX_INSTANCES]


def instance(search: Search, found: Found, path: str, fact: Formula, values: Mapping[str, Term]) -> bool:
    """``use k : h(values) {premise} ...`` if the premises are proved; whether it was."""
    sequent = found.sequent
    known, text = fact, path
    while isinstance(known, ForAll | Implies):
        if isinstance(known, ForAll):
            value = values[known.name]
            known = logic.instance(known, [value], sequent.scope)
            text += f"({write(value)})"
        else:
            premise, known = logic.consequence(known)
            proof = search.for_a_while(sequent.showing(premise), 0)
            if proof is None:
                return False
            text += f" {{ {proof} }}"
    if known in sequent.facts.values() or any(known == other for _, other in comparisons(sequent)):
        return False
    label = search.label(sequent, "i")
    found.sequent = sequent.knowing(label, known)
    found.steps.append(f"use {label} : {text}")
    match known:
        # An equation between entries of one tensor may lead from each to the next.
        case Compare("=", Call(name), right) if name not in free(right):
            search.rewrite(found, label)
        case _:
            pass
    return True


def calls(node: Node) -> list[Call]:
    """All entries in a node."""
    here = [node] if isinstance(node, Call) else []
    return [*here, *(call for part in parts(node) for call in calls(part))]


def matched(
    pattern: Call, target: Node, names: Mapping[str, Sort], scope: Mapping[str, Sort]
) -> dict[str, Term] | None:
    """Values of names that make an entry the target, if its places are linear in them."""
    if not isinstance(target, Call) or target.name != pattern.name:
        return None
    out: dict[str, Term] = {}
    for place, wanted in zip(pattern.arguments, target.arguments, strict=True):
        spoken = free(place) & names.keys()
        if not spoken:
            if place != wanted:
                return None
            continue
        if len(spoken) > 1:
            return None
        name = next(iter(spoken))
        value = solved(place, wanted, name, names[name], scope)
        if value is None or out.setdefault(name, value) != value:
            return None
    return out


def solved(place: Term, wanted: Term, name: str, sort: Sort, scope: Mapping[str, Sort]) -> Term | None:
    """The value of a name for which a term in it with the factor 1 or -1 is what is wanted."""
    if place == Variable(name):
        return wanted
    if name in free(wanted):
        return None
    atoms = Atoms()
    canonical = Canonical({**scope, name: sort}, atoms)
    atom = next(iter(canonical.term(Variable(name))))[0][0]
    value = canonical.term(place)
    factor = value.get(((atom, 1),))
    rest: Polynomial = {m: c for m, c in value.items() if m != ((atom, 1),)}
    if factor not in (1, -1) or any(name in free(atoms.shown[a]) for m in rest for a, _ in m):
        return None
    return term_of(scale(add(canonical.term(wanted), scale(rest, -1)), factor), atoms)


# -- sums --------------------------------------------------------------------------------------------------


def sums(search: Search, found: Found) -> None:
    """A sum is the sum of its parts, each with its factor in front; sums over one range are compared."""
    goal = found.sequent.goal
    seen = closed_terms(spoken_of(found.sequent), (Sum,))[:MAX_PAIRS]
    ordered = goal == FALSE or (isinstance(goal, Compare) and goal.relation != "=")
    for term in seen:
        search.check_time()
        if search.law(found, "e", "sum_empty", term, rewrite=True) is not None:
            continue
        expand(search, found, term)
        if not ordered or sort_of(term, found.sequent.scope) == RING:
            continue
        if search.law(found, "p", "sum_positive", term) is None:
            search.law(found, "p", "sum_nonnegative", term)
    mine = closed_terms([goal], (Sum,))[:MAX_PAIRS]
    for k, one in enumerate(mine):
        for other in mine[k + 1 :]:
            there = same_range(one, other)
            if there is None:
                continue
            if not ordered:
                label = search.law(found, "e", "sum_ext", one, there)
                if label is not None:
                    expand(search, found, replace(one, body=there))
            elif RING not in (sort_of(one, found.sequent.scope), sort_of(other, found.sequent.scope)):
                for low, high in ((one.body, there), (there, one.body)):
                    between = replace(one, body=Plus((high, Times((Number(-1), low)))))
                    if search.law(found, "p", "sum_nonnegative", between) is not None:
                        expand(search, found, between)
                        break


def same_range(one: Sum, other: Sum) -> Term | None:
    """The body of the other sum in the index of the first, where both have the same bounds and guard."""
    if (one.low, one.high) != (other.low, other.high) or (one.guard is None) != (other.guard is None):
        return None
    if one.index != other.index and one.index in free(other.body):
        return None
    index = {other.index: Variable(one.index)}
    if other.guard is not None and formula_with(other.guard, index) != one.guard:
        return None
    return term_with(other.body, index)


def expand(search: Search, found: Found, total: Sum) -> None:
    """Equations for a sum by the monomials of its body: their sums, with what does not depend on the index
    in front."""
    index = search.name(found.sequent, total.index)
    if index != total.index:
        new = {total.index: Variable(index)}
        guard = None if total.guard is None else formula_with(total.guard, new)
        total = replace(total, index=index, guard=guard, body=term_with(total.body, new))
    atoms = Atoms()
    value = Canonical({**found.sequent.scope, index: INT}, atoms).term(total.body)
    if not 1 <= len(value) <= MAX_PARTS:
        return
    pieces: list[tuple[Term, Term]] = []
    for monomial, coefficient in value.items():
        outer = tuple((a, e) for a, e in monomial if index not in free(atoms.shown[a]))
        inner = tuple((a, e) for a, e in monomial if index in free(atoms.shown[a]))
        pieces.append((term_of({outer: coefficient}, atoms), term_of({inner: 1}, atoms)))
    bodies = [inner if factor == ONE else Times((factor, inner)) for factor, inner in pieces]
    for k in range(len(bodies) - 1):
        rest = bodies[k + 1 :]
        other = rest[0] if len(rest) == 1 else Plus(tuple(rest))
        search.law(found, "s", "sum_add", replace(total, body=bodies[k]), replace(total, body=other))
    for factor, inner in pieces:
        piece = replace(total, body=inner)
        if factor != ONE:
            search.law(found, "s", "sum_scale", piece, factor)
        if inner == ONE:
            search.describe(found, piece)
