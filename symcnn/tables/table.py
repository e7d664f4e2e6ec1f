"""Tables of costs as data: what the columns are, a line for each layer, and the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symcnn.derive.convention import Convention
from symcnn.derive.cost import BYTES, Cost, checked_cost
from symcnn.derive.quantities import LayerQuantities
from symcnn.network.cost import NetworkCost
from symcnn.symbols.checks import brief, flag, instance, one_of, whole
from symcnn.symbols.conditions import Condition
from symcnn.symbols.order import rank
from symcnn.symbols.printing import bracketed, latex, show, text, words_in_latex
from symcnn.symbols.size import Atom, Size, expanded, from_terms, lowest_terms, multiply, substitute
from symcnn.tables.short import Short

_SPATIAL = 2  # axes before this one are the batch and the channels
_BIG = 1000  # numbers from here on are shown without digits after the point
_SHORT_FRACTION = 120  # characters of LaTeX up to which a quotient is a fraction; longer ones can be broken


@dataclass(frozen=True)
class Cell:
    """One entry of a table: as text, as LaTeX (in text mode), and as data for machines."""

    text: str
    latex: str
    data: Any


@dataclass(frozen=True)
class Column:
    """One column: the key for machines, the head for people; ``shown`` is False for machines alone."""

    key: str
    head: str
    quantity: bool = True
    shown: bool = True


@dataclass(frozen=True)
class Line:
    """One line of a table, an entry for each column; ``unknown`` names operations without a known cost."""

    cells: tuple[Cell, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The costs of a network, or of one layer: a line for each layer, and the totals.

    ``where`` holds the letters that text and LaTeX use for lengths such as ceiling(H/2); data is written
    out in full. Where an operation has no known cost, every total is a lower bound and says so.
    """

    label: str
    inputs: tuple[Cell, ...]
    convention: Convention
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line
    peak: tuple[tuple[Column, Cell], ...]
    unknown: tuple[str, ...]
    symbols: tuple[tuple[str, int | None], ...]
    domain: tuple[Cell, ...]
    values: tuple[tuple[str, Cell], ...]
    where: tuple[tuple[str, Cell], ...]

    @property
    def status(self) -> str:
        """``"complete"``, or ``"lower bound"`` where an operation has no known cost."""
        return "lower bound" if self.unknown else "complete"

    def totals(self) -> Iterator[tuple[Column, Cell]]:
        """The totals, the peak of the activations included."""
        for column, cell in zip(self.columns, self.total.cells, strict=True):
            if column.quantity:
                yield column, cell
        yield from self.peak

    def text(self, width: int | None = None) -> str:
        """The table as plain text at most ``width`` columns wide; without a width nothing is wrapped."""
        from symcnn.tables.plain import written

        if width is not None:
            whole("width", width, 1)

        return "\n".join(line for line, _ in written(self, width)) + "\n"

    def markdown(self) -> str:
        """The table in GitHub's Markdown, formulas as ``$...$``."""
        from symcnn.tables.markup import markdown

        return markdown(self)

    def latex(self) -> str:
        """The table as a ``tabular``, or ``longtable`` for many lines; needs amsmath (and longtable)."""
        from symcnn.tables.markup import tabular

        return tabular(self)

    def csv(self) -> str:
        """The table as RFC 4180 CSV: a line for each layer and one with the totals."""
        from symcnn.tables.machine import csv_text

        return csv_text(self)

    def data(self) -> dict[str, Any]:
        """The table as plain dictionaries, lists, strings and numbers."""
        from symcnn.tables.machine import data

        return data(self)

    def json(self) -> str:
        """The table as JSON: whole numbers as numbers, formulas as strings in Python syntax."""
        from symcnn.tables.machine import json_text

        return json_text(self)

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def html(self) -> str:
        """The table in HTML, without script or style."""
        from symcnn.tables.markup import html

        return html(self)

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_latex_(self) -> str:
        return self.latex()


_FIELDS = "a list with a tuple of sizes, or None, for each layer"
_MORE = "a list of pairs of a quantity and its head, such as ('memory.weights', 'weights')"


