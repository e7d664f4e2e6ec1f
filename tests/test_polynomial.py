"""Polynomials obey the laws of a ring, and have the values that term-by-term evaluation gives."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import Polynomial

NAMES = "xyz"
COEFFICIENTS = st.one_of(st.integers(-6, 6), st.fractions(-3, 3, max_denominator=4)).filter(bool)


def polynomials(least: int = 0) -> st.SearchStrategy[Polynomial]:
    """Polynomials in x, y, z with exponents of at least ``least``."""
    exponents = st.integers(least, 3)
    monomials = st.dictionaries(st.sampled_from(NAMES), exponents.filter(bool), max_size=3).map(
        lambda powers: tuple(sorted(powers.items()))
    )
    return st.dictionaries(monomials, COEFFICIENTS, max_size=4)


POINTS = st.fixed_dictionaries({name: st.integers(-4, 4).filter(bool) for name in NAMES})


def value(terms: Polynomial, point: dict[str, int]) -> Fraction:
    """The value at a point, term by term."""
    out = Fraction(0)
    for monomial, coefficient in terms.items():
        term = Fraction(coefficient)
        for name, exponent in monomial:
            term *= Fraction(point[name]) ** exponent
        out += term
    return out


def is_normal(terms: Polynomial) -> bool:
    """No zero coefficient, no zero exponent, variables in order and each once."""
    return all(c != 0 for c in terms.values()) and all(
        [x for x, _ in m] == sorted({x for x, _ in m}) and all(e != 0 for _, e in m) for m in terms
    )


@given(polynomials(-2), polynomials(-2), POINTS, COEFFICIENTS, st.integers(0, 3))
def test_operations_have_the_values_of_the_operations_on_numbers(
    a: Polynomial, b: Polynomial, point: dict[str, int], factor: Any, exponent: int
) -> None:
    at_a, at_b = value(a, point), value(b, point)
    for made, expected in (
        (poly.add(a, b), at_a + at_b),
        (poly.multiply(a, b), at_a * at_b),
        (poly.scale(a, factor), at_a * factor),
        (poly.power(a, exponent), at_a**exponent),
        (poly.total([a, b, a]), 2 * at_a + at_b),
    ):
        assert value(made, point) == expected
        assert is_normal(made)


@given(polynomials(-2), polynomials(-2), polynomials(-2))
def test_the_laws_of_a_commutative_ring_hold_as_equality_of_dictionaries(
    a: Polynomial, b: Polynomial, c: Polynomial
) -> None:
    assert poly.add(a, b) == poly.add(b, a)
    assert poly.add(poly.add(a, b), c) == poly.add(a, poly.add(b, c))
    assert poly.multiply(a, b) == poly.multiply(b, a)
    assert poly.multiply(poly.multiply(a, b), c) == poly.multiply(a, poly.multiply(b, c))
    assert poly.multiply(a, poly.add(b, c)) == poly.add(poly.multiply(a, b), poly.multiply(a, c))
    assert poly.add(a, {}) == a
    assert poly.multiply(a, poly.constant(1)) == a
    assert poly.multiply(a, {}) == {}
    assert poly.add(a, poly.scale(a, -1)) == {}


@given(polynomials(-2), polynomials(-2))
def test_two_polynomials_are_equal_exactly_where_their_difference_is_the_empty_one(
    a: Polynomial, b: Polynomial
) -> None:
    assert (a == b) == (poly.add(a, poly.scale(b, -1)) == {})


@given(polynomials(), polynomials())
def test_operations_leave_their_operands_as_they_were(a: Polynomial, b: Polynomial) -> None:
    before = dict(a), dict(b)
    for operation in (poly.add, poly.multiply):
        operation(a, b)
    poly.scale(a, 3)
    poly.power(a, 2)
    assert (a, b) == before


def test_add_scaled_is_the_one_function_that_writes() -> None:
    target = poly.variable("x")
    poly.add_scaled(target, poly.variable("x"), -1)
    assert target == {}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (poly.constant(0), {}),
        (poly.constant(Fraction(1, 2)), {(): Fraction(1, 2)}),
        (poly.variable("x"), {(("x", 1),): 1}),
        (poly.variable("x", -2), {(("x", -2),): 1}),
        (poly.variable("x", 0), {(): 1}),
        (poly.scale(poly.variable("x"), 0), {}),
        (poly.power({}, 0), {(): 1}),
        (poly.multiply(poly.variable("x"), poly.variable("x", -1)), {(): 1}),
        (poly.total([]), {}),
    ],
)
def test_small_cases(made: Polynomial, expected: Polynomial) -> None:
    assert made == expected


@pytest.mark.parametrize(
    ("a", "exponent", "expected"),
    [
        ((("x", 2), ("y", -1)), 3, (("x", 6), ("y", -3))),
        ((("x", 2),), -1, (("x", -2),)),
        ((("x", 2),), 0, ()),
        ((), 5, ()),
    ],
)
def test_powers_of_monomials_may_be_negative(a: Any, exponent: int, expected: Any) -> None:
    assert poly.power_of_monomial(a, exponent) == expected


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(-3, 3).filter(bool), max_size=3))
def test_a_monomial_times_its_inverse_is_one(powers: dict[str, int]) -> None:
    monomial = tuple(sorted(powers.items()))
    assert poly.multiply_monomials(monomial, poly.power_of_monomial(monomial, -1)) == poly.ONE


def test_a_polynomial_of_several_terms_has_no_negative_power() -> None:
    with pytest.raises(ValueError, match="no power with the negative exponent -1"):
        poly.power(poly.add(poly.variable("x"), poly.constant(1)), -1)


def test_the_law_of_laurent_products_fails_where_a_variable_is_zero() -> None:
    # x * x**-1 = 1 as polynomials, but has no value at x = 0: the failing twin of the docstring's condition.
    assert poly.multiply(poly.variable("x"), poly.variable("x", -1)) == poly.constant(1)
    with pytest.raises(ZeroDivisionError):
        value(poly.variable("x", -1), {"x": 0})
