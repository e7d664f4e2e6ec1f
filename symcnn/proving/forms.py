"""Statements in the kernel's forms about growth, made from SymPy expressions: ``prove`` decides them.

The terms are translated as those of relations are; the form around them is the kernel's own language, and the
kernel unfolds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Compare, Unreadable
from symcnn.kernel.writing import write
from symcnn.proving.relations import eq
from symcnn.proving.scope import kernel_name
from symcnn.proving.translation import statements


def independent(f: Any, over: Sequence[Any], given: Any = (), name: str = "independent") -> Statement:
    """The statement that ``f`` has the same value for all values of the symbols ``over``.

    Raises ``TypeError`` and ``ValueError`` for what no statement can say, as ``statement`` does.

    >>> from symcnn import dims, prove
    >>> C, H = dims("C H")
    >>> prove(independent(C**2, [H])).status
    'PROVED'
    """
    return _stated(name, "({f}) is independent of {v}", f, f, over, given)


def proportional(
    f: Any, g: Any, over: Sequence[Any], given: Any = (), name: str = "proportional"
) -> Statement:
    """The statement that ``f`` is proportional to ``g`` in the symbols ``over``: f(v) g(v') = f(v') g(v).

    Raises ``TypeError`` and ``ValueError`` for what no statement can say, as ``statement`` does.

    >>> from symcnn import dims, prove
    >>> C, H = dims("C H")
    >>> prove(proportional(C**2*H, C**2, [C])).status, prove(proportional(C**2*H + 1, C**2, [C])).status
    ('PROVED', 'REFUTED')
    """
    return _stated(name, "({f}) is proportional to ({g}) in {v}", f, g, over, given)


def asymptotic(f: Any, g: Any, over: Sequence[Any], given: Any = (), name: str = "asymptotic") -> Statement:
    """The statement that f/g tends to 1 as all of the symbols ``over`` grow; meant for g > 0.

    It says nothing where ``given`` keeps them from growing. Raises ``TypeError`` and ``ValueError`` for what
    no statement can say, as ``statement`` does.

    >>> from symcnn import dims, ge, prove
    >>> H, K = dims("H K")
    >>> prove(asymptotic((H - K + 1)**2, H**2, [H], given=ge(H, K))).status
    'PROVED'
    """
    return _stated(name, "({f}) is asymptotic to ({g}) as {v} grow", f, g, over, given)


def unbounded(f: Any, over: Sequence[Any], given: Any = (), name: str = "unbounded") -> Statement:
    """The statement that ``f`` exceeds every number for some values of the symbols ``over``.

    Raises ``TypeError`` and ``ValueError`` for what no statement can say, as ``statement`` does.

    >>> from symcnn import dims, ge, le, prove
    >>> H, K = dims("H K")
    >>> [prove(unbounded(H, [H], given=sign(H, K))).status for sign in (ge, le)]
    ['PROVED', 'REFUTED']
    """
    return _stated(name, "({f}) is unbounded in {v}", f, f, over, given)


def _stated(name: str, form: str, f: Any, g: Any, over: Sequence[Any], given: Any) -> Statement:
    # The symbols are claimed of as well, so that they are declared where f and g do not hold them.
    claims = [(name, eq(f, g)), *((f"{name}.{k}", eq(v, v)) for k, v in enumerate(over, 1))]
    made = statements(claims, given)[0]
    claim = made.claim
    if not isinstance(claim, Compare):
        raise RuntimeError(f"{name} is no equation: {write(claim)}; please report this")
    names = ", ".join(kernel_name(v.name) for v in over)
    said = form.format(f=write(claim.left), g=write(claim.right), v=names)
    text = f"{made.written.rpartition(chr(10) + '  claim ')[0]}\n  claim     {said}"
    try:
        (found,) = read_statements(text)
    except Unreadable as error:
        raise ValueError(f"{name} is no statement that the kernel reads: {error}") from None
    return found
