"""Search for the values of quotients rounded down, where what is divided is a multiple and a rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from symcnn.kernel import logic
from symcnn.kernel.canonical import Atoms
from symcnn.kernel.laws import LAWS
from symcnn.kernel.logic import Sequent
from symcnn.kernel.polynomial import ONE as UNIT
from symcnn.kernel.polynomial import Monomial, Polynomial, add_scaled, multiply
from symcnn.kernel.substitution import map_parts
from symcnn.kernel.terms import ONE, ZERO, Compare, Floor, Node, Plus, Term, free, parts
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.conversions import Chain
from symcnn.search.facts import comparisons
from symcnn.search.guided import Guided, cofactor

MAX_DIVISIONS = 40

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search


def nodes_of(node: Node) -> Iterator[Node]:
    """All nodes in a node, the inner ones first."""
    for part in parts(node):
        yield from nodes_of(part)
    yield node


def with_values(node: Node, values: dict[Node, Term]) -> Node:
    """The node with terms replaced, from the inside out."""
    new = map_parts(node, lambda part: with_values(part, values))
    return values.get(new, new)


def floor_equations(
    chain: Chain, nodes: Sequence[Node], values: dict[Node, Term], shift: bool = False
) -> list[tuple[str, Compare]]:
    """Steps for the quotients that are known; adds their values, and gives the equations, innermost first."""
    out: list[tuple[str, Compare]] = []
    floors = [inner for outer in nodes for inner in nodes_of(outer) if isinstance(inner, Floor)]
    for node in {id(floor): floor for floor in floors}.values():
        new = with_values(node, values)
        # The kernel computes with numbers itself.
        if isinstance(new, Floor) and free(new) and new not in values:
            found = floor_value(chain, new) or (shifted_floor(chain, new) if shift else None)
            if found is not None:
                values[new] = found[1]
                out.append((found[0], Compare("=", new, found[1])))
    return out


def floor_value(chain: Chain, term: Floor) -> tuple[str, Term] | None:
    """The value of a quotient: what is divided is a multiple of the divisor and less than it besides."""
    if not free(term) <= set(chain.sequent.scope):
        return None
    parts_ = divided(chain.polynomial(term.top), chain.polynomial(term.bottom))
    if parts_ is None or (not parts_[0] and UNIT in parts_[1] and len(parts_[1]) == 1):
        return None
    value, rest = (term_of(p, chain.atoms) for p in parts_)
    conditions = (Compare("<=", ONE, term.bottom), Compare("<=", ZERO, rest), Compare("<", rest, term.bottom))
    steps: list[str] = []
    names: list[str] = []
    for condition in conditions:
        proof = chain.proof(condition)
        if proof is None:
            return None
        names.append(chain.label("b"))
        steps.append(f"have {names[-1]} : {write(condition)} {{ {proof} }}")
    one, low, high = names
    chain.steps += steps
    floor, denied, label = chain.label("f"), chain.label("d"), chain.label("e")
    chain.steps.append(f"law {floor} : floor {write(term.top)}, {write(term.bottom)} {{ exactly {one} }}")
    chain.steps.append(
        f"law {label} : antisymmetry {write(term)}, {write(value)} "
        f"{{ deny {denied} cone {floor}.1 + {high} + {denied} {one} + {denied} }} "
        f"{{ deny {denied} cone {floor}.2 + {low} + {denied} {one} + {denied} }}"
    )
    return label, value


def shifted_floor(chain: Chain, term: Floor) -> tuple[str, Term] | None:
    """A multiple of the divisor is taken out of a quotient: ``(n*i + a)//n = i + a//n``."""
    parts_ = divided(chain.polynomial(term.top), chain.polynomial(term.bottom))
    if not free(term) <= set(chain.sequent.scope) or parts_ is None or not all(parts_):
        return None
    whole, rest = (term_of(p, chain.atoms) for p in parts_)
    proof = chain.proof(Compare("<=", ONE, term.bottom))
    if proof is None:
        return None
    one, first, second, denied, label = (chain.label(hint) for hint in ("b", "f", "f", "d", "e"))
    value = Plus((whole, Floor(rest, term.bottom)))
    below = write(term.bottom)
    chain.steps.append(
        f"have {one} : 1 <= {below} {{ {proof} }} "
        f"law {first} : floor {write(term.top)}, {below} {{ exactly {one} }} "
        f"law {second} : floor {write(rest)}, {below} {{ exactly {one} }} "
        f"law {label} : antisymmetry {write(term)}, {write(value)} "
        f"{{ deny {denied} cone {first}.1 + {second}.2 + {denied} {one} + {denied} }} "
        f"{{ deny {denied} cone {first}.2 + {second}.1 + {denied} {one} + {denied} }}"
    )
    return label, value


