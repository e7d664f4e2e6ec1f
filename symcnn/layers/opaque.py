"""Operations whose cost is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from symcnn.equations.notation import Equation, Tensor, Unknown, computed
from symcnn.layers.arguments import checked_size
from symcnn.layers.base import Layer
from symcnn.symbols.checks import instance, text
from symcnn.symbols.size import Index, Size


@dataclass(frozen=True, repr=False)
class Opaque(Layer):
    """An operation that no equation describes, such as a custom kernel.

    Its memory is known from its shapes; its operations, MACs and parameters are not, so every total that
    includes it is marked as a lower bound. ``output_shape`` is the shape of its output, by default that of
    its first input.

    Raises ``TypeError`` where ``output_shape`` is no tuple of sizes, and ``ValueError`` for lengths below 1.

    >>> from symcnn import Opaque
    >>> cost = Opaque("deform").cost((1, 8, 4, 4))
    >>> cost.status, cost.unknown, cost.output_shape
    ('lower bound', ('deform',), (1, 8, 4, 4))
    """

    operation: Any
    output_shape: Any = None

    input_count: ClassVar[tuple[int, int | None]] = (1, None)

    def __post_init__(self) -> None:
        text("Opaque: operation", self.operation, "deform_conv")
        if not self.operation.isidentifier():
            raise ValueError(f"Opaque: operation={self.operation!r} must be a name such as deform_conv")
        if self.output_shape is not None:
            given = instance(
                "Opaque: output_shape", self.output_shape, (tuple, list), "a tuple such as (N, 8, H, W)"
            )
            shape: tuple[Size, ...] = tuple(checked_size("Opaque: output_shape", n, 1) for n in given)
            object.__setattr__(self, "output_shape", shape)

    def equations(self, *inputs: Tensor) -> Equation:
        shape = inputs[0].known_shape if self.output_shape is None else self.output_shape
        places = tuple(Index(f"k_{axis + 1}") for axis in range(len(shape)))
        extents = dict(zip(places, shape, strict=True))
        return Equation(computed("y")[places], Unknown(self.operation, inputs), extents=extents)
