"""Steps of proofs: each proves what it should and nothing more; names, sorts and what has to be shown."""

import re
import time
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED, REJECTED, UNREADABLE, replay
from symcnn.kernel.definedness import conditions
from symcnn.kernel.evaluation import Evaluator
from symcnn.kernel.goals import defined_goal, proof_goal, refutation_goal, satisfiable_goal
from symcnn.kernel.logic import negation
from symcnn.kernel.reading import Reader
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.steps import STEPS as KERNEL_STEPS
from symcnn.kernel.substitution import Definition, formula_with, with_function
from symcnn.kernel.terms import TRUE, Formula, Function, IllSorted, as_formula, same
from symcnn.kernel.writing import write

SCOPE: dict[str, Any] = {
    **dict.fromkeys("abcnmik", "int"), "r": "real", "q": "ring",
    "x": Function(("int",), "ring"), "f": Function(("int",), "int"), "g": Function(("int",), "int"),
}  # fmt: skip


def formula(text: str) -> Formula:
    reader = Reader(text, SCOPE)
    out = reader.formula()
    reader.end()
    return out


def statement(*lines: str) -> Statement:
    (out,) = read_statements('theorem T "m"\n' + "".join(f"  {line}\n" for line in lines))
    return out


class Case(NamedTuple):
    """A claim, and a proof of it: accepted, or rejected for a reason."""

    claim: str
    steps: str
    reason: str = ""
    given: str = ""


def verdict(case: Case, kind: str = "prove") -> tuple[str, str]:
    lines = [f"given {case.given}"] if case.given else []
    text = f"symcnn certificates 1\n{kind} T\n  proof {{ {case.steps} }}\n"
    (found,) = replay([statement(*lines, f"claim {case.claim}")], text)
    return found.status, re.sub(r"^line \d+, column \d+: ", "", found.reason)


# -- steps -------------------------------------------------------------------------------------------------

