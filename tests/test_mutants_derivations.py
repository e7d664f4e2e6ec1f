"""Facts that tell the derivations from their mutants: see ``docs/mutation.md``."""

# The arguments are declared by calls, as they are in the package.
# ruff: noqa: RUF009

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sympy

from symcnn import (
    BatchNorm1d,
    Conv1d,
    Conv3d,
    ConvTranspose1d,
    Flatten,
    Linear,
    MaxPool1d,
    Opaque,
    ReLU,
    Sequential,
    Softmax,
    Tanh,
    dims,
)
from symcnn.derive.quantities import LayerQuantities
from symcnn.derive.spans import Span, input_spans, points
from symcnn.equations.notation import Equation, Sum, Tensor, buffer, computed, weight
from symcnn.layers.arguments import choice, size
from symcnn.layers.base import Layer
from symcnn.network.receptive_field import receptive_field, receptive_fields
from symcnn.symbols import Size, indices
from tests.handwritten import Window
from tests.test_counts import agree
from tests.test_network import Of

c, i, j, k, n = indices("c i j k n")
y = computed("y")
N, C = dims("N C")

# -- operations --------------------------------------------------------------------------------------------

# The right side of y[n, k], or of y[n] where it is a sum, over x[n, k] and weights v[k] and w[k].
BODIES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "x + v*w": lambda x, v, w: x + v * w,
    "v*w + x": lambda x, v, w: v * w + x,
    "v*w - x": lambda x, v, w: v * w - x,
    "v*w + v*x": lambda x, v, w: v * w + v * x,
    "v/w + x": lambda x, v, w: v / w + x,
    "(v + w)*x": lambda x, v, w: (v + w) * x,
    "2*3 + x": lambda x, v, w: x + 2 * 3 * v,
    "v*w*x": lambda x, v, w: v * w * x,
    "v*x/w": lambda x, v, w: v * x / w,
    "-v*x": lambda x, v, w: -(v * x),
    "v*w + x + v": lambda x, v, w: v * w + x + v,
    "x - (v + v*w)": lambda x, v, w: x - (v + v * w),
}


@dataclass(frozen=True, repr=False)
class Body(Layer):
    body: str = choice(*BODIES)
    summed: bool = False

    def equations(self, x: Tensor) -> Equation:
        v, w = (weight(name, (x.known_shape[1],)) for name in "vw")
        right = BODIES[self.body](x[n, k], v[k], w[k])
        return Equation(y[n], Sum[k](right)) if self.summed else Equation(y[n, k], right)


@pytest.mark.parametrize(
    ("body", "sequential", "fused"),
    [
        ("x + v*w", 2, 1),
        ("v*w + x", 2, 1),
        ("v*w - x", 2, 1),
        ("v*w + v*x", 3, 2),
        ("v/w + x", 2, 2),
        ("(v + w)*x", 2, 2),
    ],
)
def test_an_addition_is_fused_with_a_product_beside_it(body: str, sequential: int, fused: int) -> None:
    ops = Body(body).cost((2, 3)).ops
    assert (ops.sequential, ops.fused) == (6 * sequential, 6 * fused)


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("body", BODIES)
def test_operations_are_those_of_the_loop_nest(body: str, summed: bool) -> None:
    agree(Body(body, summed), (2, 3))


@pytest.mark.parametrize("kind", ["max", "mean", "sum"])
@pytest.mark.parametrize("fill", ["skip", "zero"])
def test_windows_in_the_border_alone_are_counted(kind: str, fill: str) -> None:
    agree(Window(kind, 2, 1, 2, fill=fill), (2, 3))


@pytest.mark.parametrize("body", ["v*w*x", "v*x/w", "-v*x", "v*w + x"])
def test_a_product_of_entries_of_two_tensors_is_a_mac_whatever_its_sign_and_divisor(body: str) -> None:
    assert Body(body, summed=True).cost((2, 3)).macs == 6
    assert Body(body).cost((2, 3)).macs == 0


def test_functions_have_kinds_of_their_own() -> None:
    assert Tanh().cost((2, 3)).ops.hyperbolic_tangents == 6
    assert Softmax(-1).cost((2, 3)).ops.exponentials == 6
    assert BatchNorm1d(3).cost((2, 3)).ops.square_roots == 3


