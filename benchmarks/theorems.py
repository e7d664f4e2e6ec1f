"""How long the search takes for each theorem of a folder, from nothing; writes docs/theorems.md.

    python -m benchmarks.theorems [--seconds S] [--processes N] [--output FILE] [PATH]

It runs ``symcnn prove --search``, which reads no stored certificate. A search that takes too long, breaks or
is killed counts as UNKNOWN. Ctrl-C shows how far it is and leaves the page as it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "docs" / "theorems.md"
STATUSES = ("PROVED", "REFUTED", "UNKNOWN")
INTERRUPTED = 130

Claim = dict[str, Any]

_HEAD = """# What the search finds

Each theorem of `{path}` was put to the search as if no certificate of it were stored, with {limit:g} s for
each and {processes} at once ({where}). Times depend on the machine and what else it does; `make theorems`
measures again and rewrites this page. UNKNOWN means that nothing was found within the limit: these theorems
are settled by stored certificates alone. Where a claim has an outline behind it, the search fills that in.

*Search* is the time until the certificate was found, and accepted by the kernel; *bytes* is its size, and
*replay* the time in which the kernel checks it.

"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Search for all, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.theorems")
    parser.add_argument("path", nargs="?", default="proofs")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, default=REPORT)
    options = parser.parse_args(arguments)
    found = searched(options.path, options.seconds, options.processes)
    if found is None:
        return 2
    claims: list[Claim] = found["claims"]
    summary = found["summary"]
    wrong = [claim for claim in claims if claim["status"] not in (claim["expected"], "UNKNOWN")]
    print(f"{_counted(claims)}; {summary['seconds']:.0f} s")
    for claim in wrong:
        print(f"{claim['file']}: {claim['name']} is {claim['status']}, expected {claim['expected']}")
    if summary["interrupted"]:
        print(f"interrupted; {options.output} is as it was")
        return INTERRUPTED
    text = page(options.path, options.seconds, options.processes, claims, summary["seconds"])
    new = options.output.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(options.output)
    return 1 if wrong else 0


def searched(path: str, seconds: float, processes: int) -> dict[str, Any] | None:
    """What ``symcnn prove --search --json`` says, also where it was interrupted; None where it failed."""
    command = [sys.executable, "-m", "symcnn", "prove", path, "--search", "--json"]
    command += ["--seconds", str(seconds), "--processes", str(processes)]
    # Ctrl-C is for the program below, which answers with what it has.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
            answer, _ = process.communicate()
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        return json.loads(answer)
    except ValueError:
        print(f"symcnn prove ended with code {process.returncode} and without an answer", file=sys.stderr)
        return None


def page(path: str, limit: float, processes: int, claims: Sequence[Claim], seconds: float) -> str:
    """The page: a summary by file, then a line for each theorem."""
    where = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    head = _HEAD.format(path=path, limit=limit, processes=processes, where=where)
    return head + "\n".join([*_summary(claims, seconds, processes), "", *_details(claims)]) + "\n"


def _summary(claims: Sequence[Claim], seconds: float, processes: int) -> Iterator[str]:
    yield "## By file"
    yield ""
    yield "| file | theorems | proved | refuted | unknown | all searches |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, of_file in _by_file(claims):
        yield _row(f"[{name}](#{_anchor(name)})", of_file, sum(_seconds(claim) for claim in of_file))
    yield _row("**all**", claims, sum(_seconds(claim) for claim in claims))
    yield ""
    found = sorted(_seconds(claim) for claim in claims if claim["status"] != "UNKNOWN")
    middle = f" Half of what is found is found within {found[len(found) // 2]:.2f} s." if found else ""
    yield f"On {processes} processes all of it took {seconds:.0f} s.{middle}"


def _row(name: str, claims: Sequence[Claim], seconds: float) -> str:
    counts = " | ".join(str(sum(claim["status"] == status for claim in claims)) for status in STATUSES)
    return f"| {name} | {len(claims)} | {counts} | {seconds:.1f} s |"


def _details(claims: Sequence[Claim]) -> Iterator[str]:
    yield "## By theorem"
    for name, of_file in _by_file(claims):
        yield ""
        yield f"### {name}"
        yield ""
        yield "| theorem | verdict | search | bytes | replay |"
        yield "|---|---|---:|---:|---:|"
        for claim in of_file:
            size = f"{claim['bytes']:,}" if claim["bytes"] else ""
            replay = "" if claim["milliseconds"] is None else f"{claim['milliseconds']:.1f} ms"
            yield f"| {claim['name']} | {claim['status']} | {_seconds(claim):.2f} s | {size} | {replay} |"


def _by_file(claims: Sequence[Claim]) -> Iterator[tuple[str, list[Claim]]]:
    for name, of_file in groupby(claims, lambda claim: claim["file"]):
        yield name, list(of_file)


def _anchor(name: str) -> str:
    """The anchor of a heading, as on GitHub."""
    return "".join(c for c in name.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _seconds(claim: Claim) -> float:
    return (claim["search_milliseconds"] or 0) / 1000


def _counted(claims: Sequence[Claim]) -> str:
    return ", ".join(f"{sum(c['status'] == status for c in claims)} {status.lower()}" for status in STATUSES)


if __name__ == "__main__":
    sys.exit(main())
