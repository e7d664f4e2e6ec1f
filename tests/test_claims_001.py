"""The claims of document 001 at small sizes: none is stated more kindly than it was made.

A claim that should hold has no counterexample in the sample, one that should fail has one, and each claim
that fails is followed by its correction, which holds. A claim about a largest value, that something exists,
or that something holds from some size on, has no value; the last tests look at instances of these.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise, product
from pathlib import Path

import pytest

from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    INT,
    REAL,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Number,
    Sort,
    Sum,
    Term,
    free,
    parts,
)

CLAIMS = Path(__file__).parent.parent / "proofs" / "claims" / "document_001.claim"
STATEMENTS = {s.name: s for s in read_statements(CLAIMS.read_text(encoding="utf-8"))}
# The relations of a claim are statements of their own, B3.1 and B3.2, in its correction B4a.1' and B4a.2'.
STEPS = {
    name: [s for s in STATEMENTS.values() if re.sub(r"\.\d+", "", s.name) == name]
    for name in dict.fromkeys(re.sub(r"\.\d+", "", name) for name in STATEMENTS)
}
HOLDS, FAILS, QUANTIFIED = "holds", "fails", "quantified"

IDS = [
    *("B1", "B2", "B2m", "B2c", "B3", "B4a", "B4b", "B4c", "B4d", "B4e", "B4f", "B5", "B6", "B7", "B8"),
    *("B9a", "B9b", "B9c", "B9d", "B9e", "B10a", "B10b", "B10c", "B10d", "B11a", "B11b", "B11c"),
    *("B12", "B13", "B14", "B15", "B16a", "B16b", "B17"),
    *("B18a", "B18b", "B18c", "B18d", "B18e", "B18f", "B18g", "B19a", "B19b"),
]
WRONG = ["B4a", "B10a", "B10c", "B11c", "B18e", "B18g"]
EXPECTED = {
    **dict.fromkeys(IDS, HOLDS),
    **dict.fromkeys(WRONG, FAILS),
    **dict.fromkeys([f"{name}'" for name in WRONG], HOLDS),
    **dict.fromkeys(["B2m", "B2c", "B5", "B9b", "B9d", "B18a", "B18e'"], QUANTIFIED),
}
SAMPLES = 24
FEWER = {"B11b": 8, "B16a": 6}
TRIES = 4_000
SIZES = [Fraction(k) for k in range(6)]
TENSOR_SIZES = SIZES[:4]
REALS = [Fraction(k, 2) for k in (1, 2, 3, 4, 6, 8, 12, 16, 18, 24)]
BOX = range(-1, 5)

Values = dict[str, Fraction]
Tensor = Callable[..., Fraction]


class Sampler(Evaluator):
    """Evaluates large loop nests at once, and whole-number quantifiers over a small box."""

    def value(self, term: Term) -> Fraction:
        if isinstance(term, Sum) and term.guard is None and term.index not in free(term.body):
            return max(Fraction(0), self.value(term.high) - self.value(term.low)) * self.value(term.body)
        return Fraction(super().value(term))

    def holds(self, formula: Formula) -> bool:
        if isinstance(formula, ForAll | Exists) and formula.sort == INT:
            inner = [
                Sampler({**self.values, formula.name: Fraction(k)}, self.functions).holds(formula.body)
                for k in BOX
            ]
            return all(inner) if isinstance(formula, ForAll) else any(inner)
        return super().holds(formula)


def unfolded(claim: Formula) -> tuple[dict[str, Sort], list[Formula], Formula]:
    """The names that a claim begins with, the premises before its conclusion, and the conclusion."""
    names: dict[str, Sort] = {}
    premises: list[Formula] = []
    while isinstance(claim, ForAll | Implies):
        if isinstance(claim, ForAll):
            names[claim.name] = claim.sort
            claim = claim.body
        else:
            premises.append(claim.left)
            claim = claim.right
    return names, premises, claim


def nodes(node: Term | Formula) -> Iterator[Term | Formula]:
    yield node
    for part in parts(node):
        yield from nodes(part)


def has_value(formula: Formula) -> bool:
    """Whether every quantifier runs over whole numbers, which the sample takes from a small box."""
    return not any(isinstance(n, ForAll | Exists) and n.sort != INT for n in nodes(formula))


def table(seed: str) -> Tensor:
    """A tensor with small random entries, at every place."""
    return cache(lambda *place: Fraction(random.Random(f"{seed} {place}").randint(-1, 1)))


def growing(z: Fraction) -> Fraction:
    """Positive and strictly increasing, as exp is, with rational values."""
    return 2 + z / (1 + abs(z))


def changed(x: Tensor, place: tuple[Fraction, ...]) -> Tensor:
    """The tensor with another entry at one place."""
    return lambda *at: x(*at) + (1 if at == place else 0)


def recursive(statement: Statement, name: str, values: Values, functions: dict[str, Tensor]) -> Tensor:
    """The function that a statement defines by its start and its step."""
    start, step = (f for f in statement.definitions if next(_left(f)) == name)

    @cache
    def function(*place: Fraction) -> Fraction:
        equation = start if place[0] == 0 else step
        names, _, body = unfolded(equation)
        assert isinstance(body, Compare)
        arguments = place[1:] if place[0] == 0 else (place[0] - 1, *place[1:])
        return Sampler({**values, **dict(zip(names, arguments, strict=True))}, functions).value(body.right)

    return function


def _left(definition: Formula) -> Iterator[str]:
    body = unfolded(definition)[2]
    assert isinstance(body, Compare)
    yield from (n.name for n in nodes(body.left) if isinstance(n, Call))


def functions_of(statement: Statement, seed: str, values: Values) -> dict[str, Tensor]:
    """A value for each function: exp grows, what is defined obeys its definition, X' differs in one entry."""
    names = unfolded(statement.claim)[0]
    out: dict[str, Tensor] = {}
    for name, sort in statement.scope.items():
        if isinstance(sort, Function):
            out[name] = growing if name == "exp" else table(f"{seed} {name}")
    for name in {next(_left(f)) for f in statement.definitions}:
        out[name] = recursive(statement, name, values, out)
    for name, sort in names.items():
        if isinstance(sort, Function):
            out[name] = changed(out[name.rstrip("'")], (values["k"], values["n"]))
    return out


