"""Random terms and formulas of the kernel, well-sorted by construction, with values for their names."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from symcnn.kernel import terms as t
from symcnn.kernel.substitution import map_parts

INT, REAL, RING = t.INT, t.REAL, t.RING
SCOPE: dict[str, t.Sort] = {
    **dict.fromkeys("abc", INT), **dict.fromkeys("xy", REAL), **dict.fromkeys("pq", RING),
    "f": t.Function((INT,), INT), "g": t.Function((REAL,), REAL), "h": t.Function((INT, INT), RING),
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "f": lambda k: (k * 7 + 3) % 5 - 2,
    "g": lambda k: k * k / 3 - 1,
    "h": lambda k, m: (3 * k + 5 * m) % 7 - 3,
}
INDICES = "ij"
# Where a changed sum binds another index, the old one is free.
WITH_INDICES: dict[str, t.Sort] = {**SCOPE, **dict.fromkeys(INDICES, INT)}
# Ranges stay inside this box, so that quantifiers over it see all of each range.
BOX = {INT: [Fraction(k) for k in range(-6, 9)], REAL: [Fraction(k, 2) for k in range(-5, 6)]}
BIG = (2**64, 2**64 - 1, 10**20)


def random_values(dice: random.Random) -> dict[str, Fraction]:
    """A value for each variable: whole for int, anything exact for the others."""
    whole = {name: Fraction(dice.randint(-3, 4)) for name in "abcpq" + INDICES}
    return whole | {name: Fraction(dice.randint(-6, 6), dice.randint(1, 3)) for name in "xy"}


class Draw:
    """One drawing: ``quantified`` allows quantifiers, ``reduced`` sums and maxima."""

    def __init__(self, dice: random.Random, quantified: bool = False, reduced: bool = True) -> None:
        self.dice, self.quantified, self.reduced = dice, quantified, reduced

    def term(self, sort: str, leaves: int, scope: Mapping[str, t.Sort] = SCOPE) -> t.Term:
        """A term that may stand where this sort is needed."""
        if leaves <= 1:
            return self.leaf(sort, scope)
        first = self.dice.randint(1, leaves - 1)
        kinds = ["plus", "plus", "times", "times", "power", "if", "call"]
        kinds += ["floor", "floor"] if sort != RING else ["whole"]
        kinds += ["quotient", "quotient", "whole"] if sort == REAL else []
        kinds += ["sum", "max"] if self.reduced and leaves > 2 else []
        kind = self.dice.choice(kinds)
        here, rest = self.dice.choice(_allowed(sort)), leaves - first
        match kind:
            case "plus" | "times":
                parts = (self.term(here, first, scope), self.term(sort, rest, scope))
                return (t.Plus if kind == "plus" else t.Times)(parts)
            case "power":
                return t.Power(self.term(sort, min(leaves - 1, 3), scope), self.dice.randint(0, 3))
            case "if":
                then = self.term(here, first, scope)
                return t.If(self.formula(max(1, rest // 2), scope), then, self.term(sort, rest, scope))
            case "call":
                return self.call(sort, leaves - 1, scope)
            case "floor":
                return t.Floor(self.term(INT, first, scope), self.term(INT, rest, scope))
            case "quotient":
                top, bottom = self.term(REAL, first, scope), self.term(REAL, rest, scope)
                both = isinstance(top, t.Number) and isinstance(bottom, t.Number)
                return t.Plus((top, bottom)) if both else t.Quotient(top, bottom)  # read as one number
            case "whole":
                return self.term(INT, leaves, scope)
            case _:
                return self.reduction(kind, sort, leaves, scope)

    def leaf(self, sort: str, scope: Mapping[str, t.Sort]) -> t.Term:
        """A number or a name."""
        names = [name for name, its in scope.items() if its in _allowed(sort)]
        if self.dice.random() < 0.6:
            return t.Variable(self.dice.choice(names))
        if sort == REAL and self.dice.random() < 0.3:
            return t.number(Fraction(self.dice.randint(-3, 3), self.dice.randint(1, 3)))
        big = self.dice.random() < 0.03
        return t.number(self.dice.choice(BIG) if big else self.dice.randint(-3, 3))

    def call(self, sort: str, leaves: int, scope: Mapping[str, t.Sort]) -> t.Term:
        """An entry or the value of a function."""
        if sort == RING:
            return t.Call("h", (self.term(INT, max(1, leaves // 2), scope), self.term(INT, 1, scope)))
        name = self.dice.choice("fg") if sort == REAL else "f"
        return t.Call(name, (self.term(INT if name == "f" else REAL, leaves, scope),))

    def reduction(self, kind: str, sort: str, leaves: int, scope: Mapping[str, t.Sort]) -> t.Term:
        """A sum or maximum over a range that may be empty or reversed, with or without a guard."""
        index = self.dice.choice(INDICES)
        inner = {**scope, index: INT}
        low, high = self.end(scope), self.end(scope)
        guard = self.formula(max(1, leaves // 3), inner) if self.dice.random() < 0.4 else None
        body = self.term(sort, leaves - 2, inner)
        return (t.Sum if kind == "sum" or sort == RING else t.Max)(index, low, high, guard, body)

    def end(self, scope: Mapping[str, t.Sort]) -> t.Term:
        """An end of a range: small, so that the box holds the whole range."""
        if self.dice.random() < 0.5:
            return t.number(self.dice.randint(-2, 4))
        name = self.dice.choice([k for k in scope if scope[k] == INT])
        return t.Variable(name)

    def formula(self, leaves: int, scope: Mapping[str, t.Sort] = SCOPE) -> t.Formula:
        """A formula; two leaves make a comparison."""
        if leaves <= 2 or self.dice.random() < 0.2:
            sort = self.dice.choice((INT, INT, REAL, RING))
            relation = "=" if sort == RING else self.dice.choice(("=", "<=", "<"))
            first = max(1, leaves // 2)
            return t.Compare(
                relation, self.term(sort, first, scope), self.term(sort, max(1, leaves - first), scope)
            )
        kinds = ["and", "or", "not", "implies", "iff"] + ["all", "exists"] * self.quantified
        kind = self.dice.choice(kinds)
        first = self.dice.randint(1, leaves - 1)
        if kind in {"all", "exists"}:
            name, sort = self.dice.choice(INDICES), self.dice.choice((INT, INT, REAL))
            body = self.formula(leaves - 1, {**scope, name: sort})
            return (t.ForAll if kind == "all" else t.Exists)(name, sort, body)
        if kind == "not":
            return t.Not(self.formula(leaves, scope))
        left, right = self.formula(first, scope), self.formula(leaves - first, scope)
        match kind:
            case "and":
                return t.And((left, right))
            case "or":
                return t.Or((left, right))
            case "implies":
                return t.Implies(left, right)
            case _:
                return t.Iff(left, right)


def _allowed(sort: str) -> tuple[str, ...]:
    """The sorts that may stand where this one is needed."""
    return (INT,) if sort == INT else (INT, sort)


# -- terms next to a term ----------------------------------------------------------------------------------


def places(node: t.Node) -> int:
    """The number of nodes."""
    return 1 + sum(places(part) for part in t.parts(node))


def changed_at(node: t.Node, place: int, change: Callable[[t.Node], t.Node]) -> Any:
    """The node with one of its nodes, counted from the front, changed."""
    if place == 0:
        return change(node)
    left = place - 1

    def inside(part: t.Node) -> Any:
        nonlocal left
        here, left = left, left - places(part)
        return changed_at(part, here, change) if 0 <= here < places(part) else part

    return map_parts(node, inside)


def nearby(node: t.Node, dice: random.Random) -> Any:
    """The node with one small change somewhere, which mostly says something else."""

    def change(here: t.Node) -> t.Node:
        match here:
            case t.Number(value):
                return t.number(value + dice.choice((-1, 1)))
            case t.Variable(name) if SCOPE.get(name) == INT or name in INDICES:
                return t.Plus((here, t.number(1)))
            case t.Plus((first, second)):
                return dice.choice(
                    (t.Plus((second, first)), t.Times((first, second)), t.Plus((first, first)))
                )
            case t.Times((first, second)):
                return dice.choice(
                    (t.Times((second, first)), t.Plus((first, second)), t.Times((first, first)))
                )
            case t.Power(base, exponent):
                return t.Power(base, exponent + 1)
            case t.Compare(relation, left, right):
                swapped = t.Compare(relation, right, left)
                return swapped if relation == "=" else dice.choice((swapped, t.Compare("<=", left, right)))
            case t.And(parts):
                return dice.choice((t.Or(parts), t.And(parts[::-1])))
            case t.Or(parts):
                return dice.choice((t.And(parts), t.Or(parts[::-1])))
            case t.Implies(left, right):
                return dice.choice((t.Implies(right, left), t.Iff(left, right)))
            case t.Not(inner):
                return inner
            case t.Sum(index, low, high, guard, body):
                other = t.Sum(dice.choice(INDICES), low, high, guard, body)  # binds something else
                return dice.choice(
                    (other, t.Sum(index, low, high, None, body), t.Max(index, low, high, None, body))
                )
            case t.Max(index, low, high, guard, body):
                other = t.Max(dice.choice(INDICES), low, high, guard, body)
                return dice.choice(
                    (other, t.Max(index, low, high, None, body), t.Sum(index, low, high, None, body))
                )
            case t.ForAll(name, sort, body):
                return t.Exists(name, sort, body)
            case _:
                return here

    binding = [
        k for k, part in enumerate(walk(node)) if isinstance(part, t.Sum | t.Max | t.ForAll | t.Exists)
    ]
    place = dice.choice(binding) if binding and dice.random() < 0.4 else dice.randrange(places(node))
    return changed_at(node, place, change)


def walk(node: t.Node) -> Iterator[t.Node]:
    """A node and all inside it, from the front."""
    yield node
    for part in t.parts(node):
        yield from walk(part)


def same_value(node: t.Term, dice: random.Random) -> Any:
    """The term with one of its terms written in another way, by a law of rings."""

    def change(here: t.Node) -> t.Node:
        match here:
            case t.Plus((first, second)):
                return t.Plus((second, first))
            case t.Times((first, t.Plus((a, b)))):
                return t.Plus((t.Times((first, a)), t.Times((first, b))))
            case t.Times((first, second)):
                return t.Times((second, first))
            case t.Power(base, exponent) if exponent:
                return t.Times((base, t.Power(base, exponent - 1)))
            case t.Number() | t.Variable():
                one = t.number(1)
                return t.Plus((t.Plus((here, one)), t.number(-1)))
            case _:
                return here

    return changed_at(node, dice.randrange(places(node)), change)
