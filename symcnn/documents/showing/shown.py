"""Derivations, tables and pictures as values, for whoever typesets them; each has the line of its fence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symcnn.analysis.pictures.drawings import Bars as Bars
from symcnn.analysis.pictures.drawings import Cell as Cell
from symcnn.analysis.pictures.drawings import Curves as Curves
from symcnn.analysis.pictures.drawings import Drawing


@dataclass(frozen=True, slots=True)
class Derivation:
    """The inside of a display formula; amsmath is all that it needs."""

    line: int
    latex: str


@dataclass(frozen=True, slots=True)
class Table:
    """A head, rows, and a row of totals if there is one; ``right`` says which columns hold numbers."""

    line: int
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None
    right: tuple[bool, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, which is drawn when it is asked for; without matplotlib it says how to install that."""

    line: int
    caption: str
    drawing: Drawing

    def svg(self) -> str:
        """The picture as an ``svg`` element."""
        from symcnn.documents.showing.drawing import svg

        return svg(self.drawing)

    def pdf(self) -> bytes:
        """The picture as a PDF of one page."""
        from symcnn.documents.showing.drawing import pdf

        return pdf(self.drawing)


Shown: TypeAlias = Derivation | Table | Picture
