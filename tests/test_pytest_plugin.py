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
        "wrong.md:12:8: B is not read: M is not declared; declare it, as in given M : int >= 1",
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


# ---------------------------------------------------------------- functions below @claim

FUNCTIONS = """
import pytest
from symcnn import claim, dims, eq, ge, le

L, K, S = dims("L K S")


@claim
def windows():
    return eq((L - K)//S + 1, (L - K + S)//S), [ge(L, K)]


@claim(expected="refuted")
def too_many():
    return eq((L - K)//S + 1, (L + S - 1)//S), [ge(L, K)]


@claim(seconds=1e-9, seed=7)
def test_hard():
    return eq((L - K)//S + 1, (L - K + S)//S), [ge(L, K)]


@pytest.mark.parametrize("factor", [1, 2])
@claim
def multiples(factor, tmp_path):
    return le(L, factor*L)


class TestGroup:
    @claim
    def smaller(self):
        return le(L, L - 1)


@claim
def forgotten():
    le(L, L)


def test_other():
    pass
"""
TURNED = """
import numpy as np
from symcnn import ArrayIdentity, Tensor, claim, dims, ge

L, K = dims("L K")


@claim
def turned():
    return ArrayIdentity(
        name="correlation is convolution",
        tensors=[Tensor("x", (L,)), Tensor("w", (K,))],
        given=[ge(L, K)],
        left=lambda x, w: np.correlate(x, w, "valid"),
        right=lambda x, w: np.convolve(x, w, "valid"),
    )
"""
SUMMARY = re.compile(r"^=+ symcnn =+\n(.*?)^=", re.MULTILINE | re.DOTALL)


def module(folder: Path, text: str = FUNCTIONS) -> Path:
    (folder / "test_paper.py").write_text(text, encoding="utf-8")
    return folder


