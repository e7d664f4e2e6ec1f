"""Formulas for pages: what is typeset, what is refused, where lines end, and how it looks in MathML."""

import re
import time
from html.parser import HTMLParser

import pytest

from symcnn.export.breaking import fitted, inline_parts, loose, unbroken, width
from symcnn.export.characters import address, code, words
from symcnn.export.mathematics import Grid, NotTypeset, Row, formula
from symcnn.export.mathml import mathml
from symcnn.export.texmath import tex

TYPESET = {
    r"\frac12": r"\frac{1}{2}",
    r"\frac ab": r"\frac{a}{b}",
    "x^22": "x^{2} 2",
    "x_i'": "x'_{i}",
    "x'^2": r"x^{\prime 2}",
    "C_{in}": r"C_{\mathit{in}}",
    "x_{conv,2}": r"x_{\mathit{conv},2}",
    r"C_{\text{in}}": r"C_{\text{in}}",
    r"C_\mathrm{in}": r"C_{\mathrm{in}}",
    "73,856": "73{,}856",
    "73{,}856": "73{,}856",
    r"1\,234": "1{,}234",
    "1,2": "1,2",
    r"\lfloor \frac{W}{2} \rfloor": r"\left\lfloor \frac{W}{2} \right\rfloor",
    r"\lfloor W \rfloor": r"\lfloor W \rfloor",
    r"\left\lfloor W \right\rfloor^2": r"\left\lfloor W \right\rfloor^{2}",
    r"\left( a \middle| b \right]": r"\left( a \middle| b \right]",
    r"\sum_{i=1}^{n} i^2": r"\sum_{i = 1}^{n} i^{2}",
    r"\sum_{\substack{0 \le i < n \\ i \ne a}} x": r"\sum_{\substack{0 \le i < n \\ i \ne a}} x",
    r"\sqrt[3]{x} + \sqrt x": r"\sqrt[3]{x} + \sqrt{x}",
    r"\binom n2": r"\binom{n}{2}",
    r"\log_2 8": r"\log_{2} 8",
    r"a \\ b": r"\begin{gathered} a \\ b \end{gathered}",
    r"a &= b \\ &= c": r"\begin{aligned} a & = b \\ & = c \end{aligned}",
    r"\begin{align*} a &= b \\ &= c \end{align*}": r"\begin{aligned} a & = b \\ & = c \end{aligned}",
    r"\begin{cases} a & \text{if }b \\ [c] & d \end{cases}": (
        r"\begin{cases} a & \text{if }b \\ {}[c] & d \end{cases}"
    ),
    r"\begin{array}{l|r} a & b \end{array}": r"\begin{array}{lr} a & b \end{array}",
    "N ≤ 3 × α": r"N \le 3 \times \alpha",
    r"a \lt b": "a < b",
    r"\text{100\% of } N": r"\text{100\% of }N",
    r"\operatorname{rank} A": r"\operatorname{rank}A",
    r"\mathbb{R}^+": r"\mathbb{R}^{+}",
    r"a \not= b": r"a \ne b",
    r"\overset{?}{=}": r"\overset{?}{=}",
    r"\underbrace{a + b}_{c}": r"\underbrace{a + b}_{c}",
    r"\displaystyle x \nonumber": "x",
    r"x \hspace{1em} y": r"x \hspace{1em} y",
    r"\text{é 中}": r"\text{\'{e} \unknown{4E2D}}",
    "": "",
}

REFUSED = {
    r"\input{/etc/passwd}": r"\input cannot be typeset",
    r"\write18{touch x}": r"\write cannot be typeset",
    r"\immediate\write18{touch x}": r"\immediate cannot be typeset",
    r"\csname input\endcsname": r"\csname cannot be typeset",
    r"\catcode`\@=11": r"\catcode cannot be typeset",
    r"\def\x{\x\x}\x": r"\def cannot be typeset",
    r"\newcommand{\x}{y}": r"\newcommand cannot be typeset",
    r"\include{x}": r"\include cannot be typeset",
    r"\openin1=x": r"\openin cannot be typeset",
    r"\loop\repeat": r"\loop cannot be typeset",
    r"\href{javascript:alert(1)}{x}": r"\href cannot be typeset",
    r"\includegraphics{x}": r"\includegraphics cannot be typeset",
    r"^^5cinput{x}": "an argument is missing",
    r"\text{\input{x}}": r"\text takes words",
    r"\text{$\input{x}$}": r"\text takes words",
    r"\mathrm{\input{x}}": r"\input cannot be typeset",
    r"\begin{document}": r"\begin{document} cannot be typeset",
    r"\begin{verbatim}": r"\begin{verbatim} cannot be typeset",
    r"\end{document}": r"\end is missing its counterpart",
    r"\begin{array}{@{\input{x}}l} a \end{array}": "needs its columns",
    r"\begin{array}{*{9999}{l}} a \end{array}": "needs its columns",
    r"\hspace{9999999em}": "takes a length",
    r"\sqrt[\input{x}]{y}": r"\input cannot be typeset",
    r"\tag{\input{x}}": r"\tag takes words",
    r"\label{a}\ref{a}": r"\ref cannot be typeset",
    r"\left( a": r"\left has no \right",
    r"a \right)": r"\right is missing its counterpart",
    "{": "} is missing at the end",
    "}": "} is missing its counterpart",
    "a^b^c": "two exponents",
    "a_b_c": "two subscripts",
    r"\frac{a}": "an argument is missing",
    r"\begin{cases} a": "cases is missing at the end",
    r"\begin{cases} a \end{array}": r"is closed by \end{array}",
    "a % b": "begins a comment",
    "a # b": "cannot stand in a formula",
    "a $ b": "cannot stand in a formula",
    "a \x00 b": "U+0000",
    r"\left\input a \right)": "is no bracket",
}


