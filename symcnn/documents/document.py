r"""Claim documents: Markdown that declares its symbols and claims formulas, read into statements.

What is broken is a fault with its place, and all the rest is read. Nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from symcnn.documents import meaning, trees
from symcnn.documents.declarations import Declarations, Fault, Section
from symcnn.documents.directives import Directive, directive
from symcnn.documents.display import read_display
from symcnn.documents.faults import FormulaError
from symcnn.documents.markdown import Block, blocks
from symcnn.documents.trees import Formula, Part, Term
from symcnn.kernel.reading import THEOREM_NAME
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Unreadable, free
from symcnn.kernel.writing import write

_PLACE = re.compile(r"line (\d+), column (\d+): (.*)", re.DOTALL)
_FORMS = {"prop": "is proportional to", "~": "is asymptotic to", "~~": "is asymptotic to"}


@dataclass(frozen=True, slots=True)
class Step:
    """One relation of a claim as a statement of the kernel, and where its formula begins."""

    statement: Statement
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a document: its id, the verdict that is expected, and its relations one by one.

    ``source`` is the LaTeX (or the ``.claim`` text) as it stands there. A claim that is not read has no
    steps, and ``fault`` says why. A chain ``a = b = c`` has a step for each of its relations.
    """

    name: str
    expected: str
    source: str
    line: int
    steps: tuple[Step, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True)
class Document:
    """The claims of a document in their order, and what else in it is not read."""

    claims: tuple[Claim, ...]
    faults: tuple[Fault, ...]


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
    return _Document().read(text)


