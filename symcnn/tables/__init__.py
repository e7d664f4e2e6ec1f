"""Tables of costs: a row for each layer and the totals, as text, Markdown, CSV, LaTeX, HTML or JSON."""

from symcnn.tables.table import Cell, Column, Line, Table, table

__all__ = ["Cell", "Column", "Line", "Table", "table"]
