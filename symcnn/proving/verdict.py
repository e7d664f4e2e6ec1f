"""``prove``: a claim in, a verdict out, with a certificate that anyone can replay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

import sympy

from symcnn.derive.cost import Cost
from symcnn.kernel.statements import Statement
from symcnn.kernel.terms import Term
from symcnn.kernel.writing import write
from symcnn.proving.explaining import Explanation, explanation
from symcnn.proving.relations import Quantity, Relation
from symcnn.proving.sameness import Same
from symcnn.proving.scope import kernel_name
from symcnn.proving.sympify import expression
from symcnn.proving.translation import report, statement
from symcnn.search.deciding import Decision
from symcnn.search.layout import HEADER
from symcnn.search.refuting import Counterexample
from symcnn.search.worker import decide_apart
from symcnn.symbols import checks
from symcnn.symbols.border import to_sympy
from symcnn.symbols.conditions import Condition
from symcnn.symbols.size import Dim

Exact = int | Fraction


@dataclass(frozen=True)
class Verdict:
    """What is known of a claim: PROVED for all sizes, REFUTED by a case, or UNKNOWN.

    ``certificate`` is what the kernel accepted, as it stands in a ``.cert`` file (empty where the status is
    UNKNOWN); ``by`` names what proved it, ``tried`` what was tried in vain, ``seconds`` how long it took.
    """

    statement: Statement
    status: str
    certificate: str = field(repr=False)
    by: str
    tried: tuple[str, ...]
    seconds: float
    case: Counterexample | None = field(default=None, repr=False)
    symbols: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    @staticmethod
    def of(
        statement: Statement, decision: Decision, seconds: float, symbols: Mapping[str, Any] | None = None
    ) -> Verdict:
        """The verdict that a decision is."""
        return Verdict(
            statement,
            decision.status,
            decision.certificate,
            decision.by,
            decision.tried,
            seconds,
            decision.counterexample,
            symbols or {},
        )

    def __bool__(self) -> bool:
        raise TypeError(
            "a verdict is PROVED, REFUTED or UNKNOWN and has no truth value; compare verdict.status"
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The verdict as lines of text: the claim, and of a refuted one its counterexample."""
        yield f"{self.status}: {write(self.statement.claim)}"
        if self.tried and not self.certificate:
            yield f"  tried: {', '.join(self.tried)}"
        found = self.case
        if found is None:
            return
        case = ", ".join(f"{name} = {value}" for name, value in {**found.values, **found.functions}.items())
        yield f"  counterexample: {case or 'there is nothing to choose'}"
        if found.left is not None and found.right is not None:
            yield f"  there the sides are {found.left} and {found.right}"
        why = self.explanation
        if why is not None:
            yield f"  the left side is {write(why.left)}, the right side {write(why.right)}"
            if why.ratio is not None:
                yield f"  left / right = {write(why.ratio)}"
            if why.condition is not None:
                yield f"  it holds exactly when {write(why.condition)}"

    @cached_property
    def explanation(self) -> Explanation | None:
        """Both sides in closed form, and when the claim would hold; only of a refuted equation."""
        return explanation(self.statement) if self.status == "REFUTED" else None

    @property
    def counterexample(self) -> dict[Any, Exact] | None:
        """The smallest case that was found in which the claim does not hold."""
        found = self.case
        if found is None:
            return None
        return {self.symbols.get(name, sympy.Symbol(name)): value for name, value in found.values.items()}

    @property
    def values(self) -> tuple[Exact, Exact] | None:
        """Both sides of the claim in the counterexample."""
        found = self.case
        if found is None or found.left is None or found.right is None:
            return None
        return found.left, found.right

    def _closed(self, name: str) -> Any:
        why = self.explanation
        term: Term | None = None if why is None else getattr(why, name)
        return None if term is None else expression(term, self.symbols)

    @property
    def difference(self) -> Any:
        """The left side minus the right side, in closed form."""
        return self._closed("difference")

    @property
    def ratio(self) -> Any:
        """The left side over the right side, in closed form."""
        return self._closed("ratio")

    @property
    def derived(self) -> Any:
        """The left side in closed form: the formula that the claim should have had."""
        return self._closed("left")

    @property
    def holds_when(self) -> str | None:
        """What holds exactly where the claim does; proved, and None where nothing is."""
        why = self.explanation
        return None if why is None or why.condition is None else write(why.condition)

    @property
    def proof(self) -> str:
        """The statement as the kernel holds it, and the steps that settle it."""
        return f"{report(self.statement)}\n{self.certificate}"

    def latex(self) -> str:
        """The statement and the steps that settle it in LaTeX, for a document that uses amsmath.

        A step stands on a line of its own, below the step that it belongs to; facts have the labels of the
        certificate. The kernel's reader goes through the certificate for that, and checks it once more.
        """
        from symcnn.proving.typesetting import verdict_in_latex

        return verdict_in_latex(self)

    def save(self, path: str | Path) -> tuple[Path, Path]:
        """Write the statement as ``PATH.claim`` and the certificate as ``PATH.cert``, for the kernel.

        Returns both paths. Raises ``ValueError`` where there is no certificate and ``FileExistsError`` where
        a file is there already.
        """
        if not self.certificate:
            raise ValueError(f"{self.statement.name} is {self.status}: there is no certificate to save")
        file = checks.path("path", path, "claims/sizes")
        claim, cert = file.with_suffix(".claim"), file.with_suffix(".cert")
        for file in (claim, cert):
            if file.exists():
                raise FileExistsError(f"{file} exists; choose another path, or remove it first")
        claim.write_text(self.statement.written.rstrip() + "\n", encoding="utf-8")
        cert.write_text(f"{HEADER}\n{self.certificate}", encoding="utf-8")
        return claim, cert


