r"""Displays: rows, columns and chains over several lines, cut into single formulas.

A row ends with ``\\``; ``\quad``, ``;`` and columns separate formulas that stand side by side, and so does a
word "and" between them. A row that begins with a relation, a sign, "and", "or" or an arrow goes on from the
row before, and so does one below a row that ends with them, or inside a bracket. ``(3)`` at the end of a row
is the number of its formulas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcnn.documents.brackets import Brackets, is_logical
from symcnn.documents.faults import FormulaError
from symcnn.documents.latex import Reader, joint_of
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
        self.joined = False

    def fault(self, reason: str, word: Token, advice: str = "") -> FormulaError:
        return FormulaError(reason, self.text, word.start, self.line, self.column, advice)

    def read(self) -> tuple[Part, ...]:
        words = tokens(self.text, self.line, self.column)[:-1]
        # Whether brackets match is found out for the whole display, before it is cut.
        Brackets.of(words, self.text, self.line, self.column)
        # Whether formulas are joined by more than the word "and".
        words = _unwrapped(words)
        self.joined = bool({*_said(words)} - {"and"})
        split = _split(_without_rows_in_brackets(words), "row")
        rows = [self.row(row, k == 0, k == len(split) - 1) for k, row in enumerate(split)]
        pieces: list[tuple[list[Token], str]] = []
        last: list[int] = []
        for columns, tag in rows:
            last = self.add(pieces, last, columns, tag)
            if len(pieces) > _MAX_PARTS:
                raise self.fault(f"a display has more than {_MAX_PARTS} formulas", words[0])
        return tuple(self.part(piece, tag) for piece, tag in pieces)

    def row(self, words: Sequence[Token], first: bool, last: bool) -> tuple[list[list[Token]], str]:
        """The formulas of a row, and its printed number."""
        tag = next((f"({w.value})" for w in words if w.kind == "tag"), "")
        shown = [w for w in words if w.kind != "tag"]
        found = [_trimmed(piece) for piece in _columns(shown)]
        if found and _is_tag(found[-1]) and (len(found) > 1 or shown[0].kind == "quad"):
            tag = "".join(self.text[w.start : w.stop] for w in found.pop())
        return self.separated([piece for piece in found if piece], first, last), tag

    def separated(self, columns: list[list[Token]], first: bool, last: bool) -> list[list[Token]]:
        """Columns without the words "and" between them, before the first row and behind the last."""
        if len(columns) > 1 and all(map(_is_and, columns[0])):
            columns = [columns[0] + columns[1], *columns[2:]]
        if len(columns) > 1 and all(map(_is_and, columns[-1])):
            columns = [*columns[:-2], columns[-2] + columns[-1]]
        out: list[list[Token]] = []
        for k, column in enumerate(columns):
            words = list(column)
            ends = (k > 0 or first, k < len(columns) - 1 or last)
            while words and ((ends[0] and _is_and(words[0])) or (ends[1] and _is_and(words[-1]))):
                word = words.pop(0 if ends[0] and _is_and(words[0]) else -1)
                if len(columns) > 1 and self.joined:
                    raise self.fault(
                        "the word can join two formulas or stand between them", word,
                        "leave out \\quad and & beside it, or write two displays",
                    )  # fmt: skip
            if words:
                out.append(words)
        return out

    def add(
        self, pieces: list[tuple[list[Token], str]], last: list[int], columns: list[list[Token]], tag: str
    ) -> list[int]:
        """Add the formulas of a row to what stands above it; returns where they are."""
        places: list[int] = []
        # Rows of several formulas go on column by column, or not at all.
        by_column = (
            len(columns) == len(last) > 1
            and not joint_of(columns[0][0])
            and self.goes_on(pieces[last[0]][0], columns[0], False)
        )
        for k, column in enumerate(columns):
            words = column
            if joint_of(words[0]) and len(places or last) > 1:
                if self.joined or joint_of(words[0]) != "and":
                    raise self.unclear(words[0])
                words = column[1:]
            elif len(places) > bool(joint_of(words[0])) and {"implies", "iff"} & {*_said(words)}:
                raise self.fault(
                    "the arrow can belong to all formulas before it or to one", words[0],
                    "write \\text{ and } between them, or several displays",
                )  # fmt: skip
            above = last[k] if by_column else places[-1] if places else last[0] if len(last) == 1 else -1
            beside = bool(places) and not by_column
            if above >= 0 and words and self.goes_on(pieces[above][0], words, beside):
                pieces[above] = [*pieces[above][0], *words], tag or pieces[above][1]
                if above not in places:
                    places.append(above)
            elif words:
                begun = words[0].kind == "relation" or (words[0].kind == "sign" and words[0].value in "+*/")
                if begun and last:
                    raise self.unclear(words[0])
                pieces.append((words, tag))
                places.append(len(pieces) - 1)
        return places or last

    def unclear(self, word: Token) -> FormulaError:
        """An error: a row goes on from one of several formulas, or from one that can be read in two ways."""
        return self.fault(
            "what the row goes on from can be read in two ways",
            word,
            "put brackets around what belongs together, or write several displays",
        )

    def goes_on(self, above: Sequence[Token], words: Sequence[Token], beside: bool) -> bool:
        """Whether words belong to the formula above them or, in one row, before them."""
        first, before = words[0], above[-1]
        open_end = before.kind == "relation" or (before.kind == "sign" and before.value in "+-*/:")
        if open_end or joint_of(before):
            return True
        if joint_of(first):
            self.no_other_joint(above, first)
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

    def no_other_joint(self, above: Sequence[Token], word: Token) -> None:
        """A row that begins with "and" goes on from what is joined in one way alone."""
        said = _said(above)
        arrows = {"implies", "iff"}
        if joint_of(word) not in arrows:
            # What a quantifier stands before is one formula.
            last = max((k for k, each in enumerate(said) if each == "quantifier"), default=-1)
            unclear = {*said[last + 1 :]} - {joint_of(word)}
        else:
            unclear = {*said} & arrows
        if unclear:
            raise self.unclear(word)

    def part(self, words: Sequence[Token], tag: str) -> Part:
        """The formula that words stand for."""
        said = all(word.kind == "text" and not is_logical(word) for word in words)
        if said and self.names.find(words[0].value.strip()) is None:
            raise self.fault(
                "words in a formula are not read", words[0], "say it in the text beside the formula"
            )
        if joint_of(words[0]):
            shown = self.text[words[0].start : words[0].stop]
            raise self.fault(
                f"no formula stands before {shown}", words[0], "write it in one display, or \\therefore"
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
    """Without the punctuation of the sentence."""
    out = list(words)
    while out and (
        (out[-1].kind == "sign" and out[-1].value in ".,;&") or out[-1].kind == "row" or _is_blank(out[-1])
    ):
        out.pop()
    while out and (_is_blank(out[0]) or (out[0].kind == "sign" and out[0].value == ",")):
        out.pop(0)
    return out


def _is_blank(word: Token) -> bool:
    return word.kind == "text" and not word.value.strip(" ,")


def _is_and(word: Token) -> bool:
    return joint_of(word) == "and" and word.kind == "text"


def _said(words: Sequence[Token]) -> list[str]:
    """The words between formulas and the quantifiers outside of brackets, in their order."""
    found = [w for w, d in zip(words, _depths(words), strict=True) if not d and is_logical(w)]
    said = [
        joint_of(w) or ("quantifier" if w.value.strip().startswith(("for", "there")) else "") for w in found
    ]
    return [each for each in said if each]


def _without_rows_in_brackets(words: Sequence[Token]) -> list[Token]:
    """A formula in a bracket may go on in the next row."""
    out: list[Token] = []
    open_words: list[Token] = []
    for word in words:
        breaks = word.kind == "row" or (word.kind, word.value) == ("sign", "&")
        if breaks and open_words and open_words[-1].kind == "open":
            continue
        if word.kind in ("open", "begin") or (word.kind, word.value) == ("brace", "{"):
            open_words.append(word)
        elif word.kind in ("close", "end") or (word.kind, word.value) == ("brace", "}"):
            open_words.pop()
        out.append(word)
    return out


def _is_tag(words: Sequence[Token]) -> bool:
    return (
        len(words) == 3 and [w.kind for w in words] == ["open", "number", "close"] and words[0].value == "("
    )


def _has_relation(words: Sequence[Token]) -> bool:
    return any(w.kind == "relation" and not d for w, d in zip(words, _depths(words), strict=True))
