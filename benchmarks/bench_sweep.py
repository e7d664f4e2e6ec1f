"""How long a sweep of a million configurations takes, against NumPy written by hand."""

from __future__ import annotations

import numpy as np

from benchmarks.bench_evaluation import by_hand
from benchmarks.conftest import Record
from benchmarks.measure import alternate
from symcnn import dims, sweep
from symcnn.models import resnet50

N, H, W = range(1, 65), range(32, 157), range(64, 189)


def test_a_grid_of_a_million_points(benchmark, record: Record) -> None:
    n, h, w = dims("N H W")
    cost = resnet50().cost((n, 3, h, w))

    def ours():
        return sweep(cost, N=N, H=H, W=W, quantities="macs").columns

    def theirs():
        # As columns too, and as fast as it goes: the axes broadcast.
        axes = np.meshgrid(N, H, W, indexing="ij", sparse=True)
        columns = [a.reshape(-1) for a in np.broadcast_arrays(*axes)]
        return [*columns, by_hand(*axes).reshape(-1)]

    for mine, hand in zip(ours().values(), theirs(), strict=True):
        assert mine.shape == (1_000_000,)
        assert np.array_equal(mine, hand)
    measured = benchmark.pedantic(alternate, args=(ours, theirs), kwargs={"rounds": 15}, rounds=1)
    record(
        "ResNet-50, MACs on a grid of 1000000 points", "NumPy by hand, broadcasting, unchecked", measured, 2
    )


def test_a_million_points_side_by_side(benchmark, record: Record) -> None:
    n, h, w = dims("N H W")
    cost = resnet50().cost((n, 3, h, w))
    random = np.random.default_rng(0)
    points = {
        "N": random.integers(1, 64, 1_000_000),
        "H": random.integers(32, 1024, 1_000_000),
        "W": random.integers(32, 1024, 1_000_000),
    }

    def ours():
        return sweep(cost, points, paired=True, quantities="macs")

    assert np.array_equal(ours()["macs"], by_hand(**points))
    measured = benchmark.pedantic(alternate, args=(ours, lambda: by_hand(**points)), rounds=1)
    record("ResNet-50, a sweep of 1000000 points", "NumPy by hand, unchecked", measured, 2)
