"""One person: diary, spasms, doses, nights and events under each other, on one line of days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from spasticity.errors import MethodError
from spasticity.plot import canvas, frames, naming
from spasticity.plot.palette import INK, OTHERS, RULE, SOFT_INK, MarkStyle

#: Panels from top to bottom, the label of their axis, and their height in lines.
PANELS = {
    "ratings": ("Rating (0-10)", 7),
    "spasms": ("Spasms per day", 6),
    "dose, mg/day": ("Dose (mg/day)", 5),
    "dose, µg/day": ("Dose (µg/day)", 5),
    "night": ("Minutes awake", 6),
}
TOP = 10.5  # of the ratings
NOTES = {
    "ratings": "lower is better; dots: days; lines: means of 7 days",
    "spasms": "lower is better; dot: a day with none; nothing: no diary",
    "night": "lower is better",
}
SERIOUS = "#8A3200"
COLUMNS = ["panel", "series", "day", "end_day", "value", "mean", "words"]


@canvas.styled
def participant(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Everything that was recorded of one person. Describes data; gives no advice.

    Parameters
    ----------
    rows : DataFrame
        As `derive.person` gives them.
    ax : Axes, optional
        Its place is shared out among the panels; else a new figure is opened.

    Returns
    -------
    Axes
        The panel at the top. Artists named `value` (dots, a line or bars each, with their series), `mean`, `none` (days
        with no spasm), `visit`, `event`, `names`; panels without a row are left out.

    Raises
    ------
    MethodError
        When columns are absent, or nothing was recorded.
    """
    frame = frames.table_of(rows, COLUMNS, "participant")
    shown = [name for name in PANELS if frame.loc[frame["panel"].eq(name), "value"].notna().any()]
    events = frame[frame["panel"].eq("events")]
    if not shown:
        raise MethodError("participant: nothing of this person was recorded day by day; there is nothing to draw.")
    heights = [float(PANELS[name][1]) for name in shown]
    if len(events):
        heights.append(4 + 1.3 * events["series"].nunique())
    tall = canvas.lines(1.35 * sum(heights) + 6)
    panels = canvas.below(canvas.axes(ax, height=tall), heights)
    for panel, name in zip(panels, shown, strict=False):
        _draw(panel, frame[frame["panel"].eq(name)], name)
    if len(events):
        _draw_events(panels[-1], events)
    _days(panels, frame)
    return panels[0]


def _draw(ax: Axes, rows: pd.DataFrame, panel: str) -> None:
    keys = []
    for style, (series, part) in zip(OTHERS, rows.groupby("series", sort=False), strict=False):
        if panel == "spasms":
            _bars(ax, part, str(series))
            continue
        if panel == "ratings":
            _dots(ax, part, str(series), style)
        _line(ax, part, str(series), style, panel)
        keys.append(naming.key(style, str(series), marker=False))
    if keys:
        naming.legend_above(ax, keys)
    if panel in NOTES:
        canvas.note(ax, NOTES[panel])
    ax.set_ylim(0, TOP if panel == "ratings" else 1.08 * max(float(rows["value"].max()), 1.0))
    ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    ax.set_ylabel(PANELS[panel][0], size=rcParams["xtick.labelsize"])


def _dots(ax: Axes, part: pd.DataFrame, series: str, style: MarkStyle) -> None:
    days, values = part["day"].to_numpy(dtype=float), part["value"].to_numpy(dtype=float)
    (dots,) = ax.plot(days, values, linestyle="none", marker=".", color=style.colour, markersize=1.4 * canvas.scale())
    canvas.named(dots, "value", series)


def _line(ax: Axes, part: pd.DataFrame, series: str, style: MarkStyle, panel: str) -> None:
    """A line with a break at every day without a row or without a value."""
    column = "mean" if panel == "ratings" else "value"
    known = part.drop_duplicates("day").set_index("day")[column]
    days = np.arange(int(known.index.min()), int(known.index.max()) + 1)
    (line,) = ax.plot(days, known.reindex(days).to_numpy(dtype=float), color=style.colour, linestyle=style.dash)
    line.set_linewidth(1.1 * canvas.scale())
    if panel.startswith("dose"):
        line.set_drawstyle("steps-post")
    if panel == "night":
        line.set_marker(".")
        line.set_markersize(3 * canvas.scale())
    canvas.named(line, column, series)


def _bars(ax: Axes, part: pd.DataFrame, series: str) -> None:
    """A bar a day; a dot on the ground is a day with none, and nothing is a day without a diary."""
    some = part[part["value"].gt(0)]
    days, values = some["day"].to_numpy(dtype=float), some["value"].to_numpy(dtype=float)
    canvas.named(ax.vlines(days, 0, values, colors=INK, linewidth=0.8 * canvas.scale()), "value", series)
    none = part.loc[part["value"].eq(0), "day"].to_numpy(dtype=float)
    if len(none):  # an empty line that is not clipped has no place, and the layout none either
        (dots,) = ax.plot(none, np.zeros(len(none)), linestyle="none", marker=".", color=INK, clip_on=False)
        dots.set_markersize(2 * canvas.scale())
        canvas.named(dots, "none", series)


def _draw_events(ax: Axes, events: pd.DataFrame) -> None:
    """A bar an event, a row a term; an event without an end is a mark."""
    terms = list(dict.fromkeys(events["series"].astype(str)))
    first = events["day"].astype("float64")
    last = events["end_day"].astype("float64").fillna(first + 1)
    for begin, end, term, words in zip(first, last, events["series"].astype(str), events["words"], strict=True):
        row = terms.index(term)
        colour = SERIOUS if words == "serious" else SOFT_INK
        (line,) = ax.plot([begin, end], [row, row], color=colour, linewidth=3 * canvas.scale())
        line.set_solid_capstyle("butt")
        canvas.named(line, "event", term)
    ax.set_yticks(range(len(terms)), terms)
    ax.set_ylim(len(terms) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


def _days(panels: list[Axes], frame: pd.DataFrame) -> None:
    """One axis of days, the first dose and the visits on it."""
    days = frame.loc[~frame["panel"].eq("visits"), "day"]
    canvas.cover(panels[-1], "x", days, air=0.01)
    visits = frame[frame["panel"].eq("visits")]
    for panel in panels:
        panel.set_xlim(panels[-1].get_xlim())
        for day in visits["day"].astype(float):
            canvas.named(panel.axvline(day, color=RULE, linewidth=0.6 * canvas.scale(), zorder=0), "visit")
    for panel in panels[:-1]:
        panel.tick_params(axis="x", labelbottom=False)
    panels[-1].set_xlabel("Study day (first dose: day 0; grey lines: visits)")
