"""Scaling laws: how an expression grows with a symbol or with a product of symbols, and its elasticity.

A law is found by algebra and then proved: ``proofs`` are verdicts whose certificates the kernel has accepted.
A law with a proof missing is still shown, and says that it is not proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sympy

from symcnn.analysis.powers import Lettered, Ratio, lettered, new_name, ratio, root, tidy, without_rounding
from symcnn.analysis.problem import free_in, put_in
from symcnn.derive.cost import Cost
from symcnn.kernel.statements import Statement
from symcnn.proving.forms import asymptotic, independent, proportional, unbounded
from symcnn.proving.relations import Quantity, Relation, eq, gt, operand
from symcnn.proving.verdict import Verdict, prove
from symcnn.symbols.border import to_sympy
from symcnn.symbols.checks import brief
from symcnn.symbols.conditions import Condition
from symcnn.symbols.dims import DimSymbol
from symcnn.symbols.printing import name_in_latex
from symcnn.symbols.size import Dim
from symcnn.symbols.suggest import suggestion

KINDS = ("independent", "proportional", "affine", "power law", "polynomial", "asymptotic", "unknown")


@dataclass(frozen=True)
class Scaling:
    """How ``expression`` f grows with ``variable`` x: f = factor x^exponent + rest, or f ~ factor x^exponent.

    ``kind`` is one of

    - ``independent``: f = rest, which does not hold x;
    - ``proportional``: f = factor x;
    - ``affine``: f = factor x + rest, neither of which holds x;
    - ``power law``: f = factor x^exponent;
    - ``polynomial``: f = factor x^exponent + rest, and the rest is of lower degree;
    - ``asymptotic``: f/(factor x^exponent) tends to 1 as x grows;
    - ``unknown``: none of them was found, and ``why`` says what is in the way.

    ``alone`` is the verdict on whether f depends on a product x alone, and None for a symbol. ``proofs`` are
    the verdicts on what the law says.
    """

    expression: Any
    variable: Any
    kind: str
    factor: Any
    exponent: Any
    rest: Any
    proofs: tuple[Verdict, ...] = field(default=(), repr=False)
    alone: Verdict | None = field(default=None, repr=False)
    why: str = ""

    @property
    def proved(self) -> bool:
        """Whether the kernel has accepted a proof of all that the law says."""
        return bool(self.proofs) and all(v.status == "PROVED" for v in self.proofs)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the law itself; None where no law was found."""
        return self.proofs[0] if self.proofs else None

    @cached_property
    def text(self) -> str:
        """The law in words, and whether it is proved."""
        f, x, a, b, term = self.expression, self.variable, self.factor, self.rest, self._term
        power = str(self._power)
        if len(_factors(x)) > 1 and self.exponent not in (0, 1):
            power = f"({x})**{self.exponent}"
        law = {
            "independent": f"is independent of {x}",
            "proportional": f"is proportional to {x}: the factor is {a}",
            "affine": f"is affine in {x}: the factor is {a}, and {b} is beside it",
            "power law": f"is proportional to {power}: the factor is {a}",
            "polynomial": f"is a polynomial in {x}: {term} leads, and {b} is beside it",
            "asymptotic": f"grows like {power} {_growing(x)}: the factor is {a}",
            "unknown": f"follows no law in {x} that was found: {self.why}",
        }[self.kind]
        if self.kind == "asymptotic" and self.exponent == 0:
            law = f"tends to {a} {_growing(x)}"
        proof = "proved" if self.proved else "not proved"
        why = f"; {self.why}" if self.why else ""
        return f"{f} {law}" if self.kind == "unknown" else f"{f} {law} ({proof}{why})"

    @cached_property
    def latex(self) -> str:
        """The law as a formula, such as ``f = a x + b`` with the formulas written out."""
        f, power = in_latex(self.expression), in_latex(self._power)
        if self.kind == "unknown":
            return f
        if self.kind == "independent":
            return f"{f} = {in_latex(self.rest)}"
        grown = in_latex(self.factor) if self.exponent == 0 else _product_in_latex(self.factor, power)
        if self.kind == "asymptotic":
            names = ", ".join(in_latex(s) for s in _factors(self.variable))
            return rf"{f} \sim {grown} \quad ({names} \to \infty)"
        rest = in_latex(self.rest)
        joined = "" if rest.startswith("-") else "+ "
        return f"{f} = {grown}" if self.rest == 0 else f"{f} = {grown} {joined}{rest}"

    @property
    def _power(self) -> Any:
        return sympy.Pow(self.variable, self.exponent or 0)

    @property
    def _term(self) -> Any:
        return None if self.factor is None else self.factor * self._power

    def __str__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


