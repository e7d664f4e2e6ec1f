"""What is guessed about functions that are defined by a recursion, to be proved by induction.

Values for small arguments tell which closed form, relation or bound may hold: a closed form is a linear
combination of products of the argument, of the parameters, and of other recursive functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from random import Random

from symcnn.kernel.evaluation import Evaluator, Exact
from symcnn.kernel.logic import Sequent
from symcnn.kernel.substitution import fresh
from symcnn.kernel.terms import (
    INT,
    ONE,
    ZERO,
    Call,
    Compare,
    ForAll,
    Formula,
    Function,
    Implies,
    Number,
    Plus,
    Power,
    Rejected,
    Term,
    Times,
    Variable,
    free,
    number,
)
from symcnn.search.facts import comparisons
from symcnn.search.linear import combination
from symcnn.search.rules import Rule, bounds_of, rules_of

MAX_PARAMETERS = 2
MAX_PRODUCTS = 24
SAMPLES = 6
LENGTH = 5


@dataclass
class Sample:
    """Small numbers for all that is declared; recursive functions have the values that follow."""

    rules: Sequence[Rule]
    values: dict[str, Exact]
    seed: int
    lows: Mapping[str, int]
    known: dict[tuple[str, tuple[Exact, ...]], Exact] = field(
        default_factory=dict[tuple[str, tuple[Exact, ...]], Exact]
    )

    def value(self, term: Term, **more: Exact) -> Exact:
        """The value of a term."""
        evaluator = Evaluator({**self.values, **more})
        evaluator.functions = _Functions(self)
        return evaluator.value(term)

    def call(self, name: str, arguments: tuple[Exact, ...]) -> Exact:
        """The value of a function: by its recursion, or any small number."""
        key = (name, arguments)
        if key not in self.known:
            self.known[key] = self._call(name, arguments)
        return self.known[key]

    def _call(self, name: str, arguments: tuple[Exact, ...]) -> Exact:
        mine = [rule for rule in self.rules if rule.left.name == name]
        for rule in mine:
            values: dict[str, Exact] = {}
            for place, value in zip(rule.left.arguments, arguments, strict=True):
                match place:
                    case Variable(other) if other in rule.names:
                        values[other] = value
                    case Plus((Variable(other), Number(1))) if other in rule.names and value >= 1:
                        values[other] = value - 1
                    case _:
                        if free(place) or value != self.value(place):
                            break
            else:
                return self.value(rule.right, **values)
        if any(rule.recursive for rule in mine):
            raise Rejected(f"{name} has no value here")
        low = self.lows.get(name, -2)
        return low + Random(f"{self.seed} {name} {arguments}").randrange(5)


class _Functions(dict[str, Callable[..., Exact]]):
    """The functions of a sample, as the evaluator of the kernel asks for them."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.sample = sample

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Callable[..., Exact]:
        return lambda *arguments: self.sample.call(name, arguments)


def samples(sequent: Sequent, rules: Sequence[Rule]) -> list[Sample]:
    """A few samples, the same ones for the same statement."""
    lows = _lows(sequent)
    out: list[Sample] = []
    for seed in range(SAMPLES):
        dice = Random(f"{seed}")
        values: dict[str, Exact] = {
            name: lows.get(name, -2) + dice.randrange(6)
            for name, sort in sequent.scope.items()
            if not isinstance(sort, Function)
        }
        out.append(Sample(rules, values, seed, lows))
    return out


def _lows(sequent: Sequent) -> dict[str, int]:
    """The numbers that variables and entries of tensors are known to be at least."""
    out: dict[str, int] = {}
    for bound in bounds_of(sequent):
        match bound.inequality:
            case Compare("<=", Number(int() as low), Call(name)):
                out[name] = low
            case _:
                pass
    for _, fact in comparisons(sequent):
        match fact:
            case Compare("<=", Number(int() as low), Variable(name)):
                out[name] = low
            case _:
                pass
    return out


def recursive_numbers(sequent: Sequent) -> dict[str, Rule]:
    """The recursive functions of one whole number whose values are whole numbers, with their recursions."""
    return {
        rule.left.name: rule
        for rule in rules_of(sequent)
        if rule.recursive and sequent.scope[rule.left.name] == Function((INT,), INT)
    }


def guesses(sequent: Sequent, growing: bool) -> Iterator[Formula]:
    """Closed forms and bounds for recursive functions, those first that others are made of."""
    rules = recursive_numbers(sequent)
    if not rules:
        return
    tried = samples(sequent, rules_of(sequent))
    for name, rule in _in_order(rules):
        n = fresh("n", {*sequent.scope})
        form = closed_form(sequent, name, rule, rules, n, tried)
        if form is not None:
            yield _for_all(n, Compare("=", Call(name, (Variable(n),)), form))
        for low in bounds(name, n, tried, growing):
            if growing or form is None:
                yield _for_all(n, low)


def _in_order(rules: Mapping[str, Rule]) -> list[tuple[str, Rule]]:
    depth: dict[str, int] = {}

    def find(name: str) -> int:
        if name not in depth:
            depth[name] = 0
            used = free(rules[name].right) & rules.keys() - {name}
            depth[name] = 1 + max(map(find, sorted(used)), default=0)
        return depth[name]

    return sorted(rules.items(), key=lambda item: find(item[0]))


