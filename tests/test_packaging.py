"""The package as its users get it: what the wheel holds, what it does installed, what importing costs."""

import email
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import symcnn

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# The tests that share a built wheel run in one pytest-xdist worker, which builds it once.
one_worker = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `command` without what the environment says about Python; fail with its output if it fails."""
    dropped = ("PYTHON", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    if done.returncode:
        shown = " ".join(str(word) for word in command)
        pytest.fail(f"{shown}\nexit {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel.  The wheel is built from the sdist, as a downstream does it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def wheel_names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="session")
def metadata(wheel: Path, wheel_names: list[str]) -> Message:
    (name,) = (name for name in wheel_names if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        return email.message_from_string(archive.read(name).decode())


@pytest.fixture(scope="session")
def fresh_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new venv that has only the wheel in it, and what the wheel depends on."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
    return python


def source_files(folder: str) -> set[str]:
    """The files of `folder` in the source tree, leaving out what running the code puts there."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"__pycache__", ".hypothesis"} & set(path.parts)
    }


@one_worker
def test_wheel_holds_the_package_and_nothing_else(wheel: Path, wheel_names: list[str]) -> None:
    assert wheel.name == f"symcnn-{symcnn.__version__}-py3-none-any.whl"
    package = {name for name in wheel_names if ".dist-info/" not in name}
    assert package == source_files("symcnn") | {f"symcnn/{name}" for name in source_files("proofs")}
    assert "symcnn/py.typed" in package
    assert [name for name in wheel_names if name.endswith("/licenses/LICENSE")]


@one_worker
def test_wheel_metadata(metadata: Message) -> None:
    assert metadata["Name"] == "symcnn"
    assert metadata["Version"] == symcnn.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    needed = {line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line}
    names = {line.partition(">")[0].partition("<")[0].strip() for line in needed}
    assert names == {"click", "markdown-it-py", "numpy", "python-flint", "rich", "sympy", "z3-solver"}
    assert metadata.get_all("Provides-Extra", []) == sorted(PROJECT["optional-dependencies"])


@one_worker
def test_sdist_holds_source_tests_and_docs(dist: Path) -> None:
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "PKG-INFO", "README.md", "pyproject.toml"} <= names
    for folder in ("symcnn", "tests", "docs", "proofs"):
        assert source_files(folder) <= names


@one_worker
def test_installed_wheel_works_from_anywhere(fresh_python: Path, tmp_path: Path) -> None:
    code = "import symcnn; print(symcnn.__version__); print(symcnn.__file__)"
    version, file = run(fresh_python, "-c", code, cwd=tmp_path).stdout.splitlines()
    assert version == symcnn.__version__
    assert fresh_python.parent.parent in Path(file).parents

    by_module = run(fresh_python, "-m", "symcnn", "--help", cwd=tmp_path).stdout
    assert "Usage:" in by_module
    by_script = run(fresh_python.parent / "symcnn", "--help", cwd=tmp_path).stdout
    assert "models" in by_script
    assert run(fresh_python.parent / "symcnn", "models", cwd=tmp_path).stdout.strip()


@one_worker
def test_installed_wheel_needs_no_more_than_it_declares(fresh_python: Path, tmp_path: Path) -> None:
    """Every module of the wheel can be imported, and every public name reached, in the new venv.

    The plugin of pytest is for those who have pytest.
    """
    code = """
import importlib, pkgutil, symcnn
for module in pkgutil.walk_packages(symcnn.__path__, "symcnn."):
    if not module.name.endswith((".__main__", ".pytest_plugin")) and ".strategies" not in module.name:
        importlib.import_module(module.name)
for name in symcnn.__all__:
    getattr(symcnn, name)
"""
    run(fresh_python, "-W", "error", "-c", code, cwd=tmp_path)
    run(fresh_python, "-m", "pip", "check", cwd=tmp_path)


@one_worker
def test_the_kernel_of_an_unpacked_wheel_replays_its_proofs(wheel: Path, tmp_path: Path) -> None:
    """Nothing is installed, and nothing but the standard library can be imported."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    done = run(sys.executable, "-I", "-S", "symcnn/kernel", "symcnn/proofs", cwd=tmp_path)
    verdicts = done.stdout.splitlines()
    assert verdicts
    assert all(line.endswith((" PROVED", " REFUTED")) for line in verdicts)


def test_all_names_resolve() -> None:
    assert len(set(symcnn.__all__)) == len(symcnn.__all__)
    assert [name for name in symcnn.__all__ if not hasattr(symcnn, name)] == []


def imported(*arguments: str) -> set[str]:
    """The top-level modules that a new interpreter loads when it is called with `arguments`."""
    lines = run(sys.executable, "-X", "importtime", *arguments, cwd=ROOT).stderr.splitlines()
    modules = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize(
    "arguments",
    [("-c", "import symcnn"), ("-m", "symcnn", "--help")],
    ids=["import", "help"],
)
def test_the_heavy_dependencies_are_loaded_only_when_needed(arguments: tuple[str, ...]) -> None:
    modules = imported(*arguments)
    assert "symcnn" in modules  # the listing was understood
    assert modules & {"sympy", "mpmath", "numpy", "torch"} == set()
