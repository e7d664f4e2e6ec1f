r"""LaTeX formulas: what is read, what is refused, and that nothing is read as something else.

``formulas.txt`` is a table of formulas. Under each of them stands what it says in the language of statements,
one line for each formula of the display; or that it is ``refused``, or read and ``no statement``, with column
and reason. ``...`` stands for the term of the formula above that a display goes on from.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symcnn.documents import meaning, trees
from symcnn.documents.display import read, read_display
from symcnn.documents.faults import FormulaError
from symcnn.documents.names import Names, key, latex_of
from symcnn.documents.trees import Formula, Tree
from symcnn.documents.units import unit
from symcnn.documents.writing import latex
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.reading import Reader
from symcnn.kernel.statements import read_statements
from symcnn.kernel.terms import ONE, ZERO, Call, If, Node, Rejected, Sort, same
from symcnn.kernel.writing import write
from symcnn.proving import typesetting
from symcnn.symbols import printing
from tests import test_kernel_statements as kernel
from tests.expressions import number, points, size
from tests.expressions import trees as sizes

TABLE = Path(__file__).parent / "formulas.txt"


def entries() -> Iterator[tuple[int, dict[str, Sort], str, list[str]]]:
    """The formulas of the table with the number of their line, the names and what is expected."""
    names: dict[str, Sort] = {}
    lines = [line for line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), start=1) if line[1]]
    found: list[tuple[int, dict[str, Sort], str, list[str]]] = []
    for place, line in lines:
        if line.startswith("given "):
            # The lines of one group follow one another.
            names = {} if found and found[-1][1] is names else names
            (declared,) = read_statements(f'theorem T ""\n  {line}\n  claim 1 = 1')
            names |= declared.scope
        elif line.startswith("    "):
            found[-1][3].append(line.strip())
        elif not line.startswith("# "):
            found.append((place, names, line, []))
    return iter(found)


ENTRIES = list(entries())


def node(tree: Tree, names: Mapping[str, Sort], text: str = "") -> Node:
    return (meaning.formula if isinstance(tree, Formula) else meaning.term)(tree, names, text)


def shown(error: FormulaError) -> str:
    return str(error).splitlines()[0].removeprefix("line 1, column ")


def outcome(text: str, names: Mapping[str, Sort]) -> list[str]:
    """What is made of a formula, in the form of the table."""
    try:
        found = read_display(text, names)
    except FormulaError as error:
        return [f"refused {shown(error)}"]
    try:
        return [line(part.body, names, text) for part in found]
    except FormulaError as error:
        return [f"no statement {shown(error)}"]


def line(body: Any, names: Mapping[str, Sort], text: str) -> str:
    """A formula in the language of statements, which the kernel reads as the same."""
    if isinstance(body, trees.Chain) and body.terms[0] is None:
        begun = trees.Chain((trees.Number("0"), *body.terms[1:]), body.relations, body.span)
        return "... " + line(begun, names, text).removeprefix("0 ")
    found = node(body, names, text)
    reader = Reader(write(found), names)
    assert same(found, reader.formula() if isinstance(body, Formula) else reader.term())
    return write(found)


def test_the_table_is_large() -> None:
    assert len(ENTRIES) >= 300
    assert sum(line[3][0].startswith("refused") for line in ENTRIES) >= 100


@pytest.mark.parametrize(("place", "names", "text", "expected"), ENTRIES, ids=lambda value: None)
def test_formulas_are_read_as_they_are_meant(
    place: int, names: dict[str, Sort], text: str, expected: list[str]
) -> None:
    assert outcome(text, names) == expected, place
    if not expected[0].startswith("refused"):
        for part in read_display(text, names):
            assert part.continues or read(latex(part.body), names) == part.body


# -- trees and places ----------------------------------------------------------------------------------------

NAMES: dict[str, Sort] = dict.fromkeys(["M", "N", "K", "C_in", "H'"], "int")


def test_trees_know_where_they_stand() -> None:
    text = r"C_{in} M + \frac{N}{2}"
    tree = read(text, NAMES)
    shown = [text[t.span[0] : t.span[1]] for t in trees.walk(tree)]
    assert shown == [text, "C_{in} M", "C_{in}", "M", r"\frac{N}{2}", "N", "2"]


def test_numbers_keep_their_written_form() -> None:
    (chain,) = [
        part.body for part in read_display(r"M \approx 6.15 \times 10^{6} = 73{,}856 = 12\,\text{GiB}", NAMES)
    ]
    assert isinstance(chain, trees.Chain)
    assert chain.relations == ("~~", "=", "=")
    rounded, whole, memory = (t for t in chain.terms[1:] if isinstance(t, trees.Number))
    assert (rounded.value, rounded.place) == (6_150_000, 10_000)
    assert (whole.digits, whole.value, whole.place) == ("73856", 73856, 1)
    assert (memory.unit, memory.value) == (unit("GiB"), 12)


def test_printed_numbers_and_continued_formulas() -> None:
    first, second = read_display(r"M = N \quad K = N \quad (9)", NAMES)
    assert (first.tag, second.tag, first.continues) == ("(9)", "(9)", False)
    (part,) = read_display(r"= M + N \tag{5}", NAMES)
    assert (part.tag, part.continues) == ("(5)", True)
    with pytest.raises(FormulaError, match="a term is missing before the relation"):
        read("= M", NAMES)
    with pytest.raises(FormulaError, match="more than one formula"):
        read(r"M = 1 \quad N = 1", NAMES)
    with pytest.raises(FormulaError, match="there is no formula"):
        read(" ", NAMES)


def test_errors_name_the_place_in_the_document() -> None:
    with pytest.raises(FormulaError) as error:
        read("M +\n  C_{ni}", NAMES, line=7, column=3)
    assert str(error.value) == (
        "line 8, column 3: C_ni is not declared; did you mean C_{in}?\n    C_{ni}\n    ^"
    )
    assert (error.value.line, error.value.column, error.value.advice) == (8, 3, "did you mean C_{in}?")
    with pytest.raises(FormulaError, match=r"^line 7, column 7: X is not declared"):
        read("M + X", NAMES, line=7, column=3)


def test_names_that_look_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="K1 and K_1 look the same in a formula"):
        Names.of({"K1": "int", "K_1": "int"})
    with pytest.raises(ValueError, match="alpha and α look the same"):
        Names.of({"alpha": "int", "α": "int"})


def test_units() -> None:
    found = {name: unit(name) for name in ["kB", "KiB", "Mbit", "MACs", "GFLOPs", "kilo", ""]}
    factors = {name: None if u is None else (u.kind, u.factor) for name, u in found.items()}
    assert factors == {
        "kB": ("byte", 1000), "KiB": ("byte", 1024), "Mbit": ("byte", 125000), "MACs": ("MAC", 1),
        "GFLOPs": ("operation", 10**9), "kilo": None, "": None,
    }  # fmt: skip


# -- written and read back -----------------------------------------------------------------------------------

_IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}'{0,2}", fullmatch=True)


@given(_IDENTIFIERS)
def test_names_are_read_as_they_are_written(name: str) -> None:
    assert read(latex_of(name), {name: "int"}) == trees.Name(name)


POINTS = st.fixed_dictionaries({name: st.integers(-3, 3).map(Fraction) for name in "abc"})
# Refusals of what the writer of terms shows in a way that can be misread, or that has no value.
_REFUSED = (
    "stands behind the sum and is its index as well",
    "can be an index or a part of the name",
    "is an index here, and a part of a declared name",
    "a quotient divides by 0",
    "more than 4000 words",
    "more than 20000 characters",
)


def read_back(shown: str, scope: Mapping[str, Sort]) -> Node | None:
    """What a typeset term or formula is read as; sorts are not checked, for the random ones have none."""
    try:
        tree = read(shown, scope)
        maker = meaning._Maker(scope, shown, 1, 1)
        return maker.formula(tree) if isinstance(tree, Formula) else maker.term(tree)
    except FormulaError as error:
        if any(reason in error.reason for reason in _REFUSED):
            return None
        raise


def value(term: Any, point: Mapping[str, Fraction]) -> Fraction | None:
    try:
        return Fraction(Evaluator(point, {"f": lambda t: 2 * t - 1}).value(term))
    except Rejected:
        return None


def assert_read_back(node: Any) -> Any:
    """What a typeset node is read as. It need not be the same: ``-3 a`` can be two terms of the kernel."""
    written = typesetting.latex(node)
    found = read_back(written, kernel.SCOPE)
    if found is not None:
        tree = read(written, kernel.SCOPE)
        assert read(latex(tree), kernel.SCOPE) == tree
    return found


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(kernel.VALUED, POINTS)
def test_typeset_terms_are_read_back(term: Any, point: dict[str, Fraction]) -> None:
    found = assert_read_back(term)
    before = value(term, point)
    assert found is None or before is None or value(found, point) == before


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(kernel.DECIDED, POINTS)
def test_typeset_formulas_are_read_back(formula: Any, point: dict[str, Fraction]) -> None:
    found = assert_read_back(formula)
    before = value(If(formula, ONE, ZERO), point)
    assert found is None or before is None or value(If(found, ONE, ZERO), point) == before


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(kernel.FORMULAS)
def test_typeset_quantifiers_are_read_back(formula: Any) -> None:
    assert_read_back(formula)


@pytest.mark.parametrize("path", sorted((Path(__file__).parent.parent / "proofs").rglob("*.claim")), ids=str)
def test_stored_statements_are_read_back(path: Path) -> None:
    seen: set[str] = set()
    for statement in read_statements(path.read_text(encoding="utf-8")):
        if len({key(name) for name in statement.scope}) < len(statement.scope):
            continue
        for formula in (*statement.premises(), statement.claim):
            written = typesetting.latex(formula)
            if written not in seen:
                found = read_back(written, statement.scope)
                assert found is None or same(found, formula) or typesetting.latex(found) == written
            seen.add(written)


@given(sizes(leaves=10), points())
def test_sizes_are_read_back(tree: Any, point: Any) -> None:
    made = size(tree)
    scope: dict[str, Sort] = dict.fromkeys(point, "int")
    found = meaning.term(read(printing.latex(made), scope), scope)
    assert Evaluator(point).value(found) == number(tree, point)


_SYMBOLS = {name: sympy.Symbol(name, integer=True, positive=True) for name in ["C_in", "H", "K_1"]}


def _expressions() -> st.SearchStrategy[Any]:
    leaves = st.one_of(st.sampled_from(list(_SYMBOLS.values())), st.integers(-3, 9).map(sympy.Integer))

    def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        pairs = st.tuples(inner, inner)
        positive = st.sampled_from([sympy.Integer(2), sympy.Integer(3), *_SYMBOLS.values()])
        return st.one_of(
            pairs.map(lambda p: p[0] + p[1]),
            pairs.map(lambda p: p[0] * p[1]),
            pairs.map(lambda p: p[0] - p[1]),
            st.tuples(inner, st.integers(0, 3)).map(lambda p: p[0] ** p[1]),
            st.tuples(inner, positive).map(lambda p: sympy.floor(p[0] / p[1])),
            st.tuples(inner, positive).map(lambda p: sympy.ceiling(p[0] / p[1])),
            st.tuples(inner, positive).map(lambda p: p[0] / p[1]),
            pairs.map(lambda p: sympy.Max(*p)),
            pairs.map(lambda p: sympy.Min(*p)),
            inner.map(sympy.Abs),
        )

    return st.recursive(leaves, larger, max_leaves=6)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=60)
@given(_expressions(), st.fixed_dictionaries({name: st.integers(1, 7) for name in _SYMBOLS}))
def test_what_sympy_writes_is_read(expression: Any, point: dict[str, int]) -> None:
    scope: dict[str, Sort] = dict.fromkeys(_SYMBOLS, "int")
    shown = sympy.latex(expression, symbol_names={s: latex_of(s.name) for s in _SYMBOLS.values()})
    found = meaning._Maker(scope, shown, 1, 1).term(read(shown, scope))
    exact = expression.subs({s: point[name] for name, s in _SYMBOLS.items()})
    found_value = value(found, {name: Fraction(n) for name, n in point.items()})
    assert found_value is not None
    assert sympy.Rational(found_value.numerator, found_value.denominator) == exact


# -- hostile input -------------------------------------------------------------------------------------------

HOSTILE = {
    "brackets": "(" * 5000 + "N" + ")" * 5000,
    "sized brackets": r"\left(" * 100 + "N" + r"\right)" * 100,
    "braces": "{" * 3000 + "N" + "}" * 3000,
    "a tower": "9^{" * 300 + "9" + "}" * 300,
    "a tower of powers of powers": "(" * 70 + "9" + "^{9})" * 70,
    "a factorial": "1000000!",
    "factorials of factorials": "(" * 5 + "9!" + ")!" * 5,
    "digits": "9" * 15_000,
    "more digits": "9" * 150_000,
    "an exponent": "9^{99999}",
    "a power of ten": r"1 \times 10^{999999}",
    "another power of ten": "1e999999",
    "letters": "N" * 19_000,
    "names that can be cut in many ways": "ab" * 32,
    "many words": "N " * 9000,
    "a list": ",".join(["N"] * 1500),
    "fractions": r"\frac{1}{" * 200 + "N" + "}" * 200,
    "absolute values": r"\left|" * 50 + "N" + r"\right|" * 50,
    "maxima": r"\max(N," * 40 + "K" + ")" * 40,
    "a long maximum": r"\max(" + ",".join(["N"] * 480) + ")",
    "remainders": "(" * 40 + "N" + r" \bmod K)" * 40,
    "sums": r"\sum_{k=0}^{N} " * 150 + "k",
    "limits of limits": r"\sum_{k=0}^{" * 100 + "N" + "} k" * 100,
    "a binomial": r"\binom{10^9}{5 \cdot 10^8}",
    "subscripts": "N_{" * 1000 + "N" + "}" * 1000,
    "negations": r"\text{not }" * 1500 + "N = N",
    "quantifiers": r"\text{for all integers } n\colon " * 300 + "n = n",
    "bars": "|" * 3000,
    "signs": "-" * 3000 + "N",
    "cases": r"\begin{cases} " * 500,
    "commands": r"\frac" * 3000,
    "a definition": r"\def\a{\a\a}\a",
    "a file": r"\input{/etc/passwd}",
    "reordered text": "\u202eN",
    "a byte": "N\0",
    "a homoglyph": "\u041d + 1",
}
CUT: dict[str, Sort] = {**dict.fromkeys(["a", "b", "ab", "ba", "N", "K"], "int")}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_input_is_refused_at_once(what: str) -> None:
    text = HOSTILE[what]
    # What other tests have left behind is not looked through meanwhile.
    gc.disable()
    try:
        start = time.process_time()
        (found,) = outcome(text, CUT)
        taken = time.process_time() - start
    finally:
        gc.enable()
    assert taken < 0.5
    assert found.startswith(("refused", "no statement"))
    assert len(found) < 400


WORDS = [
    r"\frac", r"\left", r"\right", r"\sum", r"\max", r"\lfloor ", r"\rfloor ", r"\text{and}", r"\quad ",
    r"\\", r"\begin{cases}", r"\end{cases}", r"\times ", r"\le ", r"\in ", r"\mathrm{N}", r"\sqrt",
    r"\binom", r"\log", r"\mathbb{R}", r"\substack", r"\bmod ", r"\prime", r"\dots",
    r"\text{otherwise}", r"\text{GiB}",
    *r"\{}()[]|^_'&,;:=<>+-*/!. 019abNK",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    if not any(found.startswith("refused") for found in outcome(text, CUT)):
        for part in read_display(text, CUT):
            assert part.continues or read(latex(part.body), CUT) == part.body


def test_a_call_keeps_how_it_is_written() -> None:
    names: dict[str, Sort] = {"y": kernel.Function(("int", "int"), "real"), "t": "int", "m": "int"}
    for text in ("y_{t, m}", r"y_{t}\left(m\right)", r"y\left(t, m\right)", "y[t, m]"):
        tree = read(text, names)
        assert latex(tree) == text
        found = meaning.term(tree, names)
        assert isinstance(found, Call)
        assert write(found) == "y[t, m]"


# -- rows ----------------------------------------------------------------------------------------------------

ATOMS = [
    "M = N",
    "M < K + 1",
    r"\left(M = 1 \text{ or } N = 2\right)",
    r"\text{not } K = 3",
    r"\text{for all integers } n\colon n = n",
]
JOINTS = [r"\text{ and }", r"\text{ or }", r"\implies", r"\iff", r"\land"]
BREAKS = ["{}", r"\\ {}", r"{} \\", r"\\ & {}", "& {}", r"\quad {}", r"{} \quad", r"\quad {} \quad"]


@given(
    st.lists(st.sampled_from(ATOMS), min_size=2, max_size=5),
    st.lists(st.tuples(st.sampled_from(JOINTS), st.sampled_from(BREAKS)), min_size=4, max_size=4),
)
@settings(max_examples=1000, deadline=None)
def test_rows_change_no_meaning(atoms: list[str], joints: list[tuple[str, str]]) -> None:
    """What is broken into rows is read as in one row, as its parts where "and" stands between, or refused."""
    used = joints[: len(atoms) - 1]
    words = [word for word, _ in used]
    one_row = atoms[0] + "".join(f" {word} {atom}" for word, atom in zip(words, atoms[1:], strict=True))
    in_rows = atoms[0] + "".join(
        f" {place.format(word)} {atom}" for (word, place), atom in zip(used, atoms[1:], strict=True)
    )
    try:
        found = [part.body for part in read_display(in_rows, NAMES)]
    except FormulaError:
        return
    whole = read(one_row, NAMES)
    if len(found) == 1:
        assert found == [whole]
    else:
        assert isinstance(whole, trees.Joined)
        assert whole.word == "and"
        assert not any("colon" in atom for atom in atoms[:-1])
        pieces = [p for body in found for p in (body.parts if isinstance(body, trees.Joined) else (body,))]
        assert pieces == [*whole.parts]
