r"""From trees to terms and formulas of the kernel, where they have a meaning there.

``\lfloor a/b \rfloor`` becomes ``a//b`` and ``\lceil a/b \rceil`` becomes ``-((-a)//b)``; what is rounded is
put on one fraction line first. A sum that ends with n runs up to, but not including, n + 1. What the language
of statements has no words for, such as roots and logarithms, is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import comb, factorial

from symcnn.documents import trees
from symcnn.documents.dimensions import mixed_units
from symcnn.documents.faults import FormulaError
from symcnn.documents.names import Names
from symcnn.documents.trees import Tree
from symcnn.kernel.reading import MAX_EXPONENT, MAX_NODES, MAX_TREE_DEPTH
from symcnn.kernel.sorts import check, sort_of
from symcnn.kernel.terms import (
    INT,
    ONE,
    ZERO,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    If,
    Iff,
    IllSorted,
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
    measure,
    number,
)

MAX_CHOSEN = 16
_NEGATIVE = Number(-1)
_NO_RELATION = {
    "~~": (
        "\\approx says nothing exact",
        "state the exact value, or a number with the digits that are meant",
    ),
    "~": ("\\sim has no fixed meaning", "say which sizes grow"),
    "prop": ("\\propto is no relation of two values", "say in which sizes it is proportional"),
    "<<": ("\\ll has no fixed meaning", "write \\le with the factor that is meant"),
    ">>": ("\\gg has no fixed meaning", "write \\ge with the factor that is meant"),
}


def term(
    tree: Tree, names: Names | Mapping[str, Sort], text: str = "", line: int = 1, column: int = 1
) -> Term:
    r"""A term of the kernel; raises ``FormulaError`` for what it has no words for and for what has no sort.

    ``text``, with where it begins, is what the tree was read from; messages show it.

    >>> from symcnn.documents.display import read
    >>> from symcnn.kernel.writing import write
    >>> names = dict.fromkeys("WKS", "int")
    >>> write(term(read(r"\left\lfloor \frac{W - K}{S} \right\rfloor + 1", names), names))
    '(W - K)//S + 1'
    """
    maker = _Maker(names, text, line, column)
    maker.units(tree)
    out = maker.term(tree)
    maker.check(out, tree)
    return out


def formula(
    tree: Tree, names: Names | Mapping[str, Sort], text: str = "", line: int = 1, column: int = 1
) -> Formula:
    r"""A formula of the kernel; raises ``FormulaError`` as ``term`` does.

    >>> from symcnn.documents.display import read
    >>> from symcnn.kernel.writing import write
    >>> names = dict.fromkeys("MN", "int")
    >>> write(formula(read(r"1 \le M < N^2", names), names))
    '1 <= M and M < N^2'
    """
    maker = _Maker(names, text, line, column)
    maker.units(tree)
    out = maker.formula(tree)
    maker.check(out, tree)
    return out


class _Maker:
    def __init__(self, names: Names | Mapping[str, Sort], text: str, line: int, column: int) -> None:
        self.sorts = names.sorts if isinstance(names, Names) else names
        self.text = text
        self.line = line
        self.column = column
        self.known: dict[int, tuple[Node, int, int]] = {}

    def fault(self, reason: str, tree: Tree, advice: str = "") -> FormulaError:
        return FormulaError(reason, self.text, tree.span[0], self.line, self.column, advice)

    def units(self, tree: Tree) -> None:
        """Refuse sums and relations of different units."""
        found = mixed_units(tree)
        if found is not None:
            part, first, second = found
            raise self.fault(
                f"{first} and {second} do not fit together", part, "write the unit of each number"
            )

    def check(self, node: Node, tree: Tree) -> None:
        """Refuse what is too large to walk, and what has no sort."""
        self.small(node, tree)
        try:
            check(node, self.sorts) if isinstance(node, Formula) else sort_of(node, self.sorts)
        except IllSorted as error:
            raise self.fault(str(error), tree) from None

    def small(self, node: Node, tree: Tree) -> None:
        """Refuse what is too large: an absolute value, for one, holds its inner term three times."""
        nodes, depth = measure(node, self.known)
        if nodes > MAX_NODES or depth > MAX_TREE_DEPTH:
            raise self.fault("the formula is too large for a statement", tree, "name its parts")

    # -- terms -----------------------------------------------------------------------------------------------

    def term(self, tree: Tree) -> Term:
        """A tree as a term."""
        match tree:
            case trees.Number():
                found = self.number(tree)
                return found[0] if len(found) == 1 else Times(found)
            case trees.Name(name):
                return Variable(name)
            case trees.Call(name, arguments):
                return Call(name, tuple(self.term(a) for a in arguments))
            case trees.Group(inner):
                return self.term(inner)
            case trees.Negative(inner):
                return _negative(self.term(inner))
            case trees.Plus(parts):
                return Plus(tuple(self.term(t) for t in parts))
            case trees.Times(factors):
                found = [t for f in factors if not _only_a_unit(f) for t in self.factors(f)]
                return Times(tuple(found)) if len(found) > 1 else found[0] if found else ONE
            case trees.Quotient(top, bottom):
                return self.quotient(self.term(top), self.term(bottom), tree)
            case trees.Modulo(top, bottom):
                a, b = self.term(top), self.term(bottom)
                self.small(Plus((a, b)), tree)
                return Plus((a, Times((_NEGATIVE, b, Floor(a, b)))))
            case trees.Power():
                return self.power(tree)
            case trees.Factorial(inner):
                return self.factorial(inner)
            case trees.Binomial():
                return self.binomial(tree)
            case trees.Rounded():
                return self.rounded(tree)
            case trees.Absolute(inner):
                found = self.term(inner)
                self.small(found, tree)
                return If(Compare("<=", ZERO, found), found, Times((_NEGATIVE, found)))
            case trees.Extreme(kind, arguments):
                return self.extreme(kind, [self.term(a) for a in arguments], tree)
            case trees.Reduction():
                return self.reduction(tree)
            case trees.Cases(rows, otherwise):
                out = self.term(otherwise)
                for then, condition in reversed(rows):
                    out = If(self.formula(condition), self.term(then), out)
                return out
            case _:
                raise self.no_term(tree)

    def no_term(self, tree: Tree) -> FormulaError:
        """An error: the language of statements has no such term."""
        match tree:
            case trees.Root():
                return self.fault("statements have no roots", tree, "state the claim about the powers")
            case trees.Applied(function):
                return self.fault(
                    f"statements have no \\{function}", tree, "declare it as a function of reals"
                )
            case trees.Listing() | trees.Range():
                return self.fault("a list is no number", tree, "write one formula for each of them")
            case trees.Collection():
                return self.fault("a set is no number", tree)
            case _:
                return self.fault("a formula stands where a term is needed", tree)

    def number(self, tree: trees.Number) -> tuple[Term, ...]:
        """A number as it is written: ``12 \\times 10^{6}`` is a product, ``1.2 \\times 10^{6}`` a number."""
        factor = tree.unit.factor if tree.unit else Fraction(1)
        exponent = tree.exponent
        if exponent is None or "." in tree.digits or factor != 1 or not 0 <= exponent <= MAX_EXPONENT:
            return (number(tree.value * factor),)
        return number(tree.value / 10**exponent), Power(Number(10), exponent)

    def factors(self, tree: Tree) -> tuple[Term, ...]:
        """A factor of a product."""
        return self.number(tree) if isinstance(tree, trees.Number) else (self.term(tree),)

    def quotient(self, top: Term, bottom: Term, tree: Tree) -> Term:
        """``top / bottom``; of two numbers the number."""
        if bottom == ZERO:
            raise self.fault("a quotient divides by 0", tree)
        if isinstance(top, Number) and isinstance(bottom, Number):
            return number(Fraction(top.value) / bottom.value)
        return Quotient(top, bottom)

    def power(self, tree: trees.Power) -> Term:
        """A whole power; a negative one is a quotient."""
        exponent = self.term(tree.exponent)
        if not isinstance(exponent, Number):
            raise self.fault("statements have numbers as exponents alone", tree.exponent)
        n = exponent.value
        if n.denominator != 1:
            raise self.fault("statements have no roots", tree.exponent, "state the claim about the powers")
        if abs(n) > MAX_EXPONENT:
            raise self.fault(f"an exponent is larger than {MAX_EXPONENT}", tree.exponent)
        base = self.term(tree.base)
        return (
            Power(base, int(n))
            if n >= 0
            else self.quotient(ONE, base if n == -1 else Power(base, int(-n)), tree)
        )

    def factorial(self, inner: Tree) -> Term:
        """The factorial of a number."""
        found = self.term(inner)
        if not isinstance(found, Number) or found.value.denominator != 1 or not 0 <= found.value <= 100:
            raise self.fault("statements have factorials of numbers up to 100 alone", inner)
        return number(factorial(int(found.value)))

    def binomial(self, tree: trees.Binomial) -> Term:
        """``\\binom{n}{k}`` with a number k: a product of k factors over k!."""
        upper, lower = self.term(tree.upper), self.term(tree.lower)
        if (
            not isinstance(lower, Number)
            or lower.value.denominator != 1
            or not 0 <= lower.value <= MAX_CHOSEN
        ):
            reason = f"the lower number of \\binom must be a number from 0 to {MAX_CHOSEN}"
            raise self.fault(reason, tree.lower)
        k = int(lower.value)
        if isinstance(upper, Number) and upper.value.denominator == 1 and 0 <= upper.value < 10**9:
            return number(comb(int(upper.value), k))
        self.small(upper, tree)
        chosen = [upper if not j else Plus((upper, Number(-j))) for j in range(k)]
        top = chosen[0] if k == 1 else Times(tuple(chosen)) if k else ONE
        return Quotient(top, Number(factorial(k))) if k > 1 else top

    def extreme(self, kind: str, terms: Sequence[Term], tree: Tree) -> Term:
        """The largest or smallest of several terms, the first one that is."""
        *rest, out = terms
        taken = [out]
        for first in reversed(rest):
            found = [Compare("<=", *((t, first) if kind == "max" else (first, t))) for t in taken]
            out = If(found[0] if len(found) == 1 else And(tuple(found)), first, out)
            taken.insert(0, first)
            self.small(out, tree)
        return out

    def reduction(self, tree: trees.Reduction) -> Term:
        """A sum or maximum over a range that ends before its upper limit."""
        if tree.kind == "prod":
            raise self.fault("statements have no products over a range", tree, "declare it by recursion")
        low, high = self.term(tree.low), self.term(tree.high)
        high = after(high) if tree.inclusive else high
        outer = self.sorts
        self.sorts = {**outer, tree.index: INT}
        guard = None if tree.guard is None else self.formula(tree.guard)
        body = self.term(tree.body)
        self.sorts = outer
        if tree.kind == "min":
            return _negative(Max(tree.index, low, high, guard, _negative(body)))
        return (Sum if tree.kind == "sum" else Max)(tree.index, low, high, guard, body)

    # -- rounding --------------------------------------------------------------------------------------------

    def rounded(self, tree: trees.Rounded) -> Term:
        """``//``, for what is written on one fraction line or can be put on one."""
        top, bottom = self.fraction(tree.inner)
        self.small(Plus((top, bottom)), tree)
        if bottom == ZERO:
            raise self.fault("a quotient divides by 0", tree)
        if tree.direction == "down":
            return Floor(top, bottom)
        return Times((_NEGATIVE, Floor(_negative(top), bottom)))

    def fraction(self, tree: Tree) -> tuple[Term, Term]:
        """A tree as one fraction."""
        match tree:
            case trees.Group(inner):
                return self.fraction(inner)
            case trees.Number():
                value = tree.value * (tree.unit.factor if tree.unit else 1)
                return (self.term(tree), ONE) if value.denominator == 1 else _parts(value)
            case trees.Negative(inner):
                top, bottom = self.fraction(inner)
                return _negative(top), bottom
            case trees.Plus(parts) if _divided(tree):
                return self.common([self.fraction(part) for part in parts], tree)
            case trees.Times(factors) if _divided(tree):
                found = [self.fraction(factor) for factor in factors]
                return _product([top for top, _ in found]), _product([bottom for _, bottom in found])
            case trees.Quotient(top, bottom):
                a, b = self.fraction(top), self.fraction(bottom)
                if not isinstance(b[1], Number):
                    # a / (b/c) would become (a c)/b, which has a value where c is 0.
                    raise self.fault(
                        "a fraction stands below a fraction line in what is rounded",
                        tree,
                        "write \\frac{a c}{b}",
                    )
                return _product([a[0], b[1]]), _product([a[1], b[0]])
            case _:
                return self.term(tree), ONE

    def common(self, fractions: Sequence[tuple[Term, Term]], tree: Tree) -> tuple[Term, Term]:
        """A sum of fractions as one."""
        for top, bottom in fractions:
            self.small(Plus((top, bottom)), tree)
        bottoms = list(dict.fromkeys(bottom for _, bottom in fractions if bottom != ONE))
        tops = [_product([top, *(b for b in bottoms if b != bottom)]) for top, bottom in fractions]
        terms = [t for top in tops for t in (top.terms if isinstance(top, Plus) else (top,))]
        return Plus(tuple(terms)), _product(bottoms)

    # -- formulas --------------------------------------------------------------------------------------------

    def formula(self, tree: Tree) -> Formula:
        """A tree as a formula."""
        match tree:
            case trees.Chain():
                found = self.chain(tree)
                return found[0] if len(found) == 1 else And(tuple(found))
            case trees.Truth(value):
                return And(()) if value else Or(())
            case trees.Not(inner):
                return Not(self.formula(inner))
            case trees.Bracketed(inner):
                return self.formula(inner)
            case trees.Joined("and", parts):
                found = [
                    f
                    for p in parts
                    for f in (self.chain(p) if isinstance(p, trees.Chain) else [self.formula(p)])
                ]
                return And(tuple(found))
            case trees.Joined("or", parts):
                return Or(tuple(self.formula(p) for p in parts))
            case trees.Joined("iff", (left, right)):
                return Iff(self.formula(left), self.formula(right))
            case trees.Joined(_, parts):
                *premises, out = (self.formula(p) for p in parts)
                return reduce(lambda goal, premise: Implies(premise, goal), reversed(premises), out)
            case trees.Quantified():
                return self.quantified(tree)
            case _:
                raise self.fault("a relation is missing", tree)

    def quantified(self, tree: trees.Quantified) -> Formula:
        """A formula for all or some values of names."""
        outer = self.sorts
        limit = None if tree.limit is None else self.term(tree.limit[1])
        self.sorts = {**outer, **dict.fromkeys(tree.names, tree.sort)}
        out = self.formula(tree.body)
        self.sorts = outer
        for name in reversed(tree.names):
            if tree.limit is not None and limit is not None:
                within = _compared(tree.limit[0], Variable(name), limit)
                out = Implies(within, out) if tree.kind == "all" else And((within, out))
            out = (ForAll if tree.kind == "all" else Exists)(name, tree.sort, out)
        return out

    def chain(self, tree: trees.Chain) -> list[Formula]:
        """The relations of a chain one by one."""
        out: list[Formula] = []
        for relation, left, right in zip(tree.relations, tree.terms, tree.terms[1:], strict=False):
            if left is None or right is None:
                raise self.fault("a term is missing before the relation", tree)
            out += self.relation(relation, left, right, tree)
        for part in out:
            self.small(part, tree)
        return out

    def relation(self, relation: str, left: Tree, right: Tree, tree: Tree) -> list[Formula]:
        """What a relation says, for each item of a list."""
        if relation in _NO_RELATION:
            reason, advice = _NO_RELATION[relation]
            raise self.fault(reason, tree, advice)
        pairs = self.pairs(left, right, tree)
        if relation == "in":
            return [f for a, b in pairs for f in self.member(a, b)]
        return [_compared(relation, self.term(a), self.term(b)) for a, b in pairs]

    def pairs(self, left: Tree, right: Tree, tree: Tree) -> list[tuple[Tree, Tree]]:
        """What is related with what: tuples entry by entry, each item of a list with the other side."""
        match left, right:
            case trees.Listing(a, x), trees.Listing(b, y):
                if not (x and y) or len(a) != len(b):
                    raise self.fault("two lists are not compared", tree, "write one formula for each pair")
                found = [pair for s, t in zip(a, b, strict=True) for pair in self.pairs(s, t, tree)]
            case (trees.Range(a, b), trees.Range(c, d)):
                found: list[tuple[Tree, Tree]] = [(a, c), (b, d)]
            case trees.Listing(items, False), _:
                found = [(item, right) for item in items]
            case _, trees.Listing(items, False):
                found = [(left, item) for item in items]
            case _:
                found = [(left, right)]
        return found

    def member(self, left: Tree, right: Tree) -> list[Formula]:
        """``a \\in`` a set, where it says more than the sort of a does."""
        if not isinstance(right, trees.Collection):
            raise self.fault("a set is missing behind \\in", right)
        value = self.term(left)
        if right.kind == "range" and right.low is not None and right.high is not None:
            return [Compare("<=", self.term(right.low), value), Compare("<=", value, self.term(right.high))]
        if right.kind == "items":
            found = tuple(Compare("=", value, self.term(item)) for item in right.items)
            return [found[0] if len(found) == 1 else Or(found)]
        if right.kind == "N":
            raise self.fault("\\mathbb{N} can begin with 0 or with 1", right, "write \\ge 0 or \\ge 1")
        if right.positive and (right.kind == "R" or sort_of(value, self.sorts) == INT):
            return [Compare("<", ZERO, value)]
        raise self.fault("what kind of value it is belongs to its declaration", right)


