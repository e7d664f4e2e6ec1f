r"""What is known of the claims of a document: verdicts, what is wrong, and what would be right.

A ``Report`` is what ``check`` returns and what everything else shows: the table of the command line, the
machine-readable report, the margins of a typeset solution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from symcnn.documents.declarations import Fault
from symcnn.documents.document import Claim, Document, Step
from symcnn.kernel.certificates import PROVED as ACCEPTED
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.terms import Exists, ForAll, Node, free, parts
from symcnn.proving.verdict import Verdict

PROVED, REFUTED, UNKNOWN, UNREADABLE = "proved", "refuted", "unknown", "unreadable"
STATUSES = (PROVED, REFUTED, UNKNOWN, UNREADABLE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is to be said of a claim: what kind of thing, in plain words, and in LaTeX.

    ``kind`` is step, counterexample, negation, values, difference, ratio, condition, derived, rounded, later,
    own, follows, corrected, tried or fault. ``latex`` is the inside of a formula, empty where there is none;
    ``text`` says the same without it, behind the ``lead`` that both have.
    """

    kind: str
    lead: str
    text: str
    latex: str = ""

    def __str__(self) -> str:
        return f"{self.lead} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Judged:
    """A relation of a claim and its verdict.

    ``behind`` says that an earlier relation of its chain is wrong; ``own`` is then the verdict on the first
    term of the chain and this right side, where there is something to say of them.
    """

    step: Step
    verdict: Verdict
    own: Verdict | None = None
    behind: bool = False

    @property
    def status(self) -> str:
        """The verdict on the relation as it is written."""
        return self.verdict.status.lower()


@dataclass(frozen=True, slots=True)
class Linked:
    """Whether a claim is right if the claim ``source_name`` is, which may itself be wrong."""

    source_name: str
    source_wrong: bool
    verdict: Verdict


@dataclass(frozen=True)
class Checked:
    """A claim of a document with the verdicts on its relations.

    ``correction`` is the claim that corrects it (``A24'`` for A24), ``links`` say what it follows from.
    """

    claim: Claim
    steps: tuple[Judged, ...]
    correction: Claim | None = None
    links: tuple[Linked, ...] = ()

    @property
    def name(self) -> str:
        """The id of the claim."""
        return self.claim.name

    @property
    def status(self) -> str:
        """Refuted where a step is, proved where all are."""
        if self.claim.fault is not None:
            return UNREADABLE
        found = {judged.status for judged in self.steps}
        return REFUTED if REFUTED in found else PROVED if found == {PROVED} else UNKNOWN

    @property
    def expected(self) -> str:
        """The verdict that the document states."""
        return self.claim.expected

    @property
    def deviates(self) -> bool:
        """Whether the verdict is not what the document states."""
        return self.status != self.expected

    @property
    def follows_from(self) -> str:
        """The wrong claim from which this one follows correctly; empty where there is none."""
        found = (k.source_name for k in self.links if k.source_wrong and k.verdict.status == ACCEPTED)
        return next(found, "")

    @property
    def first_wrong(self) -> Judged | None:
        """The first wrong relation."""
        return next((judged for judged in self.steps if judged.status == REFUTED), None)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said beside the verdict."""
        from symcnn.documents.findings import findings

        return tuple(findings(self))


@dataclass(frozen=True)
class Report:
    """The verdicts on the claims of a document; ``path`` is empty for a text that comes from no file.

    ``lemmas`` are those that the stored certificates stand on.
    """

    path: str
    text: str = field(repr=False)
    document: Document = field(repr=False)
    claims: tuple[Checked, ...]
    lemmas: str = field(default="", repr=False)
    seconds: float = 0.0

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is not read, those of claims among them, from the top to the bottom."""
        inside = (c.claim.fault for c in self.claims if c.claim.fault is not None)
        return tuple(sorted((*self.document.faults, *inside), key=lambda f: (f.line, f.column)))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many claims have each status."""
        found = [checked.status for checked in self.claims]
        return {status: found.count(status) for status in STATUSES}

    @property
    def code(self) -> int:
        """The exit code of ``symcnn check``."""
        return exit_code([self])

    def __getitem__(self, name: str) -> Checked:
        """The claim of this id; raises ``KeyError`` for unknown ones."""
        for checked in self.claims:
            if checked.name == name:
                return checked
        known = ", ".join(checked.name for checked in self.claims) or "none"
        raise KeyError(f"there is no claim {name!r}; there are {known}")

    def __iter__(self) -> Iterator[Checked]:
        return iter(self.claims)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The report as lines of text."""
        for fault in self.document.faults:
            yield f"{place(self.path, fault)}: {fault.reason}"
        width = max((len(checked.name) for checked in self.claims), default=0)
        for checked in self.claims:
            note = f"   expected: {checked.expected}" if checked.deviates else ""
            yield f"{checked.name:{width}}  {checked.status}{note}"
            if checked.status != PROVED:
                for finding in checked.findings:
                    yield f"{'':{width}}    {finding}"

    def as_json(self) -> dict[str, Any]:
        """The machine-readable report."""
        return reports_as_json([self])


