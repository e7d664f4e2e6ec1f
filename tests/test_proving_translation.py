"""Relations become statements by structure: what is read back is what was said, or it is refused."""

import ast
import inspect
import itertools
import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from sympy import (
    Abs,
    Function,
    KroneckerDelta,
    Max,
    Min,
    Mod,
    Piecewise,
    Product,
    Rational,
    Symbol,
    ceiling,
    floor,
    oo,
    sqrt,
)

from symcnn import (
    AdaptiveAvgPool2d,
    Add,
    AvgPool1d,
    BatchNorm2d,
    Concat,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    ConvTranspose2d,
    Linear,
    MaxPool1d,
    MaxPool2d,
    Relation,
    ReLU,
    SelfAttention,
    Sequential,
    dims,
    eq,
    evaluate,
    ge,
    gt,
    indices,
    le,
    lt,
    ne,
    quantity,
    reals,
)
from symcnn.derive.cost import Cost
from symcnn.derive.extents import Statement as Resolved
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    Compare,
    ForAll,
    Implies,
    Not,
    Number,
    Rejected,
    Variable,
    same,
)
from symcnn.kernel.terms import (
    Function as FunctionSort,
)
from symcnn.kernel.terms import Sum as KernelSum
from symcnn.kernel.writing import write
from symcnn.proving import expressions, scope, sizes, tensors, translation
from symcnn.proving.tensors import output
from symcnn.proving.translation import report, statement, term
from symcnn.symbols import at_least, divides, exact_quotient, parse_size
from symcnn.symbols.size import Sym
from tests import handwritten
from tests.expressions import Point, Tree, number, points, size, trees

Sum: Any = sympy.Sum
IndexedBase: Any = sympy.IndexedBase
N, C, O, H, W, K, S, D, G = dims("N C O H W K S D G")
P = dims("P", min=0)
Z, n, k, i, j = sympy.symbols("Z n k i j", integer=True)
x, y = reals("x y")
a = Symbol("a", positive=True)
f = Function("f")


def fractions(values: Mapping[str, int | Fraction]) -> dict[str, Fraction]:
    return {name: Fraction(v) for name, v in values.items()}


def holds(found: Statement, **values: int | Fraction) -> bool:
    """Whether the claim is true at a point that satisfies the assumptions."""
    evaluator = Evaluator(fractions(values))
    assert all(evaluator.holds(assumption) for assumption in found.assumptions)
    return evaluator.holds(found.claim)


def value(expression: Any, **values: int | Fraction) -> Fraction:
    return Fraction(Evaluator(fractions(values)).value(term(expression)))


def refused(make: Callable[[], Any]) -> str:
    """The message of what is refused."""
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    return str(caught.value)


# -- expressions -----------------------------------------------------------------------------------------

EXPRESSIONS: list[tuple[Any, str | None, dict[str, Any], Any]] = [
    (7, "7", {}, 7),
    (Fraction(-3, 4), "-3/4", {}, Fraction(-3, 4)),
    (Rational(1, 2), "1/2", {}, Fraction(1, 2)),
    (C, "C", {"C": 3}, 3),
    (C + 2 * K - 1, "-1 + C + 2*K", {"C": 3, "K": 4}, 10),
    (C**3, "C^3", {"C": 2}, 8),
    (C / K, "C/K", {"C": 3, "K": 4}, Fraction(3, 4)),
    (C / 2, "C/2", {"C": 3}, Fraction(3, 2)),
    (-C / (2 * K**2), "(-1)*C/(2*K^2)", {"C": 3, "K": 2}, Fraction(-3, 8)),
    (1 / (C + 1), "1/(1 + C)", {"C": 3}, Fraction(1, 4)),
    (2 / (C + 1) ** 2, "2/(1 + C)^2", {"C": 3}, Fraction(1, 8)),
    (sympy.Pow(Rational(2, 3), -3, evaluate=False), "27/8", {}, Fraction(27, 8)),
    (sympy.Pow(C / K, -2, evaluate=False), "K^2/C^2", {"C": 3, "K": 4}, Fraction(16, 9)),
    (floor(H / S), "H//S", {"H": 7, "S": 2}, 3),
    (floor((H + 2 * P - K) / S) + 1, None, {"H": 7, "P": 1, "K": 3, "S": 2}, 4),
    (floor((H - 1) / 2), "(-1 + H)//2", {"H": 8}, 3),
    (floor(H / S + Rational(1, 2)), None, {"H": 7, "S": 3}, 2),
    (floor(H / S + W / K), None, {"H": 7, "S": 3, "W": 5, "K": 3}, 4),
    (floor((H + 1) / 2 / S), None, {"H": 9, "S": 2}, 2),
    (floor((H + 1) * (W + 2) ** 2 / S), None, {"H": 1, "W": 2, "S": 5}, 6),
    (floor((H + 1) ** 2, evaluate=False), "(1 + H)^2", {"H": 3}, 16),
    (floor(-H / 2), "(-1)*H//2", {"H": 7}, -4),
    (floor(floor(H / 2) / 3), "H//2//3", {"H": 23}, 3),
    (ceiling(H / S), None, {"H": 7, "S": 2}, 4),
    (ceiling((H - 1) / 2), None, {"H": 8}, 4),
    (ceiling(-H / 2), None, {"H": 7}, -3),
    (floor(H, evaluate=False), "H", {"H": 5}, 5),
    (Max(C, K), None, {"C": 3, "K": 4}, 4),
    (Max(C, K, H, Z), None, {"C": 3, "K": 4, "H": 9, "Z": 2}, 9),
    (Min(C, K, H), None, {"C": 3, "K": 4, "H": 2}, 2),
    (Max(x, y / 2), None, {"x": Fraction(1, 3), "y": 1}, Fraction(1, 2)),
    (Abs(Z), "(if 0 <= Z then Z else (-1)*Z)", {"Z": -4}, 4),
    (Abs(Z - 3), None, {"Z": 1}, 2),
    (Piecewise((1, C > K), (2, sympy.Eq(C, K)), (0, True)), None, {"C": 3, "K": 3}, 2),
    (Piecewise((1, (C > K) | (sympy.Ne(C, 3) & (K > 1))), (0, True)), None, {"C": 3, "K": 3}, 0),
    (Piecewise((1, ~((C > 1) & (K > 1))), (0, True)), None, {"C": 3, "K": 1}, 1),
    (Sum(k, (k, 0, N)), "sum(k in 0..N + 1) k", {"N": 4}, 10),
    (Sum(k, (k, 0, N - 1)), "sum(k in 0..N) k", {"N": 4}, 6),
    (Sum(k, (k, 1, 3)), "sum(k in 1..4) k", {}, 6),
    (Sum(i * j, (i, 1, j), (j, 1, N)), "sum(j in 1..N + 1, i in 1..j + 1) (i*j)", {"N": 3}, 25),
    (Sum(Symbol("q"), (Symbol("q"), 0, 3)), "sum(q in 0..4) q", {}, 6),
    (Sum(Max(k, 2), (k, 0, floor(H / 2))), None, {"H": 7}, 9),
    (Sum(Sum(i, (i, 0, k)) ** 2, (k, 0, 2)), None, {}, 10),
    (Sum(dims("p"), (dims("p"), 1, N)), "sum(p in 1..N + 1) p", {"N": 3}, 6),
    (Sum(k / 2, (k, 0, 3)), "sum(k in 0..4) (k/2)", {}, 3),
    (parse_size("H*(W + 2) - H"), None, {"H": 3, "W": 4}, 15),
]


