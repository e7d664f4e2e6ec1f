r"""A tree as LaTeX: one article, with amsmath and what every installation of LaTeX has.

The text is ASCII alone. What stands on the page was written by this module: nothing of a document is passed
through, so nothing in it can run or define anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from symcnn.export import tree
from symcnn.export.breaking import fitted, loose, unbroken, width
from symcnn.export.characters import address, code, words
from symcnn.export.images import local_image
from symcnn.export.mathematics import Grid, Node, NotTypeset, formula
from symcnn.export.texmath import tex
from symcnn.export.verdicts import STATUSES, summaries
from symcnn.export.writer import Writer

# The widths of the text in em.
_ROOM = {False: 32.0, True: 38.5}
_ROWS = 24
_LONG_TABLE = 36
_MANY_COLUMNS = 5
_DEEPEST = 4
_SECTIONS = {2: "section", 3: "subsection", 4: "subsubsection", 5: "paragraph", 6: "subparagraph"}
_EMPHASIS = {"emphasis": "emph", "strong": "textbf", "struck": "struck"}

_HEAD = r"""\documentclass[11pt]{article}
\usepackage[a4paper,top=25mm,bottom=28mm,%(sides)s]{geometry}
\usepackage{amsmath,amssymb,array,color,graphicx,longtable}
\usepackage[hidelinks]{hyperref}
\hypersetup{pdftitle={%(title)s}}
\definecolor{proved}{rgb}{0.00,0.42,0.20}
\definecolor{refuted}{rgb}{0.70,0.07,0.10}
\definecolor{unknown}{rgb}{0.60,0.38,0.00}
\definecolor{quiet}{rgb}{0.40,0.40,0.40}
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt plus 2pt}
\setlength{\emergencystretch}{3em}\tolerance=2000\hbadness=4000\hfuzz=1pt
\raggedbottom
\newcommand{\heading}[1]{{\LARGE\bfseries\raggedright #1\par}\bigskip}
\DeclareRobustCommand{\unknown}[1]{\texttt{\small U+#1}}
\newcommand{\struck}[1]{\sbox{\wide}{#1}\leavevmode\rlap{\rule[0.5ex]{\wd\wide}{0.4pt}}#1}
%% What is too wide for its line is made smaller.
\newsavebox{\wide}
\newcommand{\fit}{\ifdim\wd\wide>\dimexpr\linewidth-\leftskip\relax
  \resizebox{\dimexpr\linewidth-\leftskip\relax}{!}{\usebox{\wide}}\else\usebox{\wide}\fi}
\newcommand{\inlinefit}[1]{\hskip 0pt plus 1fil\penalty50\hskip 0pt plus -1fil\sbox{\wide}{$#1$}\fit}
\newcommand{\image}[1]{\sbox{\wide}{\includegraphics{#1}}\ifdim\ht\wide>0.4\textheight
  \sbox{\wide}{\includegraphics[height=0.4\textheight]{#1}}\fi\fit}
%% Verdicts stand in the margin, in the line that they are set in.
\makeatletter
\newcommand{\beside}[1]{\leavevmode\makebox[0pt][l]{\hskip\dimexpr\textwidth-\@totalleftmargin+\marginparsep\relax
  \smash{\parbox[t]{\marginparwidth}{\raggedright\footnotesize #1}}}\ignorespaces}
\makeatother
\newcommand{\verdict}[3]{\textcolor{#1}{#2}~#3}
%% A formula on a line of its own: what stands in the margin, its number, and the formula.
\newcommand{\formula}[3]{\par\nobreak\vskip 3pt plus 2pt\noindent\beside{#1}\sbox{\wide}{$\displaystyle #3$}%%
  \hbox to\linewidth{\hss\fit\hss\llap{#2}}\par\vskip 3pt plus 2pt}
\newcommand{\finding}[1]{{\parskip=2pt\par\leftskip=2em\rightskip=0pt plus 4em
  \relpenalty=10\binoppenalty=20\small\noindent #1\par}}
\newcommand{\codeline}[1]{{\parskip=0pt\par\leftskip=1em\rightskip=0pt plus 1fil\small\ttfamily
  \hangindent=2em\noindent\strut #1\par}}
\begin{document}
"""
_SIDES = {
    False: "left=22mm,textwidth=126mm,marginparsep=6mm,marginparwidth=40mm",
    True: "left=30mm,textwidth=150mm",
}


@dataclass
class LatexWriter(Writer):
    r"""Writes pages as a LaTeX document; pictures become files beside it, whose names begin with ``stem``.

    >>> page = tree.Page("Sizes", "", "", (tree.Paragraph((tree.Text("50% of "), tree.Math("N^2"))),))
    >>> print(LatexWriter("x").document([page]).splitlines()[-3])
    50\% of $N^{2}$
    """

    stem: str
    plain: bool = False
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    path: str = ""
    depth: int = 0

    def document(self, pages: Sequence[tree.Page]) -> str:
        """The whole document."""
        title = pages[0].title if len(pages) == 1 else "Report"
        head = _HEAD % {"sides": _SIDES[self.plain], "title": _ascii(title)}
        body: list[str] = []
        if len(pages) > 1:
            body += [*self.blocks(summaries(pages, self.plain)), ""]
        for k, page in enumerate(pages):
            self.path = page.path
            if k or body:
                body.append(r"\clearpage")
            body += self.page(page)
        return head + "\n".join(body) + "\n\\end{document}\n"

    def summary(self, text: str) -> list[str]:
        """A summary, and an empty line."""
        return [rf"{{\small\color{{quiet}}{words(text)}\par}}", ""]

    # -- blocks ----------------------------------------------------------------------------------------------

    @property
    def room(self) -> float:
        """The width of a line in em."""
        return _ROOM[self.plain] - 2.2 * self.depth

    def block(self, block: tree.Block) -> Iterator[str]:
        """A block as lines of LaTeX, an empty one behind it."""
        match block:
            case tree.Heading(level, title):
                shown = self.words(title)
                yield rf"\heading{{{shown}}}" if level == 1 else rf"\{_SECTIONS[level]}*{{{shown}}}"
                yield ""
            case tree.Paragraph(inside):
                shown = self.words(inside) or "{}"
                # Code has few places to break, so its lines are not stretched.
                yield from (rf"{{\raggedright {shown}\par}}" if r"\texttt" in shown else shown, "")
            case tree.Items():
                yield from self.items(block)
            case tree.Quote(inside):
                yield from self.nested("", lambda: self.blocks(inside))
            case tree.Listing(text):
                yield from (rf"\codeline{{{code(line)}}}" for line in text.split("\n"))
                yield ""
            case tree.Rule():
                yield from (r"\par\noindent\rule{\linewidth}{0.4pt}\par", "")
            case tree.Grid():
                yield from self.grid(block)
            case tree.Display(latex):
                yield from self.display(latex, "")
            case tree.Drawing(caption, _, pdf):
                yield from self.drawing(caption, pdf)
            case tree.Note():
                yield from (self.note(block), "")
            case tree.Claimed():
                yield from self.claimed(block)
            case tree.Declared(inside):
                yield from self.blocks(inside)

    def items(self, block: tree.Items) -> Iterator[str]:
        """A list."""
        if self.depth >= _DEEPEST:
            # LaTeX nests lists six deep and no deeper.
            for k, item in enumerate(block.items):
                yield from (_label(block, k, self.depth), *self.blocks(item))
            return
        yield (
            r"\begin{list}{}{\setlength{\leftmargin}{2.2em}\setlength{\itemsep}{%s}\setlength{\parsep}{%s}}"
            % (("1pt", "0pt") if block.tight else ("4pt", "4pt"))
        )
        self.depth += 1
        for k, item in enumerate(block.items):
            yield rf"\item[{{{_label(block, k, self.depth - 1)}}}]{{}}"
            yield from self.blocks(item)
        self.depth -= 1
        yield from (r"\end{list}", "")

    def nested(self, label: str, inside: Callable[[], list[str]]) -> Iterator[str]:
        """Blocks further to the right."""
        if self.depth >= _DEEPEST:
            yield from inside()
            return
        self.depth += 1
        yield r"\begin{list}{}{\setlength{\leftmargin}{2.2em}\setlength{\parsep}{4pt}}"
        yield rf"\item[{label}]{{}}"
        yield from inside()
        self.depth -= 1
        yield from (r"\end{list}", "")

    def claimed(self, block: tree.Claimed) -> Iterator[str]:
        """What is claimed, the verdict beside it, and below it what is to be said."""
        marks = r"\\ ".join(map(_mark, block.marks))
        for part in block.blocks:
            if isinstance(part, tree.Display):
                yield from self.display(part.latex, marks)
            elif isinstance(part, tree.Paragraph):
                yield from ((rf"\beside{{{marks}}}" if marks else "") + self.words(part.words), "")
            else:
                if marks:
                    yield rf"\beside{{{marks}}}\par\vskip-\baselineskip"
                yield from self.block(part)
            marks = ""
        if block.notes:
            yield from map(self.note, block.notes)
            yield ""

    def note(self, note: tree.Note) -> str:
        """What is to be said."""
        shown = self.words(note.words)
        return (
            rf"\finding{{\textcolor{{refuted}}{{!}}~{shown}}}"
            if note.kind == "fault"
            else rf"\finding{{{shown}}}"
        )

    def display(self, latex: str, marks: str) -> Iterator[str]:
        """A formula on lines of its own, broken where it is too wide."""
        try:
            found = formula(latex)
        except NotTypeset as error:
            if marks:
                yield rf"\beside{{{marks}}}\par\vskip-\baselineskip"
            yield from (rf"\codeline{{{code(line)}}}" for line in latex.strip().split("\n"))
            yield from (rf"\finding{{Shown as it was typed: {words(str(error))}.}}", "")
            return
        tag = words(found.tag)
        room = self.room - (3.0 if found.tag else 0.0)
        body = fitted(found.body, room)
        for part in _paged(body):
            yield from (rf"\formula{{{marks}}}{{{tag}}}{{{tex(part)}}}", "")
            tag = marks = ""

    def drawing(self, caption: str, pdf: Callable[[], bytes]) -> Iterator[str]:
        """A picture, in a file of its own."""
        try:
            drawn = pdf()
        except (ImportError, ValueError, ArithmeticError) as error:
            yield from (rf"\finding{{The picture is not drawn: {words(str(error))}}}", "")
            return
        name = self.file(drawn, "pdf")
        yield rf"\begin{{center}}\image{{{name}}}"
        if caption:
            yield rf"\\*[2pt]{{\small {words(caption)}}}"
        yield from (r"\end{center}", "")

    def file(self, data: bytes, ending: str) -> str:
        """The name of a file that belongs to the document."""
        known = next((name for name, held in self.files.items() if held == data), "")
        name = known or f"{self.stem}-{len(self.files) + 1}.{ending}"
        self.files[name] = data
        return name

    # -- tables ----------------------------------------------------------------------------------------------

    def grid(self, block: tree.Grid) -> Iterator[str]:
        """A table; long ones go on on the next page."""
        rows = [block.head, *block.rows, *([block.total] if block.total else [])]
        columns = list(block.columns)
        # Tables are set in small letters.
        room = 1.09 * self.room - (0.8 if len(columns) > _MANY_COLUMNS else 1.2) * len(columns)
        wide = _columns(rows, len(columns), self.cell_width)
        long = len(rows) > _LONG_TABLE
        if sum(wide) > (room if long else 1.2 * room):
            longest = _columns(rows, len(columns), lambda cell: self.cell_width(cell, max))
            columns = _paragraphs(columns, wide, longest, room)
            # Cells of several lines make a table long as well; what is too wide even so is made smaller.
            long = long or sum(longest) <= room
        shown = [" & ".join(self.words(cell) for cell in row) + r" \\" for row in rows]
        # A bracket at the beginning of a row would be taken for the height of the row above.
        shown = [f"{{}}{row}" if row[0] in "[*" else row for row in shown]
        shown[0] += r" \hline"
        if block.total:
            shown[-2] += r" \hline"
        caption = self.words(block.caption)
        small = r"\small\tabcolsep=4pt" if len(columns) > _MANY_COLUMNS else r"\small"
        if long:
            yield rf"{{{small}\begin{{longtable}}{{{''.join(columns)}}}"
            yield from (r"\hline", shown[0], r"\endhead", r"\hline\endfoot", *shown[1:], r"\end{longtable}}")
        else:
            yield rf"\begin{{center}}\sbox{{\wide}}{{{small}\begin{{tabular}}{{{''.join(columns)}}}"
            yield from (r"\hline", *shown, r"\hline", r"\end{tabular}}\fit")
        if caption:
            yield rf"\\*[2pt]{{\small {caption}}}" if not long else rf"{{\centering\small {caption}\par}}"
        yield from (() if long else (r"\end{center}",))
        yield ""

    def cell_width(self, cell: tree.Words, of: Callable[[list[float]], float] = sum) -> float:
        """About how many em wide a cell is, or the ``max`` of its words."""
        out = [0.0]
        for word in cell:
            if isinstance(word, tree.Math):
                try:
                    out.append(width(formula(word.latex).body))
                    continue
                except NotTypeset:
                    pass
            out += (0.5 * len(each) + 0.3 for each in tree.plain((word,)).split())
        return of(out)

    # -- words -----------------------------------------------------------------------------------------------

    def word(self, word: tree.Inline) -> str:
        """A word."""
        match word:
            case tree.Text(text):
                return words(text)
            case tree.Marked("struck", inside) if len(tree.plain(inside)) > 40:
                return f"[struck out: {self.words(inside)}]"
            case tree.Marked(kind, inside):
                return rf"\{_EMPHASIS[kind]}{{{self.words(inside)}}}"
            case tree.Code(text):
                return rf"\texttt{{{code(text)}}}"
            case tree.Link(target, inside):
                found = address(target)
                return rf"\href{{{found}}}{{{self.words(inside)}}}" if found else self.words(inside)
            case tree.Image(path, text):
                image = local_image(self.path, path)
                if image is None or image.ending == "svg":
                    return rf"[{words(text or path)}]"
                return rf"\image{{{self.file(image.data, image.ending)}}}"
            case tree.Math(latex):
                return self.math(latex)
            case tree.Break():
                return "\\leavevmode\\\\{}"

    def math(self, latex: str) -> str:
        """A formula in a line of text."""
        try:
            body = formula(latex).body
        except NotTypeset as error:
            return rf"\texttt{{{code(latex)}}} {{\small({words(str(error))})}}"
        if unbroken(body) > 0.7 * self.room:
            return rf"\inlinefit{{{tex(body)}}}"
        shown = tex(loose(body, 6.0)).strip()
        return f"${shown}$" if shown else ""


def _ascii(title: str) -> str:
    """A title for the data of the PDF: letters and numbers alone."""
    return "".join(c if c.isascii() and (c.isalnum() or c in " .,-") else " " for c in title).strip()


def _label(block: tree.Items, k: int, depth: int) -> str:
    if block.start is not None:
        return f"{block.start + k}."
    return (r"$\bullet$", "--", r"$\ast$", r"$\cdot$")[depth % 4]


def _mark(mark: tree.Mark) -> str:
    color, sign, _ = STATUSES[mark.status]
    name = rf"\textbf{{{words(mark.name)}}} " if mark.name else ""
    expected = (
        rf"\\ \textcolor{{refuted}}{{\textbf{{expected: {words(mark.expected)}}}}}" if mark.expected else ""
    )
    return rf"\verdict{{{color}}}{{{sign}}}{{{name}{mark.status}}}{expected}"


def _paged(body: Node) -> Iterator[Node]:
    """A formula of very many lines in parts that fit onto a page."""
    if isinstance(body, Grid) and body.name in ("aligned", "gathered") and len(body.rows) > _ROWS:
        for k in range(0, len(body.rows), _ROWS):
            yield Grid(body.name, body.rows[k : k + _ROWS])
    else:
        yield body


def _columns(
    rows: Sequence[tuple[tree.Words, ...]], count: int, measure: Callable[[tree.Words], float]
) -> list[float]:
    """The largest measure of the cells in each column."""
    return [max((measure(row[k]) for row in rows if k < len(row)), default=0.0) for k in range(count)]


def _paragraphs(columns: list[str], wide: list[float], longest: list[float], room: float) -> list[str]:
    """Columns in which lines are broken, for those that take more than their share; words stay whole."""
    free = room - sum(longest)
    wanted = sum(w - least for w, least in zip(wide, longest, strict=True)) or 1.0
    given = [least + max(free, 0.0) * (w - least) / wanted for w, least in zip(wide, longest, strict=True)]
    return [
        c if w <= least + 0.1 else rf">{{\raggedright\arraybackslash}}p{{{em:.1f}em}}"
        for c, w, least, em in zip(columns, wide, longest, given, strict=True)
    ]
