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
    """The ``torch.nn`` module with a layer's arguments, or one that means the same where there is none."""
    if layer.name in MERGES:
        return MERGES[layer.name]
    given: dict[str, Any] = {f.name: getattr(layer, f.name) for f in fields(layer)}
    if layer.name == "Concat":
        return lambda *values: torch.cat(values, **given)
    family = layer.name.rstrip("d123")
    if smooth and family == "MaxPool":
        if given.pop("dilation") != (1,) * layer.axes:
            raise ValueError(f"{layer} has no smooth twin")
        return getattr(torch.nn, layer.name.replace("Max", "Avg"))(**_plain(given)).eval()
    if _uneven(given):
        return UNEVEN[family](layer, given).eval()
    return OWN.get(family, _module)(layer, given).eval()


def weights_of(layer: Layer, module: Any) -> dict[str, Any]:
    """The parameters and buffers of a layer's module, by symcnn's names."""
    if not isinstance(module, torch.nn.Module):
        return {}
    names: dict[str, str] = NORM if layer.name.startswith("BatchNorm") else NAMES
    held = [*module.named_parameters(), *module.named_buffers()]
    found: dict[str, Any] = {name.rsplit(".", 1)[-1]: tensor for name, tensor in held}
    return {names.get(n, n): tensor for n, tensor in found.items() if n != "num_batches_tracked"}


NAMES = {"weight": "w", "bias": "b"} | {
    f"{kind}_{end}_l0": f"{kind[0]}_{end}" for kind in ("weight", "bias") for end in ("ih", "hh")
}
NORM = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "var"}


def _module(layer: Layer, given: dict[str, Any]) -> Any:
    return getattr(torch.nn, layer.name)(**_plain(given))


def _uneven(given: dict[str, Any]) -> bool:
    """Whether some axis has another border before it than behind it."""
    padding = given.get("padding")
    return isinstance(padding, tuple) and any(before != after for before, after in padding)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """Arguments as PyTorch takes them: one number an axis for borders."""
    padding = given.get("padding")
    if isinstance(padding, tuple):
        return {**given, "padding": tuple(before for before, _ in padding)}
    return given


def _sides(padding: Any, sign: int = 1) -> list[int]:
    """Borders in the order of ``torch.nn.functional.pad``: last axis first."""
    return [sign * side for pair in reversed(padding) for side in pair]


class _Then(torch.nn.Module):
    """A module, and what is done before and after it."""

    def __init__(self, inner: Any, before: Callable[..., Any], after: Callable[..., Any]) -> None:
        super().__init__()
        self.inner, self.before, self.after = inner, before, after

    def forward(self, *values: Any) -> Any:
        return self.after(self.inner(*self.before(*values)))


def _padded_conv(layer: Layer, given: dict[str, Any]) -> Any:
    sides = _sides(given["padding"])
    inner = _module(layer, {**given, "padding": 0})
    return _Then(inner, lambda x: (torch.nn.functional.pad(x, sides),), lambda y: y)


def _cropped_conv(layer: Layer, given: dict[str, Any]) -> Any:
    sides = _sides(given["padding"], -1)
    inner = _module(layer, {**given, "padding": 0})
    return _Then(inner, lambda x: (x,), lambda y: torch.nn.functional.pad(y, sides))


