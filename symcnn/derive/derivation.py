"""Derivations: the steps from the defining equation to a quantity, each computed, none typed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symcnn.derive.cost import Cost
from symcnn.derive.extents import Statement
from symcnn.derive.nests import FUSED_AWAY, MACS, Contribution, LoopNest
from symcnn.derive.quantities import FUSED, MEMORY_PARTS, SEQUENTIAL, LayerQuantities, Quantities
from symcnn.equations.printing import equation_latex, equation_text
from symcnn.symbols.cardinality import indices_in
from symcnn.symbols.checks import one_of
from symcnn.symbols.printing import broken, factor, name_in_latex, show, words_in_latex
from symcnn.symbols.size import Dim, IndexAtom, Size, factored, multiply, product, subtract, total

_STRUCTURAL = ("output_shape", "params", "macs", "intensity", SEQUENTIAL, FUSED, "memory.total")


@dataclass(frozen=True)
class Step:
    """One named step of a derivation, as text and as LaTeX."""

    name: str
    text: str
    latex: str


@dataclass(frozen=True)
class Derivation:
    """The steps that lead from the defining equation to a quantity."""

    title: str
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        width = max(len(step.name) for step in self.steps)
        return "\n".join([self.title, *(f"  {step.name:<{width}}  {step.text}" for step in self.steps)])

    def latex(self) -> str:
        """The steps as one ``aligned`` block; long sums are broken between their terms."""
        lines: list[str] = []
        for step in self.steps:
            first, *rest = broken(step.latex)
            lines.append(rf"\text{{{words_in_latex(step.name)}:}} &\quad {first}")
            lines.extend(rf"&\qquad {more}" for more in rest)
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$$\\displaystyle {self.latex()}$$"


def derive(cost: Cost, quantity: str) -> Derivation:
    """The derivation of one quantity of a cost.

    Raises ``ValueError`` with a suggestion where the quantity is unknown.
    """
    source = cost.source
    name = quantity_name(cost, quantity)
    if isinstance(source, LayerQuantities):
        steps = list(_layer_steps(source, name))
    else:
        steps = list(_network_steps(cost, name))
    steps.extend(_number_steps(cost, name))
    if cost.unknown and not name.startswith("memory.") and name != "output_shape":
        known = ", ".join(cost.unknown)
        steps.append(
            Step(
                "a lower bound",
                f"no cost is known for {known}",
                rf"\text{{no cost is known for {words_in_latex(known)}}}",
            )
        )
    return Derivation(f"{quantity} of {cost.label}", tuple(steps))


def quantity_name(cost: Cost, quantity: str) -> str:
    """The full name of a quantity; raises ``ValueError`` with a suggestion where it is unknown."""
    known = [*_STRUCTURAL, "ops.total", *(f"memory.{p}" for p in (*MEMORY_PARTS, "peak"))]
    known += [f"ops.{kind}" for kind in cost.source.kinds]
    shortened = {name.removeprefix("ops."): name for name in known}
    one_of("quantity", quantity, [*known, *shortened])
    name = shortened.get(quantity, quantity)
    if name == "ops.total":
        return FUSED if cost.convention.fused else SEQUENTIAL
    return name


def _layer_steps(source: LayerQuantities, name: str) -> Iterator[Step]:
    if name == "output_shape":
        for statement in source.statements:
            yield _equation(statement)
        yield from _shape_steps(source.statements[-1])
    elif name == "params" or name.startswith("memory."):
        for statement in source.statements:
            yield _equation(statement)
        yield from _entry_steps(source, name)
    elif name == "intensity":
        yield from _layer_steps(source, "macs")
        yield from _entry_steps(source, "memory.total")
        yield _quotient(source)
    else:
        yield from _operation_steps(source, name)


def _operation_steps(source: LayerQuantities, name: str) -> Iterator[Step]:
    parts: list[Size] = []
    for statement, found in zip(source.statements, source.contributions, strict=True):
        chosen = [c for c in found if _signs(c, name)]
        if not chosen:
            continue
        yield _equation(statement)
        signed = [(_signs(c, name) * c.sign, c) for c in chosen]
        yield from _point_steps(statement, signed)
        parts.append(total(multiply(sign, c.nest.points) for sign, c in signed))
    if len(parts) != 1:
        yield _sum_of_parts("total", parts)
    yield _value("simplified", source.size(name))


def _signs(c: Contribution, name: str) -> int:
    """How often a contribution counts towards a quantity."""
    if name == "macs":
        return int(c.kind == MACS)
    if name == SEQUENTIAL:
        return int(c.kind not in {MACS, FUSED_AWAY})
    if name == FUSED:
        return 0 if c.kind == MACS else -1 if c.kind == FUSED_AWAY else 1
    return int(c.kind == name.removeprefix("ops."))


def _point_steps(statement: Statement, signed: Sequence[tuple[int, Contribution]]) -> Iterator[Step]:
    """One output point, the number of output points, and their product; or the whole loop nest."""
    left = signed[0][1].left
    inner = [(sign, _at_one_point(c, left)) for sign, c in signed]
    if any(nest is None for _, nest in inner):
        yield _literal("loop nest", _collected((sign, c.nest) for sign, c in signed))
        return
    nests = _collected((sign, nest) for sign, nest in inner if nest is not None)
    one = factored(total(multiply(sign, nest.points) for sign, nest in nests))
    yield _literal("one output point", nests, one)
    names = ", ".join(i.name for i in left)
    lengths = [statement.extents[i] for i in left]
    yield Step("number of output points", f"({names}): {_times(lengths, False)}", rf"{_times(lengths, True)}")
    yield Step("total", _times([one, *lengths], False), _times([one, *lengths], True))


def _at_one_point(c: Contribution, left: Sequence[IndexAtom]) -> LoopNest | None:
    """The loops inside one output point, where they do not depend on the point."""
    inside = {i for i, _ in c.nest.box}
    if any(i not in inside for i in left) or any(i in left for g in c.nest.guards for i in indices_in(g)):
        return None
    box = tuple((i, n) for i, n in c.nest.box if i not in left)
    outer = None if c.nest.outer is None else tuple(i for i in c.nest.outer if i not in left)
    return LoopNest(box, c.nest.guards, outer, c.nest.inhabited)


def _collected(signed: Iterable[tuple[int, LoopNest]]) -> list[tuple[int, LoopNest]]:
    """Equal nests taken together; those that cancel are left out."""
    times: dict[LoopNest, int] = {}
    for sign, nest in signed:
        times[nest] = times.get(nest, 0) + sign
    return [(n, nest) for nest, n in times.items() if n]


def _literal(name: str, nests: Sequence[tuple[int, LoopNest]], value: Size | None = None) -> Step:
    def written(latex: bool) -> str:
        out = ""
        for sign, nest in nests:
            piece = _nested_sum(nest, latex)
            times = abs(sign)
            if piece == "1":
                piece = str(times)
            elif times != 1:
                piece = f"{times} {piece}" if latex else f"{times}*{piece}"
            joint = ("-" if sign < 0 else "") if not out else (" - " if sign < 0 else " + ")
            if latex and len(nests) > 1 and "\\sum" in piece:
                piece = rf"\left({piece}\right)"
            out += joint + piece
        if value is not None and show(value, latex) != out:
            out += f" = {show(value, latex)}"
        return out

    return Step(name, written(False), written(True))


def _nested_sum(nest: LoopNest, latex: bool) -> str:
    if not nest.box and not nest.guards:
        return "1"
    if nest.outer is not None or nest.guards:
        return show(nest.points, latex)
    if latex:
        return (
            " ".join(
                rf"\sum_{{{name_in_latex(i.name)}=0}}^{{{show(subtract(n, 1), True)}}}" for i, n in nest.box
            )
            + " 1"
        )
    return f"sum({', '.join(f'{i.name} < {show(n, False)}' for i, n in nest.box)})(1)"


def _shape_steps(statement: Statement) -> Iterator[Step]:
    for w in statement.windows:
        reach = Dim.of_atom(w.index) * w.slope + w.last
        yield Step(
            f"{w.index.name}: the window fits",
            f"{show(reach, False)} <= {show(w.end, False)}",
            rf"{show(reach, True)} \le {show(w.end, True)}",
        )
    positions = zip(statement.equation.left.position, statement.shape, strict=True)
    for axis, (position, length) in enumerate(positions):
        yield Step(
            f"axis {axis}",
            f"0 <= {show(position, False)} < {show(length, False)}",
            rf"0 \le {show(position, True)} < {show(length, True)}",
        )
    shape = statement.shape
    yield Step(
        "output shape",
        f"({', '.join(show(n, False) for n in shape)})",
        r" \times ".join(factor(n, True) for n in shape),
    )


def _entry_steps(source: LayerQuantities, name: str) -> Iterator[Step]:
    part = name.removeprefix("memory.")
    parts = {"total": MEMORY_PARTS[:3], "peak": ("inputs", "outputs", "intermediates")}.get(part, (part,))
    sizes: list[Size] = []
    for tensor, shape in dict.fromkeys((t, s) for p in parts for t, s in source.tensors(p)):
        sizes.append(product(shape))
        yield Step(
            f"entries of {tensor}",
            _times(shape, False),
            _times(shape, True),
        )
    if len(sizes) != 1:
        yield _sum_of_parts("total", sizes)
    yield _value("simplified", source.size(name))


def _network_steps(cost: Cost, name: str) -> Iterator[Step]:
    source = cost.source
    rows = getattr(cost, "layers", ())
    if name == "output_shape":
        for row in rows:
            shape = row.cost.source.output_shape
            yield Step(row.name, f"({', '.join(show(n, False) for n in shape)})", _times(shape, True))
        return
    if name == "intensity":
        yield from _network_steps(cost, "macs")
        yield _value("memory", source.size("memory.total"))
        yield _quotient(source)
        return
    if name != "memory.peak":
        counted: set[int] = set()
        for row in rows:
            size = row.cost.source.size(name)
            shared = name == "params" and id(row.layer) in counted
            counted.add(id(row.layer))
            if size != 0 and not shared:
                yield _value(row.name, size)
    yield _value("total", source.size(name))


def _number_steps(cost: Cost, name: str) -> Iterator[Step]:
    """The formula with numbers in place of symbols, and its value."""
    if not cost.values or name in {"output_shape", "intensity"}:
        return
    given = [(s.name, v) for s, v in cost.values.items()]
    yield Step(
        "numbers",
        ", ".join(f"{n} = {show(v, False)}" for n, v in given),
        r",\; ".join(f"{name_in_latex(n)} = {show(v, True)}" for n, v in given),
    )
    yield _value("value", cost.size(name))


def _equation(statement: Statement) -> Step:
    equation, extents = statement.equation, statement.extents
    return Step("equation", equation_text(equation, extents), equation_latex(equation, extents))


def _quotient(source: Quantities) -> Step:
    macs, elements = source.size("macs"), source.size("memory.total")
    return Step(
        "MACs per element",
        f"({show(macs, False)})/({show(elements, False)})",
        rf"\frac{{{show(macs, True)}}}{{{show(elements, True)}}}",
    )


def _sum_of_parts(name: str, parts: Sequence[Size]) -> Step:
    return Step(
        name,
        " + ".join(_summand(p, False) for p in parts) or "0",
        " + ".join(_summand(p, True) for p in parts) or "0",
    )


def _value(name: str, value: Size) -> Step:
    return Step(name, show(value, False), show(value, True))


def _times(values: Sequence[Size], latex: bool) -> str:
    """A product as it stands, before anything is multiplied out."""
    return (r" \cdot " if latex else " * ").join(factor(v, latex) for v in values) or "1"


def _summand(value: Size, latex: bool) -> str:
    shown = show(value, latex)
    return shown if not shown.startswith("-") else f"({shown})"
