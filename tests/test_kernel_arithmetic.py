"""Arithmetic: what ``ring`` and ``cone`` accept and reject, and canonical forms: equal ones, equal values."""

import random
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.kernel.arithmetic import Product, cone, ring
from symcnn.kernel.canonical import Canonical
from symcnn.kernel.certificates import PROVED, REJECTED, replay
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.reading import Reader
from symcnn.kernel.statements import read_statements
from symcnn.kernel.substitution import fresh, substitute
from symcnn.kernel.terms import (
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Max,
    Not,
    Plus,
    Power,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    as_formula,
    as_term,
    number,
)

SCOPE: dict[str, Any] = {
    **dict.fromkeys("abcknm", "int"), **dict.fromkeys("rst", "real"), **dict.fromkeys("pq", "ring"),
    "x": Function(("int",), "ring"), "f": Function(("int",), "int"), "h": Function(("real",), "real"),
    "z": Function(("ring",), "ring"),
}  # fmt: skip


def term(text: str) -> Term:
    reader = Reader(text, SCOPE)
    out = reader.term()
    reader.end()
    return out


def formula(text: str) -> Formula:
    reader = Reader(text, SCOPE)
    out = reader.formula()
    reader.end()
    return out


# -- ring and cone -----------------------------------------------------------------------------------------