def point(
    names: Mapping[str, Sort], premises: list[Formula], sizes: list[Fraction], chance: random.Random
) -> Values | None:
    """Values at which the premises hold, chosen one after the other; None if no value is left for one."""
    values: Values = {}
    for name, sort in names.items():
        ready = [p for p in premises if name in free(p) and free(p) <= {*values, name}]
        candidates = sizes if sort == INT else REALS
        fitting = [c for c in candidates if all(Sampler({**values, name: c}).holds(p) for p in ready)]
        if not fitting:
            return None
        values[name] = chance.choice(fitting)
    return values


def samples(statement: Statement) -> Iterator[bool]:
    """The claim's value at random small sizes and tensors that satisfy everything assumed."""
    names, premises, claim = unfolded(statement.claim)
    premises = [p for p in (*statement.assumptions, *premises) if has_value(p)]
    plain = {n: s for n, s in {**statement.scope, **names}.items() if not isinstance(s, Function)}
    inside = [n for p in statement.assumptions for n in nodes(p)]
    sizes = [Fraction(n.value) for n in inside if isinstance(n, Number) and n.value > 5]
    sizes += SIZES if len(plain) == len({**statement.scope, **names}) else TENSOR_SIZES
    about_functions = [p for p in premises if not free(p) <= plain.keys()]
    for k in range(TRIES):
        chance = random.Random(f"{statement.name} {k}")
        values = point(plain, premises, sizes, chance)
        if values is None:
            continue
        evaluator = Sampler(values, functions_of(statement, f"{statement.name} {k}", values))
        if all(evaluator.holds(p) for p in about_functions):
            yield evaluator.holds(claim)
            if not plain:
                return


def test_every_claim_is_stated_and_each_wrong_one_is_followed_by_its_correction() -> None:
    assert sorted(name for name in STEPS if not name.endswith("'")) == sorted(IDS)
    follower = dict(pairwise(STEPS))
    assert {name: follower.get(name) for name in WRONG} == {name: f"{name}'" for name in WRONG}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_sample_agrees_with_the_expected_verdict(name: str) -> None:
    expected = EXPECTED[name]
    if expected == QUANTIFIED:
        (statement,) = STEPS[name]
        names, _, claim = unfolded(statement.claim)
        assert REAL in names.values() or not has_value(claim)
        return
    found = [islice(samples(statement), FEWER.get(name, SAMPLES)) for statement in STEPS[name]]
    if expected == HOLDS:
        values = [list(of_step) for of_step in found]
        assert all(len(v) >= 6 or not s.scope for v, s in zip(values, STEPS[name], strict=True))
        assert all(map(all, values))
    else:
        assert not all(map(all, found))


