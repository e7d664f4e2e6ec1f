"""Receptive fields of random networks are the support of PyTorch's gradients.

Convolutions and pools with any stride and dilation and with another padding at each side, one behind the
other and side by side in branches that are added.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from symcnn import AvgPool2d, Conv2d, Module, Sequential
from symcnn.network.receptive_field import receptive_field
from tests.oracles import require_oracle

torch = require_oracle("torch")

from tests.torch_twin import Twin  # noqa: E402

LENGTH = 60
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
SIDES = st.tuples(st.integers(0, 3), st.integers(0, 3))


class Branches(Module):
    """Two layers of the same stride side by side, cut to the shape of both by what they are."""

    def __init__(self, left: Any, right: Any) -> None:
        self.left = left
        self.right = right

    def forward(self, *values: Any) -> Any:
        (x,) = values
        return self.left(x) + self.right(x)


@st.composite
def layers(draw: st.DrawFn) -> Any:
    """A convolution or a pool, with one channel."""
    kernel = draw(PAIRS)
    stride = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    if draw(st.booleans()):
        return Conv2d(
            1,
            1,
            kernel,
            stride=stride,
            padding=(draw(SIDES), draw(SIDES)),
            dilation=draw(PAIRS),
            bias=False,
        )
    return AvgPool2d(kernel, stride=stride)


@st.composite
def branches(draw: st.DrawFn) -> Any:
    """Two convolutions that keep the size, with other kernels and dilations, whose results are added."""

    def keeping() -> Any:
        kernel, dilation = draw(PAIRS), draw(PAIRS)
        sides: list[tuple[int, int]] = []
        for k, d in zip(kernel, dilation, strict=True):
            whole = d * (k - 1)
            before = draw(st.integers(0, whole))
            sides.append((before, whole - before))
        return Conv2d(1, 1, kernel, padding=tuple(sides), dilation=dilation, bias=False)

    return Branches(keeping(), Sequential(keeping(), keeping()) if draw(st.booleans()) else keeping())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(layers() | branches(), min_size=1, max_size=4))
def test_the_receptive_field_is_the_support_of_the_gradient(stack: list[Any]) -> None:
    net = Sequential(*stack)
    field = receptive_field(net)
    twin = Twin(net, device="cpu").positive()
    x = torch.rand((1, 1, LENGTH, LENGTH), dtype=torch.float64, requires_grad=True)
    y = twin.values(x)[-1]
    # An output in the middle, whose field lies inside the input for nearly all of these networks.
    at = [n // 2 for n in y.shape[2:]]
    assume(all(first >= 0 and last < LENGTH for first, last in field.range(*at)))
    y[0, 0, at[0], at[1]].backward()
    support = x.grad[0, 0]
    for axis, (first, last) in enumerate(field.range(*at)):
        seen = support.sum(1 - axis).nonzero().flatten()
        assert (seen.min().item(), seen.max().item()) == (first, last)


def test_a_field_of_another_dilation_is_not_the_support() -> None:
    one, other = (Conv2d(1, 1, 3, dilation=d, bias=False) for d in (1, 2))
    twin = Twin(Sequential(one), device="cpu").positive()
    x = torch.rand((1, 1, 12, 12), dtype=torch.float64, requires_grad=True)
    twin.values(x)[-1][0, 0, 4, 4].backward()
    seen = x.grad[0, 0].sum(1).nonzero().flatten()
    assert (seen.min().item(), seen.max().item()) == receptive_field(Sequential(one)).range(4, 4)[0]
    assert (seen.min().item(), seen.max().item()) != receptive_field(Sequential(other)).range(4, 4)[0]