def scaling(expr: Any, x: Any, given: Any = (), *, seconds: float = 20) -> Scaling:
    """How an expression grows with a symbol, or with a product of symbols such as ``L_r*L_c``.

    f = a x^k + b exactly, or f ~ a x^k as x grows, with a, k and b that do not hold x; of a product, also
    whether f depends on the product alone. Other symbols stay fixed. The law is proved by ``prove``, under
    what is ``given`` (relations, or a cost, whose domain it brings along); each proof takes at most
    ``seconds``.

    ``expr`` is a SymPy expression, a size, or a ``quantity`` of a cost, whose closed form is then proved too.
    Floors of x are rounded away only in the limit, so f is then called asymptotic. In fractional powers of x
    the proof is about t with x = t^q, for all real t > 0.

    Raises ``TypeError`` for what is no expression or symbol, ``ValueError`` for symbols that do not occur in
    what was given and for conditions that keep x from growing.

    >>> from symcnn import Conv2d, dims, scaling
    >>> N, C, K, H, W = dims("N C K H W")
    >>> cost = Conv2d(C, C, kernel_size=K).cost((N, C, H, W))
    >>> law = scaling(cost.params, C)
    >>> law.kind, law.factor, law.exponent, law.rest, law.proved
    ('polynomial', K**2, 2, C, True)
    >>> print(scaling(cost.params, H))
    C*(C*K**2 + 1) is independent of H (proved)
    >>> law = scaling(cost.macs, H*W, given=cost)
    >>> law.kind, law.factor, law.alone.status, law.proved
    ('asymptotic', N*C**2*K**2, 'REFUTED', True)
    """
    f, counted = _expression(expr, "expr")
    symbols = _variable(x)
    premises = _premises(given, counted)
    _occur(symbols, f, premises)
    ask = _Asked(f, sympy.Mul(*symbols), symbols, tuple(premises), seconds)
    first = () if counted is None else (prove(eq(counted, f), given, name="closed_form", seconds=seconds),)
    found = _of_symbol(ask) if len(symbols) == 1 else _of_product(ask)
    if not first:
        return found
    return replace(found, proofs=(*found.proofs, *first)) if found.proofs else found


@dataclass(frozen=True)
class Elasticity:
    """The elasticity of ``expression`` f in ``variable`` x: percent of f for one percent of x.

    Where ``kind`` is ``exact``, ``value`` is x/f df/dx wherever f is not 0. Where it is ``asymptotic``, f is
    rounded and has no derivative; ``value`` is then the exponent k of f ~ a x^k, which is what the slope of
    log f over log x tends to.
    """

    expression: Any
    variable: Any
    kind: str
    value: Any
    proofs: tuple[Verdict, ...] = field(default=(), repr=False)

    @property
    def proved(self) -> bool:
        """Whether the kernel has accepted a proof of all that the value rests on."""
        return bool(self.proofs) and all(v.status == "PROVED" for v in self.proofs)

    def __str__(self) -> str:
        how = "" if self.kind == "exact" else " in the limit"
        proof = "proved" if self.proved else "not proved"
        return f"the elasticity of {self.expression} in {self.variable} is {self.value}{how} ({proof})"

    @property
    def latex(self) -> str:
        """The elasticity as a formula."""
        x, f = in_latex(self.variable), in_latex(self.expression)
        if self.kind == "exact":
            sign = rf"\frac{{{x}}}{{f}} \frac{{\partial f}}{{\partial {x}}} ="
        else:
            sign = rf"\frac{{\log f}}{{\log {x}}} \to"
        return rf"f = {f}, \quad {sign} {in_latex(self.value)}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


