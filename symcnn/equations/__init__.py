"""Index notation: equations of tensors, their printing and their evaluation on arrays."""

from symcnn.equations.notation import (
    Equation,
    Max,
    Mean,
    Sum,
    Tensor,
    buffer,
    computed,
    exp,
    function,
    larger,
    scatter,
    smaller,
    sqrt,
    tanh,
    weight,
)
from symcnn.on_import import imported
from symcnn.symbols.size import Index, indices

__all__ = [
    "Equation",
    "Index",
    "Max",
    "Mean",
    "Sum",
    "Tensor",
    "buffer",
    "computed",
    "exp",
    "function",
    "indices",
    "larger",
    "scatter",
    "smaller",
    "sqrt",
    "tanh",
    "weight",
]

imported(__name__)
