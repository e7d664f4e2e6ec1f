"""Equations between sums over entries: what is shown by one normal form, and what must not be."""

from __future__ import annotations

import pytest

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.certificates import PROVED
from symcnn.kernel.goals import proof_goal
from symcnn.kernel.logic import Sequent
from symcnn.kernel.statements import read_statements
from symcnn.kernel.terms import Compare, ForAll, Implies
from symcnn.kernel.writing import write
from symcnn.search.clock import now
from symcnn.search.conversions import Chain
from symcnn.search.deciding import decide
from symcnn.search.normal_sums import normal
from symcnn.search.sums import by_empty_sums, equal_sums
from symcnn.search.tactics import Search, bound_apart

SECONDS = 20

ENTRIES = "given a, b : int, int -> ring\n given f, g, x : int -> ring\n given c : ring"
SIZES = "given A, B, C, s, d : int >= 1\n given n, r : int"

# What is given besides, the left side, and two right sides: one that it equals, and one that it does not.
EQUATIONS = [
    # factors, sums of sums, products of sums
    ("", "sum(i in 0..A) c*f[i]", "c*(sum(k in 0..A) f[k])", "c*(sum(k in 0..B) f[k])"),
    (
        "",
        "sum(i in 0..A) (c*f[i] - 2*g[i])",
        "c*(sum(i in 0..A) f[i]) - 2*(sum(i in 0..A) g[i])",
        "c*(sum(i in 0..A) f[i]) + 2*(sum(i in 0..A) g[i])",
    ),
    (
        "",
        "(sum(i in 0..A) f[i])*(sum(j in 0..B) g[j])",
        "sum(j in 0..B, i in 0..A) g[j]*f[i]",
        "sum(j in 0..B, i in 0..A) g[i]*f[j]",
    ),
    ("", "sum(i in 0..A) f[i]*0", "0", "sum(i in 0..A) f[i]"),
    # the order of ranges
    (
        "",
        "sum(i in 0..A, j in 0..B, k in 0..C) a[i, j]*b[j, k]*f[k]",
        "sum(k in 0..C) f[k]*(sum(j in 0..B) b[j, k]*(sum(i in 0..A) a[i, j]))",
        "sum(k in 0..C) f[k]*(sum(j in 0..B) b[k, j]*(sum(i in 0..A) a[i, j]))",
    ),
    # an index with one value
    (
        "assume 0 <= n < A",
        "sum(i in 0..A, j in 0..B) (if i = n then 1 else 0)*a[i, j]",
        "sum(j in 0..B) a[n, j]",
        "sum(j in 0..B) a[j, n]",
    ),
    ("", "sum(i in 0..A, u in 0..1) a[i, u]", "sum(i in 0..A) a[i, 0]", "sum(i in 0..A) a[i, 1]"),
    (
        "assume 0 <= n < A",
        "sum(i in 0..A) (if i = n then f[i] + c else f[i])*x[i]",
        "sum(i in 0..A) f[i]*x[i] + c*x[n]",
        "sum(i in 0..A) f[i]*x[i] + c*f[n]",
    ),
    (
        "",
        "sum(t in 0..A + B - 1, i in 0..A, j in 0..B | i + j = t) f[i]*g[j]*x[t]",
        "sum(i in 0..A) f[i]*(sum(j in 0..B) g[j]*x[i + j])",
        "sum(i in 0..A) f[i]*(sum(j in 0..B) g[j]*x[i - j])",
    ),
    (
        "",
        "sum(t in 0..s*(A - 1) + d*(B - 1) + 1) x[t]*(sum(i in 0..A, j in 0..B | s*i + d*j = t) f[i]*g[j])",
        "sum(i in 0..A) f[i]*(sum(j in 0..B) g[j]*x[s*i + d*j])",
        "sum(i in 0..A) f[i]*(sum(j in 0..B) g[j]*x[d*i + s*j])",
    ),
    # a value that may be outside of the range becomes a condition
    (
        "",
        "sum(i in 0..A, j in 0..B | i + j = n) f[i]*g[j]",
        "sum(j in 0..B, i in 0..A | i = n - j) f[i]*g[j]",
        "sum(j in 0..B, i in 0..A | i = n + j) f[i]*g[j]",
    ),
    # ranges: shifted, turned, narrower, wider
    ("", "sum(i in 0..A) f[i + n]", "sum(k in n..A + n) f[k]", "sum(k in n..A + n - 1) f[k]"),
    (
        "",
        "sum(i in 0..A) f[i]*g[A - 1 - i]",
        "sum(i in 0..A) f[A - 1 - i]*g[i]",
        "sum(i in 0..A) f[A - i]*g[i]",
    ),
    (
        "",
        "sum(t in 0..A + s*(B - 1), j in 0..B | 0 <= t - s*j < A) f[t - s*j]*g[j]*x[t]",
        "sum(j in 0..B, i in 0..A) f[i]*g[j]*x[s*j + i]",
        "sum(j in 0..B, i in 0..A) f[i]*g[j]*x[s*i + j]",
    ),
    (
        "",
        "sum(i in max(0, n - B + 1)..min(n, A - 1) + 1) f[i]*g[n - i]",
        "sum(i in 0..A | 0 <= n - i < B) f[i]*g[n - i]",
        "sum(i in 0..A | 0 <= n - i <= B) f[i]*g[n - i]",
    ),
    ("assume A < B", "sum(i in 0..A | i >= B) f[i]", "0", "f[0]"),
    # rows one behind the other
    (
        "",
        "sum(k in 0..A*B) a[k//B, k - B*(k//B)]*f[k]",
        "sum(i in 0..A, j in 0..B) a[i, j]*f[B*i + j]",
        "sum(i in 0..A, j in 0..B) a[i, j]*f[A*i + j]",
    ),
    (
        "",
        "sum(k in 0..A*B) f[k]",
        "sum(j in 0..A, i in 0..B) f[B*j + i]",
        "sum(j in 0..A, i in 0..B) f[A*j + i]",
    ),
    (
        "assume 0 <= n < B",
        "sum(i in 0..A) f[(B*i + n)//B]*g[i]",
        "sum(i in 0..A) f[i]*g[i]",
        "sum(i in 0..A) f[i + 1]*g[i]",
    ),
    # one index for another
    (
        "",
        "sum(t in 0..d*(A - 1) + 1 | d*(t//d) = t) f[t//d]*x[r + t]",
        "sum(i in 0..A) f[i]*x[r + d*i]",
        "sum(i in 0..A) f[i]*x[r + i]",
    ),
    # ranges that are cut
    ("", "sum(i in 0..A + 1) f[i]", "f[0] + sum(i in 0..A) f[i + 1]", "f[1] + sum(i in 0..A) f[i + 1]"),
    # a few numbers
    ("", "sum(i in 0..3) f[i]*g[2 - i]", "f[0]*g[2] + f[1]*g[1] + f[2]*g[0]", "f[0]*g[2] + f[2]*g[0]"),
    # known entries
    (
        "assume for all k : int : k != n implies f[k] = g[k]\n assume n < 0",
        "sum(i in 0..A) f[i]*x[i]",
        "sum(i in 0..A) x[i]*g[i]",
        "sum(i in 0..A) x[i]*f[i - 1]",
    ),
    # counts
    (
        "assume B <= A",
        "sum(t in 0..sum(i in 0..A | s*i + B <= A) 1) f[t]",
        "sum(t in 0..(A - B)//s + 1) f[t]",
        "sum(t in 0..(A - B)//s) f[t]",
    ),
]


