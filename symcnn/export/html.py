"""A tree as one HTML file: MathML, no script, nothing from elsewhere; what a document holds is escaped."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from urllib.parse import quote

from symcnn.export import tree
from symcnn.export.breaking import fitted, inline_parts, last, width
from symcnn.export.images import MEDIA, local_image
from symcnn.export.mathematics import Node, NotTypeset, formula
from symcnn.export.mathml import mathml
from symcnn.export.verdicts import STATUSES, summaries
from symcnn.export.writer import Writer

# The width of the text in em; in a line, formulas are broken into parts of at most the second width.
_ROOM = 36.0
_SHORT = 7.0
_TAGS = {"emphasis": "em", "strong": "strong", "struck": "s"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass
class HtmlWriter(Writer):
    r"""Writes pages as one HTML document.

    >>> page = tree.Page("Sizes", "", "", (tree.Paragraph((tree.Text("a < b, "), tree.Math("N"))),))
    >>> print(HtmlWriter().document([page]).splitlines()[-5])
    <p>a &lt; b, <math><mi>N</mi></math></p>
    """

    plain: bool = False
    path: str = ""
    # What the names of headings begin with, so that those of several documents differ.
    prefix: str = ""
    # In cells of tables formulas stay whole.
    whole: bool = False

    def document(self, pages: Sequence[tree.Page]) -> str:
        """The whole document."""
        title = pages[0].title if len(pages) == 1 else "Report"
        body: list[str] = []
        if len(pages) > 1:
            body += ["<header>", *self.blocks(summaries(pages, self.plain)), "</header>"]
        for k, page in enumerate(pages, 1):
            self.path, self.prefix = page.path, f"d{k}-" if len(pages) > 1 else ""
            body += [f'<article id="document-{k}">', *self.page(page), "</article>"]
        style = files("symcnn.export").joinpath("page.css").read_text(encoding="utf-8")
        kind = "plain" if self.plain else "checked"
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title or 'Solution')}</title>\n<style>\n{style}</style>\n</head>\n"
            f'<body class="{kind}">\n<main>\n' + "\n".join(body) + "\n</main>\n</body>\n</html>\n"
        )

    def summary(self, text: str) -> list[str]:
        """A summary."""
        return [f'<p class="summary">{escape(text)}</p>']

    # -- blocks ----------------------------------------------------------------------------------------------

    def block(self, block: tree.Block) -> Iterator[str]:
        """A block as lines of HTML."""
        match block:
            case tree.Heading(level, title, name):
                mark = f' id="{escape(self.prefix + name)}"' if name else ""
                yield f"<h{level}{mark}>{self.words(title)}</h{level}>"
            case tree.Paragraph(inside):
                yield f"<p>{self.words(inside)}</p>"
            case tree.Items(start, items, tight):
                tag = "ul" if start is None else "ol"
                first = f' start="{start}"' if start not in (None, 1) else ""
                yield f"<{tag}{first}>"
                for item in items:
                    yield f"<li>{self.item(item, tight)}</li>"
                yield f"</{tag}>"
            case tree.Quote(inside):
                yield from ("<blockquote>", *self.blocks(inside), "</blockquote>")
            case tree.Listing(text):
                yield f"<pre><code>{escape(text)}</code></pre>"
            case tree.Rule():
                yield "<hr>"
            case tree.Grid():
                yield from self.grid(block)
            case tree.Display(latex):
                yield self.display(latex)
            case tree.Drawing():
                yield from self.drawing(block)
            case tree.Note():
                yield self.note(block)
            case tree.Claimed():
                yield from self.claimed(block)
            case tree.Declared(inside):
                yield from ('<div class="declared">', *self.blocks(inside), "</div>")

    def item(self, item: tree.Blocks, tight: bool) -> str:
        """What stands in an item of a list, where it is tight without paragraphs."""
        out: list[str] = []
        for block in item:
            out += (
                [self.words(block.words)]
                if tight and isinstance(block, tree.Paragraph)
                else self.block(block)
            )
        return "\n".join(out)

    def claimed(self, block: tree.Claimed) -> Iterator[str]:
        """What is claimed, the verdicts beside it, and below what is to be said."""
        if not block.marks and not block.notes:
            yield from self.blocks(block.blocks)
            return
        status = block.marks[0].status if block.marks else "quiet"
        yield f'<section class="claim {status}">'
        if block.marks:
            yield f'<div class="beside"><p class="marks">{"<br>".join(map(_mark, block.marks))}</p>'
            yield from (*self.blocks(block.blocks[:1]), "</div>", *self.blocks(block.blocks[1:]))
        else:
            yield from self.blocks(block.blocks)
        if block.notes:
            yield from ('<div class="notes">', *map(self.note, block.notes), "</div>")
        yield "</section>"

    def note(self, note: tree.Note) -> str:
        """What is to be said."""
        return f'<p class="note {escape(note.kind)}">{self.words(note.words)}</p>'

    def display(self, latex: str) -> str:
        """A formula on lines of its own."""
        try:
            found = formula(latex)
        except NotTypeset as error:
            return (
                f"<pre><code>{escape(latex.strip())}</code></pre>\n"
                f'<p class="note">Shown as it was typed: {escape(str(error))}.</p>'
            )
        tag = f'<span class="tag">{escape(found.tag)}</span>' if found.tag else ""
        return f'<div class="formula">{mathml(fitted(found.body, _ROOM), display=True)}{tag}</div>'

    def drawing(self, block: tree.Drawing) -> Iterator[str]:
        """A picture."""
        try:
            drawn = block.svg()
        except (ImportError, ValueError, ArithmeticError) as error:
            yield f'<p class="note fault">The picture is not drawn: {escape(str(error))}</p>'
            return
        caption = f"<figcaption>{escape(block.caption)}</figcaption>" if block.caption else ""
        image = _data(drawn.encode(), "svg", block.caption)
        yield f"<figure>{image}{caption}</figure>"

    def grid(self, block: tree.Grid) -> Iterator[str]:
        """A table, which scrolls by itself where it is too wide."""
        yield '<div class="table"><table>'
        if block.caption:
            yield f"<caption>{self.words(block.caption)}</caption>"
        yield f"<thead>{self.row(block.head, block.columns, 'th')}</thead><tbody>"
        yield from (self.row(row, block.columns, "td") for row in block.rows)
        yield "</tbody>"
        if block.total:
            yield f"<tfoot>{self.row(block.total, block.columns, 'td')}</tfoot>"
        yield "</table></div>"

    def row(self, row: Sequence[tree.Words], columns: str, tag: str) -> str:
        """A row of a table."""
        self.whole = True
        cells = [
            f'<{tag} class="{column}">{self.words(cell)}</{tag}>'
            for cell, column in zip(row, columns, strict=False)
        ]
        self.whole = False
        return f"<tr>{''.join(cells)}</tr>"

    # -- words -----------------------------------------------------------------------------------------------

    def word(self, word: tree.Inline) -> str:
        """A word."""
        match word:
            case tree.Text(text):
                return escape(_visible(text), quote=False)
            case tree.Marked(kind, inside):
                return f"<{_TAGS[kind]}>{self.words(inside)}</{_TAGS[kind]}>"
            case tree.Code(text):
                return f"<code>{escape(_visible(text))}</code>"
            case tree.Link(target, inside):
                found = self.target(target)
                return f'<a href="{escape(found)}">{self.words(inside)}</a>' if found else self.words(inside)
            case tree.Image(path, text):
                image = local_image(self.path, path)
                if image is None:
                    return f"[{escape(text or path)}]"
                return _data(image.data, image.ending, text)
            case tree.Math(latex):
                return self.math(latex)
            case tree.Break():
                return "<br>"

    def target(self, target: str) -> str:
        """Where a link leads; nothing for what a page should not lead to."""
        if target.startswith("#"):
            return f"#{self.prefix}{target[1:]}"
        if _SCHEME.match(target):
            return target if target.lower().startswith(("http://", "https://", "mailto:")) else ""
        return "" if target.startswith(("/", "\\")) else quote(target, safe="/#%?=&.,-_~+")

    def math(self, latex: str) -> str:
        """A formula in a line of text, in parts between which the line can end."""
        try:
            body = formula(latex).body
        except NotTypeset as error:
            return f"<code>{escape(latex)}</code> <small>({escape(str(error))})</small>"
        if self.whole or width(body) <= _SHORT:
            return mathml(body)
        parts = inline_parts(body, _SHORT)
        out: list[str] = []
        before: Node | None = None
        for part in parts:
            shown = mathml(part, before=before)
            out.append(f'<span class="long">{shown}</span>' if width(part) > 2.5 * _SHORT else shown)
            before = last(part)
        return "<wbr>".join(out)


def _visible(text: str) -> str:
    """Text without control characters, which HTML does not allow."""
    return "".join(c for c in text if c.isprintable() or c in " \n\t\u00a0" or ord(c) > 0x9F)


def _data(data: bytes, ending: str, words: str) -> str:
    encoded = base64.b64encode(data).decode("ascii")
    return f'<img src="data:{MEDIA[ending]};base64,{encoded}" alt="{escape(words)}">'


def _mark(mark: tree.Mark) -> str:
    color, _, sign = STATUSES[mark.status]
    name = f"<b>{escape(mark.name)}</b> " if mark.name else ""
    shown = f'<span class="mark {color}"><span class="sign">{sign}</span> {name}{mark.status}</span>'
    return f'{shown}<br><b class="deviates">expected: {escape(mark.expected)}</b>' if mark.expected else shown
