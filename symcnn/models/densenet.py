"""DenseNet."""

from __future__ import annotations

from typing import Any

from symcnn.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
)
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential
from symcnn.symbols import as_size


class DenseLayer(Module):
    """A 1 x 1 and a 3 x 3 convolution on all feature maps that the block has so far."""

    def __init__(self, channels: Any, growth_rate: Any, bn_size: Any) -> None:
        self.norm1 = BatchNorm2d(channels)
        self.relu1 = ReLU()
        self.conv1 = Conv2d(channels, bn_size * growth_rate, kernel_size=1, bias=False)
        self.norm2 = BatchNorm2d(bn_size * growth_rate)
        self.relu2 = ReLU()
        self.conv2 = Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False)

    def forward(self, *values: Any) -> Any:
        x = joined(values)
        x = self.conv1(self.relu1(self.norm1(x)))
        return self.conv2(self.relu2(self.norm2(x)))


class DenseBlock(Sequential):
    """Dense layers, each of which reads the input of the block and the outputs of all before it."""

    def __init__(self, depth: int, channels: Any, growth_rate: Any, bn_size: Any) -> None:
        super().__init__(
            {
                f"denselayer{k + 1}": DenseLayer(channels + k * growth_rate, growth_rate, bn_size)
                for k in range(depth)
            }
        )

    def forward(self, x: Any) -> Any:
        values = (x,)
        for layer in self.steps.values():
            values = (*values, layer(*values))
        return joined(values)


def joined(values: tuple[Any, ...]) -> Any:
    """Feature maps behind one another, along the axis of channels."""
    return values[0] if len(values) == 1 else Concat(dim=1)(*values)


class DenseNet(Module):
    """A convolution and a pool, dense blocks with transitions that halve the shape, and a dense layer."""

    def __init__(
        self,
        name: str,
        depths: tuple[int, ...],
        num_classes: Any,
        in_channels: Any,
        growth_rate: Any,
        num_init_features: Any,
        bn_size: Any,
    ) -> None:
        self.name = name
        growth = as_size(growth_rate, "growth_rate")
        channels = as_size(num_init_features, "num_init_features")
        steps: dict[str, Any] = {
            "conv0": Conv2d(in_channels, channels, kernel_size=7, stride=2, padding=3, bias=False),
            "norm0": BatchNorm2d(channels),
            "relu0": ReLU(),
            "pool0": MaxPool2d(3, stride=2, padding=1),
        }
        for k, depth in enumerate(depths, start=1):
            steps[f"denseblock{k}"] = DenseBlock(depth, channels, growth, bn_size)
            channels = channels + depth * growth
            if k < len(depths):
                half = channels // 2
                steps[f"transition{k}"] = Sequential(
                    {
                        "norm": BatchNorm2d(channels),
                        "relu": ReLU(),
                        "conv": Conv2d(channels, half, kernel_size=1, bias=False),
                        "pool": AvgPool2d(2, stride=2),
                    }
                )
                channels = half
        steps["norm5"] = BatchNorm2d(channels)
        self.features = Sequential(steps)
        self.relu = ReLU()
        self.avgpool = AdaptiveAvgPool2d(1)
        self.flatten = Flatten()
        self.classifier = Linear(channels, num_classes)

    def forward(self, x: Any) -> Any:
        x = self.relu(self.features(x))
        return self.classifier(self.flatten(self.avgpool(x)))


@sizes
def densenet121(
    *,
    num_classes: Any = 1000,
    in_channels: Any = 3,
    growth_rate: Any = 32,
    num_init_features: Any = 64,
    bn_size: Any = 4,
) -> Module:
    """DenseNet-121: blocks of 6, 12, 24 and 16 layers, each of which adds ``growth_rate`` channels.

    Source: Huang, Liu, van der Maaten and Weinberger, "Densely connected convolutional networks"
    (CVPR 2017), table 1.

    >>> from symcnn.models import densenet121
    >>> cost = densenet121().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (7978856, 2834161664)
    """
    return DenseNet(
        "densenet121", (6, 12, 24, 16), num_classes, in_channels, growth_rate, num_init_features, bn_size
    )
