"""A checked document as a tree: its Markdown, and in its places the formulas, declarations and verdicts.

``symcnn.documents.markdown`` decides where the parts of a claim document are, here as for the checker. They
are taken out, markdown-it reads the rest as CommonMark with tables, and they are put back. Raw HTML is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from symcnn.documents.markdown import Block as Part
from symcnn.documents.markdown import blocks as parts_of
from symcnn.documents.report import Report
from symcnn.export import tree
from symcnn.export.parts import Parts

_CLOSING_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*\r?$")
_UNDERLINE = re.compile(r"[ \t]{0,3}(?:=+|-+)[ \t]*\r?(?:\n|$)")
_KINDS = ("display", "fence", "comment")
# A formula in a line has not more characters.
_LONGEST = 4000
# With more of them looking for links would take too long; they are shown as text.
_MOST_LINKS = 5000
_OWN_FENCES = ("symcnn", "claim", "derive", "table", "picture")


def page(report: Report, plain: bool = False) -> tree.Page:
    r"""A checked document as a tree; ``plain`` leaves out all verdicts and what is said of them.

    >>> from symcnn import check
    >>> page(check("# Sizes\n\nIt is $N^2$.\n")).blocks[1]
    Paragraph(words=(Text(text='It is '), Math(latex='N^2'), Text(text='.')))
    """
    text = report.text.replace("\r\n", "\n").lstrip("\ufeff")
    parts = Parts(report, plain)
    parts.read(text)
    found = (*parts.notes(), *_Document(text, parts).blocks())
    title = next((tree.plain(b.words) for b in found if isinstance(b, tree.Heading)), "")
    return tree.Page(title, report.path, "" if plain else _summary(report), found)


def _summary(report: Report) -> str:
    """How many claims came out how."""
    counts = [f"{count} {status}" for status, count in report.counts.items() if count]
    if not counts:
        return ""
    total = len(report.claims)
    deviating = sum(checked.deviates for checked in report.claims)
    words = f"{total} claim{'s' * (total != 1)}: {', '.join(counts)}"
    return (
        f"{words}; {deviating} not as the document expects"
        if deviating
        else f"{words}, as the document expects"
    )


@dataclass(frozen=True)
class _Place:
    """Where a part stands in the text, with what opens and closes it."""

    part: Part
    start: int
    stop: int


def _places(text: str) -> list[_Place]:
    """The parts that are taken out of the Markdown, each with all of its text."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    out: list[_Place] = []
    lines = text.split("\n")
    for part in parts_of(text):
        if part.kind not in _KINDS or (part.kind == "fence" and part.info not in _OWN_FENCES):
            continue
        if part.kind == "fence" or (part.kind == "display" and part.info):
            first, last = part.line - 2, part.line - 1 + part.text.count("\n")
            # Nothing and a single empty line look the same.
            if part.text or not _closes(lines, last):
                last += 1
            stop = last if _closes(lines, last) else last - 1
            out.append(_Place(part, starts[first], min(starts[stop + 1] - 1, len(text))))
            continue
        start = starts[part.line - 1] + part.column - 1
        opened, closed = (4, 3) if part.kind == "comment" else (2, 2)
        out.append(_Place(part, start - opened, start + len(part.text) + closed))
    return out


def _closes(lines: Sequence[str], row: int) -> bool:
    return row < len(lines) and bool(_CLOSING_FENCE.match(lines[row]))


