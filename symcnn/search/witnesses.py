"""Proofs of what a counterexample has to show: values for what exists, and cases for what holds for all.

``Witnesses.prove`` writes the steps that prove a goal of the kernel, or gives up. Goals without names are
computed; sums of many equal terms by the law for them, since the kernel computes only so far. What has to
hold for all whole numbers of a small range is proved for each. Other goals "for all" are left to a prover
that is passed in, after a few simple attempts. Nothing here is trusted: the kernel replays what is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symcnn.kernel import logic
from symcnn.kernel.logic import Sequent
from symcnn.kernel.terms import (
    FALSE,
    INT,
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Not,
    Or,
    Plus,
    Times,
    Variable,
    free,
    number,
)
from symcnn.kernel.writing import write
from symcnn.search.cases import (
    OutOfTime,
    Point,
    Problem,
    quantified,
)
from symcnn.search.facts import parts_of
from symcnn.search.points import Search
from symcnn.search.ranges import Ranges
from symcnn.search.steps import as_value, behind, written
from symcnn.search.unfolding import Entries

INNER_SECONDS = 0.4
INNER_LEVEL = 4


class Witnesses(Ranges):
    """Writes proofs; ``chosen`` are the values that were found for names that exist."""

    def prove(self, at: Sequent) -> str | None:
        """The steps that prove a goal, or None."""
        self.clock.look()
        goal = at.goal
        if goal == FALSE:
            return self.contradiction(at)
        if not quantified(goal):
            if not free(goal):
                return self.computed(goal, at)
            entries = Entries.of(at, free(goal), lambda: self.label(at))
            if entries is not None:
                return entries.prove(goal)
        match goal:
            case And():
                return self.all_of(at)
            case Or():
                return self.one_of(at)
            case Exists():
                return self.given(at)
            case ForAll():
                return self.for_all(at)
            case Implies(left, _):
                label = self.label(at)
                return behind(f"suppose {label}", self.supposed(logic.suppose(at, label), label, left))
            case Not(inner):
                label = self.label(at)
                return behind(f"suppose {label}", self.refute(logic.suppose(at, label), label, inner))
            case Iff():
                return self.blocks("split", [self.prove(part) for part in logic.split(at)])
            case _:
                return self.arithmetic(at)

    # -- connectives -----------------------------------------------------------------------------------------

    def all_of(self, at: Sequent) -> str | None:
        """Each part of an "and"."""
        return self.blocks("split", [self.prove(part) for part in logic.split(at)])

    def one_of(self, at: Sequent) -> str | None:
        """One of several formulas: one that holds, or each but the last is decided."""
        goal = at.goal
        if not isinstance(goal, Or):
            return None
        if not free(goal):
            for k, part in enumerate(goal.parts):
                found = self.prove(at.showing(part))
                if found is not None:
                    return f"choose {k + 1} {found}"
            return None
        open_ = [k for k, part in enumerate(goal.parts) if quantified(part)]
        last = open_[-1] if open_ else len(goal.parts) - 1
        steps = ""
        for k, part in enumerate(goal.parts):
            if k == last or quantified(part):
                continue
            label = self.label(at)
            if self.holds(part) is True:
                return f"{steps} choose {k + 1} compute"
            if self.holds(part) is None:
                steps += f"decide {write(part)} as {label} {{ choose {k + 1} exactly {label} }} "
                at = at.knowing(label, logic.negation(part))
        found = self.prove(at.showing(goal.parts[last]))
        return None if found is None else f"{steps}choose {last + 1} {found}"

    def given(self, at: Sequent) -> str | None:
        """Something that exists: what was chosen, or what a small search finds."""
        goal = at.goal
        if not isinstance(goal, Exists):
            return None
        if goal.name in self.chosen:
            value = self.chosen[goal.name]
            found = self.prove(logic.witness(at, goal.name, as_value(value)))
            return behind(f"witness {goal.name} = {written(value)}", found)
        if free(goal):
            found = self.prover(at) if self.prover is not None else None
            return found if found is not None else self.given_in_terms(at, goal)
        if self.depth > 2:
            return None
        search = Search(Problem.of(goal), self.clock.part(INNER_SECONDS), self.seed, self.avoid)
        for point in _until_late(search):
            found = self.at_point(point, at)
            if found is not None:
                return found
        return None

    def at_point(self, point: Point, at: Sequent) -> str | None:
        """The proof that a point is one."""
        inner = replace(self, chosen={**self.chosen, **point}, depth=self.depth + 1, inner={})
        found = inner.prove(at)
        self.names = inner.names
        if found is not None:
            self.inner |= {**inner.inner, **point}
        return found

    def given_in_terms(self, at: Sequent, goal: Exists) -> str | None:
        """Something that exists for any names: a few terms of them are tried."""
        if isinstance(goal.sort, Function) or self.depth > 4:
            return None
        taken = [name for name in free(goal) if at.scope.get(name) == goal.sort]
        like = goal.name.rstrip("'")
        taken.sort(key=lambda name: (name.rstrip("'") != like, name))
        self.depth += 1
        try:
            for name in taken[:2]:
                here = Variable(name)
                for term in (here, Plus((here, number(1))), Times((number(2), here))):
                    found = self.prove(logic.witness(at, goal.name, term))
                    if found is not None:
                        return f"witness {goal.name} = {write(term)} {found}"
            if goal.sort == INT and taken:
                return self.given_in_cases(at, goal, taken[0])
            return None
        finally:
            self.depth -= 1

    def given_in_cases(self, at: Sequent, goal: Exists, name: str) -> str | None:
        """A whole number that is at least 1 and at least another one: 1 or that one."""
        label = self.label(at)
        small = Compare("<=", Variable(name), number(1))
        blocks: list[str | None] = []
        for known, value in ((small, number(1)), (logic.negation(small), Variable(name))):
            inside = at.knowing(label, known)
            found = self.prove(logic.witness(inside, goal.name, value))
            if found is None:
                return None
            blocks.append(f"witness {goal.name} = {write(value)} {found}")
        return self.blocks(f"decide {write(small)} as {label}", blocks)

    # -- what holds for all ----------------------------------------------------------------------------------

    def for_all(self, at: Sequent) -> str | None:
        """What holds for all: one by one where they are few, else for any one."""
        goal = at.goal
        if not isinstance(goal, ForAll):
            return None
        name = goal.name
        while name in at.scope or name in self.abbreviations:
            name += "'"
        inside = logic.take(at, name)
        if goal.sort == INT and not free(goal):
            found = self.each(inside, name)
            if found is not None:
                return f"take {name} {found}"
        return behind(f"take {name}", self.prove(inside))

    def supposed(self, at: Sequent, label: str, premise: Formula) -> str | None:
        """The goal under one more premise, which may be false."""
        found = self.prove(at)
        if found is None and self.holds(premise) is False:
            no = self.label(at)
            refuted = self.refute(at.showing(FALSE), label, premise)
            return None if refuted is None else f"have {no} : false {{ {refuted} }} exactly {no}"
        return found

    # -- what does not hold ----------------------------------------------------------------------------------

    def refute(self, at: Sequent, fact: str, formula: Formula) -> str | None:
        """The steps that derive false from a fact, or None."""
        self.clock.look()
        if not free(formula) and not quantified(formula):
            if self.holds(formula) is not False:
                return None
            if isinstance(formula, Not):
                bad = self.label(at)
                found = self.computed(formula.inner, at)
                return None if found is None else f"use {bad} : {fact} {{ {found} }} exactly {bad}"
            wanted = logic.negation(formula) if isinstance(formula, Compare) else Not(formula)
            found = self.computed(wanted, at)
            if found is None:
                return None
            if wanted == Not(formula):
                no, bad = self.label(at), self.label(at)
                shown = f"have {no} : {write(wanted)} {{ {found} }}"
                return f"{shown} use {bad} : {no} {{ exactly {fact} }} exactly {bad}"
            no = self.label(at)
            return f"have {no} : {write(wanted)} {{ {found} }} cone {no} + {fact}"
        bad = self.label(at)
        match formula:
            case And(formulas):
                for k, part in enumerate(formulas):
                    found = self.refute(at, f"{fact}.{k + 1}", part)
                    if found is not None:
                        return found
                return None
            case Or(formulas):
                return self.blocks(
                    f"cases {fact} as {bad}", [self.refute(at.knowing(bad, p), bad, p) for p in formulas]
                )
            case Iff(left, right):
                for k, (first, second) in enumerate(((left, right), (right, left))):
                    if self.holds(first) is not False and self.holds(second) is not True:
                        found = self.refute(at, f"{fact}.{k + 1}", Implies(first, second))
                        if found is not None:
                            return found
                return None
            case Implies(left, right):
                if self.holds(left) is False or self.holds(right) is True:
                    return None
                if not free(left):
                    first = self.prove(at.showing(left))
                    rest = None if first is None else self.refute(at.knowing(bad, right), bad, right)
                    return None if rest is None else f"use {bad} : {fact} {{ {first} }} {rest}"
                return None
            case Compare():
                return self.asked(at)
            case Not(inner):
                found = self.prove(at.showing(inner))
                return None if found is None else f"use {bad} : {fact} {{ {found} }} exactly {bad}"
            case ForAll():
                return self.not_for_all(at, fact, formula)
            case Exists():
                return self.not_any(at, fact, formula)
            case _:
                return None

    def not_for_all(self, at: Sequent, fact: str, formula: ForAll) -> str | None:
        """Values for which a fact "for all" does not hold."""
        if self.depth > 3 or free(formula):
            return None
        names: list[str] = []
        body: Formula = formula
        while isinstance(body, ForAll):
            names.append(body.name)
            body = body.body
        search = Search(
            Problem.of(logic.negation(formula)), self.clock.part(INNER_SECONDS), self.seed, self.avoid
        )
        for point in _until_late(search):
            label = self.label(at)
            known: Formula = formula
            values = {name: point[name] for name in names}
            for name in names:
                known = logic.instance(known, [as_value(values[name])], at.scope)
            if isinstance(known, ForAll):
                continue
            steps = ""
            while isinstance(known, Implies):
                found = self.prove(at.showing(known.left))
                if found is None:
                    break
                steps += f" {{ {found} }}"
                known = known.right
            if isinstance(known, Implies):
                continue
            rest = self.refute(at.knowing(label, known), label, known)
            if rest is not None:
                self.inner |= values
                given = ", ".join(written(value) for value in values.values())
                return f"use {label} : {fact}({given}){steps} {rest}"
        return None

    def not_any(self, at: Sequent, fact: str, formula: Exists) -> str | None:
        """A fact "exists" over small ranges, of which no point is one."""
        if free(formula):
            return None
        names: list[str] = []
        known: Formula = formula
        while isinstance(known, Exists) and known.sort == INT:
            name = known.name
            while name in at.scope or name in self.abbreviations:
                name += "'"
            at, known = logic.obtain(at, known, name)
            names.append(name)
        if not names or quantified(known):
            return None
        label = self.label(at)
        at = at.knowing(label, known).showing(FALSE)
        rest = self.exhausted(at, parts_of(label, known), names, {}, [])
        return behind(f"obtain {', '.join(names)}, {label} from {fact}", rest)


def _until_late(search: Search) -> Iterator[Point]:
    """The small points, until the seconds for them are over."""
    try:
        yield from search.points(0, INNER_LEVEL)
    except OutOfTime:
        return
