"""One certificate from two: that the objective is largest exactly at a point.

Where it is proved on its own that no feasible point is better, and that no other one is as good, "is largest
exactly where" follows by logic. The two proofs are put into an outline, under names of their own; the kernel
replays the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.substitution import term_with
from symcnn.kernel.terms import Formula, Term, free
from symcnn.kernel.writing import write
from symcnn.proving.verdict import Verdict

_LABEL = re.compile(r"(?<![\w'.])([a-z]+\d+)(?![\w'])")


def with_outline(
    exactly: Statement,
    bound: Verdict,
    unique: Verdict,
    objective: Term,
    value: Term,
    point: Mapping[str, Term],
    largest: bool,
) -> Statement:
    """The statement "is largest exactly where" with an outline made of two proofs.

    ``point`` is the term for each name that varies, in the order of the claim. The premises of ``unique`` are
    those of ``bound`` and, as the last one, that the objective is at least as good as the value.
    """
    outside = {write(fact): f"h{k}" for k, fact in enumerate(exactly.premises(), 1)}
    varying = [fact for fact in exactly.premises() if free(fact) & point.keys()]
    inside = {write(fact): f"k{k}" for k, fact in enumerate(varying, 1)}
    where = " and ".join(f"{name} = {write(term)}" for name, term in point.items())
    best = f"{write(objective)} = {write(value)}"
    sign = 1 if largest else -1
    used = _premises(bound.statement.premises(), {**outside, **inside})
    known = _premises(unique.statement.premises()[:-1], outside)
    lines = [
        "proof",
        f"  have worth : {write(term_with(objective, point))} = {write(value)}",
        f"  have value : {where} implies {best}",
        *_fact("bound", bound),
        *_fact("only", unique),
        "  split",
        "    {",
        "      suppose here",
        "      use reached : value { exactly here }",
        f"      take {', '.join(_primed(name) for name in point)}",
        f"      suppose {', '.join(inside.values())}",
        f"      use top : bound{_arguments(bound, point)} {used}",
        f"      cone top + reached ({sign})",
        "    }",
        "    {",
        "      suppose best",
        f"      use high : best{''.join(f'({write(term)})' for term in point.values())}",
        f"      use there : only{_arguments(unique, ())} {known} {{ cone high + worth ({sign}) }}",
        "      exactly there",
        "    }",
    ]
    (out,) = read_statements("\n".join([exactly.written, *(f"  {line}" for line in lines)]))
    return out


def _primed(name: str) -> str:
    return f"{name}'"


def _fact(name: str, verdict: Verdict) -> list[str]:
    """A statement and the steps of its proof, with names and labels that nothing outside has."""
    scope = [*verdict.statement.scope]
    closed = _renamed(write(verdict.statement.closed()), scope)
    steps = _renamed(_steps(verdict.certificate), scope)
    return [
        f"  have {name} : {closed}",
        "    {",
        *(f"    {line.strip()}" for line in steps.splitlines()),
        "    }",
    ]


def _steps(certificate: str) -> str:
    """What stands in the block ``proof { ... }`` of a certificate, which is its last."""
    return re.split(r"^ *proof \{", certificate, maxsplit=1, flags=re.MULTILINE)[1].strip()[:-1]


def _renamed(text: str, scope: Iterable[str]) -> str:
    names = "|".join(re.escape(name) for name in scope)
    return re.sub(rf"(?<![\w'.])({names})(?![\w'])", r"\1'", _LABEL.sub(r"\1_inside", text))


def _arguments(verdict: Verdict, varying: Collection[str]) -> str:
    """The values for all names of a statement, in their order."""
    return "".join(f"({_primed(name) if name in varying else name})" for name in verdict.statement.scope)


def _premises(facts: Sequence[Formula], labels: Mapping[str, str]) -> str:
    """A block for each premise: what is supposed of primed names goes by the names without."""
    return " ".join(f"{{ exactly {labels[write(fact)]} }}" for fact in facts)
