"""``python -m tests.mutation [MODULE ...] [--target T] [--sample N] [--seed S]``: see ``docs/mutation.md``.

Exits with 1 if a mutant survives that ``survivors.txt`` does not name.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from tests.mutation.mutators import ROOT, Mutator
from tests.mutation.report import HEAD, KNOWN, gone, known_survivors, new_survivors, row
from tests.mutation.running import Judged, mutants_of, run
from tests.mutation.targets import TARGETS

# What imports nothing of the project is imported once, here: each fork has it then.
WARM = ("pytest", "hypothesis.strategies", "numpy", "sympy", "flint", "z3")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description="Mutation testing of the project.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as rounding or symbols.rounding")
    parser.add_argument("--target", choices=TARGETS, help="all modules of one target; all targets if none")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N mutants of each module")
    parser.add_argument("--seed", type=int, help="which ones; a number that is printed")
    parser.add_argument("--containing", metavar="TEXT", help="only mutants with this in their text")
    parser.add_argument("--tests", nargs="*", metavar="NAME", help="only these tests, such as mutants")
    parser.add_argument("--quick", action="store_true", help="no long tests, few processes made anew")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    parser.add_argument("--verbose", action="store_true", help="say of each mutant what noticed it")
    asked = parser.parse_args(arguments)
    targets = {asked.target: TARGETS[asked.target]} if asked.target else TARGETS
    chosen = {
        name: [m for m in target.modules if not asked.modules or m.answers_to(asked.modules)]
        for name, target in targets.items()
    }
    unknown = [
        name for name in asked.modules if not any(m.answers_to([name]) for ms in chosen.values() for m in ms)
    ]
    if unknown:
        parser.error(f"no module to mutate: {', '.join(unknown)}")
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    if asked.sample:
        print(f"seed {seed}")
    # Tests with random inputs take the same ones each time, so that a mutant is killed again or never.
    os.environ |= {"CI": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    sys.path.insert(0, str(ROOT))
    for name in WARM:
        import_module(name)
    known = known_survivors(KNOWN.read_text(encoding="utf-8"))
    everything: list[Judged] = []
    of_all = 0
    print(HEAD, flush=True)
    for name, modules in chosen.items():
        mutants = {
            m: [u for u in mutants_of(m, asked.sample, seed) if (asked.containing or "") in str(u)]
            for m in modules
        }
        if asked.list:
            print(*(mutant for found in mutants.values() for mutant in found), sep="\n")
            continue
        found: list[Judged] = []
        start = time.monotonic()
        target = TARGETS[name] if asked.tests is None else replace(TARGETS[name], tests=tuple(asked.tests))
        for each in run(target, [u for us in mutants.values() for u in us], asked.quick):
            found.append(each)
            if each.survived or asked.verbose:
                print(f"  {each.verdict} {each.test}: {each.mutant}", file=sys.stderr, flush=True)
        for module in modules:
            of = len(Mutator(module).found)
            of_all += of
            print(row(module.name, of, [f for f in found if f.mutant.module == module]), flush=True)
        minutes = (time.monotonic() - start) / 60
        print(f"{name}: {len(found)} mutants in {minutes:.1f} minutes", file=sys.stderr, flush=True)
        everything += found
    print(row("all", of_all, everything))
    stale = gone(known, [module for modules in chosen.values() for module in modules])
    if stale:
        print("in survivors.txt, but no change of the project any more:", *stale, sep="\n")
    new = new_survivors(everything, known)
    if new:
        print("new survivors, to be killed by a test or explained in tests/mutation/survivors.txt:")
        print(*new, sep="\n")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
