"""Tables of costs: what is in them, and that no format loses or alters a number."""

import csv
import io
import json
import re
from typing import Any

import pytest
import sympy

from symcnn import Conv2d, Linear, MaxPool2d, ReLU, Sequential, dims
from symcnn.layers import Flatten, Opaque
from symcnn.models import build
from symcnn.network import Module
from symcnn.symbols.printing import words_in_latex
from symcnn.tables import Table, table
from symcnn.tables.plain import wrapped

N, H, W = dims("N H W")


def small() -> Module:
    return Sequential(
        Conv2d(1, 6, kernel_size=5),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Linear(6 * 14 * 14, 10),
    )


def with_unknown() -> Module:
    return Sequential(Conv2d(3, 8, kernel_size=3), Opaque("deform_conv"), ReLU())


def read_formula(text: str, letters: dict[str, Any]) -> Any:
    sympify: Any = sympy.sympify
    return sympify(text, locals=letters)


def shown_columns(t: Table) -> list[str]:
    return [c.key for c in t.columns if c.shown]


def test_lines_are_the_layers_of_the_cost_and_the_total_is_its_total() -> None:
    cost = small().cost((1, 1, 32, 32))
    data = table(cost).data()
    assert [line["name"] for line in data["layers"]] == [row.name for row in cost.layers]
    for line, row in zip(data["layers"], cost.layers, strict=True):
        assert line["layer"] == str(row.layer)
        assert tuple(line["input_shape"]) == row.input_shape
        assert tuple(line["output_shape"]) == row.cost.output_shape
        assert line["params"] == row.cost.params
        assert line["macs"] == row.cost.macs
        assert line["operations"] == row.cost.ops.total
        assert line["memory"] == row.cost.memory.total
        assert line["intensity"] == pytest.approx(float(row.cost.intensity), rel=1e-15)
        assert line["unknown"] == []
    total = data["total"]
    assert (total["params"], total["macs"]) == (cost.params, cost.macs)
    assert (total["operations"], total["memory"]) == (cost.ops.total, cost.memory.total)
    assert total["peak"] == cost.memory.peak


@pytest.mark.parametrize("name", ["sequential", "fused", "sequential-unpadded", "fused-unpadded"])
def test_every_format_names_the_convention(name: str) -> None:
    made = table(small().cost((1, 1, 32, 32), convention=name))
    head = f"operations ({name})"
    assert head in made.markdown()
    assert head in made.latex()
    assert head in made.csv().splitlines()[0]
    assert head in made._repr_html_()
    assert head in made.text()
    assert made.data()["convention"] == name


def test_json_round_trip_keeps_integers_and_formulas() -> None:
    cost = build("lenet5").cost((N, 1, 32, 32))
    found = json.loads(table(cost).json())
    assert found["total"]["params"] == 61706
    assert found["total"]["macs"] == "416520*N"
    assert found["input"] == ["N", 1, 32, 32]
    assert found["inputs"] == [["N", 1, 32, 32]]
    assert found["status"] == "complete"
    assert found["symbols"] == {"N": {"min": 1}}
    assert found["layers"][0]["output_shape"] == ["N", 6, 28, 28]


def test_formulas_in_data_are_in_full_and_valid_sympy() -> None:
    cost = build("resnet18").cost((N, 3, H, W))
    made = table(cost)
    assert made.where
    letters = {s.name: s for s in (N, H, W)}
    for line, row in zip(made.data()["layers"], cost.layers, strict=True):
        for key, value in (("macs", row.cost.macs), ("memory", row.cost.memory.total)):
            read = read_formula(str(line[key]), letters)
            assert sympy.expand(read - value) == 0


def test_letters_for_lengths_stand_for_what_the_table_says() -> None:
    """Substituting the definitions back into the shown formulas gives the formulas in full."""
    cost = build("resnet18").cost((N, 3, H, W))
    short, full = table(cost), table(cost, full=True)
    assert full.where == ()
    letters = {s.name: s for s in (N, H, W)}
    where = {n: read_formula(cell.text, letters) for n, cell in short.where}
    assert list(where) == ["H1", "W1", "H2", "W2", "H3", "W3", "H4", "W4", "H5", "W5"]
    for key in ("macs", "operations", "memory"):
        k = [c.key for c in short.columns].index(key)
        for a, b in zip(short.lines, full.lines, strict=True):
            given = read_formula(a.cells[k].text.replace(",", ""), letters | where)
            wanted = read_formula(b.cells[k].text.replace(",", ""), letters)
            assert sympy.expand(given - wanted) == 0


