"""The matrix products that a sum of products lowers to: the BLAS dimensions of im2col.

Each loop index of ``sum w*x`` falls into one class by where it occurs: in the output and the left factor (M),
in the output and the right factor (N), in both factors and not in the output (K), in all three (batch).
"""

from __future__ import annotations

from dataclasses import dataclass

from symcnn.derive.extents import Statement
from symcnn.derive.nests import macs_products
from symcnn.equations.notation import Entry, Node, Reduction, Scatter
from symcnn.symbols.cardinality import atom_of, indices_in
from symcnn.symbols.size import IndexAtom, Size, product, subtract


@dataclass(frozen=True)
class Gemm:
    """``batch`` products of an M x K by a K x N matrix, ``repeat`` times one after the other."""

    m: Size
    n: Size
    k: Size
    batch: Size = 1
    repeat: Size = 1


def lowered(statement: Statement) -> list[Gemm]:
    """The matrix products of a statement, in order of appearance."""
    out: list[Gemm] = []
    for node in statement.equation.right.walk():
        for entries in macs_products(node):
            found = _lower(statement, node, entries)
            if found is not None:
                out.append(found)
    return out


def _lower(statement: Statement, node: Node, entries: list[Entry]) -> Gemm | None:
    if (
        len(entries) != 2
        or not isinstance(node, Reduction | Scatter)
        or (isinstance(node, Reduction) and node.where)
    ):
        return None
    a, b = sorted(entries, key=lambda e: e.tensor.role != "weight")
    equation = statement.equation
    output = {i for p in equation.left.position for i in indices_in(p)}
    reduced = {atom_of(i) for i in node.indices}
    if isinstance(node, Scatter):
        placed = {atom_of(i) for i, _ in node.at}
        moving = {i for _, p in node.at for i in indices_in(p)}
        output, reduced = (output - placed) | moving, reduced - moving
    left, right = _indices(a), _indices(b)
    steps = _recurrent(statement, entries)
    if any(i not in left or i not in right for i in reduced):
        return None

    def extent(chosen: set[IndexAtom]) -> Size:
        return product(statement.extents[i] for i in statement.extents if i in chosen)

    return Gemm(
        m=extent((output & left) - right),
        n=extent((output & right) - left - steps),
        k=extent(reduced),
        batch=extent((output & left & right) - steps),
        repeat=extent(steps),
    )


def _indices(entry: Entry) -> set[IndexAtom]:
    return {i for p in entry.position for i in indices_in(p)}


def _recurrent(statement: Statement, entries: list[Entry]) -> set[IndexAtom]:
    """The index of the steps, where a factor is the output of an earlier step."""
    left = statement.equation.left
    found: set[IndexAtom] = set()
    for entry in entries:
        if entry.tensor.name == left.tensor.name:
            pairs = zip(left.position, entry.position, strict=True)
            found.update(i for now, read in pairs if subtract(now, read) == 1 for i in indices_in(now))
    return found
