"""The table of a run, and the survivors that were read and explained before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.mutation.mutators import Module, Mutator
from tests.mutation.running import Judged

KNOWN = Path(__file__).parent / "survivors.txt"
HEAD = f"{'module':28}{'of':>7}{'mutants':>8}{'killed':>8}{'by time':>8}{'survive':>8}{'killed %':>10}"


def known_survivors(text: str) -> dict[str, str]:
    """Each survivor of ``survivors.txt`` with its reason: sections ``[reason]``, one mutant a line.

    >>> known_survivors('[only a limit]\\nkernel.steps, (module): MAX = 2 -> MAX = 3')
    {'kernel.steps, (module): MAX = 2 -> MAX = 3': 'only a limit'}
    """
    out: dict[str, str] = {}
    reason = ""
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            reason = line[1:-1]
        elif line and not line.startswith("#"):
            if not reason:
                raise ValueError(f"survivors.txt: {line!r} stands before the first [reason]")
            out[line] = reason
    return out


def new_survivors(judged: Iterable[Judged], known: dict[str, str]) -> list[str]:
    """The survivors without a reason, each once."""
    found = [str(each.mutant) for each in judged if each.survived]
    return sorted({text for text in found if text not in known})


def gone(known: Iterable[str], modules: Sequence[Module]) -> list[str]:
    """The known survivors of these modules that are no change of them any more."""
    names = {module.name for module in modules}
    there = {str(each) for module in modules for each in Mutator(module).found}
    return [text for text in known if text.partition(",")[0] in names and text not in there]


def row(name: str, of: int, judged: Sequence[Judged]) -> str:
    number, left = len(judged), sum(each.survived for each in judged)
    by_time = Counter(each.verdict for each in judged)["time"]
    percent = 100 * (number - left) / number if number else 100
    return f"{name:28}{of:7}{number:8}{number - left:8}{by_time:8}{left:8}{percent:10.1f}"
