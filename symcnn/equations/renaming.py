"""Other names for the loop indices of an equation, where a user's symbols have the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

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
)
from symcnn.symbols.cardinality import indices_in
from symcnn.symbols.size import Atom, Index, IndexAtom, Size, substitute


def apart(equation: Equation, taken: Iterable[str]) -> Equation:
    """The equation with indices named unlike the ``taken`` names: ``n`` becomes ``n0`` beside a symbol n."""
    used = set(taken)
    found = {i for p in equation.left.position for i in indices_in(p)}
    for node in equation.right.walk():
        if isinstance(node, Entry):
            found |= {i for p in node.position for i in indices_in(p)}
        elif isinstance(node, Reduction | Scatter):
            found |= {i.atom for i in node.indices}
    clashing = sorted(i for i in found if i.name in used)
    if not clashing:
        return equation
    used |= {i.name for i in found}
    new: dict[IndexAtom, Index] = {}
    for index in clashing:
        name = f"{index.name}0"
        while name in used:
            name += "0"
        used.add(name)
        new[index] = Index(name)
    return _Renaming(new).equation(equation)


class _Renaming:
    """Puts new indices in place of old ones, everywhere in an equation."""

    def __init__(self, new: Mapping[IndexAtom, Index]) -> None:
        self.new = new
        self.values: dict[Atom, Size] = {**new}

    def equation(self, equation: Equation) -> Equation:
        return Equation(
            self.entry(equation.left),
            self.node(equation.right),
            {self.index(i): n for i, n in equation.extents.items()},
            tuple(c.substituted(self.values) for c in equation.where),
            {self.index(i): name for i, name in equation.arguments.items()},
            equation.initial,
        )

    def index(self, index: Index) -> Index:
        return self.new.get(index.atom, index)

    def size(self, value: Size) -> Size:
        return self.new.get(value.atom, value) if isinstance(value, Index) else substitute(value, self.values)

    def entry(self, entry: Entry) -> Entry:
        return Entry(entry.tensor, tuple(self.size(p) for p in entry.position))

    def node(self, node: Node) -> Node:
        if isinstance(node, Entry):
            return self.entry(node)
        if isinstance(node, Binary):
            return Binary(node.op, self.node(node.left), self.node(node.right))
        if isinstance(node, Negative):
            return Negative(self.node(node.inner))
        if isinstance(node, Call):
            return Call(node.function, self.node(node.argument))
        if isinstance(node, Reduction):
            where = tuple(c.substituted(self.values) for c in node.where)
            return Reduction(node.kind, tuple(map(self.index, node.indices)), self.node(node.body), where)
        if isinstance(node, Scatter):
            return Scatter(
                tuple(map(self.index, node.indices)),
                self.node(node.body),
                tuple((self.index(i), self.size(p)) for i, p in node.at),
                tuple((self.index(i), n) for i, n in node.trim),
            )
        if isinstance(node, Pieces):
            parts = tuple((self.size(at), self.node(body)) for at, body in node.pieces)
            return replace(node, index=self.index(node.index), pieces=parts)
        return node
