"""Targets as combinations of vectors: what is found is exact, and nothing is found where there is nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Hashable, Sequence
from fractions import Fraction

import pytest

from symcnn.search import linear
from symcnn.search.linear import Combination, Vector, combination, solved


class Stop(Exception):
    pass


def total(found: Combination, free: Sequence[Vector], cone: Sequence[Vector]) -> dict[object, Fraction]:
    out: dict[object, Fraction] = {}
    for factors, vectors in ((found.free, free), (found.cone, cone)):
        for factor, vector in zip(factors, vectors, strict=True):
            for key, value in vector.items():
                out[key] = out.get(key, Fraction(0)) + factor * value
    return {key: value for key, value in out.items() if value}


def is_exact(found: Combination, target: Vector, free: Sequence[Vector], cone: Sequence[Vector]) -> bool:
    return (
        total(found, free, cone) == {k: v for k, v in target.items() if v} and min(found.cone, default=0) >= 0
    )


def random_vector(draw: random.Random, size: int) -> dict[str, Fraction]:
    return {
        f"k{n}": Fraction(draw.randint(-6, 6), draw.choice((1, 1, 2, 3)))
        for n in range(size)
        if draw.random() < 0.6
    }


@pytest.mark.parametrize("seed", range(60))
def test_feasible_systems(seed: int) -> None:
    draw = random.Random(seed)
    size = draw.randint(1, 8)
    free = [random_vector(draw, size) for _ in range(draw.randint(0, 3))]
    cone = [random_vector(draw, size) for _ in range(draw.randint(1, 12))]
    factors = Combination(
        tuple(Fraction(draw.randint(-4, 4), draw.choice((1, 3))) for _ in free),
        tuple(Fraction(draw.choice((0, 0, 1, 2, 5)), draw.choice((1, 2, 7))) for _ in cone),
    )
    target: Vector = total(factors, free, cone)
    found = combination(target, free, cone)
    assert found is not None
    assert is_exact(found, target, free, cone)


@pytest.mark.parametrize("seed", range(30))
def test_infeasible_systems(seed: int) -> None:
    # All vectors of the cone are on one side of a plane, the target is on the other.
    draw = random.Random(seed)
    normal = [draw.randint(1, 5) for _ in range(4)]
    cone = []
    while len(cone) < 9:
        vector = [draw.randint(-5, 5) for _ in normal]
        if sum(a * b for a, b in zip(normal, vector, strict=True)) >= 0:
            cone.append({k: Fraction(v) for k, v in enumerate(vector)})
    target = {k: Fraction(-draw.randint(1, 5)) for k in range(4)}
    assert combination(target, [], cone) is None


@pytest.mark.parametrize(
    ("target", "free", "cone", "wanted"),
    [
        # A factor of a free vector may be negative, one of the cone may not.
        ({"x": -2}, [{"x": 1}], [], ((-2,), ())),
        ({"x": -2}, [], [{"x": 1}], None),
        ({"x": -2}, [{"x": 3}], [{"x": 1}], ((Fraction(-2, 3),), (0,))),
        ({"x": 1, "y": -1}, [{"y": 2}], [{"x": 4}], ((Fraction(-1, 2),), (Fraction(1, 4),))),
        # The zero target takes nothing at all.
        ({}, [], [], ((), ())),
        ({}, [{"x": 1}], [{"x": 1}], ((0,), (0,))),
        ({"x": 0}, [], [{"x": 1}], ((), (0,))),
        # Vectors that are zero, and the same vector twice
        ({"x": 1}, [{}], [{}, {"x": 0}, {"x": 2}], ((0,), (0, 0, Fraction(1, 2)))),
        ({"x": 1}, [], [{}], None),
        ({"x": 1}, [], [], None),
        ({"x": 1}, [], [{"y": 1}], None),
        # Numbers that no float holds
        ({"x": 10**400}, [], [{"x": 1}], ((), (10**400,))),
        ({"x": Fraction(1, 10**30)}, [], [{"x": Fraction(1, 10**30)}], ((), (1,))),
        ({"x": 10**20 + 1}, [], [{"x": 1}], ((), (10**20 + 1,))),
    ],
)
def test_small_systems(
    target: Vector,
    free: list[Vector],
    cone: list[Vector],
    wanted: tuple[tuple[int, ...], tuple[int, ...]] | None,
) -> None:
    found = combination(target, free, cone)
    assert (None if found is None else (found.free, found.cone)) == wanted


def test_the_same_vector_twice() -> None:
    cone: list[Vector] = [{"x": 2, "y": 1}] * 3
    found = combination({"x": 4, "y": 2}, [], cone)
    assert found is not None
    assert is_exact(found, {"x": 4, "y": 2}, [], cone)


def test_strict_factors_add_up_to_1() -> None:
    # 0 = a + b with a > 0 and b >= 0 is a contradiction only if a takes part.
    cone: list[Vector] = [{"x": 1}, {"x": -1}, {"y": 1}]
    found = combination({}, [], cone, strict=[0])
    assert found == Combination((), (Fraction(1), Fraction(1), Fraction(0)))
    assert combination({}, [], cone, strict=[2]) is None
    found = combination({}, [], cone, strict=[0, 2])
    assert found is not None
    assert found.cone[0] + found.cone[2] == 1
    assert is_exact(found, {}, [], cone)
    # What was given is as it was.
    assert cone == [{"x": 1}, {"x": -1}, {"y": 1}]


def test_free_vectors_with_strict_ones() -> None:
    found = combination({}, [{"x": 3}], [{"x": 2, "y": 1}, {"y": -2}], strict=[0])
    assert found == Combination((Fraction(-2, 3),), (Fraction(1), Fraction(1, 2)))


def test_z3_is_asked_where_floats_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("z3")
    monkeypatch.setattr(linear, "_by_floats", lambda *given: (None, False))
    found = combination({"x": 1, "y": 3}, [{"x": 2}], [{"x": 1, "y": 1}])
    assert found == Combination((Fraction(-1),), (Fraction(3),))
    assert combination({"x": -1}, [], [{"x": 1}]) is None


def test_floats_that_lie_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    def wrong(matrix: object, right: object, check_time: object) -> tuple[object, bool]:
        return np.ones(1), True

    monkeypatch.setattr(linear, "nonnegative_least_squares", wrong)
    assert combination({"x": -1}, [], [{"x": 1}]) is None


def test_too_much_is_not_tried() -> None:
    size = int(linear.MAX_CELLS**0.5) + 1
    assert combination(dict.fromkeys(range(size), 1), [], [{n: 1} for n in range(size)]) is None


def test_time_is_looked_at() -> None:
    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        combination({"x": 1}, [], [{"x": 1}], check_time=stop)


def test_one_exact_solution() -> None:
    rows: dict[Hashable, int] = {"x": 0, "y": 1}
    assert solved(rows, [{"x": 1, "y": 1}, {"x": 1}], {"x": 3, "y": 1}) == [1, 2]
    assert solved(rows, [{"x": 1}], {"x": 1, "y": 1}) is None
    # What stays open is 0.
    assert solved(rows, [{"x": 1}, {"x": 1}], {"x": 5}) == [5, 0]
    assert solved(rows, [], {}) == []


def test_the_order_does_not_depend_on_hashes() -> None:
    code = (
        "import random; from symcnn.search.linear import combination as c; d = random.Random(5);"
        "v = [{f'k{n}': d.randint(-3, 3) for n in range(6)} for _ in range(30)];"
        "print(c({'k1': 1, 'k2': 2}, v[:2], v[2:]))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    assert "Fraction" in seen.pop()
