"""The pytest plugin: documents with claims are collected, one test a claim, and nothing else is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from symcnn.documents.checking import check, save
from symcnn.documents.markdown import MAX_TEXT, claims_something
from symcnn.documents.template import template

ROOT = Path(__file__).resolve().parent.parent

GIVEN = "```symcnn\ngiven N, K : int >= 1\n```\n\n"
RIGHT = GIVEN + "<!-- claim A -->\n$$ N + K = K + N $$\n\n<!-- claim B: refuted -->\n$$ N = K $$\n"
WRONG = """# Wrong

```symcnn
given N, K : int >= 1
given 3
```

<!-- claim A -->
$$ N K = N $$

<!-- claim B -->
$$ N = M $$

<!-- claim C -->
$$ N + K = K + N = N $$

<!-- claim D: refuted -->
$$ N = N $$
"""


def run(folder: Path, *args: str, plugin: str = "symcnn.pytest_plugin") -> subprocess.CompletedProcess[str]:
    """pytest in a process of its own, in a folder, with this plugin alone."""
    dropped = ("PYTEST_", "COLUMNS", "CI")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", plugin, "-p", "no:cacheprovider", "-W", "error", *args],
        cwd=folder,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )


def outcomes(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What came of each test, by its name; of pytest with -v."""
    found = re.findall(r"^(\S+\.md::.+?) (PASSED|FAILED)", done.stdout, re.MULTILINE)
    return {name: outcome.lower() for name, outcome in found}


def files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


# ---------------------------------------------------------------- what is collected


def test_each_claim_is_a_test(tmp_path: Path) -> None:
    done = run(files(tmp_path, right=RIGHT), "-v")
    assert outcomes(done) == {"right.md::A": "passed", "right.md::B": "passed"}
    assert done.returncode == 0


def test_one_claim_can_be_asked_for(tmp_path: Path) -> None:
    done = run(files(tmp_path, right=RIGHT), "-v", "right.md::B")
    assert outcomes(done) == {"right.md::B": "passed"}


@pytest.mark.parametrize(
    ("text", "collected"),
    [
        (RIGHT, True),
        (GIVEN + "$$ N = N $$", True),
        (GIVEN, False),
        ("<!-- claim A -->\n$$ 1 = 1 $$", True),
        ("<!--claim-->\n$$ 1 = 1 $$", True),
        ("```symcnn\nnot closed\n\n$$ 1 = 1 $$", True),
        ("<!-- claim A -->" + "x" * MAX_TEXT, True),
        ("", False),
        ("# Words\n\nA claim, and symcnn.\n", False),
        ("A formula: $$ a = b $$", False),
        ("```claim\ntheorem t \"\"\n  claim 1 = 1\n```", False),
        ("````markdown\n```symcnn\ngiven N : int\n```\n\n<!-- claim A -->\n````\n", False),
        ("Write `<!-- claim A -->` above it.", False),
        ("```python\n>>> '''\n... ```symcnn\n... <!-- claim A -->\n```\n", False),
        ("<!-- claims are comments -->", False),
    ],
)  # fmt: skip
def test_a_document_is_known_by_what_it_claims(tmp_path: Path, text: str, collected: bool) -> None:
    assert claims_something(files(tmp_path, a=text) / "a.md") == collected


def test_pages_that_only_show_documents_are_not_collected() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert [page.name for page in pages if claims_something(page)] == []
    assert claims_something(ROOT / "docs" / "examples" / "convolution.md")


def test_other_files_are_not_collected(tmp_path: Path) -> None:
    files(tmp_path, README="# A claim with symcnn\n\n$$ a = b $$\n")
    (tmp_path / "right.txt").write_text(RIGHT, encoding="utf-8")
    done = run(tmp_path, "-v")
    assert done.returncode == 5, done.stdout
    assert "collected 0 items" in done.stdout


def test_documents_beside_the_tests_that_are_asked_for_are_not_collected(tmp_path: Path) -> None:
    files(tmp_path, right=RIGHT)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "test_it.py").write_text("def test_it(): pass\n", encoding="utf-8")
    for asked in ("inner", "inner/test_it.py"):
        assert "collected 1 item" in run(tmp_path, asked).stdout


@pytest.mark.parametrize("line", ["symcnn_documents = false"])
def test_it_can_be_turned_off(tmp_path: Path, line: str) -> None:
    files(tmp_path, right=RIGHT)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{line}\n", encoding="utf-8")
    assert run(tmp_path).returncode == 5


# ---------------------------------------------------------------- what is said


