"""``maximize`` and ``minimize``: the best point under conditions, its value as a function of the budget, and
a proof that there is no better one.

Points come from a search that nobody has to trust (``candidates``, ``boxes``). What is said about them is
said by statements of the kernel: that the point is feasible and has the value, that no feasible point has a
better one, and that no other one has the same; ``exactly`` makes one statement of the last two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import sympy

from symcnn.analysis.boxes import Best, Split, best_integers
from symcnn.analysis.candidates import Point, Root, curves, limits, points, without_roots
from symcnn.analysis.exactly import with_outline
from symcnn.analysis.hints import Hints, hints
from symcnn.analysis.problem import (
    Problem,
    gap,
    kernel_terms,
    over_reals,
    put,
    put_in,
    read_problem,
    relaxed,
    sides,
    stated,
    with_budgets,
)
from symcnn.kernel.certificates import PROVED, REFUTED, UNKNOWN
from symcnn.kernel.statements import Statement
from symcnn.kernel.writing import write
from symcnn.proving.relations import Relation, gt
from symcnn.proving.verdict import Verdict, prove
from symcnn.search.worker import apart
from symcnn.symbols.dims import DimSymbol

ATTAINED, APPROACHED, UNBOUNDED, NOT_FOUND = "attained", "approached", "unbounded", "not found"
# Proofs for whole numbers go box by box, and each of them is searched for.
MAX_LEAVES = 120
# Curves that are tried.
MAX_CURVES = 2
# The share of the time for what is not needed for the answer.
EXTRA = 0.5
# The share of the time for a proof without boxes.
AT_ONCE = 0.1


@dataclass(frozen=True)
class Optimum:
    """The largest or smallest value of an objective under conditions, where it is, and what is proved of it.

    ``kind`` is one of

    - ``"attained"``: ``value`` is the optimal value, and ``points`` are where it is attained;
    - ``"approached"``: no point has the value; along ``direction`` it is come close to;
    - ``"unbounded"``: along ``direction``, a curve in t >= 1 of feasible points, the objective has no limit;
    - ``"not found"``: none of these was found; this says nothing about the problem.

    Where ``proved`` is False the value is a candidate, and there may be a better one. ``roots`` are the roots
    in the points: ``s: sqrt(B/3)`` means the positive number s with 3 s^2 = B, which is how statements speak
    of it. ``unique`` is True where it is proved, or for integers checked, that there are no other points, and
    False where there are, for some values of the other symbols at least.
    ``given`` is what is assumed of the other symbols. ``proofs`` are the verdicts by name: "attained" or
    "feasible", "bound", "unique", "exactly", "unbounded", "approached". For integers, ``checked`` says what
    was gone through.
    """

    sense: str
    kind: str
    objective: Any
    over: tuple[Any, ...]
    subject_to: tuple[Relation, ...]
    points: tuple[Mapping[Any, Any], ...] = ()
    value: Any = None
    direction: Mapping[Any, Any] | None = None
    roots: Mapping[Any, Any] = field(default_factory=dict[Any, Any])
    given: tuple[Relation, ...] = ()
    unique: bool | None = None
    proofs: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict], repr=False)
    checked: str = ""

    @property
    def point(self) -> Mapping[Any, Any]:
        """The point at which it is attained; raises ``ValueError`` where there is none, or several."""
        if len(self.points) != 1:
            raise ValueError(f"the {self.sense} is {self.kind} and has {len(self.points)} points; see points")
        return self.points[0]

    @property
    def proved(self) -> bool:
        """Whether the kernel has accepted a proof of all that ``kind`` and ``value`` say."""
        needed = {
            ATTAINED: ("attained", "bound"),
            APPROACHED: ("feasible", "bound", "approached"),
            UNBOUNDED: ("feasible", "unbounded"),
        }.get(self.kind, ("",))
        names = (*needed, *(["relaxed"] if "relaxed" in self.proofs else []))
        return all(name in self.proofs and self.proofs[name].status == PROVED for name in names)

    @property
    def status(self) -> str:
        """PROVED or UNKNOWN: whether it is proved that the optimum is the global one."""
        return PROVED if self.proved else UNKNOWN

    @property
    def verdict(self) -> Verdict | None:
        """What is known of the claim that no feasible point is better; None where it was not stated."""
        return self.proofs.get("unbounded" if self.kind == UNBOUNDED else "bound")

    def __bool__(self) -> bool:
        raise TypeError("an optimum has no truth value; compare optimum.kind, or ask optimum.proved")

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The answer as lines of text."""
        how = self.status + (f", checked for {self.checked}" if self.checked and not self.proved else "")
        match self.kind:
            case "attained":
                yield f"{self.sense} {self.value} ({how})"
                for point in self.points:
                    yield f"  at {_listed(point)}"
                if self.unique and len(self.points) == 1:
                    yield "  and nowhere else"
                if self.unique is False and len(self.points) == 1:
                    yield "  and elsewhere"
            case "approached":
                yield f"no {self.sense}: {self.value} is approached and not attained ({how})"
            case "unbounded":
                yield f"no {self.sense}: unbounded ({how})"
            case _:
                yield f"no {self.sense} was found, which does not mean that there is none"
        if self.direction is not None:
            yield f"  along {_listed(self.direction)} for t -> oo"


