"""symcnn: closed-form costs of neural-network layers, derived from their defining equations.

Everything is imported on first use, so that ``import symcnn`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from symcnn.derive.cost import Cost as Cost
    from symcnn.layers.conv import Conv1d as Conv1d
    from symcnn.layers.conv import Conv2d as Conv2d
    from symcnn.layers.conv import Conv3d as Conv3d
    from symcnn.layers.linear import Linear as Linear
    from symcnn.symbols.dims import dims as dims
    from symcnn.symbols.dims import reals as reals

_HOME = {
    "Conv1d": "symcnn.layers.conv",
    "Conv2d": "symcnn.layers.conv",
    "Conv3d": "symcnn.layers.conv",
    "Cost": "symcnn.derive.cost",
    "Linear": "symcnn.layers.linear",
    "dims": "symcnn.symbols.dims",
    "reals": "symcnn.symbols.dims",
}

__all__ = ["__version__", *_HOME]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'symcnn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