def test_what_is_not_as_expected_fails_and_says_why(tmp_path: Path) -> None:
    done = run(files(tmp_path, wrong=WRONG), "-v")
    assert done.returncode == 1
    assert outcomes(done) == {f"wrong.md::{name}": "failed" for name in ("line 5", "A", "B", "C", "D")}
    for line in (
        "wrong.md:5:7: a name is missing before '3'",
        "wrong.md:9:3: A is refuted, expected: proved",
        "  N K = N",
        "  counterexample: N = 1, K = 2",
        "  it holds exactly when K = 1",
        "wrong.md:12:8: B is not read: M is not declared; declare it",
        "  first wrong step: K + N = N",
        "wrong.md:18:3: D is proved, expected: refuted",
    ):
        assert line in done.stdout.splitlines()
    assert "Traceback" not in done.stdout
    assert "pytest_plugin" not in done.stdout.partition("FAILURES")[2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\n", "byte 0xff is not UTF-8"),
        (b"x" * MAX_TEXT, f"more than {MAX_TEXT} characters"),
    ],
)
def test_what_cannot_be_read_fails_alone(tmp_path: Path, content: bytes, reason: str) -> None:
    files(tmp_path, right=RIGHT)
    (tmp_path / "bad.md").write_bytes(GIVEN.encode() + b"$$ N = N $$\n" + content)
    done = run(tmp_path, "-v")
    assert outcomes(done) == {
        "bad.md::L5": "passed",
        "bad.md::line 6": "failed",
        "right.md::A": "passed",
        "right.md::B": "passed",
    }
    assert reason in done.stdout


def test_failures_have_their_place(tmp_path: Path) -> None:
    done = run(
        files(tmp_path, wrong=WRONG), "--tb=line", "-q", "--junitxml=out.xml", "-o", "junit_family=xunit1"
    )
    assert done.returncode == 1
    assert 'name="A" file="wrong.md" line="8"' in (tmp_path / "out.xml").read_text(encoding="utf-8")


# ---------------------------------------------------------------- certificates, seconds, workers

HARD = GIVEN.replace("N, K", "a, b, c") + "<!-- claim fermat -->\n$$ a^3 + b^3 \\ne c^3 $$\n"


def test_stored_certificates_are_replayed_and_others_searched_for(tmp_path: Path) -> None:
    files(tmp_path, right=RIGHT)
    save(check(tmp_path / "right.md"))
    assert (tmp_path / "right.cert").is_file()
    # So little time is enough for no search.
    assert run(tmp_path, "--symcnn-seconds", "1e-9").returncode == 0
    (tmp_path / "right.cert").unlink()
    done = run(tmp_path, "--symcnn-seconds", "1e-9")
    assert "A is unknown, expected: proved" in done.stdout


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "a.cert").write_text("none\n", encoding="utf-8")
    done = run(tmp_path, "-v", "a.md")
    assert "a.cert: line 1, column 1: no prove" in done.stdout
    assert "Traceback" not in done.stdout
    assert "def check_all" not in done.stdout


def test_the_seconds_can_be_set_in_the_configuration(tmp_path: Path) -> None:
    files(tmp_path, hard=HARD)
    (tmp_path / "pytest.ini").write_text("[pytest]\nsymcnn_seconds = 1\n", encoding="utf-8")
    done = run(tmp_path)
    assert "fermat is unknown, expected: proved" in done.stdout
    assert "neither proved nor refuted; tried:" in done.stdout


@pytest.mark.parametrize("given", ["0", "soon"])
def test_seconds_that_are_none_are_refused(tmp_path: Path, given: str) -> None:
    done = run(tmp_path, f"--symcnn-seconds={given}")
    assert done.returncode == 4
    assert f"--symcnn-seconds {given} must be a number above 0" in done.stderr


@pytest.mark.parametrize("how", ["load", "loadgroup"])
def test_documents_are_distributed_to_workers(tmp_path: Path, how: str) -> None:
    files(tmp_path, right=RIGHT, wrong=WRONG)
    done = run(tmp_path, "-p", "xdist", "-n", "2", "--dist", how)
    assert "5 failed, 2 passed" in done.stdout, done.stdout


# ---------------------------------------------------------------- what it costs, and how it is found

IMPORTED = """
import sys

def pytest_unconfigure():
    found = [name for name in sys.modules if name.partition(".")[0] in ("symcnn", "sympy", "z3")]
    print("IMPORTED", *sorted(found))
"""


@pytest.mark.parametrize("beside", [{}, {"README": "# Nothing\n\n$$ a = b $$\n"}])
def test_it_imports_nothing_where_there_is_nothing(tmp_path: Path, beside: dict[str, str]) -> None:
    files(tmp_path, **beside)
    (tmp_path / "conftest.py").write_text(IMPORTED, encoding="utf-8")
    done = run(tmp_path)
    assert done.returncode == 5
    assert "IMPORTED symcnn symcnn.pytest_plugin\n" in done.stdout + "\n"


@pytest.fixture
def installed(tmp_path: Path) -> str:
    """A folder to be imported from, in which the entry points of this project are declared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folder = tmp_path / "installed" / "symcnn-0.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: symcnn\nVersion: 0.0\n", encoding="utf-8")
    points = "".join(f"{k} = {v}\n" for k, v in project["entry-points"]["pytest11"].items())
    (folder / "entry_points.txt").write_text(f"[pytest11]\n{points}", encoding="utf-8")
    return str(folder.parent)


@pytest.mark.parametrize(("args", "code"), [([], 0), (["-p", "no:symcnn"], 5)])
def test_it_is_found_by_its_entry_point(tmp_path: Path, installed: str, args: list[str], code: int) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    files(folder, right=RIGHT)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([installed, str(ROOT)])},
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr


def test_the_template_passes(tmp_path: Path) -> None:
    done = run(files(tmp_path, solution=template()), "-v")
    assert done.returncode == 0, done.stdout
    assert len(outcomes(done)) == 9
