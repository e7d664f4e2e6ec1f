"""Tables: ``lenet5 on (1, 1, 32, 32) with output shape, macs`` and ``K^2*C for K = 1, 3, 5 at C = 64``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symcnn.analysis.pictures.layers import heading
from symcnn.derive.cost import BYTES, Cost
from symcnn.documents.names import key, latex_of
from symcnn.documents.showing.layout import wide
from symcnn.documents.showing.measures import Known, Measure, Quantity, numbers_of
from symcnn.documents.showing.numbers import cell
from symcnn.documents.showing.settings import cases, choices, listed, used, values
from symcnn.documents.showing.shown import Cell, Table
from symcnn.documents.showing.wording import Phrase, Request, title
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.terms import Compare, Formula, Number, Variable
from symcnn.network.cost import NetworkCost
from symcnn.network.receptive_field import receptive_fields
from symcnn.tables import table as cost_table
from symcnn.tables.plain import domain_words
from symcnn.tables.table import Cell as CostCell
from symcnn.tables.table import Table as CostTable

CLAUSES = ("on", "for", "at", "with", "without", "titled")
MAX_ROWS = 200

_PAGE = 36.0  # em that fit beside a margin for notes
_GAP, _MATH, _TEXT = 1.2, 0.6, 0.5  # em between columns, and about those of a letter
_ELEMENTS = "memory in elements"

_TOTAL = "total"
_COLUMNS = {
    "layer": "layer", "input shape": "input_shape", "output shape": "output_shape",
    "receptive field": "receptive_field", "params": "params", "macs": "macs", "operations": "operations",
    "memory": "memory", "intensity": "intensity",
}  # fmt: skip
_USUAL = ("layer", "output shape", "params", "macs", "memory")
_BYTES = re.compile(rf"bytes \(({'|'.join(BYTES)})\)")
_NUMBER = re.compile(r"[\d,.]*")
_COUNTS = ("params", "macs", "memory")


def table(request: Request, known: Known, line: int) -> list[Table]:
    """The table that a line asks for, in parts that fit on a page.

    Raises ``FormulaError`` with the reason where there is none.
    """
    if request.clause("for") is not None:
        return _of_cases(request, known, line)
    if known.is_network(request.subject, request.clause("on")):
        return _of_layers(request, known, line)
    advice = "write K^2*C for K = 1, 3, 5, or lenet5 on (1, 1, 32, 32)"
    raise request.subject.fault("a table needs several values, or a layer or network", advice)


# -- layers of a network -------------------------------------------------------------------------------------


def _of_layers(request: Request, known: Known, line: int) -> list[Table]:
    """A row for each layer, and the totals; these stand in a table of their own where they are long."""
    cost = known.network(request.subject, request.clause("on"))
    at = request.clause("at")
    if at is not None:
        given = values(at, known)
        measure = Quantity(Cell(""), cost, "macs", request.subject)
        given = used(given, {}, known, [measure], at)
        known.check(given, [measure], at)
        cost = numbers_of(cost, given, at)
    if isinstance(cost, NetworkCost) and len(cost.layers) > MAX_ROWS:
        advice = "show its totals, such as macs of it in a derive block"
        raise request.subject.fault(f"a table has at most {MAX_ROWS} rows, not {len(cost.layers)}", advice)
    wanted = _columns(request, cost, known)
    with known.order():
        made = _made(cost, wanted, known)
        about = _about(made, cost, wanted, known)
    keys = _keys(wanted, made)
    shown = [next(k for k, column in enumerate(made.columns) if column.key == key) for key in keys]
    said = " ".join((title(request.clause("titled")) or request.subject.text).split())
    head = tuple(Cell(made.columns[k].head) for k in shown)
    rows = tuple(tuple(_cell(row.cells[k]) for k in shown) for row in made.lines)
    right = tuple(made.columns[k].quantity for k in shown)
    wants_total = len(rows) > 1 and _TOTAL not in _without(request)
    total = tuple(_cell(made.total.cells[k]) for k in shown) if wants_total else None
    return _fitted(Table(line, head, rows, total, right, f"{said}: {about}"), said)


def _fitted(full: Table, said: str, names: int = 1) -> list[Table]:
    """A table in parts that fit on a page: totals that are long, and columns without room, stand apart.

    Each part begins with the first columns, the ``names`` of the rows.
    """
    if _width(full.head, full.rows if full.total is None else [*full.rows, full.total]) <= _PAGE:
        return [full]
    if len(full.rows) == 1:
        return [_upright(full.line, full.head, full.rows[0], full.caption)]
    columns = [_width([head], [[row[k]] for row in full.rows]) for k, head in enumerate(full.head)]
    groups: list[list[int]] = [[*range(names)]]
    for k in range(names, len(columns)):
        if len(groups[-1]) > names and sum(columns[j] for j in (*groups[-1], k)) > _PAGE:
            groups.append([*range(names)])
        groups[-1].append(k)
    out = [
        Table(
            full.line,
            tuple(full.head[j] for j in group),
            tuple(tuple(row[j] for j in group) for row in full.rows),
            None,
            tuple(full.right[j] for j in group),
            full.caption if group is groups[0] else f"{said}: further columns",
        )
        for group in groups
    ]
    if full.total is not None:
        counts = [k for k, number in enumerate(full.right) if number]
        head, total = ([row[k] for k in counts] for row in (full.head, full.total))
        out.append(_upright(full.line, head, total, f"{said}: totals"))
    return out


def _upright(line: int, head: Sequence[Cell], row: Sequence[Cell], caption: str) -> Table:
    """One row as a column beside its head."""
    rows = tuple(zip(head, row, strict=True))
    return Table(line, (Cell("quantity"), Cell("value")), rows, None, (False, False), caption)


def _width(head: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> float:
    """About how many em wide a table is; a head may stand in several lines."""
    heads = [
        _MATH * wide(c.latex) if c.latex else _TEXT * max(map(len, c.text.split()), default=0) for c in head
    ]
    ems = [[_MATH * wide(c.latex) if c.latex else _TEXT * len(c.text) for c in row] for row in rows]
    return sum(max(column) + _GAP for column in zip(heads, *ems, strict=True))


def _made(cost: Cost, wanted: Sequence[str], known: Known) -> CostTable:
    """The table of a cost; lengths get letters where these look like no letter of the document."""
    fields = receptive_fields(cost) if "receptive field" in wanted else None
    dtype = next((m[1] for m in map(_BYTES.fullmatch, wanted) if m), None)
    more = [(name, heading(name)) for name in wanted if name not in _COLUMNS and not _BYTES.fullmatch(name)]
    made = cost_table(cost, dtype=dtype, fields=fields, more=more)
    taken = {key(name) for name in known.sorts}
    if any(key(name) in taken for name, _ in made.where):
        made = cost_table(cost, dtype=dtype, fields=fields, more=more, full=True)
    return made


def _columns(request: Request, cost: Cost, known: Known) -> list[str]:
    """The columns that are wanted, in the words of ``_COLUMNS``, as ``bytes (float32)``, or as quantities."""
    clause = request.clause("with")
    if clause is None:
        return [word for word in _USUAL if word not in _without(request)]
    if request.clause("without") is not None and _without(request) != [_TOTAL]:
        raise clause.fault("with and without do not go together", "write one of them")
    found: list[str] = []
    for part in clause.split(","):
        said = " ".join(part.text.split())
        if said in _COLUMNS or _BYTES.fullmatch(said):
            name = said
        else:
            name = known.quantity(part, request.subject, cost).key
        if name in found:
            raise part.fault(f"the column {said} is there twice")
        found.append(name)
    if sum(bool(_BYTES.fullmatch(name)) for name in found) > 1:
        raise clause.fault("memory in bytes is shown for one type at a time")
    return found


def _without(request: Request) -> list[str]:
    return request.words("without", (*_USUAL, _TOTAL))


def _keys(wanted: Sequence[str], made: CostTable) -> list[str]:
    """The keys of the columns that are shown; a layer alone needs no name."""
    keys = ["bytes" if _BYTES.fullmatch(name) else _COLUMNS.get(name, name) for name in wanted]
    return ["name", *keys] if made.columns[0].shown else keys


def _about(made: CostTable, cost: Cost, wanted: Sequence[str], known: Known) -> str:
    """What a table must say beside its numbers."""
    said = [f"input {' and '.join(shape.text for shape in made.inputs)}"]
    said += (
        [f"at {', '.join(f'{name} = {value.text}' for name, value in made.values)}"] if made.values else []
    )
    said += (
        [f"where {', '.join(f'{name} = {value.text}' for name, value in made.where)}"] if made.where else []
    )
    said += [made.convention.meaning] if "operations" in wanted else []
    said += [_ELEMENTS] if any(w.startswith("memory") for w in wanted) else []
    said += ["intensity in MACs per element"] if "intensity" in wanted else []
    said += list(_domain(made, known))
    said += [f"lower bounds, as no cost is known for {', '.join(cost.unknown)}"] if cost.unknown else []
    return "; ".join(said)


def _domain(made: CostTable, known: Known) -> Iterator[str]:
    """For which values the table holds, if the document has not said it."""
    limits = {
        (name, value)
        for assumption in known.declarations.statement.assumptions
        for name, value in _limits(assumption)
    }
    implied = all(
        any(name == other and value >= (least or 0) for other, value in limits)
        for name, least in made.symbols
    )
    conditions = [cell.text for cell in made.domain]
    if conditions or not implied:
        yield domain_words(made.symbols, conditions) if not implied else f"for {', '.join(conditions)}"


def _limits(assumption: Formula) -> Iterator[tuple[str, int | Fraction]]:
    match assumption:
        case Compare("<=", Number(value), Variable(name)):
            yield name, value
        case _:
            pass


def _cell(found: CostCell) -> Cell:
    """An entry of a table of costs: numbers and words as text, formulas as LaTeX."""
    if found.latex.startswith("$") and not _NUMBER.fullmatch(found.text):
        return Cell(found.text, found.latex.strip("$"))
    return Cell(found.text)


# -- values for several sizes --------------------------------------------------------------------------------


def _of_cases(request: Request, known: Known, line: int) -> list[Table]:
    """A row for each choice of sizes, and a column for each of what is asked for."""
    place = request.clauses["for"]
    several = choices(place, known, MAX_ROWS)
    at = request.clause("at")
    given = values(at, known)
    measures = _measures(request, known)
    fixed = used(given, several, known, measures, at or place)
    rows: list[tuple[Cell, ...]] = []
    for case in cases(several):
        here = {**fixed, **case}
        known.check(here, measures, place)
        rows.append((*map(cell, case.values()), *(_entry(m, here, known) for m in measures)))
    head = (*(Cell(name, latex_of(name)) for name in several), *(_head(m) for m in measures))
    said = title(request.clause("titled")) or " ".join(request.subject.text.split())
    caption = said + (f", at {listed(fixed)}" if fixed else "")
    if any(isinstance(m, Quantity) and m.key.startswith("memory.") for m in measures):
        caption += f"; {_ELEMENTS}"
    return _fitted(Table(line, head, tuple(rows), None, (True,) * len(head), caption), said, len(several))


def _measures(request: Request, known: Known) -> list[Measure]:
    """The columns: quantities of one layer or network, or what stands at the beginning of the line."""
    chosen = request.clause("with")
    without = request.clause("without")
    if without is not None:
        raise without.fault("without has no meaning in a table of values", "write with params, macs")
    if not known.is_network(request.subject, None if "," in request.subject.text else request.clause("on")):
        if chosen is not None:
            raise chosen.fault(
                "with belongs to a layer or network", "list what is to be shown at the beginning"
            )
        return known.measures(request.subject, request.clause("on"))
    cost = known.network(request.subject, request.clause("on"))
    if chosen is None:
        words = [
            Phrase(w, request.subject.whole, request.subject.place, request.subject.line) for w in _COUNTS
        ]
    else:
        words = chosen.split(",")
    return [replace(known.quantity(w, request.subject, cost), name=Cell("")) for w in words]


def _entry(measure: Measure, here: Mapping[str, Exact], known: Known) -> Cell:
    """The value of a measure for one choice of sizes."""
    if isinstance(measure, Quantity) and measure.key == "output_shape":
        sizes = numbers_of(measure.cost, here, measure.phrase).output_sizes
        return Cell(f"({', '.join(map(str, sizes))})", r" \times ".join(map(str, sizes)))
    return cell(known.value(measure, here))


def _head(measure: Measure) -> Cell:
    """The head of a column: a formula, or the name of a quantity."""
    if isinstance(measure, Quantity):
        return Cell(measure.name.text or heading(measure.key))
    return measure.name
