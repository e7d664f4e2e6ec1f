"""The stored proofs: each statement has a certificate, which the kernel accepts with the expected verdict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, replay
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import read_file
from tests.claims_at_small_sizes import claim_of, claims, complete, expected
from tests.test_documents_five import IDS

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "proofs").rglob("*.claim"))

# The statements that are false as the sources make them: of a claim with several relations, or a chain, each
# that does not hold. A theorem whose name ends in "_fails" is false too: it says what one might expect.
FALSE = {
    "document_000": "A4 A6 A7a.2 A7b.2 A13b A19b A19c A20b A21b A24 A25 A28",
    "document_001": "B4a.2 B10a B10c B11c B18e B18g",
    "document_002": "C2.1 C3 C8b C12a.1 C12a.2 C13 C14b C15 C21 C24",
    "document_003": "D10",
    "document_004": "E4 E8a E8b E14b E14c E16.5.from.E16.4 "
    "E16.5 E16.6 E16.7 E16.8 E16.9 E16.10 E16.11 E16.12 E16.13 E16.14 E17",
    "composition": "max_pools_with_gaps",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_statement_is_proved_or_refuted_as_expected(file: Path) -> None:
    statements = read_file(file)
    verdicts = {v.name: v for v in replay(statements, read_text(file.with_suffix(".cert")))}
    false = set(FALSE.get(file.stem, "").split()) | {s.name for s in statements if s.name.endswith("_fails")}
    for statement in statements:
        verdict = verdicts.pop(statement.name)
        assert verdict.status == (REFUTED if statement.name in false else PROVED), verdict
    assert not verdicts


@pytest.mark.parametrize("document", IDS)
def test_the_false_claims_of_a_document_have_corrections_and_the_others_none(document: str) -> None:
    names = [name for name in FALSE[f"document_{document}"].split() if ".from." not in name]
    false = {claim_of(name) for name in names}
    assert false == {name for name in IDS[document].split() if not expected(name)}
    assert complete(document)
    assert {name for name in claims(document) if name.endswith("'")} == {f"{name}'" for name in false}


def test_they_replay_in_a_bare_interpreter_from_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(ROOT / "symcnn" / "kernel"), str(ROOT / "proofs")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == sum(len(read_file(file)) for file in FILES)


def test_no_certificate_holds_a_statement() -> None:
    for file in FILES:
        certificates = read_text(file.with_suffix(".cert"))
        assert "theorem" not in certificates
        assert "claim" not in certificates
