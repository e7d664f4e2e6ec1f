"""``symcnn check`` and ``symcnn demo``: what is printed, exit codes, and the errors that users meet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcnn.cli import main

ROOT = Path(__file__).parent.parent
RIGHT = "```symcnn\ngiven K, C : int >= 1\n```\n\n<!-- claim a -->\n$$ K + K = 2K $$\n"
WRONG = RIGHT.replace("2K", "KC")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "right.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.md").write_text(WRONG, encoding="utf-8")
    (tmp_path / "README.md").write_text("# Nothing is claimed here\n", encoding="utf-8")
    return tmp_path


def test_a_right_solution(folder: Path) -> None:
    done = run("check", str(folder / "right.md"))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:2] == [str(folder / "right.md"), "  a  proved"]
    assert "1 proved, 0 refuted, 0 unknown" in done.stdout
    assert "all as expected" in done.stdout


def test_a_wrong_solution(folder: Path) -> None:
    done = run("check", str(folder / "wrong.md"))
    assert done.exit_code == 1
    assert "  a  refuted  expected: proved" in done.stdout
    assert "counterexample: K = 1, C = 1" in done.stdout
    assert "1 not as expected" in done.stdout


def test_a_folder_is_searched_for_documents_with_claims(folder: Path) -> None:
    done = run("check", str(folder), "--json")
    found = json.loads(done.stdout)
    assert [(Path(c["file"]).name, c["status"]) for c in found["claims"]] == [
        ("right.md", "proved"),
        ("wrong.md", "refuted"),
    ]
    assert found["summary"]["deviating"] == 1


def test_what_is_saved_is_replayed(folder: Path) -> None:
    assert run("check", str(folder / "right.md"), "--replay").exit_code == 3
    done = run("check", str(folder / "right.md"), "--save")
    assert "saved in" in done.stdout
    assert (folder / "right.claim").exists()
    assert run("check", str(folder / "right.md"), "--replay").exit_code == 0
    assert run("prove", str(folder / "right.claim"), "--replay").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.md",), "missing.md: there is no such file or folder"),
        (("right.md", "--replay", "--search"), "--replay and --search exclude each other"),
        (("right.md", "--seconds", "0"), "--seconds 0 must be a number above 0"),
        (("empty",), "there is no document with claims below this folder"),
    ],
)
def test_errors(
    arguments: tuple[str, ...], message: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder)
    done = run("check", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_what_is_not_read_is_named_with_its_place(folder: Path) -> None:
    path = folder / "wrong.md"
    path.write_text(RIGHT + "\n<!-- claim b -->\n$$ K = L $$\n", encoding="utf-8")
    done = run("check", str(path))
    assert done.exit_code == 2
    assert "  a  proved" in done.stdout
    # Lines are as wide as the terminal, so that the path may be broken.
    assert f"{path}:9:8:Lisnotdeclared" in "".join(done.stdout.split())


def test_documents_of_the_library_in_json() -> None:
    done = run(
        "check",
        *(str(ROOT / "proofs" / "claims" / f"document_00{k}.md") for k in (2, 3)),
        "--replay",
        "--json",
    )
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["summary"]["unknown"] == 0
    ids = {claim["id"] for claim in found["claims"]}
    assert {"C1", "C27", "D11"} <= ids
    assert all(claim["corrected"] for claim in found["claims"] if claim["status"] == "refuted")


def test_the_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symcnn.export.pdf.has_latex", lambda: False)
    done = run("demo", "--output", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert "  E16.5        refuted\n" in done.stdout
    assert "all as expected" in done.stdout
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert not (tmp_path / "out" / "report.pdf").exists()
    assert "pdflatex is not installed" in done.stdout
