"""The quantities of one layer, as sizes: everything that follows from its equations and input shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

from symcnn.derive.extents import Resolved, Statement, entries, resolve
from symcnn.derive.lowering import Gemm, lowered
from symcnn.derive.nests import FUSED_AWAY, MACS, Contribution, contributions, count, kinds
from symcnn.equations.notation import Entry, Equation, Tensor, Unknown, is_bare
from symcnn.symbols.cardinality import indices_in
from symcnn.symbols.conditions import SIGNS, Condition, Reason, at_least, strongest, whole
from symcnn.symbols.extremum import maximum
from symcnn.symbols.size import Size, Sym, factored, subtract, symbols_of, total

MEMORY_PARTS = ("inputs", "weights", "outputs", "intermediates")
SEQUENTIAL, FUSED = "ops.sequential", "ops.fused"


class Quantities(Protocol):
    """What a cost shows: named sizes, for a layer or a network."""

    @property
    def label(self) -> str:
        """The layer as it was written."""
        ...

    @property
    def output_shape(self) -> tuple[Size, ...]:
        """The shape of the output."""
        ...

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of scalar operations that occur."""
        ...

    @cached_property
    def gemms(self) -> tuple[Gemm, ...]:
        """The lowered matrix products."""
        ...

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The domain: conditions under which the sizes hold."""
        ...

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Operations whose cost is not known; then every total is a lower bound."""
        ...

    @property
    def symbols(self) -> tuple[Sym, ...]:
        """The symbols of input shapes and arguments."""
        ...

    def size(self, name: str) -> Size:
        """A quantity by name: params, macs, ops.KIND, ops.sequential, ops.fused, memory.PART."""
        ...


