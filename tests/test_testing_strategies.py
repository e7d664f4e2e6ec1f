"""The strategies for Hypothesis: what they draw is valid, varied and shrinks, and nothing is rejected."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.statistics import collector
from sympy import floor

import symcnn
from symcnn import (
    RNN,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    dims,
    eq,
    evaluate,
    ge,
    gt,
    lt,
    ne,
)
from symcnn.models import build
from symcnn.testing.strategies import (
    arrays_for,
    conv_configs,
    dims_values,
    equations,
    layers,
    networks,
    pool_configs,
    shapes,
    shapes_for,
)
from symcnn.testing.strategies.table import ROWS

ROOT = Path(__file__).resolve().parent.parent
N, C, O, G, H, W, K, S, D = dims("N C O G H W K S D")
P = dims("P", min=0)
COMPUTED = [kind for kind, row in ROWS.items() if row.computed]


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Examples; fails where one is rejected, and where a health check finds fault."""
    found: list[Any] = []

    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], derandomize=True)
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    statistics: list[Any] = []
    with collector.with_value(statistics.append):  # type: ignore[arg-type]
        collect()
    statuses = [case["status"] for case in statistics[0]["generate-phase"]["test-cases"]]
    assert "invalid" not in statuses
    return found


def smallest(strategy: st.SearchStrategy[Any], when: Callable[[Any], bool] = lambda example: True) -> Any:
    return find(
        strategy,
        when,
        settings=settings(database=None, derandomize=True, max_examples=500, report_multiple_bugs=False),
    )


# -- what is drawn is valid --------------------------------------------------------------------------------


def test_every_layer_has_a_row() -> None:
    assert {kind.__name__ for kind in ROWS} == {*symcnn.layers.__all__} - {"Layer"}


@pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)
def test_a_layer_takes_the_shapes_and_arrays_that_are_drawn_for_it(kind: type[Layer]) -> None:
    case = layers(kind).flatmap(lambda layer: st.tuples(st.just(layer), arrays_for(layer)))
    for layer, arrays in drawn(case, 20):
        assert type(layer) is kind
        inputs = [a for name, a in arrays.items() if name.split("_")[0] == "x"]
        cost = layer.cost(*(a.shape for a in inputs))
        assert cost.memory.total == sum(a.size for a in arrays.values()) + np.prod(cost.output_shape)
        assert evaluate(layer, **arrays).shape == cost.output_shape


def test_an_operation_without_values_has_a_cost() -> None:
    case = layers(symcnn.Opaque).flatmap(lambda layer: st.tuples(st.just(layer), shapes_for(layer)))
    for layer, given_shapes in drawn(case, 20):
        assert layer.cost(*given_shapes).unknown == ("operation",)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("strategy", [conv_configs, lambda n: conv_configs(n, True), pool_configs])
def test_a_configuration_is_a_layer_and_a_shape_that_it_takes(strategy: Any, axes: int) -> None:
    for config in drawn(strategy(axes), 30):
        assert config.layer == config.kind(**config.arguments)
        assert all(n >= 1 for n in config.layer.cost(config.input_shape).output_shape)


def test_given_arguments_are_taken_and_the_others_fit_them() -> None:
    options: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (conv_configs, {"in_channels": 6, "out_channels": 4}),
        (conv_configs, {"groups": 5, "stride": st.just(2)}),
        (conv_configs, {"padding": "same", "kernel_size": (2, 3)}),
        (conv_configs, {"stride": (1, 3), "batch": 3}),
        (conv_configs, {"transposed": True, "output_padding": 3}),
        (conv_configs, {"transposed": True, "output_padding": (0, 2), "dilation": 3}),
        (pool_configs, {"padding": ((0, 3), (1, 1))}),
        (pool_configs, {"kind": "avg", "kernel_size": 1, "extra": 0}),
    ]
    for strategy, given_options in options:
        for config in drawn(strategy(**given_options), 20):
            config.layer.cost(config.input_shape)
            for name, value in given_options.items():
                if name in config.arguments and not isinstance(value, st.SearchStrategy):
                    assert config.arguments[name] == value
            if "batch" in given_options:
                assert config.input_shape[0] == 3


