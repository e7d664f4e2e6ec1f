"""Search for normal forms of sums: products of sums and sums of sums as nests with one product in them.

A *nest* is sums directly in one another, with all guards at the innermost and a monomial as its body. A
factor moves into a sum, sums are split term by term, a case inside a sum becomes a guard, and guards move
inward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symcnn.kernel.polynomial import Monomial
from symcnn.kernel.ranges import guard_of
from symcnn.kernel.terms import (
    ONE,
    ZERO,
    And,
    Compare,
    Formula,
    If,
    Number,
    Plus,
    Power,
    Rejected,
    Sum,
    Term,
    Times,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.conversions import (
    MINUS,
    Chain,
    Converted,
    Share,
    a_sum,
    denied,
    followed,
    product,
    ring,
    times,
)

MAX_TERMS = 64


@dataclass(frozen=True)
class Flat:
    """Terms whose sum a term is: nests, monomials without sums, and cases ``if c then a else 0``."""

    terms: tuple[Term, ...]
    shares: tuple[Share, ...] = ()


def flatten(chain: Chain, term: Term) -> Flat:
    """A term as a sum of nests and monomials; inside of sums also of cases."""
    out: list[Term] = []
    shares: list[Share] = []
    for monomial, coefficient in chain.polynomial(term).items():
        plain, sums = _factors(chain, monomial, number(coefficient))
        parts: list[Term] = [plain]
        for place, total in enumerate(sums):
            others = product(*sums[place + 1 :])
            found = flatten_sum(chain, total)
            shares += times(product(others, *_plus(parts)), found.shares)
            spread: list[Term] = []
            for part in parts:
                for nest in found.terms:
                    pushed = multiplied(chain, part, nest)
                    spread += pushed.terms
                    shares += times(others, pushed.shares)
            parts = spread
        for part in parts:
            split = cases(chain, part)
            out += split.terms
            shares += split.shares
        if len(out) > MAX_TERMS:
            raise Rejected("there are too many terms")
    return Flat(tuple(out), tuple(shares))


def _plus(terms: Sequence[Term]) -> tuple[Term, ...]:
    return () if terms == [ONE] else (added(terms),)


def added(terms: Sequence[Term]) -> Term:
    """The sum of terms."""
    return ZERO if not terms else terms[0] if len(terms) == 1 else Plus(tuple(terms))


def _factors(chain: Chain, monomial: Monomial, coefficient: Number) -> tuple[Term, list[Sum]]:
    """The product of the factors that are no sums, and the sums."""
    plain: list[Term] = [] if coefficient == ONE else [coefficient]
    sums: list[Sum] = []
    for atom, exponent in monomial:
        shown = chain.atoms.shown[atom]
        if isinstance(shown, Sum):
            sums += [shown] * exponent
        else:
            plain.append(shown if exponent == 1 else Power(shown, exponent))
    return product(*plain), sums


def multiplied(chain: Chain, factor: Term, nest: Term) -> Flat:
    """A factor times a nest, as nests."""
    if not isinstance(nest, Sum):
        factor, nest = nest, factor
    if factor == ONE or not isinstance(nest, Sum):
        return Flat((product(factor, nest),))
    pushed = scaled(chain, factor, nest)
    return Flat((pushed.term,), pushed.shares)


def scaled(chain: Chain, factor: Term, nest: Sum) -> Converted:
    """A factor moves into a nest, down to its body."""
    label, equation = chain.law("sum_scale", nest, factor)
    total = equation.right
    if not isinstance(total, Sum):
        raise Rejected("the product is no sum")
    first = Converted(total, ((label, ONE),))
    if not isinstance(nest.body, Sum) and not _has_sum(factor):
        return first

    def inner(chain: Chain, body: Term) -> Converted:
        found = flatten(chain, body)
        if len(found.terms) != 1:
            raise Rejected("a nest has one term")
        return Converted(found.terms[0], found.shares)

    second = chain.within(total, inner)
    return first if second is None else followed(first, second)


def _has_sum(term: Term) -> bool:
    return isinstance(term, Sum) or (isinstance(term, Times) and any(isinstance(t, Sum) for t in term.terms))


# -- sums ----------------------------------------------------------------------------------------------------


def flatten_sum(chain: Chain, total: Sum) -> Flat:
    """A sum as a sum of nests."""
    chain.search.check_time()
    total = chain.named(total)
    inner, label = chain.inside(total)
    body = flatten(inner, total.body)
    shares: list[Share] = []
    if body.shares:
        converted = Converted(added(body.terms), body.shares)
        extended = chain.extended(total, inner, label, converted)
        shares += extended.shares
    pieces = [replace(total, body=term) for term in body.terms]
    if not pieces:
        return Flat((), (*shares, *nothing_in(chain, replace(total, body=ZERO)).shares))
    shares += _split(chain, pieces)
    out: list[Term] = []
    for piece in pieces:
        nested = _as_nest(chain, piece)
        out += nested.terms
        shares += nested.shares
    return Flat(tuple(out), tuple(shares))


def nothing_in(chain: Chain, total: Sum) -> Converted:
    """A sum of zeros is 0."""
    label, _ = chain.law("sum_scale", total, ZERO)
    return Converted(ZERO, ((label, MINUS),))


def _split(chain: Chain, pieces: Sequence[Sum]) -> list[Share]:
    """Shares that show that the sum of all bodies is the sum of the pieces."""
    shares: list[Share] = []
    rest = pieces[-1]
    for piece in reversed(pieces[:-1]):
        label, equation = chain.law("sum_add", piece, rest)
        if not isinstance(equation.right, Sum):
            raise Rejected("the sum of sums is no sum")
        rest = equation.right
        shares.append((label, MINUS))
    return shares


def _as_nest(chain: Chain, total: Sum) -> Flat:
    """A sum over a nest, a monomial or a case, as nests."""
    if isinstance(total.body, If):
        guarded = indicated(chain, total)
        found = flatten_sum(chain, a_sum(guarded.term))
        return Flat(found.terms, (*guarded.shares, *found.shares))
    if total.guard is not None and isinstance(total.body, Sum):
        moved = guard_inward(chain, total)
        return Flat((moved.term,), moved.shares)
    return Flat((total,))


def guard_inward(chain: Chain, total: Sum) -> Converted:
    """The guard of a sum over a nest moves to the innermost sum."""
    label, equation = chain.law("sum_exchange", total)
    back, other = chain.law("sum_exchange", a_sum(equation.right))
    here = Converted(other.right, ((label, ONE), (back, ONE)))
    inner = a_sum(a_sum(other.right).body)
    if not isinstance(inner.body, Sum):
        return here
    deeper = chain.within(a_sum(other.right), lambda place, body: guard_inward(place, a_sum(body)))
    return here if deeper is None else followed(here, deeper)


# -- cases ---------------------------------------------------------------------------------------------------


def cases(chain: Chain, term: Term) -> Flat:
    """A monomial with a case of an index: what it is without the case, and the difference where it holds."""
    factors = term.terms if isinstance(term, Times) else (term,)
    for place, case in enumerate(factors):
        if isinstance(case, If) and chain.indices & free(case.condition):
            if len(factors) == 1 and case.otherwise == ZERO:
                return Flat((case,))
            rest = product(*factors[:place], *factors[place + 1 :])
            return _case(chain, case, rest)
    return Flat((term,))


def _case(chain: Chain, case: If, rest: Term) -> Flat:
    """A case times a factor: the factor moves inside, and what holds otherwise to the outside."""
    then = Times((Plus((case.then, Times((MINUS, case.otherwise)))), rest))
    inner = If(case.condition, chain.simple(then), ZERO)
    label, known = chain.label("e"), chain.label("d")
    left, right = product(rest, case), Plus((inner, product(rest, case.otherwise)))
    blocks: list[str] = []
    for law in ("if_true", "if_false"):
        one, two = chain.label("e"), chain.label("e")
        why = f"exactly {known}" if law == "if_true" else denied(chain, case.condition, known)
        steps = f"law {one} : {law} {write(case)} {{ {why} }} law {two} : {law} {write(inner)} {{ {why} }}"
        blocks.append(f"{{ {steps} {ring(Converted(ZERO, ((one, rest), (two, MINUS))))} }}")
    equal = Compare("=", left, right)
    decided = f"decide {write(case.condition)} as {known} {blocks[0]} {blocks[1]}"
    chain.steps.append(f"have {label} : {write(equal)} {{ {decided} }}")
    others = flatten(chain, product(rest, case.otherwise))
    return Flat((inner, *others.terms), ((label, ONE), *others.shares))


def indicated(chain: Chain, total: Sum) -> Converted:
    """A sum over a case ``if c then a else 0`` is one over ``a``, with the guard c."""
    case = total.body
    if not isinstance(case, If):
        raise Rejected("the body is no case")
    if total.guard is None:
        guarded = replace(total, guard=case.condition, body=case.then)
        label, _ = chain.law("sum_indicator", guarded)
        return Converted(guarded, ((label, MINUS),))
    both: Formula = And((total.guard, case.condition))
    guarded = replace(total, guard=both, body=case.then)
    first, _ = chain.law("sum_indicator", total)
    plain = replace(total, guard=None, body=If(total.guard, case, ZERO))

    def joined(inner: Chain, body: Term) -> Converted:
        one = If(guard_of(guarded), case.then, ZERO)
        proof = inner.search.prove(inner.sequent.showing(Compare("=", body, one)), 2)
        if proof is None:
            raise Rejected("a case in a case")
        label = inner.label("e")
        inner.steps.append(f"have {label} : {write(Compare('=', body, one))} {{ {proof} }}")
        return Converted(one, ((label, ONE),))

    middle = chain.within(plain, joined)
    last, _ = chain.law("sum_indicator", guarded)
    if middle is None:
        raise Rejected("a case in a case")
    return Converted(guarded, ((first, ONE), *middle.shares, (last, MINUS)))


def parts_of_guard(formula: Formula | None) -> list[Formula]:
    """The conditions that a guard is made of."""
    if formula is None:
        return []
    if isinstance(formula, And):
        return [part for inner in formula.parts for part in parts_of_guard(inner)]
    return [formula]
