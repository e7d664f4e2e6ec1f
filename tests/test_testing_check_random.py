"""check_random: what is drawn, what a failure says, and what is no pass."""

from __future__ import annotations

import functools
import random
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symcnn import (
    ArrayIdentity,
    Conv1d,
    Conv2d,
    Equation,
    Falsified,
    Sum,
    Tensor,
    check_random,
    dims,
    eq,
    ge,
    gt,
    indices,
    le,
    lt,
    ne,
    quantity,
    same,
)
from symcnn.equations.notation import computed
from symcnn.kernel.statements import read_statements
from symcnn.proving.translation import statement as stated
from symcnn.symbols.conditions import at_least
from symcnn.symbols.size import as_size as size
from symcnn.testing.arrays import ArrayCase
from symcnn.testing.identity import ArrayIdentityExperiment
from symcnn.testing.statements import StatementExperiment
from tests.oracles import require_oracle

L, K, S, D, M, N, C, H, W, K_1, K_2, n = dims("L K S D M N C H W K_1 K_2 n")
P = dims("P", min=0)


def falsified(identity: Any, given: Any = (), **options: Any) -> Falsified:
    with pytest.raises(Falsified) as found:
        check_random(identity, given, **{"seed": 7, **options})
    return found.value


def statement(claim: str, given: str = "n : int >= 1") -> Any:
    return read_statements(f'theorem t ""\n  given {given}\n  claim {claim}')[0]


# -- what is tested ----------------------------------------------------------------------------------------