def after(high: Term) -> Term:
    """The end of a range whose last number is ``high``: one more, with numbers taken together.

    >>> after(Number(3))
    Number(value=4)
    """
    match high:
        case Number(value):
            return number(value + 1)
        case Plus((*rest, Number(value))):
            if value == -1:
                return rest[0] if len(rest) == 1 else Plus(tuple(rest))
            return Plus((*rest, number(value + 1)))
        case Plus((Number(value), *rest)) if value != -1:
            return Plus((number(value + 1), *rest))
        case Plus(terms):
            return Plus((*terms, ONE))
        case _:
            return Plus((high, ONE))


def _compared(relation: str, left: Term, right: Term) -> Formula:
    match relation:
        case "=" | ":=":
            return Compare("=", left, right)
        case "!=":
            return Not(Compare("=", left, right))
        case ">=" | ">":
            return Compare(relation.replace(">", "<"), right, left)
        case "divides":
            return Compare("=", Times((left, Floor(right, left))), right)
        case _:
            return Compare(relation, left, right)


def _negative(term: Term) -> Term:
    """The negative of a product, as the kernel reads it."""
    if isinstance(term, Number):
        return number(-term.value)
    return Times((_NEGATIVE, *(term.terms if isinstance(term, Times) else (term,))))


def _product(terms: Sequence[Term]) -> Term:
    """The product of terms without the ones among them."""
    rest = [t for t in terms if t != ONE]
    return ONE if not rest else rest[0] if len(rest) == 1 else Times(tuple(rest))


def _only_a_unit(tree: Tree) -> bool:
    """Whether a factor is the word for a unit in which one thing is counted, such as operations."""
    return (
        isinstance(tree, trees.Number)
        and tree.unit is not None
        and tree.digits == "1"
        and tree.unit.factor == 1
    )


def _parts(value: Fraction) -> tuple[Term, Term]:
    return Number(value.numerator), Number(value.denominator)


def _divided(tree: Tree) -> bool:
    """Whether a quotient stands in a sum or product, outside of anything else."""
    match tree:
        case trees.Quotient():
            return True
        case trees.Number():
            return (tree.value * (tree.unit.factor if tree.unit else 1)).denominator != 1
        case trees.Group() | trees.Negative() | trees.Plus() | trees.Times():
            return any(_divided(part) for part in trees.inside(tree))
        case _:
            return False
