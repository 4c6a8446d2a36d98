"""What the days before a visit say: the window of a diary, of nights, of recordings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.visits import has_first_dose, visit_days
from spasticity.errors import MethodError
from spasticity.study import Study


def days_before(study: Study, window_days: int) -> pd.DataFrame:
    """The days of the window before each visit of each participant.

    The window ends the day before the visit. At baseline it ends the day before the first dose, whichever day the
    visit took place; in a cohort without a first dose, the day before the visit.

    Parameters
    ----------
    study : Study
    window_days : int
        Length of the window.

    Returns
    -------
    DataFrame
        `participant, visit, visit_day, day`, one row per day of a window; a day may be in the windows of two visits.

    Raises
    ------
    MethodError
        When the window is shorter than a day.
    """
    if window_days < 1:
        raise MethodError(f"window_days={window_days}: a window has at least 1 day.")
    grid = visit_days(study)[["participant", "visit", "day"]].rename(columns={"day": "visit_day"})
    at_baseline = grid["visit"] == study.protocol.baseline_visit
    end = grid["visit_day"].mask(at_baseline, 0) if has_first_dose(study) else grid["visit_day"]
    days = grid.loc[grid.index.repeat(window_days)].reset_index(drop=True)
    back = np.tile(np.arange(window_days, 0, -1), len(grid))
    days["day"] = np.repeat(end.to_numpy(dtype="int64"), window_days) - back
    days["day"] = days["day"].astype("Int64")
    return days


def window_means(
    daily: pd.DataFrame,
    study: Study,
    *,
    outcomes: Sequence[str],
    window_days: int,
    min_days: int,
    unit: str = "days",
) -> pd.DataFrame:
    """Mean of daily values in the window before each visit, as rows for `change`.

    Parameters
    ----------
    daily : DataFrame
        `participant, day` (once each) and the columns named in `outcomes`.
    study : Study
    outcomes : sequence of str
        Columns to average; one that is empty in the whole study was not collected and is left out.
    window_days, min_days : int
        Days in the window, and how many of them must have a value.
    unit : str
        What a row is called in the flag: `3 of 7 days`.

    Returns
    -------
    DataFrame
        `participant, visit, day, outcome, value, n_values, flag` for every participant and each visit before
        which anybody of the cohort has a value.

    Raises
    ------
    MethodError
        When more days are asked for than the window has.
    """
    columns = [name for name in outcomes if daily[name].notna().any()]
    values = days_before(study, window_days).merge(
        daily[["participant", "day", *columns]], how="left", on=["participant", "day"]
    )
    visit = values.groupby(["participant", "visit", "visit_day"], sort=False)[columns]
    long = _long(visit.mean().astype("float64"), "value").merge(_long(visit.count(), "n_values"))
    long = collected(long.rename(columns={"visit_day": "day"}), long["n_values"], study)
    return enough_days(long, window_days, min_days, unit)


def collected(values: pd.DataFrame, records: pd.Series, study: Study) -> pd.DataFrame:
    """Values of the visits at which anybody of the cohort has a record of the outcome.

    Parameters
    ----------
    values : DataFrame
        Has `participant, visit, outcome`.
    records : Series of number, shape (n,)
        Records behind each value.
    study : Study

    Returns
    -------
    DataFrame
        Without outcomes, and visits of an outcome, that were not collected.
    """
    cohort = values["participant"].map(study.participants.set_index("participant")["cohort"])
    counts = records.groupby([values["outcome"], values["visit"], cohort], observed=True).transform("sum")
    return values[counts > 0].reset_index(drop=True)


def enough_days(values: pd.DataFrame, window_days: int, min_days: int, unit: str) -> pd.DataFrame:
    """Values of windows, missing and flagged where too few days stand behind them.

    Parameters
    ----------
    values : DataFrame
        Has `visit, outcome, value, n_values`.
    window_days, min_days : int
        Days in the window, and how many of them must have a value.
    unit : str
        What a day is called in the flag: `3 of 7 days`.

    Returns
    -------
    DataFrame
        The same rows with `flag`.

    Raises
    ------
    MethodError
        When more days are asked for than the window has.
    """
    if not 1 <= min_days <= window_days:
        raise MethodError(f"min_days={min_days}: expected 1 to {window_days}, the days of the window.")
    values = values.astype({"n_values": "int64"})
    few = values["n_values"] < min_days
    words = values["n_values"].astype(str) + f" of {window_days} {unit}"
    return values.assign(value=values["value"].mask(few), flag=flagged(unflagged(values.index), few, words))


def _long(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    return wide.reset_index().melt(["participant", "visit", "visit_day"], var_name="outcome", value_name=name)
