"""The parts of a claim document as blocks of a page: displays, declarations, claims, and what is to be shown.

What a comment says of the formula below it, and what is declared there, is followed as the reader of
documents does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from symcnn.documents.declarations import Fault
from symcnn.documents.directives import Directive, directive
from symcnn.documents.markdown import Block, blocks
from symcnn.documents.report import PROVED, Checked, Finding, Report
from symcnn.export import tree
from symcnn.export.declared import Scope, declaration, form_latex, names_latex, statement
from symcnn.export.mathematics import NotTypeset, Row, Sign, formula
from symcnn.export.signs import RELATION
from symcnn.kernel.terms import Sort

_SEVERAL = re.compile(r"\\\\|\\begin|\\tag")
_SHOWN = ("derive", "table", "picture")


class Parts:
    """The parts of a report's document by their places."""

    def __init__(self, report: Report, plain: bool) -> None:
        self.report = report
        self.plain = plain
        self.found: dict[tuple[int, int], tree.Blocks] = {}
        self.waiting: Directive | None = None
        self.level = 0
        self.scope = Scope()
        self.left = list(report.claims)
        self.faults = list(report.document.faults)

    def read(self, text: str) -> None:
        """Go through all parts of the text once."""
        for part in blocks(text):
            made = tuple(self.part(part))
            if made:
                self.found[part.line, part.column] = made

    def blocks(self, part: Block) -> tree.Blocks:
        """What a part looks like."""
        return self.found.get((part.line, part.column), ())

    def notes(self) -> tuple[tree.Note, ...]:
        """What is not read, and stands at no part that is shown."""
        if self.plain:
            return ()
        return tuple(self.fault(fault) for fault in self.faults)

    def fault(self, fault: Fault) -> tree.Note:
        """A fault as a note."""
        place = f"line {fault.line}, column {fault.column}: {fault.reason}"
        return tree.Note("fault", (tree.Text(f"Not read: {place}"),))

    def part(self, part: Block) -> Iterator[tree.Block]:
        """A part as blocks."""
        if part.kind == "heading":
            self.level = len(part.info)
            self.scope.leave(self.level)
            self.waiting = None
        elif part.kind == "comment":
            try:
                self.waiting = directive(part.text, part.line, part.column) or self.waiting
            except ValueError:
                self.waiting = None
        elif part.kind == "display":
            said, self.waiting = self.waiting, None
            yield self.display(part, said)
        elif part.kind == "fence" and part.info == "claim":
            said, self.waiting = self.waiting, None
            yield from self.statements(part, said)
        elif part.kind == "fence" and part.info == "symcnn":
            yield from self.declared(part)
        elif part.kind == "fence" and part.info in _SHOWN:
            yield from self.shown(part)

    # -- formulas --------------------------------------------------------------------------------------------

    def display(self, part: Block, said: Directive | None) -> tree.Block:
        """A display with the verdicts on it."""
        shown = tuple(self.formula(part, said))
        if self.plain or (said is not None and said.kind == "no claim"):
            return tree.Claimed(shown)
        if said is not None and said.kind == "assume":
            faults = self.taken(part)
            return tree.Claimed(shown, () if faults else (tree.Mark("", "assumed"),), faults)
        if said is not None and said.kind == "step":
            mark, notes = self.link(said)
            return tree.Claimed(shown, mark, (*notes, *self.taken(part)))
        checked = self.checked(part)
        if checked is None:
            return tree.Claimed(shown, (), self.taken(part))
        return tree.Claimed(shown, (_mark(checked),), tuple(_notes(checked)))

    def formula(self, part: Block, said: Directive | None) -> Iterator[tree.Block]:
        """The formula, and what the comment says of it."""
        more = "" if said is None else _behind(said, self.scope.sorts)
        source = part.text.strip()
        if not more:
            yield tree.Display(source)
        elif _SEVERAL.search(source):
            yield tree.Display(source)
            yield tree.Paragraph((tree.Math(more),))
        else:
            yield tree.Display(f"{source} {more}")

    def checked(self, part: Block) -> Checked | None:
        """The claim that a display is."""
        for k, checked in enumerate(self.left):
            if checked.claim.line == part.line and checked.claim.source.replace("\r", "") == part.text:
                return self.left.pop(k)
        return None

    def taken(self, part: Block) -> tuple[tree.Note, ...]:
        """The faults in the lines of a part, which are shown there."""
        # The line that opens a fence belongs to it.
        first, last = part.line - (part.kind == "fence"), part.line + part.text.count("\n")
        inside = [fault for fault in self.faults if first <= fault.line <= last]
        self.faults = [fault for fault in self.faults if fault not in inside]
        return () if self.plain else tuple(self.fault(fault) for fault in inside)

    def link(self, said: Directive) -> tuple[tuple[tree.Mark, ...], tuple[tree.Note, ...]]:
        """The verdict on a step from one claim to another."""
        names = {checked.name: checked for checked in self.report.claims}
        checked = names.get(said.name) or names.get(said.name.rpartition(".")[0])
        links: list[Any] = (
            [] if checked is None else [e for e in checked.links if e.source_name == said.source]
        )
        title = f"{said.name} from {said.source}"
        return tuple(tree.Mark(title, e.verdict.status.lower()) for e in links[:1]), ()

    # -- statements ------------------------------------------------------------------------------------------

    def statements(self, part: Block, said: Directive | None) -> Iterator[tree.Block]:
        """Claims in the language of statements, in words."""
        last = part.line + part.text.count("\n")
        inside = [c for c in self.left if not c.claim.latex and part.line <= c.claim.line <= last]
        self.left = [checked for checked in self.left if checked not in inside]
        if said is not None and said.kind == "step":
            mark, notes = self.link(said)
            link = next((e for e in self.report.document.links if part.line - 1 <= e.line <= last), None)
            shown = (tree.Listing(part.text),) if link is None else statement(link.statement)
            yield tree.Claimed(shown, () if self.plain else mark, () if self.plain else notes)
            return
        faults = self.taken(part)
        if not inside or any(not checked.steps for checked in inside):
            marks = tuple(_mark(checked) for checked in inside)
            notes = tuple(note for checked in inside for note in _notes(checked))
            yield tree.Claimed(
                (tree.Listing(part.text),), () if self.plain else marks, () if self.plain else notes
            )
            yield from faults
            return
        for checked in inside:
            found = checked.steps[0].step.statement
            title: list[tree.Inline] = [tree.Marked("strong", (tree.Text(f"{found.name}."),))]
            if found.meaning:
                title.append(tree.Text(f" {_sentence(found.meaning)}"))
            shown = (tree.Paragraph(tuple(title)), *statement(found))
            if self.plain:
                yield tree.Claimed(shown)
            else:
                yield tree.Claimed(shown, (_mark(checked),), tuple(_notes(checked)))
        yield from faults

    # -- declarations ----------------------------------------------------------------------------------------

    def declared(self, part: Block) -> Iterator[tree.Block]:
        """Declarations in words; lines that are refused as they were typed."""
        shown, refused = declaration(part.text, self.scope, self.level)
        if shown:
            yield tree.Declared(shown)
        notes = self.taken(part)
        if refused:
            yield tree.Listing("\n".join(refused))
        yield from notes

    # -- what documents ask for ------------------------------------------------------------------------------

    def shown(self, part: Block) -> Iterator[tree.Block]:
        """Derivations, tables and pictures; the text of the block where there is nothing to be shown."""
        last = part.line + part.text.count("\n")
        asked: Any = getattr(self.report.document, "shown", ())
        inside = [found for found in asked if part.line - 1 <= found.line <= last]
        for found in inside:
            yield _asked(found)
        notes = self.taken(part)
        if notes or not inside:
            yield tree.Listing(part.text)
        yield from notes


