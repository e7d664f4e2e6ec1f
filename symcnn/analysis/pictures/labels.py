"""Room for names: layers of one part of a network under one name, and rows of names that do not overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_MOST = 12  # parts that are told apart
_NARROW = 0.03  # of all layers; parts with fewer do not count when parts are chosen
_COVERED = 0.7  # of all layers that the others hold together


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours from ``start`` up to ``stop`` that share the beginning of their names."""

    name: str
    start: int
    stop: int


def runs(names: Sequence[str]) -> list[Run]:
    """Neighbours that belong to the same part of a network, by as many parts of dotted names as stay few.

    >>> found = runs(["stem"] + [f"block{k}.{i}.conv{j}" for k in (1, 2) for i in range(9) for j in (1, 2)])
    >>> [(run.name, run.start, run.stop) for run in found]
    [('stem', 0, 1), ('block1', 1, 19), ('block2', 19, 37)]
    """
    chosen = list(_runs(names, 1))
    for depth in range(2, max((name.count(".") for name in names), default=0) + 2):
        found = list(_runs(names, depth))
        wide = [run.stop - run.start for run in found if run.stop - run.start > _NARROW * len(names)]
        if len(wide) <= _MOST and sum(wide) >= _COVERED * len(names):
            chosen = found
    return [Run(name, run.start, run.stop) for name, run in zip(_short(chosen), chosen, strict=True)]


def _short(found: Sequence[Run]) -> list[str]:
    """The last parts of the names where these say enough."""
    whole = [run.name for run in found]
    last = [name.rpartition(".")[2] for name in whole]
    return last if all(name[:1].isalpha() for name in last) else whole


def _runs(names: Sequence[str], depth: int) -> Iterator[Run]:
    start = 0
    for parts, members in groupby(names, key=lambda name: name.split()[0].split(".")[:depth]):
        stop = start + len(list(members))
        yield Run(".".join(parts), start, stop)
        start = stop


def rows(places: Sequence[tuple[float, float]], most: int, gap: float) -> list[int | None]:
    """For labels with their centres and widths the first row in which each has room; None for no row.

    Those that come first are placed first.

    >>> rows([(1, 4), (2, 4), (3, 4), (8, 2)], most=2, gap=0)
    [0, 1, None, 0]
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(most)]
    out: list[int | None] = []
    for centre, width in places:
        left, right = centre - width / 2, centre + width / 2
        free = (k for k, row in enumerate(taken) if all(right + gap <= a or b + gap <= left for a, b in row))
        chosen = next(free, None)
        if chosen is not None:
            taken[chosen].append((left, right))
        out.append(chosen)
    return out
