"""Letters for the lengths that keep coming back in a table, such as H1 = ceiling(H/2)."""

from __future__ import annotations

from collections.abc import Iterable

from symcnn.kernel.polynomial import ONE
from symcnn.symbols.cardinality import Card
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.order import declare
from symcnn.symbols.rounding import Floor
from symcnn.symbols.size import Atom, Dim, Size, Sym, substitute, subtract, symbols_of

_FALLBACK = "L"


class Short:
    """Finds lengths with floors in shapes, gives each a letter, and writes sizes in these letters.

    >>> from symcnn.symbols import parse_size
    >>> short = Short([parse_size("(H + 1)//4 + 2")], ["H"])
    >>> short(parse_size("9*H*((H + 1)//4 + 1)")), short.where
    (9*H*(H1 - 1), (('H1', floor((H + 1)/4) + 2),))
    """

    def __init__(self, lengths: Iterable[Size], axes: Iterable[str], used: Iterable[str] = ()) -> None:
        self._values: dict[Atom, Size] = {}
        self._where: dict[str, Size] = {}
        self._axes = tuple(axes)
        self._used = {*used, *self._axes}
        for length in lengths:
            self._name(length)
        declare(self._where)  # formulas show them behind the author's own letters

    @property
    def where(self) -> tuple[tuple[str, Size], ...]:
        """The letters with what they stand for."""
        return tuple(self._where.items())

    def __call__(self, value: Size) -> Size:
        """The size in these letters."""
        return substitute(value, self._values) if self._values else value

    def _name(self, length: Size) -> None:
        if not isinstance(length, Dim):
            return
        open_ones = [a for m in length.terms for a, _ in m if isinstance(a, Floor | Extremum | Card)]
        open_ones = [a for a in dict.fromkeys(open_ones) if a not in self._values]
        if len(open_ones) == 1 and all(m in (ONE, ((open_ones[0], 1),)) for m in length.terms):
            # The letter stands for the whole length, such as floor(...) + 1, so the floor is the letter - 1.
            (atom,) = open_ones
            rest = subtract(length, Dim.of_atom(atom))
            if isinstance(rest, int):
                self._values[atom] = subtract(self._letter(length), rest)
                return
        for atom in open_ones:
            self._values[atom] = self._letter(Dim.of_atom(atom))

    def _letter(self, value: Dim) -> Dim:
        inside = [s.name for s in symbols_of(value)]
        base = next((name for name in self._axes if name in inside), _FALLBACK)
        k = 1
        while {f"{base}{k}", f"{base}_{k}"} & self._used:
            k += 1
        name = f"{base}{k}"
        self._used.add(name)
        self._where[name] = value
        return Dim.of_atom(Sym(name, 0))
