"""Whole pictures, with a title and what is counted: costs, scaling, receptive fields, memory, rooflines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy

from symcnn.analysis.pictures.drawings import Cell, Curves, Drawing
from symcnn.analysis.pictures.layers import cost_bars, field_bars, heading, inputs, unit, whole
from symcnn.derive.cost import Cost, named_values
from symcnn.derive.derivation import quantity_name
from symcnn.network.cost import NetworkCost
from symcnn.symbols import checks
from symcnn.symbols.checks import brief, flag, instance, text
from symcnn.symbols.printing import name_in_latex
from symcnn.symbols.suggest import suggestion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
MAX_CURVES = 6
_DIGITS = 300  # more do not fit into a float


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture: a title, a note on what is counted and how, and the drawing.

    It is drawn when it is asked for, with matplotlib, and the same each time.
    """

    title: str
    note: str
    drawing: Drawing

    def figure(self) -> Figure:
        """The picture as a figure of matplotlib; raises ``ModuleNotFoundError`` where that is missing."""
        from symcnn.analysis.pictures.figures import figure

        return figure(self.drawing, self.title, self.note)

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file that ends in ``.png``, ``.svg`` or ``.pdf``, and return its path.

        Raises ``ValueError`` for other names, ``OSError`` for a file that cannot be written, and
        ``ModuleNotFoundError`` without matplotlib.
        """
        from symcnn.analysis.pictures.figures import saved

        target = checks.path("path", path, "costs.png")
        form = suffix(target)
        target.write_bytes(saved(self.drawing, form[1:], self.title, self.note))
        return target

    def svg(self) -> str:
        """The picture as an ``svg`` element; raises ``ModuleNotFoundError`` without matplotlib."""
        from symcnn.analysis.pictures.figures import svg

        return svg(self.drawing, self.title, self.note)

    def _repr_svg_(self) -> str:
        return self.svg()


def suffix(path: Path) -> str:
    """The end of the name of a picture; raises ``ValueError`` for one that cannot be written.

    >>> suffix(Path("costs.PDF"))
    '.pdf'
    """
    found = path.suffix.lower()
    if found not in SUFFIXES:
        raise ValueError(f"{path}: the name of a picture has to end in {', '.join(SUFFIXES)}")
    return found


def plot_cost(cost: NetworkCost, quantity: str = "macs") -> Plot:
    """A bar for each layer of a network: what it adds to a quantity.

    Symbols: ``quantity`` is ``"macs"``, ``"params"``, ``"operations"`` (under the convention of the cost), a
    kind of operations such as ``"additions"``, or ``"memory.outputs"`` and other parts of the memory, in
    elements. Every letter needs a number: ``cost.at(N=1)``. Layers that have none of it are left out.

    Raises ``ValueError`` for letters without a number, for unknown quantities and for those that do not add
    up over layers, and where the cost of an operation is not known; ``TypeError`` for the cost of one layer.

    >>> from symcnn.models import lenet5
    >>> found = plot_cost(lenet5().cost((1, 1, 32, 32)))
    >>> found.title
    'lenet5: 416,520 MACs'
    >>> found.drawing.names
    ('conv1', 'conv2', 'fc1', 'fc2', 'fc3')
    """
    network_alone(cost, "plot_cost")
    key = _key(cost, quantity)
    bars, others = cost_bars(cost, key)
    total = whole(cost.size(key), cost)
    note = [inputs(cost), _convention(cost, key), "layers without any are left out" if others else ""]
    return Plot(f"{cost.label}: {total:,} {bars.axis}", _joined(note), bars)


def plot_receptive_field(cost: NetworkCost) -> Plot:
    """How the receptive field grows: the input positions that an output of each layer sees.

    r = 1 + sum over layers of (k_l - 1) times the product of the strides before l, along a chain; see
    ``receptive_field``. A layer that sees no more than one before it is left out, and so is one that sees no
    range of fixed size. The line across is the size of the input, where all its axes are alike.

    Raises ``ValueError`` where no layer sees a range of fixed size and for letters without a number,
    ``TypeError`` for the cost of one layer.
    Source: Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks" (Distill,
    2019).

    >>> from symcnn.models import lenet5
    >>> plot_receptive_field(lenet5().cost((1, 1, 32, 32))).drawing.series
    (('', (5, 6, 14, 16)),)
    """
    network_alone(cost, "plot_receptive_field")
    bars, others = field_bars(cost)
    sides = {*cost.layers[0].input_sizes[0][2:]}
    side = next(iter(sides)) if len(sides) == 1 else None
    largest = max(max(sizes) for _, sizes in bars.series)
    # A line far from all bars would only make them short.
    if isinstance(side, int) and side <= 2 * largest:
        bars = replace(bars, mark=(f"input of {side:,}", side))
    note = [inputs(cost), "layers that see no more than those before are left out" if others else ""]
    return Plot(f"{cost.label}: growth of the receptive field", _joined(note), bars)


def plot_scaling(
    subject: Any,
    size: Any,
    values: Iterable[int],
    *,
    quantity: str | Sequence[str] = "macs",
    at: Mapping[Any, Any] | None = None,
    logarithmic: bool = False,
) -> Plot:
    """Curves over one size: of quantities of a cost, or of expressions.

    Symbols: ``size`` is the letter below the curves, a symbol or its name, and ``values`` its whole numbers;
    ``at`` gives numbers to the other letters. ``subject`` is a cost, of which ``quantity`` names one or
    several quantities (also ``"intensity"``, in MACs per element), or an expression, or several as a list or
    as a dictionary with their names. On ``logarithmic`` scales a power is a straight line.

    Raises ``ValueError`` for fewer than two values, letters without a number, unknown letters and quantities,
    values outside the domain, and where an expression has no value.

    >>> from symcnn import dims
    >>> n, k = dims("n k")
    >>> plot_scaling(n**2 * k, n, [1, 2, 3], at={k: 10}).drawing.curves
    ((Cell(text='k*n**2', latex='k n^{2}'), (10.0, 40.0, 90.0)),)
    """
    flag("logarithmic", logarithmic)
    name = str(size)
    points = _points(name, values)
    given = named_values(at, {}, "at")
    if name in given:
        raise ValueError(f"{name} has the value {given[name]} and is what the curves run over; leave one out")
    fixed = ", ".join(f"{letter} = {value}" for letter, value in given.items())
    axis = Cell(name, name_in_latex(name))
    if isinstance(subject, Cost):
        several = [quantity] if isinstance(quantity, str) else quantity
        advice = "a name such as 'macs', or a list of names"
        keys = [_key(subject, each) for each in instance("quantity", several, (tuple, list), advice)]
        _few(keys, "quantity")
        curves = _cost_curves(subject, keys, name, points, given)
        same = len({unit(key) for key in keys}) == 1
        drawing = Curves(axis, points, curves, unit(keys[0]) if same else "", logarithmic)
        title = f"{subject.label}: {', '.join(heading(key) for key in keys)}"
        note = [_inputs(subject), fixed, *dict.fromkeys(_convention(subject, key) for key in keys)]
        return Plot(title, _joined(note), drawing)
    named = _expressions(subject)
    _few(named, "expressions")
    letters = [s.name for _, e in named for s in e.free_symbols]
    if unknown := next((letter for letter in given if letter not in letters), None):
        raise ValueError(f"no expression has a symbol {unknown!r}{suggestion(unknown, sorted({*letters}))}")
    curves = tuple((label, _expression_values(label.text, e, name, points, given)) for label, e in named)
    title = ", ".join(label.text for label, _ in named)
    return Plot(title, _joined([fixed]), Curves(axis, points, curves, "", logarithmic))


def network_alone(cost: object, function: str) -> None:
    """Raise ``TypeError`` for what is not the cost of a network."""
    if not isinstance(cost, NetworkCost):
        kind = "the cost of one layer" if isinstance(cost, Cost) else brief(cost)
        raise TypeError(
            f"{function} needs the cost of a network, such as Sequential(...).cost(shape), not {kind}"
        )


def _key(cost: Cost, quantity: str) -> str:
    """The full name of a quantity; one that is not all known is no picture."""
    shown = {"operations": "ops.total", "memory": "memory.total", "outputs": "memory.outputs"}
    text("quantity", quantity, "macs")
    key = quantity_name(cost, shown.get(quantity, quantity))
    if key == "output_shape":
        raise ValueError(f"quantity={quantity!r} is no number; take macs, params, operations or memory")
    if cost.unknown and not key.startswith("memory.") and key != "params":
        known = f"no cost is known for {', '.join(cost.unknown)}"
        raise ValueError(f"{quantity} of {cost.label} is only a lower bound: {known}")
    return key


def _convention(cost: Cost, key: str) -> str:
    """How a quantity is counted, in words."""
    padding = "left out" if cost.convention.skip_padding else "included"
    if key in ("macs", "intensity"):
        return f"products that a sum accumulates, without biases, padding {padding}"
    if key in ("ops.sequential", "ops.fused") and key.endswith("fused") != cost.convention.fused:
        return ""
    if key in ("ops.sequential", "ops.fused"):
        return f"convention {cost.convention.name}: {cost.convention.meaning}"
    return f"operations on padding {padding}" if key.startswith("ops.") else ""


def _inputs(cost: Cost) -> str:
    return inputs(cost) if isinstance(cost, NetworkCost) else ""


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)


def _few(curves: Sequence[object], what: str) -> None:
    if not 1 <= len(curves) <= MAX_CURVES:
        raise ValueError(f"{what}: {len(curves)} curves; a picture has 1 to {MAX_CURVES}")


def _points(name: str, values: Iterable[Any]) -> tuple[int, ...]:
    given = [*instance("values", values, Iterable, "whole numbers such as range(1, 50)")]
    for value in given:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name}={value!r} must be a whole number")
    found = sorted({*given})
    points = tuple(value.__index__() for value in found)
    if len(points) < 2:
        raise ValueError(f"{name}={list(points)}: a curve needs two values, such as range(1, 50)")
    return points


def _cost_curves(
    cost: Cost, keys: Sequence[str], name: str, points: Sequence[int], given: Mapping[str, Any]
) -> tuple[tuple[Cell, tuple[float, ...]], ...]:
    known = [s.name for s in cost.symbols]
    if name not in known:
        hint = suggestion(name, known) if known else "; all its sizes are numbers already"
        raise ValueError(f"{cost.label} has no symbol {name!r}{hint}")
    fixed = cost.at(given) if given else cost
    columns: list[tuple[float, ...]] = []
    for point in points:
        here = fixed.at({name: point})
        columns.append(tuple(_quantity(here, key) for key in keys))
    labels = [Cell(unit(key)) for key in keys]
    return tuple(zip(labels, zip(*columns, strict=True), strict=True))


def _quantity(cost: Cost, key: str) -> float:
    if key == "intensity":
        macs, elements = (whole(cost.size(part), cost) for part in ("macs", "memory.total"))
        return _float(Fraction(macs, elements) if elements else Fraction(0))
    return _float(whole(cost.size(key), cost))


def _expressions(subject: Any) -> list[tuple[Cell, Any]]:
    if isinstance(subject, Mapping):
        return [(Cell(str(name)), _expression(each)) for name, each in subject.items()]
    several = list(subject) if isinstance(subject, Sequence) and not isinstance(subject, str) else [subject]
    return [(Cell(str(e), sympy.latex(e)), e) for e in map(_expression, several)]


def _expression(value: Any) -> Any:
    try:
        return sympy.sympify(value, strict=True)
    except sympy.SympifyError:
        raise TypeError(f"{value!r} is no expression; text is never read as one") from None


def _expression_values(
    label: str, e: Any, name: str, points: Sequence[int], given: Mapping[str, Any]
) -> tuple[float, ...]:
    letters = {s.name: s for s in e.free_symbols}
    if missing := [letter for letter in sorted(letters) if letter not in given and letter != name]:
        needed = ", ".join(f"{letter!r}: ..." for letter in missing)
        raise ValueError(f"{label}: no value is given for {', '.join(missing)}; write at={{{needed}}}")
    fixed = e.subs({letters[letter]: value for letter, value in given.items() if letter in letters})
    out: list[float] = []
    for point in points:
        found = fixed.subs(letters[name], point) if name in letters else fixed
        if not found.is_number or not found.is_finite or not found.is_real:
            raise ValueError(f"{label} has no real value at {name}={point}")
        out.append(_float(Fraction(found.p, found.q)) if found.is_Rational else float(found))
    return tuple(out)


def _float(value: int | Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError("the values are too large to be drawn") from None
