"""Equations on arrays: what ``y = conv(x)`` means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from symcnn.equations.notation import Equation
from symcnn.evaluation import loops, vectorized
from symcnn.evaluation.arithmetic import arithmetic
from symcnn.evaluation.binding import bind
from symcnn.symbols.checks import one_of

if TYPE_CHECKING:
    from symcnn.layers.base import Layer

METHODS = ("vectorized", "loops")


def evaluate(
    subject: Layer | Equation | Sequence[Equation],
    /,
    *arrays: Any,
    method: Literal["vectorized", "loops"] = "vectorized",
    **named: Any,
) -> npt.NDArray[Any]:
    """The tensor that the last equation of a layer defines, computed from arrays.

    y[n, o] = b[o] + sum over i of w[o, i] x[n, i], run as a program, for ``Linear``; and so for any equation.

    Arrays are given by the names of the tensors: x (or x_1, x_2, ...), weights, buffers; the inputs also in
    order, without a name. Equations on their own take several inputs in the order in which they read them.
    A symbol in them is the length of an axis, or a number given by the name of the symbol.

    Floats are computed in the dtype that NumPy's promotion gives; integers and Fractions exactly: the result
    is ``int64`` where no intermediate result can leave it, else an array of Python objects, and every
    quotient and every mean is a ``Fraction``, whole ones too. ``method="loops"`` runs the loop nest one
    scalar at a time on Python numbers (floats in double precision, exact results as objects): slow, and the
    reference.

    Entries of a border read 0 or take no part in their reduction, as the tensor says; an empty sum is 0.

    Raises ``ValueError`` for unknown and missing names, shapes outside the layer's domain, and maxima and
    means of nothing; ``TypeError`` for arrays of other types, and for exp, sqrt, ... of integers and
    Fractions.

    >>> import numpy as np
    >>> from symcnn import Conv1d
    >>> evaluate(Conv1d(1, 1, kernel_size=2, bias=False), np.array([[[1, 2, 4]]]), w=np.array([[[-1, 1]]]))
    array([[[1, 2]]])
    """
    one_of("method", method, METHODS)
    problem = bind(subject, arrays, named)
    known = dict(problem.arrays)
    result: npt.NDArray[Any] = np.empty(())
    for statement in problem.statements:
        if method == "loops":
            result = loops.run(statement, known, problem.dtype)
        else:
            result = vectorized.run(statement, known, arithmetic(statement, known, problem.dtype))
        known[statement.equation.left.tensor.name] = result
    return result
