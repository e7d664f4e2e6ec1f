"""Sizes and conditions as text and as LaTeX, symbols in the author's order.

Text is valid Python and SymPy syntax: ``N*C_o*K**2*(floor((H - K)/S) + 1)``.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Any

from symcnn.kernel.polynomial import Coefficient, Monomial, Polynomial
from symcnn.symbols.cardinality import Card, apart
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.order import UNDECLARED, rank
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Dim, Group, IndexAtom, Size, Sym, atoms

_AT_MOST = ("<=", "\\le")
_GREEK = frozenset(
    name
    for line in (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa mu nu",
        "xi pi rho sigma tau upsilon phi chi psi omega",
        "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
    )
    for name in line.split()
)


def text(value: Size) -> str:
    """A size in Python syntax."""
    return str(value) if isinstance(value, int) else _sum(value.terms, latex=False)


def latex(value: Size) -> str:
    """A size in LaTeX."""
    return str(value) if isinstance(value, int) else _sum(value.terms, latex=True)


def name_in_latex(name: str) -> str:
    """A symbol's name with its subscript: ``C_in`` gives ``C_{in}``.

    >>> name_in_latex("C_in"), name_in_latex("H"), name_in_latex("K_1"), name_in_latex("alpha")
    ('C_{in}', 'H', 'K_{1}', '\\\\alpha')
    """
    name = "".join(_ascii_greek(c) for c in name)
    base, _, subscript = name.partition("_")
    if not base or name.endswith("_"):
        return rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}"
    digits = base.rstrip("0123456789")
    if not subscript and digits and digits != base:
        base, subscript = digits, base[len(digits) :]
    if base in _GREEK:
        base = "\\" + base
    elif len(base) > 1:
        base = rf"\mathrm{{{base}}}"
    return f"{base}_{{{subscript.replace('_', ',')}}}" if subscript else base


def greek_names() -> frozenset[str]:
    """The Greek letters for which LaTeX has a command of that name."""
    return _GREEK


def greek_name(letter: str) -> str:
    """The name of a Greek letter, ``alpha`` for α; nothing for other letters."""
    words = [] if letter.isascii() else unicodedata.name(letter, "").split()
    if words[:1] != ["GREEK"] or words[2:3] != ["LETTER"] or len(words) != 4:
        return ""
    spelled = words[3].lower()
    return spelled.capitalize() if words[1] == "CAPITAL" else spelled


def _ascii_greek(letter: str) -> str:
    """The name of a Greek letter, for LaTeX; other letters as they are."""
    return greek_name(letter) or letter


def words_in_latex(words: str) -> str:
    r"""Plain words in LaTeX.

    >>> words_in_latex("layer1_0 100%")
    'layer1\\_0 100\\%'
    """
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {"<": r"\textless{}", ">": r"\textgreater{}"}
    special |= {c: "\\" + c for c in "&%$#_{}"}
    return "".join(special.get(c, c) for c in words)


_BREAKS = re.compile(r"(?<= )[+-](?= )|(?<= )\\cdot |(?<= )\\(?:min|max)\\left|(?<= )\\left\|")


def broken(formula: str, width: int = 44) -> list[str]:
    r"""A LaTeX formula in lines of about ``width`` printed characters, broken between terms or large factors.

    >>> broken("a + b - c", width=3)
    ['a + b', '- c']
    """
    depths: list[int] = []
    depth = 0
    for letter in formula:
        depth += (letter in "{(") - (letter in "})")
        depths.append(depth)
    starts = [0, *(m.start() for m in _BREAKS.finditer(formula) if depths[m.start()] == 0)]
    lines = [""]
    for start, stop in zip(starts, [*starts[1:], len(formula)], strict=True):
        piece = formula[start:stop].strip()
        if lines[-1] and printed(lines[-1]) + printed(piece) > width:
            lines.append(piece)
        else:
            lines[-1] = f"{lines[-1]} {piece}".strip()
    return lines


def printed(formula: str) -> int:
    """About how many characters wide a LaTeX formula is: a command is one, brackets' sizes are nothing."""
    plain = re.sub(r"\\(?:left|right|text|frac|mathrm)|[{}\s^_]", "", formula)
    return len(re.sub(r"\\[A-Za-z]+|\\.", "x", plain))


def condition(value: Condition, latex: bool) -> str:
    """A condition, with nothing but positive terms on both sides where that is possible."""
    left, right = value.sides()
    if value.relation == "ge" and isinstance(left, int) and isinstance(right, Dim):
        return f"{show(right, latex)} {_AT_MOST[latex]} {left}"
    sign = {"ge": (">=", "\\ge"), "eq": ("=", "="), "divides": ("divides", "\\mid")}[value.relation][latex]
    return f"{show(left, latex)} {sign} {show(right, latex)}"


def show(value: Size, as_latex: bool) -> str:
    """A size in LaTeX or as text."""
    return latex(value) if as_latex else text(value)


def bracketed(shown: str, divisor: bool = False) -> str:
    """A written formula in brackets where it has several terms, or is a divisor of more than one name."""
    return f"({shown})" if " " in shown or (divisor and not shown.isalnum()) else shown


def factor(value: Size, as_latex: bool) -> str:
    """A size as a factor of a product: in brackets where it has several terms."""
    shown = show(value, as_latex)
    if isinstance(value, int) or len(value.terms) == 1:
        return shown
    return rf"\left({shown}\right)" if as_latex else f"({shown})"