def _listed(point: Mapping[Any, Any]) -> str:
    return ", ".join(f"{s} = {v}" for s, v in point.items())


def maximize(
    objective: Any,
    over: Any,
    subject_to: Any = (),
    *,
    integers: bool = False,
    given: Any = (),
    seconds: float = 20,
) -> Optimum:
    """The largest value of an objective under conditions, where it is attained, and a proof of it.

    max {objective(over) : subject_to}, over positive real numbers, or with ``integers=True`` over positive
    integers, for which all else must be numbers. A symbol that may be 0 may be 0 here too.

    ``over`` are symbols, ``subject_to`` relations about them (eq, le, ge), ``given`` relations about the
    other symbols alone. The search for points, and that for each proof, may take ``seconds`` of processor
    time. The value has the unit of the objective.

    Raises ``TypeError`` and ``ValueError`` for unknown symbols, for relations that are none, where no point
    is feasible, and for integers without an upper limit.

    Source: the inequality of arithmetic and geometric means does most of the proofs (G. H. Hardy,
    J. E. Littlewood and G. Polya, Inequalities, 1934, section 2.5).

    >>> from symcnn import Eq, dims, maximize
    >>> M, N, K, B = dims("M N K B")
    >>> memory = M*N + M*K + N*K
    >>> print(maximize(M*N*K/memory, over=(M, N, K), subject_to=Eq(memory, B)))
    maximum sqrt(3)*sqrt(B)/9 (PROVED)
      at M = sqrt(3)*sqrt(B)/3, N = sqrt(3)*sqrt(B)/3, K = sqrt(3)*sqrt(B)/3
      and nowhere else
    """
    return _optimum("maximum", read_problem(objective, over, subject_to, given), integers, seconds)


def minimize(
    objective: Any,
    over: Any,
    subject_to: Any = (),
    *,
    integers: bool = False,
    given: Any = (),
    seconds: float = 20,
) -> Optimum:
    """The smallest value of an objective under conditions, where it is attained, and a proof of it.

    min {objective(over) : subject_to}; everything else is as for ``maximize``.

    >>> from symcnn import dims, le, minimize
    >>> M, N, K, a, b, S = dims("M N K a b S")
    >>> print(minimize(M*N*K/a + M*N*K/b, over=(a, b), subject_to=le(a*b, S)))
    minimum 2*M*N*K/sqrt(S) (PROVED)
      at a = sqrt(S), b = sqrt(S)
      and nowhere else
    """
    return _optimum("minimum", read_problem(objective, over, subject_to, given), integers, seconds)


