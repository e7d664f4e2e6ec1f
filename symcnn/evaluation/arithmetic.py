"""Which numbers a statement is computed in, and the operations that differ between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import erf
from typing import Any

import numpy as np
import numpy.typing as npt

from symcnn.derive.extents import Statement
from symcnn.equations.notation import (
    Binary,
    Call,
    Constant,
    Entry,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
)
from symcnn.equations.structure import RATIONAL, number, steps_of
from symcnn.symbols.cardinality import atom_of
from symcnn.symbols.suggest import suggestion

Array = npt.NDArray[Any]

_LARGEST = 2**63 - 1
_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "log": np.log,
    "erf": np.vectorize(erf, otypes=[float]),
    "step": lambda a: np.asarray(a > 0),
}
_quotient = np.frompyfunc(lambda a, b: Fraction(a) / b, 2, 1)


@dataclass(frozen=True)
class Arithmetic:
    """Floats of one dtype, ``int64``, or exact Python numbers in arrays of objects."""

    dtype: np.dtype[Any]

    @property
    def exact(self) -> bool:
        """Whether nothing is ever rounded."""
        return self.dtype.kind != "f"

    def array(self, values: Array) -> Array:
        """The same numbers, in this arithmetic."""
        return values if values.dtype == self.dtype else values.astype(self.dtype)

    def number(self, value: int | Fraction) -> Array:
        """One number."""
        out = np.empty((), self.dtype)
        out[()] = value if self.exact else float(value)
        return out

    def divide(self, a: Array, b: Array) -> Array:
        """a/b; a ``Fraction`` in exact arithmetic, where it is whole too."""
        return np.asarray(_quotient(a, b), dtype=object) if self.exact else np.divide(a, b)

    def call(self, name: str, argument: Array) -> Array:
        """A named function; raises ``TypeError`` in exact arithmetic."""
        if name not in _FUNCTIONS:
            raise ValueError(f"the function {name!r} is unknown{suggestion(name, _FUNCTIONS)}")
        if self.exact and name not in RATIONAL:
            raise TypeError(f"{name} of integers and Fractions is not rational; give arrays of floats")
        return self.array(np.asarray(_FUNCTIONS[name](argument)))


def arithmetic(
    statement: Statement, arrays: Mapping[str, Array], floating: np.dtype[Any] | None
) -> Arithmetic:
    """The arithmetic of a statement: ``int64`` only where no intermediate result can leave it."""
    if floating is not None:
        return Arithmetic(floating)
    bound = _bound_of(statement, arrays)
    return Arithmetic(np.dtype(object if bound is None or bound > _LARGEST else np.int64))


def _bound_of(statement: Statement, arrays: Mapping[str, Array]) -> int | None:
    """A bound on the absolute value of every number that occurs, or None where not all are integers."""
    equation = statement.equation
    steps = steps_of(equation)
    own = equation.left.tensor.name
    names = {entry.tensor.name for entry in equation.entries() if entry.tensor.name != own}
    if equation.initial is not None:
        names.add(equation.initial.name)
    if any(arrays[name].dtype.kind not in "iu" for name in names):
        return None
    known = {name: max(1, abs(int(arrays[name].min())), abs(int(arrays[name].max()))) for name in names}
    if steps is None:
        return _bound(equation.right, statement, known)
    known[own] = 1 if equation.initial is None else known[equation.initial.name]
    for _ in range(number(statement.extents[steps.index])):
        bound = _bound(equation.right, statement, known)
        if bound is None or bound > _LARGEST:
            return bound
        known[own] = max(known[own], bound)
    return known[own]


def _bound(node: Node, statement: Statement, known: Mapping[str, int]) -> int | None:
    # At least 1 everywhere, so that no factor makes the bound of a product less than that of another factor.
    if isinstance(node, Entry):
        return known[node.tensor.name]
    if isinstance(node, Constant):
        return max(1, abs(node.value)) if isinstance(node.value, int) else None
    if isinstance(node, Call) and node.function in RATIONAL:
        return _bound(node.argument, statement, known)
    if isinstance(node, Call) or (isinstance(node, Binary) and node.op == "/"):
        return None
    inner = [_bound(child, statement, known) for child in node.children()]
    bounds = [b for b in inner if b is not None]
    if len(bounds) < len(inner):
        return None
    if isinstance(node, Negative | Pieces) or (isinstance(node, Binary) and node.op in {"max", "min"}):
        return max(bounds)
    if isinstance(node, Binary):
        return bounds[0] * bounds[1] if node.op == "*" else sum(bounds)
    if isinstance(node, Scatter) or (isinstance(node, Reduction) and node.kind == "sum"):
        terms = 1
        for index in node.indices:
            terms *= max(1, number(statement.extents[atom_of(index)]))
        return terms * bounds[0]
    return bounds[0] if isinstance(node, Reduction) and node.kind == "max" else None
