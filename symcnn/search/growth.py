"""Growth: sizes from which on something holds, bounds, and points beyond every bound.

What is to be shown is brought over one denominator. It is positive for large sizes where each negative term
is outweighed by a positive one, so the sum of the coefficients of all negative terms is large enough: that is
the size, the bound or the point that is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import Polynomial, add, add_scaled, constant, multiply, scale, variable
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import formula_with, fresh, term_with
from symcnn.kernel.terms import (
    INT,
    ONE,
    REAL,
    ZERO,
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Number,
    Or,
    Plus,
    Quotient,
    Rejected,
    Sort,
    Term,
    Times,
    Variable,
    as_formula,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.denominators import Denominators, parts_by
from symcnn.search.facts import comparisons
from symcnn.search.signs import DISTANCES, Coordinates, Signs, content, divided

if TYPE_CHECKING:
    from symcnn.search.tactics import Search


def grown(search: Search, sequent: Sequent) -> str | None:
    """Steps that give a size, a bound or a point, by the form of the goal; None for other goals."""
    goal = sequent.goal
    if not isinstance(goal, Exists) or isinstance(goal.sort, Function):
        return None
    try:
        if isinstance(goal.body, ForAll):
            return _size(search, sequent, goal) if goal.sort == INT else _bound(search, sequent, goal)
        return _point(search, sequent, goal)
    except Rejected:
        return None


# -- what is compared ------------------------------------------------------------------------------------


@dataclass
class Opened:
    """Steps that take what holds for all and suppose its premises; the goal is what is left."""

    sequent: Sequent
    steps: list[str] = field(default_factory=list[str])
    supposed: list[str] = field(default_factory=list[str])

    def goals(self) -> list[Compare] | None:
        """The comparisons that are left, or None where something else is."""
        goal = self.sequent.goal
        parts = goal.parts if isinstance(goal, And) else (goal,)
        found = [part for part in parts if isinstance(part, Compare) and part.relation != "="]
        return found if len(found) == len(parts) else None


def opened(search: Search, sequent: Sequent) -> Opened:
    """Take and suppose as long as the goal allows it."""
    out = Opened(sequent)
    while isinstance(goal := out.sequent.goal, ForAll | Implies):
        if isinstance(goal, ForAll):
            step, out.sequent = search.taken(out.sequent)
            out.steps.append(step)
        else:
            label = search.label(out.sequent)
            out.sequent = logic.suppose(out.sequent, label)
            out.steps.append(f"suppose {label}")
            out.supposed.append(label)
    return out


class Above:
    """What stands above the denominators of several comparisons, in variables that are not negative."""

    def __init__(self, search: Search, sequent: Sequent, goals: Sequence[Compare]) -> None:
        self.search = search
        self.found = search.described(sequent.showing(And(tuple(goals))))
        self.sides = Denominators(search, self.found)
        self.signs = self.sides.signs
        self.values: list[Polynomial] = []
        for goal in goals:
            cleared = self.sides.cleared(self.signs.canonical.difference(goal.right, goal.left))
            if cleared is None:
                raise Rejected("a denominator may be 0")
            common = content(cleared.above)
            self.values.append({divided(m, common) or UNIT: c for m, c in cleared.above.items()})
        self.system: Coordinates = self.signs.system(True)

    def atom(self, name: str) -> int:
        """The number of a variable."""
        match list(self.signs.canonical.term(Variable(name)).items()):
            case [(((atom, 1),), 1)]:
                return atom
            case _:
                raise Rejected(f"{name} stands for a term")

    def coordinate(self, name: str) -> int:
        """The number of the coordinate that grows with a variable."""
        atom = self.atom(name)
        return DISTANCES + atom if atom in self.system.moved else atom

    def distance(self, coordinate: int) -> Polynomial:
        """A coordinate without coordinates; of a remainder what it does not exceed."""
        if coordinate >= 2 * DISTANCES:
            whole, _ = self.system.products[coordinate - 2 * DISTANCES]
            known = {a for a, _ in whole if a in self.system.generators or a in self.system.moved}
            return {tuple((a, e) for a, e in whole if a in known): 1}
        return self.system.distances.get(coordinate, {((coordinate, 1),): 1})

    def sizes(self, values: Sequence[Polynomial], growing: set[int]) -> Polynomial:
        """The sum of what stands before the growing coordinates in all negative terms."""
        out: Polynomial = {}
        for value in values:
            for monomial, coefficient in self.system.of(value).items():
                if coefficient < 0:
                    part = constant(-(coefficient.numerator // coefficient.denominator))
                    for atom, exponent in monomial:
                        for _ in range(0 if atom in growing else exponent):
                            part = multiply(part, self.distance(atom))
                    add_scaled(out, part)
        return out

    def term(self, value: Polynomial) -> Term:
        """A polynomial as a term."""
        return term_of(value, self.signs.atoms)

    def proofs(self, goals: Sequence[Compare], facts: Mapping[str, Formula]) -> str | None:
        """Steps that prove all comparisons, with more facts."""
        sequent = self.found.sequent
        sequent = replace(sequent, facts={**sequent.facts, **facts}, scope=self.scope(facts))
        sides = Denominators(self.search, replace(self.found, sequent=sequent))
        blocks: list[str] = []
        for goal in goals:
            self.search.check_time()
            step = sides.step(goal)
            if step is None:
                return None
            blocks.append(step)
        return blocks[0] if len(blocks) == 1 else " ".join(["split", *(f"{{ {step} }}" for step in blocks)])

    def structured(self, goal: Formula, choice: int, facts: Mapping[str, Formula]) -> str | None:
        """Steps that prove an "and" part by part, and of each "or" the part that is chosen."""
        match goal:
            case And(parts):
                blocks = [self.structured(part, choice, facts) for part in parts]
                known = [block for block in blocks if block is not None]
                return (
                    " ".join(["split", *(f"{{ {b} }}" for b in known)]) if len(known) == len(parts) else None
                )
            case Or(parts) if choice < len(parts):
                found = self.structured(parts[choice], choice, facts)
                return None if found is None else f"choose {choice + 1} {found}"
            case Compare():
                return self.proofs([goal], facts)
            case _:
                return None

    def scope(self, facts: Mapping[str, Formula]) -> Mapping[str, Sort]:
        """The names in scope with those of more facts, which are whole numbers."""
        scope = self.found.sequent.scope
        new = {name for fact in facts.values() for name in free(fact) if name not in scope}
        return {**scope, **dict.fromkeys(sorted(new), INT)}


# -- from a size on --------------------------------------------------------------------------------------


def _size(search: Search, sequent: Sequent, goal: Exists) -> str | None:
    """``exists T : for all v >= T : ...``, where a positive number ``eps`` makes room."""
    name = search.name(sequent, goal.name)
    first = opened(search, _with_name(sequent, goal, name))
    goals = first.goals()
    far: dict[str, str] = {}
    for label in first.supposed:
        match first.sequent.facts[label]:
            case Compare("<=", Variable(low), Variable(growing)) if low == name:
                far[label] = growing
            case fact if name in free(fact):
                return None
            case _:
                pass
    if goals is None or not far or any(name in free(part) for part in goals):
        return None
    plain = {label: fact for label, fact in first.sequent.facts.items() if label not in far}
    sides = Above(search, replace(first.sequent, facts=plain), goals)
    slack = _slack(sequent, goals)
    eps = [sides.atom(slack[0])] if slack else []
    values = [
        part for value in sides.values for part in (parts_by(value, *eps) if eps else {0: value}).values()
    ]
    coordinates = {growing: sides.coordinate(growing) for growing in far.values()}
    # Twice for each variable: as much for what is small with eps as for what is not.
    enough = scale(add(sides.sizes(values, set(coordinates.values())), constant(1)), 2 * len(far))
    room = constant(0)
    for growing, coordinate in coordinates.items():
        # What is counted from a bound exceeds it by as much.
        rest = add(sides.distance(coordinate), scale({((sides.atom(growing), 1),): 1}, -1))
        room = add(room, {m: abs(c) for m, c in rest.items()})
    size, more = sides.term(enough), sides.term(room)
    steps: list[str] = []
    value: Term = Plus((size, more))
    scope, beyond = dict(sequent.scope), ""
    k = p = ""
    if slack:
        n = search.name(first.sequent, "n")
        scope[n] = INT
        steps, k, p = _reciprocal(search, first.sequent, n, *slack)
        value = Plus((Times((Variable(n), size)), more))
    if sort_of(value, scope) == REAL:
        # The size is a whole number beyond it.
        law, beyond = (search.label(first.sequent, "l") for _ in range(2))
        whole = fresh("s", {*first.sequent.scope, *scope, *search.used})
        steps.append(f"law {law} : archimedes {write(value)} obtain {whole}, {beyond} from {law}")
        value = Variable(whole)
    steps += [f"witness {goal.name} = {write(value)}", *first.steps, *sides.found.steps]
    e = search.label(first.sequent, "e")
    positive = sides.signs.step(Compare("<=", ZERO, size))
    steps.append(f"have {e} : 0 <= {write(size)} {{ {positive} }}")
    near: dict[str, Formula] = {}
    for label, growing in far.items():
        wide = sides.term(sides.distance(coordinates[growing]))
        over, w, x = (search.label(first.sequent, hint) for hint in "rww")
        bound = Plus((Variable(growing), Times((Number(-1), wide))))
        rest = Compare("<=", bound, more)
        steps.append(f"have {over} : {write(rest)} {{ {sides.signs.step(rest)} }}")
        parts = [label, over, *([beyond] if beyond else [])]
        near[w] = Compare("<=", size, wide)
        sums = [*parts, *([f"{p} {e}"] if slack else [])]
        steps.append(f"have {w} : {write(near[w])} {{ cone {' + '.join(sums)} }}")
        if slack:
            near[x] = Compare("<=", size, Times((Variable(slack[0]), wide)))
            sums = [*(f"{part} {slack[1]}" for part in parts), f"{k} {e}"]
            steps.append(f"have {x} : {write(near[x])} {{ cone {' + '.join(sums)} }}")
    last = sides.proofs(goals, near)
    return _accepted(search, sequent, [*steps, last])


def _with_name(sequent: Sequent, goal: Exists, name: str) -> Sequent:
    """What is to be shown for a number with this name."""
    return logic.take(sequent.showing(ForAll(goal.name, goal.sort, goal.body)), name)


def _accepted(search: Search, sequent: Sequent, steps: Sequence[str | None]) -> str | None:
    """The steps, if none is missing and the kernel accepts them."""
    text = " ".join(step or "" for step in steps)
    return text if None not in steps and search.accepted(sequent, text) else None


def _slack(sequent: Sequent, goals: Sequence[Compare]) -> tuple[str, str] | None:
    """A real number of the goals that may be small, and the fact that it is positive."""
    for label, fact in reversed(comparisons(sequent)):
        match fact:
            case Compare("<", left, Variable(name)) if left == ZERO and sequent.scope[name] == REAL:
                if any(name in free(part) for part in goals):
                    return name, label
            case _:
                pass
    return None


def _reciprocal(
    search: Search, sequent: Sequent, n: str, eps: str, positive: str
) -> tuple[list[str], str, str]:
    """A whole number ``n >= 1`` with ``1 <= eps*n``: steps, and the names of both facts."""
    a, f, q, z, k, p, d = (search.label(sequent, hint) for hint in "lfqzkpd")
    long = Compare("<=", ONE, Times((Variable(eps), Variable(n))))
    least = Compare("<=", ONE, Variable(n))
    steps = [
        f"law {a} : archimedes {write(Quotient(ONE, Variable(eps)))} obtain {n}, {f} from {a}",
        f"law {q} : quotient 1, {eps} {{ suppose {z} cone {positive} + {z} (-1) }}",
        f"have {k} : {write(long)} {{ cone {f} {positive} + {q} }}",
        f"have {p} : {write(least)} {{ deny {d} cone {d} {positive} + {k} }}",
    ]
    return steps, k, p


# -- bounds ----------------------------------------------------------------------------------------------


def _bound(search: Search, sequent: Sequent, goal: Exists) -> str | None:
    """``exists C : for all v : f <= C``."""
    name = search.name(sequent, goal.name)
    first = opened(search, _with_name(sequent, goal, name))
    goals = first.goals()
    if goals is None or any(name in free(first.sequent.facts[label]) for label in first.supposed):
        return None
    sides = Above(search, first.sequent, goals)
    growing = {name for name in first.sequent.scope if name not in sequent.scope}
    coordinates = {sides.coordinate(other) for other in growing - {name}}
    parts = [parts_by(value, sides.atom(name)) for value in sides.values]
    if any(max(part) > 1 for part in parts):
        return None
    bound = sides.term(sides.sizes([part.get(0, {}) for part in parts], coordinates))
    if free(bound) & growing:
        return None
    here = [Compare(g.relation, *(term_with(t, {name: bound}) for t in (g.left, g.right))) for g in goals]
    last = sides.proofs(here, {})
    steps = [f"witness {goal.name} = {write(bound)}", *first.steps, *sides.found.steps, last]
    return _accepted(search, sequent, steps)


# -- points ----------------------------------------------------------------------------------------------


def _point(search: Search, sequent: Sequent, goal: Exists) -> str | None:
    """``exists v : ...`` with one large number for all v, beyond what nothing is known of."""
    names: list[str] = []
    body: Formula = goal
    while isinstance(body, Exists):
        if isinstance(body.sort, Function):
            return None
        names.append(body.name)
        body = body.body
    known = {name for fact in sequent.facts.values() for name in free(fact)}
    beyond = [
        name
        for name, sort in sequent.scope.items()
        if name in free(body) and name not in known and name not in names and not isinstance(sort, Function)
    ]
    if not beyond:
        return _better(search, sequent, goal)
    if len(beyond) > 2:
        return None
    steps: list[str] = []
    here = sequent
    above: dict[str, str] = {}
    for name in beyond:
        found = search.above(here, Variable(name))
        if found is None:
            return None
        here = found.sequent
        steps += found.steps
        above[name] = [*here.scope][-1]
    t = search.name(here, "t")
    body = as_formula(formula_with(body, dict.fromkeys(names, Variable(t))))
    for choice in range(2 if _has_choice(body) else 1):
        found = _large(search, here, body, choice, above, t)
        if found is not None:
            given = " ".join(f"witness {name} = {t}" for name in names)
            return _accepted(search, sequent, [*steps, found[0], given, found[1]])
    return None


def _better(search: Search, sequent: Sequent, goal: Exists) -> str | None:
    """``exists v' : ... and f(v) < f(v')``, with the next or twice the value of each ``v``."""
    names: list[str] = []
    body: Formula = goal
    while isinstance(body, Exists):
        names.append(body.name)
        body = body.body
    like = {name: name.rstrip("'") for name in names}
    last = body.parts[-1] if isinstance(body, And) and body.parts else body
    if any(sequent.scope.get(old) is None for old in like.values()) or not isinstance(last, Compare):
        return None
    old = {name: Variable(other) for name, other in like.items()}
    if last.relation != "<" or term_with(last.right, old) != last.left:
        return None
    for more in (lambda x: Plus((x, ONE)), lambda x: Times((Number(2), x))):
        values = {name: more(x) for name, x in old.items()}
        here = sequent.showing(as_formula(formula_with(body, values)))
        found = search.for_a_while(here, 0)
        if found is not None:
            given = [f"witness {name} = {write(value)}" for name, value in values.items()]
            return _accepted(search, sequent, [*given, found])
    return None


def _large(
    search: Search, sequent: Sequent, body: Formula, choice: int, above: Mapping[str, str], t: str
) -> tuple[str, str] | None:
    """Steps that give a large number ``t``, and steps that prove the formula about it."""
    goals = [leaf for leaf in leaves(body, choice) if isinstance(leaf, Compare) and leaf.relation != "="]
    if len(goals) != len(leaves(body, choice)):
        return None
    least = search.label(sequent, "l")
    positive = Compare("<=", ONE, Variable(t))
    sides = Above(search, sequent.declaring(t, INT).knowing(least, positive), goals)
    values: list[Polynomial] = []
    for value in sides.values:
        raised = value
        for low, high in above.items():
            parts = parts_by(raised, sides.atom(low))
            if max(parts, default=0) > 1:
                return None
            raised = add(parts.get(0, {}), multiply(parts.get(1, {}), variable(sides.atom(high))))
        values.append(raised)
    size = sides.term(add(sides.sizes(values, {sides.coordinate(t)}), constant(1)))
    if t in free(size):
        return None
    law, large = search.label(sequent, "l"), search.label(sequent, "l")
    far = Compare("<=", size, Variable(t))
    known = sequent.declaring(t, INT).knowing(large, far)
    proof = Signs(search, replace(sides.found, sequent=known, rewrites=[])).step(positive)
    if proof is None:
        return None
    steps = [
        f"law {law} : archimedes {write(size)} obtain {t}, {large} from {law}",
        f"have {least} : {write(positive)} {{ {proof} }}",
        *sides.found.steps,
    ]
    last = sides.structured(body, choice, {large: far})
    return None if last is None else (" ".join(steps), last)


def leaves(goal: Formula, choice: int) -> list[Formula]:
    """What has to be shown of an "and", and of each "or" in it the part that is chosen."""
    match goal:
        case And(parts):
            return [leaf for part in parts for leaf in leaves(part, choice)]
        case Or(parts) if choice < len(parts):
            return leaves(parts[choice], choice)
        case _:
            return [goal]


def _has_choice(goal: Formula) -> bool:
    return isinstance(goal, Or) or (isinstance(goal, And) and any(_has_choice(part) for part in goal.parts))
