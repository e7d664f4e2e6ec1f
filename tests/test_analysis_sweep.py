"""Sweeps have the numbers of Python's integers, keep to the domain, and stop where they are told to."""

import io
import multiprocessing
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symcnn import Conv2d, Linear, Opaque, Sequential, Sweep, dims, sweep
from symcnn.analysis import sweeping
from symcnn.analysis.pareto import pareto_front
from symcnn.models import resnet50
from symcnn.symbols import exact_quotient
from symcnn.symbols.vectorize import VectorFunction
from tests.expressions import symbol
from tests.oracles import require_oracle

N, C, K, S, H, W = dims("N C K S H W")
CONV = Conv2d(C, 2 * C, kernel_size=K, stride=S, bias=False).cost((1, C, H, H))
GRID: dict[str, Any] = {"C": [3, 8], "K": range(1, 6), "S": np.array([1, 2]), "H": range(3, 8)}
QUANTITIES = ("params", "macs", "memory.total", "ops.total")


def by_hand() -> Iterator[dict[str, int | None]]:
    """The rows of CONV over GRID, one configuration at a time; None outside of the domain."""
    for c, k, s, h in product(*GRID.values()):
        row: dict[str, int | None] = {"C": c, "K": k, "S": int(s), "H": h}
        try:
            at = CONV.at(row)
        except ValueError:
            yield {**row, **dict.fromkeys(QUANTITIES)}
        else:
            counts = (at.params, at.macs, at.memory.total, at.ops.total)
            yield {**row, **dict(zip(QUANTITIES, counts, strict=True))}


def test_rows_are_those_of_python_and_the_last_symbol_runs_fastest() -> None:
    expected = [row for row in by_hand() if row["macs"] is not None]
    found = sweep(CONV, GRID, quantities=QUANTITIES)
    assert list(found.rows()) == expected
    assert found.columns["macs"].dtype == np.int64
    assert found.complete
    assert (found.symbols, found.quantities) == (("C", "K", "S", "H"), QUANTITIES)
    assert sum(n for _, n in found.broken) == found.asked - len(found) == 100 - len(expected)


def test_rows_outside_of_the_domain_are_marked_on_request() -> None:
    found = sweep(CONV, GRID, quantities=QUANTITIES, outside="mark")
    assert list(found.rows()) == list(by_hand())
    assert set(found["macs"][~found.valid].tolist()) == {-1}
    assert found.best(minimize="macs") == sweep(CONV, GRID, quantities=QUANTITIES).best(minimize="macs")


def test_rows_outside_of_the_domain_are_an_error_on_request() -> None:
    with pytest.raises(ValueError, match=r"at C=3, K=4, S=1, H=3: .* needs H >= K"):
        sweep(CONV, GRID, outside="raise")


def test_no_row_in_the_domain_leaves_an_empty_table() -> None:
    found = sweep(CONV, C=1, S=1, K=[7, 8], H=[3, 4])
    assert (len(found), found.complete, list(found.rows())) == (0, True, [])
    assert "0 of 4 configurations" in repr(found)
    assert len(found.pareto(minimize="macs")) == 0
    with pytest.raises(ValueError, match="no row is in the domain, so none is best"):
        found.best(minimize="macs")
    assert len(sweep(CONV, C=1, S=1, K=[7, 8], H=[3, 4], outside="mark")) == 4


def test_quotients_are_asked_for_only_where_they_are_whole() -> None:
    cost = Linear(exact_quotient(as_dim("C"), 2), 3).cost((1, exact_quotient(as_dim("C"), 2)))
    found = sweep(cost, C=range(1, 9), quantities="macs")
    assert found["C"].tolist() == [2, 4, 6, 8]
    assert found["macs"].tolist() == [3, 6, 9, 12]
    assert found.broken[0][1] == 4


def as_dim(name: str) -> Any:
    return symbol(name)


