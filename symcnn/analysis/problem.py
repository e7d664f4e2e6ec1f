"""Optimisation problems: what is to be largest or smallest, over which symbols, and under which conditions.

A problem is read once, with every bad input refused, and then turned into statements of the kernel: about all
feasible points, about one point, or about a curve. Over real numbers a symbol that stands for a positive
integer stands for any positive real number, which is more; so what holds there holds for the integers too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import Compare, Term
from symcnn.kernel.writing import write
from symcnn.proving.relations import Relation, eq, operand
from symcnn.proving.translation import statements
from symcnn.symbols.checks import brief
from symcnn.symbols.dims import DimSymbol
from symcnn.symbols.size import Dim
from symcnn.symbols.suggest import suggestion

_OF_SYMPY = {
    "Equality": "=",
    "LessThan": "<=",
    "GreaterThan": ">=",
    "StrictLessThan": "<",
    "StrictGreaterThan": ">",
}
_TURNED = {"=": "=", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Problem:
    """``objective`` is to be largest over ``over`` where all of ``conditions`` hold.

    ``conditions`` speak of the symbols in ``over``, ``given`` of the others alone.
    """

    objective: Any
    over: tuple[Any, ...]
    conditions: tuple[Relation, ...]
    given: tuple[Relation, ...]

    @property
    def parameters(self) -> tuple[Any, ...]:
        """The symbols that stay fixed, by name."""
        found = {s for e in self.expressions() for s in e.free_symbols} - {*self.over}
        return tuple(sorted(found, key=lambda s: s.name))

    def expressions(self) -> Iterable[Any]:
        """All that the problem is made of."""
        yield self.objective
        for relation in (*self.conditions, *self.given):
            yield from sides(relation)

    def names(self) -> set[str]:
        """The names that are taken."""
        return {s.name for e in self.expressions() for s in e.free_symbols}

    def with_values(self, values: Mapping[Any, Any]) -> Problem:
        """The problem with expressions in place of symbols that are not in ``over``."""
        return Problem(
            put(self.objective, values),
            self.over,
            tuple(put_in(r, values) for r in self.conditions),
            tuple(put_in(r, values) for r in self.given),
        )


def put(expression: Any, values: Mapping[Any, Any]) -> Any:
    """An expression with values in place of symbols, all at once."""
    return sympy.sympify(expression).xreplace(values)


def sides(relation: Relation) -> tuple[Any, Any]:
    """Both sides as SymPy expressions."""
    return sympy.sympify(relation.left), sympy.sympify(relation.right)


def gap(relation: Relation) -> Any:
    """The left side minus the right one."""
    left, right = sides(relation)
    return left - right


def put_in(relation: Relation, values: Mapping[Any, Any]) -> Relation:
    """A relation with values in place of symbols."""
    return Relation(relation.sign, put(relation.left, values), put(relation.right, values))


# -- what is given -------------------------------------------------------------------------------------------


def read_problem(objective: Any, over: Any, subject_to: Any, given: Any) -> Problem:
    """What was asked, with exact expressions; raises ``TypeError`` and ``ValueError`` for what is none."""
    target = _expression(objective, "objective")
    symbols = _symbols(over)
    conditions = [_condition(r, "subject_to") for r in _several(subject_to)]
    known = [_condition(r, "given") for r in _several(given)]
    used = {s for e in (target, *(side for r in conditions for side in sides(r))) for s in e.free_symbols}
    for symbol in symbols:
        if symbol not in used:
            names = sorted(s.name for s in used)
            raise ValueError(
                f"over={symbol} occurs neither in the objective {target} nor in subject_to"
                f"{suggestion(symbol.name, names) or '; leave it out'}"
            )
    for relation in conditions:
        if not free_in(relation) & {*symbols}:
            raise ValueError(
                f"subject_to={relation} speaks of none of over={_listed(symbols)}; hand it over as given"
            )
    for relation in known:
        if free_in(relation) & {*symbols}:
            raise ValueError(f"given={relation} speaks of {_listed(symbols)}; hand it over as subject_to")
    return Problem(target, symbols, tuple(conditions), tuple(known))


def _expression(value: Any, what: str) -> Any:
    try:
        found = operand(value)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    if isinstance(found, Dim):
        from symcnn.symbols.border import to_sympy

        return to_sympy(found)
    if not isinstance(found, sympy.Basic | int) and type(found).__name__ != "Fraction":
        raise TypeError(f"{what}={value!r} is a count of points; take its closed form, such as cost.macs")
    return sympy.sympify(found)


def _symbols(over: Any) -> tuple[Any, ...]:
    found: tuple[Any, ...] = tuple(over) if isinstance(over, tuple | list) else (over,)
    if not found:
        raise ValueError("over=() names no symbol that may be chosen")
    for symbol in found:
        if not isinstance(symbol, sympy.Symbol):
            raise TypeError(f"over={brief(symbol)} is no symbol; use those of dims(...) and reals(...)")
        if not symbol.is_nonnegative:
            raise ValueError(
                f"over={symbol} may be negative; sizes are not, so make it with dims(...) or reals(...)"
            )
    if len({*found}) < len(found):
        raise ValueError(f"over={_listed(found)} names a symbol twice")
    return found


def _several(relations: Any) -> list[Any]:
    return list(relations) if isinstance(relations, tuple | list) else [relations]


def _condition(relation: Any, what: str) -> Relation:
    kind = type(relation).__name__
    if isinstance(relation, Relation):
        sign, left, right = relation.sign, relation.left, relation.right
    elif kind in _OF_SYMPY:
        sign, left, right = _OF_SYMPY[kind], relation.args[0], relation.args[1]
    else:
        raise TypeError(
            f"{what}={brief(relation)} is no relation; "
            "write it with eq, le or ge of symcnn, which never collapse"
        )
    if sign not in _TURNED and what == "subject_to":
        raise ValueError(
            f"{what}={relation} leaves its bound out, so no point need be best; write it with eq, le or ge"
        )
    return Relation(sign, _expression(left, what), _expression(right, what))


def free_in(relation: Relation) -> set[Any]:
    """The symbols of both sides."""
    return {s for side in sides(relation) for s in side.free_symbols}


def _listed(symbols: Sequence[Any]) -> str:
    return f"({', '.join(s.name for s in symbols)})"


# -- real numbers in place of integers -----------------------------------------------------------------------


def over_reals(problem: Problem) -> tuple[Problem, dict[Any, Any]]:
    """The problem over real numbers, and the author's symbol for each of its symbols.

    Symbols that are rounded stay integers; raises ``ValueError`` where those in ``over`` are.
    """
    rounded = {
        s
        for e in problem.expressions()
        for part in e.atoms(sympy.floor, sympy.ceiling)
        for s in part.free_symbols
    }
    inside = [s for s in problem.over if s in rounded]
    if inside:
        raise ValueError(
            f"over={_listed(inside)} is rounded in the problem, so it is no real number; use integers=True"
        )
    real = {s: _real(s) for s in (*problem.over, *problem.parameters) if s not in rounded}
    changed = replace(problem.with_values(real), over=tuple(real[s] for s in problem.over))
    return _without_extrema(changed), {new: old for old, new in real.items()}


def _real(symbol: Any) -> Any:
    if symbol.is_positive:
        return DimSymbol(symbol.name, positive=True)
    if symbol.is_nonnegative:
        return DimSymbol(symbol.name, nonnegative=True)
    return symbol


def _without_extrema(problem: Problem) -> Problem:
    """``Max(M, N) <= D`` as ``M <= D`` and ``N <= D``; ``Min(M, N) >= D`` likewise."""
    conditions: list[Relation] = []
    for relation in problem.conditions:
        sign, (left, right) = relation.sign, sides(relation)
        if isinstance(right, sympy.Max | sympy.Min):
            sign, left, right = _TURNED[sign], right, left
        if (sign, type(left)) in (("<=", sympy.Max), (">=", sympy.Min)):
            conditions += [Relation(sign, part, right) for part in left.args]
        else:
            conditions.append(relation)
    return replace(problem, conditions=tuple(conditions))


def relaxed(problem: Problem) -> tuple[Problem, tuple[Relation, ...]]:
    """The problem with ``M <= D`` and ``N <= D`` for ``Max(M, N) = D``, and these conditions alone.

    It allows more points, so what is best there and feasible here is best here.
    """
    weaker: list[Relation] = []
    conditions: list[Relation] = []
    for relation in problem.conditions:
        left, right = sides(relation)
        if isinstance(right, sympy.Max | sympy.Min):
            left, right = right, left
        if relation.sign == "=" and isinstance(left, sympy.Max | sympy.Min):
            sign = "<=" if isinstance(left, sympy.Max) else ">="
            parts = [Relation(sign, part, right) for part in left.args]
            weaker += parts
            conditions += parts
        else:
            conditions.append(relation)
    return replace(problem, conditions=tuple(conditions)), tuple(weaker)


def with_budgets(problem: Problem) -> tuple[Problem, dict[Any, Any]]:
    """The problem with symbols in place of the numbers that the conditions compare with, and their values."""
    values: dict[Any, Any] = {}
    taken = problem.names()

    def lifted(relation: Relation) -> Relation:
        left, right = sides(relation)
        if not right.is_Rational or not right.is_positive or not left.free_symbols:
            return relation
        name = next(n for n in ("budget", *(f"budget_{k}" for k in range(2, 100))) if n not in taken)
        taken.add(name)
        symbol = DimSymbol(name, positive=True)
        values[symbol] = right
        return Relation(relation.sign, left, symbol)

    return replace(problem, conditions=tuple(map(lifted, problem.conditions))), values


# -- statements ----------------------------------------------------------------------------------------------


def stated(
    name: str,
    meaning: str,
    form: str,
    terms: Mapping[str, Any],
    given: Sequence[Relation],
    outline: Sequence[Relation] = (),
    at: Mapping[Any, Any] | None = None,
) -> Statement:
    """A statement whose claim is written with ``{key}`` for each of the terms, and what to prove on the way.

    The terms and premises are translated as in ``prove``; the form around them is the kernel's own language.
    ``at`` is put in after that, term by term, so that nothing is simplified on the way.
    """
    steps = {f"{side}{k}": e for k, r in enumerate(outline) for side, e in zip(_SIDES, sides(r), strict=True)}
    point = {} if at is None else {f"point{k}": value for k, value in enumerate(at.values())}
    places = {} if at is None else {f"place{k}": symbol for k, symbol in enumerate(at)}
    head, translated = _translated(name, {**terms, **steps, **point, **places}, given)
    if at is not None:
        values = {write(translated[f"place{k}"]): translated[f"point{k}"] for k in range(len(at))}
        translated = {key: term_with(term, values) for key, term in translated.items()}
        head = _declaring(name, [*terms.values(), *at.values()], {*at}, given)
    shown = {key: _bracketed(write(term)) for key, term in translated.items()}
    lines = head.written.splitlines()
    text = [f'theorem {name} "{meaning}"', *lines[1:-1], f"  claim     {form.format(**shown)}"]
    if outline:
        text.append("  proof")
    for k, relation in enumerate(outline):
        text.append(f"    have step{k} : {shown[f'left{k}']} {relation.sign} {shown[f'right{k}']}")
    (out,) = read_statements("\n".join(text))
    return out


_SIDES = ("left", "right")


def _declaring(name: str, values: Sequence[Any], but: set[Any], given: Sequence[Relation]) -> Statement:
    """Any statement that declares all symbols but some."""
    found = {s for e in values for s in sympy.sympify(e).free_symbols} - but
    terms = {f"declared{k}": s for k, s in enumerate(sorted(found, key=lambda s: s.name))}
    return _translated(name, terms or {"declared": sympy.Integer(0)}, given)[0]


def kernel_terms(terms: Mapping[str, Any], given: Sequence[Relation]) -> dict[str, Term]:
    """The terms as they stand in statements with these premises."""
    return _translated("terms", terms, given)[1]


def _translated(
    name: str, terms: Mapping[str, Any], given: Sequence[Relation]
) -> tuple[Statement, dict[str, Term]]:
    found = statements([(f"{name}.{key}", eq(term, 0)) for key, term in terms.items()], list(given))
    sides = [s.claim.left for s in found if isinstance(s.claim, Compare)]
    return found[0], dict(zip(terms, sides, strict=True))


def _bracketed(text: str) -> str:
    return text if text.replace("_", "").replace("'", "").isalnum() else f"({text})"
