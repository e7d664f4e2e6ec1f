"""Sizes from text: a small language, and one plain reason for everything that is not in it."""

import ast
import os
import time
import warnings
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import dims
from symcnn.symbols import Dim, Size, parse_size, substitute, symbols_of, text
from symcnn.symbols.parse import parse_tree, size_of_tree
from symcnn.symbols.size import Atom, Sym
from tests.expressions import LEAST, Point, Tree, at, number, points, polynomials, size

ACCEPTED: list[tuple[str, str]] = [
    ("224", "224"),
    ("0", "0"),
    ("-3", "-3"),
    ("H", "H"),
    (" H ", "H"),
    ("\tH\n", "H"),
    ("2*C + 1", "2*C + 1"),
    ("2 * (C + 1)", "2*C + 2"),
    ("C*(H + 1)", "C*(H + 1)"),
    ("H//2", "floor(H/2)"),
    ("(H + 1)//2", "ceiling(H/2)"),
    ("-(-H//32)", "ceiling(H/32)"),
    ("H//C", "floor(H/C)"),
    ("H//1", "H"),
    ("H**2", "H**2"),
    ("H**0", "1"),
    ("2**10", "1024"),
    ("--H", "H"),
    ("H - H", "0"),
    ("(((H)))", "H"),
    ("C_in", "C_in"),
    ("1_000", "1000"),
    ("0x10", "16"),
    ("C_1*K1", "C_1*K1"),
    ("H\\\n+1", "H + 1"),
]


@pytest.mark.parametrize(("source", "shown"), ACCEPTED)
def test_sizes_are_read(source: str, shown: str) -> None:
    dims("C C_in C_1 K1 H")
    assert text(parse_size(source)) == shown


WORDS = "a size is made of whole numbers, names, + - * // ** and brackets"
NO_SIZE = "as a size: write a number, a name, or e.g. 2*C + 1"

REFUSED: list[tuple[str, str]] = [
    ("", f"cannot read '' {NO_SIZE}"),
    (" ", f"cannot read ' ' {NO_SIZE}"),
    ("H +", f"cannot read 'H +' {NO_SIZE}"),
    ("(H", f"cannot read '(H' {NO_SIZE}"),
    ("H)", f"cannot read 'H)' {NO_SIZE}"),
    ("2H", f"cannot read '2H' {NO_SIZE}"),
    ("H W", f"cannot read 'H W' {NO_SIZE}"),
    ("H = 3", f"cannot read 'H = 3' {NO_SIZE}"),
    ("H; W", f"cannot read 'H; W' {NO_SIZE}"),
    ("import os", f"cannot read 'import os' {NO_SIZE}"),
    ("lambda", f"cannot read 'lambda' {NO_SIZE}"),
    ("H\0", f"cannot read 'H\\x00' {NO_SIZE}"),
    ("\ud800", f"cannot read '\\ud800' {NO_SIZE}"),
    ("H\nW", f"cannot read 'H\\nW' {NO_SIZE}"),
    ("007", f"cannot read '007' {NO_SIZE}"),
    ("2.0", f"cannot read '2.0': {WORDS}"),
    ("1e3", f"cannot read '1000.0' in '1e3': {WORDS}"),
    ("3j", f"cannot read '3j': {WORDS}"),
    ("True", f"cannot read 'True': {WORDS}"),
    ("None", f"cannot read 'None': {WORDS}"),
    ("'H'", f"cannot read \"'H'\": {WORDS}"),
    ("...", f"cannot read '...': {WORDS}"),
    ("+H", f"cannot read '+H': {WORDS}"),
    ("~H", f"cannot read '~H': {WORDS}"),
    ("not H", f"cannot read 'not H': {WORDS}"),
    ("H % 2", f"cannot read 'H % 2': {WORDS}"),
    ("H @ W", f"cannot read 'H @ W': {WORDS}"),
    ("H << 2", f"cannot read 'H << 2': {WORDS}"),
    ("H ^ 2", f"cannot read 'H ^ 2': {WORDS}"),
    ("H >= 2", f"cannot read 'H >= 2': {WORDS}"),
    ("H if W else 1", f"cannot read 'H if W else 1': {WORDS}"),
    ("[H]", f"cannot read '[H]': {WORDS}"),
    ("H, W", f"cannot read '(H, W)' in 'H, W': {WORDS}"),
    ("H[0]", f"cannot read 'H[0]': {WORDS}"),
    ("H.real", f"cannot read 'H.real': {WORDS}"),
    ("max(H, W)", f"cannot read 'max(H, W)': {WORDS}"),
    ("(lambda: 1)()", f"cannot read '(lambda: 1)()': {WORDS}"),
    ("[x for x in H]", f"cannot read '[x for x in H]': {WORDS}"),
    ("(H := 3)", f"cannot read '(H := 3)': {WORDS}"),
    ("__import__('os')", f"cannot read \"__import__('os')\": {WORDS}"),
    ("().__class__", f"cannot read '().__class__': {WORDS}"),
    ("H / 2", "cannot read '/' in 'H / 2': write // for a quotient that is rounded down"),
    ("H // 0", "the divisor 0 in 'H // 0' must be at least 1"),
    ("H // -2", "the divisor -2 in 'H // -2' must be at least 1"),
    ("H // (W - W)", "the divisor 0 in 'H // (W - W)' must be at least 1"),
    ("H // (W - 1)", "floor of (H)/(W - 1) needs a divisor that is at least 1"),
    ("H ** -1", "the exponent -1 in 'H ** -1' must be a number from 0 to 64"),
    ("H ** W", "the exponent W in 'H ** W' must be a number from 0 to 64"),
    ("H ** 65", "the exponent 65 in 'H ** 65' must be a number from 0 to 64"),
    ("H ** 2.0", "the exponent 2.0 in 'H ** 2.0' must be a number from 0 to 64"),
    ("9**9**9", "the exponent 9 ** 9 in '9**9**9' must be a number from 0 to 64"),
    ("H ** (1 + 1)", "the exponent 1 + 1 in 'H ** (1 + 1)' must be a number from 0 to 64"),
    ("((9**64)**64)", "a number in '((9**64)**64)' has more than 4096 binary digits"),
    ("(2**64)**63*2**64", "a number in '(2**64)**63*2**64' has more than 4096 binary digits"),
    ("(H + W + K + 1)**65", "the exponent 65 in '(H + W + K + 1)**65' must be a number from 0 to 64"),
    ("-(H + W + 1)**64", "'-(H + W + 1)**64' multiplies out to more than 1000 terms"),
    ("(H + W + 1)**44", "'(H + W + 1)**44' multiplies out to more than 1000 terms"),
    ("(H + W + 1)**64", "'(H + W + 1)**64' multiplies out to more than 1000 terms"),
    ("(H + 1)**64 * (W + 1)**64", "'(H + 1)**64 * (W + 1)**64' multiplies out to more than 1000 terms"),
]


