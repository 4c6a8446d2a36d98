"""Walking over visits: everybody's line, the geometric mean of the able, and a row of ticks for those unable."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from spasticity.errors import MethodError, listed
from spasticity.instruments import measure
from spasticity.plot import canvas, frames, labels, naming
from spasticity.plot.palette import INK, PERSON, RULE, SOFT_INK, MarkStyle
from spasticity.plot.trajectories import visit_places
from spasticity.stats.parts import AMONG
from spasticity.stats.result import Result
from spasticity.wording import level

EVERYBODY = "all"
ALONE = MarkStyle(INK, "o", "-")
TICKS = (1.0, 2.0, 5.0)  # of each decade
LEFT, RIGHT, COUNT = -0.30, 0.16, 0.22  # of the way to the next visit: ends of the row of ticks, place of its number
GAP, ROW = 0.035, 0.05  # of the height of the axes: before the first row of ticks, and each row
ROW_MM = 4.0  # what such a row adds to the height
HALF_TICK_PT = 2.6
DODGE_PT = 3.2
MOST_ENDS = 2  # groups with a name at the end of their line: on a logarithm more drift apart


@canvas.styled
def walking_by_visit(
    rows: pd.DataFrame,
    summary: Result | pd.DataFrame,
    *,
    ax: Axes | None = None,
    days: Mapping[str, int] | None = None,
    limits: tuple[float, float] | None = None,
    styles: Mapping[str, MarkStyle] | None = None,
) -> Axes:
    """A line for each participant over the visits, the geometric mean of those able, and everybody who was unable.

    Parameters
    ----------
    rows : DataFrame
        One outcome of `derive.with_unable`: `participant, visit, outcome, value, able`, and the group of the summary.
    summary : Result or DataFrame
        `stats.two_part` of the same rows, by `visit`, or by one more column such as `arm`.
    ax : Axes, optional
        Drawn on when given; else a new figure is opened.
    days : mapping of str to int, optional
        Planned day of each visit; visits are then spaced by time, else evenly.
    limits : tuple of float, optional
        Ends of the axis of values, the row of those unable not counted; for panels that are to be alike.
    styles : mapping of str to MarkStyle, optional
        From `plot.arm_styles`.

    Returns
    -------
    Axes
        With a logarithmic axis. Artists named `pair` (segments between visits that follow each other), `pair-unable`
        (those that lead to or from unable), `mean`, `interval`, `unable` (a tick for each participant, of a group and
        visit), `n-unable`, `n` (with a value).

    Raises
    ------
    MethodError
        When columns are absent, there are several outcomes or grouping columns, too many participants to see, or a
        value outside the limits.
    """
    rows = frames.table_of(rows, ["participant", "visit", "outcome", "value", "able"], "walking_by_visit")
    frame = frames.table_of(summary, ["term", "visit", "estimate", "conf_low", "conf_high", "n"], "walking_by_visit")
    frame = frame[frame["term"].eq(AMONG)]
    outcomes = frames.order(rows["outcome"])
    if len(outcomes) != 1:
        raise MethodError(f"walking_by_visit: rows of {listed(outcomes, 'and')}, expected one outcome; choose one.")
    group = _group_of(frame, rows)
    rows, frame = (table.assign(group=table[group] if group else EVERYBODY) for table in (rows, frame))
    canvas.refuse_crowd(len(rows), "walking_by_visit", "draw the means of `stats.two_part` alone")
    styles = frames.styles_of(frame["group"].rename(group), styles) if group else {EVERYBODY: ALONE}
    names = naming.in_order(frame["group"], styles)
    places = visit_places(frame["visit"], days)
    known = measure(outcomes[0])
    ax = canvas.axes(ax, more=canvas.lines(len(names) + 1) + ROW_MM * len(names))
    values = pd.concat([rows["value"], frame["estimate"], frame["conf_low"], frame["conf_high"]]).astype("float64")
    low, high = _limits(ax, values, limits)
    levels = _scale(ax, low, high, len(names), worse_is_high=known.better == "lower")
    table = _placed(rows, places, dict(zip(names, levels, strict=True)))
    _draw_people(ax, table, len(places))
    _draw_unable(ax, table, styles, places)
    ends = [
        _draw_means(ax, frame[frame["group"].eq(name)], styles[name], places, (rank - (len(names) - 1) / 2), name)
        for rank, name in enumerate(names)
    ]
    ax.set_xticks(list(places.values()), list(places))
    step = _step(places)
    ax.set_xlim(min(places.values()) - 0.4 * step, max(places.values()) + 0.45 * step)
    stated = f", bars: {level(summary.level)} CI" if isinstance(summary, Result) else ""
    canvas.note(ax, f"thin: participants; thick: geometric mean of the able{stated}")
    counts = frame.astype({"visit": str, "group": str}).set_index(["group", "visit"])["n"]
    naming.count_rows(ax, counts, {name: styles[name] for name in names}, places, labels.fit_ticks(ax))
    if len(names) > MOST_ENDS:
        naming.legend_above(ax, [naming.key(styles[name], name) for name in names])
    else:
        naming.name_lines(ax, ends, styles)
    labels.label_axis(ax, "y", known.axis_label, known.better)
    return ax


def _group_of(frame: pd.DataFrame, rows: pd.DataFrame) -> str | None:
    """The column besides visit that tells the rows of a summary apart."""
    given = list(frame.columns)
    groups = [name for name in given[: given.index("estimate")] if name not in ("term", "outcome", "visit")]
    if len(groups) > 1 or not set(groups) <= set(rows.columns):
        raise MethodError(
            f"walking_by_visit: the summary has groups by {listed(groups, 'and')}, expected one column at most, which "
            "the rows have too; choose rows first."
        )
    return groups[0] if groups else None


def _limits(ax: Axes, values: pd.Series, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Ends of the axis of values: those asked for, or around all values."""
    ax.set_yscale("log")
    if limits is None:
        canvas.cover(ax, "y", values, log=True)
        low, high = ax.get_ylim()
        return float(low), float(high)
    low, high = limits
    if not 0 < low < high or values.lt(low).any() or values.gt(high).any():
        raise MethodError(
            f"walking_by_visit: limits={limits}; expected two numbers above 0 around all values, {values.min():g} to "
            f"{values.max():g}."
        )
    return low, high


