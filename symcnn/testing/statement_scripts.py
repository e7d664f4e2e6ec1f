"""Scripts in plain Python for cases in which a statement fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from symcnn.kernel.logic import Lambda
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import Call, Compare, ForAll, Formula, Implies, Variable
from symcnn.kernel.writing import write
from symcnn.testing.as_python import Python, identifiers, literal
from symcnn.testing.ranges import Exactly


@dataclass(frozen=True)
class Program:
    """A case of a statement: numbers and tensors by name, these as functions or as literals.

    ``loops`` says that all sums are written as loops; without it, sums of equal terms are products.
    ``at`` has the values of the case. ``turned`` writes b <= a as a >= b.
    """

    name: str
    numbers: Mapping[str, Any]
    tensors: Mapping[str, Lambda | str]
    definitions: tuple[Formula, ...]
    loops: bool
    at: Exactly
    turned: bool = False

    def script(self, false: Formula, found: str) -> str:
        """The program: the case, recursive definitions, both sides of what is false, the comparison."""
        definitions = self.definitions
        defined = [_defined(d) for d in definitions[::2]]
        called = {*defined, *(n for n, t in self.tensors.items() if isinstance(t, Lambda))}
        names = identifiers([*self.numbers, *self.tensors, *defined])
        python = Python(names, called, self.loops, self.at)
        body = [f"{python.name(n)} = {literal(value)}" for n, value in self.numbers.items()]
        body += [f"{python.name(n)} = {t}" for n, t in self.tensors.items() if isinstance(t, str)]
        for n, tensor in self.tensors.items():
            if isinstance(tensor, Lambda):
                body += ["", "", *_function(n, tensor, python), ""]
        for start, step in zip(definitions[::2], definitions[1::2], strict=True):
            body += ["", "", *_recursive(start, step, python), ""]
        text = "\n".join([*body, "", *_comparison(false, python, self.turned)])
        imports = [
            line
            for word, line in (("@cache", "from functools import cache"), ("Fraction(", _FRACTION))
            if word in text
        ]
        head = [f"# {' '.join(self.name.split())} fails in this case,", f"# {found}."]
        return "\n".join([*head, *imports, "", text, ""])


def _comparison(false: Formula, python: Python, turned: bool) -> list[str]:
    if not isinstance(false, Compare):
        return [
            f"holds = {python.formula(false)}",
            "if not holds:",
            f"    raise AssertionError({write(false)!r} + ' is false')",
        ]
    sign = "==" if false.relation == "=" else false.relation
    sides = [python.term(false.left), python.term(false.right)]
    if turned:
        sign, sides = sign.replace("<", ">"), sides[::-1]
    return [
        f"left = {sides[0]}",
        f"right = {sides[1]}",
        'print("left ", left)',
        'print("right", right)',
        f"if not left {sign} right:",
        f'    raise AssertionError(f"{{left}} {sign} {{right}} is false")',
    ]


def _function(name: str, value: Lambda, python: Python) -> Iterator[str]:
    inside = python.inside(value.parameters)
    yield f"def {python.name(name)}({', '.join(inside.name(p) for p in value.parameters)}):"
    yield f"    return {inside.term(value.body)}"


_FRACTION = "from fractions import Fraction"


def _recursive(start: Formula, step: Formula, python: Python) -> Iterator[str]:
    """A function from ``f(0, ...) = ...`` and ``f(t + 1, ...) = ...``."""
    first, second = _equation(start), _equation(step)
    indices = _names(start)
    time, *others = _names(step)
    if not isinstance(second.left, Call):
        raise ValueError(f"{write(step)} defines no function")
    inside = python.inside([time, *others])
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


def equation_of(formula: Formula) -> Compare | None:
    """The equation behind for-alls and premises; None where there is none."""
    while isinstance(formula, ForAll | Implies):
        formula = formula.body if isinstance(formula, ForAll) else formula.right
    return formula if isinstance(formula, Compare) and formula.relation == "=" else None


def _equation(formula: Formula) -> Compare:
    found = equation_of(formula)
    if found is None:
        raise ValueError(f"{write(formula)} is no equation")
    return found


def _defined(start: Formula) -> str:
    left = _equation(start).left
    if not isinstance(left, Call):
        raise ValueError(f"{write(start)} defines no function")
    return left.name
