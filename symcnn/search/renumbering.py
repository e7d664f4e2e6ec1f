"""Search for simpler nests of sums: fewer indices, ranges from 0, and guards only where they are needed.

An index that an equation in the guard gives is put in, and so is one with a single value. A guard that
bounds an index becomes its range, ranges are shifted to begin at 0, and one that counts pairs row by row
becomes two. Each change is a conversion of a nest: the index goes to the innermost place first, where the
guard stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from symcnn.kernel.canonical import Canonical
from symcnn.kernel.polynomial import Polynomial, add, constant, scale
from symcnn.kernel.ranges import body_at, guard_at, range_at
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ONE,
    ZERO,
    And,
    Call,
    Compare,
    Floor,
    Formula,
    If,
    Max,
    Node,
    Number,
    Plus,
    Sort,
    Sum,
    Term,
    Times,
    Variable,
    as_term,
    free,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.conversions import (
    MINUS,
    Chain,
    Converted,
    Last,
    Share,
    a_sum,
    absurd,
    by_bounds,
    by_case,
    denied,
    followed,
    ring,
)
from symcnn.search.facts import conjunction
from symcnn.search.flattening import Flat, indicated, nothing_in, parts_of_guard
from symcnn.search.floors import by_floors, floor_equations, nodes_of, quotient, with_values
from symcnn.search.guided import cofactor

# How many terms a sum may have that is added up.
MAX_TERMS = 8


@dataclass(frozen=True)
class Range:
    """An index with its bounds."""

    index: str
    low: Term
    high: Term


@dataclass(frozen=True)
class Opened:
    """A nest: its ranges from the outermost on, the conditions at the innermost, and the body."""

    ranges: tuple[Range, ...]
    conditions: tuple[Formula, ...]
    body: Term

    def scope(self, chain: Chain) -> dict[str, Sort]:
        """The names that the body may use."""
        return {**chain.sequent.scope, **{r.index: INT for r in self.ranges}}

    def may_sink(self, place: int) -> bool:
        """Whether the bounds of the inner ranges do not speak of the index of this one."""
        index = self.ranges[place].index
        return not any(index in free(r.low) | free(r.high) for r in self.ranges[place + 1 :])


def opened(nest: Term) -> Opened:
    """A nest as its parts."""
    ranges: list[Range] = []
    conditions: list[Formula] = []
    while isinstance(nest, Sum):
        ranges.append(Range(nest.index, nest.low, nest.high))
        conditions += parts_of_guard(nest.guard)
        nest = nest.body
    return Opened(tuple(ranges), tuple(conditions), nest)


def guard_from(conditions: Sequence[Formula]) -> Formula | None:
    """The guard that says all of this."""
    return conjunction(conditions) if conditions else None


# -- the order of the ranges ---------------------------------------------------------------------------------


def sunk(chain: Chain, total: Term) -> Converted:
    """The outermost index of a nest becomes the innermost one."""
    total = a_sum(total)
    if not isinstance(total.body, Sum):
        return Converted(total)
    label, equation = chain.law("sum_exchange", total)
    first = Converted(equation.right, ((label, ONE),))
    if not isinstance(a_sum(a_sum(equation.right).body).body, Sum):
        return first
    second = chain.within(a_sum(equation.right), sunk)
    return first if second is None else followed(first, second)


def raised(chain: Chain, total: Term, place: int) -> Converted:
    """The index at a place of a nest becomes the outermost one."""
    if place == 0:
        return Converted(total)
    first = Converted(total)
    if place > 1:
        deeper = chain.within(a_sum(total), lambda inner, body: raised(inner, body, place - 1))
        first = first if deeper is None else deeper
    label, equation = chain.law("sum_exchange", a_sum(first.term))
    return followed(first, Converted(equation.right, ((label, ONE),)))


def innermost(
    chain: Chain, nest: Sum, place: int, change: Callable[[Chain, Term], Converted | None], above: int = 0
) -> Converted | None:
    """A change of the sum over the index at a place, which goes to the innermost place first.

    With ``above`` the change is one of the nest that begins so many ranges further outside.
    """
    count = len(opened(nest).ranges)
    before = len(chain.steps)
    first = Converted(nest)
    if place < count - 1:
        found = chain.at_depth(place, nest, sunk)
        first = first if found is None else found
    second = chain.at_depth(count - 1 - above, first.term, change)
    if second is None:
        del chain.steps[before:]
        return None
    return followed(first, second)


# -- polynomials in an index ---------------------------------------------------------------------------------


def solved(canonical: Canonical, value: Polynomial, index: str) -> tuple[int, Polynomial] | None:
    """The sign of an index in a polynomial, and the rest of it, if it stands there once and with 1 or -1."""
    ((own, _),) = canonical.term(Variable(index)).items()
    factor = value.get(own, 0)
    rest = {monomial: c for monomial, c in value.items() if monomial != own}
    if factor not in (1, -1) or mentions(canonical, rest, index):
        return None
    return int(factor), rest


def mentions(canonical: Canonical, value: Polynomial, index: str) -> bool:
    """Whether an index stands in a polynomial, also inside of its atoms."""
    return any(index in free(canonical.atoms.shown[atom]) for m in value for atom, _ in m)


# -- an index with one value ---------------------------------------------------------------------------------


def without_point(chain: Chain, nest: Sum, loose: bool = False) -> Converted | None:
    """An index that has one value is put in: by an equation in the guard, or by a range of one number.

    The value has to be in the range; ``loose`` keeps that as a condition.
    """
    form = opened(nest)
    points = [*_points(chain, form)]
    if loose:
        # The choice must not depend on the names of indices or on their order.
        points.sort(key=lambda point: sorted(_readers(form, form.ranges[point[0]].index)))
    for place, value in points:
        chain.search.check_time()
        if not form.may_sink(place):
            continue
        alone = len(form.ranges) == 1

        def change(outer: Chain, total: Term, value: Term = value, alone: bool = alone) -> Converted | None:
            if alone:
                return _at_point(outer, a_sum(total), value, loose, alone)
            inner = outer.within(a_sum(total), lambda c, t: _at_point(c, a_sum(t), value, loose, alone))
            if inner is None or not isinstance(a_sum(inner.term).body, If):
                return inner
            return followed(inner, indicated(outer, a_sum(inner.term)))

        found = innermost(chain, nest, place, change, 0 if alone else 1)
        if found is not None:
            return found
    return None


def _readers(form: Opened, index: str) -> set[str]:
    """The functions of which an entry reads an index."""
    return {entry.name for entry in entries_of(form.body) if index in free(entry)}


def _points(chain: Chain, form: Opened) -> Iterator[tuple[int, Term]]:
    canonical = Canonical(form.scope(chain), chain.atoms)
    for place, r in enumerate(form.ranges):
        if canonical.difference(r.high, r.low) == constant(1):
            yield place, r.low
    for condition in form.conditions:
        if not isinstance(condition, Compare) or condition.relation != "=":
            continue
        value = canonical.difference(condition.left, condition.right)
        for place, r in reversed([*enumerate(form.ranges)]):
            found = solved(canonical, value, r.index)
            if found is not None:
                sign, rest = found
                yield place, term_of(scale(rest, -sign), chain.atoms)


def _at_point(chain: Chain, total: Sum, value: Term, loose: bool, alone: bool) -> Converted | None:
    """The sum with one term is this term, where conditions that are not known hold, and otherwise 0."""
    wanted = range_at(total, value)
    ends, others = parts_of_guard(wanted)[:2], parts_of_guard(wanted)[2:]
    open_: list[Formula] = [c for c in ends if chain.proof(c) is None]
    if open_ and not loose:
        return None
    open_ += [c for c in others if not _holds_of_itself(chain, c) and chain.proof(c) is None]
    there = body_at(total, value)
    if not open_:
        found = chain.shown("sum_point", total, value, last=by_bounds)
        return None if found is None else Converted(there, ((found[0], ONE),))
    if alone:
        return None
    condition = guard_from(open_)
    if condition is None:
        return None
    return _where(chain, total, value, If(condition, there, ZERO))


def _holds_of_itself(chain: Chain, condition: Formula) -> bool:
    return (
        isinstance(condition, Compare)
        and condition.relation == "="
        and chain.same(condition.left, condition.right)
    )


def _where(chain: Chain, total: Sum, value: Term, case: If) -> Converted | None:
    """``sum = if condition then term else 0``, by both cases."""
    known = chain.label("d")
    yes = replace(chain, sequent=chain.sequent.knowing(known, case.condition), steps=[])
    point = yes.shown("sum_point", total, value)
    if point is None:
        return None
    chosen, _ = yes.law("if_true", case, blocks=[f"exactly {known}"])
    no = replace(chain, steps=[])
    inner, label = no.inside(total)
    proof = inner.proof(case.condition)
    if proof is None:
        return None
    holds = no.label("h")
    wrong = absurd(no, case.condition, holds, known)
    false = no.label("x")
    block = (
        f"take {total.index} suppose {label} have {holds} : {write(case.condition)} {{ {proof} }} "
        f"have {false} : false {{ {wrong} }} exactly {false}"
    )
    empty, equation = no.law("sum_ext", total, ZERO, blocks=[block])
    nothing = nothing_in(no, a_sum(equation.right))
    other, _ = no.law("if_false", case, blocks=[denied(no, case.condition, known)])
    first = ring(Converted(ZERO, ((point[0], ONE), (chosen, MINUS))))
    second = ring(Converted(ZERO, ((empty, ONE), *nothing.shares, (other, MINUS))))
    name = chain.label("e")
    chain.steps.append(
        f"have {name} : {write(Compare('=', total, case))} {{ decide {write(case.condition)} as {known} "
        f"{{ {' '.join(yes.steps)} {first} }} {{ {' '.join(no.steps)} {second} }} }}"
    )
    return Converted(case, ((name, ONE),))


# -- ranges --------------------------------------------------------------------------------------------------


def renumbered(
    chain: Chain, total: Sum, other: Sum, there: Term, back: Term, last: Last | None = None
) -> Converted | None:
    """``sum_reindex`` as a conversion."""
    found = chain.shown("sum_reindex", total, other, there, back, last=last)
    return None if found is None else Converted(other, ((found[0], ONE),))


def moved(total: Sum, low: Term, high: Term, conditions: Sequence[Formula]) -> tuple[Sum, Term, Term]:
    """The sum over ``low..high`` under these conditions with a range that begins at 0, and both maps."""
    index = Variable(total.index)
    back = index if low == ZERO else Plus((index, low))
    there = index if low == ZERO else Plus((index, Times((MINUS, low))))
    guarded = replace(total, guard=guard_from(conditions))
    guard = None if guarded.guard is None else guard_at(guarded, back)
    size = high if low == ZERO else Plus((high, Times((MINUS, low))))
    return Sum(total.index, ZERO, size, guard, body_at(total, back)), there, back


def narrowed(chain: Chain, nest: Sum) -> Converted | None:
    """Conditions that bound an index become its range, and the range begins at 0."""
    form = opened(nest)
    canonical = Canonical(form.scope(chain), chain.atoms)
    for place in reversed(range(len(form.ranges))):
        r = form.ranges[place]
        if not form.may_sink(place):
            continue
        lows, highs = _bounds(chain, canonical, form, r.index)
        if r.low == ZERO and not lows and not highs:
            continue
        for low, first in (*lows, (r.low, None)):
            for high, last in (*highs, (r.high, None)):
                if first is last is None and r.low == ZERO:
                    continue
                rest = [c for c in form.conditions if c is not first and c is not last]

                def change(
                    inner: Chain, total: Term, low: Term = low, high: Term = high, rest: list[Formula] = rest
                ) -> Converted | None:
                    total = a_sum(total)
                    new, there, back = moved(total, low, high, rest)
                    tidy = replace(new, high=inner.simple(new.high))
                    inside, _ = inner.inside(tidy)
                    if inside.proof(range_at(total, back)) is None:
                        return None
                    return renumbered(inner, total, tidy, there, back)

                found = innermost(chain, nest, place, change)
                if found is not None:
                    return found
    return None


def narrowed_count(chain: Chain, nest: Sum) -> Converted | None:
    """A condition ``size*i <= n`` on an index that nothing else reads bounds it by a quotient."""
    form = opened(nest)
    canonical = Canonical(form.scope(chain), chain.atoms)
    for place, r in enumerate(form.ranges):
        if r.low != ZERO or r.index in free(form.body) or not form.may_sink(place):
            continue
        for condition in form.conditions:
            if isinstance(condition, Compare) and condition.relation != "=":
                high = _by_quotient(canonical, condition, r.index)
                others = [c for c in form.conditions if c is not condition]
                if high is None or any(r.index in free(c) for c in others):
                    continue

                def change(
                    inner: Chain, total: Term, high: Term = high, others: list[Formula] = others
                ) -> Converted | None:
                    total = a_sum(total)
                    new, index = replace(total, high=high, guard=guard_from(others)), Variable(total.index)
                    return renumbered(inner, total, new, index, index, by_floors)

                found = innermost(chain, nest, place, change)
                if found is not None:
                    return found
    return None


def _by_quotient(canonical: Canonical, condition: Compare, index: str) -> Term | None:
    """The end of the range in which a condition bounds a multiple of an index."""
    value = canonical.difference(condition.right, condition.left)
    value = value if condition.relation == "<=" else add(value, constant(-1))
    ((own, _),) = canonical.term(Variable(index)).items()
    size = {left: -c for m, c in value.items() for left in [cofactor(m, own)] if left is not None}
    rest = {m: c for m, c in value.items() if cofactor(m, own) is None}
    if not size or mentions(canonical, size, index) or mentions(canonical, rest, index):
        return None
    atoms = canonical.atoms
    return Plus((Floor(term_of(rest, atoms), term_of(size, atoms)), ONE))


def _bounds(
    chain: Chain, canonical: Canonical, form: Opened, index: str
) -> tuple[list[tuple[Term, Formula | None]], list[tuple[Term, Formula | None]]]:
    """Bounds for an index that conditions give, with the conditions."""
    lows: list[tuple[Term, Formula | None]] = []
    highs: list[tuple[Term, Formula | None]] = []
    for condition in form.conditions:
        if not isinstance(condition, Compare) or condition.relation == "=":
            continue
        value = canonical.difference(condition.right, condition.left)
        value = value if condition.relation == "<=" else add(value, constant(-1))
        found = solved(canonical, value, index)
        if found is None:
            continue
        sign, rest = found
        if sign > 0:
            lows.append((term_of(scale(rest, -1), chain.atoms), condition))
        else:
            highs.append((term_of(add(rest, constant(1)), chain.atoms), condition))
    return lows, highs


def widened(chain: Chain, nest: Sum) -> Converted | None:
    """A bound that is a larger or smaller one of two becomes one of them, and the other a condition."""
    form = opened(nest)
    for place, r in enumerate(form.ranges):
        if not form.may_sink(place):
            continue
        for low in (True, False):
            for base, other, case in _branches(chain, form, r.low if low else r.high):
                index = Variable(r.index)
                condition = Compare("<=", other, index) if low else Compare("<", index, other)

                def change(
                    inner: Chain,
                    total: Term,
                    ends: tuple[Term, Term] = (base, r.high) if low else (r.low, base),
                    condition: Formula = condition,
                    case: If = case,
                ) -> Converted | None:
                    total = a_sum(total)
                    guard = guard_from([*parts_of_guard(total.guard), condition])
                    new = Sum(total.index, *ends, guard, total.body)
                    return renumbered(
                        inner,
                        total,
                        new,
                        Variable(total.index),
                        Variable(total.index),
                        partial(by_case, case),
                    )

                found = innermost(chain, nest, place, change)
                if found is not None:
                    return found
    return None


def _branches(chain: Chain, form: Opened, bound: Term) -> list[tuple[Term, Term, If]]:
    """Both values of a bound that is a case, each with the other; what bounds no range last."""
    scope = form.scope(chain)
    canonical = Canonical(scope, chain.atoms)
    value = canonical.term(bound)
    for monomial, factor in value.items():
        match [chain.atoms.shown[atom] for atom, _ in monomial]:
            case [If(_, then, otherwise) as case] if factor == 1 and monomial[0][1] == 1:
                rest = {m: c for m, c in value.items() if m != monomial}
                both = [term_of(add(rest, canonical.term(side)), chain.atoms) for side in (then, otherwise)]
                indices = {r.index for r in form.ranges}
                both.sort(key=lambda term: (len(free(term) & indices), len(free(term) - chain.sizes)))
                return [(both[0], both[1], case)]
            case _:
                pass
    return []


def turned(chain: Chain, nest: Sum) -> Converted | None:
    """An index that first stands with a negative factor in an entry runs the other way."""
    form = opened(nest)
    canonical = Canonical(form.scope(chain), chain.atoms)
    entries = sorted(entries_of(form.body), key=lambda entry: (entry.name, len(entry.arguments)))
    for place, r in enumerate(form.ranges):
        if not form.may_sink(place) or _sign(canonical, entries, r.index) >= 0:
            continue

        def change(inner: Chain, total: Term) -> Converted | None:
            total = a_sum(total)
            back = Plus((total.high, MINUS, Times((MINUS, Variable(total.index)))))
            guard = None if total.guard is None else guard_at(total, back)
            return renumbered(
                inner, total, replace(total, guard=guard, body=body_at(total, back)), back, back
            )

        found = innermost(chain, nest, place, change)
        if found is not None:
            return found
    return None


def entries_of(term: Node) -> list[Call]:
    """The entries in a term, from left to right, but for those inside of sums."""
    if isinstance(term, Sum | Max):
        return []
    own = [term] if isinstance(term, Call) else []
    return own + [entry for part in parts(term) for entry in entries_of(part)]


def _sign(canonical: Canonical, entries: Sequence[Call], index: str) -> int:
    """The sign with which an index first stands in an entry."""
    ((own, _),) = canonical.term(Variable(index)).items()
    for entry in entries:
        for argument in entry.arguments:
            for monomial, factor in canonical.term(argument).items():
                if cofactor(monomial, own) is not None:
                    return 1 if factor > 0 else -1
    return 0


def split_in_rows(chain: Chain, nest: Sum) -> Converted | None:
    """An index whose quotient by a length of rows is read counts pairs, row by row, and becomes two."""
    form = opened(nest)
    canonical = Canonical(form.scope(chain), chain.atoms)
    for place, r in enumerate(form.ranges):
        last = place == len(form.ranges) - 1
        if r.low != ZERO or (last and form.conditions):
            continue
        for length in _row_lengths(form, r.index):
            rows = quotient(canonical.term(r.high), canonical.term(length))
            if rows is None or r.index in free(length):
                continue
            count = term_of(rows, chain.atoms)
            found = chain.at_depth(place, nest, lambda c, t, n=count, b=length: rows_of(c, a_sum(t), n, b))
            if found is not None:
                return found
    return None


def _row_lengths(form: Opened, index: str) -> list[Term]:
    """The divisors of the quotients in which an index stands, those of larger quotients first."""
    out: dict[Term, None] = {}
    waiting: list[Node] = [form.body, *form.conditions]
    while waiting:
        here = waiting.pop(0)
        if isinstance(here, Floor) and index in free(here.top):
            out.setdefault(here.bottom)
        waiting.extend(parts(here))
    return sorted(out, key=lambda term: -len(write(term)))


def rows_of(chain: Chain, total: Sum, count: Term, length: Term) -> Converted | None:
    """A sum over ``count*length`` numbers as one over rows and one over places in a row."""
    i = chain.search.name(chain.sequent, total.index)
    j = chain.search.name(chain.sequent.declaring(i, INT), "j")
    number = Plus((Times((length, Variable(i))), Variable(j)))
    inner = Sum(j, ZERO, length, None, body_at(total, number))
    outer = Sum(i, ZERO, count, None, inner)
    found = chain.shown("sum_flat", outer)
    return None if found is None else Converted(outer, ((found[0], MINUS),))


# -- floors --------------------------------------------------------------------------------------------------


def floors_computed(chain: Chain, nest: Sum) -> Converted | None:
    """Quotients in the body of a nest that are known, such as ``(n*i + j)//n`` for j < n."""
    form = opened(nest)
    if not any(isinstance(node, Floor) for part in (form.body, *form.conditions) for node in nodes_of(part)):
        return None
    return chain.at_depth(len(form.ranges) - 1, nest, lambda c, t: _floors_in(c, a_sum(t)))