def _asked(found: Any) -> tree.Block:
    """A derivation, a table or a picture."""
    if hasattr(found, "svg"):
        return tree.Drawing(found.caption, found.svg, found.pdf)
    if hasattr(found, "rows"):
        rows = tuple(tuple(_cell(cell) for cell in row) for row in found.rows)
        total = () if found.total is None else tuple(_cell(cell) for cell in found.total)
        columns = "".join("r" if right else "l" for right in found.right)
        caption = (tree.Text(found.caption),) if found.caption else ()
        return tree.Grid(tuple(_cell(cell) for cell in found.head), rows, columns, total, caption)
    return tree.Display(found.latex)


def _cell(cell: Any) -> tree.Words:
    return (tree.Math(cell.latex.strip("$")) if cell.latex else tree.Text(cell.text),)


def _behind(said: Directive, scope: dict[str, Sort] | Any) -> str:
    """What a comment says of a formula, in LaTeX, as it stands behind it."""
    if said.sizes:
        return rf"\quad \text{{in }} {names_latex(said.sizes)}"
    if said.growing:
        verb = "grow" if len(said.growing) > 1 else "grows"
        return rf"\quad \text{{as }} {names_latex(said.growing)} \text{{ {verb}}}"
    if said.form:
        return form_latex(said.form, scope) or ""
    return ""


def _mark(checked: Checked) -> tree.Mark:
    return tree.Mark(checked.name, checked.status, checked.expected if checked.deviates else "")


def _notes(checked: Checked) -> Iterator[tree.Note]:
    """What is to be said of a claim that is not proved."""
    if checked.status == PROVED:
        return
    # What holds of several steps is said once.
    yield from dict.fromkeys(tree.Note(finding.kind, _words(finding)) for finding in checked.findings)


def _words(finding: Finding) -> tree.Words:
    lead = (finding.lead[:1].upper() + finding.lead[1:]).replace(" - ", " − ")
    if finding.kind == "corrected":
        # What is no relation says nothing without the words that stand around it there.
        name, shown = finding.text.partition(":")[0], finding.latex.strip()
        known = (tree.Math(shown),) if _is_relation(shown) else ()
        return (tree.Text(f"{lead} {name}: " if known else f"{lead} {name}"), *known)
    if finding.latex:
        return (tree.Text(f"{lead} "), tree.Math(finding.latex.strip()))
    return (tree.Text(f"{lead} {finding.text}".strip()),)


def _is_relation(latex: str) -> bool:
    try:
        body = formula(latex).body
    except NotTypeset:
        return False
    items = body.items if isinstance(body, Row) else (body,)
    return any(isinstance(item, Sign) and item.kind == RELATION for item in items)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words[-1] in ".!?:" else ".")
