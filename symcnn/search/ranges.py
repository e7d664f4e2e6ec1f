"""Proofs for all whole numbers of a small range, one by one."""

from __future__ import annotations

from symcnn.kernel import logic
from symcnn.kernel.logic import Sequent
from symcnn.kernel.substitution import formula_with
from symcnn.kernel.terms import (
    FALSE,
    And,
    Compare,
    Formula,
    Implies,
    Not,
    Rejected,
    Term,
    Variable,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.cases import (
    Quick,
    range_of,
)
from symcnn.search.facts import parts_of
from symcnn.search.steps import Steps

MAX_CASES = 24
MAX_RANGES = 4


class Ranges(Steps):
    """Writes proofs about ranges."""

    def each(self, at: Sequent, name: str) -> str | None:
        """A goal with one name, for all whole numbers of the small range that its premises give it."""
        try:
            span = range_of(name, at.goal, Quick(), forall=True)
        except Rejected:
            return None
        if span is None or len(span) > MAX_CASES:
            return None
        steps = ""
        premises: list[tuple[str, Formula]] = []
        while isinstance(at.goal, Implies):
            label = self.label(at)
            premise = at.goal.left
            at = logic.suppose(at, label)
            steps += f"suppose {label} "
            premises += parts_of(label, premise)
        edges = self.edges(name, premises, span, at)
        if edges is None:
            return None
        setup, low, high = edges
        steps += setup
        for k in span:
            case, equal, holds = self.label(at), self.label(at), self.label(at)
            value: dict[str, Term] = {name: number(k)}
            shown = str(k)
            here = formula_with(at.goal, value)
            below = f"exactly {low}" if k == span[0] else f"cone {low}"
            found = self.prove(at.showing(here))
            if found is None:
                found = self.excluded(premises, value, equal, at)
            else:
                found = f"have {holds} : {write(here)} {{ {found} }} exactly {holds} using {equal}"
            if found is None:
                return None
            law = f"law {equal} : antisymmetry {name}, {shown} {{ exactly {case} }} {{ {below} }}"
            steps += f"decide {name} <= {shown} as {case} {{ {law} {found} }} "
            low = case
        # Nothing is left above the range.
        last = self.label(at)
        ending = f"cone {low} + {high}"
        return f"{steps}{ending}" if at.goal == FALSE else f"{steps}deny {last} {ending}"

    def edges(
        self, name: str, premises: list[tuple[str, Formula]], span: range, at: Sequent, using: str = ""
    ) -> tuple[str, str, str] | None:
        """Facts that say ``first <= name`` and ``name < last``, and the steps that lead to them."""
        low, high = self.label(at), self.label(at)
        bottom = Compare("<=", number(span.start), Variable(name))
        top = Compare("<", Variable(name), number(span.stop))
        steps = ""
        for label, wanted in ((low, bottom), (high, top)):
            for fact, premise in premises:
                if not isinstance(premise, Compare) or free(premise) != frozenset((name,)):
                    continue
                side = premise.left if wanted is bottom else premise.right
                if free(side) or premise.relation == "=":
                    continue
                try:
                    value = Quick().value(side)
                except Rejected:
                    continue
                if premise.relation == "<" and wanted is bottom:
                    value = value + 1
                if premise.relation == "<=" and wanted is top:
                    value = value + 1
                if value == (span.start if wanted is bottom else span.stop):
                    steps += f"have {label} : {write(wanted)} {{ cone {fact}{using} }} "
                    break
            else:
                return None
        return steps, low, high

    def excluded(
        self, premises: list[tuple[str, Formula]], value: dict[str, Term], equal: str, at: Sequent
    ) -> str | None:
        """A premise that does not hold at a value, from which all follows."""
        for fact, premise in premises:
            here = formula_with(premise, value)
            if self.holds(here) is not False:
                continue
            not_, bad = self.label(at), self.label(at)
            found = self.prove(at.showing(Not(here)))
            if found is not None:
                return (
                    f"have {not_} : {write(Not(here))} {{ {found} }} "
                    f"use {bad} : {not_} {{ exactly {fact} using {equal} }} exactly {bad}"
                )
        return None

    def exhausted(
        self,
        at: Sequent,
        premises: list[tuple[str, Formula]],
        names: list[str],
        values: dict[str, Term],
        equations: list[str],
    ) -> str | None:
        """False, from premises about some names: each value in their ranges contradicts one of them."""
        self.clock.look()
        if len(names) + len(equations) > MAX_RANGES:
            return None
        using = f" using {', '.join(equations)}" if equations else ""
        for fact, premise in premises:
            here = formula_with(premise, values)
            if self.holds(here) is False:
                no, bad = self.label(at), self.label(at)
                found = self.computed(Not(here), at)
                shown = f"have {no} : {write(Not(here))} {{ {found} }} use {bad} : {no}"
                return None if found is None else f"{shown} {{ exactly {fact}{using} }} exactly {bad}"
        if not names:
            return None
        name, *others = names
        here_ = [(fact, formula_with(premise, values)) for fact, premise in premises]
        try:
            span = range_of(name, Implies(And(tuple(p for _, p in here_)), FALSE), Quick(), forall=True)
        except Rejected:
            return None
        if span is None or len(span) > MAX_CASES:
            return None
        edges = self.edges(name, here_, span, at, using)
        if edges is None:
            return None
        steps, low, high = edges
        for k in span:
            case, equal = self.label(at), self.label(at)
            below = f"exactly {low}" if k == span[0] else f"cone {low}"
            found = self.exhausted(at, premises, others, {**values, name: number(k)}, [*equations, equal])
            if found is None:
                return None
            law = f"law {equal} : antisymmetry {name}, {k} {{ exactly {case} }} {{ {below} }}"
            steps += f"decide {name} <= {k} as {case} {{ {law} {found} }} "
            low = case
        return f"{steps}cone {low} + {high}"
