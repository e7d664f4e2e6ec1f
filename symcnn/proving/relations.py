"""Relations that keep what they say: ``eq(a, a)`` stays a relation and never turns into ``True``.

SymPy decides ``Eq(x, x + 1)`` and ``x > 0`` as soon as they are written, by assumptions and rules that no
certificate records. These relations hold both sides as they are; only a proof decides them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any

from symcnn.derive.cost import checked_cost
from symcnn.symbols.checks import brief, text
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Dim

if TYPE_CHECKING:
    from symcnn.derive.cost import Cost

SIGNS = ("=", "!=", "<=", "<", ">=", ">")
# bool_ and bool are those of NumPy, before and after version 2.
TRUTH_VALUES = {"bool_", "bool", "BooleanTrue", "BooleanFalse"}
_NO_COUNTS = {
    "output_shape": "it has several lengths; relate those of cost.output_shape",
    "intensity": "it is a quotient; relate macs and memory.total",
    "memory.peak": "it is a maximum over the steps of a network; relate cost.memory.peak",
}


@dataclass(frozen=True)
class Quantity:
    """A count of a cost as what it counts: the points of its loop nests, before any closed form."""

    cost: Cost
    name: str

    def __repr__(self) -> str:
        return f"{self.name} of {self.cost.label}"


@dataclass(frozen=True)
class Relation:
    """``left sign right`` with a sign of ``=  !=  <=  <  >=  >``; it has no truth value of its own.

    The sides are integers, Fractions, sizes, SymPy expressions and quantities of costs. Raises ``ValueError``
    for another sign and ``TypeError`` for floats, truth values, text and anything else.

    >>> from symcnn import Relation, dims
    >>> N, C = dims("N C")
    >>> Relation("<=", N, N*C)
    N <= N*C
    """

    sign: str
    left: Any
    right: Any

    def __post_init__(self) -> None:
        if text("sign", self.sign, "<=") not in SIGNS:
            raise ValueError(f"sign={self.sign!r} is none of {'  '.join(SIGNS)}")
        object.__setattr__(self, "left", operand(self.left))
        object.__setattr__(self, "right", operand(self.right))

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self} is a relation and has no truth value before it is proved; hand it to statement(...), "
            "and several of them as a tuple, not joined by 'and'"
        )

    def __repr__(self) -> str:
        return f"{self.left} {self.sign} {self.right}"


def operand(value: Any) -> Any:
    """A side of a relation as it was given; raises ``TypeError`` for what is no exact number or expression.

    >>> operand(0.5)
    Traceback (most recent call last):
    TypeError: 0.5 is a float, which stands for a rounded number; write Fraction(1, 2)
    """
    if isinstance(value, float):
        exact = repr(Fraction(str(value))) if abs(value) < float("inf") else "an exact number"
        raise TypeError(f"{value!r} is a float, which stands for a rounded number; write {exact}")
    if isinstance(value, str):
        raise TypeError(f"{value!r} is text, which is not read here; build it from symbols such as dims('C')")
    if type(value).__name__ in TRUTH_VALUES:
        raise TypeError(
            f"{value!r} is a truth value, so a comparison was decided before it came here; "
            "write it with symcnn.eq, ne, le, lt, ge or gt, which never collapse"
        )
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Fraction | Dim | Quantity):
        return value
    if isinstance(value, Relation | Condition):
        raise TypeError(f"{value} is a relation itself and cannot be a side of one")
    sympy = sys.modules.get("sympy")
    if sympy is not None and isinstance(value, sympy.Basic):
        return _expression(sympy, value)
    raise TypeError(
        f"{brief(value)} ({type(value).__name__}) is no side of a relation; "
        "use integers, Fractions, expressions over dims(...), or quantity(cost, name)"
    )


def _expression(sympy: Any, value: Any) -> Any:
    if isinstance(value, sympy.logic.boolalg.Boolean) and not isinstance(value, sympy.Symbol):
        raise TypeError(f"{value} is a relation itself and cannot be a side of one")
    floats = sorted(value.atoms(sympy.Float), key=str)
    if floats:
        shown = Fraction(str(floats[0])) if floats[0].is_finite else "an exact number"
        raise TypeError(
            f"{value} holds the float {floats[0]}, which stands for a rounded number; write {shown!r}"
        )
    if not isinstance(value, sympy.Expr):
        raise TypeError(f"{value} ({type(value).__name__}) is no expression of numbers")
    return value


def eq(left: Any, right: Any) -> Relation:
    """The relation ``left = right``; also exported as ``Eq``.

    >>> from symcnn import dims, eq
    >>> C = dims("C")
    >>> eq(C, C + 1)
    C = C + 1
    """
    return Relation("=", left, right)


def ne(left: Any, right: Any) -> Relation:
    """The relation ``left != right``.

    >>> from symcnn import dims, ne
    >>> C = dims("C")
    >>> ne(C, C)
    C != C
    """
    return Relation("!=", left, right)


def le(left: Any, right: Any) -> Relation:
    """The relation ``left <= right``.

    >>> from symcnn import dims, le
    >>> C = dims("C")
    >>> le(1, C)
    1 <= C
    """
    return Relation("<=", left, right)


def lt(left: Any, right: Any) -> Relation:
    """The relation ``left < right``.

    >>> from symcnn import dims, lt
    >>> C = dims("C")
    >>> lt(C, 2*C)
    C < 2*C
    """
    return Relation("<", left, right)


def ge(left: Any, right: Any) -> Relation:
    """The relation ``left >= right``.

    >>> from symcnn import dims, ge
    >>> C = dims("C")
    >>> ge(C, 1)
    C >= 1
    """
    return Relation(">=", left, right)


def gt(left: Any, right: Any) -> Relation:
    """The relation ``left > right``.

    >>> from symcnn import dims, gt
    >>> C = dims("C")
    >>> gt(C, 0)
    C > 0
    """
    return Relation(">", left, right)


Eq = eq


def quantity(cost: Cost, name: str = "macs") -> Quantity:
    """A count of a cost as the literal nested sum of 1 over its loop nests, to claim a closed form of.

    Names are macs, params, ops.KIND, ops.sequential, ops.fused, memory.PART. Raises ``ValueError`` for other
    names, for what is no count, and where the cost of an operation is not known.

    >>> from symcnn import Linear, dims, eq, quantity
    >>> N, C, D = dims("N C D")
    >>> eq(quantity(Linear(C, D).cost((N, C)), "macs"), N*C*D)
    macs of Linear(in_features=C, out_features=D) = N*C*D
    """
    from symcnn.derive.derivation import quantity_name

    full = quantity_name(checked_cost(cost), name)
    if full in _NO_COUNTS:
        raise ValueError(f"{name} of {cost.label} is no count of points: {_NO_COUNTS[full]}")
    if cost.unknown and not full.startswith("memory."):
        missing = ", ".join(cost.unknown)
        raise ValueError(f"{name} of {cost.label} is only a lower bound: no cost is known for {missing}")
    return Quantity(cost, full)
