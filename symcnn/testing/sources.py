"""The source of a user's functions, with what they use: for scripts that run on their own."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from symcnn.testing.arrays import array_literal

MOST_ENTRIES = 200


class Unavailable(Exception):
    """A source that cannot be had; says why."""


class Sources:
    """Collects imports and definitions, in the order in which they are needed.

    ``taken`` are the names to which the script gives a meaning of its own, such as ``np``.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.imports: dict[str, None] = {}
        self.definitions: dict[str, None] = {}
        self._known: dict[str, Any] = {name: np if name == "np" else None for name in taken}

    def function(self, name: str, function: Any) -> None:
        """Define a function under a name; raises ``Unavailable``, and adds nothing, where it cannot."""
        imports, definitions, known = dict(self.imports), dict(self.definitions), dict(self._known)
        try:
            self._function(name, function)
        except Unavailable:
            self.imports, self.definitions, self._known = imports, definitions, known
            raise

    def _function(self, name: str, function: Any) -> None:
        if not isinstance(function, FunctionType):
            raise Unavailable(f"{function!r} is no function written in Python")
        text = source(function)
        for used, value in (*names_used(function), *defaults_of(function, text)):
            self._value(used, value, function)
        # A decorator may have given it another name than its definition has.
        defined = function.__code__.co_name
        if defined == "<lambda>":
            text = f"{name} = {text}"
        elif defined != name:
            if self._known.get(defined, function) is not function:
                raise Unavailable(f"{defined} means two things")
            text = f"{text}\n\n{name} = {defined}"
        self.definitions[text] = None

    def _value(self, name: str, value: Any, of: FunctionType) -> None:
        if name in self._known:
            if self._known[name] is not value:
                raise Unavailable(f"{name} means two things")
            return
        self._known[name] = value
        if isinstance(value, ModuleType):
            path = value.__name__
            self.imports[f"import {path}" if path == name else f"import {path} as {name}"] = None
        elif _is_own(value, of):
            self._function(name, value)
        elif _importable(value):
            found = f"from {_public_module(value)} import {value.__qualname__}"
            self.imports[found if value.__qualname__ == name else f"{found} as {name}"] = None
        else:
            self.definitions[f"{name} = {self._literal(name, value)}"] = None

    def _literal(self, name: str, value: Any) -> str:
        if isinstance(value, Fraction):
            self.imports["from fractions import Fraction"] = None
            return repr(value)
        if isinstance(value, np.ndarray) and value.size <= MOST_ENTRIES:
            self.imports["import numpy as np"] = None
            return array_literal(value)
        if _is_plain(value):
            return repr(value)
        raise Unavailable(f"{name} is a {type(value).__name__}, which cannot be written down")


def source(function: FunctionType) -> str:
    """The text of a function: its definition, or the expression of a lambda. Raises ``Unavailable``."""
    try:
        if function.__code__.co_name != "<lambda>":
            # Of the code and not of the function, which would be the one below its decorators.
            text = textwrap.dedent(inspect.getsource(function.__code__)).rstrip()
            return "\n".join(text.splitlines()[ast.parse(text).body[0].lineno - 1 :])
        lines, _ = inspect.findsource(function)
        text = "".join(lines)
        lambdas = _lambdas(text)
    except (OSError, TypeError, SyntaxError) as error:
        raise Unavailable(f"its source cannot be read: {error}") from None
    code = function.__code__
    found = [n for n in lambdas if n.lineno == code.co_firstlineno]
    if len(found) > 1:
        found = [n for n in found if _covers(n.body, code)]
    if len(found) != 1:
        raise Unavailable("its source cannot be told from that of others on the same line")
    segment = ast.get_source_segment(text, found[0])
    if segment is None:
        raise Unavailable("its source cannot be read")
    # A lambda over several lines stood in brackets.
    return f"({segment})" if "\n" in segment else segment


@lru_cache(maxsize=16)
def _lambdas(text: str) -> list[ast.Lambda]:
    """All lambdas of a module."""
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda)]


def _covers(body: ast.expr, code: CodeType) -> bool:
    """Whether all instructions of a code come from an expression."""
    start = (body.lineno, body.col_offset)
    end = (body.end_lineno or 0, body.end_col_offset or 0)
    places = [p for p in code.co_positions() if None not in p]
    inside = [(a, c) for a, _, c, _ in places if (a, c) != (code.co_firstlineno, 0)]
    ends = [(b, d) for _, b, _, d in places if (b, d) != (code.co_firstlineno, 0)]
    return bool(inside) and all(start <= p for p in inside) and all(p <= end for p in ends)  # type: ignore[operator]


def names_used(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The globals and the variables of outer functions that a function uses, with their values."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            raise Unavailable(f"{name} has no value yet") from None
    for name in _global_names(function.__code__):
        if name in function.__globals__:
            yield name, function.__globals__[name]
        elif not hasattr(builtins, name):
            raise Unavailable(f"{name} is not defined")


def defaults_of(function: FunctionType, text: str) -> Iterator[tuple[str, Any]]:
    """The globals in default values of a function's parameters."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.arguments):
            for default in (*node.defaults, *(d for d in node.kw_defaults if d is not None)):
                for name in ast.walk(default):
                    if isinstance(name, ast.Name) and name.id in function.__globals__:
                        yield name.id, function.__globals__[name.id]


def _global_names(code: CodeType) -> Iterator[str]:
    import dis

    seen: dict[str, None] = {}
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            seen[str(instruction.argval)] = None
    yield from seen
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant)


def _is_own(value: Any, of: FunctionType) -> bool:
    """Whether a function was written beside another one, where nothing else can import it from."""
    if not isinstance(value, FunctionType):
        return False
    return value.__module__ in (of.__module__, "__main__") or not _importable(value)


def _importable(value: Any) -> bool:
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or not isinstance(name, str) or "." in name or module == "__main__":
        return False
    return getattr(sys.modules.get(module), name, None) is value


def _public_module(value: Any) -> str:
    """The module to import something from: the one around it that offers it, where its own is private."""
    module = str(value.__module__)
    outer = module
    while "._" in f".{outer}" and "." in outer:
        outer = outer.rpartition(".")[0]
        if getattr(sys.modules.get(outer), value.__qualname__, None) is value:
            return outer
    return module


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list):
        items: Any = value
        return all(_is_plain(v) for v in items)
    return value is None or isinstance(value, bool | int | float | str | range)


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """The parameters of a function; None where they cannot be found out."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
