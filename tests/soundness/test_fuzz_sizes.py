"""Random sizes: the normal form, and what is computed with it or read off it, are those of integers."""

from __future__ import annotations

import pickle
import random
import warnings
from collections import Counter
from collections.abc import Mapping

import numpy as np

from symcnn.symbols import Condition, Size, at_least, at_most, equal, lower_bound, symbols_of, text
from symcnn.symbols.border import from_sympy, to_sympy
from symcnn.symbols.conditions import divides
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Dim, Group, Sym, factored, substitute
from symcnn.symbols.vectorize import VectorFunction
from tests.brute import brute_size
from tests.expressions import LEAST, Point, Tree, at, number, size
from tests.soundness.effort import random_rounds
from tests.soundness.random_trees import (
    COMPARED,
    KINDS,
    checked,
    features,
    random_point,
    random_remainder,
    random_tree,
    rewritten,
)
from tests.test_printing import evaluated

LIMIT = 2**63


def points(dice: random.Random, count: int = 4, largest: int = 12) -> list[Point]:
    return [random_point(dice, largest) for _ in range(count)]


def test_random_expressions_hold_what_they_are_to_try() -> None:
    dice = random.Random(0)
    drawn = [random_tree(dice, big=True) for _ in range(1000)]
    found = Counter(f for tree in drawn for f in features(tree))
    wanted = {
        "floor": 350, "floor in floor": 120, "extremum in floor": 100, "floor in extremum": 120,
        "symbolic divisor": 250, "floor in divisor": 25, "big number": 150, "exact quotient": 100,
    }  # fmt: skip
    assert {f: n for f, n in wanted.items() if found[f] < n} == {}, found
    values = [number(tree, random_point(dice)) for tree in drawn]
    assert sum(v < 0 for v in values) > 250
    assert sum(abs(v) >= LIMIT for v in values) > 100
    # Most expressions are no constants, and keep a floor or an extremum in their normal form.
    assert sum(isinstance(size(tree), Dim) for tree in drawn) > 600


@random_rounds(quick=500)
def test_the_normal_form_has_the_values_of_integers(dice: random.Random) -> None:
    tree = random_tree(dice, leaves=dice.choice((6, 10, 14)), big=dice.random() < 0.3)
    several = points(dice, 3) + points(dice, 1, 2**70)

    def test(tree: Tree) -> None:
        made = size(tree)
        for point in several:
            wanted = number(tree, point)
            assert brute_size(made, point) == wanted
            assert at(made, point) == wanted
            first = {name: v for name, v in point.items() if name in names}
            rest = {name: v for name, v in point.items() if name not in names}
            assert at(at(made, first), rest) == wanted
        assert factored(made) == made
        copied: Size = pickle.loads(pickle.dumps(made))
        assert copied == made
        assert hash(copied) == hash(made)

    names = dice.sample(sorted(LEAST), 3)
    checked(test, tree)


@random_rounds(quick=150)
def test_an_expression_put_for_a_symbol_has_the_value_of_its_number(dice: random.Random) -> None:
    inner, several = random_tree(dice, leaves=5), points(dice)

    def test(tree: Tree) -> None:
        # Z is any integer, so whatever may be put for it.
        replaced = substitute(size(tree), {Sym("Z", None): size(inner)})
        for point in several:
            assert at(replaced, point) == number(tree, {**point, "Z": number(inner, point)})

    checked(test, random_tree(dice, leaves=7))


@random_rounds(quick=300)
def test_by_the_laws_of_rings_there_is_one_normal_form(dice: random.Random) -> None:
    seed = dice.random()

    def test(tree: Tree) -> None:
        other = rewritten(tree, random.Random(seed), only_ring=True)
        made, again = size(tree), size(other)
        assert made == again, other
        assert hash(made) == hash(again)
        assert made - again == 0

    checked(test, random_tree(dice, leaves=8))


@random_rounds(quick=300)
def test_two_ways_to_write_an_expression_have_one_value(dice: random.Random) -> None:
    seed, several = dice.random(), points(dice)

    def test(tree: Tree) -> None:
        other = rewritten(tree, random.Random(seed))
        made, again = size(tree), size(other)
        assert (made == again) == (made - again == 0)
        if made == again:
            assert hash(made) == hash(again)
        for point in several:
            assert at(again, point) == number(tree, point), other
            assert at(made - again, point) == 0, other

    checked(test, random_tree(dice, leaves=7))


def test_most_other_ways_lead_to_the_same_normal_form() -> None:
    # No law says so; a rule that is lost shows here.
    dice = random.Random(7)
    drawn = [random_tree(dice, leaves=6) for _ in range(300)]
    others = [rewritten(tree, dice) for tree in drawn]
    changed = [(size(a), size(b)) for a, b in zip(drawn, others, strict=True) if a != b]
    assert len(changed) > 150
    assert sum(a == b for a, b in changed) > 0.85 * len(changed)


@random_rounds(quick=20)
def test_equal_normal_forms_are_equal_everywhere(dice: random.Random) -> None:
    """Many small expressions at once, so that some are equal by chance."""
    several = points(dice, 6)
    seen: dict[Size, tuple[Tree, list[int]]] = {}
    for _ in range(60):
        tree = random_tree(dice, leaves=4, names="HSZ")
        values = [number(tree, point) for point in several]
        first, wanted = seen.setdefault(size(tree), (tree, values))
        assert values == wanted, (first, tree)


