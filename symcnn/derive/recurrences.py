"""The gradient of a recurrence: another recurrence, which runs backwards through the steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

from symcnn.derive.gathering import gathered
from symcnn.derive.partials import Moved, Part, Partials, extents_of
from symcnn.equations.notation import Entry, Equation, Node, Sum, Tensor, computed
from symcnn.equations.structure import Rewriter, Steps, steps_of
from symcnn.symbols.cardinality import Extents
from symcnn.symbols.conditions import equal
from symcnn.symbols.size import Dim, Index, Size, add, subtract


def through_time(partials: Partials, upstream: Tensor) -> tuple[list[Equation], list[Equation]]:
    """Equations to put down, and one for each part of the gradients of the tensors that a recurrence reads.

    With the recurrence y[t] = f(y[t - 1], x[t]) over T steps and the gradient dy of each of its results, the
    whole gradient of the step T - 1 - s is back[s] = dy[T - 1 - s] + back[s - 1] df/dy[t - 1] at t = T - s.
    Raises ``ValueError`` where df/dy[t - 1] reads y[t - 1] itself, or a sum.
    """
    steps = steps_of(partials.statement.equation)
    if steps is None:
        raise ValueError(f"{partials.statement.equation} is no recurrence")
    return _Backwards(partials, upstream, steps).run()


@dataclass(frozen=True)
class _Backwards:
    partials: Partials
    upstream: Tensor
    steps: Steps

    @property
    def equation(self) -> Equation:
        """The recurrence."""
        return self.partials.statement.equation

    @property
    def last(self) -> Size:
        """The last step, T - 1."""
        return subtract(self.partials.extents[self.steps.index], 1)

    def run(self) -> tuple[list[Equation], list[Equation]]:
        """The equations of the whole gradient, and its parts."""
        left = self.equation.left
        back, whole = (self.tensor(f"{self.upstream.name}_{name}") for name in ("back", "whole"))
        told = self.stepped(subtract(self.last, self.step)).entry(Entry(back, left.position))
        at = Entry(whole, left.position)
        made = [self.backwards(back, told), self.made(at, told)]
        before, earlier = self.before()
        own = self.own(at)
        parts = [p for p in self.partials.parts(at) if p.entry.tensor.name != left.tensor.name]
        self.check_helpers()
        terms = [self.gathered(replace(p, factor=before.node(p.factor))) for p in parts]
        if self.equation.initial is not None and self.equation.initial.name in self.partials.active:
            terms += [self.at_start(part, self.equation.initial) for part in own]
        return [*made, *earlier], terms

    @property
    def step(self) -> Dim:
        """The index of the steps."""
        return Dim.of_atom(self.steps.index)

    def tensor(self, name: str) -> Tensor:
        """A new tensor of the shape of the results."""
        out = computed(self.partials.names.fresh(name))
        self.partials.shapes[out.name] = self.partials.statement.shape
        return out

    def gathered(self, part: Part) -> Equation:
        """One part of a gradient."""
        return gathered(part, self.partials.extents, self.partials.shapes, self.partials.names)

    def own(self, at: Entry) -> list[Equation]:
        """For each step t, what the step passes on to the one before it."""
        name = self.equation.left.tensor.name
        narrow = replace(self.partials, active=frozenset({name}))
        out: list[Equation] = []
        for part in narrow.parts(at):
            for entry in (n for n in part.factor.walk() if isinstance(n, Entry)):
                if entry.tensor.name == name and entry.position != self.equation.left.position:
                    raise ValueError(f"{self.equation}: no gradient is described where it depends on {entry}")
            # Told by the step that passes it on, the entry one step earlier stands at t.
            position = (*part.entry.position[: self.steps.axis], self.step)
            position += part.entry.position[self.steps.axis + 1 :]
            out.append(self.gathered(replace(part, entry=Entry(part.entry.tensor, position))))
        self.check_helpers()
        return out

    def check_helpers(self) -> None:
        """Raise ``ValueError`` where a value inside of a step would have to be named."""
        for helper in self.partials.helpers:
            raise ValueError(f"{self.equation}: no gradient is described of a recurrence that needs {helper}")

    def backwards(self, back: Tensor, at: Entry) -> Equation:
        """The recurrence of the whole gradient, one step after the other from the last one on."""
        own = self.own(at)
        places = {part.left.position for part in own}
        if len(places) != 1:
            raise ValueError(
                f"{self.equation}: no gradient is described of a recurrence that reads several entries"
            )
        (place,) = places
        # What is passed on to the step T - 1 - s comes from t = T - s, the index of the steps now being s.
        later, here = (self.stepped(subtract(n, self.step)) for n in (add(self.last, 1), self.last))
        passed = [later.node(part.right) for part in own]
        right = reduce(lambda a, b: a + b, passed, here.entry(Entry(self.upstream, place)))
        return self.made(Entry(back, place), right)

    def before(self) -> tuple[_Before, list[Equation]]:
        """How to read the results one step earlier at any step, and the equations for it."""
        name, axis = self.equation.left.tensor.name, self.steps.axis
        lengths = self.partials.shapes[name]
        borders = tuple((int(k == axis), 0) for k in range(len(lengths)))
        framed = replace(self.equation.left.tensor, frame=borders, fill="zero")
        start, left = self.equation.initial, self.equation.left.position
        if start is None:
            return _Before(lambda size: size, {}, self.equation.left, framed), []
        out = self.tensor("before")
        k = Index(self.partials.names.fresh("k", "k_1"))
        earlier = (*left[:axis], subtract(self.step, 1), *left[axis + 1 :])
        first = Sum[k](Entry(start, (*left[:axis], *left[axis + 1 :])), where=[equal(self.step, 0)])
        extents = {**self.partials.extents, k.atom: 1}
        made = self.made(Entry(out, left), Entry(framed, earlier) + first, extents)
        return _Before(lambda size: size, {}, self.equation.left, out, 1), [made]

    def at_start(self, part: Equation, start: Tensor) -> Equation:
        """What the first step passes on to the initial state."""
        axis, place = self.steps.axis, part.left.position
        right = self.stepped(0).node(part.right)
        return self.made(Entry(start, (*place[:axis], *place[axis + 1 :])), right)

    def stepped(self, to: Size) -> Moved:
        """The rewriter that puts a size in the place of the index of the steps."""
        return Moved.by({self.steps.index: to}, self.partials.shapes, self.partials.extents)

    def made(self, left: Entry, right: Node, extents: Extents | None = None) -> Equation:
        """An equation with the extents of its indices."""
        return Equation(left, right, extents_of(left, right, extents or self.partials.extents))


@dataclass(frozen=True)
class _Before(Rewriter):
    """Results of one step earlier, read from ``earlier``, whose steps are ``ahead`` by 0 or 1."""

    own: Entry
    earlier: Tensor
    ahead: int = 0

    def entry(self, entry: Entry) -> Entry:
        """An entry, rewritten."""
        if entry.tensor.name != self.own.tensor.name or entry.position == self.own.position:
            return entry
        pairs = zip(entry.position, self.own.position, strict=True)
        position = tuple(now if self.ahead and subtract(now, p) == 1 else p for p, now in pairs)
        return Entry(self.earlier, position)
