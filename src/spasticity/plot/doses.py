"""Doses over time as they were recorded. A description of data; it gives no advice on dosing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Affine2D

from spasticity.errors import MethodError, listed
from spasticity.plot import canvas, frames, labels
from spasticity.plot.palette import INK, PERSON
from spasticity.plot.presets import POINTS_PER_INCH
from spasticity.schema import Column
from spasticity.stats.result import Result
from spasticity.tables import DOSES
from spasticity.wording import plural

AMOUNTS = ("dose_mg_per_day", "dose_ug_per_day")

FAN_PT = 6.0  # lines are moved on paper by up to half of it, so that equal doses do not hide each other


@canvas.styled
def dose_trajectories(
    daily: pd.DataFrame,
    *,
    drug: str,
    route: str | None = None,
    typical: Result | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The recorded daily dose of each participant. Describes data; gives no advice.

    An unknown dose is a gap in the line, a documented zero lies at 0. Lines are moved by up to 3 points on paper, so
    that participants on the same dose do not hide each other; a thick band means many.

    Parameters
    ----------
    daily : DataFrame
        `participant, drug, route, day, dose_mg_per_day, dose_ug_per_day`, as `derive.dose_per_day` gives them.
    drug : str
        Whose doses.
    route : str, optional
        Needed when the drug was given by two routes: mg and µg never share an axis.
    typical : Result, optional
        Estimates by `day`, such as medians, drawn bold.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.

    Returns
    -------
    Axes
        Artists named `dose`, `typical`.

    Raises
    ------
    MethodError
        When the drug is not there, two units would share the axis, no dose is known, or there are too many marks.
    """
    needed = ["participant", "drug", "route", "day", *AMOUNTS]
    frame = frames.table_of(daily, needed, "dose_trajectories")
    frame = frames.chosen(frame, "dose_trajectories", drug=drug, route=route)
    amount = _amount(frame, drug)
    paths = _paths(frame, amount)
    canvas.refuse_crowd(
        sum(len(path) for path in paths), "dose_trajectories", "draw the medians of `stats.describe` by day instead"
    )
    ax = canvas.axes(ax)
    _draw_people(ax, paths)
    if typical is not None:
        _draw_typical(ax, typical)
    _dose_axes(ax, frame, amount, drug)
    canvas.note(ax, _words(frame, typical))
    return ax


def _amount(frame: pd.DataFrame, drug: str) -> Column:
    """The one column of doses that has values."""
    used = [name for name in AMOUNTS if frame[name].notna().any()]
    if not used:
        raise MethodError(f"dose_trajectories: no dose of {drug} is known, so there is nothing to draw.")
    if len(used) > 1:
        routes = listed(frames.order(frame["route"]))
        raise MethodError(
            f"dose_trajectories: doses of {drug} in two units, mg and µg, never share an axis; pass `route=` {routes}."
        )
    return DOSES[used[0]]


def _paths(frame: pd.DataFrame, amount: Column) -> list[np.ndarray]:
    """Step lines of each participant and stretch of known days: a corner at each change, up to the end of a day."""
    known = frame.dropna(subset=[amount.name]).sort_values(["participant", "day"], kind="stable")
    people, days = known["participant"], known["day"].astype("int64")
    doses = known[amount.name].astype("float64")
    follows = people.eq(people.shift()) & days.eq(days.shift() + 1)
    stretch = (~follows).cumsum()
    step = stretch.ne(stretch.shift()) | doses.ne(doses.shift())
    runs = pd.DataFrame({"stretch": stretch, "run": step.cumsum(), "day": days, "dose": doses})
    runs = runs.groupby(["stretch", "run"]).agg(first=("day", "min"), last=("day", "max"), dose=("dose", "first"))
    corners = np.empty((len(runs), 2, 2))
    corners[:, 0, 0], corners[:, 1, 0] = runs["first"], runs["last"] + 1
    corners[:, :, 1] = runs["dose"].to_numpy()[:, None]
    ends = np.flatnonzero(np.diff(runs.index.get_level_values("stretch"))) + 1
    return [path.reshape(-1, 2) for path in np.split(corners, ends)]


def _draw_people(ax: Axes, paths: list[np.ndarray]) -> None:
    aside = np.linspace(-0.5, 0.5, len(paths)) * FAN_PT * canvas.scale() if len(paths) > 1 else np.zeros(1)
    points = Affine2D().scale(1 / POINTS_PER_INCH) + canvas.root(ax).dpi_scale_trans
    lines = LineCollection(
        paths,
        colors=PERSON,
        linewidths=0.5 * canvas.scale(),
        capstyle="butt",
        offsets=np.column_stack([np.zeros(len(paths)), aside]),
        offset_transform=points,
    )
    ax.add_collection(canvas.named(lines, "dose"))


def _draw_typical(ax: Axes, typical: Result) -> None:
    rows = frames.table_of(typical, ["day", "estimate"], "dose_trajectories").sort_values("day")
    frames.one_row_each(rows, ["day"], "dose_trajectories")
    days, middle = rows["day"].astype(float), rows["estimate"]
    (line,) = ax.plot(days, middle, color=INK, lw=1.6 * canvas.scale(), drawstyle="steps-post")
    canvas.named(line, "typical")


def _dose_axes(ax: Axes, frame: pd.DataFrame, amount: Column, drug: str) -> None:
    days = frame.loc[frame[amount.name].notna(), "day"].astype(float)
    canvas.cover(ax, "x", days, days + 1, air=0.01)
    canvas.cover(ax, "y", frame[amount.name], pd.Series([0.0]))
    labels.day_ticks(ax)
    labels.label_axis(ax, "y", f"Recorded dose of {_named(drug, frame)} ({amount.unit})")


def _named(drug: str, frame: pd.DataFrame) -> str:
    routes = frames.order(frame["route"])
    return f"{routes[0]} {drug}" if len(routes) == 1 and routes[0] not in drug else drug


def _words(frame: pd.DataFrame, typical: Result | None) -> str:
    people = plural(len(frames.order(frame["participant"])), "participant")
    if typical is None:
        return f"a line each: {people}"
    terms = frames.order(typical.frame["term"])
    return f"thin: {people}; bold: {terms[0] if len(terms) == 1 else 'typical'}"
