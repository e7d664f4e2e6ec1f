"""Stored certificates as verdicts, with the counterexamples that are in them."""

from __future__ import annotations

import re
from fractions import Fraction
from time import monotonic

from symcnn.kernel.logic import Lambda
from symcnn.kernel.reading import Reader
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import Function, Sort, Unreadable
from symcnn.proving.stored import witnesses
from symcnn.proving.verdict import Verdict
from symcnn.search.cases import Point, Value
from symcnn.search.deciding import closing_steps
from symcnn.search.refuting import Counterexample, sides
from symcnn.search.steps import written

_FUNCTION = re.compile(r"fun\s*\(([^)]*)\)")


def stored_verdict(statement: Statement, status: str, certificate: str, seconds: float = 0.0) -> Verdict:
    """The verdict of a certificate that the kernel has accepted.

    >>> from symcnn.kernel.statements import read_statements
    >>> (found,) = read_statements('theorem t "" \\n given n : int \\n claim n = 2*n')
    >>> stored_verdict(found, "REFUTED", "refute t proof { witness n = 1 compute }").values
    (1, 2)
    """
    start = monotonic()
    case = stored_case(statement, certificate) if certificate.startswith("refute") else None
    by = closing_steps(certificate)
    return Verdict(statement, status, certificate, by, (), seconds + monotonic() - start, case)


def stored_case(statement: Statement, certificate: str) -> Counterexample | None:
    """The case that a refutation begins with, with both sides of the claim there; None for a proof of the
    negation.

    >>> from symcnn.kernel.statements import read_statements
    >>> (found,) = read_statements('theorem t "" \\n given x : int -> real \\n claim x[0] = x[1]')
    >>> case = stored_case(found, "refute t proof { witness x = fun(i) 1/2 + i compute }")
    >>> case.functions, case.left, case.right
    ({'x': 'fun(i) 1/2 + i'}, Fraction(1, 2), Fraction(3, 2))
    """
    texts = witnesses(certificate, statement)
    if not texts and statement.scope:
        return None
    point: Point = {}
    for name, value in texts.items():
        found = value if isinstance(value, int) else _value(value, statement.scope[name])
        if found is None:
            return None
        point[name] = found
    return Counterexample(
        {name: value for name, value in point.items() if not isinstance(value, Lambda)},
        {name: written(value) for name, value in point.items() if isinstance(value, Lambda)},
        {},
        *sides(statement, point),
        certificate,
    )


def _value(text: str, sort: Sort) -> Value | None:
    """A value as a certificate gives it: a number, or ``fun(i) term``."""
    head = _FUNCTION.match(text)
    try:
        if head is None or not isinstance(sort, Function):
            return Fraction(text)
        parameters = tuple(head[1].replace(",", " ").split())
        reader = Reader(text[head.end() :], dict(zip(parameters, sort.arguments, strict=True)))
        body = reader.term()
        reader.end()
        return Lambda(parameters, body)
    except (Unreadable, ValueError, ArithmeticError):
        return None