STEPS: dict[str, list[Case]] = {
    "take": [
        Case("for all a, b : int : a + b = b + a", "take c, d ring"),
        Case("for all a, b : int : a + b = b + a", "take c, c ring", "c is declared already; use another"
        " name"),
        Case("for all a, b : int : a + b = 2*a", "take a take b ring", "ring: the two sides differ by"),
        Case("exists a : int : a = a", "take a ring", "take: the goal is not 'for all'"),
        Case("for all a : int : a = n", "take n, n ring", "n is declared already", "n : int"),
        Case("1 = 1", "take a compute", "take: the goal is not 'for all'"),
        # The name that is taken may be one that is bound further inside.
        Case("for all a : int : exists b : int : b = a + 1", "take b witness b' = b + 1 ring"),
        Case("for all a : int : exists b : int : b = a + 1", "take b witness b' = b' + 1 ring",
        "b' is not declared"),
        Case("for all f : int -> int : sum(h in 0..2) f[h] = f[0] + f[1]", "take h split",
             "take: h is declared and is an index here; use another name"),
    ],
    "suppose": [
        Case("n = 1 implies 2*n = 2", "take n suppose h ring 2 h", given="n : int"),
        Case("not (n < 0 and 0 <= n)", "take n suppose h cone h.1 + h.2", given="n : int"),
        Case("n = 1 implies 2*n = 2", "take n suppose h, h ring 2 h", "suppose: the goal is neither",
        "n : int"),
        Case("n = 1 implies n = 1 implies n = 1", "take n suppose h, h exactly h", "h is a fact already",
        "n : int"),
        Case("n = 1", "take n suppose h exactly h", "suppose: the goal is neither 'implies' nor 'not': n ="
        " 1", "n : int"),
        Case("n = 1 or n != 1", "take n suppose h exactly h", "suppose: the goal is neither", "n : int"),
    ],
    "split": [
        Case("1 = 1 and 2 = 2", "split { compute } { compute }"),
        Case("true", "split"),
        Case("1 = 1 and 2 = 2", "split { compute } compute"),
        Case("1 = 1 iff 2 = 2", "split { suppose h compute } { suppose h compute }"),
        Case("1 = 1 and 2 = 3", "split { compute } { compute }", "compute: this is false: 2 = 3"),
        Case("1 = 1 and 2 = 2", "split { compute }", "no step, and this is not proved yet: 2 = 2"),
        Case("1 = 1 and 2 = 2", "split { compute } { compute } { compute }", "'}' is missing before '{'"),
        Case("n = 0 iff n = 1", "take n split { suppose h exactly h } { suppose h exactly h }",
             "exactly: the fact is n = 0, the goal is n = 1", "n : int"),
        Case("1 = 1 or 2 = 2", "split { compute } { compute }", "split: the goal is neither 'and' nor 'iff'"),
        Case("false", "split", "split: the goal is neither 'and' nor 'iff'"),
    ],
    "choose": [
        Case("1 = 2 or 2 = 2", "choose 2 compute"),
        Case("1 = 2 or 2 = 2", "choose 1 compute", "compute: this is false: 1 = 2"),
        Case("1 = 2 or 2 = 2", "choose 0 compute", "choose: there is no part 0; there are 2"),
        Case("1 = 2 or 2 = 2", "choose 3 compute", "choose: there is no part 3; there are 2"),
        Case("1 = 2 or 2 = 2", "choose 1.5 compute", "the number of a part is a whole number"),
        Case("1 = 1 and 2 = 2", "choose 1 compute", "choose: the goal is not 'or'"),
        Case("false", "choose 1 compute", "choose: there is no part 1; there are 0"),
    ],
    "witness": [
        Case("exists a : int : a*a = 4", "witness a = -2 compute"),
        Case("exists h : int -> int : h[3] = 9 and h[4] = 16", "witness h = fun(i) i^2 compute"),
        Case("exists a : int : a*a = 4", "witness a = 3 compute", "compute: this is false"),
        Case("exists a : int : a*a = 4", "witness b = 2 compute", "witness: the goal asks for a, not for b"),
        Case("exists a : int : 2*a = 1", "witness a = 1/2 compute",
             "witness: a is of sort int, and the value given for it of sort real"),
        Case("exists a : int : a = q", "take q witness a = q ring",
             "witness: a is of sort int, and the value given for it of sort ring", "q : ring"),
        Case("for all a : int : a = a", "witness a = 2 compute", "witness: the goal is not 'exists'"),
        Case("exists h : int -> int : h[3] = 9", "witness h = 9 compute",
        "a function int -> int is needed, such as fun(i) term"),
        Case("exists a : int : a = 9", "witness a = fun(i) 9 compute",
        "a term of sort int is needed, and no function"),
        Case("exists h : int -> int : h[3] = 9", "witness h = fun(i, j) 9 compute",
        "1 different parameters are needed"),
        Case("exists h : int, int -> int : h[3, 1] = 9", "witness h = fun(i, i) 9 compute",
             "2 different parameters are needed"),
        Case("exists h : int -> int : h[3] = 1/2", "witness h = fun(i) 1/2 compute",
             "witness: h is of sort int, and the value given for it of sort real"),
        Case("exists h : int -> real : h[3] = 1/2", "witness h = fun(i) i/6 compute"),
        # The witness may not speak of what is bound later.
        Case("exists a : int : for all b : int : a = b", "witness a = b take b ring", "b is not declared"),
        Case("for all b : int : exists a : int : for all b : int : a = b", "take b witness a = b take c ring",
             "ring: the two sides differ by 1*b + -1*c"),
        Case("for all b : int : exists a : int : for all b : int : a = b", "take b witness a = b take b'"
        " exactly b",
             "b is no fact here; there are none"),
        Case("for all b : int : exists a : int : 3*b = sum(b in 0..3) a",
             "take b witness a = b law e : sum_constant sum(c in 0..3) b { compute } ring -1 e"),
        Case("for all b : int : exists a : int : 3 = sum(b in 0..3) a",
             "take b witness a = b law e : sum_constant sum(c in 0..3) b { compute } ring -1 e",
             "ring: the two sides differ by"),
    ],
    "obtain": [
        Case("(exists a : int : 2*a = n) implies (exists b : int : 4*b = 2*n)",
             "take n suppose h obtain a, e from h witness b = a ring 2 e", given="n : int"),
        Case("(exists a : int : 2*a = n) implies (exists b : int : 2*b = n + 1)",
             "take n suppose h obtain a, e from h witness b = a exactly e", "exactly: the fact is",
             "n : int"),
        Case("(exists a : int : a = 2) implies n = 2", "take n suppose h obtain n, e from h exactly e",
             "n is declared already; use another name", "n : int"),
        Case("(exists a : int : a = 2) and (exists a : int : a = 3) implies 2 = 3",
             "suppose h obtain a, e from h.1 obtain a, d from h.2 ring e - d", "a is declared already"),
        Case("n = 2 implies n = 3", "take n suppose h obtain a, e from h exactly e",
             "obtain: the fact is not 'exists': n = 2", "n : int"),
        Case("(exists a, b : int : a = b + 1) implies (exists c : int : c = 5)",
             "suppose h obtain a, b, e from h witness c = a exactly e", "exactly: the fact is"),
        # A name that hides another one inside.
        Case("(for all b : int : exists a : int : a < b) implies (exists c : int : c < c)",
             "suppose h take b", "take: the goal is not 'for all'"),
        Case("(exists a : int : for all b : int : a <= b) implies (exists c : int : c < c)",
             "suppose h obtain b, e from h use g : e(b - 1) witness c = b cone g - 1",
             "the factor -1 is not positive"),
    ],
    "cases": [
        Case("n < 0 or n = 0 implies n <= 0", "take n suppose h cases h as c { cone c + 1 } { cone - c"
        " }", given="n : int"),
        Case("n < 0 or n = 1 implies n <= 0", "take n suppose h cases h as c { cone c + 1 } { cone - c }",
             "cone: what is to be >= 0 exceeds the sum by -1", "n : int"),
        Case("n < 0 or n = 0 implies n < 0", "take n suppose h cases h as c { exactly c }",
             "no step, and this is not proved yet: n < 0", "n : int"),
        Case("n < 0 and n = 0 implies n < 0", "take n suppose h cases h as c { exactly c } { exactly c }",
             "cases: the fact is not 'or'", "n : int"),
        Case("false implies 1 = 2", "suppose h cases h as c"),
        Case("n < 0 or n = 0 implies n < 0", "take n suppose h cases h as h { exactly h } { exactly h }",
             "h is a fact already", "n : int"),
    ],
    "decide": [
        Case("n = 0 or n != 0", "take n decide n = 0 as h { choose 1 exactly h } { choose 2 exactly h"
        " }", given="n : int"),
        Case("n <= 0 or 0 < n", "take n decide n <= 0 as h { choose 1 exactly h } { choose 2 exactly h"
        " }", given="n : real"),
        Case("n <= 0 or 1 <= n", "take n decide n <= 0 as h { choose 1 exactly h } { choose 2 cone h }",
             given="n : int"),
        Case("n <= 0 or 1 <= n", "take n decide n <= 0 as h { choose 1 exactly h } { choose 2 cone h }",
             "cone: what is to be >= 0 exceeds the sum by -1", "n : real"),
        Case("n = 0 or n != 0", "take n decide n < 0 as h { choose 2 suppose z cone h + z } { choose 1"
        " exactly h }",
             "exactly: the fact is 0 <= n, the goal is n = 0", "n : int"),
        Case("n = 0 or n != 0", "take n decide n < m as h { compute } { compute }", "m is not declared",
        "n : int"),
        Case("q = 0 or q != 0", "take q decide q < 0 as h { compute } { compute }",
             "< needs an order; elements of a ring have none", "q : ring"),
    ],
    "deny": [
        Case("0 <= n^2 or n = 1", "take n deny h cone h.1 + 0 h.1", "the factor 0 is not positive",
        "n : int"),
        Case("0 <= n^2", "take n deny h cone h + (n)^2", given="n : real"),
        Case("0 < n^2", "take n deny h cone h + (n)^2", "cone: that the sum 0 is >= 0 is no contradiction",
        "n : real"),
        Case("1 = 2", "deny h exactly h", "exactly: the fact is 1 != 2, the goal is false"),
        Case("1 = 1", "deny h use f : h { compute } exactly f"),
    ],
    "have": [
        Case("n = 1 implies 4*n = 4", "take n suppose h have g : 2*n = 2 { ring 2 h } ring 2 g", given="n :"
        " int"),
        Case("n = 1 implies 4*n = 4", "take n suppose h have g : 2*n = 3 { ring 2 h } ring 2 g",
             "ring: the two sides differ by -1", "n : int"),
        Case("1 = 2", "have g : 1 = 2 exactly g", "'{' is missing before 'exactly'"),
        Case("1 = 2", "have g : 1 = 2 { exactly g } exactly g", "g is no fact here; there are none"),
        Case("n = 2", "take n have g : n { compute } exactly g", "a relation (=, !=, <=, <, >=, >) is"
        " missing", "n : int"),
        Case("1 = 1", "have g : x[1/2] = x[1/2] { ring } compute", "x is not declared"),
        Case("1 = 1", "take x have g : x[1/2] = x[1/2] { ring } compute",
             "an argument of x must be of sort int", "x : int -> ring"),
    ],
    "use": [
        Case("(for all a : int : a <= n) implies 3 <= n", "take n suppose h use g : h(3) exactly"
        " g", given="n : int"),
        Case("(for all a : int : a <= n) implies 4 <= n", "take n suppose h use g : h(3) exactly g",
             "exactly: the fact is 3 <= n, the goal is 4 <= n", "n : int"),
        Case("(for all a : int : 0 <= a implies a <= n) implies 3 <= n",
             "take n suppose h use g : h(3) { compute } exactly g", given="n : int"),
        Case("(for all a : int : 0 <= a implies a <= n) implies -1 <= n",
             "take n suppose h use g : h(-1) { compute } exactly g", "compute: this is false: 0 <= -1",
             "n : int"),
        Case("(for all a : int : 0 <= a implies a <= n) implies 3 <= n", "take n suppose h use g : h(3)"
        " exactly g",
             "exactly: the fact is 0 <= 3 implies 3 <= n", "n : int"),
        Case("(for all a : int : a <= n) implies 1 <= n", "take n suppose h use g : h(1/2) exactly g",
             "use: a is of sort int, and the value given for it of sort real", "n : int"),
        Case("(for all a : int : a <= n) implies 1 <= n", "take n suppose h use g : h(1, 2) exactly g",
             "use: there are more values than 'for all' in the fact", "n : int"),
        Case("(exists a : int : n <= a) implies n <= 1", "take n suppose h use g : h(1) exactly g",
             "use: there are more values than 'for all'", "n : int"),
        Case("n = 1 implies n = 1", "take n suppose h use g : h { compute } exactly g",
             "use: what is left of the fact is neither 'implies' nor 'not'", "n : int"),
        Case("n != 1 implies n != 1", "take n suppose h suppose e use g : h { exactly e } exactly"
        " g", given="n : int"),
        Case("(for all p : int -> int : p[1] = p[2]) implies 1 = 2", "suppose h use g : h(fun(i) i) exactly"
        " g"),
        Case("(for all p : int -> int : p[1] = p[2]) implies 1 = 3", "suppose h use g : h(fun(i) i) exactly"
        " g",
             "exactly: the fact is 1 = 2, the goal is 1 = 3"),
        Case("(for all p : int -> int : p[1] = p[2]) implies 1 = 2", "suppose h use g : h(3) exactly g",

        "a function int -> int is needed, such as fun(i) term"),
        # Values mean the names outside; bound ones give way.
        Case("(for all a : int : exists b : int : a < b) implies (exists b : int : n < b)",
             "take n suppose h use g : h(n) exactly g", given="n : int"),
        Case("(for all a : int : exists b : int : b < a) implies (exists c : int : c < b)",
             "take b suppose h use g : h(b) exactly g", given="b : int"),
        Case("(for all a : int : exists b : int : b = a) implies (exists c : int : c = c + 1)",
             "suppose h take b", "take: the goal is not 'for all'"),
        Case("(for all a : int : exists b : int : b = a + 1) implies (exists b : int : b = b + 1)",
             "take b suppose h use g : h(b) exactly g", "exactly: the fact is exists b' : int : b' = b +"
             " 1", "b : int"),
        Case("(for all a : int : sum(b in 0..2) (a + b) = 2*a + 1) implies sum(c in 0..2) (b + c) = 2*b + 1",
             "take b suppose h use g : h(b) exactly g", given="b : int"),
        Case("(for all a : int : sum(b in 0..2) (a + b) = 2*a + 1) implies sum(c in 0..2) (c + c) = 2*b + 1",
             "take b suppose h use g : h(b) exactly g", "exactly: the fact is sum(b' in 0..2)", "b : int"),
        Case("(for all p : int -> int : sum(b in 0..2) p[b] = p[0] + p[1]) implies sum(c in 0..2) b = 2*b",
             "take b suppose h use g : h(fun(i) b) exactly g", given="b : int"),
        Case("(for all p : int -> int : sum(b in 0..2) p[b] = p[0] + p[1]) implies sum(c in 0..2) c = 2*b",
             "take b suppose h use g : h(fun(i) b) exactly g", "exactly: the fact is sum(b' in 0..2) b =",
             "b : int"),
    ],
    "law": [
        Case("n < m or n = m or m < n", "take n, m law e : trichotomy n, m exactly e", given="n, m : int"),
        Case("n < m or m < n", "take n, m law e : trichotomy n, m exactly e", "exactly: the fact is",
        "n, m : int"),
        Case("1 = 1", "law e : floor k, 2 { compute } compute", "k is not declared"),
    ],
    "induct": [
        Case("for all n : int >= 0 : 0 <= n", "induct { compute } take n suppose a, b cone b + 1"),
        Case("for all n : int >= m : m <= n", "take m induct { cone } take n suppose a, b cone b +"
        " 1", given="m : int"),
        Case("for all n : int >= 1 : n <= 1", "induct { compute } take n suppose a, b exactly b",
             "exactly: the fact is n <= 1, the goal is n + 1 <= 1"),
        Case("for all n : int >= 0 : 1 <= n", "induct { compute } take n suppose a, b cone b + 1",
             "compute: this is false: 1 <= 0"),
        Case("for all n : int : 0 <= n", "induct { compute } take n suppose a, b cone b + 1",
             "induct: the goal is not 'for all n : int >= a : ...'"),
        Case("for all n : int > 0 : 0 <= n", "induct { compute } take n suppose a, b cone b + 1",
             "induct: the goal is not 'for all n : int >= a : ...'"),
        Case("for all n : real >= 0 : n*n != 2", "induct { suppose h compute } take n suppose a, b exactly b",
             "induct: the goal is not 'for all n : int >= a : ...'"),
        Case("for all n : int : n <= 0 implies 0 <= n", "induct { compute } take n suppose a, b exactly b",
             "induct: the goal is not 'for all n : int >= a : ...'"),
        Case("for all n : int : n <= n implies n = 0", "induct { compute } take n suppose a, b exactly b",
             "induct: the goal is not 'for all n : int >= a : ...'"),
        # What is bound inside does not catch the start.
        Case("for all n : int >= m : sum(m in 0..2) n = 2*n",
             "take m induct { law e : sum_constant sum(k in 0..2) m { compute } ring e } take n suppose a, b"
             " law e : sum_constant sum(k in 0..2) (n + 1) { compute } ring e", given="m : int"),
        Case("for all n : int >= m : sum(m in 0..2) n = 1", "take m induct { compute } split",
             "compute: the goal has no value, it speaks of m", "m : int"),
    ],
    "exactly": [
        Case("for all k : int : x[k + 1] = x[1 + k]", "take x, k ring", given="x : int -> ring"),
        Case("(for all k : int : k < n) implies (for all n : int : n < m)", "take n, m suppose h exactly h",
             "exactly: the fact is for all k : int : k < n", "n, m : int"),
        Case("(for all k : int : k < n) implies (for all m : int : m < n)",
        "take n suppose h exactly h", given="n : int"),
        Case("(for all k : real : k < n) implies (for all m : int : m < n)", "take n suppose h exactly h",
             "exactly: the fact is", "n : int"),
        Case("(for all k, l : int : k < l) implies (for all k, l : int : l < k)", "suppose h exactly h",
             "exactly: the fact is"),
        Case("(for all p : int -> int : exists s : int -> int : p[0] = s[1]) implies"
             " (exists s : int -> int : for all p : int -> int : p[0] = s[1])", "suppose h exactly h",
             "exactly: the fact is"),
        Case("(for all p, s : int -> int : p[0] < s[1]) implies (for all s, p : int -> int : p[0] < s[1])",
             "suppose h exactly h", "exactly: the fact is"),
        Case("n <= m implies n < m", "take n, m suppose h exactly h", "exactly: the fact is", "n, m : int"),
        Case("n <= m implies m <= n", "take n, m suppose h exactly h", "exactly: the fact is", "n, m : int"),
        Case("n = m implies m = n", "take n, m suppose h exactly h", given="n, m : int"),
        Case("n = m implies n^2 = m^2", "take n, m suppose h exactly h", "exactly: the fact is",
        "n, m : int"),
        Case("false implies 1 = 2", "suppose h exactly h"),
        Case("true implies 1 = 2", "suppose h exactly h", "exactly: the fact is true, the goal is 1 = 2"),
        Case("(n = 1 implies n = 3) implies (n = 3 implies n = 1)", "take n suppose h exactly h",
             "exactly: the fact is", "n : int"),
        Case("1 = 1", "exactly h", "h is no fact here; there are none"),
        Case("1 = 1 and 1 = 2 implies 1 = 2", "suppose h exactly h.3", "a fact: there is no part 3; there"
        " are 2"),
        Case("1 = 1 implies 1 = 2", "suppose h exactly h.1", "a fact that is neither 'and' nor 'iff' has no"
        " parts"),
        Case("1 = 1 and (1 = 1 and 1 = 2) implies 1 = 2", "suppose h exactly h.2.2"),
        Case("(1 = 1 iff 1 = 2) implies (1 = 2 implies 1 = 1)", "suppose h exactly h.2"),
        Case("n = m and x[n] = 0 implies x[m] = 0", "take n, m, x suppose h exactly h.2 using h.1",
             given="n, m : int, x : int -> ring"),
        Case("n = m and x[n] = 0 implies x[m + 1] = 0", "take n, m, x suppose h exactly h.2 using h.1",
             "exactly: the fact is", "n, m : int, x : int -> ring"),
        # Equal elements of a ring need not be equal numbers.
        Case("n + q = m + q implies n = m", "take n, m, q suppose h exactly h", "exactly: the fact is",
             "n, m : int, q : ring"),
        Case("n = m implies n + q = m + q", "take n, m, q suppose h exactly h", "exactly: the fact is",
             "n, m : int, q : ring"),
    ],
    "compute": [
        Case("sum(i in 0..5 | i != 2) i^2 = 26 and 7//2 = 3 and (-7)//2 = -4", "compute"),
        Case("sum(i in 5..0) i = 0 and 0^0 = 1", "compute"),
        Case("1/2 + 1/3 = 5/6", "compute"),
        Case("sum(i in 0..5) i = 11", "compute", "compute: this is false: sum(i in 0..5) i = 11"),
        Case("n = n", "take n compute", "compute: the goal has no value, it speaks of n", "n : int"),
        Case("for all n : int : n = n", "compute", "evaluate: a quantifier has no value"),
        Case("not (for all n : int : n = n)", "compute", "evaluate: a quantifier has no value"),
        Case("((9^64)^64)^64 = 0", "compute", "evaluate: a power has more than 14000 bits"),
    ],
    "ring": [
        Case("(n + 1)^2 = n^2 + 2*n + 1", "take n ring", given="n : ring"),
        Case("(n + 1)^2 = n^2 + 1", "take n ring", "ring: the two sides differ by 2*n", "n : ring"),
        Case("n <= n", "take n ring", "ring: the goal is no equation: n <= n", "n : int"),
    ],
    "cone": [
        Case("2*n*m <= n^2 + m^2", "take n, m cone (n - m)^2", given="n, m : real"),
        Case("2*n*m < n^2 + m^2", "take n, m cone (n - m)^2", "for a strict inequality of reals a product >"
        " 0 is missing",
             "n, m : real"),
        Case("n = n", "take n cone", "cone: the goal is no inequality: n = n", "n : int"),
    ],
    "let": [
        Case("(n + 1)^2 = n^2 + 2*n + 1", "take n let s(i) = i + 1 have h : s(n)^2 = s(2*n) + n^2 { ring }"
        " exactly h",
             given="n : int"),
        Case("n = n + 1", "take n let n = n + 1 ring", "n is declared already", "n : int"),
        Case("1 = 1", "let s = 1 let s = 2 compute", "s is an abbreviation; use another name"),
        Case("for all s : int : s = 1", "let s = 1 take s ring", "s is an abbreviation; use another name"),
        Case("1 = 1", "let s = 1 have s : 1 = 1 { compute } compute", "s is an abbreviation; use another"
        " name"),
        Case("sum(i in 0..2) n = 2*n", "take n let s = n + 1 have h : sum(n in 0..2) s = 2 { compute }"
        " compute",
             "s reads n, which is bound to something else here", "n : int"),
        Case("exists h : int -> int : h[2] = n + 1", "take n let s = n + 1 witness h = fun(n) s compute",
             "s reads n, which is bound to something else here", "n : int"),
        Case("exists a : int : a = 2", "let a = 2 witness a = a compute"),
        Case("1 = 1", "let s = k compute", "k is not declared"),
        # An abbreviation of one block is unknown in the next.
        Case("(for all n : int : n = n) and (for all n : real : n + 1 = n)",
             "split { take n let s = n + 1 ring } { take n have h : s = n { ring } exactly h }",
             "s is not declared"),
        Case("(for all n : int : n = n) and 1 = 1", "split { take n let s = n ring } { have h : s = s {"
        " ring } compute }",
             "s is not declared"),
    ],
}  # fmt: skip
EVERY = [(name, case) for name, cases in STEPS.items() for case in cases]


