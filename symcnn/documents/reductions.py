r"""Sums, products, maxima and minima over ranges: their limits, conditions and bodies."""

from __future__ import annotations

from symcnn.documents import trees
from symcnn.documents.brackets import is_logical
from symcnn.documents.naming import Naming
from symcnn.documents.tokens import Token
from symcnn.documents.trees import Formula, Term
from symcnn.kernel.terms import INT


class Reductions(Naming):
    r"""Reads ``\sum_{i=1}^{n}``, ``\max_{0 \le i < n}`` and rows of a ``\substack``."""

    def reduction(self, word: Token) -> Term:
        """A sum, product, maximum or minimum over ranges, and what it is of."""
        self.deeper()
        below = above = -1
        while self.at("sign", "_", "^"):
            sign = self.peek()
            self.next += 1
            if sign.value == "_":
                below = self.next
            else:
                above = self.next
            self.pass_script()
        if below < 0:
            raise self.fault(
                f"the range of \\{word.value} is missing", word, f"write \\{word.value}_{{i=1}}^{{n}}"
            )
        behind, outer, bound_outside = self.next, self.names, self.bound
        ranges, guard = self.ranges(below, above, word)
        self.next = behind
        body = self.inside(self.product)
        if isinstance(body, trees.Modulo):
            raise self.fault(
                f"\\{word.value} a \\bmod b can mean two things", word, "put what it takes in brackets"
            )
        self.ended.update(index for index, *_ in ranges if index not in outer.sorts)
        self.names, self.bound = outer, bound_outside
        self.depth -= 1
        for k, (index, low, high, inclusive) in enumerate(reversed(ranges)):
            inner = guard if k == 0 else None
            kind = word.value
            body = trees.Reduction(kind, index, low, high, inclusive, inner, body, self.span(word.start))
        return body

    def ranges(
        self, below: int, above: int, word: Token
    ) -> tuple[list[tuple[str, Term, Term, bool]], Formula | None]:
        r"""``i=a`` and ``b``; ``a \le i < b``; rows of a ``\substack``, ranges first, then conditions."""
        self.next = below
        if not self.take("brace", "{"):
            raise self.fault(
                f"the range of \\{word.value} is not read", word, f"write \\{word.value}_{{i=1}}^{{n}}"
            )
        stacked = self.take("command", "substack")
        if stacked and not self.take("brace", "{"):
            raise self.missing("{")
        found: list[tuple[str, Term, Term, bool]] = []
        guards: list[Formula] = []
        while True:
            if not found or self.binds():
                found.append(self.range(above, word))
                self.bind(found[-1][0], INT)
            else:
                guards.append(self.formula())
            if not (stacked and self.take("row")):
                break
        for _ in range(1 + stacked):
            if not self.take("brace", "}"):
                raise self.missing("a closing brace")
        if len(guards) > 1:
            return found, trees.Joined("and", tuple(guards))
        return found, guards[0] if guards else None

    def binds(self) -> bool:
        r"""Whether a range ``a \le i < b`` of a name that is not declared comes next."""
        k = self.next
        depth = 0
        while k < len(self.words) and (depth or self.words[k].kind not in ("row", "relation", "stop")):
            word = self.words[k]
            if is_logical(word) or word.value in (",", ":"):
                return False
            depth += (word.kind, word.value) == ("brace", "{")
            depth -= (word.kind, word.value) == ("brace", "}")
            if depth < 0:
                return False
            k += 1
        if (
            k + 2 >= len(self.words)
            or self.words[k].value != "<="
            or self.words[k + 2].value not in ("<", "<=")
        ):
            return False
        name = self.words[k + 1]
        return name.kind in ("letters", "greek") and self.names.find(name.value) is None

    def range(self, above: int, word: Token) -> tuple[str, Term, Term, bool]:
        """One range: its index, its ends, and whether the last end belongs to it."""
        start = self.next
        if self.peek().kind in ("letters", "greek", "text"):
            index = self.new_name()
            if self.take("relation", "="):
                low = self.term()
                if above < 0:
                    raise self.fault(
                        "the upper limit is missing", word, f"write \\{word.value}_{{i=1}}^{{n}}"
                    )
                place, self.next = self.next, above
                high = self.script("^")
                self.next = place
                return index, low, high, True
        self.next = start
        if above >= 0:
            raise self.fault("the lower limit is not read", advice="write \\sum_{i=1}^{n}")
        low = self.term()
        if not self.take("relation", "<="):
            raise self.fault("the range is not read", advice="write a \\le i < b")
        index = self.new_name()
        inclusive = self.at("relation", "<=")
        if not self.take("relation", "<", "<="):
            raise self.fault("the upper limit is missing", advice="write a \\le i < b")
        return index, low, self.term(), inclusive
