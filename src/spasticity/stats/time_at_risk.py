"""Who was at risk of an event and for how long, and the events that fell into that time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from spasticity.errors import DataError, MethodError, listed
from spasticity.stats.groups import require
from spasticity.stats.levels import as_levels
from spasticity.wording import plural

#: What rows of a table of harms are about: all events together, groups of events, single terms.
KINDS = ("any", "group", "term")
ANY = "any event"
EXTENT = ["start_day", "end_day"]


def stretches(at_risk: pd.DataFrame, cells: Sequence[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Stretches of days at risk, half-open, one after the other within each participant and cell.

    Parameters
    ----------
    at_risk : DataFrame
        `participant, start_day, end_day` and the columns of `cells`; a missing day is a limit nobody knows.
    cells : sequence of str
        Columns that say where a stretch counts.

    Returns
    -------
    rows : DataFrame
        `participant`, cells as categories, `start_day, end_day` as float, `days` (missing where a limit is).
    notes : tuple of str

    Raises
    ------
    MethodError
        A column is missing, or nobody is left.
    DataError
        Stretches of a participant that end before they begin or overlap within a cell.
    """
    require(at_risk, ["participant", *EXTENT, *cells])
    whole = at_risk[["participant", *cells]].notna().all(axis=1).to_numpy(dtype=bool)
    notes = () if whole.all() else (f"left out: {plural(int((~whole).sum()), 'row')} at risk without a group",)
    rows = at_risk.loc[whole, ["participant", *EXTENT, *cells]].copy()
    if rows.empty:
        raise MethodError("time at risk: no row has a participant and a group; there is nobody to count.")
    for name in EXTENT:
        rows[name] = rows[name].astype("float64")
    for name in cells:
        rows[name] = as_levels(rows[name])
    rows = rows.sort_values(["participant", *cells, "start_day"], kind="stable", na_position="first")
    rows["days"] = rows["end_day"] - rows["start_day"]
    _refuse(rows, cells)
    return rows.reset_index(drop=True), notes


def _refuse(rows: pd.DataFrame, cells: Sequence[str]) -> None:
    backward = rows["days"] <= 0
    earlier = rows.groupby(["participant", *cells], observed=True, sort=False)["end_day"].shift()
    follows = rows.duplicated(["participant", *cells])
    clash = follows & ~(earlier <= rows["start_day"])  # an unknown end before another stretch is a clash too
    for bad, what in (
        (backward, "ends before it begins"),
        (clash, "overlaps the one before it or follows an open one"),
    ):
        if bad.any():
            raise DataError(
                f"time at risk: {plural(int(bad.sum()), 'stretch', 'stretches')} of a participant {what}, first at row "
                f"{rows.index[bad][0]}; expected half-open days, one stretch after the other within "
                f"{listed(['participant', *cells], 'and')}. Correct the table."
            )


