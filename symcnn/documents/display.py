r"""Displays: rows, columns and chains over several lines, cut into single formulas.

A row ends with ``\\``; ``\quad``, ``;`` and columns separate formulas that stand side by side. A row that
begins with a relation or a sign goes on from the row before. ``(3)`` at the end of a row is the number of its
formulas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcnn.documents.brackets import Brackets, is_logical
from symcnn.documents.faults import FormulaError
from symcnn.documents.latex import Reader
from symcnn.documents.names import Names
from symcnn.documents.tokens import Token, tokens
from symcnn.documents.trees import Formula, Operand, Part
from symcnn.kernel.terms import Sort

_ENVIRONMENTS = frozenset([
    "aligned", "align", "align*", "split", "gather", "gather*", "gathered", "equation", "equation*",
    "multline", "multline*", "displaymath",
])  # fmt: skip
_MAX_PARTS = 200


def read(text: str, names: Names | Mapping[str, Sort], line: int = 1, column: int = 1) -> Formula | Operand:
    r"""The one formula of a text: a relation, a chain, or a term alone; raises ``FormulaError``.

    ``names`` are the declared names with their sorts, as in statements. ``line`` and ``column`` say where the
    text begins in its document.

    >>> read(r"C_{in} \times 3", {"C_in": "int"})
    Times(factors=(Name(name='C_in'), Number(digits='3', exponent=None, unit=None)))
    """
    found = read_display(text, names, line, column)
    if len(found) != 1:
        place = found[1].span[0] if found else 0
        reason = "more than one formula" if found else "there is no formula"
        raise FormulaError(reason, text, place, line, column)
    if found[0].continues:
        raise FormulaError("a term is missing before the relation", text, found[0].span[0], line, column)
    return found[0].body


def read_display(
    text: str, names: Names | Mapping[str, Sort], line: int = 1, column: int = 1
) -> tuple[Part, ...]:
    r"""The formulas of a display, in the order in which they stand there; raises ``FormulaError``.

    >>> names = dict.fromkeys("MNK", "int")
    >>> for part in read_display(r"M = N \quad K = N \quad (9)", names):
    ...     print(type(part.body).__name__, part.tag)
    Chain (9)
    Chain (9)
    """
    declared = names if isinstance(names, Names) else Names.of(names)
    return _Display(text, declared, line, column).read()


class _Display:
    def __init__(self, text: str, names: Names, line: int, column: int) -> None:
        self.text = text
        self.names = names
        self.line = line
        self.column = column

    def fault(self, reason: str, word: Token, advice: str = "") -> FormulaError:
        return FormulaError(reason, self.text, word.start, self.line, self.column, advice)

    def read(self) -> tuple[Part, ...]:
        words = tokens(self.text, self.line, self.column)[:-1]
        # Whether brackets match is found out for the whole display, before it is cut.
        Brackets.of(words, self.text, self.line, self.column)
        rows = [self.row(row) for row in _split(_unwrapped(words), "row")]
        pieces: list[tuple[list[Token], str]] = []
        last: list[int] = []
        for columns, tag in rows:
            last = self.add(pieces, last, columns, tag)
            if len(pieces) > _MAX_PARTS:
                raise self.fault(f"a display has more than {_MAX_PARTS} formulas", words[0])
        return tuple(self.part(piece, tag) for piece, tag in pieces)

    def row(self, words: Sequence[Token]) -> tuple[list[list[Token]], str]:
        """The formulas of a row, and its printed number."""
        tag = next((f"({w.value})" for w in words if w.kind == "tag"), "")
        shown = [w for w in words if w.kind != "tag"]
        found = [_trimmed(piece) for piece in _columns(shown)]
        if found and _is_tag(found[-1]) and (len(found) > 1 or shown[0].kind == "quad"):
            tag = "".join(self.text[w.start : w.stop] for w in found.pop())
        return [piece for piece in found if piece], tag

    def add(
        self, pieces: list[tuple[list[Token], str]], last: list[int], columns: list[list[Token]], tag: str
    ) -> list[int]:
        """Add the formulas of a row to what stands above it; returns where they are."""
        places: list[int] = []
        for k, words in enumerate(columns):
            above = places[-1] if places else last[k] if k < len(last) and len(last) == len(columns) else -1
            if above >= 0 and self.goes_on(pieces[above][0], words, bool(places)):
                pieces[above] = [*pieces[above][0], *words], tag or pieces[above][1]
                if not places:
                    places.append(above)
            else:
                pieces.append((words, tag))
                places.append(len(pieces) - 1)
        return places or last

    def goes_on(self, above: Sequence[Token], words: Sequence[Token], beside: bool) -> bool:
        """Whether words belong to the formula above them or, in one row, before them."""
        first, before = words[0], above[-1]
        open_end = before.kind == "relation" or (before.kind == "sign" and before.value in "+-*/")
        if open_end:
            return True
        if first.kind == "relation":
            return not beside or not _has_relation(above)
        if first.kind == "sign" and first.value in ("+", "*", "/"):
            return True
        if first.kind == "sign" and first.value == "-":
            if _has_relation(words):
                raise self.fault(
                    "the row can go on from above or begin anew", first, "put the minus at the end above"
                )
            return True
        return False

    def part(self, words: Sequence[Token], tag: str) -> Part:
        """The formula that words stand for."""
        said = all(word.kind == "text" and not is_logical(word) for word in words)
        if said and self.names.find(words[0].value.strip()) is None:
            raise self.fault(
                "words in a formula are not read", words[0], "say it in the text beside the formula"
            )
        end = words[-1].stop
        reader = Reader([*words, Token("stop", "", end, end)], self.text, self.names, self.line, self.column)
        return Part(reader.whole(), tag, (words[0].start, end))


def _unwrapped(words: Sequence[Token]) -> Sequence[Token]:
    """What stands in the environments around a whole display."""
    words = _trimmed(words)
    while words and words[0].kind == "begin" and words[0].value in _ENVIRONMENTS and words[-1].kind == "end":
        words = _trimmed(words[1:-1])
    return words


def _depths(words: Sequence[Token]) -> list[int]:
    """How many brackets are open before each word."""
    out: list[int] = []
    depth = 0
    for word in words:
        opens = word.kind in ("open", "begin") or (word.kind, word.value) == ("brace", "{")
        closes = word.kind in ("close", "end") or (word.kind, word.value) == ("brace", "}")
        depth -= closes
        out.append(depth)
        depth += opens
    return out


def _split(words: Sequence[Token], kind: str) -> list[list[Token]]:
    """What stands between words of a kind outside of brackets."""
    out: list[list[Token]] = [[]]
    for word, depth in zip(words, _depths(words), strict=True):
        if word.kind == kind and not depth:
            out.append([])
        else:
            out[-1].append(word)
    return [piece for piece in out if piece]


def _columns(words: Sequence[Token]) -> list[list[Token]]:
    """The formulas that stand side by side; ``&`` at a relation, or at the beginning, only aligns."""
    out: list[list[Token]] = [[]]
    depths = _depths(words)
    for k, (word, depth) in enumerate(zip(words, depths, strict=True)):
        sign = word.value if word.kind == "sign" and not depth else ""
        behind = words[k + 1] if k + 1 < len(words) else None
        if sign == "&":
            aligns = not out[-1] or behind is None or _binds(behind) or _binds(out[-1][-1])
            if not aligns:
                out.append([])
        elif sign == ";" or (word.kind == "quad" and not depth):
            out.append([])
        else:
            out[-1].append(word)
    return out


def _binds(word: Token) -> bool:
    return word.kind == "relation" or (word.kind == "sign" and word.value in "+-*/&")


def _trimmed(words: Sequence[Token]) -> list[Token]:
    """Without the punctuation of the sentence, and without a word "and" beside a formula."""
    out = list(words)
    while out and (
        (out[-1].kind == "sign" and out[-1].value in ".,;&") or _is_and(out[-1]) or out[-1].kind == "row"
    ):
        out.pop()
    while out and (_is_and(out[0]) or (out[0].kind == "sign" and out[0].value == ",")):
        out.pop(0)
    return out


def _is_and(word: Token) -> bool:
    return word.kind == "text" and word.value.strip(" ,") in ("and", "")


def _is_tag(words: Sequence[Token]) -> bool:
    return (
        len(words) == 3 and [w.kind for w in words] == ["open", "number", "close"] and words[0].value == "("
    )


def _has_relation(words: Sequence[Token]) -> bool:
    return any(w.kind == "relation" and not d for w, d in zip(words, _depths(words), strict=True))
