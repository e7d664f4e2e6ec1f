"""Networks: graphs of layers, their costs, liveness and receptive fields."""

from symcnn.network.graph import Module, Sequential

__all__ = ["Module", "Sequential"]
