"""``same(a, b)`` in random cases: both equations evaluated on drawn arrays, shapes and entries compared.

What fails is evaluated by the kernel too, from the statement that ``prove`` would be given: the two ways
have nothing but the equation in common, so they check one another.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np

from symcnn.derive.extents import Statement as SideStatement
from symcnn.equations.notation import Entry
from symcnn.evaluation.evaluate import evaluate
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.terms import Function
from symcnn.proving.sameness import Same, Side
from symcnn.proving.scope import kernel_names
from symcnn.proving.tensors import sizes_in
from symcnn.proving.translation import statement
from symcnn.search.cases import Problem
from symcnn.symbols.size import Size, Sym, substitute, symbols_of
from symcnn.testing.arrays import ArrayCase, compared, drawn, fitted, simpler_arrays
from symcnn.testing.cases import Experiment, Failure, Skipped
from symcnn.testing.drawing import Draw, Table
from symcnn.testing.statements import StatementCase, StatementExperiment

LOW, HIGH = -4, 4


class SameExperiment(Experiment[ArrayCase]):
    """Two equations or layers that are said to define the same tensor."""

    def __init__(self, claim: Same, given: Any) -> None:
        self.claim = claim
        self.name = str(claim)
        self.statement = statement(claim, given)
        scope = self.statement.scope
        numbers = {name: sort for name, sort in scope.items() if not isinstance(sort, Function)}
        self.drawing = Draw(Problem(dict(numbers), list(self.statement.assumptions)))
        self.missed = self.drawing.missed
        self.symbols = symbols_of(*claim.sizes)
        self.kernel = kernel_names({*(s.name for s in self.symbols), *claim.tensors})
        self.shapes: dict[str, tuple[Size, ...]] = {}
        for side in (claim.first, claim.second):
            for node in side.statement.equation.right.walk():
                if isinstance(node, Entry) and node.tensor.shape is not None:
                    self.shapes[node.tensor.name] = node.tensor.shape

    def draw(self, dice: random.Random, width: int) -> ArrayCase | None:
        """Sizes in the domain of both, and arrays of these."""
        found = self.drawing.point(dice, width)
        if found is None:
            return None
        sizes = self._sizes(found)
        try:
            return ArrayCase(sizes, {n: drawn(s, "int64", LOW, HIGH, dice) for n, s in self._all(sizes)})
        except Skipped:
            return None

    def _sizes(self, numbers: Mapping[str, Exact]) -> dict[str, int]:
        return {
            s.name: int(numbers[self.kernel[s.name]]) for s in self.symbols if self.kernel[s.name] in numbers
        }

    def _all(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Each tensor with its shape."""
        values: dict[Any, Size] = {s: sizes[s.name] for s in self.symbols if s.name in sizes}
        for name, shape in self.shapes.items():
            yield name, tuple(int(substitute(n, values)) for n in shape)  # type: ignore[arg-type]

    def key(self, case: ArrayCase) -> Hashable:
        """Sizes and entries."""
        return case.key()

    def failure(self, case: ArrayCase) -> Failure | None:
        """What differs between both sides."""
        left, right = (self._evaluated(s, case) for s in (self.claim.first, self.claim.second))
        return compared(left, right, 0, self.name)

    def _evaluated(self, side: Side, case: ArrayCase) -> Any:
        used = {*self._symbols(side.statement)}
        read = {n.tensor.name for n in side.statement.equation.right.walk() if isinstance(n, Entry)}
        arrays = {n: a for n, a in case.arrays.items() if n in read}
        named: dict[str, Any] = {s.name: case.sizes[s.name] for s in used if s.name in case.sizes}
        try:
            return evaluate(side.statement.equation, **arrays, **named)
        except ValueError as error:
            raise Skipped(str(error)) from None

    def _symbols(self, of: SideStatement) -> list[Sym]:
        return symbols_of(*sizes_in(of))

    def simpler(self, case: ArrayCase) -> Iterator[ArrayCase]:
        """Smaller sizes with arrays cut to them, then simpler arrays."""
        numbers: dict[str, Exact] = {self.kernel[name]: value for name, value in case.sizes.items()}
        for found in self.drawing.smaller(numbers):
            sizes = self._sizes(found)
            yield ArrayCase(sizes, {n: fitted(case.arrays[n], s) for n, s in self._all(sizes)})
        yield from simpler_arrays(case, LOW, HIGH)

    def shown(self, case: ArrayCase) -> Mapping[str, Any]:
        """Sizes, then arrays."""
        return {**case.sizes, **case.arrays}

    def script(self, case: ArrayCase, failure: Failure, found: str) -> str:
        """A program in plain Python for the entry at which both sides differ, or for their lengths.

        Raises ``RuntimeError`` where the kernel finds both sides equal there.
        """
        experiment = StatementExperiment(self.statement, self.name)
        numbers: dict[str, Exact] = {self.kernel[n]: v for n, v in case.sizes.items()}
        place: tuple[int, ...] = ()
        if failure.left.shape == failure.right.shape:
            place = tuple(int(p) for p in np.argwhere(np.asarray(failure.left != failure.right))[0])
        for number, group in enumerate(experiment.groups):
            indices = [name for name in group.names if name not in self.statement.scope]
            if len(indices) != len(place):
                continue
            at = StatementCase(
                number,
                {**numbers, **dict(zip(indices, place, strict=True))},
                {self.kernel[n]: _table(a) for n, a in case.arrays.items()},
            )
            false = experiment.failure(at)
            if false is not None:
                return experiment.script(at, false, found)
        raise RuntimeError(
            f"{self.name}: evaluate finds a difference where the kernel finds none; please report this case: "
            f"{self.shown(case)}"
        )


def _table(array: Any) -> Table:
    """The entries of an array; there are no others."""
    table = Table(0, 0, 0)
    table.entries = {tuple(place): int(array[place]) for place in np.ndindex(array.shape)}
    return table