class LayerQuantities:
    """The quantities of a layer with the given equations."""

    def __init__(
        self,
        owner: object,
        equations: Sequence[Equation],
        inputs: Sequence[Tensor],
        requirements: Sequence[Condition],
        arguments: Sequence[Size],
        skip_padding: bool = False,
    ) -> None:
        self.owner = owner
        self.inputs = tuple(inputs)
        self.symbols = tuple(symbols_of(*arguments))
        self._skip_padding = skip_padding
        self.resolved: Resolved = resolve(equations, inputs)
        self.conditions = checked(
            (*_whole_and_positive(arguments, inputs), *requirements, *self.resolved.conditions), owner
        )
        self._sizes: dict[str, Size] = {}
        self.stored: tuple[Tensor, ...] = self._stored()

    @property
    def label(self) -> str:
        """The layer as it was written."""
        return str(self.owner)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The operations whose cost no equation describes."""
        nodes = (n for s in self.statements for n in s.equation.right.walk())
        return tuple(dict.fromkeys(n.operation for n in nodes if isinstance(n, Unknown)))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The equations with their extents."""
        return self.resolved.statements

    @property
    def output_shape(self) -> tuple[Size, ...]:
        """The shape of the tensor that the last equation defines."""
        return self.statements[-1].shape

    @cached_property
    def contributions(self) -> tuple[tuple[Contribution, ...], ...]:
        """The operations of each statement."""
        return tuple(tuple(contributions(s, self._skip_padding)) for s in self.statements)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of scalar operations that occur."""
        return tuple(dict.fromkeys(kind for found in self.contributions for kind in kinds(found)))

    @cached_property
    def gemms(self) -> tuple[Gemm, ...]:
        """The lowered matrix products."""
        return tuple(g for s in self.statements for g in lowered(s))

    def _stored(self) -> tuple[Tensor, ...]:
        """Weights and buffers, each once, in order of appearance; one name is one tensor."""
        found: dict[str, Tensor] = {}
        for statement in self.statements:
            for node in statement.equation.right.walk():
                if isinstance(node, Entry) and node.tensor.role in {"weight", "buffer"}:
                    tensor = node.tensor
                    other = found.setdefault(tensor.name, tensor)
                    if (other.role, other.shape) != (tensor.role, tensor.shape):
                        raise ValueError(
                            f"{self.owner}: two tensors are named {tensor.name}: "
                            f"a {other.role} of shape {other.shape}, a {tensor.role} of shape {tensor.shape}"
                        )
        for name in (*self.resolved.shapes,):
            if name in found:
                raise ValueError(f"{self.owner}: {name} names a {found[name].role} and another tensor")
        return tuple(found.values())

    @property
    def is_view(self) -> bool:
        """Whether the output holds the entries of an input, each once, and so can share its memory."""
        right = self.statements[0].equation.right
        if len(self.statements) != 1 or not isinstance(right, Entry) or right.tensor.frame:
            return False
        read = [indices_in(p) for p in right.position]
        bare = all(is_bare(p) for p in right.position) and len({i for (i,) in read}) == len(read)
        return bare and entries(self.output_shape) == entries(self.resolved.shapes[right.tensor.name])

    @cached_property
    def phases(self) -> tuple[tuple[Size, tuple[int, ...]], ...]:
        """While each statement runs: entries alive in the layer's own tensors, and inputs still to read.

        A tensor is alive from its statement to the last one that reads it; the output until the end.
        """
        if self.is_view:
            return ((0, tuple(range(len(self.inputs)))),)
        made = [s.equation.left.tensor.name for s in self.statements]
        reads = [_names_read(s) for s in self.statements]
        last = {name: k for k, names in enumerate(reads) for name in names}
        last[made[-1]] = len(made)
        out: list[tuple[Size, tuple[int, ...]]] = []
        for k in range(len(made)):
            alive = [n for j, n in enumerate(made[: k + 1]) if j == k or last.get(n, j) >= k]
            own = total(entries(self.resolved.shapes[name]) for name in dict.fromkeys(alive))
            out.append((own, tuple(j for j, x in enumerate(self.inputs) if last.get(x.name, 0) >= k)))
        return tuple(out)

    def tensors(self, part: str) -> list[tuple[str, tuple[Size, ...]]]:
        """Name and shape of the tensors of one part of the memory, or of ``params``."""
        if part == "inputs":
            return [(t.name, t.known_shape) for t in self.inputs]
        if part in {"weights", "params"}:
            return [(t.name, t.known_shape) for t in self.stored if part == "weights" or t.role == "weight"]
        names = [s.equation.left.tensor.name for s in self.statements]
        chosen = names[-1:] if part == "outputs" else list(dict.fromkeys(names[:-1]))
        return [(name, self.resolved.shapes[name]) for name in chosen]

    def size(self, name: str) -> Size:
        """A quantity by name; parameters and operations with their common factors taken out."""
        value = self.summand(name)
        return value if name.startswith("memory.") else factored(value)

    def summand(self, name: str) -> Size:
        """A quantity by name, in the terms that add up well over the layers of a network."""
        if name not in self._sizes:
            self._sizes[name] = self._computed(name)
        return self._sizes[name]

    def _computed(self, name: str) -> Size:
        if name == "params":
            return total(entries(shape) for _, shape in self.tensors("params"))
        if name == "memory.total":
            return total(self.summand(f"memory.{part}") for part in MEMORY_PARTS[:3])
        if name == "memory.peak":
            sizes = [entries(x.known_shape) for x in self.inputs]
            return maximum(*(total([own, *(sizes[k] for k in read)]) for own, read in self.phases))
        if name in {f"memory.{part}" for part in MEMORY_PARTS}:
            return total(entries(shape) for _, shape in self.tensors(name.removeprefix("memory.")))
        if name == SEQUENTIAL:
            return total(self.summand(f"ops.{kind}") for kind in self.kinds)
        if name == FUSED:
            fused = total(count(found, FUSED_AWAY) for found in self.contributions)
            return subtract(self.summand(SEQUENTIAL), fused)
        if name != "macs" and not name.startswith("ops."):
            raise ValueError(f"name={name!r} is no quantity of a cost; write such as macs or ops.total")
        kind = MACS if name == "macs" else name.removeprefix("ops.")
        return total(count(found, kind) for found in self.contributions)


def _names_read(statement: Statement) -> set[str]:
    """The tensors that a statement reads."""
    out = {e.tensor.name for e in statement.equation.entries()}
    for node in statement.equation.right.walk():
        if isinstance(node, Unknown):
            out.update(t.name for t in node.tensors)
    return out


def _whole_and_positive(arguments: Sequence[Size], inputs: Sequence[Tensor]) -> Iterator[Condition]:
    """That arguments such as C/2 are integers, and that every input has an entry."""
    for size in arguments:
        yield from whole(size, Reason("{} must be a whole number", size))
    for tensor in inputs:
        for axis, length in enumerate(tensor.known_shape):
            reason = Reason("axis {} of {} has length {}; it must be at least 1", axis, tensor.name, length)
            yield at_least(length, 1, reason)


def checked(conditions: Sequence[Condition], owner: object) -> tuple[Condition, ...]:
    """The conditions that are not decided yet.

    Raises ``ValueError``, naming the layer and its argument, where one never holds.
    """
    open_ones: list[Condition] = []
    for condition in conditions:
        verdict = condition.verdict()
        if verdict is False:
            said = condition.reason or f"needs {condition.left} {SIGNS[condition.relation]} {condition.right}"
            raise ValueError(f"{owner}: {said}")
        if verdict is None:
            open_ones.append(condition)
    return strongest(open_ones)