@pytest.mark.parametrize(("expression", "text", "point", "wanted"), EXPRESSIONS, ids=lambda v: str(v)[:40])
def test_expressions_have_the_structure_and_the_value_they_show(expression, text, point, wanted) -> None:
    found = term(expression)
    if text is not None:
        assert write(found) == text
    assert value(expression, **point) == wanted


@pytest.mark.parametrize(("expression", "text", "point", "wanted"), EXPRESSIONS, ids=lambda v: str(v)[:40])
def test_statements_about_them_are_read_back_as_they_are(expression, text, point, wanted) -> None:
    found = statement(eq(expression, wanted))
    values = {name: point[name] for name in found.scope}
    assert holds(found, **values)
    assert not holds(statement(ne(expression, wanted)), **values)
    (again,) = read_statements(report(found))
    assert same(again.closed(), found.closed())
    assert report(found) == found.written


def sympy_value(tree: Tree) -> Any:
    """The same expression as SymPy holds it, unevaluated where SymPy allows that."""
    kind, *parts = tree
    if kind == "int":
        return sympy.Integer(parts[0])
    if kind == "symbol":
        return {"H": H, "W": W, "K": K, "S": S, "P": P, "Z": Z}[parts[0]]
    if kind == "**":
        return sympy_value(parts[0]) ** parts[1]
    b, c = map(sympy_value, parts)
    return {
        "+": lambda: b + c,
        "-": lambda: b - c,
        "*": lambda: b * c,
        "//": lambda: floor(b / c),
        "ceil": lambda: ceiling(b / c),
        "max": lambda: Max(b, c),
        "min": lambda: Min(b, c),
    }[kind]()


@given(trees(leaves=6, exact=False), points())
def test_integer_expressions_keep_their_values(tree: Tree, point: Point) -> None:
    expression = sympy_value(tree)
    assert value(expression, **point) == number(tree, point)


@given(trees(leaves=5, exact=False), points())
def test_integer_expressions_keep_their_values_in_statements(tree: Tree, point: Point) -> None:
    found = statement(eq(sympy_value(tree), number(tree, point)))
    assert holds(found, **{name: point[name] for name in found.scope})


@given(trees(leaves=6), points())
def test_sizes_keep_their_values_without_sympy(tree: Tree, point: Point) -> None:
    made = size(tree)
    found = statement(eq(made, number(tree, point)))
    assert holds(found, **{name: point[name] for name in found.scope})


def test_divisions_and_cases_keep_their_values() -> None:
    """Random expressions over integers and reals, with the exact values of the trees they are made from."""
    for seed in range(150):
        made, wanted, point = Mixed(random.Random(seed)).expression()
        # SymPy's relations between Piecewise have no counterpart, and zoo is what it makes of 1/0.
        if wanted is not None and not made.has(sympy.ITE, sympy.zoo):
            found = statement(eq(made, wanted))
            assert holds(found, **{name: point[name] for name in found.scope})


class Mixed:
    """An expression as SymPy makes it, and its value by fractions alone; None where it divides by 0."""

    def __init__(self, choose: random.Random) -> None:
        self.choose = choose
        self.symbols: dict[str, Any] = {"H": H, "P": P, "Z": Z, "x": x, "r": Symbol("r", real=True)}
        self.point = {
            "H": Fraction(choose.randint(1, 6)),
            "P": Fraction(choose.randint(0, 4)),
            "Z": Fraction(choose.randint(-5, 5)),
            "x": Fraction(choose.randint(1, 9), choose.randint(1, 4)),
            "r": Fraction(choose.randint(-9, 9), choose.randint(1, 4)),
        }

    def expression(self) -> tuple[Any, Fraction | None, dict[str, Fraction]]:
        try:
            made, wanted = self.made(3)
        except ZeroDivisionError:
            return None, None, self.point
        return made, wanted, self.point

    def made(self, depth: int) -> tuple[Any, Fraction]:
        if depth == 0 or self.choose.random() < 0.15:
            if self.choose.random() < 0.3:
                number = Fraction(self.choose.randint(-5, 5), self.choose.choice([1, 1, 2, 3]))
                return Rational(number.numerator, number.denominator), number
            name = self.choose.choice(list(self.symbols))
            return self.symbols[name], self.point[name]
        (left, b), (right, c) = self.made(depth - 1), self.made(depth - 1)
        match self.choose.choice(["+", "-", "*", "*", "/", "/", "**", "max", "min", "abs", "cases"]):
            case "+":
                return left + right, b + c
            case "-":
                return left - right, b - c
            case "*":
                return left * right, b * c
            case "/":
                return left / right, b / c
            case "**":
                exponent = self.choose.choice([-2, -1, 0, 2, 3])
                return left**exponent, b**exponent
            case "max":
                return Max(left, right), max(b, c)
            case "min":
                return Min(left, right), min(b, c)
            case "abs":
                return Abs(left), abs(b)
            case _:
                less: Any = Piecewise((self.symbols["H"], sympy.Lt(left, right)), (Z / 2, True))
                return less, self.point["H"] if b < c else self.point["Z"] / 2


# -- what is refused -------------------------------------------------------------------------------------

