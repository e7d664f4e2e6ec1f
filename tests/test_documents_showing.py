"""What documents show: derivations, tables and pictures, with the values that plain arithmetic gives."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from fractions import Fraction

import pytest

from symcnn import dims
from symcnn.documents.declarations import Declarations
from symcnn.documents.document import Document, read_document
from symcnn.documents.showing import drawing
from symcnn.documents.showing.layout import displayed, lines, wide
from symcnn.documents.showing.measures import Known, Quantity
from symcnn.documents.showing.numbers import in_latex, in_text
from symcnn.documents.showing.shown import Bars, Cell, Curves, Derivation, Picture, Table
from symcnn.documents.showing.wording import phrases, request
from symcnn.kernel.evaluation import Evaluator, Exact
from symcnn.models import MODELS, build
from symcnn.network.receptive_field import receptive_field, receptive_fields

HEAD = """# Shown

```symcnn
given   N, W, H, K, C_in, C_out, n, k : int >= 1
given   P : int >= 0
given   x : real >= 0
given   t : int -> real
given   y : int -> ring
assume  K <= W + 2*P and K <= H + 2*P
let     W_out = W + 2*P - K + 1
let     A = W_out^2*C_out
let     f(i) = i*(i + 1)
layer   conv = Conv2d(C_in, C_out, kernel_size=K, padding=P) on (N, C_in, H, W)
layer   lenet = lenet5 on (N, 1, 32, 32)
layer   fixed = Linear(3, 2) on (1, 3)
```

