"""Layers, named as in PyTorch; each is its defining equation."""

from symcnn.layers.activation import ReLU, ReLU6, Sigmoid, Softmax, Tanh
from symcnn.layers.attention import SelfAttention
from symcnn.layers.base import Layer
from symcnn.layers.conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from symcnn.layers.linear import Linear
from symcnn.layers.merge import Add, Concat, MatMul, Mul
from symcnn.layers.norm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from symcnn.layers.opaque import Opaque
from symcnn.layers.pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from symcnn.layers.recurrent import RNN
from symcnn.layers.shape import Dropout, Flatten, Identity
from symcnn.on_import import imported

__all__ = [
    "RNN",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "Add",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "Concat",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "Dropout",
    "Flatten",
    "Identity",
    "Layer",
    "Linear",
    "MatMul",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "Mul",
    "Opaque",
    "ReLU",
    "ReLU6",
    "SelfAttention",
    "Sigmoid",
    "Softmax",
    "Tanh",
]

imported(__name__)
