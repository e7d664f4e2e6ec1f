"""Costs as users see them: SymPy expressions while symbols are open, exact numbers when all are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from symcnn.derive.convention import Convention
from symcnn.derive.lowering import Gemm
from symcnn.derive.quantities import FUSED, SEQUENTIAL, Quantities
from symcnn.symbols.checks import brief, instance, one_of
from symcnn.symbols.checks import text as text_of
from symcnn.symbols.conditions import SIGNS, Condition, Reason, at_least, strongest, whole
from symcnn.symbols.printing import bracketed, factor, latex, show, text, words_in_latex
from symcnn.symbols.size import Atom, Dim, Size, Sym, as_length, lowest_terms, substitute, symbols_of
from symcnn.symbols.suggest import suggestion

if TYPE_CHECKING:
    from symcnn.derive.derivation import Derivation
    from symcnn.symbols.vectorize import VectorFunction

BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1, "bool": 1,
}  # fmt: skip


class Cost:
    """What a layer or network costs on inputs of a given shape.

    Every quantity is a SymPy expression in the author's symbols, or an exact ``int`` (``Fraction`` for the
    intensity) once all symbols have numbers.
    """

    def __init__(
        self, source: Quantities, convention: Convention, values: Mapping[Sym, Size] | None = None
    ) -> None:
        self.source = source
        self.convention = convention
        self.values: dict[Sym, Size] = dict(values or {})
        self._cache: dict[str, Size] = {}

    def size(self, name: str) -> Size:
        """A quantity by name as an exact size, before it is turned into SymPy."""
        text_of("name", name, "macs")
        if name == "ops.total":
            name = FUSED if self.convention.fused else SEQUENTIAL
        if name not in self._cache:
            self._cache[name] = self._at(self.source.size(name))
        return self._cache[name]

    def _at(self, value: Size) -> Size:
        return substitute(value, self._atoms) if self.values else value

    @cached_property
    def _atoms(self) -> dict[Atom, Size]:
        return {**self.values}

    @property
    def label(self) -> str:
        """The layer or network as it was written."""
        return self.source.label

    @property
    def output_shape(self) -> tuple[Any, ...]:
        """The shape of the output."""
        return tuple(expression(self._at(n)) for n in self.source.output_shape)

    @property
    def output_sizes(self) -> tuple[Size, ...]:
        """The shape of the output as exact sizes."""
        return tuple(self._at(n) for n in self.source.output_shape)

    @property
    def params(self) -> Any:
        """Number of trained parameters: entries of all weights."""
        return expression(self.size("params"))

    @property
    def macs(self) -> Any:
        """Multiply-accumulates: products of entries of two tensors that a sum accumulates; no bias."""
        return expression(self.size("macs"))

    @property
    def ops(self) -> Operations:
        """Scalar operations by kind, and their totals."""
        return Operations(self)

    @property
    def memory(self) -> Memory:
        """Elements of inputs, weights, outputs and intermediates."""
        return Memory(self)

    @property
    def intensity(self) -> Any:
        """Arithmetic intensity: MACs per element of inputs, weights and outputs."""
        if self.unknown:
            known = f"no cost is known for {', '.join(self.unknown)}"
            raise ValueError(f"the intensity of {self.label} is not known: {known}")
        macs, elements = self.size("macs"), self.size("memory.total")
        if isinstance(macs, int) and isinstance(elements, int):
            return Fraction(macs, elements) if elements else Fraction(0)
        top, bottom = lowest_terms(macs, elements)
        return expression(top) / expression(bottom)

    @property
    def gemm(self) -> tuple[GemmView, ...]:
        """The matrix products (M x K)(K x N) that the layer lowers to."""
        return tuple(GemmView(g, self) for g in self.source.gemms)

    @property
    def domain(self) -> tuple[Condition, ...]:
        """The conditions on the symbols under which all this holds, beside their least values."""
        mapped = (*self._ranges(), *(c.mapped(self._at) for c in self.source.conditions))
        return strongest(c for c in mapped if c.verdict() is None)

    def _ranges(self) -> Iterator[Condition]:
        """That the values of the symbols are integers and in their ranges."""
        for symbol, value in self.values.items():
            yield from whole(value, Reason("{}={} must be a whole number", symbol.name, value))
            if symbol.minimum is not None:
                reason = Reason("{}={} must be at least {}", symbol.name, value, symbol.minimum)
                yield at_least(value, symbol.minimum, reason)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Operations without a known cost; where there are any, every total is a lower bound."""
        return self.source.unknown

    @property
    def status(self) -> str:
        """``"complete"``, or ``"lower bound"`` where an operation has no known cost."""
        return "lower bound" if self.unknown else "complete"

    @property
    def symbols(self) -> tuple[Sym, ...]:
        """The symbols that still have no number."""
        return tuple(symbols_of(*(self.values.get(s, Dim.of_atom(s)) for s in self.source.symbols)))

    def at(self, values: Mapping[Any, Any] | None = None, /, **named: Any) -> Self:
        """The cost with numbers (or other expressions) for symbols; may be partial.

        Raises ``ValueError`` for unknown symbols, values outside a symbol's range, and values outside the
        domain.
        """
        bound = self._checked_values(named_values(values, named))
        now = {s: self._composed(s, v, bound) for s, v in self.values.items()}
        now.update({s: v for s, v in bound.items() if s not in now and s in self.source.symbols})
        made = type(self)(self.source, self.convention, now)
        one_name_one_symbol(made.symbols, self.label)
        made.check_domain()
        return made

    def _composed(self, symbol: Sym, value: Size, bound: Mapping[Sym, Size]) -> Size:
        try:
            return substitute(value, {**bound})
        except ArithmeticError:
            given = ", ".join(f"{s.name}={v}" for s, v in bound.items())
            raise ValueError(f"{self.label} at {given}: {symbol.name}={value} is no whole number") from None

    def _checked_values(self, named: Mapping[str, Any]) -> dict[Sym, Size]:
        known = {s.name: s for s in self.symbols}
        bound: dict[Sym, Size] = {}
        for name, value in named.items():
            if name not in known:
                hint = suggestion(name, known) if known else "; every symbol already has a value"
                raise ValueError(f"{self.label} has no symbol {name!r}{hint}")
            symbol, size = known[name], as_length(value, name)
            if isinstance(size, int) and symbol.minimum is not None and size < symbol.minimum:
                raise ValueError(f"{self.label}: {name}={size} must be at least {symbol.minimum}")
            bound[symbol] = size
        return bound

    def check_domain(self) -> None:
        """Raise ``ValueError`` where the values break a condition of the domain."""
        for condition in self._ranges():
            if condition.verdict() is False:
                raise ValueError(f"{self.label}: {condition.reason}")
        for condition in self.source.conditions:
            here = condition.mapped(self._at)
            if here.verdict() is False:
                given = ", ".join(f"{s.name}={v}" for s, v in self.values.items())
                left, right = (text(self._at(side)) for side in condition.sides())
                sign = SIGNS[condition.relation]
                needs = f"needs {condition}, but {left} {sign} {right} is false"
                raise ValueError(f"{self.label} at {given}: {condition.reason}; {needs}")

    def function(self, quantity: str = "macs") -> VectorFunction:
        """A quantity as an exact NumPy function of arrays, one keyword per symbol.

        Raises ``ValueError`` for unknown quantities; the function itself raises ``OverflowError`` rather than
        return a wrong number.
        """
        from symcnn.derive.derivation import quantity_name
        from symcnn.symbols.vectorize import VectorFunction

        name = quantity_name(self, quantity)
        if name in {"output_shape", "intensity"}:
            raise ValueError(f"{quantity} is no single count; take its parts, such as macs and memory.total")
        if self.unknown and not name.startswith("memory."):
            known = f"no cost is known for {', '.join(self.unknown)}"
            raise ValueError(f"{quantity} of {self.label} is only a lower bound: {known}")
        return VectorFunction(self.size(name), self.domain, self.label)

    def derivation(self, quantity: str = "macs") -> Derivation:
        """The steps from the defining equation to a quantity.

        Quantities are macs, params, output_shape, intensity, ops.fused, ops.additions, memory.total, ...
        Raises ``ValueError`` for unknown ones.
        """
        from symcnn.derive.derivation import derive

        return derive(self, quantity)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Name, text and LaTeX of the main quantities."""
        shape = self.output_sizes
        yield (
            "output shape",
            f"({', '.join(map(text, shape))})",
            r" \times ".join(factor(n, True) for n in shape),
        )
        main = [
            ("parameters", "params"),
            ("MACs", "macs"),
            (f"operations ({self.convention.name})", "ops.total"),
            ("memory (elements)", "memory.total"),
        ]
        bound = ("≥ ", r"\ge ") if self.unknown else ("", "")
        for name, key in main:
            yield name, bound[0] + text(self.size(key)), bound[1] + latex(self.size(key))
        if self.unknown:
            yield "intensity (MACs/element)", "not known", r"\text{not known}"
        else:
            yield "intensity (MACs/element)", self.intensity_in(False), self.intensity_in(True)
        if self.domain:
            conditions = [(str(c), c.latex) for c in self.domain]
            yield "domain", ", ".join(c for c, _ in conditions), r",\; ".join(c for _, c in conditions)
        if self.unknown:
            names = ", ".join(self.unknown)
            yield "cost not known", names, rf"\text{{{words_in_latex(names)}}}"

    def intensity_in(self, as_latex: bool) -> str:
        """The intensity as a quotient of the two counts, or as a number."""
        macs, elements = self.size("macs"), self.size("memory.total")
        if isinstance(macs, int) and isinstance(elements, int):
            value = Fraction(macs, elements) if elements else Fraction(0)
            return str(value) if value.denominator == 1 else f"{float(value):.4g}"
        if macs == 0:
            return "0"
        top, bottom = (show(part, as_latex) for part in lowest_terms(macs, elements))
        return rf"\frac{{{top}}}{{{bottom}}}" if as_latex else f"{bracketed(top)}/{bracketed(bottom, True)}"

    def __repr__(self) -> str:
        rows = list(self.rows())
        width = max(len(name) for name, _, _ in rows)
        return "\n".join([self.label, *(f"  {name:<{width}}  {shown}" for name, shown, _ in rows)])

    def _repr_latex_(self) -> str:
        lines = [rf"\text{{{name}}} &: {shown}" for name, _, shown in self.rows()]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"


class Operations:
    """Scalar operations of a cost: each kind, the sequential and the fused total."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost

    @property
    def by_kind(self) -> dict[str, Any]:
        """Every kind that occurs, with its count."""
        return {kind: expression(self._cost.size(f"ops.{kind}")) for kind in self._cost.source.kinds}

    @property
    def sequential(self) -> Any:
        """Every scalar operation counted once."""
        return expression(self._cost.size(SEQUENTIAL))

    @property
    def fused(self) -> Any:
        """A multiply-add counted once, a bias addition once."""
        return expression(self._cost.size(FUSED))

    @property
    def total(self) -> Any:
        """The total under the cost's convention."""
        return expression(self._cost.size("ops.total"))

    @property
    def multiplications(self) -> Any:
        """Multiplications."""
        return self._kind("multiplications")

    @property
    def additions(self) -> Any:
        """Additions and subtractions."""
        return self._kind("additions")

    @property
    def comparisons(self) -> Any:
        """Comparisons: the larger or smaller of two numbers."""
        return self._kind("comparisons")

    @property
    def divisions(self) -> Any:
        """Divisions."""
        return self._kind("divisions")

    @property
    def exponentials(self) -> Any:
        """Exponentials."""
        return self._kind("exponentials")

    @property
    def square_roots(self) -> Any:
        """Square roots."""
        return self._kind("square_roots")

    @property
    def hyperbolic_tangents(self) -> Any:
        """Hyperbolic tangents."""
        return self._kind("hyperbolic_tangents")

    def _kind(self, kind: str) -> Any:
        return expression(self._cost.size(f"ops.{kind}"))

    def __repr__(self) -> str:
        kinds = [(kind, text(self._cost.size(f"ops.{kind}"))) for kind in self._cost.source.kinds]
        kinds += [("sequential", text(self._cost.size(SEQUENTIAL))), ("fused", text(self._cost.size(FUSED)))]
        width = max(len(kind) for kind, _ in kinds)
        return "\n".join(f"{kind:<{width}}  {shown}" for kind, shown in kinds)

    def _repr_latex_(self) -> str:
        names = [*(f"ops.{kind}" for kind in self._cost.source.kinds), SEQUENTIAL, FUSED]
        lines = [
            rf"\text{{{n.removeprefix('ops.').replace('_', ' ')}}} &: {latex(self._cost.size(n))}"
            for n in names
        ]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"


