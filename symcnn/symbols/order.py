"""The author's order of symbols: the order in which ``dims`` declared them last."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager

_declared: dict[str, int] = {}
UNDECLARED = 1 << 30


def declare(names: Iterable[str]) -> bool:
    """Put these names last, in this order; True where the order of earlier names changed by it."""
    names = list(names)
    known = [name for name in _declared if name in names]
    old = list(_declared)
    for name in names:
        _declared.pop(name, None)
    start = len(_declared)
    for position, name in enumerate(names):
        _declared[name] = start + position
    for position, name in enumerate(_declared):
        _declared[name] = position
    return bool(known) and [n for n in _declared if n in old] != old


def rank(name: str) -> tuple[int, str]:
    """The place of a symbol in the author's order; undeclared ones come last, by name."""
    return (_declared.get(name, UNDECLARED), name)


@contextmanager
def arranged(names: Iterable[str]) -> Generator[None]:
    """These names last, in this order; afterwards all is as before. For what is printed without SymPy."""
    before = dict(_declared)
    declare(names)
    try:
        yield
    finally:
        _declared.clear()
        _declared.update(before)
