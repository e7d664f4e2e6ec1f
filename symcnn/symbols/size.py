"""Sizes: exact integer expressions over dimension symbols.

A *size* is a Python ``int`` or a :class:`Dim`. A ``Dim`` is a polynomial over *atoms*:
dimension symbols (:class:`Sym`), loop indices, floors, extrema, counts of points, and
:class:`Group`, a factor of several terms that is kept together so that
``N*C*(H - K + 1)*(W - K + 1)`` reads as it was derived. Groups are for reading only: equality,
hashes and every rule look at the expanded polynomial. A ``Dim`` is never a constant.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, TypeAlias

from symcnn.kernel import polynomial as poly
from symcnn.kernel.polynomial import ONE, Coefficient, Monomial, Polynomial
from symcnn.symbols.checks import brief, text

if TYPE_CHECKING:
    from symcnn.symbols.conditions import Condition


class Atom:
    """A variable of the polynomials; keys tell atoms apart and order them."""

    __slots__ = ("_hash", "key")

    def __init__(self, key: tuple[Any, ...]) -> None:
        self.key = key
        self._hash = hash(key)

    def __hash__(self) -> int:
        return self._hash

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        for name, value in state[1].items():
            setattr(self, name, value)
        self._hash = hash(self.key)  # hashes of strings differ from process to process

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Atom) and self._hash == other._hash and self.key == other.key
        )

    def __lt__(self, other: Atom) -> bool:
        return self.key < other.key

    def __repr__(self) -> str:
        return repr(Dim.of_atom(self))

    def parts(self) -> Iterable[Size]:
        """The sizes inside this atom."""
        return ()

    def rebuilt(self, replace: Callable[[Size], Size]) -> Size:
        """This atom with ``replace`` applied to the sizes inside it, in normal form again."""
        return Dim.of_atom(self)

    def other_form(self) -> Polynomial | None:
        """The form that stands for this atom when sizes are compared, where that is another one."""
        return None


class Sym(Atom):
    """A dimension symbol: an integer with an optional least value."""

    __slots__ = ("assumptions", "minimum", "name")

    def __init__(
        self, name: str, minimum: int | None = 1, assumptions: tuple[tuple[str, bool], ...] = ()
    ) -> None:
        self.name = name
        self.minimum = minimum
        self.assumptions = assumptions
        super().__init__((0, name, "" if minimum is None else str(minimum), assumptions))


class IndexAtom(Atom):
    """The variable of an :class:`Index`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__((1, name))


class Group(Atom):
    """A factor of several terms, kept together for reading."""

    __slots__ = ("dim",)

    def __init__(self, dim: Dim) -> None:
        self.dim = dim
        super().__init__((2, size_key(dim)))

    def parts(self) -> Iterable[Size]:
        """The size of several terms."""
        return (self.dim,)

    def rebuilt(self, replace: Callable[[Size], Size]) -> Size:
        """The size, which groups itself again where it still has several terms."""
        return replace(self.dim)


