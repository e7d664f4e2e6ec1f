"""What the command line says, read into layers, shapes and sizes; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, fields
from typing import Any

import click

from symcnn.layers.base import Layer
from symcnn.network.graph import Module
from symcnn.network.reading import LAYERS as LAYERS
from symcnn.network.reading import LayerReader, Shape, accepts, known_layer, signature, split, tree_or_none
from symcnn.symbols.order import declare
from symcnn.symbols.parse import parse_size, parse_tree
from symcnn.symbols.size import Dim, Size, Sym, symbols_of

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


class Reader(LayerReader):
    """Reads the arguments of one command; ``nonnegative`` are the lists of letters that may be 0."""

    def __init__(self, nonnegative: Sequence[str] = ()) -> None:
        super().__init__(name for text in nonnegative for name in _names_listed(text))

    def assignments(self, option: str, texts: Iterable[str]) -> dict[str, str]:
        """The texts of ``name=value`` pairs, by name."""
        found: dict[str, str] = {}
        for text in texts:
            for pair in split(text):
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
        return {name: self.value(parse_tree(text, "a value"), text) for name, text in given.items()}

    def assumed_layer(self, name: str) -> tuple[Layer, tuple[Shape, ...]]:
        """The layer of this name with a letter for each argument that matters, and inputs for it."""
        kind = known_layer(name)
        given: dict[str, Any] = {}
        for f in fields(kind):
            if f.default is MISSING or f.name in _OPTIONAL:
                letter = LETTERS.get(f.name, f.name)
                if accepts(f, 0, kind.axes):
                    self.nonnegative.add(letter)
                given[f.name] = self.size(letter)
        try:
            layer = kind(**given)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{name} needs its arguments, such as {name}({signature(kind)}): {error}"
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


def network_of(
    reader: Reader, model: str, inputs: Sequence[str], options: Sequence[str]
) -> tuple[Any, tuple[Shape, ...]]:
    """The network or layer that MODEL names, and the shapes of its inputs; letters declared."""
    from symcnn.models import MODELS, build

    name = model.strip()
    assumed: tuple[Shape, ...] = ()
    if not name.isidentifier() and "(" in name:
        if options:
            raise click.UsageError("--option is for models; write arguments of layers in brackets")
        network: Any = reader.layer(name)
        written = list(letters(name))
    elif name in LAYERS and not options:
        network, assumed = reader.assumed_layer(name)
        written = [s.name for s in symbols_of(*network.arguments)]
    else:
        network = build(name, **reader.options(options))
        assumed = (MODELS[name].input_shape,)
        written = [
            letter for text in reader.assignments("option", options).values() for letter in letters(text)
        ]
    if not inputs and not assumed:
        assumed = reader.assumed_shapes(network)
    shapes = tuple(reader.shape(text) for text in inputs) or assumed
    declare_letters(shapes, written)
    return network, shapes


def declare_letters(shapes: Iterable[Shape], others: Iterable[str] = ()) -> None:
    """Declare the order in which formulas show letters: those of inputs, then the others."""
    declare(dict.fromkeys([*(s.name for shape in shapes for s in symbols_of(*shape)), *others]))


def letters(text: str) -> Iterator[str]:
    """The letters of an expression, in the order in which they are written."""
    tree = tree_or_none(text)
    if tree is None:
        return
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    yield from (node.id for node in sorted(names, key=lambda node: (node.lineno, node.col_offset)))


def _names_listed(text: str) -> Iterator[str]:
    for name in text.split(","):
        if not name.strip().isidentifier():
            raise ValueError(f"--nonnegative {text!r} cannot be read: write letters, such as P,Q")
        yield name.strip()
