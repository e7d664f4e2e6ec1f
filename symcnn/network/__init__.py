"""Networks: graphs of layers, their costs, liveness and receptive fields."""

from symcnn.network.cost import NetworkCost
from symcnn.network.graph import Module, Sequential
from symcnn.network.receptive_field import ReceptiveField, receptive_field
from symcnn.on_import import imported

__all__ = ["Module", "NetworkCost", "ReceptiveField", "Sequential", "receptive_field"]

imported(__name__)
