"""Cases that tell the kernel from its mutants: see ``docs/mutation.md``."""

from __future__ import annotations

import re
from collections.abc import Hashable
from fractions import Fraction
from typing import Any

import pytest

from symcnn.kernel import canonical, goals, steps, substitution
from symcnn.kernel.canonical import Canonical
from symcnn.kernel.certificates import PROVED, REJECTED, UNREADABLE, replay
from symcnn.kernel.definedness import conditions
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.goals import refutation_goal
from symcnn.kernel.laws import LAWS as LAWS_BY_NAME
from symcnn.kernel.laws import archimedes
from symcnn.kernel.logic import Lambda, Sequent, instance, negation, witness
from symcnn.kernel.polynomial import Polynomial, add, constant, multiply, scale, variable
from symcnn.kernel.ranges import renamed, with_index
from symcnn.kernel.reading import Reader
from symcnn.kernel.sorts import check
from symcnn.kernel.steps import Proof
from symcnn.kernel.substitution import (
    Definition,
    formula_with,
    rename_functions,
    substitute,
    with_function,
)
from symcnn.kernel.terms import (
    ZERO,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Function,
    IllSorted,
    Number,
    Plus,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    as_formula,
    as_term,
    free,
    measure,
    same,
)
from symcnn.kernel.writing import write
from tests.test_kernel_laws import breaks, law
from tests.test_kernel_logic import SCOPE as FORMULAS
from tests.test_kernel_logic import Case, formula, statement, verdict

LAWS = [
    # The guard that is left is weaker than the one that is given up.
    ("sum_guard", ("sum(i in a..b | i < c) x[i]", "i < c + 1")),
    # The inner index is another variable in one place of the outer range.
    ("sum_exchange", ("sum(i in j..3) sum(j in 0..2) x[i + j]",)),
    ("sum_exchange", ("sum(i in 0..j) sum(j in 0..2) x[i + j]",)),
    ("sum_exchange", ("sum(i in 0..3 | i < j) sum(j in 0..2) x[i + j]",)),
]


@pytest.mark.parametrize(("name", "texts"), LAWS, ids=str)
def test_where_the_premises_hold_so_does_the_conclusion(name: str, texts: tuple[str, ...]) -> None:
    assert not breaks(law(name, *texts))


# -- proofs that the kernel must accept, and proofs that it must not accept --------------------------------

