"""MobileNetV2."""

from __future__ import annotations

from typing import Any

from symcnn.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Dropout, Flatten, Linear, ReLU6
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential

# Expansion t, channels c in units of ``width``, repetitions n and first stride s of each stage.
STAGES = ((1, 2, 1, 1), (6, 3, 2, 2), (6, 4, 3, 2), (6, 8, 4, 2), (6, 12, 3, 1), (6, 20, 3, 2), (6, 40, 1, 1))


def convolution(channels: Any, out: Any, kernel_size: int = 1, stride: int = 1, groups: Any = 1) -> Module:
    """A convolution that keeps the plane at stride 1, a normalisation and ReLU6."""
    padding = (kernel_size - 1) // 2
    return Sequential(
        Conv2d(channels, out, kernel_size, stride, padding, groups=groups, bias=False),
        BatchNorm2d(out),
        ReLU6(),
    )


class InvertedResidual(Module):
    """A convolution to many channels, a depthwise one, and one to few channels, with a shortcut between."""

    def __init__(self, channels: Any, out: Any, stride: int, expansion: int) -> None:
        inner = expansion * channels
        steps = [convolution(channels, inner)] if expansion != 1 else []
        self.conv = Sequential(
            *steps,
            convolution(inner, inner, kernel_size=3, stride=stride, groups=inner),
            Conv2d(inner, out, kernel_size=1, bias=False),
            BatchNorm2d(out),
        )
        self.adds = stride == 1 and channels == out

    def forward(self, x: Any) -> Any:
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(Module):
    """A convolution, seven stages of inverted residuals, a 1 x 1 convolution and a dense layer."""

    def __init__(self, num_classes: Any, in_channels: Any, width: Any, last_channel: Any) -> None:
        self.name = "mobilenet_v2"
        channels = 4 * width
        steps: list[Module] = [convolution(in_channels, channels, kernel_size=3, stride=2)]
        for expansion, widening, repetitions, first_stride in STAGES:
            for k in range(repetitions):
                out = widening * width
                steps.append(InvertedResidual(channels, out, 1 if k else first_stride, expansion))
                channels = out
        steps.append(convolution(channels, last_channel))
        self.features = Sequential(*steps)
        self.avgpool = AdaptiveAvgPool2d(1)
        self.flatten = Flatten()
        self.classifier = Sequential(Dropout(0.2), Linear(last_channel, num_classes))

    def forward(self, x: Any) -> Any:
        return self.classifier(self.flatten(self.avgpool(self.features(x))))


@sizes
def mobilenet_v2(
    *, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 8, last_channel: Any = 1280
) -> Module:
    """MobileNetV2; channels are multiples of ``width``: 4 after the first convolution, then 2, 3, 4, 8, ...

    Source: Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: inverted residuals and linear
    bottlenecks" (CVPR 2018), table 2.

    >>> from symcnn.models import mobilenet_v2
    >>> cost = mobilenet_v2().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (3504872, 300774272)
    """
    return MobileNetV2(num_classes, in_channels, width, last_channel)
