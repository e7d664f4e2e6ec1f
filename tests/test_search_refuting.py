"""The search for counterexamples: what it finds first, what it does not find, and its limits."""

from __future__ import annotations

import doctest
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from symcnn.kernel.certificates import REFUTED, replay
from symcnn.kernel.logic import Sequent
from symcnn.kernel.statements import Statement, read_file, read_statements
from symcnn.search import refuting
from symcnn.search.layout import HEADER
from symcnn.search.refuting import Counterexample, find_counterexample

CORPUS = Path(__file__).parent / "corpus"
HALF = Fraction(1, 2)


def statement(body: str) -> Statement:
    """A theorem from its sections, one on each line."""
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


def found(body: str, seconds: float = 5, seed: int = 0) -> Counterexample | None:
    """What the search finds; the kernel has to accept it here too."""
    asked = statement(body)
    result = find_counterexample(asked, seconds=seconds, seed=seed)
    if result is not None:
        assert [v.status for v in replay([asked], HEADER + result.certificate)] == [REFUTED]
    return result


# -- numbers -----------------------------------------------------------------------------------------------

NUMBERS: list[tuple[str, dict[str, int | Fraction]]] = [
    ("given n, k : int >= 1\nassume k <= n\nclaim n - k + 1 = n//k", {"n": 3, "k": 2}),
    ("given n, s : int >= 1\nclaim s*(n//s) = n", {"n": 1, "s": 2}),
    ("given n : int\nclaim n*n >= n + 1", {"n": 0}),
    ("given n : int\nclaim n != -2", {"n": -2}),
    ("given n : int >= 6\nclaim n//2 - 2 = (n - 2)//2 + n - 6", {"n": 6}),
    ("given n : int >= 1\nclaim n < 7", {"n": 7}),
    # An equation computes a name, also where its values are not small.
    ("given M, N, C : int >= 1\nassume M = C*N\nclaim M = N", {"M": 2, "N": 1, "C": 2}),
    ("given F, P : int >= 0\nassume 2*P = F - 1\nclaim P = 0", {"F": 3, "P": 1}),
    ("given a, b : int\nassume a = 28\nassume b = a//2 + 3\nclaim b = 14", {"a": 28, "b": 17}),
    ("given N, B : int >= 1\nassume B = 1000*N\nclaim B = N", {"N": 1, "B": 1000}),
    # Reals
    ("given x : real\nclaim x > 1 implies x >= 2", {"x": Fraction(3, 2)}),
    ("given x : real\nassume x > 0\nclaim x^2 >= x", {"x": HALF}),
    ("given a, b : real > 0\nclaim 2/(1/a + 1/b) = (a + b)/2", {"a": 1, "b": 2}),
    ("given a, b : ring\nclaim (a + b)^2 = a^2 + b^2", {"a": 1, "b": 1}),
    # Sums and maxima
    ("given n : int >= 0\nclaim sum(i in 0..n) i = n", {"n": 1}),
    ("given n : int >= 1\nclaim max(i in 0..n) i = n", {"n": 1}),
    # A sum that is too large to be computed
    ("given n : int\nassume n = 2000\nclaim sum(i in 0..n, j in 0..n) 1 = n", {"n": 2000}),
    # Found by z3: no small box holds them.
    ("given n, m : int >= 1\nclaim 7*n != 120 + 11*m", {"n": 25, "m": 5}),
]


@pytest.mark.parametrize(("body", "wanted"), NUMBERS)
def test_numbers(body: str, wanted: dict[str, int | Fraction]) -> None:
    if "120" in body:
        pytest.importorskip("z3")
    result = found(body)
    assert result is not None
    assert dict(result.values) == wanted
    for value in (*result.values.values(), *result.inner.values(), result.left, result.right):
        assert value is None or type(value) in (int, Fraction)


# -- forms of claims ---------------------------------------------------------------------------------------

FORMS: list[tuple[str, dict[str, int | Fraction], dict[str, int | Fraction]]] = [
    (
        "given L, K : int >= 1\nassume K <= L\nclaim K^2*(L - K + 1)^2 is proportional to L^2 in L",
        {"L": 2, "K": 2},
        {"L'": 3},
    ),
    (
        "given n, k, s : int >= 1\nassume k <= n\nclaim (n - k)//s + 1 is independent of s",
        {"n": 2, "k": 1, "s": 1},
        {"s'": 2},
    ),
    ("claim 28*28 rounds to 6.2e2", {}, {}),
    ("given a, b : real > 0\nclaim a*b is largest exactly where a = b for a, b", {"a": 1, "b": 1}, {}),
    ("claim for all x : real : x^2 > 0", {}, {"x": 0}),
    ("claim exists q : int : q >= 1 and q <= 0", {}, {}),
    ("given d : int\nclaim exists q : int : d*q <= 0 and 0 < d*q + d", {"d": 0}, {}),
    (
        "given k, s : int >= 1\nclaim for all t : int : (exists m, n : int : 0 <= m < 2 and 0 <= n < k "
        "and t = s*m + n) iff 0 <= t < k + s",
        {"k": 1, "s": 2},
        {"t": 1},
    ),
    (
        "given x, y : int -> int\nrecursive y(0) = 1\ny(t + 1) = 2*y[t]\nclaim y[3] = 6",
        {},
        {},
    ),
    (
        "given K : int >= 1\ngiven f : int -> int\nrecursive f(0) = 1\nf(t + 1) = f[t] + (K - 1)\n"
        "claim for all n : int >= 1 : f[n] = n*K",
        {"K": 1},
        {"n": 2},
    ),
]


