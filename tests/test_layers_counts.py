"""Every count of every layer: against the loop nest run point by point, and symbols against numbers.

A row says how to build a layer and its input shapes from named values. Numbers in their place give what a
user with numbers gets, symbols what ``.at`` has to turn into the same.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symcnn
from symcnn import CONVENTIONS, dims
from symcnn.derive.quantities import MEMORY_PARTS
from symcnn.equations.notation import inputs_of
from tests.counting import counted

Values = Mapping[str, Any]


@dataclass
class Row:
    """How to build a layer, the range of each value that may be a symbol, and the values that may not."""

    build: Callable[[Values], tuple[Any, list[tuple[Any, ...]]]]
    ranges: dict[str, tuple[int, int]]
    choices: dict[str, list[Any]] = field(default_factory=dict)


def each(v: Values, letter: str, axes: int) -> tuple[Any, ...]:
    """One value for each axis: L1, L2, ..."""
    return tuple(v[f"{letter}{k + 1}"] for k in range(axes))


def ranges(axes: int, **letters: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """The same range for each axis."""
    return {f"{letter}{k + 1}": bounds for letter, bounds in letters.items() for k in range(axes)}


def sides(v: Values, axes: int) -> Any:
    """Padding as one number for each axis, or as pairs."""
    before, after = each(v, "P", axes), each(v, "Q", axes)
    return tuple(zip(before, after, strict=True)) if v["pairs"] else before


def conv(axes: int) -> Row:
    def build(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
        layer = getattr(symcnn, f"Conv{axes}d")(
            v["G"] * v["C"],
            v["G"] * v["O"],
            each(v, "K", axes),
            stride=1 if v["same"] else each(v, "S", axes),
            padding="same" if v["same"] else sides(v, axes),
            dilation=each(v, "D", axes),
            groups=v["G"],
            bias=v["bias"],
        )
        return layer, [(v["N"], v["G"] * v["C"], *each(v, "L", axes))]

    longest = {1: 9, 2: 5, 3: 3}[axes]
    sizes = ranges(axes, K=(1, 3 if axes < 3 else 2), S=(1, 3), P=(0, 2), Q=(0, 2), D=(1, 2), L=(1, longest))
    choices = {"same": [False, False, True], "pairs": [False, True], "bias": [False, True]}
    return Row(build, {"N": (1, 2), "G": (1, 2), "C": (1, 2), "O": (1, 2)} | sizes, choices)


def transposed(axes: int) -> Row:
    def build(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
        layer = getattr(symcnn, f"ConvTranspose{axes}d")(
            v["G"] * v["C"],
            v["G"] * v["O"],
            each(v, "K", axes),
            stride=each(v, "S", axes),
            padding=sides(v, axes),
            output_padding=each(v, "E", axes),
            groups=v["G"],
            bias=v["bias"],
            dilation=each(v, "D", axes),
        )
        return layer, [(v["N"], v["G"] * v["C"], *each(v, "L", axes))]

    sizes = ranges(
        axes, K=(1, 3 if axes < 3 else 2), S=(1, 3), P=(0, 2), Q=(0, 2), E=(0, 1), D=(1, 2), L=(1, 3)
    )
    named = {"N": (1, 2), "G": (1, 2), "C": (1, 2), "O": (1, 2)} | sizes
    return Row(build, named, {"pairs": [False, True], "bias": [False, True]})


def pooling(axes: int, kind: str) -> Row:
    def build(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
        options = {"ceil_mode": v["ceil"], "padding": sides(v, axes)}
        if kind == "Max":
            options["dilation"] = each(v, "D", axes)
        else:
            options["count_include_pad"] = v["include"]
        layer = getattr(symcnn, f"{kind}Pool{axes}d")(
            each(v, "K", axes), each(v, "S", axes) if v["stride"] else None, **options
        )
        return layer, [(v["N"], v["C"], *each(v, "L", axes))]

    longest = {1: 9, 2: 6, 3: 4}[axes]
    sizes = ranges(axes, K=(1, 3), S=(1, 3), P=(0, 1), Q=(0, 1), D=(1, 2), L=(1, longest))
    flags: dict[str, list[Any]] = {name: [False, True] for name in ("ceil", "include", "stride", "pairs")}
    return Row(build, {"N": (1, 2), "C": (1, 2)} | sizes, flags)


def adaptive(axes: int, kind: str) -> Row:
    def build(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
        kept = v["kept"]
        out = tuple(None if k in kept else o for k, o in enumerate(each(v, "O", axes)))
        return getattr(symcnn, f"Adaptive{kind}Pool{axes}d")(out), [(v["N"], v["C"], *each(v, "L", axes))]

    sizes = ranges(axes, O=(1, 5 if axes < 3 else 2), L=(1, 6 if axes < 3 else 3))
    return Row(build, {"N": (1, 2), "C": (1, 2)} | sizes, {"kept": [(), (), (0,), (1, 2)]})


def norm(axes: int) -> Row:
    def build(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
        layer = getattr(symcnn, f"BatchNorm{axes}d")(v["C"], affine=v["affine"])
        return layer, [(v["N"], v["C"], *each(v, "L", axes))]

    return Row(build, {"N": (1, 3), "C": (1, 3)} | ranges(axes, L=(1, 3)), {"affine": [False, True]})


def on_any_shape(make: Callable[[], Any]) -> Row:
    return Row(lambda v: (make(), [(v["N"], v["C"], v["L"])]), dict.fromkeys("NCL", (1, 4)))


def linear(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
    return symcnn.Linear(v["I"], v["O"], bias=v["bias"]), [(v["N"], v["T"], v["I"])]


def merged(make: Callable[[], Any]) -> Row:
    def build(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
        n, c, h = v["N"], v["C"], v["H"]
        return make(), [(n, c, h), *([(n, 1, h), (h,)] if v["repeat"] else [(n, c, h)])]

    return Row(build, dict.fromkeys("NCH", (1, 4)), {"repeat": [False, True]})


def concat(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
    return symcnn.Concat(1), [(v["N"], v[c], v["H"]) for c in ("A", "B", "C")]


def matrix_product(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
    return symcnn.MatMul(), [(v["B"], v["M"], v["K"]), (*((v["B"],) if v["batch"] else ()), v["K"], v["P"])]


def recurrent(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
    options = {name: v[name] for name in ("nonlinearity", "bias", "batch_first", "state")}
    t, n, i, m = v["T"], v["N"], v["I"], v["M"]
    shapes = [(n, t, i) if v["batch_first"] else (t, n, i)]
    return symcnn.RNN(i, m, **options), [*shapes, *([(n, m)] if v["start"] else [])]


RECURRENT: dict[str, list[Any]] = {
    "nonlinearity": ["tanh", "relu"],
    "state": ["full", "diagonal"],
    **{name: [False, True] for name in ("bias", "batch_first", "start")},
}


def attention(v: Values) -> tuple[Any, list[tuple[Any, ...]]]:
    return symcnn.SelfAttention(v["E"], v["D"], v["V"], v["bias"]), [(v["N"], v["T"], v["E"])]


AXES = (1, 2, 3)
ROWS = {
    **{f"Conv{n}d": conv(n) for n in AXES},
    **{f"ConvTranspose{n}d": transposed(n) for n in AXES},
    **{f"{kind}Pool{n}d": pooling(n, kind) for kind in ("Max", "Avg") for n in AXES},
    **{f"Adaptive{kind}Pool{n}d": adaptive(n, kind) for kind in ("Max", "Avg") for n in AXES},
    **{f"BatchNorm{n}d": norm(n) for n in AXES},
    "Linear": Row(linear, dict.fromkeys("INOT", (1, 4)), {"bias": [False, True]}),
    **{name: on_any_shape(getattr(symcnn, name)) for name in ("ReLU", "ReLU6", "Sigmoid", "Tanh")},
    **{name: on_any_shape(getattr(symcnn, name)) for name in ("Flatten", "Dropout", "Identity")},
    "Softmax": on_any_shape(lambda: symcnn.Softmax(1)),
    "Add": merged(symcnn.Add),
    "Mul": merged(symcnn.Mul),
    "Concat": Row(concat, dict.fromkeys("NABCH", (1, 4))),
    "MatMul": Row(matrix_product, dict.fromkeys("BMKP", (1, 4)), {"batch": [False, True]}),
    "RNN": Row(recurrent, dict.fromkeys("TNIM", (1, 3)), RECURRENT),
    "SelfAttention": Row(attention, dict.fromkeys("NTEDV", (1, 3)), {"bias": [False, True]}),
}


def test_every_layer_has_a_row() -> None:
    assert sorted({*symcnn.layers.__all__} - {"Layer", "Opaque"}) == sorted(ROWS)


def drawn(row: Row, data: st.DataObject) -> tuple[dict[str, Any], dict[str, int]]:
    """The choices and the numbers of one example."""
    choices = {name: data.draw(st.sampled_from(values), label=name) for name, values in row.choices.items()}
    return choices, {name: data.draw(st.integers(*r), label=name) for name, r in row.ranges.items()}


@pytest.mark.parametrize("name", ROWS)
@given(data=st.data())
def test_counts_are_those_of_the_loop_nest(name: str, data: st.DataObject) -> None:
    choices, numbers = drawn(ROWS[name], data)
    layer, shapes = ROWS[name].build(choices | numbers)
    costs: dict[str, Any] = {}
    with suppress(ValueError):
        costs = {name: layer.cost(*shapes, convention=name) for name in CONVENTIONS}
    assume(costs)
    equations = layer.equations_on(*shapes)
    for convention, cost in costs.items():
        counts = counted(equations, inputs_of(shapes), CONVENTIONS[convention].skip_padding)
        assert {k: n for k, n in cost.ops.by_kind.items() if n} == {
            k: n for k, n in counts.by_kind.items() if n
        }
        assert cost.macs == counts.macs
        assert (cost.ops.sequential, cost.ops.fused) == (counts.sequential, counts.fused)
        assert cost.ops.total == (counts.fused if CONVENTIONS[convention].fused else counts.sequential)


def _positive(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: n for kind, n in counts.items() if n}


@pytest.mark.parametrize("name", ROWS)
@given(data=st.data())
def test_symbols_become_the_numbers(name: str, data: st.DataObject) -> None:
    row = ROWS[name]
    choices, numbers = drawn(row, data)
    chosen = data.draw(st.sets(st.sampled_from(sorted(numbers))), label="symbols")
    symbols = {s: dims(s, min=min(row.ranges[s][0], 1)) for s in sorted(chosen)}
    convention = data.draw(st.sampled_from(sorted(CONVENTIONS)))
    try:
        layer, shapes = row.build(choices | numbers)
        plain = layer.cost(*shapes, convention=convention)
    except ValueError:
        plain = None

    def substituted() -> Any:
        layer, shapes = row.build(choices | numbers | symbols)
        cost = layer.cost(*shapes, convention=convention)
        return cost.at({symbol: numbers[symbol.name] for symbol in cost.symbols})

    if plain is None:
        with pytest.raises(ValueError, match=name):
            substituted()
    else:
        cost = substituted()
        assert everything(cost) == everything(plain)
        assert cost.domain == ()


def everything(cost: Any) -> dict[str, Any]:
    """All quantities of a cost."""
    out = {name: getattr(cost, name) for name in ("output_shape", "params", "macs", "intensity", "status")}
    out |= {part: getattr(cost.memory, part) for part in (*MEMORY_PARTS, "total", "peak")}
    out |= cost.ops.by_kind | {name: getattr(cost.ops, name) for name in ("sequential", "fused", "total")}
    return out | {"gemm": [(g.M, g.N, g.K, g.batch, g.repeat) for g in cost.gemm]}
