"""Claim documents written from the objects of a script: symbols, layers, relations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy

from symcnn.derive.cost import Cost
from symcnn.documents.declarations import Declarations, Section
from symcnn.documents.directives import VERDICTS, directive
from symcnn.documents.document import Claim, read_document
from symcnn.documents.layers import cost_lines
from symcnn.documents.markdown import blocks
from symcnn.documents.names import latex_of
from symcnn.kernel.reading import THEOREM_NAME
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import free, same
from symcnn.kernel.writing import write, write_sort
from symcnn.layers.base import Layer, shapes_of
from symcnn.proving.relations import Quantity, Relation, eq
from symcnn.proving.scope import Declared, declared_symbol
from symcnn.proving.translation import statement, term
from symcnn.proving.typesetting import latex
from symcnn.proving.verdict import symbols_in
from symcnn.symbols import checks
from symcnn.symbols.checks import brief
from symcnn.symbols.checks import text as text_of
from symcnn.symbols.size import Dim

if TYPE_CHECKING:
    from symcnn.documents.report import Report

_SIGNS = {"=": "=", "!=": r"\ne", "<=": r"\le", "<": "<", ">=": r"\ge", ">": ">"}


class Solution:
    r"""A worked solution, part by part: what ``str`` shows is a claim document with the same statements.

    Letters are declared by what is assumed of their symbols, in the section where they first occur. What is
    declared and assumed holds to the end of its section. Raises ``ValueError`` and ``TypeError`` for what
    cannot be written, and never writes a formula that would be read as another statement.

    >>> from symcnn import Linear, Solution, dims, eq, quantity
    >>> N, C, D = dims("N C D")
    >>> solution = Solution("A dense layer")
    >>> dense = solution.layer("dense", Linear(C, D), (N, C))
    >>> solution.text("Every output is a sum over all inputs.")
    >>> solution.claim("E6", eq(quantity(dense, "macs"), N*C*D))
    >>> print(str(solution).rpartition("\n\n")[2])
    <!-- claim E6 -->
    $$ \mathrm{macs}_{dense} = C D N $$
    """

    def __init__(self, title: str) -> None:
        self._parts: list[str] = []
        self._claims: list[str] = []
        self._scopes: list[_Scope] = [_Scope(0)]
        self.section(title, level=1)

    def __str__(self) -> str:
        return "\n\n".join(self._parts)

    def __repr__(self) -> str:
        return f"<Solution {self._parts[0].lstrip('# ')!r}, {len(self._claims)} claims>"

    def section(self, title: str, *, level: int = 2) -> None:
        """Begin a section; ends those of the same or a higher level, with what they declare and assume."""
        text_of("title", title, "A dense layer")
        if checks.whole("level", level, 1) not in range(1, 7):
            raise ValueError(f"level={level} must be a number from 1 to 6")
        shown = f"{'#' * level} {title}"
        found = list(blocks(shown))
        if len(found) != 1 or found[0].kind != "heading" or found[0].text != title:
            raise ValueError(f"title={title!r} must be one line of text")
        while len(self._scopes) > 1 and self._scopes[-1].level >= level:
            self._scopes.pop()
        self._scopes.append(_Scope(level))
        self._parts.append(shown)

    def text(self, prose: str) -> None:
        """Add prose, which must hold nothing that would be read as a claim, a declaration or a heading."""
        text_of("prose", prose, "Every output is a sum.")
        for block in blocks(prose):
            said = block.kind == "comment" and directive(block.text, block.line)
            if (
                said
                or block.kind in ("heading", "display", "fault")
                or block.info in ("symcnn", "claim", "math")
            ):
                what = block.text if block.kind == "fault" else f"a {block.kind} in prose would be read"
                raise ValueError(
                    f"line {block.line} of the text: {what}; use section, given, assume or claim for it"
                )
        faults = read_document(f"{_block(self._lines())}\n\n{prose}").faults
        if faults:
            raise ValueError(f"the text is not read: {faults[0].reason}")
        if prose.strip():
            self._parts.append(prose.strip("\n"))

    def given(self, *symbols: Any) -> None:
        """Declare symbols; those that nobody declares are declared where they first occur."""
        for symbol in symbols:
            if not isinstance(symbol, sympy.Symbol):
                raise TypeError(f"{brief(symbol)} is no symbol; make one with dims(...) or reals(...)")
        new = self._new(symbols)
        self._declare(new, _given(new))

    def assume(self, relation: Any) -> None:
        """Assume a relation, to the end of the section."""
        found = statement(relation)
        new = self._new([relation])
        limits = [symbol.assumption(name) for name, symbol in _symbols(relation).items()]
        lines = [f"assume  {write(a)}" for a in (*found.assumptions, found.claim) if a not in limits]
        self._declare(new, [*_given(new), *lines])

    def layer(self, name: str, layer: Any, *shapes: Iterable[Any]) -> Cost:
        """Declare a layer on inputs of these shapes; returns its cost, to make quantities of."""
        if not text_of("name", name, "conv").isidentifier():
            raise ValueError(f"name={name!r} must be an identifier such as conv")
        if not isinstance(layer, Layer):
            raise TypeError(f"{brief(layer)} is no layer; name the layers of a network one by one")
        sizes = shapes_of(layer.name, shapes)
        cost = layer.cost(*sizes)
        new = self._new([cost])
        known = self._declarations(_given(new))
        shown = f"{name} = {_call(layer)} on {' and '.join(map(_argument, sizes))}"
        faults = known.read(f"layer   {shown}", 1, 0)
        if faults:
            raise ValueError(f"layer {shown} is not read: {faults[0].reason}")
        read, before = known.cost(name), self._declarations(_given(new)).statement
        # What is shown of a layer can leave something out that its equation depends on.
        if read is None or [*cost_lines(name, read, before)] != [*cost_lines(name, cost, before)]:
            raise ValueError(f"layer {shown} would be read as another layer")
        self._declare(new, [*_given(new), f"layer   {shown}"])
        return cost

    def claim(self, name: str, claim: Any, expected: str = "proved", *, words: str = "") -> None:
        r"""Claim a relation, a statement of the kernel, or a formula in LaTeX, which is taken as it is.

        ``words`` are those of the comment above a formula in LaTeX, such as ``in N`` of ``\propto``, ``as N
        grow`` of ``\sim``, or ``is bounded in N``. What has no formula is written as a statement.
        """
        text_of("words", words, "in N")
        if words and not isinstance(claim, str):
            raise TypeError(f"words={words!r} are for formulas in LaTeX")
        head = self._head(name, expected, words)
        if isinstance(claim, str):
            part = f"{head}\n$$ {claim.strip()} $$"
            _read(part, self._lines())
            self._parts.append(part)
        elif isinstance(claim, Statement):
            self._parts.append(_fenced(head, name, claim.written))
        else:
            self._relations(head, name, [claim])
        self._claims.append(name)

    def chain(self, name: str, first: Any, *rest: Any, expected: str = "proved") -> None:
        """Claim that terms are equal one after the other, ``first = second = ...``."""
        if not rest:
            raise TypeError(f"the chain {name} needs at least two terms")
        terms = (first, *rest)
        pairs = [eq(a, b) for a, b in pairwise(terms)]
        self._relations(self._head(name, expected), name, pairs)
        self._claims.append(name)

    def write(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the document; raises ``FileExistsError`` where a file is, unless ``overwrite`` is set."""
        path = checks.path("path", path, "solution.md")
        if path.exists() and not checks.flag("overwrite", overwrite):
            raise FileExistsError(f"{path} exists; choose another path, or write(..., overwrite=True)")
        path.write_text(f"{self}\n", encoding="utf-8", newline="\n")
        return path

    def check(self, **options: Any) -> Report:
        """The verdicts on all claims, as ``symcnn.documents.checking.check`` finds them."""
        from symcnn.documents.checking import check

        return check(str(self), **options)

    # -- parts ---------------------------------------------------------------------------------------------

    def _head(self, name: str, expected: str, words: str = "") -> str:
        """The comment above a claim; raises ``ValueError`` where it would not be read as it is meant."""
        if not re.fullmatch(THEOREM_NAME, text_of("name", name, "E6")):
            raise ValueError(f"name={name!r} must be a letter, followed by letters, digits, _ and .")
        if name in self._claims:
            raise ValueError(f"name={name!r} is used twice")
        if text_of("expected", expected, "refuted") not in VERDICTS:
            raise ValueError(f"expected={expected!r} is no verdict; use {', '.join(VERDICTS)}")
        comment = f"claim {name} {words}".strip() + (f": {expected}" if expected != "proved" else "")
        found = directive(comment, 1)
        if found is None or (found.name, found.expected) != (name, expected) or "-->" in comment:
            raise ValueError(f"name={name!r}, words={words!r}: a comment cannot say this")
        return f"<!-- {comment} -->"

    def _lines(self) -> list[str]:
        """All declarations in force."""
        return [line for scope in self._scopes for line in scope.lines]

    def _declarations(self, more: Sequence[str] = ()) -> Declarations:
        """What holds here, with further lines; raises ``ValueError`` for lines that are refused."""
        found = Declarations()
        faults = found.read("\n".join([*self._lines(), *more]), 1, 0)
        if faults:
            raise ValueError(f"this cannot be declared here: {faults[0].reason}")
        return found

    def _new(self, values: Iterable[Any]) -> dict[str, Declared]:
        """The symbols in values that are not declared yet; raises ``ValueError`` for a second meaning."""
        known = {name: symbol for scope in self._scopes for name, symbol in scope.known.items()}
        new: dict[str, Declared] = {}
        for value in values:
            for name, symbol in _symbols(value).items():
                before = known.get(name) or new.setdefault(name, symbol)
                if before != symbol:
                    raise ValueError(f"{name} is declared as {before} and cannot be {symbol} as well")
        return new

    def _declare(self, new: Mapping[str, Declared], lines: Sequence[str]) -> None:
        """Add declarations to the document, all of them or none."""
        if not lines:
            return
        self._declarations(lines)
        self._scopes[-1].known.update(new)
        self._scopes[-1].lines.extend(lines)
        shown = "\n".join(lines)
        # Blocks that follow each other are one.
        if self._parts[-1].startswith("```symcnn\n"):
            self._parts[-1] = f"{self._parts[-1].removesuffix('```')}{shown}\n```"
        else:
            self._parts.append(f"```symcnn\n{shown}\n```")

    def _relations(self, head: str, name: str, claims: Sequence[Any]) -> None:
        """Relations as a formula if it is read back as the same statements, else as a statement."""
        wanted = [statement(claim, name=name) for claim in claims]
        new = self._new(claims)
        known = self._declarations(_given(new))
        part = f"{head}\n$$ {_formula(claims, wanted, known)} $$"
        if _says(part, [*self._lines(), *_given(new)], wanted):
            self._declare(new, _given(new))
            self._parts.append(part)
        elif len(wanted) == 1:
            self._parts.append(_fenced(head, name, _written(name, wanted[0], known)))
        else:
            raise ValueError(f"the chain {name} has no formula that is read back as it is; claim its steps")


