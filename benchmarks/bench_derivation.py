"""How long it takes to derive closed forms, against writing the same formulas by hand in SymPy."""

from __future__ import annotations

from benchmarks.conftest import Record
from benchmarks.measure import Ratio, alternate_cold, seconds

HAND = """
import time
import sympy
N, H, W = sympy.symbols("N H W", integer=True, positive=True)
def conv(c_in, c_out, k, h, w):
    return N * c_in * c_out * k * k * h * w
start = time.perf_counter()
h = [sympy.ceiling(H / 2**k) for k in range(6)]
w = [sympy.ceiling(W / 2**k) for k in range(6)]
total, c = conv(3, 64, 7, h[1], w[1]), 64
for stage, (blocks, width) in enumerate(zip([3, 8, 36, 3], [64, 128, 256, 512])):
    for block in range(blocks):
        k = stage + 2
        before = k - 1 if block == 0 and stage > 0 else k
        total += conv(c, width, 1, h[before], w[before])
        total += conv(width, width, 3, h[k], w[k])
        total += conv(width, 4 * width, 1, h[k], w[k])
        if block == 0:
            total += conv(c, 4 * width, 1, h[k], w[k])
        c = 4 * width
total += N * 2048 * 1000
stop = time.perf_counter()
assert total.subs({N: 1, H: 224, W: 224}) == 11513626624
print(stop - start)
"""

SETUP = """
import time
import sympy
import symcnn.network.cost, symcnn.symbols.border
from symcnn import dims
from symcnn.models import resnet152
N, H, W = dims("N H W")
start = time.perf_counter()
"""

MACS = (
    SETUP
    + """
macs = resnet152().cost((N, 3, H, W)).macs
stop = time.perf_counter()
assert macs.subs({N: 1, H: 224, W: 224}) == 11513626624
print(stop - start)
"""
)

TABLE = (
    SETUP
    + """
cost = resnet152().cost((N, 3, H, W))
names = ["params", "macs", "ops.sequential", "ops.fused", "memory.total"]
rows = [[row.name, row.cost.output_shape, *(row.cost.size(name) for name in names)] for row in cost.layers]
total = [cost.size(name) for name in [*names, "memory.peak"]]
stop = time.perf_counter()
assert len(rows) == 515 and all(len(row) == 7 for row in rows)
print(stop - start)
"""
)


def test_macs_of_resnet152_against_the_hand_written_sum(benchmark, record: Record) -> None:
    measured = benchmark.pedantic(alternate_cold, args=(MACS, HAND), rounds=1)
    record("ResNet-152, MACs in (N, H, W), cold", "the same sum written by hand in SymPy", measured, 1.5)


def test_full_table_of_resnet152_against_the_hand_written_sum(benchmark, record: Record) -> None:
    measured = benchmark.pedantic(alternate_cold, args=(TABLE, HAND), rounds=1)
    record("ResNet-152, all costs of all layers, cold", "the MACs alone, by hand in SymPy", measured, 10)


def test_time_is_linear_in_the_number_of_layers(benchmark, record: Record) -> None:
    from symcnn import Conv2d, ReLU, Sequential, dims
    from symcnn.layers import base

    N, H, W = dims("N H W")

    def stack(count: int) -> None:
        # Every convolution has its own width, so that nothing is answered from a cache.
        base._quantities.cache_clear()
        layers = [
            layer
            for k in range(count // 2)
            for layer in (Conv2d(8 + k, 9 + k, kernel_size=3, padding=1), ReLU())
        ]
        cost = Sequential(*layers).cost((N, 8, H, W))
        for name in ("params", "macs", "ops.sequential", "memory.total"):
            cost.size(name)

    def measure() -> Ratio:
        # The shortest of three runs each: what else the machine does only ever adds.
        long, short = (min(seconds(lambda n=n: stack(n)) for _ in range(3)) for n in (10_000, 5_000))
        return Ratio(long, short, long / short)

    record("10000 stacked layers, all different", "5000", benchmark.pedantic(measure, rounds=1), 2.6)
