"""The kernel's rules of logic and arithmetic, and its canonical forms, each at work on a small goal.

A row has the facts ``h1``, ``h2``, ..., a goal, and steps that prove it; z3 proves the goal from the facts.
Its twins are facts and goals that are nearly the same and false: z3 has a case against each, and the kernel
rejects the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symcnn.kernel.terms import Function, Sort

SCOPE: Mapping[str, Sort] = {
    **dict.fromkeys(("a", "b", "c"), "int"),
    **dict.fromkeys(("r", "s", "t"), "real"),
    **dict.fromkeys(("e", "f"), "ring"),
    **dict.fromkeys(("p", "q"), Function(("int",), "int")),
    "x": Function(("int",), "real"),
}
# Quantifiers over such ranges have no more than three terms.
LONGEST = 3


@dataclass(frozen=True)
class StepRow:
    """A rule at work: the goal follows from the facts by the steps, and no twin does."""

    rule: str
    facts: tuple[str, ...]
    goal: str
    steps: str
    twins: tuple[tuple[tuple[str, ...], str], ...]


NEXT = "for all i : int : 0 <= i and i < 3 implies p[i] = 0 implies p[i + 1] = 0"
SOME = "exists i : int : 0 <= i and i < 2 and p[i] = 0"
EACH = "for all i : int : a <= i and i < a + 2 implies p[i] = 0"

STEP_ROWS = (
    StepRow(
        "take", (EACH,), "for all n : int : a <= n and n < a + 2 implies p[n] = 0",
        "take n use e : h1(n) exactly e",
        (((EACH,), "for all n : int : a <= n and n < a + 3 implies p[n] = 0"),),
    ),
    StepRow(
        "suppose", (), "p[a] = 0 implies p[a] = 0", "suppose h exactly h",
        (((), "p[a] = 0 implies p[b] = 0"), ((), "p[a] = 0 implies p[a] = 1")),
    ),
    StepRow(
        "suppose", (), "not (r < s and s < r)", "suppose h cone h.1 + h.2",
        (((), "not (r <= s and s <= r)"),),
    ),
    StepRow(
        "split", ("p[a] = 0",), "p[a] = 0 and p[a] <= 0", "split { exactly h1 } { cone -h1 }",
        ((("p[a] = 0",), "p[a] = 0 and p[b] <= 0"),),
    ),
    StepRow(
        "split", (), "r <= s iff 0 <= s - r", "split { suppose h exactly h } { suppose h exactly h }",
        (((), "r <= s iff 0 <= r - s"),),
    ),
    StepRow(
        "choose", ("p[a] = 0",), "p[b] = 0 or p[a] = 0", "choose 2 exactly h1",
        ((("p[a] = 0",), "p[b] = 0 or p[b] = 1"),),
    ),
    StepRow(
        "witness", ("p[1] = 0",), "exists n : int : 0 <= n and n < 2 and p[n] = 0",
        "witness n = 1 split { compute } { compute } { exactly h1 }",
        (
            (("p[1] = 0",), "exists n : int : 0 <= n and n < 1 and p[n] = 0"),
            (("p[2] = 0",), "exists n : int : 0 <= n and n < 2 and p[n] = 0"),
        ),
    ),
    StepRow(
        "obtain", (SOME,), "exists j : int : 0 <= j and j < 3 and p[j] = 0",
        "obtain i, e from h1 witness j = i split { exactly e.1 } { cone e.2 + 1 } { exactly e.3 }",
        (((SOME,), "exists j : int : 0 <= j and j < 1 and p[j] = 0"),),
    ),
    StepRow(
        "cases", ("p[a] = 0 or p[a] = 1",), "p[a] <= 1", "cases h1 as e { cone 1 - e } { cone -e }",
        ((("p[a] = 0 or p[a] = 2",), "p[a] <= 1"), (("p[a] = 0 or p[a] = 1",), "p[a] <= 0")),
    ),
    StepRow(
        "decide", (), "r <= s or s < r", "decide r <= s as e { choose 1 exactly e } { choose 2 exactly e }",
        (((), "r < s or s < r"),),
    ),
    StepRow(
        "deny", ("not s < r",), "r <= s", "deny e use f : h1 { exactly e } exactly f",
        ((("not s < r",), "r < s"), (("not s <= r",), "s <= r")),
    ),
    StepRow(
        "have", ("r <= s",), "r + t <= s + t + 1", "have e : r + t <= s + t { cone h1 } cone e + 1",
        ((("r <= s",), "r + t <= s - t + 1"),),
    ),
    StepRow(
        "use", ("for all i : int : p[i] = 0 implies q[i] = 0", "p[a] = 0"), "q[a] = 0",
        "use e : h1(a) { exactly h2 } exactly e",
        (
            (("for all i : int : 0 <= i and i < 3 implies q[i] = 0", "p[a] = 0"), "q[a] = 0"),
            (("for all i : int : 0 <= i and i < 3 implies p[i] = 0", "p[a] = 0"), "q[b] = 0"),
        ),
    ),
    StepRow(
        "law", ("1 <= b",), "b*(a//b) <= a", "law e : floor a, b { exactly h1 } exactly e.1",
        ((("1 <= b",), "a <= b*(a//b)"), (("1 <= b",), "b*(a//b) < a")),
    ),
    StepRow(
        "induct", ("p[0] = 0", NEXT.replace(" and i < 3", "")), "for all n : int : 0 <= n implies p[n] = 0",
        "induct { exactly h1 } { exactly h2 }",
        (
            (("p[1] = 0", NEXT), "for all n : int : 0 <= n and n < 3 implies p[n] = 0"),
            (("p[0] = 0", NEXT.replace("3", "1")), "for all n : int : 0 <= n and n < 3 implies p[n] = 0"),
        ),
    ),
    StepRow("exactly", ("a <= b + 1",), "a - b <= 1", "exactly h1", ((("a <= b + 1",), "a - b < 1"),)),
    StepRow(
        "exactly", ("p[a] = b", "q[p[a] + 1] = 0"), "q[b + 1] = 0", "exactly h2 using h1",
        (
            (("p[a] = b", "q[p[a] + 1] = 0"), "q[a + 1] = 0"),
            (("p[a] <= b", "q[p[a] + 1] = 0"), "q[b + 1] = 0"),
        ),
    ),
    StepRow(
        "exactly", ("p[a] = b", "1 <= sum(i in 0..2) p[a]"), "1 <= sum(i in 0..2) b", "exactly h2 using h1",
        ((("p[a] = b", "1 <= sum(i in 0..2) p[i]"), "1 <= sum(i in 0..2) b"),),
    ),
    StepRow("exactly", ("false",), "a = b", "exactly h1", ((("true",), "a = b"),)),
    StepRow(
        "compute", (), "7//2 = 3 and (-7)//2 = -4 and sum(i in 0..3) i^2 = 5", "compute",
        (((), "7//2 = 3 and (-7)//2 = -3"), ((), "sum(i in 0..3) i^2 = 14"), ((), "max(i in 0..3) i = 3")),
    ),
    StepRow("ring", ("r = s",), "r*r - s*s = 0", "ring h1 (r + s)", ((("r = s",), "r*r + s*s = 0"),)),
    StepRow("ring", (), "(r + s)/2 = r/2 + s/2", "ring", (((), "(r + s)/2 = r/2 + s"),)),
    StepRow(
        "ring", ("e = f",), "e^2 = f*e", "ring h1 (e)",
        ((("e*e = f*e",), "e = f"), (("e = f",), "e = f + 1")),
    ),
    StepRow(
        "ring", ("x[a] = r", "x[b] = s"), "x[a]*x[b] = r*s", "ring using h1, h2",
        ((("x[a] = r", "x[b] = s"), "x[a]*x[b] = r*r"),),
    ),
    StepRow(
        "cone", ("0 <= r", "0 <= s"), "0 <= r*s", "cone h1 h2",
        ((("0 <= r",), "0 <= r*s"), (("0 <= r", "0 <= s"), "0 < r*s"), (("0 <= r", "s <= 0"), "0 <= r*s")),
    ),
    StepRow(
        "cone", ("0 < r", "0 < s"), "0 < 2*r*s + t^2", "cone 2 h1 h2 + (t)^2",
        ((("0 < r", "0 <= s"), "0 < 2*r*s + t^2"), (("0 < r", "0 < s"), "0 < 2*r*s + t")),
    ),
    StepRow(
        "cone", ("r = s", "0 <= t"), "s*r <= r^2 + t", "cone h2 + h1 (r)",
        ((("r <= s", "0 <= t"), "s*r <= r^2 + t"),),
    ),
    StepRow(
        "cone", ("a < b",), "a + 1 <= b", "cone h1",
        ((("r < s",), "r + 1 <= s"), (("a <= b",), "a + 1 <= b")),
    ),
    StepRow("cone", ("a <= b",), "a < b + 1", "cone h1", ((("a <= b",), "a < b"), (("r <= s",), "r < s"))),
    StepRow("cone", ("r <= s",), "r < s + 1", "cone h1 + 1", ((("r <= s + 1",), "r < s + 1"),)),
    StepRow(
        "cone", ("0 < a", "a < 1"), "false", "cone h1 + h2",
        ((("0 < r", "r < 1"), "false"), (("0 <= a", "a < 1"), "false")),
    ),
    StepRow(
        "cone", ("r < s", "s <= r"), "false", "cone h1 + h2",
        ((("r <= s", "s <= r"), "false"), (("r < s", "s <= r + 1"), "false")),
    ),
    StepRow(
        "let", (), "a + b + 1 = b + a + 1", "let z = a + b have e : z = b + a { ring } ring e",
        (((), "a + b + 1 = b + a + 2"),),
    ),
)  # fmt: skip

# What has one canonical form: both sides hold together or not at all.
SAME = (
    ("a <= b", "0 <= b - a"),
    ("a < b", "0 < b - a"),
    ("a = b", "b = a"),
    ("a - b = c", "c + b = a"),
    ("p[7//2] = a", "p[3] = a"),
    ("p[(-7)//2] = a", "p[-4] = a"),
    ("r/s <= t", "r*(1/s) <= t"),
    ("r/2 <= t", "r <= t + 1/2*r"),
    ("(r + s)/t = 0", "r/t + s/t = 0"),
    ("r/s/t = 0", "r*(1/s)*(1/t) = 0"),
    ("(r + s)^2 <= t", "r^2 + 2*r*s + s^2 <= t"),
    ("(a + b)*(a - b) = c", "a^2 - b^2 = c"),
    ("p[a + b] = 0", "p[b + a] = 0"),
    ("(a + b)//c = 0", "(b + a)//c = 0"),
    ("sum(i in a..a + 2) x[i] = 0", "sum(j in a..2 + a) x[j] = 0"),
    ("max(i in a..a + 2) x[i] = 0", "max(j in a..a + 2) x[j] = 0"),
    ("(if a < b then r else s) = 0", "(if 0 < b - a then r else s) = 0"),
    (
        "for all i : int : 0 <= i and i < 2 implies p[i] = 0",
        "for all j : int : 0 <= j and j < 2 implies p[j] = 0",
    ),
    ("e*(f + 1) = f", "e*f + e - f = 0"),
)
# What has different ones, for a reason: z3 has a case in which one side holds and the other does not.
DIFFERENT = (
    ("a <= b", "b <= a"),
    ("a < b", "a <= b"),
    ("r < s", "r + 1 <= s"),
    ("p[7//2] = a", "p[4] = a"),
    ("p[(-7)//2] = a", "p[-3] = a"),
    ("r/s = t", "s/r = t"),
    ("(r/s)*s = t", "r = t"),
    ("r/t + s = 0", "(r + s)/t = 0"),
    ("(r + s)^2 <= t", "r^2 + s^2 <= t"),
    ("(2*a)//(2*b) = c", "a//b = c"),
    ("a//c + b//c = 0", "(a + b)//c = 0"),
    ("sum(i in a..a + 2) x[i] = 0", "sum(i in a..a + 2) x[i + 1] = 0"),
    ("sum(i in a..a + 2) x[i] = 0", "sum(i in a..a + 3) x[i] = 0"),
    ("sum(i in 0..2 | i < a) x[i] = 0", "sum(i in 0..2 | i <= a) x[i] = 0"),
    ("sum(i in 0..2) sum(j in 0..3) x[i] = r", "sum(i in 0..2) sum(j in 0..3) x[j] = r"),
    ("sum(i in 0..2, j in 0..2) x[i - j] = r", "sum(i in 0..2, j in 0..2) x[i] = r"),
    ("max(i in a..a + 2) x[i] = 0", "sum(i in a..a + 2) x[i] = 0"),
    ("(if a < b then r else s) = 0", "(if a < b then s else r) = 0"),
    (
        "for all i : int : 0 <= i and i < 2 implies p[i] = 0",
        "exists i : int : 0 <= i and i < 2 and p[i] = 0",
    ),
    ("p[a] = 0", "q[a] = 0"),
)

# Formulas of each form, with parts of each form: the ``negation`` of each holds exactly where it does not.
NEGATED = (
    "a <= b", "r < s", "a = b", "not a = b", "not r < s", "p[a] = 0 and p[b] = 0", "p[a] = 0 or b < a",
    "true", "false", "p[a] = 0 implies b <= a", "p[a] = 0 iff b <= a",
    "for all i : int : 0 <= i and i < 2 implies p[i] = 0", "exists i : int : 0 <= i and i < 2 and p[i] = 0",
    "for all i : int : 0 <= i and i < 2 implies exists j : int : 0 <= j and j < 2 and p[i] < p[j]",
    "not (p[a] = 0 and (b < a or p[b] = 1))", "(a < b iff b < a) implies not (a = b or p[a] < 0)",
)  # fmt: skip

# What need not have a value. Where its conditions hold, it does not matter what a quotient by 0, a floor by
# less than 1 and a maximum of nothing are; elsewhere it does.
PARTIAL = (
    "r/s = t", "a//b = c", "1/(r - s) <= t", "(a//b)//c = a", "a//(b//c) = a", "r/(s/t) = r",
    "s != 0 and r/s = t and 1/t = r", "s != 0 implies r/s = t or 1/t = r", "not a//b = c",
    "r/s = t iff a = b",
    "(if s = 0 then t else r/s) = 1/t", "(if b >= 1 then c//b else a//c) = 0",
    "sum(i in 0..2) x[i]/s = t", "sum(i in 0..2 | i != a) r/x[i] = t", "sum(i in 0..a//b) 1 = 0",
    "max(i in 0..a) x[i] = t", "max(i in 0..2 | i != a and i != b) x[i]/s = t",
    "sum(i in 0..a) max(j in 0..i) x[j] = 0", "for all i : int : 0 <= i and i < 2 implies r/x[i] <= t",
    "exists i : int : 0 <= i and i < 2 and r/x[i] <= t",
    "(for all i : int : 0 <= i and i < 2 implies x[i] != 0) implies r/x[0] = r/s",
    "p[a//b] = 0 or a//c = 0", "(a//b = 0 or b < 1) and c//b = 0",
)  # fmt: skip