matrix: Any = sympy.MatrixSymbol("Z", n, n)
dummy = sympy.Dummy("n", integer=True)
even = Symbol("e", even=True)
t = Symbol("t")
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "Mod": (
        lambda: H % 2,
        "SymPy rewrites some remainders wrongly as they are written; write a - b*floor(a/b)",
    ),
    "Mod in a floor": (lambda: floor((H + Mod(H, 2)) / 2), "Mod(H, 2) (Mod) cannot stand in a statement"),
    "KroneckerDelta": (lambda: KroneckerDelta(n, k), "write Piecewise((1, Eq(i, j)), (0, True))"),
    "Product": (lambda: Product(k, (k, 1, N)), "there is no product over a range; write its closed form"),
    "float": (lambda: H + sympy.Float("0.5", 3) * 0 + sympy.Float(2.5), "holds the float 2.5"),
    "infinity": (lambda: oo, "it is no number; say what holds for all values, or for all large ones"),
    "minus infinity": (lambda: H * -oo, "it is no number"),
    "complex infinity": (lambda: sympy.zoo, "it is no number: SymPy has divided by 0"),
    "nan": (lambda: sympy.nan, "nan (NaN) cannot stand in a statement: it is no number"),
    "limit": (lambda: sympy.Limit(1 / x, x, 0), "say what holds for all large values"),
    "derivative": (lambda: sympy.Derivative(f(x), x), "write the derivative out, as an expression"),
    "integral": (lambda: sympy.Integral(x, x), "write the integral out, as an expression"),
    "root": (lambda: sqrt(H), "roots have no exact value; square both sides"),
    "root of a root": (lambda: 1 / sqrt(H), "has the exponent -1/2, which is no whole number"),
    "symbolic exponent": (lambda: 2**n, "2**n has the exponent n, which is no whole number: use a whole"),
    "unknown function": (lambda: f(H), "f(H) is a value of an unknown function"),
    "exp": (lambda: sympy.exp(x), "exp(x) (exp) cannot stand in a statement; use integers, fractions"),
    "log": (lambda: sympy.log(x), "log(x) (log) cannot stand in a statement; use integers, fractions"),
    "pi": (lambda: sympy.pi * H, "pi (Pi) cannot stand in a statement; use integers"),
    "i": (
        lambda: sympy.I,
        "I (ImaginaryUnit) cannot stand in a statement: statements are about real numbers",
    ),
    "sign": (lambda: sympy.sign(Z), "write Piecewise with the three cases"),
    "binomial": (lambda: sympy.binomial(n, k), "write it as a quotient of products"),
    "factorial": (lambda: sympy.factorial(n), "write its closed form"),
    "entry": (lambda: IndexedBase("x")[i], "entries of tensors stand in equations, not in SymPy expressions"),
    "matrix": (
        lambda: matrix[0, 0],
        "Z[0, 0] (MatrixElement) cannot stand in a statement",
    ),
    "matrices": (lambda: sympy.MatrixSymbol("Z", 2, 2) ** -1, "is a matrix; statements are about numbers"),
    "noncommutative": (lambda: Symbol("A", commutative=False), "symbol A does not commute"),
    "floor of a real": (
        lambda: floor(x),
        "floor(x) rounds x, which is not written as a quotient of integers",
    ),
    "floor by a real": (lambda: floor(H / x), "which is not written as a quotient of integers"),
    "ceiling of a real": (lambda: ceiling(x + H / 2), "not written as a quotient of integers"),
    "no last case": (lambda: Piecewise((1, C > K)), "has no value where none of its conditions holds"),
    "condition that is no relation": (
        lambda: Piecewise((1, sympy.Contains(n, sympy.Range(3), evaluate=False)), (0, True)),
        "is no relation that a statement can hold",
    ),
    "infinite sum": (lambda: Sum(1, (k, 0, oo)), "oo (Infinity) cannot stand in a statement"),
    "sum to a fraction": (
        lambda: Sum(k, (k, 1, Rational(3, 2))),
        "runs to 3/2, which is no integer by its form",
    ),
    "sum to a quotient": (lambda: Sum(k, (k, 1, N / 2)), "runs to N/2, which is no integer by its form"),
    "sum to a real": (lambda: Sum(k, (k, 1, x)), "runs to x, which is no integer by its form"),
    "index of two sums": (lambda: Sum(Sum(k, (k, 0, 3)), (k, 0, 2)), "binds k twice"),
    "two indices of one name": (
        lambda: Sum(Sum(k * Symbol("k"), (k, 0, 3)), (Symbol("k"), 0, 2)),
        "binds k twice",
    ),
    "index outside": (
        lambda: k * Sum(k, (k, 0, 3)),
        "k is the index of a sum and stands outside of one as well",
    ),
    "index in its own bound": (lambda: Sum(k, (k, 0, k)), "k is the index of a sum and stands outside"),
    "index and a symbol of its name": (
        lambda: Sum(k, (k, 0, dims("k"))),
        "k is the index of a sum and stands",
    ),
    "symbol without assumptions": (
        lambda: t + 1,
        "symbol t is not known to be a real number; make it with dims('t')",
    ),
    "complex symbol": (lambda: Symbol("c", complex=True), "symbol c is not known to be a real number"),
    "extended symbol": (
        lambda: Symbol("c", extended_positive=True),
        "symbol c is not known to be a real number",
    ),
    "even symbol": (lambda: even, "symbol e is assumed to be even, not odd, which a statement cannot say"),
    "prime symbol": (
        lambda: Symbol("p", prime=True),
        "prime, which a statement cannot say; declare it integer",
    ),
    "rational symbol": (lambda: Symbol("r", rational=True), "rational, which a statement cannot say"),
    "symbol that is no integer": (
        lambda: Symbol("r", noninteger=True, real=True),
        "which a statement cannot say",
    ),
    "zero": (lambda: Symbol("z", zero=True) * N + N, "which a statement cannot say"),
    "dummy": (lambda: dummy, "_n (Dummy) cannot be told from other symbols by its name"),
    "wild": (lambda: sympy.Wild("w"), "(Wild) cannot be told from other symbols by its name"),
    "dummy index": (lambda: Sum(dummy, (dummy, 0, N)), "(Dummy) cannot be told from other symbols"),
    "one name, two symbols": (
        lambda: H + Symbol("H", integer=True),
        "symbol H occurs with different assumptions",
    ),
    "one name, int and real": (lambda: reals("H") + H, "symbol H occurs with different assumptions"),
    "one name, size and symbol": (
        lambda: eq(parse_size("H", minimum=0), H),
        "symbol H occurs with different assumptions",
    ),
    "size with more assumptions": (
        lambda: parse_size("H") + sizes.Dim.of_atom(Sym("E", 1, (("even", True),))),
        "symbol E is assumed to be even, which a statement cannot say",
    ),
    "size that is no integer": (lambda: sizes.Dim({(): Fraction(1, 2)}), "is no integer"),
    "index without a loop": (lambda: indices("r")[0] + parse_size("H"), "no loop runs over index r"),
    "exponent": (lambda: H**65, "an exponent of 65 is above 64, the largest in a statement"),
    "long number": (lambda: sympy.Integer(10) ** 500, "a number has more than 400 digits"),
    "name": (lambda: Symbol("{}", integer=True), "symbol '{}' has no name in statements"),
    "long name": (lambda: Symbol("a" * 65, integer=True), "has no name in statements; call it by letters"),
    "two names, one spelling": (
        lambda: Symbol("C_{in}", integer=True) + dims("C_in"),
        "symbols 'C_in' and 'C_{in}' would both be called C_in; rename one of them",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    make, message = REFUSED[case]

    def attempt() -> Statement:
        made = make()
        return statement(made if isinstance(made, Relation) else eq(made, 0))

    assert message in refused(attempt)


NO_CLAIMS: dict[str, tuple[Any, str]] = {
    "true": (sympy.true, "the relation has already collapsed to True: SymPy or Python decided it"),
    "false": (sympy.Eq(C, C + 1), "the relation has already collapsed to False"),
    "Python's True": (True, "use symcnn.eq, ne, le, lt, ge or gt, which never collapse"),
    "NumPy's True": (np.True_, "the relation has already collapsed to True"),
    "assumption": (C > 0, "the relation has already collapsed to True"),
    "expression": (C + 1, "C + 1 (Add) is no relation; write it with eq, ne, le, lt, ge or gt"),
    "symbol": (C, "C (DimSymbol) is no relation"),
    "text": ("C = C", "'C = C' (str) is no relation"),
    "set": (sympy.Q.integer(C), "is no relation that a statement can hold"),
    "number": (1, "1 (int) is no relation"),
}


@pytest.mark.parametrize("case", NO_CLAIMS)
def test_what_is_no_claim_and_no_condition(case: str) -> None:
    claim, message = NO_CLAIMS[case]
    for make in (lambda: statement(claim), lambda: statement(eq(C, C), given=(le(1, C), claim))):
        with pytest.raises(TypeError) as caught:
            make()
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "a b"}, "name='a b' must be a letter, followed by letters, digits, _ and ."),
        ({"name": ""}, "name='' must be a letter"),
        ({"meaning": 'a "b"'}, "must be one line without quotation marks"),
        ({"meaning": "a\nclaim 1 = 1"}, "must be one line without quotation marks"),
    ],
)
def test_names_and_meanings_cannot_break_the_text(options: dict[str, str], message: str) -> None:
    assert message in refused(lambda: statement(eq(C, C), **options))


