"""The false statements of ``corpus``, each with what shows it false without the package.

An entry of a file is

    NAME "What is claimed, in words."
      given   n, s : int >= 1
      claim   n//s = (n + s - 1)//s
      at      n = 1, s = 2
      python  n//s == -(-n//s)
      true    n//s <= (n + s - 1)//s

``at`` is a counterexample in Python (``other_n`` is the n' of a form), and ``python`` says there what the
claim says: it is false. ``because`` is the argument where no numbers settle the claim, which for them
``python`` looks at in one case. ``true`` is the corrected claim, with the assumption ``where`` beside it if
there is one. ``given``, ``let``, ``recursive`` and ``assume`` are read as in a ``.claim`` file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from symcnn.kernel.statements import Statement, read_statements
from tests.soundness.plain import Point

CORPUS = Path(__file__).parent / "corpus"
PREMISES = ("given", "let", "recursive", "layer", "assume")
SECTIONS = (*PREMISES, "words", "claim", "step", "at", "python", "because", "where", "true")
_HEAD = re.compile(r'(\w+) "([^"]*)"')
_SECTION = re.compile(rf"  ({'|'.join(SECTIONS)}) +(\S.*)")


@dataclass(frozen=True)
class Entry:
    """A false statement as it is written, section by section; ``file`` says what kind it is."""

    file: str
    name: str
    meaning: str
    lines: tuple[tuple[str, str], ...]

    def get(self, section: str) -> str:
        """What a section that stands once says; empty where it is missing."""
        return next((text for name, text in self.lines if name == section), "")

    def all(self, *sections: str) -> list[str]:
        return [text for name, text in self.lines if name in sections]

    @property
    def values(self) -> dict[str, Any]:
        """The counterexample."""
        return eval(f"dict({self.get('at')})", dict(_PYTHON))

    @property
    def point(self) -> Point:
        return Point.of(self.values)

    def holds_in_python(self) -> bool:
        """What ``python`` says at the counterexample."""
        return eval(self.get("python"), {**_PYTHON, **self.values})

    @property
    def statement(self) -> Statement:
        """The false statement, for an entry in the words of the kernel."""
        return self._statement(self.name, self.get("claim"), ())

    @property
    def correction(self) -> Statement | None:
        """The true one beside it."""
        claim, where = self.get("true"), self.all("where")
        return self._statement(f"{self.name}'", claim, where) if claim else None

    def _statement(self, name: str, claim: str, more: list[str] | tuple[str, ...]) -> Statement:
        premises = "".join(f"\n  {section:<9} {text}" for section, text in self.lines if section in PREMISES)
        where = "".join(f"\n  assume    {text}" for text in more)
        (found,) = read_statements(f'theorem {name} ""{premises}{where}\n  claim     {claim}\n')
        return found


_PYTHON: dict[str, Any] = {"Fraction": Fraction, "math": math}


@cache
def entries(file: str) -> tuple[Entry, ...]:
    """The entries of a file; raises ``ValueError`` for a line that is none of an entry."""
    text = (CORPUS / f"{file}.txt").read_text(encoding="utf-8")
    return tuple(_entries(file, text))


def _entries(file: str, text: str) -> Iterator[Entry]:
    for block in re.split(r"\n\n+", re.sub(r"^#.*\n", "", text, flags=re.M).strip()):
        first, *rest = block.split("\n")
        head = _HEAD.fullmatch(first)
        if head is None:
            raise ValueError(f'{file}.txt: an entry begins with NAME "MEANING", not with {first!r}')
        lines: list[tuple[str, str]] = []
        for line in rest:
            found = _SECTION.fullmatch(line)
            if found is not None:
                lines.append((found[1], found[2]))
            elif line.startswith("          ") and lines:
                lines[-1] = lines[-1][0], f"{lines[-1][1]}\n{line}"
            else:
                raise ValueError(f"{file}.txt, {head[1]}: {line!r} begins no section: {', '.join(SECTIONS)}")
        yield Entry(file, head[1], head[2], tuple(lines))
