"""The lines of a block and their clauses: ``params of conv at K = 3, C = 64 without substitution``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from symcnn.documents.faults import FormulaError

MAX_LINE = 2000

_CLAUSE = re.compile(r"(on|at|for|over|with|without|titled)(?=\s|$)")
_QUOTED = re.compile(r'"[^"\n]*"|' + r"'[^'\n]*'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a line, the whole text of the line, and where the part begins in it."""

    text: str
    whole: str
    place: int
    line: int

    def fault(self, reason: str, advice: str = "", ahead: int = 0) -> FormulaError:
        """An error at the phrase, or some characters ahead in it."""
        return FormulaError(reason, self.whole, self.place + ahead, self.line, 1, advice)

    def part(self, start: int, stop: int) -> Phrase:
        """A part of the phrase, without blanks around it."""
        text = self.text[start:stop]
        start += len(text) - len(text.lstrip())
        return Phrase(text.strip(), self.whole, self.place + start, self.line)

    def split(self, sign: str) -> list[Phrase]:
        """The parts between signs that stand in no brackets and in no quotes."""
        out: list[Phrase] = []
        start = 0
        for place in (p for p, depth in _outside(self.text) if not depth and self.text[p] == sign):
            out.append(self.part(start, place))
            start = place + 1
        return [*out, self.part(start, len(self.text))]


@dataclass(frozen=True, slots=True)
class Request:
    """A line: what it is about, and its clauses by the word that they begin with."""

    subject: Phrase
    clauses: Mapping[str, Phrase]

    def clause(self, word: str) -> Phrase | None:
        """The clause that begins with this word."""
        return self.clauses.get(word)

    def words(self, word: str, known: Collection[str]) -> list[str]:
        """The words listed in a clause; raises ``FormulaError`` for one that is not known."""
        clause = self.clause(word)
        found: list[str] = []
        for part in [] if clause is None else clause.split(","):
            said = " ".join(part.text.split())
            if said not in known:
                raise part.fault(f"{said!r} is not known behind {word}", f"write {', '.join(known)}")
            found.append(said)
        return found


def phrases(text: str, line: int) -> Iterator[Phrase]:
    """The lines of a block; a line that begins with a blank goes on from the one above.

    >>> [phrase.text for phrase in phrases("macs of conv\\n  at K = 3\\nK^2  # a square", 1)]
    ['macs of conv\\n  at K = 3', 'K^2']
    """
    found: list[str] = []
    start = line
    for k, row in enumerate(text.split("\n"), start=line):
        plain = _without_comment(row.rstrip())
        if found and (not plain or plain[0] in " \t"):
            found.append(plain)
            continue
        if found:
            yield _phrase(found, start)
        found, start = [plain] if plain else [], k
    if found:
        yield _phrase(found, start)


def request(phrase: Phrase, allowed: Collection[str]) -> Request:
    """The clauses of a line; raises ``FormulaError`` for those that are not allowed, empty, or said twice.

    >>> (phrase,) = phrases("params of conv at K = 3, C = 64 without substitution", 1)
    >>> found = request(phrase, ["at", "without"])
    >>> found.subject.text, {word: clause.text for word, clause in found.clauses.items()}
    ('params of conv', {'at': 'K = 3, C = 64', 'without': 'substitution'})
    """
    if len(phrase.text) > MAX_LINE:
        raise phrase.fault(f"the line has more than {MAX_LINE} characters")
    starts = list(_clauses(phrase.text))
    clauses: dict[str, Phrase] = {}
    for (start, word), (end, _) in pairwise([*starts, (len(phrase.text), "")]):
        here = phrase.part(start, end)
        if word not in allowed:
            raise here.fault(f"{word} is not understood here", f"the clauses are {', '.join(allowed)}")
        if word in clauses:
            raise here.fault(f"{word} is said twice")
        clauses[word] = phrase.part(start + len(word), end)
        if not clauses[word].text:
            raise here.fault(f"nothing stands behind {word}")
    subject = phrase.part(0, starts[0][0] if starts else len(phrase.text))
    if not subject.text:
        raise phrase.fault("what is to be shown is missing at the beginning of the line")
    return Request(subject, clauses)


def title(clause: Phrase | None) -> str:
    """The words between quotation marks behind ``titled``."""
    if clause is None:
        return ""
    if not re.fullmatch(r'"[^"\n]+"', clause.text):
        raise clause.fault("a title stands between quotation marks", 'write titled "The layers"')
    return clause.text[1:-1].strip()


def _phrase(rows: list[str], line: int) -> Phrase:
    whole = "\n".join(rows)
    return Phrase(whole.rstrip(), whole, 0, line)


def _outside(text: str) -> Iterator[tuple[int, int]]:
    """The places of a text outside of quotes, and how many brackets are open there."""
    depth = place = 0
    while place < len(text):
        quoted = _QUOTED.match(text, place) if text[place] in "\"'" else None
        # A prime behind a name opens no quotation.
        if quoted and not (text[place] == "'" and re.match(r"[\w']", text[place - 1 : place])):
            place = quoted.end()
            continue
        depth -= text[place] in ")]}"
        yield place, depth
        depth += text[place] in "([{"
        place += 1


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    """Where clauses begin, and with which word."""
    for place, depth in _outside(text):
        found = _CLAUSE.match(text, place) if not depth else None
        if found and (place == 0 or text[place - 1].isspace()):
            yield place, found.group(1)


def _without_comment(row: str) -> str:
    """A line up to the sign # outside of quotes."""
    end = next((place for place, _ in _outside(row) if row[place] == "#"), len(row))
    return row[:end].rstrip()
