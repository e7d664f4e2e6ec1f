"""What terms and formulas of the kernel, and sizes, are worth: straight from the definitions.

Nothing here is shared with the package but the classes of terms and atoms: no normal forms, no limits, no
shortcuts, and each name is looked up where it stands. It is the judge of the tests that compare ways to
evaluate. What has no value raises ``Undefined``: a quotient by 0, a floor of or by what is not whole or by
less than 1, a maximum of nothing, a range that does not end at whole numbers, a name without a value.

Formulas are read from left to right, and a part that no longer decides anything is not looked at: ``n != 0
and 1/n = 1`` is false at n = 0. Quantifiers run over finite boxes that the caller gives, a range of values
for a name or for a sort; what holds on a box need not hold everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from symcnn.kernel import terms as t
from symcnn.symbols.cardinality import Card
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Group, IndexAtom, Size, Sym

Values = Mapping[str, int | Fraction]
Functions = Mapping[str, Callable[..., int | Fraction]]
# The values of a quantifier by the name that it binds, or else by its sort: "int", "real", "ring", or a
# t.Function, whose values are Python functions.
Box = Mapping[Any, Iterable[Any]]


class Undefined(Exception):
    """A term or formula has no value; says why."""


def brute(
    term: t.Term, values: Values, functions: Functions | None = None, box: Box | None = None
) -> Fraction:
    """The value of a term at these values of its free names.

    Functions are called with Fractions. The box is for quantifiers inside guards and cases.
    """
    return _value(term, {**values, **(functions or {})}, box or {})


def brute_holds(
    formula: t.Formula, values: Values, functions: Functions | None = None, box: Box | None = None
) -> bool:
    """Whether a formula holds at these values, its quantifiers understood over the box."""
    return _holds(formula, {**values, **(functions or {})}, box or {})


def _value(term: t.Term, at: Mapping[str, Any], box: Box) -> Fraction:
    if isinstance(term, t.Number):
        return Fraction(term.value)
    if isinstance(term, t.Variable):
        return Fraction(_known(term.name, at))
    if isinstance(term, t.Plus):
        return sum((_value(part, at, box) for part in term.terms), Fraction(0))
    if isinstance(term, t.Times):
        # All factors are looked at, also behind a 0.
        out = Fraction(1)
        for part in term.terms:
            out = out * _value(part, at, box)
        return out
    if isinstance(term, t.Power):
        base, out = _value(term.base, at, box), Fraction(1)
        for _ in range(term.exponent):
            out = out * base
        return out
    if isinstance(term, t.Quotient):
        top, bottom = _value(term.top, at, box), _value(term.bottom, at, box)
        if bottom == 0:
            raise Undefined(f"{top}/0")
        return top / bottom
    if isinstance(term, t.Floor):
        top, bottom = _value(term.top, at, box), _value(term.bottom, at, box)
        if not (_is_whole(top) and _is_whole(bottom) and bottom >= 1):
            raise Undefined(f"{top} // {bottom}")
        return Fraction(_rounded_down(int(top), int(bottom)))
    if isinstance(term, t.Call):
        return Fraction(_known(term.name, at)(*[_value(a, at, box) for a in term.arguments]))
    if isinstance(term, t.If):
        return _value(term.then if _holds(term.condition, at, box) else term.otherwise, at, box)
    found = _over_range(term, at, box)
    if isinstance(term, t.Sum):
        return sum(found, Fraction(0))
    if not found:
        raise Undefined("a maximum of nothing")
    return max(found)


def _holds(formula: t.Formula, at: Mapping[str, Any], box: Box) -> bool:
    if isinstance(formula, t.Compare):
        left, right = _value(formula.left, at, box), _value(formula.right, at, box)
        return {"=": left == right, "<=": left <= right, "<": left < right}[formula.relation]
    if isinstance(formula, t.And):
        return all(_holds(part, at, box) for part in formula.parts)
    if isinstance(formula, t.Or):
        return any(_holds(part, at, box) for part in formula.parts)
    if isinstance(formula, t.Not):
        return not _holds(formula.inner, at, box)
    if isinstance(formula, t.Implies):
        return _holds(formula.right, at, box) if _holds(formula.left, at, box) else True
    if isinstance(formula, t.Iff):
        left, right = _holds(formula.left, at, box), _holds(formula.right, at, box)
        return left == right
    here = box.get(formula.name, box.get(formula.sort))
    if here is None:
        raise Undefined(f"the box has no values for {formula.name}")
    found = (_holds(formula.body, {**at, formula.name: value}, box) for value in here)
    return all(found) if isinstance(formula, t.ForAll) else any(found)


def _over_range(term: t.Sum | t.Max, at: Mapping[str, Any], box: Box) -> list[Fraction]:
    low, high = _value(term.low, at, box), _value(term.high, at, box)
    if not (_is_whole(low) and _is_whole(high)):
        raise Undefined(f"the range {low}..{high}")
    out: list[Fraction] = []
    here = low
    while here < high:
        inside = {**at, term.index: here}
        if term.guard is None or _holds(term.guard, inside, box):
            out.append(_value(term.body, inside, box))
        here += 1
    return out


def _known(name: str, at: Mapping[str, Any]) -> Any:
    if name not in at:
        raise Undefined(f"no value is given for {name}")
    return at[name]


def _is_whole(value: Fraction) -> bool:
    return value.denominator == 1


def _rounded_down(top: int, bottom: int) -> int:
    """The whole number q with ``q*bottom <= top < (q + 1)*bottom``, from truncated division."""
    quotient = abs(top) // bottom
    if top >= 0:
        return quotient
    return -quotient - (1 if quotient * bottom != -top else 0)


# -- sizes -------------------------------------------------------------------------------------------------


def brute_size(size: Size, at: Mapping[str, int]) -> int:
    """The value of a size where each of its symbols and loop indices has the value of its name.

    Raises ``Undefined`` where an exact quotient leaves something, or divides by 0.
    """
    found = _size(size, at)
    if not _is_whole(found):
        raise Undefined(f"{size} is {found} at {dict(at)}")
    return int(found)


def _size(size: Size, at: Mapping[str, int]) -> Fraction:
    if isinstance(size, int):
        return Fraction(size)
    total = Fraction(0)
    for monomial, coefficient in size.terms.items():
        term = Fraction(coefficient)
        for atom, exponent in monomial:
            value = _atom(atom, at)
            if exponent < 0 and value == 0:
                raise Undefined(f"{size} divides by 0 at {dict(at)}")
            term *= value**exponent
        total += term
    return total


def _atom(atom: Atom, at: Mapping[str, int]) -> Fraction:
    if isinstance(atom, Sym | IndexAtom):
        return Fraction(at[atom.name])
    if isinstance(atom, Group):
        return _size(atom.dim, at)
    if isinstance(atom, Floor):
        top, bottom = _size(atom.numerator, at), _size(atom.denominator, at)
        if bottom <= 0:
            raise Undefined(f"{top} // {bottom}")
        # A quotient inside a floor need not be whole.
        quotient = top / bottom
        return Fraction(_rounded_down(quotient.numerator, quotient.denominator))
    if isinstance(atom, Extremum):
        found = [_size(a, at) for a in atom.arguments]
        return max(found) if atom.kind == "max" else min(found)
    if isinstance(atom, Card):
        return Fraction(_points(atom, at))
    raise TypeError(f"{type(atom).__name__} is not known here")


def _points(card: Card, at: Mapping[str, int]) -> int:
    """How many points of a box satisfy the guards; with outer indices, how many shadows there are."""
    names = [index.name for index, _ in card.box]
    kept = names if card.outer is None else [index.name for index in card.outer]
    lengths = [brute_size(n, at) for _, n in card.box]
    found: set[tuple[int, ...]] = set()
    for point in product(*(range(n) for n in lengths)):
        inside = {**at, **dict(zip(names, point, strict=True))}
        if all(_size(guard, inside) >= 0 for guard in card.guards):
            found.add(tuple(inside[name] for name in kept))
    return len(found)