@pytest.mark.parametrize(("source", "words"), REFUSED)
def test_everything_else_is_refused_with_a_reason(source: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_size(source)
    assert str(caught.value) == words


def test_a_text_of_200_characters_is_read() -> None:
    assert [s.name for s in symbols_of(parse_size("H" * 200))] == ["H" * 200]


def test_a_number_of_4096_binary_digits_is_read() -> None:
    assert parse_size("(2**64)**63*2**63") == 2**4095


THOUSAND = "*".join(f"({'+'.join(names)})" for names in ("abcdefghij", "klmnopqrst", "uvwxyzABCD"))


@pytest.mark.parametrize("source", [THOUSAND, f"({THOUSAND})**0 + 1", f"({THOUSAND})**1", "(H + W + 1)**43"])
def test_what_multiplies_out_to_1000_terms_at_most_is_read(source: str) -> None:
    assert symbols_of(parse_size(source)) or parse_size(source) == 2


@pytest.mark.parametrize("source", [f"{THOUSAND} + 1", f"({THOUSAND})*1 + 1", f"({THOUSAND} + 1)**0"])
def test_what_multiplies_out_to_1001_terms_is_not(source: str) -> None:
    with pytest.raises(ValueError, match=r"multiplies out to more than 1000 terms$"):
        parse_size(source)


@pytest.mark.parametrize(
    "source", ["-" * 100_000 + "H", "1+" * 3000 + "1", "(" * 1000, "H\0", "\ud800", "H +"]
)
def test_what_python_cannot_read_is_refused_in_one_way(source: str) -> None:
    with pytest.raises(ValueError, match=r"^cannot read .* as a size$"):
        parse_tree(source, "a size")


def test_a_tree_may_be_nested_too_deeply() -> None:
    tree: ast.expr = ast.Constant(1)
    for _ in range(20_000):
        tree = ast.UnaryOp(ast.USub(), tree)
    with pytest.raises(ValueError, match=r"^'a sign' is nested too deeply$"):
        size_of_tree(tree, "a sign")


def test_a_number_in_a_tree_may_be_too_long() -> None:
    with pytest.raises(ValueError, match=r"^a number in 'nines' has more than 4096 binary digits$"):
        size_of_tree(parse_tree("9" * 1300, "a size"), "nines")


def test_symbols_of_a_tree_are_at_least_1() -> None:
    assert [s.minimum for s in symbols_of(size_of_tree(parse_tree("H*W", "a size"), "H*W"))] == [1, 1]


def test_python_has_nothing_to_remark() -> None:
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        with pytest.raises(ValueError, match="a size is made of"):
            parse_size("1or 2")
    assert remarks == []


@pytest.mark.parametrize("source", ["H" * 201, "1+" * 5000 + "1", "(" * 10_000, "H**2" * 100])
def test_long_texts_are_refused_unread(source: str) -> None:
    with pytest.raises(ValueError, match="is longer than 200 characters") as caught:
        parse_size(source)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize(
    "source",
    [
        "(" * 99 + "H" + ")" * 99,
        "-" * 199 + "H",
        "H" + "+1" * 99,
        "(" * 150 + "H",
        "[" * 200,
        "H**2" + "**2" * 60,
    ],
)
def test_deeply_nested_texts_are_read_or_refused_but_never_crash(source: str) -> None:
    with suppress(ValueError):
        assert [s.name for s in symbols_of(parse_size(source))] == ["H"]


@pytest.mark.parametrize(
    "source",
    [
        "(H+W)**40*(K+1)**10",
        "((H+1)**8+W)**20",
        "(H+1)**64",
        "((((H+1)**2+1)**2+1)**2+1)**2",
        "2**64**2",
        "(2**64)**64*(2**64)",
        "((H//3+1)//5+W)**6",
        "*".join(["(H+1)"] * 30),
        "*".join(["(H+W)"] * 9),
    ],
)
def test_short_texts_do_not_take_long(source: str) -> None:
    start = time.perf_counter()
    with suppress(ValueError):
        value = parse_size(source)
        hash(value)
        text(value)
    assert time.perf_counter() - start < 5


@given(st.text(alphabet="HW12+-*/()% .,'_[]{}:=<>!@#\n\\", max_size=30))
def test_no_text_does_anything_but_make_a_size_or_a_value_error(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = parse_size(source)
        except ValueError:
            return
    assert isinstance(value, int | Dim)


@given(st.text(max_size=30))
def test_no_text_of_any_script_does_anything_else(source: str) -> None:
    try:
        value = parse_size(source)
    except ValueError:
        return
    assert all(s.name.isidentifier() for s in symbols_of(value))


def source_of(tree: Tree) -> str:
    """An expression in the language of parse_size."""
    kind, *parts = tree
    if kind in ("int", "symbol"):
        return f"({parts[0]})"
    return f"({source_of(parts[0])}{kind}{source_of(parts[1])})"


@given(polynomials(), points())
def test_what_is_read_has_the_value_of_what_is_written(tree: Tree, point: Point) -> None:
    value = parse_size(source_of(tree), lambda name: LEAST[name] or 0)
    values: dict[Atom, Size] = {Sym(n, least or 0): point[n] for n, least in LEAST.items()}
    assert substitute(value, values) == number(tree, point)


@given(polynomials("HWKS"))
def test_text_is_read_back_as_the_same_size(tree: Tree) -> None:
    value = size(tree)
    assert parse_size(text(value)) == value


@pytest.mark.parametrize("name", ["λ", "Größe", "高", "x̂"])
def test_names_in_any_script_are_names(name: str) -> None:
    (symbol,) = symbols_of(parse_size(f"2*{name}"))
    assert symbol.name == name


def test_the_least_value_may_depend_on_the_name() -> None:
    value = parse_size("H + P", lambda name: 0 if name == "P" else 1)
    assert {s.name: s.minimum for s in symbols_of(value)} == {"H": 1, "P": 0}
    assert {s.minimum for s in symbols_of(parse_size("H*P", 0))} == {0}


def test_a_divisor_needs_its_least_value() -> None:
    assert at(parse_size("H//P", lambda name: 1), {"H": 7}) is not None
    with pytest.raises(ValueError, match="needs a divisor that is at least 1"):
        parse_size("H//P", 0)


def test_nothing_is_run(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for source in ("open('x', 'w')", "__import__('os').mkdir('x')", "exec('1')", "f'{open(1)}'"):
        with pytest.raises(ValueError, match="cannot read"):
            parse_size(source)
    assert os.listdir(tmp_path) == []
