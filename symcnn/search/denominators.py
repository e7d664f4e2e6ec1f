"""Quotients in comparisons: both sides are brought over one denominator, and what is above it is compared.

A denominator is cleared by the equation ``(1/b)*b = 1``, the outer ones first. Each fact with quotients in it
brings one without them. The kernel replays what is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.arithmetic import NONNEGATIVE, POSITIVE
from symcnn.kernel.polynomial import Polynomial, add, constant, multiply, power, scale, variable
from symcnn.kernel.terms import (
    FALSE,
    ONE,
    ZERO,
    Compare,
    Floor,
    If,
    Max,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import Known, term_of
from symcnn.search.facts import closed_terms, comparisons
from symcnn.search.signs import MAX_TERMS, Signs

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_DEGREE = 8


@dataclass(frozen=True)
class Inverse:
    """The inverse ``1/b``: ``b``, and the facts ``(1/b)*b = 1``, ``0 < 1/b`` and ``0 < b``.

    ``whole`` says that ``b`` is a whole number, so that the last fact stands for ``b - 1``.
    """

    bottom: Polynomial
    equation: str
    positive: str | None
    below: str | None
    whole: bool


@dataclass(frozen=True)
class Cleared:
    """A value as ``above`` times inverses, plus multiples of the equations of inverses."""

    above: Polynomial
    powers: tuple[tuple[Inverse, int], ...]
    multiples: tuple[tuple[Inverse, Polynomial], ...]


def inverse(search: Search, found: Found, bottom: Term, proof: str | None = None) -> bool:
    """Add ``0 < b``, ``(1/b)*b = 1`` and ``0 < 1/b``; False where the sign of ``b`` is not seen.

    ``proof`` is a proof of ``0 < b`` where there is one.
    """
    signs = Signs(search, found)
    above = Compare("<", ZERO, bottom)
    proof = signs.step(above) if proof is None else proof
    if proof is None:
        return False
    one = Quotient(ONE, bottom)
    sequent = found.sequent
    b, zero, q, no, p = (search.label(sequent, hint) for hint in "bzqdp")
    using = f" using {', '.join(found.rewrites)}" if found.rewrites else ""
    less = f" + {no}" if signs.is_whole(above) else ""
    steps = [
        f"have {b} : {write(above)} {{ {proof} }}",
        f"law {q} : quotient 1, {write(bottom)} {{ suppose {zero} cone {b} + {zero} (-1){using} }}",
        f"have {p} : {write(Compare('<', ZERO, one))} {{ deny {no} cone {no} {b}{less} + {q}{using} }}",
    ]
    positive = Compare("<", ZERO, one)
    if not search.accepted(sequent.showing(positive), f"{' '.join(steps)} exactly {p}"):
        return False
    equation = Compare("=", Times((one, bottom)), ONE)
    found.sequent = sequent.knowing(b, above).knowing(q, equation).knowing(p, positive)
    found.steps += steps
    return True


def plainly_not_zero(search: Search, found: Found) -> str | None:
    """``different_from_zero``, before anything is described, for a number of which nothing has to be."""
    match [*found.sequent.facts.values()][-1:]:
        case [Compare("=", bottom, right)] if found.sequent.goal == FALSE and right == ZERO:
            if closed_terms([bottom], (Floor, If, Max, Quotient, Sum)):
                return None
            step = different_from_zero(search, found, thorough=False)
            return step if step is not None and search.accepted(found.sequent, step) else None
        case _:
            return None


def different_from_zero(search: Search, found: Found, thorough: bool = True) -> str | None:
    """Steps that prove false from a fact ``b = 0``, where the sign of ``b`` is seen."""
    for zero, fact in reversed(comparisons(found.sequent)):
        if fact.relation != "=" or fact.right != ZERO or zero not in found.sequent.facts:
            continue
        facts = {name: other for name, other in found.sequent.facts.items() if name != zero}
        rewrites = [name for name in found.rewrites if name != zero]
        known = replace(found, sequent=replace(found.sequent, facts=facts), rewrites=rewrites)
        signs = Signs(search, known, thorough)
        above = Compare("<", ZERO, fact.left)
        proof = signs.step(above)
        if proof is not None:
            label = search.label(found.sequent, "b")
            last = signs.arithmetic.written("cone", f"{label} + {zero} (-1)")
            return f"have {label} : {write(above)} {{ {proof} }} {last}"
    return None


def over_denominators(search: Search, found: Found) -> str | None:
    """A step for the goal, by the signs of what stands above its denominators, or None.

    What the facts with quotients say without them is added to what was found.
    """
    goal = found.sequent.goal
    if goal == FALSE:
        step = different_from_zero(search, found)
        if step is not None:
            return step if search.accepted(found.sequent, step) else None
        Denominators(search, found).facts()
        return contradiction(search, found)
    if not isinstance(goal, Compare) or not search.is_of_numbers(goal, found.sequent):
        return None
    sides = Denominators(search, found)
    if sides.facts():
        sides = Denominators(search, found)
    step = sides.step(goal)
    if step is not None:
        return step if search.accepted(found.sequent, step) else None
    if goal.relation == "=":
        return None
    label = search.label(found.sequent, "d")
    step = contradiction(search, replace(found, sequent=logic.deny(found.sequent, label)))
    return None if step is None else f"deny {label} {step}"


def contradiction(search: Search, found: Found) -> str | None:
    """A step that proves false from products of the facts, or None."""
    if search.active:
        return None
    try:
        step = Signs(search, found).contradiction()
    except Rejected:
        return None
    return step if step is not None and search.accepted(found.sequent, step) else None


class Denominators:
    """The denominators of a sequent."""

    def __init__(self, search: Search, found: Found) -> None:
        self.search = search
        self.found = found
        self.signs = Signs(search, found, thorough=not search.active)
        self.arithmetic = self.signs.arithmetic
        self.inverses: dict[int, Inverse] = {}
        positive = {
            atom: known.name
            for known in self.arithmetic.bounds
            if known.sign == POSITIVE
            for atom in [single(known.value)]
            if atom is not None
        }
        bounds = {frozenset(known.value.items()): known.name for known in self.arithmetic.bounds}
        equations = {frozenset(known.value.items()): known.name for known in self.arithmetic.equations}
        for atom, shown in enumerate(list(self.signs.atoms.shown)):
            # Inside a sum the index of the sum may stand in it.
            if isinstance(shown, Quotient) and free(shown) <= self.signs.canonical.scope.keys():
                bottom = self.signs.canonical.term(shown.bottom)
                one = add(multiply(variable(atom), bottom), constant(-1))
                equation = equations.get(frozenset(one.items()))
                if equation is not None:
                    whole = self.signs.of_whole(bottom)
                    value = add(bottom, constant(-1)) if whole else bottom
                    below = bounds.get(frozenset(value.items()))
                    self.inverses[atom] = Inverse(bottom, equation, positive.get(atom), below, whole)

    def cleared(self, value: Polynomial) -> Cleared | None:
        """A value without quotients in what stands above; None where a denominator may be 0."""
        powers: list[tuple[Inverse, int]] = []
        multiples: list[tuple[Inverse, Polynomial]] = []
        outside = constant(1)
        while True:
            self.search.check_time()
            here = self._outermost(value)
            if here is None:
                break
            if here not in self.inverses:
                return None
            one = self.inverses[here]
            parts = parts_by(value, here)
            degree = max(parts)
            if degree > MAX_DEGREE:
                return None
            above: Polynomial = {}
            multiple: Polynomial = {}
            unit = multiply(variable(here), one.bottom)
            for exponent, part in parts.items():
                above = add(above, multiply(part, power(one.bottom, degree - exponent)))
                # part*u^k = part*b^(e - k)*u^e - part*u^k*(u*b - 1)*(1 + u*b + ... + (u*b)^(e - k - 1))
                rows = [power(unit, k) for k in range(degree - exponent)]
                if rows:
                    shifted = multiply(part, variable(here, exponent))
                    multiple = add(multiple, scale(multiply(shifted, add(*rows)), -1))
                if len(above) > MAX_TERMS or len(multiple) > MAX_TERMS:
                    return None
            if multiple:
                multiples.append((one, multiply(multiple, outside)))
            outside = multiply(outside, variable(here, degree))
            powers.append((one, degree))
            value = above
        return Cleared(value, tuple(powers), tuple(multiples))

    def _outermost(self, value: Polynomial) -> int | None:
        """An inverse in a value that stands in the denominator of no other one."""
        shown = self.signs.atoms.shown
        here = {a for monomial in value for a, _ in monomial if isinstance(shown[a], Quotient)}
        for atom in sorted(here):
            inside = [self.inverses[other].bottom for other in here - {atom} if other in self.inverses]
            if not any(atom == a for bottom in inside for monomial in bottom for a, _ in monomial):
                return atom
        return None

    def step(self, goal: Compare) -> str | None:
        """Steps that prove a comparison by what stands above the denominators."""
        try:
            value = self.signs.canonical.difference(goal.right, goal.left)
            if goal.relation == "=":
                return self.equation(self.signs.canonical.difference(goal.left, goal.right))
            found = self.cleared(value)
            if found is None:
                return None
            strict, whole = goal.relation == "<", self.signs.is_whole(goal)
            if not found.powers:
                return self.signs.proof(value, strict, whole)
            above = term_of(found.above, self.signs.atoms)
            inner = Compare(goal.relation, ZERO, above)
            proof = self.signs.step(inner)
            names = [one.positive for one, exponent in found.powers for _ in range(exponent)]
            if proof is None or None in names:
                return None
            label = self.search.label(self.found.sequent, "n")
            product = " ".join(name for name in names if name is not None)
            sums = [f"{label} {product}"]
            if strict and self.signs.is_whole(inner):
                sums.append(product)
            last = self.arithmetic.written("cone", " + ".join([*sums, *self._multiples(found.multiples)]))
            return f"have {label} : {write(inner)} {{ {proof} }} {last}"
        except Rejected:
            return None

    def equation(self, value: Polynomial) -> str | None:
        """``ring``, where nothing is left above the denominators."""
        found = self.cleared(value)
        if found is None or found.above or not found.multiples:
            return None
        return self.arithmetic.written("ring", " + ".join(self._multiples(found.multiples)))

    def _multiples(self, multiples: Sequence[tuple[Inverse, Polynomial]]) -> list[str]:
        return [f"{one.equation} ({write(term_of(m, self.signs.atoms))})" for one, m in multiples if m]

    def facts(self) -> bool:
        """Add what the facts with quotients say without them; whether any was added."""
        before = len(self.found.steps)
        for known in (*self.arithmetic.bounds, *self.arithmetic.equations):
            try:
                self._fact(known)
            except Rejected:
                continue
        return len(self.found.steps) > before

    def _fact(self, known: Known) -> None:
        """``0 <= above`` of a fact, or ``above = 0``."""
        if any(known.name in (one.equation, one.positive) for one in self.inverses.values()):
            return
        found = self.raised(known.value)
        if found is None:
            return
        above = term_of(found.above, self.signs.atoms)
        relation = {POSITIVE: "<", NONNEGATIVE: "<="}.get(known.sign, "=")
        fact = Compare(relation, ZERO, above)
        if relation == "=":
            bottoms = term_of(self._bottoms(found.powers), self.signs.atoms)
            rule, sums = "ring", [f"{known.name} ({write(Times((number(-1), bottoms)))})"]
            signed = found.multiples
        else:
            products = [known.name]
            for one, exponent in found.powers:
                for _ in range(exponent):
                    if one.below is None:
                        return
                    more = [f"{product} {one.below}" for product in products]
                    products = [*products, *more] if one.whole else more
            rule, sums = "cone", products
            signed = tuple((one, scale(factor, -1)) for one, factor in found.multiples)
        steps = self.arithmetic.written(rule, " + ".join([*sums, *self._multiples(signed)]))
        sequent = self.found.sequent
        if fact in sequent.facts.values() or not self.search.accepted(sequent.showing(fact), steps):
            return
        label = self.search.label(sequent, "n")
        self.found.sequent = sequent.knowing(label, fact)
        self.found.steps.append(f"have {label} : {write(fact)} {{ {steps} }}")

    def raised(self, value: Polynomial) -> Cleared | None:
        """``above = value*b^e - multiples``, for a value with quotients by these ``b``."""
        powers: list[tuple[Inverse, int]] = []
        multiples: list[tuple[Inverse, Polynomial]] = []
        while (here := self._outermost(value)) is not None:
            one = self.inverses.get(here)
            parts = parts_by(value, here)
            if one is None or max(parts) > MAX_DEGREE:
                return None
            degree, unit = max(parts), multiply(variable(here), one.bottom)
            value, multiple = {}, {}
            for exponent, part in parts.items():
                raised = multiply(part, power(one.bottom, degree - exponent))
                value = add(value, raised)
                for k in range(exponent):
                    multiple = add(multiple, multiply(raised, power(unit, k)))
            multiples = [(other, multiply(m, power(one.bottom, degree))) for other, m in multiples]
            multiples.append((one, multiple))
            powers.append((one, degree))
            if len(value) > MAX_TERMS or any(len(m) > MAX_TERMS for _, m in multiples):
                return None
        return Cleared(value, tuple(powers), tuple(multiples)) if powers else None

    def _bottoms(self, powers: Sequence[tuple[Inverse, int]]) -> Polynomial:
        out = constant(1)
        for one, exponent in powers:
            out = multiply(out, power(one.bottom, exponent))
        return out


def parts_by(value: Polynomial, atom: int) -> dict[int, Polynomial]:
    """The coefficients of a polynomial in one atom, by exponent."""
    parts: dict[int, Polynomial] = {}
    for monomial, coefficient in value.items():
        rest = tuple((other, e) for other, e in monomial if other != atom)
        parts.setdefault(dict(monomial).get(atom, 0), {})[rest] = coefficient
    return parts


def single(value: Polynomial) -> int | None:
    """The atom that a polynomial is."""
    match list(value.items()):
        case [(((atom, 1),), 1)]:
            return atom
        case _:
            return None
