"""Floors that come out even: ``(d*q + r)//d = q`` where ``0 <= r < d``, with polynomials for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcnn.kernel.polynomial import ONE, Polynomial, add
from symcnn.kernel.terms import Compare, Floor, Number, Plus, Rejected, Times
from symcnn.kernel.writing import write
from symcnn.search.combining import term_of
from symcnn.search.signs import Signs, as_flint, from_flint

if TYPE_CHECKING:
    from symcnn.search.facts import Found
    from symcnn.search.tactics import Search

MAX_TERMS = 40


def exact_floor(search: Search, found: Found, floor: Floor, label: str) -> bool:
    """Use the quotient for a floor from now on; ``label`` is the fact with its two inequalities."""
    signs = Signs(search, found, thorough=False)
    try:
        top, bottom = signs.canonical.term(floor.top), signs.canonical.term(floor.bottom)
    except Rejected:
        return False
    for quotient in quotients(top, bottom):
        value = term_of(quotient, signs.atoms)
        product = Times((floor.bottom, value))
        low = Compare("<=", product, floor.top)
        high = Compare("<", floor.top, Plus((product, floor.bottom)))
        least = Compare("<=", Number(1), floor.bottom)
        proofs = [signs.step(fact) for fact in (low, high, least)]
        if None in proofs:
            continue
        names = [search.label(found.sequent, "r") for _ in proofs]
        steps = [
            f"have {name} : {write(fact)} {{ {proof} }}"
            for name, fact, proof in zip(names, (low, high, least), proofs, strict=True)
        ]
        no, new = search.label(found.sequent, "d"), search.label(found.sequent, "e")
        far = f"{no} {names[2]} + {no}"
        sums = (f"{label}.1 + {far} + {names[1]}", f"{label}.2 + {far} + {names[0]}")
        blocks = [f"{{ deny {no} {signs.arithmetic.written('cone', sum_)} }}" for sum_ in sums]
        steps.append(f"law {new} : antisymmetry {write(floor)}, {write(value)} {' '.join(blocks)}")
        equation = Compare("=", floor, value)
        if search.accepted(found.sequent.showing(equation), " ".join([*steps, f"exactly {new}"])):
            sequent = found.sequent
            for name, fact in zip((*names, new), (low, high, least, equation), strict=True):
                sequent = sequent.knowing(name, fact)
            found.sequent = sequent
            found.steps += steps
            search.rewrite(found, new)
            return True
    return False


def quotients(top: Polynomial, bottom: Polynomial) -> list[Polynomial]:
    """What a floor of polynomials may be: their quotient, or one less."""
    if (
        not bottom
        or max(len(top), len(bottom)) > MAX_TERMS
        or any(e < 0 for value in (top, bottom) for monomial in value for _, e in monomial)
    ):
        return []
    if set(bottom) == {ONE}:
        divisor = bottom[ONE]
        if divisor.denominator != 1 or any(c.denominator != 1 for c in top.values()):
            return []
        # Only what every size divides comes out even; the rest is a number.
        if any(m != ONE and c % divisor for m, c in top.items()):
            return []
        return [{m: c // divisor for m, c in top.items() if c // divisor}]
    atoms = sorted({atom for value in (top, bottom) for monomial in value for atom, _ in monomial})
    whole, _ = divmod(as_flint(top, atoms), as_flint(bottom, atoms))
    quotient = from_flint(whole, atoms)
    if not quotient or any(c.denominator != 1 for c in quotient.values()):
        return []
    return [quotient, add(quotient, {ONE: -1})]