def prove(
    claim: Any,
    given: Any = (),
    *,
    name: str = "claim",
    meaning: str = "",
    seconds: float = 20,
) -> Verdict:
    """Decide a claim for all sizes: a proof or a counterexample, either of them checked by the kernel.

    ``claim`` is a relation (eq, le, ..., same) or a statement of the kernel; ``given`` are relations or a
    cost, whose domain it brings along; a statement holds its own, and takes none. The search runs in a
    process of its own, for at most ``seconds``; what is not settled by then is UNKNOWN. Raises ``TypeError``
    and ``ValueError`` for what no statement can say.

    >>> from symcnn import Conv2d, dims, eq, prove, quantity
    >>> C_i, C_o, K, H, W = dims("C_i C_o K H W")
    >>> cost = Conv2d(C_i, C_o, kernel_size=K).cost((C_i, H, W))
    >>> prove(eq(quantity(cost, "macs"), cost.macs)).status
    'PROVED'
    >>> _, H_out, W_out = cost.output_shape
    >>> verdict = prove(eq(quantity(cost, "macs"), K*K*H_out*W_out*C_o))
    >>> verdict.status, verdict.counterexample, verdict.ratio, verdict.holds_when
    ('REFUTED', {C_o: 1, H: 1, K: 1, W: 1, C_i: 2}, C_i, 'C_i = 1')
    """
    checks.seconds(seconds)
    if isinstance(claim, Statement):
        if not (isinstance(given, tuple | list) and not given):
            raise TypeError(f"given={checks.brief(given)}: a statement holds its own assumptions")
        found, symbols = claim, dict[str, Any]()
    else:
        found = statement(claim, given, name, meaning)
        symbols = symbols_in([claim, given])
    start = monotonic()
    decision = decide_apart(found, seconds)
    return Verdict.of(found, decision, monotonic() - start, symbols)


def symbols_in(values: Any) -> dict[str, Any]:
    """The SymPy symbols in what was claimed, by the names that the kernel gives them."""
    out: dict[str, Any] = {}
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple | list):
            sequence: Any = value
            waiting.extend(sequence)
        elif isinstance(value, Same):
            waiting += [n for n in value.sizes if isinstance(n, Dim)]
        elif isinstance(value, Relation | Condition):
            waiting += [value.left, value.right]
        elif isinstance(value, Dim):
            waiting.append(to_sympy(value))
        elif isinstance(value, Quantity):
            waiting.append(value.cost)
        elif isinstance(value, Cost):
            waiting += [Dim.of_atom(symbol) for symbol in value.symbols]
            waiting += [side for condition in value.domain for side in (condition.left, condition.right)]
        elif isinstance(value, sympy.Basic):
            for symbol in value.atoms(sympy.Symbol):
                out.setdefault(kernel_name(symbol.name), symbol)
    return out
