"""From a statement to a verdict: the order of the search, its limits, and what becomes of its failures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN, replay
from symcnn.kernel.statements import Statement, read_file, read_statements
from symcnn.search import deciding
from symcnn.search.cases import OutOfTime
from symcnn.search.combining import Arithmetic
from symcnn.search.deciding import accepted, decide
from symcnn.search.layout import HEADER
from symcnn.search.tactics import Search
from tests import variants

PROOFS = Path(__file__).parents[1] / "proofs"
TRUE = "given n, d : int >= 1\nassume d <= n\nclaim n//d >= 1"
FALSE = "given n : int >= 1\nclaim 2*(n//2) = n"
# True, and not to be proved here.
HARD = "given a, b, c : int >= 1\nclaim a^3 + b^3 != c^3"


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


def test_proved() -> None:
    asked = statement(TRUE)
    found = decide(asked, 8)
    assert found.status == PROVED
    assert found.certificate.startswith("prove t\n  satisfiable { ")
    assert "\n  defined {" in found.certificate
    assert "\n  proof {" in found.certificate
    assert "floor" in found.by
    assert found.counterexample is None
    assert [v.status for v in replay([asked], HEADER + found.certificate)] == [PROVED]


def test_refuted() -> None:
    asked = statement(FALSE)
    found = decide(asked, 5)
    assert (found.status, found.by) == (REFUTED, "counterexample")
    assert found.counterexample is not None
    assert found.counterexample.values == {"n": 1}
    assert [v.status for v in replay([asked], HEADER + found.certificate)] == [REFUTED]


def test_unknown_says_what_was_tried() -> None:
    start = time.monotonic()
    found = decide(statement(HARD), 1)
    assert time.monotonic() - start < 30
    assert (found.status, found.certificate, found.by) == (UNKNOWN, "", "")
    assert [text.split(" (")[0] for text in found.tried] == [
        "small counterexamples",
        "short proofs",
        "counterexamples",
        "proofs",
        "large counterexamples",
    ]


@pytest.mark.parametrize("seconds", [0, -1, 1e-9])
def test_no_time(seconds: float) -> None:
    assert decide(statement(HARD), seconds).status == UNKNOWN


def test_nothing_that_contradicts_itself_is_proved() -> None:
    # The assumptions allow no case, so there is no proof that they do.
    assert decide(statement("given n : int >= 1\nassume n <= 0\nclaim n = 7"), 1).status == UNKNOWN


def test_what_has_no_value_is_not_proved() -> None:
    assert decide(statement("given x : real\nclaim x/x = x/x"), 1).status != PROVED
    assert decide(statement("given n, d : int\nclaim n//d = n//d"), 1).status != PROVED


@pytest.mark.parametrize(
    "text", ["prove t\n  proof { ring }\n", "prove", "refute t\n proof {", "", "prove t\n" * 9]
)
def test_wrong_certificates(text: str) -> None:
    assert not accepted(statement(TRUE), text, PROVED)
    assert not accepted(statement(TRUE), text, REFUTED)


def test_certificates_that_are_too_long() -> None:
    assert not accepted(statement(TRUE), "prove t\n  proof { " + "take n " * 100_000 + "}\n", PROVED)
    assert not accepted(statement(TRUE), "prove t\n  proof " + "{ split " * 3_000 + "\n", PROVED)


ERRORS = [
    RecursionError("deep"),
    KeyError("h1"),
    MemoryError(),
    ValueError("a polynomial"),
    ZeroDivisionError(),
    OverflowError("int too large to convert to float"),
    OutOfTime(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("owner", "name"), [(Arithmetic, "step"), (Search, "by_form"), (deciding, "find_case")]
)
def test_failures_of_the_search_for_proofs_do_not_escape(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: BaseException
) -> None:
    monkeypatch.setattr(owner, name, failing(error))
    found = decide(statement(TRUE), 0.4)
    assert found.status == UNKNOWN
    if not isinstance(error, (OutOfTime, RecursionError)):
        assert any(type(error).__name__ in text for text in found.tried)
    # What is false is still refuted.
    assert decide(statement(FALSE), 20).status == REFUTED


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_failures_of_the_search_for_cases_do_not_escape(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(deciding, "find_counterexample", failing(error))
    assert decide(statement(TRUE), 30).status == PROVED
    assert decide(statement(FALSE), 0.4).status == UNKNOWN


def test_who_stops_the_program_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "find_counterexample", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        decide(statement(TRUE), 1)


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*given: object, **named: object) -> Any:
        raise error

    return fail


def test_a_search_that_boasts_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "_proof", lambda *given: "prove t\n  proof { ring }\n")
    assert decide(statement(HARD), 1).status == UNKNOWN
    assert decide(statement(FALSE), 20).status == REFUTED


def test_deep_statements() -> None:
    deep = "n" + " + (n" * 55 + ")" * 55
    assert decide(statement(f"given n : int >= 1\nclaim {deep} >= 56"), 30).status == PROVED
    many = " and ".join(f"n + {k} >= {k}" for k in range(60))
    assert decide(statement(f"given n : int >= 1\nclaim {many}"), 30).status == PROVED


def test_large_numbers() -> None:
    # Numbers that no float holds
    big = 10**350
    for claim in (f"2*n >= {2 * big}", f"n <= {big}", f"n*n >= {big}"):
        assert decide(statement(f"given n : int >= {big}\nclaim {claim}"), 0.5).status in (
            UNKNOWN,
            PROVED,
            REFUTED,
        )
    assert decide(statement(f"claim {big} < {big + 1}"), 30).status == PROVED
    assert decide(statement("claim 3^60 < 3^61"), 30).status == PROVED


def test_long_sums_are_not_waited_for() -> None:
    start = time.monotonic()
    body = "claim sum(i in 0..900, j in 0..900, k in 0..900 | i + j < k) i*j*k = 7"
    assert decide(statement(body), 1).status == UNKNOWN
    assert time.monotonic() - start < 30


def test_the_same_verdict_each_time() -> None:
    for body in (TRUE, FALSE):
        first, second = decide(statement(body), 8), decide(statement(body), 8)
        assert (first.certificate, first.counterexample) == (second.certificate, second.counterexample)


# -- variants ----------------------------------------------------------------------------------------------


def test_variants() -> None:
    asked = statement("given n, k : int >= 1\nassume k <= n\nclaim sum(i in 0..n | i + k <= n) 1 = n - k + 1")
    changed = {variant.change: variant.statement for variant in variants.variants(asked)}
    assert "without k <= n" in changed
    assert "claim: a sum without its guard" in changed
    assert "claim: n becomes k" in changed
    assert "claim: 1 becomes 2" in changed
    assert any("sign" in change for change in changed)
    for found in changed.values():
        assert found.closed() != asked.closed()
        # What is written is what is meant.
        again = read_statements(found.written)[0]
        assert again.closed() == found.closed()


def test_evaluation_finds_what_is_false_and_nothing_else() -> None:
    assert variants.falsified(statement(FALSE)) is not None
    assert variants.falsified(statement(TRUE)) is None
    assert variants.falsified(statement("given x, y : int -> ring\nclaim x[0]*y[1] = y[1]*x[1]")) is not None
    true = [s for s in read_file(PROOFS / "windows" / "positions.claim") if not s.name.endswith("fails")]
    for asked in true[:12]:
        assert variants.falsified(asked, points=40, seconds=0.3) is None, asked.name
