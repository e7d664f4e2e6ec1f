"""The gradient of a layer as equations: reverse-mode differentiation of index notation.

The gradient of an entry is a sum over all points of the loop nests that read it. Where an axis is read at a
loop index, that index stays and its loop goes; where it is read at the position of a window, each point adds
to the entry that it has read, as in a transposed convolution.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from symcnn.derive.extents import Statement, resolve
from symcnn.derive.gathering import gathered
from symcnn.derive.partials import Names, Partials
from symcnn.derive.recurrences import through_time
from symcnn.equations.notation import Entry, Equation, Node, Tensor, Unknown, computed
from symcnn.equations.structure import steps_of
from symcnn.symbols.checks import brief
from symcnn.symbols.size import Index, symbols_of
from symcnn.symbols.suggest import suggestion

if TYPE_CHECKING:
    from symcnn.layers.base import Layer


def gradient(
    subject: Layer | Equation | Sequence[Equation], wrt: str, *input_shapes: Iterable[Any]
) -> tuple[Equation, ...]:
    """The equations of the gradient of a loss with respect to one tensor that a layer reads.

    dx[q] = sum over all p at which y[p] reads x[q] of dy[p] (the derivative of y[p] by x[q]), for dy, the
    gradient of the loss with respect to the output y; and so for weights and further inputs.

    Symbols: ``wrt`` is the name of the tensor: x (or x_1, x_2, ...), w, b, ...; the last equation defines its
    gradient, d``wrt`` (with a number where that name is taken). Those before it are the equations of the
    layer that it needs, gradients of intermediates, and the numbers of entries behind means. A layer takes
    the shapes of its inputs, symbols among them; the tensors of equations have their own.

    At corners, max(a, b) passes the gradient on to a where a > b and to b elsewhere, so that of ReLU is 0 at
    0, and the maximum of several entries to the first one that attains it, in the order of the loops: for the
    layers this is what PyTorch does. step(a) is 1 where a > 0 and 0 elsewhere.

    All layers of symcnn but ``Opaque`` have gradients, recurrent ones with f(w x + v y[t - 1]) as well, by a
    recurrence that runs backwards through the steps. For equations the same rules hold; of functions the
    derivatives of exp, log, sqrt, step and tanh are known.
    Raises ``ValueError`` for tensors that are not read or do not matter, for other functions, and for
    recurrences of other forms; ``TypeError`` for what is neither layer nor equation and for a ``wrt`` that is
    no ``str``.
    Source: Griewank and Walther, "Evaluating derivatives", section 3.2 (reverse mode).

    >>> from symcnn import Conv2d, dims
    >>> N, C_i, C_o, H, W, S = dims("N C_i C_o H W S")
    >>> conv = Conv2d(C_i, C_o, kernel_size=3, stride=S, padding=1)
    >>> for wrt in ("x", "w", "b"):
    ...     print(*gradient(conv, wrt, (N, C_i, H, W)))
    dx[n, i, p, q] = sum(o, r, c, u, v; p = S*r + u - 1; q = S*c + v - 1)(dy[n, o, r, c]*w[o, i, u, v])
    dw[o, i, u, v] = sum(n, r, c)(dy[n, o, r, c]*x[n, i, S*r + u - 1, S*c + v - 1])
    db[o] = sum(n, r, c)(dy[n, o, r, c])
    """
    given: Any = subject
    if not isinstance(wrt, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"wrt={wrt!r} must be the name of a tensor, such as 'x'")
    if not isinstance(subject, type) and hasattr(given, "equations_on"):
        source = given.cost(*input_shapes).source
        return _Reverse(str(given), source.statements, source.inputs).run(wrt)
    equations = tuple(given) if isinstance(given, tuple | list) else (given,)
    if not equations or not all(isinstance(e, Equation) for e in equations):
        raise TypeError(f"gradient takes a layer, an equation or a tuple of equations, not {brief(given)}")
    if input_shapes:
        raise TypeError(
            f"{equations[-1]}: input_shapes={input_shapes} are for layers; tensors have their own shapes"
        )
    _check_shapes(equations)
    return _Reverse(str(equations[-1]), resolve(equations, ()).statements, ()).run(wrt)


def _check_shapes(equations: Sequence[Equation]) -> None:
    made: set[str] = set()
    for equation in equations:
        made.add(equation.left.tensor.name)
        for tensor in (e.tensor for e in equation.entries()):
            if tensor.shape is None and tensor.name not in made:
                raise ValueError(
                    f"{equation}: give {tensor.name} a shape, as in Tensor({tensor.name!r}, (2, 3))"
                )


class _Reverse:
    """One pass over the statements, the last one first."""

    def __init__(self, label: str, statements: Sequence[Statement], inputs: Sequence[Tensor]) -> None:
        self.label = label
        self.statements = statements
        made = {s.equation.left.tensor.name: s.shape for s in statements}
        self.read: dict[str, Tensor] = {t.name: t for t in inputs}
        for equation in (s.equation for s in statements):
            start = [] if equation.initial is None else [equation.initial]
            for tensor in (*(e.tensor for e in equation.entries()), *start):
                if tensor.name not in made:
                    self.read.setdefault(tensor.name, tensor)
        self.shapes = {**{name: t.known_shape for name, t in self.read.items()}, **made}
        extents = {i: n for s in statements for i, n in s.extents.items()}
        symbols = symbols_of(*extents.values(), *(n for shape in self.shapes.values() for n in shape))
        self.names = Names({*self.shapes, *(i.name for i in extents), *(s.name for s in symbols)})
        self.equations: list[Equation] = []
        self.terms: dict[str, list[Equation]] = {}

    def run(self, wrt: str) -> tuple[Equation, ...]:
        """The equations that make the gradient with respect to one tensor."""
        for node in (n for s in self.statements for n in s.equation.right.walk()):
            if isinstance(node, Unknown):
                raise ValueError(f"{self.label}: the gradient of {node.operation} is not known")
        if wrt not in self.read:
            raise ValueError(f"{self.label} reads no tensor wrt={wrt!r}{suggestion(wrt, self.read)}")
        active = self.active(wrt)
        output = self.statements[-1].equation.left.tensor.name
        upstream = Tensor(f"d{output}", self.shapes[output], "input")
        if upstream.name in self.names.taken:
            raise ValueError(
                f"{self.label}: {upstream.name} names the gradient of {output}; rename the other one"
            )
        self.names.taken.add(upstream.name)
        self.shapes[upstream.name] = self.shapes[output]
        for statement in reversed(self.statements):
            name = statement.equation.left.tensor.name
            if name in active and (name == output or name in self.terms):
                self.backward(statement, upstream if name == output else self.total(name), active)
        if wrt not in self.terms:
            raise ValueError(f"{self.label}: {output} has no derivative by wrt={wrt!r} other than 0")
        self.total(wrt)
        return needed([*(s.equation for s in self.statements), *self.equations])

    def active(self, wrt: str) -> frozenset[str]:
        """The tensors that depend on one."""
        found = {wrt}
        for equation in (s.equation for s in self.statements):
            start = equation.initial
            if any(e.tensor.name in found for e in equation.entries()) or (start and start.name in found):
                found.add(equation.left.tensor.name)
        return frozenset(found)

    def backward(self, statement: Statement, upstream: Tensor, active: frozenset[str]) -> None:
        """Add what a statement passes on to the gradients of the tensors that it reads."""
        partials = Partials(statement, active, self.shapes, self.names)
        if steps_of(statement.equation) is not None:
            equations, terms = through_time(partials, upstream)
        else:
            parts = list(partials.parts(Entry(upstream, statement.equation.left.position)))
            terms = [gathered(part, statement.extents, self.shapes, self.names) for part in parts]
            equations = partials.helpers
        self.equations += equations
        for term in terms:
            self.terms.setdefault(term.left.tensor.name, []).append(term)

    def total(self, name: str) -> Tensor:
        """The gradient of a tensor whose parts are all known."""
        parts = self.terms[name]
        out = computed(self.names.fresh(f"d{name}"))
        self.shapes[out.name] = self.shapes[name]
        if len(parts) == 1:
            (part,) = parts
            self.equations.append(replace(part, left=Entry(out, part.left.position)))
            return out
        single = [computed(self.names.fresh(f"{out.name}_{k + 1}")) for k in range(len(parts))]
        for part, tensor in zip(parts, single, strict=True):
            self.shapes[tensor.name] = self.shapes[name]
            self.equations.append(replace(part, left=Entry(tensor, part.left.position)))
        n = tuple(Index(f"n_{k + 1}") for k in range(len(self.shapes[name])))
        entries: list[Node] = [tensor[n] for tensor in single]
        self.equations.append(Equation(out[n], reduce(lambda a, b: a + b, entries)))
        return out


def needed(equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """The equations on which the last one rests, in their order."""
    wanted = {equations[-1].left.tensor.name}
    kept: list[Equation] = []
    for equation in reversed(equations):
        if equation.left.tensor.name in wanted:
            kept.append(equation)
            wanted.update(e.tensor.name for e in equation.entries())
            if equation.initial is not None:
                wanted.add(equation.initial.name)
    return tuple(reversed(kept))
