"""Arrays of whole numbers in random cases: drawn, compared exactly, cut down, written as literals."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from symcnn.testing.cases import Failure, TooLong

Array = npt.NDArray[Any]

LARGEST = 20_000
# Entries are looked at one by one in arrays of at most as many.
MOST_ENTRIES = 200


class Inexact(ValueError):
    """A result that is rounded, so that equality says nothing."""


@dataclass(frozen=True, eq=False)
class ArrayCase:
    """Sizes and arrays by name."""

    sizes: Mapping[str, int]
    arrays: Mapping[str, Array]

    def key(self) -> tuple[Any, ...]:
        """What tells it from other cases."""
        arrays = tuple((name, a.shape, tuple(a.ravel().tolist())) for name, a in self.arrays.items())
        return tuple(self.sizes.items()), arrays


def drawn(shape: Sequence[int], dtype: str, low: int, high: int, dice: random.Random) -> Array:
    """An array of whole numbers: from all of a range, or 0 and 1 alone."""
    if prod(shape) > LARGEST:
        raise TooLong(f"an array of shape {tuple(shape)} is too large")
    if dice.random() < 0.2 and low <= 0 and high >= 1:
        low, high = 0, 1
    values = [dice.randint(low, high) for _ in range(prod(shape))]
    return np.array(values, dtype=dtype).reshape(tuple(shape))


def fitted(array: Array, shape: Sequence[int]) -> Array:
    """The array cut to a shape, or filled up with ones."""
    out = np.ones(tuple(shape), dtype=array.dtype)
    part = tuple(slice(0, min(a, b)) for a, b in zip(array.shape, shape, strict=True))
    out[part] = array[part]
    return out


def simpler_arrays(case: ArrayCase, low: int, high: int) -> Iterator[ArrayCase]:
    """The case with one array of zeros or ones, then with single entries that are 0 or 1."""
    allowed = [n for n in (0, 1) if low <= n <= high]
    for name, array in case.arrays.items():
        for value in allowed:
            if any(abs(n) > value or n < 0 for n in array.ravel()):
                yield ArrayCase(case.sizes, {**case.arrays, name: np.full_like(array, value)})
    for name, array in case.arrays.items():
        if array.size > MOST_ENTRIES:
            continue
        for place in np.ndindex(array.shape):
            for value in allowed:
                if abs(array[place]) > value or array[place] < 0:
                    changed = array.copy()
                    changed[place] = value
                    yield ArrayCase(case.sizes, {**case.arrays, name: changed})


def compared(left: Any, right: Any, tolerance: float, what: str) -> Failure | None:
    """What differs between two results: their shapes, or an entry. Raises ``Inexact`` for rounded ones."""
    a, b = as_array(left, f"{what}: left"), as_array(right, f"{what}: right")
    if a.shape != b.shape:
        return Failure(a, b, f"the shapes {a.shape} and {b.shape} differ")
    if not tolerance:
        a, b = exact(a, f"{what}: left"), exact(b, f"{what}: right")
        wrong = np.asarray(a != b)
    else:
        x, y = a.astype(float), b.astype(float)
        if np.any(beyond := ~np.isfinite(x) & ~np.isfinite(y)):
            raise Inexact(
                f"{what}: both sides are {x[beyond].flat[0]} and {y[beyond].flat[0]} somewhere, which no "
                "tolerance compares; give arrays of numbers"
            )
        wrong = ~np.isclose(x, y, rtol=tolerance, atol=tolerance)
    if not wrong.any():
        return None
    if not a.shape:
        return Failure(a, b, f"{a} = {b} is false")
    place = tuple(int(p) for p in np.argwhere(wrong)[0])
    at = ", ".join(map(str, place))
    return Failure(a, b, f"they differ at [{at}], where they are {a[place]} and {b[place]}")


def as_array(value: Any, what: str) -> Array:
    """A result as an array: of NumPy, of PyTorch, a number or a list."""
    try:
        array = np.asarray(value.detach().cpu().numpy() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{what} gives {type(value).__name__}, which NumPy cannot read: {error}") from None
    if array.dtype.kind not in "iufbO":
        raise TypeError(
            f"{what} gives {array.dtype} ({type(value).__name__}), which is no array of real numbers"
        )
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{what} gives a masked array; fill it, as by .filled(0)")
    return array


def exact(array: Array, what: str) -> Array:
    """The array, its floats as whole numbers; raises ``Inexact`` where one is none."""
    if array.dtype.kind == "b":
        return array.astype(np.int64)
    if array.dtype.kind == "O":
        for value in array.flat:
            if isinstance(value, bool) or not isinstance(value, int | Fraction | np.integer):
                raise Inexact(
                    f"{what} holds {value!r}; an array of objects holds whole numbers and Fractions"
                )
        return array
    if array.dtype.kind != "f":
        return array
    most = 2 ** (np.finfo(array.dtype).nmant + 1)
    rounded = np.round(array)
    wrong = ~np.isfinite(array) | (rounded != array) | (np.abs(rounded) >= most)
    if wrong.any():
        raise Inexact(
            f"{what} gives {float(array[wrong].flat[0])}, which is no whole number below "
            f"2^{most.bit_length() - 1}, so it may be rounded; multiply quotients out, divide by "
            "Fraction(n) with dtype='object', or allow a difference by tolerance=1e-9"
        )
    return rounded.astype(np.int64)


def array_literal(array: Array) -> str:
    """The array as it is written in a script."""
    dtype = "object" if array.dtype.kind == "O" else f'"{array.dtype}"'
    return f"np.array({_nested(array.tolist())}, dtype={dtype})"


def _nested(value: Any) -> str:
    if isinstance(value, list):
        items: list[Any] = value
        return f"[{', '.join(map(_nested, items))}]"
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)
