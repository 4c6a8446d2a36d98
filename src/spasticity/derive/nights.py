"""Sleep from the diary of nights: each night, and the mean of the nights before a visit."""

from __future__ import annotations

import pandas as pd

from spasticity.derive.changes import as_outcomes, with_people
from spasticity.derive.lookback import window_means
from spasticity.instruments import sleep_diary
from spasticity.study import Study

WINDOW_NIGHTS = 7  # the rule of the diary; for nights a proposal
MIN_NIGHTS = 5  # at least 5 valid nights: [from memory] for actigraphy; for diary nights a proposal
SLEEP_OUTCOMES = (
    "tst_min",
    "sol_min",
    "waso_min",
    "awakenings",
    "spasm_awakenings",
    "sleep_efficiency_tib",
    "sleep_efficiency_dse",
)


def night_measures(study: Study) -> pd.DataFrame:
    """Each diary night with its derived times and both sleep efficiencies.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame
        One row per night: `participant, cohort, arm, day` (on which the night began), the measures of
        `instruments.sleep_diary.night_measures`, and its `flag`.

    References
    ----------
    Reed & Sacco 2016, doi 10.5664/jcsm.5498 (the two denominators of sleep efficiency).
    """
    nights = with_people(sleep_diary.night_measures(study.nights), study)
    first = ["participant", "cohort", "arm", "day"]
    return nights[[*first, *(name for name in nights if name not in first)]]


def sleep(study: Study, *, window_nights: int = WINDOW_NIGHTS, min_nights: int = MIN_NIGHTS) -> pd.DataFrame:
    """Mean of the diary nights before each visit.

    The window holds the nights that began on the days before the visit, at baseline before the first dose. An
    efficiency is the mean of the nights' efficiencies.

    Parameters
    ----------
    study : Study
    window_nights : int
        Nights in the window.
    min_nights : int
        Nights that must have a value; with fewer the mean is missing and flagged `3 of 7 nights`.

    Returns
    -------
    DataFrame
        `OUTCOMES` rows `tst_min, sol_min, waso_min, awakenings, spasm_awakenings, sleep_efficiency_tib,
        sleep_efficiency_dse` (percent); `n_values` counts nights.
    """
    if study.nights.empty:
        return as_outcomes(None, study)
    means = window_means(
        night_measures(study),
        study,
        outcomes=SLEEP_OUTCOMES,
        window_days=window_nights,
        min_days=min_nights,
        unit="nights",
    )
    return as_outcomes(means, study)
