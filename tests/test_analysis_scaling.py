"""Scaling laws, elasticities and compound scaling: what they say, that it is proved, and what is refused."""

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import ceiling, floor, sqrt

from symcnn import (
    Conv2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    compound_scaling,
    dims,
    elasticity,
    eq,
    ge,
    le,
    quantity,
    reals,
    scaling,
)
from symcnn.analysis.scaling import Scaling
from symcnn.models import resnet50
from symcnn.models.resnet import BasicBlock, ResNet
from symcnn.proving.forms import asymptotic, independent, proportional, unbounded
from symcnn.proving.verdict import prove

N, C, D, H, W, K, S, G = dims("N C D H W K S G")
P = dims("P", min=0)
B, M = reals("B M")
CONV = Conv2d(C, D, kernel_size=K, stride=S, padding=P, groups=G).cost((N, C, H, W))
PLAIN = Conv2d(C, C, kernel_size=K, bias=False).cost((N, C, H, W))
LINEAR = Linear(C, D).cost((N, C))


def law(found: Scaling) -> tuple[Any, ...]:
    return found.kind, found.factor, found.exponent, found.rest


@pytest.mark.parametrize(
    ("expr", "x", "kind", "factor", "exponent", "rest"),
    [
        (C * D, H, "independent", 0, 0, C * D),
        (sympy.Integer(3), H, "independent", 0, 0, 3),
        (H * (C + 1) - H * C - H, H, "independent", 0, 0, 0),
        (C * D * H, H, "proportional", C * D, 1, 0),
        (C * H / G, H, "proportional", C / G, 1, 0),
        (C * H + D, H, "affine", C, 1, D),
        (C - H, H, "affine", -1, 1, C),
        ((C - D) * H + 1, H, "affine", C - D, 1, 1),
        (9 * C**2 * H, C, "power law", 9 * H, 2, 0),
        (C / H, H, "power law", C, -1, 0),
        (2 * C * D * K / sqrt(M), M, "power law", 2 * C * D * K, Fraction(-1, 2), 0),
        (C**2 * K**2 + C, C, "polynomial", K**2, 2, C),
        (C - D * H**2, H, "polynomial", -D, 2, C),
        (C * H + D / H, H, "asymptotic", C, 1, None),
        (C * H / (H + D), H, "asymptotic", C, 0, None),
        (M + sqrt(M), M, "asymptotic", 1, 1, None),
        (C * floor(H / 2), H, "asymptotic", C / 2, 1, None),
        (ceiling(H / 32) ** 2 + C * H, H, "asymptotic", Fraction(1, 1024), 2, None),
        (floor((H + D * (K + 1)) / S), H, "asymptotic", 1 / S, 1, None),
    ],
)
def test_each_law_is_found_and_proved(
    expr: Any, x: Any, kind: str, factor: Any, exponent: Any, rest: Any
) -> None:
    found = scaling(expr, x)
    assert law(found) == (kind, factor, exponent, rest)
    assert found.proved, [str(v) for v in found.proofs]
    assert found.alone is None


@pytest.mark.parametrize(
    ("expr", "x", "kind", "factor", "exponent"),
    [
        (CONV.macs, N, "proportional", CONV.macs / N, 1),
        (CONV.macs, C, "proportional", CONV.macs / C, 1),
        (CONV.macs, H, "asymptotic", N * C * D * K**2 * CONV.output_shape[3] / (G * S), 1),
        (CONV.params, D, "proportional", C * K**2 / G + 1, 1),
        (CONV.params, W, "independent", 0, 0),
    ],
)
def test_the_counts_of_a_convolution_scale_as_known(
    expr: Any, x: Any, kind: str, factor: Any, exponent: int
) -> None:
    found = scaling(expr, x, given=CONV)
    assert (found.kind, found.exponent) == (kind, exponent)
    assert sympy.simplify(found.factor - factor) == 0
    assert found.proved


def test_intensity_is_bounded_by_its_limits() -> None:
    batch = scaling(PLAIN.intensity, N, given=PLAIN)
    channels = scaling(PLAIN.intensity, C, given=PLAIN)
    assert (batch.kind, batch.exponent, batch.proved) == ("asymptotic", 0, True)
    # With many channels the weights alone are moved: each is used once for an output.
    assert channels.factor == N * (H - K + 1) * (W - K + 1)
    assert channels.proved


def test_a_quantity_brings_the_proof_of_its_closed_form() -> None:
    found = scaling(quantity(LINEAR, "macs"), N)
    assert law(found) == ("proportional", C * D, 1, 0)
    assert [v.statement.name for v in found.proofs] == ["proportional", "value", "closed_form"]
    assert found.proved


