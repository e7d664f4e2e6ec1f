"""Drawings with matplotlib, for print: one family of colours, the same bytes for the same picture."""

from __future__ import annotations

import io
import re
import textwrap
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from symcnn.analysis.pictures.drawings import Bars, Cell, Curves, Drawing, Point, Roof, Timeline
from symcnn.analysis.pictures.labels import Run, rows, runs

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MISSING = "This picture needs matplotlib: pip install 'symcnn[plots]'"

FORMATS: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""The formats, and what matplotlib is told to leave out of each, so that nothing depends on the day."""

_WIDTH = 5.6  # inches; the text of a page is about as wide
_HEIGHT = 3.2
_BAR = 0.2  # the height of a bar and the space around it
_MAX_BARS = 40  # more bars stand upright
_MAX_NAMES = 30  # more moments are named by the parts of the network
_MAX_MARKS = 60
_MAX_KINDS = 6
_SLOWEST = 4  # layers that are named under a roof
_DOTS = 200  # per inch, of PNG
_SMALL = 8
_DARK, _MIDDLE, _LIGHT, _PALE, _GREY = "#1f4e79", "#4f86b8", "#8db4d8", "#dce8f3", "#444444"
_SHADES = (_DARK, _LIGHT, _MIDDLE)
_HATCHES = ("", "////", "....")
_STYLES = ("-", "--", ":", "-.", "-", "--")
_MARKERS = ("o", "s", "^", "D", "v", "X")
_SCALES = ((10**12, "trillions"), (10**9, "billions"), (10**6, "millions"), (10**3, "thousands"))
_BYTES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "bytes"))
_SECONDS = ((1, "s"), (10**-3, "ms"), (10**-6, "µs"), (10**-9, "ns"))
_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # behind words that cross a line
_FORMAT = {
    "font.family": "DejaVu Sans", "font.size": 8.5, "mathtext.fontset": "dejavusans",
    "svg.hashsalt": "symcnn", "svg.fonttype": "path", "pdf.fonttype": 42,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": _GREY, "axes.labelcolor": _GREY, "text.color": _GREY, "xtick.color": _GREY,
    "ytick.color": _GREY, "axes.linewidth": 0.6, "lines.linewidth": 1.4, "axes.axisbelow": True,
    "grid.color": "#dddddd", "grid.linewidth": 0.5, "legend.frameon": False, "legend.fontsize": _SMALL,
    "figure.facecolor": "white", "hatch.linewidth": 0.5, "hatch.color": "white",
}  # fmt: skip


def figure(drawing: Drawing, title: str = "", note: str = "") -> Figure:
    """The drawing as a figure of matplotlib; raises ``ModuleNotFoundError`` where that is not installed."""
    with _own_settings():
        return _drawn(drawing, title, note)


def saved(drawing: Drawing, form: str, title: str = "", note: str = "") -> bytes:
    """The drawing as a file of this format; raises ``ModuleNotFoundError`` as ``figure``."""
    out = io.BytesIO()
    with _own_settings():
        made = _drawn(drawing, title, note)
        made.savefig(out, format=form, metadata=FORMATS[form], dpi=_DOTS)
    return out.getvalue()


def svg(drawing: Drawing, title: str = "", note: str = "") -> str:
    """The drawing as an ``svg`` element, letters as outlines; ids are its own, for pages with several."""
    shown = saved(drawing, "svg", title, note).decode("utf-8")
    bare = re.sub(r"\s*<metadata>.*?</metadata>", "", shown[shown.index("<svg") :], count=1, flags=re.DOTALL)
    used = {*re.findall(r'(?:href="|url\()#([\w-]+)', bare)}
    own = f"s{zlib.crc32(bare.encode('utf-8')):08x}"
    bare = re.sub(r' id="([^"]+)"', lambda m: f' id="{own}-{m[1]}"' if m[1] in used else "", bare)
    return re.sub(r'(href="|url\()#', rf"\g<1>#{own}-", bare)


@contextmanager
def _own_settings() -> Generator[None]:
    """What a user has set up for pictures of his own is left out here."""
    try:
        import matplotlib.style
    except ImportError:
        raise ModuleNotFoundError(MISSING, name="matplotlib") from None
    with matplotlib.style.context(["default", _FORMAT]):
        yield


def _drawn(drawing: Drawing, title: str, note: str) -> Figure:
    from matplotlib.figure import Figure

    made = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    match drawing:
        case Bars():
            top = _bars(made, drawing)
        case Curves():
            top = _curves(made, drawing)
        case Timeline():
            top = _timeline(made, drawing)
        case Roof():
            top = _roof(made, drawing)
    if title:
        _titled(made, top, title, note)
    return made


def _titled(made: Figure, top: Artist, title: str, note: str) -> None:
    """The title above ``top``, and between them in small what is counted and how."""
    parts = [(textwrap.fill(title, 76, break_on_hyphens=False), 9.5)]
    if note:
        parts.insert(0, (textwrap.fill(note, 92, break_on_hyphens=False), _SMALL))
    width, height = made.get_size_inches()
    made.set_size_inches(width, height + 0.19 * sum(text.count("\n") + 1 for text, _ in parts))
    for text, size in parts:
        top = made.axes[0].annotate(
            _plain(text), (0.01, 1), (0, 5), xycoords=("figure fraction", top), textcoords="offset points",
            fontsize=size, va="bottom", linespacing=1.3,
        )  # fmt: skip


def _legend_above(axes: Axes, columns: int, **shown: Any) -> Artist:
    """The legend over the axes, where it covers nothing."""
    return axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2, **shown)


# -- bars ----------------------------------------------------------------------------------------------------


def _bars(made: Figure, drawing: Bars) -> Artist:
    """Bars that lie, each with its name and value; very many stand upright."""
    axes = made.add_subplot()
    factor, label = _scale(drawing.axis, [v for _, series in drawing.series for v in series])
    thick = 0.75 / len(drawing.series)
    upright = len(drawing.names) > _MAX_BARS
    if not upright:
        spread = 1 + 0.5 * (len(drawing.series) - 1)
        made.set_size_inches(_WIDTH, 0.7 + _BAR * len(drawing.names) * spread)
    for k, (name, series) in enumerate(drawing.series):
        shift = (k - (len(drawing.series) - 1) / 2) * thick
        at, long = [p + shift for p in range(len(series))], [v / factor for v in series]
        shown: dict[str, Any] = {"color": _SHADES[k % 3], "hatch": _HATCHES[k % 3], "label": name}
        if upright:
            axes.bar(at, long, thick, **shown)
        else:
            bars = axes.barh(at, long, thick, **shown)
            axes.bar_label(bars, [f"{v:,}" for v in series], padding=3, fontsize=_SMALL, bbox=_WHITE)
    if upright:
        axes.set_ylabel(label)
        axes.yaxis.grid(True)
        axes.set_xlim(-1, len(drawing.names))
        _parts(axes, runs(drawing.names), len(drawing.names))
    else:
        axes.set_yticks(range(len(drawing.names)), [_plain(name) for name in drawing.names])
        axes.set_ylim(len(drawing.names) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(label)
        axes.margins(x=0.16)
        axes.xaxis.set_major_formatter(_grouped)
    if drawing.mark is not None:
        name, value = drawing.mark
        line = axes.axhline if upright else axes.axvline
        line(value / factor, color=_GREY, linewidth=0.9, linestyle="--", zorder=0.5, label=name)
    if len(drawing.series) > 1 or drawing.mark is not None:
        return _legend_above(axes, 4, handlelength=2)
    return axes


def _parts(axes: Axes, found: Sequence[Run], count: int) -> None:
    """The parts of a network below an axis of layers, with lines between them, in two rows."""
    inches = _WIDTH * 0.86 / count
    # Large parts are named first.
    parts = sorted(found, key=lambda run: run.start - run.stop)
    centres = [(run.start + run.stop - 1) / 2 for run in parts]
    words = [_plain(run.name) for run in parts]
    places = [(at * inches, _inches(name)) for at, name in zip(centres, words, strict=True)]
    named = [(k, row) for k, row in enumerate(rows(places, 2, 0.06)) if row is not None]
    axes.set_xticks([centres[k] for k, _ in named], ["\n" * row + words[k] for k, row in named])
    axes.tick_params(axis="x", length=0, pad=6, labelsize=_SMALL)
    if count > 3 * len(found):
        for run in found[1:]:
            axes.axvline(run.start - 0.5, color="#bbbbbb", linewidth=0.4, zorder=0)
    axes.set_xlabel(f"{count} layers, from the input to the output")


def _inches(words: str) -> float:
    from matplotlib.textpath import TextPath

    return float(TextPath((0, 0), words, size=_SMALL).get_extents().width) / 72 if words else 0.0


# -- curves --------------------------------------------------------------------------------------------------


def _curves(made: Figure, drawing: Curves) -> Artist:
    """Curves with a mark at each point where there are few."""
    axes = made.add_subplot()
    marked = len(drawing.points) <= _MAX_MARKS
    alone = len(drawing.curves) == 1
    values = [v for _, values in drawing.curves for v in values]
    factor, scaled = (1, "") if drawing.logarithmic else _scale("", values)
    for k, (label, values) in enumerate(drawing.curves):
        axes.plot(
            drawing.points,
            [v / factor for v in values],
            color=_SHADES[k % 3],
            linestyle=_STYLES[k % len(_STYLES)] if not alone else "-",
            marker=_MARKERS[k % len(_MARKERS)] if marked else None,
            markersize=3,
            label=_typeset(label),
        )
    axes.set_xlabel(_typeset(drawing.axis))
    first = _typeset(drawing.curves[0][0]) if alone else drawing.values_axis
    axes.set_ylabel(f"{first or 'value'} {scaled}".strip() if first or scaled else "")
    if drawing.logarithmic:
        _logarithmic(axes, drawing.points)
    else:
        _whole_ticks(axes)
    axes.grid(True)
    if not alone:
        axes.legend(loc="best")
    return axes


def _whole_ticks(axes: Axes) -> None:
    """Sizes are whole numbers, and so are their marks."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_grouped)


