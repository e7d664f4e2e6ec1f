"""What can be shown: terms in the letters of a document, and the quantities of layers and networks."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from symcnn.analysis.pictures.layers import unit
from symcnn.derive.cost import Cost
from symcnn.derive.derivation import quantity_name
from symcnn.documents import meaning
from symcnn.documents.declarations import Declarations, Section
from symcnn.documents.display import read
from symcnn.documents.layers import COUNTS, cost_of
from symcnn.documents.names import latex_of
from symcnn.documents.showing.numbers import grouped, is_long
from symcnn.documents.showing.shown import Cell
from symcnn.documents.showing.wording import Phrase
from symcnn.kernel.evaluation import MAX_STEPS, Evaluator, Exact
from symcnn.kernel.reading import Reader
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.terms import (
    INT,
    RING,
    And,
    Compare,
    Formula,
    Function,
    Number,
    Rejected,
    Term,
    Unreadable,
    Variable,
    free,
)
from symcnn.kernel.writing import write
from symcnn.proving import typesetting
from symcnn.proving.translation import term as term_of
from symcnn.symbols import printing
from symcnn.symbols.order import arranged
from symcnn.symbols.size import Size, substitute, symbols_of

_STEPS = 60_000  # of the evaluator for one line, which is a fraction of a second
_PLACE = re.compile(r"line (\d+), column (\d+): (.*)", re.DOTALL)
_OF = re.compile(r"(?P<quantity>[A-Za-z][\w ]*?)\s+of\s+(?P<network>\S.*)", re.DOTALL)
_CALLED = re.compile(r"[A-Za-z]\w*\s*\(.*\)", re.DOTALL)
_MORE = {
    "operations": "ops.total", "peak memory": "memory.peak", "output shape": "output_shape",
    "shape": "output_shape", "intensity": "intensity",
}  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """A term in letters and abbreviations; of an abbreviation alone the name and what it stands for."""

    name: Cell
    formula: Term | None
    term: Term
    phrase: Phrase


@dataclass(frozen=True)
class Quantity:
    """A quantity of a layer or network; ``key`` is its full name, as costs have it."""

    name: Cell
    cost: Cost
    key: str
    phrase: Phrase

    @property
    def unit(self) -> str:
        """What is counted, in words."""
        return unit(self.key)

    def sizes(self) -> tuple[Size, ...]:
        """The quantity in closed form; of a shape all lengths, of the intensity both counts."""
        if self.key == "output_shape":
            return self.cost.output_sizes
        if self.key == "intensity":
            return self.cost.size("macs"), self.cost.size("memory.total")
        return (self.cost.size(self.key),)


Measure = Expression | Quantity


@dataclass
class Known:
    """What is declared where a line stands, and how much work is left for it."""

    declarations: Declarations
    left: int = field(default=_STEPS)

    def __post_init__(self) -> None:
        statement = self.declarations.statement
        self.scope = statement.scope
        self.macros = {n: m for n, m in statement.abbreviations.items() if m.parameters}
        self.counts = self.declarations.counts
        self.lets = {*self.counts, *statement.abbreviations} - {*self.macros}
        self.sorts = {n: s for n, s in self.declarations.names.sorts.items() if n not in self.macros}
        self.meanings: dict[str, Term] = {}
        # Costs with values that are known to lie in their domains.
        self.inside: set[tuple[int, tuple[int, ...]]] = set()

    @contextmanager
    def order(self) -> Generator[None]:
        """Formulas show letters in the order in which the document declares them."""
        with arranged(self.scope):
            yield

    # -- reading ---------------------------------------------------------------------------------------------

    def measures(self, phrase: Phrase, on: Phrase | None) -> list[Measure]:
        """What is asked for between commas."""
        parts = phrase.split(",")
        return [self.measure(part, on if part is parts[-1] else None) for part in parts]

    def measure(self, phrase: Phrase, on: Phrase | None) -> Measure:
        """A quantity of a layer or network, or a term."""
        found = _OF.fullmatch(phrase.text)
        if found:
            network = phrase.part(found.start("network"), found.end("network"))
            return self.quantity(
                phrase.part(*found.span("quantity")), network, self.network(network, on), phrase
            )
        if on is not None:
            raise on.fault("an input belongs to a layer or network", "write macs of lenet5 on (N, 1, 32, 32)")
        return self.expression(phrase)

    def quantity(self, word: Phrase, network: Phrase, cost: Cost, phrase: Phrase | None = None) -> Quantity:
        """A quantity by the word for it, of this cost."""
        said = " ".join(word.text.split())
        full = {short: name for name, short in COUNTS.items()} | _MORE
        try:
            key = quantity_name(cost, full.get(said, said.replace(" ", "_")))
        except ValueError:
            known = [*full, *(kind.replace("_", " ") for kind in cost.source.kinds)]
            raise word.fault(f"{said!r} is no quantity", f"write {', '.join(known)}") from None
        if cost.unknown and key != "output_shape" and not key.startswith("memory."):
            operations = ", ".join(cost.unknown)
            raise word.fault(f"{said} is only a lower bound: no cost is known for {operations}")
        name = f"{said}_{network.text}"
        shown = latex_of(name) if name in self.counts else rf"\text{{{said}}}"
        return Quantity(Cell(f"{said} of {network.text}", shown), cost, key, phrase or word)

    def is_network(self, phrase: Phrase, on: Phrase | None) -> bool:
        """Whether a phrase means a layer or a network, not a term."""
        from symcnn.models import MODELS
        from symcnn.network.reading import LAYERS

        name = phrase.text
        if on is not None or self.declarations.cost(name) is not None:
            return True
        called = name.partition("(")[0].strip() in [*LAYERS, "Sequential"] and _CALLED.fullmatch(name)
        return bool(called) or (name in MODELS and name not in self.sorts)

    def network(self, phrase: Phrase, on: Phrase | None) -> Cost:
        """The cost of a declared layer, or of a layer, ``Sequential`` or model that is written here."""
        declared = self.declarations.cost(phrase.text)
        if declared is not None:
            if on is not None:
                raise on.fault(f"{phrase.text} is declared with its input", "leave on away")
            if phrase.text in self.sorts:
                raise phrase.fault(f"{phrase.text} is a letter and a layer", "rename one of them")
            return declared
        try:
            return cost_of(phrase.text, "" if on is None else on.text, self.declarations.statement)
        except (ValueError, TypeError) as error:
            raise phrase.fault(str(error)) from None

    def expression(self, phrase: Phrase) -> Expression:
        """A term; of a name that the document abbreviates with, also what it stands for."""
        term = self.term(phrase)
        if isinstance(term, Variable) and term.name in self.lets:
            name = Cell(term.name, latex_of(term.name))
            return Expression(name, self.meaning_of(term.name), term, phrase)
        return Expression(Cell(write(term), typesetting.latex(term)), None, term, phrase)

    def term(self, phrase: Phrase) -> Term:
        """A term in the language of statements, in which abbreviations stay names."""
        try:
            reader = Reader(phrase.text, self.sorts, self.macros)
            found = reader.term()
            reader.end()
            reader.small(found)
            sort = sort_of(found, self.sorts)
        except Unreadable as error:
            place = _PLACE.match(str(error))
            reason = str(error) if place is None else place.group(3)
            ahead = 0
            if place is not None:
                rows = phrase.text.split("\n")[: int(place.group(1)) - 1]
                ahead = sum(len(row) + 1 for row in rows) + int(place.group(2)) - 1
            raise phrase.fault(reason, ahead=min(ahead, len(phrase.text))) from None
        if sort == RING or isinstance(sort, Function):
            raise phrase.fault("entries of tensors have no values to show", "write a term in whole numbers")
        return found

    def meaning_of(self, name: str) -> Term:
        """What an abbreviation stands for: of a count of a layer the closed form, of others as written."""
        if name not in self.meanings:
            counted = name in self.counts
            self.meanings[name] = self.closed(self.size(name)) if counted else self._written(name)
        return self.meanings[name]

    def _written(self, name: str) -> Term:
        section = next(s for s in self.declarations.sections if _declares(s, name))
        body = section.text.partition("=")[2].strip()
        return self.term(Phrase(body, body, 0, section.line))

    def size(self, name: str) -> Size:
        """The closed form of a count of a layer."""
        count = self.counts[name]
        return count.cost.output_sizes[count.length - 1] if count.length else count.cost.size(count.quantity)

    def closed(self, size: Size) -> Term:
        """A size as a term whose factors stand in the order in which they are printed."""
        names = {s.name: INT for s in symbols_of(size)}
        with self.order():
            shown = printing.latex(size)
        try:
            return meaning.term(read(shown, names), names)
        except ValueError:  # counts of points, which are not read back, and names that look the same
            return term_of(size)

    def formula(self, measure: Measure) -> str:
        """The formula of a measure in LaTeX; an intensity is made of two counts, which have names."""
        if isinstance(measure, Expression):
            return grouped(typesetting.latex(measure.formula or measure.term))
        if measure.key == "intensity":
            name = measure.name.latex
            return self.written([name.replace("intensity", word) for word in ("macs", "memory")], measure.key)
        return self.closed_form(measure)

    def closed_form(self, measure: Quantity) -> str:
        """The closed form of a quantity in LaTeX."""
        parts = [grouped(typesetting.latex(self.closed(size))) for size in measure.sizes()]
        return self.written(parts, measure.key)

    def written(self, parts: Sequence[str], key: str) -> str:
        """The parts of a quantity as one formula."""
        if key == "intensity":
            return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
        return r" \times ".join(
            rf"\left({p}\right)" if re.search(r" [+-] ", p) and len(parts) > 1 else p for p in parts
        )

    # -- values ----------------------------------------------------------------------------------------------

    def letters(self, measure: Measure) -> list[str]:
        """The letters on which a measure depends, in the order in which they are declared."""
        if isinstance(measure, Quantity):
            found = {s.name for s in measure.cost.symbols}
        else:
            found = self._letters_of(measure.term)
        return [name for name in self.scope if name in found]

    def _letters_of(self, term: Term) -> set[str]:
        found: set[str] = set()
        for name in free(term):
            if name in self.counts:
                found |= {s.name for s in self.counts[name].cost.symbols}
            else:
                found |= self._letters_of(self.meaning_of(name)) if name in self.lets else {name}
        return found

    def layers(self, measure: Measure) -> set[str]:
        """The declared layers that a measure counts something of."""
        if isinstance(measure, Quantity):
            return {each.layer for each in self.declarations.layers if each.cost is measure.cost}
        return self._layers_of(measure.term)

    def _layers_of(self, term: Term) -> set[str]:
        found: set[str] = set()
        for name in free(term) & self.lets:
            counted = self.counts.get(name)
            found |= {counted.layer} if counted else self._layers_of(self.meaning_of(name))
        return found

    def assumed(self) -> dict[str, Exact]:
        """The letters that are assumed to be numbers, such as W in ``assume W = 256``."""
        found: dict[str, Exact] = {}
        pairs: list[tuple[str, str]] = []
        for assumption in _single(self.declarations.statement.assumptions):
            match assumption:
                case Compare("=", Variable(name), Number(value)) | Compare(
                    "=", Number(value), Variable(name)
                ):
                    found.setdefault(name, value)
                case Compare("=", Variable(left), Variable(right)):
                    pairs.append((left, right))
                case _:
                    pass
        # Chains such as K_1 = K_2 = 3 say K_1 = K_2 and K_2 = 3.
        for left, right in pairs * len(pairs):
            if (left in found) != (right in found):
                found[left] = found[right] = found[left] if left in found else found[right]
        return found

    def check(self, values: Mapping[str, Exact], measures: Iterable[Measure], place: Phrase) -> None:
        """Raise ``FormulaError`` where values are not of their sorts, or break an assumption."""
        for name, value in values.items():
            if self.scope[name] == INT and value.denominator != 1:
                raise place.fault(f"{name} = {value} is no whole number")
        layers = {layer for measure in measures for layer in self.layers(measure)}
        values = {**self.assumed(), **values}
        evaluator = self.evaluator(values)
        for assumption in _single(self.declarations.assumptions(layers)):
            if not free(assumption) or not free(assumption) <= {*values}:
                continue
            try:
                holds = evaluator.holds(assumption)
            except Rejected:
                continue  # such as a quantifier: nothing can be said
            if not holds:
                given = ", ".join(f"{n} = {v}" for n, v in values.items() if n in free(assumption))
                raise place.fault(f"{given} is against the assumption {write(assumption)}")

    def evaluator(self, values: Mapping[str, Exact]) -> Evaluator:
        """An evaluator that may do what work is left."""
        made = Evaluator({name: value for name, value in values.items() if name in self.scope})
        made.steps = MAX_STEPS - self.left
        return made

    def value(self, measure: Measure, values: Mapping[str, Exact]) -> Exact:
        """The value of a measure; raises ``FormulaError`` for what has none."""
        missing = [name for name in self.letters(measure) if name not in values]
        if missing:
            given = ", ".join(f"{name} = 1" for name in missing)
            raise measure.phrase.fault(f"no value is given for {', '.join(missing)}", f"write at {given}")
        try:
            if isinstance(measure, Expression):
                return self._value(measure.term, values)
            if measure.key == "output_shape":
                raise measure.phrase.fault(
                    "a shape is no single number", "write shape_conv_2, or the lengths alone"
                )
            found = [self.at(measure.cost, values, size) for size in measure.sizes()]
        except (Rejected, ValueError, ArithmeticError) as error:
            raise measure.phrase.fault(str(error).removeprefix("evaluate: ")) from None
        if measure.key != "intensity":
            return found[0]
        return Fraction(found[0], found[1]) if found[1] else 0

    def _value(self, term: Term, values: Mapping[str, Exact]) -> Exact:
        here = {**values}
        for name in free(term):
            if name in self.lets:
                here[name] = self.let(name, values)
        evaluator = Evaluator({name: here[name] for name in free(term) if name in here})
        evaluator.steps = MAX_STEPS - self.left
        try:
            return evaluator.value(term)
        except Rejected as error:
            if evaluator.steps > MAX_STEPS:
                raise Rejected(
                    "this takes more steps than a document may take; state it as a claim"
                ) from None
            raise error
        finally:
            self.left = max(MAX_STEPS - evaluator.steps, 0)

    def abbreviated(self, term: Term, values: Mapping[str, Exact], phrase: Phrase) -> dict[str, Exact]:
        """The values of the abbreviations in a term of which all letters have one; long ones are left out."""
        names = [name for name in free(term) & self.lets if self._letters_of(Variable(name)) <= {*values}]
        try:
            found = {name: self.let(name, values) for name in names}
        except (Rejected, ValueError, ArithmeticError) as error:
            raise phrase.fault(str(error).removeprefix("evaluate: ")) from None
        return {name: value for name, value in found.items() if not is_long(value)}

    def let(self, name: str, values: Mapping[str, Exact]) -> Exact:
        """The value of an abbreviation; of a count of a layer that of its closed form."""
        if name in self.counts:
            return self.at(self.counts[name].cost, values, self.size(name))
        return self._value(self.meaning_of(name), values)

    def at(self, cost: Cost, values: Mapping[str, Exact], size: Size) -> int:
        """A size of a cost at whole numbers; raises ``ValueError`` outside of the domain of the cost."""
        given = {s: whole(values[s.name]) for s in cost.symbols if s.name in values}
        here = id(cost), tuple(given.values())
        if here not in self.inside:
            cost.at({s.name: value for s, value in given.items()})  # raises an error outside
            self.inside.add(here)
        found = substitute(size, {**given})
        if not isinstance(found, int):
            raise ValueError(f"no values are given for {', '.join(s.name for s in symbols_of(found))}")
        return found


def _declares(section: Section, name: str) -> bool:
    return re.match(rf"\s*let\s+{re.escape(name)}\s*=", section.text) is not None


def _single(formulas: Iterable[Formula]) -> Iterator[Formula]:
    """Formulas without the word and between them."""
    for formula in formulas:
        if isinstance(formula, And):
            yield from _single(formula.parts)
        else:
            yield formula


def numbers_of(cost: Cost, values: Mapping[str, Exact], place: Phrase) -> Cost:
    """A cost at whole numbers for its letters; raises ``FormulaError`` outside of its domain."""
    try:
        return cost.at({s.name: whole(values[s.name]) for s in cost.symbols if s.name in values})
    except ValueError as error:
        raise place.fault(str(error)) from None


def whole(value: Exact) -> int:
    """A value that is a whole number; raises ``ValueError`` for others."""
    if value.denominator != 1:
        raise ValueError(f"{value} is no whole number")
    return value.numerator


def numbers(values: Mapping[str, Exact]) -> dict[str, Term]:
    """Values as terms, to be put in place of letters."""
    return {name: Number(value) for name, value in values.items()}
