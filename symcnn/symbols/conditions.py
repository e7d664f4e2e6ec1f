"""Conditions on sizes: the domain of a cost, and the guards of a sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from symcnn.kernel.polynomial import ONE
from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.size import (
    Atom,
    Dim,
    Size,
    as_quotient,
    atoms,
    exact_quotient,
    expanded,
    from_terms,
    is_integral,
    multiply,
    substitute,
    subtract,
)

if TYPE_CHECKING:
    from symcnn.symbols.rounding import Floor


SIGNS = {"ge": ">=", "eq": "=", "divides": "divides"}


class Reason:
    """The plain words behind a condition, put together only when somebody reads them."""

    __slots__ = ("parts", "template")

    def __init__(self, template: str, *parts: object) -> None:
        self.template = template
        self.parts = parts

    def __str__(self) -> str:
        return self.template.format(*self.parts)


@dataclass(frozen=True)
class Condition:
    """``left >= right``, ``left = right`` or ``left divides right``; never collapses to True."""

    relation: str
    left: Size
    right: Size
    reason: Reason | str = field(default="", compare=False)

    def sides(self) -> tuple[Size, Size]:
        """Both sides; of ``>=`` with nothing but added terms, so that ``H - K >= 0`` is ``H >= K``."""
        if self.relation != "ge":
            return self.left, self.right
        difference = expanded(subtract(self.left, self.right))
        left = from_terms({m: c for m, c in difference.items() if c > 0})
        right = from_terms({m: -c for m, c in difference.items() if c < 0})
        return left, right

    def verdict(self) -> bool | None:
        """True or False where it is decided for all values of the symbols, else None."""
        if self.relation == "divides":
            return _divides(self.left, self.right)
        difference = subtract(self.left, self.right)
        if self.relation == "ge":
            return _sign(difference)
        if self.left == self.right:
            return True
        apart = (lower_bound(difference) or 0) >= 1 or (lower_bound(multiply(-1, difference)) or 0) >= 1
        return False if apart else None

    def substituted(self, values: Mapping[Atom, Size]) -> Condition:
        """The condition with atoms replaced."""
        return self.mapped(lambda size: substitute(size, values))

    def mapped(self, change: Callable[[Size], Size]) -> Condition:
        """The condition with ``change`` applied to both sides."""
        return Condition(self.relation, change(self.left), change(self.right), self.reason)

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self} has no truth value of its own; ask verdict(), or substitute numbers with at(...)"
        )

    def __repr__(self) -> str:
        from symcnn.symbols.printing import condition

        return condition(self, latex=False)

    @property
    def latex(self) -> str:
        """The condition in LaTeX."""
        from symcnn.symbols.printing import condition

        return condition(self, latex=True)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


def at_least(left: Size, right: Size, reason: Reason | str = "") -> Condition:
    """The condition ``left >= right``; ``floor(n/d) >= m`` is written as ``n >= d m``."""
    difference = subtract(left, right)
    while isinstance(difference, Dim) and (floor := _sole_floor(difference)) is not None:
        rest = subtract(difference, Dim.of_atom(floor))
        left, right = floor.numerator, multiply(-1, multiply(floor.denominator, rest))
        difference = subtract(left, right)
    return Condition("ge", left, right, reason)


def strongest(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """The conditions without those that another one implies: of ``H >= 3`` and ``H >= 7`` the latter."""
    kept: dict[object, Condition] = {}
    for condition in conditions:
        key: object = condition
        if condition.relation == "ge":
            terms = expanded(subtract(condition.left, condition.right))
            key = frozenset((m, c) for m, c in terms.items() if m)
            other = kept.get(key)
            if other is not None and _constant(other) <= _constant(condition):
                continue
        kept[key] = condition
    return tuple(kept.values())


def _constant(condition: Condition) -> int | Fraction:
    return expanded(subtract(condition.left, condition.right)).get(ONE, 0)


def _sole_floor(difference: Dim) -> Floor | None:
    """The floor in ``floor(n/d) + number``."""
    from symcnn.symbols.rounding import Floor

    symbolic = [(m, c) for m, c in difference.terms.items() if m]
    if len(symbolic) == 1 and symbolic[0][1] == 1 and len(symbolic[0][0]) == 1:
        atom, exponent = symbolic[0][0][0]
        if isinstance(atom, Floor) and exponent == 1:
            return atom
    return None


def equal(left: Size, right: Size, reason: Reason | str = "") -> Condition:
    """The condition ``left = right``."""
    return Condition("eq", left, right, reason)


def divides(divisor: Size, value: Size, reason: Reason | str = "") -> Condition:
    """The condition that ``divisor`` divides ``value``."""
    return Condition("divides", divisor, value, reason)


def whole(value: Size, reason: Reason | str = "") -> Iterator[Condition]:
    """The conditions under which every quotient in a size is an integer: ``2 divides C`` for C/2."""
    if isinstance(value, int):
        return
    inside = (part for atom in atoms(value) for part in atom.parts())
    for part in (value, *inside):
        if isinstance(part, Dim) and not is_integral(part.terms):
            above, below = as_quotient(part)
            yield divides(below, above, reason)


def _sign(difference: Size) -> bool | None:
    below = lower_bound(difference)
    if below is not None and below >= 0:
        return True
    below = lower_bound(multiply(-1, difference))
    return False if below is not None and below >= 1 else None


def _divides(d: Size, n: Size) -> bool | None:
    if isinstance(d, int) and isinstance(n, int):
        return d != 0 and n % d == 0
    if isinstance(d, int) and d < 0:
        return _divides(-d, n)
    if (lower_bound(d) or 0) < 1:
        return False if isinstance(d, int) else None
    if d in (1, n) or n == 0:
        return True
    try:
        quotient = exact_quotient(n, d)
    except ArithmeticError:
        return False  # a number that is no integer, as for K/(2 K)
    return True if is_integral(expanded(quotient)) else None
