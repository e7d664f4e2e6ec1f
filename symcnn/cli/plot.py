"""``symcnn plot``: pictures of a network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.options import at_option, convention_option, input_option, model_option, nonnegative_option

if TYPE_CHECKING:
    from symcnn.analysis.pictures.plots import Plot
    from symcnn.network.cost import NetworkCost

KINDS = ("cost", "scaling", "receptive-field", "memory", "roofline")
MAX_POINTS = 300
# The options that only some kinds take.
_OWN = {
    "quantities": ("--quantity", ("cost", "scaling")),
    "over": ("--over", ("scaling",)),
    "logarithmic": ("--log", ("scaling",)),
    "dtype": ("--dtype", ("memory", "roofline")),
    "mode": ("--mode", ("memory",)),
    "optimizer": ("--optimizer", ("memory",)),
    "machine": ("--machine", ("roofline",)),
}
_EXAMPLES = {"machine": "A100", "dtype": "float32"}
_RANGE = re.compile(r"(\d+)\.\.(\d+)(?::(\d+))?")


@click.command(short_help="Pictures of a network: its costs, scaling, memory, roofline.")
@click.argument("kind")
@click.argument("model")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What to write: FILE.png, FILE.svg or FILE.pdf. It is overwritten.",
)
@input_option
@at_option
@model_option
@convention_option
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    metavar="NAME",
    help="What cost and scaling count: macs (if none is given), params, operations, memory, intensity, or "
    "a part such as additions or memory.outputs. For scaling it may be repeated.",
)
@click.option("--over", metavar="H=32..512:32", help="The sizes below the curves: a range, or H=32,64,128.")
@click.option("--log", "logarithmic", is_flag=True, help="Logarithmic scales for scaling.")
@click.option("--dtype", metavar="TYPE", help="For memory and roofline: float32, float16, int8, ...")
@click.option("--mode", metavar="MODE", help="For memory: inference (if none is given) or training.")
@click.option("--optimizer", metavar="NAME", help="For training: sgd (if none is given), momentum, adam, ...")
@click.option("--machine", metavar="NAME", help="For roofline: A100, H100, V100, ...")
@nonnegative_option
@click.pass_context
def plot(ctx: click.Context, kind: str, model: str, output: Path | None, **given: Any) -> None:
    """A picture of MODEL, which is one of `symcnn models`, or a network written as in Python.

    \b
    KIND is one of
      cost             a bar for each layer
      scaling          curves over one size
      receptive-field  how much of the input each layer sees
      memory           what is held over the course of a pass
      roofline         the layers under the roofline of a machine, and their times

    \b
    symcnn plot cost resnet50 -o resnet50.pdf
    symcnn plot cost vgg16 --quantity params --input N,3,H,W --at N=1,H=224,W=224 -o vgg16.svg
    symcnn plot scaling resnet50 --input 1,3,H,H --over H=32..512:32 -o scaling.png
    symcnn plot receptive-field document_004 -o field.png
    symcnn plot memory resnet50 --input N,3,224,224 --at N=16 --dtype float32 -o memory.png
    symcnn plot roofline resnet50 --input 16,3,224,224 --dtype float32 --machine A100 -o roof.png

    It needs matplotlib: pip install 'symcnn[plots]'
    """
    from symcnn.analysis.pictures.plots import suffix
    from symcnn.cli.output import check_folder, printable, show
    from symcnn.symbols.suggest import suggestion

    if kind not in KINDS:
        raise click.UsageError(f"no picture {kind!r}{suggestion(kind, KINDS)}", ctx)
    for name, (option, kinds) in _OWN.items():
        if given[name] and kind not in kinds:
            raise click.UsageError(f"{option} is for {' and '.join(kinds)}, not for {kind}", ctx)
    if output is None:
        raise click.UsageError("say what to write: -o FILE.png, -o FILE.svg or -o FILE.pdf", ctx)
    suffix(output)
    check_folder(output)
    made = _picture(ctx, kind, model, given)
    try:
        made.save(output)
    except ModuleNotFoundError as error:
        raise click.UsageError(str(error)) from None
    show([(f"{printable(str(output))}: {made.title}", "")])


def _picture(ctx: click.Context, kind: str, model: str, given: dict[str, Any]) -> Plot:
    from symcnn.analysis.pictures.layers import NoValue
    from symcnn.analysis.pictures.passes import plot_roofline
    from symcnn.analysis.pictures.plots import plot_cost, plot_receptive_field, plot_scaling
    from symcnn.cli.reading import Reader, network_of
    from symcnn.layers.base import Layer
    from symcnn.network.graph import Sequential

    reader = Reader(given["nonnegative"])
    network, shapes = network_of(reader, model, given["shapes"], given["options"])
    if isinstance(network, Layer):
        network = Sequential(network)
    cost = network.cost(*shapes, convention=given["convention"])
    if given["values"]:
        cost = cost.at(reader.values(given["values"], cost.symbols))
    quantities = given["quantities"] or ("macs",)
    try:
        if kind == "receptive-field":
            return plot_receptive_field(cost)
        if kind == "memory":
            return _memory(ctx, network, cost, given)
        if kind == "roofline":
            machine, dtype = (_needed(ctx, given, name) for name in ("machine", "dtype"))
            return plot_roofline(cost, machine, dtype=dtype)
        if kind == "scaling":
            if given["over"] is None:
                raise click.UsageError(f"say which sizes: --over {_letter(cost)}=32..512:32", ctx)
            letter, points = sizes(given["over"])
            return plot_scaling(cost, letter, points, quantity=quantities, logarithmic=given["logarithmic"])
        if len(quantities) > 1:
            raise click.UsageError("a picture of costs shows one --quantity", ctx)
        return plot_cost(cost, quantities[0])
    except NoValue as error:
        example = ",".join(f"{letter}=1" for letter in error.letters)
        said = f"{cost.label}: no value is given for {', '.join(error.letters)}; write --at {example}"
        raise click.UsageError(said, ctx) from None


def _memory(ctx: click.Context, network: Any, cost: NetworkCost, given: dict[str, Any]) -> Plot:
    """The memory of a pass; the batch is the first length of the inputs."""
    from symcnn.analysis.capacity import capacity
    from symcnn.analysis.pictures.layers import whole
    from symcnn.analysis.pictures.passes import plot_memory
    from symcnn.symbols.size import substitute

    shapes = cost.source.shapes[: cost.source.graph.input_count]
    here = [tuple(substitute(n, {**cost.values}) for n in shape) for shape in shapes]
    batch = whole(here[0][0], cost)
    single = [(1, *shape[1:]) if shape[0] == batch else shape for shape in here]
    dtype, mode = _needed(ctx, given, "dtype"), given["mode"] or "inference"
    held = capacity(network, *single, mode=mode, dtype=dtype, optimizer=given["optimizer"] or "sgd")
    return plot_memory(held, batch)


def _needed(ctx: click.Context, given: dict[str, Any], name: str) -> str:
    if given[name] is None:
        raise click.UsageError(f"say which {name}: --{name} {_EXAMPLES[name]}", ctx)
    return given[name]


def _letter(cost: Any) -> str:
    return next((s.name for s in reversed(cost.symbols)), "H")


def sizes(text: str) -> tuple[str, list[int]]:
    """The letter of ``--over`` and its values.

    >>> sizes("H=32..128:32"), sizes("K=1,3,5")
    (('H', [32, 64, 96, 128]), ('K', [1, 3, 5]))
    """
    name, equals, values = (part.strip() for part in text.partition("="))
    if not equals or not name.isidentifier():
        raise _unreadable(text)
    found: list[int] = []
    for part in values.split(","):
        if part.strip().isdecimal():
            found.append(int(part))
            continue
        ends = _RANGE.fullmatch(part.strip())
        if ends is None or int(ends[3] or 1) < 1:
            raise _unreadable(text)
        several = range(int(ends[1]), int(ends[2]) + 1, int(ends[3] or 1))
        if len(several) > MAX_POINTS:
            raise ValueError(
                f"--over {text}: {len(several)} values are more than {MAX_POINTS}; write larger steps, "
                f"such as {name}={ends[1]}..{ends[2]}:{-(-len(several) // 100)}"
            )
        found += several
    if len(found) > MAX_POINTS:
        raise ValueError(f"--over {text}: {len(found)} values are more than {MAX_POINTS}")
    return name, found


def _unreadable(text: str) -> ValueError:
    return ValueError(f"--over {text!r} cannot be read: write e.g. H=32..512:32 or H=32,64,128")
