"""A document as a tree: what a page shows, and nothing of how.

Words are ``Inline``, all else is a ``Block``. Formulas are the LaTeX that was typed; whoever writes the page
reads it once more, and shows what cannot be typeset as it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Words with an emphasis: emphasis, strong or struck."""

    kind: str
    words: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Code in a line of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    target: str
    words: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the document, by its path, and what it shows in words."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in a line of text."""

    latex: str


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line."""


Inline = Text | Marked | Code | Link | Image | Math | Break
Words = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a rank from 1 to 6, and the name by which links find it."""

    level: int
    words: Words
    name: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words, down to the next paragraph."""

    words: Words


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``start`` is the number of its first item, or None where it has signs."""

    start: int | None
    items: tuple[Blocks, ...]
    tight: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted."""

    blocks: Blocks


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines of code."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, which columns stand at the right (r), in the middle (c) or at the left (l)."""

    head: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    columns: str
    total: tuple[Words, ...] = ()
    caption: Words = ()


@dataclass(frozen=True, slots=True)
class Display:
    """A formula on lines of its own."""

    latex: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is drawn when it is asked for, as SVG or as a page of PDF."""

    caption: str
    svg: Callable[[], str]
    pdf: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is said in small letters below: of what kind, and in which words."""

    kind: str
    words: Words


@dataclass(frozen=True, slots=True)
class Mark:
    """The verdict beside a claim; ``expected`` is what the document states where that is something else."""

    name: str
    status: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is claimed, with its verdicts and what is to be said of them."""

    blocks: Blocks
    marks: tuple[Mark, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """Declarations in words, or a statement in words with its formula."""

    blocks: Blocks


Block = (
    Heading
    | Paragraph
    | Items
    | Quote
    | Listing
    | Rule
    | Grid
    | Display
    | Drawing
    | Note
    | Claimed
    | Declared
)
Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A document: its title, how its claims came out in a line, where its images are, and what it shows."""

    title: str
    path: str
    summary: str
    blocks: Blocks


def plain(words: Words) -> str:
    """Words without their look."""
    out = ""
    for word in words:
        match word:
            case Text(text) | Code(text):
                out += text
            case Marked(_, inside) | Link(_, inside):
                out += plain(inside)
            case Math(latex):
                out += latex
            case Image(_, text):
                out += text
            case Break():
                out += " "
    return out
