"""``symcnn new``: the template, which is a claim document in which all is as expected."""

from pathlib import Path

import pytest

from symcnn.documents.checking import check
from symcnn.documents.directives import VERDICTS
from symcnn.documents.document import read_document
from symcnn.documents.template import template
from tests.test_cli import error, output, run


def test_the_template_is_written_and_never_over_something(tmp_path: Path) -> None:
    path = tmp_path / "solution.md"
    assert output("new", str(path)) == f"wrote {path}; next: symcnn check {path}\n"
    assert path.read_text(encoding="utf-8") == template()
    path.write_text("mine", encoding="utf-8")
    assert error("new", str(path)).startswith(f"{path} exists; choose another name, or remove it first")
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("solution", "a claim document is Markdown; write solution.md"),
        ("solution.tex", "a claim document is Markdown; write solution.md"),
        ("nowhere/solution.md", "there is no folder"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, message: str) -> None:
    path = tmp_path / name
    done = run("new", str(path))
    assert done.exit_code == 2
    assert message in done.stderr
    assert str(path) in done.stderr
    assert not list(tmp_path.iterdir())


def test_every_claim_of_the_template_is_as_expected() -> None:
    report = check(template())
    assert report.faults == ()
    assert {checked.name: checked.status for checked in report if checked.deviates} == {}
    assert report.code == 0


def test_the_template_shows_what_there_is() -> None:
    text = template()
    for kind in (
        "layer ",
        "let ",
        "given ",
        "aligned",
        r"\propto",
        r"\sim",
        r"\approx",
        "```claim",
        "```derive",
        r"\le",
    ):
        assert kind in text
    for comment in ("<!-- assume -->", "<!-- no claim -->", "as H grow", "in C_out"):
        assert comment in text
    expected = {claim.expected for claim in read_document(text).claims}
    assert expected == {*VERDICTS} - {"unknown"}
