"""The brute-force evaluator gives what one works out by hand."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from symcnn.kernel.reading import Reader
from symcnn.kernel.terms import Function
from symcnn.symbols import Size, exact_quotient, floor_div, indices, maximum, minimum
from symcnn.symbols.cardinality import atom_of, cardinality
from tests.brute import Undefined, brute, brute_holds, brute_size
from tests.expressions import symbol

FUNCTION = Function(("int",), "int")
SCOPE: dict[str, Any] = {**dict.fromkeys("abin", "int"), "r": "real", "f": FUNCTION}
VALUES = {"a": -7, "b": 2, "i": 100, "n": 0, "r": Fraction(1, 3)}
FUNCTIONS: dict[str, Callable[..., int]] = {"f": lambda k: int(10 * k)}


def value(text: str) -> Fraction:
    reader = Reader(text, SCOPE)
    found = reader.term()
    reader.end()
    return brute(found, VALUES, FUNCTIONS)


def holds(text: str, **box: Any) -> bool:
    reader = Reader(text, SCOPE)
    found = reader.formula()
    reader.end()
    return brute_holds(found, VALUES, FUNCTIONS, {"int": range(-3, 4), **box})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a*b + r", Fraction(-41, 3)),
        ("a//b", -4),
        ("(-6)//b", -3),
        ("7//b", 3),
        ("0//b", 0),
        ("(-1)//b", -1),
        ("a^3", -343),
        ("a^0", 1),
        ("n^0", 1),
        ("a/b", Fraction(-7, 2)),
        ("1/r", 3),
        ("f[b + 1]", 30),
        ("max(a, b)", 2),
        ("abs(a)", 7),
        ("if a < b then 1 else 1/n", 1),
        ("sum(i in 0..5) i^2", 30),
        ("sum(i in b..5) i", 9),
        ("sum(i in 5..b) i", 0),
        ("sum(i in 0..0) 1/n", 0),
        ("sum(i in 0..6 | i//2*2 = i) f[i]", 60),
        ("sum(i in 0..4, b in i..4 | i < b) i*b", 11),
        ("sum(i in 0..2) i + i", 101),
        ("max(i in a..b) i*(b - i)", 1),
        ("max(i in 0..9 | i < 4) (1 - i)^2", 4),
        ("sum(i in 0..3) sum(i in 0..i) i", 1),
    ],
)
def test_terms(text: str, wanted: Fraction) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1/n", "1/0"),
        ("n*(1/n)", "1/0"),
        ("a//n", "-7 // 0"),
        ("a//(-2)", "-7 // -2"),
        ("max(i in 0..n) i", "a maximum of nothing"),
        ("max(i in 0..4 | i < 0) i", "a maximum of nothing"),
    ],
)
def test_terms_without_a_value(text: str, words: str) -> None:
    with pytest.raises(Undefined, match=words):
        value(text)


def test_a_name_that_has_no_value_is_named() -> None:
    reader = Reader("a + f[b]", SCOPE)
    term = reader.term()
    for values, functions, name in (({"a": 1}, FUNCTIONS, "b"), ({"a": 1, "b": 1}, {}, "f")):
        with pytest.raises(Undefined, match=f"no value is given for {name}"):
            brute(term, values, functions)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("true", True),
        ("false", False),
        ("a < b <= 2", True),
        ("a < b < 2", False),
        ("a = b or not a = b", True),
        ("n != 0 and 1/n = 1", False),
        ("n = 0 or 1/n = 1", True),
        ("n != 0 implies 1/n = 1", True),
        ("a < b iff b < a", False),
        ("for all k : int : k^2 <= 9", True),
        ("for all k : int : k^2 < 9", False),
        ("for all k : int >= 0 : for all m : int > k : k + m <= 5", True),
        ("exists k : int : k^2 = 4 and k < 0", True),
        ("exists k : int : k^2 = 2", False),
        ("for all k : int : exists m : int : m*m = k*k and m <= 0", True),
        ("exists m : int : for all k : int : k <= m", True),
        ("exists m : int : for all k : int : k < m", False),
        ("for all b : int : b <= 3", True),
        ("sum(i in 0..b | (for all k : int : k <= 3)) 1 = 2", True),
    ],
)
def test_formulas(text: str, wanted: bool) -> None:
    assert holds(text) is wanted


def test_a_box_is_looked_up_by_name_before_sort() -> None:
    assert holds("for all k : int : k < 9", k=range(9))
    assert not holds("for all k : int : k < 9", k=range(10))
    assert holds("exists x : real : 2*x = 1", real=[Fraction(1, 2)])


def test_a_box_may_hold_functions() -> None:
    box: dict[Any, Any] = {"g": [lambda k: k, lambda k: -k]}
    assert holds("for all g : int -> int : g[b]^2 = b^2", **box)
    assert not holds("for all g : int -> int : g[b] = b", **box)


def test_a_quantifier_without_a_box_has_no_value() -> None:
    with pytest.raises(Undefined, match="the box has no values for x"):
        holds("for all x : real : x = x")


@pytest.mark.parametrize("text", ["for all k : int : k < 0 or 1/k = 1/k", "exists k : int : 1/k < -9"])
def test_a_part_without_a_value_that_is_reached_has_none(text: str) -> None:
    with pytest.raises(Undefined, match="1/0"):
        holds(text)


H, W, P = symbol("H"), symbol("W"), symbol("P")
I, J = indices("i j")
SIZES: list[tuple[Size, dict[str, int], int]] = [
    (7, {}, 7),
    (H * (W + 1) - 3, {"H": 5, "W": 2}, 12),
    ((H + 1) // 2 - H, {"H": 4}, -2),
    (floor_div(-1 * H - 1, W), {"H": 4, "W": 3}, -2),
    (maximum(H, 2 * W) - minimum(H, 2 * W), {"H": 3, "W": 1}, 1),
    (exact_quotient(H * W, 6), {"H": 4, "W": 3}, 2),
    (exact_quotient(H + W, 2) * (H - W), {"H": 5, "W": 1}, 12),
    (cardinality([(atom_of(I), H), (atom_of(J), W)], [I - J]), {"H": 3, "W": 2}, 5),
    (cardinality([(atom_of(I), H), (atom_of(J), W)], [I - J], [atom_of(I)]), {"H": 3, "W": 2}, 3),
    (cardinality([(atom_of(I), H)], [W - 3 - I]), {"H": 4, "W": 2}, 0),
    (2 * I - P, {"i": 4, "P": 9}, -1),
]


@pytest.mark.parametrize(("size", "at", "wanted"), SIZES, ids=str)
def test_sizes(size: Size, at: dict[str, int], wanted: int) -> None:
    assert brute_size(size, at) == wanted


@pytest.mark.parametrize(
    ("size", "at", "words"),
    [
        (exact_quotient(H, 2), {"H": 3}, "3/2"),
        (exact_quotient(H, P), {"H": 3, "P": 0}, "divides by 0"),
    ],
)
def test_sizes_without_a_value(size: Size, at: dict[str, int], words: str) -> None:
    with pytest.raises(Undefined, match=words):
        brute_size(size, at)
