"""Search for what assumptions "for all" say of single entries: equations that replace them."""

from __future__ import annotations

from collections.abc import Sequence

from symcnn.kernel import logic
from symcnn.kernel.terms import Call, Compare, ForAll, Formula, Function, Implies, Node, Sort, Term, free
from symcnn.kernel.writing import write
from symcnn.search.conversions import Chain
from symcnn.search.enriching import calls, matched
from symcnn.search.facts import parts_of, paths

MAX_ENTRIES = 200


def known_entries(chain: Chain, nodes: Sequence[Node]) -> list[tuple[str, Compare]]:
    """Steps for the equations of entries in some terms, and of the entries in those; inner ones first."""
    out: list[tuple[str, Compare]] = []
    seen: set[Call] = set()

    def visit(node: Node) -> None:
        for entry in calls(node):
            if entry in seen or len(seen) > MAX_ENTRIES or not free(entry) <= set(chain.sequent.scope):
                continue
            seen.add(entry)
            found = _equation(chain, entry)
            if found is not None:
                visit(found[1].right)
                out.append(found)

    for node in nodes:
        visit(node)
    return out


def _equation(chain: Chain, entry: Call) -> tuple[str, Compare] | None:
    """An instance of a fact that says what an entry is."""
    for path, fact in paths(chain.sequent):
        names, conclusion = _conclusion(fact)
        if not names:
            continue
        for place, part in parts_of("", conclusion):
            if not isinstance(part, Compare) or part.relation != "=" or not isinstance(part.left, Call):
                continue
            values = matched(part.left, entry, names, chain.sequent.scope)
            if values is None or values.keys() != names.keys():
                continue
            label = _instance(chain, path, fact, values)
            if label is not None:
                right = _value(fact, values, place, chain)
                return f"{label}{place}", Compare("=", entry, right)
    return None


def _conclusion(fact: Formula) -> tuple[dict[str, Sort], Formula]:
    """The names for whose values a fact holds, and what it says where its premises hold."""
    names: dict[str, Sort] = {}
    while isinstance(fact, ForAll | Implies):
        if isinstance(fact, ForAll):
            if isinstance(fact.sort, Function):
                return {}, fact
            names[fact.name] = fact.sort
            fact = fact.body
        else:
            fact = fact.right
    return names, fact


def _instance(chain: Chain, path: str, fact: Formula, values: dict[str, Term]) -> str | None:
    """``use e : h(values) {premise}``, if the premises are proved; the label."""
    text, known = path, fact
    while isinstance(known, ForAll | Implies):
        if isinstance(known, ForAll):
            text += f"({write(values[known.name])})"
            known = logic.instance(known, [values[known.name]], chain.sequent.scope)
        else:
            premise, known = logic.consequence(known)
            proof = chain.proof(premise)
            if proof is None:
                return None
            text += f" {{ {proof} }}"
    label = chain.label("i")
    chain.steps.append(f"use {label} : {text}")
    return label


def _value(fact: Formula, values: dict[str, Term], place: str, chain: Chain) -> Term:
    """The right side of the part of an instance that stands at a place."""
    known = fact
    while isinstance(known, ForAll | Implies):
        if isinstance(known, ForAll):
            known = logic.instance(known, [values[known.name]], chain.sequent.scope)
        else:
            known = logic.consequence(known)[1]
    part = dict(parts_of("", known))[place]
    if not isinstance(part, Compare):
        raise TypeError("an instance of an equation is one")
    return part.right
