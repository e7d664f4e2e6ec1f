"""Sizes as NumPy functions: exact integers for millions of points, an overflow is an error.

Before anything is computed, the largest magnitude that any intermediate result can reach is bounded with
exact Python integers; only where that bound leaves the 64-bit range is every point checked.
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
_LIMIT = 2**63 - 1
_SAFE_FLOAT = 2.0**63 * (1 - 2.0**-30)  # less what rounding adds up to, over a million operations
_CHUNK = 1 << 15  # points at a time: what is computed stays in the cache


class VectorFunction:
    """A size as a function of arrays, one keyword per symbol; arrays broadcast against one another.

    Raises ``ValueError`` where the arrays leave the ``domain`` and for missing or unknown symbols,
    ``OverflowError`` where a result (or a step towards it) leaves the 64-bit range, and ``TypeError`` for
    arrays that are not integers.

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
        columns = self._columns(arrays)
        if isinstance(self.value, int):
            return self.value
        shape = np.broadcast_shapes(*(c.shape for c in columns.values()))
        flat = {s: c if c.ndim == 0 else np.broadcast_to(c, shape).reshape(-1) for s, c in columns.items()}
        out = np.empty(int(np.prod(shape)), dtype=np.int64)
        for start in range(0, out.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            here = _Evaluation({s: c if c.ndim == 0 else c[part] for s, c in flat.items()})
            self._check_domain(here)
            out[part] = here.exact(self.value)
        return out.reshape(shape)

    def _check_domain(self, here: _Evaluation) -> None:
        for condition in self.domain:
            left, right = here.exact(condition.left), here.exact(condition.right)
            if condition.relation == "ge":
                wrong = left < right
            else:
                wrong = left != right if condition.relation == "eq" else right % left != 0
            if np.any(wrong):
                first = int(np.flatnonzero(wrong)[0]) if np.ndim(wrong) else 0
                at = {s.name: int(c if c.ndim == 0 else c[first]) for s, c in here.columns.items()}
                given = ", ".join(f"{name}={value}" for name, value in at.items())
                reason = condition.reason or "outside the domain"
                raise ValueError(f"{self.label} at {given}: {reason}; needs {condition}")

    def _columns(self, arrays: Mapping[str, Any]) -> dict[Sym, Column]:
        known = {s.name: s for s in self.symbols}
        missing = [name for name in known if name not in arrays]
        if missing:
            raise ValueError(
                f"no values for {', '.join(missing)}; give {', '.join(f'{n}=...' for n in missing)}"
            )
        unknown = [name for name in arrays if name not in known]
        if unknown:
            raise ValueError(f"{unknown[0]} does not occur; the symbols are {', '.join(known) or 'none'}")
        columns: dict[Sym, Column] = {}
        for name, values in arrays.items():
            column = np.asarray(values)
            if column.dtype.kind not in "iu":
                raise TypeError(f"{name} has dtype {column.dtype}; it must hold integers")
            if column.dtype == np.uint64 and column.size and int(column.max()) > _LIMIT:
                raise OverflowError(
                    f"{name} holds {int(column.max())}, which does not fit into 64 bits with a sign"
                )
            columns[known[name]] = column.astype(np.int64, copy=False)
        for symbol, column in columns.items():
            if symbol.minimum is not None and column.size and int(column.min()) < symbol.minimum:
                raise ValueError(
                    f"{symbol.name} holds {int(column.min())}; it must be at least {symbol.minimum}"
                )
        return columns


class _Evaluation:
    """One evaluation: every atom is computed once, with a bound on its magnitude."""

    def __init__(self, columns: Mapping[Sym, Column]) -> None:
        self.columns = columns
        self.done: dict[Atom, tuple[Column, int]] = {}

    def exact(self, value: Size) -> Column:
        """The values of a size."""
        return self.size(value)[0]

    def size(self, value: Size) -> tuple[Column, int]:
        if isinstance(value, int):
            if abs(value) > _LIMIT:
                raise OverflowError(f"{value} does not fit into 64 bits")
            return np.asarray(value, dtype=np.int64), abs(value)
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
        if np.any(d == 0):
            raise ZeroDivisionError(f"{value} divides by 0 for some of the given values")
        quotient, rest = np.divmod(n, d)
        if np.any(rest):
            raise ArithmeticError(f"{value} is not an integer for all of the given values")
        return quotient, bound

    def polynomial(self, terms: Polynomial) -> tuple[Column, int]:
        bound = 0
        for m, c in terms.items():
            size = abs(int(c))
            for atom, exponent in m:
                size *= max(1, self.atom(atom)[1]) ** exponent
            bound += size
        if bound > _LIMIT:
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
        out: Column | None = None
        for atom, exponent in m:
            for _ in range(exponent):
                factor = self.atom(atom)[0]
                out = factor if out is None else out * factor
        if out is None:
            return np.asarray(c, dtype=np.int64)
        return out if c == 1 else out * np.int64(c)

    def check_each_point(self, terms: Polynomial) -> None:
        """Raise ``OverflowError`` where the sum of magnitudes leaves the 64-bit range at some point."""
        magnitude: Any = np.float64(0)
        for m, c in terms.items():
            part: Any = np.float64(abs(c))
            for atom, exponent in m:
                part = part * np.abs(self.atom(atom)[0].astype(np.float64)) ** exponent
            magnitude = magnitude + part
        worst = float(np.max(magnitude)) if np.size(magnitude) else 0.0
        if worst > _SAFE_FLOAT:
            raise OverflowError(
                f"{Dim(terms)} reaches about {worst:.3g} here, which does not fit into 64 bits"
            )

    def atom(self, atom: Atom) -> tuple[Column, int]:
        """The values of an atom and a bound on their magnitude."""
        if atom not in self.done:
            self.done[atom] = self.computed(atom)
        return self.done[atom]

    def computed(self, atom: Atom) -> tuple[Column, int]:
        if isinstance(atom, Sym):
            return self.columns[atom], _magnitude(self.columns[atom])
        if isinstance(atom, Group):
            return self.size(atom.dim)
        if isinstance(atom, Floor):
            return self.floor(atom)
        if isinstance(atom, Extremum):
            choose: Callable[[Any, Any], Any] = np.maximum if atom.kind == "max" else np.minimum
            out, bound = self.size(atom.arguments[0])
            for other in atom.arguments[1:]:
                values, its_bound = self.size(other)
                out, bound = choose(out, values), max(bound, its_bound)
            return out, bound
        if isinstance(atom, Card):
            counts = self.pointwise(atom)
            return counts, _magnitude(counts)
        raise TypeError(f"{atom} has no numeric form")

    def floor(self, atom: Floor) -> tuple[Column, int]:
        n, bound = self.size(atom.numerator)
        d = atom.denominator
        if not isinstance(d, int):
            return n // self.exact(d), bound + 1
        if d & (d - 1) == 0:
            # An arithmetic shift rounds down, and is faster than a division.
            return n >> np.int64(d.bit_length() - 1), bound // d + 1
        return n // np.int64(d), bound // d + 1

    def pointwise(self, atom: Card) -> Column:
        """A count without closed form, point by point."""
        own = symbols_of(Dim.of_atom(atom))
        arrays = np.broadcast_arrays(*(self.columns[s] for s in own))
        found = [
            substitute(Dim.of_atom(atom), {s: int(v) for s, v in zip(own, point, strict=True)})
            for point in zip(*(a.ravel() for a in arrays), strict=True)
        ]
        return np.array(found, dtype=np.int64).reshape(arrays[0].shape)


def _magnitude(values: Column) -> int:
    return max(abs(int(values.max())), abs(int(values.min()))) if values.size else 0


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