@pytest.mark.parametrize(("body", "wanted", "inner"), FORMS)
def test_forms(body: str, wanted: dict[str, int | Fraction], inner: dict[str, int | Fraction]) -> None:
    result = found(body)
    assert result is not None
    assert dict(result.values) == wanted
    assert inner.items() <= dict(result.inner).items()


# -- tensors and functions ---------------------------------------------------------------------------------

TENSORS: list[tuple[str, set[str]]] = [
    ("given x, y : int -> ring\nclaim sum(i in 0..2) x[i]*y[i] = sum(i in 0..2) x[i]", {"x", "y"}),
    ("given x : int, int -> ring\nclaim x[0, 1] = x[1, 0]", {"x"}),
    ("given x : int -> real\nassume for all i : int : x[i] > 0\nclaim x[0] = 2", {"x"}),
    ("given f : real -> real\nclaim f[2] = 2*f[1]", {"f"}),
    ("given w, x : int -> ring\nclaim sum(u in 0..3) w[u]*x[u] does not depend on x[2]", {"w", "x", "x'"}),
    ("given x : int, int -> ring\nclaim x[0, 1] does not depend on x[0, 1]", {"x", "x'"}),
    ("given x, y : int -> real\nclaim max(i in 0..2) (x[i] + y[i]) = max(i in 0..2) x[i]", {"x", "y"}),
]


@pytest.mark.parametrize(("body", "names"), TENSORS)
def test_tensors(body: str, names: set[str]) -> None:
    result = found(body)
    assert result is not None
    assert set(result.functions) == names
    assert all(text.startswith("fun(") for text in result.functions.values())


def test_both_sides_of_a_comparison_are_told() -> None:
    result = found("given n, s : int >= 1\nclaim s*(n//s) = n")
    assert result is not None
    assert (result.left, result.right) == (0, 1)


# -- nothing is found --------------------------------------------------------------------------------------

TRUE = [
    "given n : int >= 1\nclaim n*n >= n",
    "given a, b : real\nclaim a^2 + b^2 >= 2*a*b",
    "given n, d : int >= 1\nclaim d*(n//d) <= n",
    "given x : int -> ring\nclaim sum(i in 0..2) x[i] = x[0] + x[1]",
    "given x : int -> ring\nclaim x[0] does not depend on x[1]",
    "given a, b : real > 0\nclaim a*b has no largest value in a, b",
]
EMPTY = [
    "given n : int >= 1\nassume n <= 0\nclaim n = 5",
    "given n : int\nassume 2*n = 7\nclaim n = 5",
    "given x : real\nassume x^2 < 0\nclaim x = 5",
    "given n : int\nassume n = 3\nassume n = 4\nclaim 0 = 1",
]
# There is no case here in which everything has a value.
UNDEFINED = ["given n : int >= 1\nclaim 1/0 = n", "given n : int\nassume n <= 0\nclaim 5//n = 1"]


@pytest.mark.parametrize("body", [*TRUE, *EMPTY, *UNDEFINED])
def test_nothing_is_found(body: str) -> None:
    assert found(body, seconds=0.6) is None


# -- limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [" + ".join(f"x_{k}^2" for k in range(12)) + " >= 12", "sum(i in 0..x_0*x_1*x_2) i >= 0"],
)
def test_many_names_end_in_time(claim: str) -> None:
    names = ", ".join(f"x_{k}" for k in range(12))
    start = time.monotonic()
    assert found(f"given {names} : int >= 1\nclaim {claim}", seconds=1) is None
    assert time.monotonic() - start < 30


def test_the_same_seed_finds_the_same() -> None:
    body = (
        "given x, y : int, int -> ring\nclaim sum(k in 0..2) x[0, k]*y[k, 1] = sum(k in 0..2) y[0, k]*x[k, 1]"
    )
    assert found(body, seed=3) == found(body, seed=3)


def test_without_z3_small_numbers_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    result = found("given n, s : int >= 1\nclaim s*(n//s) = n")
    assert result is not None
    assert found("given n : int >= 1\nclaim n*n >= n", seconds=0.5) is None


def test_a_prover_is_asked_for_what_holds_for_all_and_not_believed() -> None:
    body = "claim exists n : int : n*n = 2"
    asked: list[Sequent] = []

    def boast(at: Sequent) -> str | None:
        asked.append(at)
        return "compute"

    assert find_counterexample(statement(body), seconds=1, prove=boast) is None
    assert asked


def test_lemmas_stand_before_the_certificate() -> None:
    lemma = "lemma one : 1 = 1 { compute }"
    asked = statement("given n : int >= 1\nclaim n = 2")
    assert find_counterexample(asked, seconds=20, lemmas=lemma) is not None


def test_the_example_of_the_docstring() -> None:
    assert doctest.testmod(refuting).failed == 0


def test_most_false_neighbours_of_a_document_are_refuted() -> None:
    asked = read_file(CORPUS / "neighbours_document_003.claim")
    assert all(find_counterexample(one, seconds=20) is not None for one in asked)
