"""Index notation: entries of tensors, scalar expressions, reductions, and equations.

The body of an equation is this small syntax tree and not a SymPy expression, because every operation
that it writes is counted: ``x*x`` is a multiplication, ``a/b`` a division, ``p/p`` is not 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import isfinite
from typing import Any, Literal, TypeAlias

from symcnn.symbols.checks import brief, instance, one_of, text, whole
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Dim, Index, Size, as_length, as_size

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

    def __pow__(self, exponent: object) -> Binary:
        raise TypeError(
            f"({self})**{brief(exponent)} says not how it is computed; write products such as x*x"
        )

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

    __iter__ = None  # an entry for each index: going on through them would never end

    def __post_init__(self) -> None:
        _check_name("name", self.name)
        one_of(f"{self.name}: role", self.role, ("computed", "input", "weight", "buffer"))
        one_of(f"{self.name}: fill", self.fill, ("none", "zero", "skip"))
        if self.shape is not None:
            object.__setattr__(self, "shape", _lengths(self.name, self.shape))
        object.__setattr__(self, "frame", self._checked_frame())
        object.__setattr__(self, "beyond", self._per_axis("beyond", self.beyond))

    def _checked_frame(self) -> tuple[tuple[Size, Size], ...]:
        pairs = self._per_axis("frame", self.frame, "a (before, after) pair")
        for pair in pairs:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise TypeError(
                    f"{self.name}: frame={brief(self.frame)} must have a (before, after) pair for each axis"
                )
        return tuple(
            (as_length(a, f"{self.name}: frame"), as_length(b, f"{self.name}: frame")) for a, b in pairs
        )

    def _per_axis(self, argument: str, given: Any, each: str = "a size") -> tuple[Any, ...]:
        instance(f"{self.name}: {argument}", given, (tuple, list), f"a tuple of {each} for each axis, or ()")
        if given and self.shape is not None and len(given) != len(self.shape):
            raise ValueError(
                f"{self.name}: {argument}={brief(given)} must have {each} for each of {len(self.shape)} axes"
            )
        return (
            tuple(given)
            if argument == "frame"
            else tuple(as_length(n, f"{self.name}: {argument}") for n in given)
        )

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
        whole("trailing", trailing, 0)
        if trailing > self.rank:
            raise ValueError(f"trailing={trailing} is more than the {self.rank} axes of {self.name}")
        count = self.rank - trailing
        return (Index("n"),) if count == 1 else tuple(Index(f"n_{k + 1}") for k in range(count))

    def framed(
        self,
        borders: Iterable[tuple[Size, Size]],
        fill: Fill = "zero",
        beyond: Iterable[Size] = (),
    ) -> Tensor:
        """This tensor with a border around its last axes, one (before, after) pair each."""
        pairs = tuple(instance("borders", borders, Iterable, "(before, after) pairs of the last axes"))
        before = self.rank - len(pairs)
        if before < 0:
            raise ValueError(f"borders={brief(pairs)} are more than the {self.rank} axes of {self.name}")
        far = tuple(instance("beyond", beyond, Iterable, "sizes of these axes")) or (0,) * len(pairs)
        if len(far) != len(pairs):
            raise ValueError(f"beyond={brief(far)} must have a size for each of {len(pairs)} borders")
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

    __iter__ = None

    def __init__(self, kind: Literal["sum", "max", "mean"]) -> None:
        self._kind: Literal["sum", "max", "mean"] = kind

    def __getitem__(self, over: Index | tuple[Index, ...]) -> _Over:
        return _Over(
            self._kind,
            _loop_indices(f"{self._kind.capitalize()}[...]", over if isinstance(over, tuple) else (over,)),
        )


@dataclass(frozen=True)
class _Over:
    kind: Literal["sum", "max", "mean"]
    indices: tuple[Index, ...]

    def __call__(self, body: Any, where: Iterable[Condition] = ()) -> Reduction:
        return Reduction(self.kind, self.indices, as_node(body), _conditions(where))


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
    placed, cut = (
        instance(name, value, Mapping, "a mapping from output indices to sizes such as {p: 2*r + u}")
        for name, value in (("at", at), ("trim", {} if trim is None else trim))
    )
    _loop_indices("at", tuple(placed))
    for index in cut:
        if index not in placed:
            raise ValueError(f"trim={brief(cut)}: {brief(index)} is no index of at={brief(placed)}")
    return Scatter(
        _loop_indices("over", tuple(instance("over", over, Iterable, "a tuple of indices such as (r, u)"))),
        as_node(body),
        tuple((index, as_size(position, f"at: {index}")) for index, position in placed.items()),
        tuple((index, as_size(length, f"trim: {index}")) for index, length in cut.items()),
    )


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
    _check_name("name", name)
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
        if not isfinite(value):
            raise ValueError(f"operand={value} must be finite")
        return Constant(Fraction(str(value)))
    if isinstance(value, Tensor):
        raise TypeError(f"operand={value.name} is a tensor; name an entry of it, such as {value.name}[i]")
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
        instance("left", self.left, Entry, "an entry of a tensor such as y[i]")
        object.__setattr__(self, "right", as_node(self.right))
        for name in ("extents", "arguments"):
            _loop_indices(
                name, tuple(instance(name, getattr(self, name), Mapping, "a mapping with indices as keys"))
            )
        if self.initial is not None:
            instance("initial", self.initial, Tensor, "a tensor such as Tensor('h_0')")
        object.__setattr__(self, "where", _conditions(self.where))
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
    return Tensor(name, _lengths(name, shape), "weight")


def buffer(name: str, shape: Iterable[Size]) -> Tensor:
    """A tensor that is stored with a layer but not trained, such as a running mean.

    >>> from symcnn import buffer
    >>> buffer("mean", (8,)).role
    'buffer'
    """
    return Tensor(name, _lengths(name, shape), "buffer")


def computed(name: str) -> Tensor:
    """A tensor that an equation defines: the output, or a named intermediate.

    >>> from symcnn import Equation, Tensor, computed, indices
    >>> (i,) = indices("i")
    >>> print(Equation(computed("y")[i], 2*Tensor("x")[i] + 1))
    y[i] = 2*x[i] + 1
    """
    return Tensor(name)


def _check_name(argument: str, name: object) -> None:
    text(argument, name, "x_1")
    if not str(name).isidentifier():
        raise ValueError(f"{argument}={name!r} must be an identifier such as x or x_1")


def _lengths(name: str, shape: Iterable[Size]) -> tuple[Size, ...]:
    given = instance(f"{name}: shape", shape, (tuple, list), "a tuple such as (8, 3)")
    lengths = tuple(as_length(n, f"{name}: length") for n in given)
    for n in lengths:
        if isinstance(n, int) and n < 1:
            raise ValueError(f"{name}: length={n} must be at least 1")
    return lengths


def _loop_indices(argument: str, given: tuple[Any, ...]) -> tuple[Index, ...]:
    for index in given:
        instance(argument.replace("[...]", ""), index, Index, "a loop index, made with indices(...)")
    if len(set(given)) < len(given):
        raise ValueError(f"{argument}={brief(given)} names an index twice")
    return given


def _conditions(where: Iterable[Condition]) -> tuple[Condition, ...]:
    advice = "a list of conditions such as [i <= n]"
    if isinstance(where, Condition):
        raise TypeError(f"where={where} must be {advice}")
    return tuple(instance("where", c, Condition, advice) for c in instance("where", where, Iterable, advice))


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
