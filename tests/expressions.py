"""Random integer expressions, read in two ways: by Python's own integers, and as symcnn's sizes."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st

from symcnn.symbols import Dim, Size, ceil_div, exact_quotient, floor_div, maximum, minimum, substitute
from symcnn.symbols.size import Sym

Tree: TypeAlias = tuple[Any, ...]
Point: TypeAlias = dict[str, int]

LEAST: dict[str, int | None] = {"H": 1, "W": 1, "K": 1, "S": 1, "P": 0, "Z": None}
"""The symbols of the expressions with their least values; Z is any integer."""


def symbol(name: str) -> Dim:
    """The size that is one of the symbols."""
    return Dim.of_atom(Sym(name, LEAST.get(name, 1)))


def number(tree: Tree, point: Mapping[str, int]) -> int:
    """The value of an expression, by Python's integers alone."""
    kind, *parts = tree
    if kind == "int":
        return parts[0]
    if kind == "symbol":
        return point[parts[0]]
    if kind == "**":
        return number(parts[0], point) ** parts[1]
    a, b = (number(part, point) for part in parts)
    match kind:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "//":
            return a // b
        case "ceil":
            return -(-a // b)
        case "max":
            return max(a, b)
        case "min":
            return min(a, b)
        case "exact":  # a*b/b
            return a
        case _:
            raise ValueError(kind)


def size(tree: Tree) -> Size:
    """The same expression as a size."""
    kind, *parts = tree
    if kind == "int":
        return parts[0]
    if kind == "symbol":
        return symbol(parts[0])
    if kind == "**":
        return size(parts[0]) ** parts[1]
    a, b = (size(part) for part in parts)
    match kind:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "//":
            return floor_div(a, b)
        case "ceil":
            return ceil_div(a, b)
        case "max":
            return maximum(a, b)
        case "min":
            return minimum(a, b)
        case "exact":
            return exact_quotient(a * b, b)
        case _:
            raise ValueError(kind)


def positive(names: str = "HWKS", operators: str = "+*") -> st.SearchStrategy[Tree]:
    """Expressions that are at least 1 by their form: divisors."""
    leaf = st.one_of(
        st.integers(1, 9).map(lambda n: ("int", n)), st.sampled_from(names).map(lambda n: ("symbol", n))
    )
    return st.recursive(leaf, lambda inner: st.tuples(st.sampled_from(operators), inner, inner), max_leaves=3)


def trees(
    names: str = "HWKSPZ", leaves: int = 8, exact: bool = True, extrema: bool = True
) -> st.SearchStrategy[Tree]:
    """Expressions in + - * ** //, ceilings, maxima, minima and quotients that leave nothing."""
    leaf = st.one_of(
        st.integers(-9, 9).map(lambda n: ("int", n)),
        st.sampled_from(names).map(lambda n: ("symbol", n)),
    )
    counts = "".join(n for n in names if LEAST.get(n, 1) == 1)

    def larger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        # Quotients by sums, such as C/(H + 1), have no normal form: only products divide exactly here.
        quotients = [st.tuples(st.just("exact"), inner, positive(counts, "*"))] * exact
        kinds = [
            st.tuples(st.sampled_from("+-*"), inner, inner),
            st.tuples(st.sampled_from("+-*"), inner, inner),
            st.tuples(st.sampled_from(["//", "ceil"]), inner, positive(counts)),
            *quotients,
            st.tuples(st.just("**"), inner, st.integers(0, 3)),
        ]
        return st.one_of(kinds + [st.tuples(st.sampled_from(["max", "min"]), inner, inner)] * extrema)

    return st.recursive(leaf, larger, max_leaves=leaves)


def polynomials(names: str = "HWKSPZ") -> st.SearchStrategy[Tree]:
    """Expressions in + - * alone."""
    leaf = st.one_of(
        st.integers(-9, 9).map(lambda n: ("int", n)), st.sampled_from(names).map(lambda n: ("symbol", n))
    )
    return st.recursive(leaf, lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner), max_leaves=5)


def points(small: int = 12) -> st.SearchStrategy[Point]:
    """Values for all symbols, each within its range."""
    return st.fixed_dictionaries(
        {n: st.integers(-small if least is None else least, small) for n, least in LEAST.items()}
    )


def value_at(value: Size, point: Mapping[str, int]) -> int:
    """The number that a size is at a point, which gives a value to each of its symbols."""
    found = at(value, point)
    if not isinstance(found, int):
        raise TypeError(f"{found} is no number")
    return found


def at(value: Size, point: Mapping[str, int]) -> Size:
    """A size with numbers for symbols; symbols that the point leaves out stay."""
    return substitute(value, {Sym(n, LEAST.get(n, 1)): v for n, v in point.items()})
