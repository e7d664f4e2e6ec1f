"""``symcnn cost``: the table of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.options import at_option, convention_option, input_option, model_option, nonnegative_option

if TYPE_CHECKING:
    from symcnn.derive.cost import Cost


@click.command(short_help="The costs of a network: a row for each layer, and the totals.")
@click.argument("model")
@input_option
@at_option
@model_option
@convention_option
@click.option("--dtype", metavar="TYPE", help="Add the memory in bytes, such as for float32 or int8.")
@click.option("--rf", is_flag=True, help="Add a column with the receptive field of each layer.")
@click.option("--full", is_flag=True, help="Write lengths such as ceiling(H/2) out in every formula.")
@nonnegative_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: one row a layer, and a total row.")
@click.option("--latex", "as_latex", is_flag=True, help="Print a LaTeX table.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown table.")
def cost(model: str, **given: Any) -> None:
    """The costs of MODEL: a row for each layer, and the totals.

    MODEL is one of `symcnn models`, or a layer written as in Python. Sizes may be letters. Formulas show
    the letters of the input first, then the others, as they are written.

    \b
    symcnn cost lenet5
    symcnn cost resnet50 --input N,3,H,W
    symcnn cost resnet50 --input N,3,H,W --at H=224,W=224 --json
    symcnn cost document_004 --option width=w --input N,1,256,256 --latex
    symcnn cost "Sequential(Conv2d(3, C, 3), ReLU())" --input N,3,H,W

    Where an operation has no known cost, the table names it and the totals are marked as lower bounds.
    """
    from symcnn.cli.output import only_one, show, terminal_width, write
    from symcnn.cli.reading import Reader, network_of
    from symcnn.network.receptive_field import receptive_fields
    from symcnn.tables import table
    from symcnn.tables.plain import written

    form = only_one({name: given[f"as_{name}"] for name in ("json", "csv", "latex", "markdown")})
    reader = Reader(given["nonnegative"])
    network, shapes = network_of(reader, model, given["shapes"], given["options"])
    made: Cost = network.cost(*shapes, convention=given["convention"])
    if given["values"]:
        made = made.at(reader.values(given["values"], made.symbols))
    fields = receptive_fields(made) if given["rf"] else None
    result = table(made, dtype=given["dtype"], fields=fields, full=given["full"])
    if form is None:
        show(written(result, terminal_width()))
    else:
        write(getattr(result, form)())