@dataclass
class _Document:
    """The reading of one document: its parts by number, and which of them have been put back."""

    text: str
    parts: Parts
    places: list[_Place] = field(init=False)
    shown: set[int] = field(default_factory=set[int])
    names: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.places = _places(self.text)
        # A letter that the text does not have stands around the number of each part.
        self.mark = next(
            chr(c) for c in (*range(0xE000, 0xF900), *range(0xF0000, 0xFFFFE)) if chr(c) not in self.text
        )
        self.numbers = re.compile(f"{self.mark}([0-9]+){self.mark}")

    def blocks(self) -> Iterator[tree.Block]:
        """The blocks of the document."""
        text = self.without_parts()
        tokens = _markdown(links=text.count("[") <= _MOST_LINKS).parse(text)
        stack = _nested(tokens)
        for node in stack:
            yield from self.block(node)
            yield from self.left_out(node)
        yield from self.left_out(None)

    def without_parts(self) -> str:
        """The text with a number in the place of each part."""
        out: list[str] = []
        end = 0
        for k, place in enumerate(self.places):
            if place.start < end:
                continue
            out.append(self.text[end : place.start])
            end = place.stop
            if place.part.kind == "fence" or place.part.info:
                indent = re.match(r"[ \t>]*", self.text[place.start : place.stop])
                before = indent[0] if indent else ""
                out.append(f"\n{before}{self.number(k)}\n")
            elif place.part.kind == "display":
                out.append(self.number(k))
                # A line below that would make a heading of it stays apart.
                if self.text[end : end + 1] == "\n" and _UNDERLINE.match(self.text, end + 1):
                    out.append("\n")
        return "".join([*out, self.text[end:]])

    def number(self, k: int) -> str:
        """What stands in the place of a part."""
        return f"{self.mark}{k}{self.mark}"

    def restored(self, text: str) -> str:
        """A text with its parts as they were typed."""
        return self.numbers.sub(lambda found: self.source(int(found[1])), text)

    def source(self, k: int) -> str:
        """A part as it was typed."""
        return self.text[self.places[k].start : self.places[k].stop]

    def left_out(self, node: _Nested | None) -> Iterator[tree.Block]:
        """Parts that stood where no formula can, such as inside of code: they follow it."""
        last = len(self.places)
        if node is not None:
            numbers = [int(n) for n in self.numbers.findall(node.all_text())]
            last = max(numbers, default=-1) + 1
        for k in range(last):
            if k not in self.shown and self.places[k].part.kind != "comment":
                yield from self.part(k)

    def part(self, k: int) -> Iterator[tree.Block]:
        """A part in the tree."""
        self.shown.add(k)
        yield from self.parts.blocks(self.places[k].part)

    # -- blocks ----------------------------------------------------------------------------------------------

    def block(self, node: _Nested) -> Iterator[tree.Block]:
        """A block of Markdown."""
        token = node.token
        match token.type:
            case "heading_open":
                words = self.inline(node.inside)
                yield tree.Heading(int(token.tag[1]), words, self.name(tree.plain(words)))
            case "paragraph_open":
                yield from self.paragraph(node)
            case "bullet_list_open" | "ordered_list_open":
                start = None if token.type[0] == "b" else int(token.attrGet("start") or 1)
                tight = all(
                    p.token.hidden
                    for item in node.inside
                    for p in item.inside
                    if p.token.type == "paragraph_open"
                )
                yield tree.Items(start, tuple(self.inside(item) for item in node.inside), tight)
            case "blockquote_open":
                yield tree.Quote(self.inside(node))
            case "fence" | "code_block":
                yield tree.Listing(self.restored(token.content).rstrip("\n"))
            case "hr":
                yield tree.Rule()
            case "table_open":
                yield self.table(node)
            case "html_block":
                yield tree.Paragraph((tree.Text(self.restored(token.content).strip()),))
            case _:
                yield from self.inside(node)

    def inside(self, node: _Nested) -> tree.Blocks:
        """The blocks inside of a block."""
        return tuple(found for child in node.inside for found in self.block(child))

    def name(self, words: str) -> str:
        """The name of a heading as links use it, as GitHub makes it."""
        made = re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
        count = self.names.get(made, 0)
        self.names[made] = count + 1
        return f"{made}-{count}" if count else made

    def paragraph(self, node: _Nested) -> Iterator[tree.Block]:
        """Words and the parts between them."""
        waiting: list[tree.Inline] = []
        for word in self.inline(node.inside, apart=True):
            if isinstance(word, int):
                if paragraph := _trimmed(waiting):
                    yield paragraph
                waiting = []
                yield from self.part(word)
            else:
                waiting.append(word)
        if paragraph := _trimmed(waiting):
            yield paragraph

    def table(self, node: _Nested) -> tree.Grid:
        """A table."""
        rows = [row for part in node.inside for row in part.inside]
        cells = [tuple(self.inline(cell.inside) for cell in row.inside) for row in rows]
        aligned = "".join(
            {"text-align:right": "r", "text-align:center": "c"}.get(str(cell.token.attrGet("style")), "l")
            for cell in rows[0].inside
        )
        return tree.Grid(cells[0], tuple(cells[1:]), aligned)

    # -- words -----------------------------------------------------------------------------------------------

    def inline(self, nodes: Sequence[_Nested], apart: bool = False) -> Any:
        """The words of a block; with ``apart`` the numbers of the parts between them as well."""
        words: list[Any] = []
        for node in nodes:
            for token in _nested(node.token.children or []):
                words += self.word(token, apart)
        return tuple(_joined(words))

    def word(self, node: _Nested, apart: bool) -> Iterator[tree.Inline | int]:
        """A word, or the number of a part."""
        token = node.token
        match token.type:
            case "text" | "text_special":
                yield from self.spread(token.content, apart)
            case "softbreak":
                yield tree.Text(" ")
            case "hardbreak":
                yield tree.Break()
            case "code_inline":
                yield tree.Code(self.restored(token.content))
            case "math":
                yield tree.Math(self.restored(token.content))
            case "image":
                source = self.restored(str(token.attrGet("src") or ""))
                yield tree.Image(source, self.restored(token.content))
            case "em_open" | "strong_open" | "s_open":
                kind = {"em_open": "emphasis", "strong_open": "strong", "s_open": "struck"}[token.type]
                yield tree.Marked(kind, self.within(node))
            case "link_open":
                yield tree.Link(self.restored(str(token.attrGet("href") or "")), self.within(node))
            case _:
                yield tree.Text(self.restored(token.content))

    def within(self, node: _Nested) -> tree.Words:
        """The words inside of a word."""
        return tuple(_joined([word for child in node.inside for word in self.word(child, False)]))

    def spread(self, text: str, apart: bool) -> Iterator[tree.Inline | int]:
        """Text with the parts in it: their numbers, or, inside of words, formulas in the line."""
        end = 0
        for found in self.numbers.finditer(text):
            yield tree.Text(text[end : found.start()])
            end = found.end()
            k = int(found[1])
            part = self.places[k].part
            if apart:
                yield k
            elif part.kind == "display":
                self.shown.add(k)
                yield tree.Math(part.text)
                marks = [
                    mark
                    for block in self.parts.blocks(part)
                    if isinstance(block, tree.Claimed)
                    for mark in block.marks
                ]
                yield from (tree.Text(f" ({mark.name} {mark.status})") for mark in marks)
        yield tree.Text(text[end:])