def elasticity(expr: Any, x: Any, given: Any = (), *, seconds: float = 20) -> Elasticity:
    """The elasticity x/f df/dx of an expression f in a symbol x: percent per percent.

    For quotients of polynomials in x it is exact: with f = P/Q and D = P'Q - PQ', it is x D/(P Q) where f is
    not 0. Proved are f = P/Q, the derivative (for all h: P(x + h) Q(x) - P(x) Q(x + h) = h D + h^2 R with a
    polynomial R) and the value, for all real x > 0. Where x is rounded in f there is no derivative, and the
    result is the exponent of the scaling law (``kind`` is ``asymptotic``).

    Raises ``TypeError`` for what is no expression or symbol, ``ValueError`` for symbols that do not occur,
    for f = 0, and where x is rounded and no scaling law was found.

    >>> from symcnn import Conv2d, dims, elasticity
    >>> C, K, H, W = dims("C K H W")
    >>> cost = Conv2d(3, C, kernel_size=K, bias=False).cost((3, H, W))
    >>> print(elasticity(cost.params, K))
    the elasticity of 3*C*K**2 in K is 2 (proved)
    >>> elasticity(cost.macs, H).value
    H/(-K + H + 1)
    """
    f, counted = _expression(expr, "expr")
    symbols = _variable(x)
    if len(symbols) > 1:
        raise ValueError(f"x={x} is a product; ask for the elasticity in one of {listed(symbols)}")
    premises = _premises(given, counted)
    _occur(symbols, f, premises)
    symbol = next(iter(symbols))
    q = root(f, symbol)
    names = {s.name for s in f.free_symbols}
    t = DimSymbol(new_name("t", names), positive=True) if q > 1 else _real(symbol)
    moved = f.xreplace({symbol: t**q})
    open_parts = lettered(moved, [t])
    form = ratio(open_parts.plain, t)
    if form is None:
        law = scaling(expr, symbol, given, seconds=seconds)
        if law.kind == "unknown":
            raise ValueError(f"{f} has no derivative in {symbol}, and no scaling law was found: {law.why}")
        return Elasticity(f, symbol, "asymptotic", law.exponent, law.proofs)
    if not form.top:
        raise ValueError(f"expr={expr} is 0, so that nothing is a percent of it")
    value, claims = _elasticity(open_parts.plain, form, t)
    proofs = [prove(claim, name=name, seconds=seconds) for name, claim in claims]
    if form.bottom != {0: 1}:
        proofs += [
            prove(gt(part, 0), premises, name="positive", seconds=seconds) for part in open_parts.letters
        ]
    if counted is not None:
        proofs.append(prove(eq(counted, f), given, name="closed_form", seconds=seconds))
    shown = open_parts.back(value / q).xreplace({t: sympy.Pow(symbol, sympy.Rational(1, q))})
    return Elasticity(f, symbol, "exact", shown, tuple(proofs))


def _elasticity(f: Any, form: Ratio, x: Any) -> tuple[Any, list[tuple[str, Relation]]]:
    """The elasticity, and the equations that show it."""
    top, bottom = (sympy.Add(*(c * x**k for k, c in part.items())) for part in (form.top, form.bottom))
    up, down = (
        sympy.Add(*(k * c * x ** (k - 1) for k, c in part.items() if k)) for part in (form.top, form.bottom)
    )
    slope = up * bottom - top * down
    h = DimSymbol(new_name("h", {s.name for s in f.free_symbols} | {x.name}), real=True)
    change = top.xreplace({x: x + h}) * bottom - top * bottom.xreplace({x: x + h})
    rest = sympy.expand(sympy.expand(change - h * slope) / h**2)
    if not rest.is_polynomial(h):
        raise RuntimeError(
            f"{slope} is not the derivative of {f} times the square of {bottom}; please report"
        )
    value = tidy(sympy.cancel(sympy.together(x * slope / (top * bottom))))
    over, under = sympy.fraction(sympy.together(value))
    claims = [
        ("derivative", eq(change, h * slope + h**2 * rest)),
        ("elasticity", eq(over * top * bottom, x * slope * under)),
    ]
    if f != top / bottom:
        claims.append(("quotient", eq(f, top / bottom)))
    return value, claims