LONG = "*".join(["(2^64)^64"] * 5)
FOUR = "*".join(["(2^64)^64"] * 4)
SMALL = "*".join(["((1/2)^64)^64"] * 5)
PROOFS = [
    # A product with an equation first and an inequality then is 0 as well.
    Case(
        "a = b implies 0 <= c implies a*c = b*c",
        "take a, b, c suppose e, h ring e h",
        given="a, b, c : int",
    ),
    # No rows at all are rows.
    Case(
        "0 <= m implies 1 <= n implies sum(i in 0..m) sum(j in 0..n) 1 = sum(i in 0..m*n) 1",
        "take m, n suppose m1, n1 law e : sum_flat sum(i in 0..m) sum(j in 0..n) 1"
        " { exactly m1 } { exactly n1 } exactly e",
        given="m, n : int",
    ),
    # A name that was an element of a ring in another block is a whole number here.
    Case(
        "(for all n : ring : n = n) and"
        " (for all n : int, q : ring, x : int -> ring : n + q - q = 0 implies x[n] = x[0])",
        "split { take n ring } { take n, q, x suppose h ring using h }",
        "the left side is no atom that is still to be replaced",
    ),
    Case(f"{LONG} = {LONG}", "ring", "a number has more than "),
    # Neither factor of the last product is too long.
    Case(f"{FOUR} = {FOUR}", "ring", "a number has more than "),
    Case("f[0] + q - q = 0 implies x[f[0]] = x[0]", "take f, q, x suppose h ring using h",
         "the left side is no atom that is still to be replaced",
         "f : int -> int, q : ring, x : int -> ring"),
    # An equation between elements of a ring says nothing about numbers, on whichever side they stand.
    Case("n + q - q = 0 implies n = 0", "take n, q suppose h exactly h", "exactly: the fact is",
         "n : int, q : ring"),
    Case("0 = n + q - q implies n = 0", "take n, q suppose h exactly h", "exactly: the fact is",
         "n : int, q : ring"),
    Case("0//1 = 0 and 0//3 = 0 and (0 - 1)//3 = 0 - 1", "split { ring } { ring } { ring }"),
    Case("0//1 = 1", "ring", "ring: the two sides differ by"),
    # What is divided by -1 or by 1/2 changes.
    Case("1 = 1", "take a have g : a/(0 - 1) = -a { ring } have h : a/(1/2) = 2*a { ring } compute",
         given="a : int"),
    Case("1 = 1", "take a have g : a/(0 - 1) = a { ring } compute", "ring: the two sides differ by",
         "a : int"),
    Case("1 = 1", "take a have g : a/(1/2) = a { ring } compute", "ring: the two sides differ by",
         "a : int"),
    # Between whole places there are real ones: each of 0..4 is twice one of those.
    Case("sum(i in 0..2) i = sum(j in 0..4) j/2",
         "law e : sum_reindex sum(i in 0..2) i, sum(j in 0..4) j/2, 2*i, j/2"
         " { take i suppose r split { split { cone 2 r.1 } { cone 2 r.2 + 1 } } { ring } }"
         " { take j suppose r split { split { cone 1/2 r.1 } { cone 1/2 r.2 + 1/2 } } { ring } { ring } }"
         " exactly e",
         "an argument must be a whole number: j/2"),
    Case("sum(i in 0..4) i/2 = sum(j in 0..2) j",
         "law e : sum_reindex sum(i in 0..4) i/2, sum(j in 0..2) j, i/2, 2*j exactly e",
         "an argument must be a whole number: i/2"),
    Case("1 = 1", "let x = (1/2)//2 ring", "// needs int"),
    Case("exists a, b : int : a + 1 = b", "witness a = 1, b = 2 compute"),
    Case("(exists a : int : a = 1) implies 1 = 1", "suppose h obtain k from h compute",
         "obtain needs a name and, behind it, a name for the fact"),
    Case("1 = 1 and 1 = 1 implies 1 = 1", f"suppose h exactly h.{'1' * 25}",
         "the number of a part is missing"),
    # A rounded quotient is a number, whatever it is added to, and by less than 1 it has no value.
    Case("a//2 + q - q = 0 implies x[a//2] = x[0]", "take a, q, x suppose h ring using h",
         "the left side is no atom that is still to be replaced", "a : int, q : ring, x : int -> ring"),
    Case("1 = 1", "have g : 5//(0 - 2) = 0 - 3 { ring } compute", "ring: the two sides differ by"),
    Case("1 = 1 or 1 = 2", "choose a compute", "a number is missing"),
    Case("1 = 1", "law e : nothing 1 compute", "nothing is no law"),
    Case(f"{LONG} = {LONG}", "compute", "a number has more than "),
    Case(f"{SMALL} = {SMALL}", "ring", "a number has more than "),
    Case("a = a and a = a implies a = a", "take a suppose h exactly h.1e2", "the number of a part is missing",
         "a : int"),
    # Only a divisor that is a number is divided by.
    Case("1 = 1", "have g : for all b : int : 5//(b + 2) = 2 { take b ring } compute",
         "ring: the two sides differ by"),
    Case("1 = 1", "have g : for all b : int : 0//b = 0 { take b ring } compute",
         "ring: the two sides differ by"),
    # With n = -1 and m = 0 this is false, though it holds at 0 and from each n >= 0 for the next.
    Case("for all n : int : 0 <= m implies 0 <= n",
         "take m induct { compute } take n suppose a, b cone b + 1",
         "induct: the goal is not 'for all n : int >= a : ...'", "m : int"),
    # A case of which one side is an element of a ring is one, whichever side it is.
    Case("(if n < 0 then n else q) = 0 implies 2*(if n < 0 then n else q) = 0",
         "take n, q suppose h ring using h", given="n : int, q : ring"),
    Case("(if n < 0 then q else n) = 0 implies 2*(if n < 0 then q else n) = 0",
         "take n, q suppose h ring using h", given="n : int, q : ring"),
    # The facts of a product end where the rewrites begin.
    Case("a <= b implies b = c implies a <= c", "take a, b, c suppose h, e cone h using e",
         given="a, b, c : int"),
]  # fmt: skip


@pytest.mark.parametrize("case", [case for case in PROOFS if not case.reason], ids=str)
def test_accepted(case: Case) -> None:
    assert verdict(case) == (PROVED, "")


@pytest.mark.parametrize("case", [case for case in PROOFS if case.reason], ids=str)
def test_rejected(case: Case) -> None:
    status, reason = verdict(case)
    assert status in (REJECTED, UNREADABLE)
    assert case.reason in reason


# -- names -------------------------------------------------------------------------------------------------

SCOPE: dict[str, Any] = {**dict.fromkeys([*"abcijkmn", "i'", "j'"], "int"), "x": Function(("int",), "int")}


def total(text: str) -> Sum:
    reader = Reader(text, SCOPE)
    out = reader.term()
    reader.end()
    assert isinstance(out, Sum)
    return out


@pytest.mark.parametrize(
    "text", ["sum(i in 0..2) (i + j)", "sum(i in 0..2 | i < j) i", "sum(i in 0..2 | i < j) (i + j)"]
)
def test_an_index_is_no_name_that_stands_inside(text: str) -> None:
    with pytest.raises(Rejected, match=r"^j stands inside a sum or maximum and cannot be its index$"):
        with_index(total(text), "j")


@pytest.mark.parametrize(
    "text",
    [
        "sum(i in 0..2) (i + i')",
        "sum(i in 0..2 | i < i') i",
        "sum(i in i..2) (i + i')",
        "sum(i in i'..i) i",
    ],
)
def test_a_new_index_stands_nowhere_in_the_sum(text: str) -> None:
    found = renamed(total(text), {"i"})
    assert found.index == "i''"
    assert same(found, total(text))


def test_a_function_is_no_value_of_a_variable() -> None:
    goal = Exists("a", "int", Compare("=", Variable("a"), Variable("a")))
    with pytest.raises(Rejected, match=r"^witness: a is no function but of sort int$"):
        witness(Sequent({}, {}, goal), "a", Lambda(("i",), Variable("i")))


