"""Work that waits until a part of symcnn is imported, so that projects without symcnn do not pay for it."""

from __future__ import annotations

import sys
from collections.abc import Callable

_waiting: dict[str, list[Callable[[], None]]] = {}


def when_imported(module: str, work: Callable[[], None]) -> None:
    """Do ``work`` as soon as ``module`` is imported: now, where that has happened, or at its end.

    The module has to call :func:`imported` with its own name.
    """
    if module in sys.modules:
        work()
    else:
        _waiting.setdefault(module, []).append(work)


def imported(module: str) -> None:
    """Do what waits for ``module``."""
    for work in _waiting.pop(module, []):
        work()
