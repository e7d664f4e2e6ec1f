"""The claims of documents 002 and 003 at small sizes: none is stated more kindly than it was made.

A claim that should hold has no counterexample in the sample, one that should fail has one. A claim that a
kernel exists has no value; the last tests look at instances of these.
"""

from fractions import Fraction

import pytest

from symcnn.kernel.terms import Formula
from tests.claims_at_small_sizes import Instances, claims, complete, expected, holds_in_samples, table

CLAIMS = claims("002") | claims("003")
QUANTIFIED = ["D6", "D11"]


@pytest.mark.parametrize("document", ["002", "003"])
def test_every_claim_is_stated_and_each_wrong_one_is_corrected(document: str) -> None:
    assert complete(document)


@pytest.mark.parametrize("name", [name for name in CLAIMS if name not in QUANTIFIED])
def test_the_sample_agrees_with_the_expected_verdict(name: str) -> None:
    assert holds_in_samples(CLAIMS[name]) == expected(name)


def the_statement(name: str) -> Formula:
    (statement,) = CLAIMS[name]
    return statement.claim


@pytest.mark.parametrize(("k_1", "k_2"), [(1, 1), (1, 3), (2, 2), (3, 1), (3, 2)])
def test_two_convolutions_in_a_row_are_one(k_1: int, k_2: int) -> None:
    first, second = table("first"), table("second")

    def both(a: Fraction, b: Fraction) -> Fraction:
        return sum(
            (
                second(Fraction(p), Fraction(q)) * first(a - p, b - q)
                for p in range(k_2)
                for q in range(k_2)
                if 0 <= a - p < k_1 and 0 <= b - q < k_1
            ),
            Fraction(0),
        )

    values = {"k_1": Fraction(k_1), "k_2": Fraction(k_2)}
    kernels = {"kernel_1": first, "kernel_2": second}
    sizes = {"k_3": range(6), "H": range(6), "W": range(6), "i": range(-1, 6), "j": range(-1, 6)}
    here = Instances(values, kernels, {**sizes, "kernel_3": [both], "x": [table("x")]})
    assert here.holds(the_statement("D6"))
    other = Instances(values, kernels, {**sizes, "kernel_3": [table("other")], "x": [table("x")]})
    assert not other.holds(the_statement("D6"))


def test_a_kernel_that_is_no_composition() -> None:
    def corners(a: Fraction, b: Fraction) -> Fraction:
        return Fraction((a, b) in {(0, 0), (2, 0)})

    def square(a: Fraction, b: Fraction) -> Fraction:
        return Fraction({0: 1, 1: 2, 2: 1}[int(a)] * (b == 0))

    def ones(a: Fraction, b: Fraction) -> Fraction:
        return Fraction(0 <= a <= 1 and b == 0)

    some = [ones, *(table(f"{seed}") for seed in range(8))]
    places = {"a": range(3), "b": range(3)}
    claim = the_statement("D11")
    assert Instances({}, {}, {**places, "w": [corners], "f": some, "g": some}).holds(claim)
    assert not Instances({}, {}, {**places, "w": [square], "f": some, "g": some}).holds(claim)