@pytest.mark.parametrize(
    "layer", [Tanh(), Softmax(-1), BatchNorm1d(3), Linear(3, 2), MaxPool1d(2), ReLU()], ids=repr
)
def test_each_kind_has_its_name(layer: Layer) -> None:
    ops = layer.cost((2, 3)).ops
    kinds = {name for name in dir(ops) if not name.startswith("_")}
    kinds -= {"by_kind", "sequential", "fused", "total"}
    assert {kind: getattr(ops, kind) for kind in kinds} == dict.fromkeys(kinds, 0) | ops.by_kind


@pytest.mark.parametrize(
    ("convention", "total"),
    [("sequential", 18), ("fused", 12), ("sequential-unpadded", 14), ("fused-unpadded", 10)],
)
def test_totals_by_convention(convention: str, total: int) -> None:
    # 3 windows of 3 taps over 5 entries: 9 products, 7 of entries, 6 or 4 additions of them, 3 of the bias
    cost = Conv1d(1, 1, kernel_size=3, stride=2, padding=1).cost((1, 1, 5), convention=convention)
    assert cost.ops.total == total


# -- matrix products ---------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class NoMatrixProduct(Layer):
    kind: str = choice("guarded", "three factors", "one index each", "weights", "inputs", "product")

    def equations(self, x: Tensor) -> Equation:
        v, w = (weight(name, (x.known_shape[1],)) for name in "vw")
        u = weight("u", (2, x.known_shape[1]))
        if self.kind == "inputs":
            return Equation(y[j], Sum[n, k](u[j, k] * x[n, k]))
        right = {
            "guarded": Sum[k](w[k] * x[n, k], where=(k >= 1,)),
            "three factors": Sum[k](v[k] * w[k] * x[n, k]),
            "one index each": Sum[j, k](w[j] * x[n, k]),
            "weights": Sum[j, k](u[j, k] * x[n, k]),
            "product": Sum[k](w[k] * x[n, k]),
        }[self.kind]
        return Equation(y[n], right)


@pytest.mark.parametrize("kind", ["guarded", "three factors", "one index each", "weights", "inputs"])
def test_sums_that_are_no_matrix_products(kind: str) -> None:
    cost = NoMatrixProduct(kind).cost((2, 3))
    assert cost.macs != 0
    assert cost.gemm == ()
    assert len(NoMatrixProduct("product").cost((2, 3)).gemm) == 1


def test_the_sizes_of_a_matrix_product_are_expressions() -> None:
    (made,) = Linear(C, 3).cost((N, C)).gemm
    assert (made.M, made.K, made.N, made.batch, made.repeat) == (3, C, N, 1, 1)
    assert all(isinstance(value, int | sympy.Expr) for value in (made.M, made.K, made.N))


def test_all_that_is_shown_of_symbols_is_an_expression() -> None:
    L, K, G = dims("L K G")
    cost = Conv1d(C, 2 * C, kernel_size=K, groups=G).cost((N, C, L))
    (made,) = cost.gemm
    assert (made.M, made.N, made.K, made.batch, made.repeat) == (2 * C / G, N * (L - K + 1), K * C / G, G, 1)
    shown = [made.M, made.N, made.K, made.batch, cost.ops.fused, cost.ops.sequential, cost.ops.total]
    shown += [cost.macs, cost.params, cost.intensity, cost.memory.total, cost.memory.peak, *cost.output_shape]
    assert all(isinstance(value, sympy.Expr) for value in shown)


# -- memory and columns ------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Reversed(Layer):
    """The last axis backwards: each entry of the input once, and yet no view of it."""

    length: Size = size()

    def equations(self, x: Tensor) -> Equation:
        return Equation(y[n, c, k], x[n, c, self.length - 1 - k], extents={k: self.length})


@pytest.mark.parametrize(
    ("layer", "peak"),
    [
        (Flatten(), 24),
        (ReLU(), 24 + 24),
        (Opaque("deform"), 24 + 24),
        (Linear(4, 5, bias=False), 24 + 30),
        (Softmax(-1), 24 + 24 + 6),
        (Reversed(4), 24 + 24),
    ],
    ids=repr,
)
def test_what_is_alive_at_once(layer: Layer, peak: int) -> None:
    assert layer.cost((2, 3, 4)).memory.peak == peak


@pytest.mark.parametrize(
    ("dtype", "width"),
    [
        ("float64", 8), ("float32", 4), ("float16", 2), ("bfloat16", 2), ("float8", 1), ("int64", 8),
        ("int32", 4), ("int16", 2), ("int8", 1), ("uint8", 1), ("bool", 1),
    ],
)  # fmt: skip
def test_bytes(dtype: str, width: int) -> None:
    assert ReLU().cost((2, 3)).memory.bytes(dtype, "inputs") == 6 * width


