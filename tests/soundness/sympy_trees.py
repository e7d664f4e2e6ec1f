"""Random expressions for SymPy, their true values, and where SymPy gives another one.

The trees are those of ``random_trees``, with sums over a range that includes its upper bound (empty where
that lies below the lower one, as in a loop), cases, remainders and Kronecker deltas besides.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy import KroneckerDelta, Max, Min, Mod, Piecewise, Sum, ceiling, floor

from tests.expressions import LEAST, Point, Tree
from tests.soundness.random_trees import ROUNDED, nodes, random_divisor, random_tree, simplest

INDICES = ("i", "j")
_RANGES: dict[int | None, dict[str, bool]] = {1: {"positive": True}, 0: {"nonnegative": True}, None: {}}
SYMBOLS: dict[str, Any] = {
    **{name: sympy.Symbol(name, integer=True, **_RANGES[least]) for name, least in LEAST.items()},
    **{name: sympy.Symbol(name, integer=True) for name in INDICES},
}
SECONDS = 4


def random_expression(dice: random.Random) -> Tree:
    """A small expression: of sizes, or a sum, or with remainders and cases."""
    kind = dice.choice(("sizes", "sizes", "sum", "sum", "sum", "remainder", "cases"))
    names = dice.choice(("HZ", "HPS", "HW"))
    if kind == "sizes":
        return random_tree(
            dice, leaves=4, names=names, kinds=("+", "-", "*", "//", "ceil", "max", "min", "**")
        )
    if kind == "remainder":
        inner = ("mod", random_tree(dice, 2, names, ("+", "*")), random_divisor(dice, 1, "H"))
        scaled = (dice.choice("*+"), ("int", dice.randint(1, 6)), inner)
        return ("mod", scaled, random_divisor(dice, 1, "H"))
    if kind == "cases":
        return _case(dice, names, 3)
    return _sum(dice, names, dice.choice((1, 1, 2)))


def _case(dice: random.Random, names: str, leaves: int) -> Tree:
    parts = [random_tree(dice, n, names, ("+", "-", "*")) for n in (2, 2, leaves, 1)]
    return ("if", *parts)


def _sum(dice: random.Random, names: str, depth: int) -> Tree:
    index = INDICES[depth - 1]
    low: Tree = ("int", dice.randint(-1, 2))
    high = dice.choice(
        (
            ("symbol", names[0]),
            ("int", dice.randint(-2, 4)),
            ("-", ("symbol", names[0]), ("int", dice.randint(1, 3))),
        )
    )
    if depth > 1 and dice.random() < 0.5:
        body = _sum(dice, names, depth - 1)
    else:
        inner = names[:1] + index * 3
        body = dice.choice(
            (
                random_tree(dice, 3, inner, ("+", "-", "*", "**")),
                random_tree(dice, 3, inner, ("+", "*", "//", "max", "min")),
                _case(dice, inner, 2),
                (
                    "delta",
                    ("*", ("int", dice.randint(1, 3)), ("symbol", index)),
                    random_tree(dice, 2, names, ("+", "*")),
                ),
            )
        )
    return ("sum", index, low, high, body)


def truth(tree: Tree, at: Mapping[str, int]) -> int:
    """The value of an expression, by Python's integers and loops."""
    kind, *parts = tree
    match kind:
        case "int":
            return parts[0]
        case "symbol":
            return at[parts[0]]
        case "**":
            return truth(parts[0], at) ** parts[1]
        case "sum":
            index, low, high, body = parts
            return sum(truth(body, {**at, index: k}) for k in range(truth(low, at), truth(high, at) + 1))
        case "if":
            return truth(parts[2 if truth(parts[0], at) <= truth(parts[1], at) else 3], at)
        case _:
            a, b = (truth(part, at) for part in parts)
            return _VALUES[kind](a, b)


_VALUES: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "ceil": lambda a, b: -(-a // b),
    "max": max,
    "min": min,
    "mod": lambda a, b: a % b,
    "delta": lambda a, b: int(a == b),
}


def built(tree: Tree) -> Any:
    """The expression as SymPy makes it, with all that it does on the way."""
    kind, *parts = tree
    match kind:
        case "int":
            return sympy.Integer(parts[0])
        case "symbol":
            return SYMBOLS[parts[0]]
        case "**":
            return built(parts[0]) ** parts[1]
        case "sum":
            index, low, high, body = parts
            return Sum(built(body), (SYMBOLS[index], built(low), built(high)))
        case "if":
            a, b, then, otherwise = map(built, parts)
            return Piecewise((then, a <= b), (otherwise, True))
        case _:
            return _BUILT[kind](*map(built, parts))


