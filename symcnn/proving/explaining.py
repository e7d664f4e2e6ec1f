"""What is wrong with a refuted equation: both sides in closed form, their ratio, and when it would hold.

The closed forms are those that a proof would use. That a condition says exactly when the claim holds is
itself proved, with a certificate; what is not proved is not said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic
from typing import Any

from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.goals import proof_goal
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import Polynomial, scale
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import (
    ONE,
    RING,
    ZERO,
    Compare,
    Formula,
    Iff,
    Implies,
    Max,
    Number,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    free,
)
from symcnn.kernel.writing import write
from symcnn.proving.combining import term_of
from symcnn.proving.tactics import OutOfTime, Search


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


def explanation(statement: Statement, seconds: float = 5) -> Explanation | None:
    """Why a claim ``left = right`` fails; None for other claims, and where a sum has no closed form.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem t "" \\n given C, K : int >= 1\\n claim sum(i in 0..C, k in 0..K) 1 = K'
    >>> found = explanation(read_statements(text)[0])
    >>> write(found.left), write(found.ratio), write(found.condition)
    ('C*K', 'C', 'C = 1')
    """
    search = Search(monotonic() + seconds)
    try:
        return _Explaining(statement, search).explained()
    except (OutOfTime, Rejected, RecursionError, _NoClosedForm):
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
        found = search.described(self.sequent)
        equations = [found.sequent.facts[name.split(".")[0]] for name in found.rewrites if "." not in name]
        self.atoms = Atoms()
        self.canonical = Canonical(found.sequent.scope, self.atoms, equations)

    def explained(self) -> Explanation:
        left, right = self.fraction(self.claim.left), self.fraction(self.claim.right)
        ring = _Ring(self.atoms, [*left, *right])
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
        value = self.canonical.term(term)
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
                for key, number in part.items():
                    out[key] = out.get(key, 0) + number
            top = {key: number for key, number in out.items() if number}
            for _ in range(highest):
                bottom = self.canonical.times(bottom, below)
        for polynomial in (top, bottom):
            for monomial in polynomial:
                if any(isinstance(self.atoms.shown[atom], Quotient) for atom, _ in monomial):
                    raise _NoClosedForm
        return top, bottom

    def condition(self, ring: _Ring, difference: Any) -> tuple[Formula | None, str]:
        """The one factor of the difference that may be 0, as an equation, and a proof that it decides."""
        open_: list[Any] = []
        nonzero: list[tuple[Term, str]] = []
        for factor, _ in ring.factors(difference):
            term = ring.term(factor)
            sign = self.sign(term)
            if sign is None:
                open_.append(factor)
            else:
                nonzero.append(sign)
        if len(open_) != 1:
            return None, ""
        found = _equation(ring.dictionary(open_[0]), self.atoms)
        proof = self.proved(found, nonzero)
        return (found, proof) if proof else (None, "")

    def sign(self, term: Term) -> tuple[Term, str] | None:
        """The term or its negative, whichever is positive, with the steps that show it."""
        for value in (term, Times((Number(-1), term))):
            steps = self.search.prove(self.sequent.showing(Compare("<", ZERO, value)), 0)
            if steps is not None:
                return value, steps
        return None

    def proved(self, condition: Compare, positive: Sequence[tuple[Term, str]]) -> str:
        """Steps for ``claim iff condition``; empty where they are not found."""
        search = self.search
        start = f"take {', '.join(self.statement.scope)}" if self.statement.scope else ""
        if self.names:
            start += f" suppose {', '.join(self.names)}"
        e = search.label(self.sequent, "e")
        given = self.sequent.knowing(e, self.claim)
        lines = [f"suppose {e}"]
        for value, steps in positive:
            p = search.label(given, "p")
            given = given.knowing(p, Compare("<", ZERO, value))
            lines.append(f"have {p} : {write(Compare('<', ZERO, value))} {{ {steps} }}")
        forth = search.prove(given.showing(condition), 1)
        back = search.prove(self.sequent.showing(Implies(condition, self.claim)), 1)
        if forth is None or back is None:
            return ""
        steps = f"{start} split {{ {' '.join(lines)} {forth} }} {{ {back} }}".strip()
        whole = replace(self.statement, claim=Iff(self.claim, condition))
        return steps if search.accepted(Sequent({}, {}, proof_goal(whole)), steps) else ""


class _Ring:
    """Polynomials of FLINT in the atoms that occur."""

    def __init__(self, atoms: Atoms, values: Sequence[Polynomial]) -> None:
        import flint

        self.atoms, self.flint = atoms, flint
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
            out[monomial] = exact.numerator if exact.denominator == 1 else exact
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
        terms: list[Term] = []
        for factor, exponent in found:
            terms += [self.term(factor)] * int(exponent)
        number = (
            Fraction(int(constant.p), int(constant.q)) if hasattr(constant, "p") else Fraction(int(constant))
        )
        if number != 1 or not terms:
            terms.insert(0, Number(number.numerator if number.denominator == 1 else number))
        return terms[0] if len(terms) == 1 else Times(tuple(terms))


def _equation(value: Polynomial, atoms: Atoms) -> Compare:
    """``value = 0``, as ``x = rest`` where a variable stands alone in it with the factor 1 or -1."""
    for monomial, coefficient in value.items():
        match monomial:
            case ((atom, 1),) if abs(coefficient) == 1 and isinstance(atoms.shown[atom], Variable):
                others: Polynomial = {m: c for m, c in value.items() if m != monomial}
                rest = scale(others, -1 if coefficient > 0 else 1)
                other = term_of(rest, atoms)
                shown = atoms.shown[atom]
                if isinstance(shown, Variable) and shown.name not in free(other):
                    return Compare("=", shown, other)
            case _:
                pass
    return Compare("=", term_of(value, atoms), ZERO)
