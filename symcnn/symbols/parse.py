"""Sizes from text such as ``224``, ``H`` or ``2*C + 1``; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from math import comb

from symcnn.symbols.rounding import floor_div
from symcnn.symbols.size import Dim, Size, Sym, add, multiply, power, subtract

_LIMIT = 200
_MAX_EXPONENT = 64
# Sizes are expanded when they are compared; without these two limits a short text could ask for hours.
_MAX_TERMS = 1000
_MAX_BITS = 4096

Least = int | Callable[[str], int]


def parse_size(source: str, minimum: Least = 1) -> Size:
    """The size that a text stands for: whole numbers, names, and + - * // ** with brackets.

    Names become integer symbols that are at least ``minimum``, which may be a function of the name.
    Raises ``ValueError`` for anything else.

    >>> parse_size("2*C + 1"), parse_size("224"), parse_size("(H + 1)//2")
    (2*C + 1, 224, ceiling(H/2))
    """
    if len(source) > _LIMIT:
        raise ValueError(f"the expression {source[:20]!r}... is longer than {_LIMIT} characters")
    tree = parse_tree(source, "a size: write a number, a name, or e.g. 2*C + 1")
    return size_of_tree(tree, source, minimum)


def parse_tree(source: str, wanted: str) -> ast.expr:
    """The syntax tree of one expression; raises ``ValueError`` with what was ``wanted`` where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on odd literals are no concern of ours
            return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"cannot read {source!r} as {wanted}") from None


def size_of_tree(node: ast.expr, source: str, minimum: Least = 1) -> Size:
    """The size that a syntax tree stands for; ``source`` is for messages.

    >>> size_of_tree(parse_tree("N*(H - 1)", "a size"), "N*(H - 1)")
    N*(H - 1)
    """
    try:
        if _terms(node) > _MAX_TERMS:
            raise ValueError(f"{source!r} multiplies out to more than {_MAX_TERMS} terms")
        return _size(node, source, minimum)
    except RecursionError:
        raise ValueError(f"{source!r} is nested too deeply") from None


def _size(node: ast.expr, source: str, minimum: Least) -> Size:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return _bounded(node.value, source)
    if isinstance(node, ast.Name):
        return Dim.of_atom(Sym(node.id, minimum(node.id) if callable(minimum) else minimum))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return multiply(-1, _size(node.operand, source, minimum))
    if isinstance(node, ast.BinOp):
        a = _size(node.left, source, minimum)
        if isinstance(node.op, ast.Pow):
            return _bounded(power(a, _exponent(node.right, source)), source)
        made = _combined(node.op, a, _size(node.right, source, minimum), source)
        if made is not None:
            return _bounded(made, source)
    raise ValueError(
        f"cannot read {ast.unparse(node)!r}{'' if ast.unparse(node) == source else f' in {source!r}'}: "
        "a size is made of whole numbers, names, + - * // ** and brackets"
    )


def _combined(operator: ast.operator, a: Size, b: Size, source: str) -> Size | None:
    if isinstance(operator, ast.Add):
        return add(a, b)
    if isinstance(operator, ast.Sub):
        return subtract(a, b)
    if isinstance(operator, ast.Mult):
        return multiply(a, b)
    if isinstance(operator, ast.FloorDiv):
        if isinstance(b, int) and b < 1:
            raise ValueError(f"the divisor {b} in {source!r} must be at least 1")
        return floor_div(a, b)
    if isinstance(operator, ast.Div):
        raise ValueError(f"cannot read '/' in {source!r}: write // for a quotient that is rounded down")
    return None


def _exponent(node: ast.expr, source: str) -> int:
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, int) or not 0 <= value <= _MAX_EXPONENT:
        shown = ast.unparse(node)
        raise ValueError(f"the exponent {shown} in {source!r} must be a number from 0 to {_MAX_EXPONENT}")
    return value


def _bounded(value: Size, source: str) -> Size:
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise ValueError(f"a number in {source!r} has more than {_MAX_BITS} binary digits")
    return value


def _terms(node: ast.expr) -> int:
    """At most how many terms the expression has when it is multiplied out."""
    if isinstance(node, ast.UnaryOp):
        return _terms(node.operand)
    if not isinstance(node, ast.BinOp):
        return 1
    left = _terms(node.left)
    if isinstance(node.op, ast.Pow):
        raised = node.right.value if isinstance(node.right, ast.Constant) else None
        if isinstance(raised, int) and 0 <= raised <= _MAX_EXPONENT and left <= _MAX_TERMS:
            return comb(left + raised - 1, left - 1)
        return left  # such an exponent is refused when the size is built
    right = _terms(node.right)
    return left * right if isinstance(node.op, ast.Mult) else left + right