def _logarithmic(axes: Axes, points: Sequence[int]) -> None:
    """Scales on which a power is a straight line; sizes are marked where there are points."""
    from matplotlib.ticker import NullFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    places = [(k, _inches(f"{n:,}")) for k, n in _along(points)]
    shown = [n for n, row in zip(points, rows(places, 1, 0.08), strict=True) if row is not None]
    axes.set_xticks(shown, [f"{n:,}" for n in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())


def _along(points: Sequence[int]) -> list[tuple[float, int]]:
    """Where points stand on a logarithmic axis, in inches."""
    from math import log

    first, last = log(points[0]), log(points[-1])
    return [(4.6 * (log(n) - first) / (last - first), n) for n in points]


# -- memory over a pass --------------------------------------------------------------------------------------


def _timeline(made: Figure, drawing: Timeline) -> Artist:
    """What is held at each moment, as steps on what is held throughout; the peak is named."""
    axes = made.add_subplot()
    label, values = drawing.values
    base = sum(size for _, size in drawing.constant)
    peak = max(range(len(values)), key=lambda k: (values[k], -k))
    factor, unit = next((f, u) for f, u in _BYTES if base + values[peak] >= 2 * f or f == 1)
    edges = [k - 0.5 for k in range(len(values) + 1)]
    below = 0
    for k, (name, size) in enumerate(drawing.constant):
        axes.stairs(
            [(below + size) / factor] * len(values), edges, baseline=below / factor, fill=True,
            facecolor=_SHADES[(k + 1) % 3], hatch=_HATCHES[(k + 1) % 3], edgecolor="white", linewidth=0,
            label=name,
        )  # fmt: skip
        below += size
    axes.stairs(
        [(base + v) / factor for v in values], edges, baseline=base / factor, fill=True,
        facecolor=_PALE, edgecolor=_PALE, linewidth=0, label=label,
    )  # fmt: skip
    axes.stairs([(base + v) / factor for v in values], edges, baseline=None, color=_DARK, linewidth=1.2)
    top = (base + values[peak]) / factor
    words = f"{top:,.4g} {unit} at {_plain(drawing.names[peak])}"
    axes.plot([peak], [top], marker="v", color=_DARK, markersize=5, clip_on=False)
    to_right = peak < len(values) / 2
    axes.annotate(
        words, (peak, top), (6 if to_right else -6, 3), textcoords="offset points",
        ha="left" if to_right else "right", va="bottom", fontsize=_SMALL, bbox=_WHITE,
    )  # fmt: skip
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, top * 1.14)
    axes.set_ylabel(f"{drawing.axis} ({unit})")
    axes.yaxis.set_major_formatter(_grouped)
    axes.yaxis.grid(True)
    if len(values) <= _MAX_NAMES:
        axes.set_xticks(range(len(values)), [_plain(name) for name in drawing.names], rotation=90)
        axes.tick_params(axis="x", length=0, labelsize=_SMALL)
    else:
        _parts(axes, runs(drawing.names), len(values))
        axes.set_xlabel(f"{len(values)} moments of the pass, in their order")
    if drawing.turn is not None:
        axes.axvline(drawing.turn - 0.5, color=_GREY, linewidth=0.9, linestyle="--", label="loss")
    if drawing.constant or drawing.turn is not None:
        return _legend_above(axes, 3, handlelength=1.4)
    return axes


