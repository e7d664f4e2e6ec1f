"""Statements of the claim documents at small sizes: their truth at numbers, by plain evaluation.

A claim that should hold has no counterexample in the sample, one that should fail has one. Functions are
small random tables, quantifiers over whole numbers run over a small box and other quantifiers over values
that are named, so this is a look at whether a claim is stated as it was meant, and no proof.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path

from symcnn.kernel.evaluation import Evaluator, Functions
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    INT,
    Call,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Iff,
    Implies,
    Not,
    Number,
    Sort,
    Sum,
    Term,
    free,
    parts,
)
from tests.test_documents_five import IDS, WRONG

FOLDER = Path(__file__).parent.parent / "proofs" / "claims"
NAMES = {name for names in IDS.values() for name in names.split()}
# The ranges of document 004 follow from one another, except the first wrong one.
FAILING = {*WRONG.split(), "E16.5.from.E16.4"}

TRIES = 4_000
# A value that the declarations do not allow is left out.
SIZES = [Fraction(k) for k in range(-1, 6)]
TENSOR_SIZES = SIZES[:5]
REALS = [Fraction(k, 2) for k in (1, 2, 3, 4, 6, 8, 12, 16, 18, 24)]
BOX = range(-1, 5)

Values = dict[str, Fraction]
Tensor = Callable[..., Fraction]
Ranges = Mapping[str, Sequence[int | Fraction | Tensor]]


def claim_of(name: str) -> str:
    """The claim that a statement belongs to: the relations of A4' are A4.1' and A4.2'."""
    bare = name.removesuffix("'")
    if bare not in NAMES and ".from." not in bare:
        bare = re.sub(r"\.\d+$", "", bare)
    return bare + name[len(name.removesuffix("'")) :]


def claims(document: str) -> dict[str, list[Statement]]:
    """The statements of a document, claim by claim."""
    out: dict[str, list[Statement]] = {}
    text = (FOLDER / f"document_{document}.claim").read_text(encoding="utf-8")
    for statement in read_statements(text):
        out.setdefault(claim_of(statement.name), []).append(statement)
    return out


def expected(claim: str) -> bool:
    """Whether a claim holds; a correction does."""
    return claim not in FAILING


def complete(document: str) -> bool:
    """Whether every claim of a document is stated, and of the wrong ones the correction."""
    names = IDS[document].split()
    return {*names, *(f"{name}'" for name in names if name in FAILING)} <= claims(document).keys()


class Instances(Evaluator):
    """Evaluates where quantifiers run over a few values, and long sums of one value at once.

    ``ranges`` says what a variable of a quantifier may be, a number or a function; a whole number otherwise
    runs over a small box.
    """

    def __init__(
        self, values: Values, functions: Functions | None = None, ranges: Ranges | None = None
    ) -> None:
        super().__init__(values, functions)
        self.ranges = ranges or {}

    def value(self, term: Term) -> Fraction:
        if isinstance(term, Sum) and term.guard is None and term.index not in free(term.body):
            return max(Fraction(0), self.value(term.high) - self.value(term.low)) * self.value(term.body)
        return Fraction(super().value(term))

    def holds(self, formula: Formula) -> bool:
        if isinstance(formula, ForAll | Exists) and (formula.sort == INT or formula.name in self.ranges):
            instances = (inner.holds(formula.body) for inner in self.inside(formula.name))
            return all(instances) if isinstance(formula, ForAll) else any(instances)
        return super().holds(formula)

    def inside(self, name: str) -> Iterator["Instances"]:
        for found in self.ranges.get(name, BOX):
            values = {k: Fraction(v) for k, v in self.values.items()}
            if callable(found):
                yield Instances(values, {**self.functions, name: found}, self.ranges)
            else:
                yield Instances({**values, name: Fraction(found)}, self.functions, self.ranges)


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


def has_value(formula: Formula, ranges: Ranges | None = None) -> bool:
    """Whether it is known over which values every quantifier runs."""
    quantifiers = (n for n in nodes(formula) if isinstance(n, ForAll | Exists))
    return all(q.sort == INT or q.name in (ranges or {}) for q in quantifiers)


def table(seed: str) -> Tensor:
    """A tensor with small random entries, at every place."""
    return cache(lambda *place: Fraction(random.Random(f"{seed} {place}").randint(-1, 1)))


def growing(z: Fraction) -> Fraction:
    """Positive and strictly increasing, as exp is, with rational values."""
    return 2 + z / (1 + abs(z))


def changed(x: Tensor, place: tuple[Fraction, ...]) -> Tensor:
    """The tensor with another entry at one place."""
    return lambda *at: x(*at) + (1 if at == place else 0)


