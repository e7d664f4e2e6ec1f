"""The options of networks: sizes, checked under their own names before any layer is made of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from symcnn.layers.arguments import checked_size
from symcnn.network import Module


def sizes(build: Callable[..., Module]) -> Callable[..., Module]:
    """A function that makes a network, all of whose options have to be sizes of at least 1.

    Raises ``TypeError`` and ``ValueError`` that name the network, the option and its value.
    """

    @wraps(build)
    def checked(**options: Any) -> Module:
        for option, value in options.items():
            checked_size(f"{build.__name__}: {option}", value, 1)
        return build(**options)

    return checked
