"""What is said of submissions: a table with a line for each, and a text for each that keeps the answers.

Without ``answers``, nothing is said that the submission does not show itself: that a formula is wrong, at
which sizes, what its own value is there, and which step is the first wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symcnn.documents.against import MISSING, NOT_READ, RIGHT, STATUSES, UNDECIDED, WRONG, Answer, Comparison
from symcnn.documents.report import as_data, grouped
from symcnn.kernel.writing import write

MARK = "<!-- feedback of symcnn check -->"
HEAD = ("submission", "points", *STATUSES)


def rows(comparisons: Sequence[Comparison]) -> Iterator[tuple[str, ...]]:
    """A line for each submission, below ``HEAD``: its path, its points, and how many answers are what.

    >>> list(rows([Comparison("a.md", (Answer("E1", "right"), Answer("E2", "missing")))]))
    [('a.md', '1/2', '1', '0', '1', '0', '0')]
    """
    for comparison in comparisons:
        counts = comparison.counts
        yield comparison.path, points(comparison), *(str(counts[status]) for status in STATUSES)


def points(comparison: Comparison) -> str:
    """How many of the answers are right, such as ``3/5``."""
    return f"{comparison.counts[RIGHT]}/{len(comparison.answers)}"


def feedback(comparison: Comparison, answers: bool = False) -> str:
    """What to say of a submission, in Markdown; with ``answers``, what would have been right as well.

    >>> print(feedback(Comparison("a.md", (Answer("E1", "right"), Answer("E2", "missing")))))
    <!-- feedback of symcnn check -->
    <BLANKLINE>
    # a.md: 1 of 2 right
    <BLANKLINE>
    - E1: right
    - E2: missing
    <BLANKLINE>
    ## E2
    <BLANKLINE>
    There is no formula below a comment that names this claim.
    <BLANKLINE>
    """
    right, asked = comparison.counts[RIGHT], len(comparison.answers)
    parts = [MARK, f"# {comparison.path or 'The text'}: {right} of {asked} right"]
    if comparison.reason:
        parts.append(f"Nothing of the file is read: {comparison.reason}")
    if comparison.faults:
        parts.append("Not read are")
        parts.append("\n".join(f"- line {f.line}, column {f.column}: {f.reason}" for f in comparison.faults))
    parts.append("\n".join(f"- {answer.name}: {answer.status}" for answer in comparison.answers))
    for answer in comparison.answers:
        said = [] if comparison.reason else [*_said(answer)]
        said += _answers(answer) if answers else []
        if answer.status != RIGHT and said:
            parts += [f"## {answer.name}", *said]
    return "\n\n".join(parts) + "\n"


def _said(answer: Answer) -> Iterator[str]:
    """What is said of an answer that is not right."""
    where = f"line {answer.line}, column {answer.column}"
    if answer.status == MISSING:
        yield "There is no formula below a comment that names this claim."
    elif answer.status == NOT_READ:
        yield f"It is not read, at {where}: {answer.reason}."
    elif answer.status == UNDECIDED:
        yield f"It is not decided, in line {answer.line}: {answer.reason}."
    elif answer.reason:
        yield f"It is no answer, at {where}: {answer.reason}."
    else:
        yield from _wrong(answer, where)


def _wrong(answer: Answer, where: str) -> Iterator[str]:
    yield f"It is wrong, at {where}" + (f": ${answer.formula}$" if answer.formula else ".")
    if answer.step:
        yield f"The first wrong step is ${answer.step}$"
    at = ", ".join(f"`{name} = {value}`" for name, value in answer.sizes.items())
    if answer.value is not None:
        yield (
            f"At {at} its value is" if at else "Its value is"
        ) + f" {grouped(answer.value)}, which is not right."
    elif at:
        yield f"It fails at {at}."


def _answers(answer: Answer) -> Iterator[str]:
    """What would have been right."""
    yield "The reference has"
    yield f"$$ {answer.asked} $$"
    verdict = answer.verdict
    if verdict is None or not answer.of_value:
        return
    if verdict.case is not None and verdict.case.left is not None:
        yield f"The right value there is {grouped(verdict.case.left)}."
    why = verdict.explanation
    if why is not None:
        if why.ratio is not None:
            yield f"The right formula divided by this one is `{write(why.ratio)}`."
        if why.condition is not None:
            yield f"It would be right exactly where `{write(why.condition)}`."


def comparisons_as_json(comparisons: Sequence[Comparison], answers: bool = False) -> dict[str, Any]:
    """The machine-readable form of what is said of submissions."""
    return {
        "submissions": [
            {
                "file": comparison.path,
                "reason": comparison.reason or None,
                "points": comparison.counts[RIGHT],
                "asked": len(comparison.answers),
                "faults": [
                    {"line": fault.line, "column": fault.column, "reason": fault.reason}
                    for fault in comparison.faults
                ],
                "answers": [_data(answer, answers) for answer in comparison.answers],
            }
            for comparison in comparisons
        ],
        "summary": {
            status: sum(comparison.counts[status] for comparison in comparisons) for status in STATUSES
        },
    }


def _data(answer: Answer, answers: bool) -> dict[str, Any]:
    placed = answer.status not in (RIGHT, MISSING)
    found: dict[str, Any] = {
        "id": answer.name,
        "status": answer.status,
        "reason": answer.reason or None,
        "line": answer.line or None,
        "column": answer.column if placed and answer.line else None,
        "formula": answer.formula or None,
        "step": answer.step or None,
        "sizes": {name: as_data(value) for name, value in answer.sizes.items()},
        "value": as_data(answer.value),
    }
    return {**found, "asked": answer.asked or None} if answers else found


def exit_code(comparisons: Sequence[Comparison]) -> int:
    """0 all answers are right, 2 something is not read, 1 something is wrong or missing, 3 only undecided."""
    found = {answer.status for comparison in comparisons for answer in comparison.answers} - {RIGHT}
    return 2 if NOT_READ in found else 1 if found & {WRONG, MISSING} else 3 if found else 0
