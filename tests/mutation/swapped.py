"""A mutant in a process that has collected the tests: only the code of one function is put in.

Most changes lie inside of one function. The tests are collected once, with the project as it is; for each
such mutant this process forks, gives the function its changed code, and runs the tests that reach the
changed lines, those first that noticed the most so far for the time they take. Where these lines were not
reached while the tests were collected, this process is as one that has imported the changed module. Where
they were, something may have been made from the unchanged code, and what survives goes on to ``fresh``.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import CodeType, FrameType, FunctionType
from typing import Any, TextIO

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from tests.mutation import children
from tests.mutation.loading import Changed
from tests.mutation.mutators import ROOT, Module, Mutant
from tests.mutation.targets import Target

# Tests that take longer are left out, and so is what comes after so many seconds; the latter for ``quick``.
SECONDS_OF_A_TEST = {False: 6.0, True: 2.5}
SECONDS = {False: 15.0, True: 5.0}

# -- the code of one function ------------------------------------------------------------------------------


def inside(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def changed_function(old: CodeType, new: CodeType) -> tuple[CodeType, CodeType] | None:
    """The one outermost function whose code differs, before and after; None where more than that differs."""
    pairs = list(zip(inside(old), inside(new), strict=False))
    if len(inside(old)) != len(inside(new)) or _own(old) != _own(new):
        return None
    different = [(a, b) for a, b in pairs if a != b]
    if len(different) != 1:
        return None
    ((a, b),) = different
    is_class = "__module__" in a.co_names and "__qualname__" in a.co_names
    return changed_function(a, b) if is_class else (a, b)


def _own(code: CodeType) -> object:
    """What the code of a module or a class is without that of its functions."""
    rest = [(type(c), repr(c)) for c in code.co_consts if not isinstance(c, CodeType)]
    return (code.co_code, code.co_names, rest)


def function_at(module: Module, code: CodeType) -> FunctionType | None:
    """The function of an imported module that has this code; None where it is not found."""
    found: Any = sys.modules[module.imported]
    for name in code.co_qualname.split("."):
        found = vars(found).get(name)
        if found is None:
            return None
        for within in ("fget", "__func__", "func", "__wrapped__"):
            found = getattr(found, within, found)
    same = isinstance(found, FunctionType) and found.__code__.co_firstlineno == code.co_firstlineno
    return found if same else None


def put_in(mutant: Mutant) -> bool:
    """Give a function of the running project the code of a mutant; False where that is not possible."""
    pair = changed_function(mutant.module.code, mutant.code())
    function = None if pair is None else function_at(mutant.module, pair[0])
    if pair is None or function is None or function.__code__.co_freevars != pair[1].co_freevars:
        return False
    function.__code__ = pair[1]
    return True


def caches() -> list[Any]:
    """The caches of functions of the project."""
    wrapper = type(functools.lru_cache(len))
    return [
        each
        for each in gc.get_objects()
        if type(each) is wrapper and str(getattr(each, "__module__", "")).startswith("symcnn")
    ]


# -- tests -------------------------------------------------------------------------------------------------


def files_of(target: Target) -> list[str]:
    """The files of tests of a target, and its modules with their examples."""
    tests = [path for name in target.tests if (path := ROOT / "tests" / f"test_{name}.py").exists()]
    return [*map(str, tests), *(str(m.path) for m in target.modules if ">>>" in m.source)]


class WithoutShrinking:
    """Hypothesis stops at the first example that fails."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        known = settings.get_profile("ci")
        settings.register_profile(
            "ci", known, phases=(Phase.explicit, Phase.generate), derandomize=True, database=None
        )
        settings.load_profile("ci")


