"""The five documents of ``proofs/claims``: every claim of their sources has its verdict, none is unknown."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from symcnn import Report, check
from symcnn.documents.report import Checked

CLAIMS = Path(__file__).parent.parent / "proofs" / "claims"

# The claims that do not hold; all others do.
IDS = {
    "000": (
        "A1 A2 A3 A4 A5 A6 A7a A7b A8a A8b A9a A9b A10a A10b A11a A11b A12 A13a A13b A14 A15 A16 A17 "
        "A18 A19a A19b A19c A20a A20b A21a A21b A22 A23 A24 A25 A26 A27 A28 A29 A31 A32 A33 "
    ),
    "001": (
        "B1 B2 B2m B2c B3 B4a B4b B4c B4d B4e B4f B5 B6 B7 B8 B9a B9b B9c B9d B9e B10a B10b B10c B10d "
        "B11a B11b B11c B12 B13 B14 B15 B16a B16b B17 B18a B18b B18c B18d B18e B18f B18g B19a B19b "
    ),
    "002": (
        "C1 C2 C3 C4 C5 C6 C7 C8a C8b C9 C10 C11 C12a C12b C12c C12d C13 C14a C14b C15 C16 C17 C18 "
        "C19 C20 C21 C22 C23 C24 C25 C26 C27 "
    ),
    "003": ("D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11 "),
    "004": (
        "E1 E2 E3 E4 E5a E5b E6 E7 E8a E8b E9 E10 E11 E12 E13 E14a E14b E14c E15 E16.1 E16.2 E16.3 "
        "E16.4 E16.5 E16.6 E16.7 E16.8 E16.9 E16.10 E16.11 E16.12 E16.13 E16.14 E17 "
    ),
}
WRONG = (
    "A4 A6 A7a A7b A13b A19b A19c A20b A21b A24 A25 A28 B4a B10a B10c B11c B18e B18g C2 C3 C8b C12a "
    "C13 C14b C15 C21 C24 D10 E4 E8a E8b E14b E14c E16.5 E16.6 E16.7 E16.8 E16.9 E16.10 E16.11 E16.12 "
    "E16.13 E16.14 E17 "
)
ALL = [(document, claim) for document, claims in IDS.items() for claim in claims.split()]


@cache
def report(document: str) -> Report:
    return check(CLAIMS / f"document_{document}.md", search=False)


def told(checked: Checked) -> dict[str, str]:
    return {finding.kind: finding.text for finding in checked.findings}


@pytest.mark.parametrize(("document", "claim"), ALL, ids=[claim for _, claim in ALL])
def test_the_claim_has_its_verdict_and_a_wrong_one_is_corrected(document: str, claim: str) -> None:
    found = report(document)[claim]
    assert found.status == ("refuted" if claim in WRONG.split() else "proved")
    assert found.expected == found.status
    if claim in WRONG.split():
        correction = report(document)[f"{claim}'"]
        assert correction.status == "proved"
        assert found.correction is correction.claim


@pytest.mark.parametrize("document", IDS)
def test_all_is_read_and_as_expected(document: str) -> None:
    found = report(document)
    assert found.faults == ()
    assert found.code == 0
    assert [c.name for c in found.claims if c.status not in ("proved", "refuted")] == []


def test_the_first_wrong_range_is_named_and_the_others_follow_from_it() -> None:
    ranges = [report("004")[f"E16.{k}"] for k in range(1, 15)]
    assert next(c.name for c in ranges if c.status == "refuted") == "E16.5"
    assert "does not follow from E16.4" in told(ranges[4])["step"]
    assert [c.follows_from for c in ranges[5:]] == [f"E16.{k}" for k in range(5, 14)]


@pytest.mark.parametrize(
    ("document", "claim", "kind", "text"),
    [
        ("000", "A7a", "rounded", "6.15e5"),
        ("000", "A7b", "rounded", "6.16e5"),
        ("001", "B4a", "derived", "614,656"),
        ("004", "E4", "ratio", "C_in"),
        ("004", "E4", "condition", "C_in = 1"),
        ("004", "E8a", "derived", "75,497,472"),
        ("004", "E8b", "derived", "4,831,838,208"),
        ("002", "C8b", "difference", "1,024"),
        ("002", "C14b", "rounded", "7.0e4"),
        ("002", "C13", "ratio", "b^2"),
        ("000", "A25", "condition", "L_r = 2*F_r - 2"),
    ],
)
def test_what_would_be_right_is_said(document: str, claim: str, kind: str, text: str) -> None:
    assert told(report(document)[claim])[kind] == text


@pytest.mark.parametrize("document", IDS)
def test_no_names_of_people_and_no_long_lines(document: str) -> None:
    text = (CLAIMS / f"document_{document}.md").read_text(encoding="utf-8")
    assert not re.search(r"Salimi|Ahmad|AI-Med", text)
    assert text.startswith("# ")
