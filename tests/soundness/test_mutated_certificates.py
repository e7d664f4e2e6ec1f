"""Certificates changed at random are rejected, or prove only what is true.

The raw material are the stored proofs, the false statements of the corpus, and certificates that the search
finds. Steps, blocks, parts and words are left out, doubled, moved, and taken from other certificates;
statements are changed under their certificates. What the kernel then accepts is compared with what is known
of the statement, or with its value at many points. The kernel may say REJECTED or UNREADABLE, and nothing
else may happen: no other exception, no long run.
"""

from __future__ import annotations

import random
import re
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from symcnn.kernel import evaluation
from symcnn.kernel.certificates import PROVED, REFUTED, REJECTED, UNREADABLE, Verdict, replay
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    And,
    Compare,
    ForAll,
    Formula,
    IllSorted,
    Implies,
    Rejected,
    Unreadable,
    number,
)
from symcnn.proving.translation import report
from symcnn.search.deciding import decide
from tests.soundness.certificate_changes import (
    Proof,
    changed,
    changed_text,
    everywhere_another_number,
    proof_of,
    text_of,
)
from tests.soundness.effort import EFFORT, random_rounds
from tests.test_kernel_negative import CORPUS, FILES, certificates, neighbours, statements
from tests.variants import changes, falsified

SAID = {"prove": PROVED, "refute": REFUTED}
OPPOSITE = {"prove": REFUTED, "refute": PROVED}
MAX_SECONDS = 30
MAX_KILOBYTES = 1_000_000
HEADER = "symcnn certificates 1\n\n"
HEADS = r"^(?=(?:prove|refute|lemma)[ \t])"


class Known(NamedTuple):
    """A statement known to be true or false, with an accepted certificate and the lemmas for it."""

    statement: Statement
    kind: str
    proof: str
    lemmas: str
    file: Path


@cache
def sections(file: Path) -> tuple[str, ...]:
    """The lemmas and certificates of a file, each as a text."""
    return tuple(re.split(HEADS, read_text(file.with_suffix(".cert")), flags=re.M)[1:])


def lemmas_for(file: Path, proof: str) -> str:
    """The lemmas that a proof names, and those that they name, in their order."""
    named, out = set(re.findall(r"[A-Za-z_][\w']*", proof)), list[str]()
    for section in reversed(sections(file)):
        kind, name, *_ = re.split(r"[ \t:]+", section, maxsplit=2)
        if kind == "lemma" and name in named:
            out.append(section)
            named |= set(re.findall(r"[A-Za-z_][\w']*", section))
    return "".join(reversed(out))


@cache
def library() -> tuple[Known, ...]:
    """All stored statements with their certificates."""
    return tuple(
        Known(statements(file)[name], kind, proof, lemmas_for(file, proof), file)
        for file in FILES
        for name, (kind, proof) in certificates(file).items()
    )


@cache
def false_ones() -> tuple[tuple[Statement, str], ...]:
    """False statements of the corpus, each with the proof of a true one; those by hand with any of a few."""
    by_hand = [
        s for file in CORPUS if not file.stem.startswith("neighbours") for s in statements(file).values()
    ]
    proofs = [known.proof for known in library() if known.kind == "prove" and not known.lemmas]
    return *neighbours(), *((s, proofs[k * 7 % len(proofs)]) for k, s in enumerate(by_hand))


def checked(known: list[Statement], text: str) -> list[Verdict]:
    """What the kernel says, within bounded time and memory."""
    start, before = time.thread_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        return replay(known, text)
    except Unreadable:
        return []
    finally:
        assert time.thread_time() - start < MAX_SECONDS, text
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MAX_KILOBYTES, text


def verdict(statement: Statement, kind: str, proof: str, lemmas: str = "") -> str:
    """What the kernel says of one certificate."""
    found = checked([statement], f"{HEADER}{lemmas}{kind} {statement.name}{proof}")
    assert {v.status for v in found} <= {PROVED, REFUTED, REJECTED, UNREADABLE}
    return found[-1].status if found else UNREADABLE


