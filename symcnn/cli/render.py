"""``symcnn render``: worked solutions as LaTeX, PDF or HTML, with their verdicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from symcnn.cli.searching import (
    processes_option,
    processors,
    progress,
    replay_option,
    seconds_option,
)

_SUFFIXES = (".tex", ".pdf", ".html")


@click.command(short_help="Worked solutions as LaTeX, PDF or HTML, with their verdicts.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What to write: FILE.tex, FILE.pdf (needs pdflatex) or FILE.html. It is overwritten.",
)
@click.option("--plain", is_flag=True, help="Leave out the verdicts, and what is said of them.")
@replay_option
@seconds_option
@processes_option
@click.pass_context
def render(
    ctx: click.Context,
    paths: Sequence[Path],
    output: Path | None,
    plain: bool,
    only_replay: bool,
    seconds: float,
    processes: int | None,
) -> None:
    """The documents in PATH, Markdown files or folders that are searched below, as one page.

    Each claim has its verdict beside it, and a refuted one what is wrong with it. Several documents begin
    with a table of their verdicts. Pictures of a FILE.tex are written beside it, as FILE-figure-1.pdf, ...

    \b
    symcnn render solution.md -o solution.html
    symcnn render solution.md -o solution.pdf --plain
    symcnn render proofs -o report.html

    Exit codes: 0 the page is written, whatever the verdicts are; 2 something cannot be read or written.
    """
    if output is None:
        raise click.UsageError("say what to write: -o FILE.html, -o FILE.pdf or -o FILE.tex", ctx)
    form = output.suffix.lower()
    if form not in _SUFFIXES:
        raise click.UsageError(f"{output}: the name has to end in {', '.join(_SUFFIXES)}", ctx)
    from symcnn.cli.check import documents
    from symcnn.cli.output import check_folder, printable, show
    from symcnn.documents.checking import check_all
    from symcnn.export.pdf import compiled, pdflatex
    from symcnn.export.rendering import render as rendered
    from symcnn.export.rendering import typeset

    check_folder(output)
    if form == ".pdf":
        pdflatex()
    with progress() as report:
        # Without verdicts there is nothing to be decided.
        reports = check_all(
            documents(paths),
            seconds=seconds,
            stored=not plain,
            search=not (only_replay or plain),
            processes=processes or processors(),
            progress=report,
        )
    if form == ".html":
        output.write_text(str(rendered(reports, "html", plain=plain)), encoding="utf-8")
    else:
        stem = re.sub(r"[^A-Za-z0-9]+", "-", output.stem).strip("-") or "page"
        found = typeset(reports, plain=plain, stem=f"{stem}-figure")
        if form == ".pdf":
            output.write_bytes(compiled(found.text, found.files)[0])
        else:
            output.write_text(found.text, encoding="utf-8")
            for name, data in found.files.items():
                output.with_name(name).write_bytes(data)
    faults = sum(len(each.faults) for each in reports)
    note = f"; {faults} place{'s' * (faults != 1)} not read, see symcnn check" if faults else ""
    show([(f"{printable(str(output))}{note}", "")])
