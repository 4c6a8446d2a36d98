"""Infused doses over months, with refills and device events. Describes data; gives no advice on dosing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from spasticity.errors import MethodError
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, OTHERS, MarkStyle
from spasticity.tables import DOSES
from spasticity.wording import plural

DAYS_PER_MONTH = 365.25 / 12
MONTH_STEPS = (1, 2, 3, 6, 12, 24)
MOST_TICKS = 10
DOSE = "dose_ug_per_day"


@canvas.styled
def infusion_doses(
    daily: pd.DataFrame,
    *,
    participants: Iterable[str],
    refills: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The infused dose of some participants over months, with refills and device events. Describes data; no advice.

    Parameters
    ----------
    daily : DataFrame
        `participant, route, day, dose_ug_per_day`, as `derive.dose_per_day` gives them; oral doses are left out, for mg
        and µg never share an axis. Unknown days are gaps.
    participants : iterable of str
        At most five.
    refills : DataFrame, optional
        `participant, day`, as for `derive.refill_changes`.
    events : DataFrame, optional
        `participant, day`, as `derive.device_events` gives them.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `dose` (a line each), `refill`, `event`, `names`, `note`.

    Raises
    ------
    MethodError
        When columns are absent, somebody has no infused dose, or there are more than five.
    """
    frame = frames.table_of(daily, ["participant", "route", "day", DOSE], "infusion_doses")
    people = list(dict.fromkeys(participants))
    frame = frame[frame["route"].eq("intrathecal") & frame["participant"].isin(people)]
    known = set(frame.loc[frame[DOSE].notna(), "participant"])
    if not people or len(people) > len(OTHERS) or not known >= set(people):
        absent = plural(len(set(people) - known), "participant")
        raise MethodError(
            f"infusion_doses: {absent} of {len(people)} without an infused dose; expected 1 to {len(OTHERS)} people "
            "who have one."
        )
    styles = dict(zip(people, OTHERS, strict=False))
    keys = [naming.key(styles[person], person, marker=False) for person in people]
    keys += [_key(role, mark) for role, mark, rows in _extras(refills, events) if rows is not None]
    ax = canvas.axes(ax, more=naming.legend_height([str(key.get_label()) for key in keys]))
    for person in people:
        _draw_dose(ax, frame[frame["participant"].eq(person)], person, styles[person])
    for role, mark, rows in _extras(refills, events):
        if rows is not None:
            _draw_marks(ax, frame, rows, role, mark, people)
    canvas.cover(ax, "x", frame["day"].astype(float) / DAYS_PER_MONTH, air=0.01)
    canvas.cover(ax, "y", frame[DOSE], pd.Series([0.0]))
    _month_ticks(ax)
    canvas.note(ax, f"{plural(len(people), 'participant')}; gaps: dose not known")
    naming.legend_above(ax, keys)
    labels.label_axis(ax, "y", f"Recorded intrathecal dose ({DOSES[DOSE].unit})")
    return ax


def _extras(
    refills: pd.DataFrame | None, events: pd.DataFrame | None
) -> tuple[tuple[str, str, pd.DataFrame | None], ...]:
    return (("refill", "^", refills), ("event", "X", events))


def _draw_dose(ax: Axes, rows: pd.DataFrame, person: str, style: MarkStyle) -> None:
    """A step line with a break where days are unknown or have no row."""
    known = rows.sort_values("day").set_index("day")[DOSE].astype(float)
    days = np.arange(int(known.index.min()), int(known.index.max()) + 1)
    dose = known.reindex(days)
    edges = np.append(days, days[-1] + 1) / DAYS_PER_MONTH
    (line,) = ax.plot(edges, np.append(dose, dose.iloc[-1]), color=style.colour, linestyle=style.dash)
    line.set_drawstyle("steps-post")
    line.set_linewidth(1.1 * canvas.scale())
    canvas.named(line, "dose", person)


def _draw_marks(ax: Axes, daily: pd.DataFrame, rows: pd.DataFrame, role: str, mark: str, people: list[str]) -> None:
    """Marks at the dose of their day; at zero where it is not known."""
    rows = frames.table_of(rows, ["participant", "day"], "infusion_doses") if len(rows) else rows
    doses = daily.dropna(subset=[DOSE]).astype({"participant": object}).set_index(["participant", "day"])[DOSE]
    for person in people:
        days = rows.loc[rows["participant"].eq(person), "day"].dropna().astype(int).tolist() if len(rows) else []
        if days:
            heights = [float(doses.get((person, day), 0.0)) for day in days]
            (line,) = ax.plot(np.array(days) / DAYS_PER_MONTH, heights, zorder=4, **_mark(mark))
            canvas.named(line, role, person)


def _mark(mark: str) -> dict[str, Any]:
    size = 4.5 * canvas.scale()
    return {"linestyle": "none", "marker": mark, "markersize": size, "color": INK, "markerfacecolor": "white"}


def _key(role: str, mark: str) -> Line2D:
    return Line2D([], [], label={"refill": "refill", "event": "device event"}[role], **_mark(mark))


def _month_ticks(ax: Axes) -> None:
    low, high = ax.get_xlim()
    step = next((step for step in MONTH_STEPS if (high - low) / step <= MOST_TICKS), MONTH_STEPS[-1])
    ax.xaxis.set_major_locator(MultipleLocator(step))
    labels.label_axis(ax, "x", "Months from the first dose")
