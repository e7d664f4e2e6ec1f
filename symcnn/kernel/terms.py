"""Terms and formulas of statements: what can be said, and nothing about what is true.

Sorts are ``int``, ``real`` and ``ring`` (elements of any commutative ring: the entries of tensors). A sort of
functions is written ``int, int -> ring``; it stands for tensors and for unknown functions alike.

Sums and maxima run over whole numbers from ``low`` up to, but not including, ``high``; the range is empty
when ``high <= low``. A bound name never reaches outside its sum: substitution renames it where it would
capture another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

INT, REAL, RING = "int", "real", "ring"
SORTS = (INT, REAL, RING)


class Rejected(Exception):
    """A certificate that does not prove its statement; says which rule failed and why."""


class Unreadable(Exception):
    """A text that is no statement and no certificate; says where and why."""


class IllSorted(Unreadable):
    """A term or formula without a sort; says why. Where it stands in a text is added by whoever reads."""


@dataclass(frozen=True, slots=True)
class Function:
    """The sort of a function: the sorts of its arguments and of its value."""

    arguments: tuple[str, ...]
    value: str


Sort: TypeAlias = str | Function


@dataclass(frozen=True, slots=True)
class Number:
    """A rational number: an int where it is whole. ``number`` makes one of either."""

    value: int | Fraction


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that a statement, a sum or a quantifier declares."""

    name: str


@dataclass(frozen=True, slots=True)
class Plus:
    """The sum of two or more terms."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """The product of two or more terms."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A term to the power of a whole number >= 0."""

    base: Term
    exponent: int


@dataclass(frozen=True, slots=True)
class Quotient:
    """Division of reals. Nothing is said about a quotient by 0: every rule demands that it is not."""

    top: Term
    bottom: Term


@dataclass(frozen=True, slots=True)
class Floor:
    """``top // bottom`` of whole numbers, rounded down. Every rule demands ``bottom >= 1``."""

    top: Term
    bottom: Term


@dataclass(frozen=True, slots=True)
class Call:
    """An entry of a tensor, or the value of a function that a statement declares."""

    name: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class If:
    """One of two terms, as a formula decides."""

    condition: Formula
    then: Term
    otherwise: Term


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of ``body`` over the whole numbers of a range where ``guard`` holds (None: everywhere)."""

    index: str
    low: Term
    high: Term
    guard: Formula | None
    body: Term


@dataclass(frozen=True, slots=True)
class Max:
    """The largest ``body`` over a range where ``guard`` holds; every rule demands that there is one."""

    index: str
    low: Term
    high: Term
    guard: Formula | None
    body: Term


@dataclass(frozen=True, slots=True)
class Compare:
    """``left = right``, ``left <= right`` or ``left < right``."""

    relation: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class And:
    """All of the formulas; with none of them, true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the formulas; with none of them, false."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The formula does not hold."""

    inner: Formula


@dataclass(frozen=True, slots=True)
class Implies:
    """If the first holds, so does the second."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Iff:
    """Both hold or neither."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class ForAll:
    """The formula holds for all values of a variable (or function) of a sort."""

    name: str
    sort: Sort
    body: Formula


@dataclass(frozen=True, slots=True)
class Exists:
    """The formula holds for some value of a variable (or function) of a sort."""

    name: str
    sort: Sort
    body: Formula


Term: TypeAlias = Number | Variable | Plus | Times | Power | Quotient | Floor | Call | If | Sum | Max
Formula: TypeAlias = Compare | And | Or | Not | Implies | Iff | ForAll | Exists
Node: TypeAlias = Term | Formula

TRUE, FALSE = And(()), Or(())
ZERO, ONE = Number(0), Number(1)


def number(value: int | Fraction) -> Number:
    """The term of a number."""
    return Number(value.numerator if value.denominator == 1 else value)


def parts(node: Node) -> tuple[Node, ...]:
    """The terms and formulas directly inside a node, from left to right."""
    return _PARTS[type(node)](node)


def _of_range(node: Sum | Max) -> tuple[Node, ...]:
    return (node.low, node.high, *(() if node.guard is None else (node.guard,)), node.body)


# A table, since this is asked of each node many times.
_PARTS: dict[type[Node], Callable[[Any], tuple[Node, ...]]] = {
    Number: lambda node: (),
    Variable: lambda node: (),
    Plus: lambda node: node.terms,
    Times: lambda node: node.terms,
    Power: lambda node: (node.base,),
    Quotient: lambda node: (node.top, node.bottom),
    Floor: lambda node: (node.top, node.bottom),
    Call: lambda node: node.arguments,
    If: lambda node: (node.condition, node.then, node.otherwise),
    Sum: _of_range,
    Max: _of_range,
    Compare: lambda node: (node.left, node.right),
    And: lambda node: node.parts,
    Or: lambda node: node.parts,
    Not: lambda node: (node.inner,),
    Implies: lambda node: (node.left, node.right),
    Iff: lambda node: (node.left, node.right),
    ForAll: lambda node: (node.body,),
    Exists: lambda node: (node.body,),
}


