r"""From LaTeX to trees: formulas as people and ``sympy.latex`` write them, with declared names, unevaluated.

    formula   ::=  formula \iff formula | formula \implies formula  (one arrow)
                |  formula \text{or} formula
                |  formula \text{and} formula | \text{not} formula | (formula)
                |  \text{for all integers} n \ge term\colon formula | operand relation operand relation ...
    operand   ::=  term | term, term, ... | (term, term : term, ...)
                |  \mathbb{R}^+ | \{0, \dots, term\} | \{term, term, ...\}                 (behind \in)
    term      ::=  [-] product + product - ...
    product   ::=  factor factor | factor \cdot factor | factor / factor | factor \bmod factor
    factor    ::=  simple^{term} | simple!
    simple    ::=  number | name | name[term, ...] | name(term, ...) | name_{term, ...} | (term)
                |  \frac{term}{term} | \binom{term}{term} | \sqrt[3]{term} | \log_b(term) | |term|
                |  \lfloor term \rfloor | \lceil term \rceil | \max(term, ...)
                |  \sum_{i=term}^{term} product | \max_{term \le i < term} product
                |  \begin{cases} term & \text{if } formula \\ term & \text{otherwise} \end{cases}

What can be read in two ways is refused: ``a/bc``, ``N^22``, ``2\frac12``, letters that can be one name or
several. A sum reaches to the end of its product, as in statements. Every refusal is a ``FormulaError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symcnn.documents import sorts, trees
from symcnn.documents.brackets import is_logical
from symcnn.documents.faults import FormulaError
from symcnn.documents.products import MAX_TERMS, Terms
from symcnn.documents.tokens import Token, advice_for
from symcnn.documents.trees import Formula, Operand, Term
from symcnn.kernel.terms import INT, REAL

_JOINTS = {
    "iff": "iff", "Longleftrightarrow": "iff", "Leftrightarrow": "iff", "if and only if": "iff",
    "implies": "implies", "Longrightarrow": "implies", "Rightarrow": "implies",
    "or": "or", "lor": "or", "vee": "or", "and": "and", "land": "and", "wedge": "and",
}  # fmt: skip
_NOT = frozenset(["not", "lnot", "neg"])


class Reader(Terms):
    """Reads one formula."""

    def whole(self) -> Formula | Operand:
        """A formula, or a term alone, with nothing behind it."""
        out = self.statement(first=True)
        if not self.at("stop"):
            raise self.unexpected()
        return out

    def unexpected(self) -> FormulaError:
        """An error: the formula should have ended here."""
        word = self.peek()
        shown = self.text[word.start : word.stop].strip()[:40]
        if word.kind == "text":
            return self.fault(
                "words in a formula are not read", word, "say it in the text beside the formula"
            )
        if word.kind == "command":
            return self.fault(f"\\{word.value[:40]} is not read", word, advice_for(word.value))
        if word.kind == "sign" and word.value == "'":
            return self.fault("a prime belongs to a name", word)
        if word.kind == "sign" and word.value == "_":
            return self.fault("a subscript belongs to a name, which has one", word, "write x_{i,j}")
        return self.fault(f"nothing more is expected before {shown}", word)

    def formula(self) -> Formula:
        """A formula; a term alone is none."""
        start = self.peek()
        return self.stated(self.statement(), start)

    def stated(self, found: Formula | Operand, word: Token) -> Formula:
        """The formula that was found; raises an error for a term alone."""
        if isinstance(found, Formula):
            return found
        raise self.fault("a relation (=, \\le, <, ...) is missing", word)

    def statement(self, first: bool = False) -> Formula | Operand:
        """One arrow binds least, then ``or``, ``and``, ``not``; two arrows are read in several ways."""
        self.deeper()
        start = self.peek()
        out = self.joined(0, first)
        word = self.joint()
        if word in ("implies", "iff"):
            self.next += 1
            begins = self.peek()
            parts = (self.stated(out, start), self.stated(self.joined(0), begins))
            if self.joint() in ("implies", "iff"):
                # People mean that each step holds; as one formula it says less.
                raise self.fault(
                    "two arrows in a row can mean two things",
                    advice="write one formula for each step, or brackets",
                )
            out = trees.Joined(word, parts, self.span(start.start))
        self.depth -= 1
        return out

    def joint(self) -> str:
        """The word between two formulas that comes next, if one does."""
        return joint_of(self.peek())

    def joined(self, level: int, first: bool = False) -> Formula | Operand:
        """Formulas joined by ``or`` or ``and``."""
        word = ("or", "and")[level]

        def part(first: bool = False) -> Formula | Operand:
            return self.literal(first) if level == 1 else self.joined(level + 1, first)

        start = self.peek()
        found = part(first)
        if self.joint() != word:
            return found
        parts = [self.stated(found, start)]
        while self.joint() == word:
            self.next += 1
            begins = self.peek()
            parts.append(self.stated(part(), begins))
        return trees.Joined(word, tuple(parts), self.span(start.start))

    def literal(self, first: bool = False) -> Formula | Operand:
        """A negation, a quantifier, a formula in brackets, or terms with relations between."""
        word = self.peek()
        said = word.value.strip(" ,") if word.kind in ("text", "command") else ""
        if word.kind == "text" and said in ("true", "false"):
            self.next += 1
            return trees.Truth(said == "true", self.span(word.start))
        if said in _NOT:
            self.next += 1
            self.deeper()
            inner = self.stated(self.literal(), self.peek())
            self.depth -= 1
            return trees.Not(inner, self.span(word.start))
        if word.kind == "text" and said.startswith(("for all", "there is", "there are")):
            return self.quantified(said)
        if word.kind == "open" and word.value in "([" and word.start in self.brackets.formulas:
            return self.bracketed()
        return self.chain(first)

    def bracketed(self) -> Formula:
        """A formula in brackets."""
        start = self.peek()
        self.next += 1
        inner = self.formula()
        if not self.take("close"):
            raise self.missing("a closing bracket")
        return trees.Bracketed(inner, self.span(start.start))

    def quantified(self, said: str) -> Formula:
        r"""``\text{for all integers } n, k\colon`` and the formula behind it."""
        start = self.peek()
        found = sorts.quantified(said)
        if found is None:
            raise self.fault("what the names are is not understood", start, "write \\text{for all integers }")
        self.next += 1
        names = self.new_names()
        limit: tuple[str, Term] | None = None
        if self.at("relation", ">=", ">"):
            sign = self.peek()
            self.next += 1
            limit = sign.value, self.term()
            read = {t.name for t in trees.walk(limit[1]) if isinstance(t, trees.Name | trees.Call)}
            if read & {*names}:
                raise self.fault("a limit must not read the name that it belongs to", sign)
        if not self.take("sign", ":"):
            raise self.missing("\\colon")
        kind, sort = found
        if limit is not None and sort not in (INT, REAL):
            raise self.fault("only numbers have a limit", start, "write it behind \\colon")
        body = self.with_names([(name, sort) for name in names], self.formula)
        return trees.Quantified(kind, tuple(names), sort, body, limit, self.span(start.start))

    def new_names(self) -> list[str]:
        r"""Names with commas between, ``u_1, \dots, u_{14}`` among them."""
        names = [self.new_name()]
        while self.take("sign", ","):
            dots = self.peek()
            if not self.at_dots():
                names.append(self.new_name())
                continue
            self.next += 2
            names += self.between(names[-1], self.new_name(), dots)
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise self.fault(f"{twice} is named twice")
        return names

    def chain(self, first: bool = False) -> Formula | Operand:
        """Terms with relations between them; a term alone where none follows."""
        start = self.peek()
        begun = first and self.at("relation")
        terms: list[Operand | None] = [None if begun else self.operand()]
        starts = [start]
        relations: list[str] = []
        while self.at("relation"):
            sign = self.peek().value
            self.next += 1
            relations.append(sign)
            starts.append(self.peek())
            terms.append(self.collection() if sign == "in" else self.operand())
            if len(terms) > MAX_TERMS:
                raise self.fault(f"a chain has more than {MAX_TERMS} relations")
            if sign == "in" and self.at("relation"):
                raise self.fault("a chain ends with the set", advice="write two formulas")
        if not relations and terms[0] is not None:
            return terms[0]
        self.no_list_of_formulas(terms, relations, starts)
        return trees.Chain(tuple(terms), tuple(relations), self.span(start.start))

    def no_list_of_formulas(
        self, terms: Sequence[Operand | None], relations: Sequence[str], starts: Sequence[Token]
    ) -> None:
        """``a = b, c = d`` are two formulas; ``a, b > 0`` and ``0 < a, b < 1`` say one thing of two names."""
        for k, term in enumerate(terms):
            if not isinstance(term, trees.Listing) or term.bracketed:
                continue
            named = all(isinstance(item, trees.Name | trees.Call) for item in term.items)
            around = terms[max(k - 1, 0) : k + 2]
            between = relations[max(k - 1, 0) : k + 1]
            bounded = len(between) == 2 and all(r in ("<", "<=", ">", ">=") for r in between)
            numbers = all(isinstance(t, trees.Number) for t in around if t is not term)
            much = between in (["<<"], [">>"])
            if not named or not (k == 0 or (bounded and numbers) or much):
                raise self.fault(
                    "the comma can stand between terms or between formulas",
                    starts[k],
                    "write \\quad between formulas",
                )

    def operand(self) -> Operand:
        """A term, several with commas between, or a tuple in brackets."""
        start = self.peek()
        if start.kind == "open" and start.value in "([" and start.start in self.brackets.lists:
            behind = self.behind(start)
            if (
                behind.kind in ("stop", "relation", "close")
                or behind.value in (",", "&")
                or is_logical(behind)
            ):
                return self.tuple()
        first = self.term()
        items = [first]
        while self.at("sign", ",") and self.peek(1).kind not in ("stop", "row", "end"):
            comma = self.peek()
            self.next += 1
            self.no_decimal_comma(comma)
            items += self.dotted(items[-1]) if self.at_dots() else [self.term()]
        if len(items) == 1:
            return first
        self.no_separators(start)
        return trees.Listing(tuple(items), False, self.span(start.start))

    def behind(self, opened: Token) -> Token:
        """The word behind the bracket that closes this one."""
        end = self.brackets.ends[opened.start]
        return next(
            b
            for a, b in zip(self.words[self.next :], self.words[self.next + 1 :], strict=False)
            if a.start == end
        )

    def tuple(self) -> trees.Listing:
        """``(a, b : c)``."""
        start = self.peek()
        self.next += 1
        items = [self.item()]
        while self.take("sign", ","):
            items.append(self.item())
        self.no_separators(start)
        if not self.take("close"):
            raise self.missing("a comma or a closing bracket")
        return trees.Listing(tuple(items), True, self.span(start.start))

    def item(self) -> Term | trees.Range:
        """A term, or ``a : b``."""
        start = self.peek()
        low = self.inside(self.term)
        if not self.take("sign", ":"):
            return low
        return trees.Range(low, self.inside(self.term), self.span(start.start))

    def no_decimal_comma(self, comma: Token) -> None:
        """``1,5`` is no list of two numbers."""
        around = self.text[max(comma.start - 1, 0) : comma.start + 2]
        if len(around) == 3 and around[0].isdigit() and around[2].isdigit():
            raise self.fault("the comma can be a decimal comma", comma, "write 1.5, or 1, 5 with a blank")

    def collection(self) -> trees.Collection:
        r"""``\mathbb{R}^+``, or ``\{0, \dots, n\}``."""
        start = self.peek()
        if self.take("open", "{"):
            items = [self.inside(self.term)]
            high: Term | None = None
            while high is None and self.take("sign", ","):
                if self.take("command", "dots", "ldots", "cdots"):
                    if not self.take("sign", ","):
                        raise self.missing("a comma")
                    high = self.term()
                else:
                    items.append(self.inside(self.term))
            if high is not None and (len(items) > 2 or not _follow(items)):
                raise self.fault(
                    "the numbers of the set must follow one another", advice="write \\{0, \\dots, n\\}"
                )
            self.no_separators(start)
            if not self.take("close", "{"):
                raise self.missing("\\}")
            if high is None:
                return trees.Collection("items", items=tuple(items), span=self.span(start.start))
            return trees.Collection("range", low=items[0], high=high, span=self.span(start.start))
        if not self.take("command", "mathbb"):
            raise self.missing("a set, \\mathbb{R}^+ or \\{0, \\dots, n\\},")
        braced = self.take("brace", "{")
        kind = self.peek().value
        if not self.at("letters", "R", "Z", "N"):
            raise self.fault("the sets are \\mathbb{R}, \\mathbb{Z} and \\mathbb{N}")
        self.next += 1
        if braced and not self.take("brace", "}"):
            raise self.missing("}")
        positive, shape = False, ()
        if self.take("sign", "^") or self.take("sign", "_"):
            positive, shape = self.of_collection()
        return trees.Collection(kind, positive, shape, span=self.span(start.start))

    def of_collection(self) -> tuple[bool, tuple[Term, ...]]:
        """The exponent of a set: ``+``, or a shape."""
        if self.take("sign", "+"):
            return True, ()
        if self.at("brace", "{") and (self.peek(1).kind, self.peek(1).value) == ("sign", "+"):
            self.next += 2
            if not self.take("brace", "}"):
                raise self.missing("}")
            return True, ()
        shape = self.script("^")
        return False, shape.factors if isinstance(shape, trees.Times) else (shape,)


def joint_of(word: Token) -> str:
    """What a word between formulas says: ``iff``, ``implies``, ``or`` or ``and``; nothing for other words."""
    return _JOINTS.get(word.value.strip(" ,"), "") if is_logical(word) else ""


def _follow(items: Sequence[Term]) -> bool:
    """Whether numbers follow one another."""
    return all(
        isinstance(low, trees.Number) and isinstance(high, trees.Number) and high.value == low.value + 1
        for low, high in pairwise(items)
    )
