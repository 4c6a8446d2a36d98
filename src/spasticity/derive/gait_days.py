"""Walking bouts of a day in one row, wear time, and the mean of the days before a visit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.flags import flagged
from spasticity.derive.gait_bouts import NOT_FOR_CHAIRS
from spasticity.derive.lookback import window_means
from spasticity.errors import DataError, MethodError
from spasticity.study import Study
from spasticity.wording import plural

MIDDLE_S, LONG_S, VERY_LONG_S = 10.0, 30.0, 60.0  # classes of bouts by duration (Mobilise-D)
WAKING = (7.0, 22.0)  # o'clock (Mobilise-D)
WINDOW_DAYS = 7  # a week of wear (Mobilise-D records seven days)
MIN_DAYS = 3  # days with enough wear that a mean needs [proposal]
MIN_WEAR_H = 12.0  # hours of wear that a day needs [proposal]

JUDGED = {  # a value that is not plausible is left out, and with the duration the whole bout
    "turns": ("turns",),
    "cadence_per_min": ("cadence",),
    "stride_s": ("stride",),
    "stride_length_m": ("stride_length",),
    "speed_m_per_s": ("speed", "cadence", "stride_length"),
}
MEASURED = ("steps", *JUDGED)

#: Outcome, the bouts it is of, what of them, and how it is summed up; of Mobilise-D's aggregation.
DAILY = {
    "walking_min_per_day": ("all", "duration_s", "minutes"),
    "steps_per_day": ("all", "steps", "sum"),
    "turns_per_day": ("all", "turns", "sum"),
    "bouts_per_day": ("all", "duration_s", "count"),
    "bout_median_s": ("all", "duration_s", "median"),
    "bout_p90_s": ("all", "duration_s", "p90"),
    "bout_cv": ("all", "duration_s", "cv"),
    "cadence_per_min": ("all", "cadence_per_min", "mean"),
    "stride_s": ("all", "stride_s", "mean"),
    "cadence_cv": ("all", "cadence_per_min", "cv"),
    "stride_cv": ("all", "stride_s", "cv"),
    "bouts_10_30s_per_day": ("10_30s", "duration_s", "count"),
    "speed_10_30s_m_per_s": ("10_30s", "speed_m_per_s", "mean"),
    "stride_length_10_30s_m": ("10_30s", "stride_length_m", "mean"),
    "bouts_over_10s_per_day": ("over_10s", "duration_s", "count"),
    "speed_p90_over_10s_m_per_s": ("over_10s", "speed_m_per_s", "p90"),
    "bouts_over_30s_per_day": ("over_30s", "duration_s", "count"),
    "speed_over_30s_m_per_s": ("over_30s", "speed_m_per_s", "mean"),
    "stride_length_over_30s_m": ("over_30s", "stride_length_m", "mean"),
    "cadence_over_30s_per_min": ("over_30s", "cadence_per_min", "mean"),
    "stride_over_30s_s": ("over_30s", "stride_s", "mean"),
    "speed_p90_over_30s_m_per_s": ("over_30s", "speed_m_per_s", "p90"),
    "cadence_p90_over_30s_per_min": ("over_30s", "cadence_per_min", "p90"),
    "speed_cv_over_30s": ("over_30s", "speed_m_per_s", "cv"),
    "stride_length_cv_over_30s": ("over_30s", "stride_length_m", "cv"),
    "bouts_over_60s_per_day": ("over_60s", "duration_s", "count"),
}
AMOUNTS = tuple(name for name in DAILY if name.endswith("_per_day"))  # 0 on a day that was worn without a bout


def daily_walking(bouts: pd.DataFrame, wear: pd.DataFrame | None = None) -> pd.DataFrame:
    """Walking bouts of each day summed up as in Mobilise-D: all, of 10 to 30 s, and longer than 10, 30 and 60 s.

    Parameters
    ----------
    bouts : DataFrame
        `WALKING_BOUTS` rows with `day`, or `date` where the study day is not known. A bout whose duration is not
        plausible does not count; other values that are not plausible are left out, and a speed also when its cadence or
        stride length is.
    wear : DataFrame, optional
        From `wear_hours`, of the same days; a worn day without a bout then has amounts of 0.

    Returns
    -------
    DataFrame
        One row per participant and day: amounts (`walking_min_per_day`, `steps_per_day`, `bouts_per_day`, ...), means,
        90th percentiles (linear between order statistics) and coefficients of variation (a ratio, not a percentage);
        and, with `wear`, `worn_h` and `worn_waking_h`. Missing where there is no such bout.

    Raises
    ------
    DataError
        When a bout has neither day nor date or comes twice, or wear has other days.
    """
    key = _day_column(bouts)
    _refuse_doubles(bouts, key)
    kept = _plausible(bouts)
    groups = [kept["participant"], kept[key]]
    columns = {name: _summed(kept, groups, *what) for name, what in DAILY.items() if what[1] in kept}
    days = pd.DataFrame(columns).rename_axis(["participant", key])
    if wear is not None:
        if key not in wear:
            raise DataError(f"wear: it has no `{key}`, by which the bouts are dated; count wear by the same days.")
        worn = wear.set_index(["participant", key])[["worn_h", "worn_waking_h"]]
        days = worn.join(days, how="outer")
        without = days["worn_h"].gt(0) & days["bouts_per_day"].isna()
    amounts = [name for name in AMOUNTS if name in days]
    held = days["bouts_per_day"].notna() if wear is None else days["bouts_per_day"].notna() | without
    days[amounts] = days[amounts].fillna(0.0).where(held, axis=0)
    return days.reset_index()


def _day_column(bouts: pd.DataFrame) -> str:
    for name in ("day", "date"):
        if name in bouts and bouts[name].notna().all():
            return name
    raise DataError("bouts: neither `day` nor `date` is known for every bout; a bout without a day belongs to none.")


def _refuse_doubles(bouts: pd.DataFrame, key: str) -> None:
    known = [name for name in ("participant", key, "label", "bout") if name in bouts]
    twice = bouts.duplicated(known)
    if twice.any():
        raise DataError(
            f"bouts: {plural(int(twice.sum()), 'bout')} of one day twice, first at row {bouts.index[twice][0]}; "
            "a bout counts once. Load each file once, or make the codes of bouts differ."
        )


def _plausible(bouts: pd.DataFrame) -> pd.DataFrame:
    """Bouts of a plausible duration, with what is not plausible left out of them."""
    kept = bouts[_holds(bouts, "duration")].copy()
    for name, of in JUDGED.items():
        if name in kept:
            sound = np.logical_and.reduce([_holds(kept, part) for part in of])
            kept[name] = kept[name].astype("float64").where(sound)
    return kept


def _holds(bouts: pd.DataFrame, of: str) -> pd.Series:
    name = f"{of}_plausible"
    if name not in bouts:
        return pd.Series(True, index=bouts.index)
    return bouts[name].astype("boolean").fillna(True).astype(bool)


def _summed(bouts: pd.DataFrame, groups: list[pd.Series], which: str, what: str, how: str) -> pd.Series:
    duration = bouts["duration_s"]
    among = {
        "all": duration.notna(),
        "10_30s": (duration > MIDDLE_S) & (duration <= LONG_S),
        "over_10s": duration > MIDDLE_S,
        "over_30s": duration > LONG_S,
        "over_60s": duration > VERY_LONG_S,
    }[which]
    values = bouts.loc[among, what].astype("float64").groupby([group[among] for group in groups], observed=True)
    if how == "minutes":
        return values.sum() / 60
    if how == "p90":
        return values.quantile(0.9)
    if how == "cv":
        return values.std() / values.mean()
    return values.agg(how).astype("float64")


def wear_hours(wear: pd.DataFrame, *, waking: tuple[float, float] = WAKING) -> pd.DataFrame:
    """Hours for which a sensor was worn on each date, all day and while people are awake.

    Parameters
    ----------
    wear : DataFrame
        `WEAR` rows: participant, local start of an interval, seconds worn in it. An interval belongs to the date and
        hour at which it begins.
    waking : tuple of float
        From and before what o'clock.

    Returns
    -------
    DataFrame
        `participant, date, worn_h, worn_waking_h`; dates without an interval are not there.

    Raises
    ------
    DataError
        When a start is not a local time.
    MethodError
        When the waking hours are none.
    """
    if not 0 <= waking[0] < waking[1] <= 24:
        raise MethodError(f"waking={waking!r}: expected two hours of a day, such as (7, 22).")
    start = pd.to_datetime(wear["start"].astype(object), format="%Y-%m-%d %H:%M:%S", errors="coerce")
    wrong = start.isna()
    if wrong.any():
        raise DataError(
            f"wear: {plural(int(wrong.sum()), 'start')} not written as 2024-03-31 22:05:00, first at row "
            f"{wrong.index[wrong][0]}; convert them to local time before."
        )
    hour = (start - start.dt.normalize()) / pd.Timedelta(hours=1)
    awake = (hour >= waking[0]) & (hour < waking[1])
    hours = wear["worn_s"].astype("float64") / 3600
    table = pd.DataFrame({"participant": wear["participant"], "date": start.dt.normalize()})
    table = table.assign(worn_h=hours, worn_waking_h=hours.where(awake, 0.0))
    return table.groupby(["participant", "date"], as_index=False)[["worn_h", "worn_waking_h"]].sum()


def gait(
    days: pd.DataFrame,
    study: Study,
    *,
    outcomes: Mapping[str, object] | tuple[str, ...] = ("walking_min_per_day", "steps_per_day", "speed_10_30s_m_per_s"),
    window_days: int = WINDOW_DAYS,
    min_days: int = MIN_DAYS,
    min_wear_h: float = MIN_WEAR_H,
) -> pd.DataFrame:
    """Walking in daily life at each visit: the mean of the days before it that were worn long enough.

    People who do not walk, by the participants table, have no value and a flag: steps mean nothing in a wheelchair.

    Parameters
    ----------
    days : DataFrame
        From `daily_walking`, with `worn_waking_h` when a least wear is asked for.
    study : Study
        Its participants say who walks, and when day 0 was for days that are dates.
    outcomes : sequence of str
        Which columns of `days`.
    window_days, min_days : int
        Days before the visit, and how many of them a mean needs.
    min_wear_h : float
        Waking hours of wear that a day needs; 0 where wear is not known.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows; `n_values` counts days.

    Raises
    ------
    MethodError
        When wear is asked for and not known, or a column is not there.
    """
    names = tuple(outcomes)
    absent = [name for name in names if name not in days]
    if absent:
        raise MethodError(f"gait: the days have no `{absent[0]}`.")
    if min_wear_h > 0 and "worn_waking_h" not in days:
        raise MethodError("gait: the days have no wear; pass wear to `daily_walking`, or min_wear_h=0 and say so.")
    dated = _study_days(days, study)
    if min_wear_h > 0:
        dated = dated[dated["worn_waking_h"] >= min_wear_h]
    rows = window_means(dated, study, outcomes=names, window_days=window_days, min_days=min_days)
    walks = rows["participant"].map(study.participants.set_index("participant")["walks"]).astype("boolean")
    cannot = (~walks).fillna(False).astype(bool)
    rows["value"] = rows["value"].mask(cannot)
    rows["flag"] = flagged(rows["flag"], cannot, f"not counted: {NOT_FOR_CHAIRS}")
    return as_outcomes(rows, study)


def _study_days(days: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Days counted from the first dose; those of people without one are left out."""
    if "day" in days:
        return days
    zero = days["participant"].map(study.participants.set_index("participant")["first_dose_date"])
    day = (pd.to_datetime(days["date"]) - zero).dt.days.astype("Int64")
    return days.assign(day=day).dropna(subset=["day"])
