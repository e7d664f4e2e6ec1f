"""``same``: two equations or layers define the same tensor, whatever is read.

Tensors of one name are one tensor. The claim is that both outputs have the same lengths, and that their
entries are equal at all places; how the sums are written, and what the indices are called, does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symcnn.derive.extents import Statement
from symcnn.derive.quantities import LayerQuantities
from symcnn.equations.notation import Entry, Equation, Tensor, inputs_of, is_bare
from symcnn.equations.renaming import apart
from symcnn.kernel.terms import INT, ZERO, And, Compare, ForAll, Formula, Implies, Sort, Variable
from symcnn.layers.base import Layer, shapes_of
from symcnn.proving.scope import Scope
from symcnn.proving.sizes import size
from symcnn.proving.tensors import check_described, entry_at, sizes_in, tensors_in
from symcnn.symbols.cardinality import indices_in
from symcnn.symbols.checks import brief
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import IndexAtom, Size, symbols_of


@dataclass(frozen=True)
class Side:
    """An equation or layer as it was given, the equation with all extents, and its domain."""

    label: str
    statement: Statement
    domain: tuple[Condition, ...]


@dataclass(frozen=True, repr=False)
class Same:
    """That two equations define the same tensor; ``same`` makes it, ``statement`` and ``prove`` take it."""

    first: Side
    second: Side

    def __bool__(self) -> bool:
        raise TypeError(f"{self} is a relation and has no truth value before it is proved; hand it to prove")

    def __repr__(self) -> str:
        return f"same({self.first.label}, {self.second.label})"

    @property
    def domain(self) -> tuple[Condition, ...]:
        """The conditions under which both sides have a meaning."""
        return tuple(dict.fromkeys((*self.first.domain, *self.second.domain)))

    @property
    def sizes(self) -> list[Size]:
        """All sizes that occur."""
        return [n for s in (self.first, self.second) for n in (*sizes_in(s.statement), *s.statement.shape)]

    @property
    def tensors(self) -> dict[str, Sort]:
        """What both sides read, with sorts."""
        return tensors_in([self.first.statement, self.second.statement])

    def formula(self, scope: Scope) -> Formula:
        """The claim, where all names are known."""
        first, second = self.first.statement, self.second.statement
        shapes = [[size(n, scope) for n in s.shape] for s in (first, second)]
        lengths: list[Formula] = [Compare("=", a, b) for a, b in zip(*shapes, strict=True) if a != b]
        inner, names = scope, list[str]()
        for index in _left(first):
            name, inner = inner.index(index, index.name)
            names.append(name)
        left = entry_at(first, dict(zip(_left(first), names, strict=True)), inner)
        right = entry_at(second, dict(zip(_left(second), names, strict=True)), inner)
        inside: list[Formula] = []
        for name, length in zip(names, first.shape, strict=True):
            inside += [Compare("<=", ZERO, Variable(name)), Compare("<", Variable(name), size(length, scope))]
        out: Formula = Implies(And(tuple(inside)), Compare("=", left, right))
        for name in reversed(names):
            out = ForAll(name, INT, out)
        return And((*lengths, out)) if lengths else out


def same(first: Equation | Layer, second: Equation | Layer, *shapes: Iterable[Any]) -> Same:
    """The relation that two equations or layers define the same tensor, whatever they read.

    Tensors of one name are the same tensor, in both. A layer needs the ``shapes`` of its inputs, which are
    called x, or x_1, x_2, ...; tensors of an equation have their own shapes, or those of these inputs. Raises
    ``TypeError`` and ``ValueError`` for layers of several equations, recurrences, operations that are not
    described, and tensors that have two shapes.

    >>> from symcnn import Equation, Sum, Tensor, computed, dims, indices, prove, same
    >>> M, N, K = dims("M N K")
    >>> a, b = Tensor("a", (M, K)), Tensor("b", (K, N))
    >>> i, j, k, r, c, t = indices("i j k r c t")
    >>> product = Equation(computed("y")[i, j], Sum[k](a[i, k]*b[k, j]))
    >>> again = Equation(computed("z")[r, c], Sum[t](b[t, c]*a[r, t]))
    >>> prove(same(product, again)).status
    'PROVED'
    """
    given = shapes_of("same", shapes) if shapes else ()
    found = Same(_side(first, given), _side(second, given))
    _check(found)
    return found


def _side(value: Any, shapes: Sequence[tuple[Any, ...]]) -> Side:
    if isinstance(value, Layer):
        quantities = value.quantities(shapes_of(value.name, shapes))
    elif isinstance(value, Equation):
        quantities = _of_equation(value, inputs_of(shapes_of("same", shapes)) if shapes else ())
    else:
        raise TypeError(f"{brief(value)} ({type(value).__name__}) is neither an equation nor a layer")
    statement, *more = quantities.statements
    if more:
        names = ", ".join(s.equation.left.tensor.name for s in quantities.statements)
        raise TypeError(f"{value} has several equations ({names}); same relates layers of one equation")
    check_described(statement)
    for position in statement.equation.left.position:
        if not is_bare(position):
            raise TypeError(
                f"{statement.equation}: an index of the left side must stand alone, not as {position}"
            )
    if len(set(_left(statement))) < len(statement.shape):
        raise TypeError(f"{statement.equation}: an index stands twice on the left side")
    if statement.equation.where:
        raise TypeError(f"{statement.equation}: the indices of the left side are bounded by a condition")
    return Side(str(value), statement, tuple(quantities.conditions))


def _of_equation(equation: Equation, inputs: Sequence[Tensor]) -> LayerQuantities:
    known = {tensor.name for tensor in inputs}
    own = equation.left.tensor.name
    read = {e.tensor.name: e.tensor for e in equation.entries() if e.tensor.name != own}
    stored = [t for t in read.values() if t.shape is not None]
    for name, tensor in read.items():
        if tensor.shape is None and name not in known:
            raise ValueError(
                f"the shape of {name} in {equation} is not known; make it Tensor({name!r}, shape)"
            )
    sizes: list[Size] = [n for t in (*stored, *inputs) for n in t.known_shape]
    used = [*sizes, *equation.extents.values(), *(p for e in equation.entries() for p in e.position)]
    symbols = {s.name for s in symbols_of(*used)}
    here = [t for t in inputs if t.name in read]
    return LayerQuantities(equation, (apart(equation, symbols),), here, (), sizes)


def _left(statement: Statement) -> list[IndexAtom]:
    return [i for position in statement.equation.left.position for i in indices_in(position)]


def _check(found: Same) -> None:
    """Raise ``ValueError`` where both sides cannot be compared."""
    first, second = found.first.statement, found.second.statement
    if len(first.shape) != len(second.shape):
        raise ValueError(
            f"{found}: the outputs have {len(first.shape)} and {len(second.shape)} axes, so they differ"
        )
    shapes: dict[str, tuple[Size, ...]] = {}
    for statement in (first, second):
        for name, shape in _shapes(statement).items():
            if shapes.setdefault(name, shape) != shape:
                raise ValueError(
                    f"{found}: {name} has the shape {_shown(shapes[name])} in one "
                    f"and {_shown(shape)} in the other"
                )
    for statement, other in ((first, second), (second, first)):
        name = statement.equation.left.tensor.name
        if name in _shapes(other):
            raise ValueError(f"{found}: {name} is defined by one and read by the other; rename one of them")
    names = {s.name for s in symbols_of(*found.sizes)}
    for name in sorted(names & {*found.tensors}):
        raise ValueError(f"{found}: {name} names a size and a tensor; rename one of them")


def _shapes(statement: Statement) -> Mapping[str, tuple[Size, ...]]:
    entries = [node for node in statement.equation.right.walk() if isinstance(node, Entry)]
    return {e.tensor.name: e.tensor.shape for e in entries if e.tensor.shape is not None}


def _shown(shape: Sequence[Size]) -> str:
    return f"({', '.join(str(n) for n in shape)})"
