"""The claims of documents 000 and 004 at small sizes: none is stated more kindly than it was made.

A claim that should hold has no counterexample in the sample, one that should fail has one. The variables of
quantifiers run over a few values, which the tables say. Of ranges that an output sees all positions are
compared.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest

from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import And, Compare, Exists, Formula, Iff, Plus, Term, Times, Variable
from tests.claims_at_small_sizes import (
    Instances,
    Ranges,
    Values,
    changed,
    claims,
    complete,
    expected,
    holds_in_samples,
    table,
)

CLAIMS = claims("000") | claims("004")
SEEN = [name for name in CLAIMS if name.startswith(("E15", "E16", "E17")) and "length" not in name]
HALVES = [Fraction(k, 4) for k in range(1, 5)]
# The values that variables take where small ones are too small, or where a quantifier is not over sizes.
RANGES: dict[str, Ranges] = {
    "A5": {"C_m'": HALVES, "C_k'": HALVES},
    "A6": {"M": [1, 2], "N": [1, 2], "K": [1, 2], "M'": [3], "N'": [3], "K'": [3]},
    "A6'": {"M'": [6], "N'": [6], "K'": [6]},
    "A13a": {"C": [1], "L_d'": [1, 2], "L_r'": [1, 2], "L_c'": [1, 2]},
    "A13b": {"C": [1, 2], "N'": [1, 7]},
    "A13b'": {"C": [1, 2], "N'": [1, 7]},
    "A22": {
        **{length: [1, 2] for length in ("L_r", "L_c", "F_r", "F_c")},
        **{padding: [0, 1] for padding in ("P_t", "P_b", "P_l", "P_r")},
    },
    "E14b'": {"B": [1, 383, 384, 385, 768]},
    "E14c'": {"B": [1, 177, 178, 179, 768]},
}


@pytest.mark.parametrize("document", ["000", "004"])
def test_every_claim_is_stated_and_each_wrong_one_is_corrected(document: str) -> None:
    assert complete(document)


@pytest.mark.parametrize("name", [n for n in CLAIMS if n not in SEEN and n != "A29"])
def test_the_sample_agrees_with_the_expected_verdict(name: str) -> None:
    assert holds_in_samples(CLAIMS[name], RANGES.get(name)) == expected(name)


def reached(position: Term, offsets: Mapping[str, range], values: Values) -> set[Fraction]:
    """All values of a position while each offset, which occurs in it once, runs through its window."""
    if isinstance(position, Variable) and position.name in offsets:
        return {Fraction(k) for k in offsets[position.name]}
    if not isinstance(position, Plus | Times):
        return {Fraction(Evaluator(values).value(position))}
    first, *rest = (reached(t, offsets, values) for t in position.terms)
    for other in rest:
        first = {a + b if isinstance(position, Plus) else a * b for a in first for b in other}
    return first


def conjuncts(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, And):
        for part in formula.parts:
            yield from conjuncts(part)
    else:
        yield formula


def sees(statement: Statement, values: Values) -> set[Fraction]:
    """The positions p for which offsets exist, by the left side of the claim."""
    assert isinstance(statement.claim, Iff)
    body = statement.claim.left
    names: list[str] = []
    while isinstance(body, Exists):
        names.append(body.name)
        body = body.body
    *bounds, place = conjuncts(body)
    lows: dict[str, int] = {}
    highs: dict[str, int] = {}
    for bound in bounds:
        assert isinstance(bound, Compare)
        if isinstance(bound.right, Variable) and bound.right.name in names:
            assert bound.relation == "<="
            lows[bound.right.name] = int(Evaluator(values).value(bound.left))
        else:
            assert isinstance(bound.left, Variable)
            past = {"<": 0, "<=": 1}[bound.relation]
            highs[bound.left.name] = int(Evaluator(values).value(bound.right)) + past
    assert len(bounds) == 2 * len(names)
    assert isinstance(place, Compare)
    assert (place.relation, place.left) == ("=", Variable("p"))
    return reached(place.right, {name: range(lows[name], highs[name]) for name in names}, values)


@pytest.mark.parametrize("name", SEEN)
def test_the_range_that_an_output_sees(name: str) -> None:
    (statement,) = CLAIMS[name]
    assert isinstance(statement.claim, Iff)
    others = [n for n in statement.scope if n != "p"]
    agree: list[bool] = []
    for point in product([0, 1, 3], repeat=len(others)):
        values = {n: Fraction(v) for n, v in zip(others, point, strict=True)} | {"p": Fraction(0)}
        if all(Evaluator(values).holds(a) for a in statement.assumptions):
            places = [Fraction(p) for p in range(-80, 140)]
            right = statement.claim.right
            claimed = {p for p in places if Evaluator({**values, "p": p}).holds(right)}
            agree.append(sees(statement, values) == claimed)
    assert agree
    assert all(agree) if expected(name) else not any(agree)


@pytest.mark.parametrize("seed", range(4))
def test_a_diagonal_state_matrix_does_not_mix_and_a_full_one_does(seed: int) -> None:
    (statement,) = CLAIMS["A29"]
    values = {k: Fraction(v) for k, v in {"M": 3, "K": 2, "t": 1, "m": seed % 3, "n": (seed + 1) % 3}.items()}
    full: dict[str, Callable[..., Fraction]] = {name: table(f"{seed} {name}") for name in "Hvxy"}
    full["f"] = lambda z: z**3 + 1
    full["G"] = lambda a, b: 1 + a + b
    diagonal = {**full, "G": lambda a, b: 1 + a if a == b else Fraction(0)}
    # One other state for each entry that may have changed.
    places = product(map(Fraction, range(4)), repeat=2)
    states: Ranges = {"y'": [changed(full["y"], place) for place in places]}
    of_diagonal, of_full = (Instances(values, functions, states) for functions in (diagonal, full))
    assert all(of_diagonal.holds(a) for a in statement.assumptions)
    assert not all(of_full.holds(a) for a in statement.assumptions)
    assert of_diagonal.holds(statement.claim)
    assert not of_full.holds(statement.claim)
