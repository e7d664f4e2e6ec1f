"""Sorts in words, as ``proving.typesetting`` writes them: "integers", "a real number" and so on."""

from __future__ import annotations

import re

from symcnn.kernel.terms import INT, REAL, RING, Function, Sort

_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SORT = r"(integers?|real numbers?|elements? of a commutative ring)"
_KINDS = {"integer": INT, "real": REAL, "element": RING}
_QUANTIFIED = re.compile(r"(for all|there is an?|there are)\s+(.+)")
_FUNCTION = re.compile(rf"functions? of (.+) with values that are {_SORT}")
_COUNTED = re.compile(rf"(\w+) {_SORT}")


def quantified(words: str) -> tuple[str, Sort] | None:
    """Whether words say "for all" or "there is", and of what sort; None for other words.

    >>> quantified("for all integers "), quantified("there is a real number")
    (('all', 'int'), ('some', 'real'))
    """
    found = _QUANTIFIED.fullmatch(words.strip())
    sort = _sort(found.group(2)) if found else None
    return None if found is None or sort is None else ("all" if found.group(1) == "for all" else "some", sort)


def in_words(kind: str, sort: Sort, count: int) -> str:
    """How a formula for ``all`` or for ``some`` values begins.

    >>> in_words("all", "int", 2), in_words("some", "int", 1)
    ('for all integers', 'there is an integer')
    """
    if kind == "all":
        return f"for all {_named(sort, 2)}"
    if count > 1:
        return f"there are {_named(sort, 2)}"
    return f"there is {'an' if sort in (INT, RING) else 'a'} {_named(sort, 1)}"


def _named(sort: Sort, count: int) -> str:
    """A sort, of one or of several values."""
    ending = "" if count == 1 else "s"
    if isinstance(sort, Function):
        counts = {k: word for word, k in _COUNTS.items()}
        groups = [(s, sort.arguments.count(s)) for s in dict.fromkeys(sort.arguments)]
        arguments = " and ".join(f"{counts.get(n, n)} {_named(s, n)}" for s, n in groups)
        return f"function{ending} of {arguments} with values that are {_named(sort.value, 2)}"
    words = {INT: "integer*", REAL: "real number*", RING: "element* of a commutative ring"}
    return words[sort].replace("*", ending)


def _sort(words: str) -> Sort | None:
    if re.fullmatch(_SORT, words):
        return _plain(words)
    found = _FUNCTION.fullmatch(words)
    if found is None:
        return None
    arguments: list[str] = []
    for part in found.group(1).split(" and "):
        counted = _COUNTED.fullmatch(part)
        count = 0 if counted is None else _counted(counted.group(1))
        if counted is None or not 1 <= count <= 16:
            return None
        arguments += [_plain(counted.group(2))] * count
    return Function(tuple(arguments), _plain(found.group(2)))


def _counted(word: str) -> int:
    return int(word) if word.isdecimal() and word.isascii() and len(word) < 3 else _COUNTS.get(word, 0)


def _plain(words: str) -> str:
    return next(sort for stem, sort in _KINDS.items() if words.startswith(stem))
