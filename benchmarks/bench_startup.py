"""What starting costs: the import, and the help of the command line."""

from __future__ import annotations

from benchmarks.conftest import Record
from benchmarks.measure import Ratio, process_seconds


def test_import_costs_less_than_30_ms(benchmark, record: Record) -> None:
    def measure() -> Ratio:
        extra = process_seconds("-c", "import symcnn") - process_seconds("-c", "pass")
        return Ratio(extra, 0.030, extra / 0.030)

    record("`import symcnn`, beyond the interpreter", "30 ms", benchmark.pedantic(measure, rounds=1), 1)


def test_help_answers_within_300_ms(benchmark, record: Record) -> None:
    def measure() -> Ratio:
        whole = process_seconds("-m", "symcnn", "--help")
        return Ratio(whole, 0.300, whole / 0.300)

    record("`symcnn --help`, the whole process", "300 ms", benchmark.pedantic(measure, rounds=1), 1)
