"""Writes false statements that differ from proved ones in one word, each with a certificate that refutes it.

Run ``python -m tests.corpus.make_neighbours`` after a change of the stored proofs. For each document it
writes ``neighbours_NAME.claim`` and ``.cert`` beside this file: theorem ``X_1`` is theorem ``X`` with one
word changed or one assumption left out. The kernel refutes it, so that it is known to be false; a test then
tries the certificate of ``X`` on it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from symcnn.kernel import logic
from symcnn.kernel.certificates import PROVED, REFUTED, replay_file
from symcnn.kernel.evaluation import MAX_STEPS, Evaluator
from symcnn.kernel.goals import refutation_goal
from symcnn.kernel.logic import Lambda, Sequent
from symcnn.kernel.reading import tokens
from symcnn.kernel.statements import Statement, read_file, read_statements
from symcnn.kernel.terms import (
    INT,
    Compare,
    Exists,
    Function,
    If,
    IllSorted,
    Number,
    Plus,
    Rejected,
    Sort,
    Term,
    Times,
    Unreadable,
    Variable,
    number,
)
from symcnn.kernel.writing import write

HERE = Path(__file__).parent
PROOFS = HERE.parent.parent / "proofs"
EACH = 2
TRIALS = 60
STEPS = 4000

WORDS = {
    "=": ["<=", "<"],
    "<=": ["<", "=", ">="],
    "<": ["<=", ">"],
    ">=": [">", "<="],
    ">": [">="],
    "+": ["-", "*"],
    "-": ["+"],
    "*": ["+"],
    "//": ["*"],
    "and": ["or"],
    "or": ["and"],
    "iff": ["and"],
}


def value(sort: Sort, dice: random.Random) -> Term | Lambda:
    """A small number, or a function that takes few values."""
    if not isinstance(sort, Function):
        if sort == INT:
            return number(dice.choice([0, 1, 1, 2, 2, 3, 4, 5]))
        return Number(Fraction(dice.randrange(-3, 9), dice.choice([1, 1, 2, 3])))
    parameters = tuple(f"a_{k}" for k in range(len(sort.arguments)))
    linear = [Times((number(dice.randrange(-2, 4)), Variable(p))) for p in parameters]
    body: Term = Plus((number(dice.randrange(-1, 3)), *linear))
    if dice.random() < 0.4:
        body = If(Compare("=", Variable(parameters[0]), number(dice.randrange(2))), body, number(0))
    return Lambda(parameters, body)


def written(chosen: Term | Lambda) -> str:
    """A value as a certificate gives it."""
    if isinstance(chosen, Lambda):
        return f"fun({', '.join(chosen.parameters)}) {write(chosen.body)}"
    return write(chosen)


def case(statement: Statement, dice: random.Random) -> list[str] | None:
    """The steps of a certificate that refutes a statement by numbers, if such a case is found."""
    goal = refutation_goal(statement)
    for _ in range(TRIALS):
        sequent, steps = Sequent({}, {}, goal), list[str]()
        try:
            while isinstance(sequent.goal, Exists):
                name, chosen = sequent.goal.name, value(sequent.goal.sort, dice)
                sequent = logic.witness(sequent, name, chosen)
                steps.append(f"witness {name} = {written(chosen)}")
            evaluator = Evaluator({})
            evaluator.steps = MAX_STEPS - STEPS
            if evaluator.holds(sequent.goal):
                return [*steps, "compute"]
        except (Rejected, IllSorted):
            continue
    return None


def changes(text: str, start: int) -> Iterator[str]:
    """The text with one word after ``start`` changed."""
    for word in tokens(text, start):
        new = list(WORDS.get(word.value, []))
        if word.kind == "number" and word.value.isdigit():
            new = [str(int(word.value) + 1), str(max(0, int(word.value) - 1)), "0"]
        for other in new:
            if other != word.value:
                yield text[: word.place] + other + text[word.place + len(word.value) :]


def without(text: str) -> Iterator[str]:
    """The text without one of its assumptions."""
    lines = text.split("\n")
    for k, line in enumerate(lines):
        if line.split()[:1] == ["assume"]:
            yield "\n".join(lines[:k] + lines[k + 1 :])


def neighbours(statement: Statement) -> Iterator[tuple[str, str, list[str]]]:
    """False statements near a true one: name, text, and the steps that refute them."""
    text = statement.written
    place = re.search(r"^\s*(given|let|claim)", text, re.M)
    dice = random.Random(statement.name)
    candidates = [*without(text), *changes(text, place.start() if place else 0)]
    dice.shuffle(candidates)
    found = 0
    for candidate in candidates[: 8 * EACH]:
        name = renamed(statement.name, found + 1)
        new = candidate.replace(f"theorem {statement.name} ", f"theorem {name} ", 1)
        try:
            (changed,) = read_statements(new)
            steps = case(changed, dice)
        except (Unreadable, Rejected):
            continue
        if steps is not None:
            yield name, new, steps
            found += 1
        if found == EACH:
            return


def renamed(name: str, k: int) -> str:
    """``A4_1'`` for the first neighbour of ``A4'``."""
    bare = name.rstrip("'")
    return f"{bare}_{k}{name[len(bare) :]}"


def original(name: str) -> str:
    """``A4'`` for ``A4_1'``."""
    bare = name.rstrip("'")
    return bare[: bare.rindex("_")] + name[len(bare) :]


def main() -> None:
    """Write the files."""
    for file in sorted(PROOFS.rglob("*.claim")):
        proved = {v.name for v in replay_file(file.with_suffix(".cert")) if v.status == PROVED}
        claims: list[str] = []
        certificates = ["symcnn certificates 1"]
        for statement in read_file(file):
            if statement.name in proved:
                for name, text, steps in neighbours(statement):
                    claims.append("\n".join(line.rstrip() for line in text.split("\n") if line.strip()))
                    certificates.append(f"refute {name}\n  proof {{\n    " + "\n    ".join(steps) + "\n  }")
        if not claims:
            continue
        target = HERE / f"neighbours_{file.stem}.claim"
        target.write_text("\n\n".join(claims) + "\n", encoding="utf-8")
        target.with_suffix(".cert").write_text("\n\n".join(certificates) + "\n", encoding="utf-8")
        statuses = [v.status for v in replay_file(target.with_suffix(".cert"))]
        print(file.stem, len(statuses), statuses.count(REFUTED))


if __name__ == "__main__":
    main()
