"""The soak: ``python -m tests.soundness [--minutes N] [--seed S] [--workers N] [PATH ...]``.

Runs the random tests of this folder for about as many minutes as asked, each with an equal share of them,
and says with which seed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.soundness.effort import SECONDS, SEED

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pytest on the folder with the time and the seed in its environment; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soundness")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files of tests; all of this folder")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    if not options.minutes > 0:
        parser.error(f"--minutes {options.minutes:g}: give a number above 0")
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(
        f"soaking for {options.minutes:g} minutes with the seed {seed}; to repeat it: --seed {seed}",
        flush=True,
    )
    environment = {**os.environ, SEED: str(seed), SECONDS: str(60 * options.minutes)}
    command = [sys.executable, "-m", "pytest", "-n", str(options.workers), "--dist", "worksteal"]
    return subprocess.run(
        [*command, *(options.paths or [str(HERE)])], env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
