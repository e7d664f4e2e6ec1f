"""Names of a statement: what users' symbols are called there, and what is assumed of them.

Every fact that SymPy may have used about a symbol is stated with it, or the symbol is refused. Names that the
language of statements does not know are spelled in another way, and two that would then be one are refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from symcnn.kernel.reading import Reader
from symcnn.kernel.substitution import fresh
from symcnn.kernel.terms import INT, REAL, Compare, Formula, Not, Number, Sort, Unreadable, Variable
from symcnn.symbols.dims import DimSymbol
from symcnn.symbols.size import Sym

Limit = tuple[str, int] | None

# What a symbol may be assumed to be, the sort that says so, and the limit that is stated with it.
_KINDS: tuple[tuple[dict[str, bool], str, Limit], ...] = (
    ({"integer": True, "positive": True}, INT, (">=", 1)),
    ({"integer": True, "nonnegative": True}, INT, (">=", 0)),
    ({"integer": True, "negative": True}, INT, ("<=", -1)),
    ({"integer": True, "nonpositive": True}, INT, ("<=", 0)),
    ({"integer": True, "nonzero": True}, INT, ("!=", 0)),
    ({"integer": True}, INT, None),
    ({"positive": True}, REAL, (">", 0)),
    ({"nonnegative": True}, REAL, (">=", 0)),
    ({"negative": True}, REAL, ("<", 0)),
    ({"nonpositive": True}, REAL, ("<=", 0)),
    ({"real": True, "nonzero": True}, REAL, ("!=", 0)),
    ({"real": True}, REAL, None),
)


@dataclass(frozen=True)
class Declared:
    """The sort of a symbol and the limit that is assumed of it, such as ``>= 1``."""

    sort: str
    limit: Limit

    def assumption(self, name: str) -> Formula | None:
        """The limit as a formula about the name."""
        if self.limit is None:
            return None
        sign, value = self.limit
        here, there = Variable(name), Number(Fraction(value))
        if sign == "!=":
            return Not(Compare("=", here, there))
        relation = sign.replace(">", "<")
        return Compare(relation, there, here) if sign.startswith(">") else Compare(relation, here, there)

    def __str__(self) -> str:
        return self.sort if self.limit is None else f"{self.sort} {self.limit[0]} {self.limit[1]}"


@lru_cache(maxsize=4096)
def declared_symbol(symbol: sympy.Symbol) -> Declared:
    """What a SymPy symbol declares; raises ``ValueError`` where it is too little, or cannot be stated.

    >>> from symcnn import dims, reals
    >>> print(declared_symbol(dims("C")), "and", declared_symbol(reals("x")))
    int >= 1 and real > 0
    """
    plain_symbol(symbol)
    facts = _facts(symbol)
    for assumed, sort, limit in _KINDS:
        if facts == _facts(sympy.Symbol("x", **assumed)):
            return Declared(sort, limit)
    name = symbol.name
    if symbol.is_commutative is False:
        raise ValueError(f"symbol {name} does not commute; statements are about numbers")
    if not symbol.is_real:
        raise ValueError(
            f"symbol {name} is not known to be a real number; make it with dims({name!r}), reals({name!r}) "
            f"or Symbol({name!r}, integer=True) or real=True"
        )
    said = _facts(sympy.Symbol("x", **({"integer": True} if symbol.is_integer else {"real": True})))
    more = sorted(k if v else f"not {k}" for k, v in facts.items() if said.get(k) != v)
    raise ValueError(
        f"symbol {name} is assumed to be {', '.join(more)}, which a statement cannot say; "
        "declare it integer or real, with a sign at most, and give the rest as a condition"
    )


def plain_symbol(symbol: Any) -> None:
    """Raise ``TypeError`` for symbols that are not told apart by name and assumptions alone."""
    if type(symbol) not in (sympy.Symbol, DimSymbol):
        kind = type(symbol).__name__
        raise TypeError(f"{symbol} ({kind}) cannot be told from other symbols by its name; use dims(...)")


def _facts(symbol: Any) -> dict[str, bool]:
    return dict(symbol.assumptions0)


def declared_sym(symbol: Sym) -> Declared:
    """What a dimension symbol declares."""
    if symbol.assumptions:
        more = ", ".join(k if v else f"not {k}" for k, v in symbol.assumptions)
        raise ValueError(
            f"symbol {symbol.name} is assumed to be {more}, which a statement cannot say; "
            "declare it with dims(...) and give the rest as a condition"
        )
    return Declared(INT, None if symbol.minimum is None else (">=", symbol.minimum))


def kernel_name(name: str) -> str:
    """The name in the language of statements; raises ``ValueError`` where there is none.

    >>> kernel_name("C_in"), kernel_name("C_{in}"), kernel_name("λ"), kernel_name("max")
    ('C_in', 'C_in', 'lamda', 'max_')
    """
    stem = name.rstrip("'")
    out = "".join(_spelled(c) for c in stem)
    if out[:1].isdigit():
        out = "_" + out
    for spelled in (out + name[len(stem) :], out + "_" + name[len(stem) :]):
        try:
            reader = Reader(spelled, {})
            found = reader.name()
            reader.end()
        except Unreadable:
            continue
        if out:
            return found
    raise ValueError(f"symbol {name!r} has no name in statements; call it by letters, digits and _")


def _spelled(character: str) -> str:
    if character.isascii():
        if character in "{}\\":
            return ""
        return character if character.isalnum() else "_"
    words = unicodedata.name(character, "_").split()
    spelled = "".join(c if c.isalnum() else "_" for c in words[-1])
    return spelled.capitalize() if "CAPITAL" in words else spelled.lower()


def kernel_names(names: Iterable[str]) -> dict[str, str]:
    """A name in statements for every name; raises ``ValueError`` where two would be one."""
    out: dict[str, str] = {}
    for name in sorted(set(names)):
        new = kernel_name(name)
        other = next((old for old, taken in out.items() if taken == new), None)
        if other is not None:
            raise ValueError(f"symbols {other!r} and {name!r} would both be called {new}; rename one of them")
        out[name] = new
    return out


@dataclass(frozen=True)
class Scope:
    """What names mean while one statement is translated.

    ``names`` holds all names of the statement from the start, so that a loop index never takes one of them.
    ``indices`` are the indices of SymPy's sums. ``declared`` and ``whole`` fill up: the free symbols in order
    of appearance, and what is assumed where an integer is written as a quotient. ``functions`` are tensors
    and unknown functions.
    """

    names: Mapping[str, str]
    indices: frozenset[str] = frozenset()
    declared: dict[str, Declared] = field(default_factory=dict[str, Declared])
    whole: list[Formula] = field(default_factory=list[Formula])
    functions: dict[str, Sort] = field(default_factory=dict[str, Sort])
    bound: Mapping[Any, str] = field(default_factory=dict[Any, str])

    def variable(self, name: str, declared: Declared) -> Variable:
        """A free symbol; raises ``ValueError`` where the name stands for two different things."""
        if name in self.indices:
            raise ValueError(
                f"{name} is the index of a sum and stands outside of one as well; SymPy may have taken it "
                "out. Use another name for one of the two"
            )
        other = self.declared.setdefault(name, declared)
        if other != declared:
            raise ValueError(
                f"symbol {name} occurs with different assumptions ({other}, {declared}); declare it once"
            )
        return Variable(self.names[name])

    def inside(self, key: Any, name: str) -> Scope:
        """The scope inside a sum whose index, known by ``key``, takes this name."""
        return replace(self, bound={**self.bound, key: name})

    def index(self, key: Any, wanted: str) -> tuple[str, Scope]:
        """A name that nothing else has for the loop index known by ``key``, and the scope inside its loop."""
        name = fresh(kernel_name(wanted), {*self.names.values(), *self.bound.values(), *self.functions})
        return name, self.inside(key, name)

    @property
    def sorts(self) -> dict[str, Sort]:
        """The sorts of all names, as the kernel wants them."""
        free = {self.names[name]: declared.sort for name, declared in self.declared.items()}
        return {**self.functions, **free, **dict.fromkeys(self.bound.values(), INT)}

    def assumptions(self) -> list[Formula]:
        """What is assumed of the free symbols, in order of appearance."""
        found = [declared.assumption(self.names[name]) for name, declared in self.declared.items()]
        return [formula for formula in found if formula is not None]
