r"""Declarations and statements in words and formulas, as a page shows them.

Abbreviations keep their names here. What the kernel reads in a way that has no words is shown unfolded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from symcnn.documents.directives import FORMS
from symcnn.export import tree
from symcnn.export.breaking import width
from symcnn.export.mathematics import NotTypeset, formula, tall
from symcnn.kernel.reading import Macro, Reader
from symcnn.kernel.sorts import sort_of
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import INT, Function, IllSorted, Sort, Unreadable, Variable
from symcnn.kernel.writing import write_sort
from symcnn.proving.typesetting import latex, limits, sort_in_words

_SECTION = re.compile(r"\s*(source|given|let|recursive|assume|claim|proof|refutation)\b(.*)", re.DOTALL)
_LET = re.compile(r"\s*([A-Za-z_]\w*'*)\s*(?:\(([^()]*)\))?\s*=(.*)", re.DOTALL)
_APPLIED = re.compile(r"([A-Za-z_]\w*'*)\(")
_WORD = re.compile(r"[A-Za-z_]\w*'*")
_FORM = re.compile(rf"(.*?)\s({'|'.join(FORMS)})\s(.*)", re.DOTALL)
# Formulas up to this width stand in the line.
_SHORT = 40.0
# Many formulas up to this width stand side by side.
_SIDE_BY_SIDE = 10.0
_NAMES = r"[A-Za-z_]\w*'*(?:\s*,\s*[A-Za-z_]\w*'*)*"
# What stands behind the words of a form: a term or formula, a word, and names.
_BEHIND = re.compile(
    rf"(?:(?P<first>.+?)\s+)?(?P<word>in|as|for)\s+(?P<names>{_NAMES})(?P<grow>\s+grow)?", re.DOTALL
)


@dataclass
class Scope:
    """The names that are declared at a place of a document, each with the rank of its heading."""

    names: dict[str, tuple[int, Sort]] = field(default_factory=dict[str, tuple[int, Sort]])
    layers: dict[str, int] = field(default_factory=dict[str, int])

    def leave(self, level: int) -> None:
        """Forget what was declared under headings of this rank or deeper."""
        self.names = {name: known for name, known in self.names.items() if known[0] < level}
        self.layers = {name: rank for name, rank in self.layers.items() if rank < level}

    @property
    def sorts(self) -> Mapping[str, Sort]:
        """The sorts of all names."""
        return {name: sort for name, (_, sort) in self.names.items()}

    def known(self, text: str) -> Iterator[tuple[str, Sort]]:
        """The names in a text that are known, the counts of layers among them."""
        for word in dict.fromkeys(_WORD.findall(text)):
            if word in self.names:
                yield word, self.names[word][1]
            elif any(re.search(rf"_{re.escape(layer)}(?:_\w+)?$", word) for layer in self.layers):
                yield word, INT


def declaration(block: str, scope: Scope, level: int = 0) -> tuple[tree.Blocks, tuple[str, ...]]:
    r"""What a block of declarations adds to a scope, in words; and the lines that are refused.

    >>> text = "given N, K : int >= 1\nassume K <= N\nlet M = N - K\nlet L = X"
    >>> shown, refused = declaration(text, Scope())
    >>> for paragraph in shown:
    ...     print(tree.plain(paragraph.words))
    Here N, K \ge 1 are integers, and K \le N.
    We write M = N - K.
    >>> refused
    ('let L = X',)
    """
    lines = [" ".join(text.split()) for text in _declarations(block)]
    layers = [text for text in lines if text.startswith("layer")]
    kept: list[str] = []
    refused: list[str] = []
    for text in layers:
        scope.layers[text[5:].partition("=")[0].strip()] = level
    lines = [text for text in lines if text not in layers]
    found = _read(scope, lines) if lines else None
    if found is None and lines:
        # A line that is refused takes no other with it.
        for text in lines:
            now = _read(scope, [*kept, text])
            (refused if now is None else kept).append(text)
            found = found if now is None else now
    else:
        kept = lines
    shown: list[tree.Block] = []
    lets: list[tree.Block] = []
    if found is not None and kept:
        shown += _new(found, kept, scope, level)
        lets += _abbreviations(found, kept)
    made = [
        tree.Paragraph((tree.Text("The layer "), tree.Code(text[5:].strip()), tree.Text(".")))
        for text in layers
    ]
    # Layers and abbreviations can each be made of the others.
    words = [text.split(None, 1)[0] for text in _declarations(block)]
    first_layer = "let" not in words or ("layer" in words and words.index("layer") < words.index("let"))
    return (*shown, *(made if first_layer else lets), *(lets if first_layer else made)), tuple(refused)


def _read(scope: Scope, lines: Sequence[str]) -> Statement | None:
    """Declarations as a statement, or None where the kernel does not read them."""
    text = "\n".join(lines)
    own = {name for line in lines for name in _declared(line)}
    before = [f"given {name} : {write_sort(sort)}" for name, sort in scope.known(text) if name not in own]
    body = "".join(f"  {line}\n" for line in (*before, *lines))
    try:
        (found,) = read_statements(f'theorem T ""\n{body}  claim 1 = 1')
    except (Unreadable, ValueError, RecursionError):
        return None
    return found


def _declared(line: str) -> Iterator[str]:
    """The names that a line declares."""
    word, _, rest = line.partition(" ")
    if word == "let":
        yield from _WORD.findall(rest)[:1]
    elif word == "given":
        for names in re.findall(r"([^:]*):[^:]*?(?:,(?=[^:]*:)|$)", rest):
            yield from _WORD.findall(names)


def _new(found: Statement, lines: Sequence[str], scope: Scope, level: int) -> Iterator[tree.Block]:
    """What is declared, in words; the scope learns it."""
    own = {name for line in lines for name in _declared(line)}
    sorts = {name: sort for name, sort in found.scope.items() if name in own}
    lowest, rest = limits(found.assumptions)
    facts = [names_latex([name]) + limit for name, limit in lowest.items() if name not in sorts]
    facts += [latex(each) for each in rest]
    subjects = list(_subjects(sorts, lowest))
    if subjects and facts:
        yield from _said([tree.Text("Here "), *_listed(subjects), tree.Text(", and ")], facts, ".")
    elif subjects:
        yield tree.Paragraph((tree.Text("Here "), *_listed(subjects), tree.Text(".")))
    elif facts:
        yield from _said([tree.Text("Here ")], facts, ".")
    named = {**found.scope, **_abbreviated(found)}
    for name in own & {*named}:
        scope.names[name] = level, named[name]


def _abbreviations(found: Statement, lines: Sequence[str]) -> Iterator[tree.Block]:
    """The abbreviations among the lines."""
    named = {**found.scope, **_abbreviated(found)}
    lets = [_let(line[3:].strip(), named, found) for line in lines if line.startswith("let")]
    if lets:
        yield from _said([tree.Text("We write ")], lets, ".")


def statement(found: Statement) -> tree.Blocks:
    r"""A statement in words, its claim as a display.

    >>> from symcnn.kernel.statements import read_statements
    >>> text = 'theorem t ""\n given N : int >= 1\n let M = N + 1\n claim M is unbounded in N'
    >>> (found,) = read_statements(text)
    >>> words, display = statement(found)
    >>> print(tree.plain(words.words), display.latex)
    For all integers N \ge 1, where M = N + 1, the claim is M \text{ is unbounded in } N
    """
    sections = list(_sections(found.written))
    scope = {**found.scope, **_abbreviated(found)}
    lowest, _ = limits(found.assumptions)
    subjects = list(_subjects(found.scope, lowest, all_of=True))
    words: list[tree.Inline] = [tree.Text("For "), *_listed(subjects)] if subjects else []
    given = [_formula(text, scope) for name, text in sections if name == "assume"]
    _, rest = limits(found.assumptions)
    facts = [shown for text in given if text is not None for shown in [text]] if None not in given else []
    if None in given:
        facts = [latex(each) for each in rest]
    out: list[tree.Block] = []
    if facts:
        words.append(tree.Text(", with " if words else "Given "))
        out, words = _apart(_said(words, facts, ""))
    made = [_let(text, scope, found) for name, text in sections if name == "let"]
    made += [latex(each) for each in found.definitions]
    if made:
        words.append(tree.Text(", where " if words else "where " if out else "Where "))
        more, words = _apart(_said(words, made, ""))
        out += more
    claim = next((text for name, text in reversed(sections) if name == "claim"), "")
    words.append(tree.Text(" the claim is" if words else "the claim is" if out else "The claim is"))
    if len(words) > 1:
        words[-1] = tree.Text(", the claim is")
    return (*out, tree.Paragraph(tuple(words)), tree.Display(claim_latex(claim, scope) or latex(found.claim)))


def _apart(blocks: list[tree.Block]) -> tuple[list[tree.Block], list[tree.Inline]]:
    """Blocks, and the words of a last paragraph, which can go on."""
    last = blocks[-1]
    return (blocks[:-1], list(last.words)) if isinstance(last, tree.Paragraph) else (blocks, [])


def _said(words: Sequence[tree.Inline], formulas: Sequence[str], end: str) -> list[tree.Block]:
    """Words and formulas behind them: in the line where they are short, else below it."""
    if sum(map(_width, formulas)) <= _SHORT and not any(map(_tall, formulas)):
        listed = _listed([(tree.Math(shown),) for shown in formulas])
        return [tree.Paragraph((*words, *listed, *((tree.Text(end),) if end else ())))]
    *before, last = words
    ended = (*before, tree.Text(last.text.rstrip())) if isinstance(last, tree.Text) else tuple(words)
    if len(formulas) > 3 and max(map(_width, formulas)) < _SIDE_BY_SIDE:
        return [tree.Paragraph(ended), tree.Display(r" \quad ".join(formulas))]
    rows = r" \\ ".join(formulas)
    return [
        tree.Paragraph(ended),
        tree.Display(rf"\begin{{gathered}} {rows} \end{{gathered}}" if len(formulas) > 1 else rows),
    ]


def _width(latex: str) -> float:
    try:
        return width(formula(latex).body)
    except NotTypeset:
        return 0.0


def _tall(latex: str) -> bool:
    try:
        return tall(formula(latex).body)
    except NotTypeset:
        return False


def claim_latex(text: str, scope: Mapping[str, Sort]) -> str | None:
    """A claim or a form of claims in LaTeX, or None where it does not stand in one line of words."""
    form = _FORM.fullmatch(text)
    if form is None:
        return _formula(text, scope)
    term = _term(form[1], scope)
    behind = form_latex(f"{form[2]} {form[3]}", scope)
    return f"{term} {behind}" if term and behind else None


def form_latex(form: str, scope: Mapping[str, Sort]) -> str | None:
    r"""What is said of a term, in the words of statements, in LaTeX.

    >>> form_latex("is bounded in N, K", {"N": INT, "K": INT})
    '\\text{ is bounded in } N, K'
    """
    words = next((words for words in FORMS if form.startswith(f"{words} ")), None)
    if words is None:
        return None
    rest = form[len(words) :].strip()
    if words == "rounds to":
        number = re.fullmatch(r"(-?[0-9.]+)(?:[eE]([0-9]+))?", rest)
        if number is None:
            return None
        power = rf" \times 10^{{{number[2]}}}" if number[2] else ""
        return rf"\text{{ rounds to }} {number[1]}{power}"
    if words == "does not depend on":
        entry = _term(rest, scope)
        return rf"\text{{ does not depend on }} {entry}" if entry else None
    if words.endswith(" in") and not words.startswith("is proportional"):
        return rf"\text{{ {words} }} {names_latex(rest.split(','))}"
    if words == "is independent of":
        return rf"\text{{ {words} }} {names_latex(rest.split(','))}"
    behind = _BEHIND.fullmatch(rest)
    if behind is None:
        return None
    first = (_formula if "where" in words else _term)(behind["first"] or "", scope)
    if first is None:
        return None
    names = names_latex(behind["names"].split(","))
    grow = r" \text{ grow}" if behind["grow"] and "," in behind["names"] else r" \text{ grows}"
    return rf"\text{{ {words} }} {first} \text{{ {behind['word']} }} {names}" + (
        grow if behind["grow"] else ""
    )


def names_latex(names: Iterable[str]) -> str:
    r"""Names with commas between, in LaTeX.

    >>> names_latex(["L_r", "L_c"])
    'L_{r}, L_{c}'
    """
    return ", ".join(latex(Variable(name.strip())) for name in names)


def _subjects(
    scope: Mapping[str, Sort], lowest: Mapping[str, str], all_of: bool = False
) -> Iterator[tree.Words]:
    """Names with their sorts, those of one sort and limit together."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for name, sort in scope.items():
        words = sort_in_words(sort)
        kinds.setdefault((words, lowest.get(name, "")), []).append(name)
    for (words, limit), names in kinds.items():
        formula = tree.Math(names_latex(names) + limit)
        several = len(names) > 1
        if all_of:
            # The names of functions stand before what they take.
            first, _, rest = words.partition(" ") if words.startswith("functions") else (words, "", "")
            yield tree.Text(f"all {first} "), formula, tree.Text(f" {rest}" if rest else "")
        else:
            one = sort_in_words(scope[names[0]], 1)
            article = "an" if one[0] in "aeiou" else "a"
            yield formula, tree.Text(f" are {words}" if several else f" is {article} {one}")


