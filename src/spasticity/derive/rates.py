"""Spasms per hour: by day, by night, and around the clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.changes import as_outcomes, ordered, with_people
from spasticity.derive.diaries import MIN_DAYS, WINDOW_DAYS
from spasticity.derive.flags import flagged
from spasticity.derive.lookback import collected, days_before, enough_days
from spasticity.derive.recordings import (
    NIGHT,
    NO_DATE,
    NOT_RECORDED,
    Night,
    days_of_events,
    hourly,
    spasm_events,
    undated_people,
)
from spasticity.study import Study

COUNTS = ["night_spasms", "night_hours", "day_spasms", "day_hours"]
WHOLE_PERIOD = "all recorded days"
HOURLY_COLUMNS = ["participant", "cohort", "arm", "visit", "hour", "spasms", "hours", "spasms_per_hour", "days"]


def spasm_rates(
    study: Study, *, night: Night = NIGHT, window_days: int = WINDOW_DAYS, min_days: int = MIN_DAYS
) -> pd.DataFrame:
    """Spasms per hour by night and by day, from timestamped events in the days before each visit.

    Events on recorded days divided by hours of recorded days: a recorded day without events counts with its hours,
    a day that was not recorded does not count at all.

    Parameters
    ----------
    study : Study
    night : tuple of str, or `in bed`
        Clock times between which it is night, or the person's own time in bed; see `recorded_days`.
    window_days, min_days : int
        Days before the visit, and how many of them must have been recorded: the rule of the diary [proposal].

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `spasms_per_hour_night` and `spasms_per_hour_day`; `n_values` counts recorded days.
    """
    if study.recording.empty and study.spasms.empty:
        return as_outcomes(None, study)
    events = spasm_events(study)
    days = days_of_events(study, events, night=night)
    days = days.loc[days["night_hours"].notna(), ["participant", "day", *COUNTS]].assign(n_values=1)
    lost = events[events["flag"] == NOT_RECORDED].groupby(["participant", "day"], as_index=False).size()
    days = days.merge(lost.rename(columns={"size": "lost"}), how="outer", on=["participant", "day"])
    window = days_before(study, window_days).merge(days, how="left", on=["participant", "day"])
    visits = window.groupby(["participant", "visit", "visit_day"], as_index=False, sort=False)
    sums = visits[[*COUNTS, "n_values", "lost"]].sum().rename(columns={"visit_day": "day"})
    parts = [_rate(sums, part).assign(outcome=f"spasms_per_hour_{part}") for part in ("night", "day")]
    rates = pd.concat(parts, ignore_index=True)
    undated = rates["participant"].isin(undated_people(study))
    kept = collected(rates.assign(undated=undated), rates["n_values"] + rates["lost"] + undated, study)
    values = enough_days(kept, window_days, min_days, "recorded days")
    words = "spasms on days not recorded: " + values["lost"].astype("int64").astype(str)
    flag = flagged(values["flag"], values["lost"] > 0, words)
    flag = flagged(flag, values["undated"], NO_DATE)
    return as_outcomes(values.drop(columns=["lost", "undated"]).assign(flag=flag), study)


def _rate(sums: pd.DataFrame, part: str) -> pd.DataFrame:
    hours = sums[f"{part}_hours"].where(sums[f"{part}_hours"] > 0)
    rate = (sums[f"{part}_spasms"] / hours).astype("float64")
    return sums[["participant", "visit", "day", "n_values", "lost"]].assign(value=rate)


def spasms_by_hour(study: Study, *, window_days: int | None = WINDOW_DAYS) -> pd.DataFrame:
    """Spasms per hour of the local clock, in the days before each visit.

    People without a date of first dose have no calendar, and are left out; `recorded_days` names their days.

    Parameters
    ----------
    study : Study
    window_days : int, optional
        Days before each visit; None takes every recorded day as one period.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, visit, hour` (0 to 23), `spasms, hours, spasms_per_hour, days`: 24 rows for each
        participant and visit with a recorded day, visits in the order of the protocol. `hours` is what was observed:
        where the clocks change, an hour counts 0 or 2.
    """
    days, spasms, hours = hourly(study)
    days["row"] = np.arange(len(days))
    if window_days is None:
        periods = days.assign(visit=WHOLE_PERIOD)
    else:
        periods = days_before(study, window_days).merge(days, on=["participant", "day"])
    groups = periods.groupby(["participant", "visit"])
    table = groups.size().rename("days").reset_index()
    place, row = groups.ngroup().to_numpy(), periods["row"].to_numpy()
    counts, observed = (_sums(matrix[row], place, len(table)) for matrix in (spasms, hours))
    table = table.loc[table.index.repeat(24)].reset_index(drop=True)
    table = table.assign(hour=np.tile(np.arange(24), len(counts)), spasms=counts.ravel(), hours=observed.ravel())
    table["spasms_per_hour"] = table["spasms"] / table["hours"].where(table["hours"] > 0)
    table = ordered(with_people(table, study), study.protocol)
    return table.sort_values(["participant", "visit", "hour"], ignore_index=True)[HOURLY_COLUMNS]


def _sums(rows: np.ndarray, place: np.ndarray, groups: int) -> np.ndarray:
    """Sums of matrix rows by group."""
    sums = np.zeros((groups, rows.shape[1]), dtype=rows.dtype)
    np.add.at(sums, place, rows)
    return sums
