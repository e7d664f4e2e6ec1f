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
from typing import TypeAlias

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
    """A rational number."""

    value: Fraction


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
ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def number(value: int | Fraction) -> Number:
    """The term of a number."""
    return Number(Fraction(value))


def parts(node: Node) -> tuple[Node, ...]:
    """The terms and formulas directly inside a node, from left to right."""
    match node:
        case Number() | Variable():
            return ()
        case Plus(terms) | Times(terms):
            return terms
        case Power(base, _):
            return (base,)
        case Quotient(top, bottom) | Floor(top, bottom):
            return (top, bottom)
        case Call(_, arguments):
            return arguments
        case If(condition, then, otherwise):
            return (condition, then, otherwise)
        case Sum(_, low, high, guard, body) | Max(_, low, high, guard, body):
            return (low, high, body) if guard is None else (low, high, guard, body)
        case Compare(_, left, right):
            return (left, right)
        case And(formulas) | Or(formulas):
            return formulas
        case Not(inner):
            return (inner,)
        case Implies(left, right) | Iff(left, right):
            return (left, right)
        case ForAll(_, _, body) | Exists(_, _, body):
            return (body,)


def measure(node: Node, known: dict[int, tuple[Node, int, int]]) -> tuple[int, int]:
    """The number of nodes of a tree and its depth; a node that stands in two places counts twice.

    ``known`` remembers what was measured, with the nodes themselves. This function walks a tree without
    recursion and each of its nodes once, so it is safe for any tree; all others are for trees found small.
    """
    waiting = [node]
    while waiting:
        here = waiting[-1]
        if id(here) in known:
            waiting.pop()
            continue
        inside = parts(here)
        unknown = [part for part in inside if id(part) not in known]
        if unknown:
            waiting.extend(unknown)
            continue
        measured = [known[id(part)] for part in inside]
        size = 1 + sum(size for _, size, _ in measured)
        known[id(here)] = here, size, 1 + max((depth for _, _, depth in measured), default=0)
    _, size, depth = known[id(node)]
    return size, depth


def free(node: Node) -> frozenset[str]:
    """The names of variables and functions that a node uses and does not bind."""
    match node:
        case Variable(name):
            return frozenset((name,))
        case Call(name, arguments):
            return _free(arguments) | {name}
        case Sum(index, low, high, guard, body) | Max(index, low, high, guard, body):
            inside = free(body) if guard is None else free(body) | free(guard)
            return free(low) | free(high) | (inside - {index})
        case ForAll(name, _, body) | Exists(name, _, body):
            return free(body) - {name}
        case _:
            return _free(parts(node))


def _free(nodes: Iterable[Node]) -> frozenset[str]:
    out: frozenset[str] = frozenset()
    for node in nodes:
        out |= free(node)
    return out


def fresh(name: str, taken: Iterable[str]) -> str:
    """A name like this one that is not taken."""
    used = set(taken)
    while name in used:
        name += "'"
    return name


def substitute(node: Node, values: Mapping[str, Term]) -> Node:
    """The node with terms in place of free variables; bound names are renamed where they would capture.

    Names of functions stay: ``rename_functions`` changes those.
    """
    return term_with(node, values) if isinstance(node, Term) else formula_with(node, values)


def term_with(term: Term, values: Mapping[str, Term]) -> Term:
    """``substitute`` for terms."""
    match term:
        case Variable(name):
            return values.get(name, term)
        case Sum(index, low, high, guard, body):
            new, guard, body = _reduced_with(index, guard, body, values)
            return Sum(new, term_with(low, values), term_with(high, values), guard, body)
        case Max(index, low, high, guard, body):
            new, guard, body = _reduced_with(index, guard, body, values)
            return Max(new, term_with(low, values), term_with(high, values), guard, body)
        case _:
            return map_term(term, lambda t: term_with(t, values), lambda f: formula_with(f, values))


def formula_with(formula: Formula, values: Mapping[str, Term]) -> Formula:
    """``substitute`` for formulas."""
    match formula:
        case ForAll(name, sort, body):
            new, inner = _under(name, free(body), values)
            return ForAll(new, sort, formula_with(body, inner))
        case Exists(name, sort, body):
            new, inner = _under(name, free(body), values)
            return Exists(new, sort, formula_with(body, inner))
        case _:
            return map_formula(formula, lambda t: term_with(t, values), lambda f: formula_with(f, values))


