"""Facts that tell the translation to kernel statements from its mutants: see ``docs/mutation.md``."""

# The arguments are declared by calls, as they are in the package.
# ruff: noqa: RUF009

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sympy

from symcnn import AvgPool1d, Conv1d, Linear, Sequential, dims, eq, le, reals
from symcnn.derive.nests import LoopNest
from symcnn.equations import exp
from symcnn.equations.notation import Equation, Max, Mean, Sum, Tensor, computed
from symcnn.kernel.statements import read_statements
from symcnn.kernel.terms import Function
from symcnn.kernel.writing import write
from symcnn.layers.arguments import choice, size
from symcnn.layers.base import Layer
from symcnn.proving import expressions, sizes, translation
from symcnn.proving.relations import operand, quantity
from symcnn.proving.sameness import same
from symcnn.proving.scope import Scope, kernel_name
from symcnn.proving.tensors import output
from symcnn.proving.translation import report, statement, statements
from symcnn.symbols import Size, exact_quotient, floor_div, indices, parse_size
from symcnn.symbols.size import multiply
from tests import handwritten
from tests.test_proving_translation import compare

i, j, k, n = indices("i j k n")
y = computed("y")
N, H, K, P = dims("N"), dims("H"), dims("K"), dims("P", min=0)


@dataclass(frozen=True, repr=False)
class Guarded(Layer):
    """A reduction with a guard on its index, and one on the index of the output."""

    kind: str = choice("max", "mean", "sum")

    def equations(self, x: Tensor) -> Equation:
        reducer = {"max": Max, "mean": Mean, "sum": Sum}[self.kind]
        return Equation(y[n], reducer[k](x[n, k], where=(k <= n, n <= 5)))


@dataclass(frozen=True, repr=False)
class Corner(Layer):
    """The largest entry of a corner: behind the last row that holds one, there are rows without any."""

    def equations(self, x: Tensor) -> Equation:
        return Equation(y[n], Max[i, j, k](x[n, i, j, k], where=(k <= 2 - i - j, k <= 1)))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Corner(), (2, 4, 4, 3)),
        (Guarded("max"), (3, 4)),
        (Guarded("mean"), (3, 4)),
        (Guarded("sum"), (3, 4)),
        (handwritten.AdaptiveMean(3), (2, 7)),
        (handwritten.Triangle(), (2, 4)),
        # The last window reaches the first place behind the border, which does not take part.
        (AvgPool1d(3, stride=2, padding=1, ceil_mode=True), (1, 1, 6)),
        (handwritten.Window("max", 3, 2, border=1, overhang=1, fill="zero"), (1, 6)),
        (handwritten.Window("mean", 3, 2, border=1, overhang=1, fill="zero"), (1, 6)),
    ],
    ids=str,
)
def test_guarded_reductions_have_the_values_of_their_loop_nests(layer: Any, shape: tuple[int, ...]) -> None:
    compare(layer, shape)


@pytest.mark.parametrize("kind", ["max", "mean", "sum"])
def test_a_guard_that_speaks_of_no_index_of_a_reduction_is_stated(kind: str) -> None:
    (resolved,) = Guarded(kind).quantities(((3, 4),)).statements
    text = write(output(resolved).body)
    assert "k <= n" in text
    assert "n <= 5" in text


def test_a_quotient_inside_of_a_loop_cannot_be_assumed_to_be_whole() -> None:
    scope = Scope({})
    half = exact_quotient(multiply(parse_size("C"), floor_div(i, 2)), 2)
    with pytest.raises(ValueError, match=r"depends on a loop index, so it cannot be assumed to be whole$"):
        sizes.size(half, scope.inside(i.atom, "i"))
    assert scope.whole == []


def test_an_index_keeps_its_exponent_beside_a_quotient() -> None:
    scope = Scope({"C": "C"}).inside(i.atom, "i")
    found = sizes.size(multiply(multiply(i, i), exact_quotient(parse_size("C"), 2)), scope)
    assert write(found) == "i^2*(C//2)"


