"""Search for values to put into facts "for all": those at which a fact speaks of entries that are spoken of.

A fact is looked at as a pattern. From the goal backward: what it concludes, with the right values, is the
goal. Forward: entries in it, together with all of its names, match entries in the goal and in other facts;
what follows may be matched again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import Polynomial, add, scale
from symcnn.kernel.ranges import with_index
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.substitution import formula_with, fresh
from symcnn.kernel.terms import (
    INT,
    REAL,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Max,
    Node,
    Plus,
    Rejected,
    Sort,
    Term,
    Times,
    Unreadable,
    Variable,
    free,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.facts import closed_terms, comparisons, paths, subterms

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_INSTANCES = 16
MAX_TARGETS = 16
ROUNDS = 2
NAMES = 4
MAX_SUMMANDS = 4

Values = dict[str, Term]


@dataclass(frozen=True)
class Rule:
    """A fact "for all", its names made new ones, its premises and its conclusion."""

    path: str
    fact: Formula
    names: Mapping[str, Sort]
    premises: tuple[Formula, ...]
    conclusion: Formula

    def patterns(self) -> list[Call]:
        """The entries in which the names stand, those of the conclusion first."""
        found = [call for formula in (self.conclusion, *self.premises) for call in calls(formula)]
        return [call for call in dict.fromkeys(found) if free(call) & self.names.keys()]


def rules(sequent: Sequent) -> Iterator[Rule]:
    """The facts that hold for all of something that is no function, or that need a premise."""
    for path, fact in paths(sequent):
        if isinstance(fact, ForAll | Implies):
            rule = _rule(path, fact, sequent)
            if not any(isinstance(sort, Function) for sort in rule.names.values()):
                yield rule


def _rule(path: str, fact: Formula, sequent: Sequent) -> Rule:
    names: dict[str, Sort] = {}
    premises: list[Formula] = []
    body = fact
    while isinstance(body, ForAll | Implies):
        if isinstance(body, Implies):
            premises.append(body.left)
            body = body.right
            continue
        name = fresh(body.name, {*sequent.scope, *names, *free(body)})
        names[name] = body.sort
        if isinstance(body.sort, Function) or name == body.name:
            body = body.body
        else:
            body = formula_with(body.body, {body.name: Variable(name)})
    return Rule(path, fact, names, tuple(premises), body)


# -- from the goal backward --------------------------------------------------------------------------------


def by_a_fact(search: Search, sequent: Sequent) -> str | None:
    """The goal is what a fact "for all" says of some values, and its premises are proved."""
    goal = sequent.goal
    if not isinstance(goal, Compare) or search.chained >= ROUNDS:
        return None
    targets = closed_terms([goal], (Call,))
    for rule in rules(sequent) if targets else ():
        conclusion = rule.conclusion
        if not isinstance(conclusion, Compare) or conclusion.relation not in (goal.relation, "<"):
            continue
        patterns = [call for call in calls(conclusion) if free(call) & rule.names.keys()]
        for values in _together(patterns, targets, rule.names, sequent.scope):
            known = formula_with(conclusion, values)
            if not _as_strong(known, goal, sequent):
                continue
            search.chained += 1
            try:
                text = _used(search, sequent, rule, values)
            finally:
                search.chained -= 1
            if text is not None:
                label = search.label(sequent, "i")
                last = f"exactly {label}" if _same(known, goal, sequent) else f"cone {label}"
                return f"use {label} : {text} {last}"
    return None


def _as_strong(known: Formula, goal: Compare, sequent: Sequent) -> bool:
    """Whether a fact is the goal, or the goal with "<" in place of "<="."""
    if isinstance(known, Compare) and known.relation == "<" and goal.relation == "<=":
        known = replace(known, relation="<=")
    return _same(known, goal, sequent)


def _same(known: Formula, goal: Formula, sequent: Sequent) -> bool:
    try:
        canonical = Canonical(sequent.scope, Atoms())
        if free(known) != free(goal):
            return False
        return known == goal or canonical.formula(known) == canonical.formula(goal)
    except (Rejected, Unreadable):
        return False


# -- from the facts forward --------------------------------------------------------------------------------


def instantiate(search: Search, found: Found, nodes: Sequence[Node], rounds: int = 1) -> bool:
    """Add what facts say of the entries in some nodes, and of what follows; whether anything was added."""
    if search.instantiating:
        return False
    before = len(found.sequent.facts)
    search.instantiating = True
    try:
        for _ in range(rounds):
            new = _one_round(search, found, nodes)
            if not new:
                break
            nodes = [*nodes, *new]
    finally:
        search.instantiating = False
    return len(found.sequent.facts) > before


def rewrite_entries(search: Search, found: Found, node: Node) -> None:
    """Rewrite the entries in a term by what facts "for all" say that they are equal to."""
    targets = closed_terms([node], (Call,))[:MAX_TARGETS]
    if not targets or search.instantiating:
        return
    search.instantiating = True
    try:
        for rule in equations(found.sequent):
            left = rule.conclusion.left if isinstance(rule.conclusion, Compare) else None
            if isinstance(left, Call):
                for values in _together([left], targets, rule.names, found.sequent.scope):
                    _instance(search, found, rule, values)
    finally:
        search.instantiating = False


def equations(sequent: Sequent) -> list[Rule]:
    """The facts that rewrite entries."""
    return [rule for rule in rules(sequent) if rule.names and _smaller(rule.conclusion)]


def _smaller(equation: Formula) -> bool:
    """Whether an equation gives an entry by others, or by entries at what stands inside its own place."""
    match equation:
        case Compare("=", Call(name, arguments), right):
            inside = {node for argument in arguments for node in subterms(argument)} - {*arguments}
            return all(
                argument in inside
                for call in calls(right)
                if call.name == name
                for argument in call.arguments
            )
        case _:
            return False


def _one_round(search: Search, found: Found, nodes: Sequence[Node]) -> list[Formula]:
    """Instances of the facts at hand; those that were added."""
    new: list[Formula] = []
    targets = closed_terms(nodes, (Call,))[:MAX_TARGETS]
    for rule in list(rules(found.sequent)):
        for values in _values_for(rule, targets, found.sequent, search.obtained):
            search.check_time()
            if len(new) >= MAX_INSTANCES:
                return new
            known = _instance(search, found, rule, values)
            if known is not None:
                new.append(known)
    return new


def _values_for(
    rule: Rule, targets: Sequence[Call], sequent: Sequent, obtained: Collection[str] = ()
) -> list[Values]:
    """Values at which a fact speaks of an entry that is spoken of; without entries, names of that sort."""
    patterns = rule.patterns()
    if not rule.names:
        return [{}]
    if not patterns:
        if len(rule.names) > 1:
            return []
        ((name, sort),) = rule.names.items()
        same = [Variable(other) for other, other_sort in sequent.scope.items() if other_sort == sort]
        if isinstance(rule.conclusion, Exists):
            # What exists by such a fact would only lead to more of its kind.
            same = [value for value in same if value.name not in obtained]
        return [{name: value} for value in reversed(same[-NAMES:])]
    out: list[Values] = []
    single = [[call] for call in patterns if free(call) >= rule.names.keys()]
    for group in single or [patterns]:
        for values in _together(group, targets, rule.names, sequent.scope):
            if values not in out:
                out.append(values)
            if len(out) >= MAX_INSTANCES:
                return out
    return out


def _together(
    patterns: Sequence[Call], targets: Sequence[Call], names: Mapping[str, Sort], scope: Mapping[str, Sort]
) -> Iterator[Values]:
    """Values of all names for which each pattern that is needed for that is one of the targets."""

    def further(values: Values, left: Sequence[Call]) -> Iterator[Values]:
        if values.keys() == names.keys():
            yield values
            return
        for k, pattern in enumerate(left):
            if not free(pattern) & (names.keys() - values.keys()):
                continue
            for target in targets:
                for more in matches(pattern, target, names, scope):
                    if all(values.get(name, value) == value for name, value in more.items()):
                        yield from further({**values, **more}, left[k + 1 :])
            return

    # An entry at the index of a sum inside the fact is none that can be met.
    known = names.keys() | scope.keys()
    return further({}, [pattern for pattern in patterns if free(pattern) <= known])


def _instance(search: Search, found: Found, rule: Rule, values: Mapping[str, Term]) -> Formula | None:
    """``use k : h(values) {premise} ...`` if the premises are proved; what was added."""
    sequent = found.sequent
    known = formula_with(rule.conclusion, values)
    if any(
        known == other for other in (*sequent.facts.values(), *(fact for _, fact in comparisons(sequent)))
    ):
        return None
    text = _used(search, sequent, rule, values)
    if text is None:
        return None
    label = search.label(sequent, "i")
    found.sequent = sequent.knowing(label, known)
    found.steps.append(f"use {label} : {text}")
    if isinstance(known, Exists):
        opened = search.opened(found.sequent, label)
        if opened is not None:
            search.obtained |= opened.sequent.scope.keys() - sequent.scope.keys()
            found.sequent = opened.sequent
            found.steps += opened.steps
    # An equation between entries of one tensor may lead from each to the next.
    if _smaller(known):
        search.rewrite(found, label)
    return known


def _used(search: Search, sequent: Sequent, rule: Rule, values: Mapping[str, Term]) -> str | None:
    """``h(values) {premise} ...`` if the premises are proved."""
    known, text = rule.fact, rule.path
    waiting = [values[name] for name in rule.names]
    while isinstance(known, ForAll | Implies):
        if isinstance(known, ForAll):
            value = waiting.pop(0)
            known = logic.instance(known, [value], sequent.scope)
            text += f"({write(value)})"
        else:
            premise, known = logic.consequence(known)
            if _is_false(premise, sequent):
                return None
            proof = search.soon(sequent.showing(premise))
            if proof is None:
                return None
            text += f" {{ {proof} }}"
    return text


def _is_false(premise: Formula, sequent: Sequent) -> bool:
    """Whether a comparison compares a term with itself, or numbers, and fails."""
    if not isinstance(premise, Compare):
        return False
    between = Canonical(sequent.scope, Atoms()).difference(premise.right, premise.left)
    value = between.get((), 0)
    if between.keys() - {()}:
        return False
    return value < 0 if premise.relation == "<=" else value <= 0 if premise.relation == "<" else value != 0


# -- patterns ----------------------------------------------------------------------------------------------


def calls(node: Node) -> list[Call]:
    """All entries in a node."""
    here = [node] if isinstance(node, Call) else []
    return [*here, *(call for part in parts(node) for call in calls(part))]


def entries(
    node: Node, taken: Collection[str], binders: tuple[Max, ...] = ()
) -> Iterator[tuple[tuple[Max, ...], Call]]:
    """The entries in a maximum, each with the maxima in which it stands, under indices that differ."""
    if isinstance(node, Max):
        index = fresh(node.index, {*taken, *free(node), *(binder.index for binder in binders)})
        node = with_index(node, index) if index not in free(node.body) else node
        yield from entries(node.body, taken, (*binders, node))
        return
    if isinstance(node, Call) and free(node) & {binder.index for binder in binders}:
        yield binders, node
    for part in parts(node):
        yield from entries(part, taken, binders)


def matched(
    pattern: Call, target: Node, names: Mapping[str, Sort], scope: Mapping[str, Sort]
) -> Values | None:
    """The first values of names that make an entry the target."""
    return next(matches(pattern, target, names, scope), None)


def matches(
    pattern: Call, target: Node, names: Mapping[str, Sort], scope: Mapping[str, Sort]
) -> Iterator[Values]:
    """Values of names that make an entry the target, if its places are linear in them."""
    if not isinstance(target, Call) or target.name != pattern.name:
        return
    found: list[Values] = [{}]
    for place, wanted in zip(pattern.arguments, target.arguments, strict=True):
        choices = list(_places(place, wanted, names, scope))
        found = [
            {**values, **more}
            for values in found
            for more in choices
            if all(values.get(name, value) == value for name, value in more.items())
        ]
    yield from found


def _places(
    place: Term, wanted: Term, names: Mapping[str, Sort], scope: Mapping[str, Sort]
) -> Iterator[Values]:
    """Values of names for which an argument of an entry is what is wanted."""
    spoken = free(place) & names.keys()
    if not spoken:
        if place == wanted:
            yield {}
    elif free(place) - spoken - scope.keys():
        # The index of a sum in a fact is nothing that a target could be.
        return
    elif len(spoken) == 1:
        (name,) = spoken
        value = solved(place, wanted, name, names[name], scope)
        if value is not None and _fits(value, names[name], scope):
            yield {name: value}
    else:
        yield from _summands(place, wanted, names)


def _summands(place: Term, wanted: Term, names: Mapping[str, Sort]) -> Iterator[Values]:
    """A sum or product of names is one with as many parts or more: the last name is what the others leave."""
    if not isinstance(place, Plus | Times) or not isinstance(wanted, type(place)):
        return
    variables = [term.name for term in place.terms if isinstance(term, Variable) and term.name in names]
    if len({*variables}) < len(place.terms) or len(wanted.terms) > MAX_SUMMANDS:
        return
    *first, last = variables
    for chosen in permutations(range(len(wanted.terms)), len(first)):
        rest = tuple(term for k, term in enumerate(wanted.terms) if k not in chosen)
        if rest:
            values = {name: wanted.terms[k] for name, k in zip(first, chosen, strict=True)}
            yield {**values, last: rest[0] if len(rest) == 1 else replace(wanted, terms=rest)}


def _fits(value: Term, sort: Sort, scope: Mapping[str, Sort]) -> bool:
    return sort_of(value, scope) in (sort, INT if sort == REAL else sort)


def solved(place: Term, wanted: Term, name: str, sort: Sort, scope: Mapping[str, Sort]) -> Term | None:
    """The value of a name for which a term in it with the factor 1 or -1 is what is wanted."""
    if place == Variable(name):
        return wanted
    # The index of a sum around the entry is no name here.
    if name in free(wanted) or not free(place) | free(wanted) <= {*scope, name}:
        return None
    atoms = Atoms()
    canonical = Canonical({**scope, name: sort}, atoms)
    atom = next(iter(canonical.term(Variable(name))))[0][0]
    value = canonical.term(place)
    factor = value.get(((atom, 1),))
    rest: Polynomial = {m: c for m, c in value.items() if m != ((atom, 1),)}
    if factor not in (1, -1) or any(name in free(atoms.shown[a]) for m in rest for a, _ in m):
        return None
    return term_of(scale(add(canonical.term(wanted), scale(rest, -1)), factor), atoms)


# -- cases -------------------------------------------------------------------------------------------------


def by_order(search: Search, sequent: Sequent, splits: int) -> str | None:
    """Cases of the order of two terms, where a fact says something of an order that is not known."""
    for rule in rules(sequent):
        match rule.premises:
            case [Compare("<" | "<=" as relation, Variable(a), Variable(b))] if {*rule.names} == {a, b}:
                pair = _not_ordered(rule, a, b, sequent)
                if pair is not None:
                    return _in_order(search, sequent, *pair, relation == "<", splits)
            case _:
                pass
    return None


def _not_ordered(rule: Rule, a: str, b: str, sequent: Sequent) -> tuple[Term, Term] | None:
    """Two terms of which a fact says something in either order, while no fact gives an order of them."""
    known = [fact for _, fact in comparisons(sequent)]
    strict = any(isinstance(premise, Compare) and premise.relation == "<" for premise in rule.premises)
    ordered = {frozenset((fact.left, fact.right)) for fact in known if fact.relation != "<=" or not strict}
    targets = closed_terms([sequent.goal, *known], (Call,))[:MAX_TARGETS]
    for values in _together(rule.patterns(), targets, rule.names, sequent.scope):
        if values[a] != values[b] and frozenset((values[a], values[b])) not in ordered:
            return values[a], values[b]
    return None


def _in_order(
    search: Search, sequent: Sequent, left: Term, right: Term, strict: bool, splits: int
) -> str | None:
    """The goal where the first term is less, equal and more; or where it is at most the other, and more."""
    label, new = search.label(sequent, "t"), search.label(sequent, "c")
    if not strict:
        cases = [Compare("<=", left, right), Compare("<", right, left)]
        before = f"decide {write(cases[0])} as {new}"
    else:
        cases = [Compare("<", left, right), Compare("=", left, right), Compare("<", right, left)]
        before = f"law {label} : trichotomy {write(left)}, {write(right)} cases {label} as {new}"
    blocks: list[str] = []
    for case in cases:
        inner = sequent.knowing(new, case)
        rewritten = case.relation == "=" and search.cited(inner, new)
        found = search.prove(inner, splits - 1)
        if rewritten:
            search.rewriting.remove((new, case))
        if found is None:
            return None
        blocks.append(f"{{ {found} }}")
    return " ".join([before, *blocks])
