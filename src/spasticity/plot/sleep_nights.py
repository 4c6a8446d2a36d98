"""Nights: when somebody was in bed and asleep, and how efficient the sleep was at each visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spasticity.errors import MethodError, listed, one_of
from spasticity.plot import canvas, frames, labels
from spasticity.plot.hours import HOURS, clock
from spasticity.plot.palette import FAINT, INK, RULE, MarkStyle
from spasticity.plot.trajectories import change_by_visit
from spasticity.stats.result import Result
from spasticity.wording import number, plural

MOST_NIGHTS = 60
NIGHT_MM = 5.0
LANES = {"recording": (0.1, 0.52), "diary": (0.58, 0.82)}  # from the top of a night, as shares of its row
SLEEP, AWAKE = "#33658F", "#DCE6EF"  # apart in grey: dark and nearly paper
EFFICIENCIES = ("sleep_efficiency_tib", "sleep_efficiency_dse")
USUAL = (
    85.0  # percent: the line usually drawn in figures of sleep efficiency, as in the domain dossier's list of figures
)


@canvas.styled
def sleep_timeline(
    spans: pd.DataFrame,
    *,
    participant: str | None = None,
    spasms: pd.DataFrame | None = None,
    hours: tuple[float, float] = (20, 34),
    ax: Axes | None = None,
) -> Axes:
    """Each night a row: asleep and awake in bed by the recording, and below it by the diary.

    Parameters
    ----------
    spans : DataFrame
        From `derive.night_spans`: `participant, day, source, state, from_h, to_h`.
    participant : str, optional
        Whose nights; may be left out when there is one person.
    spasms : DataFrame, optional
        `participant, day, hour`, from `derive.spasm_events`: ticks across the recording.
    hours : tuple of float
        What part of the night to draw, in hours since the midnight on which the day began: 20 is 20:00, 34 is 10:00 of
        the next day.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `asleep`, `awake` (each with `recording` or `diary`), `spasm`, `names`, `note`.

    Raises
    ------
    MethodError
        When columns are absent, several people would be mixed, or there are more than 60 nights.
    """
    needed = ["participant", "day", "source", "state", "from_h", "to_h"]
    frame = frames.chosen(frames.table_of(spans, needed, "sleep_timeline"), "sleep_timeline", participant=participant)
    if len(frames.order(frame["participant"])) > 1:
        raise MethodError("sleep_timeline: a figure is of one person; pass participant=.")
    days = sorted({int(day) for day in frame["day"].dropna()})
    if len(days) > MOST_NIGHTS:
        raise MethodError(f"sleep_timeline: {len(days)} nights cannot be told apart, expected at most {MOST_NIGHTS}.")
    person, place = str(frame["participant"].iloc[0]), {day: rank for rank, day in enumerate(days)}
    ax = canvas.axes(ax, height=max(NIGHT_MM * len(days), 25) * canvas.scale() + canvas.lines(5))
    for source in LANES:
        for state, role, colour in (("asleep", "asleep", SLEEP), ("awake in bed", "awake", AWAKE)):
            rows = frame[frame["source"].eq(source) & frame["state"].eq(state)]
            _draw_spans(ax, rows, place, LANES[source], colour, (role, source))
    mark = _draw_spasms(ax, spasms, person, place)
    _night_axes(ax, days, hours)
    canvas.note(ax, f"{person}, {plural(len(days), 'night')}; upper lane: recording, lower: diary")
    _legend(ax, mark)
    return ax


def _draw_spans(
    ax: Axes,
    rows: pd.DataFrame,
    place: Mapping[int, int],
    lane: tuple[float, float],
    colour: str,
    name: tuple[str, str],
) -> None:
    top, bottom = (np.array([place[int(day)] + edge for day in rows["day"]]) for edge in lane)
    left, right = rows["from_h"].to_numpy(dtype="float64"), rows["to_h"].to_numpy(dtype="float64")
    corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    boxes = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1) if len(rows) else np.zeros((0, 4, 2))
    shown = PolyCollection(list(boxes), facecolor=colour, edgecolor=RULE, linewidth=0.25 * canvas.scale(), zorder=2)
    ax.add_collection(canvas.named(shown, *name))


def _draw_spasms(ax: Axes, spasms: pd.DataFrame | None, person: str, place: Mapping[int, int]) -> Line2D | None:
    if spasms is None:
        return None
    missing = [name for name in ("participant", "day", "hour") if name not in spasms]
    if missing:
        raise MethodError(f"sleep_timeline: spasms lack {listed(missing, 'and')}; see `derive.spasm_events`.")
    mine = spasms[spasms["participant"].eq(person) & spasms["day"].notna()]
    early = mine["hour"] < HOURS / 2
    night = (mine["day"].astype("int64") - early).map(place)
    x = (mine["hour"] + HOURS * early)[night.notna()]
    look: dict[str, Any] = {
        "linestyle": "none",
        "marker": "|",
        "color": INK,
        "markersize": 6 * canvas.scale(),
        "zorder": 3,
    }
    (line,) = ax.plot(x, night.dropna() + sum(LANES["recording"]) / 2, label="spasm", **look)
    return canvas.named(line, "spasm")


def _night_axes(ax: Axes, days: list[int], hours: tuple[float, float]) -> None:
    ax.set_xlim(*hours)
    ax.set_ylim(len(days), -0.05)
    places = np.arange(np.ceil(hours[0] / 2) * 2, hours[1] + 1e-9, 2)
    ax.set_xticks(places, [clock(place) for place in places])
    ax.vlines(places, -0.05, len(days), color=FAINT, linewidth=0.4 * canvas.scale(), zorder=0)
    labels.label_axis(ax, "x", "Local time of day")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    canvas.lay_out(ax)
    room = canvas.height_pt(ax) / len(days)
    some = range(0, len(days), max(1, int(np.ceil(labels.LINE * rcParams["ytick.labelsize"] / room))))
    ax.set_yticks([rank + 0.46 for rank in some], [number(days[rank], 0) for rank in some])
    labels.label_axis(ax, "y", "Night of study day")


def _legend(ax: Axes, mark: Line2D | None) -> None:
    keys: list[Patch | Line2D] = [Patch(facecolor=SLEEP, label="asleep")]
    keys.append(Patch(facecolor=AWAKE, edgecolor=RULE, linewidth=0.5, label="awake in bed"))
    keys += [mark] if mark is not None else []
    canvas.lay_out(ax)
    above = canvas.shifted(ax, ax.transAxes, down=-labels.LINE * rcParams["legend.fontsize"] - 5 * canvas.scale())
    box = ax.legend(
        handles=keys, loc="lower left", bbox_to_anchor=(0, 1), bbox_transform=above, ncols=3, borderaxespad=0
    )
    canvas.named(box, "names")


@canvas.styled
def efficiency_by_visit(
    result: Result | pd.DataFrame,
    *,
    outcome: str = "sleep_efficiency_tib",
    reference: float | None = USUAL,
    ax: Axes | None = None,
    days: Mapping[str, int] | None = None,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """Sleep efficiency of each arm at each visit; the axis says what it is a share of.

    Parameters
    ----------
    result : Result or DataFrame
        As for `change_by_visit`, of values.
    outcome : str
        `sleep_efficiency_tib` (of the time in bed) or `sleep_efficiency_dse` (of the sleep episode).
    reference : float, optional
        Percent at which a line is drawn; None for none.
    ax, days, styles
        As in `change_by_visit`.

    Returns
    -------
    Axes
        Artists as of `change_by_visit`, and `reference`.

    Raises
    ------
    MethodError
        When the outcome is no efficiency, or as `change_by_visit`.
    """
    one_of("outcome", outcome, EFFICIENCIES)
    ax = change_by_visit(result, ax=ax, outcome=outcome, value="value", days=days, styles=styles)
    if reference is not None:
        low, high = ax.get_ylim()
        line = ax.axhline(reference, color=RULE, linestyle=(0, (4, 2)), linewidth=0.6 * canvas.scale(), zorder=0)
        canvas.named(line, "reference")
        ax.set_ylim(min(low, reference - 1), max(high, reference + 1))
    return ax
