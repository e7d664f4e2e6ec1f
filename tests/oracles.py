"""Independent implementations that the tests compare symcnn with."""

import importlib
import os
import shutil
from typing import Any, NoReturn

import pytest

REQUIRE_ORACLES = "SYMCNN_REQUIRE_ORACLES"


def require_oracle(name: str) -> Any:
    """Return the module `name`, or skip the calling test (at module level: the test module).

    Where the environment variable SYMCNN_REQUIRE_ORACLES is set, to anything but "" or "0", a module that
    cannot be imported is a failure instead.  Use it as ``torch = require_oracle("torch")``.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        _missing(f"the oracle {name} cannot be imported: {error}")


def require_program(name: str, package: str) -> str:
    """Return the path of a program that Debian has in `package`, or skip or fail as `require_oracle` does."""
    found = shutil.which(name)
    return found or _missing(f"{name} is not installed (Debian: apt-get install {package})")


def _missing(reason: str) -> NoReturn:
    if os.environ.get(REQUIRE_ORACLES, "0") not in ("", "0"):
        pytest.fail(f"{reason} ({REQUIRE_ORACLES} is set)", pytrace=False)
    pytest.skip(reason, allow_module_level=True)
