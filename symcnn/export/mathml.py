"""Trees of formulas in MathML, as browsers show it: MathML Core and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

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

# Letters of alphabets that have letters of their own in Unicode.
_DOUBLE_STRUCK = {**dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))}
_SCRIPT = {**dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))}
_DELIMITERS = {**signs.DELIMITERS, "\\langle": "⟨", "\\rangle": "⟩"}

_ARROWS = frozenset("→←↔⇒⇐⇔⟹⟺⟸⟶⟵↦⟼↑↓")


def mathml(body: Node, display: bool = False, before: Node | None = None) -> str:
    r"""A formula as a ``math`` element; ``before`` is what stands before it in the same formula, if anything.

    >>> from symcnn.export.mathematics import formula
    >>> print(mathml(formula(r"\frac{N}{2} < 3").body))
    <math><mfrac><mi>N</mi><mn>2</mn></mfrac><mo form="infix">&lt;</mo><mn>3</mn></math>
    """
    kind = ' display="block"' if display else ""
    return f"<math{kind}>{''.join(_items(items_of(body), display, before))}</math>"


def _one(node: Node | None, display: bool = False) -> str:
    """A part of a formula as one element."""
    if node is None:
        return "<mrow></mrow>"
    if isinstance(node, Row):
        inside = list(_items(node.items, display))
        return inside[0] if len(inside) == 1 else f"<mrow>{''.join(inside)}</mrow>"
    return _element(node, display, False)


def _items(items: Sequence[Node], display: bool, before: Node | None = None) -> Iterator[str]:
    """Parts side by side."""
    for item in items:
        if _is_function(before) and not _opens(item) and not isinstance(item, Blank):
            yield '<mspace width="0.167em"></mspace>'
        yield _element(item, display, _is_prefix(before))
        before = item


def _is_function(node: Node | None) -> bool:
    base = node.base if isinstance(node, Scripts) else node
    return isinstance(base, Sign) and base.kind == signs.FUNCTION


def _opens(node: Node) -> bool:
    return isinstance(node, Fenced) or (
        isinstance(node, Sign) and node.kind in (signs.OPENING, signs.RELATION)
    )


def _is_prefix(before: Node | None) -> bool:
    """Whether a sign behind this one belongs to what follows, as the minus in ``= -1``."""
    kinds = (signs.OPENING, signs.BINARY, signs.RELATION, signs.PUNCTUATION, signs.LARGE, signs.FUNCTION)
    if before is None:
        return True
    if isinstance(before, Words):
        return before.text.endswith(" ")
    base = before.base if isinstance(before, Scripts) else before
    return isinstance(base, Sign) and base.kind in kinds


def _element(node: Node, display: bool, prefix: bool) -> str:
    match node:
        case Sign():
            return _sign(node, prefix)
        case Blank(_, wide):
            return f'<mspace width="{wide:g}em"></mspace>' if wide else ""
        case Words(text, style):
            shown = escape(text.replace(" ", "\u00a0"))
            look = {"italic": ' class="it"', "bold": ' class="bf"', "monospace": ' class="tt"'}.get(style, "")
            return f"<mtext{look}>{shown}</mtext>"
        case Row():
            return _one(node, display)
        case Scripts():
            return _scripts(node, display)
        case Fraction(top, bottom, line, size):
            style = f' displaystyle="{"true" if size == "display" else "false"}"' if size else ""
            bare = "" if line else ' linethickness="0"'
            shown = f"<mfrac{bare}>{_one(top)}{_one(bottom)}</mfrac>"
            shown = f"<mstyle{style}>{shown}</mstyle>" if style else shown
            return shown if line else f"<mrow>{_fence('(')}{shown}{_fence(')', True)}</mrow>"
        case Root(body, None):
            return f"<msqrt>{_one(body)}</msqrt>"
        case Root(body, degree):
            return f"<mroot>{_one(body)}{_one(degree)}</mroot>"
        case Fenced(left, body, right):
            stretch = tall(body)
            inside = "".join(_items(items_of(body), display))
            return (
                f"<mrow>{_delimiter(left, False, stretch)}{inside}{_delimiter(right, True, stretch)}</mrow>"
            )
        case Styled(command, body):
            return _styled(command, body, display)
        case Grid():
            return _grid(node, display)


def _sign(sign: Sign, prefix: bool) -> str:
    shown = escape(sign.text)
    match sign.kind:
        case signs.ORDINARY:
            if sign.text[0].isdigit() or sign.text[0] == ".":
                return f"<mn>{shown}</mn>"
            if sign.text in "|‖/\\":
                return f'<mo stretchy="false" lspace="0" rspace="0">{shown}</mo>'
            # Capital Greek letters stand upright, as in LaTeX.
            upright = sign.text.isalpha() and "Α" <= sign.text <= "Ω"
            return f'<mi mathvariant="normal">{shown}</mi>' if upright else f"<mi>{shown}</mi>"
        case signs.FUNCTION:
            return f"<mi>{shown}</mi>"
        case signs.LARGE:
            return f"<mo>{shown}</mo>"
        case signs.OPENING | signs.CLOSING:
            if sign.text in "!?":
                return f'<mo lspace="0" rspace="0">{shown}</mo>'
            form = "prefix" if sign.kind == signs.OPENING else "postfix"
            return f'<mo form="{form}" stretchy="false">{shown}</mo>'
        case signs.PUNCTUATION:
            return f'<mo lspace="0" rspace="0.167em">{shown}</mo>'
        case signs.BINARY if prefix:
            return f'<mo form="prefix" lspace="0" rspace="0">{shown}</mo>'
        case signs.RELATION if sign.text == "|":
            return f'<mo lspace="0.278em" rspace="0.278em" stretchy="false">{shown}</mo>'
        case signs.RELATION:
            return (
                f'<mo form="infix" stretchy="false">{shown}</mo>'
                if shown in _ARROWS
                else f'<mo form="infix">{shown}</mo>'
            )
        case _:
            return f'<mo form="infix">{shown}</mo>'


def _fence(letter: str, closing: bool = False, stretchy: bool = True) -> str:
    form = "postfix" if closing else "prefix"
    stretch = "true" if stretchy else "false"
    return f'<mo form="{form}" fence="true" stretchy="{stretch}">{escape(letter)}</mo>'


def _delimiter(mark: str, closing: bool, stretchy: bool) -> str:
    letter = _DELIMITERS.get(mark, mark)
    return _fence(letter, closing, stretchy) if letter else ""


def _scripts(node: Scripts, display: bool) -> str:
    base, below, above = node.base, node.below, node.above
    over = node.over and (display or not _has_limits(base))
    shown = _one(base, display)
    names = ("munder", "mover", "munderover") if over else ("msub", "msup", "msubsup")
    if below is None:
        return f"<{names[1]}>{shown}{_one(above)}</{names[1]}>"
    if above is None:
        return f"<{names[0]}>{shown}{_one(below)}</{names[0]}>"
    return f"<{names[2]}>{shown}{_one(below)}{_one(above)}</{names[2]}>"


def _has_limits(base: Node) -> bool:
    return isinstance(base, Sign) and base.kind in (signs.LARGE, signs.FUNCTION)


def _styled(command: str, body: Node, display: bool) -> str:
    if command in signs.ACCENTS:
        mark = signs.ACCENTS[command]
        stretchy = "true" if command in ("overline", "underline", "widehat", "widetilde", "vec") else "false"
        sign = f'<mo stretchy="{stretchy}">{mark}</mo>'
        if command == "underline":
            return f"<munder>{_one(body)}{sign}</munder>"
        return f'<mover accent="true">{_one(body)}{sign}</mover>'
    if command in signs.BRACES:
        sign = f'<mo stretchy="true">{signs.BRACES[command]}</mo>'
        name = "mover" if command == "overbrace" else "munder"
        return f"<{name}>{_one(body, display)}{sign}</{name}>"
    if command == "boxed":
        return f'<mrow class="boxed">{_one(body, display)}</mrow>'
    look = signs.STYLES[command]
    if isinstance(body, Sign):
        return _letters(body, look)
    shown = [_letters(item, look) if isinstance(item, Sign) else _one(item) for item in items_of(body)]
    return shown[0] if len(shown) == 1 else f"<mrow>{''.join(shown)}</mrow>"


def _letters(sign: Sign, look: str) -> str:
    """Letters in another alphabet."""
    alphabet = {"double-struck": _DOUBLE_STRUCK, "script": _SCRIPT}.get(look, {})
    if sign.text in alphabet:
        return f'<mi mathvariant="normal">{alphabet[sign.text]}</mi>'
    if not sign.text[0].isalpha():
        return _sign(sign, False)
    classes = {"bold": "bf", "bold-italic": "bi", "italic": "it", "monospace": "tt"}.get(look, "")
    mark = f' class="{classes}"' if classes else ""
    return f'<mi{mark} mathvariant="normal">{escape(sign.text)}</mi>'


def _grid(grid: Grid, display: bool) -> str:
    columns, left, right = signs.GRIDS[grid.name]
    columns = grid.columns or columns
    aligned = grid.name in ("aligned", "align", "align*", "split", "alignedat")
    shown = display and grid.name not in ("cases", "matrix", "pmatrix", "bmatrix", "smallmatrix", "substack")
    wide = max(map(len, grid.rows))
    rows = ""
    for row in grid.rows:
        cells = ""
        for k in range(wide):
            inside = _items(items_of(row[k]), shown) if k < len(row) else iter(())
            if aligned and k % 2 and k < len(row):
                # What stands behind the mark of alignment goes on from what stands before it.
                inside = _items(items_of(row[k]), shown, Row(()))
            gap = " next" if aligned and k and k % 2 == 0 else ""
            cells += f'<mtd class="{columns[k % len(columns)]}{gap}">{"".join(inside)}</mtd>'
        rows += f"<mtr>{cells}</mtr>"
    look = "aligned" if aligned else "small" if grid.name in ("substack", "smallmatrix") else "gathered"
    look = grid.name if grid.name in ("cases", "dcases") else look
    style = ' displaystyle="true"' if shown else ""
    table = f'<mtable class="{look.removeprefix("d")}"{style}>{rows}</mtable>'
    if not left and not right:
        return table
    opening = _fence(left) if left else ""
    return f"<mrow>{opening}{table}{_fence(right, True) if right else ''}</mrow>"
