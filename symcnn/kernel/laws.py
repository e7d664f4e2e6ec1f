"""The laws: what may be concluded about sums, maxima, floors, quotients, cases and order.

Each law is a function from terms to its premises and its conclusion. It proves nothing: a certificate
proves the premises, and the conclusion is then a fact. Whoever uses a law checks the sorts of what it
returns, and each law has a lemma of the same name in the Rocq prelude.

In what follows ``R`` is the range of a sum or maximum: ``a <= i``, ``i < b``, and the guard ``g`` if there
is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from symcnn.kernel.ranges import (
    body_at,
    everywhere,
    guard_at,
    guard_of,
    in_range,
    plain,
    range_at,
    renamed,
    somewhere,
    with_index,
)
from symcnn.kernel.substitution import fresh, term_with
from symcnn.kernel.terms import (
    INT,
    ONE,
    ZERO,
    And,
    Compare,
    Exists,
    Floor,
    Formula,
    If,
    Iff,
    Max,
    Not,
    Or,
    Plus,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
    number,
    same,
)


@dataclass(frozen=True, slots=True)
class Law:
    """What has to be proved, and what follows then."""

    premises: tuple[Formula, ...]
    conclusion: Formula


# -- sums --------------------------------------------------------------------------------------------------


def sum_ext(total: Sum, body: Term) -> Law:
    """Equal bodies have equal sums.

    Law: if ``f = h`` for all ``i`` in ``R``, then ``sum(R) f = sum(R) h``.
    """
    total = plain(total)
    premise = everywhere(total, _equal(total.body, body))
    return Law((premise,), _equal(total, replace(total, body=body)))


def sum_guard(total: Sum, guard: Formula) -> Law:
    """Equivalent guards have equal sums.

    Law: if ``g iff h`` for all ``a <= i < b``, then ``sum(i in a..b | g) f = sum(i in a..b | h) f``.
    """
    total = plain(total)
    premise = everywhere(replace(total, guard=None), Iff(guard_of(total), guard))
    return Law((premise,), _equal(total, replace(total, guard=guard)))


def sum_indicator(total: Sum) -> Law:
    """A guard is a case of the body.

    Law: ``sum(i in a..b | g) f = sum(i in a..b) (if g then f else 0)``.
    """
    return Law((), _equal(total, replace(total, guard=None, body=If(guard_of(total), total.body, ZERO))))


def sum_scale(total: Sum, factor: Term) -> Law:
    """A factor moves into a sum.

    Law: ``c * sum(R) f = sum(R) c*f``. Side condition: ``c`` does not depend on ``i`` (it is renamed).
    """
    total = renamed(total, free(factor))
    return Law((), _equal(Times((factor, total)), replace(total, body=Times((factor, total.body)))))


def sum_add(first: Sum, second: Sum) -> Law:
    """Sums over one range are added term by term.

    Law: ``sum(R) f + sum(R) h = sum(R) (f + h)``. Side condition: both have the same bounds and guard.
    """
    first = renamed(first, free(second))
    second = with_index(second, first.index)
    if not (
        same(first.low, second.low)
        and same(first.high, second.high)
        and same(guard_of(first), guard_of(second))
    ):
        raise Rejected("sum_add: the two sums have different ranges")
    return Law((), _equal(Plus((first, second)), replace(first, body=Plus((first.body, second.body)))))


def sum_exchange(total: Sum) -> Law:
    """Two sums are taken in the other order.

    Law: ``sum(i in a..b | g) sum(j in c..d | h) f = sum(j in c..d) sum(i in a..b | g and h) f``.
    Side condition: ``c`` and ``d`` do not depend on ``i``.
    """
    inner = total.body
    if not isinstance(inner, Sum):
        raise Rejected("sum_exchange: the body is no sum")
    if total.index in free(inner.low) | free(inner.high):
        raise Rejected(f"sum_exchange: the inner range depends on {total.index}")
    outside = free(total.low) | free(total.high) | free(guard_of(total)) | {total.index}
    inner = renamed(inner, outside)
    guards = [g for g in (total.guard, inner.guard) if g is not None]
    guard = And(tuple(guards)) if len(guards) == 2 else guards[0] if guards else None
    swapped = Sum(total.index, total.low, total.high, guard, inner.body)
    return Law((), _equal(total, Sum(inner.index, inner.low, inner.high, None, swapped)))


def sum_shift(total: Sum, distance: Term) -> Law:
    """The range is moved, and the index moved back.

    Law: ``sum(i in a..b | g(i)) f(i) = sum(i in a + k..b + k | g(i - k)) f(i - k)``.
    Side condition: ``k`` does not depend on ``i`` (it is renamed).
    """
    total = renamed(total, free(distance))
    back = Plus((Variable(total.index), Times((number(-1), distance))))
    low, high = Plus((total.low, distance)), Plus((total.high, distance))
    guard = None if total.guard is None else guard_at(total, back)
    return Law((), _equal(total, Sum(total.index, low, high, guard, body_at(total, back))))


def sum_split(total: Sum, middle: Term) -> Law:
    """A range is cut in two.

    Law: if ``a <= m`` and ``m <= b``, then ``sum(i in a..b) f = sum(i in a..m) f + sum(i in m..b) f``,
    with one guard everywhere.
    """
    left, right = replace(total, high=middle), replace(total, low=middle)
    premises = (_at_most(total.low, middle), _at_most(middle, total.high))
    return Law(premises, _equal(total, Plus((left, right))))


def sum_first(total: Sum) -> Law:
    """The first term is taken out.

    Law: if ``a < b``, then ``sum(i in a..b | g) f = (if g(a) then f(a) else 0) + sum(i in a + 1..b | g) f``.
    """
    first = body_at(total, total.low)
    if total.guard is not None:
        first = If(guard_at(total, total.low), first, ZERO)
    rest = replace(total, low=Plus((total.low, ONE)))
    return Law((_below(total.low, total.high),), _equal(total, Plus((first, rest))))


def sum_empty(total: Sum) -> Law:
    """A sum over nothing is 0.

    Law: if ``b <= a``, then ``sum(i in a..b | g) f = 0``.
    """
    return Law((_at_most(total.high, total.low),), _equal(total, ZERO))


def sum_point(total: Sum, point: Term) -> Law:
    """A sum with one term is this term.

    Law: if ``t`` is in ``R``, and ``i = t`` for all ``i`` in ``R``, then ``sum(R) f = f(t)``.
    """
    total = renamed(total, free(point))
    alone = everywhere(plain(total), _equal(Variable(total.index), point))
    return Law((range_at(total, point), alone), _equal(total, body_at(total, point)))


def sum_constant(total: Sum) -> Law:
    """A sum of equal terms is their number times the term.

    Law: if ``a <= b``, then ``sum(i in a..b) f = (b - a)*f``. Side conditions: no guard; ``f`` is free of
    ``i``.
    """
    if total.guard is not None:
        raise Rejected("sum_constant: the sum has a guard")
    if total.index in free(total.body):
        raise Rejected(f"sum_constant: the body depends on {total.index}")
    size = Plus((total.high, Times((number(-1), total.low))))
    return Law((_at_most(total.low, total.high),), _equal(total, Times((size, total.body))))


def sum_flat(total: Sum) -> Law:
    """Two sums become one, row by row.

    Law: if ``0 <= m`` and ``1 <= n``, then
    ``sum(i in 0..m) sum(j in 0..n) f(i, j) = sum(i in 0..m*n) f(i//n, i - n*(i//n))``.
    Side conditions: no guards; ``n`` does not depend on ``i``.
    """
    inner = total.body
    if not isinstance(inner, Sum):
        raise Rejected("sum_flat: the body is no sum")
    if total.guard is not None or inner.guard is not None:
        raise Rejected("sum_flat: a sum has a guard")
    if not (same(total.low, ZERO) and same(inner.low, ZERO)):
        raise Rejected("sum_flat: a range does not begin at 0")
    if total.index in free(inner.high):
        raise Rejected(f"sum_flat: the inner range depends on {total.index}")
    total = renamed(total, free(inner.high) | {inner.index})
    inner = renamed(_inner(total), {total.index})
    rows, columns = total.high, inner.high
    place = Variable(total.index)
    row = Floor(place, columns)
    column = Plus((place, Times((number(-1), columns, row))))
    body = term_with(inner.body, {total.index: row, inner.index: column})
    flat = Sum(total.index, ZERO, Times((rows, columns)), None, body)
    return Law((_at_most(ZERO, rows), _at_most(ONE, columns)), _equal(total, flat))


def sum_reindex(total: Sum, other: Sum, there: Term, back: Term) -> Law:
    """Two sums are equal if a map with a two-sided inverse takes the terms of one to those of the other.

    Law: if ``u(i)`` is in ``R'`` and ``v(u(i)) = i`` for all ``i`` in ``R``, and ``v(j)`` is in ``R``,
    ``u(v(j)) = j`` and ``f(v(j)) = h(j)`` for all ``j`` in ``R'``, then ``sum(R) f(i) = sum(R') h(j)``.
    ``there`` is u(i), with the index of the first sum, and ``back`` is v(j), with that of the second.
    """
    _apart(total, other, there, back)
    i, j = Variable(total.index), Variable(other.index)
    returned = term_with(back, {other.index: there})
    forth = everywhere(total, And((range_at(other, there), _equal(returned, i))))
    arrived = term_with(there, {total.index: back})
    equal = _equal(body_at(total, back), other.body)
    home = everywhere(other, And((range_at(total, back), _equal(arrived, j), equal)))
    return Law((forth, home), _equal(total, other))


def sum_nonnegative(total: Sum) -> Law:
    """A sum of terms >= 0 is >= 0.

    Law: if ``0 <= f`` for all ``i`` in ``R``, then ``0 <= sum(R) f``.
    """
    return Law((everywhere(plain(total), _at_most(ZERO, total.body)),), _at_most(ZERO, total))


def sum_positive(total: Sum) -> Law:
    """A sum of terms > 0 over something is > 0.

    Law: if ``0 < f`` for all ``i`` in ``R``, and there is an ``i`` in ``R``, then ``0 < sum(R) f``.
    """
    total = plain(total)
    return Law((everywhere(total, _below(ZERO, total.body)), somewhere(total)), _below(ZERO, total))


# -- maxima ------------------------------------------------------------------------------------------------


def max_bound(largest: Max, point: Term) -> Law:
    """A maximum is at least each of its terms.

    Law: if ``t`` is in ``R``, then ``f(t) <= max(R) f``.
    """
    return Law((range_at(largest, point),), _at_most(body_at(largest, point), largest))


def max_attained(largest: Max) -> Law:
    """A maximum is one of its terms.

    Law: if there is an ``i`` in ``R``, then there is one with ``max(R) f = f(i)``.
    """
    largest = plain(largest)
    attained = And((in_range(largest), _equal(largest, largest.body)))
    return Law((somewhere(largest),), Exists(largest.index, INT, attained))


def max_least(largest: Max, bound: Term) -> Law:
    """A maximum is at most what each of its terms is at most.

    Law: if there is an ``i`` in ``R``, and ``f(i) <= c`` for all of them, then ``max(R) f <= c``.
    Side condition: ``c`` does not depend on ``i`` (it is renamed).
    """
    largest = renamed(plain(largest), free(bound))
    premises = (somewhere(largest), everywhere(largest, _at_most(largest.body, bound)))
    return Law(premises, _at_most(largest, bound))


def max_reindex(largest: Max, other: Max, there: Term, back: Term) -> Law:
    """Two maxima are equal if each term of one is a term of the other; terms may repeat.

    Law: if there is an ``i`` in ``R``, ``u(i)`` is in ``R'`` and ``h(u(i)) = f(i)`` for all ``i`` in ``R``,
    and ``v(j)`` is in ``R`` and ``f(v(j)) = h(j)`` for all ``j`` in ``R'``, then ``max(R) f = max(R') h``.
    ``there`` is u(i), with the index of the first maximum, and ``back`` is v(j), with that of the second.
    """
    _apart(largest, other, there, back)
    covered = And((range_at(other, there), _equal(body_at(other, there), largest.body)))
    covers = And((range_at(largest, back), _equal(body_at(largest, back), other.body)))
    premises = (somewhere(largest), everywhere(largest, covered), everywhere(other, covers))
    return Law(premises, _equal(largest, other))


# -- floors, quotients, cases, order -----------------------------------------------------------------------


def floor(top: Term, bottom: Term) -> Law:
    """Division of whole numbers leaves a remainder from 0 up to, but not including, the divisor.

    Law: if ``1 <= d``, then ``d*(n//d) <= n`` and ``n < d*(n//d) + d``.
    """
    below = Times((bottom, Floor(top, bottom)))
    conclusion = And((_at_most(below, top), _below(top, Plus((below, bottom)))))
    return Law((_at_most(ONE, bottom),), conclusion)


def quotient(top: Term, bottom: Term) -> Law:
    """A quotient times its divisor is what was divided.

    Law: if ``b != 0``, then ``(a/b)*b = a``.
    """
    premise = Not(_equal(bottom, ZERO))
    return Law((premise,), _equal(Times((Quotient(top, bottom), bottom)), top))


def if_true(case: If) -> Law:
    """Where its condition holds, a case is its first term.

    Law: if ``c``, then ``(if c then a else b) = a``.
    """
    return Law((case.condition,), _equal(case, case.then))


def if_false(case: If) -> Law:
    """Where its condition does not hold, a case is its second term.

    Law: if ``not c``, then ``(if c then a else b) = b``.
    """
    return Law((Not(case.condition),), _equal(case, case.otherwise))


def antisymmetry(a: Term, b: Term) -> Law:
    """What is at most and at least the same number is that number.

    Law: if ``a <= b`` and ``b <= a``, then ``a = b``.
    """
    return Law((_at_most(a, b), _at_most(b, a)), _equal(a, b))


def trichotomy(a: Term, b: Term) -> Law:
    """Of two numbers one is smaller, or they are equal.

    Law: ``a < b`` or ``a = b`` or ``b < a``.
    """
    return Law((), Or((_below(a, b), _equal(a, b), _below(b, a))))


def archimedes(a: Term) -> Law:
    """No number is larger than all whole numbers.

    Law: there is a whole number ``n`` with ``a <= n``.
    """
    name = fresh("n", free(a))
    return Law((), Exists(name, INT, _at_most(a, Variable(name))))


# -- what they are made of ---------------------------------------------------------------------------------


def _equal(a: Term, b: Term) -> Formula:
    return Compare("=", a, b)


def _at_most(a: Term, b: Term) -> Formula:
    return Compare("<=", a, b)


def _below(a: Term, b: Term) -> Formula:
    return Compare("<", a, b)


def _inner(total: Sum) -> Sum:
    if not isinstance(total.body, Sum):
        raise Rejected("the body is no sum")
    return total.body


def _apart(one: Sum | Max, other: Sum | Max, there: Term, back: Term) -> None:
    """Each index must mean its own variable only, wherever one range is spoken of under the other's index."""
    plain(one)
    plain(other)
    same_name = one.index == other.index
    for index, outside, itself in ((one.index, other, back), (other.index, one, there)):
        if index in free(outside) or (index in free(itself) and not same_name):
            raise Rejected(f"{index} is an index of one side and another variable on the other; rename it")


# Each law with the kinds of its arguments. "whole" is a term of sort int; "body" and "guard" speak of the
# index of the sum before them; "there" and "back" are terms of sort int in the index of the first and the
# second sum.
LAWS: dict[str, tuple[Callable[..., Law], tuple[str, ...]]] = {
    "sum_ext": (sum_ext, ("sum", "body")),
    "sum_guard": (sum_guard, ("sum", "guard")),
    "sum_indicator": (sum_indicator, ("sum",)),
    "sum_scale": (sum_scale, ("sum", "term")),
    "sum_add": (sum_add, ("sum", "sum")),
    "sum_exchange": (sum_exchange, ("sum",)),
    "sum_shift": (sum_shift, ("sum", "whole")),
    "sum_split": (sum_split, ("sum", "whole")),
    "sum_first": (sum_first, ("sum",)),
    "sum_empty": (sum_empty, ("sum",)),
    "sum_point": (sum_point, ("sum", "whole")),
    "sum_constant": (sum_constant, ("sum",)),
    "sum_flat": (sum_flat, ("sum",)),
    "sum_reindex": (sum_reindex, ("sum", "sum", "there", "back")),
    "sum_nonnegative": (sum_nonnegative, ("sum",)),
    "sum_positive": (sum_positive, ("sum",)),
    "max_bound": (max_bound, ("max", "whole")),
    "max_attained": (max_attained, ("max",)),
    "max_least": (max_least, ("max", "term")),
    "max_reindex": (max_reindex, ("max", "max", "there", "back")),
    "floor": (floor, ("whole", "whole")),
    "quotient": (quotient, ("term", "term")),
    "if_true": (if_true, ("if",)),
    "if_false": (if_false, ("if",)),
    "antisymmetry": (antisymmetry, ("term", "term")),
    "trichotomy": (trichotomy, ("term", "term")),
    "archimedes": (archimedes, ("term",)),
}
