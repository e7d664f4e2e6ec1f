"""The command line, as its users see it: output, errors, exit codes."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcnn
from symcnn.cli import main
from symcnn.models import MODELS, build
from tests.oracles import require_program

ROOT = Path(__file__).resolve().parent.parent

# A terminal's settings must not change what the tests see.
CLEAN = {
    name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}
}


def run(*args: str, columns: int | None = None) -> Result:
    env = {"COLUMNS": None if columns is None else str(columns), "NO_COLOR": None, "FORCE_COLOR": None}
    return CliRunner().invoke(main, args, env=env)


def output(*args: str, columns: int | None = None) -> str:
    done = run(*args, columns=columns)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return done.stdout


def error(*args: str) -> str:
    """The one line on stderr of a call that is refused."""
    done = run(*args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert isinstance(done.exception, SystemExit)
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def program(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The real program, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "symcnn", *args],
        cwd=ROOT,
        env=CLEAN | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


# ---------------------------------------------------------------- help and start-up


@pytest.mark.parametrize("command", [(), *((name,) for name in sorted(main.commands))])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(command: tuple[str, ...], flag: str) -> None:
    text = output(*command, flag)
    assert text.startswith("Usage: ")
    assert max(map(len, text.splitlines())) <= 104


def test_examples_in_the_help_run() -> None:
    for command in ("cost", "derive"):
        examples = re.findall(rf"^  symcnn ({command} .+)$", output(command, "--help"), re.MULTILINE)
        assert len(examples) >= 3
        for example in examples:
            words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', example)]
            assert run(*words).exit_code == 0, example


def test_version() -> None:
    assert symcnn.__version__ in output("--version")


def test_without_a_command_it_says_what_there_is() -> None:
    done = run()
    assert done.exit_code == 2
    assert "Commands:" in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["cost", "--help"],
        ["cost", "resnet50", "--input", "1,3,224,224"],
        ["cost", "resnet50", "--input", "N,3,H,W", "--at", "H=224", "--json"],
        ["derive", "Conv2d", "--latex"],
        ["models"],
    ],
    ids=" ".join,
)
def test_sympy_is_not_imported(args: list[str]) -> None:
    code = f"""
import sys
from symcnn.cli import main
try:
    main({args!r})
