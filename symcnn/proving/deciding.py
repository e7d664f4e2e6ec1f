"""From a statement to a certificate that the kernel accepts, or to what was tried.

The search may be wrong in any way: what it returns counts only after the kernel has replayed it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import monotonic

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN, replay
from symcnn.kernel.goals import defined_goal, proof_goal, satisfiable_goal
from symcnn.kernel.logic import Sequent
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import TRUE, Rejected
from symcnn.proving.cases import OutOfTime
from symcnn.proving.layout import laid_out, written
from symcnn.proving.refuting import Counterexample, find_case, find_counterexample
from symcnn.proving.tactics import Search

HEADER = "symcnn certificates 1\n"


@dataclass(frozen=True)
class Decision:
    """What a search came to: the status, the certificate of it, and what was tried on the way.

    ``certificate`` begins with ``prove NAME`` or ``refute NAME``; it is empty where nothing was found. ``by``
    is what ``closing_steps`` says of it.
    """

    status: str
    certificate: str
    by: str
    tried: tuple[str, ...]
    counterexample: Counterexample | None = None


def decide(statement: Statement, seconds: float = 20, seed: int = 0) -> Decision:
    """Search for a counterexample, then for a proof, then for a larger counterexample.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem square "" \\n given a, b : real\\n claim 2*a*b <= a^2 + b^2'
    >>> print(decide(read_statements(text)[0]).certificate)
    prove square
      proof {
        take a take b
        cone (a - b)^2
      }
    <BLANKLINE>
    """
    start = monotonic()
    tried: list[str] = []

    def left() -> float:
        return seconds - (monotonic() - start)

    for share, what in ((0.1, "small counterexamples"), (0.6, "proofs"), (1.0, "counterexamples")):
        if left() <= 0:
            break
        before = monotonic()
        if what == "proofs":
            certificate = _proof(statement, share * left(), seed)
            if certificate is not None and accepted(statement, certificate, PROVED):
                return Decision(PROVED, certificate, closing_steps(certificate), tuple(tried))
        else:
            found = _counterexample(statement, share * left(), seed)
            if found is not None:
                certificate = laid_out(found.certificate)
                if accepted(statement, certificate, REFUTED):
                    return Decision(REFUTED, certificate, closing_steps(certificate), tuple(tried), found)
        tried.append(f"{what} ({monotonic() - before:.1f} s)")
    return Decision(UNKNOWN, "", "", tuple(tried))


def accepted(statement: Statement, certificate: str, status: str) -> bool:
    """Whether the kernel gives a certificate this status."""
    verdicts = replay([statement], HEADER + certificate)
    return [verdict.status for verdict in verdicts] == [status]


def _counterexample(statement: Statement, seconds: float, seed: int) -> Counterexample | None:
    search = Search(monotonic() + seconds)
    search.used.update(statement.abbreviations)
    return find_counterexample(statement, seconds=seconds, seed=seed, prove=lambda s: _steps(search, s))


def _proof(statement: Statement, seconds: float, seed: int) -> str | None:
    """The certificate of a proof: that there is a case, that everything has a value, and that it holds."""
    search = Search(monotonic() + seconds)
    search.used.update(statement.abbreviations)
    try:
        blocks = {"proof": _steps(search, Sequent({}, {}, proof_goal(statement)))}
        satisfiable, defined = satisfiable_goal(statement), defined_goal(statement)
    except Rejected:
        return None
    if blocks["proof"] is None:
        return None
    if satisfiable != TRUE:
        blocks["satisfiable"] = find_case(statement, seconds=seconds / 4, seed=seed)
    if defined != TRUE:
        blocks["defined"] = _steps(search, Sequent({}, {}, defined))
    parts: list[tuple[str, str]] = []
    for name in ("satisfiable", "defined", "proof"):
        if name in blocks:
            steps = blocks[name]
            if steps is None:
                return None
            parts.append((name, steps))
    return written("prove", statement.name, parts)


def _steps(search: Search, sequent: Sequent) -> str | None:
    try:
        return search.prove(sequent)
    except (OutOfTime, Rejected, RecursionError):
        return None


# Steps that leave nothing to be shown, and the laws that say most about what they are used for.
_CLOSING = re.compile(r"\b(cone|ring|compute|exactly|induct)\b|\blaw\s[^:{}]*:\s*((?:sum|max)_\w+|floor)\b")
# A refutation with one of these shows something for all values, and is more than a case.
_FOR_ALL = re.compile(r"\b(?:take|obtain|induct)\s")


def closing_steps(certificate: str) -> str:
    """What settles a certificate: of a proof the steps that end its branches, and laws, each of them once; of
    a refutation "counterexample" where a case settles it, and "proof" where something holds for all values.

    >>> closing_steps("prove t proof { take n suppose n1 law f : floor n, 2 { compute } cone f.1 + n1 }")
    'floor, compute, cone'
    >>> closing_steps("refute t proof { witness n = 1 compute }")
    'counterexample'
    """
    text = re.sub(r"#[^\n]*", "", certificate)
    # That there is a case, and that all has a value, comes first and is not what is claimed.
    proof = re.split(r"\bproof\s*\{", text, maxsplit=1)[-1]
    if text.lstrip().startswith("refute"):
        return "proof" if _FOR_ALL.search(proof) else "counterexample"
    closing = [step or law for step, law in _CLOSING.findall(proof)]
    return ", ".join(dict.fromkeys(closing)) or "logic"
