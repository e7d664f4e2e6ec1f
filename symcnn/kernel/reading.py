"""From text to terms: the words of statements, their grammar, and its limits.

    formula   ::=  "for all" names ":" sort, ... ":" formula  |  "exists" ...  |  formula iff formula
                |  formula implies formula  |  formula or formula  |  formula and formula
                |  "not" formula  |  "true"  |  "false"  |  (formula)
                |  term relation term relation ...          (relations  = != <= < >= >)
    term      ::=  term + term | term - term | term * term | term / term | term // term
                |  term ^ number | - term
                |  number | name | name[term, ...] | name(term, ...) | (term) | abs(term)
                |  "sum(" name "in" term ".." term, ... "|" formula ")" term      the guard may be left out
                |  "max(" name "in" term ".." term, ... "|" formula ")" term
                |  max(term, term) | min(term, term) | "if" formula "then" term "else" term

From loosest to tightest:  iff | implies (to the right) | or | and | not | relations
                           + - | * / // (from left to right) | ^ (a number, not chained)

A leading minus is the negative of the whole product: ``-a*b`` is -(a*b) and ``-2^2`` is -4. ``-a//b``
is refused, since Python and mathematics disagree on it. The body of a sum is a product:
``sum(i in 0..n) a*b + c`` adds c once. A quantifier and ``if`` reach as far as they can.
``a <= b < c`` is ``a <= b and b < c``.

What a quantifier, a sum or an abbreviation binds may have the name of a declared variable and hides it
inside; it may not have the name of an abbreviation. Abbreviations are written out as they are read, and
one that reads a hidden variable is refused there.

Text is limited in length and depth, numbers in digits, and what abbreviations unfold to in size. Every
refusal is ``Unreadable`` with line, column and reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import (
    INT,
    SORTS,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    Implies,
    Max,
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Sort,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    free,
    measure,
    number,
)

MAX_TEXT = 500_000
MAX_BLOCKS = 2000
MAX_WORDS = 20_000
MAX_NAME = 64
THEOREM_NAME = r"[A-Za-z][A-Za-z0-9_.]{0,63}'{0,9}"
MAX_DEPTH = 60
MAX_TREE_DEPTH = 100
MAX_NODES = 300_000
MAX_ARGUMENTS = 16
MAX_DIGITS = 400
MAX_EXPONENT = 64
_WORDS = frozenset(
    [
        "for",
        "all",
        "exists",
        "iff",
        "implies",
        "or",
        "and",
        "not",
        "sum",
        "max",
        "min",
        "abs",
        "if",
        "then",
        "else",
        "in",
        "true",
        "false",
        "int",
        "real",
        "ring",
    ]
)
_TOKEN = re.compile(
    r"[ \t\r\n]+|#[^\n]*|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*'*)"
    r"|(?P<text>\"[^\"\n]*\")|(?P<sign>\.\.|->|//|<=|>=|!=|[-+*/^()\[\]{},.:;|=<>])"
)


class Token(NamedTuple):
    """A word of a text and where it stands."""

    kind: str
    value: str
    place: int


@dataclass(slots=True)
class Budget:
    """How many nodes may still be made (abbreviations multiply them), and the sizes found so far."""

    nodes: int = MAX_NODES
    known: dict[int, tuple[Term | Formula, int, int]] = field(default_factory=dict)


def read_text(path: str | Path) -> str:
    """The text of a file, which must be UTF-8 and not too long."""
    with open(path, "rb") as file:
        return decoded(file.read(4 * MAX_TEXT + 1))


def decoded(data: bytes) -> str:
    """A text in UTF-8."""
    if len(data) > 4 * MAX_TEXT:
        raise Unreadable(f"line 1, column 1: the text has more than {MAX_TEXT} characters")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise Unreadable(
            f"{position(before, len(before))}: byte {data[error.start]:#04x} is not UTF-8"
        ) from None


def refuse_unreadable(text: str) -> None:
    """What is not seen must not change what is read: no control characters, no marks that reorder text."""
    refuse_long(text)
    for k, line in enumerate(text.split("\n")):
        shown = line.removesuffix("\r").replace("\t", " ")
        if not shown.isprintable():
            column = next(c for c, character in enumerate(shown) if not character.isprintable())
            raise Unreadable(f"line {k + 1}, column {column + 1}: character {shown[column]!r} is not allowed")


def refuse_long(text: str) -> None:
    """Only so much is read."""
    if len(text) > MAX_TEXT:
        raise Unreadable(
            f"line 1, column 1: the text has {len(text)} characters; at most {MAX_TEXT} are read"
        )


def lines_of(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where the lines of a part of a text begin and end."""
    while start < stop:
        end = text.find("\n", start, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1


def blocks(text: str, heads: tuple[str, ...], start: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a text that begin with one of these words begin and end.

    Nothing but comments may stand before the first.
    """
    what = heads[0].strip()
    starts: list[int] = []
    for first, end in lines_of(text, start, len(text)):
        if text.startswith(heads, first):
            starts.append(first)
        elif not starts and text[first:end].strip() and not text[first:end].lstrip().startswith("#"):
            raise Unreadable(
                f"{position(text, first)}: {' or '.join(h.strip() for h in heads)} must begin here"
            )
    if not starts:
        raise Unreadable(f"line 1, column 1: no {what}")
    if len(starts) > MAX_BLOCKS:
        raise Unreadable(f"line 1, column 1: the text has {len(starts)} parts; at most {MAX_BLOCKS} are read")
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def tokens(text: str, start: int = 0, stop: int | None = None) -> list[Token]:
    """The words of a text, or of a part of it; blanks and comments fall away."""
    refuse_long(text)
    out: list[Token] = []
    place = start
    stop = len(text) if stop is None else stop
    while place < stop:
        found = _TOKEN.match(text, place, stop)
        if found is None:
            raise Unreadable(f"{position(text, place)}: {text[place]!r} has no meaning here")
        if found.lastgroup is not None:
            out.append(Token(found.lastgroup, found.group(), place))
        if len(out) > MAX_WORDS:
            raise Unreadable(f"{position(text, place)}: more than {MAX_WORDS} words in one place")
        place = found.end()
    return out


def position(text: str, place: int) -> str:
    """Line and column of a place in a text, counted from 1."""
    line = text.count("\n", 0, place) + 1
    column = place - (text.rfind("\n", 0, place) + 1) + 1
    return f"line {line}, column {column}"


_LOGICAL = frozenset(
    ["=", "!=", "<=", "<", ">=", ">", "and", "or", "not", "implies", "iff", "for", "exists", "true", "false"]
)


def brackets_of_formulas(words: Sequence[Token]) -> frozenset[int]:
    """The opening brackets directly inside of which a relation or a logical word stands.

    What stands between ``if`` and ``then`` is left out: it belongs to a term.
    """
    found: set[int] = set()
    open_at: list[int] = []
    conditions = [0]
    for k, word in enumerate(words):
        if word.value in ("(", "["):
            open_at.append(k)
            conditions.append(0)
        elif word.value in (")", "]") and open_at:
            open_at.pop()
            conditions.pop()
        elif word.value == "if":
            conditions[-1] += 1
        elif word.value == "then":
            conditions[-1] -= 1
        elif word.value in _LOGICAL and open_at and conditions[-1] <= 0:
            found.add(open_at[-1])
    return frozenset(found)


class Reader:
    """Reads terms and formulas from a list of words, with the sorts of the declared names."""

    def __init__(
        self,
        text: str,
        scope: Mapping[str, Sort],
        macros: Mapping[str, Macro] | None = None,
        start: int = 0,
        stop: int | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.text = text
        self.stop = len(text) if stop is None else stop
        self.words = tokens(text, start, stop)
        # What is looked for most: the words alone, and behind the last of them more than anyone looks ahead.
        self.spelled = [*(word.value for word in self.words), "", "", "", ""]
        self.formulas = brackets_of_formulas(self.words)
        self.next = 0
        self.depth = 0
        self.scope: dict[str, Sort] = dict(scope)
        self.macros: dict[str, Macro] = dict(macros or {})
        self.bound: frozenset[str] = frozenset()
        self.budget = Budget() if budget is None else budget

    # -- words ---------------------------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> Token:
        """The word that comes next, or a last empty one."""
        k = self.next + ahead
        return self.words[k] if k < len(self.words) else Token("end", "", self.stop)

    def at(self, value: str, *more: str) -> bool:
        """Whether the next words are these. (A text in quotes is none of them: its quotes belong to it.)"""
        k = self.next
        return self.spelled[k] == value and (not more or self.spelled[k + 1 : k + 1 + len(more)] == [*more])

    def take(self, value: str, *more: str) -> bool:
        """Pass over these words if they come next."""
        if self.spelled[self.next] != value or (more and not self.at(value, *more)):
            return False
        self.next += 1 + len(more)
        return True

    def expect(self, value: str) -> None:
        """Pass over this word, which must come next."""
        if not self.take(value):
            raise self.error(f"{value!r} is missing")

    def name(self) -> str:
        """A name that is no word of the grammar."""
        word = self.peek()
        if word.value in _WORDS:
            raise self.refusal(word, f"{word.value!r} is a word of the language and cannot be a name here")
        if word.kind != "name":
            raise self.error("a name is missing")
        if len(word.value) > MAX_NAME:
            raise self.refusal(word, f"a name has more than {MAX_NAME} characters")
        self.next += 1
        return word.value

    def bind(self, name: str, sort: Sort) -> None:
        """Bring a bound name into scope; whoever calls this puts ``scope`` and ``bound`` back afterwards."""
        if name in self.macros:
            raise self.error(f"{name} is an abbreviation and cannot be bound; use another name")
        self.scope[name] = sort
        self.bound |= {name}

    def refusal(self, word: Token, reason: str) -> Unreadable:
        """An error at a word."""
        return Unreadable(f"{position(self.text, word.place)}: {reason}")

    def error(self, reason: str) -> Unreadable:
        """An error at the next word, which is shown."""
        word = self.peek()
        shown = word.value if len(word.value) <= MAX_NAME else word.value[:MAX_NAME] + "..."
        return self.refusal(word, f"{reason} {f'before {shown!r}' if shown else 'at the end'}")

    def small(self, node: Term | Formula) -> None:
        """Refuse a tree that is too large or too deep to walk, and take its size from the budget."""
        count, depth = measure(node, self.budget.known)
        self.budget.nodes -= count
        if self.budget.nodes < 0:
            raise self.error(f"abbreviations unfold to more than {MAX_NODES} nodes")
        if depth > MAX_TREE_DEPTH:
            raise self.error(f"a term or formula is nested deeper than {MAX_TREE_DEPTH} levels")

    def end(self) -> None:
        """Nothing may follow."""
        if self.peek().kind != "end":
            raise self.error("nothing more is expected")

    def deeper(self) -> None:
        """Count a level of nesting; too many are refused."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"the text is nested deeper than {MAX_DEPTH} levels")

    # -- formulas ------------------------------------------------------------------------------------

    def formula(self) -> Formula:
        """A formula: ``iff`` binds least, then ``implies``, ``or``, ``and``, ``not``."""
        self.deeper()
        left = self.implication()
        while self.take("iff"):
            left = Iff(left, self.implication())
        self.depth -= 1
        return left

    def implication(self) -> Formula:
        """``a implies b``, to the right."""
        parts = [self.alternatives()]
        while self.take("implies"):
            parts.append(self.alternatives())
        out = parts.pop()
        while parts:
            out = Implies(parts.pop(), out)
        return out

    def alternatives(self) -> Formula:
        """``a or b or ...``"""
        parts = [self.conjunction()]
        while self.take("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Formula:
        """``a and b and ...``"""
        parts = [self.literal()]
        while self.take("and"):
            parts.append(self.literal())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def literal(self) -> Formula:
        """A negation, a quantifier, a comparison, or a formula in brackets."""
        if self.take("true"):
            return And(())
        if self.take("false"):
            return Or(())
        if self.take("not"):
            self.deeper()
            out = Not(self.literal())
            self.depth -= 1
            return out
        if self.at("for", "all") or self.at("exists"):
            return self.quantified()
        if self.at("(") and self.next in self.formulas:
            self.expect("(")
            inner = self.formula()
            self.expect(")")
            return inner
        return self.comparison()

    def quantified(self) -> Formula:
        """``for all x, y : int >= 1, z : real : formula``, or the same with ``exists``."""
        every = self.take("for", "all")
        if not every:
            self.expect("exists")
        outer, bound_outside = dict(self.scope), self.bound
        declared = self.declarations(self.bind)
        self.expect(":")
        body = self.formula()
        self.scope, self.bound = outer, bound_outside
        for name, sort, bound in reversed(declared):
            if every:
                body = ForAll(name, sort, body if bound is None else Implies(bound, body))
            else:
                body = Exists(name, sort, body if bound is None else And((bound, body)))
        return body

    def declarations(
        self, declare: Callable[[str, Sort], None], taken: Collection[str] = ()
    ) -> list[tuple[str, Sort, Formula | None]]:
        """``names : sort, names : sort >= limit, ...``; the names are in scope from then on."""
        out: list[tuple[str, Sort, Formula | None]] = []
        while True:
            words, names = [self.peek()], [self.name()]
            while self.take(","):
                words.append(self.peek())
                names.append(self.name())
                if len(names) + len(out) > MAX_TREE_DEPTH:
                    raise self.error(f"more than {MAX_TREE_DEPTH} names are declared")
            self.expect(":")
            sort = self.sort()
            limit: Term | None = None
            relation = "<=" if self.at(">=") else "<"
            if not isinstance(sort, Function) and (self.take(">=") or self.take(">")):
                limit = self.term()
                self.small(limit)
            for word, name in zip(words, names, strict=True):
                # The limit was read before these names came into scope: they must not capture what it reads.
                if name in (*taken, *(earlier for earlier, _, _ in out)) or names.count(name) > 1:
                    raise self.refusal(word, f"{name} is declared twice")
                if limit is not None and name in free(limit):
                    raise self.refusal(word, f"the limit of {name} must not read {name}")
                declare(name, sort)
                if limit is None:
                    out.append((name, sort, None))
                else:
                    self.small(limit)
                    out.append((name, sort, Compare(relation, limit, Variable(name))))
            if not (self.at(",") and self.declares_more()):
                return out
            self.expect(",")

    def declares_more(self) -> bool:
        """Whether the comma that comes next is followed by names and a sort."""
        k = 1
        while self.peek(k).kind == "name" and self.peek(k + 1).value == ",":
            k += 2
        return (
            self.peek(k).kind == "name" and self.peek(k + 1).value == ":" and self.peek(k + 2).value in SORTS
        )

    def sort(self) -> Sort:
        """``int``, ``real``, ``ring``, or ``int, int -> ring``."""
        found = [self.plain_sort()]
        while self.at(",") and self.peek(1).value in SORTS:
            self.expect(",")
            found.append(self.plain_sort())
        if len(found) > MAX_ARGUMENTS:
            raise self.error(f"a function has more than {MAX_ARGUMENTS} arguments")
        if self.take("->"):
            return Function(tuple(found), self.plain_sort())
        if len(found) > 1:
            raise self.error("'->' is missing")
        return found[0]

    def plain_sort(self) -> str:
        """A sort of values."""
        word = self.peek().value
        if word not in SORTS:
            raise self.error("a sort (int, real or ring) is missing")
        self.next += 1
        return word

    def comparison(self) -> Formula:
        """``a = b``, or a chain such as ``0 <= a < b``."""
        terms = [self.term()]
        signs: list[str] = []
        while self.spelled[self.next] in _RELATIONS:
            signs.append(self.spelled[self.next])
            self.next += 1
            terms.append(self.term())
        if not signs:
            raise self.error("a relation (=, !=, <=, <, >=, >) is missing")
        for between in terms[1:-1]:
            self.small(between)
        found = [_RELATIONS[s](a, b) for s, a, b in zip(signs, terms, terms[1:], strict=False)]
        return found[0] if len(found) == 1 else And(tuple(found))

    # -- terms ---------------------------------------------------------------------------------------

    def term(self) -> Term:
        """A sum of products."""
        self.deeper()
        out = [self.negated() if self.at("-") else self.product()]
        while self.spelled[self.next] in ("+", "-"):
            out.append(self.product() if self.take("+") else self.subtracted())
        self.depth -= 1
        return out[0] if len(out) == 1 else Plus(tuple(out))

    def negated(self) -> Term:
        """The negative of a product, at the beginning of a term."""
        start = self.next
        out = self.subtracted()
        # Python reads -a//b as (-a)//b, and elsewhere the minus belongs to the whole product.
        depth = 0
        for word in self.words[start : self.next]:
            depth += (word.value in ("(", "[")) - (word.value in (")", "]"))
            if depth == 0 and word.value == "//":
                raise self.refusal(word, "write -(a//b) or (-a)//b; -a//b can mean either")
        return out

    def subtracted(self) -> Term:
        """The negative of the product after a minus sign."""
        self.expect("-")
        inner = self.product()
        if isinstance(inner, Number):
            return number(-inner.value)
        return Times((number(-1), *(inner.terms if isinstance(inner, Times) else (inner,))))

    def product(self) -> Term:
        """Factors joined by * / and //, from left to right."""
        out = self.factor()
        joined = False
        while self.spelled[self.next] in ("*", "/", "//"):
            if self.take("*"):
                right = self.factor()
                out = Times((*out.terms, right)) if joined and isinstance(out, Times) else Times((out, right))
                joined = True
            elif self.take("//"):
                out, joined = Floor(out, self.factor()), False
            else:
                self.expect("/")
                out, joined = _quotient(out, self.factor()), False
        return out

    def factor(self) -> Term:
        """A term with an exponent, if it has one."""
        base = self.simple()
        if not self.take("^"):
            return base
        word = self.peek()
        digits = word.kind == "number" and word.value.isdigit() and len(word.value) <= 2
        if not digits or int(word.value) > MAX_EXPONENT:
            raise self.error(f"an exponent from 0 to {MAX_EXPONENT} is missing")
        self.next += 1
        if self.at("^"):
            raise self.error("powers do not chain; use brackets")
        return Power(base, int(word.value))

    def simple(self) -> Term:
        """A number, a name, an entry, or something in brackets."""
        word = self.peek()
        if word.kind == "number":
            self.next += 1
            return number(self.number_of(word))
        if self.take("("):
            inner = self.term()
            self.expect(")")
            return inner
        if word.value not in _WORDS:
            return self.named()
        if self.at("sum", "(") or (self.at("max", "(") and self.peek(3).value == "in"):
            return self.reduction()
        if self.at("max") or self.at("min"):
            return self.extremum()
        if self.take("abs"):
            self.expect("(")
            inner = self.term()
            self.expect(")")
            self.small(inner)
            self.small(inner)
            return If(Compare("<=", number(0), inner), inner, Times((number(-1), inner)))
        if self.take("if"):
            condition = self.formula()
            self.expect("then")
            then = self.term()
            self.expect("else")
            return If(condition, then, self.term())
        return self.named()

    def number_of(self, word: Token) -> int | Fraction:
        """The exact value of a written number."""
        if word.value.isdigit() and len(word.value) <= MAX_DIGITS:
            return int(word.value)
        digits, _, exponent = word.value.lower().partition("e")
        if len(digits) > MAX_DIGITS or len(exponent) > 3 or int(exponent or 0) > MAX_DIGITS:
            raise self.refusal(word, f"a number has more than {MAX_DIGITS} digits")
        return Fraction(digits) * 10 ** int(exponent or 0)

    def extremum(self) -> Term:
        """``max(a, b, ...)`` and ``min(a, b, ...)``."""
        largest = self.take("max")
        if not largest:
            self.expect("min")
        self.expect("(")
        out = self.term()
        while self.take(","):
            other = self.term()
            for repeated in (out, out, other):
                self.small(repeated)
            condition = Compare("<=", other, out) if largest else Compare("<=", out, other)
            out = If(condition, out, other)
        self.expect(")")
        return out

    def reduction(self) -> Term:
        """``sum(i in a..b, j in c..d | guard) body`` as nested sums; the guard stands in the innermost."""
        kind = Sum if self.take("sum") else Max
        if kind is Max:
            self.expect("max")
        self.deeper()
        self.expect("(")
        outer, bound_outside = dict(self.scope), self.bound
        ranges: list[tuple[str, Term, Term]] = []
        while True:
            index = self.name()
            if index in [earlier for earlier, _, _ in ranges]:
                raise self.error(f"{index} is bound twice")
            self.expect("in")
            low = self.term()
            self.expect("..")
            high = self.term()
            ranges.append((index, low, high))
            self.bind(index, INT)
            if len(ranges) > MAX_TREE_DEPTH:
                raise self.error(f"more than {MAX_TREE_DEPTH} ranges")
            if not self.take(","):
                break
        guard = self.formula() if self.take("|") else None
        self.expect(")")
        body = self.product()
        self.scope, self.bound = outer, bound_outside
        self.depth -= 1
        for k, (index, low, high) in enumerate(reversed(ranges)):
            body = kind(index, low, high, guard if k == 0 else None, body)
        return body

    def named(self) -> Term:
        """A variable, an entry of a tensor, a value of a function, or an abbreviation written out."""
        word = self.peek()
        name = self.name()
        if self.at("[") or self.at("("):
            close = "]" if self.take("[") else ")"
            if close == ")":
                self.expect("(")
            arguments = [self.term()]
            while self.take(","):
                arguments.append(self.term())
            self.expect(close)
            return self.applied(word, name, tuple(arguments))
        if name in self.macros:
            return self.applied(word, name, ())
        if name not in self.scope:
            raise self.refusal(word, f"{name} is not declared{self.hint(name)}")
        if isinstance(self.scope[name], Function):
            raise self.refusal(word, f"{name} is a function; write {name}[...]")
        return Variable(name)

    def applied(self, word: Token, name: str, arguments: tuple[Term, ...]) -> Term:
        """A call of a function or of an abbreviation, with the right number of arguments."""
        macro = self.macros.get(name)
        sort = self.scope.get(name)
        if macro is not None:
            wanted = len(macro.parameters)
        elif isinstance(sort, Function):
            wanted = len(sort.arguments)
        elif sort is not None:
            raise self.refusal(word, f"{name} is no function")
        else:
            raise self.refusal(word, f"{name} is not declared{self.hint(name)}")
        if len(arguments) != wanted:
            raise self.refusal(word, f"{name} takes {wanted} arguments, not {len(arguments)}")
        if macro is None:
            return Call(name, arguments)
        # What the abbreviation reads besides its parameters is declared; here it must still mean that.
        for hidden in sorted(macro.reads & self.bound):
            raise self.refusal(word, f"{name} reads {hidden}, which is bound to something else here")
        self.small(macro.body)
        if not arguments:
            return macro.body
        for argument in arguments:
            self.small(argument)
        known = self.budget.known
        if measure(macro.body, known)[0] * sum(measure(a, known)[0] for a in arguments) > MAX_NODES:
            raise self.refusal(word, f"{name} and what it is given are too large to be written out")
        out = term_with(macro.body, dict(zip(macro.parameters, arguments, strict=True)))
        self.small(out)
        return out

    def hint(self, name: str) -> str:
        """The declared name that was probably meant, as the end of a message."""
        known = sorted({*self.scope, *self.macros})
        close = [k for k in known if k.lower().replace("_", "") == name.lower().replace("_", "")]
        close = close or get_close_matches(name[:MAX_NAME], known, 1)
        return f"; did you mean {close[0]}?" if close else ""


@dataclass(frozen=True, slots=True)
class Macro:
    """An abbreviation: a term with parameters, written out wherever it is used."""

    parameters: tuple[str, ...]
    body: Term
    reads: frozenset[str]

    @classmethod
    def of(cls, parameters: Sequence[str], body: Term) -> Macro:
        """The abbreviation with the declared names that its body reads."""
        return cls(tuple(parameters), body, free(body) - set(parameters))


def _not_equal(a: Term, b: Term) -> Formula:
    return Not(Compare("=", a, b))


_RELATIONS: dict[str, Callable[[Term, Term], Formula]] = {
    "=": lambda a, b: Compare("=", a, b),
    "!=": _not_equal,
    "<=": lambda a, b: Compare("<=", a, b),
    "<": lambda a, b: Compare("<", a, b),
    ">=": lambda a, b: Compare("<=", b, a),
    ">": lambda a, b: Compare("<", b, a),
}


def _quotient(a: Term, b: Term) -> Term:
    """``a / b``; of two numbers the number."""
    if isinstance(a, Number) and isinstance(b, Number) and b.value:
        return number(Fraction(a.value) / b.value)
    return Quotient(a, b)
