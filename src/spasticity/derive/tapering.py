"""How fast a dose came down. Describes data and gives no advice on dosing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spasticity.derive.dose_runs import FAR, SLACK, Floats, Ints, Runs, in_units, reasons, runs_of
from spasticity.derive.phases import dose_phases
from spasticity.wording import level

# Proposals of the project's domain dossier, section 3.3b: UK advice is to stop over 1-2 weeks (S118).
FAST_PERCENT_PER_WEEK = 50.0
LARGE_STEP_PERCENT = 33.0  # of the dose before the taper
SHORT_HOLD_DAYS = 3
MOST_PAIRS = 4_000_000  # pairs of days compared at once, so that memory stays small


def tapers(
    daily: pd.DataFrame,
    *,
    fast_percent_per_week: float = FAST_PERCENT_PER_WEEK,
    large_step_percent: float = LARGE_STEP_PERCENT,
    short_hold_days: int = SHORT_HOLD_DAYS,
    **phase_rules: float,
) -> pd.DataFrame:
    """How fast the dose came down in each taper. Describes data; gives no advice.

    A taper runs from the last day on which the dose before it was still as good as whole (`phases.TAPER_FROM`) to the
    first day of its last dose, zero when documented zeros follow it. The rate is the fall over that time; as a check,
    `slope` is the median slope between all pairs of its days (Theil 1950, Sen 1968), which one late step does not move.

    Parameters
    ----------
    daily : DataFrame
        As `derive.dose_per_day` gives it.
    fast_percent_per_week, large_step_percent, short_hold_days : float
        A taper is called fast when it falls faster, to zero; has a step larger than that in percent of the dose
        before it; or holds a dose for fewer days.
    **phase_rules : float
        Thresholds of `dose_phases`.

    Returns
    -------
    DataFrame
        `participant, cohort, arm, drug, route, start_day, end_day` (last day of the dose before, first of the last),
        `days`, `reaches_zero`, `steps`, `shortest_hold_days`; dose `before`, `after`, fall `per_week`, `slope` (a fall
        per week) and `largest_step`, each in mg and in µg per day; `percent_per_week, largest_step_percent` of the dose
        before; `fast`, the reasons in words, missing when there is none; `after_unknown`, whether unknown days come
        right before, so that the dose it began from is not known and the first known one is taken.
    """
    runs = runs_of(daily)
    phases = dose_phases(daily, **phase_rules)  # type: ignore[arg-type]
    course, start, end, reference = _spans(runs, phases)
    first = np.searchsorted(runs.key, course * FAR + start - 1, side="right") - 1
    touches = (runs.course[first] == course) & (runs.end[first] >= start)
    first = np.where(touches, first, first + 1)
    last = np.searchsorted(runs.key, course * FAR + end - 1, side="right") - 1
    following = np.minimum(last + 1, len(runs) - 1)
    zero = (runs.course[following] == course) & (runs.start[following] == end) & (runs.dose[following] == 0)
    last = np.where(zero, following, last)
    begins = np.where(touches, start - 1, start)
    ends = runs.start[last]
    after = runs.dose[last]
    days = np.maximum(ends - begins, 0)
    weeks = np.where(days > 0, days / 7, np.nan)
    fall = (runs.dose[first] - after) / weeks
    steps, largest, hold = _steps(runs, first, last)
    percent = 100 * fall / reference
    share = 100 * largest / reference
    tests = {
        f"falls more than {level(fast_percent_per_week / 100)} a week": zero & _above(percent, fast_percent_per_week),
        f"a step above {level(large_step_percent / 100)}": _above(share, large_step_percent),
        f"a dose held under {short_hold_days:g} days": hold < short_hold_days,
    }
    frame = runs.of(course)
    slope = 0.0 - 7 * _slopes(runs, course, begins, ends)  # 0 and not -0
    amounts = in_units(frame["route"], before=reference, after=after)
    amounts |= in_units(frame["route"], fall=fall, slope=slope, largest_step=largest)
    frame = frame.assign(start_day=begins, end_day=ends, days=days, reaches_zero=zero, steps=steps)
    frame = frame.assign(shortest_hold_days=pd.array(np.where(np.isinf(hold), np.nan, hold), dtype="Float64"))
    frame["shortest_hold_days"] = frame["shortest_hold_days"].astype("Int64")
    frame = frame.assign(**{_weekly(name): values for name, values in amounts.items()})
    return frame.assign(
        percent_per_week=percent, largest_step_percent=share, fast=reasons(tests), after_unknown=~touches
    )


def _weekly(name: str) -> str:
    return f"{name}_per_week" if name.startswith(("fall_", "slope_")) else name


def _above(values: Floats, limit: float) -> np.ndarray:
    return values > limit * (1 + SLACK)


def _spans(runs: Runs, phases: pd.DataFrame) -> tuple[Ints, Ints, Ints, Floats]:
    """Course, first day, end and dose before of each taper."""
    names = ["participant", "drug", "route"]
    numbered = runs.courses[names].assign(course=np.arange(len(runs.courses)))
    rows = phases[phases["phase"] == "taper"].merge(numbered, on=names).sort_values(["course", "start_day"])
    course, start, end = (rows[name].to_numpy(dtype=np.int64) for name in ("course", "start_day", "end_day"))
    level = rows["level_mg_per_day"].fillna(rows["level_ug_per_day"])  # a row has one of the two
    return course, start, end, level.to_numpy(dtype=float)


def _steps(runs: Runs, first: Ints, last: Ints) -> tuple[Ints, Floats, Floats]:
    """Number of falls, the largest one, and the shortest time a dose between the first and the last was held."""
    count = last - first
    place = np.repeat(first, count) + _counting(count)
    owner = np.repeat(np.arange(len(first)), count)
    fall = runs.dose[place] - runs.dose[place + 1]
    largest, shortest = np.zeros(len(first)), np.full(len(first), np.inf)
    np.maximum.at(largest, owner, fall)
    held = place > first[owner]
    np.minimum.at(shortest, owner[held], (runs.end - runs.start)[place[held]])
    return np.bincount(owner, weights=fall > 0, minlength=len(first)).astype(np.int64), largest, shortest


def _counting(count: Ints) -> Ints:
    """0, 1, ... for each count."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _slopes(runs: Runs, course: Ints, begins: Ints, ends: Ints) -> Floats:
    """Median slope per day between all pairs of known days, a matrix for all tapers of one length at a time."""
    slopes = np.full(len(course), np.nan)
    for length in np.unique(ends - begins):
        if length < 1:
            continue
        early, late = np.triu_indices(int(length) + 1, 1)
        here = np.flatnonzero(ends - begins == length)
        for some in np.array_split(here, -(-len(here) * len(early) // MOST_PAIRS)):
            days = begins[some][:, None] + np.arange(length + 1)
            dose = runs.at(np.broadcast_to(course[some][:, None], days.shape), days)
            slopes[some] = np.median((dose[:, late] - dose[:, early]) / (late - early), axis=1)
    return slopes