@pytest.mark.parametrize(("name", "case"), [(n, c) for n, c in EVERY if not c.reason])
def test_accepted(name: str, case: Case) -> None:
    assert verdict(case) == (PROVED, "")


@pytest.mark.parametrize(("name", "case"), [(n, c) for n, c in EVERY if c.reason])
def test_rejected(name: str, case: Case) -> None:
    status, reason = verdict(case)
    assert status in (REJECTED, UNREADABLE)
    assert case.reason in reason


def test_every_step_is_accepted_once_and_rejected_once() -> None:
    assert STEPS.keys() == KERNEL_STEPS.keys()
    for name, cases in STEPS.items():
        assert any(name in case.steps.split() for case in cases if case.reason)
        assert any(name in case.steps.split() for case in cases if not case.reason)


# -- false claims ------------------------------------------------------------------------------------------

# Each of these is false for some values, or in some commutative ring, so no proof may be accepted.
FALSE_CLAIMS = {
    "a ring equation for whole numbers, in an index": Case(
        "q + n - q = 0 implies x[n] = x[0]", "take n, q, x suppose h ring using h",
        given="n : int, q : ring, x : int -> ring"),
    "a ring equation of sums of whole numbers": Case(
        "sum(i in 0..2) (n*i + q - q) = 0 implies x[sum(i in 0..2) (n*i)] = x[0]",
        "take n, q, x suppose h ring using h", given="n : int, q : ring, x : int -> ring"),
    "a ring equation of cases of whole numbers": Case(
        "(if n < 0 then n + q - q else 2) = 0 implies x[if n < 0 then n else 2] = x[0]",
        "take n, q, x suppose h ring using h", given="n : int, q : ring, x : int -> ring"),
    "a ring equation as one of whole numbers": Case(
        "q + n - q = 0 implies n = 0", "take n, q suppose h ring using h", given="n : int, q : ring"),
    "a ring equation in an inequality": Case(
        "q + n - q = 0 implies n <= 0", "take n, q suppose h cone using h", given="n : int, q : ring"),
    "a ring equation in a floor": Case(
        "q + n - q = 0 implies n//2 = 0", "take n, q suppose h ring using h", given="n : int, q : ring"),
    "a ring equation in a range": Case(
        "q + n - q = 0 implies sum(i in 0..n) q = sum(i in 0..0) q", "take n, q suppose h ring using h",
        given="n : int, q : ring"),
    "an abbreviation of whole numbers for an element of a ring": Case(
        "q = 2 implies (if q = 0 then 1 else 0) = 0",
        "take q suppose h let g(i) = if i = 0 then 1 else 0 have e : g(2) = 0 { compute } ring e using h",
        given="q : ring"),
    "a ring equation in a condition": Case(
        "q = n implies (if q = 0 then 1 else 0) = (if n = 0 then 1 else 0)",
        "take q, n suppose h ring using h",
        given="q : ring, n : int"),
    "a ring equation as an equation of whole numbers": Case(
        "q = n and q = 0 implies n = 0", "take q, n suppose h exactly h.2 using h.1", given="q : ring, n :"
        " int"),
    "an inequation of whole numbers as one in a ring": Case(
        "q = n and n != 0 implies q != 0",
        "take q, n suppose h suppose z use g : h.2 { exactly z using h.1 } exactly g", given="q : ring, n :"
        " int"),
    "induction from what is no whole number": Case(
        "for all n : int >= 1/2 : 2*n = 1",
        "induct { compute } take n suppose a, b deny c decide n <= 0 as d { cone 2 d + b } { cone 2 d - b }"),
    "induction from a real": Case(
        "2*r = 1 implies (for all n : int >= r : 2*n = 1)",
        "take r suppose h induct { exactly h } take n suppose a, b deny c decide n <= 0 as d"
        " { cone 2 d + b } { cone 2 d - b }", given="r : real"),
    "a number that is not 0 in every ring": Case("exists q : ring : q = 2 and q != 0",
    "witness q = 2 compute"),
    "a ring of one element": Case("exists q : ring : q != 0", "witness q = 1 compute"),
    "a ring equation at a number": Case(
        "(for all q : ring : 2*q = 0) implies 1 = 2", "suppose h use e : h(1) ring -1/2 e"),
    "a ring equation at a whole number": Case(
        "(for all q : ring : 2*q = 0) implies n = 0", "take n suppose h use e : h(n) ring 1/2 e", given="n"
        " : int"),
    "values in a ring": Case("exists y : int -> ring : y[0] != y[2]", "witness y = fun(i) i compute"),
    "values in a ring, used": Case(
        "(for all y : int -> ring : y[0] = y[2]) implies 0 = 2", "suppose h use e : h(fun(i) i) exactly e"),
    "arguments in a ring": Case(
        "exists h : ring -> int : (for all q : ring : q = 0 implies h[q] = 1) and h[2] = 0",
        "witness h = fun(q) if q = 0 then 1 else 0 split"
        " { take q suppose h law e : if_true if q = 0 then 1 else 0 { exactly h } exactly e } { compute }"),
    "a bound function under an index with its new name": Case(
        "f[0] = f[0] + 1",
        "take f have a : for all n : int : for all g : int -> int : exists f : int -> int :"
        " n <= sum(f' in 0..1) f[f']"
        " { take n take g witness f = fun(i) n law z : sum_constant sum(f' in 0..1) n { compute } cone z }"
        " have b : for all n : int :"
        " not (for all f : int -> int : exists g : int -> int : n <= sum(f' in 0..1) f[f'])"
        " { take n suppose h use i : h(fun(i) n - 1) obtain g, j from i"
        " law z : sum_constant sum(f' in 0..1) (n - 1) { compute } cone j - z }"
        " use c : a(f[0]) use d : b(f[0]) { exactly c } exactly d", given="f : int -> int"),
}  # fmt: skip


