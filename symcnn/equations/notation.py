"""Index notation: entries of tensors, scalar expressions, reductions, and equations.

The body of an equation is this small syntax tree and not a SymPy expression, because every operation
that it writes is counted: ``x*x`` is a multiplication, ``a/b`` a division, ``p/p`` is not 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Dim, Index, Size, as_size

Role: TypeAlias = Literal["input", "weight", "buffer", "computed"]
Fill: TypeAlias = Literal["none", "zero", "skip"]
Number: TypeAlias = int | Fraction


class Node:
    """A scalar expression of tensor entries; the operators build larger ones."""

    __slots__ = ()

    def __add__(self, other: Any) -> Binary:
        return Binary("+", self, as_node(other))

    def __radd__(self, other: Any) -> Binary:
        return Binary("+", as_node(other), self)

    def __sub__(self, other: Any) -> Binary:
        return Binary("-", self, as_node(other))

    def __rsub__(self, other: Any) -> Binary:
        return Binary("-", as_node(other), self)

    def __mul__(self, other: Any) -> Binary:
        return Binary("*", self, as_node(other))

    def __rmul__(self, other: Any) -> Binary:
        return Binary("*", as_node(other), self)

    def __truediv__(self, other: Any) -> Binary:
        return Binary("/", self, as_node(other))

    def __rtruediv__(self, other: Any) -> Binary:
        return Binary("/", as_node(other), self)

    def __neg__(self) -> Negative:
        return Negative(self)

    def children(self) -> tuple[Node, ...]:
        """The expressions directly inside this one."""
        return ()

    def walk(self) -> Iterator[Node]:
        """This expression and all inside it, outermost first."""
        yield self
        for child in self.children():
            yield from child.walk()

    def __str__(self) -> str:
        from symcnn.equations.printing import node_text

        return node_text(self)


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named array of numbers.

    ``frame`` widens an axis by a border before and after it: an entry there reads 0 (``fill="zero"``)
    or takes no part in its reduction (``fill="skip"``). ``beyond`` widens axes further on the far side
    by entries that never take part (the overhang of ``ceil_mode``).
    """

    name: str
    shape: tuple[Size, ...] | None = None
    role: Role = "computed"
    frame: tuple[tuple[Size, Size], ...] = ()
    fill: Fill = "none"
    beyond: tuple[Size, ...] = ()

    def __post_init__(self) -> None:
        if self.shape is not None:
            shape = tuple(as_size(n, f"{self.name}: length") for n in self.shape)
            object.__setattr__(self, "shape", shape)

    def __getitem__(self, index: Any) -> Entry:
        positions = index if isinstance(index, tuple) else (index,)
        if self.shape is not None and len(positions) != len(self.shape):
            raise ValueError(
                f"{self.name} has {len(self.shape)} axes and is read with {len(positions)} indices"
            )
        return Entry(self, tuple(as_size(p, f"index of {self.name}") for p in positions))

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.known_shape)

    @property
    def known_shape(self) -> tuple[Size, ...]:
        """The shape; raises ``ValueError`` where none was given."""
        if self.shape is None:
            raise ValueError(f"the shape of {self.name} is not known before its equation is resolved")
        return self.shape

    def leading(self, trailing: int) -> tuple[Index, ...]:
        """One loop index for each axis before the last ``trailing`` ones: n, or n_1, n_2, ..."""
        count = self.rank - trailing
        return (Index("n"),) if count == 1 else tuple(Index(f"n_{k + 1}") for k in range(count))

    def framed(
        self,
        borders: Iterable[tuple[Size, Size]],
        fill: Fill = "zero",
        beyond: Iterable[Size] = (),
    ) -> Tensor:
        """This tensor with a border around its last axes, one (before, after) pair each."""
        pairs = tuple(borders)
        before = self.rank - len(pairs)
        far = tuple(beyond) or (0,) * len(pairs)
        return replace(self, frame=((0, 0),) * before + pairs, fill=fill, beyond=(0,) * before + far)


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """One entry of a tensor, its position given by sizes over loop indices."""

    tensor: Tensor
    position: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, or a size such as the width of a head, as a scalar."""

    value: Size | Fraction


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``left op right`` with op one of + - * / max min."""

    op: Literal["+", "-", "*", "/", "max", "min"]
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        """Both operands."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """``-inner``."""

    inner: Node

    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.inner,)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A named scalar function of one argument."""

    function: str
    argument: Node

    def children(self) -> tuple[Node, ...]:
        """The argument."""
        return (self.argument,)


