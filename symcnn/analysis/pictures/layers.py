"""Drawings of networks at numbers: what each layer costs, and what it sees of the input."""

from __future__ import annotations

from symcnn.analysis.pictures.drawings import Bars
from symcnn.derive.cost import Cost
from symcnn.network.cost import NetworkCost
from symcnn.network.receptive_field import receptive_fields
from symcnn.symbols.printing import text
from symcnn.symbols.size import Atom, Size, substitute, symbols_of

_TITLES = {
    "macs": "MACs", "memory.total": "memory", "memory.peak": "peak memory",
    "output_shape": "output shape", "ops.sequential": "operations (sequential)",
    "ops.fused": "operations (fused)",
}  # fmt: skip
_AXES = {1: ("",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class NoValue(ValueError):
    """Letters that need a number before a picture can be drawn."""

    def __init__(self, label: str, letters: tuple[str, ...]) -> None:
        given = ", ".join(f"{name}=..." for name in letters)
        super().__init__(f"{label}: no value is given for {', '.join(letters)}; write .at({given})")
        self.letters = letters


def heading(key: str) -> str:
    """The name of a quantity at the head of a column.

    >>> heading("ops.square_roots"), heading("memory.outputs")
    ('square roots', 'outputs')
    """
    return _TITLES.get(key, key.rpartition(".")[2].replace("_", " "))


def unit(key: str) -> str:
    """What a quantity counts, in words: memory is in elements.

    >>> unit("memory.outputs"), unit("params"), unit("intensity")
    ('outputs (elements)', 'parameters', 'intensity (MACs per element)')
    """
    if key == "intensity":
        return "intensity (MACs per element)"
    of_elements = " (elements)" if key.startswith("memory.") else ""
    return {"params": "parameters"}.get(key, heading(key)) + of_elements


def inputs(cost: NetworkCost) -> str:
    """The input of a network in words.

    >>> from symcnn.models import lenet5
    >>> inputs(lenet5().cost((1, 1, 32, 32)))
    'input (1, 1, 32, 32)'
    """
    values: dict[Atom, Size] = {**cost.values}
    shapes = cost.source.shapes[: cost.source.graph.input_count]
    return "input " + " and ".join(
        f"({', '.join(text(substitute(n, values)) for n in shape)})" for shape in shapes
    )


def cost_bars(cost: NetworkCost, key: str) -> tuple[Bars, bool]:
    """A bar for each layer that has any of a quantity, and whether there are others.

    Raises ``ValueError`` for what does not add up over layers and where no layer has any, and ``NoValue`` for
    letters without a number.
    """
    if key in ("output_shape", "intensity", "memory.peak"):
        raise ValueError(f"{heading(key)} does not add up over layers")
    sizes = [(row.name, row.cost.size(key)) for row in cost.layers]
    counted = [(name, whole(size, cost)) for name, size in sizes if size != 0]
    if not counted:
        raise ValueError(f"no layer has {unit(key)}")
    bars = Bars(unit(key), tuple(name for name, _ in counted), (("", tuple(n for _, n in counted)),))
    return bars, len(counted) < len(sizes)


def field_bars(cost: NetworkCost) -> tuple[Bars, bool]:
    """The receptive field of each layer that sees more than those before it, and whether there are others.

    Raises ``ValueError`` where no layer sees a range of fixed size, and ``NoValue`` for letters without a
    number.
    """
    names: list[str] = []
    sizes: list[tuple[int, ...]] = []
    for row, field in zip(cost.layers, receptive_fields(cost), strict=True):
        here = tuple(whole(n, cost) for n in field or ())
        if here and not any(all(a <= b for a, b in zip(here, seen, strict=True)) for seen in sizes):
            names.append(row.name)
            sizes.append(here)
    if not sizes:
        raise ValueError(f"no layer of {cost.label} sees a range of fixed size")
    columns = list(zip(*sizes, strict=True))
    # One series is enough where all axes are alike.
    axes = _AXES[len(columns)] if len(set(columns)) > 1 else ("",)
    series = tuple(zip(axes, columns, strict=False))
    bars = Bars("receptive field (positions of the input)", tuple(names), series)
    return bars, len(names) < len(cost.layers)


def whole(size: Size, cost: Cost) -> int:
    """A size that is a number; raises ``NoValue`` with the letters for one that is not."""
    if isinstance(size, int):
        return size
    raise NoValue(cost.label, tuple(s.name for s in symbols_of(size)))
