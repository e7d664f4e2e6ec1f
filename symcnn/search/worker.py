"""The search in a process of its own, with limits on time and memory, so that none of it can take more.

The process gets the text of a statement and returns the text of a certificate; the kernel replays that here,
in the process of the caller.
"""

from __future__ import annotations

import contextlib
import re
import resource
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from itertools import islice
from math import ceil
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Any

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.statements import Statement, read_statements
from symcnn.search.deciding import Decision, accepted, decide
from symcnn.search.refuting import Counterexample
from symcnn.symbols import checks

MEMORY = 2 << 30
# A search looks at the clock often, but not everywhere.
GRACE = 2.0
# Its seconds are those of the processor; on a busy machine they may take this many times as long.
PATIENCE = 3
# How often a report is made while nothing happens.
TICK = 0.25


def decide_apart(statement: Statement, seconds: float = 20, memory: int = MEMORY, seed: int = 0) -> Decision:
    """``decide`` in another process; UNKNOWN, with the reason, where that has to be stopped.

    Raises ``ValueError`` for limits that are not positive.

    >>> text = 'theorem half "Half of n." \\n given n : int >= 1\\n claim 2*(n//2) = n'
    >>> decide_apart(read_statements(text)[0], seconds=5).status
    'REFUTED'
    """
    return _checked(statement, apart(_decided, (_in_its_place(statement), seconds, seed), seconds, memory))


def decide_all(
    statements: Sequence[Statement],
    seconds: float = 20,
    processes: int = 1,
    memory: int = MEMORY,
    seed: int = 0,
    report: Callable[[list[int]], None] | None = None,
) -> Generator[tuple[int, Decision, float]]:
    """``decide_apart`` for each statement, several at once: its place, the decision, and the seconds it took.

    They come in the order in which they are found. ``report`` is told now and then which places are searched
    for. Ctrl-C is raised while this waits and never in between, and after all that was found by then.

    >>> text = 'theorem t "" \\n given n : int >= 1\\n claim 2*(n//2) = n'
    >>> [(place, found.status) for place, found, _ in decide_all(read_statements(text), seconds=5)]
    [(0, 'REFUTED')]
    """
    searches: dict[Connection, tuple[int, _Apart]] = {}
    waiting = iter(enumerate(statements))
    with _noting_interruptions() as interrupted:
        try:
            while not interrupted:
                for place, statement in islice(waiting, processes - len(searches)):
                    search = _Apart(_decided, (_in_its_place(statement), seconds, seed), seconds, memory)
                    searches[search.pipe] = place, search
                if not searches:
                    return
                if report is not None:
                    report([place for place, _ in searches.values()])
                wait([*searches], min(TICK, *(search.left() for _, search in searches.values())))
                for pipe, (place, search) in list(searches.items()):
                    if pipe.poll(0) or search.left() <= 0:
                        del searches[pipe]
                        decision = _checked(statements[place], search.stopped())
                        yield place, decision, monotonic() - search.start
        finally:
            for _, search in searches.values():
                search.stopped()
    raise KeyboardInterrupt


@contextlib.contextmanager
def _noting_interruptions() -> Generator[list[int]]:
    """Ctrl-C is kept in a list inside, where it would be raised at any place outside."""
    seen: list[int] = []
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield seen
        return
    signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _in_its_place(statement: Statement) -> str:
    """The text behind as many lines as in the file, so that places in an outline are those in the file."""
    return "\n" * (statement.line - 1) + statement.written


def _checked(statement: Statement, found: Any) -> Decision:
    """What the other process said, where the kernel accepts it."""
    if not isinstance(found, Decision):
        return Decision(UNKNOWN, "", "", (str(found),))
    if found.status == UNKNOWN:
        return Decision(UNKNOWN, "", "", found.tried)
    if found.status not in (PROVED, REFUTED) or not accepted(statement, found.certificate, found.status):
        return Decision(UNKNOWN, "", "", (*found.tried, "a certificate that the kernel rejects"))
    case = found.counterexample
    if case is not None and not (found.status == REFUTED and _shows(found.certificate, case)):
        return replace(found, counterexample=None)
    return found


def _shows(certificate: str, case: Counterexample) -> bool:
    """Whether a certificate gives each name the value that it has in a case."""
    given = set(re.findall(r"\bwitness ([\w']+) = (-?\d+(?:/\d+)?)(?![\w'*+/^-])", certificate))
    return all((name, str(value)) in given for name, value in case.values.items())


def apart(work: Callable[..., Any], given: tuple[Any, ...], seconds: float, memory: int = MEMORY) -> Any:
    """What ``work(*given)`` returns in another process, or the reason, as text, why there is no answer.

    Raises ``ValueError`` for limits that are not positive.

    >>> apart(max, (1, 2), seconds=5)
    2
    """
    search = _Apart(work, given, seconds, memory)
    try:
        search.pipe.poll(search.left())
    except BaseException:
        search.stopped()
        raise
    return search.stopped()


class _Apart:
    """Work in another process, which has begun."""

    def __init__(self, work: Callable[..., Any], given: tuple[Any, ...], seconds: float, memory: int) -> None:
        checks.seconds(seconds)
        if not memory > 0:
            raise ValueError(f"memory={memory!r} must be a positive number of bytes")
        self.seconds, self.start = seconds, monotonic()
        context: Any = get_context("fork" if "fork" in get_all_start_methods() else None)
        self.pipe, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=_run, args=(theirs, work, given, seconds, memory), daemon=True)
        self.process.start()
        theirs.close()

    def left(self) -> float:
        """The seconds until it has to be stopped."""
        return max(0.0, self.start + PATIENCE * self.seconds + GRACE - monotonic())

    def stopped(self) -> Any:
        """End it; the answer, if there is one by now, or the reason why not."""
        try:
            return self.pipe.recv() if self.pipe.poll(0) else f"stopped after {self.seconds:g} s"
        except EOFError:
            self.process.join(GRACE)
            if self.process.exitcode == -signal.SIGXCPU:
                return f"stopped after {self.seconds:g} s"
            return "the search ended without a word, perhaps for want of memory"
        except Exception as error:  # what came is no answer
            return f"the search said what cannot be read: {type(error).__name__}"
        finally:
            _stop(self.process)
            self.pipe.close()


def _decided(text: str, seconds: float, seed: int) -> Decision:
    (statement,) = read_statements(text)
    return decide(statement, seconds, seed)


def _run(
    pipe: Connection, work: Callable[..., Any], given: tuple[Any, ...], seconds: float, memory: int
) -> None:
    """What the other process does."""
    # Ctrl-C is for the caller, who stops this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What the caller has in memory is shared with it and not counted.
    with contextlib.suppress(ValueError, OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = memory + pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        end = ceil(seconds + GRACE)
        resource.setrlimit(resource.RLIMIT_CPU, (end, end + 1))
    try:
        answer = work(*given)
    except MemoryError:
        answer = f"stopped at {memory >> 20} MiB of memory"
    except Exception as error:  # the search may fail in any way, and says how
        answer = f"the search failed: {type(error).__name__}: {error}"
    pipe.send(answer)


def _stop(process: Any) -> None:
    steps: tuple[Callable[[], None], ...] = (process.terminate, process.kill)
    for step in steps:
        process.join(0.2 if step is process.terminate and not process.is_alive() else 0)
        if process.is_alive():
            step()
            process.join(1)
