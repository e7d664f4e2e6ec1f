"""Sweeps: the costs of millions of configurations as columns of exact integers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symcnn.analysis.pareto import pareto_front
from symcnn.derive.convention import Convention
from symcnn.derive.cost import Cost, checked_cost, named_values
from symcnn.symbols.checks import brief, flag, instance, one_of
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Size, Sym
from symcnn.symbols.suggest import suggestion
from symcnn.symbols.vectorize import CHUNK, Evaluation, checked_columns, explained

OUTSIDE = ("drop", "mark", "raise")
OVERFLOW = ("raise", "object")
MOST_ROWS = 10**9
NO_COUNT = -1  # in the columns of a marked row: no count is negative

_BOX = 1 << 18  # configurations of a grid at a time: most of them need one or two steps each
_BAR_AFTER = 0.3  # seconds
_BAR_EVERY = 0.05  # seconds
_SHOWN = 5  # rows at either end of a table that is printed

Report = Callable[[int, int], None]
Box = tuple[slice, ...]


@dataclass(frozen=True, eq=False)
class Sweep:
    """The costs of many configurations: a column for each symbol and each quantity.

    ``columns`` are arrays of 64-bit integers that cannot be written to, or of Python's integers (dtype
    object) where a column was allowed to outgrow 64 bits. ``valid`` says which rows are in the domain; the
    others have -1 for every quantity, and are never best. ``broken`` says how many configurations each
    condition of the domain ruled out; the first that one breaks counts. ``visited`` of ``asked``
    configurations were looked at; they differ where a sweep was interrupted.
    """

    label: str
    convention: Convention
    symbols: tuple[str, ...]
    quantities: tuple[str, ...]
    columns: Mapping[str, NDArray[Any]]
    valid: NDArray[np.bool_]
    broken: tuple[tuple[str, int], ...]
    visited: int
    asked: int

    @property
    def complete(self) -> bool:
        """Whether all configurations were looked at."""
        return self.visited == self.asked

    def __len__(self) -> int:
        return len(self.valid)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of a symbol or quantity; raises ``ValueError`` with a suggestion for unknown names."""
        return self.columns[one_of("column", name, self.columns)]

    def row(self, position: int) -> dict[str, int | None]:
        """One row as Python's integers; quantities are None where the row is outside of the domain."""
        if type(position) is not int:
            raise TypeError(f"position={brief(position)} must be an int")
        if not -len(self) <= position < len(self):
            raise IndexError(f"position={position} is none of {len(self)} rows")
        keep = bool(self.valid[position])
        return {
            name: int(column[position]) if keep or name in self.symbols else None
            for name, column in self.columns.items()
        }

    def rows(self) -> Iterator[dict[str, int | None]]:
        """All rows, each as :meth:`row` gives it."""
        return map(self.row, range(len(self)))

    def best(self, *, minimize: str | None = None, maximize: str | None = None) -> dict[str, int | None]:
        """The row with the least or the greatest value of a column; the first of equal ones.

        Raises ``ValueError`` unless exactly one of the two is given, and where no row is in the domain.
        """
        if (minimize is None) == (maximize is None):
            raise ValueError(f"minimize={minimize!r}, maximize={maximize!r}: give one of the two")
        column = self[minimize or maximize or ""]
        places = np.flatnonzero(self.valid)
        if not places.size:
            raise ValueError(f"{self.label}: no row is in the domain, so none is best")
        inside = column[places]
        return self.row(int(places[np.argmin(inside) if minimize else np.argmax(inside)]))

    def at_most(self, limits: Mapping[str, int] | None = None, /, **named: int) -> Sweep:
        """The rows in which no named column exceeds its limit; raises ``ValueError`` for unknown columns."""
        keep = self.valid.copy()
        for name, limit in named_values(limits, named).items():
            if type(limit) is not int:
                raise TypeError(f"{name}={brief(limit)} must be an int")
            keep &= np.asarray(self[name] <= limit, dtype=bool)
        return self._taken(np.flatnonzero(keep))

    def pareto(self, *, minimize: str | Sequence[str] = (), maximize: str | Sequence[str] = ()) -> Sweep:
        """The rows on which no other row improves: nowhere worse, and somewhere better. Equal rows are kept.

        Raises ``ValueError`` where no column is named, one is named twice, or one is unknown.
        """
        down, up = _listed("minimize", minimize), _listed("maximize", maximize)
        twice = next((n for k, n in enumerate([*down, *up]) if n in [*down, *up][:k]), None)
        if twice is not None:
            raise ValueError(f"column {twice!r} is named twice; an objective counts once")
        places = np.flatnonzero(self.valid)
        columns = [*(self[n][places] for n in down), *(-self[n][places] for n in up)]
        return self._taken(places[pareto_front(columns)])

    def _taken(self, places: Any) -> Sweep:
        columns = {name: _frozen(column[places]) for name, column in self.columns.items()}
        return replace(self, columns=columns, valid=_frozen(self.valid[places]))

    def __repr__(self) -> str:
        head = list(self.columns)
        ends = [*range(min(_SHOWN, len(self))), *range(max(_SHOWN, len(self) - _SHOWN), len(self))]
        cells = [["" if v is None else str(v) for v in self.row(k).values()] for k in ends]
        if len(self) > 2 * _SHOWN:
            cells.insert(_SHOWN, ["..."] * len(head))
        widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
        lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in (head, *cells)]
        said = [f"{self.label} ({self.convention.name}): {len(self)} of {self.asked} configurations"]
        said += [f"  outside of the domain: {count}, {why}" for why, count in self.broken]
        if not self.complete:
            said.append(f"  interrupted: {self.visited} of {self.asked} were looked at")
        return "\n".join([*said, *lines])


