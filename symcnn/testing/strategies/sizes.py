"""Sizes: values of symbols within their conditions, and shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from symcnn.derive.cost import Cost, one_name_one_symbol
from symcnn.proving.relations import TRUTH_VALUES, Relation
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Sym, as_size, symbols_of
from symcnn.testing.strategies.conditions import Box, Demand, Search, demand
from symcnn.testing.strategies.drawing import BATCHES, CHANNELS, LENGTHS, check_number, drawn_from
from symcnn.testing.strategies.fitting import Shape

# How many parts of a box are looked at for the first values, and for those of each example.
FIRST_STEPS, STEPS = 40_000, 2_000
HIGHEST = 2**16


def dims_values(*given: Any, max_value: int = 8) -> st.SearchStrategy[dict[Any, int]]:
    """Values for symbols, as a dictionary that ``cost.at`` and ``expression.subs`` take.

    ``given`` holds symbols and expressions, whose symbols all get values; conditions and relations, which
    the values satisfy; and costs, which stand for their symbols and their domain. Values go from a symbol's
    least one to ``max_value``, or as far above that as the conditions demand. No example is rejected: each
    symbol gets the value nearest to a drawn one that leaves a solution.

    Values shrink to the least ones that the conditions leave, the symbols that were given first most of all.
    Raises ``ValueError`` where no values are found, and ``TypeError`` for what is none of all that.

    >>> from hypothesis import find
    >>> from symcnn import Conv2d, dims, gt
    >>> C, G, H, W = dims("C G H W")
    >>> cost = Conv2d(C, 6, kernel_size=3, stride=2, groups=G).cost((C, H, W))
    >>> find(dims_values(cost), lambda values: values[G] > 1)
    {C: 2, G: 2, H: 3, W: 3}
    >>> find(dims_values(H, W, gt(H, 2*W)), lambda values: True)
    {H: 3, W: 1}
    """
    if type(max_value) is not int or max_value < 1:
        raise ValueError(f"dims_values: max_value={max_value!r} must be an integer of at least 1")
    symbols, demands = _taken_apart(given)
    if not symbols:
        raise ValueError("dims_values: give a symbol, such as dims('C'), a formula of symbols, or a cost")
    one_name_one_symbol(symbols, "dims_values")
    box, known = _first(symbols, demands, max_value)
    box = Search(demands, STEPS).without_lowest(box)
    from symcnn.symbols.border import symbol_of  # SymPy, which the symbols come from

    users = {symbol: symbol_of(symbol) for symbol in symbols}
    ranges: dict[Sym, st.SearchStrategy[int]] = {}
    for symbol, (low, high) in box.items():
        least = symbol.minimum if symbol.minimum is not None else -max_value
        ranges[symbol] = st.integers(low, min(high, low + max_value - least))

    def nearest(wished: dict[Sym, int]) -> dict[Any, int]:
        found = Search(demands, STEPS).nearest(box, wished) or known
        return {users[symbol]: found[symbol] for symbol in symbols}

    return st.fixed_dictionaries(ranges).map(nearest)


def shapes(
    dims: int | st.SearchStrategy[int] | None = None,
    *,
    batch: Any = BATCHES,
    channels: Any = CHANNELS,
    lengths: Any = LENGTHS,
) -> st.SearchStrategy[Shape]:
    """Shapes (N, C, ...): batch, channels, and the lengths of ``dims`` spatial axes (0 to 3 unless given).

    ``batch`` may be None for one sample, whose shape lacks the first axis; ``lengths`` is one length for
    all spatial axes, one for each as a tuple, or a strategy from which each is drawn. All are values or
    strategies.

    Raises ``ValueError`` for axes and lengths that no shape has.

    >>> from hypothesis import find
    >>> find(shapes(), lambda shape: True), find(shapes(2, batch=4, lengths=(5, 7)), lambda shape: True)
    ((1,), (4, 1, 5, 7))
    """
    check_number("shapes", "dims", dims, 0, none=True)
    dims = agreed_dims("shapes", dims, batch, channels, lengths)
    return _shape(st.integers(0, 3) if dims is None else drawn_from(dims), batch, channels, lengths)


def agreed_dims(caller: str, dims: Any, batch: Any, channels: Any, lengths: Any) -> Any:
    """The number of spatial axes, which a tuple of lengths fixes; ``ValueError`` for what no shape has."""
    check_number(caller, "batch", batch, 1, none=True)
    check_number(caller, "channels", channels, 1)
    several = isinstance(lengths, tuple | list)
    for length in lengths if several else (lengths,):
        check_number(caller, "lengths", length, 1)
    if several and dims not in (None, len(lengths)):
        raise ValueError(f"{caller}: lengths={lengths!r} must be one for each of dims={dims} axes")
    return len(lengths) if several else dims


@st.composite
def _shape(draw: st.DrawFn, dims: st.SearchStrategy[int], batch: Any, channels: Any, lengths: Any) -> Shape:
    count = draw(dims)
    several = isinstance(lengths, tuple | list)
    if not several:
        check_number("shapes", "dims", count, 0)
    spatial = lengths if several else [lengths] * count
    options = [("batch", batch), ("channels", channels), *(("lengths", n) for n in spatial)]
    shape: list[int] = []
    for name, option in options:
        length = draw(drawn_from(option))
        check_number("shapes", name, length, 1, none=name == "batch")
        shape += [] if length is None else [length]
    return tuple(shape)


def _taken_apart(given: tuple[Any, ...]) -> tuple[list[Sym], list[Demand]]:
    """The symbols in order, and what their values have to satisfy."""
    symbols: dict[Sym, None] = {}
    demands: list[Demand] = []
    for one in _flat(given):
        if isinstance(one, Cost):
            symbols |= dict.fromkeys(one.symbols)
            found = [demand("dims_values", condition) for condition in one.domain]
        elif type(one).__name__ in TRUTH_VALUES:
            raise TypeError(
                f"dims_values: {one!r} is a comparison that was decided before it came here; "
                "write it with symcnn.eq, ne, le, lt, ge or gt, which never collapse"
            )
        elif _is_relation(one):
            found = [demand("dims_values", one)]
        else:
            symbols |= dict.fromkeys(symbols_of(as_size(one, "dims_values: argument")))
            found = []
        for new in found:
            symbols |= dict.fromkeys(symbols_of(new.size, new.divisor))
        demands += found
    return list(symbols), demands


def _flat(given: Any) -> Iterator[Any]:
    for one in given:
        if isinstance(one, tuple | list):
            yield from _flat(one)
        else:
            yield one


def _is_relation(one: Any) -> bool:
    return isinstance(one, Condition | Relation) or hasattr(one, "rel_op")


def _first(symbols: list[Sym], demands: list[Demand], max_value: int) -> tuple[Box, dict[Sym, int]]:
    """A box with room above the smallest values that were found, and these."""
    top = max_value
    while top <= max(HIGHEST, max_value):
        box = {s: (-top if s.minimum is None else min(s.minimum, top), top) for s in symbols}
        wished = {s: 0 if s.minimum is None else s.minimum for s in symbols}
        known = Search(demands, FIRST_STEPS).nearest(box, wished)
        if known is not None:
            return {s: (low, 2 * top) for s, (low, _) in box.items()}, known
        top *= 2
    said = ", ".join(d.written for d in demands)
    raise ValueError(f"dims_values: no values up to {top // 2} were found that satisfy {said}")
