"""The language of statements: what is read and refused, what forms unfold to, and what terms are worth."""

import ast
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.reading import Reader, decoded
from symcnn.kernel.sorts import check, sort_of
from symcnn.kernel.statements import Statement, read_file, read_statements
from symcnn.kernel.substitution import substitute
from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    Implies,
    Max,
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Unreadable,
    Variable,
    free,
    number,
    same,
)
from symcnn.kernel.writing import write

ROOT = Path(__file__).parent.parent
KERNEL = ROOT / "symcnn" / "kernel"
SCOPE: dict[str, Any] = {
    **dict.fromkeys("abcnijk", "int"), "r": "real", "q": "ring",
    "x": Function(("int",), "ring"), "f": Function(("int",), "int"),
}  # fmt: skip


def term(text: str, scope: Mapping[str, Any] = SCOPE) -> Term:
    reader = Reader(text, scope)
    out = reader.term()
    reader.end()
    return out


def formula(text: str, scope: Mapping[str, Any] = SCOPE) -> Formula:
    reader = Reader(text, scope)
    out = reader.formula()
    reader.end()
    return out


def statement(*lines: str) -> Statement:
    (out,) = read_statements('theorem T "meaning"\n' + "".join(f"  {line}\n" for line in lines))
    return out


A, B, C = Variable("a"), Variable("b"), Variable("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b - c", Plus((A, B, Times((number(-1), C))))),
        ("-a*b", Times((number(-1), A, B))),
        ("-a + b", Plus((Times((number(-1), A)), B))),
        ("-2^2", Times((number(-1), Power(number(2), 2)))),
        ("(-2)^2", Power(number(-2), 2)),
        ("a/b*c", Times((Quotient(A, B), C))),
        ("a//b//c", Floor(Floor(A, B), C)),
        ("a*b//c", Floor(Times((A, B)), C)),
        ("a//b*c", Times((Floor(A, B), C))),
        ("-(a//b)", Times((number(-1), Floor(A, B)))),
        ("(-a)//b", Floor(Times((number(-1), A)), B)),
        ("a - b//c", Plus((A, Times((number(-1), Floor(B, C)))))),
        ("2^3", Power(number(2), 3)),
        ("6.15e2", number(615)),
        ("1/2", Number(Fraction(1, 2))),
        ("sum(i in 0..n) a*b + c", Plus((Sum("i", number(0), Variable("n"), None, Times((A, B))), C))),
        ("max(a, b)", If(Compare("<=", B, A), A, B)),
        ("min(a, b)", If(Compare("<=", A, B), A, B)),
        ("abs(a)", If(Compare("<=", number(0), A), A, Times((number(-1), A)))),
        ("f(a)", Call("f", (A,))),
    ],
)
def test_terms(text: str, expected: Term) -> None:
    assert term(text) == expected


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("a = b or a < c and not c < b", "(a = b) or ((a < c) and (not (c < b)))"),
        ("a = b implies b = c implies a = c", "a = b implies (b = c implies a = c)"),
        ("a = b iff b = c implies a = c", "a = b iff (b = c implies a = c)"),
        ("a = b iff b = c iff a = c", "(a = b iff b = c) iff a = c"),
        ("a <= b < c", "a <= b and b < c"),
        ("a >= b != c", "b <= a and not b = c"),
        ("(if a < b then a else b) = a", "((if a < b then a else b) = a)"),
        ("for all m, l : int >= a : m < l", "for all m : int : (a <= m implies (for all l : int : a <= l implies m < l))"),  # noqa: E501
        ("exists m : int > a : m < b", "exists m : int : a < m and m < b"),
        ("for all m : int : m = a and m = b", "for all m : int : (m = a and m = b)"),
    ],
)  # fmt: skip
def test_formulas(text: str, brackets: str) -> None:
    assert same(formula(text), formula(brackets))


