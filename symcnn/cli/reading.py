"""What the command line says, read into layers, shapes and sizes; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from symcnn import layers
from symcnn.layers.base import Layer
from symcnn.network.graph import Module, Sequential
from symcnn.symbols.order import declare
from symcnn.symbols.parse import parse_size, parse_tree, size_of_tree
from symcnn.symbols.size import Dim, Size, Sym, symbols_of
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

LETTERS = {
    "in_channels": "C_in",
    "out_channels": "C_out",
    "kernel_size": "K",
    "stride": "S",
    "padding": "P",
    "dilation": "D",
    "output_size": "O",
    "in_features": "F_in",
    "out_features": "F_out",
    "num_features": "C",
    "input_size": "I",
    "hidden_size": "M",
    "embed_dim": "E",
}
"""The letters by which arguments go where a layer is named without them."""

_OPTIONAL = ("stride", "padding", "dilation")  # arguments with a default that get a letter all the same
_SHAPE_OF = {"in_features": "N {}", "input_size": "T N {}", "embed_dim": "N T {}"}
_SPATIAL = {1: "L", 2: "H W", 3: "T H W"}


class Reader:
    """Reads the arguments of one command; its letters are positive integers unless they may be 0.

    >>> reader = Reader()
    >>> reader.layer("Conv2d(C, 8, kernel_size=(K, 1), padding=P)")
    Conv2d(in_channels=C, out_channels=8, kernel_size=(K, 1), padding=P)
    >>> reader.shape("N,C,H,2*H"), reader.least("P"), reader.least("H")
    ((N, C, H, 2*H), 0, 1)
    """

    def __init__(self, nonnegative: Sequence[str] = ()) -> None:
        self._nonnegative = {name for text in nonnegative for name in _names_listed(text)}

    def least(self, name: str) -> int:
        """The least value of the letter of this name."""
        return 0 if name in self._nonnegative else 1

    def size(self, source: str) -> Size:
        """One size."""
        return parse_size(source, self.least)

    def shape(self, source: str) -> Shape:
        """The shape of an input, such as ``N,3,H,W``, ``(N, 3, H, W)`` or ``1x3x224x224``."""
        words = source.strip()
        if _CROSSED.fullmatch(words):
            words = words.replace("x", ",")
        if words.startswith("(") and words.endswith(")") and isinstance(_tree_or_none(words), ast.Tuple):
            words = words[1:-1]
        parts = _split(words.removesuffix(","))
        if not all(part.strip() for part in parts):
            raise ValueError(f"input {source!r} cannot be read as a shape: write e.g. N,3,H,W")
        try:
            return tuple(self.size(part) for part in parts)
        except ValueError as error:
            raise ValueError(f"input {source!r}: {error}") from None

    def assignments(self, option: str, texts: Iterable[str]) -> dict[str, str]:
        """The texts of ``name=value`` pairs, by name."""
        found: dict[str, str] = {}
        for text in texts:
            for pair in _split(text):
                name, equals, value = (part.strip() for part in pair.partition("="))
                if not equals or not value or not name.isidentifier():
                    raise ValueError(f"--{option} {text!r} cannot be read: write e.g. {_EXAMPLES[option]}")
                if name in found and found[name] != value:
                    raise ValueError(f"--{option} gives {name} twice: {found[name]} and {value}")
                found[name] = value
        return found

    def values(self, texts: Iterable[str], symbols: Iterable[Sym]) -> dict[str, Size]:
        """The values that ``--at`` gives to letters."""
        known = {s.name: 1 if s.minimum is None else s.minimum for s in symbols}
        given = self.assignments("at", texts)
        found: dict[str, Size] = {}
        for letter, text in given.items():
            try:
                found[letter] = parse_size(text, lambda name: known.get(name, self.least(name)))
            except ValueError as error:
                raise ValueError(f"--at {letter}={text}: {error}") from None
        return found

    def options(self, texts: Iterable[str]) -> dict[str, Any]:
        """The values that ``--option`` gives to a model: numbers, letters, True, False, or quoted words."""
        given = self.assignments("option", texts)
        return {name: self._value(parse_tree(text, "a value"), text) for name, text in given.items()}

    def layer(self, source: str) -> Layer | Sequential:
        """The layer that is written as a call, or a ``Sequential`` of layers.

        Raises ``ValueError`` for anything that is no such call, and for unknown layers and arguments.
        """
        if len(source) > _LIMIT:
            raise ValueError(f"the layer {source[:20]!r}... is longer than {_LIMIT} characters")
        tree = parse_tree(source, _WANTED_LAYER)
        if not isinstance(tree, ast.Call):
            raise ValueError(f"cannot read {source!r} as {_WANTED_LAYER}")
        self._nonnegative |= set(_may_be_zero(tree))
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
            return self._value(node, source)
        except ValueError as error:
            raise ValueError(f"{kind.__name__}: {name}: {error}") from None

    def _value(self, node: ast.expr, source: str) -> Any:
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bool | float | None):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_float(node.operand):
            return -self._value(node.operand, source)
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(self._value(part, source) for part in node.elts)
        return size_of_tree(node, source, self.least)

    def assumed_layer(self, name: str) -> tuple[Layer, tuple[Shape, ...]]:
        """The layer of this name with a letter for each argument that matters, and inputs for it."""
        kind = known_layer(name)
        given: dict[str, Any] = {}
        for f in fields(kind):
            if f.default is MISSING or f.name in _OPTIONAL:
                letter = LETTERS.get(f.name, f.name)
                if _accepts(f, 0, kind.axes):
                    self._nonnegative.add(letter)
                given[f.name] = self.size(letter)
        try:
            layer = kind(**given)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{name} needs its arguments, such as {name}({_signature(kind)}): {error}"
            ) from None
        return layer, self.assumed_shapes(layer)

    def assumed_shapes(self, layer: Layer | Module) -> tuple[Shape, ...]:
        """Shapes of inputs for a layer, in letters that it does not use for anything else."""
        first = next(iter(layer.graph().nodes)).layer if isinstance(layer, Module) else layer
        known = {f.name: getattr(first, f.name) for f in fields(first)}
        used = {s.name for s in symbols_of(*first.arguments)}
        if isinstance(layer, Module):
            used |= {s.name for node in layer.graph().nodes for s in symbols_of(*node.layer.arguments)}
        pattern, given = "N C H W", 1
        for argument, words in _SHAPE_OF.items():
            if argument in known:
                pattern, given = words, known[argument]
        if first.axes:
            pattern = f"N C {_SPATIAL[first.axes]}"
        if "{}" not in pattern:
            channels = known.get("in_channels", known.get("num_features"))
            if channels is not None:
                pattern, given = pattern.replace("C", "{}"), channels
        shape: Shape = tuple(given if word == "{}" else self._fresh(word, used) for word in pattern.split())
        counts = first.inputs_taken()
        return (shape,) * counts[0]

    def _fresh(self, name: str, used: set[str]) -> Size:
        while name in used:
            name += "_"
        return Dim.of_atom(Sym(name, self.least(name)))


_EXAMPLES = {"at": "H=224,W=224", "option": "num_classes=10"}


def known_layer(name: str) -> type[Layer]:
    """The layer class of this name; raises ``ValueError`` with a suggestion for unknown ones."""
    if name not in LAYERS:
        raise ValueError(f"layer {name!r} is unknown{suggestion(name, LAYERS)}")
    return LAYERS[name]


def declare_letters(shapes: Iterable[Shape], others: Iterable[str] = ()) -> None:
    """Declare the order in which formulas show letters: those of inputs, then the others."""
    declare(dict.fromkeys([*(s.name for shape in shapes for s in symbols_of(*shape)), *others]))


def letters(text: str) -> Iterator[str]:
    """The letters of an expression, in the order in which they are written."""
    tree = _tree_or_none(text)
    if tree is None:
        return
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    yield from (node.id for node in sorted(names, key=lambda node: (node.lineno, node.col_offset)))


def _tree_or_none(text: str) -> ast.expr | None:
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
        raise ValueError(f"{name} needs {', '.join(missing)}: {name}({_signature(kind)})")
    yield from given.items()


def _signature(kind: type[Layer]) -> str:
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
                if name in known and _accepts(known[name], 0, kind.axes):
                    yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _takes(kind: type[Layer], name: str, word: str) -> bool:
    """Whether a word is a value of this argument."""
    return any(f.name == name and _accepts(f, word, kind.axes) for f in fields(kind))


def _accepts(f: Field[Any], value: Any, axes: int) -> bool:
    try:
        f.metadata["check"](f.name, value, axes)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _is_float(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is float


def _names_listed(text: str) -> Iterator[str]:
    for name in text.split(","):
        if not name.strip().isidentifier():
            raise ValueError(f"--nonnegative {text!r} cannot be read: write letters, such as P,Q")
        yield name.strip()


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts
