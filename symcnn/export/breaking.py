r"""How wide formulas are, and wide ones in lines: cut at relations first, then at signs, then elsewhere.

Widths are in em and estimates: what is written in LaTeX is measured once more by TeX itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from symcnn.export import signs
from symcnn.export.mathematics import (
    Blank,
    Fenced,
    Fraction,
    Grid,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Styled,
    Words,
    items_of,
    tall,
)

_INDENT = Blank("\\quad", 1.0)
_WIDE_BLANK = 0.9
_SMALL = 0.72
_KINDS = {signs.RELATION: 1.33, signs.BINARY: 1.22, signs.LARGE: 1.6, signs.PUNCTUATION: 0.45}
_THIN = frozenset("|.,;:'!()[]ijl′ ")


def width(node: Node) -> float:
    r"""About how many em wide a formula is.

    >>> from symcnn.export.mathematics import formula
    >>> round(width(formula(r"\frac{a + b}{2}").body), 1)
    2.5
    """
    match node:
        case Sign(_, text, kind):
            return _KINDS.get(kind) or _letters(text) + (0.17 if kind == signs.FUNCTION else 0.0)
        case Blank(_, wide):
            return wide
        case Words(text):
            return _letters(text) * 0.93
        case Row(items):
            return sum(map(width, items))
        case Scripts(base, below, above, over):
            scripts = [_SMALL * width(s) for s in (below, above) if s is not None]
            if over:
                return max(width(base), *scripts)
            return width(base) + max(scripts)
        case Fraction(top, bottom, line):
            return max(width(top), width(bottom)) + (0.24 if line else 1.2)
        case Root(body):
            return width(body) + 1.0
        case Fenced(left, body, right):
            bracket = 0.75 if tall(body) else 0.45
            return width(body) + bracket * ((left != ".") + (right != "."))
        case Styled(command, body):
            return width(body) * (1.15 if command in ("mathbf", "boldsymbol", "mathtt") else 1.0) + (
                0.7 if command == "boxed" else 0.0
            )
        case Grid(name, rows):
            columns = max(map(len, rows))
            wide = sum(
                max((width(row[k]) for row in rows if k < len(row)), default=0.0) for k in range(columns)
            )
            # Between two pairs of aligned columns there is a gap.
            gap = {"rl": 1.0 if columns > 2 else 0.0, "c": 1.0, "l": 1.0}.get(signs.GRIDS[name][0], 1.0)
            brackets = 0.9 * sum(map(bool, signs.GRIDS[name][1:]))
            small = _SMALL if name in ("substack", "smallmatrix") else 1.0
            return small * wide + gap * (columns - 1) + brackets + (0.4 if name == "aligned" else 0.0)


def _letters(text: str) -> float:
    return sum(0.3 if c in _THIN else 0.78 if c.isupper() else 0.95 if c in "mw⟹⟺⟶" else 0.53 for c in text)


def fitted(body: Node, room: float) -> Node:
    r"""A display that fits into this width if possible: as it is, or broken into lines.

    >>> from symcnn.export.mathematics import formula
    >>> from symcnn.export.texmath import tex
    >>> print(tex(fitted(formula("a + b = c + d + e = f + g + h").body, 12)))
    \begin{aligned} a + b & = c + d + e \\ & = f + g + h \end{aligned}
    """
    if isinstance(body, Row) and len(body.items) == 1:
        body = body.items[0]
    if isinstance(body, Grid) and signs.GRIDS[body.name][0] in ("rl", "c") and not signs.GRIDS[body.name][1]:
        return body if width(body) <= room else _narrower(body, room)
    if width(body) <= room:
        return body
    parts = list(_side_by_side(items_of(body), room))
    found = [line for part in parts for line in _lines(part, room)]
    if len(found) == 1:
        return Row((found[0][0], found[0][1]))
    if len(found) == len(parts):
        return Grid("gathered", tuple((right,) for _, right in found))
    return Grid("aligned", tuple(found))


def unbroken(body: Node) -> float:
    """The width of the widest part of a formula in a line of text that cannot be broken."""
    return max(
        (width(part) for part in _filled(tuple(_opened(items_of(_beside(body)))), 0.0, 0)), default=0.0
    )


def loose(body: Node, room: float) -> Node:
    """A formula in a line of text that can be broken at more places than TeX knows, such as commas."""
    if width(body) <= room:
        return body
    items = _opened(items_of(body))
    out: list[Node] = []
    for k, item in enumerate(items):
        weight = _weight(items[k - 1] if k else None, item, items[k + 1] if k + 1 < len(items) else None)
        if weight in (2, 3) and not _is(item, signs.BINARY):
            out.append(Blank(f"\\penalty{(0, 0, 20, 100)[weight]} ", 0.0))
        out.append(item)
    return Row(tuple(out))


def inline_parts(body: Node, room: float) -> list[Node]:
    """A formula in a line of text in parts, between which the line can end."""
    out: list[Node] = []
    for part in _listed(_opened(items_of(_beside(body)))):
        if width(Row(part)) <= 1.6 * room:
            out.append(Row(part))
            continue
        found: list[Node] = []
        for piece in _filled(part, 0.0, 0):
            longer = Row((*items_of(found[-1]), *items_of(piece))) if found else piece
            if found and width(longer) <= room:
                found[-1] = longer
            else:
                found.append(piece)
        out += found
    return out


def last(node: Node) -> Node | None:
    """What stands at the end of a row."""
    items = items_of(node)
    return items[-1] if items else None


def _listed(items: Sequence[Node]) -> Iterator[tuple[Node, ...]]:
    """Parts between commas with a blank behind them, as in a list of equations."""
    part: list[Node] = []
    for k, item in enumerate(items):
        part.append(item)
        if isinstance(item, Blank) and k and _is(items[k - 1], signs.PUNCTUATION):
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _beside(body: Node) -> Node:
    """A formula in a line, where limits of sums stand at their side."""
    if isinstance(body, Row):
        return Row(tuple(map(_beside, body.items)))
    return replace(body, over=False) if isinstance(body, Scripts) else body


def _narrower(grid: Grid, room: float) -> Node:
    """Rows that were set by hand, those that are too wide broken once more."""
    if grid.name in ("matrix", "array", "smallmatrix", "substack") or max(map(len, grid.rows)) > 2:
        return grid
    out: list[tuple[Node, ...]] = []
    first = max((width(row[0]) for row in grid.rows if len(row) == 2), default=0.0)
    for row in grid.rows:
        if len(row) == 1:
            out += _lines(items_of(row[0]), room)
            continue
        left, right = row
        if first > 0.4 * room or width(left) > 0.4 * room:
            out += _lines((*items_of(left), *items_of(right)), room)
        elif width(right) > room - first:
            found = _continued(items_of(right), room - first)
            out += [(left, found[0]), *((Row(()), line) for line in found[1:])]
        else:
            out.append((left, right))
    if len(out) == len(grid.rows) and all(not items_of(row[0]) for row in out):
        return Grid("gathered", tuple((row[1],) for row in out))
    return Grid("aligned", tuple(out))


def _side_by_side(items: Sequence[Node], room: float) -> Iterator[tuple[Node, ...]]:
    """Formulas with wide blanks between them, as many in a line as there is room for."""
    parts: list[list[Node]] = [[]]
    for item in items:
        if isinstance(item, Blank) and item.width >= _WIDE_BLANK:
            if parts[-1]:
                parts.append([])
        else:
            parts[-1].append(item)
    line: tuple[Node, ...] = ()
    for part in parts:
        longer = (*line, Blank("\\qquad", 2.0), *part) if line else tuple(part)
        if line and (room == 0.0 or width(Row(longer)) > room):
            yield line
            line = tuple(part)
        else:
            line = longer
    if line:
        yield line


def _is(item: Node, *kinds: str) -> bool:
    return isinstance(item, Sign) and item.kind in kinds


def _lines(items: tuple[Node, ...], room: float) -> list[tuple[Node, Node]]:
    """One formula in lines: a new one for each relation where it does not fit otherwise."""
    if width(Row(items)) <= room:
        return [(Row(()), Row(items))]
    # Words and implications join whole formulas, so lines end there at first.
    parts = _cut(items, _joins)
    if len(parts) > 1:
        return [line for part in _together(parts, room) for line in _lines(part, room)]
    chain = _cut(items, lambda item: _is(item, signs.RELATION))
    if len(chain) == 1:
        first, *rest = _filled(items, room - 1.0, 0)
        return [(Row(()), first), *((Row(()), _indented(line)) for line in rest)]
    left = chain[0]
    if width(Row(left)) > 0.4 * room:
        out: list[tuple[Node, Node]] = [(Row(()), line) for line in _continued(left, room)]
        for part in chain[1:]:
            out += [(Row(()), _indented(line)) for line in _continued(part, room - 1.0)]
        return out
    out = []
    for k, part in enumerate(chain[1:]):
        first, *rest = _continued(part, room - width(Row(left)))
        out += [(Row(left) if k == 0 else Row(()), first), *((Row(()), line) for line in rest)]
    return out


def _continued(items: Sequence[Node], room: float) -> list[Node]:
    """Lines that fit; those behind the first stand to its right."""
    if width(Row(tuple(items))) <= room:
        return [Row(tuple(items))]
    first, *rest = _filled(tuple(items), room - 1.5, 0)
    return [first, *(_indented(line) for line in rest)]


def _indented(line: Node) -> Node:
    return Row((_INDENT, *items_of(line)))


def _together(parts: Sequence[tuple[Node, ...]], room: float) -> list[tuple[Node, ...]]:
    """As many parts in a line as there is room for."""
    out: list[tuple[Node, ...]] = []
    for part in parts:
        if out and width(Row((*out[-1], *part))) <= room:
            out[-1] = (*out[-1], *part)
        else:
            out.append(part)
    return out


def _joins(item: Node) -> bool:
    """Whether this joins whole formulas."""
    if isinstance(item, Words):
        return item.text.startswith(" ") or item.text.strip() in ("and", "or")
    return isinstance(item, Sign) and item.kind == signs.RELATION and item.text in "⟹⟺⇒⇔"


def _cut(items: Sequence[Node], at: Callable[[Node], bool]) -> list[tuple[Node, ...]]:
    """Parts that begin with an item of this kind, outside of all brackets."""
    out: list[list[Node]] = [[]]
    depth = 0
    for item in items:
        depth += _is(item, signs.OPENING) - (_is(item, signs.CLOSING) and _bracket(item))
        if depth <= 0 and out[-1] and at(item):
            out.append([])
        out[-1].append(item)
    return [tuple(part) for part in out]


def _bracket(item: Node) -> bool:
    return isinstance(item, Sign) and item.text not in "!?"


def _weight(before: Node | None, item: Node, after: Node | None) -> int | None:
    """How well a line ends before an item, the best first; nothing where it must not."""
    if before is None or _is(
        before, signs.OPENING, signs.BINARY, signs.RELATION, signs.FUNCTION, signs.LARGE
    ):
        return None
    if _is(item, signs.RELATION) or _joins(item):
        return 0
    if isinstance(item, Sign) and item.kind == signs.BINARY:
        return 1 if item.text in "+−±" else 2
    if _is(before, signs.PUNCTUATION):
        return 2
    if after is not None and (_is(item, signs.OPENING) or isinstance(item, Fenced | Fraction) or tall(item)):
        return 3
    return None


def _filled(items: tuple[Node, ...], room: float, level: int) -> list[Node]:
    """Lines as full as possible, broken outside of brackets if that is enough."""
    if width(Row(items)) <= room:
        return [Row(items)]
    best = _chunks(items, level)
    if len(best) == 1:
        if level < 12:
            return _filled(_opened(items) if level == 3 else items, room, level + 1)
        return [Row(items)]
    return [
        line
        for part in _together(best, room)
        for line in (_filled(part, room, level + 1) if level < 12 else [Row(part)])
    ]


def _chunks(items: tuple[Node, ...], level: int) -> list[tuple[Node, ...]]:
    """Items cut at all places of one level: four for each depth of brackets, by weight."""
    deepest, weight = divmod(level, 4)
    depth = 0
    out: list[list[Node]] = [[]]
    for k, item in enumerate(items):
        if _is(item, signs.CLOSING) and _bracket(item):
            depth -= 1
        before = items[k - 1] if k else None
        after = items[k + 1] if k + 1 < len(items) else None
        found = _weight(before, item, after)
        if out[-1] and depth <= deepest and found is not None and found <= weight:
            out.append([])
        if _is(item, signs.OPENING):
            depth += 1
        out[-1].append(item)
    return [tuple(part) for part in out]


def _opened(items: Sequence[Node]) -> tuple[Node, ...]:
    """Brackets around what is not tall as signs of their own, so that lines can end between them."""
    out: list[Node] = []
    for item in items:
        bare = item.base if isinstance(item, Scripts) else item
        if isinstance(bare, Row) and bare is item:
            out += _opened(bare.items)
            continue
        if isinstance(bare, Fenced) and bare.left in "([" and bare.right in ")]" and width(bare) > 8:
            size = ("\\bigl", "\\bigr") if tall(bare.body) else ("", "")
            closing: Node = Sign(size[1] + bare.right, bare.right, signs.CLOSING)
            out.append(Sign(size[0] + bare.left, bare.left, signs.OPENING))
            out += _opened(items_of(bare.body))
            out.append(replace(item, base=closing) if isinstance(item, Scripts) else closing)
            continue
        out.append(item)
    return tuple(out)
