"""AlexNet."""

from __future__ import annotations

from typing import Any

from symcnn.layers import AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential


class AlexNet(Module):
    """Five convolutions and three dense layers."""

    def __init__(self, num_classes: Any, in_channels: Any, width: Any, hidden: Any) -> None:
        self.name = "alexnet"
        self.features = Sequential(
            Conv2d(in_channels, width, kernel_size=11, stride=4, padding=2),
            ReLU(),
            MaxPool2d(3, stride=2),
            Conv2d(width, 3 * width, kernel_size=5, padding=2),
            ReLU(),
            MaxPool2d(3, stride=2),
            Conv2d(3 * width, 6 * width, kernel_size=3, padding=1),
            ReLU(),
            Conv2d(6 * width, 4 * width, kernel_size=3, padding=1),
            ReLU(),
            Conv2d(4 * width, 4 * width, kernel_size=3, padding=1),
            ReLU(),
            MaxPool2d(3, stride=2),
        )
        self.avgpool = AdaptiveAvgPool2d(6)
        self.flatten = Flatten()
        self.classifier = Sequential(
            Dropout(),
            Linear(4 * width * 6 * 6, hidden),
            ReLU(),
            Dropout(),
            Linear(hidden, hidden),
            ReLU(),
            Linear(hidden, num_classes),
        )

    def forward(self, x: Any) -> Any:
        return self.classifier(self.flatten(self.avgpool(self.features(x))))


@sizes
def alexnet(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """AlexNet on one device, with ``width`` filters in the first layer and ``hidden`` dense units.

    Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014),
    section 5, in the form that torchvision has.

    >>> from symcnn.models import alexnet
    >>> cost = alexnet().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (61100840, 714188480)
    """
    return AlexNet(num_classes, in_channels, width, hidden)
