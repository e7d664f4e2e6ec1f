"""ResNet with 18, 34, 50, 101 and 152 layers, ResNeXt and Wide ResNet."""

from __future__ import annotations

from typing import Any

from symcnn.layers import AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential


class BasicBlock(Module):
    """Two 3 x 3 convolutions and a shortcut."""

    def __init__(self, channels: Any, inner: Any, outer: Any, stride: int, groups: int) -> None:
        self.conv1 = Conv2d(
            channels, inner, kernel_size=3, stride=stride, padding=1, groups=groups, bias=False
        )
        self.bn1 = BatchNorm2d(inner)
        self.relu = ReLU()
        self.conv2 = Conv2d(inner, outer, kernel_size=3, padding=1, groups=groups, bias=False)
        self.bn2 = BatchNorm2d(outer)
        self.downsample = shortcut(channels, outer, stride)

    def forward(self, x: Any) -> Any:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(Module):
    """A 1 x 1, a 3 x 3 and a 1 x 1 convolution, and a shortcut; the stride is in the middle."""

    def __init__(self, channels: Any, inner: Any, outer: Any, stride: int, groups: int) -> None:
        self.conv1 = Conv2d(channels, inner, kernel_size=1, bias=False)
        self.bn1 = BatchNorm2d(inner)
        self.conv2 = Conv2d(inner, inner, kernel_size=3, stride=stride, padding=1, groups=groups, bias=False)
        self.bn2 = BatchNorm2d(inner)
        self.conv3 = Conv2d(inner, outer, kernel_size=1, bias=False)
        self.bn3 = BatchNorm2d(outer)
        self.relu = ReLU()
        self.downsample = shortcut(channels, outer, stride)

    def forward(self, x: Any) -> Any:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


def shortcut(channels: Any, outer: Any, stride: int) -> Sequential | None:
    """A projection where a block changes the shape; None where the input itself can be added."""
    if stride == 1 and channels == outer:
        return None
    return Sequential(Conv2d(channels, outer, kernel_size=1, stride=stride, bias=False), BatchNorm2d(outer))


class ResNet(Module):
    """A convolution and a pool, four stages of residual blocks, a mean over the plane, a dense layer."""

    def __init__(
        self,
        name: str,
        block: type[BasicBlock] | type[Bottleneck],
        depths: tuple[int, int, int, int],
        num_classes: Any,
        in_channels: Any,
        width: Any,
        widening: int = 1,
        groups: int = 1,
    ) -> None:
        self.name = name
        self.conv1 = Conv2d(in_channels, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = BatchNorm2d(width)
        self.relu = ReLU()
        self.maxpool = MaxPool2d(3, stride=2, padding=1)
        expansion = 4 if block is Bottleneck else 1
        channels = width
        stages: list[Sequential] = []
        for stage, depth in enumerate(depths):
            planes = 2**stage * width
            blocks: list[Module] = []
            for k in range(depth):
                stride = 2 if stage and not k else 1
                blocks.append(block(channels, widening * planes, expansion * planes, stride, groups))
                channels = expansion * planes
            stages.append(Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = AdaptiveAvgPool2d(1)
        self.flatten = Flatten()
        self.fc = Linear(channels, num_classes)

    def forward(self, x: Any) -> Any:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.flatten(self.avgpool(x)))


@sizes
def resnet18(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """ResNet-18: two basic blocks in each stage, the first stage with ``width`` channels.

    Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (CVPR 2016), table 1.

    >>> from symcnn.models import resnet18
    >>> cost = resnet18().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (11689512, 1814073344)
    """
    return ResNet("resnet18", BasicBlock, (2, 2, 2, 2), num_classes, in_channels, width)


@sizes
def resnet34(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """ResNet-34: 3, 4, 6 and 3 basic blocks.

    Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (CVPR 2016), table 1.

    >>> from symcnn.models import resnet34
    >>> cost = resnet34().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (21797672, 3663761408)
    """
    return ResNet("resnet34", BasicBlock, (3, 4, 6, 3), num_classes, in_channels, width)


@sizes
def resnet50(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """ResNet-50: 3, 4, 6 and 3 bottlenecks, ``width`` channels inside those of the first stage.

    Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (CVPR 2016), table 1,
    with the stride of a block in its 3 x 3 convolution, as in torchvision.

    >>> from symcnn.models import resnet50
    >>> cost = resnet50().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (25557032, 4089184256)
    """
    return ResNet("resnet50", Bottleneck, (3, 4, 6, 3), num_classes, in_channels, width)


@sizes
def resnet101(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """ResNet-101: 3, 4, 23 and 3 bottlenecks.

    Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (CVPR 2016), table 1.

    >>> from symcnn.models import resnet101
    >>> cost = resnet101().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (44549160, 7801405440)
    """
    return ResNet("resnet101", Bottleneck, (3, 4, 23, 3), num_classes, in_channels, width)


@sizes
def resnet152(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """ResNet-152: 3, 8, 36 and 3 bottlenecks.

    Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (CVPR 2016), table 1.

    >>> from symcnn.models import resnet152
    >>> cost = resnet152().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (60192808, 11513626624)
    """
    return ResNet("resnet152", Bottleneck, (3, 8, 36, 3), num_classes, in_channels, width)


@sizes
def resnext50_32x4d(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """ResNeXt-50: the 3 x 3 convolutions twice as wide as in ResNet-50, in 32 groups.

    Source: Xie, Girshick, Dollar, Tu and He, "Aggregated residual transformations for deep neural networks"
    (CVPR 2017), table 1.

    >>> from symcnn.models import resnext50_32x4d
    >>> cost = resnext50_32x4d().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (25028904, 4230479872)
    """
    return ResNet(
        "resnext50_32x4d", Bottleneck, (3, 4, 6, 3), num_classes, in_channels, width, widening=2, groups=32
    )


@sizes
def wide_resnet50_2(*, num_classes: Any = 1000, in_channels: Any = 3, width: Any = 64) -> Module:
    """Wide ResNet-50-2: the 3 x 3 convolutions twice as wide as in ResNet-50.

    Source: Zagoruyko and Komodakis, "Wide residual networks" (BMVC 2016), section 3.3.

    >>> from symcnn.models import wide_resnet50_2
    >>> cost = wide_resnet50_2().cost((1, 3, 224, 224))
    >>> cost.params, cost.macs
    (68883240, 11398021120)
    """
    return ResNet("wide_resnet50_2", Bottleneck, (3, 4, 6, 3), num_classes, in_channels, width, widening=2)
