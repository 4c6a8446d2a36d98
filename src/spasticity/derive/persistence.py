"""How long a drug was taken until it was stopped. Describes a log and gives no advice on dosing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.dose_runs import Ints, Runs, runs_of
from spasticity.errors import MethodError

LASTING_DAYS = 14  # a shorter documented pause is no stop [proposal]
STOPPED, GAP = "stopped", "no record for too long"
PLANNED, LOST, ENDS, NEVER = "planned end", "dose unknown to the end of the log", "log ends", "no dose was taken"


def time_to_stopping(
    daily: pd.DataFrame,
    *,
    lasting_days: int = LASTING_DAYS,
    planned_end_day: int | None = None,
    gap_days: int | None = None,
) -> pd.DataFrame:
    """Days from the first dose to the stop of a drug, or to the last day on which it is known to be taken.

    A stop is the first documented zero after a dose that is not followed by a dose within `lasting_days`. Unknown
    days are never a stop: a log that ends in them is censored on the day after the last known dose. This describes
    a log; it is not advice.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    lasting_days : int
    planned_end_day : int, optional
        Day on which everybody's treatment ends by plan: later times are censored there.
    gap_days : int, optional
        For records of dispensing, where no zero is ever documented: so many unknown days in a row, or more, are a
        stop on their first day; 90, 150 and 180 were used with a register (S114).

    Returns
    -------
    DataFrame
        One row per participant, drug and route: `participant, cohort, arm, drug, route, first_day` (of a dose above
        zero), `days`, `event`, `reason`. Without any dose `days` is missing. It is the input of a Kaplan-Meier curve.

    Raises
    ------
    DataError
        A day twice, or a dose in the unit of the other route.
    MethodError
        Lengths that are not positive.
    """
    if lasting_days < 1 or (gap_days is not None and gap_days < 1):
        raise MethodError("time_to_stopping: lasting_days and gap_days are counted from 1; give longer ones.")
    runs = runs_of(daily, imputed=False)
    courses = len(runs.courses)
    given = runs.dose > 0
    first = _earliest(runs, given, runs.start, courses)
    last = np.full(courses, -np.inf)
    np.maximum.at(last, runs.course[given], runs.end[given])
    back = _next_dose(runs, given) - runs.start
    stop = _earliest(runs, ~given & _seen(runs, given) & (back >= lasting_days), runs.start, courses)
    gap = _gap_start(runs, given, gap_days, courses)
    end = np.minimum(last, np.inf if planned_end_day is None else planned_end_day)
    event_day = np.minimum(stop, gap)
    planned = np.full(courses, np.inf if planned_end_day is None else planned_end_day)
    event = (event_day < planned) & np.isfinite(event_day)
    day = np.where(event, event_day, end)
    reason = np.select(
        [np.isinf(first), event & (stop <= gap), event, last >= planned, last < runs.courses["end_day"].to_numpy()],
        [NEVER, STOPPED, GAP, PLANNED, LOST],
        ENDS,
    )
    frame = runs.of(np.arange(courses))
    none = np.isinf(first)
    return frame.assign(
        first_day=pd.array(np.where(none, np.nan, first), dtype="Float64").astype("Int64"),
        days=pd.array(np.where(none, np.nan, np.maximum(day - np.where(none, 0, first), 0)), dtype="Float64"),
        event=event,
        reason=reason,
    ).astype({"days": "Int64"})


def _earliest(runs: Runs, which: np.ndarray, day: Ints, courses: int) -> np.ndarray:
    found = np.full(courses, np.inf)
    np.minimum.at(found, runs.course[which], day[which])
    return found


def _seen(runs: Runs, given: np.ndarray) -> np.ndarray:
    """Whether the course had a dose before or in a run."""
    first = _earliest(runs, given, runs.start, len(runs.courses))
    return runs.start >= first[runs.course]


def _next_dose(runs: Runs, given: np.ndarray) -> np.ndarray:
    """The first day of the next run with a dose in the same course; infinity when there is none."""
    size = len(runs)
    place = np.append(np.where(given, np.arange(size), size), size)
    following = np.minimum.accumulate(place[::-1])[::-1][1:]
    there = np.minimum(following, max(size - 1, 0))
    same = (following < size) & (runs.course[there] == runs.course) if size else np.zeros(0, dtype=bool)
    return np.where(same, runs.start[there], np.inf)


def _gap_start(runs: Runs, given: np.ndarray, gap_days: int | None, courses: int) -> np.ndarray:
    """The first day of the first long gap after a dose."""
    if gap_days is None:
        return np.full(courses, np.inf)
    follows = np.append(runs.follows[1:], False)[: len(runs)]
    until = np.where(
        follows, np.append(runs.start[1:], 0)[: len(runs)], runs.courses["end_day"].to_numpy()[runs.course]
    )
    return _earliest(runs, given & (until - runs.end >= gap_days), runs.end, courses)
