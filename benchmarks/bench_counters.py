"""The closed form of ResNet-50 against tools that count one size by running or tracing the network."""

from __future__ import annotations

import warnings

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.conftest import Record
from benchmarks.measure import alternate
from symcnn import dims
from symcnn.layers import base
from symcnn.models import resnet50
from tests.torch_twin import Twin

MACS = 4_089_184_256


class Net(torch.nn.Module):
    """ResNet-50 in PyTorch, layer for layer."""

    def __init__(self) -> None:
        super().__init__()
        self.twin = Twin(resnet50(), device="cpu")
        self.layers = torch.nn.ModuleList(
            m for m in self.twin.modules.values() if isinstance(m, torch.nn.Module)
        )

    def forward(self, x):
        return self.twin.values(x)[-1]


def closed_form():
    base._quantities.cache_clear()
    N, H, W = dims("N H W")
    return resnet50().cost((N, 3, H, W)).macs


def test_closed_form_against_flop_counter_mode(benchmark, record: Record) -> None:
    net = Net().eval()
    image = torch.zeros(1, 3, 224, 224)

    def count() -> None:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            net(image)
        assert counter.get_total_flops() == 2 * MACS

    measured = benchmark.pedantic(alternate, args=(closed_form, count), rounds=1)
    record("ResNet-50, closed form in (N, H, W)", "FlopCounterMode at one size", measured, 1)


def test_closed_form_against_fvcore(benchmark, record: Record) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fvcore.nn import FlopCountAnalysis

    net = Net().eval()
    image = torch.zeros(1, 3, 224, 224)

    def count() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            analysis = FlopCountAnalysis(net, image).unsupported_ops_warnings(False)
            assert analysis.total() >= MACS

    measured = benchmark.pedantic(alternate, args=(closed_form, count), rounds=1)
    record("ResNet-50, closed form in (N, H, W)", "fvcore at one size", measured, 1)