def test_nothing_stands_behind_the_proof_of_a_lemma() -> None:
    text = "symcnn certificates 1\nlemma one : 1 = 1\n { compute }"
    assert replay([statement("claim 1 = 1")], text + "\n") == []
    (found,) = replay([statement("claim 1 = 1")], text + " compute\n")
    assert found.status in (REJECTED, UNREADABLE)


def test_a_lemma_without_a_sort_is_rejected() -> None:
    text = "symcnn certificates 1\nlemma less : for all q : ring : q < q\n { compute }\n"
    (found,) = replay([statement("claim 1 = 1")], text)
    assert (found.name, found.status) == ("lemma less", REJECTED)
    assert found.reason == "< needs an order; elements of a ring have none"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ("proof { ring } proof { ring }", "proof"),
        ("proof { ring } defined { ring }", "defined"),
        ("defined { compute } satisfiable { compute } proof { ring }",
         "satisfiable stands too late or twice; the parts are satisfiable, defined, proof, in this order"),
        ("other { ring }", "'other' is no part; the parts are satisfiable, defined, proof, in this order"),
    ],
)  # fmt: skip
def test_parts_stand_in_their_order(parts: str, reason: str) -> None:
    (found,) = replay([statement("claim 1/1 = 1")], f"symcnn certificates 1\nprove T\n {parts}\n")
    assert found.status in (REJECTED, UNREADABLE)
    assert reason in found.reason


def test_a_goal_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MAX_FORMULA", 2)
    assert verdict(Case("1 = 1", "ring")) == (REJECTED, "a goal or fact becomes too large")


@pytest.mark.parametrize("kind", ["sum", "max"])
def test_a_function_that_reads_the_name_of_an_index_is_not_captured(kind: str) -> None:
    before, after = f"{kind}(k in 0..2 | g[k] < b) g[k] = 1", f"{kind}(m in 0..2 | m + k < b) (m + k) = 1"
    reads = Plus((Variable("j"), Variable("k")))
    assert same(as_formula(with_function(formula(before), Definition("g", ("j",), reads))), formula(after))


def test_only_whole_numbers_are_rounded_down() -> None:
    for top, bottom in ((Fraction(1, 2), 1), (1, Fraction(3, 2)), (1, 0), (1, -1)):
        with pytest.raises(Rejected, match=r"needs whole numbers and a divisor of at least 1$"):
            Evaluator({}).value(Floor(Number(top), Number(bottom)))


@pytest.mark.parametrize(("top", "bottom"), [(Fraction(5, 2), 1), (5, Fraction(5, 2)), (5, 0), (5, -2)])
def test_only_whole_numbers_have_a_rounded_quotient_in_canonical_forms(top: Any, bottom: Any) -> None:
    (monomial,) = Canonical({}).term(Floor(Number(top), Number(bottom)))
    assert len(monomial) == 1  # an atom, of which nothing is known


@pytest.mark.parametrize("factor", [Fraction(2**8000), Fraction(1, 2**8000)], ids=["long", "small"])
def test_no_value_is_too_long_to_be_printed(factor: Fraction) -> None:
    evaluator = Evaluator({"a": factor})
    assert evaluator.value(Variable("a")) == factor
    with pytest.raises(Rejected, match=r"^evaluate: a number has more than 14000 bits$"):
        evaluator.value(Times((Variable("a"), Variable("a"))))


def test_a_value_for_one_is_no_proof_for_all() -> None:
    goal = ForAll("a", "int", Compare("=", Variable("a"), ZERO))
    with pytest.raises(Rejected, match=r"^witness: the goal is not 'exists': "):
        witness(Sequent({}, {}, goal), "a", ZERO)


def test_a_case_in_the_reals_speaks_of_no_ring_anywhere() -> None:
    found = statement("given q : ring", "claim (if exists p : ring : p = q then 1 else 0) = 0")
    assert "ring" not in write(refutation_goal(found))


def test_a_function_is_given_with_its_parameters() -> None:
    goal = Exists("h", Function(("int",), "int"), Compare("=", Variable("a"), Variable("a")))
    for value in (Lambda(("i", "j"), Variable("i")), Lambda((), Variable("a")), Variable("a")):
        with pytest.raises(Rejected, match=r"^witness: h is a function, int -> int$"):
            witness(Sequent({"a": "int"}, {}, goal), "h", value)


# -- values ------------------------------------------------------------------------------------------------

TRUTH = [(left, right) for left in (False, True) for right in (False, True)]


@pytest.mark.parametrize(("left", "right"), TRUTH)
def test_connectives_have_the_values_of_their_tables(left: bool, right: bool) -> None:
    words = {
        "and": left and right, "or": left or right, "implies": not left or right, "iff": left is right,
    }  # fmt: skip
    first, second = (f"(1 = {1 if holds else 2})" for holds in (left, right))
    for word, expected in words.items():
        assert Evaluator({}).holds(formula(f"{first} {word} {second}")) is expected
        assert Evaluator({}).holds(formula(f"not ({first} {word} {second})")) is not expected


@pytest.mark.parametrize("text", ["for all i : int : i = i", "exists i : int : i = i"])
def test_what_speaks_of_all_numbers_is_not_computed(text: str) -> None:
    with pytest.raises(Rejected, match=r"^evaluate: a quantifier has no value; give an instance or a proof$"):
        Evaluator({}).holds(formula(text))


def test_an_unknown_relation_is_no_comparison() -> None:
    with pytest.raises(Rejected, match=r"^evaluate: '>' is no relation$"):
        Evaluator({}).holds(Compare(">", ZERO, ZERO))


