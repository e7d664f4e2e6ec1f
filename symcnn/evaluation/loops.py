"""Equations one scalar at a time: the loop nest as it is written, on Python numbers.

This is the reference that the fast evaluation is compared with; the two share no arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

import numpy as np

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
from symcnn.equations.structure import RATIONAL, Steps, may_stand_out, number, owned, steps_of
from symcnn.evaluation.grids import Array
from symcnn.symbols.cardinality import atom_of, indices_in
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Dim, Group, IndexAtom, Size, substitute
from symcnn.symbols.suggest import suggestion

Scalar: TypeAlias = int | float | Fraction
Point: TypeAlias = Mapping[IndexAtom, int]
Position: TypeAlias = tuple[int, ...]


def run(statement: Statement, arrays: Mapping[str, Array], floating: np.dtype[Any] | None) -> Array:
    """The tensor that a statement defines: of the floating dtype, or of exact Python numbers."""
    shape = tuple(number(n) for n in statement.shape)
    equation = statement.equation
    steps = steps_of(equation)
    tensors = {entry.tensor.name for entry in equation.entries()}
    if equation.initial is not None:
        tensors.add(equation.initial.name)
    values = {
        name: {at: _scalar(v, floating is not None) for at, v in np.ndenumerate(array)}
        for name, array in arrays.items()
        if name in tensors
    }
    shapes = {name: array.shape for name, array in arrays.items()}
    nest = _Nest(statement, values, shapes, floating is not None, steps)
    out = np.zeros(shape, object if floating is None else floating)
    left = list(dict.fromkeys(i for p in equation.left.position for i in indices_in(p)))
    if steps is not None:
        left.sort(key=lambda i: i != steps.index)  # the steps come one after the other, outermost
    for point in nest.points(left):
        at = tuple(_value(p, point) for p in equation.left.position)
        out[at] = nest.done[at] = nest.scalar(equation.right, point)
    return out


@dataclass(frozen=True)
class _Nest:
    statement: Statement
    values: Mapping[str, Mapping[Position, Scalar]]
    shapes: Mapping[str, tuple[int, ...]]
    floating: bool
    steps: Steps | None
    done: dict[Position, Scalar] = field(default_factory=dict[Position, Scalar])
    scattered: dict[int, dict[Position, Scalar]] = field(default_factory=dict[int, dict[Position, Scalar]])

    def points(self, indices: Sequence[IndexAtom]) -> Iterator[dict[IndexAtom, int]]:
        """All points of a box, the last index fastest."""
        for values in product(*(range(number(self.statement.extents[i])) for i in indices)):
            yield dict(zip(indices, values, strict=True))

    def scalar(self, node: Node, at: Point) -> Scalar:
        """The value of an expression at one point."""
        if isinstance(node, Entry):
            return self.entry(node, at)
        if isinstance(node, Constant):
            value = node.value if isinstance(node.value, Fraction) else _value(node.value, at)
            return float(value) if self.floating else value
        if isinstance(node, Negative):
            return -self.scalar(node.inner, at)
        if isinstance(node, Binary):
            return _BINARY[node.op](self.scalar(node.left, at), self.scalar(node.right, at))
        if isinstance(node, Call):
            return _call(node.function, self.scalar(node.argument, at))
        if isinstance(node, Reduction):
            return self.reduction(node, at)
        if isinstance(node, Scatter):
            return self.scatter(node, at)
        if isinstance(node, Pieces):
            return self.piece(node, at)
        raise TypeError(f"{type(node).__name__} cannot be evaluated")

    def entry(self, node: Entry, at: Point) -> Scalar:
        """One entry of a tensor; 0 in a border of zeros and before the first step."""
        position = tuple(_value(p, at) for p in node.position)
        equation = self.statement.equation
        if self.steps is not None and node.tensor.name == equation.left.tensor.name:
            if position[self.steps.axis] >= 0:
                return self.done[position]
            if equation.initial is None:
                return self.zero
            rest = position[: self.steps.axis] + position[self.steps.axis + 1 :]
            return self.values[equation.initial.name][rest]
        regions = set(self.regions(node, position))
        readable = {"inside", "border"} if node.tensor.fill == "zero" else {"inside"}
        if not regions <= readable:
            raise ValueError(
                f"{node} reads {node.tensor.name} at {position}, outside of its entries, "
                "and no reduction leaves this out"
            )
        return self.zero if "border" in regions else self.values[node.tensor.name][position]

    def regions(self, node: Entry, position: Position) -> list[str]:
        """Where a position lies along each axis: inside the tensor, in its border, beyond it, or outside."""
        tensor = node.tensor
        out: list[str] = []
        for axis, (p, length) in enumerate(zip(position, self.shapes[tensor.name], strict=True)):
            before, after = tensor.frame[axis] if tensor.frame else (0, 0)
            far = tensor.beyond[axis] if tensor.beyond else 0
            if 0 <= p < length:
                out.append("inside")
            elif -number(before) <= p < length + number(after):
                out.append("border")
            elif 0 <= p < length + number(after) + number(far):
                out.append("beyond")
            else:
                out.append("outside")
        return out

    @property
    def zero(self) -> Scalar:
        """0 as a number of this computation."""
        return 0.0 if self.floating else 0

    def reduction(self, node: Reduction, at: Point) -> Scalar:
        """The sum, maximum or mean over the points that take part."""
        terms: list[Scalar] = []
        for point in self.points([atom_of(i) for i in node.indices]):
            here = {**at, **point}
            if all(_holds(guard, here) for guard in node.where) and self.takes_part(node, here):
                terms.append(self.scalar(node.body, here))
        if node.kind == "sum":
            return sum(terms, self.zero)
        if not terms:
            raise ValueError(f"{node} has no terms at some points; only an empty sum has a value")
        if node.kind == "mean":
            return _divide(sum(terms, self.zero), float(len(terms)) if self.floating else len(terms))
        best = terms[0]
        for term in terms[1:]:
            best = _larger(best, term)
        return best

    def takes_part(self, node: Reduction, at: Point) -> bool:
        """Whether no entry of the body stands beyond its tensor, or in a border that is skipped."""
        for entry in owned(node.body):
            if may_stand_out(entry):
                regions = self.regions(entry, tuple(_value(p, at) for p in entry.position))
                if "outside" in regions:
                    raise ValueError(f"{entry} leaves {entry.tensor.name}")
                if "beyond" in regions or (entry.tensor.fill == "skip" and "border" in regions):
                    return False
        return True

    def scatter(self, node: Scatter, at: Point) -> Scalar:
        """What all points of the box have added to one output."""
        targets = [atom_of(i) for i, _ in node.at]
        others = [i for i in at if i not in targets]
        if id(node) not in self.scattered:
            sums: dict[Position, Scalar] = {}
            for point in self.points([*others, *(atom_of(i) for i in node.indices)]):
                place = (*(point[i] for i in others), *(_value(p, point) for _, p in node.at))
                sums[place] = sums.get(place, self.zero) + self.scalar(node.body, point)
            self.scattered[id(node)] = sums
        return self.scattered[id(node)].get((*(at[i] for i in others), *(at[i] for i in targets)), self.zero)

    def piece(self, node: Pieces, at: Point) -> Scalar:
        """The piece that covers this position."""
        wanted = at[atom_of(node.index)]
        for position, body in node.pieces:
            for point in self.points(indices_in(position)):
                if _value(position, point) == wanted:
                    return self.scalar(body, {**at, **point})
        raise ValueError(f"no piece of {node} covers {node.index.name}={wanted}")


def _scalar(value: Any, floating: bool) -> Scalar:
    if floating:
        return float(value)
    return value if isinstance(value, Fraction) else int(value)


def _value(size: Size, at: Point) -> int:
    """A size at one point."""
    if isinstance(size, int):
        return size
    total: int | Fraction = 0
    for monomial, coefficient in size.terms.items():
        term: int | Fraction = coefficient
        for atom, exponent in monomial:
            base = _atom(atom, at)
            term *= base**exponent if exponent > 0 else Fraction(1, base**-exponent)
        total += term
    if total.denominator != 1:
        raise ArithmeticError(f"{size} is not an integer everywhere")
    return total.numerator


def _atom(atom: Atom, at: Point) -> int:
    if isinstance(atom, IndexAtom):
        return at[atom]
    if isinstance(atom, Group):
        return _value(atom.dim, at)
    if isinstance(atom, Floor):
        return _value(atom.numerator, at) // _value(atom.denominator, at)
    if isinstance(atom, Extremum):
        return (max if atom.kind == "max" else min)(_value(a, at) for a in atom.arguments)
    values: dict[Atom, Size] = {**at}
    return number(substitute(Dim.of_atom(atom), values))


def _holds(guard: Condition, at: Point) -> bool:
    left, right = _value(guard.left, at), _value(guard.right, at)
    if guard.relation == "divides":
        return right % left == 0
    return left >= right if guard.relation == "ge" else left == right


def _divide(a: Scalar, b: Scalar) -> Scalar:
    if not (isinstance(a, float) and isinstance(b, float)):
        return Fraction(a) / Fraction(b)
    if b:
        return a / b
    return math.nan if not a or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _is_nan(a: Scalar) -> bool:
    return isinstance(a, float) and math.isnan(a)


def _larger(a: Scalar, b: Scalar) -> Scalar:
    if _is_nan(a) or _is_nan(b):
        return math.nan
    return max(a, b)


def _smaller(a: Scalar, b: Scalar) -> Scalar:
    if _is_nan(a) or _is_nan(b):
        return math.nan
    return min(a, b)


_BINARY: dict[str, Callable[[Any, Any], Scalar]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "max": _larger,
    "min": _smaller,
}


def _exp(x: float) -> float:
    return math.inf if x > 709.782712893384 else math.exp(x)


def _sqrt(x: float) -> float:
    return math.nan if x < 0 else math.sqrt(x)


def _log(x: float) -> float:
    if x == 0:
        return -math.inf
    return math.nan if x < 0 else math.log(x)


_FUNCTIONS: dict[str, Callable[[Any], Scalar]] = {
    "exp": _exp,
    "sqrt": _sqrt,
    "tanh": math.tanh,
    "log": _log,
    "erf": math.erf,
    "step": lambda x: type(x)(x > 0),
}


def _call(name: str, argument: Scalar) -> Scalar:
    if name not in _FUNCTIONS:
        raise ValueError(f"the function {name!r} is unknown{suggestion(name, _FUNCTIONS)}")
    if not isinstance(argument, float) and name not in RATIONAL:
        raise TypeError(f"{name} of integers and Fractions is not rational; give arrays of floats")
    return _FUNCTIONS[name](argument)
