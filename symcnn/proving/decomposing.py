"""``decompose``: a convolution kernel as two layers one behind the other, or a proof that it is none.

The kernel of two layers is the product of their kernels, read as polynomials with a tap as coefficient (see
``full_convolution`` in proofs/convolution/composition.claim). So the question is whether a polynomial in one
or two variables has factors of given degrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import lcm
from numbers import Integral
from time import monotonic
from typing import Any, TypeAlias

from flint import fmpz_mpoly_ctx

from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.statements import read_statements
from symcnn.kernel.writing import write
from symcnn.proving.nullstellensatz import Equation, Monomial, multipliers
from symcnn.proving.relations import operand
from symcnn.proving.squares import has_real_root, positive_as_squares
from symcnn.proving.verdict import Verdict
from symcnn.search.cases import Clock, OutOfTime, whole
from symcnn.search.deciding import accepted, closing_steps
from symcnn.search.layout import laid_out
from symcnn.search.worker import apart

# Rows and columns.
Size: TypeAlias = tuple[int, int]
Matrix: TypeAlias = tuple[tuple[Fraction, ...], ...]

# A claim has a term for each tap of the one kernel with each tap of the other.
MAX_PRODUCTS = 1500
MAX_TAPS = 80
MAX_SIDE = 60
MAX_DIGITS = 100
# Where rows or columns are added up with powers of one of these numbers as weights.
WEIGHTS = tuple(
    Fraction(sign * a, b)
    for a, b in (
        (0, 1),
        (1, 1),
        (2, 1),
        (1, 2),
        (3, 1),
        (1, 3),
        (3, 2),
        (2, 3),
        (4, 1),
        (1, 4),
        (5, 1),
        (1, 5),
    )
    for sign in ((1, -1) if a else (1,))
)


@dataclass(frozen=True)
class Decomposition(Verdict):
    """Two kernels that make up a given one, a proof that there are none, or neither.

    PROVED: ``factors`` are the kernels of the first and of the second layer, of rational numbers. REFUTED: no
    two kernels of real numbers do, and none of rational numbers therefore. Both are checked by the kernel.
    UNKNOWN: ``reason`` says what is known without a certificate. ``reals`` says whether there are two kernels
    of real numbers, and is None where that is not known.
    """

    kernel: Any = ()
    sizes: tuple[Any, Any] = (1, 1)
    factors: tuple[Any, Any] | None = None
    reals: bool | None = None
    reason: str = field(default="", compare=False)

    @property
    def claim(self) -> str:
        """What is proved or refuted: the equations between the taps, of which each side is one tap."""
        return write(self.statement.claim)

    def lines(self) -> Iterator[str]:
        """The answer as lines of text."""
        first, second = (_words(size) for size in self.sizes)
        made = f"a kernel of {first} with one of {second} behind it"
        if self.factors is not None:
            yield f"{self.status}: it is {made}"
            for which, taps in zip(("first", "second"), self.factors, strict=True):
                yield f"  {which}: {_shown(taps)}"
        elif self.status == REFUTED:
            yield f"{self.status}: it is not {made}, of any real numbers"
        else:
            yield f"{self.status}: whether it is {made}"
        if self.reason:
            yield f"  {self.reason}"


def decompose(kernel: Any, k_1: Any, k_2: Any, *, seconds: float = 20) -> Decomposition:
    """Two kernels, of the sizes ``k_1`` and ``k_2``, that make up ``kernel`` as two layers in a row do.

    The layers are convolutions as in PyTorch, with stride 1, without dilation, padding and bias, and with one
    channel; the layer with ``k_1`` comes first. ``kernel`` is a list of numbers, for one dimension, or of
    rows, and a size a number or (rows, columns); a number alone means a square in two dimensions. Sizes k_1
    and k_2 in a row make k_1 + k_2 - 1, which has to be that of ``kernel``.

    Raises ``TypeError`` for entries that are no exact numbers, and ``ValueError`` for sizes that do not fit
    or are too large.

    >>> from symcnn import decompose
    >>> found = decompose([[1, 0, -1], [2, 0, -2], [1, 0, -1]], (3, 1), (1, 3))
    >>> found.status, found.factors
    ('PROVED', (((1,), (2,), (1,)), ((1, 0, -1),)))
    >>> print(decompose([1, 0, 1], 2, 2))
    REFUTED: it is not a kernel of 2 with one of 2 behind it, of any real numbers
    """
    taps, flat = _taps(kernel)
    first, second = _size(k_1, "k_1", flat), _size(k_2, "k_2", flat)
    _check_sizes(taps, first, second, flat)
    task = _Task(taps, first, second, flat)
    text = task.statement()
    (statement,) = read_statements(text)
    start = monotonic()
    found = apart(_searched, (task, seconds), seconds)
    if not isinstance(found, _Found):
        found = _Found(UNKNOWN, reason=str(found))
    if found.status != UNKNOWN and not accepted(statement, found.certificate, found.status):
        found = _Found(UNKNOWN, reason="a certificate that the kernel rejects")
    reals = {PROVED: True, REFUTED: False}.get(found.status, found.reals)
    factors = None
    if found.status == PROVED and found.factors is not None:
        factors = (_plain(found.factors[0], flat), _plain(found.factors[1], flat))
    return Decomposition(
        statement,
        found.status,
        found.certificate,
        closing_steps(found.certificate) if found.certificate else "",
        (found.reason,) if found.status == UNKNOWN else (),
        monotonic() - start,
        kernel=_plain(taps, flat),
        sizes=(first[0], second[0]) if flat else (first, second),
        factors=factors,
        reals=reals,
        reason=found.reason,
    )


# -- what is given -------------------------------------------------------------------------------------------


def _taps(kernel: Any) -> tuple[Matrix, bool]:
    """The taps as rows, and whether they are a list of numbers: one column then."""
    given = kernel.tolist() if hasattr(kernel, "tolist") else kernel
    if not isinstance(given, list | tuple) or not given:
        raise TypeError(f"kernel={given!r} must be a list of numbers, or a list of rows, and not empty")
    values: Sequence[Any] = given
    nested = [isinstance(row, list | tuple) for row in values]
    if not any(nested):
        return tuple((_number(value, f"kernel[{k}]"),) for k, value in enumerate(values)), True
    if not all(nested):
        raise TypeError("kernel holds numbers and rows; it must be a list of numbers or a list of rows")
    lengths = {len(row) for row in values}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError(
            f"the rows of kernel have {sorted(lengths)} entries; all must have the same number, at least 1"
        )
    rows = (tuple(_number(v, f"kernel[{i}][{j}]") for j, v in enumerate(row)) for i, row in enumerate(values))
    return tuple(rows), False


def _number(value: Any, where: str) -> Fraction:
    if isinstance(value, list | tuple):
        raise TypeError(f"{where} is a list; a kernel has one or two dimensions")
    try:
        exact = operand(value)
        if getattr(exact, "is_Rational", False):
            exact = Fraction(int(exact.p), int(exact.q))
    except TypeError as error:
        raise TypeError(f"{where}: {error}") from None
    if not isinstance(exact, int | Fraction):
        raise TypeError(
            f"{where}={value} must be a rational number: an integer, a Fraction or a SymPy Rational"
        )
    if max(abs(exact.numerator), exact.denominator) >= 10**MAX_DIGITS:
        raise ValueError(f"{where} has more than {MAX_DIGITS} digits")
    return Fraction(exact)


def _size(value: Any, name: str, flat: bool) -> Size:
    pair: Any = value if isinstance(value, list | tuple) and not flat else (value, 1 if flat else value)
    if len(pair) != 2 or any(isinstance(k, bool) or not isinstance(k, Integral) for k in pair):
        wanted = "an integer, since the kernel has one dimension" if flat else "an integer or (rows, columns)"
        raise TypeError(f"{name}={value!r} must be {wanted}")
    if min(pair) < 1:
        raise ValueError(f"{name}={value!r} must be at least 1")
    return int(pair[0]), int(pair[1])


def _check_sizes(taps: Matrix, first: Size, second: Size, flat: bool) -> None:
    there = (len(taps), len(taps[0]))
    made = (first[0] + second[0] - 1, first[1] + second[1] - 1)
    if there != made:
        shown = [_words(size[0] if flat else size) for size in (there, first, second, made)]
        raise ValueError(
            f"kernel has the size {shown[0]}, but {shown[1]} and {shown[2]} in a row make {shown[3]}; "
            "choose other sizes, or add zeros around the kernel"
        )
    one, two = first[0] * first[1], second[0] * second[1]
    if one + two > MAX_TAPS or one * two > MAX_PRODUCTS or max(there) > MAX_SIDE:
        shown = [_words(size[0] if flat else size) for size in (first, second)]
        raise ValueError(
            f"sizes {shown[0]} and {shown[1]} are too large: at most {MAX_TAPS} taps together (here "
            f"{one + two}), {MAX_PRODUCTS} products of two taps (here {one * two}), and {MAX_SIDE} rows or "
            "columns of the kernel"
        )


def _words(size: Any) -> str:
    return str(size) if isinstance(size, int) else f"{size[0]} x {size[1]}"


def _plain(taps: Matrix, flat: bool) -> tuple[Any, ...]:
    """Taps as they are returned: integers where they are whole."""
    rows = [tuple(whole(value) for value in row) for row in taps]
    return tuple(row[0] for row in rows) if flat else tuple(rows)


def _shown(taps: Any) -> str:
    return f"[{', '.join(_shown(part) for part in taps)}]" if isinstance(taps, tuple) else str(taps)


# -- the claim -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """A kernel and the sizes of both layers, as rows and columns; ``flat`` where there is one dimension."""

    taps: Matrix
    first: Size
    second: Size
    flat: bool

    @property
    def size(self) -> Size:
        """The size of the kernel."""
        return len(self.taps), len(self.taps[0])

    def places(self) -> Iterator[Size]:
        """The places of the taps, row by row: the order of the equations."""
        return product(range(self.size[0]), range(self.size[1]))

    def pairs(self, at: Size) -> Iterator[tuple[Size, Size]]:
        """The taps of the first and of the second kernel whose product counts for a tap."""
        for place in product(range(self.second[0]), range(self.second[1])):
            other = at[0] - place[0], at[1] - place[1]
            if 0 <= other[0] < self.first[0] and 0 <= other[1] < self.first[1]:
                yield other, place

    def entry(self, name: str, place: Size) -> str:
        """The name of a tap in the claim."""
        return f"{name}_{place[0]}" if self.flat else f"{name}_{place[0]}_{place[1]}"

    def names(self) -> list[str]:
        """The names of all taps, those of the first kernel first."""
        return [
            self.entry(name, place)
            for name, size in (("g", self.first), ("f", self.second))
            for place in product(range(size[0]), range(size[1]))
        ]

    def statement(self) -> str:
        """The theorem: there are taps whose products add up to those of the kernel."""
        equations = [
            " + ".join(f"{self.entry('g', i)}*{self.entry('f', j)}" for i, j in self.pairs(at))
            + f" = {self.taps[at[0]][at[1]]}"
            for at in self.places()
        ]
        made, first, second = (_words(s[0] if self.flat else s) for s in (self.size, self.first, self.second))
        meaning = f"A kernel of {made} is one of {first}, g, with one of {second}, f, behind it."
        claim = f"exists {', '.join(self.names())} : real :\n            " + "\n            and ".join(
            equations
        )
        return f'theorem decomposition "{meaning}"\n  claim     {claim}\n'


@dataclass(frozen=True)
class _Found:
    """What a search came to."""

    status: str
    certificate: str = ""
    factors: tuple[Matrix, Matrix] | None = None
    reals: bool | None = None
    reason: str = ""


def _searched(task: _Task, seconds: float) -> _Found:
    """Factors over the rational numbers, or a certificate that there are none over the real ones."""
    found = _factors(task)
    if found is not None:
        values = (value for taps in found for row in taps for value in row)
        given = zip(task.names(), values, strict=True)
        steps = " ".join(f"witness {name} = {value}" for name, value in given)
        return _Found(PROVED, laid_out(f"prove decomposition proof {{ {steps} compute }}"), found, True)
    try:
        steps = _by_a_line(task) or _by_multipliers(task, Clock.of(seconds).look)
    except OutOfTime:
        steps = None
    if steps is not None:
        certificate = laid_out(
            f"refute decomposition proof {{ take {', '.join(task.names())} deny h {steps} }}"
        )
        return _Found(REFUTED, certificate, None, False, "")
    reals = _over_reals(task)
    return _Found(UNKNOWN, "", None, reals, _REASONS[reals])


_REASONS = {
    True: (
        "no two kernels of rational numbers make it up (by factorisation, without a certificate); two of "
        "real numbers do, with roots as taps, which cannot be written down here"
    ),
    False: (
        "no two kernels of real numbers make it up, since one of odd degree has a root and this one has "
        "none; for these sizes there is no certificate of that"
    ),
    None: (
        "no two kernels of rational numbers make it up (by factorisation, without a certificate); for real "
        "numbers nothing was found"
    ),
}


# -- factors -------------------------------------------------------------------------------------------------


def _factors(task: _Task) -> tuple[Matrix, Matrix] | None:
    """Both kernels over the rational numbers, if there are any."""
    context = fmpz_mpoly_ctx.get(["x", "y"], "lex")
    scale = lcm(*(value.denominator for row in task.taps for value in row))
    whole: Any = context.from_dict(
        {(i, j): int(v * scale) for i, row in enumerate(task.taps) for j, v in enumerate(row) if v}
    )
    if not whole:
        return _matrix(context.constant(1), task.first, Fraction(1)), _matrix(
            context.constant(0), task.second, Fraction(1)
        )
    content, found = whole.factor()
    # The degrees of products of some of the factors, each with one such product.
    reached: dict[Size, Any] = {(0, 0): context.constant(1)}
    for factor, count in found:
        degrees = factor.degrees()
        for _ in range(count):
            for (rows, columns), part in list(reached.items()):
                new = rows + degrees[0], columns + degrees[1]
                if new[0] < task.first[0] and new[1] < task.first[1]:
                    reached.setdefault(new, part * factor)
    primitive = context.constant(1)
    for factor, count in found:
        primitive *= factor**count
    total = primitive.degrees()
    for degrees in sorted(reached, reverse=True):
        rest = total[0] - degrees[0], total[1] - degrees[1]
        if rest[0] < task.second[0] and rest[1] < task.second[1]:
            part = reached[degrees]
            weight = Fraction(int(content), scale)
            return _matrix(part, task.first), _matrix(primitive / part, task.second, weight)
    return None


def _matrix(polynomial: Any, size: Size, weight: Fraction = Fraction(1)) -> Matrix:
    taps = {monomial: int(value) for monomial, value in polynomial.to_dict().items()}
    return tuple(tuple(weight * taps.get((i, j), 0) for j in range(size[1])) for i in range(size[0]))


def _over_reals(task: _Task) -> bool | None:
    """Whether there are two kernels of real numbers, which is known in one dimension.

    A real polynomial is a product of factors of degree 1 and 2, so only the degree of the first kernel
    matters: any will do where there is a real root, and an even one otherwise.
    """
    if min(task.size) > 1:
        return None
    line = [value for row in task.taps for value in row]
    while line and not line[-1]:
        line.pop()
    if not line or has_real_root(line):
        return True
    degree = len(line) - 1
    first, second = (max(size) - 1 for size in (task.first, task.second))
    return any(k % 2 == 0 for k in range(max(degree - second, 0), min(degree, first) + 1))


# -- no factors ----------------------------------------------------------------------------------------------


def _by_a_line(task: _Task) -> str | None:
    """Steps to a contradiction from the rows or columns, added up with powers of a number as weights.

    They are a kernel of one dimension, and two of one dimension make it up. Where the one has no real root,
    and one of the two has two taps, that one would have a root.
    """
    for along in (0, 1):
        for weight in (*WEIGHTS, None):
            steps = _Line(task, along, weight).steps()
            if steps is not None:
                return steps
    return None


@dataclass(frozen=True)
class _Line:
    """The kernel along rows (0) or columns (1), the other direction summed with powers of ``weight``; where
    there is none, the last line alone."""

    task: _Task
    along: int
    weight: Fraction | None

    def power(self, place: int, count: int) -> Fraction:
        """The weight of a place across, out of so many."""
        if self.weight is None:
            return Fraction(place == count - 1)
        return self.weight**place

    def place(self, along: int, across: int) -> Size:
        return (along, across) if self.along == 0 else (across, along)

    def across(self, size: Size) -> int:
        return size[1 - self.along]

    def tap(self, name: str, size: Size, k: int) -> str:
        """A tap of the kernel of one dimension that a layer has on this line."""
        count = self.across(size)
        parts = [
            _times(self.power(j, count), self.task.entry(name, self.place(k, j)))
            for j in range(count)
            if self.power(j, count)
        ]
        return parts[0] if len(parts) == 1 else f"({_added(parts)})"

    def values(self) -> list[Fraction]:
        """The kernel on this line."""
        count = self.across(self.task.size)
        out: list[Fraction] = []
        for k in range(self.task.size[self.along]):
            places = [self.place(k, j) for j in range(count)]
            parts = [self.power(j, count) * self.task.taps[a][b] for j, (a, b) in enumerate(places)]
            out.append(sum(parts, Fraction(0)))
        return out

    def steps(self) -> str | None:
        """``cone``: at the root of the kernel of two taps the line is 0, and a positive number plus squares.

        With two taps u_0 and u_1, the other kernel v, and the last tap w = u_1 v_last, the root is
        ``-u_0 v_last/w``, and each step of the division is a multiple of the equations.
        """
        task = self.task
        degrees = [size[self.along] - 1 for size in (task.first, task.second)]
        if 1 not in degrees or not degrees[0] % 2 or not degrees[1] % 2:
            return None
        values = self.values()
        if not values[-1]:
            return None
        sign = 1 if values[-1] > 0 else -1
        found = positive_as_squares([sign * value for value in values])
        if found is None:
            return None
        two, other = ("g", "f") if degrees[0] == 1 else ("f", "g")
        sizes = {"g": task.first, "f": task.second}
        low = self.tap(two, sizes[two], 0)
        others = [self.tap(other, sizes[other], k) for k in range(sizes[other][self.along])]
        root = _times(-1 / values[-1], f"{low}*{others[-1]}")
        last = _times(1 / values[-1], f"{low}*({_sum(others)})")
        rest = _added([_power("z", len(values) - 1), last])
        multipliers = [_power("z", k) for k in range(len(values) - 1)] + ["rest"]
        labels = {at: f"h.{k + 1}" for k, at in enumerate(task.places())}
        products = [f" + {_number_before(weight)}({_polynomial(taps)})^2" for weight, taps in found[1]]
        count = self.across(task.size)
        for (k, term), j in product(enumerate(multipliers), range(count)):
            factor = sign * self.power(j, count)
            if factor:
                products.append(_multiple(factor, labels[self.place(k, j)], term))
        return f"let z = {root} let rest = {rest} cone {''.join(products).removeprefix(' + ')}"


def _multiple(factor: Fraction, label: str, term: str) -> str:
    """A multiple of an equation, with its sign in front."""
    multiplier = "" if term == "1" else f" ({term})"
    return f"{' - ' if factor < 0 else ' + '}{_number_before(abs(factor))}{label}{multiplier}"


def _number_before(factor: Fraction) -> str:
    return "" if factor == 1 else f"{factor} "


def _times(factor: Fraction, term: str) -> str:
    if factor == 1:
        return term
    if factor == -1:
        return f"-{term}"
    number = str(factor) if factor > 0 and factor.denominator == 1 else f"({factor})"
    return f"{number}*{term}" if term != "1" else number


def _added(terms: Iterable[str]) -> str:
    return " + ".join(terms).replace("+ -", "- ")


def _power(name: str, k: int) -> str:
    return "1" if not k else name if k == 1 else f"{name}^{k}"


def _polynomial(taps: Sequence[Fraction]) -> str:
    """A polynomial in z."""
    return _added(_times(tap, _power("z", k)) for k, tap in enumerate(taps) if tap)


def _sum(taps: Sequence[str]) -> str:
    """A polynomial in z with taps as coefficients."""
    return _added(f"{tap}*{_power('z', k)}" if k else tap for k, tap in enumerate(taps))


def _by_multipliers(task: _Task, check_time: Callable[[], None]) -> str | None:
    """Steps to a contradiction from multiples of the equations that add up to -1."""
    if min(task.size) == 1:
        # Over the complex numbers a polynomial in one variable has all factors.
        return None
    ours = list(product(range(task.first[0]), range(task.first[1])))
    theirs = list(product(range(task.second[0]), range(task.second[1])))
    equations = [
        Equation(tuple((ours.index(i), theirs.index(j)) for i, j in task.pairs(at)), task.taps[at[0]][at[1]])
        for at in task.places()
    ]
    found = multipliers(equations, (len(ours), len(theirs)), check_time)
    if found is None:
        return None

    def term(monomial: Monomial, value: Fraction) -> str:
        names = Counter([task.entry("g", ours[k]) for k in monomial[0]])
        names.update(task.entry("f", theirs[k]) for k in monomial[1])
        return _times(-value, "*".join(_power(name, count) for name, count in names.items()) or "1")

    by_equation: dict[int, list[str]] = {}
    for place, monomial, value in found:
        by_equation.setdefault(place, []).append(term(monomial, value))
    parts = [f"h.{place + 1} ({_added(terms)})" for place, terms in sorted(by_equation.items())]
    return f"cone {' + '.join(parts)}"
