"""Where SymPy gives another value than the true one: listed, and symcnn not misled.

``sympy_disagreements.txt`` lists, with the version of SymPy, each kind of disagreement that random
expressions have shown. A kind that is not in the list fails the test, with the rows to add.
"""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import sympy

from symcnn.proving.translation import term
from symcnn.symbols.border import from_sympy
from tests.brute import brute, brute_size
from tests.expressions import Point, Tree
from tests.soundness.effort import random_rounds
from tests.soundness.random_trees import nodes, random_point
from tests.soundness.sympy_trees import (
    OPERATIONS,
    WRITTEN,
    Disagreement,
    answered,
    built,
    disagreement,
    random_expression,
    shown,
    truth,
)

LIST = Path(__file__).parent / "sympy_disagreements.txt"


@dataclass(frozen=True)
class Listed:
    """A row of the list."""

    kind: str
    operation: str
    tree: Tree
    point: Point
    answer: str
    true: int


def row(found: Disagreement) -> str:
    """A disagreement as the list shows it."""
    at = ", ".join(f"{name} = {value}" for name, value in found.point)
    return (
        f"[{found.kind}]\n{shown(found.tree)}{f'  at {at}' if at else ''}\n"
        f"  SymPy: {found.answer}\n  truth: {found.true}\n  tree:  {found.tree}\n"
    )


def listed() -> tuple[str, list[Listed]]:
    """The version of SymPy for which the list was made, and its rows."""
    text = LIST.read_text(encoding="utf-8")
    out: list[Listed] = []
    for part in re.split(r"^(?=\[)", text, flags=re.MULTILINE)[1:]:
        lines = part.strip().split("\n")
        at = re.findall(r"(\w+) = (-?\d+)", lines[1].partition("  at ")[2])
        answer, true, tree = (line.partition(": ")[2].strip() for line in lines[2:5])
        kind = lines[0].strip("[]")
        point = {name: int(value) for name, value in at}
        made: Tree = ast.literal_eval(tree)
        assert lines[1].partition("  at ")[0] == shown(made)
        out.append(Listed(kind, kind.partition(":")[0], made, point, answer, int(true)))
    version = re.search(r"SymPy (\d+(\.\d+)+)", text)
    assert version is not None
    return version[1], out


VERSION, KNOWN = listed()


def test_the_list_names_each_kind_once() -> None:
    assert len({k.kind for k in KNOWN}) == len(KNOWN)
    assert {k.operation for k in KNOWN} <= {*OPERATIONS}


@pytest.mark.parametrize("known", KNOWN, ids=lambda k: k.kind)
def test_sympy_still_says_so(known: Listed) -> None:
    assert truth(known.tree, known.point) == known.true
    found = answered(known.operation, known.tree, known.point)
    if found != known.answer and sympy.__version__ != VERSION:
        pytest.skip(f"SymPy {sympy.__version__} says {found or known.true}, and {VERSION} {known.answer}")
    assert found == known.answer


@pytest.mark.parametrize("known", KNOWN, ids=lambda k: k.kind)
def test_symcnn_is_not_misled(known: Listed) -> None:
    assert by_symcnn(known.tree, known.point) in (known.true, "refused")


def by_symcnn(tree: Tree, point: Point) -> int | str:
    """The value of the statement's term for the expression as SymPy holds it, or that it is refused."""
    try:
        made = term(built(tree))
    except (TypeError, ValueError):
        return "refused"
    return int(brute(made, point))


def test_random_expressions_hold_what_they_are_to_try() -> None:
    dice, found = random.Random(0), Counter[str]()
    for _ in range(200):
        tree, point = random_expression(dice), random_point(dice, 5)
        found.update({n[0] for n in nodes(tree)})
        found["sum in sum"] += any(n[0] == "sum" and n[4][0] == "sum" for n in nodes(tree))
        for node in nodes(tree):
            if node[0] == "sum":
                low, high = (truth(end, point) for end in node[2:4])
                found["backwards"] += high < low - 1
                found["empty"] += high == low - 1
        found["refused"] += by_symcnn(tree, point) == "refused"
    wanted = {
        "sum": 60, "sum in sum": 8, "backwards": 8, "empty": 3, "mod": 18, "delta": 10, "if": 35, "max": 10,
        "//": 10,
    }  # fmt: skip
    assert {k: n for k, n in wanted.items() if found[k] < n} == {}, found
    # Remainders and Kronecker deltas are refused, and little else.
    assert found["refused"] < found["mod"] + found["delta"] + 20, found


@random_rounds(quick=60)
def test_symcnn_has_the_true_value_and_new_disagreements_of_sympy_are_listed(dice: random.Random) -> None:
    tree, point = random_expression(dice), random_point(dice, 5)
    if answered(WRITTEN, tree, point) is None:  # SymPy has the first word
        assert by_symcnn(tree, point) in (truth(tree, point), "refused"), shown(tree)
        if not {n[0] for n in nodes(tree)} & {"sum", "mod", "if", "delta"}:
            assert brute_size(from_sympy(built(tree)), point) == truth(tree, point)
    operation = WRITTEN if dice.random() < 0.1 else dice.choice(sorted(OPERATIONS))
    found = disagreement(operation, tree, point)
    assert found is None or found.kind in {k.kind for k in KNOWN}, (
        f"SymPy {sympy.__version__} disagrees in a way that {LIST.name} does not list; add\n\n{row(found)}"
    )
