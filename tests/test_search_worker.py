"""The search in a process of its own: its limits, its end, and that nothing it says is taken on trust."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.statements import Statement, read_statements
from symcnn.search import worker
from symcnn.search.deciding import Decision, decide
from symcnn.search.worker import decide_all, decide_apart

# What the tests put in place of the search reaches the other process only where that is a copy of this one.
pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="the other process is no copy of this one"
)
TRUE = "given a, b : real\nclaim 2*a*b <= a^2 + b^2"
FALSE = "given n : int >= 1\nclaim 2*(n//2) = n"


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


def instead(monkeypatch: pytest.MonkeyPatch, search: Callable[..., Any]) -> None:
    monkeypatch.setattr(worker, "decide", search)


def test_verdicts() -> None:
    assert decide_apart(statement(TRUE), 8).status == PROVED
    found = decide_apart(statement(FALSE), 5)
    assert found.status == REFUTED
    assert found.counterexample is not None
    assert found.counterexample.values == {"n": 1}


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_seconds_have_to_be_positive(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"seconds=.* must be a positive number"):
        decide_apart(statement(TRUE), seconds)


@pytest.mark.parametrize("memory", [0, -5])
def test_memory_has_to_be_positive(memory: int) -> None:
    with pytest.raises(ValueError, match=r"memory=.* must be a positive number of bytes"):
        decide_apart(statement(TRUE), 1, memory=memory)


def test_a_search_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*given: object) -> Decision:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(0.05)

    instead(monkeypatch, endless)
    monkeypatch.setattr(worker, "GRACE", 0.3)
    start = time.monotonic()
    found = decide_apart(statement(TRUE), 0.3)
    assert time.monotonic() - start < 30
    assert found.status == UNKNOWN
    assert "stopped after 0.3 s" in found.tried
    assert not multiprocessing.active_children()


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*given: object) -> Decision:
        kept = [bytearray(1 << 24) for _ in range(400)]
        return Decision(UNKNOWN, "", "", (f"{len(kept)} blocks",))

    instead(monkeypatch, greedy)
    found = decide_apart(statement(TRUE), 5, memory=256 << 20)
    assert found.status == UNKNOWN
    assert found.tried == ("stopped at 256 MiB of memory",)


@pytest.mark.parametrize("code", [0, 1, 139])
def test_a_search_that_dies(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    instead(monkeypatch, lambda *given: os._exit(code))
    found = decide_apart(statement(TRUE), 5)
    assert found.status == UNKNOWN
    assert found.tried == ("the search ended without a word, perhaps for want of memory",)


def test_a_search_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, lambda *given: os.kill(os.getpid(), signal.SIGKILL))
    assert decide_apart(statement(TRUE), 5).status == UNKNOWN


@pytest.mark.parametrize("error", [ValueError("no"), RecursionError(), KeyError("x"), AssertionError()])
def test_a_search_that_fails(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*given: object) -> Decision:
        raise error

    instead(monkeypatch, fail)
    found = decide_apart(statement(TRUE), 5)
    assert found.status == UNKNOWN
    assert type(error).__name__ in found.tried[0]


BOASTS = [
    Decision(PROVED, "prove t\n  proof { take n suppose h ring }\n", "ring", ()),
    Decision(PROVED, "", "", ()),
    Decision(PROVED, "no certificate", "", ()),
    Decision(PROVED, "prove other\n  proof { compute }\n", "", ()),
    Decision(REFUTED, "prove t\n  proof { compute }\n", "", ()),
    Decision("TRUE", "", "", ()),
    Decision("REJECTED", "prove t\n  proof { ring }\n", "", ()),
]


@pytest.mark.parametrize("boast", BOASTS)
def test_a_search_that_boasts(monkeypatch: pytest.MonkeyPatch, boast: Decision) -> None:
    instead(monkeypatch, lambda *given: boast)
    found = decide_apart(statement(FALSE), 5)
    assert (found.status, found.certificate) == (UNKNOWN, "")
    assert found.tried == ("a certificate that the kernel rejects",)


def test_a_certificate_of_another_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    other = decide(statement(TRUE), 8)
    assert other.status == PROVED
    instead(monkeypatch, lambda *given: other)
    assert decide_apart(statement("given a, b : real\nclaim 2*a*b < a^2 + b^2"), 5).status == UNKNOWN


def test_a_case_that_the_certificate_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    true = decide(statement(FALSE), 5)
    assert true.counterexample is not None
    wrong = replace(true, counterexample=replace(true.counterexample, values={"n": 2}))
    instead(monkeypatch, lambda *given: wrong)
    found = decide_apart(statement(FALSE), 5)
    assert found.status == REFUTED
    assert found.counterexample is None


def test_unknown_has_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, lambda *given: Decision(UNKNOWN, "prove t\n  proof { ring }\n", "ring", ("x",)))
    found = decide_apart(statement(FALSE), 5)
    assert found == Decision(UNKNOWN, "", "", ("x",))


@pytest.mark.parametrize("said", [None, 3, {"status": PROVED}])
def test_what_is_no_answer(monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    instead(monkeypatch, lambda *given: said)
    assert decide_apart(statement(FALSE), 5).status == UNKNOWN


def test_the_statement_that_is_asked_is_the_one_that_counts() -> None:
    # The other process reads the text; here another claim stands under it.
    from dataclasses import replace

    asked = replace(statement(FALSE), written=statement(TRUE).written)
    assert decide_apart(asked, 8).status == UNKNOWN


def test_several_at_once() -> None:
    given = [statement(TRUE), statement(FALSE), statement("given n : int >= 1\nclaim n <= n^2")]
    told: list[list[int]] = []
    found = list(decide_all(given, 30, processes=2, report=told.append))
    assert {place: decision.status for place, decision, _ in found} == {0: PROVED, 1: REFUTED, 2: PROVED}
    assert all(seconds > 0 for _, _, seconds in found)
    assert max(map(len, told)) == 2
    assert not multiprocessing.active_children()


def test_one_that_dies_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(asked: Statement, *given: Any) -> Decision:
        if "n//2" in asked.written:
            os.kill(os.getpid(), signal.SIGKILL)
        return decide(asked, *given)

    instead(monkeypatch, dies)
    found = {
        place: decision.status
        for place, decision, _ in decide_all([statement(FALSE), statement(TRUE)], 30, processes=2)
    }
    assert found == {0: UNKNOWN, 1: PROVED}


def test_an_interruption_comes_after_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(asked: Statement, *given: Any) -> Decision:
        if "n//2" in asked.written:
            time.sleep(60)
        return decide(asked, *given)

    instead(monkeypatch, slow)
    before = signal.getsignal(signal.SIGINT)
    decisions = decide_all([statement(FALSE), statement(TRUE), statement(TRUE)], 60, processes=2)
    place, _, _ = next(decisions)
    # Between two decisions it waits until they are asked for again.
    os.kill(os.getpid(), signal.SIGINT)
    seen = [place]
    with pytest.raises(KeyboardInterrupt):
        seen.extend(place for place, _, _ in decisions)
    assert 0 not in seen
    assert not multiprocessing.active_children()
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_broken_off_is_stopped() -> None:
    before = signal.getsignal(signal.SIGINT)
    decisions = decide_all(
        [statement(TRUE), statement("given a, b, c : int >= 1\nclaim a^3 + b^3 != c^3")], 60, 2
    )
    next(decisions)
    decisions.close()
    assert not multiprocessing.active_children()
    assert signal.getsignal(signal.SIGINT) is before
