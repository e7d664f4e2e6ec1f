"""pytest plugin: the claims of documents in Markdown, and those of functions below ``@claim``, are tests.

A claim passes where it is what it is expected to be; the summary says how many are proved, tested, refuted.
Nothing of symcnn is imported here, nor while there are no claims, so that the plugin costs nothing in other
projects.
"""

from __future__ import annotations

import inspect
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, wraps
from pathlib import Path
from traceback import format_exception, walk_tb
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from symcnn.documents.declarations import Fault
    from symcnn.documents.report import Checked, Report

_PERHAPS = re.compile(rb"symcnn|<!--\s*claim\b")
_SEEN = 800_000


# What a test says of itself, for the summary and for reports in XML.
STATUS, EXPECTED, CASES, SEED = "symcnn", "symcnn_expected", "symcnn_cases", "symcnn_seed"
_ORDER = ("proved", "tested", "refuted", "unknown", "unreadable")
_FALSIFIED = "falsified"
# What ``claim`` writes into a function: how it is tested, and the function that returns the statement.
_CLAIM = "symcnn_claim"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("symcnn", "claims (symcnn)")
    words = "how long to search for each claim that has no stored certificate"
    group.addoption("--symcnn-seconds", metavar="N", help=f"{words}; 20 unless symcnn_seconds says otherwise")
    parser.addini("symcnn_seconds", words, default="20")
    cases = "how many random cases test a claim that is neither proved nor refuted"
    group.addoption("--symcnn-trials", metavar="N", help=f"{cases}; 200 unless symcnn_trials says otherwise")
    parser.addini("symcnn_trials", cases, default="200")
    group.addoption("--symcnn-seed", metavar="N", help="what makes the random cases the same again")
    parser.addini("symcnn_documents", "whether claim documents are collected", type="bool", default=True)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options before anything is collected."""
    _seconds(config)
    _whole(config, "trials", 1)
    _whole(config, "seed", 0)
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


def _given(config: pytest.Config, name: str) -> tuple[str, str | None]:
    """A setting as it was given, on the command line or in the configuration, and what it is called there."""
    given = config.getoption(f"--symcnn-{name}")
    if given is not None:
        return f"--symcnn-{name}", given
    return f"symcnn_{name}", None if name == "seed" else config.getini(f"symcnn_{name}")


def _seconds(config: pytest.Config) -> float:
    name, value = _given(config, "seconds")
    try:
        seconds = float(value or "")
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise pytest.UsageError(f"{name} {value} must be a number above 0")
    return seconds


def _whole(config: pytest.Config, setting: str, least: int) -> int | None:
    name, value = _given(config, setting)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise pytest.UsageError(f"{name} {value} must be a whole number of at least {least}")
    return int(value)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> None:
    """Have static methods below ``@claim`` collected; raise where unittest would pass over one."""
    if isinstance(obj, staticmethod | classmethod) and hasattr(obj.__func__, _CLAIM):
        obj.__test__ = True  # type: ignore[union-attr]
    elif "symcnn.testing.claims" in sys.modules and isinstance(obj, type) and _is_unittest(obj):
        for found in dir(obj):
            if hasattr(inspect.getattr_static(obj, found), _CLAIM) and not found.startswith("test"):
                raise collector.CollectError(
                    f"{name}.{found}: the claims of a unittest.TestCase are found by their names alone; "
                    f"call it test_{found}, or take a class that is no TestCase"
                )


def _is_unittest(found: type | None) -> bool:
    """Whether a class is one of the tests of the standard library."""
    unittest = sys.modules.get("unittest")
    return unittest is not None and found is not None and issubclass(found, unittest.TestCase)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Have unittest test a function below ``@claim`` as pytest does."""
    if isinstance(item, pytest.Function) and hasattr(item.obj, _CLAIM) and _is_unittest(item.cls):
        found = item.obj
        item.obj = wraps(found)(lambda: _test(item, found))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Test a function below ``@claim``."""
    if not hasattr(pyfuncitem.obj, _CLAIM):
        return None
    _test(pyfuncitem, pyfuncitem.obj)
    return True


def _test(pyfuncitem: pytest.Function, claimed: Callable[..., Any]) -> None:
    """Fail where a claim is not what is expected of it."""
    from symcnn.testing.claims import WITH_HYPOTHESIS, NoStatementError

    if hasattr(claimed, "is_hypothesis_test"):
        raise pytest.fail.Exception(f"{pyfuncitem.name}: {WITH_HYPOTHESIS}", pytrace=False)
    (plan, function), config = getattr(claimed, _CLAIM), pyfuncitem.config
    plan = plan.otherwise(_seconds(config), _whole(config, "trials", 1), _whole(config, "seed", 0))
    names = inspect.signature(claimed).parameters
    owner = getattr(claimed, "__self__", None)
    first = () if owner is None else (owner,)
    place = f"{pyfuncitem.location[0]}:{(pyfuncitem.location[1] or 0) + 1}"
    try:
        # What has a default value is no fixture.
        given = {name: pyfuncitem.funcargs[name] for name in names if name in pyfuncitem.funcargs}
        outcome = plan.outcome(function, *first, **given)
    except NoStatementError as error:
        # It has no traceback in the code of its author.
        raise pytest.fail.Exception(f"{place}: {error}", pytrace=False) from None
    except (TypeError, ValueError) as error:
        if _own(error, function):
            raise
        text = f"{place}: {type(error).__name__}: {error}"
        if (cause := error.__cause__) is not None and cause.__traceback__ is not None:
            # A side of an identity raised it: the places in the code of its author, without the call of it.
            text += "\n" + "".join(format_exception(type(cause), cause, cause.__traceback__.tb_next))
        raise pytest.fail.Exception(text, pytrace=False) from None
    pyfuncitem.user_properties += [(STATUS, outcome.status.lower()), (EXPECTED, plan.expected)]
    if outcome.falsified is not None:
        pyfuncitem.user_properties.append((SEED, outcome.falsified.seed))
    if outcome.trials is not None:
        pyfuncitem.user_properties += [(SEED, outcome.trials.seed), (CASES, outcome.trials.held)]
    if (wrong := plan.wrong(outcome)) is not None:
        pytest.fail(f"{place}: {wrong}", pytrace=False)


def _own(error: BaseException, function: Any) -> bool:
    """Whether an error comes from a function itself, and not from what it returned."""
    return any(frame.f_code is function.__code__ for frame, _ in walk_tb(error.__traceback__))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many claims are proved, tested and refuted, and which are only tested."""
    found: dict[str, list[tuple[pytest.TestReport, dict[str, object]]]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            said = dict(getattr(report, "user_properties", ()))
            if STATUS in said and getattr(report, "when", "") == "call":
                status = "refuted" if said[STATUS] == _FALSIFIED else str(said[STATUS])
                found.setdefault(status, []).append((report, said))
    if not found:
        return
    parts = [_counted(status, found[status]) for status in _ORDER if status in found]
    terminalreporter.section("symcnn", "=")
    terminalreporter.write_line(f"claims: {', '.join(parts)}")
    for report, said in found.get("tested", ()):
        cases = "case" if said[CASES] == 1 else "cases"
        terminalreporter.write_line(
            f"  tested, not proved: {report.nodeid}, {said[CASES]} random {cases} (seed {said[SEED]})"
        )


def _counted(status: str, claims: Sequence[tuple[pytest.TestReport, Mapping[str, object]]]) -> str:
    """How many claims have a status, and for how many of them another one was expected."""
    notes: list[str] = []
    if status == "tested":
        cases = [str(said[CASES]) for _, said in claims]
        each = len({*cases}) == 1
        notes.append(
            f"{cases[0] if each else ', '.join(cases)} random case{'' if {*cases} == {'1'} else 's'}"
            f"{' each' if each and cases[1:] else ''}"
        )
    falsified = sum(said[STATUS] == _FALSIFIED for _, said in claims)
    if falsified:
        some = "" if falsified == len(claims) else f"{falsified} "
        notes.append(f"{some}by a random case")
    wrong = sum(report.outcome != "passed" for report, _ in claims)
    if wrong:
        notes.append(
            f"{wrong if wrong < len(claims) else 'all' if wrong > 1 else ''} not as expected".strip()
        )
    elif status in ("refuted", "unknown"):
        notes.append("as expected")
    return f"{len(claims)} {status}" + (f" ({'; '.join(notes)})" if notes else "")


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
        self.user_properties += [(STATUS, checked.status), (EXPECTED, checked.expected)]
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
