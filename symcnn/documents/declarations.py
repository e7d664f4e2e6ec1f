"""What a document declares and assumes, from where it says so to the end of the section.

The lines are those of statements, ``given``, ``let`` and ``assume``, and ``layer``, which stands for some of
them. The kernel reads each, so a name means in a document what it means in a ``.claim`` file. A line that is
refused is a fault; the others hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from symcnn.documents.faults import Fault
from symcnn.documents.names import Names
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    INT,
    Compare,
    Formula,
    Function,
    IllSorted,
    Number,
    Sort,
    Unreadable,
    Variable,
    free,
)
from symcnn.kernel.writing import write, write_sort

if TYPE_CHECKING:
    from symcnn.derive.cost import Cost
    from symcnn.documents.layers import Count

MAX_LINES = 100
MAX_COUNTS = 40_000
_MAX_FAULTS = 20

_SECTION = re.compile(r"\s*(given|let|assume|layer)\b")
_LAYER = re.compile(r"\s*layer\b")
_PLACE = re.compile(r"line (\d+), column (\d+): (.*)", re.DOTALL)
_LET = re.compile(r"\s*let\s+([A-Za-z_][A-Za-z0-9_]*'*)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*'*")


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one declaration, the depth of its heading, and the layer that it comes from, if any."""

    text: str
    line: int
    level: int
    layer: str = ""
    cost: Cost | None = None


