"""The formulas of the five source documents as they are printed there: each is read as it stands or refused.

``source_formulas.txt`` holds them all. Under each stands what a claim document makes of it: the statement of
each relation, the term where it is one, or why it is refused, with the column. They were checked by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from symcnn.documents import meaning
from symcnn.documents.display import read_display
from symcnn.documents.document import read_document
from symcnn.documents.faults import FormulaError
from symcnn.documents.trees import Formula
from symcnn.kernel.statements import read_statements
from symcnn.kernel.writing import write

TABLE = Path(__file__).parent / "source_formulas.txt"


def entries() -> Iterator[tuple[str, str, list[str]]]:
    """Each formula with the declarations above it and what is expected."""
    declared: list[str] = []
    found: list[tuple[str, str, list[str]]] = []
    above = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("given "):
            declared = [*declared, line] if above.startswith("given ") else [line]
        elif line.startswith("    "):
            found[-1][2].append(line.strip())
        elif line and not line.startswith("# "):
            found.append((line, "\n".join(declared), []))
        above = line
    return iter(found)


ENTRIES = list(entries())


def outcome(formula: str, declared: str) -> list[str]:
    """What a claim document makes of a formula."""
    above = " \\quad ".join(["above"] * (1 + formula.count("\\quad =")))
    document = read_document(f"```symcnn\n{declared}\n```\n$$ {above} $$\n\n$${formula}$$\n")
    assert document.faults == ()
    if not document.claims:
        return [term(formula, declared)]
    (claim,) = document.claims
    if claim.fault is not None:
        return [f"refused {claim.fault.column - 2}: {claim.fault.reason}"]
    return [step.statement.written.partition("claim     ")[2] for step in claim.steps]


def term(formula: str, declared: str) -> str:
    """A term alone, which claims nothing."""
    lines = "".join(f"  {line}\n" for line in declared.split("\n"))
    (found,) = read_statements(f'theorem T ""\n{lines}  claim 1 = 1')
    (part,) = read_display(formula, found.scope)
    assert not isinstance(part.body, Formula)
    try:
        return write(meaning.term(part.body, found.scope, formula))
    except FormulaError as error:
        return f"no number {error.column}: {error.reason}"


def test_the_table_holds_the_formulas_of_all_sources() -> None:
    assert len(ENTRIES) == 338
    assert sum(not each[2][0].startswith(("refused", "no number")) for each in ENTRIES) >= 240


@pytest.mark.parametrize(("formula", "declared", "expected"), ENTRIES, ids=lambda value: None)
def test_formulas_of_the_sources_are_read_as_they_are_printed(
    formula: str, declared: str, expected: list[str]
) -> None:
    assert outcome(formula, declared) == expected