def _optimum(sense: str, problem: Problem, integers: bool, seconds: float) -> Optimum:
    if type(integers) is not bool:
        raise TypeError(f"integers={integers!r} must be True or False")
    task = _Task(sense, problem, seconds)
    return task.over_integers() if integers else task.over_reals()


class _Task:
    """One call: what was asked, and the statements about it."""

    def __init__(self, sense: str, problem: Problem, seconds: float) -> None:
        self.sense, self.asked, self.seconds = sense, problem, seconds
        self.sign = 1 if sense == "maximum" else -1

    def answer(self, kind: str, **found: Any) -> Optimum:
        asked = self.asked
        known: dict[str, Any] = {"given": asked.given, **found}
        return Optimum(self.sense, kind, asked.objective, asked.over, asked.conditions, **known)

    def prove(self, statement: Statement, share: float = 1) -> Verdict:
        return prove(statement, seconds=share * self.seconds)

    def searched(self, search: Callable[[Problem], list[Any]], problem: Problem) -> list[Any]:
        """What a search with SymPy finds in time."""
        found = apart(search, (problem,), self.seconds)
        return found if isinstance(found, list) else []

    # -- real numbers ----------------------------------------------------------------------------------------

    def over_reals(self) -> Optimum:
        """Unbounded, or the best candidate that is proved; else the best one that is not refuted."""
        real, back = over_reals(self.asked)
        _refuse_infeasible(real)
        upwards = replace(real, objective=self.sign * real.objective)
        simple, weaker = relaxed(upwards)
        if "t" in simple.names():
            raise ValueError("t names a symbol of the problem and the one along a direction; rename it")
        directions = self.searched(_directions, simple)
        for curve in directions:
            proofs = self.unbounded(real, curve)
            if _all_proved(proofs):
                return self.answer(UNBOUNDED, direction=_renamed(curve, back), proofs=proofs)
        candidates = points(simple, self.seconds)
        if candidates and _has_irrational(candidates[0], real):
            general, values = with_budgets(self.asked)
            if values:
                return self.at_values(_Task(self.sense, general, self.seconds).over_reals(), values)
        left: Optimum | None = None
        for point in candidates:
            result = self.attained(real, replace(simple, objective=real.objective), weaker, point, back)
            if result is not None and result.proved:
                return result
            left = result if left is None else left
        for value, curve in [] if candidates else self.searched(_limits, simple):
            result = self.approached(real, self.sign * value, curve, back)
            if result is not None:
                return result
        if left is None:
            self.refuse_contradiction(real)
        return self.answer(NOT_FOUND) if left is None else left

    def refuse_contradiction(self, real: Problem) -> None:
        """Raise ``ValueError`` where it is proved that no point satisfies the conditions."""
        if not real.conditions:
            return
        never = _together("never", "No point is feasible.", real.conditions, real.given, form="not ({})")
        if self.prove(never, EXTRA).status == PROVED:
            raise ValueError(
                f"no feasible point: none satisfies {_all(self.asked.conditions)}; this is proved"
            )

    def at_values(self, found: Optimum, values: Mapping[Any, Any]) -> Optimum:
        """What is proved for all budgets, at one: no rational number is sqrt(100/3), so none shows a case."""

        def at(point: Mapping[Any, Any]) -> Point:
            return {s: put(v, values) for s, v in point.items()}

        if any(r.sign == ">" and put(gap(r), values).is_nonpositive for r in found.given):
            return self.answer(NOT_FOUND)
        return replace(
            found,
            subject_to=self.asked.conditions,
            points=tuple(map(at, found.points)),
            value=None if found.value is None else put(found.value, values),
            roots=at(found.roots),
            direction=None if found.direction is None else at(found.direction),
            given=tuple(put_in(r, values) for r in found.given),
            # Other points for some budget need not be points for this one.
            unique=found.unique or None,
        )

    def attained(
        self,
        real: Problem,
        simple: Problem,
        weaker: Sequence[Relation],
        point: Point,
        back: Mapping[Any, Any],
    ) -> Optimum | None:
        """What is proved of a candidate; None where it is refuted."""
        found = without_roots(point, real.names())
        if found is None:
            return None
        at, roots = found
        value = sympy.cancel(put(real.objective, at))
        defined = [*real.given, *(root.relation for root in roots)]
        proofs = {"attained": self.prove(_attained(real, at, value, defined))}
        if proofs["attained"].status == REFUTED:
            return None
        premises = [*simple.conditions, *defined]
        lead = hints(simple, at, value, roots)
        order = "{f} <= {v}" if self.sign > 0 else "{v} <= {f}"
        terms = {"f": real.objective, "v": value}
        meaning = f"No feasible point has a {'larger' if self.sign > 0 else 'smaller'} value."
        proofs["bound"] = self.prove(stated("bound", meaning, order, terms, premises, lead.everywhere))
        if proofs["bound"].status == REFUTED:
            return None
        if weaker:
            proofs["relaxed"] = self.prove(
                _together(
                    "relaxed", "What is meant by the largest one.", weaker, [*real.conditions, *defined]
                )
            )
        if proofs["bound"].status == PROVED:
            proofs |= self.unique(simple, at, value, defined, proofs["bound"], lead)
        shown = {root.symbol: root.value for root in roots}
        return self.answer(
            ATTAINED,
            points=(_renamed({s: put(v, shown) for s, v in at.items()}, back),),
            value=_nice(put(value, shown)).xreplace(dict(back)),
            roots={s: v.xreplace(dict(back)) for s, v in shown.items()},
            given=(*self.asked.given, *(r for root in roots for r in _exists(root, back))),
            unique=_UNIQUE.get(proofs["unique"].status) if "unique" in proofs else None,
            proofs=proofs,
        )

    def unique(
        self,
        problem: Problem,
        point: Point,
        value: Any,
        defined: Sequence[Relation],
        bound: Verdict,
        lead: Hints,
    ) -> dict[str, Verdict]:
        """That no other point is as good, and both as one statement."""
        premises = [*problem.conditions, *defined]
        places = [(f"x{k}", f"p{k}", s) for k, s in enumerate(problem.over)]
        where = " and ".join(f"{{{x}}} = {{{p}}}" for x, p, _ in places)
        terms = {x: s for x, _, s in places} | {p: point[s] for _, p, s in places}
        as_good = Relation(">=" if self.sign > 0 else "<=", problem.objective, value)
        meaning = "No other feasible point is as good."
        steps = [*lead.everywhere, *lead.at_best]
        alone = self.prove(stated("unique", meaning, where, terms, [*premises, as_good], steps), EXTRA)
        if alone.status != PROVED:
            return {"unique": alone}
        terms |= {"f": problem.objective, "v": value}
        sign = "" if self.sign > 0 else "(-1)*"
        names = ", ".join(f"{{{x}}}" for x, _, _ in places)
        meaning = f"The {self.sense} is attained exactly there."
        form = f"{sign}{{f}} is largest exactly where {where} for {names}"
        exactly = stated("exactly", meaning, form, terms, premises)
        shown = kernel_terms(terms, premises)
        there = {write(shown[x]): shown[p] for x, p, _ in places}
        outlined = with_outline(exactly, bound, alone, shown["f"], shown["v"], there, self.sign > 0)
        return {"unique": alone, "exactly": self.prove(outlined, EXTRA)}

    def unbounded(self, real: Problem, curve: Point) -> dict[str, Verdict]:
        """That a curve consists of feasible points, and that the objective has no limit along it."""
        proofs = {"feasible": self.prove(_feasible(real, curve))}
        meaning = "The objective has no limit along the curve."
        form = f"{'' if self.sign > 0 else '(-1)*'}{{f}} is unbounded in t"
        premises = [*real.given, _FROM_ONE]
        beyond = stated("unbounded", meaning, form, {"f": real.objective}, premises, at=curve)
        return {**proofs, "unbounded": self.prove(beyond)}

    def approached(self, real: Problem, value: Any, curve: Point, back: Mapping[Any, Any]) -> Optimum | None:
        """That a value is not attained and is come close to along a curve; None where it is refuted."""
        order = "{f} < {v}" if self.sign > 0 else "{v} < {f}"
        meaning = "No feasible point has the value, or a better one."
        proofs = {"feasible": self.prove(_feasible(real, curve))}
        terms = {"f": real.objective, "v": value}
        proofs["bound"] = self.prove(stated("bound", meaning, order, terms, [*real.conditions, *real.given]))
        if REFUTED in (proofs["feasible"].status, proofs["bound"].status):
            return None
        # What is close to 0 has a large inverse.
        form = "{f} is asymptotic to {v} as t grow" if value != 0 else "1/{f} is unbounded in t"
        meaning = "Along the curve the value is come close to."
        close = stated("approached", meaning, form, terms, [*real.given, _FROM_ONE], at=curve)
        proofs["approached"] = self.prove(close)
        shown = _nice(value).xreplace(dict(back))
        result = self.answer(APPROACHED, value=shown, direction=_renamed(curve, back), proofs=proofs)
        return result if result.proved else None

    # -- integers --------------------------------------------------------------------------------------------

    def over_integers(self) -> Optimum:
        """The best whole numbers, by going through all of them, and a proof box by box where it is short."""
        problem = self.asked
        if problem.parameters:
            names = ", ".join(s.name for s in problem.parameters)
            raise ValueError(f"{names} has no value, and integers=True compares numbers; put one in by .subs")
        for symbol in problem.over:
            if not symbol.is_integer:
                raise ValueError(f"over={symbol} is no integer; make it with dims({symbol.name!r})")
        best = best_integers(replace(problem, objective=self.sign * problem.objective))
        if best.value is None:
            if best.complete:
                where = _ranges(problem.over, best)
                raise ValueError(f"no feasible point: no integers {where} satisfy {_all(problem.conditions)}")
            return self.answer(NOT_FOUND)
        value = sympy.Rational(best.value.numerator, best.value.denominator) * self.sign
        found = [dict(zip(problem.over, map(sympy.Integer, p), strict=True)) for p in best.points]
        if not best.complete:
            return self.answer(NOT_FOUND, points=tuple(found), value=value)
        proofs = {"attained": self.prove(_attained(problem, found[0], value, []))}
        order = "{f} <= {v}" if self.sign > 0 else "{v} <= {f}"
        bound = stated("bound", "No feasible point is better.", order,
                       {"f": problem.objective, "v": value}, problem.conditions)  # fmt: skip
        proofs["bound"] = self.prove(bound, AT_ONCE)
        if (
            proofs["bound"].status != PROVED
            and best.splits is not None
            and best.splits.leaves() <= MAX_LEAVES
        ):
            proofs["bound"] = self.prove(_by_boxes(bound, best.splits, problem.over))
        return self.answer(
            ATTAINED,
            points=tuple(found),
            value=value,
            unique=len(found) == 1,
            proofs=proofs,
            checked=f"all integers {_ranges(problem.over, best)}",
        )


