"""Kernels as two kernels behind one another: what is found makes them up, and what is refuted has none."""

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from symcnn import Decomposition, decompose
from symcnn.kernel.certificates import replay_file
from symcnn.proving.nullstellensatz import Equation, multipliers
from symcnn.proving.squares import has_real_root, is_positive, positive_as_squares

GAUSS = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
LAPLACE = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
THIRD = Fraction(1, 3)

FOUND: list[tuple[Any, Any, Any]] = [
    ([1, 2, 1], 2, 2),
    ([1, 3, 2], 1, 3),
    ([7], 1, 1),
    ([THIRD, THIRD, THIRD], 3, 1),
    ([6, 5, 1], 2, 2),
    ([1, 0, 0, 0, 4], 3, 3),
    # taps of 0 at the ends
    ([0, 1, 0], 2, 2),
    ([0, 1, 0, -2], 3, 2),
    ([0, 0, 0], 2, 2),
    (GAUSS, 2, 2),
    (GAUSS, (3, 1), (1, 3)),
    (SOBEL, (3, 1), (1, 3)),
    (SOBEL, 2, 2),
    ([[0, 0, 0], [0, 0, 0], [1, 0, 0]], 2, 2),
    ([[0, 0], [0, 0]], 1, 2),
    ([[1, 1, 1]], (1, 3), (1, 1)),
]


def behind(first: Any, second: Any) -> np.ndarray[Any, Any]:
    """The kernel of two layers, by the outputs for inputs of 0 with a single 1."""
    g, f = (np.array(taps, dtype=object) for taps in (first, second))
    g, f = (taps.reshape(len(taps), -1) for taps in (g, f))
    size = tuple(a + b - 1 for a, b in zip(g.shape, f.shape, strict=True))
    out = np.zeros(size, dtype=object)
    for place in np.ndindex(*size):
        x = np.zeros(size, dtype=object)
        x[place] = 1
        out[place] = correlated(correlated(x, g), f).item()
    return out


