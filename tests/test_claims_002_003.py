"""The claims of documents 002 and 003, evaluated at small sizes: none is stated more kindly than it was made.

A claim that should hold has no counterexample in the sample, one that should fail has one, and each claim
that fails is followed by its correction, which holds. Claims with quantifiers inside have no value; the last
tests look at their instances.
"""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import pytest

from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    INT,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Number,
    Variable,
    free,
)

CLAIMS = Path(__file__).parent.parent / "proofs" / "claims"
HOLDS, FAILS, QUANTIFIED = "holds", "fails", "quantified"

EXPECTED = {
    "document_002": {
        "C1": HOLDS,
        "C2": FAILS,
        "C3": FAILS,
        "C4": HOLDS,
        "C5": HOLDS,
        "C6": HOLDS,
        "C7": HOLDS,
        "C8a": HOLDS,
        "C8b": FAILS,
        "C9": HOLDS,
        "C10": HOLDS,
        "C11": HOLDS,
        "C12a": FAILS,
        "C12b": HOLDS,
        "C12c": HOLDS,
        "C12d": HOLDS,
        "C13": FAILS,
        "C14a": HOLDS,
        "C14b": FAILS,
        "C15": FAILS,
        "C16": HOLDS,
        "C17": HOLDS,
        "C18": HOLDS,
        "C19": HOLDS,
        "C20": HOLDS,
        "C21": FAILS,
        "C22": HOLDS,
        "C23": HOLDS,
        "C24": FAILS,
        "C25": HOLDS,
        "C26": HOLDS,
        "C27": HOLDS,
    },
    "document_003": {
        "D1": HOLDS,
        "D2": HOLDS,
        "D3": HOLDS,
        "D4": HOLDS,
        "D5": HOLDS,
        "D6": QUANTIFIED,
        "D7": HOLDS,
        "D8": QUANTIFIED,
        "D9": HOLDS,
        "D10": FAILS,
        "D11": QUANTIFIED,
    },
}
SAMPLES = 40
TRIES = 40_000
FEW = 6

Values = dict[str, Fraction]
Functions = dict[str, Callable[..., Fraction]]


def statements(document: str) -> list[Statement]:
    return read_statements((CLAIMS / f"{document}.claim").read_text(encoding="utf-8"))


STATEMENTS = {s.name: s for document in EXPECTED for s in statements(document)}


def table(seed: int) -> Callable[..., Fraction]:
    """A tensor with small random entries, at every place."""
    return lambda *place: Fraction(random.Random(f"{seed} {place}").randint(-3, 3))


def least(statement: Statement, name: str) -> int:
    """The bound of a variable's declaration; without one, -1."""
    for a in statement.assumptions:
        if isinstance(a, Compare) and a.right == Variable(name) and isinstance(a.left, Number):
            return int(a.left.value)
    return -1


def defined(statement: Statement) -> list[tuple[str, Compare]]:
    """The variables that an assumption ``name = term`` gives, in order."""
    found: list[tuple[str, Compare]] = []
    for a in statement.assumptions:
        if isinstance(a, Compare) and a.relation == "=" and isinstance(a.left, Variable):
            found.append((a.left.name, a))
    return found


def points(ranges: list[list[Fraction]], dice: random.Random) -> Iterator[tuple[Fraction, ...]]:
    """Points of a box in any order: all of a small one; of a large one the least and many others."""
    if len(ranges) <= FEW:
        box = list(product(*ranges))
        dice.shuffle(box)
        yield from box
    else:
        yield tuple(r[0] for r in ranges)
        for _ in range(TRIES):
            yield tuple(dice.choice(r) for r in ranges)


def assignments(statement: Statement) -> Iterator[tuple[Values, Functions]]:
    """Small values that satisfy the assumptions."""
    given = dict(defined(statement))
    chosen = {n: s for n, s in statement.scope.items() if not isinstance(s, Function) and n not in given}
    tensors = [n for n, s in statement.scope.items() if isinstance(s, Function)]
    width = 4 if len(chosen) <= FEW else 3
    ranges = [
        [Fraction(least(statement, n) + k) for k in range(width)]
        if s == INT
        else [Fraction(1), Fraction(1, 2), Fraction(5, 7)]
        for n, s in chosen.items()
    ]
    dice = random.Random(statement.name)
    for point in points(ranges, dice):
        values = dict(zip(chosen, point, strict=True))
        functions: Functions = {n: table(dice.randrange(10**6)) for n in tensors}
        for name, equation in given.items():
            values[name] = Fraction(Evaluator(values, functions).value(equation.right))
        if all(Evaluator(values, functions).holds(a) for a in statement.assumptions):
            yield values, functions