# -- what is asked -------------------------------------------------------------------------------------------


class _Bounded(ValueError):
    """The premises keep a symbol from growing."""


@dataclass(frozen=True)
class _Asked:
    """An expression, the symbol or product x, its symbols, and what is assumed of them."""

    f: Any
    x: Any
    symbols: tuple[Any, ...]
    premises: tuple[Any, ...]
    seconds: float

    def prove(self, statement: Statement) -> Verdict:
        return prove(statement, seconds=self.seconds)

    def names(self) -> set[str]:
        """The names that are taken."""
        return {s.name for s in self.f.free_symbols.union(*map(free_in, self.premises))}

    def equation(self, right: Any) -> Verdict:
        """That f is this, always."""
        return prove(eq(self.f, right), self.premises, name="value", seconds=self.seconds)

    def limit(self, open_parts: Lettered, factor: Any, exponent: int) -> tuple[Verdict, ...]:
        """That f ~ factor x^exponent, and that the premises let x grow: a limit says nothing otherwise.

        Parts that are proved to be positive stand in the first statement as letters, for all positive
        numbers. Of what is negative, -f grows like -factor x^exponent, which says the same.
        """
        tied = any(free_in(p) & {*self.symbols} for p in self.premises)
        least = sympy.Min(*self.symbols)
        proofs = [self.prove(unbounded(least, self.symbols, self.premises, "grows"))] if tied else []
        if proofs and proofs[0].status == "REFUTED":
            raise _Bounded(
                f"given={listed(self.premises)} keeps {listed(self.symbols)} from growing; "
                "leave out the upper limits"
            )
        doubtful: dict[Any, Any] = {}
        for part, letter in open_parts.letters.items():
            if not part.is_Integer:
                found = prove(gt(part, 0), self.premises, name="positive", seconds=self.seconds)
                proofs += [found] if found.status == "PROVED" else []
                doubtful |= {} if found.status == "PROVED" else {letter: part}
        sign = -1 if factor.could_extract_minus_sign() else 1
        f, like = (sign * e.xreplace(doubtful) for e in (open_parts.plain, factor * self.x**exponent))
        found = self.prove(asymptotic(f, like, self.symbols, self.premises))
        if found.status == "REFUTED" and open_parts.letters:
            # Of all positive numbers it says too much; of these parts it may be right.
            f, like = (open_parts.back(e) for e in (f, like))
            found = self.prove(asymptotic(f, like, self.symbols, self.premises))
        return found, *proofs

    def law(
        self, kind: str, factor: Any, exponent: Any, rest: Any, proofs: Iterable[Verdict], why: str = ""
    ) -> Scaling:
        return Scaling(self.f, self.x, kind, factor, exponent, rest, tuple(proofs), None, why)

    def unknown(self, why: str) -> Scaling:
        return Scaling(self.f, self.x, "unknown", None, None, None, (), None, why)


