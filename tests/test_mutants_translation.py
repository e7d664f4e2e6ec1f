"""Facts that tell the translation to kernel statements from its mutants: see ``docs/mutation.md``."""

# The arguments are declared by calls, as they are in the package.
# ruff: noqa: RUF009

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import sympy

from symcnn import AvgPool1d, Conv1d, dims, eq
from symcnn.equations.notation import Equation, Max, Mean, Sum, Tensor, computed
from symcnn.kernel.writing import write
from symcnn.layers.arguments import choice, size
from symcnn.layers.base import Layer
from symcnn.proving import sizes
from symcnn.proving.relations import operand, quantity
from symcnn.proving.sameness import same
from symcnn.proving.scope import Scope
from symcnn.proving.tensors import output
from symcnn.proving.translation import statement, statements
from symcnn.symbols import Size, exact_quotient, floor_div, indices, parse_size
from symcnn.symbols.size import multiply
from tests import handwritten
from tests.test_proving_translation import compare

i, k, n = indices("i k n")
y = computed("y")
N, H, K, P = dims("N"), dims("H"), dims("K"), dims("P", min=0)


@dataclass(frozen=True, repr=False)
class Guarded(Layer):
    """A reduction with a guard on its index, and one on the index of the output."""

    kind: str = choice("max", "mean", "sum")

    def equations(self, x: Tensor) -> Equation:
        reducer = {"max": Max, "mean": Mean, "sum": Sum}[self.kind]
        return Equation(y[n], reducer[k](x[n, k], where=(k <= n, n <= 5)))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Guarded("max"), (3, 4)),
        (Guarded("mean"), (3, 4)),
        (Guarded("sum"), (3, 4)),
        (handwritten.AdaptiveMean(3), (2, 7)),
        (handwritten.Triangle(), (2, 4)),
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


def test_numbers_are_put_into_the_guards_of_a_count() -> None:
    cost = AvgPool1d(3, stride=2, padding=1, count_include_pad=False).cost((N, 2, H)).at(H=7)
    found = statement(eq(quantity(cost, "ops.additions"), 5))
    assert set(found.scope) == {"N"}


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


# -- equations that define the same tensor -----------------------------------------------------------------


def test_what_either_side_reads_is_declared() -> None:
    u, v = Tensor("u", (N,)), Tensor("v", (N,))
    assert set(statement(same(Equation(y[i], u[i]), Equation(y[i], v[i]))).scope) == {"N", "u", "v"}


def test_no_tensor_of_an_equation_is_empty() -> None:
    u = Tensor("u", (N - 1,))
    found = statement(same(Equation(y[i], u[i]), Equation(y[k], u[k])))
    assert "1 <= -1 + N" in {write(f) for f in found.assumptions}


def test_a_tensor_of_an_equation_may_be_an_input() -> None:
    x = Tensor("x")
    found = statement(same(Equation(y[i], x[i]), Equation(y[k], x[k]), (N,)))
    assert set(found.scope) == {"N", "x"}
