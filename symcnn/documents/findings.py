r"""What is to be said of a claim beside its verdict: where it fails, and what would be right.

Each finding is a sentence in two forms, plain text and LaTeX, so that a terminal, a page and a feedback file
say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from symcnn.documents.report import (
    PROVED,
    REFUTED,
    UNKNOWN,
    Checked,
    Finding,
    Judged,
    counterexample,
    grouped,
    sides,
)
from symcnn.documents.writing import RELATIONS
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import ZERO, And, Compare, Number, Sum, Term, Variable, number, parts
from symcnn.kernel.writing import write
from symcnn.proving.explaining import Explanation, explanation
from symcnn.proving.typesetting import latex

# A closed form that is longer says nothing to a reader.
LONG = 160
_FOLLOWS = {PROVED: "follows from the step before", REFUTED: "does not follow from the step before"}
_ALONE = {PROVED: "right on its own:", REFUTED: "wrong on its own:"}


def findings(checked: Checked) -> Iterator[Finding]:
    """What is to be said of a claim, from the place where it fails to what corrects it."""
    fault = checked.claim.fault
    if fault is not None:
        yield Finding("fault", "not read:", f"line {fault.line}, column {fault.column}: {fault.reason}")
        return
    for judged in checked.steps:
        if judged.behind:
            yield from _later(judged)
        elif judged.status == REFUTED:
            if len(checked.steps) > 1:
                chain = sum(each.step.chain == judged.step.chain for each in checked.steps) > 1
                yield Finding("step", "first wrong step:" if chain else "wrong:", *_as_written(judged))
            yield from refutation(judged)
    for linked in checked.links:
        status, source = linked.verdict.status.lower(), linked.source_name
        if status == PROVED and linked.source_wrong:
            yield Finding("follows", "it follows correctly from", f"{source}, which is wrong")
        elif status == REFUTED:
            yield Finding("step", "the wrong step:", f"it does not follow from {source}")
    if checked.status == UNKNOWN:
        for judged in checked.steps:
            if judged.status == UNKNOWN:
                tried = ", ".join(judged.verdict.tried) or "nothing"
                yield Finding("tried", "neither proved nor refuted; tried:", tried)
    if checked.correction is not None and checked.status != PROVED:
        source = " ".join(checked.correction.source.split())
        shown = checked.correction.steps[0].statement.claim if not checked.correction.latex else None
        text = f"{checked.correction.name}: {write(shown) if shown is not None else source}"
        yield Finding("corrected", "corrected in", text, source if checked.correction.latex else "")


def refutation(judged: Judged) -> Iterator[Finding]:
    """Where a relation fails, both sides there, and what would be right."""
    named = counterexample(judged.verdict)
    if named is None:
        yield Finding("negation", "the opposite is proved", "")
    elif named:
        yield Finding(
            "counterexample",
            "counterexample:",
            ", ".join(f"{name} = {value}" for name, value in named.items()),
            r",\ ".join(f"{latex(Variable(name))} = {_value(value)}" for name, value in named.items()),
        )
    left, right = sides(judged)
    if named and left is not None and right is not None:
        yield Finding("values", "there the sides are", f"{grouped(left)} and {grouped(right)}")
    if judged.step.rounded:
        yield from _at_precision(judged)
        return
    why = judged.verdict.explanation
    if why is not None:
        yield from _closed_forms(judged.verdict.statement, why)


def _closed_forms(statement: Statement, why: Explanation) -> Iterator[Finding]:
    """Difference, ratio, condition, and the formula that the left side has."""
    claim = statement.claim
    if isinstance(why.left, Number) and isinstance(why.right, Number):
        yield Finding("derived", "the left side is", grouped(why.left.value), latex(why.left))
    elif isinstance(claim, Compare) and claim.left != why.left and _is_derived(claim.left, statement):
        yield from _formula("derived", "the left side is", why.left)
    yield from _formula("difference", "left - right =", why.difference)
    if why.ratio is not None:
        yield from _formula("ratio", "left / right =", why.ratio)
    if why.condition is not None:
        shown = write(why.condition)
        yield Finding("condition", "it holds exactly when", shown, latex(why.condition))


def _formula(kind: str, lead: str, term: Term) -> Iterator[Finding]:
    text = grouped(term.value) if isinstance(term, Number) else write(term)
    if isinstance(term, Number) and term.value.denominator != 1:
        text += f" (about {float(term.value):.4g})"
    if len(text) <= LONG:
        yield Finding(kind, lead, text, latex(term))


def _is_derived(term: Term, statement: Statement) -> bool:
    """Whether a term stands for something that has to be counted or inserted first."""
    return isinstance(term, Sum) or any(_is_derived(t, statement) for t in parts(term) if isinstance(t, Term))


def _at_precision(judged: Judged) -> Iterator[Finding]:
    """The number that would have been right, at the precision of the one that is written."""
    statement = judged.verdict.statement
    claim = statement.claim
    if not (isinstance(claim, And) and isinstance(claim.parts[0], Compare)):
        return
    asked = replace(statement, claim=Compare("=", claim.parts[0].right, ZERO))
    why = explanation(asked)
    if why is None:
        return
    if not isinstance(why.left, Number):
        yield from _formula("derived", "the exact value is", why.left)
        return
    digits, _, exponent = judged.step.rounded.partition("e")
    text, shown = rounded(why.left.value, digits, bool(exponent))
    exact = grouped(why.left.value)
    yield Finding("derived", "the exact value is", exact, latex(why.left))
    if text != exact:
        yield Finding("rounded", "at the written precision that is", text, shown)


def rounded(value: Exact, digits: str, scientific: bool) -> tuple[str, str]:
    r"""A value with as many significant digits as ``digits`` has, half up, in plain text and in LaTeX.

    >>> rounded(614656, "6.15", True)
    ('6.15e5', '6.15 \\times 10^{5}')
    >>> rounded(Fraction(1, 3), "0.34", False)
    ('0.33', '0.33')
    """
    if not scientific:
        decimals = len(digits.partition(".")[2])
        whole = _half_up(Fraction(value) * 10**decimals)
        sign, plain = ("-" if whole < 0 else ""), f"{abs(whole):0{decimals + 1}d}"
        text = sign + (f"{plain[:-decimals]}.{plain[-decimals:]}" if decimals else plain)
        return text, text
    count = len(digits.replace(".", "").lstrip("-0")) or 1
    exponent, size = 0, abs(Fraction(value))
    if not size:
        return "0", "0"
    while size >= 10:
        size, exponent = size / 10, exponent + 1
    while size < 1:
        size, exponent = size * 10, exponent - 1
    whole = _half_up(size * 10 ** (count - 1))
    if whole == 10**count:
        whole, exponent = whole // 10, exponent + 1
    plain = str(whole)
    mantissa = ("-" if value < 0 else "") + (f"{plain[0]}.{plain[1:]}" if count > 1 else plain)
    return f"{mantissa}e{exponent}", rf"{mantissa} \times 10^{{{exponent}}}"


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _later(judged: Judged) -> Iterator[Finding]:
    """A step behind the first wrong one: as it follows, and on its own."""
    lead = f"step {judged.step.statement.name} {_FOLLOWS.get(judged.status, 'may follow or not')}:"
    yield Finding("later", lead, *_as_written(judged))
    if judged.own is not None:
        said = _claimed(judged.own.statement)
        yield Finding("own", _ALONE.get(judged.own.status.lower(), "undecided on its own:"), said)


def _as_written(judged: Judged) -> tuple[str, str]:
    """A relation in plain text, and as its author wrote it."""
    step = judged.step
    return _claimed(
        step.statement
    ), f"{step.left} {RELATIONS[step.sign]} {step.right}" if step.left and step.right else ""


def _value(value: Exact | str) -> str:
    """A value of a counterexample in LaTeX; a function as it is written."""
    return rf"\text{{{value}}}" if isinstance(value, str) else latex(number(value))


def _claimed(statement: Statement) -> str:
    """What a statement claims, as it is written."""
    return " ".join(statement.written.rpartition("claim ")[2].split())
