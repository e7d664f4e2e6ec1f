"""``symcnn demo``: three networks, with numbers and with letters."""

from __future__ import annotations

from collections.abc import Iterator

import click

_PARTS = (
    ("LeNet-5", "lenet5", "1,1,32,32", ""),
    ("LeNet-5 for a batch of N", "lenet5", "N,1,32,32", ""),
    ("The network of document 004 for a batch of N", "document_004", "N,1,256,256", ""),
    ("ResNet-50 for a batch of N images of H x W", "resnet50", "N,3,H,W", ""),
    ("ResNet-50 at 224 x 224", "resnet50", "N,3,H,W", "N=1,H=224,W=224"),
)


@click.command(short_help="LeNet-5, the network of document 004, and ResNet-50.")
def demo() -> None:
    """The costs of LeNet-5, of the network of document 004, and of ResNet-50, layer by layer.

    Each table is also a command of its own; the demonstration shows which.
    """
    from symcnn.cli.output import show, terminal_width

    width = terminal_width()
    for title, model, shape, values in _PARTS:
        show(_part(title, model, shape, values, width))


def _part(title: str, model: str, shape: str, values: str, width: int | None) -> Iterator[tuple[str, str]]:
    from symcnn.cli.reading import Reader, declare_letters
    from symcnn.models import build
    from symcnn.tables import table
    from symcnn.tables.plain import written

    reader = Reader()
    sizes = reader.shape(shape)
    declare_letters([sizes])
    made = build(model).cost(sizes)
    command = f"symcnn cost {model} --input {shape}"
    if values:
        made = made.at(reader.values([values], made.symbols))
        command += f" --at {values}"
    yield "=" * len(title), "rule"
    yield title, "title"
    yield "=" * len(title), "rule"
    yield f"$ {command}", ""
    yield "", ""
    yield from written(table(made), width)
    yield "", ""