class Chosen(WithoutShrinking):
    """Only these tests, in this order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {test: k for k, test in enumerate(tests)}

    def pytest_sessionstart(self) -> None:
        # pytest loads the files that it is asked for by itself, with their asserts rewritten.
        sys.meta_path.sort(key=lambda finder: not isinstance(finder, Changed))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.place), key=lambda i: self.place[i.nodeid])


Reached = frozenset[tuple[str, int]]


class Session(WithoutShrinking):
    """A session of pytest that judges mutants instead of running its tests."""

    def __init__(self, mutants: Sequence[Mutant], asked: TextIO, answers: int, quick: bool) -> None:
        self.mutants = mutants
        self.quick = quick
        self.asked = asked
        self.answers = answers
        self.noticed: Counter[int] = Counter()
        self.lines = Lines({str(m.module.path) for m in mutants})

    def pytest_sessionstart(self) -> None:
        sys.settrace(self.lines.call)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        sys.settrace(None)
        self.collecting = self.lines.take()
        gc.collect()
        gc.freeze()
        self.items = session.items
        self.caches = caches()
        try:
            self.times, self.reached = self.measured()
        except Exception as error:
            self.answer(f"wrong {error}")
            return True
        self.answer(f"ready {len(self.items)} {sum(self.times.values()):.1f}")
        for line in self.asked:
            self.answer(self.judged(self.mutants[int(line)]))
        return True

    def answer(self, text: str) -> None:
        os.write(self.answers, f"{text}\n".encode())

    def run(self, number: int, after: int | None) -> bool:
        """Whether a test passes; ``after`` is the one that is run then."""
        for cache in self.caches:
            cache.cache_clear()
        reports = runtestprotocol(
            self.items[number], log=False, nextitem=None if after is None else self.items[after]
        )
        return not any(report.failed for report in reports)

    def measured(self) -> tuple[dict[int, float], dict[int, Reached]]:
        """How long each test takes for the project as it is, and which lines of the modules it reaches."""
        read, write = os.pipe()

        def work() -> int:
            reached = self.lines
            reached.take()
            for k in range(len(self.items)):
                start = time.process_time()
                with reached:
                    passes = self.run(k, k + 1 if k + 1 < len(self.items) else None)
                seconds = time.process_time() - start
                if not passes:
                    os.write(write, f"! {self.items[k].nodeid} fails without any change\n".encode())
                    return 1
                lines = " ".join(f"{path}:{n}" for path, n in sorted(reached.take()))
                os.write(write, f"{k} {seconds:.3f} {lines}\n".encode())
            return 0

        child = children.forked(work)
        os.close(write)
        times: dict[int, float] = {}
        lines: dict[int, Reached] = {}
        with os.fdopen(read) as stream:
            for line in stream:
                number, seconds, *places = line.split()
                if number == "!":
                    raise RuntimeError(line[2:].strip())
                times[int(number)] = float(seconds)
                pairs = (place.rpartition(":") for place in places)
                lines[int(number)] = frozenset((path, int(n)) for path, _, n in pairs)
        os.waitpid(child, 0)
        return times, lines

    def tests_of(self, mutant: Mutant) -> list[int]:
        """The tests that reach a changed line, those first that notice the most for their time."""
        path = str(mutant.module.path)
        found = [k for k, places in self.reached.items() if any((path, n) in places for n in mutant.lines)]
        if not found and changed_function(mutant.module.code, mutant.code()) is None:
            found = [k for k, places in self.reached.items() if any(path == p for p, _ in places)]
        found = [k for k in found if self.times[k] <= SECONDS_OF_A_TEST[self.quick]]
        found.sort(key=lambda k: (0.005 + self.times[k]) / (1 + self.noticed[k]))
        out, seconds = list[int](), 0.0
        for k in found:
            seconds += self.times[k]
            if seconds > SECONDS[self.quick] and out:
                break
            out.append(k)
        return out

    def judged(self, mutant: Mutant) -> str:
        """The verdict on a mutant, and the test that noticed it."""
        try:
            tests = self.tests_of(mutant)
        except (SyntaxError, ValueError, TypeError):
            return "none"
        read, write = os.pipe()

        def work() -> int:
            if not put_in(mutant):
                return children.ELSEWHERE
            children.limit_memory()
            children.limit_time(sum(self.times[k] for k in tests))
            for k, after in zip(tests, [*tests[1:], None], strict=True):
                os.write(write, f"{k}\n".encode())
                if not self.run(k, after):
                    return children.NOTICED
            return children.SURVIVED

        child = children.forked(work)
        os.close(write)
        with os.fdopen(read) as stream:
            run = stream.read().split()
        verdict = children.verdict_of(os.waitpid(child, 0)[1], ["tests"])
        if verdict in ("tests", "time", "crash") and run:
            self.noticed[int(run[-1])] += 1
            return f"{verdict} {self.items[int(run[-1])].nodeid}"
        path = str(mutant.module.path)
        early = any((path, n) in self.collecting for n in mutant.lines)
        if verdict == "elsewhere" or (early and not self.quick):
            return f"again {json.dumps([self.items[k].nodeid for k in tests])}"
        return verdict if tests else "unreached"


class Lines:
    """The lines of some files that are run inside of its ``with``."""

    def __init__(self, paths: set[str]) -> None:
        self.paths = paths
        self.found: set[tuple[str, int]] = set()

    def __enter__(self) -> None:
        sys.settrace(self.call)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def call(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename not in self.paths:
            return None
        self.found.add((frame.f_code.co_filename, frame.f_lineno))
        return self.line

    def line(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        self.found.add((frame.f_code.co_filename, frame.f_lineno))
        return self.line

    def take(self) -> set[tuple[str, int]]:
        out, self.found = self.found, set()
        return out


class Collected:
    """The process with the collected tests of a target, as ``running`` sees it: ask for mutants by number."""

    def __init__(self, target: Target, mutants: Sequence[Mutant], quick: bool) -> None:
        theirs, asks = os.pipe()
        answers, writes = os.pipe()

        def work() -> int:
            os.close(asks)
            os.close(answers)
            children.quiet()
            with tempfile.TemporaryDirectory() as folder, os.fdopen(theirs) as asked:
                session = Session(mutants, asked, writes, quick)
                options = [*children.OPTIONS, f"--basetemp={folder}/pytest"]
                return int(pytest.main([*options, *files_of(target)], plugins=[session]))

        self.process = children.forked(work)
        os.close(theirs)
        os.close(writes)
        self.asks = os.fdopen(asks, "w")
        self.answers = os.fdopen(answers)
        state, _, rest = self.answers.readline().strip().partition(" ")
        if state != "ready":
            raise SystemExit(rest or "the tests cannot be collected")
        self.tests, self.seconds = rest.split()

    def judged(self, number: int) -> tuple[str, str]:
        """The verdict on a mutant and the test that noticed it."""
        self.asks.write(f"{number}\n")
        self.asks.flush()
        verdict, _, test = self.answers.readline().strip().partition(" ")
        return verdict or "crash", test

    def close(self) -> None:
        self.asks.close()
        self.answers.close()
        os.waitpid(self.process, 0)