def test_points_that_agree_on_all_loops_are_points() -> None:
    box, guards = ((i.atom, 3), (k.atom, 4)), (parse_size("1 - j"), 1 - i)
    scope = Scope({"j": "j"})
    whole, part = (
        write(sizes.nest(LoopNest(box, guards, outer), scope)) for outer in (None, (i.atom, k.atom))
    )
    assert whole == part


def test_numbers_are_put_into_the_guards_of_a_count() -> None:
    cost = AvgPool1d(3, stride=2, padding=1, count_include_pad=False).cost((N, 2, H)).at(H=7)
    found = statement(eq(quantity(cost, "ops.additions"), 5))
    assert set(found.scope) == {"N"}


def test_a_layer_that_is_used_twice_counts_twice_and_has_one_set_of_parameters() -> None:
    dense = Linear(K, K)
    cost = Sequential(dense, dense).cost((N, K))
    claims = {name: write(statement(eq(quantity(cost, name), 0)).claim) for name in ("macs", "params")}
    assert claims["macs"].count("sum(") == 2
    assert claims["params"] == "(sum(a_1 in 0..K) 1) + (sum(a_1 in 0..K, a_2 in 0..K) 1) = 0"


def test_the_domain_of_either_side_is_assumed() -> None:
    cost = Conv1d(1, 1, kernel_size=K).cost((N, 1, H))
    first, second = (
        {write(f) for f in statement(claim).assumptions}
        for claim in (eq(quantity(cost), cost.macs), eq(cost.macs, quantity(cost)))
    )
    assert first == second
    assert "0 <= H - K" in first


def test_the_domain_of_two_layers_is_assumed() -> None:
    found = statement(same(Conv1d(1, 1, kernel_size=K), Conv1d(1, 1, kernel_size=K), (N, 1, H)))
    assert "0 <= H - K" in {write(f) for f in found.assumptions}


def test_the_sizes_that_are_put_in_are_declared() -> None:
    cost = Conv1d(1, 1, kernel_size=2).cost((1, 1, H)).at(H=2 * K)
    assert set(statement(eq(quantity(cost), 5)).scope) == {"K"}


@dataclass(frozen=True, repr=False)
class Limited(Layer):
    limit: Size = size(1)

    def equations(self, x: Tensor) -> Equation:
        return Equation(y[n], Sum[k](x[n, k], where=(k <= self.limit,)))


def test_numbers_are_put_into_guards() -> None:
    cost = Limited(P).cost((3, 4)).at(P=2)
    assert statement(eq(quantity(cost, "ops.additions"), 5)).scope == {}


@pytest.mark.parametrize("name", ["", "1", "a b"])
def test_each_statement_has_a_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"^name=.* must be a letter, followed by|^name=''"):
        statements([("good", eq(N, N)), (name, eq(N, N))])


def test_a_symbol_is_no_relation() -> None:
    with pytest.raises(TypeError, match=r"^p \(Symbol\) is no relation; write it with eq"):
        statement(sympy.Symbol("p"))


@pytest.mark.parametrize("name", ["bool_", "bool", "BooleanTrue", "BooleanFalse"])
def test_truth_values_of_other_packages_are_no_sides(name: str) -> None:
    with pytest.raises(
        TypeError, match=r" is a truth value, so a comparison was decided before it came here"
    ):
        operand(type(name, (), {})())


A, B = reals("A B")
AND: Any = sympy.And
OR: Any = sympy.Or
NOT: Any = sympy.Not