def test_a_range_is_one_of_whole_numbers() -> None:
    half, whole = Number(Fraction(1, 2)), Number(2)
    for low, high in ((half, whole), (ZERO, half), (half, half)):
        with pytest.raises(Rejected, match=r"^evaluate: the range .* needs whole numbers$"):
            Evaluator({}).value(Sum("i", low, high, None, ZERO))


@pytest.mark.parametrize("values", [{}, {"i": 7}])
def test_an_index_means_nothing_behind_its_sum(values: dict[str, int]) -> None:
    evaluator, reduced = Evaluator(values), Sum("i", ZERO, Number(3), None, Variable("i"))
    assert evaluator.value(reduced) == 3
    assert evaluator.values == values


# -- what a statement comes to -----------------------------------------------------------------------------


@pytest.mark.parametrize("forms", ["is unbounded in n", "is bounded in n"])
def test_a_case_that_is_too_large_is_not_written_out(forms: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = statement("given n : int >= 1", f"claim n*n {forms}")
    size = measure(refutation_goal(found), {})[0]
    monkeypatch.setattr(goals, "MAX_NODES", size)
    refutation_goal(found)
    monkeypatch.setattr(goals, "MAX_NODES", size - 1)
    with pytest.raises(Rejected, match=r"^what has to be proved is too large to be written out$"):
        refutation_goal(found)


@pytest.mark.parametrize(("number", "name"), [("n", "n'"), ("k", "n")])
def test_a_whole_number_that_is_large_enough_has_a_name_of_its_own(number: str, name: str) -> None:
    above = Compare("<=", Variable(number), Variable(name))
    assert archimedes(Variable(number)).conclusion == Exists(name, "int", above)


@pytest.mark.parametrize("name", ["sum_exchange", "sum_flat"])
def test_laws_of_two_sums_need_two(name: str) -> None:
    with pytest.raises(Rejected, match=r": the body is no sum$"):
        LAWS_BY_NAME[name][0](total("sum(i in 0..2) i"))


USED = "for all a, b, c : int, g : int -> int : a + b = g[c]"


@pytest.mark.parametrize(
    ("fact", "values", "left"),
    [
        (USED, ["b", "c", "a"], "for all g : int -> int : b + c = g[a]"),
        (USED, ["b"], "for all b', c : int, g : int -> int : b + b' = g[c]"),
        (USED, ["b*c", "c*c"], "for all c' : int, g : int -> int : b*c + c*c = g[c']"),
        ("for all a : int : for all a : int : a = 1", ["b", "c"], "c = 1"),
        ("for all a : int : for all a : int : a = 1", ["b"], "for all a : int : a = 1"),
    ],
)
def test_values_are_put_in_at_once(fact: str, values: list[str], left: str) -> None:
    terms = [Reader(value, FORMULAS).term() for value in values]
    assert same(instance(formula(fact), terms, FORMULAS), formula(left))


def test_values_and_functions_are_put_in_together() -> None:
    twice = Lambda(("i",), Reader("2*i + a", {**FORMULAS, "i": "int"}).term())
    terms = [Reader(value, FORMULAS).term() for value in ("b", "a", "k")]
    found = instance(formula(USED), [*terms, twice], FORMULAS)
    assert same(found, formula("b + a = 2*k + a"))
    with pytest.raises(Rejected, match=r"^use: there are more values than 'for all' in the fact"):
        instance(found, [ZERO], FORMULAS)
    with pytest.raises(Rejected, match=r"^use: a is no function but of sort int$"):
        instance(formula(USED), [twice], FORMULAS)
    with pytest.raises(Rejected, match=r"^use: g is a function, int -> int$"):
        instance(formula(USED), [*terms, ZERO], FORMULAS)


# -- canonical forms ---------------------------------------------------------------------------------------

DIFFERENT = [
    "a = b", "a = c", "c = b", "a <= b", "b <= a", "a < b", "b < a", "a <= c", "a + 1 <= b", "2*a = b",
    "a^2 = b", "q = a", "q = 0", "a = 0", "r = 0", "r = a", "not a = b", "not a = c", "not not a = b",
    "a < b and b < c", "a < c and b < c", "a < b and b < a", "a < b and b < c and a = 0", "a < b or b < c",
    "a < c or b < c", "a < b or b < a", "a < b or b < c or a = 0", "a < b implies b < c",
    "a < c implies b < c", "a < b implies b < a", "a < b iff b < c", "a < c iff b < c", "a < b iff b < a",
    "for all i : int : i < a", "for all i : int : i < b", "for all i : real : i < a",
    "exists i : int : i < a", "exists i : real : i < a", "exists i : int : i < b",
    "for all i : int : a < a", "for all i : int : for all j : int : i < j",
    "for all i : int : for all j : int : j < i", "for all i : int : exists j : int : i < j",
    "exists i : int : for all j : int : i < j", "for all i : int : for all j : real : i < j",
    "for all i : real : for all j : int : i < j", "for all h : int -> int : h[0] = 0",
    "for all h : int -> real : h[0] = 0", "exists h : int -> int : h[0] = 0",
    "for all h : int -> int : h[1] = 0", "for all h : int -> int : f[0] = 0", "f[0] = 0", "f[1] = 0",
    "g[0] = 0", "f[a] = 0", "f[f[a]] = 0", "x[a] = 0", "x[b] = 0", "a//b = 0", "a//c = 0", "c//b = 0",
    "b//a = 0", "a/b = 0", "a/c = 0", "c/b = 0", "b/a = 0", "a*b = 0", "(if a < b then a else c) = 0",
    "(if a <= b then a else c) = 0", "(if a < b then b else c) = 0", "(if a < b then a else b) = 0",
    "(if a < b then c else a) = 0", "sum(i in 0..a) f[i] = 0", "sum(i in 0..b) f[i] = 0",
    "sum(i in 1..a) f[i] = 0", "sum(i in a..0) f[i] = 0", "sum(i in 0..a | i < b) f[i] = 0",
    "sum(i in 0..a | i < c) f[i] = 0", "sum(i in 0..a | b < i) f[i] = 0", "sum(i in 0..a) g[i] = 0",
    "sum(i in 0..a) f[a] = 0", "sum(i in 0..a) i = 0", "max(i in 0..a) f[i] = 0", "max(i in 0..b) f[i] = 0",
    "max(i in 1..a) f[i] = 0", "max(i in a..0) f[i] = 0", "max(i in 0..a | i < b) f[i] = 0",
    "max(i in 0..a | i < c) f[i] = 0", "max(i in 0..a) g[i] = 0", "sum(i in 0..2, j in 0..2) f[i] = 0",
    "sum(i in 0..2, j in 0..2) f[j] = 0", "sum(i in 0..2, j in 0..2) f[i + 2*j] = 0",
    "sum(i in 0..2, j in 0..2) f[2*i + j] = 0", "true", "false", "0 = 1",
]  # fmt: skip


def test_formulas_that_say_different_things_have_different_forms() -> None:
    forms, seen = Canonical(FORMULAS), dict[Hashable, str]()
    for text in DIFFERENT:
        form = forms.formula(formula(text))
        assert form not in seen, f"{text} and {seen[form]}"
        seen[form] = text


# -- polynomials -------------------------------------------------------------------------------------------

X, Y = variable(1), variable(2)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (multiply(X, X), {((1, 2),): 1}),
        (multiply(multiply(X, X), X), {((1, 3),): 1}),
        (multiply(X, multiply(X, Y)), {((1, 2), (2, 1)): 1}),
        (multiply(Y, multiply(X, Y)), {((1, 1), (2, 2)): 1}),
        (multiply(multiply(X, Y), multiply(X, Y)), {((1, 2), (2, 2)): 1}),
        (multiply(add(X, Y), add(X, scale(Y, -1))), {((1, 2),): 1, ((2, 2),): -1}),
        (multiply(X, variable(1, -1)), {(): 1}),
        (add(X, Y, scale(X, -1)), {((2, 1),): 1}),
        (scale(X, 0), {}),
        (constant(0), {}),
        (variable(1, 0), {(): 1}),
    ],
)
def test_results_are_in_normal_form(found: Polynomial, expected: Polynomial) -> None:
    assert found == expected


