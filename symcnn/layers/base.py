"""The base of all layers: a frozen record of arguments, and a method that writes the equations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from inspect import Parameter, signature
from typing import Any, ClassVar

from symcnn.derive.convention import Convention
from symcnn.derive.convention import convention as named_convention
from symcnn.derive.cost import Cost, one_name_one_symbol
from symcnn.derive.quantities import LayerQuantities, checked
from symcnn.equations.notation import Equation, Tensor, inputs_of
from symcnn.equations.renaming import apart
from symcnn.layers.arguments import counted, shown
from symcnn.symbols.checks import brief
from symcnn.symbols.conditions import Condition, Reason, at_least
from symcnn.symbols.size import Dim, Size, as_length, symbols_of

Shape = tuple[Size, ...]


@dataclass(frozen=True)
class Layer:
    """A layer is its defining equation; subclasses write it in :meth:`equations`.

    A subclass is a frozen dataclass whose fields are the layer's arguments, declared with the
    helpers of :mod:`symcnn.layers.arguments`. Calling a layer on traced values adds it to a network.
    """

    axes: ClassVar[int] = 0
    input_count: ClassVar[tuple[int, int | None] | None] = None
    """The least and the greatest number of inputs; where None, those that ``equations`` names, or one."""

    def __post_init__(self) -> None:
        for f in fields(self):
            check = f.metadata.get("check")
            if check is not None:
                try:
                    object.__setattr__(self, f.name, check(f.name, getattr(self, f.name), self.axes))
                except (TypeError, ValueError) as error:
                    raise type(error)(f"{type(self).__name__}: {error}") from None

    # Any arguments here, so that a subclass may name its inputs: equations(self, x) or (self, x_1, x_2).
    def equations(self, *args: Any, **kwargs: Any) -> Equation | tuple[Equation, ...]:
        """The defining equations on the layer's inputs; the last one defines the output."""
        raise TypeError(f"{type(self).__name__} must define equations(self, x)")

    def requirements(self, *inputs: Tensor) -> Iterable[Condition]:
        """Conditions beside those that the equations imply, such as divisibility."""
        return ()

    def cost(self, *input_shapes: Iterable[Any], convention: str | Convention = "sequential") -> Cost:
        """The cost of this layer on inputs of these shapes.

        Raises ``ValueError`` for shapes and arguments outside the layer's domain and for unknown conventions.
        """
        chosen = named_convention(convention)
        return Cost(self.quantities(shapes_of(self.name, input_shapes), chosen.skip_padding), chosen)

    def quantities(self, shapes: tuple[Shape, ...], skip_padding: bool = False) -> LayerQuantities:
        """All quantities of this layer on inputs of these shapes, derived once."""
        return _quantities(self, shapes, skip_padding)

    def equations_on(self, *shapes: Shape) -> tuple[Equation, ...]:
        """The defining equations on inputs of these shapes."""
        made = self.equations(*inputs_of(shapes))
        return (made,) if isinstance(made, Equation) else made

    def inputs_taken(self) -> tuple[int, int | None]:
        """The least and the greatest number of inputs; None where there is no greatest."""
        return self.input_count or _named_inputs(type(self))

    def input_rank(self) -> int | None:
        """The number of axes of a batch of inputs, where the layer fixes it."""
        return self.axes + 2 if self.axes else None

    @property
    def name(self) -> str:
        """The layer's class, as PyTorch names it."""
        return type(self).__name__

    @property
    def arguments(self) -> tuple[Size, ...]:
        """All symbolic or numeric sizes among the arguments."""
        return tuple(_sizes(tuple(getattr(self, f.name) for f in fields(self))))

    def __call__(self, *values: Any) -> Any:
        """Apply the layer to traced values of a network."""
        if not values or not hasattr(values[0], "apply"):
            raise TypeError(
                f"{self.name} is called on traced values inside a network; "
                "for its cost use .cost(shape), for numbers evaluate(...)"
            )
        return values[0].apply(self, values)

    def __str__(self) -> str:
        parts: list[str] = []
        for f in fields(self):
            value = getattr(self, f.name)
            if not _is_default(f.default, value):
                parts.append(f"{f.name}={shown(value)}")
        return f"{self.name}({', '.join(parts)})"

    def __repr__(self) -> str:
        return str(self)