def _scale(ax: Axes, low: float, high: float, groups: int, *, worse_is_high: bool) -> list[float]:
    """A logarithmic axis with room beyond its worse end, and where the rows of ticks stand there."""
    taken = GAP + ROW * groups
    span = np.log(high / low) / (1 - taken)  # of the whole axis
    sign, edge = (1, high) if worse_is_high else (-1, low)
    beyond = edge * np.exp(sign * taken * span)
    ax.set_ylim((low, beyond) if worse_is_high else (beyond, high))
    rule = ax.axhline(edge * np.exp(sign * GAP / 3 * span), color=RULE, lw=0.5 * canvas.scale(), zorder=0)
    canvas.named(rule, "edge")
    at = [float(edge * np.exp(sign * (GAP + (rank + 0.35) * ROW) * span)) for rank in range(groups)]
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    ticks = [tick * decade for decade in decades for tick in TICKS if low <= tick * decade <= high]
    middle = float(np.exp(np.mean(np.log(at))))
    ax.yaxis.set_major_locator(FixedLocator([*ticks, middle]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_yticks([*ticks, middle], [*(f"{tick:g}" for tick in ticks), "unable"])
    return at


def _step(places: Mapping[str, float]) -> float:
    ordered = sorted(places.values())
    return min(np.diff(ordered)) if len(ordered) > 1 else 1.0


def _placed(rows: pd.DataFrame, places: Mapping[str, float], levels: Mapping[str, float]) -> pd.DataFrame:
    """Rows of which something is known, with their place: on the axis, or in the row of those unable."""
    able = rows["able"].astype("boolean")
    table = rows[able.notna().to_numpy(dtype=bool)].copy()
    table["able"] = able[able.notna()].astype(bool)
    table["rank"] = table["visit"].astype(str).map({name: rank for rank, name in enumerate(places)})
    table["x"] = table["visit"].astype(str).map(places).astype("float64")
    table["y"] = table["value"].astype("float64").where(table["able"], table["group"].astype(str).map(levels))
    slots = table[~table["able"]].groupby("group", observed=True)["participant"]
    many = {name: {who: slot for slot, who in enumerate(sorted(set(mine)))} for name, mine in slots}
    for name, mine in many.items():
        here = table["group"].eq(name) & ~table["able"]
        share = table.loc[here, "participant"].map(mine) / max(len(mine) - 1, 1)
        table.loc[here, "x"] += _step(places) * (LEFT + (RIGHT - LEFT) * share.astype("float64"))
    return table[table["rank"].notna()].sort_values(["participant", "rank"], ignore_index=True)


def _draw_people(ax: Axes, table: pd.DataFrame, visits: int) -> None:
    """Segments between visits that follow each other, of one person."""
    first, second = table.iloc[:-1].reset_index(drop=True), table.iloc[1:].reset_index(drop=True)
    joined = first["participant"].eq(second["participant"]) & (second["rank"] - first["rank"]).eq(1)
    both = first["able"] & second["able"]
    either = first["able"] ^ second["able"]
    ends = np.stack([first[["x", "y"]].to_numpy(), second[["x", "y"]].to_numpy()], axis=1)
    for role, some, dash in (("pair", joined & both, "-"), ("pair-unable", joined & either, (0, (2, 1.5)))):
        lines = LineCollection(
            list(ends[some.to_numpy(dtype=bool)]),
            colors=PERSON,
            linewidths=0.5 * canvas.scale(),
            linestyles=[dash],
            zorder=1,
        )
        ax.add_collection(canvas.named(lines, role), autolim=False)
    if visits == 1:
        dots = ax.plot(table["x"], table["y"], "o", color=PERSON, ms=2 * canvas.scale(), zorder=1)[0]
        canvas.named(dots, "pair-alone")


def _draw_unable(ax: Axes, table: pd.DataFrame, styles: Mapping[str, MarkStyle], places: Mapping[str, float]) -> None:
    size = 0.9 * rcParams["xtick.labelsize"]
    for (name, visit), part in table[~table["able"]].groupby(["group", "visit"], observed=True, sort=False):
        ticks = ax.plot(
            part["x"],
            part["y"],
            "|",
            color=styles[str(name)].colour,
            ms=2 * HALF_TICK_PT * canvas.scale(),
            mew=0.6 * canvas.scale(),
            zorder=2,
        )[0]
        canvas.named(ticks, "unable", f"{name}.{visit}")
        x = places[str(visit)] + COUNT * _step(places)
        text = ax.text(x, part["y"].iloc[0], f"{len(part):,}", va="center", size=size, color=SOFT_INK)
        canvas.named(text, "n-unable", f"{name}.{visit}")


def _draw_means(
    ax: Axes, frame: pd.DataFrame, style: MarkStyle, places: Mapping[str, float], away: float, name: str
) -> naming.LineEnd:
    frame = frame.assign(place=frame["visit"].astype(str).map(places)).dropna(subset=["estimate"]).sort_values("place")
    beside = canvas.shifted(ax, ax.transData, across=away * DODGE_PT * canvas.scale())
    bars = ax.vlines(frame["place"], frame["conf_low"], frame["conf_high"], color=style.colour, transform=beside)
    bars.set(linewidth=canvas.scale(), zorder=3)
    canvas.named(bars, "interval", name)
    (line,) = ax.plot(frame["place"], frame["estimate"], transform=beside, label=name, zorder=4, **style.line)
    line.set(linewidth=1.6 * canvas.scale(), markersize=4 * canvas.scale())
    canvas.named(line, "mean", name)
    last = frame[["place", "estimate"]].to_numpy()[-1] if len(frame) else (float("-inf"), float("nan"))
    return naming.LineEnd(name, last[0], last[1], beside)