@pytest.mark.parametrize("text", TYPESET)
def test_typeset(text: str) -> None:
    assert tex(formula(text).body) == TYPESET[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(NotTypeset, match=re.escape(REFUSED[text])):
        formula(text)


@pytest.mark.parametrize("text", TYPESET)
def test_what_is_typeset_is_read_as_the_same(text: str) -> None:
    once = tex(formula(text).body)
    assert tex(formula(once.replace(r"\unknown{4E2D}", "").replace(r"\'{e}", "e")).body) == once.replace(
        r"\unknown{4E2D}", ""
    ).replace(r"\'{e}", "e")


def test_a_row_that_begins_with_a_bracket_or_a_star_has_no_option() -> None:
    assert tex(formula(r"[a \\ * b \\ [2pt] c").body) == r"\begin{gathered} {}[a \\ {}* b \\ c \end{gathered}"


def test_the_number_of_a_formula() -> None:
    assert formula(r"a = b \tag{3}").tag == "(3)"
    assert formula(r"a = b \tag*{B\_9}").tag == "B_9"


HOSTILE = {
    "braces": "{" * 10_000,
    "closed braces": "{" * 9_000 + "}" * 9_000,
    "brackets": r"\left(" * 3000,
    "fractions": r"\frac" * 4000,
    "scripts": "^{" * 9000,
    "primes": "x" + "'" * 19_000,
    "roots": r"\sqrt" * 4000,
    "environments": r"\begin{cases}" * 1500,
    "cells": "&" * 19_000,
    "rows": r"\\" * 9000,
    "a long sum": "a+" * 9999,
    "a long product": "x" * 20_000,
    "as long as it may be": "a+" * 1999,
    "a product as long as it may be": "x" * 3999,
    "opened brackets": "(" * 20_000,
    "too long": "x" * 20_001,
    "numbers": "1" * 20_000,
    "commas": "1,111" * 4000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_formulas_take_no_time(name: str) -> None:
    start = time.monotonic()
    try:
        body = formula(HOSTILE[name]).body
    except NotTypeset:
        pass
    else:
        tex(fitted(body, 30))
        mathml(body)
        inline_parts(body, 7)
        unbroken(body)
    assert time.monotonic() - start < 4


# -- lines ---------------------------------------------------------------------------------------------------

LONG_SUM = " + ".join(f"x_{{{k}}} y^{{{k}}}" for k in range(40))
WIDE = {
    "a chain": "a + b = " + " = ".join(["c + d + e + f + g"] * 6),
    "a sum": f"a = {LONG_SUM}",
    "a sum without a relation": LONG_SUM,
    "a sum in brackets": rf"a = b \left({LONG_SUM}\right)^2 = 3",
    "side by side": r" \quad ".join(["a = b", "c = d", "e = f", "g = h", "i = j", "k = l", "m = n"] * 2),
    "rows set by hand": rf"\begin{{aligned}} a &= {LONG_SUM} \\ &= 3 \end{{aligned}}",
    "a wide left side": f"{LONG_SUM} = 3 = 4",
    "words": r" \text{ and } ".join(["a + b = c + d"] * 8),
    "implications": r" \implies ".join(["a + b = c + d"] * 8),
    "a list": ", ".join(["abc"] * 60),
}


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("room", [18, 34])
def test_wide_formulas_are_broken_so_that_they_fit(name: str, room: float) -> None:
    body = formula(WIDE[name]).body
    found = fitted(body, room)
    assert isinstance(found, Grid) or width(body) <= room
    assert width(found) <= room + 3
    # Nothing is lost, nothing is added.
    assert sorted(_letters(tex(found))) == sorted(_letters(tex(body)))


def _letters(shown: str) -> str:
    return re.sub(
        r"\\(?:begin|end)\{\w+\}|\\left|\\right|\\bigl|\\bigr|\\quad|\\qquad|\\\\|[{} &]", "", shown
    )


def test_formulas_that_fit_stay_as_they_are() -> None:
    body = formula("a = b = c").body
    assert fitted(body, 30) == body
    assert loose(body, 30) == body
    assert inline_parts(body, 30) == [body]


def test_a_chain_is_aligned_at_its_relations() -> None:
    assert tex(fitted(formula("a + b = c + d + e = f + g + h").body, 12)) == (
        r"\begin{aligned} a + b & = c + d + e \\ & = f + g + h \end{aligned}"
    )


def test_formulas_side_by_side_stand_below_one_another_where_they_do_not_fit() -> None:
    assert tex(fitted(formula(r"a + b = c \quad d + e = f").body, 8)) == (
        r"\begin{gathered} a + b = c \\ d + e = f \end{gathered}"
    )


def test_parts_in_a_line_of_text() -> None:
    parts = inline_parts(formula(WIDE["a sum"]).body, 7)
    assert len(parts) > 8
    assert max(map(width, parts)) < 9
    assert width(Row(tuple(parts))) == pytest.approx(width(formula(WIDE["a sum"]).body))


# -- MathML --------------------------------------------------------------------------------------------------

MATHML = {
    "N": "<mi>N</mi>",
    "12": "<mn>12</mn>",
    "a < b": '<mi>a</mi><mo form="infix">&lt;</mo><mi>b</mi>',
    "-a - b": ('<mo form="prefix" lspace="0" rspace="0">−</mo><mi>a</mi><mo form="infix">−</mo><mi>b</mi>'),
    "a = -1": ('<mi>a</mi><mo form="infix">=</mo><mo form="prefix" lspace="0" rspace="0">−</mo><mn>1</mn>'),
    "x_i^2": "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>",
    "C_{in}": '<msub><mi>C</mi><mi class="it" mathvariant="normal">in</mi></msub>',
    r"\lfloor \frac{a}{b} \rfloor": (
        '<mrow><mo form="prefix" fence="true" stretchy="true">⌊</mo><mfrac><mi>a</mi><mi>b</mi></mfrac>'
        '<mo form="postfix" fence="true" stretchy="true">⌋</mo></mrow>'
    ),
    r"\text{a < b}": "<mtext>a\u00a0&lt;\u00a0b</mtext>",
    r"\text{<script>}": "<mtext>&lt;script&gt;</mtext>",
    r"\mathrm{MACs}": '<mi mathvariant="normal">MACs</mi>',
    r"\mathbb{R}": '<mi mathvariant="normal">ℝ</mi>',
    r"\max(a)": (
        '<mi>max</mi><mo form="prefix" stretchy="false">(</mo><mi>a</mi>'
        '<mo form="postfix" stretchy="false">)</mo>'
    ),
    r"\sqrt[3]{x}": "<mroot><mi>x</mi><mn>3</mn></mroot>",
}


@pytest.mark.parametrize("text", MATHML)
def test_mathml(text: str) -> None:
    assert mathml(formula(text).body) == f"<math>{MATHML[text]}</math>"


def test_limits_stand_below_and_above_in_displays_alone() -> None:
    body = formula(r"\sum_{i=0}^n i").body
    assert "<munderover>" in mathml(body, display=True)
    assert "<msubsup>" in mathml(body)


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("text", TYPESET)
def test_mathml_is_balanced_and_made_of_elements_that_browsers_know(text: str) -> None:
    reader = _Balanced()
    reader.feed(mathml(formula(text).body, display=True))
    assert reader.open == []
    known = """math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover
        mtable mtr mtd mstyle"""
    assert reader.seen <= {*known.split()}


# -- text ----------------------------------------------------------------------------------------------------

WORDS = {
    "50% of C_in & #3 $5": r"50\% of C\_in \& \#3 \$5",
    r"\input{x}": r"\textbackslash{}input\{x\}",
    "a~b^c": r"a\textasciitilde{}b\textasciicircum{}c",
    "a < b > c | d": r"a \textless{} b \textgreater{} c \textbar{} d",
    'he said "yes" ("no")': "he said ``yes'' (``no'')",
    "1–2 — …": r"1--2 --- \dots{}",
    "é ü ç ñ ő š": r"\'{e} \"{u} \c{c} \~{n} \H{o} \v{s}",
    "ı́": r"\i{}",
    "α ≤ β × ∞": r"$\alpha$ $\le$ $\beta$ $\times$ $\infty$",
    "x² H₂": "x$^{2}$ H$_{2}$",
    "ß æ Ø ł": r"\ss{} \ae{} \O{} \l{}",
    "中 🙂": r"\unknown{4E2D} \unknown{1F642}",
    "a\u00a0b\u200bc": "a~bc",
    "tab\tand\x07bell": "tab andbell",
    "½ ™ ©": r"$\frac{1}{2}$ $^{\mathrm{TM}}$ \copyright{}",
    "Ａ ﬁ Ⅳ": "A fi IV",
    "`x'": r"\`{}x'",
}


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    assert words(text) == WORDS[text]
    assert words(text).isascii()


def test_every_letter_of_unicode_has_a_shape_in_latex() -> None:
    for first in range(0, 0x30000, 97):
        letter = chr(first)
        if not 0xD800 <= first < 0xE000:
            assert words(letter).isascii()
            assert code(letter).isascii()


def test_code_keeps_its_blanks_and_can_be_broken() -> None:
    assert code("a  b c") == r"a\ \ b c"
    assert code("_" * 20).count(r"\allowbreak") == 2
    assert code("'\"`") == r"\char13{}\char34{}\char18{}"


ADDRESSES = {
    "https://example.org/a_b?c=50%25#x": r"https://example.org/a\_b?c=50\%25\#x",
    "https://example.org/a}b\\c{d^^": "https://example.org/a\\%7Db\\%5Cc\\%7Bd\\%5E\\%5E",
    "mailto:a@example.org": "mailto:a@example.org",
    "javascript:alert(1)": "",
    "file:///etc/passwd": "",
    "run:calc.exe": "",
    "https://a b": "",
    "other.md": "",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_addresses(url: str) -> None:
    assert address(url) == ADDRESSES[url]