def table(
    cost: Cost,
    *,
    dtype: str | None = None,
    fields: Sequence[tuple[Size, ...] | None] | None = None,
    full: bool = False,
    more: Sequence[tuple[str, str]] = (),
) -> Table:
    """The table of a cost: of a network with a line for each layer, of one layer with one line.

    ``dtype`` adds the memory in bytes, ``fields`` a column with receptive fields, ``more`` columns with
    further quantities and their heads; ``full`` writes every length out instead of naming those with floors.

    Raises ``ValueError`` for unknown dtypes.

    >>> from symcnn import Conv2d, dims
    >>> H, W = dims("H W")
    >>> made = table(Conv2d(3, 8, kernel_size=3, stride=2, padding=1).cost((3, H, W)))
    >>> print(made.text(width=80))
    Conv2d(in_channels=3, out_channels=8, kernel_size=3, stride=2, padding=1)
    input (3,H,W); operations (sequential): every scalar operation once, padding
    included; memory in elements; intensity = MACs per element
    where H1 = ceiling(H/2), W1 = ceiling(W/2)
    <BLANKLINE>
    output shape             (8,H1,W1)
    params                   224
    MACs                     216*H1*W1
    operations (sequential)  432*H1*W1
    memory                   3*H*W + 8*H1*W1 + 224
    intensity                216*H1*W1/(3*H*W + 8*H1*W1 + 224)
    peak activation memory   3*H*W + 8*H1*W1
    <BLANKLINE>
    for all integers H, W >= 1
    <BLANKLINE>
    """
    checked_cost(cost)
    if dtype is not None:
        one_of("dtype", dtype, BYTES)
    flag("full", full)
    rows = len(cost.layers) if isinstance(cost, NetworkCost) else 1
    if fields is not None and len(instance("fields", fields, (tuple, list), _FIELDS)) != rows:
        raise ValueError(f"fields={brief(fields)} must have one entry for each of {rows} layers")
    for each in fields or ():
        if each is not None:
            instance("fields", each, tuple, _FIELDS)
    for each in instance("more", more, (tuple, list), _MORE):
        if len(instance("more", each, tuple, _MORE)) != 2 or not all(isinstance(part, str) for part in each):
            raise TypeError(f"more={brief(each)} must be {_MORE}")
    return _Builder(cost, dtype, fields, full, more).table()


@dataclass(frozen=True)
class _Part:
    """A cost with the names that its line in the table shows."""

    name: str
    kind: str
    cost: Cost
    inputs: tuple[tuple[Size, ...], ...]


class _Builder:
    def __init__(
        self,
        cost: Cost,
        dtype: str | None,
        fields: Sequence[tuple[Size, ...] | None] | None,
        full: bool,
        more: Sequence[tuple[str, str]],
    ) -> None:
        self.cost = cost
        self.dtype = dtype
        self.fields = fields
        self.more = tuple(more)
        self.values: dict[Atom, Size] = {**cost.values}
        self.bytes = BYTES[dtype] if dtype else 0
        self.parts = list(_parts(cost))
        first = self.parts[0].inputs if self.parts else ()
        spatial = [n for shape in first for n in shape[_SPATIAL:]] + [
            n for shape in first for n in shape[:_SPATIAL]
        ]
        axes = dict.fromkeys(text(n) for n in spatial if text(n).isidentifier())
        lengths = [] if full else [n for part in self.parts for n in part.cost.output_sizes]
        self.short = Short(lengths, axes, (s.name for s in cost.symbols))

    def table(self) -> Table:
        cost = self.cost
        return Table(
            label=cost.label,
            inputs=tuple(self.shape(s) for s in (self.parts[0].inputs if self.parts else ())),
            convention=cost.convention,
            columns=tuple(self.columns()),
            lines=tuple(self.line(k, part) for k, part in enumerate(self.parts)),
            total=self.total(),
            peak=tuple(self.peak()),
            unknown=cost.unknown,
            symbols=tuple((s.name, s.minimum) for s in sorted(cost.symbols, key=lambda s: rank(s.name))),
            domain=tuple(_condition(c) for c in cost.domain),
            values=tuple((s.name, _full(v)) for s, v in cost.values.items()),
            where=tuple((name, _full(value)) for name, value in self.short.where),
        )

    def columns(self) -> Iterator[Column]:
        alone = isinstance(self.cost.source, LayerQuantities)
        yield Column("name", "name", quantity=False, shown=not alone)
        yield Column("layer", "layer", quantity=False)
        yield Column("input_shape", "input shape", quantity=False, shown=False)
        yield Column("output_shape", "output shape", quantity=False)
        if self.fields is not None:
            yield Column("receptive_field", "receptive field", quantity=False)
        yield Column("params", "params")
        yield Column("macs", "MACs")
        yield Column("operations", f"operations ({self.cost.convention.name})")
        yield Column("memory", "memory")
        if self.dtype:
            yield Column("bytes", f"bytes ({self.dtype})")
        for name, head in self.more:
            yield Column(name, head)
        yield Column("intensity", "intensity")

    def line(self, k: int, part: _Part) -> Line:
        cells = [
            _plain(part.name),
            Cell(part.kind, words_in_latex(part.kind), part.cost.label),
            self.shape(part.inputs[0] if part.inputs else ()),
            self.shape(part.cost.output_sizes),
        ]
        if self.fields is not None:
            cells.append(_window(self.fields[k]))
        return Line((*cells, *self.quantities(part.cost)), part.cost.unknown)

    def total(self) -> Line:
        blank = Cell("", "", None)
        count = 5 if self.fields is not None else 4
        return Line((_plain("total"), *[blank] * (count - 1), *self.quantities(self.cost)), self.cost.unknown)

    def quantities(self, cost: Cost) -> Iterator[Cell]:
        bound = bool(cost.unknown)
        for name in ("params", "macs", "ops.total", "memory.total"):
            yield self.size(cost.size(name), bound)
        if self.bytes:
            yield self.size(multiply(cost.size("memory.total"), self.bytes), bound)
        for name, _ in self.more:
            yield self.size(cost.size(name), bound)
        yield self.intensity(cost)

    def peak(self) -> Iterator[tuple[Column, Cell]]:
        peak, bound = self.cost.size("memory.peak"), bool(self.cost.unknown)
        yield Column("peak", "peak activation memory"), self.size(peak, bound)
        if self.bytes:
            yield (
                Column("peak_bytes", f"peak bytes ({self.dtype})"),
                self.size(multiply(peak, self.bytes), bound),
            )

    def shape(self, sizes: tuple[Size, ...]) -> Cell:
        here = [substitute(n, self.values) for n in sizes]
        named = [self.short(n) for n in here]
        words = [text(n) for n in named]
        inner = (", " if any(" " in w for w in words) else ",").join(words)
        data = [n if isinstance(n, int) else text(n) for n in here]
        return Cell(f"({inner}{',' * (len(named) == 1)})", _times(named), data)

    def size(self, value: Size, bound: bool = False) -> Cell:
        full = _shortest(value)
        named = _shortest(self.short(value))
        data = full if isinstance(full, int) else text(full)
        sign, sign_latex = (">= ", r"\ge ") if bound else ("", "")
        if isinstance(named, int):
            return Cell(f"{sign}{named:,}", f"${sign_latex}{_grouped(named)}$", data)
        return Cell(sign + text(named), f"${sign_latex}{latex(named)}$", data)

    def intensity(self, cost: Cost) -> Cell:
        if cost.unknown:
            # A quotient of two lower bounds bounds nothing.
            return Cell("not known", "not known", None)
        macs, elements = cost.size("macs"), cost.size("memory.total")
        if isinstance(macs, int) and isinstance(elements, int):
            return _ratio(Fraction(macs, elements) if elements else Fraction(0))
        data, _ = _quotient(macs, elements)
        shown, in_latex = _quotient(self.short(macs), self.short(elements))
        return Cell(shown, f"${in_latex}$", 0 if macs == 0 else data)