# -- statements ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "text"),
    [
        (eq(C, K), "C = K"),
        (ne(C, K), "C != K"),
        (le(C, K), "C <= K"),
        (lt(C, K), "C < K"),
        (ge(C, K), "K <= C"),
        (gt(C, K), "K < C"),
        (sympy.Eq(C, K), "C = K"),
        (sympy.Ne(C, K), "C != K"),
        (C <= K, "C <= K"),
        (C < K, "C < K"),
        (C >= K, "K <= C"),
        (C > K, "K < C"),
        (at_least(parse_size("C"), parse_size("K")), "K <= C"),
        (divides(parse_size("K"), parse_size("C")), "K*(C//K) = C"),
    ],
    ids=str,
)
def test_relations_are_written_as_they_are(relation, text: str) -> None:
    assert write(statement(relation).claim) == text


DECLARED: list[tuple[dict[str, bool], str, list[str]]] = [
    ({"integer": True, "positive": True}, "int", ["1 <= v"]),
    ({"integer": True, "nonnegative": True}, "int", ["0 <= v"]),
    ({"integer": True, "negative": True}, "int", ["v <= -1"]),
    ({"integer": True, "nonpositive": True}, "int", ["v <= 0"]),
    ({"integer": True, "nonzero": True}, "int", ["v != 0"]),
    ({"integer": True}, "int", []),
    ({"positive": True}, "real", ["0 < v"]),
    ({"nonnegative": True}, "real", ["0 <= v"]),
    ({"negative": True}, "real", ["v < 0"]),
    ({"nonpositive": True}, "real", ["v <= 0"]),
    ({"real": True, "nonzero": True}, "real", ["v != 0"]),
    ({"real": True}, "real", []),
]


@pytest.mark.parametrize(("assumed", "sort", "assumptions"), DECLARED, ids=lambda v: str(v)[:30])
def test_what_a_symbol_is_assumed_to_be_is_stated(assumed, sort: str, assumptions: list[str]) -> None:
    found = statement(eq(Symbol("v", **assumed), 2))
    assert dict(found.scope) == {"v": sort}
    assert [write(formula) for formula in found.assumptions] == assumptions


def test_a_whole_statement() -> None:
    found = statement(
        le(C * x, K * y),
        given=(le(C, K), (sympy.Le(x, y), at_least(parse_size("H"), parse_size("K"))), ne(Z, 0)),
        name="monotone",
        meaning="A larger kernel has more entries.",
    )
    assert found.written == report(found)
    assert found.written.split("\n") == [
        'theorem monotone "A larger kernel has more entries."',
        "  given     x : real > 0",
        "  given     C : int >= 1",
        "  given     y : real > 0",
        "  given     K, H : int >= 1",
        "  given     Z : int",
        "  assume    C <= K",
        "  assume    x <= y",
        "  assume    K <= H",
        "  assume    Z != 0",
        "  claim     x*C <= y*K",
    ]


def test_a_single_condition_needs_no_tuple() -> None:
    assert [write(f) for f in statement(eq(C, K), given=le(C, K)).assumptions] == [
        "1 <= C",
        "1 <= K",
        "C <= K",
    ]


def test_a_condition_is_stated_once() -> None:
    found = statement(eq(C, K), given=(le(C, K), le(C, K), ge(K, C), ge(C, 1)))
    assert [write(f) for f in found.assumptions] == ["1 <= C", "1 <= K", "C <= K"]


def test_other_spellings_of_names_are_reported() -> None:
    lam, c_in, maximum = Symbol("λ", integer=True), Symbol("C_{in}", integer=True), Symbol("max", real=True)
    found = statement(eq(lam + c_in, maximum + Symbol("k 1", integer=True) + Symbol("x'", integer=True)))
    assert set(found.scope) == {"lamda", "C_in", "max_", "k_1", "x'"}
    lines = [
        "C_in stands for 'C_{in}'",
        "k_1 stands for 'k 1'",
        "lamda stands for '\\u03bb'",
        "max_ stands for 'max'",
    ]
    assert sorted(found.source.split("; ")) == lines
    assert found.source in report(found)
    hidden = statement(eq(Symbol("a#b", integer=True), 1))
    assert hidden.source == r"a_b stands for 'a\x23b'"


def test_deep_expressions_are_refused() -> None:
    deep: Any = N
    for _ in range(500):
        deep = sympy.Pow(deep, 2, evaluate=False)
    message = "an expression is nested too deeply to be translated; name its parts"
    assert refused(lambda: statement(eq(deep, 1))) == message
    assert refused(lambda: term(deep)) == message
    shallow: Any = N
    for _ in range(70):
        shallow = sympy.Pow(shallow, 2, evaluate=False)
    assert "the text is nested deeper than 60 levels" in refused(lambda: statement(eq(shallow, 1)))


def test_names_of_forms_and_sections_are_names() -> None:
    for name in ("claim", "given", "assume", "theorem", "let", "eps", "sum", "in", "int", "if", "oo"):
        found = statement(eq(Symbol(name, integer=True) + 1, 3))
        assert len(found.scope) == 1
        assert holds(found, **{next(iter(found.scope)): 2})