_UNIQUE = {PROVED: True, REFUTED: False}
_T = DimSymbol("t", positive=True)
_FROM_ONE = Relation(">=", _T, 1)


def _directions(problem: Problem) -> list[Point]:
    return list(islice(curves(problem, _T), MAX_CURVES))


def _limits(problem: Problem) -> list[tuple[Any, Point]]:
    return limits(problem, _T)[:MAX_CURVES]


def _attained(problem: Problem, point: Point, value: Any, given: Sequence[Relation]) -> Statement:
    """That a point is feasible and the objective has a value there."""
    relations = [*_feasibility(problem), Relation("=", problem.objective, value)]
    return _together("attained", "The point is feasible and has the value.", relations, given, point)


def _feasible(problem: Problem, curve: Point) -> Statement:
    """That all points of a curve are feasible."""
    meaning = "All points of the curve are feasible."
    return _together("feasible", meaning, _feasibility(problem), [*problem.given, _FROM_ONE], curve)


def _feasibility(problem: Problem) -> list[Relation]:
    return [*(Relation(">" if s.is_positive else ">=", s, 0) for s in problem.over), *problem.conditions]


def _together(
    name: str,
    meaning: str,
    relations: Sequence[Relation],
    given: Sequence[Relation],
    at: Mapping[Any, Any] | None = None,
    form: str = "{}",
) -> Statement:
    """Several relations as one claim, put into a form."""
    terms: dict[str, Any] = {}
    forms: list[str] = []
    for k, relation in enumerate(relations):
        terms |= {f"a{k}": relation.left, f"b{k}": relation.right}
        first, second = (f"b{k}", f"a{k}") if relation.sign.startswith(">") else (f"a{k}", f"b{k}")
        forms.append(f"{{{first}}} {relation.sign.replace('>', '<')} {{{second}}}")
    return stated(name, meaning, form.replace("{}", " and ".join(forms)), terms, given, at=at)


