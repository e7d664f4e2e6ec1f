r"""The relations of a display one by one: what each says in the language of statements, and where it stands.

A chain ``a = b <= c`` says ``a = b`` and ``b <= c``, and of its first term ``a <= c``. The relation behind a
number that stands for all values that round to it is about the exact term before that number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from symcnn.documents import meaning, trees
from symcnn.documents.dimensions import mixed_units
from symcnn.documents.directives import Directive
from symcnn.documents.faults import FormulaError
from symcnn.documents.markdown import Block
from symcnn.documents.names import Names
from symcnn.documents.trees import Formula, Operand, Part, Term
from symcnn.kernel.terms import free
from symcnn.kernel.writing import write

_FORMS = {"prop": "is proportional to", "~": "is asymptotic to", "~~": "is asymptotic to"}


@dataclass(frozen=True, slots=True)
class Said:
    """A claim as text for the kernel, the names in it, and the number that it rounds to, if any.

    What stands behind ``term`` characters are words of the author's comment.
    """

    text: str
    used: frozenset[str]
    rounded: str = ""
    term: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: what it says, what it says of the first term of its chain, and both sides as written."""

    said: Said
    own: Said | None
    left: str
    sign: str
    right: str
    line: int
    column: int
    chain: int = 1


@dataclass(frozen=True, slots=True)
class Begun:
    """A formula of a display and the source of its first term, which may stand in a display before."""

    part: Part
    first: str


@dataclass(frozen=True, slots=True)
class _Side:
    """A side of a relation, its source, and where it begins in this display (0 if it stands before it)."""

    term: Operand
    source: str
    place: int


@dataclass(frozen=True, slots=True)
class Relations:
    """Reads the relations of one display; raises ``FormulaError`` for what statements have no words for."""

    said: Directive
    block: Block
    names: Names

    def of(self, begun: Begun, number: int = 1) -> Iterator[Relation]:
        """The relations of one formula, which has this number in its display."""
        tree = begun.part.body
        if isinstance(tree, trees.Chain):
            yield from (replace(relation, chain=number) for relation in self.chain(tree, begun.first))
        elif isinstance(tree, Formula):
            for part in trees.walk(tree):
                if isinstance(part, trees.Chain):
                    for sign, term in zip(part.relations, part.terms[1:], strict=True):
                        self.no_rounded_inside(sign, trees.Group(term) if isinstance(term, Term) else term)
            found = meaning.formula(tree, self.names, self.block.text, self.block.line, self.block.column)
            said = Said(write(found), frozenset(free(found)))
            line, column = self.block.at(tree.span[0])
            yield Relation(said, None, "", "", "", line, column, number)

    def chain(self, tree: trees.Chain, source: str) -> Iterator[Relation]:
        """The relations of a chain."""
        first = exact = self.side(tree.terms[0], tree, source)
        whole = "="
        place = tree.span[0]
        for k, (sign, term) in enumerate(zip(tree.relations, tree.terms[1:], strict=True)):
            right = self.side(term, tree)
            said = self.relation(exact, sign, right, tree, place)
            together = composed(whole, sign) if not said.rounded or whole == "=" else ""
            own = self.relation(first, together, right, tree, place) if k and together else None
            line, column = self.block.at(place)
            yield Relation(said, own, exact.source, sign, right.source, line, column)
            if not said.rounded:
                exact, whole, place = right, together, right.place

    def side(self, term: Operand | None, tree: trees.Chain, source: str = "") -> _Side:
        """A side with its source."""
        if term is None:
            raise self.fault("a term is missing before the relation", tree.span[0])
        start, stop = term.span
        return _Side(term, source or self.block.text[start:stop].strip(), start)

    def relation(self, left: _Side, sign: str, right: _Side, tree: trees.Chain, place: int) -> Said:
        """One relation: a formula, a form that statements have a name for, or a rounded number."""
        where = (self.names, self.block.text, self.block.line, self.block.column)
        number = right.term if isinstance(right.term, trees.Number) else None
        if number is not None and is_rounded(sign, number):
            together = trees.Chain((left.term, number), (sign,), (place, number.span[1]))
            mixed = mixed_units(together) if number.unit else None
            if mixed is not None:
                raise self.fault(f"{mixed[1]} and {mixed[2]} do not fit together", place)
            value = meaning.term(left.term, *where)
            shown = as_rounded(number)
            return Said(f"{write(value)} rounds to {shown}", frozenset(free(value)), shown)
        self.no_rounded_inside(sign, right.term)
        form = self.form(sign)
        if form:
            a, b = meaning.term(left.term, *where), meaning.term(right.term, *where)
            text = f"{write(a)} {_FORMS[sign]} {write(b)}"
            used = {*free(a), *free(b), *self.said.sizes, *self.said.growing}
            return Said(f"{text} {form}", frozenset(used), term=len(text))
        stop = right.term.span[1]
        found = meaning.formula(trees.Chain((left.term, right.term), (sign,), (place, stop)), *where)
        return Said(write(found), frozenset(free(found)))

    def no_rounded_inside(self, sign: str, term: Operand | None) -> None:
        """A number with a minus sign, in brackets, or in a joined formula would be read as exact."""
        inner = term
        while isinstance(inner, trees.Negative | trees.Group):
            inner = inner.inner
        if inner is not term and isinstance(inner, trees.Number) and is_rounded(sign, inner):
            raise self.fault(
                "a rounded number stands alone behind its sign, in a formula of its own",
                inner.span[0],
                "write -a \\approx 6 for a \\approx -6, or the exact number",
            )

    def form(self, sign: str) -> str:
        """The end of a form: in which sizes, or which sizes grow."""
        if sign == "prop" and self.said.sizes:
            return f"in {', '.join(self.said.sizes)}"
        if sign in ("~", "~~") and self.said.growing:
            return f"as {', '.join(self.said.growing)} grow"
        return ""

    def fault(self, reason: str, place: int, advice: str = "") -> FormulaError:
        """An error at a place of the display."""
        return FormulaError(reason, self.block.text, place, self.block.line, self.block.column, advice)