def test_the_report_comes_from_the_terms() -> None:
    text = """theorem t "Meaning."
  source    a page
  given     n : int >= 1   # a comment
  given     y : int, int -> ring
  given     g : int -> ring
  let       half = n//2
  recursive y(0, m) = 0
            y(t + 1, m) = g[m]*y[t, m]
  assume    n >= 3
  claim     half + 1 is independent of n
"""
    (found,) = read_statements(text)
    assert report(found).split("\n") == [
        'theorem t "Meaning."',
        "  source    a page",
        "  given     n : int >= 1",
        "  given     y : int, int -> ring",
        "  given     g : int -> ring",
        "  # defined  for all m : int : y[0, m] = 0",
        "  # defined  for all t : int : for all m : int : 0 <= t implies y[t + 1, m] = g[m]*y[t, m]",
        "  assume    3 <= n",
        "  claim     for all n' : int : 1 <= n' implies 3 <= n' implies n//2 + 1 = n'//2 + 1",
    ]


def test_quotients_of_sizes_are_whole_by_a_stated_assumption() -> None:
    c, g = parse_size("C"), parse_size("G")
    found = statement(eq(exact_quotient(c, g) * 3 + 1, 7))
    assert [write(f) for f in found.assumptions] == ["1 <= G", "1 <= C", "G*((3*C + G)//G) = 3*C + G"]
    assert holds(found, C=4, G=2)


# -- costs: the literal nested sums ------------------------------------------------------------------------


def counts(cost: Cost, name: str) -> Any:
    """The number that the closed form of a cost gives."""
    made: Any = cost
    for part in name.split("."):
        made = getattr(made, part)
    return made


CONV = Conv2d(C, O, K, stride=S, padding=P, dilation=D, groups=G)
SMALL_CONV = {"N": 1, "C": 4, "O": 2, "H": 5, "W": 4, "K": 2, "S": 2, "P": 1, "D": 2, "G": 2}
POOL = {"N": 2, "C": 2, "H": 6, "W": 5, "K": 3, "S": 2, "P": 1}
NAMES = [
    "macs",
    "params",
    "ops.multiplications",
    "ops.additions",
    "ops.sequential",
    "ops.fused",
    "ops.divisions",
    "ops.comparisons",
    "memory.inputs",
    "memory.weights",
    "memory.outputs",
    "memory.total",
]
COSTS: dict[str, tuple[Callable[[str], Cost], dict[str, int]]] = {
    "conv": (lambda c: CONV.cost((N, C, H, W), convention=c), SMALL_CONV),
    "conv 1d": (
        lambda c: Conv1d(C, O, K, stride=S, padding=((P, 1),)).cost((N, C, H), convention=c),
        {"N": 2, "C": 3, "O": 2, "H": 6, "K": 3, "S": 2, "P": 2},
    ),
    "max pool": (lambda c: MaxPool2d(K, stride=S, padding=P).cost((N, C, H, W), convention=c), POOL),
    "ceil mode": (
        lambda c: MaxPool2d(K, stride=S, padding=P, ceil_mode=True).cost((N, C, H, W), convention=c),
        POOL,
    ),
    "mean pool": (
        lambda c: AvgPool1d(K, stride=S, padding=P, count_include_pad=False).cost((N, C, H), convention=c),
        {"N": 2, "C": 2, "H": 6, "K": 3, "S": 2, "P": 1},
    ),
    "global": (
        lambda c: AdaptiveAvgPool2d(1).cost((N, C, H, W), convention=c),
        {"N": 2, "C": 3, "H": 2, "W": 3},
    ),
    "dense": (lambda c: Linear(C, O).cost((N, C), convention=c), {"N": 2, "C": 3, "O": 4}),
    "transposed": (
        lambda c: ConvTranspose2d(C, O, K, stride=S, padding=P).cost((N, C, H, W), convention=c),
        {"N": 1, "C": 2, "O": 2, "H": 3, "W": 2, "K": 3, "S": 2, "P": 1},
    ),
    "attention": (
        lambda c: SelfAttention(C, key_dim=G, value_dim=D).cost((N, H, C), convention=c),
        {"N": 2, "C": 3, "G": 2, "D": 1, "H": 3},
    ),
    "norm": (lambda c: BatchNorm2d(C).cost((N, C, H, W), convention=c), {"N": 2, "C": 3, "H": 2, "W": 2}),
    "concatenation": (
        lambda c: Concat().cost((N, C, H), (N, O, H), convention=c),
        {"N": 2, "C": 3, "O": 2, "H": 2},
    ),
    "network": (
        lambda c: Sequential(Conv2d(2, C, K), ReLU(), MaxPool2d(2)).cost((N, 2, H, W), convention=c),
        {"N": 1, "C": 2, "K": 2, "H": 5, "W": 4},
    ),
}


@pytest.mark.parametrize("convention", ["sequential", "fused", "sequential-unpadded"])
@pytest.mark.parametrize("case", COSTS)
def test_nested_sums_count_what_the_closed_forms_say(case: str, convention: str) -> None:
    make, point = COSTS[case]
    cost = make(convention)
    for name in NAMES:
        if (
            not name.startswith("ops.")
            or name in {"ops.sequential", "ops.fused"}
            or name[4:] in cost.ops.by_kind
        ):
            wanted = int(counts(cost.at(point), name))
            found = statement(eq(quantity(cost, name), wanted))
            assert holds(found, **{s: point[s] for s in found.scope}), name


def test_the_sum_is_literal() -> None:
    cost = CONV.cost((N, C, H, W))
    found = statement(eq(quantity(cost), cost.macs), given=cost)
    assert write(found.claim).startswith(
        "sum(n in 0..N, g in 0..G, o in 0..O//G, r in 0..(-D*K + D + H + 2*P - 1)//S + 1, "
        "c in 0..(-D*K + D + 2*P + W - 1)//S + 1, i in 0..C//G, u in 0..K, v in 0..K) 1 = "
    )
    assert [write(a) for a in found.assumptions if "//" in write(a)] == ["G*(C//G) = C", "G*(O//G) = O"]
    for h, kernel, stride, border in itertools.product((3, 4), (1, 2), (1, 3), (0, 1)):
        values = {**SMALL_CONV, "H": h, "W": 3, "K": kernel, "S": stride, "P": border, "D": 1}
        assert holds(found, **{s: values[s] for s in found.scope})


def test_a_claim_about_a_quantity_brings_its_domain() -> None:
    cost = CONV.cost((N, C, H, W))
    about = statement(eq(quantity(cost), 1))
    given = statement(eq(cost.macs, 1), given=cost)
    assert {write(f) for f in about.assumptions} == {write(f) for f in given.assumptions}
    assert {write(f) for f in statement(eq(cost.macs, 1), given=cost.domain).assumptions} == {
        write(f) for f in given.assumptions
    }
    other = statement(eq(C, C), given=le(quantity(cost), 100))
    assert {write(f) for f in about.assumptions} < {write(f) for f in other.assumptions}


