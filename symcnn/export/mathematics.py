r"""LaTeX formulas as trees of what is seen, made of listed commands alone; nothing is calculated.

What is not listed in ``signs`` is refused, so that a tree never holds more than signs, fractions, scripts,
roots, brackets, words and grids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from symcnn.export import signs

MAX_LENGTH = 20_000
MAX_DEPTH = 60
MAX_SIGNS = 4000


class NotTypeset(ValueError):
    """A formula that is shown as it was typed, and why."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A letter, a number or a sign: its LaTeX, its letters in Unicode, and its kind."""

    latex: str
    text: str
    kind: str = signs.ORDINARY


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank so many em wide."""

    latex: str
    width: float


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a formula, and how their letters look."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side."""

    items: tuple[Node, ...]


def items_of(body: Node) -> tuple[Node, ...]:
    """What stands side by side in a formula, which may be one thing alone."""
    return body.items if isinstance(body, Row) else (body,)


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with what stands below and above at its right, or right below and above it where ``over``."""

    base: Node
    below: Node | None
    above: Node | None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction, or a binomial coefficient without a line; ``size`` is display, text or nothing."""

    top: Node
    bottom: Node
    line: bool = True
    size: str = ""


@dataclass(frozen=True, slots=True)
class Root:
    """A root; a square root has no degree."""

    body: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    r"""Brackets that grow with what is between them, as ``\left`` and ``\right`` say."""

    left: str
    body: Node
    right: str


@dataclass(frozen=True, slots=True)
class Styled:
    """A command with one argument that changes its look."""

    command: str
    body: Node


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, such as ``aligned`` or ``cases``; ``columns`` is what ``array`` says of them."""

    name: str
    rows: tuple[tuple[Node, ...], ...]
    columns: str = ""


Node = Sign | Blank | Words | Row | Scripts | Fraction | Root | Fenced | Styled | Grid


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the number that is printed beside it, if any."""

    body: Node
    tag: str = ""


