"""Statements: what a ``.claim`` file says, and what the forms that people use unfold to.

theorem NAME "meaning"
  source    where the claim comes from (one line, optional)
  given     N, C : int >= 1                    (lines of declarations, each ``names : sort``)
  given     x : int, int -> ring
  let       H_out = (H + 2*P - K)//S + 1       (an abbreviation, written out wherever it is used)
  let       f(i) = ...                         (the same with parameters)
  recursive y(0, m) = y_0[m]                   (a function defined along its first argument)
            y(t + 1, m) = ...
  assume    H + 2*P >= K
  claim     formula, or one of the forms below

forms     unfolding, with v' a second value of v under the same declarations and assumptions
f is proportional to g in v, ...              for all v': f(v) g(v') = f(v') g(v)
f is independent of v, ...                    for all v': f(v) = f(v')
f is asymptotic to g as v, ... grow           for all eps > 0 exists T: v, ... >= T implies |f - g| <= eps g
f is bounded in v, ...                        exists C: for all v: f <= C
f is unbounded in v, ...                      for all C: exists v: f > C
f is largest exactly where FORMULA for v, ... FORMULA iff for all v': f(v') <= f(v)
f has no largest value in v, ...              exists v': f(v) < f(v')
f has a largest value in v, ...               exists v': for all v'': f(v'') <= f(v')
f rounds to NUMBER                            the half-open interval of the written digits
f does not depend on x[a, ...]                every x' that differs from x at most there gives the same f

A name is declared once, before it is used; the claim comes last. "asymptotic" is meant for g > 0. Where some
variables vary, the others stay fixed: an equation that ties a varying variable to a fixed one is refused in
the forms that it would make trivially true, and so is a recursive definition that reads a varying variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from symcnn.kernel.reading import (
    THEOREM_NAME,
    Budget,
    Macro,
    Reader,
    blocks,
    lines_of,
    position,
    read_text,
    refuse_unreadable,
)
from symcnn.kernel.sorts import check, sort_of
from symcnn.kernel.substitution import formula_with, fresh, rename_functions, term_with
from symcnn.kernel.terms import (
    INT,
    REAL,
    And,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    IllSorted,
    Implies,
    Max,
    Not,
    Or,
    Plus,
    Sort,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    as_formula,
    as_term,
    free,
    number,
    parts,
)

_SECTIONS = ("source", "given", "let", "recursive", "assume", "claim")
# What may stand behind the claim: words for people and for a search, which the kernel does not read.
_OUTLINES = ("proof", "refutation")
MAX_NAMES = 60
MAX_PREMISES = 100


@dataclass(frozen=True)
class Statement:
    """A claim with everything it rests on."""

    name: str
    meaning: str
    source: str
    scope: Mapping[str, Sort]
    assumptions: tuple[Formula, ...]
    defined: tuple[str, ...]
    definitions: tuple[Formula, ...]
    claim: Formula
    abbreviations: Mapping[str, Macro]
    written: str
    line: int
    outline: str = ""

    def closed(self) -> Formula:
        """The whole statement as one formula without free names."""
        out = self.claim
        for premise in reversed(self.premises()):
            out = Implies(premise, out)
        for name, sort in reversed(list(self.scope.items())):
            out = ForAll(name, sort, out)
        return out

    def premises(self) -> tuple[Formula, ...]:
        """What the claim rests on: the assumptions, then the definitions."""
        return *self.assumptions, *self.definitions


def read_file(path: str | Path) -> list[Statement]:
    """All statements of a ``.claim`` file."""
    return read_statements(read_text(path))


def read_statements(text: str) -> list[Statement]:
    """All statements of a text; raises ``Unreadable`` with line, column and reason."""
    refuse_unreadable(text)
    names: set[str] = set()
    out: list[Statement] = []
    budget = Budget()
    for start, stop in blocks(text, ("theorem ",), 0):
        statement = _Statement(text, start, stop, budget).read()
        if statement.name in names:
            raise Unreadable(f"{position(text, start)}: the name {statement.name} is used twice")
        names.add(statement.name)
        out.append(statement)
    return out


_HEAD = re.compile(rf'theorem\s+({THEOREM_NAME})\s+"([^"\n]*)"\s*(?:#.*)?$')


class _Statement:
    """Reads one theorem: its sections in order, each made of indented lines."""

    def __init__(self, text: str, start: int, stop: int, budget: Budget) -> None:
        self.text = text
        self.start = start
        self.stop = stop
        self.budget = budget
        self.source = ""
        self.scope: dict[str, Sort] = {}
        self.macros: dict[str, Macro] = {}
        self.assumptions: list[Formula] = []
        # The two equations of each function that is defined.
        self.definitions: dict[str, tuple[Formula, Formula]] = {}
        self.claim: Formula | None = None
        self.outline = ""

    def read(self) -> Statement:
        line = self.text.count("\n", 0, self.start) + 1
        written = self.text[self.start : self.stop].rstrip()
        head = _HEAD.match(written.split("\n", 1)[0].rstrip())
        if head is None:
            raise Unreadable(f"line {line}, column 1: a theorem begins with 'theorem NAME \"meaning\"'")
        readers = {
            "source": self.read_source,
            "given": self.read_given,
            "let": self.read_let,
            "recursive": self.read_recursive,
            "assume": self.read_assume,
            "claim": self.read_claim,
        }
        for section, word, start, stop in self.sections():
            if word in _OUTLINES:
                if self.claim is None:
                    raise Unreadable(f"{position(self.text, section)}: {word} stands behind the claim")
                self.outline = self.text[section:stop].rstrip()
                continue
            # The forms of a claim speak of all that is declared and assumed, so nothing may be added to it.
            if self.claim is not None:
                raise Unreadable(f"{position(self.text, section)}: nothing may follow the claim")
            try:
                readers[word](start, stop)
            except IllSorted as error:
                raise Unreadable(f"{position(self.text, section)}: in {word}: {error}") from None
        if self.claim is None:
            raise Unreadable(f"line {line}, column 1: {head.group(1)} has no claim")
        definitions = tuple(equation for both in self.definitions.values() for equation in both)
        return Statement(
            head.group(1),
            head.group(2),
            self.source,
            dict(self.scope),
            tuple(self.assumptions),
            tuple(self.definitions),
            definitions,
            self.claim,
            dict(self.macros),
            written,
            line,
            self.outline,
        )

    def sections(self) -> Iterator[tuple[int, str, int, int]]:
        """Place and name of each section, and where what follows its name begins and ends.

        A line that begins with no section's name belongs to the section before; behind ``proof`` or
        ``refutation`` all lines do.
        """
        current: tuple[int, str, int] | None = None
        lines = lines_of(self.text, self.start, self.stop)
        next(lines)
        for start, end in lines:
            line = self.text[start:end].split("#", 1)[0].rstrip()
            if not line.strip():
                continue
            if not line[0].isspace():
                raise Unreadable(f"{position(self.text, start)}: the lines of a theorem are indented")
            place = start + len(line) - len(line.lstrip())
            word = line.split(None, 1)[0]
            if current is not None and current[1] in _OUTLINES:
                continue
            if word in _SECTIONS or word in _OUTLINES:
                if current is not None:
                    yield *current, place
                current = place, word, place + len(word)
            elif current is None:
                raise Unreadable(
                    f"{position(self.text, place)}: {word[:40]!r} is no section; use {', '.join(_SECTIONS)}"
                )
        if current is not None:
            yield *current, self.stop

    def lines_of(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The lines of a section that hold more than a comment."""
        found = lines_of(self.text, start, stop)
        return [(a, b) for a, b in found if self.text[a:b].split("#", 1)[0].strip()]

    def read_source(self, start: int, stop: int) -> None:
        lines = [self.text[a:b].split("#", 1)[0].strip() for a, b in self.lines_of(start, stop)]
        self.source = "\n".join(lines)

    def read_given(self, start: int, stop: int) -> None:
        for first, last in self.lines_of(start, stop):
            reader = self.reader(first, last)

            def declare(name: str, sort: Sort, reader: Reader = reader) -> None:
                self.declare(reader, name, sort)

            declared = reader.declarations(declare, taken={*self.scope, *self.macros})
            reader.end()
            for _, _, bound in declared:
                if bound is not None:
                    self.assume(reader, bound)

    def read_let(self, start: int, stop: int) -> None:
        reader = self.reader(start, stop)
        word, name = reader.peek(), reader.name()
        if name in self.scope or name in self.macros:
            raise reader.refusal(word, f"{name} is declared twice")
        parameters: list[str] = []
        if reader.take("("):
            parameters = self.parameters(reader)
            reader.expect(")")
        if len(parameters) != len(set(parameters)):
            raise reader.error(f"{name} has two parameters with one name")
        for parameter in parameters:
            reader.bind(parameter, INT)
        reader.expect("=")
        body = reader.term()
        reader.end()
        reader.small(body)
        sort_of(body, reader.scope)
        self.macros[name] = Macro.of(parameters, body)

    def parameters(self, reader: Reader) -> list[str]:
        out = [reader.name()]
        while reader.take(","):
            out.append(reader.name())
        return out

    def read_recursive(self, start: int, stop: int) -> None:
        """Two equations: ``f(0, m, ...) = start`` and ``f(t + 1, m, ...) = step``, which reads f at t alone.

        Whatever the step is, exactly one such f exists on t >= 0, so nothing is assumed with it.
        """
        lines = self.lines_of(start, stop)
        if len(lines) != 2:
            raise Unreadable(
                f"{position(self.text, start)}: a recursive definition has two lines: "
                "f(0, ...) = ... and f(t + 1, ...) = ..."
            )
        first, second = (self.reader(*line) for line in lines)
        name = first.name()
        if not isinstance(self.scope.get(name), Function):
            raise first.error(f"declare {name} first, such as 'given {name} : int, int -> ring'")
        spoken = (*self.assumptions, *(e for both in self.definitions.values() for e in both))
        if (
            name in self.definitions
            or any(name in free(f) for f in spoken)
            or any(name in macro.reads for macro in self.macros.values())
        ):
            raise first.error(f"{name} is used before its definition, or defined twice")
        self.definitions[name] = self.start_of(first, name), self.step_of(second, name)
        self.must_not_be_many(first)

    def start_of(self, reader: Reader, name: str) -> Formula:
        reader.expect("(")
        reader.expect("0")
        indices = self.indices(reader)
        body = reader.term()
        reader.end()
        reader.small(body)
        if name in free(body):
            raise reader.error(f"the start of {name} must not read {name}")
        left = Call(name, (number(0), *(Variable(i) for i in indices)))
        return self.for_all_indices(reader, name, indices, Compare("=", left, body))

    def step_of(self, reader: Reader, name: str) -> Formula:
        if reader.name() != name:
            raise reader.error(f"the second line must define {name} too")
        reader.expect("(")
        time = self.index(reader, [])
        reader.expect("+")
        reader.expect("1")
        indices = self.indices(reader, time)
        body = reader.term()
        reader.end()
        reader.small(body)
        if _reads_elsewhere(body, name, time):
            raise reader.error(f"the step may read {name} at {time} alone")
        left = Call(name, (Plus((Variable(time), number(1))), *(Variable(i) for i in indices)))
        equation = Implies(Compare("<=", number(0), Variable(time)), Compare("=", left, body))
        return self.for_all_indices(reader, name, [time, *indices], equation)

    def index(self, reader: Reader, others: Sequence[str]) -> str:
        """A new name for an argument: then the equation holds at every place, not at one that is declared."""
        name = reader.name()
        if name in self.scope or name in others:
            raise reader.error(f"{name} is declared already; an argument needs a name of its own")
        reader.bind(name, INT)
        return name

    def indices(self, reader: Reader, *others: str) -> list[str]:
        """``, m, ...) =`` on the left side of a definition."""
        out: list[str] = []
        while reader.take(","):
            out.append(self.index(reader, [*others, *out]))
        reader.expect(")")
        reader.expect("=")
        return out

    def for_all_indices(
        self, reader: Reader, name: str, indices: Sequence[str], equation: Formula
    ) -> Formula:
        reader.small(equation)
        sort = self.scope[name]
        if not isinstance(sort, Function) or set(sort.arguments) != {INT}:
            raise reader.error(f"{name} must be declared on whole numbers")
        inner = {**self.scope, **dict.fromkeys(indices, INT)}
        right = equation.right if isinstance(equation, Implies) else equation
        # An equation between an int and a real would define an int as a real that it may not be.
        if not isinstance(right, Compare) or sort_of(right.right, inner) not in (sort.value, INT):
            raise reader.error(f"the value of {name} must be of sort {sort.value}")
        for index in reversed(indices):
            equation = ForAll(index, INT, equation)
        check(equation, self.scope)
        return equation

    def read_assume(self, start: int, stop: int) -> None:
        reader = self.reader(start, stop)
        found = reader.formula()
        reader.end()
        self.assume(reader, found)

    def read_claim(self, start: int, stop: int) -> None:
        reader = self.reader(start, stop)
        found = _Form(self, reader).read()
        reader.end()
        reader.small(found)
        check(found, self.scope)
        self.claim = found

    def assume(self, reader: Reader, found: Formula) -> None:
        reader.small(found)
        check(found, self.scope)
        self.assumptions.append(found)
        self.must_not_be_many(reader)

    def declare(self, reader: Reader, name: str, sort: Sort) -> None:
        if len(self.scope) >= MAX_NAMES:
            raise reader.error(f"a theorem declares more than {MAX_NAMES} names")
        self.scope[name] = sort
        reader.scope[name] = sort

    def must_not_be_many(self, reader: Reader) -> None:
        if len(self.assumptions) + 2 * len(self.definitions) > MAX_PREMISES:
            raise reader.error(f"a theorem has more than {MAX_PREMISES} assumptions and definitions")

    def reader(self, start: int, stop: int) -> Reader:
        return Reader(self.text, self.scope, self.macros, start, stop, self.budget)