REFUSED = [
    ("-a//b", "line 1, column 3: write -(a//b) or (-a)//b; -a//b can mean either"),
    ("a +", "line 1, column 4: a name is missing at the end"),
    ("a ^ b", "line 1, column 5: an exponent from 0 to 64 is missing before 'b'"),
    ("a^2^2", "line 1, column 4: powers do not chain; use brackets before '^'"),
    ("a^65", "line 1, column 3: an exponent from 0 to 64 is missing before '65'"),
    ("sum", "line 1, column 1: 'sum' is a word of the language and cannot be a name here"),
    ("a b", "line 1, column 3: nothing more is expected before 'b'"),
    ("A", "line 1, column 1: A is not declared; did you mean a?"),
    ("x", "line 1, column 1: x is a function; write x[...]"),
    ("x[a, b]", "line 1, column 1: x takes 1 arguments, not 2"),
    ("a[b]", "line 1, column 1: a is no function"),
    ("a\n + $", "line 2, column 4: '$' has no meaning here"),
    ("٣", "line 1, column 1: '٣' has no meaning here"),
    ("sum(i in 0..n, i in 0..n) 1", "line 1, column 18: i is bound twice before 'in'"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused_terms(text: str, message: str) -> None:
    with pytest.raises(Unreadable, match=f"^{re.escape(message)}$"):
        term(text)


FORMS = [
    (["given n, m : int >= 1", "given k : int", "claim n*k is proportional to k in n, m"],
     "for all n' : int : for all m' : int : 1 <= n' implies (1 <= m' implies (n*k)*k = (n'*k)*k)"),
    (["given n, k : int", "claim k is independent of n"], "for all n' : int : k = k"),
    (["given n, n' : int", "claim n is independent of n"], "for all n'' : int : n = n''"),
    (["given n : int >= 1", "claim n + 1 is asymptotic to n as n grow"],
     "for all eps : real : 0 < eps implies (exists T : int : for all n' : int : 1 <= n' implies (T <= n' implies"  # noqa: E501
     " n' + 1 <= n' + eps*n' and n' <= (n' + 1) + eps*n'))"),
    (["given n : int >= 1", "claim n is bounded in n"],
     "exists C : real : for all n' : int : 1 <= n' implies n' <= C"),
    (["given n : int >= 1", "claim n is unbounded in n"],
     "for all C : real : exists n' : int : 1 <= n' and C < n'"),
    (["given n : int >= 1", "claim n is largest exactly where n = 3 for n"],
     "n = 3 iff (for all n' : int : 1 <= n' implies n' <= n)"),
    (["given n : int >= 1", "claim n has no largest value in n"], "exists n' : int : 1 <= n' and n < n'"),
    (["given n : int >= 1", "claim n has a largest value in n"],
     "exists n' : int : 1 <= n' and (for all n'' : int : 1 <= n'' implies n'' <= n')"),
    (["given n : int", "claim n rounds to 6.15e6"], "6145000 <= n and n < 6155000"),
    (["given x : int -> ring", "given a : int", "claim x[a] does not depend on x[a + 1]"],
     "for all x' : int -> ring : (for all k_1 : int : k_1 != a + 1 implies x'[k_1] = x[k_1]) implies x[a] = x'[a]"),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("lines", "unfolded"), FORMS)
def test_forms_unfold(lines: list[str], unfolded: str) -> None:
    found = statement(*lines)
    assert same(found.claim, formula(unfolded, found.scope)), write(found.claim)


@pytest.mark.parametrize("word", ["proof", "refutation"])
def test_an_outline_is_kept_as_it_is_and_says_nothing(word: str) -> None:
    lines = ["given n : int", "claim n = 1", f"{word}   claim n = 2  # {{", "  let n = 3", "  or n = n"]
    found = statement(*lines)
    assert write(found.claim) == "n = 1"
    assert found.outline == "\n".join([lines[2], *(f"  {line}" for line in lines[3:])])
    assert found.written.endswith(found.outline)
    assert (found.abbreviations, found.assumptions) == ({}, ())


def test_what_is_defined_from_a_tensor_varies_with_it_and_nothing_else_does() -> None:
    found = statement(
        "given x, h, g : int -> ring", "given z, y : int -> ring",
        "recursive z(0) = 0", "          z(t + 1) = z(t) + g[t]",
        "recursive y(0) = h[0]", "          y(t + 1) = z(t)*y(t) + x[t]",
        "assume for all i : int : x[i] = g[i]",
        "claim h[0] does not depend on x[3]",
    )  # fmt: skip
    assert free(found.claim) <= set(found.scope)
    assert write(found.claim).startswith("for all x' : int -> ring : for all y' : int -> ring :")
    assert "z'" not in write(found.claim)


BAD = [
    (["given n : int", "given n : int", "claim n = n"], "line 3, column 9: n is declared twice"),
    (["given n, n : int", "claim n = n"], "line 2, column 9: n is declared twice"),
    (["given n : int", "let n = 1", "claim n = n"], "line 3, column 7: n is declared twice"),
    (["given sum : int", "claim 1 = 1"], "line 2, column 9: 'sum' is a word of the language and cannot be a name here"),  # noqa: E501
    (["given n : int", "claim n = 1", "assume n = 1"], "line 4, column 3: nothing may follow the claim"),
    (["given n : int", "claim n = 1", "claim n = 1"], "line 4, column 3: nothing may follow the claim"),
    (["given n : int"], "line 1, column 1: T has no claim"),
    (["given n : int", "proof", "claim n = n"], "line 3, column 3: proof stands behind the claim"),
    (["refutation n", "claim 1 = 1"], "line 2, column 3: refutation stands behind the claim"),
    (["given q : ring >= 1", "claim q = q"], "line 2, column 3: in given: <= needs an order; elements of a ring have none"),  # noqa: E501
    (["given n : int", "claim for all m : int >= m : m = m"], "m is not declared"),
    (["given n : int", "claim for all n : int >= n : n = n"], "line 3, column 17: the limit of n must not read n"),  # noqa: E501
    (["let s = 1", "claim sum(s in 0..3) s = 3"], "s is an abbreviation and cannot be bound; use another name"),  # noqa: E501
    # an abbreviation under a binder that hides what it reads
    (["given i : int", "let s = i + 1", "claim sum(i in 0..3) s = 3"], "s reads i, which is bound to something else here"),  # noqa: E501
    (["given i : int", "let s = i + 1", "let g(i) = s", "claim g(3) = 3"], "s reads i, which is bound to something else"),  # noqa: E501
    (["given i : int", "let s = i + 1", "claim for all i : int : s = 3"], "s reads i, which is bound to something else"),  # noqa: E501
    # definitions that would not be conservative
    (["given y : int -> int", "recursive y(0) = y(1)", "          y(t + 1) = 0", "claim 1 = 1"], "the start of y must not read y"),  # noqa: E501
    (["given y : int -> int", "recursive y(0) = 0", "          y(t + 1) = y(t + 1) + 1", "claim 1 = 1"], "the step may read y at t alone"),  # noqa: E501
    (["given y : int -> int", "recursive y(0) = 0", "          y(t + 1) = sum(t in 0..5) y(t) + 1", "claim 1 = 1"], "the step may read y at t alone"),  # noqa: E501
    (["given y : int -> int", "let g(k) = sum(t in 0..k) y(t)", "recursive y(0) = 0", "          y(t + 1) = g(5) + 1", "claim 1 = 1"], "y is used before its definition"),  # noqa: E501
    (["given y : int -> int", "assume y(0) = 1", "recursive y(0) = 0", "          y(t + 1) = 0", "claim 1 = 1"], "y is used before its definition"),  # noqa: E501
    (["given y : int -> int", "given r : real", "recursive y(0) = r", "          y(t + 1) = 0", "claim 1 = 1"], "the value of y must be of sort int"),  # noqa: E501
    (["given y : int, int -> int", "given m : int", "recursive y(0, m) = 0", "          y(t + 1, m) = 1", "claim 1 = 1"], "m is declared already; an argument needs a name of its own"),  # noqa: E501
    (["given y : int, int, int -> int", "recursive y(0, m, m) = 0", "          y(t + 1, m, n) = 1", "claim 1 = 1"], "m is declared already"),  # noqa: E501
    (["given y : int -> int", "recursive y(0) = 0", "claim 1 = 1"], "a recursive definition has two lines"),
    (["recursive y(0) = 0", "          y(t + 1) = 0", "claim 1 = 1"], "declare y first"),
    # claims that would be true for the wrong reason
    (["given F, P : int", "assume 2*P = F - 1", "claim F^2 is proportional to F in F"], "an assumption is an equation of F and P; name all of them, or none"),  # noqa: E501
    (["given F, P : int", "assume 2*P = F - 1", "claim F is independent of F"], "an assumption is an equation of F and P"),  # noqa: E501
    (["given N : int", "given y : int -> int", "recursive y(0) = N", "          y(t + 1) = y(t)", "claim y(3) is independent of N"], "the definition of y reads N"),  # noqa: E501
    (["given x : int -> ring", "given s : ring", "assume s = x[0]", "claim s does not depend on x[0]"], "an assumption speaks of s and of x; define s with let or recursive"),  # noqa: E501
    (["given x, y : int -> ring", "assume for all i : int : y[i] = x[i]", "claim y[0] does not depend on x[0]"], "an assumption speaks of y and of x"),  # noqa: E501
    (["given x : int -> int", "claim x[0] does not depend on x[x[0]]"], "the place of the entry must not depend on x"),  # noqa: E501
    (["given n : int", "claim n is independent of n, n"], "n is named twice"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "message"), BAD)
def test_refused_statements(lines: list[str], message: str) -> None:
    with pytest.raises(Unreadable, match=r"^line \d+, column \d+: ") as error:
        statement(*lines)
    assert message in str(error.value)


# -- writing, substitution, values -------------------------------------------------------------------------

NAMES = st.sampled_from("abc")
NUMBERS = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=3)).map(number)


