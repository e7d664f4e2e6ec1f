"""What layers with windows share: the names of their loop indices, and the positions that a window reads."""

from __future__ import annotations

from symcnn.layers.arguments import Borders, Sizes
from symcnn.symbols.size import Index, Size

_PLACES = ("t", "r", "c")
_TAPS = ("s", "u", "v")
_TARGETS = ("l", "p", "q")


def places(axes: int) -> tuple[Index, ...]:
    """The indices of output positions: r; r, c; or t, r, c."""
    return _last(_PLACES, axes)


def taps(axes: int) -> tuple[Index, ...]:
    """The indices inside a window: u; u, v; or s, u, v."""
    return _last(_TAPS, axes)


def targets(axes: int) -> tuple[Index, ...]:
    """The indices of the outputs that a transposed window adds to: p; p, q; or l, p, q."""
    return _last(_TARGETS, axes)


def window(
    at: tuple[Index, ...], tap: tuple[Index, ...], stride: Sizes, dilation: Sizes, borders: Borders
) -> tuple[Size, ...]:
    """The positions S*r + D*u - P, one for each axis."""
    zipped = zip(at, tap, stride, dilation, borders, strict=True)
    return tuple(s * r + d * u - before for r, u, s, d, (before, _) in zipped)


def _last(names: tuple[str, ...], axes: int) -> tuple[Index, ...]:
    # Over one axis a position is r and a tap u, over two r, c and u, v; a third axis comes in front.
    chosen = names[1 : axes + 1] if axes < 3 else names
    return tuple(Index(name) for name in chosen)