@pytest.mark.parametrize(
    ("expr", "kind", "factor", "exponent", "alone"),
    [
        (C * H * W, "proportional", C, 1, "PROVED"),
        (C * H * W + D, "affine", C, 1, "PROVED"),
        (C * H**2 * W**2, "power law", C, 2, "PROVED"),
        (C * floor(H * W / 4), "asymptotic", C / 4, 1, "PROVED"),
        (C * H * W / (H * W + D), "asymptotic", C, 0, "PROVED"),
        (C * D, "independent", 0, 0, "PROVED"),
        (C * (H + 1) * (W + 1), "asymptotic", C, 1, "REFUTED"),
        (C * floor(H / S) * floor(W / S), "asymptotic", C / S**2, 1, "REFUTED"),
        (C * H**2 * W, "unknown", None, None, "REFUTED"),
        (H + W, "unknown", None, None, "REFUTED"),
    ],
)
def test_whether_a_product_alone_matters(
    expr: Any, kind: str, factor: Any, exponent: Any, alone: str
) -> None:
    found = scaling(expr, H * W)
    assert (found.kind, found.factor, found.exponent) == (kind, factor, exponent)
    assert found.alone is not None
    assert found.alone.status == alone
    assert found.proved == (kind != "unknown")


def test_two_inputs_of_one_area_refute_that_the_area_alone_matters() -> None:
    cost = Conv2d(C, D, kernel_size=3).cost((C, H, W))
    verdict = scaling(cost.macs, H * W, given=cost).alone
    assert verdict is not None
    values = {str(k): v for k, v in (verdict.counterexample or {}).items()}
    assert values["H"] * values["W"] == values["H'"] * values["W'"]
    assert verdict.values is not None
    assert verdict.values[0] != verdict.values[1]


def test_whole_networks_scale() -> None:
    square = resnet50().cost((N, 3, H, H))
    assert scaling(square.macs, N).proved
    found = scaling(square.macs, H)
    assert (found.kind, found.factor, found.exponent, found.proved) == ("asymptotic", 81456 * N, 2, True)
    wide = resnet50(width=K).cost((1, 3, 224, 224))
    assert law(scaling(wide.params, K)) == ("polynomial", 5724, 2, 32977 * K + 1000)


def test_a_polynomial_in_what_is_bounded_grows_like_nothing() -> None:
    found = scaling(PLAIN.macs, K, given=PLAIN)
    assert (found.kind, found.factor, found.exponent, found.proved) == ("polynomial", N * C**2, 4, True)
    assert found.why == "K does not grow beyond all limits"
    with pytest.raises(ValueError, match=r"given=.* keeps H from growing; leave out the upper limits"):
        scaling(C * H / (H + 1), H, given=le(H, C))


def test_nothing_is_called_proved_that_is_not() -> None:
    doubtful = scaling((C - D) * H**2 + 1, H)
    assert doubtful.why == "C - D need not be positive"
    assert doubtful.text.endswith("(proved; C - D need not be positive)")
    assert [v.statement.name for v in doubtful.proofs] == ["value"]
    unknown = scaling(sympy.Max(C * H, D * H), H, seconds=3)
    assert (unknown.kind, unknown.proofs, unknown.verdict, unknown.proved) == ("unknown", (), None, False)
    assert unknown.why == f"it holds {sympy.Max(C * H, D * H)}"
    refuted = scaling((C - D) * H / (H + 1), H)
    assert (refuted.kind, refuted.proved) == ("unknown", False)


def test_roundings_inside_of_roundings_have_a_law() -> None:
    found = scaling(ceiling((H + ceiling(D / C)) / S), H, seconds=2)
    assert law(found) == ("asymptotic", 1 / S, 1, None)


def test_a_search_without_time_proves_nothing() -> None:
    found = scaling(sympy.Max(C * H, H**2), H, seconds=0.01)
    assert found.kind == "asymptotic"
    assert not found.proved
    assert found.text.endswith("(not proved)")


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(-3, 5), min_size=1, max_size=4))
def test_random_polynomials_have_the_law_of_their_largest_power(coefficients: list[int]) -> None:
    found = scaling(sympy.Add(*(c * C * H**k for k, c in enumerate(coefficients))), H)
    degree = max((k for k, c in enumerate(coefficients) if c), default=0)
    assert found.exponent == degree
    if degree:
        assert found.factor == coefficients[degree] * C
    assert found.proved


