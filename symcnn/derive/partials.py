"""What each entry that an equation reads adds to the gradient: the product rule, statement by statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from symcnn.derive.extents import Statement, flat_length
from symcnn.equations.notation import (
    Binary,
    Call,
    Constant,
    Entry,
    Equation,
    Max,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
    Sum,
    computed,
    function,
)
from symcnn.equations.structure import Rewriter, may_stand_out, owned
from symcnn.symbols.cardinality import Extents, atom_of, greatest, indices_in, least
from symcnn.symbols.conditions import Condition, at_least
from symcnn.symbols.extremum import maximum
from symcnn.symbols.size import (
    Atom,
    Dim,
    Index,
    IndexAtom,
    Size,
    add,
    multiply,
    product,
    substitute,
    subtract,
)

ONE = Constant(1)


@dataclass(frozen=True)
class Part:
    """``factor`` adds to the gradient of ``entry`` at each point of the loops at which all guards hold."""

    entry: Entry
    factor: Node
    loops: tuple[IndexAtom, ...]
    where: tuple[Condition, ...] = ()

    def scaled(self, change: Callable[[Node], Node]) -> Part:
        """The part with another factor."""
        return replace(self, factor=change(self.factor))


@dataclass
class Names:
    """Names that are still free, for tensors and indices."""

    taken: set[str]

    def fresh(self, *wished: str) -> str:
        """The first wished name that is free, or the first with a number."""
        names = [*wished, *(f"{wished[0]}_{k}" for k in range(1, len(self.taken) + 2))]
        name = next(n for n in names if n not in self.taken)
        self.taken.add(name)
        return name


@dataclass(frozen=True)
class Partials:
    """The parts of one statement.

    ``active`` are the tensors on which the gradient is passed on, ``shapes`` those of all tensors so far.
    What is read more than once, such as the number of entries behind a mean, becomes a named tensor: an
    equation in ``helpers``.
    """

    statement: Statement
    active: frozenset[str]
    shapes: dict[str, tuple[Size, ...]]
    names: Names
    helpers: list[Equation] = field(default_factory=list[Equation])

    @property
    def extents(self) -> Extents:
        """The extents of the statement's loops."""
        return self.statement.extents

    def parts(self, at: Entry) -> Iterator[Part]:
        """The parts of all entries that are active; ``at`` is the gradient of what the statement defines."""
        loops = tuple(dict.fromkeys(i for p in self.statement.equation.left.position for i in indices_in(p)))
        yield from self.node(self.statement.equation.right, Part(at, at, loops))

    def node(self, node: Node, above: Part) -> Iterator[Part]:
        """The parts inside of an expression; ``above`` holds its own gradient as the factor."""
        if not any(isinstance(n, Entry) and n.tensor.name in self.active for n in node.walk()):
            return
        match node:
            case Entry():
                yield replace(above, entry=node, where=self.guards(node, above.where))
            case Negative(inner):
                yield from self.node(inner, above.scaled(Negative))
            case Binary():
                yield from self.binary(node, above)
            case Call():
                yield from self.call(node, above)
            case Reduction():
                yield from self.reduction(node, above)
            case Scatter():
                yield from self.scatter(node, above)
            case Pieces():
                yield from self.pieces(node, above)
            case _:
                raise ValueError(f"{self.statement.equation}: no gradient of {node} is described")

    def binary(self, node: Binary, above: Part) -> Iterator[Part]:
        """Sums, products, quotients; of two numbers the larger or the smaller, on the right where equal."""
        left, right = node.left, node.right
        match node.op:
            case "+" | "-":
                yield from self.node(left, above)
                yield from self.node(right, above if node.op == "+" else above.scaled(Negative))
            case "*":
                yield from self.node(left, above.scaled(lambda f: times(f, self.plain(right))))
                yield from self.node(right, above.scaled(lambda f: times(f, self.plain(left))))
            case "/":
                yield from self.node(left, above.scaled(lambda f: f / self.plain(right)))
                b = self.plain(right)
                yield from self.node(right, above.scaled(lambda f: -times(f, self.plain(left)) / (b * b)))
            case "max" | "min":
                value, bound = self.value(node), self.plain(right)
                first = step(minus(value, bound) if node.op == "max" else bound - value)
                yield from self.node(left, above.scaled(lambda f: f * first))
                yield from self.node(right, above.scaled(lambda f: f * (ONE - first)))

    def call(self, node: Call, above: Part) -> Iterator[Part]:
        """Functions whose derivative is made of the same functions."""
        if node.function == "step":  # its derivative is 0 wherever there is one
            return
        slope: Node
        if node.function == "exp":
            slope = self.value(node)
        elif node.function == "tanh":
            slope = ONE - self.value(node) * self.value(node)
        elif node.function == "sqrt":
            slope = ONE / (Constant(2) * self.value(node))
        elif node.function == "log":
            slope = ONE / self.plain(node.argument)
        else:
            raise ValueError(
                f"{self.statement.equation}: the derivative of {node.function} is not described; "
                "known are those of exp, log, sqrt, step and tanh"
            )
        yield from self.node(node.argument, above.scaled(lambda f: f * slope))

    def reduction(self, node: Reduction, above: Part) -> Iterator[Part]:
        """A sum passes its gradient on, a mean in equal shares, a maximum to where it was attained first."""
        inner = replace(
            above,
            loops=(*above.loops, *map(atom_of, node.indices)),
            where=(*above.where, *node.where, *(g for e in owned(node.body) for g in self.standing(e))),
        )
        if node.kind == "mean":
            count = self.count(node)
            inner = inner.scaled(lambda f: f / count)
        elif node.kind == "max":
            chosen = self.attained_first(node)
            inner = inner.scaled(lambda f: f * chosen)
        yield from self.node(node.body, inner)

    def scatter(self, node: Scatter, above: Part) -> Iterator[Part]:
        """The gradient of a point is that of the entry to which it adds, and 0 where that one is cut off."""
        values: dict[Atom, Size] = {atom_of(target): position for target, position in node.at}
        yield from self.node(node.body, self.moved(above, values, map(atom_of, node.indices)))

    def pieces(self, node: Pieces, above: Part) -> Iterator[Part]:
        """Each piece has the gradient of its part of the output."""
        for at, body in node.pieces:
            values: dict[Atom, Size] = {atom_of(node.index): at}
            yield from self.node(body, self.moved(above, values, indices_in(at)))

    def moved(self, above: Part, values: Mapping[Atom, Size], loops: Iterable[IndexAtom]) -> Part:
        """The part with positions in the place of indices, and loops for these."""
        kept = (i for i in above.loops if i not in values)
        factor = Moved.by(values, self.shapes, self.extents).node(above.factor)
        return Part(above.entry, factor, (*kept, *loops), tuple(c.substituted(values) for c in above.where))

    # Values of the forward pass

    def value(self, node: Node) -> Node:
        """The value of an expression: of the whole right side, the entry that the statement defines."""
        equation = self.statement.equation
        if node is equation.right:
            return equation.left
        return self.named(node, "part") if isinstance(node, Reduction | Scatter) else self.plain(node)

    def plain(self, node: Node) -> Node:
        """The same value without a sum, mean or maximum inside: these are named."""
        match node:
            case Negative(inner):
                return Negative(self.plain(inner))
            case Binary(op, left, right):
                return Binary(op, self.plain(left), self.plain(right))
            case Call(name, argument):
                return Call(name, self.plain(argument))
            case Reduction() | Scatter():
                return self.named(node, "part")
            case _:
                return node

    def named(self, node: Node, name: str) -> Entry:
        """A new tensor that holds an expression for each value of the indices that are free in it."""
        free = tuple(dict.fromkeys(free_indices(node)))
        made = computed(self.names.fresh(name))
        left = Entry(made, tuple(Dim.of_atom(i) for i in free) or (0,))
        self.shapes[made.name] = tuple(self.extents[i] for i in free) or (1,)
        node = Windows.over(self.shapes, self.extents).node(node)
        self.helpers.append(Equation(left, node, extents_of(left, node, self.extents)))
        return left

    def count(self, node: Reduction) -> Node:
        """The number of terms of a mean."""
        guards = (*node.where, *(g for e in owned(node.body) for g in self.standing(e)))
        if not guards:
            return Constant(product(self.extents[atom_of(i)] for i in node.indices))
        return self.named(Sum[node.indices](ONE, where=guards), "count")

    def attained_first(self, node: Reduction) -> Node:
        """1 at the first point, in the order of the loops, at which a maximum is attained, 0 elsewhere."""
        value, rank = self.value(node), Constant(self.rank(node.indices))
        first = self.named(Max[node.indices](same(node.body, value) * rank, where=node.where), "first")
        return same(first, rank)

    def rank(self, loops: tuple[Index, ...]) -> Size:
        """The number of points of a box from this one on: the greatest at the first point."""
        place: Size = 0
        count: Size = 1
        for index in loops:
            extent = self.extents[atom_of(index)]
            place, count = add(multiply(place, extent), index), multiply(count, extent)
        return subtract(count, place)

    # Borders

    def guards(self, entry: Entry, where: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """The guards without those that keep the entry itself inside: there is no gradient outside."""
        own = self.standing(entry)
        return tuple(g for g in where if g not in own)

    def standing(self, entry: Entry) -> tuple[Condition, ...]:
        """That an entry takes part in its reduction."""
        return tuple(self._standing(entry)) if may_stand_out(entry) else ()

    def _standing(self, entry: Entry) -> Iterator[Condition]:
        tensor = entry.tensor
        lengths = self.shapes[tensor.name]
        for axis, (position, length) in enumerate(zip(entry.position, lengths, strict=True)):
            before, after = tensor.frame[axis] if tensor.frame else (0, 0)
            far = tensor.beyond[axis] if tensor.beyond else 0
            if tensor.fill != "zero":
                if before != 0:
                    yield at_least(position, 0)
                if after != 0 or far != 0:
                    yield at_least(length, add(position, 1))
            elif far != 0:
                yield at_least(add(length, after), add(position, 1))


@dataclass(frozen=True)
class Moved(Rewriter):
    """Entries at other positions, with a border of zeros around what they now read outside."""

    lengths: Mapping[str, tuple[Size, ...]]
    extents: Extents

    @classmethod
    def by(
        cls, values: Mapping[Atom, Size], shapes: Mapping[str, tuple[Size, ...]], extents: Extents
    ) -> Moved:
        """The rewriter that puts positions in the place of indices."""
        return cls(lambda size: substitute(size, values), {}, shapes, extents)

    def entry(self, entry: Entry) -> Entry:
        """An entry, rewritten."""
        moved = super().entry(entry)
        if moved.position == entry.position:
            return entry
        lengths = self.lengths[entry.tensor.name]
        frame = list(entry.tensor.frame or ((0, 0),) * len(lengths))
        for axis, (position, length) in enumerate(zip(moved.position, lengths, strict=True)):
            if position == entry.position[axis]:
                continue
            first, last = least(position, self.extents), greatest(position, self.extents)
            if first is None or last is None:
                raise ValueError(
                    f"the extents in {position} do not determine which {entry.tensor.name} it reads"
                )
            before, after = frame[axis]
            frame[axis] = (
                maximum(before, multiply(-1, first)),
                maximum(after, subtract(add(last, 1), length)),
            )
        if any(sides != (0, 0) for sides in frame):
            return Entry(replace(entry.tensor, frame=tuple(frame), fill="zero"), moved.position)
        return Entry(entry.tensor, moved.position)


@dataclass(frozen=True)
class Windows(Rewriter):
    """Entries read at the positions of windows that do not look like flat positions of whole axes."""

    lengths: Mapping[str, tuple[Size, ...]]
    extents: Extents

    @classmethod
    def over(cls, shapes: Mapping[str, tuple[Size, ...]], extents: Extents) -> Windows:
        """The rewriter for loops of these extents."""
        return cls(lambda size: size, {}, shapes, extents)

    def entry(self, entry: Entry) -> Entry:
        """An entry that may leave the end of an axis unread says so: entries follow beyond the axis."""
        lengths = self.lengths[entry.tensor.name]
        beyond = list(entry.tensor.beyond or (0,) * len(lengths))
        for axis, (position, length) in enumerate(zip(entry.position, lengths, strict=True)):
            if flat_length(position, self.extents) not in (None, length):
                beyond[axis] = maximum(beyond[axis], 1)
        if all(n == 0 for n in beyond):
            return entry
        return Entry(replace(entry.tensor, beyond=tuple(beyond)), entry.position)


def times(a: Node, b: Node) -> Node:
    """The product, without a factor 1."""
    return a if b == ONE else a * b


def minus(a: Node, b: Node) -> Node:
    """The difference, without a 0."""
    return a if b == Constant(0) else a - b


def step(argument: Node) -> Call:
    """1 where the argument is positive, else 0."""
    return function("step", argument)


def same(a: Node, b: Node) -> Node:
    """1 where two numbers are equal, else 0."""
    return ONE - step(a - b) - step(b - a)


def free_indices(node: Node) -> Iterator[IndexAtom]:
    """The indices of an expression over which it does not run itself."""
    if isinstance(node, Entry):
        yield from (i for p in node.position for i in indices_in(p))
    elif isinstance(node, Constant):
        if isinstance(node.value, Dim):
            yield from indices_in(node.value)
    else:
        own: set[IndexAtom] = set()
        if isinstance(node, Reduction | Scatter):
            own = {atom_of(i) for i in node.indices}
        if isinstance(node, Reduction):
            sides = (side for c in node.where for side in (c.left, c.right))
            yield from (i for side in sides for i in indices_in(side) if i not in own)
        if isinstance(node, Scatter):
            yield from (atom_of(target) for target, _ in node.at)
        for child in node.children():
            yield from (i for i in free_indices(child) if i not in own)


def extents_of(left: Entry, right: Node, extents: Extents) -> dict[Index, Size]:
    """The extents of all indices of an equation that are known beforehand."""
    used = [i for p in left.position for i in indices_in(p)]
    for node in right.walk():
        if isinstance(node, Reduction | Scatter):
            used += map(atom_of, node.indices)
    solved = {atom_of(i) for n in right.walk() if isinstance(n, Scatter) for i, _ in n.at}
    return {Index(i.name): extents[i] for i in dict.fromkeys(used) if i not in solved}