@pytest.mark.parametrize("case", FALSE_CLAIMS.values(), ids=FALSE_CLAIMS)
def test_what_is_false_is_not_proved(case: Case) -> None:
    status, reason = verdict(case)
    assert status == REJECTED
    assert reason


def test_functions_of_functions_do_not_take_forever() -> None:
    value = "n"
    for _ in range(30):
        value = f"h[{value}]"
    for body in ("i + i", "sum(k in 0..1) (i + i)", "if i = 0 then i else i"):
        case = Case(f"(for all h : int -> int : {value} = n) implies 1 = 1",
                    f"take n suppose h use e : h(fun(i) {body}) compute", given="n : int")  # fmt: skip
        start = time.process_time()
        status, reason = verdict(case)
        assert (status, "large" in reason) == (REJECTED, True)
        assert time.process_time() - start < 1


def test_laws_with_large_arguments_do_not_take_forever() -> None:
    body, point = " + ".join(["i"] * 3000), " + ".join(["n"] * 6000)
    laws = [
        f"max_bound max(i in 0..n) ({body}), {point}",
        f"sum_point sum(i in 0..n) ({body}), {point}",
        f"sum_shift sum(i in 0..n) ({body}), {point}",
    ]
    for law in laws:
        start = time.process_time()
        status, reason = verdict(
            Case("1 = 1", f"take n law e : {law} {{ compute }} compute", given="n : int")
        )
        assert (status, "large" in reason) == (REJECTED, True)
        assert time.process_time() - start < 2


