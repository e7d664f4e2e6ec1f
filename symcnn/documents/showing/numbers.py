"""Values as documents show them: digits in groups of three, fractions with their decimals."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from symcnn.documents.showing.shown import Cell
from symcnn.kernel.evaluation import Exact

LONG = 30  # digits up to which an integer is shown in full
_SHORT = 7  # digits up to which the parts of a fraction are shown
_SIGNIFICANT = 4
_DIGITS = re.compile(r"_\{[^{}]*\}|(?<![.\d])\d{4,}")


def grouped(latex: str) -> str:
    r"""A formula in LaTeX with the digits of its numbers in groups of three; subscripts stay.

    >>> grouped(r"K_{1000} + 1024 \cdot 10000")
    'K_{1000} + 1{,}024 \\cdot 10{,}000'
    """
    return _DIGITS.sub(lambda m: m[0] if m[0][0] == "_" else f"{int(m[0]):,}".replace(",", "{,}"), latex)


def in_latex(value: Exact) -> list[tuple[str, str]]:
    r"""A value in LaTeX: relations, each with what stands behind it.

    >>> in_latex(73728), in_latex(Fraction(5, 2)), in_latex(Fraction(7, 3))
    ([('=', '73{,}728')], [('=', '2.5')], [('=', '\\frac{7}{3}'), ('\\approx', '2.333')])
    """
    exact = Fraction(value)
    decimal = _exactly(exact)
    if decimal:
        return [("=", _grouped(decimal, "{,}"))]
    about = (r"\approx", _about(exact, r" \times 10^{", "}", "{,}"))
    if exact.denominator == 1 or max(_length(exact.numerator), _length(exact.denominator)) > _SHORT:
        return [about]
    sign = "-" if exact < 0 else ""
    top, bottom = (_grouped(str(n), "{,}") for n in (abs(exact.numerator), exact.denominator))
    return [("=", rf"{sign}\frac{{{top}}}{{{bottom}}}"), about]


def in_text(value: Exact) -> str:
    """A value as plain text.

    >>> in_text(73728), in_text(Fraction(7, 3)), in_text(10**40)
    ('73,728', '2.333', '1.000e40')
    """
    exact = Fraction(value)
    return _grouped(_exactly(exact), ",") or _about(exact, "e", "", ",")


def is_long(value: Exact) -> bool:
    """Whether a value has too many digits to be shown in a formula."""
    return max(_length(value.numerator), _length(value.denominator)) > LONG


def cell(value: Exact) -> Cell:
    """A value as an entry of a table; a minus sign is a sign of mathematics."""
    return Cell(in_text(value), in_latex(value)[-1][1] if value < 0 else "")


def _exactly(value: Fraction) -> str:
    """A value in decimal digits, if it has few."""
    if value.denominator == 1:
        return str(value.numerator) if _length(value.numerator) <= LONG else ""
    places = next((k for k in range(1, _SIGNIFICANT + 1) if 10**k % value.denominator == 0), 0)
    if not places or _length(value.numerator) > _SHORT:
        return ""
    shown = str(abs(value.numerator) * (10**places // value.denominator)).zfill(places + 1)
    return f"{'-' if value < 0 else ''}{shown[:-places]}.{shown[-places:]}"


def _about(value: Fraction, times: str, end: str, comma: str) -> str:
    """A value rounded to four digits, and to a whole number where it has more."""
    rough = Context(prec=_SIGNIFICANT, rounding=ROUND_HALF_EVEN).divide(
        Decimal(value.numerator), Decimal(value.denominator)
    )
    size = rough.adjusted()
    if -_SIGNIFICANT < size < _SIGNIFICANT:
        return f"{rough:.{_SIGNIFICANT - 1 - size}f}"
    if 0 < size < LONG:
        return _grouped(str(round(value)), comma)
    return f"{rough.scaleb(-size):.{_SIGNIFICANT - 1}f}{times}{size}{end}"


def _grouped(digits: str, comma: str) -> str:
    whole, point, rest = digits.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}".replace(",", comma) + point + rest if digits else ""


def _length(value: int) -> int:
    """About how many digits a number has; exact for short ones."""
    return len(str(abs(value))) if value.bit_length() < 4000 else value.bit_length() // 4
