"""What Hypothesis calls when it is imported: ``st.from_type`` then knows layers, networks and equations.

Nothing of symcnn is imported here that costs time: each type is registered once its own module is imported,
and the strategies are imported when one is drawn from.
"""

from __future__ import annotations

from typing import Any

from symcnn.on_import import when_imported


def register() -> None:
    """Register strategies for ``Layer`` and each layer, ``Module``, ``Sequential`` and ``Equation``."""
    when_imported("symcnn.layers", _register_layers)
    when_imported("symcnn.network", _register_networks)
    when_imported("symcnn.equations", _register_equations)


def _register_layers() -> None:
    from hypothesis.strategies import register_type_strategy

    from symcnn import layers

    for name in layers.__all__:
        register_type_strategy(getattr(layers, name), _layer)


def _register_networks() -> None:
    from hypothesis.strategies import register_type_strategy

    from symcnn.network import Module, Sequential

    for kind in (Module, Sequential):
        register_type_strategy(kind, _network)


def _register_equations() -> None:
    from hypothesis.strategies import register_type_strategy

    from symcnn.equations import Equation

    register_type_strategy(Equation, _equation)


def _layer(kind: type[Any]) -> Any:
    from symcnn.layers import Layer
    from symcnn.testing.strategies import layers

    return layers() if kind is Layer else layers(kind)


def _network(kind: type[Any]) -> Any:
    from symcnn.testing.strategies import networks

    return networks().map(lambda drawn: drawn.network)


def _equation(kind: type[Any]) -> Any:
    from symcnn.testing.strategies import equations

    return equations()
