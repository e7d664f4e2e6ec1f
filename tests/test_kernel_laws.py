"""Laws: whenever the premises hold, so does the conclusion; certificates that use them, and nearly the same
ones that must be rejected."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from inspect import signature
from itertools import product
from typing import Any, NamedTuple

import pytest

from symcnn.kernel.certificates import PROVED, REJECTED, UNREADABLE, replay
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.laws import LAWS, Law
from symcnn.kernel.reading import Reader
from symcnn.kernel.sorts import check
from symcnn.kernel.statements import read_statements
from symcnn.kernel.terms import (
    And,
    Compare,
    Exists,
    ForAll,
    Formula,
    Function,
    Max,
    Plus,
    Rejected,
    Sum,
    Term,
    free,
    number,
)

# -- brute force -------------------------------------------------------------------------------------------

SCOPE: dict[str, Any] = {
    **dict.fromkeys("abcijkmn", "int"),
    "r": "real",
    "s": "real",
    "x": Function(("int",), "int"),
    "y": Function(("int",), "int"),
}
WHOLE = range(-2, 4)
FRACTIONS = [Fraction(n, 2) for n in (-3, -2, 0, 1, 4)]
TABLES: list[Callable[[Fraction], Fraction]] = [
    lambda i: i,
    lambda i: i * i - 2,
    lambda i: i * 7 % 5 - 1,
    lambda _: Fraction(1),
]


class Brute(Evaluator):
    """Evaluates quantifiers over whole numbers too: all ranges of the tables lie between -9 and 9."""

    def holds(self, formula: Formula) -> bool:
        if not isinstance(formula, ForAll | Exists):
            return super().holds(formula)
        assert formula.sort == "int"
        outside = self.values.get(formula.name)
        found: list[bool] = []
        for k in range(-9, 10):
            self.values[formula.name] = Fraction(k)
            found.append(self.holds(formula.body))
        self.values.pop(formula.name)
        if outside is not None:
            self.values[formula.name] = outside
        return all(found) if isinstance(formula, ForAll) else any(found)


def law(name: str, *texts: str, scope: Mapping[str, Any] = SCOPE) -> Law:
    """A law at arguments that are read as a certificate reads them."""
    apply, kinds = LAWS[name]
    found: list[Term | Formula] = []
    for kind, text in zip(kinds, texts, strict=True):
        reader = Reader(text, scope)
        indices = [node.index for node in found if isinstance(node, Sum | Max)]
        own = {"body": indices[:1], "guard": indices[:1], "there": indices[:1], "back": indices[1:]}
        for index in own.get(kind, []):
            reader.bind(index, "int")
        found.append(reader.formula() if kind == "guard" else reader.term())
        reader.end()
    out = apply(*found)
    for formula in (*out.premises, out.conclusion):
        check(formula, scope)
    return out


def assignments(formulas: tuple[Formula, ...]) -> Iterator[Brute]:
    """Values for all that is free in the formulas: all of them, or some hundreds."""
    names = sorted(free(And(formulas)))
    choices = {"int": WHOLE, "real": FRACTIONS}
    domains = [choices.get(SCOPE[n], TABLES) if isinstance(SCOPE[n], str) else TABLES for n in names]
    points = list(product(*domains))
    if len(points) > 120:
        points = random.Random(len(points)).sample(points, 120)
    for point in points:
        here: dict[str, Any] = dict(zip(names, point, strict=True))
        yield Brute(
            {n: Fraction(v) for n, v in here.items() if isinstance(SCOPE[n], str)},
            {n: v for n, v in here.items() if not isinstance(SCOPE[n], str)},
        )


def value_of(brute: Brute, formula: Formula) -> bool:
    """Whether a formula holds; what has no value holds nowhere."""
    try:
        return brute.holds(formula)
    except Rejected:
        return False


def breaks(found: Law) -> bool:
    """Whether the premises hold somewhere, and the conclusion does not hold there."""
    return any(
        all(value_of(brute, premise) for premise in found.premises) and not value_of(brute, found.conclusion)
        for brute in assignments((*found.premises, found.conclusion))
    )


ARGUMENTS: dict[str, list[tuple[str, ...]]] = {
    "sum_ext": [
        ("sum(i in a..b) x[i]", "x[i] + (i - a)*(i - a - 1)*c"),
        ("sum(i in a..b | i != c) x[i]", "if i = c then 0 else x[i]"),
        ("sum(j in 0..2, i in a..b) x[i*j]", "sum(i in a..b) x[j*i]"),
        ("sum(i in a..b) x[i]", "y[i]"),
    ],
    "sum_guard": [
        ("sum(i in a..b | i < c) x[i]", "i <= c - 1 and a <= i"),
        ("sum(i in a..b) x[i]", "i < c"),
        ("sum(i in a..b | i = c) x[i]", "false"),
    ],
    "sum_indicator": [
        ("sum(i in a..b | i*c > 1) x[i]",),
        ("sum(i in i..i + 3 | i < c) x[i]",),
        ("sum(i in a..b) i",),
    ],
    "sum_scale": [
        ("sum(i in a..b | i != c) x[i]", "i"),
        ("sum(i in i..3) x[i]", "i*c"),
        ("sum(i in a..b) sum(j in 0..2) i*j", "j"),
    ],
    "sum_add": [
        ("sum(i in a..b) x[i]", "sum(j in a..b) j*i"),
        ("sum(i in i..3 | i < c) x[i]", "sum(j in i..3 | j < c) y[j]"),
        ("sum(i in a..b) j", "sum(j in a..b) i"),
        ("sum(i in a..b) i", "sum(i in a..b) i*c"),
    ],
    "sum_exchange": [
        ("sum(i in a..b | i != c) sum(j in 0..3 | j <= i) x[i]*j",),
        ("sum(i in j..3 | i != j) sum(j in a..2) i*j",),
        ("sum(i in a..b) sum(i in 0..c) i",),
        ("sum(i in i..2) sum(j in j..2 | i < j) (i + 2*j)",),
    ],
    "sum_shift": [
        ("sum(i in a..b | i < c) x[i]", "i"),
        ("sum(i in i..3) x[i]", "-i"),
        ("sum(i in a..b) sum(j in 0..i) j", "j"),
    ],
    "sum_split": [
        ("sum(i in a..b | i != 1) x[i]", "c"),
        ("sum(i in i..b) x[i]", "i + 1"),
    ],
    "sum_first": [
        ("sum(i in a..b) x[i]",),
        ("sum(i in a..b | i < c) x[i]",),
        ("sum(i in i..b | i < c) i",),
    ],
    "sum_empty": [
        ("sum(i in a..b) x[i]",),
        ("sum(i in i..b | i < c) x[i]",),
    ],
    "sum_point": [
        ("sum(i in a..b) x[i]", "c"),
        ("sum(i in a..b | i = c) x[i]", "c"),
        ("sum(i in a..b | 3*i = c) x[i]", "i"),
    ],
    "sum_constant": [
        ("sum(i in a..b) c",),
        ("sum(i in i..b) c*j",),
    ],
    "sum_flat": [
        ("sum(i in 0..a) sum(j in 0..b) (i + 5*j)",),
        ("sum(i in 0..i) sum(j in 0..j) x[i - j]",),
        ("sum(i in 0..a) sum(i in 0..b) x[i]",),
        ("sum(i in 0..2) sum(j in 0..3) x[i]*j*c",),
    ],
    "sum_reindex": [
        ("sum(i in a..b) x[i]", "sum(j in 0..b - a) x[j + a]", "i - a", "j + a"),
        ("sum(i in a..b) x[i]", "sum(i in a..b) x[a + b - 1 - i]", "a + b - 1 - i", "a + b - 1 - i"),
        ("sum(i in 0..a | 2*(i//2) = i) x[i]", "sum(j in 0..b) x[2*j]", "i//2", "2*j"),
        # The windows of stride n that fit into a row, as many as a division says.
        ("sum(i in 0..3 | n*i + k <= 3) x[i]", "sum(j in 0..max(1, (3 - k + n)//max(n, 1))) x[j]", "i", "j"),
        ("sum(i in a..b) x[i]", "sum(j in a..b) x[j]", "c", "c"),
        ("sum(i in 0..a) x[i]", "sum(j in 0..b) x[j//2]", "i", "j//2"),
    ],
    "sum_nonnegative": [
        ("sum(i in a..b | i != c) x[i]",),
        ("sum(i in a..b) (r - i)",),
    ],
    "sum_positive": [
        ("sum(i in a..b | i != c) x[i]",),
        ("sum(i in a..b) (r - i)",),
    ],
    "max_bound": [
        ("max(i in a..b) x[i]", "c"),
        ("max(i in a..b | i != 1) x[i]", "i"),
        ("max(i in i..3) x[i]", "i"),
    ],
    "max_attained": [
        ("max(i in a..b) x[i]",),
        ("max(i in a..b | i < c) x[i]",),
    ],
    "max_least": [
        ("max(i in a..b) x[i]", "c"),
        ("max(i in a..b | i != c) x[i]", "i"),
        ("max(i in a..b) i", "r"),
    ],
    "max_reindex": [
        ("max(i in a..b) x[i]", "max(j in 0..b - a) x[j + a]", "i - a", "j + a"),
        ("max(i in 0..2*a) x[i//2]", "max(j in 0..a) x[j]", "i//2", "2*j"),
        ("max(i in a..b | i != c) x[i]", "max(j in a..b) x[j]", "i", "j"),
        ("max(i in a..b) x[i]", "max(j in a..b | j != c) x[j]", "i", "j"),
    ],
    "floor": [("a", "b"), ("a*b - 1", "c"), ("-a", "2"), ("(a + 2*b - c)//2", "m")],
    "quotient": [("r", "s"), ("a", "b"), ("r - 1", "r*r - r")],
    "if_true": [("if a < b then r else s",), ("if for all i : int : a <= i implies i != 3 then a else b",)],
    "if_false": [("if a < b then r else s",), ("if a = b and b < c then a else b",)],
    "antisymmetry": [("a", "b"), ("r*r", "s"), ("r", "a")],
    "trichotomy": [("a", "b"), ("r", "s"), ("r", "a")],
    "archimedes": [("r*s",), ("a",), ("i + j",)],
}  # fmt: skip
INSTANCES = [(name, texts) for name, every in ARGUMENTS.items() for texts in every]
# Where rows or columns are none, or one of them fewer than none, both sides are sums over nothing.
NEEDLESS = {("sum_flat", 0), ("sum_flat", 1)}


@pytest.mark.parametrize(("name", "texts"), INSTANCES, ids=str)
def test_where_the_premises_hold_so_does_the_conclusion(name: str, texts: tuple[str, ...]) -> None:
    assert not breaks(law(name, *texts))


@pytest.mark.parametrize("name", LAWS)
def test_the_premises_hold_in_some_case(name: str) -> None:
    for found in (law(name, *texts) for texts in ARGUMENTS[name]):
        if any(all(value_of(b, p) for p in found.premises) for b in assignments(found.premises)):
            return
    pytest.fail(f"{name} is tested where nothing holds")


@pytest.mark.parametrize(
    ("name", "k"), [(name, k) for name in LAWS for k in range(len(law(name, *ARGUMENTS[name][0]).premises))]
)
def test_no_premise_can_be_left_out(name: str, k: int) -> None:
    without: list[Law] = []
    for texts in ARGUMENTS[name]:
        found = law(name, *texts)
        without.append(Law((*found.premises[:k], *found.premises[k + 1 :]), found.conclusion))
    assert any(breaks(found) for found in without) is ((name, k) not in NEEDLESS)


def changed(formula: Formula) -> Formula:
    """The formula with one number more on the right, or with a strict relation."""
    match formula:
        case Compare("=", left, right):
            return Compare("=", left, Plus((right, number(1))))
        case Compare("<=", left, right):
            return Compare("<", left, right)
        case Compare(relation, left, right):
            return Compare(relation, left, Plus((right, number(-1))))
        case Exists(name, sort, body):
            return Exists(name, sort, changed(body))
        case And((*first, last)):
            return And((*first, changed(last)))
        case _:
            return And((formula, Compare("=", number(0), number(1))))


@pytest.mark.parametrize("name", [name for name in LAWS if name not in ("trichotomy", "archimedes")])
def test_a_conclusion_that_says_more_is_found_to_be_false(name: str) -> None:
    found = [law(name, *texts) for texts in ARGUMENTS[name]]
    assert any(breaks(Law(one.premises, changed(one.conclusion))) for one in found)


@pytest.mark.parametrize(
    ("name", "texts", "reason"),
    [
        ("sum_ext", ("sum(i in i..3) x[i]", "y[i]"), "i is an index and stands in its own bounds; rename it"),
        ("sum_guard", ("sum(i in 0..i) x[i]", "i = 1"), "i is an index and stands in its own bounds; rename"
         " it"),
        ("sum_add", ("sum(i in 0..a) i", "sum(i in 0..b) i"), "sum_add: the two sums have different ranges"),
        ("sum_add", ("sum(i in 0..a | i < b) i", "sum(i in 0..a) i"), "sum_add: the two sums have different"
         " ranges"),
        ("sum_exchange", ("sum(i in 0..a) i",), "sum_exchange: the body is no sum"),
        ("sum_exchange", ("sum(i in 0..a) sum(j in 0..i) j",), "sum_exchange: the inner range depends on i"),
        ("sum_exchange", ("sum(i in 0..a) sum(i in i..3) i",), "sum_exchange: the inner range depends on i"),
        ("sum_point", ("sum(i in i..3) i", "a"), None),
        ("sum_constant", ("sum(i in 0..a | i < b) 1",), "sum_constant: the sum has a guard"),
        ("sum_constant", ("sum(i in 0..a) i",), "sum_constant: the body depends on i"),
        ("sum_flat", ("sum(i in 0..a) i",), "sum_flat: the body is no sum"),
        ("sum_flat", ("sum(i in 0..a) sum(j in 0..i) j",), "sum_flat: the inner range depends on i"),
        ("sum_flat", ("sum(i in 0..a) sum(j in 1..b) j",), "sum_flat: a range does not begin at 0"),
        ("sum_flat", ("sum(i in 1..a) sum(j in 0..b) j",), "sum_flat: a range does not begin at 0"),
        ("sum_flat", ("sum(i in 0..a, j in 0..b | i < j) j",), "sum_flat: a sum has a guard"),
        ("sum_flat", ("sum(i in 0..a | i < b) sum(j in 0..b) j",), "sum_flat: a sum has a guard"),
        ("sum_reindex", ("sum(i in 0..a) i", "sum(j in 0..a) i", "i", "j"),
         "i is an index of one side and another variable on the other; rename it"),
        ("sum_reindex", ("sum(i in 0..a) i", "sum(j in 0..a) j", "j", "j"),
         "j is an index of one side and another variable on the other; rename it"),
        ("sum_reindex", ("sum(i in 0..a) i", "sum(j in 0..a) j", "i", "i"),
         "i is an index of one side and another variable on the other; rename it"),
        ("sum_reindex", ("sum(i in 0..a) i", "sum(j in i..a) j", "i", "j"),
         "i is an index of one side and another variable on the other; rename it"),
        ("sum_reindex", ("sum(i in i..a) i", "sum(i in i..a) i", "i", "i"),
         "i is an index and stands in its own bounds; rename it"),
        ("max_reindex", ("max(i in 0..a) i", "max(j in 0..a) i", "i", "j"),
         "i is an index of one side and another variable on the other; rename it"),
        ("sum_positive", ("sum(i in i..3) 1",), "i is an index and stands in its own bounds; rename it"),
        ("sum_nonnegative", ("sum(i in i..3) i",), "i is an index and stands in its own bounds; rename it"),
        ("max_attained", ("max(i in i..3) i",), "i is an index and stands in its own bounds; rename it"),
        ("max_least", ("max(i in i..3) i", "3"), "i is an index and stands in its own bounds; rename it"),
    ],
)  # fmt: skip
def test_what_a_law_cannot_speak_of_is_rejected(
    name: str, texts: tuple[str, ...], reason: str | None
) -> None:
    if reason is None:
        assert not breaks(law(name, *texts))
        return
    with pytest.raises(Rejected) as error:
        law(name, *texts)
    assert str(error.value) == reason


# -- certificates ------------------------------------------------------------------------------------------


class Case(NamedTuple):
    """A claim with its declarations, and a proof of it: accepted, or rejected for a reason."""

    given: str
    claim: str
    steps: str
    reason: str = ""
    defined: str = ""


RANGE = "n : int, x, y : int -> ring"
EQUAL = "(for all i : int : x[i] = y[i]) implies sum(i in 0..n) x[i] = sum(i in 0..n) y[i]"
FLAT = "m, n : int >= 1, x : int, int -> ring"
SOME = "take n suppose h witness i = 0 split { compute } { cone h }"
SOME_X = "take n, x suppose h witness i = 0 split { compute } { cone h }"
DIVISOR = "take n, s suppose a, b exactly b"
REVERSED = "n : int, x : int -> ring"
PROOFS: dict[str, list[Case]] = {
    "sum_ext": [
        Case(RANGE, EQUAL, "take n, x, y suppose h law e : sum_ext sum(i in 0..n) x[i], y[i]"
             " { take i suppose b use g : h(i) exactly g } exactly e"),
        Case(RANGE, EQUAL, "take n, x, y suppose h law e : sum_ext sum(i in 0..n) x[i], y[i + 1]"
             " { take i suppose b use g : h(i) exactly g } exactly e",
             "exactly: the fact is x[i] = y[i], the goal is x[i] = y[i + 1]"),
        Case(RANGE, EQUAL, "take n, x, y suppose h law e : sum_ext sum(i in 0..n) x[i], y[i] ring e",
             "'{' is missing before 'ring'"),
    ],
    "sum_guard": [
        Case("n : int", "sum(i in 0..n | i < n) i = sum(i in 0..n) i",
             "take n law e : sum_guard sum(i in 0..n | i < n) i, true"
             " { take i suppose b split { suppose g split } { suppose t exactly b.2 } } ring e"),
        Case("n : int", "sum(i in 0..n | i < n - 1) i = sum(i in 0..n) i",
             "take n law e : sum_guard sum(i in 0..n | i < n - 1) i, true"
             " { take i suppose b split { suppose g split } { suppose t exactly b.2 } } ring e",
             "exactly: the fact is i < n, the goal is i < n - 1"),
    ],
    "sum_indicator": [
        Case("n : int", "sum(i in 0..n | i != 3) i = sum(i in 0..n) (if i != 3 then i else 0)",
             "take n law e : sum_indicator sum(i in 0..n | i != 3) i exactly e"),
        Case("n : int", "sum(i in 0..n | i != 3) i = sum(i in 0..n) (if i != 3 then i else 1)",
             "take n law e : sum_indicator sum(i in 0..n | i != 3) i ring e", "ring: the two sides differ"
             " by"),
    ],
    "sum_scale": [
        Case("i, n : int", "i*sum(i in 0..n) i^2 = sum(k in 0..n) i*k^2",
             "take i, n law e : sum_scale sum(i in 0..n) i^2, i exactly e"),
        Case("i, n : int", "i*sum(i in 0..n) i^2 = sum(i in 0..n) i^3",
             "take i, n law e : sum_scale sum(i in 0..n) i^2, i exactly e", "exactly: the fact is"),
    ],
    "sum_add": [
        Case("i, n : int", "sum(i in 0..n) i + sum(j in 0..n) i = sum(k in 0..n) (k + i)",
             "take i, n law e : sum_add sum(i in 0..n) i, sum(j in 0..n) i exactly e"),
        Case("i, n : int", "sum(i in 0..n) i + sum(j in 0..n) i = sum(k in 0..n) (2*k)",
             "take i, n law e : sum_add sum(i in 0..n) i, sum(j in 0..n) i exactly e",
             "exactly: the fact is"),
        Case("n : int", "sum(i in 0..n) 1 + sum(j in 1..n) 1 = sum(k in 0..n) 2",
             "take n law e : sum_add sum(i in 0..n) 1, sum(j in 1..n) 1 exactly e",
             "sum_add: the two sums have different ranges"),
    ],
    "sum_exchange": [
        Case("m, n : int, x : int, int -> ring",
             "sum(i in 0..m, j in 0..n | i < j) x[i, j] = sum(k in 0..n, l in 0..m | l < k) x[l, k]",
             "take m, n, x law e : sum_exchange sum(i in 0..m, j in 0..n | i < j) x[i, j] exactly e"),
        Case("m, n : int, x : int, int -> ring",
             "sum(i in 0..m, j in 0..n | i < j) x[i, j] = sum(k in 0..n, l in 0..m | k < l) x[l, k]",
             "take m, n, x law e : sum_exchange sum(i in 0..m, j in 0..n | i < j) x[i, j] exactly e",
             "exactly: the fact is"),
        Case("m : int, x : int, int -> ring",
             "sum(i in 0..m, j in 0..i) x[i, j] = sum(j in 0..m, i in 0..j) x[i, j]",
             "take m, x law e : sum_exchange sum(i in 0..m, j in 0..i) x[i, j] exactly e",
             "sum_exchange: the inner range depends on i"),
    ],
    "sum_shift": [
        Case("i, n : int", "sum(i in 0..n | i != 2) i^2 = sum(k in i..n + i | k - i != 2) (k - i)^2",
             "take i, n law e : sum_shift sum(i in 0..n | i != 2) i^2, i exactly e"),
        Case("i, n : int", "sum(i in 0..n | i != 2) i^2 = sum(k in i..n + i | k != 2) (k - i)^2",
             "take i, n law e : sum_shift sum(i in 0..n | i != 2) i^2, i exactly e", "exactly: the fact is"),
        Case("n : int", "1 = 1", "take n law e : sum_shift sum(i in 0..n) i, 1/2 compute",
             "an argument must be a whole number: 1/2"),
    ],
    "sum_split": [
        Case("n : int >= 2", "sum(i in 0..n) i = sum(i in 0..2) i + sum(i in 2..n) i",
             "take n suppose h law e : sum_split sum(i in 0..n) i, 2 { compute } { exactly h } exactly e"),
        Case("n : int >= 1", "sum(i in 0..n) i = sum(i in 0..2) i + sum(i in 2..n) i",
             "take n suppose h law e : sum_split sum(i in 0..n) i, 2 { compute } { exactly h } exactly e",
             "exactly: the fact is 1 <= n, the goal is 2 <= n"),
        Case("n : int >= 0", "sum(i in 0..n) i = sum(i in 0..-1) i + sum(i in -1..n) i",
             "take n suppose h law e : sum_split sum(i in 0..n) i, -1 { compute } { cone h + 1 } exactly e",
             "compute: this is false: 0 <= -1"),
    ],
    "sum_first": [
        Case("n : int >= 1", "sum(i in 0..n) (i + 5) = 5 + sum(i in 1..n) (i + 5)",
             "take n suppose h law e : sum_first sum(i in 0..n) (i + 5) { cone h } ring e"),
        Case("n : int >= 0", "sum(i in 0..n) (i + 5) = 5 + sum(i in 1..n) (i + 5)",
             "take n suppose h law e : sum_first sum(i in 0..n) (i + 5) { cone h } ring e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
        Case("n : int >= 1", "sum(i in 0..n | i != 0) 1 = 1 + sum(i in 1..n | i != 0) 1",
             "take n suppose h law e : sum_first sum(i in 0..n | i != 0) 1 { cone h } ring e",
             "ring: the two sides differ by"),
    ],
    "sum_empty": [
        Case("n : int", "sum(i in n..n) i = 0", "take n law e : sum_empty sum(i in n..n) i { cone } exactly"
        " e"),
        Case("n : int", "sum(i in n..n + 1) i = 0",
             "take n law e : sum_empty sum(i in n..n + 1) i { cone } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
    ],
    "sum_point": [
        Case(REVERSED, "sum(i in n..n + 1) x[i] = x[n]",
             "take n, x law e : sum_point sum(i in n..n + 1) x[i], n { split { cone } { cone } }"
             " { take i suppose b law a : antisymmetry i, n { cone b.2 } { exactly b.1 } exactly a }"
             " exactly e"),
        Case(REVERSED, "sum(i in n..n + 2) x[i] = x[n]",
             "take n, x law e : sum_point sum(i in n..n + 2) x[i], n { split { cone } { cone 1 } }"
             " { take i suppose b law a : antisymmetry i, n { cone b.2 } { exactly b.1 } exactly a }"
             " exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
        Case(REVERSED, "sum(i in n..n) x[i] = x[n]",
             "take n, x law e : sum_point sum(i in n..n) x[i], n { split { cone } { cone } }"
             " { take i suppose b law a : antisymmetry i, n { cone b.2 } { exactly b.1 } exactly a }"
             " exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
    ],
    "sum_constant": [
        Case("n : int >= 0, q : ring", "sum(i in 0..n) q = n*q",
             "take n, q suppose h law e : sum_constant sum(i in 0..n) q { exactly h } ring e"),
        Case("n : int >= -1, q : ring", "sum(i in 0..n) q = n*q",
             "take n, q suppose h law e : sum_constant sum(i in 0..n) q { exactly h } ring e",
             "exactly: the fact is -1 <= n, the goal is 0 <= n"),
        Case("n : int >= 0, q : ring", "sum(i in 0..n) q = (n + 1)*q",
             "take n, q suppose h law e : sum_constant sum(i in 0..n) q { exactly h } ring e",
             "ring: the two sides differ by -1*q"),
    ],
    "sum_flat": [
        Case(FLAT, "sum(i in 0..m, j in 0..n) x[i, j] = sum(k in 0..m*n) x[k//n, k - n*(k//n)]",
             "take m, n, x suppose a, b law e : sum_flat sum(i in 0..m, j in 0..n) x[i, j]"
             " { cone a + 1 } { exactly b } exactly e",
             defined="take m, n, x suppose a, b exactly b"),
        Case(FLAT, "sum(i in 0..m, j in 0..n) x[i, j] = sum(k in 0..m*n) x[k//m, k - m*(k//m)]",
             "take m, n, x suppose a, b law e : sum_flat sum(i in 0..m, j in 0..n) x[i, j]"
             " { cone a + 1 } { exactly b } exactly e", "exactly: the fact is",
             "take m, n, x suppose a, b exactly a"),
        Case(FLAT, "sum(i in 0..m, j in 0..n) x[i, j] = sum(k in 0..m*n) x[k//n, k - n*(k//n)]",
             "take m, n, x suppose a, b law e : sum_flat sum(i in 0..m, j in 0..n) x[i, j]"
             " { cone a + 1 } { exactly a } exactly e", "exactly: the fact is 1 <= m, the goal is 1 <= n",
             "take m, n, x suppose a, b exactly b"),
    ],
    "sum_reindex": [
        Case(REVERSED, "sum(i in 0..n) x[i] = sum(i in 0..n) x[n - 1 - i]",
             "take n, x law e : sum_reindex sum(i in 0..n) x[i], sum(i in 0..n) x[n - 1 - i], n - 1 - i, n"
             " - 1 - i"
             " { take i suppose b split { split { cone b.2 } { cone b.1 } } { ring } }"
             " { take i suppose b split { split { cone b.2 } { cone b.1 } } { ring } { ring } } exactly e"),
        Case(REVERSED, "sum(i in 0..n) x[i] = sum(i in 0..n) x[n - i]",
             "take n, x law e : sum_reindex sum(i in 0..n) x[i], sum(i in 0..n) x[n - i], n - i, n - i"
             " { take i suppose b split { split { cone b.2 + 1 } { cone b.1 } } { ring } }"
             " { take i suppose b split { split { cone b.2 + 1 } { cone b.1 } } { ring } { ring } } exactly"
             " e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
        # A map that is not onto: every window of the first sum is one of the second, but not the reverse.
        Case(REVERSED, "sum(i in 0..n) x[2*i] = sum(j in 0..2*n) x[j]",
             "take n, x law e : sum_reindex sum(i in 0..n) x[2*i], sum(j in 0..2*n) x[j], 2*i, j//2"
             " { take i suppose b split { split { cone 2 b.1 } { cone 2 b.2 + 1 } } { law f : floor 2*i, 2"
             " { compute }"
             " law a : antisymmetry (2*i)//2, i { cone 1/2 f.1 } { deny c cone 2 c + f.2 + 1 } exactly a } }"
             " { take j suppose b law f : floor j, 2 { compute } split { split"
             " { deny c cone 2 c + f.2 + b.1 } { deny c cone 2 c + f.1 + b.2 } } { ring } { ring } }"
             " exactly e",
             "ring: the two sides differ by 2*j//2 + -1*j"),
    ],
    "sum_nonnegative": [
        Case("n : int", "0 <= sum(i in 0..n) i",
             "take n law e : sum_nonnegative sum(i in 0..n) i { take i suppose b exactly b.1 } exactly e"),
        Case("n : int", "0 <= sum(i in -1..n) i",
             "take n law e : sum_nonnegative sum(i in -1..n) i { take i suppose b exactly b.1 } exactly e",
             "exactly: the fact is -1 <= i, the goal is 0 <= i"),
        Case("n : int, x : int -> ring", "1 = 1",
             "take n, x law e : sum_nonnegative sum(i in 0..n) x[i] { take i suppose b exactly b.1 } compute",
             "<= needs an order; elements of a ring have none"),
    ],
    "sum_positive": [
        Case("n : int >= 1", "0 < sum(i in 0..n) (i + 1)",
             "take n suppose h law e : sum_positive sum(i in 0..n) (i + 1)"
             " { take i suppose b cone b.1 } { witness i = 0 split { compute } { cone h } } exactly e"),
        Case("n : int >= 0", "0 < sum(i in 0..n) (i + 1)",
             "take n suppose h law e : sum_positive sum(i in 0..n) (i + 1)"
             " { take i suppose b cone b.1 } { witness i = 0 split { compute } { cone h } } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
        Case("n : int >= 1", "0 < sum(i in 0..n) i",
             "take n suppose h law e : sum_positive sum(i in 0..n) i"
             " { take i suppose b cone b.1 } { witness i = 0 split { compute } { cone h } } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
    ],
    "max_bound": [
        Case("n : int >= 1, x : int -> real", "x[0] <= max(i in 0..n) x[i]",
             "take n, x suppose h law e : max_bound max(i in 0..n) x[i], 0 { split { compute } { cone h } }"
             " exactly e",
             defined=SOME_X),
        Case("n : int >= 1, x : int -> real", "x[n] <= max(i in 0..n) x[i]",
             "take n, x suppose h law e : max_bound max(i in 0..n) x[i], n { split { cone h + 1 } { cone h"
             " } } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1*n", SOME_X),
    ],
    "max_attained": [
        Case("n : int >= 1, x : int -> real", "exists k : int : max(i in 0..n) x[i] = x[k]",
             "take n, x suppose h law e : max_attained max(i in 0..n) x[i]"
             " { witness i = 0 split { compute } { cone h } } obtain j, g from e witness k = j exactly g.2",
             defined="take n, x suppose h take k witness i = 0 split { compute } { cone h }"),
        Case("n : int >= 1, x : int -> real", "exists k : int : max(i in 0..n) x[i] = x[k]",
             "take n, x suppose h law e : max_attained max(i in 0..n) x[i]"
             " { witness i = n split { cone h + 1 } { cone h } } obtain j, g from e witness k = j exactly"
             " g.2",
             "cone: what is to be >= 0 exceeds the sum by -1*n",
             "take n, x suppose h take k witness i = 0 split { compute } { cone h }"),
        Case("n : int >= 1, x : int -> real", "exists k : int : max(i in 0..n) x[i] = x[k + n]",
             "take n, x suppose h law e : max_attained max(i in 0..n) x[i]"
             " { witness i = 0 split { compute } { cone h } } obtain j, g from e witness k = j exactly g.2",
             "exactly: the fact is",
             "take n, x suppose h take k witness i = 0 split { compute } { cone h }"),
    ],
    "max_least": [
        Case("n : int >= 1", "max(i in 0..n) i <= n - 1",
             "take n suppose h law e : max_least max(i in 0..n) i, n - 1"
             " { witness i = 0 split { compute } { cone h } } { take i suppose b cone b.2 } exactly e",
             defined=SOME),
        Case("n : int >= 1", "max(i in 0..n) i <= n - 2",
             "take n suppose h law e : max_least max(i in 0..n) i, n - 2"
             " { witness i = 0 split { compute } { cone h } } { take i suppose b cone b.2 } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1", SOME),
    ],
    "max_reindex": [
        Case("n : int >= 1, x : int -> real", "max(i in 0..n) x[i] = max(j in 1..n + 1) x[j - 1]",
             "take n, x suppose h law e : max_reindex max(i in 0..n) x[i], max(j in 1..n + 1) x[j - 1], i +"
             " 1, j - 1"
             " { witness i = 0 split { compute } { cone h } }"
             " { take i suppose b split { split { cone b.1 } { cone b.2 } } { ring } }"
             " { take j suppose b split { split { cone b.1 } { cone b.2 } } { ring } } exactly e",
             defined="take n, x suppose h split { witness i = 0 split { compute } { cone h } }"
             " { witness j = 1 split { compute } { cone h } }"),
        Case("n : int >= 2, x : int -> real", "max(i in 0..n) x[i] = max(j in 1..n) x[j - 1]",
             "take n, x suppose h law e : max_reindex max(i in 0..n) x[i], max(j in 1..n) x[j - 1], i + 1,"
             " j - 1"
             " { witness i = 0 split { compute } { cone h + 1 } }"
             " { take i suppose b split { split { cone b.1 } { cone b.2 } } { ring } }"
             " { take j suppose b split { split { cone b.1 } { cone b.2 } } { ring } } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1",
             "take n, x suppose h split { witness i = 0 split { compute } { cone h + 1 } }"
             " { witness j = 1 split { compute } { cone h } }"),
    ],
    "floor": [
        Case("n, s : int >= 1", "s*(n//s) <= n",
             "take n, s suppose a, b law f : floor n, s { exactly b } exactly f.1", defined=DIVISOR),
        Case("n, s : int >= 1", "s*(n//s) <= n",
             "take n, s suppose a, b law f : floor n, s - 1 { exactly b } exactly f.1",
             "exactly: the fact is 1 <= s, the goal is 1 <= s - 1", DIVISOR),
        Case("n, s : int >= 1", "n < s*(n//s) + s - 1",
             "take n, s suppose a, b law f : floor n, s { exactly b } exactly f.2",
             "exactly: the fact is", DIVISOR),
        Case("r : real", "1 = 1", "take r law f : floor r, 2 { compute } compute",
             "an argument must be a whole number: r"),
    ],
    "quotient": [
        Case("r : real > 0", "1/r*r = 1",
             "take r suppose h law e : quotient 1, r { suppose z cone h - z } exactly e",
             defined="take r suppose h suppose z cone h - z"),
        Case("r : real > 0", "1/r*r = 1",
             "take r suppose h law e : quotient 1, r - 1 { suppose z cone h - z } exactly e",
             "cone: that the sum 1 is > 0 is no contradiction", "take r suppose h suppose z cone h - z"),
        Case("q : ring", "1 = 1", "take q law e : quotient q, 2 { suppose z cone z } compute",
             "/ needs int or real"),
    ],
    "if_true": [
        Case("n : int >= 1", "(if 0 < n then 5 else 7) = 5",
             "take n suppose h law e : if_true if 0 < n then 5 else 7 { cone h } exactly e"),
        Case("n : int >= 0", "(if 0 < n then 5 else 7) = 5",
             "take n suppose h law e : if_true if 0 < n then 5 else 7 { cone h } exactly e",
             "cone: what is to be >= 0 exceeds the sum by -1"),
        Case("n : int >= 1", "(if 0 < n then 5 else 7) = 7",
             "take n suppose h law e : if_true if 0 < n then 5 else 7 { cone h } exactly e",
             "exactly: the fact is"),
    ],
    "if_false": [
        Case("n : int >= 1", "(if n < 1 then 5 else 7) = 7",
             "take n suppose h law e : if_false if n < 1 then 5 else 7 { suppose c cone c + h } exactly e"),
        Case("n : int >= 1", "(if n < 2 then 5 else 7) = 7",
             "take n suppose h law e : if_false if n < 2 then 5 else 7 { suppose c cone c + h } exactly e",
             "cone: that the sum 0 is >= 0 is no contradiction"),
    ],
    "antisymmetry": [
        Case("a, b : real", "a <= b and b <= a implies a = b",
             "take a, b suppose h law e : antisymmetry a, b { exactly h.1 } { exactly h.2 } exactly e"),
        Case("a, b : real", "a <= b and b <= a + 1 implies a = b",
             "take a, b suppose h law e : antisymmetry a, b { exactly h.1 } { exactly h.2 } exactly e",
             "exactly: the fact is b <= a + 1, the goal is b <= a"),
    ],
    "trichotomy": [
        Case("a, b : real", "a != b implies a < b or b < a",
             "take a, b suppose h law e : trichotomy a, b cases e as c { choose 1 exactly c }"
             " { use f : h { exactly c } exactly f } { choose 2 exactly c }"),
        Case("a, b : real", "a < b or b < a",
             "take a, b law e : trichotomy a, b cases e as c { choose 1 exactly c }"
             " { choose 1 exactly c } { choose 2 exactly c }",
             "exactly: the fact is a = b, the goal is a < b"),
        Case("p, q : ring", "1 = 1", "take p, q law e : trichotomy p, q compute",
             "< needs an order; elements of a ring have none"),
    ],
    "archimedes": [
        Case("n : real", "exists m : int : n <= m",
             "take n law e : archimedes n obtain k, h from e witness m = k exactly h"),
        Case("n : real", "exists m : int : n <= m - 1",
             "take n law e : archimedes n obtain k, h from e witness m = k exactly h",
             "exactly: the fact is n <= k, the goal is n <= k - 1"),
        Case("n : real", "exists m : int : m = n",
             "take n law e : archimedes n obtain k, h from e witness m = k exactly h",
             "exactly: the fact is n <= k, the goal is k = n"),
    ],
}  # fmt: skip


def verdict(case: Case) -> tuple[str, str]:
    statements = read_statements(f'theorem T "a claim"\n  given {case.given}\n  claim {case.claim}\n')
    parts = ""
    if statements[0].assumptions:
        values = " ".join(
            f"witness {name} = "
            + ("2" if isinstance(sort, str) else f"fun({'i, j'[: 3 * len(sort.arguments) - 2]}) 0")
            for name, sort in statements[0].scope.items()
        )
        parts = f"  satisfiable {{ {values} compute }}\n"
    if case.defined:
        parts += f"  defined {{ {case.defined} }}\n"
    (found,) = replay(statements, f"symcnn certificates 1\nprove T\n{parts}  proof {{ {case.steps} }}\n")
    return found.status, re.sub(r"^line \d+, column \d+: ", "", found.reason)


EVERY = [(name, case) for name, cases in PROOFS.items() for case in cases]


@pytest.mark.parametrize(("name", "case"), [(n, c) for n, c in EVERY if not c.reason])
def test_accepted(name: str, case: Case) -> None:
    assert name in case.steps
    assert verdict(case) == (PROVED, "")


@pytest.mark.parametrize(("name", "case"), [(n, c) for n, c in EVERY if c.reason])
def test_rejected(name: str, case: Case) -> None:
    assert name in case.steps
    status, reason = verdict(case)
    assert status in (REJECTED, UNREADABLE)
    assert case.reason in reason


def test_every_law_has_arguments_an_accepted_proof_and_a_rejected_one() -> None:
    assert ARGUMENTS.keys() == PROOFS.keys() == LAWS.keys()
    for cases in PROOFS.values():
        assert {not case.reason for case in cases} == {True, False}


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("law e : sum_first n { compute } compute", "an argument must be a sum: n"),
        ("law e : max_bound sum(i in 0..n) i, 0 { compute } compute", "an argument must be a max: sum(i in"
         " 0..n) i"),
        ("law e : if_true n { compute } compute", "an argument must be a if: n"),
        ("law e : sum_magic n compute", "sum_magic is no law; there are sum_ext"),
        ("law e : sum_split sum(i in 0..n) i { compute } compute", "',' is missing before '{'"),
        ("law e : sum_shift sum(i in 0..n) i, r compute", "an argument must be a whole number: r"),
        ("law e : sum_reindex sum(i in 0..n) i, sum(j in 0..n) j, i/1, j compute",
         "an argument must be a whole number: i/1"),
        ("law e : sum_reindex sum(i in 0..n) i, sum(j in 0..n) j, j, i compute", "j is not declared"),
        ("law e : max_least max(i in 0..n) i, q compute", "<= needs an order; elements of a ring have none"),
        ("law e : antisymmetry q, q compute", "<= needs an order; elements of a ring have none"),
        ("law e : archimedes q compute", "<= needs an order; elements of a ring have none"),
        ("law e : sum_scale sum(i in 0..n) r, q compute", "a real and a ring cannot be combined"),
        ("law e : sum_ext sum(i in 0..n) k, i compute", "k is not declared"),
    ],
)  # fmt: skip
def test_arguments_of_the_wrong_kind(steps: str, reason: str) -> None:
    statements = read_statements('theorem T "m"\n  given n : int, r : real, q : ring\n  claim 1 = 1\n')
    (found,) = replay(statements, f"symcnn certificates 1\nprove T\n proof {{ take n, r, q {steps} }}\n")
    assert found.status != PROVED
    assert reason in found.reason


RIGHT = {
    "sum": "sum(i in 0..2) n", "max": "max(i in 0..2) n", "if": "(if n < 0 then n else 0)", "whole": "n",
    "term": "n", "body": "n", "guard": "n < 0", "there": "i", "back": "i",
}  # fmt: skip
WRONG = {
    "sum": ("a sum", ["max(i in 0..2) n", "n"]), "max": ("a max", ["sum(i in 0..2) n", "n"]),
    "if": ("a if", ["n"]), **dict.fromkeys(("whole", "there", "back"), ("a whole number", ["r"])),
}  # fmt: skip


def kinds_of(name: str) -> list[str]:
    """The kinds of the arguments of a law, those of sums, maxima and cases as its function has them."""
    law, kinds = LAWS[name]
    written = {"Sum": "sum", "Max": "max", "If": "if"}
    declared = [parameter.annotation for parameter in signature(law).parameters.values()]
    return [written.get(a, kind) for a, kind in zip(declared, kinds, strict=True)]


@pytest.mark.parametrize(
    ("name", "place"), [(name, k) for name in LAWS for k, kind in enumerate(kinds_of(name)) if kind in WRONG]
)
def test_each_argument_of_a_law_is_of_its_kind(name: str, place: int) -> None:
    kinds = kinds_of(name)
    wanted, others = WRONG[kinds[place]]
    for other in others:
        given = ", ".join([*(RIGHT[kind] for kind in kinds[:place]), other])
        _, reason = verdict(Case("n : int, r : real", "1 = 1", f"take n, r law e : {name} {given}"))
        assert f"an argument must be {wanted}: {other}" in reason
