"""The actogram: activity, sleep and spasms of one person, a day a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from spasticity.errors import MethodError, listed
from spasticity.plot import canvas, frames, labels
from spasticity.plot.hours import HOURS, clock
from spasticity.plot.palette import INK, RULE, SOFT_INK
from spasticity.wording import number, plural

MOST_ROWS = 60  # more cannot be told apart on a page
ROW_MM = 6.0
BAR = 0.78  # of a row, for activity at its highest
ASLEEP = "#BCD2E8"  # light behind black bars; in grey darker than paper
ACTIVE = "#333333"
SPASM = "#B22B0E"  # stands at the top of a row, where no bar reaches
NEEDED = ["participant", "day", "hour", "repeated", "epoch_s", "counts"]
MAKE = "make it with `derive.local_clock(derive.sleep_wake(epochs), study)`"


@canvas.styled
def actogram(
    epochs: pd.DataFrame,
    *,
    participant: str | None = None,
    spasms: pd.DataFrame | None = None,
    doses: pd.DataFrame | None = None,
    double: bool = True,
    start: float = 12,
    ceiling: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The activity of a person on the local clock, a day a row, each day drawn twice so that no night is cut.

    Parameters
    ----------
    epochs : DataFrame
        From `derive.local_clock`: `participant, day, hour, repeated, epoch_s, counts`; with `state` sleep is shaded,
        with `worn` what was not worn is hatched.
    participant : str, optional
        Whose rows; may be left out when there is one.
    spasms : DataFrame, optional
        `participant, day, hour`, from `derive.spasm_events`; drawn as ticks along the top of a row.
    doses : DataFrame, optional
        `participant, day, hour`: when a dose was taken, drawn as triangles.
    double : bool
        Whether a row goes on through the next day.
    start : float
        Clock hour at the left: 12 keeps nights whole, 0 days.
    ceiling : float, optional
        Counts that fill a row; higher bars are cut. The highest count when left out.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `activity`, `sleep`, `not-worn`, `spasm`, `dose`, `recorded`, `skipped`, `pause`,
        `note`. An hour that the
        clocks repeat shows its first pass in the upper half of the row, its second in the lower; one that they skip is
        crossed out.

    Raises
    ------
    MethodError
        When columns are absent, several people would be mixed, or there are more days than can be seen.
    """
    frame = _one_person(frames.table_of(epochs, NEEDED, "actogram"), participant)
    person, spans = str(frame["participant"].iloc[0]), 2 if double else 1
    rows = _rows(frame, start)
    if len(rows) > MOST_ROWS:
        raise MethodError(
            f"actogram: {len(rows)} days cannot be told apart, expected at most {MOST_ROWS}; choose some."
        )
    canvas.refuse_crowd(len(frame) * spans, "actogram", "bring the epochs to a longer length: `derive.longer_epochs`")
    top = float(frame["counts"].max() if ceiling is None else ceiling)
    drawn = _placed(frame, start, spans, rows)
    ax = canvas.axes(ax, height=max(ROW_MM * rows.max(), 30) * canvas.scale() + canvas.lines(5))
    _draw_ground(ax, drawn)
    _draw_activity(ax, drawn, top)
    _draw_skipped(ax, frame, start, spans, rows)
    marks = [_draw_marks(ax, spasms, person, "spasm", (start, spans, rows))]
    marks += [_draw_marks(ax, doses, person, "dose", (start, spans, rows))]
    _name_pauses(ax, rows, start, spans)
    _axes_of_days(ax, rows, start, spans)
    canvas.note(ax, f"{person}; a full row: {top:,.0f} counts per {_length(frame)}")
    _legend(ax, frame, marks)
    return ax


def _one_person(frame: pd.DataFrame, participant: str | None) -> pd.DataFrame:
    frame = frames.chosen(frame, "actogram", participant=participant)
    if len(frames.order(frame["participant"])) > 1:
        raise MethodError("actogram: a figure is of one person; pass participant=.")
    frame = frame[frame["day"].notna()]
    if frame.empty:
        raise MethodError(f"actogram: no epoch has a study day; {MAKE}.")
    return frame.sort_values("start_utc") if "start_utc" in frame else frame


def _row_of(rows: pd.DataFrame, start: float) -> np.ndarray:
    return np.floor(rows["day"].to_numpy(dtype="float64") + (rows["hour"].to_numpy(dtype="float64") - start) / HOURS)


def _rows(frame: pd.DataFrame, start: float) -> pd.Series:
    """The place from the top of each day that was recorded; a longer pause leaves one row free."""
    days = np.unique(_row_of(frame, start)).astype(int)
    return pd.Series(np.arange(len(days)) + np.append(0, np.cumsum(np.diff(days) > 1)), index=days)