class Dim:
    """A symbolic size; immutable, with exact arithmetic that keeps one normal form."""

    __slots__ = ("_compared", "_expanded", "_hash", "memo", "terms")

    def __init__(self, terms: Polynomial) -> None:
        self.terms = terms
        self._expanded: Polynomial | None = None
        self._compared: Polynomial | None = None
        self._hash: int | None = None
        self.memo: dict[str, Any] | None = None

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        empty = {"_compared": None, "_expanded": None, "_hash": None, "memo": None}  # found again when needed
        return None, {**empty, "terms": self.terms}

    @staticmethod
    def of_atom(atom: Atom) -> Dim:
        """The size that is this atom."""
        return Dim({((atom, 1),): 1})

    def expanded(self) -> Polynomial:
        """The polynomial without groups of positive power: the form that the rules read."""
        if self._expanded is None:
            if any(type(a) is Group and e > 0 for m in self.terms for a, e in m):
                self._expanded = poly.total(_ungrouped(m, c) for m, c in self.terms.items())
            else:
                self._expanded = self.terms
        return self._expanded

    def compared(self) -> Polynomial:
        """The expanded polynomial, every atom in the form that is compared: it decides equality."""
        if self._compared is None:
            terms = self.expanded()
            while any(a.other_form() is not None for m in terms for a, e in m if e > 0):
                terms = poly.total(_in_compared_form(m, c) for m, c in terms.items())
            self._compared = terms
        return self._compared

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Dim):
            return self.terms == other.terms or self.compared() == other.compared()
        if isinstance(other, int):
            return False
        converted = _operand(other)
        return NotImplemented if converted is None else self == converted

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.compared().items()))
        return self._hash

    def __add__(self, other: object) -> Size:
        return _apply(add, self, other)

    def __radd__(self, other: object) -> Size:
        return _apply(add, other, self)

    def __sub__(self, other: object) -> Size:
        return _apply(subtract, self, other)

    def __rsub__(self, other: object) -> Size:
        return _apply(subtract, other, self)

    def __mul__(self, other: object) -> Size:
        return _apply(multiply, self, other)

    def __rmul__(self, other: object) -> Size:
        return _apply(multiply, other, self)

    def __floordiv__(self, other: object) -> Size:
        return _apply(_floor_div(), self, other)

    def __rfloordiv__(self, other: object) -> Size:
        return _apply(_floor_div(), other, self)

    def __neg__(self) -> Size:
        return Dim(poly.scale(self.terms, -1))

    def __pow__(self, exponent: int) -> Size:
        return power(self, exponent)

    def __ge__(self, other: object) -> Condition:
        return _at_least(self, other, 0)

    def __le__(self, other: object) -> Condition:
        return _at_least(other, self, 0)

    def __gt__(self, other: object) -> Condition:
        return _at_least(self, other, 1)

    def __lt__(self, other: object) -> Condition:
        return _at_least(other, self, 1)

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self} is symbolic and has no truth value; compare it, or substitute numbers with at(...)"
        )

    def __repr__(self) -> str:
        from symcnn.symbols.printing import text

        return text(self)

    def _repr_latex_(self) -> str:
        from symcnn.symbols.printing import latex

        return f"$\\displaystyle {latex(self)}$"


Size: TypeAlias = int | Dim


class Index(Dim):
    """A loop index of an equation, for index arithmetic such as ``S*r + u - P``."""

    __slots__ = ("atom", "name")

    def __init__(self, name: str) -> None:
        text("name", name, "k_1")
        if not name.isidentifier():
            raise ValueError(f"index name {name!r} must be an identifier such as r or k_1")
        self.name = name
        self.atom = IndexAtom(name)
        super().__init__({((self.atom, 1),): 1})


def indices(names: str) -> tuple[Index, ...]:
    """Loop indices by name.

    Raises ``TypeError`` for anything but a ``str``, and ``ValueError`` for names that are no identifiers, for
    one that comes twice, and where there is none.

    >>> n, o, r = indices("n o r")
    >>> 2*r + n - 1
    n + 2*r - 1
    """
    return tuple(Index(name) for name in names_in(names))


def names_in(names: str) -> list[str]:
    """The names in a text, separated by blanks or commas; raises as :func:`indices` does."""
    parts = text("names", names, "N C H W").replace(",", " ").split()
    if not parts:
        raise ValueError(f"names={names!r} holds no name")
    for name in parts:
        if not name.isidentifier():
            raise ValueError(f"names={names!r}: {name!r} is no identifier such as H or C_in")
    if len(set(parts)) < len(parts):
        raise ValueError(f"names={names!r} names a symbol twice")
    return parts


def size_key(value: Size) -> tuple[Any, ...]:
    """A key that orders sizes and tells them apart."""
    if isinstance(value, int):
        return ((), (value,))
    items = sorted(
        (tuple((a.key, e) for a, e in m), (c.numerator, c.denominator)) for m, c in value.compared().items()
    )
    return (tuple(items), ())


def from_terms(terms: Polynomial) -> Size:
    """The size with these terms: an ``int`` where it is constant."""
    if not terms:
        return 0
    if len(terms) == 1 and ONE in terms:
        value = terms[ONE]
        if value.denominator != 1:
            raise ArithmeticError(
                f"{value} is not an integer: a division that must be exact leaves a remainder"
            )
        return value.numerator
    return Dim(terms)


def terms_of(value: Size) -> Polynomial:
    """The terms as written, groups kept."""
    return poly.constant(value) if isinstance(value, int) else value.terms


def expanded(value: Size) -> Polynomial:
    """The expanded polynomial of a size."""
    return poly.constant(value) if isinstance(value, int) else value.expanded()


