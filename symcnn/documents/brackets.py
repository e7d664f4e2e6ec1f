"""Which brackets of a formula belong together, and what stands directly inside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symcnn.documents.faults import FormulaError
from symcnn.documents.tokens import LOGICAL_COMMANDS, Token

_SHOWN = {
    "floor": ("\\lfloor", "\\rfloor"), "ceil": ("\\lceil", "\\rceil"), "(": ("(", ")"), "[": ("[", "]"),
    "{": ("\\{", "\\}"), "|": ("\\left|", "\\right|"),
}  # fmt: skip
_LOGICAL_WORDS = frozenset(["and", "or", "not", "iff", "implies", "true", "false", "if and only if"])


@dataclass
class Brackets:
    """Brackets by where they begin: where they end, and which hold a relation or a comma directly."""

    ends: dict[int, int] = field(default_factory=dict[int, int])
    formulas: set[int] = field(default_factory=set[int])
    lists: set[int] = field(default_factory=set[int])

    @classmethod
    def of(cls, words: Sequence[Token], text: str, line: int, column: int) -> Brackets:
        """Raises ``FormulaError`` where a bracket has no partner, or another one than it shows."""
        out = cls()
        open_words: list[Token] = []
        for word in words:
            if _opens(word):
                open_words.append(word)
            elif _closes(word):
                if not open_words:
                    raise FormulaError(f"{_close(word)} closes nothing", text, word.start, line, column)
                opened = open_words.pop()
                if (_kind(opened), opened.sized) != (_kind(word), word.sized) or _value(opened) != _value(
                    word
                ):
                    shown = f"{_open(opened)} is closed by {_close(word)}"
                    raise FormulaError(shown, text, word.start, line, column, f"write {_partner(opened)}")
                out.ends[opened.start] = word.start
            elif open_words:
                out.note(word, open_words[-1].start)
        if open_words:
            last = open_words[-1]
            raise FormulaError(
                f"{_open(last)} is not closed", text, last.start, line, column, f"write {_partner(last)}"
            )
        return out

    def note(self, word: Token, inside: int) -> None:
        """What a word says about the bracket around it."""
        if word.kind == "relation" or is_logical(word):
            self.formulas.add(inside)
        elif word.kind == "sign" and word.value in ",:":
            self.lists.add(inside)


def is_logical(word: Token) -> bool:
    """Whether a word joins or quantifies formulas."""
    if word.kind == "command":
        return word.value in LOGICAL_COMMANDS
    said = word.value.strip(" ,")
    return word.kind == "text" and (
        said in _LOGICAL_WORDS or said.startswith(("for all", "there is", "there are"))
    )


def _opens(word: Token) -> bool:
    return word.kind in ("open", "begin") or (word.kind, word.value) == ("brace", "{")


def _closes(word: Token) -> bool:
    return word.kind in ("close", "end") or (word.kind, word.value) == ("brace", "}")


def _kind(word: Token) -> str:
    return {"open": "bracket", "close": "bracket", "begin": "environment", "end": "environment"}.get(
        word.kind, word.kind
    )


def _value(word: Token) -> str:
    return "" if word.kind == "brace" else word.value


def _open(word: Token) -> str:
    if word.kind == "begin":
        return f"\\begin{{{word.value}}}"
    size = "\\left" if word.sized and word.value != "|" else ""
    return word.value if word.kind == "brace" else size + _SHOWN[word.value][0]


def _close(word: Token) -> str:
    if word.kind == "end":
        return f"\\end{{{word.value}}}"
    size = "\\right" if word.sized and word.value != "|" else ""
    return word.value if word.kind == "brace" else size + _SHOWN[word.value][1]


def _partner(word: Token) -> str:
    if word.kind == "begin":
        return f"\\end{{{word.value}}}"
    size = "\\right" if word.sized and word.value != "|" else ""
    return "}" if word.kind == "brace" else size + _SHOWN[word.value][1]
