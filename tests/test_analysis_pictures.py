"""Pictures of networks: what is in them, how they are drawn, what is refused, and ``symcnn plot``."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from click.testing import CliRunner

from symcnn import (
    Conv2d,
    Linear,
    Machine,
    Sequential,
    capacity,
    dims,
    plot_cost,
    plot_memory,
    plot_receptive_field,
    plot_roofline,
    plot_scaling,
    roofline,
)
from symcnn.analysis.pictures.drawings import Bars, Cell, Curves
from symcnn.analysis.pictures.figures import MISSING
from symcnn.analysis.pictures.labels import rows, runs
from symcnn.analysis.pictures.plots import Plot
from symcnn.cli import main
from symcnn.cli.plot import sizes
from symcnn.models import MODELS, build
from symcnn.network.cost import NetworkCost

N, C, H, W = dims("N C H W")
ROOT = Path(__file__).parent.parent
SHOWN = ("lenet5", "document_004", "resnet50", "vgg16", "densenet121")


def cost(name: str) -> NetworkCost:
    return build(name).cost(MODELS[name].input_shape)


def open_cost() -> NetworkCost:
    """A cost in letters."""
    return build("lenet5").cost((N, 1, H, H))


def drawing_of(plot: Plot) -> Any:
    """What is drawn, whatever its kind."""
    return plot.drawing


# -- what is in a picture ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("quantity", ["macs", "params", "operations", "memory.outputs"])
def test_the_bars_add_up_to_the_total(name: str, quantity: str) -> None:
    here = cost(name)
    found = plot_cost(here, quantity)
    assert isinstance(found.drawing, Bars)
    ((_, bars),) = found.drawing.series
    total = {
        "macs": here.macs,
        "params": here.params,
        "operations": here.ops.total,
        "memory.outputs": here.memory.outputs,
    }
    assert sum(bars) == total[quantity]
    assert found.title == f"{name}: {sum(bars):,} {found.drawing.axis}"


def test_the_convention_is_named() -> None:
    here = build("lenet5").cost((1, 1, 32, 32), convention="fused")
    assert plot_cost(here, "operations").title == "lenet5: 427,766 operations (fused)"
    assert plot_cost(here, "operations").note == (
        "input (1, 1, 32, 32); convention fused: a multiply-add once, padding included; "
        "layers without any are left out"
    )
    unpadded = build("resnet18").cost((1, 3, 64, 64), convention="sequential-unpadded")
    assert "padding left out" in plot_cost(unpadded).note
    assert "(elements)" in plot_cost(here, "memory.outputs").title


def test_letters_in_bars_have_numbers() -> None:
    assert plot_cost(open_cost().at(N=2, H=32)).title == "lenet5: 833,040 MACs"
    assert plot_cost(open_cost().at(N=2, H=32)).note.startswith("input (2, 1, 32, 32); ")
    # The weights of convolutions do not depend on the input.
    convolutions = Sequential(Conv2d(1, 6, 5), Conv2d(6, 16, 5)).cost((N, 1, H, H))
    assert plot_cost(convolutions, "params").title == "Sequential: 2,572 parameters"


@pytest.mark.parametrize("name", SHOWN)
def test_receptive_fields_grow(name: str) -> None:
    drawing = plot_receptive_field(cost(name)).drawing
    assert isinstance(drawing, Bars)
    ((_, fields),) = drawing.series
    assert list(fields) == sorted(set(fields))


def test_the_size_of_the_input_is_marked_where_it_is_near() -> None:
    assert drawing_of(plot_receptive_field(cost("resnet50"))).mark == ("input of 224", 224)
    large = build("resnet50").cost((1, 3, 1024, 1024))
    assert drawing_of(plot_receptive_field(large)).mark is None
    wide = Sequential(Conv2d(3, 8, (3, 5))).cost((1, 3, 8, 9))
    assert plot_receptive_field(wide).drawing == Bars(
        "receptive field (positions of the input)", ("0",), (("height", (3,)), ("width", (5,)))
    )


def test_curves_of_a_cost() -> None:
    net = build("squeezenet1_1").cost((N, 3, H, H))
    drawing = plot_scaling(net, H, [64, 32, 64], quantity=["macs", "memory"], at={N: 1}).drawing
    assert isinstance(drawing, Curves)
    assert drawing.points == (32, 64)
    for label, (small, large) in drawing.curves:
        for size, value in ((32, small), (64, large)):
            here = net.at(N=1, H=size)
            assert value == float(here.macs if label.text == "MACs" else here.memory.total)


def test_the_intensity_of_a_cost() -> None:
    drawing = plot_scaling(open_cost().at(H=32), "N", range(1, 4), quantity="intensity").drawing
    assert isinstance(drawing, Curves)
    ((_, values),) = drawing.curves
    exact = [open_cost().at(H=32, N=n).intensity for n in range(1, 4)]
    assert all(isinstance(value, Fraction) for value in exact)
    assert values == tuple(map(float, exact))


def test_curves_of_expressions() -> None:
    found = plot_scaling({"traffic": 2 * H * W, "bound": sympy.sqrt(W)}, W, np.arange(1, 5), at={H: 3})
    drawing = drawing_of(found)
    assert (drawing.axis, drawing.points) == (Cell("W", "W"), (1, 2, 3, 4))
    assert drawing.curves == (
        (Cell("traffic"), (6.0, 12.0, 18.0, 24.0)),
        (Cell("bound"), (1.0, 2**0.5, 3**0.5, 2.0)),
    )
    assert found.title == "traffic, bound"
    assert found.note == "H = 3"
    (exact,) = drawing_of(plot_scaling(H / (2 * H + 1), H, [1, 2])).curves
    assert exact[1] == (1 / 3, 2 / 5)


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("name", ["lenet5", "document_004", "resnet18"])
def test_the_memory_of_a_pass_peaks_where_the_capacity_says(name: str, mode: str) -> None:
    held = capacity(build(name), MODELS[name].input_shape, dtype="float32", mode=mode, optimizer="adam")
    plot = plot_memory(held, batch=8)
    drawing = drawing_of(plot)
    throughout = sum(size for _, size in drawing.constant)
    label, values = drawing.values
    assert throughout + max(values) == held.at(N=8).bytes
    assert drawing.names[values.index(max(values))] in held.at(N=8).bottleneck
    assert len(drawing.names) == len(values)
    assert plot.title == f"{name}: at most {throughout + max(values):,} bytes for a batch of 8, {mode}"
    if mode == "inference":
        assert (drawing.constant, drawing.turn, label) == ((), None, "activations")
        assert plot.note == "an inference pass, float32; weights are not counted"
    else:
        assert [part for part, _ in drawing.constant] == [
            "weights",
            "gradients of weights",
            "optimizer state",
        ]
        assert drawing.names[drawing.turn] == "loss"


def test_the_points_under_a_roof_are_those_of_the_roofline() -> None:
    here = build("resnet18").cost((16, 3, 64, 64))
    found, drawing = (
        roofline(here, "A100", dtype="float32"),
        drawing_of(plot_roofline(here, "A100", dtype="float32")),
    )
    layers = {layer.name: layer for layer in found.layers}
    assert drawing.speed / drawing.bandwidth == pytest.approx(float(found.ridge_point))
    assert sum(point.seconds for point in drawing.points) <= float(found.latency) * (1 + 1e-9)
    for point in drawing.points:
        layer = layers[point.name]
        assert (point.intensity, point.attainable) == (float(layer.intensity), float(layer.attainable))
        assert point.seconds == float(layer.seconds)
        assert point.attainable <= min(drawing.speed, point.intensity * drawing.bandwidth) * (1 + 1e-9)
    assert set(layers) - {point.name for point in drawing.points} == {"flatten"}


def test_a_machine_of_ones_own() -> None:
    here = cost("lenet5")
    plot = plot_roofline(here, Machine(10**9, 10**9, name="toy"), dtype="float32")
    nanoseconds = sum(
        max(row.cost.ops.total, 4 * row.cost.memory.total) for row in here.layers if row.name != "flatten"
    )
    assert plot.title == f"lenet5 on toy: {nanoseconds / 1000:.4g} µs a pass in the roofline model"
    assert "ridge point 1 operations/byte" in plot.note


def test_parts_of_networks() -> None:
    resnet, dense = ([row.name for row in cost(name).layers] for name in ("resnet50", "densenet121"))
    assert [run.name for run in runs(resnet)][4:8] == ["layer1", "layer2", "layer3", "layer4"]
    assert [run.name for run in runs(dense) if "dense" in run.name] == [f"denseblock{k}" for k in range(1, 5)]
    for names in (resnet, dense, ["a"], ["1.x", "2.y"]):
        found = runs(names)
        assert [run.start for run in found[1:]] == [run.stop for run in found[:-1]]
        assert (found[0].start, found[-1].stop) == (0, len(names))


def test_labels_that_have_no_room_are_left_out() -> None:
    assert rows([(0, 2), (1, 2), (1.5, 2)], most=1, gap=0) == [0, None, None]
    assert rows([(0, 2), (2, 2)], most=1, gap=0.1) == [0, None]
    assert rows([(0, 2), (2, 2)], most=1, gap=0) == [0, 0]


# -- how it is drawn -----------------------------------------------------------------------------------------


def over_height(**options: Any) -> Plot:
    here = build("resnet50").cost((1, 3, H, W)).at(W=224)
    return plot_scaling(here, H, [32, 64, 100, 128, 256, 300], **options)


def memory(name: str, mode: str = "inference") -> Plot:
    return plot_memory(capacity(build(name), MODELS[name].input_shape, dtype="float32", mode=mode), batch=16)


PLOTS: dict[str, Callable[[], Plot]] = {
    **{f"macs of {name}": partial(lambda name: plot_cost(cost(name)), name) for name in SHOWN},
    **{f"operations of {n}": partial(lambda n: plot_cost(cost(n), "operations"), n) for n in SHOWN},
    **{f"field of {name}": partial(lambda name: plot_receptive_field(cost(name)), name) for name in SHOWN},
    **{f"inference of {name}": partial(memory, name) for name in SHOWN},
    **{f"training of {name}": partial(memory, name, "training") for name in SHOWN},
    **{f"roof of {n}": partial(lambda n: plot_roofline(cost(n), "A100", dtype="float32"), n) for n in SHOWN},
    "two axes": lambda: plot_receptive_field(Sequential(Conv2d(3, 8, (3, 5))).cost((1, 3, 8, 9))),
    "macs over H": over_height,
    "logarithmic": lambda: over_height(quantity=["macs", "params"], logarithmic=True),
    "expressions": lambda: plot_scaling([C * H, C**2 / H], H, range(1, 80), at={C: 4}),
}


def words_drawn(figure: Any) -> list[tuple[str, Any, Any]]:
    """The words of a drawn picture with the places that they take, in dots, and their sizes."""
    from matplotlib.text import Text

    out: list[Text] = []
    for axes in figure.axes:
        legend = axes.get_legend()
        out += [*axes.texts, axes.xaxis.label, axes.yaxis.label]
        out += [] if legend is None else legend.get_texts()
        # An axis has labels too for ticks that it does not draw.
        out += [tick.label1 for axis in (axes.xaxis, axes.yaxis) for tick in axis._update_ticks()]
    shown = [text for text in out if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), Text.get_window_extent(text), text.get_fontsize()) for text in shown]


@pytest.mark.parametrize("name", PLOTS)
def test_words_are_large_enough_and_cover_nothing(name: str) -> None:
    figure = PLOTS[name]().figure()
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    found = words_drawn(figure)
    assert len(found) > 3
    for words, box, size in found:
        assert size >= 8, words
        assert min(box.x0, box.y0) >= -1, words
        assert (box.x1 <= width + 1, box.y1 <= height + 1) == (True, True), words
    for (words, a, _), (others, b, _) in combinations(found, 2):
        # Labels of several rows begin with empty lines.
        if not words.startswith("\n") and not others.startswith("\n"):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            along = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across <= 1 or along <= 1, (words, others)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_picture_is_the_same_each_time(form: str, tmp_path: Path) -> None:
    plot = plot_cost(cost("resnet50"))
    first, second = tmp_path / f"1.{form}", tmp_path / f"2.{form.upper()}"
    assert plot.save(first) == first
    plot.save(str(second))
    assert first.read_bytes() == second.read_bytes()
    magic = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert first.read_bytes().startswith(magic[form])
    for word in (b"CreationDate", b"dc:date", b"Matplotlib v"):
        assert word not in first.read_bytes()


def test_a_picture_shows_in_a_notebook() -> None:
    assert plot_cost(cost("lenet5"))._repr_svg_().startswith("<svg")


def test_drawing_does_not_change_the_settings_of_matplotlib() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    plot_cost(cost("lenet5")).figure()
    assert dict(mpl.rcParams) == before


def test_names_are_never_mathematics() -> None:
    found = plot_scaling({"$\\frac$": H}, H, [1, 2]).figure()
    found.draw_without_rendering()


def test_matplotlib_is_imported_for_drawing_alone() -> None:
    code = (
        "import sys; from symcnn import plot_cost; from symcnn.models import lenet5; "
        "plot_cost(lenet5().cost((1, 1, 32, 32))); print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["False"]


def without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("matplotlib", "matplotlib.style", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)


def test_without_matplotlib_it_is_said_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_matplotlib(monkeypatch)
    plot = plot_cost(cost("lenet5"))
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'symcnn\[plots\]'"):
        plot.figure()
    with pytest.raises(ModuleNotFoundError):
        plot.save(tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


# -- what is refused -----------------------------------------------------------------------------------------


WRONG: list[Any] = [Linear(3, 4).cost((3,)), 7, [32, 32.5]]
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "letters": (lambda: plot_cost(open_cost()), "lenet5: no value is given for N, H; write .at("),
    "quantity": (lambda: plot_cost(cost("lenet5"), "mac"), "quantity='mac' is unknown; did you mean 'macs'?"),
    "shape": (
        lambda: plot_cost(cost("lenet5"), "output_shape"),
        "quantity='output_shape' is no number; take macs, params, operations or memory",
    ),
    "peak": (lambda: plot_cost(cost("lenet5"), "memory.peak"), "peak memory does not add up over layers"),
    "intensity": (lambda: plot_cost(cost("lenet5"), "intensity"), "intensity does not add up over layers"),
    "none": (lambda: plot_cost(cost("lenet5"), "exponentials"), "quantity='exponentials' is unknown"),
    "one layer": (
        lambda: plot_cost(WRONG[0]),
        "plot_cost needs the cost of a network, such as Sequential(...).cost(shape), not the cost of one",
    ),
    "no cost": (lambda: plot_receptive_field(WRONG[1]), "plot_receptive_field needs the cost of a network"),
    "no field": (
        lambda: plot_receptive_field(Sequential(Linear(3, 4)).cost((1, 3))),
        "no layer of Sequential sees a range of fixed size",
    ),
    "one value": (lambda: plot_scaling(open_cost(), H, [32]), "H=[32]: a curve needs two values"),
    "fraction": (lambda: plot_scaling(open_cost(), H, WRONG[2]), "H=32.5 must be a whole number"),
    "letter": (lambda: plot_scaling(open_cost(), "h", [1, 2]), "lenet5 has no symbol 'h'; known are N, H"),
    "numbers": (
        lambda: plot_scaling(cost("lenet5"), "H", [1, 2]),
        "lenet5 has no symbol 'H'; all its sizes are numbers already",
    ),
    "open": (lambda: plot_scaling(open_cost(), H, [32, 64]), "lenet5: no value is given for N"),
    "twice": (
        lambda: plot_scaling(open_cost(), H, [32, 64], at={H: 3}),
        "H has the value 3 and is what the curves run over; leave one out",
    ),
    "domain": (lambda: plot_scaling(open_cost(), H, [3, 64], at={N: 1}), "lenet5 at N=1, H=3: "),
    "curves": (
        lambda: plot_scaling([H + k for k in range(7)], H, [1, 2]),
        "expressions: 7 curves; a picture has 1 to 6",
    ),
    "text": (lambda: plot_scaling("H**2", H, [1, 2]), "'H**2' is no expression; text is never read as one"),
    "missing": (lambda: plot_scaling(H * C * W, H, [1, 2]), "C*H*W: no value is given for C, W; write at"),
    "unknown": (lambda: plot_scaling(H * C, H, [1, 2], at={"K": 1}), "no expression has a symbol 'K'; known"),
    "pole": (lambda: plot_scaling(1 / (H - 2), H, [1, 2]), "1/(H - 2) has no real value at H=2"),
    "root": (lambda: plot_scaling(sympy.sqrt(H - 2), H, [1, 3]), "sqrt(H - 2) has no real value at H=1"),
    "large": (lambda: plot_scaling(H**400, H, [1, 10]), "the values are too large to be drawn"),
    "no batch": (
        lambda: plot_memory(capacity(build("lenet5"), (1, 1, 32, 32), dtype="int8")),
        "lenet5: no value is given for N",
    ),
    "open memory": (
        lambda: plot_memory(capacity(build("resnet18"), (N, 3, H, H), dtype="int8"), batch=2),
        "resnet18: no value is given for H",
    ),
    "batch": (
        lambda: plot_memory(capacity(build("lenet5"), (1, 1, 32, 32), dtype="int8"), batch=0),
        "lenet5: N=0 must be at least 1",
    ),
    "mode": (
        lambda: plot_memory(
            capacity(build("lenet5"), (1, 1, 32, 32), dtype="int8", mode="all activations"), batch=2
        ),
        "mode='all activations' is no course of a pass; take inference or training",
    ),
    "bytes": (
        lambda: plot_roofline(cost("lenet5"), "A100"),
        "dtype=None: bytes need a dtype, such as dtype='float32'",
    ),
    "machine": (
        lambda: plot_roofline(cost("lenet5"), "A10", dtype="float32"),
        "machine='A10' is unknown; did you mean 'A100'?",
    ),
    "open roof": (
        lambda: plot_roofline(open_cost(), "A100", dtype="float32"),
        "lenet5: no value is given for N, H",
    ),
    "roof of one layer": (
        lambda: plot_roofline(WRONG[0], "A100", dtype="float32"),
        "plot_roofline needs the cost of a network",
    ),
    "name": (lambda: plot_cost(cost("lenet5")).save("a.gif"), "a.gif: the name of a picture has to end in"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_drawn_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_a_lower_bound_is_no_picture() -> None:
    from symcnn import Opaque

    here = Sequential(Conv2d(3, 8, 3), Opaque("deform")).cost((1, 3, 9, 9))
    with pytest.raises(ValueError, match="operations of Sequential is only a lower bound: no cost is known"):
        plot_cost(here, "operations")


# -- the command ---------------------------------------------------------------------------------------------


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["plot", *args])
    return done.exit_code, (done.stderr or done.stdout).strip()


DRAWN: dict[tuple[str, ...], str] = {
    ("cost", "lenet5"): "lenet5: 416,520 MACs",
    ("cost", "lenet5", "--input", "N,1,H,H", "--at", "N=2,H=32"): "lenet5: 833,040 MACs",
    ("cost", "resnet18", "--quantity", "params", "--option", "num_classes=10"):
        "resnet18: 11,181,642 parameters",
    ("cost", "lenet5", "--quantity", "operations", "--convention", "fused"):
        "lenet5: 427,766 operations (fused)",
    ("cost", "Conv2d(3, 8, 3)", "--input", "1,3,9,9"): "Sequential: 10,584 MACs",
    ("memory", "lenet5", "--dtype", "float32"): "lenet5: at most 23,520 bytes for a batch of 1, inference",
    ("memory", "lenet5", "--input", "N,1,32,32", "--at", "N=16", "--dtype", "float32", "--mode", "training",
     "--optimizer", "adam"): "lenet5: at most 1,881,376 bytes for a batch of 16, training",
    ("memory", "resnet18", "--input", "3,64,64", "--dtype", "int8"):
        "resnet18: at most 131,200 bytes for a batch of 1, inference",
    ("roofline", "lenet5", "--dtype", "float32", "--machine", "A100"):
        "lenet5 on A100: 169.7 ns a pass in the roofline model",
    ("receptive-field", "vgg11"): "vgg11: growth of the receptive field",
    ("scaling", "resnet18", "--input", "1,3,H,H", "--over", "H=32..64:8"): "resnet18: MACs",
    ("scaling", "lenet5", "--input", "N,1,32,32", "--over", "N=1,2,4,8", "--log", "--quantity", "macs",
     "--quantity", "intensity"): "lenet5: MACs, intensity",
}  # fmt: skip


@pytest.mark.parametrize("words", DRAWN, ids=" ".join)
def test_the_command_draws(words: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "picture.svg"
    assert run(*words, "-o", str(target)) == (0, f"{target}: {DRAWN[words]}")
    assert "</svg>" in target.read_text(encoding="utf-8")


FAILS: dict[tuple[str, ...], str] = {
    ("kost", "lenet5", "-o", "a.png"): "no picture 'kost'; did you mean 'cost'?",
    ("cost", "lenet", "-o", "a.png"): "model 'lenet' is unknown; did you mean 'lenet5'?",
    ("cost", "lenet5"): "say what to write: -o FILE.png, -o FILE.svg or -o FILE.pdf",
    ("cost", "lenet5", "-o", "a.jpg"): "a.jpg: the name of a picture has to end in .png, .svg, .pdf",
    (
        "cost",
        "lenet5",
        "-o",
        "missing/a.png",
    ): "missing/a.png: there is no folder missing (see symcnn plot --help)",
    ("cost", "lenet5", "--input", "N,1,32,32", "-o", "a.png"):
        "lenet5: no value is given for N; write --at N=1",
    ("cost", "lenet5", "--over", "H=1..9", "-o", "a.png"): "--over is for scaling, not for cost",
    ("cost", "lenet5", "--quantity", "macs", "--quantity", "params", "-o", "a.png"):
        "a picture of costs shows one --quantity",
    ("cost", "lenet5", "--at", "H=3", "-o", "a.png"):
        "lenet5 has no symbol 'H'; every symbol already has a value",
    ("memory", "lenet5", "-o", "a.png"): "say which dtype: --dtype float32",
    ("memory", "lenet5", "--dtype", "float32", "--mode", "train", "-o", "a.png"):
        "mode='train' is unknown; did you mean 'training'?",
    ("memory", "lenet5", "--input", "N,1,32,32", "--dtype", "float32", "-o", "a.png"):
        "lenet5: no value is given for N; write --at N=1",
    ("roofline", "lenet5", "--dtype", "float32", "-o", "a.png"): "say which machine: --machine A100",
    ("roofline", "lenet5", "--dtype", "float32", "--machine", "A10", "-o", "a.png"):
        "machine='A10' is unknown; did you mean 'A100'?",
    ("scaling", "lenet5", "--input", "1,1,H,H", "-o", "a.png"): "say which sizes: --over H=32..512:32",
    ("scaling", "lenet5", "--over", "H=32..64", "-o", "a.png"):
        "lenet5 has no symbol 'H'; all its sizes are numbers already",
    ("scaling", "lenet5", "--input", "N,1,H,H", "--over", "H=32..64", "-o", "a.png"):
        "lenet5: no value is given for N; write --at N=1",
    ("scaling", "lenet5", "--input", "1,1,H,H", "--over", "H=1..999", "-o", "a.png"):
        "--over H=1..999: 999 values are more than 300; write larger steps, such as H=1..999:10",
}  # fmt: skip


@pytest.mark.parametrize("words", FAILS, ids=" ".join)
def test_the_command_says_what_to_do(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run(*words)
    assert code == 2
    assert said.removeprefix("error: ").startswith(FAILS[words])
    assert "\n" not in said
    assert not list(tmp_path.iterdir())


def test_the_command_says_how_to_install_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_matplotlib(monkeypatch)
    code, said = run("cost", "lenet5", "-o", str(tmp_path / "a.png"))
    assert code == 2
    assert said.startswith(f"error: {MISSING}")


def test_sizes_below_curves() -> None:
    assert sizes("H=1..3") == ("H", [1, 2, 3])
    assert sizes(" K = 1, 5..9:2 ") == ("K", [1, 5, 7, 9])
    for text in ("H", "H=", "=3", "H=a", "H=1..", "H=1..9:0", "H=1.5", "2=1..3"):
        with pytest.raises(ValueError, match=r"cannot be read: write e\.g\. H=32"):
            sizes(text)


def test_the_commands_of_the_page_and_of_the_help_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "analysis-pictures.md").read_text(encoding="utf-8")
    examples = re.findall(r"^ *symcnn plot (.+)$", page + run("--help")[1], re.MULTILINE)
    assert len(examples) >= 8
    for example in examples:
        assert run(*shlex.split(example))[0] == 0, example


def test_the_pictures_of_the_page_show_what_is_drawn_now() -> None:
    """Shapes move with the version of matplotlib; what is drawn does not."""
    batch = build("resnet50").cost((16, 3, 224, 224))
    plots = {
        "cost-resnet50": plot_cost(cost("resnet50")),
        "roofline-resnet50": plot_roofline(batch, "A100", dtype="float32"),
    }
    for name, plot in plots.items():
        shown = (ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
        # Letters are outlines, with the words in comments.
        words = re.findall(r"<!-- (.*?) -->", shown)
        assert len(words) > 10
        assert re.findall(r"<!-- (.*?) -->", plot.svg()) == words
