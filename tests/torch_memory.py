"""What PyTorch holds: the memory of all tensors that are alive, and what autograd saves.

Everything runs on meta tensors, whose storages have sizes and lifetimes but no contents.
"""

from __future__ import annotations

import weakref
from typing import Any

from tests.oracles import require_oracle
from tests.torch_twin import Twin

torch = require_oracle("torch")
_Mode = require_oracle("torch.utils._python_dispatch").TorchDispatchMode


class Meter(_Mode):
    """Counts the bytes of storages that are alive; those of weights and of their gradients are left out."""

    def __init__(self, weights: list[Any], positions: bool) -> None:
        super().__init__()
        shapes = {tuple(w.shape) for w in weights}
        self.weight_shapes = shapes | {(1, *shape) for shape in shapes}
        self.positions = positions
        self.live = self.peak = 0
        self.known: dict[int, int] = {}

    def add(self, tensor: Any, counted: bool = True) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        # Scalars (the loss and its gradient) are no activations.
        if key in self.known or tensor.numel() <= 1 or (tensor.dtype == torch.int64 and not self.positions):
            return
        self.known[key] = storage.nbytes() if counted else 0
        self.live += self.known[key]
        weakref.finalize(storage, self.gone, key)

    def gone(self, key: int) -> None:
        self.live -= self.known.pop(key)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        made = out if isinstance(out, tuple | list) else (out,)
        for k, tensor in enumerate(made):
            if isinstance(tensor, torch.Tensor):
                # Of a convolution's or a normalisation's backward, all results but the first are for weights.
                of_weights = (k > 0 or tuple(tensor.shape) in self.weight_shapes) and "pool" not in str(func)
                self.add(tensor, counted=not of_weights)
        self.peak = max(self.peak, self.live)
        return out


class _Loss(torch.autograd.Function):
    """A loss whose backward makes a gradient and holds nothing else."""

    @staticmethod
    def forward(ctx: Any, out: Any) -> Any:
        ctx.shape = out.shape
        return out.new_empty(())

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return gradient.new_empty(ctx.shape)


def peak(net: Any, shape: tuple[int, ...], training: bool) -> int:
    """The most bytes of activations, and gradients of activations, that are alive at once."""
    twin = Twin(net)
    last = {v: k for k, node in enumerate(twin.graph.nodes) for v in node.inputs}
    modules = [m for m in twin.modules.values() if isinstance(m, torch.nn.Module)]
    weights = [p for m in modules for p in m.parameters()]
    with torch.set_grad_enabled(training), Meter(weights, training) as meter:
        for p in weights:
            meter.add(p, counted=False)
        values = {0: torch.empty(shape, device="meta")}
        for k, node in enumerate(twin.graph.nodes):
            made = twin.modules[id(node.layer)](*(values[v] for v in node.inputs))
            values[twin.graph.value_of(k)] = made
            del made
            # What nobody reads any more is given up, as a function that runs gives up its variables.
            for v in [v for v in values if last.get(v, -1) <= k and v != twin.graph.output]:
                del values[v]
        if training:
            _Loss.apply(values[twin.graph.output]).backward()
    return meter.peak


def saved(net: Any, shape: tuple[int, ...]) -> tuple[int, int]:
    """Entries that autograd saves beside weights and buffers: of activations, and of positions (int64)."""
    twin = Twin(net)
    modules = [m for m in twin.modules.values() if isinstance(m, torch.nn.Module)]
    own = {t.untyped_storage()._cdata for m in modules for t in (*m.parameters(), *m.buffers())}
    found: dict[int, Any] = {}

    def pack(tensor: Any) -> Any:
        if tensor.untyped_storage()._cdata not in own:
            found[tensor.untyped_storage()._cdata] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        values = twin.values(torch.empty(shape, device="meta"))
    sizes = {torch.float32: 0, torch.int64: 0}
    for tensor in found.values():
        sizes[tensor.dtype] += tensor.untyped_storage().nbytes() // tensor.itemsize
    del values
    return sizes[torch.float32], sizes[torch.int64]


def checkpointed_peak(net: Any, shape: tuple[int, ...], every: int) -> int:
    """The same for training a chain whose segments of ``every`` layers, but for the last, are run again."""
    from torch.utils.checkpoint import checkpoint

    twin = Twin(net)
    chain = [twin.modules[id(node.layer)] for node in twin.graph.nodes]
    parts = [torch.nn.Sequential(*chain[k : k + every]) for k in range(0, len(chain), every)]
    weights = [p for m in chain for p in m.parameters()]
    with Meter(weights, positions=True) as meter:
        for p in weights:
            meter.add(p, counted=False)
        x = torch.empty(shape, device="meta")
        for part in parts[:-1]:
            x = checkpoint(part, x, use_reentrant=False)
        x = parts[-1](x)
        _Loss.apply(x).backward()
    return meter.peak