def _by_boxes(statement: Statement, splits: Split | None, over: Sequence[Any]) -> Statement:
    """The statement with the boxes as an outline of its proof."""
    if splits is None:
        return statement
    from symcnn.kernel.statements import read_statements
    from symcnn.proving.scope import kernel_name

    names = [kernel_name(s.name) for s in over]
    count = 0

    def outline(part: Split | None, margin: str) -> list[str]:
        nonlocal count
        if part is None:
            return []
        count += 1
        head = f"{margin}decide {names[part.symbol]} <= {part.place} as d{count}"
        inner = margin + "  "
        lines = [head]
        for side in (part.low, part.high):
            lines += [f"{inner}{{", *outline(side, inner + "  "), f"{inner}}}"]
        return lines

    text = "\n".join([statement.written, "  proof", *outline(splits, "    ")])
    (out,) = read_statements(text)
    return out


def _refuse_infeasible(real: Problem) -> None:
    """Raise ``ValueError`` for a budget that a sum of positive terms cannot meet."""
    for relation in real.conditions:
        left, right = sides(relation)
        if relation.sign == ">=":
            left, right = right, left
        for a, b in ((left, right), (right, left))[: 2 if relation.sign == "=" else 1]:
            if b.is_nonpositive and a.is_positive and prove(gt(a, 0), seconds=2).status == PROVED:
                raise ValueError(
                    f"no feasible point: {a} is positive, and subject_to={relation} asks for {b}"
                )