def test_a_relation_is_tested_in_as_many_different_cases_as_asked() -> None:
    found = check_random(eq((L - K) // S + 1, (L - K + S) // S), ge(L, K), trials=150, seed=7)
    assert (found.held, found.seed, found.wanted) == (150, 7, 150)
    assert str(found) == "held in 150 random cases (seed 7)"


def test_a_single_symbol_has_enough_values() -> None:
    assert check_random(eq(n * n, n**2), seed=1).held == 200


def test_a_finite_domain_is_tested_whole_and_the_result_says_so() -> None:
    found = check_random(le(n * n, 25), le(n, 5), seed=1)
    assert found.held == 5
    assert str(found) == (
        "held in 5 random cases (seed 1); 200 were wanted, and no more different ones were found"
    )


def test_a_claim_about_numbers_alone_is_one_case() -> None:
    assert check_random(eq(2, 2), seed=1).held == 1
    assert falsified(eq(2, 3)).case == {}


def test_quantities_of_costs_are_counted_in_their_loop_nests() -> None:
    cost = Conv2d(C, N, kernel_size=K, stride=S, padding=P).cost((C, H, W))
    assert check_random(eq(quantity(cost, "macs"), cost.macs), trials=50, seed=7).held == 50
    error = falsified(eq(quantity(cost, "macs"), cost.macs * K))
    assert error.case["K"] == 2
    assert error.right == 2 * error.left


def test_the_domain_of_a_cost_is_met_by_construction() -> None:
    cost = Conv2d(C, N, kernel_size=K, stride=S, padding=P).cost((C, H, W))
    experiment = StatementExperiment(stated(eq(quantity(cost, "macs"), cost.macs)), "domain")
    dice = random.Random(3)
    cases = [experiment.draw(dice, width % 7) for width in range(200)]
    drawn = [case.numbers for case in cases if case is not None]
    assert len(drawn) > 190
    assert all(at["K"] <= at["H"] + 2 * at["P"] for at in drawn)
    # Paddings of 0 and beyond the kernel, strides beyond it, windows that just fit.
    for special in (
        lambda at: at["P"] == 0,
        lambda at: at["P"] >= at["K"],
        lambda at: at["S"] > at["K"],
        lambda at: at["K"] == at["H"] + 2 * at["P"],
        lambda at: at["K"] > at["H"],
    ):
        assert sum(map(special, drawn)) >= 5


def matmul(a: Tensor, b: Tensor) -> Equation:
    i, j, k = indices("i j k")
    return Equation(computed("y")[i, j], Sum[k](a[i, k] * b[k, j]))


A, B = Tensor("a", (M, K)), Tensor("b", (K, N))


def test_equations_are_evaluated_on_arrays() -> None:
    r, c, t = indices("r c t")
    again = Equation(computed("z")[r, c], Sum[t](B[t, c] * A[r, t]))
    assert check_random(same(matmul(A, B), again), seed=7).held == 200
    wrong = Equation(computed("z")[r, c], Sum[t](B[t, c] * A[r, t]) + A[r, 0])
    error = falsified(same(matmul(A, B), wrong))
    assert {name: error.case[name] for name in "MKN"} == {"M": 1, "K": 1, "N": 1}
    assert (error.case["a"].tolist(), error.case["b"].tolist()) == ([[1]], [[0]])


def test_layers_with_outputs_of_other_lengths_are_told_apart() -> None:
    first, second = (Conv1d(C, C, kernel_size=K, padding=P, dilation=d, bias=False) for d in (1, 2))
    error = falsified(same(first, second, (1, C, L)))
    assert error.left.shape != error.right.shape
    assert "the shapes (1, 1, 2) and (1, 1, 1) differ" in str(error)


STATEMENTS = {
    "a for-all in the claim is drawn": ("for all m : int : m >= n implies m*m >= n*n", None),
    "a premise in the claim is met": ("n > 3 implies n*n > 9", None),
    "tensors are drawn": ("sum(i in 0..n) x[i] = sum(i in 0..n) x[n - 1 - i]", "x : int -> ring"),
    "quantifiers that are bounded are looked through": (
        "(exists i : int : 0 <= i < n and i*i = n) iff (exists i : int : 0 <= i < n and n = i*i)",
        None,
    ),
    "a linear equation in a box is solved": (
        "(exists i, j : int : 0 <= i < n and 0 <= j < n and i + 2*j = 3*n - 3)",
        None,
    ),
    "products in a box are no linear equation": (
        "exists i, j : int : 0 <= i < n + 1 and 0 <= j < 2 and i*j = n",
        None,
    ),
    "factors have their values in the bounds of a quantifier": (
        "exists q : int : n*q <= m and m < n*q + n",
        "m : int",
    ),
    "an equation bounds a quantifier": ("exists q : int : n*q = n*m", "m : int"),
}
FALSE = {
    "a for-all in the claim is drawn": ("for all m : int : m >= n implies m*m >= n*n + 1", None),
    "a premise in the claim is met": ("n <= 3 implies n*n <= 8", None),
    "tensors are drawn": ("sum(i in 0..n) x[i] = sum(i in 0..n) x[i + 1]", "x : int -> ring"),
    "quantifiers that are bounded are looked through": ("exists i : int : 0 <= i < n and i*i = n", None),
    "a linear equation in a box is solved": (
        "exists i, j : int : 0 <= i < n and 0 <= j < n and i + 2*j = 3*n - 2",
        None,
    ),
    "factors have their values in the bounds of a quantifier": (
        "exists q : int : k*q <= m and m < k*q + k",
        "m, k : int",
    ),
    "an equation bounds a quantifier": ("exists q : int : n*q = m", "m : int"),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_statements_of_the_kernel(what: str) -> None:
    claim, more = STATEMENTS[what]
    given = "n : int >= 1" + (f"\n  given {more}" if more else "")
    assert check_random(statement(claim, given), trials=60, seed=7).held == 60


@pytest.mark.parametrize("what", FALSE)
def test_statements_of_the_kernel_that_are_false(what: str) -> None:
    claim, more = FALSE[what]
    falsified(statement(claim, "n : int >= 1" + (f"\n  given {more}" if more else "")))


def test_facts_about_functions_are_met() -> None:
    given = "n : int >= 1\n  given C : int -> int\n  assume for all l : int : C[l] >= 1"
    assert check_random(statement("sum(l in 0..n) C[l] >= n", given), seed=7).held == 200
    error = falsified(statement("sum(l in 0..n) C[l] >= n + 1", given))
    assert error.case == {"n": 1, "C": {0: 1}}


def test_what_no_case_decides_is_left_out_and_named() -> None:
    found = check_random(statement("n >= 1 and (exists m : int : m > n)"), seed=7)
    assert len(found.untested) == 1
    assert "not tested: exists m : int : n < m: it speaks of all values" in str(found)


# -- identities of arrays ----------------------------------------------------------------------------------


def convolutions(right: Callable[..., Any]) -> ArrayIdentity:
    return ArrayIdentity(
        name="kernel composition",
        tensors=[Tensor("x", (L,)), Tensor("u", (K_1,)), Tensor("v", (K_2,))],
        given=[ge(L, K_1 + K_2 - 1)],
        left=lambda x, u, v: np.correlate(np.correlate(x, u), v),
        right=right,
    )


def test_kernel_composition() -> None:
    good = convolutions(lambda x, u, v: np.correlate(x, np.convolve(u, v)))
    assert check_random(good, seed=7).held == 200
    bad = convolutions(lambda x, u, v: np.correlate(x, np.correlate(u, v, "full")))
    error = falsified(bad)
    assert sum(error.case[name] for name in ("L", "K_1", "K_2")) <= 6
    assert all(abs(entry) <= 1 for name in "xuv" for entry in error.case[name])


def test_sizes_that_are_no_lengths_are_passed_by_name() -> None:
    seen: set[tuple[int, int]] = set()
    identity = ArrayIdentity(
        name="every S-th",
        tensors=[Tensor("x", (L,))],
        sizes=[S, P],
        given=lt(P, L),
        left=lambda x, S, P: x[P::S],
        right=lambda x, **sizes: seen.add((sizes["S"], sizes["P"])) or x[sizes["P"] :][:: sizes["S"]],
    )
    assert check_random(identity, seed=7).held == 200
    assert {s for s, _ in seen} >= {1, 2, 3}
    assert {p for _, p in seen} >= {0, 1, 2}


@pytest.mark.parametrize("dtype", ["int64", "float64", "object"])
def test_arrays_have_the_dtype_that_is_asked_for(dtype: str) -> None:
    types: set[str] = set()
    identity = ArrayIdentity(
        name="twice",
        tensors=[Tensor("x", (M, N))],
        left=lambda x: types.add(str(x.dtype)) or x + x,
        right=lambda x: 2 * x,
        dtype=dtype,
    )
    assert check_random(identity, trials=20, seed=7).held == 20
    assert types == {dtype}


def test_an_array_that_a_side_changes_is_not_changed_for_the_other() -> None:
    def left(x: Any) -> Any:
        x += 1
        return x

    identity = ArrayIdentity(name="in place", tensors=[Tensor("x", (L,))], left=left, right=lambda x: x + 1)
    assert check_random(identity, seed=7).held == 200


def test_a_tolerance_is_named_in_the_result() -> None:
    identity = ArrayIdentity(
        name="sums of exponentials",
        tensors=[Tensor("x", (L,))],
        left=lambda x: np.exp(x).prod(),
        right=lambda x: np.exp(x.sum()),
        tolerance=1e-9,
    )
    assert str(check_random(identity, seed=7)) == "held in 200 random cases (seed 7), to within 1e-09"


def test_fractions_are_compared_exactly() -> None:
    def mean(x: Any, less: Fraction = Fraction(0)) -> Any:
        return sum((Fraction(int(v)) for v in x), -less) / len(x)

    def identity(right: Any) -> ArrayIdentity:
        return ArrayIdentity(name="mean", tensors=[Tensor("x", (L,))], left=mean, right=right, dtype="object")

    assert check_random(identity(lambda x: mean(x[::-1])), seed=7).held == 200
    falsified(identity(lambda x: mean(x, Fraction(1, 10**30))))


def test_results_of_other_shapes_differ() -> None:
    error = falsified(
        ArrayIdentity(name="shapes", tensors=[Tensor("x", (L,))], left=lambda x: x, right=lambda x: x[None])
    )
    assert "the shapes (1,) and (1, 1) differ" in str(error)


# -- what is no pass ---------------------------------------------------------------------------------------


def test_nothing_tested_is_never_a_pass() -> None:
    with pytest.raises(ValueError, match=r"no case was found in which .*7 <= n"):
        check_random(eq(n, n), [le(n, 5), ge(n, 7)], seed=1)
    with pytest.raises(ValueError, match=r"no case was found in which n\^2 = 2"):
        check_random(eq(n, n), eq(n * n, 2), seed=1)


def test_rounded_results_are_refused() -> None:
    identity = ArrayIdentity(name="e", tensors=[Tensor("x", (L,))], left=np.exp, right=np.exp)
    with pytest.raises(ValueError, match=r"left gives .* which is no whole number below 2\^53"):
        check_random(identity, seed=7)


def test_a_side_that_raises_is_no_failure_of_the_identity() -> None:
    def broken(x: Any) -> Any:
        raise RuntimeError("too small")

    identity = ArrayIdentity(name="broken", tensors=[Tensor("x", (L,))], left=broken, right=lambda x: x)
    with pytest.raises(ValueError, match="left raises RuntimeError: too small, in the case L = 1"):
        check_random(identity, seed=7)


def test_trials_have_no_truth_value() -> None:
    with pytest.raises(TypeError, match="prove nothing"):
        bool(check_random(eq(n, n), trials=1, seed=1))


# -- seeds -------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_cases() -> None:
    # The values themselves: a change in what is drawn, or a machine that draws otherwise, is noticed.
    found = falsified(le(L * K, 40), seed=7)
    assert found.case == falsified(le(L * K, 40), seed=7).case
    identity = convolutions(lambda x, u, v: np.correlate(x, np.convolve(u, v)))
    experiment = ArrayIdentityExperiment(identity)
    cases = [experiment.draw(random.Random(7), 4) for _ in range(2)]
    first, second = (case.key() for case in cases if isinstance(case, ArrayCase))
    assert first == second
    assert first == SEVEN


SEVEN = (
    (("L", 3), ("K_1", 1), ("K_2", 3)),
    (("x", (3,), (4, 2, -4)), ("u", (1,), (-3,)), ("v", (3,), (-4, 2, -4))),
)


def test_without_a_seed_a_new_one_is_drawn_and_named() -> None:
    seeds = {check_random(eq(n, n), trials=1).seed for _ in range(5)}
    assert len(seeds) > 1


# -- scripts -----------------------------------------------------------------------------------------------


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "case.py"
    path.write_text(script, encoding="utf-8")
    return subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)


def test_a_script_of_a_relation_is_plain_python(tmp_path: Path) -> None:
    error = falsified(eq((L - K) // S + 1, (L + S - 1) // S), ge(L, K))
    assert "import" not in error.script
    done = run(error.script, tmp_path)
    assert done.returncode == 1
    assert done.stdout == f"left  {error.left}\nright {error.right}\n"
    assert done.stderr.splitlines()[-1] == f"AssertionError: {error.left} == {error.right} is false"


@pytest.mark.parametrize(
    ("claim", "sides", "shown"),
    [
        (ge(L, K + 1), (1, 2), "L >= 1 + K"),
        (gt(L, K), (1, 1), "L > K"),
        (K <= L, (2, 1), "K <= L"),
        (L > K, (1, 1), "L > K"),
        (at_least(size(L), size(K) + 1), (1, 2), "L >= K + 1"),
    ],
    ids=str,
)
def test_the_sides_are_those_of_the_claim_as_it_was_written(
    claim: Any, sides: tuple[int, int], shown: str, tmp_path: Path
) -> None:
    error = falsified(claim)
    assert (error.left, error.right) == sides
    assert f"\n  left   {sides[0]}\n  right  {sides[1]}\n  {shown} is false\n" in str(error)
    done = run(error.script, tmp_path)
    assert done.stdout == f"left  {sides[0]}\nright {sides[1]}\n"
    sign = shown.split()[1]
    assert done.stderr.splitlines()[-1] == f"AssertionError: {sides[0]} {sign} {sides[1]} is false"


def test_a_script_holds_recursive_definitions_functions_and_fractions(tmp_path: Path) -> None:
    text = (
        'theorem t ""\n  given n : int >= 0\n  given a : real > 0\n  given x : int -> real\n'
        "  given f : real -> real\n  given y : int -> real\n"
        "  recursive y(0) = x[0]\n            y(t + 1) = f[y[t]/a + x[t + 1]]\n"
        "  claim y[n] + 1/3 = max(i in 0..n + 1) x[i]"
    )
    error = falsified(read_statements(text)[0])
    assert all(part in error.script for part in ("@cache", "def y(t):", "def f(", "Fraction("))
    done = run(error.script, tmp_path)
    assert done.stderr.splitlines()[-1] == f"AssertionError: {error.left} == {error.right} is false"


def helper(x: Any, k: int = 2) -> Any:
    return x * k * FACTOR


FACTOR = 3


def test_a_script_takes_what_its_functions_use_along(tmp_path: Path) -> None:
    power = 2
    error = falsified(
        ArrayIdentity(
            name="helpers",
            tensors=[Tensor("x", (L,))],
            left=lambda x: helper(x) ** power,
            right=lambda x: np.asarray([helper(v) for v in x]),
        )
    )
    assert {"FACTOR = 3", "power = 2", "import numpy as np"} <= set(error.script.splitlines())
    done = run(error.script, tmp_path)
    assert done.stderr.splitlines()[-1] == "AssertionError: left and right differ"
    assert done.stdout.startswith(f"left  {error.left}\nright {error.right}")


@pytest.mark.parametrize("name", ["left", "right", "np", "print", "left_side", "x"])
def test_a_script_tells_its_own_names_from_those_of_the_case(name: str, tmp_path: Path) -> None:
    error = falsified(
        ArrayIdentity(
            name="one more",
            tensors=[Tensor(name, (L,)), Tensor("y", (L,))],
            left=lambda **given: given[name] + given["y"] + 1,
            right=lambda **given: given[name] + given["y"],
        )
    )
    done = run(error.script, tmp_path)
    assert done.stderr.splitlines()[-1] == "AssertionError: left and right differ"
    assert done.stdout == f"left  {error.left}\nright {error.right}\n"


def test_a_script_says_where_a_source_is_not_to_be_had(tmp_path: Path) -> None:
    made: dict[str, Any] = {}
    exec("wrong = lambda x: x + 1", made)
    error = falsified(
        ArrayIdentity(name="no source", tensors=[Tensor("x", (L,))], left=made["wrong"], right=lambda x: x)
    )
    assert "# The source of left is not here: its source cannot be read" in error.script
    assert run(error.script, tmp_path).stderr.splitlines()[-1] == "AssertionError: left and right differ"


def test_two_lambdas_on_a_line_are_told_apart(tmp_path: Path) -> None:
    pair = [lambda x: x + 1, lambda x: x + 2]
    error = falsified(ArrayIdentity(name="pair", tensors=[Tensor("x", (L,))], left=pair[0], right=pair[1]))
    assert {"left_side = lambda x: x + 1", "right_side = lambda x: x + 2"} <= set(error.script.splitlines())


def test_the_message_holds_the_case_both_sides_and_the_script() -> None:
    error = falsified(ne(n * n, 9), le(n, 4))
    assert error.case == {"n": 3}
    assert str(error).splitlines()[:6] == [
        "n**2 != 9 fails in a random case (seed 7)",
        "  n = 3",
        "  n^2 != 9 is false",
        "this script reproduces it:",
        "",
        "    # n**2 != 9 fails in this case,",
    ]


# -- what is too large to be walked through ----------------------------------------------------------------


def test_large_sums_of_equal_terms_are_products_in_a_script(tmp_path: Path) -> None:
    claim = "sum(i in 0..n, j in 0..5000, k in 0..5000) 1 = 25000001*n"
    error = falsified(statement(claim))
    assert "max(0, 5000)" in error.script
    assert run(error.script, tmp_path).returncode == 1


# ---------------------------------------------------------------- what must not pass


def compare(left: Callable[..., Any], right: Callable[..., Any], **options: Any) -> ArrayIdentity:
    return ArrayIdentity(name="sides", tensors=[Tensor("x", (N,))], left=left, right=right, **options)


BUFFER = np.zeros(2)


def ones_in_a_buffer(x: Any) -> Any:
    BUFFER[:] = 1
    return BUFFER


def twos_in_a_buffer(x: Any) -> Any:
    BUFFER[:] = 2
    return BUFFER


def test_sides_that_write_into_the_same_buffer_are_told_apart(tmp_path: Path) -> None:
    found = falsified(compare(ones_in_a_buffer, twos_in_a_buffer))
    assert "left and right differ" in run(found.script, tmp_path).stderr


def test_arrays_without_entries_are_no_cases() -> None:
    with pytest.raises(ValueError, match="no case could be tested: both sides are arrays without entries"):
        check_random(compare(lambda x: x[:0], lambda x: (x + 1)[:0]), trials=20, seed=1)


@pytest.mark.parametrize("value", [np.inf, np.nan, None])
def test_no_tolerance_compares_what_is_no_number(value: Any) -> None:
    with pytest.raises(ValueError, match="which no tolerance compares"):
        check_random(compare(lambda x: value, lambda x: value, tolerance=1e-9), trials=20, seed=1)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (
            np.ma.masked_array([1, 2], mask=[True, False]),
            r"left gives a masked array; fill it, as by \.filled\(0\)",
        ),
        ([1, [2]], "left gives list, which NumPy cannot read: "),
        (np.array([1j]), r"left gives complex128 \(ndarray\), which is no array of real numbers"),
    ],
    ids=["masked", "ragged", "complex"],
)
def test_results_that_are_no_arrays_of_numbers_are_refused(result: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        check_random(compare(lambda x: result, lambda x: result), trials=20, seed=1)


def one_more(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def more(*args: Any, **options: Any) -> Any:
        return function(*args, **options) + 1

    return more


@one_more
def decorated(x: Any) -> Any:
    return x


def left(x: Any) -> Any:
    return x if len(x) < 2 else left(x[1:])


def test_scripts_hold_decorated_functions_and_those_with_names_of_the_script(tmp_path: Path) -> None:
    def shifted(N: int) -> Callable[..., Any]:
        return lambda x: x + N

    for case in (
        compare(decorated, lambda x: x),
        compare(left, lambda x: left(x) + 1),
        compare(shifted(3), lambda x: x),
    ):
        assert "left and right differ" in run(falsified(case).script, tmp_path).stderr


def test_scripts_compare_tensors_with_gradients(tmp_path: Path) -> None:
    torch = require_oracle("torch")
    found = falsified(compare(lambda x: torch.tensor(x.astype(float), requires_grad=True), lambda x: x + 1))
    assert "left and right differ" in run(found.script, tmp_path).stderr


def test_a_premise_that_no_case_met_is_named() -> None:
    found = check_random(statement("n >= 0 and (n^3 = 3*n^2 + 5000000 implies n = 4999)"), trials=20, seed=1)
    assert found.untested == ("n = 4999: no case was found in which n^3 = 3*n^2 + 5000000",)


def test_cases_without_a_value_are_named() -> None:
    for identity in (eq(N / (N - K) - K / (N - K), 1), eq(2 * (N // (N - K)), (N // (N - K)) * 2 + N * 0)):
        found = check_random(identity, ge(N, K), trials=20, seed=1)
        assert "cases in which it has no value, such as N = 1, K = 1: " in found.untested[0]
        assert not check_random(identity, [ge(N, K + 1)], trials=20, seed=1).untested
