"""Tables in Markdown, LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from symcnn.symbols.printing import name_in_latex, words_in_latex
from symcnn.tables.plain import domain_words
from symcnn.tables.table import Cell, Line, Table

_AT_LEAST = r"\ge"
_LONG = 30  # lines from which a table may have to continue on the next page


def markdown(table: Table) -> str:
    """The table in GitHub's Markdown."""
    shown = _shown(table)
    out = [f"**{_md(table.label)}**", "", _md(_remarks(table)), ""]
    if table.where:
        out += ["where " + ", ".join(f"${name_in_latex(n)} = {_math(cell)}$" for n, cell in table.where), ""]
    out.append(_md_row(_md(table.columns[k].head) for k in shown))
    out.append("|" + "|".join(" ---: " if table.columns[k].quantity else " --- " for k in shown) + "|")
    out += [_md_row(_md_cell(line.cells[k]) for k in shown) for line in table.lines]
    if len(table.lines) > 1:
        out.append(
            _md_row(f"**{_md_cell(c)}**" if c.data is not None else "" for c in _picked(table.total, shown))
        )
    out += ["", *(f"{head.head}: {_md_cell(cell)}" for head, cell in table.peak)]
    if table.unknown:
        out += ["", f"**Lower bound**: no cost is known for {_md(', '.join(table.unknown))}."]
    domain = _domain(table)
    return "\n".join([*out, *(["", _md(domain)] if domain else [])]) + "\n"


def tabular(table: Table) -> str:
    """The table in LaTeX: nothing but amsmath is needed, and longtable for many lines."""
    shown = _shown(table)
    columns = "".join("r" if table.columns[k].quantity else "l" for k in shown)
    # Long totals would push the columns off the page, so they follow in the text, where lines break.
    inline = len(table.lines) > 1 and _short_totals(table)
    head = " & ".join(words_in_latex(table.columns[k].head) for k in shown) + r" \\ \hline"
    rows = [" & ".join(c.latex for c in _picked(line, shown)) + r" \\" for line in table.lines]
    if inline:
        rows[-1] += r" \hline"
        rows.append(" & ".join(c.latex for c in _picked(table.total, shown)) + r" \\")
    long = len(table.lines) > _LONG
    packages = "amsmath and longtable" if long else "amsmath"
    name = "longtable" if long else "tabular"
    out = [
        f"% needs {packages}",
        rf"\noindent\textbf{{{words_in_latex(table.label)}}}:",
        words_in_latex(_remarks(table)) + ".",
    ]
    if table.where:
        out.append(
            "Here " + ", ".join(f"${name_in_latex(n)} = {_math(cell)}$" for n, cell in table.where) + "."
        )
    out += ["", rf"\begin{{{name}}}{{{columns}}}", head]
    if long:
        out.append(r"\endhead")
    out += [*rows, rf"\end{{{name}}}", ""]
    left = list(table.peak) if inline or len(table.lines) == 1 else list(table.totals())
    out += [
        r"\begin{itemize}",
        *(rf"\item {words_in_latex(c.head)}: {cell.latex}" for c, cell in left),
        r"\end{itemize}",
    ]
    if table.unknown:
        out.append(
            rf"\textbf{{Lower bound}}: no cost is known for {words_in_latex(', '.join(table.unknown))}."
        )
    domain = domain_latex(table)
    return "\n".join([*out, *([domain] if domain else [])]) + "\n"


def html(table: Table) -> str:
    """The table in HTML, for notebooks."""
    shown = _shown(table)
    heads = "".join(f"<th>{escape(table.columns[k].head)}</th>" for k in shown)
    body = "\n".join(f"<tr>{_html_cells(table, line, shown)}</tr>" for line in table.lines)
    out = [f"<p><b>{escape(table.label)}</b><br>{escape(_remarks(table))}"]
    if table.where:
        out.append("<br>where " + ", ".join(f"{escape(n)} = {escape(cell.text)}" for n, cell in table.where))
    out += ["</p>", f"<table><thead><tr>{heads}</tr></thead>", f"<tbody>\n{body}\n</tbody>"]
    if len(table.lines) > 1:
        out.append(f"<tfoot><tr>{_html_cells(table, table.total, shown)}</tr></tfoot>")
    out.append("</table>")
    notes = [f"{c.head}: {cell.text}" for c, cell in table.peak]
    if table.unknown:
        notes.append(f"Lower bound: no cost is known for {', '.join(table.unknown)}")
    notes += [words for words in (_domain(table),) if words]
    out.append("<p>" + "<br>".join(map(escape, notes)) + "</p>")
    return "\n".join(out) + "\n"


def _shown(table: Table) -> list[int]:
    return [k for k, column in enumerate(table.columns) if column.shown]


def _picked(line: Line, shown: Sequence[int]) -> Iterator[Cell]:
    return (line.cells[k] for k in shown)


def _remarks(table: Table) -> str:
    chosen = table.convention
    shapes = " and ".join(cell.text for cell in table.inputs)
    values = ", ".join(f"{n} = {cell.text}" for n, cell in table.values)
    parts = [f"input {shapes}" if shapes else "", f"at {values}" if values else ""]
    parts += [
        f"operations ({chosen.name}): {chosen.meaning}",
        "memory in elements",
        "intensity: MACs per element",
    ]
    return "; ".join(p for p in parts if p)


def _domain(table: Table) -> str:
    return domain_words(table.symbols, [cell.text for cell in table.domain])


def domain_latex(table: Table) -> str:
    """For which values the table holds, as a sentence; empty where it holds no letters."""
    if not table.symbols:
        return ""
    least: dict[int | None, list[str]] = {}
    for name, minimum in table.symbols:
        least.setdefault(minimum, []).append(name_in_latex(name))
    ranges = [f"${', '.join(n)}{'' if m is None else f' {_AT_LEAST} {m}'}$" for m, n in least.items()]
    conditions = f" with {', '.join(cell.latex for cell in table.domain)}" if table.domain else ""
    return f"For all integers {', '.join(ranges)}{conditions}."


def _math(cell: Cell) -> str:
    return cell.latex.strip("$")


def _md(words: str) -> str:
    for special in "\\`*_[]<>|$":
        words = words.replace(special, "\\" + special)
    return words


def _md_row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _md_cell(cell: Cell) -> str:
    """Numbers and plain words as they are; formulas as mathematics."""
    if cell.latex.startswith("$") and not isinstance(cell.data, int | float):
        return cell.latex.replace("|", r"\|")
    return _md(cell.text)


def _short_totals(table: Table) -> bool:
    return all(isinstance(cell.data, int | float | None) for cell in table.total.cells[1:])


def _html_cells(table: Table, line: Line, shown: Sequence[int]) -> str:
    align = {True: ' style="text-align: right"', False: ' style="text-align: left"'}
    return "".join(f"<td{align[table.columns[k].quantity]}>{escape(line.cells[k].text)}</td>" for k in shown)