def _exists(root: Root, back: Mapping[Any, Any]) -> list[Relation]:
    """What has to hold of the parameters for a root to be there."""
    return [] if root.radicand.is_positive else [gt(root.radicand.xreplace(dict(back)), 0)]


def _has_irrational(point: Point, problem: Problem) -> bool:
    """Whether a root of a number is in a point."""
    found = without_roots(point, problem.names())
    return found is not None and any(not root.radicand.free_symbols for root in found[1])


def _all_proved(proofs: Mapping[str, Verdict]) -> bool:
    return all(verdict.status == PROVED for verdict in proofs.values())


def _renamed(point: Point, back: Mapping[Any, Any]) -> Point:
    """A point in the author's symbols."""
    return {back[s]: _nice(v).xreplace(dict(back)) for s, v in point.items()}


def _nice(value: Any) -> Any:
    """The shortest of some ways to write a value."""
    forms = (value, sympy.powsimp(sympy.factor(value)), sympy.expand(value), sympy.radsimp(value))
    return (
        min(forms, key=lambda form: (sympy.count_ops(form), len(str(form)))) if value.free_symbols else value
    )


def _ranges(over: Sequence[Any], best: Best) -> str:
    return ", ".join(f"{low} <= {s} <= {high}" for s, (low, high) in zip(over, best.box, strict=True))


def _all(relations: Sequence[Relation]) -> str:
    return " and ".join(map(str, relations))


__all__ = ["Optimum", "maximize", "minimize"]
