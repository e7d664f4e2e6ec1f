"""How verdicts are shown: their colours and signs, and the table of the verdicts of several documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcnn.export import tree

# The colour of a status, and its sign in LaTeX and as a letter; signs are told apart without colours as well.
STATUSES = {
    "proved": ("proved", r"$\checkmark$", "✓"),
    "refuted": ("refuted", r"$\boldsymbol{\times}$", "✗"),
    "unknown": ("unknown", r"\textbf{?}", "?"),
    "unreadable": ("refuted", r"\textbf{!}", "!"),
    "assumed": ("quiet", r"$\triangleright$", "▹"),
}


def marks(blocks: Sequence[tree.Block]) -> Iterator[tree.Mark]:
    """The verdicts on a page, from the top to the bottom."""
    for block in blocks:
        match block:
            case tree.Claimed(_, found):
                yield from (mark for mark in found if mark.name and " " not in mark.name)
            case tree.Items(_, items):
                for item in items:
                    yield from marks(item)
            case tree.Quote(inside):
                yield from marks(inside)
            case _:
                pass


def summaries(pages: Sequence[tree.Page], plain: bool = False) -> tree.Blocks:
    """A heading and a table with a line for each document; without verdicts a list of the documents."""
    titles = [
        (tree.Link(f"#document-{k}", (tree.Text(page.title or page.path),)),)
        for k, page in enumerate(pages, start=1)
    ]
    if plain:
        items = tuple((tree.Paragraph(title),) for title in titles)
        return (tree.Heading(1, (tree.Text("Documents"),)), tree.Items(None, items))
    rows: list[tuple[tree.Words, ...]] = []
    for page, title in zip(pages, titles, strict=True):
        found = list(marks(page.blocks))
        counts = [sum(mark.status == status for mark in found) for status in list(STATUSES)[:4]]
        deviating = [mark.name for mark in found if mark.expected]
        refuted = [mark.name for mark in found if mark.status == "refuted"]
        rows.append(
            (
                title,
                *((tree.Text(str(count)),) for count in (len(found), *counts)),
                (tree.Text(", ".join(refuted)),),
                (tree.Text(", ".join(deviating) or "none"),),
            )
        )
    words = ("document", "claims", *list(STATUSES)[:4], "refuted are", "not as expected")
    empty = [k for k in (4, 5) if all(row[k] == (tree.Text("0"),) for row in rows)]
    keep = [k for k in range(len(words)) if k not in empty]
    head = tuple((tree.Text(words[k]),) for k in keep)
    kept = tuple(tuple(row[k] for k in keep) for row in rows)
    grid = tree.Grid(head, kept, "".join("lrrrrrll"[k] for k in keep))
    return (tree.Heading(1, (tree.Text("Verdicts"),)), grid)