def _parts(cost: Cost) -> Iterator[_Part]:
    source: Any = cost.source
    if isinstance(source, LayerQuantities):
        yield _Part(cost.label.partition("(")[0], cost.label.partition("(")[0], cost, _input_shapes(source))
        return
    made: dict[int, Cost] = {}
    for node, found in zip(source.graph.nodes, source.layers, strict=True):
        if id(found) not in made:
            made[id(found)] = Cost(found, cost.convention, cost.values)
        yield _Part(node.name, node.layer.name, made[id(found)], _input_shapes(found))


def _input_shapes(source: LayerQuantities) -> tuple[tuple[Size, ...], ...]:
    return tuple(x.known_shape for x in source.inputs)


def _plain(words: str) -> Cell:
    return Cell(words, words_in_latex(words), words)


def _full(value: Size) -> Cell:
    return Cell(text(value), f"${latex(value)}$", value if isinstance(value, int) else text(value))


def _condition(c: Condition) -> Cell:
    return Cell(str(c), f"${c.latex}$", str(c))


def _window(sizes: tuple[Size, ...] | None) -> Cell:
    if sizes is None:
        return Cell("", "", None)
    data = [n if isinstance(n, int) else text(n) for n in sizes]
    return Cell(" x ".join(text(n) for n in sizes), _times(sizes), data)


def _ratio(value: Fraction) -> Cell:
    if value.denominator == 1:
        return Cell(f"{value.numerator:,}", f"${_grouped(value.numerator)}$", value.numerator)
    number = float(value)
    shown = f"{number:,.0f}" if number >= _BIG else f"{number:.4g}"
    return Cell(shown, f"${shown.replace(',', '{,}')}$", number)


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", "{,}")


def _times(sizes: Sequence[Size]) -> str:
    product = r" \times ".join(_factor(n) for n in sizes)
    return f"${product}$"


def _factor(value: Size) -> str:
    shown = latex(value)
    return rf"\left({shown}\right)" if not isinstance(value, int) and len(value.terms) > 1 else shown


def _shortest(value: Size) -> Size:
    """The size as it was derived or multiplied out, whichever is shorter to read."""
    if isinstance(value, int):
        return value
    flat = from_terms(expanded(value))
    return flat if len(text(flat)) < len(text(value)) else value


def _quotient(top: Size, bottom: Size) -> tuple[str, str]:
    """A quotient of two counts, as text and as LaTeX, without the factors that both share."""
    if top == 0:
        return "0", "0"
    top, bottom = lowest_terms(_shortest(top), _shortest(bottom))
    parts: list[str] = []
    for in_latex in (False, True):
        above, below = show(top, in_latex), show(bottom, in_latex)
        if bottom == 1:
            parts.append(above)
        elif in_latex and len(above) + len(below) < _SHORT_FRACTION:
            parts.append(rf"\frac{{{above}}}{{{below}}}")
        else:
            parts.append(f"{bracketed(above)}/{bracketed(below, divisor=True)}")
    return parts[0], parts[1]