def _reads_elsewhere(node: Term | Formula, name: str, time: str) -> bool:
    """Whether the node reads the function anywhere but at ``time``, or where that is another name."""
    if isinstance(node, Call) and node.name == name and node.arguments[0] != Variable(time):
        return True
    bound = (
        node.index
        if isinstance(node, Sum | Max)
        else node.name
        if isinstance(node, ForAll | Exists)
        else None
    )
    if bound in (time, name) and name in _free_of(parts(node)):
        return True
    return any(_reads_elsewhere(part, name, time) for part in parts(node))


def _free_of(nodes: Sequence[Term | Formula]) -> frozenset[str]:
    return frozenset(name for node in nodes for name in free(node))


def _equations(formula: Formula) -> Iterator[Formula]:
    """The equations that a formula asserts outright."""
    if isinstance(formula, And):
        for part in formula.parts:
            yield from _equations(part)
    elif isinstance(formula, Compare) and formula.relation == "=":
        yield formula


class _Form:
    """Reads a claim: a formula, or ``term is ...`` in one of the forms, written out."""

    def __init__(self, statement: _Statement, reader: Reader) -> None:
        self.statement = statement
        self.reader = reader

    def read(self) -> Formula:
        if not self.is_a_form():
            return self.reader.formula()
        f = self.reader.term()
        self.reader.small(f)
        for words, read in _FORMS:
            if self.reader.take(*words):
                return read(self, f)
        raise self.reader.error("no form of a claim begins here")

    def is_a_form(self) -> bool:
        """Whether a form's words stand outside all brackets of the claim."""
        depth = 0
        for k in range(self.reader.next, len(self.reader.words)):
            value = self.reader.words[k].value
            depth += (value in {"(", "["}) - (value in {")", "]"})
            if (
                depth == 0
                and value in _FIRST_WORDS
                and any(
                    tuple(w.value for w in self.reader.words[k : k + len(words)]) == words
                    for words, _ in _FORMS
                )
            ):
                return True
        return False

    # -- what forms are made of ------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Declared variables, separated by commas."""
        out = [self.variable()]
        while self.reader.take(","):
            name = self.variable()
            if name in out:
                raise self.reader.error(f"{name} is named twice")
            out.append(name)
        return out

    def variable(self) -> str:
        name = self.reader.name()
        if name not in self.statement.scope or isinstance(self.statement.scope[name], Function):
            raise self.reader.error(f"{name} is no declared variable; one is needed")
        return name

    def second(
        self, names: Sequence[str], avoid: Sequence[str] = ()
    ) -> tuple[dict[str, Term], dict[str, str]]:
        """New variables like the given ones: what to substitute, and the new names."""
        taken = {*self.statement.scope, *avoid}
        new: dict[str, str] = {}
        for name in names:
            new[name] = fresh(name + "'", taken)
            taken.add(new[name])
        return {name: Variable(other) for name, other in new.items()}, new

    def about(self, names: Sequence[str]) -> list[Formula]:
        """The assumptions that speak of these variables.

        A function that is defined with one of them would have to vary too; such a claim is written by hand.
        """
        for defined, both in self.statement.definitions.items():
            for name in names:
                if any(name in free(equation) for equation in both):
                    raise self.reader.error(
                        f"the definition of {defined} reads {name}; say in a formula what varies"
                    )
        return [a for a in self.statement.assumptions if free(a) & set(names)]

    def no_ties(self, names: Sequence[str]) -> None:
        """Refuse an equation between a variable that varies and a name that stays fixed.

        It would let the variable have one value alone, and a claim about all its values would say nothing.
        """
        for assumption in self.about(names):
            for equation in _equations(assumption):
                moved, fixed = sorted(free(equation) & set(names)), sorted(free(equation) - set(names))
                if moved and fixed:
                    raise self.reader.error(
                        f"an assumption is an equation of {', '.join(moved)} and {', '.join(fixed)}; "
                        "name all of them, or none"
                    )

    def for_all(self, new: Mapping[str, str], premises: Sequence[Formula], body: Formula) -> Formula:
        for premise in reversed(premises):
            body = Implies(premise, body)
        for name, other in reversed(list(new.items())):
            body = ForAll(other, self.statement.scope[name], body)
        return body

    def exists(self, new: Mapping[str, str], premises: Sequence[Formula], body: Formula) -> Formula:
        out: Formula = And((*premises, body))
        for name, other in reversed(list(new.items())):
            out = Exists(other, self.statement.scope[name], out)
        return out

    def moved(
        self, names: Sequence[str], avoid: Sequence[str] = ()
    ) -> tuple[dict[str, str], list[Formula], dict[str, Term]]:
        values, new = self.second(names, avoid)
        return new, [formula_with(a, values) for a in self.about(names)], values

    # -- the forms -------------------------------------------------------------------------------------

    def proportional(self, f: Term) -> Formula:
        g = self.reader.term()
        self.reader.expect("in")
        self.reader.small(g)
        names = self.names()
        self.no_ties(names)
        new, premises, values = self.moved(names)
        there = (term_with(f, values), term_with(g, values))
        return self.for_all(new, premises, Compare("=", Times((f, there[1])), Times((there[0], g))))

    def independent(self, f: Term) -> Formula:
        names = self.names()
        self.no_ties(names)
        new, premises, values = self.moved(names)
        return self.for_all(new, premises, Compare("=", f, term_with(f, values)))

    def asymptotic(self, f: Term) -> Formula:
        """For every eps > 0 there is a size from which on |f - g| <= eps g; it may depend on all the rest.

        Where g < 0 this is false, and where g = 0 it says f = 0: it is meant for g > 0, as costs are.
        """
        g = self.reader.term()
        self.reader.expect("as")
        names = self.names()
        self.reader.expect("grow")
        self.reader.small(g)
        self.no_ties(names)
        values, new = self.second(names)
        premises = [formula_with(a, values) for a in self.about(names)]
        taken = {*self.statement.scope, *new.values()}
        eps = fresh("eps", taken)
        size = fresh("T", {*taken, eps})
        far = [Compare("<=", Variable(size), Variable(other)) for other in new.values()]
        f, g = term_with(f, values), term_with(g, values)
        slack = Times((Variable(eps), g))
        close = And((Compare("<=", f, Plus((g, slack))), Compare("<=", g, Plus((f, slack)))))
        inner = Exists(size, INT, self.for_all(new, [*premises, *far], close))
        return ForAll(eps, REAL, Implies(Compare("<", number(0), Variable(eps)), inner))

    def bounded(self, f: Term) -> Formula:
        names = self.names()
        self.no_ties(names)
        new, premises, values = self.moved(names)
        bound = fresh("C", {*self.statement.scope, *new.values()})
        inner = self.for_all(new, premises, Compare("<=", term_with(f, values), Variable(bound)))
        return Exists(bound, REAL, inner)

    def unbounded(self, f: Term) -> Formula:
        new, premises, values = self.moved(self.names())
        bound = fresh("C", {*self.statement.scope, *new.values()})
        inner = self.exists(new, premises, Compare("<", Variable(bound), term_with(f, values)))
        return ForAll(bound, REAL, inner)

    def largest_exactly(self, f: Term) -> Formula:
        """A feasible point is one of these exactly when no feasible point has more.

        It does not say that there is such a point: ``f has a largest value in v`` does.
        """
        best = self.reader.formula()
        self.reader.expect("for")
        self.reader.small(best)
        new, premises, values = self.moved(self.names())
        return Iff(best, self.for_all(new, premises, Compare("<=", term_with(f, values), f)))

    def no_largest(self, f: Term) -> Formula:
        new, premises, values = self.moved(self.names())
        return self.exists(new, premises, Compare("<", f, term_with(f, values)))

    def has_largest(self, f: Term) -> Formula:
        names = self.names()
        new, premises, values = self.moved(names)
        other, also, others = self.moved(names, avoid=list(new.values()))
        top = term_with(f, values)
        return self.exists(new, premises, self.for_all(other, also, Compare("<=", term_with(f, others), top)))

    def rounds(self, f: Term) -> Formula:
        """Half up at the last written digit: value - half <= f < value + half."""
        word = self.reader.peek()
        if word.kind != "number":
            raise self.reader.error("a written number is missing")
        self.reader.next += 1
        value = self.reader.number_of(word)
        digits, _, exponent = word.value.lower().partition("e")
        decimals = len(digits.partition(".")[2])
        half = Fraction(1, 2) * Fraction(10) ** (int(exponent or 0) - decimals)
        return And((Compare("<=", number(value - half), f), Compare("<", f, number(value + half))))

    def does_not_depend(self, f: Term) -> Formula:
        """Inputs that differ in this entry alone give the same value."""
        entry = self.reader.term()
        self.reader.small(entry)
        if not isinstance(entry, Call):
            raise self.reader.error("an entry of a tensor such as x[i] is missing")
        sort_of(entry, self.statement.scope)
        sort = self.statement.scope[entry.name]
        if not isinstance(sort, Function) or set(sort.arguments) != {INT}:
            raise self.reader.error(f"{entry.name} must be read at whole numbers")
        if entry.name in self.statement.definitions:
            raise self.reader.error(f"{entry.name} is defined; name an entry of what it is defined from")
        changed = self.affected(entry.name)
        if _free_of(entry.arguments) & set(changed):
            raise self.reader.error(f"the place of the entry must not depend on {entry.name}")
        self.no_hidden_definitions(f, changed)
        taken = {*self.statement.scope}
        new: dict[str, str] = {}
        for name in changed:
            new[name] = fresh(name + "'", taken)
            taken.add(new[name])
        other = new[entry.name]
        places = [fresh(f"k_{k + 1}", taken) for k in range(len(sort.arguments))]
        here = tuple(Variable(p) for p in places)
        pairs = zip(here, entry.arguments, strict=True)
        apart = tuple(Not(Compare("=", place, fixed)) for place, fixed in pairs)
        elsewhere: Formula = apart[0] if len(apart) == 1 else Or(apart)
        agree: Formula = Implies(elsewhere, Compare("=", Call(other, here), Call(entry.name, here)))
        for place in reversed(places):
            agree = ForAll(place, INT, agree)
        out: Formula = Compare("=", f, as_term(rename_functions(f, new)))
        definitions = [e for name in changed for e in self.statement.definitions.get(name, ())]
        given = (*definitions, *self.statement.assumptions)
        for premise in reversed([g for g in given if free(g) & set(changed)]):
            out = Implies(as_formula(rename_functions(premise, new)), out)
        out = Implies(agree, out)
        for name in reversed(changed):
            out = ForAll(new[name], self.statement.scope[name], out)
        return out

    def affected(self, name: str) -> list[str]:
        """The function itself, and every function whose definition reads one of these.

        A definition reads what was defined before it, so one pass in order finds them all.
        """
        out = [name]
        for defined, both in self.statement.definitions.items():
            if _free_of(both) & set(out):
                out.append(defined)
        return out

    def no_hidden_definitions(self, f: Term, changed: Sequence[str]) -> None:
        """Refuse assumptions that tie what changes to something else that the value is made of.

        ``assume s = sum(i in 0..n) x[i]`` makes s depend on x, but s would stand for one value on both sides.
        Sizes (variables of sort int) may be named in assumptions: they stay the same.
        """
        definitions = [e for name in changed for e in self.statement.definitions.get(name, ())]
        read = free(f) | _free_of(definitions)
        tied = self.tied(set(changed))
        for name in sorted(tied & read - set(changed)):
            raise self.reader.error(
                f"an assumption speaks of {name} and of {', '.join(changed)}; "
                f"define {name} with let or recursive"
            )

    def tied(self, names: set[str]) -> set[str]:
        """The names and what assumptions tie to them, step by step: sizes by an equation alone."""
        out = set(names)
        while True:
            more = {
                name
                for assumption in self.statement.assumptions
                for part in (assumption, *_equations(assumption))
                if free(part) & out
                for name in free(part) - out
                if self.statement.scope[name] != INT or part in _equations(assumption)
            }
            if not more:
                return out
            out |= more


_FORMS = (
    (("is", "proportional", "to"), _Form.proportional),
    (("is", "independent", "of"), _Form.independent),
    (("is", "asymptotic", "to"), _Form.asymptotic),
    (("is", "bounded", "in"), _Form.bounded),
    (("is", "unbounded", "in"), _Form.unbounded),
    (("is", "largest", "exactly", "where"), _Form.largest_exactly),
    (("has", "no", "largest", "value", "in"), _Form.no_largest),
    (("has", "a", "largest", "value", "in"), _Form.has_largest),
    (("rounds", "to"), _Form.rounds),
    (("does", "not", "depend", "on"), _Form.does_not_depend),
)

_FIRST_WORDS = frozenset(words[0] for words, _ in _FORMS)
