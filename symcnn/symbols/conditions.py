"""Conditions on sizes: the domain of a cost, and the guards of a sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.size import (
    Atom,
    Size,
    exact_quotient,
    expanded,
    from_terms,
    is_integral,
    multiply,
    substitute,
    subtract,
)


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
        """Both sides; for a comparison with nothing but added terms, so that ``H - K >= 0`` is ``H >= K``."""
        if self.relation == "divides":
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
    """The condition ``left >= right``."""
    return Condition("ge", left, right, reason)


def equal(left: Size, right: Size, reason: Reason | str = "") -> Condition:
    """The condition ``left = right``."""
    return Condition("eq", left, right, reason)


def divides(divisor: Size, value: Size, reason: Reason | str = "") -> Condition:
    """The condition that ``divisor`` divides ``value``."""
    return Condition("divides", divisor, value, reason)


def _sign(difference: Size) -> bool | None:
    below = lower_bound(difference)
    if below is not None and below >= 0:
        return True
    below = lower_bound(multiply(-1, difference))
    return False if below is not None and below >= 1 else None


def _divides(d: Size, n: Size) -> bool | None:
    if isinstance(d, int) and isinstance(n, int):
        return d != 0 and n % d == 0
    if d in (1, n) or n == 0:
        return True
    if isinstance(d, int) and d < 1:
        return False
    return True if is_integral(expanded(exact_quotient(n, d))) else None
