"""``symcnn derive``: the formulas of one layer, and how they follow from its equation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.options import at_option, convention_option, input_option, nonnegative_option

if TYPE_CHECKING:
    from symcnn.cli.reading import Reader, Shape
    from symcnn.derive.cost import Cost
    from symcnn.derive.derivation import Derivation

_QUANTITIES = ("output_shape", "params", "macs", "ops.total", "memory.total")


@click.command(short_help="The formulas of a layer, and their derivation.")
@click.argument("layer")
@input_option
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    metavar="NAME",
    help="What to derive: output_shape, params, macs, ops.total, ops.additions, memory.outputs, "
    "intensity, ... May be repeated.",
)
@at_option
@convention_option
@nonnegative_option
@click.option(
    "--latex", "as_latex", is_flag=True, help="Print LaTeX: a displayed derivation for each quantity."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def derive(layer: str, **given: Any) -> None:
    """The formulas of LAYER, and their derivation from its defining equation.

    LAYER is written as in Python, with your own letters for any size. Letters are integers >= 1, those in
    padding >= 0. Formulas show the letters of the input first, then those of the layer, as they are
    written. The name of a layer alone takes the usual letters.

    \b
    symcnn derive Conv2d
    symcnn derive "Conv2d(C_i, C_o, kernel_size=K, stride=S, padding=P)" --input N,C_i,H,W --quantity macs
    symcnn derive "MaxPool2d(3, stride=2)" --input 1,64,H,W --at H=112 --latex
    """
    import json

    from symcnn.cli.output import only_one, show, terminal_width, write
    from symcnn.cli.reading import Reader

    form = only_one({"latex": given["as_latex"], "json": given["as_json"]})
    reader = Reader(given["nonnegative"])
    made = _cost(reader, layer, given["shapes"], given["convention"])
    if given["values"]:
        made = made.at(reader.values(given["values"], made.symbols))
    # Of layers without weights or products, derivations that say no more than 0 are not shown unasked.
    chosen: Sequence[str] = given["quantities"] or [
        name for name in _QUANTITIES if name == "output_shape" or made.size(name) != 0
    ]
    derivations = [(name, made.derivation(name)) for name in dict.fromkeys(chosen)]
    if form == "json":
        write(json.dumps(_data(made, derivations), indent=2, ensure_ascii=False) + "\n")
    elif form == "latex":
        write(_latex(made, derivations))
    else:
        show(_lines(made, derivations, terminal_width(), summary=not given["quantities"]))


def _cost(reader: Reader, layer: str, inputs: tuple[str, ...], convention: str) -> Cost:
    from symcnn.cli.reading import declare_letters, letters
    from symcnn.symbols.size import symbols_of

    shapes: tuple[Shape, ...] = ()
    if layer.strip().isidentifier():
        made, shapes = reader.assumed_layer(layer.strip())
        written = [s.name for s in symbols_of(*made.arguments)]
    else:
        made = reader.layer(layer)
        written = list(letters(layer))
        shapes = () if inputs else reader.assumed_shapes(made)
    if inputs:
        shapes = tuple(reader.shape(text) for text in inputs)
    declare_letters(shapes, written)
    return made.cost(*shapes, convention=convention)


def _title(name: str, made: Cost) -> str:
    if name == "ops.total":
        return f"operations ({made.convention.name})"
    words = {"output_shape": "output shape", "macs": "MACs", "memory.total": "memory (elements)"}
    return words.get(name, name)


def _lines(
    made: Cost, derivations: Sequence[tuple[str, Derivation]], width: int | None, summary: bool
) -> Iterator[tuple[str, str]]:
    """The formulas, and the derivations with the equation once."""
    from symcnn.tables import table
    from symcnn.tables.plain import listed, written

    result = table(made, full=True)
    if summary:
        yield from written(result, width)
        yield "", ""
    else:
        yield made.label, "title"
        yield f"input {' and '.join(cell.text for cell in result.inputs)}", "note"
        yield "", ""
    shown: set[str] = set()
    for k, (name, derivation) in enumerate(derivations):
        if k:
            yield "", ""
        yield f"derivation of {_title(name, made)}", "head"
        steps = [(step.name, step.text) for step in derivation.steps if step.text not in shown]
        shown |= {step.text for step in derivation.steps if step.name == "equation"}
        yield from listed(steps, width, "  ")
    if not summary:
        yield "", ""
        yield from _domain(result, width)


def _domain(result: Any, width: int | None) -> Iterable[tuple[str, str]]:
    from symcnn.tables.plain import foot

    return foot(result, width)


def _latex(made: Cost, derivations: Sequence[tuple[str, Derivation]]) -> str:
    """A displayed derivation for each quantity; amsmath is all that it needs."""
    from symcnn.symbols.printing import words_in_latex
    from symcnn.tables import table
    from symcnn.tables.markup import domain_latex

    result = table(made, full=True)
    out = ["% needs amsmath", rf"\noindent\textbf{{{words_in_latex(made.label)}}},"]
    out.append(f"input {' and '.join(cell.latex for cell in result.inputs)}.")
    for name, derivation in derivations:
        out += ["", rf"\paragraph{{{words_in_latex(_title(name, made))}}}", r"\[", derivation.latex(), r"\]"]
    domain = domain_latex(result)
    return "\n".join([*out, *(["", domain] if domain else [])]) + "\n"


def _data(made: Cost, derivations: Sequence[tuple[str, Derivation]]) -> dict[str, Any]:
    from symcnn.tables import table

    found = table(made, full=True).data()
    line = found["layers"][0] if len(found["layers"]) == 1 else {}
    return {
        "layer": made.label,
        **{key: found[key] for key in ("input", "inputs", "at", "convention", "status", "unknown")},
        "output_shape": line.get("output_shape"),
        "formulas": found["total"],
        "derivations": [
            {
                "quantity": name,
                "steps": [{"name": s.name, "text": s.text, "latex": s.latex} for s in derivation.steps],
            }
            for name, derivation in derivations
        ],
        "symbols": found["symbols"],
        "domain": found["domain"],
    }
