"""A counter of scalar operations that runs the loop nest of an equation, one point after another.

It is the oracle for the closed forms: plain loops over numbers, none of the symbolic code that derives them.
The rules are those of the documentation. A sum or maximum of n >= 1 terms takes n - 1 operations and a mean
one division more; a negation is an addition; an expression that reads no tensor is computed beforehand and
costs nothing. Padding counts like other entries, or is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from symcnn.derive.extents import Statement, resolve
from symcnn.equations.notation import (
    Binary,
    Call,
    Entry,
    Equation,
    Negative,
    Node,
    Pieces,
    Reduction,
    Scatter,
    Tensor,
)
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import IndexAtom, Size
from tests.brute import brute_size

Point = dict[str, int]

KIND_OF_OPERATOR = {
    "+": "additions",
    "-": "additions",
    "*": "multiplications",
    "/": "divisions",
    "max": "comparisons",
    "min": "comparisons",
}
KIND_OF_FUNCTION = {
    "exp": "exponentials",
    "sqrt": "square_roots",
    "tanh": "hyperbolic_tangents",
    "log": "logarithms",
    "erf": "error_functions",
}


@dataclass
class Counts:
    """What was counted: operations by kind, MACs, and the operations that a fused multiply-add saves."""

    by_kind: Counter[str] = field(default_factory=Counter)
    macs: int = 0
    saved: int = 0

    @property
    def sequential(self) -> int:
        return self.by_kind.total()

    @property
    def fused(self) -> int:
        return self.sequential - self.saved


def counted(equations: Sequence[Equation], inputs: Sequence[Tensor], skip_padding: bool = False) -> Counts:
    """Run the loop nests of equations in which every size is a number, and count."""
    counts = Counts()
    for statement in resolve(equations, inputs).statements:
        _Run(statement, skip_padding, counts).run()
    return counts


@dataclass
class _Run:
    statement: Statement
    skip_padding: bool
    counts: Counts

    def run(self) -> None:
        left = [name for p in self.statement.equation.left.position for name in indices_of(p)]
        for at in self.points(dict.fromkeys(left)):
            self.visit(self.statement.equation.right, at)

    def points(self, names: Sequence[str] | dict[str, None]) -> Iterator[Point]:
        extents: dict[str, Any] = {index.name: n for index, n in self.statement.extents.items()}
        for values in product(*(range(extents[name]) for name in names)):
            yield dict(zip(names, values, strict=True))

    def visit(self, node: Node, at: Point) -> None:
        """Count what computing this expression once takes."""
        if not reads_something(node):
            return
        if isinstance(node, Reduction):
            self.reduce(node, at)
        elif isinstance(node, Scatter):
            self.scatter(node, at)
        elif isinstance(node, Pieces):
            self.piece(node, at)
        else:
            if isinstance(node, Binary):
                self.counts.by_kind[KIND_OF_OPERATOR[node.op]] += 1
                if node.op in "+-" and (is_product(node.left) or is_product(node.right)):
                    self.counts.saved += 1
            elif isinstance(node, Negative):
                self.counts.by_kind["additions"] += 1
            elif isinstance(node, Call):
                self.counts.by_kind[KIND_OF_FUNCTION[node.function]] += 1
            for child in node.children():
                self.visit(child, at)

    def reduce(self, node: Reduction, at: Point) -> None:
        macs = number_of_macs(node.body) if node.kind != "max" else 0
        terms = 0
        for point in self.points([i.name for i in node.indices]):
            here = at | point
            if not all(holds(guard, here) for guard in node.where):
                continue
            if self.skip_padding and not all(is_inside(entry, here) for entry in entries_of(node.body)):
                continue
            terms += 1
            self.counts.macs += macs
            self.visit(node.body, here)
        if terms:
            self.counts.by_kind["comparisons" if node.kind == "max" else "additions"] += terms - 1
            self.counts.by_kind["divisions"] += node.kind == "mean"
            self.counts.saved += terms - 1 if node.kind != "max" and product_left_over(node.body) else 0

    def scatter(self, node: Scatter, at: Point) -> None:
        targets = [index.name for index, _ in node.at]
        if any(at[name] for name in targets):
            return  # the nest of a scatter runs once for all the outputs that it adds to
        extents: dict[str, Any] = {index.name: n for index, n in self.statement.extents.items()}
        macs = number_of_macs(node.body)
        for point in self.points([i.name for i in node.indices]):
            here = {name: value for name, value in at.items() if name not in targets} | point
            lands = all(0 <= brute_size(position, here) < extents[index.name] for index, position in node.at)
            if self.skip_padding and not lands:
                continue
            self.counts.by_kind["additions"] += 1
            self.counts.macs += macs
            self.counts.saved += 1 if product_left_over(node.body) else 0
            self.visit(node.body, here)

    def piece(self, node: Pieces, at: Point) -> None:
        for position, body in node.pieces:
            for point in self.points(indices_of(position)):
                if brute_size(position, point) == at[node.index.name]:
                    self.visit(body, at | point)


def reads_something(node: Node) -> bool:
    return isinstance(node, Entry) or any(reads_something(child) for child in node.children())


def is_product(node: Node) -> bool:
    return isinstance(node, Binary) and node.op == "*" and reads_something(node)


def product_left_over(body: Node) -> bool:
    """Whether a product of a sum's body has no addition beside it in the body to fuse with."""
    products, fused, inner = 0, 0, [body]
    while inner:
        node = inner.pop()
        if isinstance(node, Binary) and node.op in "+-":
            fused += is_product(node.left) or is_product(node.right)
            inner += [node.left, node.right]
        else:
            products += is_product(node)
    return products > fused


def number_of_macs(body: Node) -> int:
    """How many terms of a sum's body are products of entries of at least two different tensors."""
    if isinstance(body, Binary) and body.op in "+-":
        return number_of_macs(body.left) + number_of_macs(body.right)
    return int(len(set(multiplied(body))) > 1)


def multiplied(node: Node) -> list[str]:
    """The names of the tensors whose entries a product multiplies, through signs and divisions."""
    if isinstance(node, Entry):
        return [node.tensor.name]
    if isinstance(node, Negative):
        return multiplied(node.inner)
    if isinstance(node, Binary) and node.op == "*":
        return multiplied(node.left) + multiplied(node.right)
    if isinstance(node, Binary) and node.op == "/":
        return multiplied(node.left)
    return []


def entries_of(body: Node) -> Iterator[Entry]:
    """The entries in the body of a reduction that no reduction further inside owns."""
    if isinstance(body, Entry):
        yield body
    elif not isinstance(body, Reduction):
        for child in body.children():
            yield from entries_of(child)


def is_inside(entry: Entry, at: Point) -> bool:
    """Whether an entry is none of a border."""
    tensor = entry.tensor
    return not tensor.frame or all(
        0 <= brute_size(position, at) < length
        for position, length in zip(entry.position, tensor.known_shape, strict=True)
    )


def holds(guard: Condition, at: Point) -> bool:
    left, right = brute_size(guard.left, at), brute_size(guard.right, at)
    return {"ge": left >= right, "eq": left == right, "divides": left != 0 and right % left == 0}[
        guard.relation
    ]


def indices_of(size: Size) -> list[str]:
    """The names of the loop indices in a position."""
    if isinstance(size, int):
        return []
    found: list[str] = []
    for monomial in size.terms:
        for atom, _ in monomial:
            inside = (name for part in atom.parts() for name in indices_of(part))
            found += [atom.name] if isinstance(atom, IndexAtom) else inside
    return list(dict.fromkeys(found))
