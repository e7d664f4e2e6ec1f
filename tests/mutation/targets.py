"""What is changed, and what it is put to."""

from __future__ import annotations

from dataclasses import dataclass

from tests.mutation.mutators import Module


@dataclass(frozen=True)
class Target:
    """Some modules and the tests that should notice: stages, then files of ``tests``.

    The kernel has stages of its own (``fresh.STAGES``) before its tests, and no ``tests`` here: it is
    imported anew for each mutant.
    """

    modules: tuple[Module, ...]
    tests: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


def of(folder: str, *names: str, **reports: str) -> tuple[Module, ...]:
    """The modules of a folder; ``reports`` names the functions of one that only make messages."""
    return tuple(Module(f"{folder}.{name}", frozenset(reports.get(name, "").split())) for name in names)


# The tests that each module of the kernel is put to, after the proofs and the corpus.
KERNEL_TESTS = {
    "canonical": ("arithmetic", "logic"),
    "arithmetic": ("arithmetic", "logic"),
    "polynomial": ("arithmetic",),
    "laws": ("laws", "logic"),
    "ranges": ("laws", "logic"),
    "logic": ("logic", "certificates"),
    "definedness": ("logic",),
    "goals": ("logic", "certificates"),
    "steps": ("logic", "certificates", "arithmetic"),
    "certificates": ("certificates", "logic"),
    "evaluation": ("statements", "logic", "laws"),
    "sorts": ("statements", "logic", "arithmetic"),
    "terms": ("statements", "logic", "laws"),
    "substitution": ("statements", "logic", "laws"),
}
# What starts another interpreter there runs the kernel as it is; what takes long there is not about logic.
KERNEL_LEFT_OUT = (
    "exit_code or folder or bytes or malformed or unreadable_claim or without_the_rest or standard_library"
    " or test_limits or no_asserts"
)
ABOUT_WORK = {"canonical", "steps", "evaluation"}

TARGETS = {
    "kernel": Target(
        of("kernel", *KERNEL_TESTS, canonical="show _power", polynomial="power_of_monomial power",
           steps="placed rejection"),
        stages=("corpus", "proofs", "neighbours"),
    ),
    "normal_form": Target(
        of("symbols", "size", "rounding", "extremum", "cardinality", "bounds", "conditions", "border",
           "order", "vectorize", "dims", "parse", vectorize="explained"),
        tests=("mutants", "sizes", "rounding", "cardinality", "bounds_conditions", "border", "vectorize",
               "parse", "derive", "analysis_sweep"),
    ),
    "derivations": Target(
        (
            *of("derive", "extents", "nests", "spans", "lowering", "quantities", "cost", "convention",
                cost="rows intensity_in", extents="_window_name _mismatch _Named"),
            *of("network", "receptive_field", "liveness", "cost",
                receptive_field="_range_text _range_latex _sizes_at"),
        ),
        tests=("mutants_derivations", "derive", "counts", "network", "layers_structure"),
    ),
    "translation": Target(
        of("proving", "sizes", "expressions", "tensors", "translation", "scope", "relations", "sameness",
           "stored", "replaying"),
        tests=("mutants_translation", "proving_translation", "proving_relations", "proving_sameness",
               "proving_stored", "proving_verdict"),
    ),
}  # fmt: skip
