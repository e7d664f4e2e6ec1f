"""Search for proofs by induction along the first argument of functions that are defined by a recursion.

A goal about such a function at ``n`` is proved for all ``n``, and for all other arguments that the recursion
changes; what is known of ``n`` and of these becomes a premise. Base and step are rewritten by the definitions
and the hypothesis, and left to arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.logic import Sequent
from symcnn.kernel.substitution import formula_with, map_parts, term_with
from symcnn.kernel.terms import (
    INT,
    ONE,
    REAL,
    ZERO,
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
    Not,
    Number,
    Or,
    Plus,
    Rejected,
    Sum,
    Times,
    Unreadable,
    Variable,
    as_formula,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.agreeing import agreeing
from symcnn.search.cases import OutOfTime
from symcnn.search.combining import Arithmetic
from symcnn.search.congruence import congruent
from symcnn.search.facts import Found, closed_terms, comparisons, facts_of, parts_of, subterms
from symcnn.search.matching import calls
from symcnn.search.recurrences import guesses, relation
from symcnn.search.rules import Rewriting, Rule, bounds_of, rules_of, short_proof

if TYPE_CHECKING:
    from symcnn.search.tactics import Search


class Unproved(Rejected):
    """A goal that is not proved in its last form, so that its first form need not be tried."""


def inducted(search: Search, sequent: Sequent, splits: int) -> str | None:
    """Steps that prove a goal about recursive functions, by their definitions or by induction, or None."""
    if splits <= 0 or search.inducting:
        return None
    recursive = _recursive_in(sequent)
    if not recursive:
        return _by_rules(search, sequent)
    closed = _have_closed_forms(sequent, recursive)
    if closed and not isinstance(sequent.goal, Compare):
        return _without(search, sequent, recursive, splits) if recursive.keys() & free(sequent.goal) else None
    search.inducting = True
    try:
        if closed:
            found = rewritten(search, sequent)
            if found is None and recursive.keys() & free(sequent.goal):
                # Without the closed forms it is no easier.
                raise Unproved
            return found
        return _at_once(search, sequent) or _with_lemmas(search, sequent, recursive)
    except Unproved:
        raise
    except (OutOfTime, Rejected, Unreadable):
        search.check_time()
        return None
    finally:
        search.inducting = False


def _by_rules(search: Search, sequent: Sequent) -> str | None:
    """An equation, after what facts say of its entries was put in."""
    match sequent.goal:
        case Compare("="):
            names = {rule.left.name for rule in rules_of(sequent) if rule.names}
            if closed_terms([sequent.goal], (Sum,)):
                names |= {bound.left.name for bound in bounds_of(sequent)}
            return rewritten(search, sequent, short=True) if names & free(sequent.goal) else None
        case _:
            return None


def _spoken_of(sequent: Sequent) -> frozenset[str]:
    """The names in the goal and in the comparisons; that a function starts with some value does not count."""
    facts: list[Formula] = []
    for _, fact in comparisons(sequent):
        match fact:
            case Compare("=", Call(_, (Number(), *_)), _):
                pass
            case _:
                facts.append(fact)
    return free(sequent.goal).union(*map(free, facts))


def _recursive_in(sequent: Sequent) -> dict[str, Rule]:
    """The recursive functions that the goal or a comparison speaks of, with their recursions."""
    rules = {rule.left.name: rule for rule in rules_of(sequent) if rule.recursive}
    spoken = _spoken_of(sequent)
    return rules if rules.keys() & spoken else {}


def _have_closed_forms(sequent: Sequent, recursive: dict[str, Rule]) -> bool:
    """Whether each recursive function that the goal or a comparison speaks of is known without recursion."""
    spoken = _spoken_of(sequent)
    known = {
        rule.left.name
        for rule in rules_of(sequent)
        if rule.names
        and rule.left.arguments[0] == Variable(next(iter(rule.names)))
        and not recursive.keys() & free(rule.right)
    }
    return bool(known) and recursive.keys() & spoken <= known


def _without(search: Search, sequent: Sequent, recursive: dict[str, Rule], splits: int) -> str | None:
    """A goal with quantifiers, from the same goal with closed forms in place of recursive functions."""
    forms = {rule.left.name: rule for rule in rules_of(sequent) if rule.names and not rule.recursive}

    def closed(node: Node) -> Node:
        node = map_parts(node, closed)
        rule = forms.get(node.name) if isinstance(node, Call) and node.name in recursive else None
        if rule is None or not isinstance(node, Call):
            return node
        return term_with(rule.right, dict(zip(rule.names, node.arguments, strict=True)))

    goal = as_formula(closed(sequent.goal))
    label = search.label(sequent)
    back = _carried(search, sequent.knowing(label, goal), goal, label)
    if back is None:
        return None
    proof = search.prove(sequent.showing(goal), splits)
    if proof is None:
        raise Unproved
    return f"have {label} : {write(goal)} {{ {proof} }} {back}"


def _carried(search: Search, sequent: Sequent, known: Formula, path: str) -> str | None:
    """The goal from a fact, or a part of one, that differs from it in entries that can be rewritten."""
    new = search.label(sequent)
    match sequent.goal, known:
        case ForAll(), ForAll():
            step, inner = search.taken(sequent)
            name = [*inner.scope][-1]
            if isinstance(known.sort, Function):
                return None
            fact = logic.instance(known, [Variable(name)], inner.scope)
            rest = _carried(search, inner.knowing(new, fact), fact, new)
            return None if rest is None else f"{step} use {new} : {path}({name}) {rest}"
        case Exists(), Exists():
            name = search.name(sequent, known.name)
            inner, fact = logic.obtain(sequent, known, name)
            inner = logic.witness(inner.knowing(new, fact), sequent.goal.name, Variable(name))
            rest = _carried(search, inner, fact, new)
            witness = f"witness {sequent.goal.name} = {name}"
            return None if rest is None else f"obtain {name}, {new} from {path} {witness} {rest}"
        case Implies(), Implies():
            premise = search.label(sequent)
            inner = logic.suppose(sequent, premise)
            proof = _carried(search, inner.showing(known.left), sequent.goal.left, premise)
            rest = _carried(search, inner.knowing(new, known.right), known.right, new)
            if proof is None or rest is None:
                return None
            return f"suppose {premise} use {new} : {path} {{ {proof} }} {rest}"
        case (And(), And()) | (Iff(), Iff()):
            blocks: list[str] = []
            facts = logic.split(sequent.showing(known))
            for k, (part, fact) in enumerate(zip(logic.split(sequent), facts, strict=True), 1):
                block = _carried(search, part, fact.goal, f"{path}.{k}")
                if block is None:
                    return None
                blocks.append(f"{{ {block} }}")
            return " ".join(["split", *blocks])
        case _:
            found = Found(sequent)
            rewriting = Rewriting(search, found)
            rewriting.formula(sequent.goal)
            using = f" using {', '.join(found.rewrites)}" if found.rewrites else ""
            step = f"exactly {path}{using}"
            return " ".join([*found.steps, step]) if search.accepted(found.sequent, step) else None


def _at_once(search: Search, sequent: Sequent) -> str | None:
    """``inducted`` with the facts and the goal as they are."""
    match sequent.goal:
        case ForAll():
            return (
                by_rewriting(search, sequent, short=True)
                or _from_the_start(search, sequent, short=True)
                or _from_the_start(search, sequent)
            )
        case Compare():
            return rewritten(search, sequent)
        case _:
            return None


def _with_lemmas(search: Search, sequent: Sequent, recursive: dict[str, Rule]) -> str | None:
    """``inducted`` after closed forms and bounds of the functions were proved, each once."""
    new = frozenset(rule.path for rule in recursive.values()) - search.guessed
    before = search.guessed
    search.guessed |= new
    try:
        steps, inner = lemmas(search, sequent) if new else ([], sequent)
        found = _at_once(search, inner) if steps else None
        if found is None and isinstance(inner.goal, Compare):
            found = _from_the_end(search, inner) or _generalised(search, inner, recursive)
        if found is None and isinstance(inner.goal, Exists):
            found = _at_a_large_number(search, inner, inner.goal)
        if found is None and steps:
            search.inducting = False
            found = search.prove(inner)
        return None if found is None else " ".join([*steps, found])
    finally:
        search.guessed = before


def _at_a_large_number(search: Search, sequent: Sequent, goal: Exists) -> str | None:
    """A whole number beyond what is asked for, where a recursive function has to exceed it."""
    reals = [name for name, sort in sequent.scope.items() if sort == REAL and name in free(goal)]
    if goal.sort != INT or not reals:
        return None
    size = Times((Number(2), Variable(reals[-1])))
    attempt = search.above(sequent, size)
    if attempt is None:
        return None
    value = [*attempt.sequent.scope][-1]
    rest = by_rewriting(search, logic.witness(attempt.sequent, goal.name, Variable(value)))
    if rest is None:
        return None
    return " ".join([*attempt.steps, f"witness {goal.name} = {value}", rest])


def _from_the_end(search: Search, sequent: Sequent) -> str | None:
    """An equation between two recursions in opposite order, by what holds between both on the way."""
    guess = relation(sequent)
    if guess is None:
        return None
    end, claim = guess
    proof = _from_the_start(search, sequent.showing(claim), short=True)
    if proof is None:
        return None
    label, here = search.label(sequent), search.label(sequent)
    known = sequent.knowing(label, claim)
    start = next((path for path, fact in facts_of(sequent) if fact == Compare("<=", ZERO, end)), None)
    used = logic.instance(claim, [end], known.scope)
    if start is None or not isinstance(used, Implies) or not isinstance(used.right, Implies):
        return None
    rest = rewritten(search, known.knowing(here, used.right.right), short=True)
    if rest is None:
        return None
    use = f"use {here} : {label}({write(end)}) {{ exactly {start} }} {{ cone }}"
    return f"have {label} : {write(claim)} {{ {proof} }} {use} {rest}"


def lemmas(search: Search, sequent: Sequent) -> tuple[list[str], Sequent]:
    """Steps that prove what was guessed of the recursive functions, and what is known then."""
    steps: list[str] = []
    growing = any(isinstance(node, Exists) for node in subterms(sequent.goal))
    for guess in guesses(sequent, growing):
        proof = _from_the_start(search, sequent.showing(guess), short=True)
        if proof is None:
            continue
        label = search.label(sequent)
        steps.append(f"have {label} : {write(guess)} {{ {proof} }}")
        sequent = sequent.knowing(label, guess)
    return steps, sequent


def with_all_premises(search: Search, sequent: Sequent, splits: int) -> str | None:
    """``inducted`` before a fact that is an "or" is split into its cases: it may be a premise as it is."""
    steps: list[str] = []
    while isinstance(sequent.goal, ForAll | Implies):
        if isinstance(sequent.goal, ForAll):
            step, sequent = search.taken(sequent)
        else:
            label = search.label(sequent)
            step, sequent = f"suppose {label}", logic.suppose(sequent, label)
        steps.append(step)
    found = inducted(search, sequent, splits) if isinstance(sequent.goal, Compare) else None
    return None if found is None else " ".join([*steps, found])


def _from_the_start(search: Search, sequent: Sequent, short: bool = False) -> str | None:
    """``induct``, where the goal is "for all n >= a"."""
    try:
        base, step = logic.induct(sequent)
    except Rejected:
        return None
    first = by_rewriting(search, base, short=short)
    if first is None:
        return None
    then = by_rewriting(search, step, _bound_name(step.goal), short)
    return None if then is None else f"induct {{ {first} }} {{ {then} }}"


def _bound_name(goal: Formula) -> str:
    return goal.name if isinstance(goal, ForAll) else ""


def by_rewriting(search: Search, sequent: Sequent, last: str = "", short: bool = False) -> str | None:
    """A proof without further induction; ``last`` is the variable of a step, which the goal binds first.

    ``short`` proofs are by arithmetic alone.
    """
    goal = sequent.goal
    match goal:
        case ForAll():
            step, inner = search.taken(sequent)
            rest = by_rewriting(search, inner, [*inner.scope][-1] if last == goal.name else last, short)
        case Implies():
            label = search.label(sequent)
            step, inner = f"suppose {label}", logic.suppose(sequent, label)
            rest = by_rewriting(search, inner, last, short)
        case And():
            blocks: list[str] = []
            for part in logic.split(sequent):
                block = by_rewriting(search, part, last, short)
                if block is None:
                    return None
                blocks.append(f"{{ {block} }}")
            return " ".join(["split", *blocks])
        case Compare():
            found = rewritten(search, sequent, last, short)
            return found or short_proof(search, sequent, search.rewrites(sequent), 1)
        case _:
            return None if short else search.prove(sequent, 2)
    return None if rest is None else f"{step} {rest}"


def rewritten(search: Search, sequent: Sequent, last: str = "", short: bool = False) -> str | None:
    """A comparison, after its entries were rewritten by the facts."""
    found = Found(sequent, [], search.rewrites(sequent))
    rewriting = Rewriting(search, found, last)
    rewriting.facts()
    goal = rewriting.formula(sequent.goal)
    if not found.steps and goal == sequent.goal and not rewriting.open:
        return None
    before = " ".join(found.steps)
    for level in (0, 1):
        step = Arithmetic(found.sequent, Atoms(), found.rewrites, level, level, search.check_time).step()
        if step is not None and search.accepted(found.sequent, step):
            return f"{before} {step}".strip()
    if isinstance(goal, Compare) and goal.relation == "=" and _more_equal(search, found, goal):
        before = " ".join(found.steps)
        step = Arithmetic(found.sequent, Atoms(), found.rewrites, 0, 1, search.check_time).step()
        if step is not None and search.accepted(found.sequent, step):
            return f"{before} {step}".strip()
    rest = None if short else search.prove(found.sequent.showing(goal), 2)
    if rest is None:
        return None
    label = search.label(found.sequent)
    using = f" using {', '.join(found.rewrites)}" if found.rewrites else ""
    return f"{before} have {label} : {write(goal)} {{ {rest} }} exactly {label}{using}".strip()


def _more_equal(search: Search, found: Found, goal: Compare) -> bool:
    """Rewrite sums whose terms agree, and then entries at places that are equal; whether any was."""
    sums = agreeing(search, found, goal)
    return congruent(search, found, goal) or sums


# -- sums without recursion --------------------------------------------------------------------------------


def by_growing_sums(search: Search, sequent: Sequent, splits: int) -> str | None:
    """A comparison of sums of numbers up to n, by induction on n, or None."""
    goal = sequent.goal
    if splits <= 0 or search.inducting or search.active or not isinstance(goal, Compare):
        return None
    search.inducting = True
    try:
        for name, low in _growing(sequent).items():
            start = _start(sequent, name)
            bound = Compare("<=", low, Variable(name))
            proof = short_proof(search, sequent.showing(bound), search.rewrites(sequent))
            if start is None or proof is None:
                continue
            for premises in _premises(sequent, name, [], start[1]):
                found = _by_general(search, sequent, name, [], (proof, bound), premises, short=True)
                if found is not None:
                    return found
        return None
    finally:
        search.inducting = False


def _growing(sequent: Sequent) -> dict[str, Number]:
    """Variables that are upper bounds of sums of numbers, with the lower bounds."""
    out: dict[str, Number] = {}
    sums = closed_terms([sequent.goal], (Sum,))
    if any(calls(total) for total in sums):
        return {}
    for total in sums:
        match total:
            case Sum(index, Number() as low, high, None, body) if index in free(body):
                for name in free(high):
                    # There the sum is empty.
                    if high == Variable(name):
                        out.setdefault(name, low)
                    elif high == Plus((Variable(name), ONE)):
                        out.setdefault(name, Number(low.value - 1))
            case _:
                pass
    return out


# -- generalisation ----------------------------------------------------------------------------------------


def _generalised(search: Search, sequent: Sequent, recursive: dict[str, Rule]) -> str | None:
    """``have`` the goal for all values of what the recursion changes, by induction, and ``use`` it."""
    for name, others in _varying(sequent, recursive):
        start = _start(sequent, name)
        if start is None:
            continue
        for premises in _premises(sequent, name, others, start[1]):
            found = _by_general(search, sequent, name, others, start, premises)
            if found is not None:
                return found
    return None


def _varying(sequent: Sequent, recursive: dict[str, Rule]) -> Iterator[tuple[str, list[str]]]:
    """Variables to induct on, each with those that the recursion changes with it."""
    seen: set[str] = set()
    goal = sequent.goal
    for call in closed_terms([goal], (Call,)):
        rule = recursive.get(call.name)
        match call.arguments[0]:
            case Variable(name) if rule is not None and name not in seen:
                seen.add(name)
                yield name, _changed(goal, name, recursive)
            case _:
                pass


def _changed(goal: Formula, name: str, recursive: dict[str, Rule]) -> list[str]:
    """The variables at places that a recursion changes on the way from n + 1 to n."""
    out: list[str] = []
    for call in closed_terms([goal], (Call,)):
        rule = recursive.get(call.name)
        if rule is None or call.arguments[0] != Variable(name):
            continue
        for place, (pattern, value) in enumerate(zip(rule.left.arguments, call.arguments, strict=True)):
            inner = [c for c in _calls(rule) if c.arguments[place] != pattern]
            if place and inner and isinstance(value, Variable) and value.name not in out:
                out.append(value.name)
    return [other for other in out if other != name]


def _calls(rule: Rule) -> list[Call]:
    return [call for call in calls(rule.right) if call.name == rule.left.name]


def _start(sequent: Sequent, name: str) -> tuple[str, Compare] | None:
    """From where on a variable runs, with the proof."""
    for label, fact in facts_of(sequent):
        match fact:
            case Compare("<=", low, Variable(other)) if other == name and not free(low):
                return f"exactly {label}", fact
            case _:
                pass
    return None


def _premises(
    sequent: Sequent, name: str, others: list[str], start: Compare
) -> Iterator[list[tuple[str, Formula]]]:
    """What is known of the variables: first what is more than a bound, then all, then nothing."""
    known: list[tuple[str, Formula]] = [
        (label, fact)
        for label, whole in sequent.facts.items()
        for label, fact in parts_of(label, whole)
        if fact != start and {name, *others} & free(fact) and isinstance(fact, Compare | Or | Not | Implies)
    ]
    special = [(label, fact) for label, fact in known if not _is_bound(fact)]
    yield special
    if len(special) < len(known):
        yield known
    if special:
        yield []


def _is_bound(fact: Formula) -> bool:
    match fact:
        case Compare("<=", low, Variable()):
            return not free(low)
        case _:
            return False


def _by_general(
    search: Search,
    sequent: Sequent,
    name: str,
    others: list[str],
    start: tuple[str, Compare],
    premises: list[tuple[str, Formula]],
    short: bool = False,
) -> str | None:
    """The general statement with its proof by induction, and its use; ``start`` is a bound with its proof."""
    new = {name: Variable(search.name(sequent, name))}
    for other in others:
        new[other] = Variable(search.name(sequent.declaring(new[name].name, INT), other))
    claim: Formula = sequent.goal
    for _, fact in reversed(premises):
        claim = Implies(fact, claim)
    claim = formula_with(claim, new)
    for other in reversed(others):
        claim = ForAll(new[other].name, sequent.scope[other], claim)
    bound = formula_with(start[1], new)
    general = ForAll(new[name].name, INT, Implies(bound, claim))
    # What is known of the old variables is of no use for the new ones.
    facts = {label: fact for label, fact in sequent.facts.items() if not {name, *others} & free(fact)}
    proof = _from_the_start(search, replace(sequent, facts=facts, goal=general), short)
    if proof is None:
        return None
    label, here = search.label(sequent), search.label(sequent)
    at = f"({name}) {{ {start[0]} }}"
    if others:
        at += f"({', '.join(others)})"
    at += "".join(f" {{ exactly {fact} }}" for fact, _ in premises)
    return f"have {label} : {write(general)} {{ {proof} }} use {here} : {label}{at} exactly {here}"
