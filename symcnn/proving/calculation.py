"""``calc``: a proof that a user writes as a chain of terms, with a reason for each step, all checked.

Each step is a statement of its own, with the names and assumptions of the whole. The certificate of the whole
has a ``have`` for each step, with the proof that was found for it, and adds the steps up at the end. The
reasons are for people: nothing rests on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from symcnn.kernel import logic
from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.goals import defined_goal, proof_goal, satisfiable_goal
from symcnn.kernel.logic import Sequent
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import INT, TRUE, Compare, ForAll, Formula, Implies, Sort
from symcnn.kernel.writing import write
from symcnn.proving.relations import Relation, operand
from symcnn.proving.translation import statements
from symcnn.proving.typesetting import side
from symcnn.proving.verdict import Verdict, symbols_in
from symcnn.search.clock import now
from symcnn.search.combining import Arithmetic
from symcnn.search.deciding import accepted
from symcnn.search.layout import blocks_of, written
from symcnn.search.tactics import Search
from symcnn.search.worker import apart, decide_apart
from symcnn.symbols.checks import text as text_of
from symcnn.symbols.printing import words_in_latex

# The relations of a chain, and where they lead.
_UP, _DOWN = "up", "down"
_SIGNS = {"=": "", "<=": _UP, "<": _UP, ">=": _DOWN, ">": _DOWN}
_LATEX = {"=": "=", "<=": r"\le", "<": "<", ">=": r"\ge", ">": ">"}


@dataclass(frozen=True)
class Step:
    """A step of a calculation: how the next term relates to the one before, and why."""

    relation: str
    term: Any
    because: str = ""

    def __post_init__(self) -> None:
        if text_of("relation", self.relation, "=") not in _SIGNS:
            known = "  ".join(_SIGNS)
            raise ValueError(f"relation={self.relation!r} joins no terms of a calculation; use {known}")
        object.__setattr__(self, "term", operand(self.term))
        given: Any = self.because
        if not isinstance(given, str):
            raise TypeError(f"because={given!r} must be text")
        if not self.because.isprintable():
            raise ValueError(f"because={self.because!r} must be one line")


@dataclass(frozen=True)
class Calculation:
    """A chain of terms, each related to the one before; ``calc`` begins one, and each step makes a new one.

    The relations are ``=``, ``<=`` and ``<``, or ``=``, ``>=`` and ``>``: both directions in one chain say
    nothing about its ends, and raise ``ValueError``.
    """

    first: Any
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", operand(self.first))
        turned: tuple[int, Step] | None = None
        for number, step in enumerate(self.steps, 1):
            direction = _SIGNS[step.relation]
            if turned is None and direction:
                turned = number, step
            elif turned is not None and direction and direction != _SIGNS[turned[1].relation]:
                raise ValueError(
                    f"step {number} ({step.relation} {step.term}) turns round: step {turned[0]} has "
                    f"{turned[1].relation}, so nothing follows for the ends of the chain"
                )

    # -- a chain -------------------------------------------------------------------------------------------

    def step(self, relation: str, term: Any, because: str = "") -> Calculation:
        """The chain with one more step."""
        return Calculation(self.first, (*self.steps, Step(relation, term, because)))

    def equals(self, term: Any, because: str = "") -> Calculation:
        """The chain with ``= term``."""
        return self.step("=", term, because)

    def at_most(self, term: Any, because: str = "") -> Calculation:
        """The chain with ``<= term``."""
        return self.step("<=", term, because)

    def less_than(self, term: Any, because: str = "") -> Calculation:
        """The chain with ``< term``."""
        return self.step("<", term, because)

    def at_least(self, term: Any, because: str = "") -> Calculation:
        """The chain with ``>= term``."""
        return self.step(">=", term, because)

    def more_than(self, term: Any, because: str = "") -> Calculation:
        """The chain with ``> term``."""
        return self.step(">", term, because)

    @property
    def terms(self) -> tuple[Any, ...]:
        """All terms in order."""
        return (self.first, *(step.term for step in self.steps))

    @property
    def relations(self) -> tuple[Relation, ...]:
        """What each step says."""
        pairs = zip(self.terms, self.steps, strict=False)
        return tuple(Relation(step.relation, before, step.term) for before, step in pairs)

    @property
    def claim(self) -> Relation:
        """What follows for the first and the last term; raises ``ValueError`` for a single term."""
        if not self.steps:
            raise ValueError(f"{self.first} alone is no calculation; add a step, such as .equals(term)")
        signs = {step.relation for step in self.steps}
        # A strict step anywhere makes the whole strict; without any inequality it is an equation.
        strongest = next(sign for sign in ("<", ">", "<=", ">=", "=") if sign in signs)
        return Relation(strongest, self.first, self.steps[-1].term)

    # -- as text -------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return "\n".join(self.lines([step.because for step in self.steps]))

    def lines(self, remarks: Sequence[str]) -> list[str]:
        """The chain as aligned lines, with a remark behind each step."""
        first = str(self.first)
        if not self.steps:
            return [first]
        wide = max(len(step.relation) for step in self.steps)
        shown = [f"{step.relation:<{wide}} {step.term}" for step in self.steps]
        column = max(len(text) for text in shown)
        out = [
            f"{text:<{column}}   {remark}" if remark else text
            for text, remark in zip(shown, remarks, strict=True)
        ]
        return [f"{'' if k else first:<{len(first)}} {line}" for k, line in enumerate(out)]

    def latex(self) -> str:
        """The chain as a derivation for LaTeX with amsmath: the first term, then a line for each step."""
        lines: list[str] = []
        for step in self.steps:
            reason = rf" && \text{{{words_in_latex(step.because)}}}" if step.because else ""
            lines.append(rf"  &{_LATEX[step.relation]} {side(step.term)}{reason}")
        body = " \\\\\n".join(lines)
        return f"\\begin{{align*}}\n{side(self.first)}\n{body}\n\\end{{align*}}"

    def _repr_latex_(self) -> str:
        return self.latex()

    # -- its proof -----------------------------------------------------------------------------------------

    def prove(
        self, given: Any = (), *, name: str = "claim", meaning: str = "", seconds: float = 20
    ) -> CalculationVerdict:
        """Check each step, then the claim about the first and the last term, for all sizes.

        Each step may take ``seconds``. The claim is PROVED where all steps are, by them. Where a step is
        wrong the claim is REFUTED if it has a counterexample itself, and UNKNOWN otherwise: the calculation
        does not show it, whether it holds or not. Raises what ``prove`` raises.
        """
        start = monotonic()
        claims = [(name, self.claim), *((f"{name}.{k}", r) for k, r in enumerate(self.relations, 1))]
        whole, *parts = statements(claims, given, meaning)
        symbols = symbols_in([*self.terms, given])
        checked: list[CheckedStep] = []
        for number, (part, step) in enumerate(zip(parts, self.steps, strict=True), 1):
            before = monotonic()
            verdict = Verdict.of(part, decide_apart(part, seconds), monotonic() - before, symbols)
            checked.append(CheckedStep(number, self.relations[number - 1], step.because, verdict))
        open_steps = [step for step in checked if step.verdict.status != PROVED]
        found, case = ("", UNKNOWN, "", ()), None
        if not open_steps:
            down = _SIGNS[self.claim.sign] == _DOWN
            certificate, tried = _certificate(whole, [step.verdict for step in checked], down, seconds)
            by = ", ".join(dict.fromkeys(word for step in checked for word in step.verdict.by.split(", ")))
            found = (certificate, PROVED, by, ()) if certificate else ("", UNKNOWN, "", tried)
        else:
            alone = decide_apart(whole, seconds)
            tried = tuple(f"step {step.number} is {step.verdict.status}" for step in open_steps)
            if alone.status == REFUTED:
                found, case = (alone.certificate, REFUTED, alone.by, ()), alone.counterexample
            elif alone.status == PROVED:
                found = ("", UNKNOWN, "", (*tried, f"without the steps it is proved, by {alone.by}"))
            else:
                found = ("", UNKNOWN, "", tried)
        certificate, status, by, tried = found
        return CalculationVerdict(
            whole,
            status,
            certificate,
            by,
            tried,
            monotonic() - start,
            case,
            symbols,
            self,
            tuple(checked),
        )


@dataclass(frozen=True)
class CheckedStep:
    """A step of a calculation, counted from 1, and what is known of it."""

    number: int
    relation: Relation
    because: str
    verdict: Verdict

    def __str__(self) -> str:
        return f"step {self.number}, {self.relation}, is {self.verdict.status}"


@dataclass(frozen=True)
class CalculationVerdict(Verdict):
    """What is known of the claim of a calculation, and of each of its steps."""

    calculation: Calculation = Calculation(0)
    steps: tuple[CheckedStep, ...] = ()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict of each step, on its own."""
        return tuple(step.verdict for step in self.steps)

    @property
    def first_wrong(self) -> CheckedStep | None:
        """The first step that has a counterexample."""
        return next((step for step in self.steps if step.verdict.status == REFUTED), None)

    def lines(self) -> Iterator[str]:
        """The verdict on the claim, the chain, and the first wrong step with its counterexample."""
        head, *rest = super().lines()
        # The claim as it was written: the kernel turns >= round.
        yield f"{self.status}: {self.calculation.claim}" if self.steps else head
        yield from rest
        wide = max(len(step.verdict.status) for step in self.steps)
        remarks = [f"{step.verdict.status:<{wide}}   {step.because}".rstrip() for step in self.steps]
        for line in self.calculation.lines(remarks):
            yield f"  {line}"
        wrong = self.first_wrong
        if wrong is not None:
            yield f"  step {wrong.number} is wrong: {wrong.relation}"
            yield from (f"  {line}" for line in [*wrong.verdict.lines()][1:])


