"""Sizes as NumPy functions: exact integers for millions of points, an overflow is an error.

Before anything is computed, the largest magnitude that any intermediate result can reach is bounded with
exact Python integers; only where that bound leaves the 64-bit range is every point checked.

Arrays of JAX and CuPy are computed where they are, with their own library. Arrays of Dask stay lazy: every
block is computed, and checked, on the machine on which it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import Monomial, Polynomial
from symcnn.symbols.cardinality import Card
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Dim, Group, Size, Sym, substitute, symbols_of

Column: TypeAlias = NDArray[np.int64]
Library: TypeAlias = Any  # numpy, or a module with the same functions: jax.numpy, cupy
_LIMIT = 2**63 - 1
_SAFE_FLOAT = 2.0**63 * (1 - 2.0**-30)  # less what rounding adds up to, over a million operations
CHUNK = 1 << 15  # points at a time: what is computed stays in the cache


class VectorFunction:
    """A size as a function of arrays, one keyword per symbol; arrays broadcast against one another.

    Arrays are those of NumPy, or what NumPy makes arrays of; or of JAX (in 64 bits), CuPy or Dask. With Dask,
    errors are raised when the result is computed.

    Raises ``ValueError`` where the arrays leave the ``domain`` and for missing or unknown symbols,
    ``OverflowError`` where a result (or a step towards it) leaves the 64-bit range, and ``TypeError`` for
    arrays that are not integers, or of two libraries.

    >>> import numpy as np
    >>> from symcnn.symbols import parse_size
    >>> f = VectorFunction(parse_size("3*((H + 1)//2)*W"))
    >>> f(H=np.arange(1, 5), W=10)
    array([30, 30, 60, 60])
    """

    def __init__(self, value: Size, domain: Sequence[Condition] = (), label: str = "") -> None:
        self.value = value
        self.domain = tuple(domain)
        self.label = label
        sides = [side for c in self.domain for side in (c.left, c.right)]
        self.symbols: tuple[Sym, ...] = tuple(symbols_of(value, *sides))

    def __call__(self, **arrays: Any) -> Any:
        """The values at these points: an array of the broadcast shape."""
        if any(map(_is_lazy, arrays.values())):
            return self._lazily(arrays)
        xp = _library(arrays)
        columns = checked_columns(self.symbols, arrays, xp)
        if isinstance(self.value, int) and not self.symbols:
            return self.value
        try:
            shape = np.broadcast_shapes(*(c.shape for c in columns.values()))
        except ValueError:
            shapes = ", ".join(f"{s.name} {c.shape}" for s, c in columns.items() if c.ndim)
            raise ValueError(f"the shapes of the arrays do not fit one another: {shapes}") from None
        if xp is not np:
            whole = Evaluation(columns, xp)
            self.check_domain(whole)
            return xp.broadcast_to(whole.exact(self.value), shape)
        flat = {s: c if c.ndim == 0 else np.broadcast_to(c, shape).reshape(-1) for s, c in columns.items()}
        out = np.empty(int(np.prod(shape)), dtype=np.int64)
        for start in range(0, out.size, CHUNK):
            part = slice(start, start + CHUNK)
            here = Evaluation({s: c if c.ndim == 0 else c[part] for s, c in flat.items()})
            self.check_domain(here)
            out[part] = here.exact(self.value)
        return out.reshape(shape)

    def _lazily(self, arrays: Mapping[str, Any]) -> Any:
        """The values as a Dask array, block by block."""
        check_names(self.symbols, arrays)
        from importlib import import_module

        da: Any = import_module("dask.array")
        blocks = [a if _is_lazy(a) else np.asarray(a) for a in arrays.values()]
        for name, block in zip(arrays, blocks, strict=True):
            _check_kind(name, block)
        rank = max(block.ndim for block in blocks)
        meta = np.empty((0,) * rank, dtype=np.int64)
        return da.map_blocks(_block, *blocks, function=self, names=tuple(arrays), dtype=np.int64, meta=meta)

    def check_domain(self, here: Evaluation) -> None:
        """Raise ``ValueError`` where a point is outside of the domain."""
        for condition in self.domain:
            wrong = here.broken(condition)
            if here.xp.any(wrong):
                raise ValueError(f"{self.label} at {here.first(wrong)}: {explained(condition)}")


def _block(*blocks: Any, function: VectorFunction, names: tuple[str, ...]) -> Any:
    return function(**dict(zip(names, blocks, strict=True)))


def _is_lazy(array: Any) -> bool:
    return hasattr(array, "__dask_graph__")


def _library(arrays: Mapping[str, Any]) -> Library:
    """The library of the arrays: NumPy where none has another one."""
    found: dict[str, Library] = {}
    for name, array in arrays.items():
        if hasattr(array, "__array_namespace__") and not isinstance(array, np.ndarray | np.generic):
            found.setdefault(array.__array_namespace__().__name__, (name, array.__array_namespace__()))
    if len(found) > 1:
        owners = ", ".join(f"{name} of {library}" for library, (name, _) in found.items())
        raise TypeError(f"arrays of several libraries: {owners}; convert them to one")
    return next((xp for _, xp in found.values()), np)


def explained(condition: Condition) -> str:
    """What a point outside of the domain breaks, in words."""
    return f"{condition.reason or 'outside the domain'}; needs {condition}"


def check_names(symbols: Sequence[Sym], arrays: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` where the arrays are not those of the symbols."""
    known = [s.name for s in symbols]
    missing = [name for name in known if name not in arrays]
    if missing:
        raise ValueError(f"no values for {', '.join(missing)}; give {', '.join(f'{n}=...' for n in missing)}")
    unknown = [name for name in arrays if name not in known]
    if unknown:
        raise ValueError(f"{unknown[0]} does not occur; the symbols are {', '.join(known) or 'none'}")


