"""Which day belongs to which visit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from spasticity.derive.flags import flagged, unflagged
from spasticity.errors import DataError, listed
from spasticity.study import Protocol, Study


def visit_days(study: Study) -> pd.DataFrame:
    """Every participant at every planned visit: the day it took place, or was planned for, and its status.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        `participant, visit, planned_day, day, status, reason`; `day` is the planned day where none was recorded,
        `status` is missing where the visits table has no row.
    """
    planned = pd.DataFrame(
        {"visit": study.protocol.visit_names, "planned_day": [visit.day for visit in study.protocol.visits]}
    )
    grid = study.participants[["participant"]].merge(planned, how="cross")
    grid = grid.merge(study.visits[["participant", "visit", "day", "status", "reason"]], how="left")
    grid["planned_day"] = grid["planned_day"].astype("Int64")
    grid["day"] = grid["day"].fillna(grid["planned_day"])
    return grid[["participant", "visit", "planned_day", "day", "status", "reason"]]


def has_first_dose(study: Study) -> bool:
    """Whether day 0 is a first dose in this study, or only the day on which a cohort begins.

    Parameters
    ----------
    study : Study

    Returns
    -------
    bool
    """
    dated = study.participants["first_dose_date"].notna().any()
    return bool(study.protocol.arms) or len(study.doses) > 0 or bool(dated)


def windows(table: pd.DataFrame, protocol: Protocol, *, by: Sequence[str] = ("participant",)) -> pd.DataFrame:
    """Dated rows with the visit whose window holds their day.

    Of several days in one window the nearest to the planned day is the visit, the earlier of two equally near; rows
    of one day stay together. The others lose their visit and say why, and no row is dropped.

    Parameters
    ----------
    table : DataFrame
        Has `participant` and `day`; a column `visit` is kept as `recorded_visit`.
    protocol : Protocol
        Planned days and windows (both ends included).
    by : sequence of str
        What has one day per visit; add `instrument` or `test` when these are scheduled apart.

    Returns
    -------
    DataFrame
        The same rows with `visit` (missing when none) and `flag` (`outside window`, `no day`,
        `another day is nearer`).

    Raises
    ------
    DataError
        When a needed column is absent.

    Notes
    -----
    Two visits in one window and visits out of window: common cases of trial data; closest to the target day is
    the usual policy [proposal].
    """
    missing = [name for name in (*by, "day") if name not in table]
    if missing:
        raise DataError(f"visit windows: the table has no column {listed(missing, 'and')}; it needs them.")
    rows = table.rename(columns={"visit": "recorded_visit"}) if "visit" in table else table.copy()
    day = rows["day"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    place = _place(day, protocol)
    nearest = _nearest(rows, day, place, protocol, by)
    names = np.array([*protocol.visit_names, None], dtype=object)
    flag = rows["flag"].astype("string[python]") if "flag" in rows else unflagged(rows.index)
    flag = flagged(flag, pd.Series(np.isnan(day), index=rows.index), "no day")
    flag = flagged(flag, pd.Series(~np.isnan(day) & (place < 0), index=rows.index), "outside window")
    flag = flagged(flag, pd.Series((place >= 0) & ~nearest, index=rows.index), "another day is nearer")
    visit = pd.Series(names[np.where(nearest, place, -1)], index=rows.index)
    return rows.assign(visit=visit.astype("string[python]"), flag=flag)


def _place(day: np.ndarray, protocol: Protocol) -> np.ndarray:
    """Position of the visit whose window holds each day, -1 when none does."""
    first, last = (np.array([visit.window[end] for visit in protocol.visits]) for end in (0, 1))
    place = np.searchsorted(first, np.where(np.isnan(day), -np.inf, day), side="right") - 1
    return np.where((place >= 0) & (day <= last[place]), place, -1)


def _nearest(
    rows: pd.DataFrame, day: np.ndarray, place: np.ndarray, protocol: Protocol, by: Sequence[str]
) -> np.ndarray:
    """Whether each row is of the day that stands for its visit."""
    planned = np.array([visit.day for visit in protocol.visits], dtype="float64")
    near = rows[list(by)].assign(_place=place, _day=day, _distance=np.abs(day - planned[place]))
    near = near[place >= 0].sort_values(["_distance", "_day"], kind="stable")
    chosen = near.groupby([*by, "_place"], observed=True, dropna=False)["_day"].transform("first")
    picked = (near["_day"] == chosen).reindex(rows.index, fill_value=False)
    return picked.to_numpy(dtype=bool)
