"""Certificates: what a ``.cert`` file says, and its check against the statements of the ``.claim`` file
beside it.

    symcnn certificates 1

    prove NAME
      satisfiable { ... }      there is a case that the assumptions allow (left out where nothing is assumed)
      defined { ... }          nothing divides by 0, ... (left out where nothing can go wrong)
      proof { ... }            the claim holds in each such case

    refute NAME
      proof { ... }            there is a case that the assumptions allow, in which the claim does not hold

    lemma NAME : formula
      { ... }                  a fact with this name for all that follows; its formula speaks of no other
      names

A block ``{ ... }`` proves a goal by steps. Each step is a rule with its arguments and a block for each goal
that it leaves, in order; where one block fewer is written than there are goals, the steps that follow prove
the last one. A block ends with the step that leaves nothing.

    take x, y                             suppose h, k                    split {..} {..}
    have h : formula {..}                 use h : fact(term, ...) {..}    law h : name term, ... {..}
    witness x = term                      obtain x, h from fact           choose 2
    cases fact as h {..} {..}             decide formula as h {..} {..}   deny h
    induct {..} {..}                      exactly fact using e, ...       compute
    ring h + 2 k (term) using e, ...      cone 1/2 h k (term)^2 + ... using e, ...
    let x(i, j) = term

A fact is named; ``h.2`` is the second part of a fact ``h`` that is an "and", ``h.1`` and ``h.2`` are the two
directions of an "iff". A value of a function is written ``fun(i, j) term``. A certificate never holds its
statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from symcnn.kernel.goals import defined_goal, proof_goal, refutation_goal, satisfiable_goal
from symcnn.kernel.logic import Sequent
from symcnn.kernel.reading import (
    MAX_NAME,
    THEOREM_NAME,
    blocks,
    position,
    read_text,
    refuse_unreadable,
)
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.steps import Proof
from symcnn.kernel.terms import TRUE, Formula, IllSorted, Rejected, Unreadable
from symcnn.kernel.writing import what

VERSION = "1"
PARTS = ("satisfiable", "defined", "proof")
PROVED, REFUTED, UNKNOWN = "PROVED", "REFUTED", "UNKNOWN"
REJECTED, UNREADABLE = "REJECTED", "UNREADABLE"

_HEADER = re.compile(r"symcnn certificates ([0-9]+)[ \t]*\r?(?:\n|$)")
_HEAD = re.compile(
    rf"(?P<kind>prove|refute)[ \t]+(?P<name>{THEOREM_NAME})[ \t]*(?:#[^\n]*)?\r?(?:\n|$)"
    rf"|lemma[ \t]+(?P<lemma>[A-Za-z_]\w{{0,{MAX_NAME - 1}}})[ \t]*:"
)


@dataclass(frozen=True)
class Verdict:
    """What the kernel says about one certificate, and why if it does not accept it."""

    name: str
    status: str
    reason: str = ""


def replay_file(path: str | Path) -> list[Verdict]:
    """Check each certificate of a ``.cert`` file against the ``.claim`` file of the same name beside it."""
    return replay(read_file(Path(path).with_suffix(".claim")), read_text(path))


def replay(statements: list[Statement], text: str) -> list[Verdict]:
    """Check each certificate of a text; raises ``Unreadable`` where it is no list of certificates."""
    return list(verdicts(statements, text))


def verdicts(statements: list[Statement], text: str) -> Iterator[Verdict]:
    """What ``replay`` returns, one by one: each certificate is checked when its verdict is asked for."""
    refuse_unreadable(text)
    header = _HEADER.match(text)
    if header is None:
        raise Unreadable("line 1, column 1: certificates begin with the line 'symcnn certificates 1'")
    if header.group(1) != VERSION:
        shown = header.group(1)[:20]
        raise Unreadable(
            f"line 1, column 1: the format version {shown} is unknown; this kernel reads version {VERSION}"
        )
    return _Replay(statements, text).verdicts(header.end())


class _Replay:
    """The certificates of one text, with the lemmas that were proved on the way."""

    def __init__(self, statements: list[Statement], text: str) -> None:
        self.text = text
        self.statements = {statement.name: statement for statement in statements}
        self.seen: set[str] = set()
        self.lemmas: dict[str, Formula] = {}

    def verdicts(self, start: int) -> Iterator[Verdict]:
        """A verdict for each certificate, and for each lemma that is not accepted."""
        for first, last in blocks(self.text, ("prove ", "refute ", "lemma "), start):
            head = _HEAD.match(self.text, first, last)
            name = "?" if head is None else head["name"] or f"lemma {head['lemma']}"
            try:
                if head is None:
                    raise Unreadable(
                        f"{self.place(first)}: 'prove NAME', 'refute NAME' or 'lemma NAME :' is missing"
                    )
                if head["lemma"]:
                    self.lemma(head["lemma"], first, head.end(), last)
                else:
                    self.certificate(head["kind"], name, first, head.end(), last)
                    yield Verdict(name, PROVED if head["kind"] == "prove" else REFUTED)
            except IllSorted as error:
                yield Verdict(name, REJECTED, str(error))
            except Unreadable as error:
                yield Verdict(name, UNREADABLE, str(error))
            except Rejected as error:
                yield Verdict(name, REJECTED, str(error))
            except RecursionError:
                yield Verdict(
                    name, REJECTED, f"{self.place(first)}: terms and formulas are nested too deeply"
                )

    def place(self, start: int) -> str:
        return position(self.text, start)

    def lemma(self, name: str, first: int, start: int, stop: int) -> None:
        """``lemma NAME : formula { ... }``, a fact for all that follows."""
        if name in self.lemmas:
            raise Rejected(f"{self.place(first)}: a second lemma {name}")
        proof = Proof(self.text, start, stop, {})
        sequent = Sequent({}, self.lemmas, TRUE)
        found = proof.formula_in(sequent)
        proof.block(sequent.showing(found))
        proof.end()
        self.lemmas = {**self.lemmas, name: found}

    def certificate(self, kind: str, name: str, first: int, start: int, stop: int) -> None:
        """What a certificate has to prove about a statement: see ``goals``."""
        if name not in self.statements:
            raise Rejected(f"{self.place(first)}: there is no theorem {name}")
        if name in self.seen:
            raise Rejected(f"{self.place(first)}: a second certificate for {name}")
        self.seen.add(name)
        statement = self.statements[name]
        proof = Proof(self.text, start, stop, statement.abbreviations)
        if kind == "refute":
            self.part(proof, kind, "proof", refutation_goal(statement))
        else:
            for part, goal in (
                ("satisfiable", satisfiable_goal(statement)),
                ("defined", defined_goal(statement)),
            ):
                if goal != TRUE or proof.at(part):
                    self.part(proof, kind, part, goal)
            self.part(proof, kind, "proof", proof_goal(statement))
        proof.end()

    def part(self, proof: Proof, kind: str, name: str, goal: Formula) -> None:
        found = proof.peek().value
        proof.limit(goal)
        if kind == "refute" and found in PARTS and found != name:
            raise proof.rejection(f"{found}: a refutation has one part, its proof")
        if found in PARTS[: PARTS.index(name)]:
            raise proof.rejection(
                f"{found} stands too late or twice; the parts are {', '.join(PARTS)}, in this order"
            )
        if proof.peek().kind == "name" and found not in PARTS:
            raise proof.rejection(
                f"{found[:MAX_NAME]!r} is no part; the parts are {', '.join(PARTS)}, in this order"
            )
        if not proof.take(name):
            raise proof.rejection(f"{name}: a proof is missing of {what(goal)}")
        proof.block(Sequent({}, self.lemmas, goal))
