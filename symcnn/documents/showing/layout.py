"""Formulas as displays: in one line where they fit, else in rows of ``aligned``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symcnn.symbols.printing import broken, printed

_WIDTH = 56  # letters of a formula in one line, as printed
_SIGNS = re.compile(r" (?:\\(?:approx|times|cdot)|[=+-]) ")
_OPENING = frozenset(["{", "(", "[", r"\left", r"\begin"])
_PLACES = re.compile(r"[{}()\[\]]|\\(?:left|right|begin|end)\b| (?=[+-] )")


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


def lines(formula: str, width: int) -> list[str]:
    r"""A formula in lines of about so many letters: broken between terms, and between factors of long ones.

    >>> lines(r"3 \cdot 4 + 5 \cdot 6 - 7", 7)
    ['3 \\cdot 4', '+ 5 \\cdot 6', '- 7']
    """
    out: list[str] = []
    for term in _terms(formula):
        if out and wide(f"{out[-1]} {term}") <= width:
            out[-1] += f" {term}"
        elif wide(term) <= width or "\\begin" in term:
            out.append(term)
        else:
            out += broken(term, width)
    return out


def _terms(formula: str) -> list[str]:
    """The terms of a formula with their signs."""
    out: list[str] = []
    depth = start = 0
    for found in _PLACES.finditer(formula):
        if found[0] == " ":
            if not depth:
                out.append(formula[start : found.start()])
                start = found.end()
        else:
            depth += 1 if found[0] in _OPENING else -1
    return [*out, formula[start:]]


def wide(shown: str) -> int:
    """About how many letters wide a formula is; there is space around signs."""
    return printed(shown) + 2 * len(_SIGNS.findall(shown))


def _rows(items: Sequence[str], room: int) -> list[str]:
    """Items with commas between, in rows of so many letters."""
    out: list[str] = []
    for item in items:
        if out and wide(out[-1]) + wide(item) + 2 <= room:
            out[-1] += rf",\; {item}"
        else:
            out.append(item)
    return out
