"""Text is Python that evaluates to the same value; LaTeX is balanced; both follow the author's order."""

import ast
import re
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given

from symcnn import dims
from symcnn.symbols import (
    Dim,
    Size,
    at_least,
    ceil_div,
    divides,
    equal,
    exact_quotient,
    floor_div,
    indices,
    latex,
    maximum,
    minimum,
    parse_size,
    text,
)
from symcnn.symbols.cardinality import atom_of, cardinality
from symcnn.symbols.printing import name_in_latex
from symcnn.symbols.size import Group
from tests.expressions import Point, Tree, number, points, size, symbol, trees

N, C, H, W, K, S, P = (symbol(name) for name in "NCHWKSP")
FUNCTIONS = {"floor": floor, "ceiling": ceil, "Max": max, "Min": min}


def evaluated(source: str, values: Mapping[str, int]) -> Fraction:
    """The value of a text in Python syntax: numbers, names, + - * / **, floor, ceiling, Max, Min."""

    def of(node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(value=int() as value):
                return Fraction(value)
            case ast.Name(id=name):
                return Fraction(values[name])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -of(operand)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return of(left) + of(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return of(left) - of(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return of(left) * of(right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return of(left) / of(right)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as exponent)):
                return of(left) ** exponent
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return Fraction(FUNCTIONS[name](*map(of, arguments)))
            case _:
                raise ValueError(ast.dump(node))

    return of(ast.parse(source, mode="eval").body)


@given(trees(), points())
def test_text_is_python_with_the_same_value(tree: Tree, point: Point) -> None:
    assert evaluated(text(size(tree)), point) == number(tree, point)


@given(trees(leaves=10))
def test_latex_is_balanced(tree: Tree) -> None:
    balanced(latex(size(tree)))


def balanced(shown: str) -> None:
    """Braces match, and \\left and \\right come in pairs."""
    depth = 0
    for character in re.sub(r"\\[{}]", "", shown):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert shown.count(r"\left") == shown.count(r"\right") + shown.count(r"\leftarrow")
    assert "**" not in shown
    assert "*" not in shown


SHOWN: list[tuple[Any, str, str]] = [
    (0, "0", "0"),
    (-3, "-3", "-3"),
    (H, "H", "H"),
    (-1 * H, "-H", "-H"),
    (2 * H, "2*H", "2 H"),
    (H - 1, "H - 1", "H - 1"),
    (1 - H, "-H + 1", "-H + 1"),
    (H**2, "H**2", "H^{2}"),
    (W * C * N, "N*C*W", "N C W"),
    (
        N * C * (H - K + 1) * (W - K + 1),
        "N*C*(H - K + 1)*(W - K + 1)",
        r"N C \left(H - K + 1\right) \left(W - K + 1\right)",
    ),
    ((H + 1) ** 2 * N, "N*(H + 1)**2", r"N \left(H + 1\right)^{2}"),
    ((H + 1) ** 2, "(H + 1)**2", r"\left(H + 1\right)^{2}"),
    (H // 2, "floor(H/2)", r"\left\lfloor\frac{H}{2}\right\rfloor"),
    ((H - K) // S + 1, "floor((H - K)/S) + 1", r"\left\lfloor\frac{H - K}{S}\right\rfloor + 1"),
    (H // (S + 1), "floor(H/(S + 1))", r"\left\lfloor\frac{H}{S + 1}\right\rfloor"),
    (H // (S * K), "floor(H/(K*S))", r"\left\lfloor\frac{H}{K S}\right\rfloor"),
    (ceil_div(H, 32), "ceiling(H/32)", r"\left\lceil\frac{H}{32}\right\rceil"),
    ((H + 2) // 3 * W, "W*ceiling(H/3)", r"W \left\lceil\frac{H}{3}\right\rceil"),
    ((2 * H + 2) // 3, "H - floor(H/3)", r"H - \left\lfloor\frac{H}{3}\right\rfloor"),
    (maximum(H, W), "Max(H, W)", r"\max\left(H, W\right)"),
    (minimum(H, W + 1) * 2, "2*Min(W + 1, H)", r"2 \min\left(W + 1, H\right)"),
    (exact_quotient(C, S), "C/S", r"\frac{C}{S}"),
    (exact_quotient(C * K, S * W) * 3, "3*C*K/(W*S)", r"\frac{3 C K}{W S}"),
    (exact_quotient(C, 2), "C/2", r"\frac{C}{2}"),
    (exact_quotient(C, H + 1), "C/(H + 1)", r"\frac{C}{\left(H + 1\right)}"),
    (exact_quotient(1, C), "1/C", r"\frac{1}{C}"),
    (3 * H**2 * W - 5 * P, "3*H**2*W - 5*P", "3 H^{2} W - 5 P"),
]


@pytest.mark.parametrize(
    ("value", "plain", "typeset"), SHOWN, ids=lambda v: str(v) if isinstance(v, str) else ""
)
def test_forms(value: Size, plain: str, typeset: str) -> None:
    dims("N C H W K S P")
    assert text(value) == plain
    assert latex(value) == typeset
    balanced(typeset)


def test_a_subtracted_sum_keeps_its_sign() -> None:
    dims("H W")
    for value in (0 - (H + 1) ** 1, -1 * exact_quotient((H + 1) * W, W), 0 - (H + 1)):
        assert text(value) == "-H - 1"
        assert latex(value) == "-H - 1"
    together = H + 1
    assert isinstance(together, Dim)
    assert text(Dim({((Group(together), 1),): -1})) == "-(H + 1)"
    assert text(Dim({((Group(together), 1),): 1})) == "H + 1"


def test_a_size_shows_itself() -> None:
    value = H + 1
    assert isinstance(value, Dim)
    assert repr(value) == "H + 1"
    assert value._repr_latex_() == r"$\displaystyle H + 1$"


def test_the_author_decides_the_order() -> None:
    value = parse_size("H*W*C*(W + H)")
    dims("C H W")
    assert text(value) == "C*H*W*(H + W)"
    dims("W C H")
    assert text(value) == "W*C*H*(W + H)"
    assert latex(value) == r"W C H \left(W + H\right)"


def test_symbols_that_nobody_declared_come_last_by_name() -> None:
    dims("K_9")
    assert text(parse_size("undeclared_b*undeclared_a*K_9")) == "K_9*undeclared_a*undeclared_b"


@pytest.mark.parametrize(
    ("name", "typeset"),
    [
        ("H", "H"),
        ("C_in", "C_{in}"),
        ("K_1", "K_{1}"),
        ("C1", "C_{1}"),
        ("x12", "x_{12}"),
        ("H_out_2", "H_{out,2}"),
        ("alpha", r"\alpha"),
        ("alpha_1", r"\alpha_{1}"),
        ("beta2", r"\beta_{2}"),
        ("Omega", r"\Omega"),
        ("width", r"\mathrm{width}"),
        ("width_out", r"\mathrm{width}_{out}"),
        ("C_", r"\mathrm{C\_}"),
        ("_x", r"\mathrm{\_x}"),
        ("_", r"\mathrm{\_}"),
        ("c__2", "c_{,2}"),
    ],
)
def test_names_have_subscripts_and_greek_letters(name: str, typeset: str) -> None:
    assert name_in_latex(name) == typeset
    balanced(typeset)


@pytest.mark.parametrize(
    ("condition", "plain", "typeset"),
    [
        (at_least(H, K), "H >= K", r"H \ge K"),
        (at_least(5, H), "H <= 5", r"H \le 5"),
        (equal(C, 2 * K), "C = 2*K", "C = 2 K"),
        (divides(S, C), "S divides C", r"S \mid C"),
    ],
)
def test_conditions(condition: Any, plain: str, typeset: str) -> None:
    assert (str(condition), condition.latex) == (plain, typeset)


def test_indices_print_by_their_names() -> None:
    dims("S P")
    r, u = indices("r u")
    assert text(S * r + u - P) == "S*r + u - P"
    assert latex(S * r + u - P) == "S r + u - P"


def test_counts_print_as_counts() -> None:
    i, j = indices("i j")
    dims("H W")
    value = cardinality([(atom_of(i), H), (atom_of(j), W)], [i - j])
    assert text(value) == "count(i < H, j < W; i >= j)"
    assert latex(value) == r"\left|\left\{0 \le i < H, 0 \le j < W,\; i \ge j\right\}\right|"
    shadow = cardinality([(atom_of(i), H), (atom_of(j), W)], [i - j], [atom_of(i)])
    assert text(shadow) == "count(i : i < H, j < W; i >= j)"


def test_a_floor_over_a_product_keeps_its_brackets() -> None:
    dims("H W K S")
    value = floor_div(H * W + 1, K * S)
    assert text(value) == "floor((H*W + 1)/(K*S))"
    point = {"H": 7, "W": 5, "K": 3, "S": 2}
    assert evaluated(text(value), point) == 6
