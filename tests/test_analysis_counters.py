"""What is said of published counters is what they report, and differences add up exactly."""

import warnings
from fractions import Fraction
from typing import Any

import pytest
import sympy

from symcnn import (
    COUNTERS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    Linear,
    MatMul,
    MaxPool2d,
    Module,
    Opaque,
    ReLU,
    ReLU6,
    SelfAttention,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    dims,
    explain_difference,
    match,
)
from symcnn.analysis.counters import KINDS
from symcnn.analysis.matching import Written
from symcnn.models import MODELS, densenet121, lenet5, mobilenet_v2, resnet18, resnet50, squeezenet1_1
from tests.oracles import require_oracle

NAMES = ("FlopCounterMode", "fvcore", "ptflops-aten", "ptflops-pytorch", "thop", "torchinfo", "torchprofile")

# What the counters reported in November 2026, in the versions that COUNTERS names, with torch 2.13.0, for one
# sample of 3 x 8 x 8.
LAYERS: list[tuple[Any, tuple[int, ...]]] = [
    (Conv2d(3, 8, 3, padding=1), (27648, 13824, 14336, 14336, 13824, 14336, 13824)),
    (Conv2d(3, 8, 3, padding=2, dilation=2, bias=False), (27648, 13824, 13824, 13824, 13824, 13824, 13824)),
    (Conv2d(3, 9, 3, groups=3), (5832, 2916, 3240, 3240, 2916, 3240, 2916)),
    (Conv2d(3, 8, 2, padding="same", bias=False), (12288, 0, 6144, 6144, 6144, 6144, 0)),
    (ConvTranspose2d(3, 6, 4, stride=2, padding=1), (36864, 18432, 19968, 19968, 73728, 75264, 73728)),
    (ConvTranspose2d(3, 3, 3, stride=2, groups=3), (3456, 1728, 2595, 2595, 7803, 8670, 7803)),
    (
        ConvTranspose2d(3, 6, 3, stride=2, groups=3, bias=False),
        (6912, 3456, 3456, 3456, 15606, 15606, 46818),
    ),
    (Linear(8, 4), (1536, 768, 864, 864, 768, 36, 768)),
    (Linear(8, 4, bias=False), (1536, 768, 768, 768, 768, 32, 768)),
    (BatchNorm2d(3), (0, 384, 0, 384, 768, 6, 192)),
    (BatchNorm2d(3, affine=False), (0, 192, 0, 192, 384, 0, 0)),
    (ReLU(), (0, 0, 0, 384, 0, 0, 0)),
    (ReLU6(), (0, 0, 0, 192, 0, 0, 0)),
    (Sigmoid(), (0, 0, 0, 0, 0, 0, 0)),
    (Tanh(), (0, 0, 0, 0, 0, 0, 0)),
    (Softmax(dim=1), (0, 0, 0, 192, 512, 0, 0)),
    (MaxPool2d(3, 2, 1), (0, 0, 0, 384, 0, 0, 0)),
    (AvgPool2d(2), (0, 0, 0, 384, 48, 0, 48)),
    (AdaptiveAvgPool2d(1), (0, 192, 0, 384, 195, 0, 3)),
    (AdaptiveAvgPool2d(3), (0, 192, 0, 384, 219, 0, 27)),
    (AdaptiveMaxPool2d(2), (0, 0, 0, 384, 0, 0, 0)),
    (Flatten(), (0, 0, 0, 0, 0, 0, 0)),
    (Dropout(), (0, 0, 0, 0, 0, 0, 0)),
]