def summary(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What the plugin says below the tests."""
    found = SUMMARY.search(done.stdout)
    return [] if found is None else found[1].strip("\n").splitlines()


@pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "2"]], ids=["alone", "two workers"])
def test_claims_are_tests_whatever_their_name_is(tmp_path: Path, workers: list[str]) -> None:
    done = run(module(tmp_path), "-rA", "-o", "console_output_style=classic", *workers)
    told = dict(
        re.findall(r"^(?:PASSED|FAILED) test_paper.py::(\S+)(?: - (.*))?$", done.stdout, re.MULTILINE)
    )
    assert {name: text.partition(";")[0] for name, text in told.items()} == {
        "windows": "",
        "too_many": "",
        "test_hard": "",
        "multiples[1]": "",
        "multiples[2]": "",
        "test_other": "",
        "TestGroup::smaller": "Failed: test_paper.py:30: smaller is refuted, expected: holds",
        "forgotten": "Failed: test_paper.py:35: forgotten returned None",
    }
    assert summary(done) == [
        "claims: 3 proved, 1 tested (200 random cases), 2 refuted (1 not as expected)",
        "  tested, not proved: test_paper.py::test_hard, 200 random cases (seed 7)",
    ]
    assert "  counterexample: L = 1" in done.stdout.splitlines()
    assert "pytest_plugin.py" not in done.stdout


def test_claims_of_functions_and_of_documents_are_counted_together(tmp_path: Path) -> None:
    files(tmp_path, right=RIGHT)
    done = run(module(tmp_path), "right.md", "test_paper.py::windows", "--junitxml=out.xml")
    assert summary(done) == ["claims: 2 proved, 1 refuted (as expected)"]
    xml = (tmp_path / "out.xml").read_text(encoding="utf-8")
    assert xml.count('<property name="symcnn" value="proved" />') == 2
    assert xml.count('<property name="symcnn" value="refuted" />') == 1


def test_seconds_trials_and_seed_can_be_given(tmp_path: Path) -> None:
    text = FUNCTIONS.replace("seconds=1e-9, seed=7", "")
    asked = ("--symcnn-seconds", "1e-9", "--symcnn-trials", "30", "--symcnn-seed", "11")
    done = run(module(tmp_path, text), "test_paper.py::test_hard", *asked)
    assert summary(done) == [
        "claims: 1 tested (30 random cases)",
        "  tested, not proved: test_paper.py::test_hard, 30 random cases (seed 11)",
    ]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (["--symcnn-trials=0"], "--symcnn-trials 0 must be a whole number of at least 1"),
        (["--symcnn-seed=-1"], "--symcnn-seed -1 must be a whole number of at least 0"),
        (["-o", "symcnn_trials=many"], "symcnn_trials many must be a whole number of at least 1"),
    ],
)
def test_numbers_that_are_none_are_refused(tmp_path: Path, asked: list[str], reason: str) -> None:
    done = run(tmp_path, *asked)
    assert done.returncode == 4
    assert reason in done.stderr


def test_a_failing_random_case_comes_with_a_script(tmp_path: Path) -> None:
    done = run(module(tmp_path, TURNED), "--symcnn-seed", "3")
    assert done.returncode == 1
    assert "test_paper.py:8: turned is falsified, expected: holds" in done.stdout
    assert summary(done) == ["claims: 1 refuted (by a random case; not as expected)"]
    script = done.stdout.partition("this script reproduces it:")[2].partition("====")[0]
    lines = [line.removeprefix("    ") for line in script.strip("\n").splitlines()]
    (tmp_path / "script.py").write_text("\n".join(lines), encoding="utf-8")
    again = subprocess.run(
        [sys.executable, tmp_path / "script.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert again.returncode == 1
    assert "AssertionError" in again.stderr


def test_where_there_are_no_claims_nothing_is_said(tmp_path: Path) -> None:
    done = run(module(tmp_path, "def test_it(): pass\n"))
    assert done.returncode == 0
    assert "symcnn" not in done.stdout.replace(str(ROOT), "")


AWKWARD = """
from symcnn import ArrayIdentity, claim, dims, eq, le

N, K = dims("N K")


@claim
def with_a_default(n=3):
    return le(n * N, n * N * K)


@claim
def given_a_text():
    return eq(N, K), "N = K"


@claim(expected="refuted")
def raising():
    return ArrayIdentity(name="quotient", left=lambda: 1, right=lambda: divided(0))


def divided(n):
    return 1 / n


@claim
def numbers():
    return ArrayIdentity(name="two", left=lambda: 1 + 1, right=lambda: 2)
"""


def test_errors_about_what_is_claimed_have_no_traceback_into_the_package(tmp_path: Path) -> None:
    done = run(module(tmp_path, AWKWARD), "--symcnn-seed", "3")
    assert "test_paper.py:12: TypeError: 'N = K' (str) is no relation" in done.stdout
    assert "test_paper.py:17: ValueError: quotient: right raises ZeroDivisionError" in done.stdout
    assert "return 1 / n" in done.stdout
    assert "pytest_plugin.py" not in done.stdout
    assert summary(done) == [
        "claims: 1 proved, 1 tested (1 random case)",
        "  tested, not proved: test_paper.py::numbers, 1 random case (seed 3)",
    ]


IN_CLASSES = """
import unittest

import pytest
from hypothesis import given, strategies
from symcnn import claim, dims, le

N, K = dims("N K")


class TestGroup:
    factor = K

    @staticmethod
    @claim
    def below():
        return le(N, N*K)

    @claim
    @staticmethod
    def above():
        return le(N, N*K)

    @classmethod
    @claim(expected="refuted")
    def by_class(cls, number):
        return le(number*N*cls.factor, N)

    @pytest.fixture
    def number(self):
        return 2


class Old(unittest.TestCase):
    def setUp(self):
        self.factor = K

    @claim
    def test_products(self):
        return le(N, N*self.factor)

    @claim(seconds=1e-9, trials=7, seed=3)
    def test_hard(self):
        return le(N, N*self.factor)

    @unittest.skip("not now")
    @claim
    def test_later(self):
        return le(N, N - 1)

    @claim
    def test_wrong(self):
        return le(N, N - self.factor)


@given(strategies.integers(1, 5))
@claim
def test_given(factor):
    return le(N, N*factor)
"""


def test_claims_in_classes_of_all_kinds_are_tests(tmp_path: Path) -> None:
    done = run(module(tmp_path, IN_CLASSES), "-rA", "-o", "console_output_style=classic")
    told = dict(
        re.findall(r"^(?:PASSED|FAILED) test_paper.py::(\S+)(?: - (.*))?$", done.stdout, re.MULTILINE)
    )
    assert told.pop("test_given").startswith("Failed: test_given: @claim and @given do not go together")
    assert told == {
        "TestGroup::below": "",
        "TestGroup::above": "",
        "TestGroup::by_class": "",
        "Old::test_products": "",
        "Old::test_hard": "",
        "Old::test_wrong": "Failed: test_paper.py:51: test_wrong is refuted, expected: holds",
    }
    assert "1 skipped" in done.stdout
    assert summary(done) == [
        "claims: 3 proved, 1 tested (7 random cases), 2 refuted (1 not as expected)",
        "  tested, not proved: test_paper.py::Old::test_hard, 7 random cases (seed 3)",
    ]


def test_a_claim_that_unittest_would_pass_over_is_an_error(tmp_path: Path) -> None:
    done = run(module(tmp_path, IN_CLASSES.replace("test_wrong", "wrong")))
    assert done.returncode == 2
    assert (
        "Old.wrong: the claims of a unittest.TestCase are found by their names alone; call it test_wrong, "
        "or take a class that is no TestCase" in done.stdout.splitlines()
    )
