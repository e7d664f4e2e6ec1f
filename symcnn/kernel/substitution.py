"""Terms in place of names: for variables, for functions, and other names for functions.

A bound name never captures: where it would, it is renamed, or the substitution is refused. A node in which
nothing changes stays the same object, so what was found out about it need not be found out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import is_
from typing import Any

from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    IllSorted,
    Implies,
    Max,
    Node,
    Not,
    Or,
    Plus,
    Power,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    as_formula,
    as_term,
    free,
    free_in_any,
    measure,
    parts,
)

MAX_ARGUMENT_SIZE = 5000


def _in_range(node: Sum | Max, new: Sequence[Any]) -> Node:
    return type(node)(node.index, new[0], new[1], None if node.guard is None else new[2], new[-1])


_WITH_PARTS: dict[type[Node], Callable[[Any, tuple[Any, ...]], Node]] = {
    Plus: lambda node, new: Plus(new),
    Times: lambda node, new: Times(new),
    Power: lambda node, new: Power(new[0], node.exponent),
    Quotient: lambda node, new: Quotient(*new),
    Floor: lambda node, new: Floor(*new),
    Call: lambda node, new: Call(node.name, new),
    If: lambda node, new: If(*new),
    Sum: _in_range,
    Max: _in_range,
    Compare: lambda node, new: Compare(node.relation, *new),
    And: lambda node, new: And(new),
    Or: lambda node, new: Or(new),
    Not: lambda node, new: Not(*new),
    Implies: lambda node, new: Implies(*new),
    Iff: lambda node, new: Iff(*new),
    ForAll: lambda node, new: ForAll(node.name, node.sort, *new),
    Exists: lambda node, new: Exists(node.name, node.sort, *new),
}


def map_parts(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with its direct parts changed, terms to terms and formulas to formulas; what it binds keeps
    its name."""
    old = parts(node)
    return _with_parts(node, old, tuple([change(part) for part in old])) if old else node


def _with_parts(node: Node, old: tuple[Node, ...], new: tuple[Node, ...]) -> Node:
    """The node with new parts in place of the old ones; the node itself if they are the same."""
    return node if all(map(is_, new, old)) else _WITH_PARTS[type(node)](node, new)


def term_with(term: Term, values: Mapping[str, Term]) -> Term:
    """``substitute`` for terms."""
    return as_term(substitute(term, values))


def formula_with(formula: Formula, values: Mapping[str, Term]) -> Formula:
    """``substitute`` for formulas."""
    return as_formula(substitute(formula, values))


def substitute(node: Node, values: Mapping[str, Term]) -> Node:
    """The node with terms in place of free variables; bound names are renamed where they would capture.

    Names of functions stay: ``rename_functions`` changes those.
    """
    match node:
        case Variable(name):
            return values.get(name, node)
        case Sum() | Max():
            bodies = bodies_of(node)
            index, inner = _under(node.index, bodies, values)
            ends = substitute(node.low, values), substitute(node.high, values)
            new = (*ends, *(substitute(body, inner) for body in bodies))
            here = node if index == node.index else replace(node, index=index)
            return _with_parts(here, parts(node), new)
        case ForAll(name, sort, body) | Exists(name, sort, body):
            new, inner = _under(name, (body,), values)
            if new == name:
                return _with_parts(node, (body,), (substitute(body, inner),))
            if isinstance(sort, Function):
                body = as_formula(rename_functions(body, {name: new}))
            return type(node)(new, sort, formula_with(body, inner))
        case _:
            return map_parts(node, lambda part: substitute(part, values))


def bodies_of(reduced: Sum | Max) -> tuple[Node, ...]:
    """The parts of a sum or maximum in which its index means something."""
    return (reduced.body,) if reduced.guard is None else (reduced.guard, reduced.body)


