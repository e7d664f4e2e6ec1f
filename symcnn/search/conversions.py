"""A term made into an equal one, step by step: the steps, and the sum of equations that shows it.

What a conversion leaves is kept with its *shares*: equations with the factors by which they are multiplied,
so that the old term minus the new one is the sum of them. A share is a label of a certificate and a term.
Inside a sum a conversion is one for each of its terms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import Polynomial
from symcnn.kernel.ranges import in_range, with_index
from symcnn.kernel.terms import (
    INT,
    ONE,
    And,
    Compare,
    ForAll,
    Formula,
    If,
    Iff,
    Implies,
    Not,
    Number,
    Or,
    Rejected,
    Sum,
    Term,
    Times,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.facts import facts_of
from symcnn.search.guided import Guided

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

Share: TypeAlias = tuple[str, Term]
# What shows a comparison where a few products of facts do not.
Last: TypeAlias = "Callable[[Search, Sequent], str | None]"
MINUS = Number(-1)


@dataclass(frozen=True)
class Converted:
    """A term that equals another one; the difference is the sum of the shares, after the rewrites."""

    term: Term
    shares: tuple[Share, ...] = ()
    rewrites: tuple[str, ...] = ()


@dataclass
class Chain:
    """Steps in one place of a proof. The equations that they add are cited by their shares alone.

    ``indices`` are the indices of the sums around this place, ``sizes`` the names in the ranges of the goal.
    """

    search: Search
    sequent: Sequent
    atoms: Atoms
    indices: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    steps: list[str] = field(default_factory=list[str])

    def canonical(self) -> Canonical:
        """Canonical forms in this place."""
        return Canonical(self.sequent.scope, self.atoms)

    def polynomial(self, term: Term) -> Polynomial:
        """The canonical form of a term."""
        return self.canonical().term(term)

    def simple(self, term: Term) -> Term:
        """The term as a polynomial, written out."""
        return term_of(self.polynomial(term), self.atoms)

    def same(self, a: Term, b: Term) -> bool:
        """Whether two terms have one canonical form."""
        return not self.canonical().difference(a, b)

    def law(self, name: str, *arguments: Term | Formula, blocks: Sequence[str] = ()) -> tuple[str, Compare]:
        """A law with proofs of its premises: the label and the equation."""
        law = LAWS[name][0](*arguments)
        if len(law.premises) != len(blocks) or not isinstance(law.conclusion, Compare):
            raise Rejected(f"{name} has other premises")
        label = self.label("e")
        shown = ", ".join(write(argument) for argument in arguments)
        self.steps.append(" ".join([f"law {label} : {name} {shown}", *(f"{{ {b} }}" for b in blocks)]))
        return label, law.conclusion

    def label(self, hint: str) -> str:
        """A new name for a fact."""
        return self.search.label(self.sequent, hint)

    def named(self, total: Sum) -> Sum:
        """The sum with an index that is no name here."""
        return with_index(total, self.search.name(self.sequent, total.index))

    def inside(self, total: Sum) -> tuple[Chain, str]:
        """The place inside a sum, and the label of the fact that the index is in its range."""
        sequent = self.sequent.declaring(total.index, INT)
        label = self.search.label(sequent, "r")
        sequent = sequent.knowing(label, in_range(total))
        return replace(self, sequent=sequent, indices=self.indices | {total.index}, steps=[]), label

    def within(self, total: Sum, change: Callable[[Chain, Term], Converted | None]) -> Converted | None:
        """A conversion of the body of a sum, for each of its terms."""
        inner, label = self.inside(total)
        body = change(inner, total.body)
        return None if body is None else self.extended(total, inner, label, body)

    def extended(self, total: Sum, inner: Chain, label: str, body: Converted) -> Converted:
        """The sum with its converted body."""
        block = " ".join([f"take {total.index} suppose {label}", *inner.steps, ring(body)])
        equation, _ = self.law("sum_ext", total, body.term, blocks=[block])
        return Converted(replace(total, body=body.term), ((equation, ONE),))

    def at_depth(
        self, depth: int, total: Term, change: Callable[[Chain, Term], Converted | None]
    ) -> Converted | None:
        """A conversion of what stands in so many sums."""
        if depth == 0:
            return change(self, total)
        if not isinstance(total, Sum):
            raise Rejected("there is no sum to go into")
        return self.within(total, lambda inner, body: inner.at_depth(depth - 1, body, change))

    # -- what has to be shown on the way ---------------------------------------------------------------------

    def proof(self, goal: Formula, last: Last | None = None) -> str | None:
        """Steps that show a condition here."""
        return proved(self.search, self.sequent.showing(goal), last)

    def shown(
        self, name: str, *arguments: Term | Formula, last: Last | None = None
    ) -> tuple[str, Compare] | None:
        """``law`` with proofs of its premises that are looked for; None where one is not found."""
        blocks: list[str] = []
        for premise in LAWS[name][0](*arguments).premises:
            proof = self.proof(premise, last)
            if proof is None:
                return None
            blocks.append(proof)
        return self.law(name, *arguments, blocks=blocks)


def ring(converted: Converted) -> str:
    """The step that shows that the term equals what it was converted to."""
    total = " + ".join(_share(label, factor) for label, factor in converted.shares)
    using = f"using {', '.join(converted.rewrites)}" if converted.rewrites else ""
    return " ".join(part for part in ("ring", total, using) if part)


def _share(label: str, factor: Term) -> str:
    return label if factor == ONE else f"{label} ({write(factor)})"


def times(factor: Term, shares: Sequence[Share]) -> tuple[Share, ...]:
    """Shares multiplied by a term."""
    return tuple((label, product(factor, other)) for label, other in shares)


def product(*factors: Term) -> Term:
    """The product of terms, without the ones among them."""
    flat: list[Term] = []
    for factor in factors:
        flat.extend(factor.terms if isinstance(factor, Times) else (factor,))
    flat = [factor for factor in flat if factor != ONE]
    return ONE if not flat else flat[0] if len(flat) == 1 else Times(tuple(flat))


def followed(first: Converted, second: Converted) -> Converted:
    """One conversion after another."""
    return Converted(second.term, (*first.shares, *second.shares))


def proved(search: Search, sequent: Sequent, last: Last | None = None) -> str | None:
    """Steps that show each part of a condition from the facts, by what they say or by a few products."""
    search.check_time()
    goal = sequent.goal
    if isinstance(goal, ForAll):
        name = search.name(sequent, goal.name)
        rest = proved(search, logic.take(sequent, name), last)
        return None if rest is None else f"take {name} {rest}"
    if isinstance(goal, Implies):
        label = search.label(sequent, "r")
        rest = proved(search, logic.suppose(sequent, label), last)
        return None if rest is None else f"suppose {label} {rest}"
    if isinstance(goal, Iff):
        goal = And((Implies(goal.left, goal.right), Implies(goal.right, goal.left)))
    if isinstance(goal, And):
        blocks: list[str] = []
        for part in goal.parts:
            block = proved(search, sequent.showing(part), last)
            if block is None:
                return None
            blocks.append(f"{{ {block} }}")
        return " ".join(["split", *blocks])
    known = search.known(sequent)
    if known is not None:
        return known
    if isinstance(goal, Or) and goal.parts:
        return _one_of(search, sequent, goal.parts)
    if isinstance(goal, Not):
        return _not(search, sequent, goal)
    step = Guided(sequent, Atoms(), (), 0, 1, search.check_time).step()
    return step if step is not None or last is None else last(search, sequent)


def _one_of(search: Search, sequent: Sequent, parts: Sequence[Formula]) -> str | None:
    """Steps that show one of several conditions."""
    for place, part in enumerate(parts, 1):
        step = proved(search, sequent.showing(part))
        if step is not None:
            return f"choose {place} {step}"
    return None


def _not(search: Search, sequent: Sequent, goal: Not) -> str | None:
    """Steps that show that two numbers are different, by a fact or from bounds."""
    canonical = Canonical(sequent.scope)
    wanted = canonical.formula(goal)
    for name, fact in facts_of(sequent):
        if isinstance(fact, Not) and canonical.formula(fact) == wanted:
            return f"exactly {name}"
    label = search.label(sequent, "h")
    step = Guided(logic.suppose(sequent, label), Atoms(), (), 0, 0, search.check_time).step()
    return None if step is None else f"suppose {label} {step}"


def by_case(case: If, search: Search, sequent: Sequent) -> str | None:
    """Steps that show a comparison for both values of a case."""
    known, label = search.label(sequent, "d"), search.label(sequent, "e")
    blocks: list[str] = []
    for goal, law, value in zip(
        logic.decide(sequent, case.condition, known),
        ("if_true", "if_false"),
        (case.then, case.otherwise),
        strict=True,
    ):
        step = proved(search, goal.knowing(label, Compare("=", case, value)))
        if step is None:
            return None
        chain = Chain(search, goal, Atoms())
        why = f"exactly {known}" if law == "if_true" else denied(chain, case.condition, known)
        blocks.append(f"{{ law {label} : {law} {write(case)} {{ {why} }} {step} }}")
    return " ".join([f"decide {write(case.condition)} as {known}", *blocks])


def by_bounds(search: Search, sequent: Sequent) -> str | None:
    """Steps that show an equation of whole numbers by both inequalities."""
    match sequent.goal:
        case Compare("=", left, right):
            one = proved(search, sequent.showing(Compare("<=", left, right)))
            other = None if one is None else proved(search, sequent.showing(Compare("<=", right, left)))
            if other is None:
                return None
            label = search.label(sequent, "e")
            law = f"law {label} : antisymmetry {write(left)}, {write(right)}"
            return f"{law} {{ {one} }} {{ {other} }} exactly {label}"
        case _:
            return None


def absurd(chain: Chain, condition: Formula, holds: str, fails: str) -> str:
    """Steps that show false from a condition and its negation, as ``decide`` writes it."""
    match condition:
        case Compare("=") | Iff():
            wrong = chain.label("x")
            return f"use {wrong} : {fails} {{ exactly {holds} }} exactly {wrong}"
        case Compare():
            return f"cone {holds} + {fails}"
        case Not(_):
            wrong = chain.label("x")
            return f"use {wrong} : {holds} {{ exactly {fails} }} exactly {wrong}"
        case And(parts) | Or(parts):
            one = chain.label("x")
            first, second = (holds, fails) if isinstance(condition, Or) else (fails, holds)
            blocks: list[str] = []
            for k, part in enumerate(parts, 1):
                pair = (one, f"{second}.{k}") if isinstance(condition, Or) else (f"{second}.{k}", one)
                blocks.append(f"{{ {absurd(chain, part, *pair)} }}")
            return " ".join([f"cases {first} as {one}", *blocks])
        case _:
            raise Rejected("a condition of this kind is not denied")


def denied(chain: Chain, condition: Formula, fails: str) -> str:
    """Steps that show "not condition" from its negation, as ``decide`` writes it."""
    holds = chain.label("h")
    return f"suppose {holds} {absurd(chain, condition, holds, fails)}"


def a_sum(term: Term) -> Sum:
    """The term, which is a sum."""
    if isinstance(term, Sum):
        return term
    raise Rejected("a sum is needed")