# What is known (apart by ";"), the claim, and the step that proves it; or why it does not.
RING: list[tuple[str, str, str, str]] = [
    ("", "(p + q)^2 = p^2 + 2*p*q + q^2", "ring", ""),
    ("", "(p + q)*(p - q) = p^2 - q^2", "ring", ""),
    ("", "(p + q)^2 = p^2 + p*q + q^2", "ring", "ring: the two sides differ by 1*p*q"),
    ("", "(r + 1)/2 = r/2 + 1/2", "ring", ""),
    ("", "r/s*t = r*t/s", "ring", ""),
    ("", "r/(s*t) = r/s/t", "ring", "ring: the two sides differ by"),
    ("", "r/r = 1", "ring", "ring: the two sides differ by"),
    ("", "0/r = 0", "ring", ""),
    ("", "r/(s - s) = 0", "ring", "ring: the two sides differ by"),
    ("", "r/(s + t) = r/(t + s)", "ring", ""),
    ("", "7//2 = 3", "ring", ""),
    ("", "(-7)//2 = -3", "ring", "ring: the two sides differ by -1"),
    ("", "2*a//2 = a", "ring", "ring: the two sides differ by"),
    ("", "(a + b)//c = (b + a)//c", "ring", ""),
    ("", "x[a + b] = x[b + a]", "ring", ""),
    ("", "x[a] = x[b]", "ring", "ring: the two sides differ by"),
    ("", "sum(a in 0..n) x[a] = sum(b in 0..n) x[b]", "ring", ""),
    ("", "sum(a in 0..n) (p*x[a]) = p*sum(b in 0..n) x[b]", "ring", "ring: the two sides differ by"),
    ("", "sum(a in 0..n) x[n] = sum(n in 0..n) x[n]", "ring", "ring: the two sides differ by"),
    ("a = b", "p*a = p*b", "ring h1 (p)", ""),
    ("p = q", "p*a = q*a", "ring h1 (a)", ""),
    ("p = q", "p^2 = q^2", "ring h1 (p + q)", ""),
    ("p = q", "p^2 = q^2", "ring h1 (p)", "ring: the two sides differ by"),
    ("p = q", "p = q + 1", "ring h1", "ring: the two sides differ by -1"),
    ("2*p = 0", "p = 0", "ring 1/2 h1", "ring: 1/2 is no element of a ring"),
    ("2*r = 0", "r = 0", "ring 1/2 h1", ""),
    ("2*a = 2*b", "a = b", "ring 1/2 h1", ""),
    ("p + a = p + b", "a = b", "ring h1", "is of sort ring, and only int and real are used here"),
    ("a = b", "p + a = p + b", "ring h1", ""),
    ("r = s", "p = p", "ring h1 - h1", "is of sort real, and only int and ring are used here"),
    ("p = q", "r = r", "ring h1 - h1", "is of sort ring, and only int and real are used here"),
    ("a = b", "r*a = r*b", "ring h1 (p)", "p is of sort ring, and only int and real are used here"),
    ("a = b", "p*a = p*b", "ring h1 (r)", "r is of sort real, and only int and ring are used here"),
    ("a = 0; b = 0", "a*b = 0", "ring h1 h2", ""),
    ("a = 0", "a*b = 0", "ring (b)", "ring: (b) is the factor of no equation"),
    ("a = 1", "1 = 2", "ring 1", "ring: a product without an equation is not 0"),
    ("a <= b", "a = b", "ring h1", "ring: a product without an equation is not 0"),
    ("a <= b; b <= a", "a = b", "ring h1 + h2", "ring: a product without an equation is not 0"),
    ("a = 0 and b = 0", "b = 0", "ring h1", "is no equation and no inequality"),
    ("a = 0 and b = 0", "b = 0", "ring h1.2", ""),
    ("p = 0", "z[p] = z[0]", "ring using h1", ""),
    ("p = q; q = 0", "z[p + q] = z[0]", "ring using h1, h2", "ring: the two sides differ by"),
    ("q = 0; p = q", "z[p + q] = z[0]", "ring using h1, h2", ""),
    ("p = q; q = 0", "z[p + 1] = z[1]", "ring using h2, h1", ""),
    ("a = b", "x[a] = x[b]", "ring using h1", ""),
    ("a = b", "sum(a in 0..n) x[a] = sum(c in 0..n) x[b]", "ring using h1", "ring: the two sides differ by"),
    ("a = b", "sum(b in 0..n) x[a] = sum(c in 0..n) x[b]", "ring using h1", ""),
    ("a = b", "sum(b in 0..n) x[a] = sum(b in 0..n) x[b]", "ring using h1", "ring: the two sides differ by"),
    ("n = m", "sum(a in 0..n) x[a] = sum(b in 0..m) x[b]", "ring using h1", ""),
    ("sum(a in 0..n) x[a] = p", "sum(b in 0..n) x[b] = p", "ring using h1", ""),
    ("sum(a in 0..n) x[a] = p", "sum(b in 0..m, c in 0..n) x[c] = sum(b in 0..m) p", "ring using h1", ""),
    ("sum(a in 0..n) x[b] = p", "sum(b in 0..m) sum(a in 0..n) x[b] = sum(b in 0..m) p", "ring using h1",
     "ring: the two sides differ by"),
    ("a <= b", "a = b", "ring using h1", "a <= b is cited as a rewrite and is no equation"),
    ("a + b = c", "a = c - b", "ring using h1", "the left side is no"),
    ("2*a = c", "2*a = c", "ring using h1", "the left side is no"),
    ("0 = a", "a = 0", "ring using h1", "the left side is no"),
    ("a = r", "x[a] = x[a]", "ring using h1", "the right side is no int and cannot replace the left"),
    ("a = p", "x[a] = x[a]", "ring using h1", "the right side is no int and cannot replace the left"),
    ("r = a", "h[r] = h[a]", "ring using h1", ""),
    ("p = a", "z[p] = z[a]", "ring using h1", ""),
]  # fmt: skip
CONE: list[tuple[str, str, str, str]] = [
    ("", "0 <= r^2", "cone (r)^2", ""),
    ("", "0 <= (r - s)^2", "cone (r - s)^2", ""),
    ("", "0 < r^2 + 1", "cone 1 + (r)^2", ""),
    ("", "0 <= r^3", "cone (r)^2", "cone: what is to be >= 0 exceeds the sum by"),
    ("", "0 <= -1*r^2", "cone - (r)^2", "cone: the factor -1 is not positive"),
    ("", "0 <= 0", "cone", ""),
    ("", "0 <= 1/2", "cone 1/2", ""),
    ("", "0 < 1", "cone 1", ""),
    ("", "0 <= -1", "cone 0", "cone: the factor 0 is not positive"),
    ("", "0 < r", "cone 1", "cone: b - a exceeds the sum by"),
    ("r <= s; s <= t", "r <= t", "cone h1 + h2", ""),
    ("r <= s; s <= t", "r < t", "cone h1 + h2", "for a strict inequality of reals a product > 0 is missing"),
    ("r <= s; s < t", "r < t", "cone h1 + h2", ""),
    ("r < s; s < t", "r + 1 <= t", "cone h1 + h2", "cone: what is to be >= 0 exceeds the sum by -1"),
    ("a < b; b < c", "a + 2 <= c", "cone h1 + h2", ""),
    ("a < b; b < c", "a + 3 <= c", "cone h1 + h2", "cone: what is to be >= 0 exceeds the sum by -1"),
    ("a < b", "a < b", "cone h1", ""),
    ("a <= b", "a < b + 1", "cone h1", ""),
    ("a <= b", "a < b", "cone h1", "cone: what is to be >= 0 exceeds the sum by -1"),
    ("r < a", "r + 1 <= a", "cone h1", "cone: what is to be >= 0 exceeds the sum by -1"),
    ("a < b", "2*a < 2*b - 1", "cone 2 h1", ""),
    ("a < b", "2*a + 2 < 2*b", "cone 2 h1", "cone: what is to be >= 0 exceeds the sum by -1"),
    ("0 <= r; 0 <= s", "0 <= r*s", "cone h1 h2", ""),
    ("0 < r; 0 < s", "0 < r*s", "cone h1 h2", ""),
    ("0 < r; 0 <= s", "0 < r*s", "cone h1 h2", "for a strict inequality of reals a product > 0 is missing"),
    ("r <= 0; 0 <= s", "0 <= r*s", "cone - h1 h2", "cone: the factor -1 is not positive"),
    ("r <= 0; s <= 0", "0 <= r*s", "cone h1 h2", ""),
    ("0 <= r", "0 <= r*s", "cone h1 (s)", "cone: (s) is the factor of no equation"),
    ("r = 0", "0 <= r*s", "cone h1 (s)", ""),
    ("r = s", "r <= s", "cone - h1", ""),
    ("r = s", "s <= r", "cone h1", ""),
    ("r = s", "r <= s", "cone h1", "cone: what is to be >= 0 exceeds the sum by"),
    ("r = s", "r < s + 1", "cone 1 - h1", ""),
    ("r = s", "r < s", "cone - h1", "for a strict inequality of reals a product > 0 is missing"),
    ("r = 0; 0 < s", "0 < r*s", "cone h1 h2", "for a strict inequality of reals a product > 0 is missing"),
    ("r < 0; 0 <= r", "false", "cone h1 + h2", ""),
    ("r <= 0; 0 <= r", "false", "cone h1 + h2", "cone: that the sum 0 is >= 0 is no contradiction"),
    ("a < 0; 0 <= a", "false", "cone h1 + h2", ""),
    ("a < 1; 0 <= a", "false", "cone h1 + h2", "cone: that the sum 0 is >= 0 is no contradiction"),
    ("0 < a; a < 1", "false", "cone h1 + h2", ""),
    ("0 < r; r < 1", "false", "cone h1 + h2", "cone: that the sum 1 is > 0 is no contradiction"),
    ("2*a = 1; a <= 0", "false", "cone 2 h2 + h1", ""),
    ("0 < r", "false", "cone h1", "cone: the sum is no number but 1*r"),
    ("", "false", "cone", "cone: that the sum 0 is >= 0 is no contradiction"),
    ("", "false", "cone 1", "cone: that the sum 1 is > 0 is no contradiction"),
    ("r = 0", "false", "cone h1 - h1", "cone: that the sum 0 is >= 0 is no contradiction"),
    ("", "0 <= a*a", "cone (p)^2", "p is of sort ring, and only int and real are used here"),
    ("p = q", "0 <= 1", "cone h1 - h1 + 1", "is of sort ring, and only int and real are used here"),
    ("a = b", "0 <= 1", "cone h1 (p) - h1 (p) + 1", "p is of sort ring, and only int and real are used here"),
    ("a != b", "0 <= 1", "cone h1", "is no equation and no inequality"),
    ("a = b", "f[a] <= f[b]", "cone using h1", ""),
    ("a = b", "f[a] < f[b]", "cone using h1", "cone: what is to be >= 0 exceeds the sum by -1"),
    ("", "0 <= 1", "cone 1/0", "a factor divides by 0"),
    ("", "0 <= a", "cone (a) (b)", "a product has two multipliers; write one"),
    ("", "0 <= a^4", "cone (a)^4", "'2' is missing"),
]  # fmt: skip


