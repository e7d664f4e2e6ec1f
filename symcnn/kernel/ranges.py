"""The range of a sum or maximum as a formula: ``low <= index``, ``index < high``, and the guard if there is
one."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from symcnn.kernel.substitution import formula_with, fresh, term_with
from symcnn.kernel.terms import (
    INT,
    TRUE,
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Implies,
    Max,
    Rejected,
    Sum,
    Term,
    Variable,
    free,
)

Reduced = TypeVar("Reduced", bound="Sum | Max")


def guard_of(reduced: Sum | Max) -> Formula:
    """The guard; true if there is none."""
    return TRUE if reduced.guard is None else reduced.guard


def in_range(reduced: Sum | Max) -> Formula:
    """That the index is in the range."""
    return range_at(reduced, Variable(reduced.index))


def range_at(reduced: Sum | Max, point: Term) -> Formula:
    """That a point is in the range."""
    ends = (Compare("<=", reduced.low, point), Compare("<", point, reduced.high))
    return And(ends if reduced.guard is None else (*ends, guard_at(reduced, point)))


def guard_at(reduced: Sum | Max, point: Term) -> Formula:
    """The guard with a point in place of the index."""
    return formula_with(guard_of(reduced), {reduced.index: point})


def body_at(reduced: Sum | Max, point: Term) -> Term:
    """The body with a point in place of the index."""
    return term_with(reduced.body, {reduced.index: point})


def everywhere(reduced: Sum | Max, claim: Formula) -> Formula:
    """That something holds for each index in the range."""
    return ForAll(reduced.index, INT, Implies(in_range(reduced), claim))


def somewhere(reduced: Sum | Max) -> Formula:
    """That there is an index in the range."""
    return Exists(reduced.index, INT, in_range(reduced))


def plain(reduced: Reduced) -> Reduced:
    """The sum or maximum, if its bounds do not speak of another variable with the name of its index."""
    if reduced.index in free(reduced.low) | free(reduced.high):
        raise Rejected(f"{reduced.index} is an index and stands in its own bounds; rename it")
    return reduced


def renamed(reduced: Reduced, avoid: frozenset[str] | set[str]) -> Reduced:
    """The same sum or maximum with an index that is none of these names and stands in no bound."""
    outside = avoid | free(reduced.low) | free(reduced.high)
    if reduced.index not in outside:
        return reduced
    return with_index(reduced, fresh(reduced.index, outside | free(reduced.body) | free(guard_of(reduced))))


def with_index(reduced: Reduced, index: str) -> Reduced:
    """The same sum or maximum with another index."""
    if index == reduced.index:
        return reduced
    if index in free(reduced.body) | free(guard_of(reduced)):
        raise Rejected(f"{index} stands inside a sum or maximum and cannot be its index")
    point = Variable(index)
    guard = None if reduced.guard is None else guard_at(reduced, point)
    return replace(reduced, index=index, guard=guard, body=body_at(reduced, point))