def calc(first: Any, relation: str = "", term: Any = None, because: str = "") -> Calculation:
    """Begin a calculation: a first term and, if given, a first step; ``.step(...)`` and the like go on.

    Relations are ``=``, ``<=``, ``<``, ``>=`` and ``>``; terms are what stands in ``eq(...)`` and the like.
    ``because`` is a reason for people to read. ``.prove(given=...)`` checks each step and the claim about
    the first and the last term. Raises ``TypeError`` for floats and whatever else is no exact term, and
    ``ValueError`` for other relations and for chains that turn round.

    >>> from symcnn import calc, dims
    >>> M, N = dims("M N")
    >>> c = calc(2*M*N, "<=", M**2 + N**2, because="(M - N)^2 >= 0").less_than(M**2 + N**2 + 1)
    >>> print(c)
    2*M*N <= M**2 + N**2       (M - N)^2 >= 0
          <  M**2 + N**2 + 1
    >>> verdict = c.prove()
    >>> verdict.status, [v.status for v in verdict.verdicts], verdict.first_wrong
    ('PROVED', ['PROVED', 'PROVED'], None)
    >>> wrong = calc((M + N)**2).equals(M**2 + N**2, "by squaring").at_least(2*M*N).prove()
    >>> wrong.status, str(wrong.first_wrong), wrong.first_wrong.verdict.counterexample
    ('UNKNOWN', 'step 1, (M + N)**2 = M**2 + N**2, is REFUTED', {M: 1, N: 1})
    """
    begun = Calculation(first)
    if relation == "" and term is None:
        if because:
            raise ValueError("because is the reason of a step; a first term alone has none")
        return begun
    if term is None:
        raise ValueError(f"the term after {relation!r} is missing: calc({begun.first}, {relation!r}, term)")
    return begun.step(relation, term, because)