def test_letters_do_not_clash_with_the_users() -> None:
    H1, H_2 = dims("H1 H_2")
    made = table(Sequential(Conv2d(3, H1, 3, stride=2), Conv2d(H1, H_2, 3, stride=2)).cost((1, 3, H, H)))
    assert {name for name, _ in made.where} == {"H3", "H4"}


def test_equal_lengths_share_a_letter() -> None:
    made = table(Conv2d(3, 8, 3, stride=2).cost((1, 3, H, H)))
    assert [name for name, _ in made.where] == ["H1"]


def test_unknown_operations_make_lower_bounds_everywhere() -> None:
    made = table(with_unknown().cost((1, 3, 8, 8)))
    assert made.status == "lower bound"
    assert made.unknown == ("deform_conv",)
    text = made.text()
    assert "LOWER BOUND: no cost is known for deform_conv; it is left out of every total" in text
    opaque = next(line for line in text.splitlines() if "Opaque" in line)
    assert ">= 0" in opaque
    assert "not known" in opaque
    total = next(line for line in text.splitlines() if line.startswith("total"))
    assert total.count(">=") == 4
    assert "not known" in total
    assert "Lower bound" in made.markdown()
    assert r"deform\_conv" in made.latex()
    assert r"\ge" in made.latex()
    assert "Lower bound" in made._repr_html_()
    data = made.data()
    assert data["status"] == "lower bound"
    assert data["unknown"] == ["deform_conv"]
    assert data["total"]["intensity"] is None
    assert [line["unknown"] for line in data["layers"]] == [[], ["deform_conv"], []]
    rows = list(csv.DictReader(io.StringIO(made.csv())))
    assert [row["status"] for row in rows] == ["complete", "lower bound", "complete", "lower bound"]
    assert rows[-1]["intensity"] == ""


def test_csv_is_rfc_4180() -> None:
    text = table(small().cost((N, 1, 32, 32))).csv()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    assert rows[0] == [
        "name", "layer", "input_shape", "output_shape", "params", "macs", "operations (sequential)",
        "memory", "intensity", "peak", "status",
    ]  # fmt: skip
    assert rows[1][:5] == ["0", "Conv2d(in_channels=1, out_channels=6, kernel_size=5)", "(N, 1, 32, 32)",
                           "(N, 6, 28, 28)", "156"]  # fmt: skip
    assert rows[-1][0] == "total"


