"""Counts of points are those of an enumeration."""

from collections.abc import Sequence
from itertools import permutations, product
from math import prod
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symcnn import AdaptiveAvgPool1d, dims
from symcnn.symbols import Dim, Size, at_least, indices, latex, lower_bound, substitute, symbols_of, text
from symcnn.symbols.border import from_sympy, to_sympy
from symcnn.symbols.cardinality import Card, apart, atom_of, cardinality, coefficients, greatest, least
from symcnn.symbols.size import Sym, atoms
from symcnn.symbols.vectorize import VectorFunction
from tests.expressions import at, symbol, value_at

I, J, K = indices("i j k")
BOX_INDICES = (I, J, K)
BOX_4_3 = list(product(range(4), range(3)))
H, W, P = symbol("H"), symbol("W"), symbol("P")


def enumerated(lengths: Sequence[int], guards: Sequence[Any], outer: Sequence[int] | None = None) -> int:
    """The number of points, one by one; a guard is a list of slopes and a constant."""
    inside = [
        point
        for point in product(*(range(n) for n in lengths))
        if all(sum(s * p for s, p in zip(slopes, point, strict=False)) + c >= 0 for slopes, c in guards)
    ]
    return len(inside) if outer is None else len({tuple(point[k] for k in outer) for point in inside})


LENGTHS = st.lists(st.integers(0, 5), min_size=1, max_size=3)
GUARDS = st.lists(
    st.tuples(st.lists(st.integers(-3, 3), min_size=3, max_size=3), st.integers(-6, 6)), max_size=3
)


def affine(slopes: Sequence[int], constant: int, count: int) -> Size:
    """A guard as a size."""
    out: Size = constant
    for slope, index in zip(slopes, BOX_INDICES[:count], strict=False):
        out = out + slope * index
    return out


@given(LENGTHS, GUARDS)
def test_counts_with_guards_are_those_of_an_enumeration(lengths: list[int], guards: Any) -> None:
    box = [(atom_of(i), n) for i, n in zip(BOX_INDICES, lengths, strict=False)]
    found = cardinality(box, [affine(s, c, len(lengths)) for s, c in guards])
    assert found == enumerated(lengths, guards)


@given(LENGTHS, GUARDS, st.sets(st.integers(0, 2)))
def test_projections_count_points_once(lengths: list[int], guards: Any, kept: set[int]) -> None:
    outer = sorted(k for k in kept if k < len(lengths))
    box = [(atom_of(i), n) for i, n in zip(BOX_INDICES, lengths, strict=False)]
    found = cardinality(
        box, [affine(s, c, len(lengths)) for s, c in guards], [atom_of(BOX_INDICES[k]) for k in outer]
    )
    assert found == enumerated(lengths, guards, outer)


@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.lists(
        st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-2, 2), st.integers(-5, 5)), max_size=3
    ),
    st.one_of(st.none(), st.just((0,)), st.just((1,))),
)
def test_symbols_may_come_later_than_the_count(
    h: int, w: int, guards: list[tuple[int, int, int, int]], outer: tuple[int, ...] | None
) -> None:
    box = [(atom_of(I), H), (atom_of(J), W)]
    made = [s * I + t * J + u * H + c for s, t, u, c in guards]
    kept = None if outer is None else [atom_of(BOX_INDICES[k]) for k in outer]
    symbolic = cardinality(box, made, kept)
    numeric = [((s, t), u * h + c) for s, t, u, c in guards]
    expected = enumerated((h, w), numeric, outer)
    assert at(symbolic, {"H": h, "W": w}) == expected
    assert at(at(symbolic, {"H": h}), {"W": w}) == expected
    assert (lower_bound(symbolic) or 0) <= expected


@pytest.mark.parametrize(
    ("guards", "shown"),
    [
        ([], "H*W"),
        ([I], "H*W"),
        ([H - 1 - I], "H*W"),
        ([I + J], "H*W"),
        ([H + W - 2 - I - J], "H*W"),
        ([I + 1, I + 2], "H*W"),
        ([I - 1], "W*count(i < H; i >= 1)"),
        ([I - J], "count(i < H, j < W; i >= j)"),
        ([I - 1, J - 1], "count(i < H; i >= 1)*count(j < W; j >= 1)"),
    ],
)
def test_guards_that_always_hold_are_dropped_and_parts_that_share_none_are_multiplied(
    guards: list[Any], shown: str
) -> None:
    dims("H W")
    found = cardinality([(atom_of(I), H), (atom_of(J), W)], guards)
    assert sorted(text(found).split("*")) == sorted(shown.split("*"))


def test_a_guard_without_indices_keeps_or_empties_the_box() -> None:
    box = [(atom_of(I), H)]
    guarded = cardinality(box, [W - 3])
    assert at(guarded, {"H": 5, "W": 3}) == 5
    assert at(guarded, {"H": 5, "W": 2}) == 0