# -- sorts -------------------------------------------------------------------------------------------------

TERMS = [
    "{}", "a + {}", "{} + a", "a*{}", "{}*a", "({})^2", "{}/a", "a/{}", "{}//a", "a//{}", "f[{}]",
    "(if {} = 0 then 0 else 1)", "(if a = 0 then {} else 0)", "(if a = 0 then 0 else {})",
    "sum(i in {}..2) 1", "sum(i in 0..{}) 1", "sum(i in 0..2) {}", "sum(i in 0..2 | {} = 0) 1",
    "max(i in {}..2) 1", "max(i in 0..{}) 1", "max(i in 0..2) {}", "max(i in 0..2 | {} = 0) 1",
]  # fmt: skip
PLACES = [
    *(f"{term} {relation} 0" for term in TERMS for relation in ("=", "<=", "<")),
    *(f"0 {relation} {term}" for term in TERMS for relation in ("=", "<=", "<")),
    "not {} = 0", "{} = 0 and a = 0", "a = 0 and {} = 0", "{} = 0 or a = 0", "a = 0 or {} = 0",
    "{} = 0 implies a = 0", "a = 0 implies {} = 0", "{} = 0 iff a = 0", "a = 0 iff {} = 0",
    "for all i : int : {} = 0", "exists i : int : {} = 0",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_has_no_sort_has_none_anywhere(place: str) -> None:
    check(formula(place.format("b")), FORMULAS)
    for bad in ("(r//2)", "(q/2)", "(r + q)", "(if q < 0 then 1 else 0)"):
        with pytest.raises(IllSorted):
            check(formula(place.format(bad)), FORMULAS)


@pytest.mark.parametrize("place", PLACES)
def test_every_part_of_a_formula_is_looked_at(place: str) -> None:
    here, there = formula(place.format("k")), formula(place.format("m"))
    assert free(here) - {"k"} == free(there) - {"m"}
    assert "k" in free(here)
    assert "i" not in free(here)
    assert same(formula_with(here, {"k": Variable("m")}), there)
    assert not same(here, there)
    assert not same(there, here)
    forms = Canonical(FORMULAS)
    assert forms.formula(here) != forms.formula(there)
    size, depth = measure(here, {})
    assert measure(formula(place.format("(k + k)")), {})[0] == size + 2
    assert measure(formula(place.format("(1 + k*(1 + k*(1 + k*(1 + k))))")), {})[1] >= depth + 4
    assert conditions(formula(place.format("(1/k)"))) != conditions(here)
    assert negation(here) != negation(there)
    value = as_formula(with_function(formula(place.format("g[k]")), Definition("g", ("j",), Variable("j"))))
    assert same(value, here)
    renamed_function = as_formula(rename_functions(formula(place.format("g[k]")), {"g": "h"}))
    assert "g" not in free(renamed_function)
    assert "h" in free(renamed_function)


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (Variable("f"), "f is a function and stands where a value is needed"),
        (Variable("unknown"), "unknown is not declared"),
        (Call("a", (ZERO,)), "a is no function"),
        (Call("unknown", (ZERO,)), "unknown is no function"),
        (Call("f", ()), "f takes 1 arguments, not 0"),
        (Call("f", (ZERO, ZERO)), "f takes 1 arguments, not 2"),
        (Call("f", (Variable("r"),)), "an argument of f must be of sort int"),
        (Call("f", (Variable("q"),)), "an argument of f must be of sort int"),
    ],
)
def test_names_stand_for_what_they_are_declared_to_be(node: Term, reason: str) -> None:
    for inside in (Compare("=", node, ZERO), Compare("=", ZERO, node), Compare("<", node, ZERO)):
        with pytest.raises(IllSorted, match=f"^{re.escape(reason)}$"):
            check(inside, FORMULAS)


