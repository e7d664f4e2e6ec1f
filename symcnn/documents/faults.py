"""What is not read: where it is, what is wrong there, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a document that is not read, and where."""

    reason: str
    line: int
    column: int = 1


class FormulaError(ValueError):
    """A formula that is not read; lines and columns count from 1, ``advice`` says what to write instead.

    >>> print(FormulaError("N is not declared", "M + N", 4, advice="declare it"))
    line 1, column 5: N is not declared; declare it
      M + N
          ^
    """

    def __init__(self, reason: str, text: str, place: int, line: int = 1, column: int = 1, advice: str = ""):
        before = text[:place]
        self.reason = reason
        self.advice = advice
        self.line = line + before.count("\n")
        # Only the first line of a formula begins inside a line of its document.
        inside = place - (before.rfind("\n") + 1)
        self.column = inside + (column if self.line == line else 1)
        self.shown, self.caret = _excerpt(text, place, inside)
        super().__init__(str(self))

    def __str__(self) -> str:
        """The reason and the advice in one line, then the line of the formula with a caret."""
        message = f"{self.reason}; {self.advice}" if self.advice else self.reason
        pointed = f"\n  {self.shown}\n  {' ' * self.caret}^" if self.shown.strip() else ""
        return f"line {self.line}, column {self.column}: {message}{pointed}"


def _excerpt(text: str, place: int, inside: int) -> tuple[str, int]:
    """The line around a place, cut where it is long, and where the place is in what is left."""
    start = place - inside
    end = text.find("\n", place)
    line = text[start : len(text) if end < 0 else end]
    first = max(0, min(inside - _WIDTH // 2, len(line) - _WIDTH))
    shown = "".join(c if c.isprintable() else " " for c in line[first : first + _WIDTH])
    return shown, inside - first