def _joined(words: list[Any]) -> Iterator[Any]:
    """Neighbouring words as one."""
    text = ""
    for word in words:
        if isinstance(word, tree.Text):
            text += word.text
            continue
        if text:
            yield tree.Text(text)
            text = ""
        yield word
    if text:
        yield tree.Text(text)


def _trimmed(words: list[tree.Inline]) -> tree.Paragraph | None:
    """A paragraph without blanks at its ends; nothing where nothing is left."""
    words = list(_joined(words))
    if words and isinstance(words[0], tree.Text):
        words[0] = tree.Text(words[0].text.lstrip())
    if words and isinstance(words[-1], tree.Text):
        words[-1] = tree.Text(words[-1].text.rstrip())
    words = [word for word in words if word != tree.Text("")]
    return tree.Paragraph(tuple(words)) if words else None


@dataclass
class _Nested:
    """A token of markdown-it with those inside."""

    token: Token
    inside: list[_Nested] = field(default_factory=list["_Nested"])

    def all_text(self) -> str:
        """All text in it, to look for the numbers of parts."""
        attributes = [str(value) for value in self.token.attrs.values()]
        own = " ".join([self.token.content, self.token.info, *attributes])
        children = [str(value) for child in self.token.children or [] for value in child.attrs.values()]
        return " ".join([own, *children, *(child.all_text() for child in self.inside)])


def _nested(tokens: Sequence[Token]) -> list[_Nested]:
    """Tokens in a row as a tree."""
    top: list[_Nested] = []
    stack = [top]
    for token in tokens:
        if token.nesting < 0:
            stack.pop()
            continue
        node = _Nested(token)
        stack[-1].append(node)
        if token.nesting > 0:
            stack.append(node.inside)
    return top


def _markdown(links: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])
    reader.inline.ruler.before("escape", "math", _math)
    return reader if links else reader.disable(["link", "image"])


def _math(state: StateInline, silent: bool) -> bool:
    r"""A formula in a line: ``$...$`` without blanks inside and without a digit behind, or ``\(...\)``."""
    text, start = state.src, state.pos
    if text.startswith("\\(", start):
        opened, end, closed = 2, text.find("\\)", start + 2, min(state.posMax, start + _LONGEST)), 2
    elif text[start] == "$":
        opened = closed = 2 if text.startswith("$$", start) else 1
        end = _dollar(text, start + opened, min(state.posMax, start + _LONGEST), opened)
    else:
        return False
    inside = text[start + opened : end] if end > 0 else ""
    if not inside.strip():
        return False
    if not silent:
        token = state.push("math", "", 0)
        token.content = inside
    state.pos = end + closed
    return True


def _dollar(text: str, start: int, stop: int, count: int) -> int:
    """Where the dollar sign is that closes a formula, or -1."""
    place = start
    while (place := text.find("$" * count, place, stop)) >= 0:
        first = place
        while text[first - 1] == "\\":
            first -= 1
        if (place - first) % 2:
            place += 1
            continue
        if count == 2:
            return place
        behind = text[place + 1 : place + 2]
        good = text[start] not in " \t\n" and text[place - 1] not in " \t\n" and not behind.isdigit()
        return place if good and place > start else -1
    return -1