def the_sequent(text: str) -> tuple[Search, Sequent]:
    """The claim of a statement with all that may be supposed, and a search for a proof of it."""
    (statement,) = read_statements(text)
    search = Search(now() + SECONDS, used=set(statement.abbreviations))
    sequent = Sequent({}, {}, bound_apart(proof_goal(statement), statement.abbreviations))
    while isinstance(sequent.goal, ForAll | Implies):
        if isinstance(sequent.goal, ForAll):
            sequent = search.taken(sequent)[1]
        else:
            sequent = logic.suppose(sequent, search.label(sequent))
    return search, sequent


def shown(given: str, left: str, right: str) -> bool:
    """Whether the equation is found to hold; what is found, the kernel has accepted."""
    text = f'theorem equation ""\n {SIZES}\n {ENTRIES}\n {given}\n claim {left} = {right}\n'
    search, sequent = the_sequent(text)
    steps = equal_sums(search, sequent) or equal_sums(search, sequent, only_counts=True)
    return steps is not None and search.accepted(sequent, steps)


@pytest.mark.parametrize(("given", "left", "right", "wrong"), EQUATIONS)
def test_equation(given: str, left: str, right: str, wrong: str) -> None:
    assert shown(given, left, right)
    assert shown(given, right, left)
    assert not shown(given, left, wrong)


