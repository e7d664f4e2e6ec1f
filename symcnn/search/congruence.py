"""Search for values of one function at equal arguments.

Arguments that are the same after rewriting are no question. Where a fact is needed that rewrites no single
term, the equation of the values is proved for any name that is equal to the argument, and then used.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import fresh
from symcnn.kernel.terms import Call, Compare, ForAll, Formula, Implies, Term, Variable
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic
from symcnn.search.facts import Found, closed_terms, named

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

MAX_PAIRS = 6


def congruent(search: Search, found: Found, goal: Compare) -> bool:
    """Rewrite entries on the left by entries on the right at equal places; whether any was."""
    equations = [named(found.sequent, name) for name in found.rewrites]
    canonical = Canonical(found.sequent.scope, Atoms(), equations)
    pairs = product(closed_terms([goal.left], (Call,)), closed_terms([goal.right], (Call,)))
    apart = [(a, b) for a, b in pairs if a.name == b.name and canonical.difference(a, b)]
    return any(_equal(search, found, one, other) for one, other in apart[:MAX_PAIRS])


def _equal(search: Search, found: Found, one: Call, other: Call) -> bool:
    proofs: list[str] = []
    for here, there in zip(one.arguments, other.arguments, strict=True):
        proof = _same(search, found, here, there)
        if proof is None:
            return False
        proofs.append(f"{{ {proof} }}")
    scope = dict(found.sequent.scope)
    names: list[str] = []
    for place in one.arguments:
        names.append(fresh("c", {*scope, *search.used}))
        scope[names[-1]] = sort_of(place, found.sequent.scope)
    claim: Formula = Compare("=", Call(one.name, tuple(map(Variable, names))), other)
    for name, there in reversed([*zip(names, other.arguments, strict=True)]):
        claim = Implies(Compare("=", Variable(name), there), claim)
    for name in reversed(names):
        claim = ForAll(name, scope[name], claim)
    labels = [search.label(found.sequent) for _ in names]
    steps = f"take {', '.join(names)} suppose {', '.join(labels)} ring using {', '.join(labels)}"
    if not search.accepted(found.sequent.showing(claim), steps):
        return False
    general, label = search.label(found.sequent), search.label(found.sequent, "e")
    values = ", ".join(map(write, one.arguments))
    found.steps.append(f"have {general} : {write(claim)} {{ {steps} }}")
    found.steps.append(f"use {label} : {general}({values}) {' '.join(proofs)}")
    found.sequent = found.sequent.knowing(general, claim).knowing(label, Compare("=", one, other))
    search.rewrite(found, label)
    return True


def _same(search: Search, found: Found, here: Term, there: Term) -> str | None:
    inner = found.sequent.showing(Compare("=", here, there))
    for level in (0, 1):
        step = Arithmetic(inner, Atoms(), found.rewrites, level, level, search.check_time).step()
        if step is not None and search.accepted(inner, step):
            return step
    return None