class Memory:
    """Memory of a cost in elements; bytes need a dtype."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost

    @property
    def inputs(self) -> Any:
        """Entries of the inputs, before padding."""
        return self._part("inputs")

    @property
    def weights(self) -> Any:
        """Entries of weights and buffers."""
        return self._part("weights")

    @property
    def outputs(self) -> Any:
        """Entries of the outputs."""
        return self._part("outputs")

    @property
    def intermediates(self) -> Any:
        """Entries of named intermediates, which ``total`` leaves out."""
        return self._part("intermediates")

    @property
    def total(self) -> Any:
        """Inputs, weights and outputs."""
        return self._part("total")

    @property
    def peak(self) -> Any:
        """The most activation entries that are alive at once in a forward pass, weights left out."""
        return self._part("peak")

    def bytes(self, dtype: str, part: str = "total") -> Any:
        """A part of the memory in bytes; raises ``ValueError`` for unknown dtypes and parts."""
        return self._part(one_of("part", part, _PARTS)) * BYTES[one_of("dtype", dtype, BYTES)]

    def _part(self, part: str) -> Any:
        return expression(self._cost.size(f"memory.{part}"))

    def __repr__(self) -> str:
        width = max(map(len, _PARTS))
        return "\n".join(f"{p:<{width}}  {text(self._cost.size(f'memory.{p}'))}" for p in _PARTS)

    def _repr_latex_(self) -> str:
        lines = [rf"\text{{{p}}} &: {latex(self._cost.size(f'memory.{p}'))}" for p in _PARTS]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"


_PARTS = ("inputs", "weights", "outputs", "intermediates", "total", "peak")


@dataclass(frozen=True)
class GemmView:
    """``batch`` matrix products (M x K)(K x N), ``repeat`` times in sequence."""

    gemm: Gemm
    cost: Cost

    def _size(self, value: Size) -> Size:
        return substitute(value, {**self.cost.values})

    @property
    def M(self) -> Any:
        """Rows of the left matrix."""
        return expression(self._size(self.gemm.m))

    @property
    def N(self) -> Any:
        """Columns of the right matrix."""
        return expression(self._size(self.gemm.n))

    @property
    def K(self) -> Any:
        """The common dimension, summed over."""
        return expression(self._size(self.gemm.k))

    @property
    def batch(self) -> Any:
        """Independent products of this size."""
        return expression(self._size(self.gemm.batch))

    @property
    def repeat(self) -> Any:
        """Products that must follow one another, as in a recurrence."""
        return expression(self._size(self.gemm.repeat))

    def __repr__(self) -> str:
        g = self.gemm
        parts = [("M", g.m), ("N", g.n), ("K", g.k)]
        parts += [(n, v) for n, v in (("batch", g.batch), ("repeat", g.repeat)) if v != 1]
        return f"Gemm({', '.join(f'{n}={text(self._size(v))}' for n, v in parts)})"

    def _repr_latex_(self) -> str:
        m, n, k = (factor(self._size(v), True) for v in (self.gemm.m, self.gemm.n, self.gemm.k))
        return rf"$\displaystyle \left({m} \times {k}\right)\left({k} \times {n}\right)$"


def checked_cost(value: object) -> Cost:
    """The value of an argument ``cost``; raises ``TypeError`` for anything but a cost."""
    return instance("cost", value, Cost, "a cost, such as Conv2d(3, 8, kernel_size=3).cost((3, H, W))")


def named_values(
    values: Mapping[Any, Any] | None, named: Mapping[str, Any], argument: str = "values"
) -> dict[str, Any]:
    """Values for symbols, from a mapping and from keywords, by the names of the symbols.

    Raises ``TypeError`` for no mapping, and ``ValueError`` for a symbol that has two values.
    """
    out: dict[str, Any] = {}
    given = (
        {} if values is None else instance(argument, values, Mapping, "a mapping such as {H: 224, W: 224}")
    )
    for key, value in (*given.items(), *named.items()):
        if str(key) in out:
            raise ValueError(
                f"{key} has two values, {brief(out[str(key)])} and {brief(value)}; leave one out"
            )
        out[str(key)] = value
    return out


def expression(value: Size) -> Any:
    """A size as users see it: an ``int``, or a SymPy expression."""
    if isinstance(value, int):
        return value
    from symcnn.symbols.border import to_sympy

    return to_sympy(value)


def one_name_one_symbol(symbols: Iterable[Sym], label: str) -> None:
    """Raise ``ValueError`` where two symbols of one name have different assumptions."""
    known: dict[str, Sym] = {}
    for symbol in symbols:
        other = known.setdefault(symbol.name, symbol)
        if other != symbol:
            raise ValueError(
                f"{label}: symbol {symbol.name} occurs with different assumptions (at least {other.minimum}, "
                f"at least {symbol.minimum}); declare it once"
            )