def _of_symbol(ask: _Asked) -> Scaling:
    x = ask.x
    q = root(ask.f, x)
    if q == 1:
        return _law(ask)
    # Powers of x^(1/q): the law is one in t, with x = t^q.
    t = DimSymbol(_free_name(ask, "t"), positive=True)
    moved = {x: t**q}
    premises = tuple(put_in(p, moved) for p in ask.premises)
    f = ask.f.xreplace(moved)
    found = _law(_Asked(f, t, (t,), premises, ask.seconds))
    if found.kind == "unknown":
        return ask.unknown(found.why)
    exponent = sympy.Rational(found.exponent, q)
    if found.kind in ("proportional", "power law"):
        return ask.law("power law", found.factor, exponent, found.rest, found.proofs)
    if found.kind == "polynomial" and exponent == 1 and not found.rest.has(t):
        return ask.law("affine", found.factor, 1, found.rest, found.proofs)
    return ask.law("asymptotic", found.factor, exponent, None, found.proofs, found.why)


def _of_product(ask: _Asked) -> Scaling:
    """Laws in p = x y: those of f with p/y for x, where y is gone then; else what f grows like."""
    first, *others = ask.symbols
    p = DimSymbol(_free_name(ask, "p"), **_both(ask.symbols))
    moved = _reduced(ask.f.xreplace({first: p / sympy.Mul(*others)}), others)
    if moved is None:
        return replace(_grows_like_product(ask), alone=_alone(ask))
    # The function of p is there, which proves more than that there is one.
    given = (*ask.premises, eq(p, ask.x))
    alone = prove(eq(ask.f, moved), given, name="product_alone", seconds=ask.seconds)
    fixed = tuple(r for r in ask.premises if not free_in(r) & {*ask.symbols})
    found = _law(_Asked(moved, p, (p,), fixed, ask.seconds))
    return replace(
        found,
        expression=ask.f,
        variable=ask.x,
        rest=None if found.rest is None else found.rest.xreplace({p: ask.x}),
        proofs=(*found.proofs, alone) if found.proofs else (),
        alone=alone,
    )


def _free_name(ask: _Asked, wanted: str) -> str:
    return new_name(wanted, ask.names())


def _both(symbols: Sequence[Any]) -> dict[str, bool]:
    """What a product of these symbols is known to be."""
    whole = {"integer": True} if all(s.is_integer for s in symbols) else {}
    return {**whole, **({"positive": True} if all(s.is_positive for s in symbols) else {"nonnegative": True})}


def _alone(ask: _Asked) -> Verdict:
    """Whether equal products give equal values, all else being fixed."""
    names = ask.names()
    prime = "'"
    while any(s.name + prime in names for s in ask.symbols):
        prime += "'"
    second = {s: DimSymbol(s.name + prime, **s.assumptions0) for s in ask.symbols}
    other = [put_in(r, second) for r in ask.premises]
    claim = eq(ask.f, ask.f.xreplace(second))
    given = [*ask.premises, *other, eq(ask.x, ask.x.xreplace(second))]
    return prove(claim, given, name="product_alone", seconds=ask.seconds)


def _reduced(f: Any, gone: Sequence[Any]) -> Any:
    """An expression from which these symbols cancel; None where they do not."""
    parts = {e: e.func(sympy.cancel(e.args[0])) for e in f.atoms(sympy.floor, sympy.ceiling)}
    f = f.xreplace(parts)
    if f.has(*gone):
        f = tidy(sympy.cancel(sympy.together(f)))
    return None if f.has(*gone) else f


def _grows_like_product(ask: _Asked) -> Scaling:
    """f ~ a (x y)^k as x and y grow, where the leading powers of all symbols are the same."""
    open_parts = lettered(ask.f, ask.symbols)
    factor, exponents = open_parts.plain, set[int]()
    for symbol in ask.symbols:
        factor = without_rounding(factor, symbol)
    for symbol in ask.symbols:
        form = ratio(factor, symbol)
        if form is None or not form.top:
            return ask.unknown(f"it is no quotient of polynomials in {symbol}")
        factor, exponent = form.leading
        exponents.add(exponent)
    if len(exponents) > 1:
        return ask.unknown(f"it grows with different powers of {listed(ask.symbols)}")
    return _asymptotic(ask, open_parts, factor, exponents.pop())