# -- roofline ------------------------------------------------------------------------------------------------


def _roof(made: Figure, drawing: Roof) -> Artist:
    """The roof with the layers on it, and below them on the same axis the time of each."""
    made.set_size_inches(_WIDTH, 1.55 * _HEIGHT)
    upper, lower = made.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    ridge = drawing.speed / drawing.bandwidth
    seen = [p.intensity for p in drawing.points]
    low, high = min([*seen, ridge]) / 2, max([*seen, ridge]) * 3
    upper.plot(
        [low, ridge, high], [low * drawing.bandwidth, drawing.speed, drawing.speed], color=_GREY, linewidth=1
    )
    slowest = max(p.seconds for p in drawing.points)
    size, unit = next(((s, u) for s, u in _SECONDS if slowest >= s), _SECONDS[-1])
    kinds = list(dict.fromkeys(p.kind for p in drawing.points))
    common = sorted(kinds, key=lambda kind: -sum(p.seconds for p in drawing.points if p.kind == kind))
    common = [kind for kind in kinds if kind in common[: _MAX_KINDS - (len(kinds) > _MAX_KINDS)]]
    for k, kind in enumerate([*common, *(["others"] if len(kinds) > len(common) else [])]):
        here = [p for p in drawing.points if p.kind == kind or (kind == "others" and p.kind not in common)]
        shown: dict[str, Any] = {
            "linestyle": "", "marker": _MARKERS[k % len(_MARKERS)], "markersize": 4.5, "label": kind,
            "color": _SHADES[k % 3], "markeredgecolor": "white", "markeredgewidth": 0.4,
        }  # fmt: skip
        upper.plot([p.intensity for p in here], [p.attainable for p in here], **shown)
        lower.plot([p.intensity for p in here], [p.seconds / size for p in here], **shown)
    for axes in (upper, lower):
        axes.axvline(ridge, color=_GREY, linewidth=0.8, linestyle="--", zorder=1)
        axes.grid(True)
    upper.set_xscale("log")
    upper.set_yscale("log")
    upper.set_xlim(low, high)
    lower.set_ylim(0, slowest / size * 1.3)
    intensity, performance, time = drawing.axes
    upper.set_ylabel(performance)
    lower.set_ylabel(f"{time} ({unit})")
    lower.yaxis.set_major_formatter(_grouped)
    lower.set_xlabel(intensity)
    upper.text(
        ridge, 0.02, f" ridge point {ridge:.4g}", transform=upper.get_xaxis_transform(), fontsize=_SMALL
    )
    legend = _legend_above(upper, 3, handletextpad=0.1)
    _slowest(made, lower, drawing.points, size)
    return legend


