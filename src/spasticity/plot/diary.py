"""Every spasm of every recorded day, on the local clock."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from spasticity.errors import MethodError, listed
from spasticity.plot import canvas, frames, labels
from spasticity.plot.hours import HOURS, NIGHT, Clock, clock_axis, night_words, shade_night
from spasticity.plot.palette import FAINT, INK, RULE, SOFT_INK
from spasticity.wording import number, plural

LONGEST_GAP = 3  # unrecorded days in a row that are drawn one by one; a longer stretch is one row that names them
GAP_ROWS = 2.0  # the height of that row, so that its words fit
FEWEST_LINES = 9  # so that the label of the axis fits
TALLEST_MM = 230.0  # a page
MOST_DAY_TICKS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A day of one participant, or a stretch of days that were not recorded.

    Parameters
    ----------
    participant : str
    first, last : int
        Study days; the same for one day.
    before, after : bool
        Whether the hours up to midnight and those from midnight on were recorded.
    y : float
        Middle of the row.
    """

    participant: str
    first: int
    last: int
    before: bool
    after: bool
    y: float

    @property
    def is_gap(self) -> bool:
        """Whether it stands for several days."""
        return self.last > self.first

    @property
    def tall(self) -> float:
        """Height of the row."""
        return GAP_ROWS if self.is_gap else 1.0


@canvas.styled
def raster(
    events: pd.DataFrame,
    recording: pd.DataFrame,
    *,
    ax: Axes | None = None,
    participants: str | Iterable[str] | None = None,
    night: tuple[Clock, Clock] = NIGHT,
    start: float = 12,
) -> Axes:
    """Every spasm at its local time, one row per day; days that were not recorded are hatched, never empty.

    Parameters
    ----------
    events : DataFrame
        `participant, day, hour` (local, 0 to 24), as `derive.spasm_events` gives them.
    recording : DataFrame
        `participant, day`: the days on which events were recorded.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    participants : str or iterable of str, optional
        Whose rows; everybody who recorded when not given.
    night : tuple of float or str
        Clock hours such as 22, or clock times such as `22:00`, between which the ground is shaded.
    start : float
        Clock hour at the left: 12 keeps nights whole (a row then ends at noon of the next day), 0 keeps days whole.

    Returns
    -------
    Axes
        Artists named `spasm`, `recorded`, `unrecorded`, `night`.

    Raises
    ------
    MethodError
        When a column is absent, somebody asked for recorded no day, or there are more events than can be seen.
    """
    recording = frames.table_of(recording, ["participant", "day"], "raster").dropna(subset=["participant", "day"])
    people = _asked(recording, participants)
    events = _events_of(events, people)
    rows = _rows(recording, people, start)
    known = events.merge(recording[["participant", "day"]].drop_duplicates(), on=["participant", "day"])
    ax = canvas.axes(ax, height=min(canvas.lines(max(5 + 0.5 * rows[-1].y, FEWEST_LINES)), TALLEST_MM))
    shade_night(ax, night, start)
    _draw_recorded(ax, rows, start)
    _draw_unrecorded(ax, rows, start)
    _draw_events(ax, _placed(known, rows, start))
    clock_axis(ax, start)
    _row_axis(ax, rows, people)
    stray = len(events) - len(known)
    words = f"; {plural(stray, 'event')} on other days not drawn" if stray else ""
    canvas.note(ax, f"grey: {night_words(night)}; hatched: not recorded{words}")
    return ax


def _asked(recording: pd.DataFrame, participants: str | Iterable[str] | None) -> list[str]:
    there = frames.order(recording["participant"])
    if participants is None:
        return there
    asked = [participants] if isinstance(participants, str) else list(participants)
    absent = [name for name in asked if name not in there]
    if absent or not asked:
        people = plural(len(absent), "participant")
        raise MethodError(f"raster: {people} asked for recorded no day; choose among those in `recording`.")
    return asked


def _events_of(events: pd.DataFrame, people: list[str]) -> pd.DataFrame:
    missing = [name for name in ("participant", "day", "hour") if name not in events]
    if missing:
        raise MethodError(f"raster: events lack {listed(missing, 'and')}; make them with `derive.spasm_events(study)`.")
    events = events[events["participant"].isin(people)]
    remedy = "draw fewer participants, or rates: `derive.spasms_by_hour`, `stats.describe`, `plot.time_of_day`"
    canvas.refuse_crowd(len(events), "raster", remedy)
    return events


