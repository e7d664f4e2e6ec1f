"""The tests notice what they must: deadly changes, each noticed by the test that is named.

All mutants, and those that survive, are the matter of ``make mutants`` and ``docs/mutation.md``.
"""

from __future__ import annotations

import os
from importlib.util import module_from_spec

import pytest
from _pytest.runner import runtestprotocol

from symcnn.kernel import polynomial
from tests.mutation import children
from tests.mutation.loading import Changed
from tests.mutation.mutators import ROOT, Mutant, Mutator
from tests.mutation.report import KNOWN, gone, known_survivors, new_survivors
from tests.mutation.running import Judged
from tests.mutation.swapped import Chosen, caches, put_in
from tests.mutation.targets import TARGETS

COMPARED = [
    "symbols.size, _at_least: add(y, by) -> subtract(y, by)",
    "symbols.conditions, _sign: below >= 0 -> below > 0",
]
# Each test by its id, and changes that it must notice.
DEADLY = {
    "tests/test_kernel_laws.py::test_where_the_premises_hold_so_does_the_conclusion"
    "[sum_split-('sum(i in a..b | i != 1) x[i]', 'c')]": [
        "kernel.laws, sum_split: (_at_most(total.low, middle), _at_most(middle, total.high))"
        " -> (_at_most(middle, total.high),)",
        "kernel.laws, sum_split: replace(total, low=middle) -> total",
    ],
    "symcnn/symbols/rounding.py::symcnn.symbols.rounding.floor_div": [
        "symbols.rounding, _cancelled: g > 1 -> g > 2",
        "symbols.rounding, _nested: abs(terms[m]) == 1 and len(m) == 1 and (m[0][1] == 1) and"
        " isinstance(m[0][0], Floor) -> abs(terms[m]) == 1 and len(m) == 1 and (m[0][1] == 1)",
    ],
    "tests/test_mutants.py::test_a_size_is_compared_as_numbers_are": COMPARED,
    "tests/test_counts.py::test_convolutions_count_what_their_loop_nest_does[1]": [
        "derive.extents, _solve_windows: subtract(subtract(reach, 1), last) -> add(subtract(reach, 1), last)",
    ],
    "tests/test_counts.py::test_dense_layers_count_what_their_loop_nest_does": [
        "derive.nests, _Walk.reduction: Contribution(MACS, inner, 1, left)"
        " -> Contribution(MACS, inner, 2, left)",
        "derive.nests, _Walk.reduction: -1 -> 1",
    ],
    "tests/test_proving_translation.py::test_the_sum_is_literal": [
        "proving.sizes, summed: reversed(ranges) -> ranges",
        "proving.sizes, summed: (Sum(name, low, high, guard, body), None) -> (None,)",
    ],
    "tests/test_proving_translation.py::test_counts_without_a_closed_form_are_sums_with_guards": [
        "proving.sizes, guards: Compare('<=', ZERO, size(g, scope)) -> Compare('<', ZERO, size(g, scope))",
    ],
}


def mutant(text: str) -> Mutant:
    """The change that is shown like this."""
    name = text.partition(",")[0]
    module = next(m for target in TARGETS.values() for m in target.modules if m.name == name)
    found = [each for each in Mutator(module).found if str(each) == text]
    assert found, f"{text} is no change of {module.path.name} any more: choose another one"
    return found[0]


class Noticed(Chosen):
    """A session whose tests must pass, and fail in a process of its own for each of their changes."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        assert [item.nodeid for item in session.items] == [*self.place]
        for item in session.items:
            assert run(item, None) == "passes"
            assert [text for text in DEADLY[item.nodeid] if run(item, mutant(text)) != "fails"] == []
        return True


def run(item: pytest.Item, change: Mutant | None) -> str:
    def work() -> int:
        if change is not None and not put_in(change):
            return children.ELSEWHERE
        for cache in caches():
            cache.cache_clear()
        return int(any(report.failed for report in runtestprotocol(item, log=False, nextitem=None)))

    code = os.waitstatus_to_exitcode(os.waitpid(children.forked(work), 0)[1])
    return {0: "passes", 1: "fails"}.get(code, f"ends with {code}")


FILES = list(dict.fromkeys(test.partition("::")[0] for test in DEADLY))


@pytest.mark.parametrize("file", FILES)
def test_deadly_changes_are_noticed(file: str) -> None:
    tests = [test for test in DEADLY if test.startswith(f"{file}::")]

    def work() -> int:
        return int(pytest.main([*children.OPTIONS, str(ROOT / file)], plugins=[Noticed(tests)]))

    assert os.waitpid(children.forked(work), 0)[1] == 0


def test_a_module_is_served_with_its_change() -> None:
    change = mutant("kernel.polynomial, scale: coefficient * factor -> coefficient + factor")
    spec = Changed(change.module, change.code()).find_spec(change.module.imported)
    assert spec is not None
    assert spec.loader is not None
    changed = module_from_spec(spec)
    spec.loader.exec_module(changed)
    assert (polynomial.scale({(): 2}, 3), changed.scale({(): 2}, 3)) == ({(): 6}, {(): 5})


@pytest.mark.parametrize("survivors", [0, 1])
def test_only_survivors_without_a_reason_are_new(survivors: int) -> None:
    known, new = map(mutant, COMPARED)
    judged = [Judged(known, "survived"), Judged(new, "survived" if survivors else "tests")]
    assert new_survivors(judged, {str(known): "read"}) == [str(new)][:survivors]


def test_each_of_two_operands_is_left_out() -> None:
    for rest in ("strict", "sign == POSITIVE"):
        mutant(f"kernel.arithmetic, cone: strict or sign == POSITIVE -> {rest}")


def test_survivors_have_reasons_and_those_that_are_gone_are_named() -> None:
    assert all(known_survivors(KNOWN.read_text(encoding="utf-8")).values())
    (module,) = {mutant(text).module for text in COMPARED if text.startswith("symbols.conditions")}
    old = "symbols.conditions, _sign: nothing -> something"
    assert gone([*COMPARED, old], [module]) == [old]