# The same for networks.
IMAGE = (1, 3, 224, 224)
NETWORKS: list[tuple[Any, tuple[int, ...], tuple[int, ...]]] = [
    (lenet5, (1, 1, 32, 32), (833040, 416520, 423038, 435646, 416520, 423038, 416520)),
    (
        resnet18, IMAGE,
        (3628146688, 1819065856, 1814074344, 1825313768, 1824033792, 1814083944, 1816557568),
    ),
    (
        resnet50, IMAGE,
        (8178368512, 4111512576, 4089185256, 4132436968, 4133742592, 4089238376, 4100300288),
    ),
    (mobilenet_v2, IMAGE, (601548544, 314193216, 300775272, 320362728, 327550720, 300809384, 307453664)),
    (squeezenet1_1, IMAGE, (698303872, 349320936, 351741288, 359982728, 349321936, 351741288, 349152936)),
    (
        densenet121, (1, 3, 97, 110),
        (1230406272, 621988288, 615204136, 629427624, 628802112, 615287784, 618628992),
    ),
]  # fmt: skip

N, C, O, H, W = dims("N C O H W")


def test_every_counter_is_in_the_tables() -> None:
    assert set(NAMES) == set(COUNTERS)
    for counter in COUNTERS.values():
        assert {kind.removesuffix("2d") for kind in counter.rules} <= KINDS


@pytest.mark.parametrize(("layer", "reported"), LAYERS, ids=[str(layer) for layer, _ in LAYERS])
def test_layers_have_the_numbers_that_counters_report(layer: Any, reported: tuple[int, ...]) -> None:
    cost = layer.cost((1, 3, 8, 8))
    found = [explain_difference(cost, name) for name in NAMES]
    assert tuple(d.counted for d in found) == reported
    assert all(d.macs + sum(d.by_reason().values()) == d.counted for d in found)


@pytest.mark.parametrize(("model", "shape", "reported"), NETWORKS, ids=[m.__name__ for m, _, _ in NETWORKS])
def test_networks_have_the_numbers_that_counters_report(
    model: Any, shape: tuple[int, ...], reported: tuple[int, ...]
) -> None:
    cost = model().cost(shape)
    for name, number in zip(NAMES, reported, strict=True):
        found = explain_difference(cost, name)
        assert found.counted == number
        assert found.macs == cost.macs == sum(row.macs for row in found.rows)
        assert sum(row.counted for row in found.rows) == number
        for row in found.rows:
            assert row.macs + sum(item.amount for item in row.items) == row.counted
            assert all(item.amount != 0 for item in row.items)
        assert cost.macs + sum(found.by_reason().values()) == number


@pytest.mark.parametrize("name", [n for n in MODELS if n not in ("vgg13", "vgg16", "vgg19")])
def test_flop_counter_mode_itself_row_by_row(name: str) -> None:
    from tests.torch_twin import Twin

    net, shape = MODELS[name].build(), MODELS[name].input_shape
    found = explain_difference(net.cost(shape), "FlopCounterMode")
    assert [r.counted for r in found.rows] == [2 * call.macs for call in Twin(net).calls(shape)]


class Product(Module):
    def forward(self, x: Any, y: Any) -> Any:
        return MatMul()(x, y)


