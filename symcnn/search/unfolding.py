"""Proofs about numbers that the kernel has to be led to: large sums, and functions defined step by step.

The kernel computes only so far, and nothing that speaks of a name. Here each sum of a goal without names gets
its value by the law for sums of equal terms, and each entry of a recursive function by its definition. What
is left is a goal that can be computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from symcnn.kernel.canonical import Canonical
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.logic import Sequent
from symcnn.kernel.substitution import map_parts, substitute
from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    ForAll,
    Formula,
    Implies,
    Max,
    Node,
    Not,
    Rejected,
    Sum,
    Term,
    as_formula,
    as_term,
    free,
    number,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.search.cases import Quick, recursion

Label = Callable[[], str]

# A sum of more steps is not computed but multiplied out.
SMALL_SUM = 1000


def work(node: Node) -> int:
    """About how many steps an evaluation takes."""
    if isinstance(node, Sum | Max):
        inside = sum(work(part) for part in (node.body, *(() if node.guard is None else (node.guard,))))
        try:
            points = max(0, int(Quick().value(node.high) - Quick().value(node.low)))
        except Rejected:
            points = 10
        return work(node.low) + work(node.high) + points * (inside + 1)
    return 1 + sum(work(part) for part in parts(node))


def with_sums(goal: Formula, label: Label) -> str | None:
    """The proof of a comparison without names, or of "not" of one, by the values of its sums."""
    comparison = goal.inner if isinstance(goal, Not) else goal
    if not isinstance(comparison, Compare):
        return None
    steps: list[str] = []
    labels: list[str] = []
    equations: list[Formula] = []

    def visit(node: Node) -> None:
        for part in parts(node):
            if not isinstance(node, Sum | Max) or part is node.low or part is node.high or not free(part):
                visit(part)
        if not isinstance(node, Sum | Max) or free(node):
            return
        value = number(Quick().value(node))
        equation = Compare("=", node, value)
        try:
            Canonical({}, rewrites=(*equations, equation))
        except Rejected:
            return
        name = label()
        if work(node) <= SMALL_SUM or not isinstance(node, Sum) or not Quick().is_constant(node):
            steps.append(f"have {name} : {write(equation)} {{ compute }}")
        else:
            law = label()
            using = f" using {', '.join(labels)}" if labels else ""
            steps.append(
                f"have {name} : {write(equation)} "
                f"{{ law {law} : sum_constant {write(node)} {{ compute }} ring {law}{using} }}"
            )
        equations.append(equation)
        labels.append(name)

    visit(comparison)
    values = [number(Quick().value(side)) for side in (comparison.left, comparison.right)]
    small: Formula = Compare(comparison.relation, *values)
    small = Not(small) if isinstance(goal, Not) else small
    name = label()
    using = f" using {', '.join(labels)}" if labels else ""
    return f"{' '.join(steps)} have {name} : {write(small)} {{ compute }} exactly {name}{using}"


@dataclass
class Entries:
    """The entries of functions defined step by step, with the facts that say what each of them is."""

    fact: str
    definitions: tuple[Formula, ...]
    label: Label
    steps: list[str] = field(default_factory=list)
    known: dict[tuple[str, tuple[Exact, ...]], str] = field(default_factory=dict)
    quick: Quick = field(default_factory=Quick)

    @staticmethod
    def of(at: Sequent, names: frozenset[str], label: Label) -> Entries | None:
        """The definitions of some functions among the facts."""
        for fact, formula in at.facts.items():
            if isinstance(formula, And) and free(formula) >= names and len(formula.parts) % 2 == 0:
                try:
                    made = recursion(formula.parts)
                except Rejected:
                    continue
                if names <= made.keys():
                    entries = Entries(fact, formula.parts, label)
                    for name, make in made.items():
                        entries.quick.functions[name] = make(entries.quick)
                    return entries
        return None

    def prove(self, goal: Formula) -> str | None:
        """A goal without other names and without quantifiers."""
        if not self.quick.holds(goal):
            return None
        small, labels = self.computed(goal)
        name = self.label()
        using = f" using {', '.join(dict.fromkeys(labels))}" if labels else ""
        steps = " ".join(self.steps)
        return f"{steps} have {name} : {write(as_formula(small))} {{ compute }} exactly {name}{using}"

    def computed(self, node: Node) -> tuple[Node, list[str]]:
        """The node with numbers in place of the entries, and the facts about those."""
        labels: list[str] = []

        def change(part: Node) -> Node:
            new = map_parts(part, change)
            if not isinstance(new, Call) or new.name not in self.quick.functions:
                return new
            arguments = tuple(self.quick.value(a) for a in new.arguments)
            labels.append(self.entry(new.name, arguments))
            return number(self.quick.functions[new.name](*arguments))

        return change(node), labels

    def entry(self, name: str, arguments: tuple[Exact, ...]) -> str:
        """The fact that gives an entry its value."""
        key = name, arguments
        if key in self.known:
            return self.known[key]
        position = next(k for k in range(0, len(self.definitions), 2) if _defines(self.definitions[k], name))
        at_start = arguments[0] == 0
        given = arguments[1:] if at_start else (arguments[0] - 1, *arguments[1:])
        source = f"{self.fact}.{position + (1 if at_start else 2)}"
        body = _right(self.definitions[position + (0 if at_start else 1)], given)
        small, labels = self.computed(body)
        value = number(self.quick.functions[name](*arguments))
        equation, computed, fact = self.label(), self.label(), self.label()
        if given:
            premise = "" if at_start else " { compute }"
            self.steps.append(f"use {equation} : {source}({', '.join(map(str, given))}){premise}")
        else:
            equation = source
        using = f" using {', '.join(dict.fromkeys(labels))}" if labels else ""
        left = Call(name, tuple(number(a) for a in arguments))
        self.steps.append(
            f"have {fact} : {write(Compare('=', left, value))} "
            f"{{ have {computed} : {write(Compare('=', as_term(small), value))} {{ compute }} "
            f"ring {equation} + {computed}{using} }}"
        )
        self.known[key] = fact
        return fact


def _defines(formula: Formula, name: str) -> bool:
    while isinstance(formula, ForAll):
        formula = formula.body
    return isinstance(formula, Compare) and isinstance(formula.left, Call) and formula.left.name == name


def _right(formula: Formula, values: tuple[Exact, ...]) -> Node:
    """The right side of a definition at some places."""
    names: dict[str, Term] = {}
    rest = list(values)
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, ForAll):
            names[formula.name] = number(rest.pop(0))
            formula = formula.body
        else:
            formula = formula.right
    if not isinstance(formula, Compare):
        raise Rejected("a definition is an equation")
    return substitute(formula.right, names)
