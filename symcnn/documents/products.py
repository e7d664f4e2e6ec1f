"""Terms: products with signs between them, and factors side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcnn.documents import trees
from symcnn.documents.factors import Factors
from symcnn.documents.names import latex_of
from symcnn.documents.tokens import Token
from symcnn.documents.trees import Term

MAX_TERMS = 500


class Terms(Factors):
    """Reads a term."""

    def term(self) -> Term:
        """Products with plus and minus between them."""
        self.deeper()
        start = self.peek()
        terms = [self.signed(first=True)]
        while self.at("sign", "+", "-"):
            terms.append(self.signed())
            if len(terms) > MAX_TERMS:
                raise self.fault(f"a sum has more than {MAX_TERMS} terms")
        self.depth -= 1
        if len(terms) == 1:
            return terms[0]
        self.no_captured_index(terms)
        return trees.Plus(tuple(terms), self.span(start.start))

    def signed(self, first: bool = False) -> Term:
        """A product with the sign before it."""
        word = self.peek()
        minus = self.take("sign", "-")
        if not minus:
            self.take("sign", "+")
        if self.at("sign", "+", "-"):
            raise self.fault("two signs stand in a row", advice="put the second one in brackets")
        inner = self.product()
        if minus and isinstance(inner, trees.Modulo):
            raise self.fault("-a \\bmod b can mean two things", word, "put the minus sign in brackets")
        return trees.Negative(inner, self.span(word.start)) if minus else inner

    def no_captured_index(self, terms: Sequence[Term]) -> None:
        """``\\sum_i a + i`` with a declared i outside is read differently by different people."""
        ended = [[r for r in _at_end(term) if r.index in self.names.sorts] for term in terms]
        if not any(ended):
            return
        used: set[str] = set()
        for term, reductions in zip(reversed(terms), reversed(ended), strict=True):
            for reduction in reductions:
                if reduction.index in used:
                    place = next(w for w in self.words if w.start >= reduction.span[0])
                    raise self.fault(
                        f"{latex_of(reduction.index)} stands behind the sum and is its index as well", place,
                        "put the sum in brackets, or give its index another name",
                    )  # fmt: skip
            used |= {tree.name for tree in trees.walk(term) if isinstance(tree, trees.Name | trees.Call)}

    def product(self) -> Term:
        """Factors side by side, or with signs between them."""
        start = self.peek()
        factors: list[Term] = [self.factor()]
        while True:
            word = self.peek()
            if self.take("sign", "*"):
                factors.append(self.factor("*"))
            elif self.take("sign", "/", "div"):
                top = self.times(factors, start)
                bottom = self.factor("/")
                self.no_more_divided(word)
                factors = [trees.Quotient(top, bottom, True, self.span(start.start))]
            elif self.take("sign", "bmod"):
                bottom = self.factor("bmod")
                if len(factors) > 1 or self.at("sign", "*", "/", "div", "bmod") or self.begins_factor():
                    raise self.fault(
                        "\\bmod stands between two factors", word, "put what it takes in brackets"
                    )
                factors = [trees.Modulo(factors[0], bottom, self.span(start.start))]
            elif (unit := self.unit_beside()) is not None:
                factors.append(trees.Number("1", unit=unit, span=(word.start, word.stop)))
                if self.at("sign", "*", "/", "div", "bmod") or self.begins_factor():
                    raise self.fault("a unit ends its product", word, "write it at the end")
                return self.times(factors, start)
            elif self.begins_factor():
                self.no_number(word)
                factors.append(self.factor("beside"))
                self.beside(factors[-2], factors[-1], word)
            else:
                return self.times(factors, start)
            if len(factors) > MAX_TERMS:
                raise self.fault(f"a product has more than {MAX_TERMS} factors")

    def times(self, factors: Sequence[Term], start: Token) -> Term:
        """The product of factors, or the only one."""
        return factors[0] if len(factors) == 1 else trees.Times(tuple(factors), self.span(start.start))

    def no_more_divided(self, slash: Token) -> None:
        """``a/bc`` and ``a/b/c`` are read in two ways."""
        if self.at("sign", "/", "div"):
            raise self.fault("a/b/c can mean (a/b)/c or a/(b/c)", slash, "write \\frac and brackets")
        if self.begins_factor() or self.at("bar"):
            raise self.fault(
                "a/bc can mean a/(bc) or (a/b)c", slash, "write \\frac{a}{b c}, or \\frac{a}{b} c"
            )

    def no_number(self, word: Token) -> None:
        """A number stands before the factors beside it, or behind a dot."""
        if word.kind == "number":
            raise self.fault("a number stands behind a factor", word, "write \\cdot between them")

    def beside(self, left: Term, right: Term, word: Token) -> None:
        """``2\\frac12`` can be two and a half; in ``N(K)`` somebody took N for a function."""
        of_numbers = all(isinstance(part, trees.Number) for part in trees.inside(right))
        if isinstance(right, trees.Quotient) and of_numbers and isinstance(left, trees.Number):
            raise self.fault(
                "a number beside a fraction can be a sum or a product", word,
                "write 2 + \\frac{1}{2} or 2 \\cdot \\frac{1}{2}",
            )  # fmt: skip
        if not isinstance(left, trees.Name | trees.Call) or not isinstance(right, trees.Group):
            return
        if isinstance(right.inner, trees.Name | trees.Number):
            raise self.fault(
                f"{latex_of(left.name)} is not declared as a function of this",
                word,
                "write \\cdot for a product",
            )


def _at_end(term: Term) -> Iterator[trees.Reduction]:
    """The reductions that reach to the end of a term."""
    while True:
        if isinstance(term, trees.Negative):
            term = term.inner
        elif isinstance(term, trees.Times):
            term = term.factors[-1]
        elif isinstance(term, trees.Reduction):
            yield term
            term = term.body
        else:
            return