# -- formulas ----------------------------------------------------------------------------------------------

CLOSED = [
    "a <= b", "a < b", "a = b", "not a = b", "not a <= b", "a <= b and b <= c", "a < b or b < c", "true",
    "false",
    "a < b implies b < c", "a = b iff b = c", "(a = b iff b < c) and not (a <= b or a = c)",
    "not (a < b implies not b = c)", "not not a < b",
]  # fmt: skip


@pytest.mark.parametrize("text", CLOSED)
def test_a_negation_holds_exactly_where_the_formula_does_not(text: str) -> None:
    for a, b, c in product(range(2), repeat=3):
        here = Evaluator({"a": Fraction(a), "b": Fraction(b), "c": Fraction(c)})
        assert here.holds(negation(formula(text))) is not here.holds(formula(text))
        assert here.holds(negation(negation(formula(text)))) is here.holds(formula(text))


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("for all n : int : n < a", "exists n : int : a <= n"),
        ("exists n : real : n < a and n = b", "for all n : real : a <= n or n != b"),
        (
            "for all n : int >= 1 : exists m : int : m = n",
            "exists n : int : 1 <= n and (for all m : int : m != n)",
        ),
    ],
)
def test_negations_of_quantifiers(text: str, negated: str) -> None:
    assert same(negation(formula(text)), formula(negated))


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("for all b : int : a < b", {"a": "b + 1"}, "for all c : int : b + 1 < c"),
        ("for all b : int : b < b", {"b": "a"}, "for all b : int : b < b"),
        ("sum(i in i..i + 2) (i + a) = i", {"i": "n", "a": "i"}, "sum(k in n..n + 2) (k + i) = n"),
        ("sum(i in 0..2 | i < a) 1 = b", {"a": "i", "b": "a"}, "sum(k in 0..2 | k < i) 1 = a"),
        ("for all b : int : exists b' : int : a + b < b'", {"a": "b"}, "for all n : int : exists m : int :"
         " b + n < m"),
        ("for all b : int : exists b' : int : a + b < b'", {"a": "b'"}, "for all n : int : exists m : int :"
         " b' + n < m"),
        ("for all f : int -> int : a < f[b]", {"a": "f[0]"}, "for all h : int -> int : f[0] < h[b]"),
        ("exists f : int -> int : for all b : int : a < f[b]", {"a": "f[b]"},
         "exists h : int -> int : for all n : int : f[b] < h[n]"),
        ("a = 0 and (for all a : int : a < b)", {"a": "b", "b": "a"}, "b = 0 and (for all n : int : n < a)"),
        ("(if exists b : int : a = 2*b then a else 0) = b", {"a": "b"}, "(if exists n : int : b = 2*n then"
         " b else 0) = b"),
    ],
)  # fmt: skip
def test_substitution_does_not_capture(text: str, values: dict[str, str], expected: str) -> None:
    scope = {**SCOPE, "b'": "int"}

    def read(of: str) -> Formula:
        return Reader(of, scope).formula()

    here = {name: Reader(value, scope).term() for name, value in values.items()}
    assert same(formula_with(read(text), here), read(expected)), write(formula_with(read(text), here))


