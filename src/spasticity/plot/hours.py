"""The rate of spasms at each hour of the local clock, and the axis it shares with the raster."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from spasticity.errors import MethodError
from spasticity.instruments import Measure, measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import SHADE, MarkStyle
from spasticity.schema import CLOCK_PATTERN
from spasticity.stats.result import Result
from spasticity.wording import level

Clock = float | str
HOURS = 24
NIGHT: tuple[Clock, Clock] = (22, 6)  # clock hours shaded: a proposal, as in `derive.recorded_days`
TICK_HOURS = 3
DODGE_PT = 1.8  # between groups at one hour
GROUPS = ("arm", "cohort", "visit", "period")


@canvas.styled
def time_of_day(
    result: Result | pd.DataFrame,
    *,
    ax: Axes | None = None,
    by: str | None = None,
    visit: str | None = None,
    night: tuple[Clock, Clock] = NIGHT,
    start: int = 12,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """The rate at each hour of the local clock, with its interval, for each arm, visit or cohort.

    Parameters
    ----------
    result : Result or DataFrame
        Estimates with `hour` (0 to 23, local), `estimate`, `conf_low`, `conf_high`, `n`, and a column to compare by.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    by : str, optional
        The column to compare by; the only one of `arm`, `cohort`, `visit`, `period` that varies when not given.
    visit : str, optional
        Which rows, when there are several visits and arms.
    night : tuple of float or str
        Clock hours such as 22, or clock times such as `22:00`, between which the ground is shaded.
    start : int
        Clock hour at the left; 12 keeps the night whole.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        Artists named `estimate`, `interval`, `night`; an hour stands at its middle.

    Raises
    ------
    MethodError
        When columns are absent or two rows would stand at one hour.
    """
    frame = frames.table_of(result, ["hour", "estimate", "conf_low", "conf_high", "n"], "time_of_day")
    frame = frames.chosen(frame, "time_of_day", visit=visit)
    by = by or frames.only_varying(frame, GROUPS, "time_of_day")
    frame = frame.assign(group=frame[by] if by else "all")
    frames.one_row_each(frame, ["group", "hour"], "time_of_day")
    styles = frames.styles_of(frame["group"].rename(by), styles)
    groups = naming.in_order(frame["group"], styles)
    names = {group: _with_n(frame, group) for group in groups}
    ax = canvas.axes(ax, more=naming.legend_height(list(names.values())))
    shade_night(ax, night, start)
    for rank, group in enumerate(groups):
        _draw_group(ax, frame[frame["group"].eq(group)], group, styles[group], start, rank - (len(groups) - 1) / 2)
    canvas.cover(ax, "y", frame["estimate"], frame["conf_low"], frame["conf_high"], pd.Series([0.0]))
    ax.set_ylim(bottom=min(0.0, frame["conf_low"].min()))
    clock_axis(ax, start)
    bars = f"bars: {level(result.level)} CI; " if isinstance(result, Result) else ""
    canvas.note(ax, f"{bars}grey: {night_words(night)}")
    known = _measure_of(frame)
    naming.legend_above(ax, [naming.key(styles[group], name) for group, name in names.items()])
    labels.label_axis(ax, "y", known.axis_label, known.better)
    return ax


def _measure_of(frame: pd.DataFrame) -> Measure:
    outcome = frames.outcome_of(frame, None)
    if outcome is not None:
        return measure(outcome)
    return Measure(id="spasms_per_hour", label="Spasms per hour", better="lower", scale="count", low=0)


def _with_n(frame: pd.DataFrame, group: str) -> str:
    n = frame.loc[frame["group"].eq(group), "n"].dropna()
    if n.empty:
        return group
    low, high = int(n.min()), int(n.max())
    words = f"{low:,}" if low == high else f"{low:,}\N{EN DASH}{high:,}"
    return f"{group} (n = {words})" if group != "all" else f"n = {words}"


def _draw_group(ax: Axes, rows: pd.DataFrame, group: str, style: MarkStyle, start: int, rank: float) -> None:
    place = (rows["hour"].astype(float) - start) % HOURS + start + 0.5
    rows = rows.assign(place=place).sort_values("place")
    beside = canvas.shifted(ax, ax.transData, across=rank * DODGE_PT * canvas.scale())
    bars = ax.vlines(rows["place"], rows["conf_low"], rows["conf_high"], color=style.colour, transform=beside)
    bars.set_linewidth(0.6 * canvas.scale())
    canvas.named(bars, "interval", group)
    size = 2.6 * canvas.scale()
    (line,) = ax.plot(rows["place"], rows["estimate"], transform=beside, label=group, **style.line, markersize=size)
    canvas.named(line, "estimate", group)


def hour_of(clock: Clock) -> float:
    """An hour of the day, given as a number or as a clock time.

    Parameters
    ----------
    clock : float or str
        Such as 22.5 or `22:30`.

    Returns
    -------
    float

    Raises
    ------
    MethodError
        When it is neither.
    """
    if not isinstance(clock, str):
        return float(clock)
    if not re.fullmatch(CLOCK_PATTERN, clock):
        raise MethodError(f"night: {clock!r} is not a clock time, expected one such as '22:00' or an hour such as 22.")
    return int(clock[:2]) + int(clock[3:]) / 60


def shade_night(ax: Axes, night: tuple[Clock, Clock], start: float) -> None:
    """Shade the ground between two clock hours.

    Parameters
    ----------
    ax : Axes
    night : tuple of float or str
        Clock hours or times.
    start : float
        Clock hour at the left.
    """
    begin, end = ((hour_of(clock) - start) % HOURS + start for clock in night)
    spans = [(begin, end)] if begin < end else [(start, end), (begin, start + HOURS)]
    for low, high in spans:
        canvas.named(ax.axvspan(low, high, color=SHADE, lw=0, zorder=0), "night")


def night_words(night: tuple[Clock, Clock]) -> str:
    """The hours that are shaded, in words."""
    return f"{clock(hour_of(night[0]))} to {clock(hour_of(night[1]))}"


def clock(hour: float) -> str:
    """An hour as a clock time."""
    minutes = round(hour * 60) % (HOURS * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def clock_axis(ax: Axes, start: float) -> None:
    """A day of the local clock on x.

    Parameters
    ----------
    ax : Axes
    start : float
        Clock hour at the left.
    """
    places = np.arange(start, start + HOURS + 1, TICK_HOURS)
    ax.set_xticks(places, [clock(place) for place in places])
    ax.set_xlim(start, start + HOURS)
    labels.label_axis(ax, "x", "Local time of day")