# -- bound names -------------------------------------------------------------------------------------------

BINDERS = {
    "sum": ("sum({} in 0..2) ", "{} = 0"),
    "max": ("max({} in 0..2) ", "{} = 0"),
    "for all": ("for all {} : int : ", "{}"),
    "exists": ("exists {} : int : ", "{}"),
}
TERMS_INSIDE = [
    "{0}",
    "({0})^2",
    "{0} + 1",
    "2*{0}",
    "{0}/2",
    "{0}//2",
    "f[{0}]",
    "(if {0} < 2 then 1 else 0)",
    "(if 0 < a then {0} else 0)",
    "sum(b in 0..{0}) 1",
    "sum(b in {0}..9) 1",
    "sum(b in 0..9 | b < {0}) 1",
    "max(b in 0..{0}) b",
    "max(b in {0}..9) b",
]
FORMULAS_INSIDE = [
    "{0} = 0",
    "0 < {0}",
    "not {0} = 0",
    "{0} = 0 and a = 0",
    "a = 0 or {0} = 0",
    "{0} = 0 implies a = 0",
    "a = 0 iff {0} = 0",
]
INSIDE = {
    "sum": TERMS_INSIDE, "max": TERMS_INSIDE, "for all": FORMULAS_INSIDE, "exists": FORMULAS_INSIDE,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "inside"), [(kind, text) for kind in BINDERS for text in INSIDE[kind]])
def test_bound_names_are_told_apart_by_their_binders(kind: str, inside: str) -> None:
    binder, whole = BINDERS[kind]
    orders = ("ikm", "kmi", "mik")
    written = {
        (order, name): formula(whole.format("".join(map(binder.format, order)) + inside.format(name)))
        for order in orders
        for name in order
    }
    for order, name in written:
        for other, another in written:
            found = same(written[order, name], written[other, another])
            assert found is (order.index(name) == other.index(another))


PRIMED: dict[str, Any] = {
    **dict.fromkeys(["a", "b", "c", "i", "i'", "i''", "k", "m"], "int"),
    "g": Function(("int",), "int"),
    "h": Function(("int",), "int"),
}
SUBSTITUTED = [
    ("{} i + i' = a", "{k} k + i' = i"),
    ("{} i' < i + a", "{k} i' < k + i"),
    ("{} i + i' + i'' = a", "{k} k + i' + i'' = i"),
    ("{} {i'} i + i' = a", "{k} {m} k + m = i"),
    ("{i'} {} i + i' = a", "{m} {k} k + m = i"),
    ("{} {} i = a", "{k} {m} m = i"),
    ("{} 0 < sum(i' in 0..i) (i' + a)", "{k} 0 < sum(m in 0..k) (m + i)"),
    ("{} 0 < max(i' in 0..i | i' < a) (i' + i)", "{k} 0 < max(m in 0..k | m < i) (m + k)"),
    ("{} i + b = i'", "{k} k + b = i'"),
]
QUANTIFIERS = {
    "for all": "for all {} : int :",
    "exists": "exists {} : int :",
    "sum": "sum({} in 0..2)",
    "max": "max({} in 0..2)",
}


def bound(text: str, kind: str) -> Any:
    """The formula, or the sum or maximum of its truth value, with these binders."""
    names = {name: QUANTIFIERS[kind].format(name) for name in ("i'", "k", "m")}
    text = text.replace("{}", QUANTIFIERS[kind].format("i"))
    for name, binder in names.items():
        text = text.replace(f"{{{name}}}", binder)
    if kind in ("sum", "max"):
        binders = re.match(r"(?:(?:sum|max)\(\S+ in 0..2\) )+", text)
        end = binders.end() if binders else 0
        text = f"{text[:end]} (if {text[end:]} then 1 else 0)"
    reader = Reader(text, PRIMED)
    out = reader.term() if kind in ("sum", "max") else reader.formula()
    reader.end()
    return out


