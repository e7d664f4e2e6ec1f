"""Simple values that a counterexample may be made of: numbers, tensors by their indices, functions of reals.

Functions are ordered by a size, the ones that are simplest to read first: constants, an index, entries that
differ with their place, a single 1, and small random polynomials.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import gcd

from symcnn.kernel.evaluation import Exact
from symcnn.kernel.logic import Lambda
from symcnn.kernel.terms import (
    INT,
    ONE,
    ZERO,
    Compare,
    Function,
    If,
    Not,
    Number,
    Plus,
    Power,
    Quotient,
    Sort,
    Term,
    Times,
    Variable,
    number,
    parts,
)
from symcnn.search.cases import Value
from symcnn.search.facts import conjunction

_NAMES = "ijkabcdefghmnopqrstuvw"


def parameters_of(count: int, avoid: frozenset[str]) -> tuple[str, ...]:
    """Names for the arguments of a function, none of those to avoid."""
    out: list[str] = []
    k = 0
    while len(out) < count:
        name = _NAMES[k] if k < len(_NAMES) else f"i_{k}"
        if name not in avoid:
            out.append(name)
        k += 1
    return tuple(out)


def size(value: Value) -> int:
    """The size of a number."""
    if isinstance(value, Lambda):
        return 1
    return max(abs(value.numerator), value.denominator if value.denominator != 1 else 0)


def values_of(sort: Sort, of_size: int, seed: int, avoid: frozenset[str]) -> Sequence[Value]:
    """All values of a sort and a size that are tried, in order."""
    if isinstance(sort, Function):
        return functions_of(sort, of_size, seed, avoid)
    if of_size == 0:
        return (0,)
    if sort == INT:
        return of_size, -of_size
    small = [p for p in range(1, of_size) if gcd(p, of_size) == 1] if of_size > 1 else []
    positive: list[Exact] = [
        of_size,
        *(Fraction(p, of_size) for p in small),
        *(Fraction(of_size, p) for p in small if p > 1),
    ]
    return [signed for value in positive for signed in (value, -value)]


@lru_cache(maxsize=1000)
def functions_of(sort: Function, of_size: int, seed: int, avoid: frozenset[str]) -> Sequence[Lambda]:
    """The functions of a size."""
    names = parameters_of(len(sort.arguments), avoid)
    found = _of_places if set(sort.arguments) <= {INT} else _of_reals
    bodies = found(tuple(Variable(name) for name in names), of_size)
    if of_size in (3, 4):
        dice = random.Random(f"{seed} {sort} {of_size}")
        bodies = [*bodies, *(_random(names, dice) for _ in range(8))]
    if sort.value == INT:
        bodies = [body for body in bodies if not _has_fractions(body)]
    return [Lambda(names, body) for body in bodies]


def tensors_of(sort: Function, avoid: frozenset[str]) -> Iterator[Lambda]:
    """Functions that a proof may give: ones that are no product or composition of others, and simple ones."""
    names = parameters_of(len(sort.arguments), avoid)
    at = [Variable(name) for name in names]
    if set(sort.arguments) <= {INT}:
        # 1, 0, 1 along the first place, as 1 + z^2; the other places are 0.
        ends = conjunction([*(Compare("=", a, ZERO) for a in at[1:]), Not(Compare("=", at[0], ONE))])
        yield Lambda(names, If(ends, ONE, ZERO))
        if len(at) > 1:
            yield Lambda(names, If(Compare("=", at[0], at[1]), ONE, ZERO))
    for of_size in (1, 2):
        yield from functions_of(sort, of_size, 0, avoid)


def _of_places(at: tuple[Variable, ...], of_size: int) -> list[Term]:
    """Tensors: their arguments are places."""
    if of_size == 1:
        return [ONE, *at, ZERO]
    if of_size == 2:
        corners = list(product((0, 1), repeat=len(at)))[:8]
        # Different entries at different places, small ones first.
        weights = [number(2**k) for k in range(len(at))]
        apart = _plus([*(_times(w, a) for w, a in zip(weights, at, strict=True))])
        return [
            *(_delta(at, corner) for corner in corners),
            *([apart] if len(at) > 1 else []),
            *(_at_zero(a) for a in at),
            *(Plus((ONE, _times(number(-1), a))) for a in at),
            Plus((ONE, apart)),
            number(-1),
            *(If(Compare("=", a, ONE), ONE, ZERO) for a in at if len(at) > 1),
        ]
    if of_size == 3:
        return [
            *(Plus((ONE, _times(number(-2), a))) for a in at),
            *(Power(a, 2) for a in at),
            *(_delta(at, corner) for corner in list(product((0, 1, 2), repeat=len(at)))[:27] if 2 in corner),
            *(_powers_of_two(a) for a in at),
        ]
    return []


def _at_zero(place: Variable) -> Term:
    """1 where a place is 0, and 0 elsewhere."""
    return If(Compare("=", place, ZERO), ONE, ZERO)


def _powers_of_two(place: Variable) -> Term:
    out: Term = number(32)
    for k in reversed(range(5)):
        out = If(Compare("=", place, number(k)), number(2**k), out)
    return out


def _of_reals(at: tuple[Variable, ...], of_size: int) -> list[Term]:
    """Functions of numbers: one that is positive and grows stands for the exponential."""
    a = at[0]
    below = Compare("<=", a, ZERO)
    minus = _times(number(-1), a)
    if of_size == 1:
        return [a, ONE, minus, ZERO, Power(a, 2)]
    if of_size == 2:
        return [
            If(below, ZERO, a),
            If(below, Quotient(ONE, Plus((ONE, minus))), Plus((ONE, a))),
            Plus((a, ONE)),
            _times(number(2), a),
            number(2),
            If(below, minus, a),
            *(at[1:]),
            *([_plus(list(at)), _times(at[0], at[1])] if len(at) > 1 else []),
        ]
    if of_size == 3:
        return [Power(a, 3), If(below, a, ZERO), Number(Fraction(1, 2)), number(-1), Plus((Power(a, 2), ONE))]
    return []


def _delta(at: tuple[Variable, ...], place: tuple[int, ...]) -> Term:
    """1 at a place and 0 elsewhere."""
    here = tuple(Compare("=", a, number(p)) for a, p in zip(at, place, strict=True))
    return If(conjunction(here), ONE, ZERO)


def _random(names: tuple[str, ...], dice: random.Random) -> Term:
    """A small random polynomial of the arguments."""
    terms: list[Term] = [number(dice.randrange(-2, 4))]
    for name in names:
        terms.append(_times(number(dice.randrange(-2, 4)), Variable(name)))
    if dice.random() < 0.5:
        first, second = dice.choice(names), dice.choice(names)
        terms.append(_times(number(dice.choice((-1, 1, 2))), Times((Variable(first), Variable(second)))))
    return _plus(terms)


def _times(factor: Term, term: Term) -> Term:
    if factor == ZERO or term == ZERO:
        return ZERO
    return term if factor == ONE else Times((factor, term))


def _plus(terms: list[Term]) -> Term:
    kept = [t for t in terms if t != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Plus(tuple(kept))


def _has_fractions(term: Term) -> bool:
    return isinstance(term, Quotient) or any(_has_fractions(p) for p in parts(term) if isinstance(p, Term))