def placed(events: pd.DataFrame, rows: pd.DataFrame, cells: Sequence[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Events with the stretch they began in; an event may fall into stretches of several cells.

    Parameters
    ----------
    events : DataFrame
        `participant, term, start_day` and, where there is one, `group`.
    rows : DataFrame
        From `stretches`.
    cells : sequence of str

    Returns
    -------
    DataFrame
        `participant`, cells, `term`, `group`, `day`, and `spent`: days at risk in the cell up to the event, its own
        day included; missing where that is not known.
    notes : tuple of str
        Events outside everybody's time at risk, and events without a day.
    """
    require(events, ["participant", "term", "start_day"])
    table = pd.DataFrame(
        {
            "participant": events["participant"].to_numpy(),
            "term": events["term"].astype(object).to_numpy(),
            "group": events["group"].astype(object).to_numpy() if "group" in events else None,
            "day": events["start_day"].astype("float64").to_numpy(),
            "event_id": np.arange(len(events)),
        }
    )
    before = rows.groupby(["participant", *cells], observed=True, sort=False)["days"].cumsum() - rows["days"]
    unknown = rows["days"].isna().groupby([rows[name] for name in ["participant", *cells]], observed=True)
    rows = rows.assign(before=before.mask(unknown.transform("any")))
    joined = table.merge(rows, on="participant", how="inner")
    inside = ~(joined["day"] < joined["start_day"]) & ~(joined["day"] >= joined["end_day"]) & joined["day"].notna()
    found = joined[inside]
    found = found.assign(spent=found["before"] + found["day"] - found["start_day"] + 1)
    outside = int((~table["event_id"].isin(found["event_id"]) & table["day"].notna()).sum())
    undated = int(table["day"].isna().sum())
    notes = [f"{plural(outside, 'event')} outside everybody's time at risk"] if outside else []
    notes += [f"left out: {plural(undated, 'event')} without a day"] if undated else []
    return found[["participant", *cells, "term", "group", "day", "spent"]], tuple(notes)


def counted(
    events: pd.DataFrame, rows: pd.DataFrame, cells: Sequence[str], kinds: Sequence[str], terms: Sequence[str]
) -> pd.DataFrame:
    """For each event and cell: people, people with it, events, time, and time until the first.

    Parameters
    ----------
    events : DataFrame
        From `placed`.
    rows : DataFrame
        From `stretches`.
    cells : sequence of str
    kinds : sequence of str
        Among `KINDS`.
    terms : sequence of str
        Terms that are counted even when nobody has them.

    Returns
    -------
    DataFrame
        `kind, event`, cells, `n` (people at risk), `with_event`, `n_unknown` (of whom the time is not known), and of
        the others `events`, `with_timed`, `days`, `days_to_first`; `events_all` counts everybody's.
    """
    keys = [*cells] or ["everybody"]
    rows, events = (frame if cells else frame.assign(everybody="all") for frame in (rows, events))
    known = rows.assign(known=rows["days"].notna()).groupby(["participant", *keys], observed=True)
    people = known.agg(days=("days", "sum"), known=("known", "all")).reset_index()
    people["days"] = people["days"].where(people["known"])
    size = people.groupby(keys, observed=True)["days"].agg(n="size", timed="count", days="sum").reset_index()
    named = _named(events, kinds)
    catalogue = _catalogue(named, kinds, terms)
    frame = catalogue.merge(size, how="cross")
    of_person = named.groupby(["kind", "event", "participant", *keys], observed=True)["spent"]
    first = of_person.agg(spent="min", events="size").reset_index()  # of one person all are known or none
    first = first.merge(people, on=["participant", *keys], how="left")
    timed = first["spent"].notna()
    first = first.assign(
        timed_events=first["events"].where(timed, 0),
        timed=timed,
        saved=(first["days"] - first["spent"]).where(timed, 0.0),
    )
    sums = first.groupby(["kind", "event", *keys], observed=True).agg(
        with_event=("participant", "size"), events_all=("events", "sum"), events=("timed_events", "sum"),
        with_timed=("timed", "sum"), saved=("saved", "sum"),
    )  # fmt: skip
    frame = frame.merge(sums.reset_index(), on=["kind", "event", *keys], how="left")
    whole = ["with_event", "events_all", "events", "with_timed"]
    frame[whole] = frame[whole].fillna(0).astype("int64")
    frame["n_unknown"] = frame["n"] - frame["timed"]
    frame["days_to_first"] = frame["days"] - frame["saved"].fillna(0.0)
    columns = ["kind", "event", *cells, "n", "with_event", "n_unknown", "events", "with_timed", "days", "days_to_first"]
    frame["kind"] = pd.Categorical(frame["kind"], categories=list(kinds), ordered=True)
    frame["event"] = pd.Categorical(frame["event"], categories=list(dict.fromkeys(catalogue["event"])))
    return frame[[*columns, "events_all"]].sort_values(["kind", "event", *cells], kind="stable", ignore_index=True)


def _named(events: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """Each event once for every kind of row it counts in."""
    names: dict[str, Any] = {"any": ANY, "group": events["group"], "term": events["term"]}
    parts = [events.assign(kind=kind, event=names[kind]) for kind in kinds]
    return pd.concat(parts, ignore_index=True).dropna(subset=["event"])


def _catalogue(named: pd.DataFrame, kinds: Sequence[str], terms: Sequence[str]) -> pd.DataFrame:
    """Every event there is, those that most people have first."""
    people = named.groupby(["kind", "event"], observed=True)["participant"].nunique().reset_index(name="people")
    asked = pd.DataFrame({"kind": "term", "event": list(terms), "people": 0}) if "term" in kinds else None
    empty = pd.DataFrame({"kind": ["any"], "event": [ANY], "people": [0]}) if "any" in kinds else None
    table = pd.concat([people, *(part for part in (asked, empty) if part is not None and len(part))], ignore_index=True)
    table = table.drop_duplicates(["kind", "event"])
    table["kind"] = pd.Categorical(table["kind"], categories=list(kinds), ordered=True)
    table = table.sort_values(["kind", "people", "event"], ascending=[True, False, True], kind="stable")
    return table[["kind", "event"]].astype(object)