def as_size(value: object, name: str = "value") -> Size:
    """The size that a user's ``int``, SymPy expression or ``Dim`` stands for.

    Raises ``TypeError`` for anything else (floats and booleans included).
    """
    try:
        converted = _operand(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}={value}: {error}") from None
    if converted is None:
        raise TypeError(f"{name}={brief(value)} must be an integer or an integer expression over dims(...)")
    return converted


def as_length(value: object, name: str = "value") -> Size:
    """As :func:`as_size`, for sizes that mean the same everywhere: of axes, and arguments of layers.

    Raises ``ValueError`` also where a loop index occurs.
    """
    out = as_size(value, name)
    found = next((a for a in atoms(out) if isinstance(a, IndexAtom)), None)
    if found is not None:
        raise ValueError(
            f"{name}={out}: {found} is a loop index, which has no value here; use dims({str(found)!r})"
        )
    return out


def add(a: Size, b: Size) -> Size:
    """a + b."""
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    return _settled(poly.add(terms_of(a), terms_of(b)))


def subtract(a: Size, b: Size) -> Size:
    """a - b."""
    if isinstance(a, int) and isinstance(b, int):
        return a - b
    out = dict(terms_of(a))
    poly.add_scaled(out, terms_of(b), -1)
    return _settled(out)


def multiply(a: Size, b: Size) -> Size:
    """a * b; factors of several terms stay together as groups."""
    if isinstance(a, int):
        if isinstance(b, int):
            return a * b
        return from_terms(poly.scale(b.terms, a))
    if isinstance(b, int):
        return from_terms(poly.scale(a.terms, b))
    (m, x), (n, y) = _as_monomial(a), _as_monomial(b)
    return from_terms(_loosened({poly.multiply_monomials(m, n): x * y}))


def power(a: Size, exponent: int) -> Size:
    """a ** exponent for a whole exponent >= 0."""
    if type(exponent) is not int:
        raise TypeError(f"exponent={brief(exponent)} of {a} must be an integer >= 0")
    if exponent < 0:
        raise ValueError(f"exponent={exponent} of {a} must be an integer >= 0")
    if isinstance(a, int):
        return a**exponent
    m, x = _as_monomial(a)
    return from_terms(_loosened({poly.power_of_monomial(m, exponent): x**exponent}))


def total(values: Iterable[Size]) -> Size:
    """The sum of many sizes, in one pass over all terms."""
    return _settled(poly.total(terms_of(value) for value in values))


def product(values: Iterable[Size]) -> Size:
    """The product of many sizes."""
    out: Size = 1
    for value in values:
        out = multiply(out, value)
    return out


def factored(value: Size) -> Size:
    """The same size with the factors that all its terms share written once."""
    if isinstance(value, int) or len(value.terms) == 1:
        return value
    monomial, coefficient = _as_monomial(value)
    return value if len(monomial) == 1 and coefficient == 1 else from_terms({monomial: coefficient})


def lowest_terms(top: Size, bottom: Size) -> tuple[Size, Size]:
    """Numerator and denominator without the numbers and monomials that divide both, by their form."""
    if not (terms_of(top) and terms_of(bottom)):
        return top, bottom
    (x, m), (y, n) = _content(terms_of(top)), _content(terms_of(bottom))
    shared = Fraction(
        gcd(x.numerator * y.denominator, y.numerator * x.denominator), x.denominator * y.denominator
    )
    here = dict(n)
    inverse = tuple((a, -min(e, here[a])) for a, e in m if a in here)

    def divided(value: Size) -> Size:
        return from_terms(
            {poly.multiply_monomials(k, inverse): _divided(c, shared) for k, c in terms_of(value).items()}
        )

    return divided(top), divided(bottom)


def exact_quotient(a: Size, b: Size) -> Size:
    """a / b where b >= 1 is known to divide a (the caller states that as a condition).

    Raises ``ArithmeticError`` for numbers that leave a remainder.
    """
    if isinstance(a, int) and isinstance(b, int):
        return from_terms(poly.constant(Fraction(a, b)))
    if a == b:
        return 1
    n, y = _as_monomial(b)
    inverse = poly.power_of_monomial(n, -1)
    terms = dict([_as_monomial(a)])
    if any(e < 0 for m in terms for _, e in poly.multiply_monomials(m, inverse)):
        terms = terms_of(a)  # not a factor: each term over b
    over = {poly.multiply_monomials(m, inverse): _reduced(Fraction(c) / y) for m, c in terms.items()}
    return from_terms(_loosened(over))


