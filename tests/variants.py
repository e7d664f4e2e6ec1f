"""Wrong variants of true statements.

    python -m tests.variants [--seconds S] [--sample N] [--seed K] [--processes N] PATH...

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
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
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
from symcnn.proving.translation import report
from symcnn.search.cases import Quick, recursion, truth
from symcnn.search.deciding import decide

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
    for changed in _changed(statement):
        found = _variant(statement, *changed)
        if found is not None and found.statement.closed() not in seen:
            seen.add(found.statement.closed())
            yield found


def _variant(
    statement: Statement, change: str, assumptions: tuple[Formula, ...], claim: Formula
) -> Variant | None:
    """A changed statement, if it is one that can be read."""
    found = replace(statement, assumptions=assumptions, claim=claim)
    try:
        check(found.closed(), {})
        return Variant(replace(found, written=report(found)), change, statement.name)
    except (Rejected, Unreadable, ValueError, TypeError):
        return None


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
    made: dict[int, list[tuple[str, tuple[Formula, ...], Formula]]] = {}
    out: list[Variant] = []
    seen = {statement.closed() for statement in statements}
    for _ in range(20 * count):
        if len(out) >= count:
            break
        k = draw.randrange(len(statements))
        if k not in made:
            made[k] = list(_changed(statements[k]))
        if not made[k]:
            continue
        # Only what is drawn is written out.
        found = _variant(statements[k], *made[k][draw.randrange(len(made[k]))])
        if found is not None and found.statement.closed() not in seen:
            seen.add(found.statement.closed())
            out.append(found)
    return out


@dataclass(frozen=True)
class Judged:
    """What the search says of a variant, and a point at which evaluation finds it false, if one was found."""

    variant: Variant
    status: str
    seconds: float
    case: dict[str, Exact] | None

    @property
    def wrong(self) -> bool:
        """Whether it is known to be false."""
        return self.case is not None or self.status == REFUTED


def judged(variant: Variant, seconds: float) -> Judged:
    """Search for a decision, and for a point at which the variant is false where it is not refuted."""
    start = monotonic()
    status = decide(variant.statement, seconds).status
    taken = monotonic() - start
    return Judged(variant, status, taken, None if status == REFUTED else falsified(variant.statement))


def judge_all(sample: Sequence[Variant], seconds: float, processes: int) -> Iterator[Judged]:
    """Each variant in turn, several at once."""
    with ProcessPoolExecutor(processes) as pool:
        try:
            yield from pool.map(partial(judged, seconds=seconds), sample)
        finally:
            pool.shutdown(cancel_futures=True)


_KINDS = {
    "a sign": r"the sign of ",
    "a factor left out": r"without the factor ",
    "an exponent": r".* has the exponent ",
    "a range one longer": r"a range one longer",
    "a guard left out": r"a sum without its guard",
    "< or <=": r".* becomes <=?$",
    "a number": r"-?[\d/]+ becomes ",
    "another name": r"[\w']+ becomes ",
}


def kind(change: str) -> str:
    """The kind of a change.

    >>> kind("claim: the sign of 2*n"), kind("without n <= m"), kind("assumption: n <= m becomes <")
    ('a sign', 'an assumption left out', '< or <=')
    """
    where, _, what = change.partition(": ")
    if where not in ("claim", "assumption"):
        return "an assumption left out"
    return next((name for name, pattern in _KINDS.items() if re.match(pattern, what)), "other")


def table(found: Sequence[Judged]) -> Iterator[str]:
    """How many variants of each kind are refuted, proved, or neither."""
    by_kind: dict[str, list[Judged]] = {}
    for one in found:
        by_kind.setdefault(kind(one.variant.change), []).append(one)
    rows = [*sorted(by_kind.items()), ("all", list(found))]
    yield f"{'changed':<24}{'variants':>9}{'refuted':>9}{'proved':>9}{'unknown':>9}{'of these wrong':>16}"
    for name, ones in rows:
        counts = Counter(one.status for one in ones)
        missed = sum(one.wrong for one in ones if one.status not in (REFUTED, PROVED))
        numbers = len(ones), counts[REFUTED], counts[PROVED], len(ones) - counts[REFUTED] - counts[PROVED]
        yield f"{name:<24}" + "".join(f"{number:>9}" for number in numbers) + f"{missed:>16}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what ``decide`` says of variants; 1 if a wrong one is proved."""
    parser = argparse.ArgumentParser(prog="python -m tests.variants")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print each variant that is neither or proved")
    options = parser.parse_args(arguments)
    sample = sample_of(list(proved_statements(options.paths)), options.sample, options.seed)
    found: list[Judged] = []
    bad = 0
    try:
        for one in judge_all(sample, options.seconds, options.processes):
            found.append(one)
            variant, case = one.variant, one.case
            if sys.stderr.isatty():
                print(f"\r{len(found)}/{len(sample)} ", end="", file=sys.stderr, flush=True)
            if one.status == PROVED and case is not None:
                bad += 1
                print(f"PROVED AND FALSE at {case}:\n{variant.statement.written}", flush=True)
            elif options.list and (one.status == PROVED or (one.wrong and one.status != REFUTED)):
                shown = f"false at { ({k: str(v) for k, v in case.items()}) }" if case else ""
                print(f"{one.status}: {variant.of}: {variant.change} {shown}", flush=True)
    except KeyboardInterrupt:
        print(f"interrupted after {len(found)} of {len(sample)}")
    print("\n".join(table(found)))
    wrong = sum(one.wrong for one in found)
    refuted = sum(one.status == REFUTED for one in found)
    share = 100 * refuted / max(1, wrong)
    print(f"{wrong} are known to be wrong: {refuted} of them refuted ({share:.1f} %), {bad} of them proved")
    slowest = max((one.seconds for one in found), default=0.0)
    print(f"the slowest took {slowest:.1f} s of {options.seconds:g} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