@dataclass
class _Scope:
    """The declarations of a section, and what its symbols are."""

    level: int
    lines: list[str] = field(default_factory=list[str])
    known: dict[str, Declared] = field(default_factory=dict[str, Declared])


def _symbols(value: Any) -> dict[str, Declared]:
    """The symbols in a value by the names that they have in statements."""
    return {name: declared_symbol(symbol) for name, symbol in sorted(symbols_in([value]).items())}


def _given(new: Mapping[str, Declared]) -> list[str]:
    """Declarations of symbols, those of one sort and limit together."""
    groups: dict[str, list[str]] = {}
    for name, symbol in new.items():
        groups.setdefault(str(symbol) if _is_lower(symbol) else symbol.sort, []).append(name)
    lines = [f"given   {', '.join(names)} : {shown}" for shown, names in groups.items()]
    rest = ((name, symbol.assumption(name)) for name, symbol in new.items() if not _is_lower(symbol))
    return lines + [f"assume  {write(limit)}" for _, limit in rest if limit is not None]


def _is_lower(symbol: Declared) -> bool:
    """Whether the limit of a symbol is a lower one, which its declaration can say."""
    return symbol.limit is not None and symbol.limit[0] in (">", ">=")


def _call(layer: Layer) -> str:
    """A layer as it is made, with the arguments that are not the usual ones."""
    values = ((f.name, getattr(layer, f.name), f.default) for f in fields(layer))
    given = (f"{name}={_argument(value)}" for name, value, usual in values if value != usual)
    return f"{layer.name}({', '.join(given)})"


