r"""The parts of a Markdown text that a claim document is made of, each with its place; prose is passed over.

Parts are headings, comments ``<!-- ... -->``, fenced blocks and display formulas: ``$$ ... $$``,
``\[ ... \]`` and blocks fenced as ``math``. A formula ends before the next empty line, as in LaTeX; what is
not closed is a fault of its own, and the text behind it is read as ever.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_TEXT = 200_000

# No two parts of these can take the same blanks: a long line of them is read once.
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`\n]*)$")
_HEADING = re.compile(r" {0,3}(#{1,6})([ \t].*)?$")
_QUOTED = re.compile(r"[ \t]*>")
_TICKS = re.compile(r"`+")
_INSIDE = re.compile(r"(?P<code>`+)|(?P<comment><!--)|(?P<display>\$\$|\\\[)|\\.")
_CLAIMING = re.compile(rb"^(?:```+|~~~+)[ \t]*symcnn\b|<!--\s*claim\b", re.MULTILINE)
_CLAIM = re.compile(r"\s*claim\b")
_OWN = ("symcnn", "claim", "math", "derive", "table", "picture")
_OWN_INFO = [[word] for word in _OWN]
_CLOSING = {"$$": "$$", "\\[": "\\]"}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a document: ``kind`` is heading, comment, display, fence, prose or fault.

    ``text`` is what stands inside, and begins at ``line`` and ``column``. ``info`` is the word behind a
    fence or the number signs of a heading; of a fault the text is the reason and ``info`` what was begun.
    """

    kind: str
    text: str
    line: int
    column: int = 1
    info: str = ""

    def at(self, place: int) -> tuple[int, int]:
        """Line and column of a place in the text."""
        before = self.text[:place]
        start = before.rfind("\n") + 1
        return self.line + before.count("\n"), place - start + (1 if start else self.column)

    @property
    def last_line(self) -> int:
        """The line in which the text ends."""
        return self.line + self.text.count("\n")


