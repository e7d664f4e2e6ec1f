"""From relations to statements of the kernel: structural, with nothing decided on the way.

A statement is written as text and read back by the kernel's own reader; what is read must be what was built.
So the text that is shown, and stored, is the statement that is proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symcnn.derive.cost import Cost
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import (
    Compare,
    Formula,
    IllSorted,
    Number,
    Sort,
    Term,
    Unreadable,
    Variable,
    same,
)
from symcnn.kernel.writing import write, write_sort
from symcnn.proving import expressions, sizes
from symcnn.proving.relations import TRUTH_VALUES, Quantity, Relation, operand
from symcnn.proving.sameness import Same
from symcnn.proving.scope import Scope, kernel_names
from symcnn.symbols.checks import brief
from symcnn.symbols.checks import text as text_of
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Dim, symbols_of

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]*'*")


def term(value: Any) -> Term:
    """A number, a size, a SymPy expression or a quantity of a cost as a kernel term.

    Raises ``TypeError`` for what has no counterpart, with what to write instead, and ``ValueError`` for
    symbols about which a statement cannot say what SymPy assumes, and for terms without a sort.

    >>> from sympy import ceiling
    >>> from symcnn import dims
    >>> H, S = dims("H S")
    >>> print(write(term(ceiling(H/S) + 1)))
    1 - (-1)*H//S
    """
    given = operand(value)
    scope = _scope([given])
    try:
        out = _term(given, scope)
    except RecursionError:
        raise _too_deep() from None
    try:
        sort_of(out, scope.sorts)
    except IllSorted as error:
        raise ValueError(f"{value} is no term of a statement: {error}") from None
    return out


def statement(claim: Any, given: Any = (), name: str = "claim", meaning: str = "") -> Statement:
    """A relation as a statement, with what is assumed of its symbols and what is ``given``.

    The claim is a relation of ``symcnn`` (eq, le, ..., same), a SymPy relation that has not collapsed, or a
    condition; ``given`` is one of these, a cost (its domain), or several of them. A claim about a
    ``quantity`` brings along the domain of its cost. An upper bound of a SymPy sum that lies below the lower
    one leaves the sum empty, as in a loop; SymPy's ``doit`` follows another convention there.

    Raises ``TypeError`` and ``ValueError`` with the reason for what no statement can say.

    >>> from symcnn import Linear, dims, eq, quantity
    >>> N, C, D = dims("N C D")
    >>> cost = Linear(C, D).cost((N, C))
    >>> print(statement(eq(quantity(cost, "macs"), N*C*D), name="dense").written)
    theorem dense ""
      given     N, D, C : int >= 1
      claim     sum(n in 0..N, o in 0..D, i in 0..C) 1 = C*D*N
    """
    _check_head(name, meaning)
    try:
        return _statement(claim, given, name, meaning)
    except RecursionError:
        raise _too_deep() from None


def report(found: Statement) -> str:
    """A statement as the kernel holds it: printed from its terms, not from the text that it was read from.

    Abbreviations are written out, forms are unfolded, and a definition by recursion stands as the two
    equations that it adds.

    >>> from symcnn import dims, le
    >>> N, C = dims("N C")
    >>> print(report(statement(le(N, N*C), meaning="More channels, more entries.")))
    theorem claim "More channels, more entries."
      given     N, C : int >= 1
      claim     N <= C*N
    """
    return _text(
        _Parts(
            found.name,
            found.meaning,
            found.source,
            found.scope,
            found.assumptions,
            found.definitions,
            found.claim,
        )
    )


def statements(claims: Sequence[tuple[str, Any]], given: Any = (), meaning: str = "") -> list[Statement]:
    """Named relations as statements that declare and assume the same: each can be a fact in the others.

    What one of the relations brings along, such as the domain of a cost, is assumed in all of them. The
    ``meaning`` is that of the first.

    >>> from symcnn import dims, le
    >>> N, C = dims("N C")
    >>> for found in statements([("whole", le(1, N*C)), ("part", le(1, N))]):
    ...     print(report(found))
    theorem whole ""
      given     C, N : int >= 1
      claim     1 <= C*N
    theorem part ""
      given     C, N : int >= 1
      claim     1 <= N
    """
    for name, _ in claims:
        _check_head(name, meaning)
    try:
        return _statements(claims, given, meaning)
    except RecursionError:
        raise _too_deep() from None


def _statement(claim: Any, given: Any, name: str, meaning: str) -> Statement:
    (found,) = _statements([(name, claim)], given, meaning)
    return found


def _statements(claims: Sequence[tuple[str, Any]], given: Any, meaning: str) -> list[Statement]:
    premises: list[Any] = [condition for _, claim in claims for condition in _domains(claim)]
    for premise in premises_in(given):
        if isinstance(premise, Same):
            raise TypeError(f"{premise} is about all inputs; it can be claimed, and not be given")
        premises += [*_domains(premise), premise]
    tensors: dict[str, Sort] = {}
    for _, claim in claims:
        tensors |= claim.tensors if isinstance(claim, Same) else {}
    sides = [side for r in (*(claim for _, claim in claims), *premises) for side in _sides(r)]
    scope = _scope(sides, tensors)
    built = [_formula(claim, scope) for _, claim in claims]
    assumed = [_formula(premise, scope) for premise in premises]
    sorts = scope.sorts
    assumptions = list(dict.fromkeys([*scope.assumptions(), *assumed, *scope.whole]))
    source = "; ".join(
        f"{scope.names[old]} stands for {ascii(old).replace('#', chr(92) + 'x23')}"
        for old in scope.declared
        if scope.names[old] != old
    )
    return [
        _read_back(_Parts(name, "" if k else meaning, source, sorts, assumptions, (), claim))
        for k, ((name, _), claim) in enumerate(zip(claims, built, strict=True))
    ]


def _read_back(parts: _Parts) -> Statement:
    """The statement as the kernel reads it, which must be what was built."""
    text = _text(parts)
    try:
        (found,) = read_statements(text)
    except Unreadable as error:
        raise ValueError(f"{parts.name} is no statement that the kernel reads: {error}") from None
    before, after = (parts.claim, *parts.assumptions), (found.claim, *found.assumptions)
    if (
        dict(found.scope) != dict(parts.scope)
        or len(before) != len(after)
        or not all(same(a, b) for a, b in zip(before, after, strict=True))
    ):
        raise RuntimeError(f"{parts.name} is read back as another statement; please report this:\n{text}")
    return found


def _too_deep() -> ValueError:
    return ValueError("an expression is nested too deeply to be translated; name its parts")


@dataclass(frozen=True)
class _Parts:
    name: str
    meaning: str
    source: str
    scope: Mapping[str, Sort]
    assumptions: Sequence[Formula]
    definitions: Sequence[Formula]
    claim: Formula


def _text(parts: _Parts) -> str:
    """The statement in the language of the kernel, one section a line."""
    lines = [f'theorem {parts.name} "{parts.meaning}"']
    if parts.source:
        lines.append("  source    " + parts.source.replace("\n", "\n            "))
    declared, rest = _declarations(parts.scope, parts.assumptions)
    lines += [f"  given     {', '.join(names)} : {sort}" for sort, names in declared]
    lines += [f"  # defined  {write(equation)}" for equation in parts.definitions]
    lines += [f"  assume    {write(assumption)}" for assumption in rest]
    lines.append(f"  claim     {write(parts.claim)}")
    return "\n".join(lines)


def _declarations(
    scope: Mapping[str, Sort], assumptions: Sequence[Formula]
) -> tuple[list[tuple[str, list[str]]], Sequence[Formula]]:
    """Names that share a sort and a limit, together; a limit is the next assumption, so the order is kept."""
    out: list[tuple[str, list[str]]] = []
    for name, sort in scope.items():
        shown = write_sort(sort)
        match assumptions[0] if assumptions else None:
            case Compare("<=" | "<" as relation, Number(value), Variable(other)) if other == name:
                shown += f" {relation.replace('<', '>')} {write(Number(value))}"
                assumptions = assumptions[1:]
            case _:
                pass
        if out and out[-1][0] == shown:
            out[-1][1].append(name)
        else:
            out.append((shown, [name]))
    return out, assumptions


def _check_head(name: str, meaning: str) -> None:
    text_of("name", name, "claim")
    text_of("meaning", meaning, "More channels, more entries.")
    if not _NAME.fullmatch(name):
        raise ValueError(f"name={name!r} must be a letter, followed by letters, digits, _ and .")
    if '"' in meaning or not meaning.isprintable():
        raise ValueError(f"meaning={meaning!r} must be one line without quotation marks")


def premises_in(given: Any) -> Iterator[Any]:
    """What is given, one by one; of a cost, the conditions of its domain."""
    if isinstance(given, Cost):
        yield from given.domain
    elif isinstance(given, tuple | list):
        for premise in given:
            yield from premises_in(premise)
    else:
        yield given


def _domains(relation: Any) -> Iterator[Condition]:
    """The domains of the costs whose quantities a relation is about, or of equations."""
    if isinstance(relation, Same):
        yield from relation.domain
    for side in (relation.left, relation.right) if isinstance(relation, Relation) else ():
        if isinstance(side, Quantity):
            yield from side.cost.domain


def _sides(relation: Any) -> tuple[Any, ...]:
    """The operands of a relation, to find the names in them; raises ``TypeError`` for what is none."""
    if isinstance(relation, Relation | Condition):
        return relation.left, relation.right
    if isinstance(relation, Same):
        return tuple(relation.sizes)
    if type(relation).__name__ in TRUTH_VALUES:
        raise expressions.collapsed(relation)
    if isinstance(relation, sympy.logic.boolalg.Boolean) and not isinstance(relation, sympy.Symbol):
        return (relation,)
    kind = type(relation).__name__
    raise TypeError(f"{brief(relation)} ({kind}) is no relation; write it with eq, ne, le, lt, ge or gt")


def _scope(operands: Iterable[Any], tensors: Mapping[str, Sort] | None = None) -> Scope:
    """The names of all symbols that occur, whether free or bound, before anything is translated."""
    given = {} if tensors is None else tensors
    names: set[str] = set()
    indices: set[str] = set()
    for value in operands:
        if isinstance(value, sympy.Basic):
            names.update(s.name for s in value.atoms(sympy.Symbol))
            indices.update(
                s.name
                for total in value.atoms(sympy.Sum)
                for limits in total.limits
                for s in limits[0].atoms(sympy.Symbol)
            )
        elif isinstance(value, Dim):
            names.update(s.name for s in symbols_of(value))
        elif isinstance(value, Quantity):
            used = symbols_of(*value.cost.values.values())
            names.update(s.name for s in (*used, *value.cost.source.symbols))
    for name in sorted(names & {*given}):
        raise ValueError(f"{name} names a symbol and a tensor; rename one of them")
    called = kernel_names({*names, *given})
    return Scope(called, frozenset(indices), functions={called[t]: sort for t, sort in given.items()})


def _formula(relation: Any, scope: Scope) -> Formula:
    if isinstance(relation, Relation):
        left, right = _term(relation.left, scope), _term(relation.right, scope)
        return expressions.compared(relation.sign, left, right)
    if isinstance(relation, Condition):
        return sizes.condition(relation, scope)
    if isinstance(relation, Same):
        return relation.formula(scope)
    return expressions.condition(relation, scope)


def _term(value: Any, scope: Scope) -> Term:
    if isinstance(value, int | Fraction):
        return Number(Fraction(value))
    if isinstance(value, Dim):
        return sizes.size(value, scope)
    if isinstance(value, Quantity):
        return sizes.quantity(value, scope)
    return expressions.expression(value, scope)