class OtherRelation(sympy.StrictLessThan):
    """A relation that SymPy does not know."""


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (AND(A < 1, B < 2), "A < 1 and B < 2"),
        (OR(A < 1, B < 2), "A < 1 or B < 2"),
        (NOT(AND(A < 1, B < 2), evaluate=False), "not (A < 1 and B < 2)"),
        (NOT(OR(A < 1, B < 2), evaluate=False), "not (A < 1 or B < 2)"),
    ],
)
def test_conditions_are_joined_as_they_are(given: Any, text: str) -> None:
    assert write(expressions.condition(given, Scope({"A": "A", "B": "B"}))) == text


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (True, "the relation has already collapsed to True"),
        (False, "the relation has already collapsed to False"),
        (OR(A < B, sympy.true, evaluate=False), "the relation has already collapsed to True"),
        (AND(A < B, sympy.false, evaluate=False), "the relation has already collapsed to False"),
        (OtherRelation(A, B), r"A < B \(OtherRelation\) is no relation that a statement can hold"),
        (A, r"A \(DimSymbol\) is no relation that a statement can hold"),
    ],
)
def test_what_is_no_condition(given: Any, reason: str) -> None:
    with pytest.raises(TypeError, match=f"^{reason}"):
        expressions.condition(given, Scope({"A": "A", "B": "B"}))


def test_a_matrix_is_no_term() -> None:
    with pytest.raises(TypeError, match=r" is a matrix; statements are about numbers, write its entries$"):
        expressions.expression(sympy.Matrix([1]), Scope({}))


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("2x", "_2x"), ("x2", "x2"), ("2", "_2"), ("x'", "x'"), ("max", "max_"), ("max'", "max'"),
        (r"\alpha_{1}", "alpha_1"), ("a b", "a_b"), ("Δ", "Delta"), ("δ'", "delta'"),
        ("中", "ideograph_4e2d"),
    ],
)  # fmt: skip
def test_names_that_a_statement_does_not_know_are_spelled_in_another_way(name: str, called: str) -> None:
    assert kernel_name(name) == called


@pytest.mark.parametrize("name", ["", "'", "{}"])
def test_a_name_without_letters_has_no_spelling(name: str) -> None:
    with pytest.raises(ValueError, match=f"^symbol {name!r} has no name in statements; call it by letters"):
        kernel_name(name)


@pytest.mark.parametrize("argument", ["name", "meaning"])
def test_names_and_meanings_are_text(argument: str) -> None:
    given: Any = {argument: 5}
    with pytest.raises(TypeError, match=rf"^{argument}=5 must be a str such as "):
        statement(eq(N, N), **given)


@pytest.mark.parametrize(("prime", "said"), [(True, "prime"), (False, "not prime")])
def test_what_a_statement_cannot_say_of_a_size_is_named(prime: bool, said: str) -> None:
    channels: Any = sympy.Symbol("C", integer=True, positive=True, prime=prime)
    with pytest.raises(
        ValueError, match=rf"^symbol C is assumed to be (.*, )?{said}(,.*)?, which a statement"
    ):
        statement(eq(quantity(Linear(channels, 1).cost((N, channels))), 0))


def test_lines_of_a_source_stay_lines() -> None:
    text = 'theorem T ""\n  source    first\n            second\n  claim     1 = 1\n'
    (found,) = read_statements(text)
    assert found.source == "first\nsecond"
    assert report(found) == text.rstrip()


READ_BACK: dict[str, Callable[[str], str]] = {
    "another claim": lambda text: text.replace("N <= K*N", "N <= N"),
    "another assumption": lambda text: text.replace("2 <= K", "1 <= K"),
    "one more assumption": lambda text: text.replace("  claim", "  assume    N < K\n  claim"),
    "one assumption fewer": lambda text: text.replace("  assume    2 <= K\n", ""),
    "another sort": lambda text: text.replace(" : int >= 1", " : real >= 1"),
    "one more name": lambda text: text.replace("  claim", "  given     Z : int\n  claim"),
}


