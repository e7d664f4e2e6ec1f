"""The rules of logic: from what is to be proved to what remains to be proved.

A *sequent* is a goal with the facts and the declared names that a proof of it may use. A rule takes a
sequent and what a certificate says, and returns the sequents that remain; if all of them hold, so does the
first. The logic is classical. Names that a rule brings in are new, so they mean nothing else in any fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import Definition, formula_with, rename_functions, with_function
from symcnn.kernel.terms import (
    FALSE,
    INT,
    REAL,
    RING,
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
    Rejected,
    Sort,
    Term,
    Variable,
    as_formula,
    free,
    number,
)
from symcnn.kernel.writing import short, write_sort


@dataclass(frozen=True, slots=True)
class Sequent:
    """A goal, the facts that it may be proved from, and the sorts of the names that all of them use."""

    scope: Mapping[str, Sort]
    facts: Mapping[str, Formula]
    goal: Formula

    def showing(self, goal: Formula) -> Sequent:
        """The same facts with another goal."""
        return replace(self, goal=goal)

    def knowing(self, name: str, fact: Formula) -> Sequent:
        """The same goal with one more fact, under a new name."""
        if name in self.facts:
            raise Rejected(f"{name} is a fact already; use another name")
        return replace(self, facts={**self.facts, name: fact})

    def declaring(self, name: str, sort: Sort) -> Sequent:
        """The same sequent with a new name that stands for anything of a sort."""
        if name in self.scope:
            raise Rejected(f"{name} is declared already; use another name")
        return replace(self, scope={**self.scope, name: sort})


@dataclass(frozen=True, slots=True)
class Lambda:
    """A function as a term with parameters, in place of a name that a quantifier binds."""

    parameters: tuple[str, ...]
    body: Term


def take(sequent: Sequent, name: str) -> Sequent:
    """To prove something for all values, take any one.

    Law: if ``P(c)`` holds for a new name ``c``, then ``for all x : P(x)``.
    """
    goal = sequent.goal
    if not isinstance(goal, ForAll):
        raise Rejected(f"take: the goal is not 'for all': {short(goal)}")
    return sequent.declaring(name, goal.sort).showing(_with_name(goal, name))


def suppose(sequent: Sequent, name: str) -> Sequent:
    """To prove an implication, suppose its left side.

    Law: if ``Q`` holds whenever ``P`` does, then ``P implies Q``; if false follows from ``P``, then ``not
    P``.
    """
    premise, conclusion = _implication(sequent.goal, "suppose: the goal is")
    return sequent.knowing(name, premise).showing(conclusion)


def split(sequent: Sequent) -> tuple[Sequent, ...]:
    """To prove all of several things, prove each.

    Law: if ``P`` and ``Q`` hold, then ``P and Q``; if ``P implies Q`` and ``Q implies P``, then ``P iff Q``.
    """
    match sequent.goal:
        case And(parts):
            return tuple(sequent.showing(part) for part in parts)
        case Iff(left, right):
            return sequent.showing(Implies(left, right)), sequent.showing(Implies(right, left))
        case goal:
            raise Rejected(f"split: the goal is neither 'and' nor 'iff': {short(goal)}")


def choose(sequent: Sequent, position: int) -> Sequent:
    """To prove one of several things, prove the one at a position, counted from 1.

    Law: if ``P`` holds, then ``P or Q``.
    """
    goal = sequent.goal
    if not isinstance(goal, Or):
        raise Rejected(f"choose: the goal is not 'or': {short(goal)}")
    return sequent.showing(part_of(goal.parts, position, "choose"))


def witness(sequent: Sequent, name: str, value: Term | Lambda) -> Sequent:
    """To prove that something exists, give it.

    Law: if ``P(t)`` holds, then ``exists x : P(x)``. Side conditions: ``t`` is of the sort of ``x``, and the
    name that the certificate gives is the one that the goal binds.
    """
    goal = sequent.goal
    if not isinstance(goal, Exists):
        raise Rejected(f"witness: the goal is not 'exists': {short(goal)}")
    if goal.name != name:
        raise Rejected(f"witness: the goal asks for {goal.name}, not for {name}")
    return sequent.showing(_instance(goal, value, sequent.scope, "witness"))


def obtain(sequent: Sequent, known: Formula, name: str) -> tuple[Sequent, Formula]:
    """Where something exists, give it a new name; returns the sequent that declares it and the fact about it.

    Law: if ``exists x : P(x)``, and ``Q`` follows from ``P(c)`` for a new name ``c``, then ``Q``.
    """
    if not isinstance(known, Exists):
        raise Rejected(f"obtain: the fact is not 'exists': {short(known)}")
    return sequent.declaring(name, known.sort), _with_name(known, name)


def cases(sequent: Sequent, known: Formula, name: str) -> tuple[Sequent, ...]:
    """Where one of several things holds, prove the goal from each.

    Law: if ``P or Q``, and ``G`` follows from ``P`` and from ``Q``, then ``G``.
    """
    if not isinstance(known, Or):
        raise Rejected(f"cases: the fact is not 'or': {short(known)}")
    return tuple(sequent.knowing(name, part) for part in known.parts)


def decide(sequent: Sequent, formula: Formula, name: str) -> tuple[Sequent, Sequent]:
    """A formula holds or it does not: prove the goal from both.

    Law: if ``G`` follows from ``P`` and from ``not P``, then ``G``.
    """
    return sequent.knowing(name, formula), sequent.knowing(name, negation(formula))


def deny(sequent: Sequent, name: str) -> Sequent:
    """To prove something, derive false from its negation.

    Law: if false follows from ``not G``, then ``G``.
    """
    return sequent.knowing(name, negation(sequent.goal)).showing(FALSE)


def have(sequent: Sequent, formula: Formula, name: str) -> tuple[Sequent, Sequent]:
    """Prove something first, and use it then.

    Law: if ``P`` holds, and ``G`` follows from ``P``, then ``G``.
    """
    return sequent.showing(formula), sequent.knowing(name, formula)


def instance(known: Formula, values: Sequence[Term | Lambda], scope: Mapping[str, Sort]) -> Formula:
    """A fact about all values holds for these.

    Several terms in a row are put in at once: none of them speaks of what the fact binds.

    Law: if ``for all x : P(x)``, then ``P(t)``. Side condition: ``t`` is of the sort of ``x``.
    """
    terms: dict[str, Term] = {}
    for value in values:
        if terms and isinstance(known, ForAll) and isinstance(known.sort, Function):
            known, terms = formula_with(known, terms), {}
        if not isinstance(known, ForAll):
            raise Rejected(f"use: there are more values than 'for all' in the fact; left is {short(known)}")
        if isinstance(known.sort, Function):
            known = _instance(known, value, scope, "use")
        else:
            terms[known.name] = _value(known, value, scope, "use")
            known = known.body
    return formula_with(known, terms) if terms else known


def consequence(known: Formula) -> tuple[Formula, Formula]:
    """What has to be proved for a fact that is an implication, and what follows then.

    Law: if ``P implies Q`` and ``P``, then ``Q``; if ``not P`` and ``P``, then false.
    """
    return _implication(known, "use: what is left of the fact is")


def induct(sequent: Sequent) -> tuple[Sequent, Sequent]:
    """To prove something for all whole numbers from one on, prove it there, and from each for the next.

    Law: if ``P(a)``, and ``P(n)`` implies ``P(n + 1)`` for all ``n >= a``, then ``P(n)`` for all ``n >= a``.
    Side condition: ``a`` is a whole number that does not depend on ``n``.
    """
    match sequent.goal:
        case ForAll(name, "int", Implies(Compare("<=", start, Variable(bound)), claim)) if (
            bound == name and name not in free(start)
        ):
            if sort_of(start, sequent.scope) != INT:
                raise Rejected(f"induct: {short(start)} is no whole number")
            at_start = formula_with(claim, {name: start})
            after = formula_with(claim, {name: Plus((Variable(name), number(1)))})
            from_start = Compare("<=", start, Variable(name))
            step = ForAll(name, INT, Implies(from_start, Implies(claim, after)))
            return sequent.showing(at_start), sequent.showing(step)
        case goal:
            raise Rejected(f"induct: the goal is not 'for all n : int >= a : ...': {short(goal)}")


def negation(formula: Formula) -> Formula:
    """A formula that holds exactly when this one does not, with "not" moved inside as far as it goes."""
    match formula:
        case Compare("<=", left, right):
            return Compare("<", right, left)
        case Compare("<", left, right):
            return Compare("<=", right, left)
        case Not(inner):
            return inner
        case And(parts):
            return Or(tuple(negation(part) for part in parts))
        case Or(parts):
            return And(tuple(negation(part) for part in parts))
        case Implies(left, right):
            return And((left, negation(right)))
        case ForAll(name, sort, body):
            return Exists(name, sort, negation(body))
        case Exists(name, sort, body):
            return ForAll(name, sort, negation(body))
        case Compare() | Iff():
            return Not(formula)


def part_of(parts: Sequence[Formula], position: int, rule: str) -> Formula:
    """The formula at a position, counted from 1."""
    if not 1 <= position <= len(parts):
        raise Rejected(f"{rule}: there is no part {position}; there are {len(parts)}")
    return parts[position - 1]


def _implication(formula: Formula, what: str) -> tuple[Formula, Formula]:
    match formula:
        case Implies(left, right):
            return left, right
        case Not(inner):
            return inner, FALSE
        case _:
            raise Rejected(f"{what} neither 'implies' nor 'not': {short(formula)}")


def _with_name(quantified: ForAll | Exists, name: str) -> Formula:
    """What a quantifier says of a name that is free in nothing."""
    if name == quantified.name:
        return quantified.body
    if isinstance(quantified.sort, Function):
        return as_formula(rename_functions(quantified.body, {quantified.name: name}))
    return formula_with(quantified.body, {quantified.name: Variable(name)})


def _instance(
    quantified: ForAll | Exists, value: Term | Lambda, scope: Mapping[str, Sort], rule: str
) -> Formula:
    """What a quantifier says of a value, which must be of its sort.

    A whole number may stand for a real, but not for an element of a ring: ``x = y`` would become an equation
    between whole numbers, and ``2 = 0`` is false there and true in some rings.
    """
    wanted, name = quantified.sort, quantified.name
    if isinstance(wanted, Function):
        if not isinstance(value, Lambda) or len(value.parameters) != len(wanted.arguments):
            raise Rejected(f"{rule}: {name} is a function, {write_sort(wanted)}")
        if RING in wanted.arguments:
            raise Rejected(f"{rule}: {name} takes elements of a ring, so no term can be given for it")
        inner = {**scope, **dict(zip(value.parameters, wanted.arguments, strict=True))}
        _fits(sort_of(value.body, inner), wanted.value, name, rule)
        return as_formula(with_function(quantified.body, Definition(name, value.parameters, value.body)))
    return formula_with(quantified.body, {name: _value(quantified, value, scope, rule)})


def _value(quantified: ForAll | Exists, value: Term | Lambda, scope: Mapping[str, Sort], rule: str) -> Term:
    """The value, if it is a term of the sort of what a quantifier binds, which is no function."""
    wanted, name = quantified.sort, quantified.name
    if isinstance(value, Lambda) or isinstance(wanted, Function):
        raise Rejected(f"{rule}: {name} is no function but of sort {write_sort(wanted)}")
    _fits(sort_of(value, scope), wanted, name, rule)
    return value


def _fits(found: str, wanted: str, name: str, rule: str) -> None:
    if found != wanted and (found, wanted) != (INT, REAL):
        raise Rejected(f"{rule}: {name} is of sort {wanted}, and the value given for it of sort {found}")