def floor_bounds(chain: Chain, term: Floor) -> str | None:
    """The label of the law of a quotient, where its divisor is at least 1."""
    proof = chain.proof(Compare("<=", ONE, term.bottom))
    if proof is None:
        return None
    label = chain.label("f")
    chain.steps.append(f"law {label} : floor {write(term.top)}, {write(term.bottom)} {{ {proof} }}")
    return label


def by_floors(search: Search, sequent: Sequent) -> str | None:
    """Steps that show a comparison from what the quotients in it and in the facts are."""
    chain = Chain(search, sequent, Atoms())
    facts = [fact for _, fact in comparisons(sequent)]
    values: dict[Node, Term] = {}
    equations = floor_equations(chain, [sequent.goal], values)
    for floor in dict.fromkeys(node for f in (sequent.goal, *facts) for node in nodes_of(f)):
        if isinstance(floor, Floor) and floor not in values and free(floor) <= set(sequent.scope):
            known = floor_bounds(chain, floor)
            if known is not None:
                sequent = sequent.knowing(known, LAWS["floor"][0](floor.top, floor.bottom).conclusion)
    for name, equation in equations:
        sequent = sequent.knowing(name, equation)
    rewrites = [name for name, _ in equations]
    step = Guided(sequent, Atoms(), rewrites, 0, 1, search.check_time).step()
    if step is None and isinstance(sequent.goal, Compare) and sequent.goal.relation != "=":
        name = search.label(sequent, "d")
        below = Guided(logic.deny(sequent, name), Atoms(), rewrites, 0, 1, search.check_time).step()
        step = None if below is None else f"deny {name} {below}"
    return None if step is None else " ".join([*chain.steps, step])


def quotient(top: Polynomial, bottom: Polynomial) -> Polynomial | None:
    """A polynomial divided by a monomial, if that leaves nothing."""
    parts_ = divided(top, bottom)
    return None if parts_ is None or parts_[1] else parts_[0]


def divided(top: Polynomial, bottom: Polynomial) -> tuple[Polynomial, Polynomial] | None:
    """A polynomial divided by another one: the quotient with whole factors, and what it leaves."""
    if len(bottom) == 1:
        return _divided_by_monomial(top, bottom)
    leads = [m for m, c in bottom.items() if m and c in (1, -1)]
    if not leads:
        return None
    lead = max(leads, key=lambda m: (sum(e for _, e in m), m))
    whole: Polynomial = {}
    rest = dict(top)
    for _ in range(MAX_DIVISIONS):
        found = next(((m, c) for m, c in rest.items() if cofactor(m, lead) is not None), None)
        if found is None:
            return whole, rest
        left = cofactor(found[0], lead)
        part: Polynomial = {} if left is None else {left: found[1] * bottom[lead]}
        add_scaled(whole, part)
        add_scaled(rest, multiply(part, bottom), -1)
    return None


def _divided_by_monomial(top: Polynomial, bottom: Polynomial) -> tuple[Polynomial, Polynomial] | None:
    """A polynomial divided by a monomial with a whole factor: the quotient, and what it leaves."""
    if len(bottom) != 1:
        return None
    ((monomial, factor),) = bottom.items()
    whole: Polynomial = {}
    rest: Polynomial = {}
    for here, c in top.items():
        left: Monomial | None = cofactor(here, monomial)
        times = Fraction(c) / factor
        if left is None or times.denominator != 1:
            rest[here] = c
        else:
            whole[left] = times.numerator
    return whole, rest


def computed_floors(search: Search, found: Found) -> None:
    """The quotients in the goal whose values are known are replaced from now on."""
    goal = found.sequent.goal
    if not any(isinstance(node, Floor) and free(node) for node in nodes_of(goal)):
        return
    chain = Chain(search, found.sequent, Atoms())
    for label, equation in floor_equations(chain, [goal], {}):
        found.sequent = found.sequent.knowing(label, equation)
        search.rewrite(found, label)
    found.steps += chain.steps