def sweep(
    cost: Cost,
    values: Mapping[Any, Any] | None = None,
    /,
    *,
    quantities: str | Sequence[str] = ("params", "macs", "memory.total"),
    outside: str = "drop",
    overflow: str = "raise",
    paired: bool = False,
    progress: bool | Report | None = None,
    **named: Any,
) -> Sweep:
    """The quantities of a cost at every combination of the given values, as exact integers.

    Row k of the grid has, for each quantity f, the value f(H_k, W_k, ...); the last of them runs
    fastest. With ``paired`` the values stand side by side instead: row k takes the k-th value of each.

    Symbols: each open symbol of the cost has its values, one integer, a ``range``, a list or an array; as
    keywords, or in a mapping where a name is also an option. ``quantities`` are those of ``cost.function``.

    Configurations outside of the cost's domain are left out and counted (``outside="drop"``), kept with -1
    for each quantity and ``valid`` False (``"mark"``), or an error (``"raise"``). What leaves the 64-bit
    range is an ``OverflowError`` and never wraps; ``overflow="object"`` makes a column of Python's integers.

    ``progress`` is shown on standard error where that is a terminal, for what takes long; True and False
    decide otherwise, and a function is called with the number of configurations done and that of all. Ctrl-C
    stops the sweep: the rows that are done come back, and ``complete`` is False.

    Unit: counts, as the quantities have them.
    Raises ``ValueError`` for unknown, missing and empty values, values below a symbol's least one, unknown
    quantities and options, lengths that differ where ``paired``, and more than 10^9 rows; ``TypeError`` for
    values that are not integers.

    >>> from symcnn import Conv2d, dims, sweep
    >>> C, K, H = dims("C K H")
    >>> cost = Conv2d(C, C, kernel_size=K, bias=False).cost((1, C, H, H))
    >>> found = sweep(cost, C=[8, 16], K=[1, 3, 5], H=range(4, 6), quantities=["params", "macs"])
    >>> found.broken
    (('the window (kernel_size=K) does not fit into axis 2 of x (length H); needs H >= K', 2),)
    >>> found.columns["macs"]
    array([ 1024,  1600,  2304,  5184,  1600,  4096,  6400,  9216, 20736,
            6400])
    >>> found.best(maximize="macs")
    {'C': 16, 'K': 3, 'H': 5, 'params': 2304, 'macs': 20736}
    >>> len(found.pareto(minimize="params", maximize="macs"))
    3
    """
    checked_cost(cost)
    for option, value, known in (("outside", outside, OUTSIDE), ("overflow", overflow, OVERFLOW)):
        one_of(option, value, known)
    flag("paired", paired)
    if progress is not None and not callable(progress):
        flag("progress", progress)
    wanted = _listed("quantities", quantities)
    if not wanted:
        raise ValueError("quantities=() is empty; name at least one, such as macs")
    sizes = {name: cost.function(name).value for name in wanted}
    grid = _Grid.of(cost, named_values(values, named), paired)
    work = _Work(cost, sizes, grid, outside, overflow)
    with _reporting(progress) as report:
        try:
            for box in grid.boxes():
                work.add(box)
                report(work.visited, grid.rows)
        except KeyboardInterrupt:
            pass  # what is done stays; the result says that it is not all
    return work.result()


