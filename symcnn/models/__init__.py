"""Published networks, built from layers: one module a family, and a table of them all.

Names of attributes are those of torchvision, so that a row such as ``layer1.0.conv1`` means the same in
both. Every option (classes, input channels, widths) may be a symbol.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symcnn.models.alexnet import alexnet
from symcnn.models.densenet import densenet121
from symcnn.models.document_004 import document_004
from symcnn.models.lenet import lenet5
from symcnn.models.mobilenet import mobilenet_v2
from symcnn.models.resnet import (
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
    wide_resnet50_2,
)
from symcnn.models.squeezenet import squeezenet1_0, squeezenet1_1
from symcnn.models.vgg import vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from symcnn.network import Module
from symcnn.symbols.checks import text
from symcnn.symbols.suggest import suggestion

IMAGE = (1, 3, 224, 224)


@dataclass(frozen=True)
class Model:
    """A network in the table: how to build it, and the input shape for which its costs are published."""

    name: str
    build: Callable[..., Module]
    input_shape: tuple[int, ...] = IMAGE

    @property
    def summary(self) -> str:
        """What the network is, in one line."""
        return (inspect.getdoc(self.build) or "").partition("\n")[0]

    @property
    def source(self) -> str:
        """Where the network is described."""
        text = (inspect.getdoc(self.build) or "").partition("Source: ")[2].partition("\n\n")[0]
        return " ".join(text.split())

    @property
    def options(self) -> tuple[str, ...]:
        """The keywords that ``build`` takes."""
        return tuple(inspect.signature(self.build).parameters)


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("lenet5", lenet5, (1, 1, 32, 32)),
        Model("document_004", document_004, (1, 1, 256, 256)),
        Model("alexnet", alexnet),
        Model("vgg11", vgg11),
        Model("vgg13", vgg13),
        Model("vgg16", vgg16),
        Model("vgg19", vgg19),
        Model("vgg11_bn", vgg11_bn),
        Model("vgg13_bn", vgg13_bn),
        Model("vgg16_bn", vgg16_bn),
        Model("vgg19_bn", vgg19_bn),
        Model("resnet18", resnet18),
        Model("resnet34", resnet34),
        Model("resnet50", resnet50),
        Model("resnet101", resnet101),
        Model("resnet152", resnet152),
        Model("resnext50_32x4d", resnext50_32x4d),
        Model("wide_resnet50_2", wide_resnet50_2),
        Model("squeezenet1_0", squeezenet1_0),
        Model("squeezenet1_1", squeezenet1_1),
        Model("densenet121", densenet121),
        Model("mobilenet_v2", mobilenet_v2),
    )
}


def build(name: str, **options: Any) -> Module:
    """The network of this name; raises ``ValueError`` with a suggestion for unknown names and options.

    >>> from symcnn.models import build
    >>> build("resnet18", num_classes=10).cost((1, 3, 224, 224)).output_shape
    (1, 10)
    """
    text("name", name, "resnet50")
    if name not in MODELS:
        raise ValueError(f"model {name!r} is unknown{suggestion(name, MODELS)}")
    known = MODELS[name].options
    for option in options:
        if option not in known:
            raise ValueError(f"{name}: option {option!r} is unknown{suggestion(option, known)}")
    return MODELS[name].build(**options)


__all__ = [
    "MODELS",
    "Model",
    "alexnet",
    "build",
    "densenet121",
    "document_004",
    "lenet5",
    "mobilenet_v2",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "squeezenet1_0",
    "squeezenet1_1",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
    "wide_resnet50_2",
]