@pytest.mark.parametrize(
    ("layer", "inputs", "weights", "outputs", "intermediates"),
    [
        (Linear(3, 5), 6, 15 + 5, 10, 0),
        # What is stored and not trained is a weight as well, and no parameter.
        (BatchNorm1d(3), 6, 3 + 3 + 3 + 3, 6, 3 + 3),
        # The maximum and the sum of each row, and all exponentials.
        (Softmax(-1), 6, 0, 6, 2 + 2 + 6),
    ],
    ids=repr,
)
def test_parts_of_the_memory(
    layer: Layer, inputs: int, weights: int, outputs: int, intermediates: int
) -> None:
    cost = layer.cost((2, 3))
    memory = cost.memory
    parts = (memory.inputs, memory.weights, memory.outputs, memory.intermediates)
    assert parts == (inputs, weights, outputs, intermediates)
    assert memory.total == inputs + weights + outputs
    assert cost.params == (6 if isinstance(layer, BatchNorm1d) else weights)
    for part in ("inputs", "weights", "outputs", "intermediates", "total", "peak"):
        assert memory.bytes("float32", part) == 4 * getattr(memory, part)


def test_what_is_not_known_has_no_function_and_its_memory_has_one() -> None:
    cost = Opaque("deform").cost((N, C))
    with pytest.raises(ValueError, match=r"^macs of Opaque.* is only a lower bound"):
        cost.function("macs")
    with pytest.raises(ValueError, match=r"^the intensity of Opaque.* is not known: no cost is known for"):
        _ = cost.intensity
    assert list(cost.function("memory.inputs")(N=[2, 3], C=[4, 5])) == [8, 15]
    assert list(ReLU().cost((N, C)).function("ops.comparisons")(N=[2, 3], C=[4, 5])) == [8, 15]


@dataclass(frozen=True, repr=False)
class Twice(Layer):
    """One name for an input and a weight."""

    def equations(self, x: Tensor) -> Equation:
        return Equation(y[n, k], x[n, k] * weight(x.name, (x.known_shape[1],))[k])


def test_one_name_is_one_tensor() -> None:
    with pytest.raises(ValueError, match=r"names a weight and another tensor$"):
        Twice().cost((2, 3))


# -- domains -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Stored(Layer):
    """The sum of some weights, or of what else is stored, as a factor of each entry."""

    length: Size = size(0)
    trained: bool = True

    def equations(self, x: Tensor) -> Equation:
        stored = (weight if self.trained else buffer)("w", (self.length,))
        return Equation(y[n, k], Sum[j](stored[j] * x[n, k]))


@dataclass(frozen=True, repr=False)
class Repeated(Layer):
    """Each entry several times, side by side or added up."""

    times: Size = size(0)
    summed: bool = False

    def equations(self, x: Tensor) -> Equation:
        if self.summed:
            return Equation(y[n, k], Sum[j](x[n, k]), extents={j: self.times - 1})
        return Equation(y[n, k, j], x[n, k], extents={j: self.times})


@pytest.mark.parametrize(
    "cost",
    [
        lambda N, P: Stored(P).cost((N, 3)),
        lambda N, P: Stored(P, trained=False).cost((N, 3)),
        lambda N, P: Repeated(P).cost((N, 3)),
        # A loop over nothing is no error, one that runs backwards is.
        lambda N, P: Repeated(P, summed=True).cost((N, 3)),
        lambda N, P: ReLU().cost((N, P)),
        lambda N, P: Linear(P, 3).cost((N, P)),
        lambda N, P: Linear(3, P, bias=False).cost((N, 3)),
        lambda N, P: Linear(3, P).cost((N, 3)),
    ],
)
def test_no_tensor_is_empty(cost: Callable[[Any, Any], Any]) -> None:
    P = dims("P", min=0)
    assert [str(condition) for condition in cost(N, P).domain] == ["P >= 1"]


def test_a_quotient_that_is_whole_is_at_least_1() -> None:
    L, G = dims("L G")
    cost = Conv1d(C, 2 * C, kernel_size=3, groups=G).cost((N, C, L))
    assert [str(condition) for condition in cost.domain] == ["G divides C", "G divides 2*C", "L >= 3"]


