"""Certificates as people read them: a step on a line of its own, blocks indented."""

from __future__ import annotations

import re

from symcnn.kernel.laws import LAWS
from symcnn.kernel.steps import STEPS

HEADER = "symcnn certificates 1\n"
INDENT = "  "
WIDTH = 110


def written(kind: str, name: str, parts: list[tuple[str, str]]) -> str:
    """A certificate, each step on a line of its own where a block does not fit into one."""
    lines = [f"{kind} {name}"]
    for part, steps in parts:
        lines += _block(f"{part} ", steps, 1)
    return "\n".join(lines) + "\n"


_WORD = re.compile(r"[A-Za-z_][\w']*")
# Behind these a word is a name, even where it is spelled like a step.
_JOINING = frozenset(
    ["and", "or", "not", "implies", "iff", "if", "then", "else", "in", "as", "from", "using"]
)


def laid_out(certificate: str) -> str:
    """A certificate of one part, laid out."""
    head, _, rest = certificate.partition("{")
    kind, name, part = head.split()
    return written(kind, name, [(part, rest.rpartition("}")[0].strip())])


def blocks_of(certificate: str) -> dict[str, str]:
    """The steps of each part of a certificate, without its comments.

    >>> blocks_of("prove t\\n  satisfiable { witness n = 1 compute }\\n  proof { take n compute }\\n")
    {'satisfiable': 'witness n = 1 compute', 'proof': 'take n compute'}
    """
    _, _, rest = re.sub(r"#[^\n]*", "", certificate).partition("\n")
    return {head: blocks[0] for head, blocks in _with_blocks(rest)}


def _block(head: str, steps: str, depth: int) -> list[str]:
    indent = INDENT * depth
    line = f"{indent}{head}{{ {_in_one_line(steps)} }}"
    if len(line) <= WIDTH and steps.count("{") <= 1 and not _many(steps):
        return [line]
    out = [f"{indent}{head}{{"]
    for step, blocks in steps_of(steps):
        one_line = _with_its_blocks(step, blocks)
        if len(one_line) + len(indent) + 2 <= WIDTH and not any(_many(block) for block in blocks):
            out.append(f"{indent}{INDENT}{one_line}")
            continue
        out.append(f"{indent}{INDENT}{step}")
        for block in blocks:
            out += _block("", block, depth + 2)
    return [*out, f"{indent}}}"]


def _in_one_line(steps: str) -> str:
    return " ".join(_with_its_blocks(step, blocks) for step, blocks in steps_of(steps))


def _with_its_blocks(step: str, blocks: list[str]) -> str:
    return " ".join([step, *(f"{{ {_in_one_line(block)} }}" for block in blocks)])


def _many(steps: str) -> bool:
    return len(steps_of(steps)) > 4


def steps_of(text: str) -> list[tuple[str, list[str]]]:
    """The steps of a block with the blocks that belong to each."""
    return _takes_together(_with_blocks(text))


def _with_blocks(text: str) -> list[tuple[str, list[str]]]:
    """Steps, or names of parts, with the blocks that belong to each."""
    out: list[tuple[str, list[str]]] = []
    start = place = 0
    before = ""
    while place < len(text):
        if text[place] == "{":
            end, depth = place, 0
            while True:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
                if not depth:
                    break
            if text[start:place].strip():
                out.append((text[start:place].strip(), []))
            out[-1][1].append(text[place + 1 : end - 1].strip())
            start = place = end
            before = ""
            continue
        word = _WORD.match(text, place)
        if word is None:
            before = before if text[place].isspace() else text[place]
            place += 1
            continue
        # A step stands at the beginning, or behind a name, number or bracket that ends the step before.
        if word[0] in STEPS and (not before or before in ")]" or before[0].isalnum() or before[0] in "_'"):
            if text[start:place].strip():
                out.append((text[start:place].strip(), []))
            start = place
            before = ","
        else:
            joins = word[0] in _JOINING or (word[0] in LAWS and before == ":")
            before = "," if joins else word[0]
        place = word.end()
    if text[start:].strip():
        out.append((text[start:].strip(), []))
    return out


def _takes_together(steps: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """``take a take b`` is ``take a, b``; so is ``suppose``."""
    out: list[tuple[str, list[str]]] = []
    for step, blocks in steps:
        word, _, rest = step.partition(" ")
        if word in ("take", "suppose") and out and out[-1][0].startswith(f"{word} ") and not out[-1][1]:
            out[-1] = (f"{out[-1][0]}, {rest}", blocks)
        else:
            out.append((step, blocks))
    return out