def _order(value: Polynomial) -> list[tuple[Monomial, Coefficient]]:
    """Terms in the author's order of symbols, constants last, subtracted terms after added ones."""

    def key(item: tuple[Monomial, Coefficient]) -> tuple[Any, ...]:
        m, c = item
        return (not m, c < 0, [(*_atom_rank(a), -e) for a, e in _factors(m)])

    return sorted(value.items(), key=key)


def _factors(m: Monomial) -> list[tuple[Atom, int]]:
    return sorted(m, key=lambda p: _atom_rank(p[0]))


def _atom_rank(atom: Atom) -> tuple[Any, ...]:
    if isinstance(atom, Sym | IndexAtom):
        return (0, *_name_rank(atom))
    inside = sorted(
        _name_rank(a) for part in atom.parts() for a in atoms(part) if isinstance(a, Sym | IndexAtom)
    )
    return (1, inside, atom.key[0], len(inside))


def _name_rank(atom: Sym | IndexAtom) -> tuple[int, str, int]:
    """The author's order of symbols; loop indices stand behind all of them."""
    return (UNDECLARED + 1, atom.name, 1) if isinstance(atom, IndexAtom) else (*rank(atom.name), 0)


def _sum(terms: Polynomial, latex: bool) -> str:
    out = ""
    for m, c in _order(terms):
        piece = _term(m, abs(c), latex, bare=c == 1)
        if not out:
            out = f"-{piece}" if c < 0 else piece
        else:
            out += f" {'-' if c < 0 else '+'} {piece}"
    return out or "0"


def _term(m: Monomial, c: Coefficient, latex: bool, bare: bool) -> str:
    above = [_power(a, e, latex, alone=len(m) == 1 and bare) for a, e in _factors(m) if e > 0]
    below = [_power(a, -e, latex, alone=False) for a, e in _factors(m) if e < 0]
    number = Fraction(c)
    if number.numerator != 1 or not above:
        above.insert(0, str(number.numerator))
    if number.denominator != 1:
        below.insert(0, str(number.denominator))
    if latex:
        top = " ".join(above).replace("  ", " ")
        return rf"\frac{{{top}}}{{{' '.join(below)}}}" if below else _spaced(above)
    top = "*".join(above)
    if not below:
        return top
    return f"{top}/{below[0]}" if len(below) == 1 else f"{top}/({'*'.join(below)})"


def _spaced(factors: list[str]) -> str:
    """LaTeX factors side by side, with a dot between two numbers."""
    out = factors[0]
    for factor in factors[1:]:
        out += (" \\cdot " if factor[0].isdigit() else " ") + factor
    return out


def _power(atom: Atom, exponent: int, latex: bool, alone: bool) -> str:
    base = _atom(atom, latex, bare=alone and exponent == 1)
    if exponent == 1:
        return base
    return f"{base}^{{{exponent}}}" if latex else f"{base}**{exponent}"


def _atom(atom: Atom, latex: bool, bare: bool) -> str:
    if isinstance(atom, Sym | IndexAtom):
        return name_in_latex(atom.name) if latex else atom.name
    if isinstance(atom, Group):
        inner = show(atom.dim, latex)
        if bare:
            return inner
        return rf"\left({inner}\right)" if latex else f"({inner})"
    if isinstance(atom, Floor):
        return _floor(atom, latex)
    if isinstance(atom, Extremum):
        inner = ", ".join(show(a, latex) for a in atom.arguments)
        return rf"\{atom.kind}\left({inner}\right)" if latex else f"{atom.kind.capitalize()}({inner})"
    if isinstance(atom, Card):
        return _card(atom, latex)
    raise TypeError(f"no notation for {type(atom).__name__}")


def _floor(atom: Floor, latex: bool) -> str:
    n, d, name = atom.numerator, atom.denominator, "floor"
    if isinstance(d, int) and isinstance(n, Dim) and n.expanded().get((), 0) == d - 1:
        # floor((n + d - 1)/d) reads as a ceiling.
        n, name = n - (d - 1), "ceiling"
    if latex:
        left, right = ("l" + name[:5].replace("ceili", "ceil"), "r" + name[:5].replace("ceili", "ceil"))
        return rf"\left\{left}\frac{{{show(n, True)}}}{{{show(d, True)}}}\right\{right}"
    top, bottom = show(n, False), show(d, False)
    top = f"({top})" if " " in top else top
    bottom = bottom if bottom.isidentifier() or bottom.isdigit() else f"({bottom})"
    return f"{name}({top}/{bottom})"


def _card(atom: Card, latex: bool) -> str:
    atom = apart(atom)
    guards = [condition(Condition("ge", g, 0), latex) for g in atom.guards]
    if latex:
        box = ", ".join(rf"0 \le {name_in_latex(i.name)} < {show(n, True)}" for i, n in atom.box)
        inner = ",\\; ".join([box, *guards])
        if atom.outer is None:
            return rf"\left|\left\{{{inner}\right\}}\right|"
        kept = ", ".join(name_in_latex(i.name) for i in atom.outer)
        return rf"\left|\left\{{{kept} : {inner}\right\}}\right|"
    box = ", ".join(f"{i.name} < {show(n, False)}" for i, n in atom.box)
    inner = "; ".join([box, *guards])
    if atom.outer is None:
        return f"count({inner})"
    return f"count({', '.join(i.name for i in atom.outer)} : {inner})"
