"""What comes in from SymPy means what it says or is refused; what goes out is ordinary SymPy."""

import copy
import pickle
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Function, Max, Min, Mod, Piecewise, Rational, Symbol, ceiling, floor, sqrt

from symcnn import Add, Conv2d, Linear, ReLU, dims, reals
from symcnn.symbols import Dim, as_size, ceil_div, floor_div, parse_size, symbols_of
from symcnn.symbols.border import from_sympy, to_sympy
from symcnn.symbols.dims import DimSymbol
from symcnn.symbols.size import Sym
from tests.expressions import LEAST, Point, Tree, at, number, points, polynomials, size, trees

N, C, H, W, K, S = dims("N C H W K S")
P = dims("P", min=0)
Z = Symbol("Z", integer=True)
ONE: Any = 1.0


def sympy_value(tree: Tree) -> Any:
    """The same expression in SymPy's own arithmetic."""
    kind, *parts = tree
    if kind == "int":
        return sympy.Integer(parts[0])
    if kind == "symbol":
        return {"H": H, "W": W, "K": K, "S": S, "P": P, "Z": Z}[parts[0]]
    if kind == "**":
        return sympy_value(parts[0]) ** parts[1]
    a, b = map(sympy_value, parts)
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "//": lambda: floor(a / b),
        "ceil": lambda: ceiling(a / b),
        "max": lambda: Max(a, b),
        "min": lambda: Min(a, b),
    }[kind]()


@given(trees(leaves=5, exact=False), points())
def test_expressions_keep_their_values_on_the_way_in(tree: Tree, point: Point) -> None:
    assert at(from_sympy(sympy_value(tree)), point) == number(tree, point)


@given(polynomials(), st.integers(1, 9))
def test_sizes_come_back_from_sympy_as_they_were(tree: Tree, divisor: int) -> None:
    value = size(tree)
    for made in (value, floor_div(value, divisor) * value, ceil_div(value, divisor) + 1):
        assert from_sympy(to_sympy(made)) == made


@given(trees(leaves=6), points())
def test_all_sizes_come_back_from_sympy_with_their_values(tree: Tree, point: Point) -> None:
    # SymPy simplifies some that symcnn leaves, as Max(2, Min(2, H)).
    assert at(from_sympy(to_sympy(size(tree))), point) == number(tree, point)


@given(trees(leaves=6), points())
def test_sympy_sees_the_same_values(tree: Tree, point: Point) -> None:
    expression = to_sympy(size(tree))
    values = {s: point[s.name] for s in expression.free_symbols}
    assert expression.subs(values, simultaneous=True) == number(tree, point)


