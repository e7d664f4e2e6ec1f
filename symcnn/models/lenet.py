"""LeNet-5."""

from __future__ import annotations

from typing import Any

from symcnn.layers import Conv2d, Flatten, Linear, MaxPool2d
from symcnn.models.options import sizes
from symcnn.network import Module


class LeNet5(Module):
    """Two convolutions with pools and three dense layers, in the form in which courses teach it."""

    def __init__(self, num_classes: Any, in_channels: Any) -> None:
        self.name = "lenet5"
        self.conv1 = Conv2d(in_channels, 6, kernel_size=5)
        self.pool1 = MaxPool2d(2)
        self.conv2 = Conv2d(6, 16, kernel_size=5)
        self.pool2 = MaxPool2d(2)
        self.flatten = Flatten()
        self.fc1 = Linear(16 * 5 * 5, 120)
        self.fc2 = Linear(120, 84)
        self.fc3 = Linear(84, num_classes)

    def forward(self, x: Any) -> Any:
        x = self.pool1(self.conv1(x))
        x = self.pool2(self.conv2(x))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))


@sizes
def lenet5(*, num_classes: Any = 10, in_channels: Any = 1) -> Module:
    """LeNet-5 for inputs of 32 x 32: every filter sees all channels, the pools have no weights.

    Activation functions are left out, as in the counts of document 002.

    Source: document 002, "Example: (lenet5)"; after LeCun, Bottou, Bengio and Haffner, "Gradient-based
    learning applied to document recognition" (1998), section II-B.

    >>> from symcnn.models import lenet5
    >>> cost = lenet5().cost((1, 1, 32, 32))
    >>> cost.params, [row.cost.memory.outputs for row in cost.layers]
    (61706, [4704, 1176, 1600, 400, 400, 120, 84, 10])
    """
    return LeNet5(num_classes, in_channels)
