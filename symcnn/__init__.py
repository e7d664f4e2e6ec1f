"""symcnn: closed-form costs of neural-network layers, derived from their defining equations.

Everything is imported on first use, so that ``import symcnn`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from symcnn.analysis.capacity import Capacity as Capacity
    from symcnn.analysis.capacity import MaxBatch as MaxBatch
    from symcnn.analysis.capacity import capacity as capacity
    from symcnn.analysis.capacity import max_batch as max_batch
    from symcnn.analysis.compound import CompoundScaling as CompoundScaling
    from symcnn.analysis.compound import compound_scaling as compound_scaling
    from symcnn.analysis.counters import COUNTERS as COUNTERS
    from symcnn.analysis.differences import explain_difference as explain_difference
    from symcnn.analysis.machines import Machine as Machine
    from symcnn.analysis.matching import match as match
    from symcnn.analysis.optimum import Optimum as Optimum
    from symcnn.analysis.optimum import maximize as maximize
    from symcnn.analysis.optimum import minimize as minimize
    from symcnn.analysis.pictures.passes import plot_memory as plot_memory
    from symcnn.analysis.pictures.passes import plot_roofline as plot_roofline
    from symcnn.analysis.pictures.plots import Plot as Plot
    from symcnn.analysis.pictures.plots import plot_cost as plot_cost
    from symcnn.analysis.pictures.plots import plot_receptive_field as plot_receptive_field
    from symcnn.analysis.pictures.plots import plot_scaling as plot_scaling
    from symcnn.analysis.roofline import Roofline as Roofline
    from symcnn.analysis.roofline import latency as latency
    from symcnn.analysis.roofline import roofline as roofline
    from symcnn.analysis.roofline import throughput as throughput
    from symcnn.analysis.scaling import Elasticity as Elasticity
    from symcnn.analysis.scaling import Scaling as Scaling
    from symcnn.analysis.scaling import elasticity as elasticity
    from symcnn.analysis.scaling import scaling as scaling
    from symcnn.analysis.sweeping import Sweep as Sweep
    from symcnn.analysis.sweeping import sweep as sweep
    from symcnn.derive.convention import CONVENTIONS as CONVENTIONS
    from symcnn.derive.convention import Convention as Convention
    from symcnn.derive.cost import Cost as Cost
    from symcnn.derive.gradients import gradient as gradient
    from symcnn.documents.checking import check as check
    from symcnn.documents.report import Report as Report
    from symcnn.documents.solution import Solution as Solution
    from symcnn.equations import *  # noqa: F403
    from symcnn.evaluation.evaluate import evaluate as evaluate
    from symcnn.layers import *  # noqa: F403
    from symcnn.network import *  # noqa: F403
    from symcnn.proving.calculation import Calculation as Calculation
    from symcnn.proving.calculation import calc as calc
    from symcnn.proving.decomposing import Decomposition as Decomposition
    from symcnn.proving.decomposing import decompose as decompose
    from symcnn.proving.relations import Eq as Eq
    from symcnn.proving.relations import Relation as Relation
    from symcnn.proving.relations import eq as eq
    from symcnn.proving.relations import ge as ge
    from symcnn.proving.relations import gt as gt
    from symcnn.proving.relations import le as le
    from symcnn.proving.relations import lt as lt
    from symcnn.proving.relations import ne as ne
    from symcnn.proving.relations import quantity as quantity
    from symcnn.proving.sameness import same as same
    from symcnn.proving.verdict import Verdict as Verdict
    from symcnn.proving.verdict import prove as prove
    from symcnn.symbols.dims import dims as dims
    from symcnn.symbols.dims import reals as reals
    from symcnn.testing.checking import Falsified as Falsified
    from symcnn.testing.checking import Trials as Trials
    from symcnn.testing.checking import check_random as check_random
    from symcnn.testing.claims import claim as claim
    from symcnn.testing.identity import ArrayIdentity as ArrayIdentity

# Where each public name lives. A package stands for all names in its own list.
_HOMES = {
    "symcnn.analysis.pictures.passes": ("plot_memory", "plot_roofline"),
    "symcnn.analysis.pictures.plots": ("Plot", "plot_cost", "plot_receptive_field", "plot_scaling"),
    "symcnn.analysis.capacity": ("Capacity", "MaxBatch", "capacity", "max_batch"),
    "symcnn.analysis.machines": ("Machine",),
    "symcnn.analysis.roofline": ("Roofline", "latency", "roofline", "throughput"),
    "symcnn.analysis.optimum": ("Optimum", "maximize", "minimize"),
    "symcnn.analysis.compound": ("CompoundScaling", "compound_scaling"),
    "symcnn.analysis.scaling": ("Elasticity", "Scaling", "elasticity", "scaling"),
    "symcnn.symbols.dims": ("dims", "reals"),
    "symcnn.testing.claims": ("claim",),
    "symcnn.analysis.counters": ("COUNTERS",),
    "symcnn.analysis.differences": ("explain_difference",),
    "symcnn.analysis.matching": ("match",),
    "symcnn.analysis.sweeping": ("Sweep", "sweep"),
    "symcnn.derive.convention": ("CONVENTIONS", "Convention"),
    "symcnn.derive.cost": ("Cost",),
    "symcnn.derive.gradients": ("gradient",),
    "symcnn.documents.checking": ("check",),
    "symcnn.documents.report": ("Report",),
    "symcnn.documents.solution": ("Solution",),
    "symcnn.evaluation.evaluate": ("evaluate",),
    "symcnn.layers": None,
    "symcnn.network": None,
    "symcnn.equations": None,
    "symcnn.proving.calculation": ("Calculation", "calc"),
    "symcnn.proving.decomposing": ("Decomposition", "decompose"),
    "symcnn.proving.relations": ("Eq", "Relation", "eq", "ge", "gt", "le", "lt", "ne", "quantity"),
    "symcnn.proving.sameness": ("same",),
    "symcnn.proving.verdict": ("Verdict", "prove"),
    "symcnn.testing.checking": ("Falsified", "Trials", "check_random"),
    "symcnn.testing.identity": ("ArrayIdentity",),
}


def _names(home: str) -> tuple[str, ...]:
    listed = _HOMES[home]
    return tuple(import_module(home).__all__) if listed is None else listed


def _hint(name: str) -> str:
    if name.startswith("_"):
        return ""
    from symcnn.symbols.suggest import suggestion

    hint = suggestion(name, [n for home in _HOMES for n in _names(home)])
    return hint if "did you mean" in hint else ""


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted({"__version__", *(n for home in _HOMES for n in _names(home))})
    home = None if name.startswith("_") else next((h for h in _HOMES if name in _names(h)), None)
    if home is None:
        raise AttributeError(f"module 'symcnn' has no attribute {name!r}{_hint(name)}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__getattr__("__all__"))
