"""Random small theorems with proofs that are right by construction, for rules of all kinds.

A theorem is a list of facts ``h1``, ``h2``, ... with a goal and the steps that prove it. Terms, bodies,
guards and the names of indices are random; indices often have the names of variables, so that whoever puts a
term below a sum or a quantifier may capture them. A change to the facts, the goal or the steps then makes
something that is near a proof.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import negation
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import Definition, formula_with, term_with, with_function
from symcnn.kernel.terms import (
    FALSE,
    INT,
    RING,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    IllSorted,
    Implies,
    Max,
    Not,
    Or,
    Plus,
    Power,
    Quotient,
    Rejected,
    Sort,
    Sum,
    Term,
    Times,
    Variable,
    free,
    free_in_any,
    number,
)
from symcnn.kernel.writing import write
from tests.soundness.random_models import Model

SCOPE: Mapping[str, Sort] = {
    **dict.fromkeys(("a", "b", "n"), "int"),
    "r": "real",
    "s": "real",
    "e": "ring",
    "p": Function(("int",), "int"),
    "x": Function(("int",), "real"),
    "y": Function(("int",), "ring"),
}
INDICES = ("i", "j", "a", "b", "n")
Dice = random.Random


@dataclass(frozen=True)
class Theorem:
    """Facts, a goal, and steps that may prove it."""

    facts: tuple[Formula, ...]
    goal: Formula
    steps: str
    rule: str


@dataclass(frozen=True)
class Maker:
    """Random terms and formulas; ``ints`` are the names of whole numbers that may be used."""

    dice: Dice
    ints: tuple[str, ...] = ("a", "b", "n")

    def under(self, index: str) -> Maker:
        """The same below a binder."""
        return replace(self, ints=(*self.ints, index, index))

    def index(self) -> str:
        return self.dice.choice(INDICES)

    def whole(self, depth: int) -> Term:
        """A term of sort int."""
        if depth <= 0:
            return self.dice.choice([Variable(self.dice.choice(self.ints)), number(self.dice.randint(-2, 3))])
        match self.dice.randrange(9):
            case 0 | 1:
                return Plus((self.whole(depth - 1), self.whole(depth - 1)))
            case 2:
                return Times((number(self.dice.randint(-2, 2)), self.whole(depth - 1)))
            case 3:
                return Times((self.whole(depth - 1), self.whole(depth - 1)))
            case 4:
                return Floor(self.whole(depth - 1), self.dice.choice([number(2), number(3), self.whole(0)]))
            case 5:
                return Call("p", (self.whole(depth - 1),))
            case 6:
                return If(self.formula(depth - 1), self.whole(depth - 1), self.whole(depth - 1))
            case 7:
                return self.reduction(depth, INT)
            case _:
                return self.whole(0)

    def value(self, depth: int, sort: str) -> Term:
        """A term of a sort."""
        if sort == INT:
            return self.whole(depth)
        names = {"real": ("r", "s"), "ring": ("e",)}[sort]
        leaf = self.dice.choice([Variable(self.dice.choice(names)), self.entry(sort), self.whole(0)])
        if depth <= 0:
            return leaf
        match self.dice.randrange(7):
            case 0 | 1:
                return Plus((self.value(depth - 1, sort), self.value(depth - 1, sort)))
            case 2:
                return Times((self.value(depth - 1, sort), self.value(depth - 1, sort)))
            case 3 if sort != RING:
                bottom = self.dice.choice([number(2), Variable("s"), self.whole(depth - 1)])
                return Quotient(self.value(depth - 1, sort), bottom)
            case 4:
                return If(self.formula(depth - 1), self.value(depth - 1, sort), self.value(depth - 1, sort))
            case 5:
                return self.reduction(depth, sort)
            case _:
                return leaf

    def entry(self, sort: str) -> Term:
        return Call({"int": "p", "real": "x", "ring": "y"}[sort], (self.whole(1),))

    def reduction(self, depth: int, sort: str, kinds: Sequence[type[Sum | Max]] = (Sum, Sum, Max)) -> Term:
        """A sum or maximum over a short range, with a guard or without."""
        index = self.index()
        kind = Sum if sort == RING else self.dice.choice(kinds)
        low = self.whole(0)
        high = Plus((low, number(self.dice.randint(0, 3)))) if self.dice.random() < 0.7 else self.whole(0)
        inside = self.under(index)
        guard = inside.formula(0) if self.dice.random() < 0.4 else None
        return kind(index, low, high, guard, inside.value(depth - 1, sort))

    def sort(self) -> str:
        return self.dice.choice(("int", "int", "real", "real", "ring"))

    def comparison(self, depth: int, sort: str | None = None) -> Compare:
        sort = sort or self.sort()
        relation = "=" if sort == RING else self.dice.choice(("=", "<=", "<"))
        return Compare(relation, self.value(depth, sort), self.value(depth, sort))

    def formula(self, depth: int) -> Formula:
        if depth <= 0 or self.dice.random() < 0.4:
            return self.comparison(max(depth - 1, 0))
        parts = (self.formula(depth - 1), self.formula(depth - 1))
        match self.dice.randrange(7):
            case 0:
                return And(parts)
            case 1:
                return Or(parts)
            case 2:
                return Not(parts[0])
            case 3:
                return Implies(*parts)
            case 4:
                return Iff(*parts)
            case _:
                return self.quantified(depth)

    def quantified(self, depth: int) -> Formula:
        """A quantifier over a short range."""
        index = self.index()
        others = [Variable(name) for name in self.ints if name != index]
        low = self.dice.choice([number(0), *others])
        high = Plus((low, number(self.dice.randint(0, 3))))
        ends = (Compare("<=", low, Variable(index)), Compare("<", Variable(index), high))
        body = self.under(index).formula(depth - 1)
        if self.dice.random() < 0.5:
            return ForAll(index, INT, Implies(And(ends), body))
        return Exists(index, INT, And((*ends, body)))


# -- theorems ------------------------------------------------------------------------------------------------


def by_law(make: Maker) -> Theorem:
    """What a law returns for random arguments: its premises are the facts."""
    name = make.dice.choice(list(LAWS))
    apply, kinds = LAWS[name]
    arguments: list[Term | Formula] = []
    for kind in kinds:
        indices = [node.index for node in arguments if isinstance(node, Sum | Max)]
        arguments.append(_argument(make, kind, indices, name, arguments))
    law = apply(*arguments)
    premises = " ".join(f"{{ exactly h{k + 1} }}" for k in range(len(law.premises)))
    written = ", ".join(write(argument) for argument in arguments)
    return Theorem(law.premises, law.conclusion, f"law e : {name} {written} {premises} exactly e", name)


def _argument(
    make: Maker, kind: str, indices: Sequence[str], law: str, before: Sequence[Term | Formula]
) -> Term | Formula:
    inside = make.under(indices[-1]) if indices else make
    match kind:
        case "sum" if law == "sum_add" and before and isinstance(before[0], Sum):
            return replace(before[0], body=inside.value(1, make.dice.choice(("int", "real"))))
        case "sum" if law in ("sum_exchange", "sum_flat"):
            flat = law == "sum_flat"
            inner = make.under("i")
            low, guard = (number(0), None) if flat else (make.whole(0), inner.formula(0))
            second = Sum("j", low, make.whole(0), guard, inner.under("j").value(1, "real"))
            return Sum(make.index(), number(0) if flat else make.whole(0), make.whole(0), None, second)
        case "sum":
            return make.reduction(2, make.sort(), (Sum,))
        case "max":
            return make.reduction(2, make.dice.choice(("int", "real")), (Max,))
        case "if":
            sort = make.sort()
            return If(make.formula(1), make.value(1, sort), make.value(1, sort))
        case "guard":
            return inside.formula(1)
        case "body":
            return inside.value(1, make.dice.choice(("int", "real")))
        case "there":
            return make.under(indices[0]).whole(1)
        case "back":
            return make.under(indices[1]).whole(1)
        case "whole":
            return make.whole(1)
        case _:
            return make.value(1, make.dice.choice(("int", "real")))


def by_cone(make: Maker) -> Theorem:
    """A sum of products of facts is not negative."""
    facts: list[Compare] = []
    for _ in range(make.dice.randint(1, 3)):
        facts.append(make.comparison(1, make.dice.choice(("int", "int", "real"))))
    total: list[Term] = []
    written: list[str] = []
    for _ in range(make.dice.randint(1, 3)):
        chosen = [make.dice.randrange(len(facts)) for _ in range(make.dice.choice((0, 1, 1, 2)))]
        factor = make.dice.choice((1, 1, 2, Fraction(1, 2)))
        product: list[Term] = [number(factor), *(_difference(facts[k]) for k in chosen)]
        shown = f"{factor} " + " ".join(f"h{k + 1}" for k in chosen)
        if make.dice.random() < 0.3:
            root = make.value(0, "real")
            product.append(Power(root, 2))
            shown += f" ({write(root)})^2"
        total.append(Times(tuple(product)) if len(product) > 1 else product[0])
        written.append(shown)
    left = make.value(1, "real")
    right: Term = Plus((left, *total))
    if make.dice.random() < 0.2:
        fact = Compare("<=", Plus((number(0), *total)), number(-make.dice.randint(0, 1)))
        return Theorem((*facts, fact), FALSE, f"cone {' + '.join(written)} + h{len(facts) + 1}", "cone")
    relation = make.dice.choice(("<=", "<=", "<"))
    return Theorem((*facts,), Compare(relation, left, right), f"cone {' + '.join(written)}", "cone")


def _difference(fact: Compare) -> Term:
    """What a fact says is not negative, or is 0; between whole numbers ``a < b`` says it of ``b - a - 1``."""
    low, high = (fact.right, fact.left) if fact.relation == "=" else (fact.left, fact.right)
    whole = sort_of(low, SCOPE) == sort_of(high, SCOPE) == INT
    return Plus((high, Times((number(-1), low)), number(-1 if fact.relation == "<" and whole else 0)))


def by_ring(make: Maker) -> Theorem:
    """A multiple of an equation is 0, and both sides of a rewrite are the same."""
    sort = make.sort()
    equation = Compare("=", make.value(1, sort), make.value(1, sort))
    factor, left = make.value(0, sort), make.value(1, sort)
    product = Times((factor, _difference(equation)))
    if make.dice.random() < 0.5:
        goal = Compare("=", Plus((left, product)), left)
        return Theorem((equation,), goal, f"ring h1 ({write(factor)})", "ring")
    atom = make.entry(sort)
    rewrite = Compare("=", atom, make.value(1, sort))
    used = make.dice.choice((rewrite, Compare("=", make.reduction(1, sort), make.value(1, sort))))
    goal = Compare("=", Times((used.left, left)), Times((used.right, left)))
    return Theorem((used,), goal, "ring using h1", "ring")


def by_use(make: Maker) -> Theorem:
    """A fact about all numbers of a range, at a term that may speak of anything."""
    index = make.index()
    return instance(index, make.under(index).formula(2), make.whole(1))


def instance(index: str, body: Formula, value: Term) -> Theorem:
    """What holds for all of -5, ..., 5 holds for a value, if it is one of these."""
    ends = And((Compare("<=", number(-5), Variable(index)), Compare("<", Variable(index), number(6))))
    known = ForAll(index, INT, Implies(ends, body))
    inside = formula_with(ends, {index: value})
    goal = formula_with(body, {index: value})
    return Theorem((known, inside), goal, f"use f : h1({write(value)}) {{ exactly h2 }} exactly f", "use")


def by_use_of_another_sort(make: Maker) -> Theorem:
    """What holds for whole numbers need not hold for a real number or an element of a ring: a trap."""
    limit, value = make.whole(0), make.value(1, make.dice.choice(("real", "ring")))
    low, high = (Compare("<=", Variable("i"), limit), Compare("<=", Plus((limit, number(1))), Variable("i")))
    divided = Compare("=", Times((number(2), Floor(Variable("i"), number(2)))), Variable("i"))
    other = Compare(
        "=", Times((number(2), Floor(Variable("i"), number(2)))), Plus((Variable("i"), number(-1)))
    )
    return instance("i", make.dice.choice([Or((low, high)), Or((divided, other))]), value)


def by_use_of_two(make: Maker) -> Theorem:
    """The same for two numbers at once: the first value may speak of what the second quantifier binds."""
    i, j = make.index(), make.index()
    first, second = make.whole(1), make.whole(1)
    body = make.under(i).under(j).formula(1)
    ends = [(Compare("<=", number(-2), Variable(k)), Compare("<", Variable(k), number(3))) for k in (i, j)]
    known = ForAll(i, INT, ForAll(j, INT, Implies(And((*ends[0], *ends[1])), body)))
    if i == j:  # the second hides the first
        known, values = ForAll(i, INT, known.body), {j: second}
    else:
        values = {i: first, j: second}
    premise = formula_with(And((*ends[0], *ends[1])), values)
    steps = f"use f : h1({write(first)}, {write(second)}) {{ exactly h2 }} exactly f"
    return Theorem((known, premise), formula_with(body, values), steps, "use")


def by_function(make: Maker) -> Theorem:
    """What holds for all functions holds for this one: its body may speak of what stands around a call."""
    index, parameter = make.index(), make.index()
    inside = make.under(index)
    place, other = make.whole(1), inside.whole(1)
    low = make.whole(0)
    entry: Callable[[Term], Term] = lambda at: Call("g", (at,))  # noqa: E731
    outside = entry(place if index not in free_in_any((place,)) else number(1))
    high = Plus((low, number(2)))
    match make.dice.randrange(3):
        case 0:
            total: Term = Sum(index, low, high, None, outside)
            known: Formula = Compare("=", total, Times((number(2), outside)))
        case 1:
            total = Sum(index, low, high, None, entry(other))
            known = Compare(
                "=",
                Plus((total, outside)),
                Plus((outside, Sum("k", low, high, None, entry(term_with(other, {index: Variable("k")}))))),
            )
        case _:
            ends = (Compare("<=", number(0), Variable(index)), Compare("<", Variable(index), number(2)))
            known = Exists(index, INT, And((*ends, Compare("<=", entry(number(0)), outside))))
            known = Iff(known, Compare("<=", entry(number(0)), outside))
    body = replace(make, ints=(*make.ints, parameter)).value(2, "real")
    goal = with_function(known, Definition("g", (parameter,), body))
    assert isinstance(goal, Formula)
    given = ForAll("g", Function(("int",), "real"), known)
    return Theorem((given,), goal, f"use f : h1(fun({parameter}) {write(body)}) exactly f", "use")


def by_witness(make: Maker) -> Theorem:
    """There is a number, because this is one."""
    index, value = make.index(), make.whole(1)
    ends = (Compare("<=", number(-5), Variable(index)), Compare("<", Variable(index), number(6)))
    body = And((*ends, make.under(index).formula(2)))
    goal = Exists(index, INT, body)
    steps = f"witness {index} = {write(value)} exactly h1"
    return Theorem((formula_with(body, {index: value}),), goal, steps, "witness")


def by_obtain(make: Maker) -> Theorem:
    """A number that there is, under a new name."""
    found = make.quantified(2)
    while not isinstance(found, Exists):
        found = make.quantified(2)
    return Theorem((found,), found, f"obtain z, f from h1 witness {found.name} = z exactly f", "obtain")


def by_decide(make: Maker) -> Theorem:
    """A formula or its negation, as the kernel writes it."""
    found = make.formula(2)
    steps = f"decide {write(found)} as f {{ choose 1 exactly f }} {{ choose 2 exactly f }}"
    return Theorem((), Or((found, negation(found))), steps, "decide")


def by_deny(make: Maker) -> Theorem:
    """What follows from the negation of the negation."""
    found = make.formula(2)
    steps = "deny f use g : h1 { exactly f } exactly g"
    return Theorem((Not(negation(found)),), found, steps, "deny")


def by_compute(make: Maker) -> Theorem:
    """A comparison of a term without names with its value, or with another number."""
    closed = replace(make, ints=("i",))
    left: Term = Variable("a")
    while free(left):
        left = term_with(closed.whole(2), {"i": number(make.dice.randint(-2, 3))})
    value = Model(SCOPE, make.dice).value(left, {})
    right = number(value + make.dice.choice((0, 0, 0, 1, -1)))
    return Theorem((), Compare(make.dice.choice(("=", "<=", "<")), left, right), "compute", "compute")


def by_ring_and_numbers(make: Maker) -> Theorem:
    """Numbers that are the same element of a ring need not be the same: a trap."""
    entry, left, right = make.value(0, RING), make.whole(0), make.whole(0)
    facts = (Compare("=", entry, left), Compare("=", entry, right))
    if make.dice.random() < 0.5:
        return Theorem(facts, Compare("=", left, right), "ring h2 - h1", "ring")
    return Theorem(facts, Compare("<=", left, right), "cone h1 - h2", "cone")


def by_exactly(make: Maker) -> Theorem:
    """A fact again, with its differences the other way around and its bound names changed."""
    found = make.formula(2)
    return Theorem((found,), _rewritten(found, make.dice), "exactly h1", "exactly")


def _rewritten(formula: Formula, dice: Dice) -> Formula:
    match formula:
        case Compare("=", left, right):
            return Compare("=", right, left)
        case Compare(relation, left, right):
            return Compare(relation, number(0), Plus((right, Times((number(-1), left)))))
        case And((left, right)):
            return And((_rewritten(left, dice), _rewritten(right, dice)))
        case ForAll(name, sort, body) | Exists(name, sort, body):
            new = dice.choice(("z", "k", name))
            changed = formula_with(body, {name: Variable(new)})
            return type(formula)(new, sort, changed)
        case _:
            return formula


KINDS: Sequence[Callable[[Maker], Theorem]] = (
    by_law, by_law, by_law, by_cone, by_cone, by_ring, by_ring_and_numbers, by_use, by_use_of_another_sort,
    by_use_of_two,
    by_function, by_function, by_witness, by_obtain, by_decide, by_deny,
    by_compute, by_exactly,
)  # fmt: skip


def theorem(dice: Dice) -> Theorem:
    """A theorem of some kind; laws do not speak of all arguments."""
    while True:
        try:
            return dice.choice(KINDS)(Maker(dice))
        except (Rejected, IllSorted):
            continue
