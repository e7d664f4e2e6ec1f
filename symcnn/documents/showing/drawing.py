"""Pictures of documents as SVG and PDF. Without matplotlib they say how to install it: no document fails."""

from __future__ import annotations

from html import escape

from symcnn.analysis.pictures import figures
from symcnn.analysis.pictures.drawings import Drawing

MISSING = figures.MISSING


def svg(drawing: Drawing) -> str:
    """The picture as an ``svg`` element, letters as outlines."""
    try:
        return figures.svg(drawing)
    except ModuleNotFoundError:
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 40" width="480" height="40">'
            f'<text x="8" y="25" font-family="sans-serif" font-size="14">{escape(MISSING)}</text></svg>\n'
        )


def pdf(drawing: Drawing) -> bytes:
    """The picture as a PDF of one page."""
    try:
        return figures.saved(drawing, "pdf")
    except ModuleNotFoundError:
        return _page(MISSING)


def _page(words: str) -> bytes:
    """A PDF of one page with a line of text, by hand."""
    shown = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    text = f"BT /F1 11 Tf 8 14 Td ({shown}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 380 36] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = "%PDF-1.4\n"
    places: list[int] = []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{written}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return f"{out}startxref\n{out.index('xref')}\n%%EOF\n".encode("ascii")