def _listed(parts: Sequence[tree.Words]) -> list[tree.Inline]:
    """Parts with commas between, and a last "and"."""
    out: list[tree.Inline] = []
    for k, part in enumerate(parts):
        if k:
            out.append(tree.Text(" and " if k == len(parts) - 1 else ", "))
        out += part
    return out


def _sections(written: str) -> Iterator[tuple[str, str]]:
    """The sections of a statement without comments; a line that begins with no name goes on."""
    waiting: list[str] = []
    for line in [*written.split("\n")[1:], "claim"]:
        plain = line.partition("#")[0].rstrip()
        if _SECTION.match(plain) and waiting:
            found = _SECTION.match(" ".join(waiting))
            if found is not None:
                yield found[1], found[2].strip()
            waiting = []
        if plain.strip():
            waiting.append(plain.strip())


def _declarations(block: str) -> Iterator[str]:
    """Declarations one by one; a line that begins with no word of them continues the one above."""
    waiting = ""
    for line in [*block.split("\n"), "given"]:
        plain = line.partition("#")[0].rstrip()
        if re.match(r"\s*(given|let|assume|layer)\b", plain) or (plain and plain[0] not in " \t"):
            if waiting:
                yield waiting.strip()
            waiting = plain
        elif plain:
            waiting += f"\n{plain}"


