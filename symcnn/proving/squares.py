"""A polynomial in one variable that is positive everywhere, as a positive number plus weighted squares."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from flint import acb_poly, ctx, fmpz_poly

Coefficients = Sequence[Fraction]
Square = tuple[Fraction, tuple[Fraction, ...]]

# The digits to which roots are rounded, from few to many, so that the squares stay short where they can.
ROUNDINGS = (1, 2, 3, 4, 6, 8, 12, 16, 24)
SMALLEST = 60
PRECISION = 300


def is_positive(coefficients: Coefficients) -> bool:
    """Whether a polynomial, given from the constant term on, is positive for all real numbers.

    >>> [is_positive([Fraction(c), Fraction(0), Fraction(1)]) for c in (1, -2)]
    [True, False]
    """
    return coefficients[0] > 0 and not has_real_root(coefficients)


def has_real_root(coefficients: Coefficients) -> bool:
    """Whether a polynomial other than 0 is 0 somewhere on the real line."""
    # Real roots are found as such, with an imaginary part that is exactly 0.
    return any(root.imag == 0 for root, _ in over_integers(coefficients).complex_roots())


def over_integers(coefficients: Coefficients) -> Any:
    """A positive multiple of a polynomial with whole coefficients."""
    scale = lcm(*(value.denominator for value in coefficients))
    return fmpz_poly([int(value * scale) for value in coefficients])


def positive_as_squares(coefficients: Coefficients) -> tuple[Fraction, list[Square]] | None:
    """``c > 0`` and weighted squares that add up to a positive polynomial; None where none were found.

    >>> c, squares = positive_as_squares([Fraction(1), Fraction(1), Fraction(1)])
    >>> print(c, *[(str(weight), [str(a) for a in root]) for weight, root in squares])
    3/4 ('1', ['1/2', '1'])
    """
    if not is_positive(coefficients):
        return None
    even = [value for k, value in enumerate(coefficients) if k % 2 == 0]
    if not any(coefficients[1::2]) and min(even) >= 0:
        return even[0], [(value, _power(k)) for k, value in enumerate(even) if k and value]
    if len(coefficients) == 3:
        c, b, a = coefficients
        return c - b * b / (4 * a), [(a, (b / (2 * a), Fraction(1)))]
    return _by_roots(coefficients)


def _power(k: int) -> tuple[Fraction, ...]:
    return (*[Fraction(0)] * k, Fraction(1))


def _by_roots(coefficients: Coefficients) -> tuple[Fraction, list[Square]] | None:
    """A little less than the polynomial is the product of its complex roots, which is a sum of two squares;
    rounding these leaves a small rest, which what was set aside makes up for."""
    degree = len(coefficients) - 1
    for exponent in range(1, SMALLEST):
        aside = coefficients[0] / 2**exponent
        less = [value - (aside if k % 2 == 0 else 0) for k, value in enumerate(coefficients)]
        if less[-1] <= 0 or not is_positive(less):
            continue
        halves = _halves(less)
        for digits in ROUNDINGS:
            roots = [tuple(_rounded(value, digits) for value in half) for half in halves]
            rest = [
                value - less[-1] * sum(_coefficient_of_square(root, k) for root in roots)
                for k, value in enumerate(less)
            ]
            found = _made_up(rest, aside, degree)
            if found is not None:
                constant, squares = found
                return constant, [(less[-1], root) for root in roots if any(root)] + squares
    return None


def _halves(coefficients: Coefficients) -> list[list[Fraction]]:
    """Real and imaginary part of the product of ``z - r`` over the roots r above the real line, nearly."""
    with ctx.workprec(PRECISION):
        above = acb_poly([1])
        for root, count in over_integers(coefficients).complex_roots():
            if root.imag > 0:
                above *= acb_poly([-root, 1]) ** count
        parts = [[c.real, c.imag] for c in above.coeffs()]
        return [[_nearly(pair[half]) for pair in parts] for half in (0, 1)]


def _nearly(value: Any) -> Fraction:
    middle = value.mid().fmpq()
    return Fraction(int(middle.p), int(middle.q))


def _rounded(value: Fraction, digits: int) -> Fraction:
    return Fraction(round(value * 10**digits), 10**digits)


def _coefficient_of_square(root: Sequence[Fraction], k: int) -> Fraction:
    return sum((root[i] * root[k - i] for i in range(k + 1) if max(i, k - i) < len(root)), Fraction(0))


def _made_up(rest: Sequence[Fraction], aside: Fraction, degree: int) -> tuple[Fraction, list[Square]] | None:
    """A small rest plus what was set aside for each even power, as a positive number plus squares."""
    even = {k: aside + rest[k] for k in range(0, degree + 1, 2)}
    squares: list[Square] = []
    for k in range(1, degree, 2):
        # 2 z^(i + j) is (z^i + z^j)^2 less two even powers.
        low, high = (k - 1) // 2, (k + 1) // 2
        weight, sign = abs(rest[k]) / 2, 1 if rest[k] > 0 else -1
        even[2 * low] -= weight
        even[2 * high] -= weight
        if weight:
            squares.append((weight, (*[Fraction(0)] * low, Fraction(1), Fraction(sign))))
    if even[0] <= 0 or min(even.values()) < 0:
        return None
    return even[0], [*squares, *((value, _power(k // 2)) for k, value in even.items() if k and value)]
