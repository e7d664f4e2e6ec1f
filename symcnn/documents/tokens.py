r"""Words of a LaTeX formula, each with its place; blanks fall away, and what only changes the look as well.

The words are of these kinds:

    number     ``73856``, ``1.5``, and with separators ``73,856``, ``73{,}856``, ``73\,856``
    letters    a run of letters, ``MNK``; also ``padding\_size``
    greek      ``\alpha``, and ``α``
    text       ``\text{in}``, ``\mathrm{MACs}``, ``\operatorname{f}``
    bold       ``\mathbf{W}``, ``\boldsymbol{W}``
    open close ``(  [  \{  floor  ceil  |`` and what closes them; ``|`` where ``\left`` says which
    bar        ``|`` that can be either
    brace      ``{`` and ``}``, which are not seen
    relation   ``=  !=  <  <=  >  >=  ~~  ~  prop  <<  >>  in  divides  :=``, however it is written
    sign       ``+ - * / ^ _ ' , ; : ! & . div bmod`` (``\times`` and ``\cdot`` are ``*``)
    command    any other command
    row quad   ``\\``, and blanks as wide as ``\quad``
    begin end  of an environment
    tag        the printed number of a formula
    stop       behind the last word
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symcnn.documents.faults import FormulaError
from symcnn.symbols.printing import greek_name, greek_names

MAX_TEXT = 20_000
MAX_TOKENS = 4000
MAX_DIGITS = 400
MAX_RUN = 64


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula; ``spaced`` says that a blank stands before it, ``sized`` that ``\\left`` does."""

    kind: str
    value: str
    start: int
    stop: int
    spaced: bool = False
    sized: bool = False


_BLANKS = frozenset([",", ";", ":", "!", ">", " ", "\n", "\t"])
_IGNORED = frozenset([
    "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber", "notag", "hfill",
    "allowbreak", "strut", "mathstrut", "big", "Big", "bigg", "Bigg", "therefore",
])  # fmt: skip
_FONTS = {
    **dict.fromkeys(["text", "textrm", "textit", "textsf", "texttt", "textnormal", "mbox"], "text"),
    **dict.fromkeys(["mathrm", "mathit", "mathsf", "mathtt", "mathnormal", "operatorname"], "text"),
    **dict.fromkeys(["mathbf", "boldsymbol", "bm", "textbf"], "bold"),
}
_RELATIONS = {
    "eq": "=", "ne": "!=", "neq": "!=", "le": "<=", "leq": "<=", "leqslant": "<=", "lt": "<",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "gt": ">", "approx": "~~", "sim": "~", "propto": "prop",
    "ll": "<<", "gg": ">>", "in": "in", "mid": "divides", "coloneqq": ":=", "colonequals": ":=",
}  # fmt: skip
_SIGNS = {"times": "*", "cdot": "*", "ast": "*", "div": "div", "bmod": "bmod", "colon": ":"}
_OPENING = {"lfloor": "floor", "lceil": "ceil", "lvert": "|", "lbrace": "{", "lbrack": "["}
_CLOSING = {"rfloor": "floor", "rceil": "ceil", "rvert": "|", "rbrace": "{", "rbrack": "["}
_BRACKETS = {"(": "(", ")": "(", "[": "[", "]": "["}
# Signs between formulas.
LOGICAL_COMMANDS = frozenset([
    "land", "lor", "lnot", "neg", "wedge", "vee", "iff", "Leftrightarrow", "Longleftrightarrow",
    "implies", "Rightarrow", "Longrightarrow",
])  # fmt: skip
# Letters and signs outside ASCII that people paste, as the command that they stand for.
_PASTED = {
    "×": "times", "·": "cdot", "⋅": "cdot", "∗": "ast", "÷": "div", "≤": "le", "≥": "ge", "≠": "ne",
    "≈": "approx", "∝": "propto", "∈": "in", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil",
    "∑": "sum", "≪": "ll", "≫": "gg", "−": "-", "∧": "land", "∨": "lor", "¬": "lnot", "⇒": "implies",
    "⇔": "iff",
}  # fmt: skip
# What looks like code, and what to write in a formula.
_CODE = {
    "**": "write x^{2} for a power and \\cdot for a product",
    "//": "write \\lfloor \\frac{a}{b} \\rfloor for a quotient that is rounded down",
    "<=": "write \\le",
    ">=": "write \\ge",
    "!=": "write \\ne, or leave a blank behind the exclamation mark of a factorial",
    "==": "write =",
    "=>": "write \\Rightarrow",
    "->": "write \\to",
    "++": "write +",
}
_ADVICE = {
    "over": "write \\frac{a}{b}",
    "choose": "write \\binom{n}{k}",
    "dots": "write the sum with \\sum",
    "ldots": "write the sum with \\sum",
    "cdots": "write the sum with \\sum",
    "pm": "write one formula for each sign",
    "mod": "write a \\bmod b",
    "pmod": "write a \\bmod b",
    "forall": "declare the names, or write \\text{for all integers } n\\colon",
    "exists": "write \\text{there is an integer } n\\colon",
    "infty": "say which sizes grow",
    "langle": "write ( )",
    "#": "declare a name for the number",
    **dict.fromkeys(
        [
            "to",
            "rightarrow",
            "hookrightarrow",
            "longrightarrow",
            "xrightarrow",
            "leftarrow",
            "uparrow",
            "downarrow",
            "because",
            "underbrace",
            "overbrace",
        ],
        "say it in the text beside the formula",
    ),
    "varepsilon": "write \\epsilon",
    "hat": "declare a name without an accent",
    "tilde": "declare a name without an accent",
    "bar": "declare a name without an accent",
    "overline": "declare a name without an accent",
    "vec": "declare a name without an accent",
    "def": "formulas cannot define commands",
    "newcommand": "formulas cannot define commands",
    "input": "formulas cannot read files",
}

