"""Sizes from text such as ``224``, ``H`` or ``2*C + 1``; nothing is ever evaluated as code."""

from __future__ import annotations

import ast

from symcnn.symbols.rounding import floor_div
from symcnn.symbols.size import Dim, Size, Sym, add, multiply, power, subtract

_LIMIT = 200
_MAX_EXPONENT = 64


def parse_size(source: str, minimum: int = 1) -> Size:
    """The size that a text stands for: whole numbers, names, and + - * // ** with brackets.

    Names become integer symbols that are at least ``minimum``. Raises ``ValueError`` for anything else.

    >>> parse_size("2*C + 1"), parse_size("224"), parse_size("(H + 1)//2")
    (2*C + 1, 224, ceiling(H/2))
    """
    if len(source) > _LIMIT:
        raise ValueError(f"the expression {source[:20]!r}... is longer than {_LIMIT} characters")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
        return _size(tree, source, minimum)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"cannot read {source!r} as a size: write a number, a name, or e.g. 2*C + 1") from None


def _size(node: ast.expr, source: str, minimum: int) -> Size:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return Dim.of_atom(Sym(node.id, minimum))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return multiply(-1, _size(node.operand, source, minimum))
    if isinstance(node, ast.BinOp):
        a, b = _size(node.left, source, minimum), _size(node.right, source, minimum)
        if isinstance(node.op, ast.Add):
            return add(a, b)
        if isinstance(node.op, ast.Sub):
            return subtract(a, b)
        if isinstance(node.op, ast.Mult):
            return multiply(a, b)
        if isinstance(node.op, ast.FloorDiv):
            return floor_div(a, b)
        if isinstance(node.op, ast.Pow):
            if not isinstance(b, int) or not 0 <= b <= _MAX_EXPONENT:
                raise ValueError(f"the exponent {b} in {source!r} must be a number from 0 to {_MAX_EXPONENT}")
            return power(a, b)
    raise ValueError(
        f"cannot read {ast.unparse(node)!r} in {source!r}: a size is made of whole numbers, names, + - * // ** and brackets"
    )
