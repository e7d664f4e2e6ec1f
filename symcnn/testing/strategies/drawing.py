"""What all strategies here share: values or strategies as options, and arguments drawn one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from symcnn.derive.quantities import checked
from symcnn.layers.base import Layer
from symcnn.symbols.size import Dim
from symcnn.symbols.suggest import suggestion

Strategy: TypeAlias = st.SearchStrategy[Any]

# What shapes have unless told otherwise; None is one sample, without the axis of the batch.
BATCHES = st.none() | st.integers(1, 2)
CHANNELS = st.integers(1, 4)
LENGTHS = st.integers(1, 8)


@dataclass(frozen=True)
class Known:
    """The arguments of a layer that are drawn already, and the number of its spatial axes."""

    axes: int
    values: Mapping[str, Any]

    def each(self, name: str, otherwise: int) -> tuple[int, ...]:
        """One value for each axis of an argument; ``otherwise`` where it is not drawn yet, or None."""
        value = self.values.get(name)
        if isinstance(value, tuple | list):
            return tuple(value)
        return (otherwise if value is None else value,) * self.axes

    def borders(self) -> tuple[tuple[int, int], ...]:
        """The padding before and after each axis; nothing for a word, and where it is not drawn yet."""
        if isinstance(self.values.get("padding"), str):
            return ((0, 0),) * self.axes
        each: Any = self.each("padding", 0)
        return tuple(tuple(p) if isinstance(p, tuple | list) else (p, p) for p in each)


Rule: TypeAlias = Strategy | Callable[[Known], Strategy]
"""How an argument is drawn: always alike, or as the arguments before it allow."""


def drawn_from(value: Any) -> Strategy:
    """An option as a strategy: a strategy as it is, and any other value alone."""
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


@st.composite
def arguments(
    draw: st.DrawFn, kind: type[Layer], rules: Mapping[str, Rule], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments of a layer as a dictionary: the ``given`` ones first, then the others in order.

    Each rule sees the arguments drawn before, so that what is drawn fits together without a rejection.
    """
    order = [*(n for n in rules if n in given), *(n for n in given if n not in rules)]
    order += [n for n in rules if n not in given]
    values: dict[str, Any] = {}
    for name in order:
        rule = drawn_from(given[name]) if name in given else rules[name]
        values[name] = draw(rule if isinstance(rule, st.SearchStrategy) else rule(Known(kind.axes, values)))
    return {f.name: values[f.name] for f in fields(kind) if f.name in values}


def made(kind: type[Layer], rules: Mapping[str, Rule], values: Mapping[str, Any]) -> Layer:
    """The layer with these arguments; raises ``ValueError`` where given ones do not fit together."""
    layer = kind(**values)
    if any(not isinstance(rule, st.SearchStrategy) for rule in rules.values()):
        checked(tuple(layer.requirements()), layer)
    return layer


def check_options(caller: str, kinds: Sequence[type[Layer]], given: Mapping[str, Any]) -> None:
    """Raise for a given argument that a layer does not take, or a value that it may not have."""
    for kind in kinds:
        taken = {f.name: f for f in fields(kind)}
        for name, value in given.items():
            if name not in taken:
                known = suggestion(name, taken) if taken else "; it takes none"
                raise TypeError(f"{caller}: {kind.__name__} takes no argument {name!r}{known}")
            check = taken[name].metadata.get("check")
            if check is None or isinstance(value, st.SearchStrategy):
                continue
            try:
                held = check(name, value, kind.axes)
            except (TypeError, ValueError) as error:
                raise type(error)(f"{caller}: {error}") from None
            if any(isinstance(n, Dim) for n in _flat(held)):
                raise TypeError(f"{caller}: {name}={value} has symbols; give numbers, or a strategy of them")


def _flat(value: Any) -> list[Any]:
    return [n for part in value for n in _flat(part)] if isinstance(value, tuple) else [value]


def check_number(caller: str, name: str, value: Any, least: int, none: bool = False) -> None:
    """Raise ``ValueError`` for what is no integer of at least ``least``; strategies pass, None if allowed."""
    if isinstance(value, st.SearchStrategy) or (none and value is None):
        return
    if type(value) is not int or value < least:
        also = ", None" if none else ""
        raise ValueError(
            f"{caller}: {name}={value!r} must be an integer of at least {least}{also} or a strategy"
        )


def per_axis(low: int, high: int) -> Callable[[Known], Strategy]:
    """One number for all axes, or one for each, from ``low`` to ``high``."""
    return lambda known: numbers((low,) * known.axes, (high,) * known.axes)


# What Hypothesis finds out about a strategy is kept with it: making one anew costs more than drawing from it.


@lru_cache(maxsize=1024)
def numbers(low: tuple[int, ...], high: tuple[int, ...]) -> Strategy:
    """One number for all axes within the bounds of all, or one for each within its own."""
    each = st.tuples(*(st.integers(a, b) for a, b in zip(low, high, strict=True)))
    return st.integers(max(low), min(high)) | each if max(low) <= min(high) else each


@lru_cache(maxsize=1024)
def borders(high: tuple[int, ...]) -> Strategy:
    """Padding up to ``high``: one number, one for each axis, or one (before, after) pair for each axis."""
    pairs = st.tuples(*(st.tuples(st.integers(0, h), st.integers(0, h)) for h in high))
    return numbers((0,) * len(high), high) | pairs
