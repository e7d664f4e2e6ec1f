"""The identities of the theorem library in random cases, with SciPy and PyTorch as judges.

What is proved holds in each case, what is refuted fails in one of them; and what fails here by a script of
its own, in an interpreter that knows nothing of symcnn, fails there in the same way.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from symcnn import Falsified, check_random
from symcnn.kernel.evaluation import Exact
from symcnn.kernel.statements import Statement, read_file
from symcnn.kernel.terms import (
    INT,
    ONE,
    ZERO,
    Compare,
    Floor,
    Formula,
    Function,
    Plus,
    Sum,
    Term,
    Times,
    Variable,
    number,
    parts,
)
from symcnn.testing.checking import Trials
from symcnn.testing.ranges import Exactly
from symcnn.testing.statements import StatementCase, StatementExperiment
from tests.identities import FURTHER, IDENTITIES, F, torch
from tests.soundness.effort import random_rounds
from tests.test_proofs import FALSE, FILES

LIBRARY = [file for file in FILES if file.parent.name != "claims"]

# What no single case decides: that there is something (a bound, a largest value, a function), or that
# something is so for all that is large enough.
UNDECIDABLE = {
    "document_000": "A6 A6' A13a A13b A13b'",
    "document_001": "B5 B9b B9d B18a B18e'",
    "document_003": "D6 D11",
    "composition": "no_composition every_kernel_is_two_fails",
    "kinds": "equivariant_at_stride_2_fails every_kernel_is_separable_fails",
    "growth": "positions_of_long_rows macs_of_large_images separable_convolution separable_saves "
    "memory_of_many_inputs memory_of_large_images memory_of_many_channels intensity_and_image "
    "intensity_and_channels intensity_and_both product_in_two_dimensions attention_of_long_sequences "
    "attention_of_many_features attention_for_a_token wide_networks field_at_stride_1 field_for_a_layer "
    "field_for_a_layer_at_stride_2 intensity_and_channels_fails attention_of_long_sequences_fails",
    "product": "matrix_vector_limit batch_limit one_dimension_grows no_best_without_budget "
    "no_bound_without_budget matrix_vector_grows_fails",
}
# Tensors that are all defined by equations between their entries: none of those that are drawn satisfies
# them. Its row in IDENTITIES computes them.
NEVER_MET = {"kinds.winograd_2d"}
# Theorems about tensors without a row: each says that there are, or are not, kernels for something.
NO_ROW = {
    "composition.every_kernel_is_two_fails",
    "kinds.equivariant_at_stride_2_fails",
    "kinds.every_kernel_is_separable_fails",
}

# How many cases are tested in one round of each identity that holds, and at most of one that does not.
HELD, FAILED = 4, 200


def statements(files: list[Path]) -> Iterator[tuple[str, Statement, bool]]:
    """Name, statement, and whether it is false."""
    for file in files:
        for s in read_file(file):
            false = s.name in FALSE.get(file.stem, "").split() or s.name.endswith("_fails")
            yield f"{file.stem}.{s.name}", s, false


ALL = list(statements(FILES))
UNDECIDED = {f"{stem}.{name}" for stem, names in UNDECIDABLE.items() for name in names.split()}
PROVED = {name: s for name, s, false in ALL if not false and name not in UNDECIDED}
REFUTED = {name: s for name, s, false in ALL if false and name not in UNDECIDED}


def is_false(identity: str) -> bool:
    """Whether the name of a row says that it fails."""
    bare = identity.partition(".")[2]
    return bare.endswith("_fails") or identity.endswith("(false)") or bare == "max_pools_with_gaps"


ROWS = IDENTITIES | FURTHER
TRUE_ROWS = {name: row for name, row in ROWS.items() if not is_false(name)}
FALSE_ROWS = {name: row for name, row in ROWS.items() if is_false(name)}


# -- what holds and what fails -----------------------------------------------------------------------------


@random_rounds(quick=1)
def test_what_is_proved_holds_in_random_cases(dice: random.Random) -> None:
    # The library, and some of the many of the documents in each round.
    documents = [name for name in PROVED if name.startswith("document_")]
    left_out = {*dice.sample(documents, len(documents) - 60)} | NEVER_MET
    for name in [n for n in PROVED if n not in left_out]:
        assert check_random(PROVED[name], trials=HELD, seed=dice.randrange(10**6)).held >= 1, name


@random_rounds(quick=1)
def test_what_is_refuted_fails_in_a_random_case_and_by_its_script(
    dice: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = {name: falsified(s, dice) for name, s in REFUTED.items()}
    held = [name for name, trials in found.items() if isinstance(trials, Trials)]
    assert len(held) <= 0.02 * len(found), held
    # Those documents ask for layers of any depth, one by one: their scripts try millions of paths.
    errors = [e for n, e in found.items() if isinstance(e, Falsified) and "document_004.E1" not in n]
    assert_scripts_fail(errors, tmp_path_factory.mktemp("statements"))


@random_rounds(quick=1)
def test_identities_hold_on_the_arrays_of_scipy_and_pytorch(dice: random.Random) -> None:
    for identity in TRUE_ROWS.values():
        assert check_random(identity, trials=HELD, seed=dice.randrange(10**6)).held >= 1, identity.name


@random_rounds(quick=1)
def test_false_identities_fail_on_the_arrays_of_scipy_and_pytorch_and_by_their_scripts(
    dice: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = {name: falsified(identity, dice) for name, identity in FALSE_ROWS.items()}
    assert not [name for name, trials in found.items() if isinstance(trials, Trials)]
    errors = [e for e in found.values() if isinstance(e, Falsified)]
    assert_scripts_fail(errors, tmp_path_factory.mktemp("arrays"))


def falsified(identity: object, dice: random.Random) -> Falsified | Trials:
    try:
        return check_random(identity, trials=FAILED, seed=dice.randrange(10**6))
    except Falsified as error:
        return error


@pytest.mark.parametrize("name", sorted(UNDECIDED))
def test_what_no_case_decides_is_refused(name: str) -> None:
    (statement,) = (s for found, s, _ in ALL if found == name)
    with pytest.raises(TypeError, match="cannot be tested at random"):
        check_random(statement, trials=1, seed=0)


def test_what_no_drawn_tensor_satisfies_is_no_pass() -> None:
    for name in NEVER_MET:
        with pytest.raises(ValueError, match="no case could be tested"):
            check_random(PROVED[name], trials=1, seed=0)


# -- nothing is left out -----------------------------------------------------------------------------------


def test_each_theorem_about_tensors_has_a_row() -> None:
    about = {name for name, s, _ in statements(LIBRARY) if is_about_tensors(s)}
    assert about - NO_ROW == IDENTITIES.keys()
    assert about >= NO_ROW


def is_about_tensors(statement: Statement) -> bool:
    """Whether it declares entries of tensors: numbers of layers, such as their widths, are none."""
    sorts = {n: s for n, s in statement.scope.items() if n not in statement.defined and n != "f"}
    return any(
        isinstance(s, Function) and set(s.arguments) == {INT} and s.value != INT for s in sorts.values()
    )


def test_of_the_refuted_claims_all_but_eight_can_be_tested() -> None:
    false = [name for name, _, false in ALL if false]
    assert len(false) >= 148
    assert len(false) - len(REFUTED) <= 8


# -- the number of places is the shape of PyTorch's output -------------------------------------------------


def places(node: Term | Formula) -> Iterator[tuple[Sum, Term, Term, Term]]:
    """Each count of the places of a window, sum(r in 0..n | s r + e <= n) 1, with n, e and s."""
    match node:
        case Sum(r, low, n, Compare("<=", Plus(terms), last), body) if (
            low == ZERO and body == ONE and n == last
        ):
            moved = [t for t in terms if Variable(r) in parts(t) or t == Variable(r)]
            rest = tuple(t for t in terms if t not in moved)
            if len(moved) == 1 and rest:
                (step,) = moved
                factors = step.terms if isinstance(step, Times) else (step,)
                others = tuple(f for f in factors if f != Variable(r)) or (number(1),)
                stride = others[0] if len(others) == 1 else Times(others)
                yield node, n, rest[0] if len(rest) == 1 else Plus(rest), stride
        case _:
            pass
    for part in parts(node):
        yield from places(part)


class Judged(Exactly):
    """Counts places by the shape of PyTorch's output."""

    asked = 0

    def value(self, term: Term) -> Exact:
        if isinstance(term, Sum):
            for found, n, e, s in places(term):
                if found is term:
                    length, window, stride = (int(self.value(t)) for t in (n, e, s))
                    type(self).asked += 1
                    return outputs(length, window, stride)
        return super().value(term)


