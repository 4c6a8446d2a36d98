"""Times to events: the share still free of one, and the shares that have had each of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from spasticity.errors import MethodError, listed, one_of
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, MarkStyle
from spasticity.stats.competing_risks import CumulativeIncidence
from spasticity.stats.survival_curves import Survival
from spasticity.wording import level

EVERYBODY = "all"
ALONE = MarkStyle(INK, "o", "-")
DODGE_PT = 3.2  # between the intervals of groups at one time
MOST_TIMES = 7


@canvas.styled
def kaplan_meier(
    survival: Survival,
    *,
    ax: Axes | None = None,
    times: Sequence[float] | None = None,
    event: str = "event",
    unit: str = "days",
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """The share still free of an event, with who is at risk under the axis.

    Parameters
    ----------
    survival : Survival
        From `stats.survival`, in one group or by one column such as `arm`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    times : sequence of float, optional
        Where numbers at risk and intervals stand; round times when not given.
    event : str
        What the event is called, such as `stopping`.
    unit : str
        Unit of time.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `estimate` (the steps), `censored` (a tick for each end of observation), `interval`, `n`.

    Raises
    ------
    MethodError
        More than one grouping column.
    """
    group = _group_of(survival.by)
    curve = _grouped(survival.curve, group)
    used = _styles(curve, group, styles)
    note = f"bars: {level(survival.level)} CI; ticks: end of observation; below: n at risk"
    ax = _draw_curves(ax, curve, used, times, unit=unit, words=f"Free of {event} (%)", note=note)
    for name, style in used.items():
        left = curve[curve["group"].eq(name) & curve["censored"].gt(0)]
        (ticks,) = ax.plot(left["time"], left["estimate"], "|", color=style.colour, ms=4 * canvas.scale())
        canvas.named(ticks, "censored", name)
    return ax


@canvas.styled
def incidence(
    result: CumulativeIncidence,
    *,
    cause: str,
    ax: Axes | None = None,
    times: Sequence[float] | None = None,
    unit: str = "days",
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """The share that has had one of several events.

    Parameters
    ----------
    result : CumulativeIncidence
        From `stats.cumulative_incidence`, in one group or by one column.
    cause : str
        Which event.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    times : sequence of float, optional
        Where intervals and numbers at risk stand; round times when not given.
    unit : str
        Unit of time.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `estimate`, `interval`, `n`.

    Raises
    ------
    MethodError
        Unknown cause, or more than one grouping column.
    """
    columns = list(result.curve.columns)
    group = _group_of(columns[: columns.index("cause")])
    one_of("cause", cause, list(dict.fromkeys(result.curve["cause"].astype(str))))
    curve = _grouped(result.curve[result.curve["cause"].astype(str).eq(cause)], group)
    note = f"bars: {level(result.level)} CI; other events are in the way; below: n at risk"
    top = float(1.1 * curve["conf_high"].max())
    used = _styles(curve, group, styles)
    return _draw_curves(ax, curve, used, times, unit=unit, words=f"Had {cause} (%)", note=note, top=top)


def _group_of(by: Sequence[str]) -> str | None:
    if len(by) > 1:
        raise MethodError(f"curves by {listed(by, 'and')}: expected one grouping column; make them of one.")
    return by[0] if by else None


def _grouped(rows: pd.DataFrame, group: str | None) -> pd.DataFrame:
    return rows.assign(group=rows[group].astype(str) if group else EVERYBODY)


def _styles(curve: pd.DataFrame, group: str | None, styles: Mapping[str, MarkStyle] | None) -> dict[str, MarkStyle]:
    """The style of each group, in order."""
    known = frames.styles_of(curve["group"].rename(group), styles) if group else {EVERYBODY: ALONE}
    return {name: known[name] for name in naming.in_order(curve["group"], known)}


def _draw_curves(
    ax: Axes | None,
    curve: pd.DataFrame,
    styles: Mapping[str, MarkStyle],
    times: Sequence[float] | None,
    *,
    unit: str,
    words: str,
    note: str,
    top: float = 1.0,
) -> Axes:
    """Steps and intervals of each group, and who is at risk under the axis."""
    ax = canvas.axes(ax, more=canvas.lines(len(styles)) + naming.legend_height(list(styles)))
    last = float(curve["time"].max())
    places = {f"{time:g}": time for time in (_round_times(last) if times is None else times)}
    for rank, (name, style) in enumerate(styles.items()):
        rows = curve[curve["group"].eq(name)]
        _draw_steps(ax, rows, name, style)
        _draw_intervals(ax, rows, name, style, list(places.values()), rank - (len(styles) - 1) / 2)
    _share_axis(ax, places, last, top)
    labels.label_axis(ax, "x", f"Time ({unit})")
    labels.label_axis(ax, "y", words)
    canvas.note(ax, note)
    naming.count_rows(ax, _at_risk(curve, places), styles, places, labels.fit_ticks(ax))
    if EVERYBODY not in styles:
        naming.legend_above(ax, [naming.key(style, name) for name, style in styles.items()])
    return ax


def _at_risk(curve: pd.DataFrame, places: Mapping[str, float]) -> pd.Series:
    """Who is at risk just before each time, by group."""
    counts = {}
    for name, rows in curve.groupby("group", sort=False):
        for word, place in zip(places, np.searchsorted(rows["time"], list(places.values())), strict=True):
            counts[name, word] = int(rows["at_risk"].iloc[place]) if place < len(rows) else 0
    return pd.Series(counts).rename_axis(["group", "visit"])


def _draw_steps(ax: Axes, rows: pd.DataFrame, name: str, style: MarkStyle) -> None:
    (line,) = ax.plot(rows["time"], rows["estimate"], drawstyle="steps-post", color=style.colour, ls=style.dash)
    line.set_linewidth(1.2 * canvas.scale())
    canvas.named(line, "estimate", name)


def _draw_intervals(
    ax: Axes, rows: pd.DataFrame, name: str, style: MarkStyle, times: Sequence[float], side: float
) -> None:
    """A bar at each time within the follow-up, groups side by side."""
    after = rows["time"].to_numpy()
    here = [time for time in times if 0 < time <= after[-1]]
    place = np.searchsorted(after, here, side="right") - 1
    known = rows.iloc[place]
    beside = canvas.shifted(ax, ax.transData, across=side * DODGE_PT * canvas.scale())
    bars = ax.vlines(here, known["conf_low"], known["conf_high"], color=style.colour, transform=beside)
    bars.set_linewidth(0.75 * canvas.scale())
    canvas.named(bars, "interval", name)


def _round_times(last: float) -> list[float]:
    found = MaxNLocator(MOST_TIMES, steps=[1, 2, 2.5, 5, 7, 10]).tick_values(0, last)
    return [float(time) for time in found if 0 <= time <= last]


def _share_axis(ax: Axes, places: Mapping[str, float], last: float, top: float) -> None:
    ax.set_xticks(list(places.values()), list(places))
    ax.set_xlim(-0.02 * last, max(last, *places.values()) * 1.01)
    ax.set_ylim(0, 1.02 * min(top, 1.0))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}"))