def test_quantities_with_some_numbers_put_in() -> None:
    cost = CONV.cost((N, C, H, W)).at(G=2, C=4 * K, O=2)
    found = statement(eq(quantity(cost), cost.macs))
    assert set(found.scope) == {"N", "H", "W", "K", "S", "P", "D"}
    point = {"N": 1, "H": 3, "W": 4, "K": 2, "S": 1, "P": 0, "D": 1}
    assert holds(found, **{s: point[s] for s in found.scope})
    number_of = CONV.cost((N, C, H, W)).at(SMALL_CONV)
    assert holds(statement(eq(quantity(number_of), number_of.macs)))


def test_loop_indices_step_aside_for_symbols_of_their_name() -> None:
    small, u, o = dims("n u o")
    cost = Linear(u, o).cost((small, u))
    found = statement(eq(quantity(cost), small * u * o * dims("i") / dims("i", min=1)))
    assert set(found.scope) == {"n", "u", "o"}
    assert holds(found, n=2, u=3, o=4)
    conv = Conv1d(3, dims("r"), 2).cost((small, 3, dims("c")))
    found = statement(eq(quantity(conv, "macs"), conv.macs), given=le(dims("i"), 3))
    assert set(found.scope) == {"n", "r", "c", "i"}
    assert holds(found, n=2, r=3, c=4, i=1)


def test_axes_of_tensors_step_aside_for_symbols_of_their_name() -> None:
    first, second = dims("a_1 a_2")
    cost = Linear(first, second).cost((N, first))
    found = statement(eq(quantity(cost, "memory.total"), cost.memory.total))
    assert holds(found, N=5, a_1=2, a_2=3)


def test_counts_without_a_closed_form_are_sums_with_guards() -> None:
    cost = MaxPool1d(K, stride=S, padding=P).cost((N, C, H), convention="sequential-unpadded")
    point = {"N": 1, "C": 2, "H": 5, "K": 3, "S": 2, "P": 1}
    exact = cost.size("ops.comparisons")
    for side in (quantity(cost, "comparisons"), exact):
        found = statement(eq(side, cost.at(point).ops.comparisons), given=cost)
        assert holds(found, **{s: point[s] for s in found.scope})
        assert " | " in write(found.claim)


# -- equations ---------------------------------------------------------------------------------------------


def numbers(shape: tuple[int, ...], seed: int) -> Any:
    made = random.Random(seed)
    return np.array([made.randint(-4, 4) for _ in range(int(np.prod(shape)))], dtype=object).reshape(shape)


def entries(array: Any, anything: int) -> Callable[..., Fraction]:
    """A tensor as a function; outside of its entries it is anything at all."""

    def at(*place: Fraction) -> Fraction:
        where = tuple(int(p) for p in place)
        inside = all(0 <= p < n for p, n in zip(where, array.shape, strict=True))
        return Fraction(array[where]) if inside else Fraction(anything)

    return at


def compare(layer: Any, *shapes: tuple[int, ...], symbolic: Any = None, **values: int) -> None:
    """The translated equation gives the entries that running the loop nest gives."""
    exact = layer.quantities(shapes)
    arrays = {x.name: numbers(x.known_shape, k) for k, x in enumerate(exact.inputs)}
    arrays |= {w.name: numbers(w.known_shape, 7 + k) for k, w in enumerate(exact.stored)}
    wanted = evaluate(layer, method="loops", **arrays)
    (resolved,) = (symbolic or exact).statements
    found = output(resolved)
    for outside in (99, -77):
        functions = {name: entries(array, outside) for name, array in arrays.items()}
        ranges = [range(int(Evaluator(fractions(values)).value(end))) for _, _, end in found.ranges]
        seen = 0
        for point in itertools.product(*ranges):
            here = dict(zip((name for name, _, _ in found.ranges), point, strict=True))
            evaluator = Evaluator(fractions({**values, **here}), functions)
            place = tuple(int(evaluator.value(p)) for p in found.left.arguments)
            assert evaluator.value(found.body) == wanted[place]
            seen += 1
        assert seen == wanted.size


EQUATIONS: dict[str, tuple[Any, ...]] = {
    "dense": (Linear(3, 2), (2, 3)),
    "conv": (Conv1d(4, 2, 3, stride=2, padding=((1, 2),), groups=2), (1, 4, 5)),
    "conv 2d": (Conv2d(1, 2, 2, padding=1, dilation=2), (1, 1, 3, 2)),
    "max pool": (MaxPool1d(3, stride=2, padding=1), (1, 2, 5)),
    "max pool 2d": (MaxPool2d(2, stride=1, padding=1), (1, 1, 2, 3)),
    "ceil mode": (MaxPool1d(3, stride=2, padding=1, ceil_mode=True), (1, 2, 6)),
    "mean": (AvgPool1d(3, stride=2, padding=1), (1, 2, 5)),
    "mean without border": (AvgPool1d(3, stride=2, padding=1, count_include_pad=False), (1, 2, 5)),
    "mean with overhang": (AvgPool1d(2, stride=3, padding=1, ceil_mode=True), (1, 1, 6)),
    "transposed": (ConvTranspose1d(2, 2, 3, stride=2, padding=1, output_padding=1), (1, 2, 3)),
    "relu": (ReLU(), (2, 3)),
    "add": (Add(), (2, 3), (2, 3)),
    "concatenation": (Concat(), (2, 3), (2, 1)),
    "cut scatter": (handwritten.Spread(2, 3, 2, 1), (1, 2, 3)),
    **{
        f"window {kind} {fill} {overhang}": (
            handwritten.Window(kind, 3, 2, border=1, overhang=overhang, fill=fill),
            (1, 5),
        )
        for kind in ("max", "mean", "sum")
        for fill in ("skip", "zero")
        for overhang in (0, 1)
    },
}


@pytest.mark.parametrize("case", EQUATIONS)
def test_equations_have_the_values_of_their_loop_nests(case: str) -> None:
    layer, *shapes = EQUATIONS[case]
    compare(layer, *shapes)


def test_symbolic_equations_have_the_values_of_their_loop_nests() -> None:
    point = {"N": 1, "C": 4, "O": 2, "H": 5, "K": 2, "S": 2, "P": 1, "D": 2, "G": 2}
    shape = tensors.as_sizes(N, C, H)
    symbolic = Conv1d(C, O, K, stride=S, padding=P, dilation=D, groups=G).quantities((shape,))
    compare(Conv1d(4, 2, 2, stride=2, padding=1, dilation=2, groups=2), (1, 4, 5), symbolic=symbolic, **point)
    found = output(symbolic.statements[0])
    assert [write(f) for f in found.assumptions if "//" in write(f)] == ["G*(O//G) = O", "G*(C//G) = C"]
    pool = MaxPool1d(K, stride=S, padding=P).quantities((shape,))
    small = {name: point[name] for name in "NCHKSP"}
    compare(MaxPool1d(2, stride=2, padding=1), (1, 4, 5), symbolic=pool, **small)


