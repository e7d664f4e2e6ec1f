"""Wrong variants of true statements.

    python -m tests.variants [--seconds S] [--sample N] [--seed K] PATH...

A *variant* is a statement with one small change: a sign flipped, a number or exponent one larger or smaller,
a factor left out, ``<=`` and ``<`` exchanged, a name put in place of another of its sort, an assumption left
out or a bound widened. Some variants are still true. One is called *wrong* where plain evaluation at small
random points, or the search for counterexamples, finds a case in which it fails; of all others nothing is
known.

The script puts variants of the stored theorems to ``decide`` and prints how many are refuted, proved, or
neither. It exits with 1 if one that evaluation finds false is proved.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from time import monotonic

from symcnn.kernel.certificates import PROVED, REFUTED
from symcnn.kernel.definedness import conditions
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.sorts import check
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.substitution import map_parts
from symcnn.kernel.terms import (
    INT,
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Max,
    Node,
    Number,
    Plus,
    Power,
    Rejected,
    Sort,
    Sum,
    Times,
    Unreadable,
    Variable,
    as_formula,
    number,
    parts,
)
from symcnn.kernel.writing import write
from symcnn.proving.cases import Quick, recursion, truth
from symcnn.proving.deciding import decide
from symcnn.proving.translation import report

POINTS = 300
LARGEST = 6
# Points are tried again and again until the assumptions hold at enough of them.
TRIALS = 12 * POINTS


@dataclass(frozen=True)
class Variant:
    """A changed statement, and what was changed."""

    statement: Statement
    change: str
    of: str


def variants(statement: Statement) -> Iterator[Variant]:
    """Each statement with one change in the claim or in an assumption."""
    seen = {statement.closed()}
    for change, assumptions, claim in _changed(statement):
        found = replace(statement, assumptions=assumptions, claim=claim)
        try:
            check(found.closed(), {})
            found = replace(found, written=report(found))
        except (Rejected, Unreadable, ValueError, TypeError):
            continue
        if found.closed() not in seen:
            seen.add(found.closed())
            yield Variant(found, change, statement.name)


def _changed(statement: Statement) -> Iterator[tuple[str, tuple[Formula, ...], Formula]]:
    sorts = dict(statement.scope)
    old = statement.assumptions
    for change, claim in changes(statement.claim, sorts):
        yield f"claim: {change}", old, as_formula(claim)
    for k, assumption in enumerate(old):
        yield f"without {write(assumption)}", (*old[:k], *old[k + 1 :]), statement.claim
        for change, changed in changes(assumption, sorts):
            yield f"assumption: {change}", (*old[:k], as_formula(changed), *old[k + 1 :]), statement.claim


def changes(node: Node, sorts: dict[str, Sort]) -> Iterator[tuple[str, Node]]:
    """A node with one change in it, and what the change is."""
    yield from _here(node, sorts)
    inner = dict(sorts)
    if isinstance(node, Sum | Max):
        inner[node.index] = INT
    elif isinstance(node, ForAll | Exists):
        inner[node.name] = node.sort
    for k, part in enumerate(parts(node)):
        # The ends of a range do not know its index.
        known = sorts if isinstance(node, Sum | Max) and k < 2 else inner
        for change, changed in changes(part, known):
            yield change, _with_part(node, k, changed)


def _with_part(node: Node, place: int, new: Node) -> Node:
    count = iter(range(len(parts(node))))
    return map_parts(node, lambda part: new if next(count) == place else part)


def _here(node: Node, sorts: dict[str, Sort]) -> Iterator[tuple[str, Node]]:
    match node:
        case Number(value):
            for other in (value + 1, value - 1):
                yield f"{value} becomes {other}", number(Fraction(other))
        case Variable(name):
            for other, sort in sorts.items():
                if other != name and sort == sorts.get(name):
                    yield f"{name} becomes {other}", Variable(other)
        case Plus(terms):
            for k, term in enumerate(terms):
                flipped = (*terms[:k], Times((Number(-1), term)), *terms[k + 1 :])
                yield f"the sign of {write(term)}", Plus(flipped)
        case Times(terms):
            for k, term in enumerate(terms):
                rest = (*terms[:k], *terms[k + 1 :])
                yield f"without the factor {write(term)}", rest[0] if len(rest) == 1 else Times(rest)
        case Power(base, exponent):
            yield f"{write(node)} has the exponent {exponent + 1}", Power(base, exponent + 1)
        case Sum(index, low, high, guard, body):
            yield "a range one longer", Sum(index, low, Plus((high, Number(1))), guard, body)
            if guard is not None:
                yield "a sum without its guard", Sum(index, low, high, None, body)
        case Max(index, low, high, guard, body):
            yield "a range one longer", Max(index, low, Plus((high, Number(1))), guard, body)
        case Compare("<=", left, right):
            yield f"{write(node)} becomes <", Compare("<", left, right)
        case Compare("<", left, right):
            yield f"{write(node)} becomes <=", Compare("<=", left, right)
        case _:
            pass


# -- evaluation --------------------------------------------------------------------------------------------


def falsified(
    statement: Statement, points: int = POINTS, seed: int = 0, seconds: float = 2
) -> dict[str, Exact] | None:
    """A random small point at which plain evaluation finds the statement false; None if there is none.

    It shares no code with the search but the look at quantifiers over small ranges.
    """
    draw = random.Random(f"{statement.name} {seed}")
    defined = conditions(Implies(_all(statement.premises()), statement.claim))
    found, end = 0, monotonic() + seconds
    for _ in range(TRIALS if statement.assumptions else points):
        if found >= points or monotonic() > end:
            return None
        at = point(statement, draw)
        try:
            if not all(truth(assumption, at) is True for assumption in _fresh(at, statement.assumptions)):
                continue
            found += 1
            values = dict(at.values)
            at.steps = at.looks = 0
            if truth(statement.claim, at) is not False:
                continue
            at.values, at.steps, at.looks = dict(values), 0, 0
            if truth(defined, at) is True:
                return values
        except Rejected:
            continue
    return None


def _fresh(at: Quick, formulas: Iterable[Formula]) -> Iterator[Formula]:
    for formula in formulas:
        at.steps = at.looks = 0
        yield formula


def _all(formulas: Sequence[Formula]) -> Formula:
    return And(tuple(formulas))


def point(statement: Statement, draw: random.Random) -> Quick:
    """Small random values for all that is declared, with the functions that are defined."""
    at = Quick()
    largest = draw.randint(1, LARGEST)
    for name, sort in statement.scope.items():
        if isinstance(sort, Function):
            at.functions[name] = _Entries(draw.random(), sort.value == INT)
        elif sort == INT:
            at.values[name] = draw.randint(-1 if draw.random() < 0.1 else 0, largest)
        else:
            at.values[name] = Fraction(draw.randint(-4, 8), draw.choice((1, 1, 2)))
    for name, make in recursion(statement.definitions).items():
        at.functions[name] = make(at)
    return at


class _Entries:
    """A random function that gives the same entry each time."""

    def __init__(self, seed: float, whole: bool) -> None:
        self.seed, self.whole = seed, whole

    def __call__(self, *arguments: Exact) -> Exact:
        draw = random.Random(f"{self.seed} {arguments}")
        return draw.randint(-2, 3) if self.whole else Fraction(draw.randint(-4, 6), draw.choice((1, 2)))


# -- measuring ---------------------------------------------------------------------------------------------


def proved_statements(paths: Iterable[Path]) -> Iterator[Statement]:
    """The statements in ``.claim`` files that have a proof in the ``.cert`` file beside them."""
    for path in paths:
        files = sorted(path.rglob("*.claim")) if path.is_dir() else [path.with_suffix(".claim")]
        for file in files:
            certificates = file.with_suffix(".cert")
            text = certificates.read_text(encoding="utf-8") if certificates.exists() else ""
            true = {line.split()[1] for line in text.splitlines() if line.startswith("prove ")}
            yield from (s for s in read_file(file) if s.name in true)


def sample_of(statements: Sequence[Statement], count: int, seed: int) -> list[Variant]:
    """Variants at random: first a statement, then one of its variants, so that long ones count no more."""
    draw = random.Random(seed)
    made: dict[int, list[Variant]] = {}
    out: list[Variant] = []
    seen: set[tuple[int, int]] = set()
    for _ in range(20 * count):
        if len(out) >= count:
            break
        k = draw.randrange(len(statements))
        if k not in made:
            made[k] = list(variants(statements[k]))
        if not made[k]:
            continue
        place = draw.randrange(len(made[k]))
        if (k, place) not in seen:
            seen.add((k, place))
            out.append(made[k][place])
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what ``decide`` says of variants; 1 if a wrong one is proved."""
    parser = argparse.ArgumentParser(prog="python -m tests.variants")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="print each variant that is neither or proved")
    options = parser.parse_args(arguments)
    counts: Counter[tuple[str, bool]] = Counter()
    bad, slowest = 0, 0.0
    for variant in sample_of(list(proved_statements(options.paths)), options.sample, options.seed):
        start = monotonic()
        status = decide(variant.statement, options.seconds).status
        slowest = max(slowest, monotonic() - start)
        case = falsified(variant.statement)
        wrong = case is not None or status == REFUTED
        counts[status, wrong] += 1
        if status == PROVED and case is not None:
            bad += 1
            print(f"PROVED AND FALSE at {case}:\n{variant.statement.written}")
        elif options.list and (status == PROVED or (wrong and status != REFUTED)):
            shown = f"false at { ({k: str(v) for k, v in case.items()}) }" if case else ""
            print(f"{status}: {variant.of}: {variant.change} {shown}", flush=True)
    total = sum(counts.values())
    wrong = sum(n for (_, is_wrong), n in counts.items() if is_wrong)
    refuted = sum(n for (status, _), n in counts.items() if status == REFUTED)
    proved = sum(n for (status, _), n in counts.items() if status == PROVED)
    print(f"{total} variants: {refuted} refuted, {proved} proved, {total - refuted - proved} neither")
    share = 100 * refuted / max(1, wrong)
    print(f"{wrong} are wrong: {refuted} of them refuted ({share:.1f} %), {bad} of them proved")
    print(f"the slowest took {slowest:.1f} s of {options.seconds:g} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
