"""Statements about sizes in which inequalities are joined: all of these if and only if all of those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.writing import write
from symcnn.proving.relations import Relation
from symcnn.proving.translation import statements


def all_if_and_only_if(
    name: str, meaning: str, these: Sequence[Relation], those: Sequence[Relation], given: Iterable[Any]
) -> Statement:
    """The statement that all of ``these`` hold if and only if all of ``those`` do, under what is ``given``.

    >>> from symcnn import dims, le, lt
    >>> N, M = dims("N M")
    >>> found = all_if_and_only_if("both", "", [le(N, 5), le(2*N, M)], [le(N, 5)], [lt(10, M)])
    >>> print(found.written)
    theorem both ""
      given     N, M : int >= 1
      assume    10 < M
      claim     N <= 5 and 2*N <= M iff N <= 5
    """
    # One translation for all of them, so that a symbol has one name throughout.
    made = statements([(name, claim) for claim in (*these, *those)], tuple(given), meaning)
    sides = [write(part.claim) for part in made]
    head = made[0].written.rpartition("\n  claim ")[0]
    left, right = (" and ".join(part) for part in (sides[: len(these)], sides[len(these) :]))
    text = f"{head}\n  claim     {left} iff {right}"
    (found,) = read_statements(text)
    return found
