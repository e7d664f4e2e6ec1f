"""``symcnn models``: the networks that are built in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symcnn.models import Model


@click.command(short_help="The networks that are built in.")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(name: str | None, as_json: bool) -> None:
    """The networks that `symcnn cost` knows by name; with NAME, the options and the source of one."""
    import json

    from symcnn.cli.output import show, terminal_width, write
    from symcnn.models import MODELS
    from symcnn.symbols.suggest import suggestion

    if name is not None and name not in MODELS:
        raise ValueError(f"model {name!r} is unknown{suggestion(name, MODELS)}")
    chosen = list(MODELS.values()) if name is None else [MODELS[name]]
    if as_json:
        write(json.dumps([_data(m) for m in chosen], indent=2, ensure_ascii=False) + "\n")
    elif name is None:
        show(_listed([(m.name, _words(m.summary)) for m in chosen], terminal_width()))
    else:
        (model,) = chosen
        pairs = [("input", _shape(model)), ("options", ", ".join(model.options) or "none")]
        pairs += [("source", _words(model.source))] if model.source else []
        show([(name, "title"), *_listed([("", _words(model.summary)), *pairs], terminal_width())])


def _data(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "input": list(model.input_shape),
        "options": list(model.options),
        "summary": _words(model.summary),
        "source": _words(model.source),
    }


def _shape(model: Model) -> str:
    return ",".join(map(str, model.input_shape))


def _words(text: str) -> str:
    """Prose without the marks of reStructuredText."""
    return text.replace("``", "")


def _listed(pairs: list[tuple[str, str]], width: int | None) -> list[tuple[str, str]]:
    from symcnn.tables.plain import wrapped

    names = max(len(head) for head, _ in pairs)
    room = None if width is None else max(width - names - 2, 20)
    lines: list[tuple[str, str]] = []
    for head, words in pairs:
        indent = names + 2 if head else 0
        first, *rest = wrapped(words, room if head else width, prose=True)
        lines.append((f"{head:<{names}}  {first}" if head else first, ""))
        lines += [(" " * indent + line, "") for line in rest]
    return lines
