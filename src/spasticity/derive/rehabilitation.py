"""What people do in therapy, before each visit and week by week."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.changes import as_outcomes, with_people
from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.lookback import collected, days_before
from spasticity.errors import MethodError
from spasticity.study import Study

WEEK = 7
RATED = ("participation", "tolerance")
THERAPY_DAYS = 14  # a proposal: long enough for weekly sessions, short enough to belong to the visit


def therapy(study: Study, *, window_days: int = THERAPY_DAYS) -> pd.DataFrame:
    """Therapy time per week and mean participation in the days before each visit.

    Describes what was recorded. A window without a session is not known to be a window without therapy: its value is
    missing and says so. Where the minutes of a session are missing, the time per week is not known either.

    Parameters
    ----------
    study : Study
    window_days : int
        Days before the visit; at baseline before the first dose.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `therapy_min_per_week` (minutes taken part, per 7 days) and `participation` (mean rating of
        the sessions), and `tolerance` where it was rated; `n_values` counts sessions.
    """
    if study.therapy.empty:
        return as_outcomes(None, study)
    sessions = study.therapy.assign(session=1)
    window = days_before(study, window_days).merge(sessions, how="left", on=["participant", "day"])
    visits = window.groupby(["participant", "visit", "visit_day"], as_index=False, sort=False)
    sums = (
        visits.agg(
            minutes=("done_min", "sum"),
            timed=("done_min", "count"),
            rating=("participation", "mean"),
            rated=("participation", "count"),
            borne=("tolerance", "mean"),
            borne_rated=("tolerance", "count"),
            sessions=("session", "sum"),
        )
        .rename(columns={"visit_day": "day"})
        .astype({"sessions": "int64"})
    )
    time = _known(sums, 7 * sums["minutes"] / window_days, sums["timed"], "minutes")
    rating = _known(sums, sums["rating"].astype("float64"), sums["rated"], "rating", whole=False)
    parts = [time.assign(outcome="therapy_min_per_week"), rating.assign(outcome="participation")]
    if study.therapy["tolerance"].notna().any():
        borne = _known(sums, sums["borne"].astype("float64"), sums["borne_rated"], "tolerance", whole=False)
        parts.append(borne.assign(outcome="tolerance"))
    values = pd.concat(parts, ignore_index=True)
    return as_outcomes(collected(values, values["n_values"], study), study)


def _known(sums: pd.DataFrame, value: pd.Series, known: pd.Series, what: str, *, whole: bool = True) -> pd.DataFrame:
    """Values of windows, missing where no session was recorded, or where a total lacks one."""
    none, partly = sums["sessions"] == 0, known < sums["sessions"]
    flag = flagged(unflagged(sums.index), none, "no session recorded")
    lacking = (sums["sessions"] - known).astype(str) + " of " + sums["sessions"].astype(str)
    flag = flagged(flag, partly, lacking + f" sessions without {what}")
    value = value.mask(none | partly if whole else none)
    return sums[["participant", "visit", "day"]].assign(value=value, n_values=known, flag=flag)


def therapy_weeks(study: Study, daily: pd.DataFrame | None = None) -> pd.DataFrame:
    """What was done in therapy in each study week, beside the spasticity, spasms and dose of the same week.

    For the question whether somebody takes part more in weeks with less spasticity: `stats.repeated_correlation`
    looks within people. Describes data; gives no advice on dosing.

    Parameters
    ----------
    study : Study
    daily : DataFrame, optional
        Doses as `derive.dose_per_day` gives them, of one drug and route.

    Returns
    -------
    DataFrame
        One row per participant and week with a session: `participant, cohort, arm, week` (day // 7, so week 0 begins
        with the first dose), `first_day, sessions, attended` (with minutes above 0), `planned_min, done_min` (missing
        when a session lacks it), `done_share`, `participation, tolerance` (means of the rated sessions),
        `spasticity_nrs, spasms_per_day` (diary means of the week) and `diary_days`; with `daily`, the mean known dose
        (`dose_mg_per_day` or `dose_ug_per_day`), missing in weeks without a known day.

    Raises
    ------
    MethodError
        When `daily` has several drugs or routes.
    """
    sessions = study.therapy.assign(week=study.therapy["day"] // WEEK, session=1)
    sessions["came"] = (sessions["done_min"] > 0).fillna(False)
    keys = ["participant", "week"]
    weeks = sessions.groupby(keys, as_index=False, sort=True).agg(
        sessions=("session", "sum"),
        attended=("came", "sum"),
        planned=("planned_min", "count"),
        planned_min=("planned_min", "sum"),
        done=("done_min", "count"),
        done_min=("done_min", "sum"),
        participation=("participation", "mean"),
        tolerance=("tolerance", "mean"),
    )
    for name in ("planned", "done"):  # a total that lacks a session is not a total
        weeks[f"{name}_min"] = weeks[f"{name}_min"].where(weeks[name] == weeks["sessions"])
    weeks["done_share"] = weeks["done_min"] / weeks["planned_min"].where(weeks["planned_min"] > 0)
    diary = study.diary.assign(week=study.diary["day"] // WEEK).groupby(keys, as_index=False)
    felt = diary.agg(
        spasticity_nrs=("spasticity_nrs", "mean"), spasms_per_day=("spasms", "mean"), diary_days=("day", "count")
    )
    weeks = weeks.merge(felt, how="left", on=keys).assign(first_day=WEEK * weeks["week"])
    names = [*keys, "first_day", "sessions", "attended", "planned_min", "done_min", "done_share", *RATED]
    names += ["spasticity_nrs", "spasms_per_day", "diary_days"]
    if daily is not None:
        weeks, amount = _with_dose(weeks, daily)
        names.append(amount)
    floats = dict.fromkeys([*RATED, "spasticity_nrs", "spasms_per_day", "done_share"], "float64")
    table = with_people(weeks[names].astype({**floats, "diary_days": "Int64"}), study)
    return table[["participant", "cohort", "arm", *names[1:]]]


def _with_dose(weeks: pd.DataFrame, daily: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Weeks with the mean known dose of one course."""
    kinds = daily[["drug", "route"]].astype(str).drop_duplicates()
    if len(kinds) != 1:
        raise MethodError(
            f"therapy_weeks: doses of {len(kinds)} drugs or routes, expected one; keep the rows of one, for doses are "
            "never pooled."
        )
    amount = "dose_ug_per_day" if kinds["route"].iloc[0] == "intrathecal" else "dose_mg_per_day"
    known = daily.assign(week=daily["day"] // WEEK).groupby(["participant", "week"], as_index=False, observed=True)
    return weeks.merge(known[amount].mean(), how="left", on=["participant", "week"]), amount
