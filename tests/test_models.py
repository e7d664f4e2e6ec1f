"""Networks: published totals, PyTorch as an oracle, receptive fields, liveness, and symbolic sizes."""

import inspect
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symcnn import Add, AvgPool2d, Concat, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, dims
from symcnn.models import MODELS, build, document_004, lenet5, resnet50
from symcnn.network import Module, Sequential
from symcnn.network.receptive_field import receptive_field
from symcnn.symbols import Dim
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import atoms
from tests.torch_twin import Twin, torch

# Parameters and GMACs as torchvision documents them (`num_params`, `_ops`) at 224 x 224.
PUBLISHED = {
    "alexnet": (61100840, 0.714),
    "vgg11": (132863336, 7.609),
    "vgg13": (133047848, 11.308),
    "vgg16": (138357544, 15.470),
    "vgg19": (143667240, 19.632),
    "vgg11_bn": (132868840, 7.609),
    "vgg13_bn": (133053736, 11.308),
    "vgg16_bn": (138365992, 15.470),
    "vgg19_bn": (143678248, 19.632),
    "resnet18": (11689512, 1.814),
    "resnet34": (21797672, 3.664),
    "resnet50": (25557032, 4.089),
    "resnet101": (44549160, 7.801),
    "resnet152": (60192808, 11.514),
    "resnext50_32x4d": (25028904, 4.230),
    "wide_resnet50_2": (68883240, 11.398),
    "squeezenet1_0": (1248424, 0.819),
    "squeezenet1_1": (1235496, 0.349),
    "densenet121": (7978856, 2.834),
    "mobilenet_v2": (3504872, 0.301),
}

EXACT_MACS = {
    "alexnet": 714188480,
    "vgg16": 15470264320,
    "resnet18": 1814073344,
    "resnet50": 4089184256,
    "resnet152": 11513626624,
    "mobilenet_v2": 300774272,
    "squeezenet1_0": 818924576,
}

SIZES = [(224, 224), (225, 225), (231, 231), (197, 263)]

FIXED_INPUT = {"lenet5": (32, 32), "document_004": (256, 256)}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_totals(name):
    cost = build(name).cost((1, 3, 224, 224))
    params, gmacs = PUBLISHED[name]
    assert cost.params == params
    assert round(cost.macs / 1e9, 3) == gmacs
    assert cost.macs == EXACT_MACS.get(name, cost.macs)
    assert cost.output_shape == (1, 1000)


def test_every_model_is_tested():
    assert set(MODELS) == set(PUBLISHED) | set(FIXED_INPUT)


def compare_with_torch(net: Any, *shapes: tuple[int, ...]) -> None:
    cost, twin = net.cost(*shapes), Twin(net, len(shapes))
    ours = [(r.name, r.cost.output_shape, r.cost.params, r.cost.macs) for r in cost.layers]
    assert ours == [(c.name, c.shape, c.params, c.macs) for c in twin.calls(*shapes)]
    assert cost.params == twin.params
    assert cost.output_shape == ours[-1][1]
    assert cost.macs == sum(macs for *_, macs in ours)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", PUBLISHED)
def test_layers_against_torch(name, size):
    compare_with_torch(build(name), (2, 3, *size))


@pytest.mark.parametrize("name", FIXED_INPUT)
def test_layers_of_networks_with_one_size_against_torch(name):
    compare_with_torch(build(name), (3, 1, *FIXED_INPUT[name]))


@pytest.mark.parametrize("name", ["lenet5", "document_004"])
def test_a_size_that_does_not_match_the_dense_layer_is_refused(name):
    with pytest.raises(ValueError, match=r"fc1: Linear\(.*in_features=\d+ does not match"):
        build(name).cost((1, 1, 40, 40))


@pytest.mark.parametrize("name", MODELS)
def test_rows(name):
    model = MODELS[name]
    cost = model.build().cost(model.input_shape)
    names = [row.name for row in cost.layers]
    assert len(set(names)) == len(names)
    assert cost.macs == sum(row.cost.macs for row in cost.layers)
    assert cost.ops.sequential == sum(row.cost.ops.sequential for row in cost.layers)
    assert cost.memory.outputs == sum(row.cost.memory.outputs for row in cost.layers)
    assert cost.memory.total == sum(row.cost.memory.total for row in cost.layers)
    # In these networks only layers without parameters (ReLU) are used more than once.
    assert cost.params == sum(row.cost.params for row in cost.layers)


