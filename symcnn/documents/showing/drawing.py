"""Pictures with matplotlib, for print: one family of colours, the same bytes for the same picture.

Without matplotlib a picture says how to install it; no document fails for that.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from symcnn.documents.showing.shown import Bars, Cell, Curves, Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MISSING = "This picture needs matplotlib: pip install 'symcnn[plots]'"

_WIDTH = 5.6  # inches; the text of a page is about as wide
_HEIGHT = 3.2
_BAR = 0.2  # the height of a bar and the space around it
_MAX_BARS = 40  # more bars stand upright, and are numbered
_MAX_MARKS = 60
_DARK, _MIDDLE, _LIGHT, _GREY = "#1f4e79", "#4f86b8", "#8db4d8", "#444444"
_SHADES = (_DARK, _MIDDLE, _LIGHT)
_STYLES = ("-", "--", ":", "-.", "-", "--")
_SCALES = ((10**12, "trillions"), (10**9, "billions"), (10**6, "millions"), (10**3, "thousands"))
_FORMAT = {
    "font.family": "DejaVu Sans", "font.size": 8.5, "mathtext.fontset": "dejavusans",
    "svg.hashsalt": "symcnn", "svg.fonttype": "path", "pdf.fonttype": 42,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": _GREY, "axes.labelcolor": _GREY, "text.color": _GREY, "xtick.color": _GREY,
    "ytick.color": _GREY, "axes.linewidth": 0.6, "lines.linewidth": 1.4, "axes.axisbelow": True,
    "grid.color": "#dddddd", "grid.linewidth": 0.5, "legend.frameon": False, "figure.facecolor": "white",
}  # fmt: skip


def svg(drawing: Drawing) -> str:
    """The picture as an ``svg`` element, letters as outlines."""
    found = _saved(drawing, "svg", {"Date": None, "Creator": None, "Format": None, "Type": None})
    if found is None:
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 40" width="480" height="40">'
            f'<text x="8" y="25" font-family="sans-serif" font-size="14">{escape(MISSING)}</text></svg>\n'
        )
    shown = found.decode("utf-8")
    bare = re.sub(r"\s*<metadata>.*?</metadata>", "", shown[shown.index("<svg") :], count=1, flags=re.DOTALL)
    return _with_own_ids(bare)


def _with_own_ids(shown: str) -> str:
    """The picture with ids that are its own, so that several pictures can stand in one page of HTML."""
    used = {*re.findall(r'(?:href="|url\()#([\w-]+)', shown)}
    own = f"s{zlib.crc32(shown.encode('utf-8')):08x}"
    shown = re.sub(r' id="([^"]+)"', lambda m: f' id="{own}-{m[1]}"' if m[1] in used else "", shown)
    return re.sub(r'(href="|url\()#', rf"\g<1>#{own}-", shown)


def pdf(drawing: Drawing) -> bytes:
    """The picture as a PDF of one page."""
    found = _saved(drawing, "pdf", {"CreationDate": None, "Creator": None, "Producer": None})
    return _page(MISSING) if found is None else found


def _saved(drawing: Drawing, kind: str, metadata: dict[str, Any]) -> bytes | None:
    """The picture in a format of matplotlib; None where that is not installed."""
    try:
        import matplotlib.style
        from matplotlib.figure import Figure
    except ImportError:
        return None
    out = io.BytesIO()
    # What a user has set up for pictures of his own is left out here.
    with matplotlib.style.context(["default", _FORMAT]):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        if isinstance(drawing, Bars):
            _bars(figure, drawing)
        else:
            _curves(figure, drawing)
        figure.savefig(out, format=kind, metadata=metadata)
    return out.getvalue()


def _bars(figure: Figure, drawing: Bars) -> None:
    """Bars that lie, each with its name and value; very many stand upright."""
    axes = figure.add_subplot()
    factor, label = _scale(drawing.axis, [v for _, series in drawing.series for v in series])
    places = range(len(drawing.names))
    thick = 0.75 / len(drawing.series)
    upright = len(drawing.names) > _MAX_BARS
    if not upright:
        spread = 1 + 0.5 * (len(drawing.series) - 1)
        figure.set_size_inches(_WIDTH, 0.7 + _BAR * len(drawing.names) * spread)
    for k, (name, series) in enumerate(drawing.series):
        shift = (k - (len(drawing.series) - 1) / 2) * thick
        at, long, colour = [p + shift for p in places], [v / factor for v in series], _SHADES[k % 3]
        if upright:
            axes.bar([p + 1 for p in at], long, thick, color=colour, label=name)
        else:
            bars = axes.barh(at, long, thick, color=colour, label=name)
            axes.bar_label(bars, [f"{v:,}" for v in series], padding=3, fontsize=7)
    if upright:
        axes.set_xlabel("layer, counted from the input")
        axes.set_ylabel(label)
        axes.yaxis.grid(True)
    else:
        axes.set_yticks(list(places), drawing.names)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(label)
        axes.margins(x=0.14, y=0.02)
    if len(drawing.series) > 1:
        axes.legend(loc="best")


def _curves(figure: Figure, drawing: Curves) -> None:
    """Curves with a mark at each point where there are few."""
    axes = figure.add_subplot()
    marked = len(drawing.points) <= _MAX_MARKS
    alone = len(drawing.curves) == 1
    factor, scaled = _scale("", [v for _, values in drawing.curves for v in values])
    for k, (label, values) in enumerate(drawing.curves):
        axes.plot(
            drawing.points,
            [v / factor for v in values],
            color=_SHADES[k % 3],
            linestyle=_STYLES[k] if not alone else "-",
            marker="o" if marked else None,
            markersize=2.5,
            label=_typeset(label),
        )
    axes.set_xlabel(_typeset(drawing.axis))
    first = _typeset(drawing.curves[0][0]) if alone else ""
    axes.set_ylabel(f"{first or 'value'} {scaled}".strip() if alone or scaled else "")
    _whole_ticks(axes)
    axes.grid(True)
    if not alone:
        axes.legend(loc="best")


def _whole_ticks(axes: Axes) -> None:
    """Sizes are whole numbers, and so are their marks."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,g}")


def _scale(label: str, values: Sequence[float]) -> tuple[int, str]:
    """By what values are divided so that their digits are few, and the label that says so."""
    largest = max(map(abs, values))
    # Up to 10,000 as they are, and then in units of which there are at least two.
    factor, word = next(((f, w) for f, w in _SCALES if largest >= max(2 * f, 10_000)), (1, ""))
    if factor == 1:
        return 1, label
    if label.endswith(")"):
        return factor, f"{label[:-1]}, in {word})"
    return factor, f"{label} (in {word})".strip()


def _typeset(label: Cell) -> str:
    """A label as mathematics where matplotlib can draw it, else as text."""
    from matplotlib.mathtext import MathTextParser

    if label.latex:
        shown = f"${label.latex}$"
        try:
            MathTextParser("path").parse(shown)
        except ValueError:
            pass
        else:
            return shown
    return label.text.replace("$", r"\$")


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
