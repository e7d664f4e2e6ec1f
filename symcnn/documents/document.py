r"""Claim documents: Markdown that declares its symbols and claims formulas, read into statements.

What is broken is a fault with its place, and all the rest is read. Nothing is decided here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from symcnn.documents import meaning, trees
from symcnn.documents.declarations import Declarations, Section
from symcnn.documents.directives import Directive, directive
from symcnn.documents.display import read_display
from symcnn.documents.faults import Fault, FormulaError
from symcnn.documents.markdown import Block, blocks
from symcnn.documents.relations import Begun, Relation, Relations, Said, ends
from symcnn.documents.showing.shown import Shown
from symcnn.documents.source import readable
from symcnn.documents.trees import Formula, Part, Term
from symcnn.kernel.reading import THEOREM_NAME
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Unreadable, free
from symcnn.kernel.writing import write

_PLACE = re.compile(r"line (\d+), column (\d+): (.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*'*")
# What Markdown with formulas often shows as a display, and is none here.
_BARE = re.compile(r"\\begin\{(?:equation|align|gather|multline|displaymath|eqnarray)\*?\}")
_BEFORE_CLAIM = len("  claim     ")


@dataclass(frozen=True, slots=True)
class Step:
    """One relation of a claim as a statement of the kernel, and where its formula begins.

    ``left``, ``sign`` and ``right`` are the relation as the author wrote it, empty for what is none.
    ``rounded`` is the number where it says "rounds to". ``own``, from the second relation of a chain on, says
    of the first term of the chain what the relations up to here say together: of ``a = b <= c``, ``a <= c``;
    None where they say nothing together. ``chain`` is the number of the formula in its display: relations of
    formulas side by side do not follow from one another.
    """

    statement: Statement
    line: int
    column: int
    own: Statement | None = None
    rounded: str = ""
    left: str = ""
    sign: str = ""
    right: str = ""
    chain: int = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a document: its id, the verdict that is expected, and its relations one by one.

    ``source`` is the LaTeX as it stands there, from ``line`` to ``last_line``, or, where ``latex`` is false,
    the text of a statement. A claim that is not read has no steps, and ``fault`` says why. A chain
    ``a = b = c`` has a step for each of its relations. ``said`` is the comment above, ``declared`` what holds
    where the claim stands.
    """

    name: str
    expected: str
    source: str
    line: int
    steps: tuple[Step, ...] = ()
    fault: Fault | None = None
    last_line: int = 0
    latex: bool = True
    column: int = 1
    said: Directive | None = field(default=None, compare=False, repr=False)
    declared: Declarations | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """What the claim ``name`` says if the claim ``source_name`` is right, as a statement of its own."""

    name: str
    source_name: str
    statement: Statement
    line: int


@dataclass(frozen=True)
class Document:
    """The claims of a document in their order, what follows from what, what is not read and what is shown."""

    claims: tuple[Claim, ...]
    faults: tuple[Fault, ...]
    links: tuple[Link, ...] = ()
    shown: tuple[Shown, ...] = ()


def read_document(text: str) -> Document:
    r"""Read a claim document.

    >>> document = read_document('''# A dense layer
    ...
    ... ```symcnn
    ... given N : int >= 1
    ... ```
    ...
    ... <!-- claim B3 -->
    ... $$ N \\cdot N + 2N = N^2 + 2N = N(N + 2) $$
    ... ''')
    >>> for step in document.claims[0].steps:
    ...     print(step.statement.written)
    theorem B3.1 ""
      given     N : int >= 1
      claim     N*N + 2*N = N^2 + 2*N
    theorem B3.2 ""
      given     N : int >= 1
      claim     N^2 + 2*N = N*(N + 2)
    """
    return read_source(*readable(text))


def read_source(text: str, faults: Sequence[Fault]) -> Document:
    """Read a claim document from its text, with what was not read of its file."""
    return _Document(faults=[*faults]).read(text)


