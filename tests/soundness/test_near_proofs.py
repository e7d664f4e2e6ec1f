"""Random theorems near to true ones, with proofs near to right ones: what the kernel accepts holds in random
models."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from symcnn.kernel import substitution
from symcnn.kernel.logic import Sequent
from symcnn.kernel.reading import Reader
from symcnn.kernel.sorts import check
from symcnn.kernel.steps import Proof
from symcnn.kernel.terms import Formula, IllSorted, Rejected, Unreadable, Variable
from symcnn.kernel.writing import write
from tests.soundness.certificate_changes import changed, proof_of, text_of
from tests.soundness.effort import random_rounds
from tests.soundness.near_proofs import SCOPE, Theorem, instance, theorem
from tests.soundness.random_models import Model, Unknown
from tests.variants import changes

MODELS = 20


def accepts(found: Theorem) -> bool:
    """Whether the kernel accepts the steps as a proof of the goal from the facts."""
    text = "{ " + found.steps + " }"
    facts = {f"h{k + 1}": fact for k, fact in enumerate(found.facts)}
    try:
        for formula in (*found.facts, found.goal):
            check(formula, SCOPE)
        proof = Proof(text, 0, len(text), {})
        proof.block(Sequent(SCOPE, facts, found.goal))
        proof.end()
    except (Rejected, Unreadable, IllSorted):
        return False
    return True


def breaks(found: Theorem, dice: random.Random) -> Mapping[str, object] | None:
    """Values in a model where the facts hold and the goal does not, if one is come by."""
    for _ in range(MODELS):
        model = Model(SCOPE, dice)
        try:
            if all(model.holds(fact) for fact in found.facts) and not model.holds(found.goal):
                return {**model.values, "modulo": model.modulus}
        except Unknown:
            return None
    return None


def near(found: Theorem, dice: random.Random) -> Theorem:
    """The theorem with a change to a fact, to the goal or to the steps."""
    match dice.randrange(5):
        case 0 if found.facts:
            k = dice.randrange(len(found.facts))
            fact = changed_formula(found.facts[k], dice)
            return replace(found, facts=(*found.facts[:k], fact, *found.facts[k + 1 :]))
        case 1 | 2:
            return replace(found, goal=changed_formula(found.goal, dice))
        case 3 if found.facts:
            k = dice.randrange(len(found.facts))
            return replace(found, facts=(*found.facts[:k], *found.facts[k + 1 :], found.facts[k]))
        case _:
            proof = proof_of("prove", "\nproof { " + found.steps + " }")
            return replace(found, steps=text_of(changed(proof, proof, dice)).strip()[len("proof {") : -1])


def changed_formula(formula: Formula, dice: random.Random) -> Formula:
    found = [new for _, new in changes(formula, dict(SCOPE)) if isinstance(new, Formula)]
    return dice.choice(found) if found else formula


def shown(found: Theorem) -> str:
    facts = "\n".join(f"h{k + 1}: {write(fact)}" for k, fact in enumerate(found.facts))
    return f"{facts}\ngoal: {write(found.goal)}\n{found.steps}"


@random_rounds(quick=14)
def test_what_is_proved_holds_in_every_model(dice: random.Random) -> None:
    for _ in range(10):
        found = theorem(dice)
        for candidate in (found, near(found, dice), near(near(found, dice), dice)):
            if accepts(candidate):
                assert (case := breaks(candidate, dice)) is None, f"{shown(candidate)}\nfalse at {case}"


def test_most_theorems_are_accepted_and_some_that_are_near_to_them() -> None:
    """Otherwise the test above would look at nothing."""
    dice = random.Random(8)
    right, close = Counter[tuple[str, bool]](), list[bool]()
    for _ in range(120):
        found = theorem(dice)
        right[found.rule, accepts(found)] += 1
        close.append(accepts(near(found, dice)))
    accepted = sum(count for (_, said), count in right.items() if said)
    assert accepted >= 70
    assert {rule for (rule, said) in right if said} >= {"cone", "ring", "use", "decide", "compute", "exactly"}
    assert 8 <= sum(close) <= 80


def test_a_kernel_that_accepts_everything_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "accepts", lambda found: True)
    with pytest.raises(AssertionError, match="false at"):
        test_what_is_proved_holds_in_every_model()


def test_a_kernel_that_captures_names_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A substitution that does not rename what is bound."""
    monkeypatch.setattr(substitution, "_under", lambda name, bodies, values: (name, values))
    body = Reader("sum(a in 0..2) (i + a) = 2*i + 1", {**SCOPE, "i": "int"}).formula()
    wrong = instance("i", body, Variable("a"))
    assert accepts(wrong)
    assert breaks(wrong, random.Random(4)) is not None
