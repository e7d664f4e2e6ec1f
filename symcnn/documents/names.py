r"""Names in LaTeX and the identifiers that the author declared for them.

``C_{in}``, ``C_{\text{in}}`` and ``C_\mathrm{in}`` are the declared ``C_in``, ``\alpha`` is ``alpha`` and
``\mathrm{kernel}_{2}`` is ``kernel_2``: what ``symbols.printing`` writes for a name is read as that name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from symcnn.kernel.terms import Function, Sort
from symcnn.symbols.printing import greek_name, name_in_latex

# Networks bring along thousands of names.
_MAX_COMPARED = 1000

# Words that stand for operations; as letters side by side they would be read as a product of names.
_WORDS = frozenset([
    "max", "min", "sum", "prod", "log", "ln", "lg", "exp", "sqrt", "floor", "ceil", "ceiling", "round",
    "mod", "gcd", "lcm", "abs", "and", "or", "not", "if", "for", "in", "arg", "sin", "cos", "tan",
    "softmax", "relu",
])  # fmt: skip
_INSTEAD = {
    "floor": "write \\lfloor x \\rfloor",
    "ceil": "write \\lceil x \\rceil",
    "ceiling": "write \\lceil x \\rceil",
    "mod": "write a \\bmod b",
    "abs": "write \\left| x \\right|",
    **dict.fromkeys(["and", "or", "not", "if"], "write it as \\text{...}"),
}


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """What is the same for all spellings of a name: ``K1`` and ``K_1`` look alike in a formula.

    >>> key("K1"), key("C_in"), key("α_1'")
    ('K_1', 'C_in', "alpha_1'")
    """
    stem = name.rstrip("'")
    primes = name[len(stem) :]
    stem = "".join(greek_name(c) or c for c in stem)
    base, line, _ = stem.partition("_")
    digits = base.rstrip("0123456789")
    if not line and digits and digits != base:
        stem = f"{digits}_{base[len(digits) :]}"
    return stem + primes


@dataclass(frozen=True)
class Names:
    """The declared names with their sorts, and what each of them looks like.

    >>> Names.of({"C_in": "int"}).find("C_in")
    'C_in'
    """

    sorts: Mapping[str, Sort]
    by_key: Mapping[str, str]

    @classmethod
    def of(cls, sorts: Mapping[str, Sort]) -> Names:
        """Raises ``ValueError`` for two names that look the same in a formula."""
        by_key: dict[str, str] = {}
        for name in sorts:
            other = by_key.setdefault(key(name), name)
            if other != name:
                raise ValueError(
                    f"{other} and {name} look the same in a formula, {latex_of(name)}; rename one"
                )
        return cls(dict(sorts), by_key)

    def binding(self, name: str, sort: Sort) -> Names:
        """These names and one that is bound."""
        return Names({**self.sorts, name: sort}, {**self.by_key, key(name): name})

    def find(self, found: str) -> str | None:
        """The declared name that looks like this one."""
        return self.by_key.get(key(found))

    def function(self, name: str) -> Function | None:
        """The sort of a declared function or tensor."""
        sort = self.sorts[name]
        return sort if isinstance(sort, Function) else None

    def divisions(self, run: str, last: Collection[str]) -> Iterator[tuple[str, ...]]:
        """The ways to read letters side by side as names; ``last`` are the pieces that may end them.

        At most two ways are looked for: with two the letters are ambiguous.
        """
        ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in run)]
        for stop in range(1, len(run) + 1):
            known = last if stop == len(run) else self.by_key
            for start in range(stop):
                piece = run[start:stop]
                if ways[start] and piece in known:
                    ways[stop] += [(*way, piece) for way in ways[start]]
            del ways[stop][2:]
        yield from ways[-1]

    def hint(self, found: str) -> str:
        """What to write for a name that is not declared."""
        shown = found[:64]
        if is_word(shown):
            return _INSTEAD.get(shown.lower(), f"write \\{shown.lower()}, or leave blanks between factors")
        known = list(self.by_key)[:_MAX_COMPARED]
        plain = shown.lower().replace("_", "")
        close = [k for k in known if k.lower().replace("_", "") == plain] or get_close_matches(
            shown, known, 1, 0.7
        )
        if close:
            return f"did you mean {latex_of(self.by_key[close[0]])}?"
        if len(shown) > 1 and shown.isalpha():
            return "declare it, or put blanks between the factors of a product"
        return f"declare it, as in given {shown} : int >= 1"


def is_word(run: str) -> bool:
    """Whether letters side by side are the word for an operation."""
    return run.lower() in _WORDS


def latex_of(name: str) -> str:
    """A name with its primes in LaTeX.

    >>> latex_of("C_in'")
    "C_{in}'"
    """
    stem = name.rstrip("'")
    return name_in_latex(stem) + name[len(stem) :]


def listed(names: Iterable[str]) -> str:
    """Names in LaTeX with commas between."""
    return ", ".join(latex_of(name) for name in names)
