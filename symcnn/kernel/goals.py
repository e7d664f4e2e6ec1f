"""What has to be proved about a statement before it counts as proved, or as refuted.

*Proved* takes three proofs: that the claim follows, that everything in it has a value, and that the
assumptions allow a case at all, so that nothing holds for want of one. *Refuted* takes one: that there is a
case in which the assumptions hold, everything has a value, and the claim does not hold.

A statement about any commutative ring has to hold in each, so a case in one of them is enough: it is given
in the real numbers. A function that is defined along its first argument exists whatever it is made of, so a
case need not give it: what is shown is shown for any function that satisfies the definition.
"""

from __future__ import annotations

from symcnn.kernel.definedness import conditions
from symcnn.kernel.logic import negation
from symcnn.kernel.statements import Statement
from symcnn.kernel.substitution import map_parts
from symcnn.kernel.terms import (
    REAL,
    RING,
    TRUE,
    And,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Node,
    Rejected,
    Sort,
    as_formula,
    measure,
)

MAX_NODES = 20_000


def proof_goal(statement: Statement) -> Formula:
    """The statement itself."""
    return statement.closed()


def defined_goal(statement: Statement) -> Formula:
    """That every part of the statement has a value wherever it is reached; true if none can fail to."""
    return conditions(statement.closed())


def satisfiable_goal(statement: Statement) -> Formula:
    """That there is a case which the assumptions allow; true if nothing is assumed."""
    return _case(statement, statement.assumptions) if statement.assumptions else TRUE


def refutation_goal(statement: Statement) -> Formula:
    """That there is a case which the assumptions allow, with a value for everything, and without the
    claim."""
    premises = And(statement.premises())
    defined = conditions(Implies(premises, statement.claim))
    needed = () if defined == TRUE else (defined,)
    return _case(statement, (*statement.assumptions, *needed, negation(statement.claim)))


def _case(statement: Statement, wanted: tuple[Formula, ...]) -> Formula:
    out: Formula = wanted[0] if len(wanted) == 1 else And(wanted)
    defined = [name for name in statement.scope if name in statement.defined]
    if defined:
        out = Implies(And(statement.definitions), out)
    for name in reversed(defined):
        out = ForAll(name, statement.scope[name], out)
    for name, sort in reversed(list(statement.scope.items())):
        if name not in defined:
            out = Exists(name, sort, out)
    if measure(out, {})[0] > MAX_NODES:
        raise Rejected("what has to be proved is too large to be written out")
    return as_formula(_over_reals(out))


def _over_reals(node: Node) -> Node:
    """The formula about the real numbers that one about any ring is."""
    changed = map_parts(node, _over_reals)
    if isinstance(changed, ForAll | Exists):
        return type(changed)(changed.name, _real(changed.sort), changed.body)
    return changed


def _real(sort: Sort) -> Sort:
    if isinstance(sort, Function):
        return Function(tuple(_plain(s) for s in sort.arguments), _plain(sort.value))
    return _plain(sort)


def _plain(sort: str) -> str:
    return REAL if sort == RING else sort