def _floors_in(chain: Chain, total: Sum) -> Converted | None:
    inner, label = chain.inside(total)
    values: dict[Node, Term] = {}
    equations = floor_equations(inner, [total.body], values)
    if not equations:
        return None
    body = Converted(as_term(with_values(total.body, values)), (), tuple(name for name, _ in equations))
    return chain.extended(total, inner, label, body)


# -- conditions ----------------------------------------------------------------------------------------------


def tidied(chain: Chain, nest: Sum) -> Converted | None:
    """The conditions in one form, without those that the ranges imply."""
    form = opened(nest)
    if not form.conditions:
        return None
    return chain.at_depth(len(form.ranges) - 1, nest, lambda c, t: _tidied(c, a_sum(t)))


def _tidied(chain: Chain, total: Sum) -> Converted | None:
    inner, _ = chain.inside(replace(total, guard=None))
    conditions: dict[Formula, None] = {}
    for condition in parts_of_guard(total.guard):
        if inner.proof(condition) is None:
            conditions.setdefault(_plain(inner, condition))
    guard = guard_from([*conditions])
    if guard == total.guard:
        return None
    found = chain.shown("sum_guard", total, And(()) if guard is None else guard)
    return None if found is None else Converted(replace(total, guard=guard), ((found[0], ONE),))


