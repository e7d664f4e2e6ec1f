r"""Derivations: ``macs of conv at K = 3 without substitution``, ``K^2*C at K = 3, C = 64``.

A derivation has a formula, the formula with numbers in it, and the value; of a layer also how the formula
follows from the equation. Each part can be left away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symcnn.documents.showing.layout import displayed, listed
from symcnn.documents.showing.measures import Expression, Known, Measure, Quantity, numbers, numbers_of
from symcnn.documents.showing.numbers import grouped, in_latex
from symcnn.documents.showing.settings import listed_in_latex, used, values
from symcnn.documents.showing.shown import Derivation
from symcnn.documents.showing.wording import Request
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import Term
from symcnn.proving import typesetting

PARTS = ("definition", "formula", "substitution", "value")
CLAUSES = ("on", "at", "with", "without")

_MAX_STEPS = 40
_IN_NUMBERS = "in numbers"


def derivation(request: Request, known: Known, line: int) -> list[Derivation]:
    """The derivation that a line asks for; raises ``FormulaError`` with the reason where there is none."""
    measure = known.measure(request.subject, request.clause("on"))
    parts = _parts(request, measure)
    at = request.clause("at")
    given = values(at, known)
    if at is not None:
        given = used(given, {}, known, [measure], at)
        known.check(given, [measure], at)
    elif known.letters(measure):
        parts = [part for part in parts if part not in ("substitution", "value")]
    if not parts:
        raise request.subject.fault("nothing is left to be shown", "give numbers, such as at K = 3")
    if isinstance(measure, Quantity) and "definition" in parts:
        return [Derivation(line, _steps(measure, parts, given, known, request))]
    return [Derivation(line, _chain(measure, parts, given, known))]


def _parts(request: Request, measure: Measure) -> list[str]:
    """The parts that are wanted."""
    known = PARTS if isinstance(measure, Quantity) else PARTS[1:]
    chosen, left_out = request.words("with", known), request.words("without", known)
    without = request.clause("without")
    if chosen and without is not None:
        raise without.fault("with and without do not go together", "write one of them")
    return [part for part in known if (part in chosen if chosen else part not in left_out)]


def _steps(
    measure: Quantity, parts: Sequence[str], given: Mapping[str, Exact], known: Known, request: Request
) -> str:
    """A derivation from the equation of a layer, each step with its name."""
    with known.order():
        found = [(step.name, grouped(step.latex)) for step in measure.cost.derivation(measure.key).steps]
    if len(found) > _MAX_STEPS:
        advice = "write with formula, value, or show a table"
        raise request.subject.fault(f"the derivation has {len(found)} steps", advice)
    *steps, formula = found
    if measure.key == "intensity":
        formula = (formula[0], known.formula(measure))
    if "formula" in parts:
        steps.append(formula)
    if given and "substitution" not in parts:
        steps.append(("numbers", r",\; ".join(listed_in_latex(given))))
    if given and "substitution" in parts and not _partial_intensity(measure, given, known):
        steps.append((_IN_NUMBERS, _substituted(measure, given, known)))
    if "value" in parts:
        chain = " ".join(
            f"{relation} {shown}"
            for relation, shown in _value(measure, given, known, "substitution" in parts)
        )
        steps.append(("value", chain.removeprefix("= ")))
    # What says nothing new is left away.
    kept = [
        step
        for k, step in enumerate(steps)
        if not k or step[1] != steps[k - 1][1] or step[0] not in ("simplified", _IN_NUMBERS, "value")
    ]
    return listed(kept)


def _chain(measure: Measure, parts: Sequence[str], given: Mapping[str, Exact], known: Known) -> str:
    """The parts as a chain of equations."""
    named = isinstance(measure, Quantity) or measure.formula is not None
    chain: list[tuple[str, str]] = [("", measure.name.latex)] if named else []
    if "formula" in parts:
        chain.append(("=", known.formula(measure)))
    if "substitution" in parts and given and not _partial_intensity(measure, given, known):
        chain.append(("=", _substituted(measure, given, known)))
    if "value" in parts:
        chain += _value(measure, given, known, "substitution" in parts)
    # A step that says nothing new, such as 3 = 3, is left away.
    kept = [step for k, step in enumerate(chain) if not k or step[1] != chain[k - 1][1]]
    remark = listed_in_latex(given) if "substitution" not in parts else []
    return displayed(kept, remark)


def _partial_intensity(measure: Measure, given: Mapping[str, Exact], known: Known) -> bool:
    """Whether an intensity still has letters; its counts in them are shown once, as the value."""
    return (
        isinstance(measure, Quantity)
        and measure.key == "intensity"
        and bool(set(known.letters(measure)) - {*given})
    )


def _substituted(measure: Measure, given: Mapping[str, Exact], known: Known) -> str:
    """The formula with numbers in place of letters, and of abbreviations in it."""
    if isinstance(measure, Expression):
        term = measure.formula or measure.term
        return _numbered(term, {**given, **known.abbreviated(term, given, measure.phrase)})
    if measure.key == "intensity":
        here = numbers_of(measure.cost, given, measure.phrase)
        return known.closed_form(replace(measure, cost=here))
    return known.written([_numbered(known.closed(size), given) for size in measure.sizes()], measure.key)


def _numbered(term: Term, given: Mapping[str, Exact]) -> str:
    return grouped(typesetting.latex(term_with(term, numbers(given))))


def _value(
    measure: Measure, given: Mapping[str, Exact], known: Known, substituted: bool
) -> list[tuple[str, str]]:
    """The value; of a layer that still has letters the formula in them."""
    single = isinstance(measure, Expression) or measure.key != "output_shape"
    if isinstance(measure, Expression) or (single and not set(known.letters(measure)) - {*given}):
        found = in_latex(known.value(measure, given))
        # An intensity in numbers is a fraction already.
        of_counts = isinstance(measure, Quantity) and measure.key == "intensity"
        return found[-1:] if of_counts and substituted else found
    here = replace(measure, cost=numbers_of(measure.cost, given, measure.phrase))
    return [("=", known.closed_form(here))]
