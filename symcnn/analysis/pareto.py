"""Which rows no other row improves on: exact, for any number of objectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]

_BLOCK = 512  # points that are compared with the front at a time
_PART = 64  # points of the front with which they are compared at a time


def pareto_front(objectives: Sequence[Any]) -> Rows:
    """The positions of the rows that no other row dominates, in order; every objective is to be small.

    A row dominates another where it is nowhere greater and somewhere less. Equal rows do not dominate one
    another, so all of them are kept. Up to two objectives take O(n log n) steps; more take O(n f), with f
    different rows on the front.

    Symbols: ``objectives`` are columns of equal length, of integers (64 bits, or Python's).

    Raises ``ValueError`` where there is no objective, or the lengths differ.
    Source: Kung, Luccio and Preparata, "On finding the maxima of a set of vectors" (1975), section 2; for
    more than two Chomicki, Godfrey, Gryz and Liang, "Skyline with presorting" (2003).

    >>> import numpy as np
    >>> pareto_front([np.array([1, 2, 2, 3]), np.array([5, 4, 6, 4])])
    array([0, 1])
    """
    columns = [_ranks(c) for c in objectives]
    if not columns:
        raise ValueError("no objective given; name at least one column")
    lengths = [len(c) for c in columns]
    if len(set(lengths)) > 1:
        raise ValueError(f"the objectives have the lengths {', '.join(map(str, lengths))}; they must agree")
    if not lengths[0]:
        return np.empty(0, dtype=np.intp)
    order = np.lexsort(columns[::-1])  # by the first objective, then by the second, ...
    points = np.stack(columns)[:, order]
    new = np.ones(points.shape[1], dtype=bool)
    new[1:] = np.any(points[:, 1:] != points[:, :-1], axis=0)
    distinct = points[:, new]
    on_front = _staircase(distinct) if len(columns) <= 2 else _presorted(distinct)
    return np.sort(order[on_front[np.cumsum(new) - 1]])


def _ranks(column: Any) -> NDArray[np.int64]:
    """The place of each value among the different values: small integers in the same order."""
    return np.unique(column, return_inverse=True)[1].reshape(-1)


def _staircase(points: Any) -> NDArray[np.bool_]:
    """Of points in order, those whose last objective is below that of all before."""
    last = points[-1]
    found = np.ones(len(last), dtype=bool)
    found[1:] = last[1:] < np.minimum.accumulate(last)[:-1]
    return found


def _presorted(points: Any) -> NDArray[np.bool_]:
    """What dominates a point has a smaller sum: in the order of the sums, only the front so far matters."""
    order = np.argsort(points.sum(axis=0), kind="stable")
    front: Any = points[:, :0]
    found = np.zeros(points.shape[1], dtype=bool)
    for start in range(0, len(order), _BLOCK):
        left = order[start : start + _BLOCK]
        for part in range(0, front.shape[1], _PART):
            left = left[~_dominated(points[:, left], front[:, part : part + _PART])]
            if not left.size:
                break
        left = left[~_dominated(points[:, left], points[:, left])]
        found[left] = True
        front = np.concatenate([front, points[:, left]], axis=1)
    return found


def _dominated(points: Any, others: Any) -> Any:
    """Which of the points (columns) one of the others dominates."""
    no_greater = np.ones((points.shape[1], others.shape[1]), dtype=bool)
    less = np.zeros_like(no_greater)
    for mine, theirs in zip(points, others, strict=True):
        no_greater &= theirs <= mine[:, None]
        less |= theirs < mine[:, None]
    return np.any(no_greater & less, axis=1)
