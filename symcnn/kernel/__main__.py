"""Replays certificates in a bare interpreter: ``python -I -S symcnn/kernel PATH...``

Each path is a ``.cert`` file, a ``.claim`` file with a ``.cert`` file beside it, or a folder with such
files below it. A line for each certificate says PROVED or REFUTED, or REJECTED with the place and the
reason; a line for each theorem without a certificate says UNKNOWN. Exits with 0 if every certificate is
accepted, with 1 if one is rejected, and with 2 if something cannot be read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from io import TextIOWrapper
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

if __package__ in (None, ""):
    # Started as a folder: nothing but the standard library and this folder may be found, and the rest of the
    # project is not even imported, so that no verdict rests on it.
    _kernel = Path(__file__).resolve().parent
    sys.path.remove(sys.path[0])
    _project = ModuleType("symcnn")
    _project.__path__ = [str(_kernel.parent)]
    sys.modules["symcnn"] = _project

from symcnn.kernel.certificates import REJECTED, UNKNOWN, UNREADABLE, Verdict, replay
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.terms import Unreadable

USAGE = "usage: python -I -S symcnn/kernel PATH...   (a .cert file, or a folder of them)"


def main(arguments: Sequence[str]) -> int:
    """Replay the certificates in these files and folders, print the verdicts, and return the exit code."""
    if not arguments or any(argument.startswith("-") for argument in arguments):
        print(USAGE, file=sys.stderr)
        return 2
    statuses: set[str] = set()
    for path, verdict in _verdicts(list(_files(arguments))):
        statuses.add(verdict.status)
        words = [verdict.name, verdict.status] if verdict.name else [verdict.status]
        line = f"{path}: {' '.join(words)}{f': {verdict.reason}' if verdict.reason else ''}"
        # A name of a file must not look like a line of its own.
        print(line.replace("\n", "\\n"))
    if UNREADABLE in statuses:
        return 2
    return 1 if REJECTED in statuses else 0


Found: TypeAlias = tuple[Path, Verdict]


def _files(arguments: Sequence[str]) -> Iterator[Path | Found]:
    """The ``.cert`` files that are named, or below the folders that are named; or what is wrong with a
    name."""
    for path in map(Path, arguments):
        try:
            exists = path.exists()
        except OSError as error:
            yield Path("?"), Verdict("", UNREADABLE, str(error.strerror))
            continue
        if not exists:
            yield path, Verdict("", UNREADABLE, "there is no such file or folder")
        elif path.is_dir():
            found = {file.with_suffix(".cert") for kind in ("*.cert", "*.claim") for file in path.rglob(kind)}
            yield from sorted(found)
            if not found:
                yield path, Verdict("", UNREADABLE, "there is no .cert file")
        elif path.suffix in (".cert", ".claim"):
            yield path.with_suffix(".cert")
        else:
            yield path, Verdict("", UNREADABLE, "this is no .cert file")


def _verdicts(files: Sequence[Path | Found]) -> Iterator[Found]:
    """The verdicts on all files, in order; several files are looked at in as many processes as there are
    processors."""
    workers = min(len(files), os.cpu_count() or 1)
    if workers == 1 or "fork" not in get_all_start_methods():
        for file in files:
            yield from _verdicts_on(file)
        return
    with ProcessPoolExecutor(workers, get_context("fork")) as pool:
        waiting = [pool.submit(_all_verdicts_on, file) for file in files]
        for file, found in zip(files, waiting, strict=True):
            try:
                yield from found.result()
            except BrokenProcessPool:
                reason = "the process that replayed this was stopped, perhaps for want of memory"
                yield file if isinstance(file, Path) else file[0], Verdict("", UNREADABLE, reason)


def _all_verdicts_on(file: Path | Found) -> list[Found]:
    return list(_verdicts_on(file))


def _verdicts_on(file: Path | Found) -> Iterator[Found]:
    """The verdicts on the certificates of a file, and on what has none in it."""
    if not isinstance(file, Path):
        yield file
        return
    statements: list[Statement] = []
    certified: set[str] = set()
    here = file.with_suffix(".claim")
    try:
        for each in (here, file):
            # A pipe would be read for ever.
            if each.exists() and not each.is_file():
                yield each, Verdict("", UNREADABLE, "this is no file")
                return
        statements = read_file(here)
        here = file
        if file.exists():
            for verdict in replay(statements, read_text(file)):
                certified.add(verdict.name)
                yield file, verdict
    except OSError as error:
        yield here, Verdict("", UNREADABLE, str(error.strerror))
    except Unreadable as error:
        yield here, Verdict("", UNREADABLE, str(error))
    except RecursionError:
        yield here, Verdict("", UNREADABLE, "terms and formulas are nested too deeply")
    else:
        for statement in statements:
            if statement.name not in certified:
                yield file, Verdict(statement.name, UNKNOWN, "there is no certificate")


if __name__ == "__main__":
    try:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the verdicts has seen enough; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
