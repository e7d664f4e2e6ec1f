"""Every bad argument of a public function raises the error that stands in the tables of ``tests/bad_input``.

The tables hold each parameter of each public function, or it is exempt here, with the reason.
"""

import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import symcnn
from symcnn import Layer, Module
from symcnn.cli import main
from symcnn.testing import strategies
from tests.bad_input import TABLES, raised, rows
from tests.bad_input.samples import further, in_sample_folder, namespace

SECTIONS = {row.section for path in TABLES for row in rows(path.read_text(encoding="utf-8"))}
ROWS = [pytest.param(path, id=path.stem) for path in TABLES]

# Classes whose objects the package makes, and who makes them: nobody else calls the class.
MADE_BY = {
    "Calculation": "calc(...)",
    "Capacity": "capacity(...)",
    "ClaimError": "a function below @claim",
    "CompoundScaling": "compound_scaling(...)",
    "Config": "conv_configs(...), pool_configs(...)",
    "Convention": "one of CONVENTIONS; tests/bad_input/layers.txt has their names",
    "Cost": "Layer.cost(...)",
    "Counterexample": "prove(...)",
    "Decomposition": "decompose(...)",
    "Derivation": "Cost.derivation(...)",
    "Elasticity": "elasticity(...)",
    "Explanation": "Verdict.explain()",
    "Falsified": "check_random(...)",
    "GemmView": "Cost.gemm",
    "MaxBatch": "max_batch(...)",
    "Memory": "Cost.memory",
    "NetworkConfig": "networks(...)",
    "NetworkCost": "Module.cost(...)",
    "Operations": "Cost.ops",
    "Optimum": "maximize(...), minimize(...)",
    "Outcome": "a function below @claim",
    "Plot": "plot_cost(...) and the like",
    "ReceptiveField": "receptive_field(...)",
    "Report": "check(...)",
    "Roofline": "roofline(...)",
    "Row": "NetworkCost.layers",
    "Scaling": "scaling(...)",
    "Step": "Cost.derivation(...)",
    "Sweep": "sweep(...)",
    "Table": "table(...)",
    "Trials": "check_random(...)",
    "VectorFunction": "Cost.function(...)",
    "Verdict": "prove(...)",
}

# Parameters that no bad argument reaches, and why.
EXEMPT = {
    "Cost.intensity_in.as_latex": "called by the tables; public for them alone",
    "VectorFunction.check_domain.here": "called by the function itself, with what it evaluates",
    "Calculation.lines.remarks": "called by str, with what it has found",
    "Decomposition.of.statement": "makes the verdict from what the search returned",
    "Decomposition.of.decision": "as statement",
    "Decomposition.of.seconds": "as statement",
    "Decomposition.of.symbols": "as statement",
    "Index.of_atom.atom": "makes sizes of what the package made",
    "Module.forward.args": "written by the user, who names his inputs",
    "Module.forward.kwargs": "as args",
}

# Methods of layers that cost calls, with tensors and shapes that it has checked.
INSIDE_LAYERS = {
    *("equations", "equations_on", "equation", "merged", "pooled", "quantities", "requirements", "scalar")
}

# Flags that exclude others; no flag takes a value, which click says.
FLAGS = {"symcnn check --replay", "symcnn cost --json", "symcnn derive --json", "symcnn plot --log"}

# Helpers that declare the arguments of a layer class, with constants: whoever writes a layer calls them.
DECLARING = "symcnn.layers.arguments"


@pytest.fixture(autouse=True)
def _sample_folder() -> Iterator[None]:
    with in_sample_folder():
        yield


@pytest.mark.parametrize("path", ROWS)
def test_bad_arguments_raise_what_the_table_says(path: Path) -> None:
    wrong: dict[str, tuple[str, str]] = {}
    for row in rows(path.read_text(encoding="utf-8")):
        found = raised(row.call)
        if not row.error or found != row.error:
            wrong[f"[{row.section}] {row.call}"] = row.error, found
    assert not wrong