@pytest.mark.parametrize("box", [1, 2, 3, 7, 50, 1000])
def test_the_size_of_the_pieces_changes_nothing(box: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(CONV, GRID, outside="mark")
    columns: dict[str, Any] = {n: [r[n] for r in whole.rows()] for n in whole.symbols}
    monkeypatch.setattr(sweeping, "_BOX", box)
    monkeypatch.setattr(sweeping, "CHUNK", box)
    in_pieces = sweep(CONV, GRID, outside="mark")
    paired = sweep(CONV, columns, paired=True, outside="mark")
    for found in (in_pieces, paired):
        assert list(found.rows()) == list(whole.rows())
    assert list(sweep(CONV, GRID).rows()) == [r for r in whole.rows() if r["macs"] is not None]


def test_paired_values_stand_side_by_side() -> None:
    found = sweep(CONV, C=4, K=3, S=[1, 2, 3], H=[10, 20, 30], paired=True, quantities="macs")
    assert [tuple(r.values()) for r in found.rows()] == [
        (4, 3, s, h, CONV.at(C=4, K=3, S=s, H=h).macs) for s, h in ((1, 10), (2, 20), (3, 30))
    ]
    assert len(sweep(CONV, C=4, K=3, S=1, H=9, paired=True)) == 1


def test_a_cost_without_symbols_is_one_row() -> None:
    found = sweep(CONV.at(C=4, K=3, S=1, H=8))
    assert [r["macs"] for r in found.rows()] == [CONV.at(C=4, K=3, S=1, H=8).macs]


def test_a_million_configurations_of_resnet50_on_a_sample() -> None:
    width = dims("width")
    cost = resnet50(width=width).cost((N, 3, H, W))
    found = sweep(
        cost,
        N=[1, 32],
        H=range(32, 532, 5),
        W=range(32, 532, 5),
        width=range(1, 101, 2),
        quantities=QUANTITIES,
    )
    assert len(found) == 1_000_000
    for k in random.Random(0).sample(range(len(found)), 20):
        row = found.row(k)
        at = cost.at({s: row[s] for s in found.symbols})
        counts = (at.params, at.macs, at.memory.total, at.ops.total)
        assert row == {**row, **dict(zip(QUANTITIES, counts, strict=True))}
    at = cost.at(N=1, H=222, W=222, width=63)
    place = int(np.flatnonzero((found["H"] == 222) & (found["W"] == 222) & (found["width"] == 63))[0])
    assert found.row(place)["macs"] == at.macs


def test_a_mapping_takes_names_that_are_options() -> None:
    n, progress, paired = dims("n progress paired")
    cost = Linear(progress, paired).cost((n, progress))
    found = sweep(cost, {"progress": [2, 3], "paired": 5}, n=1, quantities="macs", progress=False)
    assert found["macs"].tolist() == [10, 15]


@pytest.mark.parametrize("symbols", [{"C": C}, {C: C}])
def test_symbols_themselves_are_names(symbols: Any) -> None:
    assert sweep(Linear(C, 3).cost((1, C)), {name: [1, 2] for name in symbols})["macs"].tolist() == [3, 6]


# What does not fit into 64 bits.

BIG: dict[str, Any] = {"C": [1, 2**31, 2**33], "K": [1, 2], "S": 1, "H": [2, 2**20]}


def test_what_overflows_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(OverflowError, match=r"does not fit into 64 bits; overflow='object' gives Python's"):
        sweep(CONV, BIG)


@pytest.mark.parametrize("box", [1, 4, 1000])
@pytest.mark.parametrize("outside", ["drop", "mark"])
def test_what_overflows_is_exact_on_request(box: int, outside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BOX", box)
    grid = {**BIG, "H": [1, 2, 2**20]}
    found = sweep(CONV, grid, quantities=("macs", "params"), overflow="object", outside=outside)
    assert found["macs"].dtype == object
    assert found["H"].dtype == np.int64
    for row in found.rows():
        if row["macs"] is not None:
            at = CONV.at({n: row[n] for n in found.symbols})
            assert (row["macs"], row["params"]) == (at.macs, at.params)
    best = found.best(maximize="macs")
    assert best["macs"] == 2 * 2**66 * 4 * (2**20 - 1) ** 2
    assert found.pareto(maximize="macs", minimize="params").best(maximize="macs") == best


def test_a_constant_that_overflows_is_exact_on_request() -> None:
    cost = Linear(2**40, 2**40).cost((1, 2**40))
    with pytest.raises(OverflowError, match="does not fit into 64 bits"):
        sweep(cost, quantities="macs")
    assert sweep(cost, quantities="macs", overflow="object").row(0) == {"macs": 2**80}


# Bad input.

DENSE = Linear(C, K).cost((N, C))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"C": [1]}, ValueError, r"no values for K, N; give K=\.\.\., N=\.\.\.|no values for"),
        ({"C": 1, "K": 1, "N": 1, "M": 1}, ValueError, r"Linear\(.*\) has no symbol 'M'; known are"),
        ({"C": 1, "K": 1, "N": []}, ValueError, r"N=\[\] is empty; give at least one value"),
        ({"C": 1, "K": 1, "N": range(0)}, ValueError, r"N=range\(0, 0\) is empty; give at least one value"),
        ({"C": 1, "K": 1, "N": [1.5]}, TypeError, "N has dtype float64; it must hold integers"),
        ({"C": 1, "K": 1, "N": [True]}, TypeError, "N has dtype bool; it must hold integers"),
        ({"C": 1, "K": 1, "N": "12"}, TypeError, "N has dtype <U2; it must hold integers"),
        ({"C": 1, "K": 1, "N": [2**70]}, TypeError, "N has dtype object; it must hold integers"),
        ({"C": 1, "K": 1, "N": [[1, 2]]}, ValueError, r"N has the shape \(1, 2\); give one list of values"),
        ({"C": 1, "K": 1, "N": [1, 0]}, ValueError, "N holds 0; it must be at least 1"),
        ({"C": 1, "K": -3, "N": 1}, ValueError, "K holds -3; it must be at least 1"),
        ({"C": range(1, 10**6), "K": range(1, 10**6), "N": 1}, ValueError, "has 999998000001 rows; at most"),
        ({"C": range(1, 10**10), "K": 1, "N": 1}, ValueError, "has 9999999999 rows; at most 1000000000"),
        ({"C": [1, 2], "K": [1, 2, 3], "N": 1, "paired": True}, ValueError, "equally many: .*C has 2"),
        ({"quantities": "macz"}, ValueError, "quantity='macz' is unknown; did you mean 'macs'"),
        ({"quantities": "intensity"}, ValueError, "intensity is no single count"),
        ({"quantities": ()}, ValueError, r"quantities=\(\) is empty; name at least one"),
        ({"outside": "ignore"}, ValueError, "outside='ignore' is unknown; known are drop, mark, raise"),
        ({"overflow": "wrap"}, ValueError, "overflow='wrap' is unknown; known are raise, object"),
    ],
)
def test_bad_input_is_an_error(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        sweep(DENSE, **arguments)


def test_what_is_known_only_from_below_is_not_swept() -> None:
    cost = Sequential(Opaque("deform")).cost((1, C, 4, 4))
    with pytest.raises(
        ValueError, match="macs of Sequential is only a lower bound: no cost is known for deform"
    ):
        sweep(cost, C=[1, 2], quantities="macs")
    assert sweep(cost, C=[1, 2], quantities="memory.outputs")["memory.outputs"].tolist() == [16, 32]


# The table.


def table() -> Sweep:
    return sweep(DENSE, N=[1, 2], C=[2, 3, 4], K=[5, 6], quantities=("params", "macs"))


def test_columns_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        table()["macs"][0] = 1


def test_best_is_the_first_of_equal_rows() -> None:
    found = sweep(DENSE, N=[1, 2], C=[6, 4], K=[4, 6], quantities="macs")
    assert found.best(maximize="macs") == {"N": 2, "C": 6, "K": 6, "macs": 72}
    assert found.at_most(N=1, macs=24).best(maximize="macs") == {"N": 1, "C": 6, "K": 4, "macs": 24}


def test_limits_keep_what_does_not_exceed_them() -> None:
    found = table().at_most({"params": 18}, macs=20)
    rows = [r for r in table().rows() if (r["params"] or 0) <= 18 and (r["macs"] or 0) <= 20]
    assert list(found.rows()) == rows
    assert found.asked == 12


def test_the_front_is_what_no_row_improves_on() -> None:
    found = table().pareto(minimize="params", maximize=["macs"])
    rows = list(table().rows())

    def beaten(a: Any) -> bool:
        return any(
            (b["params"] < a["params"] and b["macs"] >= a["macs"])
            or (b["params"] <= a["params"] and b["macs"] > a["macs"])
            for b in rows
        )

    assert list(found.rows()) == [r for r in rows if not beaten(r)]


def test_it_shows_both_ends_and_what_was_left_out() -> None:
    shown = repr(sweep(CONV, GRID, quantities="macs")).splitlines()
    assert shown[0].endswith("(sequential): 88 of 100 configurations")
    assert "needs H >= K" in shown[1]
    assert shown[2].split() == ["C", "K", "S", "H", "macs"]
    assert len(shown) == 3 + 11
    assert "..." in shown[8]


# The front.


@given(
    st.integers(1, 4).flatmap(
        lambda k: st.lists(st.lists(st.integers(-3, 3), min_size=k, max_size=k), max_size=40)
    )
)
def test_the_front_of_any_rows(rows: list[list[int]]) -> None:
    def dominates(a: list[int], b: list[int]) -> bool:
        return a != b and all(x <= y for x, y in zip(a, b, strict=True))

    expected = [k for k, row in enumerate(rows) if not any(dominates(other, row) for other in rows)]
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), -1).T if rows else [np.array([], dtype=int)]
    assert pareto_front(list(columns)).tolist() == expected


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_the_front_of_many_rows(objectives: int) -> None:
    rows = np.random.default_rng(objectives).integers(0, 30, (3000, objectives))
    expected = [
        k for k, row in enumerate(rows)
        if not np.any(np.all(rows <= row, axis=1) & np.any(rows < row, axis=1))
    ]  # fmt: skip
    assert pareto_front(list(rows.T)).tolist() == expected