@dataclass(frozen=True, slots=True)
class Reduction(Node):
    """A sum, maximum or mean of ``body`` over a box of indices where all guards hold."""

    kind: Literal["sum", "max", "mean"]
    indices: tuple[Index, ...]
    body: Node
    where: tuple[Condition, ...] = ()

    def children(self) -> tuple[Node, ...]:
        """The body."""
        return (self.body,)


@dataclass(frozen=True, slots=True)
class Scatter(Node):
    """A sum in which each point of a box adds to the output whose indices are given by ``at``.

    Positions before 0 are cut off, and ``trim`` more at the far end; these points are part of the loop
    nest all the same. A negative ``trim`` lengthens the output by entries to which no point adds.
    """

    indices: tuple[Index, ...]
    body: Node
    at: tuple[tuple[Index, Size], ...]
    trim: tuple[tuple[Index, Size], ...]

    def children(self) -> tuple[Node, ...]:
        """The body."""
        return (self.body,)


@dataclass(frozen=True, slots=True)
class Pieces(Node):
    """The output along ``index`` in pieces, one after the other: at the position ``at`` it is ``body``.

    Each ``at`` is ``offset + j`` for a loop index j of that piece alone, whose offset is where the piece
    before it ended. This is the whole right side of its equation.
    """

    index: Index
    pieces: tuple[tuple[Size, Node], ...]

    def children(self) -> tuple[Node, ...]:
        """The bodies of all pieces."""
        return tuple(body for _, body in self.pieces)


@dataclass(frozen=True, slots=True)
class Unknown(Node):
    """A value that depends on whole tensors in a way that is not described; its cost is not known."""

    operation: str
    tensors: tuple[Tensor, ...]


class _Reducer:
    """A reduction over the indices in brackets, where all conditions hold; also ``Max`` and ``Mean``.

    >>> from symcnn import Sum, Tensor, indices
    >>> x = Tensor("x")
    >>> n, i = indices("n i")
    >>> print(Sum[i](x[n, i], where=[i <= n]))
    sum(i; n >= i)(x[n, i])
    """

    def __init__(self, kind: Literal["sum", "max", "mean"]) -> None:
        self._kind: Literal["sum", "max", "mean"] = kind

    def __getitem__(self, over: Index | tuple[Index, ...]) -> _Over:
        return _Over(self._kind, over if isinstance(over, tuple) else (over,))


@dataclass(frozen=True)
class _Over:
    kind: Literal["sum", "max", "mean"]
    indices: tuple[Index, ...]

    def __call__(self, body: Any, where: Iterable[Condition] = ()) -> Reduction:
        return Reduction(self.kind, self.indices, as_node(body), tuple(where))


Sum = _Reducer("sum")
Max = _Reducer("max")
Mean = _Reducer("mean")


def scatter(
    over: Iterable[Index], body: Any, at: Mapping[Index, Size], trim: Mapping[Index, Size] | None = None
) -> Scatter:
    """Add ``body`` at each point of the box ``over`` to the output position ``at``.

    >>> from symcnn import Tensor, indices, scatter
    >>> x, w = Tensor("x"), Tensor("w")
    >>> p, r, u = indices("p r u")
    >>> print(scatter((r, u), w[u]*x[r], at={p: 2*r + u}))
    sum(r, u; p = 2*r + u)(w[u]*x[r])
    """
    return Scatter(tuple(over), as_node(body), tuple(at.items()), tuple((trim or {}).items()))


def pieces(along: Index, parts: Iterable[tuple[Size, Any]]) -> Pieces:
    """One expression after another along an output index, each as (position, body)."""
    return Pieces(along, tuple((at, as_node(body)) for at, body in parts))


def exp(argument: Any) -> Call:
    """e to the power of the argument.

    >>> from symcnn import Tensor, exp, indices
    >>> (i,) = indices("i")
    >>> print(exp(Tensor("x")[i]))
    exp(x[i])
    """
    return Call("exp", as_node(argument))


def sqrt(argument: Any) -> Call:
    """The square root.

    >>> from symcnn import Tensor, sqrt, indices
    >>> (i,) = indices("i")
    >>> print(sqrt(Tensor("x")[i]))
    sqrt(x[i])
    """
    return Call("sqrt", as_node(argument))


def tanh(argument: Any) -> Call:
    """The hyperbolic tangent.

    >>> from symcnn import Tensor, tanh, indices
    >>> (i,) = indices("i")
    >>> print(tanh(Tensor("x")[i]))
    tanh(x[i])
    """
    return Call("tanh", as_node(argument))