except SystemExit as stop:
    print(stop.code, sorted({{"sympy", "numpy", "mpmath"}} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=CLEAN, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr.strip() == "0 []"


# ---------------------------------------------------------------- cost


def test_cost_with_numbers() -> None:
    text = output("cost", "lenet5")
    assert "operations (sequential)" in text
    assert re.search(
        r"^conv1 +Conv2d +\(1,6,28,28\) +156 +117,600 +235,200 +5,884 +19\.99$", text, re.MULTILINE
    )
    assert re.search(r"^total +61,706 +416,520 +837,768 +79,708 +5\.226$", text, re.MULTILINE)
    assert re.search(r"^peak activation memory +5,880$", text, re.MULTILINE)


def test_cost_with_letters() -> None:
    text = output("cost", "resnet50", "--input", "N,3,H,W")
    assert "H1 = ceiling(H/2), W1 = ceiling(W/2)" in text
    assert re.search(r"^conv1 +Conv2d +\(N,64,H1,W1\) +9,408 +9408\*N\*H1\*W1 ", text, re.MULTILINE)
    assert re.search(r"^  MACs +2048000\*N \+ 9408\*N\*H1\*W1 \+ ", text, re.MULTILINE)
    assert "for all integers N, H, W >= 1" in text


def test_cost_agrees_with_the_library() -> None:
    found = json.loads(output("cost", "resnet50", "--input", "2,3,64,96", "--json"))
    cost = build("resnet50").cost((2, 3, 64, 96))
    assert found["total"]["macs"] == cost.macs
    assert found["total"]["operations"] == cost.ops.total
    assert found["total"]["peak"] == cost.memory.peak


@pytest.mark.parametrize("at", [["--at", "N=1,H=224,W=224"], ["--at", "N=1", "--at", "H=224", "--at", "W=H"]])
def test_at(at: list[str]) -> None:
    if "W=H" in at:
        at = [*at[:-1], "W=224"]
    found = json.loads(output("cost", "resnet50", "--input", "N,3,H,W", *at, "--json"))
    assert found["total"]["macs"] == 4089184256
    assert found["total"]["params"] == 25557032
    assert found["at"] == {"N": 1, "H": 224, "W": 224}


def test_at_may_be_partial_and_an_expression() -> None:
    found = json.loads(output("cost", "resnet18", "--input", "N,3,H,W", "--at", "H=2*W", "--json"))
    assert found["at"] == {"H": "2*W"}
    assert set(found["symbols"]) == {"N", "W"}


def test_input_defaults_to_the_models_own() -> None:
    assert json.loads(output("cost", "alexnet", "--json"))["input"] == list(MODELS["alexnet"].input_shape)


@pytest.mark.parametrize(
    "shape", ["1,1,32,32", "1, 1, 32, 32", "(1, 1, 32, 32)", "1x1x32x32", "1,1,2*16,64//2"]
)
def test_ways_to_write_a_shape(shape: str) -> None:
    assert json.loads(output("cost", "lenet5", "--input", shape, "--json"))["input"] == [1, 1, 32, 32]


@pytest.mark.parametrize("name", ["sequential", "fused", "sequential-unpadded", "fused-unpadded"])
def test_convention(name: str) -> None:
    found = json.loads(output("cost", "resnet18", "--convention", name, "--json"))
    assert found["convention"] == name
    assert found["total"]["operations"] == build("resnet18").cost((1, 3, 224, 224), convention=name).ops.total
    assert f"operations ({name}): " in output("cost", "resnet18", "--convention", name)


def test_options_of_models() -> None:
    found = json.loads(output("cost", "resnet18", "--option", "num_classes=10,width=w", "--json"))
    assert found["layers"][-1]["output_shape"] == [1, 10]
    assert found["total"]["params"] == "2724*w**2 + 377*w + 10"


def test_dtype() -> None:
    total = json.loads(output("cost", "lenet5", "--dtype", "float32", "--json"))["total"]
    assert (total["bytes"], total["peak_bytes"]) == (4 * total["memory"], 4 * total["peak"])


def test_receptive_fields() -> None:
    found = json.loads(output("cost", "document_004", "--rf", "--json"))
    fields = {line["name"]: line["receptive_field"] for line in found["layers"]}
    assert fields["conv1"] == [3, 3]
    assert fields["pool5"] == [156, 156]
    assert fields["fc1"] is None


def test_full_writes_lengths_out() -> None:
    text = output("cost", "resnet18", "--input", "N,3,H,W", "--full")
    assert "where" not in text
    assert "9408*N*ceiling(H/2)*ceiling(W/2)" in text


def test_cost_of_a_layer_and_of_layers_in_a_row() -> None:
    assert "432*N*C*H*W" in output("cost", "Conv2d(C, 48, 3, padding=1, bias=False)").replace("MACs", "")
    found = json.loads(output("cost", "Sequential(Conv2d(3, C, 3), ReLU(), Flatten(), Linear(C*36, 10))",
                              "--input", "N,3,8,8", "--json"))  # fmt: skip
    assert [line["name"] for line in found["layers"]] == ["0", "1", "2", "3"]
    assert found["total"]["params"] == "388*C + 10"


def test_several_inputs() -> None:
    found = json.loads(output("cost", "MatMul()", "--input", "N,M,K", "--input", "N,K,P", "--json"))
    assert found["inputs"] == [["N", "M", "K"], ["N", "K", "P"]]
    assert found["total"]["macs"] == "N*M*K*P"


def test_csv() -> None:
    text = output("cost", "resnet18", "--csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[-1]["name"] == "total"
    for key in ("params", "macs", "operations (sequential)", "memory"):
        assert sum(int(row[key]) for row in rows[:-1]) == int(rows[-1][key])


def test_latex_and_markdown() -> None:
    assert r"\begin{longtable}{lllrrrrr}" in output("cost", "resnet18", "--latex")
    assert r"\begin{tabular}{lllrrrrr}" in output("cost", "lenet5", "--latex")
    assert "| conv1 | Conv2d | $1 \\times 6 \\times 28 \\times 28$ | 156 |" in output(
        "cost", "lenet5", "--markdown"
    )


def test_an_operation_without_a_known_cost_is_never_zero() -> None:
    layers = "Sequential(Conv2d(3, 8, 3), Opaque('deform_conv'))"
    text = output("cost", layers, "--input", "1,3,8,8")
    assert "LOWER BOUND: no cost is known for deform_conv" in text
    found = json.loads(output("cost", layers, "--input", "1,3,8,8", "--json"))
    assert (found["status"], found["unknown"]) == ("lower bound", ["deform_conv"])


# ---------------------------------------------------------------- derive


def test_derive_with_the_users_letters() -> None:
    text = output(
        "derive", "Conv2d(C_i, C_o, kernel_size=(k_h, k_w), stride=s, padding=p)", "--input", "B,C_i,X,Y"
    )
    assert "B*C_i*C_o*k_h*k_w*(floor((X + 2*p - k_h)/s) + 1)*(floor((Y + 2*p - k_w)/s) + 1)" in text
    assert "y[n, o, r, c] = b[o] + sum(i < C_i, u < k_h, v < k_w)(w[o, i, u, v]*x[n, i, s*r + u - p," in text
    assert "p >= 0 with X + 2*p >= k_h" in text


def test_brackets_are_not_eaten() -> None:
    for columns in (None, 80, 120):
        text = " ".join(output("derive", "Conv2d", columns=columns).split())
        assert "w[o, i, u, v]*x[n, i, S*r + D*u - P, S*c + D*v - P]" in text


def test_derive_by_name_takes_the_usual_letters() -> None:
    text = output("derive", "Conv2d", "--quantity", "macs")
    assert text.startswith(
        "Conv2d(in_channels=C_in, out_channels=C_out, kernel_size=K, stride=S, padding=P, dilation=D)\n"
    )
    assert "N*C_in*C_out*K**2*(floor((H + 2*P + D - K*D - 1)/S) + 1)" in text


def layers_by_name() -> list[str]:
    from symcnn.cli.reading import LAYERS

    return sorted(LAYERS)


@pytest.mark.parametrize("name", layers_by_name())
def test_every_layer_is_derived_by_name_or_says_what_it_needs(name: str) -> None:
    done = run("derive", name)
    if done.exit_code == 0:
        assert done.stdout.startswith(f"{name}(")
        assert "derivation of output shape" in done.stdout
    else:
        assert done.stderr.startswith(f"error: {name} needs its arguments")


def test_quantities() -> None:
    text = output("derive", "Conv2d(3, 8, 3)", "--quantity", "macs", "--quantity", "memory.outputs")
    assert re.findall(r"^derivation of (.*)$", text, re.MULTILINE) == ["MACs", "memory.outputs"]


def test_derive_at_numbers() -> None:
    text = output("derive", "Conv2d(3, C, K)", "--input", "1,3,8,8", "--at", "K=3", "--quantity", "macs")
    assert re.search(r"^  numbers +K = 3$", text, re.MULTILINE)
    assert re.search(r"^  value +972\*C$", text, re.MULTILINE)


def test_derive_json() -> None:
    found = json.loads(output("derive", "Conv2d(3, 8, 3)", "--input", "N,3,8,8", "--json"))
    assert found["layer"] == "Conv2d(in_channels=3, out_channels=8, kernel_size=3)"
    assert found["formulas"]["macs"] == "7776*N"
    assert found["output_shape"] == ["N", 8, 6, 6]
    assert [d["quantity"] for d in found["derivations"]] == [
        "output_shape", "params", "macs", "ops.total", "memory.total",
    ]  # fmt: skip
    assert set(found["derivations"][0]["steps"][0]) == {"name", "text", "latex"}


def test_derive_latex() -> None:
    text = output("derive", "Conv2d", "--latex")
    assert text.count(r"\begin{aligned}") == text.count(r"\end{aligned}") == 5
    assert text.count(r"\[") == text.count(r"\]") == 5
    assert r"\textbf{Conv2d(in\_channels=C\_in, " in text


def test_padding_may_be_zero_and_other_letters_on_request() -> None:
    symbols = json.loads(output("derive", "Conv2d(3, C, 3, padding=(P, Q))", "--json"))["symbols"]
    assert symbols["P"] == symbols["Q"] == {"min": 0}
    assert symbols["C"] == {"min": 1}
    symbols = json.loads(output("derive", "ConvTranspose2d(3, C, 3, 2, P, Z)", "--json"))["symbols"]
    assert symbols["P"] == symbols["Z"] == {"min": 0}
    given = ["--input", "N,3,P+8,W+8", "--nonnegative", "W", "--json"]
    symbols = json.loads(output("derive", "Conv2d(3, 4, 2*P + 1, padding=P)", *given))["symbols"]
    assert symbols == {"N": {"min": 1}, "P": {"min": 0}, "W": {"min": 0}}


# ---------------------------------------------------------------- models and demo


def test_models() -> None:
    text = output("models")
    assert [line.split()[0] for line in text.splitlines()] == list(MODELS)
    assert [m["name"] for m in json.loads(output("models", "--json"))] == list(MODELS)
    assert "options  num_classes, in_channels" in output("models", "lenet5")


@pytest.mark.parametrize(
    ("args", "total"),
    [
        ("document_004 --input N,1,256,256", "14684266496*N"),
        ("resnet50 --input N,3,H,W --at N=1,H=224,W=224", "4,089,184,256"),
    ],
)
def test_totals_of_models(args: str, total: str) -> None:
    text = output("cost", *args.split(), columns=120)
    assert max(map(len, text.splitlines())) <= 120
    assert total in text


def test_demo(tmp_path: Path) -> None:
    require_program("pdflatex", "texlive-latex-base")
    text = output("demo", "-o", str(tmp_path), columns=100)
    *table, page, printed = text.splitlines()
    assert [page, printed] == [f"wrote {tmp_path / name}" for name in ("report.html", "report.pdf")]
    assert max(map(len, table)) <= 100
    titles = [Path(line).name for line in table if line.endswith(".md")]
    assert titles == [f"document_00{k}.md" for k in range(5)]
    verdicts = [line.split()[:2] for line in table if re.match(r"  \S", line)]
    assert sum(verdict == "refuted" for _, verdict in verdicts) == 44
    assert {verdict for _, verdict in verdicts} == {"proved", "refuted"}
    assert re.search(
        r"^\d+ proved, 44 refuted, 0 unknown; .* s of work; all as expected$", text, re.MULTILINE
    )
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("costs", "no command 'costs'; did you mean 'cost'? (see symcnn --help)"),
        ("zzz", "no command 'zzz'; known are check, cost, demo, derive, models, new, plot, prove, "
         "render (see symcnn --help)"),
        ("cost", "Missing argument 'MODEL' (see symcnn cost --help)"),
        ("cost lenet5 --json --csv", "--json and --csv exclude each other (see symcnn cost --help)"),
        ("derive Conv2d --json --latex", "--latex and --json exclude each other (see symcnn derive --help)"),
        ("cost resnet5", "model 'resnet5' is unknown; did you mean 'resnet50'?"),
        ("models resnet5", "model 'resnet5' is unknown; did you mean 'resnet50'?"),
        ("cost lenet5 --option classes=3",
         "lenet5: option 'classes' is unknown; did you mean 'num_classes'?"),
        ("cost lenet5 --option num_classes=0", "lenet5: num_classes=0 must be at least 1"),
        ("cost Linear(2,3) --option a=1", "--option is for models; write arguments of layers in brackets "
         "(see symcnn cost --help)"),
        ("cost lenet5 --convention fuse", "convention='fuse' is unknown; did you mean 'fused'?"),
        ("cost lenet5 --dtype float31", "dtype='float31' is unknown; did you mean 'float32'?"),
        ("cost lenet5 --input 1,1,0,32",
         "LeNet5: input shape (1, 1, 0, 32) has the length 0; every axis must be at least 1"),
        ("cost lenet5 --input 1,3,32,32",
         "conv1: Conv2d(in_channels=1, out_channels=6, kernel_size=5): in_channels=1 does not match axis 1 "
         "of x, which has length 3"),
        ("cost lenet5 --input N,1,H/2,W",
         "input 'N,1,H/2,W': cannot read '/' in 'H/2': write // for a quotient that is rounded down"),
        ("cost lenet5 --input 1,,2", "input '1,,2' cannot be read as a shape: write e.g. N,3,H,W"),
        ("cost lenet5 --input 1,1,32]",
         "input '1,1,32]': cannot read '32]' as a size: write a number, a name, or e.g. 2*C + 1"),
        ("cost lenet5 --input N,1,32,32 --at H", "--at 'H' cannot be read: write e.g. H=224,W=224"),
        ("cost lenet5 --input N,1,32,32 --at H=4", "lenet5 has no symbol 'H'; known are N"),
        ("cost lenet5 --input N,1,32,32 --at N=0", "lenet5: N=0 must be at least 1"),
        ("cost lenet5 --input N,1,32,32 --at N=1,N=2", "--at gives N twice: 1 and 2"),
        ("cost lenet5 --input N,1,32,32 --at N=1.5",
         "--at N=1.5: cannot read '1.5': a size is made of whole numbers, names, + - * // ** and brackets"),
        ("cost lenet5 --nonnegative 3", "--nonnegative '3' cannot be read: write letters, such as P,Q"),
        ("derive Conv2D", "layer 'Conv2D' is unknown; did you mean 'Conv2d'?"),
        ("derive Conv2D(1,2,3)", "layer 'Conv2D' is unknown; did you mean 'Conv2d'?"),
        ("derive Conv2d(3,4)", "Conv2d needs kernel_size: Conv2d(in_channels, out_channels, kernel_size, "
         "stride=1, padding=0, dilation=1, groups=1, bias=True)"),
        ("derive Conv2d(3,4,5,kernal_size=3)",
         "Conv2d has no argument 'kernal_size'; did you mean 'kernel_size'?"),
        ("derive Conv2d(3,4,5,in_channels=3)", "Conv2d: in_channels is given twice"),
        ("derive Linear(1,2,True,4)",
         "Linear takes at most 3 arguments (in_features, out_features, bias), not 4"),
        ("derive Conv2d(3,4,0)", "Conv2d: kernel_size=0 must be at least 1"),
        ("derive Conv2d(3,4,3,padding=-1)", "Conv2d: padding=-1 must be at least 0"),
        ("derive Conv2d(3,4,3,padding=same)", "Conv2d: padding=same would be a letter; write padding='same'"),
        ("derive Conv2d(3,4,3,bias=1)", "Conv2d: bias=1 must be True or False"),
        ("derive Conv2d(*x)", "Conv2d: write every argument on its own; * and ** cannot be read"),
        ("derive Conv2d(**x)", "Conv2d: write every argument on its own; * and ** cannot be read"),
        ("derive Conv2d(3,4,3) --input 1,3,2,2",
         "Conv2d(in_channels=3, out_channels=4, kernel_size=3): the window (kernel_size=3) does not fit into "
         "axis 2 of x (length 2)"),
        ("derive Conv2d(3,4,3) --quantity mac", "quantity='mac' is unknown; did you mean 'macs'?"),
        ("derive Conv2d(C,4,3,groups=G) --input N,C,H,W --at C=3,G=2",
         "Conv2d(in_channels=C, out_channels=4, kernel_size=3, groups=G) at C=3, G=2: groups=G must divide "
         "in_channels=C; needs G divides C, but 2 divides 3 is false"),
    ],
)  # fmt: skip
def test_errors_name_what_is_wrong(args: str, message: str) -> None:
    assert error(*args.split(" ")) == message


def test_an_unknown_option_gets_a_suggestion() -> None:
    line = error("cost", "lenet5", "--jsn")
    assert "--jsn" in line
    assert "--json" in line
    assert line.endswith("(see symcnn cost --help)")


WANTED = "a layer: write it as in Python, such as Conv2d(3, C, kernel_size=K, padding=1)"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("__import__('os').system('ls')", "as a layer"),
        ("__import__('os')", "layer '__import__' is unknown"),
        ("Conv2d(3, 4, __import__('os'))", "Conv2d: kernel_size: cannot read"),
        ("Conv2d(3, 4, ().__class__)", "Conv2d: kernel_size: cannot read"),
        ("Conv2d(3, 4, (lambda: 3)())", "Conv2d: kernel_size: cannot read"),
        ("Conv2d(3, 4, [x for x in y])", "Conv2d: kernel_size: cannot read"),
        ("Conv2d(3, 4, K if K else 3)", "Conv2d: kernel_size: cannot read"),
        ("Conv2d(3, 4, f'{K}')", "Conv2d: kernel_size: cannot read"),
        ("Conv2d(3, 4, (K := 3))", "Conv2d: kernel_size: cannot read"),
        ("Conv2d.__init__(3)", f"as {WANTED}"),
        ("(Conv2d)(3, 4, 5)(6)", f"as {WANTED}"),
        ("Conv2d(3, 4, 5); import os", f"as {WANTED}"),
        ("3 + 4", f"as {WANTED}"),
        ("", f"as {WANTED}"),
        ("Layer()", "layer 'Layer' is unknown"),
        ("Sequential(3)", "takes layers"),
        ("Sequential()", "takes layers"),
        ("Conv2d(3, 4, " + "(" * 500 + "5" + ")" * 500 + ")", f"as {WANTED}"),
        ("Conv2d(3, 4, " + "-" * 1900 + "5)", ""),
        ("Conv2d(3, 4, " + "9" * 5000 + ")", "is longer than 2000 characters"),
        ("Conv2d(3, 4, " + "9" * 1900 + ")", "has more than 4096 binary digits"),
        ("Conv2d(3, 4, (a+b+c+d+e)**64)", "multiplies out to more than 1000 terms"),
        ("Conv2d(3, 4, ((9**64)**64)**64)", "has more than 4096 binary digits"),
        ("Conv2d(3, 4, K**K)", "the exponent K"),
        ("Conv2d(3, 4, '\0')", ""),
        ("Conv2d(3, 4, \udce9)", "as a layer"),
        ("Conv2d(3, 4, 5\n)\nimport os", ""),
        ("\x1b[31mConv2d(3)", "as a layer"),
    ],
    ids=lambda value: value[:30].encode("ascii", "backslashreplace").decode(),
)
def test_hostile_layers_are_refused_in_one_line(expression: str, message: str) -> None:
    line = error("derive", expression)
    assert message in line
    assert line.isprintable()


