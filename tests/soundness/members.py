"""The corpus as statements: what each entry of a file claims, false as it is and true as it is corrected.

Entries in Python and in LaTeX become statements as those of a user do, by the translation and by the reader
of documents. So what is put to a prover is what a user would have asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import sympy

import symcnn
from symcnn.documents.document import read_document
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.terms import Unreadable
from symcnn.proving.calculation import Calculation
from symcnn.proving.translation import statement, statements
from tests.soundness.entries import Entry, entries
from tests.soundness.plain import Point, function_of

TESTS = Path(__file__).parent.parent
KERNEL_FILES = ("floors", "late", "sums", "maxima", "quantifiers", "reals", "growth", "recursion", "names")


@dataclass(frozen=True)
class Member:
    """A statement of the corpus, and whether it is true; ``entry`` is where it stands."""

    file: str
    statement: Statement
    true: bool
    entry: Entry | None = None

    @property
    def name(self) -> str:
        return f"{self.file}/{self.statement.name}"


# -- what an entry claims ----------------------------------------------------------------------------------


def in_python(entry: Entry, section: str) -> Any:
    """A claim in Python, with what is declared before it, and what is assumed."""
    names: dict[str, Any] = {name: getattr(symcnn, name) for name in symcnn.__all__}
    names |= {"floor": sympy.floor, "ceiling": sympy.ceiling, "sympy": sympy, "Fraction": Fraction}
    for line in entry.all("given"):
        exec(line, names)
    assumed = [eval(text, names) for text in entry.all("assume")]
    if section == "true":
        assumed += [relation for text in entry.all("where") for relation in eval(text, names)]
    return eval(entry.get(section), names), assumed


def of_kernel(entry: Entry, true: bool) -> list[Statement]:
    found = entry.correction if true else entry.statement
    return [] if found is None else [found]


def of_relation(entry: Entry, true: bool) -> list[Statement]:
    if true and not entry.get("true"):
        return []
    claim, assumed = in_python(entry, "true" if true else "claim")
    return [statement(claim, assumed, name=f"{entry.name}'" if true else entry.name)]


def of_calculation(entry: Entry, true: bool) -> list[Statement]:
    """All steps of a right calculation, and the wrong one of another."""
    claim, assumed = in_python(entry, "true" if true else "claim")
    relations = calculated(claim).relations
    mark = "'" if true else ""
    found = statements([(f"{entry.name}.{k}{mark}", r) for k, r in enumerate(relations, 1)], assumed)
    return found if true else [found[int(entry.get("step")) - 1]]


def calculated(claim: Any) -> Calculation:
    """The calculation that a claim is."""
    if not isinstance(claim, Calculation):
        raise TypeError(f"{claim} is no calculation")
    return claim


def of_document(entry: Entry, true: bool) -> list[Statement]:
    """All relations of a right formula, and the wrong one of another."""
    section = "true" if true else "claim"
    if not entry.get(section):
        return []
    (claim,) = read_document(document(entry, section)).claims
    if claim.fault is not None:
        raise ValueError(f"{entry.name}: {claim.fault.reason}")
    found = [step.statement for step in claim.steps]
    return found if true else [found[int(entry.get("step") or 1) - 1]]


def document(entry: Entry, section: str) -> str:
    """A document with one claim."""
    kinds = ("given", "layer", "assume", "let")
    block = "".join(f"{kind} {text}\n" for kind, text in entry.lines if kind in kinds)
    name = f"{entry.name}'" if section == "true" else entry.name
    words = f" {entry.get('words')}" if entry.get("words") else ""
    return f"```symcnn\n{block}```\n\n<!-- claim {name}{words} -->\n$$ {entry.get(section)} $$\n"


KINDS: dict[str, Callable[[Entry, bool], list[Statement]]] = {
    **dict.fromkeys(KERNEL_FILES, of_kernel),
    "relations": of_relation,
    "sameness": of_relation,
    "calculations": of_calculation,
    "documents": of_document,
}


@cache
def written() -> tuple[Member, ...]:
    """The members that are written by hand, false ones and true ones."""
    return tuple(
        Member(file, found, true, entry)
        for file, made in KINDS.items()
        for entry in entries(file)
        for true in (False, True)
        for found in made(entry, true)
    )


# -- stored statements -------------------------------------------------------------------------------------

PROOFS = TESTS.parent / "proofs"


@cache
def stored() -> tuple[Member, ...]:
    """The false statements of tests/corpus, which the kernel refutes by their certificates."""
    files = sorted((TESTS / "corpus").glob("*.claim"))
    return tuple(Member(file.stem, found, true=False) for file in files for found in read_file(file))


@cache
def library() -> tuple[Member, ...]:
    """The theorems of proofs that are proved, without the outlines of their proofs."""
    return tuple(
        Member(file.stem, replace(found, outline=""), true=True)
        for file in sorted(PROOFS.rglob("*.claim"))
        for found in read_file(file)
        if f"\nprove {found.name}\n" in read_text(file.with_suffix(".cert"))
    )


_WITNESS = re.compile(
    r"\bwitness (\S+) = (.*?) *(?:$|\}|(?=\b(?:witness|compute|split|take|suppose|law)\b))", re.M
)
_REFUTATION = re.compile(r"^refute (\S+)\n(.*?)(?=^refute |\Z)", re.M | re.S)


def stored_points() -> Iterator[tuple[Member, Point]]:
    """The stored statements with the points that their certificates name, as far as these are numbers."""
    certificates: dict[tuple[str, str], str] = {}
    for file in sorted((TESTS / "corpus").glob("*.cert")):
        certificates |= {(file.stem, name): text for name, text in _REFUTATION.findall(read_text(file))}
    for member in stored():
        values: dict[str, Any] = {}
        for name, text in _WITNESS.findall(certificates[member.file, member.statement.name]):
            # Other values are built from names, and the proof goes on from there.
            with suppress(Unreadable, ValueError):
                values[name] = function_of(text) if text.startswith("fun") else Fraction(text)
        yield member, Point.of(values)
