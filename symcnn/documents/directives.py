r"""Comments of a document that say what the formula below them is: a claim, an assumption, or neither.

    <!-- claim A24 -->                    its id; it is expected to be proved
    <!-- claim A24: refuted -->           expected to be refuted
    <!-- claim A19a in L_r, L_c -->       of a formula with \propto: in which sizes
    <!-- claim B9b as L_r, L_c grow -->   of a formula with \sim: which sizes grow
    <!-- assume -->                       an assumption, to the end of the section
    <!-- no claim -->                     to be looked at only

Other comments mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symcnn.kernel.reading import THEOREM_NAME

VERDICTS = ("proved", "refuted", "unknown")

_WORD = re.compile(r"\s*(claim|assume|no claim)\b")
_ID = rf"(?:\s+(?!in\s|as\s)(?P<id>{THEOREM_NAME}))?"
_SIZES = r"(?:\s+in\s+(?P<sizes>[^:]+?)|\s+as\s+(?P<growing>[^:]+?)\s+grow)?"
_CLAIM = re.compile(rf"\s*claim{_ID}{_SIZES}\s*(?::\s*(?P<verdict>\w+)\s*)?")
_NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*'*(?:\s*,\s*[A-Za-z_][A-Za-z0-9_]*'*)*")


@dataclass(frozen=True, slots=True)
class Directive:
    """What a comment says of the formula below it: in which sizes it is meant, or which of them grow."""

    kind: str
    line: int
    name: str = ""
    expected: str = "proved"
    sizes: tuple[str, ...] = ()
    growing: tuple[str, ...] = ()


def directive(comment: str, line: int) -> Directive | None:
    """What a comment says of the formula below it, if anything; raises ``ValueError`` with the reason.

    >>> directive(" claim A24: refuted ", 3)
    Directive(kind='claim', line=3, name='A24', expected='refuted', sizes=(), growing=())
    >>> directive(" to be continued ", 3) is None
    True
    """
    word = _WORD.match(comment)
    if word is None:
        return None
    kind = word.group(1)
    if kind != "claim":
        if comment.strip() != kind:
            raise ValueError(f"{comment.strip()!r} is not understood; write <!-- {kind} -->")
        return Directive(kind, line)
    found = _CLAIM.fullmatch(comment)
    if found is None:
        raise ValueError(f"{comment.strip()!r} is not understood; write <!-- claim ID: refuted -->")
    expected = found.group("verdict") or "proved"
    if expected not in VERDICTS:
        raise ValueError(f"{expected!r} is no verdict; write {', '.join(VERDICTS)}")
    sizes, growing = (_names(found.group(group)) for group in ("sizes", "growing"))
    return Directive("claim", line, found.group("id") or "", expected, sizes, growing)


def _names(listed: str | None) -> tuple[str, ...]:
    """Names with commas between."""
    if listed is None:
        return ()
    if not _NAMES.fullmatch(listed):
        raise ValueError(f"{listed!r} is no list of names; write L_r, L_c")
    return tuple(name.strip() for name in listed.split(","))
