"""Search for proofs: what a goal is made of decides the step, and arithmetic ends each branch.

Before arithmetic is asked, everything in the goal that it does not understand is described: a floor by its
two inequalities, a quotient by the equation that it solves, a case by its condition, and a sum by a closed
form. Each proof is text as it stands in a certificate. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import gcd, lcm
from time import monotonic

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.evaluation import Evaluator, Exact
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
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
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    as_formula,
    free,
)
from symcnn.kernel.writing import write
from symcnn.proving.cases import OutOfTime
from symcnn.proving.combining import LEVELS, Arithmetic, term_of
from symcnn.proving.enriching import enrich
from symcnn.proving.facts import closed_terms, comparisons, named, paths, subterms
from symcnn.proving.reordering import reordered

MAX_SPLITS = 4
MAX_DEPTH = 2

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
class Found:
    """Steps that were found, what they leave to prove, and the equations among them that rewrite."""

    sequent: Sequent
    steps: list[str] = field(default_factory=list[str])
    rewrites: list[str] = field(default_factory=list[str])


@dataclass
class Search:
    """A search for one certificate, until ``deadline`` (of ``time.monotonic``)."""

    deadline: float
    used: set[str] = field(default_factory=set[str])
    count: int = 0
    depth: int = 0
    rewriting: list[str] = field(default_factory=list[str])
    described_by: dict[Term, str] = field(default_factory=dict[Term, str])
    active: list[Term] = field(default_factory=list[Term])
    open_cases: list[tuple[str, Formula]] = field(default_factory=list[tuple[str, Formula]])

    def check_time(self) -> None:
        """Stop the search when its time is over."""
        if monotonic() > self.deadline:
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
        match goal:
            case ForAll():
                return self.after(self.taken(sequent), splits)
            case Implies() | Not():
                return self.supposed(sequent, splits)
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
        for goal in goals:
            found = self.prove(goal, splits)
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
        if not isinstance(goal, Exists) or isinstance(goal.sort, Function):
            return None
        for value in witnesses(sequent, goal):
            found = self.with_witness(sequent, goal, value, splits)
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

    def with_witness(self, sequent: Sequent, goal: Exists, value: Term, splits: int) -> str | None:
        """``witness x = value`` and the proof of what it leaves, if that is found soon."""
        try:
            inner = logic.witness(sequent, goal.name, value)
        except (Rejected, Unreadable):
            return None
        found = self.for_a_while(inner, min(splits, 1))
        return None if found is None else f"witness {goal.name} = {write(value)} {found}"

    def for_a_while(self, sequent: Sequent, splits: int) -> str | None:
        """A proof that is found in an eighth of the time that is left."""
        self.check_time()
        last = self.deadline
        self.deadline = monotonic() + (last - monotonic()) / 8
        try:
            return self.prove(sequent, splits)
        except (OutOfTime, RecursionError):
            return None
        finally:
            self.deadline = last

    # -- arithmetic ------------------------------------------------------------------------------------------

    def compared(self, sequent: Sequent, splits: int) -> str | None:
        """A comparison or "false": by arithmetic, after what stands in it has been described."""
        known = self.known(sequent) or reordered(self, sequent)
        if known is not None:
            return known
        found = self.described(sequent)
        before = " ".join(found.steps)
        step = self.arithmetic(found)
        if step is not None:
            return f"{before} {step}".strip()
        step = self.without_fractions(found)
        if step is not None:
            return f"{before} {step}".strip()
        plain = Found(found.sequent, list(found.steps), list(found.rewrites))
        # What is only tried, with no splits left, is not worth it.
        if splits > 0 and self.enriched(found):
            step = self.arithmetic(found)
            if step is not None:
                return " ".join([*found.steps, step])
        long = not free(sequent.goal) and self.is_long(sequent.goal)
        if long and self.holds(sequent.goal) and self.accepted(sequent, "compute"):
            return "compute"
        step = self.contradicted(found.sequent)
        if step is not None:
            return " ".join([*found.steps, step])
        if splits > 0:
            # What was added may have made things worse for the cases.
            step = self.split_cases(plain.sequent, splits)
            if step is not None:
                return f"{before} {step}".strip()
        return None

    def holds(self, goal: Formula) -> bool:
        """Whether a goal without names holds; the kernel itself does not look at the clock."""
        try:
            return Timed(self.check_time).holds(goal)
        except Rejected:
            return False

    def enriched(self, found: Found) -> bool:
        """Add more facts; not within the proof of such a fact within another one."""
        if self.depth >= MAX_DEPTH or self.active:
            return False
        self.depth += 1
        try:
            return enrich(self, found)
        finally:
            self.depth -= 1

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
        if not free(goal) and not self.is_long(goal) and self.accepted(sequent, "compute"):
            return "compute"
        for name, fact in comparisons(sequent):
            if fact == goal:
                return f"exactly {name}"
        for name, fact in sequent.facts.items():
            if fact in (goal, FALSE):
                return f"exactly {name}"
        return None

    def is_long(self, formula: Formula) -> bool:
        """Whether a sum or maximum stands in the formula, so that to compute it may take long."""
        return bool(closed_terms([formula], (Sum, Max)))

    def arithmetic(self, found: Found) -> str | None:
        """``ring``, ``cone``, or these after the negation of the goal."""
        self.check_time()
        sequent = found.sequent
        for level in LEVELS:
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

    def described(self, sequent: Sequent) -> Found:
        """Facts about the floors, quotients, cases and sums that stand in the goal and the comparisons."""
        found = Found(sequent, [], [name for name in self.rewriting if name in sequent.facts])
        self.rewrite_variables(found)
        # A variable that is replaced brings in what it stands for.
        known = [
            fact
            for name, fact in comparisons(sequent)
            if name not in found.rewrites or isinstance(fact.left, Variable)
        ]
        # A contradiction may be in any fact.
        wanted = self.sums_wanted(found) if self.active and sequent.goal != FALSE else None
        for term in closed_terms([*known, sequent.goal], DESCRIBED):
            if wanted is None or not isinstance(term, Sum) or term in wanted:
                self.describe(found, term)
        return found

    def sums_wanted(self, found: Found) -> set[Sum]:
        """Inside the description of a term: the sums of the goal and of what stands for its variables."""
        nodes: list[Formula] = [found.sequent.goal]
        names = set(free(found.sequent.goal))
        for name in reversed(found.rewrites):
            fact = named(found.sequent, name)
            if isinstance(fact, Compare) and isinstance(fact.left, Variable) and fact.left.name in names:
                nodes.append(fact)
                names |= free(fact)
        return set(closed_terms(nodes, (Sum,)))

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
            if left is not None and left in subterms(named(found.sequent, other)):
                place = k
                break
        names = [*found.rewrites[:place], name, *found.rewrites[place:]]
        try:
            equations = [named(found.sequent, each) for each in names]
            Canonical(found.sequent.scope, Atoms(), equations)
        except Rejected:
            return False
        found.rewrites = names
        if name not in self.rewriting:
            after = self.rewriting.index(names[place + 1]) if place + 1 < len(names) else len(self.rewriting)
            self.rewriting.insert(after, name)
        return True

    def describe(self, found: Found, term: Term) -> None:
        """Add what is known of a term that arithmetic does not look into."""
        self.check_time()
        if not free(term) and not isinstance(term, Sum | Max):
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
                self.law(found, "f", "floor", top, bottom)
            case Quotient(_, bottom) if not isinstance(bottom, Number):
                self.inverse(found, bottom)
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
        one = Quotient(ONE, bottom)
        label = self.law(found, "q", "quotient", ONE, bottom)
        if label is None:
            return
        positive = Compare("<", ZERO, one)
        proof = self.prove(found.sequent.showing(Compare("<", ZERO, bottom)), 0)
        if proof is not None:
            b, d, p = (self.label(found.sequent, hint) for hint in "bdp")
            steps = f"have {b} : {write(Compare('<', ZERO, bottom))} {{ {proof} }}"
            inner = f"deny {d} cone {d} {b} + {label}"
            known = found.sequent.knowing(b, Compare("<", ZERO, bottom))
            if self.accepted(known.showing(positive), inner):
                found.sequent = known.knowing(p, positive)
                found.steps.append(f"{steps} have {p} : {write(positive)} {{ {inner} }}")

    # -- sums ------------------------------------------------------------------------------------------------

    def closed(self, found: Found, total: Sum) -> str | None:
        """An equation that gives a sum a form without it, as a rewrite."""
        if total.guard is not None:
            narrowed = self.narrowed(found, total)
            if narrowed is None:
                return None
            total = narrowed
        simpler = self.with_simpler_body(found, total)
        total = total if simpler is None else simpler
        if total.index in free(total.body):
            return self.unrolled(found, total)
        self.active.append(total)
        try:
            return self.law(found, "e", "sum_constant", total, rewrite=True) or self.law(
                found, "e", "sum_empty", total, rewrite=True
            )
        finally:
            self.active.pop()

    def unrolled(self, found: Found, total: Sum) -> str | None:
        """A short range of numbers is added up term by term."""
        low, high = total.low, total.high
        if not (isinstance(low, Number) and isinstance(high, Number)) or high.value - low.value > 12:
            return None
        label = None
        for _ in range(int(high.value - low.value)):
            label = self.law(found, "e", "sum_first", total, rewrite=True)
            if label is None:
                return None
            total = replace(total, low=Plus((total.low, ONE)))
        return self.law(found, "e", "sum_empty", total, rewrite=True) or label

    def with_simpler_body(self, found: Found, total: Sum) -> Sum | None:
        """The sum with closed forms in place of the sums in its body."""
        index = self.name(found.sequent, total.index)
        if index != total.index:
            body = term_with(total.body, {total.index: Variable(index)})
            total = replace(total, index=index, body=body)
        if not closed_terms([total.body], (Sum, If)):
            return None
        inner = found.sequent.declaring(index, INT)
        label = self.label(inner, "r")
        inner = inner.knowing(label, in_range(total)).showing(Compare("=", total.body, total.body))
        described = Found(inner, [], list(found.rewrites))
        for term in closed_terms([total.body], DESCRIBED):
            self.describe(described, term)
        new = [name for name in described.rewrites if name not in found.rewrites]
        if not new:
            return None
        atoms = Atoms()
        equations = [fact for name, fact in comparisons(described.sequent) if name in described.rewrites]
        value = Canonical(described.sequent.scope, atoms, equations).term(total.body)
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
        for low, high in ranges(total, found.sequent):
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


def ranges(total: Sum, sequent: Sequent) -> Iterator[tuple[Term, Term]]:
    """Ranges in which the guard of a sum may hold: bounds that it gives for the index, by its form."""
    scope = {**sequent.scope, total.index: INT}
    atoms = Atoms()
    canonical = Canonical(scope, atoms)
    index = next(iter(canonical.term(Variable(total.index))))[0][0]
    lows: list[Term] = [total.low]
    highs: list[Term] = [total.high]
    guard = total.guard
    for part in guard.parts if isinstance(guard, And) else (guard,):
        if not isinstance(part, Compare):
            return
        value = canonical.difference(part.right, part.left)
        if part.relation == "<":
            value = {**value, UNIT: value.get(UNIT, 0) - 1}
        factor = {tuple((a, e) for a, e in m if a != index): c for m, c in value.items() if (index, 1) in m}
        rest = {m: c for m, c in value.items() if all(a != index for a, _ in m)}
        if not factor or len(factor) + len(rest) < len(value):
            return
        up = all(c > 0 for c in factor.values())
        size = term_of({m: abs(c) for m, c in factor.items()}, atoms)
        if part.relation == "=" or up:
            # size*i + rest >= 0: i is at least the ceiling of -rest/size.
            least = Times((Number(-1), _floor(term_of(rest, atoms), size)))
            lows.append(least)
            if part.relation == "=":
                highs.append(Plus((least, ONE)))
        else:
            highs.append(Plus((_floor(term_of(rest, atoms), size), ONE)))
    for low in reversed(lows):
        for high in reversed(highs):
            yield low, high


def _floor(top: Term, bottom: Term) -> Term:
    return top if bottom == ONE else Floor(top, bottom)


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
    for part in body.parts if isinstance(body, And) else (body,):
        if not isinstance(part, Compare) or hidden & free(part):
            continue
        try:
            value = canonical.difference(part.right, part.left)
        except (Rejected, KeyError):
            continue
        factor = value.get(((index, 1),))
        rest = {m: c for m, c in value.items() if m != ((index, 1),)}
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
