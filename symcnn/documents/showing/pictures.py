"""Pictures: ``macs of lenet5 on (1, 1, 32, 32)``, ``2*n*k over n = 1..50 at k = 3``, receptive fields."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from symcnn.analysis.pictures.layers import NoValue, cost_bars, field_bars, heading, inputs
from symcnn.derive.cost import Cost
from symcnn.documents.names import latex_of
from symcnn.documents.showing.measures import Expression, Known, Measure, Quantity, numbers_of
from symcnn.documents.showing.settings import choices, listed, used, values
from symcnn.documents.showing.shown import Cell, Curves, Picture
from symcnn.documents.showing.wording import Phrase, Request, title
from symcnn.kernel.evaluation import Exact
from symcnn.network.cost import NetworkCost

CLAUSES = ("on", "over", "at", "titled")
MAX_POINTS = 300
MAX_CURVES = 6

_FIELD = re.compile(r"receptive\s+field\s+of\s+(\S.*)", re.DOTALL)


def picture(request: Request, known: Known, line: int) -> list[Picture]:
    """The picture that a line asks for; raises ``FormulaError`` with the reason where there is none."""
    if request.clause("over") is not None:
        return [_curves(request, known, line)]
    subject = request.subject
    found = _FIELD.fullmatch(subject.text)
    if found:
        network = subject.part(*found.span(1))
        cost = known.network(network, request.clause("on"))
        return [_fields(Quantity(Cell(network.text), cost, "macs", network), request, known, line)]
    measure = known.measure(subject, request.clause("on"))
    if not isinstance(measure, Quantity) or not isinstance(measure.cost, NetworkCost):
        advice = "write over K = 1..9, or macs of lenet5 on (1, 1, 32, 32)"
        raise subject.fault("a picture needs a range of sizes, or the layers of a network", advice)
    return [_bars(measure, request, known, line)]


def _bars(measure: Quantity, request: Request, known: Known, line: int) -> Picture:
    """A bar for each layer that has any of what is counted."""
    if measure.key in ("output_shape", "intensity", "memory.peak"):
        raise measure.phrase.fault(f"{heading(measure.key)} does not add up over layers", "write macs of ...")
    cost, about = _in_numbers(measure, request, known)
    with _said_at(measure.phrase):
        drawing, others = cost_bars(cost, measure.key)
    left_out = "; layers without any are left out" if others else ""
    said = title(request.clause("titled")) or f"{measure.unit} of {cost.label}"
    return Picture(line, f"{said}, {about}{left_out}", drawing)


def _fields(network: Quantity, request: Request, known: Known, line: int) -> Picture:
    """How the receptive field grows from layer to layer."""
    cost, about = _in_numbers(network, request, known)
    with _said_at(network.phrase):
        drawing, others = field_bars(cost)
    left_out = "; layers that see no more than those before are left out" if others else ""
    said = title(request.clause("titled")) or f"receptive field of {cost.label}"
    return Picture(line, f"{said}, {about}{left_out}", drawing)


@contextmanager
def _said_at(phrase: Phrase) -> Generator[None]:
    """What cannot be drawn is a fault of the phrase that asks for it."""
    try:
        yield
    except NoValue as error:
        given = ", ".join(f"{name} = 1" for name in error.letters)
        raise phrase.fault(f"no value is given for {', '.join(error.letters)}", f"write at {given}") from None
    except ValueError as error:
        raise phrase.fault(str(error)) from None


def _in_numbers(measure: Quantity, request: Request, known: Known) -> tuple[NetworkCost, str]:
    """A network without letters, and its input in words."""
    cost: Cost = measure.cost
    at = request.clause("at")
    if at is not None:
        given = used(values(at, known), {}, known, [measure], at)
        known.check(given, [measure], at)
        cost = numbers_of(cost, given, at)
    if not isinstance(cost, NetworkCost):
        raise measure.phrase.fault(
            "one layer has nothing to compare", "write a network, or a curve over a size"
        )
    return cost, inputs(cost)


def _curves(request: Request, known: Known, line: int) -> Picture:
    """Values over a range of one letter."""
    over = request.clauses["over"]
    several = choices(over, known, MAX_POINTS)
    if len(several) != 1:
        raise over.fault("a curve has one size below it", "write over n = 1..50")
    ((name, found),) = several.items()
    if len(set(found)) < 2:
        raise over.fault("a curve needs two values", f"write over {name} = 1..50")
    measures = known.measures(request.subject, request.clause("on"))
    if len(measures) > MAX_CURVES:
        raise request.subject.fault(f"a picture has at most {MAX_CURVES} curves")
    at = request.clause("at")
    fixed = used(values(at, known), several, known, measures, at or over)
    points = sorted(set(found))
    if any(point.denominator != 1 for point in points):
        raise over.fault("the sizes below a curve are whole numbers", f"write over {name} = 1..50")
    for point in points:
        known.check({**fixed, name: point}, measures, over)
    curves = tuple(
        (_label(measure), tuple(_value(measure, {**fixed, name: point}, known) for point in points))
        for measure in measures
    )
    drawing = Curves(Cell(name, latex_of(name)), tuple(point.numerator for point in points), curves)
    said = title(request.clause("titled")) or " ".join(request.subject.text.split())
    said += f", {name} from {points[0]} to {points[-1]}" + (f", at {listed(fixed)}" if fixed else "")
    return Picture(line, said, drawing)


def _label(measure: Measure) -> Cell:
    """What a curve is called, with its unit."""
    if isinstance(measure, Expression):
        return measure.name
    of_elements = measure.key.startswith("memory.")
    said = " (elements)" if of_elements else " (MACs per element)" if measure.key == "intensity" else ""
    return Cell(measure.name.text + said)


def _value(measure: Measure, here: Mapping[str, Exact], known: Known) -> float:
    try:
        return float(known.value(measure, here))
    except OverflowError:
        raise measure.phrase.fault("the values are too large to be drawn") from None