def _quotient(pair: tuple[Term, Term]) -> Term:
    top, bottom = pair
    # The reader computes quotients of numbers.
    return (
        Plus((top, bottom))
        if isinstance(top, Number) and isinstance(bottom, Number)
        else Quotient(top, bottom)
    )


def _terms(inner: tuple[Any, Any]) -> st.SearchStrategy[Any]:
    terms, formulas = inner
    several = st.lists(terms, min_size=2, max_size=3).map(tuple)
    guards = st.one_of(st.none(), formulas)
    ranges = NAMES, st.integers(-1, 1).map(number), terms, guards, terms
    return st.one_of(
        several.map(Plus), several.map(Times), st.builds(Power, terms, st.integers(0, 3)),
        st.tuples(terms, terms).map(_quotient), st.builds(Floor, terms, terms),
        st.builds(lambda t: Call("f", (t,)), terms), st.builds(If, formulas, terms, terms),
        st.builds(Sum, *ranges), st.builds(Max, *ranges),
    )  # fmt: skip


def _formulas(terms: Any, formulas: Any, quantified: bool) -> st.SearchStrategy[Any]:
    several = st.lists(formulas, min_size=2, max_size=3).map(tuple)
    made = [
        st.builds(Compare, st.sampled_from(["=", "<=", "<"]), terms, terms), several.map(And), several.map(Or),  # noqa: E501
        st.builds(Not, formulas), st.builds(Implies, formulas, formulas), st.builds(Iff, formulas, formulas),
    ]  # fmt: skip
    if quantified:
        sorts = st.sampled_from(["int", "real"])
        made += [st.builds(ForAll, NAMES, sorts, formulas), st.builds(Exists, NAMES, sorts, formulas)]
    return st.one_of(made)