REFUSED = {
    "Mod": H % 2,
    "nested Mod": Mod(5 * Mod(H, 3), 8),
    "Mod in a floor": floor((H + Mod(H, 2)) / 2),
    "relation": H >= W,
    "equation": sympy.Eq(H, W),
    "relation that is always true": sympy.true,
    "relation that is never true": sympy.false,
    "Piecewise": Piecewise((H, H > 3), (1, True)),
    "KroneckerDelta": sympy.KroneckerDelta(2 * H, W),
    "infinity": sympy.oo,
    "minus infinity": -sympy.oo,
    "complex infinity": sympy.zoo,
    "nan": sympy.nan,
    "float": sympy.Float(2.0),
    "float factor": 2.0 * H,
    "rational": Rational(1, 2),
    "imaginary": sympy.I * H,
    "irrational": sympy.pi,
    "root": sqrt(H),
    "power of 2": 2**H,
    "symbolic exponent": H**W,
    "factorial": sympy.factorial(H),
    "absolute value": sympy.Abs(Z),
    "sign": sympy.sign(Z),
    "log": sympy.log(H),
    "unknown function": Function("f")(H),
    "a sum": sympy.Sum(H, (Z, 0, 3)),
    "an integral": sympy.Integral(H, H),
    "a matrix": sympy.Matrix([[1]]),
    "a set": sympy.FiniteSet(1),
    "a tuple": sympy.Tuple(1, 2),
    "a dummy": sympy.Dummy("H", integer=True, positive=True),
    "a wild symbol": sympy.Wild("H", integer=True, positive=True),
    "inside Max": Max(sqrt(H), W),
    "the class of symbols": Symbol,
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_what_is_no_integer_expression_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        as_size(value)
    with pytest.raises(TypeError):
        Linear(value, 3)
    with pytest.raises(TypeError):
        ReLU().cost((value, 3))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (H % 2, r": Mod\(H, 2\) \(Mod\) is not a size: use integers, dims"),
        (H > W, r": H > W \(StrictGreaterThan\) is not a size"),
        (sympy.true, r": True \(BooleanTrue\) is not a size"),
        (2**H, r": 2\*\*H is not a size: the exponent H must be a whole number"),
        (Rational(3, 2), r": 3/2 is not an integer"),
        (sympy.Dummy("H", integer=True), r"\(Dummy\) cannot be told from other symbols"),
    ],
    ids=str,
)
def test_a_refusal_shows_the_expression_and_the_reason(value: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        as_size(value)


@pytest.mark.parametrize("name", ["H", "C_in"])
@pytest.mark.parametrize("assumptions", [{}, {"positive": True}, {"real": True}, {"nonnegative": True}])
def test_symbols_that_may_be_no_integers_are_refused_with_a_way_out(
    name: str, assumptions: dict[str, bool]
) -> None:
    words = rf"symbol {name} is not known to be an integer; make it with dims\('{name}'\)"
    with pytest.raises(ValueError, match=words):
        as_size(2 * Symbol(name, **assumptions))


def test_positive_reals_are_no_dimensions() -> None:
    with pytest.raises(ValueError, match="symbol x is not known to be an integer"):
        as_size(reals("x"))


@pytest.mark.parametrize("name", ["a + b", "C_{in}", "", "H W", "1", r"\alpha", "x}"])
def test_symbols_need_names_that_text_can_hold(name: str) -> None:
    with pytest.raises(ValueError, match="must have a name that is an identifier"):
        as_size(Symbol(name, integer=True, positive=True))


@pytest.mark.parametrize("text", ["H", "3", "H + 1", "__import__('os')", ""])
def test_strings_are_never_read(text: Any) -> None:
    with pytest.raises(TypeError, match="must be an integer or an integer expression"):
        as_size(text)
    with pytest.raises(TypeError):
        Conv2d(text, 3, kernel_size=1)
    with pytest.raises(TypeError):
        ReLU().cost((text, 3))
    with pytest.raises(sympy.SympifyError):
        from_sympy(text)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint64])
def test_whole_numbers_of_numpy_are_numbers(dtype: Any) -> None:
    made = as_size(dtype(7))
    assert (made, type(made)) == (7, int)
    assert parse_size("H") * dtype(7) == 7 * parse_size("H")
    assert dtype(7) + parse_size("H") == parse_size("H") + 7
    assert Conv2d(dtype(3), dtype(8), kernel_size=dtype(3)).cost((1, 3, 8, 8)).params == 224


@pytest.mark.parametrize("value", [np.float64(3), np.bool_(True), np.array([3]), np.array([1, 2]), np.nan])
def test_other_values_of_numpy_are_not(value: Any) -> None:
    with pytest.raises(TypeError):
        as_size(value)


def test_a_quotient_comes_in_as_an_exact_one_and_brings_its_condition() -> None:
    cost = ReLU().cost((C / 2, H))
    assert [str(c) for c in cost.domain] == ["2 divides C"]
    assert cost.at(C=6).ops.comparisons == 3 * H
    with pytest.raises(
        ValueError, match=r"C/2 must be a whole number; needs 2 divides C, but 2 divides 3 is false"
    ):
        cost.at(C=3)


def test_sizes_that_may_be_less_than_1_bring_their_condition() -> None:
    cost = ReLU().cost((N, H - 5))
    assert [str(c) for c in cost.domain] == ["H >= 6"]
    with pytest.raises(ValueError, match=r"axis 1 of x has length H - 5; it must be at least 1"):
        cost.at(H=5)


