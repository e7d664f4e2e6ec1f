"""Formulas as they were written: frozen trees with places in the source, and nothing evaluated.

``span`` is where a tree stands in the text that was read; it does not count when trees are compared.
Brackets, the written form of numbers and the order of factors are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TypeAlias

from symcnn.kernel.terms import Sort

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that stands behind a number: ``GiB`` is 2^30 ``byte``."""

    name: str
    kind: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Number:
    r"""A number as written: ``digits`` without separators, times 10 to the power of ``exponent``.

    ``6.15 \times 10^{6}`` has the digits "6.15" and the exponent 6; a plain number has the exponent None.
    """

    digits: str
    exponent: int | None = None
    unit: Unit | None = None
    span: Span = field(default=(0, 0), compare=False, repr=False)

    @property
    def value(self) -> Fraction:
        """The exact value, without the unit.

        >>> Number("6.15", 6).value
        Fraction(6150000, 1)
        """
        return Fraction(self.digits) * Fraction(10) ** (self.exponent or 0)

    @property
    def place(self) -> Fraction:
        """What one more in the last written digit is worth.

        >>> Number("6.15", 6).place
        Fraction(10000, 1)
        """
        decimals = len(self.digits.partition(".")[2])
        return Fraction(10) ** ((self.exponent or 0) - decimals)


@dataclass(frozen=True, slots=True)
class Name:
    """A declared variable."""

    name: str
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """An entry of a tensor or a value of a function; ``below`` of the arguments stand as subscripts."""

    name: str
    arguments: tuple[Term, ...]
    below: int = 0
    square: bool = False
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A term in brackets."""

    inner: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus sign before a product."""

    inner: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plus:
    """Two or more products, the subtracted ones as ``Negative``."""

    terms: tuple[Term, ...]
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Times:
    """Two or more factors."""

    factors: tuple[Term, ...]
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A fraction, or with a slash where ``inline`` says so."""

    top: Term
    bottom: Term
    inline: bool = False
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Modulo:
    """The remainder of a division of whole numbers."""

    top: Term
    bottom: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Power:
    """A term with an exponent."""

    base: Term
    exponent: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Factorial:
    """A number or name with an exclamation mark."""

    inner: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binomial:
    """The number of ways to choose."""

    upper: Term
    lower: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rounded:
    """What is rounded ``down`` or ``up``."""

    direction: str
    inner: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Absolute:
    """What stands between bars."""

    inner: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Root:
    """A root; ``degree`` is 2 where none is written."""

    degree: int
    inner: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Applied:
    """``log``, ``ln`` or ``exp``; a logarithm may name its base."""

    function: str
    inner: Term
    base: Term | None = None
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Extreme:
    """The ``max`` or ``min`` of a list."""

    kind: str
    arguments: tuple[Term, ...]
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reduction:
    """A ``sum``, ``prod``, ``max`` or ``min`` over whole numbers from ``low`` to ``high``.

    ``inclusive`` says whether ``high`` itself belongs to the range.
    """

    kind: str
    index: str
    low: Term
    high: Term
    inclusive: bool
    guard: Formula | None
    body: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cases:
    """Terms with conditions, and the term of all other cases."""

    rows: tuple[tuple[Term, Formula], ...]
    otherwise: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Range:
    """``a : b`` as a part of a bracket, such as the rows that an output sees."""

    low: Term
    high: Term
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """Several terms or ranges with commas between; in brackets they are one thing, else each its own."""

    items: tuple[Term | Range, ...]
    bracketed: bool
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Collection:
    r"""A set: ``R``, ``Z`` or ``N``, ``positive`` with a plus; from ``low`` to ``high``; or ``items``.

    ``shape`` is the exponent of ``\mathbb{R}^{C \times M}``.
    """

    kind: str
    positive: bool = False
    shape: tuple[Term, ...] = ()
    low: Term | None = None
    high: Term | None = None
    items: tuple[Term, ...] = ()
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Chain:
    r"""Terms with relations between them: ``=  !=  <  <=  >  >=  ~~  prop  ~  <<  >>  in  divides  :=``.

    ``~~`` is ``\approx``. Where the first term is None, the chain goes on from the formula before it.
    """

    terms: tuple[Operand | None, ...]
    relations: tuple[str, ...]
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false, as a word."""

    value: bool
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """Formulas joined by ``and``, ``or``, ``implies`` (to the right) or ``iff`` (two of them)."""

    word: str
    parts: tuple[Formula, ...]
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """A formula that does not hold."""

    inner: Formula
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Quantified:
    """A formula for ``all`` values of names of one sort, or for ``some``; a ``limit`` is such as ``>= 1``."""

    kind: str
    names: tuple[str, ...]
    sort: Sort
    body: Formula
    limit: tuple[str, Term] | None = None
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bracketed:
    """A formula in brackets."""

    inner: Formula
    span: Span = field(default=(0, 0), compare=False, repr=False)


Term: TypeAlias = (
    Number
    | Name
    | Call
    | Group
    | Negative
    | Plus
    | Times
    | Quotient
    | Modulo
    | Power
    | Factorial
    | Binomial
    | Rounded
    | Absolute
    | Root
    | Applied
    | Extreme
    | Reduction
    | Cases
)
Operand: TypeAlias = Term | Listing | Collection
Formula: TypeAlias = Chain | Truth | Joined | Not | Quantified | Bracketed
Tree: TypeAlias = Term | Formula | Listing | Collection | Range


@dataclass(frozen=True, slots=True)
class Part:
    """One formula of a display: a relation, or a term or shape alone; ``tag`` is its printed number."""

    body: Formula | Operand
    tag: str = ""
    span: Span = field(default=(0, 0), compare=False, repr=False)

    @property
    def continues(self) -> bool:
        """Whether it begins with a relation, and so goes on from what stands before it."""
        return isinstance(self.body, Chain) and self.body.terms[0] is None


def inside(tree: Tree) -> Iterator[Tree]:
    """The trees directly inside a tree, from left to right."""
    for each in fields(tree):
        if each.name != "span":
            yield from _trees_of(getattr(tree, each.name))


def _trees_of(value: object) -> Iterator[Tree]:
    if isinstance(value, Term | Formula | Listing | Collection | Range):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _trees_of(item)


def walk(tree: Tree) -> Iterator[Tree]:
    """A tree and all trees inside it, from left to right."""
    yield tree
    for part in inside(tree):
        yield from walk(part)
