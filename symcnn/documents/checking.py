"""``check``: the verdicts on all claims of documents, from stored certificates or by searching.

The certificates of ``solution.md`` are in ``solution.cert`` beside it, and ``solution.claim`` holds its
statements for the kernel alone. A certificate counts where the kernel accepts it for the statement that the
document makes now.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from symcnn.documents.document import Claim, Document, Step, read_source
from symcnn.documents.report import Checked, Judged, Linked, Report
from symcnn.documents.source import readable, source_of
from symcnn.kernel.certificates import PROVED as ACCEPTED
from symcnn.kernel.certificates import REFUTED as REJECTING
from symcnn.kernel.certificates import verdicts
from symcnn.kernel.reading import blocks, read_text
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Unreadable
from symcnn.proving.replaying import stored_verdict
from symcnn.proving.stored import ClaimFile, replace_file
from symcnn.proving.verdict import Verdict
from symcnn.search.deciding import Decision
from symcnn.search.layout import HEADER
from symcnn.search.worker import decide_all
from symcnn.symbols import checks
from symcnn.symbols.checks import instance

SUFFIX = ".md"
_WORD = re.compile(r"[A-Za-z_][\w']*")


def check(
    path_or_text: str | Path,
    *,
    seconds: float = 20,
    stored: bool = True,
    search: bool = True,
    processes: int = 1,
) -> Report:
    r"""The verdicts on the claims of a document: a file, or a text of more than one line.

    Certificates that are stored beside the file are replayed (``stored``), all else is searched for
    (``search``), for at most ``seconds`` a statement. Raises ``ValueError`` for a file that cannot be read.

    >>> from symcnn import check
    >>> report = check('''
    ... ~~~symcnn
    ... given C_in, C_out, K, H, W : int >= 1
    ... layer conv = Conv2d(C_in, C_out, kernel_size=K, bias=False) on (C_in, H, W)
    ... ~~~
    ...
    ... <!-- claim weights -->
    ... $$ \\text{weights}_{conv} = K^2 C_{out} $$
    ... ''')
    >>> print(report["weights"].status, report["weights"].findings[0])
    refuted counterexample: C_in = 2, C_out = 1, K = 1, H = 1, W = 1
    """
    return check_all([path_or_text], seconds=seconds, stored=stored, search=search, processes=processes)[0]


def check_all(
    documents: Sequence[str | Path],
    *,
    seconds: float = 20,
    stored: bool = True,
    search: bool = True,
    processes: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Report]:
    """The verdicts on the claims of several documents, whose searches run at the same time.

    ``progress`` is told what is searched for, how many statements are decided, and how many there are.
    """
    checks.seconds(seconds)
    checks.flag("stored", stored)
    checks.flag("search", search)
    checks.whole("processes", processes, 1)
    for document in documents:
        instance("path_or_text", document, (str, Path), "a path such as 'solution.md', or a text")
    sources = [Source.of(document) for document in documents]
    deciding = _Deciding(seconds, search, processes, progress)
    if stored:
        for source in sources:
            source.replay()
    deciding.all((source, statement) for source in sources for statement in source.first())
    deciding.all((source, statement) for source in sources for statement in source.second())
    return [source.report() for source in sources]


@dataclass
class Source:
    """A document with the verdicts on its statements, by name, as they come."""

    path: str
    text: str
    document: Document
    # By the text of the statement: a name may have been given twice.
    found: dict[str, Verdict] = field(default_factory=dict[str, Verdict])
    lemmas: str = ""

    @classmethod
    def of(cls, path_or_text: str | Path) -> Source:
        """Read a document; raises ``ValueError`` that names the file where it cannot be read."""
        if isinstance(path_or_text, str) and "\n" in path_or_text:
            text, faults = readable(path_or_text)
            return cls("", text, read_source(text, faults))
        path = Path(path_or_text)
        try:
            text, faults = source_of(path)
            document = read_source(text, faults)
        except IsADirectoryError:
            raise ValueError(f"{path}: this is a folder; name a document") from None
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror}") from None
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return cls(str(path), text, document)

    def replay(self) -> None:
        """Take the verdicts of the certificates that are stored beside the document."""
        cert = Path(self.path).with_suffix(".cert") if self.path else None
        if cert is None or not cert.is_file():
            return
        wanted = {s.name: s for s in self.statements()}
        try:
            text = read_text(cert)
            file = ClaimFile(cert, [*wanted.values()], text)
            stored, self.lemmas = file.certificates, file.lemmas
            before = monotonic()
            for verdict in verdicts([*wanted.values()], text):
                now = monotonic()
                if verdict.status in (ACCEPTED, REJECTING):
                    statement = wanted[verdict.name]
                    self.found.setdefault(
                        statement.written,
                        stored_verdict(statement, verdict.status, stored[verdict.name], now - before),
                    )
                before = monotonic()
        except Unreadable as error:
            raise ValueError(f"{cert}: {error}") from None

    def statements(self) -> Iterator[Statement]:
        """All statements that can be asked for."""
        for claim in self.document.claims:
            for step in claim.steps:
                yield step.statement
                if step.own is not None:
                    yield step.own
        for link in self.document.links:
            yield link.statement

    def first(self) -> Iterator[Statement]:
        """The statements that each claim makes."""
        for claim in self.document.claims:
            for step in claim.steps:
                yield step.statement

    def second(self) -> Iterator[Statement]:
        """What is to be found out where a claim is wrong."""
        wrong = set(self.wrong())
        for claim in self.document.claims:
            for step, behind in self.steps(claim):
                if behind and step.own is not None:
                    yield step.own
        for link in self.document.links:
            if link.name in wrong:
                yield link.statement

    def wrong(self) -> Iterator[str]:
        """The names of the claims, and of the relations, that are refuted."""
        for claim in self.document.claims:
            refuted = [s.statement.name for s in claim.steps if self.verdict(s.statement).status == REJECTING]
            yield from refuted
            if refuted:
                yield claim.name

    def steps(self, claim: Claim) -> Iterator[tuple[Step, bool]]:
        """The relations of a claim, and whether each stands behind a wrong one of its chain."""
        wrong: set[int] = set()
        for step in claim.steps:
            yield step, step.chain in wrong
            if self.verdict(step.statement).status == REJECTING:
                wrong.add(step.chain)

    def proved(self, claim: Claim) -> bool:
        """Whether a claim is proved: nothing else corrects another one."""
        return bool(claim.steps) and all(self.verdict(s.statement).status == ACCEPTED for s in claim.steps)

    def verdict(self, statement: Statement) -> Verdict:
        """The verdict on a statement; unknown where it was not searched for."""
        found = self.found.get(statement.written)
        if found is not None:
            return found
        return Verdict.of(statement, Decision("UNKNOWN", "", "", ("no stored certificate",)), 0.0)

    def report(self) -> Report:
        """All verdicts, with what corrects what and what follows from what."""
        names = {claim.name: claim for claim in self.document.claims}
        wrong = {*self.wrong()}
        claims: list[Checked] = []
        for claim in self.document.claims:
            correction = names.get(f"{claim.name}'")
            if correction is not None and not self.proved(correction):
                correction = None
            links = tuple(self.linked(claim.name, wrong))
            claims.append(Checked(claim, tuple(self.judged(claim)), correction, links))
        seconds = sum(verdict.seconds for verdict in self.found.values())
        return Report(self.path, self.text, self.document, tuple(claims), self.lemmas, seconds)

    def judged(self, claim: Claim) -> Iterator[Judged]:
        """The relations of a claim with their verdicts."""
        for step, behind in self.steps(claim):
            own = self.verdict(step.own) if behind and step.own is not None else None
            yield Judged(step, self.verdict(step.statement), own, behind)

    def linked(self, name: str, wrong: Collection[str]) -> Iterator[Linked]:
        """Whether a wrong claim follows from others; ``wrong`` names those that are refuted."""
        for link in self.document.links:
            if link.name == name and name in wrong:
                yield Linked(link.source_name, link.source_name in wrong, self.verdict(link.statement))


@dataclass
class _Deciding:
    """The search for what has no verdict yet."""

    seconds: float
    search: bool
    processes: int
    progress: Callable[[str, int, int], None] | None
    done: int = 0
    total: int = 0

    def all(self, asked: Iterable[tuple[Source, Statement]]) -> None:
        """Search for all that is asked."""
        listed = list(asked)
        todo = [(source, statement) for source, statement in listed if statement.written not in source.found]
        self.total += len(listed)
        self.done += len(listed) - len(todo)
        if not self.search or not todo:
            return

        def running(places: list[int]) -> None:
            if self.progress is not None:
                self.progress(", ".join(todo[k][1].name for k in places), self.done, self.total)

        statements = [statement for _, statement in todo]
        with closing(decide_all(statements, self.seconds, self.processes, report=running)) as decisions:
            for place, decision, seconds in decisions:
                source, statement = todo[place]
                source.found[statement.written] = Verdict.of(statement, decision, seconds)
                self.done += 1


def save(report: Report) -> tuple[Path, Path]:
    """Write the statements of a document as ``.claim`` and its certificates as ``.cert`` beside it.

    The kernel replays both alone. Raises ``ValueError`` for a text that comes from no file, and where no
    claim has a certificate.
    """
    if not report.path:
        raise ValueError("a text has no file beside which its certificates could be stored")
    path = Path(report.path)
    claim, cert = path.with_suffix(".claim"), path.with_suffix(".cert")
    known = certified(report)
    if not known:
        raise ValueError(f"{path}: no claim has a certificate, so there is nothing to store")
    names = Counter(v.statement.name for v in known)
    twice = ", ".join(name for name, times in names.items() if times > 1)
    if twice:
        raise ValueError(f"{path}: claims that share an id cannot be stored: {twice}")
    lemmas = _needed(report.lemmas, [v.certificate for v in known])
    head = f"# What {path.name} claims, as statements of the kernel, written by symcnn check --save.\n"
    statements = head + "".join(f"\n{v.statement.written.strip()}\n" for v in known)
    # What stands on a lemma stands behind it.
    certificates = HEADER + lemmas + "".join(f"\n{v.certificate.strip()}\n" for v in known)
    read = read_statements(statements)
    ClaimFile.checked(claim, read, certificates)
    replace_file(claim, statements)
    replace_file(cert, certificates)
    return claim, cert


def certified(report: Report) -> list[Verdict]:
    """The verdicts of a document that have a certificate."""
    return [v for checked in report.claims for v in _verdicts(checked) if v.certificate]


def _verdicts(checked: Checked) -> Iterator[Verdict]:
    for judged in checked.steps:
        yield judged.verdict
        if judged.own is not None:
            yield judged.own
    for linked in checked.links:
        yield linked.verdict


def _needed(lemmas: str, certificates: list[str]) -> str:
    """The lemmas that certificates, or lemmas among them, name."""
    texts = [lemmas[first:last] for first, last in blocks(lemmas, ("lemma ",), 0)] if lemmas else []
    needed: list[str] = []
    for text in reversed(texts):
        name = text.split()[1].rstrip(":")
        if any(name in _WORD.findall(user) for user in (*certificates, *needed)):
            needed.insert(0, f"\n{text.strip()}\n")
    return "".join(needed)
