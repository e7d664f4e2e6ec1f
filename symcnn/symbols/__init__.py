"""Dimension symbols, sizes in exact normal form, conditions, and the border to SymPy."""

from symcnn.symbols.bounds import at_most, lower_bound
from symcnn.symbols.conditions import Condition, Reason, at_least, divides, equal
from symcnn.symbols.extremum import maximum, minimum
from symcnn.symbols.parse import parse_size
from symcnn.symbols.printing import latex, text
from symcnn.symbols.rounding import ceil_div, floor_div
from symcnn.symbols.size import (
    Dim,
    Index,
    Size,
    as_size,
    exact_quotient,
    indices,
    product,
    substitute,
    symbols_of,
    total,
)

__all__ = [
    "Condition",
    "Dim",
    "Index",
    "Reason",
    "Size",
    "as_size",
    "at_least",
    "at_most",
    "ceil_div",
    "divides",
    "equal",
    "exact_quotient",
    "floor_div",
    "indices",
    "latex",
    "lower_bound",
    "maximum",
    "minimum",
    "parse_size",
    "product",
    "substitute",
    "symbols_of",
    "text",
    "total",
]
