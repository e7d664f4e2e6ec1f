"""What checking costs: all stored certificates, in a bare interpreter."""

from __future__ import annotations

from benchmarks.conftest import Record
from benchmarks.measure import Ratio, process_seconds


def test_all_stored_proofs_are_replayed_within_2_seconds(benchmark, record: Record) -> None:
    def measure() -> Ratio:
        whole = process_seconds("-I", "-S", "symcnn/kernel", "proofs", rounds=3)
        return Ratio(whole, 2.0, whole / 2.0)

    record("the kernel replays all stored proofs", "2 s", benchmark.pedantic(measure, rounds=1), 1)