PRIME = Sign("'", "′")

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      |(?P<number>[1-9][0-9]{0,2}(?:(?:,|\{,\}|\\,)[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
      |(?P<command>\\(?:[A-Za-z]+\*?|.|\n))
      |(?P<open>\{)|(?P<close>\})|(?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SEPARATOR = re.compile(r"\{,\}|\\,|,")
_DELIMITER = re.compile(r"\s*(\\[A-Za-z]+|\\[{}|]|[()\[\]|<>./])")
_NAME = re.compile(r"\s*\{([A-Za-z]+\*?)\}")
_COLUMNS = re.compile(r"\s*(?:\[[tbc]\])?\s*\{([lcr|@{}\s]{0,60}?)\}")
_OPTION = re.compile(r"\s*\[([^\]\n]{0,200})\]")
_WORDS = re.compile(r"\s*\{((?:[^{}\\$%]|\\[_&#%$, {}])*)\}")
_ESCAPED = re.compile(r"\\([_&#%$, {}])")
_GAP = re.compile(r"\s*\[\s*-?[0-9.]+\s*(?:pt|em|ex|mm|cm)\s*\]")
_LENGTH = re.compile(r"\s*\{\s*(-?[0-9]{0,3}(?:\.[0-9]{1,4})?)\s*(em|ex|pt|mm|cm)\s*\}")
_EM = {"em": 1.0, "ex": 0.43, "pt": 0.1, "mm": 0.285, "cm": 2.85}


def formula(text: str) -> Formula:
    r"""Read a formula; raises ``NotTypeset`` with the reason where it cannot be typeset.

    >>> formula("N!").body.items
    (Sign(latex='N', text='N', kind='ordinary'), Sign(latex='!', text='!', kind='closing'))
    >>> formula(r"\input{secret}")
    Traceback (most recent call last):
    ...
    symcnn.export.mathematics.NotTypeset: \input cannot be typeset
    """
    if len(text) > MAX_LENGTH:
        raise NotTypeset(f"the formula has more than {MAX_LENGTH} characters")
    reader = _Reader(text)
    body = reader.rows_at_top()
    return Formula(body, reader.tag)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0
        self.tag = ""
        self.signs = 0

    # -- rows ------------------------------------------------------------------------------------------------

    def rows_at_top(self) -> Node:
        r"""The whole text; rows with ``\\`` between them stand below one another."""
        rows = self.rows("")
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        return Grid("gathered" if max(map(len, rows)) == 1 else "aligned", rows)

    def rows(self, end: str) -> tuple[tuple[Node, ...], ...]:
        r"""Rows of cells up to the end of an environment, of a group (``}``) or of the text."""
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(self.row())
            word = self.next()
            if word == "&":
                continue
            if word in ("\\\\", "\\cr"):
                self.skip(_GAP)
                rows.append([])
                continue
            if word == "\\end" and end not in ("", "}"):
                name = self.match(_NAME, "\\end needs a name")
                if name != end:
                    raise NotTypeset(f"\\begin{{{end}}} is closed by \\end{{{name}}}")
                break
            if word == end:
                break
            raise NotTypeset(
                f"{word} is missing its counterpart" if word else f"{end or 'the end'} is missing at the end"
            )
        if len(rows) > 1 and rows[-1] == [Row(())]:
            rows.pop()
        return tuple(map(tuple, rows))

    def row(self) -> Row:
        """What stands side by side, up to something that ends it."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotTypeset(f"the formula is nested deeper than {MAX_DEPTH} levels")
        items: list[Node] = []
        while (word := self.peek()) and word not in (
            "&",
            "\\\\",
            "\\cr",
            "}",
            "\\end",
            "\\right",
            "\\middle",
        ):
            item = self.item(items)
            if item is not None:
                items.append(item)
        self.depth -= 1
        return Row(tuple(_tall_brackets(items)))

    def item(self, before: list[Node]) -> Node | None:
        """The next item with its scripts; nothing for what is not seen."""
        word = self.peek()
        if word in ("^", "_", "'"):
            base: Node = before.pop() if before and not isinstance(before[-1], Blank) else Row(())
            if isinstance(base, Scripts) and base.over and not _takes_limits(base.base):
                pass
            elif isinstance(base, Scripts):
                return self.scripts(base.base, base.below, base.above)
            return self.scripts(base, None, None)
        return self.atom()

    def scripts(self, base: Node, below: Node | None, above: Node | None) -> Node:
        """A base with all scripts that follow."""
        while (word := self.peek()) in ("^", "_", "'"):
            self.next()
            if word == "'":
                above = _beside(above, PRIME)
                if isinstance(above, Row) and len(above.items) > 20:
                    raise NotTypeset("there are more than 20 primes")
            elif word == "^":
                if above is not None and not _primes(above):
                    raise NotTypeset("there are two exponents")
                above = _beside(above, self.argument())
            elif below is not None:
                raise NotTypeset("there are two subscripts")
            else:
                below = _with_words(self.argument())
        return Scripts(base, below, above, _takes_limits(base))

    # -- words -----------------------------------------------------------------------------------------------

    def peek(self) -> str:
        """The next word, blanks passed over; empty at the end."""
        place = self.place
        found = self.next()
        self.place = place
        return found

    def next(self) -> str:
        """Take the next word."""
        while found := _TOKEN.match(self.text, self.place):
            self.place = found.end()
            if found.lastgroup == "blank" or found[0] == "~":
                continue
            return found[0]
        return ""

    def skip(self, pattern: re.Pattern[str]) -> str | None:
        """Pass over what a pattern finds here."""
        found = pattern.match(self.text, self.place)
        if found is None:
            return None
        self.place = found.end()
        return found[1] if found.re.groups else found[0]

    def match(self, pattern: re.Pattern[str], missing: str) -> str:
        """What a pattern finds here, which has to be there."""
        found = self.skip(pattern)
        if found is None:
            raise NotTypeset(missing)
        return found

    def argument(self) -> Node:
        """A group, or a single item."""
        word = self.peek()
        if word == "{":
            self.next()
            return self.group()
        if not word or word in ("}", "&", "^", "_", "'", "\\\\", "\\right", "\\end"):
            raise NotTypeset("an argument is missing")
        if word[0].isdigit() or word[0] == ".":
            # \frac12 and x^22 take a digit alone.
            while self.text[self.place] in " \t\r\n~":
                self.place += 1
            self.place += 1
            digit = self.text[self.place - 1]
            return Sign(digit, digit)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotTypeset(f"the formula is nested deeper than {MAX_DEPTH} levels")
        found = self.atom()
        self.depth -= 1
        return Row(()) if found is None else found

    def group(self) -> Node:
        """What stands up to the closing brace."""
        cells = [cell for row in self.rows("}") for cell in row]
        if len(cells) != 1:
            raise NotTypeset("rows stand inside braces")
        row = cells[0]
        return row.items[0] if isinstance(row, Row) and len(row.items) == 1 else row

    # -- items -----------------------------------------------------------------------------------------------

    def atom(self) -> Node | None:
        """One item without scripts."""
        self.signs += 1
        if self.signs > MAX_SIGNS:
            raise NotTypeset(f"the formula has more than {MAX_SIGNS} signs")
        word = self.next()
        if word == "{":
            inside = self.group()
            return inside if isinstance(inside, Row) else Row((inside,))
        if word.startswith("\\"):
            return self.command(word[1:])
        if word[0].isdigit() or (word[0] == "." and len(word) > 1):
            plain = _SEPARATOR.sub(",", word)
            return Sign(plain.replace(",", "{,}"), plain)
        if word == "%":
            raise NotTypeset("% begins a comment; write \\%")
        if word in ("$", "#"):
            raise NotTypeset(f"{word} cannot stand in a formula; write \\{word}")
        if word.isascii() and word.isalpha():
            return Sign(word, word)
        if word in signs.TYPED:
            shown = {"-": "−", "*": "∗"}.get(word, word)
            return Sign(word, shown, signs.TYPED[word])
        pasted = signs.PASTED.get(word, "")
        if pasted in signs.SIGNS:
            return Sign(f"\\{pasted}", *signs.SIGNS[pasted])
        if pasted == "-":
            return Sign("-", "−", signs.BINARY)
        if pasted.startswith("mathbb"):
            return Styled("mathbb", Sign(pasted[-1], pasted[-1]))
        if word.isprintable():
            return Words(word)
        raise NotTypeset(f"the character U+{ord(word):04X} cannot be typeset")

    def command(self, name: str) -> Node | None:
        """A command with its arguments."""
        if name in signs.SIGNS:
            letter, kind = signs.SIGNS[name]
            return Sign(_PLAIN.get(name, f"\\{name}"), letter, kind)
        if name in signs.FUNCTIONS:
            return Sign(f"\\{name}", name, signs.FUNCTION)
        if name in signs.BLANKS:
            shown = {"\n": "\\ ", "\t": "\\ ", "space": "\\ ", ">": "\\:"}.get(name, f"\\{name}")
            return Blank(shown, signs.BLANKS[name])
        if name in signs.UNSEEN:
            return None
        if name in signs.WORDS:
            words = self.match(_WORDS, f"\\{name} takes words in braces, without formulas or commands")
            return Words(_ESCAPED.sub(r"\1", words), signs.WORDS[name])
        if name in signs.FRACTIONS or name in signs.BINOMIALS:
            line = name in signs.FRACTIONS
            size = signs.FRACTIONS[name] if line else signs.BINOMIALS[name]
            return Fraction(self.argument(), self.argument(), line, size)
        if name in signs.SIZES:
            mark = self.match(_DELIMITER, f"\\{name} needs a bracket")
            kind = {"l": signs.OPENING, "r": signs.CLOSING, "m": signs.RELATION}.get(name[-1], signs.ORDINARY)
            return Sign(f"\\{name}{_delimiter(mark)}", signs.DELIMITERS[mark], kind)
        if name in signs.STYLES or name in signs.ACCENTS or name == "boxed":
            return self.styled(name)
        if name in signs.BRACES:
            return Styled(name, self.argument())
        match name:
            case "left":
                return self.fenced()
            case "begin":
                return self.grid(self.match(_NAME, "\\begin needs a name"))
            case "sqrt":
                degree = self.skip(_OPTION)
                return Root(self.argument(), None if degree is None else _Reader(degree).rows_at_top())
            case "substack":
                if self.peek() != "{":
                    raise NotTypeset("\\substack needs braces")
                self.next()
                return Grid("substack", self.rows("}"))
            case "overset" | "stackrel" | "underset":
                script, base = self.argument(), self.argument()
                below = name == "underset"
                return Scripts(base, script if below else None, None if below else script, True)
            case "bmod":
                return Sign("\\bmod", "mod", signs.BINARY)
            case "pmod":
                number = self.argument()
                named = Styled("mathrm", Sign("mod", "mod"))
                inside = Row((named, Blank("\\ ", 0.25), number))
                return Row((Blank("\\quad", 1.0), Fenced("(", inside, ")")))
            case "not":
                if self.next() != "=":
                    raise NotTypeset("\\not is read before = alone; write \\ne, \\notin or \\nmid")
                return Sign("\\ne", "≠", signs.RELATION)
            case "tag" | "tag*":
                self.tag = _ESCAPED.sub(r"\1", self.match(_WORDS, "\\tag takes words in braces")).strip()
                if name == "tag" and self.tag:
                    self.tag = f"({self.tag})"
                return None
            case "label":
                self.match(_WORDS, "\\label takes a name in braces")
                return None
            case "hspace" | "hspace*" | "mspace":
                found = _LENGTH.match(self.text, self.place)
                if found is None or not found[1].strip("-."):
                    raise NotTypeset(f"\\{name} takes a length such as {{1em}}")
                self.place = found.end()
                wide = max(-5.0, min(float(found[1]) * _EM[found[2]], 20.0))
                return Blank(f"\\hspace{{{wide:g}em}}", wide)
            case _:
                raise NotTypeset(f"\\{name[:40]} cannot be typeset")

    def styled(self, name: str) -> Node:
        """A command that changes the look of its argument."""
        if name in ("mathrm", "operatorname", "mathit", "mathsf", "mathtt", "mathbf"):
            words = re.compile(r"\s*\{((?:[A-Za-z0-9]|\\_|[ -])*)\}").match(self.text, self.place)
            if words is not None and re.search(r"[A-Za-z]{2}|\\_", words[1]):
                self.place = words.end()
                plain = words[1].replace("\\_", "_")
                kind = signs.FUNCTION if name == "operatorname" else signs.ORDINARY
                return Styled(name, Sign(words[1], plain, kind))
        return Styled({"bm": "boldsymbol"}.get(name, name), self.argument())

    def fenced(self) -> Node:
        r"""What stands between ``\left`` and ``\right``."""
        left = self.match(_DELIMITER, "\\left needs a bracket")
        items: list[Node] = []
        while True:
            items += self.row().items
            word = self.next()
            if word == "\\right":
                break
            if word != "\\middle":
                raise NotTypeset("\\left has no \\right")
            mark = self.match(_DELIMITER, "\\middle needs a bracket")
            items.append(Sign(f"\\middle{_delimiter(mark)}", signs.DELIMITERS[mark], signs.RELATION))
        right = self.match(_DELIMITER, "\\right needs a bracket")
        return Fenced(_delimiter(left), Row(tuple(items)), _delimiter(right))

    def grid(self, name: str) -> Node:
        """An environment."""
        if name not in signs.GRIDS:
            raise NotTypeset(f"\\begin{{{name[:40]}}} cannot be typeset")
        columns = ""
        if name in ("array", "alignedat"):
            given = self.match(_COLUMNS, f"\\begin{{{name}}} needs its columns") if name == "array" else ""
            columns = "".join(c for c in given if c in "lcr")
            if name == "alignedat":
                self.match(re.compile(r"\s*\{\s*([0-9]{1,2})\s*\}"), "\\begin{alignedat} needs a number")
        self.depth += 1
        rows = self.rows(name)
        self.depth -= 1
        if max(map(len, rows)) > 40:
            raise NotTypeset("a row has more than 40 cells")
        if name.startswith("eqnarray"):
            name, columns = "array", "rcl"
        return Grid(name, rows, columns)


# Commands that plain LaTeX with amsmath and amssymb does not have.
_PLAIN = {"lt": "<", "gt": ">", "eq": "=", "degree": "{}^{\\circ}"}


def _delimiter(mark: str) -> str:
    if mark not in signs.DELIMITERS:
        raise NotTypeset(f"{mark[:40]} is no bracket")
    return {"<": "\\langle", ">": "\\rangle"}.get(mark, mark)


def _beside(first: Node | None, second: Node) -> Node:
    if first is None:
        return second
    return Row((*first.items, second) if isinstance(first, Row) else (first, second))


def _with_words(below: Node) -> Node:
    """A subscript whose letters side by side are a word, as in ``C_{in}``."""
    out: list[Node] = []
    run = ""
    for item in (*(below.items if isinstance(below, Row) else (below,)), None):
        if isinstance(item, Sign) and len(item.latex) == 1 and item.latex.isalpha():
            run += item.latex
            continue
        if run:
            out.append(Styled("mathit", Sign(run, run)) if len(run) > 1 else Sign(run, run))
            run = ""
        if item is not None:
            out.append(item)
    return out[0] if len(out) == 1 else Row(tuple(out))


def _primes(above: Node) -> bool:
    items = above.items if isinstance(above, Row) else (above,)
    return all(isinstance(item, Sign) and item.text == "′" for item in items)


def _takes_limits(base: Node) -> bool:
    """Whether scripts stand below and above this sign in a display."""
    if isinstance(base, Sign):
        # Limits of integrals stand at their side.
        if base.kind == signs.LARGE:
            return base.text not in "∫∬∮"
        return base.kind == signs.FUNCTION and base.text in signs.WITH_LIMITS
    return isinstance(base, Styled) and base.command in signs.BRACES


_ROUNDED = {"⌊": ("⌋", "\\lfloor", "\\rfloor"), "⌈": ("⌉", "\\lceil", "\\rceil")}


def _tall_brackets(items: list[Node]) -> list[Node]:
    r"""Roundings of fractions with brackets as tall as the fraction, with or without ``\left``."""
    starts: list[int] = []
    out: list[Node] = []
    for item in items:
        bare = item.base if isinstance(item, Scripts) else item
        if isinstance(bare, Sign) and bare.text in _ROUNDED and bare.kind == signs.OPENING:
            starts.append(len(out))
        elif isinstance(bare, Sign) and bare.text in "⌋⌉" and starts:
            start = starts.pop()
            opening = out[start]
            inside = tuple(out[start + 1 :])
            if (
                isinstance(opening, Sign)
                and _ROUNDED[opening.text][0] == bare.text
                and any(map(tall, inside))
            ):
                _, left, right = _ROUNDED[opening.text]
                fenced = Fenced(left, Row(inside), right)
                out[start:] = [replace(item, base=fenced) if isinstance(item, Scripts) else fenced]
                continue
        out.append(item)
    return out


def tall(node: Node) -> bool:
    """Whether something is taller than a line of text."""
    match node:
        case Fraction() | Grid():
            return True
        case Sign(_, _, kind):
            return kind == signs.LARGE
        case Row(items):
            return any(map(tall, items))
        case Scripts(base, below, _, over):
            return tall(base) or (over and below is not None)
        case Fenced(_, body, _) | Root(body) | Styled(_, body):
            return tall(body)
        case _:
            return False