SORTS = "a, b, c, k, n, m : int, r, s, t : real, p, q : ring, x : int -> ring, f : int -> int"
(NOTHING,) = read_statements(
    f'theorem T "m"\n  given {SORTS}, h : real -> real, z : ring -> ring\n  claim 1 = 1\n'
)


def verdict(known: str, claim: str, steps: str) -> tuple[str, str]:
    """What the kernel says of these steps, where the claim stands inside a proof."""
    facts = [fact for fact in known.split("; ") if fact]
    wanted = " implies ".join(f"({part})" for part in (*facts, claim))
    supposed = f"suppose {', '.join(f'h{k + 1}' for k in range(len(facts)))}" if facts else ""
    proof = f"take {', '.join(NOTHING.scope)} have g : {wanted} {{ {supposed} {steps} }} compute"
    (found,) = replay([NOTHING], f"symcnn certificates 1\nprove T\n proof {{ {proof} }}\n")
    return found.status, found.reason


@pytest.mark.parametrize(("known", "claim", "steps", "reason"), RING + CONE)
def test_what_follows(known: str, claim: str, steps: str, reason: str) -> None:
    status, why = verdict(known, claim, steps)
    if not reason:
        assert (status, why) == (PROVED, "")
    else:
        assert status != PROVED
        assert reason in why