def normal_form(term: str) -> str:
    """The normal form of a term, as text."""
    search, sequent = the_sequent(f'theorem form ""\n {SIZES}\n {ENTRIES}\n claim {term} = 0\n')
    assert isinstance(sequent.goal, Compare)
    chain = Chain(search, sequent, Atoms())
    return write(chain.simple(normal(chain, sequent.goal.left).term))


def test_normal_form() -> None:
    assert normal_form("sum(i in 0..A, j in 0..B) c*f[i]") == "B*c*(sum(i in 0..A) f[i])"
    assert normal_form("sum(i in n..A + n, u in 0..1) f[i - n + u] - (sum(j in 0..A) f[j])") == "0"


AVERAGES = """
theorem tiles "Averages of tiles."
  given A, B : int >= 1
  given x : int -> real
  claim (sum(m in 0..B) (sum(n in 0..A) x[A*m + n])/A)/B = (sum(t in 0..A*B) x[t])/(A*B)

theorem weights "An average is a sum with weights."
  given A, B : int >= 1
  given x : int, int -> real
  claim (sum(u in 0..A, v in 0..B) x[u, v])/(A*B) = sum(u in 0..A, v in 0..B) 1/(A*B)*x[u, v]

theorem chain "Two layers are one."
  given k_1, k_2, s_1, s_2, d_1, d_2 : int >= 1
  given r : int
  given f, g, x : int -> ring
  let   first(i) = sum(m in 0..k_1) g[m]*x[s_1*i + d_1*m]
  let   K = d_1*(k_1 - 1) + s_1*d_2*(k_2 - 1) + 1
  let   kernel(a) = sum(p in 0..k_2, m in 0..k_1 | s_1*d_2*p + d_1*m = a) f[p]*g[m]
  claim sum(p in 0..k_2) f[p]*first(s_2*r + d_2*p) = sum(a in 0..K) kernel(a)*x[s_1*s_2*r + a]

theorem fits "Where a window has a place it fits."
  given K, L, s : int >= 1
  assume 1 <= sum(r in 0..L | s*r + K <= L) 1
  claim K <= L
"""


@pytest.mark.parametrize("statement", read_statements(AVERAGES), ids=lambda statement: statement.name)
def test_found(statement: object) -> None:
    assert decide(statement, SECONDS).status == PROVED  # type: ignore[arg-type]


def test_a_sum_that_is_not_empty() -> None:
    given = 'theorem fits ""\n given K, L, s : int >= 1\n assume {} <= sum(r in 0..L | s*r + K <= L) 1\n'
    search, sequent = the_sequent(given.format(1) + " claim K <= L\n")
    steps = by_empty_sums(search, sequent)
    assert steps is not None
    assert search.accepted(sequent, steps)
    search, sequent = the_sequent(given.format(0) + " claim K <= L\n")
    assert by_empty_sums(search, sequent) is None


def test_a_kernel_that_exists() -> None:
    text = """
theorem one_kernel "Two layers are one for some kernel."
  given A, B : int >= 1
  given f, g : int -> ring
  claim exists C : int >= 1, h : int -> ring : for all x : int -> ring, r : int : A + B - C = 1
        and sum(p in 0..A, m in 0..B) f[p]*g[m]*x[r + p + m] = sum(a in 0..C) h[a]*x[r + a]
"""
    (statement,) = read_statements(text)
    assert decide(statement, SECONDS).status == PROVED
    (wrong,) = read_statements(text.replace("A + B - C = 1", "A + B - C = 2"))
    search = Search(now() + SECONDS)
    assert search.prove(Sequent({}, {}, proof_goal(wrong)), 1) is None
