"""``symcnn demo``: the five documents checked, and typeset with their verdicts."""

from __future__ import annotations

from pathlib import Path

import click

from symcnn.cli.searching import library, near, processors, progress


@click.command(short_help="The five documents that come with symcnn, checked and typeset.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build"),
    show_default=True,
    metavar="FOLDER",
    help="Where the report is written.",
)
@click.pass_context
def demo(ctx: click.Context, output: Path) -> None:
    """Check the five worked solutions that come with symcnn and write FOLDER/report.html.

    Where pdflatex is installed, FOLDER/report.pdf as well. Stored certificates are replayed by the kernel;
    what has none is searched for. It does what these commands do:

    \b
    symcnn check proofs
    symcnn render proofs -o build/report.html

    The exit code is that of symcnn check.
    """
    from symcnn.cli.check import documents, lines
    from symcnn.cli.output import show, terminal_width
    from symcnn.documents.checking import check_all
    from symcnn.documents.report import exit_code
    from symcnn.export.pdf import has_latex
    from symcnn.export.rendering import render

    with progress() as report:
        found = check_all(documents([near(library())]), processes=processors(), progress=report)
    show(lines(found, False, terminal_width()))
    output.mkdir(parents=True, exist_ok=True)
    page = output / "report.html"
    page.write_text(str(render(found, "html")), encoding="utf-8")
    show([("", ""), (f"wrote {page}", "")])
    if has_latex():
        printed = render(found, "pdf")
        (output / "report.pdf").write_bytes(printed if isinstance(printed, bytes) else printed.encode())
        show([(f"wrote {output / 'report.pdf'}", "")])
    else:
        show([("no report.pdf, since pdflatex is not installed (Debian: texlive-latex-base)", "note")])
    ctx.exit(exit_code(found))