def blocks(text: str) -> Iterator[Block]:
    """The parts of a document from the top to the bottom; raises ``ValueError`` for a text that is too long.

    >>> for block in blocks("# Title\\n\\nSo $$a = b$$ holds."):
    ...     print(block.kind, block.line, block.column, block.text)
    heading 1 1 Title
    prose 3 1 So
    display 3 6 a = b
    prose 3 14 holds.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"the document has more than {MAX_TEXT} characters")
    yield from _Scanner(text).blocks()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.row = 0
        self.place = 0
        # Where runs of backticks begin in one row, by their lengths.
        self.ticks: tuple[int, dict[int, list[int]]] = (-1, {})
        # Fences that no line below closes.
        self.never_closed: set[str] = set()

    def blocks(self) -> Iterator[Block]:
        while self.row < len(self.lines):
            line = self.lines[self.row].rstrip("\r")
            fence = _FENCE.match(line) if self.place == 0 else None
            heading = _HEADING.match(line) if self.place == 0 else None
            if fence:
                yield from self.fenced(fence.group(1), fence.group(2).strip())
            elif heading:
                yield Block("heading", _title(heading.group(2) or ""), self.row + 1, 1, heading.group(1))
                self.row += 1
            else:
                yield from self.prose(line)

    def fenced(self, mark: str, info: str) -> Iterator[Block]:
        """A fenced block; one without an end is not read, up to the next empty line."""
        first = self.row + 1
        word = info.split()[0] if info else ""
        end, stop = self.end_of_fence(mark, word, first)
        if end is None:
            yield Block("fault", f"the block {mark[:3]}{info[:40]} is not closed", first, 1, word)
            self.row = stop
            return
        kind = "display" if word == "math" else "fence"
        yield Block(kind, "\n".join(self.lines[first:end]), first + 1, 1, word)
        self.row = end + 1

    def end_of_fence(self, mark: str, word: str, first: int) -> tuple[int | None, int]:
        """Where a fenced block ends, and where to read on if it does not.

        A block of claims that another one begins in was not closed: its author closed the other one.
        """
        closing = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\r?$")
        stop = len(self.lines)
        if mark not in self.never_closed:
            for k in range(first, len(self.lines)):
                if closing.match(self.lines[k]):
                    return k, k
                found = _FENCE.match(self.lines[k].rstrip("\r")) if word in _OWN else None
                if found and found.group(1).startswith(mark) and found.group(2).split()[:1] in _OWN_INFO:
                    stop = k
                    break
            else:
                self.never_closed.add(mark)
        empty = (k for k in range(first, stop) if not self.lines[k].strip())
        return None, next(empty, stop)

    def prose(self, line: str) -> Iterator[Block]:
        """The rest of a line, up to a comment or a formula in it."""
        start = here = self.place
        while found := _INSIDE.search(line, here):
            here = found.end()
            if found.lastgroup == "code":
                here = self.behind_code(line, here, len(found.group()))
                continue
            if found.lastgroup not in ("comment", "display"):
                continue
            yield from self.words(line[start : found.start()], start)
            self.place = found.end()
            if found.lastgroup == "comment":
                yield self.until("-->", "comment", "<!--", found.start())
            else:
                yield self.until(_CLOSING[found.group()], "display", found.group(), found.start())
            return
        yield from self.words(line[start:], start)
        self.row, self.place = self.row + 1, 0

    def behind_code(self, line: str, place: int, length: int) -> int:
        """Where code ends: with as many signs as it began with, or at once if there are none."""
        if self.ticks[0] != self.row:
            places: dict[int, list[int]] = {}
            for found in _TICKS.finditer(line):
                places.setdefault(len(found.group()), []).append(found.start())
            self.ticks = self.row, places
        same = self.ticks[1].get(length, [])
        k = bisect_left(same, place)
        return same[k] + length if k < len(same) else place

    def words(self, said: str, start: int) -> Iterator[Block]:
        """Words of a line, if there are any."""
        if said.strip():
            yield Block("prose", said.strip(), self.row + 1, start + len(said) - len(said.lstrip()) + 1)

    def until(self, closing: str, kind: str, opening: str, opened: int) -> Block:
        """What stands before a closing sign; a formula without one ends before the next empty line."""
        row, place = self.row, self.place
        inside: list[str] = []
        while row < len(self.lines) and (kind == "comment" or row == self.row or self.lines[row].strip()):
            end = self.lines[row].find(closing, place)
            # A comment that begins inside a comment shows that the first one was not closed.
            again = self.lines[row].find("<!--", place) if kind == "comment" else -1
            if 0 <= again < end or (end < 0 <= again):
                break
            if end >= 0:
                inside.append(self.lines[row][place:end])
                block = Block(kind, "\n".join(inside), self.row + 1, self.place + 1)
                if kind == "display" and row > self.row and _QUOTED.match(self.lines[self.row]):
                    # Its further lines begin with ">", which would be read as a relation.
                    reason = "a formula in a quotation must stand in one line"
                    block = Block("fault", reason, self.row + 1, opened + 1, kind)
                self.row, self.place = row, end + len(closing)
                return block
            inside.append(self.lines[row][place:])
            row, place = row + 1, 0
        reason = f"{opening} is not closed with {closing}"
        fault = Block("fault", reason, self.row + 1, opened + 1, kind)
        # A comment without an end is read as a line.
        self.row, self.place = (self.row + 1 if kind == "comment" else row), 0
        return fault


def _title(words: str) -> str:
    """The words of a heading without the number signs that may close it."""
    said = words.strip()
    before = said.rstrip("#")
    return before.rstrip() if not before or before[-1] in " \t" else said


def claims_something(path: Path) -> bool:
    """Whether a file is a claim document: a comment names a claim, or formulas stand below declarations."""
    with path.open("rb") as file:
        start = file.read(4 * MAX_TEXT + 1)
    if _CLAIMING.search(start) is None:
        return False
    # A page that only shows a document is none.
    found = list(blocks(start.decode("utf-8", "replace")[:MAX_TEXT]))
    declared = any(block.info == "symcnn" for block in found)
    formulas = any(block.kind == "display" for block in found)
    return (declared and formulas) or any(b.kind == "comment" and _CLAIM.match(b.text) for b in found)
