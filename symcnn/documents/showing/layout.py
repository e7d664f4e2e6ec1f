"""Formulas as displays: in one line where they fit, else in rows of ``aligned``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symcnn.symbols.printing import printed, words_in_latex

_WIDTH = 50  # letters of a formula in one line: what fits beside a margin for notes
_SIGNS = re.compile(r" (?:\\(?:approx|times|cdot|le)|[=+-]) ")
_OPENING = frozenset(["{", "(", "[", r"\left", r"\begin"])
_BRACKETS = r"[{}()\[\]]|\\(?:left|right|begin|end)\b"
_BETWEEN_TERMS = re.compile(_BRACKETS + r"| (?=(?:[=+-]|\\le) )")
_BETWEEN_FACTORS = re.compile(_BRACKETS + r"| (?=\\(?:cdot|times) )|(?<=\\right\)) (?=\\left\()")
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_LIMITS = re.compile(rf"\\(?:sum|max|min)_{_GROUP}(?:\^{_GROUP})?")
_SCRIPT = re.compile(rf"[_^]{_GROUP}")
_FRACTION = re.compile(r"\\frac\{((?:(?!\\frac)[^{}]|\{[^{}]*\})*)\}\{((?:(?!\\frac)[^{}]|\{[^{}]*\})*)\}")


def displayed(chain: Sequence[tuple[str, str]], remark: Sequence[str] = ()) -> str:
    r"""A chain of equations as a display: in one line where it fits, else with a line for each step.

    >>> displayed([("", "K^{2}"), ("=", "3^{2}"), ("=", "9")], ["K = 3"])
    'K^{2} = 3^{2} = 9 \\quad (K = 3)'
    """
    conditions = r",\; ".join(remark)
    behind = rf" \quad ({conditions})" if remark else ""
    line = " ".join(
        f"{relation} {shown}".strip() if k else shown for k, (relation, shown) in enumerate(chain)
    )
    if wide(line + behind) <= _WIDTH:
        return line + behind
    (_, first), *rest = chain
    rows: list[str] = []
    room = _WIDTH
    beside = rest and wide(first) <= _WIDTH // 3
    if beside:
        # A short left side stands beside the first step.
        room -= wide(first)
        rest[0] = (f"{first} &{rest[0][0]}", rest[0][1])
    else:
        rest.insert(0, ("&", first))
    for relation, shown in rest:
        one, *more = lines(shown, room)
        rows += [f"{relation if '&' in relation else '&' + relation} {one}"]
        rows += [rf"&\quad {row}" for row in more]
    if remark:
        first, *others = _rows(remark, room)
        rows += [rf"&\quad\text{{at }} {first}", *(rf"&\quad {row}" for row in others)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def listed(steps: Sequence[tuple[str, str]]) -> str:
    r"""Formulas with their names in front of them, or above them where they are long.

    >>> print(listed([("weights", r"K \cdot C"), ("value", "12")]))
    \begin{aligned}
    \text{weights:} &\quad K \cdot C \\
    \text{value:} &\quad 12
    \end{aligned}
    """
    # Words are narrower than formulas of as many letters.
    room = _WIDTH - 2 - 4 * max(len(name) for name, _ in steps) // 5
    rows: list[str] = []
    if all(wide(term) <= room for _, shown in steps for term in _parts(shown, _BETWEEN_TERMS)):
        for name, shown in steps:
            first, *more = lines(shown, room)
            rows += [
                rf"\text{{{words_in_latex(name)}:}} &\quad {first}",
                *(rf"&\qquad {row}" for row in more),
            ]
    else:
        for name, shown in steps:
            rows.append(rf"&\text{{{words_in_latex(name)}:}}")
            rows += [rf"&\quad {row}" for row in lines(shown, _WIDTH)]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def lines(formula: str, width: int) -> list[str]:
    r"""A formula in lines of about so many letters: broken between terms, and between factors of long ones.

    >>> lines(r"3 \cdot 4 + 5 \cdot 6 - 7", 9)
    ['3 \\cdot 4', '+ 5 \\cdot 6', '- 7']
    """
    out: list[str] = []
    fresh = True
    for term in _parts(formula, _BETWEEN_TERMS):
        whole = wide(term) <= width
        for k, piece in enumerate([term] if whole else _parts(term, _BETWEEN_FACTORS)):
            # A term that is broken has its lines to itself.
            if (k or (whole and not fresh)) and wide(f"{out[-1]} {piece}") <= width:
                out[-1] += f" {piece}"
            else:
                out.append(piece)
        fresh = not whole
    return out


def _parts(formula: str, places: re.Pattern[str]) -> list[str]:
    """What stands between places outside of brackets."""
    out: list[str] = []
    depth = start = 0
    for found in places.finditer(formula):
        if found[0] == " ":
            if not depth:
                out.append(formula[start : found.start()])
                start = found.end()
        else:
            depth += 1 if found[0] in _OPENING else -1
    return [*out, formula[start:]]


def wide(shown: str) -> int:
    """About how many letters wide a formula is: signs have space around them, and scripts are small."""
    plain = _LIMITS.sub(lambda m: "x" * max(3, *(_small(limit or "") for limit in m.groups())), shown)
    plain = _SCRIPT.sub(lambda m: "x" * _small(m[1]), plain)
    before = ""
    while plain != before:
        before = plain
        plain = _FRACTION.sub(lambda m: max(m.groups(), key=wide), plain)
    return printed(plain) + 2 * len(_SIGNS.findall(plain))


def _small(script: str) -> int:
    """About how many letters wide a script is."""
    return (2 * printed(script) + 2) // 3


def _rows(items: Sequence[str], room: int) -> list[str]:
    """Items with commas between, in rows of so many letters."""
    out: list[str] = []
    for item in items:
        if out and wide(out[-1]) + wide(item) + 2 <= room:
            out[-1] += rf",\; {item}"
        else:
            out.append(item)
    return out
