"""Values of letters: ``at K_1 = K_2 = 3, C = 64``, ``for K = 1, 3, 5`` and ``over n = 1..50``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from symcnn.documents.names import latex_of
from symcnn.documents.showing.measures import Known, Measure
from symcnn.documents.showing.numbers import LONG, in_latex, in_text, is_long
from symcnn.documents.showing.wording import Phrase
from symcnn.kernel.evaluation import Evaluator, Exact
from symcnn.kernel.terms import Rejected, free

_ASSUMED = "the assumed values"
_SEPARATED = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.])")
_RANGE = re.compile(r"(.+?)\.\.(.+)", re.DOTALL)


def values(clause: Phrase | None, known: Known) -> dict[str, Exact]:
    """The values that ``at`` gives to letters, each to one."""
    found: dict[str, Exact] = {}
    if clause is None:
        return found
    _no_separators(clause)
    for part in clause.split(","):
        if " ".join(part.text.split()) == _ASSUMED:
            found = {**known.assumed(), **found}
            continue
        *names, last = part.split("=")
        if not names:
            raise part.fault(f"{part.text!r} gives no value to a letter", "write at K = 3, C = 64")
        value = _number(last, known)
        for name in names:
            _once(name, found, known)
            found[name.text] = value
    return found


def choices(clause: Phrase | None, known: Known, most: int) -> dict[str, list[Exact]]:
    """The values that ``for`` or ``over`` gives to letters, each to several; at most so many together."""
    found: dict[str, list[Exact]] = {}
    if clause is None:
        return found
    _no_separators(clause)
    last = ""
    for part in clause.split(","):
        pair = part.split("=")
        if len(pair) > 2:
            raise part.fault(f"{part.text!r} cannot be read", "write for K = 1, 3, 5")
        if len(pair) == 2:
            _once(pair[0], found, known)
            last = pair[0].text
            found[last] = []
        if not last:
            raise part.fault(f"{part.text!r} gives no value to a letter", "write for K = 1, 3, 5")
        found[last] += _several(pair[-1], known, most)
        count = 1
        for several in found.values():
            count *= len(several)
        if count > most:
            raise part.fault(f"these are more than {most} cases", "take fewer values")
    return found


def cases(several: Mapping[str, list[Exact]]) -> Iterator[dict[str, Exact]]:
    """All ways to choose one of the values of each letter."""
    for chosen in product(*several.values()):
        yield dict(zip(several, chosen, strict=True))


def used(
    given: Mapping[str, Exact],
    several: Mapping[str, object],
    known: Known,
    measures: list[Measure],
    at: Phrase,
) -> dict[str, Exact]:
    """The values that matter for the measures; raises ``FormulaError`` for a letter that does not occur."""
    letters = {name for measure in measures for name in known.letters(measure)}
    assumed_here = known.assumed()
    for name in (*given, *several):
        if name not in letters and name not in assumed_here:
            raise at.fault(f"{name} does not occur in what is shown", f"leave {name} away")
        if name in given and name in several:
            raise at.fault(f"{name} has several values and one")
    return {name: value for name, value in given.items() if name in letters}


def listed(given: Mapping[str, Exact]) -> str:
    """Values of letters in words.

    >>> listed({"K": 3, "C_in": 1024})
    'K = 3, C_in = 1,024'
    """
    return ", ".join(f"{name} = {in_text(value)}" for name, value in given.items())


def listed_in_latex(given: Mapping[str, Exact]) -> list[str]:
    """Values of letters in LaTeX, one by one."""
    return [f"{latex_of(name)} {' '.join(in_latex(value)[0])}" for name, value in given.items()]


def _no_separators(clause: Phrase) -> None:
    found = _SEPARATED.search(clause.text)
    if found is not None:
        advice = f"write {found[0].replace(',', '')} or {found[0].replace(',', ', ')}"
        raise clause.fault("the comma can belong to a number or to a list", advice, found.start())


def _once(name: Phrase, found: Mapping[str, object], known: Known) -> None:
    """Refuse a name that is no letter, or that has a value."""
    if name.text not in known.scope or not isinstance(known.scope[name.text], str):
        if name.text in known.lets:
            raise name.fault(f"{name.text} is an abbreviation", "give values to the letters in it")
        raise name.fault(f"{name.text!r} is not declared as a letter", f"write given {name.text} : int >= 1")
    if name.text in found:
        raise name.fault(f"{name.text} has a value already")


def _several(part: Phrase, known: Known, most: int) -> list[Exact]:
    """A value, or the whole numbers of a range."""
    found = _RANGE.fullmatch(part.text)
    if found is None:
        return [_number(part, known)]
    low, high = (_number(part.part(*found.span(k)), known) for k in (1, 2))
    if low.denominator != 1 or high.denominator != 1 or high < low:
        raise part.fault(f"{part.text} is no range of whole numbers", "write 1..50")
    if high - low >= most:
        raise part.fault(f"{part.text} has more than {most} numbers", "take a smaller range")
    return [*range(low.numerator, high.numerator + 1)]


def _number(part: Phrase, known: Known) -> Exact:
    """The number that is written, or that follows from what is written by arithmetic."""
    if re.match(r"0\d", part.text):
        raise part.fault(f"the number {part.text} begins with 0", "write the digits behind it alone")
    term = known.term(part)
    if free(term):
        raise part.fault(f"the value {part.text} is no number", "write a number, such as 3 or 2^10")
    try:
        found = Evaluator({}).value(term)
    except Rejected as error:
        raise part.fault(str(error).removeprefix("evaluate: ")) from None
    if is_long(found):
        raise part.fault(f"the value has more than {LONG} digits")
    return found
