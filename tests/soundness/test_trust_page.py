"""The numbers of the page "Why it can be trusted" are those of the tables."""

from collections import Counter
from pathlib import Path

from symcnn.kernel.steps import STEPS
from tests.soundness.laws import ROWS
from tests.soundness.rules import RULES
from tests.soundness.steps import DIFFERENT, NEGATED, PARTIAL, SAME, STEP_ROWS

PAGE = Path(__file__).parent.parent.parent / "docs" / "trust.md"


def test_the_page_counts_the_rules_that_z3_confirms() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    how = Counter(row.how for row in ROWS.values())
    short = [rule.longest for rule in RULES.values() if rule.longest is not None]
    instances = sum(len(rule.instances) for rule in RULES.values())
    wrong = sum(len(rule.wrong) for rule in RULES.values())
    for said in (
        f"**The {len(ROWS)} laws**",
        f"{how['outright']} proved outright, {how['by induction']} by induction",
        f"and {how['for short ranges']} (",
        f"**The {len(RULES)} rules of the normal form of sizes**: {len(RULES) - len(short)} proved",
        f"and {len(short)} about numbers of points for ranges of up to {min(short)} to {max(short)} points",
        f"In {instances} instances",
        f"in {wrong} others",
        f"**The {len(STEPS)} steps** of certificates, at work on {len(STEP_ROWS)} goals",
        f"{len(SAME) + len(DIFFERENT)} pairs of formulas",
        f"{len(NEGATED)} negations",
        f"for {len(PARTIAL)} formulas that need not",
    ):
        assert said in text, said
