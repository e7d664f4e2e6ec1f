"""Search for proofs: what a goal is made of decides the step, and arithmetic ends each branch.

Before arithmetic is asked, everything in the goal that it does not understand is described: a floor by its
two inequalities, a quotient by the equation that it solves, a case by its condition, and a sum by a closed
form. Each proof is text as it stands in a certificate. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import gcd, lcm

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.evaluation import Evaluator, Exact
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Lambda, Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import Polynomial, add, scale
from symcnn.kernel.ranges import guard_of, in_range, with_index
from symcnn.kernel.reading import MAX_NAME
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.steps import Proof
from symcnn.kernel.substitution import fresh, map_parts, term_with
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ONE,
    REAL,
    RING,
    ZERO,
    And,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    Implies,
    Max,
    Node,
    Not,
    Number,
    Or,
    Plus,
    Quotient,
    Rejected,
    Sort,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    as_formula,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.branching import branched
from symcnn.search.candidates import tensors_of
from symcnn.search.cases import OutOfTime, Quick, conjuncts, quantified
from symcnn.search.choosing import chosen, without_names
from symcnn.search.clearing import at_best_points, cleared
from symcnn.search.clock import now
from symcnn.search.combining import LEVELS, Arithmetic, term_of
from symcnn.search.defining import given_by_equations
from symcnn.search.denominators import different_from_zero, inverse, over_denominators, plainly_not_zero
from symcnn.search.enriching import enrich
from symcnn.search.exact_floors import exact_floor
from symcnn.search.facts import (
    Found,
    closed_terms,
    comparisons,
    divisors,
    facts_of,
    named,
    near_facts,
    paths,
    subterms,
)
from symcnn.search.floors import computed_floors
from symcnn.search.growth import grown
from symcnn.search.guards import (
    apart_at_a_hole,
    apart_where_ends_meet,
    bounds_of_index,
    counted,
    first_apart,
    is_of_bounds,
    short_outside,
    without_an_end,
)
from symcnn.search.induction import by_growing_sums, inducted, with_all_premises
from symcnn.search.matching import ROUNDS, by_a_fact, equations, instantiate, rewrite_entries, rules
from symcnn.search.matching import by_order as by_order_of_facts
from symcnn.search.maxima import compared_by_maxima
from symcnn.search.places import at_all_places, points_of
from symcnn.search.power_sums import summed, summed_twice
from symcnn.search.products import multiplied
from symcnn.search.reordering import reordered
from symcnn.search.solutions import function_to_give, number_to_give
from symcnn.search.squeezing import squeezed
from symcnn.search.stairs import split_where_floors_change
from symcnn.search.steps import MAX_COMPUTED, written
from symcnn.search.sums import by_empty_sums, equal_sums
from symcnn.search.termwise import factored, positive_sums, sign_of_a_sum
from symcnn.search.unfolding import with_sums, work
from symcnn.search.whole_numbers import by_order, related, rounded_share, sharpened

MAX_SPLITS = 4
MAX_DEPTH = 2
MAX_TERMS = 12
MANY = 6
# The levels of arithmetic that are tried at once; those above take much longer.
SMALL, LARGE = LEVELS[:2], LEVELS[2:]

# What arithmetic does not look into.
DESCRIBED = (Floor, Quotient, If, Sum, Max)


class Timed(Evaluator):
    """The evaluator of the kernel, which looks at the clock."""

    def __init__(self, check_time: Callable[[], None]) -> None:
        super().__init__({})
        self.check_time = check_time

    def value(self, term: Term) -> Exact:
        """The exact value of a term."""
        if isinstance(term, Sum | Max | Times):
            self.check_time()
        return super().value(term)

    def holds(self, formula: Formula) -> bool:
        """Whether a formula without quantifiers is true."""
        self.check_time()
        return super().holds(formula)


@dataclass
class Search:
    """A search for one certificate, until ``deadline`` (of ``clock.now``)."""

    deadline: float
    used: set[str] = field(default_factory=set[str])
    count: int = 0
    depth: int = 0
    inducting: bool = False
    guessed: frozenset[str] = frozenset()
    rewriting: list[tuple[str, Formula]] = field(default_factory=list[tuple[str, Formula]])
    described_by: dict[Term, str] = field(default_factory=dict[Term, str])
    active: list[Term] = field(default_factory=list[Term])
    with_maxima: bool = False
    instantiating: bool = False
    obtained: set[str] = field(default_factory=set[str])
    chained: int = 0
    max_level: int = LEVELS[-1]
    open_cases: list[tuple[str, Formula]] = field(default_factory=list[tuple[str, Formula]])
    in_sums: bool = False
    inside: dict[str, set[Node]] = field(default_factory=dict[str, set[Node]])
    checked: tuple[tuple[str, ...], Mapping[str, Sort], Canonical] | None = None

    def check_time(self) -> None:
        """Stop the search when its time is over."""
        if now() > self.deadline:
            raise OutOfTime

    # -- logic -----------------------------------------------------------------------------------------------

    def prove(self, sequent: Sequent, splits: int = MAX_SPLITS) -> str | None:
        """Steps that prove the goal of a sequent, or None."""
        self.check_time()
        try:
            return self.by_form(sequent, splits)
        except (Rejected, Unreadable):
            # Too large for the kernel, here; another branch may be smaller.
            return None

    def by_form(self, sequent: Sequent, splits: int) -> str | None:
        """``prove``, by what the goal is."""
        goal = sequent.goal
        if isinstance(goal, And | Not) and self.is_computed(sequent):
            return "compute"
        match goal:
            case ForAll():
                return inducted(self, sequent, splits) or self.after(self.taken(sequent), splits)
            case Implies() | Not():
                return self.supposed(sequent, splits)
            case And() | Iff() | Exists() if (found := inducted(self, sequent, splits)) is not None:
                return found
            case And(parts) if len(parts) >= MANY and free(goal) and closed_terms([goal], (Sum,)):
                # What many parts speak of is described once.
                described = self.described(sequent)
                rest = self.in_parts("split", logic.split(described.sequent), splits)
                return None if rest is None else " ".join([*described.steps, rest])
            case And() | Iff():
                return self.in_parts("split", logic.split(sequent), splits)
            case Or(parts=[_, *_]):
                return self.one_of(sequent, splits)
            case Exists():
                return self.given(sequent, splits)
            case _:
                return self.compared(sequent, splits)

    def after(self, step: tuple[str, Sequent], splits: int) -> str | None:
        """A step, and the proof of what it leaves."""
        rest = self.prove(step[1], splits)
        return None if rest is None else f"{step[0]} {rest}"

    def in_parts(self, step: str, goals: Sequence[Sequent], splits: int) -> str | None:
        """Steps that prove each of several goals."""
        blocks: list[str] = []
        for k, goal in enumerate(goals):
            found = self.prove(goal, splits)
            if found is None and step == "split" and blocks and isinstance(goal.goal, Compare):
                # A part that is shown already may help with the next.
                label = self.label(goal, "a")
                found = self.prove(goal.knowing(label, goals[k - 1].goal), splits)
                if found is not None:
                    found = f"have {label} : {write(goals[k - 1].goal)} {blocks[-1]} {found}"
            if found is None:
                return None
            blocks.append(f"{{ {found} }}")
        return " ".join([step, *blocks])

    def taken(self, sequent: Sequent) -> tuple[str, Sequent]:
        """``take x`` with a new name."""
        goal = sequent.goal
        if not isinstance(goal, ForAll):
            raise TypeError("the goal is not 'for all'")
        name = self.name(sequent, goal.name)
        return f"take {name}", logic.take(sequent, name)

    def name(self, sequent: Sequent, like: str) -> str:
        """A new name for what a step brings in, not too long for the kernel."""
        taken = {*sequent.scope, *self.used}
        found = fresh(like, taken)
        return found if len(found) <= MAX_NAME else fresh("x", taken)

    def label(self, sequent: Sequent, hint: str = "h") -> str:
        """A new name for a fact."""
        while True:
            self.count += 1
            name = f"{hint}{self.count}"
            if name not in sequent.facts and name not in sequent.scope and name not in self.used:
                return name

    def supposed(self, sequent: Sequent, splits: int) -> str | None:
        """``suppose h``, and what follows from it."""
        label = self.label(sequent)
        inner = logic.suppose(sequent, label)
        opened = self.opened(inner, label)
        whole = with_all_premises(self, inner, splits) if opened is None else None
        if whole is not None:
            return f"suppose {label} {whole}"
        rest = self.prove(opened.sequent, splits) if opened is not None else None
        if opened is None or rest is None:
            return self.by_cases(inner, label, splits, f"suppose {label}")
        return " ".join([f"suppose {label}", *opened.steps, rest])

    def opened(self, sequent: Sequent, label: str) -> Found | None:
        """What exists by a fact is given a name; None if the fact is an "or"."""
        found = Found(sequent)
        fact = sequent.facts[label]
        if isinstance(fact, Or) and fact.parts:
            return None
        while isinstance(fact, Exists):
            name = self.name(found.sequent, fact.name)
            inner, known = logic.obtain(found.sequent, fact, name)
            new = self.label(inner)
            found.sequent = inner.knowing(new, known)
            found.steps.append(f"obtain {name}, {new} from {label}")
            label, fact = new, known
        return found

    def by_cases(self, sequent: Sequent, label: str, splits: int, before: str) -> str | None:
        """``cases h as k``, and a proof of each."""
        fact = sequent.facts[label]
        if not isinstance(fact, Or) or splits <= 0:
            return None
        new = self.label(sequent)
        blocks = self.in_parts(f"cases {label} as {new}", logic.cases(sequent, fact, new), splits - 1)
        return None if blocks is None else f"{before} {blocks}"

    def one_of(self, sequent: Sequent, splits: int) -> str | None:
        """A part of an "or" that holds, or a contradiction where none does."""
        goal = sequent.goal
        if not isinstance(goal, Or) or splits <= 0:
            return None
        for k, part in enumerate(goal.parts, 1):
            found = self.prove(sequent.showing(part), min(splits - 1, 1))
            if found is not None:
                return f"choose {k} {found}"
        # All parts but the last are denied, and the last is proved from that.
        label = self.label(sequent)
        denied = logic.deny(sequent, label)
        found = self.compared(denied, splits - 1)
        return None if found is None else f"deny {label} {found}"

    def given(self, sequent: Sequent, splits: int) -> str | None:
        """A witness, tried among small numbers, what the goal itself says of it, and large enough numbers."""
        goal = sequent.goal
        if not isinstance(goal, Exists):
            return None
        if isinstance(goal.sort, Function):
            avoid = frozenset((*self.used, *sequent.scope))
            read = function_to_give(self, sequent, goal)
            values = (*given_by_equations(goal, sequent.scope), *(() if read is None else (read,)))
            values = (*values, *tensors_of(goal.sort, avoid))
            attempts = (self.with_witness(sequent, goal, f, splits, sure=True) for f in dict.fromkeys(values))
            return next((found for found in attempts if found is not None), None)
        found = grown(self, sequent) or chosen(self, sequent)
        if found is not None:
            return found
        inside = number_to_give(self, sequent, goal) if goal.sort == INT else ()
        for value in dict.fromkeys(inside):
            found = self.with_witness(sequent, goal, value, splits, sure=True)
            if found is not None:
                return found
        for value in witnesses(sequent, goal):
            found = self.with_witness(sequent, goal, value, splits)
            if found is not None:
                return found
        found = self.somewhere(sequent, splits)
        if found is not None:
            return found
        for size in (*real_bounds(sequent, goal), *sizes(sequent)):
            attempt = self.above(sequent, size)
            if attempt is not None:
                found = self.with_witness(
                    attempt.sequent, goal, Variable([*attempt.sequent.scope][-1]), splits
                )
                if found is not None:
                    return f"{' '.join(attempt.steps)} {found}"
        return None

    def somewhere(self, sequent: Sequent, splits: int) -> str | None:
        """That something does not hold at all of few places, from a contradiction."""
        if next(points_of(logic.negation(sequent.goal)), None) is None:
            return None
        label = self.label(sequent)
        found = self.compared(logic.deny(sequent, label), splits)
        return None if found is None else f"deny {label} {found}"

    def above(self, sequent: Sequent, size: Term) -> Found | None:
        """A whole number ``m >= 1`` that is larger than a size, under a name of its own."""
        attempt = Found(sequent)
        label = self.law(attempt, "l", "archimedes", size)
        opened = None if label is None else self.opened(attempt.sequent, label)
        if opened is None:
            return None
        n = [*opened.sequent.scope][-1]
        m = self.name(opened.sequent, "m")
        larger = And((Compare("<=", ONE, Variable(m)), Compare("<", Variable(n), Variable(m))))
        exists = Exists(m, INT, larger)
        new = self.label(opened.sequent, "l")
        proof = f"witness {m} = {n}*{n} + 2 split {{ cone 1 + ({n})^2 }} {{ cone ({n} - 1/2)^2 + 3/4 }}"
        known = opened.sequent.knowing(new, exists)
        last = self.opened(known, new)
        if last is None:
            return None
        steps = [*attempt.steps, *opened.steps, f"have {new} : {write(exists)} {{ {proof} }}", *last.steps]
        return Found(last.sequent, steps)

    def with_witness(
        self, sequent: Sequent, goal: Exists, value: Term | Lambda, splits: int, sure: bool = False
    ) -> str | None:
        """``witness x = value`` and the proof of what it leaves; what is sure gets more time."""
        try:
            inner = logic.witness(sequent, goal.name, value)
        except (Rejected, Unreadable):
            return None
        found = self.for_a_while(inner, min(splits, 1), 1 / 2 if sure else 1 / 8)
        shown = written(value) if isinstance(value, Lambda) else write(value)
        return None if found is None else f"witness {goal.name} = {shown} {found}"

    def for_a_while(self, sequent: Sequent, splits: int, share: float = 1 / 8) -> str | None:
        """A proof that is found in a share of the time that is left."""
        self.check_time()
        last = self.deadline
        self.deadline = now() + (last - now()) * share
        try:
            return self.prove(sequent, splits)
        except (OutOfTime, RecursionError):
            return None
        finally:
            self.deadline = last

    @contextmanager
    def quickly(self) -> Generator[None]:
        """Without large products of facts."""
        last = self.max_level
        self.max_level = min(last, 1)
        try:
            yield
        finally:
            self.max_level = last

    def soon(self, sequent: Sequent) -> str | None:
        """A proof without large products of facts and without cases."""
        with self.quickly():
            return self.prove(sequent, 0)

    # -- arithmetic ------------------------------------------------------------------------------------------

    def compared(self, sequent: Sequent, splits: int) -> str | None:
        """A comparison or "false": by its form, or by arithmetic."""
        return self.first_of(
            lambda: self.known(sequent),
            lambda: self.from_near_facts(sequent),
            lambda: equal_sums(self, sequent),
            lambda: inducted(self, sequent, splits),
            lambda: reordered(self, sequent),
            lambda: plainly_not_zero(self, Found(sequent)),
            lambda: by_a_fact(self, sequent),
            lambda: sign_of_a_sum(self, sequent),
            lambda: compared_by_maxima(self, Found(sequent)),
        ) or self.calculated(sequent, splits)

    def first_of(self, *tactics: Callable[[], str | None]) -> str | None:
        """What the first tactic finds that finds something; one that the kernel refuses has found nothing."""
        for tactic in tactics:
            self.check_time()
            try:
                steps = tactic()
            except (Rejected, Unreadable):
                continue
            if steps is not None:
                return steps
        return None

    def calculated(self, sequent: Sequent, splits: int) -> str | None:
        """A comparison by arithmetic, after what stands in it has been described; then by cases."""
        found = self.described(sequent)
        spoken = [fact for _, fact in comparisons(found.sequent)] if splits > 0 and not self.active else []
        # What is plain needs no facts "for all", which take time.
        first = None
        if any(rules(found.sequent)):
            first = self.first_of(lambda: self.arithmetic(found, LEVELS[:1]), lambda: self.not_zero(found))
        if first is None:
            with suppress(Rejected, Unreadable):
                instantiate(self, found, [sequent.goal, *spoken], ROUNDS if splits > 0 else 1)
            first = self.first_of(
                lambda: self.arithmetic(found, LEVELS[:1]), lambda: over_denominators(self, found)
            )
        # Clearing denominators may have added facts, the others do not.
        before = " ".join(found.steps)
        step = first or self.first_of(
            lambda: self.ordered(found, splits),
            lambda: self.arithmetic(found, SMALL[1:]),
            lambda: self.without_fractions(found),
            lambda: squeezed(self, found),
            lambda: by_growing_sums(self, sequent, splits),
        )
        if step is not None:
            return f"{before} {step}".strip()
        step = self.first_of(
            lambda: self.by_sums(sequent) if splits > 0 else None, lambda: at_all_places(self, found)
        )
        if step is not None:
            return step
        plain = Found(found.sequent, list(found.steps), list(found.rewrites))
        # Where a case is open, nothing else is known of the goal.
        known_terms = {fact.left for _, fact in comparisons(found.sequent)}
        early = splits > 0 and any(term not in known_terms for term in closed_terms([sequent.goal], (If,)))
        # Of few facts all products are looked at soon; what describes a term is a small step.
        few = len(comparisons(found.sequent)) <= MANY
        late = not few and not self.active
        step = self.first_of(
            lambda: self.split_cases(plain.sequent, splits) if early else None,
            lambda: self.arithmetic(found, LARGE) if few else None,
        )
        if step is not None:
            return f"{before} {step}".strip()
        copies = (Found(found.sequent, list(found.steps), list(found.rewrites)) for _ in range(5))
        # What is to be shown quickly does without large products of facts.
        large = self.max_level == LEVELS[-1]
        step = self.first_of(
            lambda: sharpened(self, next(copies)),
            lambda: cleared(self, next(copies)) if large else None,
            lambda: multiplied(self, next(copies)) if large else None,
            lambda: at_best_points(self, next(copies)) if large else None,
            lambda: split_where_floors_change(self, next(copies)),
        )
        if step is not None:
            return step
        step = self.first_of(lambda: self.arithmetic(found, LARGE) if late else None)
        if step is not None:
            return f"{before} {step}".strip()
        # What is only tried, with no splits left, is not worth it.
        if splits > 0 and self.enriched(found):
            step = self.first_of(lambda: self.arithmetic(found, LEVELS))
            if step is not None:
                return " ".join([*found.steps, step])
        if splits > 0 and self.may_enrich():
            step = self.first_of(lambda: branched(self, found, sequent))
            if step is not None:
                return step
        long = not free(sequent.goal) and self.is_long(sequent.goal)
        step = self.evaluated(sequent) if long else None
        if step is not None:
            return step
        step = self.contradicted(found.sequent)
        if step is not None:
            return " ".join([*found.steps, step])
        if splits > 0 and not early:
            # What was added may have made things worse for the cases.
            step = self.first_of(lambda: self.split_cases(plain.sequent, splits))
            if step is not None:
                return f"{before} {step}".strip()
        return by_order(self, sequent, plain.sequent, splits)

    def not_zero(self, found: Found) -> str | None:
        """False from a fact ``b = 0``, where the sign of ``b`` is seen."""
        step = different_from_zero(self, found) if found.sequent.goal == FALSE else None
        return step if step is not None and self.accepted(found.sequent, step) else None

    def from_near_facts(self, sequent: Sequent) -> str | None:
        """Linear arithmetic with the facts that use no other names, where there are many more.

        To describe all that stands in the others takes long, and most are of no use here.
        """
        if not isinstance(sequent.goal, Compare) or len(facts_of(sequent)) <= MANY:
            return None
        near = near_facts(sequent)
        if not near.facts or len(near.facts) == len(sequent.facts):
            return None
        step = Arithmetic(near, Atoms(), [], 0, 0, self.check_time).step()
        return step if step is not None and self.accepted(sequent, step) else None

    def ordered(self, found: Found, splits: int) -> str | None:
        """Cases of an order on which a fact "for all" depends, where simple arithmetic does not do."""
        if splits <= 0 or self.active or not any(rule.names for rule in rules(found.sequent)):
            return None
        step = Arithmetic(found.sequent, Atoms(), found.rewrites, 0, 1, self.check_time).step()
        if step is not None and self.accepted(found.sequent, step):
            return step
        return by_order_of_facts(self, found.sequent, splits)

    def cited(self, sequent: Sequent, name: str) -> bool:
        """Use an equation as a rewrite in all that follows, if the kernel takes it as one."""
        return self.rewrite(Found(sequent, [], self.rewrites(sequent)), name)

    def evaluated(self, sequent: Sequent) -> str | None:
        """A goal without names: ``compute``, or the values of its sums first."""
        try:
            long = work(sequent.goal) > MAX_COMPUTED
            step = with_sums(sequent.goal, lambda: self.label(sequent)) if long else "compute"
        except Rejected:
            return None
        if step is None or (not long and not self.holds(sequent.goal)):
            return None
        return step if self.accepted(sequent, step) else None

    def by_sums(self, sequent: Sequent) -> str | None:
        """A comparison by what sums count, or by a sum over nothing."""
        return equal_sums(self, sequent, only_counts=True) or by_empty_sums(self, sequent)

    def holds(self, goal: Formula) -> bool:
        """Whether a goal without names holds; the kernel itself does not look at the clock."""
        try:
            return Timed(self.check_time).holds(goal)
        except Rejected:
            return False

    def enriched(self, found: Found) -> bool:
        """Add more facts; not within the proof of such a fact within another one."""
        if not self.may_enrich():
            return False
        self.depth += 1
        try:
            return enrich(self, found)
        finally:
            self.depth -= 1

    def may_enrich(self) -> bool:
        """Whether this is no proof of a fact that is to be added within another such proof."""
        return self.depth < MAX_DEPTH and not self.active

    def contradicted(self, sequent: Sequent) -> str | None:
        """False follows from "not P" where P is proved."""
        if sequent.goal != FALSE or self.depth >= MAX_DEPTH:
            return None
        self.depth += 1
        try:
            for name, fact in paths(sequent):
                if isinstance(fact, Not):
                    proof = self.for_a_while(sequent.showing(fact.inner), 0)
                    if proof is not None:
                        new = self.label(sequent)
                        return f"use {new} : {name} {{ {proof} }} exactly {new}"
        finally:
            self.depth -= 1
        return None

    def known(self, sequent: Sequent) -> str | None:
        """The goal is a fact, or it is a comparison of numbers."""
        goal = sequent.goal
        if self.is_computed(sequent):
            return "compute"
        for name, fact in comparisons(sequent):
            if fact == goal:
                return f"exactly {name}"
        for name, fact in sequent.facts.items():
            if fact in (goal, FALSE):
                return f"exactly {name}"
        return None

    def is_computed(self, sequent: Sequent) -> bool:
        """Whether the goal is one of numbers, and holds."""
        goal = sequent.goal
        return not free(goal) and not self.is_long(goal) and self.accepted(sequent, "compute")

    def is_long(self, formula: Formula) -> bool:
        """Whether a sum or maximum stands in the formula, so that to compute it may take long."""
        return bool(closed_terms([formula], (Sum, Max)))

    def arithmetic(self, found: Found, levels: Sequence[int] = SMALL) -> str | None:
        """``ring``, ``cone``, or these after the negation of the goal."""
        self.check_time()
        sequent = found.sequent
        for level in levels[: self.max_level + 1 - levels[0]]:
            self.check_time()
            step = Arithmetic(sequent, Atoms(), found.rewrites, level, level, self.check_time).step()
            if step is not None and self.accepted(sequent, step):
                return step
            goal = sequent.goal
            if isinstance(goal, Compare) and goal.relation != "=":
                label = self.label(sequent, "d")
                denied = logic.deny(sequent, label)
                step = Arithmetic(denied, Atoms(), found.rewrites, level, level, self.check_time).step()
                if step is not None and self.accepted(denied, step):
                    return f"deny {label} {step}"
            elif isinstance(goal, Compare) and self.is_of_numbers(goal, sequent):
                step = self.antisymmetric(found, goal, level)
                if step is not None:
                    return step
        return None

    def without_fractions(self, found: Found) -> str | None:
        """A comparison of multiples or fractions of whole numbers, from one without a common factor.

        Whole numbers lie 1 apart: 2*a <= 2*b + 1 is a <= b.
        """
        goal, sequent = found.sequent.goal, found.sequent
        if not isinstance(goal, Compare) or not self.is_of_numbers(goal, sequent):
            return None
        atoms = Atoms()
        canonical = Canonical(sequent.scope, atoms)
        plain = value = canonical.difference(goal.right, goal.left)
        for _, fact in comparisons(sequent):
            # Where n = 2*(n//2) it is this that shows the factor.
            match fact:
                case Compare("=", Variable() as left, right):
                    ((monomial, _),) = canonical.term(left).items()
                    times = value.get(monomial, 0)
                    if times and len(monomial) == 1:
                        value = add(value, scale(canonical.difference(right, left), times))
                case _:
                    pass
        numbers = [Fraction(c) for m, c in value.items() if m != UNIT]
        used = {atom for monomial in value for atom, _ in monomial}
        if not numbers or any(sort_of(atoms.shown[atom], sequent.scope) != INT for atom in used):
            return None
        below = lcm(*(c.denominator for c in numbers))
        factor = Fraction(below, gcd(*(int(c * below) for c in numbers)))
        if (factor == 1 and value == plain) or Fraction(value.get(UNIT, 0) * factor).denominator != 1:
            return None
        sides = [
            term_of({m: int(abs(c) * factor) for m, c in value.items() if c * sign > 0}, atoms)
            for sign in (-1, 1)
        ]
        whole = Compare(goal.relation, sides[0], sides[1])
        inner = self.arithmetic(Found(sequent.showing(whole), [], list(found.rewrites)))
        if inner is None:
            return None
        label = self.label(sequent, "w")
        last = self.arithmetic(Found(sequent.knowing(label, whole), [], list(found.rewrites)))
        return None if last is None else f"have {label} : {write(whole)} {{ {inner} }} {last}"

    def is_of_numbers(self, goal: Compare, sequent: Sequent) -> bool:
        """Whether there is an order between both sides."""
        return RING not in (sort_of(goal.left, sequent.scope), sort_of(goal.right, sequent.scope))

    def antisymmetric(self, found: Found, goal: Compare, max_level: int) -> str | None:
        """``a = b`` from ``a <= b`` and ``b <= a``."""
        blocks: list[str] = []
        for left, right in ((goal.left, goal.right), (goal.right, goal.left)):
            label = self.label(found.sequent, "d")
            denied = found.sequent.showing(FALSE).knowing(label, Compare("<", right, left))
            step = Arithmetic(denied, Atoms(), found.rewrites, 0, max_level, self.check_time).step()
            if step is None or not self.accepted(denied, step):
                return None
            blocks.append(f"{{ deny {label} {step} }}")
        new = self.label(found.sequent, "e")
        return (
            f"law {new} : antisymmetry {write(goal.left)}, {write(goal.right)} {blocks[0]} {blocks[1]}"
            f" exactly {new}"
        )

    def accepted(self, sequent: Sequent, steps: str) -> bool:
        """Whether the kernel accepts these steps for the sequent."""
        text = f"{{ {steps} }}"
        try:
            proof = Proof(text, 0, len(text), {})
            proof.block(sequent)
            proof.end()
        except (Rejected, Unreadable, RecursionError):
            return False
        return True

    def split_cases(self, sequent: Sequent, splits: int) -> str | None:
        """A case of a formula in the goal or the facts: prove it for both."""
        for name, fact in paths(sequent):
            if isinstance(fact, Or) and len(fact.parts) >= 2 and (name, fact) not in self.open_cases:
                new = self.label(sequent)
                self.open_cases.append((name, fact))
                try:
                    goals = logic.cases(sequent, fact, new)
                    return self.in_parts(f"cases {name} as {new}", goals, splits - 1)
                finally:
                    self.open_cases.pop()
        for name, fact in paths(sequent):
            match fact:
                case Not(Compare("=", left, right) as equal) if (name, fact) not in self.open_cases:
                    if not self.is_of_numbers(equal, sequent):
                        continue
                    self.open_cases.append((name, fact))
                    try:
                        return self.unequal(sequent, left, right, name, splits)
                    finally:
                        self.open_cases.pop()
                case _:
                    pass
        for term in closed_terms([sequent.goal, *sequent.facts.values()], (If,)):
            decided = (term.condition, logic.negation(term.condition))
            if not any(fact in decided for fact in sequent.facts.values()):
                new = self.label(sequent)
                goals = logic.decide(sequent, term.condition, new)
                return self.in_parts(f"decide {write(term.condition)} as {new}", goals, splits - 1)
        return None

    def unequal(self, sequent: Sequent, left: Term, right: Term, name: str, splits: int) -> str | None:
        """Of two different numbers one is less."""
        label, new, wrong = (self.label(sequent) for _ in range(3))
        blocks: list[str] = []
        for a, b in ((left, right), (right, left)):
            found = self.prove(sequent.knowing(new, Compare("<", a, b)), splits - 1)
            if found is None:
                return None
            blocks.append(f"{{ {found} }}")
        equal = f"{{ use {wrong} : {name} {{ exactly {new} }} exactly {wrong} }}"
        law = f"law {label} : trichotomy {write(left)}, {write(right)}"
        return f"{law} cases {label} as {new} {blocks[0]} {equal} {blocks[1]}"

    # -- descriptions ----------------------------------------------------------------------------------------

    def rewrites(self, sequent: Sequent) -> list[str]:
        """The equations that rewrite, as far as they are facts here."""
        # In another case a name may be that of another fact.
        known = dict(facts_of(sequent))
        return [name for name, fact in self.rewriting if fact in (known.get(name), sequent.facts.get(name))]

    def described(self, sequent: Sequent) -> Found:
        """Facts about the floors, quotients, cases and sums that stand in the goal and the comparisons."""
        rewrites = self.rewrites_for(sequent)
        # The others are of no use here, and each step and each fact takes time.
        useless = {*self.rewrites(sequent)} - {*rewrites}
        facts = {name: fact for name, fact in sequent.facts.items() if name not in useless}
        found = Found(replace(sequent, facts=facts), [], rewrites)
        self.turn_around(found)
        self.rewrite_variables(found)
        computed_floors(self, found)
        # A variable that is replaced brings in what it stands for.
        known = [
            fact
            for name, fact in comparisons(sequent)
            if name not in found.rewrites or isinstance(fact.left, Variable)
        ]
        # A contradiction may be in any fact.
        wanted = self.wanted(found) if self.active and sequent.goal != FALSE else None
        for term in closed_terms([*known, sequent.goal], DESCRIBED):
            if wanted is None or not isinstance(term, Sum | Quotient) or term in wanted:
                self.describe(found, term)
        for bottom in divisors([*known, sequent.goal]):
            self.describe(found, Quotient(ONE, bottom))
        return found

    def turn_around(self, found: Found) -> None:
        """Of each fact ``not a < b`` the fact ``b <= a``, with which arithmetic can do something."""
        for name, fact in [*paths(found.sequent)]:
            if not isinstance(fact, Not):
                continue
            turned = logic.negation(fact.inner)
            known = turned == fact or turned in found.sequent.facts.values()
            if not known and logic.negation(turned) == fact.inner:
                label, denied, wrong = (self.label(found.sequent) for _ in range(3))
                proof = f"deny {denied} use {wrong} : {name} {{ exactly {denied} }} exactly {wrong}"
                found.steps.append(f"have {label} : {write(turned)} {{ {proof} }}")
                found.sequent = found.sequent.knowing(label, turned)

    def rewrites_for(self, sequent: Sequent) -> list[str]:
        """The rewrites of a sequent; inside the description of a term those that its goal leads to.

        Each step cites them, and the kernel reads each of them again. What a name or a floor is equal to
        stays: other facts speak of it as well.
        """
        names = self.rewrites(sequent)
        if not self.active or sequent.goal == FALSE:
            return names
        left = {name: fact for name in names if isinstance(fact := named(sequent, name), Compare)}
        seen = subterms(sequent.goal)
        seen |= {fact.left for fact in left.values() if isinstance(fact.left, Variable | Floor)}
        out: set[str] = set()
        while new := [name for name, fact in left.items() if fact.left in seen]:
            for name in new:
                seen |= subterms(left.pop(name).right)
                out.add(name)
        return [name for name in names if name in out]

    def wanted(self, found: Found) -> set[Sum | Quotient]:
        """Inside the description of a term: the sums and quotients of the goal and of what stands for its
        variables."""
        nodes: list[Formula] = [found.sequent.goal]
        names = set(free(found.sequent.goal))
        for name in reversed(found.rewrites):
            fact = named(found.sequent, name)
            if isinstance(fact, Compare) and isinstance(fact.left, Variable) and fact.left.name in names:
                nodes.append(fact)
                names |= free(fact)
        return set(closed_terms(nodes, (Sum, Quotient)))

    def rewrite_variables(self, found: Found) -> None:
        """Equations ``x = term`` replace the variable ``x``."""
        gone: set[str] = set()
        used: set[str] = set()
        for name, fact in comparisons(found.sequent):
            match fact:
                case Compare("=", Variable(x), right) if x not in free(right):
                    new = name not in found.rewrites
                    # One equation stands before the other, so both must not use what the other replaces.
                    apart = x not in gone and not (x in used and gone & free(right))
                    if not new or (apart and self.rewrite(found, name)):
                        gone.add(x)
                        used |= free(right)
                case _:
                    pass

    def rewrite(self, found: Found, name: str) -> bool:
        """Use an equation as a rewrite from now on, if the kernel takes it as one.

        The right side of a rewrite is taken as it is when it is cited. So an equation stands before those in
        which its left side occurs.
        """
        equation = named(found.sequent, name)
        left = equation.left if isinstance(equation, Compare) else None
        place = len(found.rewrites)
        for k, other in enumerate(found.rewrites):
            if other not in self.inside:
                self.inside[other] = subterms(named(found.sequent, other))
            if left is not None and left in self.inside[other]:
                place = k
                break
        names = [*found.rewrites[:place], name, *found.rewrites[place:]]
        try:
            self.rewritten(found.sequent, names)
        except Rejected:
            return False
        found.rewrites = names
        here = [(each, named(found.sequent, each)) for each in names[place : place + 2]]
        if here[0] not in self.rewriting:
            after = self.rewriting.index(here[1]) if len(here) > 1 else len(self.rewriting)
            self.rewriting.insert(after, here[0])
        return True

    def describe_all(self, found: Found, formula: Formula) -> None:
        """Describe what arithmetic does not look into, wherever it stands in a formula."""
        for term in closed_terms([formula], DESCRIBED):
            self.describe(found, term)

    def rewritten(self, sequent: Sequent, names: Sequence[str]) -> None:
        """Check that the kernel takes these rewrites; one more than the last time is checked alone."""
        known, equation = self.checked, named(sequent, names[-1])
        if known is not None and known[0] == tuple(names[:-1]) and known[1] == sequent.scope:
            Canonical(sequent.scope, Atoms(), [equation])
            canonical = known[2]
            # The kernel counts the work of a certificate, and not that of a search.
            canonical.atoms.work = 0
            match equation:
                case Compare("=", left, right):
                    found = [*canonical.term(left).items()]
                    if len(found) == 1 and found[0][1] == 1 and [e for _, e in found[0][0]] == [1]:
                        canonical.replaced[found[0][0][0][0]] = canonical.term(right)
                        self.checked = (tuple(names), sequent.scope, canonical)
                        return
                case _:
                    pass
        canonical = Canonical(sequent.scope, Atoms(), [named(sequent, each) for each in names])
        self.checked = (tuple(names), sequent.scope, canonical)

    def describe(self, found: Found, term: Term) -> None:
        """Add what is known of a term that arithmetic does not look into."""
        self.check_time()
        if not free(term) and not isinstance(term, Sum | Max | If):
            return
        if term in self.active or self.described_by.get(term) in found.sequent.facts:
            return
        self.active.append(term)
        before = len(found.sequent.facts)
        try:
            self.description(found, term)
        except (Rejected, Unreadable):
            # What cannot be described stays an atom.
            pass
        finally:
            self.active.pop()
        if len(found.sequent.facts) > before:
            self.described_by[term] = [*found.sequent.facts][-1]

    def description(self, found: Found, term: Term) -> None:
        """``describe``, by what the term is."""
        match term:
            case Floor(top, bottom):
                label = self.law(found, "f", "floor", top, bottom)
                if label is not None:
                    exact_floor(self, found, term, label)
                    related(self, found, term)
            case Quotient(_, bottom) if not isinstance(bottom, Number):
                self.inverse(found, bottom)
            case If(condition) if not free(condition) and not quantified(condition):
                holds = self.holds(condition)
                self.law(found, "e", "if_true" if holds else "if_false", term, rewrite=True)
            case If():
                if not self.law(found, "e", "if_true", term, rewrite=True):
                    self.law(found, "e", "if_false", term, rewrite=True)
            case Sum():
                self.closed(found, term)
            case _:
                pass

    def law(
        self, found: Found, hint: str, name: str, *arguments: Term | Formula, rewrite: bool = False
    ) -> str | None:
        """Add the conclusion of a law whose premises are proved; its name, or None."""
        try:
            law = LAWS[name][0](*arguments)
        except (Rejected, Unreadable):
            return None
        if law.conclusion in found.sequent.facts.values():
            return None
        blocks: list[str] = []
        for premise in law.premises:
            proof = self.prove(found.sequent.showing(premise), 1)
            if proof is None:
                return None
            blocks.append(f"{{ {proof} }}")
        label = self.label(found.sequent, hint)
        found.sequent = found.sequent.knowing(label, law.conclusion)
        shown = ", ".join(write(argument) for argument in arguments)
        found.steps.append(" ".join([f"law {label} : {name} {shown}", *blocks]))
        if rewrite:
            self.rewrite(found, label)
        return label

    def inverse(self, found: Found, bottom: Term) -> None:
        """``(1/b)*b = 1``, and that ``1/b`` is positive where ``b`` is."""
        if inverse(self, found, bottom):
            return
        positive_sums(self, found, bottom)
        proof = self.prove(found.sequent.showing(Compare("<", ZERO, bottom)), 0)
        if proof is None or not inverse(self, found, bottom, proof):
            self.law(found, "q", "quotient", ONE, bottom)

    # -- sums ------------------------------------------------------------------------------------------------

    def closed(self, found: Found, total: Sum) -> str | None:
        """An equation that gives a sum a form without it, as a rewrite."""
        guards = [guard_of(inner) for inner in subterms(total) if isinstance(inner, Sum) and inner.guard]
        decided = any(total.index in free(guard) for guard in guards)
        if decided and self.is_short(total) and (total.guard is None or free(total.guard) <= {total.index}):
            # Term by term, numbers decide the guards.
            return self.unrolled(found, total)
        label = counted(self, found, total) or short_outside(self, found, total)
        if label is not None:
            return label
        if total.guard is not None:
            total = without_names(self, found, total) or total
            narrowed = self.narrowed(found, total)
            if narrowed is None:
                return apart_at_a_hole(self, found, total)
            total = narrowed
        simpler = self.with_simpler_body(found, total)
        total = total if simpler is None else simpler
        if total.index in free(total.body):
            divided = isinstance(total.body, Quotient) and total.index not in free(total.body.bottom)
            if simpler is not None or divided:
                factored(self, found, total)
            return self.first_of(
                lambda: self.unrolled(found, total),
                lambda: summed(self, found, total),
                lambda: summed_twice(self, found, total),
                lambda: apart_where_ends_meet(self, found, total),
                lambda: first_apart(self, found, total),
            )
        if LAWS["sum_constant"][0](total).conclusion in found.sequent.facts.values():
            return None
        self.active.append(total)
        try:
            return self.law(found, "e", "sum_constant", total, rewrite=True) or self.law(
                found, "e", "sum_empty", total, rewrite=True
            )
        finally:
            self.active.pop()

    def unrolled(self, found: Found, total: Sum) -> str | None:
        """A short range of numbers is added up term by term."""
        if not self.is_short(total):
            return None
        if Quick().value(total.high) <= Quick().value(total.low):
            return self.law(found, "e", "sum_empty", total, rewrite=True)
        label = self.law(found, "e", "sum_first", total, rewrite=True)
        if label is not None:
            # The rest of the sum stands in the equation, too.
            self.describe_all(found, found.sequent.facts[label])
        return label

    def is_short(self, total: Sum) -> bool:
        """Whether numbers say which few terms a sum has."""
        if free(total.low) | free(total.high):
            return False
        return Quick().value(total.high) - Quick().value(total.low) <= MAX_TERMS

    def with_simpler_body(self, found: Found, total: Sum) -> Sum | None:
        """The sum with closed forms in place of the sums in its body."""
        index = self.name(found.sequent, total.index)
        if index != total.index:
            body = term_with(total.body, {total.index: Variable(index)})
            total = replace(total, index=index, body=body)
        if not closed_terms([total.body], (Sum, If)) and not equations(found.sequent):
            return None
        inner = found.sequent.declaring(index, INT)
        label = self.label(inner, "r")
        inner = inner.knowing(label, in_range(total)).showing(Compare("=", total.body, total.body))
        described = Found(inner, [], list(found.rewrites))
        for term in closed_terms([total.body], DESCRIBED):
            self.describe(described, term)
        rewrite_entries(self, described, total.body)
        new = [name for name in described.rewrites if name not in found.rewrites]
        if not new:
            return None
        atoms = Atoms()
        cited = [named(described.sequent, name) for name in described.rewrites]
        value = Canonical(described.sequent.scope, atoms, cited).term(total.body)
        body = term_of(value, atoms)
        goal = described.sequent.showing(Compare("=", total.body, body))
        step = Arithmetic(goal, Atoms(), described.rewrites, 0, 0, self.check_time).step()
        if step is None:
            return None
        proof = " ".join([f"take {index} suppose {label}", *described.steps, step])
        name = self.label(found.sequent, "e")
        conclusion = LAWS["sum_ext"][0](total, body).conclusion
        found.sequent = found.sequent.knowing(name, conclusion)
        found.steps.append(f"law {name} : sum_ext {write(total)}, {write(body)} {{ {proof} }}")
        self.rewrite(found, name)
        return replace(total, body=body)

    def narrowed(self, found: Found, total: Sum) -> Sum | None:
        """The sum over the smaller range in which the guard of a sum holds, equal to it by a rewrite."""
        if not is_of_bounds(guard_of(total)):
            return without_an_end(self, found, total)
        lows, highs = bounds_of_index(total, found.sequent)
        for low, high in product(reversed(lows), reversed(highs)):
            self.check_time()
            attempt = Found(found.sequent, list(found.steps), list(found.rewrites))
            for bound in (low, high):
                for term in closed_terms([bound], DESCRIBED):
                    self.describe(attempt, term)
            smaller = Sum(total.index, low, high, None, total.body)
            i = Variable(total.index)
            if self.law(attempt, "e", "sum_reindex", total, smaller, i, i, rewrite=True) is not None:
                found.sequent, found.steps, found.rewrites = attempt.sequent, attempt.steps, attempt.rewrites
                return smaller
        return None


def witnesses(sequent: Sequent, goal: Exists) -> Iterator[Term]:
    """Values to try for what is to exist: what the goal says that it is, its bounds, then small numbers."""
    seen: set[Term] = set()
    for value in (*bounds_of(sequent, goal), *(Number(k) for k in (0, 1, 2, 3)), *names_of(sequent, goal)):
        if value not in seen:
            seen.add(value)
            yield value


def names_of(sequent: Sequent, goal: Exists) -> Iterator[Term]:
    """The declared names that may be given, and the numbers behind them."""
    for name, sort in sequent.scope.items():
        if sort == goal.sort or (sort, goal.sort) == (INT, REAL):
            yield Variable(name)
            yield Plus((Variable(name), ONE))


def real_bounds(sequent: Sequent, goal: Exists) -> list[Term]:
    """The bounds of a whole number that are no whole numbers themselves."""
    return [term for term in bounds_of(sequent, goal) if sort_of(term, sequent.scope) == REAL][:2]


def bounds_of(sequent: Sequent, goal: Exists) -> list[Term]:
    """What an equation in the goal says that the value is, and the bounds that inequalities give for it."""
    equal: list[Term] = []
    bounds: list[Term] = []
    least: list[Term] = []
    atoms = Atoms()
    # Names that stand for terms are written out: 3*p is 6*k where p = 2*k.
    scope = {**sequent.scope, goal.name: goal.sort}
    canonical = Canonical(scope, atoms, substitutions(sequent, goal.name))
    index = next(iter(canonical.term(Variable(goal.name))))[0][0]
    body: Formula = goal.body
    hidden: set[str] = set()
    while isinstance(body, Exists):
        hidden.add(body.name)
        body = body.body
    for part in conjuncts(body):
        if not isinstance(part, Compare) or hidden & free(part):
            continue
        try:
            value = canonical.difference(part.right, part.left)
        except (Rejected, KeyError):
            continue
        factor = value.get(((index, 1),))
        rest = {m: c for m, c in value.items() if m != ((index, 1),)}
        if goal.sort == INT and not factor:
            if all(sort_of(atoms.shown[a], scope) == INT for m in value for a, _ in m):
                share = rounded_share(value, index, part.relation, atoms)
                bounds += [] if share is None else [share]
            continue
        if not factor or any(a == index for m in rest for a, _ in m):
            continue
        found: Polynomial = {m: Fraction(-c) / factor for m, c in rest.items()}
        if goal.sort == INT and any(c.denominator != 1 for c in found.values()):
            continue
        solution = term_of(found, atoms)
        if part.relation == "=":
            equal.append(solution)
        else:
            bounds += [solution, Plus((solution, Number(1 if factor > 0 else -1)))]
            if factor > 0 and part.relation == "<=":
                least.append(solution)
    if len(least) > 1:
        # The larger of two bounds from below.
        bounds.insert(0, If(Compare("<=", least[1], least[0]), least[0], least[1]))
    return equal + bounds


def substitutions(sequent: Sequent, apart_from: str) -> list[Formula]:
    """Facts ``x = term`` that can be cited one after the other, innermost first."""
    out: list[Formula] = []
    used: set[str] = {apart_from}
    for _, fact in comparisons(sequent):
        match fact:
            case Compare("=", Variable(x), right) if not used & {x, *free(right)} and x not in free(right):
                if sort_of(right, sequent.scope) in (sequent.scope[x], INT):
                    out.append(fact)
                    used |= {x}
            case _:
                pass
    return out


def sizes(sequent: Sequent) -> Iterator[Term]:
    """Numbers that a witness may have to exceed: bounds, and quotients by small positive numbers."""
    reals = [name for name, sort in sequent.scope.items() if sort == REAL]
    wholes = [Variable(name) for name, sort in sequent.scope.items() if sort == INT]
    for name in reversed(reals):
        yield Variable(name)
        for factor in (3, 2, 4):
            yield Times((Number(factor), Variable(name)))
    for name in reversed(reals):
        for factor in (1, 2, 4):
            yield Quotient(Number(factor), Variable(name))
        if wholes:
            total = Plus(tuple(wholes)) if len(wholes) > 1 else wholes[0]
            for factor in (1, 2, 4):
                yield Quotient(Times((Number(factor), total)), Variable(name))


def bound_apart(goal: Formula, taken: Collection[str]) -> Formula:
    """The same formula, where no sum or maximum binds a name that a certificate must not bind.

    An abbreviation may be declared behind another one that binds its name.
    """

    def apart(node: Node) -> Node:
        node = map_parts(node, apart)
        if not isinstance(node, Sum | Max) or node.index not in taken:
            return node
        return with_index(node, fresh(node.index, {*taken, *free(node.body), *free(guard_of(node))}))

    return as_formula(apart(goal))