def _reduced_with(
    index: str, guard: Formula | None, body: Term, values: Mapping[str, Term]
) -> tuple[str, Formula | None, Term]:
    inside = free(body) if guard is None else free(body) | free(guard)
    new, inner = _under(index, inside, values)
    return new, None if guard is None else formula_with(guard, inner), term_with(body, inner)


def _under(name: str, inside: frozenset[str], values: Mapping[str, Term]) -> tuple[str, dict[str, Term]]:
    """The name that a binder has after a substitution, and what to substitute under it.

    ``inside`` are the names that are free under the binder. Only they are replaced, and never the bound one.
    If a value that is put there has the bound name free, the binder takes a new name, which is free neither
    in those values nor under the binder.
    """
    inner = {other: value for other, value in values.items() if other in inside and other != name}
    arriving = _free(inner.values())
    if name not in arriving:
        return name, inner
    new = fresh(name, arriving | inside)
    return new, {**inner, name: Variable(new)}


def map_term(term: Term, on_term: Callable[[Term], Term], on_formula: Callable[[Formula], Formula]) -> Term:
    """The term with its direct parts changed; what it binds keeps its name."""
    match term:
        case Number() | Variable():
            return term
        case Plus(terms):
            return Plus(tuple([on_term(t) for t in terms]))
        case Times(terms):
            return Times(tuple([on_term(t) for t in terms]))
        case Power(base, exponent):
            return Power(on_term(base), exponent)
        case Quotient(top, bottom):
            return Quotient(on_term(top), on_term(bottom))
        case Floor(top, bottom):
            return Floor(on_term(top), on_term(bottom))
        case Call(name, arguments):
            return Call(name, tuple([on_term(a) for a in arguments]))
        case If(condition, then, otherwise):
            return If(on_formula(condition), on_term(then), on_term(otherwise))
        case Sum(index, low, high, guard, body):
            changed = None if guard is None else on_formula(guard)
            return Sum(index, on_term(low), on_term(high), changed, on_term(body))
        case Max(index, low, high, guard, body):
            changed = None if guard is None else on_formula(guard)
            return Max(index, on_term(low), on_term(high), changed, on_term(body))


def map_formula(
    formula: Formula, on_term: Callable[[Term], Term], on_formula: Callable[[Formula], Formula]
) -> Formula:
    """The formula with its direct parts changed; what it binds keeps its name."""
    match formula:
        case Compare(relation, left, right):
            return Compare(relation, on_term(left), on_term(right))
        case And(formulas):
            return And(tuple([on_formula(f) for f in formulas]))
        case Or(formulas):
            return Or(tuple([on_formula(f) for f in formulas]))
        case Not(inner):
            return Not(on_formula(inner))
        case Implies(left, right):
            return Implies(on_formula(left), on_formula(right))
        case Iff(left, right):
            return Iff(on_formula(left), on_formula(right))
        case ForAll(name, sort, body):
            return ForAll(name, sort, on_formula(body))
        case Exists(name, sort, body):
            return Exists(name, sort, on_formula(body))


def rename_functions(node: Node, new: Mapping[str, str]) -> Node:
    """The node with other functions in place of free ones.

    A quantifier that binds one of the old or the new names is refused, so nothing can be captured.
    """
    return _renamed_term(node, new) if isinstance(node, Term) else _renamed_formula(node, new)


def _renamed_term(term: Term, new: Mapping[str, str]) -> Term:
    changed = map_term(term, lambda t: _renamed_term(t, new), lambda f: _renamed_formula(f, new))
    if isinstance(changed, Call):
        return Call(new.get(changed.name, changed.name), changed.arguments)
    return changed


def _renamed_formula(formula: Formula, new: Mapping[str, str]) -> Formula:
    if isinstance(formula, ForAll | Exists) and formula.name in (*new, *new.values()):
        raise IllSorted(f"{formula.name} is declared and bound again by a quantifier; use another name")
    return map_formula(formula, lambda t: _renamed_term(t, new), lambda f: _renamed_formula(f, new))


def term(node: Node) -> Term:
    """The node as a term; raises ``Rejected`` for a formula."""
    if isinstance(node, Term):
        return node
    raise Rejected(f"{type(node).__name__} stands where a term is needed")


def formula(node: Node) -> Formula:
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