@pytest.mark.parametrize(
    ("text", "parameters", "body", "expected"),
    [
        ("f[f[a]] = b", ["i"], "i + a", "a + a + a = b"),
        ("sum(a in 0..2) f[a] = 1", ["i"], "i + a", "sum(k in 0..2) (k + a) = 1"),
        ("for all a : int : f[a] = a", ["i"], "i*a", "for all k : int : k*a = k"),
        ("for all f : int -> int : f[a] = a", ["i"], "i*a", "for all f : int -> int : f[a] = a"),
        ("f[k] = sum(k in 0..2) f[k]", ["i"], "sum(k in 0..i) k",
         "sum(m in 0..k) m = sum(k in 0..2) sum(m in 0..k) m"),
        ("sum(i in 0..f[i] | f[i] < a) f[i] = 0", ["a"], "i*a",
         "sum(k in 0..i*i | i*k < a) (i*k) = 0"),
        ("for all n : int : f[n] = g[n]", ["i"], "if exists n : int : 2*n = i then 1 else 0",
         "for all n : int : (if exists k : int : 2*k = n then 1 else 0) = g[n]"),
        ("for all g : int -> int : f[0] = 1", ["i"], "i", "for all g : int -> int : 0 = 1"),
    ],
)  # fmt: skip
def test_values_of_functions_do_not_capture(
    text: str, parameters: list[str], body: str, expected: str
) -> None:
    value = Reader(body, SCOPE).term()
    out = as_formula(with_function(formula(text), Definition("f", tuple(parameters), value)))
    for here in product(range(3), repeat=4):
        a, b, k, i = map(Fraction, here)
        known = Evaluator({"a": a, "b": b, "k": k, "i": i})
        if not any(word in text + body for word in ("for all", "exists")):
            assert known.holds(out) is known.holds(formula(expected))
    if "for all" in text:
        assert same(out, formula(expected)) or "a + a" in expected, write(out)