def statements_of(layer: Any, *shapes: tuple[Any, ...]) -> tuple[Resolved, ...]:
    return layer.quantities(tuple(tensors.as_sizes(*shape) for shape in shapes)).statements


def test_entries_are_of_a_ring_or_reals() -> None:
    (conv,) = (output(s) for s in statements_of(Conv1d(C, O, 3, padding=1), (N, C, H)))
    assert conv.scope["x"] == FunctionSort(("int",) * 3, "ring")
    assert conv.scope["y"] == FunctionSort(("int",) * 3, "ring")
    (relu,) = (output(s) for s in statements_of(ReLU(), (N, C)))
    assert relu.scope["x"] == FunctionSort(("int", "int"), "real")


def test_functions_by_name_are_unknown_functions() -> None:
    found = [output(s) for s in statements_of(SelfAttention(C, key_dim=G, value_dim=D), (N, H, C))]
    assert any(o.scope.get("exp") == FunctionSort(("real",), "real") for o in found)
    assert any("exp[" in write(o.body) for o in found)
    assert all(o.left.name in o.scope for o in found)


def test_recurrences_and_unknown_operations_are_refused() -> None:
    (echo,) = statements_of(handwritten.Echo(3), (3, 4))
    with pytest.raises(TypeError, match="is a recurrence; a statement says it with a recursive definition"):
        output(echo)
    from symcnn import Opaque

    (opaque,) = statements_of(Opaque("sort"), (3, 4))
    with pytest.raises(TypeError, match="sort is not described by an equation"):
        output(opaque)


def test_one_name_cannot_be_a_tensor_and_a_symbol() -> None:
    (dense,) = statements_of(Linear(3, dims("w")), (2, 3))
    with pytest.raises(ValueError, match="w names two things in"):
        output(dense)


# -- what SymPy gets wrong ---------------------------------------------------------------------------------
# One test for each row of a table of reproducers: the behaviour is refused, or the statement has the true
# value, whatever SymPy makes of the same expression.


def test_sympy_kronecker_delta_in_a_sum() -> None:
    wrong = Sum(KroneckerDelta(2 * i, k), (i, 0, N))
    assert wrong.doit().subs({k: 3, N: 5}) == 1  # the truth is 0
    assert "KroneckerDelta(2*i, k) (KroneckerDelta) cannot stand" in refused(lambda: statement(eq(wrong, 0)))
    with_entries = Sum(IndexedBase("x")[i] * KroneckerDelta(2 * i, k), (i, 0, N))
    assert "cannot stand in a statement" in refused(lambda: statement(eq(with_entries, 0)))
    right = Sum(Piecewise((1, sympy.Eq(2 * i, k)), (0, True)), (i, 0, N))
    assert value(right, k=3, N=5) == 0
    assert value(right, k=4, N=5) == 1


def test_sympy_guarded_sum_over_two_indices() -> None:
    guarded = Sum(Piecewise((0, j <= k), (1, True)), (i, 1, 2), (j, 1, N))
    assert guarded.doit().subs({N: 4, k: 2}).doit() == 10
    assert holds(statement(eq(guarded, 4)), N=4, k=2)
    assert not holds(statement(eq(guarded, 10)), N=4, k=2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Mod(5 * Mod(n, 3), 8),
        lambda: Mod(2 * Mod(n, 3), 4),
        lambda: Mod(2 * Mod(n, 8), 16),
        lambda: 3 % (C + 1),
        lambda: Mod(1, C, evaluate=False),
        lambda: Mod(-x, 2),
        lambda: 1 + floor(Mod(n, 3) / 2),
    ],
)
def test_sympy_remainders(make: Callable[[], Any]) -> None:
    made = make()
    if made.has(Mod):
        assert "write a - b*floor(a/b)" in refused(lambda: statement(eq(made, 0)))
    else:
        assert made == 1  # Mod(1, p) has been evaluated, and is stated as the number that it shows


def test_sympy_nested_remainder_written_with_floors() -> None:
    inner = n - 3 * floor(n / 3)
    assert value(5 * inner - 8 * floor(5 * inner / 8), n=2) == 2


def test_sympy_reversed_ranges() -> None:
    assert Sum(1, (k, 0, n - 1)).doit().subs(n, -3) == -3  # the truth of a loop is 0
    found = statement(eq(Sum(1, (k, 0, n - 1)), n))
    assert holds(found, n=3)
    assert not holds(found, n=-3)
    assert value(Sum(1, (k, 0, n - 1)), n=-3) == 0
    assert value(Sum(1, (k, 0, -4))) == 0
    assert "there is no product over a range" in refused(lambda: term(Product(k, (k, 5, 2))))


def test_sympy_range_to_a_fraction() -> None:
    assert Sum(k, (k, 1, Rational(3, 2))).doit() == Rational(15, 8)
    assert "runs to 3/2" in refused(lambda: term(Sum(k, (k, 1, Rational(3, 2)))))
    assert value(Sum(k, (k, 1, floor(N / 2))), N=3) == 1


def test_sympy_uses_assumptions_of_an_index_outside_of_their_range() -> None:
    p = Symbol("p", integer=True, positive=True)
    assert Sum(Max(p, 1), (p, 0, 2)).doit() == 3  # the truth is 4
    message = refused(lambda: term(Sum(Max(p, 1), (p, 0, 2))))
    assert "its index p is assumed to be" in message
    assert "positive" in message
    assert "sum over Symbol('p', integer=True)" in message
    assert "its index p is assumed to be" in refused(lambda: term(Sum(0**p, (p, 0, 2))))
    assert "its index p is assumed to be" in refused(lambda: term(Sum(p, (p, Z, 2))))
    assert "its index e is assumed to be even" in refused(lambda: term(Sum(even, (even, 0, 2))))
    assert value(Sum(Max(k, 1), (k, 0, 2))) == 4
    assert "has the exponent k" in refused(lambda: term(Sum(0**k, (k, 0, 2))))
    assert value(Sum(p, (p, N, 5)), N=4) == 9


def test_sympy_lets_an_index_leave_its_sum() -> None:
    total = Sum(Piecewise((i**2, i >= 7), (0, True)), (i, 0, 12))
    leaked = sympy.simplify(-total)
    assert i in leaked.free_symbols
    message = refused(lambda: statement(eq(leaked, -total)))
    assert "i is the index of a sum and stands outside of one as well" in message
    alone = statement(eq(leaked, -559))  # then i is an ordinary variable, and everyone can read that
    assert report(alone).split("\n")[1] == "  given     i : int"
    assert value(total) == sum(v * v for v in range(7, 13))