def test_behind_a_range_that_may_be_empty_there_may_be_no_shadow() -> None:
    dims("H P")
    box, P = [(atom_of(I), H), (atom_of(J), symbol("P"))], {"P": 0}
    shadow = cardinality(box, [], [atom_of(I)])
    assert text(shadow) == "H*Min(1, P)"
    assert (
        at(shadow, {"H": 5, "P": 0}) == cardinality([(atom_of(I), 5), (atom_of(J), 0)], [], [atom_of(I)]) == 0
    )
    assert at(shadow, {"H": 5, "P": 3}) == 5
    assert cardinality(box, [], [atom_of(I)], inhabited=[atom_of(J)]) == H
    # A guard that numbers decide leaves the question open.
    guarded = cardinality(box, [W - 3 + 0 * J + I], [atom_of(I)])
    assert at(at(guarded, {"W": 9}), {"H": 5, **P}) == 0


def test_a_box_without_indices_is_one_point() -> None:
    assert cardinality([], []) == 1
    assert cardinality([], [-1]) == 0


@given(st.integers(1, 12), st.integers(1, 8))
def test_adaptive_windows_hold_the_entries_from_floor_to_ceiling(length: int, out: int) -> None:
    expected = sum(-(-(r + 1) * length // out) - r * length // out for r in range(out))
    L, O = dims("L O")
    for cost in (
        AdaptiveAvgPool1d(O).cost((1, 1, L)).at(L=length, O=out),
        AdaptiveAvgPool1d(O).cost((1, 1, length)).at(O=out),
        AdaptiveAvgPool1d(out).cost((1, 1, L)).at(L=length),
        AdaptiveAvgPool1d(out).cost((1, 1, length)),
    ):
        assert cost.ops.additions == expected - out
        assert cost.ops.divisions == out


CARDS = [
    cardinality([(atom_of(I), H), (atom_of(J), 3)], [I + J - W], []),
    cardinality([(atom_of(I), H)], [W - 3]),
    cardinality([(atom_of(I), H), (atom_of(J), W)], [I - J]),
    cardinality([(atom_of(I), H), (atom_of(J), W)], [I - J - 1, 2 * J - I], [atom_of(I)]),
    cardinality([(atom_of(I), H)], [W - 2 * I - 1]),
    cardinality([(atom_of(I), H), (atom_of(J), 3)], [I + J - H], [atom_of(J)]) * (H + 1),
]


@pytest.mark.parametrize("value", CARDS, ids=str)
def test_a_count_comes_back_from_sympy(value: Size) -> None:
    expression = to_sympy(value)
    assert from_sympy(expression) == value
    assert from_sympy(2 * expression + 1) == 2 * value + 1
    assert {s.name for s in expression.free_symbols} == {s.name for s in symbols_of(value)}


@pytest.mark.parametrize("value", CARDS, ids=str)
def test_the_sum_that_sympy_sees_is_the_count(value: Size) -> None:
    expression = to_sympy(value)
    for h, w in product(range(1, 5), range(1, 4)):
        numbers = {s: {"H": h, "W": w}[s.name] for s in expression.free_symbols}
        assert plain_sum(expression.subs(numbers)) == at(value, {"H": h, "W": w})


def plain_sum(expression: Any) -> int:
    """The value of a nested SymPy sum by enumeration, without SymPy's own summation."""
    if type(expression) in (sympy.Sum, sympy.Product):
        name, low, high = expression.limits[-1]
        body = expression.function
        if len(expression.limits) > 1:
            body = expression.func(body, *expression.limits[:-1])
        values = [plain_sum(body.subs(name, k)) for k in range(int(low), int(high) + 1)]
        return sum(values) if type(expression) is sympy.Sum else prod(values)
    if expression.args:
        return int(
            expression.func(
                *(plain_sum(a) if a.has(sympy.Sum, sympy.Product) else a for a in expression.args)
            )
        )
    return int(expression)


@pytest.mark.parametrize("value", CARDS, ids=str)
def test_counts_are_exact_numpy_functions(value: Size) -> None:
    function = VectorFunction(value)
    h, w = np.meshgrid(np.arange(1, 6), np.arange(1, 5))
    arrays = {"H": h, "W": w}
    used = {s.name: arrays[s.name] for s in function.symbols}
    expected = [
        [value_at(value, {"H": int(a), "W": int(b)}) for a, b in zip(*row, strict=True)]
        for row in zip(h, w, strict=True)
    ]
    assert np.array_equal(function(**used), expected)


@pytest.mark.parametrize("least_value", [0, 1])
def test_a_symbol_named_like_an_index_is_not_captured(least_value: int) -> None:
    own = Dim.of_atom(Sym("i", least_value))
    value = cardinality([(atom_of(I), H)], [own - 2 * I - 1])
    assert [s.name for s in symbols_of(value)] == ["H", "i"]
    assert text(value) == "count(i_ < H; i >= 2*i_ + 1)"
    assert r"\mathrm{i\_}" in latex(value)
    expression = to_sympy(value)
    assert {s.name for s in expression.free_symbols} == {"H", "i"}
    assert from_sympy(expression) == value
    for h, i in product(range(1, 6), range(least_value, 6)):
        assert substitute(value, {Sym("H"): h, Sym("i", least_value): i}) == sum(i > 2 * k for k in range(h))


@pytest.mark.parametrize("outer", [None, [0]])
@pytest.mark.parametrize("names", ["i j", "k i", "i i_"])
def test_indices_keep_apart_from_symbols_and_from_one_another(names: str, outer: list[int] | None) -> None:
    both = [atom_of(index) for index in indices(names)]
    a, b = (Dim.of_atom(index) for index in both)
    L = Dim.of_atom(Sym("i"))
    shadow = None if outer is None else [both[k] for k in outer]
    count = cardinality([(both[0], L), (both[1], 2 * L)], [a + 2 * b - L, L - b], shadow)
    number = enumerated([2, 4], [([1, 2], -2), ([0, -1], 2)], outer)
    assert substitute(count, {Sym("i"): 2}) == number
    assert to_sympy(count).subs(dims("i"), 2).doit() == number
    (card,) = (a for a in atoms(count) if isinstance(a, Card))
    named = [index.name for index, _ in apart(card).box]
    assert "i" not in named
    assert len(set(named)) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parts_that_share_an_index_by_turns_are_one_part(order: tuple[int, ...]) -> None:
    a, b, c = (BOX_INDICES[k] for k in order)
    guards = [a - b, c - 2 * b + 1]
    number = enumerated([4, 4, 4], [([1, -1, 0], 0), ([0, -2, 1], 1)])
    assert cardinality([(atom_of(index), 4) for index in BOX_INDICES], guards) == number
    count = cardinality([(atom_of(index), H) for index in BOX_INDICES], guards)
    assert at(count, {"H": 4}) == number


@pytest.mark.parametrize("guards", [[I * J - 2], [I // 2 + J - 2], [I * J - 2, I - J], [I - J, I * J - 2]])
def test_guards_that_are_not_affine_stay(guards: list[Size]) -> None:
    count = cardinality([(atom_of(I), 4), (atom_of(J), 3)], guards)
    assert isinstance(count, Dim)
    values = [[substitute(g, {atom_of(I): i, atom_of(J): j}) for g in guards] for i, j in BOX_4_3]
    assert to_sympy(count).doit() == sum(all(at_least(v, 0).verdict() for v in row) for row in values)


def test_a_guard_on_an_outer_loop_alone_keeps_or_empties_the_box() -> None:
    count = cardinality([(atom_of(I), 4)], [J - 3])
    assert [substitute(count, {atom_of(J): j}) for j in (2, 3, 4)] == [0, 4, 4]


def test_coefficients_are_those_of_affine_sizes_alone() -> None:
    split = coefficients(H * I + 2 * J - W + 3)
    assert split == ({atom_of(I): H, atom_of(J): 2}, 3 - W)
    for value in (I * J, I * I, I // 2, (I + H) // 2):
        assert coefficients(value) is None
    assert coefficients(H // 2 + I) == ({atom_of(I): 1}, H // 2)


def test_least_and_greatest_need_signs_that_are_known() -> None:
    extents = {atom_of(I): H, atom_of(J): 4}
    assert least(2 * I - 3 * J, extents) == -9
    assert greatest(2 * I - 3 * J, extents) == 2 * H - 2
    assert least((H - W) * I, extents) is None
    assert greatest((H - W) * I, extents) is None
    assert least(K + I, extents) is None
    assert least(P * I - J, extents) == -3
    assert greatest(P * I - J, extents) == P * (H - 1)
    assert least(I * J, extents) is None
    assert greatest(I // 2, extents) is None


@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(-5, 5), st.integers(1, 5), st.integers(1, 5))
def test_least_and_greatest_are_those_of_an_enumeration(s: int, t: int, c: int, n: int, m: int) -> None:
    value = s * I + t * J + c
    values = [s * i + t * j + c for i in range(n) for j in range(m)]
    extents = {atom_of(I): n, atom_of(J): m}
    assert (least(value, extents), greatest(value, extents)) == (min(values), max(values))


def test_counts_are_atoms_that_equal_themselves() -> None:
    guards = [I - J]
    a = cardinality([(atom_of(I), H), (atom_of(J), W)], guards)
    b = cardinality([(atom_of(I), H), (atom_of(J), W)], guards)
    assert a == b
    assert hash(a) == hash(b)
    assert a - b == 0
    assert any(isinstance(atom, Card) for atom in atoms(a))
    assert at_least(a, 0).verdict() is True