@pytest.mark.parametrize("kind", QUANTIFIERS)
@pytest.mark.parametrize(("before", "after"), SUBSTITUTED)
def test_no_binder_captures_what_is_put_under_it(before: str, after: str, kind: str) -> None:
    found = substitute(bound(before, kind), {"a": Variable("i")})
    assert same(found, bound(after, kind))
    assert substitute(found, {"c": Variable("i")}) is found


NAMED = [
    "sum(f' in 0..2) 1 = 0", "max(f' in 0..2) 1 = 0", "for all f' : int : 1 = 0", "exists f' : int : 1 = 0",
    "f' = 0",
]  # fmt: skip


@pytest.mark.parametrize("quantifier", ["for all", "exists"])
@pytest.mark.parametrize("inside", NAMED)
def test_a_function_is_renamed_to_what_stands_nowhere_under_its_binder(inside: str, quantifier: str) -> None:
    scope: dict[str, Any] = {"a": "int", **({"f'": "int"} if inside.startswith("f'") else {})}
    reader = Reader(f"{quantifier} f : int -> int : f[0] = a and {inside}", scope)
    found = substitute(reader.formula(), {"a": Variable("f")})
    assert isinstance(found, ForAll | Exists)
    assert found.name == "f''"
    assert free(found) == {"f"} | (scope.keys() - {"a"})


@pytest.mark.parametrize("quantifier", ["for all", "exists"])
def test_a_function_is_renamed_to_no_other_function(quantifier: str) -> None:
    scope: dict[str, Any] = {"a": "int", "f'": PRIMED["g"]}
    found = substitute(
        Reader(f"{quantifier} f : int -> int : f[0] = f'[a]", scope).formula(), {"a": Variable("f")}
    )
    assert isinstance(found, ForAll | Exists)
    assert found.name == "f''"
    assert free(found) == {"f", "f'"}


READING = [
    ("{} g[0] = i", "{k} 0 + i + i' = k"),
    ("{} g[0] = i + i'", "{k} 0 + i + i' = k + i'"),
    ("{} g[i] = i''", "{k} k + i + i' = i''"),
    ("{} {i'} g[0] = i + i'", "{k} {m} 0 + i + i' = k + m"),
    ("{} g[i] = h[i']", "{k} k + i + i' = h[i']"),
    ("{} g[0] = sum(i' in 0..2) i'", "{k} 0 + i + i' = sum(m in 0..2) m"),
]


@pytest.mark.parametrize("kind", QUANTIFIERS)
@pytest.mark.parametrize(("before", "after"), READING)
def test_no_binder_captures_what_a_definition_reads(before: str, after: str, kind: str) -> None:
    definition = Definition("g", ("j",), Plus((Variable("j"), Variable("i"), Variable("i'"))))
    found = with_function(bound(before, kind), definition)
    assert same(found, bound(after, kind))
    assert not isinstance(found, ForAll | Exists) or found.name.startswith("i")


@pytest.mark.parametrize("binder", ["for all {} : int : {body} = 0", "exists {} : int : {body} = 0",
                                    "sum({} in 0..2) {body} = 0", "max({} in 0..2) {body} = 0"])  # fmt: skip
@pytest.mark.parametrize(("old", "new"), [("i", "h"), ("g", "i")])
def test_a_function_is_not_renamed_where_either_name_is_bound(binder: str, old: str, new: str) -> None:
    reader = Reader(binder.replace("{}", "i").replace("{body}", "g[0]"), {"g": PRIMED["g"]})
    with pytest.raises(IllSorted, match=r"^i is (declared and bound again|declared and is an index)"):
        rename_functions(reader.formula(), {old: new})


def test_terms_and_formulas_are_not_taken_for_each_other() -> None:
    with pytest.raises(Rejected, match=r"^Compare stands where a term is needed$"):
        as_term(Compare("=", ZERO, ZERO))
    with pytest.raises(Rejected, match=r"^Number stands where a formula is needed$"):
        as_formula(ZERO)


@pytest.mark.parametrize(
    ("text", "expected"), [("0 = a", (3, 2)), ("a*(b + c) = 0", (7, 4)), ("true", (1, 1))]
)
def test_size_and_depth_are_counted_exactly(text: str, expected: tuple[int, int]) -> None:
    assert measure(formula(text), {}) == expected


# -- limits ------------------------------------------------------------------------------------------------

LARGE = [
    ("MAX_SUBSTITUTION", 40,
     Case("exists a : int : a + a + a + a = a*4", "witness a = 1 + 1 + 1 + 1 compute")),
    ("MAX_SUBSTITUTION", 40,
     Case("(for all a : int : a + a + a + a = a*4) implies 1 = 1",
          "suppose h use k : h(1 + 1 + 1 + 1) compute")),
    ("MAX_ARGUMENTS_OF_LAWS", 5, Case("1 = 1", "law f : floor 1 + 1 + 1 + 1, 2 { compute } compute")),
    ("MAX_FORMULA", 10, Case("1 = 1", "have h : 1 + 1 + 1 + 1 = 2 + 2 + 2 - 2 { compute } compute")),
    ("MAX_FORMULA", 10, Case("1 = 1", "law f : floor 7*7 + 7*7 + 7, 2 { compute } compute")),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "value", "case"), LARGE, ids=str)