def _plain(chain: Chain, condition: Formula) -> Formula:
    """A comparison of whole numbers as one with 0."""
    if not isinstance(condition, Compare):
        return condition
    value = chain.canonical().difference(condition.right, condition.left)
    if condition.relation == "<":
        value = add(value, constant(-1))
    relation = "=" if condition.relation == "=" else "<="
    return Compare(relation, ZERO, term_of(value, chain.atoms))


def vanished(chain: Chain, nest: Sum) -> Converted | None:
    """A nest over nothing is 0."""
    found = chain.at_depth(len(opened(nest).ranges) - 1, nest, lambda c, t: _vanished(c, a_sum(t)))
    return None if found is None else _without_zeros(chain, found)


def _vanished(chain: Chain, total: Sum) -> Converted | None:
    inner, label = chain.inside(total)
    wrong = inner.proof(FALSE)
    if wrong is None:
        return None
    known = inner.label("x")
    block = f"take {total.index} suppose {label} have {known} : false {{ {wrong} }} exactly {known}"
    equation, _ = chain.law("sum_ext", total, ZERO, blocks=[block])
    nothing = nothing_in(chain, replace(total, body=ZERO))
    return Converted(ZERO, ((equation, ONE), *nothing.shares))


def _without_zeros(chain: Chain, found: Converted) -> Converted:
    """Sums of zeros are 0, from the inside out."""
    if not isinstance(found.term, Sum):
        return found
    inner = chain.within(found.term, lambda c, t: _without_zeros(c, Converted(t)))
    here = found if inner is None or not inner.shares else followed(found, inner)
    return followed(here, nothing_in(chain, replace(a_sum(here.term), body=ZERO)))


