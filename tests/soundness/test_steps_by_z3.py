"""z3 proves what each rule of the kernel proves, and finds a case against what it must not prove."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from symcnn.kernel.canonical import Canonical
from symcnn.kernel.definedness import conditions
from symcnn.kernel.logic import Sequent, negation
from symcnn.kernel.reading import Reader
from symcnn.kernel.steps import STEPS, Proof
from symcnn.kernel.terms import TRUE, Formula, Iff, IllSorted, Not, Rejected, Unreadable
from tests.soundness.judge import Judge, z3
from tests.soundness.steps import DIFFERENT, LONGEST, NEGATED, PARTIAL, SAME, SCOPE, STEP_ROWS, StepRow


def formula(text: str) -> Formula:
    return Reader(text, SCOPE).formula()


def accepts(facts: Sequence[str], goal: str, steps: str) -> bool:
    """Whether the kernel accepts the steps as a proof of the goal."""
    text = "{ " + steps + " }"
    known = {f"h{k + 1}": formula(fact) for k, fact in enumerate(facts)}
    try:
        proof = Proof(text, 0, len(text), {})
        proof.block(Sequent(SCOPE, known, formula(goal)))
        proof.end()
    except (Rejected, Unreadable, IllSorted):
        return False
    return True


def follows(facts: Sequence[str], goal: str, longest: int | None = None) -> bool:
    return Judge(SCOPE, longest).proves([formula(fact) for fact in facts], formula(goal))


def fails(facts: Sequence[str], goal: str) -> bool:
    """Whether z3 has a case in which the facts hold and the goal does not."""
    return Judge(SCOPE, LONGEST).case([formula(fact) for fact in facts], formula(goal)) is not None


def test_each_step_has_a_row() -> None:
    assert {row.rule for row in STEP_ROWS} == set(STEPS)


@pytest.mark.parametrize("row", STEP_ROWS, ids=lambda row: f"{row.rule}: {row.goal}")
def test_what_a_step_proves_is_so(row: StepRow) -> None:
    assert accepts(row.facts, row.goal, row.steps)
    if row.rule == "induct":  # z3 has no induction: for the first numbers
        for n in range(9):
            goal = row.goal.replace("for all n : int : ", "").replace("n implies", f"{n} implies")
            assert follows(row.facts, goal.replace("p[n]", f"p[{n}]"))
    else:
        assert follows(row.facts, row.goal, LONGEST if "sum(" in row.goal else None)


@pytest.mark.parametrize(
    ("row", "facts", "goal"),
    [(row, *twin) for row in STEP_ROWS for twin in row.twins],
    ids=lambda value: value.rule if isinstance(value, StepRow) else str(value),
)
def test_what_is_nearly_the_same_is_not_so_and_the_kernel_rejects_it(
    row: StepRow, facts: tuple[str, ...], goal: str
) -> None:
    assert fails(facts, goal)
    assert not accepts(facts, goal, row.steps)


# -- canonical forms -----------------------------------------------------------------------------------------


def one_form(left: str, right: str) -> bool:
    canonical = Canonical(SCOPE)
    return canonical.formula(formula(left)) == canonical.formula(formula(right))


@pytest.mark.parametrize(("left", "right"), SAME)
def test_what_has_one_canonical_form_holds_together_or_not_at_all(left: str, right: str) -> None:
    assert one_form(left, right)
    assert Judge(SCOPE, LONGEST).proves((), Iff(formula(left), formula(right)))


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_what_differs_somewhere_has_two_canonical_forms(left: str, right: str) -> None:
    assert not one_form(left, right)
    assert Judge(SCOPE, LONGEST).case((), Iff(formula(left), formula(right))) is not None


# -- negations, and where formulas have a meaning ------------------------------------------------------------


@pytest.mark.parametrize("text", NEGATED)
def test_a_negation_holds_exactly_where_the_formula_does_not(text: str) -> None:
    found = formula(text)
    assert Judge(SCOPE, LONGEST).proves((), Iff(negation(found), Not(found)))
    assert Judge(SCOPE, LONGEST).case((), Iff(negation(found), found)) is not None


def depends_on_what_nobody_knows(text: str, condition: Formula) -> bool:
    """Whether a formula may hold or not where the condition does, for what a quotient by 0, ... may be."""
    found = formula(text)
    one, other = (Judge(SCOPE, LONGEST, salt=salt) for salt in ("1", "2"))
    solver = z3.Solver()
    solver.set("timeout", 10_000)
    here = one.formula(condition, one.names)
    solver.add(here, one.formula(found, one.names) != other.formula(found, other.names))
    solver.add(*one.facts, *other.facts)
    said = solver.check()
    assert said != z3.unknown
    return said == z3.sat


@pytest.mark.parametrize("text", PARTIAL)
def test_where_its_conditions_hold_a_formula_has_one_meaning(text: str) -> None:
    needed = conditions(formula(text))
    assert not depends_on_what_nobody_knows(text, needed)
    assert depends_on_what_nobody_knows(text, TRUE)
    # The conditions can hold.
    assert Judge(SCOPE, LONGEST).case((), Not(needed)) is not None


def test_a_condition_left_out_is_noticed() -> None:
    assert not depends_on_what_nobody_knows("r/s = t", formula("s != 0"))
    assert depends_on_what_nobody_knows("r/s = t", formula("0 <= s"))
    assert depends_on_what_nobody_knows("a//b = c", formula("0 <= b"))
    assert depends_on_what_nobody_knows("max(i in 0..a) x[i] = t", formula("0 <= a"))
