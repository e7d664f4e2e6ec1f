"""Statements made of random relations and costs say at each point what the numbers say."""

from __future__ import annotations

import operator
import random
from collections import Counter
from typing import Any

from symcnn.derive.convention import CONVENTIONS
from symcnn.derive.cost import Cost
from symcnn.kernel.statements import Statement, read_statements
from symcnn.proving.relations import Relation, quantity
from symcnn.proving.translation import report, statement
from symcnn.symbols import at_least, divides, equal
from symcnn.symbols.border import to_sympy
from tests.brute import Undefined, brute, brute_holds
from tests.counting import counted
from tests.expressions import Tree, number, size
from tests.soundness.effort import random_rounds
from tests.soundness.random_equations import Refused, quantities, random_arrays, random_equation, run
from tests.soundness.random_trees import COMPARED, KINDS, checked, random_point, random_tree

RELATIONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}
CONDITIONS = {
    at_least: operator.ge,
    equal: operator.eq,
    divides: lambda d, n: d != 0 and n % d == 0,
}


def true_at(found: Statement, point: dict[str, int]) -> bool:
    """Whether the claim holds; the assumptions must."""
    values = {name: point[name] for name in found.scope}
    assert all(brute_holds(assumption, values) for assumption in found.assumptions)
    return brute_holds(found.claim, values)


@random_rounds(quick=250)
def test_relations_of_sizes(dice: random.Random) -> None:
    sign, several = dice.choice(sorted(RELATIONS)), [random_point(dice) for _ in range(3)]
    # Something near the same size, so that relations hold, fail, and hold with equality.
    near = dice.choice((0, 0, 1, -1))
    other = None if dice.random() < 0.5 else random_tree(dice, leaves=3)

    def test(tree: Tree) -> None:
        for point in several:
            left, right = number(tree, point), number(tree if other is None else other, point) + near
            wanted = RELATIONS[sign](left, right)
            given = size(tree), size(tree if other is None else other) + near
            assert true_at(statement(Relation(sign, *given)), point) == wanted
            assert true_at(statement(Relation(sign, given[0], right)), point) == wanted

    kinds = dice.choice((KINDS, COMPARED))
    checked(test, random_tree(dice, leaves=6, kinds=kinds, big=dice.random() < 0.1))


@random_rounds(quick=60)
def test_relations_of_sizes_that_were_in_sympy(dice: random.Random) -> None:
    several = [random_point(dice) for _ in range(3)]

    def test(tree: Tree) -> None:
        expression = to_sympy(size(tree))
        for point in several:
            assert true_at(statement(Relation("=", expression, number(tree, point))), point)

    checked(test, random_tree(dice, leaves=5, kinds=dice.choice((KINDS, COMPARED))))


@random_rounds(quick=150)
def test_conditions(dice: random.Random) -> None:
    made = dice.choice(sorted(CONDITIONS, key=str))
    other, several = random_tree(dice, leaves=3), [random_point(dice) for _ in range(3)]
    if made is divides:
        other = ("+", ("symbol", "P"), ("int", dice.randint(1, 3)))  # at least 1

    def test(tree: Tree) -> None:
        found = statement(made(size(other), size(tree)))
        for point in several:
            assert true_at(found, point) == CONDITIONS[made](number(other, point), number(tree, point))

    checked(test, random_tree(dice, leaves=4))


NAMES = ("macs", "ops.additions", "ops.multiplications", "ops.comparisons", "ops.divisions", "memory.inputs")


def test_random_relations_hold_and_fail() -> None:
    dice, seen = random.Random(2), Counter[bool]()
    for _ in range(200):
        tree, point = random_tree(dice, leaves=6), random_point(dice)
        found = statement(
            Relation(dice.choice(("=", "<=", "<")), size(tree), size(random_tree(dice, leaves=3)))
        )
        seen[true_at(found, point)] += 1
    assert min(seen.values()) > 40, seen


@random_rounds(quick=60)
def test_counts_of_random_equations(dice: random.Random) -> None:
    """The nested sum in a statement is what loops count; what is assumed holds exactly where windows fit."""
    drawn = random_equation(dice)
    equation = drawn.equation
    try:
        run(equation, random_arrays(dice, equation))
        refused = False
    except Undefined:
        return
    except Refused:
        refused = True
    try:
        found = quantities(drawn.with_symbols({name for name in drawn.numbers if dice.random() < 0.4}))
    except ValueError:
        return
    cost = Cost(found, CONVENTIONS["sequential"])
    name = dice.choice([k for k in NAMES if not k.startswith("ops") or k[4:] in found.kinds])
    claim = statement(Relation("=", quantity(cost, name), cost.size(name)), name="count")
    (again,) = read_statements(report(claim))
    assert again.claim == claim.claim
    values = {k: drawn.numbers[k] for k in claim.scope}
    assumed = all(brute_holds(assumption, values) for assumption in claim.assumptions)
    assert assumed == (not refused)
    if refused:
        return
    assert brute_holds(claim.claim, values)
    left: Any = claim.claim.left  # type: ignore[union-attr]
    if name.startswith("memory"):
        return
    wanted = counted([equation], quantities(equation).inputs)
    assert brute(left, values) == (wanted.macs if name == "macs" else wanted.by_kind[name[4:]])