@pytest.mark.parametrize("layer", [Flatten(4, -4), Flatten(-1, 0), symcnn.Softmax(5), symcnn.Concat(-6)])
def test_axis_numbers_of_a_given_layer_decide_the_ranks(layer: Layer) -> None:
    for given_shapes in drawn(shapes_for(layer), 20):
        assert layer.cost(*given_shapes).output_shape


def test_a_network_takes_its_shape() -> None:
    found = drawn(networks(), 60)
    for network, shape in found:
        assert network.cost(shape).output_shape
    written = " ".join(repr(network) for network, _ in found)
    for part in ("Residual", "Parallel", "Linear", "ConvTranspose", "BatchNorm", "MaxPool", "AvgPool"):
        assert part in written


def test_an_equation_has_the_same_values_both_ways() -> None:
    case = equations().flatmap(lambda e: st.tuples(st.just(e), arrays_for(e, dtype="int64")))
    found = drawn(case, 150)
    for equation, arrays in found:
        ways = [evaluate(equation, **arrays, method=method) for method in ("vectorized", "loops")]
        assert ways[0].tolist() == ways[1].tolist()
    written = " ".join(str(equation) for equation, _ in found)
    for part in ("sum(", "max(", "mean(", ">=", "floor(", "x_2[", "3*r", "2*u", "*x_1"):
        assert part in written
    fills = {read.tensor.fill for equation, _ in found for read in equation.entries()}
    assert fills == {"none", "zero", "skip"}


# Subjects of dims_values, and how many different values there are at least among 40 examples.
DOMAINS: dict[str, tuple[tuple[Any, ...], int]] = {
    "free": ((N, C, P), 20),
    "of an expression": ((floor(H / 2) + W,), 15),
    "convolution": ((Conv2d(C, O, K, stride=S, padding=P, dilation=D, groups=G).cost((N, C, H, W)),), 20),
    "transposed": ((ConvTranspose2d(C, O, K, stride=S, padding=P, groups=G).cost((N, C, H, W)),), 20),
    "ceil_mode": ((MaxPool2d(K, stride=S, padding=P, ceil_mode=True).cost((N, C, H, W)),), 20),
    "large": ((build("alexnet").cost((N, 3, H, H)),), 15),
    "far up": ((ge(W, 900), gt(H, 2 * W)), 7),
    "equations": ((eq(3 * H - 7 * W, 1), ne(H, 5)), 2),
    "squares": ((eq(H**2 + W**2, K**2), lt(H, W)), 2),
    "floors": ((eq(floor((H + 2 * P - K) / S) + 1, 7),), 15),
    "of SymPy": ((H >= 2 * W, W > 3), 7),
    "a list": ((list(Conv1d(C, 6, 3, groups=G).cost((C, H)).domain),), 5),
}


@pytest.mark.parametrize("name", DOMAINS)
def test_values_satisfy_their_conditions(name: str) -> None:
    subjects, variety = DOMAINS[name]
    found = drawn(dims_values(*subjects), 40)
    assert len({tuple(values.items()) for values in found}) >= variety
    for values in found:
        assert all(type(n) is int and n >= (s != P) for s, n in values.items())
        for one in subjects:
            if isinstance(one, symcnn.Cost):
                assert not one.at(values).symbols
            elif isinstance(one, symcnn.Relation):
                left, right = (
                    side if isinstance(side, int) else side.subs(values) for side in (one.left, one.right)
                )
                signs = {"=": left == right, "!=": left != right, "<": left < right}
                assert {**signs, ">": left > right, ">=": left >= right}[one.sign]
            elif hasattr(one, "rel_op"):
                assert one.subs(values)


def test_shapes_keep_to_their_bounds() -> None:
    for shape in drawn(shapes(2, batch=4, channels=st.integers(2, 3), lengths=st.integers(5, 6)), 30):
        assert len(shape) == 4
        assert shape[0] == 4
        assert shape[1] in (2, 3)
        assert {5, 6} >= {*shape[2:]}
    assert {len(shape) for shape in drawn(shapes(), 100)} == {1, 2, 3, 4, 5}
    assert {shape[-2:] for shape in drawn(shapes(lengths=(7, 9)), 20)} == {(7, 9)}