@pytest.mark.parametrize(
    ("expr", "x", "value"),
    [
        (9 * C**2 * H, C, 2),
        (C / sqrt(M), M, Fraction(-1, 2)),
        (C, H, 0),
        (C * H + D, H, C * H / (C * H + D)),
        (PLAIN.macs, H, H / (H - K + 1)),
        (H / (H + D), H, D / (H + D)),
        (C * floor(W / S) * H**2, H, 2),
    ],
)
def test_elasticities_are_exact_and_proved(expr: Any, x: Any, value: Any) -> None:
    found = elasticity(expr, x)
    assert found.kind == "exact"
    assert sympy.simplify(found.value - value) == 0
    assert found.proved


def test_elasticity_agrees_with_sympy_on_the_intensity() -> None:
    found = elasticity(PLAIN.intensity, C, given=PLAIN)
    f = PLAIN.intensity
    assert sympy.simplify(found.value - C * sympy.diff(f, C) / f) == 0
    assert found.proved


def test_what_is_rounded_has_an_asymptotic_elasticity() -> None:
    found = elasticity(CONV.macs, H, given=CONV)
    assert (found.kind, found.value, found.proved) == ("asymptotic", 1, True)
    assert str(found).endswith("in H is 1 in the limit (proved)")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: scaling(C * 0.5, C), TypeError, r"expr: 0\.5\*C holds the float 0\.5"),
        (lambda: scaling("C", C), TypeError, r"expr: 'C' is text"),
        (lambda: scaling(eq(C, D), C), TypeError, r"expr: C = D is a relation itself"),
        (lambda: scaling(C, "C"), TypeError, r"x='C' \(str\) is no symbol and no product of symbols"),
        (lambda: scaling(C, 3), TypeError, r"x=3 \(int\) is no symbol"),
        (lambda: scaling(C, C**2), ValueError, r"x=C\*\*2 is no symbol and no product of different symbols"),
        (lambda: scaling(C, C + D), ValueError, r"x=C \+ D is no symbol"),
        (lambda: scaling(C, 2 * C), ValueError, r"x=2\*C is no symbol"),
        (lambda: scaling(C, sympy.Symbol("z", integer=True)), ValueError, r"x=z may be negative"),
        (lambda: scaling(C, reals("C")), ValueError, r"x=C is declared in another way than C in C"),
        (
            lambda: scaling(*dims("C_in C_on")),
            ValueError,
            r"x=C_on does not occur in C_in; did you mean 'C_in'",
        ),
        (lambda: scaling(C, C, given="H > 3"), TypeError, r"given='H > 3' is no relation and no cost"),
        (lambda: scaling(C * H, H, given=eq(H, W)), ValueError, r"proportional is no statement .*"),
        (
            lambda: elasticity(C * H, C * H),
            ValueError,
            r"x=.* is a product; ask for the elasticity in one of",
        ),
        (lambda: elasticity(C - C, C), ValueError, r"expr=0 is 0, so that nothing is a percent of it"),
        (
            lambda: elasticity(sympy.Max(D * H, C * H), H),
            ValueError,
            r"has no derivative in H, and no scaling law",
        ),
    ],
)
def test_bad_input_is_refused(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_laws_are_typeset() -> None:
    c_in, l_r = dims("C_in L_r")
    assert scaling(9 * c_in * l_r + c_in, l_r).latex.endswith(r"= 9 C_{in} L_{r} + C_{in}")
    assert scaling(c_in - l_r, l_r).latex.endswith(r"= - L_{r} + C_{in}")
    limit = scaling(floor(l_r / 2), l_r).latex
    assert (
        limit == r"\left\lfloor{\frac{L_{r}}{2}}\right\rfloor \sim \frac{1}{2} L_{r} \quad (L_{r} \to \infty)"
    )
    assert elasticity(9 * c_in**2, c_in).latex.endswith(r"\frac{\partial f}{\partial C_{in}} = 2")


def test_the_forms_of_the_kernel_are_decided() -> None:
    assert prove(independent(C, [H])).status == "PROVED"
    assert prove(independent(C * H, [H])).status == "REFUTED"
    assert prove(proportional(C * H, H, [H])).status == "PROVED"
    assert prove(proportional(C * H + 1, H, [H])).status == "REFUTED"
    assert prove(asymptotic(C * H + 1, C * H, [H])).status == "PROVED"
    assert prove(asymptotic(C * H, 2 * C * H, [H])).status == "REFUTED"
    assert prove(unbounded(H, [H], given=ge(H, K))).status == "PROVED"
    assert prove(unbounded(H, [H], given=le(H, K))).status == "REFUTED"


# -- compound scaling ----------------------------------------------------------------------------------------


def plain(depth: int, width: Any, resolution: Any) -> Any:
    blocks = (Conv2d(width, width, kernel_size=3, padding=1, bias=False) for _ in range(depth))
    return Sequential(*blocks).cost((1, width, resolution, resolution))


def residual(depth: int, width: Any, resolution: Any) -> Any:
    net = ResNet("residual", BasicBlock, (depth, depth, depth, depth), 1000, 3, width)
    return net.cost((1, 3, 32 * resolution, 32 * resolution))


BASE = {"depth": 2, "width": 8, "resolution": 16}


def test_macs_grow_with_depth_and_the_squares_of_width_and_resolution() -> None:
    found = compound_scaling(plain, BASE)
    macs = found.law("macs")
    assert macs.terms == ((9, {"depth": 1, "width": 2, "resolution": 2}),)
    assert macs.proved
    assert macs.checked == (1, 2, 3, 4)
    # Tan and Le's factors for EfficientNet: about twice the operations.
    alpha, beta, gamma = (Fraction(x, 100) for x in (120, 110, 115))
    assert macs.times(depth=alpha, width=beta, resolution=gamma) == alpha * beta**2 * gamma**2
    assert abs(macs.times(depth=alpha, width=beta, resolution=gamma) - 2) < Fraction(1, 10)


def test_memory_has_two_leading_terms() -> None:
    memory = compound_scaling(plain, BASE, quantities=["memory.total"]).law("memory.total")
    assert {tuple(e.values()) for _, e in memory.terms} == {(1, 2, 0), (1, 1, 2)}
    assert memory.proved
    with pytest.raises(ValueError, match=r"memory\.total has 2 leading terms"):
        memory.times(width=2)


def test_a_residual_network_scales_almost_so() -> None:
    found = compound_scaling(
        residual, {"depth": 2, "width": 64, "resolution": 7}, quantities=["macs", "params"]
    )
    assert found.law("macs").terms == ((4608, {"depth": 1, "width": 2, "resolution": 2}),)
    assert found.law("params").terms == ((1530, {"depth": 1, "width": 2}),)
    assert all(law.proved for law in found.laws)
    # The base is ResNet-18, and sixteen blocks have the MACs of ResNet-34.
    assert [row.values["macs"] for row in found.rows[:2]] == [1814073344, 3663761408]
    assert found.rows[0].values["params"] == 11689512
    assert found.rows[2].ratios["macs"] < 4 < found.rows[2].ratios["macs"] + Fraction(1, 5)


def test_the_table_is_exact() -> None:
    steps = [{"depth": Fraction(3, 2)}, {"width": 3, "resolution": Fraction(1, 2)}]
    found = compound_scaling(plain, BASE, steps)
    for row, scaled in zip(found.rows, [(2, 8, 16), (3, 8, 16), (2, 24, 8)], strict=True):
        cost = plain(*scaled)
        assert row.values == {"macs": cost.macs, "params": cost.params, "memory.total": cost.memory.total}
        assert row.ratios["macs"] == Fraction(cost.macs, plain(2, 8, 16).macs)


def test_layers_scale_without_a_depth() -> None:
    def layer(width: Any, resolution: Any) -> Any:
        return Conv2d(width, 2 * width, kernel_size=3).cost((1, width, resolution, resolution))

    found = compound_scaling(layer, {"width": 8, "resolution": 9}, quantities=["macs"])
    assert found.law("macs").terms == ((18, {"width": 2, "resolution": 2}),)
    assert found.law("macs").checked == ()
    assert found.law("macs").proved


def test_rounded_resolutions_scale_in_the_limit() -> None:
    def pooled(width: Any, resolution: Any) -> Any:
        net = Sequential(
            Conv2d(3, width, kernel_size=3, padding=1), ReLU(), MaxPool2d(2), Conv2d(width, width, 1)
        )
        return net.cost((1, 3, resolution, resolution))

    found = compound_scaling(pooled, {"width": 8, "resolution": 9}, quantities=["macs"])
    assert found.law("macs").terms == ((Fraction(1, 4), {"width": 2, "resolution": 2}),)
    assert found.law("macs").proved


def _no_cost(width: Any) -> Any:
    return 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: compound_scaling(_no_cost, {"width": 2}),
            TypeError,
            r"cost_of gives 3 \(int\), no cost",
        ),
        (
            lambda: compound_scaling(lambda depth: plain(depth**2, 3, 3), {"depth": 2}),
            ValueError,
            r"macs is no straight line in depth",
        ),
        (
            lambda: compound_scaling(plain, BASE).law("flops"),
            ValueError,
            r"quantity='flops' is unknown",
        ),
    ],
)
def test_bad_scalings_are_refused(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
