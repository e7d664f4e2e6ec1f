"""The rounds and seeds of this suite itself."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soundness.effort import EFFORT, ROUND, SEED, examples, random_rounds, rounds


def test_a_quick_run_has_as_many_rounds_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EFFORT, "seconds", None)
    assert list(rounds(3)) == [0, 1, 2]


def test_a_soak_runs_one_round_at_least_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EFFORT, "seconds", 0.0)
    assert list(rounds(3)) == [0]


def test_a_round_can_be_repeated_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROUND, "17")
    assert list(rounds(3)) == [17]


def test_each_round_has_its_own_choices_and_a_failure_says_which_it_was() -> None:
    seen: list[float] = []

    @random_rounds(quick=5)
    def tested(dice: random.Random) -> None:
        seen.append(dice.random())
        if len(seen) == 4:
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong") as found:
        tested()
    assert len(set(seen)) == 4
    assert found.value.__notes__ == [f"to repeat this round alone: {SEED}={EFFORT.seed} {ROUND}=3"]


@pytest.mark.parametrize("low", [0, 1])
@examples(quick=7)
@given(number=st.integers(0, 10**9))
def test_examples_are_drawn_as_often_as_it_says(low: int, number: int) -> None:
    assert number >= 0
    assert low in (0, 1)


def test_a_soak_draws_other_examples_in_each_round(monkeypatch: pytest.MonkeyPatch) -> None:
    @examples(quick=3)
    @given(number=st.integers(0, 10**9))
    def tested(number: int) -> None:
        seen[-1].append(number)

    seen: list[list[int]] = []
    for number in (1, 2, 1):
        monkeypatch.setenv(ROUND, str(number))
        seen.append([])
        tested()
    first, second, again = seen
    assert first == again != second
