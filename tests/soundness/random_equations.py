"""Random equations, and what they mean: plain loops over their syntax tree.

An equation reads windows of an input with a border, other tensors, constants and indices, under sums, maxima
and means with guards, or it scatters. Its sizes are numbers, or symbols for some of them. The loops take no
extent from the package: how many windows fit is found by placing one after the other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from symcnn.derive.quantities import LayerQuantities
from symcnn.equations.notation import (
    Binary,
    Constant,
    Entry,
    Equation,
    Negative,
    Node,
    Reduction,
    Scatter,
    Tensor,
    computed,
    scatter,
    weight,
)
from symcnn.symbols import (
    Condition,
    Dim,
    Index,
    Size,
    at_least,
    divides,
    equal,
    floor_div,
    indices,
    parse_size,
    symbols_of,
)
from symcnn.symbols.size import IndexAtom, Sym, atoms
from tests.brute import Undefined, brute_size

n, o, r, c, i, u, v, m, p, t = indices("n o r c i u v m p t")
AXES = ((r, u), (c, v))
# The least and the greatest number of each size: padding reaches beyond the kernel, m may run over nothing.
RANGES = {
    "N": (1, 2), "C": (1, 2), "O": (1, 2), "M": (0, 3), "R": (1, 4), "T": (1, 2), "Z": (1, 6),
    **{f"{name}_{axis}": span for axis in (0, 1) for name, span in {
        "L": (1, 6), "K": (1, 3), "S": (1, 5), "D": (1, 3), "P": (0, 4), "Q": (0, 4), "B": (0, 2),
    }.items()},
}  # fmt: skip

Sizes = Mapping[str, Any]
Arrays = Mapping[str, Mapping[tuple[int, ...], Fraction]]


@dataclass(frozen=True)
class Drawn:
    """An equation for any sizes, and numbers for them."""

    build: Callable[[Sizes], Equation]
    numbers: dict[str, int]
    windows: int

    def with_symbols(self, names: set[str]) -> Equation:
        """The equation with symbols for these of its sizes."""
        symbols = {name: parse_size(name, minimum=min(RANGES[name][0], 1)) for name in names}
        return self.build({**self.numbers, **symbols})

    @property
    def equation(self) -> Equation:
        """The equation with numbers for all sizes."""
        return self.build(self.numbers)


def random_equation(dice: random.Random) -> Drawn:
    """An equation; sometimes one that no window fits, or that reads in front of its border."""
    numbers = {name: dice.randint(*span) for name, span in RANGES.items()}
    if dice.random() < 0.15:
        return _scattering(dice, numbers)
    windows = dice.choice((0, 1, 1, 1, 2))
    fill = dice.choice(("zero", "skip", "none"))
    if fill == "none":
        numbers |= {f"{name}_{axis}": 0 for name in "PQB" for axis in (0, 1)}
    shift = dice.choice((0, 0, 0, 0, 1, -1))  # against the border in front
    second = windows > 0 and dice.random() < 0.25  # another window that moves with r
    bounded = windows > 0 and dice.random() < 0.2  # no window starts behind the input, as with ceil_mode
    seed = dice.random()

    def build(sizes: Sizes) -> Equation:
        again = random.Random(seed)
        return _built(again, sizes, windows, fill, shift, second, bounded)

    return Drawn(build, numbers, windows)


def _built(
    dice: random.Random, s: Sizes, windows: int, fill: Any, shift: int, second: bool, bounded: bool
) -> Equation:
    lengths = [s[f"L_{k}"] for k in range(windows)]
    x = Tensor("x", (s["N"], s["C"], *lengths), "input")
    if windows and fill != "none":
        pairs = [(s[f"P_{k}"], s[f"Q_{k}"]) for k in range(windows)]
        x = x.framed(pairs, fill, [s[f"B_{k}"] for k in range(windows)])
    w = weight("w", (s["O"], s["C"], *(s[f"K_{k}"] for k in range(windows))))
    b, q = weight("b", (s["O"],)), Tensor("q", (s["N"], 4), "input")
    read = [
        s[f"S_{k}"] * AXES[k][0] + s[f"D_{k}"] * AXES[k][1] - s[f"P_{k}"] - (shift if k == 0 else 0)
        for k in range(windows)
    ]
    places = [AXES[k][0] for k in range(windows)]
    taps = [AXES[k][1] for k in range(windows)]
    window = x[(n, i, *read)]
    core: Node = window * w[(o, i, *taps)] if dice.random() < 0.6 else window + w[(o, i, *taps)]
    if second:
        z = Tensor("z", (s["N"], s["Z"]), "input")
        core = Binary(dice.choice(("+", "*", "-")), core, z[n, s["T"] * r + t])
        taps = [*taps, t]
    bare = not windows
    if bare:  # a place that only an extent determines, and a floor
        places = [r]
        z = Tensor("z", (floor_div(s["R"] + 1, 2),), "input")
        core = core * z[floor_div(r, 2)]
    # Any partition of the indices into nested reductions, with other things between them.
    inner = [i, *taps]
    dice.shuffle(inner)
    bound = [n, o, *places, *inner]
    while inner:
        here = [inner.pop() for _ in range(dice.randint(1, len(inner)))]
        core = Reduction(
            dice.choice(("sum", "sum", "sum", "max", "mean")), tuple(here), core, _guards(dice, bound)
        )
        bound = [k for k in bound if k not in here]
        core = _between(dice, core, bound, b[o], q)
    extents: dict[Index, Any] = {taps[k]: s[f"K_{k}"] for k in range(windows)}
    if second:
        extents[t] = s["Z"] if dice.random() < 0.2 else 1 + dice.randint(0, 1)
    if bare:
        extents[r] = s["R"]
    extents[m] = s["M"]
    where = (at_least(lengths[0], s["S_0"] * r - s["P_0"] + 1),) if bounded else ()
    return Equation(computed("y")[(n, o, *places)], core, extents=extents, where=where)


def _guards(dice: random.Random, bound: Sequence[Index]) -> tuple[Condition, ...]:
    if dice.random() < 0.6:
        return ()
    out: list[Condition] = []
    for _ in range(dice.choice((1, 1, 2))):
        side: Size = dice.randint(-1, 5)
        for index in dice.sample(list(bound), min(len(bound), dice.randint(1, 3))):
            side = side + dice.choice((-2, -1, -1, 1, 1, 3)) * index
        out.append(at_least(side, 0))
    return tuple(out)


def _between(dice: random.Random, node: Node, bound: Sequence[Index], bias: Node, q: Tensor) -> Node:
    """The node in a larger expression."""
    kind = dice.choice(("none", "none", "bias", "row", "index", "negative", "half", "compared", "scaled"))
    match kind:
        case "bias":
            return node + bias
        case "row":  # a sum that may be empty
            guards = _guards(dice, [*bound, m])
            return node - Reduction("sum", (m,), q[n, 3 - m] * Constant(m + 1), guards)
        case "index":
            return node * Constant(dice.choice(list(bound)) - 1)
        case "negative":
            return -node
        case "half":
            return node / Constant(Fraction(dice.choice((2, 3, -5))))
        case "compared":
            return Binary(dice.choice(("max", "min")), node, Constant(dice.randint(-4, 4)))
        case "scaled":
            return Constant(Fraction(1, 3)) * node
        case _:
            return node


def _scattering(dice: random.Random, numbers: dict[str, int]) -> Drawn:
    trim = dice.choice(("Q_0", "P_0", None))
    seed = dice.random()

    def build(s: Sizes) -> Equation:
        again = random.Random(seed)
        x = Tensor("x", (s["N"], s["C"], s["L_0"]), "input")
        w = weight("w", (s["C"], s["O"], s["K_0"]))
        to = {p: s["S_0"] * r + s["D_0"] * u - s["P_0"]}
        out: Node = scatter([i, r, u], w[i, o, u] * x[n, i, r], to, {p: s[trim] if trim else 0})
        if again.random() < 0.5:
            out = weight("b", (s["O"],))[o] + out
        return Equation(computed("y")[n, o, p], out)

    return Drawn(build, numbers, 1)


def with_other_guards(equation: Equation, dice: random.Random) -> Equation:
    """The equation with guards that are equations or say what divides: they can be run, not counted."""

    def changed(node: Node) -> Node:
        if isinstance(node, Reduction):
            guards = tuple(
                dice.choice((equal, divides))(dice.randint(1, 3), g.left) if dice.random() < 0.5 else g
                for g in node.where
            )
            return Reduction(node.kind, node.indices, changed(node.body), guards)
        if isinstance(node, Binary):
            return Binary(node.op, changed(node.left), changed(node.right))
        return Negative(changed(node.inner)) if isinstance(node, Negative) else node

    right = changed(equation.right)
    return Equation(equation.left, right, equation.extents, equation.where)


# -- what it means -------------------------------------------------------------------------------------------


def tensors_of(equation: Equation) -> dict[str, Tensor]:
    """All tensors that are read, by name."""
    return {entry.tensor.name: entry.tensor for entry in equation.entries()}


def symbols_in(equation: Equation) -> list[Sym]:
    """The symbols in the sizes of an equation."""
    sizes: list[Size] = [*equation.extents.values(), *(s for c in equation.where for s in (c.left, c.right))]
    for node in equation.right.walk():
        if isinstance(node, Scatter):
            sizes += [s for _, s in (*node.at, *node.trim)]
        if isinstance(node, Reduction):
            sizes += [s for c in node.where for s in (c.left, c.right)]
    for entry in equation.entries():
        sizes += [*entry.position, *entry.tensor.known_shape, *entry.tensor.beyond]
        sizes += [s for pair in entry.tensor.frame for s in pair]
    return symbols_of(*sizes)


def quantities(equation: Equation, skip_padding: bool = False) -> LayerQuantities:
    """What symcnn derives from an equation: the inputs are all tensors but the weights."""
    inputs = [t for t in tensors_of(equation).values() if t.role == "input"]
    plain = [Tensor(t.name, t.shape, "input") for t in inputs]
    sizes = [Dim.of_atom(s) for s in symbols_in(equation)]
    return LayerQuantities(str(equation), [equation], plain, (), sizes, skip_padding)


def random_arrays(dice: random.Random, equation: Equation) -> dict[str, dict[tuple[int, ...], Fraction]]:
    """A small whole number for each entry of each tensor."""
    return {
        name: {at: Fraction(dice.randint(-4, 4)) for at in product(*(range(k) for k in shape_of(tensor)))}
        for name, tensor in tensors_of(equation).items()
    }


def shape_of(tensor: Tensor) -> tuple[int, ...]:
    """The shape of a tensor whose lengths are numbers."""
    return tuple(brute_size(length, {}) for length in tensor.known_shape)


class Refused(Exception):
    """No window fits, or something is read where there is nothing."""


def extents_of(equation: Equation) -> dict[str, int]:
    """How far each index runs: along an axis that it reads alone, as given, or as long as windows fit."""
    out = {index.name: brute_size(length, {}) for index, length in equation.extents.items()}
    for entry in equation.entries():
        for position, length in zip(entry.position, shape_of(entry.tensor), strict=True):
            if isinstance(position, Index) and position.name not in out:
                out[position.name] = length
    for node in equation.right.walk():
        if isinstance(node, Scatter):
            return {**out, **_scattered_to(node, out)}
    for place in (q for q in equation.left.position if isinstance(q, Index) and q.name not in out):
        out[place.name] = _windows(equation, place, out)
        if out[place.name] == 0:
            raise Refused(f"no window fits along {place.name}")
    return out


def _scattered_to(node: Scatter, extents: Mapping[str, int]) -> dict[str, int]:
    out: dict[str, int] = {}
    for index, position in node.at:
        last = max(brute_size(position, at) for at in _points([k.name for k in node.indices], extents))
        out[index.name] = last + 1 - brute_size(dict(node.trim)[index], {})
        if out[index.name] < 1:
            raise Refused(f"nothing is left along {index.name}")
    return out


def _windows(equation: Equation, place: Index, extents: Mapping[str, int]) -> int:
    """How many places, from 0 on, have their whole window inside the borders and satisfy the bounds."""
    count = 0
    while all(_fits(entry, place, count, extents) for entry in equation.entries()) and all(
        brute_size(bound.left, {place.name: count}) >= brute_size(bound.right, {place.name: count})
        for bound in equation.where
        if place in _indices(bound.right)
    ):
        count += 1
        if count > 100:
            raise Refused("nothing ends the windows")
    return count


def _fits(entry: Entry, place: Index, at: int, extents: Mapping[str, int]) -> bool:
    for (low, high), position in zip(reach_of(entry.tensor), entry.position, strict=True):
        inside = _indices(position)
        if place in inside and not isinstance(position, Index):
            others = [k.name for k in inside if k is not place and k != place]
            for point in _points(others, extents):
                if not low <= brute_size(position, {**point, place.name: at}) < high:
                    return False
    return True


def reach_of(tensor: Tensor) -> list[tuple[int, int]]:
    """The positions of each axis with its border and what lies beyond: from ``low`` up to ``high``."""
    out: list[tuple[int, int]] = []
    for axis, length in enumerate(shape_of(tensor)):
        before, after = (brute_size(k, {}) for k in (tensor.frame[axis] if tensor.frame else (0, 0)))
        far = brute_size(tensor.beyond[axis], {}) if tensor.beyond else 0
        out.append((-before, length + after + far))
    return out


def _indices(position: Size) -> list[Index]:
    every = (n, o, r, c, i, u, v, m, p, t)
    names = set(_names(position))
    return [index for index in every if index.name in names]


def _names(position: Size) -> Iterator[str]:
    yield from (atom.name for atom in atoms(position) if isinstance(atom, IndexAtom))


def _points(names: Sequence[str], extents: Mapping[str, int]) -> Iterator[dict[str, int]]:
    for values in product(*(range(extents[name]) for name in names)):
        yield dict(zip(names, values, strict=True))


def run(equation: Equation, arrays: Arrays) -> tuple[tuple[int, ...], dict[tuple[int, ...], Fraction]]:
    """The shape of the tensor that an equation defines, and its entries.

    Raises ``Refused`` where the equation does not fit its tensors, and ``Undefined`` for maxima and means of
    nothing.
    """
    extents = extents_of(equation)
    left = [name for q in equation.left.position for name in _names(q)]
    found = {
        tuple(at[name] for name in left): _node(equation.right, at, extents, arrays)
        for at in _points(left, extents)
    }
    return tuple(extents[name] for name in left), found


def _node(node: Node, at: Mapping[str, int], extents: Mapping[str, int], arrays: Arrays) -> Fraction:
    if isinstance(node, Constant):
        return node.value if isinstance(node.value, Fraction) else Fraction(brute_size(node.value, at))
    if isinstance(node, Negative):
        return -_node(node.inner, at, extents, arrays)
    if isinstance(node, Entry):
        return _entry(node, at, arrays)
    if isinstance(node, Binary):
        a, b = (_node(part, at, extents, arrays) for part in (node.left, node.right))
        match node.op:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b
            case "max":
                return a if a > b else b
            case "min":
                return a if a < b else b
    if isinstance(node, Scatter):
        others = {name: value for name, value in at.items() if name not in {k.name for k, _ in node.at}}
        return sum(
            (
                _node(node.body, {**others, **point}, extents, arrays)
                for point in _points([k.name for k in node.indices], extents)
                if all(brute_size(q, point) == at[k.name] for k, q in node.at)
            ),
            Fraction(0),
        )
    if not isinstance(node, Reduction):
        raise TypeError(type(node).__name__)
    terms = [
        _node(node.body, here, extents, arrays)
        for point in _points([k.name for k in node.indices], extents)
        for here in [{**at, **point}]
        if all(_holds(guard, here) for guard in node.where) and _takes_part(node.body, here)
    ]
    if node.kind == "sum":
        return sum(terms, Fraction(0))
    if not terms:
        raise Undefined(f"a {node.kind} of nothing")
    return max(terms) if node.kind == "max" else sum(terms, Fraction(0)) / len(terms)


def _holds(guard: Condition, at: Mapping[str, int]) -> bool:
    left, right = brute_size(guard.left, at), brute_size(guard.right, at)
    if guard.relation == "divides":
        return right % left == 0
    return left >= right if guard.relation == "ge" else left == right


def _takes_part(body: Node, at: Mapping[str, int]) -> bool:
    """Whether no entry for which this reduction is the innermost lies in a border to skip, or beyond it."""
    if isinstance(body, Reduction | Scatter):
        return True
    if isinstance(body, Entry):
        where = _where(body, at)
        return "beyond" not in where and not (body.tensor.fill == "skip" and "border" in where)
    return all(_takes_part(child, at) for child in body.children())


def _where(entry: Entry, at: Mapping[str, int]) -> set[str]:
    out: set[str] = set()
    tensor = entry.tensor
    for axis, (position, length) in enumerate(zip(entry.position, shape_of(tensor), strict=True)):
        place = brute_size(position, at)
        low, high = reach_of(tensor)[axis]
        after = brute_size(tensor.frame[axis][1], {}) if tensor.frame else 0
        if not low <= place < high:
            raise Refused(f"{entry} at {dict(at)} is nowhere")
        inside = 0 <= place < length
        out.add("inside" if inside else "border" if place < length + after else "beyond")
    return out


def _entry(entry: Entry, at: Mapping[str, int], arrays: Arrays) -> Fraction:
    if _where(entry, at) - {"inside"}:
        return Fraction(0)
    return arrays[entry.tensor.name][tuple(brute_size(q, at) for q in entry.position)]