@pytest.mark.parametrize(
    "shape", ["9" * 150 + ",3,H,W", "9" * 4000, "N," * 2000 + "N", "N,3,H,W" + " " * 3000]
)
def test_huge_inputs_end(shape: str) -> None:
    done = run("cost", "resnet18", "--input", shape)
    assert done.exit_code in (0, 2)
    assert done.exit_code == 0 or len(done.stderr.splitlines()) == 1


def test_huge_numbers_are_exact() -> None:
    n = 10**100
    found = json.loads(output("cost", "lenet5", "--input", f"{n},1,32,32", "--json"))
    assert found["total"]["macs"] == 416520 * n


def test_letters_of_all_scripts() -> None:
    text = output("derive", "Linear(α, größe)", "--input", "批,α")
    assert "批*α*größe" in text


# ---------------------------------------------------------------- a real process


def test_exit_codes() -> None:
    assert program("models").returncode == 0
    assert program().returncode == 2
    refused = program("cost", "resnet5")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "error: model 'resnet5' is unknown; did you mean 'resnet50'?\n"


def test_a_broken_pipe_is_quiet() -> None:
    # `true` reads nothing, and all of the output is more than a pipe holds.
    command = f'"{sys.executable}" -m symcnn cost resnet152 --json; echo "code $?" >&2'
    done = subprocess.run(
        ["sh", "-c", f"({command}) | true"],
        cwd=ROOT,
        env=CLEAN,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    assert done.stdout == ""
    assert done.stderr == "code 141\n"


def test_output_that_cannot_be_written_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "symcnn", "models"],
            cwd=ROOT,
            env=CLEAN,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_an_encoding_without_the_letters() -> None:
    done = program("cost", "Linear(α, 4)", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "MACs                     4*N*\\u03b1" in done.stdout


def test_pipes_get_the_wide_table_and_columns_holds_everywhere() -> None:
    wide = program("cost", "resnet50", "--input", "N,3,H,W").stdout
    assert max(map(len, wide.splitlines())) > 150
    narrow = program("cost", "resnet50", "--input", "N,3,H,W", COLUMNS="90").stdout
    assert max(map(len, narrow.splitlines())) <= 90


@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_gets_styles_and_its_width(colour: bool) -> None:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    env = CLEAN | {"TERM": "xterm-256color", "COLUMNS": "80"} | ({} if colour else {"NO_COLOR": "1"})
    unknown = "Sequential(Linear(2, 3), Opaque('f'))"
    with subprocess.Popen(
        [sys.executable, "-m", "symcnn", "cost", unknown], cwd=ROOT, env=env, stdin=follower, stdout=follower
    ) as process:
        os.close(follower)
        chunks: list[bytes] = []
        while True:
            try:
                chunk = os.read(leader, 4096)
            except OSError:
                break
            if not chunk:
                break
            chunks.append(chunk)
    os.close(leader)
    assert process.returncode == 0
    text = b"".join(chunks).decode()
    assert "\x1b[1m" in text  # bold is no colour
    assert ("\x1b[1;31mLOWER BOUND" in text) is colour
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert max(map(len, plain.splitlines())) <= 80
    assert "LOWER BOUND: no cost is known for f" in plain
