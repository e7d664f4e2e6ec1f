"""Statements of the kernel in random cases: numbers and tensors are drawn, both sides computed exactly."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symcnn.kernel.evaluation import MAX_STEPS, Evaluator, Exact
from symcnn.kernel.logic import Lambda
from symcnn.kernel.statements import Statement
from symcnn.kernel.substitution import formula_with, fresh, rename_functions
from symcnn.kernel.terms import (
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Node,
    Rejected,
    Sort,
    Variable,
    free,
    parts,
)
from symcnn.kernel.writing import short, write
from symcnn.search.cases import MAX_CASE, Problem, Quick, as_function, quantified, recursion
from symcnn.testing.as_python import literal
from symcnn.testing.cases import Experiment, Failure, Skipped, TooLong
from symcnn.testing.drawing import Draw, Table, entries
from symcnn.testing.ranges import bounded, holds
from symcnn.testing.statement_scripts import Program

# The steps of evaluation that one case may take, and those of which a script takes each.
STEPS = 60_000
SHORT = 100_000


@dataclass(frozen=True)
class Goal:
    """What follows from premises, for all values of some names."""

    names: tuple[tuple[str, Sort], ...]
    premises: tuple[Formula, ...]
    conclusion: Formula


@dataclass(frozen=True)
class StatementCase:
    """The goals that are tested together, and values for their names."""

    group: int
    numbers: Mapping[str, Exact]
    tensors: Mapping[str, Table | Lambda]


class StatementExperiment(Experiment[StatementCase]):
    """A statement, part by part: what follows from the same premises is tested in the same cases."""

    def __init__(self, statement: Statement, name: str) -> None:
        self.statement = statement
        self.name = name
        self.defined = recursion(statement.definitions)
        start = Goal(tuple(statement.scope.items()), statement.assumptions, statement.claim)
        groups: dict[Any, list[Formula]] = {}
        untested: list[str] = []
        for goal in goals(start):
            reason = undecidable(goal)
            if reason:
                untested.append(f"{write(goal.conclusion)}: {reason}")
            else:
                groups.setdefault((goal.names, goal.premises), []).append(goal.conclusion)
        if not groups:
            raise TypeError(f"{name} cannot be tested at random: {untested[0]}")
        self.untested = tuple(untested)
        self.groups = list(groups.items())
        self.drawing = [Draw(self._problem(*key), claims) for key, claims in groups.items()]
        self.missed = self.drawing[0].missed
        self.turn = 0

    def _problem(self, names: tuple[tuple[str, Sort], ...], premises: tuple[Formula, ...]) -> Problem:
        """The numbers with the conditions on them alone; tensors are drawn behind them."""
        numbers: dict[str, Sort] = {n: sort for n, sort in names if not isinstance(sort, Function)}
        problem = Problem(numbers, [])
        for premise in premises:
            if free(premise) <= numbers.keys() and (not quantified(premise) or bounded(premise)):
                problem.add(premise)
        return problem

    def only_case(self) -> bool:
        """Whether nothing is declared."""
        return len(self.groups) == 1 and not self.groups[0][0][0]

    def draw(self, dice: random.Random, width: int) -> StatementCase | None:
        """A case of the next group."""
        group = self.turn % len(self.groups)
        self.turn += 1
        numbers = self.drawing[group].point(dice, width)
        if numbers is None:
            return None
        names, premises = self.groups[group][0]
        tensors: dict[str, Table | Lambda] = {}
        copied = self._copies(premises)
        for name, sort in names:
            if isinstance(sort, Function) and name not in self.defined:
                tensors[name] = entries(sort, dice, width)
        for name, (like, entry) in copied.items():
            original = tensors.get(like)
            if isinstance(original, Table):
                at = self._at(StatementCase(group, numbers, tensors))
                try:
                    place = tuple(at.value(term).numerator for term in entry)
                except Rejected:
                    return None
                seed = dice.randrange(1 << 30)
                tensors[name] = Table(seed, original.low, original.high, {}, original, place)
        return StatementCase(group, numbers, tensors)

    def _copies(self, premises: tuple[Formula, ...]) -> Mapping[str, Any]:
        """Tensors that shall agree with others except in one entry, with those and the place."""
        names = {name: sort for (names, _), _ in self.groups for name, sort in names}
        return Draw(Problem(dict(names), list(premises))).search.copies

    def key(self, case: StatementCase) -> Hashable:
        """The numbers, and what the tensors were drawn from."""
        tensors = tuple(t.seed if isinstance(t, Table) else t for t in case.tensors.values())
        return case.group, tuple(case.numbers.values()), tensors

    def _at(self, case: StatementCase) -> Quick:
        at = Quick(case.numbers)
        for name, tensor in case.tensors.items():
            at.functions[name] = tensor if isinstance(tensor, Table) else as_function(tensor)
        for name, make in self.defined.items():
            at.functions[name] = make(at)
        # The evaluator stops at MAX_CASE.
        at.steps = MAX_CASE - STEPS
        return at

    def failure(self, case: StatementCase) -> Failure | None:
        """The first conclusion that does not hold."""
        (_, premises), conclusions = self.groups[case.group]
        at = self._at(case)
        try:
            for premise in premises:
                if not holds(premise, at, window=True):
                    self.missed[write(premise)] += 1
                    raise Skipped(f"{short(premise)} was never met")
            # What a premise looked at is no part of the case.
            for tensor in case.tensors.values():
                if isinstance(tensor, Table):
                    tensor.read.clear()
            false = next((c for c in conclusions if not holds(c, at)), None)
            if false is None:
                return None
            if isinstance(false, Compare):
                left, right = at.value(false.left), at.value(false.right)
                return Failure(left, right, f"{short(false)} is false")
            return Failure(None, None, f"{short(false)} is false")
        except Rejected as error:
            kind = TooLong if "too long" in str(error) or "steps" in str(error) else Skipped
            raise kind(str(error)) from None

    def simpler(self, case: StatementCase) -> Iterator[StatementCase]:
        """Smaller numbers, then entries that are 0 or 1."""
        drawing = self.drawing[case.group]
        for name in drawing.free():
            for value in _smaller(case.numbers[name]):
                numbers = drawing.completed({**case.numbers, name: value})
                if numbers is not None and _size(numbers) < _size(case.numbers):
                    yield StatementCase(case.group, numbers, _again(case.tensors))
        for name, tensor in case.tensors.items():
            if not isinstance(tensor, Table):
                continue
            for place, value in list(tensor.read.items()):
                for less in (0, 1):
                    if abs(value) > less or (value < 0 and abs(value) >= less > 0):
                        tensors = _again(case.tensors)
                        tensors[name] = tensor.with_entry(place, less)
                        yield StatementCase(case.group, case.numbers, tensors)

    def shown(self, case: StatementCase) -> Mapping[str, Any]:
        """Numbers by name, and the entries of tensors that were read."""
        out: dict[str, Any] = dict(case.numbers)
        for name, tensor in case.tensors.items():
            if isinstance(tensor, Lambda):
                out[name] = f"{', '.join(tensor.parameters)} -> {write(tensor.body)}"
            elif tensor.read:
                out[name] = {k[0] if len(k) == 1 else k: v for k, v in sorted(tensor.read.items())}
        return out

    def script(self, case: StatementCase, failure: Failure, found: str) -> str:
        """A program in plain Python: the case, both sides as they are written, and their comparison."""
        (_, _), conclusions = self.groups[case.group]
        at = self._at(case)
        false = next(c for c in conclusions if not holds(c, at))
        shown = self.shown(case)
        tensors = {
            n: t if isinstance(t, Lambda) else literal(shown[n])
            for n, t in case.tensors.items()
            if n in shown
        }
        program = Program(self.statement, self.name, dict(case.numbers), tensors, self._is_short(case, false))
        return program.script(false, found)

    def _is_short(self, case: StatementCase, false: Formula) -> bool:
        """Whether every sum can be walked through term by term."""
        at = self._at(case)
        plain = Evaluator(at.values, at.functions)
        plain.steps = MAX_STEPS - SHORT
        try:
            plain.holds(false)
        except Rejected:
            return False
        return True


def goals(goal: Goal) -> Iterator[Goal]:
    """The parts of a claim: for-alls and premises in front of it are taken off, and "and" is taken apart."""
    names, premises, claim = goal.names, goal.premises, goal.conclusion
    match claim:
        case And(formulas) if formulas:
            for part in formulas:
                yield from goals(Goal(names, premises, part))
        case Iff(left, right) if quantified(claim) and not bounded(claim):
            yield from goals(Goal(names, premises, Implies(left, right)))
            yield from goals(Goal(names, premises, Implies(right, left)))
        case ForAll(name, sort, body):
            new = fresh(name, {n for n, _ in names})
            yield from goals(Goal((*names, (new, sort)), premises, _renamed(body, name, new, sort)))
        case Implies(Exists(name, sort, body), right):
            new = fresh(name, {n for n, _ in names} | free(right))
            premise = _renamed(body, name, new, sort)
            yield from goals(Goal((*names, (new, sort)), premises, Implies(premise, right)))
        case Implies(left, right):
            yield from goals(Goal(names, (*premises, left), right))
        case _:
            yield goal


def _renamed(body: Formula, name: str, new: str, sort: Sort) -> Formula:
    if new == name:
        return body
    if not isinstance(sort, Function):
        return formula_with(body, {name: Variable(new)})
    renamed = rename_functions(body, {name: new})
    return renamed if isinstance(renamed, Formula) else body


def undecidable(goal: Goal) -> str:
    """Why no case can decide a part of a claim; empty where one can."""
    if not bounded(goal.conclusion):
        return "it speaks of all values, or says that there is one, and nothing bounds them"
    functions = {name for name, sort in goal.names if isinstance(sort, Function)}
    for premise in goal.premises:
        if quantified(premise) and not bounded(premise) and not _is_fact(premise, functions):
            return f"it assumes {short(premise)}, which no case can decide"
    return ""


def _is_fact(premise: Formula, functions: set[str]) -> bool:
    """Whether a premise says something of functions for all their arguments, to be looked at in a window."""
    while isinstance(premise, ForAll):
        premise = premise.body
    return bool(free(premise) & functions) and not _any_quantifier(premise)


def _any_quantifier(node: Node) -> bool:
    return isinstance(node, ForAll | Exists) or any(_any_quantifier(p) for p in parts(node))


def _smaller(value: Exact) -> list[Exact]:
    """Numbers nearer to 0, the smallest first."""
    if value.denominator != 1:
        return [0, 1, value.numerator // value.denominator]
    size, sign = abs(value.numerator), 1 if value > 0 else -1
    found = [0, 1, *(sign * n for n in (1, 2, size // 2, size - 1) if n < size)]
    return list(dict.fromkeys(n for n in found if n != value and abs(n) <= size))


def _size(numbers: Mapping[str, Exact]) -> tuple[Exact, ...]:
    """Numbers are the simpler the smaller their sum is; negative ones are less simple."""
    sizes = [abs(v.numerator) + (v.denominator - 1) * 3 + (v < 0) for v in numbers.values()]
    return sum(sizes), max(sizes, default=0)


def _again(tensors: Mapping[str, Table | Lambda]) -> dict[str, Table | Lambda]:
    return {n: t.again() if isinstance(t, Table) else t for n, t in tensors.items()}
