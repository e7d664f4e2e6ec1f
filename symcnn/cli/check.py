"""``symcnn check``: the verdicts on the claims of documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.comparing import against_option, answers_option, compare, feedback_option, unfitting
from symcnn.cli.searching import (
    library,
    near,
    processes_option,
    processors,
    progress,
    replay_option,
    search_option,
    seconds_option,
)

if TYPE_CHECKING:
    from symcnn.documents.report import Checked, Report

# What is said of a refuted claim that was expected to be; --details says all.
_SHORT = ("counterexample", "negation", "follows")


@click.command(short_help="The claims of worked solutions in Markdown, and whether they hold.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@replay_option
@search_option
@click.option("--save", is_flag=True, help="Store statements and certificates beside each document.")
@seconds_option
@processes_option
@click.option("--details", is_flag=True, help="Say all that is known of each claim that is not proved.")
@against_option
@answers_option
@feedback_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, paths: Sequence[Path], **given: Any) -> None:
    """The claims of the documents in PATH, Markdown files or folders that are searched below.

    Without PATH, the documents that come with symcnn. Certificates beside a document are replayed; what has
    none is searched for.

    \b
    symcnn check solution.md
    symcnn check proofs --json
    symcnn check solution.md --save
    symcnn check submissions --against reference.md --feedback feedback

    Exit codes: 0 every verdict is as the document expects (proved, where it does not say), 1 some is not,
    2 something cannot be read, 3 all others are as expected and some are unknown.
    """
    if given["only_replay"] and given["only_search"]:
        raise click.UsageError("--replay and --search exclude each other", ctx)
    if reason := unfitting(given):
        raise click.UsageError(reason, ctx)
    if given["against"] is not None:
        if not paths:
            raise click.UsageError("name the documents to compare", ctx)
        ctx.exit(compare(documents(paths), given["against"], given))
    from symcnn.cli.output import show, terminal_width
    from symcnn.documents.checking import certified, check_all, save
    from symcnn.documents.report import exit_code, reports_as_json

    with progress() as report:
        reports = check_all(
            documents(paths),
            seconds=given["seconds"],
            stored=not given["only_search"],
            search=not given["only_replay"],
            processes=given["processes"] or processors(),
            progress=report,
        )
    saved = [save(found) for found in reports if certified(found)] if given["save"] else []
    if given["as_json"]:
        import json

        from symcnn.cli.output import write

        write(json.dumps(reports_as_json(reports), indent=2, ensure_ascii=False) + "\n")
    else:
        show(lines(reports, given["details"], terminal_width()))
        show(("saved in " + " and ".join(str(near(path)) for path in pair), "") for pair in saved)
    ctx.exit(exit_code(reports))


def documents(paths: Sequence[Path]) -> list[Path]:
    """The documents that paths stand for; raises ``ValueError`` for a path that holds none."""
    found: dict[Path, Path] = {}
    for path in paths or [near(library())]:
        for document in _below(path):
            found.setdefault(document.resolve(), document)
    return list(found.values())


def _below(path: Path) -> list[Path]:
    from symcnn.documents.markdown import claims_something

    if path.is_dir():
        files = sorted(file for file in path.rglob("*.md") if file.is_file() and claims_something(file))
        if not files:
            raise ValueError(f"{path}: there is no document with claims below this folder")
        return files
    if not path.exists():
        raise ValueError(f"{path}: there is no such file or folder")
    return [path]


def lines(reports: Sequence[Report], details: bool, width: int | None) -> Iterator[tuple[str, str]]:
    """The verdicts as lines with their roles, document by document, and a summary."""
    from symcnn.cli.output import printable
    from symcnn.documents.report import place

    for k, report in enumerate(reports):
        if k:
            yield "", ""
        yield printable(report.path or "text"), "title"
        for fault in report.document.faults:
            yield from _wrapped(f"{place(report.path, fault)}: {fault.reason}", width, "  ", "warning")
        names = max((len(checked.name) for checked in report.claims), default=0)
        for checked in report.claims:
            yield from _claim(report, checked, names, details or len(reports) == 1, width)
    if reports:
        yield "", ""
        yield _summary(reports), "total"


def _claim(
    report: Report, checked: Checked, names: int, details: bool, width: int | None
) -> Iterator[tuple[str, str]]:
    from symcnn.documents.report import PROVED, UNREADABLE, place

    note = f"  expected: {checked.expected}" if checked.deviates else ""
    role = "warning" if checked.deviates else ""
    yield f"  {checked.name:{names}}  {checked.status}{note}", role
    fault = checked.claim.fault
    if checked.status == UNREADABLE and fault is not None:
        yield from _wrapped(f"{place(report.path, fault)}: {fault.reason}", width, "      ", "note")
    elif checked.status != PROVED:
        for finding in checked.findings:
            if checked.deviates or details or finding.kind in _SHORT:
                yield from _wrapped(str(finding), width, "      ", "note")


def _summary(reports: Sequence[Report]) -> str:
    from symcnn.documents.report import STATUSES, UNREADABLE

    counts = {status: sum(report.counts[status] for report in reports) for status in STATUSES}
    if not counts[UNREADABLE]:
        del counts[UNREADABLE]
    words = ", ".join(f"{count:,} {status}" for status, count in counts.items())
    seconds = sum(report.seconds for report in reports)
    deviating = sum(checked.deviates for report in reports for checked in report.claims)
    faults = sum(len(report.document.faults) for report in reports)
    words += f"; {seconds:.1f} s of work"
    words += f"; {deviating:,} not as expected" if deviating else "; all as expected"
    return words + (f"; {faults:,} places not read" if faults else "")


def _wrapped(words: str, width: int | None, indent: str, role: str) -> Iterator[tuple[str, str]]:
    from symcnn.cli.output import printable
    from symcnn.tables.plain import wrapped

    room = None if width is None else max(width - len(indent), 20)
    for line in wrapped(printable(words), room, prose=True):
        yield indent + line, role
