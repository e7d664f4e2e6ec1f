"""Drawings as values: names, numbers and labels, for whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """A label, or an entry of a table: plain text, and LaTeX (in math mode) where it is a formula."""

    text: str
    latex: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each name; of several series those of one name stand together.

    ``mark`` is a line across all bars, with what it is.
    """

    axis: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    mark: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """Values over whole numbers; labels are LaTeX, and plain text for where that cannot be drawn.

    ``values_axis`` is what the values count, where all curves count the same.
    """

    axis: Cell
    points: tuple[int, ...]
    curves: tuple[tuple[Cell, tuple[float, ...]], ...]
    values_axis: str = ""
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is held at each moment of a pass, in bytes: ``constant`` parts below, and ``values`` on them.

    ``names`` says what runs at each moment, and ``turn`` is the number of moments of the forward pass, where
    a backward pass follows it.
    """

    axis: str
    names: tuple[str, ...]
    constant: tuple[tuple[str, int], ...]
    values: tuple[str, tuple[int, ...]]
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A layer under a roofline: operations a byte, operations a second, and the seconds that it takes."""

    name: str
    kind: str
    intensity: float
    attainable: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Roof:
    """The roofline of a machine, in operations and bytes a second, and layers under it.

    ``axes`` are the labels of intensity, performance and time.
    """

    axes: tuple[str, str, str]
    speed: float
    bandwidth: float
    points: tuple[Point, ...]


Drawing: TypeAlias = Bars | Curves | Timeline | Roof
