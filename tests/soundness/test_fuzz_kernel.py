"""The kernel's evaluation, canonical forms, conditions of definedness and rules of arithmetic, at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from symcnn.kernel import terms as t
from symcnn.kernel.arithmetic import Product, cone, ring
from symcnn.kernel.canonical import Canonical
from symcnn.kernel.definedness import conditions
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.reading import Reader
from symcnn.kernel.sorts import check, sort_of
from symcnn.kernel.writing import write
from tests.brute import Undefined, brute, brute_holds
from tests.soundness.effort import random_rounds
from tests.soundness.random_terms import (
    BOX,
    FUNCTIONS,
    INDICES,
    INT,
    REAL,
    RING,
    SCOPE,
    WITH_INDICES,
    Draw,
    nearby,
    random_values,
    same_value,
    walk,
)

SORTS = (INT, INT, REAL, REAL, RING)


def brute_value(node: t.Node, values: Mapping[str, Fraction]) -> Any:
    """The value or the truth of a node; None where it has none."""
    try:
        if isinstance(node, t.Term):
            return brute(node, values, FUNCTIONS, BOX)
        return brute_holds(node, values, FUNCTIONS, BOX)
    except Undefined:
        return None


def kernel_value(node: t.Node, values: Mapping[str, Fraction]) -> Any:
    try:
        here = Evaluator(values, FUNCTIONS)
        return here.value(node) if isinstance(node, t.Term) else here.holds(node)
    except t.Rejected:
        return None


def drawn(dice: random.Random, quantified: bool = False, reduced: bool = True) -> Any:
    """A term or a formula."""
    draw, leaves = Draw(dice, quantified, reduced), dice.randint(1, 9)
    return draw.term(dice.choice(SORTS), leaves) if dice.random() < 0.6 else draw.formula(leaves)


def test_random_terms_hold_what_they_are_to_try() -> None:
    dice, found = random.Random(0), Counter[str]()
    for _ in range(800):
        node = drawn(dice)
        values = random_values(dice)
        nodes = list(walk(node))
        found["a value"] += (result := brute_value(node, values)) is not None
        found["no value"] += result is None
        found["true"] += result is True
        found["false"] += result is False
        kinds = Counter(type(n).__name__ for n in nodes)
        found.update(dict.fromkeys(kinds, 1))
        found["floor in floor"] += any(
            isinstance(n, t.Floor) and any(isinstance(k, t.Floor) for k in list(walk(n))[1:]) for n in nodes
        )
        reductions = [n for n in nodes if isinstance(n, t.Sum | t.Max)]
        found["guard"] += any(n.guard is not None for n in reductions)
        found["a name bound twice"] += any(
            n.index in {k.index for k in walk(n.body) if isinstance(k, t.Sum | t.Max)} for n in reductions
        )
        ends = [
            (n.low.value, n.high.value)
            for n in reductions
            if isinstance(n.low, t.Number) and isinstance(n.high, t.Number)
        ]
        found["reversed range"] += any(low > high for low, high in ends)
        found["empty range"] += any(low == high for low, high in ends)
    wanted = {
        "a value": 350, "no value": 60, "true": 60, "false": 60, "Sum": 60, "Max": 50, "Floor": 60, "If": 60,
        "Quotient": 40, "Call": 80, "Power": 80, "Implies": 20, "Iff": 20, "floor in floor": 10, "guard": 40,
        "a name bound twice": 4, "reversed range": 10, "empty range": 4,
    }  # fmt: skip
    assert {k: n for k, n in wanted.items() if found[k] < n} == {}, found


@random_rounds(quick=1500)
def test_the_kernel_evaluates_as_the_definitions_say(dice: random.Random) -> None:
    node = drawn(dice)
    for _ in range(3):
        values = random_values(dice)
        assert kernel_value(node, values) == brute_value(node, values), (write(node), values)


@random_rounds(quick=500)
def test_text_is_read_back_and_written_again(dice: random.Random) -> None:
    node = drawn(dice, quantified=True)
    text = write(node)
    reader = Reader(text, SCOPE)
    again = reader.term() if isinstance(node, t.Term) else reader.formula()
    reader.end()
    assert t.same(again, node)
    assert write(again) == text


@random_rounds(quick=1500)
def test_sorts_are_those_of_the_values(dice: random.Random) -> None:
    node = drawn(dice, quantified=True)
    if isinstance(node, t.Term):
        if sort_of(node, SCOPE) == INT and not quantified(node):
            value = brute_value(node, random_values(dice))
            assert value is None or value.denominator == 1
    else:
        check(node, SCOPE)


def quantified(node: t.Node) -> bool:
    return any(isinstance(n, t.ForAll | t.Exists) for n in walk(node))


# -- definedness ---------------------------------------------------------------------------------------------


@random_rounds(quick=800)
def test_where_the_conditions_hold_there_is_a_value(dice: random.Random) -> None:
    node = drawn(dice, quantified=dice.random() < 0.3)
    if sum(isinstance(n, t.Sum | t.Max | t.ForAll | t.Exists) for n in walk(node)) > 2:
        return  # too many points
    asked = conditions(node)
    check(asked, SCOPE)
    for _ in range(2):
        values = random_values(dice)
        defined = brute_value(node, values) is not None
        allowed = brute_value(asked, values)
        assert not allowed or defined, (write(node), values)


@random_rounds(quick=800)
def test_without_ranges_the_conditions_hold_exactly_where_there_is_a_value(dice: random.Random) -> None:
    node = drawn(dice, reduced=False)
    asked = conditions(node)
    for _ in range(3):
        values = random_values(dice)
        assert brute_value(asked, values) is (brute_value(node, values) is not None), (write(node), values)


# -- canonical forms ---------------------------------------------------------------------------------------


def form(node: t.Node, canonical: Canonical) -> Any:
    return frozenset(canonical.term(node).items()) if isinstance(node, t.Term) else canonical.formula(node)


def agree(one: t.Node, other: t.Node, several: Sequence[Mapping[str, Fraction]]) -> None:
    """The values are the same wherever both have one."""
    for values in several:
        a, b = brute_value(one, values), brute_value(other, values)
        assert None in (a, b) or a == b, (write(one), write(other), values)


@random_rounds(quick=2500)
def test_what_differs_in_value_differs_in_form(dice: random.Random) -> None:
    node = drawn(dice, quantified=dice.random() < 0.2)
    other = nearby(node, dice)
    if dice.random() < 0.3:
        other = nearby(other, dice)
    canonical = Canonical(WITH_INDICES)
    try:
        alike = form(node, canonical) == form(other, canonical)
    except t.IllSorted:
        return
    if alike:
        agree(node, other, [random_values(dice) for _ in range(4)])


@random_rounds(quick=400)
def test_laws_of_rings_keep_the_form(dice: random.Random) -> None:
    node = drawn(dice)
    other = same_value(node, dice)
    canonical = Canonical(SCOPE)
    assert form(node, canonical) == form(other, canonical), (write(node), write(other))
    agree(node, other, [random_values(dice) for _ in range(2)])


@random_rounds(quick=15)
def test_equal_forms_have_equal_values(dice: random.Random) -> None:
    """Many small terms at once, so that some have the same form by chance."""
    canonical, seen = Canonical(SCOPE), dict[Any, t.Node]()
    several = [random_values(dice) for _ in range(5)]
    for _ in range(80):
        node = Draw(dice).term(dice.choice((INT, REAL)), dice.randint(1, 4))
        agree(seen.setdefault(form(node, canonical), node), node, several)


@random_rounds(quick=5)
def test_names_bound_twice_are_the_inner_ones(dice: random.Random) -> None:
    """Nested sums and quantifiers over few names: what has one form has one value."""
    canonical, seen = Canonical(SCOPE), dict[Any, t.Node]()
    several = [random_values(dice) for _ in range(2)]
    i, j, a = (t.Variable(name) for name in (*INDICES, "a"))
    for _ in range(80):
        node: t.Term = t.Plus((dice.choice((i, j, a)), t.Times((t.number(2), dice.choice((i, j, a))))))
        for high in (2, 3):
            guard = t.Compare("<=", dice.choice((i, j)), t.number(1)) if dice.random() < 0.2 else None
            node = dice.choice((t.Sum, t.Sum, t.Max))(
                dice.choice(INDICES), t.ZERO, t.number(high), guard, node
            )
        if t.free(node) <= {*SCOPE}:
            agree(seen.setdefault(form(node, canonical), node), node, several)


def test_changed_terms_say_mostly_something_else_and_laws_the_same() -> None:
    # The tests above could not fail if the changes changed nothing.
    dice, found = random.Random(1), Counter[str]()
    for _ in range(400):
        node = drawn(dice)
        other = nearby(node, dice)
        several = [random_values(dice) for _ in range(4)]
        pairs = [(brute_value(node, v), brute_value(other, v)) for v in several]
        found["another value"] += any(None not in pair and pair[0] != pair[1] for pair in pairs)
        try:
            canonical = Canonical(WITH_INDICES)
            found["the same form"] += other != node and form(node, canonical) == form(other, canonical)
        except t.IllSorted:
            continue
        found["rewritten"] += same_value(node, dice) != node
    assert found["another value"] > 100, found
    assert found["the same form"] > 15, found
    assert found["rewritten"] > 120, found


# -- the rules of arithmetic -------------------------------------------------------------------------------


def random_product(dice: random.Random, facts: Sequence[t.Formula], draw: Draw) -> Product:
    used = tuple(dice.choice(facts) for _ in range(dice.choice((0, 1, 1, 1, 2))))
    squares = tuple(draw.term(REAL, 2) for _ in range(dice.choice((0, 0, 1))))
    multiplier = draw.term(REAL, 2) if dice.random() < 0.3 else None
    factor = Fraction(dice.choice((1, 1, 1, 2, 3, -1)), dice.choice((1, 1, 2)))
    return Product(factor, used, squares, multiplier)


def as_term(product: Product) -> t.Term:
    """What a product stands for, without what is known between whole numbers alone."""
    factors: list[t.Term] = [t.number(product.factor)]
    for fact in product.facts:
        if not isinstance(fact, t.Compare):
            raise TypeError(fact)
        left, right = (fact.left, fact.right) if fact.relation == "=" else (fact.right, fact.left)
        factors.append(t.Plus((left, t.Times((t.number(-1), right)))))
    factors += [t.Power(square, 2) for square in product.squares]
    factors += [product.multiplier] if product.multiplier is not None else []
    return factors[0] if len(factors) == 1 else t.Times(tuple(factors))


@random_rounds(quick=2000)
def test_what_the_rules_of_arithmetic_accept_holds(dice: random.Random) -> None:
    """Goals that the products give, or nearly give."""
    draw = Draw(dice, reduced=False)
    facts = [
        t.Compare(dice.choice(("=", "<=", "<")), draw.term(s, 1), draw.term(s, dice.randint(1, 2)))
        for s in (dice.choice((INT, REAL)) for _ in range(2))
    ]
    products = [random_product(dice, facts, draw) for _ in range(dice.randint(1, 2))]
    # Where a fact is strict, 1 less is another sum between whole numbers, and none between reals.
    more = t.number(dice.choice((0, 0, 1, -1, -products[0].factor)))
    total = t.Plus((*(as_term(k) for k in products), more))
    shift = draw.term(dice.choice((INT, REAL)), 1)
    goal: t.Formula = t.Compare(dice.choice(("=", "<=", "<")), shift, t.Plus((shift, total)))
    if dice.random() < 0.2:
        goal = t.FALSE
    if accepted(goal, products):
        for _ in range(30):
            values = random_values(dice) | {name: Fraction(dice.randint(-3, 3), 2) for name in "xy"}
            if all(brute_value(fact, values) for fact in facts):
                assert brute_value(goal, values) is not False, (write(goal), products, values)


def accepted(goal: t.Formula, products: Sequence[Product]) -> bool:
    try:
        rule = ring if isinstance(goal, t.Compare) and goal.relation == "=" else cone
        rule(goal, products, Canonical(SCOPE))
    except (t.Rejected, t.IllSorted):
        return False
    return True


def test_the_rules_of_arithmetic_accept_some_and_reject_some(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    judged = accepted

    def noted(goal: t.Formula, products: Sequence[Product]) -> bool:
        seen.append(judged(goal, products))
        return seen[-1]

    monkeypatch.setitem(globals(), "accepted", noted)
    test_what_the_rules_of_arithmetic_accept_holds()
    assert min(seen.count(True), seen.count(False)) > 40, Counter(seen)
