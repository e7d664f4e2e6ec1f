"""Arrays for the names of an equation, and numbers for its symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symcnn.derive.cost import one_name_one_symbol
from symcnn.derive.extents import Resolved, Statement, resolve
from symcnn.derive.quantities import checked
from symcnn.equations.notation import Equation, Tensor, is_bare
from symcnn.equations.structure import Rewriter, check_indices, steps_of
from symcnn.symbols.cardinality import indices_in
from symcnn.symbols.checks import brief
from symcnn.symbols.conditions import Condition
from symcnn.symbols.printing import text
from symcnn.symbols.size import Atom, Dim, Size, Sym, as_size, substitute, symbols_of
from symcnn.symbols.suggest import suggestion

if TYPE_CHECKING:
    from symcnn.layers.base import Layer

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Problem:
    """Statements whose sizes are all numbers, and the arrays that they read.

    ``dtype`` is the floating type of the whole computation, or None where it is exact.
    """

    label: str
    statements: tuple[Statement, ...]
    arrays: Mapping[str, Array]
    dtype: np.dtype[Any] | None


def bind(
    subject: Layer | Equation | Sequence[Equation], positional: Sequence[Any], named: Mapping[str, Any]
) -> Problem:
    """Find out which array and which number every name of the equations stands for."""
    given: Any = subject
    if not isinstance(subject, type) and hasattr(given, "quantities"):
        return _bind_layer(given, positional, named)
    equations = tuple(given) if isinstance(given, tuple | list) else (given,)
    if not equations or not all(isinstance(e, Equation) for e in equations):
        raise TypeError(f"evaluate takes a layer, an equation or a tuple of equations, not {brief(given)}")
    return _bound(str(equations[-1]), equations, _placed(equations, positional, named))


def _bind_layer(layer: Layer, positional: Sequence[Any], named: Mapping[str, Any]) -> Problem:
    given = [name for name in named if name == "x" or (name.startswith("x_") and name[2:].isdecimal())]
    count = len(positional) + len(given)
    if not count:
        raise ValueError(f"{layer}: give the array of the input, x")
    names = ["x"] if count == 1 else [f"x_{k + 1}" for k in range(count)]
    free = [name for name in names if name not in given]
    named = {**dict(zip(free, positional, strict=False)), **named}
    missing = [name for name in names if name not in named]
    if missing:
        raise ValueError(f"{layer}: the {count} inputs are named {', '.join(names)}; {missing[0]} is missing")
    shapes = tuple(_array(name, named[name]).shape for name in names)
    quantities = layer.quantities(shapes)
    equations = tuple(s.equation for s in quantities.statements)
    return _bound(str(layer), equations, named, quantities.inputs, quantities.conditions, quantities.resolved)


def _placed(
    equations: Sequence[Equation], positional: Sequence[Any], named: Mapping[str, Any]
) -> dict[str, Any]:
    """Arrays by name: those without a name are the inputs in the order in which they are read.

    These are the tensors declared so, or else all but the weights and buffers, or else all.
    """
    needed = tensors_read(equations)
    names = [name for name, tensor in needed.items() if tensor.role == "input"]
    names = names or [name for name, tensor in needed.items() if tensor.role not in {"weight", "buffer"}]
    names = names or list(needed)
    if len(positional) > len(names):
        takes = f"{len(names)} arrays without a name ({', '.join(names)})"
        raise ValueError(f"{equations[-1]} takes {takes}, not {len(positional)}")
    twice = [name for name in names[: len(positional)] if name in named]
    if twice:
        raise ValueError(f"{equations[-1]}: {twice[0]} is given twice, by position and by name")
    return {**dict(zip(names, positional, strict=False)), **named}


def _bound(
    label: str,
    equations: tuple[Equation, ...],
    named: Mapping[str, Any],
    inputs: Sequence[Tensor] = (),
    conditions: Sequence[Condition] = (),
    resolved: Resolved | None = None,
) -> Problem:
    needed = {tensor.name: tensor for tensor in inputs} | tensors_read(equations)
    open_ones = _symbols(equations, conditions)
    one_name_one_symbol(open_ones, label)
    symbols = {symbol.name: symbol for symbol in open_ones}
    for name in named:
        if name not in needed and name not in symbols:
            computed = any(name == e.left.tensor.name for e in equations)
            why = "; the equations compute it" if computed else suggestion(name, [*needed, *symbols])
            raise ValueError(f"{label} takes no array or number {name!r}{why}")
    missing = [_wanted(tensor) for name, tensor in needed.items() if name not in named]
    if missing:
        raise ValueError(f"{label}: missing {', '.join(missing)}")
    arrays = {name: _array(name, named[name]) for name in needed}
    values: dict[Atom, Size] = {
        symbol: _number(label, symbol, named[name])
        for name, symbol in symbols.items()
        if name in named and name not in needed
    }
    _solve(arrays, needed, values)
    unsolved = [name for name, symbol in symbols.items() if symbol not in values]
    if unsolved:
        raise ValueError(f"{label}: no array determines {unsolved[0]}; give {unsolved[0]}=...")
    _check_shapes(label, equations, needed, arrays, values)
    checked([c.substituted(values) for c in conditions], label)
    if symbols or resolved is None:
        rewriter = Rewriter(
            lambda size: substitute(size, values), {name: a.shape for name, a in arrays.items()}
        )
        tensors = [rewriter.tensor(tensor) for tensor in needed.values()]
        resolved = resolve([rewriter.equation(e) for e in equations], tensors)
    for statement in resolved.statements:
        check_indices(statement.equation, statement.extents)
        _check_start(label, statement, arrays)
    checked(resolved.conditions, label)
    return Problem(label, resolved.statements, arrays, _floating(arrays.values()))


def tensors_read(equations: Sequence[Equation]) -> dict[str, Tensor]:
    """The tensors that are read and that no equation before defines, in order of appearance."""
    needed: dict[str, Tensor] = {}
    defined: set[str] = set()
    for equation in equations:
        defined.add(equation.left.tensor.name)
        tensors = [entry.tensor for entry in equation.entries()]
        for tensor in [*tensors, *([] if equation.initial is None else [equation.initial])]:
            if tensor.name not in defined and needed.get(tensor.name, tensor).shape in (None, tensor.shape):
                needed[tensor.name] = tensor
    return needed


def _symbols(equations: Sequence[Equation], conditions: Sequence[Condition]) -> list[Sym]:
    sizes: list[Size] = [side for c in conditions for side in (c.left, c.right)]

    def seen(size: Size) -> Size:
        sizes.append(size)
        return size

    for equation in equations:
        Rewriter(seen, {}).equation(equation)
    return symbols_of(*sizes)


def _wanted(tensor: Tensor) -> str:
    return tensor.name if tensor.shape is None else f"{tensor.name} of shape {_shape(tensor.shape)}"


def _shape(shape: Iterable[Size]) -> str:
    parts = [text(n) for n in shape]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _array(name: str, value: Any) -> Array:
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}={brief(value)} is no array: its rows are not equally long") from None
    if array.dtype.kind == "O":
        exact = np.empty(array.shape, dtype=object)
        exact.reshape(-1)[:] = [_exact(name, v) for v in array.flat]
        array = exact
    elif array.dtype.kind not in "fiu":
        raise TypeError(f"{name} has dtype {array.dtype}; an array holds floats, integers or Fractions")
    if 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; every axis must be at least 1")
    return array


def _exact(name: str, value: Any) -> int | Fraction:
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, Fraction):
        return value
    raise TypeError(f"{name} holds {value!r}; an array of objects holds integers and Fractions alone")


def _number(label: str, symbol: Sym, value: Any) -> int:
    size = as_size(value, symbol.name)
    if not isinstance(size, int):
        raise ValueError(f"{label}: {symbol.name}={size} must be a number")
    if symbol.minimum is not None and size < symbol.minimum:
        raise ValueError(f"{label}: {symbol.name}={size} must be at least {symbol.minimum}")
    return size


def _solve(arrays: Mapping[str, Array], needed: Mapping[str, Tensor], values: dict[Atom, Size]) -> None:
    """Numbers for the symbols that are the length of a whole axis."""
    for name, tensor in needed.items():
        for size, length in zip(tensor.shape or (), arrays[name].shape, strict=False):
            for symbol in symbols_of(size):
                if size == Dim.of_atom(symbol):
                    values.setdefault(symbol, length)


def _check_shapes(
    label: str,
    equations: Sequence[Equation],
    needed: Mapping[str, Tensor],
    arrays: Mapping[str, Array],
    values: Mapping[Atom, Size],
) -> None:
    for name, tensor in needed.items():
        given = arrays[name].shape
        if tensor.shape is None:
            continue
        shape = tuple(substitute(n, values) for n in tensor.shape)
        if len(given) != len(shape):
            raise ValueError(f"{label}: {name} has the shape {given}; it needs {_shape(shape)}")
        for axis, (has, needs) in enumerate(zip(given, shape, strict=True)):
            if has != needs:
                why = _argument(equations, name, axis, tensor.shape[axis])
                raise ValueError(
                    f"{label}: axis {axis} of {name} has length {has}; it must have "
                    + (f"{why}={needs}" if why else f"{needs}")
                )


def _argument(equations: Sequence[Equation], name: str, axis: int, written: Size) -> str:
    """The layer's argument behind an axis, or its length as written where that is no number."""
    for equation in equations:
        names = {i.name: argument for i, argument in equation.arguments.items()}
        for entry in equation.entries():
            if entry.tensor.name == name and is_bare(entry.position[axis]):
                (index,) = indices_in(entry.position[axis])
                if index.name in names:
                    return names[index.name]
    return "" if isinstance(written, int) else text(written)


def _check_start(label: str, statement: Statement, arrays: Mapping[str, Array]) -> None:
    steps, start = steps_of(statement.equation), statement.equation.initial
    if start is None:
        return
    if steps is None:
        raise ValueError(
            f"{label}: {statement.equation} is no recurrence, but has the initial state {start.name}"
        )
    shape = statement.shape[: steps.axis] + statement.shape[steps.axis + 1 :]
    given = arrays[start.name].shape
    if given != shape:
        raise ValueError(
            f"{label}: the initial state {start.name} has the shape {given}, not {_shape(shape)}"
        )


def _floating(arrays: Iterable[Array]) -> np.dtype[Any] | None:
    kinds = [a.dtype for a in arrays]
    if not any(d.kind == "f" for d in kinds):
        return None
    return np.result_type(*(d for d in kinds if d.kind != "O"))
