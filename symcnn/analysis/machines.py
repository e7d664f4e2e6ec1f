"""Machines as the roofline model sees them: a speed, a bandwidth and a memory, from vendors' data sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from symcnn.derive.convention import Convention
from symcnn.derive.cost import BYTES
from symcnn.symbols.checks import brief, instance, one_of, text

Exact: TypeAlias = int | Fraction


@dataclass(frozen=True)
class Machine:
    """A machine that does ``flops`` operations and moves ``bandwidth`` bytes a second.

    Symbols: ``flops`` > 0 counts a multiplication and an addition apart, as data sheets do; it is one number,
    or one for each dtype. ``bandwidth`` > 0 is that of the main memory, in bytes a second; ``memory`` is its
    size in bytes.
    Raises ``ValueError`` for what is not positive and for unknown dtypes, ``TypeError`` for floats.
    Source: Williams, Waterman and Patterson, "Roofline", Communications of the ACM 52 (2009).

    >>> machine = Machine(flops=10**12, bandwidth=10**11)
    >>> machine.ridge_point("float32")
    Fraction(10, 1)
    """

    flops: Exact | Mapping[str, Exact]
    bandwidth: Exact
    memory: int | None = None
    name: str = "machine"
    source: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.flops, Mapping) and not self.flops:
            raise ValueError("flops={} names no dtype; write such as {'float32': 10**12}")
        text("name", self.name, "A100")
        text("source", self.source, "the data sheet")
        speeds = self.flops.items() if isinstance(self.flops, Mapping) else (("", self.flops),)
        for dtype, speed in speeds:
            if dtype:
                one_of("flops: dtype", dtype, BYTES)
            positive("flops", speed)
        positive("bandwidth", self.bandwidth)
        if self.memory is not None:
            positive("memory", self.memory)

    def speed(self, dtype: str, convention: Convention | None = None) -> Fraction:
        """Operations a second on this dtype; under a fused convention half, a multiply-add being one.

        Whatever is no multiply-add then takes as long as one, as on a unit that does nothing else.
        Raises ``ValueError`` for unknown dtypes and for one whose speed is not known.
        """
        one_of("dtype", dtype, BYTES)
        if convention is not None:
            instance("convention", convention, Convention, "one of CONVENTIONS.values()")
        if isinstance(self.flops, Mapping):
            if dtype not in self.flops:
                known = ", ".join(self.flops)
                raise ValueError(
                    f"the speed of {self.name} on dtype={dtype!r} is not given; known are {known}"
                )
            flops = self.flops[dtype]
        else:
            flops = self.flops
        return Fraction(flops) / (2 if convention is not None and convention.fused else 1)

    def ridge_point(self, dtype: str, convention: Convention | None = None) -> Fraction:
        """The intensity in operations a byte at which computing takes as long as moving the data."""
        return self.speed(dtype, convention) / Fraction(self.bandwidth)


def positive(name: str, value: object, such_as: str = "10**12") -> Fraction:
    """The value of an argument that is an exact number above 0."""
    if type(value) is not int and not isinstance(value, Fraction):
        raise TypeError(f"{name}={brief(value)} must be an integer or a Fraction, such as {such_as}")
    if value <= 0:
        raise ValueError(f"{name}={value} must be positive")
    return Fraction(value)


_TERA, _GIGA = 10**12, 10**9


def _tera(**speeds: str) -> dict[str, Exact]:
    """Speeds as data sheets give them, in units of 10^12 operations a second."""
    return {dtype: Fraction(speed) * _TERA for dtype, speed in speeds.items()}


# Without sparsity; 16-bit numbers on tensor cores that add up in float32; float32 outside the tensor cores.
MACHINES: dict[str, Machine] = {
    m.name: m
    for m in (
        Machine(
            _tera(float64="7.8", float32="15.7", float16="125"),
            900 * _GIGA,
            32 * _GIGA,
            "V100",
            "NVIDIA, V100 Tensor Core GPU, data sheet (January 2020), V100 SXM2, 32 GB",
        ),
        Machine(
            _tera(float64="9.7", float32="19.5", float16="312", bfloat16="312"),
            2039 * _GIGA,
            80 * _GIGA,
            "A100",
            "NVIDIA, A100 Tensor Core GPU, data sheet (June 2021), A100 80GB SXM",
        ),
        Machine(
            # The sheet gives 1,979 for 16 bits with sparsity, which is twice the speed without.
            _tera(float64="34", float32="67", float16="989.5", bfloat16="989.5"),
            3350 * _GIGA,
            80 * _GIGA,
            "H100",
            "NVIDIA, H100 Tensor Core GPU, data sheet, H100 SXM",
        ),
        Machine(
            _tera(float32="82.6", float16="165.2", bfloat16="165.2"),
            1008 * _GIGA,
            24 * _GIGA,
            "RTX 4090",
            "NVIDIA, Ada GPU architecture, white paper, appendix A, GeForce RTX 4090",
        ),
        Machine(
            # 64 cores at 2.45 GHz, two multiply-adds of 256 bits a cycle each.
            {"float64": 64 * 2450 * 10**6 * 16, "float32": 64 * 2450 * 10**6 * 32},
            2048 * 10**8,
            None,
            "EPYC 7763",
            "AMD, EPYC 7763, product page: 64 cores, base clock 2.45 GHz, 204.8 GB/s a socket; "
            "AMD, Software optimization guide for family 19h, two 256-bit multiply-adds a cycle",
        ),
    )
}


def machine(name: str | Machine) -> Machine:
    """The machine of this name; raises ``ValueError`` with a suggestion for unknown ones.

    >>> machine("A100").speed("float32"), machine("A100").bandwidth
    (Fraction(19500000000000, 1), 2039000000000)
    """
    if isinstance(name, Machine):
        return name
    return MACHINES[one_of("machine", name, MACHINES)]