@dataclass
class _Document:
    """What was read so far."""

    declarations: Declarations = field(default_factory=Declarations)
    claims: list[Claim] = field(default_factory=list[Claim])
    links: list[Link] = field(default_factory=list[Link])
    faults: list[Fault] = field(default_factory=list[Fault])
    named: set[str] = field(default_factory=set[str])
    unnamed: Counter[int] = field(default_factory=Counter[int])
    shown: list[Shown] = field(default_factory=list[Shown])
    asked: int = 0
    level: int = 0
    waiting: Directive | None = None
    # The last terms of the display before, with their sources.
    last: tuple[tuple[Term, str] | None, ...] = ()

    def read(self, text: str) -> Document:
        for block in blocks(text):
            self.block(block)
        self.no_formula()
        self.unknown_claims()
        faults = sorted(self.faults, key=lambda f: (f.line, f.column))
        return Document(tuple(self.claims), tuple(faults), tuple(self.links), tuple(self.shown))

    def block(self, block: Block) -> None:
        """Read one part of the document."""
        if block.kind == "fault":
            self.unread(block)
        elif block.kind == "comment":
            self.comment(block)
        elif block.kind == "display":
            self.display(block)
        elif block.kind == "fence" and block.info == "claim":
            self.fenced(block)
        else:
            self.no_formula()
            bare = _BARE.match(block.text) if block.kind == "prose" else None
            if bare is not None:
                reason = f"{bare.group()} is read between $$ and $$ alone; write them around it"
                self.faults.append(Fault(reason, block.line, block.column))
            elif block.kind == "heading":
                self.level = len(block.info)
                self.declarations.leave(self.level)
                self.last = ()
            elif block.kind == "fence" and block.info == "symcnn":
                self.faults += self.declarations.read(block.text, block.line, self.level)
            elif block.kind == "fence" and block.info in ("derive", "table", "picture"):
                self.show(block)

    def unread(self, block: Block) -> None:
        """What is not closed; the claim that the comment above names is not read then."""
        fault = Fault(block.text, block.line, block.column)
        self.last = ()
        if block.info in ("display", "claim", "math") and self.waiting and self.waiting.kind == "claim":
            said, _ = self.said(block)
            name = self.name(said, (), block)
            self.put(Claim(name, said.expected, "", block.line, (), fault, latex=block.info != "claim"))
        else:
            self.faults.append(fault)

    def show(self, block: Block) -> None:
        """A derivation, a table or a picture, with what is declared here."""
        from symcnn.documents.showing.reading import MAX_SHOWN, read_shown

        shown, faults = read_shown(block, self.declarations, max(0, MAX_SHOWN - self.asked))
        self.shown += shown
        self.faults += faults
        self.asked += len(shown) + len(faults)

    # -- comments --------------------------------------------------------------------------------------------

    def comment(self, block: Block) -> None:
        """A comment may say what the formula below it is."""
        try:
            found = directive(block.text, block.line, block.column)
        except ValueError as error:
            self.faults.append(Fault(str(error), block.line, block.column))
            return
        if found is not None:
            self.no_formula()
            self.waiting = found

    def no_formula(self) -> None:
        """A comment that waits for its formula waits in vain."""
        if self.waiting is not None:
            self.faults.append(Fault("no formula stands below this comment", self.waiting.line))
            self.waiting = None

    def said(self, block: Block) -> tuple[Directive, bool]:
        """What the comment above says of a formula, and whether there is one."""
        found, self.waiting = self.waiting, None
        return found or Directive("claim", block.line), found is not None

    def unknown_claims(self) -> None:
        """Steps name claims of the document, or relations of their chains."""
        known = {claim.name for claim in self.claims}
        known |= {step.statement.name for claim in self.claims for step in claim.steps}
        for link in self.links:
            for name in (link.name, link.source_name):
                if name not in known:
                    self.faults.append(Fault(f"no claim of this document is called {name}", link.line))
        self.links = [link for link in self.links if {link.name, link.source_name} <= known]

    # -- formulas --------------------------------------------------------------------------------------------

    def display(self, block: Block) -> None:
        """A display formula: a claim, unless the comment above says something else."""
        said, commented = self.said(block)
        if said.kind == "no claim":
            self.last = ()
            return
        try:
            begun = self.continued(block)
            if said.kind == "assume":
                self.assume(begun, block)
            elif said.kind == "step":
                self.step(said, block, self.relations(begun, said, block))
            elif said.form:
                self.claim(said, begun, block, [self.form(begun, said, block)])
            elif commented or any(isinstance(each.part.body, Formula) for each in begun):
                self.claim(said, begun, block, self.relations(begun, said, block))
        except FormulaError as error:
            reason = error.reason + (f"; {error.advice}" if error.advice else "")
            fault = Fault(reason, error.line, error.column)
            self.last = ()
            if said.kind != "claim":
                self.faults.append(fault)
            else:
                self.put(replace(self.begin(said, (), block), fault=fault))

    def continued(self, block: Block) -> list[Begun]:
        """The formulas of a display; one that begins with a relation goes on from the display before."""
        parts = read_display(block.text, self.declarations.names, block.line, block.column)
        out: list[Begun] = []
        for k, part in enumerate(parts):
            body, first = part.body, ""
            if isinstance(body, trees.Chain) and body.terms[0] is None:
                before = self.last[k] if len(self.last) == len(parts) else None
                if before is not None:
                    term, first = before
                    body = replace(body, terms=(term, *body.terms[1:]))
            out.append(Begun(replace(part, body=body), first))
        self.last = tuple(ends(begun, block.text) for begun in out)
        return out

    def assume(self, begun: list[Begun], block: Block) -> None:
        """Assumptions hold to the end of the section."""
        for part in (each.part for each in begun):
            found = meaning.formula(part.body, self.declarations.names, block.text, block.line, block.column)
            fault = self.declarations.add(
                Section(f"assume {write(found)}", block.at(part.span[0])[0], self.level)
            )
            if fault is not None:
                self.faults.append(fault)

    def relations(self, begun: list[Begun], said: Directive, block: Block) -> list[Relation]:
        """The relations of a display; raises ``FormulaError`` where the comment does not fit them."""
        reader = Relations(said, block, self.declarations.names)
        found = [relation for k, each in enumerate(begun, start=1) for relation in reader.of(each, k)]
        reason = advice = ""
        place = 0
        alone = [each.part for each in begun if not isinstance(each.part.body, Formula)]
        if found and alone:
            place = alone[0].span[0]
            reason = "a term alone stands beside formulas"
            advice = "write its relation; a product that goes on in the next row needs a sign, \\cdot"
        elif not found:
            reason = "a term alone says nothing"
            advice = (
                "write a relation, or in the comment what is said of it: <!-- claim A13 is bounded in N -->"
            )
        elif (said.sizes or said.growing) and not any(each.said.term for each in found):
            sign, word = ("\\propto", "sizes") if said.sizes else ("\\sim", "growing sizes")
            reason, advice = f"the comment names {word}, but the formula has no {sign}", "leave them out"
        elif said.kind == "step" and len(found) > 1:
            reason, advice = "a step is one relation", "write a display for each"
        if reason:
            raise FormulaError(reason, block.text, place, block.line, block.column, advice)
        return found

    def form(self, begun: list[Begun], said: Directive, block: Block) -> Relation:
        """What the comment says of a term alone, in the words of statements."""
        if len(begun) != 1 or isinstance(begun[0].part.body, Formula):
            reason = f"the comment says of a term that it {said.form}, but below it stands "
            reason += "more than one formula" if len(begun) != 1 else "a relation"
            raise FormulaError(reason, block.text, 0, block.line, block.column, "write one term")
        part = begun[0].part
        found = meaning.term(part.body, self.declarations.names, block.text, block.line, block.column)
        text = write(found)
        words = {*_NAME.findall(said.form)} & {*self.declarations.names.sorts}
        whole = Said(f"{text} {said.form}", frozenset({*free(found), *words}), term=len(text))
        return Relation(whole, None, "", "", "", *block.at(part.span[0]))

    def name(self, said: Directive, parts: Sequence[Part], block: Block) -> str:
        """The id of a claim: what the comment says, the printed number, or the line."""
        tags = [part.tag.strip("()") for part in parts if part.tag]
        tag = tags[0] if tags and re.fullmatch(THEOREM_NAME, tags[0]) else ""
        if said.name or tag:
            return said.name or tag
        self.unnamed[block.line] += 1
        count = self.unnamed[block.line]
        return f"L{block.line}.{count}" if count > 1 else f"L{block.line}"

    def begin(self, said: Directive, parts: Sequence[Part], block: Block) -> Claim:
        """A claim without its relations."""
        return Claim(
            self.name(said, parts, block),
            said.expected,
            block.text,
            block.line,
            column=block.column,
            said=said,
            declared=self.declarations.copy(),
        )

    def claim(self, said: Directive, begun: list[Begun], block: Block, found: list[Relation]) -> None:
        """Add a claim with its relations as statements."""
        claim = self.begin(said, [each.part for each in begun], block)
        name = claim.name
        steps: list[Step] = []
        for k, relation in enumerate(found, start=1):
            step = self.statement(name if len(found) == 1 else part_of(name, str(k)), relation, said)
            if isinstance(step, Fault):
                self.put(replace(claim, fault=step))
                return
            steps.append(step)
        self.put(replace(claim, steps=tuple(steps)))

    def statement(self, name: str, relation: Relation, said: Directive) -> Step | Fault:
        """One relation as a statement, or why it is none."""
        try:
            statement = self.read_statement(name, relation.said)
            own = None if relation.own is None else self.read_statement(part_of(name, "own"), relation.own)
        except (Unreadable, ValueError) as error:
            _, column, reason = _place(error)
            if relation.said.term and column > _BEFORE_CLAIM + relation.said.term:
                return Fault(reason, said.line, said.column)
            return Fault(reason, relation.line, relation.column)
        return Step(
            statement,
            relation.line,
            relation.column,
            own,
            relation.said.rounded,
            relation.left,
            relation.sign,
            relation.right,
            relation.chain,
        )

    def read_statement(self, name: str, said: Said) -> Statement:
        """What is said as a statement; raises ``Unreadable``."""
        head = f'theorem {name} ""\n'
        (found,) = read_statements(head + self.declarations.given(said.text, said.used))
        return found

    def put(self, claim: Claim) -> None:
        """Add a claim; two of one name are a fault."""
        names = [claim.name]
        for step in claim.steps:
            names += [each.name for each in (step.statement, step.own) if each is not None]
        self.new_names(list(dict.fromkeys(names)), claim.line)
        last = claim.last_line or claim.line + claim.source.count("\n")
        self.claims.append(replace(claim, last_line=last))

    def new_names(self, names: Sequence[str], line: int) -> None:
        """Claims, the relations of chains and steps must not share a name."""
        twice = next((name for name in names if name in self.named), None)
        if twice is not None:
            self.faults.append(Fault(f"the id {twice} is used twice", line))
        self.named.update(names)

    def link(self, said: Directive, statement: Statement, line: int) -> None:
        """Add what one claim says if another one is right."""
        self.new_names([statement.name], line)
        self.links.append(Link(said.name, said.source, statement, line))

    def step(self, said: Directive, block: Block, found: list[Relation]) -> None:
        """What one claim says if another one is right."""
        (relation,) = found
        step = self.statement(part_of(said.name, f"from.{said.source}"), relation, said)
        if isinstance(step, Fault):
            self.faults.append(step)
        else:
            self.link(said, step.statement, block.line)

    # -- statements ------------------------------------------------------------------------------------------

    def fenced(self, block: Block) -> None:
        """Claims in the language of statements, with declarations of their own."""
        said, _ = self.said(block)
        if said.kind == "no claim":
            return
        read: list[Statement] = []
        count = 0
        for text, line in _theorems(block):
            count += 1
            try:
                (statement,) = read_statements(text)
                read.append(replace(statement, line=line))
            except Unreadable as error:
                row, column, reason = _place(error)
                fault = Fault(reason, line + row - 1, column)
                name = _named(text) or said.name or f"L{line}"
                if said.kind == "claim":
                    self.put(Claim(name, said.expected, text, line, (), fault, latex=False))
                else:
                    self.faults.append(fault)
        reason = _unfitting(said, count, read)
        if reason:
            self.faults.append(Fault(reason, said.line, said.column))
        for statement in read:
            if said.kind == "claim":
                step = Step(statement, statement.line, 1)
                self.put(
                    Claim(
                        statement.name, said.expected, statement.written, statement.line, (step,), latex=False
                    )
                )
            elif said.kind == "step" and not reason:
                self.link(said, statement, statement.line)