def _asymptotic(ask: _Asked, open_parts: Lettered, factor: Any, exponent: int) -> Scaling:
    proofs = ask.limit(open_parts, factor, exponent)
    factor = open_parts.back(factor)
    if proofs[0].status == "REFUTED":
        return ask.unknown(f"that it grows like {factor * ask.x**exponent} is refuted")
    return ask.law("asymptotic", factor, exponent, None, proofs)


def _law(ask: _Asked) -> Scaling:
    """The law in one symbol."""
    f, x = ask.f, ask.x
    open_parts = lettered(f, [x])
    smooth = without_rounding(open_parts.plain, x)
    form = ratio(smooth, x)
    if form is None:
        return _by_extremum(ask)
    exact = smooth == open_parts.plain
    if not form.top and not exact:
        return ask.unknown("it is nothing but what is rounded away")
    powers = form.powers if exact else None
    if powers is not None:
        return _sum_of_powers(ask, open_parts, powers or {0: sympy.Integer(0)})
    return _asymptotic(ask, open_parts, *form.leading)


def _sum_of_powers(ask: _Asked, open_parts: Lettered, plain: dict[int, Any]) -> Scaling:
    """The law of f = sum of c x^k."""
    x, zero = ask.x, sympy.Integer(0)
    powers = {k: open_parts.back(c) for k, c in plain.items()}
    # What differs as letters may be the same, so that a coefficient is 0.
    powers = {k: c for k, c in powers.items() if sympy.expand(c) != 0} or {0: zero}
    k = max(powers)
    a, b = powers[k], powers.get(0, zero)
    if {*powers} == {0}:
        b = b if ask.f.has(x) else ask.f
        proofs = [ask.prove(independent(ask.f, ask.symbols, ask.premises)), ask.equation(b)]
        return ask.law("independent", zero, 0, b, proofs)
    if len(powers) == 1:
        found = ask.prove(proportional(ask.f, x**k, ask.symbols, ask.premises))
        kind = "proportional" if k == 1 else "power law"
        return ask.law(kind, a, k, zero, [found, ask.equation(a * x**k)])
    if {*powers} == {0, 1}:
        found = ask.prove(proportional(ask.f - b, x, ask.symbols, ask.premises, "affine"))
        return ask.law("affine", a, 1, b, [found, ask.equation(a * x + b)])
    if min(powers) < 0:
        return _asymptotic(ask, open_parts, plain[k], k)
    rest = sympy.Add(*(c * x**e for e, c in powers.items() if e != k))
    proofs = [ask.equation(a * x**k + rest)]
    try:
        limit = ask.limit(open_parts, plain[k], k)
    except _Bounded:
        return ask.law("polynomial", a, k, rest, proofs, f"{x} does not grow beyond all limits")
    if limit[0].status == "REFUTED":
        return ask.law("polynomial", a, k, rest, proofs, f"{a} need not be positive")
    return ask.law("polynomial", a, k, rest, [*limit, *proofs])


def _by_extremum(ask: _Asked) -> Scaling:
    """The law of a maximum or minimum: that of the argument that is the largest or smallest in the end."""
    x, f = ask.x, without_rounding(ask.f, ask.x)
    if isinstance(f, sympy.Max | sympy.Min):
        forms = [ratio(part, x) for part in f.args]
        leading = [form.leading for form in forms if form is not None and form.top]
        if len(leading) == len(f.args):
            k = (max if isinstance(f, sympy.Max) else min)(exponent for _, exponent in leading)
            factors = [a for a, exponent in leading if exponent == k]
            if len(factors) == 1:
                return _asymptotic(ask, Lettered(ask.f, {}), factors[0], k)
    kinds = (sympy.Max, sympy.Min, sympy.Abs, sympy.Sum, sympy.Piecewise, sympy.Pow)
    ways = sorted(str(e) for e in f.atoms(*kinds) if e.has(x) and not e.is_rational_function(x))
    return ask.unknown(f"it holds {ways[0]}" if ways else "it is no quotient of polynomials")


# -- what is given -------------------------------------------------------------------------------------------