@pytest.mark.parametrize("change", READ_BACK)
def test_a_statement_that_is_read_back_as_another_one_is_no_statement(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(text: str) -> Any:
        changed = READ_BACK[change](text)
        assert changed != text
        return read_statements(changed)

    monkeypatch.setattr(translation, "read_statements", read)
    with pytest.raises(RuntimeError, match=r"^claim is read back as another statement"):
        statement(le(N, K * N), given=le(2, K))


# -- equations and their sorts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "text", "sort"),
    [
        (lambda u, v: u[i] / v[i], "u[i]/v[i]", "real"),
        (lambda u, v: u[i] * v[i], "u[i]*v[i]", "ring"),
        (lambda u, v: u[i] - v[i], "u[i] - v[i]", "ring"),
        (lambda u, v: 2 * u[i] + v[i], "2*u[i] + v[i]", "ring"),
        (lambda u, v: u[i] / 2 + v[i], "u[i]/2 + v[i]", "real"),
        (lambda u, v: Fraction(4, 2) * u[i] + v[i], "2*u[i] + v[i]", "ring"),
        (lambda u, v: Fraction(1, 2) * u[i] + v[i], "(1/2)*u[i] + v[i]", "real"),
    ],
)
def test_only_division_needs_reals(right: Callable[..., Any], text: str, sort: str) -> None:
    u, v = Tensor("u", (N,)), Tensor("v", (N,))
    equation = Equation(y[i], right(u, v))
    found = output(same(equation, equation).first.statement)
    assert write(found.body) == text
    assert found.scope["u"] == Function(("int",), sort)


@dataclass(frozen=True, repr=False)
class Exponential(Layer):
    """exp of the entries of a tensor with a name and a length."""

    read: str = choice("u", "exp")
    length: Size = size(1, default=1)

    def equations(self, x: Tensor) -> Equation:
        return Equation(y[i], exp(Tensor(self.read, (self.length,))[i]))


@pytest.mark.parametrize(
    ("read", "length", "twice"), [("u", "exp", "exp"), ("exp", "N", "exp"), ("u", "u", "u"), ("u", "N", "")]
)
def test_a_size_a_tensor_and_a_function_have_names_of_their_own(read: str, length: str, twice: str) -> None:
    (resolved,) = Exponential(read, dims(length)).quantities(((1,),)).statements
    if not twice:
        assert write(output(resolved).body) == "exp[u[i]]"
        return
    with pytest.raises(ValueError, match=rf"^{twice} names two things in .*; rename one of them$"):
        output(resolved)


# -- equations that define the same tensor -----------------------------------------------------------------


def test_what_either_side_reads_is_declared() -> None:
    u, v = Tensor("u", (N,)), Tensor("v", (N,))
    assert set(statement(same(Equation(y[i], u[i]), Equation(y[i], v[i]))).scope) == {"N", "u", "v"}


def test_the_sizes_of_either_side_are_declared() -> None:
    u = Tensor("u", (N,))
    one, more = Equation(y[i], u[i]), Equation(y[i], K * u[i])
    for claim in (same(one, more), same(more, one)):
        assert set(statement(claim).scope) == {"N", "K", "u"}


def test_an_equation_for_some_places_only_is_not_compared() -> None:
    u = Tensor("u", (N,))
    some, all_ = Equation(y[i], u[i], where=(i <= 2,)), Equation(y[i], u[i])
    for pair in ((some, all_), (all_, some)):
        with pytest.raises(TypeError, match=r": the indices of the left side are bounded by a condition$"):
            same(*pair)


def test_a_function_by_name_takes_and_gives_reals() -> None:
    u = Tensor("u", (N,))
    scope = statement(same(Equation(y[i], exp(u[i])), Equation(y[k], exp(u[k])))).scope
    assert scope["exp"] == Function(("real",), "real")
    assert scope["u"] == Function(("int",), "real")


def test_no_tensor_of_an_equation_is_empty() -> None:
    u = Tensor("u", (N - 1,))
    found = statement(same(Equation(y[i], u[i]), Equation(y[k], u[k])))
    assert "1 <= -1 + N" in {write(f) for f in found.assumptions}


def test_a_tensor_of_an_equation_may_be_an_input() -> None:
    x = Tensor("x")
    found = statement(same(Equation(y[i], x[i]), Equation(y[k], x[k]), (N,)))
    assert set(found.scope) == {"N", "x"}
