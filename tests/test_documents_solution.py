"""Solutions written by a script: what is read back is what was claimed, or it is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given
from sympy import Max, Min, Piecewise, Rational, Sum, Symbol, ceiling, floor, symbols

from symcnn import (
    Concat,
    Conv2d,
    Linear,
    MaxPool2d,
    Relation,
    Sequential,
    Solution,
    dims,
    eq,
    ge,
    gt,
    le,
    lt,
    ne,
    quantity,
    reals,
    same,
)
from symcnn.documents.document import Claim, Document, read_document
from symcnn.documents.layers import declared_layer
from symcnn.kernel import terms
from symcnn.kernel.statements import Statement, read_statements
from symcnn.proving.relations import SIGNS
from symcnn.proving.translation import statement
from tests.expressions import size
from tests.test_sizes import trees

N, C, D, H, W, K, S = dims("N C D H W K S")
P = dims("P", min=0)
x, y = reals("x y")
i = Symbol("i", integer=True)
z = Symbol("z", integer=True)
below = Symbol("b", integer=True, nonpositive=True)
OUT = floor((W + 2 * P - K) / S) + 1
CONV = Conv2d(C, D, kernel_size=K, stride=S, padding=P)
COST = CONV.cost((C, H, W))


def document(solution: Solution) -> Document:
    found = read_document(str(solution))
    assert found.faults == ()
    assert [claim.fault for claim in found.claims if claim.fault] == []
    return found


def only(solution: Solution) -> Claim:
    (claim,) = document(solution).claims
    return claim


def assert_says(found: Statement, wanted: Statement) -> None:
    """The same claim about the same letters, with nothing assumed that is not given."""
    assert terms.same(found.claim, wanted.claim), found.written
    assert {*found.assumptions} == {*wanted.assumptions}, found.written
    assert {name: found.scope[name] for name in wanted.scope} == {**wanted.scope}


# ---------------------------------------------------------------- relations

RELATIONS: list[Any] = [
    eq(N * K, K * N),
    eq(N**2 + 2 * N, N * (N + 2)),
    eq(N**12, N**2 * N**10),
    eq(OUT, floor((W - K + 2 * P) / S) + 1),
    eq(ceiling(H / S), floor((H + S - 1) / S)),
    eq(ceiling(H / S + 1), 1 + ceiling(H / S)),
    eq(Max(N, K), Max(K, N)),
    eq(Min(N, K, C), Min(C, N, K)),
    eq(Piecewise((N, N > K), (K, True)), Max(N, K)),
    eq(sympy.Abs(z), sympy.Abs(-z)),
    eq(Sum(i, (i, 1, N)), N * (N + 1) / 2),
    eq(Sum(N * i, (i, 0, K - 1)), 0),
    eq(z, -z),
    eq(N - (K - C), N - K + C),
    eq(784**2, 614656),
    eq(x / y, Fraction(-7, 3)),
    eq(Rational(1, 2) * x, x / 2),
    eq(x**2 * y / (x + y), x),
    eq(x / (y * (x + 1)), x / y / (x + 1)),
    eq(below, -1),
    ne(N, K),
    le(1, N * C),
    lt(N, 2 * N),
    ge(N, 1),
    gt(N + 1, 1),
    sympy.Gt(N, K),
    sympy.Eq(N, K),
    ge(z, 0),
]


@pytest.mark.parametrize("relation", RELATIONS, ids=str)
def test_a_relation_is_read_back_as_it_is(relation: Any) -> None:
    solution = Solution("One claim")
    solution.claim("T", relation)
    assert_says(only(solution).steps[0].statement, statement(relation))


@pytest.mark.parametrize("relation", RELATIONS[:24], ids=str)
def test_and_it_is_a_formula(relation: Any) -> None:
    solution = Solution("One claim")
    solution.claim("T", relation)
    assert "```claim" not in str(solution)
    assert "\n$$ " in str(solution)


@given(trees(), trees())
def test_so_is_every_relation_of_sizes(left: Any, right: Any) -> None:
    for sign in SIGNS[:3]:
        relation = Relation(sign, size(left), size(right))
        solution = Solution("One claim")
        solution.claim("T", relation)
        assert_says(only(solution).steps[0].statement, statement(relation))


@pytest.mark.parametrize(
    ("letters", "shown"),
    [
        (dims("P", min=0), "P : int >= 0"),
        (dims("N"), "N : int >= 1"),
        (reals("x"), "x : real > 0"),
        (Symbol("x", real=True), "x : real"),
        (Symbol("x", nonnegative=True), "x : real >= 0"),
        (z, "z : int"),
        (Symbol("C_{in}", integer=True, positive=True), "C_in : int >= 1"),
        (Symbol("λ", positive=True), "lamda : real > 0"),
    ],
)
def test_letters_are_declared_by_what_is_assumed_of_them(letters: Any, shown: str) -> None:
    solution = Solution("One claim")
    solution.given(letters)
    assert f"```symcnn\ngiven   {shown}\n```" in str(solution)
    by_use = Solution("One claim")
    by_use.claim("T", eq(letters + 1, 1 + letters))
    assert f"```symcnn\ngiven   {shown}\n```" in str(by_use)
    assert_says(only(by_use).steps[0].statement, statement(eq(letters + 1, 1 + letters)))


def test_limits_that_a_declaration_cannot_say_are_assumed() -> None:
    solution = Solution("One claim")
    solution.given(below, Symbol("q", integer=True, nonzero=True))
    assert "given   b, q : int\nassume  b <= 0\nassume  q != 0\n" in str(solution)


# ---------------------------------------------------------------- quantities of layers


def test_quantities_of_a_declared_layer_have_names() -> None:
    solution = Solution("A convolution")
    cost = solution.layer("conv", CONV, (C, H, W))
    relation = eq(quantity(cost, "macs"), cost.macs)
    solution.claim("E4", relation)
    solution.claim("E3", eq(quantity(cost, "params"), D * (C * K**2 + 1)))
    solution.claim("M", eq(quantity(cost, "memory.total"), 0), expected="refuted")
    for name in ("macs", "params", "memory"):
        assert rf"$$ \mathrm{{{name}}}_{{conv}} = " in str(solution)
    found = document(solution)
    assert [claim.expected for claim in found.claims] == ["proved", "proved", "refuted"]
    assert_says(found.claims[0].steps[0].statement, statement(relation))


@pytest.mark.parametrize("name", ["macs", "params", "ops.additions", "ops.fused", "memory.outputs"])
def test_quantities_of_other_layers_are_written_out(name: str) -> None:
    relation = eq(quantity(COST, name), 1)
    solution = Solution("A convolution")
    solution.claim("T", relation, expected="refuted")
    claim = only(solution)
    assert claim.expected == "refuted"
    assert_says(claim.steps[0].statement, statement(relation))
    # The domain of the layer belongs to this claim alone.
    solution.claim("U", eq(H, W), expected="refuted")
    assert_says(document(solution).claims[1].steps[0].statement, statement(eq(H, W)))


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (CONV, [(C, H, W)]),
        (CONV, [(N, C, 2 * H, W + 1)]),
        (Conv2d(3, 8, 3, bias=False, padding=((P, 0), (1, 1))), [(1, 3, 32, W)]),
        (MaxPool2d(2), [(C, floor(H / 2) + 2, ceiling(W / S) + N**2)]),
        (MaxPool2d(3, stride=2, ceil_mode=True), [(C, H, W)]),
        (Concat(), [(N, C, H, W), (N, D, H, W)]),
        (Linear(C, D), [(C,)]),
    ],
    ids=str,
)
def test_layers_are_read_back_as_they_are(layer: Any, shapes: list[Any]) -> None:
    solution = Solution("A layer")
    cost = solution.layer("it", layer, *shapes)
    solution.claim("T", eq(quantity(cost, "memory.total"), cost.memory.total))
    assert_says(
        only(solution).steps[0].statement, statement(eq(quantity(cost, "memory.total"), cost.memory.total))
    )


# ---------------------------------------------------------------- chains, statements, LaTeX, sections


def test_a_chain() -> None:
    solution = Solution("A chain")
    solution.chain("E7", (K + 1) * C, K * C + C, C + K * C)
    claim = only(solution)
    assert [step.statement.name for step in claim.steps] == ["E7.1", "E7.2"]
    assert_says(claim.steps[0].statement, statement(eq((K + 1) * C, K * C + C)))
    assert str(solution).count(" = ") == 2


def test_what_has_no_formula_is_a_statement() -> None:
    claim = same(Conv2d(C, D, kernel_size=1), Conv2d(C, D, kernel_size=1, padding=0), (C, H, W))
    solution = Solution("Sameness")
    solution.claim("B13", claim)
    assert '```claim\ntheorem B13 ""\n' in str(solution)
    assert_says(only(solution).steps[0].statement, statement(claim))


def test_statements_of_the_kernel_stand_as_they_are() -> None:
    text = 'theorem D1 "What it says."\n  given n : int\n  claim 2*(n//2) = n'
    (found,) = read_statements(text)
    solution = Solution("A statement")
    solution.claim("D1", found, expected="refuted")
    assert text in str(solution)
    assert only(solution).expected == "refuted"


def test_formulas_in_latex_stand_as_they_are() -> None:
    solution = Solution("Formulas")
    solution.given(H, W, K)
    solution.assume(ge(H, K))
    solution.claim("A", r"H W = W H")
    solution.claim("B", r"H W \propto H", words="in H")
    solution.claim("C", r"H - K \sim H", words="as H grow")
    assert "<!-- claim B in H -->\n$$ H W \\propto H $$" in str(solution)
    solution.claim("D", r"K", "refuted", words="is bounded in H")
    found = document(solution)
    assert [claim.name for claim in found.claims] == ["A", "B", "C", "D"]


def test_assumptions_hold_to_the_end_of_their_section() -> None:
    solution = Solution("Sections")
    solution.given(H, W)
    solution.section("First")
    solution.assume(le(K, H))
    solution.text("A window fits.")
    solution.claim("A", le(0, H - K))
    solution.section("Second")
    solution.claim("B", le(0, H - K), expected="refuted")
    a, b = (claim.steps[0].statement for claim in document(solution).claims)
    assert_says(a, statement(le(0, H - K), given=le(K, H)))
    assert_says(b, statement(le(0, H - K)))
    # The same letter may be something else in another section.
    solution.section("Third")
    solution.claim("D", ge(Symbol("K", integer=True), 0), expected="refuted")
    with pytest.raises(ValueError, match="K is declared as int and cannot be int >= 1 as well"):
        solution.claim("E", ge(K, 0))


def test_the_document_is_written_to_a_file(tmp_path: Path) -> None:
    solution = Solution("A file")
    solution.claim("A", eq(N, N))
    path = solution.write(tmp_path / "a.md")
    assert path.read_text(encoding="utf-8") == f"{solution}\n"
    with pytest.raises(FileExistsError, match=r"a\.md exists"):
        solution.write(path)
    solution.text("More.")
    solution.write(path, overwrite=True)
    assert path.read_text(encoding="utf-8").endswith("More.\n")


def test_the_claims_are_checked() -> None:
    solution = Solution("Checked")
    cost = solution.layer("dense", Linear(C, D), (N, C))
    solution.claim("macs", eq(quantity(cost, "macs"), N * C * D))
    solution.claim("params", eq(quantity(cost, "params"), C * D), expected="refuted")
    report = solution.check(seconds=10)
    assert {checked.name: checked.status for checked in report} == {"macs": "proved", "params": "refuted"}
    assert report.code == 0


# ---------------------------------------------------------------- refusals


def refused(call: Any) -> str:
    """The reason for which a call is refused, which leaves the document as it was."""
    solution = Solution("Refusals")
    solution.given(N)
    solution.claim("first", eq(N, N))
    before = str(solution)
    with pytest.raises((ValueError, TypeError)) as error:
        call(solution)
    assert str(solution) == before
    return str(error.value)


(ANOTHER,) = read_statements('theorem B ""\n claim 1 = 1')


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda s: s.claim("1a", eq(N, N)), "name='1a' must be a letter, followed by letters"),
        (lambda s: s.claim("first", eq(N, N)), "name='first' is used twice"),
        (lambda s: s.claim("A", eq(N, N), "wrong"), "expected='wrong' is no verdict"),
        (lambda s: s.claim("A", True), "the relation has already collapsed to True"),
        (lambda s: s.claim("A", N), "N (DimSymbol) is no relation"),
        (lambda s: s.claim("A", eq(sympy.sqrt(x), 2)), "sqrt(x)"),
        (lambda s: s.claim("A", eq(N, Symbol("c"))), "symbol c is not known to be a real number"),
        (lambda s: s.claim("A", eq(Symbol("N", integer=True), 1)), "N is declared as int >= 1 and cannot be"),
        (lambda s: s.claim("A", eq(dims("K1"), dims("K_1"))), "K1 and K_1 look the same in a formula"),
        (lambda s: s.claim("A", r"N = M"), "$$ N = M $$ is not read: M is not declared"),
        (lambda s: s.claim("A", r"N"), "a term alone says nothing"),
        (lambda s: s.claim("A", "N = N $$\n\n$$ N = N"), "is not one formula"),
        (lambda s: s.claim("A", "N = N $$\n# N $$"), "is not one formula"),
        (lambda s: s.claim("A", "= N"), "a term is missing before the relation"),
        (lambda s: s.claim("A", r"N \propto N", words="in 2"), "'2' is no list of names"),
        (lambda s: s.claim("A", eq(N, N), words="in N"), "words='in N' are for formulas in LaTeX"),
        (lambda s: s.claim("A", "N", words="is nice"), "'is nice' is no form of a claim"),
        (lambda s: s.claim("A", "N = N", words="in N --> $$ N $$ <!--"), "is no list of names"),
        (lambda s: s.claim("A", "N = N", words=": refuted"), "cannot say this"),
        (lambda s: s.claim("A", ANOTHER),  "the comment names A, but the block below it B"),
        (lambda s: s.chain("A", N), "the chain A needs at least two terms"),
        (lambda s: s.chain("A", quantity(COST, "macs"), N, N), "the chain A has no formula"),
        (lambda s: s.layer("c-1", CONV, (C, H, W)), "name='c-1' must be an identifier such as conv"),
        (lambda s: s.layer("c", Sequential(CONV), (C, H, W)), "is no layer; name the layers of a network"),
        (lambda s: s.layer("c", CONV, (C, H)), "needs 4, or 3"),
        (lambda s: s.given(N + 1), "N + 1 is no symbol"),
        (lambda s: s.assume(N), "is no relation"),
        (lambda s: s.section("a\nb"), "title='a\\nb' must be one line of text"),
        (lambda s: s.section("a", level=7), "level=7 must be a number from 1 to 6"),
        (lambda s: s.text("So $$ a = b $$."), "line 1 of the text: a display in prose would be read"),
        (lambda s: s.text("Then\n\n# More"), "line 3 of the text: a heading"),
        (lambda s: s.text("```symcnn\ngiven N : int\n```"), "line 2 of the text: a fence"),
        (lambda s: s.text("<!-- assume -->"), "line 1 of the text: a comment"),
        (lambda s: s.text("```derive\nN*M\n```"), "the text is not read: M is not declared"),
        (lambda s: s.text("```python"), "the block ```python is not closed"),
    ],
)  # fmt: skip
def test_what_is_refused(call: Any, reason: str) -> None:
    assert reason in refused(call)


def test_a_layer_of_ones_own_is_refused() -> None:
    class Mine(Linear):
        pass

    assert "Mine" in refused(lambda s: s.layer("a", Mine(C, D), (C,)))
    known = read_statements('theorem T ""\n given C, D : int >= 1\n claim 1 = 1')[0]
    with pytest.raises(ValueError, match="Mine"):
        declared_layer("layer a = Mine(C, D) on (C,)", known, ())


def test_prose_is_kept_as_it_is() -> None:
    prose = "With $N$ rows, `code` and a list:\n\n- one\n- two <!-- a comment -->\n\n```python\nprint(1)\n```"
    solution = Solution("Prose")
    solution.text(prose)
    assert str(solution) == f"# Prose\n\n{prose}"
    assert document(solution).claims == ()


def test_derivations_are_prose() -> None:
    solution = Solution("Prose")
    solution.given(N)
    solution.text("```derive\nN^2 at N = 3\n```")
    assert document(solution).claims == ()


def test_a_letter_with_two_meanings_in_one_claim() -> None:
    n, m = symbols("q", integer=True), symbols("q", positive=True)
    assert "q" in refused(lambda s: s.claim("A", eq(n, m)))
