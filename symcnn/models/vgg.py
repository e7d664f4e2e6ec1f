"""VGG with 11, 13, 16 and 19 layers, with and without batch normalisation."""

from __future__ import annotations

from typing import Any

from symcnn.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential

# Convolutions in each of the five stages; the stages have 1, 2, 4, 8 and 8 times ``width`` channels.
DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
WIDENINGS = (1, 2, 4, 8, 8)


class VGG(Module):
    """Stages of 3 x 3 convolutions, each stage followed by a pool, then three dense layers."""

    def __init__(
        self, layers: int, batch_norm: bool, num_classes: Any, in_channels: Any, width: Any, hidden: Any
    ) -> None:
        self.name = f"vgg{layers}_bn" if batch_norm else f"vgg{layers}"
        steps: list[Any] = []
        channels = in_channels
        for depth, widening in zip(DEPTHS[layers], WIDENINGS, strict=True):
            for _ in range(depth):
                steps.append(Conv2d(channels, widening * width, kernel_size=3, padding=1))
                channels = widening * width
                steps.extend([BatchNorm2d(channels), ReLU()] if batch_norm else [ReLU()])
            steps.append(MaxPool2d(2))
        self.features = Sequential(*steps)
        self.avgpool = AdaptiveAvgPool2d(7)
        self.flatten = Flatten()
        self.classifier = Sequential(
            Linear(channels * 7 * 7, hidden),
            ReLU(),
            Dropout(),
            Linear(hidden, hidden),
            ReLU(),
            Dropout(),
            Linear(hidden, num_classes),
        )

    def forward(self, x: Any) -> Any:
        return self.classifier(self.flatten(self.avgpool(self.features(x))))


@sizes
def vgg11(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-11: 8 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column A.

    >>> from symcnn.models import vgg11
    >>> cost = vgg11().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (132863336, 7609090048)
    """
    return VGG(11, False, num_classes, in_channels, width, hidden)


@sizes
def vgg13(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-13: 10 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column B.

    >>> from symcnn.models import vgg13
    >>> cost = vgg13().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (133047848, 11308466176)
    """
    return VGG(13, False, num_classes, in_channels, width, hidden)


@sizes
def vgg16(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-16: 13 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column D.

    >>> from symcnn.models import vgg16
    >>> cost = vgg16().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (138357544, 15470264320)
    """
    return VGG(16, False, num_classes, in_channels, width, hidden)


@sizes
def vgg19(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-19: 16 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column E.

    >>> from symcnn.models import vgg19
    >>> cost = vgg19().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (143667240, 19632062464)
    """
    return VGG(19, False, num_classes, in_channels, width, hidden)


@sizes
def vgg11_bn(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-11 with batch normalisation after each convolution: 8 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column A; the normalisation as in torchvision.

    >>> from symcnn.models import vgg11_bn
    >>> cost = vgg11_bn().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (132868840, 7609090048)
    """
    return VGG(11, True, num_classes, in_channels, width, hidden)


@sizes
def vgg13_bn(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-13 with batch normalisation after each convolution: 10 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column B; the normalisation as in torchvision.

    >>> from symcnn.models import vgg13_bn
    >>> cost = vgg13_bn().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (133053736, 11308466176)
    """
    return VGG(13, True, num_classes, in_channels, width, hidden)


@sizes
def vgg16_bn(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-16 with batch normalisation after each convolution: 13 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column D; the normalisation as in torchvision.

    >>> from symcnn.models import vgg16_bn
    >>> cost = vgg16_bn().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (138365992, 15470264320)
    """
    return VGG(16, True, num_classes, in_channels, width, hidden)


@sizes
def vgg19_bn(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64, hidden: Any = 4096) -> Module:
    """VGG-19 with batch normalisation after each convolution: 16 convolutions and 3 dense layers.

    Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
    recognition" (2015), table 1, column E; the normalisation as in torchvision.

    >>> from symcnn.models import vgg19_bn
    >>> cost = vgg19_bn().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (143678248, 19632062464)
    """
    return VGG(19, True, num_classes, in_channels, width, hidden)
