"""The search in a process of its own, with limits on time and memory, so that none of it can take more.

The process gets the text of a statement and returns the text of a certificate; the kernel replays that here,
in the process of the caller.
"""

from __future__ import annotations

import contextlib
import re
import resource
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.statements import Statement, read_statements
from symcnn.proving.deciding import Decision, accepted, decide
from symcnn.proving.refuting import Counterexample

MEMORY = 2 << 30
# A search looks at the clock often, but not everywhere.
GRACE = 2.0


def decide_apart(statement: Statement, seconds: float = 20, memory: int = MEMORY, seed: int = 0) -> Decision:
    """``decide`` in another process; UNKNOWN, with the reason, where that has to be stopped.

    Raises ``ValueError`` for limits that are not positive.

    >>> text = 'theorem half "Half of n." \\n given n : int >= 1\\n claim 2*(n//2) = n'
    >>> decide_apart(read_statements(text)[0], seconds=5).status
    'REFUTED'
    """
    # Behind as many lines as in the file, so that places in an outline are those in the file.
    text = "\n" * (statement.line - 1) + statement.written
    found = apart(_decided, (text, seconds, seed), seconds, memory)
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
    if not seconds > 0:
        raise ValueError(f"seconds={seconds!r} must be a positive number")
    if not memory > 0:
        raise ValueError(f"memory={memory!r} must be a positive number of bytes")
    context: Any = get_context("fork" if "fork" in get_all_start_methods() else None)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, work, given, memory), daemon=True)
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds + GRACE) else f"stopped after {seconds:g} s"
    except EOFError:
        return "the search ended without a word, perhaps for want of memory"
    except Exception as error:  # what came is no answer
        return f"the search said what cannot be read: {type(error).__name__}"
    finally:
        _stop(process)
        ours.close()


def _decided(text: str, seconds: float, seed: int) -> Decision:
    (statement,) = read_statements(text)
    return decide(statement, seconds, seed)


def _run(pipe: Connection, work: Callable[..., Any], given: tuple[Any, ...], memory: int) -> None:
    """What the other process does."""
    # Ctrl-C is for the caller, who stops this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What the caller has in memory is shared with it and not counted.
    with contextlib.suppress(ValueError, OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = memory + pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
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