def _placed(marks: pd.DataFrame, start: float, spans: int, rows: pd.Series) -> pd.DataFrame:
    """Rows of a table with their place: once for each row of the figure in which they stand."""
    row = _row_of(marks, start)
    moment = HOURS * marks["day"].to_numpy(dtype="float64") + marks["hour"].to_numpy(dtype="float64")
    parts = [
        marks.assign(row=rows.reindex(row - back).to_numpy(), x=moment - HOURS * (row - back)) for back in range(spans)
    ]
    placed = pd.concat([part[part["row"].notna()] for part in parts], ignore_index=True)
    return placed.assign(twice=_in_two_passes(placed)) if "repeated" in placed else placed


def _boxes(rows: pd.DataFrame, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Corners of a rectangle for each epoch, by the share of its row that it takes, from the bottom."""
    # The second pass of a repeated hour takes the lower half of the row, the first pass the upper.
    again = rows["repeated"].to_numpy(dtype=bool)
    twice = rows["twice"].to_numpy(dtype=bool)
    scale, base = np.where(twice, 0.5, 1.0), np.where(twice & ~again, 0.5, 0.0)
    bottom = rows["row"].to_numpy() + 1 - (base + scale * low)
    top = rows["row"].to_numpy() + 1 - (base + scale * high)
    left = rows["x"].to_numpy()
    right = left + rows["epoch_s"].to_numpy(dtype="float64") / 3600
    return np.stack(
        [np.stack(corner, axis=1) for corner in ((left, bottom), (right, bottom), (right, top), (left, top))], 1
    )


def _in_two_passes(rows: pd.DataFrame) -> np.ndarray:
    """Which rows stand at a place on the clock that came twice."""
    again = rows.loc[rows["repeated"].astype(bool), ["day", "hour"]].drop_duplicates()
    return pd.MultiIndex.from_frame(rows[["day", "hour"]]).isin(pd.MultiIndex.from_frame(again))


def _merged(rows: pd.DataFrame, where: np.ndarray) -> pd.DataFrame:
    """Epochs that follow each other as one span, so that a ground has no seams."""
    rows = rows[where].sort_values(["row", "repeated", "x"])
    twice = rows["twice"].to_numpy(dtype=bool)
    step = rows["epoch_s"].to_numpy(dtype="float64") / 3600
    x, row, again = rows["x"].to_numpy(), rows["row"].to_numpy(), rows["repeated"].to_numpy(dtype=bool)
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (np.abs(x[1:] - x[:-1] - step[:-1]) > 1e-6) | (row[1:] != row[:-1]) | (again[1:] != again[:-1])
    new[1:] |= twice[1:] != twice[:-1]
    heads = np.flatnonzero(new)
    tails = np.append(heads[1:], len(rows)) - 1
    merged = rows.iloc[heads].copy()
    merged["epoch_s"] = 3600 * (x[tails] + step[tails] - x[heads])
    return merged


def _draw_ground(ax: Axes, drawn: pd.DataFrame) -> None:
    worn = (
        drawn["worn"].astype("boolean").fillna(True).to_numpy(dtype=bool)
        if "worn" in drawn
        else np.ones(len(drawn), bool)
    )
    asleep = (drawn["state"] == "sleep").fillna(False).to_numpy(dtype=bool) if "state" in drawn else ~worn
    grounds: dict[str, tuple[np.ndarray, float, dict[str, Any]]] = {
        "sleep": (asleep & worn, 0.94, {"facecolor": ASLEEP, "linewidth": 0}),
        "not-worn": (~worn, 0.94, {"facecolor": "white", "edgecolor": RULE, "hatch": "//////", "linewidth": 0}),
        "recorded": (worn, 0.02, {"facecolor": INK, "linewidth": 0}),
    }
    for rank, (role, (where, tall, look)) in enumerate(grounds.items()):
        spans = _merged(drawn, where) if where.any() else drawn[:0]
        corners = _boxes(spans, np.zeros(len(spans)), np.full(len(spans), tall))
        ax.add_collection(canvas.named(PolyCollection(list(corners), zorder=1 + rank / 10, **look), role))


def _draw_activity(ax: Axes, drawn: pd.DataFrame, top: float) -> None:
    counts = drawn["counts"].to_numpy(dtype="float64", na_value=np.nan)
    seen = drawn[np.nan_to_num(counts) > 0]
    tall = BAR * np.minimum(seen["counts"].to_numpy(dtype="float64") / top, 1) if top > 0 else np.zeros(len(seen))
    bars = PolyCollection(list(_boxes(seen, np.zeros(len(seen)), tall)), facecolor=ACTIVE, linewidth=0, zorder=2)
    ax.add_collection(canvas.named(bars, "activity"))


def _draw_skipped(ax: Axes, frame: pd.DataFrame, start: float, spans: int, rows: pd.Series) -> None:
    """A cross over the hour that never was, where clocks went forward between two epochs."""
    if "start_utc" not in frame:
        return
    moment = HOURS * frame["day"].to_numpy(dtype="float64") + frame["hour"].to_numpy(dtype="float64")
    elapsed = frame["start_utc"].diff().dt.total_seconds().to_numpy() / 3600
    leap = np.append(0, np.diff(moment)) - np.nan_to_num(elapsed)
    for place in np.flatnonzero(leap > 1e-6):
        right, wide = moment[place], leap[place]
        for back in range(spans):
            row = np.floor((right - wide - start) / HOURS) - back
            x, y = right - HOURS * row, rows.get(row, np.nan) + np.array([0, 1, np.nan, 1, 0])
            (cross,) = ax.plot([x - wide, x, np.nan, x - wide, x], y, color=RULE, linewidth=0.5 * canvas.scale())
            canvas.named(cross, "skipped")


def _draw_marks(
    ax: Axes, rows: pd.DataFrame | None, person: str, role: str, place: tuple[float, int, pd.Series]
) -> Line2D | None:
    if rows is None:
        return None
    missing = [name for name in ("participant", "day", "hour") if name not in rows]
    if missing:
        raise MethodError(f"actogram: {role}s lack {listed(missing, 'and')}.")
    mine = _placed(rows[rows["participant"].eq(person) & rows["day"].notna()], *place)
    style: dict[str, Any] = {
        "linestyle": "none",
        "color": SPASM if role == "spasm" else INK,
        "zorder": 3,
        "clip_on": False,
    }
    style |= {"marker": "|" if role == "spasm" else "v", "markersize": 3.4 * canvas.scale()}
    (line,) = ax.plot(mine["x"], mine["row"] + (0.12 if role == "spasm" else 0.1), label=role, **style)
    line.set_markeredgewidth(0.8 * canvas.scale())
    return canvas.named(line, role)


def _axes_of_days(ax: Axes, rows: pd.Series, start: float, spans: int) -> None:
    ax.set_xlim(start, start + HOURS * spans)
    ax.set_ylim(rows.max() + 1, -0.1)
    step = 6 if spans == 2 else 3
    places = np.arange(start, start + HOURS * spans + 1, step)
    ax.set_xticks(places, [clock(place) for place in places])
    labels.label_axis(ax, "x", "Local time of day" + (" (each day twice)" if spans == 2 else ""))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    canvas.lay_out(ax)
    room = canvas.height_pt(ax) / (rows.max() + 1)
    some = rows[:: max(1, int(np.ceil(labels.LINE * rcParams["ytick.labelsize"] / room)))]
    ax.set_yticks(some + 0.5, [number(day, 0) for day in some.index])
    labels.label_axis(ax, "y", f"Study day at {clock(start)}")


def _name_pauses(ax: Axes, rows: pd.Series, start: float, spans: int) -> None:
    days_of = rows.index.to_numpy()
    for place in np.flatnonzero(np.diff(days_of) > 1):
        days = days_of[place + 1] - days_of[place] - 1
        words = f"{plural(int(days), 'day')} not recorded"
        middle, y = start + HOURS * spans / 2, rows.iloc[place] + 1.5
        written = ax.text(middle, y, words, ha="center", va="center", color=SOFT_INK, size=rcParams["xtick.labelsize"])
        canvas.named(written, "pause")


def _length(frame: pd.DataFrame) -> str:
    length = float(frame["epoch_s"].iloc[0])
    return "minute" if length == 60 else f"{length:g} s"


def _legend(ax: Axes, frame: pd.DataFrame, marks: list[Line2D | None]) -> None:
    keys: list[Patch | Line2D] = [Patch(facecolor=ACTIVE, label="activity")]
    keys += [Patch(facecolor=ASLEEP, label="scored asleep")] if "state" in frame else []
    if "worn" in frame and (~frame["worn"].astype("boolean").fillna(True)).any():
        keys.append(Patch(facecolor="white", edgecolor=RULE, hatch="//////", label="not worn", linewidth=0))
    keys += [mark for mark in marks if mark is not None]
    canvas.lay_out(ax)
    above = canvas.shifted(ax, ax.transAxes, down=-labels.LINE * rcParams["legend.fontsize"] - 5 * canvas.scale())
    box = ax.legend(
        handles=keys, loc="lower left", bbox_to_anchor=(0, 1), bbox_transform=above, ncols=len(keys), borderaxespad=0
    )
    canvas.named(box, "names")
