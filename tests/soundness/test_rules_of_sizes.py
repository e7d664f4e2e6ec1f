"""Each rule of the normal form of sizes: z3 proves it, the code follows it, and not its neighbour."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pytest

from symcnn.kernel.ranges import guard_of
from symcnn.kernel.reading import Reader
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import (
    INT,
    And,
    Compare,
    Exists,
    Floor,
    Formula,
    If,
    Iff,
    Implies,
    Number,
    Plus,
    Power,
    Quotient,
    Rejected,
    Sum,
    Term,
    Times,
    Variable,
    number,
)
from symcnn.symbols import Size, bounds, ceil_div, conditions, extremum, floor_div, rounding
from symcnn.symbols import cardinality as counting
from symcnn.symbols import size as sizes
from symcnn.symbols.bounds import lower_bound
from symcnn.symbols.cardinality import cardinality, greatest, least
from symcnn.symbols.conditions import at_least, divides, equal, strongest, whole
from symcnn.symbols.extremum import maximum, minimum
from symcnn.symbols.size import (
    Dim,
    IndexAtom,
    Sym,
    as_quotient,
    exact_quotient,
    lowest_terms,
    multiply,
    power,
    terms_of,
    total,
)
from symcnn.symbols.size import product as times
from tests.soundness.judge import Judge
from tests.soundness.rules import NO_RULES, RULES, Rule, stated
from tests.test_kernel_laws import Brute


def formula(text: str, statement: Statement) -> Formula:
    """A formula in the names of a statement."""
    return Reader(text, statement.scope).formula()


def test_each_function_of_the_normal_form_has_a_rule_or_rewrites_nothing() -> None:
    functions = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (rounding, extremum, sizes, counting, conditions, bounds)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }
    stated = {place for rule in RULES.values() for place in rule.where}
    assert {place for place in stated if place.count(".") == 1} <= functions
    assert functions - stated == set(NO_RULES)


# -- what z3 says --------------------------------------------------------------------------------------------


def proved(rule: Rule, statement: Statement, claim: Formula) -> bool:
    return Judge(statement.scope, rule.longest).proves(statement.premises(), claim, seconds=20)


@pytest.mark.parametrize("name", RULES)
def test_z3_proves_the_rule(name: str) -> None:
    rule, statement = RULES[name], stated(RULES[name].statement)
    assert proved(rule, statement, statement.claim)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in RULES for text in RULES[name].instances])
def test_z3_proves_each_instance(name: str, text: str) -> None:
    rule, statement = RULES[name], stated(RULES[name].statement)
    assert proved(rule, statement, formula(text, statement))


def is_false(statement: Statement, claim: Formula, longest: int | None = None) -> bool:
    """z3 finds a case, and plain evaluation agrees."""
    case = Judge(statement.scope, longest).case(statement.premises(), claim)
    if case is None:
        return False
    here = Brute(case.values, case.functions)
    return all(here.holds(premise) for premise in statement.premises()) and not here.holds(claim)


@pytest.mark.parametrize("name", RULES)
def test_z3_finds_a_case_against_the_twin(name: str) -> None:
    twin = stated(RULES[name].twin)
    assert is_false(twin, twin.claim, RULES[name].longest)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in RULES for text in RULES[name].wrong])
def test_z3_finds_a_case_against_each_wrong_instance(name: str, text: str) -> None:
    statement = stated(RULES[name].statement)
    assert is_false(statement, formula(text, statement), RULES[name].longest)


# -- what the code does --------------------------------------------------------------------------------------


def symbols(statement: Statement) -> dict[str, Size]:
    """A size for each name, with the least value that the statement gives it."""
    least: dict[str, int] = {}
    for premise in statement.assumptions:
        match premise:
            case Compare("<=", Number(value), Variable(name)):
                least[name] = int(value)
            case _:
                pass
    return {
        name: Dim.of_atom(Sym(name, least.get(name))) for name, sort in statement.scope.items() if sort == INT
    }


def size(term: Term, at: Mapping[str, Size]) -> Size:
    """What the code makes of a term."""
    match term:
        case Number(value):
            return int(value)
        case Variable(name):
            return at[name]
        case Plus(terms):
            return total(size(part, at) for part in terms)
        case Times(terms):
            return times(size(part, at) for part in terms)
        case Power(base, exponent):
            return power(size(base, at), exponent)
        case Floor(top, bottom):
            return floor_div(size(top, at), size(bottom, at))
        case If(Compare("<=", left, right), then, otherwise) if (then, otherwise) == (right, left):
            return maximum(size(then, at), size(otherwise, at))
        case If(Compare("<=", left, right), then, otherwise) if (then, otherwise) == (left, right):
            return minimum(size(then, at), size(otherwise, at))
        case Quotient(top, bottom):
            return exact_quotient(size(top, at), size(bottom, at))
        case Sum():
            box, guards, kept = box_and_guards(term, at)
            return cardinality(box, guards, kept if len(kept) < len(box) else None)
        case _:
            raise Rejected(f"no size: {term}")


def box_and_guards(
    node: Term, at: Mapping[str, Size]
) -> tuple[list[tuple[IndexAtom, Size]], list[Size], list[IndexAtom]]:
    """The ranges of nested sums of 1, what is >= 0 by their guards, and the indices that are counted."""
    box: list[tuple[IndexAtom, Size]] = []
    guards: list[Size] = []
    kept: list[IndexAtom] = []
    while isinstance(node, Sum):
        index = IndexAtom(node.index)
        box.append((index, size(node.high, at)))
        kept.append(index)
        at = {**at, node.index: Dim.of_atom(index)}
        waiting: list[Formula] = [guard_of(node)]
        while waiting:
            match waiting.pop(0):
                case And((Compare("<=", _, Variable(j)), Compare("<", Variable(_), high), *rest)) if (
                    j not in at
                ):
                    box.append((IndexAtom(j), size(high, at)))
                    at = {**at, j: Dim.of_atom(IndexAtom(j))}
                    waiting += rest
                case And(parts):
                    waiting += parts
                case Exists(_, _, body):
                    waiting.append(body)
                case Compare("<=", left, right):
                    guards.append(total((size(right, at), multiply(-1, size(left, at)))))
                case other:
                    raise Rejected(f"no guard: {other}")
        node = node.body
    assert node == number(1)
    return box, guards, kept


def says(text: str, statement: Statement) -> bool:
    """Whether the code says so: that sizes are the same, a bound, another condition, or the stronger one."""
    at = symbols(statement)

    def between(formula: Formula) -> Size:
        assert isinstance(formula, Compare)
        less = 1 if formula.relation == "<" else 0
        return total((size(formula.right, at), multiply(-1, size(formula.left, at)), -less))

    match formula(text, statement):
        case Compare("=", left, right):
            a, b = size(left, at), size(right, at)
            assert a == b or total((a, multiply(-1, b))) != 0
            return a == b
        case Compare("<=", Number(value), term):
            found = lower_bound(size(term, at))
            return found is not None and found >= value
        case Iff(left, right):
            made = at_least(between(left), 0)
            return total((made.left, multiply(-1, made.right))) == between(right)
        case Implies(left, right):
            both = [at_least(between(part), 0) for part in (right, left)]
            return strongest(both) == (both[1],)
        case other:
            raise Rejected(f"not known here: {other}")


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in RULES for text in RULES[name].instances])
def test_the_code_follows_the_rule(name: str, text: str) -> None:
    assert says(text, stated(RULES[name].statement))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in RULES for text in RULES[name].wrong])
def test_the_code_does_not_follow_its_neighbour(name: str, text: str) -> None:
    assert not says(text, stated(RULES[name].statement))


A, B, C, Z = (Dim.of_atom(Sym(name, 1)) for name in "ABCZ")
ANY = Dim.of_atom(Sym("X", None))
FRACTIONS = Dim(terms_of(exact_quotient(A, 2 * B) + exact_quotient(ANY, C)))
I = IndexAtom("i")

# Rules that are no equation of sizes: what the code has to return.
OTHERS: dict[str, list[tuple[object, object]]] = {
    "a negative divisor": [
        (floor_div(7, -2), -4),
        (floor_div(ANY, -3), floor_div(multiply(-1, ANY), 3)),
        (floor_div(ANY, -3) == multiply(-1, floor_div(ANY, 3)), False),
    ],
    "ceiling": [
        (ceil_div(7, 2), 4),
        (ceil_div(-7, 2), -3),
        (ceil_div(ANY, 3), floor_div(ANY + 2, 3)),
        (ceil_div(ANY, A), floor_div(ANY + A - 1, A)),
    ],
    "numbers and sizes that divide both": [
        (lowest_terms(6 * A * B, 4 * B * C), (3 * A, 2 * C)),
        (lowest_terms(A + B, A + C), (A + B, A + C)),
        (lowest_terms(6 * A + 3 * B, 9 * C), (2 * A + B, 3 * C)),
    ],
    "a sum of fractions is one": [
        (as_quotient(FRACTIONS), (A * C + 2 * ANY * B, 2 * B * C)),
    ],
    "terms change sides": [
        (at_least(3 * A - 2 * B - 4, C - A).sides(), (4 * A, 2 * B + C + 4)),
        (at_least(ANY, A - 3).sides(), (ANY + 3, A)),
    ],
    "decided for all values": [
        (at_least(A + B, 2).verdict(), True),
        (at_least(A - B, 0).verdict(), None),
        (at_least(0, A).verdict(), False),
        (at_least(ANY, 0).verdict(), None),
        (equal(A, A).verdict(), True),
        (equal(A + B, A).verdict(), False),
        (equal(A, B).verdict(), None),
        (equal(ANY, 0).verdict(), None),
    ],
    "divides": [
        (divides(A, A * B).verdict(), True),
        (divides(A, 0).verdict(), True),
        (divides(1, ANY).verdict(), True),
        (divides(2 * A, A).verdict(), False),
        (divides(2, A).verdict(), None),
        (divides(A, B).verdict(), None),
        (divides(ANY, ANY * B).verdict(), None),
        (divides(-3, 6 * A).verdict(), True),
        (divides(0, 0).verdict(), False),
        ([(c.left, c.right) for c in whole(exact_quotient(A, 2))], [(2, A)]),
    ],
    "the greater of two floors": [
        (lower_bound(floor_div(A + B, 2) - floor_div(A, 3)), 1),
        (lower_bound(floor_div(A, 3) - floor_div(B, 3)), None),
    ],
    "the least of an affine size over a box": [
        (least(A * Dim.of_atom(I) + 3, {I: C}), 3),
        (least(3 - A * Dim.of_atom(I), {I: C}), 3 - A * (C - 1)),
        (least(ANY * Dim.of_atom(I), {I: C}), None),
        (greatest(3 - 2 * Dim.of_atom(I), {I: C}), 3),
    ],
}


@pytest.mark.parametrize("name", RULES)
def test_what_is_no_equation_is_returned_as_the_rule_says(name: str) -> None:
    assert RULES[name].instances or name in OTHERS
    for found, expected in OTHERS.get(name, []):
        assert found == expected