def _argument(value: Any) -> str:
    """An argument or a shape, in which sizes are written as Python computes them."""
    if isinstance(value, tuple):
        parts: tuple[Any, ...] = value
        return f"({', '.join(map(_argument, parts))}{',' if len(parts) == 1 else ''})"
    return write(term(value)).replace("^", "**") if isinstance(value, Dim) else repr(value)


def _formula(claims: Sequence[Any], wanted: Sequence[Statement], known: Declarations) -> str:
    """Relations in LaTeX; several of them are a chain."""
    relations = [claim for claim in claims if isinstance(claim, Relation)]
    if len(relations) < len(claims):
        return r" \quad ".join(latex(found.claim) for found in wanted)
    shown = _side(relations[0].left, known)
    for relation in relations:
        shown += f" {_SIGNS[relation.sign]} {_side(relation.right, known)}"
    return shown


def _side(value: Any, known: Declarations) -> str:
    """A side of a relation in LaTeX: a quantity of a declared layer by its name."""
    found = term(value)
    if isinstance(value, Quantity):
        for name, count in known.counts.items():
            if count.quantity == value.name and same(count.term(), found):
                return latex_of(name)
    return latex(found)


def _says(part: str, lines: Sequence[str], wanted: Sequence[Statement]) -> bool:
    """Whether a part of a document is read as these statements, with all that they rest on."""
    try:
        claim = _read(part, lines)
    except ValueError:
        return False
    return len(claim.steps) == len(wanted) and all(
        same(step.statement.claim, found.claim)
        and {*found.assumptions} <= {*step.statement.assumptions}
        and all(step.statement.scope.get(name) == found.scope[name] for name in free(found.claim))
        for step, found in zip(claim.steps, wanted, strict=True)
    )


