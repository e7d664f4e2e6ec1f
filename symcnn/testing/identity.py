"""``ArrayIdentity``: two functions of arrays that give the same, for all sizes under some conditions."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from inspect import Parameter
from typing import Any

from symcnn.equations.notation import Tensor
from symcnn.proving.relations import ge, le
from symcnn.proving.scope import kernel_names
from symcnn.proving.translation import statement
from symcnn.search.cases import Problem
from symcnn.symbols.size import Dim, Size, Sym, as_size, substitute, symbols_of
from symcnn.symbols.suggest import suggestion
from symcnn.testing.arrays import (
    ArrayCase,
    Inexact,
    array_literal,
    as_array,
    compared,
    drawn,
    fitted,
    simpler_arrays,
)
from symcnn.testing.as_python import identifiers
from symcnn.testing.cases import Experiment, Failure, Skipped, TooLong
from symcnn.testing.drawing import Draw
from symcnn.testing.sources import Sources, Unavailable, parameters

DTYPES = ("int64", "float64", "object")


@dataclass(frozen=True, kw_only=True)
class ArrayIdentity:
    """An identity of arrays: ``left`` and ``right`` give the same for all of ``tensors`` and ``sizes``.

    left(x, ..., S, ...) = right(x, ..., S, ...) for all sizes that satisfy ``given``

    ``tensors`` are ``Tensor(name, shape)`` with shapes in symbols; ``sizes`` are symbols that are no length,
    such as a stride. The functions take what they need of both by name, and return an array of NumPy or
    PyTorch, or a number. Entries are whole numbers between those of ``entries``, as ``dtype`` int64, float64
    or object: int64 wraps beyond 2^63, as it does in NumPy; whole numbers in floats are exact below 2^53, and
    a result that is none is refused, unless ``tolerance`` allows a difference.

    Raises ``TypeError`` and ``ValueError`` for parameters that name nothing, and for tensors without a shape.

    >>> import numpy as np
    >>> from symcnn import ArrayIdentity, Tensor, check_random, dims
    >>> M, N = dims("M N")
    >>> u, v = Tensor("u", (M,)), Tensor("v", (N,))
    >>> commutes = ArrayIdentity(
    ...     name="convolution commutes",
    ...     tensors=[u, v],
    ...     left=lambda u, v: np.convolve(u, v),
    ...     right=lambda u, v: np.convolve(v, u),
    ... )
    >>> print(check_random(commutes, seed=7))
    held in 200 random cases (seed 7)
    """

    name: str
    left: Callable[..., Any]
    right: Callable[..., Any]
    tensors: Sequence[Tensor] = ()
    sizes: Sequence[Any] = ()
    given: Any = ()
    dtype: str = "int64"
    entries: tuple[int, int] = (-4, 4)
    tolerance: float = 0
    _symbols: tuple[Sym, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        given: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.init}
        if not isinstance(given["name"], str) or not self.name.strip():
            raise ValueError(f"name={self.name!r} must be a text that says what the identity is")
        for several in ("tensors", "sizes", "entries"):
            if not isinstance(given[several], list | tuple):
                raise TypeError(f"{several}={given[several]!r} must be a list")
        if type(given["tolerance"]) not in (int, float):
            raise TypeError(f"tolerance={self.tolerance!r} must be a number")
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype={self.dtype!r} is unknown{suggestion(str(self.dtype), DTYPES)}")
        if [type(n) for n in self.entries] != [int, int] or self.entries[0] >= self.entries[1]:
            raise ValueError(f"entries={self.entries!r} must be two whole numbers, the smaller one first")
        if self.dtype != "object" and max(map(abs, self.entries)) >= 2**26:
            raise ValueError(
                f"entries={self.entries!r} have products that dtype={self.dtype!r} does not hold exactly; "
                "take dtype='object'"
            )
        if not 0 <= self.tolerance < 1:
            raise ValueError(f"tolerance={self.tolerance!r} must be at least 0 and below 1")
        for tensor in self.tensors:
            if not isinstance(tensor, Tensor) or tensor.shape is None:  # pyright: ignore[reportUnnecessaryIsInstance]
                shown = getattr(tensor, "name", tensor)
                raise TypeError(f"tensors: {shown!r} must be a Tensor with a shape, as Tensor('x', (L,))")
        symbols = symbols_of(*self._lengths(), *(as_size(s, "sizes") for s in self.sizes))
        for size in self.sizes:
            if as_size(size) not in [Dim.of_atom(s) for s in symbols]:
                raise ValueError(f"sizes: {size} must be a symbol, as S from dims('S')")
        object.__setattr__(self, "_symbols", tuple(symbols))
        names = [t.name for t in self.tensors] + [s.name for s in symbols]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{self.name}: {name} names two of its tensors and sizes; rename one")
        for side, function in (("left", self.left), ("right", self.right)):
            self._check(side, function, names)

    def _lengths(self) -> list[Size]:
        return [n for tensor in self.tensors for n in tensor.known_shape]

    def _check(self, side: str, function: Any, names: Sequence[str]) -> None:
        if not callable(function):
            raise TypeError(f"{side}={function!r} must be a function of {', '.join(names)}")
        found = parameters(function)
        if found is None:
            raise TypeError(f"{side}={function!r} does not say what it takes; wrap it as lambda x: ...")
        for p in found:
            if p.kind in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL) or p.name in names:
                continue
            if p.default is Parameter.empty:
                raise TypeError(
                    f"{side} takes {p.name!r}, which is no tensor and no size of {self.name!r}"
                    f"{suggestion(p.name, names)}"
                )

    @property
    def symbols(self) -> tuple[Sym, ...]:
        """The symbols of all lengths and sizes."""
        return self._symbols


def arguments(identity: ArrayIdentity, function: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """What a side takes in order, and what by name: ``*args`` are all tensors, ``**kwargs`` is all."""
    found = parameters(function) or []
    tensors, sizes = [t.name for t in identity.tensors], [s.name for s in identity.symbols]
    kinds = {p.kind for p in found}
    if Parameter.VAR_POSITIONAL in kinds:
        return tensors, []
    if Parameter.VAR_KEYWORD in kinds:
        return [], [*tensors, *sizes]
    known = {*tensors, *sizes}
    placed = [p.name for p in found if p.kind is Parameter.POSITIONAL_ONLY]
    return placed, [p.name for p in found if p.name in known and p.name not in placed]


class ArrayIdentityExperiment(Experiment[ArrayCase]):
    """An identity in random cases."""

    def __init__(self, identity: ArrayIdentity, given: Any = ()) -> None:
        self.identity = identity
        self.name = identity.name
        self.tolerance = identity.tolerance
        lengths = [n for t in identity.tensors for n in t.known_shape if isinstance(n, Dim)]
        symbols = [Dim.of_atom(s) for s in identity.symbols]
        found = statement(
            le(0, 0), [*(le(s, s) for s in symbols), identity.given, given, *(ge(n, 1) for n in lengths)]
        )
        self.kernel = kernel_names(s.name for s in identity.symbols)
        extra = sorted(found.scope.keys() - set(self.kernel.values()))
        if extra:
            raise ValueError(
                f"{self.name}: {extra[0]} stands in what is given, and is no length; add it to sizes=[...]"
            )
        self.drawing = Draw(Problem(dict(found.scope), list(found.assumptions)))
        self.missed = self.drawing.missed

    def only_case(self) -> bool:
        """Whether there is nothing to choose."""
        return not self.identity.tensors and not self.identity.symbols

    def draw(self, dice: random.Random, width: int) -> ArrayCase | None:
        """Sizes that satisfy the conditions, and arrays of these."""
        numbers = self.drawing.point(dice, width)
        if numbers is None:
            return None
        sizes = self._sizes(numbers)
        low, high = self.identity.entries
        try:
            arrays = {
                t.name: drawn(self._shape(t, sizes), self.identity.dtype, low, high, dice)
                for t in self.identity.tensors
            }
        except TooLong:
            return None
        return ArrayCase(sizes, arrays)

    def _sizes(self, numbers: Mapping[str, Any]) -> dict[str, int]:
        return {s.name: int(numbers[self.kernel[s.name]]) for s in self.identity.symbols}

    def _shape(self, tensor: Tensor, sizes: Mapping[str, int]) -> tuple[int, ...]:
        values: dict[Any, Size] = {s: sizes[s.name] for s in self.identity.symbols}
        return tuple(int(substitute(n, values)) for n in tensor.known_shape)  # type: ignore[arg-type]

    def key(self, case: ArrayCase) -> Hashable:
        """Sizes and entries."""
        return case.key()

    def failure(self, case: ArrayCase) -> Failure | None:
        """What differs; raises ``ValueError`` where a side raises an error, or is rounded."""
        sides: list[Any] = []
        for side, function in (("left", self.identity.left), ("right", self.identity.right)):
            known = {**case.sizes, **{n: a.copy() for n, a in case.arrays.items()}}
            names, by_name = arguments(self.identity, function)
            try:
                value = function(*(known[n] for n in names), **{n: known[n] for n in by_name})
            except Exception as error:
                raise ValueError(
                    f"{self.name}: {side} raises {type(error).__name__}: {error}, in the case "
                    f"{_case(case)}; exclude such cases by given=..., or correct {side}"
                ) from error
            # A copy: both sides may write into the same buffer.
            sides.append(as_array(value, f"{self.name}: {side}").copy())
        if sides[0].shape == sides[1].shape and 0 in sides[0].shape:
            raise Skipped("both sides are arrays without entries")
        try:
            return compared(sides[0], sides[1], self.tolerance, self.name)
        except Inexact as error:
            raise ValueError(f"{error}; in the case {_case(case)}") from None

    def simpler(self, case: ArrayCase) -> Iterator[ArrayCase]:
        """Smaller sizes with arrays cut to them, then simpler arrays."""
        for found in self.drawing.smaller({self.kernel[name]: value for name, value in case.sizes.items()}):
            sizes = self._sizes(found)
            shapes = {t.name: self._shape(t, sizes) for t in self.identity.tensors}
            yield ArrayCase(sizes, {n: fitted(case.arrays[n], shape) for n, shape in shapes.items()})
        low, high = self.identity.entries
        yield from simpler_arrays(case, low, high)

    def shown(self, case: ArrayCase) -> Mapping[str, Any]:
        """Sizes, then arrays."""
        return {**case.sizes, **case.arrays}

    def script(self, case: ArrayCase, failure: Failure, found: str) -> str:
        """A program that calls both functions on the arrays of the case."""
        script_names = identifiers(["np", "left_side", "right_side", *self.shown(case)])
        sources = Sources(("left", "right", *script_names.values()))
        calls: list[str] = []
        for side, value in (("left", failure.left), ("right", failure.right)):
            function = self.identity.left if side == "left" else self.identity.right
            try:
                sources.function(f"{side}_side", function)
                names, by_name = arguments(self.identity, function)
                given = ", ".join(
                    [*(script_names[n] for n in names), *(f"{n}={script_names[n]}" for n in by_name)]
                )
                calls.append(f"{side} = {side}_side({given})")
                # A tensor with a gradient is no array; and both sides may write into the same buffer.
                calls += [f"{side} = {side}.detach() if hasattr({side}, 'detach') else {side}"] * any(
                    "torch" in line for line in sources.imports
                )
                calls.append(f"{side} = np.array({side})")
            except Unavailable as error:
                calls.append(
                    f"# The source of {side} is not here: {_one_line(str(error))}; this is what it gave."
                )
                calls.append(f"{side} = {array_literal(value)}")
        values = [f"{script_names[name]} = {value}" for name, value in case.sizes.items()]
        values += [f"{script_names[name]} = {array_literal(array)}" for name, array in case.arrays.items()]
        needed = {"import numpy as np", *sources.imports}
        if any("Fraction(" in line for line in (*values, *calls)):
            needed.add("from fractions import Fraction")
        imports = sorted(needed, key=lambda line: (line[0] != "i", line))
        if any("def " in definition for definition in sources.definitions):
            # Annotations name what the script does not need.
            imports.insert(0, "from __future__ import annotations")
        lines = [f"# {_one_line(self.name)} fails in this case,", f"# {found}.", *imports, ""]
        for definition in sources.definitions:
            gap = ["", ""] if definition.startswith(("def ", "@", "class ")) else []
            lines += [*gap, definition, *gap]
        lines += ["", *values, "", *calls, 'print("left ", left)', 'print("right", right)']
        same = "np.array_equal(left, right)"
        if self.tolerance:
            t = self.tolerance
            same = f"(left.shape == right.shape and np.allclose(left, right, rtol={t}, atol={t}))"
        lines += [f"if not {same}:", '    raise AssertionError("left and right differ")', ""]
        return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _case(case: ArrayCase) -> str:
    shown = [f"{name} = {value}" for name, value in case.sizes.items()]
    shown += [f"{name} of shape {array.shape}" for name, array in case.arrays.items()]
    return ", ".join(shown) or "without sizes"