def test_sympy_numerical_sums() -> None:
    many = Sum(sympy.sin(k / 64) * sympy.binomial(n, k), (k, 0, 64))
    assert "cannot stand in a statement" in refused(lambda: term(many))
    assert "holds the float" in refused(lambda: eq(sympy.Float("0.3876"), n))


def test_sympy_limits() -> None:
    b = Symbol("b", positive=True)
    inside = (a * sympy.exp(-a * x) + b * sympy.exp(-b * x)) * sympy.exp(b * x)
    assert sympy.limit(inside, x, oo).subs({a: 2, b: 1}) == oo  # the truth is 1
    assert "it is no number" in refused(lambda: statement(eq(sympy.limit(inside, x, oo), 1)))
    assert "cannot stand in a statement" in refused(lambda: statement(eq(sympy.Limit(inside, x, oo), 1)))


def test_sympy_floor_of_a_long_root() -> None:
    square = 62274204097870571696467174993143330835664166821124311
    plus, over = 251519874856047008187562714, 596987581
    inexact = floor((sqrt(square) + plus) / over, evaluate=False)
    assert "no whole number: roots have no exact value" in refused(lambda: term(inexact))
    from math import isqrt

    evaluated = floor((sqrt(square) + plus) / over)
    found = statement(eq(evaluated, (isqrt(square) + plus) // over))
    # SymPy's number is in the statement, for all to read; that it is wrong makes the statement false.
    assert isinstance(found.claim, Compare)
    assert found.claim.left == Number(Fraction(int(evaluated)))
    assert holds(found) == (int(evaluated) == (isqrt(square) + plus) // over)


@pytest.mark.parametrize("answer", [[], [1], [-4], {1}, None, {x: 1}])
def test_sympy_solvers_return_no_sides(answer: Any) -> None:
    # solve((2*x + 8)*exp(-6*x), x) and solve(t*x - t, x) forget a root and a case; rsolve is no better.
    assert "is no side of a relation" in refused(lambda: eq(answer, 0))


def test_sympy_recurrences() -> None:
    recurrence = Function("F")
    assert "is a value of an unknown function" in refused(
        lambda: statement(eq(recurrence(n + 1), recurrence(n)))
    )


def test_sympy_division_by_zero() -> None:
    m, q = Symbol("m", integer=True), Symbol("q", integer=True)
    doubtful = term(1 / (1 + m / q))
    assert write(doubtful) == "1/(1 + m/q)"
    with pytest.raises(Rejected, match="a quotient divides by 0"):
        Evaluator(fractions({"m": 0, "q": 0})).value(doubtful)
    unreduced = (m**2 - m) / m
    found = statement(eq(unreduced, sympy.cancel(unreduced)))
    assert write(found.claim) == "(m^2 - m)/m = -1 + m"
    assert holds(found, m=5)
    with pytest.raises(Rejected, match="a quotient divides by 0"):
        holds(found, m=0)
    # m/m is 1 before anyone can see it: the statement says 1.
    assert write(term(m / m)) == "1"


def test_sympy_assumptions_go_into_the_statement() -> None:
    found = statement(eq(sqrt(a**2), a))
    assert report(found).split("\n")[1:] == ["  given     a : real > 0", "  claim     a = a"]
    closed = found.closed()
    assert isinstance(closed, ForAll)
    assert closed.body == Implies(Compare("<", Number(Fraction(0)), Variable("a")), found.claim)
    with pytest.raises(AssertionError):
        holds(found, a=-3)  # the assumption is part of the statement
    after = sqrt(a**2).subs(a, -3)
    assert not holds(statement(eq(after, 3)))
    assert "already collapsed to True" in refused(lambda: statement((a > 0).subs(a, -1)))
    assert "already collapsed to True" in refused(lambda: statement(a > 0))


def test_sympy_collapsed_relations() -> None:
    anything = Symbol("X")
    assert sympy.Eq(anything, anything + 1) is sympy.false
    assert "already collapsed to False" in refused(lambda: statement(sympy.Eq(anything, anything + 1)))
    assert "already collapsed to False" in refused(lambda: statement(sympy.ask(False, False) or False))
    kept = statement(eq(n, n + 1))
    assert write(kept.claim) == "n = 1 + n"
    assert not holds(kept, n=4)
    assert holds(statement(ne(n, n + 1)), n=4)


def test_sympy_singular_matrices_and_corners() -> None:
    square = sympy.MatrixSymbol("Z", n, n)
    assert "is a matrix" in refused(lambda: term((square**-1 * square).doit()))
    r = Symbol("r", real=True)
    assert "write Piecewise((0, x < 0), (1, True))" in refused(lambda: term(Max(r, 0).diff(r)))
    assert "write the derivative out" in refused(lambda: term(sympy.Derivative(Max(r, 0), r)))


def test_sympy_misses_an_identity_of_floors() -> None:
    difference = floor((C - 1) / 2) + 1 - floor((C + 1) / 2)
    assert sympy.simplify(difference) != 0
    found = statement(eq(difference, 0))
    assert all(holds(found, C=v) for v in range(1, 20))


def test_sympy_floor_of_a_real_and_questions() -> None:
    r = Symbol("r", real=True)
    assert "not written as a quotient of integers" in refused(lambda: statement(floor(r) < r))
    assert "already collapsed" in refused(lambda: statement(bool(sympy.ask(sympy.Q.integer(n)))))
    assert "is no relation" in refused(lambda: statement(sympy.ask(sympy.Q.integer(r / 2))))


def test_no_rule_of_sympy_is_asked() -> None:
    """The modules that translate name nothing that evaluates, simplifies, solves, or reads text."""
    banned = {"doit", "simplify", "solve", "sympify", "S", "subs", "evalf", "limit", "lambdify", "eval", "N"}
    banned |= {"parse_expr", "expand", "cancel", "together", "factor", "ask", "refine", "rewrite", "xreplace"}
    banned |= {"summation", "nsimplify", "rsolve", "diff", "integrate", "replace", "exec", "Poly"}
    for module in (expressions, scope, sizes, tensors, translation):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                # Texts are replaced in, and a scope, but never a SymPy expression.
                text = name == "replace" and "sympy" not in ast.unparse(node)
                assert name not in banned or text, f"{module.__name__} calls {name}"


def test_a_sum_is_bound_in_the_kernel() -> None:
    found = statement(le(Sum(k, (k, 0, N)), 10))
    assert isinstance(found.claim, Compare)
    assert isinstance(found.claim.left, KernelSum)
    assert set(found.scope) == {"N"}
    assert not isinstance(found.claim, Not)
