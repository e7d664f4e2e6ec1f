"""Search for proofs of comparisons between quotients: they are multiplied by what is divided by.

What is divided by is shown to be positive first. What is left is a comparison of polynomials, from which
positive factors that all terms have in common are taken away. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import product
from math import gcd, lcm
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.arithmetic import POSITIVE
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import (
    Monomial,
    Polynomial,
    add,
    add_scaled,
    multiply,
    multiply_monomials,
    power,
    scale,
    variable,
)
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ONE,
    REAL,
    ZERO,
    Compare,
    ForAll,
    Formula,
    Implies,
    Quotient,
    Rejected,
    Term,
    Times,
    Variable,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import LEVELS, Known
from symcnn.search.facts import closed_terms, comparisons, paths
from symcnn.search.products import Signs, atoms_of, by_products, real, without

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_STEPS = 200
MAX_POINTS = 4


@dataclass(frozen=True)
class Inverse:
    """The atom of 1/b, a multiple of b, and the facts that both have the product 1 and that b is positive."""

    atom: int
    bottom: Polynomial
    equation: str
    positive: str


@dataclass
class Cleared:
    """``factor*common*rest`` is ``value`` times what was divided by, less the multiples of equations."""

    rest: Polynomial
    factor: Fraction = Fraction(1)
    common: list[str] = field(default_factory=list[str])
    bottoms: list[str] = field(default_factory=list[str])
    multiples: dict[str, Polynomial] = field(default_factory=dict[str, Polynomial])

    def subtract(self, name: str, cofactor: Polynomial) -> None:
        """Note that a multiple of an equation was taken away."""
        self.multiples[name] = add(self.multiples.get(name, {}), cofactor)


def cleared(search: Search, found: Found) -> str | None:
    """Steps that prove a comparison or "false" by clearing denominators and common factors, or None."""
    goal = found.sequent.goal
    if search.active or not (goal == FALSE or isinstance(goal, Compare)):
        return None
    if isinstance(goal, Compare) and not search.is_of_numbers(goal, found.sequent):
        return None
    found = replace(found, steps=list(found.steps), rewrites=list(found.rewrites))
    try:
        solve_for_names(search, found)
        clearing = Clearing(search, found)
        changed = clearing.facts()
        last = clearing.goal()
    except Rejected:
        return None
    if last is None and not changed:
        return None
    steps = last or by_arithmetic(search, found)
    return None if steps is None else " ".join([*found.steps, steps])


def solve_for_names(search: Search, found: Found) -> None:
    """Equations ``term = x`` replace the name ``x``, as those the other way round do already."""
    for name, fact in comparisons(found.sequent):
        match fact:
            case Compare("=", left, Variable(x) as variable_) if x not in free(left):
                if isinstance(left, Variable):
                    continue
                label = search.label(found.sequent, "v")
                before = found.sequent
                found.sequent = before.knowing(label, Compare("=", variable_, left))
                if search.rewrite(found, label):
                    found.steps.append(f"have {label} : {x} = {write(left)} {{ ring {name} (-1) }}")
                else:
                    found.sequent = before
            case _:
                pass


def by_arithmetic(search: Search, found: Found) -> str | None:
    """The end of a proof, by a fact, by what arithmetic always tries, or by products of many facts."""
    plain = replace(found, steps=[])
    return (
        search.known(found.sequent)
        or search.arithmetic(plain, LEVELS[:1])
        or by_products(search, plain)
        or search.arithmetic(plain, LEVELS[1:2])
    )


class Clearing:
    """The inverses in a sequent, and how to get rid of them."""

    def __init__(self, search: Search, found: Found) -> None:
        self.search, self.found = search, found
        self.signs = Signs(search, found)
        goal = found.sequent.goal
        self.wanted: Polynomial = {}
        if isinstance(goal, Compare):
            self.wanted = self.signs.arithmetic.canonical.difference(goal.right, goal.left)
        self.inverses: list[Inverse] = []
        for atom, term in enumerate([*self.signs.atoms.shown]):
            if isinstance(term, Quotient) and term.top == ONE:
                inverse = self.inverse(atom, term.bottom)
                if inverse is not None:
                    self.inverses.append(inverse)

    def inverse(self, atom: int, bottom: Term) -> Inverse | None:
        """What is known of an inverse; what it divides by is written as simply as equations allow."""
        arithmetic = self.signs.arithmetic
        below = arithmetic.canonical.term(bottom)
        one = add(multiply(variable(atom), below), {UNIT: -1})
        names = [known.name for known in arithmetic.equations if known.value == one]
        if not names:
            return None
        equation = names[0]
        for known in arithmetic.equations:
            simpler, times = shortened(below, known.value)
            if times and not self.of_inverses(known.value):
                u = arithmetic.term(variable(atom))
                product_is = Compare("=", arithmetic.term(multiply(variable(atom), simpler)), ONE)
                text = f"ring {equation} + {known.name} ({write(number_times(-times, u))})"
                equation = self.signs.know("q", product_is, self.signs.arithmetic.written(text, ""))
                below = simpler
        positive = self.signs.positive(below)
        return None if positive is None else Inverse(atom, below, equation, positive)

    def of_inverses(self, value: Polynomial) -> bool:
        """Whether an inverse stands in a polynomial."""
        return any(isinstance(self.signs.atoms.shown[atom], Quotient) for atom in atoms_of(value))

    def facts(self) -> bool:
        """Add what inequalities say of polynomials; whether there were any."""
        before = len(self.found.sequent.facts)
        for known in [*self.signs.arithmetic.bounds]:
            self.search.check_time()
            if not any(inverse.atom in atoms_of(known.value) for inverse in self.inverses):
                continue
            if len(known.value) == 1:
                continue
            out = self.clear(known.value)
            goal = Compare("<" if known.sign == POSITIVE else "<=", ZERO, real(self.term(out.rest)))
            label = self.search.label(self.found.sequent, "d")
            summands = [product_text(out.factor, [label, *out.common]), " ".join([known.name, *out.bottoms])]
            step = self.cone(summands, out, -1)
            attempt = self.found.sequent.showing(goal)
            if self.search.accepted(attempt, f"deny {label} {step}"):
                self.signs.know("c", goal, f"deny {label} {step}")
        return len(self.found.sequent.facts) > before

    def goal(self) -> str | None:
        """Steps that prove the goal from what it says of polynomials."""
        goal = self.found.sequent.goal
        if not isinstance(goal, Compare) or goal.relation == "=":
            return None
        out = self.clear(self.wanted)
        if not out.bottoms and not out.common:
            return None
        plain = Compare(goal.relation, ZERO, real(self.term(out.rest)))
        proof = by_arithmetic(self.search, replace(self.found, sequent=self.found.sequent.showing(plain)))
        if proof is None:
            return None
        name = self.search.label(self.found.sequent, "g")
        label = self.search.label(self.found.sequent, "d")
        summands = [" ".join([label, *out.bottoms]), product_text(out.factor, [name, *out.common])]
        last = f"deny {label} {self.cone(summands, out, 1)}"
        if not self.search.accepted(self.found.sequent.knowing(name, plain), last):
            return None
        return f"have {name} : {write(plain)} {{ {proof} }} {last}"

    def term(self, value: Polynomial) -> Term:
        """A polynomial as a term."""
        return self.signs.arithmetic.term(value)

    def cone(self, summands: Sequence[str], out: Cleared, sign: int) -> str:
        """``cone ...`` with these products and the multiples of equations."""
        multiples = [
            f"{name} ({write(self.term(scale(cofactor, sign)))})"
            for name, cofactor in out.multiples.items()
            if cofactor
        ]
        return self.signs.arithmetic.written("cone", " + ".join([*summands, *multiples]))

    def clear(self, value: Polynomial) -> Cleared:
        """A polynomial without inverses and common factors."""
        out = Cleared(value)
        groups: dict[frozenset[object], list[Inverse]] = {}
        for inverse in self.inverses:
            if inverse.atom in atoms_of(value):
                groups.setdefault(frozenset(inverse.bottom.items()), []).append(inverse)
        for group in groups.values():
            self.multiply_out(out, group)
        self.reduce(out)
        self.divide(out)
        return out

    def multiply_out(self, out: Cleared, group: Sequence[Inverse]) -> None:
        """Multiply by what all inverses of a group divide by, as often as they are multiplied."""
        exponents = [[dict(monomial).get(inverse.atom, 0) for inverse in group] for monomial in out.rest]
        most = max(map(sum, exponents))
        bottom = group[0].bottom
        powers = [power(bottom, k) for k in range(most + 1)]
        out.multiples = {name: multiply(c, powers[most]) for name, c in out.multiples.items()}
        out.bottoms += [group[0].positive] * most
        rest: Polynomial = {}
        for (monomial, coefficient), times in zip(out.rest.items(), exponents, strict=True):
            here, left = dict(monomial), most
            for inverse, count in zip(group, times, strict=True):
                for _ in range(count):
                    here[inverse.atom] -= 1
                    left -= 1
                    plain = tuple((a, e) for a, e in here.items() if e)
                    out.subtract(inverse.equation, multiply({plain: coefficient}, powers[left]))
            plain = tuple((a, e) for a, e in here.items() if e)
            add_scaled(rest, multiply({plain: coefficient}, powers[left]))
        out.rest = rest

    def reduce(self, out: Cleared) -> None:
        """Replace monomials by those that they are equal to, where two monomials are equal."""
        rules: list[tuple[Known, Monomial]] = []
        for known in self.signs.arithmetic.equations:
            if len(known.value) == 2 and not self.of_inverses(known.value):
                rules.append((known, max(known.value, key=lambda m: (sum(e for _, e in m), m))))
        for _ in range(MAX_STEPS):
            for (known, lead), monomial in product(rules, out.rest):
                cofactor = without(monomial, lead)
                if cofactor is not None:
                    times: Polynomial = {cofactor: Fraction(out.rest[monomial]) / known.value[lead]}
                    out.rest = add(out.rest, scale(multiply(known.value, times), -1))
                    out.subtract(known.name, times)
                    break
            else:
                return

    def divide(self, out: Cleared) -> None:
        """Take away the positive factors that all terms have in common."""
        if not out.rest:
            return
        numbers = [Fraction(c) for c in out.rest.values()]
        below = lcm(*(c.denominator for c in numbers))
        out.factor = Fraction(gcd(*(int(c * below) for c in numbers)), below)
        common = reduce(common_part, out.rest)
        kept: Monomial = UNIT
        for atom, exponent in common:
            name = self.signs.positive(variable(atom))
            if name is not None:
                out.common += [name] * exponent
                kept = multiply_monomials(kept, ((atom, exponent),))
        rest: Polynomial = {}
        for monomial, coefficient in out.rest.items():
            divided = without(monomial, kept)
            if divided is not None:
                rest[divided] = Fraction(coefficient) / out.factor
        out.rest = rest


def shortened(value: Polynomial, equation: Polynomial) -> tuple[Polynomial, Fraction]:
    """The polynomial less a multiple of an equation, and this multiple, where that has fewer terms."""
    for monomial, coefficient in equation.items():
        if monomial in value:
            times = Fraction(value[monomial]) / coefficient
            simpler = add(value, scale(equation, -times))
            if simpler and len(simpler) < len(value):
                return simpler, times
    return value, Fraction(0)


def number_times(factor: Fraction, term: Term) -> Term:
    """A multiple of a term."""
    return Times((number(factor), term))


def product_text(factor: Fraction, names: Sequence[str]) -> str:
    """A number times facts, as a certificate writes it."""
    return " ".join([*([] if factor == 1 else [str(factor)]), *names])


def common_part(one: Monomial, other: Monomial) -> Monomial:
    """The largest monomial that divides both."""
    there = dict(other)
    return tuple((atom, min(e, there[atom])) for atom, e in one if there.get(atom, 0) > 0)


# -- the best point ----------------------------------------------------------------------------------------


def at_best_points(search: Search, found: Found) -> str | None:
    """Steps that prove the goal from a fact "no value is larger", used where all variables are equal."""
    if search.active:
        return None
    for path, fact in paths(found.sequent):
        names: list[str] = []
        body = fact
        while isinstance(body, ForAll | Implies):
            if isinstance(body, ForAll):
                names.append(body.name)
            body = body.body if isinstance(body, ForAll) else body.right
        sorts = sorts_of(fact)
        if not names or sorts - {INT, REAL} or not isinstance(body, Compare) or body.relation == "=":
            continue
        for value in candidates(found.sequent, body, sorts == {INT}):
            attempt = replace(found, steps=list(found.steps), rewrites=list(found.rewrites))
            if not used(search, attempt, path, fact, value):
                continue
            for term in closed_terms([fact for _, fact in comparisons(attempt.sequent)], (Quotient,)):
                search.describe(attempt, term)
            steps = cleared(search, attempt)
            if steps is not None:
                return steps
    return None


def sorts_of(fact: Formula) -> set[object]:
    """The sorts of what a fact says something for all of."""
    out: set[object] = set()
    while isinstance(fact, ForAll | Implies):
        if isinstance(fact, ForAll):
            out.add(fact.sort)
        fact = fact.body if isinstance(fact, ForAll) else fact.right
    return out


def candidates(sequent: Sequent, conclusion: Compare, are_whole: bool) -> Sequence[Term]:
    """Values for all variables at once: names that a bound or a budget brings in, and 1."""
    spoken = free(conclusion)
    names = [
        name
        for name, sort in sequent.scope.items()
        if sort == (INT if are_whole else REAL) and name not in spoken
    ]
    return [*(Variable(name) for name in reversed(names)), ONE][:MAX_POINTS]


def used(search: Search, found: Found, path: str, fact: Formula, value: Term) -> bool:
    """``use k : h(value, ...) {premise} ...`` if arithmetic proves the premises; whether it does."""
    sequent = found.sequent
    text = path
    while isinstance(fact, ForAll | Implies):
        if isinstance(fact, ForAll):
            fact = logic.instance(fact, [value], sequent.scope)
            text += f"({write(value)})"
            continue
        premise, fact = logic.consequence(fact)
        attempt = replace(found, sequent=sequent.showing(premise), steps=[])
        proof = search.known(attempt.sequent) or search.arithmetic(attempt)
        if proof is None:
            return False
        text += f" {{ {proof} }}"
    label = search.label(sequent, "i")
    found.sequent = sequent.knowing(label, fact)
    found.steps.append(f"use {label} : {text}")
    return True