def as_quotient(value: Dim) -> tuple[Size, Size]:
    """A size as a numerator over a denominator, both integers by their form."""
    number = lcm(*(c.denominator for c in value.terms.values()))
    powers: dict[Atom, int] = {}
    for m in value.terms:
        for atom, exponent in m:
            powers[atom] = max(powers.get(atom, 0), -exponent)
    below: Polynomial = {tuple(sorted((a, e) for a, e in powers.items() if e)): number}
    over = {m: _reduced(Fraction(c)) for m, c in poly.multiply(value.terms, below).items()}
    return from_terms(_loosened(over)), from_terms(below)


def atoms(value: Size) -> Iterator[Atom]:
    """All atoms of a size, those inside floors and groups included, outermost first."""
    if isinstance(value, Dim):
        for m in value.terms:
            for atom, _ in m:
                yield atom
                for part in atom.parts():
                    yield from atoms(part)


def symbols_of(*values: Size) -> list[Sym]:
    """The dimension symbols in these sizes, in order of first appearance."""
    return list(dict.fromkeys(a for value in values for a in atoms(value) if isinstance(a, Sym)))


def is_integral(terms: Polynomial) -> bool:
    """Whether every term is an integer by its form: whole coefficients, no negative powers."""
    return all(c.denominator == 1 and all(e > 0 for _, e in m) for m, c in terms.items())


def substitute(value: Size, values: Mapping[Atom, Size]) -> Size:
    """The size with atoms replaced, in normal form again.

    Raises ``ArithmeticError`` where an exact division leaves a remainder.
    """
    return _substitute(value, values, {})


def _substitute(value: Size, values: Mapping[Atom, Size], memo: dict[Atom, Size]) -> Size:
    if isinstance(value, int):
        return value

    def replaced(atom: Atom) -> Size:
        if atom not in memo:
            found = values.get(atom)
            memo[atom] = (
                atom.rebuilt(lambda part: _substitute(part, values, memo)) if found is None else found
            )
        return memo[atom]

    out: Polynomial = {}
    for m, c in value.terms.items():
        number: Coefficient = c
        rest: list[tuple[Size, int]] = []
        for atom, exponent in m:
            new = replaced(atom)
            if isinstance(new, int):
                if exponent < 0 and new == 0:
                    raise ZeroDivisionError(f"{value} divides by {atom}, which is 0 here")
                number = number * (new**exponent if exponent > 0 else Fraction(1, new**-exponent))
            else:
                rest.append((new, exponent))
        term: Monomial = ONE
        for new, exponent in rest:
            n, x = _as_monomial(new)
            term = poly.multiply_monomials(term, poly.power_of_monomial(n, exponent))
            number = number * (Fraction(x) ** exponent if exponent < 0 else x**exponent)
        poly.add_scaled(out, {term: _reduced(number)} if number else {})
    return _settled(_loosened(out))


def _settled(terms: Polynomial) -> Size:
    """The size of a sum, where the same size in two groupings, or two roundings of it, may cancel."""
    if len(terms) < 2:
        return from_terms(terms)
    inside = list(_with_groups(terms))
    forms = [form for t in inside for m in t for a, _ in m if (form := a.other_form()) is not None]
    subtracted = any(c < 0 for t in inside for c in t.values())
    # Where all is added nothing cancels, unless a floor turns its sign: floor(a/d) = -1 - floor((-1 - a)/d).
    if (subtracted and (len(inside) > 1 or forms)) or any(ONE in form for form in forms):
        flat = Dim(terms).compared()
        # Where all is added, floor(a/d) + 1 reads better than the one term that it is.
        if len(flat) < 2 and (subtracted or set(flat) <= {ONE}):
            return from_terms(flat)
    return from_terms(terms)


def _with_groups(terms: Polynomial) -> Iterator[Polynomial]:
    """These terms, and those of all groups in them."""
    yield terms
    for group in {a for m in terms for a, e in m if isinstance(a, Group) and e > 0}:
        yield from _with_groups(group.dim.terms)