@pytest.mark.parametrize("name", MODELS)
def test_every_option_may_be_a_symbol(name):
    model = MODELS[name]
    symbols = {option: dims(option) for option in model.options}
    defaults = {p.name: p.default for p in inspect.signature(model.build).parameters.values()}
    batch, _, height, width = model.input_shape
    symbolic = model.build(**symbols).cost((batch, symbols["in_channels"], height, width))
    concrete = model.build().cost(model.input_shape)
    here = symbolic.at(defaults)
    for quantity in ("params", "macs", "output_shape"):
        assert getattr(here, quantity) == getattr(concrete, quantity)
    assert {str(s) for s in symbolic.params.free_symbols} == set(model.options)


class TestTable:
    def test_entries(self):
        for name, model in MODELS.items():
            assert model.name == name == model.build().label
            assert model.summary.endswith(".")
            assert model.source
            assert model.options[:2] == ("num_classes", "in_channels")

    def test_build(self):
        assert build("vgg11", num_classes=7).cost((1, 3, 64, 64)).output_shape == (1, 7)

    def test_import_is_cheap(self):
        code = "import sys, symcnn.models; sys.exit('sympy' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestLeNet5:
    cost = lenet5().cost((1, 1, 32, 32))

    def test_activations(self):
        sizes = [row.cost.memory.outputs for row in self.cost.layers if row.name != "flatten"]
        assert [row.cost.output_shape for row in self.cost.layers][:2] == [(1, 6, 28, 28), (1, 6, 14, 14)]
        assert sizes == [4704, 1176, 1600, 400, 120, 84, 10]
        assert sum(sizes) == 8094

    def test_parameters(self):
        params = [row.cost.params for row in self.cost.layers if row.cost.params]
        assert params == [156, 2416, 48120, 10164, 850]
        assert self.cost.params == 61706


class TestDocument004:
    sizes = (
        4194304, 4194304, 1048576, 2097152, 2097152, 524288, 1048576, 1048576, 262144, 524288, 524288, 131072,
        131072, 131072, 32768, 32768, 4096, 4096, 2,
    )  # fmt: skip

    def test_activations(self):
        cost = document_004().cost((1, 1, 256, 256))
        assert cost.memory.inputs - sum(self.sizes[:-1]) == 65536
        assert tuple(row.cost.memory.outputs for row in cost.layers) == self.sizes

    def test_symbolic_batch(self):
        B = dims("B")
        cost = document_004().cost((B, 1, 256, 256))
        assert [row.cost.memory.outputs for row in cost.layers] == [B * n for n in self.sizes]
        assert cost.memory.peak == 2 * 4194304 * B
        assert cost.output_shape == (B, 2)

    def test_receptive_field(self):
        field = receptive_field(document_004(), at="conv10")
        windows = [(3, 1, 1), (3, 1, 1), (2, 2, 0)] * 4 + [(3, 1, 1), (3, 1, 1)]
        seen = seen_back(windows)
        assert [(s.spans[0].stride, s.spans[0].low, s.spans[0].high) for s in field.layers] == seen
        assert seen[-1] == (16, -62, 77)
        assert [s.name for s in field.layers][:4] == ["conv10", "conv9", "pool4", "conv8"]
        for i in (0, 1, 7):
            assert field.range(i) == ((16 * i - 62, 16 * i + 77),) * 2
            assert field.layers[2].range(i, 0) == ((2 * i - 4, 2 * i + 5), (-4, 5))


