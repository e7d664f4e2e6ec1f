"""Tables as plain text, in the layout that fits the width; no number or formula is ever cut off.

There are three layouts: one line for each layer; two lines, the names above the quantities; and, where
even that is too wide or there is a single layer, one line for each quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len

from symcnn.tables.table import Cell, Column, Table

_GAP = "  "
_INDENT = "    "
_NARROW = 20
_OPEN, _CLOSE = "([{", ")]}"
_DEEPEST = 3  # brackets inside brackets up to which the place of a break is chosen with care
_BETWEEN = r"(?<=[ */])(?![*/])"  # not behind commas, which also stand between the digits of a number
_ANYWHERE = (
    re.compile(_BETWEEN),
    re.compile(_BETWEEN + r"|(?<=[^\d\W]\.)|(?<=\d\.)(?=\D)|(?<=[a-z\d])(?=[A-Z][a-z])"),
)
_FIRM = "\N{NO-BREAK SPACE}"

Styled = tuple[str, str]
"""A line of text and the role it has: title, note, head, rule, total, or nothing."""


def written(table: Table, width: int | None) -> list[Styled]:
    """The lines of the table."""
    room = max(width or 0, _NARROW) if width is not None else None
    out = list(_title(table, room))
    if len(table.lines) == 1:
        out += listed([(c.head, cell.text) for c, cell in _all_of(table, 0)], room, "")
    else:
        out += _best_grid(table, room)
    under = list(foot(table, room))
    out += [("", ""), *under] if under else []
    return [(line.rstrip(), style) for line, style in out]


def wrapped(words: str, width: int | None, prose: bool = False) -> list[str]:
    """Words or a formula in lines of at most ``width`` where that is possible, numbers and names kept whole.

    ``prose`` is broken at blanks alone.

    >>> wrapped("12*N*H + 7*N*W", 9)
    ['12*N*H', '+ 7*N*W']
    >>> wrapped("118013952*N*H1*W1", 12)
    ['118013952*N*', 'H1*W1']
    """
    if width is None or cell_len(words) <= width:
        return [words]
    if prose:
        return _paragraph(words, width)
    lines: list[str] = []
    _fill(lines, words, width, 0)
    return [line.rstrip() for line in lines]


def _fill(lines: list[str], words: str, width: int, level: int) -> None:
    """Add words to the lines; what fits no line is broken at finer places."""
    for piece in _pieces(words, level):
        if lines and cell_len(lines[-1]) + cell_len(piece.rstrip()) <= width:
            lines[-1] += piece
        elif cell_len(piece.rstrip()) <= width or level == _FINEST:
            lines.append(piece)
        else:
            _fill(lines, piece, width, level + 1)


_FINEST = 2 * _DEEPEST + 2


def _pieces(words: str, level: int) -> list[str]:
    """The pieces between which a line may end at this level, the better places first.

    Outside brackets between terms, then between factors; then so inside one bracket, and so on; in the end
    also after dots in names and within CamelCase.
    """
    if level >= _FINEST - 1:
        return [p for p in _ANYWHERE[level == _FINEST].split(words) if p]
    out, depth = [""], 0
    for k, c in enumerate(words):
        out[-1] += c
        depth += (c in _OPEN) - (c in _CLOSE)
        if depth <= level // 2 and _may_break(words, k, level % 2 == 1):
            out.append("")
    return [p for p in out if p]


def _may_break(words: str, k: int, between_factors: bool) -> bool:
    """Whether a line may end behind position k."""
    c, rest = words[k], words[k + 1 : k + 3]
    if c == " ":
        return (
            rest in {"+ ", "- "}
            or words[k - 1 : k] in {",", ";"}
            or (between_factors and rest[:1] not in {"", "="})
        )
    return (
        c in "*/" and rest[:1] not in {"*", "/", ""} and (between_factors or (c == "/" and rest[:1] == "("))
    )


def _title(table: Table, room: int | None) -> Iterator[Styled]:
    for line in wrapped(table.label, room):
        yield line, "title"
    shapes = " and ".join(cell.text for cell in table.inputs)
    chosen = table.convention
    head = f"input {shapes}; " if shapes else ""
    if table.values:
        head += "at " + _definitions(table.values) + "; "
    head += f"operations ({chosen.name}): {chosen.meaning}; memory in elements; intensity = MACs per element"
    yield from _note(head, room)
    if table.where:
        yield from _note("where " + _definitions(table.where), room)
    yield "", ""


def _definitions(pairs: Iterable[tuple[str, Cell]]) -> str:
    return ", ".join(f"{name}{_FIRM}={_FIRM}{cell.text.replace(' ', _FIRM)}" for name, cell in pairs)


def foot(table: Table, room: int | None) -> Iterator[Styled]:
    """What is not known, and for which values the table holds."""
    if table.unknown:
        words = f"LOWER BOUND: no cost is known for {', '.join(table.unknown)}; it is left out of every total"
        for line in _paragraph(words, room):
            yield line, "warning"
    words = _domain(table.symbols, [cell.text for cell in table.domain])
    if words:
        yield from _note(words, room)


def domain_words(symbols: Sequence[tuple[str, int | None]], conditions: Sequence[str]) -> str:
    """For which values of the symbols a table or formula holds.

    >>> domain_words([("H", 1), ("K", 1), ("P", 0)], ["H + 2*P >= K"])
    'for all integers H, K >= 1, P >= 0 with H + 2*P >= K'
    """
    return _domain(symbols, conditions).replace(_FIRM, " ")


def _domain(symbols: Sequence[tuple[str, int | None]], conditions: Sequence[str]) -> str:
    if not symbols:
        return ""
    least: dict[int | None, list[str]] = {}
    for name, minimum in symbols:
        least.setdefault(minimum, []).append(name)
    ranges = [", ".join(names) + ("" if m is None else f" >= {m}") for m, names in least.items()]
    given = f" with {', '.join(c.replace(' ', _FIRM) for c in conditions)}" if conditions else ""
    return f"for all integers {', '.join(ranges)}{given}"


def _note(words: str, room: int | None) -> Iterator[Styled]:
    for line in _paragraph(words, room):
        yield line, "note"


def _paragraph(words: str, room: int | None) -> list[str]:
    """Prose, broken at blanks."""
    lines = [""]
    for word in words.split(" "):
        if not lines[-1]:
            lines[-1] = word
        elif room is None or cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return [part for line in lines for part in wrapped(line.replace(_FIRM, " "), room)]


def _all_of(table: Table, k: int) -> Iterator[tuple[Column, Cell]]:
    for column, cell in zip(table.columns, table.lines[k].cells, strict=True):
        if column.shown and column.key not in {"name", "layer"}:
            yield column, cell
    yield from table.peak


def listed(pairs: Sequence[tuple[str, str]], room: int | None, indent: str) -> list[Styled]:
    """One line for each quantity, its value beside it and hanging."""
    width = max((cell_len(head) for head, _ in pairs), default=0)
    out: list[Styled] = []
    for head, value in pairs:
        label = indent + _padded(head, width)
        if room is not None and room - cell_len(label) < _NARROW:
            out.append((indent + head, ""))
            label = indent + _INDENT
        left = None if room is None else max(room - cell_len(label) - len(_GAP), _NARROW)
        lines = wrapped(value, left)
        out.append((f"{label}{_GAP}{lines[0]}", ""))
        out += [(" " * cell_len(label) + _GAP + line, "") for line in lines[1:]]
    return out


def _best_grid(table: Table, room: int | None) -> list[Styled]:
    shown = [k for k, column in enumerate(table.columns) if column.shown]
    names = [k for k in shown if not table.columns[k].quantity]
    quantities = [k for k in shown if table.columns[k].quantity]
    one, two = _Grid(table, shown, (), room), _Grid(table, quantities, names, room)
    fitting = [grid for grid in (one, two) if grid.fits]
    if not fitting:
        return _blocks(table, room)
    return min(fitting, key=lambda grid: grid.height).styled()


def _blocks(table: Table, room: int | None) -> list[Styled]:
    """One line for each quantity of each layer."""
    out: list[Styled] = []
    for line in table.lines:
        cells = dict(zip((c.key for c in table.columns), line.cells, strict=True))
        out += [(part, "head") for part in wrapped(f"{cells['name'].text}  {cells['layer'].text}", room)]
        pairs = [
            (c.head, cells[c.key].text) for c in table.columns if c.shown and c.key not in {"name", "layer"}
        ]
        out += listed(pairs, room, _GAP)
    return [*out, ("", ""), *_total_block(table, room)]


def _total_block(table: Table, room: int | None) -> list[Styled]:
    return [("total", "total"), *listed([(c.head, cell.text) for c, cell in table.totals()], room, _GAP)]


class _Grid:
    """Lines in columns; the cells of ``above`` stand in a line of their own over the others."""

    def __init__(self, table: Table, across: Sequence[int], above: Sequence[int], room: int | None) -> None:
        self.table = table
        self.across = across
        self.above = above
        self.room = room
        # Long totals would widen every column; they stand below in full width.
        self.totals_in_line = all(isinstance(cell.data, int | float | None) for cell in table.total.cells[1:])
        rows = [line.cells for line in table.lines] + ([table.total.cells] if self.totals_in_line else [])
        self.texts = [[row[k].text for k in across] for row in rows]
        self.heads = [table.columns[k].head for k in across]
        self.indent = _INDENT if above else ""
        self.widths = self._widths()
        if self.fits:
            self.height = sum(self._row_height(row) for row in self.texts) + len(self.texts) * bool(above)

    def _widths(self) -> list[int] | None:
        columns = [[row[k] for row in self.texts] for k in range(len(self.across))]
        natural = [
            max(map(cell_len, [*map(_narrow_head, [head]), *cells]))
            for head, cells in zip(self.heads, columns, strict=True)
        ]
        if self.room is None:
            return natural
        room = self.room - len(self.indent) - len(_GAP) * (len(natural) - 1)
        if sum(natural) <= room:
            return natural
        least = [
            max(cell_len(t.rstrip()) for cell in [head, *cells] for t in _pieces(cell, _FINEST) or [""])
            for head, cells in zip(self.heads, columns, strict=True)
        ]
        if sum(least) > room:
            return None
        cap = 0
        while sum(min(n, max(m, cap + 1)) for n, m in zip(natural, least, strict=True)) <= room:
            cap += 1
        return [min(n, max(m, cap)) for n, m in zip(natural, least, strict=True)]

    @property
    def fits(self) -> bool:
        """Whether every number and name fits into its column."""
        return self.widths is not None

    def _row_height(self, row: Sequence[str]) -> int:
        return max(len(wrapped(cell, w)) for cell, w in zip(row, self.widths or (), strict=True))

    def styled(self) -> list[Styled]:
        """The lines of the table from its head to the totals."""
        table, widths = self.table, self.widths or []
        rule = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1) + len(self.indent))
        out: list[Styled] = []
        if self.above:
            out.append((", ".join(table.columns[k].head for k in self.above), "head"))
        out += [(line, "head") for line in self._row(self.heads)] + [(rule, "rule")]
        rows = iter(self.texts)
        for line in table.lines:
            out += self._above(line.cells)
            out += [(text, "") for text in self._row(next(rows))]
        out.append((rule, "rule"))
        if not self.totals_in_line:
            return [*out, *_total_block(table, self.room)]
        if self.above:
            out.append(("total", "total"))
        out += [(text, "total") for text in self._row(next(rows))]
        return [*out, *listed([(c.head, cell.text) for c, cell in table.peak], self.room, "")]

    def _above(self, cells: Sequence[Cell]) -> list[Styled]:
        if not self.above:
            return []
        return [(line, "head") for line in wrapped(_GAP.join(cells[k].text for k in self.above), self.room)]

    def _row(self, texts: Sequence[str]) -> Iterator[str]:
        widths = self.widths or []
        parts = [wrapped(text, w) for text, w in zip(texts, widths, strict=True)]
        right = [self.table.columns[k].quantity for k in self.across]
        for pieces in zip_longest(*parts, fillvalue=""):
            cells = [_padded(p, w, r) for p, w, r in zip(pieces, widths, right, strict=True)]
            yield self.indent + _GAP.join(cells)


def _narrow_head(head: str) -> str:
    """The widest line of a head that is broken at its blanks."""
    return max(head.split(" "), key=cell_len)


def _padded(words: str, width: int, right: bool = False) -> str:
    blank = " " * (width - cell_len(words))
    return blank + words if right else words + blank
