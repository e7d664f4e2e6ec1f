"""Each refutation of the five documents, evaluated once more by arithmetic that knows nothing of symcnn.

``tests/refutations`` has a function for each refuted claim, in loops and exact numbers of the standard
library. Here each is called with the counterexample of the stored certificate, where the claim must not hold.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from symcnn import Report, check
from symcnn.documents.report import counterexample

DOCUMENTS = ("document_000", "document_001", "document_002", "document_003", "document_004")
CLAIMS = Path(__file__).parent.parent / "proofs" / "claims"
PLAIN = {name: import_module(f"tests.refutations.{name}") for name in DOCUMENTS}


@cache
def report(name: str) -> Report:
    return check(CLAIMS / f"{name}.md", search=False)


def plain(value: Any) -> Any:
    """A number as it is, and the constant function that a certificate writes as ``fun(i, j) 1``."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"fun\([^)]*\) (-?\d+(?:/\d+)?)", value)
    assert found is not None, f"{value} is no constant; write here what it is in Python"
    constant = Fraction(found[1])
    return lambda *_: constant


def cases(table: str) -> list[Any]:
    return [
        pytest.param(name, claim, function, id=claim)
        for name, module in PLAIN.items()
        for claim, function in getattr(module, table, {}).items()
    ]


@pytest.mark.parametrize(("name", "claim", "holds"), cases("CLAIMS"))
def test_the_claim_does_not_hold_at_its_counterexample(
    name: str, claim: str, holds: Callable[..., bool]
) -> None:
    wrong = report(name)[claim].first_wrong
    assert wrong is not None
    found = counterexample(wrong.verdict) or {}
    assert holds(**{letter: plain(value) for letter, value in found.items()}) is False


@pytest.mark.parametrize(("name", "claim", "fails"), cases("WITNESSES"))
def test_what_is_claimed_of_all_sizes_fails_numerically(
    name: str, claim: str, fails: Callable[[], bool]
) -> None:
    assert report(name)[claim].status == "refuted"
    assert fails() is True


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_refuted_claim_is_evaluated(name: str) -> None:
    refuted = {found.name for found in report(name) if found.status == "refuted"}
    assert refuted == {*PLAIN[name].CLAIMS, *getattr(PLAIN[name], "WITNESSES", {})}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_arithmetic_shares_no_code_with_the_project(name: str) -> None:
    tree = ast.parse(inspect.getsource(PLAIN[name]))
    imported = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {module.partition(".")[0] for module in imported} <= {*sys.stdlib_module_names}
