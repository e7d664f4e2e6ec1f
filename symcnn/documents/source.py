"""The text of a claim document: what can be read of a file, and the faults of all the rest of it."""

from __future__ import annotations

import re
from pathlib import Path

from symcnn.documents.faults import Fault
from symcnn.documents.markdown import MAX_TEXT

MAX_FAULTS = 20
# Control characters, and marks that show text in another order than it is read.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def source_of(path: str | Path) -> tuple[str, tuple[Fault, ...]]:
    """The text of a file as far as it is read, and what is not; raises ``OSError`` for no file."""
    with open(path, "rb") as file:
        # One byte more than all characters that are read can take.
        data = file.read(4 * MAX_TEXT + 4)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", (Fault("the file is in UTF-16; save it as UTF-8", 1),)
    faults: list[Fault] = []
    lines: list[str] = []
    # A character at the end may have been cut in two.
    rows = data.split(b"\n")
    for k, row in enumerate(rows, start=1):
        try:
            lines.append(row.decode("utf-8"))
        except UnicodeDecodeError as error:
            lines.append(row.decode("utf-8", "replace"))
            if len(data) <= 4 * MAX_TEXT or k < len(rows):
                column = len(row[: error.start].decode("utf-8")) + 1
                faults.append(Fault(f"byte {row[error.start]:#04x} is not UTF-8", k, column))
    text, more = readable("\n".join(lines))
    return text, (*_few(faults), *more)


def readable(text: str) -> tuple[str, tuple[Fault, ...]]:
    r"""The part of a text that is read, with plain line ends, and the faults of what is not seen in it.

    >>> readable("a\r\nb\x00")
    ('a\nb\x00', (Fault(reason="character '\\x00' is not allowed", line=2, column=2),))
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    faults: list[Fault] = []
    if len(text) > MAX_TEXT:
        text = text[: text.rfind("\n", 0, MAX_TEXT) + 1]
        reason = f"the document has more than {MAX_TEXT} characters; what stands from here on is not read"
        faults.append(Fault(reason, text.count("\n") + 1))
    unseen: list[Fault] = []
    for k, line in enumerate(text.split("\n"), start=1):
        found = _UNSEEN.search(line)
        if found is not None:
            unseen.append(Fault(f"character {found.group()!r} is not allowed", k, found.start() + 1))
    return text, (*_few(unseen), *faults)


def _few(faults: list[Fault]) -> list[Fault]:
    """The first faults of one kind, and that there are more."""
    if len(faults) <= MAX_FAULTS:
        return faults
    more = f"{len(faults) - MAX_FAULTS} more lines have this fault"
    return [*faults[:MAX_FAULTS], Fault(more, faults[MAX_FAULTS].line, faults[MAX_FAULTS].column)]