def seen_back(windows: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Stride, first and last position that output 0 sees before each window, from the last window back."""
    stride, low, high = 1, 0, 0
    out: list[tuple[int, int, int]] = []
    for kernel, step, padding in reversed(windows):
        stride, low, high = step * stride, step * low - padding, step * high - padding + kernel - 1
        out.append((stride, low, high))
    return out


class TestSymbolicResNet50:
    net = resnet50()
    N, H, W = dims("N H W")
    cost = net.cost((N, 3, H, W))

    def test_closed_form(self):
        from sympy import ceiling

        N, H, W = self.N, self.H, self.W
        counts = {2: 9408, 4: 245760, 8: 1310720, 16: 7471104, 32: 14417920}
        planes = [n * ceiling(H / d) * ceiling(W / d) for d, n in counts.items()]
        assert (self.cost.macs - N * (sum(planes) + 2048000)).expand() == 0
        assert self.cost.params == 25557032
        assert self.cost.output_shape == (N, 1000)

    @pytest.mark.parametrize("name", ["macs", "ops.sequential", "memory.total", "memory.peak"])
    def test_no_floor_inside_a_floor(self, name):
        floors = [a for a in atoms(self.cost.size(name)) if isinstance(a, Floor)]
        assert {a.denominator for a in floors} == {2, 4, 8, 16, 32} if name != "memory.peak" else floors
        for floor in floors:
            assert not any(isinstance(a, Floor) for part in floor.parts() for a in atoms(part))

    def test_every_size(self):
        for h in range(32, 261):
            w = h | 1
            here, there = self.cost.at(N=2, H=h, W=w), self.net.cost((2, 3, h, w))
            assert (here.macs, here.output_shape) == (there.macs, there.output_shape)
            assert here.memory.peak == there.memory.peak

    def test_imagenet(self):
        here = self.cost.at(N=1, H=224, W=224)
        assert (here.macs, here.params) == (4089184256, 25557032)

    def test_width(self):
        w, K = dims("w K")
        cost = resnet50(width=w, num_classes=K).cost((1, 3, 224, 224))
        assert cost.macs.as_poly(w, K).total_degree() == 2
        for width, classes in ((64, 1000), (8, 10), (5, 3)):
            there = resnet50(width=width, num_classes=classes).cost((1, 3, 224, 224))
            assert cost.at(w=width, K=classes).macs == there.macs
            assert cost.at(w=width, K=classes).params == there.params


small, border = st.integers(1, 5), st.integers(0, 4)


def two_layers(K: Any, S: Any, P: Any, L: Any, T: Any, Q: Any, C: Any) -> Sequential:
    return Sequential(
        Conv2d(C, 2 * C, kernel_size=K, stride=S, padding=P),
        Conv2d(2 * C, C, kernel_size=(L, 2), stride=T, padding=(Q, 1), dilation=2),
    )


class TestTwoSymbolicLayers:
    N, C, H, W = dims("N C H W")
    K, S, L, T = dims("K S L T")
    P, Q = dims("P Q", min=0)
    net = two_layers(K, S, P, L, T, Q, C)
    cost = net.cost((N, C, H, W))

    def test_the_floors_are_merged(self):
        (height,) = (a for a in atoms(self.cost.output_sizes[2]) if isinstance(a, Floor))
        assert not any(isinstance(a, Floor) for part in height.parts() for a in atoms(part))

    @given(numbers=st.tuples(small, small, border, small, small, border, small), h=st.integers(1, 60))
    @settings(max_examples=150)
    def test_substitution_is_the_concrete_cost(self, numbers, h):
        values = {"N": 2, "H": h, "W": h + 3, **dict(zip("KSPLTQC", numbers, strict=True))}
        try:
            there = two_layers(*numbers).cost((2, values["C"], h, h + 3))
        except ValueError:
            with pytest.raises(ValueError, match="does not fit"):
                self.cost.at(values)
            return
        here = self.cost.at(values)
        for quantity in ("macs", "params", "output_shape"):
            assert getattr(here, quantity) == getattr(there, quantity)
        assert here.memory.peak == there.memory.peak
        assert here.ops.sequential == there.ops.sequential

    def test_receptive_field(self):
        K, S, P, L, T, Q = self.K, self.S, self.P, self.L, self.T, self.Q
        field = receptive_field(self.net)
        assert [s.expand() for s in field.size] == [(K + 2 * S * (L - 1)).expand(), K + 2 * S]
        assert [s.expand() for s in field.stride] == [S * T, S * T]
        assert [s.expand() for s in field.offset] == [-P - S * Q, -P - S]


@pytest.mark.parametrize(
    ("name", "at", "size"),
    [
        ("alexnet", "features.12", 195),
        ("vgg16", "features.30", 212),
        ("resnet18", "layer4", 435),
        ("resnet50", "layer4", 427),
    ],
)
def test_published_receptive_fields(name, at, size):
    assert receptive_field(build(name)).size == (size, size)
    assert receptive_field(build(name), at=at).size == (size, size)


class Residual(Module):
    def __init__(self) -> None:
        self.conv1 = Conv2d(1, 2, kernel_size=3, stride=2, padding=1)
        self.conv2 = Conv2d(2, 2, kernel_size=(3, 5), padding=(2, 4), dilation=2)
        self.shortcut = Conv2d(1, 2, kernel_size=1, stride=2)

    def forward(self, *values: Any) -> Any:
        (x,) = values
        return self.conv2(self.conv1(x)) + self.shortcut(x)


class Inception(Module):
    def __init__(self) -> None:
        self.one = Conv2d(1, 1, kernel_size=1)
        self.five = Sequential(Conv2d(1, 1, kernel_size=3, padding=2), Conv2d(1, 1, kernel_size=5, padding=1))
        self.wide = Conv2d(1, 1, kernel_size=(1, 7), padding=(0, 9), dilation=3)
        self.pool = MaxPool2d(3, stride=1, padding=1)
        self.last = Conv2d(4, 1, kernel_size=2, stride=2)

    def forward(self, *values: Any) -> Any:
        (x,) = values
        return self.last(Concat()(self.one(x), self.five(x), self.wide(x), self.pool(x)))


GRADIENTS = {
    "residual": (Residual(), (1, 1, 24, 30)),
    "inception": (Inception(), (1, 1, 24, 30)),
    "twice": (Sequential(Inception(), ReLU(), Inception()), (1, 1, 64, 64)),
    "uneven": (
        Sequential(Conv2d(1, 1, (3, 2), stride=(2, 3), padding=(1, 0)), AvgPool2d((2, 3), stride=1)),
        (1, 1, 24, 30),
    ),
    "alexnet": (build("alexnet", width=1, hidden=1), (1, 3, 291, 291)),
    "vgg16": (build("vgg16", width=1, hidden=1), (1, 3, 256, 256)),
    "document_004": (build("document_004", width=1, hidden=1), (1, 1, 256, 256)),
    "resnet18": (build("resnet18", width=1), (1, 3, 480, 480)),
    "resnet50": (build("resnet50", width=1), (1, 3, 480, 480)),
    "squeezenet1_1": (build("squeezenet1_1", width=1), (1, 3, 256, 256)),
    "mobilenet_v2": (build("mobilenet_v2", width=1, last_channel=1), (1, 3, 544, 544)),
    "densenet121": (build("densenet121", growth_rate=1, num_init_features=2, bn_size=1), (1, 3, 2208, 64)),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_receptive_field_is_the_support_of_the_gradient(name):
    net, shape = GRADIENTS[name]
    field = receptive_field(net)
    twin = Twin(net, device="cpu", smooth=True).positive()
    # Small inputs keep ReLU6 below 6.
    x = (torch.rand(shape, dtype=torch.float64) / 1000).requires_grad_()
    stop = [node.name for node in twin.graph.nodes].index(field.target)
    y = twin.values(x, until=stop)[-1]
    # The first output along each axis whose field leaves the border, where there is one.
    clear = [-(min(o, 0) // s) for o, s in zip(field.offset, field.stride, strict=True)]
    at = [min(i, n - 1) for i, n in zip(clear, y.shape[2:], strict=True)]
    y[0, :, *at].sum().backward()
    support = x.grad[0].abs().sum(0)
    whole = 0
    for axis, ((first, last), length) in enumerate(zip(field.range(*at), shape[2:], strict=True)):
        seen = support.sum(1 - axis).nonzero().flatten()
        assert (seen.min().item(), seen.max().item()) == (max(first, 0), min(last, length - 1))
        whole += first >= 0 and last < length
    assert whole >= 1  # at least one axis is seen in full, without the border


class Shared(Module):
    def __init__(self) -> None:
        self.conv = Conv2d(4, 4, kernel_size=3, padding=1)
        self.again = self.conv
        self.head = Sequential(Flatten(), Linear(4 * 8 * 8, 10))

    def forward(self, *values: Any) -> Any:
        (x,) = values
        return self.head(self.again(self.conv(x)) + x)


def test_a_layer_used_twice_has_two_rows_and_one_set_of_parameters():
    cost = Shared().cost((1, 4, 8, 8))
    assert [row.name for row in cost.layers] == ["conv", "conv:2", "add", "head.0", "head.1"]
    one = 4 * 4 * 9 + 4
    assert [row.cost.params for row in cost.layers] == [one, one, 0, 0, 2570]
    assert cost.params == one + 2570
    assert cost.macs == 2 * 4 * 4 * 9 * 64 + 2560
    compare_with_torch(Shared(), (5, 4, 8, 8))


VIEWS = {"Flatten", "Dropout", "Identity"}


def brute_force_peak(net: Any, *shapes: tuple[int, ...]) -> int:
    """Run the graph step by step with a set of buffers; one is freed when nothing later needs it."""
    graph, cost = net.graph(len(shapes)), net.cost(*shapes)
    entries: dict[int, int] = {}
    buffer_of: list[int] = []
    for value, shape in enumerate(shapes):
        entries[value] = torch.Size(shape).numel()
        buffer_of.append(value)
    shape_of = [*shapes, *(call.shape for call in Twin(net, len(shapes)).calls(*shapes))]
    most = 0
    for step, (node, row) in enumerate(zip(graph.nodes, cost.layers, strict=True)):
        value = len(buffer_of)
        if node.layer.name in VIEWS:
            buffer_of.append(buffer_of[node.inputs[0]])
        else:
            entries[value] = torch.Size(shape_of[value]).numel()
            buffer_of.append(value)
        most = max(most, sum(entries.values()) + row.cost.memory.intermediates)
        needed = {graph.output} | {v for later in graph.nodes[step + 1 :] for v in later.inputs}
        kept = {buffer_of[v] for v in needed if v < len(buffer_of)}
        entries = {buffer: n for buffer, n in entries.items() if buffer in kept}
    return most


@pytest.mark.parametrize(
    "name",
    ["lenet5", "alexnet", "vgg11_bn", "resnet18", "resnet50", "squeezenet1_0", "densenet121"],
)
def test_peak_memory(name):
    model = MODELS[name]
    net = model.build()
    assert net.cost(model.input_shape).memory.peak == brute_force_peak(net, model.input_shape)


class Plan(Module):
    """A network from a list of (operation, position, position), each on values made before."""

    def __init__(self, inputs: int, plan: list[tuple[str, int, int]], channels: list[Any]) -> None:
        self.plan = plan
        self.layers: list[Any] = []
        known = list(channels)
        for operation, i, j in plan:
            a, b = known[i % len(known)], known[j % len(known)]
            if operation == "join":
                self.layers.append(Concat())
                known.append(a + b)
            elif operation == "add":
                self.layers.append(Sequential(Concat(), Conv2d(a + b, 2, kernel_size=1)) if a != b else Add())
                known.append(2 if a != b else a)
            else:
                made = {"conv": Conv2d(a, 3, kernel_size=3, padding=1), "relu": ReLU(), "view": Dropout()}
                self.layers.append(made[operation])
                known.append(3 if operation == "conv" else a)

    def forward(self, *values: Any) -> Any:
        made = list(values)
        for layer, (operation, i, j) in zip(self.layers, self.plan, strict=True):
            a, b = made[i % len(made)], made[j % len(made)]
            if operation not in {"join", "add"}:
                made.append(layer(a))
            elif isinstance(layer, Sequential):
                made.append(layer[1](layer[0](a, b)))
            else:
                made.append(layer(a, b))
        return made[-1]


steps = st.tuples(
    st.sampled_from(["conv", "conv", "relu", "view", "add", "join"]), st.integers(0, 50), st.integers(0, 50)
)


@given(
    plan=st.lists(steps, min_size=1, max_size=12),
    channels=st.lists(st.integers(1, 3), min_size=1, max_size=2),
)
def test_random_graphs(plan, channels):
    net = Plan(len(channels), plan, channels)
    shapes = [(2, c, 5, 6) for c in channels]
    used = {v for node in net.graph(len(channels)).nodes for v in node.inputs}
    compare_with_torch(net, *shapes)
    if used >= set(range(len(channels))):
        assert net.cost(*shapes).memory.peak == brute_force_peak(net, *shapes)
        N, H, W = dims("N H W")
        symbolic = net.cost(*((N, c, H, W) for c in channels))
        assert symbolic.at(N=2, H=5, W=6).memory.peak == net.cost(*shapes).memory.peak


def test_names_count_uses():
    row_names = [row.name for row in build("resnet18").cost((1, 3, 64, 64)).layers]
    uses = Counter(name.split(":")[0] for name in row_names)
    assert uses["layer1.0.relu"] == 2
    assert uses["layer1.0.conv1"] == 1
    assert "layer2.0.downsample.0" in row_names
    assert isinstance(resnet50(width=dims("w")).cost((1, 3, 64, 64)).size("macs"), Dim)
