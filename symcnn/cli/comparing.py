"""``symcnn check --against``: submissions compared with a reference, and a feedback file for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.searching import near, processors, progress

if TYPE_CHECKING:
    from symcnn.documents.against import Comparison

SUFFIX = ".feedback.md"


def compare(paths: Sequence[Path], reference: Path, given: dict[str, Any]) -> int:
    """Print the table, write the feedback, and return the exit code."""
    from symcnn.cli.output import show, write
    from symcnn.documents.against import against
    from symcnn.documents.checking import check_all
    from symcnn.documents.feedback import comparisons_as_json, exit_code, feedback

    submissions = [
        path for path in paths if path.resolve() != reference.resolve() and not path.name.endswith(SUFFIX)
    ]
    if not submissions:
        raise ValueError(f"there is no submission to compare with {reference}")
    folder: Path | None = given["feedback"]
    files = {} if folder is None else _files(folder, [reference, *submissions], submissions)
    seconds, processes = given["seconds"], given["processes"] or processors()
    with progress() as report:
        (wanted,) = check_all(
            [reference],
            seconds=seconds,
            stored=not given["only_search"],
            processes=processes,
            progress=report,
        )
        comparisons = against(wanted, submissions, seconds=seconds, processes=processes, progress=report)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for path, comparison in zip(submissions, comparisons, strict=True):
            text = feedback(comparison, given["answers"])
            files[path].write_text(text, encoding="utf-8", newline="\n")
    if given["as_json"]:
        import json

        data = comparisons_as_json(comparisons, given["answers"])
        write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
        return exit_code(comparisons)
    show(_table(comparisons))
    if given["details"] or (given["answers"] and folder is None):
        for comparison in comparisons:
            text = feedback(comparison, given["answers"])
            show([("", ""), *((line, "") for line in text.splitlines()[2:])])
    if folder is not None:
        show([(f"feedback in {near(folder.resolve())}", "")])
    return exit_code(comparisons)


def _files(folder: Path, documents: Sequence[Path], submissions: Sequence[Path]) -> dict[Path, Path]:
    """The feedback file of each submission; raises ``ValueError`` where one is in the way of something."""
    from symcnn.documents.feedback import MARK

    out: dict[Path, Path] = {}
    taken: dict[Path, Path] = {}
    for path in submissions:
        file = folder / f"{path.stem}{SUFFIX}"
        other = taken.setdefault(file, path)
        if other != path:
            raise ValueError(f"{other} and {path} would both have the feedback file {file}; rename one")
        if file.resolve() in {document.resolve() for document in documents}:
            raise ValueError(f"{file} is a submission itself; name another folder")
        if file.exists() and not file.read_text(encoding="utf-8", errors="replace").startswith(MARK):
            raise ValueError(f"{file} exists and is no feedback of symcnn; name another folder")
        out[path] = file
    return out


def _table(comparisons: Sequence[Comparison]) -> Iterator[tuple[str, str]]:
    """The table with its roles: names on the left, numbers on the right."""
    from symcnn.cli.output import printable
    from symcnn.documents.feedback import HEAD, rows

    lines = [HEAD, *rows(comparisons)]
    cells = [[printable(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for k, line in enumerate(cells):
        placed = [
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(placed).rstrip(), "" if k else "head"
    for comparison in comparisons:
        if comparison.reason:
            yield printable(comparison.reason), "warning"


def unfitting(given: dict[str, Any]) -> str:
    """Why the options do not fit together; nothing where they do."""
    if given["against"] is None:
        wrong = [name for name in ("answers", "feedback") if given[name]]
        return f"--{wrong[0]} is for --against" if wrong else ""
    wrong = [name for name in ("save", "only_replay") if given[name]]
    return f"--against and --{wrong[0].removeprefix('only_')} exclude each other" if wrong else ""


against_option = click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="REFERENCE",
    help="Compare the documents with this one: a table with a line for each.",
)
answers_option = click.option(
    "--answers", is_flag=True, help="Say also what would have been right, with --against."
)
feedback_option = click.option(
    "--feedback",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write a feedback file for each document, with --against.",
)
