"""``symcnn render``: pages of documents, and what is refused."""

from pathlib import Path

import pytest

from tests.oracles import require_program
from tests.test_cli import error, output, run

DOCUMENT = """# Sizes

```symcnn
given N : int >= 1
```

<!-- claim S1 -->
$$ N + N = 2N $$

<!-- claim S2: refuted -->
$$ N^2 = 2N $$
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "my solution.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def test_a_page_is_written_and_written_once_more(document: Path) -> None:
    page = document.with_suffix(".html")
    assert output("render", str(document), "-o", str(page)) == f"{page}\n"
    assert "<b>S2</b> refuted" in page.read_text(encoding="utf-8")
    assert output("render", str(document), "-o", str(page), "--plain") == f"{page}\n"
    assert "refuted" not in page.read_text(encoding="utf-8").partition("<body")[2]


def test_without_certificates_a_replay_knows_nothing(document: Path) -> None:
    page = document.with_suffix(".tex")
    output("render", str(document), "-o", str(page), "--replay")
    assert "2 unknown" in page.read_text(encoding="ascii")


def test_a_folder_is_one_page_with_a_table(document: Path) -> None:
    (document.parent / "other.md").write_text(DOCUMENT.replace("Sizes", "Other sizes"), encoding="utf-8")
    page = document.parent / "report.html"
    output("render", str(document.parent), "-o", str(page), "--replay")
    shown = page.read_text(encoding="utf-8")
    assert shown.count("<article") == 2
    assert "<h1" in shown.partition("<article")[0]


def test_pdf(document: Path) -> None:
    require_program("pdflatex", "texlive-latex-base")
    page = document.with_suffix(".PDF")
    output("render", str(document), "-o", str(page), "--plain")
    assert page.read_bytes().startswith(b"%PDF")


def test_images_of_the_document_stand_beside_its_latex(document: Path) -> None:
    (document.parent / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    document.write_text(DOCUMENT + "\n![a picture](a.png)\n", encoding="utf-8")
    page = document.with_suffix(".tex")
    output("render", str(document), "-o", str(page), "--plain")
    assert r"\image{my-solution-figure-1.png}" in page.read_text(encoding="ascii")
    assert (document.parent / "my-solution-figure-1.png").is_file()


def test_what_is_not_read_is_counted(document: Path) -> None:
    document.write_text(DOCUMENT + "\n$$ N = \n", encoding="utf-8")
    page = document.with_suffix(".html")
    said = output("render", str(document), "-o", str(page), "--plain")
    assert said == f"{page}; 1 place not read, see symcnn check\n"


REFUSED = {
    "no name": ([], "say what to write: -o FILE.html, -o FILE.pdf or -o FILE.tex"),
    "another format": (["-o", "page.docx"], "page.docx: the name has to end in .tex, .pdf, .html"),
    "no ending": (["-o", "page"], "page: the name has to end in .tex, .pdf, .html"),
    "no time": (["-o", "page.html", "--seconds", "0"], "--seconds 0 must be a number above 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(document: Path, case: str) -> None:
    arguments, message = REFUSED[case]
    assert message in error("render", str(document), *arguments)


def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    assert "none.md: there is no such file or folder" in error(
        "render", str(tmp_path / "none.md"), "-o", str(tmp_path / "page.html")
    )


def test_without_pdflatex_nothing_is_searched_for(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    page = document.with_suffix(".pdf")
    done = run("render", str(document), "-o", str(page))
    assert done.exit_code == 2
    assert "pdflatex is not installed" in done.stderr
    assert not page.exists()
