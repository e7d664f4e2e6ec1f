"""symcnn: closed-form costs of neural-network layers, derived from their defining equations.

Everything is imported on first use, so that ``import symcnn`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from symcnn.derive.convention import CONVENTIONS as CONVENTIONS
    from symcnn.derive.convention import Convention as Convention
    from symcnn.derive.cost import Cost as Cost
    from symcnn.layers import *  # noqa: F403
    from symcnn.symbols.dims import dims as dims
    from symcnn.symbols.dims import reals as reals

_HOMES = {
    "symcnn.derive.convention": ("CONVENTIONS", "Convention"),
    "symcnn.derive.cost": ("Cost",),
    "symcnn.symbols.dims": ("dims", "reals"),
}


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(["__version__", *import_module("symcnn.layers").__all__, *(n for ns in _HOMES.values() for n in ns)])
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None and not name.startswith("_") and name in import_module("symcnn.layers").__all__:
        home = "symcnn.layers"
    if home is None:
        raise AttributeError(f"module 'symcnn' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__getattr__("__all__"))