def measure(node: Node, known: dict[int, tuple[Node, int, int]]) -> tuple[int, int]:
    """The number of nodes of a tree and its depth; a node that stands in two places counts twice.

    ``known`` remembers what was measured, with the nodes themselves. This function walks a tree without
    recursion and each of its nodes once, so it is safe for any tree; all others are for trees found small.
    """
    waiting = [node]
    while waiting:
        here = waiting[-1]
        size, depth, unknown = 1, 0, False
        for part in parts(here):
            found = known.get(id(part))
            if found is None:
                waiting.append(part)
                unknown = True
            else:
                size, depth = size + found[1], max(depth, found[2])
        if not unknown:
            known[id(here)] = here, size, depth + 1
            waiting.pop()
    _, size, depth = known[id(node)]
    return size, depth


def free(node: Node) -> frozenset[str]:
    """The names of variables and functions that a node uses and does not bind."""
    return free_in_any((node,))


def free_in_any(nodes: Iterable[Node]) -> frozenset[str]:
    """The names that are free in at least one of the nodes."""
    out: set[str] = set()
    for node in nodes:
        _collect_free(node, frozenset(), out)
    return frozenset(out)


def _collect_free(node: Node, bound: frozenset[str], out: set[str]) -> None:
    """Add the free names of a node, except for the bound ones, to ``out``."""
    match node:
        case Number():
            return
        case Variable(name):
            if name not in bound:
                out.add(name)
            return
        case Sum(index, low, high, guard, body) | Max(index, low, high, guard, body):
            _collect_free(low, bound, out)
            _collect_free(high, bound, out)
            bound, inside = bound | {index}, (body,) if guard is None else (guard, body)
        case ForAll(name, _, body) | Exists(name, _, body):
            bound, inside = bound | {name}, (body,)
        case Call(name, arguments):
            if name not in bound:
                out.add(name)
            inside = arguments
        case _:
            inside = parts(node)
    for part in inside:
        _collect_free(part, bound, out)


def as_term(node: Node) -> Term:
    """The node as a term; raises ``Rejected`` for a formula."""
    if isinstance(node, Term):
        return node
    raise Rejected(f"{type(node).__name__} stands where a term is needed")


def as_formula(node: Node) -> Formula:
    """The node as a formula; raises ``Rejected`` for a term."""
    if isinstance(node, Formula):
        return node
    raise Rejected(f"{type(node).__name__} stands where a formula is needed")


def same(a: Node, b: Node) -> bool:
    """Whether two nodes are equal up to the names of what they bind."""
    return _same(a, b, {}, {}, 0)


def _same(a: Node, b: Node, left: Mapping[str, int], right: Mapping[str, int], depth: int) -> bool:
    """``left`` and ``right`` give each bound name the number of its binder, counted from outside."""
    match a, b:
        case Number(x), Number(y):
            return x == y
        case Variable(x), Variable(y):
            return _same_name(x, y, left, right)
        case (Plus(xs), Plus(ys)) | (Times(xs), Times(ys)) | (And(xs), And(ys)) | (Or(xs), Or(ys)):
            return _all_same(xs, ys, left, right, depth)
        case Power(x, m), Power(y, n):
            return m == n and _same(x, y, left, right, depth)
        case Call(f, xs), Call(g, ys):
            return _same_name(f, g, left, right) and _all_same(xs, ys, left, right, depth)
        case Compare(r, x, y), Compare(s, z, w):
            return r == s and _all_same((x, y), (z, w), left, right, depth)
        case (Sum(i, a1, a2, p, x), Sum(j, b1, b2, q, y)) | (Max(i, a1, a2, p, x), Max(j, b1, b2, q, y)):
            inside = ((x,) if p is None else (p, x)), ((y,) if q is None else (q, y))
            return _all_same((a1, a2), (b1, b2), left, right, depth) and _all_same(
                *inside, {**left, i: depth}, {**right, j: depth}, depth + 1
            )
        case (ForAll(i, s, x), ForAll(j, t, y)) | (Exists(i, s, x), Exists(j, t, y)):
            return s == t and _same(x, y, {**left, i: depth}, {**right, j: depth}, depth + 1)
        case (
            (Quotient(), Quotient())
            | (Floor(), Floor())
            | (If(), If())
            | (Not(), Not())
            | (Implies(), Implies())
            | (Iff(), Iff())
        ):
            return _all_same(parts(a), parts(b), left, right, depth)
        case _:
            return False


def _same_name(x: str, y: str, left: Mapping[str, int], right: Mapping[str, int]) -> bool:
    """Bound by the same binder, or both free and equal."""
    if x in left or y in right:
        return left.get(x) == right.get(y)
    return x == y


def _all_same(
    xs: tuple[Node, ...], ys: tuple[Node, ...], left: Mapping[str, int], right: Mapping[str, int], depth: int
) -> bool:
    return len(xs) == len(ys) and all(_same(x, y, left, right, depth) for x, y in zip(xs, ys, strict=True))
