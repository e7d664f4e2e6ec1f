"""The words of a formula one by one, and the errors that stand at them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from symcnn.documents import trees
from symcnn.documents.brackets import Brackets
from symcnn.documents.faults import FormulaError
from symcnn.documents.names import Names
from symcnn.documents.tokens import Token, advice_for
from symcnn.documents.trees import Formula, Term
from symcnn.kernel.terms import Sort

_Read = TypeVar("_Read")

MAX_DEPTH = 60
MAX_NAMES = 60


class Words(ABC):
    """The words of one formula, which may be a part of a longer text.

    ``text``, ``line`` and ``column`` are for messages; ``names`` are those that are declared or bound here.
    """

    def __init__(
        self, words: Sequence[Token], text: str, names: Names, line: int = 1, column: int = 1
    ) -> None:
        # Behind the last word there is more than anyone looks ahead.
        self.words = [*words, *[words[-1]] * 7]
        self.text = text
        self.names = names
        self.line = line
        self.column = column
        self.brackets = Brackets.of(self.words, text, line, column)
        self.next = 0
        self.depth = 0
        self.in_bars = False
        self.in_exponent = False
        # Where numbers with commas inside stand, and the indices of sums that have ended.
        self.grouped: list[int] = []
        self.ended: set[str] = set()
        self.bound: frozenset[str] = frozenset()

    def peek(self, ahead: int = 0) -> Token:
        """The word that comes next, or one behind it."""
        return self.words[self.next + ahead]

    def at(self, kind: str, *values: str) -> bool:
        """Whether the next word is of this kind, and one of these."""
        word = self.peek()
        return word.kind == kind and (not values or word.value in values)

    def take(self, kind: str, *values: str) -> bool:
        """Pass over the next word if it is this one."""
        if not self.at(kind, *values):
            return False
        self.next += 1
        return True

    def fault(self, reason: str, word: Token | None = None, advice: str = "") -> FormulaError:
        """An error at a word, or at the next one."""
        place = (self.peek() if word is None else word).start
        return FormulaError(reason, self.text, place, self.line, self.column, advice)

    def missing(self, what: str) -> FormulaError:
        """An error: something else should stand here."""
        word = self.peek()
        if word.kind == "stop":
            return self.fault(f"{what} is missing at the end")
        if word.kind == "command":
            return self.fault(f"\\{word.value[:40]} is not read", word, advice_for(word.value))
        shown = self.text[word.start : word.stop].strip()[:40]
        return self.fault(f"{what} is missing before {shown}", word)

    def span(self, start: int) -> trees.Span:
        """From a place to the end of the last word that was read."""
        return start, self.words[self.next - 1].stop

    def deeper(self) -> None:
        """Count a level of nesting; too many are refused."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault(f"the formula is nested deeper than {MAX_DEPTH} levels", advice="name its parts")

    def inside(self, read: Callable[[], _Read]) -> _Read:
        """What is read inside brackets, where bars and exponents begin anew."""
        outer = self.in_bars
        self.in_bars = False
        out = read()
        self.in_bars = outer
        return out

    def with_names(self, bound: Sequence[tuple[str, Sort]], read: Callable[[], _Read]) -> _Read:
        """What is read while these names are bound."""
        outer, bound_outside = self.names, self.bound
        for name, sort in bound:
            self.bind(name, sort)
        out = read()
        self.ended.update(name for name, _ in bound if name not in outer.sorts)
        self.names, self.bound = outer, bound_outside
        return out

    def bind(self, name: str, sort: Sort) -> None:
        """Bring a bound name into scope; whoever calls this puts ``names`` and ``bound`` back."""
        self.names = self.names.binding(name, sort)
        self.bound |= {name}

    def split(self, length: int) -> None:
        """Cut the next word in two."""
        word = self.peek()
        cut = word.start + length
        self.words[self.next : self.next + 1] = [
            Token(word.kind, word.value[:length], word.start, cut, word.spaced),
            Token(word.kind, word.value[length:], cut, word.stop),
        ]

    def pass_script(self) -> None:
        """Pass over a script without reading it."""
        word = self.peek()
        if word.kind == "brace" and word.value == "{":
            end = self.brackets.ends[word.start]
            while self.peek().start < end:
                self.next += 1
        elif word.kind in ("letters", "number") and len(word.value) > 1:
            shown = self.text[word.start : word.stop]
            raise self.fault(f"{shown} needs braces here", word, f"write {{{shown}}}")
        self.next += 1

    def terms(self, opened: Token) -> tuple[Term, ...]:
        """Terms between commas, up to where the bracket closes that was just opened."""
        out = [self.inside(self.term)]
        while self.take("sign", ","):
            out += self.dotted(out[-1]) if self.at_dots() else [self.inside(self.term)]
        self.no_separators(opened)
        return tuple(out)

    def at_dots(self) -> bool:
        """Whether dots and a comma come next."""
        return self.at("command", "dots", "ldots", "cdots") and self.peek(1).value == ","

    def dotted(self, first: Term) -> list[Term]:
        r"""The names behind ``u_1`` in ``u_1, \dots, u_9``, where the dots come next."""
        dots = self.peek()
        self.next += 2
        last = self.term()
        if not isinstance(first, trees.Name) or not isinstance(last, trees.Name):
            raise self.fault("dots stand between names", dots, "write u_1, \\dots, u_{9}, or all of them")
        names = [*self.between(first.name, last.name, dots)]
        unknown = next((name for name in names if self.names.find(name) is None), None)
        if unknown is not None:
            raise self.fault(f"{unknown} is not declared", dots, "declare all names that the dots stand for")
        span = (first.span[0], last.span[1])
        return [trees.Name(self.names.find(name) or name, span) for name in names]

    def between(self, first: str, last: str, dots: Token) -> Iterator[str]:
        """The names behind ``first`` up to ``last`` that differ in their number alone."""
        (stem, low), (other, high) = _numbered(first), _numbered(last)
        if stem != other or not 0 <= low < high < low + MAX_NAMES:
            raise self.fault(
                "dots stand between names that are numbered", dots, "write u_1, \\dots, u_{9}, or all of them"
            )
        yield from (f"{stem}{k}" for k in range(low + 1, high + 1))

    def no_separators(self, start: Token) -> None:
        """A comma inside a number is refused where commas stand between terms."""
        place = next((g for g in self.grouped if g >= start.start), None)
        if place is not None:
            word = next(w for w in self.words if w.start == place)
            raise self.fault("the comma can belong to a number or to a list", word, "write 1234 or 1, 234")

    @abstractmethod
    def term(self) -> Term:
        """Products with plus and minus between them."""

    @abstractmethod
    def product(self) -> Term:
        """Factors side by side, or with signs between them."""

    @abstractmethod
    def formula(self) -> Formula:
        """A formula; a term alone is none."""


def _numbered(name: str) -> tuple[str, int]:
    """A name without the number at its end, and the number; -1 where there is none."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return (stem, int(digits)) if stem and 0 < len(digits) < 4 and str(int(digits)) == digits else (name, -1)