def _rows(recording: pd.DataFrame, people: list[str], start: float) -> list[Row]:
    rows: list[Row] = []
    top = 0.0
    for person in people:
        known = set(recording.loc[recording["participant"].eq(person), "day"].astype(int))
        for first, last in _stretches(known, start):
            tall = GAP_ROWS if last > first else 1.0
            rows.append(Row(person, first, last, first in known, first + 1 in known, y=top + tall / 2))
            top += tall
        top += 1  # an empty row between participants
    return rows


def _stretches(known: set[int], start: float) -> list[tuple[int, int]]:
    """First and last day of each row: days with a recorded hour, those between them, long gaps as one."""
    shown = sorted(known | {day - 1 for day in known if start})
    stretches = [(shown[0], shown[0])]
    for day, following in pairwise(shown):
        first, last = day + 1, following - 1
        if last - first + 1 > LONGEST_GAP:
            stretches.append((first, last))
        else:
            stretches += [(between, between) for between in range(first, last + 1)]
        stretches.append((following, following))
    return stretches


def _placed(events: pd.DataFrame, rows: list[Row], start: float) -> pd.DataFrame:
    """Events with their place: hours before the start belong to the row of the day before."""
    early = events["hour"] < start
    moved = pd.DataFrame(
        {
            "participant": events["participant"].astype(str),
            "day": events["day"].astype("int64") - early,
            "x": events["hour"] + HOURS * early,
        }
    )
    days = pd.DataFrame([(row.participant, row.first, row.y) for row in rows if not row.is_gap])
    return moved.merge(days.set_axis(["participant", "day", "y"], axis=1), on=["participant", "day"])


def _draw_events(ax: Axes, placed: pd.DataFrame) -> None:
    ticks = ax.vlines(placed["x"], placed["y"] - 0.42, placed["y"] + 0.42, color=INK, lw=0.6 * canvas.scale(), zorder=3)
    canvas.named(ticks, "spasm")


def _halves(rows: list[Row], start: float, *, known: bool) -> list[tuple[Row, float, float]]:
    """Parts of rows before and after midnight that were recorded, or were not."""
    before = [(row, start, float(HOURS)) for row in rows if row.before is known]
    after = [(row, float(HOURS), start + HOURS) for row in rows if row.after is known and start]
    return before + after


def _draw_recorded(ax: Axes, rows: list[Row], start: float) -> None:
    """A thin line under recorded hours, so that a day without spasms is seen as one."""
    halves = _halves(rows, start, known=True)
    places = [row.y for row, _, _ in halves]
    lines = ax.hlines(places, [low for _, low, _ in halves], [high for _, _, high in halves], color=FAINT, zorder=1)
    lines.set_linewidth(0.5 * canvas.scale())
    canvas.named(lines, "recorded")


def _draw_unrecorded(ax: Axes, rows: list[Row], start: float) -> None:
    corners = []
    for row, left, right in _halves(rows, start, known=False):
        low, high = row.y - row.tall / 2, row.y + row.tall / 2
        corners.append([(left, low), (right, low), (right, high), (left, high)])
    hatched = PolyCollection(corners, facecolor="white", edgecolor=RULE, hatch="//////", linewidth=0, zorder=2)
    ax.add_collection(canvas.named(hatched, "unrecorded"))
    options = {"ha": "center", "va": "center_baseline", "size": rcParams["xtick.labelsize"], "color": SOFT_INK}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for row in rows:
        if row.is_gap:
            last = row.last + (start > 0)  # its morning stands in the next row
            words = f"days {number(row.first, 0)} to {number(last, 0)} not recorded"
            ax.text(start + HOURS / 2, row.y, words, bbox=box, zorder=4, **options)


def _row_axis(ax: Axes, rows: list[Row], people: list[str]) -> None:
    ax.set_ylim(rows[-1].y + 1, -0.3)
    ax.spines["left"].set_visible(False)
    if len(people) == 1:
        days = [row for row in rows if not row.is_gap]
        shown = days[:: _every(ax, rows, len(days))]
        ax.set_yticks([row.y for row in shown], [number(row.first, 0) for row in shown])
        labels.label_axis(ax, "y", "Study day")
    else:
        places = [[row.y for row in rows if row.participant == person] for person in people]
        ax.set_yticks([(rows_of[0] + rows_of[-1]) / 2 for rows_of in places], people)
        labels.label_axis(ax, "y", "Participant (a row per day)")
    ax.tick_params(axis="y", length=0)


def _every(ax: Axes, rows: list[Row], days: int) -> int:
    """One label for how many days, so that labels do not touch and are not too many."""
    canvas.lay_out(ax)
    row_pt = canvas.height_pt(ax) / (rows[-1].y + 1.3)
    return max(math.ceil(days / MOST_DAY_TICKS), math.ceil(labels.LINE * rcParams["ytick.labelsize"] / row_pt))
