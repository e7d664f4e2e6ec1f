"""The steps of a proof that need no search: computations, facts that are the goal, small inequalities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from symcnn.kernel import logic
from symcnn.kernel.logic import Lambda, Sequent
from symcnn.kernel.substitution import map_parts
from symcnn.kernel.terms import (
    FALSE,
    INT,
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    If,
    Max,
    Node,
    Not,
    Or,
    Rejected,
    Sum,
    Term,
    Variable,
    as_formula,
    free,
    number,
    parts,
    same,
)
from symcnn.kernel.writing import write
from symcnn.search.cases import (
    Clock,
    Point,
    Quick,
    Value,
    conjuncts,
    truth,
)
from symcnn.search.combining import Arithmetic
from symcnn.search.facts import parts_of
from symcnn.search.unfolding import with_sums, work

Prover: TypeAlias = Callable[[Sequent], str | None]

# What the kernel computes at once; more is taken apart by laws.
MAX_COMPUTED = 100_000


def written(value: Value) -> str:
    """A value as a certificate gives it."""
    if isinstance(value, Lambda):
        return f"fun({', '.join(value.parameters)}) {write(value.body)}"
    return str(value)


def behind(step: str, rest: str | None) -> str | None:
    """A step with those that follow, if there are any."""
    return None if rest is None else f"{step} {rest}"


def as_value(value: Value) -> Term | Lambda:
    """A value as the rules of the kernel take it."""
    return value if isinstance(value, Lambda) else number(value)


@dataclass
class Steps:
    """Writes steps; ``chosen`` are the values that were found for names that exist."""

    chosen: Point
    # Names that no parameter of a function has, and those that nothing new has.
    avoid: frozenset[str]
    abbreviations: frozenset[str]
    clock: Clock
    prover: Prover | None = None
    seed: int = 0
    depth: int = 0
    names: int = 0
    inner: dict[str, Value] = field(default_factory=dict)

    def label(self, of: Sequent) -> str:
        """A name for a new fact."""
        while True:
            self.names += 1
            found = f"h{self.names}"
            if found not in self.avoid and found not in of.scope and found not in of.facts:
                return found

    def prove(self, at: Sequent) -> str | None:
        """The steps that prove a goal, or None."""
        raise NotImplementedError

    def refute(self, at: Sequent, fact: str, formula: Formula) -> str | None:
        """The steps that derive false from a fact, or None."""
        raise NotImplementedError

    def blocks(self, step: str, inside: Sequence[str | None]) -> str | None:
        """A step with a block for each goal that it leaves, if all are proved."""
        shown = [text for text in inside if text is not None]
        return step + "".join(f" {{ {text} }}" for text in shown) if len(shown) == len(inside) else None

    def computed(self, goal: Formula, at: Sequent) -> str | None:
        """``compute``, or laws for large sums first."""
        quick = Quick()
        try:
            if not quick.holds(goal):
                return None
        except Rejected:
            return None
        if work(goal) <= MAX_COMPUTED:
            return "compute"
        return self.collapsed(goal, at)

    def collapsed(self, goal: Formula, at: Sequent) -> str | None:
        """A large goal: its sums are replaced by their values, one by one."""
        match goal:
            case And():
                return self.blocks("split", [self.computed(part.goal, part) for part in logic.split(at)])
            case Or(formulas):
                for k, part in enumerate(formulas):
                    found = self.computed(part, at)
                    if found is not None:
                        return f"choose {k + 1} {found}"
                return None
            case Compare() | Not(Compare()):
                return with_sums(goal, lambda: self.label(at))
            case _:
                return None

    def holds(self, formula: Formula) -> bool | None:
        """Whether a formula without names holds, where that is clear at a glance."""
        if free(formula):
            return None
        try:
            return truth(formula, Quick())
        except Rejected:
            return None

    def arithmetic(self, at: Sequent) -> str | None:
        """A goal about any numbers: a fact that is the goal, one that is far off false, or the prover."""
        goal = at.goal
        for fact, known in self.facts(at):
            if same(known, goal):
                return f"exactly {fact}"
        if isinstance(goal, Compare) and goal.relation == "=" and isinstance(goal.left, If):
            found = self.other_case(at, goal.left, goal.right)
            if found is not None:
                return found
        choice = open_choice(goal)
        return self.asked(at) if choice is None else self.either_case(at, choice)

    def either_case(self, at: Sequent, choice: If) -> str | None:
        """A goal with a choice in it, proved where the condition holds and where it does not."""
        case, law, holds, no = (self.label(at) for _ in range(4))
        condition = choice.condition
        if not isinstance(condition, Compare) or condition.relation == "=":
            return None
        blocks: list[str | None] = []
        for known, chosen in ((condition, choice.then), (logic.negation(condition), choice.otherwise)):
            small = as_formula(replaced(at.goal, choice, chosen))
            found = self.prove(at.knowing(case, known).showing(small))
            rule, premise = "if_true", f"exactly {case}"
            if chosen is choice.otherwise and chosen is not choice.then:
                rule, premise = "if_false", f"suppose {no} cone {no} + {case}"
            if found is None:
                return None
            shown = f"law {law} : {rule} {write(choice)} {{ {premise} }} "
            blocks.append(f"{shown}have {holds} : {write(small)} {{ {found} }} exactly {holds} using {law}")
        return self.blocks(f"decide {write(condition)} as {case}", blocks)

    def contradiction(self, at: Sequent) -> str | None:
        """False, from a fact that is false or from several together."""
        for fact, known in self.facts(at):
            if not free(known) and self.holds(known) is False:
                return self.refute(at, fact, known)
        return self.asked(at)

    def asked(self, at: Sequent) -> str | None:
        """What a combination of facts shows, or the prover that was passed in."""
        found = Arithmetic(at, max_level=1).step()
        if found is None and at.goal == FALSE:
            found = self.between(at)
        return found if found is not None or self.prover is None else self.prover(at)

    def between(self, at: Sequent) -> str | None:
        """False, since a whole number would have to stand between two that follow each other."""
        names = [name for name, sort in at.scope.items() if sort == INT]
        for name in names if len(names) == 1 else ():
            for edge in (0, 1, -1):
                label = self.label(at)
                cut = Compare("<=", Variable(name), number(edge))
                sides = [at.knowing(label, side) for side in (cut, logic.negation(cut))]
                found = self.blocks(
                    f"decide {write(cut)} as {label}",
                    [Arithmetic(side, max_level=1).step() for side in sides],
                )
                if found is not None:
                    return found
        return None

    def facts(self, at: Sequent) -> list[tuple[str, Formula]]:
        """The facts, and the parts of those that are an "and", the latest first."""
        return [part for name, fact in reversed(list(at.facts.items())) for part in parts_of(name, fact)]

    def other_case(self, at: Sequent, choice: If, wanted: Term) -> str | None:
        """``(if i = a and j = b then c else d) = d`` from the fact that i or j is elsewhere."""
        if choice.otherwise != wanted:
            return None
        count = len(conjuncts(choice.condition))
        law, both, other, no = (self.label(at) for _ in range(4))
        for fact, known in self.facts(at):
            if count == 1 and isinstance(known, Not):
                proof = f"exactly {fact}"
            elif isinstance(known, Or) and len(known.parts) == count:
                cases = "".join(
                    f" {{ use {no} : {other} {{ exactly {both}.{k + 1} }} exactly {no} }}"
                    for k in range(count)
                )
                proof = f"suppose {both} cases {fact} as {other}{cases}"
            else:
                continue
            return f"law {law} : if_false {write(choice)} {{ {proof} }} exactly {law}"
        return None


def open_choice(node: Node) -> If | None:
    """A choice whose condition speaks of names that nothing inside the node binds."""
    if isinstance(node, Sum | Max | ForAll | Exists):
        return None
    inside = (open_choice(part) for part in parts(node))
    found = next((choice for choice in inside if choice is not None), None)
    return node if found is None and isinstance(node, If) else found


def replaced(node: Node, old: Node, new: Node) -> Node:
    """The node with another one in place of a part."""
    return new if node == old else map_parts(node, lambda part: replaced(part, old, new))
