"""Sizes, conditions and loop nests as kernel terms, without SymPy.

A count starts here as the nested sum of 1 over the box of a loop nest, its guards and all, not as a closed
form. A size that is a quotient, such as C/G, is an integer by what it stands for: it becomes ``C//G``, and
that G divides C is assumed with it, where everyone can read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from symcnn.derive.nests import FUSED_AWAY, MACS, LoopNest
from symcnn.derive.quantities import FUSED, MEMORY_PARTS, SEQUENTIAL, LayerQuantities
from symcnn.kernel.polynomial import Coefficient, Monomial, Polynomial
from symcnn.kernel.terms import (
    ONE,
    ZERO,
    And,
    Compare,
    Floor,
    Formula,
    If,
    Number,
    Sum,
    Term,
    Times,
    Variable,
)
from symcnn.network.cost import NetworkQuantities
from symcnn.proving.expressions import extremum, negative, plus, power, times
from symcnn.proving.relations import Quantity
from symcnn.proving.scope import Scope, declared_sym
from symcnn.symbols.cardinality import Card
from symcnn.symbols.conditions import Condition
from symcnn.symbols.extremum import Extremum
from symcnn.symbols.rounding import Floor as FloorAtom
from symcnn.symbols.size import (
    Atom,
    Dim,
    Group,
    IndexAtom,
    Size,
    Sym,
    as_quotient,
    atoms,
    is_integral,
    substitute,
)


def size(value: Size, scope: Scope) -> Term:
    """A size as a term of whole numbers, grouped as it is."""
    if isinstance(value, int):
        return Number(Fraction(value))
    if is_integral(value.terms):
        return plus([_monomial(m, c, scope) for m, c in value.terms.items()])
    return _with_quotients(value, scope)


def _with_quotients(value: Dim, scope: Scope) -> Term:
    """A size with quotients: the factor of each product of loop indices is an integer of its own."""
    groups: dict[Monomial, Polynomial] = {}
    for m, c in value.terms.items():
        indices = tuple((a, e) for a, e in m if isinstance(a, IndexAtom))
        groups.setdefault(indices, {})[tuple(p for p in m if p not in indices)] = c
    out: list[Term] = []
    for indices, terms in groups.items():
        factors = [power(_atom(a, scope), e) for a, e in indices]
        if is_integral(terms):
            out += [
                times([*factors, _monomial(m, c, scope)]) if factors else _monomial(m, c, scope)
                for m, c in terms.items()
            ]
        else:
            out.append(times([*factors, _exact_quotient(Dim(terms), scope)]))
    return plus(out)


def _exact_quotient(value: Dim, scope: Scope) -> Term:
    """``top // bottom``, with the assumption that nothing is left over."""
    if any(isinstance(a, IndexAtom) for a in atoms(value)):
        raise ValueError(f"the quotient {value} depends on a loop index, so it cannot be assumed to be whole")
    top, bottom = as_quotient(value)
    if isinstance(top, int) and isinstance(bottom, int):
        raise ValueError(f"{value} is no integer")
    exact = _divides(bottom, top, scope)
    if exact not in scope.whole:
        scope.whole.append(exact)
    return Floor(size(top, scope), size(bottom, scope))


def _divides(divisor: Size, value: Size, scope: Scope) -> Formula:
    d, n = size(divisor, scope), size(value, scope)
    return Compare("=", times([d, Floor(n, d)]), n)


def _monomial(monomial: Monomial, coefficient: Coefficient, scope: Scope) -> Term:
    factors = [power(_atom(a, scope), e) for a, e in monomial]
    number = Number(Fraction(coefficient))
    if not factors or coefficient == 1:
        return times(factors) if factors else number
    return negative(times(factors)) if coefficient == -1 else Times((number, *factors))


def _atom(atom: Atom, scope: Scope) -> Term:
    if isinstance(atom, Sym):
        return scope.variable(atom.name, declared_sym(atom))
    if isinstance(atom, IndexAtom):
        if atom not in scope.bound:
            raise ValueError(f"no loop runs over index {atom.name}")
        return Variable(scope.bound[atom])
    if isinstance(atom, Group):
        return size(atom.dim, scope)
    if isinstance(atom, FloorAtom):
        return Floor(size(atom.numerator, scope), size(atom.denominator, scope))
    if isinstance(atom, Extremum):
        return extremum([size(a, scope) for a in atom.arguments], atom.kind == "max")
    if isinstance(atom, Card):
        return nest(LoopNest(atom.box, atom.guards, atom.outer), scope)
    raise TypeError(f"{atom} ({type(atom).__name__}) has no counterpart in statements")