def part_of(name: str, part: str) -> str:
    """The name of a part of a claim; primes stay at the end.

    >>> part_of("E8b", "1"), part_of("E8b'", "1"), part_of("E8b'", "2.own")
    ('E8b.1', "E8b.1'", "E8b.2.own'")
    """
    stem, part_stem = name.rstrip("'"), part.rstrip("'")
    return f"{stem}.{part_stem}{name[len(stem) :]}{part[len(part_stem) :]}"


def _place(error: Exception) -> tuple[int, int, str]:
    """Line, column and reason of an error of the kernel."""
    found = _PLACE.match(str(error))
    return (int(found.group(1)), int(found.group(2)), found.group(3)) if found else (1, 1, str(error))


def _theorems(block: Block) -> Iterator[tuple[str, int]]:
    """The theorems of a block one by one, each with its line; what is none spoils its neighbour alone."""
    lines = block.text.split("\n")
    starts = [k for k, line in enumerate(lines) if line.startswith("theorem ")]
    said = [line for line in lines[: starts[0] if starts else None] if line.partition("#")[0].strip()]
    if said or not starts:
        starts = [0, *starts]
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield "\n".join(lines[start:stop]), block.line + start


def _named(text: str) -> str:
    """The name of a theorem that may be broken."""
    found = re.match(rf"theorem ({THEOREM_NAME})\s", text)
    return found.group(1) if found else ""


def _unfitting(said: Directive, count: int, found: Sequence[Statement]) -> str:
    """Why a comment does not fit the block of statements below it; nothing where it does."""
    if said.kind == "assume":
        return "an assumption is a formula; write it in a block ```symcnn, with assume"
    if said.form or said.sizes or said.growing:
        return "what is claimed stands in the block; name the claim alone"
    if (said.name or said.kind == "step") and count != 1:
        return (
            f"the comment speaks of one statement, but the block below it has {count}; write a block for each"
        )
    if said.kind == "claim" and said.name and found and found[0].name != said.name:
        return f"the comment names {said.name}, but the block below it {found[0].name}; write one name"
    return ""
