"""Rewriting by facts: what a fact says of an entry "for all" values is put in for the entries that are met.

A recursive definition, an induction hypothesis and "two tensors agree everywhere else" are such facts. In
sums entries are rewritten as well, for each index of the range, and factors that do not depend on the index
are taken out. Bounds of entries are put in too. Each rewriting is a step that the kernel checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms, Canonical
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.ranges import body_at, in_range, with_index
from symcnn.kernel.substitution import map_parts, term_with
from symcnn.kernel.terms import (
    FALSE,
    INT,
    ONE,
    ZERO,
    And,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    If,
    Implies,
    Max,
    Node,
    Not,
    Number,
    Or,
    Plus,
    Rejected,
    Sort,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    as_formula,
    as_term,
    free,
)
from symcnn.kernel.writing import write
from symcnn.search.combining import Arithmetic, term_of
from symcnn.search.enriching import expand
from symcnn.search.facts import Found, closed_terms, comparisons, facts_of, named, paths
from symcnn.search.matching import calls, matched
from symcnn.search.steps import behind, replaced

if TYPE_CHECKING:
    from symcnn.search.tactics import Search

MAX_MONOMIALS = 12
MAX_REWRITES = 40


@dataclass(frozen=True)
class Rule:
    """A fact that says what an entry is: the fact with its name, what it binds, and both sides.

    ``recursive`` is the variable ``t`` of a rule that leads from ``t + 1`` to ``t``; ``part`` is where the
    equation stands in an "and".
    """

    path: str
    fact: Formula
    names: Mapping[str, Sort]
    left: Call
    right: Term = ZERO
    recursive: str = ""
    part: str = ""
    inequality: Compare | None = None

    def values(self, call: Call, scope: Mapping[str, Sort]) -> dict[str, Term] | None:
        """Values for the names at which the rule is about this entry."""
        if not self.names:
            return {} if self.left == call else None
        # A bound name may be declared outside as well, and means another thing there.
        apart = {name: Variable(f"{name}_") for name in self.names}
        places: list[Term] = []
        for place, wanted in zip(self.left.arguments, call.arguments, strict=True):
            fixed = not self.names.keys() & free(place)
            if fixed and place != wanted and Canonical(scope).difference(place, wanted):
                return None
            places.append(wanted if fixed else term_with(place, apart))
        names = {f"{name}_": sort for name, sort in self.names.items()}
        found = matched(Call(call.name, tuple(places)), call, names, scope)
        return None if found is None else {name: found[f"{name}_"] for name in self.names}


def rules_of(sequent: Sequent) -> list[Rule]:
    """The facts that can be used as rules without going round in a circle, those without conditions last."""
    out: list[Rule] = []
    leads: dict[str, set[str]] = {}
    found = [rule for path, fact in paths(sequent) for rule in _rules(path, fact)]
    # Definitions first: they are what the others must not lead back to.
    for rule in sorted(found, key=lambda rule: not rule.recursive):
        reached = {call.name for call in calls(rule.right)}
        if rule.recursive:
            reached -= {rule.left.name}
        if rule.left.name in reached or any(_leads(leads, name, rule.left.name) for name in reached):
            continue
        leads.setdefault(rule.left.name, set()).update(reached)
        out.append(rule)
    return out[::-1]


def _leads(leads: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(leads.get(here, ()))
    return False


def bounds_of(sequent: Sequent) -> list[Rule]:
    """The facts that say how large the entries of a tensor are."""
    out: list[Rule] = []
    for path, fact in paths(sequent):
        names, parts = _conclusions(fact)
        for part, inequality in parts:
            if isinstance(inequality, Compare) and inequality.relation != "=" and names:
                patterns = [call for call in calls(inequality) if names.keys() <= free(call)]
                out += [Rule(path, fact, names, call, part=part, inequality=inequality) for call in patterns]
    return out


def _conclusions(fact: Formula) -> tuple[dict[str, Sort], list[tuple[str, Formula]]]:
    """What a fact binds, and what it says in the end, with the places in an "and"."""
    names: dict[str, Sort] = {}
    body = fact
    while isinstance(body, ForAll | Implies):
        if isinstance(body, ForAll):
            names[body.name] = body.sort
            body = body.body
        else:
            body = body.right
    if any(isinstance(sort, Function) for sort in names.values()):
        return names, []
    if isinstance(body, And):
        return names, [(f".{k}", part) for k, part in enumerate(body.parts, 1)]
    return names, [("", body)]


def _rules(path: str, fact: Formula) -> list[Rule]:
    names, parts = _conclusions(fact)
    out: list[Rule] = []
    for part, equation in parts:
        match equation:
            case Compare("=", Call() as left, right) if names.keys() <= free(left):
                out.append(Rule(path, fact, names, left, right, _recursive(left, right), part))
            case _:
                pass
    return out


def _recursive(left: Call, right: Term) -> str:
    """The variable along which an equation defines a function, or nothing."""
    match left.arguments[0]:
        case Plus((Variable(name), Number(1))):
            inside = [call for call in calls(right) if call.name == left.name]
            return name if all(call.arguments[0] == Variable(name) for call in inside) else ""
        case _:
            return ""


@dataclass
class Rewriting:
    """Rewrites terms and formulas by the rules of a sequent, and keeps the steps in ``found``.

    ``last`` is the variable of an induction: a sum up to n + 1 is that up to n and its last term. Conditions
    that were not proved are kept in ``open``.
    """

    search: Search
    found: Found
    last: str = ""
    done: dict[Term, Term] = field(default_factory=dict[Term, Term])
    open: list[Formula] = field(default_factory=list[Formula])

    def __post_init__(self) -> None:
        self.rules = rules_of(self.found.sequent)
        self.bounds = bounds_of(self.found.sequent)
        self.laws: dict[str, Formula] = {}

    @property
    def sequent(self) -> Sequent:
        """What is known so far."""
        return self.found.sequent

    def facts(self) -> None:
        """Rewrite the entries in the facts that bind nothing."""
        for name, fact in facts_of(self.sequent):
            if isinstance(fact, Or | Not):
                self._node(fact)
            if isinstance(fact, Implies):
                self._concluded(name, fact)
            if not isinstance(fact, Compare):
                continue
            # A rule itself stays what it is.
            nodes = (fact.left, fact.right)
            match fact:
                case Compare("=", Call(_, arguments), _):
                    nodes = (*arguments, fact.right)
                case _:
                    pass
            for node in nodes:
                self.term(node)

    def _concluded(self, name: str, fact: Implies) -> None:
        """What follows from a fact with a condition that holds, if it is a comparison."""
        if isinstance(fact.right, Compare) and fact.right not in self.sequent.facts.values():
            proof = self.soon(fact.left)
            if proof is not None:
                label = self.search.label(self.sequent, "i")
                self.found.sequent = self.sequent.knowing(label, fact.right)
                self.found.steps.append(f"use {label} : {name} {{ {proof} }}")
                self._node(fact.right)

    def formula(self, node: Formula) -> Formula:
        """The formula after rewriting; what stands under quantifiers stays."""
        return as_formula(self._node(node))

    def _node(self, node: Node) -> Node:
        if isinstance(node, ForAll | Exists):
            return node
        if isinstance(node, Compare | And | Or | Not | Implies):
            return map_parts(node, self._node)
        return node if isinstance(node, Formula) else self.term(as_term(node))

    def term(self, term: Term) -> Term:
        """The term after rewriting."""
        if term in self.done:
            return self.done[term]
        self.search.check_time()
        match term:
            case Call():
                out = self._call(term)
            case Sum():
                out = self._sum(term)
            case Max():
                out = term
            case _:
                out = as_term(map_parts(term, self._node))
        self.done[term] = out
        return out

    # -- entries ---------------------------------------------------------------------------------------------

    def _call(self, call: Call) -> Term:
        places = tuple(self.clean(self.term(a)) for a in call.arguments)
        here = call if all(a == b for a, b in zip(places, call.arguments, strict=True)) else None
        here = Call(call.name, places) if here is None else here
        if len(self.found.rewrites) >= MAX_REWRITES:
            return here
        for rule in self.rules:
            if rule.left.name != call.name:
                continue
            values = rule.values(here, self.sequent.scope)
            if values is None:
                continue
            label = self.instance(rule, values)
            if label is None:
                continue
            equation = self.fact_at(label)
            right = self.clean(self.term(equation.right))
            self.known(call, right, label)
            return right
        for bound in self.bounds:
            values = bound.values(here, self.sequent.scope) if bound.left.name == call.name else None
            if values is not None:
                self.instance(bound, values)
        return here

    def fact_at(self, label: str) -> Compare:
        """The equation with this name."""
        found = next(fact for name, fact in comparisons(self.sequent) if name == label)
        return found

    def instance(self, rule: Rule, values: Mapping[str, Term]) -> str | None:
        """``use k : h(values) {premise} ...`` if the premises are proved; the name of the equation."""
        if not rule.names and not isinstance(rule.fact, Implies):
            return rule.path
        known, text = rule.fact, rule.path
        while isinstance(known, ForAll | Implies):
            if isinstance(known, ForAll):
                value = values[known.name]
                known = logic.instance(known, [value], self.sequent.scope)
                text += f"({write(value)})"
            else:
                premise, known = logic.consequence(known)
                proof = self.soon(premise)
                if proof is None:
                    self.open.append(premise)
                    return None
                text += f" {{ {proof} }}"
        if not rule.recursive and known in self.sequent.facts.values():
            return None
        label = self.search.label(self.sequent, "i")
        self.found.sequent = self.sequent.knowing(label, known)
        self.found.steps.append(f"use {label} : {text}")
        return f"{label}{rule.part}"

    def soon(self, premise: Formula) -> str | None:
        """A proof of a condition, if there is a short one."""
        inner = premise.inner if isinstance(premise, Not) else premise
        if isinstance(inner, Compare):
            try:
                value = Canonical(self.sequent.scope).difference(inner.right, inner.left)
            except Rejected:
                return None
            if not set(value) - {UNIT}:
                number = value.get(UNIT, 0)
                holds = {"=": number == 0, "<": number > 0, "<=": number >= 0}[inner.relation]
                if holds == isinstance(premise, Not):
                    return None
        return short_proof(self.search, self.sequent.showing(premise), self.found.rewrites)

    def known(self, left: Term, right: Term, label: str) -> None:
        """An equation between what was met and what it became, as a rewrite."""
        if left == right:
            return
        goal = Compare("=", left, right)
        named = next((fact for name, fact in comparisons(self.sequent) if name == label), None)
        if named != goal:
            using = f" using {', '.join(self.found.rewrites)}" if self.found.rewrites else ""
            step = f"ring {label}{using}"
            if not self.search.accepted(self.sequent.showing(goal), step):
                return
            label = self.search.label(self.sequent, "e")
            self.found.steps.append(f"have {label} : {write(goal)} {{ {step} }}")
            self.found.sequent = self.sequent.knowing(label, goal)
        self.search.rewrite(self.found, label)

    def clean(self, term: Term) -> Term:
        """The same term with its products multiplied out, if that is not long."""
        if isinstance(term, Variable | Number):
            return term
        atoms = Atoms()
        try:
            value = Canonical(self.sequent.scope, atoms).term(term)
        except Rejected:
            return term
        return term_of(value, atoms) if len(value) <= MAX_MONOMIALS else term

    # -- sums ------------------------------------------------------------------------------------------------

    def _sum(self, total: Sum) -> Term:
        """A sum as a sum of products of entries with sums that cannot be taken apart."""
        index = self.search.name(self.sequent, total.index)
        try:
            total_ = with_index(total, index)
            laws: dict[str, Formula] = {}
            value = self._parted(total_, laws)
        except (Rejected, Unreadable):
            return total
        if not laws:
            return total
        goal = Compare("=", total, value)
        # Laws of other sums may be the same, and are not repeated.
        known = {name: fact for name, fact in self.sequent.facts.items() if name in laws or name in self.laws}
        self.laws.update(laws)
        sequent = replace(self.sequent, facts=known, goal=goal)
        step = Arithmetic(sequent, Atoms(), (), 0, 1, self.search.check_time).step()
        if step is None or not self.search.accepted(self.sequent.showing(goal), step):
            return total
        label = self.search.label(self.sequent, "e")
        self.found.steps.append(f"have {label} : {write(goal)} {{ {step} }}")
        self.found.sequent = self.sequent.knowing(label, goal)
        self.search.rewrite(self.found, label)
        return self.term(value)

    def _law(
        self, laws: dict[str, Formula], name: str, *arguments: Term, blocks: Sequence[str] = ()
    ) -> Formula:
        """Add the conclusion of a law with these proofs of its premises."""
        conclusion = LAWS[name][0](*arguments).conclusion
        label = self.search.label(self.sequent, "s")
        shown = ", ".join(write(argument) for argument in arguments)
        proofs = " ".join(f"{{ {block} }}" for block in blocks)
        self.found.steps.append(f"law {label} : {name} {shown} {proofs}".strip())
        self.found.sequent = self.sequent.knowing(label, conclusion)
        laws[label] = conclusion
        return conclusion

    def _parted(self, total: Sum, laws: dict[str, Formula]) -> Term:
        """What a sum is equal to by the laws that are added."""
        rest: list[Term] = []
        if Canonical(self.sequent.scope).difference(total.low, total.high) == {}:
            self._law(laws, "sum_empty", total, blocks=["cone"])
            return Number(0)
        if total.index not in free(total.body) and total.guard is None:
            return self._of_equal_terms(total, laws)
        point = self._at_a_point(total, laws)
        if point is not None:
            return point
        before = self._before_the_last(total)
        if before is not None:
            last = self._without_the_last(total, before, laws)
            if last is not None:
                rest.append(self.clean(last))
                total = replace(total, high=before)
        return self._by_terms(total, rest, laws)

    def _of_equal_terms(self, total: Sum, laws: dict[str, Formula]) -> Term:
        """The number of terms times one of them."""
        for bound in (total.low, total.high):
            self.term(bound)
        proof = self.soon(Compare("<=", total.low, total.high))
        if proof is None:
            return total
        self._law(laws, "sum_constant", total, blocks=[proof])
        size = self.clean(Plus((total.high, Times((Number(-1), total.low)))))
        return total.body if size == ONE else Times((size, total.body))

    def _at_a_point(self, total: Sum, laws: dict[str, Formula]) -> Term | None:
        """The one term that is left of a sum over products with ``if i = t then a else 0``."""
        choice, point = _only_choice(total)
        if choice is None or point is None or total.guard is not None:
            return None
        index = total.index
        here = as_term(replaced(total.body, choice, choice.then))
        if Canonical({**self.sequent.scope, index: INT}).term(as_term(replaced(total.body, choice, ZERO))):
            return None
        whole = If(choice.condition, here, ZERO)
        alone = Sum(index, total.low, total.high, choice.condition, here)
        premises = LAWS["sum_point"][0](alone, point).premises
        blocks = [self.soon(premise) for premise in premises]
        if any(block is None for block in blocks):
            return None
        label, one, other, inside = (self.search.label(self.sequent) for _ in range(4))
        cases = [
            f"{{ law {one} : {law} {write(choice)} {{ exactly {label} }}"
            f" law {other} : {law} {write(whole)} {{ exactly {label} }} ring using {one}, {other} }}"
            for law in ("if_true", "if_false")
        ]
        proof = f"take {index} suppose {inside} decide {write(choice.condition)} as {label} {' '.join(cases)}"
        self._law(laws, "sum_ext", total, whole, blocks=[proof])
        self._law(laws, "sum_indicator", alone)
        self._law(laws, "sum_point", alone, point, blocks=[block for block in blocks if block is not None])
        return self.clean(body_at(alone, point))

    def _before_the_last(self, total: Sum) -> Term | None:
        """The bound that the sum had in the induction hypothesis, if it is 1 less."""
        if self.last not in free(total.high) or total.guard is not None:
            return None
        back = Plus((Variable(self.last), Number(-1)))
        before = self.clean(term_with(total.high, {self.last: back}))
        difference = Canonical(self.sequent.scope).difference(total.high, before)
        return before if difference == {UNIT: 1} else None

    def _without_the_last(self, total: Sum, before: Term, laws: dict[str, Formula]) -> Term | None:
        """The last term of a sum, which is split off."""
        low = self.soon(Compare("<=", total.low, before))
        if low is None:
            return None
        self._law(laws, "sum_split", total, before, blocks=[low, "cone 1"])
        tail = replace(total, low=before)
        law = LAWS["sum_point"][0](tail, before)
        blocks = [self.soon(premise) for premise in law.premises]
        if any(block is None for block in blocks):
            raise Rejected("the last term cannot be taken out")
        self._law(laws, "sum_point", tail, before, blocks=[block for block in blocks if block is not None])
        return body_at(tail, before)

    def _by_terms(self, total: Sum, rest: list[Term], laws: dict[str, Formula]) -> Term:
        """The body is rewritten, and what does not depend on the index is taken out."""
        index = total.index
        inner = self.sequent.declaring(index, INT)
        label = self.search.label(inner, "r")
        inner = inner.knowing(label, in_range(total)).showing(Compare("=", total.body, total.body))
        found = Found(inner, [], list(self.found.rewrites))
        rewriting = Rewriting(self.search, found, "", dict(self.done))
        body = self._cleaned(rewriting.term(total.body), index)
        self.open += rewriting.open
        if found.steps:
            goal = found.sequent.showing(Compare("=", total.body, body))
            step = Arithmetic(goal, Atoms(), found.rewrites, 0, 0, self.search.check_time).step()
            if step is None:
                raise Rejected("the terms are not what they were rewritten to")
            proof = " ".join([f"take {index} suppose {label}", *found.steps, step])
            self._law(laws, "sum_ext", total, body, blocks=[proof])
            total = replace(total, body=body)
        before = set(self.sequent.facts)
        value = self._pieces(total)
        # The sums that are left are in their last form, what stands beside them may not be.
        for piece in closed_terms([value], (Sum,)):
            self.done[piece] = piece
        laws.update({name: fact for name, fact in self.sequent.facts.items() if name not in before})
        return Plus((value, *rest)) if rest else value

    def _cleaned(self, body: Term, index: str) -> Term:
        scope = {**self.sequent.scope, index: INT}
        atoms = Atoms()
        value = Canonical(scope, atoms).term(body)
        return term_of(value, atoms) if len(value) <= MAX_MONOMIALS else body

    def _pieces(self, total: Sum) -> Term:
        """The sums over the monomials of the body with their factors in front, after the laws for them."""
        atoms = Atoms()
        value = Canonical({**self.sequent.scope, total.index: INT}, atoms).term(total.body)
        out: list[Term] = []
        for monomial, coefficient in value.items():
            outer = tuple((a, e) for a, e in monomial if total.index not in free(atoms.shown[a]))
            inner = tuple((a, e) for a, e in monomial if total.index in free(atoms.shown[a]))
            factor, body = term_of({outer: coefficient}, atoms), term_of({inner: 1}, atoms)
            piece = replace(total, body=body)
            out.append(piece if factor == ONE else Times((factor, piece)))
        if not 1 <= len(out) <= 8 or out == [total]:
            return total
        expand(self.search, self.found, total)
        return out[0] if len(out) == 1 else Plus(tuple(out))


def _only_choice(total: Sum) -> tuple[If | None, Term | None]:
    """A factor ``if i = t then a else 0`` in the body of a sum over i, and t."""
    waiting: list[Node] = [total.body]
    while waiting:
        here = waiting.pop()
        match here:
            case If(Compare("=", Variable(index), point), _, Number(0)) if index == total.index:
                return (here, point) if index not in free(point) else (None, None)
            case If(Compare("=", point, Variable(index)), _, Number(0)) if index == total.index:
                return (here, point) if index not in free(point) else (None, None)
            case Times() | Plus():
                waiting.extend(here.terms)
            case _:
                pass
    return None, None


def short_proof(search: Search, sequent: Sequent, rewrites: Sequence[str], cases: int = 2) -> str | None:
    """A proof of a condition by arithmetic, and by the cases of what is known of its names."""
    goal = sequent.goal
    match goal:
        case ForAll():
            step, inner = search.taken(sequent)
            return behind(step, short_proof(search, inner, rewrites, cases))
        case Not() | Implies():
            label = search.label(sequent)
            inner = logic.suppose(sequent, label)
            return behind(f"suppose {label}", short_proof(search, inner, rewrites, cases))
        case And():
            blocks = [short_proof(search, part, rewrites, cases) for part in logic.split(sequent)]
            shown = [f"{{ {block} }}" for block in blocks if block is not None]
            return " ".join(["split", *shown]) if len(shown) == len(blocks) else None
        case Or(parts=[_, *_]):
            found = _one_of(search, sequent, rewrites)
        case Exists():
            return search.for_a_while(sequent, 1)
        case _:
            found = _compared(search, sequent, rewrites)
    return found or _in_cases(search, sequent, rewrites, cases)


def _one_of(search: Search, sequent: Sequent, rewrites: Sequence[str]) -> str | None:
    """A part of an "or" that holds."""
    known = next((name for name, fact in sequent.facts.items() if fact == sequent.goal), None)
    if known is not None:
        return f"exactly {known}"
    for k, part in enumerate(sequent.goal.parts if isinstance(sequent.goal, Or) else (), 1):
        found = short_proof(search, sequent.showing(part), rewrites, 0)
        if found is not None:
            return f"choose {k} {found}"
    return None


def _compared(search: Search, sequent: Sequent, rewrites: Sequence[str]) -> str | None:
    """A comparison, or "false", by arithmetic on the facts at hand."""
    known = search.known(sequent)
    if known is not None:
        return known
    label = search.label(sequent, "d")
    for level in (0, 1) if _has_products(sequent, rewrites) else (0,):
        step = Arithmetic(sequent, Atoms(), rewrites, level, level, search.check_time).step()
        if step is not None and search.accepted(sequent, step):
            return step
        if isinstance(sequent.goal, Compare) and sequent.goal.relation != "=" and level:
            denied = logic.deny(sequent, label)
            step = Arithmetic(denied, Atoms(), rewrites, level, level, search.check_time).step()
            if step is not None and search.accepted(denied, step):
                return f"deny {label} {step}"
    goal = sequent.goal
    if goal == FALSE:
        return _denied(search, sequent, rewrites)
    if isinstance(goal, Compare) and goal.relation == "=" and search.is_of_numbers(goal, sequent):
        return search.antisymmetric(Found(sequent, [], list(rewrites)), goal, 0)
    return None


def _denied(search: Search, sequent: Sequent, rewrites: Sequence[str]) -> str | None:
    """False, from a fact "not a = b" and that equation."""
    for name, fact in paths(sequent):
        match fact:
            case Not(Compare("=") as equal):
                inner = sequent.showing(equal)
                step = Arithmetic(inner, Atoms(), rewrites, 0, 0, search.check_time).step()
                if step is not None and search.accepted(inner, step):
                    label = search.label(sequent)
                    return f"use {label} : {name} {{ {step} }} exactly {label}"
            case _:
                pass
    return None


def _has_products(sequent: Sequent, rewrites: Sequence[str]) -> bool:
    """Whether products stand in a goal, or in the last fact where the goal is "false"."""
    equations = [named(sequent, name) for name in rewrites]
    canonical = Canonical(sequent.scope, Atoms(), equations)
    spoken = sequent.goal if isinstance(sequent.goal, Compare) else [*sequent.facts.values()][-1]
    if not isinstance(spoken, Compare):
        return True
    value = canonical.difference(spoken.left, spoken.right)
    return any(sum(exponent for _, exponent in monomial) > 1 for monomial in value)


def _in_cases(search: Search, sequent: Sequent, rewrites: Sequence[str], cases: int) -> str | None:
    """A proof for each case of a fact that is an "or"."""
    if cases <= 0:
        return None
    facts = paths(sequent)
    for place, (name, fact) in reversed(list(enumerate(facts))):
        # What was opened already has one of its parts among the facts.
        if not isinstance(fact, Or) or not fact.parts or not free(fact) & free(sequent.goal) | _near(sequent):
            continue
        if any(other in fact.parts for _, other in facts[place:]):
            continue
        new = search.label(sequent)
        blocks: list[str] = []
        for part in logic.cases(sequent, fact, new):
            block = short_proof(search, part, rewrites, cases - 1)
            if block is None:
                break
            blocks.append(f"{{ {block} }}")
        else:
            return " ".join([f"cases {name} as {new}", *blocks])
    return None


def _near(sequent: Sequent) -> frozenset[str]:
    """The names that the last fact speaks of, where the goal is "false"."""
    return free([*sequent.facts.values()][-1]) if sequent.goal == FALSE and sequent.facts else frozenset()
