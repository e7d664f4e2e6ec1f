"""The refuted claims of document 001 at counterexamples, in plain Python: loops and exact numbers.

Each function of ``CLAIMS`` takes the letters of a counterexample and says whether the claim holds there. The
second value of a letter, such as ``F_r'``, may be given as well; else the claim is tried against a small
range of them. Those of ``WITNESSES`` say whether they found the claim to fail.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import product

Entries = Callable[[int, int], Fraction | int]
Growing = Callable[[Fraction], Fraction]


def windows(length: int, size: int, stride: int = 1) -> list[int]:
    """Where windows begin that lie inside a row of this length."""
    return [start for start in range(0, length, stride) if start + size <= length]


def convolution_macs(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int) -> int:
    """The turns of the loop nest, without padding at stride 1."""
    macs = 0
    for _ in product(range(N_o), windows(L_r, F_r), windows(L_c, F_c), range(N_i), range(F_r), range(F_c)):
        macs += 1
    return macs


def input_entries(N_i: int, L_r: int, L_c: int) -> int:
    """The entries of N_i maps."""
    return sum(1 for _ in product(range(N_i), range(L_r), range(L_c)))


def second(names: dict[str, int], letter: str, otherwise: Iterable[int]) -> Iterator[int]:
    """The second value of a letter, or all that are tried."""
    return iter([names[f"{letter}'"]] if f"{letter}'" in names else otherwise)


def proportional(f: int, g: int, f_second: int, g_second: int) -> bool:
    """Whether f and g change by the same factor."""
    return f * g_second == f_second * g


def b4a() -> bool:
    """On MNIST the dense layer takes 784^2 = 614456 MACs."""
    entries = sum(1 for _ in product(range(1), range(28), range(28)))
    macs = sum(1 for _ in product(range(entries), range(entries)))
    return macs == 784 * 784 == 614456


def b10a(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int, **others: int) -> bool:
    """Without padding, stride 1: the MACs are proportional to F_r F_c."""
    macs = convolution_macs(N_o, N_i, F_r, F_c, L_r, L_c)
    return all(
        proportional(macs, F_r * F_c, convolution_macs(N_o, N_i, rows, columns, L_r, L_c), rows * columns)
        for rows in second(others, "F_r", range(1, L_r + 1))
        for columns in second(others, "F_c", range(1, L_c + 1))
    )


def b10c(N_o: int, N_i: int, F_r: int, F_c: int, L_r: int, L_c: int, **others: int) -> bool:
    """Without padding, stride 1: inputs and outputs do not change with the filter."""

    def maps(rows: int, columns: int) -> int:
        outputs = sum(1 for _ in product(range(N_o), windows(L_r, rows), windows(L_c, columns)))
        return outputs + input_entries(N_i, L_r, L_c)

    return all(
        maps(F_r, F_c) == maps(rows, columns)
        for rows in second(others, "F_r", range(1, L_r + 1))
        for columns in second(others, "F_c", range(1, L_c + 1))
    )


def b11c(
    N_o: int,
    N_i: int,
    L_r: int,
    L_c: int,
    F_r: int = 1,
    F_c: int = 1,
    S_r: int = 1,
    S_c: int = 1,
    P_r: int = 0,
    P_c: int = 0,
    **others: int,
) -> bool:
    """When only N_o changes, inputs and outputs together are proportional to it."""
    places = [*product(windows(L_r + P_r, F_r, S_r), windows(L_c + P_c, F_c, S_c))]

    def maps(out: int) -> int:
        return sum(1 for _ in product(range(out), places)) + input_entries(N_i, L_r, L_c)

    return all(
        proportional(maps(N_o), N_o, maps(other), other) for other in second(others, "N_o", range(1, 10))
    )


def attention(
    M: int, K: int, P: int, W_q: Entries, W_k: Entries, X: Entries, exp: Growing, root_P: Fraction | int
) -> list[list[Fraction]]:
    """Y^T = softmax_row(X^T W_q W_k^T X / root_P) X^T: row m is output vector m."""
    queries = [[sum(X(j, m) * W_q(j, p) for j in range(K)) for p in range(P)] for m in range(M)]
    keys = [[sum(X(k, n) * W_k(k, p) for k in range(K)) for p in range(P)] for n in range(M)]
    rows: list[list[Fraction]] = []
    for m in range(M):
        scores = [sum(queries[m][p] * keys[n][p] for p in range(P)) for n in range(M)]
        weights = [exp(Fraction(score) / root_P) for score in scores]
        total = sum(weights)
        rows.append([sum((weights[n] / total * X(l, n) for n in range(M)), Fraction(0)) for l in range(K)])
    return rows


def b18e(
    M: int,
    K: int,
    P: int,
    W_q: Entries,
    W_k: Entries,
    X: Entries,
    exp: Growing,
    root_P: Fraction | int,
    k: int,
    l: int,
    m: int,
    n: int,
) -> bool:
    """With W_v = I and A computed from X, entry (k, n) of X does not change entry l of output vector m."""
    before = attention(M, K, P, W_q, W_k, X, exp, root_P)[m][l]

    def changed(by: int) -> Entries:
        return lambda i, j: X(i, j) + by if (i, j) == (k, n) else X(i, j)

    return all(attention(M, K, P, W_q, W_k, changed(by), exp, root_P)[m][l] == before for by in range(-3, 4))


def b18e_fails() -> bool:
    """It does not hold with exp(a) = 2^a, for two vectors with two features, one of zeros and one of ones."""
    return not b18e(
        M=2,
        K=2,
        P=1,
        W_q=lambda i, p: 1,
        W_k=lambda i, p: 1,
        X=lambda i, j: j,
        exp=lambda a: 1 / (1 - a) if a <= 0 else 1 + a,
        root_P=1,
        k=0,
        l=1,
        m=0,
        n=0,
    )


def b18g(M: int, K: int, P: int) -> bool:
    """Precomputing W_q W_k^T takes no more MACs for an input than queries and keys."""
    precomputed = sum(1 for _ in product(range(M), range(K), range(K)))
    precomputed += sum(1 for _ in product(range(M), range(M), range(K)))
    factored = sum(1 for _ in product(range(M), range(P), range(K)))
    factored += sum(1 for _ in product(range(P), range(M), range(K)))
    factored += sum(1 for _ in product(range(M), range(M), range(P)))
    return precomputed <= factored


CLAIMS: dict[str, Callable[..., bool]] = {
    "B4a": b4a,
    "B10a": b10a,
    "B10c": b10c,
    "B11c": b11c,
    "B18g": b18g,
}
WITNESSES: dict[str, Callable[[], bool]] = {"B18e": b18e_fails}