def _slowest(made: Figure, axes: Axes, points: Sequence[Point], size: float) -> None:
    """Names at the slowest layers, each where it covers no point and no other name."""
    made.draw_without_rendering()
    scale = made.dpi / 72
    dots = [tuple(axes.transData.transform((p.intensity, p.seconds / size))) for p in points]
    box = axes.get_window_extent()
    taken: list[tuple[float, float, float, float]] = [
        (x - 3 * scale, y - 3 * scale, x + 3 * scale, y + 3 * scale) for x, y in dots
    ]
    high = 10 * scale
    for k in sorted(range(len(points)), key=lambda k: -points[k].seconds)[:_SLOWEST]:
        x, y = dots[k]
        words = _plain(points[k].name)
        wide = _inches(words) * made.dpi
        right, above, left_of = x + 5 * scale, x - wide / 2, x - 5 * scale - wide
        beside = [(at, dy) for dy in (-0.5, 0.4, -1.4) for at in (right, left_of)]
        for left, dy in [*beside[:2], (above, 0.5), *beside[2:]]:
            low = y + dy * high
            room = (left - 2 * scale, low, left + wide + 2 * scale, low + high)
            inside = room[0] >= box.x0 and room[2] <= box.x1 and room[1] >= box.y0 and room[3] <= box.y1
            if inside and not any(_overlap(room, other) for other in taken):
                taken.append(room)
                axes.annotate(
                    words, (points[k].intensity, points[k].seconds / size),
                    ((left - x) / scale, (low - y) / scale + 1.5), textcoords="offset points",
                    fontsize=_SMALL, in_layout=False,
                )  # fmt: skip
                break


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


# -- numbers and labels --------------------------------------------------------------------------------------


def _grouped(value: float, _: float) -> str:
    return f"{value:,g}"


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
    return _plain(label.text)


def _plain(words: str) -> str:
    """Words in which nothing is mathematics."""
    return words.replace("$", r"\$")
