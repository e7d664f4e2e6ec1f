"""Bad arguments and shapes: each raises, and says which argument, its value and what is wrong."""

# The calls are wrong on purpose:
# pyright: reportArgumentType=false

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from symcnn import (
    RNN,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    Add,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Concat,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    Linear,
    MatMul,
    MaxPool2d,
    Mul,
    ReLU,
    SelfAttention,
    Softmax,
    dims,
    layers,
)

N, C, H, W, K, S, T = dims("N C H W K S T")
X = (1, 4, 8, 8)

# A call, the error, who reports it, and what it says.
TABLE: list[tuple[Callable[[], Any], type[Exception], str, str]] = [
    (
        lambda: Conv2d(True, 8, 3),
        TypeError,
        "Conv2d",
        "in_channels=True must be an integer or an integer expression over dims(...)",
    ),
    (
        lambda: Conv2d(4.0, 8, 3),
        TypeError,
        "Conv2d",
        "in_channels=4.0 must be an integer or an integer expression over dims(...)",
    ),
    (
        lambda: Conv2d("4", 8, 3),
        TypeError,
        "Conv2d",
        "in_channels='4' must be an integer or an integer expression over dims(...)",
    ),
    (lambda: Conv2d(0, 8, 3), ValueError, "Conv2d", "in_channels=0 must be at least 1"),
    (lambda: Conv2d(4, -8, 3), ValueError, "Conv2d", "out_channels=-8 must be at least 1"),
    (lambda: Conv2d(4, 8, 0), ValueError, "Conv2d", "kernel_size=0 must be at least 1"),
    (
        lambda: Conv2d(4, 8, (3, 3, 3)),
        ValueError,
        "Conv2d",
        "kernel_size=(3, 3, 3) must be one value, or one for each of 2 axes",
    ),
    (
        lambda: Conv2d(4, 8, (3,)),
        ValueError,
        "Conv2d",
        "kernel_size=(3,) must be one value, or one for each of 2 axes",
    ),
    (lambda: Conv2d(4, 8, (3, 0)), ValueError, "Conv2d", "kernel_size=0 must be at least 1"),
    (lambda: Conv2d(4, 8, 3, stride=0), ValueError, "Conv2d", "stride=0 must be at least 1"),
    (
        lambda: Conv2d(4, 8, 3, stride=(1, 1.5)),
        TypeError,
        "Conv2d",
        "stride=1.5 must be an integer or an integer expression over dims(...)",
    ),
    (lambda: Conv2d(4, 8, 3, padding=-1), ValueError, "Conv2d", "padding=-1 must be at least 0"),
    (
        lambda: Conv2d(4, 8, 3, padding="full"),
        ValueError,
        "Conv2d",
        "padding='full'; it may be 'same' or 'valid'",
    ),
    (
        lambda: Conv2d(4, 8, 3, padding=((1, 1),)),
        ValueError,
        "Conv2d",
        "padding=((1, 1),) must have one (before, after) pair for each of 2 axes",
    ),
    (
        lambda: Conv2d(4, 8, 3, padding=((1, 1), 2)),
        ValueError,
        "Conv2d",
        "padding=((1, 1), 2) must have one (before, after) pair for each of 2 axes",
    ),
    (
        lambda: Conv2d(4, 8, 3, padding=((1, 1), (1, -1))),
        ValueError,
        "Conv2d",
        "padding=-1 must be at least 0",
    ),
    (
        lambda: Conv2d(4, 8, 3, padding="same", stride=2),
        ValueError,
        "Conv2d",
        "padding='same' needs stride=1, but stride=2",
    ),
    (lambda: Conv2d(4, 8, 3, dilation=0), ValueError, "Conv2d", "dilation=0 must be at least 1"),
    (lambda: Conv2d(4, 8, 3, groups=0), ValueError, "Conv2d", "groups=0 must be at least 1"),
    (lambda: Conv2d(4, 8, 3, bias=1), TypeError, "Conv2d", "bias=1 must be True or False"),
    (
        lambda: Conv2d(-C, 8, 3),
        ValueError,
        "Conv2d",
        "in_channels=-C must be at least 1, but is never more than -1",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost(),
        TypeError,
        "Conv2d",
        "give the shape of the input, such as (N, 3, H, W)",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost(4),
        TypeError,
        "Conv2d",
        "input shape 4 must be a tuple such as (N, 3, H, W)",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost("4"),
        TypeError,
        "Conv2d",
        "input shape '4' must be a tuple such as (N, 3, H, W)",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost((1, 4, 8.0, 8)),
        TypeError,
        "Conv2d",
        "input length=8.0 must be an integer or an integer expression over dims(...)",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost((1, 4, 0, 8)),
        ValueError,
        "Conv2d",
        "input shape (1, 4, 0, 8) has the length 0; every axis must be at least 1",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost((1, 4, 8)),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3)",
        "in_channels=4 does not match axis 0 of x, which has length 1",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost((4, 8)),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3)",
        "the input has 2 axes (4, 8); it needs 4, or 3 for one sample",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost(X, X),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3)",
        "2 inputs given; it takes 1",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost(X, convention="fuse"),
        ValueError,
        "",
        "convention='fuse' is unknown; did you mean 'fused'?",
    ),
    (
        lambda: Conv2d(4, 8, 3).cost((1, 3, 8, 8)),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3)",
        "in_channels=4 does not match axis 1 of x, which has length 3",
    ),
    (
        lambda: Conv2d(4, 8, 9).cost(X),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=9)",
        "the window (kernel_size=9) does not fit into axis 2 of x (length 8)",
    ),
    (
        lambda: Conv2d(4, 8, 3, dilation=4).cost(X),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3, dilation=4)",
        "the window (kernel_size=3) does not fit into axis 2 of x (length 8)",
    ),
    (
        lambda: Conv2d(4, 8, 3, groups=3).cost(X),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3, groups=3)",
        "groups=3 must divide in_channels=4",
    ),
    (
        lambda: Conv2d(4, 6, 3, groups=4).cost(X),
        ValueError,
        "Conv2d(in_channels=4, out_channels=6, kernel_size=3, groups=4)",
        "groups=4 must divide out_channels=6",
    ),
    (
        lambda: Conv2d(4, 8, 3, groups=2).cost((1, 3, 8, 8)),
        ValueError,
        "Conv2d(in_channels=4, out_channels=8, kernel_size=3, groups=2)",
        "groups=2, in_channels/groups=2 does not match axis 1 of x, which has length 3",
    ),
    (
        lambda: Conv2d(C, 8, 3).cost((N, C + 1, H, W)),
        ValueError,
        "Conv2d(in_channels=C, out_channels=8, kernel_size=3)",
        "in_channels=C does not match axis 1 of x, which has length C + 1",
    ),
    (
        lambda: Conv2d(C, 8, 3).cost((N, 2 * C, H, W)),
        ValueError,
        "Conv2d(in_channels=C, out_channels=8, kernel_size=3)",
        "in_channels=C does not match axis 1 of x, which has length 2*C",
    ),
    (
        lambda: Conv2d(C, 8, 3, groups=2).cost((N, C + 1, H, W)),
        ValueError,
        "Conv2d(in_channels=C, out_channels=8, kernel_size=3, groups=2)",
        "groups=2, in_channels/groups=C/2 does not match axis 1 of x, which has length C + 1",
    ),
    (
        lambda: Conv2d(C, 8, H + 1).cost((N, C, H, W)),
        ValueError,
        "Conv2d(in_channels=C, out_channels=8, kernel_size=H + 1)",
        "the window (kernel_size=H + 1) does not fit into axis 2 of x (length H)",
    ),
    (
        lambda: Conv2d(C, 8, 3).cost((N, dims("C", min=0), H, W)),
        ValueError,
        "Conv2d",
        "symbol C occurs with different assumptions (at least 1, at least 0); declare it once",
    ),
    (
        lambda: Conv2d(4, 8, 3)(X),
        TypeError,
        "",
        "Conv2d is called on traced values inside a network; for its cost use .cost(shape), for "
        "numbers evaluate(...)",
    ),
    (
        lambda: Conv1d(4, 8, (3, 3)),
        ValueError,
        "Conv1d",
        "kernel_size=(3, 3) must be one value, or one for each of 1 axis",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, padding="same"),
        ValueError,
        "ConvTranspose2d",
        "padding='same' must be a number",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, stride=2, output_padding=2).cost(X),
        ValueError,
        "ConvTranspose2d(in_channels=4, out_channels=8, kernel_size=3, stride=2, output_padding=2)",
        "output_padding=2 must be smaller than stride=2 or dilation=1",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, output_padding=(0, 1)).cost(X),
        ValueError,
        "ConvTranspose2d(in_channels=4, out_channels=8, kernel_size=3, output_padding=(0, 1))",
        "output_padding=1 must be smaller than stride=1 or dilation=1",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, output_padding=-1),
        ValueError,
        "ConvTranspose2d",
        "output_padding=-1 must be at least 0",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, padding=8).cost(X),
        ValueError,
        "ConvTranspose2d(in_channels=4, out_channels=8, kernel_size=3, padding=8)",
        "the output has no entry along p (length -6)",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, groups=3).cost(X),
        ValueError,
        "ConvTranspose2d(in_channels=4, out_channels=8, kernel_size=3, groups=3)",
        "groups=3 must divide in_channels=4",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3).cost((1, 3, 8, 8)),
        ValueError,
        "ConvTranspose2d(in_channels=4, out_channels=8, kernel_size=3)",
        "in_channels=4 does not match axis 1 of x, which has length 3",
    ),
    (
        lambda: ConvTranspose2d(4, 8, 3, groups=2).cost((1, 3, 8, 8)),
        ValueError,
        "ConvTranspose2d(in_channels=4, out_channels=8, kernel_size=3, groups=2)",
        "groups=2, in_channels/groups=2 does not match axis 1 of x, which has length 3",
    ),
    (
        lambda: ConvTranspose2d(C, 8, S, stride=S, output_padding=S).cost((N, C, H, W)),
        ValueError,
        "ConvTranspose2d(in_channels=C, out_channels=8, kernel_size=S, stride=S, output_padding=S)",
        "output_padding=S must be smaller than stride=S or dilation=1",
    ),
    (
        lambda: MaxPool2d(3, padding=2).cost(X),
        ValueError,
        "MaxPool2d(kernel_size=3, padding=2)",
        "padding=2 must be at most half of kernel_size=3",
    ),
    (
        lambda: MaxPool2d(3, padding=((0, 2), (1, 1))).cost(X),
        ValueError,
        "MaxPool2d(kernel_size=3, padding=((0, 2), (1, 1)))",
        "padding=2 must be at most half of kernel_size=3",
    ),
    (
        lambda: MaxPool2d(K, padding=K).cost((N, C, H, W)),
        ValueError,
        "MaxPool2d(kernel_size=K, padding=K)",
        "padding=K must be at most half of kernel_size=K",
    ),
    (
        lambda: MaxPool2d(9).cost(X),
        ValueError,
        "MaxPool2d(kernel_size=9)",
        "the window (kernel_size=9) does not fit into axis 2 of x (length 8)",
    ),
    (
        lambda: MaxPool2d(3, dilation=4).cost(X),
        ValueError,
        "MaxPool2d(kernel_size=3, dilation=4)",
        "the window (kernel_size=3) does not fit into axis 2 of x (length 8)",
    ),
    (lambda: MaxPool2d(3, ceil_mode=0), TypeError, "MaxPool2d", "ceil_mode=0 must be True or False"),
    (lambda: MaxPool2d(3, padding="same"), ValueError, "MaxPool2d", "padding='same' must be a number"),
    (lambda: MaxPool2d(3, stride=0), ValueError, "MaxPool2d", "stride=0 must be at least 1"),
    (
        lambda: MaxPool2d((3, 3, 3)),
        ValueError,
        "MaxPool2d",
        "kernel_size=(3, 3, 3) must be one value, or one for each of 2 axes",
    ),
    (
        lambda: AvgPool2d(3, padding=2).cost(X),
        ValueError,
        "AvgPool2d(kernel_size=3, padding=2)",
        "padding=2 must be at most half of kernel_size=3",
    ),
    (
        lambda: AvgPool2d(9).cost(X),
        ValueError,
        "AvgPool2d(kernel_size=9)",
        "the window (kernel_size=9) does not fit into axis 2 of x (length 8)",
    ),
    (
        lambda: AvgPool2d(3, count_include_pad=None),
        TypeError,
        "AvgPool2d",
        "count_include_pad=None must be True or False",
    ),
    (lambda: AdaptiveAvgPool2d(0), ValueError, "AdaptiveAvgPool2d", "output_size=0 must be at least 1"),
    (
        lambda: AdaptiveAvgPool2d((1, 2, 3)),
        ValueError,
        "AdaptiveAvgPool2d",
        "output_size=(1, 2, 3) must be one value, or one for each of 2 axes",
    ),
    (
        lambda: AdaptiveAvgPool2d((None, 1.5)),
        TypeError,
        "AdaptiveAvgPool2d",
        "output_size=1.5 must be an integer or an integer expression over dims(...)",
    ),
    (
        lambda: AdaptiveAvgPool2d(1).cost((8, 8)),
        ValueError,
        "AdaptiveAvgPool2d(output_size=1)",
        "the input has 2 axes (8, 8); it needs 4, or 3 for one sample",
    ),
    (
        lambda: AdaptiveMaxPool1d("1"),
        TypeError,
        "AdaptiveMaxPool1d",
        "output_size='1' must be an integer or an integer expression over dims(...)",
    ),
    (lambda: BatchNorm2d(0), ValueError, "BatchNorm2d", "num_features=0 must be at least 1"),
    (lambda: BatchNorm2d(4, eps="small"), TypeError, "BatchNorm2d", "eps='small' must be a number"),
    (lambda: BatchNorm2d(4, affine=1), TypeError, "BatchNorm2d", "affine=1 must be True or False"),
    (
        lambda: BatchNorm2d(4, track_running_stats=False),
        ValueError,
        "BatchNorm2d",
        "track_running_stats=False normalises with the statistics of each batch; only inference "
        "with running statistics is described",
    ),
    (
        lambda: BatchNorm2d(4).cost((1, 3, 8, 8)),
        ValueError,
        "BatchNorm2d(num_features=4)",
        "num_features=4 does not match axis 1 of x, which has length 3",
    ),
    (
        lambda: BatchNorm2d(4).cost((1, 4)),
        ValueError,
        "BatchNorm2d(num_features=4)",
        "the input has 2 axes (1, 4); it needs 4, or 3 for one sample",
    ),
    (
        lambda: BatchNorm1d(4).cost((4,)),
        ValueError,
        "BatchNorm1d(num_features=4)",
        "the input has 1 axis (4,); it needs 2 or 3, the batch among them",
    ),
    (
        lambda: BatchNorm1d(4).cost((3, 8)),
        ValueError,
        "BatchNorm1d(num_features=4)",
        "num_features=4 does not match axis 1 of x, which has length 8",
    ),
    (
        lambda: BatchNorm2d(C).cost((N, C + 1, H, W)),
        ValueError,
        "BatchNorm2d(num_features=C)",
        "num_features=C does not match axis 1 of x, which has length C + 1",
    ),
    (lambda: Linear(0, 8), ValueError, "Linear", "in_features=0 must be at least 1"),
    (lambda: Linear(4, 8, bias=None), TypeError, "Linear", "bias=None must be True or False"),
    (
        lambda: Linear(4, 8).cost((1, 3)),
        ValueError,
        "Linear(in_features=4, out_features=8)",
        "in_features=4 does not match axis 1 of x, which has length 3",
    ),
    (
        lambda: Linear(C, 8).cost((N, 2 * C)),
        ValueError,
        "Linear(in_features=C, out_features=8)",
        "in_features=C does not match axis 1 of x, which has length 2*C",
    ),
    (lambda: ReLU().cost(X, X), ValueError, "ReLU()", "2 inputs given; it takes 1"),
    (lambda: Softmax(dim=None), TypeError, "Softmax", "dim=None must be an int"),
    (lambda: Softmax(dim=True), TypeError, "Softmax", "dim=True must be an int"),
    (
        lambda: Softmax(dim=4).cost(X),
        ValueError,
        "Softmax(dim=4)",
        "dim=4 is none of 4 axes; it may be -4 to 3",
    ),
    (
        lambda: Softmax(dim=-5).cost(X),
        ValueError,
        "Softmax(dim=-5)",
        "dim=-5 is none of 4 axes; it may be -4 to 3",
    ),
    (
        lambda: Flatten(4).cost(X),
        ValueError,
        "Flatten(start_dim=4)",
        "start_dim=4 is none of 4 axes; it may be -4 to 3",
    ),
    (
        lambda: Flatten(1, -5).cost(X),
        ValueError,
        "Flatten(end_dim=-5)",
        "end_dim=-5 is none of 4 axes; it may be -4 to 3",
    ),
    (
        lambda: Flatten(3, 1).cost(X),
        ValueError,
        "Flatten(start_dim=3, end_dim=1)",
        "start_dim=3 comes after end_dim=1 in an input with 4 axes",
    ),
    (lambda: Flatten(1.0), TypeError, "Flatten", "start_dim=1.0 must be an int"),
    (lambda: Dropout(1.5), ValueError, "Dropout", "p=1.5 must be at least 0 and at most 1"),
    (lambda: Dropout("0.5"), TypeError, "Dropout", "p='0.5' must be a number"),
    (lambda: Add().cost(X), ValueError, "Add()", "1 input given; it takes 2 or more"),
    (
        lambda: Add().cost(X, (1, 4, 8, 7)),
        ValueError,
        "Add()",
        "axis 3 of x_1=8 does not match axis 3 of x_2, which has length 7",
    ),
    (
        lambda: Mul().cost((N, C), (N, C + 1)),
        ValueError,
        "Mul()",
        "axis 1 of x_1=C does not match axis 1 of x_2, which has length C + 1",
    ),
    (lambda: Concat().cost(X), ValueError, "Concat()", "1 input given; it takes 2 or more"),
    (lambda: Concat(4).cost(X, X), ValueError, "Concat(dim=4)", "dim=4 is none of 4 axes; it may be -4 to 3"),
    (
        lambda: Concat(1).cost(X, (4, 8, 8)),
        ValueError,
        "Concat()",
        "x_1 has 4 axes and x_2 has 3; they must agree",
    ),
    (
        lambda: Concat(1).cost(X, (1, 4, 8, 7)),
        ValueError,
        "Concat()",
        "axis 3 of x_1=8 does not match axis 3 of x_2, which has length 7",
    ),
    (lambda: MatMul().cost((2, 3)), ValueError, "MatMul()", "1 input given; it takes 2"),
    (
        lambda: MatMul().cost((2, 3), (4, 5)),
        ValueError,
        "MatMul()",
        "axis 1 of x_1=3 does not match axis 0 of x_2, which has length 4",
    ),
    (
        lambda: MatMul().cost((2, 3), (3,)),
        ValueError,
        "MatMul()",
        "x_2 has 1 axis; a matrix needs at least 2",
    ),
    (
        lambda: MatMul().cost((2, 2, 3), (3, 3, 4)),
        ValueError,
        "MatMul()",
        "axis 0 of x_1=2 does not match axis 0 of x_2, which has length 3",
    ),
    (
        lambda: MatMul().cost((N, C), (C + 1, H)),
        ValueError,
        "MatMul()",
        "axis 1 of x_1=C does not match axis 0 of x_2, which has length C + 1",
    ),
    (lambda: RNN(0, 4), ValueError, "RNN", "input_size=0 must be at least 1"),
    (
        lambda: RNN(3, 4, nonlinearity="sigmoid"),
        ValueError,
        "RNN",
        "nonlinearity='sigmoid' is unknown; known are tanh, relu",
    ),
    (lambda: RNN(3, 4, state="diag"), ValueError, "RNN", "state='diag' is unknown; did you mean 'diagonal'?"),
    (
        lambda: RNN(3, 4).cost((5,)),
        ValueError,
        "RNN(input_size=3, hidden_size=4)",
        "the input has 1 axis (5,); it needs 3, or 2 for one sample",
    ),
    (
        lambda: RNN(3, 4).cost((5, 2, 4)),
        ValueError,
        "RNN(input_size=3, hidden_size=4)",
        "input_size=3 does not match axis 2 of x, which has length 4",
    ),
    (
        lambda: RNN(3, 4).cost((5, 2, 3), (3, 4)),
        ValueError,
        "RNN(input_size=3, hidden_size=4)",
        "axis 0 of the initial state has length 3; it needs 2",
    ),
    (
        lambda: RNN(3, 4).cost((5, 2, 3), (2, 3)),
        ValueError,
        "RNN(input_size=3, hidden_size=4)",
        "axis 1 of the initial state has length 3; it needs 4",
    ),
    (
        lambda: RNN(3, 4).cost((5, 2, 3), (4,)),
        ValueError,
        "RNN(input_size=3, hidden_size=4)",
        "the initial state has 1 axis; it needs 2",
    ),
    (
        lambda: RNN(3, 4).cost((5, 2, 3), (2, 4), (2, 4)),
        ValueError,
        "RNN(input_size=3, hidden_size=4)",
        "3 inputs given; it takes 1 to 2",
    ),
    (lambda: SelfAttention(0), ValueError, "SelfAttention", "embed_dim=0 must be at least 1"),
    (lambda: SelfAttention(4, key_dim=0), ValueError, "SelfAttention", "key_dim=0 must be at least 1"),
    (
        lambda: SelfAttention(4).cost((2, 3, 5)),
        ValueError,
        "SelfAttention(embed_dim=4)",
        "embed_dim=4 does not match axis 2 of x, which has length 5",
    ),
    (
        lambda: SelfAttention(4).cost((4,)),
        ValueError,
        "SelfAttention(embed_dim=4)",
        "the input has 1 axis (4,); it needs 3, or 2 for one sample",
    ),
    (
        lambda: SelfAttention(C).cost((N, T, C + 1)),
        ValueError,
        "SelfAttention(embed_dim=C)",
        "embed_dim=C does not match axis 2 of x, which has length C + 1",
    ),
]


@pytest.mark.parametrize(
    ("call", "error", "owner", "message"), TABLE, ids=[f"{row[2]}: {row[3]}" for row in TABLE]
)
def test_message(call: Callable[[], Any], error: type[Exception], owner: str, message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == (f"{owner}: {message}" if owner else message)


def test_every_layer_with_arguments_is_in_the_table() -> None:
    shown = " ".join(owner for _, _, owner, _ in TABLE)
    families = {re.sub(r"\dd$", "", n) for n in layers.__all__ if fields(getattr(layers, n))} - {"Opaque"}
    assert not {family for family in families if family not in shown}
