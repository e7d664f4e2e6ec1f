"""``symcnn prove``: the theorems in files, proved or refuted by stored certificates, or by a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from symcnn.cli.output import INTERRUPTED, USAGE
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
    from symcnn.kernel.statements import Statement
    from symcnn.proving.stored import ClaimFile
    from symcnn.search.deciding import Decision

PROVED, REFUTED, UNKNOWN = "PROVED", "REFUTED", "UNKNOWN"
REJECTED, UNREADABLE = "REJECTED", "UNREADABLE"
STATUSES = (PROVED, REFUTED, UNKNOWN, REJECTED, UNREADABLE)
NO_CERTIFICATE, INTERRUPTION, NOT_REACHED = "no certificate", "interrupted", "not reached"
SHORT = (NO_CERTIFICATE, INTERRUPTION, NOT_REACHED)  # reasons that fit into the line
# An answer of the kernel stands in for this many characters of a table; --json has all of it.
REASON = 300


@click.command(short_help="The theorems in .claim files, and whether they hold.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@replay_option
@search_option
@click.option("--save", is_flag=True, help="Store what was found in the .cert files, where there is nothing.")
@seconds_option
@processes_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def prove(ctx: click.Context, paths: Sequence[Path], **given: Any) -> None:
    """The theorems in PATH, a .claim file or a folder that is searched below, and whether they hold.

    Without PATH, those of the library that comes with symcnn. The certificates in the .cert files beside
    them are replayed; what has none is searched for. The kernel accepts every proof and every refutation
    that is shown.

    \b
    symcnn prove proofs/pooling
    symcnn prove proofs/claims/document_004.claim --replay --json
    symcnn prove my.claim --search --seconds 60 --save

    Exit codes: 0 every verdict is as expected (PROVED; REFUTED where the name ends in _fails or the stored
    certificate refutes), 1 some is not, 2 something cannot be read, 3 all others are as expected and some
    are UNKNOWN, 130 interrupted.
    """
    if given["only_replay"] and (given["only_search"] or given["save"]):
        other = "search" if given["only_search"] else "save"
        raise click.UsageError(f"--replay and --{other} exclude each other", ctx)
    from symcnn.cli.output import show, terminal_width

    start = monotonic()
    run = _Run(
        _files(paths),
        given["only_replay"],
        given["only_search"],
        given["save"],
        given["seconds"],
        given["processes"] or processors(),
    )
    run.all()
    seconds = monotonic() - start
    if given["as_json"]:
        _write_json(run, seconds)
    else:
        show(_lines(run, seconds, terminal_width()))
    if run.failure is not None:
        raise run.failure
    ctx.exit(INTERRUPTED if run.interrupted else _code([row for _, rows in run.rows() for row in rows]))


# ---------------------------------------------------------------- what there is


def _files(paths: Sequence[Path]) -> list[ClaimFile]:
    from symcnn.proving.stored import ClaimFile

    found: dict[Path, ClaimFile] = {}
    for path in paths or [library()]:
        for claim in _claims(path):
            if claim.resolve() not in found:
                found[claim.resolve()] = ClaimFile.read(claim if paths else near(claim))
    return list(found.values())


def _claims(path: Path) -> list[Path]:
    """The ``.claim`` files that a path stands for."""
    if path.is_dir():
        claims = sorted(file for file in path.rglob("*.claim") if file.is_file())
        if not claims:
            raise ValueError(f"{path}: there is no .claim file below this folder")
        return claims
    claim = path.with_suffix(".claim") if path.suffix == ".cert" else path
    if not claim.exists():
        if path.exists():
            raise ValueError(f"{path}: there is no {claim.name} beside it, which would say what is proved")
        raise ValueError(f"{path}: there is no such file or folder")
    if claim.suffix != ".claim" or not claim.is_file():
        raise ValueError(f"{path}: this is no .claim file")
    return [claim]


# ---------------------------------------------------------------- what is done


@dataclass(frozen=True)
class Row:
    """What is known of one theorem; times are in seconds, None where nothing was replayed or searched."""

    name: str
    meaning: str
    expected: str
    status: str = UNKNOWN
    by: str = ""
    size: int = 0
    replayed: float | None = None
    searched: float | None = None
    reason: str = ""
    counterexample: dict[str, int | str] | None = None
    verdict: Any = None

    @property
    def deviates(self) -> bool:
        """Whether this is not what was expected; what is unknown is neither."""
        return self.status not in (self.expected, UNKNOWN)


def _code(rows: Sequence[Row]) -> int:
    statuses = {row.status for row in rows}
    if UNREADABLE in statuses:
        return USAGE
    return 1 if any(row.deviates for row in rows) else 3 if UNKNOWN in statuses else 0


class _Run:
    """All theorems of some files, decided one by one; what is decided when it is broken off is kept."""

    def __init__(
        self,
        files: list[ClaimFile],
        only_replay: bool,
        only_search: bool,
        save: bool,
        seconds: float,
        processes: int,
    ) -> None:
        self.files = files
        self.only_replay, self.only_search = only_replay, only_search
        self.save, self.seconds, self.processes = save, seconds, processes
        self.interrupted = False
        self.failure: OSError | ValueError | None = None
        self.found: list[dict[str, Row]] = [{} for _ in files]
        # Beyond one verdict for each theorem: those on lemmas, and on certificates of nothing.
        self.further: list[list[Row]] = [[] for _ in files]
        self.saved: list[list[str]] = [[] for _ in files]
        self.kept: list[list[str]] = [[] for _ in files]

    def all(self) -> None:
        """Decide as much as there is time for."""
        try:
            with progress() as report:
                if not self.only_search:
                    for k in range(len(self.files)):
                        self._replay(k, report)
                if not self.only_replay:
                    self._search(report)
        except KeyboardInterrupt:
            self.interrupted = True
        except (OSError, ValueError) as error:
            self.failure = error

    def rows(self) -> Iterator[tuple[ClaimFile, list[Row]]]:
        """The files with a line for each theorem, in order."""
        reason = NO_CERTIFICATE
        if self.interrupted:
            reason = INTERRUPTION
        elif self.failure is not None:
            reason = NOT_REACHED
        for k, file in enumerate(self.files):
            lines = [
                self.found[k].get(s.name) or Row(s.name, s.meaning, file.expected(s.name), reason=reason)
                for s in file.statements
            ]
            yield file, lines + self.further[k]

    def _done(self) -> int:
        return sum(map(len, self.found))

    def _total(self) -> int:
        return sum(len(file.statements) for file in self.files)

    def _replay(self, k: int, report: Callable[[str, int, int], None]) -> None:
        from symcnn.proving.stored import witnesses
        from symcnn.search.deciding import closing_steps

        file, found = self.files[k], self.found[k]
        statements = {statement.name: statement for statement in file.statements}
        certificates = file.certificates
        report(file.path.name, self._done(), self._total())
        before = monotonic()
        for verdict in file.replay():
            now = monotonic()
            name, status = verdict.name, verdict.status
            if name not in statements or name in found:
                self.further[k].append(Row(name, "", PROVED, status, reason=verdict.reason))
            else:
                text = certificates.get(name, "")
                accepted = status in (PROVED, REFUTED)
                found[name] = Row(
                    name,
                    statements[name].meaning,
                    file.expected(name),
                    status,
                    closing_steps(text) if accepted else "",
                    len(text.encode()),
                    now - before,
                    reason=verdict.reason,
                    counterexample=witnesses(text, statements[name]) or None if status == REFUTED else None,
                )
            report(f"{file.path.name}: {name}", self._done(), self._total())
            before = monotonic()

    def _search(self, report: Callable[[str, int, int], None]) -> None:
        """Search for all that is not decided yet."""
        from symcnn.search.worker import decide_all

        todo = [
            (k, statement)
            for k, file in enumerate(self.files)
            for statement in file.statements
            if statement.name not in self.found[k]
        ]

        def running(places: list[int]) -> None:
            report(", ".join(todo[place][1].name for place in places), self._done(), self._total())

        statements = [statement for _, statement in todo]
        # Closed at once where something fails, so that no search goes on.
        with closing(decide_all(statements, self.seconds, self.processes, report=running)) as decisions:
            for place, decision, seconds in decisions:
                self._note(*todo[place], decision, seconds)

    def _note(self, k: int, statement: Statement, decision: Decision, seconds: float) -> None:
        """Keep what a search came to."""
        from symcnn.proving.stored import witnesses
        from symcnn.proving.verdict import Verdict
        from symcnn.search.deciding import accepted

        name, status, certificate = statement.name, decision.status, decision.certificate
        row = Row(name, statement.meaning, self.files[k].expected(name), searched=seconds)
        if certificate:
            start = monotonic()
            # The kernel has accepted it already; this takes the time of it, and lets nothing else pass.
            if accepted(statement, certificate, status):
                row = replace(
                    row,
                    status=status,
                    by=decision.by,
                    size=len(certificate.encode()),
                    replayed=monotonic() - start,
                    counterexample=witnesses(certificate, statement) or None if status == REFUTED else None,
                    verdict=Verdict.of(statement, decision, seconds),
                )
        elif decision.tried:
            row = replace(row, reason=f"tried: {', '.join(decision.tried)}")
        self.found[k][name] = row
        if self.save and row.status != UNKNOWN:
            self._store(k, name, certificate)

    def _store(self, k: int, name: str, certificate: str) -> None:
        done = self.files[k].save(name, certificate)
        (self.saved if done else self.kept)[k].append(name)


# ---------------------------------------------------------------- what is printed

_HEADS = ("name", "verdict", "by", "bytes", "replay ms", "search s")
_RIGHT = (False, False, False, True, True, True)
_GAP = "  "
_BY = 2


def _lines(run: _Run, seconds: float, width: int | None) -> Iterator[tuple[str, str]]:
    """The table, what is to be said of single theorems, and the summary."""
    from symcnn.cli.output import printable

    groups = [(file, rows) for file, rows in run.rows() if rows]
    rows = [row for _, found in groups for row in found]
    columns = len(_HEADS) - (not any(row.searched is not None for row in rows))
    cells = {id(row): _cells(row)[:columns] for row in rows}
    widths = [max(map(len, column)) for column in zip(_HEADS[:columns], *cells.values(), strict=True)]
    if width is not None:
        room = width - len(_GAP) * columns - sum(widths) + widths[_BY]
        widths[_BY] = max(min(widths[_BY], room), 12)
    rule = "-" * (sum(widths) + len(_GAP) * columns), "rule"
    yield from _cut(_HEADS, widths, "head")
    for file, found in groups:
        yield rule
        yield printable(str(file.path)), "title"
        for row in found:
            yield from _cut(cells[id(row)], widths, "warning" if row.deviates else "")
            if reason := _reason(row):
                yield from _prose(reason, width, "      ", "note")
    yield rule
    yield from _prose(_summary(rows, seconds), width, "", "total")
    if run.interrupted:
        yield "interrupted", "warning"
    for k, file in enumerate(run.files):
        cert = printable(str(file.cert))
        for names, words in (
            (run.saved[k], f"saved in {cert}"),
            (run.kept[k], f"not saved, since {cert} has a certificate already"),
        ):
            if names:
                in_order = (statement.name for statement in file.statements if statement.name in names)
                yield from _prose(f"{words}: {', '.join(in_order)}", width, "", "")
    refuted = [row for row in rows if row.status == REFUTED and row.verdict is not None]
    for row in refuted if len(refuted) == 1 else [row for row in refuted if row.deviates]:
        yield "", ""
        yield row.name, "head"
        for line in str(row.verdict).splitlines():
            yield from _prose(line.strip(), width, "  " if line.startswith(" ") else "", "")


def _cells(row: Row) -> list[str]:
    return [
        row.name,
        row.status,
        row.by or (row.reason if row.reason in SHORT else ""),
        f"{row.size:,}" if row.size else "",
        "" if row.replayed is None else f"{1000 * row.replayed:.1f}",
        "" if row.searched is None else f"{row.searched:.1f}",
    ]


def _reason(row: Row) -> str:
    words = "" if row.reason in SHORT else " ".join(row.reason.split())
    if len(words) > REASON:
        words = words[:REASON] + " ..."
    if row.deviates and row.status in (PROVED, REFUTED):
        words = f"expected: {row.expected}"
    return words


def _cut(cells: Sequence[str], widths: Sequence[int], role: str) -> Iterator[tuple[str, str]]:
    """A line of the table, and more where the steps take more than their column."""
    from symcnn.tables.plain import wrapped

    steps, *more = wrapped(cells[_BY], widths[_BY], prose=True) or [""]
    for texts in ([*cells[:_BY], steps, *cells[_BY + 1 :]], *([""] * _BY + [line] for line in more)):
        placed = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(texts, widths, _RIGHT, strict=False)
        ]
        yield "".join(_GAP + text for text in placed).rstrip(), role


def _prose(words: str, width: int | None, indent: str, role: str) -> Iterator[tuple[str, str]]:
    from symcnn.tables.plain import wrapped

    room = None if width is None else max(width - len(indent), 20)
    for line in wrapped(words, room, prose=True):
        yield indent + line, role


def _counted(rows: Iterable[Row]) -> dict[str, int]:
    found = [row.status for row in rows]
    return {status.lower(): found.count(status) for status in STATUSES}


def _summary(rows: Sequence[Row], seconds: float) -> str:
    counts = _counted(rows)
    if not counts["unreadable"]:
        del counts["unreadable"]
    words = f"{', '.join(f'{n:,} {status}' for status, n in counts.items())}; {seconds:.1f} s"
    deviating = sum(row.deviates for row in rows)
    return f"{words}; {deviating:,} not as expected" if deviating else words


def _write_json(run: _Run, seconds: float) -> None:
    import json

    from symcnn.cli.output import write

    def milliseconds(value: float | None) -> float | None:
        return None if value is None else round(1000 * value, 3)

    claims: list[dict[str, Any]] = []
    for k, (file, rows) in enumerate(run.rows()):
        for row in rows:
            claims.append(
                {
                    "file": str(file.path),
                    "name": row.name,
                    "meaning": row.meaning,
                    "status": row.status,
                    "expected": row.expected,
                    "by": row.by,
                    "bytes": row.size,
                    "milliseconds": milliseconds(row.replayed),
                    "search_milliseconds": milliseconds(row.searched),
                    "reason": row.reason,
                    "counterexample": row.counterexample,
                    "saved": row.name in run.saved[k],
                }
            )
    summary = {
        **_counted(row for _, rows in run.rows() for row in rows),
        "deviating": sum(row.deviates for _, rows in run.rows() for row in rows),
        "seconds": round(seconds, 3),
        "interrupted": run.interrupted,
    }
    write(json.dumps({"claims": claims, "summary": summary}, indent=2, ensure_ascii=False) + "\n")