_BUILT: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: floor(a / b),
    "ceil": lambda a, b: ceiling(a / b),
    "max": Max,
    "min": Min,
    "mod": Mod,
    "delta": KroneckerDelta,
}


class Unknown(Exception):
    """What SymPy gives is no number that could be compared."""


def value_of(e: Any, at: Mapping[str, int]) -> Fraction:
    """The value of a SymPy expression by its structure alone, sums by loops.

    Raises ``Unknown`` for what is none of the structures of these expressions, and for what divides by 0.
    """
    if isinstance(e, sympy.Rational):
        return Fraction(int(e.p), int(e.q))
    if isinstance(e, sympy.Symbol):
        if e.name not in at:
            raise Unknown(f"{e} is left over")
        return Fraction(at[e.name])
    if isinstance(e, Sum):
        return _sum_of(e.function, [(s.name, low, high) for s, low, high in reversed(e.limits)], at)
    if isinstance(e, Piecewise):
        for branch in e.args:
            value, when = branch.args
            if _true(when, at):
                return value_of(value, at)
        raise Unknown(f"no case of {e}")
    if isinstance(e, sympy.Pow):
        base, exponent = (value_of(a, at) for a in e.args)
        if exponent.denominator != 1 or (base == 0 and exponent < 0):
            raise Unknown(str(e))
        return base ** int(exponent)
    if type(e) not in _STRUCTURES:
        raise Unknown(type(e).__name__)
    return _STRUCTURES[type(e)]([value_of(a, at) for a in e.args])


def _product(values: list[Fraction]) -> Fraction:
    out = Fraction(1)
    for value in values:
        out *= value
    return out


