"""Strategies for Hypothesis: sizes, shapes, layers, networks, equations, and arrays for them.

All that is drawn is valid: the arguments of a layer fit together, its input is long enough, the sizes satisfy
their conditions. Each option of a strategy is a value or a strategy itself.
"""

from importlib import import_module

try:
    import_module("hypothesis")
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "These strategies need Hypothesis: pip install 'symcnn[testing]'", name="hypothesis"
    ) from None

from symcnn.testing.strategies.arrays import arrays_for
from symcnn.testing.strategies.configurations import Config, conv_configs, layers, pool_configs, shapes_for
from symcnn.testing.strategies.networks import NetworkConfig, networks
from symcnn.testing.strategies.random_equations import equations
from symcnn.testing.strategies.sizes import dims_values, shapes

__all__ = [
    "Config",
    "NetworkConfig",
    "arrays_for",
    "conv_configs",
    "dims_values",
    "equations",
    "layers",
    "networks",
    "pool_configs",
    "shapes",
    "shapes_for",
]
