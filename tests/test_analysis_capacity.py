"""Memory for inference and training, the largest batch, and what PyTorch measures."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import (
    RNN,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Capacity,
    Concat,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Module,
    Mul,
    Opaque,
    ReLU,
    ReLU6,
    SelfAttention,
    Sequential,
    Softmax,
    Tanh,
    capacity,
    dims,
    max_batch,
)
from symcnn.analysis.capacity import OPTIMIZERS
from symcnn.analysis.saving import saved as saved_by
from symcnn.analysis.units import byte_count, shown_bytes
from symcnn.kernel.certificates import replay
from symcnn.models import MODELS, build, document_004, resnet18, resnet50, vgg16
from symcnn.search.layout import HEADER

N, C, D, H, W, B = dims("N C D H W B")
IMAGE = (1, 1, 256, 256)


def conv(i: Any = 4, o: Any = 4) -> Conv2d:
    return Conv2d(i, o, kernel_size=3, padding=1)


# the numbers of document 004, section 5


@pytest.mark.parametrize(
    ("mode", "weights", "batch", "bottleneck"),
    [
        ("largest activation", False, 768, ("conv1", "conv2")),
        ("inference", False, 384, ("conv2",)),
        ("inference", True, 364, ("conv2",)),
        ("all activations", False, 178, ("conv1", "conv2")),
        ("all activations", True, 169, ("conv1", "conv2")),
        ("training", None, 130, ("pool4 backward",)),
    ],
)
def test_the_batches_of_document_004_are_proved(
    mode: str, weights: bool | None, batch: int, bottleneck: tuple[str, ...]
) -> None:
    found = max_batch(document_004(), "12GiB", dtype="float32", input_shape=IMAGE, mode=mode, weights=weights)
    assert (found.batch, found.bottleneck) == (batch, bottleneck)
    assert found.bytes(batch) <= 12 * 2**30 < found.bytes(batch + 1)
    assert found.verdict.status == "PROVED"


def test_the_listed_activations_of_document_004_are_all_counted_but_for_the_view() -> None:
    held = capacity(document_004(), IMAGE, dtype="float32", mode="all activations")
    listed, flattened = 18_096_130, 32_768
    assert held.activations == (listed - flattened) * N
    assert 12 * 2**30 // (4 * listed) == 12 * 2**30 // (4 * (listed - flattened)) == 178


def test_the_kernel_accepts_the_certificate_of_a_largest_batch() -> None:
    found = max_batch(document_004(), "12GiB", dtype="float32", input_shape=IMAGE)
    (again,) = replay([found.statement], f"{HEADER}\n{found.verdict.certificate}")
    assert again.status == "PROVED"
    assert "iff N <= 384" in found.statement.written


def test_a_largest_batch_that_is_too_large_or_too_small_is_refuted() -> None:
    found = max_batch(document_004(), "12GiB", dtype="float32", input_shape=IMAGE)
    for wrong in (383, 385, 768):
        changed = type(found)(found.capacity, found.budget, wrong, 20)
        assert changed.verdict.status == "REFUTED"
        assert "not proved (REFUTED)" in repr(changed)


# closed forms


def test_memory_is_a_closed_form_in_the_batch_and_the_sizes() -> None:
    net = Sequential(conv(3, C), ReLU(), conv(C, D))
    held = capacity(net, (N, 3, H, W), dtype="float32", weights=True)
    assert held.batch == N
    assert held.weights == 9 * 3 * C + C + 9 * C * D + D
    assert held.at(C=8, D=4).activations == 16 * N * H * W
    assert held.at(C=8, D=4, N=2, H=5, W=5).bytes == 4 * (2 * 16 * 25 + 28 * 8 + 9 * 32 + 4)


@pytest.mark.parametrize("mode", ["inference", "training"])
def test_the_largest_batch_is_a_closed_form_in_all_sizes_and_in_the_budget(mode: str) -> None:
    net = Sequential(conv(3, C), ReLU(), conv(C, D))
    found = max_batch(net, B, dtype="float16", input_shape=(N, 3, H, W), mode=mode, weights=True)
    assert found.verdict.status == "PROVED"
    for sizes in ({C: 2, D: 9, H: 3, W: 3}, {C: 9, D: 2, H: 2, W: 5}):
        here = found.capacity.at(**{str(s): n for s, n in sizes.items()}).max_batch(10**6)
        assert found.batch.subs({**sizes, B: 10**6}) == here.batch


def test_a_layer_alone_has_a_capacity() -> None:
    assert capacity(Linear(C, D), (N, C), dtype="float32").bytes == 4 * N * C + 4 * N * D


def test_networks_of_several_inputs_take_a_shape_for_each() -> None:
    class Two(Module):
        def forward(self, x: Any, y: Any) -> Any:
            return x + y

    found = max_batch(Two(), 1000, dtype="float32", input_shape=((N, 4), (N, 4)))
    assert (found.batch, found.capacity.activations) == (20, 12 * N)


def test_layers_of_several_equations_and_recurrent_ones_are_counted() -> None:
    for layer, shape in ((SelfAttention(8, 2), (N, 5, 8)), (RNN(4, 3, batch_first=True), (N, 5, 4))):
        held = capacity(layer, shape, dtype="float32", mode="training")
        assert (
            held.at(N=3).activations
            > held.at(N=2).activations
            > capacity(layer, shape, dtype="int8").at(N=2).activations
        )


def test_a_batch_of_one_and_a_missing_batch_become_the_symbol_n() -> None:
    net = Sequential(conv(), ReLU())
    for shape in ((N, 4, 8, 8), (1, 4, 8, 8), (4, 8, 8)):
        assert capacity(net, shape, dtype="float32").activations == 512 * N
    assert capacity(net, (B, 4, 8, 8), dtype="float32").activations == 512 * B


def test_the_dtype_scales_the_bytes_and_positions_of_maxima_take_eight_bytes_in_any() -> None:
    net = Sequential(conv(), MaxPool2d(2))
    for dtype, size in (("float64", 8), ("float32", 4), ("float16", 2)):
        held = capacity(net, (N, 4, 8, 8), dtype=dtype, mode="training")
        assert [m.elements for m in held.kept] == [256 * N, 256 * N, 64 * N * (8 // size)]
        assert held.bytes == size * (2 * 148 + 3 * 256 * N + 64 * N * (2 + 8 // size))


def test_training_counts_weights_gradients_and_the_optimizer() -> None:
    net = Sequential(conv(), BatchNorm2d(4), ReLU(), conv())
    params, buffers = 2 * (144 + 4) + 8, 8
    for optimizer, copies in OPTIMIZERS.items():
        held = capacity(net, (N, 4, 8, 8), dtype="float32", mode="training", optimizer=optimizer)
        assert (held.weights, held.gradients) == (params + buffers, params)
        assert held.optimizer_state == copies * params


def test_a_layer_used_twice_has_one_set_of_weights() -> None:
    shared = Conv2d(4, 4, kernel_size=3, padding=1, bias=False)
    held = capacity(Sequential(shared, ReLU(), shared), (N, 4, 8, 8), dtype="float32", mode="training")
    assert held.weights == held.gradients == 144


def test_checkpoints_trade_operations_for_memory() -> None:
    net = Sequential(*(layer for _ in range(18) for layer in (conv(), ReLU())))
    peaks = {
        k: capacity(net, (1, 4, 8, 8), dtype="float32", mode="training", checkpoint=k) for k in (1, 6, 36)
    }
    assert peaks[36].recomputed == ()
    assert [peaks[k].at(N=1).activations // 256 for k in (6, 36)] == [11, 21]
    assert len(peaks[6].recomputed) == 30
    without = capacity(net, (1, 4, 8, 8), dtype="float32", mode="training")
    assert peaks[36].activations == without.activations


def test_large_networks_have_closed_forms() -> None:
    held = capacity(resnet50(), (1, 3, 224, 224), dtype="float32", mode="training", optimizer="adam")
    assert held.bytes == 86708128 * N + 409231232
    found = held.max_batch("24GiB")
    assert (found.batch, found.verdict.status) == (292, "PROVED")
    assert int(found) == 292
    assert "layer1.0.conv3" in held.largest_kept


# what the backward pass keeps

KEPT: list[tuple[Any, tuple[Any, ...], str]] = [
    (conv(), ((1, 4, 8, 8),), "inputs=(0,), output=False, intermediates=0, positions=0"),
    (Linear(4, 4), ((1, 4),), "inputs=(0,), output=False, intermediates=0, positions=0"),
    (ReLU(), ((1, 4),), "inputs=(), output=True, intermediates=0, positions=0"),
    (Tanh(), ((1, 4),), "inputs=(), output=True, intermediates=0, positions=0"),
    (ReLU6(), ((1, 4),), "inputs=(0,), output=False, intermediates=0, positions=0"),
    (Add(), ((1, 4), (1, 4)), "inputs=(), output=False, intermediates=0, positions=0"),
    (Concat(), ((1, 4), (1, 4)), "inputs=(), output=False, intermediates=0, positions=0"),
    (Mul(), ((1, 4), (1, 4)), "inputs=(0, 1), output=False, intermediates=0, positions=0"),
    (AvgPool2d(2), ((1, 4, 8, 8),), "inputs=(), output=False, intermediates=0, positions=0"),
    (MaxPool2d(2), ((1, 4, 8, 8),), "inputs=(0,), output=False, intermediates=0, positions=64"),
    (BatchNorm2d(4), ((1, 4, 8, 8),), "inputs=(0,), output=False, intermediates=4, positions=0"),
    (Flatten(), ((1, 4, 8, 8),), "inputs=(), output=False, intermediates=0, positions=0"),
    (Dropout(), ((1, 4),), "inputs=(), output=False, intermediates=0, positions=0"),
    (Softmax(dim=1), ((1, 4),), "inputs=(0,), output=False, intermediates=5, positions=1"),
]


@pytest.mark.parametrize(("layer", "shapes", "expected"), KEPT, ids=[str(k[0]) for k in KEPT])
def test_the_equation_says_what_backward_reads(layer: Any, shapes: Any, expected: str) -> None:
    found = saved_by(layer.quantities(shapes), [True] * len(shapes))
    assert str(found) == f"Saved({expected})"


def test_a_product_keeps_the_other_factor_alone() -> None:
    found = saved_by(Mul().quantities(((1, 4), (1, 4))), [True, False])
    assert found.inputs == (1,)


def test_nothing_is_kept_where_no_gradient_is_asked_for() -> None:
    for layer, shapes, _ in KEPT:
        if not any(t.role == "weight" for t in layer.quantities(shapes).stored):
            assert not saved_by(layer.quantities(shapes), [False] * len(shapes)).anything


# small graphs, against the definition and against PyTorch


class Random(Module):
    """A network of given operations on earlier values; what nothing reads is added up at the end."""

    def __init__(self, plan: list[tuple[str, int, int]]) -> None:
        made = {"conv": conv, "relu": ReLU, "tanh": Tanh, "add": Add, "mul": Mul, "pool": self.pool}
        self.plan = plan
        self.first = conv()
        self.parts = [made[name]() for name, _, _ in plan]

    @staticmethod
    def pool() -> MaxPool2d:
        return MaxPool2d(3, stride=1, padding=1)

    def forward(self, x: Any) -> Any:
        values, read = [self.first(x)], set[int]()
        for (name, a, b), part in zip(self.plan, self.parts, strict=True):
            used = [max(0, len(values) - 1 - back) for back in ((a, b) if name in {"add", "mul"} else (a,))]
            read.update(used)
            values.append(part(*(values[k] for k in used)))
        out = values[-1]
        for k in range(len(values) - 1):
            out = out if k in read else Add()(out, values[k])
        return out


PLANS = st.lists(
    st.tuples(
        st.sampled_from(["conv", "relu", "tanh", "add", "mul", "pool"]), st.integers(0, 4), st.integers(0, 4)
    ),
    min_size=1,
    max_size=8,
)


@given(PLANS)
def test_the_inference_peak_is_that_of_a_search_over_the_schedule(plan: list[tuple[str, int, int]]) -> None:
    net = Random(plan)
    nodes, size = net.graph().nodes, 4 * 6 * 6
    # A value is alive at a step if it is there by then and that step, or a later one, or the caller reads it.
    alive = [
        sum(
            v <= k + 1 and (v == k + 1 or v == len(nodes) or any(v in n.inputs for n in nodes[k:]))
            for v in range(len(nodes) + 1)
        )
        for k in range(len(nodes))
    ]
    held = capacity(net, (1, 4, 6, 6), dtype="float32")
    assert held.activations == max(alive) * size * N
    assert [m.elements for m in held.moments] == [n * size * N for n in alive]


@given(PLANS)
def test_peaks_of_random_graphs_are_those_of_pytorch(plan: list[tuple[str, int, int]]) -> None:
    from tests.torch_memory import peak

    net = Random(plan)
    for mode in ("inference", "training"):
        held = capacity(net, (1, 4, 6, 6), dtype="float32", mode=mode).at(N=2)
        assert peak(net, (2, 4, 6, 6), mode == "training") == 4 * held.activations


CHAIN = Sequential(
    *(conv(4, 8), ReLU(), conv(8, 8), MaxPool2d(2), ReLU()),
    *(conv(8, 16), Tanh(), conv(16, 4), AvgPool2d(2), conv()),
)


@pytest.mark.parametrize("every", range(1, 11))
def test_peaks_with_checkpoints_are_those_of_pytorch(every: int) -> None:
    from tests.torch_memory import checkpointed_peak

    held = capacity(CHAIN, (1, 4, 12, 12), dtype="float32", mode="training", checkpoint=every).at(N=2)
    assert 4 * held.activations == checkpointed_peak(CHAIN, (2, 4, 12, 12), every)


# real networks, against PyTorch

# What PyTorch has and the model has not: batch normalisation is one operation without scale and shift, and an
# average pool keeps its input, though nothing reads its values (but not one over everything, a mean).
REAL = {
    "lenet5": 0,
    "document_004": 0,
    "alexnet": 9216,
    "vgg11": 25088,
    "squeezenet1_0": 0,
    "squeezenet1_1": 0,
    "resnet50": 0,
    "densenet121": 401408 + 200704 + 100352,
}


def normalised(name: str) -> int:
    """The entries of scales of batch normalisations."""
    rows = build(name).cost(MODELS[name].input_shape).layers
    return sum(row.cost.params // 2 for row in rows if isinstance(row.layer, BatchNorm2d))


@pytest.mark.parametrize("name", REAL)
def test_activations_of_real_networks_are_those_that_pytorch_measures(name: str) -> None:
    from tests.torch_memory import peak, saved

    net, (_, *rest) = build(name), MODELS[name].input_shape
    shape, pooled = (2, *rest), 2 * REAL[name]
    inference = capacity(net, (1, *rest), dtype="float32").at(N=2)
    steps = {m.name: m.elements for m in inference.moments}
    # Beside a normalisation, its scale and its shift are alive.
    rows = [row for row in net.cost(shape).layers if isinstance(row.layer, BatchNorm2d)]
    inside = {row.name: row.cost.params for row in rows}
    assert peak(net, shape, training=False) == 4 * max(steps[n] - inside.get(n, 0) for n in steps)
    training = capacity(net, (1, *rest), dtype="float32", mode="training").at(N=2)
    # The peak is where the backward pass begins, and all that is kept is there.
    expected = training.activations - normalised(name) + _held(name)
    assert peak(net, shape, training=True) == 4 * expected
    activations, positions = saved(net, shape)
    inner = sum(m.elements for m in training.kept if m.name.endswith("(inside)"))
    outer = sum(m.elements for m in training.kept) - inner
    assert activations == outer + pooled + _statistics(name)
    assert 2 * positions == inner - normalised(name)


def _held(name: str) -> int:
    """Inputs of average pools that are alive at the peak of training, and kept by PyTorch alone."""
    return 2 * REAL[name] if name == "densenet121" else 0


def _statistics(name: str) -> int:
    """On meta tensors batch normalisation also saves a mean and a deviation for each feature."""
    return 2 * normalised(name)


def test_optimizers_keep_as_many_numbers_as_those_of_pytorch() -> None:
    from tests.oracles import require_oracle

    torch = require_oracle("torch")
    made = {
        "sgd": lambda p: torch.optim.SGD(p, 0.1),
        "momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
        "rmsprop": torch.optim.RMSprop,
        "adagrad": torch.optim.Adagrad,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    }
    assert set(made) == set(OPTIMIZERS)
    for name, optimizer in made.items():
        weight = torch.nn.Parameter(torch.ones(5, 7))
        used = optimizer([weight])
        weight.sum().backward()
        used.step()
        state = [t for t in used.state[weight].values() if torch.is_tensor(t) and t.shape == weight.shape]
        assert sum(t.numel() for t in state) == OPTIMIZERS[name] * weight.numel()


# errors

SMALL = Sequential(conv(), ReLU())
GOOD: dict[str, Any] = {"input_shape": (N, 4, 8, 8), "dtype": "float32"}
BAD: list[tuple[Any, Any, dict[str, Any], str]] = [
    (SMALL, "12GiB", {"dtype": None}, "dtype=None: bytes need a dtype, such as dtype='float32'"),
    (SMALL, "12GiB", {"dtype": "float31"}, "dtype='float31' is unknown; did you mean 'float32'"),
    (SMALL, "12GiB", {"mode": "trainig"}, "mode='trainig' is unknown; did you mean 'training'"),
    (SMALL, "12GiB", {"optimizer": "adm"}, "optimizer='adm' is unknown; did you mean 'adam'"),
    (SMALL, "12GiB", {"checkpoint": 2}, "checkpoint=2: there is nothing to run again in mode='inference'"),
    (SMALL, -1, {}, "memory=-1 must not be negative"),
    (SMALL, "-1GiB", {}, "memory='-1GiB' must not be negative"),
    (SMALL, "12 GiBB", {}, "memory='12 GiBB': the unit 'GiBB' is unknown; did you mean 'GiB'"),
    (SMALL, "12Gb", {}, "the unit 'Gb' is unknown"),
    (SMALL, "12", {}, "memory='12' must be a number and a unit"),
    (SMALL, "much", {}, "memory='much' must be a number and a unit"),
    (SMALL, "٣GiB", {}, "must be a number and a unit"),
    (SMALL, "2047 B", {}, "not even one sample fits for inference: at 0 it needs 2,048 bytes (2 KiB)"),
    (SMALL, 2047, {}, "memory=2,047 bytes (1.999 KiB)"),
    (SMALL, 0, {}, "not even one sample fits"),
    (SMALL, "1kB", {"mode": "training"}, "not even one sample fits for training"),
    (SMALL, "12GiB", {"input_shape": (8, 4, 8, 8)}, "the batch size 8 is what is asked for"),
    (SMALL, "12GiB", {"input_shape": (2 * N, 4, 8, 8)}, "the batch size 2*N must be a symbol or 1"),
    (SMALL, "12GiB", {"input_shape": (1, 4, N, 8)}, "N is no batch size here"),
    (SMALL, "12GiB", {"input_shape": (N, 3, 8, 8)}, "0: Conv2d"),
    (Sequential(ReLU()), "12GiB", {"mode": "training"}, "Sequential has no weights to train"),
    (Sequential(conv(), Opaque("deform")), "12GiB", {}, "only a lower bound: no cost is known for deform"),
]


@pytest.mark.parametrize(("net", "memory", "changed", "message"), BAD, ids=[b[3][:40] for b in BAD])
def test_bad_input_is_refused(net: Any, memory: Any, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        max_batch(net, memory, **{**GOOD, **changed})
    assert message in str(error.value)


def test_floats_are_no_memory() -> None:
    with pytest.raises(TypeError, match=r"memory=1\.5 must be an integer"):
        max_batch(SMALL, 1.5, **GOOD)


def test_values_of_unknown_symbols_and_below_the_range_are_refused() -> None:
    held = capacity(SMALL, (N, 4, H, W), dtype="float32")
    with pytest.raises(ValueError, match="Sequential has no symbol 'h'; known are H, N, W"):
        held.at(h=3)
    with pytest.raises(ValueError, match="N=0 must be at least 1"):
        held.at(N=0)
    pooled = capacity(Sequential(conv(), MaxPool2d(2)), (N, 4, H, W), dtype="float32")
    with pytest.raises(ValueError, match="Sequential at H=1: 1: the window"):
        pooled.at(H=1)


def test_a_symbolic_batch_is_no_number() -> None:
    found = max_batch(SMALL, B, **GOOD)
    with pytest.raises(TypeError, match="is symbolic"):
        int(found)


@pytest.mark.parametrize(
    ("amount", "count"),
    [
        ("12GiB", 12 * 2**30),
        ("12 GB", 12 * 10**9),
        ("1.5KiB", 1536),
        ("0.1 B", 0),
        (" 3 bytes ", 3),
        ("2TB", 2 * 10**12),
    ],
)
def test_units_of_1000_and_of_1024_are_told_apart(amount: str, count: int) -> None:
    assert byte_count(amount) == count


def test_bytes_are_shown_in_the_largest_unit_that_they_fill() -> None:
    assert [shown_bytes(n) for n in (0, 1023, 1024, 2**40)] == ["0 bytes", "1023 bytes", "1 KiB", "1 TiB"]


# what is shown


def test_a_capacity_names_what_is_counted() -> None:
    shown = repr(capacity(vgg16(), (1, 3, 224, 224), dtype="float32"))
    assert "activations that are alive at once in a forward pass" in shown
    assert "weights              not counted" in shown
    assert isinstance(capacity(resnet18(), (1, 3, 224, 224), dtype="float32"), Capacity)


def test_importing_the_package_does_not_load_the_analysis() -> None:
    code = "import symcnn, sys; print([m for m in sys.modules if 'analysis' in m])"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