def counterexamples(statement: Statement) -> list[Values]:
    sample = list(islice(assignments(statement), SAMPLES))
    assert sample, f"nothing satisfies the assumptions of {statement.name}"
    return [values for values, functions in sample if not Evaluator(values, functions).holds(statement.claim)]


@pytest.mark.parametrize("document", EXPECTED)
def test_every_claim_is_stated_and_each_false_one_is_corrected(document):
    names = [s.name for s in statements(document)]
    expected: list[str] = []
    for claim, verdict in EXPECTED[document].items():
        expected.append(claim)
        if verdict == FAILS:
            expected.append(claim + "'")
    assert names == expected


@pytest.mark.parametrize("name", STATEMENTS)
def test_meaning_and_source(name):
    statement = STATEMENTS[name]
    document = "002" if name.startswith("C") else "003"
    assert statement.meaning
    assert statement.source.startswith(f"document {document}, ")
    assert statement.source.endswith(", corrected") == name.endswith("'")
    for assumption in statement.assumptions:
        assert free(assumption) <= statement.scope.keys()


VERDICTS = {name: verdict for rows in EXPECTED.values() for name, verdict in rows.items()}


@pytest.mark.parametrize("name", [n for n in STATEMENTS if VERDICTS.get(n) != QUANTIFIED])
def test_small_sizes(name):
    found = counterexamples(STATEMENTS[name])
    if VERDICTS.get(name) == FAILS:
        assert found
    else:
        assert found == []


class Bounded(Evaluator):
    """Quantifiers over a few whole numbers and over the named functions: instances, no proof."""

    def __init__(
        self, values: Values, functions: Functions, choices: dict[str, list[Callable[..., Fraction]]]
    ):
        super().__init__(values, functions)
        self.choices = choices

    def holds(self, formula: Formula) -> bool:
        if not isinstance(formula, ForAll | Exists):
            return super().holds(formula)
        found = self.instances(formula)
        return all(found) if isinstance(formula, ForAll) else any(found)

    def instances(self, formula: ForAll | Exists) -> Iterator[bool]:
        if isinstance(formula.sort, Function):
            for function in self.choices[formula.name]:
                self.functions[formula.name] = function
                yield self.holds(formula.body)
        else:
            for k in range(-1, 6):
                self.values[formula.name] = Fraction(k)
                yield self.holds(formula.body)


SIZES = [(1, 1), (1, 3), (2, 2), (3, 1), (3, 2)]


@pytest.mark.parametrize(("k_1", "k_2"), SIZES)
def test_two_convolutions_in_a_row_are_one(k_1, k_2):
    first, second = table(1), table(2)

    def both(a: Fraction, b: Fraction) -> Fraction:
        return sum(
            (
                second(Fraction(p), Fraction(q)) * first(a - p, b - q)
                for p in range(k_2)
                for q in range(k_2)
                if 0 <= a - p < k_1 and 0 <= b - q < k_1
            ),
            Fraction(0),
        )

    values = {"k_1": Fraction(k_1), "k_2": Fraction(k_2)}
    kernels: Functions = {"kernel_1": first, "kernel_2": second}
    claim = STATEMENTS["D6"].claim
    assert Bounded(values, kernels, {"kernel_3": [both], "x": [table(3)]}).holds(claim)
    assert not Bounded(values, kernels, {"kernel_3": [table(4)], "x": [table(3)]}).holds(claim)


@pytest.mark.parametrize(("k_1", "k_2"), SIZES)
def test_the_size_of_the_one_kernel(k_1, k_2):
    values = {"k_1": Fraction(k_1), "k_2": Fraction(k_2)}
    assert Bounded(values, {}, {}).holds(STATEMENTS["D8"].claim)


def test_a_kernel_that_is_no_composition():
    def corners(a: Fraction, b: Fraction) -> Fraction:
        return Fraction((a, b) in {(0, 0), (2, 0)})

    def square(a: Fraction, b: Fraction) -> Fraction:
        return Fraction({0: 1, 1: 2, 2: 1}[int(a)] * (b == 0))

    def ones(a: Fraction, b: Fraction) -> Fraction:
        return Fraction(0 <= a <= 1 and b == 0)

    some = [ones, *(table(seed) for seed in range(8))]
    claim = STATEMENTS["D11"].claim
    assert Bounded({}, {}, {"w": [corners], "f": some, "g": some}).holds(claim)
    assert not Bounded({}, {}, {"w": [square], "f": some, "g": some}).holds(claim)
