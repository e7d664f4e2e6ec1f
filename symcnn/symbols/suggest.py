"""What to write instead of an unknown name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the closest known name, or all of them.

    >>> suggestion("resnet5", ["resnet50", "vgg16"]), suggestion("x", ["a", "b"])
    ("; did you mean 'resnet50'?", '; known are a, b')
    """
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(names)}"
