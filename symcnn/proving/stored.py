"""Statements in files: their certificates beside them, replayed, read and added to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from symcnn.kernel.certificates import PROVED, REFUTED, Verdict, verdicts
from symcnn.kernel.reading import blocks, read_text
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.steps import STEPS
from symcnn.kernel.terms import Unreadable
from symcnn.search.layout import HEADER

_NAME = re.compile(r"(?:prove|refute)[ \t]+(\S+)")
_STEP = re.compile(rf"(?<![\w'.])(?:{'|'.join(STEPS)})(?![\w'.])|[{{}}]")
_WITNESS = re.compile(r"\s*witness\s+([\w']+)\s*=")
_COMMENT = re.compile(r"#[^\n]*")


@dataclass
class ClaimFile:
    """A ``.claim`` file, and the text of the ``.cert`` file beside it (empty where there is none).

    ``certificates`` are those in the text by the names of their theorems, the first where there are several.
    """

    path: Path
    statements: list[Statement]
    text: str

    def __post_init__(self) -> None:
        self.certificates = self._certificates()

    @classmethod
    def read(cls, path: Path) -> ClaimFile:
        """Read both files; raises ``ValueError`` that names the file where one of them cannot be read."""
        here = path
        try:
            statements = read_file(path)
            here = path.with_suffix(".cert")
            text = read_text(here) if here.exists() else None
            # That these are certificates is found out now, and not after a long search.
            return cls(path, statements, "") if text is None else cls.checked(path, statements, text)
        except OSError as error:
            raise ValueError(f"{here}: {error.strerror}") from None
        except Unreadable as error:
            raise ValueError(f"{here}: {error}") from None
        except RecursionError:
            raise ValueError(f"{here}: terms and formulas are nested too deeply") from None

    @classmethod
    def checked(cls, path: Path, statements: list[Statement], text: str) -> ClaimFile:
        """With a text that the kernel takes for a list of certificates; raises ``Unreadable`` for others."""
        verdicts(statements, text)
        return cls(path, statements, text)

    @property
    def cert(self) -> Path:
        """Where the certificates are."""
        return self.path.with_suffix(".cert")

    def replay(self) -> Iterator[Verdict]:
        """What the kernel says of the stored certificates, one by one."""
        return verdicts(self.statements, self.text) if self.text else iter(())

    def expected(self, name: str) -> str:
        """The verdict that is no surprise: REFUTED where the name or the stored certificate says so."""
        stored = self.certificates.get(name, "")
        return REFUTED if name.endswith("_fails") or stored.startswith("refute") else PROVED

    def save(self, name: str, certificate: str) -> bool:
        """Add a certificate to the ``.cert`` file, which is there in full at any time, before or after.

        Does nothing and returns False where the theorem has one, also if somebody else has just stored it.
        Raises ``ValueError`` where the file has become, or would become, one that cannot be read.
        """
        now = ClaimFile.read(self.path)
        self.text, self.certificates = now.text, now.certificates
        if name in self.certificates:
            return False
        parts = [self.text[first:last] for first, last in self._parts()]
        if any(part.startswith("lemma") for part in parts):
            # Behind a lemma its name might be in the way of a name in the certificate.
            _, _, rest = self.text.partition("\n")
            text = f"{HEADER}\n{certificate.strip()}\n\n{rest.lstrip()}"
        else:
            text = f"{self.text.rstrip() or HEADER.rstrip()}\n\n{certificate.strip()}\n"
        try:
            ClaimFile.checked(self.path, self.statements, text)
        except Unreadable as error:
            raise ValueError(f"{self.cert}: {name} cannot be saved: {error}") from None
        replace_file(self.cert, text)
        return True

    def _certificates(self) -> dict[str, str]:
        out: dict[str, str] = {}
        for first, last in self._parts():
            found = _NAME.match(self.text, first, last)
            if found:
                out.setdefault(found[1], _without_end(self.text[first:last]))
        return out

    @property
    def lemmas(self) -> str:
        """The lemmas of the ``.cert`` file, which certificates may stand on."""
        parts = (self.text[first:last] for first, last in self._parts())
        return "".join(f"\n{part.strip()}\n" for part in parts if part.startswith("lemma"))

    def _parts(self) -> list[tuple[int, int]]:
        if not self.text:
            return []
        return list(blocks(self.text, ("prove ", "refute ", "lemma "), self.text.find("\n") + 1))


def witnesses(certificate: str, statement: Statement) -> dict[str, int | str]:
    """The values that a refutation begins with, by the names in the statement; numbers that are not whole,
    and functions, as they are written.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem t "" \\n given n : int \\n given x : int -> real \\n claim n = x[0]'
    >>> (found,) = read_statements(text)
    >>> witnesses("refute t proof { witness n = 1 witness x = fun(i) 1/2 compute }", found)
    {'n': 1, 'x': 'fun(i) 1/2'}
    """
    out: dict[str, int | str] = {}
    text = _COMMENT.sub("", certificate)
    start = text.find("{") + 1
    while text.startswith("refute") and (head := _WITNESS.match(text, start)):
        if head[1] not in statement.scope or head[1] in out:
            break
        end = _STEP.search(text, head.end())
        start = len(text) if end is None else end.start()
        value = " ".join(text[head.end() : start].split())
        out[head[1]] = int(value) if re.fullmatch(r"-?\d+", value) else value
    return out


def _without_end(text: str) -> str:
    """A certificate without the blank lines and comments behind it, which belong to the next one."""
    lines = text.splitlines()
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "\n".join(lines) + "\n"


def replace_file(path: Path, text: str) -> None:
    """Write a file so that it is never half written."""
    path = path.resolve()
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8", newline="")
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
