"""A mutant in a process that has imported nothing of the project yet.

The changed module is served to whatever imports it, so that nothing made from the unchanged one is there.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Sequence

from tests.mutation import children
from tests.mutation.loading import Changed
from tests.mutation.mutators import ROOT, Module, Mutant
from tests.mutation.targets import ABOUT_WORK, KERNEL_LEFT_OUT, KERNEL_TESTS, Target

# -- what a mutant is put to ------------------------------------------------------------------------------


def corpus() -> bool:
    """Whether the wrong certificates are rejected for their reasons, and the false claims refuted."""
    from symcnn.kernel.certificates import replay
    from tests import test_kernel_corpus as suite

    for file in sorted(suite.WRONG, key=lambda path: path.stat().st_size):
        found = replay(suite.statements(file), suite.certificates(file))
        for wrong, verdict in zip(suite.wanted(file), found, strict=True):
            if (wrong.name, "REJECTED") != (verdict.name, verdict.status):
                return False
            if wrong.reason not in verdict.reason:
                return False
    return not suite.not_refuted(replay)


def proofs() -> bool:
    """Whether all stored proofs are accepted, and those of the false neighbours."""
    from symcnn.kernel.certificates import replay_file

    stored = sorted((ROOT / "proofs").rglob("*.cert"), key=lambda path: path.stat().st_size)
    return all(
        verdict.status == ("PROVED" if kind == "prove" else "REFUTED") and verdict.name == name
        for path in [*stored, *sorted((ROOT / "tests" / "corpus").glob("neighbours*.cert"))]
        for (kind, name), verdict in zip(
            re.findall(r"^(prove|refute) (\S+)", path.read_text(encoding="utf-8"), re.M),
            replay_file(path),
            strict=True,
        )
    )


def neighbours() -> bool:
    """Whether no false statement is proved by the certificate of its true neighbour."""
    from symcnn.kernel.certificates import replay
    from tests.test_kernel_negative import wrongly_accepted

    return not wrongly_accepted(replay)


Stages = dict[str, Callable[[], bool]]
STAGES: Stages = {"corpus": corpus, "proofs": proofs, "neighbours": neighbours}


def chosen_pass(tests: Sequence[str]) -> bool:
    """Whether these tests pass, given by their ids."""
    import pytest

    from tests.mutation.swapped import Chosen

    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    return not tests or pytest.main([*children.OPTIONS, *files], plugins=[Chosen(tests)]) == 0


def tests_pass(module: Module) -> bool:
    """Whether the tests of a module of the kernel pass."""
    import pytest

    kernel = module.name.removeprefix("kernel.")
    names = [f"test_kernel_{name}.py" for name in ("mutants", *KERNEL_TESTS[kernel])]
    left_out = f"not ({KERNEL_LEFT_OUT}{'' if kernel in ABOUT_WORK else ' or too_much_work or 9999999'})"
    return pytest.main([*children.OPTIONS, "-k", left_out, *(str(ROOT / "tests" / n) for n in names)]) == 0


def stages_of(target: Target, module: Module) -> Stages:
    """Every stage of the kernel with the question whether all is well there."""
    return {name: STAGES[name] for name in target.stages} | {"tests": lambda: tests_pass(module)}


# -- a mutant and the module as it is ---------------------------------------------------------------------


def judged(mutant: Mutant, stages: Stages, seconds: dict[str, float]) -> str:
    """The stage that notices a mutant, "time", "survived", or "none" where the change cannot be compiled."""
    child = children.forked(lambda: _judge(mutant, stages, seconds))
    return children.verdict_of(os.waitpid(child, 0)[1], [*stages])


def _judge(mutant: Mutant, stages: Stages, seconds: dict[str, float]) -> int:
    try:
        code = mutant.code()
    except (SyntaxError, ValueError, TypeError):
        return children.NO_MUTANT
    children.quiet()
    children.limit_memory()
    sys.meta_path.insert(0, Changed(mutant.module, code))
    for number, (stage, passes) in enumerate(stages.items()):
        children.limit_time(seconds[stage])
        try:
            noticed = not passes()
        except BaseException:
            noticed = True
        if noticed:
            return children.NOTICED + number
    return children.SURVIVED


def measured(target: Target, module: Module) -> dict[str, float]:
    """The CPU time that each stage takes for the module as it is; that all of them pass is required."""
    read, write = os.pipe()

    def work() -> int:
        children.quiet()
        for stage, passes in stages_of(target, module).items():
            start = time.process_time()
            if not passes():
                os.write(write, f"{stage} fails without any change".encode())
                return 1
            os.write(write, f"{stage} {time.process_time() - start}\n".encode())
        return 0

    child = children.forked(work)
    os.close(write)
    with os.fdopen(read) as stream:
        text = stream.read()
    if os.waitpid(child, 0)[1]:
        raise SystemExit(f"{module.name}: {text or 'the tests end without a word'}")
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines()}