def test_what_becomes_too_large_is_refused(
    limit: str, value: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdict(case) == (PROVED, "")
    monkeypatch.setattr(steps, limit, value)
    assert verdict(case) == (REJECTED, "a goal or fact becomes too large")


def test_what_a_function_is_given_is_measured_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Call("g", (Plus((Variable("a"), Variable("b"))), Plus((Variable("b"), Variable("c")))))
    definition = Definition("g", ("i", "j"), Times((Variable("i"), Variable("j"))))
    monkeypatch.setattr(substitution, "MAX_ARGUMENT_SIZE", 6)
    assert with_function(given, definition) == Times(given.arguments)
    monkeypatch.setattr(substitution, "MAX_ARGUMENT_SIZE", 5)
    with pytest.raises(Rejected, match=r"^what g is given becomes too large$"):
        with_function(given, definition)


@pytest.mark.parametrize(("text", "work"), [("sum(i in 0..40) i = 780", 21), ("1 = 1 and 2 = 2", 6)])
def test_the_work_of_computing_is_counted(text: str, work: int) -> None:
    steps_ = "compute" if "sum" in text else "split { compute } { compute }"
    proof = Proof(f"{{ {steps_} }}", 0, len(steps_) + 4, {})
    proof.block(Sequent({}, {}, formula(text)))
    assert proof.atoms.work == work


@pytest.mark.parametrize("step", ["have h{} : (a + b)^2 = a^2 + 2*a*b + b^2 {{ ring }}",
                                  "have h{} : sum(i in 0..40) i = 780 {{ compute }}"])  # fmt: skip
def test_the_work_of_all_steps_is_limited(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "MAX_WORK", 1000)
    for number, expected in ((1, ""), (60, "the terms are too large to compare")):
        steps = " ".join(step.format(k) for k in range(number))
        status, reason = verdict(Case("1 = 1", f"take a, b {steps} ring", given="a, b : int"))
        assert (status, reason) == (REJECTED if expected else PROVED, expected)


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("a", 1),
        ("2*a", 5),
        ("a + b", 5),
        ("a*b", 5),
        ("(a + b)*(a + b)", 17),
        ("a*(a + b)", 10),
        ("(a + b)*a", 11),
        ("a*(b*c)", 9),
        ("(a + b + c)^2", 20),
        ("a*b*c*k*m*n*g[0]*f[0]*a", 23),
        ("(a + b)*(k*m*n*a*b*c*f[0]*g[0] + 1)", 40),
        ("(k*m*n*a*b*c*f[0]*g[0] + 1)*(a + b)", 42),
        ("(2^64)^3*(a + b)", 82),
        ("f[a + 1]", 6),
        ("a//b", 3),
        ("if a < b then a else b", 8),
        ("sum(i in 0..a | i < b) i", 9),
    ],
)
def test_work_is_counted(text: str, work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(text, FORMULAS)
    term = reader.term()
    forms = Canonical(FORMULAS)
    forms.term(term)
    assert forms.atoms.work == work
    monkeypatch.setattr(canonical, "MAX_WORK", work)
    Canonical(FORMULAS).term(term)
    monkeypatch.setattr(canonical, "MAX_WORK", work - 1)
    with pytest.raises(Rejected, match=r"^the terms are too large to compare$"):
        Canonical(FORMULAS).term(term)


def test_the_work_with_long_numbers_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case("(2^64)^32*(2^64)^32 = (2^64)^64", "ring")
    assert verdict(case) == (PROVED, "")
    monkeypatch.setattr(canonical, "MAX_WORK", 500)
    assert verdict(case) == (REJECTED, "the terms are too large to compare")


def test_what_is_nested_too_deeply_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def block(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(Proof, "block", block)
    assert verdict(Case("1 = 1", "ring")) == (REJECTED, "terms and formulas are nested too deeply")


# -- what two formulas have in common ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a < b", "a <= b"),
        ("a = b", "a <= b"),
        ("a^2 = b", "a^3 = b"),
        ("f[a] = b", "g[a] = b"),
        ("a = 1", "a = 2"),
        ("a = b", "a = c"),
        ("for all i : int : i = a", "for all i : real : i = a"),
        ("exists i : int : i = a", "for all i : int : i = a"),
        ("for all i : int : i = a", "for all a : int : a = a"),
        ("for all a : int : a = a", "for all i : int : i = a"),
        ("for all i, j : int : i <= j", "for all i, j : int : j <= i"),
        ("a = b and a = c", "a = b and a = c and a = c"),
        ("a + b = c", "a + b + b = c"),
        ("sum(i in 0..a) i = b", "max(i in 0..a) i = b"),
        ("sum(i in 0..a | i < b) i = b", "sum(i in 0..a) i = b"),
        ("sum(i in 0..a) i = b", "sum(i in 0..a) a = b"),
    ],
)
def test_formulas_that_differ_in_one_thing_are_not_the_same(first: str, second: str) -> None:
    for left, right in ((first, second), (second, first)):
        assert not same(formula(left), formula(right))
        assert same(formula(left), formula(left))


@pytest.mark.parametrize("value", [True, 0.5, "1"])
def test_values_are_whole_numbers_and_fractions(value: Any) -> None:
    with pytest.raises((Rejected, TypeError, ValueError)):
        Evaluator({"a": value}).value(Variable("a"))
