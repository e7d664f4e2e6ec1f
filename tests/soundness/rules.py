"""The rules by which sizes are rewritten, each as a statement with a neighbour that is false.

A rule of rounding is the stored theorem of the same name (``proofs/windows/rounding.claim``), and so is its
twin; others are stated here, in the grammar of statements: what is given, what is assumed, and a claim. What
the code does with it is said in one of two ways: as *instances*, equations whose sides the code makes the
same size, or by a function in ``test_rules_of_sizes``. Each instance has to follow from the rule's premises
too, and the code must not make the sides of a twin's instance the same.

z3 proves each rule for all numbers, symbolic divisors included; those about numbers of points for all ranges
of at most ``longest`` points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from symcnn.kernel.statements import Statement, read_file, read_statements

ROUNDING = Path(__file__).parent.parent.parent / "proofs" / "windows" / "rounding.claim"


@dataclass(frozen=True)
class Rule:
    """A rule, where the code has it, and what would be wrong."""

    where: tuple[str, ...]
    statement: str
    twin: str
    instances: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    longest: int | None = None


@cache
def _stored() -> dict[str, Statement]:
    return {statement.name: statement for statement in read_file(ROUNDING)}


def stated(text: str) -> Statement:
    """The stored theorem of this name, or the statement ``given; assume; claim``."""
    if ";" not in text:
        return _stored()[text]
    given, *assumed, claim = (part.strip() for part in text.split(";"))
    lines = [f"given {given}", *(f"assume {part}" for part in assumed), f"claim {claim}"]
    (found,) = read_statements('theorem rule ""\n' + "".join(f"  {line}\n" for line in lines))
    return found


RULES: dict[str, Rule] = {
    # -- rounding --------------------------------------------------------------------------------------------
    "numbers": Rule(
        ("rounding.floor_div", "rounding._small"),
        "a, q : int, d : int >= 1; d*q <= a; a < d*q + d; a//d = q",
        "a, q : int, d : int >= 1; d*q <= a; a <= d*q + d; a//d = q",
        ("7//2 = 3", "(-7)//2 = -4", "(-8)//4 = -2", "0//5 = 0"),
        ("(-7)//2 = -3",),
    ),
    "a negative divisor": Rule(
        ("rounding.floor_div",),
        "a, q : int, d : int >= 1; q <= a/(-1*d); a/(-1*d) < q + 1; (-a)//d = q",
        "a, q : int, d : int >= 1; q <= a/(-1*d); a/(-1*d) < q + 1; -(a//d) = q",
    ),
    "nested": Rule(
        ("rounding._nested",),
        "nested",
        "nested_with_a_factor_fails",
        (
            "(n//m + b)//d = (n + m*b)//(m*d)",
            "(n//2 + 5)//3 = (n + 10)//6",
            "((n + 1)//2 + b)//d = (n + 1 + 2*b)//(2*d)",
            "((n//2 + b)//3 + 1)//5 = (n + 2*b + 6)//30",
        ),
        ("(2*(n//2))//3 = (2*n)//6", "(2*(n//2))//3 = n//6", "(b*(n//m))//d = (b*n)//(m*d)"),
    ),
    "nested with a minus": Rule(
        ("rounding._nested",),
        "nested_with_a_minus",
        "nested_floor_and_ceiling_fails",
        ("(b - n//m)//d = (m - 1 - n + m*b)//(m*d)", "(7 - n//3)//2 = (23 - n)//6"),
        ("(b - n//m)//d = (m*b - n)//(m*d)",),
    ),
    "extract": Rule(
        ("rounding._normal", "rounding._divided"),
        "extract",
        "floor_of_a_sum_fails",
        (
            "(a + q*d)//d = q + a//d",
            "(7*a + q + 5)//3 = 2*a + 1 + (a + q + 2)//3",
            "(a*d + q*d + 1 + d)//d = a + q + 1 + 1//d",
            "(a - 2*q*d)//d = a//d - 2*q",
        ),
        ("(a + q)//d = a//d + q//d", "(a + q)//3 = a//3 + q//3"),
    ),
    "cancel": Rule(
        ("rounding._normal", "rounding._cancelled"),
        "cancel",
        "cancel_a_large_remainder_fails",
        ("(6*a + 4)//9 = (2*a + 1)//3", "(4*a - 3)//8 = (a - 1)//2", "(4*a + 2*c)//(6*d) = (2*a + c)//(3*d)"),
        ("(4*a + c)//8 = a//2", "(6*a + 4)//9 = (2*a)//3"),
    ),
    "cancel a size": Rule(
        ("rounding._cancelled", "rounding._shared"),
        "a : int, g, d : int >= 1; (g*a)//(g*d) = a//d",
        "a, c : int, g, d : int >= 1; (g*a + c)//(g*d) = (a + c)//d",
        ("(g*a)//(g*d) = a//d", "(g*g*a)//(2*g*d) = (g*a)//(2*d)", "(g*a + g)//(g*d) = (a + 1)//d"),
        ("(g*a + 1)//(g*d) = (a + 1)//d",),
    ),
    "reflect": Rule(
        ("rounding._normal", "rounding._reflects"),
        "reflect",
        "minus_and_floor_fails",
        (
            "a//d = -((d - 1 - a)//d)",
            "(-a)//32 = -((a + 31)//32)",
            "(1 - a)//d = -((a + d - 2)//d)",
            "(5*a)//7 = a - (2*a + 6)//7",
        ),
        ("(-a)//d = -(a//d)", "(-a)//32 = -(a//32)"),
    ),
    "reflect to compare": Rule(
        ("rounding.Floor._find_other_form", "size.Dim.compared", "size._in_compared_form"),
        "a, q : int, d : int >= 1; (q - a)//d = -1 - (a - q - 1)//d",
        "a, q : int, d : int >= 1; (q - a)//d = -1 - (a - q)//d",
        ("(q - a)//d = -1 - (a - q - 1)//d", "(a - 2*q)//d = -((2*q - a - 1)//d) - 1"),
        ("(q - a)//d = -1 - (a - q)//d", "(q - a)//d = -((a - q)//d)"),
    ),
    "small": Rule(
        ("rounding._small",),
        "a, b : int >= 0, c : int >= 1; a//(a + b + 1) = 0 and (-1 - a)//(a + b + 1) = -1",
        "small_up_to_the_divisor_fails",
        (
            "a//(a + b + 1) = 0",
            "(-1 - a)//(a + b + 1) = -1",
            "(a + 1)//(a*b + 2*a + 2) = 0",
            "(b - b*c - 1)//(a + b*c + 1) = -1",
        ),
        (
            "(a + 1)//(a + 1 + b) = 0",
            "(b + 1)//(a + b + 1) = 0",
            "a//(b + 1) = 0",
            "(2*b - 2*b*c - 1)//(a + b*c + 1) = -1",
        ),
    ),
    "halves": Rule(
        ("rounding.Floor._find_other_form", "size.Dim.compared", "size._settled"),
        "halves",
        "thirds_fails",
        ("(x + 1)//2 = x - x//2", "(x + 1)//2 + x//2 - x = 0", "3*((x + 1)//2) - x = 2*x - 3*(x//2)"),
        ("(x + 1)//3 = x - x//3", "(x + 3)//4 = x - x//4"),
    ),
    "ceiling": Rule(
        ("rounding.ceil_div",),
        "a, q : int, d : int >= 1; d*q - d < a; a <= d*q; (a + d - 1)//d = q",
        "a, q : int, d : int >= 1; d*q - d < a; a <= d*q; (a + d)//d = q",
        ("(a + d - 1)//d = -((-a)//d)", "(a + 2)//3 = -((-a)//3)"),
        ("(a + d)//d = -((-a)//d)",),
    ),
    # -- extrema ---------------------------------------------------------------------------------------------
    "an argument that is never the largest": Rule(
        ("extremum.maximum", "extremum._extremum", "extremum._largest", "extremum._reaches"),
        "a, c : int, b : int >= 0; max(a, a + b) = a + b and max(a, c, a + b) = max(a + b, c)",
        "a, c : int, b : int >= -1; max(a, a + b) = a + b and max(a, c, a + b) = max(a + b, c)",
        ("max(a, a + b) = a + b", "max(a, c, a + b) = max(a + b, c)", "max(b//2, b//3) = b//2"),
        ("max(a, c) = a", "max(b, 1) = b", "max(a, 0) = a", "max(b//2 + 1, b) = b"),
    ),
    "an argument that is never the smallest": Rule(
        ("extremum.minimum", "extremum._extremum"),
        "a, c : int, b : int >= 0; min(a, a + b) = a and min(c, -max(-a, -(a + b))) = min(a, c)",
        "a, c : int, b : int >= -1; min(a, a + b) = a and min(c, -max(-a, -(a + b))) = min(a, c)",
        ("min(a, a + b) = a", "min(a, c, a + b) = min(a, c)", "min(b//2, b//3) = b//3"),
        ("min(a, c) = a", "min(b, 1) = 1", "min(b//2 + 1, b) = b//2 + 1"),
    ),
    "extrema in any order and grouping": Rule(
        ("extremum._extremum", "extremum._sole_extremum"),
        "a, b, c : int; max(a, max(b, c)) = max(max(a, b), c) and max(a, b) = max(b, a) and max(a, a) = a",
        "a, b, c : int; max(a, min(b, c)) = min(max(a, b), c)",
        (
            "max(a, max(b, c)) = max(max(a, b), c)",
            "min(a, min(b, c)) = min(c, b, a)",
            "max(a, b) = max(b, a)",
            "max(a, a) = a",
        ),
        ("max(a, min(b, c)) = min(max(a, b), c)", "max(a, b) + max(b, c) = max(a, c) + b"),
    ),
    # -- polynomials -----------------------------------------------------------------------------------------
    "products and powers": Rule(
        ("size.multiply", "size.power", "size.product", "size.add", "size.subtract", "size.total",
         "size._ungrouped", "size._as_monomial", "size._content", "size._loosened",
         "size.factored", "size.Dim.expanded"),
        "a, b, c, d : int; (a + b)*(c + d) = a*c + a*d + b*c + b*d and (a - b)^2 = a^2 - 2*a*b + b^2",
        "a, b, c, d : int; (a + b)*(c + d) = a*c + b*d and (a - b)^2 = a^2 - b^2",
        (
            "(a + b)*(c + d) = a*c + a*d + b*c + b*d",
            "(a + b)^3 = a^3 + 3*a^2*b + 3*a*b^2 + b^3",
            "6*a*b + 4*a*c = 2*a*(3*b + 2*c)",
            "(2*a + 2*b)*(a - b)*c = 2*c*(a^2 - b^2)",
            "(a + b)*(c + d) - (a + b)*c - (a + b)*d = 0",
        ),
        ("(a + b)*(c + d) = a*c + b*d", "(a + b)^2 = a^2 + b^2", "6*a*b + 4*a*c = 2*a*(3*b + c)"),
    ),
    "exact quotients": Rule(
        ("size.exact_quotient", "size._divided", "size._reduced", "size.from_terms"),
        "a, q : int, b, c : int >= 1; (b*q)/b = q and (a*b + b*q)/b = a + q"
        " and (a/b + q/c)*(b*c) = a*c + b*q",
        "a, q : int, b, c : int >= 1; (a/b + q/c)*(b*c) = a + q",
        (
            "(b*q)/b = q",
            "(a*b + b*q)/b = a + q",
            "(6*a*b*c)/(2*b) = 3*a*c",
            "((a + q)*b)/(b*c) = (a + q)/c",
            "(b*(a + q))/(b + c)*(b + c) = b*a + b*q",
        ),
        ("(a + b)/b = a", "(b*q)/c = q", "(6*a)/(4*b) = a/b"),
    ),
    "numbers and sizes that divide both": Rule(
        ("size.lowest_terms", "size._content"),
        "a, c, g : int, b : int >= 1; g != 0; c != 0; (a*g)/(c*g) = a/c and (a*b)/(c*b) = a/c",
        "a, c, g : int, b : int >= 1; g != 0; c != 0; (a + g)/(c + g) = a/c",
    ),
    "a sum of fractions is one": Rule(
        ("size.as_quotient",),
        "a, q : int, b, c : int >= 1; a/(2*b) + q/c = (a*c + 2*q*b)/(2*b*c)",
        "a, q : int, b, c : int >= 1; a/(2*b) + q/c = (a*c + q*b)/(2*b*c)",
    ),
    # -- conditions ------------------------------------------------------------------------------------------
    "a floor is at least a number": Rule(
        ("conditions.at_least", "conditions._sole_floor"),
        "n, r : int, d, e : int >= 1; n//d + r >= 0 iff n >= -(d*r)",
        "n, r : int, d, e : int >= 1; n//d + r >= 0 iff n >= -(d*r) + 1",
        (
            "n//d >= 3 iff n >= 3*d",
            "n//d + 3 >= 0 iff n >= -(3*d)",
            "n//d >= 0 iff n >= 0",
            "(n//d + 1)//e >= 2 iff n >= 2*d*e - d",
        ),
        ("n//d >= 3 iff n >= 3*d - 1", "n//d > 3 iff n > 3*d"),
    ),
    "terms change sides": Rule(
        ("conditions.Condition.sides",),
        "a, b, c : int; 3*a - 2*b - 4 >= c - a iff 4*a >= 2*b + c + 4",
        "a, b, c : int; 3*a - 2*b - 4 >= c - a iff 4*a >= 2*b + c - 4",
    ),
    "the stronger of two conditions": Rule(
        ("conditions.strongest", "conditions._constant"),
        "a, b : int, k, l : int; l <= k; a - b >= k implies a - b >= l",
        "a, b : int, k, l : int; a - b >= k implies a - b >= l",
        ("a >= 7 implies a >= 3", "a - b >= 7 implies a >= b + 3", "2*a >= b implies 2*a + 5 >= b"),
        ("a >= 3 implies a >= 7", "a >= 7 implies b >= 3", "a >= b implies 2*a >= b"),
    ),
    "decided for all values": Rule(
        ("conditions.Condition.verdict", "conditions._sign", "bounds.at_most"),
        "a, b, d : int; (a - b = d and d >= 0 implies a >= b) and (b - a = d and d >= 1 implies not a >= b)"
        " and (a - b = d and (d >= 1 or -d >= 1) implies a != b)",
        "a, b, d : int; b - a = d and d >= 0 implies not a >= b",
    ),
    "divides": Rule(
        ("conditions._divides", "conditions.divides", "conditions.whole"),
        "k, n : int, d : int >= 1; (exists q : int : d*n = d*q) and (exists q : int : 0 = d*q) "
        "and not (exists q : int : d = 2*d*q)",
        "k, n : int, d : int >= 1; exists q : int : d + n = 2*q",
    ),
    # -- bounds ----------------------------------------------------------------------------------------------
    "each factor at its least value": Rule(
        ("bounds._lower_of_sum", "bounds.lower_bound", "bounds._least"),
        "a : int >= 1, b : int >= 2, c : int >= 0; 3*a*b + b^2 + c + 5 >= 15",
        "a : int >= 0, b : int >= 2, c : int >= 0; 3*a*b + b^2 + c + 5 >= 15",
        ("3*a*b + b^2 + c + 5 >= 15", "a + a*b*c >= 1", "c/a + b >= 2", "a*b/2 + 1 >= 2"),
        ("3*a*b + c >= 7", "c/a + b >= 3", "b/a >= 1"),
    ),
    "least values moved to 0": Rule(
        ("bounds._lower", "bounds._lower_from_least_values", "bounds._shifted"),
        "a : int >= 3, b : int >= 2, c : int >= -1; a^2 - 4*a >= -3 and a*b - 2*a - 2*b >= -4 - 2 + 0*c",
        "a : int >= 1, b : int >= 2, c : int >= -1; a^2 - 4*a >= -3 and a*b - 2*a - 2*b >= -4",
        ("a^2 - 4*a >= -3", "a*b - 2*a - 2*b >= -4", "a*b - b >= 4", "a - 3 >= 0"),
        ("a*b - 2*a - 2*b >= -3", "a*b - 4*b >= 0", "a - 4 >= 0"),
    ),
    "a floor by the bounds of its quotient": Rule(
        ("bounds._without_floors",),
        "n : int >= 0, d : int >= 1; (n - d + 1)/d <= n//d and n//d <= n/d",
        "n : int >= 0, d : int >= 1; (n - d + 2)/d <= n//d and n//d <= n/d",
        ("n - 2*(n//2) >= 0", "3*(n//3) - n >= -2", "d*n - 3*d*(n//3) >= 0", "(n + 6)//4 >= 1"),
        ("3*(n//3) - n >= -1", "n - 2*(n//2) >= 1"),
    ),
    "the greater of two floors": Rule(
        ("bounds._with_fewer_floors", "bounds._below"),
        "m, n : int, a, b : int >= 1; n*a <= m*b; n//b <= m//a",
        "m, n : int, a, b : int >= 1; n <= m; n//b <= m//a",
        (),
        (),
    ),
    "the greater of two floors in a sum": Rule(
        ("bounds._with_fewer_floors", "bounds._below"),
        "n, k : int >= 0; n//2 >= n//4 and k*(n//2) >= k*(n//4)",
        "n, k : int >= 0; n//4 >= n//2",
        ("n//2 - n//4 >= 0", "(n + 1)//2 - n//2 >= 0", "n//2 - n//3 >= 0"),
        ("n//4 - n//2 >= -1", "n//2 - n//3 >= 1", "n//3 - (n + 1)//3 >= 0"),
    ),
    "least values of floors and extrema": Rule(
        ("bounds._least", "cardinality._non_negative"),
        "a : int >= 7, b : int >= 2, c : int, d : int >= 1; a//3 >= 2 and a//d >= 0 and max(a, c) >= 7"
        " and min(a, b) >= 2",
        "a : int >= 7, b : int >= 2, c : int, d : int >= 1; a//d >= 1",
        ("a//3 >= 2", "a//d >= 0", "max(a, c) >= 7", "min(a, b) >= 2", "d*max(b, c) >= 2"),
        ("a//d >= 1", "min(a, c) >= 0", "max(a, c) >= 8"),
    ),
    # -- numbers of points -----------------------------------------------------------------------------------
    "a guard that always holds": Rule(
        ("cardinality.cardinality", "cardinality.least", "cardinality.greatest", "cardinality.coefficients"),
        "n, c : int >= 0; sum(i in 0..n | i + c >= 0) 1 = n and sum(i in 0..n | n + c - 1 - i >= 0) 1 = n",
        "n : int >= 0, c : int; sum(i in 0..n | i + c >= 0) 1 = n",
        ("sum(i in 0..n | i + c >= 0) 1 = n", "sum(i in 0..n | n + c - 1 - i >= 0) 1 = n"),
        ("sum(i in 0..n | i - c >= 0) 1 = n", "sum(i in 0..n | n - 2 - i >= 0) 1 = n"),
        longest=5,
    ),
    "the least of an affine size over a box": Rule(
        ("cardinality.least", "cardinality.greatest", "cardinality.coefficients"),
        "i, n, c : int; 0 <= i; i < n; (c >= 0 implies c*i >= 0) and (c <= 0 implies c*i >= c*(n - 1))",
        "i, n, c : int; 0 <= i; i < n; c*i >= c*(n - 1)",
    ),
    "boxes without guards": Rule(
        ("cardinality.cardinality",),
        "m, n : int >= 0; sum(i in 0..n, j in 0..m) 1 = n*m",
        "m, n : int; sum(i in 0..n, j in 0..m) 1 = n*m",
        ("sum(i in 0..n, j in 0..m) 1 = n*m", "sum(i in 0..3) 1 = 3"),
        ("sum(i in 0..n, j in 0..m) 1 = n + m",),
        longest=4,
    ),
    "independent parts": Rule(
        ("cardinality.cardinality", "cardinality._components"),
        "m, n, c, e : int >= 0; sum(i in 0..n, j in 0..m | i >= c and j >= e) 1"
        " = (sum(i in 0..n | i >= c) 1) * sum(j in 0..m | j >= e) 1",
        "m, n, c, e : int >= 0; sum(i in 0..n, j in 0..m | i >= c and j >= i) 1"
        " = (sum(i in 0..n | i >= c) 1) * sum(j in 0..m | j >= c) 1",
        (
            "sum(i in 0..n, j in 0..m | i >= c and j >= e) 1"
            " = (sum(i in 0..n | i >= c) 1) * sum(j in 0..m | j >= e) 1",
            "sum(i in 0..n, j in 0..m | i >= c) 1 = m * sum(i in 0..n | i >= c) 1",
        ),
        ("sum(i in 0..n, j in 0..m | j >= i) 1 = n*m",),
        longest=3,
    ),
    "numbers that satisfy a guard": Rule(
        ("cardinality._interval", "cardinality._count", "cardinality._card"),
        "i, c : int, s : int >= 1; (s*i + c >= 0 iff i >= -(c//s)) and (c - s*i >= 0 iff i <= c//s)",
        "i, c : int, s : int >= 1; s*i + c >= 0 iff i >= (-c)//s",
        (
            "sum(i in 0..9 | 3*i - 7 >= 0) 1 = 6",
            "sum(i in 0..9 | 7 - 3*i >= 0) 1 = 3",
            "sum(i in 0..4, j in 0..3 | i + j >= 3) 1 = 6",
            "sum(i in 0..4, j in 0..3 | 2*i - j >= 1 and i <= 2) 1 = 5",
        ),
        ("sum(i in 0..9 | 3*i - 7 >= 0) 1 = 7",),
        longest=10,
    ),
    "points that agree on the outer indices count once": Rule(
        ("cardinality.cardinality", "cardinality._count", "cardinality._one_or_none"),
        "n, m : int >= 0; sum(i in 0..n | exists j : int : 0 <= j and j < m) 1 = n*min(1, m)",
        "n, m : int >= 0; sum(i in 0..n | exists j : int : 0 <= j and j < m) 1 = n",
        (
            "sum(i in 0..n | exists j : int : 0 <= j and j < m) 1 = n*min(1, m)",
            "sum(i in 0..n | exists j : int : 0 <= j and j < 0) 1 = 0",
            "sum(i in 0..5 | exists j : int : 0 <= j and j < 3 and 2*j - i >= 0) 1 = 5",
            "sum(i in 0..7 | exists j : int : 0 <= j and j < 3 and 2*j - i >= 0) 1 = 5",
        ),
        ("sum(i in 0..7 | exists j : int : 0 <= j and j < 3 and 2*j - i >= 0) 1 = 6",),
        longest=8,
    ),
}  # fmt: skip

# Functions that rewrite nothing: they order, store, show, look, or only call the ones above.
NO_RULES: dict[str, str] = {
    "rounding._lexicographic": "the order of monomials",
    "extremum._sample_points": "points that say which comparisons are worth an attempt",
    "extremum._sampled": "a value at such a point",
    "size.size_key": "the order of sizes",
    "size.indices": "makes loop indices",
    "size.terms_of": "the terms as they are stored",
    "size.expanded": "Dim.expanded, of numbers too",
    "size.as_size": "reads what a user gives",
    "size.as_length": "reads what a user gives",
    "size.names_in": "reads what a user gives",
    "size.atoms": "looks at atoms",
    "size.symbols_of": "looks at symbols",
    "size.is_integral": "looks at coefficients and exponents",
    "size.substitute": "builds a size again from other atoms, by the rules above",
    "size._substitute": "builds a size again from other atoms, by the rules above",
    "size._with_groups": "looks into groups",
    "size._operand": "reads an operand",
    "size._apply": "reads operands",
    "size._floor_div": "imports floor_div",
    "size._at_least": "imports at_least",
    "cardinality.atom_of": "the variable of an index",
    "cardinality.indices_in": "looks at indices",
    "cardinality._coefficients": "collects terms by the index in them",
    "cardinality.apart": "gives loop indices names of their own",
    "conditions.equal": "makes a condition",
}
