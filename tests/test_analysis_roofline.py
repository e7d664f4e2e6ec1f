"""Machines, rooflines, latency and throughput."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symcnn import (
    Add,
    Conv2d,
    Flatten,
    Linear,
    Machine,
    MaxPool2d,
    ReLU,
    Sequential,
    dims,
    latency,
    roofline,
    throughput,
)
from symcnn.analysis.machines import MACHINES, machine
from symcnn.models import document_004, lenet5, resnet18

N, C, D, H, W = dims("N C D H W")
ONE = Machine(flops=10, bandwidth=1)


# latency and throughput of document 002


def test_a_dense_layer_takes_2nk_operations_or_with_multiply_adds_n_plus_1_times_k() -> None:
    dense = Linear(C, D)
    assert latency(dense.cost((C,)), 1) == 2 * C * D
    assert sympy.expand(latency(dense.cost((C,), convention="fused"), 1) - D * (C + 1)) == 0


def test_a_convolution_takes_2chw_operations_a_node_or_chw_plus_1() -> None:
    conv, nodes = Conv2d(3, 8, kernel_size=(5, 4), stride=2, padding=1), 8 * 6 * 6
    assert latency(conv.cost((3, 13, 12)), 1) == nodes * 2 * 3 * 20
    assert latency(conv.cost((3, 13, 12), convention="fused"), 1) == nodes * (3 * 20 + 1)


@pytest.mark.parametrize("convention", ["sequential", "fused"])
def test_latency_times_throughput_is_one(convention: str) -> None:
    for layer, shape in ((Linear(400, 120), (400,)), (MaxPool2d(2), (1, 3, 8, 8))):
        cost = layer.cost(shape, convention=convention)
        assert latency(cost, 10**9) * throughput(cost, 10**9) == 1
    symbolic = Linear(C, D).cost((N, C), convention=convention)
    assert sympy.cancel(latency(symbolic, 7) * throughput(symbolic, 7)) == 1


def test_the_latency_of_a_network_is_that_of_all_its_operations() -> None:
    cost = lenet5().cost((1, 1, 32, 32))
    assert latency(cost, Fraction(10**9)) == Fraction(837_768, 10**9)


# the roofline of one layer


def test_time_is_the_longer_of_computing_and_moving() -> None:
    (layer,) = roofline(Linear(4, 5).cost((3, 4)), ONE, dtype="float32").layers
    assert (layer.operations, layer.bytes) == (120, 4 * (12 + 25 + 15))
    assert layer.intensity == Fraction(120, 208)
    assert layer.attainable == Fraction(120, 208)
    assert (layer.bound, layer.seconds) == ("memory", 208)
    (fast,) = roofline(Linear(4, 5).cost((3, 4)), Machine(1, 10), dtype="float32").layers
    assert (fast.bound, fast.seconds, fast.attainable) == ("compute", 120, 1)


def test_at_the_ridge_point_both_take_as_long() -> None:
    (layer,) = roofline(Linear(4, 5).cost((3, 4)), Machine(120, 208), dtype="float32").layers
    assert (layer.bound, layer.seconds) == ("both", 1)


def test_a_multiply_add_takes_two_of_the_operations_of_a_data_sheet() -> None:
    cost = Conv2d(16, 16, kernel_size=3, bias=False)
    times = [
        roofline(cost.cost((1, 16, 9, 9), convention=c), Machine(100, 10**9), dtype="float32").latency
        for c in ("sequential", "fused")
    ]
    macs = 16 * 49 * 144
    assert times == [Fraction(2 * macs - 16 * 49, 100), Fraction(macs, 50)]


def test_views_move_nothing_and_have_no_bound() -> None:
    found = roofline(Sequential(Flatten(), Linear(12, 2)).cost((1, 3, 4)), ONE, dtype="int8")
    assert (found.layers[0].bytes, found.layers[0].bound, found.layers[0].intensity) == (0, "none", None)
    assert found.layers[0].attainable == 10


def test_symbolic_layers_say_what_holds_for_all_sizes() -> None:
    relu, dense = (layer.cost((N, C)) for layer in (ReLU(), Linear(C, D)))
    (layer,) = roofline(relu, ONE, dtype="float32").layers
    assert (layer.bound, layer.seconds) == ("memory", 8 * N * C)
    (layer,) = roofline(relu, Machine(1, 10), dtype="float32").layers
    assert layer.bound == "compute"
    (layer,) = roofline(dense, ONE, dtype="float32").layers
    assert layer.bound == "depends"
    assert layer.seconds.subs({N: 3, C: 4, D: 5}) == 208
    assert layer.attainable.subs({N: 3, C: 4, D: 5}) == sympy.Rational(120, 208)


def test_latency_adds_up_and_throughput_counts_samples() -> None:
    found = roofline(resnet18().cost((4, 3, 224, 224)), "A100", dtype="float32")
    assert found.latency == sum(layer.seconds for layer in found.layers)
    assert found.throughput * found.latency == 4
    assert isinstance(found.latency, Fraction)
    symbolic = roofline(lenet5().cost((N, 1, 32, 32)), "A100", dtype="float32")
    numeric = roofline(lenet5().cost((7, 1, 32, 32)), "A100", dtype="float32")
    assert Fraction(str(symbolic.latency.subs(N, 7))) == numeric.latency
    assert Fraction(str(symbolic.throughput.subs(N, 7))) == numeric.throughput
    assert (
        roofline(lenet5().cost((N, 1, 32, 32)).at(N=7), "A100", dtype="float32").throughput
        == numeric.throughput
    )


# the batch size at which the bound changes


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 60), st.integers(1, 20))
def test_the_batch_at_which_the_bound_changes_is_that_of_a_search(
    c: int, d: int, flops: int, width: int
) -> None:
    on = Machine(flops, width)
    (change,) = roofline(Linear(c, d).cost((N, c)), on, dtype="float32").changes()
    (layer,) = roofline(Linear(c, d).cost((N, c)), on, dtype="float32").layers

    def computing(n: int) -> bool:
        return Fraction(2 * n * c * d, flops) >= Fraction(4 * (n * c + n * d + c * d + d), width)

    assert layer.operations == 2 * N * c * d
    if change.kind == "from":
        assert computing(change.batch)
        assert not computing(change.batch - 1)
    else:
        assert (change.batch, change.kind) == (None, "always" if computing(1) else "never")
        assert computing(10**9) == computing(1)


def test_the_changes_of_document_004_are_proved() -> None:
    found = roofline(document_004().cost((N, 1, 256, 256)), "A100", dtype="float32")
    changes = {change.layer.name: change for change in found.changes()}
    assert "flatten" not in changes
    shown = {name: str(changes[name]) for name in ("conv1", "conv2", "pool1", "fc1", "fc2", "fc3")}
    assert shown == {
        "conv1": "never",
        "conv2": "always",
        "pool1": "never",
        "fc1": "from N = 20",
        "fc2": "from N = 20",
        "fc3": "never",
    }
    assert {changes[name].verdict.status for name in shown} == {"PROVED"}


def test_a_change_in_symbols_names_its_condition_and_is_proved() -> None:
    (change,) = roofline(Linear(C, C, bias=False).cost((N, C)), ONE, dtype="float32").changes()
    assert sympy.cancel(change.batch - 40 * C / (2 * C - 81)) == 0
    assert str(change.condition) == "1 <= 2*C**2 - 81*C"
    assert change.verdict.status == "PROVED"
    (always,) = roofline(ReLU().cost((N, C)), Machine(1, 10), dtype="float32").changes()
    assert (str(always), always.verdict.status) == ("always", "PROVED")
    (never,) = roofline(Add().cost((N, C), (N, C)), ONE, dtype="float32").changes()
    assert (str(never), never.verdict.status) == ("never", "PROVED")


# machines


@pytest.mark.parametrize("name", MACHINES)
def test_machines_have_a_source_and_plausible_ridge_points(name: str) -> None:
    found = machine(name)
    assert found.name == name
    assert found.source.startswith(("NVIDIA, ", "AMD, "))
    assert 1 < found.ridge_point("float32") < 100
    assert found.speed("float32") < 10**14 < 10**15


def test_ridge_points_of_data_sheets() -> None:
    assert machine("A100").ridge_point("float32") == Fraction(19500, 2039)
    assert machine("V100").ridge_point("float16") == Fraction(125_000, 900)
    assert machine("EPYC 7763").speed("float32") == 5_017_600_000_000
    assert machine(ONE) is ONE


def test_a_roofline_is_shown_as_a_table() -> None:
    shown = repr(roofline(lenet5().cost((1, 1, 32, 32)), "A100", dtype="float32"))
    head, _, *rows = shown.splitlines()
    assert head == "lenet5 on A100, float32, operations sequential; ridge point 9.564 operations/byte"
    assert rows[2].split() == ["conv2", "480,000", "20,768", "23.11", "compute", "2.462e-08"]
    assert rows[-1].startswith("throughput ")
