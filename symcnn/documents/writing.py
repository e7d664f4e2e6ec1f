r"""Trees as LaTeX: what is written here is read back as the same tree.

Brackets stand where the tree has them; a tree that was read has all that it needs. Terms and formulas of the
kernel are written by ``proving.typesetting``, and read back by the same reader.
"""

from __future__ import annotations

from itertools import pairwise

from symcnn.documents import sorts, trees
from symcnn.documents.names import latex_of, listed
from symcnn.documents.trees import Tree
from symcnn.documents.units import unit

RELATIONS = {
    "=": "=", "!=": r"\ne", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "~~": r"\approx", "~": r"\sim",
    "prop": r"\propto", "<<": r"\ll", ">>": r"\gg", "in": r"\in", "divides": r"\mid", ":=": ":=",
}  # fmt: skip
_WORDS = {
    "and": r"\text{ and }",
    "or": r"\text{ or }",
    "implies": r" \;\Longrightarrow\; ",
    "iff": r" \;\Longleftrightarrow\; ",
}


def latex(tree: Tree) -> str:
    r"""A tree in LaTeX.

    >>> from symcnn.documents.display import read
    >>> print(latex(read("C_{in}n/2 + 1{,}024", {"C_in": "int", "n": "int"})))
    C_{in} n / 2 + 1024
    """
    match tree:
        case trees.Number():
            return _number(tree)
        case trees.Name(name):
            return latex_of(name)
        case trees.Call():
            return _call(tree)
        case trees.Group(inner) | trees.Bracketed(inner):
            return rf"\left({latex(inner)}\right)"
        case trees.Negative(inner):
            return f"-{latex(inner)}"
        case trees.Plus(terms):
            return _plus(terms)
        case trees.Times(factors):
            return _times(factors)
        case trees.Quotient(top, bottom, inline):
            return (
                f"{latex(top)} / {latex(bottom)}" if inline else rf"\frac{{{latex(top)}}}{{{latex(bottom)}}}"
            )
        case trees.Modulo(top, bottom):
            return rf"{latex(top)} \bmod {latex(bottom)}"
        case trees.Power(base, exponent):
            return f"{latex(base)}^{{{latex(exponent)}}}"
        case trees.Factorial(inner):
            return f"{latex(inner)}!"
        case trees.Binomial(upper, lower):
            return rf"\binom{{{latex(upper)}}}{{{latex(lower)}}}"
        case trees.Rounded(direction, inner):
            word = "floor" if direction == "down" else "ceil"
            return rf"\left\l{word} {latex(inner)} \right\r{word}"
        case trees.Absolute(inner):
            return rf"\left|{latex(inner)}\right|"
        case trees.Root(degree, inner):
            return rf"\sqrt{'' if degree == 2 else f'[{degree}]'}{{{latex(inner)}}}"
        case trees.Applied(function, inner, base):
            below = "" if base is None else f"_{{{latex(base)}}}"
            return rf"\{function}{below}\left({latex(inner)}\right)"
        case trees.Extreme(kind, arguments):
            return rf"\{kind}\left({_listed(arguments)}\right)"
        case trees.Reduction():
            return _reduction(tree)
        case trees.Cases(rows, otherwise):
            shown = [rf"{latex(term)} & \text{{if }} {latex(condition)}" for term, condition in rows]
            last = rf"{latex(otherwise)} & \text{{otherwise}}"
            return "\\begin{cases} " + r" \\ ".join([*shown, last]) + " \\end{cases}"
        case _:
            return _formula(tree)


def _number(tree: trees.Number) -> str:
    digits = tree.digits
    if tree.exponent is not None:
        digits += rf" \times 10^{{{tree.exponent}}}"
    return digits if tree.unit is None else rf"{digits}\,\text{{{tree.unit.name}}}"


def _call(tree: trees.Call) -> str:
    below, behind = tree.arguments[: tree.below], tree.arguments[tree.below :]
    opening, closing = "[]" if tree.square else (r"\left(", r"\right)")
    shown = latex_of(tree.name) + (f"_{{{_listed(below)}}}" if below else "")
    return f"{shown}{opening}{_listed(behind)}{closing}" if behind else shown


def _listed(items: tuple[Tree, ...]) -> str:
    return ", ".join(latex(item) for item in items)


def _plus(terms: tuple[Tree, ...]) -> str:
    out = latex(terms[0])
    for term in terms[1:]:
        out += f" - {latex(term.inner)}" if isinstance(term, trees.Negative) else f" + {latex(term)}"
    return out


def _times(factors: tuple[Tree, ...]) -> str:
    """Factors side by side, with a dot before what begins with a digit or a fraction."""
    out = latex(factors[0])
    for before, factor in pairwise(factors):
        shown = latex(factor)
        dotted = shown[0].isdigit() or shown.startswith(r"\frac") or _divides(before) or _like_a_unit(factor)
        out += (r" \cdot " if dotted else " ") + shown
    return out


def _like_a_unit(factor: Tree) -> bool:
    """Whether a name beside a factor could be taken for a unit, such as MACs."""
    return isinstance(factor, trees.Name) and unit(factor.name) is not None


def _divides(factor: Tree) -> bool:
    """Whether a factor ends with a divisor, to which nothing beside it may belong."""
    return isinstance(factor, trees.Quotient) and factor.inline


def _reduction(tree: trees.Reduction) -> str:
    index, low, high = latex_of(tree.index), latex(tree.low), latex(tree.high)
    if tree.inclusive and tree.guard is None:
        limits = f"_{{{index}={low}}}^{{{high}}}"
    else:
        inside = rf"{low} \le {index} {RELATIONS['<=' if tree.inclusive else '<']} {high}"
        limits = (
            rf"_{{{inside}}}" if tree.guard is None else rf"_{{\substack{{{inside} \\ {latex(tree.guard)}}}}}"
        )
    return rf"\{tree.kind}{limits} {latex(tree.body)}"


def _formula(tree: Tree) -> str:
    match tree:
        case trees.Chain(terms, relations):
            out = "" if terms[0] is None else latex(terms[0])
            for relation, term in zip(relations, terms[1:], strict=True):
                out += f" {RELATIONS[relation]} " + ("" if term is None else latex(term))
            return out.strip()
        case trees.Truth(value):
            return rf"\text{{{'true' if value else 'false'}}}"
        case trees.Joined(word, parts):
            return _WORDS[word].join(latex(part) for part in parts)
        case trees.Not(inner):
            return rf"\text{{not }} {latex(inner)}"
        case trees.Quantified(kind, names, sort, body, limit):
            words = sorts.in_words(kind, sort, len(names))
            limited = "" if limit is None else f" {RELATIONS[limit[0]]} {latex(limit[1])}"
            return rf"\text{{{words} }} {listed(names)}{limited}\colon\; {latex(body)}"
        case trees.Listing(items, bracketed):
            return rf"\left({_listed(items)}\right)" if bracketed else _listed(items)
        case trees.Range(low, high):
            return f"{latex(low)} : {latex(high)}"
        case trees.Collection():
            return _collection(tree)
        case _:
            raise TypeError(f"{type(tree).__name__} is no tree of a formula")


def _collection(tree: trees.Collection) -> str:
    if tree.low is not None and tree.high is not None:
        return rf"\{{{latex(tree.low)}, \dots, {latex(tree.high)}\}}"
    if tree.items:
        return rf"\{{{_listed(tree.items)}\}}"
    shape = r" \times ".join(latex(term) for term in tree.shape)
    return rf"\mathbb{{{tree.kind}}}" + ("^+" if tree.positive else f"^{{{shape}}}" if shape else "")
