"""Random integer expressions, the same expressions written in other ways, and small ones that still fail.

The expressions are the trees of ``tests.expressions``, drawn from a ``random.Random``: floors within floors
within maxima, symbolic divisors, negative values, numbers beyond 64 bits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.expressions import LEAST, Point, Tree

BIG = (2**31, 2**63 - 1, 2**64, 2**70 + 1, 10**25)
ROUNDED = ("//", "ceil")
EXTREMA = ("max", "min")
KINDS = ("+", "-", "*", *ROUNDED, *EXTREMA, "**", "exact")
COMPARED = (*EXTREMA, *EXTREMA, *ROUNDED, "+")  # extrema of several things, and of what is rounded


def random_point(dice: random.Random, largest: int = 12) -> Point:
    """A value for each symbol, within its range; often the least one."""
    return {
        name: dice.choice((dice.randint(low, largest), low + dice.randint(0, 2)))
        for name, least in LEAST.items()
        for low in [-largest if least is None else least]
    }


def random_divisor(dice: random.Random, leaves: int = 2, names: str = "HWKS") -> Tree:
    """An expression that is at least 1 by its form."""
    if leaves <= 1:
        return ("int", dice.randint(1, 9)) if dice.random() < 0.5 else ("symbol", dice.choice(names))
    kind = dice.choice("+**")
    first = dice.randint(1, leaves - 1)
    if kind == "+" and dice.random() < 0.3:  # a floor of what is not negative, and 1
        inner = ("//", random_divisor(dice, first, names), random_divisor(dice, 1, names))
        return ("+", inner, ("int", 1))
    return (kind, random_divisor(dice, first, names), random_divisor(dice, leaves - first, names))


def random_tree(
    dice: random.Random,
    leaves: int = 8,
    names: str = "HWKSPZ",
    kinds: Sequence[str] = KINDS,
    big: bool = False,
) -> Tree:
    """An expression with at most about this many leaves."""

    def leaf() -> Tree:
        if dice.random() < 0.6:
            return ("symbol", dice.choice(names))
        return (
            "int",
            dice.choice(BIG) * dice.choice((-1, 1)) if big and dice.random() < 0.3 else dice.randint(-9, 9),
        )

    def tree(leaves: int, allowed: Sequence[str]) -> Tree:
        if leaves <= 1:
            return leaf()
        kind = dice.choice(allowed)
        if kind in ROUNDED:
            # What is rounded is often rounded inside as well, or compared.
            inner = [k for k in kinds if k in {*ROUNDED, *EXTREMA, "+"}] if dice.random() < 0.4 else kinds
            return (kind, tree(leaves - 1, inner), random_divisor(dice, dice.randint(1, 2)))
        if kind == "exact":
            return (kind, tree(leaves - 1, kinds), random_product(dice))
        if kind == "**":
            return (kind, tree(min(leaves, 3), kinds), dice.randint(0, 3))
        first = dice.randint(1, leaves - 1)
        return (kind, tree(first, kinds), tree(leaves - first, kinds))

    return tree(dice.randint(1, leaves), kinds)


def random_remainder(dice: random.Random, names: str = "HPS") -> Tree:
    """Multiples of rounded quotients and what they round, of both signs: bounds of these are close."""
    name = ("symbol", dice.choice(names))
    out: Tree = ("int", dice.randint(-4, 6))
    for _ in range(dice.randint(1, 2)):
        divisor = dice.randint(2, 6)
        inner: Tree = ("+", name, ("int", dice.randint(-2, 7)))
        if dice.random() < 0.2:
            inner = ("+", inner, ("symbol", dice.choice(names)))
        times = dice.choice((1, divisor, divisor, 2 * divisor))
        rounded = ("*", ("int", times), (dice.choice(ROUNDED), inner, ("int", divisor)))
        out = (dice.choice("+-"), out, rounded)
    return (dice.choice("+-"), out, ("*", ("int", dice.randint(0, 3)), name))


def random_product(dice: random.Random) -> Tree:
    """A product of numbers and symbols from 1: quotients by other divisors have no normal form."""
    first = random_divisor(dice, 1)
    return first if dice.random() < 0.5 else ("*", first, random_divisor(dice, 1))


# -- other ways to write the same expression ---------------------------------------------------------------

MINUS = ("int", -1)


def _ring_laws(tree: Tree, dice: random.Random) -> Iterator[Tree]:
    """The same by a law of commutative rings, or by the order of what is compared."""
    match tree:
        case ("+" | "*" | "max" | "min" as kind, a, b):
            yield (kind, b, a)
            if a[0] == kind:
                yield (kind, a[1], (kind, a[2], b))
            if kind == "*" and b[0] in "+-":
                yield (b[0], ("*", a, b[1]), ("*", a, b[2]))
            if kind == "+":
                k = ("int", dice.randint(1, 5))
                yield ("-", ("+", ("+", a, k), b), k)
        case ("-", a, b):
            yield ("+", a, ("*", MINUS, b))
            yield ("*", MINUS, ("-", b, a))
        case ("**", a, n):
            yield ("*", a, ("**", a, n - 1)) if n else ("int", 1)
        case ("exact", a, _):
            yield a
        case _:
            pass


def _all_laws(tree: Tree, dice: random.Random) -> Iterator[Tree]:
    """The same also by a law of floors or maxima."""
    yield from _ring_laws(tree, dice)
    k = ("int", dice.randint(-4, 4))
    match tree:
        case ("//", a, d):
            yield ("-", ("//", ("+", a, ("*", k, d)), d), k)
            yield ("*", MINUS, ("ceil", ("*", MINUS, a), d))
            if a[0] == "//":
                yield ("//", a[1], ("*", a[2], d))
            yield ("//", ("*", a, ("int", 3)), ("*", ("int", 3), d))
        case ("ceil", a, d):
            yield ("*", MINUS, ("//", ("*", MINUS, a), d))
            yield ("//", ("-", ("+", a, d), ("int", 1)), d)
        case ("max", a, b):
            yield ("+", a, ("max", ("int", 0), ("-", b, a)))
            yield ("*", MINUS, ("min", ("*", MINUS, a), ("*", MINUS, b)))
            yield ("-", ("max", ("+", a, k), ("+", b, k)), k)
        case ("min", a, b):
            yield ("-", ("+", a, b), ("max", a, b))
        case _:
            pass


def rewritten(tree: Tree, dice: random.Random, only_ring: bool = False) -> Tree:
    """The same expression written in another way, everywhere in it."""
    kind, *parts = tree
    if kind in {"int", "symbol"}:
        return tree
    divisor = 1 if kind in ROUNDED or kind == "exact" else None  # stays at least 1 by its form
    new = (
        kind,
        *(
            p if k == divisor or not isinstance(p, tuple) else rewritten(p, dice, only_ring)
            for k, p in enumerate(parts)
        ),
    )
    found = list((_ring_laws if only_ring else _all_laws)(new, dice))
    return dice.choice(found) if found and dice.random() < 0.5 else new


# -- small expressions that fail ----------------------------------------------------------------------------


def weight(tree: Tree) -> tuple[int, int]:
    """How large an expression is: its nodes, then its numbers."""
    kind, *parts = tree
    if kind == "int":
        return 1, abs(parts[0]) + (parts[0] < 0)
    inner = [weight(p) for p in parts if isinstance(p, tuple)]
    exponent = parts[1] if kind == "**" else 0
    return 1 + sum(n for n, _ in inner), exponent + sum(m for _, m in inner)


def smaller(tree: Tree) -> Iterator[Tree]:
    """Expressions next to this one that are smaller."""
    kind, *parts = tree
    if kind == "int":
        value = parts[0]
        for other in {0, 1, -1, 2, value // 2, abs(value), value - 1, value + 1}:
            if weight(("int", other)) < weight(tree):
                yield ("int", other)
        return
    if kind == "symbol":
        yield from (("int", 1), ("int", 0))
        return
    yield from (p for p in parts if isinstance(p, tuple))
    for k, part in enumerate(parts):
        if isinstance(part, tuple):
            for other in smaller(part):
                yield (kind, *parts[:k], other, *parts[k + 1 :])
        elif isinstance(part, int) and part:
            yield (kind, *parts[:k], part - 1)


def simplest(tree: Tree, fails: Callable[[Tree], bool]) -> Tree:
    """A tree that fails as this one does, and none of whose neighbours does."""
    while True:
        found = next((t for t in sorted(smaller(tree), key=weight) if _fails(t, fails)), None)
        if found is None:
            return tree
        tree = found


def _fails(tree: Tree, fails: Callable[[Tree], bool]) -> bool:
    try:
        return fails(tree)
    except (ValueError, ArithmeticError):
        return False  # not an expression any more: a divisor that may be 0


def checked(test: Callable[[Tree], Any], tree: Tree) -> None:
    """Run a test of one expression; its failure names the smallest expression that fails like that."""
    try:
        test(tree)
    except Exception as error:
        kind = type(error)

        def fails(other: Tree) -> bool:
            try:
                test(other)
            except kind:
                return True
            except Exception:
                return False
            return False

        error.add_note(f"the smallest expression that fails like that: {simplest(tree, fails)}")
        raise


# -- what is in an expression -------------------------------------------------------------------------------


def nodes(tree: Tree) -> Iterator[Tree]:
    """An expression and all inside it."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from nodes(part)


def features(tree: Tree) -> set[str]:
    """What makes an expression worth to be tried."""
    out: set[str] = set()
    for node in nodes(tree):
        if node[0] in ROUNDED:
            inside = {n[0] for n in nodes(node[1])}
            out.add("floor")
            if inside & {*ROUNDED}:
                out.add("floor in floor")
            if inside & {*EXTREMA}:
                out.add("extremum in floor")
            if any(n[0] == "symbol" for n in nodes(node[2])):
                out.add("symbolic divisor")
            if any(n[0] in ROUNDED for n in nodes(node[2])):
                out.add("floor in divisor")
        if node[0] in EXTREMA and any(n[0] in ROUNDED for n in nodes(node)):
            out.add("floor in extremum")
        if node[0] == "int" and abs(node[1]) >= 2**63:
            out.add("big number")
        if node[0] == "exact":
            out.add("exact quotient")
    return out