def _is_iterable(value: object) -> bool:
    return isinstance(value, Iterable)


def shapes_of(name: str, shapes: Iterable[Iterable[Any]]) -> tuple[Shape, ...]:
    """Input shapes as tuples of sizes; raises ``ValueError`` or ``TypeError`` with the layer's name."""
    out: list[Shape] = []
    for shape in shapes:
        if isinstance(shape, str) or not _is_iterable(shape):
            raise TypeError(f"{name}: input shape {brief(shape)} must be a tuple such as (N, 3, H, W)")
        sizes = tuple(as_length(n, f"{name}: input length") for n in shape)
        for n in sizes:
            if isinstance(n, int) and n < 1:
                raise ValueError(
                    f"{name}: input shape {sizes} has the length {n}; every axis must be at least 1"
                )
        out.append(sizes)
    if not out:
        raise TypeError(f"{name}: give the shape of the input, such as (N, 3, H, W)")
    return tuple(out)


@lru_cache(maxsize=16384)
def _quantities(layer: Layer, shapes: tuple[Shape, ...], skip_padding: bool) -> LayerQuantities:
    arguments = (*layer.arguments, *(n for shape in shapes for n in shape))
    one_name_one_symbol(symbols_of(*arguments), layer.name)
    inputs = inputs_of(shapes)
    _check_count(layer, len(shapes))
    rank = layer.input_rank()
    for x in inputs:
        if rank is not None and x.rank not in (rank, rank - 1):
            raise ValueError(
                f"{layer}: the input has {counted(x.rank)} {x.known_shape}; "
                f"it needs {rank}, or {rank - 1} for one sample"
            )
    requirements = checked((*_ranges(layer), *layer.requirements(*inputs)), layer)
    try:
        made = layer.equations(*inputs)
        symbols = {s.name for s in symbols_of(*arguments)}
        equations = tuple(apart(e, symbols) for e in ((made,) if isinstance(made, Equation) else made))
        return LayerQuantities(layer, equations, inputs, requirements, arguments, skip_padding)
    except (ValueError, ArithmeticError) as error:
        if str(error).startswith(layer.name):
            raise
        raise type(error)(f"{layer}: {error}") from None


def _ranges(layer: Layer) -> Iterable[Condition]:
    """That symbolic arguments such as K - 1 are no less than their least values."""
    for f in fields(layer):
        least = f.metadata.get("least")
        if least is not None:
            for n in _sizes(getattr(layer, f.name)):
                yield at_least(n, least, Reason("{}={} must be at least {}", f.name, n, least))


def _check_count(layer: Layer, given: int) -> None:
    least, most = layer.inputs_taken()
    if given < least or (most is not None and given > most):
        raise ValueError(f"{layer}: {inputs_given(given, least, most)}")


def inputs_given(given: int, least: int, most: int | None) -> str:
    """What is wrong with the number of inputs, in words."""
    wanted = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
    return f"{given} input{'s' if given != 1 else ''} given; it takes {wanted}"


@lru_cache(maxsize=1024)
def _named_inputs(kind: type[Layer]) -> tuple[int, int]:
    """The numbers of inputs that ``equations`` of a layer class takes by name; one where it takes any."""
    named = list(signature(kind.equations).parameters.values())[1:]
    if any(p.kind is Parameter.VAR_POSITIONAL for p in named):
        return 1, 1
    return sum(p.default is Parameter.empty for p in named), len(named)


def _sizes(value: Any) -> Iterable[Size]:
    if isinstance(value, Dim) or type(value) is int:
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _sizes(part)


def _is_default(default: Any, value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_default(default, part) for part in value)
    return type(default) is type(value) and default == value