@pytest.mark.parametrize("text", ["for all g : int -> int : f[0] = g[0]", "exists g : int -> int : f[0] = 1"])
def test_a_value_that_reads_a_function_that_is_bound_there_is_refused(text: str) -> None:
    with pytest.raises(IllSorted, match=r"^g is bound to another function here; use another name$"):
        with_function(formula(text), Definition("f", ("i",), Reader("g[i]", SCOPE).term()))


# -- what has to be shown ----------------------------------------------------------------------------------

DEFINED = [
    ("1/r = 1", "r != 0"),
    ("1/2 = r", "true"),
    ("1/0 = r", "false"),
    ("a//b = 1", "1 <= b"),
    ("a//0 = 1", "false"),
    ("a//2 = 1", "true"),
    ("1/(1/r) = 1", "r != 0 and 1/r != 0"),
    ("r = 0 or 1/r = 1", "not r = 0 implies r != 0"),
    ("1/r = 1 or r = 0", "r != 0"),
    ("r = 0 and 1/r = 1", "r = 0 implies r != 0"),
    ("r != 0 implies 1/r = 1", "not r = 0 implies r != 0"),
    ("r = 0 iff 1/r = 1", "r != 0"),
    ("(if r = 0 then 0 else 1/r) = 1", "not r = 0 implies r != 0"),
    ("(if 1/r = 0 then 0 else 1) = 1", "r != 0"),
    ("for all s : real : 1/s = 1", "for all s : real : s != 0"),
    ("exists s : real : 1/s = 1", "for all s : real : s != 0"),
    ("sum(i in 0..n) 1/i = 1", "for all i : int : 0 <= i and i < n implies i != 0"),
    ("sum(i in 0..n | i != 0) 1/i = 1", "for all i : int : 0 <= i and i < n implies i != 0 implies i != 0"),
    ("sum(i in 0..n | 1/i = 1) 1 = 1", "for all i : int : 0 <= i and i < n implies i != 0"),
    ("sum(i in 0..a//b) 1 = 1", "1 <= b"),
    ("sum(i in i..n) 1/i = 1", "for all k : int : i <= k and k < n implies k != 0"),
    ("max(i in 0..n) i = 1", "exists i : int : 0 <= i and i < n"),
    ("max(i in 0..n | i < a) i = 1", "exists i : int : 0 <= i and i < n and i < a"),
    ("max(i in i..n) i = 1", "exists k : int : i <= k and k < n"),
    ("f[a//b] = 1", "1 <= b"),
    ("not 1/r = 1", "r != 0"),
    ("a = 1", "true"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), DEFINED)
def test_where_a_formula_has_a_value(text: str, expected: str) -> None:
    assert same(conditions(formula(text)), formula(expected)), write(conditions(formula(text)))


RECURSIVE = (
    "given n : int >= 1", "given c : ring", "given y : int -> ring",
    "recursive y(0) = 0", "          y(t + 1) = y(t) + c",
)  # fmt: skip


def test_goals_of_a_statement_with_a_function_that_is_defined() -> None:
    found = statement(*RECURSIVE, "claim y[n] = n*c")
    scope: dict[str, Any] = {}
    both = "y[0] = 0 and (for all t : int : 0 <= t implies y[t + 1] = y[t] + c)"
    goals = {
        proof_goal(found): "for all n : int : for all c : ring : for all y : int -> ring : 1 <= n implies"
        " y[0] = 0 implies (for all t : int : 0 <= t implies y[t + 1] = y[t] + c) implies y[n] = n*c",
        satisfiable_goal(found): "exists n : int : exists c : real : for all y : int -> real :"
        f" ({both}) implies 1 <= n",
        refutation_goal(found): "exists n : int : exists c : real : for all y : int -> real :"
        f" ({both}) implies 1 <= n and y[n] != n*c",
    }
    for goal, expected in goals.items():
        text = write(goal)
        assert text == write(Reader(expected, scope).formula()), text
    assert defined_goal(found) == TRUE


