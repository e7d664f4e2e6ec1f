"""The page with what the search finds: written in full or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import theorems
from tests.test_cli_prove import FALSE, HARD, TRUE, files
from tests.test_docs import ROOT, anchors, links


def test_a_page_is_written(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE + FALSE.replace("false", "it_fails"))
    page = tmp_path / "theorems.md"
    assert theorems.main([str(path), "--seconds", "10", "--output", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert f"| [{path}](#" in text
    assert "| **all** | 2 | 1 | 1 | 0 |" in text
    assert "| true | PROVED |" in text
    assert "| it_fails | REFUTED |" in text
    assert {link.removeprefix("#") for link in links(page)} <= anchors(page)


def test_what_is_not_as_expected_is_said(tmp_path: Path, capfd) -> None:
    path = files(tmp_path, FALSE)
    assert theorems.main([str(path), "--seconds", "10", "--output", str(tmp_path / "page.md")]) == 1
    assert "false is REFUTED, expected PROVED" in capfd.readouterr().out


def test_a_file_that_cannot_be_read(tmp_path: Path, capfd) -> None:
    path = files(tmp_path, "theorem")
    assert theorems.main([str(path), "--output", str(tmp_path / "page.md")]) == 2
    assert "without an answer" in capfd.readouterr().err
    assert not (tmp_path / "page.md").exists()


def children(process: int | str) -> list[str]:
    """The processes that a process has begun."""
    try:
        return Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return []


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="this system does not say what processes there are"
)
def test_an_interruption_leaves_the_page_alone(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE + HARD)
    page = tmp_path / "theorems.md"
    page.write_text("before", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "benchmarks.theorems",
        str(path),
        "--seconds",
        "200",
        "--output",
        str(page),
    ]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 60
        while not any(children(child) for child in children(process.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        # As a terminal does it: to all that belongs to the command.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (130, "")
    assert "unknown" in out
    assert page.read_text(encoding="utf-8") == "before"