@pytest.mark.parametrize(
    ("strategy", "error"),
    [
        (shapes(2, lengths=st.just(0)), "shapes: lengths=0 must be an integer of at least 1"),
        (shapes(2, channels=st.just(-1)), "shapes: channels=-1 must be an integer of at least 1"),
        (shapes(2, batch=st.just(0)), "shapes: batch=0 must be an integer of at least 1, None"),
        (shapes(2, lengths=(3, st.just(None))), "shapes: lengths=None must be an integer of at least 1"),
        (shapes(st.just(-1)), "shapes: dims=-1 must be an integer of at least 0"),
        (conv_configs(batch=st.just(0)), "shapes_for: batch=0 must be an integer of at least 1, None"),
        (pool_configs(extra=st.just(-1)), "shapes_for: extra=-1 must be an integer of at least 0"),
        (arrays_for(symcnn.ReLU(), extra=st.just(0.5)), r"arrays_for: extra=0\.5 must be an integer"),
    ],
    ids=str,
)
def test_lengths_that_no_shape_has_are_refused_when_they_are_drawn(strategy: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        smallest(strategy)


# -- arrays ------------------------------------------------------------------------------------------------


def test_entries_are_whole_numbers_within_their_bounds() -> None:
    layer = Linear(3, 2)
    for low, high in [(-4, 7), (0, 1), (-9, -3), (5, 5), (-300, 70_000), (0, 10**12)]:
        values = {
            n
            for arrays in drawn(arrays_for(layer, (2, 3), min_value=low, max_value=high, dtype="int64"), 30)
            for array in arrays.values()
            for n in array.flat
        }
        assert all(low <= n <= high for n in values)
        assert len(values) >= min(high - low + 1, 100)


@pytest.mark.parametrize(("dtype", "most"), [("float64", 2**53), ("int64", 2**63 - 1)])
def test_entries_are_no_larger_than_what_their_type_holds_exactly(dtype: Any, most: int) -> None:
    for low, high in [(-most, most), (0, most), (-most, 0)]:
        for arrays in drawn(arrays_for(symcnn.ReLU(), (3,), min_value=low, max_value=high, dtype=dtype), 10):
            assert all(low <= int(n) <= high for n in arrays["x"])
    for low, high in [(-most - 1, 0), (0, most + 1)]:
        with pytest.raises(
            ValueError, match=f"must lie between -{most} and {most}, which dtype='{dtype}' holds"
        ):
            arrays_for(symcnn.ReLU(), (3,), min_value=low, max_value=high, dtype=dtype)


def test_variances_are_positive() -> None:
    layer = symcnn.BatchNorm2d(3)
    for arrays in drawn(arrays_for(layer, (2, 3, 4, 4), min_value=-9, max_value=0), 20):
        assert (arrays["var"] >= 1).all()
        assert np.isfinite(evaluate(layer, **arrays)).all()


def test_large_arrays_are_drawn_from_a_seed() -> None:
    found = drawn(arrays_for(symcnn.ReLU(), (3, 64, 64)), 10)
    assert len({arrays["x"].tobytes() for arrays in found}) > 5


# -- what is drawn is varied -------------------------------------------------------------------------------


def over_axes(config: Any) -> list[tuple[int, ...]]:
    """Length, padding on both sides, dilation, kernel and stride for each axis."""
    layer = config.layer
    borders = getattr(layer, "borders", layer.padding)
    steps = getattr(layer, "strides", layer.stride)
    rows = zip(config.input_shape[-2:], borders, layer.dilation, layer.kernel_size, steps, strict=True)
    return [(n, a, b, d, k, s) for n, (a, b), d, k, s in rows]


def padding(config: Any) -> Any:
    """The padding as it is written: a word, or the type of it, and of what is inside a tuple."""
    value = config.arguments["padding"]
    return value if isinstance(value, str) else type(value[0]) if isinstance(value, tuple) else type(value)


FORMS: dict[str, tuple[st.SearchStrategy[Any], dict[str, Callable[[Any], bool]]]] = {
    "conv": (
        conv_configs(),
        {
            "stride > kernel": lambda c: any(s > k for _, _, _, _, k, s in over_axes(c)),
            "dilation": lambda c: max(c.layer.dilation) > 1,
            "groups": lambda c: c.layer.groups > 1,
            "depthwise": lambda c: c.layer.groups == c.layer.in_channels > 1,
            "three channels": lambda c: c.layer.groups == 1 and c.layer.in_channels == 3,
            "bias": lambda c: c.layer.bias,
            "no bias": lambda c: not c.layer.bias,
            "a number": lambda c: padding(c) is int and not isinstance(c.arguments["padding"], tuple),
            "one for each axis": lambda c: padding(c) is int and isinstance(c.arguments["padding"], tuple),
            "pairs": lambda c: padding(c) is tuple,
            "uneven": lambda c: any(a != b for _, a, b, _, _, _ in over_axes(c)),
            "same": lambda c: padding(c) == "same",
            "same and uneven": lambda c: (
                padding(c) == "same" and any(a != b for _, a, b, _, _, _ in over_axes(c))
            ),
            "valid": lambda c: padding(c) == "valid",
            "more padding than kernel": lambda c: any(a > k for _, a, _, _, k, _ in over_axes(c)),
            "one sample": lambda c: len(c.input_shape) == 3,
            "a batch": lambda c: len(c.input_shape) == 4,
            "a remainder": lambda c: any(
                (n + a + b - d * (k - 1) - 1) % s for n, a, b, d, k, s in over_axes(c)
            ),
        },
    ),
    "transposed": (
        conv_configs(transposed=True),
        {
            "output padding": lambda c: max(c.layer.output_padding) > 0,
            "output padding by dilation": lambda c: any(
                o >= s for o, s in zip(c.layer.output_padding, c.layer.stride, strict=True)
            ),
            "cropped": lambda c: any(a or b for a, b in c.layer.padding),
            "groups": lambda c: c.layer.groups > 1,
        },
    ),
    "pool": (
        pool_configs(),
        {
            "ceil_mode": lambda c: c.layer.ceil_mode,
            "shorter than its window": lambda c: any(
                n + a + b < d * (k - 1) + 1 for n, a, b, d, k, _ in over_axes(c)
            ),
            "the stride of the kernel": lambda c: c.arguments["stride"] is None,
            "stride > kernel": lambda c: any(s > k for _, _, _, _, k, s in over_axes(c)),
            "padding": lambda c: any(a or b for a, b in c.layer.padding),
            "dilation": lambda c: max(c.layer.dilation) > 1,
        },
    ),
    "mean": (
        pool_configs(kind="avg"),
        {"without the border": lambda c: not c.layer.count_include_pad and any(map(any, c.layer.padding))},
    ),
    "adaptive": (
        layers(symcnn.AdaptiveAvgPool2d),
        {
            "None": lambda layer: None in layer.output_size,
            "more": lambda layer: layer.output_size[0] not in (None, 1),
        },
    ),
    "recurrent": (
        layers(RNN).flatmap(lambda layer: st.tuples(st.just(layer), shapes_for(layer))),
        {
            "relu": lambda case: case[0].nonlinearity == "relu",
            "diagonal": lambda case: case[0].state == "diagonal",
            "batch_first": lambda case: case[0].batch_first,
            "with a start": lambda case: len(case[1]) == 2,
        },
    ),
    "merged": (
        shapes_for(symcnn.Add()),
        {
            "three": lambda case: len(case) == 3,
            "a missing axis": lambda case: len({len(shape) for shape in case}) > 1,
            "a repeated axis": lambda case: len({shape[-1] for shape in case}) > 1,
        },
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_an_argument_occurs(name: str) -> None:
    strategy, forms = FORMS[name]
    found = drawn(strategy, 120)
    assert [form for form, holds in forms.items() if not any(holds(case) for case in found)] == []


def test_all_kinds_of_layers_occur() -> None:
    assert {type(layer) for layer in drawn(layers(), 500)} == {*COMPUTED}


# -- shrinking ---------------------------------------------------------------------------------------------

SMALLEST: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bool], str]] = {
    "layer": (layers(), lambda layer: True, "Identity()"),
    "layer with weights": (
        layers(),
        lambda layer: hasattr(layer, "bias"),
        "Linear(in_features=1, out_features=1, bias=False)",
    ),
    "stride": (
        layers(Conv2d),
        lambda layer: max(layer.stride) == 2,
        "Conv2d(in_channels=1, out_channels=1, kernel_size=1, stride=2, bias=False)",
    ),
    "groups": (
        layers(Conv1d),
        lambda layer: layer.groups > 1,
        "Conv1d(in_channels=2, out_channels=2, kernel_size=1, groups=2, bias=False)",
    ),
    "ceil_mode": (
        pool_configs(),
        lambda config: config.layer.ceil_mode and config.layer.cost(config.input_shape).output_shape[-1] > 1,
        "MaxPool2d(kernel_size=1, stride=None, padding=0, dilation=1, ceil_mode=True) on (1, 1, 2)",
    ),
    "branch": (
        networks(2, max_steps=1),
        lambda drawn: any(row.name.endswith("add") for row in drawn.network.cost(drawn.input_shape).layers),
        "NetworkConfig(network=Sequential(Residual(Sequential(ReLU()))), input_shape=(1, 1, 1))",
    ),
    "shape": (shapes(), lambda shape: True, "(1,)"),
    "equation": (equations().map(str), lambda equation: True, "y[n] = 0"),
    "values": (dims_values(H, ge(H, 4), gt(W, H)), lambda values: True, "{H: 4, W: 5}"),
    "some values": (dims_values(C, G), lambda values: values[C] % values[G] > 0, "{C: 1, G: 2}"),
    "array": (
        arrays_for(Linear(2, 1), (2,)),
        lambda arrays: arrays["x"][0] < -1 and arrays["b"] > 0,
        "{'x': array([-2.,  0.]), 'b': array([1.]), 'w': array([[0., 0.]])}",
    ),
    "large entries": (
        arrays_for(symcnn.ReLU(), (2,), min_value=-500, max_value=2**40, dtype="int64"),
        lambda arrays: arrays["x"][0] > 300,
        "{'x': array([301,   0])}",
    ),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_examples_shrink_to_the_smallest(name: str) -> None:
    strategy, when, expected = SMALLEST[name]
    assert repr(smallest(strategy, when)).strip("'") == expected


# -- what Hypothesis itself is told --------------------------------------------------------------------------

ENTRY = "[hypothesis]\nsymcnn = symcnn.testing.entry:register\n"
DRAWN = """
from hypothesis import given, settings, strategies as st
from symcnn import Conv2d, Layer, Module, Sequential
from symcnn.equations import Equation

class Built:
    def __init__(self, layer: Conv2d) -> None:
        self.layer = layer

@settings(max_examples=20, database=None, deadline=None)
@given(layer=..., conv=..., module=..., network=..., equation=..., built=st.builds(Built))
def test(layer: Layer, conv: Conv2d, module: Module, network: Sequential, equation: Equation, built: Built):
    seen.update(map(type, (conv, module, network, equation, built.layer)))
    assert isinstance(layer, Layer)

seen = set()
test()
print(*sorted(kind.__name__ for kind in seen))
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A new interpreter in which a distribution in ``folder`` declares the entry point."""
    about = folder / "declares_symcnn-1.dist-info"
    about.mkdir(exist_ok=True)
    (about / "entry_points.txt").write_text(ENTRY, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: declares-symcnn\nVersion: 1\n")
    paths = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("first", ["", "import symcnn.layers, symcnn.network\n"])
def test_types_have_strategies_whichever_is_imported_first(first: str, tmp_path: Path) -> None:
    done = run(first + DRAWN, tmp_path)
    assert done.stdout.split() == ["Conv2d", "Equation", "Sequential"], done.stderr


def test_importing_hypothesis_loads_next_to_nothing_of_symcnn(tmp_path: Path) -> None:
    done = run("import hypothesis, sys; print(*(m for m in sys.modules if 'symcnn' in m))", tmp_path)
    assert set(done.stdout.split()) == {
        "symcnn",
        "symcnn.on_import",
        "symcnn.testing",
        "symcnn.testing.entry",
    }


def test_the_project_declares_the_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["hypothesis"] == {"symcnn": "symcnn.testing.entry:register"}
    assert "symcnn = symcnn.testing.entry:register" in ENTRY


def test_without_hypothesis_the_error_says_what_to_install(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['hypothesis'] = None; import symcnn.testing.strategies"
    done = run(hidden, tmp_path)
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: These strategies need Hypothesis: pip install 'symcnn[testing]'"
    )
