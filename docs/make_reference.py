"""Write reference.md from the docstrings of all that ``symcnn`` exports, and the laws in certificates.md.

Run ``python docs/make_reference.py`` after a change of a docstring; a test checks that it was done.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import symcnn
from symcnn import Layer
from symcnn.kernel.laws import LAWS
from symcnn.models import MODELS

PAGE = Path(__file__).parent / "reference.md"
CERTIFICATES = Path(__file__).parent / "certificates.md"
BAR = "\\|"

HEAD = """# Reference

What `symcnn` exports, and what costs, models and tables add to it, from the docstrings. In formulas, the
indices on the left run over all entries of the output. The examples need

```python
>>> from symcnn import *

```
"""

# The sections for what `symcnn` exports: the part of the package in which a name is defined decides.
SECTIONS = (
    ("Symbols", "symcnn.symbols.dims"),
    ("Costs", "symcnn.derive"),
    ("Networks", "symcnn.network"),
    ("Layers", "symcnn.layers"),
    ("Notation", "symcnn.equations"),
    ("Equations on arrays", "symcnn.evaluation"),
    ("Analysis", "symcnn.analysis"),
    ("Claims", "symcnn.proving"),
    ("Random tests", "symcnn.testing"),
    ("Claim documents", "symcnn.documents"),
)

# Exported names whose values do not tell where they belong.
HOMES = {
    "CONVENTIONS": "symcnn.derive",
    "COUNTERS": "symcnn.analysis",
    "Index": "symcnn.equations",
    "Max": "symcnn.equations",
    "Mean": "symcnn.equations",
    "Sum": "symcnn.equations",
    "indices": "symcnn.equations",
}

# Sections for names that are imported from further inside.
FURTHER = (
    (
        "What costs return",
        (
            ("symcnn.derive.cost", ("Operations", "Memory", "GemmView")),
            ("symcnn.derive.derivation", ("Derivation", "Step")),
            ("symcnn.symbols.vectorize", ("VectorFunction",)),
            ("symcnn.network.cost", ("Row",)),
        ),
    ),
    (
        "What prove returns",
        (
            ("symcnn.proving.explaining", ("Explanation",)),
            ("symcnn.search.refuting", ("Counterexample",)),
        ),
    ),
    ("What a function below claim returns", (("symcnn.testing.claims", ("Outcome", "ClaimError")),)),
    (
        "Strategies for Hypothesis",
        (
            (
                "symcnn.testing.strategies",
                (
                    "layers",
                    "shapes_for",
                    "arrays_for",
                    "conv_configs",
                    "pool_configs",
                    "Config",
                    "networks",
                    "NetworkConfig",
                    "equations",
                    "shapes",
                    "dims_values",
                ),
            ),
        ),
    ),
    ("Models", (("symcnn.models", ("build", *MODELS)),)),
    ("Tables", (("symcnn.tables", ("table", "Table")),)),
    (
        "Arguments of layers",
        (
            (
                "symcnn.layers.arguments",
                (
                    "size",
                    "optional_size",
                    "per_axis",
                    "optional_per_axis",
                    "size_or_none_per_axis",
                    "padding",
                    "flag",
                    "choice",
                    "whole",
                    "number",
                ),
            ),
        ),
    ),
)


def reference() -> str:
    """The page."""
    return _Page().text()


def is_value(value: Any) -> bool:
    """Whether a name stands for an object rather than a class or function."""
    return not (inspect.isclass(value) or inspect.isfunction(value))


class _Page:
    def __init__(self) -> None:
        self.used: dict[str, int] = {}
        self.anchors: dict[Any, str] = {}

    def text(self) -> str:
        sections = [*_exported(), *_further()]
        for title, entries in sections:
            self._anchor(title)
            for _, name, value in entries:
                self.anchors[id(value)] = self._anchor(name)
        out = [HEAD]
        for title, entries in sections:
            out.append(f"## {title}\n")
            modules = dict.fromkeys(module for module, _, _ in entries if module != "symcnn")
            if modules:
                out.append(f"From {', '.join(f'`{module}`' for module in modules)}.\n")
            out.append(
                ", ".join(f"[{name}](#{self.anchors[id(value)]})" for _, name, value in entries) + "\n"
            )
            for module, name, value in entries:
                out.extend(self._entry(module, name, value))
        return "\n".join(out).rstrip("\n") + "\n"

    def _anchor(self, title: str) -> str:
        """The anchor that a heading makes on GitHub: numbered from the second of its kind."""
        base = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        count = self.used.get(base, 0)
        self.used[base] = count + 1
        return f"{base}-{count}" if count else base

    def _entry(self, module: str, name: str, value: Any) -> Iterator[str]:
        yield f"### {name}\n"
        if isinstance(value, dict):
            yield f"The {name.lower()} by name: " + ", ".join(f"`{key}`" for key in value) + ".\n"
            return
        if is_value(value):
            yield _text(inspect.getdoc(type(value)) or "")
            return
        yield f"```text\n{name}{_signature(value)}\n```\n"
        if module != "symcnn" and ">>>" in (inspect.getdoc(value) or ""):
            yield f"```python\n>>> from {module} import {name}\n\n```\n"
        yield _text(inspect.getdoc(value) or "")
        if inspect.isclass(value) and not (issubclass(value, Layer) and value is not Layer):
            yield from self._members(value)

    def _members(self, kind: type) -> Iterator[str]:
        """What a class has in public, apart from what another class on the page describes."""
        lines: list[str] = []
        for owner in kind.__mro__:
            if owner is not kind and id(owner) in self.anchors:
                lines.append(f"- all of [{owner.__name__}](#{self.anchors[id(owner)]})")
                break
            if owner.__module__.startswith("symcnn"):
                lines.extend(_described(owner))
        if lines:
            yield "\n".join(dict.fromkeys(lines)) + "\n"


def _exported() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    names = {name: getattr(symcnn, name) for name in symcnn.__all__ if name != "__version__"}
    for title, package in SECTIONS:
        chosen = [
            n for n, v in names.items() if HOMES.get(n, getattr(v, "__module__", "")).startswith(package)
        ]
        yield title, [("symcnn", name, names.pop(name)) for name in chosen]
    if names:
        raise ValueError(f"{', '.join(names)}: in no section of the reference")


def _further() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    for title, parts in FURTHER:
        yield title, [(m, name, getattr(import_module(m), name)) for m, names in parts for name in names]


def _signature(value: Any) -> str:
    """The parameters with their defaults, without types."""
    found = inspect.signature(value)
    parameters = [p.replace(annotation=inspect.Parameter.empty) for p in found.parameters.values()]
    plain = found.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
    return re.sub(r"<[^>]*>", "...", str(plain))


def _described(owner: type) -> Iterator[str]:
    for name, member in vars(owner).items():
        found = getattr(member, "func", member)
        is_property = isinstance(found, property) or found is not member
        if not name.startswith("_") and (is_property or inspect.isfunction(found)):
            doc = (inspect.getdoc(found) or "").partition("\n\n")[0]
            if doc:
                yield f"- `{name}{'' if is_property else '()'}`: {_words(' '.join(doc.split()))}"


def _text(doc: str) -> str:
    """A docstring as Markdown, its examples fenced."""
    parts = doc.split("\n\n")
    return "\n".join(f"```python\n{p}\n\n```\n" if p.startswith(">>>") else _words(p) + "\n" for p in parts)


def _words(words: str) -> str:
    """Words in which roles are code, and the brackets and stars of formulas are no markup."""
    words = re.sub(r":mod:`([\w.]+)`", r"`\1`", words)
    words = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", words).replace("``", "`")
    pieces = re.split(r"(`[^`]*`)", words)
    return "".join(p if p.startswith("`") else re.sub(r"([*_\[\]<>])", r"\\\1", p) for p in pieces)


def laws() -> str:
    """The table of the kernel's laws, which ends the page on certificates."""
    rows = ["| law | arguments | what it says |", "|---|---|---|"]
    for name, (law, kinds) in LAWS.items():
        said = inspect.getdoc(law) or ""
        sentence = " ".join(said.partition("Law: ")[2].split("\n\n")[0].split())
        rows.append(f"| `{name}` | {', '.join(kinds)} | {sentence.replace('``', '`').replace('|', BAR)} |")
    return "\n".join(rows) + "\n"


def certificates() -> str:
    """The page on certificates with the table of laws as it is now."""
    page = CERTIFICATES.read_text(encoding="utf-8")
    return page[: page.index("| law |")] + laws()


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    CERTIFICATES.write_text(certificates(), encoding="utf-8")
