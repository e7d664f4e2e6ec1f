r"""Numbers as they are written: with separators, powers of ten and units."""

from __future__ import annotations

from symcnn.documents import trees
from symcnn.documents.tokens import Token
from symcnn.documents.trees import Term
from symcnn.documents.units import mixed_up, unit
from symcnn.documents.words import Words

MAX_EXPONENT = 400


class Numerals(Words):
    r"""Reads ``73,856``, ``1.2 \times 10^{6}`` and ``12\,\text{GiB}``."""

    def number(self, behind: str) -> Term:
        r"""A number, with ``\times 10^{n}`` and with a unit behind it."""
        word = self.peek()
        self.next += 1
        if word.value.startswith("0") and word.value[1:2].isdigit():
            raise self.fault("a number begins with 0", word, "write the digits behind it alone, or 0.5")
        separated = word.value.replace("{,}", "").replace("\\,", "")
        digits = separated.replace(",", "")
        if digits != separated:
            self.grouped.append(word.start)
        exponent = self.power_of_ten(word)
        if exponent is not None and behind == "/":
            raise self.fault("a/b \\times 10^n can be read in two ways", word, "put the number in brackets")
        found = self.unit_behind()
        return trees.Number(digits, exponent, found, self.span(word.start))

    def power_of_ten(self, number: Token) -> int | None:
        r"""The n of ``\times 10^{n}``, of ``e6`` or of ``\text{E}^6`` behind a number."""
        start = self.next
        if self.take("sign", "*"):
            if not (self.at("number", "10") and (self.peek(1).kind, self.peek(1).value) == ("sign", "^")):
                self.next = start
                return None
            self.next += 2
            found = self.whole_number()
            if found is None or self.at("sign", "!"):
                self.next = start
                return None
            return found
        word = self.peek()
        marks = word.kind in ("letters", "text") and word.value in ("e", "E")
        if not marks or (word.kind == "letters" and (word.spaced or self.peek(1).spaced)):
            return None
        behind = self.peek(1)
        if (
            behind.kind == "sign"
            and behind.value in "+-"
            and self.peek(2).kind == "number"
            and not self.peek(2).spaced
        ):
            raise self.fault(
                "the exponent of 10 is not read", word, "write \\times 10^{-3}, or blanks around the sign"
            )
        if behind.kind != "number" and (behind.kind, behind.value) != ("sign", "^"):
            return None
        if word.value == "e" and behind.kind != "number":
            raise self.fault("e^ can be a power of Euler's number", word, "write \\times 10^{6}")
        if self.names.find(word.value) is not None:
            raise self.fault(
                f"{word.value} can be the declared name or mean a power of 10",
                word,
                "write \\times 10^{6} or \\cdot e",
            )
        self.next += 1
        self.take("sign", "^")
        found = self.whole_number(several=behind.kind == "number")
        if found is None:
            raise self.fault("the exponent of 10 is not read", word, "write \\times 10^{6}")
        return found

    def whole_number(self, several: bool = False) -> int | None:
        """The whole number that comes next as an exponent, if one does."""
        braced = self.take("brace", "{")
        negative = braced and self.take("sign", "-")
        word = self.peek()
        if (
            word.kind != "number"
            or not word.value.isdigit()
            or (len(word.value) > 1 and not (braced or several))
        ):
            return None
        if len(word.value) > 3 or int(word.value) > MAX_EXPONENT:
            raise self.fault(f"an exponent is larger than {MAX_EXPONENT}", word)
        self.next += 1
        if braced and not self.take("brace", "}"):
            return None
        return -int(word.value) if negative else int(word.value)

    def unit_behind(self) -> trees.Unit | None:
        """The unit that stands behind a number as a word."""
        word = self.peek()
        if word.kind != "text":
            return None
        name = word.value.strip()
        found = unit(name)
        if found is None:
            if mixed_up(name):
                raise self.fault(f"{name} is used in two meanings", word, mixed_up(name))
            return None
        if self.names.find(name) is not None:
            raise self.fault(
                f"{name} can be the unit or the declared name", word, "write \\cdot before the name"
            )
        self.next += 1
        return found

    def unit_beside(self) -> trees.Unit | None:
        r"""The unit that stands behind a product, ``2 n \text{ operations}``."""
        word = self.peek()
        name = word.value.strip()
        if word.kind == "text" and unit(name) is None and self.names.find(name) is not None:
            return None
        return self.unit_behind()
