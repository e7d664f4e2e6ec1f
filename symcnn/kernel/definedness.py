"""When a statement means something: no division by 0, no floor by less than 1, no maximum of nothing.

A statement is proved only together with these conditions, so that none holds because of what a quotient by 0
happens to be. Formulas are read from left to right, as people do: what stands on the right of ``and``,
``implies`` or a guard needs a meaning only where what stands on the left allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from symcnn.kernel.ranges import everywhere, guard_of, renamed, somewhere
from symcnn.kernel.terms import (
    FALSE,
    ONE,
    TRUE,
    ZERO,
    And,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    If,
    Implies,
    Max,
    Node,
    Not,
    Number,
    Or,
    Quotient,
    Sum,
    Term,
    Variable,
    free,
    parts,
    same,
)


def conditions(node: Node) -> Formula:
    """A formula that holds exactly where every part of this term or formula that is reached has a value."""
    match node:
        case Number() | Variable():
            return TRUE
        case Quotient(top, bottom):
            return _all(conditions(top), conditions(bottom), _divisible(bottom))
        case Floor(top, bottom):
            return _all(conditions(top), conditions(bottom), _at_least_one(bottom))
        case If(condition, then, otherwise):
            return _all(
                conditions(condition),
                _where(condition, conditions(then)),
                _where(Not(condition), conditions(otherwise)),
            )
        case Sum() | Max():
            return _in_range(node)
        case And(formulas):
            return _in_order(formulas, reached_if=lambda left: left)
        case Or(formulas):
            return _in_order(formulas, reached_if=Not)
        case Implies(left, right):
            return _all(conditions(left), _where(left, conditions(right)))
        case ForAll(name, sort, body) | Exists(name, sort, body):
            inside = conditions(body)
            return TRUE if inside == TRUE else ForAll(name, sort, inside)
        case _:
            return _all(*(conditions(part) for part in parts(node)))


def _in_range(reduced: Sum | Max) -> Formula:
    """The bounds have values, and so have guard and body in the range; a maximum has a term.

    What does not depend on the index is asked for once, and of an empty range too.
    """
    reduced = renamed(reduced, frozenset())
    ends = _all(conditions(reduced.low), conditions(reduced.high))
    guard, body = guard_of(reduced), conditions(reduced.body)
    inside = _all(conditions(guard), _where(guard, body))
    each = inside
    if reduced.index in free(inside):
        each = everywhere(replace(reduced, guard=None), inside)
    return _all(ends, each) if isinstance(reduced, Sum) else _all(ends, each, somewhere(reduced))


def _in_order(formulas: Sequence[Formula], reached_if: Callable[[Formula], Formula]) -> Formula:
    """Each part needs a meaning only where the part before it does not decide the whole."""
    out: Formula = TRUE
    for part in reversed(formulas):
        out = _all(conditions(part), _where(reached_if(part), out))
    return out


def _divisible(bottom: Term) -> Formula:
    if isinstance(bottom, Number):
        return TRUE if bottom.value else FALSE
    return Not(Compare("=", bottom, ZERO))


def _at_least_one(bottom: Term) -> Formula:
    if isinstance(bottom, Number):
        return TRUE if bottom.value >= 1 else FALSE
    return Compare("<=", ONE, bottom)


def _where(condition: Formula, formula: Formula) -> Formula:
    return formula if TRUE in (formula, condition) else Implies(condition, formula)


def _all(*formulas: Formula) -> Formula:
    """All of the formulas, each once, without those that say nothing."""
    needed: list[Formula] = []
    for formula in formulas:
        for part in formula.parts if isinstance(formula, And) else (formula,):
            if not any(same(part, other) for other in needed):
                needed.append(part)
    return needed[0] if len(needed) == 1 else And(tuple(needed))
