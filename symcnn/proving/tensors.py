"""Equations as kernel terms: one entry of the output, as a function of its place and of the tensors read.

Tensors are functions of whole numbers. Their entries are elements of a commutative ring, and reals where an
equation divides, compares or applies a function by name; about such a function nothing is assumed. A border
of zeros is a case distinction, a border that takes no part in a reduction is a guard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symcnn.derive.extents import Statement
from symcnn.equations.notation import (
    Binary,
    Call,
    Constant,
    Entry,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
    Tensor,
    Unknown,
)
from symcnn.equations.structure import Rewriter, may_stand_out, owned
from symcnn.kernel import terms as kernel
from symcnn.kernel.terms import INT, ONE, REAL, RING, ZERO, Compare, Formula, Function, Sort, Term, free
from symcnn.proving.expressions import extremum, negative, plus
from symcnn.proving.scope import Scope, kernel_names
from symcnn.proving.sizes import Loop, all_of, condition, loops, size, summed
from symcnn.symbols.cardinality import indices_in
from symcnn.symbols.size import IndexAtom, Size, symbols_of


@dataclass(frozen=True)
class Output:
    """``left = body`` for all loop indices in ``ranges``; ``scope`` holds the sorts of all other names."""

    left: kernel.Call
    ranges: tuple[Loop, ...]
    body: Term
    scope: Mapping[str, Sort]
    assumptions: tuple[Formula, ...]


def output(statement: Statement) -> Output:
    """One entry of the tensor that an equation defines, as a kernel term.

    Takes an equation with the extents of its indices, as in ``layer.quantities(shapes).statements``.
    Raises ``TypeError`` for a recurrence, an operation that is not described, and tensors without axes.

    >>> from symcnn import Linear, dims
    >>> from symcnn.kernel.writing import write
    >>> N, C, D = dims("N C D")
    >>> (dense,) = Linear(C, D).quantities((as_sizes(N, C),)).statements
    >>> found = output(dense)
    >>> print(write(found.left), "=", write(found.body))
    y[n, o] = b[o] + (sum(i in 0..C) (w[o, i]*x[n, i]))
    """
    equation = statement.equation
    check_described(statement)
    value = REAL if any(_needs_reals(node) for node in equation.right.walk()) else RING
    tensors = {e.tensor.name: len(e.position) for e in (equation.left, *equation.entries())}
    called = {node.function for node in equation.right.walk() if isinstance(node, Call)}
    symbols = {s.name for s in symbols_of(*sizes_in(statement))}
    for name in [*(symbols & {*tensors}), *((symbols | {*tensors}) & called)]:
        raise ValueError(f"{name} names two things in {equation}; rename one of them")
    names = kernel_names({*symbols, *tensors, *called})
    functions: dict[str, Sort] = {names[t]: Function((INT,) * rank, value) for t, rank in tensors.items()}
    functions.update({names[f]: Function((REAL,), REAL) for f in sorted(called)})
    outside = Scope(names, functions=functions)
    left = dict.fromkeys(i for p in equation.left.position for i in indices_in(p))
    ranges, inner = loops([(i, statement.extents[i]) for i in left], outside)
    translated = _Body(statement)
    place = kernel.Call(
        names[equation.left.tensor.name], tuple(size(p, inner) for p in equation.left.position)
    )
    body = translated.node(equation.right, inner)
    return Output(
        place, tuple(ranges), body, outside.sorts, (*outside.assumptions(), *dict.fromkeys(outside.whole))
    )


def tensors_in(statements: Sequence[Statement]) -> dict[str, Sort]:
    """The tensors and the functions that equations read, by the names that they have there, with their sorts.

    All entries are reals where one of the equations needs reals, and elements of a ring otherwise.
    """
    nodes = [node for statement in statements for node in statement.equation.right.walk()]
    value = REAL if any(_needs_reals(node) for node in nodes) else RING
    out: dict[str, Sort] = {}
    for node in nodes:
        if isinstance(node, Entry):
            name, sort = node.tensor.name, Function((INT,) * len(node.position), value)
        elif isinstance(node, Call):
            name, sort = node.function, Function((REAL,), REAL)
        else:
            continue
        if out.setdefault(name, sort) != sort:
            raise ValueError(f"{name} names two things: it is read with one number of axes, and with another")
    return out


def entry_at(statement: Statement, indices: Mapping[IndexAtom, str], scope: Scope) -> Term:
    """The right side of an equation where the indices of its left side have these names."""
    for index, name in indices.items():
        scope = scope.inside(index, name)
    return _Body(statement).node(statement.equation.right, scope)


def as_sizes(*lengths: object) -> tuple[Size, ...]:
    """A shape as ``layer.quantities`` takes it."""
    from symcnn.symbols.size import as_size

    return tuple(as_size(n) for n in lengths)


def check_described(statement: Statement) -> None:
    """Raise ``TypeError`` for an equation that one term does not say."""
    equation = statement.equation
    if any(e.tensor.name == equation.left.tensor.name for e in equation.entries()):
        raise TypeError(
            f"{equation} is a recurrence; a statement says it with a recursive definition, not with one term"
        )
    for node in equation.right.walk():
        if isinstance(node, Unknown):
            raise TypeError(
                f"{node.operation} is not described by an equation, so nothing can be stated of it"
            )
    for entry in (equation.left, *equation.entries()):
        if not entry.position:
            raise TypeError(f"{entry.tensor.name} has no axes; statements know entries of tensors with axes")


def sizes_in(statement: Statement) -> list[Size]:
    """All sizes of an equation."""
    found: list[Size] = [*statement.extents.values()]

    def seen(value: Size) -> Size:
        found.append(value)
        return value

    Rewriter(seen, {}).equation(statement.equation)
    return found


def _needs_reals(node: Node) -> bool:
    if isinstance(node, Binary):
        return node.op in {"/", "max", "min"}
    if isinstance(node, Constant):
        return isinstance(node.value, Fraction) and node.value.denominator != 1
    return isinstance(node, Call) or (isinstance(node, Reduction) and node.kind != "sum")


@dataclass(frozen=True)
class _Body:
    statement: Statement

    def node(self, node: Node, scope: Scope) -> Term:
        """A scalar expression."""
        match node:
            case Entry():
                return self.entry(node, scope)
            case Constant(value):
                return kernel.Number(value) if isinstance(value, Fraction) else size(value, scope)
            case Negative(inner):
                return negative(self.node(inner, scope))
            case Binary(op, left, right):
                return _binary(op, self.node(left, scope), self.node(right, scope))
            case Call(function, argument):
                return kernel.Call(scope.names[function], (self.node(argument, scope),))
            case Reduction():
                return self.reduction(node, scope)
            case Scatter():
                return self.scatter(node, scope)
            case Pieces():
                return self.pieces(node, scope)
            case _:
                raise TypeError(f"{type(node).__name__} has no counterpart in statements")

    def entry(self, entry: Entry, scope: Scope) -> Term:
        """An entry of a tensor; 0 in a border of zeros."""
        places = tuple(size(p, scope) for p in entry.position)
        here = kernel.Call(scope.names[entry.tensor.name], places)
        tensor = entry.tensor
        if tensor.fill != "zero":
            return here
        bordered = [k for k, pair in enumerate(tensor.frame) if pair != (0, 0)]
        inside = all_of([f for k in bordered for f in _inside(tensor, k, places[k], scope)])
        return here if inside is None else kernel.If(inside, here, ZERO)

    def reduction(self, node: Reduction, scope: Scope) -> Term:
        """A sum, mean or maximum over the points that take part."""
        ranges, inner = self.loops([i.atom for i in node.indices], scope)
        guards = [condition(c, inner) for c in node.where]
        for entry in owned(node.body):
            guards += [g for g in self.takes_part(entry, inner) if g not in guards]
        body = self.node(node.body, inner)
        if node.kind == "max":
            return _maximum(ranges, guards, body)
        total = summed(ranges, all_of(guards), body)
        return total if node.kind == "sum" else _quotient(total, summed(ranges, all_of(guards), ONE))

    def takes_part(self, entry: Entry, scope: Scope) -> Iterator[Formula]:
        """That an entry stands neither beyond its tensor nor in a border that is skipped."""
        if not may_stand_out(entry):
            return
        tensor = entry.tensor
        for axis, position in enumerate(entry.position):
            before, after = tensor.frame[axis] if tensor.frame else (0, 0)
            beyond = tensor.beyond[axis] if tensor.beyond else 0
            if tensor.fill == "skip" and ((before, after) != (0, 0) or beyond != 0):
                yield from _inside(tensor, axis, size(position, scope), scope)
            elif beyond != 0:
                yield Compare("<", size(position, scope), size(tensor.known_shape[axis] + after, scope))

    def scatter(self, node: Scatter, scope: Scope) -> Term:
        """The sum over the points that are placed at this output."""
        ranges, inner = self.loops([i.atom for i in node.indices], scope)
        guards = [_at(position, scope.bound[i.atom], inner) for i, position in node.at]
        return summed(ranges, all_of(guards), self.node(node.body, inner))

    def pieces(self, node: Pieces, scope: Scope) -> Term:
        """A sum with one point in all: that of the piece which covers this output."""
        out: list[Term] = []
        for position, body in node.pieces:
            ranges, inner = self.loops(indices_in(position), scope)
            guard = _at(position, scope.bound[node.index.atom], inner)
            out.append(summed(ranges, guard, self.node(body, inner)))
        return plus(out)

    def loops(self, indices: Sequence[IndexAtom], scope: Scope) -> tuple[list[Loop], Scope]:
        """The ranges of loop indices, and the scope inside."""
        return loops([(i, self.statement.extents[i]) for i in indices], scope)


def _at(position: Size, name: str, scope: Scope) -> Formula:
    return Compare("=", size(position, scope), kernel.Variable(name))


def _inside(tensor: Tensor, axis: int, place: Term, scope: Scope) -> list[Formula]:
    length = size(tensor.known_shape[axis], scope)
    return [Compare("<=", ZERO, place), Compare("<", place, length)]


def _binary(op: str, left: Term, right: Term) -> Term:
    match op:
        case "+":
            return kernel.Plus((left, right))
        case "-":
            return kernel.Plus((left, negative(right)))
        case "*":
            return kernel.Times((left, right))
        case "/":
            return _quotient(left, right)
        case _:
            return extremum([left, right], op == "max")


def _quotient(top: Term, bottom: Term) -> Term:
    """A quotient as the reader of statements makes it."""
    if isinstance(top, kernel.Number) and isinstance(bottom, kernel.Number) and bottom.value:
        return kernel.number(Fraction(top.value) / bottom.value)
    return kernel.Quotient(top, bottom)


def _maximum(ranges: Sequence[Loop], guards: Sequence[Formula], body: Term) -> Term:
    """A maximum over nested ranges, where no inner maximum is one of nothing.

    A guard stands at the innermost range that it speaks of. Where a guard further inside also speaks of this
    range or one around it, points at which nothing is left inside are passed over.
    """
    names = [name for name, _, _ in ranges]
    level = {id(g): max((k for k, n in enumerate(names) if n in free(g)), default=0) for g in guards}
    for k in reversed(range(len(ranges))):
        name, low, high = ranges[k]
        own = [g for g in guards if level[id(g)] == k]
        deeper = [g for g in guards if level[id(g)] > k]
        if any(free(g) & {*names[: k + 1]} for g in deeper):
            own.append(Compare("<=", ONE, summed(ranges[k + 1 :], all_of(deeper), ONE)))
        body = kernel.Max(name, low, high, all_of(own), body)
    return body
