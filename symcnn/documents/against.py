"""Submissions against a reference: each formula is judged with the letters that the reference declares.

An equation ``L = ... = R`` of the reference asks for R: what a submission writes at the end of its chain, and
at each place before, must equal it. An inequality must have the same difference of its sides. Of any other
formula it can be found out that it is wrong, but not that it says what is asked for, so that it is left to a
person unless it is the same. What only repeats the question is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from symcnn.documents import meaning, trees
from symcnn.documents.checking import Source
from symcnn.documents.declarations import Declarations, Fault
from symcnn.documents.display import read, read_display
from symcnn.documents.document import Claim
from symcnn.documents.faults import FormulaError
from symcnn.documents.relations import as_rounded, is_rounded
from symcnn.documents.report import PROVED, Report
from symcnn.documents.trees import Chain, Formula, Operand, Tree
from symcnn.documents.writing import RELATIONS
from symcnn.kernel import terms
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Term, Unreadable, free
from symcnn.kernel.writing import write
from symcnn.proving.verdict import Verdict
from symcnn.search.worker import decide_all

RIGHT, WRONG, MISSING, UNDECIDED, NOT_READ = "right", "wrong", "missing", "undecided", "unreadable"
STATUSES = (RIGHT, WRONG, MISSING, UNDECIDED, NOT_READ)

_ORDER = {"<": "<", "<=": "<=", ">": "<", ">=": "<=", "!=": "!="}
_FORMS = {"prop": "is proportional to", "~": "is asymptotic to", "~~": "is asymptotic to"}
_EQUATION = "an equation is asked for"
_REPEATS = "it only repeats what is asked for"
_BY_HAND = "it is not refuted, but whether it says what is asked for has to be read by a person"


@dataclass(frozen=True)
class Answer:
    """What a submission says to a claim of the reference, and what became of it.

    ``formula`` is the part that is wrong and ``step`` the first wrong step, as they are written there;
    ``line`` and ``column`` say where. ``verdict`` is the refutation; where it is ``of_value``, of an equation
    with the answer on the left and the formula on the right. ``asked`` is the formula of the reference.
    """

    name: str
    status: str
    reason: str = ""
    line: int = 0
    column: int = 1
    formula: str = ""
    step: str = ""
    asked: str = field(default="", repr=False)
    verdict: Verdict | None = field(default=None, repr=False)
    of_value: bool = False

    @property
    def sizes(self) -> Mapping[str, Exact | str]:
        """Sizes at which the formula is wrong."""
        case = None if self.verdict is None else self.verdict.case
        return {} if case is None else {**case.values, **case.functions}

    @property
    def value(self) -> Exact | None:
        """The value that the formula has there, where it is one."""
        case = None if self.verdict is None else self.verdict.case
        return case.right if case is not None and self.of_value else None


@dataclass(frozen=True)
class Comparison:
    """The answers of a submission; ``reason`` says why nothing of it could be read, if so.

    ``faults`` are places outside of its formulas that are not read.
    """

    path: str
    answers: tuple[Answer, ...]
    reason: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many answers have each status."""
        found = [answer.status for answer in self.answers]
        return {status: found.count(status) for status in STATUSES}

    def __getitem__(self, name: str) -> Answer:
        """The answer to the claim of this id; raises ``KeyError`` for unknown ones."""
        for answer in self.answers:
            if answer.name == name:
                return answer
        raise KeyError(f"{name!r} is not asked for; asked are {', '.join(a.name for a in self.answers)}")


def against(
    reference: Report,
    submissions: Sequence[str | Path],
    *,
    seconds: float = 20,
    processes: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Comparison]:
    r"""Compare submissions, files or texts, with the claims of a reference that are proved.

    Formulas that several submissions have in common are decided once. Raises ``ValueError`` for a reference
    that is not as it says itself.

    >>> from symcnn import check
    >>> given = "~~~symcnn\ngiven C, D, K : int >= 1\n~~~\n\n<!-- claim E3 -->\n"
    >>> reference = check(given + "$$ (K^2 C + 1) D = K^2 C D + D $$")
    >>> (found,) = against(reference, ["<!-- claim E3 -->\n$$ (K^2 C + 1) D = K^2 C D $$"])
    >>> found["E3"].status, dict(found["E3"].sizes), found["E3"].value
    ('wrong', {'C': 1, 'D': 1, 'K': 1}, 1)
    """
    asked = _asked(reference)
    attempts = [_submission(asked, submission) for submission in submissions]
    checks = {
        check.statement.written: check.statement
        for submission in attempts
        for attempt in submission.attempts
        for check in attempt.checks
    }
    statements = list(checks.values())
    found: dict[str, Verdict] = {}

    def running(places: list[int]) -> None:
        if progress is not None:
            progress(", ".join(statements[k].name for k in places), len(found), len(statements))

    with closing(decide_all(statements, seconds, processes, report=running)) as decisions:
        for place, decision, taken in decisions:
            statement = statements[place]
            found[statement.written] = Verdict.of(statement, decision, taken)
    return [
        Comparison(each.path, tuple(_answer(a, found) for a in each.attempts), each.reason, each.faults)
        for each in attempts
    ]


