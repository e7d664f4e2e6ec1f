"""From terms to text: what is written here is read back as the same term."""

from __future__ import annotations

from fractions import Fraction

from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
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
    Variable,
)

MAX_SHOWN = 300
_SUM, _PRODUCT, _FACTOR, _SIMPLE = 1, 2, 3, 4
_IFF, _IMPLIES, _OR, _AND, _LITERAL = 1, 2, 3, 4, 5


def write(node: Term | Formula) -> str:
    """A term or formula in the grammar of statements."""
    return _formula(node, 0) if isinstance(node, Formula) else _term(node, 0)


def short(node: Term | Formula) -> str:
    """A term or formula as a message shows it: the beginning of a long one."""
    shown = write(node)
    return shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 3] + "..."


def what(formula: Formula) -> str:
    """A formula as a message shows it: of a long one what it comes to, after its names and premises."""
    if len(write(formula)) <= MAX_SHOWN:
        return write(formula)
    names, premises = list[str](), 0
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, ForAll):
            names.append(formula.name)
            formula = formula.body
        else:
            premises += 1
            formula = formula.right
    before = f"for all {', '.join(names)}, " if names else ""
    return f"{before}under {premises} premises: {short(formula)}" if premises else before + short(formula)


def write_sort(sort: Sort) -> str:
    """A sort as it is declared."""
    if isinstance(sort, Function):
        return f"{', '.join(sort.arguments)} -> {sort.value}"
    return sort


def _term(term: Term, binding: int) -> str:
    if isinstance(term, Number):
        return _number(term.value, binding)
    if isinstance(term, Variable):
        return term.name
    if isinstance(term, Call):
        return f"{term.name}[{', '.join(_term(a, 0) for a in term.arguments)}]"
    if isinstance(term, Plus):
        return _bracketed(_plus(term), _SUM, binding)
    if isinstance(term, Times):
        first, *rest = term.terms
        # A product inside a product keeps its brackets, or it would be read as one product.
        head = _term(first, _PRODUCT if isinstance(first, Quotient | Floor) else _FACTOR)
        return _bracketed("*".join([head, *(_term(t, _FACTOR) for t in rest)]), _PRODUCT, binding)
    if isinstance(term, Quotient | Floor):
        sign = "/" if isinstance(term, Quotient) else "//"
        return _bracketed(
            f"{_term(term.top, _PRODUCT)}{sign}{_term(term.bottom, _FACTOR)}", _PRODUCT, binding
        )
    if isinstance(term, Power):
        return _bracketed(f"{_term(term.base, _SIMPLE)}^{term.exponent}", _FACTOR, binding)
    if isinstance(term, If):
        parts = (_formula(term.condition, 0), _term(term.then, 0), _term(term.otherwise, 0))
        return "(if {} then {} else {})".format(*parts)
    return _bracketed(_reduction(term), _PRODUCT, binding, at_end=True)


def _number(value: int | Fraction, binding: int) -> str:
    if value.denominator != 1:
        own = _PRODUCT if value > 0 else _SUM
        return _bracketed(f"{value.numerator}/{value.denominator}", own, binding)
    return str(value) if value >= 0 or binding == 0 else f"({value})"


def _plus(term: Plus) -> str:
    out = ""
    for k, part in enumerate(term.terms):
        positive = _negated(part)
        # At the beginning "-a//b" is refused, and only there.
        if positive is None or (k == 0 and "//" in positive):
            out += (" + " if k else "") + _term(part, _PRODUCT)
        else:
            out += (" - " if k else "-") + positive
    return out


def _negated(term: Term) -> str | None:
    """What to write behind a minus sign so that it is read as this term, if anything."""
    match term:
        case Number(value) if value < 0:
            return _number(-value, _PRODUCT)
        case Times((Number(sign), single)) if sign == -1 and not isinstance(single, Number | Times):
            return _term(single, _PRODUCT)
        case Times((Number(sign), first, *others)) if sign == -1 and others:
            return _term(Times((first, *others)), _PRODUCT)
        case _:
            return None


def _reduction(term: Sum | Max) -> str:
    """``sum(i in a..b, j in c..d | guard) body``: nested ranges without guards between are written as one."""
    kind = type(term)
    ranges: list[str] = []
    names: set[str] = set()
    here: Term = term
    guard: Formula | None = None
    # One list of ranges binds each name once; a range that hides an outer one is written on its own.
    while isinstance(here, kind) and guard is None and here.index not in names:
        names.add(here.index)
        ranges.append(f"{here.index} in {_term(here.low, 0)}..{_term(here.high, 0)}")
        guard = here.guard
        here = here.body
    condition = "" if guard is None else f" | {_formula(guard, 0)}"
    return f"{'sum' if kind is Sum else 'max'}({', '.join(ranges)}{condition}) {_term(here, _FACTOR)}"


def _formula(formula: Formula, binding: int) -> str:
    if isinstance(formula, Compare):
        return f"{_term(formula.left, 0)} {formula.relation} {_term(formula.right, 0)}"
    if isinstance(formula, Not):
        if isinstance(formula.inner, Compare) and formula.inner.relation == "=":
            return f"{_term(formula.inner.left, 0)} != {_term(formula.inner.right, 0)}"
        return f"not {_formula(formula.inner, _LITERAL + 1)}"
    if isinstance(formula, And | Or):
        word, own = ("and", _AND) if isinstance(formula, And) else ("or", _OR)
        if not formula.parts:
            return "true" if isinstance(formula, And) else "false"
        if len(formula.parts) == 1:
            return _formula(formula.parts[0], binding)
        return _bracketed(f" {word} ".join(_formula(p, own + 1) for p in formula.parts), own, binding)
    if isinstance(formula, Implies):
        shown = f"{_formula(formula.left, _IMPLIES + 1)} implies {_formula(formula.right, _IMPLIES)}"
        return _bracketed(shown, _IMPLIES, binding)
    if isinstance(formula, Iff):
        shown = f"{_formula(formula.left, _IFF)} iff {_formula(formula.right, _IFF + 1)}"
        return _bracketed(shown, _IFF, binding)
    word = "for all" if isinstance(formula, ForAll) else "exists"
    shown = f"{word} {formula.name} : {write_sort(formula.sort)} : {_formula(formula.body, 0)}"
    return _bracketed(shown, 0, binding)


def _bracketed(shown: str, own: int, binding: int, at_end: bool = False) -> str:
    # What ends in an open body swallows all that follows, so it stands in brackets inside anything tighter.
    return f"({shown})" if own < binding or (at_end and binding > 0) or (own == 0 and binding > 0) else shown