@pytest.mark.parametrize(
    "assumptions",
    [
        {"integer": True, "positive": True},
        {"integer": True, "nonnegative": True, "nonzero": True},
        {"integer": True, "positive": True, "real": True},
        {"integer": True, "positive": True, "finite": True},
    ],
)
def test_symbols_that_sympy_takes_for_equal_are_equal(assumptions: dict[str, bool]) -> None:
    plain = Symbol("H", **assumptions)
    assert (plain == H, hash(plain) == hash(H)) == (True, True)
    assert as_size(plain) == as_size(H)
    cost = ReLU().cost((plain, H))
    assert cost.ops.comparisons == H**2
    assert cost.at(H=3).ops.comparisons == 9


@pytest.mark.parametrize(
    "other",
    [
        Symbol("H", integer=True, nonnegative=True),
        Symbol("H", integer=True),
        Symbol("H", integer=True, positive=True, even=True),
        Symbol("H", integer=True, positive=True, prime=True),
    ],
)
def test_one_name_with_two_sets_of_assumptions_is_an_error(other: Symbol) -> None:
    with pytest.raises(ValueError, match="symbol H occurs with different assumptions"):
        ReLU().cost((H, other))
    with pytest.raises(ValueError, match="symbol H occurs with different assumptions"):
        Add().cost((N, H, 1), (N, 1, other))
    with pytest.raises(ValueError, match="symbol H occurs with different assumptions"):
        ReLU().cost((H, W)).at(W=other)


def test_assumptions_that_the_range_does_not_say_are_kept() -> None:
    even = Symbol("E", integer=True, positive=True, even=True)
    (atom,) = symbols_of(as_size(even))
    assert isinstance(atom, Sym)
    assert ("even", True) in atom.assumptions
    assert to_sympy(as_size(even)) == even


class TestSymbolsOfDims:
    """Plain SymPy symbols and the symbols of dims() work together."""

    plain = Symbol("H", integer=True, positive=True)

    def test_equality_goes_both_ways(self) -> None:
        assert self.plain == H
        assert self.plain == H
        assert Symbol("H", integer=True) != H
        assert Symbol("G", integer=True, positive=True) != H
        assert H != "H"
        assert hash(H) == hash(self.plain)
        assert len({H, self.plain}) == 1
        assert {self.plain: 1}[H] == 1

    def test_expressions_are_equal_and_substitution_goes_both_ways(self) -> None:
        assert self.plain + W == H + W
        assert (H**2 + W).subs(self.plain, 3) == W + 9
        assert (self.plain**2 + W).subs(H, 3) == W + 9
        assert (H * W).xreplace({self.plain: W}) == W**2
        for expression in (H, H + W, H * W, floor(H / 2), H / (H + 1), 2 * H - W, Max(H, W)):
            assert not expression.subs(self.plain, 4).has(H)
            assert not expression.subs(H, 4).has(self.plain)
            assert expression.has(self.plain)
            assert self.plain in expression.free_symbols
        assert (H - self.plain) == 0
        assert (2 * H + self.plain) == 3 * H
        assert (H / self.plain) == 1

    def test_calculus_and_solving_work(self) -> None:
        macs = Conv2d(C, C, kernel_size=K, bias=False).cost((N, C, H, W)).macs
        assert sympy.diff(macs, self.plain) == sympy.diff(macs, H)
        assert sympy.simplify(sympy.diff(macs, H) - N * C**2 * K**2 * (W - K + 1)) == 0
        assert sympy.expand(macs).coeff(N) == sympy.expand(macs / N)
        assert sympy.solve(H - 2 * W, self.plain) == [2 * W]
        assert sympy.Poly(macs, N, C).degree(C) == 2
        for h, other in ((H, self.plain), (self.plain, H)):
            assert sympy.limit(h / (h + 1), other, sympy.oo) == 1
            assert sympy.Sum(h, (other, 1, 3)).doit() == 6
            assert sympy.integrate(2 * h, other) == H**2
            assert sympy.solve(h - 2 * W, other) == [2 * W]
            assert sympy.Lambda(other, h + 1)(3) == 4
            assert sympy.series(1 / (1 - h), other, 0, 2).removeO() == 1 + H

    def test_lambdify_takes_either_symbol(self) -> None:
        cost = Conv2d(3, 8, kernel_size=3, stride=2).cost((1, 3, H, W))
        for names in ([H, W], [self.plain, W]):
            f = sympy.lambdify(names, cost.macs)
            assert f(9, 11) == cost.at(H=9, W=11).macs

    def test_copies_and_pickles_are_the_same_symbol(self) -> None:
        for made in (pickle.loads(pickle.dumps(H)), copy.copy(H), copy.deepcopy(H)):
            assert made == H
            assert hash(made) == hash(H)
        expression = floor(H / 2) * (W + 1)
        assert pickle.loads(pickle.dumps(expression)) == expression
        assert isinstance(pickle.loads(pickle.dumps(H)), DimSymbol)

    def test_costs_come_out_in_the_symbols_that_went_in(self) -> None:
        cost = ReLU().cost((self.plain, W))
        assert cost.macs == 0
        assert cost.ops.comparisons.free_symbols == {self.plain, W}
        assert cost.output_shape == (H, W)

    def test_dims_makes_what_it_says(self) -> None:
        assert H.is_integer
        assert H.is_positive
        assert P.is_nonnegative
        assert P.is_positive is None
        assert reals("x").is_real
        assert isinstance(dims("A"), Symbol)
        assert [s.name for s in dims("A, B,C_1 D")] == ["A", "B", "C_1", "D"]

    def test_a_dim_symbol_and_a_size_print_alike(self) -> None:
        dims("N C H W")
        assert str(N * C * H) == "N*C*H" == repr(as_size(N) * C * H)


