"""What the kernel must not accept: statements made false, and certificates of other statements.

The stored proofs are the raw material. The false statements of ``corpus`` differ from a proved one in a
word or an assumption, and the kernel itself refutes each of them; the certificate of the true one must be
rejected. A certificate is tried on other statements of its document. Changed certificates are the matter of
``soundness/test_mutated_certificates``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from symcnn.kernel import evaluation
from symcnn.kernel.certificates import PROVED, REFUTED, REJECTED, UNREADABLE, Verdict, replay, replay_file
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import Statement, read_file
from tests.corpus.make_neighbours import original

PROOFS = Path(__file__).parent.parent / "proofs"
FILES = sorted(PROOFS.rglob("*.claim"))
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.claim"))
Checker = Callable[[list[Statement], str], list[Verdict]]


@cache
def statements(file: Path) -> dict[str, Statement]:
    return {statement.name: statement for statement in read_file(file)}


@cache
def certificates(file: Path) -> dict[str, tuple[str, str]]:
    """The kind of each certificate (prove or refute), and its text after the name."""
    text = read_text(file.with_suffix(".cert"))
    found = re.finditer(
        r"^(prove|refute)[ \t]+(\S+)(.*?)(?=^(?:prove|refute|lemma)[ \t]|\Z)", text, re.M | re.S
    )
    return {match[2]: (match[1], match[3]) for match in found}


def verdict(statement: Statement, kind: str, proof: str, check: Checker = replay) -> str:
    """What a checker says of a proof of a statement."""
    (found,) = check([statement], f"symcnn certificates 1\n\n{kind} {statement.name}{proof}")
    return found.status


@cache
def neighbours() -> tuple[tuple[Statement, str], ...]:
    """False statements, each with the proof of the true one beside it."""
    proofs = {name: proof for file in FILES for name, (_, proof) in certificates(file).items()}
    return tuple(
        (statement, proofs[original(statement.name)])
        for file in CORPUS
        if file.stem.startswith("neighbours")
        for statement in statements(file).values()
    )


# -- false statements --------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_the_kernel_refutes_each_false_statement(file: Path) -> None:
    verdicts = replay_file(file.with_suffix(".cert"))
    assert [v for v in verdicts if v.status != REFUTED] == []
    assert [v.name for v in verdicts] == list(statements(file))


def test_there_are_at_least_150_false_statements_near_true_ones() -> None:
    assert len(neighbours()) >= 150


def wrongly_accepted(check: Checker) -> list[str]:
    """The false statements that a checker says are proved, by the certificates of their true neighbours."""
    return [s.written for s, proof in neighbours() if verdict(s, "prove", proof, check) == PROVED]


def wrongly_rejected(check: Checker) -> list[str]:
    """The statements whose own certificates a checker does not accept."""
    wanted = {"prove": PROVED, "refute": REFUTED}
    return [
        name
        for file in FILES
        for name, (kind, proof) in certificates(file).items()
        if verdict(statements(file)[name], kind, proof, check) != wanted[kind]
    ]


def test_no_false_statement_is_proved_by_the_certificate_of_its_true_neighbour() -> None:
    assert wrongly_accepted(replay) == []


def always(status: str) -> Checker:
    """A checker that looks at nothing."""
    return lambda known, text: [Verdict(known[0].name, status)]


def test_a_checker_that_accepts_everything_fails_this_suite() -> None:
    assert len(wrongly_accepted(always(PROVED))) == len(neighbours())


@pytest.mark.parametrize("status", [PROVED, REFUTED, REJECTED, UNREADABLE])
def test_a_checker_that_always_says_the_same_fails_this_suite(status: str) -> None:
    assert wrongly_rejected(always(status))


# -- certificates of other statements ----------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_certificate_proves_a_false_statement_or_refutes_a_true_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Sums that are too large to be computed at once are refused sooner: that is all this changes.
    monkeypatch.setattr(evaluation, "MAX_STEPS", 20_000)
    dice = random.Random(file.stem)
    for name, (true_kind, _) in certificates(file).items():
        others = [o for o, (kind, _) in certificates(file).items() if kind != true_kind]
        for other in dice.sample(others, min(len(others), 12)):
            found = verdict(statements(file)[name], *certificates(file)[other])
            assert found in (REJECTED, UNREADABLE), f"{name} with the certificate of {other}: {found}"
