"""The network of document 004."""

from __future__ import annotations

from typing import Any

from symcnn.layers import Conv2d, Flatten, Linear, MaxPool2d
from symcnn.models.options import sizes
from symcnn.network import Module, Sequential


class Document004(Sequential):
    """Five stages of two convolutions and a pool, and three dense layers; no activation functions."""

    def __init__(self, num_classes: Any, in_channels: Any, width: Any, hidden: Any) -> None:
        steps: dict[str, Any] = {}
        channels = in_channels
        for stage, widening in enumerate((1, 2, 4, 8, 8), start=1):
            for k in (2 * stage - 1, 2 * stage):
                steps[f"conv{k}"] = Conv2d(channels, widening * width, kernel_size=3, stride=1, padding=1)
                channels = widening * width
            steps[f"pool{stage}"] = MaxPool2d(2, stride=2, padding=0)
        steps["flatten"] = Flatten()
        steps["fc1"] = Linear(channels * 8 * 8, hidden)
        steps["fc2"] = Linear(hidden, hidden)
        steps["fc3"] = Linear(hidden, num_classes)
        super().__init__(steps)
        self.name = "document_004"


@sizes
def document_004(
    *, num_classes: Any = 2, in_channels: Any = 1, width: Any = 64, hidden: Any = 4096
) -> Module:
    """The network of document 004, section 5: exactly the layers listed there, for inputs of 256 x 256.

    The document finds the largest activation and from it the largest batch (section 5), and the range of
    the input that one output of the last convolution sees (section 6).

    Source: document 004, section 5.

    >>> from symcnn.network.receptive_field import receptive_field
    >>> from symcnn.models import document_004
    >>> net = document_004()
    >>> max(row.cost.memory.outputs for row in net.cost((1, 1, 256, 256)).layers)
    4194304
    >>> receptive_field(net, at="conv10").range(5)
    ((18, 157), (18, 157))
    """
    return Document004(num_classes, in_channels, width, hidden)
