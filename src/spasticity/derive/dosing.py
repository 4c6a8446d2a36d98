"""How much was taken, for how long, and how an infusion was changed. Describes data and gives no advice on dosing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.dose_runs import COURSE, FAR, Runs, in_units, runs_of
from spasticity.errors import MethodError

REFILL_WINDOW_DAYS = 3  # a change of the infusion so near a refill belongs to it [proposal]


def exposure(
    daily: pd.DataFrame,
    *,
    target_mg_per_day: float | None = None,
    target_ug_per_day: float | None = None,
    first_day: int | None = None,
    end_day: int | None = None,
) -> pd.DataFrame:
    """How much of each drug was taken by each route. Describes data; gives no advice.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    target_mg_per_day, target_ug_per_day : float, optional
        Oral and intrathecal dose to reach; without one, days at target are missing.
    first_day, end_day : int, optional
        Half-open days to look at; all days of the log when not given.

    Returns
    -------
    DataFrame
        One row per `participant, cohort, arm, drug, route`: `first_day, end_day` of the log; `days_taken, days_zero,
        days_unknown, days_imputed` (imputed days are among those taken or zero); `mean` (time-weighted over known days,
        documented zeros included), `highest` and `total` dose, each in mg for oral and in µg for intrathecal doses;
        `days_at_target`, known days at the target or above. An unknown day counts nowhere but in `days_unknown`.

    Raises
    ------
    DataError
        A day twice, or a dose in the unit of the other route.
    """
    daily = _within(daily, first_day, end_day)
    runs = runs_of(daily)
    days = runs.end - runs.start
    known = runs.per_course(days)
    total = runs.per_course(days * runs.dose)
    highest = np.full(len(runs.courses), np.nan)
    np.fmax.at(highest, runs.course, runs.dose)
    taken = runs.per_course(days * (runs.dose > 0))
    span = (runs.courses["end_day"] - runs.courses["first_day"]).to_numpy()
    mean = np.divide(total, known, out=np.full(len(total), np.nan), where=known > 0)
    route = runs.courses["route"]
    total = np.where(known > 0, total, np.nan)
    targets = {"oral": target_mg_per_day, "intrathecal": target_ug_per_day}
    amounts = in_units(route, mean=mean, highest=highest)
    totals = {name.removesuffix("_per_day"): values for name, values in in_units(route, total=total).items()}
    counts = {"days_taken": taken, "days_zero": known - taken, "days_unknown": span - known}
    frame = runs.courses.assign(**{name: values.astype("int64") for name, values in counts.items()})
    frame["days_imputed"] = _imputed(daily, frame)
    return frame.assign(**amounts, **totals, days_at_target=_at_target(runs, days, targets))


def _within(daily: pd.DataFrame, first_day: int | None, end_day: int | None) -> pd.DataFrame:
    if first_day is None and end_day is None:
        return daily
    first, end = (-np.inf if first_day is None else first_day), (np.inf if end_day is None else end_day)
    if first >= end:
        raise MethodError(f"exposure: first_day={first_day} is not before end_day={end_day}; days are half-open.")
    return daily[(daily["day"] >= first) & (daily["day"] < end)]


def _imputed(daily: pd.DataFrame, courses: pd.DataFrame) -> pd.Series:
    counted = daily[daily["status"] == "imputed"].groupby(COURSE, observed=True).size().rename("days_imputed")
    found = courses[COURSE].merge(counted.reset_index(), how="left", on=COURSE)["days_imputed"]
    return found.fillna(0).astype("int64").set_axis(courses.index)


def _at_target(runs: Runs, days: np.ndarray, targets: dict[str, float | None]) -> pd.Series:
    target = runs.courses["route"].astype(object).map(targets).astype("float64").to_numpy()
    reached = runs.per_course(days * (runs.dose >= target[runs.course] * (1 - 1e-12)))
    return pd.Series(np.where(np.isnan(target), np.nan, reached), index=runs.courses.index).astype("Int64")


def infusion_changes(daily: pd.DataFrame) -> pd.DataFrame:
    """Every change of an infusion from one known day to the next. Describes data; gives no advice.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it; oral doses are left out.

    Returns
    -------
    DataFrame
        One row per change: `participant, cohort, arm, drug, day` (the first with the new dose), `before_ug_per_day,
        after_ug_per_day, change_percent` (missing when the dose before is zero), `held_days` (how long the dose
        before had been the same). A change across unknown days is no row: nobody knows when it was made.
    """
    runs = runs_of(daily)
    infused = (runs.courses["route"] == "intrathecal").to_numpy()
    changed = np.flatnonzero(runs.follows & (runs.gap == 0) & infused[runs.course])
    before, after = runs.dose[changed - 1], runs.dose[changed]
    percent = 100 * (after - before) / np.where(before > 0, before, np.nan)
    held = (runs.end - runs.start)[changed - 1]
    return (
        runs.of(runs.course[changed])
        .drop(columns="route")
        .assign(
            day=runs.start[changed],
            before_ug_per_day=before,
            after_ug_per_day=after,
            change_percent=percent,
            held_days=held,
        )
    )


def refill_changes(
    daily: pd.DataFrame, refills: pd.DataFrame, *, window_days: int = REFILL_WINDOW_DAYS
) -> pd.DataFrame:
    """The infusion from one refill of the pump to the next. Describes data; gives no advice.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    refills : DataFrame
        `participant, day`: when pumps were refilled.
    window_days : int
        The dose of a refill is that of so many days after it, so that a change made with the refill, or within these
        days, belongs to it [proposal].

    Returns
    -------
    DataFrame
        One row per refill: `participant, drug, day, dose_ug_per_day` (known dose `window_days` after it),
        `days_since` the refill before, `mean_ug_per_day` (time-weighted over known days between the two) and
        `change_percent` of the dose from the refill before to this one. Missing where the dose is not known.

    Raises
    ------
    MethodError
        When a column is absent or somebody with a refill has more than one infused drug.
    """
    missing = [name for name in ("participant", "day") if name not in refills]
    if missing or window_days < 0:
        raise MethodError(
            "refill_changes: needs `participant` and `day` for each refill, and window_days of 0 or more."
        )
    runs = runs_of(daily[daily["route"] == "intrathecal"])
    pumps = runs.courses.assign(course=np.arange(len(runs.courses)))
    if pumps["participant"].duplicated().any():
        raise MethodError("refill_changes: somebody has two infused drugs; take the rows of one drug.")
    rows = refills[["participant", "day"]].drop_duplicates().merge(pumps[["participant", "drug", "course"]])
    rows = rows.sort_values(["participant", "day"], ignore_index=True)
    course, day = rows["course"].to_numpy(dtype=np.int64), rows["day"].to_numpy(dtype=np.int64)
    dose = pd.Series(runs.at(course, day + window_days))
    last = rows.groupby("participant", observed=True)["day"].shift(1)
    dose_then = dose.groupby(rows["participant"], observed=True).shift(1)
    return rows[["participant", "drug", "day"]].assign(
        dose_ug_per_day=dose,
        days_since=(rows["day"] - last).astype("Int64"),
        mean_ug_per_day=_means(runs, course, last.to_numpy(dtype=float, na_value=np.nan), day),
        change_percent=100 * (dose - dose_then) / dose_then.where(dose_then > 0),
    )


def _means(runs: Runs, course: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Time-weighted means over known days, from sums up to each day."""
    known, total = (_up_to(runs, weights, course, end) for weights in (np.ones(len(runs)), runs.dose))
    start = np.where(np.isnan(first), end, first).astype(np.int64)
    known -= _up_to(runs, np.ones(len(runs)), course, start)
    total -= _up_to(runs, runs.dose, course, start)
    return np.divide(total, known, out=np.full(len(course), np.nan), where=known > 0)


def _up_to(runs: Runs, weights: np.ndarray, course: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Sum of weights over the known days before a day, counted through all courses in order."""
    if not len(runs):
        return np.zeros(len(course))
    days = runs.end - runs.start
    sums = np.concatenate([[0.0], np.cumsum(weights * days)])
    place = np.searchsorted(runs.key, course * FAR + day, side="left")
    last = np.maximum(place - 1, 0)
    inside = (place > 0) & (runs.course[last] == course)
    beyond = np.where(inside, np.maximum(runs.end[last] - day, 0), 0)
    return sums[place] - beyond * weights[last]
