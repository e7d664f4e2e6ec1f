r"""Names in a formula: which declared name letters and subscripts stand for, and what it is applied to.

Letters side by side are one name or several; a subscript is a part of a name or the index of a tensor. What
can be both is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcnn.documents import trees
from symcnn.documents.faults import FormulaError
from symcnn.documents.names import is_word, latex_of
from symcnn.documents.tokens import Token
from symcnn.documents.trees import Term
from symcnn.documents.units import unit
from symcnn.documents.words import Words


class Naming(Words):
    """Reads names with their subscripts, primes and arguments."""

    def named(self) -> Term:
        """A variable, an entry of a tensor or a value of a function."""
        word = self.peek()
        place = self.next
        self.next += 1
        below, primes = self.scripts_of_name()
        behind = self.next
        run = word.value.strip().replace(" ", "_")
        one = word.kind != "letters"
        pieces = [run] if one else [run[k:] for k in range(len(run))]
        readings = {piece: found for piece in pieces if (found := [*self.readings(piece, below, primes)])}
        if not one and is_word(run) and run not in readings:
            raise self.fault(f"{run} is read as letters side by side", word, self.names.hint(run))
        ways = [(run,)] * (run in readings) if one else [*self.names.divisions(run, readings)]
        if not ways:
            raise self.undeclared(run + (f"_{below[0]}" if below and below[0] else "") + primes, word)
        if len(ways) > 1:
            raise self.several_names(word)
        *_, last = way = ways[0]
        if len(readings[last]) > 1:
            shown = f"the subscript of {last} can be an index or a part of the name"
            raise self.fault(shown, word, "rename one of the two")
        self.no_unseen_subscript(word, last)
        if len(way) > 1:
            self.cut(place, way)
            return self.named()
        name, indexed = readings[last][0]
        if word.kind == "bold" and self.names.function(name) is None:
            raise self.fault(
                f"{latex_of(name)} is declared as a number", word, "write it without bold letters"
            )
        if not indexed and below is not None:
            self.no_index_in_name(word, below[0] or "")
        self.next = behind
        return self.entry(name, word, below if indexed else None)

    def no_index_in_name(self, word: Token, below: str) -> None:
        """``N_i`` under a sum over i is no declared name, even if there is one."""
        for index in below.split("_"):
            if index in self.bound:
                raise self.fault(
                    f"{index} is an index here, and a part of a declared name",
                    word,
                    "give the index another name",
                )

    def readings(
        self, piece: str, below: tuple[str | None, int] | None, primes: str
    ) -> Iterator[tuple[str, bool]]:
        """The declared names that a word with a subscript can be: itself, or a tensor with an index."""
        if below is None or below[0] is not None:
            name = self.names.find(piece + (f"_{below[0]}" if below else "") + primes)
            if name is not None:
                yield name, False
        if below is not None:
            name = self.names.find(piece + primes)
            if name is not None and self.names.function(name) is not None and self.are_declared(below[1]):
                yield name, True

    def are_declared(self, place: int) -> bool:
        """Whether all names in a subscript are declared, so that it can be an index."""
        first = self.words[place]
        end = self.brackets.ends.get(first.start, first.start) if first.kind == "brace" else first.start
        inside = [word for word in self.words[place:] if word.start <= end]
        runs = [word.value.strip() for word in inside if word.kind in ("letters", "greek", "text", "piece")]
        return all(any(self.names.divisions(run, self.names.by_key)) for run in runs)

    def several_names(self, word: Token) -> FormulaError:
        """An error: letters that are one name or several."""
        shown = self.text[word.start : word.stop]
        spaced = " ".join(shown)
        return self.fault(
            f"{shown} can be one name or several", word, f"write \\mathrm{{{shown}}}, or {spaced} with blanks"
        )

    def no_unseen_subscript(self, word: Token, last: str) -> None:
        """``C_in`` is a C with the subscript i, and then an n: if there is a C_in as well, that was meant."""
        meant, shown = self.meant(word, last)
        if meant is not None:
            raise self.fault(
                f"{shown} takes the first character alone", word, f"write {latex_of(meant)}, or leave a blank"
            )

    def meant(self, word: Token, last: str) -> tuple[str | None, str]:
        """The declared name that ``x_abc`` without braces would be, with what is written."""
        k = word.stop
        if self.text[k : k + 1] != "_":
            return None, ""
        stop = k + 1
        while stop < len(self.text) and self.text[stop].isalnum() and stop < k + 40:
            stop += 1
        tail = self.text[k + 1 : stop]
        return (self.names.find(f"{last}_{tail}") if len(tail) > 1 else None), f"_{tail}"

    def cut(self, place: int, way: Sequence[str]) -> None:
        """Put the pieces of a run of letters in its place."""
        word = self.words[place]
        pieces: list[Token] = []
        start = word.start
        for piece in way:
            # An underscore is two characters long in the text.
            stop = start + len(piece) + piece.count("_")
            pieces.append(Token("piece", piece, start, stop, word.spaced and not pieces))
            start = stop
        self.words[place : place + 1] = pieces
        self.next = place

    def scripts_of_name(self) -> tuple[tuple[str | None, int] | None, str]:
        """The subscript of a name and its primes; the subscript as part of a name, and where it begins."""
        below: tuple[str | None, int] | None = None
        primes = ""
        while True:
            if self.take("sign", "'"):
                primes += "'"
            elif self.at("sign", "^") and self.primes_above():
                primes += "'" * self.primes_above()
                self.next += 2 if self.peek(1).kind == "command" else 2 + self.primes_above() + 1
            elif self.at("sign", "_"):
                if below is not None:
                    raise self.fault("a name has one subscript", advice="write x_{i,j}")
                self.next += 1
                below = self.subscript()
            else:
                return below, primes

    def primes_above(self) -> int:
        r"""The number of primes in ``^\prime`` or ``^{\prime\prime}``."""
        if (self.peek(1).kind, self.peek(1).value) == ("command", "prime"):
            return 1
        count = 0
        while self.peek(1).value == "{" and (self.peek(2 + count).kind, self.peek(2 + count).value) == (
            "command",
            "prime",
        ):
            count += 1
        return count if count and self.peek(2 + count).value == "}" else 0

    def subscript(self) -> tuple[str | None, int]:
        """Pass over a subscript: what it is as a part of a name, and where it begins."""
        place = self.next
        word = self.peek()
        if word.kind == "brace" and word.value == "{":
            self.pass_script()
            return _part_of_name(self.words[place + 1 : self.next - 1]), place
        if word.kind not in ("letters", "number", "greek", "text"):
            raise self.missing("a subscript")
        if word.kind in ("letters", "number") and len(word.value) > 1:
            if word.kind == "number":
                shown = self.text[word.start : word.stop]
                raise self.fault(f"_{shown} takes the first digit alone", word, f"write _{{{shown}}}")
            self.split(1)
        self.next += 1
        return _part_of_name(self.words[place : self.next]), place

    def entry(self, name: str, word: Token, below: tuple[str | None, int] | None) -> Term:
        """A declared name with what it is applied to."""
        sort = self.names.function(name)
        if sort is None:
            if self.at("open", "[") and not self.at_group():
                raise self.fault(
                    f"{latex_of(name)} is no tensor", advice="write \\left( \\right) for a product"
                )
            return trees.Name(name, self.span(word.start))
        behind = self.next
        indices: tuple[Term, ...] = ()
        if below is not None:
            self.next = below[1]
            indices = self.indices()
            self.next = behind
        arguments: tuple[Term, ...] = ()
        square = False
        wanted = len(sort.arguments)
        if len(indices) < wanted:
            braced = self.at("brace", "{") and self.peek(1).kind == "open" and self.take("brace", "{")
            opened = self.peek()
            if not self.take("open", "(", "["):
                raise self.no_arguments(name, word)
            square = opened.value == "["
            arguments = self.terms(opened)
            if not self.take("close"):
                raise self.missing("a comma or a closing bracket")
            if braced and not self.take("brace", "}"):
                raise self.missing("}")
        found = len(indices) + len(arguments)
        if found != wanted:
            raise self.fault(f"{latex_of(name)} takes {wanted} arguments, not {found}", word)
        return trees.Call(name, indices + arguments, len(indices), square, self.span(word.start))

    def at_group(self) -> bool:
        r"""Whether the bracket that comes next has its size from ``\left``, as a group has."""
        return self.peek().sized

    def indices(self) -> tuple[Term, ...]:
        """The indices in a subscript."""
        opened = self.peek()
        if not self.take("brace", "{"):
            return (self.single(),)
        behind = self.peek()
        inner = self.brackets.ends.get(behind.start) if behind.kind == "open" else None
        wrapped = inner is not None and self.brackets.ends[opened.start] > inner and self.only(inner, opened)
        if wrapped:
            self.next += 1
        out = self.terms(opened)
        if wrapped and not self.take("close"):
            raise self.missing("a closing bracket")
        if not self.at("brace", "}"):
            raise self.missing("a comma or a closing brace")
        return out

    def only(self, inner: int, opened: Token) -> bool:
        """Whether the bracket that ends at ``inner`` is all that stands between braces."""
        end = self.brackets.ends[opened.start]
        return not any(inner < word.start < end for word in self.words)

    def script(self, sign: str) -> Term:
        """A term in braces, or the one character that LaTeX takes."""
        word = self.peek()
        if self.take("brace", "{"):
            out = self.inside(self.term)
            if not self.take("brace", "}"):
                raise self.missing("a sign or a closing brace")
            return out
        shown = self.text[word.start : word.stop]
        if word.kind == "number" and len(word.value) > 1:
            raise self.fault(f"{sign}{shown} takes the first digit alone", word, f"write {sign}{{{shown}}}")
        if word.kind == "letters" and len(word.value) > 1:
            raise self.fault(f"{sign}{shown} takes the first letter alone", word, f"write {sign}{{{shown}}}")
        if word.kind == "sign" and word.value in "*+-'":
            raise self.fault(f"{sign}{shown} is no exponent", word, "declare a name for it")
        return self.single()

    def single(self) -> Term:
        """A digit or a name of one letter, without a script of its own."""
        word = self.peek()
        if word.kind == "number":
            self.next += 1
            return trees.Number(word.value, span=(word.start, word.stop))
        if word.kind in ("letters", "greek", "piece", "text"):
            return self.plain_name()
        if word.kind == "command":
            raise self.fault("LaTeX takes one character here", word, "put the term in braces")
        raise self.missing("a number, a name or a term in braces")

    def plain_name(self) -> Term:
        """A declared variable of one word, whatever follows it."""
        word = self.peek()
        found = self.names.find(word.value.strip())
        if found is None:
            raise self.undeclared(word.value.strip(), word)
        if self.names.function(found) is not None:
            raise self.no_arguments(found, word)
        self.next += 1
        return trees.Name(found, (word.start, word.stop))

    def new_name(self) -> str:
        """A name that is bound here; one that looks like a declared name is that name."""
        word = self.peek()
        run = word.kind == "letters" and len(word.value) > 1 and self.names.find(word.value) is None
        if run or word.kind not in ("letters", "greek", "text"):
            raise self.missing("a name of one letter")
        self.next += 1
        base = word.value.strip().replace(" ", "_")
        below, primes = self.scripts_of_name()
        if below is not None and below[0] is None:
            raise self.fault("a name is missing", word)
        shown = base + (f"_{below[0]}" if below else "") + primes
        if not shown.rstrip("'").isidentifier() or not shown.isascii() or len(shown) > 64:
            raise self.fault(f"{shown[:40]} is no name", word)
        return self.names.find(shown) or shown

    def undeclared(self, name: str, word: Token) -> FormulaError:
        """An error: a name that nobody declared."""
        meant, _ = self.meant(word, word.value)
        if meant is not None:
            return self.fault(f"{name[:40]} is not declared", word, f"did you mean {latex_of(meant)}?")
        if name in self.ended:
            return self.fault(
                f"{name[:40]} is not declared here: the sum ends before",
                word,
                "put all that it adds in brackets",
            )
        advice = self.names.hint(name)
        if word.kind == "letters" and self.next > 1 and unit(word.value) is not None:
            advice = f"write \\,\\text{{{word.value}}} for the unit"
        elif word.kind == "text" and not advice.startswith("did"):
            advice = "declare it, or say it in the text beside the formula"
        return self.fault(f"{name[:40]} is not declared", word, advice)

    def no_arguments(self, name: str, word: Token) -> FormulaError:
        """An error: a function stands alone."""
        return self.fault(f"{latex_of(name)} is a function", word, f"write {latex_of(name)}(...)")


def _part_of_name(words: Sequence[Token]) -> str | None:
    """A subscript as a part of a name: letters, digits and commas; None for anything else."""
    out = ""
    for word in words:
        if word.kind in ("letters", "greek", "text", "piece") or (
            word.kind == "number" and word.value.isdigit()
        ):
            out += word.value.strip().replace(" ", "_")
        elif word.kind == "number" and word.value.replace(",", "").isdigit():
            out += word.value.replace(",", "_")
        elif word.kind == "sign" and word.value == ",":
            out += "_"
        elif word.kind == "command" and word.value in ("max", "min", "log"):
            out += word.value
        else:
            return None
    return out or None