def composed(first: str, then: str) -> str:
    """The relation of a and c where a is related to b and b to c; nothing where that is not known.

    >>> composed("=", "<="), composed("<=", "<"), composed("<", ">")
    ('<=', '<', '')
    """
    first, then = (sign.replace(":=", "=") for sign in (first, then))
    if "!=" in (first, then):
        return ""
    if "=" in (first, then):
        return then if first == "=" else first
    if {first, then} <= {"<", "<="} or {first, then} <= {">", ">="}:
        return min(first, then, key=len)
    return ""


def is_rounded(sign: str, number: trees.Number) -> bool:
    """Whether a number stands for all values that round to it: ``= 6.15 \\times 10^{6}``, ``\\approx 6``."""
    if number.unit is not None and number.unit.factor != 1:
        return False
    return sign == "~~" or (sign == "=" and number.exponent is not None and "." in number.digits)


def as_rounded(number: trees.Number) -> str:
    """A number with its digits, as statements write it behind "rounds to".

    >>> as_rounded(trees.Number("6.15", 6)), as_rounded(trees.Number("1.50", -3))
    ('6.15e6', '0.00150')
    """
    exponent = number.exponent or 0
    if exponent >= 0:
        return number.digits + (f"e{exponent}" if exponent else "")
    whole, _, decimals = number.digits.partition(".")
    digits = f"{whole.zfill(1 - exponent)}{decimals}"
    places = len(decimals) - exponent
    return f"{digits[:-places]}.{digits[-places:]}"


def ends(begun: Begun, text: str) -> tuple[Term, str] | None:
    """The last exact term of a formula and its source, from which the next display may go on."""
    body = begun.part.body
    end = body
    if isinstance(body, trees.Chain):
        relations = zip(body.relations, body.terms[1:], strict=True)
        exact = [t for sign, t in relations if not (isinstance(t, trees.Number) and is_rounded(sign, t))]
        end = exact[-1] if exact else body.terms[0]
    if not isinstance(end, Term):
        return None
    return end, begun.first if end is _first(body) and begun.first else text[slice(*end.span)].strip()


def _first(body: Formula | Operand) -> Operand | None:
    return body.terms[0] if isinstance(body, trees.Chain) else None