def test_the_front_is_exact_beyond_64_bits_and_at_their_ends() -> None:
    big = np.array([2**80 + 1, 2**80, 2**80], dtype=object)
    assert pareto_front([big, np.array([1, 2, 2])]).tolist() == [0, 1, 2]
    assert pareto_front([big]).tolist() == [1, 2]
    ends = np.array([2**63 - 1, -(2**63), 0])
    assert pareto_front([ends, ends, ends]).tolist() == [1]


@pytest.mark.parametrize(
    ("columns", "words"),
    [([], "no objective given"), ([[1, 2], [1]], "the objectives have the lengths 2, 1; they must agree")],
)
def test_bad_objectives_are_errors(columns: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pareto_front(columns)


# Progress, and stopping.


def test_progress_is_reported_to_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BOX", 30)
    seen: list[tuple[int, int]] = []
    sweep(CONV, GRID, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(30, 100), (50, 100), (80, 100), (100, 100)]


def test_a_bar_is_shown_on_a_terminal_for_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for waits, shown in ((0.0, True), (1e9, False)):
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(sweeping, "_BAR_AFTER", waits)
        monkeypatch.setattr(sweeping, "_BAR_EVERY", 0.0)
        monkeypatch.setattr(sweeping, "_BOX", 10)
        sweep(CONV, GRID)
        assert ("/100" in stream.getvalue()) == shown


def test_nothing_is_shown_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    sweep(CONV, GRID)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("outside", ["drop", "mark"])
def test_ctrl_c_keeps_what_is_done(outside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BOX", 10)

    def stop(done: int, of: int) -> None:
        if done >= 50:
            raise KeyboardInterrupt

    whole, found = sweep(CONV, GRID, outside=outside), sweep(CONV, GRID, outside=outside, progress=stop)
    assert whole.complete
    assert (found.complete, found.visited, found.asked) == (False, 50, 100)
    assert list(found.rows()) == list(whole.rows())[: len(found)]
    assert sum(n for _, n in found.broken) == 50 - int(found.valid.sum())
    assert "interrupted: 50 of 100 were looked at" in repr(found)


def test_ctrl_c_in_the_middle_of_a_piece_leaves_out_that_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BOX", 10)
    calls = 0

    class Stops(sweeping.Evaluation):
        def exact(self, value: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == 40:
                raise KeyboardInterrupt
            return super().exact(value)

    monkeypatch.setattr(sweeping, "Evaluation", Stops)
    found = sweep(CONV, GRID)
    assert found.visited % 10 == 0
    assert 0 < found.visited < 100
    monkeypatch.undo()
    assert list(found.rows()) == list(sweep(CONV, GRID).rows())[: len(found)]


# The same function on arrays of other libraries.


def test_dask_arrays_stay_lazy_and_give_the_same_numbers() -> None:
    da = require_oracle("dask.array")
    cost = resnet50().cost((N, 3, H, W))
    f = cost.function("macs")
    heights, widths = np.arange(32, 332), np.arange(64, 164)
    lazy = f(N=8, H=da.from_array(heights[:, None], chunks=(70, 1)), W=da.from_array(widths, chunks=30))
    assert lazy.numblocks == (5, 4)
    assert (lazy.shape, lazy.dtype) == ((300, 100), np.int64)
    assert np.array_equal(lazy.compute(scheduler="threads"), f(N=8, H=heights[:, None], W=widths))
    assert int(lazy.max().compute()) == cost.at(N=8, H=331, W=163).macs


def test_dask_checks_every_block() -> None:
    da = require_oracle("dask.array")
    h, k = (da.from_array(np.array(v), chunks=2) for v in ([9, 9, 2, 9], [3, 3, 3, 3]))
    lazy = CONV.function("macs")(C=4, S=1, H=h, K=k)
    with pytest.raises(ValueError, match=r"at .*H=2.*needs H >= K"):
        lazy.compute(scheduler="synchronous")
    with pytest.raises(OverflowError, match="does not fit into 64 bits"):
        CONV.function("macs")(C=2**40, S=1, H=h + 10, K=k).compute(scheduler="synchronous")
    same = Conv2d(2, 3, kernel_size=3).cost((1, 2, H, 5)).function("params")(H=h)
    with pytest.raises(ValueError, match=r"at .*H=2.*needs H >= 3"):
        same.compute(scheduler="synchronous")
    with pytest.raises(ValueError, match=r"no values for K; give K=\.\.\."):
        CONV.function("macs")(C=4, S=1, H=h)
    with pytest.raises(TypeError, match="H has dtype float64; it must hold integers"):
        CONV.function("macs")(C=4, S=1, H=h / 2, K=k)


def test_dask_works_in_other_processes() -> None:
    da = require_oracle("dask.array")
    cost = Conv2d(C, C, kernel_size=3, stride=S, padding=1).cost((1, C, H, H))
    h = np.arange(5, 25)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        lazy = cost.function("ops.total")(C=4, S=2, H=da.from_array(h, chunks=10))
        assert lazy.compute(pool=pool, scheduler="processes").tolist() == [
            cost.at(C=4, S=2, H=int(v)).ops.total for v in h
        ]


def test_functions_survive_another_seed_of_the_hashes() -> None:
    # Atoms keep their hash, and those of strings are other ones in another process.
    pickled = pickle.dumps(CONV.function("macs"))
    script = (
        "import pickle, sys; f = pickle.loads(sys.stdin.buffer.read());"
        "from symcnn.symbols.size import Sym; new = {Sym(s.name): s for s in f.symbols};"
        "print(all(new[s] is s for s in f.symbols), f(C=4, K=3, S=2, H=[9, 10]).tolist())"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script], input=pickled, capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert done.stdout.decode().split(" ", 1) == ["True", f"{[2 * 4 * 4 * 9 * 4 * 4] * 2}\n"]


def test_arrays_of_two_libraries_are_an_error() -> None:
    class Foreign:
        def __init__(self, library: str) -> None:
            self.library = library

        def __array_namespace__(self) -> Any:
            return type("Library", (), {"__name__": self.library})()

    with pytest.raises(TypeError, match="arrays of several libraries: H of cupy, W of jax"):
        VectorFunction(symbol("H") * symbol("W"))(H=Foreign("cupy"), W=Foreign("jax"))


@settings(max_examples=30)
@given(
    st.lists(st.integers(1, 2**40), min_size=1, max_size=4),
    st.lists(st.integers(1, 2**25), min_size=1, max_size=4),
)
def test_large_values_are_exact_or_an_error(channels: list[int], sizes: list[int]) -> None:
    cost = Conv2d(C, 3, kernel_size=2, stride=3, padding=1).cost((1, C, H, W))
    values: dict[str, Any] = {"C": channels, "H": sizes, "W": sizes}
    exact = sweep(cost, values, quantities="macs", overflow="object")
    assert [r["macs"] for r in exact.rows()] == [
        cost.at(C=c, H=h, W=w).macs for c in channels for h in sizes for w in sizes
    ]
    try:
        found = sweep(cost, values, quantities="macs")
    except OverflowError:
        return
    assert found["macs"].tolist() == exact["macs"].tolist()