@dataclass
class Declarations:
    """The declarations that hold at a place of a document.

    >>> found = Declarations()
    >>> found.read("given N, K : int >= 1\\nlet M = N - K", line=1, level=0)
    []
    >>> sorted(found.names.sorts), found.names.sorts["M"]
    (['K', 'M', 'N'], 'int')
    """

    sections: list[Section] = field(default_factory=list[Section])
    # The layers, and the counts that they bring along: an abbreviation is made of one where it is used.
    layers: list[Section] = field(default_factory=list[Section])
    counts: dict[str, Count] = field(default_factory=dict[str, "Count"])

    def __post_init__(self) -> None:
        self.statement = self._read_all()

    def copy(self) -> Declarations:
        """What holds now, whatever is added or forgotten later."""
        out = copy(self)
        for each in fields(self):
            setattr(out, each.name, copy(getattr(self, each.name)))
        return out

    def read(self, text: str, line: int, level: int) -> list[Fault]:
        """Add the declarations of a block; returns the faults of those that are refused."""
        faults: list[Fault] = []
        waiting: list[Section] = []
        for section, start in _sections(text):
            here = Section(section, line + start, level)
            if not _SECTION.match(section):
                faults.append(Fault("a declaration begins with given, let, assume or layer", here.line))
            elif section.split(None, 1)[0] != "layer":
                waiting.append(here)
                continue
            faults += self.add_all(waiting)
            waiting = []
            if _LAYER.match(section) and (fault := self.layer(here)):
                faults.append(fault)
            if len(faults) >= _MAX_FAULTS:
                break
        faults += self.add_all(waiting)
        if len(faults) > _MAX_FAULTS:
            return [
                *faults[:_MAX_FAULTS],
                Fault("the rest of the block is not read", faults[_MAX_FAULTS].line),
            ]
        return faults

    def add_all(self, sections: Sequence[Section]) -> list[Fault]:
        """Add declarations; returns the faults of those that are refused."""
        before = list(self.sections)
        try:
            for section in sections:
                self._append(section)
            if sections:
                self.statement = self._read_all()
            return []
        except (Unreadable, ValueError):
            # One by one, to find out which are refused.
            self.sections = before
            faults: list[Fault] = []
            for section in sections:
                fault = self.add(section)
                faults += [] if fault is None else [fault]
                if len(faults) > _MAX_FAULTS:
                    break
            return faults

    def layer(self, section: Section) -> Fault | None:
        """Add what a layer stands for, all of it or nothing; returns the fault of one that is refused."""
        from symcnn.documents.layers import declared_layer

        before = list(self.sections)
        try:
            self._must_not_be_many()
            if len(self.counts) > MAX_COUNTS:
                raise ValueError("too many rows of networks are declared; put them in sections of their own")
            found = declared_layer(section.text, self.statement, self._stated())
            twice = next((name for name in found.counts if name in self.names.sorts), None)
            if twice is not None:
                raise ValueError(f"{twice} is declared twice")
            here = replace(section, layer=found.name, cost=found.cost)
            self.sections += [replace(here, text=f"assume {write(a)}") for a in found.domain]
            self.statement = self._read_all(found.counts)
        except (Unreadable, ValueError, TypeError) as error:
            self.sections = before
            self.statement = self._read_all()
            place = _PLACE.match(str(error))
            return Fault(str(error) if place is None else place.group(3), section.line)
        self.layers.append(here)
        self.counts |= found.counts
        return None

    def need(self, text: str) -> None:
        """Make abbreviations of the counts of layers that a text names, where the kernel takes them."""
        before = list(self.sections)
        try:
            self._make(text)
            if len(self.sections) > len(before):
                self.statement = self._read_all()
        except (Unreadable, ValueError):
            self.sections = before

    def _make(self, text: str) -> None:
        from symcnn.documents.layers import count_line

        made = {_let(section) for section in self.sections if section.layer}
        for name in dict.fromkeys(_NAME.findall(text)):
            count = self.counts.get(name)
            if count is not None and name not in made:
                (layer,) = (each for each in self.layers if each.layer == count.layer)
                self.sections.append(replace(layer, text=count_line(name, count)))

    def _append(self, section: Section) -> None:
        self._must_not_be_many()
        self._make(section.text)
        self.sections.append(section)

    def _must_not_be_many(self) -> None:
        """Raise ``ValueError`` where a document has too many declarations."""
        if sum(not section.layer for section in self.sections) + len(self.layers) >= MAX_LINES:
            raise ValueError(f"more than {MAX_LINES} declarations")

    def _stated(self) -> list[Formula]:
        """What is assumed beside the domains of layers."""
        of_layers = Counter(s.text for s in self.sections if s.layer)
        said = Counter(f"assume {write(a)}" for a in self.statement.assumptions)
        return [
            a for a in self.statement.assumptions if (t := f"assume {write(a)}") and said[t] > of_layers[t]
        ]

    def add(self, section: Section) -> Fault | None:
        """Add one declaration; returns the fault of one that is refused."""
        before = list(self.sections)
        try:
            self._append(section)
            self.statement = self._read_all()
            return None
        except Unreadable as error:
            self.sections.pop()
            found = _PLACE.match(str(error))
            reason = str(error) if found is None else found.group(3)
            lines = section.text.count("\n") + 1
            above = sum(s.text.count("\n") + 1 for s in self.sections)
            self.sections = before
            row = int(found.group(1)) - 2 - above if found else 0
            column = max(1, int(found.group(2)) - 2) if found else 1
            return Fault(reason, section.line + min(max(row, 0), lines - 1), column)
        except ValueError as error:
            self.sections = before
            return Fault(str(error), section.line)

    def leave(self, level: int) -> None:
        """Forget what was declared under headings of this depth or deeper."""
        if any(section.level >= level for section in (*self.sections, *self.layers)):
            self.sections = [section for section in self.sections if section.level < level]
            self.layers = [layer for layer in self.layers if layer.level < level]
            kept = {layer.layer for layer in self.layers}
            self.counts = {name: count for name, count in self.counts.items() if count.layer in kept}
            self.statement = self._read_all()

    def cost(self, layer: str) -> Cost | None:
        """The cost of a declared layer."""
        return next((section.cost for section in self.layers if section.layer == layer), None)

    def _read_all(self, more: Iterable[str] = ()) -> Statement:
        text = "".join(f"  {line}\n" for s in self.sections for line in s.text.split("\n"))
        (found,) = read_statements(f'theorem T ""\n{text}  claim 1 = 1')
        own = {**found.scope, **_abbreviated(found)}
        made = {name for s in self.sections if s.layer and (name := _let(s))}
        twice = next((name for name in own if name in self.counts and name not in made), None)
        if twice is not None:
            raise ValueError(f"{twice} is declared twice")
        self.names = Names.of({**own, **dict.fromkeys([*self.counts, *more], INT)})
        return found

    def given(self, claim: str, used: Iterable[str]) -> str:
        """The text of a statement before its claim: all that has to do with the names in ``used``."""
        from symcnn.documents.layers import count_line

        lets = self._abbreviations(set(used))
        counts = {n: c for n, c in self.counts.items() if n in used and n not in self.statement.abbreviations}
        layers = {s.layer for s in self.sections if _let(s) in lets} | {c.layer for c in counts.values()}
        assumptions = list(dict.fromkeys(self.assumptions(layers)))
        bodies = [self.statement.abbreviations[name].body for name in lets]
        bodies += [count.term() for count in counts.values()]
        wanted = set(used).union(*map(free, bodies)) & {*self.statement.scope}
        while more := {name for a in assumptions if free(a) & wanted for name in free(a)} - wanted:
            wanted |= more
        kept = [a for a in assumptions if free(a) & wanted]
        lines = [*_given(self.statement.scope, wanted, kept)]
        lines += [
            f"let       {count_line(name, count).removeprefix('let ')}" for name, count in counts.items()
        ]
        for section in self.sections:
            if _let(section) in lets:
                lines.append(f"let       {' '.join(section.text.split()[1:])}")
        lines += [f"assume    {write(a)}" for a in kept if _bound(a) is None]
        return "".join(f"  {line}\n" for line in lines) + f"  claim     {claim}"

    def _abbreviations(self, used: set[str]) -> set[str]:
        """The abbreviations among the names in ``used``, and those that they are made of."""
        known = {*self.statement.abbreviations}
        texts = {_let(section): section.text for section in self.sections}
        lets: set[str] = set()
        more = used & known
        while more != lets:
            lets = more
            more = lets | {word for name in lets for word in _NAME.findall(texts[name])} & known
        return lets

    def assumptions(self, layers: set[str]) -> list[Formula]:
        """All assumptions but the domains of layers that are not used."""
        unused = Counter(s.text for s in self.sections if s.layer and s.layer not in layers)
        found = [(a, f"assume {write(a)}") for a in self.statement.assumptions]
        said = Counter(text for _, text in found)
        return [a for a, text in found if said[text] > unused[text]]