def _for_all(n: str, claim: Formula) -> Formula:
    return ForAll(n, INT, Implies(Compare("<=", ZERO, Variable(n)), claim))


# -- closed forms ------------------------------------------------------------------------------------------


def closed_form(
    sequent: Sequent,
    name: str,
    rule: Rule,
    rules: Mapping[str, Rule],
    n: str,
    tried: Sequence[Sample],
) -> Term | None:
    """A combination of n, the parameters and other recursive functions that has the values of one."""
    others = [Call(other, (Variable(n),)) for other in rules if other in free(rule.right) - {name}]
    mine: list[Term] = [ONE, Variable(n), Power(Variable(n), 2), *others]
    fixed = parameters(sequent, rule)
    return fitted(
        Call(name, (Variable(n),)),
        products(mine, fixed),
        [(sample, {n: k}) for sample in tried for k in range(LENGTH)],
    )


def parameters(sequent: Sequent, rule: Rule) -> list[Term]:
    """1 and the numbers that a recursion reads."""
    names = [
        x for x in sequent.scope if x in free(rule.right) - rule.names.keys() and sequent.scope[x] == INT
    ]
    return [ONE, *(Variable(x) for x in names[:MAX_PARAMETERS])]


def products(first: Sequence[Term], second: Sequence[Term]) -> list[Term]:
    """All products of a term of the first kind and one of the second."""
    out: list[Term] = []
    for a, b in product(first, second):
        out.append(b if a == ONE else a if b == ONE else Times((b, a)))
    return out[:MAX_PRODUCTS]


def fitted(
    target: Term, terms: Sequence[Term], points: Sequence[tuple[Sample, Mapping[str, Exact]]]
) -> Term | None:
    """The linear combination of terms that has the values of the target at all points, if there is one."""
    rows: dict[int, Exact] = {}
    columns: list[dict[int, Exact]] = [{} for _ in terms]
    try:
        for k, (sample, at) in enumerate(points):
            rows[k] = sample.value(target, **at)
            for column, term in zip(columns, terms, strict=True):
                column[k] = sample.value(term, **at)
    except Rejected:
        return None
    found = combination(rows, columns, [])
    if found is None:
        return None
    out = [_times(factor, term) for factor, term in zip(found.free, terms, strict=True) if factor]
    return ZERO if not out else out[0] if len(out) == 1 else Plus(tuple(out))


def _times(factor: Fraction, term: Term) -> Term:
    if term == ONE:
        return number(factor)
    return term if factor == 1 else Times((number(factor), term))


# -- from the other end ------------------------------------------------------------------------------------


def relation(sequent: Sequent) -> tuple[Term, Formula] | None:
    """A number N, and what may hold for all i up to it, where the goal is ``f[N] = g[N]``.

    The recursion of ``g`` reads ``N``, so it goes through the steps of ``f`` in the opposite order.
    """
    rules = recursive_numbers(sequent)
    match sequent.goal:
        case Compare("=", Call(one, (Variable(last),)), Call(other, (Variable(same),))) if last == same:
            pass
        case _:
            return None
    if not {one, other} <= rules.keys():
        return None
    forth, back = (one, other) if last in free(rules[other].right) else (other, one)
    if last not in free(rules[back].right) or last in free(rules[forth].right):
        return None
    end = Variable(last)
    i = fresh("i", {*sequent.scope})
    left = Plus((end, Times((Number(-1), Variable(i)))))
    used = [forth, *(name for name in rules if name in free(rules[forth].right) - {forth})]
    mine: list[Term] = [ONE, *(Call(name, (left,)) for name in used)]
    points = [
        (sample, {i: k})
        for sample in samples(sequent, rules_of(sequent))
        for k in range(int(sample.values[last]) + 1)
    ]
    form = fitted(Call(forth, (end,)), products(mine, [ONE, Call(back, (Variable(i),))]), points)
    if form is None:
        return None
    claim = Implies(Compare("<=", Variable(i), end), Compare("=", Call(forth, (end,)), form))
    return end, _for_all(i, claim)


# -- bounds ------------------------------------------------------------------------------------------------


def bounds(name: str, n: str, tried: Sequence[Sample], growing: bool) -> Iterator[Formula]:
    """Lower bounds that hold for the first values: 1 or 0, and where growth is asked for, n + 1 and n^2/2."""
    here, call = Variable(n), Call(name, (Variable(n),))
    line = Plus((here, ONE))
    square = Plus((Power(here, 2), here, Number(2)))
    for low in (ONE, ZERO):
        if _holds(Compare("<=", low, call), n, tried):
            yield Compare("<=", low, call)
            break
    if growing and _holds(Compare("<=", line, call), n, tried):
        yield Compare("<=", line, call)
        if _holds(Compare("<=", square, Times((Number(2), call))), n, tried):
            yield Compare("<=", square, Times((Number(2), call)))


def _holds(claim: Compare, n: str, tried: Sequence[Sample]) -> bool:
    try:
        return all(
            sample.value(claim.left, **{n: k}) <= sample.value(claim.right, **{n: k})
            for sample in tried
            for k in range(LENGTH)
        )
    except Rejected:
        return False