def _check_kind(name: str, column: Any) -> None:
    if column.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {column.dtype}; it must hold integers")


def checked_columns(symbols: Sequence[Sym], arrays: Mapping[str, Any], xp: Library = np) -> dict[Sym, Column]:
    """The arrays as columns of 64 bits, one for each symbol; errors as for :class:`VectorFunction`."""
    check_names(symbols, arrays)
    known = {s.name: s for s in symbols}
    columns: dict[Sym, Column] = {}
    for name, values in arrays.items():
        column = xp.asarray(values)
        _check_kind(name, column)
        if column.dtype == np.uint64 and column.size and int(xp.max(column)) > _LIMIT:
            raise OverflowError(
                f"{name} holds {int(xp.max(column))}, which does not fit into 64 bits with a sign"
            )
        columns[known[name]] = column if column.dtype == np.int64 else _widened(name, column, xp)
    for symbol, column in columns.items():
        if symbol.minimum is not None and column.size and int(xp.min(column)) < symbol.minimum:
            raise ValueError(
                f"{symbol.name} holds {int(xp.min(column))}; it must be at least {symbol.minimum}"
            )
    return columns


def _widened(name: str, column: Any, xp: Library) -> Column:
    if xp is not np and xp.zeros(1, dtype=int).dtype != np.int64:
        raise TypeError(
            f"{name}: {xp.__name__} has integers of 32 bits; for JAX, "
            "jax.config.update('jax_enable_x64', True) gives it 64"
        )
    return column.astype(np.int64)


