"""Statements and certificates written by hand to deceive: claims that look true and are false, and proofs
that look right and are not.

The false claims of ``corpus/forms.claim`` are refuted by the kernel, so they are known to be false. Each
certificate of ``corpus/wrong`` takes one step that must not be taken; the comment above it says what the
kernel has to say about that step, so that none is rejected for a slip somewhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, REJECTED, Verdict, replay
from symcnn.kernel.laws import LAWS
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.steps import STEPS

CORPUS = Path(__file__).parent / "corpus"
FORMS = CORPUS / "forms.claim"
WRONG = sorted((CORPUS / "wrong").glob("*.claim"))
PHRASES = [
    "is proportional to", "is independent of", "is asymptotic to", "is bounded in", "is unbounded in",
    "is largest exactly where", "has no largest value in", "has a largest value in", "rounds to",
    "does not depend on", "recursive", " iff ", " implies ", "for all", "exists", "//", "max(", "abs(",
    "-> ring", "-> real",
]  # fmt: skip
Checker = Callable[[list[Statement], str], list[Verdict]]

_WRONG = re.compile(r"^# rejected: (.+)\n(prove|refute|lemma) (\S+)", re.M)
_HEAD = re.compile(r"^(prove|refute|lemma) (\S+)", re.M)


def shown(kind: str, name: str) -> str:
    """The name that a verdict has."""
    return f"lemma {name}" if kind == "lemma" else name


class Wrong(NamedTuple):
    """A certificate that must be rejected: its name in the verdicts, and a part of the reason."""

    name: str
    reason: str


@cache
def statements(file: Path) -> list[Statement]:
    return read_file(file)


@cache
def certificates(file: Path) -> str:
    return read_text(file.with_suffix(".cert"))


def wanted(file: Path) -> list[Wrong]:
    """The wrong certificates of a file, in order."""
    found = _WRONG.findall(certificates(file))
    return [Wrong(shown(kind, name), reason) for reason, kind, name in found]


def wrongly_answered(check: Checker) -> list[str]:
    """The wrong certificates that a checker does not reject, or rejects for another reason."""
    out: list[str] = []
    for file in WRONG:
        found = check(statements(file), certificates(file))
        for wrong, verdict in zip(wanted(file), found, strict=True):
            name, status, reason = verdict.name, verdict.status, verdict.reason
            if (name, status) != (wrong.name, REJECTED) or wrong.reason not in reason:
                out.append(f"{file.stem}: {name} {status}: {reason}\n  wanted: {wrong.reason}")
    return out


def not_refuted(check: Checker) -> list[str]:
    """The false claims that a checker does not say are refuted."""
    found = check(statements(FORMS), certificates(FORMS))
    return [verdict.name for verdict in found if verdict.status != REFUTED]


def always(accept: bool, reason: str = "") -> Checker:
    """A checker that accepts all certificates, or none."""

    status = {"prove": PROVED, "refute": REFUTED, "lemma": PROVED}

    def check(known: list[Statement], text: str) -> list[Verdict]:
        # A lemma has a verdict only if it is rejected, so only those that must be are asked for.
        asked = [(kind, name) for _, kind, name in _WRONG.findall(text)] or _HEAD.findall(text)
        return [
            Verdict(shown(kind, name), status[kind] if accept else REJECTED, reason) for kind, name in asked
        ]

    return check


# -- false claims ------------------------------------------------------------------------------------------


def test_each_false_claim_is_refuted() -> None:
    assert not_refuted(replay) == []
    names = [name for _, name in _HEAD.findall(certificates(FORMS))]
    assert names == [statement.name for statement in statements(FORMS)]


def test_there_are_at_least_70_false_claims() -> None:
    assert len(statements(FORMS)) >= 70
    assert len({statement.claim for statement in statements(FORMS)}) >= 70


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_form_of_a_claim_is_among_the_false_ones(phrase: str) -> None:
    assert any(phrase in re.sub(r'"[^"]*"', "", s.written) for s in statements(FORMS))


# -- wrong proofs ------------------------------------------------------------------------------------------


def test_each_wrong_certificate_is_rejected_for_its_reason() -> None:
    assert "\n".join(wrongly_answered(replay)) == ""


def test_there_are_at_least_90_wrong_certificates() -> None:
    assert sum(len(wanted(file)) for file in WRONG) >= 90


@pytest.mark.parametrize("file", WRONG, ids=lambda file: file.stem)
def test_each_certificate_says_why_it_is_wrong_and_each_statement_has_one(file: Path) -> None:
    named = Counter(wrong.name for wrong in wanted(file))
    heads = [name for kind, name in _HEAD.findall(certificates(file)) if kind != "lemma"]
    assert Counter({name: n for name, n in named.items() if " " not in name}) == Counter(heads)
    assert {statement.name for statement in statements(file)} == set(heads) - {"absent"}


@pytest.mark.parametrize("law", LAWS)
def test_every_law_is_in_a_wrong_certificate(law: str) -> None:
    assert any(re.search(rf"\blaw \w+ : {law}\b", certificates(file)) for file in WRONG)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_in_a_wrong_certificate(step: str) -> None:
    texts = [re.sub("#.*", "", certificates(file)) for file in WRONG]
    assert any(re.search(rf"\b{step}\b", text) for text in texts)


# -- checkers that look at nothing -------------------------------------------------------------------------


def test_a_checker_that_accepts_everything_fails_this_suite() -> None:
    assert len(wrongly_answered(always(accept=True))) == sum(len(wanted(file)) for file in WRONG)


def test_a_checker_that_rejects_everything_fails_this_suite() -> None:
    reject = always(accept=False, reason="line 1, column 1: no")
    assert len(wrongly_answered(reject)) == sum(len(wanted(file)) for file in WRONG)
    assert len(not_refuted(reject)) == len(statements(FORMS))
