"""The daily diary: spasms and ratings in the days before a visit."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.changes import as_outcomes
from spasticity.derive.lookback import window_means
from spasticity.instruments.ratings import WEEK
from spasticity.study import Study

#: The registry's rule for daily ratings, with its source.
WINDOW_DAYS, MIN_DAYS = WEEK.days, WEEK.at_least

DIARY_OUTCOMES = {
    "spasms": "spasms_per_day",
    "spasticity_nrs": "spasticity_nrs",
    "pain_nrs": "pain_nrs",
    "drowsiness_nrs": "drowsiness_nrs",
}


def diary(study: Study, *, window_days: int = WINDOW_DAYS, min_days: int = MIN_DAYS) -> pd.DataFrame:
    """Mean of the last diary days before each visit: spasms a day, spasticity, pain and drowsiness ratings.

    A day without a diary is not a day without spasms: it is not counted. The window ends the day before the visit,
    at baseline the day before the first dose.

    Parameters
    ----------
    study : Study
    window_days : int
        Days in the window.
    min_days : int
        Days that must have a value; with fewer the mean is missing and flagged `3 of 7 days`.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `spasms_per_day, spasticity_nrs, pain_nrs, drowsiness_nrs`; `n_values` counts diary days.

    References
    ----------
    Collin 2007 (last 7 days); RELEASE MSS5 (at least 5 of 7 days).
    """
    if study.diary.empty:
        return as_outcomes(None, study)
    daily = study.diary.rename(columns=DIARY_OUTCOMES)
    names = list(DIARY_OUTCOMES.values())
    means = window_means(daily, study, outcomes=names, window_days=window_days, min_days=min_days)
    return as_outcomes(means, study)
