"""Closed forms of sums of polynomials: of sum(i in a..b) f(i), where F(i + 1) - F(i) = f(i), F(b) - F(a).

The form is proved by induction on the upper end, with steps that need no search.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import comb, lcm
from typing import TYPE_CHECKING

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import Polynomial, add_scaled, power, scale
from symcnn.kernel.ranges import in_range, with_index
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import (
    INT,
    ONE,
    RING,
    Compare,
    ForAll,
    Implies,
    Plus,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, term_of
from symcnn.search.facts import Found, closed_terms, named

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

MAX_POWER = 8


@cache
def power_sum(exponent: int) -> tuple[Fraction, ...]:
    """The coefficients of 1, x, x^2, ... in 0^e + 1^e + ... + (x - 1)^e.

    >>> [str(c) for c in power_sum(2)]
    ['0', '1/6', '-1/2', '1/3']
    """
    # x^(e + 1) is the sum of (i + 1)^(e + 1) - i^(e + 1) over i < x.
    out = [*[Fraction(0)] * (exponent + 1), Fraction(1)]
    for smaller in range(exponent):
        for e, c in enumerate(power_sum(smaller)):
            out[e] -= comb(exponent + 1, smaller) * c
    return tuple(c / (exponent + 1) for c in out)


def antidifference(total: Sum, sequent: Sequent) -> Term | None:
    """F with F(i + 1) - F(i) = f(i) for the body f of a sum, where f is a polynomial in the index."""
    if total.guard is not None or total.index in sequent.scope or total.index not in free(total.body):
        return None
    scope = {**sequent.scope, total.index: INT}
    atoms = Atoms()
    try:
        if not free(total.body) <= scope.keys() or sort_of(total.body, scope) == RING:
            return None
        canonical = Canonical(scope, atoms)
        value = canonical.term(total.body)
        index = next(iter(canonical.term(Variable(total.index))))[0][0]
    except Rejected:
        return None
    others = {atom for monomial in value for atom, _ in monomial if atom != index}
    if any(total.index in free(atoms.shown[atom]) for atom in others):
        return None
    out: Polynomial = {}
    for monomial, coefficient in value.items():
        exponent = dict(monomial).get(index, 0)
        if exponent > MAX_POWER:
            return None
        for raised, c in enumerate(power_sum(exponent)):
            if c:
                whole = tuple(sorted((a, e) for a, e in {**dict(monomial), index: raised}.items() if e))
                add_scaled(out, {whole: coefficient}, c)
    return term_of(out, atoms)


def summed(search: Search, found: Found, total: Sum) -> str | None:
    """An equation that gives the sum of a polynomial its closed form, as a rewrite; its name, or None."""
    primitive = antidifference(total, found.sequent)
    if primitive is None:
        return None
    ordered = search.prove(found.sequent.showing(Compare("<=", total.low, total.high)), 1)
    if ordered is None:
        return search.law(found, "e", "sum_empty", total, rewrite=True)
    end = search.name(found.sequent.declaring(total.index, INT), total.index)

    def equation(high: Term) -> Compare:
        at = [term_with(primitive, {total.index: place}) for place in (high, total.low)]
        left = Sum(total.index, total.low, high, None, total.body)
        return Compare("=", left, Plus((at[0], Times((number(-1), at[1])))))

    last = Variable(end)
    claim = Implies(Compare("<=", total.low, last), equation(last))
    general, new = search.label(found.sequent), search.label(found.sequent, "e")
    proof = _by_induction(search, found, total, last)
    found.steps += [
        f"have {general} : {write(ForAll(end, INT, claim))} {{ {proof} }}",
        f"use {new} : {general}({write(total.high)}) {{ {ordered} }}",
    ]
    found.sequent = found.sequent.knowing(new, equation(total.high))
    search.rewrite(found, new)
    return new


def _by_induction(search: Search, found: Found, total: Sum, last: Variable) -> str:
    """Steps for all upper ends: no term has the sum 0, and one more term is the body at the end."""
    after = Plus((last, ONE))
    nothing, more, one = (
        Sum(total.index, low, high, None, total.body)
        for low, high in ((total.low, total.low), (total.low, after), (last, after))
    )
    empty, bound, known, cut, point, inside, same, d = (search.label(found.sequent) for _ in range(8))
    index = search.name(found.sequent.declaring(last.name, INT), total.index)
    equal = (
        f"take {index} suppose {inside} law {same} : antisymmetry {index}, {last.name} "
        f"{{ deny {d} cone {inside}.2 + {d} }} {{ deny {d} cone {inside}.1 + {d} }} exactly {same}"
    )
    return (
        f"induct {{ law {empty} : sum_empty {write(nothing)} {{ cone }} ring {empty} }} "
        f"{{ take {last.name} suppose {bound}, {known} "
        f"law {cut} : sum_split {write(more)}, {last.name} {{ exactly {bound} }} {{ cone 1 }} "
        f"law {point} : sum_point {write(one)}, {last.name} {{ split {{ cone }} {{ cone }} }} {{ {equal} }} "
        f"ring {known} + {cut} + {point} }}"
    )


def summed_twice(search: Search, found: Found, total: Sum) -> str | None:
    """An equation for a sum of sums, whose inner ones have closed forms with fractions; its name, or None.

    A fraction cannot replace a whole number in the body, so a multiple of the body is summed.
    """
    index = search.name(found.sequent, total.index)
    total = with_index(total, index)
    if total.guard is not None or not closed_terms([total.body], (Sum,)):
        return None
    inside = search.label(found.sequent, "r")
    at = found.sequent.declaring(index, INT).knowing(inside, in_range(total))
    described = Found(at.showing(Compare("=", total.body, total.body)), [], list(found.rewrites))
    for term in closed_terms([total.body], (Sum,)):
        search.describe(described, term)
    atoms = Atoms()
    equations = [named(described.sequent, name) for name in described.rewrites]
    canonical = Canonical(described.sequent.scope, atoms, equations)
    body = with_forms(canonical, canonical.term(total.body), described.sequent)
    factor = lcm(*(Fraction(c).denominator for c in body.values()))
    if factor == 1:
        return None
    multiple = term_of(scale(body, factor), atoms)
    scaled = LAWS["sum_scale"][0](total, number(factor)).conclusion
    if not isinstance(scaled, Compare) or not isinstance(scaled.right, Sum):
        return None
    goal = described.sequent.showing(Compare("=", scaled.right.body, multiple))
    step = Arithmetic(goal, Atoms(), described.rewrites, 0, 0, search.check_time).step()
    if step is None:
        return None
    times, same, new = search.label(at, "s"), search.label(at), search.label(at, "e")
    equal = LAWS["sum_ext"][0](scaled.right, multiple).conclusion
    attempt = Found(
        found.sequent.knowing(times, scaled).knowing(same, equal),
        [
            *found.steps,
            f"law {times} : sum_scale {write(total)}, {factor}",
            f"law {same} : sum_ext {write(scaled.right)}, {write(multiple)} "
            f"{{ take {index} suppose {inside} {' '.join([*described.steps, step])} }}",
        ],
        list(found.rewrites),
    )
    last = summed(search, attempt, replace(total, body=multiple))
    known = attempt.sequent.facts.get(last or "")
    if not isinstance(known, Compare):
        return None
    share = number(Fraction(1, factor))
    equation = Compare("=", total, Times((share, known.right)))
    proof = " + ".join(f"{name} ({write(share)})" for name in (times, same, last))
    found.steps = [*attempt.steps, f"have {new} : {write(equation)} {{ ring {proof} }}"]
    found.sequent, found.rewrites = attempt.sequent.knowing(new, equation), attempt.rewrites
    return new


def with_forms(canonical: Canonical, value: Polynomial, sequent: Sequent) -> Polynomial:
    """A polynomial with the closed forms that facts give for the sums in it, whether they rewrite or not."""
    forms: dict[int, Polynomial] = {}
    for fact in sequent.facts.values():
        if isinstance(fact, Compare) and fact.relation == "=" and isinstance(fact.left, Sum):
            left, right = canonical.term(fact.left), canonical.term(fact.right)
            (monomial, *rest) = left
            # Both sides of what is a rewrite already are the same.
            if not rest and left[monomial] == 1 and [e for _, e in monomial] == [1] and left != right:
                forms.setdefault(monomial[0][0], right)
    out: Polynomial = {}
    for monomial, coefficient in value.items():
        part: Polynomial = {UNIT: coefficient}
        for atom, exponent in monomial:
            part = canonical.times(part, power(forms.get(atom, {((atom, 1),): 1}), exponent))
        add_scaled(out, part)
    return out