@dataclass(frozen=True)
class _Grid:
    """The configurations: the axes of a grid, or columns side by side."""

    columns: dict[Sym, NDArray[np.int64]]
    shape: tuple[int, ...]

    @staticmethod
    def of(cost: Cost, given: Mapping[str, Any], paired: bool) -> _Grid:
        known = {s.name: s for s in cost.symbols}
        for name in given:
            if name not in known:
                hint = suggestion(name, known) if known else "; every symbol already has a value"
                raise ValueError(f"{cost.label} has no symbol {name!r}{hint}")
        # Counted before arrays are made: a range may be longer than the memory.
        listed = {name: len(v) for name, v in given.items() if isinstance(v, range | list | tuple)}
        for name, length in listed.items():
            if not length:
                raise ValueError(f"{name}={given[name]!r} is empty; give at least one value")
        _check_rows(list(listed.values()), paired)
        columns = checked_columns(cost.symbols, given)
        for symbol, column in columns.items():
            if column.ndim > 1:
                raise ValueError(f"{symbol.name} has the shape {column.shape}; give one list of values")
            if not column.size:
                raise ValueError(f"{symbol.name}={given[symbol.name]!r} is empty; give at least one value")
        lengths = {s: c.size for s, c in columns.items()}
        _check_rows(list(lengths.values()), paired)
        if not paired:
            axes = {s: c.reshape([-1 if s == t else 1 for t in columns]) for s, c in columns.items()}
            return _Grid(axes, tuple(lengths.values()))
        many = {s: n for s, n in lengths.items() if columns[s].ndim}
        if len(set(many.values())) > 1:
            said = ", ".join(f"{s.name} has {n}" for s, n in many.items())
            raise ValueError(f"paired values must be equally many: {said}")
        rows = next(iter(many.values()), 1)
        return _Grid({s: np.broadcast_to(c, (rows,)) for s, c in columns.items()}, (rows,))

    @property
    def rows(self) -> int:
        return prod(self.shape)

    def boxes(self) -> Iterator[Box]:
        """Boxes of configurations, in the order of the rows."""
        most = _BOX if len(self.shape) > 1 else CHUNK
        inner = len(self.shape)  # axes from here on are in every box as a whole
        while inner and prod(self.shape[inner - 1 :]) <= most:
            inner -= 1
        whole = tuple(slice(0, n) for n in self.shape[inner:])
        if not inner:
            yield whole
            return
        step = max(1, most // prod(self.shape[inner:]))
        for outer in product(*map(range, self.shape[: inner - 1])):
            fixed = tuple(slice(k, k + 1) for k in outer)
            for start in range(0, self.shape[inner - 1], step):
                yield (*fixed, slice(start, min(start + step, self.shape[inner - 1])), *whole)

    def at(self, box: Box) -> dict[Sym, NDArray[np.int64]]:
        """The columns in a box, which broadcast against one another."""
        return {
            s: c[tuple(part if n > 1 else slice(None) for part, n in zip(box, c.shape, strict=True))]
            for s, c in self.columns.items()
        }


def _check_rows(lengths: Sequence[int], paired: bool) -> None:
    rows = max(lengths, default=0) if paired else prod(lengths)
    if rows > MOST_ROWS:
        raise ValueError(
            f"the sweep has {rows} rows; at most {MOST_ROWS} are kept. "
            "Give fewer values, or Dask arrays to cost.function(...)"
        )


class _Work:
    """The columns while they are being filled."""

    def __init__(
        self, cost: Cost, sizes: Mapping[str, Size], grid: _Grid, outside: str, overflow: str
    ) -> None:
        self.cost = cost
        self.sizes = sizes
        self.grid = grid
        self.outside = outside
        self.overflow = overflow
        # A quotient such as C/2 has values only where 2 divides C, so these conditions come first.
        self.domain = sorted(cost.domain, key=lambda c: c.relation != "divides")
        self.symbols = {s: np.empty(grid.rows, dtype=np.int64) for s in grid.columns}
        self.counts: dict[str, NDArray[Any]] = {q: np.empty(grid.rows, dtype=np.int64) for q in sizes}
        self.valid = np.empty(grid.rows, dtype=bool)
        self.broken: dict[str, int] = {}
        self.visited = 0
        self.filled = 0

    def add(self, box: Box) -> None:
        """The rows of a box; nothing counts as done before all of it is."""
        columns = self.grid.at(box)
        shape = tuple(part.stop - part.start for part in box)
        inside, broken = self._inside(columns, shape)
        if inside is None:
            filled = self._append(columns, shape)
        else:
            flat = _side_by_side(columns, shape)
            if self.outside == "mark":
                filled = self._append(flat, inside.shape, inside)
            else:
                filled = self._append({s: c[inside] for s, c in flat.items()}, (int(inside.sum()),))
        broken = {why: self.broken.get(why, 0) + number for why, number in broken.items()}
        done = {**self.broken, **broken}, filled, self.visited + prod(shape)
        self.broken, self.filled, self.visited = done  # at one stroke, for Ctrl-C

    def _append(self, columns: Mapping[Sym, Any], shape: tuple[int, ...], inside: Any = None) -> int:
        """Rows with these columns, and where they end; ``inside`` says which have counts."""
        part = slice(self.filled, self.filled + prod(shape))
        here = Evaluation(columns if inside is None else {s: c[inside] for s, c in columns.items()})
        for name, size in self.sizes.items():
            found = self._exact(size, here)
            if found.dtype == object and self.counts[name].dtype != object:
                self.counts[name] = _widened(self.counts[name], self.filled)
            target = self.counts[name][part]
            if inside is not None:
                target[:] = NO_COUNT
                target[inside] = found
            elif found.ndim == 1 and found.size == target.size:
                target[:] = found
            else:
                target.reshape(shape)[...] = found
        for symbol, column in columns.items():
            self.symbols[symbol][part].reshape(shape)[...] = column
        self.valid[part] = True if inside is None else inside
        return part.stop

    def _inside(self, columns: Mapping[Sym, Any], shape: tuple[int, ...]) -> tuple[Any, dict[str, int]]:
        """Which rows are in the domain (None for all), and how many each condition rules out.

        A condition is asked only about the rows that the ones before have left.
        """
        inside: Any = None
        broken: dict[str, int] = {}
        for condition in self.domain:
            wrong = self._where_broken(condition, columns)
            if not np.any(wrong):
                continue
            if self.outside == "raise":
                at = Evaluation(columns).first(wrong)
                raise ValueError(f"{self.cost.label} at {at}: {explained(condition)}")
            if inside is None:
                inside = np.ones(prod(shape), dtype=bool)
                columns = _side_by_side(columns, shape)
                wrong = np.broadcast_to(wrong, shape).reshape(-1)
            keep = ~np.broadcast_to(wrong, (int(inside.sum()),))
            broken[explained(condition)] = int(keep.size - keep.sum())
            inside[inside] = keep
            columns = {s: c[keep] for s, c in columns.items()}
        return inside, broken

    def _where_broken(self, condition: Condition, columns: Mapping[Sym, Any]) -> Any:
        try:
            return Evaluation(columns).broken(condition)
        except OverflowError:
            if self.overflow == "raise":
                raise
            here = Evaluation({s: c.astype(object) for s, c in columns.items()})
            return np.asarray(here.broken(condition), dtype=bool)

    def _exact(self, size: Size, here: Evaluation) -> Any:
        try:
            return here.exact(size)
        except OverflowError as error:
            if self.overflow == "raise":
                raise OverflowError(f"{error}; overflow='object' gives Python's integers") from None
            if isinstance(size, int):
                return np.asarray(size, dtype=object)
            return Evaluation(_as_objects(here.columns)).exact(size)

    def result(self) -> Sweep:
        """What is filled, as a table."""
        done = slice(0, self.filled)
        columns = {s.name: _frozen(c[done]) for s, c in self.symbols.items()}
        columns |= {name: _frozen(c[done]) for name, c in self.counts.items()}
        return Sweep(
            self.cost.label,
            self.cost.convention,
            tuple(s.name for s in self.symbols),
            tuple(self.sizes),
            columns,
            _frozen(self.valid[done]),
            tuple(self.broken.items()),
            self.visited,
            self.grid.rows,
        )


def _widened(column: NDArray[Any], filled: int) -> NDArray[Any]:
    out = np.empty(column.shape, dtype=object)
    out[:filled] = column[:filled]
    return out


def _side_by_side(columns: Mapping[Sym, Any], shape: tuple[int, ...]) -> dict[Sym, Any]:
    return {s: np.broadcast_to(c, shape).reshape(-1) for s, c in columns.items()}


def _as_objects(columns: Mapping[Sym, Any]) -> dict[Sym, Any]:
    """The columns as Python's integers, side by side."""
    arrays = np.broadcast_arrays(*columns.values())
    return {s: a.reshape(-1).astype(object) for s, a in zip(columns, arrays, strict=True)}


def _frozen(column: Any) -> Any:
    column.flags.writeable = False
    return column


def _listed(argument: str, names: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        return (names,)
    return tuple(instance(argument, names, (tuple, list), "a name such as 'macs', or a list of names"))


@contextmanager
def _reporting(progress: bool | Report | None) -> Generator[Report]:
    """Where a sweep says how far it is: a bar on a terminal, or the caller's function, or nowhere."""
    if callable(progress):
        yield progress
        return
    if not (sys.stderr.isatty() if progress is None else progress):
        yield lambda done, total: None
        return
    start, last, bar = monotonic(), 0.0, None

    def report(done: int, total: int) -> None:
        nonlocal last, bar
        now = monotonic()
        if now - start < _BAR_AFTER or now - last < _BAR_EVERY:
            return
        last = now
        if bar is None:
            bar = _bar()
            bar.start()
            bar.add_task("", total=total)
        bar.update(bar.task_ids[0], completed=done)
        bar.refresh()

    try:
        yield report
    finally:
        if bar is not None:
            bar.stop()


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    return Progress(
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
