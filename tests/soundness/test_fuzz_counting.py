"""Random loop nests, equations and layers: what is derived in closed form is what loops count."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest

from symcnn import AvgPool1d, Conv1d, ConvTranspose1d, MaxPool1d, dims
from symcnn.derive.convention import CONVENTIONS
from symcnn.derive.cost import Cost
from symcnn.derive.spans import Span, input_spans
from symcnn.equations.notation import Equation, Sum, Tensor, computed
from symcnn.symbols import Dim, Size, lower_bound, parse_size, substitute, symbols_of
from symcnn.symbols.cardinality import Card, atom_of, cardinality, greatest, least
from symcnn.symbols.size import IndexAtom, Sym, atoms
from symcnn.symbols.vectorize import VectorFunction
from tests.brute import Undefined, brute_size
from tests.counting import counted
from tests.soundness.effort import random_rounds
from tests.soundness.random_equations import (
    RANGES,
    Refused,
    extents_of,
    n,
    quantities,
    r,
    random_arrays,
    random_equation,
    run,
    u,
)

LEAST = {name: min(span[0], 1) for name, span in RANGES.items()} | {"A": 0, "E": None}


def symbol(name: str) -> Size:
    return Dim.of_atom(Sym(name, LEAST[name]))


def at(value: Size, numbers: Mapping[str, int]) -> Size:
    return substitute(value, {Sym(name, LEAST[name]): v for name, v in numbers.items()})


# -- nests ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nest:
    """Extents and guards as functions of sizes, and numbers for these."""

    box: dict[Any, tuple[str, int]]  # each extent is the size of this name, and a number more
    guards: list[Any]
    outer: list[Any] | None
    numbers: dict[str, int]

    def counted(self, sizes: Mapping[str, Any]) -> Size:
        box = [(atom_of(k), sizes[name] + more) for k, (name, more) in self.box.items()]
        outer = None if self.outer is None else [atom_of(k) for k in self.outer]
        return cardinality(box, [guard(sizes) for guard in self.guards], outer)

    def enumerated(self) -> int:
        """The number of points, or of their shadows, one after the other."""
        names = [k.name for k in self.box]
        lengths = [self.numbers[name] + more for name, more in self.box.values()]
        guards = [guard(self.numbers) for guard in self.guards]
        kept = names if self.outer is None else [k.name for k in self.outer]
        seen: set[tuple[int, ...]] = set()
        for values in product(*(range(length) for length in lengths)):
            here = dict(zip(names, values, strict=True))
            if all(brute_size(guard, here) >= 0 for guard in guards):
                seen.add(tuple(here[name] for name in kept))
        return len(seen)


def random_nest(dice: random.Random) -> Nest:
    """Windows with a border that are counted inside it, triangles, and anything affine."""
    numbers = {
        "L_0": dice.randint(1, 6), "K_0": dice.randint(1, 3), "S_0": dice.randint(1, 5),
        "D_0": dice.randint(1, 3), "P_0": dice.randint(0, 6), "N": dice.randint(1, 3),
        "A": dice.randint(0, 5), "E": dice.randint(-4, 4),
    }  # fmt: skip
    box: dict[Any, tuple[str, int]] = {r: ("A", 0), u: ("K_0", 0)}
    if dice.random() < 0.4:
        box = {r: ("L_0", 0), u: ("K_0", dice.choice((0, -1)))}
    if dice.random() < 0.3:
        box[n] = ("N", 0)
    guards: list[Any] = []

    def place(s: Any) -> Any:
        return s["S_0"] * r + s["D_0"] * u - s["P_0"]

    kinds = dice.sample(["window", "triangle", "any", "size", "none"], dice.randint(1, 2))
    if "window" in kinds:
        guards += [place, lambda s: s["L_0"] - 1 - place(s)]
    if "triangle" in kinds:
        guards.append(lambda s: r - u + s["E"])
    if "any" in kinds:
        slopes = {k: dice.randint(-3, 3) for k in box}
        more = dice.randint(-5, 5)
        guards.append(lambda s: sum((slope * k for k, slope in slopes.items()), more + s["E"] * 0))
    if "size" in kinds:
        guards.append(lambda s: s["E"] + 2)
    outer = None if dice.random() < 0.6 else [k for k in box if dice.random() < 0.5]
    return Nest(box, guards, outer, numbers)


def test_random_nests_hold_what_they_are_to_try() -> None:
    dice, found = random.Random(0), Counter[str]()
    for _ in range(400):
        nest = random_nest(dice)
        lengths = [nest.numbers[name] + more for name, more in nest.box.values()]
        count = nest.enumerated()
        found["an empty range"] += min(lengths) == 0
        found["guards that leave nothing"] += min(lengths) > 0 and count == 0
        found["guards"] += len(nest.guards) > 0
        found["shadows"] += nest.outer is not None
        found["strides above 2"] += nest.numbers["S_0"] > 2
        found["a border wider than the window"] += nest.numbers["P_0"] > nest.numbers["K_0"]
        found["points"] += count > 1
        everything = {name: symbol(name) for name in nest.numbers}
        value = nest.counted(everything)
        found["no closed form"] += not isinstance(value, int) and any(
            isinstance(a, Card) for a in atoms(value)
        )
    wanted = {
        "an empty range": 40, "guards that leave nothing": 25, "guards": 250,
        "shadows": 100, "strides above 2": 150, "a border wider than the window": 120, "points": 120,
        "no closed form": 200,
    }  # fmt: skip
    assert {k: v for k, v in wanted.items() if found[k] < v} == {}, found


@random_rounds(quick=200)
def test_counts_are_those_of_an_enumeration(dice: random.Random) -> None:
    nest = random_nest(dice)
    wanted = nest.enumerated()
    some = {name for name in nest.numbers if dice.random() < 0.6}
    value = nest.counted({k: symbol(k) if k in some else v for k, v in nest.numbers.items()})
    first = {k: nest.numbers[k] for k in some if dice.random() < 0.5}
    assert nest.counted(nest.numbers) == wanted
    assert at(at(value, first), nest.numbers) == wanted
    assert brute_size(value, nest.numbers) == wanted
    assert (lower_bound(value) or 0) <= wanted


@random_rounds(quick=40)
def test_counts_by_numpy_are_those_of_an_enumeration(dice: random.Random) -> None:
    nest = random_nest(dice)
    value = nest.counted({k: symbol(k) for k in nest.numbers})
    arrays = {s.name: np.array([nest.numbers[s.name]] * 2) for s in symbols_of(value)}
    found = VectorFunction(value)(**arrays)
    assert np.broadcast_to(found, 2).tolist() == [nest.enumerated()] * 2


@random_rounds(quick=100)
def test_least_and_greatest_places_are_those_of_an_enumeration(dice: random.Random) -> None:
    numbers = {
        "S_0": dice.randint(1, 5), "D_0": dice.randint(1, 3), "P_0": dice.randint(0, 6),
        "L_0": dice.randint(1, 6), "K_0": dice.randint(1, 4),
    }  # fmt: skip
    signs = dice.choice((-1, 1)), dice.choice((-1, 0, 1))

    def place(s: Any) -> Any:
        return signs[0] * s["S_0"] * r + signs[1] * s["D_0"] * u - s["P_0"]

    some = {name: symbol(name) if dice.random() < 0.5 else value for name, value in numbers.items()}
    extents: dict[IndexAtom, Size] = {atom_of(r): some["L_0"], atom_of(u): some["K_0"]}
    low, high = least(place(some), extents), greatest(place(some), extents)
    values = [
        brute_size(place(numbers), {"r": a, "u": b})
        for a, b in product(range(numbers["L_0"]), range(numbers["K_0"]))
    ]
    assert low is not None
    assert high is not None
    assert (at(low, numbers), at(high, numbers)) == (min(values), max(values))


# -- equations -----------------------------------------------------------------------------------------------


def at_numbers(cost: Any, numbers: Mapping[str, int]) -> Any:
    """The cost with a number for each of its symbols."""
    return cost.at({s: numbers[s.name] for s in cost.symbols}) if cost.symbols else cost


@random_rounds(quick=90)
def test_counts_of_random_equations_are_those_of_their_loops(dice: random.Random) -> None:
    drawn = random_equation(dice)
    equation = drawn.equation
    try:
        run(equation, random_arrays(dice, equation))
    except Undefined:
        return  # a maximum of nothing is no operation at all
    except Refused:
        with pytest.raises(ValueError, match=r"."):
            quantities(equation)
        refused = True
    else:
        refused = False
    symbols = {name for name in drawn.numbers if dice.random() < 0.5}
    try:
        symbolic = drawn.with_symbols(symbols)
        found = quantities(symbolic)
    except ValueError:
        assert refused  # for all values of the symbols
        return
    # The domain is exactly where windows fit.
    holds = [c.mapped(lambda value: at(value, drawn.numbers)).verdict() for c in found.conditions]
    assert (False in holds) == refused
    assert None not in holds
    if refused:
        return
    extents = extents_of(equation)
    left = [k.name for k in equation.left.position if isinstance(k, type(n))]
    assert [at(k, drawn.numbers) for k in found.output_shape] == [extents[name] for name in left]
    for convention in ("sequential", "sequential-unpadded"):
        skip = CONVENTIONS[convention].skip_padding
        wanted = counted([equation], quantities(equation).inputs, skip)
        for made in (equation, symbolic):
            cost = Cost(quantities(made, skip), CONVENTIONS[convention])
            cost = at_numbers(cost, drawn.numbers)
            by_kind = {kind: count for kind, count in cost.ops.by_kind.items() if count != 0}
            assert by_kind == {kind: count for kind, count in wanted.by_kind.items() if count}
            assert cost.macs == wanted.macs
            assert (cost.ops.sequential, cost.ops.fused) == (wanted.sequential, wanted.fused)


def test_a_sum_over_nothing_takes_no_addition() -> None:
    last = Tensor("x", (parse_size("N"), 5), "input")
    equation = Equation(computed("y")[n], Sum[u](last[n, 4 - u]), extents={u: parse_size("P", minimum=0)})
    cost = Cost(quantities(equation), CONVENTIONS["sequential"])
    assert str(cost.ops.additions) == "N*(P - Min(1, P))"
    assert [cost.at(N=2, P=length).ops.additions for length in range(4)] == [0, 0, 2, 4]


@random_rounds(quick=60)
def test_spans_hold_all_that_is_read(dice: random.Random) -> None:
    drawn = random_equation(dice)
    equation = drawn.equation
    try:
        found = quantities(equation)
    except ValueError:
        return
    extents = extents_of(equation)
    names = [k.name for k in equation.left.position if isinstance(k, type(n))]
    # A later layer reads these places of the output: from stride*i to stride*i + high for its place i.
    later = [(dice.randint(1, 3), dice.randint(0, 2)) for _ in names]
    wanted = tuple(Span(axis, stride, 0, high) for axis, (stride, high) in enumerate(later))
    given = zip(input_spans(found, wanted), found.inputs, strict=True)
    (spans,) = [its for its, tensor in given if tensor.name == "x"]
    assert spans is not None
    positions = [e.position for e in equation.entries() if e.tensor.name == "x"]
    inner = [name for name in extents if name not in names]
    for place in product(range(3), repeat=len(names)):
        steps = zip(later, place, strict=True)
        outputs = [range(stride * k, stride * k + high + 1) for (stride, high), k in steps]
        if any(reads.stop > extents[name] for reads, name in zip(outputs, names, strict=True)):
            continue
        for axis, span in enumerate(spans):
            base = 0 if span.axis is None else place[span.axis]
            low, high = (span.stride * base + end for end in (span.low, span.high))
            for position in positions:
                walking = {a.name for a in atoms(position[axis]) if isinstance(a, IndexAtom)}
                if "p" in names and "r" in walking:
                    continue  # which places add to an output is no span
                used = [k for k in (*names, *inner) if k in walking]
                ranges = [outputs[names.index(k)] if k in names else range(extents[k]) for k in used]
                seen = [
                    brute_size(position[axis], dict(zip(used, values, strict=True)))
                    for values in product(*ranges)
                ]
                assert low <= min(seen)
                assert max(seen) <= high
                if span.axis is not None:
                    assert (low, high) == (min(seen), max(seen))


# -- layers --------------------------------------------------------------------------------------------------


def windows(length: int, before: int, after: int, reach: int, stride: int, ceil_mode: bool) -> int:
    """How many windows are placed, one after the other; with ceil_mode they may overhang."""
    start, count = -before, 0
    while start + reach <= length + after or (
        ceil_mode and start < length and start + reach < length + after + stride
    ):
        count, start = count + 1, start + stride
    return count


def random_layer(
    dice: random.Random, sizes: Mapping[str, Any], kind: str, ceil_mode: bool, pair: bool
) -> Any:
    k, s, d, before = (sizes[f"{name}_0"] for name in "KSDP")
    after = sizes["Q_0"] if pair else before
    if kind == "conv":
        return Conv1d(2, 1, k, stride=s, padding=((before, after),), dilation=d)
    if kind == "max":
        return MaxPool1d(k, stride=s, padding=((before, after),), dilation=d, ceil_mode=ceil_mode)
    return AvgPool1d(k, stride=s, padding=((before, after),), ceil_mode=ceil_mode)


@random_rounds(quick=120)
def test_layers_have_as_many_outputs_as_windows_are_placed(dice: random.Random) -> None:
    kind, ceil_mode, pair = dice.choice(("conv", "max", "mean")), dice.random() < 0.5, dice.random() < 0.5
    numbers = {
        "K_0": dice.randint(1, 5), "S_0": dice.randint(1, 5), "P_0": dice.randint(0, 7),
        "Q_0": dice.randint(0, 7), "D_0": dice.randint(1, 3), "L_0": dice.randint(1, 9),
    }  # fmt: skip
    if dice.random() < 0.6:
        numbers |= {name: dice.randint(0, numbers["K_0"] // 2) for name in ("P_0", "Q_0")}
    dilation = 1 if kind == "mean" else numbers["D_0"]
    before, after = numbers["P_0"], numbers["Q_0" if pair else "P_0"]
    reach = dilation * (numbers["K_0"] - 1) + 1
    overhang = ceil_mode and kind != "conv"
    count = windows(numbers["L_0"], before, after, reach, numbers["S_0"], overhang)
    wide = kind != "conv" and 2 * max(before, after) > numbers["K_0"]

    def outputs(sizes: Mapping[str, Any]) -> Any:
        layer = random_layer(dice, sizes, kind, ceil_mode, pair)
        cost = layer.cost((1, 2, sizes["L_0"]))
        return at_numbers(cost, numbers).output_shape[-1]

    some = {k: dims(k, min=RANGES[k][0]) if dice.random() < 0.5 else v for k, v in numbers.items()}
    for sizes in (numbers, some):
        if count == 0 or wide:
            with pytest.raises(ValueError, match=r"Conv1d|Pool1d"):
                outputs(sizes)
        else:
            assert outputs(sizes) == count


@random_rounds(quick=40)
def test_transposed_convolutions_reach_as_far_as_they_add(dice: random.Random) -> None:
    numbers = {
        "K_0": dice.randint(1, 4), "S_0": dice.randint(1, 5), "P_0": dice.randint(0, 5),
        "D_0": dice.randint(1, 3), "L_0": dice.randint(1, 5),
    }  # fmt: skip
    more = dice.randint(0, max(numbers["S_0"], numbers["D_0"]) - 1)
    k, s, before, d, length = numbers.values()
    last = max(s * a + d * b for a in range(length) for b in range(k))
    count = last + 1 - 2 * before + more

    def outputs(sizes: Mapping[str, Any]) -> Any:
        layer = ConvTranspose1d(
            1,
            1,
            sizes["K_0"],
            stride=sizes["S_0"],
            padding=sizes["P_0"],
            output_padding=more,
            dilation=sizes["D_0"],
        )
        cost = layer.cost((1, 1, sizes["L_0"]))
        return at_numbers(cost, numbers).output_shape[-1]

    some = {k: dims(k, min=RANGES[k][0]) if dice.random() < 0.5 else v for k, v in numbers.items()}
    for sizes in (numbers, some):
        if count < 1:
            with pytest.raises(ValueError, match="ConvTranspose1d"):
                outputs(sizes)
        else:
            assert outputs(sizes) == count