def _let(text: str, scope: Mapping[str, Sort], found: Statement) -> str:
    """An abbreviation as an equation; as it was written where the kernel alone reads it."""
    parts = _LET.fullmatch(text)
    if parts is None:
        return rf"\text{{{_plain(text)}}}"
    name, given, body = parts[1], parts[2], parts[3]
    names = [each.strip() for each in given.split(",")] if given else []
    shown = _term(body, {**scope, **dict.fromkeys(names, INT)})
    if shown is None:
        macro = found.abbreviations.get(name)
        shown = latex(macro.body) if macro is not None else rf"\text{{{_plain(body)}}}"
    arguments = f"({names_latex(names)})" if names else ""
    return f"{names_latex([name])}{arguments} = {shown}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 .,;:()+*/=<>-]", " ", " ".join(text.split()))


def _term(text: str, scope: Mapping[str, Sort]) -> str | None:
    try:
        reader = Reader(text, scope)
        found = reader.term()
        reader.end()
    except (Unreadable, RecursionError):
        return None
    return _as_applied(latex(found), text, scope)


def _formula(text: str, scope: Mapping[str, Sort]) -> str | None:
    try:
        reader = Reader(text, scope)
        found = reader.formula()
        reader.end()
    except (Unreadable, RecursionError):
        return None
    return _as_applied(latex(found), text, scope)


