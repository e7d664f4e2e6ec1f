"""More than 1100 false statements, none of which may be proved, and true ones, none of which may be refuted.

What shows a statement false shares no code with the search: Python expressions beside it, and brute force.
The suite is put to the search of the package, which passes it, and to provers that lie, which do not.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import symcnn
from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.search.deciding import decide
from symcnn.search.layout import HEADER
from tests.brute import Undefined
from tests.soundness.effort import EFFORT, random_rounds
from tests.soundness.entries import CORPUS, Entry, entries
from tests.soundness.members import (
    KINDS,
    Member,
    calculated,
    document,
    in_python,
    library,
    stored,
    stored_points,
    written,
)
from tests.soundness.plain import is_false_at
from tests.soundness.suite import Search, controls, failures, holds_at, proved_in_spite, random_points
from tests.test_kernel_corpus import PHRASES
from tests.variants import sample_of

# One process asks for each statement once.
pytestmark = pytest.mark.xdist_group("negative_corpus")

FILES = (*KINDS, "decompositions", "stored")
SECONDS = 2.0
# In a quick run: each how-manyth of the true statements is asked for.
EVERY = 1 if EFFORT.soaking else 8


@cache
def unknown() -> dict[str, str]:
    """Why the search does not decide what it does not decide, by the name of the member."""
    text = (CORPUS / "unknown.txt").read_text(encoding="utf-8")
    rows = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows}


@cache
def search() -> Search:
    hopeless = [name.partition("/")[2] for name, why in unknown().items() if not why.startswith("slow")]
    return Search(SECONDS, hopeless, briefly=0.05)


@cache
def false_ones() -> tuple[Member, ...]:
    return (*stored(), *(m for m in written() if not m.true))


def asked_false() -> tuple[Member, ...]:
    """In a quick run half of the stored ones, which the kernel has been tried on elsewhere."""
    return tuple(m for m in false_ones() if m.entry) + stored()[:: 1 if EFFORT.soaking else 2]


@cache
def true_ones() -> tuple[Member, ...]:
    return tuple(m for m in written() if m.true)


def test_there_are_1100_different_false_statements_and_1000_true_ones() -> None:
    assert len({m.statement.closed() for m in false_ones()}) >= 1100
    assert len({m.statement.closed() for m in written() if not m.true}) >= 390
    assert len(true_ones()) + len(library()) >= 1000


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_form_is_among_the_false_and_the_true_ones(phrase: str) -> None:
    for true in (False, True):
        texts = [re.sub(r'"[^"]*"', "", m.statement.written) for m in written() if m.true == true]
        # What is translated has these words, or what they unfold to.
        assert sum(phrase in text for text in texts) >= 2 - true, f"{phrase!r} among the {true} ones"


# -- what shows them false ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_python_says_that_each_statement_is_false(file: str) -> None:
    assert [e.name for e in entries(file) if e.holds_in_python() is not False] == []


@pytest.mark.parametrize("file", KINDS)
def test_brute_force_says_that_each_statement_is_false_where_no_argument_stands(file: str) -> None:
    plain = [m for m in written() if not m.true and m.file == file and m.entry and not m.entry.get("because")]
    wrong = [m.name for m in plain if m.entry and not is_false_at(m.statement, m.entry.point)]
    assert wrong == []


def test_brute_force_says_that_each_stored_statement_is_false_at_its_witness() -> None:
    left = {member.statement.name for member, point in stored_points() if not settled(member, point)}
    assert left == {entry.name for entry in entries("stored")}
    assert all(entry.get("because") for entry in entries("stored"))


def settled(member: Member, point: object) -> bool:
    try:
        return is_false_at(member.statement, point)  # type: ignore[arg-type]
    except Undefined:
        return False


# -- the search --------------------------------------------------------------------------------------------


def test_the_search_proves_no_false_statement_and_refutes_nearly_all() -> None:
    assert list(failures(search(), asked_false())) == []


def test_what_is_not_refuted_is_listed_with_a_reason() -> None:
    open_ones = {m.name for m in asked_false() if search()(m.statement) == UNKNOWN}
    assert open_ones - unknown().keys() == set()
    assert unknown().keys() <= {m.name for m in (*false_ones(), *true_ones())}


def test_the_search_refutes_no_true_statement_and_proves_most() -> None:
    assert list(failures(search(), true_ones()[::EVERY])) == []


@random_rounds(quick=1)
def test_the_kernel_alone_keeps_false_statements_from_being_proved(dice: random.Random) -> None:
    seconds = 1.0 if EFFORT.soaking else 0.06
    new = [m for m in false_ones() if m.entry]
    members = [*dice.sample(new, 25), *dice.sample(stored(), 5)]
    assert [m.name for m in members if proved_in_spite(m.statement, seconds)] == []


def test_what_assumes_no_case_or_has_no_value_is_neither_proved_nor_refuted() -> None:
    for entry in entries("neither"):
        assert decide(entry.statement, 0.1).status == UNKNOWN, entry.name
        assert not proved_in_spite(entry.statement, 0.05), entry.name


@random_rounds(quick=1)
def test_the_search_refutes_no_theorem_of_the_library(dice: random.Random) -> None:
    members = dice.sample(library(), 12)
    seconds = 4.0 if EFFORT.soaking else 0.2
    asked = Search(seconds)
    found = [failure for failure in failures(asked, members) if not failure.startswith("only")]
    assert found == []
    assert sum(asked(m.statement) == PROVED for m in members) >= len(members) // 2


@random_rounds(quick=1)
def test_no_variant_that_brute_force_finds_false_is_proved(dice: random.Random) -> None:
    true = [m.statement for m in (*true_ones(), *library())]
    for variant in sample_of(true, 30, dice.randrange(10**6)):
        status = Search(2.0 if EFFORT.soaking else 0.1)(variant.statement)
        if status != PROVED:
            continue
        try:
            found = holds_at(variant.statement, random_points(variant.statement))
        except Undefined:
            continue
        assert False not in found, f"{variant.of}: {variant.change}\n{variant.statement.written}"


# -- provers that lie --------------------------------------------------------------------------------------

FIRST = {
    "always proved": "is false and PROVED",
    "always refuted": "is true and REFUTED",
    "always unknown": "only 0 of ",
    "proves what holds at all sizes up to 3": "is false and PROVED",
    "proves what holds at 100 random points": "is false and PROVED",
    "ignores assumptions": "is true and REFUTED",
    "ignores guards of sums": "is false and PROVED",
    "takes floors for quotients": "is false and PROVED",
    "takes < for <=": "is false and PROVED",
    "checks certificates against other statements": "is false and PROVED",
    "leaves out the last step of a replay": "is false and PROVED",
}


@pytest.mark.parametrize("name", FIRST)
def test_a_prover_that_lies_fails_the_suite(name: str) -> None:
    files = {"ignores guards of sums": ["sums"], "always unknown": [*KINDS]}.get(name, ["floors", "late"])
    members = [m for m in written() if m.file in files]
    certificates = {
        m.entry.name: (m.statement, search().decision(m.statement).certificate)
        for m in members[:20]
        if m.true and m.entry and search()(m.statement) == PROVED
    }
    lying = controls(search(), certificates)
    assert lying.keys() == FIRST.keys()
    assert any(FIRST[name] in failure for failure in failures(lying[name], members))


# -- the whole way -----------------------------------------------------------------------------------------


def test_the_kernel_alone_accepts_what_was_found(tmp_path: Path) -> None:
    wanted: list[str] = []
    for file in KINDS:
        members = [m for m in written() if m.file == file and not (m.true and EVERY > 1)][: 400 // EVERY]
        found = [(m.statement, search().decision(m.statement)) for m in members]
        settled = [(s, d) for s, d in found if d.status != UNKNOWN]
        claims = "\n".join(s.written for s, _ in settled)
        (tmp_path / f"{file}.claim").write_text(claims, encoding="utf-8")
        (tmp_path / f"{file}.cert").write_text(HEADER + "".join(d.certificate for _, d in settled))
        wanted += [f"{s.name} {d.status}" for s, d in settled]
    kernel = Path(symcnn.__file__).parent / "kernel"
    command = [sys.executable, "-I", "-S", str(kernel), str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert sorted(line.split(": ")[1] for line in printed.splitlines() if ".cert: " in line) == sorted(wanted)


def some(file: str, every: int) -> list[Entry]:
    return list(entries(file)[:: every if EVERY > 1 else 1])


def test_documents_are_checked_from_beginning_to_end() -> None:
    listed = some("documents", 12)
    text = "\n".join(
        f"# {e.name}{k}\n\n{document(e, section)}"
        for e in listed
        for k, section in enumerate(("claim", "true"))
        if e.get(section)
    )
    report = symcnn.check(text, seconds=SECONDS)
    wrong = [e.name for e in listed if report[e.name].status != "refuted"]
    assert wrong == []
    assert [e.name for e in listed if e.get("true") and report[f"{e.name}'"].status == "refuted"] == []


def test_relations_are_proved_and_refuted_from_beginning_to_end() -> None:
    for entry in [*some("relations", 16), *some("sameness", 6)]:
        claim, assumed = in_python(entry, "claim")
        assert symcnn.prove(claim, assumed, seconds=SECONDS).status == REFUTED, entry.name


def test_a_calculation_with_a_wrong_step_is_not_proved_and_the_step_is_named() -> None:
    for entry in some("calculations", 5):
        claim, assumed = in_python(entry, "claim")
        found = calculated(claim).prove(assumed, seconds=SECONDS)
        assert found.status != PROVED, entry.name
        assert found.first_wrong is not None
        assert found.first_wrong.number == int(entry.get("step"))
        claim, assumed = in_python(entry, "true")
        assert calculated(claim).prove(assumed, seconds=SECONDS).status == PROVED, entry.name


def test_what_is_no_kernel_of_two_layers_is_refuted() -> None:
    for entry in entries("decompositions"):
        assert in_python(entry, "claim")[0].status == REFUTED, entry.name
        assert in_python(entry, "true")[0].status == PROVED, entry.name
