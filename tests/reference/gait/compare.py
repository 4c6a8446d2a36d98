"""Days of walking bouts against mobgap's aggregation of the same bouts."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from spasticity import derive
from tests.reference.validation import Comparison

HERE = Path(__file__).parent
BOUTS = {
    "duration_s": "duration_s",
    "n_raw_initial_contacts": "steps",
    "n_turns": "turns",
    "cadence_spm": "cadence_per_min",
    "walking_speed_mps": "speed_m_per_s",
    "stride_length_m": "stride_length_m",
    "stride_duration_s": "stride_s",
}
FLAGS = {
    "duration_s_flag": "duration_plausible",
    "n_turns_flag": "turns_plausible",
    "cadence_spm_flag": "cadence_plausible",
    "walking_speed_mps_flag": "speed_plausible",
    "stride_length_m_flag": "stride_length_plausible",
    "stride_duration_s_flag": "stride_plausible",
}
DAYS = {
    "walkdur_all_sum": "walking_min_per_day",
    "wbsteps_all_sum": "steps_per_day",
    "turns_all_sum": "turns_per_day",
    "wb_all_sum": "bouts_per_day",
    "wbdur_all_avg": "bout_median_s",
    "wbdur_all_p90": "bout_p90_s",
    "wbdur_all_var": "bout_cv",
    "cadence_all_avg": "cadence_per_min",
    "strdur_all_avg": "stride_s",
    "cadence_all_var": "cadence_cv",
    "strdur_all_var": "stride_cv",
    "wb_1030_sum": "bouts_10_30s_per_day",
    "ws_1030_avg": "speed_10_30s_m_per_s",
    "strlen_1030_avg": "stride_length_10_30s_m",
    "wb_10_sum": "bouts_over_10s_per_day",
    "ws_10_p90": "speed_p90_over_10s_m_per_s",
    "wb_30_sum": "bouts_over_30s_per_day",
    "ws_30_avg": "speed_over_30s_m_per_s",
    "strlen_30_avg": "stride_length_over_30s_m",
    "cadence_30_avg": "cadence_over_30s_per_min",
    "strdur_30_avg": "stride_over_30s_s",
    "ws_30_p90": "speed_p90_over_30s_m_per_s",
    "cadence_30_p90": "cadence_p90_over_30s_per_min",
    "ws_30_var": "speed_cv_over_30s",
    "strlen_30_var": "stride_length_cv_over_30s",
    "wb_60_sum": "bouts_over_60s_per_day",
}


def made_bouts() -> pd.DataFrame:
    """The invented bouts, with our names."""
    table = pd.read_csv(HERE / "made_bouts.csv").rename(columns={"person": "participant", "wb_id": "bout"})
    table = table.rename(columns=BOUTS | FLAGS)
    return table.astype(dict.fromkeys(FLAGS.values(), "boolean"))


def comparisons() -> Iterator[Comparison]:
    """Every amount, mean, percentile and coefficient of every day."""
    ours = derive.daily_walking(made_bouts())
    theirs = pd.read_csv(HERE / "made_days.csv")
    theirs["wb_1030_sum"] = theirs["wb_1030_sum"].fillna(0)  # it says missing where there is no such bout
    yield Comparison(
        "walking bouts by day (`derive.daily_walking`)",
        "mobgap 1.2.0, MobilisedAggregator",
        ours[list(DAYS.values())],
        theirs[list(DAYS)],
        1e-12,
    )