@pytest.mark.parametrize(("known", "claim", "steps", "reason"), RING + CONE)
def test_what_is_accepted_holds_for_small_numbers(known: str, claim: str, steps: str, reason: str) -> None:
    if reason:
        return
    names = [name for name, sort in SCOPE.items() if isinstance(sort, str)]
    facts = [formula(fact) for fact in known.split("; ") if fact]
    chance = random.Random(0)
    for _ in range(150):
        values = {name: Fraction(chance.randrange(-2, 3)) for name in names}
        tables: dict[str, Callable[..., Fraction]] = dict.fromkeys("xfhz", lambda i: i * i - i)
        here = Evaluator(values, tables)
        try:
            if all(here.holds(fact) for fact in facts):
                assert here.holds(formula(claim)), values
        except Rejected:
            continue


def test_a_product_is_checked_where_it_is_used() -> None:
    canonical = Canonical(SCOPE)
    goal = Compare("<=", number(0), Variable("r"))
    for factor in (Fraction(0), Fraction(-1)):
        with pytest.raises(Rejected, match="is not positive"):
            cone(goal, [Product(factor, (goal,))], canonical)
    cone(goal, [Product(Fraction(1), (goal,))], canonical)
    same = Compare("=", Variable("p"), Variable("q"))
    with pytest.raises(Rejected, match="is no element of a ring"):
        ring(same, [Product(Fraction(1, 2), (same,))], canonical)


# -- canonical forms ---------------------------------------------------------------------------------------

NAMES = ["a", "b", "c"]


def formulas(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Formula]:
    compare = st.builds(Compare, st.sampled_from(["=", "<=", "<"]), terms, terms)
    return st.one_of(compare, st.builds(Not, compare))


