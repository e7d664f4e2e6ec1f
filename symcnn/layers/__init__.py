"""Layers, named as in PyTorch; each is its defining equation."""

from symcnn.layers.base import Layer
from symcnn.layers.conv import Conv1d, Conv2d, Conv3d
from symcnn.layers.linear import Linear

__all__ = ["Conv1d", "Conv2d", "Conv3d", "Layer", "Linear"]