def _read(part: str, lines: Sequence[str]) -> Claim:
    """The claim that a part of a document is, below these declarations; raises ``ValueError`` for none."""
    if [found.kind for found in blocks(part)] not in (["comment", "display"], ["comment", "fence"]):
        raise ValueError(f"{part.splitlines()[1]} is not one formula")
    document = read_document(f"{_block(lines)}\n\n{part}\n")
    faults = [*document.faults, *(claim.fault for claim in document.claims if claim.fault)]
    if faults:
        raise ValueError(f"{part.splitlines()[1]} is not read: {faults[0].reason}")
    if len(document.claims) != 1:
        raise ValueError(f"{part.splitlines()[1]} claims nothing, or more than one thing")
    return document.claims[0]


def _block(lines: Sequence[str]) -> str:
    """Declarations as a block."""
    return "\n".join(["```symcnn", *lines, "```"])


def _fenced(head: str, name: str, written: str) -> str:
    """A statement as a part of a document; raises ``ValueError`` where it is not read as it is."""
    part = f"{head}\n```claim\n{written}\n```"
    claim = _read(part, [])
    if claim.name != name or claim.steps[0].statement.written != written:
        raise ValueError(f"name={name!r} must be the name of the statement, {claim.name!r}")
    return part


def _written(name: str, found: Statement, known: Declarations) -> str:
    """A claim as a statement, with all in force that has to do with it."""
    more = [f"given {f} : {write_sort(s)}" for f, s in found.scope.items() if f not in known.statement.scope]
    more += [f"assume {write(a)}" for a in found.assumptions if a not in known.statement.assumptions]
    for line in more:
        fault = known.add(Section(line, 1, 0))
        if fault is not None:
            raise ValueError(f"{name} cannot be written as a statement: {fault.reason}")
    return f'theorem {name} ""\n{known.given(write(found.claim), free(found.claim))}'
