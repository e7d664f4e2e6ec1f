"""Sorts of terms: every formula is checked before anything is concluded from it.

``int`` may stand where ``real`` or ``ring`` is needed, nothing else is converted. Order needs int or real on
both sides, ``/`` needs reals, ``//`` and the bounds of sums need whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcnn.kernel.terms import (
    INT,
    REAL,
    RING,
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
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Sort,
    Sum,
    Term,
    Times,
    Variable,
)


def sort_of(term: Term, scope: Mapping[str, Sort]) -> str:
    """The sort of a term; raises ``IllSorted`` where it has none."""
    match term:
        case Number(value):
            return INT if value.denominator == 1 else REAL
        case Variable(name):
            return _variable(name, scope)
        case Plus(terms) | Times(terms):
            return _joined([sort_of(t, scope) for t in terms])
        case Power(base, _):
            return sort_of(base, scope)
        case Quotient(top, bottom):
            _need((top, bottom), scope, (INT, REAL), "/")
            return REAL
        case Floor(top, bottom):
            _need((top, bottom), scope, (INT,), "//")
            return INT
        case Call():
            return _call(term, scope)
        case If(condition, then, otherwise):
            check(condition, scope)
            return _joined([sort_of(then, scope), sort_of(otherwise, scope)])
        case Sum(index, low, high, guard, body):
            return _reduced(index, low, high, guard, body, scope)
        case Max(index, low, high, guard, body):
            found = _reduced(index, low, high, guard, body, scope)
            if found == RING:
                raise IllSorted("a maximum needs an order; elements of a ring have none")
            return found


def check(formula: Formula, scope: Mapping[str, Sort]) -> None:
    """Raise ``IllSorted`` where a part of the formula has no sort or the wrong one."""
    match formula:
        case Compare(relation, left, right):
            found = _joined([sort_of(left, scope), sort_of(right, scope)])
            if relation != "=" and found == RING:
                raise IllSorted(f"{relation} needs an order; elements of a ring have none")
        case And(formulas) | Or(formulas):
            for part in formulas:
                check(part, scope)
        case Not(inner):
            check(inner, scope)
        case Implies(left, right) | Iff(left, right):
            check(left, scope)
            check(right, scope)
        case ForAll(name, sort, body) | Exists(name, sort, body):
            check(body, {**scope, name: sort})


def _reduced(
    index: str, low: Term, high: Term, guard: Formula | None, body: Term, scope: Mapping[str, Sort]
) -> str:
    _need((low, high), scope, (INT,), "a range")
    inner = {**scope, index: INT}
    if guard is not None:
        check(guard, inner)
    return sort_of(body, inner)


def _variable(name: str, scope: Mapping[str, Sort]) -> str:
    found = scope.get(name)
    if found is None:
        raise IllSorted(f"{name} is not declared")
    if isinstance(found, Function):
        raise IllSorted(f"{name} is a function and stands where a value is needed")
    return found


def _call(term: Call, scope: Mapping[str, Sort]) -> str:
    found = scope.get(term.name)
    if not isinstance(found, Function):
        raise IllSorted(f"{term.name} is no function")
    if len(found.arguments) != len(term.arguments):
        raise IllSorted(f"{term.name} takes {len(found.arguments)} arguments, not {len(term.arguments)}")
    for argument, wanted in zip(term.arguments, found.arguments, strict=True):
        if not _fits(sort_of(argument, scope), wanted):
            raise IllSorted(f"an argument of {term.name} must be of sort {wanted}")
    return found.value


def _fits(found: str, wanted: str) -> bool:
    return found in (wanted, INT)


def _joined(sorts: Sequence[str]) -> str:
    """The sort of a sum or product: the one that is not int, if there is one."""
    wide = INT
    for sort in sorts:
        if sort != INT:
            if wide not in (INT, sort):
                first, second = sorted((wide, sort))
                raise IllSorted(f"a {first} and a {second} cannot be combined")
            wide = sort
    return wide


def _need(terms: Sequence[Term], scope: Mapping[str, Sort], allowed: Sequence[str], where: str) -> None:
    for term in terms:
        if sort_of(term, scope) not in allowed:
            raise IllSorted(f"{where} needs {' or '.join(allowed)}")