def read_file(path: str | Path) -> Document:
    """Read a claim document from a file; raises ``ValueError`` where it is not UTF-8 or too long."""
    try:
        return read_document(Path(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.object[error.start]:#04x} is not UTF-8") from None


@dataclass
class _Document:
    """What was read so far."""

    declarations: Declarations = field(default_factory=Declarations)
    claims: list[Claim] = field(default_factory=list[Claim])
    faults: list[Fault] = field(default_factory=list[Fault])
    level: int = 0
    waiting: Directive | None = None
    last: tuple[Term | None, ...] = ()

    def read(self, text: str) -> Document:
        for block in blocks(text):
            self.block(block)
        self.no_formula()
        return Document(tuple(self.claims), tuple(sorted(self.faults, key=lambda f: (f.line, f.column))))

    def block(self, block: Block) -> None:
        """Read one part of the document."""
        if block.kind == "fault":
            self.faults.append(Fault(block.text, block.line, block.column))
        elif block.kind == "comment":
            self.comment(block)
        elif block.kind == "display":
            self.display(block)
        elif block.kind == "fence" and block.info == "claim":
            self.written(block)
        else:
            self.no_formula()
            if block.kind == "heading":
                self.level = len(block.info)
                self.declarations.leave(self.level)
                self.last = ()
            elif block.kind == "fence" and block.info == "symcnn":
                self.faults += self.declarations.read(block.text, block.line, self.level)

    def comment(self, block: Block) -> None:
        """A comment may say what the formula below it is."""
        try:
            found = directive(block.text, block.line)
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

    def display(self, block: Block) -> None:
        """A display formula: a claim, unless the comment above says something else."""
        said = self.waiting or Directive("claim", block.line)
        self.waiting = None
        if said.kind == "no claim":
            self.last = ()
            return
        try:
            parts = self.continued(
                read_display(block.text, self.declarations.names, block.line, block.column)
            )
            if said.kind == "assume":
                self.assume(parts, block)
            elif any(isinstance(part.body, Formula) for part in parts):
                self.claim(
                    self.name(said, parts, block.line), said, block, list(self.steps(parts, said, block))
                )
        except FormulaError as error:
            fault = Fault(
                error.reason + (f"; {error.advice}" if error.advice else ""), error.line, error.column
            )
            self.last = ()
            if said.kind == "assume":
                self.faults.append(fault)
            else:
                name = self.name(said, (), block.line)
                self.claims.append(Claim(name, said.expected, block.text, block.line, fault=fault))

    def continued(self, parts: tuple[Part, ...]) -> list[Part]:
        """Formulas that begin with a relation go on from the last term of the display before."""
        out: list[Part] = []
        ends: list[Term | None] = []
        for k, part in enumerate(parts):
            body = part.body
            if isinstance(body, trees.Chain) and body.terms[0] is None:
                before = self.last[k] if len(self.last) == len(parts) else None
                if before is not None:
                    body = replace(body, terms=(before, *body.terms[1:]))
            end = body.terms[-1] if isinstance(body, trees.Chain) else body
            ends.append(end if isinstance(end, Term) else None)
            out.append(replace(part, body=body))
        self.last = tuple(ends)
        return out

    def assume(self, parts: list[Part], block: Block) -> None:
        """Assumptions hold to the end of the section."""
        for part in parts:
            found = meaning.formula(part.body, self.declarations.names, block.text, block.line, block.column)
            line = block.line + block.text.count("\n", 0, part.span[0])
            fault = self.declarations.add(Section(f"assume {write(found)}", line, self.level))
            if fault is not None:
                self.faults.append(fault)

    def name(self, said: Directive, parts: list[Part] | tuple[Part, ...], line: int) -> str:
        """The id of a claim: what the comment says, the printed number, or the line."""
        tags = [part.tag.strip("()") for part in parts if part.tag]
        tag = tags[0] if tags and re.fullmatch(THEOREM_NAME, tags[0]) else ""
        if said.name or tag:
            return said.name or tag
        before = sum(claim.line == line for claim in self.claims)
        return f"L{line}.{before + 1}" if before else f"L{line}"

    def claim(
        self, name: str, said: Directive, block: Block, found: list[tuple[str, set[str], int, int]]
    ) -> None:
        """Add a claim with its relations as statements."""
        if any(earlier.name == name for earlier in self.claims):
            self.faults.append(Fault(f"the id {name} is used twice", block.line))
        steps: list[Step] = []
        for k, (text, used, line, column) in enumerate(found, start=1):
            head = f'theorem {name if len(found) == 1 else f"{name}.{k}"} ""\n'
            try:
                (statement,) = read_statements(head + self.declarations.given(text, used))
            except Unreadable as error:
                place = _PLACE.match(str(error))
                reason = str(error) if place is None else place.group(3)
                fault = Fault(reason, line, column)
                self.claims.append(Claim(name, said.expected, block.text, block.line, fault=fault))
                return
            steps.append(Step(statement, line, column))
        self.claims.append(Claim(name, said.expected, block.text, block.line, tuple(steps)))

    def steps(
        self, parts: list[Part], said: Directive, block: Block
    ) -> Iterator[tuple[str, set[str], int, int]]:
        """The relations of a display as text for the kernel, with the names in them and their places."""
        for part in parts:
            if not isinstance(part.body, Formula):
                continue
            for relation in _relations(part.body):
                before = block.text[: relation.span[0]]
                line = block.line + before.count("\n")
                column = (
                    relation.span[0] - before.rfind("\n")
                    if "\n" in before
                    else block.column + relation.span[0]
                )
                text, used = self.relation(relation, said, block)
                yield text, used, line, column

    def relation(self, tree: Formula, said: Directive, block: Block) -> tuple[str, set[str]]:
        """One relation as text for the kernel: a formula, or a form that statements have a name for."""
        where = (self.declarations.names, block.text, block.line, block.column)
        sign = tree.relations[0] if isinstance(tree, trees.Chain) else ""
        left, right = tree.terms if isinstance(tree, trees.Chain) else (None, None)
        if left is not None and right is not None:
            number = right if isinstance(right, trees.Number) else None
            if number is not None and _rounded(sign, number):
                value = meaning.term(left, *where)
                shown = number.digits + (f"e{number.exponent}" if number.exponent else "")
                return f"{write(value)} rounds to {shown}", set(free(value))
            form = self.form(sign, said)
            if form:
                a, b = meaning.term(left, *where), meaning.term(right, *where)
                return f"{write(a)} {_FORMS[sign]} {write(b)} {form}", {
                    *free(a),
                    *free(b),
                    *said.sizes,
                    *said.growing,
                }
        found = meaning.formula(tree, *where)
        return write(found), set(free(found))

    def form(self, sign: str, said: Directive) -> str:
        """The end of a form: in which sizes, or which sizes grow."""
        if sign == "prop" and said.sizes:
            return f"in {', '.join(said.sizes)}"
        if sign in ("~", "~~") and said.growing:
            return f"as {', '.join(said.growing)} grow"
        return ""

    def written(self, block: Block) -> None:
        """Claims in the language of statements, with declarations of their own."""
        said = self.waiting or Directive("claim", block.line)
        self.waiting = None
        try:
            found = read_statements(block.text)
        except Unreadable as error:
            place = _PLACE.match(str(error))
            line = block.line + (int(place.group(1)) - 1 if place else 0)
            fault = Fault(place.group(3) if place else str(error), line, int(place.group(2)) if place else 1)
            self.claims.append(
                Claim(said.name or f"L{block.line}", said.expected, block.text, block.line, fault=fault)
            )
            return
        for statement in found:
            line = block.line + statement.line - 1
            step = Step(statement, line, 1)
            self.claims.append(Claim(statement.name, said.expected, statement.written, line, (step,)))


def _rounded(sign: str, number: trees.Number) -> bool:
    """Whether a number stands for all values that round to it: ``= 6.15 \\times 10^{6}``, ``\\approx 6``."""
    if number.unit is not None:
        return False
    return sign == "~~" or (sign == "=" and number.exponent is not None and "." in number.digits)


def _relations(tree: Formula) -> Iterator[Formula]:
    """The relations of a chain one by one; any other formula as it is."""
    if not isinstance(tree, trees.Chain):
        yield tree
        return
    exact = tree.terms[0]
    for k, relation in enumerate(tree.relations):
        left, right = exact, tree.terms[k + 1]
        # What was rounded is not what the next relation is about.
        exact = exact if isinstance(right, trees.Number) and _rounded(relation, right) else right
        start = tree.span[0] if left is None or k == 0 else left.span[0]
        stop = tree.span[1] if right is None else right.span[1]
        yield trees.Chain((left, right), (relation,), (start, stop))
