"""Signs of polynomials: that one is positive because of the lower bounds of its variables.

Each variable is either kept, where it is known to be at least 0 or 1, or replaced by its distance from a
lower bound, which may use other variables: L is K + t where K <= L. A polynomial is positive where no term of
it is negative then, or where each negative term is outweighed by a positive one that it divides. What is no
such polynomial is taken apart into factors first. The kernel replays what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcnn.kernel.arithmetic import POSITIVE
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import (
    ONE,
    Monomial,
    Polynomial,
    add,
    add_scaled,
    constant,
    multiply,
    scale,
    variable,
)
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import INT, RING, ZERO, Compare, Rejected, Term, number
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, Known, term_of
from symcnn.search.linear import combination

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_TERMS = 1200
# Beyond this a polynomial is not written in two ways, to take the shorter one.
MANY = 24
MAX_COLUMNS = 120
MAX_FACTORED = 400
MAX_ROUNDS = 2
# Distances from lower bounds are numbered from here on, behind all atoms.
DISTANCES = 1 << 20

Factors = tuple[str, ...]


@dataclass(frozen=True)
class Generator:
    """What is not negative: the fact that says so, its least value, and whether it is > 0.

    ``above`` is the fact that stands for what is left of it over ``least``.
    """

    fact: str
    positive: bool
    least: int = 0
    above: str = ""


@dataclass
class Coordinates:
    """How variables are counted, and what is known of the new ones and of nothing but them."""

    moved: dict[int, Polynomial] = field(default_factory=dict[int, Polynomial])
    distances: dict[int, Polynomial] = field(default_factory=dict[int, Polynomial])
    generators: dict[int, Generator] = field(default_factory=dict[int, Generator])
    products: list[tuple[Monomial, Polynomial]] = field(default_factory=list[tuple[Monomial, Polynomial]])
    others: list[Known] = field(default_factory=list[Known])
    equations: list[Known] = field(default_factory=list[Known])

    def of(self, value: Polynomial) -> Polynomial:
        """A polynomial in the new variables."""
        for whole, instead in self.products:
            value = replaced(value, whole, instead)
        out: Polynomial = {}
        for monomial, coefficient in value.items():
            term: Polynomial = {
                tuple((atom, e) for atom, e in monomial if atom not in self.moved): coefficient
            }
            for atom, exponent in monomial:
                for _ in range(exponent if atom in self.moved else 0):
                    term = multiply(term, self.moved[atom])
                    if len(term) > MAX_TERMS:
                        raise Rejected("the polynomial has too many terms")
            add_scaled(out, term)
        return out


def replaced(value: Polynomial, whole: Monomial, instead: Polynomial) -> Polynomial:
    """A polynomial with another one in place of a product, as often as it divides a term."""
    while True:
        out: Polynomial = {}
        changed = False
        for monomial, coefficient in value.items():
            rest = divided(monomial, whole)
            if rest is None:
                add_scaled(out, {monomial: coefficient})
            else:
                changed = True
                add_scaled(out, multiply({rest: coefficient}, instead))
        if not changed:
            return out
        value = out


def divided(monomial: Monomial, by: Monomial) -> Monomial | None:
    """The quotient of two monomials, if it is one."""
    left = dict(monomial)
    for atom, exponent in by:
        here = left.get(atom, 0) - exponent
        if here < 0:
            return None
        left[atom] = here
    return tuple((atom, e) for atom, e in left.items() if e)


Method = Callable[[Coordinates, Polynomial, bool], list[tuple[Fraction, Factors]] | None]


class Signs:
    """What is known of signs in a sequent, after its rewrites."""

    def __init__(self, search: Search, found: Found, thorough: bool = True) -> None:
        self.search = search
        # Linear programming takes long where it finds nothing.
        self.thorough = thorough
        self.sequent: Sequent = found.sequent
        self.atoms = Atoms()
        self.arithmetic = Arithmetic(found.sequent, self.atoms, found.rewrites)
        self.canonical = self.arithmetic.canonical
        self.haves: dict[str, str] = {}
        self.shown: dict[tuple[frozenset[Any], bool], str | None] = {}
        self._systems: dict[bool, Coordinates] = {}

    # -- coordinates -----------------------------------------------------------------------------------------

    def system(self, kept: bool) -> Coordinates:
        """The variables counted from 0 or from their lower bounds; computed once."""
        if kept not in self._systems:
            self._systems[kept] = self._new_system(kept)
        return self._systems[kept]

    def _new_system(self, kept: bool) -> Coordinates:
        out = Coordinates(equations=self.arithmetic.equations)
        used: set[str] = set()
        chosen: dict[int, tuple[Known, Polynomial]] = {}
        bounds = list(self._lower_bounds())
        signed = self._signed(bounds)

        def order(bound: tuple[Known, int, Polynomial]) -> tuple[bool, int]:
            atoms = {atom for monomial in bound[2] for atom, _ in monomial}
            return not atoms <= signed or any(c < 0 for c in bound[2].values()), -len(atoms)

        for known, atom, rest in sorted(bounds, key=order):
            if atom in chosen or self._reaches(chosen, rest, atom):
                continue
            chosen[atom] = known, rest
            used.add(known.name)
        for atom, (known, rest) in chosen.items():
            low = rest.get(ONE, 0)
            positive = known.sign == POSITIVE
            if set(rest) <= {ONE} and (low == 0 or (kept and low > 0)):
                if low == 0:
                    out.generators[atom] = Generator(known.name, positive)
                else:
                    fact = self._at_least(0, atom, known, Fraction(low))
                    above = known.name if low <= 1 else self._at_least(1, atom, known, Fraction(low))
                    out.generators[atom] = Generator(fact, False, 1 if low >= 1 else 0, above)
                continue
            out.moved[atom] = add(variable(DISTANCES + atom), rest)
            out.distances[DISTANCES + atom] = known.value
            out.generators[DISTANCES + atom] = Generator(known.name, positive)
        # A bound may use variables that are counted from bounds themselves.
        for atom in self._inner_first(out.moved):
            out.moved[atom] = out.of(out.moved[atom])
        self._whole_products(out, used)
        for known in self.arithmetic.bounds:
            value = out.of(known.value)
            if known.name not in used and any(c < 0 for c in value.values()):
                out.others.append(Known(known.name, value, known.sign))
        return out

    def _signed(self, bounds: Sequence[tuple[Known, int, Polynomial]]) -> set[int]:
        """The atoms that are not negative by their bounds."""
        signed: set[int] = set()
        while True:
            more = {
                atom
                for _, atom, rest in bounds
                if all(c >= 0 and signed >= {a for a, _ in m} for m, c in rest.items())
            }
            if more <= signed:
                return signed
            signed |= more

    def _lower_bounds(self) -> Iterator[tuple[Known, int, Polynomial]]:
        """Facts ``atom >= rest``, where the rest has no products of what may be negative."""
        for known in reversed(self.arithmetic.bounds):
            for monomial, coefficient in known.value.items():
                match monomial:
                    case ((atom, 1),) if coefficient == 1 and atom not in self.atoms.of_ring:
                        rest = scale({m: c for m, c in known.value.items() if m != monomial}, -1)
                        # A product in the bound would make each power of the atom a long sum.
                        if any(len(m) > 1 or atom == other or e > 1 for m in rest for other, e in m):
                            continue
                        yield known, atom, rest
                    case _:
                        pass

    def _reaches(self, chosen: Mapping[int, tuple[Known, Polynomial]], rest: Polynomial, atom: int) -> bool:
        """Whether the bound of something in the rest leads back to this atom."""
        waiting = [other for monomial in rest for other, _ in monomial]
        seen: set[int] = set()
        while waiting:
            here = waiting.pop()
            if here == atom:
                return True
            if here in chosen and here not in seen:
                seen.add(here)
                waiting += [other for monomial in chosen[here][1] for other, _ in monomial]
        return False

    def _inner_first(self, moved: Mapping[int, Polynomial]) -> list[int]:
        out: list[int] = []

        def visit(atom: int) -> None:
            if atom in out:
                return
            for monomial in moved[atom]:
                for other, _ in monomial:
                    if other in moved:
                        visit(other)
            out.append(atom)

        for atom in moved:
            visit(atom)
        return out

    def _at_least(self, least: int, atom: int, known: Known, low: Fraction) -> str:
        """The name of the fact that an atom is at least 0 or 1, from one with a larger number."""
        label = self.search.label(self.sequent, "g")
        fact = write(Compare("<=", number(least), self.atoms.shown[atom]))
        self.haves[label] = f"have {label} : {fact} {{ {self._cone(f'{known.name} + {low - least}')} }}"
        return label

    def _whole_products(self, out: Coordinates, used: set[str]) -> None:
        """``d*q`` of a floor is what it rounds down, less a remainder that is not negative."""
        for known in self.arithmetic.bounds:
            if known.name in used or known.sign == POSITIVE:
                continue
            below = [m for m, c in known.value.items() if c == -1 and len(m) == 2]
            for whole in below:
                free = [atom for atom, _ in whole if atom not in out.generators and atom not in out.moved]
                if len(free) != 1 or any(free[0] == a for m in known.value if m != whole for a, _ in m):
                    continue
                remainder = 2 * DISTANCES + len(out.products)
                rest = {m: c for m, c in known.value.items() if m != whole}
                out.products.append((whole, add(rest, scale(variable(remainder), -1))))
                out.generators[remainder] = Generator(known.name, False)
                used.add(known.name)
                break

    # -- signs -----------------------------------------------------------------------------------------------

    def _cone(self, sum_: str) -> str:
        return self.arithmetic.written("cone", sum_)

    def step(self, goal: Compare) -> str | None:
        """Steps that prove an inequality, or None."""
        try:
            value = self.canonical.difference(goal.right, goal.left)
            return self.proof(value, goal.relation == "<", self.is_whole(goal))
        except Rejected:
            return None

    def is_whole(self, goal: Compare) -> bool:
        """Whether both sides are whole numbers."""
        sorts = {sort_of(goal.left, self.sequent.scope), sort_of(goal.right, self.sequent.scope)}
        if RING in sorts:
            raise Rejected("there is no order in a ring")
        return sorts == {INT}

    def proof(self, value: Polynomial, strict: bool, whole: bool) -> str | None:
        """Steps that prove a goal, where the difference of its sides is a polynomial >= 0 or > 0."""
        self.search.check_time()
        if any(e < 0 for monomial in value for _, e in monomial):
            return None
        key = (frozenset(value.items()), strict)
        if key not in self.shown:
            self.shown[key] = None
            self.shown[key] = (
                self.direct(value, strict, whole, self.outweighed)
                or (None if content(value) else self.direct(value, strict, whole, self.exchanged))
                or self.of_factors(value, strict, whole)
                or (self.direct(value, strict, whole, self.combined) if self.thorough else None)
            )
        return self.shown[key]

    def direct(self, value: Polynomial, strict: bool, whole: bool, method: Method) -> str | None:
        """One ``cone``, by a method that writes a polynomial in the new variables as a sum of products."""
        target = add(value, constant(-1)) if strict and whole else value
        texts: list[str] = []
        for kept in (True, False):
            system = self.system(kept)
            try:
                here = system.of(target)
            except Rejected:
                continue
            if not kept and method != self.outweighed and len(here) > MANY:
                continue
            needed = strict and not whole
            found = method(system, here, needed)
            if found is not None:
                texts.append(self._written(found))
                if len(here) > MANY:
                    break
        return min(texts, key=len, default=None)

    def _written(self, sum_: Sequence[tuple[Fraction, Factors]]) -> str:
        names = dict.fromkeys(name for _, factors in sum_ for name in factors)
        haves = [self.haves[name] for name in names if name in self.haves]
        parts = [f"{'' if c == 1 and factors else f'{c} '}{' '.join(factors)}".strip() for c, factors in sum_]
        return " ".join([*haves, self._cone(" + ".join(parts))])

    def _factors(self, system: Coordinates, monomial: Monomial) -> tuple[Factors, bool] | None:
        """The facts whose product is a monomial, if it is not negative, and whether it is > 0."""
        names: list[str] = []
        squares: list[str] = []
        positive = True
        for atom, exponent in monomial:
            if atom in system.generators:
                generator = system.generators[atom]
                names += [generator.fact] * exponent
                positive = positive and generator.positive
            elif exponent % 2 == 0:
                positive = False
                squares += [f"({write(self.atoms.shown[atom])})^2"] * (exponent // 2)
            else:
                return None
        return (*names, *squares), positive

    def outweighed(
        self, system: Coordinates, value: Polynomial, strict: bool
    ) -> list[tuple[Fraction, Factors]] | None:
        """Each negative term is taken from a positive one that it divides, by factors of at least 1."""
        left: dict[Monomial, Fraction] = {m: Fraction(c) for m, c in value.items() if c > 0}
        out: list[tuple[Fraction, Factors]] = []
        for monomial, coefficient in sorted(value.items(), key=lambda item: -len(item[0])):
            if coefficient > 0:
                continue
            needed = -Fraction(coefficient)
            for larger in sorted(left, key=len):
                if not needed:
                    break
                by = self._ratio(system, larger, monomial)
                if by is None:
                    continue
                share = min(needed, left[larger])
                out += [(share, factors) for factors in by]
                needed -= share
                left[larger] -= share
            if needed:
                return None
        some = False
        for monomial, coefficient in left.items():
            if coefficient:
                found = self._factors(system, monomial)
                if found is None:
                    return None
                some = some or found[1]
                out.append((coefficient, found[0]))
        return out if some or not strict else None

    def _ratio(self, system: Coordinates, larger: Monomial, smaller: Monomial) -> list[Factors] | None:
        """``larger - smaller`` as a sum of products, where their quotient has only factors of at least 1."""
        ratio = divided(larger, smaller)
        if not ratio:
            return None
        least = [system.generators.get(atom) for atom, _ in ratio]
        if any(generator is None or generator.least < 1 for generator in least):
            return None
        here = self._factors(system, smaller)
        if here is None:
            return None
        out: list[Factors] = []
        before = here[0]
        for generator, (_, exponent) in zip(least, ratio, strict=True):
            if generator is not None:
                for _ in range(exponent):
                    out.append((generator.above, *before))
                    before = (generator.fact, *before)
        return out

    def exchanged(
        self, system: Coordinates, value: Polynomial, strict: bool
    ) -> list[tuple[Fraction, Factors]] | None:
        """``outweighed``, after products that are known to be at least a sum are exchanged for it."""
        known = [(fact, large) for fact in system.others if (large := _large(fact.value)) is not None]
        if all(c >= 0 for c in value.values()):
            return None
        bounded = self._without_remainders(system, value)
        if bounded is None:
            return None
        first, value = bounded
        if first:
            rest = self.outweighed(system, value, strict)
            if rest is not None:
                return [*first, *rest]
        if not known:
            return None
        most = max(len(large) for _, large in known)
        longest = [(fact, large) for fact, large in known if len(large) == most]
        for facts, start in ((longest, longest), (known, longest), (known, known)):
            out = list(first)
            left: Polynomial = {}
            for monomial, coefficient in value.items():
                fitting = [(fact, large) for fact, large in facts if divided(monomial, large) is not None]
                apart = not any(divided(monomial, large) is not None for _, large in start)
                if coefficient < 0 or not fitting or apart:
                    add_scaled(left, {monomial: coefficient})
                    continue
                share = Fraction(coefficient) / len(fitting)
                for fact, large in fitting:
                    cofactor = divided(monomial, large) or ONE
                    found = self._factors(system, cofactor)
                    if found is None:
                        return None
                    out.append((share, (fact.name, *found[0])))
                    small = add({large: 1}, scale(fact.value, -1))
                    add_scaled(left, multiply(small, {cofactor: share}))
            rest = self.outweighed(system, left, strict) if len(out) > len(first) else None
            if rest is not None:
                return [*out, *rest]
        return None

    def _without_remainders(
        self, system: Coordinates, value: Polynomial
    ) -> tuple[list[tuple[Fraction, Factors]], Polynomial] | None:
        """In negative terms remainders are exchanged for what they do not exceed."""
        limits: dict[int, Known] = {}
        for fact in system.others:
            for monomial, coefficient in fact.value.items():
                match monomial:
                    case ((atom, 1),) if atom >= 2 * DISTANCES and coefficient == -1:
                        limits.setdefault(atom, fact)
                    case _:
                        pass
        out: list[tuple[Fraction, Factors]] = []
        while limits:
            new: Polynomial = {}
            changed = False
            for monomial, coefficient in value.items():
                here = [atom for atom, _ in monomial if atom in limits]
                if coefficient > 0 or not here:
                    add_scaled(new, {monomial: coefficient})
                    continue
                changed = True
                rest = divided(monomial, ((here[0], 1),)) or ONE
                found = self._factors(system, rest)
                fact = limits[here[0]]
                if found is None:
                    return None
                out.append((-Fraction(coefficient), (fact.name, *found[0])))
                bound = add(fact.value, variable(here[0]))
                add_scaled(new, multiply(bound, {rest: coefficient}))
            value = new
            if not changed:
                break
        return out, value

    # -- combinations ----------------------------------------------------------------------------------------

    def combined(
        self, system: Coordinates, value: Polynomial, strict: bool
    ) -> list[tuple[Fraction, Factors]] | None:
        """A sum of products of facts with monomials, found by linear programming."""
        if not value or len(value) > MAX_TERMS // 4:
            return None
        columns: dict[Factors, tuple[Polynomial, bool]] = {}
        support: dict[Monomial, None] = dict.fromkeys(value)
        asked = [m for m, c in value.items() if c < 0]
        for _ in range(MAX_ROUNDS):
            self.search.check_time()
            new: dict[Monomial, None] = {}
            for known in system.others:
                for cofactor in self._cofactors(known.value, asked, support):
                    found = self._factors(system, cofactor)
                    if found is None or (known.name, *found[0]) in columns:
                        continue
                    if len(columns) >= MAX_COLUMNS:
                        break
                    product = multiply(known.value, {cofactor: 1})
                    columns[(known.name, *found[0])] = (product, found[1] and known.sign == POSITIVE)
                    new |= dict.fromkeys(m for m in product if m not in support)
            support |= new
            asked = list(new)
        for monomial in list(support):
            found = self._factors(system, monomial)
            if found is not None:
                columns.setdefault(found[0], ({monomial: 1}, found[1]))
        ratios: list[tuple[list[Factors], Polynomial]] = []
        for smaller in support:
            for larger in support:
                if len(ratios) >= MAX_COLUMNS:
                    break
                by = self._ratio(system, larger, smaller)
                if by is not None:
                    ratios.append((by, {larger: 1, smaller: -1}))
        names = list(columns)
        vectors = [columns[name][0] for name in names] + [vector for _, vector in ratios]
        positive = [k for k, name in enumerate(names) if columns[name][1]]
        factors = self._factors_of(value, vectors, positive if strict else None)
        if factors is None:
            return None
        out = [(factor, name) for name, factor in zip(names, factors, strict=False) if factor]
        for (by, _), factor in zip(ratios, factors[len(names) :], strict=True):
            if factor:
                out += [(factor, each) for each in by]
        return out

    def _factors_of(
        self, value: Polynomial, vectors: Sequence[Polynomial], positive: Sequence[int] | None
    ) -> Sequence[Fraction] | None:
        """Factors with which vectors add up to a value, not all of them 0 at the places that are given."""
        found = combination(value, [], vectors, (), self.search.check_time)
        if found is None or positive is None or any(found.cone[k] for k in positive):
            return None if found is None else found.cone
        if not positive:
            return None
        # Those of a multiple of the value, which add up to 1 at these places.
        found = combination({}, [], [*vectors, scale(value, -1)], positive, self.search.check_time)
        if found is None or not found.cone[-1]:
            return None
        return [factor / found.cone[-1] for factor in found.cone[:-1]]

    def _cofactors(
        self, fact: Polynomial, asked: Sequence[Monomial], support: Mapping[Monomial, None]
    ) -> Iterator[Monomial]:
        """What a fact is multiplied by, so that terms of it become terms that are asked for."""
        for part, coefficient in fact.items():
            for whole in asked if coefficient < 0 else (*support,):
                rest = divided(whole, part)
                if rest is not None:
                    yield rest

    def contradiction(self) -> str | None:
        """A step that proves false: products of facts with monomials add up to -1."""
        system = self.system(True)
        if not any(known.value.get(ONE, 0) < 0 for known in system.others):
            return None
        found = self.combined(system, constant(-1), False)
        return None if found is None else self._written(found)

    # -- factors ---------------------------------------------------------------------------------------------

    def of_factors(self, value: Polynomial, strict: bool, whole: bool) -> str | None:
        """From the signs of the factors, each proved by itself."""
        sign, factors = factored(value)
        if sum(e for _, e in factors) < 2:
            return None
        steps: list[str] = []
        names: list[tuple[str, bool, Term]] = []
        squares: list[str] = []
        for factor, exponent in factors:
            if exponent % 2 == 0 and not strict:
                squares += [f"({write(term_of(factor, self.atoms))})^2"] * (exponent // 2)
                continue
            whole_factor = self.of_whole(factor)
            for flip in (1, -1):
                side = scale(factor, flip)
                found = self.proof(side, strict, whole_factor)
                if found is not None:
                    break
            else:
                return None
            sign *= flip if exponent % 2 else 1
            label = self.search.label(self.sequent, "n")
            term = term_of(side, self.atoms)
            steps.append(
                f"have {label} : {write(Compare('<' if strict else '<=', ZERO, term))} {{ {found} }}"
            )
            names += [(label, whole_factor, term)] * exponent
        if sign <= 0:
            return None
        if not strict:
            shown = "" if sign == 1 else f"{sign} "
            last = self._cone(f"{shown}{' '.join([*(n for n, _, _ in names), *squares])}")
            return " ".join([*steps, last])
        return self._chained(steps, names, sign, whole)

    def _chained(
        self, steps: list[str], names: list[tuple[str, bool, Term]], sign: Fraction, whole: bool
    ) -> str | None:
        """The product of numbers > 0 is > 0, one factor after the other."""
        label, is_whole, term = names[0]
        value = self.canonical.term(term)
        for other, other_whole, other_term in names[1:]:
            value = multiply(value, self.canonical.term(other_term))
            new = self.search.label(self.sequent, "n")
            sum_ = f"{label} {other}"
            sum_ += f" + {label} + {other}" if is_whole and other_whole else ""
            sum_ += f" + {other}" if is_whole and not other_whole else ""
            sum_ += f" + {label}" if other_whole and not is_whole else ""
            is_whole = is_whole and other_whole
            product = write(Compare("<", ZERO, term_of(value, self.atoms)))
            steps.append(f"have {new} : {product} {{ {self._cone(sum_)} }}")
            label = new
        if whole:
            # c*p - 1 = c*(p - 1) + (c - 1)
            if sign < 1:
                return None
            last = f"{sign} {label} + {sign - 1}" if sign > 1 else label
        else:
            last = f"{sign} {label} + {sign}" if is_whole else f"{sign} {label}"
        return " ".join([*steps, self._cone(last)])

    def of_whole(self, value: Polynomial) -> bool:
        """Whether a polynomial as it is written is a whole number."""
        return sort_of(term_of(value, self.atoms), self.sequent.scope) == INT


def _large(value: Polynomial) -> Monomial | None:
    """The product that a fact says is at least a sum of others."""
    large = [m for m, c in value.items() if c > 0]
    return large[0] if len(large) == 1 and len(large[0]) > 0 and value[large[0]] == 1 else None


def content(value: Polynomial) -> Monomial:
    """The largest product that divides all terms."""
    least: dict[int, int] | None = None
    for monomial in value:
        here = dict(monomial)
        least = here if least is None else {a: min(e, here[a]) for a, e in least.items() if a in here}
    return tuple((atom, e) for atom, e in (least or {}).items() if e > 0)


def factored(value: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
    """A polynomial as a number times powers of polynomials with whole coefficients."""
    atoms = sorted({atom for monomial in value for atom, _ in monomial})
    if not atoms or len(value) > MAX_FACTORED:
        return Fraction(1), [(value, 1)]
    content, factors = as_flint(value, atoms).factor()
    return (
        Fraction(int(content.p), int(content.q)),
        [(from_flint(factor, atoms), int(exponent)) for factor, exponent in factors],
    )


def as_flint(value: Polynomial, atoms: Sequence[int]) -> Any:
    """A polynomial of FLINT, which factors and divides."""
    import flint

    context: Any = flint.fmpq_mpoly_ctx.get([f"x{atom}" for atom in atoms], "lex")
    place = {atom: k for k, atom in enumerate(atoms)}
    terms: dict[tuple[int, ...], Any] = {}
    for monomial, coefficient in value.items():
        exponents = [0] * len(atoms)
        for atom, exponent in monomial:
            exponents[place[atom]] = exponent
        terms[tuple(exponents)] = flint.fmpq(coefficient.numerator, coefficient.denominator)
    return context.from_dict(terms)


def from_flint(value: Any, atoms: Sequence[int]) -> Polynomial:
    """The polynomial of the kernel that one of FLINT is."""
    out: Polynomial = {}
    for exponents, coefficient in value.to_dict().items():
        monomial = tuple((atom, int(e)) for atom, e in zip(atoms, exponents, strict=True) if e)
        here = Fraction(int(coefficient.p), int(coefficient.q))
        out[monomial] = here.numerator if here.denominator == 1 else here
    return out