@pytest.fixture(autouse=True)
def small_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums that are too large to be computed at once are refused sooner; that is all this changes."""
    monkeypatch.setattr(evaluation, "MAX_STEPS", 20_000)


# -- changed certificates of statements that are known -------------------------------------------------------


@random_rounds(quick=7)
def test_a_changed_certificate_never_says_the_opposite(dice: random.Random) -> None:
    for _ in range(12):
        known, other = dice.choice(library()), dice.choice(library())
        proof = changed(proof_of(known.kind, known.proof), proof_of(other.kind, other.proof), dice)
        found = verdict(known.statement, proof.kind, text_of(proof), known.lemmas)
        assert found != OPPOSITE[known.kind], f"{known.statement.written}\n{proof.kind}{text_of(proof)}"


@random_rounds(quick=7)
def test_a_changed_certificate_proves_no_false_statement(dice: random.Random) -> None:
    for _ in range(12):
        statement, text = dice.choice(false_ones())
        other = dice.choice(library())
        proof = changed(proof_of("prove", text), proof_of(other.kind, other.proof), dice)
        found = verdict(statement, proof.kind, text_of(proof))
        assert found != PROVED, f"{statement.written}\n{text_of(proof)}"


def test_the_tree_of_a_certificate_is_the_certificate() -> None:
    for known in library()[::25]:
        proof = proof_of(known.kind, known.proof)
        assert verdict(known.statement, proof.kind, text_of(proof), known.lemmas) == SAID[known.kind]


# -- changed statements --------------------------------------------------------------------------------------


def changed_statement(statement: Statement, dice: random.Random) -> Statement:
    """The statement with a change in its claim or in an assumption, or with an assumption less."""
    claim, assumptions = statement.claim, list(statement.assumptions)
    for _ in range(dice.choice((1, 1, 2))):
        place = dice.randrange(-1, 2 * len(assumptions))
        if place < 0 or dice.random() < 0.5:
            claim = _changed_formula(claim, statement, dice)
        elif place % 2 and place // 2 < len(assumptions):
            del assumptions[place // 2]
        elif assumptions:
            place %= len(assumptions)
            assumptions[place] = _changed_formula(assumptions[place], statement, dice)
    return replace(statement, claim=claim, assumptions=tuple(assumptions))


def _changed_formula(formula: Formula, statement: Statement, dice: random.Random) -> Formula:
    found = [new for _, new in changes(formula, dict(statement.scope))]
    found = [new for new in found if isinstance(new, Formula)]
    return dice.choice(found) if found else formula


def must_be_true(statement: Statement, status: str, proof: str) -> None:
    """What was accepted holds wherever it is looked at; what was refuted is not proved as well."""
    if status == PROVED:
        case = falsified(statement, points=150, seconds=1)
        assert case is None, (
            f"proved, and false at {case}:\n{statement.claim}\n{statement.assumptions}\n{proof}"
        )
    elif status == REFUTED and falsified(statement, points=100, seconds=0.3) is None:
        # The case is one that no small point shows; a proof would be a contradiction.
        seconds = 2 if EFFORT.soaking else 0.2
        assert decide(statement, seconds).status != PROVED, f"refuted and proved:\n{statement}\n{proof}"


class Place(NamedTuple):
    """Where a walk is: a statement with a certificate that the kernel accepts, and their lemmas."""

    statement: Statement
    proof: Proof
    lemmas: str


def beside(place: Place, dice: random.Random) -> Place | None:
    """The statement, its certificate or both changed."""
    other = dice.choice(library())
    match dice.choice((0, 1, 1, 1, 1, 2, 3, 3, 3)):
        case 0:
            new = changed(place.proof, proof_of(other.kind, other.proof), dice)
            return place._replace(proof=new)
        case 1:
            return place._replace(statement=changed_statement(place.statement, dice))
        case 2:
            return place._replace(
                statement=changed_statement(place.statement, dice),
                proof=changed(place.proof, proof_of(other.kind, other.proof), dice),
            )
        case _:
            texts = (place.statement.written, text_of(place.proof), place.lemmas)
            written, proof, lemmas = everywhere_another_number(texts, dice)
            try:
                (statement,) = read_statements(written)
            except (Unreadable, IllSorted, Rejected):
                return None
            return Place(statement, proof_of(place.proof.kind, proof), lemmas)


def walk(known: Known, proposals: int, dice: random.Random) -> Iterator[tuple[Place, str]]:
    """Random changes, from one accepted certificate to the next; all that was tried, and what was said."""
    place = Place(known.statement, proof_of(known.kind, known.proof), known.lemmas)
    for _ in range(proposals):
        new = beside(place, dice)
        if new is None or new == place:
            continue
        found = verdict(new.statement, new.proof.kind, text_of(new.proof), new.lemmas)
        yield new, found
        if found == SAID[new.proof.kind]:
            try:
                place = new._replace(statement=replace(new.statement, written=report(new.statement)))
            except (Unreadable, ValueError, TypeError, Rejected):
                continue


def some_known(dice: random.Random) -> Known:
    """As many refutations as proofs."""
    kind = dice.choice(("prove", "refute"))
    return dice.choice([known for known in library() if known.kind == kind])


@random_rounds(quick=7)
def test_what_is_accepted_after_changes_to_statement_and_proof_is_true(
    dice: random.Random,
) -> None:
    for new, found in walk(some_known(dice), 12, dice):
        must_be_true(new.statement, found, text_of(new.proof))


def test_walks_come_by_many_accepted_certificates() -> None:
    """Otherwise the test above would look at nothing."""
    dice = random.Random(3)
    found = [said for _ in range(8) for _, said in walk(some_known(dice), 10, dice)]
    assert found.count(PROVED) + found.count(REFUTED) >= len(found) // 7
    assert found.count(REJECTED) >= len(found) // 4


# -- lemmas and whole texts ----------------------------------------------------------------------------------


def lemma_statements(text: str) -> Iterator[tuple[str, Statement]]:
    """The lemmas of a text as statements, so that they can be looked at at points."""
    for section in re.split(HEADS, text, flags=re.M):
        found = re.match(r"lemma[ \t]+(\w+)[ \t]*:([^{}]*)\{", section)
        if found is None:
            continue
        try:
            (statement,) = read_statements(f'theorem L "a lemma"\n  claim {" ".join(found[2].split())}')
        except (Unreadable, IllSorted, Rejected):
            continue
        yield found[1], opened(statement)


def opened(statement: Statement) -> Statement:
    """The same statement with the names and premises of its claim as its own."""
    scope, premises, claim = dict(statement.scope), list(statement.assumptions), statement.claim
    while isinstance(claim, ForAll | Implies):
        if isinstance(claim, Implies):
            premises.append(claim.left)
            claim = claim.right
        elif claim.name in scope:
            break
        else:
            scope[claim.name] = claim.sort
            claim = claim.body
    return replace(statement, scope=scope, assumptions=tuple(premises), claim=claim)


@random_rounds(quick=7)
def test_changed_texts_with_lemmas_prove_only_what_is_true(dice: random.Random) -> None:
    known = dice.choice([known for known in library() if known.lemmas])
    text = f"{known.lemmas}{known.kind} {known.statement.name}{known.proof}"
    for _ in range(4):
        new = changed_text(text, dice)
        verdicts = checked([known.statement], HEADER + new)
        said = {v.name: v.status for v in verdicts}
        assert said.get(known.statement.name) != OPPOSITE[known.kind], new
        for name, lemma in lemma_statements(new):
            if verdicts and f"lemma {name}" not in said:
                must_be_true(lemma, PROVED, new)


def test_a_false_lemma_would_be_seen() -> None:
    ((name, lemma),) = lemma_statements("lemma l : for all a, b : int : 0 <= a implies a <= a + b\n { }")
    assert name == "l"
    with pytest.raises(AssertionError, match="proved, and false"):
        must_be_true(lemma, PROVED, "")


# -- certificates that the search finds ----------------------------------------------------------------------


@random_rounds(quick=3)
def test_changed_certificates_of_the_search_prove_only_what_is_true(dice: random.Random) -> None:
    small = [known for known in library() if len(known.proof) < 1500 and not known.statement.outline]
    known, other = dice.choice(small), dice.choice(small)
    found = decide(known.statement, 2 if EFFORT.soaking else 0.5)
    if not found.certificate:
        return
    kind, _, proof = found.certificate.partition(f" {known.statement.name}\n")
    assert SAID[kind] == SAID[known.kind]
    for _ in range(12):
        new = changed(proof_of(kind, "\n" + proof), proof_of(other.kind, other.proof), dice)
        assert verdict(known.statement, new.kind, text_of(new)) != OPPOSITE[kind]
        statement = changed_statement(known.statement, dice)
        must_be_true(statement, verdict(statement, new.kind, text_of(new)), text_of(new))


# -- a judge that can fail -----------------------------------------------------------------------------------


def test_a_kernel_that_accepts_everything_fails_this_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    def accepting(known: list[Statement], text: str) -> list[Verdict]:
        return [Verdict(known[0].name, PROVED if "prove" in text[:40] else REFUTED)]

    monkeypatch.setitem(globals(), "replay", accepting)
    for test in (
        test_a_changed_certificate_proves_no_false_statement,
        test_what_is_accepted_after_changes_to_statement_and_proof_is_true,
    ):
        with pytest.raises(AssertionError):
            test()


def test_a_wrong_claim_is_seen_to_be_false() -> None:
    (statement,) = read_statements('theorem t ""\n  given n : int >= 1\n  claim n//2 = (n + 1)//2')
    with pytest.raises(AssertionError, match="proved, and false"):
        must_be_true(statement, PROVED, "")
    right = replace(statement, claim=And((Compare("<=", number(0), number(1)),)))
    must_be_true(right, PROVED, "")