def test_no_error_is_one_of_python_or_of_a_library() -> None:
    accidents = (
        "AttributeError",
        "NameError",
        "SympifyError",
        "SyntaxError",
        "UFuncTypeError",
        "ZeroDivision",
    )
    errors = [row.error for path in TABLES for row in rows(path.read_text(encoding="utf-8"))]
    assert [e for e in errors if e.strip().startswith(accidents) or " object at 0x" in e] == []


def test_every_parameter_of_every_public_function_has_a_section() -> None:
    missing = [
        sections[0] for sections in parameters() if not SECTIONS & {*sections} and sections[0] not in EXEMPT
    ]
    assert missing == []


def test_every_argument_and_option_of_the_program_has_a_section() -> None:
    assert [section for section in options() if section not in SECTIONS] == []


def test_every_section_names_a_parameter() -> None:
    known = {section for sections in parameters() for section in sections} | {*options(), *FLAGS}
    for section in SECTIONS - known:
        called, _, parameter = section.rpartition(".")
        assert called, section
        assert parameter in inspect.signature(eval(called, namespace())).parameters, section


def test_nothing_is_exempt_without_need() -> None:
    every = {section for sections in parameters() for section in sections}
    assert {*EXEMPT} - every == set()
    assert {*EXEMPT} & SECTIONS == set()
    assert {*MADE_BY} <= {*namespace()}


def parameters() -> Iterator[list[str]]:
    """Each parameter of each public function and method, by the sections of which one has to be there.

    What several classes inherit from one has to be there once.
    """
    found: dict[Any, list[str]] = {}
    public = {name: getattr(symcnn, name) for name in symcnn.__all__}
    public |= {name: value for module, name, value in further() if module != DECLARING}
    public |= {name: getattr(strategies, name) for name in strategies.__all__}
    for name, value in public.items():
        if inspect.isclass(value):
            for key, section in _of_class(name, value):
                found.setdefault(key, []).append(section)
        elif inspect.isfunction(value):
            for parameter in inspect.signature(value).parameters:
                found.setdefault((name, parameter), []).append(f"{name}.{parameter}")
    return iter(found.values())


def _of_class(name: str, kind: type) -> Iterator[tuple[Any, str]]:
    fields = {f.name: f for f in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else {}
    if name not in MADE_BY:
        for parameter in inspect.signature(kind).parameters:
            # Classes that inherit a field share it.
            yield id(fields[parameter]) if parameter in fields else (kind, parameter), f"{name}.{parameter}"
    for attribute in dir(kind):
        member = inspect.getattr_static(kind, attribute)
        member = member.__func__ if isinstance(member, staticmethod | classmethod) else member
        if not inspect.isfunction(member) or not member.__module__.startswith("symcnn"):
            continue
        if attribute.startswith("_") and attribute not in ("__call__", "__getitem__"):
            continue
        if attribute in INSIDE_LAYERS and issubclass(kind, Layer):
            continue
        bound = isinstance(inspect.getattr_static(kind, attribute), staticmethod)
        for parameter in [*inspect.signature(member).parameters][0 if bound else 1 :]:
            yield (member, parameter), f"{name}.{attribute}.{parameter}"


def options() -> Iterator[str]:
    """Each argument and option of each command, flags apart: click refuses values for these."""
    for name, command in sorted(main.commands.items()):
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                yield f"symcnn {name} {parameter.name}"
            elif isinstance(parameter, click.Option) and not parameter.is_flag:
                yield f"symcnn {name} {max(parameter.opts, key=len)}"


def test_the_table_notices_what_changes() -> None:
    assert raised("Conv2d(4, 8, 1)") == ""
    assert raised("Conv2d(4, 8, 0)") == "  ValueError: Conv2d: kernel_size=0 must be at least 1\n"
    assert Module in namespace().values()
