"""Search for what makes two nests of sums equal that are different in normal form.

What is left of an equation is a combination of nests. A nest is made into another one by what is known of its
entries, by a renumbering that the arguments of equal entries tell, by rows put one behind the other, or by a
range cut in two; and the factor of a nest may be 0 for a reason of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symcnn.kernel.canonical import Canonical
from symcnn.kernel.polynomial import Polynomial, scale
from symcnn.kernel.ranges import body_at, with_index
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import (
    ONE,
    ZERO,
    Compare,
    Floor,
    If,
    Plus,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.conversions import MINUS, Chain, Converted, Share, a_sum, followed, ring, times
from symcnn.search.flattening import Flat, added
from symcnn.search.floors import by_floors, floor_equations, nodes_of, quotient
from symcnn.search.known_entries import known_entries
from symcnn.search.normal_sums import normal, normal_nest
from symcnn.search.renumbering import (
    Opened,
    Range,
    added_up,
    entries_of,
    opened,
    renumbered,
    rows_of,
    solved,
)

MAX_MATCHES = 6


def matched(chain: Chain, difference: Term, left: int = MAX_MATCHES) -> tuple[Share, ...] | None:
    """Shares that show that a combination of nests is 0, or None."""
    factors = _by_nest(chain, difference)
    if factors is None:
        return None
    shares: list[Share] = []
    done = True
    open_: dict[Sum, Polynomial] = {}
    for nest, factor in factors.items():
        zero = _is_zero(chain, factor)
        if zero is not None:
            shares.append((zero, nest))
        elif isinstance(nest, Sum):
            open_[nest] = factor
        else:
            done = False
    if done and not open_:
        return tuple(shares)
    if left == 0:
        return None
    for one, factor in open_.items():
        for other in open_:
            if one == other or not _same_entries(one, other):
                continue
            found = _made_into(chain, one, other)
            if found is None:
                continue
            times_ = term_of(factor, chain.atoms)
            change = Plus((found.term, Times((MINUS, one))))
            rest = matched(chain, chain.simple(Plus((difference, Times((times_, change))))), left - 1)
            return None if rest is None else (*times(times_, found.shares), *rest)
    return _term_by_term(chain, difference)


def _term_by_term(chain: Chain, difference: Term) -> tuple[Share, ...] | None:
    """Shares that show that a combination of sums over a few numbers is 0, where each of them is added up."""
    shares: list[Share] = []
    terms: list[Term] = []
    for nest, factor in (_by_nest(chain, difference) or {}).items():
        times_ = term_of(factor, chain.atoms)
        found = Flat((nest,)) if nest == ONE else added_up(chain, nest)
        if found is None:
            return None
        shares += times(times_, found.shares)
        terms.append(Times((times_, added(found.terms))))
    if not shares:
        return None
    zero = _is_zero(chain, chain.polynomial(added(terms)))
    return None if zero is None else (*shares, (zero, ONE))


def _by_nest(chain: Chain, difference: Term) -> dict[Term, Polynomial] | None:
    """The polynomials by which nests are multiplied, that of the rest under 1; None for products of nests."""
    out: dict[Term, Polynomial] = {}
    for monomial, factor in chain.polynomial(difference).items():
        nests = [(atom, e) for atom, e in monomial if isinstance(chain.atoms.shown[atom], Sum)]
        if len(nests) > 1 or any(e != 1 for _, e in nests):
            return None
        rest = tuple(pair for pair in monomial if pair not in nests)
        nest = chain.atoms.shown[nests[0][0]] if nests else ONE
        out.setdefault(nest, {})[rest] = factor
    return out


def _is_zero(chain: Chain, factor: Polynomial) -> str | None:
    """The label of a proof that a factor is 0, where quotients, cases or known entries may make it so."""
    term = term_of(factor, chain.atoms)
    goal = Compare("=", term, ZERO)
    proof = chain.proof(goal) or _by_entries(chain, goal) or _by_shifts(chain, goal)
    if proof is None and len(factor) > 1 and any(isinstance(n, Quotient | If) for n in nodes_of(term)):
        proof = chain.search.prove(chain.sequent.showing(goal), 0)
    if proof is None:
        return None
    label = chain.label("z")
    chain.steps.append(f"have {label} : {write(goal)} {{ {proof} }}")
    return label


def _by_entries(chain: Chain, goal: Compare) -> str | None:
    """Steps that show an equation by what is known of its entries."""
    inner = replace(chain, steps=[])
    equations = known_entries(inner, [goal])
    if not equations:
        return None
    known = Canonical(chain.sequent.scope, rewrites=[equation for _, equation in equations])
    if known.difference(goal.left, goal.right):
        return None
    return " ".join([*inner.steps, ring(Converted(goal.right, (), tuple(name for name, _ in equations)))])


def _by_shifts(chain: Chain, goal: Compare) -> str | None:
    """Steps that show an equation by what can be taken out of its quotients."""
    inner = replace(chain, steps=[])
    equations = floor_equations(inner, [goal], {}, shift=True)
    known = Canonical(chain.sequent.scope, rewrites=[equation for _, equation in equations])
    if not equations or known.difference(goal.left, goal.right):
        return None
    return " ".join([*inner.steps, ring(Converted(goal.right, (), tuple(name for name, _ in equations)))])


def _same_entries(one: Sum, other: Sum) -> bool:
    """Whether some function is read in both."""
    first, second = (entries_of(opened(nest).body) for nest in (one, other))
    return bool({e.name for e in first} & {e.name for e in second})


Way = Callable[[Chain, Sum, Sum], Converted | None]


def _made_into(chain: Chain, one: Sum, other: Sum) -> Converted | None:
    """A nest as something that has more in common with another one."""
    for way in (_entry_by_entry, _in_rows, _renumbered, _cut):
        chain.search.check_time()
        before = len(chain.steps)
        try:
            found = way(chain, one, other)
        except Rejected:
            found = None
        if found is not None:
            return found
        del chain.steps[before:]
    return None


# -- the same ranges -----------------------------------------------------------------------------------------


def _entry_by_entry(chain: Chain, one: Sum, other: Sum) -> Converted | None:
    """Nests over the same ranges are equal where what stands in them is."""
    first, second = opened(one), opened(other)
    if len(first.ranges) != len(second.ranges):
        return None
    names: dict[str, Term] = {}
    for a, b in zip(first.ranges, second.ranges, strict=True):
        names[b.index] = Variable(a.index)
    canonical = Canonical(first.scope(chain), chain.atoms)
    for a, b in zip(first.ranges, second.ranges, strict=True):
        ends = ((a.low, term_with(b.low, names)), (a.high, term_with(b.high, names)))
        if any(canonical.difference(x, y) for x, y in ends):
            return None
    if first.conditions or second.conditions:
        return None
    body = term_with(second.body, names)

    def change(inner: Chain, old: Term) -> Converted | None:
        equations = known_entries(inner, [old, body])
        known = Canonical(inner.sequent.scope, rewrites=[equation for _, equation in equations])
        if known.difference(old, body):
            return None
        return Converted(body, (), tuple(name for name, _ in equations))

    return chain.at_depth(len(first.ranges), one, change)


# -- rows one behind the other -------------------------------------------------------------------------------


def _in_rows(chain: Chain, one: Sum, other: Sum) -> Converted | None:
    """An index over a product of lengths as two, one of them with a range of the other nest."""
    first, second = opened(one), opened(other)
    if len(first.ranges) >= len(second.ranges) or first.conditions:
        return None
    lengths = list(
        dict.fromkeys(
            r.high for r in second.ranges if r.low == ZERO and free(r.high) <= set(chain.sequent.scope)
        )
    )
    for place, r in enumerate(first.ranges):
        if r.low != ZERO or not free(r.high) <= set(chain.sequent.scope):
            continue
        for length in lengths:
            rows = quotient(chain.polynomial(r.high), chain.polynomial(length))
            if rows is None or len(rows) == len([m for m in rows if not m]):
                continue
            count = term_of(rows, chain.atoms)
            before = len(chain.steps)
            split = chain.at_depth(place, one, lambda c, t, n=count, b=length: rows_of(c, a_sum(t), n, b))
            if split is not None:
                rest = normal_nest(chain, a_sum(split.term))
                if not chain.polynomial(rest.term).keys() - chain.polynomial(other).keys():
                    return followed(split, rest)
            del chain.steps[before:]
    return None


# -- one index as another one --------------------------------------------------------------------------------


def _maps(chain: Chain, one: Opened, other: Opened, there: Range, back: Range) -> Iterator[tuple[Term, Term]]:
    """The second index in terms of the first, and the first in terms of the second, as equal entries tell."""
    scope = {**one.scope(chain), **other.scope(chain)}
    canonical = Canonical(scope, chain.atoms)
    forth: dict[Term, None] = {}
    home: dict[Term, None] = {}
    for a in entries_of(one.body):
        for b in entries_of(other.body):
            if a.name != b.name:
                continue
            for x, y in zip(a.arguments, b.arguments, strict=True):
                value = canonical.difference(x, y)
                for index, out in ((back.index, forth), (there.index, home)):
                    found = solved(canonical, value, index)
                    if found is not None:
                        out.setdefault(term_of(scale(found[1], -found[0]), chain.atoms))
    for u in forth:
        for v in home:
            if back.index not in free(u) and there.index not in free(v):
                yield u, v


def _apart(chain: Chain, one: Sum, other: Sum) -> Sum:
    """The other sum with an index that is none of the first."""
    inner, _ = chain.inside(one)
    return with_index(other, inner.search.name(inner.sequent, other.index))


def _may_fit(chain: Chain, one: Sum, other: Sum, back: Term) -> bool:
    """Whether the terms of two sums are the same after a renumbering, as far as is seen without quotients."""
    renumbered_body = body_at(one, back)
    if any(isinstance(node, Floor) for body in (renumbered_body, other.body) for node in nodes_of(body)):
        return True
    inner, _ = chain.inside(other)
    return inner.same(renumbered_body, other.body)


def _renumbered(chain: Chain, one: Sum, other: Sum) -> Converted | None:
    """A sum over one index is another one, renumbered as the arguments of their entries say."""
    if isinstance(one.body, Sum) or isinstance(other.body, Sum):
        return None
    other = _apart(chain, one, other)
    first, second = opened(one), opened(other)
    for there, back in _maps(chain, first, second, first.ranges[0], second.ranges[0]):
        if not _may_fit(chain, one, other, back):
            continue
        found = renumbered(chain, one, other, there, back, by_floors)
        if found is not None:
            return found
    return None


def _cut(chain: Chain, one: Sum, other: Sum) -> Converted | None:
    """A range that is longer than another one, shifted, is cut where that one begins and ends."""
    if isinstance(one.body, Sum) or isinstance(other.body, Sum) or one.guard is not None:
        return None
    other = _apart(chain, one, other)
    first, second = opened(one), opened(other)
    for _, back in _maps(chain, first, second, first.ranges[0], second.ranges[0]):
        begin = chain.simple(term_with(back, {other.index: ZERO}))
        inner, _ = chain.inside(other)
        if inner.canonical().difference(back, Plus((Variable(other.index), begin))):
            continue
        if not _may_fit(chain, one, other, back):
            continue
        end = chain.simple(Plus((begin, other.high, Times((MINUS, other.low)))))
        for middle in (begin, end):
            if chain.same(middle, one.low) or chain.same(middle, one.high):
                continue
            found = chain.shown("sum_split", one, middle)
            if found is not None:
                halves = found[1].right
                rest = normal(chain, halves)
                return Converted(rest.term, ((found[0], ONE), *rest.shares))
    return None