class Evaluation:
    """One evaluation: every atom is computed once, with a bound on its magnitude.

    The columns broadcast against one another, so that what depends on one axis of a grid is computed along
    that axis alone. Columns of Python's integers (dtype object, at least one axis) have no bounds: they never
    overflow.
    """

    def __init__(self, columns: Mapping[Sym, Any], xp: Library = np) -> None:
        self.columns = columns
        self.xp = xp
        self.unbounded = any(c.dtype.kind == "O" for c in columns.values())
        self.done: dict[Atom, tuple[Column, int]] = {}

    def broken(self, condition: Condition) -> Any:
        """Where a condition does not hold."""
        left, right = self.exact(condition.left), self.exact(condition.right)
        if condition.relation == "ge":
            return left < right
        return left != right if condition.relation == "eq" else right % left != 0

    def first(self, wrong: Any) -> str:
        """The first point at which ``wrong`` holds, in words."""
        where, *columns = np.broadcast_arrays(_host(wrong), *map(_host, self.columns.values()))
        place = int(np.argmax(where))
        values = zip(self.columns, (int(c.reshape(-1)[place]) for c in columns), strict=True)
        return ", ".join(f"{symbol.name}={value}" for symbol, value in values)

    def number(self, value: int) -> Any:
        """A constant beside the columns."""
        if self.unbounded:
            return value
        if abs(value) > _LIMIT:
            raise OverflowError(f"{value} does not fit into 64 bits")
        return self.xp.asarray(value, dtype=np.int64)

    def exact(self, value: Size) -> Column:
        """The values of a size."""
        return self.size(value)[0]

    def size(self, value: Size) -> tuple[Column, int]:
        """The values of a size and a bound on their magnitude."""
        if isinstance(value, int):
            return self.number(value), abs(value)
        terms = value.terms
        below = lcm(*(c.denominator for c in terms.values()))
        inverse = _inverse_powers(terms)
        if below == 1 and not inverse:
            return self.polynomial(terms)
        # An exact quotient: numerator over denominator, and the division must leave nothing.
        common: Monomial = tuple(sorted(inverse.items()))
        numerator = _times(terms, common, below)
        n, bound = self.polynomial(numerator)
        d, _ = self.polynomial({common: below})
        if self.xp.any(d == 0):
            raise ZeroDivisionError(f"{value} divides by 0 for some of the given values")
        if self.xp.any(n % d):
            raise ArithmeticError(f"{value} is not an integer for all of the given values")
        return n // d, bound

    def polynomial(self, terms: Polynomial) -> tuple[Column, int]:
        """The values of a sum of terms and a bound on every step towards them."""
        bound = 0
        for m, c in terms.items():
            size = abs(int(c))
            for atom, exponent in m:
                size *= max(1, self.atom(atom)[1]) ** exponent
            bound += size
        if bound > _LIMIT and not self.unbounded:
            self.check_each_point(terms)
        return self.nested(list(terms.items())), min(bound, _LIMIT)

    def nested(self, terms: Sequence[tuple[Monomial, Any]]) -> Column:
        """The sum of terms, with the factor that most of them share taken out (Horner's rule)."""
        counts: dict[Atom, int] = {}
        for m, _ in terms:
            for atom, _ in m:
                counts[atom] = counts.get(atom, 0) + 1
        best = max(counts, key=lambda a: counts[a], default=None)
        if best is None or counts[best] < 2:
            parts = [self.term(m, int(c)) for m, c in terms]
            out = parts[0]
            for part in parts[1:]:
                out = out + part
            return out
        inside = [(_lowered(m, best), c) for m, c in terms if any(a == best for a, _ in m)]
        outside = [(m, c) for m, c in terms if all(a != best for a, _ in m)]
        out = self.nested(inside) * self.atom(best)[0]
        return out + self.nested(outside) if outside else out

    def term(self, m: Monomial, c: int) -> Column:
        """One term: a number times powers of atoms."""
        out: Column | None = None
        for atom, exponent in m:
            for _ in range(exponent):
                factor = self.atom(atom)[0]
                out = factor if out is None else out * factor
        if out is None:
            return self.number(c)
        return out if c == 1 else out * self.number(c)

    def check_each_point(self, terms: Polynomial) -> None:
        """Raise ``OverflowError`` where the sum of magnitudes leaves the 64-bit range at some point."""
        magnitude: Any = self.xp.asarray(0.0)
        # What leaves the range of floats is infinite, and no number at all where it is multiplied by 0.
        with np.errstate(over="ignore", invalid="ignore"):
            for m, c in terms.items():
                part: Any = self.xp.asarray(float(abs(c)))
                for atom, exponent in m:
                    factor = self.xp.asarray(self.atom(atom)[0], dtype=np.float64)
                    part = part * self.xp.abs(factor) ** exponent
                magnitude = magnitude + part
        worst = float(self.xp.max(magnitude)) if magnitude.size else 0.0
        if not worst <= _SAFE_FLOAT:
            reached = f"about {worst:.3g}" if np.isfinite(worst) else "more than 1e308"
            raise OverflowError(f"{Dim(terms)} reaches {reached} here, which does not fit into 64 bits")

    def atom(self, atom: Atom) -> tuple[Column, int]:
        """The values of an atom and a bound on their magnitude."""
        if atom not in self.done:
            self.done[atom] = self.computed(atom)
        return self.done[atom]

    def computed(self, atom: Atom) -> tuple[Column, int]:
        """The same, from the parts of the atom."""
        if isinstance(atom, Sym):
            return self.columns[atom], self.magnitude(self.columns[atom])
        if isinstance(atom, Group):
            return self.size(atom.dim)
        if isinstance(atom, Floor):
            return self.floor(atom)
        if isinstance(atom, Extremum):
            choose: Callable[[Any, Any], Any] = self.xp.maximum if atom.kind == "max" else self.xp.minimum
            out, bound = self.size(atom.arguments[0])
            for other in atom.arguments[1:]:
                values, its_bound = self.size(other)
                out, bound = choose(out, values), max(bound, its_bound)
            return out, bound
        if isinstance(atom, Card):
            counts = self.pointwise(atom)
            return counts, self.magnitude(counts)
        raise TypeError(f"{atom} has no numeric form")

    def floor(self, atom: Floor) -> tuple[Column, int]:
        """The quotient, rounded down."""
        n, bound = self.size(atom.numerator)
        d = atom.denominator
        if not isinstance(d, int):
            return n // self.exact(d), bound + 1
        if d & (d - 1) == 0:
            # An arithmetic shift rounds down, and is faster than a division.
            return n >> self.number(d.bit_length() - 1), bound // d + 1
        return n // self.number(d), bound // d + 1

    def pointwise(self, atom: Card) -> Column:
        """A count without closed form, point by point."""
        own = symbols_of(Dim.of_atom(atom))
        arrays = np.broadcast_arrays(*(_host(self.columns[s]) for s in own))
        found = [
            substitute(Dim.of_atom(atom), {s: int(v) for s, v in zip(own, point, strict=True)})
            for point in zip(*(a.ravel() for a in arrays), strict=True)
        ]
        counts = np.array(found, dtype=object if self.unbounded else np.int64)
        return self.xp.asarray(counts.reshape(arrays[0].shape))

    def magnitude(self, values: Any) -> int:
        """A bound on the magnitude of these values, where bounds are kept."""
        if self.unbounded or not values.size:
            return 0
        return max(abs(int(self.xp.max(values))), abs(int(self.xp.min(values))))


def _host(array: Any) -> Any:
    """An array as NumPy's; CuPy must be asked for it."""
    return array.get() if hasattr(array, "get") else np.asarray(array)


def _lowered(m: Monomial, atom: Atom) -> Monomial:
    return tuple((a, e - 1 if a == atom else e) for a, e in m if a != atom or e > 1)


def _inverse_powers(terms: Polynomial) -> dict[Atom, int]:
    powers: dict[Atom, int] = {}
    for m in terms:
        for atom, exponent in m:
            if exponent < 0:
                powers[atom] = max(powers.get(atom, 0), -exponent)
    return powers


def _times(terms: Polynomial, common: Monomial, number: int) -> Polynomial:
    scaled = {m: Fraction(c) * number for m, c in terms.items()}
    return poly.multiply({m: c.numerator for m, c in scaled.items()}, {common: 1})
