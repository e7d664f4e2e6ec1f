"""Search for a normal form of terms with sums over entries: a combination of nests of sums.

A nest has as few indices as possible, ranges from 0, its indices in an order that does not depend on their
names, and no factor that could stand outside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from itertools import product as choices

from symcnn.kernel.canonical import Canonical
from symcnn.kernel.polynomial import Polynomial
from symcnn.kernel.substitution import formula_with, term_with
from symcnn.kernel.terms import (
    INT,
    ONE,
    ForAll,
    Formula,
    Power,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
    number,
)
from symcnn.search.conversions import MINUS, Chain, Converted, a_sum, followed, product, times
from symcnn.search.flattening import added, flatten, scaled
from symcnn.search.renumbering import (
    Opened,
    counted,
    floors_computed,
    guard_from,
    narrowed,
    narrowed_count,
    opened,
    raised,
    split_in_rows,
    tidied,
    turned,
    vanished,
    widened,
    without_point,
)

MAX_ROUNDS = 24
MAX_ORDERS = 720


def normal(chain: Chain, term: Term) -> Converted:
    """A term as a combination of nests in normal form."""
    flat = flatten(chain, term)
    out: list[Term] = []
    shares = list(flat.shares)
    for part in flat.terms:
        found = normal_nest(chain, part) if isinstance(part, Sum) else Converted(part)
        out.append(found.term)
        shares += found.shares
    return Converted(added(out), tuple(shares))


Rule = Callable[[Chain, Sum], Converted | None]


def _loose_point(chain: Chain, nest: Sum) -> Converted | None:
    return without_point(chain, nest, loose=True)


RULES: tuple[Rule, ...] = (
    floors_computed,
    without_point,
    widened,
    narrowed,
    split_in_rows,
    narrowed_count,
    vanished,
    counted,
    _loose_point,
    turned,
)


def normal_nest(chain: Chain, nest: Sum) -> Converted:
    """A nest in normal form, times what stands outside of it."""
    here = Converted(nest)
    for _ in range(MAX_ROUNDS):
        chain.search.check_time()
        new = _simpler(chain, a_sum(here.term))
        if new is None:
            break
        here = followed(here, new)
        if not isinstance(here.term, Sum) or len(inner_polynomial(chain, opened(here.term))) != 1:
            rest = normal(chain, here.term)
            return followed(here, rest)
    here = followed(here, outside(chain, a_sum(here.term)))
    factor, total = _parted(here.term)
    for change in (tidied, ordered, conditions_ordered):
        new = change(chain, total)
        if new is not None:
            here = Converted(product(factor, new.term), (*here.shares, *times(factor, new.shares)))
            total = a_sum(new.term)
    return here


def _simpler(chain: Chain, nest: Sum) -> Converted | None:
    for rule in RULES:
        before = len(chain.steps)
        try:
            found = rule(chain, nest)
        except Rejected:
            found = None
        if found is not None:
            return found
        del chain.steps[before:]
    return None


def _parted(term: Term) -> tuple[Term, Sum]:
    """The factor and the nest of what ``outside`` leaves."""
    if isinstance(term, Times):
        return product(*term.terms[:-1]), a_sum(term.terms[-1])
    return ONE, a_sum(term)


def outside(chain: Chain, nest: Sum) -> Converted:
    """The factors of the body that read no index stand outside."""
    form = opened(nest)
    indices = {r.index for r in form.ranges}
    ((monomial, coefficient),) = inner_polynomial(chain, form).items()
    outer: list[Term] = [] if coefficient == 1 else [number(coefficient)]
    inner: list[Term] = []
    for atom, exponent in monomial:
        shown = chain.atoms.shown[atom]
        (inner if indices & free(shown) else outer).append(shown if exponent == 1 else Power(shown, exponent))
    if not outer:
        return Converted(nest)
    factor, plain = product(*outer), a_sum(with_body(nest, product(*inner)))
    pushed = scaled(chain, factor, plain)
    return Converted(Times((factor, plain)), times(MINUS, pushed.shares))


def inner_polynomial(chain: Chain, form: Opened) -> Polynomial:
    """The canonical form of the body of a nest."""
    return Canonical(form.scope(chain), chain.atoms).term(form.body)


def with_body(nest: Term, body: Term) -> Term:
    """A nest with another body."""
    return replace(nest, body=with_body(nest.body, body)) if isinstance(nest, Sum) else body


# -- the order of indices ------------------------------------------------------------------------------------


def ordered(chain: Chain, nest: Sum) -> Converted | None:
    """The nest with its indices in an order that does not depend on their names."""
    form = opened(nest)
    order = best_order(chain, form)
    if order == [*range(len(form.ranges))]:
        return None
    return arranged(chain, nest, order)


def arranged(chain: Chain, nest: Term, order: Sequence[int]) -> Converted | None:
    """The nest with its indices in an order."""
    if not order or list(order) == [*range(len(order))]:
        return None
    first, *others = order
    here = raised(chain, nest, first)
    rest = [place + 1 if place < first else place for place in others]

    def change(inner: Chain, body: Term) -> Converted | None:
        return arranged(inner, body, [place - 1 for place in rest])

    deeper = chain.within(a_sum(here.term), change)
    return here if deeper is None else followed(here, deeper)


def best_order(chain: Chain, form: Opened) -> list[int]:
    """The order by what each index does, and by the whole nest where several do the same."""
    groups: dict[str, list[int]] = {}
    for place, r in enumerate(form.ranges):
        groups.setdefault(_role(chain, form, r.index), []).append(place)
    tied = [permutations(groups[key]) for key in sorted(groups)]
    best: tuple[str, list[int]] | None = None
    for count, choice in enumerate(choices(*tied)):
        if count > MAX_ORDERS:
            break
        order = [place for group in choice for place in group]
        if len(groups) == len(form.ranges):
            return order
        key = _whole(chain, form, order)
        if best is None or key < best[0]:
            best = key, order
    return [] if best is None else best[1]


def _role(chain: Chain, form: Opened, index: str) -> str:
    """What an index does in a nest, whatever it and the others are called."""
    scope = {**chain.sequent.scope, "@": INT, "_": INT}
    canonical = Canonical(scope, chain.atoms)
    names: dict[str, Term] = {r.index: Variable("@" if r.index == index else "_") for r in form.ranges}
    own = next(r for r in form.ranges if r.index == index)
    terms = [term_with(part, names) for part in (own.low, own.high, form.body)]
    conditions = sorted(text_of(canonical.formula(formula_with(c, names))) for c in form.conditions)
    return " ; ".join([*(text_of(canonical.term(term).items()) for term in terms), *conditions])


def conditions_ordered(chain: Chain, nest: Sum) -> Converted | None:
    """The nest with its conditions in an order that does not depend on the names of its indices."""
    form = opened(nest)
    order = [*range(len(form.ranges))]
    conditions = sorted(
        form.conditions, key=lambda c: text_of(chain.canonical().formula(_bound(form, order, c)))
    )
    guard = guard_from(conditions)
    if guard is None or list(form.conditions) == conditions:
        return None

    def change(inner: Chain, total: Term) -> Converted | None:
        total = a_sum(total)
        found = inner.shown("sum_guard", total, guard)
        return None if found is None else Converted(replace(total, guard=guard), ((found[0], ONE),))

    return chain.at_depth(len(order) - 1, nest, change)


def _whole(chain: Chain, form: Opened, order: Sequence[int]) -> str:
    """The nest in an order as text in which names of indices do not occur."""
    canonical = chain.canonical()
    conditions = sorted(
        text_of(canonical.formula(_bound(form, order, condition))) for condition in form.conditions
    )
    body: Term = form.body
    for place in reversed(order):
        r = form.ranges[place]
        body = Sum(r.index, r.low, r.high, None, body)
    return " ; ".join([text_of(canonical.term(body).items()), *conditions])


def _bound(form: Opened, order: Sequence[int], condition: Formula) -> Formula:
    for place in reversed(order):
        condition = ForAll(form.ranges[place].index, INT, condition)
    return condition


def text_of(key: object) -> str:
    """A canonical form as text that is the same for the same form."""
    if isinstance(key, frozenset) or type(key).__name__ == "dict_items":
        return "{" + ", ".join(sorted(text_of(part) for part in key)) + "}"  # type: ignore[union-attr]
    if isinstance(key, tuple):
        return "(" + ", ".join(text_of(part) for part in key) + ")"
    return str(key)
