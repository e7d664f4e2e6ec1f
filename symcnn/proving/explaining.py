"""What is wrong with a refuted equation: both sides in closed form, their ratio, and when it would hold.

The closed forms are those that a proof would use. That a condition says exactly when the claim holds is
itself proved, with a certificate; what is not proved is not said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.goals import proof_goal
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import Polynomial, scale
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import (
    INT,
    ONE,
    RING,
    ZERO,
    Compare,
    Formula,
    Iff,
    Implies,
    Max,
    Number,
    Plus,
    Power,
    Quotient,
    Sum,
    Term,
    Times,
    Variable,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.clock import now
from symcnn.search.combining import Arithmetic, term_of
from symcnn.search.facts import named
from symcnn.search.power_sums import with_forms
from symcnn.search.tactics import MAX_DEPTH, OutOfTime, Search

# Of a sum of more terms nobody could see when it is 0.
LONG = 8


@dataclass(frozen=True)
class Explanation:
    """Both sides of a claim in closed form, their difference and ratio (None where a side is 0 or too large).

    ``condition`` holds exactly where the claim does, given what is assumed; ``proof`` are the steps that the
    kernel accepts for that.
    """

    left: Term
    right: Term
    difference: Term
    ratio: Term | None
    condition: Formula | None
    proof: str


def explanation(statement: Statement, seconds: float = 4) -> Explanation | None:
    """Why a claim ``left = right`` fails; None for other claims, and where a sum has no closed form.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem t "" \\n given C, K : int >= 1\\n claim sum(i in 0..C, k in 0..K) 1 = K'
    >>> found = explanation(read_statements(text)[0])
    >>> write(found.left), write(found.ratio), write(found.condition)
    ('C*K', 'C', 'C = 1')
    """
    search = Search(now() + seconds)
    search.used.update(statement.abbreviations)
    # What makes the sums of a claim closed forms is found already.
    search.depth = MAX_DEPTH
    try:
        return _Explaining(statement, search).explained()
    except Exception:
        # An explanation is an extra: where it cannot be found, for whatever reason, there is none.
        return None


class _NoClosedForm(Exception):
    pass


class _Explaining:
    def __init__(self, statement: Statement, search: Search) -> None:
        claim = statement.claim
        if not isinstance(claim, Compare) or claim.relation != "=":
            raise _NoClosedForm
        if RING in (sort_of(claim.left, statement.scope), sort_of(claim.right, statement.scope)):
            raise _NoClosedForm
        self.statement, self.search, self.claim = statement, search, claim
        self.names = [search.label(Sequent({}, {}, claim), "a") for _ in statement.premises()]
        facts = dict(zip(self.names, statement.premises(), strict=True))
        self.sequent = Sequent(statement.scope, facts, claim)
        self.found = search.described(self.sequent)
        equations = [named(self.found.sequent, name) for name in self.found.rewrites]
        self.atoms = Atoms()
        self.canonical = Canonical(self.found.sequent.scope, self.atoms, equations)

    def explained(self) -> Explanation:
        left, right = self.fraction(self.claim.left), self.fraction(self.claim.right)
        ring = _Ring(self.atoms, [*left, *right], [*self.statement.scope])
        (a, b), (c, d) = [tuple(map(ring.polynomial, side)) for side in (left, right)]
        difference = ring.reduced(a * d - c * b, b * d)
        ratio = ring.reduced(a * d, b * c) if a and c else None
        condition, proof = self.condition(ring, a * d - c * b)
        return Explanation(
            ring.quotient(*ring.reduced(a, b)),
            ring.quotient(*ring.reduced(c, d)),
            ring.quotient(*difference),
            None if ratio is None else ring.quotient(*ratio),
            condition,
            proof,
        )

    def fraction(self, term: Term) -> tuple[Polynomial, Polynomial]:
        """A term as a quotient of two polynomials without inverses."""
        value = with_forms(self.canonical, self.canonical.term(term), self.found.sequent)
        top, bottom = value, self.canonical.term(ONE)
        for atom in sorted({atom for monomial in value for atom, _ in monomial}):
            shown = self.atoms.shown[atom]
            if isinstance(shown, Sum | Max):
                raise _NoClosedForm
            if not isinstance(shown, Quotient):
                continue
            below = self.canonical.term(shown.bottom)
            highest = max(dict(monomial).get(atom, 0) for monomial in top)
            out: Polynomial = {}
            for monomial, coefficient in top.items():
                rest = tuple((a, e) for a, e in monomial if a != atom)
                part: Polynomial = {rest: coefficient}
                for _ in range(highest - dict(monomial).get(atom, 0)):
                    part = self.canonical.times(part, below)
                for key, factor in part.items():
                    out[key] = out.get(key, 0) + factor
            top = {key: factor for key, factor in out.items() if factor}
            for _ in range(highest):
                bottom = self.canonical.times(bottom, below)
        for polynomial in (top, bottom):
            for monomial in polynomial:
                if any(isinstance(self.atoms.shown[atom], Quotient) for atom, _ in monomial):
                    raise _NoClosedForm
        return top, bottom

    def condition(self, ring: _Ring, difference: Any) -> tuple[Compare | None, str]:
        """The one factor of the difference that may be 0, as an equation, and a proof that it decides."""
        open_: list[Term] = []
        positive: list[tuple[Term, str]] = []
        try:
            factors = ring.factors(difference)
            if any(len(factor) > LONG for factor, _ in factors):
                return None, ""
            for factor, exponent in factors:
                sign = self.positive(ring.term(factor))
                if sign is None:
                    open_ += [ring.term(factor)] * exponent
                else:
                    positive += [sign] * exponent
            if len(open_) != 1 or (not positive and ring.term(difference) == open_[0]):
                # Several conditions, or the claim once more.
                return None, ""
            found = _equation(self.canonical.term(open_[0]), self.atoms)
            proof = self.proved(found, open_[0], positive)
        except OutOfTime:
            return None, ""
        return (found, proof) if proof else (None, "")

    def positive(self, term: Term) -> tuple[Term, str] | None:
        """The term or its negative, whichever is positive, with the steps that show it."""
        for value in (term, _minus(term)):
            steps = self.search.prove(self.found.sequent.showing(Compare("<", ZERO, value)), 0)
            if steps is not None:
                return value, steps
        return None

    def proved(self, condition: Compare, factor: Term, positive: Sequence[tuple[Term, str]]) -> str:
        """Steps for ``claim iff condition``; empty where they are not found."""
        start = f"take {', '.join(self.statement.scope)}" if self.statement.scope else ""
        if self.names:
            start += f" suppose {', '.join(self.names)}"
        forth = self.forth(condition, factor, positive)
        back = self.search.prove(self.sequent.showing(Implies(condition, self.claim)), 1) if forth else None
        if back is None:
            return ""
        steps = f"{start} split {{ {forth} }} {{ {back} }}".strip()
        whole = replace(self.statement, claim=Iff(self.claim, condition))
        return steps if self.search.accepted(Sequent({}, {}, proof_goal(whole)), steps) else ""

    def forth(self, condition: Compare, factor: Term, positive: Sequence[tuple[Term, str]]) -> str:
        """The condition follows from the claim: its factor times something positive is 0."""
        search, here = self.search, self.found.sequent
        e, whole, zero = (search.label(here, hint) for hint in "epz")
        lines = [f"suppose {e}", *self.found.steps]
        names: list[str] = []
        for value, steps in positive:
            name = search.label(here, "p")
            names.append(name)
            lines.append(f"have {name} : {write(Compare('<', ZERO, value))} {{ {steps} }}")
        product = _product([value for value, _ in positive])
        above = Compare("<", ZERO, product)
        scope = here.scope
        if all(sort_of(value, scope) == INT for value, _ in positive):
            # A product of whole numbers x > 0 is 1 + the sum of all products of the x - 1.
            chosen = [subset for k in range(1, len(names) + 1) for subset in combinations(names, k)]
            step = " + ".join(" ".join(subset) for subset in chosen) or "1"
        else:
            step = " ".join(names)
        lines.append(f"have {whole} : {write(above)} {{ cone {step} }}")
        vanishes = Compare("=", Times((factor, product)), ZERO)
        given = here.knowing(e, self.claim).showing(vanishes)
        equation = Arithmetic(given, Atoms(), self.found.rewrites, 0, 1, search.check_time).step()
        rest = search.prove(Sequent(scope, {whole: above, zero: vanishes}, condition), 0)
        if equation is None or rest is None:
            return ""
        return " ".join([*lines, f"have {zero} : {write(vanishes)} {{ {equation} }}", rest])


def _minus(term: Term) -> Term:
    """The negative of a sum or another term, with the sign inside a sum."""
    if isinstance(term, Plus):
        return Plus(tuple(_minus(part) for part in reversed(term.terms)))
    if isinstance(term, Number):
        return Number(-term.value)
    if isinstance(term, Times) and isinstance(term.terms[0], Number):
        factor, rest = -term.terms[0].value, term.terms[1:]
        return _product(rest if factor == 1 else (Number(factor), *rest))
    return Times((Number(-1), term))


def _product(terms: Sequence[Term]) -> Term:
    return ONE if not terms else terms[0] if len(terms) == 1 else Times(tuple(terms))


class _Ring:
    """Polynomials of FLINT in the atoms that occur."""

    def __init__(self, atoms: Atoms, values: Sequence[Polynomial], names: Sequence[str]) -> None:
        import flint

        self.atoms, self.flint, self.declared = atoms, flint, names
        self.used = sorted({atom for value in values for monomial in value for atom, _ in monomial})
        names = tuple(f"x{atom}" for atom in self.used) or ("x",)
        module: Any = flint
        self.context: Any = module.fmpq_mpoly_ctx.get(names, module.Ordering.lex)

    def polynomial(self, value: Polynomial) -> Any:
        out: dict[tuple[int, ...], Any] = {}
        for monomial, coefficient in value.items():
            exponents = dict(monomial)
            key = tuple(exponents.get(atom, 0) for atom in self.used) or (0,)
            exact = Fraction(coefficient)
            out[key] = self.flint.fmpq(exact.numerator, exact.denominator)
        return self.context.from_dict(out)

    def dictionary(self, value: Any) -> Polynomial:
        out: Polynomial = {}
        for exponents, coefficient in value.to_dict().items():
            places = zip(self.used, map(int, exponents), strict=False)
            monomial = tuple((atom, e) for atom, e in places if e)
            exact = Fraction(int(coefficient.p), int(coefficient.q))
            out[monomial] = exact
        return out

    def term(self, value: Any) -> Term:
        return term_of(self.dictionary(value), self.atoms)

    def factors(self, value: Any) -> list[tuple[Any, int]]:
        """The irreducible factors that are no numbers."""
        _, found = value.factor()
        return [(factor, int(exponent)) for factor, exponent in found]

    def reduced(self, top: Any, bottom: Any) -> tuple[Any, Any]:
        """A quotient in lowest terms, whose divisor has the highest coefficient 1."""
        if not top:
            return top, bottom // bottom
        common = top.gcd(bottom)
        top, bottom = top // common, bottom // common
        lead = next(iter(bottom.to_dict().values()))
        return top / lead, bottom / lead

    def quotient(self, top: Any, bottom: Any) -> Term:
        """A quotient as a product of factors over a product of factors."""
        over, under = self.product(top), self.product(bottom)
        return over if under == ONE else Quotient(over, under)

    def product(self, value: Any) -> Term:
        if not value:
            return ZERO
        constant, found = value.factor()
        exact = (
            Fraction(int(constant.p), int(constant.q)) if hasattr(constant, "p") else Fraction(int(constant))
        )
        terms: list[Term] = []
        for factor, exponent in found:
            shown = self.dictionary(factor)
            if _is_negative(shown):
                shown = scale(shown, -1)
                exact *= (-1) ** int(exponent)
            term = _sum(shown, self.atoms)
            terms.append(term if exponent == 1 else Power(term, int(exponent)))
        terms.sort(key=self.rank)
        if exact != 1 or not terms:
            terms.insert(0, number(exact))
        return _product(terms)

    def rank(self, term: Term) -> tuple[int, int]:
        """The place of a factor: names in the order of their declaration, then all others."""
        base = term.base if isinstance(term, Power) else term
        return (0, self.declared.index(base.name)) if isinstance(base, Variable) else (1, 0)


def _is_negative(value: Polynomial) -> bool:
    """Whether more of a polynomial is subtracted than added; a number counts where all else is even."""
    signs = [1 if coefficient > 0 else -1 for monomial, coefficient in value.items() if monomial]
    return sum(signs) < 0 or (sum(signs) == 0 and value.get((), 0) < 0)


def _sum(value: Polynomial, atoms: Atoms) -> Term:
    """A polynomial as people write it: what is added, what is subtracted, and the number at the end."""
    added = {m: c for m, c in value.items() if m and c > 0}
    taken = {m: c for m, c in value.items() if m and c < 0}
    terms = [term_of({m: c}, atoms) for m, c in added.items()]
    terms += [_taken(term_of({m: -c}, atoms)) for m, c in taken.items()]
    if () in value or not terms:
        terms.append(number(value.get((), 0)))
    return terms[0] if len(terms) == 1 else Plus(tuple(terms))


def _taken(term: Term) -> Term:
    """A term that is subtracted."""
    return Times((Number(-1), *(term.terms if isinstance(term, Times) else (term,))))


def _equation(value: Polynomial, atoms: Atoms) -> Compare:
    """``value = 0``, as ``x = rest`` where a variable stands alone in it with the factor 1 or -1."""
    for monomial, coefficient in value.items():
        match monomial:
            case ((atom, 1),) if abs(coefficient) == 1 and isinstance(atoms.shown[atom], Variable):
                others: Polynomial = {m: c for m, c in value.items() if m != monomial}
                rest = scale(others, -1 if coefficient > 0 else 1)
                other = _sum(rest, atoms)
                shown = atoms.shown[atom]
                if isinstance(shown, Variable) and shown.name not in free(other):
                    return Compare("=", shown, other)
            case _:
                pass
    return Compare("=", _sum(value, atoms), ZERO)
