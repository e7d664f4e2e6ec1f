"""Blocks fenced as ``derive``, ``table`` and ``picture``, read line by line into what they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symcnn.documents.declarations import Declarations, Fault
from symcnn.documents.faults import FormulaError
from symcnn.documents.markdown import Block
from symcnn.documents.showing import derivations, pictures, tables
from symcnn.documents.showing.measures import Known
from symcnn.documents.showing.shown import Shown
from symcnn.documents.showing.wording import Request, phrases, request

MAX_SHOWN = 200  # lines of one document

_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Request, Known, int], Sequence[Shown]]]] = {
    "derive": (derivations.CLAUSES, derivations.derivation),
    "table": (tables.CLAUSES, tables.table),
    "picture": (pictures.CLAUSES, pictures.picture),
}


def read_shown(
    block: Block, declarations: Declarations, room: int = MAX_SHOWN
) -> tuple[list[Shown], list[Fault]]:
    """What a block shows, and the faults of the lines that cannot be read; at most ``room`` lines are read.

    >>> declarations = Declarations()
    >>> declarations.read("given K, C : int >= 1", line=1, level=0)
    []
    >>> block = Block("fence", "K^2*C at K = 3, C = 64\\nK^2*D", 10, info="derive")
    >>> shown, faults = read_shown(block, declarations)
    >>> shown[0].line, shown[0].latex
    (9, 'K^{2} C = 3^{2} \\\\cdot 64 = 576')
    >>> faults[0].line, faults[0].column, faults[0].reason
    (11, 5, 'D is not declared')
    """
    clauses, make = _KINDS[block.info]
    declarations.need(block.text)
    shown: list[Shown] = []
    faults: list[Fault] = []
    lines = list(phrases(block.text, block.line))
    if not lines:
        faults.append(Fault(f"the block {block.info} is empty", block.line - 1))
    for k, phrase in enumerate(lines):
        if k == room:
            faults.append(Fault(f"a document shows at most {MAX_SHOWN} lines", phrase.line))
            break
        try:
            shown += make(request(phrase, clauses), Known(declarations), block.line - 1)
        except FormulaError as error:
            reason = error.reason + (f"; {error.advice}" if error.advice else "")
            faults.append(Fault(reason, error.line, error.column))
    return shown, faults
