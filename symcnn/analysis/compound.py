"""Compound scaling: what becomes of a cost as depth, width and resolution are scaled, alone or together.

Widths and resolutions may be symbols, so the closed form in them is that of the cost itself. A network of
another depth is built anew in Python: the closed form in the depth is fitted, and checked at some depths.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from typing import Any

import sympy

from symcnn.analysis.machines import positive
from symcnn.analysis.powers import lettered, tidy, without_rounding
from symcnn.analysis.scaling import in_latex, listed
from symcnn.derive.cost import Cost
from symcnn.derive.derivation import quantity_name
from symcnn.proving.forms import asymptotic
from symcnn.proving.verdict import Verdict, prove
from symcnn.symbols import checks
from symcnn.symbols.border import to_sympy
from symcnn.symbols.checks import brief, instance, one_of, text
from symcnn.symbols.dims import dims
from symcnn.symbols.suggest import suggestion

QUANTITIES = ("macs", "params", "memory.total")


@dataclass(frozen=True)
class CompoundLaw:
    """The closed form of a quantity, and its leading terms: those of largest powers as all symbols grow.

    ``terms`` are pairs of a factor and the exponents by symbol; ``leading`` is their sum, and ``proofs`` say
    that ``closed`` is asymptotic to it. ``checked`` are the numbers of repetitions at which ``closed`` was
    compared with the cost; in all else it is exact, and () says that nothing is repeated.
    """

    quantity: str
    closed: Any
    leading: Any
    terms: tuple[tuple[Any, Mapping[str, int]], ...]
    checked: tuple[int, ...]
    proofs: tuple[Verdict, ...] = field(default=(), repr=False)

    @property
    def proved(self) -> bool:
        """Whether the kernel has accepted a proof that the closed form grows like its leading terms."""
        return bool(self.proofs) and all(v.status == "PROVED" for v in self.proofs)

    def times(self, **factors: int | Fraction) -> Fraction:
        """By what the leading term is multiplied, for factors of depth, width, ...: the product of powers.

        Raises ``ValueError`` for unknown names, and where there are several leading terms.
        """
        if len(self.terms) != 1:
            raise ValueError(
                f"{self.quantity} has {len(self.terms)} leading terms, {self.leading}, and each grows in its "
                "own way; take the table"
            )
        ((_, exponents),) = self.terms
        for name in factors:
            if name not in exponents:
                raise ValueError(f"{name}={factors[name]} is no symbol of it{suggestion(name, exponents)}")
        return prod((Fraction(f) ** exponents[n] for n, f in factors.items()), start=Fraction(1))

    def __str__(self) -> str:
        proof = "proved" if self.proved else "not proved"
        lines = [f"{self.quantity} = {self.closed}", f"  leading: {self.leading} ({proof})"]
        if self.checked:
            lines.append(f"  checked at {listed(self.checked)} repetitions, not proved for all")
        return "\n".join(lines)

    @property
    def latex(self) -> str:
        """The closed form and its leading terms as a formula."""
        return rf"{in_latex(self.closed)} \sim {in_latex(self.leading)}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


@dataclass(frozen=True)
class CompoundRow:
    """A scaled network: the factors, the exact counts, and their ratios to those of the base."""

    factors: Mapping[str, Fraction]
    values: Mapping[str, int]
    ratios: Mapping[str, Fraction]


@dataclass(frozen=True)
class CompoundScaling:
    """The laws of all quantities, and a table of scaled networks, the base first."""

    base: Mapping[str, int]
    laws: tuple[CompoundLaw, ...]
    rows: tuple[CompoundRow, ...]

    def law(self, quantity: str) -> CompoundLaw:
        """The law of one of the quantities; raises ``ValueError`` for others."""
        found = {law.quantity: law for law in self.laws}
        return found[one_of("quantity", quantity, found)]

    def __str__(self) -> str:
        names = [law.quantity for law in self.laws]
        lines = [[*self.base, *(cell for name in names for cell in (name, "ratio"))]]
        for row in self.rows:
            scaled = [str(row.factors[n] * value) for n, value in self.base.items()]
            lines.append(
                [*scaled, *(c for n in names for c in (f"{row.values[n]:,}", f"{float(row.ratios[n]):.4g}"))]
            )
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = ["  ".join(f"{c:>{w}}" for c, w in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([*shown, *map(str, self.laws)])


def compound_scaling(
    cost_of: Callable[..., Cost],
    base: Mapping[str, int],
    steps: Iterable[Mapping[str, int | Fraction]] | None = None,
    *,
    repeated: str | None = "depth",
    quantities: Sequence[str] = QUANTITIES,
    seconds: float = 20,
) -> CompoundScaling:
    """What happens to costs if depth, width and resolution are scaled, alone and together.

    ``cost_of`` makes a cost from the names in ``base``; it is called with symbols for all of them but
    ``repeated``, which is a number of blocks and always an ``int``. ``steps`` are factors of the base;
    without them each name is doubled alone, and then all are. For a network of depth d, width w and
    resolution r whose MACs lie in its inner convolutions, macs ~ c d w^2 r^2, so that factors alpha, beta,
    gamma of the three multiply the MACs by alpha beta^2 gamma^2: ``law("macs").times(...)``.

    The closed form is exact in the symbols. In the repetitions it is a straight line, which was checked at
    1 to 4 of them and at those of the table, and is not proved for all. A resolution that is halved on the
    way gives floors; make it a multiple (``32*resolution``) to avoid them.

    Raises ``ValueError`` for names that are not those of ``cost_of``, factors that give no integer, and
    quantities that are no counts or no polynomials.

    Source: Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks" (ICML
    2019), section 3.

    >>> from fractions import Fraction
    >>> from symcnn import Conv2d, Sequential, compound_scaling
    >>> def plain(depth, width, resolution):
    ...     blocks = (Conv2d(width, width, kernel_size=3, padding=1, bias=False) for _ in range(depth))
    ...     return Sequential(*blocks).cost((1, width, resolution, resolution))
    >>> found = compound_scaling(plain, {"depth": 2, "width": 8, "resolution": 16}, quantities=["macs"])
    >>> print(found)
    depth  width  resolution       macs  ratio
        2      8          16    294,912      1
        4      8          16    589,824      2
        2     16          16  1,179,648      4
        2      8          32  1,179,648      4
        4     16          32  9,437,184     32
    macs = 9*depth*resolution**2*width**2
      leading: 9*depth*resolution**2*width**2 (proved)
      checked at 1, 2, 3, 4 repetitions, not proved for all
    >>> found.law("macs").times(depth=2, width=Fraction(3, 2))
    Fraction(9, 2)
    """
    names = _names(cost_of, base, repeated)
    checks.seconds(seconds)
    if steps is not None:
        instance("steps", steps, Iterable, "a list of mappings such as [{'depth': 2}]")
    if not instance("quantities", quantities, (tuple, list), "a list of names such as ['macs']"):
        raise ValueError("quantities=() is empty; name at least one, such as macs")
    counts = _counts(cost_of, base, quantities)
    made = dims(" ".join(names))
    symbols = dict(zip(names, made if len(names) > 1 else (made,), strict=True))
    if steps is None:
        steps = [{n: 2} for n in names] + [dict.fromkeys(names, 2)] * (len(names) > 1)
    rows = [_row(cost_of, base, {}, counts, None)]
    rows += [_row(cost_of, base, step, counts, rows[0]) for step in steps]
    laws = tuple(_law(cost_of, n, symbols, repeated, seconds) for n in counts)
    laws = tuple(_checked(law, symbols, base, repeated, rows) for law in laws)
    return CompoundScaling(dict(base), laws, tuple(rows))


def _checked(
    law: CompoundLaw,
    symbols: Mapping[str, Any],
    base: Mapping[str, int],
    repeated: str | None,
    rows: Sequence[CompoundRow],
) -> CompoundLaw:
    """The law, compared with all rows of the table; raises ``ValueError`` where one differs."""
    depths = {*law.checked}
    for row in rows:
        at = {n: int(row.factors[n] * value) for n, value in base.items()}
        found = law.closed.xreplace({symbols[n]: sympy.Integer(v) for n, v in at.items()})
        if found != row.values[law.quantity]:
            raise ValueError(
                f"{law.quantity} is {row.values[law.quantity]} at {at}, where {law.closed} is {found}; "
                "its law is another one there"
            )
        depths |= {at[repeated]} if repeated in at else set()
    return replace(law, checked=tuple(sorted(depths)))


def _names(cost_of: Callable[..., Cost], base: Mapping[str, int], repeated: str | None) -> list[str]:
    if not callable(cost_of):
        raise TypeError(f"cost_of={brief(cost_of)} must be a function that returns a cost")
    instance("base", base, Mapping, "a mapping from names to numbers such as {'depth': 2, 'width': 16}")
    names = list(base)
    if not names:
        raise ValueError("base={} names nothing to scale; give such as {'depth': 2, 'width': 16}")
    known = inspect.signature(cost_of).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in known.values())
    for name, value in base.items():
        text("base: the name", name, "depth")
        if name not in known and not takes_all:
            raise ValueError(f"base: cost_of takes no {name!r}{suggestion(name, known)}")
        checks.whole(f"base: {name}", value, 1)
    if repeated is not None:
        text("repeated", repeated, "depth")
    if repeated not in (None, "depth") and repeated not in names:
        raise ValueError(f"repeated={repeated!r} is not in base{suggestion(str(repeated), names)}")
    return names


def _counts(cost_of: Callable[..., Cost], base: Mapping[str, int], quantities: Sequence[str]) -> list[str]:
    made: Any = cost_of(**base)
    if not isinstance(made, Cost):
        raise TypeError(f"cost_of gives {made!r} ({type(made).__name__}), no cost; end it with .cost(shape)")
    found = [quantity_name(made, name) for name in quantities]
    for name in found:
        if name in ("output_shape", "intensity"):
            raise ValueError(f"quantities: {name} is no count; take its parts, such as macs and memory.total")
    return found


def _row(
    cost_of: Callable[..., Cost],
    base: Mapping[str, int],
    step: Mapping[str, int | Fraction],
    counts: Sequence[str],
    first: CompoundRow | None,
) -> CompoundRow:
    instance("steps", step, Mapping, "mappings from names of the base to factors, such as {'depth': 2}")
    for name, factor in step.items():
        if name not in base:
            raise ValueError(f"steps: {name!r} is not in base{suggestion(name, base)}")
        positive(f"steps: {name}", factor, "2")
        if (Fraction(factor) * base[name]).denominator != 1:
            raise ValueError(f"steps: {factor} times {name}={base[name]} is no integer; choose another base")
    factors = {n: Fraction(step.get(n, 1)) for n in base}
    cost = cost_of(**{n: int(factors[n] * value) for n, value in base.items()})
    values: dict[str, int] = {}
    for name in counts:
        size = cost.size(name)
        if not isinstance(size, int):
            raise ValueError(f"{name} of {cost.label} is {size}; cost_of must leave no symbol open")
        values[name] = size
    ones = values if first is None else first.values
    ratios = {n: Fraction(v, ones[n]) if ones[n] else Fraction(1) for n, v in values.items()}
    return CompoundRow(factors, values, ratios)


def _law(
    cost_of: Callable[..., Cost], name: str, symbols: Mapping[str, Any], repeated: str | None, seconds: float
) -> CompoundLaw:
    checked, premises = tuple[int, ...](), list[Any]()
    if repeated is None or repeated not in symbols:
        cost = cost_of(**symbols)
        closed = _size(cost, name)
        # That one size divides another is left out: without it the proof says more.
        premises = [c for c in cost.domain if c.relation == "ge"]
    else:
        checked = (1, 2, 3, 4)
        at = [_size(cost_of(**{**symbols, repeated: d}), name) for d in checked]
        block = at[1] - at[0]
        for d, value in zip(checked, at, strict=True):
            if sympy.expand(value - at[0] - (d - 1) * block) != 0:
                raise ValueError(
                    f"{name} is no straight line in {repeated}: it is {at[0]}, {at[1]} and, at {d}, {value}"
                )
        closed = symbols[repeated] * tidy(sympy.expand(block)) + tidy(sympy.expand(at[0] - block))
    growing = [s for s in symbols.values() if closed.has(s)]
    if not growing:
        return CompoundLaw(name, closed, closed, ((closed, {}),), checked, ())
    open_parts = lettered(closed, growing)
    terms = _leading(open_parts.plain, growing, name)
    like = sympy.Add(*(c * sympy.Mul(*map(sympy.Pow, growing, es)) for es, c in terms))
    found = prove(asymptotic(open_parts.plain, like, growing, premises), seconds=seconds)
    terms = [(es, open_parts.back(c)) for es, c in terms]
    leading = open_parts.back(like)
    shown = tuple((c, {s.name: e for s, e in zip(growing, es, strict=True)}) for es, c in terms)
    return CompoundLaw(name, closed, leading, shown, checked, (found,))


def _size(cost: Cost, name: str) -> Any:
    return to_sympy(cost.size(name))


def _leading(closed: Any, growing: Sequence[Any], name: str) -> list[tuple[tuple[int, ...], Any]]:
    """The terms whose exponents no other term exceeds in all symbols."""
    smooth = closed
    for symbol in growing:
        smooth = without_rounding(smooth, symbol)
    if not smooth.is_polynomial(*growing):
        raise ValueError(f"{name} is {closed}, no polynomial in {listed(growing)}; take scaling(...) of it")
    terms = sympy.Poly(sympy.expand(smooth), *growing).terms()
    return [
        (es, c)
        for es, c in terms
        if not any(other != es and all(a <= b for a, b in zip(es, other, strict=True)) for other, _ in terms)
    ]
