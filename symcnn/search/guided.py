"""Search for bounds of polynomials in indices: each index at the end of its range, times its cofactors.

To show ``s*d*p + e*m < s*d*(A - 1) + e*(B - 1) + 1`` one needs the products of ``p < A`` with ``s >= 1`` and
``d >= 1``, and no others: a monomial of the goal says by what a bound is to be multiplied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

from symcnn.kernel.polynomial import ONE, Monomial, Polynomial, constant, multiply
from symcnn.search.combining import Arithmetic, Known, Summand

MAX_PRODUCTS = 400
ROUNDS = 2


@dataclass
class Guided(Arithmetic):
    """Arithmetic that multiplies a bound only by the lower bounds of its cofactors in the goal."""

    def products(self, level: int, targets: Sequence[Polynomial]) -> list[Summand]:
        """The bounds, and their products with lower bounds of what stands beside them in the targets."""
        out: dict[str, Summand] = {"": Summand("", constant(1), True)}
        lower = self.lower_bounds()
        seen: set[Monomial] = set()
        wanted = [monomial for target in targets for monomial in target]
        for known in self.bounds:
            out[known.name] = Summand(known.name, known.value, False)
        for _ in range(ROUNDS if level > 0 else 0):
            fresh = [monomial for monomial in dict.fromkeys(wanted) if monomial not in seen]
            seen.update(fresh)
            wanted = []
            for factors in self.guided(fresh, lower):
                text = " ".join(sorted(known.name for known in factors))
                if text in out:
                    continue
                if len(out) >= MAX_PRODUCTS:
                    return list(out.values())
                self.check_time()
                value = reduce(multiply, (known.value for known in factors), constant(1))
                out[text] = Summand(text, value, False)
                wanted.extend(value)
        return list(out.values())

    def lower_bounds(self) -> dict[int, Known]:
        """The facts ``x >= number`` by their atoms."""
        out: dict[int, Known] = {}
        for known in self.bounds:
            match [m for m in known.value if m != ONE]:
                case [((atom, 1),)] if known.value[((atom, 1),)] == 1:
                    out.setdefault(atom, known)
                case _:
                    pass
        return out

    def guided(self, monomials: Sequence[Monomial], lower: dict[int, Known]) -> Iterator[tuple[Known, ...]]:
        """For each monomial the bounds in which a part of it stands, times lower bounds of the rest of it."""
        for known in self.bounds:
            for part in known.value:
                for monomial in monomials:
                    rest = cofactor(monomial, part) if part != ONE else None
                    if rest is None or any(atom not in lower for atom, _ in rest):
                        continue
                    powers = [range(exponent + 1) for _, exponent in rest]
                    for choice in product(*powers):
                        beside = (lower[a] for (a, _), e in zip(rest, choice, strict=True) for _ in range(e))
                        yield (known, *beside)


def cofactor(whole: Monomial, part: Monomial) -> Monomial | None:
    """What a monomial lacks to be another one, or None if it is no part of it."""
    left = dict(whole)
    for atom, exponent in part:
        if left.get(atom, 0) < exponent:
            return None
        left[atom] -= exponent
    return tuple((atom, exponent) for atom, exponent in sorted(left.items()) if exponent)