def outputs(length: int, window: int, stride: int) -> int:
    if window > length or window < 1 or length < 1:
        return 0
    row = torch.empty(1, 1, length, device="meta")
    return F.conv1d(row, torch.empty(1, 1, window, device="meta"), stride=stride).shape[2]


class JudgedExperiment(StatementExperiment):
    def evaluator(self, case: StatementCase) -> Exactly:
        plain = super().evaluator(case)
        judged = Judged(plain.values)
        judged.functions, judged.steps = plain.functions, plain.steps
        return judged


ABOUT_PLACES = {
    name: s for name, s, _ in statements(LIBRARY) if any(places(s.claim)) and name not in UNDECIDED
}


@random_rounds(quick=1)
def test_theorems_about_places_speak_of_the_shapes_of_pytorch(dice: random.Random) -> None:
    assert len(ABOUT_PLACES) >= 60
    for name, statement in ABOUT_PLACES.items():
        experiment = JudgedExperiment(statement, name)
        asked = Judged.asked
        failures, tested, width = 0, 0, 0
        while tested < (200 if name in REFUTED and not failures else HELD) and width < 4000:
            width += 1
            case = experiment.draw(dice, min(6, width // 5))
            if case is None:
                continue
            failures += experiment.failure(case) is not None
            tested += 1
        assert tested, name
        assert Judged.asked > asked, name
        assert (failures > 0) == (name in REFUTED), name


def test_a_place_is_found_however_it_is_written() -> None:
    (count,) = places(Sum("r", ZERO, Variable("n"), WITHIN, ONE))
    assert count[1:] == (Variable("n"), Variable("e"), Variable("s"))
    assert not list(places(Floor(Variable("n"), Variable("s"))))


WITHIN = Compare("<=", Plus((Times((Variable("s"), Variable("r"))), Variable("e"))), Variable("n"))


# -- scripts -----------------------------------------------------------------------------------------------

RUNNER = """
import json, runpy, sys
sys.modules["symcnn"] = None
for path in sys.argv[1:]:
    try:
        runpy.run_path(path)
        print(json.dumps([path, "nothing", ""]))
    except BaseException as error:
        print(json.dumps([path, type(error).__name__, str(error)]))
"""


def assert_scripts_fail(errors: list[Falsified], folder: Path) -> None:
    """The script of each failure, run where nothing of this project can be imported, fails like it."""
    found: dict[str, Falsified] = {}
    for place, error in enumerate(errors):
        path = folder / f"{place}.py"
        path.write_text(error.script, encoding="utf-8")
        found[str(path)] = error
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *found], capture_output=True, text=True, cwd=folder, check=False
    )
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('["')]
    assert {path for path, _, _ in reports} == found.keys(), done.stderr
    for path, kind, message in reports:
        error = found[path]
        assert kind == "AssertionError", (message, error.script)
        if "differ" not in message and error.left is not None:
            assert message.startswith(f"{error.left} "), error.script
            assert message.endswith(f" {error.right} is false"), error.script
