"""``claim``: what a function returns is proved, tested or refuted, and what is none of these never passes."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import symcnn.testing.claims as module
from symcnn import ArrayIdentity, Conv2d, Relation, Tensor, claim, dims, eq, ge, le, quantity
from symcnn.kernel.statements import read_statements
from symcnn.search.deciding import Decision
from symcnn.symbols.conditions import at_least
from symcnn.symbols.size import as_size
from symcnn.testing.claims import ClaimError, ContradictionError, Outcome

L, K, S, C, D, H, W = dims("L K S C D H W")
WINDOWS = eq((L - K) // S + 1, (L - K + S) // S), [ge(L, K)]
OFF_BY_ONE = eq((L - K) // S + 1, (L + S - 1) // S), [ge(L, K)]


def outcome_of(said: Any, **how: Any) -> Outcome:
    def claimed() -> Any:
        return said

    return claim(**how)(claimed)()


@pytest.fixture
def _undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that finds nothing."""
    monkeypatch.setattr(
        "symcnn.proving.verdict.decide_apart", lambda *_: Decision("UNKNOWN", "", "", ("guessing",))
    )


@pytest.fixture
def _believing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that proves everything."""
    monkeypatch.setattr(
        "symcnn.proving.verdict.decide_apart", lambda *_: Decision("PROVED", "believe", "faith", ())
    )


def composed(factor: int = 1) -> ArrayIdentity:
    """Two correlations one after the other are one with the convolution of their kernels."""
    length, first, second = dims("L K_1 K_2")
    return ArrayIdentity(
        name="kernel composition",
        tensors=[Tensor("x", (length,)), Tensor("u", (first,)), Tensor("v", (second,))],
        given=[ge(length, first + second - 1)],
        left=lambda x, u, v: np.correlate(np.correlate(x, u, "valid"), v, "valid"),
        right=lambda x, u, v: factor * np.correlate(x, np.convolve(u, v), "valid"),
    )


# ---------------------------------------------------------------- what is claimed


@pytest.mark.parametrize(
    "said",
    [
        WINDOWS,
        le(L, L * K),
        eq(quantity(Conv2d(C, D, K, bias=False).cost((C, H, W)), "params"), K * K * C * D),
        read_statements('theorem squares ""\n  given n : int >= 1\n  claim n^2 >= n\n')[0],
    ],
    ids=["relation and given", "relation", "quantity", "statement"],
)
def test_what_is_true_is_proved(said: Any) -> None:
    outcome = outcome_of(said)
    assert outcome.status == "PROVED"
    assert outcome.verdict is not None
    assert outcome.verdict.certificate
    assert outcome.trials is None


def test_what_is_false_is_refuted_with_its_counterexample() -> None:
    with pytest.raises(ClaimError, match="claimed is refuted, expected: holds") as found:
        outcome_of(OFF_BY_ONE)
    outcome = found.value.outcome
    assert outcome.status == "REFUTED"
    assert outcome.verdict is not None
    assert outcome.verdict.counterexample == {L: 2, K: 2, S: 1}
    assert "counterexample: " in str(found.value)


@pytest.mark.parametrize("said", [OFF_BY_ONE, composed(2)], ids=["refuted", "falsified"])
def test_errors_come_out_of_other_processes(said: Any) -> None:
    with pytest.raises(ClaimError) as found:
        outcome_of(said, seed=1)
    error: ClaimError = pickle.loads(pickle.dumps(found.value))
    assert str(error) == str(found.value)
    assert error.outcome.status == found.value.outcome.status
    if found.value.outcome.falsified is not None:
        assert error.outcome.falsified is not None
        assert error.outcome.falsified.script == found.value.outcome.falsified.script


def test_what_is_expected_to_be_false_passes_where_it_is() -> None:
    assert outcome_of(OFF_BY_ONE, expected="refuted").status == "REFUTED"
    with pytest.raises(ClaimError, match="claimed is proved, expected: refuted"):
        outcome_of(WINDOWS, expected="refuted")


@pytest.mark.usefixtures("_undecided")
def test_what_has_no_proof_is_tested_and_says_so() -> None:
    outcome = outcome_of(WINDOWS, trials=30, seed=5)
    assert outcome.status == "TESTED"
    assert str(outcome) == (
        "claimed: TESTED: held in 30 random cases (seed 5)\n  given: L >= K\n"
        "  no proof was found; tried: guessing"
    )


@pytest.mark.usefixtures("_undecided")
def test_a_random_case_breaks_what_the_search_did_not_refute() -> None:
    with pytest.raises(ClaimError, match="claimed is falsified, expected: holds") as found:
        outcome_of(OFF_BY_ONE, seed=5)
    outcome = found.value.outcome
    assert outcome.falsified is not None
    assert outcome.falsified.script.strip() in "\n".join(
        line.removeprefix("    ") for line in str(found.value).splitlines()
    )
    assert outcome_of(OFF_BY_ONE, expected="refuted", seed=5).status == "FALSIFIED"


@pytest.mark.usefixtures("_undecided")
def test_what_is_only_tested_is_not_proved() -> None:
    with pytest.raises(ClaimError, match="claimed is tested, expected: proved"):
        outcome_of(WINDOWS, expected="proved")


@pytest.mark.usefixtures("_undecided")
def test_what_is_neither_decided_nor_testable_never_passes() -> None:
    for claimed in ("n is unbounded in n", "n <= n^2 and (for all c : int : exists m : int : m > c + n)"):
        growing = read_statements(f'theorem g ""\n  given n : int >= 1\n  claim {claimed}\n')[0]
        for expected in ("holds", "proved", "refuted"):
            with pytest.raises(ClaimError, match=f"claimed is unknown, expected: {expected}") as found:
                outcome_of(growing, expected=expected)
            assert "it cannot be tested:" in str(found.value)


def test_nothing_is_given_beside_a_statement_that_holds_its_own_assumptions() -> None:
    above = read_statements('theorem above ""\n  given L : int >= 1\n  claim L >= 2\n')[0]
    with pytest.raises(TypeError, match="a statement holds its own assumptions"):
        outcome_of((above, [ge(L, 2)]), expected="refuted")
    assert outcome_of((above, []), expected="refuted").status == "REFUTED"


def test_an_identity_of_arrays_is_tested() -> None:
    outcome = outcome_of(composed(), trials=20, seed=1)
    assert outcome.status == "TESTED"
    assert outcome.verdict is None
    with pytest.raises(ClaimError, match="claimed is falsified"):
        outcome_of(composed(2), trials=20, seed=1)


def test_what_is_proved_is_tested_as_well_where_it_is_asked_for() -> None:
    outcome = outcome_of(WINDOWS, always_test=True, trials=10, seed=3)
    assert outcome.status == "PROVED"
    assert str(outcome).endswith("\n  held in 10 random cases (seed 3)")


@pytest.mark.usefixtures("_believing")
def test_a_proof_that_a_random_case_breaks_is_an_error_of_its_own() -> None:
    with pytest.raises(
        ContradictionError, match="claimed is proved, and yet a random case breaks it"
    ) as found:
        outcome_of(OFF_BY_ONE, always_test=True)
    assert str(pickle.loads(pickle.dumps(found.value))) == str(found.value)


# ---------------------------------------------------------------- functions


def test_functions_keep_their_names_arguments_and_meaning() -> None:
    @claim(trials=7)
    def grows(factor: int, *, more: int = 1) -> Relation:
        """A product of two is not smaller than either."""
        return le(factor, factor * more * L)

    assert grows.__name__ == "grows"
    assert list(inspect.signature(grows).parameters) == ["factor", "more"]
    outcome = grows(2, more=3)
    assert outcome.verdict is not None
    assert outcome.verdict.statement.written.startswith('theorem grows "A product of two')


def test_methods_are_claims_too() -> None:
    class Group:
        length = L

        @claim
        def test(self) -> Relation:
            return le(self.length, self.length)

    assert Group().test().status == "PROVED"


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
@pytest.mark.parametrize("inside", [True, False], ids=["claim of it", "of a claim"])
def test_methods_without_an_instance_are_claims_too(kind: Any, inside: bool) -> None:
    def grows(*owner: type) -> Relation:
        return le(L, L * K)

    group: Any = type("Group", (), {"grows": claim(kind(grows)) if inside else kind(claim(grows))})
    assert group.grows().status == group().grows().status == "PROVED"


@pytest.mark.parametrize(
    ("name", "meaning", "written"),
    [
        ("_private", "", 'theorem private ""'),
        ("größe", "", 'theorem gr__e ""'),
        ("<lambda>", "", 'theorem lambda_ ""'),
        ("_1", "", 'theorem claim ""'),
        ("quoted", 'The "rows".', "theorem quoted \"The 'rows'.\""),
        ("spaced", "A\xa0K\u00b2\x07.\nMore.", 'theorem spaced "A K\u00b2 ."'),
    ],
)
def test_any_name_and_docstring_of_python_will_do(name: str, meaning: str, written: str) -> None:
    def claimed() -> Relation:
        return le(L, L * K)

    claimed.__name__, claimed.__doc__ = name, meaning
    outcome = claim(claimed)()
    assert outcome.name == name
    assert outcome.verdict is not None
    assert outcome.verdict.statement.written.partition("\n")[0] == written


def test_arguments_may_have_any_name() -> None:
    @claim
    def grows(self: int, function: int) -> Relation:
        return le(L, self * function * L)

    assert grows(self=1, function=2).status == "PROVED"


def test_a_test_of_hypothesis_is_no_claim() -> None:
    with pytest.raises(TypeError, match="tested: @claim and @given do not go together; take "):

        @claim
        @given(st.integers(1, 5))
        def tested(factor: int) -> None:
            pass


def test_an_outcome_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"compare outcome\.status"):
        bool(outcome_of(le(L, L)))


def test_a_sequence_of_draws_is_repeated_by_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int | None] = []
    real: Callable[..., Any] = module.check_random

    def watched(*args: Any, seed: int | None, **given: Any) -> Any:
        seeds.append(seed)
        return real(*args, seed=seed, **given)

    monkeypatch.setattr(module, "check_random", watched)
    outcome_of(composed(), trials=3, seed=9)
    outcome_of(composed(), trials=3)
    assert seeds == [9, None]


def test_what_is_given_is_shown_beside_a_proof() -> None:
    assert str(outcome_of((eq(L, K), (eq(L, K), ge(K**2, 1))))) == (
        "claimed: PROVED: L = K\n  given: L = K, K^2 >= 1"
    )


def test_all_that_is_given_is_shown() -> None:
    cost = Conv2d(C, D, K, bias=False).cost((C, H, W))
    said = ge(H * L, K * L), [cost, (ge(C, 2), sympy.Ge(L, D)), at_least(as_size(D), 3)]
    assert str(outcome_of(said)) == (
        "claimed: PROVED: K*L <= H*L\n  given: H >= K, W >= K, C >= 2, L >= D, D >= 3"
    )


@pytest.mark.parametrize(
    "second",
    [ge(L, 2), sympy.Eq(L, K), sympy.And(L > K, L > D), at_least(as_size(L), 2)],
    ids=["relation", "of SymPy", "two of SymPy", "condition"],
)
def test_two_relations_are_no_claim_and_what_is_given(second: Any) -> None:
    with pytest.raises(
        TypeError, match=r"claimed returned two relations; .*: return L = K, \[.*\]\. Two claims"
    ):
        outcome_of((eq(L, K), second))


@pytest.mark.usefixtures("_undecided")
def test_what_has_no_value_somewhere_does_not_pass_as_tested() -> None:
    with pytest.raises(
        ClaimError, match="tested: there are cases in which it has no value, such as L = 1, K = 1: "
    ):
        outcome_of(eq(L / (L - K) - K / (L - K), 1), trials=20, seed=5)