def larger(inside: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pair = st.tuples(inside, inside)
    guard = st.one_of(st.none(), formulas(inside))
    end = st.integers(-1, 3).map(number)
    return st.one_of(
        st.builds(Plus, pair),
        st.builds(Times, pair),
        st.builds(Power, inside, st.integers(0, 2)),
        st.builds(Floor, inside, st.integers(1, 3).map(number)),
        st.builds(Quotient, inside, st.sampled_from([1, 2, -3]).map(number)).map(
            lambda q: Floor(q.top, number(2))
        ),
        st.builds(If, formulas(inside), inside, inside),
        st.builds(lambda i: Call("f", (i,)), inside),
        st.builds(Sum, st.sampled_from(NAMES), end, end, guard, inside),
        st.builds(
            lambda i, high, body: Max(i, number(-1), high, None, body), st.sampled_from(NAMES), end, inside
        ),
    )


LEAVES: st.SearchStrategy[Term] = st.one_of(
    st.integers(-2, 2).map(number), st.sampled_from([Variable(n) for n in NAMES])
)
TERMS = st.recursive(LEAVES, larger, max_leaves=7)
POINTS = [dict(zip(NAMES, map(Fraction, point), strict=True)) for point in product((-2, 0, 1, 3), repeat=3)][
    ::5
]
TABLE: dict[str, Callable[..., Fraction]] = {"f": lambda i: (i * 7 + 3) % 5 - 1}


def values(term: Term) -> list[Fraction | None]:
    out: list[Fraction | None] = []
    for point in POINTS:
        try:
            out.append(Fraction(Evaluator(point, TABLE).value(term)))
        except Rejected:
            out.append(None)
    return out


@given(st.lists(TERMS, min_size=2, max_size=30))
def test_equal_forms_have_equal_values(terms: list[Term]) -> None:
    canonical = Canonical(SCOPE)
    seen: dict[Any, list[Fraction | None]] = {}
    for term in terms:
        form = frozenset(canonical.term(term).items())
        assert all(
            x == y
            for x, y in zip(seen.setdefault(form, values(term)), values(term), strict=True)
            if None not in (x, y)
        )


@given(TERMS, TERMS, TERMS)
def test_laws_of_rings_keep_the_form(a: Term, b: Term, c: Term) -> None:
    canonical = Canonical(SCOPE)
    assert canonical.term(Plus((a, b))) == canonical.term(Plus((b, a)))
    assert canonical.term(Times((a, Plus((b, c))))) == canonical.term(Plus((Times((b, a)), Times((a, c)))))
    assert canonical.term(Power(a, 2)) == canonical.term(Times((a, a)))
    assert canonical.difference(a, a) == {}
    assert values(Times((a, Plus((b, c))))) == values(Plus((Times((b, a)), Times((a, c)))))


def renamed(node: Any, taken: set[str]) -> Any:
    """The same term or formula with other names for all that it binds."""
    if isinstance(node, Sum | Max):
        new = fresh(node.index, taken | {node.index})
        inner = {node.index: Variable(new)}
        guard = None if node.guard is None else as_formula(substitute(node.guard, inner))
        body = renamed(as_term(substitute(node.body, inner)), taken | {new})
        return type(node)(new, node.low, node.high, guard, body)
    if isinstance(node, ForAll | Exists):
        new = fresh(node.name, taken | {node.name})
        inner = as_formula(substitute(node.body, {node.name: Variable(new)}))
        return type(node)(new, node.sort, renamed(inner, taken | {new}))
    return node


@given(st.sampled_from(NAMES), st.one_of(st.none(), formulas(TERMS)), TERMS)
def test_names_of_indices_do_not_matter(index: str, guard: Formula | None, body: Term) -> None:
    total = Sum(index, number(0), Variable("a"), guard, body)
    other = renamed(total, set(NAMES))
    assert other.index not in NAMES
    assert Canonical(SCOPE).term(total) == Canonical(SCOPE).term(other)
    assert values(total) == values(other)


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), formulas(TERMS))
def test_names_of_quantifiers_do_not_matter(names: list[str], inside: Formula) -> None:
    found: Formula = inside
    for name in names:
        found = ForAll(name, "int", found)
    canonical = Canonical(SCOPE)
    assert canonical.formula(found) == canonical.formula(renamed(found, set(NAMES)))
    assert canonical.formula(found) != canonical.formula(Not(found))


@given(TERMS, st.sampled_from(NAMES), TERMS, TERMS)
def test_a_rewrite_keeps_the_value_where_its_equation_holds(
    whole: Term, name: str, right: Term, other: Term
) -> None:
    equation = Compare("=", Variable(name), right)
    canonical = Canonical(SCOPE, rewrites=[equation])
    if canonical.term(whole) == canonical.term(other):
        for point, x, y in zip(POINTS, values(whole), values(other), strict=True):
            try:
                holds = Evaluator(point, TABLE).holds(equation)
            except Rejected:
                continue
            assert not holds or None in (x, y) or x == y


