"""Counts behind mean outcomes, and the planted rate ratios of the sample study."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spasticity import derive, load, stats
from spasticity.errors import DataError, MethodError

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def outcomes():
    """Two people; one without a second value, one without days at baseline."""
    return pd.DataFrame(
        {
            "participant": ["a", "a", "a", "b", "b"],
            "arm": ["drug"] * 3 + ["placebo"] * 2,
            "outcome": "spasms_per_day",
            "visit": pd.Categorical(["baseline", "week 4", "week 12", "baseline", "week 4"],
                                    ["baseline", "week 4", "week 12"], ordered=True),
            "value": [20 / 7, 11 / 6, np.nan, np.nan, 0.0],
            "n_values": [7, 6, 0, 0, 5],
        }
    )  # fmt: skip


def test_counts_by_hand():
    rows = stats.as_counts(outcomes(), "spasms_per_day")
    assert rows["visit"].astype(str).tolist() == ["week 4", "week 12", "week 4"]
    assert rows["count"].tolist()[::2] == [11, 0]
    assert np.isnan(rows["count"].iloc[1])
    assert rows["observed_days"].tolist() == [6, 0, 5]
    assert rows["log_baseline"].iloc[0] == pytest.approx(np.log(20.5 / 7))
    assert rows["log_baseline"].isna().tolist() == [False, False, True]


def test_what_is_no_mean_of_daily_counts_is_refused():
    with pytest.raises(MethodError, match="no mean of daily counts"):
        stats.as_counts(outcomes().assign(outcome="spasms_per_hour_night"), "spasms_per_hour_night")
    broken = outcomes().assign(value=[20 / 7, 1.9, np.nan, np.nan, 0.0])
    with pytest.raises(DataError, match="no whole number in 1 row of spasms_per_day, first at row 1"):
        stats.as_counts(broken, "spasms_per_day")
    with pytest.raises(MethodError, match="no rows after `baseline`"):
        stats.as_counts(outcomes().iloc[[0, 3]], "spasms_per_day")


@pytest.mark.slow
def test_the_planted_rate_ratios_of_the_sample_are_recovered():
    """Every arm and visit within 3 standard errors of its truth, all twelve together no farther than chance."""
    rows = stats.as_counts(derive.outcomes(load.study(SAMPLE)), "spasms_per_day")
    fit = stats.mixed_counts(
        rows, "count ~ log_baseline + arm*visit + cohort", exposure="observed_days", reference="placebo", nodes=1
    )
    found = fit.contrasts("arm", by="visit").frame.astype({"visit": str, "arm": str})
    truth = pd.read_csv(SAMPLE / "truth.csv").query(
        "outcome == 'spasms_per_day' and cohort == 'all' and quantity == 'rate ratio vs placebo'"
    )
    both = found.merge(truth[["arm", "visit", "value"]], on=["arm", "visit"])
    off = (both["link_estimate"] - np.log(both["value"])) / both["link_std_error"]
    assert len(off) == 12
    assert off.abs().max() < 3
    covered = both["value"].between(both["conf_low"], both["conf_high"])
    assert covered.sum() >= 10
