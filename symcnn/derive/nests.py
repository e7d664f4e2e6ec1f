"""What an equation computes, as loop nests: each scalar operation with the nest that repeats it.

The count of an operation is a nested sum of 1 over its loop nest, literally; closed forms come after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from symcnn.derive.extents import Statement
from symcnn.equations.notation import (
    Binary,
    Call,
    Entry,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
    is_bare,
)
from symcnn.symbols.cardinality import Box, atom_of, cardinality, indices_in
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import IndexAtom, Size, multiply, subtract, total

KINDS = {"+": "additions", "-": "additions", "*": "multiplications", "/": "divisions"} | dict.fromkeys(
    ("max", "min"), "comparisons"
)
FUNCTIONS = {
    "exp": "exponentials",
    "sqrt": "square_roots",
    "tanh": "hyperbolic_tangents",
    "log": "logarithms",
    "erf": "error_functions",
}
MACS = "macs"
FUSED_AWAY = "fused_away"


@dataclass(frozen=True)
class LoopNest:
    """A box of loop indices with guards; with ``outer``, points that agree on those count once.

    Of the ``inhabited`` indices it is known that their ranges are not empty.
    """

    box: Box
    guards: tuple[Size, ...] = ()
    outer: tuple[IndexAtom, ...] | None = None
    inhabited: tuple[IndexAtom, ...] = ()

    @cached_property
    def points(self) -> Size:
        """The number of points: the nested sum of 1."""
        return cardinality(self.box, self.guards, self.outer, self.inhabited)

    def within(self, box: Box, guards: tuple[Size, ...]) -> LoopNest:
        """The nest with further loops inside."""
        return LoopNest(self.box + box, self.guards + guards)


@dataclass(frozen=True)
class Contribution:
    """``sign`` operations of one kind at each point of a nest; ``left`` are the indices of the output."""

    kind: str
    nest: LoopNest
    sign: int
    left: tuple[IndexAtom, ...]


def contributions(statement: Statement, skip_padding: bool = False) -> list[Contribution]:
    """All operations of a statement.

    A sum or maximum of n >= 1 terms takes n - 1 operations. Expressions without a tensor entry are
    constants, computed beforehand. ``skip_padding`` leaves out the entries of borders.
    """
    return list(_Walk(statement, skip_padding).run())


def count(found: Sequence[Contribution], kind: str) -> Size:
    """The total of one kind."""
    return total(multiply(c.sign, c.nest.points) for c in found if c.kind == kind)


def kinds(found: Sequence[Contribution]) -> list[str]:
    """The kinds of scalar operations that occur, in order of appearance."""
    return list(dict.fromkeys(c.kind for c in found if c.kind not in {MACS, FUSED_AWAY}))


@dataclass(frozen=True)
class _Walk:
    statement: Statement
    skip_padding: bool

    def run(self) -> Iterator[Contribution]:
        left = tuple(dict.fromkeys(i for p in self.statement.equation.left.position for i in indices_in(p)))
        nest = LoopNest(tuple((i, self.statement.extents[i]) for i in left))
        yield from self.node(self.statement.equation.right, nest, left)

    def node(self, node: Node, nest: LoopNest, left: tuple[IndexAtom, ...]) -> Iterator[Contribution]:
        if is_constant(node) or isinstance(node, Entry):
            return
        if isinstance(node, Reduction):
            yield from self.reduction(node, nest, left)
        elif isinstance(node, Scatter):
            yield from self.scatter(node, nest, left)
        elif isinstance(node, Pieces):
            yield from self.pieces(node, nest, left)
        else:
            if isinstance(node, Binary):
                yield Contribution(KINDS[node.op], nest, 1, left)
                if node.op in {"+", "-"} and (_is_product(node.left) or _is_product(node.right)):
                    yield Contribution(FUSED_AWAY, nest, 1, left)
            elif isinstance(node, Negative):
                yield Contribution("additions", nest, 1, left)
            elif isinstance(node, Call):
                yield Contribution(FUNCTIONS.get(node.function, node.function), nest, 1, left)
            for child in node.children():
                yield from self.node(child, nest, left)

    def reduction(
        self, node: Reduction, nest: LoopNest, left: tuple[IndexAtom, ...]
    ) -> Iterator[Contribution]:
        box = tuple((atom_of(i), self.statement.extents[atom_of(i)]) for i in node.indices)
        guards = tuple(guard_of(c) for c in node.where)
        if self.skip_padding:
            guards += tuple(g for entry in _entries(node.body) for g in self.inside(entry))
        inner = nest.within(box, guards)
        # A mean or maximum is taken over at least one point; a sum may be empty, and then takes no addition.
        firsts = nest if node.kind != "sum" and not self.skip_padding else self.shadow(inner, nest)
        kind = "comparisons" if node.kind == "max" else "additions"
        yield Contribution(kind, inner, 1, left)
        yield Contribution(kind, firsts, -1, left)
        if node.kind == "mean":
            yield Contribution("divisions", firsts, 1, left)
        if node.kind != "max":
            for _ in _products(node.body):
                yield Contribution(MACS, inner, 1, left)
            if _has_free_product(node.body):
                yield Contribution(FUSED_AWAY, inner, 1, left)
                yield Contribution(FUSED_AWAY, firsts, -1, left)
        yield from self.node(node.body, inner, left)

    def scatter(self, node: Scatter, nest: LoopNest, left: tuple[IndexAtom, ...]) -> Iterator[Contribution]:
        placed = {atom_of(i) for i, _ in node.at}
        box = tuple((i, n) for i, n in nest.box if i not in placed)
        box += tuple((atom_of(i), self.statement.extents[atom_of(i)]) for i in node.indices)
        guards = nest.guards
        if self.skip_padding:
            guards += tuple(
                g
                for i, p in node.at
                for g in (p, subtract(subtract(self.statement.extents[atom_of(i)], 1), p))
            )
        inner = LoopNest(box, guards)
        yield Contribution("additions", inner, 1, left)
        for _ in _products(node.body):
            yield Contribution(MACS, inner, 1, left)
        if _has_free_product(node.body):
            yield Contribution(FUSED_AWAY, inner, 1, left)
        yield from self.node(node.body, inner, left)

    def pieces(self, node: Pieces, nest: LoopNest, left: tuple[IndexAtom, ...]) -> Iterator[Contribution]:
        rest = tuple((i, n) for i, n in nest.box if i != atom_of(node.index))
        for position, body in node.pieces:
            own = tuple((i, self.statement.extents[i]) for i in indices_in(position))
            yield from self.node(body, LoopNest(rest + own, nest.guards), left)

    def shadow(self, inner: LoopNest, nest: LoopNest) -> LoopNest:
        """The points of the outer nest at which the inner one is not empty."""
        # No axis of a tensor is empty.
        entries = (e for e in self.statement.equation.entries() if not e.tensor.frame)
        walking = dict.fromkeys(i for e in entries for p in e.position if is_bare(p) for i in indices_in(p))
        return LoopNest(inner.box, inner.guards, tuple(i for i, _ in nest.box), tuple(walking))

    def inside(self, entry: Entry) -> Iterator[Size]:
        """Guards that an entry with a border lies inside the tensor itself."""
        tensor = entry.tensor
        if tensor.frame:
            for position, length in zip(entry.position, tensor.known_shape, strict=True):
                yield position
                yield subtract(subtract(length, 1), position)


def guard_of(condition: Condition) -> Size:
    """A guard as a size that must be >= 0."""
    if condition.relation != "ge":
        raise ValueError(f"{condition} cannot guard a sum; write it with <, <=, > or >=")
    return subtract(condition.left, condition.right)


def is_constant(node: Node) -> bool:
    """Whether an expression reads no tensor entry."""
    return not any(isinstance(n, Entry) for n in node.walk())


def factors(node: Node) -> list[Node]:
    """The factors of a product; signs and divisors are passed over."""
    if isinstance(node, Binary) and node.op == "*":
        return factors(node.left) + factors(node.right)
    if isinstance(node, Binary) and node.op == "/":
        return factors(node.left)
    if isinstance(node, Negative):
        return factors(node.inner)
    return [node]


def _summands(node: Node) -> list[Node]:
    if isinstance(node, Binary) and node.op in {"+", "-"}:
        return _summands(node.left) + _summands(node.right)
    return [node]


def _products(body: Node) -> list[list[Entry]]:
    """The summands that multiply entries of at least two different tensors: each is a MAC."""
    out: list[list[Entry]] = []
    for summand in _summands(body):
        found = [f for f in factors(summand) if isinstance(f, Entry)]
        if len({f.tensor.name for f in found}) > 1:
            out.append(found)
    return out


def macs_products(node: Node) -> list[list[Entry]]:
    """The products that a reduction or scatter accumulates, as lists of entries."""
    return _products(node.body) if isinstance(node, Reduction | Scatter) else []


def _has_free_product(body: Node) -> bool:
    """Whether a product is left for the accumulation to fuse with, once additions in the body have theirs."""
    products = sum(_is_product(summand) for summand in _summands(body))
    return products > _fusions(body)


def _fusions(body: Node) -> int:
    """The additions between the summands of a body that fuse with a product beside them."""
    if not isinstance(body, Binary) or body.op not in {"+", "-"}:
        return 0
    own = _is_product(body.left) or _is_product(body.right)
    return own + _fusions(body.left) + _fusions(body.right)


def _is_product(node: Node) -> bool:
    return isinstance(node, Binary) and node.op == "*" and not is_constant(node)


def _entries(body: Node) -> Iterator[Entry]:
    """The entries in the body of a reduction that no reduction further inside owns."""
    if isinstance(body, Entry):
        yield body
    elif not isinstance(body, Reduction | Scatter):
        for child in body.children():
            yield from _entries(child)
