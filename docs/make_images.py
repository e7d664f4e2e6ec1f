"""Draw the pictures of the pages: terminals, a typeset derivation, a solution, and what `symcnn plot` draws.

Run ``python docs/make_images.py`` where their output has changed. Needs a system with pseudo-terminals, and
for the derivation pdflatex with its class `standalone`, and pdftocairo; for the solution chromium.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from symcnn import Conv2d, check, dims, plot_cost, plot_roofline
from symcnn.export import render
from symcnn.models import resnet50

IMAGES = Path(__file__).parent / "images"
WIDTH = 100

PICTURES = {
    "terminal.svg": [
        ["cost", "lenet5", "--input", "N,1,32,32"],
        ["derive", "Conv2d(C, D, kernel_size=K, stride=S)", "--input", "N,C,H,W", "--quantity", "macs"],
    ],
}

THEME = TerminalTheme(
    (255, 255, 255),
    (36, 41, 47),
    [
        (36, 41, 47),
        (207, 34, 46),
        (17, 99, 41),
        (77, 45, 0),
        (9, 105, 218),
        (130, 80, 223),
        (27, 124, 131),
        (110, 119, 129),
    ],
)


def screen(arguments: list[str]) -> str:
    """What ``symcnn`` prints in a terminal, with its escape sequences."""
    here, there = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "symcnn", *arguments], stdout=there, stdin=subprocess.DEVNULL, env=environment
    )
    os.close(there)
    out = b""
    try:
        while part := os.read(here, 65536):
            out += part
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(here)
    if process.wait():
        raise RuntimeError(f"symcnn {' '.join(arguments)} failed")
    return out.decode("utf-8").replace("\r\n", "\n")


def picture(calls: list[list[str]]) -> str:
    """Commands and their output as one SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    for number, arguments in enumerate(calls):
        shown = " ".join(f'"{a}"' if re.search(r"[ (]", a) else a for a in arguments)
        console.print(Text("\n" * (number > 0) + f"$ symcnn {shown}", style="bold blue"))
        console.print(Text.from_ansi(screen(arguments).rstrip("\n")))
    console.print()  # the frame cuts into the last line
    svg = console.export_svg(title="symcnn", theme=THEME, unique_id="symcnn")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # no fonts from the network


def derivation() -> str:
    """The LaTeX of the derivation of the script in the README."""
    N, C_i, C_o, H, W, K = dims("N C_i C_o H W K")
    layer = Conv2d(C_i, C_o, kernel_size=2 * K + 1, padding=K, bias=False)
    return layer.cost((N, C_i, H, W)).derivation("macs").latex()


def typeset(formula: str) -> str:
    """A displayed formula as SVG on a white page."""
    page = "\n".join(
        [
            r"\documentclass[border=8pt]{standalone}",
            r"\usepackage{amsmath,xcolor}\pagecolor{white}",
            rf"\begin{{document}}$\displaystyle {formula}$\end{{document}}",
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.tex").write_text(page, encoding="utf-8")
        for command in ("pdflatex -interaction=nonstopmode page.tex", "pdftocairo -svg page.pdf page.svg"):
            subprocess.run(command.split(), cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return (Path(folder) / "page.svg").read_text(encoding="utf-8")


def photograph(document: Path, picture: Path) -> None:
    """The first page of a checked document in a browser."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(str(render(check(document), "html")), encoding="utf-8")
        command = "chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=900,1010"
        subprocess.run(
            [*command.split(), f"--screenshot={picture.resolve()}", page.as_uri()],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for name, calls in PICTURES.items():
        (IMAGES / name).write_text(picture(calls), encoding="utf-8")
    photograph(Path(__file__).parent / "examples" / "convolution.md", IMAGES / "solution.png")
    image = resnet50().cost((1, 3, 224, 224))
    plot_cost(image).save(IMAGES / "cost-resnet50.svg")
    batch = resnet50().cost((16, 3, 224, 224))
    plot_roofline(batch, "A100", dtype="float32").save(IMAGES / "roofline-resnet50.svg")
    (IMAGES / "derivation.svg").write_text(typeset(derivation()), encoding="utf-8")
