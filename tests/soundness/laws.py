"""The kernel's laws of sums, maxima, floors, quotients, cases and order, as general as they can be stated.

Each row has the arguments of a law, with functions of which nothing is known in place of bodies, guards and
maps, and how z3 is to prove what the law then returns:

- *outright*: from what a floor, a quotient, a case, a maximum and the ends of a range are;
- *by induction*: on the end ``b`` of the range, from ``start`` on, each step by z3. Where the law itself is
  no induction hypothesis, ``invariant`` says what is, and the law has to follow from it;
- *for short ranges*: for all ranges of at most ``longest`` terms, wherever they begin, and for the numbers
  of columns in ``columns`` where one range is as long as a product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from symcnn.kernel.terms import Function, Sort

SCOPE: Mapping[str, Sort] = {
    **dict.fromkeys(("a", "b", "c", "d", "k", "m", "n", "t"), "int"),
    "r": "real",
    "s": "real",
    **dict.fromkeys(("g", "h", "u", "v"), Function(("int",), "int")),
    **dict.fromkeys(("x", "y"), Function(("int",), "real")),
    **dict.fromkeys(("p", "q"), Function(("int", "int"), "int")),
    "w": Function(("int", "int"), "real"),
}

How = Literal["outright", "by induction", "for short ranges"]


@dataclass(frozen=True)
class LawRow:
    """A law at general arguments, and how it is proved."""

    arguments: tuple[str, ...]
    how: How
    start: str = "a"
    invariant: str = ""
    longest: int = 4
    columns: tuple[int, ...] = ()


SUM = "sum(i in a..b | g[i] = 0) x[i]"
MAX = "max(i in a..b | g[i] = 0) x[i]"
OTHER = "sum(j in c..d | h[j] = 0) y[j]"

ROWS: dict[str, LawRow] = {
    "sum_ext": LawRow((SUM, "y[i]"), "by induction"),
    "sum_guard": LawRow((SUM, "h[i] = 0"), "by induction"),
    "sum_indicator": LawRow((SUM,), "by induction"),
    "sum_scale": LawRow((SUM, "r"), "by induction"),
    "sum_add": LawRow((SUM, "sum(j in a..b | g[j] = 0) y[j]"), "by induction"),
    "sum_exchange": LawRow(
        ("sum(i in a..b | g[i] = 0) sum(j in c..d | p[i, j] = 0) w[i, j]",), "for short ranges", longest=3
    ),
    "sum_shift": LawRow((SUM, "k"), "by induction"),
    "sum_split": LawRow((SUM, "m"), "by induction", start="m"),
    "sum_first": LawRow((SUM,), "by induction", start="a + 1"),
    "sum_empty": LawRow((SUM,), "outright"),
    "sum_point": LawRow(
        (SUM, "t"),
        "by induction",
        invariant="(for all i : int : a <= i and i < b and g[i] = 0 implies i = t) implies "
        "sum(i in a..b | g[i] = 0) x[i] = if a <= t and t < b and g[t] = 0 then x[t] else 0",
    ),
    "sum_constant": LawRow(("sum(i in a..b) r",), "by induction"),
    "sum_flat": LawRow(
        ("sum(i in 0..m) sum(j in 0..n) w[i, j]",), "for short ranges", longest=6, columns=(1, 2, 3)
    ),
    "sum_reindex": LawRow((SUM, OTHER, "u[i]", "v[j]"), "for short ranges", longest=3),
    "sum_nonnegative": LawRow((SUM,), "by induction"),
    "sum_positive": LawRow(
        (SUM,),
        "by induction",
        invariant="(for all i : int : a <= i and i < b and g[i] = 0 implies 0 < x[i]) implies "
        "0 <= sum(i in a..b | g[i] = 0) x[i] and "
        "((exists i : int : a <= i and i < b and g[i] = 0) implies 0 < sum(i in a..b | g[i] = 0) x[i])",
    ),
    "max_bound": LawRow((MAX, "t"), "outright"),
    "max_attained": LawRow((MAX,), "outright"),
    "max_least": LawRow((MAX, "r"), "outright"),
    "max_reindex": LawRow((MAX, "max(j in c..d | h[j] = 0) y[j]", "u[i]", "v[j]"), "outright"),
    "floor": LawRow(("a", "b"), "outright"),
    "quotient": LawRow(("r", "s"), "outright"),
    "if_true": LawRow(("if g[a] = 0 then r else s",), "outright"),
    "if_false": LawRow(("if g[a] = 0 then r else s",), "outright"),
    "antisymmetry": LawRow(("r", "s"), "outright"),
    "trichotomy": LawRow(("r", "s"), "outright"),
    "archimedes": LawRow(("r",), "outright"),
}
# Where rows or columns are none, or one of them fewer than none, both sides are sums over nothing; and what
# has no premises cannot lose any.
NEEDLESS = {("sum_flat", 0), ("sum_flat", 1)}