def _asked(reference: Report) -> list[Claim]:
    """The claims of a reference that submissions are compared with."""
    where = reference.path or "the reference"
    if reference.faults:
        fault = reference.faults[0]
        raise ValueError(f"{where}:{fault.line}:{fault.column}: {fault.reason}; a reference must be readable")
    for checked in reference:
        if checked.deviates:
            raise ValueError(
                f"{where}: {checked.name} is {checked.status}, expected: {checked.expected}; "
                "submissions are compared with claims that are as their document expects"
            )
    asked = [checked.claim for checked in reference if checked.expected == PROVED]
    if not asked:
        raise ValueError(f"{where}: there is no claim that is expected to be proved")
    return asked


# -- what a submission says ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Check:
    """A statement about a part of a submission.

    A right answer needs a proof of it, if it is ``needed``; its refutation is ``telling`` of a wrong one.
    """

    statement: Statement
    formula: str
    step: str
    line: int
    column: int
    needed: bool = True
    telling: bool = True
    of_value: bool = False


@dataclass(frozen=True)
class _Attempt:
    """What is known of an answer, and what has to be decided; a status that is given is final."""

    answer: Answer
    checks: tuple[_Check, ...] = ()


class _Settled(Exception):
    """The answer is settled without a search."""

    def __init__(self, status: str, reason: str, fault: Fault | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.fault = status, reason, fault


@dataclass(frozen=True)
class _Submission:
    """What a submission says to all claims."""

    path: str
    attempts: tuple[_Attempt, ...]
    reason: str = ""
    faults: tuple[Fault, ...] = ()


def _submission(asked: Sequence[Claim], given: str | Path) -> _Submission:
    """Read a submission."""
    try:
        source = Source.of(given)
    except ValueError as error:
        lost = tuple(
            _Attempt(Answer(c.name, NOT_READ, "the file is not read", asked=_shown(c))) for c in asked
        )
        return _Submission(str(given), lost, str(error))
    claims, faults = source.document.claims, source.document.faults
    found = tuple(_attempt(claim, [c for c in claims if c.name == claim.name]) for claim in asked)
    return _Submission(source.path, found, "", faults)


def _shown(asked: Claim) -> str:
    """The formula of a claim in one line."""
    return " ".join(asked.source.split())


def _attempt(asked: Claim, found: Sequence[Claim]) -> _Attempt:
    """What a submission says to one claim."""
    answer = Answer(asked.name, MISSING, asked=_shown(asked))
    if not found:
        return _Attempt(answer)
    answer = replace(answer, status="", line=found[0].line)
    try:
        if len(found) > 1:
            raise _Settled(NOT_READ, f"the id {asked.name} is used twice")
        if found[0].expected != PROVED:
            raise _Settled(WRONG, f"it is marked as {found[0].expected}")
        comparing = _Comparing(asked, found[0])
        checks = tuple(comparing.fenced() if not asked.latex else comparing.display())
        return _Attempt(replace(answer, reason="; ".join(comparing.by_hand)), checks)
    except _Settled as settled:
        place = settled.fault or Fault("", answer.line)
        status, reason = settled.status, settled.reason
        return _Attempt(replace(answer, status=status, reason=reason, line=place.line, column=place.column))


def _answer(attempt: _Attempt, found: Mapping[str, Verdict]) -> Answer:
    """The answer, when everything is decided."""
    answer = attempt.answer
    if answer.status:
        return answer
    verdicts = [(check, found[check.statement.written]) for check in attempt.checks]
    for check, verdict in verdicts:
        if check.telling and verdict.status == "REFUTED":
            return replace(
                answer,
                status=WRONG,
                reason="",
                line=check.line,
                column=check.column,
                formula=check.formula,
                step=check.step,
                verdict=verdict,
                of_value=check.of_value,
            )
    if answer.reason:
        return replace(answer, status=UNDECIDED)
    if all(verdict.status == "PROVED" for check, verdict in verdicts if check.needed):
        return replace(answer, status=RIGHT)
    if any(not check.needed and verdict.status == "PROVED" for check, verdict in verdicts):
        return replace(answer, status=UNDECIDED, reason=_BY_HAND)
    return replace(answer, status=UNDECIDED, reason="it is neither proved nor refuted")


@dataclass
class _Comparing:
    """One claim of the reference and what a submission writes for it."""

    asked: Claim
    given: Claim
    by_hand: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.declared = self.asked.declared or Declarations()
        self.where = (self.declared.names, self.given.source, self.given.line, self.given.column)

    def fenced(self) -> Iterator[_Check]:
        """Statements, which have declarations of their own."""
        if self.given.latex or self.given.fault is not None:
            reason = self.given.fault.reason if self.given.fault else "a block fenced as claim is asked for"
            raise _Settled(NOT_READ, reason, self.given.fault)
        wanted, found = self.asked.steps[0].statement, self.given.steps[0].statement
        if terms.same(wanted.closed(), found.closed()):
            return
        self.by_hand.append(_BY_HAND)
        # The line does not count: the same statement of two submissions is the same.
        yield _Check(replace(found, line=1), "", "", self.given.line, 1, needed=False)

    def display(self) -> Iterator[_Check]:
        """The formulas of a display, one by one."""
        if not self.given.latex:
            raise _Settled(NOT_READ, "a formula in LaTeX is asked for")
        try:
            found = [part.body for part in read_display(self.given.source, *self.where[:1], *self.where[2:])]
            wanted = [*self.wanted()]
            if len(found) != len(wanted):
                raise _Settled(NOT_READ, f"{_formulas(len(wanted))} asked for, not {len(found)}")
            for asked, given in zip(wanted, found, strict=True):
                yield from self.formula(asked, given)
        except FormulaError as error:
            # Letters are those of the reference, and nothing that is declared in the submission helps.
            reason = error.reason.replace("is not declared", "is no letter of the reference")
            advice = "" if error.advice.startswith("declare it, as in") else error.advice
            place = Fault("", error.line, error.column)
            raise _Settled(NOT_READ, f"{reason}; {advice}" if advice else reason, place) from None

    def wanted(self) -> Iterator[Formula | Operand]:
        """The formulas of the reference, each with its first term."""
        asked, names = self.asked, self.declared.names
        parts = read_display(asked.source, names, asked.line, asked.column)
        for number, part in enumerate(parts, start=1):
            if isinstance(part.body, Chain) and part.body.terms[0] is None:
                # It goes on from the display before.
                first = next(step.left for step in asked.steps if step.chain == number)
                yield replace(part.body, terms=(read(first, names), *part.body.terms[1:]))
            else:
                yield part.body

    def formula(self, asked: Formula | Operand, given: Formula | Operand) -> Iterator[_Check]:
        """One formula, by its kind."""
        form = "" if self.asked.said is None else self.asked.said.form
        if form:
            yield from self.term_alone(form, asked, given)
        elif not isinstance(asked, Chain) or any(map(_is_list, asked.terms)):
            yield from self.other(asked, given)
        elif all(map(_is_equality, asked.relations, asked.terms[1:])):
            yield from self.equation(asked, given)
        elif len(asked.relations) == 1 and asked.relations[0] in _ORDER:
            yield from self.inequality(asked, given)
        elif len(asked.relations) == 1 and asked.relations[0] in _FORMS:
            yield from self.growth(asked, given)
        else:
            yield from self.other(asked, given)

    # -- kinds of formulas -----------------------------------------------------------------------------------

    def equation(self, asked: Chain, given: Formula | Operand) -> Iterator[_Check]:
        """Each term of the submission equals the last exact term of the reference."""
        if not isinstance(given, Chain):
            raise _Settled(NOT_READ, _EQUATION)
        if not all(map(_is_equality, given.relations, given.terms[1:])):
            raise _Settled(WRONG, _EQUATION, self.place(given))
        wanted = [term for term in _exact(asked) if term is not None]
        known = [self.wanted_term(term) for term in wanted]
        self.no_repetition(asked, given, known)
        before = None
        for sign, term in zip(("=", *given.relations), given.terms, strict=True):
            if term is None:
                continue
            rounded = isinstance(term, trees.Number) and is_rounded(sign, term)
            if rounded or not self.is_known(term, known):
                step = ""
                # Of a single relation there is no first step.
                if before is not None and len(given.relations) > 1:
                    step = f"{self.shown(before)} {RELATIONS[sign]} {self.shown(term)}"
                value = meaning.term(term, *self.where)
                check = self.check(self.equal(sign, wanted[-1], term), [*known, value], term, step)
                yield replace(check, of_value=not rounded)
            before = before if rounded else term

    def equal(self, sign: str, wanted: Operand, given: Operand) -> str:
        """That a term of the submission equals one of the reference, at its written precision."""
        if isinstance(given, trees.Number) and is_rounded(sign, given):
            return f"{write(self.wanted_term(wanted))} rounds to {as_rounded(given)}"
        return write(meaning.formula(Chain((wanted, given), ("=",), given.span), *self.where))

    def no_repetition(self, asked: Chain, given: Chain, known: Sequence[Term]) -> None:
        """Refuse what is true and no answer: the question itself, and a term that equals itself."""
        last = given.terms[-1]
        if last is None:
            raise _Settled(NOT_READ, _EQUATION)
        if _is_number(asked.terms[-1]) and not _is_number(last):
            raise _Settled(WRONG, "a number is asked for", self.place(last))
        if isinstance(last, trees.Number) and is_rounded(given.relations[-1], last):
            if not last.value:
                raise _Settled(WRONG, "a number with a digit other than 0 is asked for", self.place(last))
            return
        found = [meaning.term(term, *self.where) for term in _exact(given) if term is not None]
        answers = known[1:]
        if terms.same(found[-1], known[0]) and not any(terms.same(found[-1], term) for term in answers):
            raise _Settled(WRONG, _REPEATS, self.place(last))
        if len(given.terms) == len(found) > 1 and all(terms.same(found[0], term) for term in found):
            raise _Settled(WRONG, "it says that something equals itself", self.place(given))
        allowed = {name for term in answers for name in free(term)}
        lets = {name for name in free(known[0]) if name in self.declared.statement.abbreviations}
        circular = sorted(free(found[-1]) & (lets | set(self.declared.counts)) - allowed)
        if circular:
            names = ", ".join(circular)
            raise _Settled(WRONG, f"a formula without {names} is asked for", self.place(last))

    def inequality(self, asked: Chain, given: Formula | Operand) -> Iterator[_Check]:
        """The same relation of sides with the same difference."""
        known = [self.wanted_term(term) for term in asked.terms if term is not None]
        if isinstance(given, Chain) and len(given.relations) == 1 and not any(map(_is_list, given.terms)):
            (sign,), (wanted,) = given.relations, asked.relations
            found = [meaning.term(term, *self.where) for term in given.terms if term is not None]
            if _ORDER.get(sign) == _ORDER[wanted] and len(found) == 2:
                left, right = known if wanted.startswith("<") or wanted == "!=" else known[::-1]
                low, high = found if sign.startswith("<") or sign == "!=" else found[::-1]
                if terms.same(left, low) and terms.same(right, high):
                    return
                text = " = ".join(f"({write(b)}) - ({write(a)})" for a, b in ((left, right), (low, high)))
                yield replace(self.check(text, [*known, *found], given), telling=False)
                yield self.truth(given, known)
                return
        yield from self.other(asked, given)

    def growth(self, asked: Chain, given: Formula | Operand) -> Iterator[_Check]:
        """Proportional or asymptotic to something, in the same sizes."""
        known = [self.wanted_term(term) for term in asked.terms if term is not None]
        said, own = self.asked.said, self.given.said
        if not isinstance(given, Chain) or given.relations != asked.relations or said is None:
            raise _Settled(WRONG, f"a formula with {RELATIONS[asked.relations[0]]} is asked for")
        sizes = said.sizes or said.growing
        if own is not None and {*own.sizes, *own.growing} - {*sizes}:
            raise _Settled(WRONG, f"it is asked for in {', '.join(sizes)}")
        first, last = given.terms
        if last is None:
            raise _Settled(NOT_READ, "a term is missing", self.place(given))
        left = known[0] if first is None else meaning.term(first, *self.where)
        right = meaning.term(last, *self.where)
        if terms.same(known[0], right):
            raise _Settled(WRONG, _REPEATS, self.place(given))
        listed = ", ".join(sizes)
        words = f"in {listed}" if said.sizes else f"as {listed} grow"
        if not terms.same(known[0], left):
            text = f"{write(known[0])} = {write(left)}"
            yield replace(self.check(text, [*known, left], first or given), of_value=True)
        text = f"{write(known[0])} {_FORMS[asked.relations[0]]} {write(right)} {words}"
        yield self.check(text, [*known, right], given, more=sizes)

    def term_alone(self, form: str, asked: Formula | Operand, given: Formula | Operand) -> Iterator[_Check]:
        """The same words about an equal term."""
        own = "" if self.given.said is None else self.given.said.form
        if isinstance(given, Formula) or isinstance(asked, Formula) or not own:
            raise _Settled(NOT_READ, "a term is asked for, and what is said of it in the comment above")
        known, found = self.wanted_term(asked), meaning.term(given, *self.where)
        if own.split() != form.split():
            self.by_hand.append(_BY_HAND)
            names = [name for name in self.declared.names.sorts if name in own]
            yield self.check(f"{write(found)} {own}", [known, found], given, needed=False, more=names)
        elif not terms.same(known, found):
            check = self.check(f"{write(known)} = {write(found)}", [known, found], given)
            yield replace(check, of_value=True)

    def other(self, asked: Formula | Operand, given: Formula | Operand) -> Iterator[_Check]:
        """The same formula; that any other one says the same cannot be decided by what is true."""
        if not isinstance(given, Formula):
            raise _Settled(NOT_READ, "a relation is asked for")
        names = self.declared.names
        wanted = meaning.formula(asked, names, self.asked.source, self.asked.line, self.asked.column)
        if not terms.same(wanted, meaning.formula(given, *self.where)):
            self.by_hand.append(_BY_HAND)
            yield self.truth(given, [wanted])

    def truth(self, given: Formula, known: Sequence[terms.Node]) -> _Check:
        """Whether a formula of the submission holds."""
        found = meaning.formula(given, *self.where)
        return self.check(write(found), [*known, found], given, needed=False)

    # -- parts -----------------------------------------------------------------------------------------------

    def check(
        self,
        text: str,
        used: Sequence[terms.Node],
        given: Tree,
        step: str = "",
        *,
        needed: bool = True,
        more: Sequence[str] = (),
    ) -> _Check:
        """A claim as a statement below the declarations of the reference."""
        place = self.place(given)
        names = {*more, *(name for node in used for name in free(node))}
        try:
            (found,) = read_statements(f'theorem {self.asked.name} ""\n{self.declared.given(text, names)}')
        except Unreadable as error:
            self.refuse(str(error), place)
        return _Check(found, self.shown(given), step, place.line, place.column, needed)

    def refuse(self, reason: str, place: Fault) -> NoReturn:
        """The formula is no statement."""
        raise _Settled(NOT_READ, reason.split(": ", 1)[-1], place) from None

    def wanted_term(self, term: Operand) -> Term:
        """A term of the reference."""
        return meaning.term(term, self.declared.names, self.asked.source, self.asked.line, self.asked.column)

    def is_known(self, term: Operand, known: Sequence[Term]) -> bool:
        """Whether a term is one of the reference, which has proved that they are equal."""
        found = meaning.term(term, *self.where)
        return any(terms.same(found, each) for each in known)

    def shown(self, tree: Tree) -> str:
        """A part of the submission as it is written there."""
        return " ".join(self.given.source[slice(*tree.span)].split())

    def place(self, tree: Tree) -> Fault:
        """Where a part of the submission stands."""
        before = self.given.source[: tree.span[0]]
        rows = before.count("\n")
        column = len(before) - before.rfind("\n") - 1
        return Fault("", self.given.line + rows, (column + 1) if rows else self.given.column + column)


def _exact(chain: Chain) -> Iterator[Operand | None]:
    """The terms of a chain that stand for one value."""
    yield chain.terms[0]
    for sign, term in zip(chain.relations, chain.terms[1:], strict=True):
        if not (isinstance(term, trees.Number) and is_rounded(sign, term)):
            yield term


def _is_equality(sign: str, term: Operand | None) -> bool:
    return sign in ("=", ":=") or (isinstance(term, trees.Number) and is_rounded(sign, term))


def _is_number(term: Operand | None) -> bool:
    while isinstance(term, trees.Group | trees.Negative):
        term = term.inner
    return isinstance(term, trees.Number)


def _is_list(term: Operand | None) -> bool:
    return isinstance(term, trees.Listing | trees.Range | trees.Collection)


def _formulas(count: int) -> str:
    return "1 formula is" if count == 1 else f"{count} formulas are"
