"""Equations and scalar expressions as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symcnn.equations.notation import (
    Binary,
    Call,
    Constant,
    Entry,
    Equation,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
    Unknown,
)
from symcnn.symbols.cardinality import Extents, atom_of
from symcnn.symbols.conditions import Condition
from symcnn.symbols.printing import condition, name_in_latex, show
from symcnn.symbols.size import Dim, Index, subtract

_SUM, _PRODUCT, _FACTOR = 1, 2, 3
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "max": 9, "min": 9}
_KNOWN_FUNCTIONS = frozenset({"exp", "log", "tanh"})


def equation_text(equation: Equation, extents: Extents | None = None) -> str:
    """The equation as text, such as ``y[n, o] = sum(i)(w[o, i]*x[n, i])``; extents add the ranges."""
    return _equation(equation, extents or {}, False)


def equation_latex(equation: Equation, extents: Extents | None = None) -> str:
    """The equation as LaTeX; extents add the limits of the sums."""
    return _equation(equation, extents or {}, True)


def node_text(node: Node) -> str:
    """A scalar expression as text."""
    return _node(node, {}, False)


def _equation(equation: Equation, extents: Extents, latex: bool) -> str:
    out = f"{_entry(equation.left, latex)} = {_node(equation.right, extents, latex)}"
    if equation.where:
        bounds = [condition(c, latex) for c in equation.where]
        out += r",\qquad " + r",\, ".join(bounds) if latex else f" for {', '.join(bounds)}"
    if equation.initial is not None:
        name, start = equation.left.tensor.name, equation.initial.name
        if latex:
            out += rf",\qquad {name_in_latex(name)}_{{-1}} = {name_in_latex(start)}"
        else:
            out += f", {name}[-1] = {start}"
    return out


def _node(node: Node, extents: Extents, latex: bool, binding: int = 0) -> str:
    if isinstance(node, Entry):
        return _entry(node, latex)
    if isinstance(node, Constant):
        return _constant(node, latex, binding)
    if isinstance(node, Unknown):
        names = [name_in_latex(t.name) if latex else t.name for t in node.tensors]
        operation = rf"\operatorname{{{node.operation}}}" if latex else node.operation
        return operation + _bracket(", ".join(names), latex)
    if isinstance(node, Negative):
        out = "-" + _node(node.inner, extents, latex, _PRODUCT)
        return _bracket(out, latex) if binding else out
    if isinstance(node, Call):
        return _call(node, extents, latex)
    if isinstance(node, Binary):
        return _binary(node, extents, latex, binding)
    if isinstance(node, Reduction):
        out = _reduction(node.kind, node.indices, node.body, node.where, extents, latex)
    elif isinstance(node, Scatter):
        at = tuple(Condition("eq", index, position) for index, position in node.at)
        out = _reduction("sum", node.indices, node.body, at, extents, latex)
    elif isinstance(node, Pieces):
        return _pieces(node, extents, latex)
    else:
        raise TypeError(f"no notation for {type(node).__name__}")
    return _bracket(out, latex) if binding > _SUM and latex else out


def _binary(node: Binary, extents: Extents, latex: bool, binding: int) -> str:
    own = _BINDING[node.op]
    if node.op in {"max", "min"}:
        inner = f"{_node(node.left, extents, latex)}, {_node(node.right, extents, latex)}"
        return rf"\{node.op}\left({inner}\right)" if latex else f"{node.op}({inner})"
    if node.op == "/" and latex:
        return rf"\frac{{{_node(node.left, extents, latex)}}}{{{_node(node.right, extents, latex)}}}"
    left = _node(node.left, extents, latex, own)
    right = _node(node.right, extents, latex, own if node.op in {"+", "*"} else own + 1)
    if node.op in {"+", "-"}:
        out = f"{left} {node.op} {right}"
    elif node.op == "*":
        out = f"{left} {right}" if latex else f"{left}*{right}"
    else:
        out = f"{left}/{right}"
    return _bracket(out, latex) if own < binding else out


def _reduction(
    kind: str, over: tuple[Index, ...], body: Node, where: Iterable[Condition], extents: Extents, latex: bool
) -> str:
    inner = _node(body, extents, latex, _PRODUCT)
    guards = [condition(c, latex) for c in where]
    if not latex:
        ranges = ", ".join(
            f"{i.name} < {show(extents[atom_of(i)], False)}" if atom_of(i) in extents else i.name
            for i in over
        )
        return f"{kind}({'; '.join([ranges, *guards])})({_node(body, extents, latex)})"
    symbol = {"sum": r"\sum", "max": r"\max", "mean": r"\operatorname{mean}"}[kind]
    names = [name_in_latex(i.name) for i in over]
    if kind == "sum" and not guards and all(atom_of(i) in extents for i in over):
        sums = [
            rf"\sum_{{{name}=0}}^{{{show(subtract(extents[atom_of(i)], 1), True)}}}"
            for name, i in zip(names, over, strict=True)
        ]
        return " ".join(sums) + " " + inner
    below = r",\, ".join([*names, *guards])
    return rf"{symbol}_{{{below}}} {inner}"


def _pieces(node: Pieces, extents: Extents, latex: bool) -> str:
    shown = [
        (_node(body, extents, latex), condition(Condition("eq", node.index, at), latex))
        for at, body in node.pieces
    ]
    if not latex:
        return "; ".join(f"{body} at {at}" for body, at in shown)
    return r"\begin{cases} " + r" \\ ".join(rf"{body} & {at}" for body, at in shown) + r" \end{cases}"


def _entry(node: Entry, latex: bool) -> str:
    inside = ", ".join(show(p, latex) for p in node.position)
    if not latex:
        return f"{node.tensor.name}[{inside}]"
    name = name_in_latex(node.tensor.name)
    return f"{{{name}}}_{{{inside}}}" if "_" in name else f"{name}_{{{inside}}}"


def _constant(node: Constant, latex: bool, binding: int) -> str:
    value = node.value
    if isinstance(value, Fraction):
        if not latex:
            return _bracket(str(value), latex) if binding >= _PRODUCT else str(value)
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    shown = show(value, latex)
    return _bracket(shown, latex) if binding > _SUM and isinstance(value, Dim) and " " in shown else shown


def _call(node: Call, extents: Extents, latex: bool) -> str:
    inner = _node(node.argument, extents, latex)
    if not latex:
        return f"{node.function}({inner})"
    if node.function == "sqrt":
        return rf"\sqrt{{{inner}}}"
    known = node.function in _KNOWN_FUNCTIONS
    name = rf"\{node.function}" if known else rf"\operatorname{{{node.function}}}"
    return rf"{name}\left({inner}\right)"


def _bracket(inner: str, latex: bool) -> str:
    return rf"\left({inner}\right)" if latex else f"({inner})"