_STRUCTURES: dict[Any, Callable[[list[Fraction]], Fraction]] = {
    sympy.Add: lambda values: sum(values, Fraction(0)),
    sympy.Mul: _product,
    sympy.floor: lambda values: Fraction(values[0].numerator // values[0].denominator),
    sympy.ceiling: lambda values: Fraction(-(-values[0].numerator // values[0].denominator)),
    sympy.Max: max,
    sympy.Min: min,
    sympy.Abs: lambda values: abs(values[0]),
    sympy.Mod: lambda values: values[0] % values[1],
    sympy.KroneckerDelta: lambda values: Fraction(values[0] == values[1]),
    sympy.frac: lambda values: values[0] % 1,
}


def _sum_of(body: Any, limits: list[Any], at: Mapping[str, int]) -> Fraction:
    if not limits:
        return value_of(body, at)
    (name, low, high), *rest = limits
    first, last = value_of(low, at), value_of(high, at)
    if first.denominator != 1 or last.denominator != 1:
        raise Unknown("a range that ends at no whole number")
    return sum((_sum_of(body, rest, {**at, name: k}) for k in range(int(first), int(last) + 1)), Fraction(0))


def _true(when: Any, at: Mapping[str, int]) -> bool:
    if when in (sympy.true, sympy.false):
        return bool(when)
    if isinstance(when, sympy.And | sympy.Or):
        return (all if isinstance(when, sympy.And) else any)(_true(a, at) for a in when.args)
    if isinstance(when, sympy.Not):
        return not _true(when.args[0], at)
    a, b = (value_of(side, at) for side in when.args)
    found = {
        sympy.Eq: a == b,
        sympy.Ne: a != b,
        sympy.Le: a <= b,
        sympy.Lt: a < b,
        sympy.Ge: a >= b,
        sympy.Gt: a > b,
    }
    return found[type(when)]


@contextmanager
def at_most(seconds: float) -> Generator[None]:
    """Raise ``Unknown`` where SymPy takes longer."""

    def stop(*_: Any) -> None:
        raise Unknown("SymPy takes too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


WRITTEN = "as it is written"
OPERATIONS: dict[str, Callable[[Any, Point], Any]] = {
    WRITTEN: lambda e, at: e,
    "subs": lambda e, at: e.subs({SYMBOLS[name]: value for name, value in at.items() if name in LEAST}),
    "doit": lambda e, at: e.doit(),
    "expand": lambda e, at: sympy.expand(e),
    "factor": lambda e, at: sympy.factor(e),
    "rewrite as Piecewise": lambda e, at: e.rewrite(Piecewise),
    "simplify": lambda e, at: sympy.simplify(e),
}


@dataclass(frozen=True)
class Disagreement:
    """An expression and a point at which an operation of SymPy gives another value than the true one."""

    operation: str
    tree: Tree
    point: tuple[tuple[str, int], ...]
    answer: str
    true: int

    @property
    def kind(self) -> str:
        """The operation, and what in the expression misleads it; or else the form of the expression."""
        found = (cause for cause, applies in CAUSES.items() if applies(self.tree, dict(self.point)))
        return f"{self.operation}: {next(found, form(self.tree))}"


def _runs_backwards(tree: Tree, at: Point) -> bool:
    """Whether a range ends before it begins, by more than the one step that makes it empty."""
    if tree[0] == "sum":
        _, index, low, high, body = tree
        first, last = truth(low, at), truth(high, at)
        return last < first - 1 or any(_runs_backwards(body, {**at, index: k}) for k in (first, last))
    return any(_runs_backwards(part, at) for part in tree[1:] if isinstance(part, tuple))


def _within(outer: str, inner: str) -> Callable[[Tree, Point], bool]:
    return lambda tree, at: any(
        n[0] == outer and any(m[0] == inner for p in n[1:] if isinstance(p, tuple) for m in nodes(p))
        for n in nodes(tree)
    )


CAUSES: dict[str, Callable[[Tree, Point], bool]] = {
    "a range that ends before it begins": _runs_backwards,
    "a remainder within a remainder": _within("mod", "mod"),
    "a Kronecker delta in a sum": _within("sum", "delta"),
    "cases in a sum": _within("sum", "if"),
    "a minimum or maximum that is rounded": lambda tree, at: any(
        _within(outer, inner)(tree, at) for outer in ROUNDED for inner in ("min", "max")
    ),
    "something rounded in a minimum or maximum": lambda tree, at: any(
        _within(outer, inner)(tree, at) for outer in ("min", "max") for inner in ROUNDED
    ),
    "cases": lambda tree, at: any(n[0] == "if" for n in nodes(tree)),
}


def answered(operation: str, tree: Tree, point: Point) -> str | None:
    """What SymPy's result is at the point, where that is not the true value."""
    true = truth(tree, point)
    try:
        with at_most(SECONDS):
            found = _number(OPERATIONS[operation](built(tree), point), point)
    except (Unknown, RecursionError):
        return None
    return None if found == true else str(found)


def _number(result: Any, point: Point) -> Fraction:
    try:
        return value_of(result, point)
    except Unknown:
        # Something else than these structures, such as a harmonic number: what SymPy says it is there.
        if not isinstance(result, sympy.Expr) or {str(s) for s in result.free_symbols} - {*point}:
            raise
        number = result.subs({SYMBOLS[name]: value for name, value in point.items()})
        if not isinstance(number, sympy.Rational):
            raise
        return value_of(number, {})


def disagreement(operation: str, tree: Tree, point: Point) -> Disagreement | None:
    """The smallest expression near this one for which SymPy is wrong at this point or at one next to it."""

    def wrong(other: Tree) -> bool:
        try:
            if operation != WRITTEN and answered(WRITTEN, other, point) is not None:
                return False
            return answered(operation, other, point) is not None
        except (KeyError, ValueError, TypeError, ZeroDivisionError):
            return False

    if not wrong(tree):
        return None
    least = simplest(tree, wrong)
    used = names(least)
    here = tuple(sorted((name, value) for name, value in point.items() if name in used))
    return Disagreement(operation, least, here, str(answered(operation, least, point)), truth(least, point))


def names(tree: Tree) -> set[str]:
    """The symbols of an expression."""
    if tree[0] == "symbol":
        return {tree[1]}
    return {name for part in tree[1:] if isinstance(part, tuple) for name in names(part)}


def form(tree: Tree) -> str:
    """An expression with one letter for its numbers and one for its symbols."""

    def plain(tree: Tree) -> Tree:
        kind, *parts = tree
        if kind in {"int", "symbol"}:
            return ("symbol", "c" if kind == "int" else parts[0] if parts[0] in INDICES else "n")
        return (kind, *(plain(p) if isinstance(p, tuple) else p for p in parts))

    return shown(plain(tree))


def shown(tree: Tree) -> str:
    """An expression as one writes it."""
    kind, *parts = tree
    match kind:
        case "int" | "symbol":
            return str(parts[0])
        case "sum":
            index, low, high, body = parts
            return f"Sum({shown(body)}, ({index}, {shown(low)}, {shown(high)}))"
        case "if":
            a, b, then, otherwise = map(shown, parts)
            return f"Piecewise(({then}, {a} <= {b}), ({otherwise}, True))"
        case "+" | "-" | "*" | "**":
            a, b = (shown(p) if isinstance(p, tuple) else str(p) for p in parts)
            return f"({a} {kind} {b})"
        case _:
            a, b = map(shown, parts)
            return f"{_NAMES[kind]}({a}{'/' if kind in ROUNDED else ', '}{b})"


_NAMES = {
    "//": "floor",
    "ceil": "ceiling",
    "max": "Max",
    "min": "Min",
    "mod": "Mod",
    "delta": "KroneckerDelta",
}