def condition(given: Condition, scope: Scope) -> Formula:
    """A condition of a domain, or the guard of a sum."""
    if given.relation == "divides":
        return _divides(given.left, given.right, scope)
    left, right = size(given.left, scope), size(given.right, scope)
    return Compare("=", left, right) if given.relation == "eq" else Compare("<=", right, left)


def guards(sizes: Iterable[Size], scope: Scope) -> tuple[Formula, ...]:
    """That each of these sizes is at least 0."""
    return tuple([Compare("<=", ZERO, size(g, scope)) for g in sizes])


def all_of(formulas: Sequence[Formula]) -> Formula | None:
    """All of the formulas; None where there are none."""
    return None if not formulas else formulas[0] if len(formulas) == 1 else And(tuple(formulas))


Loop = tuple[str, Term, Term]


def loops(box: Sequence[tuple[IndexAtom, Size]], scope: Scope) -> tuple[list[Loop], Scope]:
    """The ranges ``0..n`` of a box with names of their own, outermost first, and the scope inside them."""
    inner, out = scope, list[Loop]()
    for index, extent in box:
        end = size(extent, scope)
        name, inner = inner.index(index, index.name)
        out.append((name, ZERO, end))
    return out, inner


def summed(ranges: Sequence[Loop], guard: Formula | None, body: Term) -> Term:
    """The body, summed over nested ranges where the guard holds."""
    for name, low, high in reversed(ranges):
        body, guard = Sum(name, low, high, guard, body), None
    return body if guard is None else If(guard, body, ZERO)


def nest(found: LoopNest, scope: Scope) -> Term:
    """The number of points of a loop nest: the nested sum of 1, outermost loop first.

    With ``outer``, the sum runs over those loops alone and counts where the others hold a point.
    """
    if found.outer is None:
        ranges, inner = loops(found.box, scope)
        return summed(ranges, all_of(guards(found.guards, inner)), ONE)
    kept = [(i, n) for i, n in found.box if i in found.outer]
    rest = tuple((i, n) for i, n in found.box if i not in found.outer)
    ranges, inner = loops(kept, scope)
    if not rest:
        return summed(ranges, all_of(guards(found.guards, inner)), ONE)
    points = nest(LoopNest(rest, found.guards), inner)
    return summed(ranges, Compare("<=", ONE, points), ONE)


def quantity(asked: Quantity, scope: Scope) -> Term:
    """A count of a cost: for each kind of operation the sum over its nest, for each tensor over its axes."""
    values: dict[Atom, Size] = {**asked.cost.values}
    terms: list[Term] = []
    for layer in _layers(asked):
        for sign, found in _nests(layer, asked.name):
            box = tuple((i, substitute(n, values)) for i, n in found.box)
            mapped = LoopNest(box, tuple(substitute(g, values) for g in found.guards), found.outer)
            here = nest(mapped, scope)
            terms.append(here if sign > 0 else negative(here))
    return plus(terms)


def _layers(asked: Quantity) -> list[LayerQuantities]:
    source = asked.cost.source
    if isinstance(source, LayerQuantities):
        return [source]
    if not isinstance(source, NetworkQuantities):
        raise TypeError(f"{asked}: {type(source).__name__} has no loop nests")
    if asked.name != "params":
        return list(source.layers)
    # A layer that is used twice has one set of parameters.
    return list({id(n.layer): q for n, q in zip(source.graph.nodes, source.layers, strict=True)}.values())


def _nests(layer: LayerQuantities, name: str) -> list[tuple[int, LoopNest]]:
    if name == "params" or name.startswith("memory."):
        parts = MEMORY_PARTS[:3] if name == "memory.total" else (name.removeprefix("memory."),)
        shapes = [shape for part in parts for _, shape in layer.tensors(part)]
        return [(1, LoopNest(tuple((IndexAtom(f"a_{k + 1}"), n) for k, n in enumerate(s)))) for s in shapes]
    counted = [c for found in layer.contributions for c in found]
    if name in {SEQUENTIAL, FUSED}:
        scalar = [(c.sign, c.nest) for c in counted if c.kind not in {MACS, FUSED_AWAY}]
        saved = [(-c.sign, c.nest) for c in counted if c.kind == FUSED_AWAY]
        return scalar + saved if name == FUSED else scalar
    kind = MACS if name == "macs" else name.removeprefix("ops.")
    return [(c.sign, c.nest) for c in counted if c.kind == kind]
