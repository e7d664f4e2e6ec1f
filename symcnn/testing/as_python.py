"""Terms and formulas of statements as Python expressions, for scripts that need nothing but Python.

Fractions are exact, sums and maxima are generators over ``range``, an entry of a tensor is looked up in a
dictionary by its place.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from symcnn.kernel.terms import (
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    If,
    Iff,
    Implies,
    Max,
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Sum,
    Term,
    Times,
    Variable,
    free,
)
from symcnn.testing.ranges import Exactly, span

# How tightly an expression holds together: a part that does so less than its place needs stands in brackets.
_CHOICE, _OR, _AND, _NOT, _COMPARED, _ADDED, _MULTIPLIED, _POWER, _ATOM = range(9)

RESERVED = {"Fraction", "cache", "ceil", "left", "right", *dir(builtins), *keyword.kwlist}


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """A Python name for each name of a statement."""
    out: dict[str, str] = {}
    for name in names:
        wanted = name.replace("'", "_prime")
        while wanted in RESERVED or wanted in out.values():
            wanted += "_"
        out[name] = wanted
    return out


class Python:
    """Writes terms; ``called`` are the functions that are called, all others are looked up.

    With ``loops`` each sum is a loop; without, a sum of equal terms is a product. ``at`` has the values of
    the case, for quantifiers whose ranges depend on them.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        called: Collection[str],
        loops: bool = True,
        at: Exactly | None = None,
    ) -> None:
        self.names = dict(names)
        self.called = called
        self.loops = loops
        self.at = at

    def inside(self, parameters: Sequence[str]) -> Python:
        """For the body of a function with parameters, which may hide other names."""
        return Python({**self.names, **identifiers(parameters)}, self.called, self.loops, self.at)

    def name(self, name: str) -> str:
        """The name in Python; a new one where a term binds it first."""
        if name not in self.names:
            taken = identifiers([*self.names, name])
            self.names[name] = taken[name]
        return self.names[name]

    def term(self, term: Term, needs: int = _CHOICE) -> str:
        """A term in a place that needs some tightness."""
        text, holds = self._term(term)
        return text if holds >= needs else f"({text})"

    def formula(self, formula: Formula, needs: int = _CHOICE) -> str:
        """A formula in a place that needs some tightness."""
        text, holds = self._formula(formula)
        return text if holds >= needs else f"({text})"

    def _term(self, term: Term) -> tuple[str, int]:
        match term:
            case Number(value):
                return _number(value)
            case Variable(name):
                return self.name(name), _ATOM
            case Plus(terms):
                return self._plus(terms), _ADDED
            case Times((Number(value), *rest)) if value == -1 and rest:
                return f"-{self._product(rest)}", _ADDED
            case Times(terms):
                return self._product(terms), _MULTIPLIED
            case Power(base, exponent):
                return f"{self.term(base, _ATOM)}**{exponent}", _POWER
            case Quotient(top, bottom):
                return f"Fraction({self.term(top)})/{self.term(bottom, _POWER)}", _MULTIPLIED
            case Floor(top, bottom):
                return f"{self.term(top, _POWER)}//{self.term(bottom, _POWER)}", _MULTIPLIED
            case Call(name, arguments):
                inside = ", ".join(self.term(a) for a in arguments)
                brackets = "()" if name in self.called else "[]"
                return f"{self.name(name)}{brackets[0]}{inside}{brackets[1]}", _ATOM
            case If(condition, then, otherwise):
                shown = f"{self.term(then, _OR)} if {self.formula(condition, _OR)} else "
                return shown + self.term(otherwise), _CHOICE
            case Sum(index, low, high, None, body) if not self.loops and index not in free(body):
                count = f"max(0, {self.term(Plus((high, Times((Number(-1), low)))))})"
                if low == Number(0):
                    count = f"max(0, {self.term(high)})"
                return f"{count}*{self.term(body, _POWER)}" if body != Number(1) else count, _MULTIPLIED
            case Sum():
                return f"sum({self._generator(term)})", _ATOM
            case Max():
                return f"max({self._generator(term)})", _ATOM

    def _plus(self, terms: Iterable[Term]) -> str:
        out = ""
        for part in terms:
            text = self.term(part, _ADDED) if not out else self.term(part, _MULTIPLIED)
            negative = self.term(part, _ADDED)
            if out and negative.startswith("-"):
                out += f" - {negative[1:]}"
            else:
                out += f" + {text}" if out else text
        return out

    def _product(self, terms: Iterable[Term]) -> str:
        return "*".join(self.term(part, _POWER) for part in terms)

    def _generator(self, term: Sum | Max) -> str:
        """``body for i in range(...) if guard``, with the sums right inside it."""
        loops = ""
        here: Term = term
        while isinstance(here, type(term)):
            loops += f" for {self.name(here.index)} in {self._range(here.low, here.high)}"
            if here.guard is not None:
                loops += f" if {self.formula(here.guard, _OR)}"
            here = here.body
            # An inner maximum of nothing has no value, so only sums are drawn together.
            if isinstance(term, Max):
                break
        return self.term(here) + loops

    def _range(self, low: Term, high: Term) -> str:
        start = "" if low == Number(0) else f"{self.term(low)}, "
        return f"range({start}{self.term(high)})"

    def _formula(self, formula: Formula) -> tuple[str, int]:
        match formula:
            case Compare(relation, left, right):
                sign = "==" if relation == "=" else relation
                return f"{self.term(left, _ADDED)} {sign} {self.term(right, _ADDED)}", _COMPARED
            case And(formulas):
                return " and ".join(self.formula(f, _AND) for f in formulas) or "True", _AND
            case Or(formulas):
                return " or ".join(self.formula(f, _OR) for f in formulas) or "False", _OR
            case Not(Compare("=", left, right)):
                return f"{self.term(left, _ADDED)} != {self.term(right, _ADDED)}", _COMPARED
            case Not(inner):
                return f"not {self.formula(inner, _NOT)}", _NOT
            case Implies(left, right):
                return f"not {self.formula(left, _NOT)} or {self.formula(right, _OR)}", _OR
            case Iff(left, right):
                return f"({self.formula(left)}) == ({self.formula(right)})", _COMPARED
            case ForAll(name, _, body) | Exists(name, _, body):
                lows, highs = self.span(name, body, isinstance(formula, ForAll))
                low = self.term(lows[0]) if len(lows) == 1 else f"max({', '.join(map(self.term, lows))})"
                high = self.term(highs[0]) if len(highs) == 1 else f"min({', '.join(map(self.term, highs))})"
                which = "all" if isinstance(formula, ForAll) else "any"
                loop = f"for {self.name(name)} in range({low}, {high})"
                return f"{which}({self.formula(body)} {loop})", _ATOM

    def span(self, name: str, body: Formula, forall: bool) -> tuple[list[Term], list[Term]]:
        """Terms between which a quantifier runs; numbers of the case where there are no such terms."""
        found = span(name, body, forall)
        if found is None and self.at is not None:
            solved = self.at.solved(name, body, forall)
            if solved is not None:
                return [Number(solved.start)], [Number(solved.stop)]
        if found is None:
            raise ValueError(f"there is no range for {name}")
        return found


def _number(value: int | Fraction) -> tuple[str, int]:
    if value.denominator != 1:
        return f"Fraction({value.numerator}, {value.denominator})", _ATOM
    return str(value.numerator), _ATOM if value >= 0 else _ADDED


def literal(value: object) -> str:
    """A number, or a dictionary of entries, as it is written in a script."""
    if isinstance(value, Fraction):
        return _number(value)[0]
    if isinstance(value, dict):
        items: Iterable[tuple[object, object]] = value.items()
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in items) + "}"
    return repr(value)
