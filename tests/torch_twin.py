"""The same network in PyTorch: every layer of a traced graph as its ``torch.nn`` module.

Nothing of symcnn's derivations is used: only the layers' arguments and which layer reads what.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

from symcnn import Layer
from tests.oracles import require_oracle

torch = require_oracle("torch")

MERGES: dict[str, Callable[..., Any]] = {
    "Add": lambda *values: reduce(operator.add, values),
    "Mul": lambda *values: reduce(operator.mul, values),
    "MatMul": torch.matmul,
}


@dataclass
class Call:
    """What one node of the graph did: its output's shape, its parameters and its MACs."""

    name: str
    shape: tuple[int, ...]
    params: int
    macs: int


class Twin:
    """A network in PyTorch, in evaluation mode, on any device ("meta" computes shapes alone)."""

    def __init__(self, net: Any, inputs: int = 1, device: str = "meta", smooth: bool = False) -> None:
        """``smooth`` puts a mean in place of every maximum: gradients then reach each entry of a window."""
        self.graph = net.graph(inputs)
        self.modules: dict[int, Any] = {}
        with torch.device(device):
            for node in self.graph.nodes:
                if id(node.layer) not in self.modules:
                    self.modules[id(node.layer)] = as_torch(node.layer, smooth)

    @property
    def params(self) -> int:
        """Trained parameters; those of a layer that is used twice once."""
        return sum(_params(m) for m in self.modules.values())

    def values(self, *inputs: Any, until: int | None = None) -> list[Any]:
        """The inputs, and the output of every node, or of the nodes up to the position ``until``."""
        values = list(inputs)
        for node in self.graph.nodes if until is None else self.graph.nodes[: until + 1]:
            values.append(self.modules[id(node.layer)](*(values[v] for v in node.inputs)))
        return values

    def calls(self, *shapes: tuple[int, ...]) -> list[Call]:
        """Every node on meta tensors of these shapes."""
        from torch.utils.flop_counter import FlopCounterMode

        values = [torch.empty(shape, device="meta") for shape in shapes]
        out: list[Call] = []
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            before = 0
            for node in self.graph.nodes:
                module = self.modules[id(node.layer)]
                values.append(module(*(values[v] for v in node.inputs)))
                flops = counter.get_total_flops()
                out.append(Call(node.name, tuple(values[-1].shape), _params(module), (flops - before) // 2))
                before = flops
        return out

    def positive(self) -> Twin:
        """The same network in float64 with positive weights that take means, so that nothing cancels."""
        with torch.no_grad():
            for module in self.modules.values():
                if isinstance(module, torch.nn.Module):
                    module.double()
                    for name, p in module.named_parameters():
                        p.fill_(p.shape[0] / p.numel() if name.endswith("weight") else 0.0)
        return self


def as_torch(layer: Layer, smooth: bool = False) -> Callable[..., Any]:
    """The ``torch.nn`` module with the arguments of a layer."""
    if layer.name in MERGES:
        return MERGES[layer.name]
    given = {f.name: getattr(layer, f.name) for f in fields(layer)}
    if layer.name.startswith("Conv") and _uneven(given["padding"]):
        # torch.nn pads a convolution alike on both sides, so that the border is a layer of its own.
        sides = [side for pair in reversed(given["padding"]) for side in pair]
        given["padding"] = 0
        inner = getattr(torch.nn, layer.name)(**given)
        return torch.nn.Sequential(torch.nn.ConstantPad2d(sides, 0.0), inner).eval()
    given = {name: _plain(value) for name, value in given.items()}
    if layer.name == "Concat":
        return lambda *values: torch.cat(values, **given)
    if smooth and layer.name.startswith("MaxPool"):
        if given.pop("dilation") != (1,) * layer.axes:
            raise ValueError(f"{layer} has no smooth twin")
        return getattr(torch.nn, layer.name.replace("Max", "Avg"))(**given).eval()
    return getattr(torch.nn, layer.name)(**given).eval()


def _uneven(padding: Any) -> bool:
    """Whether some axis has another border before it than behind it, of two axes."""
    return len(padding) == 2 and any(before != after for before, after in padding)


def _plain(value: Any) -> Any:
    """An argument as PyTorch takes it: one number a side for borders."""
    if isinstance(value, tuple) and value and all(isinstance(v, tuple) for v in value):
        if any(before != after for before, after in value):
            raise ValueError(f"padding={value} has no torch.nn module")
        return tuple(before for before, _ in value)
    return value


def _params(module: Any) -> int:
    return sum(p.numel() for p in module.parameters()) if isinstance(module, torch.nn.Module) else 0