@pytest.mark.parametrize(
    ("lines", "satisfiable", "defined", "refuted"),
    [
        (["claim 1 = 2"], "true", "true", "1 != 2"),
        (["given n : int", "claim n = 2"], "true", "true", "exists n : int : n != 2"),
        (["given n : int >= 1", "claim n = 2"], "exists n : int : 1 <= n", "true",
         "exists n : int : 1 <= n and n != 2"),
        (["given n : int", "claim 2//n = 2"], "true", "for all n : int : 1 <= n",
         "exists n : int : 1 <= n and 2//n != 2"),
        (["given q : ring", "assume q = 1", "claim q = 2"], "exists q : real : q = 1", "true",
         "exists q : real : q = 1 and q != 2"),
        (["given x : int -> ring", "claim exists z : int -> ring : z[0] = x[0] + 1"], "true", "true",
         "exists x : int -> real : for all z : int -> real : z[0] != x[0] + 1"),
        (["given n : int", "assume 1/n = 1", "claim n = 2"], "exists n : int : 1/n = 1",
         "for all n : int : n != 0",
         "exists n : int : 1/n = 1 and n != 0 and n != 2"),
        (["given n : int", "assume n >= 1", "assume 4//n = 2", "claim 4//n = 2"],
         "exists n : int : 1 <= n and 4//n = 2", None, None),
        (["given n : int", "assume true", "claim n = n"], "exists n : int : true", "true", None),
        (["given f : ring -> int", "claim f[1] = (if f[2] = 0 then 1 else 0)"], "true", "true",
         "exists f : real -> int : f[1] != (if f[2] = 0 then 1 else 0)"),
    ],
)  # fmt: skip
def test_goals(lines: list[str], satisfiable: str, defined: str | None, refuted: str | None) -> None:
    found = statement(*lines)
    assert write(satisfiable_goal(found)) == satisfiable
    if defined is not None:
        assert write(defined_goal(found)) == defined
    if refuted is not None:
        assert write(refutation_goal(found)) == refuted


@pytest.mark.parametrize(
    ("lines", "certificate", "reason"),
    [
        (["given n : int >= 1", "claim 1 = 1"], "proof { take n suppose h compute }",
         "satisfiable: a proof is missing of exists n : int : 1 <= n"),
        (["given n : int", "claim n//n = n//n"], "proof { take n ring }",
         "defined: a proof is missing of for all n : int : 1 <= n"),
        (["given n : int >= 1", "claim 1 = 2"], "satisfiable { witness n = 0 compute } proof { take n"
         " suppose h compute }",
         "compute: this is false: 1 <= 0"),
        (["given n : int", "assume n < n", "claim 1 = 2"],
         "satisfiable { witness n = 0 compute } proof { take n suppose h cone h + 1 }",
         "compute: this is false: 0 < 0"),
        (["given n : int >= 1", "claim 1 = 1"],
         "proof { take n suppose h compute } satisfiable { witness n = 1 compute }",
         "satisfiable: a proof is missing"),
        (["claim 1 = 1"], "satisfiable { split }", "proof: a proof is missing of 1 = 1"),
        (["claim 1 = 1"], "proof { compute } proof { compute }", "nothing more is expected before 'proof'"),
    ],
)  # fmt: skip
def test_no_part_can_be_left_out(lines: list[str], certificate: str, reason: str) -> None:
    (found,) = replay([statement(*lines)], f"symcnn certificates 1\nprove T\n {certificate}\n")
    assert found.status in (REJECTED, UNREADABLE)
    assert reason in found.reason


def test_a_part_that_is_not_needed_may_be_given() -> None:
    for part in ("satisfiable", "defined"):
        for steps, accepted in (
            ("split", True),
            ("compute", True),
            ("deny h exactly h", True),
            ("ring", False),
        ):
            text = f"symcnn certificates 1\nprove T\n {part} {{ {steps} }} proof {{ compute }}\n"
            (found,) = replay([statement("claim 1 = 1")], text)
            assert (found.status == PROVED) is accepted


REFUTATIONS = [
    (["given n : int", "claim n = 2"], "witness n = 3 compute", ""),
    (["given n : int", "claim n = 2"], "witness n = 2 compute", "compute: this is false: 2 != 2"),
    (["given n : int >= 1", "claim n = 2"], "witness n = 0 compute", "compute: this is false"),
    # Where something has no value, nothing is refuted.
    (["given n : int", "claim 2/n = 2"], "witness n = 0 compute", "compute: this is false"),
    (["given n : int", "claim 0*(2/n) = 1"], "witness n = 0 split { compute } { suppose h ring }",
     "compute: this is false: 0 != 0"),
    (["given n : int", "claim max(i in 0..n) i = 7"], "witness n = 0 split { witness i = 0 compute } {"
     " compute }",
     "compute: this is false"),
    (["given q : ring", "claim q = q^2"], "witness q = 1/2 compute", ""),
    (["given x : int -> ring, n : int", "claim sum(i in 0..n) x[i] = x[0]"], "witness x = fun(i) i witness"
     " n = 3 compute", ""),
    (["given x : int -> ring, n : int", "claim sum(i in 0..n) x[i] = x[0]"], "witness x = fun(i) 1 witness"
     " n = 1 compute",
     "compute: this is false: sum(i in 0..1) 1 != 1"),
    # A function that is defined is what it is defined as: a case does not choose it.
    ([*RECURSIVE, "claim y[n] = 2*c"], "witness n = 1 witness c = 1 take y suppose d split { compute }"
     " { suppose h use g : d.2(0) { compute } cone - d.1 - g + h }", ""),
    ([*RECURSIVE, "claim y[n] = c"], "witness n = 1 witness c = 1 take y suppose d split { compute }"
     " { suppose h use g : d.2(0) { compute } cone - d.1 - g + h }", "is no contradiction"),
    ([*RECURSIVE, "claim y[n] = c"], "witness y = 7 compute", "witness: the goal asks for n, not for y"),
    (["given n : int", "claim n = n"], "witness n = 1 compute", "compute: this is false: 1 != 1"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "steps", "reason"), REFUTATIONS)
def test_refutations(lines: list[str], steps: str, reason: str) -> None:
    (found,) = replay([statement(*lines)], f"symcnn certificates 1\nrefute T\n proof {{ {steps} }}\n")
    assert found.status == (REJECTED if reason else REFUTED), found.reason
    assert reason in found.reason
