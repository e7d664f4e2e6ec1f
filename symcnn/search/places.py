"""A fact about all whole numbers of a small range, at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.terms import INT, Compare, ForAll, Formula, Implies, Not, Or, Term, free, number
from symcnn.kernel.writing import write
from symcnn.search.cases import Quick, alternatives, range_of
from symcnn.search.combining import LEVELS, term_of
from symcnn.search.facts import named, paths

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_PLACES = 16
# So many places are looked at together; of more, first those along one axis.
FEW = 4


def at_all_places(search: Search, found: Found) -> str | None:
    """What facts say at all places of small ranges, with what stands in the sums there, and arithmetic."""
    facts = [(path, fact, list(points_of(fact))) for path, fact in paths(found.sequent)]
    facts = [(path, fact, points) for path, fact, points in facts if points]
    for axis in (*range(max((len(points[0]) for _, _, points in facts), default=0)), None):
        there = replace(found, steps=list(found.steps), rewrites=list(found.rewrites))
        for path, fact, points in facts:
            for values in points if axis is None else line(points, axis):
                search.check_time()
                at_place(search, there, path, fact, values)
        if len(there.steps) > len(found.steps):
            step = search.arithmetic(there, LEVELS)
            if step is not None:
                return " ".join([*there.steps, step])
    return None


def line(points: Sequence[tuple[int, ...]], axis: int) -> list[tuple[int, ...]]:
    """Of many points in two and more dimensions those that differ from the first one along an axis alone."""
    first = points[0]
    if len(first) < 2 or len(points) <= FEW:
        return []
    return [
        point
        for point in points
        if all(a == b for k, (a, b) in enumerate(zip(point, first, strict=True)) if k != axis)
    ]


def points_of(fact: Formula) -> Iterator[tuple[int, ...]]:
    """The points for which a fact "for all" whole numbers is meant, if they are few and numbers say which."""
    spans: list[range] = []
    while isinstance(fact, ForAll) and fact.sort == INT:
        span = range_of(fact.name, fact.body, Quick(), forall=True)
        if span is None:
            return
        spans.append(span)
        fact = fact.body
    if spans and not isinstance(fact, ForAll) and prod(map(len, spans)) <= MAX_PLACES:
        yield from product(*spans)


def at_place(search: Search, found: Found, path: str, fact: Formula, values: tuple[int, ...]) -> None:
    """``use k : h(values)``, without the conditions that numbers decide, and without sums and cases."""
    inner = replace(found, steps=[], rewrites=list(found.rewrites))
    terms: list[Term] = [number(value) for value in values]
    known = logic.instance(fact, terms, found.sequent.scope)
    text = f"{path}({', '.join(map(str, values))})"
    while isinstance(known, Implies):
        premise, known = logic.consequence(known)
        if free(premise) or not Quick().holds(premise):
            return
        text += " { compute }"
    label = search.label(found.sequent, "i")
    inner.sequent = found.sequent.knowing(label, known)
    inner.steps.append(f"use {label} : {text}")
    if isinstance(known, Or):
        label = one_left(search, inner, label, known)
        if label is None:
            return
        known = inner.sequent.facts[label]
    if not isinstance(known, Compare):
        return
    search.describe_all(inner, known)
    atoms, sequent = Atoms(), inner.sequent
    canonical = Canonical(sequent.scope, atoms, [named(sequent, name) for name in inner.rewrites])
    sides = [term_of(canonical.term(side), atoms) for side in (known.left, known.right)]
    plain = Compare(known.relation, sides[0], sides[1])
    using = f" using {', '.join(inner.rewrites)}" if inner.rewrites else ""
    new = search.label(sequent, "i")
    found.sequent = found.sequent.knowing(new, plain)
    found.steps.append(f"have {new} : {write(plain)} {{ {' '.join(inner.steps)} exactly {label}{using} }}")


def one_left(search: Search, found: Found, label: str, known: Or) -> str | None:
    """The only part of an "or" that numbers leave open, as a fact; its label."""
    left = [part for part in alternatives(known) if free(part) or Quick().holds(part)]
    if len(left) != 1:
        return None
    proof = without_others(search, found.sequent.showing(left[0]), label, known)
    if proof is None:
        return None
    new = search.label(found.sequent, "i")
    found.sequent = found.sequent.knowing(new, left[0])
    found.steps.append(f"have {new} : {write(left[0])} {{ {proof} }}")
    return new


def without_others(search: Search, sequent: Sequent, label: str, known: Formula) -> str | None:
    """The goal from a fact each of whose parts is the goal or false."""
    if known == sequent.goal:
        return f"exactly {label}"
    match known:
        case Or():
            new = search.label(sequent, "k")
            blocks = [
                without_others(search, inner, new, inner.facts[new])
                for inner in logic.cases(sequent, known, new)
            ]
            if None in blocks:
                return None
            return " ".join([f"cases {label} as {new}", *(f"{{ {block} }}" for block in blocks)])
        case Not():
            new = search.label(sequent, "k")
            return f"use {new} : {label} {{ compute }} exactly {new}"
        case Compare("<" | "<="):
            new = search.label(sequent, "k")
            return f"have {new} : false {{ cone {label} }} exactly {new}"
        case _:
            return None