@pytest.mark.parametrize("name", ["B2m", "B2c"])
@pytest.mark.parametrize("side", [Fraction(1), Fraction(3, 2), Fraction(4)])
def test_no_other_sizes_with_the_same_budget_are_as_good_as_square_ones(name: str, side: Fraction) -> None:
    statement = STATEMENTS[name]
    assert isinstance(statement.claim, Iff)
    budget = {"s": side, "memory": 3 * side**2, "compute": side**3}
    square = dict.fromkeys("MNK", side)
    _, premises, no_more = unfolded(statement.claim.right)
    compared = 0
    for m, n in product(REALS, repeat=2):
        k = (3 * side**2 - m * n) / (m + n) if name == "B2m" else side**3 / (m * n)
        if k > 0:
            other = dict(zip("MNK", (m, n, k), strict=True))
            for here, there in ((square, other), (other, square)):
                evaluator = Sampler({**budget, **here, **{f"{size}'": there[size] for size in "MNK"}})
                assert all(evaluator.holds(p) for p in (*statement.assumptions, *premises))
                assert evaluator.holds(statement.claim.left) == (len({*here.values()}) == 1)
                assert evaluator.holds(no_more) == (here == square or other == square)
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("name", ["B5", "B9b", "B9d"])
@pytest.mark.parametrize("eps", [Fraction(2), Fraction(1, 2), Fraction(1, 20)])
def test_from_some_size_on_the_difference_is_small(name: str, eps: Fraction) -> None:
    _, _, claim = unfolded(STATEMENTS[name].claim)
    assert isinstance(claim, Exists)
    names, premises, body = unfolded(claim.body)
    for filter_size in (1, 3):
        outer = {"eps": eps, "N_o": Fraction(2), "N_i": Fraction(3)}
        outer |= {"F_r": Fraction(filter_size), "F_c": Fraction(2)}
        least = -(-(filter_size + 2) // eps)
        for sizes in product((least, least + 1, 3 * least), repeat=len(names)):
            chosen = dict(zip(names, map(Fraction, sizes), strict=True))
            here = Sampler({**outer, "T": Fraction(least), **chosen})
            assert not all(here.holds(p) for p in premises) or here.holds(body)
        here = Sampler({**outer, "T": Fraction(3), **dict.fromkeys(names, Fraction(3))})
        assert here.holds(body) or eps < 2  # and not from the start, however small the difference


def existing(claim: Formula) -> Formula:
    """What is said of the functions that a claim says exist."""
    while isinstance(claim, Exists) and isinstance(claim.sort, Function):
        claim = claim.body
    return claim


def only(*place: int) -> Callable[..., Fraction]:
    """The tensor with a one at this place and zeros elsewhere."""
    return lambda *at: Fraction(at == place)


@pytest.mark.parametrize(("vectors", "features", "root"), [(2, 1, 1), (2, 2, 2), (3, 2, 1)])
def test_attention_differs_between_two_inputs(vectors: int, features: int, root: int) -> None:
    sizes = {"M": vectors, "K": features, "P": root**2, "root_P": root}
    weights = {"exp": growing, "W_q": only(0, 0), "W_k": only(0, 0)}
    evaluator = Sampler(
        {n: Fraction(v) for n, v in sizes.items()}, {**weights, "X": only(-1, -1), "X'": only(0, 0)}
    )
    assert evaluator.holds(existing(STATEMENTS["B18a"].claim))


@pytest.mark.parametrize(("k", "l", "m"), [(0, 1, 0), (1, 0, 0), (1, 0, 1)])
def test_another_feature_changes_the_output_through_the_attention(k: int, l: int, m: int) -> None:
    sizes = {"M": 2, "K": 2, "P": 4, "root_P": 2, "k": k, "l": l, "m": m}
    before = only(l, m)
    functions = {"exp": growing, "W_q": only(k, 0), "W_k": only(k, 0), "X": before}
    claim = existing(STATEMENTS["B18e'"].claim)
    values = {n: Fraction(v) for n, v in sizes.items()}
    assert Sampler(values, {**functions, "X'": changed(before, (Fraction(k), Fraction(m)))}).holds(claim)
    assert not Sampler(values, {**functions, "X'": before}).holds(claim)
    assert not Sampler(values, {**functions, "X'": changed(before, (Fraction(l), Fraction(m)))}).holds(claim)
