"""The two rules of arithmetic: ``ring`` for equations, ``cone`` for inequalities.

Both add up *products* that a certificate lists. A product is a positive number, times facts, times squares;
a fact ``a <= b`` stands for ``b - a``, ``a < b`` for ``b - a``, or ``b - a - 1`` between whole numbers, and
``a = b`` for ``a - b``, which is 0 and may be multiplied by any term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symcnn.kernel.canonical import Canonical
from symcnn.kernel.polynomial import ONE, Polynomial, add, add_scaled, constant, scale
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    FALSE,
    INT,
    REAL,
    RING,
    Compare,
    Formula,
    Rejected,
    Sort,
    Term,
)
from symcnn.kernel.writing import short

ZERO, POSITIVE, NONNEGATIVE = "= 0", "> 0", ">= 0"


@dataclass(frozen=True, slots=True)
class Product:
    """``factor`` times the facts, times the squares of terms, times ``multiplier`` where a fact is an
    equation."""

    factor: Fraction
    facts: tuple[Formula, ...] = ()
    squares: tuple[Term, ...] = ()
    multiplier: Term | None = None


def ring(goal: Formula, products: Sequence[Product], canonical: Canonical) -> None:
    """``a = b`` because ``a - b`` is, as a polynomial, the sum of multiples of equations that are cited.

    Law: if ``l = r`` for each cited equation, and ``a - b`` is the sum of ``c*(l - r)``, then ``a = b``;
    without any, ``a`` and ``b`` have the same canonical form.

    Side conditions: each product holds an equation. A goal between elements of a ring takes whole numbers and
    equations between whole numbers or elements of a ring; one between numbers takes nothing of a ring.
    """
    if not isinstance(goal, Compare) or goal.relation != "=":
        raise Rejected(f"ring: the goal is no equation: {short(goal)}")
    kind = _sort(goal, canonical.scope)
    total: Polynomial = {}
    for product in products:
        if kind == RING and product.factor.denominator != 1:
            raise Rejected(f"ring: {product.factor} is no element of a ring")
        value, sign = _product(product, canonical, "ring", (INT, RING) if kind == RING else (INT, REAL))
        if sign != ZERO:
            raise Rejected("ring: a product without an equation is not 0")
        add_scaled(total, value)
    left = add(canonical.difference(goal.left, goal.right), scale(total, -1))
    if left:
        raise Rejected(f"ring: the two sides differ by {canonical.atoms.show(left)}")


def cone(goal: Formula, products: Sequence[Product], canonical: Canonical) -> None:
    """``a <= b`` or ``a < b`` because ``b - a`` is, as a polynomial, a sum of products that are not negative.

    Law: a product of numbers >= 0, of squares and of a positive factor is >= 0; it is > 0 if every factor is,
    and 0 if one of them is 0. So is a sum of such products, and > 0 if one of them is. To show

    - ``a <= b``, the sum is ``b - a``;
    - ``a < b``, it is ``b - a`` and holds a product > 0, or, between whole numbers, it is ``b - a - 1``;
    - ``false``, it is a number < 0, or it is 0 and holds a product > 0.

    Side conditions: numbers only, no elements of a ring; factors > 0, except where the product is 0.
    """
    total: Polynomial = {}
    strict = False
    for product in products:
        value, sign = _product(product, canonical, "cone", (INT, REAL))
        add_scaled(total, value)
        strict = strict or sign == POSITIVE
    if goal == FALSE:
        _contradiction(total, strict, canonical)
        return
    if not isinstance(goal, Compare) or goal.relation == "=":
        raise Rejected(f"cone: the goal is no inequality: {short(goal)}")
    left = add(canonical.difference(goal.right, goal.left), scale(total, -1))
    if goal.relation == "<" and not (strict and not left):
        if _sort(goal, canonical.scope) != INT:
            raise Rejected(
                f"cone: b - a exceeds the sum by {canonical.atoms.show(left)}"
                if left
                else "cone: the sum is >= 0, and for a strict inequality of reals a product > 0 is missing"
            )
        left = add(left, constant(-1))
    if left:
        raise Rejected(f"cone: what is to be >= 0 exceeds the sum by {canonical.atoms.show(left)}")


def _contradiction(total: Polynomial, strict: bool, canonical: Canonical) -> None:
    value = total.get(ONE, 0)
    if set(total) - {ONE}:
        raise Rejected(f"cone: the sum is no number but {canonical.atoms.show(total)}")
    if value > 0 or (value == 0 and not strict):
        raise Rejected(f"cone: that the sum {value} is {'>' if strict else '>='} 0 is no contradiction")


def _product(
    product: Product, canonical: Canonical, rule: str, sorts: tuple[str, str]
) -> tuple[Polynomial, str]:
    """The value of a product of terms of these sorts, and whether it is known to be 0, > 0 or >= 0."""
    value, sign = constant(product.factor), POSITIVE
    for fact in product.facts:
        here, its_sign = _fact(fact, canonical, rule, sorts)
        value, sign = canonical.times(value, here), _both(sign, its_sign)
    for square in product.squares:
        _check(sort_of(square, canonical.scope), sorts, rule, square)
        root = canonical.term(square)
        value, sign = canonical.times(value, canonical.times(root, root)), _both(sign, NONNEGATIVE)
    if product.multiplier is not None:
        if sign != ZERO:
            raise Rejected(
                f"{rule}: ({short(product.multiplier)}) is the factor of no equation; only an equation may "
                "be multiplied by any term, as in e (term), the fact first"
            )
        _check(sort_of(product.multiplier, canonical.scope), sorts, rule, product.multiplier)
        value = canonical.times(value, canonical.term(product.multiplier))
    if sign != ZERO and product.factor <= 0:
        raise Rejected(f"{rule}: the factor {product.factor} is not positive")
    return value, sign


def _fact(fact: Formula, canonical: Canonical, rule: str, sorts: tuple[str, str]) -> tuple[Polynomial, str]:
    if not isinstance(fact, Compare):
        raise Rejected(f"{rule}: {short(fact)} is no equation and no inequality")
    kind = _sort(fact, canonical.scope)
    _check(kind, sorts, rule, fact)
    if fact.relation == "=":
        return canonical.difference(fact.left, fact.right), ZERO
    between = canonical.difference(fact.right, fact.left)
    if fact.relation == "<=":
        return between, NONNEGATIVE
    if kind == INT:
        return add(between, constant(-1)), NONNEGATIVE
    return between, POSITIVE


def _both(a: str, b: str) -> str:
    """The sign of a product of two numbers with these signs."""
    if ZERO in (a, b):
        return ZERO
    return POSITIVE if a == b == POSITIVE else NONNEGATIVE


def _sort(comparison: Compare, scope: Mapping[str, Sort]) -> str:
    """The wider sort of both sides: int only if both are."""
    found = {sort_of(comparison.left, scope), sort_of(comparison.right, scope)} - {INT}
    return found.pop() if found else INT


def _check(sort: str, sorts: tuple[str, str], rule: str, node: Term | Formula) -> None:
    if sort not in sorts:
        raise Rejected(
            f"{rule}: {short(node)} is of sort {sort}, and only {' and '.join(sorts)} are used here"
        )