@pytest.mark.parametrize(("before", "after"), [(2, 0), (0, 2), (2, 1), (1, 2), (0, 0)])
def test_the_two_sides_of_an_axis_have_borders_of_their_own(before: int, after: int) -> None:
    cost = Conv1d(1, 1, kernel_size=3, padding=[(before, after)]).cost((1, 1, 9))
    assert cost.output_shape == (1, 1, 7 + before + after)


def test_a_symbol_may_be_any_integer_where_the_domain_says_more() -> None:
    Z = sympy.Symbol("Z", integer=True)
    cost = ReLU().cost((Z, 3))
    assert [str(condition) for condition in cost.domain] == ["Z >= 1"]
    assert cost.at(Z=2).ops.total == 6
    with pytest.raises(ValueError, match=r"needs Z >= 1, but 0 >= 1 is false$"):
        cost.at(Z=0)


def test_values_in_two_steps_are_those_in_one() -> None:
    M = dims("M")
    cost = Linear(C, 3).cost((N, C))
    assert cost.at(N=2 * M).at(M=3).values == cost.at(N=6).values
    assert cost.at(N=2 * M, C=M).at(M=3).values == cost.at(N=6, C=3).values


def test_a_quantity_has_a_name() -> None:
    with pytest.raises(TypeError, match=r"^name=5 must be a str such as 'macs'$"):
        Linear(C, 3).cost((N, C)).size(5)  # pyright: ignore[reportArgumentType]


# -- receptive fields --------------------------------------------------------------------------------------


def test_what_is_scattered_sees_no_range_of_fixed_size() -> None:
    net = Sequential(ConvTranspose1d(1, 1, kernel_size=3), Conv1d(1, 1, kernel_size=2))
    assert receptive_fields(net.cost((1, 1, 9))) == [None, None]
    hidden = Sequential(Conv1d(1, 1, kernel_size=3), Opaque("deform"), Conv1d(1, 1, kernel_size=2))
    assert receptive_fields(hidden.cost((1, 1, 9))) == [(3,), None, None]


def test_receptive_fields_of_a_chain() -> None:
    chain = Sequential(
        Conv1d(1, 2, kernel_size=3, stride=2), BatchNorm1d(2), ReLU(), Conv1d(2, 1, kernel_size=2, dilation=4)
    )
    assert receptive_fields(chain.cost((1, 1, 29))) == [(3,), (3,), (3,), (11,)]


@dataclass(frozen=True, repr=False)
class First(Layer):
    """The first of two inputs."""

    def equations(self, x: Tensor, z: Tensor) -> Equation:
        return Equation(y[n, c, k], x[n, c, k])


@dataclass(frozen=True, repr=False)
class Second(Layer):
    """The second of two inputs."""

    def equations(self, x: Tensor, z: Tensor) -> Equation:
        return Equation(y[n, c, k], z[n, c, k])


@dataclass(frozen=True, repr=False)
class Share(Layer):
    """Each entry and the sum of its row, in either order."""

    first: bool = True

    def equations(self, x: Tensor) -> Equation:
        own, row = x[n, c, k], Sum[j](x[n, c, j])
        return Equation(y[n, c, k], own * row if self.first else row * own)


@pytest.mark.parametrize("first", [True, False])
def test_who_reads_an_entry_and_its_row_reads_the_row(first: bool) -> None:
    layer = Share(first).cost((2, 3, 4)).source
    assert isinstance(layer, LayerQuantities)
    assert input_spans(layer, points(3)) == [(*points(2), Span(None, 0, 0, 3))]


@dataclass(frozen=True, repr=False)
class Running(Layer):
    """A sum that runs along the last axis, of its entries or of those of all rows."""

    mixed: bool = False

    def equations(self, x: Tensor) -> Equation:
        before = Sum[j](weight("w", (5, 5))[k, j] * y[n, c, i - 1, j]) if self.mixed else y[n, c, i - 1, k]
        return Equation(y[n, c, i, k], before + x[n, c, i, k])


THREE, FIVE = Conv1d(1, 1, kernel_size=3, padding=1), Conv1d(1, 1, kernel_size=5, padding=2)
LINES = [(1, 1, 9), (1, 1, 9)]