@pytest.mark.parametrize(
    ("net", "shapes"),
    [
        (lenet5(), [(2, 1, 32, 32)]),
        (resnet18(), [(1, 3, 65, 50)]),
        (mobilenet_v2(), [(2, 3, 64, 64)]),
        (squeezenet1_1(), [(1, 3, 64, 64)]),
        (densenet121(), [(1, 3, 64, 64)]),
        *((Sequential(layer), [(3, 3, 8, 8)]) for layer, _ in LAYERS),
        (Product(), [(2, 3, 4), (2, 4, 5)]),
        (Product(), [(3, 4), (2, 4, 5)]),
        (Product(), [(2, 3, 4), (4, 5)]),
        (Product(), [(2, 2, 3, 4), (2, 2, 4, 5)]),
    ],
)
def test_fvcore_itself(net: Any, shapes: list[tuple[int, ...]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fvcore: Any = require_oracle("fvcore.nn")
        from tests.torch_twin import Twin, torch

        class Net(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.twin = Twin(net, len(shapes), device="cpu")
                modules = self.twin.modules.values()
                self.layers = torch.nn.ModuleList(m for m in modules if isinstance(m, torch.nn.Module))

            def forward(self, *x: Any) -> Any:
                return self.twin.values(*x)[-1]

        analysis = fvcore.FlopCountAnalysis(Net().eval(), tuple(torch.zeros(s) for s in shapes))
        reported = analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()
    assert explain_difference(net.cost(*shapes), "fvcore").counted == reported


def test_differences_are_closed_forms() -> None:
    cost = Sequential(Conv2d(C, O, 3, padding=1), BatchNorm2d(O), ReLU()).cost((N, C, H, W))
    found = explain_difference(cost, "fvcore")
    assert sympy.expand(found.counted - (9 * N * C * O * H * W + 2 * N * O * H * W)) == 0
    assert [sympy.expand(row.counted - row.macs) for row in found.rows] == [0, 2 * N * O * H * W, 0]
    numbers = {"N": 2, "C": 3, "O": 4, "H": 5, "W": 6}
    at = explain_difference(cost.at(numbers), "fvcore")
    assert at.counted == found.counted.subs({n: numbers[n.name] for n in (N, C, O, H, W)})


def test_arguments_take_the_numbers_of_their_symbols() -> None:
    up = ConvTranspose2d(C, O, 3, groups=2)
    assert explain_difference(up.cost((1, C, 8, 8)), "torchprofile").counted is None
    for c, o in ((4, 4), (4, 8)):
        numbers = explain_difference(ConvTranspose2d(c, o, 3, groups=2).cost((1, c, 8, 8)), "torchprofile")
        found = explain_difference(up.cost((1, C, 8, 8)).at(C=c, O=o), "torchprofile")
        assert found.counted == numbers.counted
    same = explain_difference(ConvTranspose2d(C, C, 3).cost((1, C, 8, 8)), "torchprofile").counted
    assert (
        same.subs(C, 5)
        == explain_difference(ConvTranspose2d(5, 5, 3).cost((1, 5, 8, 8)), "torchprofile").counted
    )


def test_what_is_not_described_is_never_guessed() -> None:
    class MyConv(Conv2d):
        pass

    for layer, shape in [
        (SelfAttention(8, 2), (1, 5, 8)),
        (Opaque("deform"), (1, 8, 4, 4)),
        (MyConv(8, 8, 3), (1, 8, 4, 4)),
    ]:
        for name in NAMES:
            found = explain_difference(Sequential(Linear(shape[-1], shape[-1]), layer).cost(shape), name)
            assert found.counted is None
            assert found.undescribed == ("1",)
            assert "is not known here" in repr(found)
    readings = match(SelfAttention(8, 2).cost((1, 5, 8)), 10**9).readings
    assert {r.convention for r in readings if r.count is None} >= set(NAMES)
    assert not any(r.fits for r in readings)


def test_unbatched_layers_are_one_sample() -> None:
    for layer in (Conv2d(3, 6, 3), ConvTranspose2d(3, 6, 3)):
        for name in NAMES:
            one, batch = (explain_difference(layer.cost(s), name).counted for s in ((3, 8, 8), (1, 3, 8, 8)))
            assert one == batch


@pytest.mark.parametrize(
    ("cost", "name", "words"),
    [
        (lenet5().cost((1, 1, 32, 32)), "fvcor", "convention='fvcor' is unknown; did you mean 'fvcore'"),
        (
            lenet5().cost((2, 1, 32, 32)),
            "ptflops-aten",
            "counts one sample, and the batch is 2; give a batch",
        ),
        (lenet5().cost((N, 1, 32, 32)), "ptflops-pytorch", "counts one sample, and the batch is N"),
        (
            Conv2d(1, 1, 3, padding=1).cost((1, 1, 8, 8), convention="fused-unpadded"),
            "fvcore",
            "convention='fused-unpadded' leaves it out; take cost",
        ),
    ],
)
def test_bad_questions_are_errors(cost: Any, name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        explain_difference(cost, name)


# Numbers as they are written.


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("4.09e9", 4_085_000_000, 4_095_000_000),
        ("4.09 G", 4_085_000_000, 4_095_000_000),
        ("4.09GFLOPs", 4_085_000_000, 4_095_000_000),
        ("4.10 GMACs", 4_095_000_000, 4_105_000_000),
        ("4.1 B", 4_050_000_000, 4_150_000_000),
        ("4", Fraction(7, 2), Fraction(9, 2)),
        ("4.", Fraction(7, 2), Fraction(9, 2)),
        ("4,089,184,256", Fraction(2 * 4_089_184_256 - 1, 2), Fraction(2 * 4_089_184_256 + 1, 2)),
        ("300 M mult-adds", 299_500_000, 300_500_000),
        ("1.5k", 1450, 1550),
        ("1.82 gflops", 1_815_000_000, 1_825_000_000),
        (4_089_184_256, Fraction(2 * 4_089_184_256 - 1, 2), Fraction(2 * 4_089_184_256 + 1, 2)),
        (4.09e9, 4_085_000_000, 4_095_000_000),
        (4.1e9, 4_050_000_000, 4_150_000_000),
        (0.5, Fraction(45, 100), Fraction(55, 100)),
    ],
)
def test_a_number_stands_for_what_rounds_to_it(value: Any, low: Any, high: Any) -> None:
    found = Written.of(value)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "value", ["", "four", "-4e9", -4, "4.09 GB/s", "4..1", "nan", float("nan"), float("inf"), "1e", "G"]
)
def test_what_is_no_count_is_an_error(value: Any) -> None:
    with pytest.raises(ValueError, match=r"value=.* is no count; write 4.09e9, '4.10 GFLOPs' or 4089184256"):
        Written.of(value)


RESNET50 = resnet50().cost(IMAGE)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (4_089_184_256, ("MACs",)),
        ("4.089184256e9", ("MACs",)),
        ("4.1115 G", ("fvcore",)),
        ("4.1337 G", ("thop",)),
        ("4.1324 G", ("ptflops-pytorch",)),
        ("4.1003 G", ("torchprofile",)),
        ("4.1172 G", ("fused operations",)),
        ("8.1784 G", ("FLOPs, two for each MAC", "FlopCounterMode", "ptflops-aten, doubled")),
        ("8.2675 G", ("thop, doubled",)),
        ("3.948e9", ("MACs, those on padding left out",)),
        (4_089_184_257, ()),
        ("3.8e9", ()),
    ],
)
def test_published_numbers_of_resnet50_are_matched(value: Any, fits: tuple[str, ...]) -> None:
    assert match(RESNET50, value).fits == fits


def test_where_none_fits_the_nearest_is_named() -> None:
    found = match(RESNET50, "3.8e9")
    assert found.nearest.convention == "MACs, those on padding left out"
    assert "no convention here gives; the nearest is MACs, those on padding left out" in repr(found)
    assert match(ReLU().cost((1, 3)), "1e9").nearest.convention == "ptflops-pytorch, doubled"
    assert match(ReLU().cost((1, 3)), 2).nearest.count == 3
    assert "MACs" in match(ReLU().cost((1, 3)), 0).fits


def test_counters_of_one_sample_are_left_out_for_batches() -> None:
    found = {r.convention: r.count for r in match(lenet5().cost((2, 1, 32, 32)), 833040).readings}
    assert (found["ptflops-aten"], found["thop"], found["MACs"]) == (None, 833040, 833040)


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (lenet5().cost((N, 1, 32, 32)), r"N must be numbers to compare with '4e5'; give them to cost\.at"),
        (
            Sequential(Opaque("deform")).cost((1, 8, 4, 4)),
            "no cost is known for deform, so nothing can match",
        ),
    ],
)
def test_what_cannot_be_compared_is_an_error(cost: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        match(cost, "4e5")
