"""A soak's time is shared out among the random tests that are collected."""

import os

import pytest

from tests.soundness.effort import EFFORT


def pytest_collection_finish(session: pytest.Session) -> None:
    tests = sum(getattr(getattr(item, "obj", None), "in_rounds", False) for item in session.items)
    EFFORT.share(tests, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def pytest_report_header() -> list[str]:
    return [f"seed of the soak: {EFFORT.seed}"] if EFFORT.soaking else []