@random_rounds(quick=300)
def test_text_is_read_back_as_the_same_size(dice: random.Random) -> None:
    several = points(dice)

    def test(tree: Tree) -> None:
        made = size(tree)
        shown = text(made)
        for point in several:
            assert evaluated(shown, point) == number(tree, point)

    checked(test, random_tree(dice, leaves=8, big=True))


@random_rounds(quick=150)
def test_a_size_comes_back_from_sympy_with_its_values(dice: random.Random) -> None:
    several = points(dice)

    def test(tree: Tree) -> None:
        made = size(tree)
        back = from_sympy(to_sympy(made))
        for point in several:
            assert at(back, point) == number(tree, point), to_sympy(made)

    checked(test, random_tree(dice, leaves=6, kinds=dice.choice((KINDS, COMPARED))))


# -- NumPy -------------------------------------------------------------------------------------------------


def magnitude(value: Size, point: Mapping[str, int]) -> int:
    """A bound on all that is computed on the way to a value: the magnitudes of all terms added up."""
    if isinstance(value, int):
        return abs(value)
    total = 0
    for monomial, coefficient in value.terms.items():
        term = abs(coefficient)
        for atom, exponent in monomial:
            term *= max(1, _of_atom(atom, point)) ** exponent
        total += int(term) + 1
    return total


def _of_atom(atom: Atom, point: Mapping[str, int]) -> int:
    if isinstance(atom, Sym):
        return abs(point[atom.name])
    if isinstance(atom, Group):
        return magnitude(atom.dim, point)
    if isinstance(atom, Floor):
        return max(magnitude(atom.numerator, point), magnitude(atom.denominator, point))
    if isinstance(atom, Extremum):
        return max(magnitude(a, point) for a in atom.arguments)
    raise TypeError(atom)


@random_rounds(quick=250)
def test_numpy_has_the_values_of_integers_or_says_that_they_do_not_fit(dice: random.Random) -> None:
    largest = dice.choice((12, 12, 2**20, 2**31, 2**50, 2**62))
    several = points(dice, dice.randint(1, 5), largest)

    def test(tree: Tree) -> None:
        made = size(tree)
        wanted = [number(tree, point) for point in several]
        arrays = {s.name: np.array([p[s.name] for p in several]) for s in symbols_of(made)}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                found = VectorFunction(made)(**arrays)
            except OverflowError:
                # Only where something on the way is large.
                assert max(magnitude(made, point) for point in several) >= 2**62
                return
        assert np.array_equal(np.broadcast_to(found, len(several)), wanted)

    checked(test, random_tree(dice, leaves=7, big=dice.random() < 0.2))


def test_numpy_is_tried_on_both_sides_of_its_limit() -> None:
    dice, fits = random.Random(3), Counter[bool]()
    for _ in range(300):
        made = size(random_tree(dice, leaves=7))
        point = random_point(dice, 2**50)
        fits[magnitude(made, point) < 2**62] += 1
    assert min(fits.values()) > 40, fits


# -- bounds and conditions ----------------------------------------------------------------------------------


@random_rounds(quick=500)
def test_bounds_hold(dice: random.Random) -> None:
    other, several = random_tree(dice, leaves=4), points(dice, 6)
    names = dice.choice(("HWKSPZ", "HS", "HP"))
    tree = random_remainder(dice) if dice.random() < 0.5 else random_tree(dice, leaves=6, names=names)

    def test(tree: Tree) -> None:
        made, than = size(tree), size(other)
        below = lower_bound(made)
        reached, reaches = at_most(made, than), at_most(than, made)
        for point in several:
            value, limit = number(tree, point), number(other, point)
            assert below is None or below <= value
            assert not reached or value <= limit
            assert not reaches or limit <= value

    checked(test, tree)


def test_bounds_are_often_found() -> None:
    dice = random.Random(5)
    drawn = [size(random_tree(dice, leaves=6, names="HS")) for _ in range(300)]
    assert sum(lower_bound(value) is not None for value in drawn if isinstance(value, Dim)) > 50
    remainders = [size(random_remainder(dice)) for _ in range(300)]
    assert sum(lower_bound(value) is not None for value in remainders if isinstance(value, Dim)) > 80


RELATIONS = {"ge": at_least, "eq": equal, "divides": divides}


def decided(relation: str, left: int, right: int) -> bool:
    if relation == "divides":
        return left != 0 and right % left == 0
    return left >= right if relation == "ge" else left == right


@random_rounds(quick=250)
def test_conditions_say_what_they_say_and_verdicts_are_never_wrong(dice: random.Random) -> None:
    relation = dice.choice(sorted(RELATIONS))
    other, several = random_tree(dice, leaves=4), points(dice, 6)

    def test(tree: Tree) -> None:
        condition = RELATIONS[relation](size(tree), size(other))
        verdict = condition.verdict()
        for point in several:
            wanted = decided(relation, number(tree, point), number(other, point))
            assert verdict in (None, wanted)
            assert holds(condition, point) == wanted
            left, right = (brute_size(side, point) for side in condition.sides())
            assert decided(relation, left, right) == wanted

    checked(test, random_tree(dice, leaves=5))


def holds(condition: Condition, point: Point) -> bool:
    here = condition.mapped(lambda value: at(value, point)).verdict()
    assert here is not None
    return here
