"""``symcnn new``: a claim document to fill in."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="A claim document to fill in.")
@click.argument("path", metavar="FILE.md", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a claim document to FILE.md: a small worked solution with comments, to be changed into yours.

    A file that exists is never touched.

    \b
    symcnn new solution.md
    symcnn check solution.md
    """
    from symcnn.cli.output import check_folder, write
    from symcnn.documents.template import template

    if path.suffix != ".md":
        raise click.UsageError(f"{path}: a claim document is Markdown; write {path.stem or path}.md")
    check_folder(path)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(template())
    except FileExistsError:
        raise click.UsageError(f"{path} exists; choose another name, or remove it first") from None
    write(f"wrote {path}; next: symcnn check {path}\n")