def _let(section: Section) -> str:
    """The name of an abbreviation; nothing for other lines."""
    found = _LET.match(section.text)
    return found.group(1) if found else ""


def _sections(text: str) -> Iterator[tuple[str, int]]:
    """Declarations one by one; a line that begins with no word of them continues the one above."""
    section: list[str] = []
    start = 0
    for k, line in enumerate(text.split("\n")):
        plain = line.partition("#")[0].rstrip()
        if not plain:
            continue
        if section and not _SECTION.match(plain) and plain[0] in " \t":
            # Empty lines and comments between count as lines.
            section += [""] * (k - start - len(section)) + [plain]
            continue
        if section:
            yield "\n".join(section), start
        section, start = [plain], k
    if section:
        yield "\n".join(section), start


def _abbreviated(statement: Statement) -> dict[str, Sort]:
    """The sorts of abbreviations, as names in formulas; their parameters are whole numbers."""
    out: dict[str, Sort] = {}
    for name, macro in statement.abbreviations.items():
        scope = {**statement.scope, **dict.fromkeys(macro.parameters, "int")}
        try:
            value = sort_of(macro.body, scope)
        except IllSorted as error:
            raise Unreadable(f"in let {name}: {error}") from None
        out[name] = Function(("int",) * len(macro.parameters), value) if macro.parameters else value
    return out


def _bound(assumption: Formula) -> tuple[str, str] | None:
    """The name and the limit of ``1 <= N``, and how it is declared."""
    match assumption:
        case Compare("<=" | "<" as relation, Number(value), Variable(name)):
            return name, f" {relation.replace('<', '>')} {write(Number(value))}"
        case _:
            return None


def _given(scope: Mapping[str, Sort], wanted: set[str], kept: Iterable[Formula]) -> Iterator[str]:
    """Declarations of the names that are wanted, those of one sort and limit together."""
    limits: dict[str, str] = {}
    rest: list[str] = []
    for assumption in kept:
        found = _bound(assumption)
        if found is None:
            continue
        if found[0] in limits or isinstance(scope[found[0]], Function):
            rest.append(f"assume    {write(assumption)}")
        else:
            limits[found[0]] = found[1]
    groups: dict[str, list[str]] = {}
    for name, sort in scope.items():
        if name in wanted:
            groups.setdefault(write_sort(sort) + limits.get(name, ""), []).append(name)
    for shown, names in groups.items():
        yield f"given     {', '.join(names)} : {shown}"
    yield from rest