@pytest.mark.parametrize(
    ("network", "inputs", "fields"),
    [
        # What a layer does not read is not seen.
        (Of(lambda m, x: m.f(m.a(x), m.b(x)), a=THREE, b=FIVE, f=First()), 1, [(3,), (5,), (3,)]),
        (Of(lambda m, x: m.f(m.b(x), m.a(x)), a=THREE, b=FIVE, f=First()), 1, [(5,), (3,), (5,)]),
        # What sees nothing of the first input adds nothing to what is seen of it.
        (Of(lambda m, x, z: m.a(x) + m.b(z), a=THREE, b=FIVE), 2, [(3,), None, (3,)]),
        (Of(lambda m, x, z: m.b(z) + m.a(x), a=THREE, b=FIVE), 2, [None, (3,), (3,)]),
        # What is not described sees all.
        (Of(lambda m, x: m.a(x) + m.o(x), a=THREE, o=Opaque("deform")), 1, [(3,), None, None]),
    ],
)
def test_what_is_seen_of_the_first_input(network: Any, inputs: int, fields: list[Any]) -> None:
    assert receptive_fields(network.cost(*LINES[:inputs])) == fields


@pytest.mark.parametrize("mixed", [False, True])
def test_a_recurrence_sees_all_steps_before(mixed: bool) -> None:
    cost = Sequential(Running(mixed)).cost((1, 2, 4, 5))
    assert receptive_fields(cost) == [None]
    steps, entries = Span(None, 0, 0, 3), Span(None, 0, 0, 4) if mixed else Span(3, 1, 0, 0)
    assert input_spans(cost.source.layers[0], points(4)) == [(*points(2), steps, entries)]


def test_a_receptive_field_has_the_values_of_the_cost() -> None:
    L, K = dims("L K")
    cost = Sequential(Conv1d(1, 1, kernel_size=K), Conv1d(1, 1, kernel_size=2)).cost((1, 1, L))
    assert receptive_fields(cost.at(K=3)) == [(3,), (4,)]


def test_an_input_of_another_rank_changes_nothing() -> None:
    network = Of(lambda m, x, z: m.a(x) + m.b(x), a=THREE, b=FIVE)
    assert receptive_fields(network.cost((1, 1, 9), (1, 4))) == [(3,), (5,), (5,)]


def test_a_convolution_of_volumes_has_three_axes() -> None:
    network = Sequential(Conv3d(1, 1, kernel_size=(1, 2, 3)), Conv3d(1, 1, kernel_size=2))
    assert receptive_field(network).size == (2, 3, 4)


def test_the_last_feature_map_may_come_from_the_second_input_of_a_layer() -> None:
    network = Of(lambda m, x: m.f(m.a(x), m.b(x)), a=THREE, b=FIVE, f=Second())
    assert receptive_field(network).target == "f"
    assert receptive_field(network).size == (5,)


def test_what_a_layer_does_not_read_is_not_traced_back() -> None:
    network = Of(lambda m, x: m.f(m.a(x), m.b(x)), a=THREE, b=FIVE, f=First())
    assert [seen.name for seen in receptive_field(network).layers] == ["f", "a"]


# -- networks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Late(Layer):
    """Squares, and then sums of them: the input is given up in between."""

    def equations(self, x: Tensor) -> tuple[Equation, ...]:
        h, w = computed("h"), weight("w", (6, 4))
        return Equation(h[n, k], x[n, k] * x[n, k]), Equation(y[n, j], Sum[k](w[j, k] * h[n, k]))


WIDE, NARROW = Linear(4, 6, bias=False), Linear(6, 4, bias=False)