DIFFERENT = [
    ("for all k : int : k < n", "for all k : real : k < n"),
    ("for all k : int : k < n", "exists k : int : k < n"),
    ("for all k : int : k < n", "for all n : int : n < n"),
    ("for all k, m : int : k < m", "for all k, m : int : m < k"),
    ("for all v, w : int -> int : v[0] < w[1]", "for all w, v : int -> int : v[0] < w[1]"),
    ("a < b", "a <= b"),
    ("a < b", "a + 1 <= b"),
    ("a < b", "b < a"),
    ("a = b", "a != b"),
    ("a = b", "p + a = p + b"),
    ("a = b", "p - p + a = b"),
    ("p - p + a = b", "a = b or false"),
    ("a = b implies b = c", "b = c implies a = b"),
    ("a = b iff b = c", "a = b implies b = c"),
    ("a = b and b = c", "a = b or b = c"),
    ("x[if a = b then 0 else 1] = p", "x[if p + a = p + b then 0 else 1] = p"),
    ("sum(i in 0..n) i = 0", "max(i in 0..n) i = 0"),
    ("sum(i in 0..n | i < m) i = 0", "sum(i in 0..n | i <= m) i = 0"),
    ("sum(i in 0..n) sum(j in 0..n) (i - 2*j) = 0", "sum(i in 0..n) sum(j in 0..n) (j - 2*i) = 0"),
    ("f[n] = 0", "h[n] = 0"),
    ("f[n] = 0", "n = 0"),
    ("a//b = 0", "a/b = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_formulas_that_say_different_things_have_different_forms(one: str, other: str) -> None:
    canonical = Canonical(SCOPE)
    assert canonical.formula(formula(one)) != canonical.formula(formula(other))
    assert canonical.formula(formula(one)) == canonical.formula(formula(one))


ALIKE = [
    ("for all k : int : k < n", "for all m : int : m < n"),
    ("a < b", "0 < b - a"),
    ("a = b", "b - a = 0"),
    ("a = b", "b = a"),
    ("sum(i in 0..n) x[i + 1] = p", "p = sum(k in 0..n) x[1 + k]"),
    ("for all v : int -> ring : v[n] = p", "for all w : int -> ring : w[n] = p"),
    ("sum(n in 0..n) n = 0", "sum(k in 0..n) k = 0"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_formulas_that_say_the_same_have_one_form(one: str, other: str) -> None:
    canonical = Canonical(SCOPE)
    assert canonical.formula(formula(one)) == canonical.formula(formula(other))


# -- limits ------------------------------------------------------------------------------------------------

SHORT = "((" + "".join(f"{name} + " for name in "abckn") + "m)^20)"
LIMITS = {
    "many terms": f"have g : {SHORT}^3 = 0 {{ ring }} compute",
    "long numbers": "have g : (((((2^64)^64)^64)*a)^64)^64 = 0 { ring } compute",
    "squares": "have g : 0 <= a { cone ((a + b + c + k + n + m + 1)^16)^2 } compute",
    "products of facts": "have g : a <= (b + c + k + n + m)^12 implies 0 <= a { suppose h cone h h h h h h"
    " h h }"
    " compute",
    "facts that double": "have g : for all i : int : i + i + i + i = 0 implies i = 0 { ring }",
    "a long power": "have g : (3^64)^64 = 0 { compute } compute",
}  # fmt: skip


@pytest.mark.parametrize("steps", LIMITS.values(), ids=LIMITS)
def test_too_much_work_is_rejected(steps: str) -> None:
    start = time.process_time()
    proof = f"take {', '.join(NOTHING.scope)} {steps}"
    (found,) = replay([NOTHING], f"symcnn certificates 1\nprove T\n proof {{ {proof} }}\n")
    assert found.status == REJECTED
    assert len(found.reason) < 1000
    assert time.process_time() - start < 12


def test_facts_that_double_with_each_use_are_rejected() -> None:
    (twice,) = read_statements(
        'theorem T "m"\n claim (for all v : int -> int : v[1] = v[1 + v[0]]) implies 1 = 1\n'
    )
    steps = "suppose h "
    for k in range(9):
        steps += f"let s{k}(i) = {f's{k - 1}(i) + s{k - 1}(i)' if k else 'i + i'} "
    steps += "use g : h(fun(i) s8(s8(i))) compute"
    start = time.process_time()
    (found,) = replay([twice], f"symcnn certificates 1\nprove T\n proof {{ {steps} }}\n")
    assert found.status != PROVED
    assert time.process_time() - start < 3