def test_products_and_sums_keep_the_order_of_the_author() -> None:
    names = dims("N C H W")
    n, c, h, w = names
    assert str(n * c * h * w) == "N*C*H*W"
    assert sympy.latex(n * c * h * w) == "N C H W"
    assert str(w * h + n) == "N + H*W"
    assert sympy.latex(h + w + n) == "N + H + W"
    cost = Conv2d(c, c, kernel_size=1, bias=False).cost((n, c, h, w))
    assert str(cost.macs) == "N*H*W*C**2" or str(cost.macs) == "N*C**2*H*W"


def test_declaring_again_changes_the_order_of_expressions_that_are_there() -> None:
    a, b = dims("A_1 B_1")
    expression = a * b * (a + b)
    assert str(expression) == "A_1*B_1*(A_1 + B_1)"
    dims("B_1 A_1")
    assert str(expression) == "B_1*A_1*(B_1 + A_1)"
    assert str(a * b) == "B_1*A_1"
    assert sympy.latex(a * b) == "B_{1} A_{1}"
    dims("A_1 B_1")
    assert str(expression) == "A_1*B_1*(A_1 + B_1)"


@pytest.mark.parametrize("symbol_range", [0, 1])
def test_a_symbol_that_was_seen_as_a_plain_one_first_prints_in_order_too(symbol_range: int) -> None:
    names = f"Y_{symbol_range} X_{symbol_range}"
    assumed: Any = {"positive": True} if symbol_range else {"nonnegative": True}
    plain = [Symbol(name, integer=True, **assumed) for name in names.split()]
    first = to_sympy(as_size(plain[0]) * as_size(plain[1]))
    y, x = dims(names, min=symbol_range)
    assert first == y * x
    assert str(to_sympy(as_size(y) * as_size(x))) == str(y * x) == f"Y_{symbol_range}*X_{symbol_range}"


def test_a_size_keeps_its_own_factors_whatever_equal_ones_were_seen_before() -> None:
    dims("H W")
    h, w = as_size(H), as_size(W)
    assert str(to_sympy(h * w + h + w + 1)) == "H*W + H + W + 1"
    assert str(to_sympy((h + 1) * (w + 1))) == "(H + 1)*(W + 1)"
    assert str(to_sympy(h * w + h + w + 1)) == "H*W + H + W + 1"


def test_sympy_simplifications_do_not_change_values() -> None:
    expression = to_sympy(parse_size("(H + 1)//2 * (W + 3) - (H//3)"))
    for form in (sympy.simplify(expression), sympy.expand(expression), sympy.factor(expression)):
        for h, w in product(range(1, 9), range(1, 4)):
            assert form.subs({H: h, W: w}) == (h + 1) // 2 * (w + 3) - h // 3


@pytest.mark.parametrize("least", [1, 0, None])
def test_symbols_of_every_range_come_back(least: int | None) -> None:
    value = Dim.of_atom(Sym("Q", least))
    assert as_size(to_sympy(value)) == value
    assert LEAST["Z"] is None