def correlated(x: np.ndarray[Any, Any], taps: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    shape = tuple(n - k + 1 for n, k in zip(x.shape, taps.shape, strict=True))
    out = np.zeros(shape, dtype=object)
    for (i, j), tap in np.ndenumerate(taps):
        out += tap * x[i : i + shape[0], j : j + shape[1]]
    return out


def assert_made_up(found: Decomposition, kernel: Any) -> None:
    assert found.status == "PROVED", found
    assert found.reals is True
    assert found.factors is not None
    assert (behind(*found.factors) == np.array(kernel, dtype=object).reshape(len(kernel), -1)).all()


@pytest.mark.parametrize(("kernel", "k_1", "k_2"), FOUND)
def test_factors_make_up_the_kernel(kernel: Any, k_1: Any, k_2: Any) -> None:
    found = decompose(kernel, k_1, k_2)
    assert_made_up(found, kernel)
    assert found.factors is not None
    for taps, size in zip(found.factors, (k_1, k_2), strict=True):
        wanted = (size, size) if isinstance(size, int) and isinstance(kernel[0], list) else size
        assert np.array(taps, dtype=object).shape == (wanted if isinstance(wanted, tuple) else (wanted,))


@pytest.mark.parametrize(
    ("kernel", "k_1", "k_2"),
    [
        ([1, 0, 1], 2, 2),
        ([-1, 1, -1], 2, 2),
        ([1, 0, 0, 0, 1], 2, 4),
        ([1, -1, 3, -1, 1], 4, 2),
        ([1, 2, 3, 2, 1], 2, 4),
        ([2, -2, 2, -2, 2, -2, 2], 2, 6),
        ([[1, 0, 0], [0, 0, 0], [1, 0, 0]], 2, 2),
        ([[1, 0, 0], [0, 0, 0], [0, 0, 1]], 2, 2),
        (LAPLACE, 2, 2),
        (LAPLACE, (3, 1), (1, 3)),
        ([[1, 0], [0, 1]], (2, 1), (1, 2)),
        # each row and column has factors
        ([[-1, 0, 0], [0, -1, 0], [1, 0, 0]], 2, 2),
        ([[-1, -1, 0], [0, -1, 2], [-1, -1, -1]], 2, 2),
        ([[3, -1, 2], [1, 7, 1], [2, 5, -9], [1, 1, 1]], (3, 2), (2, 2)),
    ],
)
def test_where_there_are_none_that_is_proved(kernel: Any, k_1: Any, k_2: Any) -> None:
    found = decompose(kernel, k_1, k_2)
    assert (found.status, found.factors, found.reals) == ("REFUTED", None, False)


@pytest.mark.parametrize(
    ("kernel", "k_1", "k_2", "reals", "reason"),
    [
        ([1, 0, -2], 2, 2, True, "two of real numbers do"),
        ([1, 0, 0, 0, 1], 3, 3, True, "two of real numbers do"),
        ([[1], [0], [-2]], (2, 1), (2, 1), True, "two of real numbers do"),
        ([1] * 7, 4, 4, False, "no two kernels of real numbers"),
        ([[1, 0, 0], [0, 0, 0], [0, 0, -2]], 2, 2, None, "for real numbers nothing was found"),
    ],
)
def test_what_is_not_settled_says_why(
    kernel: Any, k_1: Any, k_2: Any, reals: bool | None, reason: str
) -> None:
    found = decompose(kernel, k_1, k_2)
    assert (found.status, found.certificate, found.factors, found.reals) == ("UNKNOWN", "", None, reals)
    assert reason in found.reason
    assert reason in str(found)


def test_random_kernels() -> None:
    draw = random.Random(1)
    for _ in range(12):
        g, f = (np.array([[draw.randint(-3, 3) for _ in range(2)] for _ in range(2)]) for _ in range(2))
        assert_made_up(decompose(behind(g, f), 2, 2), behind(g, f))
        kernel = [[draw.randint(-9, 9) for _ in range(3)] for _ in range(3)]
        found = decompose(kernel, 2, 2)
        # Hardly any kernel has factors.
        assert found.status == "REFUTED", kernel


def test_large_ones() -> None:
    ones = decompose([1] * 40, 20, 21)
    assert_made_up(ones, [1] * 40)
    assert decompose([1] * 37, 36, 2).status == "REFUTED"
    assert decompose([10**99] * 10 + [10**99 + 1], 10, 2).status == "REFUTED"


@pytest.mark.parametrize(
    "entries", [np.array([1, 2, 1]), (sympy.Integer(1), 2, Fraction(1)), sympy.Matrix([1, 2, 1]).T]
)
def test_exact_numbers_of_any_kind(entries: Any) -> None:
    flat = not isinstance(entries, sympy.MatrixBase)
    found = decompose(entries, 2 if flat else (1, 2), 2 if flat else (1, 2))
    assert found.factors in (((1, 1), (1, 1)), (((1, 1),), ((1, 1),)))


@pytest.mark.parametrize(
    ("kernel", "k_1", "k_2", "error", "words"),
    [
        ([0.5, 1, 1], 2, 2, TypeError, r"kernel\[0\]: 0.5 is a float.* write Fraction\(1, 2\)"),
        (np.array([[0.25]]), 1, 1, TypeError, r"kernel\[0\]\[0\]: 0.25 .* write Fraction\(1, 4\)"),
        ([True, 1], 1, 2, TypeError, "truth value"),
        (["1"], 1, 1, TypeError, "text"),
        ([sympy.sqrt(2)], 1, 1, TypeError, "must be a rational number"),
        ([sympy.Symbol("x")], 1, 1, TypeError, "must be a rational number"),
        ([[[1]]], 1, 1, TypeError, "one or two dimensions"),
        ([[1], 2], 1, 2, TypeError, "numbers and rows"),
        ([[1, 2], [3]], 1, 2, ValueError, r"\[1, 2\] entries"),
        ([[]], 1, 1, ValueError, "at least 1"),
        ([], 1, 1, TypeError, "not empty"),
        (3, 1, 1, TypeError, "must be a list of numbers"),
        ([1, 2, 1], 2, 3, ValueError, "size 3, but 2 and 3 in a row make 4"),
        ([1, 2, 1], 10**9, 2, ValueError, "make 1000000001"),
        (GAUSS, (3, 1), (1, 2), ValueError, "size 3 x 3, but 3 x 1 and 1 x 2 in a row make 3 x 2"),
        ([1, 2, 1], 0, 4, ValueError, "k_1=0 must be at least 1"),
        ([1, 2, 1], 2, "2", TypeError, "k_2='2' must be an integer"),
        ([1, 2, 1], (2, 2), 2, TypeError, "since the kernel has one dimension"),
        (GAUSS, (1, 2, 3), 2, TypeError, r"\(rows, columns\)"),
        ([[1] * 13] * 13, 7, 7, ValueError, "are too large: at most 80 taps together"),
        ([1] * 100, 50, 51, ValueError, "are too large"),
        ([10**100], 1, 1, ValueError, "more than 100 digits"),
    ],
)  # fmt: skip
def test_errors(kernel: Any, k_1: Any, k_2: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        decompose(kernel, k_1, k_2)


def test_it_is_a_verdict(tmp_path) -> None:
    found = decompose([1, 0, 1], 2, 2)
    with pytest.raises(TypeError, match="no truth value"):
        bool(found)
    assert found.claim.endswith("g_0*f_0 = 1 and g_1*f_0 + g_0*f_1 = 0 and g_1*f_1 = 1")
    assert found.statement.meaning == "A kernel of 3 is one of 2, g, with one of 2, f, behind it."
    assert r"g_{0} f_{0} = 1" in found.latex()
    _, cert = found.save(tmp_path / "none")
    assert [verdict.status for verdict in replay_file(cert)] == ["REFUTED"]


def test_a_search_that_takes_too_long_is_unknown() -> None:
    found = decompose([[1, 0, 0], [0, 0, 0], [0, 0, -2]], 2, 2, seconds=1e-4)
    assert (found.status, found.reals) == ("UNKNOWN", None)


def test_positive_polynomials_are_squares() -> None:
    draw = random.Random(2)
    positive = 0
    for _ in range(60):
        taps = [Fraction(draw.randint(-3, 9)) for _ in range(draw.choice((3, 5, 7)))]
        taps[-1] += 4
        roots = np.roots([float(tap) for tap in reversed(taps)])
        has_root = bool((abs(roots.imag) < 1e-9).any())
        assert has_real_root(taps) == has_root
        found = positive_as_squares(taps)
        assert (found is not None) == is_positive(taps) == (not has_root and taps[0] > 0)
        if found is not None:
            positive += 1
            constant, squares = found
            total = [constant, *[Fraction(0)] * (len(taps) - 1)]
            for weight, root in squares:
                assert weight > 0
                for i, a in enumerate(root):
                    for j, b in enumerate(root):
                        total[i + j] += weight * a * b
            assert total == taps
            assert constant > 0
    assert positive > 10


def test_multipliers_of_equations_that_can_hold() -> None:
    assert multipliers([Equation(((0, 0),), Fraction(2))], (1, 1), lambda: None) is None
