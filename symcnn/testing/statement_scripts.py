"""Scripts in plain Python for cases in which a statement fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symcnn.kernel.logic import Lambda
from symcnn.kernel.statements import Statement
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import Call, Compare, ForAll, Formula, Implies, Variable
from symcnn.kernel.writing import write
from symcnn.testing.as_python import Python, identifiers, literal


def script(
    statement: Statement,
    name: str,
    numbers: Mapping[str, Any],
    tensors: Mapping[str, Lambda | str],
    false: Formula,
    found: str,
) -> str:
    """The program: numbers and tensors as literals, recursive definitions, both sides, the comparison."""
    defined = [_defined(d) for d in statement.definitions[::2]]
    called = {*defined, *(n for n, t in tensors.items() if isinstance(t, Lambda))}
    python = Python(identifiers([*numbers, *tensors, *defined]), called)
    body: list[str] = []
    for n, value in numbers.items():
        body.append(f"{python.name(n)} = {literal(value)}")
    for n, tensor in tensors.items():
        if isinstance(tensor, str):
            body.append(f"{python.name(n)} = {tensor}")
        else:
            inside = Python({**python.names, **identifiers(tensor.parameters)}, called)
            head = ", ".join(inside.name(p) for p in tensor.parameters)
            body += ["", "", f"def {python.name(n)}({head}):", f"    return {inside.term(tensor.body)}", ""]
    for start, step in zip(statement.definitions[::2], statement.definitions[1::2], strict=True):
        body += ["", "", *_recursive(start, step, python)]
    if isinstance(false, Compare):
        sign = "==" if false.relation == "=" else false.relation
        body += [
            "",
            f"left = {python.term(false.left)}",
            f"right = {python.term(false.right)}",
            'print("left ", left)',
            'print("right", right)',
            f"if not left {sign} right:",
            f'    raise AssertionError(f"{{left}} {sign} {{right}} is false")',
        ]
    else:
        body += [
            "",
            f"holds = {python.formula(false)}",
            "if not holds:",
            f"    raise AssertionError({write(false)!r} + ' is false')",
        ]
    text = "\n".join(body)
    imports = [
        line
        for word, line in (("@cache", "from functools import cache"), ("Fraction(", _FRACTION))
        if word in text
    ]
    head = [f"# {name} fails in this case,", f"# {found}."]
    return "\n".join([*head, *imports, "", text, ""])


_FRACTION = "from fractions import Fraction"


def _recursive(start: Formula, step: Formula, python: Python) -> Iterator[str]:
    """A function from ``f(0, ...) = ...`` and ``f(t + 1, ...) = ...``."""
    first, second = _equation(start), _equation(step)
    indices = _names(start)
    time, *others = _names(step)
    if not isinstance(second.left, Call):
        raise ValueError(f"{write(step)} defines no function")
    inside = Python({**python.names, **identifiers([time, *others])}, python.called)
    values = {old: Variable(new) for old, new in zip(indices, others, strict=True)}
    yield "@cache"
    yield f"def {python.name(second.left.name)}({', '.join(inside.name(n) for n in (time, *others))}):"
    yield f"    if {inside.name(time)} == 0:"
    yield f"        return {inside.term(term_with(first.right, values))}"
    yield f"    {inside.name(time)} -= 1"
    yield f"    return {inside.term(second.right)}"


def _names(formula: Formula) -> list[str]:
    out: list[str] = []
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, ForAll):
            out.append(formula.name)
            formula = formula.body
        else:
            formula = formula.right
    return out


def _equation(formula: Formula) -> Compare:
    while isinstance(formula, ForAll | Implies):
        formula = formula.body if isinstance(formula, ForAll) else formula.right
    if not isinstance(formula, Compare):
        raise ValueError(f"{write(formula)} is no equation")
    return formula


def _defined(start: Formula) -> str:
    left = _equation(start).left
    if not isinstance(left, Call):
        raise ValueError(f"{write(start)} defines no function")
    return left.name
