"""Joint angles, and what people do in therapy."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.flags import flagged, unflagged
from spasticity.derive.lookback import collected, days_before
from spasticity.errors import one_of
from spasticity.study import Study

SIDES = 2
THERAPY_DAYS = 14  # a proposal: long enough for weekly sessions, short enough to belong to the visit


def motion(study: Study, *, mode: Literal["passive", "active"] = "passive") -> pd.DataFrame:
    """Ankle dorsiflexion, mean of the sides.

    Parameters
    ----------
    study : Study
    mode : str
        `passive` or `active`.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `dorsiflexion_deg`; `n_values` counts sides, and one side alone is flagged `1 of 2 sides`.
        The mean of the sides is a proposal, not a published rule.

    Raises
    ------
    MethodError
        When the mode is not one of the two.
    """
    one_of("mode", mode, ["passive", "active"])
    angles = study.range_of_motion
    wanted = (angles["joint"] == "ankle") & (angles["motion"] == "dorsiflexion") & (angles["mode"] == mode)
    if not wanted.any():
        return as_outcomes(None, study)
    joints = angles[wanted].groupby(["participant", "visit"], as_index=False, sort=False)
    values = joints.agg(day=("day", "min"), value=("angle_deg", "mean"), n_values=("angle_deg", "count"))
    one_side = values["n_values"] == 1
    flag = flagged(unflagged(values.index), one_side, f"1 of {SIDES} sides")
    return as_outcomes(values.assign(outcome="dorsiflexion_deg", flag=flag), study)


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
        the sessions); `n_values` counts sessions.
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
            sessions=("session", "sum"),
        )
        .rename(columns={"visit_day": "day"})
        .astype({"sessions": "int64"})
    )
    time = _known(sums, 7 * sums["minutes"] / window_days, sums["timed"], "minutes")
    rating = _known(sums, sums["rating"].astype("float64"), sums["rated"], "rating", whole=False)
    values = pd.concat(
        [time.assign(outcome="therapy_min_per_week"), rating.assign(outcome="participation")], ignore_index=True
    )
    return as_outcomes(collected(values, values["n_values"], study), study)


def _known(sums: pd.DataFrame, value: pd.Series, known: pd.Series, what: str, *, whole: bool = True) -> pd.DataFrame:
    """Values of windows, missing where no session was recorded, or where a total lacks one."""
    none, partly = sums["sessions"] == 0, known < sums["sessions"]
    flag = flagged(unflagged(sums.index), none, "no session recorded")
    lacking = (sums["sessions"] - known).astype(str) + " of " + sums["sessions"].astype(str)
    flag = flagged(flag, partly, lacking + f" sessions without {what}")
    value = value.mask(none | partly if whole else none)
    return sums[["participant", "visit", "day"]].assign(value=value, n_values=known, flag=flag)
