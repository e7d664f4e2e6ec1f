"""Sizes as NumPy functions have exactly the values of Python's integers, or raise."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symcnn import AdaptiveAvgPool1d, Conv1d, Conv2d, dims
from symcnn.symbols import (
    Dim,
    Size,
    ceil_div,
    exact_quotient,
    floor_div,
    indices,
    maximum,
    minimum,
    symbols_of,
)
from symcnn.symbols.cardinality import atom_of, cardinality
from symcnn.symbols.size import Sym
from symcnn.symbols.vectorize import VectorFunction
from tests.expressions import LEAST, Point, Tree, at, number, points, size, symbol, trees

H, W, K, S, P, Z = (symbol(name) for name in "HWKSPZ")
LIMIT = 2**63


def used(value: Size, point: Point) -> dict[str, int]:
    """The values of those symbols that occur."""
    return {s.name: point[s.name] for s in symbols_of(value)}


@given(trees(), st.lists(points(), min_size=1, max_size=5))
def test_values_are_those_of_python(tree: Tree, several: list[Point]) -> None:
    value = size(tree)
    expected = [number(tree, point) for point in several]
    arrays = {s.name: np.array([p[s.name] for p in several]) for s in symbols_of(value)}
    found = VectorFunction(value)(**arrays)
    assert np.array_equal(np.broadcast_to(found, len(several)), expected)


@given(trees(leaves=5), points(), st.integers(0, 63))
def test_large_values_are_exact_or_an_error(tree: Tree, point: Point, bits: int) -> None:
    value = size(tree)
    scaled = {name: v << (bits % 40 if name == "H" else bits // 8) for name, v in point.items()}
    expected = number(tree, scaled)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shape in ((), (1,), (2, 3)):
            arrays = {n: np.full(shape, v, dtype=np.int64) for n, v in used(value, scaled).items()}
            try:
                found = VectorFunction(value)(**arrays)
            except OverflowError:
                continue
            assert np.array_equal(found, np.full(shape if arrays else (), expected))


ATOMS: dict[str, Size] = {
    "floor by a power of two": H // 8,
    "floor by 1024": (H * W - 3) // 1024,
    "floor by another number": (H - 20) // 7,
    "floor by a symbol": (H - 3) // S,
    "floor by a product": (H * W + 1) // (S * K),
    "ceiling": ceil_div(H, 6) * ceil_div(W, 4),
    "maximum": maximum(H, 2 * W, K * S),
    "minimum": minimum(H, 2 * W, K - 5),
    "groups": (H + 1) * (W + 1) ** 2 * (H - K),
    "count": cardinality(
        [(atom_of(i), n) for i, n in zip(indices("i j"), (H, W), strict=True)],
        [indices("i")[0] - indices("j")[0]],
    ),
    "exact quotient": exact_quotient(H * S * 6, 2 * S),
    "exact quotient by a symbol": exact_quotient(H * (H + 1), 2) * W,
    "high power": H**5 - W**4,
    "negative": -1 * H * W - 5,
}
GRID = {
    name: values.ravel() for name, values in zip("HWKS", np.meshgrid(*[np.arange(1, 5)] * 4), strict=True)
}


@pytest.mark.parametrize("name", ATOMS)
def test_atoms_of_every_kind_are_exact(name: str) -> None:
    value = ATOMS[name]
    arrays = {s.name: GRID[s.name] for s in symbols_of(value)}
    found = VectorFunction(value)(**arrays)
    assert found.dtype == np.int64
    rows = zip(*arrays.values(), strict=True)
    assert found.tolist() == [
        at(value, {n: int(v) for n, v in zip(arrays, row, strict=True)}) for row in rows
    ]


def test_arrays_broadcast() -> None:
    f = VectorFunction(H * W + K)
    found = f(H=np.arange(1, 4)[:, None], W=np.arange(1, 5), K=7)
    assert found.shape == (3, 4)
    assert found.tolist() == [[h * w + 7 for w in range(1, 5)] for h in range(1, 4)]
    with pytest.raises(
        ValueError, match=r"the shapes of the arrays do not fit one another: H \(3,\), W \(4,\)"
    ):
        f(H=np.arange(1, 4), W=np.arange(1, 5), K=7)


def test_numbers_alone_give_a_number() -> None:
    found: Any = VectorFunction(H * W)(H=3, W=np.int32(4))
    assert (found.shape, int(found)) == ((), 12)
    assert VectorFunction(7)() == 7


@pytest.mark.parametrize("value", [H * W + 1, H // 2 * W, maximum(H, W), (H + 1) * (W + 1)])
def test_empty_arrays_give_empty_arrays(value: Any) -> None:
    found = VectorFunction(value)(H=np.array([], dtype=int), W=3)
    assert found.shape == (0,)
    assert VectorFunction(value)(H=np.ones((0, 4), dtype=int), W=np.ones(4, dtype=int)).shape == (0, 4)


def test_many_points_are_done_in_pieces() -> None:
    h = np.arange(1, 100_001)
    found = VectorFunction((H + 1) // 2 * W)(H=h, W=h[::-1])
    assert np.array_equal(found, (h + 1) // 2 * h[::-1])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64])
def test_small_integer_types_do_not_wrap(dtype: Any) -> None:
    assert VectorFunction(H * H * H)(H=np.array([100], dtype=dtype)).tolist() == [1_000_000]


@pytest.mark.parametrize(
    ("value", "arrays", "exact"),
    [
        (H * W, {"H": 2**32, "W": 2**31}, 2**63),
        (H * W, {"H": 2**62, "W": 4}, 2**64),
        (H**2, {"H": 3_100_000_000}, 3_100_000_000**2),
        (H + W, {"H": 2**63 - 1, "W": 1}, 2**63),
        (-1 * H * W - H, {"H": 2**32, "W": 2**31}, -(2**63) - 2**32),
        ((H + 1) * (W + 1), {"H": 2**32, "W": 2**31}, (2**32 + 1) * (2**31 + 1)),
        (maximum(H * H, W), {"H": 2**32, "W": 1}, 2**64),
        (exact_quotient(H * H, W), {"H": 2**33, "W": 1}, 2**66),
        (H // 3 * W, {"H": 2**63 - 1, "W": 4}, (2**63 - 1) // 3 * 4),
        (2**63 * H, {"H": 1}, 2**63),
        (H - 2**64, {"H": 1}, 1 - 2**64),
        (H**64, {"H": 2}, 2**64),
        # Rounding down makes a negative quotient larger than the quotient of the magnitudes.
        ((2**62 + 1) * floor_div(Z, 3), {"Z": -4}, -(2**63) - 2),
        ((2**62 + 1) * floor_div(Z, 2), {"Z": -3}, -(2**63) - 2),
        ((2**62 + 1) * floor_div(Z, K), {"Z": -4, "K": 3}, -(2**63) - 2),
    ],
)
@pytest.mark.parametrize("spread", [False, True])
def test_what_does_not_fit_is_an_error_and_never_wraps(
    value: Any, arrays: dict[str, int], exact: int, spread: bool
) -> None:
    assert at(value, arrays) == exact
    assert not -LIMIT <= exact < LIMIT
    given_arrays: dict[str, Any] = dict(arrays)
    if spread:  # one point of many is too large
        given_arrays = {n: np.array([1, v, 1]) for n, v in arrays.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(OverflowError, match="does not fit into 64 bits"):
            VectorFunction(value)(**given_arrays)


@pytest.mark.parametrize(
    ("value", "arrays"),
    [
        (H * W, {"H": [2**40, 3], "W": [3, 2**40]}),
        (H * W, {"H": [2**31], "W": [2**30]}),
        (H * W, {"H": [2**31 - 1], "W": [2**32]}),
        (H + W, {"H": [2**62], "W": [2**61]}),
        (H * W, {"H": [2**62, 3, 1], "W": [1, 2**61, 2**63 - 2**34]}),
        (H * W - 1, {"H": [2**31, 1], "W": [2**32 - 9, 5]}),
        (H, {"H": [2**63 - 1]}),
        ((2**63 - 1) * H, {"H": [1]}),
        (H**3, {"H": [2_000_000]}),
        (H // 2**40 * W, {"H": [2**62], "W": [2**39]}),
        (H * W - H * W // 2, {"H": [2**31], "W": [2**30]}),
        (P * H**2, {"P": [0, 5], "H": [2**40, 7]}),
        (P * H * W + K, {"P": [0], "H": [2**40], "W": [2**40], "K": [3]}),
    ],
)
def test_what_fits_is_no_error(value: Any, arrays: dict[str, list[int]]) -> None:
    rows = [dict(zip(arrays, row, strict=True)) for row in zip(*arrays.values(), strict=True)]
    expected = [at(value, row) for row in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert VectorFunction(value)(**{n: np.array(v) for n, v in arrays.items()}).tolist() == expected
        scalars = VectorFunction(value)(**{n: v[0] for n, v in arrays.items()})
    assert scalars == expected[0]


@pytest.mark.parametrize(
    ("arrays", "error", "words"),
    [
        ({"H": [1]}, ValueError, r"no values for W; give W=\.\.\."),
        ({}, ValueError, r"no values for H, W; give H=\.\.\., W=\.\.\."),
        ({"H": [1], "W": [1], "K": [1]}, ValueError, "K does not occur; the symbols are H, W"),
        ({"H": [1.0], "W": [1]}, TypeError, "H has dtype float64; it must hold integers"),
        ({"H": [True], "W": [1]}, TypeError, "H has dtype bool; it must hold integers"),
        ({"H": "3", "W": [1]}, TypeError, "H has dtype <U1; it must hold integers"),
        ({"H": [None], "W": [1]}, TypeError, "H has dtype object; it must hold integers"),
        ({"H": [2**70], "W": [1]}, TypeError, "H has dtype object; it must hold integers"),
        ({"H": [3, 0], "W": [1]}, ValueError, "H holds 0; it must be at least 1"),
        ({"H": -5, "W": [1]}, ValueError, "H holds -5; it must be at least 1"),
        ({"H": np.array([2**63], dtype=np.uint64), "W": 1}, OverflowError, "H holds 9223372036854775808"),
    ],
)
def test_wrong_arrays_are_errors(arrays: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        VectorFunction(H * W)(**arrays)


def test_ranges_are_those_of_the_symbols() -> None:
    assert VectorFunction(P * 2)(P=[0, 1]).tolist() == [0, 2]
    with pytest.raises(ValueError, match="P holds -1; it must be at least 0"):
        VectorFunction(P * 2)(P=[0, -1])
    any_integer = Dim.of_atom(Sym("Z", None))
    assert VectorFunction(any_integer // 4)(Z=[-5, -4, 3]).tolist() == [-2, -1, 0]
    assert LEAST["Z"] is None


def test_a_quotient_that_leaves_a_rest_is_an_error() -> None:
    f = VectorFunction(exact_quotient(H, S))
    assert f(H=[4, 9], S=[2, 3]).tolist() == [2, 3]
    with pytest.raises(ArithmeticError, match="H/S is not an integer for all of the given values"):
        f(H=[4, 9], S=[2, 2])


def test_a_quotient_by_0_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError, match="H/P divides by 0 for some of the given values"):
        VectorFunction(exact_quotient(H, P))(H=[4], P=[0])


def test_costs_are_functions() -> None:
    N, C, h, w = dims("N C H W")
    cost = Conv2d(C, 64, kernel_size=7, stride=2, padding=3, bias=False).cost((N, C, h, w))
    f = cost.function("macs")
    heights = np.arange(8, 300)
    found = f(N=32, C=3, H=heights, W=224)
    assert found.tolist() == [cost.at(N=32, C=3, H=int(k), W=224).macs for k in heights]
    assert cost.at(N=1, W=224).function("ops.total")(C=3, H=[224]).tolist() == [
        cost.at(N=1, C=3, H=224, W=224).ops.total
    ]
    with pytest.raises(ValueError, match="quantity='macz' is unknown; did you mean 'macs'"):
        cost.function("macz")
    with pytest.raises(OverflowError, match="does not fit into 64 bits"):
        f(N=2**40, C=3, H=2**20, W=224)


def test_a_quantity_that_is_the_same_everywhere_has_a_domain_all_the_same() -> None:
    L = dims("L")
    params = Conv1d(2, 3, kernel_size=3).cost((1, 2, L)).function("params")
    assert params(L=[[3], [8]]).tolist() == [[21], [21]]
    with pytest.raises(ValueError, match=r" at L=1: .*needs L >= 3$"):
        params(L=[5, 1])


def test_counts_without_closed_form_are_functions() -> None:
    L, O = dims("L O")
    cost = AdaptiveAvgPool1d(O).cost((1, 1, L))
    f = cost.function("ops.additions")
    lengths, outs = np.array([5, 6, 7, 8]), np.array([3, 4, 2, 5])
    expected = [cost.at(L=int(a), O=int(b)).ops.additions for a, b in zip(lengths, outs, strict=True)]
    assert f(L=lengths, O=outs).tolist() == expected


@pytest.mark.parametrize(
    ("values", "reached"),
    [
        ({"P": [1], "H": [1000]}, "more than 1e308"),
        # At the first point the product is 0, and a power in it is more than a float holds.
        ({"P": [0, 10**7], "H": [1000, 1]}, "more than 1e308"),
        ({"P": [0, 10**7], "H": [2, 1]}, "about 1e[+]21"),
    ],
)
def test_powers_beyond_the_range_of_floats_are_too_large(values: dict[str, list[int]], reached: str) -> None:
    with pytest.raises(OverflowError, match=f"reaches {reached} here, which does not fit into 64 bits"):
        VectorFunction(P * H**120 + P**3)(**values)
