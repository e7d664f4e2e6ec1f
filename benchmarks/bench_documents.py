"""What the five documents cost: from stored certificates, and with a search for everything."""

from __future__ import annotations

from benchmarks.conftest import Record
from benchmarks.measure import Ratio, process_seconds


def test_the_five_documents_are_checked_from_certificates_within_10_seconds(
    benchmark, record: Record
) -> None:
    def measure() -> Ratio:
        whole = process_seconds("-m", "symcnn", "check", "proofs", "--replay", "--json", rounds=3)
        return Ratio(whole, 10.0, whole / 10.0)

    record("the five documents from stored certificates", "10 s", benchmark.pedantic(measure, rounds=1), 1)


def test_the_five_documents_are_checked_with_search_within_60_seconds(benchmark, record: Record) -> None:
    def measure() -> Ratio:
        whole = process_seconds("-m", "symcnn", "check", "proofs", "--search", "--json", rounds=1)
        return Ratio(whole, 60.0, whole / 60.0)

    record("the five documents with a search for all", "60 s", benchmark.pedantic(measure, rounds=1), 1)