def nodes(quantified: bool) -> tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]:
    terms: st.SearchStrategy[Any] = st.one_of(NUMBERS, NAMES.map(Variable))
    formulas: st.SearchStrategy[Any] = st.one_of(
        st.just(And(())), st.just(Or(())), st.builds(Compare, st.sampled_from(["=", "<="]), terms, terms)
    )
    for _ in range(3):
        terms, formulas = (
            st.one_of(terms, _terms((terms, formulas))),
            st.one_of(formulas, _formulas(terms, formulas, quantified)),
        )
    return terms, formulas


TERMS, FORMULAS = nodes(quantified=True)
VALUED, DECIDED = nodes(quantified=False)


@given(TERMS)
def test_terms_are_read_as_they_are_written(node: Term) -> None:
    assert same(term(write(node)), node), write(node)


@given(FORMULAS)
def test_formulas_are_read_as_they_are_written(node: Formula) -> None:
    assert same(formula(write(node)), node), write(node)


POINTS = st.fixed_dictionaries({name: st.integers(-3, 3).map(Fraction) for name in "abc"})


def value(node: Term, point: Mapping[str, Fraction]) -> Fraction | str:
    try:
        return Fraction(Evaluator(point, {"f": lambda t: 2 * t - 1}).value(node))
    except Rejected:
        return "no value"


@given(VALUED, st.sampled_from("abc"), VALUED, POINTS)
def test_a_substituted_term_has_the_value_of_the_term_at_the_value(
    node: Term, name: str, put: Term, point: dict[str, Fraction]
) -> None:
    there = value(put, point)
    if isinstance(there, Fraction):
        assert value(substitute(node, {name: put}), point) == value(node, {**point, name: there})  # type: ignore[arg-type]


