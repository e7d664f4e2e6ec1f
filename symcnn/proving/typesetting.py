r"""Terms, statements and proofs of the kernel in LaTeX; amsmath is all that the result needs.

What is typeset of a proof is what the kernel reads: its own reader goes through the certificate once more,
and each step is written down with the facts that it brings in. What the kernel rejects is not typeset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from symcnn.kernel.arithmetic import Product
from symcnn.kernel.canonical import Canonical
from symcnn.kernel.goals import defined_goal, proof_goal, refutation_goal, satisfiable_goal
from symcnn.kernel.laws import Law
from symcnn.kernel.logic import Lambda, Sequent
from symcnn.kernel.reading import Reader
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement
from symcnn.kernel.steps import Proof
from symcnn.kernel.terms import (
    FALSE,
    INT,
    RING,
    TRUE,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    Function,
    If,
    Iff,
    Implies,
    Max,
    Node,
    Not,
    Number,
    Or,
    Plus,
    Power,
    Quotient,
    Sort,
    Sum,
    Term,
    Times,
    Variable,
)
from symcnn.proving.relations import Quantity
from symcnn.search.layout import blocks_of
from symcnn.symbols import printing
from symcnn.symbols.size import Dim

if TYPE_CHECKING:
    from symcnn.proving.verdict import Verdict
    from symcnn.search.refuting import Counterexample

_SUM, _PRODUCT, _FACTOR, _SIMPLE = 1, 2, 3, 4
_IFF, _IMPLIES, _OR, _AND, _LITERAL = 1, 2, 3, 4, 5
_RELATIONS = {"=": "=", "<=": r"\le", "<": "<"}
_SORTS = {"int": "integer", "real": "real number", "ring": "element of a commutative ring"}
# A formula that is printed wider than this is broken into lines: about so many letters fit into one.
_WIDTH = 56

_LAWS = {
    "sum_ext": "equal terms have equal sums",
    "sum_guard": "conditions that hold together leave the same terms",
    "sum_indicator": "terms that the condition leaves out count as 0",
    "sum_scale": "a constant factor moves into the sum",
    "sum_add": "two sums over one range are added term by term",
    "sum_exchange": "the order of two sums is exchanged",
    "sum_shift": "the index is shifted",
    "sum_split": "the range is split in two",
    "sum_first": "the first term is taken out",
    "sum_empty": "the range is empty",
    "sum_point": "the range is a single point",
    "sum_constant": "a sum of equal terms is their number times the term",
    "sum_flat": "two nested sums run over the rows of one",
    "sum_reindex": "the terms are matched one to one",
    "sum_nonnegative": "no term is negative",
    "sum_positive": "all terms are positive",
    "max_bound": "no term exceeds the maximum",
    "max_attained": "the maximum is one of the terms",
    "max_least": "a bound of all terms bounds the maximum",
    "max_reindex": "the same terms have the same maximum",
    "floor": "by rounding down",
    "quotient": "by division",
    "if_true": "the case that holds",
    "if_false": "the case that does not hold",
    "antisymmetry": "neither is larger",
    "trichotomy": "two numbers are compared",
    "archimedes": "there are arbitrarily large integers",
}


def latex(node: Node) -> str:
    r"""A term or formula of the kernel in LaTeX.

    >>> from symcnn.kernel.terms import Floor, Number, Sum, Variable
    >>> print(latex(Floor(Variable("C_i"), Variable("K_1"))))
    \left\lfloor \frac{C_{i}}{K_{1}} \right\rfloor
    >>> print(latex(Sum("i", Number(0), Variable("N"), None, Variable("i"))))
    \sum_{i=0}^{N - 1} i
    """
    return _formula(node, 0) if isinstance(node, Formula) else _term(node, 0)


def side(value: Any) -> str:
    r"""A side of a relation in LaTeX: a number, a size, a SymPy expression or a quantity of a cost.

    >>> from symcnn import dims
    >>> print(side(dims("C_in")**2/2))
    \frac{C_{in}^{2}}{2}
    """
    if isinstance(value, Quantity):
        from symcnn.proving.translation import term

        return latex(term(value))
    if isinstance(value, Dim):
        return printing.latex(value)
    if isinstance(value, sympy.Basic):
        names = {s: printing.name_in_latex(s.name) for s in value.atoms(sympy.Symbol)}
        return sympy.latex(value, symbol_names=names)
    return latex(Number(value))


# -- terms ---------------------------------------------------------------------------------------------------


def _name(name: str) -> str:
    stem = name.rstrip("'")
    return printing.name_in_latex(stem) + name[len(stem) :]


def _term(term: Term, binding: int) -> str:
    match term:
        case Number(value):
            return _number(value, binding)
        case Variable(name):
            return _name(name)
        case Call(name, arguments):
            return rf"{_name(name)}[{', '.join(_term(a, 0) for a in arguments)}]"
        case Plus():
            return _bracketed(_plus(term), _SUM, binding)
        case Times():
            return _bracketed(*_times(term), binding)
        case Power(base, exponent):
            return _bracketed(f"{_term(base, _SIMPLE)}^{{{exponent}}}", _FACTOR, binding)
        case Quotient(top, bottom):
            return _bracketed(rf"\frac{{{_term(top, 0)}}}{{{_term(bottom, 0)}}}", _FACTOR, binding)
        case Floor(top, bottom):
            return rf"\left\lfloor \frac{{{_term(top, 0)}}}{{{_term(bottom, 0)}}} \right\rfloor"
        case If():
            return _choice(term)
        case Sum() | Max():
            return _bracketed(_reduction(term), _PRODUCT, binding, at_end=True)


def _number(value: int | Fraction, binding: int) -> str:
    exact = Fraction(value)
    if exact.denominator == 1:
        shown = str(exact.numerator)
    else:
        sign = "-" if exact < 0 else ""
        shown = rf"{sign}\frac{{{abs(exact.numerator)}}}{{{exact.denominator}}}"
    own = _SUM if exact < 0 else _FACTOR if exact.denominator != 1 else _SIMPLE
    return _bracketed(shown, own, binding) if binding else shown


def _plus(term: Plus) -> str:
    out = ""
    for k, part in enumerate(term.terms):
        positive = _negated(part)
        if positive is None:
            out += (" + " if k else "") + _term(part, _PRODUCT)
        else:
            out += (" - " if k else "-") + positive
    return out


def _negated(term: Term) -> str | None:
    """What stands behind a minus sign, for a term that begins with one."""
    match term:
        case Number(value) if value < 0:
            return _number(-value, _PRODUCT)
        case Times((Number(factor), *others)) if factor < 0 and _ceiling(term) is None:
            rest = tuple(others) if factor == -1 else (Number(-factor), *others)
            return _term(rest[0] if len(rest) == 1 else Times(rest), _PRODUCT)
        case _:
            return None


def _times(term: Times) -> tuple[str, int]:
    """A product, and how tightly what is written holds together."""
    rounded = _ceiling(term)
    if rounded is not None:
        return rounded, _SIMPLE
    negative = _negated(term)
    if negative is not None:
        return f"-{negative}", _SUM
    out = ""
    for k, part in enumerate(term.terms):
        last = k == len(term.terms) - 1
        # A sum at the end needs no brackets: what follows is not a factor.
        at_end = last and k > 0 and isinstance(part, Sum | Max)
        shown = _reduction(part) if at_end and isinstance(part, Sum | Max) else _term(part, _FACTOR)
        joint = "" if not k else r" \cdot " if shown[0].isdigit() or shown.startswith(r"\frac") else " "
        out += joint + shown
    return out, _PRODUCT if not isinstance(term.terms[-1], Sum | Max) else _PRODUCT - 1


def _ceiling(term: Term) -> str | None:
    """A ceiling is written ``-((-a)//b)`` in statements."""
    match term:
        case Times((Number(outer), Floor(Times((Number(inner), *others)), bottom))) if (outer, inner) == (
            -1,
            -1,
        ):
            top = others[0] if len(others) == 1 else Times(tuple(others))
        case Times((Number(outer), Floor(Number(value), bottom))) if outer == -1 and value < 0:
            top = Number(-value)
        case _:
            return None
    return rf"\left\lceil \frac{{{_term(top, 0)}}}{{{_term(bottom, 0)}}} \right\rceil"


def _choice(term: If) -> str:
    """Cases; the largest or smallest of several terms, and an absolute value, as such."""
    for name, largest in (("max", True), ("min", False)):
        found = _extremes(term, largest)
        if len(found) > 1:
            return rf"\{name}\left({', '.join(_term(t, 0) for t in found)}\right)"
    match term:
        case If(Compare("<=", Number(zero), a), b, Times((Number(sign), c))) if (
            zero == 0 and sign == -1 and a == b == c
        ):
            return rf"\left|{_term(a, 0)}\right|"
        case _:
            first = rf"{_term(term.then, 0)} & \text{{if }} {_formula(term.condition, 0)}"
            return (
                rf"\begin{{cases}} {first} \\ {_term(term.otherwise, 0)} & \text{{otherwise}} \end{{cases}}"
            )


def _extremes(term: Term, largest: bool) -> list[Term]:
    """The terms of which this one is the largest or smallest, by its form; else the term alone."""
    if not isinstance(term, If):
        return [term]
    rest = _extremes(term.otherwise, largest)
    pairs = [(other, term.then) if largest else (term.then, other) for other in rest]
    wanted = [Compare("<=", a, b) for a, b in pairs]
    found = term.condition.parts if isinstance(term.condition, And) else (term.condition,)
    return [term.then, *rest] if [*found] == wanted else [term]


def _reduction(term: Sum | Max) -> str:
    sign = r"\sum" if isinstance(term, Sum) else r"\max"
    name = _name(term.index)
    if term.guard is None and isinstance(term, Sum):
        limits = f"_{{{name}={_term(term.low, 0)}}}^{{{_term(_before(term.high), 0)}}}"
    else:
        inside = rf"{_term(term.low, _SUM)} \le {name} < {_term(term.high, _SUM)}"
        guard = "" if term.guard is None else rf" \\ {_formula(term.guard, 0)}"
        limits = rf"_{{\substack{{{inside}{guard}}}}}" if guard else f"_{{{inside}}}"
    body = term.body
    shown = _reduction(body) if isinstance(body, Sum | Max) else _term(body, _PRODUCT)
    return f"{sign}{limits} {shown}"


def _before(high: Term) -> Term:
    """The last number of a range that ends before ``high``."""
    match high:
        case Number(value):
            return Number(value - 1)
        case Plus(terms):
            place = next((k for k, t in enumerate(terms) if isinstance(t, Number)), None)
            found = None if place is None else terms[place]
            if place is None or not isinstance(found, Number):
                return Plus((*terms, Number(-1)))
            number = () if found.value == 1 else (Number(found.value - 1),)
            rest = (*terms[:place], *number, *terms[place + 1 :])
            return rest[0] if len(rest) == 1 else Plus(rest)
        case _:
            return Plus((high, Number(-1)))


def _bracketed(shown: str, own: int, binding: int, at_end: bool = False) -> str:
    # A sum reaches to the end of its product, so it stands in brackets within anything tighter.
    if own < binding or (at_end and binding > _PRODUCT):
        return rf"\left({shown}\right)"
    return shown


# -- formulas ------------------------------------------------------------------------------------------------


def _formula(formula: Formula, binding: int) -> str:
    match formula:
        case Compare(relation, left, right):
            return f"{_term(left, 0)} {_RELATIONS[relation]} {_term(right, 0)}"
        case Not(Compare("=", left, right)):
            return rf"{_term(left, 0)} \ne {_term(right, 0)}"
        case Not(inner):
            return rf"\text{{not }} {_formula(inner, _LITERAL + 1)}"
        case And(()):
            return r"\text{true}"
        case Or(()):
            return r"\text{false}"
        case And(parts):
            shown = _chained(parts)
            return shown[0] if len(shown) == 1 else _bracketed(r"\text{ and }".join(shown), _AND, binding)
        case Or(parts):
            return _joined(parts, " or ", _OR, binding)
        case Implies(left, right):
            shown = rf"{_formula(left, _IMPLIES + 1)} \;\Longrightarrow\; {_formula(right, _IMPLIES + 1)}"
            return _bracketed(shown, _IMPLIES, binding)
        case Iff(left, right):
            shown = rf"{_formula(left, _IMPLIES + 1)} \;\Longleftrightarrow\; {_formula(right, _IMPLIES + 1)}"
            return _bracketed(shown, _IFF, binding)
        case ForAll() | Exists():
            names, body = _quantified(formula)
            return _bracketed(rf"{names} {_formula(body, 0)}", 0, binding)


def _quantified(formula: ForAll | Exists) -> tuple[str, Formula]:
    """The names that a formula begins with, those of one kind and sort together, and what is said of them."""
    names = [formula.name]
    body = formula.body
    while isinstance(body, type(formula)) and body.sort == formula.sort and body.name not in names:
        names.append(body.name)
        body = body.body
    if isinstance(formula, ForAll):
        words = f"for all {sort_in_words(formula.sort)}"
    elif len(names) > 1:
        words = f"there are {sort_in_words(formula.sort)}"
    else:
        words = f"there is {'an' if formula.sort in (INT, RING) else 'a'} {sort_in_words(formula.sort, 1)}"
    return rf"\text{{{words} }} {', '.join(_name(name) for name in names)}\colon\;", body


def _chained(parts: Sequence[Formula]) -> list[str]:
    """Formulas one by one; ``a <= i`` and ``i < b`` in a row as a chain."""
    out: list[str] = []
    last: Term | None = None
    for part in parts:
        if isinstance(part, Compare) and part.left == last:
            out[-1] += f" {_RELATIONS[part.relation]} {_term(part.right, 0)}"
        else:
            out.append(_formula(part, _AND + 1))
        last = part.right if isinstance(part, Compare) and part.relation != "=" else None
    return out


def _joined(parts: Sequence[Formula], word: str, own: int, binding: int) -> str:
    if len(parts) == 1:
        return _formula(parts[0], binding)
    return _bracketed(rf"\text{{{word}}}".join(_formula(p, own + 1) for p in parts), own, binding)


def sort_in_words(sort: Sort, count: int = 2) -> str:
    """A sort in words.

    >>> sort_in_words(INT), sort_in_words(INT, 1)
    ('integers', 'integer')
    """
    ending = "" if count == 1 else "s"
    if not isinstance(sort, Function):
        words = _SORTS[sort]
        return words.replace("element", f"element{ending}") if sort == RING else words + ending
    arguments = " and ".join(_counted(s, sort.arguments.count(s)) for s in dict.fromkeys(sort.arguments))
    return f"function{ending} of {arguments} with values that are {sort_in_words(sort.value)}"


def _counted(sort: str, count: int) -> str:
    words = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
    return f"{words.get(count, count)} {sort_in_words(sort, count)}"


# -- proofs --------------------------------------------------------------------------------------------------


_Labelled = tuple[Product, tuple[str, ...]]


@dataclass
class _Step:
    """A step as the kernel read it: what it was applied to, what it left, and what it was given."""

    rule: str
    before: Sequent
    goals: tuple[Sequent, ...] = ()
    labels: list[str] = field(default_factory=list[str])
    products: list[tuple[Product, tuple[str, ...]]] = field(
        default_factory=list[tuple[Product, tuple[str, ...]]]
    )
    rewrites: list[str] = field(default_factory=list[str])
    values: list[tuple[str, Term | Lambda]] = field(default_factory=list[tuple[str, Term | Lambda]])
    given: list[Term | Lambda] = field(default_factory=list[Term | Lambda])
    formulas: list[Formula] = field(default_factory=list[Formula])
    premises: list[Formula] = field(default_factory=list[Formula])
    law: str = ""
    blocks: list[list[_Step]] = field(default_factory=list[list["_Step"]])


class _Recorder(Proof):
    """The kernel's reader of proofs, which checks each step as ever and keeps what it read."""

    def __init__(self, text: str, statement: Statement) -> None:
        super().__init__(text, 0, len(text), statement.abbreviations)
        self.top: list[_Step] = []
        self.lists = [self.top]
        self.open: list[_Step] = []

    def block(self, sequent: Sequent) -> None:
        """A block, whose steps belong to the step that is open."""
        found: list[_Step] = self.top
        if self.open:
            found = []
            self.open[-1].blocks.append(found)
            if self.open[-1].rule == "use":
                self.open[-1].premises.append(sequent.goal)
        self.lists.append(found)
        super().block(sequent)
        self.lists.pop()

    def step(self, sequent: Sequent) -> Sequent | None:
        """A step, kept with what it was applied to."""
        step = _Step(self.peek().value, sequent)
        self.lists[-1].append(step)
        self.open.append(step)
        out = super().step(sequent)
        self.open.pop()
        return out

    def proved(self, goals: tuple[Sequent, ...]) -> Sequent | None:
        """What the step leaves."""
        self.open[-1].goals = goals
        return super().proved(goals)

    def fact(self, sequent: Sequent) -> Formula:
        """A fact, kept by its name."""
        first = self.peek().place
        found = super().fact(sequent)
        self.open[-1].labels.append("".join(self.text[first : self.peek().place].split()))
        return found

    def product_of(self, sequent: Sequent, sign: int) -> Product:
        """A product, kept with the names of its facts."""
        step = self.open[-1]
        known = len(step.labels)
        found = super().product_of(sequent, sign)
        step.products.append((found, tuple(step.labels[known:])))
        return found

    def canonical(self, sequent: Sequent) -> Canonical:
        """The rewrites, kept by name."""
        step = self.open[-1]
        known = len(step.labels)
        found = super().canonical(sequent)
        step.rewrites = step.labels[known:]
        return found

    def witness(self, sequent: Sequent) -> Sequent:
        """A value that is given, kept with what it is for."""
        name = self.peek().value
        out = super().witness(sequent)
        self.open[-1].values.append((name, self.open[-1].given[-1]))
        return out

    def value(self, sequent: Sequent, sort: Sort) -> Term | Lambda:
        """A value, kept."""
        found = super().value(sequent, sort)
        self.open[-1].given.append(found)
        return found

    def formula_in(self, sequent: Sequent, *bound: tuple[str, Sort]) -> Formula:
        """A formula, kept."""
        found = super().formula_in(sequent, *bound)
        self.open[-1].formulas.append(found)
        return found

    def law(self, sequent: Sequent) -> Law:
        """A law, kept by name."""
        self.open[-1].law = self.peek().value
        return super().law(sequent)


def _recorded(statement: Statement, steps: str, goal: Formula) -> list[_Step]:
    recorder = _Recorder(f"{{ {steps} }}", statement)
    recorder.block(Sequent({}, {}, goal))
    recorder.end()
    return recorder.top


Line = tuple[int, str]


@dataclass(frozen=True)
class _Writer:
    """Writes recorded steps as lines of text with a depth."""

    def block(self, steps: Sequence[_Step], depth: int) -> Iterator[Line]:
        """The lines of a block."""
        for step in _together(steps):
            yield from self.step(step, depth)

    def step(self, step: _Step, depth: int) -> Iterator[Line]:
        """The lines of a step and of the blocks below it."""
        goal = step.before.goal
        match step.rule:
            case "take":
                new = [n for n in step.goals[0].scope if n not in step.before.scope]
                yield depth, f"Take any {', '.join(f'${_name(n)}$' for n in new)}."
            case "suppose":
                yield depth, f"Suppose {_facts(step, 0)}."
            case "split":
                yield depth, f"Each part of {_math(goal)}:"
                yield from self.blocks(step, depth)
            case "choose":
                yield depth, f"Of these {_math(step.goals[0].goal)} holds:"
                yield from self.blocks(step, depth, shown=False)
            case "witness":
                values = ", ".join(f"${_name(name)} = {_value(value)}$" for name, value in step.values)
                yield depth, f"Take {values}."
                yield from self.blocks(step, depth)
            case "have":
                yield depth, f"We have {_facts(step, -1)}:"
                yield from self.blocks(step, depth, shown=False)
            case "use":
                values = f" for ${', '.join(_value(v) for v in step.given)}$" if step.given else ""
                yield depth, f"By {_label(step.labels[0])}{values} we have {_facts(step, -1)}."
                for premise, block in zip(step.premises, step.blocks, strict=False):
                    yield depth + 1, f"Here {_math(premise)}:"
                    yield from self.block(block, depth + 2)
            case "law":
                name = _LAWS.get(step.law, printing.words_in_latex(step.law))
                colon = ":" if step.blocks else "."
                yield depth, f"We have {_facts(step, -1)} ({name}){colon}"
                yield from self.blocks(step, depth, shown=len(step.blocks) > 1)
            case "obtain":
                new = [n for n in step.goals[0].scope if n not in step.before.scope]
                names = ", ".join(f"${_name(n)}$" for n in new)
                yield depth, f"By {_label(step.labels[0])} there is {names} with {_facts(step, 0)}."
            case "cases" | "decide":
                about = _label(step.labels[0]) if step.labels else f"whether {_math(step.formulas[0])}"
                yield depth, f"Cases of {about}:" if step.labels else f"We decide {about}:"
                for k in range(len(step.goals)):
                    yield depth + 1, f"Case {_facts(step, k)}."
                    # The last case may be left to the steps that follow, which stand below it.
                    yield from self.block(step.blocks[k] if k < len(step.blocks) else [], depth + 2)
            case "deny":
                yield depth, f"Suppose the contrary, {_facts(step, 0)}."
            case "induct":
                yield depth, "By induction:"
                yield from self.blocks(step, depth)
            case "exactly":
                using = f", after rewriting with {_labels(step.rewrites)}" if step.rewrites else ""
                yield depth, f"This is {_label(step.labels[0])}{using}."
            case "compute":
                yield depth, f"Computation shows {_math(goal)}."
            case "ring" | "cone":
                yield depth, _added(step)
            case _:
                return

    def blocks(self, step: _Step, depth: int, shown: bool = True) -> Iterator[Line]:
        """The blocks below a step, each with what it shows."""
        for goal, block in zip(step.goals, step.blocks, strict=False):
            if shown:
                yield depth + 1, f"{_math(goal.goal)}:"
            yield from self.block(block, depth + 1 + shown)


def _together(steps: Sequence[_Step]) -> Iterator[_Step]:
    """Neighbouring ``suppose`` and ``take`` as one step."""
    waiting: _Step | None = None
    for step in steps:
        if waiting is not None and step.rule == waiting.rule and step.rule in ("take", "suppose"):
            waiting = _Step(step.rule, waiting.before, step.goals)
            continue
        if waiting is not None:
            yield waiting
        waiting = step
    if waiting is not None:
        yield waiting


def _facts(step: _Step, goal: int) -> str:
    """The facts that a step brings in, with their labels."""
    new = [(n, f) for n, f in step.goals[goal].facts.items() if n not in step.before.facts]
    return ", ".join(f"{_label(name)} {_math(fact)}" for name, fact in new)


def _added(step: _Step) -> str:
    """A line of arithmetic: which facts add up to the difference of the sides."""
    goal = step.before.goal
    using = f" after rewriting with {_labels(step.rewrites)}" if step.rewrites else ""
    total = ""
    for product, labels in step.products:
        shown = _product(product, labels)
        joint = " - " if shown.startswith("-") else " + "
        total = f"{total}{joint}{shown.removeprefix('-')}" if total else shown
    if goal == FALSE:
        return f"A contradiction{using}: ${total or '0'}$ is not negative, and adds up to less."
    if not total:
        return f"Hence {_math(goal)}, by multiplying out{using}."
    if step.rule == "ring":
        return f"Hence {_math(goal)}{using}: left minus right side is ${total}$."
    scope = step.before.scope
    if isinstance(goal, Compare) and goal.relation == "<" and _of_integers(goal, scope):
        total = f"1 + {total}" if not total.startswith("-") else f"1 - {total.removeprefix('-')}"
    return f"Hence {_math(goal)}{using}: right minus left side is ${total}$."


def _of_integers(goal: Compare, scope: Mapping[str, Sort]) -> bool:
    return sort_of(goal.left, scope) == INT == sort_of(goal.right, scope)


def _product(product: Product, labels: Sequence[str]) -> str:
    factors = [_label(label) for label in labels]
    factors += [rf"\left({_term(square, 0)}\right)^{{2}}" for square in product.squares]
    if product.multiplier is not None:
        factors.append(_term(product.multiplier, _FACTOR))
    sign = "-" if product.factor < 0 else ""
    if abs(product.factor) != 1 or not factors:
        factors.insert(0, _number(abs(product.factor), 0))
    return sign + r"\,".join(factors)


def _math(formula: Formula) -> str:
    return f"${_formula(formula, 0)}$"


def _value(value: Term | Lambda) -> str:
    if isinstance(value, Lambda):
        return rf"({', '.join(_name(p) for p in value.parameters)} \mapsto {_term(value.body, 0)})"
    return _term(value, 0)


def _label(label: str) -> str:
    return rf"\textbf{{{printing.words_in_latex(label)}}}"


def _labels(labels: Sequence[str]) -> str:
    return ", ".join(_label(label) for label in labels)


# -- verdicts ------------------------------------------------------------------------------------------------

_HEAD = (
    "\\begingroup \\rightskip=0pt plus 1fil \\relpenalty=50 \\binoppenalty=150\n"
    "\\def\\proofstep#1#2{\\par{\\leftskip=#1em \\noindent #2\\par}}"
)
_KEY = (
    r"Where facts are added up, the label of $a \le b$ or $a < b$ stands for $b - a$ (for $b - a - 1$ where "
    r"$a < b$ are integers), and that of $a = b$ for $a - b$."
)
_TITLES = {
    "satisfiable": "There is a case that the assumptions allow.",
    "defined": "Everything has a value.",
    "proof": "The claim holds.",
}


def verdict_in_latex(verdict: Verdict) -> str:
    """The statement of a verdict and the steps of its certificate in LaTeX; see ``Verdict.latex``."""
    statement = verdict.statement
    lines = [
        _HEAD,
        rf"\noindent\textbf{{{printing.words_in_latex(statement.name)}}} ({verdict.status})."
        + (f" {printing.words_in_latex(_sentence(statement.meaning))}" if statement.meaning else ""),
        *_stated(statement),
    ]
    if verdict.case is not None:
        lines.append(_loose_text(_case(verdict.case)))
    if not verdict.certificate:
        tried = printing.words_in_latex(", ".join(verdict.tried) or "nothing")
        lines.append(rf"\par\noindent Neither proved nor refuted. Tried: {tried}.")
        return "\n".join([*lines, "\\par\\endgroup"])
    blocks = blocks_of(verdict.certificate)
    refuted = verdict.certificate.startswith("refute ")
    goals = {
        "satisfiable": satisfiable_goal,
        "defined": defined_goal,
        "proof": refutation_goal if refuted else proof_goal,
    }
    for part, steps in blocks.items():
        title = "The claim does not hold." if refuted else _TITLES[part]
        goal = goals[part](statement)
        if goal == TRUE:
            continue
        recorded = _recorded(statement, steps, goal)
        key = f" {_KEY}" if part == "proof" and _adds_facts(recorded) else ""
        lines.append(rf"\par\medskip\noindent\textit{{{title}}}{key}")
        for depth, text in _Writer().block(recorded, 1):
            lines.append(rf"\proofstep{{{_ems(depth)}}}{{{_loose_text(text)}}}")
    return "\n".join([*lines, r"\par\endgroup"])


def _sentence(words: str) -> str:
    return words if words[-1] in ".!?:" else f"{words}."


def _adds_facts(steps: Sequence[_Step]) -> bool:
    """Whether facts are added up in these steps or below them."""
    return any(
        any(labels for _, labels in step.products) or any(_adds_facts(block) for block in step.blocks)
        for step in steps
    )


def _ems(depth: int) -> str:
    """How far a line stands to the right; deep down each step is smaller, so that room is left."""
    wide = min(depth, 6) * 1.5 + max(depth - 6, 0) * 0.5
    return f"{min(wide, 15):g}"


def _stated(statement: Statement) -> Iterator[str]:
    """The names, the assumptions and the claim."""
    kinds: dict[str, list[str]] = {}
    lowest, rest = limits(statement.premises())
    for name, sort in statement.scope.items():
        limit = lowest.get(name, "")
        kinds.setdefault(f"{sort_in_words(sort)}|{limit}", []).append(_name(name))
    declared: list[str] = []
    for kind, names in kinds.items():
        words, _, limit = kind.partition("|")
        declared.append(f"{words if len(names) > 1 else 'each ' + _one(words)} ${', '.join(names)}{limit}$")
    if declared:
        yield f"For {' and '.join(_all(text) for text in declared)}" + (", given" if rest else "")
    elif rest:
        yield "Given"
    wide = any(_width(_formula(formula, 0)) > _WIDTH for formula in rest)
    if wide:
        yield from (_displayed(formula) for formula in rest)
    elif rest:
        yield "\\begin{gather*}"
        yield " \\\\\n".join(f"  {_formula(formula, 0)}" for formula in rest)
        yield "\\end{gather*}"
    if declared or rest:
        yield "the claim is"
    else:
        yield "The claim is"
    yield _displayed(statement.claim)


def _all(text: str) -> str:
    return text if text.startswith("each ") else f"all {text}"


def _one(words: str) -> str:
    """The singular of a sort in words."""
    first, _, rest = words.partition(" of ")
    return first.removesuffix("s") + (f" of {rest}" if rest else "")


def limits(premises: Iterable[Formula]) -> tuple[Mapping[str, str], list[Formula]]:
    r"""The limits that are stated with names, in LaTeX, and all other premises.

    >>> from symcnn.kernel.terms import Compare, Number, Variable
    >>> limits([Compare("<=", Number(1), Variable("N"))])
    ({'N': ' \\ge 1'}, [])
    """
    found: dict[str, str] = {}
    rest: list[Formula] = []
    for formula in premises:
        match formula:
            case Compare("<=" | "<" as relation, Number(value), Variable(name)) if name not in found:
                sign = r"\ge" if relation == "<=" else ">"
                found[name] = f" {sign} {_number(value, 0)}"
            case _:
                rest.append(formula)
    return found, rest


def _displayed(formula: Formula) -> str:
    """A formula on a line of its own; a wide one is text that TeX can break into lines."""
    shown = _formula(formula, 0)
    if _width(shown) <= _WIDTH:
        return f"\\[ {shown} \\]"
    return f"\\begin{{quote}}\\raggedright $\\displaystyle {_loose(shown)}$\\end{{quote}}"


# So wide is mathematics that stands in a line of text as it is.
_SHORT = 30
_SIGNS = re.compile(r" (?:\\(?:le|ne|;)|[<=+-]) ")


def _width(shown: str) -> int:
    """About how many letters wide a formula is; there is space around signs."""
    return printing.printed(shown) + 2 * len(_SIGNS.findall(shown))


_BRACKETS = re.compile(r"\\left\(|\\right\)")
_TALL = re.compile(r"\\frac|\\begin")
# TeX breaks mathematics behind relations and signs by itself; these are further places, the best first.
_JOINTS = (
    (re.compile(r"(\\colon\\;|\\text\{ (?:and|or) \}) ?"), r"\1\\allowbreak "),
    (re.compile(r", ?"), r",\\penalty300 "),
    (re.compile(r"(?<=[\w})\]])(?<!\\left)(?<!\\bigl) ?(?=\\sum|\\max|\\begin|\()"), r"\\penalty600 "),
)
_WORDS = re.compile(r"\\text\{([a-z ]{12,})\}")


def _loose(shown: str) -> str:
    r"""Mathematics that can be broken inside of brackets, and where it is long also behind commas and words.

    >>> print(_loose(r"\left(a + b\right) c"))
    (a + b) c
    """
    starts: list[re.Match[str]] = []
    places: dict[int, tuple[int, str]] = {}
    for found in _BRACKETS.finditer(shown):
        if found[0] == r"\left(":
            starts.append(found)
        elif starts:
            first = starts.pop()
            inside = shown[first.end() : found.start()]
            if not _TALL.search(inside):
                left, right = "(", ")"
            elif _width(inside) > _WIDTH // 2:
                left, right = r"\bigl(", r"\bigr)"
            else:
                continue
            places[first.start()] = first.end(), left
            places[found.start()] = found.end(), right
    out, end = "", 0
    for start, (stop, bracket) in sorted(places.items()):
        out += shown[end:start] + bracket
        end = stop
    if _width(shown) <= _SHORT:
        return out + shown[end:]
    words = _WORDS.sub(lambda text: _loose_words(text[1]), out + shown[end:])
    for place, broken in _JOINTS:
        words = place.sub(broken, words)
    return words


def _loose_words(words: str) -> str:
    """Words in mathematics that can be broken between any two."""
    return "\\allowbreak ".join(rf"\text{{{word} }}" for word in words.split())


def _loose_text(line: str) -> str:
    """Text with mathematics in it, all of which can be broken into lines."""
    parts = line.split("$")
    parts[1::2] = [_loose(part) for part in parts[1::2]]
    return "$".join(parts)


def _case(case: Counterexample) -> str:
    """A counterexample, and both sides there."""
    chosen = [f"${_name(name)} = {_number(value, 0)}$" for name, value in case.values.items()]
    chosen += [f"${_name(name)} = {_function(text)}$" for name, text in case.functions.items()]
    there = f"A counterexample is {', '.join(chosen)}" if chosen else "There is nothing to choose"
    if case.left is None or case.right is None:
        return f"{there}."
    return f"{there}; there the sides are ${_number(case.left, 0)}$ and ${_number(case.right, 0)}$."


def _function(text: str) -> str:
    """A function as certificates give it, ``fun(i, j) term``."""
    names, _, body = text.removeprefix("fun(").partition(")")
    parameters = [name.strip() for name in names.split(",")]
    return _value(Lambda(tuple(parameters), Reader(body, dict.fromkeys(parameters, INT)).term()))
