"""LaTeX to PDF with pdflatex, in a folder of its own and without rights."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

SECONDS = 120
_ERROR = re.compile(r"^! (.*)$", re.MULTILINE)
_LINE = re.compile(r"^l\.(\d+) ", re.MULTILINE)


def has_latex() -> bool:
    """Whether pdflatex is there."""
    return shutil.which("pdflatex") is not None


def pdflatex() -> str:
    """The path of pdflatex; raises ``ValueError`` where there is none."""
    program = shutil.which("pdflatex")
    if program is None:
        raise ValueError(
            "pdflatex is not installed (Debian: apt-get install texlive-latex-base); write .html or .tex"
        )
    return program


def compiled(text: str, files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """The PDF of a document that consists of its LaTeX and the files that it shows, and what pdflatex said.

    Raises ``ValueError`` where there is no pdflatex, where it takes too long, and where it fails.
    """
    program = pdflatex()
    settings = {
        **os.environ,
        "openout_any": "p",
        "openin_any": "p",
        "shell_escape": "f",
        "max_print_line": "1000",
    }
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "page.tex").write_text(text, encoding="ascii")
        for name, data in files.items():
            (folder / name).write_bytes(data)
        said = ""
        for _ in range(2):
            try:
                run = subprocess.run(
                    [program, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
                    cwd=folder, env=settings, capture_output=True, encoding="latin-1",
                    stdin=subprocess.DEVNULL, timeout=SECONDS, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise ValueError(f"pdflatex took more than {SECONDS} seconds") from None
            said = run.stdout
            if run.returncode:
                raise ValueError(_failure(said, text))
        return (folder / "page.pdf").read_bytes(), said


def _failure(said: str, text: str) -> str:
    """The first error, and the line of LaTeX in which it is."""
    error, place = _ERROR.search(said), _LINE.search(said)
    reason = error[1] if error else said.strip()[-300:] or "no message"
    lines = text.split("\n")
    row = int(place[1]) if place else 0
    where = f", in line {row} of the LaTeX: {lines[row - 1].strip()[:200]}" if 0 < row <= len(lines) else ""
    return f"pdflatex failed: {reason}{where}"