def _expression(value: Any, what: str) -> tuple[Any, Quantity | None]:
    try:
        found = operand(value)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    if isinstance(found, Quantity):
        return sympy.sympify(_sized(found.cost.size(found.name))), found
    return sympy.sympify(_sized(found)), None


def _sized(value: Any) -> Any:
    return to_sympy(value) if isinstance(value, Dim) else value


def _variable(x: Any) -> tuple[Any, ...]:
    """The symbol, or the symbols of the product, in the order in which it shows them."""
    x = _sized(x)
    if not isinstance(x, sympy.Expr):
        raise TypeError(f"x={brief(x)} ({type(x).__name__}) is no symbol and no product of symbols")
    factors = _factors(x)
    for factor in factors:
        if not isinstance(factor, sympy.Symbol):
            raise ValueError(
                f"x={x} is no symbol and no product of different symbols; ask for the law in one symbol, "
                "whose exponent is part of it"
            )
        if not factor.is_nonnegative:
            raise ValueError(f"x={factor} may be negative; make it with dims({factor.name!r}) or reals")
    return factors


def _factors(x: Any) -> tuple[Any, ...]:
    return tuple(x.as_ordered_factors())


def _premises(given: Any, counted: Quantity | None) -> list[Relation]:
    """What is given as relations between expressions.

    Of a domain the inequalities are taken: what is proved without the rest holds with it.
    """
    found: list[Relation] = []
    waiting: list[Any] = [given] if counted is None else [given, counted.cost]
    while waiting:
        premise = waiting.pop(0)
        if isinstance(premise, tuple | list):
            several: Sequence[Any] = premise
            waiting = [*several, *waiting]
        elif isinstance(premise, Cost):
            waiting = [*premise.domain, *waiting]
        elif isinstance(premise, Condition):
            left, right = premise.sides()
            if premise.relation == "ge":
                found.append(Relation(">=", to_sympy(left), to_sympy(right)))
        elif isinstance(premise, Relation):
            both = [_expression(side, "given")[0] for side in (premise.left, premise.right)]
            found.append(Relation(premise.sign, *both))
        else:
            raise TypeError(
                f"given={brief(premise)} is no relation and no cost; write it with eq, le, lt, ge or gt"
            )
    return list(dict.fromkeys(found))


def _growing(x: Any) -> str:
    return f"as {listed(_factors(x))} {'grows' if len(_factors(x)) == 1 else 'grow'}"


def _occur(symbols: Sequence[Any], f: Any, premises: Iterable[Relation]) -> None:
    """Raise ``ValueError`` where a symbol has the name of another one in f, or f has no symbol like it."""
    known = {s.name: s for s in f.free_symbols}
    for premise in premises:
        known |= {s.name: s for s in free_in(premise)}
    for symbol in symbols:
        other = known.get(symbol.name, symbol)
        if other != symbol:
            raise ValueError(f"x={symbol} is declared in another way than {other} in {f}; declare it once")
        if symbol.name not in known and not f.free_symbols:
            continue
        close = suggestion(symbol.name, known)
        if symbol.name not in known and "did you mean" in close:
            raise ValueError(f"x={symbol} does not occur in {f}{close}")


def _real(symbol: Any) -> Any:
    return DimSymbol(symbol.name, positive=True) if symbol.is_positive else symbol


def listed(values: Iterable[Any]) -> str:
    """Values between commas."""
    return ", ".join(map(str, values))


def in_latex(expression: Any) -> str:
    """An expression in LaTeX, subscripts as in all other formulas of symcnn."""
    if expression is None:
        return ""
    names = {s: name_in_latex(s.name) for s in sympy.sympify(expression).free_symbols}
    return sympy.latex(expression, symbol_names=names)


def _product_in_latex(factor: Any, power: str) -> str:
    if factor in (1, -1):
        return power if factor == 1 else f"- {power}"
    shown = in_latex(factor)
    return rf"\left({shown}\right) {power}" if factor.is_Add else f"{shown} {power}"
