"""Ratings of a diary over the days of a trial."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes

from spasticity.errors import MethodError
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import SHADE, SOFT_INK, MarkStyle
from spasticity.stats.result import Result
from spasticity.wording import level, plural

COLUMNS = ["day", "estimate", "conf_low", "conf_high", "n"]
GROUPS = ("arm", "cohort")
EVERYBODY = "all"
WASH = 0.78  # how far the colour of an interval is from its line towards white: EPS has no transparency
PALE = 0.4  # likewise single days, which are less than the line


@canvas.styled
def rating_by_day(
    daily: Result | pd.DataFrame,
    smooth: Result | pd.DataFrame | None = None,
    *,
    label: str = "spasticity_nrs",
    phases: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """The mean of each arm on each day as points, and the mean of the last days as a line with its interval.

    Parameters
    ----------
    daily : Result or DataFrame
        `stats.describe(diary, by=("arm", "day"), value=...)`: `day, estimate, conf_low, conf_high, n`, and `arm` or
        `cohort` or neither.
    smooth : Result or DataFrame, optional
        The same of `derive.trailing_means`: a line with its interval. Without it the days themselves are a line.
    label : str
        The measure, such as `spasticity_nrs`, or words of your own.
    phases : mapping of str to (float, float), optional
        First day of each phase and the day after its last, such as `{"baseline": (-14, 0)}`; every second is shaded.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `daily` (points), `estimate` and `interval` (of the line), `phase` and `phase-name`.

    Raises
    ------
    MethodError
        When columns are absent, two rows stand at one day, or a phase ends before it begins.
    """
    points = _by_group(daily)
    lines = points if smooth is None else _by_group(smooth)
    styles = frames.styles_of(points["group"].rename(_group(points)), styles)
    groups = naming.in_order(points["group"], styles)
    names = {group: _with_n(points, group) for group in groups}
    ax = canvas.axes(ax, more=naming.legend_height(list(names.values())) + canvas.lines(1 if phases else 0))
    for group in groups:
        if smooth is not None:
            _draw_points(ax, points[points["group"].eq(group)], group, styles[group])
        _draw_line(ax, lines[lines["group"].eq(group)], group, styles[group])
    ends = [points["estimate"], lines["conf_low"], lines["conf_high"]]
    canvas.cover(ax, "x", points["day"], air=0.01)
    canvas.cover(ax, "y", *ends, air=0.1 if phases else 0.05)
    known = measure(label)
    source = smooth if smooth is not None else daily
    words = f"line, band: mean and {level(source.level)} CI" if isinstance(source, Result) else ""
    canvas.note(ax, f"{words}; points: single days" if smooth is not None and words else words)
    labels.day_ticks(ax)
    labels.label_axis(ax, "y", known.axis_label if known.unit or known.better else label, known.better)
    _draw_phases(ax, phases or {})
    if groups != [EVERYBODY]:
        naming.legend_above(ax, [naming.key(styles[name], names[name], marker=False) for name in groups])
    return ax


def _group(frame: pd.DataFrame) -> str | None:
    return next((name for name in GROUPS if name in frame), None)


def _by_group(source: Result | pd.DataFrame) -> pd.DataFrame:
    frame = frames.table_of(source, COLUMNS, "rating_by_day")
    group = _group(frame)
    frame = frame.assign(group=frame[group] if group else EVERYBODY).dropna(subset=["group", "day"])
    frames.one_row_each(frame, ["group", "day"], "rating_by_day")
    return frame.assign(day=frame["day"].astype("float64")).sort_values("day")


def _with_n(points: pd.DataFrame, group: str) -> str:
    n = points.loc[points["group"].eq(group), "n"].dropna()
    low, high = (int(n.min()), int(n.max())) if len(n) else (0, 0)
    return f"{group} (n = {low:,}\N{EN DASH}{high:,})" if low < high else f"{group} (n = {low:,})"


def _draw_points(ax: Axes, rows: pd.DataFrame, group: str, style: MarkStyle) -> None:
    (points,) = ax.plot(
        rows["day"], rows["estimate"], "o", color=_washed(style.colour, PALE), markersize=1.1 * canvas.scale()
    )
    points.set_markeredgewidth(0)
    points.set_zorder(1.5)
    canvas.named(points, "daily", group)


def _draw_line(ax: Axes, rows: pd.DataFrame, group: str, style: MarkStyle) -> None:
    ends = (rows["day"], rows["conf_low"], rows["conf_high"])
    band = ax.fill_between(*ends, color=_washed(style.colour), linewidth=0, zorder=1)
    canvas.named(band, "interval", group)
    # Bands lie on each other: their edges show what is covered.
    ax.fill_between(*ends, facecolor="none", edgecolor=style.colour, linewidth=0.3 * canvas.scale(), zorder=1.2)
    (line,) = ax.plot(rows["day"], rows["estimate"], color=style.colour, linestyle=style.dash, label=group, zorder=2)
    line.set_linewidth(1.1 * canvas.scale())
    canvas.named(line, "estimate", group)


def _washed(colour: str, white: float = WASH) -> str:
    """A colour mixed with a share of white."""
    parts = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * white):02X}" for part in parts)


def _draw_phases(ax: Axes, phases: Mapping[str, tuple[float, float]]) -> None:
    """Every second phase shaded, its name at the top of it."""
    backwards = sum(begin >= end for begin, end in phases.values())
    if backwards:
        raise MethodError(
            f"rating_by_day: {plural(backwards, 'phase')} that ends before it begins; expected first day, day after."
        )
    low, high = ax.get_xlim()
    for rank, (name, (begin, end)) in enumerate(phases.items()):
        span = ax.axvspan(begin - 0.5, end - 0.5, facecolor="white" if rank % 2 else SHADE, linewidth=0, zorder=0)
        canvas.named(span, "phase", name)
    ax.set_xlim(low, high)
    _name_phases(ax, {name: (max(a - 0.5, low), min(b - 0.5, high)) for name, (a, b) in phases.items()})


def _name_phases(ax: Axes, spans: Mapping[str, tuple[float, float]]) -> None:
    """Names at the top, inside the axes and apart from each other."""
    size = rcParams["xtick.labelsize"]
    low, high = ax.get_xlim()
    canvas.lay_out(ax)
    point = (high - low) / canvas.width_pt(ax)
    wide = {name: (canvas.text_width(name, size) + 0.5 * size) * point for name in spans}
    middles = [
        min(max((begin + end) / 2, low + wide[name] / 2), high - wide[name] / 2) for name, (begin, end) in spans.items()
    ]
    top = canvas.shifted(ax, ax.get_xaxis_transform(), down=2 * canvas.scale())
    for name, place in zip(spans, naming.spread(middles, max(wide.values(), default=0.0)), strict=True):
        text = ax.text(place, 1, name, transform=top, ha="center", va="top", size=size, color=SOFT_INK)
        canvas.named(text, "phase-name", name)
