r"""Simple terms: what stands in brackets or behind a command, with exponents."""

from __future__ import annotations

from symcnn.documents import trees
from symcnn.documents.brackets import is_logical
from symcnn.documents.numerals import MAX_EXPONENT, Numerals
from symcnn.documents.reductions import Reductions
from symcnn.documents.tokens import Token
from symcnn.documents.trees import Formula, Term

MAX_FACTORIAL = 100

_FRACTIONS = frozenset(["frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom"])
_REDUCTIONS = ("sum", "prod", "max", "min")
_FUNCTIONS = ("log", "ln", "exp")
_DECORATIONS = frozenset(["boxed", "underline"])
_STARTS = frozenset([*_FRACTIONS, *_REDUCTIONS, *_FUNCTIONS, *_DECORATIONS, "sqrt"])
_CONDITIONS = frozenset(["if", "for", "when", "where", "with"])
_OTHERWISE = frozenset(["otherwise", "else"])
_ATOMS = (
    trees.Name, trees.Call, trees.Group, trees.Rounded, trees.Absolute, trees.Extreme, trees.Applied,
    trees.Binomial, trees.Root, trees.Power, trees.Factorial, trees.Cases, trees.Number, trees.Quotient,
)  # fmt: skip


class Factors(Numerals, Reductions):
    """Reads a factor of a product."""

    def factor(self, behind: str = "") -> Term:
        """Something simple with an exponent or an exclamation mark, if it has one."""
        start = self.peek()
        out = self.simple(behind)
        raised = False
        while True:
            word = self.peek()
            if self.take("sign", "^"):
                if raised or (isinstance(out, trees.Number) and out.exponent is not None):
                    raise self.fault("powers do not chain", word, "put the inner power in brackets")
                if isinstance(out, trees.Quotient):
                    raise self.fault("an exponent behind a fraction", word, "put the fraction in brackets")
                if isinstance(out, trees.Number) and out.unit is not None:
                    raise self.fault("a number with a unit has no power", word, "put it in brackets")
                out = trees.Power(out, self.exponent(word), self.span(start.start))
                raised = True
            elif self.take("sign", "!"):
                out = self.factorial(out, word)
            else:
                return out

    def factorial(self, inner: Term, word: Token) -> Term:
        """A number, a name or a bracket with an exclamation mark."""
        if not isinstance(inner, trees.Number | trees.Name | trees.Group | trees.Call) or self.at(
            "sign", "!"
        ):
            raise self.fault("an exclamation mark stands behind a number or a name", word, "use brackets")
        if isinstance(inner, trees.Number) and inner.value > MAX_FACTORIAL:
            raise self.fault(f"the factorial of a number above {MAX_FACTORIAL} is not read", word)
        return trees.Factorial(inner, self.span(inner.span[0]))

    def exponent(self, sign: Token) -> Term:
        """What stands behind ``^``."""
        if self.in_exponent:
            raise self.fault("a power in an exponent is not read", sign, "name the exponent")
        self.in_exponent = True
        out = self.script("^")
        self.in_exponent = False
        if isinstance(out, trees.Number) and out.value > MAX_EXPONENT:
            raise self.fault(f"an exponent is larger than {MAX_EXPONENT}", sign)
        return out

    def simple(self, behind: str = "") -> Term:
        """A number, a name, something in brackets, or what begins with a command."""
        word = self.peek()
        if word.kind == "number":
            return self.number(behind)
        if word.kind in ("letters", "piece", "greek", "text", "bold"):
            return self.named()
        if word.kind == "open":
            return self.enclosed()
        if (word.kind, word.value) == ("brace", "{"):
            return self.braced()
        if word.kind == "bar":
            return self.barred()
        if word.kind == "begin":
            return self.cases()
        if word.kind == "command" and word.value in _STARTS:
            return self.commanded()
        if word.kind == "sign" and word.value == "-" and behind:
            raise self.fault("a minus sign stands behind another sign", word, "put it in brackets")
        raise self.missing("a term")

    def begins_factor(self) -> bool:
        """Whether a factor comes next."""
        word = self.peek()
        if word.kind in ("number", "letters", "piece", "greek", "bold", "open", "begin"):
            return True
        if word.kind == "text":
            said = word.value.strip(" ,")
            return not is_logical(word) and said not in _CONDITIONS and said not in _OTHERWISE and bool(said)
        if word.kind == "bar" and not self.in_bars:
            raise self.fault("a bar next to a factor can open or close", word, "write \\left| x \\right|")
        return (word.kind, word.value) == ("brace", "{") or (word.kind == "command" and word.value in _STARTS)

    def enclosed(self) -> Term:
        """What stands between brackets, rounding brackets or bars."""
        word = self.peek()
        if word.value == "{":
            raise self.fault("braces that are seen stand for sets", word, "write \\left( \\right)")
        if word.value in "([" and word.start in self.brackets.formulas:
            raise self.fault("a formula in brackets stands where a term is needed", word)
        self.next += 1
        inner = self.inside(self.term)
        if not self.at("close"):
            if self.at("sign", ",", ":"):
                raise self.fault(
                    "a list stands where a term is needed", word, "declare the function, or use \\max"
                )
            raise self.missing("a sign or a closing bracket")
        self.next += 1
        span = self.span(word.start)
        if word.value in ("floor", "ceil"):
            return trees.Rounded("down" if word.value == "floor" else "up", inner, span)
        return trees.Absolute(inner, span) if word.value == "|" else trees.Group(inner, span)

    def braced(self) -> Term:
        """Braces are not seen, so they must not hold more together than what is seen does."""
        word = self.peek()
        before = self.words[self.next - 1] if self.next else None
        self.next += 1
        inner = self.inside(self.term)
        if not self.take("brace", "}"):
            raise self.missing("a sign or a closing brace")
        begins = (
            before is None
            or before.kind in ("open", "begin", "relation", "brace")
            or before.value in (",", "&")
        )
        behind = self.peek()
        ends = behind.kind in ("stop", "close", "relation", "row", "end") or behind.value in (",", "&", "}")
        atom = isinstance(inner, _ATOMS) and not (isinstance(inner, trees.Quotient) and inner.inline)
        raised = self.at("sign", "^", "!")
        if not (begins and ends) and (
            not atom or (raised and isinstance(inner, trees.Power | trees.Quotient))
        ):
            raise self.fault("braces are not seen in a formula", word, "write \\left( \\right)")
        return inner

    def barred(self) -> Term:
        """``|x|``."""
        word = self.peek()
        if self.in_bars:
            raise self.fault("bars inside bars can be read in two ways", word, "write \\left| x \\right|")
        self.next += 1
        self.in_bars = True
        inner = self.term()
        self.in_bars = False
        if not self.take("bar"):
            raise self.missing("a closing bar")
        return trees.Absolute(inner, self.span(word.start))

    def commanded(self) -> Term:
        """What a command begins."""
        word = self.peek()
        self.next += 1
        if word.value in _FRACTIONS:
            top, bottom = self.of_fraction(), self.of_fraction()
            if "binom" in word.value:
                return trees.Binomial(top, bottom, self.span(word.start))
            return trees.Quotient(top, bottom, False, self.span(word.start))
        if word.value == "sqrt":
            return self.root(word)
        if word.value in _FUNCTIONS:
            return self.applied(word)
        if word.value in _DECORATIONS:
            return self.decorated(word)
        if word.value in ("max", "min") and not self.at("sign", "_", "^"):
            return self.extreme(word)
        return self.reduction(word)

    def of_fraction(self) -> Term:
        """A part of a fraction: a term in braces, or the next character."""
        word = self.peek()
        if word.kind == "number" and len(word.value) > 1:
            if not word.value.isdigit():
                raise self.fault("LaTeX takes the first digit alone", word, "put the number in braces")
            self.split(1)
        elif word.kind == "letters" and len(word.value) > 1:
            self.split(1)
        return self.inside(lambda: self.script("\\frac"))

    def root(self, word: Token) -> Term:
        r"""``\sqrt{x}``, ``\sqrt[3]{x}``."""
        degree = 2
        if self.take("open", "["):
            found = self.peek().value
            if not (self.at("number") and found.isdigit() and 2 <= int(found[:3]) <= 64):
                raise self.missing("a number from 2 to 64")
            self.next += 1
            degree = int(found[:3])
            if not self.take("close", "["):
                raise self.missing("]")
        return trees.Root(degree, self.of_fraction(), self.span(word.start))

    def decorated(self, word: Token) -> Term:
        """A box or a line around a term holds it together as brackets do."""
        if not self.at("brace", "{"):
            raise self.missing("a term in braces")
        return trees.Group(self.script(""), self.span(word.start))

    def applied(self, word: Token) -> Term:
        r"""``\log_2 n``, ``\log(a b)``."""
        base: Term | None = None
        power: Term | None = None
        while self.at("sign", "_", "^"):
            sign = self.peek()
            self.next += 1
            if sign.value == "_":
                base = self.script("_")
            else:
                power = self.exponent(sign)
        braced = self.at("brace", "{") and self.peek(1).kind == "open"
        if braced or self.at("open", "(", "[", "|", "floor", "ceil"):
            inner = self.script("") if braced else self.simple()
        else:
            inner = self.factor()
            if self.begins_factor() or self.at("sign", "/", "*"):
                raise self.fault(
                    f"\\{word.value} a b can mean two things",
                    word,
                    f"write \\{word.value}(a b) or \\{word.value}(a) b",
                )
        inner = inner.inner if isinstance(inner, trees.Group) else inner
        out = trees.Applied(word.value, inner, base, self.span(word.start))
        return out if power is None else trees.Power(out, power, self.span(word.start))

    def extreme(self, word: Token) -> Term:
        r"""``\max(a, b)``, ``\min\{a, b\}``."""
        braced = self.take("brace", "{")
        opened = self.peek()
        if not self.take("open", "(", "[", "{"):
            raise self.fault(f"\\{word.value} needs brackets", advice=f"write \\{word.value}(a, b)")
        arguments = self.terms(opened)
        if not self.take("close"):
            raise self.missing("a comma or a closing bracket")
        if braced and not self.take("brace", "}"):
            raise self.missing("}")
        if len(arguments) < 2:
            raise self.fault(f"\\{word.value} needs several terms", word, f"write \\{word.value}(a, b)")
        return trees.Extreme(word.value, arguments, self.span(word.start))

    def cases(self) -> Term:
        """Terms with conditions, one in each row."""
        word = self.peek()
        if word.value != "cases":
            raise self.fault(f"\\begin{{{word.value}}} inside a formula is not read", word)
        self.next += 1
        self.deeper()
        rows: list[tuple[Term, Formula]] = []
        otherwise: Term | None = None
        while not self.at("end"):
            term = self.inside(self.term)
            self.take("sign", ",")
            if otherwise is not None or not self.take("sign", "&"):
                raise self.missing("& and a condition, the last one \\text{otherwise},")
            said = self.peek().value.strip(" ,:.") if self.at("text") else ""
            if said in _OTHERWISE:
                self.next += 1
                otherwise = term
            else:
                self.next += said in _CONDITIONS
                rows.append((term, self.inside(self.formula)))
                self.take("sign", ",")
            if not self.take("row") and not self.at("end"):
                raise self.missing("\\\\")
        if otherwise is None or not rows:
            raise self.fault("the value in all other cases is missing", advice="write & \\text{otherwise}")
        self.next += 1
        self.depth -= 1
        return trees.Cases(tuple(rows), otherwise, self.span(word.start))
