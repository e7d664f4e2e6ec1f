"""``render``: checked documents as LaTeX, PDF or HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symcnn.documents.report import Report
from symcnn.export.reading import page

FORMATS = ("tex", "pdf", "html")


@dataclass(frozen=True, slots=True)
class Typeset:
    """A LaTeX document and the files of its pictures, by their names."""

    text: str
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])


def render(reports: Report | Sequence[Report], form: str, *, plain: bool = False) -> str | bytes:
    r"""Checked documents as one page: ``tex`` and ``html`` are text, ``pdf`` is bytes.

    ``plain`` leaves out the verdicts and what is said of them. Several reports begin with a table of their
    verdicts. Raises ``ValueError`` for other formats, and for PDF where pdflatex is missing or fails.

    >>> from symcnn import check
    >>> report = check("# Sizes\n\nOf $N$ entries:\n")
    >>> "<h1" in render(report, "html")
    True
    """
    if form not in FORMATS:
        raise ValueError(f"{form!r} is no format; write one of {', '.join(FORMATS)}")
    if form == "html":
        from symcnn.export.html import HtmlWriter

        return HtmlWriter(plain).document([page(report, plain) for report in _several(reports)])
    found = typeset(reports, plain=plain)
    if form == "tex":
        return found.text
    from symcnn.export.pdf import compiled

    return compiled(found.text, found.files)[0]


def typeset(reports: Report | Sequence[Report], *, plain: bool = False, stem: str = "picture") -> Typeset:
    r"""Checked documents in LaTeX, with the files of their pictures, whose names begin with ``stem``.

    >>> from symcnn import check
    >>> r"\begin{document}" in typeset(check("# Sizes\n\nOf $N$ entries:\n")).text
    True
    """
    from symcnn.export.latex import LatexWriter

    writer = LatexWriter(stem, plain)
    text = writer.document([page(report, plain) for report in _several(reports)])
    return Typeset(text, writer.files)


def _several(reports: Report | Sequence[Report]) -> Sequence[Report]:
    return [reports] if isinstance(reports, Report) else reports
