"""Search for the steps of arithmetic: ``ring`` with multiples of equations, ``cone`` with products of facts.

A goal is written as a polynomial in atoms, as the kernel does it; what may be added up are the facts, their
products, squares, and multiples of equations. Which of them, and how often, is a linear problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import combinations, combinations_with_replacement

from symcnn.kernel.arithmetic import NONNEGATIVE, POSITIVE, ZERO
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE, Monomial, Polynomial, add, constant, multiply, scale, variable
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import FALSE, INT, RING, Compare, Plus, Power, Rejected, Term, Times, number
from symcnn.kernel.writing import write
from symcnn.search.facts import comparisons, named
from symcnn.search.linear import combination, nothing

MAX_COLUMNS = 900
MAX_PAIRS = 24
MAX_COFACTORS = 150
LEVELS = (0, 1, 2)


@dataclass(frozen=True)
class Known:
    """A fact that can be added up: its name in the certificate, its value, and what is known of its sign."""

    name: str
    value: Polynomial
    sign: str


@dataclass(frozen=True)
class Summand:
    """A product of facts and squares as a certificate writes it, its value, and whether it is > 0."""

    text: str
    value: Polynomial
    positive: bool


@dataclass(frozen=True)
class Multiple:
    """An equation times a monomial."""

    known: Known
    monomial: Monomial
    value: Polynomial


@dataclass
class Arithmetic:
    """The facts of a sequent as polynomials, after rewrites (the names of equations).

    What is added up has levels, each with more products than the one before; those from ``min_level`` to
    ``max_level`` are tried.
    """

    sequent: Sequent
    atoms: Atoms = field(default_factory=Atoms)
    rewrites: Sequence[str] = ()
    min_level: int = 0
    max_level: int = 2
    check_time: Callable[[], None] = nothing

    def __post_init__(self) -> None:
        equations = [named(self.sequent, name) for name in self.rewrites]
        self.canonical = Canonical(self.sequent.scope, self.atoms, equations)
        self.equations: list[Known] = []
        self.bounds: list[Known] = []
        for name, formula in comparisons(self.sequent):
            if name not in self.rewrites:
                self._know(name, formula)

    def _know(self, name: str, formula: Compare) -> None:
        sort = self._sort(formula)
        if sort == RING and formula.relation != "=":
            return
        try:
            if formula.relation == "=":
                self.equations.append(Known(name, self._difference(formula.left, formula.right), ZERO))
                return
            value = self._difference(formula.right, formula.left)
        except Rejected:
            return
        if formula.relation == "<=":
            self.bounds.append(Known(name, value, NONNEGATIVE))
        elif sort == INT:
            self.bounds.append(Known(name, add(value, constant(-1)), NONNEGATIVE))
        else:
            self.bounds.append(Known(name, value, POSITIVE))

    def _sort(self, formula: Compare) -> str:
        scope = self.sequent.scope
        found = {sort_of(formula.left, scope), sort_of(formula.right, scope)} - {INT}
        return found.pop() if found else INT

    def _difference(self, left: Term, right: Term) -> Polynomial:
        return self.canonical.difference(left, right)

    # -- goals -----------------------------------------------------------------------------------------------

    def step(self) -> str | None:
        """A step that proves the goal, if one is found."""
        goal = self.sequent.goal
        try:
            if goal == FALSE:
                return self.contradiction()
            if not isinstance(goal, Compare):
                return None
            if goal.relation == "=":
                return self.equation(goal)
            return self.inequality(goal)
        except Rejected:
            return None

    def equation(self, goal: Compare) -> str | None:
        """``ring ...``: the difference is a sum of multiples of equations."""
        target = self._difference(goal.left, goal.right)
        if not target:
            return self.written("ring", "")
        for level in LEVELS[self.min_level : self.max_level + 1]:
            multiples = self.multiples(level, [target])
            found = combination(target, [m.value for m in multiples], [], (), self.check_time)
            if found is not None:
                return self.written("ring", self.sum_of(multiples, found.free))
        return None

    def inequality(self, goal: Compare) -> str | None:
        """``cone ...``: the difference of the sides is a sum of what is not negative."""
        target = self._difference(goal.right, goal.left)
        strict = goal.relation == "<"
        if strict and self._sort(goal) == INT:
            target, strict = add(target, constant(-1)), False
        for level in LEVELS[self.min_level : self.max_level + 1]:
            products = self.products(level, [target])
            multiples = self.multiples(level, [target, *(s.value for s in products)])
            found = combination(
                target, [m.value for m in multiples], [s.value for s in products], (), self.check_time
            )
            if found is None:
                continue
            if strict and not any(f and s.positive for f, s in zip(found.cone, products, strict=True)):
                continue
            return self.written("cone", self.all_of(multiples, found.free, products, found.cone))
        return None

    def contradiction(self) -> str | None:
        """``cone ...``: what is not negative adds up to a number < 0, or what is > 0 to 0."""
        for level in LEVELS[self.min_level : self.max_level + 1]:
            targets = [known.value for known in (*self.bounds, *self.equations)]
            products = self.products(level, targets)
            multiples = self.multiples(level, [*targets, *(s.value for s in products)])
            free, cone = [m.value for m in multiples], [s.value for s in products]
            found = combination(constant(-1), free, cone, (), self.check_time)
            if found is None:
                strict = [k for k, s in enumerate(products) if s.positive and s.value != constant(1)]
                found = combination({}, free, cone, strict, self.check_time) if strict else None
            if found is not None:
                return self.written("cone", self.all_of(multiples, found.free, products, found.cone))
        return None

    # -- what is added up ------------------------------------------------------------------------------------

    def monomials(self, targets: Sequence[Polynomial]) -> list[Monomial]:
        """The monomials that products should be able to make, those of the targets first."""
        known = [k.value for k in (*self.equations, *self.bounds)]
        return list(dict.fromkeys(m for p in (*targets, *known) for m in p))

    def products(self, level: int, targets: Sequence[Polynomial]) -> list[Summand]:
        """Products of facts and squares, the more the higher the level."""
        out: dict[str, Summand] = {}

        def put(factors: Sequence[Known], square: Polynomial | None = None) -> None:
            text = " ".join(sorted(k.name for k in factors))
            if square is not None:
                text = f"{text} ({write(self.term(square))})^2".strip()
            if text in out or len(out) >= MAX_COLUMNS:
                return
            self.check_time()
            value = reduce(multiply, (k.value for k in factors), constant(1))
            value = value if square is None else multiply(value, multiply(square, square))
            out[text] = Summand(text, value, square is None and all(k.sign == POSITIVE for k in factors))

        put(())
        for known in self.bounds:
            put((known,))
        if level == 0:
            return list(out.values())
        for factors in self.of_bounds(targets):
            put(factors)
        bounds = self.bounds[-MAX_PAIRS:]
        for pair in combinations_with_replacement(bounds, 2):
            put(pair)
        if level == 1:
            return list(out.values())
        atoms = sorted({atom for m in self.monomials(targets) for atom, _ in m})[:12]
        roots = [variable(a) for a in atoms if a not in self.atoms.of_ring]
        roots += [add(x, scale(y, -1)) for x, y in combinations(roots, 2)]
        for root in roots:
            put((), root)
        for root in roots:
            for known in self.bounds[:8]:
                put((known,), root)
        if len(self.bounds) <= 10:
            for triple in combinations_with_replacement(self.bounds, 3):
                put(triple)
        return list(out.values())

    def of_bounds(self, targets: Sequence[Polynomial]) -> Iterator[tuple[Known, ...]]:
        """For each monomial the products of lower bounds of its factors: ``(x - 1)(y - 1)`` for ``x y``."""
        lower: dict[int, Known] = {}
        for known in self.bounds:
            match [m for m in known.value if m != ONE]:
                case [((atom, 1),)] if known.value[((atom, 1),)] == 1:
                    lower.setdefault(atom, known)
                case _:
                    pass
        for monomial in self.monomials(targets):
            choices: list[list[tuple[Known, ...]]] = [
                [(lower[atom],) * e for e in range(exponent + 1)] if atom in lower else [()]
                for atom, exponent in monomial
                if exponent > 0
            ]
            found: list[tuple[Known, ...]] = [()]
            for choice in choices:
                found = [(*f, *c) for f in found for c in choice]
                if len(found) > 128:
                    break
            yield from found

    def multiples(self, level: int, targets: Sequence[Polynomial]) -> list[Multiple]:
        """Equations times monomials."""
        factors: list[Monomial] = [ONE]
        if level >= 1:
            atoms = {atom for m in self.monomials(targets) for atom, _ in m}
            factors += [((atom, 1),) for atom in sorted(atoms)]
            factors += self.cofactors(targets)
        if level >= 2:
            atoms = {atom for m in self.monomials(targets) for atom, _ in m}
            pairs = combinations_with_replacement(sorted(atoms)[:10], 2)
            factors += [m for a, b in pairs for m in multiply(variable(a), variable(b))]
        out: list[Multiple] = []
        for known in self.equations:
            self.check_time()
            for monomial in dict.fromkeys(factors):
                if len(out) >= MAX_COLUMNS:
                    return out
                out.append(Multiple(known, monomial, multiply(known.value, {monomial: 1})))
        return out

    def cofactors(self, targets: Sequence[Polynomial]) -> list[Monomial]:
        """What a monomial of an equation lacks to be one of a target."""
        wanted = [dict(m) for p in targets for m in p]
        out: dict[Monomial, None] = {}
        for known in self.equations:
            for part in known.value:
                self.check_time()
                for whole in wanted:
                    if all(whole.get(atom, 0) >= e for atom, e in part):
                        left = {a: e - dict(part).get(a, 0) for a, e in whole.items()}
                        out[tuple(sorted((a, e) for a, e in left.items() if e))] = None
        return sorted(out, key=lambda monomial: sum(e for _, e in monomial))[:MAX_COFACTORS]

    # -- as text ---------------------------------------------------------------------------------------------

    def written(self, step: str, sum_: str) -> str:
        """The step with its sum and its rewrites."""
        using = f"using {', '.join(self.rewrites)}" if self.rewrites else ""
        return " ".join(part for part in (step, sum_, using) if part)

    def sum_of(self, multiples: Sequence[Multiple], factors: Sequence[Fraction]) -> str:
        """Each equation once, times the polynomial by which it is multiplied."""
        by_name: dict[str, Polynomial] = {}
        for multiple, factor in zip(multiples, factors, strict=True):
            if factor:
                here = by_name.setdefault(multiple.known.name, {})
                here[multiple.monomial] = here.get(multiple.monomial, Fraction(0)) + factor
        return " + ".join(self._multiple(name, factor) for name, factor in by_name.items())

    def _multiple(self, name: str, factor: Polynomial) -> str:
        if set(factor) == {ONE}:
            value = Fraction(factor[ONE])
            if value > 0:
                return name if value == 1 else f"{value} {name}"
        return f"{name} ({write(self.term(factor))})"

    def all_of(
        self,
        multiples: Sequence[Multiple],
        free: Sequence[Fraction],
        products: Sequence[Summand],
        cone: Sequence[Fraction],
    ) -> str:
        """The products with their factors, and the multiples of equations."""
        out: list[str] = []
        for product, factor in zip(products, cone, strict=True):
            if factor:
                shown = "" if factor == 1 and product.text else f"{factor} "
                out.append(f"{shown}{product.text}".strip())
        equations = self.sum_of(multiples, free)
        return " + ".join([*out, *([equations] if equations else [])])

    def term(self, value: Polynomial) -> Term:
        """A polynomial in atoms as a term."""
        return term_of(value, self.atoms)


def term_of(value: Polynomial, atoms: Atoms) -> Term:
    """A polynomial in atoms as a term of the kernel."""
    terms: list[Term] = []
    for monomial, coefficient in value.items():
        factors: list[Term] = []
        for atom, exponent in monomial:
            shown = atoms.shown[atom]
            factors.append(shown if exponent == 1 else Power(shown, exponent))
        if coefficient != 1 or not factors:
            factors.insert(0, number(coefficient))
        terms.append(factors[0] if len(factors) == 1 else Times(tuple(factors)))
    return number(0) if not terms else terms[0] if len(terms) == 1 else Plus(tuple(terms))
