"""Search for contradictions among inequalities: facts times monomials that are positive, and squares.

Where all sides are homogeneous, as they are for volumes and surfaces, only products of one degree can cancel,
so that few enough are left to try even where they have six factors. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.arithmetic import NONNEGATIVE, POSITIVE
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import (
    Monomial,
    Polynomial,
    constant,
    multiply,
    multiply_monomials,
    variable,
)
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import FALSE, INT, ONE, ZERO, Compare, Formula, Quotient, Rejected, Term
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, Known, Multiple, Summand
from symcnn.search.facts import comparisons
from symcnn.search.linear import combination

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_DEGREE = 6
MAX_ATOMS = 9
MAX_PRODUCTS = 1500


class Signs:
    """The facts of a search as polynomials, and what is positive among them.

    Facts that are needed are shown and added to ``found``. Between whole numbers 0 < n says that n - 1 is not
    negative, so what is positive is written as 0 < n/1, which is between reals.
    """

    def __init__(self, search: Search, found: Found) -> None:
        self.search, self.found, self.atoms = search, found, Atoms()
        self.refresh()

    def refresh(self) -> None:
        """Read the facts again."""
        self.arithmetic = Arithmetic(
            self.found.sequent, self.atoms, self.found.rewrites, check_time=self.search.check_time
        )

    def know(self, hint: str, fact: Formula, proof: str) -> str:
        """Add a fact with its proof; its name."""
        name = self.search.label(self.found.sequent, hint)
        self.found.sequent = self.found.sequent.knowing(name, fact)
        self.found.steps.append(f"have {name} : {write(fact)} {{ {proof} }}")
        self.refresh()
        return name

    def positive(self, value: Polynomial) -> str | None:
        """The name of a fact that a polynomial is > 0, if that is a fact or soon shown."""
        for known in self.arithmetic.bounds:
            if known.sign == POSITIVE and known.value == value:
                return known.name
        goal = Compare("<", ZERO, real(self.arithmetic.term(value)))
        attempt = self.found.sequent.showing(goal)
        proof = Arithmetic(attempt, Atoms(), self.found.rewrites, 0, 1, self.search.check_time).step()
        if proof is None or not self.search.accepted(attempt, proof):
            return None
        return self.know("p", goal, proof)

    def of_atoms(self, atoms: set[int]) -> dict[int, Known]:
        """For each of the atoms that is not negative the fact that says so."""
        out: dict[int, Known] = {}
        for known in [*self.arithmetic.bounds]:
            match [m for m in known.value if m != UNIT]:
                case [((atom, 1),) as monomial] if known.value[monomial] == 1 and atom in atoms:
                    pass
                case _:
                    continue
            least = -known.value.get(UNIT, 0)
            if known.sign == POSITIVE and least == 0:
                out[atom] = known
            elif least > 0 and (atom not in out or out[atom].sign != POSITIVE):
                name = self.positive(variable(atom))
                if name is not None:
                    out[atom] = Known(name, variable(atom), POSITIVE)
            elif least == 0:
                out.setdefault(atom, known)
        return out


def real(term: Term) -> Term:
    """The same number as a real."""
    return Quotient(term, ONE)


def multiplied(search: Search, found: Found) -> str | None:
    """Steps that prove the goal by products of facts, after those that were found, or None."""
    step = None if search.active else by_products(search, found)
    return None if step is None else " ".join([*found.steps, step])


def by_products(search: Search, found: Found) -> str | None:
    """Steps that prove a comparison or "false" by products of facts, or None."""
    goal = found.sequent.goal
    if goal == FALSE:
        return contradiction(search, found) if comparisons(found.sequent) else None
    if not isinstance(goal, Compare) or not search.is_of_numbers(goal, found.sequent):
        return None
    if goal.relation != "=":
        label = search.label(found.sequent, "d")
        denied = replace(found, sequent=logic.deny(found.sequent, label), steps=[])
        steps = contradiction(search, denied)
        return None if steps is None else f"deny {label} {steps}"
    blocks: list[str] = []
    for left, right in ((goal.left, goal.right), (goal.right, goal.left)):
        part = replace(found, sequent=found.sequent.showing(Compare("<=", left, right)), steps=[])
        steps = search.known(part.sequent) or by_products(search, part)
        if steps is None:
            return None
        blocks.append(f"{{ {steps} }}")
    new = search.label(found.sequent, "e")
    law = f"law {new} : antisymmetry {write(goal.left)}, {write(goal.right)}"
    return " ".join([law, *blocks, f"exactly {new}"])


def contradiction(search: Search, found: Found) -> str | None:
    """Steps that prove "false" by products of the facts, the last of which is needed."""
    found = replace(found, steps=[])
    signs = Signs(search, found)
    try:
        last = strictly(signs)
        if last is None:
            return None
        least = max(degree_of(last.value), 1)
        for exact, most in ((True, MAX_DEGREE), (False, least + 2)):
            pool = Pool.of(signs, last, exact) if not exact or is_homogeneous(last.value) else None
            for degree in range(least, most + 1):
                step = None if pool is None else pool.step(degree)
                if step is not None and search.accepted(found.sequent, step):
                    return " ".join([*found.steps, step])
    except Rejected:
        pass
    return None


def strictly(signs: Signs) -> Known | None:
    """The last fact; of whole numbers it is 0 < n/1."""
    name, fact = comparisons(signs.found.sequent)[-1]
    if fact.relation == "<" and sort_of(fact.left, signs.found.sequent.scope) == INT:
        value = signs.arithmetic.canonical.difference(fact.right, fact.left)
        strict = signs.positive(value)
        name = name if strict is None else strict
    for known in signs.arithmetic.bounds:
        if known.name == name:
            return known
    return None


def degree_of(value: Polynomial) -> int:
    """The largest degree of a monomial."""
    return max((sum(e for _, e in monomial) for monomial in value), default=0)


def is_homogeneous(value: Polynomial) -> bool:
    """Whether all monomials have one degree."""
    return len({sum(e for _, e in monomial) for monomial in value}) <= 1


@dataclass
class Pool:
    """The facts that may be multiplied: the last one, the others, and the atoms that are not negative."""

    signs: Signs
    last: Known
    facts: Sequence[Known]
    equations: Sequence[Known]
    positive: dict[int, Known]
    atoms: list[int]
    exact: bool

    @staticmethod
    def of(signs: Signs, last: Known, exact: bool) -> Pool | None:
        """What has to do with the last fact, or the homogeneous part of it; None if that is too much."""
        arithmetic = signs.arithmetic
        linked = [
            k for k in (*arithmetic.equations, *arithmetic.bounds) if is_homogeneous(k.value) or not exact
        ]
        atoms = atoms_of(last.value)
        while True:
            more = {
                a for k in linked if len(k.value) > 1 and atoms & atoms_of(k.value) for a in atoms_of(k.value)
            }
            if more <= atoms:
                break
            atoms |= more
        if len(atoms) > MAX_ATOMS or atoms & signs.atoms.of_ring:
            return None
        positive = signs.of_atoms(atoms)
        arithmetic = signs.arithmetic
        of_signs = {known.name for known in positive.values()}

        def fits(known: Known) -> bool:
            fits = atoms_of(known.value) <= atoms and bool(known.value)
            return fits and (is_homogeneous(known.value) or not exact)

        facts = [k for k in arithmetic.bounds if k.name not in of_signs and fits(k)]
        equations = [k for k in arithmetic.equations if fits(k)]
        return Pool(signs, last, facts, equations, positive, sorted(atoms), exact)

    def monomials(self, atoms: Sequence[int], degree: int) -> list[Monomial]:
        """The monomials in these atoms of the degree, or up to it where not all is homogeneous."""
        if degree < 0:
            return []
        lowest = degree if self.exact else 0
        return [
            monomial_of(factors)
            for each in range(lowest, degree + 1)
            for factors in combinations_with_replacement(atoms, each)
        ]

    def step(self, degree: int) -> str | None:
        """``cone ...`` with products of this degree that add up to 0, one of them positive."""
        products: list[Summand] = []
        for summand in self.products(degree):
            self.signs.search.check_time()
            products.append(summand)
            if len(products) > MAX_PRODUCTS:
                return None
        multiples = [
            Multiple(known, monomial, multiply(known.value, {monomial: 1}))
            for known in self.equations
            for monomial in self.monomials(self.atoms, degree - degree_of(known.value))
        ]
        strict = [k for k, summand in enumerate(products) if summand.positive]
        if len(multiples) > MAX_PRODUCTS or not strict:
            return None
        free, cone = [m.value for m in multiples], [s.value for s in products]
        found = combination({}, free, cone, strict, self.signs.search.check_time)
        if found is None:
            return None
        arithmetic = self.signs.arithmetic
        return arithmetic.written("cone", arithmetic.all_of(multiples, found.free, products, found.cone))

    def products(self, degree: int) -> Iterator[Summand]:
        """Positive monomials, times a fact, two facts of which one is the last, or a square."""
        positive = sorted(self.positive)
        groups = [(), *((known,) for known in self.facts), *((self.last, known) for known in self.facts)]
        for group in groups:
            value = constant(1)
            for known in group:
                value = multiply(value, known.value)
            for monomial in self.monomials(positive, degree - degree_of(value)):
                yield self.product(monomial, group, value)
        for root in self.roots(degree):
            value = multiply(root, root)
            square = Known(f"({write(self.signs.arithmetic.term(root))})^2", value, NONNEGATIVE)
            for monomial in self.monomials(positive, degree - degree_of(value)):
                yield self.product(monomial, (square,), value)

    def roots(self, degree: int) -> Iterator[Polynomial]:
        """What may be squared: differences of atoms, and of products of two of them."""
        plain: list[Monomial] = [((atom, 1),) for atom in self.atoms]
        pairs = self.monomials(self.atoms, 2) if degree <= 4 else []
        for monomials in (plain, pairs):
            for one, other in combinations(monomials, 2):
                if not atoms_of({one: 1}) & atoms_of({other: 1}):
                    yield {one: 1, other: -1}

    def product(self, monomial: Monomial, group: Sequence[Known], value: Polynomial) -> Summand:
        """A monomial times facts or squares, whose product is given."""
        factors = [*(self.positive[atom] for atom, e in monomial for _ in range(e)), *group]
        text = " ".join(known.name for known in factors)
        return Summand(text, multiply(value, {monomial: 1}), all(known.sign == POSITIVE for known in factors))


def atoms_of(value: Polynomial) -> set[int]:
    """The atoms of a polynomial."""
    return {atom for monomial in value for atom, _ in monomial}


def monomial_of(factors: Sequence[int]) -> Monomial:
    """The product of atoms."""
    out: Monomial = UNIT
    for atom in factors:
        out = multiply_monomials(out, ((atom, 1),))
    return out


def without(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """The quotient of two monomials, or None where it is none."""
    left = dict(monomial)
    for atom, exponent in divisor:
        if left.get(atom, 0) < exponent:
            return None
        left[atom] -= exponent
    return tuple((atom, e) for atom, e in left.items() if e)
