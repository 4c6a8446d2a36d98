"""Figures over visits: the change of each arm, and each participant before and after."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from spasticity.errors import MethodError, listed
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import RULE, MarkStyle
from spasticity.stats.result import Result
from spasticity.wording import level

GROUPS = ("arm", "cohort")  # whose lines are drawn: the first that the table has
EVERYBODY = "all"
DODGE_PT = 3.2  # between arms at one visit


@canvas.styled
def change_by_visit(
    result: Result | pd.DataFrame,
    *,
    ax: Axes | None = None,
    outcome: str | None = None,
    term: str | None = None,
    value: str = "change",
    days: Mapping[str, int] | None = None,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """The estimate of each arm (or cohort) at each visit, with its interval, and n under each visit.

    Parameters
    ----------
    result : Result or DataFrame
        Estimates with `visit`, `estimate`, `conf_low`, `conf_high`, `n`, and `arm`, or else `cohort`, or neither; one
        row per line and visit.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    outcome, term : str, optional
        Which rows, when there are several outcomes or terms; of terms, `adjusted mean` or `mean` when not said.
    value : str
        What the estimates are: `change`, `percent_change` (both with a line at 0) or `value`.
    days : mapping of str to int, optional
        Planned day of each visit; visits are then spaced by time, else evenly.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`, so that an arm looks the same in every figure.

    Returns
    -------
    Axes
        Artists named `estimate`, `interval`, `n`, `null`.

    Raises
    ------
    MethodError
        When columns are absent, two rows would stand at one place, or a visit has no day.
    """
    frame = frames.table_of(result, ["visit", "estimate", "conf_low", "conf_high", "n"], "change_by_visit")
    frame = frames.chosen(frame, "change_by_visit", outcome=outcome, term=term or frames.mean_term(frame))
    group = next((name for name in GROUPS if name in frame), None)
    frame = frame.assign(group=frame[group] if group else EVERYBODY).dropna(subset=["group", "visit"])
    frames.one_row_each(frame, ["group", "visit"], "change_by_visit")
    styles = frames.styles_of(frame["group"].rename(group), styles)
    places = visit_places(frame["visit"], days)
    names = naming.in_order(frame["group"], styles)
    ax = canvas.axes(ax, more=canvas.lines(len(names)))
    null = pd.Series([] if value == "value" else [0.0], dtype="float64")
    if len(null):
        canvas.named(ax.axhline(0, color=RULE, lw=0.5 * canvas.scale(), zorder=0), "null")
    ends = [
        _draw_line(ax, frame[frame["group"].eq(name)], styles[name], places, _offset(rank, len(names)))
        for rank, name in enumerate(names)
    ]
    _visit_axis(ax, places)
    canvas.cover(ax, "y", frame["estimate"], frame["conf_low"], frame["conf_high"], null)
    known = measure(frames.outcome_of(frame, outcome) or "outcome")
    if isinstance(result, Result):
        canvas.note(ax, f"bars: {level(result.level)} CI")
    counts = frame.astype({"visit": str, "group": str}).set_index(["group", "visit"])["n"]
    tick_lines = labels.fit_ticks(ax)
    naming.count_rows(ax, counts, {name: styles[name] for name in names}, places, tick_lines)
    naming.name_lines(ax, ends, styles)
    labels.label_axis(ax, "y", labels.quantity(known, value), known.better)
    return ax


def visit_places(visits: pd.Series, days: Mapping[str, int] | None) -> dict[str, float]:
    """Where each visit stands on x: its planned day, or its rank."""
    names = frames.order(visits)
    if days is None:
        return {name: float(rank) for rank, name in enumerate(names)}
    absent = [name for name in names if name not in days]
    if absent:
        raise MethodError(
            f"change_by_visit: days= has no day for {listed(absent, 'and')}; there are {listed(days, 'and')}."
        )
    return {name: float(days[name]) for name in sorted(names, key=lambda name: days[name])}


def _offset(rank: int, count: int) -> float:
    return (rank - (count - 1) / 2) * DODGE_PT * canvas.scale()


def _draw_line(
    ax: Axes, rows: pd.DataFrame, style: MarkStyle, places: Mapping[str, float], offset: float
) -> naming.LineEnd:
    name = str(rows["group"].iloc[0])
    rows = rows.assign(place=rows["visit"].astype(str).map(places)).sort_values("place")
    beside = canvas.shifted(ax, ax.transData, across=offset)
    bars = ax.vlines(rows["place"], rows["conf_low"], rows["conf_high"], color=style.colour, transform=beside)
    bars.set_linewidth(0.75 * canvas.scale())
    canvas.named(bars, "interval", name)
    (line,) = ax.plot(rows["place"], rows["estimate"], transform=beside, label=name, **style.line)
    canvas.named(line, "estimate", name)
    drawn = rows[rows["estimate"].notna()].tail(1)
    x, y = drawn[["place", "estimate"]].to_numpy()[0] if len(drawn) else (float("-inf"), float("nan"))
    return naming.LineEnd(name, x, y, beside)


def _visit_axis(ax: Axes, places: Mapping[str, float]) -> None:
    ax.set_xticks(list(places.values()), list(places))
    first, last = min(places.values()), max(places.values())
    margin = 0.06 * (last - first) or 0.5
    ax.set_xlim(first - margin, last + margin)
