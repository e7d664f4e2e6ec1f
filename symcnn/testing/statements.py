"""Statements of the kernel in random cases: numbers and tensors are drawn, both sides computed exactly."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Any

from symcnn.kernel.evaluation import MAX_STEPS, Evaluator, Exact
from symcnn.kernel.logic import Lambda
from symcnn.kernel.statements import Statement
from symcnn.kernel.substitution import formula_with, fresh, rename_functions
from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Node,
    Number,
    Plus,
    Rejected,
    Sort,
    Term,
    Variable,
    free,
    parts,
)
from symcnn.kernel.writing import short, write
from symcnn.search.cases import MAX_CASE, Clock, Problem, as_function, quantified, recursion
from symcnn.search.points import Search
from symcnn.testing.as_python import literal
from symcnn.testing.cases import Experiment, Failure, Skipped, TooLong, Undefined
from symcnn.testing.drawing import Draw, Table, entries
from symcnn.testing.ranges import Exactly, bounded
from symcnn.testing.statement_scripts import Program, equation_of

# The steps of evaluation that one case may take, and those of which a script takes each.
STEPS = 60_000
SHORT = 100_000
# How the evaluator says that a term has no value.
UNDEFINED = ("divides by 0", "a divisor of at least 1", "a maximum of nothing", "needs whole numbers")


@dataclass(frozen=True)
class Goal:
    """What follows from premises, for all values of some names."""

    names: tuple[tuple[str, Sort], ...]
    premises: tuple[Formula, ...]
    conclusion: Formula


@dataclass(frozen=True)
class Group:
    """Conclusions that follow from the same premises: they are tested in the same cases.

    ``definitions`` are pairs of premises that define a function along its first argument, ``copies`` tensors
    that agree with another one except at one place, with that one and the place.
    """

    names: Mapping[str, Sort]
    premises: tuple[Formula, ...]
    definitions: tuple[Formula, ...]
    copies: Mapping[str, tuple[str, tuple[Term, ...]]]
    conclusions: tuple[Formula, ...]
    drawing: Draw


@dataclass(frozen=True)
class StatementCase:
    """A group of conclusions, and values for the names in it."""

    group: int
    numbers: Mapping[str, Exact]
    tensors: Mapping[str, Table | Lambda]


class StatementExperiment(Experiment[StatementCase]):
    """A statement, part by part.

    ``turned`` says that its author wrote a >= b or a > b, which the statement holds as b <= a or b < a.
    """

    def __init__(self, statement: Statement, name: str, turned: bool = False) -> None:
        self.statement = statement
        self.name = name
        self.turned = turned
        self.missed = Counter()
        start = Goal(tuple(statement.scope.items()), statement.assumptions, statement.claim)
        found: dict[Any, list[Formula]] = {}
        untested: list[str] = []
        for goal in goals(start):
            reason = undecidable(goal)
            if reason:
                untested.append(f"{write(goal.conclusion)}: {reason}")
            else:
                found.setdefault((goal.names, goal.premises), []).append(goal.conclusion)
        if not found:
            raise TypeError(f"{name} cannot be tested at random: {untested[0]}")
        self.untested = tuple(untested)
        self.groups = [self._group(dict(n), p, tuple(claims)) for (n, p), claims in found.items()]
        self.turn = 0

    def _group(
        self, names: Mapping[str, Sort], premises: tuple[Formula, ...], claims: tuple[Formula, ...]
    ) -> Group:
        more = definitions_among(premises, names)
        premises = tuple(p for p in premises if p not in more)
        numbers: dict[str, Sort] = {n: sort for n, sort in names.items() if not isinstance(sort, Function)}
        problem = Problem(numbers, [])
        for premise in premises:
            if free(premise) <= numbers.keys() and (not quantified(premise) or bounded(premise)):
                problem.add(premise)
        drawing = Draw(problem, claims)
        drawing.missed = self.missed
        with_tensors = len(numbers) < len(names)
        copies = Search(Problem(dict(names), list(premises)), Clock(inf)).copies if with_tensors else {}
        return Group(names, premises, (*self.statement.definitions, *more), copies, claims, drawing)

    def only_case(self) -> bool:
        """Whether nothing is declared."""
        return len(self.groups) == 1 and not self.groups[0].names

    def draw(self, dice: random.Random, width: int) -> StatementCase | None:
        """A case of the next group."""
        number = self.turn % len(self.groups)
        self.turn += 1
        group = self.groups[number]
        numbers = group.drawing.point(dice, width)
        if numbers is None:
            return None
        tensors: dict[str, Table | Lambda] = {}
        defined = recursion(group.definitions)
        for name, sort in group.names.items():
            if isinstance(sort, Function) and name not in defined:
                tensors[name] = entries(sort, dice, width)
        for name, (like, entry) in group.copies.items():
            original = tensors.get(like)
            if isinstance(original, Table):
                at = self.evaluator(StatementCase(number, numbers, tensors))
                try:
                    place = tuple(at.value(term).numerator for term in entry)
                except Rejected:
                    return None
                seed = dice.randrange(1 << 30)
                tensors[name] = Table(seed, original.low, original.high, {}, original, place)
        return StatementCase(number, numbers, tensors)

    def key(self, case: StatementCase) -> Hashable:
        """The numbers, and what the tensors were drawn from."""
        tensors = tuple(t.seed if isinstance(t, Table) else t for t in case.tensors.values())
        return case.group, tuple(case.numbers.values()), tensors

    def evaluator(self, case: StatementCase) -> Exactly:
        """What computes exact values in a case."""
        at = Exactly(case.numbers)
        for name, tensor in case.tensors.items():
            at.functions[name] = tensor if isinstance(tensor, Table) else as_function(tensor)
        for name, make in recursion(self.groups[case.group].definitions).items():
            at.functions[name] = make(at)
        # The evaluator stops at MAX_CASE.
        at.steps = MAX_CASE - STEPS
        return at

    def failure(self, case: StatementCase) -> Failure | None:
        """The first conclusion that does not hold."""
        at = self.evaluator(case)
        met = False
        try:
            at.window = True
            for premise in self.groups[case.group].premises:
                if not at.holds(premise):
                    self.missed[write(premise)] += 1
                    raise Skipped(f"{short(premise)} was never met")
            at.window = False
            met = True
            # What a premise looked at is no part of the case.
            for tensor in case.tensors.values():
                if isinstance(tensor, Table):
                    tensor.read.clear()
            false = self.false(case, at)
            if isinstance(false, Compare):
                left, right = at.value(false.left), at.value(false.right)
                if self.turned:
                    sign = false.relation.replace("<", ">")
                    return Failure(right, left, f"{short(false.right)} {sign} {short(false.left)} is false")
                return Failure(left, right, f"{short(false)} is false")
            return None if false is None else Failure(None, None, f"{short(false)} is false")
        except Rejected as error:
            kind = TooLong if "too long" in str(error) or "steps" in str(error) else Skipped
            if met and any(words in str(error) for words in UNDEFINED):
                kind = Undefined
            raise kind(str(error)) from None

    def unmet(self, keys: Collection[Any]) -> Iterator[str]:
        """The conclusions whose premises held in no case."""
        tested = {key[0] for key in keys}
        for number, group in enumerate(self.groups):
            if number not in tested:
                given = " and ".join(write(p) for p in group.premises if p not in self.statement.assumptions)
                yield from (f"{write(c)}: no case was found in which {given}" for c in group.conclusions)

    def false(self, case: StatementCase, at: Exactly) -> Formula | None:
        """The first conclusion that does not hold."""
        return next((c for c in self.groups[case.group].conclusions if not at.holds(c)), None)

    def simpler(self, case: StatementCase) -> Iterator[StatementCase]:
        """Smaller numbers, then entries that are 0 or 1."""
        drawing = self.groups[case.group].drawing
        for name in drawing.free():
            for value in _smaller(case.numbers[name]):
                numbers = drawing.completed({**case.numbers, name: value})
                if numbers is not None and _size(numbers) < _size(case.numbers):
                    yield StatementCase(case.group, numbers, _again(case.tensors))
        for name, tensor in case.tensors.items():
            if not isinstance(tensor, Table) or tensor.like is not None:
                continue
            for place, value in list(tensor.read.items()):
                for less in (0, 1):
                    if abs(value) > less or (value < 0 and abs(value) >= less > 0):
                        tensors = _again(case.tensors)
                        tensors[name] = tensor.with_entry(place, less)
                        yield StatementCase(case.group, case.numbers, _alike(tensors))

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
        at = self.evaluator(case)
        false = self.false(case, at)
        if false is None:
            raise RuntimeError(f"{self.name} fails in a case and holds in it; please report this")
        shown = self.shown(case)
        tensors = {
            n: t if isinstance(t, Lambda) else literal(shown[n])
            for n, t in case.tensors.items()
            if n in shown
        }
        definitions = self.groups[case.group].definitions
        short_enough = self._is_short(case, false)
        program = Program(self.name, dict(case.numbers), tensors, definitions, short_enough, at, self.turned)
        return program.script(false, found)

    def _is_short(self, case: StatementCase, false: Formula) -> bool:
        """Whether every sum can be walked through term by term."""
        at = self.evaluator(case)
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


def definitions_among(premises: tuple[Formula, ...], names: Mapping[str, Sort]) -> tuple[Formula, ...]:
    """Pairs of premises that define a function by its start and its step, as a recursive definition does."""
    out: list[Formula] = []
    for start, step in pairwise(premises):
        first, second = equation_of(start), equation_of(step)
        if first is None or second is None or not isinstance(step, ForAll):
            continue
        match first.left, second.left:
            case Call(f, (Number(0), *_)), Call(g, (Plus((Variable(t), Number(1))), *_)) if (
                f == g and f in names and t == step.name and isinstance(names[f], Function)
            ):
                out += [start, step]
            case _:
                pass
    return tuple(out)


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


def _alike(tensors: dict[str, Table | Lambda]) -> dict[str, Table | Lambda]:
    """Tensors that are like others shall be like the new ones."""
    new = {t.seed: t for t in tensors.values() if isinstance(t, Table)}
    for name, tensor in tensors.items():
        if isinstance(tensor, Table) and tensor.like is not None:
            known = {k: v for k, v in tensor.entries.items() if k == tensor.place}
            tensors[name] = replace(tensor, like=new[tensor.like.seed], entries=known)
    return tensors


def _again(tensors: Mapping[str, Table | Lambda]) -> dict[str, Table | Lambda]:
    return _alike({n: t.again() if isinstance(t, Table) else t for n, t in tensors.items()})