@given(TERMS, st.sampled_from("abc"))
def test_substitution_leaves_no_trace_of_the_name_and_brings_what_it_puts(node: Term, name: str) -> None:
    out = substitute(node, {name: Variable("z")})
    assert free(out) == (free(node) - {name} | {"z"} if name in free(node) else free(node))
    assert same(substitute(out, {"z": Variable(name)}), node)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("sum(i in 0..n) i", "sum(j in 0..n) j", True),
        ("sum(i in 0..n) i", "sum(j in 0..n) i", False),
        ("sum(i in 0..i) i", "sum(j in 0..i) j", True),
        ("sum(i in 0..i) i", "sum(j in 0..j) j", False),
        ("sum(i in 0..n | i < 2) i", "sum(i in 0..n) i", False),
        ("sum(i in 0..n, j in 0..n) i*j", "sum(j in 0..n, i in 0..n) j*i", True),
        ("sum(i in 0..n, j in 0..n) i*j", "sum(j in 0..n, i in 0..n) i*j", False),
        ("sum(i in 0..n) i", "max(i in 0..n) i", False),
        ("a + b", "b + a", False),
    ],
)
def test_same(a: str, b: str, expected: bool) -> None:
    assert same(term(a), term(b)) is expected


def test_substitution_does_not_capture() -> None:
    out = substitute(term("sum(i in 0..n) (i + a)"), {"a": term("i"), "i": term("b")})
    assert same(out, term("sum(k in 0..n) (k + i)"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(i in 0..5) i^2", sum(i**2 for i in range(5))),
        ("sum(i in 0..9 | i//2*2 = i) i", 20),
        ("sum(i in 0..4, j in i..4 | i < j) i*j", sum(i * j for i in range(4) for j in range(4) if i < j)),
        ("sum(i in 0..0) 1", 0),
        ("sum(i in 5..2) 1", 0),
        ("max(i in 0..4) (i - 2)^2", 4),
        ("(-7)//2", -4),
        ("-(7//2)", -3),
        ("7/2*2", 7),
        ("min(3, 2, 5) + max(3, 2, 5)", 7),
        ("abs(-3)", 3),
        ("if 0 != 0 and 1/0 = 1 then 1 else 2", 2),
        ("sum(i in 0..3) sum(i in 0..i) i + 1", 2),
    ],
)
def test_values(text: str, expected: int) -> None:
    assert Evaluator({}).value(term(text)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/(2 - 2)", "evaluate: a quotient divides by 0"),
        ("0*(1/(2 - 2))", "evaluate: a quotient divides by 0"),
        ("7//0", "evaluate: 7 // 0 needs whole numbers and a divisor of at least 1"),
        ("7//(-2)", "evaluate: 7 // -2 needs whole numbers and a divisor of at least 1"),
        ("max(i in 2..2) i", "evaluate: a maximum of nothing has no value"),
        ("max(i in 0..4 | i < 0) i", "evaluate: a maximum of nothing has no value"),
        ("a", "evaluate: no value is given for a"),
        ("f[1]", "evaluate: no values are given for f"),
        ("sum(i in 0..9999999) i", "evaluate: more than 2000000 steps"),
        ("sum(i in 1..999999) 1/i", "evaluate: more than 2000000 steps"),
        ("((99^64)^64)^64", "evaluate: a power has more than 14000 bits"),
    ],
)
def test_no_value(text: str, message: str) -> None:
    with pytest.raises(Rejected, match=f"^{re.escape(message)}$"):
        Evaluator({}).value(term(text))


@pytest.mark.parametrize("bad", [0.5, True, "1", None])
def test_only_exact_numbers_are_values(bad: Any) -> None:
    with pytest.raises(Rejected, match="which is no int and no Fraction"):
        Evaluator({"a": bad})
    with pytest.raises(Rejected, match="which is no int and no Fraction"):
        Evaluator({}, {"f": lambda _: bad}).value(term("f[1]"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[1] < 2", "< needs an order; elements of a ring have none"),
        ("q + r = 0", "a real and a ring cannot be combined"),
        ("q/2 = 0", "/ needs int or real"),
        ("r//2 = 0", "// needs int"),
        ("x[r] = 0", "an argument of x must be of sort int"),
        ("sum(i in 0..r) 1 = 0", "a range needs int"),
        ("max(i in 0..3) x[i] = 0", "a maximum needs an order; elements of a ring have none"),
    ],
)
def test_sorts(text: str, message: str) -> None:
    with pytest.raises(Unreadable, match=f"^{re.escape(message)}$"):
        check(formula(text), SCOPE)


