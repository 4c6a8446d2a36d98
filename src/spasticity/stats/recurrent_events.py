"""Events that come again: how many a person has had by each time, on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spasticity.errors import MethodError
from spasticity.stats.groups import grouped, require
from spasticity.stats.result import Result, estimate_frame
from spasticity.stats.risk_sets import as_flags
from spasticity.wording import level as level_words
from spasticity.wording import plural

Array = NDArray[np.float64]

MEAN = "mean number of events"
#: People of a group up to which intervals were measured too narrow (benchmarks/events_coverage.py).
FEW = 16
NARROW = "intervals of mean numbers missed in 10 % of groups of 12 people (docs/methods/survival.md)"
CURVE = ["time", "at_risk", "events", "estimate", "std_error", "conf_low", "conf_high"]


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class MeanEvents(Result):
    """Mean cumulative functions, and the means read off them.

    Parameters
    ----------
    curve : DataFrame
        The groups, then `time, at_risk, events, estimate, std_error, conf_low, conf_high`, from time 0 on.
    """

    curve: pd.DataFrame


def mean_events(
    table: pd.DataFrame,
    *,
    time: str,
    event: str,
    entry: str,
    by: str | Sequence[str] | None = None,
    at: Sequence[float] = (),
    level: float = 0.95,
) -> MeanEvents:
    """Mean cumulative function of events that come again, such as falls or complications of a pump.

    Parameters
    ----------
    table : DataFrame
        One row per stretch of time of a participant, one after the other: each ends with an event or without.
    time, entry : str
        Columns with the end and the begin of the stretch.
    event : str
        Column that says whether the stretch ends with an event: true or false, or 1 and 0.
    by : str or sequence of str, optional
        Columns that make groups; the same in all rows of a participant.
    at : sequence of float
        Times at which the means are wanted; the last event of each group when empty.
    level : float
        Confidence level.

    Returns
    -------
    MeanEvents
        Per group and time of `at` the term `mean number of events`; `n` participants, `events` until then.

    Raises
    ------
    MethodError
        Missing columns, bad times, overlapping stretches, no event.

    Notes
    -----
    Nelson and Aalen's sum of events over those at risk, with Lawless and Nadeau's robust variance: no Poisson process
    is assumed, the events of a person may hang together. Limits on the scale of the logarithm. Dying or dropping out
    must say nothing about the events to come.

    References
    ----------
    .. [1] Lawless & Nadeau 1995, Technometrics 37:158-168. [from memory]
    """
    by = [by] if isinstance(by, str) else list(by or [])
    rows, notes = _stretches(table, time, event, entry, by)
    people = rows[["participant", *by]].drop_duplicates()
    if people["participant"].duplicated().any():
        raise MethodError(f"mean_events: {' or '.join(by)} changes within a participant; groups are of people.")
    found, more = grouped(people, by, lambda part: {"people": part["participant"]})
    curves = [
        _curve(rows[rows["participant"].isin(row["people"])], level).assign(**{name: row[name] for name in by})
        for _, row in found.iterrows()
    ]
    reach = [float(rows.loc[rows["participant"].isin(people), "end"].max()) for people in found["people"]]
    ends = [
        {**{name: row[name] for name in by}, **one, "n": len(row["people"])}
        for (_, row), curve, last in zip(found.iterrows(), curves, reach, strict=True)
        for one in _read_off(curve, at, last)
    ]
    frame, long = pd.DataFrame(ends), pd.concat(curves, ignore_index=True)
    for name in by:
        frame[name], long[name] = (one[name].astype(found[name].dtype) for one in (frame, long))
    return MeanEvents(
        frame=estimate_frame(frame, by),
        method=(
            f"mean cumulative function of {event}, {plural(int(rows['event'].sum()), 'event')}; robust "
            f"{level_words(level)} intervals"
        ),
        n=len(people),
        level=level,
        notes=notes + more + ((NARROW,) if frame["n"].min() <= FEW else ()),
        curve=long[[*by, *CURVE]],
    )


def _stretches(
    table: pd.DataFrame, time: str, event: str, entry: str, by: list[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Whole rows as `participant`, the groups, `begin`, `end`, `event`, and a note on the others."""
    require(table, ["participant", time, event, entry, *by])
    rows = table[["participant", *by]].assign(begin=table[entry], end=table[time], event=as_flags(table[event], event))
    whole = rows.notna().all(axis=1)
    lost = int((~whole).sum())
    rows = rows[whole]
    for name, own in ((entry, "begin"), (time, "end")):
        if not pd.api.types.is_numeric_dtype(rows[own].dtype):
            raise MethodError(f"`{name}` is not numeric; expected a length of time such as days.")
    rows = rows.astype({"begin": "float64", "end": "float64", "event": bool}).sort_values(["participant", "begin"])
    bad = (rows["begin"] >= rows["end"]) | (rows["begin"] < 0)
    if bad.any():
        raise MethodError(
            f"mean_events: a row ends before it begins, or begins before 0, first at row {rows.index[bad][0]}."
        )
    if (rows["participant"].eq(rows["participant"].shift()) & (rows["begin"] < rows["end"].shift())).any():
        raise MethodError(
            "mean_events: rows of one participant overlap in time; a participant is at risk once at a time."
        )
    if not rows["event"].any():
        raise MethodError("mean_events: nobody has an event; there is nothing to estimate.")
    return rows, ((f"left out: {plural(lost, 'row')} with something missing",) if lost else ())


def _curve(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """The mean cumulative function of one group."""
    begin, end, came = (rows[name].to_numpy() for name in ("begin", "end", "event"))
    times = np.unique(end[came])
    inside = (begin[:, None] < times) & (times <= end[:, None])
    at_risk = inside.sum(axis=0)
    here = came[:, None] & (end[:, None] == times)
    events = here.sum(axis=0)
    step = events / at_risk
    off = pd.DataFrame((here - inside * step) / at_risk).groupby(rows["participant"].to_numpy()).sum()
    error = np.sqrt((off.cumsum(axis=1).to_numpy() ** 2).sum(axis=0))
    mean = np.cumsum(step)
    half = float(stats.norm.ppf((1 + level) / 2)) * error / mean
    columns = (times, at_risk, events, mean, error, mean * np.exp(-half), mean * np.exp(half))
    people = rows["participant"].nunique()
    first = dict(zip(CURVE, (0.0, people, 0, 0.0, 0.0, 0.0, 0.0), strict=True))
    return pd.concat([pd.DataFrame([first]), pd.DataFrame(dict(zip(CURVE, columns, strict=True)))], ignore_index=True)


def _read_off(curve: pd.DataFrame, at: Sequence[float], reach: float) -> list[dict[str, Any]]:
    """The means at some times; missing where nobody of the group is followed any more."""
    time, rows = curve["time"].to_numpy(), []
    for moment in at or [float(time[-1])]:
        place = int(np.searchsorted(time, moment, side="right")) - 1
        names = ("estimate", "std_error", "conf_low", "conf_high")
        known = 0 <= moment <= reach
        values = {name: float(curve[name].iloc[place]) if known else np.nan for name in names}
        came = int(curve["events"].iloc[: place + 1].sum())
        rows.append({"term": MEAN, "time": float(moment), "events": came} | values)
    return rows
