"""The daily rhythm of rest and activity: its mean day, and how it changes over the weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spasticity.errors import MethodError, one_of
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.hours import HOURS, clock_axis
from spasticity.plot.palette import INK, MarkStyle
from spasticity.wording import plural

QUARTILES = "#D4DEE8"
COSINE = MarkStyle("#B22B0E", "", (0, (4, 2)))
MEAN = MarkStyle(INK, "", "-")
STRETCHES = {"l5": (5, "quietest 5 h (L5)"), "m10": (10, "busiest 10 h (M10)")}
MEASURES = {
    "stability": "Interdaily stability (IS, 0 to 1)",
    "variability": "Intradaily variability (IV)",
    "amplitude": "Relative amplitude (RA, 0 to 1)",
    "regularity": "Sleep regularity index (−100 to 100)",
    "l5_onset": "Start of the quietest 5 h (local hour)",
    "m10_onset": "Start of the busiest 10 h (local hour)",
    "acrophase": "Peak of the cosinor (local hour)",
}


@canvas.styled
def activity_profile(
    profile: pd.DataFrame,
    rhythm: pd.DataFrame | None = None,
    *,
    participant: str | None = None,
    start: float = 12,
    ax: Axes | None = None,
) -> Axes:
    """The mean day of a person with the quartiles of the days, its quietest and busiest hours, and the cosinor.

    Parameters
    ----------
    profile : DataFrame
        From `derive.activity_by_hour`: `participant, hour, days, mean, low, high`.
    rhythm : DataFrame, optional
        From `derive.rhythm`: the row of the same recording, of which L5, M10 and the cosinor are drawn.
    participant : str, optional
        Whose day; may be left out when there is one person.
    start : float
        Clock hour at the left.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `quartiles`, `mean`, `l5`, `m10`, `cosinor`, `names`, `note`.

    Raises
    ------
    MethodError
        When columns are absent, or the rows are of several recordings.
    """
    needed = ["participant", "hour", "days", "mean", "low", "high"]
    frame = frames.table_of(profile, needed, "activity_profile")
    frame = frames.chosen(frame, "activity_profile", participant=participant)
    frames.one_row_each(frame, ["hour"], "activity_profile")
    frame = frame.assign(x=(frame["hour"] - start) % HOURS + start).sort_values("x")
    ax = canvas.axes(ax, more=canvas.lines(2))
    step = float(frame["x"].diff().min()) if len(frame) > 1 else 1.0
    edges = np.append(frame["x"], frame["x"].iloc[-1] + step)
    low, high, mean = (np.append(frame[name], frame[name].iloc[-1]) for name in ("low", "high", "mean"))
    band = ax.fill_between(edges, low, high, step="post", facecolor=QUARTILES, linewidth=0, zorder=1)
    canvas.named(band, "quartiles")
    (line,) = ax.plot(edges, mean, drawstyle="steps-post", color=MEAN.colour, linewidth=1.2 * canvas.scale(), zorder=3)
    canvas.named(line, "mean")
    keys: list[Patch | Line2D] = [naming.key(MEAN, "mean day", marker=False)]
    keys.append(Patch(facecolor=QUARTILES, label="quartiles of days"))
    if rhythm is not None:
        keys += _draw_rhythm(ax, rhythm, str(frame["participant"].iloc[0]), start)
    clock_axis(ax, start)
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    labels.label_axis(ax, "y", "Activity (counts per epoch)")
    days = int(frame["days"].max())
    canvas.note(ax, f"{frame['participant'].iloc[0]}, {plural(days, 'day')}")
    naming.legend_above(ax, keys)
    return ax


def _draw_rhythm(ax: Axes, rhythm: pd.DataFrame, person: str, start: float) -> list[Patch | Line2D]:
    needed = ["participant", "l5", "l5_onset", "m10", "m10_onset", "mesor", "cosinor_amplitude", "acrophase"]
    rows = frames.chosen(frames.table_of(rhythm, needed, "activity_profile"), "activity_profile", participant=person)
    if len(rows) > 1:
        raise MethodError(f"activity_profile: {len(rows)} rows of rhythm for one day; choose one recording.")
    row, keys = rows.iloc[0], []
    for (role, (hours, words)), dash in zip(STRETCHES.items(), ("-", (0, (1, 1))), strict=True):
        style = MarkStyle("#33658F", "", dash)
        for low, high in _stretches(float(row[f"{role}_onset"]), hours, start):
            (line,) = ax.plot([low, high], [row[role]] * 2, color=style.colour, linestyle=dash, lw=2.4 * canvas.scale())
            canvas.named(line, role)
        keys.append(naming.key(style, words, marker=False))
    x = np.linspace(start, start + HOURS, 241)
    wave = row["mesor"] + row["cosinor_amplitude"] * np.cos(2 * np.pi * (x - row["acrophase"]) / HOURS)
    (line,) = ax.plot(x, wave, color=COSINE.colour, linestyle=COSINE.dash, linewidth=canvas.scale(), zorder=2)
    canvas.named(line, "cosinor")
    return [*keys, naming.key(COSINE, "cosinor", marker=False)]


def _stretches(onset: float, hours: float, start: float) -> list[tuple[float, float]]:
    """A stretch of hours on the axis; in two parts where it goes round the end."""
    if np.isnan(onset):
        return []
    low = (onset - start) % HOURS + start
    high, end = low + hours, start + HOURS
    return [(low, high)] if high <= end else [(low, end), (start, high - HOURS)]


@canvas.styled
def rhythm_by_week(
    rhythm: pd.DataFrame,
    *,
    measure: str = "stability",
    weeks: str = "week",
    styles: dict[str, MarkStyle] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """One measure of the rhythm in each week, a line a person.

    Parameters
    ----------
    rhythm : DataFrame
        From `derive.rhythm` by participant and week: `participant`, the week as a number, the measure.
    measure : str
        `stability`, `variability`, `amplitude`, `regularity`, `l5_onset`, `m10_onset` or `acrophase`.
    weeks : str
        The column with the week.
    styles : mapping of str to MarkStyle, optional
        By participant.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `value` (a line for each participant), `names`, `note`.

    Raises
    ------
    MethodError
        When columns are absent, the measure is not known, or two rows are of one week.
    """
    one_of("measure", measure, list(MEASURES))
    frame = frames.table_of(rhythm, ["participant", weeks, measure], "rhythm_by_week").dropna(subset=[weeks, measure])
    if frame.empty:
        raise MethodError(f"rhythm_by_week: no week has a value of {measure}; each needs at least two whole days.")
    frames.one_row_each(frame, ["participant", weeks], "rhythm_by_week")
    people = frames.order(frame["participant"])
    styles = styles or frames.styles_of(pd.Series(people, name="participant"), None)  # type: ignore[assignment]
    ax = canvas.axes(ax, more=naming.legend_height(people) if len(people) > 1 else 0.0)
    for person in people:
        rows = frame[frame["participant"].eq(person)].astype({weeks: "float64"}).sort_values(weeks)
        look = styles[person].line if styles else {}
        (line,) = ax.plot(_broken(rows[weeks]), _gapped(rows, weeks, measure), **look)
        line.set_markersize(3.4 * canvas.scale())
        canvas.named(line, "value", person)
    labels.label_axis(ax, "x", "Week")
    labels.label_axis(ax, "y", MEASURES[measure])
    canvas.note(ax, plural(len(people), "participant"))
    if len(people) > 1 and styles:
        naming.legend_above(ax, [naming.key(styles[person], person) for person in people])
    return ax


def _broken(weeks: pd.Series) -> np.ndarray:
    """Weeks with a pause between those that do not follow each other."""
    places = weeks.to_numpy(dtype="float64")
    return np.insert(places, np.flatnonzero(np.diff(places) > 1) + 1, np.nan)


def _gapped(rows: pd.DataFrame, weeks: str, measure: str) -> np.ndarray:
    values, places = rows[measure].to_numpy(dtype="float64"), rows[weeks].to_numpy()
    return np.insert(values, np.flatnonzero(np.diff(places) > 1) + 1, np.nan)
