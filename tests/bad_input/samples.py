"""What the calls in the tables of bad input may use.

All that symcnn and symcnn.testing.strategies export, and what the reference lists beside.
Symbols N, C, H, W, K, S, T (at least 1), P (at least 0), t (a positive real); loop indices i, j; the shape X;
samples made of them; numpy as np, sympy, Fraction, Path; ``command("cost lenet5 --json")`` runs the program.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import tempfile
from collections.abc import Generator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sympy
from click.testing import CliRunner

import symcnn
from symcnn import Conv2d, ReLU, Sequential, capacity, check, dims, eq, indices, prove, reals, sweep
from symcnn.cli import main
from symcnn.testing import strategies

SYMBOLS = "N C H W K S T"


class ExitCode2(Exception):
    """The program ``symcnn`` refused its arguments; the message is its one line on stderr."""


def command(arguments: str) -> None:
    """Run the program in this process."""
    done = CliRunner().invoke(main, shlex.split(arguments), env={"COLUMNS": "100", "NO_COLOR": "1"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code == 2:
        raise ExitCode2(done.stderr.rstrip("\n").removeprefix("error: "))


def namespace() -> dict[str, Any]:
    """The names, with the symbols declared in their order again."""
    dims(SYMBOLS)
    return dict(_names())


@cache
def _names() -> dict[str, Any]:
    out: dict[str, Any] = {name: getattr(symcnn, name) for name in symcnn.__all__}
    out |= {name: getattr(strategies, name) for name in strategies.__all__}
    out |= {name: value for _, name, value in further()}
    out |= dict(zip(SYMBOLS.split(), dims(SYMBOLS), strict=True))
    out |= {"P": dims("P", min=0), "t": reals("t"), "i": indices("i")[0], "j": indices("j")[0]}
    out |= {"np": np, "sympy": sympy, "Fraction": Fraction, "Path": Path, "command": command}
    return out | _samples(**out)


def _samples(N: Any, C: Any, H: Any, W: Any, K: Any, **_: Any) -> dict[str, Any]:
    conv = Conv2d(C, 8, K)
    net = Sequential(Conv2d(4, 8, 3), ReLU(), Conv2d(8, 2, 3))
    channels = conv.cost((1, C, 9, 9)).at(K=2)
    return {
        "X": (1, 4, 8, 8),
        "conv": conv,
        "cost": conv.cost((N, C, H, W)),
        "net": net,
        "net_cost": net.cost((N, 4, H, W)),
        "channels": channels,
        "swept": sweep(channels, C=[1, 2]),
        "held": capacity(net, (N, 4, H, W), dtype="float32"),
        "proof": prove(eq(C, C)),
        "report": check(FILES["solution.md"].decode(), search=False),
    }


@cache
def further() -> tuple[tuple[str, str, Any], ...]:
    """Module, name and value of what the reference lists beside what ``symcnn`` exports."""
    page = Path(__file__).parents[2] / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", page)
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    return tuple(
        (module, name, getattr(importlib.import_module(module), name))
        for _, parts in reference.FURTHER
        for module, names in parts
        for name in names
    )


@contextlib.contextmanager
def in_sample_folder() -> Generator[None]:
    """Work in a folder with files to read: good ones, and ones that are bad in each way."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, content in FILES.items():
                Path(name).write_bytes(content)
            Path("folder").mkdir()
            yield
        finally:
            os.chdir(before)


FILES = {
    "solution.md": b"```symcnn\ngiven n : int >= 1\n```\n\n<!-- claim one -->\n$$ n = n $$\n",
    "binary.md": b"\xff\xfe\x00",
    "empty.md": b"",
    "there.claim": b"",
}
