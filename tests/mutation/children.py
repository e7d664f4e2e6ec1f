"""Processes that judge a mutant: their limits, and what their end says."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from tests.mutation.mutators import ROOT

GIBIBYTES = 4
NOTICED, SURVIVED, NO_MUTANT, ELSEWHERE = 10, 0, 2, 3
OPTIONS = [
    "-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:faulthandler",
    f"--rootdir={ROOT}",
]  # fmt: skip


def quiet() -> None:
    """Nothing that this process prints is seen."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (GIBIBYTES << 30, GIBIBYTES << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_time(seconds: float) -> None:
    """Seconds of CPU time from now on; ten times as many on the clock."""
    limit = int(time.process_time() + 3 + 4 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    signal.alarm(10 * limit)


def forked(work: Callable[[], int]) -> int:
    """The process that does this work and ends with the code that it returns; an error is noticed as well."""
    child = os.fork()
    if child == 0:
        code = NOTICED
        try:
            code = work()
        finally:
            os._exit(code)
    return child


def verdict_of(status: int, stages: Sequence[str]) -> str:
    """What the end of a child says: the stage that noticed, "time", or "survived"."""
    if os.WIFSIGNALED(status):
        stopped = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL)
        return "time" if stopped else "crash"
    code = os.WEXITSTATUS(status)
    names = {NO_MUTANT: "none", SURVIVED: "survived", ELSEWHERE: "elsewhere"}
    return names.get(code) or (stages[code - NOTICED] if NOTICED <= code < NOTICED + len(stages) else "crash")


def leave(code: int) -> NoReturn:
    os._exit(code)
