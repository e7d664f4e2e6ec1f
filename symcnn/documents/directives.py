r"""Comments of a document that say what the formula below them is: a claim, an assumption, or neither.

    <!-- claim A24 -->                    its id; it is expected to be proved
    <!-- claim A24: refuted -->           expected to be refuted
    <!-- claim A19a in L_r, L_c -->       of a formula with \propto: in which sizes
    <!-- claim B9b as L_r, L_c grow -->   of a formula with \sim: which sizes grow
    <!-- claim A13a is bounded in N -->   of a term alone: what is said of it, in the words of statements
    <!-- step E16.6 from E16.5 -->        what E16.6 says where E16.5 is right; no claim of its own
    <!-- assume -->                       an assumption, to the end of the section
    <!-- no claim -->                     to be looked at only

Other comments mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symcnn.kernel.reading import THEOREM_NAME

VERDICTS = ("proved", "refuted", "unknown")

MAX_COMMENT = 2000

# How the forms of statements begin.
FORMS = (
    "is proportional to", "is independent of", "is asymptotic to", "is bounded in", "is unbounded in",
    "is largest exactly where", "has a largest value in", "has no largest value in", "rounds to",
    "does not depend on",
)  # fmt: skip

_WORD = re.compile(r"\s*(claim|step|assume|no claim)\b")
# What somebody wrote who meant one of them.
_MEANT = re.compile(r"\s*(claims?|steps?|assume|no[- _]?claim)\b", re.IGNORECASE)
_FORM = r"(?:is|has|does|rounds)"
_ID = rf"(?: (?!in |as |{_FORM} )(?P<id>{THEOREM_NAME}))?"
_SAYS = rf"(?: in (?P<sizes>[^:]+?)| as (?P<growing>[^:]+?) grow| (?P<form>{_FORM} .+?))?"
_CLAIM = re.compile(rf"claim{_ID}{_SAYS} ?(?:: ?(?P<verdict>\w+))?")
_STEP = re.compile(rf"step ({THEOREM_NAME}) from ({THEOREM_NAME})")
_NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*'*(?:\s*,\s*[A-Za-z_][A-Za-z0-9_]*'*)*")


@dataclass(frozen=True, slots=True)
class Directive:
    """What a comment says of the formula below it.

    ``sizes`` are those in which it is meant, ``growing`` those that grow, ``form`` the words of a statement
    behind a term; ``source`` is the claim that a step rests on.
    """

    kind: str
    line: int
    column: int = 1
    name: str = ""
    expected: str = "proved"
    sizes: tuple[str, ...] = ()
    growing: tuple[str, ...] = ()
    form: str = ""
    source: str = ""


def directive(comment: str, line: int, column: int = 1) -> Directive | None:
    """What a comment says of the formula below it, if anything; raises ``ValueError`` with the reason.

    >>> found = directive(" claim A13a is bounded in N: refuted ", 3)
    >>> found.name, found.form, found.expected
    ('A13a', 'is bounded in N', 'refuted')
    >>> directive(" to be continued ", 3) is None
    True
    """
    word = _WORD.match(comment)
    if word is None:
        meant = _MEANT.match(comment)
        if meant is None:
            return None
        said = meant.group(1)
        instead = "no claim" if said.lower().startswith("no") else said.lower().rstrip("s")
        raise ValueError(f"{said!r} is not understood; write {instead!r}, or begin the remark otherwise")
    kind = word.group(1)
    said = " ".join(comment.split())
    shown = repr(said if len(said) <= 60 else said[:60] + "...")
    if len(said) > MAX_COMMENT:
        raise ValueError(f"the comment {shown} has more than {MAX_COMMENT} characters")
    if kind == "step":
        step = _STEP.fullmatch(said)
        if step is None:
            raise ValueError(f"{shown} is not understood; write <!-- step E16.6 from E16.5 -->")
        return Directive(kind, line, column, step.group(1), source=step.group(2))
    if kind != "claim":
        if said != kind:
            raise ValueError(f"{shown} is not understood; write <!-- {kind} -->")
        return Directive(kind, line, column)
    found = _CLAIM.fullmatch(said)
    if found is None:
        raise ValueError(f"{shown} is not understood; write <!-- claim ID: refuted -->")
    expected = found.group("verdict") or "proved"
    if expected not in VERDICTS:
        raise ValueError(f"{expected!r} is no verdict; write {', '.join(VERDICTS)}")
    sizes, growing = (_names(found.group(group)) for group in ("sizes", "growing"))
    name, form = found.group("id") or "", found.group("form") or ""
    if "#" in form:
        raise ValueError(f"{form[:60]!r} holds a number sign, behind which nothing is read; leave it out")
    if form and not form.startswith(tuple(f"{words} " for words in FORMS)):
        smallest = "; a smallest value is the largest one of the negative term" * ("smallest" in form)
        raise ValueError(f"{form[:60]!r} is no form of a claim; write {', '.join(FORMS)}{smallest}")
    return Directive("claim", line, column, name, expected, sizes, growing, form)


def _names(listed: str | None) -> tuple[str, ...]:
    """Names with commas between."""
    if listed is None:
        return ()
    if not _NAMES.fullmatch(listed):
        raise ValueError(f"{listed!r} is no list of names; write L_r, L_c")
    return tuple(name.strip() for name in listed.split(","))
