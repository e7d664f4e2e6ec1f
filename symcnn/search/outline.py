"""Proofs that a person outlines behind a claim: the steps that matter, and a search for all between them.

An outline is written in the steps of certificates. A block that is left out, or that ends before its goal is
proved, is searched for; so is what is open at the end. The names of the statement are there from the
beginning, and its assumptions and definitions are the facts ``h1``, ``h2``, ... in their order. One step is
added: ``chain a = b <= c`` proves ``a = b`` and ``b <= c``, which are facts from then on.

Nothing rests on an outline: what comes of it is a certificate, which the kernel replays.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symcnn.kernel import logic
from symcnn.kernel.logic import Sequent
from symcnn.kernel.reading import position
from symcnn.kernel.statements import Statement
from symcnn.kernel.steps import Proof
from symcnn.kernel.terms import And, Compare, Formula, Implies, Rejected, Unreadable
from symcnn.kernel.writing import short, write

CHAIN = "chain"

# Steps that prove the goal of a sequent, or None; they must not bind these names.
Prover = Callable[[Sequent, set[str]], str | None]


class NotFound(Exception):
    """What is wrong with an outline, or the part of it that the search does not find, and where."""


def outlined(statement: Statement, goal: Formula, prove: Prover) -> str:
    """The steps of a certificate for the proof or refutation that a statement outlines.

    Raises ``NotFound`` for what is left open and not found, and for steps that the kernel does not accept.
    """
    before = "\n" * (statement.line - 1) + statement.written
    start = len(before) - len(statement.outline)
    word, _, _ = statement.outline.partition(" ")[0].partition("\n")
    # With a brace in place of its first word, so that the places in messages are those in the file.
    text = f"{before[:start]}{'{'.ljust(len(word))}{statement.outline[len(word) :]}\n}}"
    try:
        return _Outline(text, start, statement, prove).steps(Sequent({}, {}, goal))
    except (Rejected, Unreadable) as error:
        raise NotFound(str(error)) from None


class _Outline(Proof):
    """Reads an outline as the kernel reads a proof, and writes it down with what was left out."""

    def __init__(self, text: str, start: int, statement: Statement, prove: Prover) -> None:
        super().__init__(text, start, len(text), statement.abbreviations)
        self.statement = statement
        self.prove = prove
        self.written: list[str] = []
        self.copied = start
        self.chains = 0
        self.place = start

    def steps(self, sequent: Sequent) -> str:
        """All steps, from the goal of the statement on."""
        self.expect("{")
        self.copied = self.peek().place
        if self.statement.outline.startswith("proof"):
            sequent = self.begun(sequent)
        self.next -= 1
        self.block(sequent)
        self.end()
        return re.sub(r"#[^\n]*", "", "".join(self.written)).strip()

    def begun(self, sequent: Sequent) -> Sequent:
        """The names are taken, and what is assumed is supposed."""
        scope = self.statement.scope
        labels = [f"h{k}" for k in range(1, len(self.statement.premises()) + 1)]
        for name in scope:
            sequent = logic.take(sequent, name)
        for label in labels:
            sequent = logic.suppose(sequent, label)
        if scope:
            self.written.append(f"take {', '.join(scope)} ")
        if labels:
            self.written.append(f"suppose {', '.join(labels)} ")
        return sequent

    def block(self, sequent: Sequent) -> None:
        """A block; what is left out of it is searched for."""
        if not self.at("{"):
            self.insert(f"{{ {self.found(sequent)} }} ")
            return
        self.deeper()
        self.next += 1
        abbreviations = dict(self.macros)
        remaining: Sequent | None = sequent
        while remaining is not None:
            if self.at("}"):
                self.insert(f"{self.found(remaining)} ")
                remaining = None
            else:
                remaining = self.step(remaining)
        outermost = self.depth == 1
        if outermost:
            self.insert("")
        self.expect("}")
        self.macros = abbreviations
        self.depth -= 1

    def step(self, sequent: Sequent) -> Sequent | None:
        """A step, or a chain of them; premises that are left out behind ``use`` are searched for."""
        self.place = self.peek().place
        if self.at(CHAIN):
            return self.chained(sequent)
        uses = self.at("use")
        left = super().step(sequent)
        if not uses or left is None:
            return left
        label = [*left.facts][-1]
        while isinstance(fact := left.facts[label], Implies):
            steps = self.prove(sequent.showing(fact.left), set(self.macros))
            if steps is None:
                break
            self.insert(f"{{ {steps} }} ")
            left = sequent.knowing(label, fact.right)
        return left

    def chained(self, sequent: Sequent) -> Sequent:
        """``chain a = b <= c``: each comparison is proved on its own and is a fact from then on."""
        self.insert("")
        self.next += 1
        chain = self.formula_in(sequent)
        links = chain.parts if isinstance(chain, And) else (chain,)
        if not all(isinstance(link, Compare) for link in links):
            raise Rejected(f"{position(self.text, self.place)}: {CHAIN}: this is no chain of comparisons")
        self.copied = self.peek().place
        known = sequent
        for link in links:
            self.chains += 1
            label = f"step{self.chains}"
            steps = self.found(sequent.showing(link))
            self.written.append(f"have {label} : {write(link)} {{ {steps} }} ")
            known = known.knowing(label, link)
        return known

    def found(self, sequent: Sequent) -> str:
        """Steps that the search finds; raises ``NotFound`` where it does not."""
        steps = self.prove(sequent, set(self.macros))
        if steps is None:
            raise NotFound(f"{position(self.text, self.place)}: not found: {short(sequent.goal)}")
        return steps

    def insert(self, steps: str) -> None:
        """Copy what was read until here, and write steps behind it."""
        place = self.peek().place
        if place > self.copied:
            self.written.append(self.text[self.copied : place])
        self.written.append(steps)
        self.copied = place