"""


def document(kind: str, text: str) -> Document:
    return read_document(f"{HEAD}```{kind}\n{text}\n```\n")


def derivation(line: str) -> str:
    found = document("derive", line)
    assert found.faults == ()
    (shown,) = found.shown
    assert isinstance(shown, Derivation)
    return shown.latex


def tables(line: str) -> list[Table]:
    found = document("table", line)
    assert found.faults == ()
    return [shown for shown in found.shown if isinstance(shown, Table)]


def texts(table: Table) -> list[list[str]]:
    """The plain text of a table, head and totals included."""
    rows = [table.head, *table.rows, *([] if table.total is None else [table.total])]
    return [[cell.text for cell in row] for row in rows]


def picture(line: str) -> Picture:
    found = document("picture", line)
    assert found.faults == ()
    (shown,) = found.shown
    assert isinstance(shown, Picture)
    return shown


# -- derivations ---------------------------------------------------------------------------------------------

CHAINS = {
    "K^2*C_in*C_out at K = 3, C_in = 64, C_out = 128": r"K^{2} C_{in} C_{out} = 3^{2} \cdot 64 \cdot 128 = 73{,}728",  # noqa: E501
    "K^2*C_in at K = 3, C_in = 64 with formula, value": r"K^{2} C_{in} = 576 \quad (K = 3,\; C_{in} = 64)",
    "K^2*C_in at K = 3, C_in = 64 with substitution": r"3^{2} \cdot 64",
    "K^2*C_in at K = 3, C_in = 64 without substitution, formula": r"576 \quad (K = 3,\; C_{in} = 64)",
    "K^2*C_in at K = C_in = 3": r"K^{2} C_{in} = 3^{2} \cdot 3 = 27",
    "K^2*C_in at K = 3 without value": r"K^{2} C_{in} = 3^{2} C_{in}",
    "K^2*C_in": r"K^{2} C_{in}",
    "2^10*K at K = 2^4": r"2^{10} K = 2^{10} \cdot 16 = 16{,}384",
    "n/3 at n = 7": r"\frac{n}{3} = \frac{7}{3} \approx 2.333",
    "n/4 at n = 10": r"\frac{n}{4} = \frac{10}{4} = 2.5",
    "n//4 at n = 10": r"\left\lfloor \frac{n}{4} \right\rfloor = \left\lfloor \frac{10}{4} \right\rfloor = 2",
    "n - 12 at n = 10": r"n - 12 = 10 - 12 = -2",
    "K^60 at K = 7": r"K^{60} = 7^{60} \approx 5.080 \times 10^{50}",
    "f(n) at n = 9": r"n \left(n + 1\right) = 9 \left(9 + 1\right) = 90",
    "sum(i in 0..n) i^2 at n = 100": r"\sum_{i=0}^{n - 1} i^{2} = \sum_{i=0}^{99} i^{2} = 328{,}350",
    "W_out": r"W_{out} = W + 2 P - K + 1",
    "W_out at W = 32, P = 2, K = 5": r"W_{out} = W + 2 P - K + 1 = 32 + 2 \cdot 2 - 5 + 1 = 32",
    "W_out + 1 at W = 32, P = 2, K = 5": r"W_{out} + 1 = 32 + 1 = 33",
    "A at W = 32, P = 2, K = 5, C_out = 6": r"A = W_{out}^{2} C_{out} = 32^{2} \cdot 6 = 6{,}144",
    "params_conv/C_out at C_in = 3, C_out = 8, K = 3, N = W = H = 9, P = 1":
        r"\frac{\mathrm{params}_{conv}}{C_{out}} = \frac{224}{8} = 28",
    "params of conv at C_in = 3, C_out = 8, K = 3 without definition":
        r"\mathrm{params}_{conv} = C_{out} \left(K^{2} C_{in} + 1\right) = 8 \left(3^{2} \cdot 3 + 1\right) = 224",  # noqa: E501
    "params of conv at K = 3 with formula, value":
        r"\mathrm{params}_{conv} = C_{out} \left(K^{2} C_{in} + 1\right) = C_{out} \left(9 C_{in} + 1\right) \quad (K = 3)",  # noqa: E501
    "output shape of conv at K = 2*1 + 1, P = 1 with value": r"\text{output shape} = N \times C_{out} \times H \times W \quad (K = 3,\; P = 1)",  # noqa: E501
    "macs of lenet5 on (1, 1, 32, 32) with formula, value": r"\text{macs} = 416{,}520",
    "macs_lenet_conv1 at N = 2": r"\mathrm{macs}_{lenet,conv1} = 117{,}600 N = 117{,}600 \cdot 2 = 235{,}200",
    "params of fixed with formula, substitution, value": r"\mathrm{params}_{fixed} = 8",
}  # fmt: skip


@pytest.mark.parametrize("line", CHAINS)
def test_a_formula_its_substitution_and_its_value(line: str) -> None:
    assert derivation(line) == CHAINS[line]


def test_a_derivation_from_the_equation_of_a_layer() -> None:
    sums = r"\sum_{i=0}^{C_{in} - 1} \sum_{u=0}^{K - 1} \sum_{v=0}^{K - 1}"
    assert derivation("params of conv at C_in = 64, C_out = 128, K = 3").split("\n") == [
        r"\begin{aligned}",
        r"\text{equation:} &\quad y_{n, o, r, c} = b_{o} \\",
        rf"&\qquad + {sums} w_{{o, i, u, v}} x_{{n, i, r + u - P, c + v - P}} \\",
        r"\text{entries of b:} &\quad C_{out} \\",
        r"\text{entries of w:} &\quad C_{out} \cdot C_{in} \cdot K \cdot K \\",
        r"\text{total:} &\quad C_{out} + K^{2} C_{in} C_{out} \\",
        r"\text{simplified:} &\quad C_{out} \left(K^{2} C_{in} + 1\right) \\",
        r"\text{in numbers:} &\quad 128 \left(3^{2} \cdot 64 + 1\right) \\",
        r"\text{value:} &\quad 73{,}856",
        r"\end{aligned}",
    ]
    without = derivation("params of conv at C_in = 64, C_out = 128, K = 3 without formula, substitution")
    assert without.split("\n")[-4:] == [
        r"\text{total:} &\quad C_{out} + K^{2} C_{in} C_{out} \\",
        r"\text{numbers:} &\quad C_{in} = 64,\; C_{out} = 128,\; K = 3 \\",
        r"\text{value:} &\quad 73{,}856",
        r"\end{aligned}",
    ]


def test_no_step_is_left_out_that_has_a_name_of_its_own() -> None:
    shown = derivation("params of BatchNorm2d(C_in) on (N, C_in, H, W)")
    assert r"\text{entries of gamma:} &\quad C_{in} \\" in shown
    assert r"\text{entries of beta:} &\quad C_{in} \\" in shown
    assert r"\text{total:} &\quad C_{in} + C_{in} \\" in shown


# Values at N = 2, C_in = 4, C_out = 6, H = 9, W = 7, K = 3, P = 1, counted by hand.
CLOSED = {
    "macs of Conv2d(C_in, C_out, K, padding=P) on (N, C_in, H, W)": 2 * 6 * 9 * 7 * 4 * 9,
    "macs of Conv2d(C_in, C_out, K, stride=2, padding=P) on (N, C_in, H, W)": 2 * 6 * 5 * 4 * 4 * 9,
    "params of Conv2d(C_in, C_out, (K, 5), groups=2) on (N, C_in, H, W)": 6 * 2 * 15 + 6,
    "macs of Conv2d(C_in, C_in, K, padding='same', groups=C_in) on (N, C_in, H, W)": 2 * 4 * 9 * 7 * 9,
    "comparisons of MaxPool2d(2) on (N, C_in, H, W)": 2 * 4 * 4 * 3 * 3,
    "additions of Linear(C_in, C_out) on (N, C_in)": 2 * 6 * 4,
    "outputs of ConvTranspose2d(C_in, C_out, K, stride=2) on (N, C_in, H, W)": 2 * 6 * 19 * 15,
    "sequential of AdaptiveAvgPool2d(1) on (N, C_in, H, W)": 2 * 4 * 9 * 7,
    "memory of Sequential(Conv2d(C_in, C_out, K), ReLU()) on (N, C_in, H, W)":
        2 * 4 * 63 + (6 * 36 + 6) + 3 * 2 * 6 * 7 * 5,
}  # fmt: skip


@pytest.mark.parametrize("line", CLOSED)
def test_the_shown_formula_has_the_shown_value(line: str) -> None:
    values: dict[str, Exact] = {"N": 2, "C_in": 4, "C_out": 6, "H": 9, "W": 7, "K": 3, "P": 1}
    found = Declarations()
    assert found.read(HEAD.split("```")[1].removeprefix("symcnn\n"), 1, 1) == []
    known = Known(found)
    (phrase,) = phrases(line, 1)
    asked = request(phrase, ["on"])
    measure = known.measure(asked.subject, asked.clause("on"))
    assert isinstance(measure, Quantity)
    (size,) = measure.sizes()
    assert Evaluator(values).value(known.closed(size)) == known.value(measure, values) == CLOSED[line]


def test_the_intensity_is_the_quotient_of_two_counts() -> None:
    shown = derivation(
        "intensity of conv at N = 1, C_in = C_out = 64, K = 3, W = H = 8, P = 1 without definition"
    )
    # 9 * 64 * 64 * 64 MACs on 2 * 64 * 64 + 9 * 64 * 64 + 64 elements
    assert shown == (
        r"\text{intensity} = \frac{\text{macs}}{\text{memory}} = \frac{2{,}359{,}296}{45{,}120} \approx 52.29"
    )


def test_letters_stand_in_the_order_of_the_document_and_no_other_order_is_changed() -> None:
    H, C_out, K = dims("H C_out K")
    before = str(H * C_out * K)
    shown = read_document("```symcnn\ngiven K, H, C_out : int >= 1\n```\n```derive\nK*H*C_out\n```").shown
    assert shown == (Derivation(4, "K H C_{out}"),)
    assert "N K^{2} C_{in} C_{out} " in derivation("macs of conv with formula")
    assert str(H * C_out * K) == before == "H*C_out*K"


def test_assumed_values_are_taken_where_the_line_says_so() -> None:
    text = HEAD + "<!-- assume -->\n$$ W = H = 32 \\quad K = 5 $$\n\n```derive\n"
    for line in ("W_out at the assumed values, P = 2", "W_out at P = 2, the assumed values"):
        (shown,) = read_document(f"{text}{line}\n```").shown
        assert isinstance(shown, Derivation)
        assert shown.latex.endswith("32 + 2 \\cdot 2 - 5 + 1 = 32")
    (fault,) = read_document(f"{text}W_out at W = 31, K = 5, P = 2\n```").faults
    assert fault.reason.startswith("H = 32, W = 31 is against the assumption")


def test_long_formulas_are_broken_into_lines() -> None:
    line = (
        "K^2*C_in*C_out*W*H + 3*W*H*C_out*(K + 1) + 17*C_in*(C_out + 12345)*(K^2 + n) + W^3 "
        "at K = 3, C_in = 64, C_out = 128, W = H = 256, n = 100000"
    )
    first, *rows, last = derivation(line).split("\n")
    assert (first, last) == (r"\begin{aligned}", r"\end{aligned}")
    assert all(wide(row) <= 80 for row in rows)
    value = 9 * 64 * 128 * 256**2 + 3 * 256**2 * 128 * 4 + 17 * 64 * (128 + 12345) * (9 + 100000) + 256**3
    assert rows[-1] == "&= " + f"{value:,}".replace(",", "{,}")


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("a + b - c", ["a + b", "- c"]),
        (r"\left(a + b\right) + c", [r"\left(a + b\right)", "+ c"]),
        (r"\begin{cases} a + b & c \\ d & e \end{cases}", [r"\begin{cases} a + b & c \\ d & e \end{cases}"]),
        (r"\left| a + b \right| + c", [r"\left| a + b \right|", "+ c"]),
    ],
)
def test_formulas_are_broken_outside_of_brackets(formula: str, rows: list[str]) -> None:
    assert lines(formula, 5) == rows


def test_a_chain_without_room_has_a_line_for_each_step() -> None:
    wide_term = " + ".join(f"x_{{{k}}}" for k in range(30))
    shown = displayed([("", "y"), ("=", wide_term), ("=", "3")], ["x = 1"]).split("\n")
    assert shown[1].startswith("y &= x_{0} + x_{1}")
    assert shown[-3:-1] == [r"&= 3 \\", r"&\quad\text{at } x = 1"]


NUMBERS: dict[Exact, tuple[str, str]] = {
    0: ("= 0", "0"),
    999: ("= 999", "999"),
    1000: ("= 1{,}000", "1,000"),
    -73856: ("= -73{,}856", "-73,856"),
    10**29: ("= 100" + 9 * "{,}000", "100" + 9 * ",000"),
    10**30 + 1: (r"\approx 1.000 \times 10^{30}", "1.000e30"),
    -(10**400): (r"\approx -1.000 \times 10^{400}", "-1.000e400"),
    Fraction(1, 2): ("= 0.5", "0.5"),
    Fraction(-5, 4): ("= -1.25", "-1.25"),
    Fraction(1, 16): ("= 0.0625", "0.0625"),
    Fraction(2, 3): (r"= \frac{2}{3} \approx 0.6667", "0.6667"),
    Fraction(-2, 3): (r"= -\frac{2}{3} \approx -0.6667", "-0.6667"),
    Fraction(99999, 7): (r"= \frac{99{,}999}{7} \approx 14{,}286", "14,286"),
    Fraction(1, 3 * 10**9): (r"\approx 3.333 \times 10^{-10}", "3.333e-10"),
    Fraction(9999999999, 10**6): (r"\approx 10{,}000", "10,000"),
}  # fmt: skip


@pytest.mark.parametrize("value", NUMBERS)
def test_numbers_as_they_are_shown(value: Exact) -> None:
    shown = " ".join(f"{relation} {number}" for relation, number in in_latex(value))
    assert (shown, in_text(value)) == NUMBERS[value]


# -- tables --------------------------------------------------------------------------------------------------


def test_a_table_of_the_layers_of_a_network() -> None:
    (found,) = tables("lenet5 on (1, 1, 32, 32)")
    assert texts(found) == [
        ["name", "layer", "output shape", "params", "MACs", "memory"],
        ["conv1", "Conv2d", "(1,6,28,28)", "156", "117,600", "5,884"],
        ["pool1", "MaxPool2d", "(1,6,14,14)", "0", "0", "5,880"],
        ["conv2", "Conv2d", "(1,16,10,10)", "2,416", "240,000", "5,192"],
        ["pool2", "MaxPool2d", "(1,16,5,5)", "0", "0", "2,000"],
        ["flatten", "Flatten", "(1,400)", "0", "0", "800"],
        ["fc1", "Linear", "(1,120)", "48,120", "48,000", "48,640"],
        ["fc2", "Linear", "(1,84)", "10,164", "10,080", "10,368"],
        ["fc3", "Linear", "(1,10)", "850", "840", "944"],
        ["total", "", "", "61,706", "416,520", "79,708"],
    ]
    assert found.right == (False, False, False, True, True, True)
    assert found.caption == "lenet5: input (1,1,32,32); memory in elements"
    assert found.rows[0][2] == Cell("(1,6,28,28)", r"1 \times 6 \times 28 \times 28")
    assert tables("lenet at N = 1")[0].rows == found.rows == tables("lenet5")[0].rows


def test_columns_are_chosen_and_left_away() -> None:
    (found,) = tables(
        'lenet5 with receptive field, outputs, bytes (int8), operations without total titled "LeNet-5"'
    )
    assert texts(found)[:2] == [
        ["name", "receptive field", "outputs", "bytes (int8)", "operations (sequential)"],
        ["conv1", "5 x 5", "4,704", "5,884", "235,200"],
    ]
    assert found.total is None
    said = "LeNet-5: input (1,1,32,32); every scalar operation once, padding included"
    assert found.caption == f"{said}; memory in elements"
    (found,) = tables("lenet5 without layer, memory")
    assert texts(found)[0] == ["name", "output shape", "params", "MACs"]


def test_formulas_in_tables_and_totals_that_need_room() -> None:
    layers, *more, totals = tables("Sequential(Conv2d(3, C_in, 3), ReLU()) on (N, 3, H, W)")
    assert layers.caption.endswith("input (N,3,H,W); memory in elements; for H >= 3, W >= 3")
    assert layers.total is None
    assert [texts(part)[0] for part in (layers, *more)] == [
        ["name", "layer", "output shape", "params"],
        ["name", "MACs"],
        ["name", "memory"],
    ]
    assert more[0].caption.endswith(": further columns")
    assert more[0].rows[0][1] == Cell(
        "27*N*C_in*(W - 2)*(H - 2)", r"27 N C_{in} \left(W - 2\right) \left(H - 2\right)"
    )
    assert texts(totals)[:2] == [["quantity", "value"], ["params", "28*C_in"]]
    (found,) = tables("conv at K = 3, P = 1")
    assert texts(found)[:3] == [
        ["quantity", "value"],
        ["layer", "Conv2d"],
        ["output shape", "(N,C_out,H,W)"],
    ]
    assert found.caption == "conv: input (N,C_in,H,W); at K = 3, P = 1; memory in elements"


def test_what_is_not_known_is_said() -> None:
    (found,) = tables("Sequential(Conv2d(3, 8, 3), Opaque('deform')) on (N, 3, 9, 9)")
    assert found.caption.endswith("lower bounds, as no cost is known for deform")
    assert found.rows[1][4] == Cell(">= 0", r"\ge 0")
    (fault,) = document("derive", "macs of Sequential(Opaque('deform')) on (N, 3, 9, 9)").faults
    assert fault.reason == "macs is only a lower bound: no cost is known for deform"


CASES = {
    "K^2*C_in for K = 1, 3, 5 at C_in = 64": (
        "K^2*C_in, at C_in = 64",
        [["K", "K^2*C_in"], ["1", "64"], ["3", "576"], ["5", "1,600"]],
    ),
    "K^2, n - 5 for K = 2..3, n = 1, 10": (
        "K^2, n - 5",
        [["K", "n", "K^2", "n - 5"], ["2", "1", "4", "-4"], ["2", "10", "4", "5"], ["3", "1", "9", "-4"], ["3", "10", "9", "5"]],  # noqa: E501
    ),
    "n/8 for n = 1, 4, 1000": ("n/8", [["n", "n/8"], ["1", "0.125"], ["4", "0.5"], ["1,000", "125"]]),
    "conv for K = 1, 3 at N = 1, C_in = C_out = 2, W = H = 4, P = 1 with output shape, params, outputs": (
        "conv, at N = 1, C_in = 2, C_out = 2, W = 4, H = 4, P = 1; memory in elements",
        [
            ["K", "output shape", "params", "outputs"],
            ["1", "(1, 2, 6, 6)", "6", "72"],
            ["3", "(1, 2, 4, 4)", "38", "32"],
        ],
    ),
    "params of conv, W_out for K = 1, 3 at N = C_in = 1, C_out = 2, W = H = 4, P = 0 titled \"Two\"": (
        "Two, at N = 1, C_in = 1, C_out = 2, W = 4, H = 4, P = 0",
        [["K", "params of conv", "W_out"], ["1", "4", "4"], ["3", "20", "2"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", CASES)
def test_a_table_of_values_at_several_sizes(line: str) -> None:
    (found,) = tables(line)
    assert (found.caption, texts(found)) == CASES[line]
    assert found.total is None
    assert set(found.right) == {True}


# -- pictures ------------------------------------------------------------------------------------------------


def test_bars_for_the_layers_of_a_network() -> None:
    found = picture("macs of lenet5 on (1, 1, 32, 32)")
    assert found.caption == "MACs of lenet5, input (1, 1, 32, 32); layers without any are left out"
    assert found.drawing == Bars(
        "MACs", ("conv1", "conv2", "fc1", "fc2", "fc3"), (("", (117600, 240000, 48000, 10080, 840)),)
    )
    assert picture("outputs of lenet at N = 2").drawing == Bars(
        "outputs (elements)",
        ("conv1", "pool1", "conv2", "pool2", "flatten", "fc1", "fc2", "fc3"),
        (("", (9408, 2352, 3200, 800, 800, 240, 168, 20)),),
    )


def test_the_growth_of_the_receptive_field() -> None:
    found = picture("receptive field of document_004 on (1, 1, 256, 256)").drawing
    assert isinstance(found, Bars)
    ((_, sizes),) = found.series
    # size + (k - 1) * step, and the step doubles at each pool of 2
    expected, size, step = list[int](), 1, 1
    for name in found.names:
        size, step = (size + step, 2 * step) if name.startswith("pool") else (size + 2 * step, step)
        expected.append(size)
    assert list(sizes) == expected
    assert sizes[-1] == 156
    unequal = picture("receptive field of Sequential(Conv2d(1, 8, (3, 5)), MaxPool2d(2)) on (1, 1, 32, 32)")
    assert unequal.drawing == Bars(
        "receptive field (positions of the input)", ("0", "1"), (("height", (3, 4)), ("width", (5, 6)))
    )


def test_the_receptive_fields_of_all_layers_are_those_of_each() -> None:
    for name in ("document_004", "resnet18", "squeezenet1_1"):
        shape = MODELS[name].input_shape
        network = build(name)
        cost = network.cost(shape)
        for row, found in zip(cost.layers, receptive_fields(cost), strict=True):
            try:
                expected = receptive_field(network, at=row.name, input_shape=shape).size
            except ValueError:
                expected = None
            assert found == expected, (name, row.name)


def test_curves_over_a_range() -> None:
    found = picture("2*n*k, f(n)/4 over n = 1..5 at k = 3")
    assert found.caption == "2*n*k, f(n)/4, n from 1 to 5, at k = 3"
    assert found.drawing == Curves(
        Cell("n", "n"),
        (1, 2, 3, 4, 5),
        (
            (Cell("2*n*k", "2 n k"), (6.0, 12.0, 18.0, 24.0, 30.0)),
            (Cell("n*(n + 1)/4", r"\frac{n \left(n + 1\right)}{4}"), (0.5, 1.5, 3.0, 5.0, 7.5)),
        ),
    )
    found = picture("params of conv over K = 1, 3 at N = C_in = C_out = 1, W = H = 4, P = 0").drawing
    assert isinstance(found, Curves)
    assert found.curves == ((Cell("params of conv"), (2.0, 10.0)),)
    found = picture(
        "memory of fixed, intensity of conv over K = 1, 3 at N = C_in = C_out = 1, W = H = 3, P = 1"
    )
    assert isinstance(found.drawing, Curves)
    # 25 MACs on 9 + 2 + 25 elements, and 81 on 9 + 10 + 9
    assert found.drawing.curves == (
        (Cell("memory of fixed (elements)"), (13.0, 13.0)),
        (Cell("intensity of conv (MACs per element)"), (25 / 36, 81 / 28)),
    )


PICTURES = [
    "macs of lenet5 on (1, 1, 32, 32)",
    "2*n*k, f(n)/4, n//k over n = 1..50 at k = 3",
    "W_out over W = 5..9 at K = 3, P = 0",
    "receptive field of Sequential(Conv2d(1, 8, (3, 5)), MaxPool2d(2)) on (1, 1, 32, 32)",
    "params of resnet50",
    "max(n, k), max(i in 0..n) i over n = 1..9 at k = 3",
]


@pytest.mark.parametrize("line", PICTURES)
def test_pictures_are_drawn_the_same_each_time(line: str) -> None:
    found = picture(line)
    shown = found.svg()
    assert shown.startswith("<svg")
    assert shown.rstrip().endswith("</svg>")
    assert found.pdf().startswith(b"%PDF")
    assert (picture(line).svg(), picture(line).pdf()) == (shown, found.pdf())
    assert not re.search(r"<script|<metadata|<image|href=\"http|url\(http", shown)
    assert b"CreationDate" not in found.pdf()


def test_pictures_of_one_page_have_ids_of_their_own() -> None:
    shown = [picture(line).svg() for line in PICTURES[:3]]
    ids = [re.findall(r' id="([^"]+)"', one) for one in shown]
    assert all(len(one) == len(set(one)) for one in ids)
    assert not set(ids[0]) & set(ids[1]) | set(ids[1]) & set(ids[2])
    for one, known in zip(shown, ids, strict=True):
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', one)) == set(known)


def test_settings_of_others_do_not_show_and_are_kept() -> None:
    import matplotlib as mpl

    found = picture(PICTURES[1])
    before = found.svg()
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 30}):
        assert found.svg() == before
        assert mpl.rcParams["font.size"] == 30


def test_without_matplotlib_a_picture_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("matplotlib", "matplotlib.style", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    found = picture(PICTURES[0])
    assert "pip install &#x27;symcnn[plots]&#x27;" in found.svg()
    assert found.svg().startswith("<svg")
    assert drawing.MISSING.encode() in found.pdf()
    assert found.pdf().startswith(b"%PDF")


def test_reading_does_not_import_matplotlib() -> None:
    code = (
        "import sys; from symcnn.documents.document import read_document; "
        "found = read_document('```picture\\nmacs of lenet5\\n```'); "
        "print(len(found.shown), 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["1", "False"]


# -- what cannot be read -------------------------------------------------------------------------------------

# The sign ^ below each line is where the fault is.
REFUSED = {
    "derive": [
        ("macs of con", "        ^", "'con' is no layer of this document and no model"),
        ("maks of conv", "^", "'maks' is no quantity; write macs, params"),
        ("macs of conv on (1, 3, 5, 5)", "                ^", "conv is declared with its input"),
        ("macs of Conv2d(3, 8, 3)", "        ^", "the input is missing; write Conv2d(3, 8, 3) on"),
        ("macs of Conv2d(3, Q, 3) on (N, 3, H, W)", "        ^", "Q is not declared"),
        ("K^2 on (1, 3, 5, 5)", "       ^", "an input belongs to a layer or network"),
        ("K^2*D at K = 3", "    ^", "D is not declared"),
        ("K^2*C_in at K = 3", "^", "no value is given for C_in; write at C_in = 1"),
        ("K at K = 3, C_in = 1,024", "                   ^", "the comma can belong to a number or to a list"),
        ("K at K = 3, 4", "            ^", "'4' gives no value to a letter"),
        ("K at K = 3, K = 4", "            ^", "K has a value already"),
        ("K at K = 03", "         ^", "the number 03 begins with 0"),
        ("K at K = 3, N = 3", "     ^", "N does not occur in what is shown"),
        ("K at K = 0", "     ^", "K = 0 is against the assumption 1 <= K"),
        ("K at K = 3/2", "     ^", "K = 3/2 is no whole number"),
        ("K at K = C_in", "         ^", "the value C_in is no number"),
        ("K at K = 10^40", "         ^", "the value has more than 30 digits"),
        ("K at W_out = 3", "     ^", "W_out is an abbreviation"),
        ("W_out at W = 3, P = 1, K = 9", "         ^", "W = 3, P = 1, K = 9 is against the assumption"),
        ("K = 3", "  ^", "nothing more is expected before '='"),
        ("K at K = 3 at K = 4", "           ^", "at is said twice"),
        ("K at", "  ^", "nothing stands behind at"),
        ("at K = 3", "^", "what is to be shown is missing"),
        ("K over K = 1..3", "  ^", "over is not understood here"),
        ("K with formula, valu at K = 3", "                ^", "'valu' is not known behind with"),
        ("K at K = 3 with value without value", "                              ^", "with and without do not"),
        ("K with value", "^", "nothing is left to be shown"),
        ("y[3]", "^", "entries of tensors have no values to show"),
        ("t[3] + n at n = 1", "^", "no value is given for t"),
        ("1/(K - 3) at K = 3", "^", "a quotient divides by 0"),
        ("2^64^64", "    ^", "powers do not chain"),
        ("((((K at K = 3", "      ^", "')' is missing"),
        ("__import__(1) at K = 3", "^", "__import__ is not declared"),
        ("macs of resnet50", "^", "the derivation has"),
        ("sum(i in 0..n) sum(j in 0..n) i at n = 10000", "^", "this takes more steps"),
        ("K" * 3000, "^", "the line has more than 2000 characters"),
    ],
    "table": [
        ("K^2", "^", "a table needs several values, or a layer or network"),
        ("K for K = 1,024", "          ^", "the comma can belong to a number or to a list"),
        ("K for 3", "      ^", "'3' gives no value to a letter"),
        ("K for K = 1..100000", "          ^", "1..100000 has more than 200 numbers"),
        ("K, n for K = 1..100, n = 1..100", "                     ^", "these are more than 200 cases"),
        ("K for K = 3..1", "          ^", "3..1 is no range of whole numbers"),
        ("K^2 for k = 1, 2", "        ^", "k does not occur"),
        ("K^2 for K = 0, 2", "        ^", "K = 0 is against the assumption"),
        ("K^2 for K = 1, 2 with params", "                      ^", "with belongs to a layer or network"),
        ("conv with foo", "          ^", "'foo' is no quantity"),
        ("conv with macs, macs", "                ^", "the column macs is there twice"),
        ("conv for K = 1, 2 at N = 1", "^", "no value is given for"),
        ("lenet5 on (1, 1, 32)", "^", "conv1: Conv2d"),
        ("lenet5 titled LeNet", "              ^", "a title stands between quotation marks"),
        ("densenet121", "^", "a table has at most 200 rows, not 427"),
    ],
    "picture": [
        ("K^2", "^", "a picture needs a range of sizes, or the layers of a network"),
        ("macs of conv", "^", "a picture needs a range of sizes, or the layers of a network"),
        ("macs of lenet", "^", "no value is given for N; write at N = 1"),
        ("intensity of lenet5", "^", "intensity does not add up over layers"),
        ("square_roots of lenet5", "^", "'square_roots' is no quantity"),
        ("receptive field of conv", "                   ^", "one layer has nothing to compare"),
        ("K over K = 3", "       ^", "a curve needs two values"),
        ("K over K = 1..9, n = 1..3", "       ^", "a curve has one size below it"),
        ("1/(K - 3) over K = 1..5", "^", "a quotient divides by 0"),
        ("K*n over K = 1..5", "^", "no value is given for n"),
        ("K over K = 1..5000", "           ^", "1..5000 has more than 300 numbers"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "line", "caret", "reason"), [(kind, *row) for kind, rows in REFUSED.items() for row in rows]
)
def test_a_line_that_is_refused_and_the_rest_that_is_read(
    kind: str, line: str, caret: str, reason: str
) -> None:
    good = {"derive": "K^2", "table": "K for K = 1, 2", "picture": "K over K = 1..3"}[kind]
    start = time.perf_counter()
    found = document(kind, f"{good}\n{line}\n{good}")
    assert time.perf_counter() - start < 5
    (fault,) = found.faults
    fence = HEAD.count("\n") + 1
    assert (fault.line, fault.column) == (fence + 2, len(caret))
    assert fault.reason.startswith(reason)
    assert [shown.line for shown in found.shown] == [fence, fence]


def test_lines_go_on_where_they_are_indented_and_comments_are_no_part_of_them() -> None:
    found = document("derive", "# weights\nK^2*C_in  # of one filter\n  at K = 3,\n     C_in = 2\n\nK*D")
    assert found.shown == (Derivation(HEAD.count("\n") + 1, r"K^{2} C_{in} = 3^{2} \cdot 2 = 18"),)
    assert [(fault.line, fault.column) for fault in found.faults] == [(HEAD.count("\n") + 7, 3)]
    windows = read_document((HEAD + "```derive\nK^2\n  at K = 3\n```\n").replace("\n", "\r\n"))
    assert (windows.faults, len(windows.shown)) == ((), 1)


def test_a_block_with_nothing_in_it_is_a_fault() -> None:
    assert [fault.reason for fault in document("table", "").faults] == ["the block table is empty"]


def test_a_document_shows_only_so_much() -> None:
    found = document("derive", "\n".join(["K"] * 300))
    assert len(found.shown) == 200
    assert [fault.reason for fault in found.faults] == ["a document shows at most 200 lines"]