def _as_applied(shown: str, text: str, scope: Mapping[str, Sort]) -> str:
    """Round brackets behind the names that have them in the text; entries of tensors keep square ones."""
    for name in {*_APPLIED.findall(text)} & {*scope}:
        start = rf"(?<![A-Za-z\\}}]){re.escape(names_latex([name]))}\["
        while found := re.search(start, shown):
            depth, end = 1, found.end()
            while depth and end < len(shown):
                depth += (shown[end] == "[") - (shown[end] == "]")
                end += 1
            inside = shown[found.end() : end - 1]
            shown = f"{shown[: found.end() - 1]}({inside}){shown[end:]}"
    return shown


def _abbreviated(found: Statement) -> Mapping[str, Sort]:
    """Abbreviations as names with sorts, so that they are not written out."""
    out: dict[str, Sort] = {}
    for name, macro in found.abbreviations.items():
        sort = _sort_of(macro, found.scope)
        if sort is not None:
            out[name] = sort
    return out


def _sort_of(macro: Macro, scope: Mapping[str, Sort]) -> Sort | None:
    try:
        value = sort_of(macro.body, {**scope, **dict.fromkeys(macro.parameters, INT)})
    except IllSorted:
        return None
    return Function((INT,) * len(macro.parameters), value) if macro.parameters else value