# -- sums over a few numbers ---------------------------------------------------------------------------------


def added_up(chain: Chain, nest: Term) -> Flat | None:
    """A nest over a few numbers, term by term."""
    if not isinstance(nest, Sum):
        return Flat((nest,))
    match nest.low, nest.high, nest.guard:
        case Number(low), Number(high), None if low < high <= low + MAX_TERMS:
            pass
        case _:
            return None
    terms: list[Term] = []
    shares: list[Share] = []
    rest = nest
    for _ in range(int(high - low)):
        found = chain.shown("sum_first", rest)
        if found is None:
            return None
        shares.append((found[0], ONE))
        each = added_up(chain, body_at(rest, rest.low))
        if each is None:
            return None
        terms += each.terms
        shares += each.shares
        rest = replace(rest, low=chain.simple(Plus((rest.low, ONE))))
    last = chain.shown("sum_empty", rest)
    return None if last is None else Flat(tuple(terms), (*shares, (last[0], ONE)))


# -- terms that do not read an index -------------------------------------------------------------------------


def counted(chain: Chain, nest: Sum) -> Converted | None:
    """An index that nothing reads only counts: the number of its values times the rest."""
    form = opened(nest)
    for place, r in enumerate(form.ranges):
        if not form.may_sink(place) or r.index in free(form.body):
            continue
        if any(r.index in free(c) for c in form.conditions):
            continue
        if any(earlier.index in free(r.low) | free(r.high) for earlier in form.ranges[:place]):
            continue
        before = len(chain.steps)
        first = raised(chain, nest, place)
        total = a_sum(first.term)
        found = chain.shown("sum_constant", total, last=by_floors) if total.guard is None else None
        if found is not None:
            return followed(first, Converted(found[1].right, ((found[0], ONE),)))
        del chain.steps[before:]
    return None
