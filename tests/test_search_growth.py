"""Growth, quotients and signs: small claims that are found, and false ones that are not proved."""

import pytest

from symcnn.kernel.statements import read_statements
from symcnn.search.deciding import Decision, decide


def decided(text: str, seconds: float = 20) -> Decision:
    """The decision of a claim; the sections are separated by semicolons."""
    (statement,) = read_statements('theorem t ""\n' + "\n".join(f"  {part}" for part in text.split(";")))
    return decide(statement, seconds)


SIZES = "given M, N, K : int >= 1;"
INTENSITY = "M*N*K/(M*N + M*K + N*K)"

FOUND = {
    # from a size on
    "given F, R, w : int >= 1;claim w*F + w^2*R is asymptotic to w^2*R as w grow": "w*F + 2*w^2*R",
    "given a, n : int >= 1;claim (n + a)/n is asymptotic to 1 as n grow": "(n*a + 1)/n",
    "given L, K : int >= 1;assume K <= L;claim (L - K + 1)^2 is asymptotic to L^2 as L grow": "K*L^2 + L",
    f"{SIZES}claim {INTENSITY} is asymptotic to N as M, K grow": f"2*{INTENSITY}",
    "given L, S, P : int >= 1;claim (L + P)//S is asymptotic to L/S as L grow": "(2*L + P)//S",
}


@pytest.mark.parametrize("claim", FOUND)
def test_a_size_is_found_from_which_on_it_holds(claim: str) -> None:
    assert decided(claim).status == "PROVED"
    left = claim.rpartition("claim ")[2].partition(" is asymptotic")[0]
    assert decided(claim.replace(f"claim {left}", f"claim {FOUND[claim]}"), 3).status != "PROVED"


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        # bounds, and points beyond each bound
        (f"{SIZES}claim {INTENSITY} is bounded in M, N", "PROVED"),
        (f"{SIZES}claim {INTENSITY} is bounded in M, N, K", "REFUTED"),
        (f"{SIZES}claim {INTENSITY} is unbounded in M, N, K", "PROVED"),
        (f"{SIZES}claim {INTENSITY} has no largest value in M, N, K", "PROVED"),
        ("given n, d : int >= 1;claim 2*n^2*d + 4*n*d^2 is asymptotic to n^2*d as n grow", "REFUTED"),
        # one more is better
        (f"{SIZES}claim for all L : int : M < L implies {INTENSITY} < L*N*K/(L*N + L*K + N*K)", "PROVED"),
        (f"{SIZES}claim for all L : int : M < L implies L*N*K/(L*N + L*K + N*K) < {INTENSITY}", "REFUTED"),
        # what stands above the denominators
        (f"{SIZES}claim {INTENSITY} < K", "PROVED"),
        (f"{SIZES}claim 2*{INTENSITY} < K", "REFUTED"),
        ("given a, b : int >= 1;assume 1/a < 1/b;claim b < a", "PROVED"),
        ("given a, b : int >= 1;assume 1/a < 1/b;claim 2*b < a", "REFUTED"),
        # signs of products
        ("given a, b, c, d : int >= 1;assume a < b;claim c^2*a*d^3 < c^2*b*d^3", "PROVED"),
        ("given a, b, c, d : int >= 1;assume a < b;claim c^2*a*d^3 < c*b*d^3", "REFUTED"),
        ("given C, K : int >= 1;claim K^2 + C < C*K^2 iff C >= 2 and K >= 2", "PROVED"),
        ("given C, K : int >= 1;claim K^2 + C < C*K^2 iff C >= 2", "REFUTED"),
        # floors that come out even
        ("given h, S : int >= 1;claim (S*h - 1)//S = h - 1", "PROVED"),
        ("given h, S : int >= 1;claim (S*h - 1)//S = h", "REFUTED"),
        ("given r, c, n : int >= 0;assume c < n;claim (r*n + c)//n = r", "PROVED"),
        ("given r, c, n : int >= 0;assume c <= n and n >= 1;claim (r*n + c)//n = r", "REFUTED"),
    ],
)
def test_growth_quotients_and_signs(claim: str, status: str) -> None:
    assert decided(claim).status == status
