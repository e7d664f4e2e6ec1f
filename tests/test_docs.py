"""The pages: links resolve, commands and scripts print what is shown, the reference is up to date.

The examples with ``>>>`` are doctests, collected by pytest itself.
"""

import doctest
import importlib.util
import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import symcnn
from symcnn.kernel.certificates import replay
from symcnn.kernel.statements import read_statements

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SHOWN = ("derive", "table", "picture", "markdown", "math")  # of claim documents
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
WIDTH = "100"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of the fenced blocks of a page."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """The commands of ``console`` blocks, each with the output shown below it."""
    for language, text in blocks(page):
        if language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield command, shown


def printed(*arguments: str) -> str:
    """Everything that Python prints with these arguments, to standard output and to standard error."""
    environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=environment,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    return done.stdout


def without_margins(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n"


def assert_shown(shown: str, got: str) -> None:
    """The output is the one on the page; ``...`` on the page stands for anything."""
    shown, got = without_margins(shown), without_margins(got)
    if not doctest.OutputChecker().check_output(shown, got, doctest.ELLIPSIS):
        assert got == shown


def links(page: Path) -> list[str]:
    """The targets of the links and pictures of a page."""
    return _LINK.findall(_CODE.sub("", _FENCE.sub("", page.read_text(encoding="utf-8"))))


def anchors(page: Path) -> set[str]:
    """The anchors that the headings of a page make, as on GitHub."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found: list[str] = []
    for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        found.append(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-"))
    return {f"{a}-{n}" if (n := found[:k].count(a)) else a for k, a in enumerate(found)}


@cache
def reference_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        # `make bench` and `make theorems` write these.
        if re.match(r"[a-z]+://", target) or target in ("benchmarks.md", "theorems.md"):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.is_file(), f"{page.name} links to {target}"
        assert found.is_relative_to(ROOT), f"{page.name} links to {target}, outside the project"
        assert not anchor or anchor in anchors(found), f"{page.name} links to {target}"


def test_every_page_is_linked_from_the_index() -> None:
    assert {page.name for page in DOCS.glob("*.md")} - {"index.md"} <= set(links(DOCS / "index.md"))


@pytest.mark.parametrize(
    ("page", "command", "shown"),
    [
        pytest.param(page, command, shown, id=f"{page.name}: {command}")
        for page in PAGES
        for command, shown in commands(page)
    ],
)
def test_commands_print_what_is_shown(page: Path, command: str, shown: str) -> None:
    name, *arguments = shlex.split(command)
    assert name in ("symcnn", "pytest"), f"{page.name} shows {command}"
    more = ["-p", "no:cacheprovider"] if name == "pytest" else []
    assert_shown(shown, printed("-m", name, *more, *arguments))


def test_what_a_page_shows_of_a_file_stands_there() -> None:
    files = [path.read_text(encoding="utf-8") for path in (DOCS / "examples" / "paper").glob("*.py")]
    shown = [
        t for language, t in blocks(DOCS / "testing-formulas.md") if language == "python" and ">>>" not in t
    ]
    assert len(shown) == 4
    assert [text for text in shown if not any(text.strip() in file for file in files)] == []


def test_the_script_of_the_readme_prints_what_is_shown(tmp_path: Path) -> None:
    readme = blocks(ROOT / "README.md")
    position = next(
        k for k, (language, text) in enumerate(readme) if language == "python" and ">>>" not in text
    )
    script = tmp_path / "script.py"
    script.write_text(readme[position][1], encoding="utf-8")
    assert readme[position + 1][0] == "text"
    assert_shown(readme[position + 1][1], printed(str(script)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_example_swallows_the_end_of_its_block(page: Path) -> None:
    for language, text in blocks(page):
        known = {"python", "console", "text", "sh", "claim", "cert", "symcnn", *SHOWN}
        assert language in known, f"{page.name}: a block of {language!r}"
        assert ">>>" not in text or text.endswith("\n\n"), f"{page.name}: no blank line at the end of\n{text}"


@pytest.mark.parametrize(
    "name", [n for n in symcnn.__all__ if n not in {"CONVENTIONS", "COUNTERS", "__version__"}]
)
def test_every_public_name_is_described(name: str) -> None:
    value = getattr(symcnn, name)
    described = type(value).__doc__ if reference_script().is_value(value) else inspect.getdoc(value)
    assert described, f"{name} has no docstring"
    summary = described.partition("\n")[0]
    assert re.fullmatch(r"[\w`].{10,}[.:]", summary), f"{name}: {summary!r} is no sentence"
    if inspect.isfunction(value) or (inspect.isclass(value) and issubclass(value, symcnn.Layer)):
        assert value is symcnn.Layer or ">>>" in described, f"{name} has no example"


@pytest.mark.parametrize(
    ("name", "written"), [("reference.md", "reference"), ("certificates.md", "certificates")]
)
def test_what_is_made_from_docstrings_is_up_to_date(name: str, written: str) -> None:
    shown = (DOCS / name).read_text(encoding="utf-8")
    assert shown == getattr(reference_script(), written)(), "run: python docs/make_reference.py"


@pytest.mark.parametrize("name", ["first-proof.md", "certificates.md"])
def test_the_certificates_of_the_docs_are_accepted(name: str) -> None:
    shown = [block for block in blocks(DOCS / name) if block[0] in ("claim", "cert")]
    assert [language for language, _ in shown] == ["claim", "cert"] * (len(shown) // 2)
    for (_, claim), (_, certificate) in zip(shown[::2], shown[1::2], strict=True):
        for verdict in replay(read_statements(claim), certificate):
            assert verdict.status in ("PROVED", "REFUTED"), verdict