@pytest.mark.parametrize(
    ("network", "inputs", "peak"),
    [
        # Two values of 4 entries at a time.
        (Sequential(ReLU(), ReLU(), Tanh()), [(1, 4)], 4 + 4),
        # The input waits for the sum.
        (Of(lambda m, x: m.b(m.a(x)) + x, a=WIDE, b=NARROW), [(1, 4)], 4 + 6 + 4),
        (Of(lambda m, x: m.b(m.a(x)), a=WIDE, b=NARROW), [(1, 4)], 6 + 4),
        # A view takes no memory, and keeps that of its input alive.
        (Sequential(Flatten(), WIDE), [(1, 2, 2)], 4 + 6),
        (Of(lambda m, x: m.b(m.a(m.f(x))) + m.f(x), a=WIDE, b=NARROW, f=Flatten()), [(1, 2, 2)], 4 + 6 + 4),
        (Of(lambda m, x: m.f(m.r(x)), f=Flatten(), r=ReLU()), [(1, 2, 2)], 4 + 4),
        # The output is kept, although something is computed after it.
        (Of(lambda m, x: (m.r(x), m.a(x))[0], r=ReLU(), a=WIDE), [(1, 4)], 4 + 4 + 6),
        # An input that nobody reads is not held.
        (Of(lambda m, x, z: m.r(x), r=ReLU()), [(1, 4), (1, 9)], 4 + 4),
        (Of(lambda m, x, z: m.r(x) + z, r=ReLU()), [(1, 4), (1, 4)], 4 + 4 + 4),
        # A value that nobody reads is given up at once.
        (Of(lambda m, x: (m.a(x), m.r(x))[1], r=ReLU(), a=WIDE), [(1, 4)], 4 + 6),
        # A view and its input are held once, where both are read later.
        (
            Of(
                lambda m, x: (lambda v: m.b(m.a(v)) + v + m.g(x))(m.f(x)),
                a=WIDE,
                b=NARROW,
                f=Flatten(),
                g=Flatten(),
            ),
            [(1, 2, 2)],
            4 + 6 + 4,
        ),
        # An input is given up within a layer, if nobody reads it later.
        (Sequential(Late()), [(1, 4)], 4 + 6),
        (Of(lambda m, x: m.b(m.f(x)) + x, b=NARROW, f=Late()), [(1, 4)], 4 + 4 + 6),
        # A sum of a value with itself reads it once.
        (Of(lambda m, x: (lambda a: a + a)(m.a(x)), a=WIDE), [(1, 4)], 6 + 6),
    ],
    ids=str,
)
def test_what_is_alive_at_once_in_a_network(network: Any, inputs: list[Any], peak: int) -> None:
    assert network.cost(*inputs).memory.peak == peak


def test_a_row_shows_the_inputs_of_its_layer_in_order() -> None:
    network = Of(lambda m, x, z: m.f(m.r(x), z), f=First(), r=ReLU())
    row = network.cost((N, 1, C), (1, 4, 5)).layers[-1]
    assert (row.name, row.input_shape, row.input_shapes) == ("f", (N, 1, C), ((N, 1, C), (1, 4, 5)))
    assert all(isinstance(value, sympy.Expr) for value in (row.input_shape[0], row.input_shape[2]))


def test_the_table_of_a_network_has_its_totals() -> None:
    cost = Sequential(ReLU(), Tanh()).cost((2, 3))
    totals = {column.key: cell.data for column, cell in cost.table().totals()}
    assert totals == {"params": 0, "macs": 0, "operations": 12, "memory": 24, "intensity": 0, "peak": 12}
    assert len(cost.table().lines) == 2
    assert str(cost.table()) == repr(cost)


@pytest.mark.parametrize(
    ("network", "shape", "output"),
    [
        (Sequential(Conv1d(1, 2, kernel_size=3)), (1, 9), (1, 2, 7)),
        (Sequential(Conv1d(1, 2, kernel_size=3)), (5, 1, 9), (5, 2, 7)),
        (Sequential(ReLU(), Conv1d(1, 2, kernel_size=3)), (1, 9), (1, 2, 7)),
        (Sequential(ReLU(), ReLU(), Conv1d(1, 2, kernel_size=3)), (1, 9), (1, 2, 7)),
        (Sequential(ReLU(), Linear(9, 2)), (1, 9), (1, 2)),
        (Sequential(Flatten(), Linear(9, 2)), (1, 9), (1, 2)),
    ],
    ids=str,
)
def test_a_batch_is_put_before_a_single_sample(network: Any, shape: Any, output: Any) -> None:
    assert network.cost(shape).output_shape == output


def test_the_layers_of_another_input_say_nothing_about_a_batch() -> None:
    network = Of(lambda m, x, z: (m.c(z), m.r(x))[1], c=Conv1d(1, 1, kernel_size=3), r=ReLU())
    assert network.cost((1, 9), (5, 1, 9)).output_shape == (1, 9)


def test_one_name_with_two_ranges_in_two_layers_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"symbol P occurs with different assumptions"):
        Sequential(Linear(4, dims("P")), Linear(dims("P", min=0), 3)).cost((1, 4))


def test_one_name_with_two_ranges_in_layers_that_do_not_meet_is_an_error() -> None:
    first, second = dims("P"), dims("P", min=0)
    network = Sequential(Linear(4, first), Linear(first, 3), Linear(3, second), Linear(second, 2))
    with pytest.raises(ValueError, match=r"^Sequential: symbol P occurs with different assumptions"):
        network.cost((1, 4))
