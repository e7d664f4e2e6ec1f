"""Certificates as trees of steps, and changes to them: what a forger or a bug might make of a proof.

A block is a list of steps, and each step has its own blocks. A change takes a random place in such a tree;
what it makes need not be a certificate at all.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from symcnn.kernel.laws import LAWS
from symcnn.kernel.reading import tokens
from symcnn.kernel.steps import STEPS
from symcnn.search.layout import blocks_of, steps_of
from tests.corpus.make_neighbours import WORDS


@dataclass
class Step:
    """The words of a step, and the blocks behind it."""

    words: str
    blocks: list[Block]


Block = list[Step]


@dataclass
class Proof:
    """A certificate without its name: prove or refute, and its parts in their order."""

    kind: str
    parts: list[tuple[str, Block]]


def proof_of(kind: str, text: str) -> Proof:
    """The tree of a certificate: its text from behind the name on."""
    found = blocks_of(f"{kind} name\n{text.partition(chr(10))[2]}")
    return Proof(kind, [(part, _block(steps)) for part, steps in found.items()])


def text_of(proof: Proof) -> str:
    """The text of a certificate from behind the name on."""
    return "\n" + " ".join(f"{part} {_shown(block)}" for part, block in proof.parts) + "\n"


def _block(steps: str) -> Block:
    return [Step(words, [_block(inner) for inner in blocks]) for words, blocks in steps_of(steps)]


def _shown(block: Block) -> str:
    return "{ " + "".join(f"{step.words} {''.join(map(_shown, step.blocks))}" for step in block) + "} "


def blocks_in(proof: Proof) -> list[Block]:
    """All blocks, those inside others included."""
    waiting, out = [block for _, block in proof.parts], list[Block]()
    while waiting:
        out.append(waiting.pop())
        waiting.extend(inner for step in out[-1] for inner in step.blocks)
    return out


# -- changes -------------------------------------------------------------------------------------------------

Dice = random.Random
Change = Callable[[Proof, Proof, Dice], None]


def _some_block(proof: Proof, dice: Dice) -> Block:
    """A block with steps, if there is any."""
    found = blocks_in(proof)
    return dice.choice([block for block in found if block] or found or [[]])


def _some_step(proof: Proof, dice: Dice) -> Step:
    steps = [step for block in blocks_in(proof) for step in block]
    return dice.choice(steps) if steps else Step("compute", [])


def drop_a_step(proof: Proof, other: Proof, dice: Dice) -> None:
    block = _some_block(proof, dice)
    if block:
        del block[dice.randrange(len(block))]


def double_a_step(proof: Proof, other: Proof, dice: Dice) -> None:
    block = _some_block(proof, dice)
    if block:
        block.insert(dice.randrange(len(block) + 1), deepcopy(dice.choice(block)))


def swap_steps(proof: Proof, other: Proof, dice: Dice) -> None:
    block = _some_block(proof, dice)
    if len(block) > 1:
        i, j = dice.sample(range(len(block)), 2)
        block[i], block[j] = block[j], block[i]


def move_a_step(proof: Proof, other: Proof, dice: Dice) -> None:
    source, target = _some_block(proof, dice), _some_block(proof, dice)
    if source:
        moved = source.pop(dice.randrange(len(source)))
        target.insert(dice.randrange(len(target) + 1), moved)


def drop_a_premise(proof: Proof, other: Proof, dice: Dice) -> None:
    step = _step_with_blocks(proof, dice)
    if step.blocks:
        del step.blocks[dice.randrange(len(step.blocks))]


def double_a_premise(proof: Proof, other: Proof, dice: Dice) -> None:
    step = _step_with_blocks(proof, dice)
    if step.blocks:
        step.blocks.append(deepcopy(dice.choice(step.blocks)))


def swap_premises(proof: Proof, other: Proof, dice: Dice) -> None:
    step = _step_with_blocks(proof, dice)
    dice.shuffle(step.blocks)


def replace_a_block(proof: Proof, other: Proof, dice: Dice) -> None:
    """By another block of the same certificate."""
    target, source = _some_block(proof, dice), _some_block(proof, dice)
    target[:] = deepcopy(source)


def splice_a_block(proof: Proof, other: Proof, dice: Dice) -> None:
    """By a block of another certificate."""
    _some_block(proof, dice)[:] = deepcopy(_some_block(other, dice))


def splice_a_step(proof: Proof, other: Proof, dice: Dice) -> None:
    block = _some_block(proof, dice)
    block.insert(dice.randrange(len(block) + 1), deepcopy(_some_step(other, dice)))


def splice_the_end(proof: Proof, other: Proof, dice: Dice) -> None:
    """The beginning of a block, and the end of one of another certificate."""
    block, end = _some_block(proof, dice), _some_block(other, dice)
    if block and end:
        block[dice.randrange(len(block)) :] = deepcopy(end[dice.randrange(len(end)) :])


def truncate(proof: Proof, other: Proof, dice: Dice) -> None:
    block = _some_block(proof, dice)
    if block:
        del block[dice.randrange(len(block)) :]


def nest_a_block(proof: Proof, other: Proof, dice: Dice) -> None:
    """The steps from one on move into a block of the step before."""
    block = _some_block(proof, dice)
    if len(block) > 1:
        place = dice.randrange(1, len(block))
        block[place - 1].blocks.append(block[place:])
        del block[place:]


def open_a_block(proof: Proof, other: Proof, dice: Dice) -> None:
    """The steps of a block move out of it, behind the step that they belong to."""
    block = _some_block(proof, dice)
    places = [k for k, step in enumerate(block) if step.blocks]
    if places:
        place = dice.choice(places)
        block[place + 1 : place + 1] = block[place].blocks.pop()


def swap_parts(proof: Proof, other: Proof, dice: Dice) -> None:
    """The blocks of satisfiable, defined and proof change places."""
    names = [name for name, _ in proof.parts]
    blocks = [block for _, block in proof.parts]
    dice.shuffle(blocks)
    proof.parts = list(zip(names, blocks, strict=True))


def drop_a_part(proof: Proof, other: Proof, dice: Dice) -> None:
    if len(proof.parts) > 1:
        del proof.parts[dice.randrange(len(proof.parts))]


def the_other_kind(proof: Proof, other: Proof, dice: Dice) -> None:
    proof.kind = "refute" if proof.kind == "prove" else "prove"


def add_a_law(proof: Proof, other: Proof, dice: Dice) -> None:
    """A step that is right wherever its names stand for numbers, and is not needed."""
    names = [name for name in _names(proof) if "." not in name]
    if names:
        a, b = dice.choice(names), dice.choice(names)
        law = dice.choice((f"trichotomy {a}, {b}", f"archimedes {a}", f"floor {a}, 2"))
        step = Step(
            f"law more{dice.randrange(1000)} : {law}",
            [[Step("compute", [])]] if law.startswith("floor") else [],
        )
        block = _some_block(proof, dice)
        block.insert(dice.randrange(len(block) + 1), step)


def _words_changed(pattern: str, new: Callable[[str, Dice, Proof], str]) -> Change:
    """A change of one word in one step, where a step has such a word."""

    def change(proof: Proof, other: Proof, dice: Dice) -> None:
        steps = [step for block in blocks_in(proof) for step in block if re.search(pattern, step.words)]
        if steps:
            step = dice.choice(steps)
            found = dice.choice(list(re.finditer(pattern, step.words)))
            put = new(found[0], dice, proof)
            step.words = step.words[: found.start()] + put + step.words[found.end() :]

    return change


def _names(proof: Proof) -> list[str]:
    words = [step.words for block in blocks_in(proof) for step in block]
    return [word for text in words for word in re.findall(r"[A-Za-z_][\w']*(?:\.\d+)*", text)]


def other_number(word: str, dice: Dice, proof: Proof) -> str:
    value = int(word)
    return str(dice.choice([value + 1, max(0, value - 1), 0, 1, 2 * value, value + dice.randrange(100)]))


# Changes of single words; of a step's own words only, so that the tree stays as it is.
change_a_number = _words_changed(r"(?<![\w.])\d+(?![\w.])", other_number)
change_a_name = _words_changed(
    r"[A-Za-z_][\w']*(?:\.\d+)*", lambda _, dice, proof: dice.choice(_names(proof))
)
change_a_step = _words_changed(rf"^(?:{'|'.join(STEPS)})\b", lambda _, dice, __: dice.choice(list(STEPS)))
change_a_law = _words_changed(rf"(?<=: )(?:{'|'.join(LAWS)})\b", lambda _, dice, __: dice.choice(list(LAWS)))
change_a_part = _words_changed(r"(?<=\w\.)\d+", lambda _, dice, __: str(dice.randrange(4)))
change_a_sign = _words_changed(
    r"//|<=|>=|!=|[-+*/<>=]|\b(?:and|or|implies|iff|not)\b",
    lambda sign, dice, _: dice.choice([*WORDS.get(sign, []), "-", "+", "*", ""]),
)
drop_a_word = _words_changed(r"[\w.']+|//|[^\s\w]", lambda *_: "")
double_a_word = _words_changed(r"[\w.']+|//|[^\s\w]", lambda word, *_: f"{word} {word}")

CHANGES: Sequence[Change] = (
    drop_a_step, double_a_step, swap_steps, move_a_step, drop_a_premise, double_a_premise, swap_premises,
    replace_a_block, splice_a_block, splice_a_step, splice_the_end, truncate, nest_a_block, open_a_block,
    swap_parts, drop_a_part, the_other_kind, add_a_law, change_a_number, change_a_name, change_a_step,
    change_a_law, change_a_part, change_a_sign, drop_a_word, double_a_word,
)  # fmt: skip


def _step_with_blocks(proof: Proof, dice: Dice) -> Step:
    found = [step for block in blocks_in(proof) for step in block if step.blocks]
    return dice.choice(found) if found else Step("compute", [])


def changed(proof: Proof, other: Proof, dice: Dice) -> Proof:
    """Another proof, after one to four changes, mostly one; ``other`` is what is spliced in."""
    out = deepcopy(proof)
    left = dice.choice((1, 1, 1, 2, 3, 4))
    while left:
        before = deepcopy(out)
        dice.choice(CHANGES)(out, other, dice)
        left -= out != before
    return out


# -- texts ---------------------------------------------------------------------------------------------------


def changed_text(text: str, dice: Dice) -> str:
    """A text with a line or a stretch of words left out, doubled or moved, or cut off."""
    words = tokens(text)
    if len(words) < 2:
        return text
    first, last = sorted(dice.sample(range(len(words)), 2))
    a, b = words[first].place, words[last].place
    at = dice.choice(words).place
    return dice.choice(
        (
            text[:a],
            text[:a] + text[b:],
            text[:b] + text[a:],
            text[:at] + text[a:b] + text[at:],
            _without_a_line(text, dice),
        )
    )


def _without_a_line(text: str, dice: Dice) -> str:
    lines = text.splitlines(keepends=True)
    del lines[dice.randrange(len(lines))]
    return "".join(lines)


def everywhere_another_number(texts: Sequence[str], dice: Dice) -> Iterator[str]:
    """Texts with one number of them replaced by another one wherever it stands: mostly what is false then is
    false in the same way in all of them."""
    pattern = r"(?<![\w.'^])\d+(?![\w.])"
    numbers = sorted({found for text in texts for found in re.findall(pattern, text)})
    if not numbers:
        yield from texts
        return
    old = dice.choice(numbers)
    new = str(max(0, int(old) + dice.choice((-1, 1, 2))))
    for text in texts:
        yield re.sub(pattern, lambda found: new if found[0] == old else found[0], text)