def _under(name: str, bodies: Sequence[Node], values: Mapping[str, Term]) -> tuple[str, Mapping[str, Term]]:
    """The name that a binder has after a substitution, and what to substitute under it.

    The bound name itself is not replaced. If a value that is put there has the bound name free, the binder
    takes a new name, which is free in none of those values and stands nowhere under the binder.
    """
    inner = {other: value for other, value in values.items() if other != name}
    if name not in free_in_any(inner.values()):
        return name, inner
    inside = free_in_any(bodies)
    inner = {other: value for other, value in inner.items() if other in inside}
    arriving = free_in_any(inner.values())
    if name not in arriving:
        return name, inner
    new = fresh(name, arriving | _names(bodies))
    return new, {**inner, name: Variable(new)}


def fresh(name: str, taken: Iterable[str]) -> str:
    """A name like this one that is not taken."""
    used = set(taken)
    while name in used:
        name += "'"
    return name


def _names(nodes: Iterable[Node]) -> frozenset[str]:
    """All names in some nodes, the bound ones too: no function may be renamed to one of these."""
    out: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case Variable(name) | Call(name, _) | ForAll(name, _, _) | Exists(name, _, _):
                out.add(name)
            case Sum(index, _, _, _, _) | Max(index, _, _, _, _):
                out.add(index)
            case _:
                pass
        waiting.extend(parts(node))
    return frozenset(out)


def rename_functions(node: Node, new: Mapping[str, str]) -> Node:
    """The node with other functions in place of free ones.

    What binds one of the old or the new names is refused, so nothing can be captured.
    """
    if isinstance(node, Sum | Max) and node.index in (*new, *new.values()):
        raise IllSorted(f"{node.index} is declared and is an index here; use another name")
    if isinstance(node, ForAll | Exists) and node.name in (*new, *new.values()):
        raise IllSorted(f"{node.name} is declared and bound again by a quantifier; use another name")
    changed = map_parts(node, lambda part: rename_functions(part, new))
    if isinstance(changed, Call) and changed.name in new:
        return Call(new[changed.name], changed.arguments)
    return changed


@dataclass(frozen=True, slots=True)
class Definition:
    """What a function is: a term in parameters."""

    name: str
    parameters: tuple[str, ...]
    body: Term


def with_function(node: Node, definition: Definition) -> Node:
    """The node with a function replaced by what it is.

    Bound names are renamed where they would capture what the definition reads. A quantifier that binds a
    function which the definition reads is refused, and so is a call with arguments that become too large.
    """
    reads = free(definition.body) - set(definition.parameters)
    return _with_function(node, definition, reads, {})


def _with_function(
    node: Node, definition: Definition, reads: frozenset[str], known: dict[int, tuple[Node, int, int]]
) -> Node:
    match node:
        case Sum() | Max() if node.index in reads:
            bodies = bodies_of(node)
            new = fresh(node.index, reads | free_in_any(bodies))
            inside = tuple(substitute(body, {node.index: Variable(new)}) for body in bodies)
            node = _with_parts(replace(node, index=new), parts(node), (node.low, node.high, *inside))
        case ForAll(name, sort, body) | Exists(name, sort, body):
            if name == definition.name:
                return node
            if name in reads:
                if isinstance(sort, Function):
                    raise IllSorted(f"{name} is bound to another function here; use another name")
                new = fresh(name, reads | free(body))
                node = type(node)(new, sort, formula_with(body, {name: Variable(new)}))
        case _:
            pass
    changed = map_parts(node, lambda part: _with_function(part, definition, reads, known))
    if isinstance(changed, Call) and changed.name == definition.name:
        # A function in its own argument, again and again, doubles what it is made of each time.
        if sum(measure(argument, known)[0] for argument in changed.arguments) > MAX_ARGUMENT_SIZE:
            raise Rejected(f"what {definition.name} is given becomes too large")
        return term_with(definition.body, dict(zip(definition.parameters, changed.arguments, strict=True)))
    return changed