def function(name: str, argument: Any) -> Call:
    """A scalar function by name, such as ``erf`` or ``log``.

    >>> from symcnn import Tensor, function, indices
    >>> (i,) = indices("i")
    >>> print(function("erf", Tensor("x")[i]))
    erf(x[i])
    """
    return Call(name, as_node(argument))


def larger(a: Any, b: Any) -> Binary:
    """The larger of two scalars: one comparison.

    >>> from symcnn import Tensor, indices, larger
    >>> (i,) = indices("i")
    >>> print(larger(Tensor("x")[i], 0))
    max(x[i], 0)
    """
    return Binary("max", as_node(a), as_node(b))


def smaller(a: Any, b: Any) -> Binary:
    """The smaller of two scalars: one comparison.

    >>> from symcnn import Tensor, indices, smaller
    >>> (i,) = indices("i")
    >>> print(smaller(Tensor("x")[i], 0))
    min(x[i], 0)
    """
    return Binary("min", as_node(a), as_node(b))


def as_node(value: Any) -> Node:
    """An operand of a scalar expression: a node, an exact number, or a size."""
    if isinstance(value, Node):
        return value
    if isinstance(value, Fraction):
        return Constant(value)
    if isinstance(value, float):
        return Constant(Fraction(str(value)))
    return Constant(as_size(value, "operand"))


@dataclass(frozen=True)
class Equation:
    """``left = right`` for all values of the indices of ``left``.

    ``extents`` fixes index extents that no tensor axis determines; ``where`` bounds the indices of the
    left side further; ``arguments`` names the layer argument behind an index, for error messages.
    A right side that reads the left tensor one step earlier along an index is a recurrence; ``initial``
    is then the tensor read before the first step (without the axis of the steps), zeros where None.
    """

    left: Entry
    right: Node
    extents: Mapping[Index, Size] = field(default_factory=dict[Index, Size])
    where: tuple[Condition, ...] = ()
    arguments: Mapping[Index, str] = field(default_factory=dict[Index, str])
    initial: Tensor | None = None

    def __post_init__(self) -> None:
        extents = {i: as_size(n, f"extent of {i.name}") for i, n in self.extents.items()}
        object.__setattr__(self, "extents", extents)

    def entries(self) -> Iterator[Entry]:
        """The tensor entries that the right side reads."""
        return (node for node in self.right.walk() if isinstance(node, Entry))

    def __str__(self) -> str:
        from symcnn.equations.printing import equation_text

        return equation_text(self)

    def _repr_latex_(self) -> str:
        from symcnn.equations.printing import equation_latex

        return f"$\\displaystyle {equation_latex(self)}$"


def weight(name: str, shape: Iterable[Size]) -> Tensor:
    """A tensor of trained parameters.

    >>> from symcnn import indices, weight
    >>> o, i = indices("o i")
    >>> print(weight("w", (8, 3))[o, i])
    w[o, i]
    """
    return Tensor(name, tuple(shape), "weight")


def buffer(name: str, shape: Iterable[Size]) -> Tensor:
    """A tensor that is stored with a layer but not trained, such as a running mean.

    >>> from symcnn import buffer
    >>> buffer("mean", (8,)).role
    'buffer'
    """
    return Tensor(name, tuple(shape), "buffer")


def computed(name: str) -> Tensor:
    """A tensor that an equation defines: the output, or a named intermediate.

    >>> from symcnn import Equation, Tensor, computed, indices
    >>> (i,) = indices("i")
    >>> print(Equation(computed("y")[i], 2*Tensor("x")[i] + 1))
    y[i] = 2*x[i] + 1
    """
    return Tensor(name)


def inputs_of(shapes: Iterable[tuple[Size, ...]]) -> tuple[Tensor, ...]:
    """The input tensors of a layer: x, or x_1, x_2, ..."""
    shapes = tuple(shapes)
    names = ["x"] if len(shapes) == 1 else [f"x_{k + 1}" for k in range(len(shapes))]
    return tuple(Tensor(name, shape, "input") for name, shape in zip(names, shapes, strict=True))


def is_bare(position: Size) -> bool:
    """Whether a position is one loop index and nothing else."""
    if isinstance(position, Index):
        return True
    from symcnn.symbols.size import IndexAtom

    if not isinstance(position, Dim) or len(position.terms) != 1:
        return False
    ((monomial, coefficient),) = position.terms.items()
    return (
        coefficient == 1
        and len(monomial) == 1
        and monomial[0][1] == 1
        and isinstance(monomial[0][0], IndexAtom)
    )
