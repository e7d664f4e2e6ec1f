"""The facts of a sequent with the names of their parts, and the terms that stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from symcnn.kernel.logic import Sequent
from symcnn.kernel.terms import (
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Max,
    Node,
    Quotient,
    Sum,
    Term,
    free,
    parts,
)

Kind = TypeVar("Kind", bound=Node)


@dataclass
class Found:
    """Steps that were found, what they leave to prove, and the equations among them that rewrite."""

    sequent: Sequent
    steps: list[str] = field(default_factory=list[str])
    rewrites: list[str] = field(default_factory=list[str])


def conjunction(formulas: Sequence[Formula]) -> Formula:
    """All of several formulas."""
    return formulas[0] if len(formulas) == 1 else And(tuple(formulas))


def parts_of(label: str, formula: Formula) -> list[tuple[str, Formula]]:
    """A fact, or the parts of one that is an "and", with their names."""
    if isinstance(formula, And):
        return [inner for k, part in enumerate(formula.parts) for inner in parts_of(f"{label}.{k + 1}", part)]
    return [(label, formula)]


def facts_of(sequent: Sequent) -> list[tuple[str, Formula]]:
    """The facts, and the parts of those that are an "and", with their names."""
    return [part for name, fact in sequent.facts.items() for part in parts_of(name, fact)]


def comparisons(sequent: Sequent) -> list[tuple[str, Compare]]:
    """The comparisons among the facts and the parts of facts, with their names."""
    return [(name, fact) for name, fact in facts_of(sequent) if isinstance(fact, Compare)]


def paths(sequent: Sequent) -> list[tuple[str, Formula]]:
    """The facts and the parts of them, with their names; of an "iff" both directions."""
    out: list[tuple[str, Formula]] = []
    for name, fact in facts_of(sequent):
        if isinstance(fact, Iff):
            out.append((f"{name}.1", Implies(fact.left, fact.right)))
            out.append((f"{name}.2", Implies(fact.right, fact.left)))
        else:
            out.append((name, fact))
    return out


def relevant(sequent: Sequent) -> Sequent:
    """The sequent without the facts that speak, in each of their parts, of more than the goal does."""
    names = free(sequent.goal)
    facts = {
        name: fact
        for name, fact in sequent.facts.items()
        if any(free(part) <= names for _, part in parts_of(name, fact))
    }
    return replace(sequent, facts=facts)


def near_facts(sequent: Sequent) -> Sequent:
    """The sequent with the comparisons alone that use names of the goal and no others."""
    names = free(sequent.goal)
    facts = {
        name: fact
        for name, fact in sequent.facts.items()
        if any(
            isinstance(part, Compare) and free(part) and free(part) <= names
            for _, part in parts_of(name, fact)
        )
    }
    return replace(sequent, facts=facts)


def named(sequent: Sequent, name: str) -> Formula:
    """The fact, or the part of one, with a name such as ``h.2``."""
    first, *rest = name.split(".")
    found = sequent.facts[first]
    for place in rest:
        if not isinstance(found, And):
            raise KeyError(name)
        found = found.parts[int(place) - 1]
    return found


def closed_terms(nodes: Sequence[Node], kinds: tuple[type[Kind], ...]) -> list[Kind]:
    """The terms of these kinds that use no bound name, the inner ones first, each once."""
    out: dict[Kind, None] = {}
    # An abbreviation stands in many places as one object.
    seen: set[tuple[int, frozenset[str]]] = set()

    def visit(node: Node, bound: frozenset[str]) -> None:
        if (id(node), bound) in seen:
            return
        seen.add((id(node), bound))
        match node:
            case Sum(index, low, high, _, _) | Max(index, low, high, _, _):
                visit(low, bound)
                visit(high, bound)
                for part in parts(node)[2:]:
                    visit(part, bound | {index})
            case ForAll(name, _, body) | Exists(name, _, body):
                visit(body, bound | {name})
            case _:
                for part in parts(node):
                    visit(part, bound)
        if isinstance(node, kinds) and not bound & free(node):
            out.setdefault(node, None)

    for node in nodes:
        visit(node, frozenset())
    return list(out)


def divisors(nodes: Sequence[Node]) -> list[Term]:
    """What is divided by and uses no bound name, where the quotient uses one; each once."""
    out: dict[Term, None] = {}

    def visit(node: Node, bound: frozenset[str]) -> None:
        if isinstance(node, Quotient) and bound & free(node) and not bound & free(node.bottom):
            out.setdefault(node.bottom, None)
        if isinstance(node, Sum | Max):
            bound = bound | {node.index}
        elif isinstance(node, ForAll | Exists):
            bound = bound | {node.name}
        for part in parts(node):
            visit(part, bound)

    for node in nodes:
        visit(node, frozenset())
    return list(out)


def subterms(node: Node) -> set[Node]:
    """All nodes inside a node, the node itself too."""
    out: set[Node] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here not in out:
            out.add(here)
            waiting.extend(parts(here))
    return out
