"""``prove``: what a verdict says, what it refuses to say, and what it saves."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy

from symcnn import Conv2d, Linear, Relation, dims, eq, ge, gt, le, lt, ne, prove, quantity, reals
from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN, replay_file
from symcnn.kernel.statements import Statement, read_statements
from symcnn.proving import verdict
from symcnn.proving.verdict import Verdict
from symcnn.search.deciding import Decision

SECONDS = 8
N, C, K = dims("N C K")
X, Y = reals("x y")


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


@pytest.fixture(scope="module")
def forgotten() -> tuple[Verdict, dict[str, Any]]:
    """The multiplications of a convolution, with the input channels forgotten."""
    C_i, C_o, F, H, W = dims("C_i C_o F H W")
    cost = Conv2d(C_i, C_o, kernel_size=F).cost((C_i, H, W))
    _, H_out, W_out = cost.output_shape
    claim = eq(quantity(cost, "ops.multiplications"), F * F * H_out * W_out * C_o)
    return prove(claim, seconds=15), {"C_i": C_i, "C_o": C_o, "F": F, "H": H, "W": W}


# -- the worked example ------------------------------------------------------------------------------------


def test_the_forgotten_factor(forgotten: tuple[Verdict, dict[str, Any]]) -> None:
    found, symbols = forgotten
    assert found.status == REFUTED
    assert str(found.ratio) == "C_i"
    assert found.holds_when == "C_i = 1"
    case = found.counterexample
    assert case is not None
    assert {str(symbol): value for symbol, value in case.items()} == {
        "C_i": 2,
        "C_o": 1,
        "F": 1,
        "H": 1,
        "W": 1,
    }
    assert found.values == (2, 1)
    left, right = 2, 1
    at = dict(case)
    assert found.derived.subs(at) == left
    assert found.difference.subs(at) == left - right
    assert set(map(str, found.derived.free_symbols)) == set(symbols)
    shown = str(found)
    assert "left / right = C_i" in shown
    assert "it holds exactly when C_i = 1" in shown
    assert "there the sides are 2 and 1" in shown


def test_the_right_formula() -> None:
    C_i, C_o, F, H, W = dims("C_i C_o F H W")
    cost = Conv2d(C_i, C_o, kernel_size=F).cost((C_i, H, W))
    found = prove(eq(quantity(cost, "ops.multiplications"), cost.ops.multiplications), seconds=15)
    assert found.status == PROVED
    assert found.counterexample is None
    assert found.values is None
    assert found.ratio is found.difference is found.derived is found.holds_when is None


# -- the verdict -------------------------------------------------------------------------------------------


def test_a_verdict_has_no_truth_value() -> None:
    for claim in (le(N, N * C), le(N * C, N)):
        found = prove(claim, seconds=SECONDS)
        with pytest.raises(TypeError, match=r"no truth value; compare verdict\.status"):
            bool(found)


def test_the_keys_are_the_symbols_of_the_user() -> None:
    N_i, L_r = sympy.symbols("N_i L_{r}", integer=True, positive=True)
    case = prove(eq(N_i * L_r, N_i), seconds=SECONDS).counterexample
    assert case == {N_i: 1, L_r: 2}
    case = prove(eq(X, Y), seconds=SECONDS).counterexample
    assert case is not None
    assert set(case) <= {X, Y}
    case = prove(eq(N, C), seconds=SECONDS).counterexample
    assert case is not None
    values = {str(symbol): value for symbol, value in case.items()}
    assert values in ({"N": 1, "C": 2}, {"N": 2, "C": 1})
    # Two names of the user that would be one name of the kernel are refused.
    one, two = sympy.symbols("N_{1} N_1", integer=True, positive=True)
    with pytest.raises(ValueError, match="would both be called N_1; rename one of them"):
        prove(eq(one, two), seconds=1)


FORMS: list[tuple[Any, Any, str]] = [
    (eq((N + C) * (N + C), N * N + 2 * N * C + C * C), (), PROVED),
    (eq(N * C, N + C), (), REFUTED),
    (ne(N, N + 1), (), PROVED),
    (ne(N, 2), (), REFUTED),
    (le(N, N * C), (), PROVED),
    (le(N * C, N), (), REFUTED),
    (lt(N, N + C), (), PROVED),
    (lt(N, N * C), (), REFUTED),
    (ge(N * C, C), (), PROVED),
    (ge(N, C), (), REFUTED),
    (gt(N + C, 1), (), PROVED),
    (gt(N, 1), (), REFUTED),
    (ge(N, C), (ge(N, K), ge(K, C)), PROVED),
    (ge(N, C), (ge(N, K), ge(C, K)), REFUTED),
    (eq(N, 3), eq(N, 3), PROVED),
    (eq(N // C * C, N), (), REFUTED),
    (le((N // C) * C, N), (), PROVED),
    (le(2 * X * Y, X**2 + Y**2), (), PROVED),
    (lt(X * Y, X**2 + Y**2 + 1), (), PROVED),
    (eq(X / Y * Y, X), (), PROVED),
    (eq(X / Y, Y / X), (), REFUTED),
    (Relation("<=", Fraction(1, 2), N), (), PROVED),
    (eq(1, 1), (), PROVED),
    (eq(1, 2), (), REFUTED),
]


@pytest.mark.parametrize(("claim", "given", "status"), FORMS, ids=lambda value: str(value)[:40])
def test_forms(claim: Any, given: Any, status: str) -> None:
    found = prove(claim, given, seconds=SECONDS)
    assert found.status == status
    assert found.certificate.startswith("prove" if status == PROVED else "refute")
    assert (found.counterexample is not None) == (status == REFUTED)
    assert found.by
    assert 0 <= found.seconds < SECONDS + 3
    assert str(found).startswith(status)
    assert found.certificate in found.proof


def test_a_cost_brings_its_domain() -> None:
    H = dims("H")
    cost = Conv2d(C, N, kernel_size=K).cost((C, H, H))
    assert prove(ge(H, K), given=cost, seconds=SECONDS).status == PROVED
    assert prove(ge(H, K), seconds=SECONDS).status == REFUTED


def test_a_linear_layer() -> None:
    cost = Linear(C, K).cost((N, C))
    assert prove(eq(quantity(cost, "macs"), N * C * K), seconds=SECONDS).status == PROVED
    found = prove(eq(quantity(cost, "params"), C * K), seconds=SECONDS)
    assert found.status == REFUTED
    assert str(found.derived) in ("K*(C + 1)", "C*K + K")
    assert str(found.difference) == "K"
    assert found.holds_when is None


def test_statements_of_the_kernel() -> None:
    found = prove(statement("given n : int >= 1\nclaim 2*(n//2) <= n"), seconds=SECONDS)
    assert found.status == PROVED
    found = prove(statement("given n : int >= 1\nclaim 2*(n//2) = n"), seconds=SECONDS)
    assert found.counterexample == {sympy.Symbol("n"): 1}
    found = prove(statement("given x : int -> real\nclaim x[0] = x[1]"), seconds=SECONDS)
    assert found.status == REFUTED
    assert "counterexample: x = fun(" in str(found)


def test_nothing_to_choose() -> None:
    found = prove(eq(1, 2), seconds=SECONDS)
    assert found.counterexample == {}
    assert "there is nothing to choose" in str(found)


def test_explanations() -> None:
    found = prove(eq(2 * N, N * N), seconds=SECONDS)
    assert found.status == REFUTED
    assert str(found.ratio) == "2/N"
    assert found.holds_when == "N = 2"
    # An inequality has none.
    found = prove(le(N * N, N), seconds=SECONDS)
    assert found.ratio is found.difference is found.derived is found.holds_when is None


I, J = sympy.Symbol("i", integer=True), sympy.Symbol("j", integer=True)

# A sum of polynomials, what it is not, and what it is.
SUMS = [
    (sympy.Sum(I**2, (I, 1, N)), N**3 / 3, N * (N + 1) * (2 * N + 1) / 6),
    (sympy.Sum(1, (J, 0, I), (I, 0, N - 1)), N**2 / 2, N * (N + 1) / 2),
    (sympy.Sum(I + J, (J, 0, K - 1), (I, 0, N - 1)), N * K, N * K * (N + K - 2) / 2),
    (sympy.Sum(K * (2 * K + I * K), (I, 0, N - 1)), 2 * N * K**2, N * K**2 * (N + 3) / 2),
]


@pytest.mark.parametrize(("total", "wrong", "right"), SUMS)
def test_the_right_formula_of_a_sum_is_found(total: Any, wrong: Any, right: Any) -> None:
    found = prove(eq(total, wrong), seconds=SECONDS)
    assert found.status == REFUTED
    assert sympy.expand(found.derived - right) == 0
    assert prove(eq(total, right), seconds=SECONDS).status == PROVED


def test_an_explanation_that_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from symcnn.proving import explaining

    def fail(*given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(explaining, "_Ring", fail)
    found = prove(eq(2 * N, N * N), seconds=SECONDS)
    assert found.status == REFUTED
    assert found.ratio is None
    assert str(found).startswith("REFUTED")


def test_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        verdict, "decide_apart", lambda *given: Decision(UNKNOWN, "", "", ("proofs (1.0 s)",))
    )
    found = prove(eq(N, C))
    assert found.status == UNKNOWN
    assert found.counterexample is found.values is found.ratio is found.holds_when is None
    assert "tried: proofs (1.0 s)" in str(found)
    with pytest.raises(ValueError, match="claim is UNKNOWN: there is no certificate to save"):
        found.save(tmp_path / "x")
    assert not list(tmp_path.iterdir())


# -- saving ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [le(N, N * C), eq(N, N * C)])
def test_what_is_saved_is_replayed(tmp_path: Path, claim: Any) -> None:
    found = prove(claim, name="mine", meaning="One thing.", seconds=SECONDS)
    paths = found.save(tmp_path / "mine")
    assert paths == (tmp_path / "mine.claim", tmp_path / "mine.cert")
    assert [(v.name, v.status) for v in replay_file(paths[1])] == [("mine", found.status)]
    assert '"One thing."' in paths[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("there", ["old.claim", "old.cert"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    found = prove(le(N, N * C), seconds=SECONDS)
    with pytest.raises(FileExistsError, match="choose another path, or remove it first"):
        found.save(tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


# -- errors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "given", "error"),
    [
        (True, (), TypeError),
        (N, (), TypeError),
        ("N = C", (), TypeError),
        (sympy.Eq(1, 1), (), TypeError),
        (eq(N, C), True, TypeError),
        (eq(N, C), 3, TypeError),
    ],
)
def test_what_is_no_claim(claim: Any, given: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        prove(claim, given, seconds=1)


@pytest.mark.parametrize("seconds", [0, -1])
def test_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="must be a positive number"):
        prove(eq(N, C), seconds=seconds)
