"""Tables for machines: JSON and CSV, every formula in full and in Python syntax."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from symcnn.tables.table import Line, Table


def data(table: Table) -> dict[str, Any]:
    """The table as dictionaries and lists."""
    shapes = [cell.data for cell in table.inputs]
    return {
        "model": table.label,
        "input": shapes[0] if shapes else [],
        "inputs": shapes,
        "at": {name: cell.data for name, cell in table.values},
        "convention": table.convention.name,
        "status": table.status,
        "unknown": list(table.unknown),
        "layers": [_line(table, line) for line in table.lines],
        "total": {column.key: cell.data for column, cell in table.totals()},
        "symbols": {name: {"min": least} for name, least in table.symbols},
        "domain": [cell.data for cell in table.domain],
    }


def _line(table: Table, line: Line) -> dict[str, Any]:
    found = {column.key: cell.data for column, cell in zip(table.columns, line.cells, strict=True)}
    return {**found, "unknown": list(line.unknown)}


def json_text(table: Table) -> str:
    """The table as JSON."""
    return json.dumps(data(table), indent=2, ensure_ascii=False) + "\n"


def csv_text(table: Table) -> str:
    """The table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    # The convention is part of the head; whether a line is a lower bound has a column of its own, so that
    # numbers stay numbers.
    head = [c.head if c.key in {"operations", "bytes"} else c.key for c in table.columns]
    peak = [c.head if c.key == "peak_bytes" else c.key for c, _ in table.peak]
    writer.writerow([*head, *peak, "status"])
    for line in table.lines:
        writer.writerow([*_fields(line), *[""] * len(peak), _status(line)])
    writer.writerow(
        [*_fields(table.total), *(_field(cell.data) for _, cell in table.peak), _status(table.total)]
    )
    return out.getvalue()


def _fields(line: Line) -> list[str]:
    return [_field(cell.data) for cell in line.cells]


def _field(value: Any) -> str:
    if value is None:
        return ""
    return (
        f"({', '.join(map(str, value))}{',' * (len(value) == 1)})" if isinstance(value, list) else str(value)
    )


def _status(line: Line) -> str:
    return "lower bound" if line.unknown else "complete"
