"""SqueezeNet 1.0 and 1.1."""

from __future__ import annotations

from typing import Any

from symcnn.layers import AdaptiveAvgPool2d, Concat, Conv2d, Dropout, Flatten, MaxPool2d, ReLU
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential


class Fire(Module):
    """A 1 x 1 convolution to few channels, then 1 x 1 and 3 x 3 convolutions side by side."""

    def __init__(self, channels: Any, squeeze: Any) -> None:
        self.squeeze = Conv2d(channels, squeeze, kernel_size=1)
        self.squeeze_activation = ReLU()
        self.expand1x1 = Conv2d(squeeze, 4 * squeeze, kernel_size=1)
        self.expand1x1_activation = ReLU()
        self.expand3x3 = Conv2d(squeeze, 4 * squeeze, kernel_size=3, padding=1)
        self.expand3x3_activation = ReLU()

    def forward(self, x: Any) -> Any:
        x = self.squeeze_activation(self.squeeze(x))
        return Concat(dim=1)(
            self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        )


class SqueezeNet(Module):
    """A convolution, eight fire modules with pools (at positions ``pools``), and a 1 x 1 convolution."""

    def __init__(
        self, name: str, first: Conv2d, pools: tuple[int, int, int], num_classes: Any, width: Any
    ) -> None:
        self.name = name
        steps: list[Any] = [first, ReLU()]
        channels: Any = first.out_channels
        squeezed = iter((1, 1, 2, 2, 3, 3, 4, 4))
        while len(steps) < 13:
            if len(steps) in pools:
                steps.append(MaxPool2d(3, stride=2, ceil_mode=True))
            else:
                squeeze = next(squeezed) * width
                steps.append(Fire(channels, squeeze))
                channels = 2 * 4 * squeeze
        self.features = Sequential(*steps)
        self.classifier = Sequential(
            Dropout(), Conv2d(channels, num_classes, kernel_size=1), ReLU(), AdaptiveAvgPool2d(1)
        )
        self.flatten = Flatten()

    def forward(self, x: Any) -> Any:
        return self.flatten(self.classifier(self.features(x)))


@sizes
def squeezenet1_0(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 16) -> Module:
    """SqueezeNet 1.0; ``width`` is the number of channels to which the first fire module squeezes.

    Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters" (2016), table 1.

    >>> from symcnn.models import squeezenet1_0
    >>> cost = squeezenet1_0().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (1248424, 818924576)
    """
    first = Conv2d(in_channels, 6 * width, kernel_size=7, stride=2)
    return SqueezeNet("squeezenet1_0", first, (2, 6, 11), num_classes, width)


@sizes
def squeezenet1_1(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 16) -> Module:
    """SqueezeNet 1.1: a smaller first convolution and earlier pools than in 1.0.

    Source: the authors' release of SqueezeNet 1.1 (2016), after Iandola et al., "SqueezeNet", table 1.

    >>> from symcnn.models import squeezenet1_1
    >>> cost = squeezenet1_1().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (1235496, 349151936)
    """
    first = Conv2d(in_channels, 4 * width, kernel_size=3, stride=2)
    return SqueezeNet("squeezenet1_1", first, (2, 5, 8), num_classes, width)