def place(path: str, fault: Fault) -> str:
    """File, line and column of a fault."""
    return f"{path or 'text'}:{fault.line}:{fault.column}"


def exit_code(reports: list[Report]) -> int:
    """0 all verdicts are as expected, 1 some is not, 2 something is not read, 3 only unknowns deviate."""
    deviating = {c.status for report in reports for c in report.claims if c.deviates}
    if any(report.faults for report in reports):
        return 2
    return 1 if deviating - {UNKNOWN} else 3 if deviating else 0


def reports_as_json(reports: list[Report]) -> dict[str, Any]:
    """The machine-readable report on several documents: a list of claims, of faults, and a summary."""
    claims = [_claim(report, checked) for report in reports for checked in report.claims]
    faults = [
        {"file": report.path, "line": fault.line, "column": fault.column, "reason": fault.reason}
        for report in reports
        for fault in report.faults
    ]
    counts = {status: sum(report.counts[status] for report in reports) for status in STATUSES}
    summary = {
        **counts,
        "claims": len(claims),
        "deviating": sum(c.deviates for report in reports for c in report.claims),
        "faults": len(faults),
        "seconds": round(sum(report.seconds for report in reports), 3),
    }
    return {"claims": claims, "faults": faults, "summary": summary}


def _claim(report: Report, checked: Checked) -> dict[str, Any]:
    judged = checked.first_wrong
    fault = checked.claim.fault
    said = {finding.kind: finding.text for finding in checked.findings}
    return {
        "id": checked.name,
        "status": checked.status,
        "expected": checked.expected,
        "statement": checked.claim.source.strip(),
        "by": ", ".join(dict.fromkeys(j.verdict.by for j in checked.steps if j.verdict.by)),
        "refutation": None if judged is None else _refutation(judged),
        "corrected": said.get("corrected") or said.get("derived"),
        "follows_from": checked.follows_from or None,
        "file": report.path,
        "line": checked.claim.line,
        "steps": [_step(j) for j in checked.steps],
        "findings": [{"kind": f.kind, "text": str(f)} for f in checked.findings],
        "reason": None if fault is None else f"line {fault.line}, column {fault.column}: {fault.reason}",
    }


def _step(judged: Judged) -> dict[str, Any]:
    return {
        "id": judged.step.statement.name,
        "line": judged.step.line,
        "status": judged.status,
        "own": None if judged.own is None else judged.own.status.lower(),
        "statement": judged.step.statement.written,
        "certificate": judged.verdict.certificate,
    }


def sides(judged: Judged) -> tuple[Any, Any]:
    """Both sides of a relation in the counterexample, as its author wrote them."""
    case = judged.verdict.case
    if case is None:
        return None, None
    # Statements write a >= b as b <= a.
    turned = judged.step.sign in (">", ">=")
    return (case.right, case.left) if turned else (case.left, case.right)


def _refutation(judged: Judged) -> dict[str, Any]:
    chosen, case = counterexample(judged.verdict), judged.verdict.case
    if chosen is None or case is None:
        return {"kind": "negation", "counterexample": None, "left": None, "right": None}
    left, right = sides(judged)
    return {
        "kind": "assignment",
        "counterexample": {name: as_data(value) for name, value in chosen.items()},
        "left": as_data(left),
        "right": as_data(right),
    }


def as_data(value: Exact | str | None) -> int | str | None:
    """A value in a machine-readable report: integers as they are, fractions as text."""
    return value if isinstance(value, int) or value is None else str(value)


def grouped(value: Exact) -> str:
    """A value in a sentence.

    >>> grouped(614656)
    '614,656'
    """
    return f"{value:,}" if isinstance(value, int) else str(value)


def counterexample(verdict: Verdict) -> Mapping[str, Any] | None:
    """The numbers and tensors at which a claim fails; None where the opposite is proved, and not by a case.

    What a claim says of all sizes or of some, such as "f is bounded in n", fails at no size.
    """
    case, claim = verdict.case, verdict.statement.claim
    if case is None or (not free(claim) and _quantified(claim)):
        return None
    told = {*free(claim)}
    while more := {n for p in verdict.statement.premises() if free(p) & told for n in free(p)} - told:
        told |= more
    return {name: value for name, value in {**case.values, **case.functions}.items() if name in told}


def _quantified(node: Node) -> bool:
    return isinstance(node, ForAll | Exists) or any(_quantified(part) for part in parts(node))