def _certificate(
    whole: Statement, verdicts: Sequence[Verdict], down: bool, seconds: float
) -> tuple[str, tuple[str, ...]]:
    """The certificate of the whole that the kernel accepts, or an empty one and what was tried."""
    steps = [(verdict.statement.written, verdict.certificate) for verdict in verdicts]
    found = apart(joined, (whole.written, steps, down, seconds), seconds)
    if isinstance(found, _Joined) and accepted(whole, found.certificate, PROVED):
        return found.certificate, ()
    reason = "the steps do not join" if isinstance(found, _Joined) else str(found)
    return "", ("all steps are proved", reason)


@dataclass(frozen=True)
class _Joined:
    certificate: str


def joined(text: str, steps: Sequence[tuple[str, str]], down: bool, seconds: float) -> _Joined | str:
    """The certificate of a statement from those of the steps that lead to it, or why there is none.

    All statements declare and assume the same; ``down`` says that the steps go from larger to smaller. The
    search for what is still open takes ``seconds`` at most.
    """
    (whole,) = read_statements(text)
    search = Search(now() + seconds)
    claims = [read_statements(step)[0].claim for step, _ in steps]
    blocks = [blocks_of(certificate) for _, certificate in steps]
    parts: list[tuple[str, str]] = []
    if satisfiable_goal(whole) != TRUE:
        # The steps assume the same, so a case for one of them is a case for all.
        parts.append(("satisfiable", _flat(blocks[0]["satisfiable"])))
    defined = defined_goal(whole)
    if defined != TRUE:
        found = search.prove(Sequent({}, {}, defined))
        if found is None:
            return "that everything has a value was not proved"
        parts.append(("defined", found))
    proof = _Proof(whole, claims, [_flat(block["proof"]) for block in blocks], search, down).steps()
    if proof is None:
        return "that the steps add up was not proved"
    parts.append(("proof", proof))
    return _Joined(written("prove", whole.name, parts))


def _flat(steps: str) -> str:
    return " ".join(steps.split())


