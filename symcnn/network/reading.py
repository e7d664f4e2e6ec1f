"""Layers and shapes that are written as text, as in Python; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

from symcnn import layers
from symcnn.layers.base import Layer
from symcnn.network.graph import Sequential
from symcnn.symbols.parse import parse_size, parse_tree, size_of_tree
from symcnn.symbols.size import Size
from symcnn.symbols.suggest import suggestion

_LIMIT = 2000
_WANTED_LAYER = "a layer: write it as in Python, such as Conv2d(3, C, kernel_size=K, padding=1)"
_CROSSED = re.compile(r"\d+(x\d+)+")

Shape = tuple[Size, ...]

LAYERS: dict[str, type[Layer]] = {
    name: kind
    for name in layers.__all__
    if isinstance(kind := getattr(layers, name), type) and issubclass(kind, Layer) and kind is not Layer
}
"""All layers by name."""


class LayerReader:
    """Reads layers and shapes; letters are positive integers unless they may be 0.

    >>> reader = LayerReader()
    >>> reader.layer("Conv2d(C, 8, kernel_size=(K, 1), padding=P)")
    Conv2d(in_channels=C, out_channels=8, kernel_size=(K, 1), padding=P)
    >>> reader.shape("N,C,H,2*H"), reader.least("P"), reader.least("H")
    ((N, C, H, 2*H), 0, 1)
    """

    def __init__(self, nonnegative: Iterable[str] = ()) -> None:
        self.nonnegative = set(nonnegative)

    def least(self, name: str) -> int:
        """The least value of the letter of this name."""
        return 0 if name in self.nonnegative else 1

    def size(self, source: str) -> Size:
        """One size."""
        return parse_size(source, self.least)

    def shape(self, source: str) -> Shape:
        """The shape of an input, such as ``N,3,H,W``, ``(N, 3, H, W)`` or ``1x3x224x224``."""
        words = source.strip()
        if _CROSSED.fullmatch(words):
            words = words.replace("x", ",")
        if words.startswith("(") and words.endswith(")") and isinstance(tree_or_none(words), ast.Tuple):
            words = words[1:-1]
        parts = split(words.removesuffix(","))
        if not all(part.strip() for part in parts):
            raise ValueError(f"input {source!r} cannot be read as a shape: write e.g. N,3,H,W")
        try:
            return tuple(self.size(part) for part in parts)
        except ValueError as error:
            raise ValueError(f"input {source!r}: {error}") from None

    def layer(self, source: str) -> Layer | Sequential:
        """The layer that is written as a call, or a ``Sequential`` of layers.

        Raises ``ValueError`` for anything that is no such call, and for unknown layers and arguments.
        """
        if len(source) > _LIMIT:
            raise ValueError(f"the layer {source[:20]!r}... is longer than {_LIMIT} characters")
        tree = parse_tree(source, _WANTED_LAYER)
        if not isinstance(tree, ast.Call):
            raise ValueError(f"cannot read {source!r} as {_WANTED_LAYER}")
        self.nonnegative |= set(_may_be_zero(tree))
        return self._called(tree, source)

    def _called(self, call: ast.Call, source: str) -> Layer | Sequential:
        if isinstance(call.func, ast.Name) and call.func.id == "Sequential":
            if call.keywords or not all(isinstance(a, ast.Call) for a in call.args) or not call.args:
                raise ValueError(
                    f"Sequential in {source!r} takes layers, such as Sequential(Conv2d(...), ReLU())"
                )
            return Sequential(*(self._called(a, source) for a in call.args if isinstance(a, ast.Call)))
        kind = _kind(call, source)
        return kind(**{name: self._argument(kind, name, node, source) for name, node in _bound(kind, call)})

    def _argument(self, kind: type[Layer], name: str, node: ast.expr, source: str) -> Any:
        if isinstance(node, ast.Name) and _takes(kind, name, node.id):
            raise ValueError(f"{kind.__name__}: {name}={node.id} would be a letter; write {name}='{node.id}'")
        try:
            return self.value(node, source)
        except ValueError as error:
            raise ValueError(f"{kind.__name__}: {name}: {error}") from None

    def value(self, node: ast.expr, source: str) -> Any:
        """An argument: a size, several of them, a word, a truth value or a float."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bool | float | None):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_float(node.operand):
            return -self.value(node.operand, source)
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(self.value(part, source) for part in node.elts)
        return size_of_tree(node, source, self.least)


def known_layer(name: str) -> type[Layer]:
    """The layer class of this name; raises ``ValueError`` with a suggestion for unknown ones."""
    if name not in LAYERS:
        raise ValueError(f"layer {name!r} is unknown{suggestion(name, LAYERS)}")
    return LAYERS[name]


def tree_or_none(text: str) -> ast.expr | None:
    """The syntax tree of an expression, if it is one."""
    try:
        return parse_tree(text, "an expression")
    except ValueError:
        return None


def _kind(call: ast.Call, source: str) -> type[Layer]:
    if not isinstance(call.func, ast.Name):
        raise ValueError(f"cannot read {source!r} as {_WANTED_LAYER}")
    return known_layer(call.func.id)


def _bound(kind: type[Layer], call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of a call by name; raises ``ValueError`` for those that the layer does not have."""
    name, known = kind.__name__, [f.name for f in fields(kind)]
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        raise ValueError(f"{name}: write every argument on its own; * and ** cannot be read")
    if len(call.args) > len(known):
        raise ValueError(
            f"{name} takes at most {len(known)} arguments ({', '.join(known)}), not {len(call.args)}"
        )
    given = dict(zip(known, call.args, strict=False))
    for keyword in call.keywords:
        word = str(keyword.arg)
        if word not in known:
            raise ValueError(f"{name} has no argument {word!r}{suggestion(word, known)}")
        if word in given:
            raise ValueError(f"{name}: {word} is given twice")
        given[word] = keyword.value
    missing = [f.name for f in fields(kind) if f.default is MISSING and f.name not in given]
    if missing:
        raise ValueError(f"{name} needs {', '.join(missing)}: {name}({signature(kind)})")
    yield from given.items()


def signature(kind: type[Layer]) -> str:
    """The arguments of a layer with their defaults."""
    return ", ".join(f.name if f.default is MISSING else f"{f.name}={f.default!r}" for f in fields(kind))


def _may_be_zero(tree: ast.expr) -> Iterator[str]:
    """The letters in arguments that may be 0, such as padding."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in LAYERS:
            kind = LAYERS[call.func.id]
            known = {f.name: f for f in fields(kind)}
            given: list[tuple[str | None, ast.expr]] = [*zip(known, call.args, strict=False)]
            given += [(keyword.arg, keyword.value) for keyword in call.keywords]
            for name, node in given:
                if name in known and accepts(known[name], 0, kind.axes):
                    yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _takes(kind: type[Layer], name: str, word: str) -> bool:
    """Whether a word is a value of this argument."""
    return any(f.name == name and accepts(f, word, kind.axes) for f in fields(kind))


def accepts(f: Field[Any], value: Any, axes: int) -> bool:
    """Whether an argument may have a value."""
    try:
        f.metadata["check"](f.name, value, axes)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _is_float(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is float


def split(text: str) -> list[str]:
    """The parts between commas that stand in no brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts
