r"""Trees of formulas in LaTeX; amsmath and amssymb are all that the result needs."""

from __future__ import annotations

import re

from symcnn.export import signs
from symcnn.export.characters import words_in_math
from symcnn.export.mathematics import (
    PRIME,
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
)

_ENVIRONMENTS = {
    **dict.fromkeys(("align", "align*", "split", "alignedat"), "aligned"),
    **dict.fromkeys(("gather", "gather*", "multline", "multline*", "equation", "equation*"), "gathered"),
    "dcases": "cases",
}
_FRACTIONS = {(True, ""): "frac", (True, "display"): "dfrac", (True, "text"): "tfrac",
              (False, ""): "binom", (False, "display"): "dbinom", (False, "text"): "tbinom"}  # fmt: skip


def tex(node: Node) -> str:
    r"""A formula in LaTeX.

    >>> from symcnn.export.mathematics import formula
    >>> print(tex(formula(r"\lfloor \frac W2 \rfloor\le12,345 ").body))
    \left\lfloor \frac{W}{2} \right\rfloor \le 12{,}345
    """
    match node:
        case Sign(latex) | Blank(latex):
            return latex
        case Words(text, style):
            return words_in_math(text, style)
        case Row(items):
            return _row(items)
        case Scripts():
            return _scripts(node)
        case Fraction(top, bottom, line, size):
            return rf"\{_FRACTIONS[line, size]}{{{tex(top)}}}{{{tex(bottom)}}}"
        case Root(body, degree):
            option = "" if degree is None else f"[{tex(degree)}]"
            if "]" in option[:-1]:
                option = f"[{{{option[1:-1]}}}]"
            return rf"\sqrt{option}{{{tex(body)}}}"
        case Fenced(left, body, right):
            return rf"\left{left} {tex(body)} \right{right}"
        case Styled(command, body):
            return rf"\{command}{{{tex(body)}}}"
        case Grid():
            return _grid(node)


def _row(items: tuple[Node, ...]) -> str:
    out: list[str] = []
    for k, item in enumerate(items):
        piece = f"{{{tex(item)}}}" if isinstance(item, Row) else tex(item)
        if k and out[-1] and piece and _apart(out[-1], piece, items[k - 1], item):
            out.append(" ")
        out.append(piece)
    return "".join(out)


_COMMAND = re.compile(r"\\[A-Za-z]+$")


def _apart(before: str, piece: str, last: Node, item: Node) -> bool:
    """Whether a blank stands between two pieces: where it reads better, or a command would go on."""
    if piece[0].isalpha() and _COMMAND.search(before[-60:]):
        return True
    return _spaced(last) or _spaced(item)


def _spaced(node: Node) -> bool:
    if isinstance(node, Sign):
        return node.kind in (signs.BINARY, signs.RELATION) or node.latex.startswith("\\")
    return isinstance(node, Blank | Fraction | Scripts)


def _scripts(node: Scripts) -> str:
    base = tex(node.base)
    if isinstance(node.base, Row):
        base = f"{{{base}}}"
    if node.over and not _with_limits(node.base):
        if node.below is not None:
            base = rf"\underset{{{tex(node.below)}}}{{{base}}}"
        return base if node.above is None else rf"\overset{{{tex(node.above)}}}{{{base}}}"
    if isinstance(node.base, Scripts):
        base = f"{{{base}}}"
    below = "" if node.below is None else f"_{{{tex(node.below)}}}"
    if node.above is None:
        return base + below
    parts = node.above.items if isinstance(node.above, Row) else (node.above,)
    if all(part == PRIME for part in parts) and parts:
        return f"{base}{tex(node.above)}{below}"
    above = tex(Row(tuple(Sign("\\prime", "′") if part == PRIME else part for part in parts)))
    return f"{base}{below}^{{{above}}}"


def _with_limits(base: Node) -> bool:
    return (isinstance(base, Sign) and base.kind in (signs.LARGE, signs.FUNCTION)) or (
        isinstance(base, Styled) and base.command in signs.BRACES
    )


def _grid(node: Grid) -> str:
    lines = (" & ".join(tex(cell) for cell in row).strip() for row in node.rows)
    # A bracket or a star at the beginning would be taken for an option of what stands before.
    rows = " \\\\ ".join(f"{{}}{line}" if line[:1] in ("[", "*") else line for line in lines)
    if node.name == "substack":
        return rf"\substack{{{rows}}}"
    name = _ENVIRONMENTS.get(node.name, node.name)
    columns = ""
    if name == "array":
        wide = max(map(len, node.rows))
        columns = f"{{{(node.columns + 'c' * wide)[: max(wide, len(node.columns))]}}}"
    return rf"\begin{{{name}}}{columns} {rows} \end{{{name}}}"
