"""Collects the measured ratios and writes them to docs/benchmarks.md."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from benchmarks.measure import Ratio

REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_HEAD = """# Speed

Every row is a ratio of two times measured alternately in one run, so that it means the same on a slow or busy
machine; the times beside it are those of the last run ({where}). `make bench` measures again and rewrites
this page.

| what is measured | ours | compared with | theirs | ratio | limit |
|---|---|---|---|---|---|
"""


class Record:
    """Notes a ratio for the report, and fails the test where it is above its limit."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def __call__(self, what: str, compared_with: str, measured: Ratio, limit: float) -> None:
        self.rows.append(
            f"| {what} | {_shown(measured.ours)} | {compared_with} | {_shown(measured.theirs)} "
            f"| {measured.ratio:.2f} | {limit:g} |"
        )
        assert measured.ratio <= limit, (
            f"{what}: {measured.ratio:.2f} times {compared_with}; the limit is {limit:g}"
        )


def _shown(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


_record = Record()


@pytest.fixture
def record() -> Record:
    return _record


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == 0 and _record.rows:
        where = f"Python {platform.python_version()}, {platform.machine()}"
        REPORT.write_text(_HEAD.format(where=where) + "\n".join(_record.rows) + "\n", encoding="utf-8")
