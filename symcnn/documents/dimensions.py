"""Units in a formula: bytes are not added to plain numbers, nor compared with operations.

A name may stand for a value of any unit. Numbers without a unit are plain; so are bytes divided by bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from symcnn.documents import trees
from symcnn.documents.trees import Tree

_PLAIN, _UNKNOWN = "plain", "unknown"


def mixed_units(tree: Tree) -> tuple[Tree, str, str] | None:
    """The first sum or relation of two units, and what they are; None where all fit.

    >>> from symcnn.documents.display import read
    >>> mixed_units(read(r"2\\,\\text{kB} + 3", {}))[1:]
    ('byte', 'plain')
    """
    if not any(isinstance(part, trees.Number) and part.unit for part in trees.walk(tree)):
        return None
    for part in trees.walk(tree):
        known = [kind for kind in map(_kind, _alike(part)) if kind != _UNKNOWN]
        if len(set(known)) > 1:
            first, second = list(dict.fromkeys(known))[:2]
            return part, first, second
    return None


def _alike(tree: Tree) -> Iterable[Tree]:
    """The parts of a tree that must have one unit."""
    match tree:
        case trees.Plus(terms):
            return terms
        case trees.Extreme(_, arguments):
            return arguments
        case trees.Chain(terms):
            return [term for term in terms if term is not None and not isinstance(term, trees.Collection)]
        case _:
            return ()


def _kind(tree: Tree) -> str:
    """The unit of a tree, as far as it can be told."""
    match tree:
        case trees.Number(unit=unit):
            return _PLAIN if unit is None else unit.kind
        case trees.Group(inner) | trees.Negative(inner) | trees.Rounded(_, inner) | trees.Absolute(inner):
            return _kind(inner)
        case trees.Plus(terms) | trees.Extreme(_, terms):
            known = {kind for kind in map(_kind, terms) if kind != _UNKNOWN}
            return known.pop() if len(known) == 1 else _UNKNOWN
        case trees.Times(factors):
            kinds = [kind for kind in map(_kind, factors) if kind != _PLAIN]
            return _PLAIN if not kinds else kinds[0] if len(kinds) == 1 else _UNKNOWN
        case trees.Quotient(top, bottom):
            above, below = _kind(top), _kind(bottom)
            return above if below == _PLAIN else _PLAIN if above == below != _UNKNOWN else _UNKNOWN
        case trees.Power(base, _) if _kind(base) == _PLAIN:
            return _PLAIN
        case _:
            return _UNKNOWN
