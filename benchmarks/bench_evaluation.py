"""How long closed forms take at a million points, against NumPy written by hand."""

from __future__ import annotations

import numpy as np

from benchmarks.conftest import Record
from benchmarks.measure import alternate
from symcnn import dims
from symcnn.models import resnet50

POINTS = 1_000_000


def by_hand(N, H, W):
    h2, h4, h8, h16, h32 = ((H + d - 1) // d for d in (2, 4, 8, 16, 32))
    w2, w4, w8, w16, w32 = ((W + d - 1) // d for d in (2, 4, 8, 16, 32))
    return N * (
        2048000
        + 9408 * h2 * w2
        + 245760 * h4 * w4
        + 1310720 * h8 * w8
        + 7471104 * h16 * w16
        + 14417920 * h32 * w32
    )


def test_resnet50_at_a_million_points(benchmark, record: Record) -> None:
    random = np.random.default_rng(0)
    N = random.integers(1, 64, POINTS)
    H, W = random.integers(32, 1024, POINTS), random.integers(32, 1024, POINTS)
    n, h, w = dims("N H W")
    macs = resnet50().cost((n, 3, h, w)).function("macs")
    assert np.array_equal(macs(N=N, H=H, W=W), by_hand(N, H, W))
    measured = benchmark.pedantic(
        alternate, args=(lambda: macs(N=N, H=H, W=W), lambda: by_hand(N, H, W)), rounds=1
    )
    record("ResNet-50, MACs at 1000000 points, exact", "NumPy by hand, unchecked", measured, 2)