@dataclass(frozen=True)
class _Opened:
    """A proof that begins with what all of them begin with: the names, the assumptions, and the rest."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    rest: str

    @classmethod
    def of(cls, proof: str) -> _Opened:
        words = proof.split()
        taken: dict[str, list[str]] = {"take": [], "suppose": []}
        for keyword, found in taken.items():
            while words and words[0] == keyword:
                words.pop(0)
                more = True
                while more:
                    word = words.pop(0)
                    found.append(word.rstrip(","))
                    more = word.endswith(",")
        return cls(tuple(taken["take"]), tuple(taken["suppose"]), " ".join(words))


@dataclass(frozen=True)
class _Proof:
    whole: Statement
    claims: Sequence[Formula]
    proofs: Sequence[str]
    search: Search
    down: bool

    def steps(self) -> str | None:
        """``take``, ``suppose``, a ``have`` for each step, and their sum."""
        names = tuple(self.whole.scope)
        premises = self.whole.premises()
        used = {*names, *(word for proof in self.proofs for word in re.findall(r"[A-Za-z_]\w*'*", proof))}
        opened = [_Opened.of(proof) for proof in self.proofs]
        labels = next(
            (o.labels for o in opened if (o.names, len(o.labels)) == (names, len(premises))),
            tuple(_new(f"given{k}", used) for k in range(1, len(premises) + 1)),
        )
        sequent = Sequent({}, {}, proof_goal(self.whole))
        out: list[str] = []
        for name in names:
            sequent = logic.take(sequent, name)
        for label in labels:
            sequent = logic.suppose(sequent, label)
        if names:
            out.append(f"take {', '.join(names)}")
        if labels:
            out.append(f"suppose {', '.join(labels)}")
        facts: dict[str, Formula] = {}
        for number, (claim, found, proof) in enumerate(zip(self.claims, opened, self.proofs, strict=True), 1):
            label = _new(f"step{number}", used)
            if (found.names, found.labels) == (names, labels):
                out.append(f"have {label} : {write(claim)} {{ {found.rest} }}")
            else:
                out.append(self.in_full(label, claim, proof, labels, _new(f"all{number}", used)))
            facts[label] = claim
            sequent = sequent.knowing(label, claim)
        last = self.sum_of(sequent, facts)
        return None if last is None else " ".join([*out, last])

    def in_full(self, label: str, claim: Formula, proof: str, labels: Sequence[str], every: str) -> str:
        """A step whose proof takes its assumptions apart: it is proved for all values, and used for these."""
        closed = claim
        for premise in reversed(self.whole.premises()):
            closed = Implies(premise, closed)
        for name, sort in reversed(list(self.whole.scope.items())):
            closed = ForAll(name, sort, closed)
        values = f"({', '.join(self.whole.scope)})" if self.whole.scope else ""
        blocks = "".join(f" {{ exactly {known} }}" for known in labels)
        return f"have {every} : {write(closed)} {{ {proof} }} use {label} : {every}{values}{blocks}"

    def sum_of(self, sequent: Sequent, facts: dict[str, Formula]) -> str | None:
        """The steps alone add up to the claim; if not, whatever proves it from them."""
        alone = Sequent(sequent.scope, facts, sequent.goal)
        plain = _sum(alone, self.down)
        if self.search.accepted(alone, plain):
            return plain
        step = Arithmetic(alone, max_level=0, check_time=self.search.check_time).step()
        if step is not None and self.search.accepted(alone, step):
            return step
        if isinstance(sequent.goal, Compare) and sequent.goal.relation != "=":
            label = self.search.label(sequent, "d")
            denied = logic.deny(alone, label)
            step = Arithmetic(denied, max_level=0, check_time=self.search.check_time).step()
            if step is not None and self.search.accepted(denied, step):
                return f"deny {label} {step}"
        return self.search.prove(sequent)


def _sum(sequent: Sequent, down: bool) -> str:
    """``ring`` or ``cone`` with each fact once: the differences of the steps add up to that of the ends."""
    goal, scope = sequent.goal, sequent.scope
    if not isinstance(goal, Compare) or goal.relation == "=":
        return f"ring {' + '.join(sequent.facts)}"
    # Between integers a < b counts as b - a - 1, so what is left over is a number.
    over = -1 if _is_strict(goal, scope) else 0
    # An equation counts as left - right: against the direction of a chain that goes up.
    out = ""
    for label, fact in sequent.facts.items():
        if not isinstance(fact, Compare):
            continue
        minus = fact.relation == "=" and not down
        over += _is_strict(fact, scope)
        out += (" - " if minus else " + ") + label
    out = out.removeprefix(" + ").strip()
    return f"cone {out}{f' + {over}' if over > 0 else ''}"


def _is_strict(formula: Formula, scope: Mapping[str, Sort]) -> bool:
    """Whether this is ``a < b`` between integers."""
    if not isinstance(formula, Compare) or formula.relation != "<":
        return False
    return sort_of(formula.left, scope) == INT == sort_of(formula.right, scope)


def _new(name: str, used: set[str]) -> str:
    """A name like this one that is not used yet; it is from now on."""
    while name in used:
        name += "_"
    used.add(name)
    return name