_WORD = re.compile(
    r"""(?P<blank>[ \t\r\n~]+)
      |(?P<number>[1-9][0-9]{0,2}(?:(?:,|\{,\}|\\,)[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)
      |(?P<letters>(?:[A-Za-z]|\\_)+)
      |(?P<command>\\(?:[A-Za-z]+\*?|.|\n))
      |(?P<sign>[-+*/^_'=<>,;:!&.()\[\]{}|])
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT = re.compile(r"\s*(?:\{((?:[^{}$\\]|\\[_&#%, ])*)\}|([A-Za-z]))")
_ARGUMENT = re.compile(r"\s*\{([^{}]*)\}")
_DELIMITER = re.compile(r"\s*(\\?[A-Za-z]+|\\[{}|]|[()\[\]|<>./])")
# The space below a row, ``\\[2pt]``; any other bracket belongs to the formula of the next row.
_SKIP = re.compile(r"\s*\[\s*-?[0-9.]{1,8}\s*(?:pt|em|ex|mm|cm|in|mu|pc|bp|sp|\\[a-z]{1,14})\s*\]")


def tokens(text: str, line: int = 1, column: int = 1) -> list[Token]:
    r"""The words of a formula, a last one of kind ``stop`` behind them.

    >>> [f"{t.kind} {t.value}" for t in tokens(r"C_{\text{in}} \times 3")]
    ['letters C', 'sign _', 'brace {', 'text in', 'brace }', 'sign *', 'number 3', 'stop ']
    """
    return _Lexer(text, line, column).read()


class _Lexer:
    def __init__(self, text: str, line: int, column: int) -> None:
        self.text = text
        self.line = line
        self.column = column
        self.place = 0
        self.spaced = False
        self.out: list[Token] = []

    def fault(self, reason: str, place: int, advice: str = "") -> FormulaError:
        return FormulaError(reason, self.text, place, self.line, self.column, advice)

    def read(self) -> list[Token]:
        if len(self.text) > MAX_TEXT:
            raise self.fault(f"the formula has more than {MAX_TEXT} characters", 0)
        while self.place < len(self.text):
            self.word()
            if len(self.out) > MAX_TOKENS:
                raise self.fault(f"the formula has more than {MAX_TOKENS} words", self.place)
        self.put("stop", "", self.place)
        return _without_nothing(self.out)

    def put(self, kind: str, value: str, start: int, sized: bool = False) -> None:
        """Add the word that ends here."""
        self.out.append(Token(kind, value, start, self.place, self.spaced, sized))
        self.spaced = False

    def word(self) -> None:
        """Read the next word."""
        start = self.place
        found = _WORD.match(self.text, start)
        if found is None:
            self.pasted(start)
            return
        self.place = found.end()
        kind, value = found.lastgroup, found.group()
        if kind == "blank":
            self.spaced = True
        elif kind == "number":
            self.number(value, start)
        elif kind == "letters":
            self.letters(value, start)
        elif kind == "command":
            self.command(value[1:], start)
        else:
            self.sign(value, start)

    def pasted(self, start: int) -> None:
        """A character outside ASCII that stands for a command."""
        letter = self.text[start]
        self.place = start + 1
        greek = greek_name(letter)
        if letter == "−":
            self.put("sign", "-", start)
        elif letter in _PASTED:
            self.command(_PASTED[letter], start)
        elif greek:
            self.put("greek", greek, start)
        elif letter.isspace() and letter.isprintable():
            self.spaced = True
        elif letter in "²³¹":
            raise self.fault(f"{letter} is no exponent", start, f"write ^{'¹²³'.index(letter) + 1}")
        elif letter == "%":
            raise self.fault(
                "% begins a comment in LaTeX", start, "write remarks in the text beside the formula"
            )
        elif letter == "$":
            raise self.fault("a formula ends before '$'", start, "write one formula at a time")
        else:
            shown = letter if letter.isprintable() else f"U+{ord(letter):04X}"
            raise self.fault(f"{shown} has no meaning here", start)

    def number(self, value: str, start: int) -> None:
        if len(value) > MAX_DIGITS:
            raise self.fault(f"a number has more than {MAX_DIGITS} digits", start)
        after = self.text[self.place : self.place + 2]
        if after[:1] == "." and after[1:].isdigit():
            raise self.fault("a number has one decimal point", self.place, "write 1,000 for a thousand")
        self.put("number", value, start)

    def letters(self, value: str, start: int) -> None:
        if len(value) > MAX_RUN:
            raise self.fault(f"more than {MAX_RUN} letters in a row", start)
        self.put("letters", value.replace("\\_", "_"), start)

    def sign(self, value: str, start: int) -> None:
        pair = self.text[start : start + 2]
        if pair == ":=":
            self.place = start + 2
            self.put("relation", ":=", start)
        elif pair in _CODE and not (pair == "==" and start and self.text[start - 1] == ":"):
            raise self.fault(f"{pair} is no sign of a formula", start, _CODE[pair])
        elif value in "=<>":
            self.put("relation", value, start)
        elif value in "{}":
            self.put("brace", value, start)
        elif value == "|":
            self.put("bar", "|", start)
        elif value in _BRACKETS:
            self.put("open" if value in "([" else "close", _BRACKETS[value], start)
        else:
            self.put("sign", value, start)

    def command(self, name: str, start: int) -> None:
        """A command, by what it does."""
        if name in _BLANKS or name in _IGNORED:
            self.spaced = True
        elif name == "\\":
            skipped = _SKIP.match(self.text, self.place)
            self.place = skipped.end() if skipped else self.place
            self.put("row", "\\\\", start)
        elif name in ("quad", "qquad"):
            self.put("quad", name, start)
        elif name in ("left", "right"):
            self.delimiter(name, start)
        elif name in ("bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr"):
            self.delimiter("left" if name.endswith("l") else "right", start, sized=False)
        elif name in _FONTS:
            self.words(_FONTS[name], start)
        elif name in _RELATIONS:
            self.put("relation", _RELATIONS[name], start)
        elif name in _SIGNS:
            self.put("sign", _SIGNS[name], start)
        elif name in _OPENING:
            self.put("open", _OPENING[name], start)
        elif name in _CLOSING:
            self.put("close", _CLOSING[name], start)
        elif name in ("{", "}"):
            self.put("open" if name == "{" else "close", "{", start)
        elif name in ("vert", "|"):
            self.vertical(name, start)
        elif name in greek_names() or name == "ell":
            self.put("greek", name, start)
        elif name in ("begin", "end", "tag", "tag*", "label"):
            self.argument(name, start)
        elif name == "not":
            self.negated(start)
        else:
            self.put("command", name, start)

    def vertical(self, name: str, start: int) -> None:
        if name == "|":
            raise self.fault("\\| is no absolute value", start, "write \\left| x \\right|")
        self.put("bar", "|", start)

    def negated(self, start: int) -> None:
        """``\\not=``; other crossed out relations are refused."""
        if self.text[self.place :].lstrip()[:1] != "=":
            raise self.fault("\\not is read before = only", start, "write \\ne, or the opposite relation")
        self.place = self.text.index("=", self.place) + 1
        self.put("relation", "!=", start)

    def delimiter(self, side: str, start: int, sized: bool = True) -> None:
        r"""What stands behind ``\left`` or ``\right``."""
        found = _DELIMITER.match(self.text, self.place)
        shown = found.group(1) if found else ""
        named = {"\\{": "lbrace", "\\}": "rbrace"}.get(shown, shown[1:])
        opening = {"(": "(", "[": "[", "|": "|", "\\vert": "|"}.get(shown) or _OPENING.get(named, "")
        closing = {")": "(", "]": "[", "|": "|", "\\vert": "|"}.get(shown) or _CLOSING.get(named, "")
        value = opening if side == "left" else closing
        if found is None or not value:
            fitting = "( [ \\{ | \\lfloor or \\lceil" if side == "left" else ") ] \\} | \\rfloor or \\rceil"
            raise self.fault(f"no bracket that fits stands behind \\{side}", self.place, f"write {fitting}")
        self.place = found.end()
        self.put("open" if side == "left" else "close", value, start, sized)

    def words(self, kind: str, start: int) -> None:
        """Text in a formula."""
        found = _TEXT.match(self.text, self.place)
        if found is None:
            raise self.fault("this text is not read", start, "write plain words in braces, without formulas")
        self.place = found.end()
        content = found.group(1) if found.group(1) is not None else found.group(2)
        self.put(kind, re.sub(r"\\(.)", r"\1", content), start)

    def argument(self, name: str, start: int) -> None:
        """A command whose argument is a word: ``\\begin{aligned}``, ``\\tag{3}``."""
        found = _ARGUMENT.match(self.text, self.place)
        if found is None:
            raise self.fault(f"\\{name} needs an argument in braces", start)
        self.place = found.end()
        if name != "label":
            self.put(name.rstrip("*"), found.group(1).strip(), start)


def _without_nothing(words: list[Token]) -> list[Token]:
    """Without empty braces, unless a command or a script takes them."""
    out: list[Token] = []
    for word in words:
        empty = (
            (word.kind, word.value) == ("brace", "}")
            and out
            and (out[-1].kind, out[-1].value) == ("brace", "{")
        )
        before = out[-2] if len(out) > 1 else None
        taken = before is not None and (
            (before.kind == "command" and before.value not in LOGICAL_COMMANDS)
            or before.kind == "brace"
            or before.value in ("^", "_")
        )
        if empty and not taken:
            out.pop()
        else:
            out.append(word)
    return out


def advice_for(command: str) -> str:
    """What to write instead of a command that is not read."""
    return _ADVICE.get(command, "see the list of what is read in the documentation of claim documents")
