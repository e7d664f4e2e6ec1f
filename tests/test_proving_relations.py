"""Relations hold what they say and have no truth value; what is no exact number is refused at once."""

import pickle
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import symcnn
from symcnn import Conv2d, Eq, Linear, MaxPool2d, Relation, Sequential, dims, eq, ge, gt, le, lt, ne, quantity
from symcnn.layers import Opaque
from symcnn.symbols import at_least, parse_size

N, C, K, D = dims("N C K D")


@pytest.mark.parametrize(
    ("make", "sign"), [(eq, "="), (Eq, "="), (ne, "!="), (le, "<="), (lt, "<"), (ge, ">="), (gt, ">")]
)
def test_each_relation_keeps_both_sides(make, sign: str) -> None:
    found = make(C, C + 1)
    assert (found.sign, found.left, found.right) == (sign, C, C + 1)
    assert str(found) == f"C {sign} C + 1"
    assert found == Relation(sign, C, C + 1)
    assert hash(found) == hash(Relation(sign, C, C + 1))


@pytest.mark.parametrize("make", [eq, ne, le, lt, ge, gt])
def test_no_relation_collapses(make) -> None:
    # SymPy makes True or False of each of these.
    for left, right in [(C, C), (C, C + 1), (1, 1), (C, 0), (sympy.Integer(2), 3)]:
        assert isinstance(make(left, right), Relation)


def test_relations_have_no_truth_value() -> None:
    with pytest.raises(TypeError) as caught:
        bool(le(N, C) and le(C, N))
    assert str(caught.value) == (
        "N <= C is a relation and has no truth value before it is proved; hand it to statement(...), "
        "and several of them as a tuple, not joined by 'and'"
    )


def test_symcnn_exports_its_own_eq() -> None:
    assert symcnn.Eq is symcnn.eq
    assert symcnn.Eq is not sympy.Eq


def test_what_may_stand_on_a_side() -> None:
    cost = Linear(C, D).cost((N, C))
    sides: list[Any] = [0, -3, Fraction(1, 3), parse_size("H + 1"), C / 2, sympy.Rational(1, 2)]
    sides += [cost.macs, cost.ops.additions, cost.memory.total, Linear(2, 3).cost((1, 2)).macs]
    for side in sides:
        assert eq(side, 1).left == side
    made = eq(np.int64(7), 7).left
    assert (made, type(made)) == (7, int)
    assert quantity(cost).name == "macs"
    assert quantity(cost, "additions").name == "ops.additions"
    assert quantity(cost, "ops.total").name == "ops.sequential"


REFUSED = {
    "float": (0.5, "0.5 is a float, which stands for a rounded number; write Fraction(1, 2)"),
    "NumPy float": (np.float64(0.1), "which stands for a rounded number; write Fraction(1, 10)"),
    "infinity": (float("inf"), "inf is a float, which stands for a rounded number; write an exact number"),
    "nan": (float("nan"), "nan is a float, which stands for a rounded number; write an exact number"),
    "SymPy float": (
        0.5 * C,
        "0.5*C holds the float 0.500000000000000, which stands for a rounded number; write Fraction(1, 2)",
    ),
    "SymPy floats": (
        0.5 * C + 0.25,
        "holds the float 0.250000000000000, which stands for a rounded number; write Fraction(1, 4)",
    ),
    "truth value": (True, "True is a truth value, so a comparison was decided before it came here"),
    "NumPy truth value": (np.True_, "is a truth value, so a comparison was decided before it came here"),
    "SymPy truth value": (sympy.true, "write it with symcnn.eq, ne, le, lt, ge or gt, which never collapse"),
    "text": ("C + 1", "'C + 1' is text, which is not read here; build it from symbols such as dims('C')"),
    "relation": (le(N, C), "N <= C is a relation itself and cannot be a side of one"),
    "SymPy relation": (C > 3, "C > 3 is a relation itself and cannot be a side of one"),
    "condition": (at_least(parse_size("H"), 3), "H >= 3 is a relation itself and cannot be a side of one"),
    "None": (None, "None (NoneType) is no side of a relation; use integers, Fractions"),
    "complex": (1j, "1j (complex) is no side of a relation"),
    "list": ([C], "[C] (list) is no side of a relation"),
    "matrix": (sympy.Matrix([1, 2]), "is no side of a relation"),
    "set": (sympy.FiniteSet(1, 2), "{1, 2} (FiniteSet) is no expression of numbers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_as_a_side(case: str) -> None:
    value, message = REFUSED[case]
    for make in (lambda: eq(value, 1), lambda: le(1, value)):
        with pytest.raises(TypeError) as caught:
            make()
        assert message in str(caught.value)


def test_unknown_signs_are_refused() -> None:
    with pytest.raises(ValueError, match="sign='==' is none of ="):
        Relation("==", 1, 1)


def test_relations_can_be_stored() -> None:
    assert pickle.loads(pickle.dumps(le(N, C + 1))) == le(N, C + 1)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mac", "quantity='mac' is unknown; did you mean 'macs'?"),
        ("output_shape", "output_shape of Linear(in_features=C, out_features=D) is no count of points"),
        ("intensity", "it is a quotient; relate macs and memory.total"),
        ("memory.peak", "it is a maximum over the steps of a network; relate cost.memory.peak"),
    ],
)
def test_what_is_no_quantity(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        quantity(Linear(C, D).cost((N, C)), name)


def test_lower_bounds_are_no_quantities() -> None:
    cost = Opaque("sort").cost((N, C))
    with pytest.raises(ValueError, match="is only a lower bound: no cost is known for sort"):
        quantity(cost, "ops.sequential")
    assert quantity(cost, "memory.inputs").name == "memory.inputs"


def test_quantities_of_networks() -> None:
    net = Sequential(Conv2d(3, C, K), MaxPool2d(2))
    assert quantity(net.cost((N, 3, 32, 32)), "params").name == "params"