def test_an_int_may_stand_for_a_real_and_for_an_element_of_a_ring() -> None:
    assert [sort_of(term(t), SCOPE) for t in ("a", "a + r", "2*q", "a/b", "a//b")] == [
        "int",
        "real",
        "ring",
        "real",
        "int",
    ]


# -- limits ------------------------------------------------------------------------------------------------

CLAIM = 'theorem T "m"\n  given a : int\n  claim '
DOUBLING = "".join(f"  let s{k + 1} = s{k}*s{k}\n" for k in range(60))
LIMITS = {
    "long": b"#" * 50_000_000,
    "brackets": (CLAIM + "(" * 90_000 + "a" + ")" * 90_000).encode(),
    "words": (CLAIM + "a + " * 30_000).encode(),
    "not": (CLAIM + "not " * 15_000 + "a = a").encode(),
    "implies": (CLAIM + "a = a implies " * 3_000 + "a = a").encode(),
    "iff": (CLAIM + "a = a iff " * 3_000 + "a = a").encode(),
    "quotients": (CLAIM + "a/" * 9_000 + "a = a").encode(),
    "floors": (CLAIM + "a//" * 9_000 + "a = a").encode(),
    "sums": (CLAIM + "sum(i in 0..a) " * 1_000 + "a = a").encode(),
    "ifs": (CLAIM + "if a = a then a else " * 1_000 + "a = a").encode(),
    "max": (CLAIM + "max(" + "a, " * 60 + "a) = a").encode(),
    "quantifiers": (CLAIM + "for all m : int : " * 1_000 + "a = a").encode(),
    "names": (CLAIM + "for all " + ", ".join(f"m{k}" for k in range(5_000)) + " : int : a = a").encode(),
    "digits": (CLAIM + "1" * 190_000 + " = a").encode(),
    "exponent": (CLAIM + "1e999999999 = a").encode(),
    "power": (CLAIM + "a^999999999 = a").encode(),
    "abbreviations": f'theorem T "m"\n  let s0 = 1\n{DOUBLING}  claim s60 = s60\n'.encode(),
    "name": (CLAIM + "a" * 1_000 + " = a").encode(),
    "not UTF-8": CLAIM.encode() + b"\xff\xfe",
    "binary": bytes(range(256)) * 100,
    "nul": (CLAIM + "a = a \0").encode(),
    "reordered": (CLAIM + "a = a # \u202e").encode(),
    "empty": b"",
    "theorems": b'theorem T "m"\n' * 3_000,
}  # fmt: skip


@pytest.mark.parametrize("data", LIMITS.values(), ids=LIMITS)
def test_limits(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(Unreadable, match=r"^line \d+, column \d+: ") as error:
        read_statements(decoded(data))
    assert len(str(error.value)) < 250
    assert time.process_time() - start < 3


def test_bytes_that_are_no_text_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "a.claim"
    path.write_bytes(b"# one\n#  \xe4")
    with pytest.raises(Unreadable, match=r"^line 2, column 4: byte 0xe4 is not UTF-8$"):
        read_file(path)


# -- what the kernel is made of ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(KERNEL.glob("*.py")), ids=lambda path: path.name)
def test_the_kernel_has_no_asserts_and_no_floats(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.Assert)
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id == "float")


def test_the_kernel_needs_nothing_but_the_standard_library() -> None:
    modules = ", ".join(f"symcnn.kernel.{path.stem}" for path in KERNEL.glob("*.py") if path.stem[0] != "_")
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {modules}\n"
        "roots = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "own = {n for n in sys.modules if n.startswith('symcnn.') and not n.startswith('symcnn.kernel')}\n"
        "print(sorted(roots - {'__main__', 'symcnn'}), sorted(own))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[] []"


PAGE = (ROOT / "docs" / "statements.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"^```claim\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
def test_the_examples_of_the_page_are_statements(block: str) -> None:
    assert read_statements(block)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "proofs" / "claims").glob("*.claim")), ids=lambda path: path.name
)
def test_claims_are_statements_and_are_read_as_they_are_written(path: Path) -> None:
    for found in read_file(path):
        check(found.closed(), {})
        assert not free(found.closed())
        assert same(formula(write(found.claim), found.scope), found.claim)
