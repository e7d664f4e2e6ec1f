"""The claims of document 001 at small sizes: none is stated more kindly than it was made.

A claim that should hold has no counterexample in the sample, one that should fail has one. A claim about a
largest value, that something exists, or that something holds from some size on, has no value; the last tests
look at instances of these.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest

from symcnn.kernel.terms import REAL, Exists, Formula, Function, Iff
from tests.claims_at_small_sizes import (
    REALS,
    Instances,
    changed,
    claims,
    complete,
    expected,
    growing,
    has_value,
    holds_in_samples,
    unfolded,
)

CLAIMS = claims("001")
QUANTIFIED = ["B2m", "B2c", "B5", "B9b", "B9d", "B18a", "B18e'"]
FEWER = {"B11b": 8, "B16a": 6}


def test_every_claim_is_stated_and_each_wrong_one_is_corrected() -> None:
    assert complete("001")


@pytest.mark.parametrize("name", [name for name in CLAIMS if name not in QUANTIFIED])
def test_the_sample_agrees_with_the_expected_verdict(name: str) -> None:
    assert holds_in_samples(CLAIMS[name], most=FEWER.get(name, 24)) == expected(name)


def the_statement(name: str) -> Formula:
    (statement,) = CLAIMS[name]
    return statement.claim


@pytest.mark.parametrize("name", QUANTIFIED)
def test_what_no_sample_decides_is_looked_at_below(name: str) -> None:
    names, _, claim = unfolded(the_statement(name))
    assert REAL in names.values() or not has_value(claim)


@pytest.mark.parametrize("name", ["B2m", "B2c"])
@pytest.mark.parametrize("side", [Fraction(1), Fraction(3, 2), Fraction(4)])
def test_no_other_sizes_with_the_same_budget_are_as_good_as_square_ones(name: str, side: Fraction) -> None:
    (statement,) = CLAIMS[name]
    assert isinstance(statement.claim, Iff)
    budget = {"s": side, "memory": 3 * side**2, "compute": side**3}
    square = dict.fromkeys("MNK", side)
    _, premises, no_more = unfolded(statement.claim.right)
    compared = 0
    for m, n in product(REALS, repeat=2):
        k = (3 * side**2 - m * n) / (m + n) if name == "B2m" else side**3 / (m * n)
        if k > 0:
            other = dict(zip("MNK", (m, n, k), strict=True))
            for here, there in ((square, other), (other, square)):
                evaluator = Instances({**budget, **here, **{f"{size}'": there[size] for size in "MNK"}})
                assert all(evaluator.holds(p) for p in (*statement.assumptions, *premises))
                assert evaluator.holds(statement.claim.left) == (len({*here.values()}) == 1)
                assert evaluator.holds(no_more) == (here == square or other == square)
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("name", ["B5", "B9b", "B9d"])
@pytest.mark.parametrize("eps", [Fraction(2), Fraction(1, 2), Fraction(1, 20)])
def test_from_some_size_on_the_difference_is_small(name: str, eps: Fraction) -> None:
    _, _, claim = unfolded(the_statement(name))
    assert isinstance(claim, Exists)
    names, premises, body = unfolded(claim.body)
    for filter_size in (1, 3):
        outer = {"eps": eps, "N_o": Fraction(2), "N_i": Fraction(3)}
        outer |= {"F_r": Fraction(filter_size), "F_c": Fraction(2)}
        least = -(-(filter_size + 2) // eps)
        for sizes in product((least, least + 1, 3 * least), repeat=len(names)):
            chosen = dict(zip(names, map(Fraction, sizes), strict=True))
            here = Instances({**outer, "T": Fraction(least), **chosen})
            assert not all(here.holds(p) for p in premises) or here.holds(body)
        here = Instances({**outer, "T": Fraction(3), **dict.fromkeys(names, Fraction(3))})
        assert here.holds(body) or eps < 2  # and not from the start, however small the difference


def existing(claim: Formula) -> Formula:
    """What is said of the functions that a claim says exist."""
    while isinstance(claim, Exists) and isinstance(claim.sort, Function):
        claim = claim.body
    return claim


def only(*place: int) -> Callable[..., Fraction]:
    """The tensor with a one at this place and zeros elsewhere."""
    return lambda *at: Fraction(at == place)


@pytest.mark.parametrize(("vectors", "features", "root"), [(2, 1, 1), (2, 2, 2), (3, 2, 1)])
def test_attention_differs_between_two_inputs(vectors: int, features: int, root: int) -> None:
    sizes = {"M": vectors, "K": features, "P": root**2, "root_P": root}
    weights = {"exp": growing, "W_q": only(0, 0), "W_k": only(0, 0)}
    evaluator = Instances(
        {n: Fraction(v) for n, v in sizes.items()}, {**weights, "X": only(-1, -1), "X'": only(0, 0)}
    )
    assert evaluator.holds(existing(the_statement("B18a")))


@pytest.mark.parametrize(("k", "l", "m"), [(0, 1, 0), (1, 0, 0), (1, 0, 1)])
def test_another_feature_changes_the_output_through_the_attention(k: int, l: int, m: int) -> None:
    sizes = {"M": 2, "K": 2, "P": 4, "root_P": 2, "k": k, "l": l, "m": m}
    before = only(l, m)
    functions = {"exp": growing, "W_q": only(k, 0), "W_k": only(k, 0), "X": before}
    claim = existing(the_statement("B18e'"))
    values = {n: Fraction(v) for n, v in sizes.items()}
    assert Instances(values, {**functions, "X'": changed(before, (Fraction(k), Fraction(m)))}).holds(claim)
    assert not Instances(values, {**functions, "X'": before}).holds(claim)
    assert not Instances(values, {**functions, "X'": changed(before, (Fraction(l), Fraction(m)))}).holds(
        claim
    )