def the_entry(premises: list[Formula], name: str) -> list[Term]:
    """The place where a second tensor may differ from the first, by the premise that says so."""
    (premise,) = (p for p in premises if name in free(p))
    differences = (n.inner for n in nodes(premise) if isinstance(n, Not))
    return [n.right for n in differences if isinstance(n, Compare)]


def recursive(statement: Statement, name: str, values: Values, functions: dict[str, Tensor]) -> Tensor:
    """The function that a statement defines by its start and its step."""
    start, step = (f for f in statement.definitions if _defined(f) == name)

    @cache
    def function(*place: Fraction) -> Fraction:
        equation = start if place[0] == 0 else step
        names, _, body = unfolded(equation)
        assert isinstance(body, Compare)
        arguments = place[1:] if place[0] == 0 else (place[0] - 1, *place[1:])
        return Instances({**values, **dict(zip(names, arguments, strict=True))}, functions).value(body.right)

    return function


def _defined(definition: Formula) -> str:
    body = unfolded(definition)[2]
    assert isinstance(body, Compare)
    return next(n.name for n in nodes(body.left) if isinstance(n, Call))


def functions_of(statement: Statement, seed: str, values: Values) -> dict[str, Tensor]:
    """A value for each function: exp grows, what is defined obeys its definition, X' differs in one entry."""
    names, premises, _ = unfolded(statement.claim)
    out: dict[str, Tensor] = {}
    for name, sort in statement.scope.items():
        if isinstance(sort, Function):
            out[name] = growing if name == "exp" else table(f"{seed} {name}")
    for name in {_defined(f) for f in statement.definitions}:
        out[name] = recursive(statement, name, values, out)
    for name, sort in names.items():
        if isinstance(sort, Function):
            place = tuple(Instances(values).value(t) for t in the_entry(premises, name))
            out[name] = changed(out[name.rstrip("'")], place)
    return out


def point(
    choices: Mapping[str, Sequence[Fraction]], premises: list[Formula], chance: random.Random
) -> Values | None:
    """Values at which the premises hold, chosen one after the other; None if no value is left for one."""
    values: Values = {}
    for name, candidates in choices.items():
        ready = [p for p in premises if name in free(p) and free(p) <= {*values, name}]
        fitting = [c for c in candidates if all(Instances({**values, name: c}).holds(p) for p in ready)]
        if not fitting:
            return None
        values[name] = chance.choice(fitting)
    return values


def samples(statement: Statement, ranges: Ranges | None = None) -> Iterator[Instances]:
    """Random small sizes and tensors that satisfy everything assumed.

    ``ranges`` says what variables may be, declared ones and those of quantifiers.
    """
    names, premises, _ = unfolded(statement.claim)
    premises = [p for p in (*statement.assumptions, *premises) if has_value(p)]
    plain = {n: s for n, s in {**statement.scope, **names}.items() if not isinstance(s, Function)}
    # Sizes that are named are looked at too, as in n = 512.
    inside = [n for p in premises for n in nodes(p)]
    sizes = [Fraction(n.value) for n in inside if isinstance(n, Number) and n.value > 5]
    sizes += SIZES if len(plain) == len({**statement.scope, **names}) else TENSOR_SIZES
    choices = {n: sizes if sort == INT else REALS for n, sort in plain.items()}
    for name, found in (ranges or {}).items():
        if name in plain:
            choices[name] = [Fraction(k) for k in found if not callable(k)]
    about_functions = [p for p in premises if not free(p) <= plain.keys()]
    for k in range(TRIES):
        seed = f"{statement.name} {k}"
        values = point(choices, premises, random.Random(seed))
        if values is None:
            continue
        evaluator = Instances(values, functions_of(statement, seed, values), ranges)
        if all(evaluator.holds(p) for p in about_functions):
            yield evaluator
            if not plain:
                return


def holds_in_samples(statements: list[Statement], ranges: Ranges | None = None, most: int = 24) -> bool:
    """Whether a claim, the relations of which are given, holds at all sizes of its samples."""
    for statement in statements:
        claim = unfolded(statement.claim)[2]
        found = list(islice(samples(statement, ranges), most))
        if not all(at.holds(claim) for at in found):
            return False
        assert len(found) >= 6 or not statement.scope, (
            f"hardly anything satisfies what {statement.name} assumes"
        )
        if isinstance(claim, Iff):
            sides = {at.holds(claim.left) for at in found}
            assert sides == {True, False}, f"the sides of {statement.name} are always {sides.pop()}"
    return True
