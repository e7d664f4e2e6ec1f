"""pytest plugin: claim documents in Markdown are collected, with one test for each claim.

A claim passes where its verdict is the one that its document expects. Nothing of symcnn is imported here, nor
while no document is found, so that the plugin costs nothing in other projects.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from symcnn.documents.declarations import Fault
    from symcnn.documents.report import Checked, Report

_PERHAPS = re.compile(rb"symcnn|<!--\s*claim\b")
_SEEN = 800_000


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("symcnn", "claim documents (symcnn)")
    words = "how long to search for each claim that has no stored certificate"
    group.addoption("--symcnn-seconds", metavar="N", help=f"{words}; 20 unless symcnn_seconds says otherwise")
    parser.addini("symcnn_seconds", words, default="20")
    parser.addini("symcnn_documents", "whether claim documents are collected", type="bool", default=True)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options before anything is collected."""
    _seconds(config)
    config.addinivalue_line("markers", "xdist_group(name): tests that run in one pytest-xdist worker")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DocumentFile | None:
    """Collect Markdown files with claims."""
    if file_path.suffix != ".md" or not parent.config.getini("symcnn_documents"):
        return None
    try:
        with file_path.open("rb") as file:
            start = file.read(_SEEN)
    except OSError:
        return None
    if _PERHAPS.search(start) is None:
        return None
    from symcnn.documents.markdown import claims_something

    return DocumentFile.from_parent(parent, path=file_path) if claims_something(file_path) else None


def _seconds(config: pytest.Config) -> float:
    given = config.getoption("--symcnn-seconds")
    name, value = (
        ("--symcnn-seconds", given) if given else ("symcnn_seconds", config.getini("symcnn_seconds"))
    )
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise pytest.UsageError(f"{name} {value} must be a number above 0")
    return seconds


class DocumentFile(pytest.File):
    """A claim document; its claims are decided together, when the first of them is asked for."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each claim, and one for each place that is not read."""
        from symcnn.documents.checking import Source

        try:
            document = Source.of(self.path).document
        except ValueError as error:
            yield FaultItem.from_parent(self, name="document", reason=str(error))
            return
        for fault in document.faults:
            yield FaultItem.from_parent(self, name=f"line {fault.line}", reason=fault.reason, fault=fault)
        for place, claim in enumerate(document.claims):
            yield ClaimItem.from_parent(self, name=claim.name, place=place, line=claim.line)

    @cached_property
    def checked(self) -> Report:
        """The verdicts on all claims."""
        from symcnn.cli.searching import processors
        from symcnn.documents.checking import check

        # Workers of pytest-xdist share the processors.
        processes = 1 if "PYTEST_XDIST_WORKER" in os.environ else processors()
        return check(self.path, seconds=_seconds(self.config), processes=processes)

    def shown(self, line: int, column: int) -> str:
        """A place in the document, from the folder in which pytest was called."""
        here = self.config.invocation_params.dir
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return f"{path}:{line}:{column}"


class _Item(pytest.Item):
    """A test of a document."""

    parent: DocumentFile
    line: int = 1

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # One worker decides a document, where tests are distributed by groups.
        self.add_marker(pytest.mark.xdist_group(str(self.path)))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test is: the line counts from 0."""
        return self.path, self.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong in plain words, without a traceback."""
        if isinstance(excinfo.value, WrongError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class WrongError(Exception):
    """A claim is not as its document expects, or something in the document is not read."""


class ClaimItem(_Item):
    """One claim of a document."""

    def __init__(self, *, place: int, line: int, **given: Any) -> None:
        super().__init__(**given)
        self.place, self.line = place, line

    def runtest(self) -> None:
        """Fail where the verdict is not the expected one."""
        try:
            checked = self.parent.checked.claims[self.place]
        except ValueError as error:
            # A file of certificates that cannot be read.
            raise WrongError(str(error)) from None
        if checked.deviates:
            raise WrongError("\n".join(self.said(checked)))

    def said(self, checked: Checked) -> Iterator[str]:
        """The verdict, the claim, and what is wrong with it."""
        fault = checked.claim.fault
        if fault is not None:
            yield f"{self.parent.shown(fault.line, fault.column)}: {checked.name} is not read: {fault.reason}"
            return
        where = self.parent.shown(self.line, checked.claim.column)
        yield f"{where}: {checked.name} is {checked.status}, expected: {checked.expected}"
        yield from (f"  {line}" for line in checked.claim.source.strip().splitlines())
        yield from (f"  {finding}" for finding in checked.findings)


class FaultItem(_Item):
    """A place of a document that is not read; this test fails."""

    def __init__(self, *, reason: str, fault: Fault | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.reason, self.fault = reason, fault
        self.line = fault.line if fault is not None else 1

    def runtest(self) -> None:
        """Fail with the place and the reason."""
        fault = self.fault
        where = "" if fault is None else f"{self.parent.shown(fault.line, fault.column)}: "
        raise WrongError(f"{where}{self.reason}")
