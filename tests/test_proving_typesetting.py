"""Terms, formulas and proofs in LaTeX: the parts are there, and pdflatex makes pages of them."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from symcnn import Conv1d, MaxPool1d, calc, decompose, dims, eq, ge, le, lt, prove, quantity
from symcnn.kernel.reading import Reader
from symcnn.kernel.statements import read_statements
from symcnn.kernel.terms import INT, REAL, Function
from symcnn.proving.stored import ClaimFile
from symcnn.proving.typesetting import latex, side
from symcnn.proving.verdict import Verdict
from symcnn.search.deciding import accepted
from tests.oracles import require_program
from tests.test_docs import ROOT

SCOPE = {
    **dict.fromkeys(["a", "b", "n", "i", "C_i", "C_in", "K_1", "H", "alpha", "v'", "kernel"], INT),
    "r": REAL,
    "x": Function((INT, INT), REAL),
    "w_1": Function((INT,), REAL),
}

TERMS = {
    "3": "3",
    "-3": "-3",
    "1/2": r"\frac{1}{2}",
    "C_in": "C_{in}",
    "K_1": "K_{1}",
    "v'": "v'",
    "alpha": r"\alpha",
    "kernel": r"\mathrm{kernel}",
    "a + b - 2": "a + b - 2",
    "a - 2*b": "a - 2 b",
    "a - (b + 1)": r"a - \left(b + 1\right)",
    "a + (-1)*b": "a - b",
    "-a": "-a",
    "-a*b": "-a b",
    "a*(-b)": r"a \left(-b\right)",
    "a*(-3)": r"a \left(-3\right)",
    "2*3": r"2 \cdot 3",
    "a*2": r"a \cdot 2",
    "2*a*b": "2 a b",
    "(a + b)*n": r"\left(a + b\right) n",
    "(a + b)^2": r"\left(a + b\right)^{2}",
    "(-2)^2": r"\left(-2\right)^{2}",
    "(1/2)^2": r"\left(\frac{1}{2}\right)^{2}",
    "(a/b)^2": r"\left(\frac{a}{b}\right)^{2}",
    "C_i^2": "C_{i}^{2}",
    "(a^2)^3": r"\left(a^{2}\right)^{3}",
    "a/b": r"\frac{a}{b}",
    "a/(b + 1)": r"\frac{a}{b + 1}",
    "r*(a/b)": r"r \cdot \frac{a}{b}",
    "a//b": r"\left\lfloor \frac{a}{b} \right\rfloor",
    "(a + 1)//(2*b)": r"\left\lfloor \frac{a + 1}{2 b} \right\rfloor",
    "-((-a)//b)": r"\left\lceil \frac{a}{b} \right\rceil",
    "1 - (-a)//b": r"1 + \left\lceil \frac{a}{b} \right\rceil",
    "1 - a//b": r"1 - \left\lfloor \frac{a}{b} \right\rfloor",
    "-((-7)//2)": r"\left\lceil \frac{7}{2} \right\rceil",
    "x[a, b + 1]": "x[a, b + 1]",
    "w_1[a]^2": "w_{1}[a]^{2}",
    "max(a, b)": r"\max\left(a, b\right)",
    "min(a, b)": r"\min\left(a, b\right)",
    "abs(a - b)": r"\left|a - b\right|",
    "if a <= b then a else n": (r"\begin{cases} a & \text{if } a \le b \\ n & \text{otherwise} \end{cases}"),
    "sum(i in 0..n) i": r"\sum_{i=0}^{n - 1} i",
    "sum(i in 1..n + 1) 2*i": r"\sum_{i=1}^{n} 2 i",
    "sum(i in 0..n + 2) 1": r"\sum_{i=0}^{n + 1} 1",
    "sum(i in 0..5) i": r"\sum_{i=0}^{4} i",
    "sum(i in 0..a - b) 1": r"\sum_{i=0}^{a - b - 1} 1",
    "sum(i in 0..a - b + 1) 1": r"\sum_{i=0}^{a - b} 1",
    "sum(i in 0..n) (i + 1)": r"\sum_{i=0}^{n - 1} \left(i + 1\right)",
    "sum(i in 0..n) i + 1": r"\sum_{i=0}^{n - 1} i + 1",
    "(sum(i in 0..n) i)*a": r"\left(\sum_{i=0}^{n - 1} i\right) a",
    "a*(sum(i in 0..n) i)": r"a \sum_{i=0}^{n - 1} i",
    "(a*(sum(i in 0..n) i))*b": r"\left(a \sum_{i=0}^{n - 1} i\right) b",
    "(sum(i in 0..n) i)^2": r"\left(\sum_{i=0}^{n - 1} i\right)^{2}",
    "a - (sum(i in 0..n) i)": r"a - \sum_{i=0}^{n - 1} i",
    "sum(i in 0..n | i != a) x[i, a]": r"\sum_{\substack{0 \le i < n \\ i \ne a}} x[i, a]",
    "max(i in 0..n) x[i, 0]": r"\max_{0 \le i < n} x[i, 0]",
    "max(i in 0..n | i < a) x[i, 0]": r"\max_{\substack{0 \le i < n \\ i < a}} x[i, 0]",
}

FORMULAS = {
    "a = b": "a = b",
    "a >= b": r"b \le a",
    "a < b": "a < b",
    "a != b": r"a \ne b",
    "a < b and b < n": "a < b < n",
    "a < b and n < i": r"a < b\text{ and }n < i",
    "a <= b and b = n and b <= i": r"a \le b = n\text{ and }b \le i",
    "0 <= a < b and 0 <= n < i": r"0 \le a < b\text{ and }0 \le n < i",
    "(a < b or b < n) and n = 1": r"\left(a < b\text{ or }b < n\right)\text{ and }n = 1",
    "not (a < b)": r"\text{not } a < b",
    "not (a < b and b < n)": r"\text{not } a < b < n",
    "a < b implies b < n": r"a < b \;\Longrightarrow\; b < n",
    "a < b iff b < n": r"a < b \;\Longleftrightarrow\; b < n",
    "for all n : int : n = a": r"\text{for all integers } n\colon\; n = a",
    "for all n, i : int, r : real : n = i": (
        r"\text{for all integers } n, i\colon\; \text{for all real numbers } r\colon\; n = i"
    ),
    "exists n, i : int : n = i": r"\text{there are integers } n, i\colon\; n = i",
    "exists n : real : n = a": r"\text{there is a real number } n\colon\; n = a",
    "exists f : int, int -> ring : a = b": (
        r"\text{there is a function of two integers with values that are "
        r"elements of a commutative ring } f\colon\; a = b"
    ),
    "true": r"\text{true}",
    "false": r"\text{false}",
}


@pytest.mark.parametrize("text", TERMS)
def test_terms(text: str) -> None:
    assert latex(Reader(text, SCOPE).term()) == TERMS[text]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas(text: str) -> None:
    assert latex(Reader(text, SCOPE).formula()) == FORMULAS[text]


def test_the_largest_of_three() -> None:
    from symcnn.proving.translation import term

    a, b, c = dims("a b c")
    shown = latex(term(sympy.Max(a, b, c)))
    assert re.fullmatch(r"\\max\\left\([abc], [abc], [abc]\\right\)", shown)


def test_sides() -> None:
    H, K_1 = dims("H K_1")
    assert side(3) == "3"
    assert side(Fraction(-1, 2)) == r"-\frac{1}{2}"
    assert side(sympy.floor(H / K_1)) == r"\left\lfloor{\frac{H}{K_{1}}}\right\rfloor"
    assert side(quantity(Conv1d(1, 2, K_1).cost((1, H)), "params")).startswith(r"\sum_{")


def assert_matching(text: str) -> None:
    """Braces, environments and pairs of \\left and \\right match, and mathematics is switched off again."""
    plain = text.replace(r"\{", "").replace(r"\}", "")
    depth = 0
    for letter in plain:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"\\left(?!skip)", text)) == len(re.findall(r"\\right(?!skip)", text))
    assert text.count("$") % 2 == 0
    begun, ended = (re.findall(rf"\\{word}\{{([a-z*]+)\}}", text) for word in ("begin", "end"))
    assert sorted(begun) == sorted(ended)
    assert text.isascii()


N, C, K, L = dims("N C K L")

VERDICTS = {
    "a square": (eq((N + C) ** 2, N**2 + 2 * N * C + C**2), (), "PROVED"),
    "a cone": (le(2 * N * C, N**2 + C**2), (), "PROVED"),
    "given": (le(N * C, K * K), [le(N, K), le(C, K)], "PROVED"),
    "a floor": (lt(sympy.floor(N / 2), N), (), "PROVED"),
    "refuted": (eq(2 * sympy.floor(N / 2), N), (), "REFUTED"),
    "a maximum": (ge(sympy.Max(N, C), N), (), "PROVED"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts(case: str) -> None:
    claim, given, status = VERDICTS[case]
    verdict = prove(claim, given, meaning="100% of N_1")
    assert verdict.status == status
    shown = verdict.latex()
    assert_matching(shown)
    assert rf"\noindent\textbf{{claim}} ({status}). 100\% of N\_1" in shown
    assert latex(verdict.statement.claim) in shown
    assert r"\proofstep{1.5}" in shown


def test_a_verdict_with_sums() -> None:
    cost = Conv1d(C, N, K, bias=False).cost((C, L))
    shown = prove(eq(quantity(cost, "macs"), cost.macs)).latex()
    assert_matching(shown)
    assert r"\sum_{u=0}^{K - 1} 1" in shown
    assert "a sum of equal terms is their number times the term" in shown
    assert "by multiplying out after rewriting with" in shown


def test_a_verdict_says_which_facts_add_up() -> None:
    shown = calc(2 * N * C).at_most(N**2 + C**2).less_than(N**2 + C**2 + 1).prove().latex()
    assert_matching(shown)
    assert "right minus left side is $(C - N)^{2}$" in shown
    assert r"right minus left side is $1 + \textbf{step1} + \textbf{step2}$" in shown


def test_an_open_verdict_says_what_was_tried() -> None:
    (statement,) = read_statements('theorem t "" \n given n : int >= 1\n claim n = n')
    shown = Verdict(statement, "UNKNOWN", "", "", ("proofs (1.0 s)",), 1.0).latex()
    assert_matching(shown)
    assert "Neither proved nor refuted. Tried: proofs (1.0 s)." in shown


def test_nothing_is_typeset_that_the_kernel_rejects() -> None:
    from symcnn.kernel.terms import Rejected

    (statement,) = read_statements('theorem t "" \n given n : int >= 1\n claim n = n + 1')
    wrong = "prove t\n  satisfiable { witness n = 1 compute }\n  proof { take n suppose h ring }\n"
    with pytest.raises(Rejected):
        Verdict(statement, "PROVED", wrong, "ring", (), 0.0).latex()


def stored() -> Iterator[Verdict]:
    """The stored certificates that need no lemma."""
    for path in sorted((ROOT / "proofs").glob("*/*.claim")):
        file = ClaimFile.read(path)
        for statement in file.statements:
            certificate = file.certificates[statement.name]
            status = "REFUTED" if certificate.startswith("refute") else "PROVED"
            if len(certificate) < 3000 and accepted(statement, certificate, status):
                yield Verdict(statement, status, certificate, "", (), 0.0)


@pytest.fixture(scope="module")
def typeset() -> list[str]:
    return [verdict.latex() for verdict in stored()]


@pytest.mark.xdist_group("typeset")
def test_stored_proofs_can_be_typeset(typeset: list[str]) -> None:
    assert len(typeset) > 200
    for shown in typeset:
        assert_matching(shown)


def compiled(folder: Path, parts: Sequence[str]) -> str:
    """What pdflatex says of a document with these parts."""
    program = require_program("pdflatex", "texlive-latex-base")
    body = "\n\n\\bigskip\n".join(parts)
    head = "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
    document = f"{head}{body}\n\\end{{document}}\n"
    (folder / "all.tex").write_text(document, encoding="ascii")
    run = subprocess.run(
        [program, "-interaction=nonstopmode", "-no-shell-escape", "all.tex"],
        cwd=folder, capture_output=True, encoding="latin-1", timeout=300, check=False,
    )  # fmt: skip
    assert (folder / "all.pdf").exists(), run.stdout[-2000:]
    return run.stdout


def too_wide(log: str, points: float = 10) -> list[float]:
    """How far lines stick out into the margin."""
    found = (float(width) for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log))
    return [width for width in found if width > points]


@pytest.mark.xdist_group("typeset")
def test_stored_proofs_compile(typeset: list[str], tmp_path: Path) -> None:
    log = compiled(tmp_path, typeset)
    assert re.findall(r"^! .*", log, re.MULTILINE) == []
    # Large fractions and cases inside of cases are not broken into lines.
    assert len(too_wide(log)) <= 5


def test_calculations_and_kernels_compile(tmp_path: Path) -> None:
    wide = calc(2 * N * C, "<=", N**2 + C**2, "(N - C)^2 >= 0: 100% of _all_ cases & {more}")
    cost = Conv1d(C, N, K, padding=1).cost((C, L))
    macs = calc(quantity(cost, "macs")).equals(cost.macs, "a sum of ones")
    found = [wide, wide.less_than(N**2 + C**2 + 1), macs]
    parts = [shown for chain in found for shown in (chain.latex(), chain.prove().latex())]
    parts += [
        decompose([1, -1, 3, -1, 1], 4, 2).latex(),
        decompose([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 2, 2).latex(),
        decompose([[-1, 0, 0], [0, -1, 0], [1, 0, 0]], 2, 2).latex(),
        decompose([1, 0, -2], 2, 2).latex(),
    ]
    log = compiled(tmp_path, parts)
    assert re.findall(r"^! .*", log, re.MULTILINE) == []
    assert too_wide(log) == []


def test_a_maximum_of_an_equation() -> None:
    from symcnn.proving.tensors import as_sizes, output

    (pool,) = MaxPool1d(K, stride=2, padding=1).quantities((as_sizes(N, C, L),)).statements
    shown = latex(output(pool).body)
    assert shown.startswith(r"\max_{\substack{0 \le u < K \\ 0 \le 2 r + u - 1 < L}} x[n, i, 2 r + u - 1]")