def _as_monomial(value: Size) -> tuple[Monomial, Coefficient]:
    """A size as one coefficient times one monomial, grouping several terms behind their content."""
    if isinstance(value, int):
        return ONE, value
    if len(value.terms) == 1:
        return next(iter(value.terms.items()))
    scale, common = _content(value.terms)
    inverse = poly.power_of_monomial(common, -1)
    if not common and scale == 1:
        loose = _loosened(value.terms)
        return ((Group(value if loose is value.terms else Dim(loose)), 1),), 1
    rest = _loosened(
        {poly.multiply_monomials(m, inverse): _divided(c, scale) for m, c in value.terms.items()}
    )
    if len(rest) == 1:
        ((m, c),) = rest.items()
        return poly.multiply_monomials(common, m), _reduced(c * scale)
    return poly.multiply_monomials(common, ((Group(Dim(rest)), 1),)), scale


def _loosened(terms: Polynomial) -> Polynomial:
    """The terms with lone groups dissolved: a group is a factor, not a summand."""
    if not any(len(m) == 1 and m[0][1] == 1 and isinstance(m[0][0], Group) for m in terms):
        return terms
    out: Polynomial = {}
    for m, c in terms.items():
        if len(m) == 1 and m[0][1] == 1 and isinstance(m[0][0], Group):
            poly.add_scaled(out, m[0][0].dim.terms, c)
        else:
            poly.add_scaled(out, {m: c})
    return out


def _content(terms: Polynomial) -> tuple[Coefficient, Monomial]:
    """The largest positive number and monomial that divide every term, by its form."""
    scale: Coefficient = gcd(*(c.numerator for c in terms.values()))
    below = lcm(*(c.denominator for c in terms.values()))
    if below != 1:
        scale = _reduced(Fraction(scale, below))
    monomials = list(terms)
    common = dict(monomials[0])
    for m in monomials[1:]:
        if not common:
            break
        here = dict(m)
        common = {a: min(e, here[a]) for a, e in common.items() if a in here}
    return scale, tuple(sorted((a, e) for a, e in common.items() if e))


def _divided(a: Coefficient, b: Coefficient) -> Coefficient:
    return a // b if isinstance(a, int) and isinstance(b, int) and a % b == 0 else _reduced(Fraction(a) / b)


def _reduced(value: Coefficient) -> Coefficient:
    return value.numerator if value.denominator == 1 else value


def _in_compared_form(monomial: Monomial, coefficient: Coefficient) -> Polynomial:
    """One term with its atoms in the form that is compared."""
    kept = tuple((a, e) for a, e in monomial if e < 0 or a.other_form() is None)
    out: Polynomial = {kept: coefficient}
    for atom, exponent in monomial:
        other = atom.other_form() if exponent > 0 else None
        if other is not None:
            out = poly.multiply(out, poly.power(other, exponent))
    return out


def _ungrouped(monomial: Monomial, coefficient: Coefficient) -> Polynomial:
    """One term with its groups of positive power multiplied out."""
    plain = tuple((a, e) for a, e in monomial if not (type(a) is Group and e > 0))
    out: Polynomial = {plain: coefficient}
    for atom, exponent in monomial:
        if isinstance(atom, Group) and exponent > 0:
            out = poly.multiply(out, poly.power(atom.dim.expanded(), exponent))
    return out


def _operand(value: object) -> Size | None:
    """The size of an operand, or None where it is of no type that stands for one."""
    if isinstance(value, Dim):
        return value
    if type(value) is int:
        return value
    if isinstance(value, (bool, float, complex, str)):
        return None
    sympy = sys.modules.get("sympy")
    if sympy is not None and isinstance(value, sympy.Basic):
        from symcnn.symbols.border import from_sympy

        return from_sympy(value)
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _apply(operation: Callable[[Size, Size], Size], a: object, b: object) -> Size:
    x, y = _operand(a), _operand(b)
    if x is None or y is None:
        return NotImplemented
    return operation(x, y)


def _floor_div() -> Callable[[Size, Size], Size]:
    from symcnn.symbols.rounding import floor_div

    return floor_div


def _at_least(a: object, b: object, by: int) -> Condition:
    from symcnn.symbols.conditions import at_least

    x, y = _operand(a), _operand(b)
    if x is None or y is None:
        return NotImplemented
    return at_least(x, add(y, by))