class _PaddedPool(torch.nn.Module):
    """Pooling after padding by hand, of the windows that start inside the input or the border before it."""

    def __init__(self, layer: Any, given: dict[str, Any]) -> None:
        super().__init__()
        self.layer, self.padding = layer, given["padding"]
        self.around = _sides(self.padding)
        self.inner = None if "count_include_pad" in given else _module(layer, {**given, "padding": 0})

    def forward(self, x: Any) -> Any:
        pad = torch.nn.functional.pad
        if self.inner is not None:
            y = self.inner(pad(x, self.around, value=-torch.inf))
        else:
            entry = float(self.layer.count_include_pad)
            counts = self.sums(pad(torch.ones_like(x), self.around, value=entry))
            y = self.sums(pad(x, self.around)) / counts
        axes = self.layer.axes
        for axis, (s, (before, _)) in enumerate(zip(self.layer.strides, self.padding, strict=True)):
            starts = -(-(before + x.shape[axis - axes]) // s)
            y = y.narrow(axis - axes, 0, min(starts, y.shape[axis - axes]))
        return y

    def sums(self, x: Any) -> Any:
        """The sum of each window."""
        kernel, stride, mode = self.layer.kernel_size, self.layer.strides, self.layer.ceil_mode
        F = torch.nn.functional
        if self.layer.axes == 1:
            return F.avg_pool2d(x[..., None], (*kernel, 1), (*stride, 1), 0, mode, True, 1)[..., 0]
        return getattr(F, f"avg_pool{self.layer.axes}d")(x, kernel, stride, 0, mode, True, 1)


class _Adaptive(torch.nn.Module):
    """PyTorch takes no None as the only size."""

    def __init__(self, layer: Any, given: dict[str, Any]) -> None:
        super().__init__()
        (self.size,) = given["output_size"]
        self.function = getattr(torch.nn, layer.name)

    def forward(self, x: Any) -> Any:
        return self.function(self.size or x.shape[-1])(x)


def _adaptive(layer: Layer, given: dict[str, Any]) -> Any:
    return _Adaptive(layer, given) if layer.axes == 1 else _module(layer, given)


def _batch_norm(layer: Layer, given: dict[str, Any]) -> Any:
    # PyTorch takes no single sample.
    class Norm(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = _module(layer, given)

        def forward(self, x: Any) -> Any:
            single = x.ndim == layer.axes + 1 > 2
            return self.inner(x[None])[0] if single else self.inner(x)

    return Norm()


def _recurrent(layer: Any, given: dict[str, Any]) -> Any:
    if given.pop("state") == "diagonal":
        return _Diagonal(layer)
    inner = torch.nn.RNN(**given)
    return _Then(inner, lambda x, *start: (x, *(h[None] for h in start)), lambda made: made[0])


class _Diagonal(torch.nn.Module):
    """A recurrent layer each of whose features remembers itself alone, one step after the other."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer
        self.w_ih = torch.nn.Parameter(torch.zeros(layer.hidden_size, layer.input_size))
        self.g = torch.nn.Parameter(torch.zeros(layer.hidden_size))
        self.b_ih = torch.nn.Parameter(torch.zeros(layer.hidden_size)) if layer.bias else None

    def forward(self, x: Any, *start: Any) -> Any:
        along = 1 if self.layer.batch_first and x.ndim == 3 else 0
        act = torch.tanh if self.layer.nonlinearity == "tanh" else torch.relu
        new = torch.nn.functional.linear(x, self.w_ih, self.b_ih)
        h = start[0] if start else torch.zeros_like(new.select(along, 0))
        out = []
        for step in new.unbind(along):
            h = act(step + self.g * h)
            out.append(h)
        return torch.stack(out, along)


class _Attention(torch.nn.Module):
    """Attention as it is written in the paper."""

    def __init__(self, layer: Any, given: dict[str, Any]) -> None:
        super().__init__()
        keys, values = layer.key_dim or layer.embed_dim, layer.value_dim or layer.embed_dim
        for name, width in (("q", keys), ("k", keys), ("v", values)):
            self.register_parameter(f"w_{name}", torch.nn.Parameter(torch.zeros(layer.embed_dim, width)))
            bias = torch.nn.Parameter(torch.zeros(width)) if layer.bias else None
            self.register_parameter(f"b_{name}", bias)
        self.root = keys**0.5

    def forward(self, x: Any) -> Any:
        q, k, v = (self.projected(x, name) for name in "qkv")
        return torch.softmax(q @ k.mT / self.root, -1) @ v

    def projected(self, x: Any, name: str) -> Any:
        out, bias = x @ getattr(self, f"w_{name}"), getattr(self, f"b_{name}")
        return out if bias is None else out + bias


UNEVEN = {
    "Conv": _padded_conv,
    "ConvTranspose": _cropped_conv,
    "MaxPool": _PaddedPool,
    "AvgPool": _PaddedPool,
}
OWN = {
    "AdaptiveAvgPool": _adaptive,
    "AdaptiveMaxPool": _adaptive,
    "BatchNorm": _batch_norm,
    "RNN": _recurrent,
    "SelfAttention": _Attention,
}


def _params(module: Any) -> int:
    return sum(p.numel() for p in module.parameters()) if isinstance(module, torch.nn.Module) else 0