def unescaped_pipes(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


@pytest.mark.parametrize("shape", [(1, 3, 64, 64), (N, 3, H, W)])
@pytest.mark.parametrize("model", ["lenet5", "vgg11", "resnet18"])
def test_markdown_has_as_many_cells_in_each_line(model: str, shape: tuple[object, ...]) -> None:
    if model == "lenet5":
        shape = (shape[0], 1, 32, 32)
    lines = [line for line in table(build(model).cost(shape)).markdown().splitlines() if line.startswith("|")]
    # VGG at symbolic sizes counts windows as |{...}|, whose bars must be escaped.
    assert {unescaped_pipes(line) for line in lines} == {9}


def balanced(text: str) -> bool:
    depth = 0
    for token in re.findall(r"\\.|[{}]", text):
        depth += (token == "{") - (token == "}")
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize("model", ["lenet5", "vgg11", "resnet18"])
@pytest.mark.parametrize("numbers", [True, False])
def test_latex_structure(model: str, numbers: bool) -> None:
    channels, length = (1, 32) if model == "lenet5" else (3, 64)
    shape = (1, channels, length, length) if numbers else (N, channels, H, W)
    made = table(build(model).cost(shape), dtype="float32")
    text = made.latex()
    environment = "longtable" if len(made.lines) > 30 else "tabular"
    columns = len(shown_columns(made))
    begin = re.search(rf"\\begin{{{environment}}}{{([lr]+)}}", text)
    assert begin is not None
    assert len(begin[1]) == columns
    body = text[begin.end() : text.index(rf"\end{{{environment}}}")]
    rows = [line for line in body.splitlines() if line.endswith((r"\\", r"\\ \hline"))]
    assert len(rows) == 1 + len(made.lines) + numbers
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {columns - 1}
    code = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    assert balanced(code)
    assert len(re.findall(r"(?<!\\)\$", code)) % 2 == 0
    assert len(re.findall(r"\\left\b", code)) == len(re.findall(r"\\right\b", code))
    assert code.isascii()
    outside = re.sub(r"(?<!\\)\$[^$]*\$", "", code)
    assert not re.search(r"(?<!\\)[_^#%]", outside)


def test_escaped_leaves_nothing_special() -> None:
    assert words_in_latex("a_b & 50% {x} ~^ #1 $ \\") == (
        r"a\_b \& 50\% \{x\} \textasciitilde{}\textasciicircum{} \#1 \$ \textbackslash{}"
    )


NUMBERS = re.compile(r"\d[\d,]*")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200, None])
@pytest.mark.parametrize("shape", [(1, 3, 224, 224), (N, 3, H, W)])
def test_no_width_loses_a_number(width: int | None, shape: tuple[object, ...]) -> None:
    made = table(build("resnet18").cost(shape), dtype="float32")
    narrow, wide = made.text(width), made.text()
    if width is not None and width >= 60:
        assert max(map(len, narrow.splitlines())) <= width
    # The order differs between the layouts; the numbers do not.
    found = [n for n in NUMBERS.findall(narrow) if len(n) > 2]
    wanted = [n for n in NUMBERS.findall(wide) if len(n) > 2]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("12", 1, ["12"]),
        ("123456*N", 5, ["123456*", "N"]),
        ("a*(b + c) + d", 9, ["a*(b + c)", "+ d"]),
        ("(a + b)/(c + d)", 8, ["(a + b)/", "(c + d)"]),
        ("x**2*y**3", 5, ["x**2*", "y**3"]),
        ("layer1.0.downsample.0", 13, ["layer1.0.", "downsample.0"]),
        ("AdaptiveAvgPool2d", 12, ["AdaptiveAvg", "Pool2d"]),
        ("w[i, j]", 80, ["w[i, j]"]),
        ("", 5, [""]),
    ],
)
def test_wrapped(words: str, width: int, lines: list[str]) -> None:
    assert wrapped(words, width) == lines


def test_partial_values_and_domain_are_shown() -> None:
    K, P = dims("K"), dims("P", min=0)
    cost = Conv2d(3, 8, kernel_size=K, padding=P).cost((N, 3, H, W)).at(H=32, W=32)
    made = table(cost)
    assert [name for name, _ in made.values] == ["H", "W"]
    text = made.text()
    assert "at H = 32, W = 32" in text
    assert "for all integers" in text
    assert "P >= 0" in text
    assert made.data()["at"] == {"H": 32, "W": 32}
    assert made.data()["domain"] == [str(c) for c in cost.domain]


def test_a_single_layer_has_one_line() -> None:
    made = table(Linear(4, 2).cost((3, 4)))
    assert len(made.lines) == 1
    assert "name" not in shown_columns(made)
    assert made.data()["layers"][0]["macs"] == made.data()["total"]["macs"] == 24
    assert "MACs                     24" in made.text()


def test_bytes() -> None:
    made = table(small().cost((1, 1, 32, 32)), dtype="float16")
    data = made.data()
    assert data["total"]["bytes"] == 2 * data["total"]["memory"]
    assert data["total"]["peak_bytes"] == 2 * data["total"]["peak"]
    assert "bytes (float16)" in made.text()
    with pytest.raises(ValueError, match="dtype='float31' is unknown; did you mean 'float32'"):
        table(small().cost((1, 1, 32, 32)), dtype="float31")


def test_html_is_escaped() -> None:
    html = table(small().cost((N, 1, 32, 32)))._repr_html_()
    assert "N &gt;= 1" in html
    assert html.count("<tr>") == 1 + 5 + 1


def test_str_is_the_text_without_a_width() -> None:
    made = table(small().cost((1, 1, 32, 32)))
    assert str(made) + "\n" == made.text()


def test_empty_network() -> None:
    class Nothing(Module):
        def forward(self, *values: object) -> object:
            return values[0]

    made = table(Nothing().cost((1, 3, 8, 8)))
    assert made.data()["layers"] == []
    assert made.data()["total"]["macs"] == 0
    for text in (made.text(), made.text(40), made.markdown(), made.latex(), made.csv(), made._repr_html_()):
        assert text
