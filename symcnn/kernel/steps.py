"""The steps of a proof: each is read, applied to what is to be proved, and leaves what remains.

A block ``{ step ... }`` proves a goal. Each step is a rule with its arguments and a block for each goal
that it leaves, in order; where one block fewer is written than there are goals, the steps that follow prove
the last one. A block ends with the step that leaves nothing. ``certificates`` lists the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fractions import Fraction

from symcnn.kernel import arithmetic, logic
from symcnn.kernel.arithmetic import Product
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.laws import LAWS, Law
from symcnn.kernel.logic import Lambda, Sequent
from symcnn.kernel.reading import MAX_NAME, MAX_TREE_DEPTH, Macro, Reader, Token, position
from symcnn.kernel.sorts import check, sort_of
from symcnn.kernel.statements import MAX_NAMES, MAX_PREMISES
from symcnn.kernel.terms import (
    FALSE,
    INT,
    And,
    Exists,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    IllSorted,
    Implies,
    Max,
    Rejected,
    Sort,
    Sum,
    Term,
    free,
    measure,
    parts,
)
from symcnn.kernel.writing import short, what, write_sort

MAX_FORMULA = 20_000
MAX_SUBSTITUTION = 1_000_000
MAX_ARGUMENTS_OF_LAWS = 4000
# As deep as a statement can be: its terms, below a quantifier for each name and an arrow for each premise.
MAX_LEVELS = MAX_TREE_DEPTH + MAX_NAMES + MAX_PREMISES


class Proof(Reader):
    """Reads blocks of steps and checks each step as it is read."""

    def __init__(self, text: str, start: int, stop: int, abbreviations: Mapping[str, Macro]) -> None:
        super().__init__(text, {}, abbreviations, start, stop)
        self.atoms = Atoms()
        self.checked: dict[int, Formula] = {}

    # -- blocks and steps ------------------------------------------------------------------------------------

    def block(self, sequent: Sequent) -> None:
        """``{ step ... }``, which proves the goal; its abbreviations end with it."""
        self.deeper()
        self.expect("{")
        abbreviations = dict(self.macros)
        remaining: Sequent | None = sequent
        while remaining is not None:
            remaining = self.step(remaining)
        self.expect("}")
        self.macros = abbreviations
        self.depth -= 1

    def step(self, sequent: Sequent) -> Sequent | None:
        """One step with the blocks that it needs; what the next steps have to prove, or None if nothing is
        left."""
        word = self.peek()
        rule = STEPS.get(word.value)
        if rule is None:
            raise self.rejection(f"{self.no_step(word)}, and this is not proved yet: {what(sequent.goal)}")
        self.next += 1
        try:
            goals = rule(self, sequent)
            for goal in goals:
                self.check(goal.goal, goal.scope)
                for name in goal.facts.keys() - sequent.facts.keys():
                    self.check(goal.facts[name], goal.scope)
        except IllSorted as error:
            raise Rejected(f"{position(self.text, word.place)}: {word.value}: {error}") from None
        except Rejected as error:
            raise self.placed(error, word.place) from None
        return self.proved(goals)

    def no_step(self, word: Token) -> str:
        """What to say of a word that is no step."""
        if word.kind != "name":
            return "no step"
        close = get_close_matches(word.value[:MAX_NAME], STEPS, 1)
        return f"{word.value[:MAX_NAME]!r} is no step{f' (did you mean {close[0]}?)' if close else ''}"

    def proved(self, goals: tuple[Sequent, ...]) -> Sequent | None:
        """Read a block for each goal; the last one may be left to the steps that follow."""
        for goal in goals[:-1]:
            self.block(goal)
        if not goals:
            return None
        if self.at("{"):
            self.block(goals[-1])
            return None
        return goals[-1]

    def placed(self, error: Rejected, place: int) -> Rejected:
        """The error with its place, unless it has one."""
        shown = str(error)
        return error if shown.startswith("line ") else Rejected(f"{position(self.text, place)}: {shown}")

    def rejection(self, reason: str) -> Rejected:
        """A rejection at the next word."""
        return Rejected(f"{position(self.text, self.peek().place)}: {reason}")

    def check(self, formula: Formula, scope: Mapping[str, Sort]) -> None:
        """What a rule leaves or concludes is small enough to be looked at, and well sorted."""
        if id(formula) not in self.checked:
            self.atoms.spend(self.limit(formula))
            check(formula, scope)
            self.remember(formula)

    def limit(self, formula: Formula) -> int:
        """The size of a formula; one that is too large or too deep to look at is refused."""
        size, depth = measure(formula, self.budget.known)
        if size > MAX_FORMULA or depth > MAX_LEVELS:
            raise Rejected("a goal or fact becomes too large")
        return size

    def may_replace(self, formula: Formula, value: Term | Lambda) -> None:
        """Refuse to put a term into a formula where the two are large."""
        body = value.body if isinstance(value, Lambda) else value
        if self.limit(formula) * measure(body, self.budget.known)[0] > MAX_SUBSTITUTION:
            raise Rejected("a goal or fact becomes too large")

    def remember(self, formula: Formula) -> None:
        """A formula is well sorted, so what it is made of is too: names keep their sorts, and are only added.

        The formulas are kept, so that an id stays that of one formula.
        """
        waiting = [formula]
        while waiting:
            here = waiting.pop()
            self.checked[id(here)] = here
            waiting.extend(part for part in parts(here) if isinstance(part, Formula))

    # -- what steps are made of ------------------------------------------------------------------------------

    def term_in(self, sequent: Sequent, *bound: tuple[str, Sort]) -> Term:
        """A term in the names of a sequent, and in these."""
        self.enter(sequent, bound)
        found = self.term()
        self.small(found)
        sort_of(found, self.scope)
        return found

    def formula_in(self, sequent: Sequent, *bound: tuple[str, Sort]) -> Formula:
        """A formula in the names of a sequent, and in these."""
        self.enter(sequent, bound)
        found = self.formula()
        self.small(found)
        if not bound:
            self.check(found, sequent.scope)
        else:
            check(found, self.scope)
        return found

    def enter(self, sequent: Sequent, bound: tuple[tuple[str, Sort], ...]) -> None:
        """Bring the names of a sequent into scope, and these."""
        self.scope, self.bound = dict(sequent.scope), frozenset()
        for name, sort in bound:
            self.bind(name, sort)

    def new_name(self) -> str:
        """A name for something that a step brings in; abbreviations would hide it."""
        word = self.peek()
        found = self.name()
        if found in self.macros:
            raise self.refusal(word, f"{found} is an abbreviation; use another name")
        return found

    def names(self) -> list[str]:
        """Names that a step brings in, separated by commas."""
        out = [self.new_name()]
        while self.take(","):
            out.append(self.new_name())
        return out

    def label(self) -> str:
        """``h :``"""
        found = self.new_name()
        self.expect(":")
        return found

    def fact(self, sequent: Sequent) -> Formula:
        """``h``, or a part of it such as ``h.2``."""
        name = self.name()
        if name not in sequent.facts:
            raise Rejected(f"{name} is no fact here; there are {', '.join(sequent.facts) or 'none'}")
        found = sequent.facts[name]
        while self.take("."):
            word = self.peek()
            if word.kind != "number" or len(word.value) > 20 or not word.value.replace(".", "").isdigit():
                raise self.error("the number of a part is missing")
            self.next += 1
            for position_ in word.value.split("."):
                found = _part(found, int(position_))
        return found

    def values(self, sequent: Sequent, known: Formula) -> list[Term | Lambda]:
        """``(term, fun(i) term, ...)``, the values for what a fact holds for all of."""
        out: list[Term | Lambda] = []
        self.expect("(")
        while True:
            sort = known.sort if isinstance(known, ForAll) else INT
            known = known.body if isinstance(known, ForAll) else known
            out.append(self.value(sequent, sort))
            if not self.take(","):
                break
        self.expect(")")
        return out

    def value(self, sequent: Sequent, sort: Sort) -> Term | Lambda:
        """A term, or ``fun(i, j) term`` for a function."""
        if not isinstance(sort, Function):
            if self.at("fun", "("):
                raise self.error(f"a term of sort {sort} is needed, and no function,")
            return self.term_in(sequent)
        if not self.take("fun", "("):
            raise self.error(f"a function {write_sort(sort)} is needed, such as fun(i) term,")
        parameters = [self.new_name()]
        while self.take(","):
            parameters.append(self.new_name())
        self.expect(")")
        if len(parameters) != len(sort.arguments) or len(parameters) != len(set(parameters)):
            raise self.error(f"{len(sort.arguments)} different parameters are needed")
        body = self.term_in(sequent, *zip(parameters, sort.arguments, strict=True))
        return Lambda(tuple(parameters), body)

    def sum(self, sequent: Sequent) -> tuple[list[Product], Canonical]:
        """``e (term) + 2 h k using d, ...``, with which a block ends."""
        found = self.products(sequent), self.canonical(sequent)
        if not self.at("}"):
            raise self.error("a product is written 2 h k (term)^2, and a sum of them ends the block: not so")
        return found

    def products(self, sequent: Sequent) -> list[Product]:
        """``2/3 h k (term)^2 + e (term) - ...``"""
        if self.at("using") or self.at("}"):
            return []
        out = [self.product_of(sequent, -1 if self.take("-") else 1)]
        while self.at("+") or self.at("-"):
            out.append(self.product_of(sequent, 1 if self.take("+") else self.minus()))
        return out

    def minus(self) -> int:
        """Pass over a minus sign."""
        self.expect("-")
        return -1

    def product_of(self, sequent: Sequent, sign: int) -> Product:
        """``2/3 h k (term)^2`` or ``e (term)``"""
        factor = Fraction(sign)
        if self.peek().kind == "number":
            factor *= self.number()
            if self.take("/"):
                word = self.peek()
                divisor = self.number()
                if divisor == 0:
                    raise self.refusal(word, "a factor divides by 0")
                factor /= divisor
        facts: list[Formula] = []
        while self.peek().kind == "name" and self.peek().value != "using":
            facts.append(self.fact(sequent))
        squares: list[Term] = []
        multiplier: Term | None = None
        while self.take("("):
            found = self.term_in(sequent)
            self.expect(")")
            if self.take("^"):
                self.expect("2")
                squares.append(found)
            elif multiplier is None:
                multiplier = found
            else:
                raise self.error("a product has two multipliers; write one")
        return Product(factor, tuple(facts), tuple(squares), multiplier)

    def number(self) -> Fraction:
        """A written number."""
        word = self.peek()
        if word.kind != "number":
            raise self.error("a number is missing")
        self.next += 1
        return Fraction(self.number_of(word))

    def canonical(self, sequent: Sequent) -> Canonical:
        """``using e, ...`` or nothing: canonical forms after these rewrites."""
        rewrites: list[Formula] = []
        if self.take("using"):
            rewrites.append(self.fact(sequent))
            while self.take(","):
                rewrites.append(self.fact(sequent))
        return Canonical(sequent.scope, self.atoms, rewrites)

    # -- steps -----------------------------------------------------------------------------------------------

    def do_take(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``take x, y``"""
        for name in self.names():
            sequent = logic.take(sequent, name)
        return (sequent,)

    def do_suppose(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``suppose h, k``"""
        for name in self.names():
            sequent = logic.suppose(sequent, name)
        return (sequent,)

    def do_split(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``split {..} {..}``"""
        return logic.split(sequent)

    def do_choose(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``choose 2``"""
        found = self.number()
        if found.denominator != 1:
            raise self.error("the number of a part is a whole number")
        return (logic.choose(sequent, found.numerator),)

    def do_witness(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``witness x = term witness f = fun(i, j) term``"""
        sequent = self.witness(sequent)
        # Those that follow belong to the same step: what is between them need not be looked at.
        while self.take("witness") or self.take(","):
            sequent = self.witness(sequent)
        return (sequent,)

    def witness(self, sequent: Sequent) -> Sequent:
        """``x = value``"""
        name = self.name()
        self.expect("=")
        if not isinstance(sequent.goal, Exists):
            raise Rejected(f"witness: the goal is not 'exists': {short(sequent.goal)}")
        value = self.value(sequent, sequent.goal.sort)
        self.may_replace(sequent.goal, value)
        return logic.witness(sequent, name, value)

    def do_obtain(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``obtain x, y, h from fact``"""
        *names, label = self.names()
        if not names:
            raise self.error("obtain needs a name and, behind it, a name for the fact")
        self.expect("from")
        known = self.fact(sequent)
        for name in names:
            sequent, known = logic.obtain(sequent, known, name)
        return (sequent.knowing(label, known),)

    def do_cases(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``cases fact as h {..} {..}``"""
        known = self.fact(sequent)
        self.expect("as")
        return logic.cases(sequent, known, self.new_name())

    def do_decide(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``decide formula as h {..} {..}``"""
        formula = self.formula_in(sequent)
        self.expect("as")
        return logic.decide(sequent, formula, self.new_name())

    def do_deny(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``deny h``"""
        return (logic.deny(sequent, self.new_name()),)

    def do_have(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``have h : formula {..}``"""
        label = self.label()
        return logic.have(sequent, self.formula_in(sequent), label)

    def do_use(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``use h : fact(term, ...) {..}``: values and premises in the order of the fact."""
        label = self.label()
        known = self.fact(sequent)
        while self.at("(") or self.at("{"):
            if self.at("("):
                values = self.values(sequent, known)
                for value in values:
                    self.may_replace(known, value)
                known = logic.instance(known, values, sequent.scope)
            else:
                premise, known = logic.consequence(known)
                self.check(premise, sequent.scope)
                self.block(sequent.showing(premise))
        return (sequent.knowing(label, known),)

    def do_law(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``law h : name argument, ... {..}``"""
        label = self.label()
        law = self.law(sequent)
        premises = (sequent.showing(premise) for premise in law.premises)
        return *premises, sequent.knowing(label, law.conclusion)

    def law(self, sequent: Sequent) -> Law:
        """The name of a law and its arguments, separated by commas."""
        word = self.peek()
        name = self.name()
        if name not in LAWS:
            raise self.refusal(word, f"{name} is no law; there are {', '.join(LAWS)}")
        apply, kinds = LAWS[name]
        found: list[Term | Formula] = []
        for k, kind in enumerate(kinds):
            if k:
                self.expect(",")
            found.append(self.argument(sequent, kind, found))
        if sum(measure(node, self.budget.known)[0] for node in found) > MAX_ARGUMENTS_OF_LAWS:
            raise Rejected("a goal or fact becomes too large")
        return apply(*found)

    def argument(self, sequent: Sequent, kind: str, before: list[Term | Formula]) -> Term | Formula:
        """An argument of a law, of the kind that the law needs."""
        reduced = [node.index for node in before if isinstance(node, Sum | Max)]
        if kind == "guard":
            return self.formula_in(sequent, (reduced[0], INT))
        bound = {"body": reduced[:1], "there": reduced[:1], "back": reduced[1:]}.get(kind, [])
        found = self.term_in(sequent, *((index, INT) for index in bound))
        wanted = {"sum": Sum, "max": Max, "if": If}.get(kind)
        if wanted is not None and not isinstance(found, wanted):
            raise Rejected(f"an argument must be a {kind}: {short(found)}")
        if kind in ("whole", "there", "back") and sort_of(found, self.scope) != INT:
            raise Rejected(f"an argument must be a whole number: {short(found)}")
        return found

    def do_induct(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``induct {..} {..}``"""
        return logic.induct(sequent)

    def do_exactly(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``exactly fact using e, ...``: the fact is the goal, in canonical form; from false follows
        anything."""
        known = self.fact(sequent)
        canonical = self.canonical(sequent)
        if known != FALSE and canonical.formula(known) != canonical.formula(sequent.goal):
            raise Rejected(f"exactly: the fact is {short(known)}, the goal is {short(sequent.goal)}")
        return ()

    def do_compute(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``compute``: a goal without names and quantifiers is true."""
        if free(sequent.goal):
            names = ", ".join(sorted(free(sequent.goal)))
            raise Rejected(f"compute: the goal has no value, it speaks of {names}")
        evaluator = Evaluator({})
        holds = evaluator.holds(sequent.goal)
        self.atoms.spend(evaluator.steps // 4)
        if not holds:
            raise Rejected(f"compute: this is false: {short(sequent.goal)}")
        return ()

    def do_ring(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``ring e (term) + 2 d using e, ...``"""
        arithmetic.ring(sequent.goal, *self.sum(sequent))
        return ()

    def do_cone(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``cone 1/2 h k (term)^2 + ... using e, ...``"""
        arithmetic.cone(sequent.goal, *self.sum(sequent))
        return ()

    def do_let(self, sequent: Sequent) -> tuple[Sequent, ...]:
        """``let x(i, j) = term``: written out wherever it is used."""
        word = self.peek()
        name = self.new_name()
        if name in sequent.scope:
            raise self.refusal(word, f"{name} is declared already")
        parameters: list[str] = []
        if self.take("("):
            parameters = self.names()
            self.expect(")")
        self.expect("=")
        body = self.term_in(sequent, *((parameter, INT) for parameter in parameters))
        self.macros[name] = Macro.of(parameters, body)
        return (sequent,)


def _part(formula: Formula, position_: int) -> Formula:
    match formula:
        case And(parts):
            return logic.part_of(parts, position_, "a fact")
        case Iff(left, right):
            return logic.part_of((Implies(left, right), Implies(right, left)), position_, "a fact")
        case _:
            raise Rejected(f"a fact that is neither 'and' nor 'iff' has no parts: {short(formula)}")


STEPS: dict[str, Callable[[Proof, Sequent], tuple[Sequent, ...]]] = {
    "take": Proof.do_take,
    "suppose": Proof.do_suppose,
    "split": Proof.do_split,
    "choose": Proof.do_choose,
    "witness": Proof.do_witness,
    "obtain": Proof.do_obtain,
    "cases": Proof.do_cases,
    "decide": Proof.do_decide,
    "deny": Proof.do_deny,
    "have": Proof.do_have,
    "use": Proof.do_use,
    "law": Proof.do_law,
    "induct": Proof.do_induct,
    "exactly": Proof.do_exactly,
    "compute": Proof.do_compute,
    "ring": Proof.do_ring,
    "cone": Proof.do_cone,
    "let": Proof.do_let,
}
